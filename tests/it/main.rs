//! The integration tests: one binary, one module for each thing that is promised.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod closes;
mod commands;
mod counter_devices;
mod crash;
mod docs;
mod faults;
mod kitchen;
mod menus;
mod money;
mod paper;
mod paper_queue;
mod power;
mod printer;
mod printer_emulator;
mod printing;
mod pty;
mod reports;
mod ring;
mod rooms;
mod scenario;
mod sessions;
mod shop;
mod spool_commands;
mod spool_contract;
mod spool_rush;
mod spooling;
mod star_emulator;
mod store;
mod store_measure;
mod store_random;
mod store_shop;
mod store_spool;
mod store_verify;
mod terminal;
mod tills;
