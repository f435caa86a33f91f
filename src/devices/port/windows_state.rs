//! What the print spooler of Windows says, in words.

use std::io::{self, ErrorKind};

use crate::devices::port::Trouble;

/// `ERROR_INVALID_PRINTER_NAME`.
const NO_SUCH_PRINTER: i32 = 1801;
/// `RPC_S_SERVER_UNAVAILABLE`: the service that is the spooler does not run.
const NO_SPOOLER: i32 = 1722;

/// `PRINTER_ATTRIBUTE_WORK_OFFLINE`: somebody, or the port, has said so.
const WORKS_OFFLINE: u32 = 0x400;

/// What is wrong by each bit of `PRINTER_STATUS_*`, the cause before what follows from it.
const STATES: [(u32, &str, &str); 11] = [
    (0x0000_0001, "paused", "it is paused in Windows: resume it there (Printers, its queue, Resume)"),
    (0x0000_0004, "not there", "Windows is removing this printer: add it again, or name another one"),
    (0x0040_0000, "cover open", "the cover is open: close it"),
    (0x0000_0010, "paper out", "paper is out: put in a new roll"),
    (0x0000_0008, "paper jam", "paper is jammed: open the cover, take it out, close it"),
    (0x0000_0040, "paper", "Windows reports trouble with its paper: look at the roll"),
    (0x0000_0080, "offline", OFFLINE),
    (0x0000_1000, "offline", OFFLINE),
    (0x0200_0000, "offline", "the computer that shares this printer cannot be reached: is it on?"),
    (0x0010_0000, "error", "the printer asks for somebody: look at its lamps"),
    (0x0000_0002, "error", "Windows reports an error of the printer: look at its queue there"),
];
const OFFLINE: &str = "Windows reports it offline: is it on, is its cable in, and is `Use Printer Offline` off there?";

/// What is wrong with a printer, by its status and attributes; nothing when it can print.
pub(super) fn trouble(status: u32, attributes: u32) -> Option<Trouble> {
    let found = STATES.iter().find(|(bit, ..)| status & bit != 0).map(|(_, short, words)| Trouble::new(short, *words));
    found.or_else(|| (attributes & WORKS_OFFLINE != 0).then(|| Trouble::new("offline", OFFLINE)))
}

/// Why a printer could not be opened, as an error of the kind that it is.
pub(super) fn opening(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(NO_SUCH_PRINTER) => io::Error::new(ErrorKind::NotFound, error),
        Some(NO_SPOOLER) => {
            io::Error::other("the service `Print Spooler` of Windows does not run: start it (services.msc)")
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_in_words() {
        let check = |status, attributes, short: Option<&str>| {
            let found = trouble(status, attributes);
            assert_eq!(found.as_ref().map(|t| t.short), short, "{status:x} {attributes:x}: {found:?}");
        };
        check(0, 0, None);
        // Printing, busy, saving power, low on toner.
        check(0x0102_0600, 0x840, None);
        check(0x1, 0, Some("paused"));
        check(0x12, 0, Some("paper out"));
        check(0x0040_0080, 0, Some("cover open"));
        check(0x80, 0, Some("offline"));
        check(0, 0x400, Some("offline"));
        check(0x0010_0000, 0, Some("error"));
    }

    #[test]
    fn an_unknown_printer_is_not_there() {
        assert_eq!(opening(io::Error::from_raw_os_error(1801)).kind(), ErrorKind::NotFound);
        assert!(opening(io::Error::from_raw_os_error(1722)).to_string().contains("Print Spooler"));
    }
}
