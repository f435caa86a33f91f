//! The print spooler, which takes the bytes of a printer as they are.

use std::io;
use std::ptr;

use windows_sys::Win32::Graphics::Printing::{
    AbortPrinter, ClosePrinter, DOC_INFO_1W, EndDocPrinter, EnumPrintersW, GetPrinterW, OpenPrinterW,
    PRINTER_ENUM_CONNECTIONS, PRINTER_ENUM_LOCAL, PRINTER_HANDLE, PRINTER_INFO_2W, PRINTER_INFO_4W, StartDocPrinterW,
    WritePrinter,
};

use crate::windows::{checked, wide};

/// An open printer.
pub struct Printer(PRINTER_HANDLE);

/// How the spooler says that a printer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// `PRINTER_STATUS_*`.
    pub status: u32,
    /// `PRINTER_ATTRIBUTE_*`.
    pub attributes: u32,
}

impl Printer {
    /// Opens the printer of this name.
    ///
    /// # Errors
    /// What Windows says.
    pub fn open(name: &str) -> io::Result<Self> {
        let name = wide(name);
        let mut handle = PRINTER_HANDLE::default();
        // SAFETY: the name ends with 0 and outlives the call; the handle is written before it is read.
        checked(unsafe { OpenPrinterW(name.as_ptr(), &mut handle, ptr::null()) })?;
        Ok(Self(handle))
    }

    /// How it is.
    ///
    /// # Errors
    /// What Windows says.
    pub fn state(&self) -> io::Result<State> {
        let buffer = filled(|buffer, length, needed| {
            let mut ignored = 0;
            let needed = needed.unwrap_or(&mut ignored);
            // SAFETY: the handle is open; no more than `length` bytes are written to the buffer.
            unsafe { GetPrinterW(self.0, 2, buffer, length, needed) }
        })?;
        if buffer.len() * size_of::<u64>() < size_of::<PRINTER_INFO_2W>() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // SAFETY: Windows has written one at the beginning of the buffer, which is aligned for it.
        let info = unsafe { ptr::read(buffer.as_ptr().cast::<PRINTER_INFO_2W>()) };
        Ok(State { status: info.Status, attributes: info.Attributes })
    }

    /// Begins a document that is printed as it is.
    ///
    /// # Errors
    /// What Windows says.
    pub fn begin(&mut self, title: &str) -> io::Result<()> {
        let (title, raw) = (wide(title), wide("RAW"));
        let about = DOC_INFO_1W {
            pDocName: title.as_ptr().cast_mut(),
            pOutputFile: ptr::null_mut(),
            pDatatype: raw.as_ptr().cast_mut(),
        };
        // SAFETY: the handle is open; the document's texts outlive the call.
        checked(i32::from(unsafe { StartDocPrinterW(self.0, 1, &about) } != 0))
    }

    /// Hands over bytes of the document; how many were taken.
    ///
    /// # Errors
    /// What Windows says.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = 0;
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        // SAFETY: the handle is open; no more than `bytes` are read.
        checked(unsafe { WritePrinter(self.0, bytes.as_ptr().cast(), length, &mut written) })?;
        Ok(written as usize)
    }

    /// Ends the document.
    ///
    /// # Errors
    /// What Windows says.
    pub fn end(&mut self) -> io::Result<()> {
        // SAFETY: the handle is open.
        checked(unsafe { EndDocPrinter(self.0) })
    }

    /// Throws the document away.
    pub fn abort(&mut self) {
        // SAFETY: the handle is open.
        unsafe { AbortPrinter(self.0) };
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        // SAFETY: nothing uses the handle any more.
        unsafe { ClosePrinter(self.0) };
    }
}

/// The names of the printers that Windows has.
///
/// # Errors
/// What Windows says.
pub fn names() -> io::Result<Vec<String>> {
    let mut count = 0;
    let buffer = filled(|buffer, length, needed| {
        let mut ignored = 0;
        let needed = needed.unwrap_or(&mut ignored);
        let which = PRINTER_ENUM_LOCAL | PRINTER_ENUM_CONNECTIONS;
        // SAFETY: no more than `length` bytes are written to the buffer.
        unsafe { EnumPrintersW(which, ptr::null(), 4, buffer, length, needed, &mut count) }
    })?;
    let fit = buffer.len() * size_of::<u64>() / size_of::<PRINTER_INFO_4W>();
    // SAFETY: Windows has written `count` of them at the beginning of the buffer, which is aligned for them.
    let list =
        unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast::<PRINTER_INFO_4W>(), fit.min(count as usize)) };
    Ok(list.iter().map(|info| text(info.pPrinterName)).collect())
}

/// What a call writes that first says how much room it needs.
fn filled(mut call: impl FnMut(*mut u8, u32, Option<&mut u32>) -> i32) -> io::Result<Vec<u64>> {
    let mut needed = 0;
    call(ptr::null_mut(), 0, Some(&mut needed));
    let mut buffer = vec![0_u64; (needed as usize).div_ceil(size_of::<u64>())];
    checked(call(buffer.as_mut_ptr().cast(), needed, None))?;
    Ok(buffer)
}

/// A text that Windows has written.
fn text(at: *const u16) -> String {
    if at.is_null() {
        return String::new();
    }
    // SAFETY: a text of Windows ends with 0, and stands in a buffer that is still there.
    let units = unsafe { std::slice::from_raw_parts(at, (0..).take_while(|i| *at.add(*i) != 0).count()) };
    String::from_utf16_lossy(units)
}
