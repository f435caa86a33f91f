//! What till and backend say to each other: versioned messages, and the rules by which their bytes
//! are hashed and signed. Pure; both programs are built on it. See `docs/upload.md`.

pub mod acknowledgement;
pub mod bundle;
pub mod catalogue;
pub mod chain;
pub mod enrolment;
pub mod hex;
pub mod problem;
pub mod reading;
pub mod request;
pub mod stick;

/// SHA-256 of anything.
pub type Hash = [u8; 32];
