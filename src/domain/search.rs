//! Finding items by what people type.
