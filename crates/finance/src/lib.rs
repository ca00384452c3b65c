//! Finance: the internal rate of return.
