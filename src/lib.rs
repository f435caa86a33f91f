//! CounterFlow: a keyboard-driven point of sale over one SQLite file. See `ARCHITECTURE.md`.

#[cfg(feature = "backend")]
pub mod backend;
pub mod cli;
pub mod devices;
pub mod documents;
pub mod domain;
#[cfg(not(feature = "fault-points"))]
#[path = "fault/off.rs"]
pub mod fault;
#[cfg(feature = "fault-points")]
#[path = "fault/on.rs"]
pub mod fault;
pub mod reports;
pub mod session;
pub mod store;
pub mod tui;
pub mod ui;
pub mod upload;
#[cfg(windows)]
pub mod windows;
pub mod wire;
