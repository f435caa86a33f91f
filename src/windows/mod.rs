//! What only the C interface of Windows does: its print spooler, and the keeping of secrets. All unsafe code of the
//! program stands here, each call behind a function that is safe.
#![allow(unsafe_code, reason = "Windows is a C interface; each call is checked")]

pub mod printing;
pub mod secrets;

use std::io;

/// A text as Windows takes it: UTF-16, ended by 0.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// What a call said that gives 0 when it failed.
fn checked(done: i32) -> io::Result<()> {
    if done != 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
