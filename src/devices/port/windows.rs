//! Printers of Windows: its print spooler takes the bytes as they are.
#![allow(unsafe_code, reason = "the spooler of Windows is a C interface; each call is checked")]

use std::io::{self, ErrorKind};
use std::ptr;

use windows_sys::Win32::Graphics::Printing::{
    AbortPrinter, ClosePrinter, DOC_INFO_1W, EndDocPrinter, OpenPrinterW, PRINTER_HANDLE, StartDocPrinterW,
    WritePrinter,
};

use crate::devices::port::Connection;

/// An open printer with one document begun.
struct Spooled(PRINTER_HANDLE);

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn checked(done: bool) -> io::Result<()> {
    if done { Ok(()) } else { Err(io::Error::last_os_error()) }
}

pub(super) fn open(name: &str) -> io::Result<Box<dyn Connection>> {
    let (name, title, raw) = (wide(name), wide("CounterFlow"), wide("RAW"));
    let mut handle = PRINTER_HANDLE::default();
    // SAFETY: the texts end with 0 and outlive the calls; the handle is written before it is read.
    checked(unsafe { OpenPrinterW(name.as_ptr(), &mut handle, ptr::null()) } != 0)?;
    let printer = Box::new(Spooled(handle));
    let about = DOC_INFO_1W {
        pDocName: title.as_ptr().cast_mut(),
        pOutputFile: ptr::null_mut(),
        pDatatype: raw.as_ptr().cast_mut(),
    };
    // SAFETY: the handle is open; the document's texts outlive the call.
    checked(unsafe { StartDocPrinterW(handle, 1, &about) } != 0)?;
    Ok(printer)
}

impl Connection for Spooled {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = 0;
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        // SAFETY: the handle is open; no more than `bytes` are read.
        checked(unsafe { WritePrinter(self.0, bytes.as_ptr().cast(), length, &mut written) } != 0)?;
        Ok(written as usize)
    }

    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }

    fn pending(&mut self) -> io::Result<usize> {
        Ok(0)
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        // SAFETY: the handle is open, and closed once, when this is dropped.
        checked(unsafe { EndDocPrinter(self.0) } != 0)
    }

    fn abandon(self: Box<Self>) {
        // SAFETY: as above.
        unsafe { AbortPrinter(self.0) };
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // SAFETY: nothing uses the handle any more.
        unsafe { ClosePrinter(self.0) };
    }
}
