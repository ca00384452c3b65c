//! tokenomics
fn main() {}
