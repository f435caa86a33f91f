//! The integration tests: one binary, one module for each thing that is promised.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod menus;
mod money;
mod rooms;
mod store;
mod store_measure;
mod store_random;
mod store_shop;
mod store_spool;
mod store_verify;
