//! The integration tests: one binary, one module for each thing that is promised.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[cfg(feature = "backend")]
mod backend;
mod close_kills;
mod closes;
mod commands;
mod counter_devices;
mod crash;
#[cfg(unix)]
mod cups;
mod customers;
mod docs;
mod faults;
mod foreign;
mod guest_races;
mod kitchen;
mod menus;
mod model;
mod money;
mod paper;
mod paper_queue;
mod power;
mod printer;
mod printer_emulator;
mod printing;
mod privacy;
mod pty;
mod refund_races;
mod reports;
mod ring;
mod rooms;
mod scenario;
mod sessions;
mod shift_model;
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
mod ticket_kills;
mod tickets;
mod tills;
mod tips;
mod together;
mod training;
mod upload;
mod upload_stub;
mod windows;
