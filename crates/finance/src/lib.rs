//! Finance.
