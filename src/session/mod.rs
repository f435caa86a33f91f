//! Wires a running till together.

pub mod config;
