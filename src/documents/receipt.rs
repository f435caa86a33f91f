//! The receipt, the bill and the copy.
