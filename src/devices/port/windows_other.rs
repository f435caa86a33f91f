//! Printers of Windows, where there is none.

use std::io::{self, ErrorKind};

use crate::devices::port::Connection;

pub(super) fn printers() -> Vec<String> {
    Vec::new()
}

pub(super) fn open(_: &str) -> io::Result<Box<dyn Connection>> {
    Err(io::Error::new(ErrorKind::Unsupported, "`windows:` is for Windows; here, `cups:`, `usb:` or `tcp:`"))
}
