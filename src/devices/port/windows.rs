//! Printers of Windows: its print spooler takes the bytes as they are.

use std::io::{self, ErrorKind};

use crate::devices::port::windows_state::{opening, trouble};
use crate::devices::port::{Connection, Trouble};
use crate::windows::printing::{Printer, names};

/// An open printer, and whether a document was begun: looking at a printer puts nothing into its queue.
struct Spooled {
    printer: Printer,
    begun: bool,
}

pub(super) fn open(name: &str) -> io::Result<Box<dyn Connection>> {
    let printer = Printer::open(name).map_err(opening)?;
    Ok(Box::new(Spooled { printer, begun: false }))
}

/// The printers that Windows has; none when it does not say.
pub(super) fn printers() -> Vec<String> {
    names().unwrap_or_default()
}

impl Connection for Spooled {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.begun {
            self.printer.begin("CounterFlow")?;
            self.begun = true;
        }
        self.printer.write(bytes)
    }

    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }

    fn pending(&mut self) -> io::Result<usize> {
        Ok(0)
    }

    fn known(&mut self) -> Option<Result<(), Trouble>> {
        let state = self.printer.state();
        Some(match state.map(|state| trouble(state.status, state.attributes)) {
            Ok(Some(trouble)) => Err(trouble),
            // What the spooler does not say of a printer that it has opened keeps nothing from being printed.
            Ok(None) | Err(_) => Ok(()),
        })
    }

    fn close(mut self: Box<Self>) -> io::Result<()> {
        if self.begun { self.printer.end() } else { Ok(()) }
    }

    fn abandon(mut self: Box<Self>) {
        if self.begun {
            self.printer.abort();
        }
    }
}
