//! The integration tests: one binary, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod memory_queue;
mod paper;
mod printer_emulator;
mod printing;
mod spooling;
