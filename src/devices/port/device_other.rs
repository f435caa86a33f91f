//! Devices on systems without the kernel's own printer devices.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::devices::port::{Connection, Trouble};

struct Device(File);

/// Who may write to a device, and how the till's user becomes one of them.
pub(super) fn who_may(_: &Path) -> String {
    "the till's user may not write there".to_owned()
}

pub(super) fn open(path: &Path) -> io::Result<Box<dyn Connection>> {
    Ok(Box::new(Device(OpenOptions::new().write(true).open(path)?)))
}

impl Connection for Device {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }

    fn pending(&mut self) -> io::Result<usize> {
        Ok(0)
    }

    fn known(&mut self) -> Option<Result<(), Trouble>> {
        Some(Ok(()))
    }

    fn close(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }

    fn abandon(self: Box<Self>) {}
}
