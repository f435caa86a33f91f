//! All integration tests, in one binary.

mod store;
mod store_random;
mod store_shop;
mod store_spool;
mod store_verify;
