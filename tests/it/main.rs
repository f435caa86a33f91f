//! All integration tests, in one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod store;
mod store_measure;
mod store_random;
mod store_shop;
mod store_spool;
mod store_verify;
