//! A document as plain text in so many columns.
