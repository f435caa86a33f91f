//! Ports of printers. None may hang: every port here takes what it can take now, and says so when
//! that is nothing; waiting is the spooler's, against a deadline.

mod cups;
#[cfg_attr(not(unix), path = "device_other.rs")]
mod device;
mod serial;
#[cfg_attr(not(windows), path = "windows_other.rs")]
mod windows;
#[cfg(any(windows, test))]
mod windows_state;

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::devices::address::Address;
use crate::devices::discover::usb_printers;
use crate::devices::printer::Printer;

/// How long a network printer may take to let go of a connection.
const FAREWELL: Duration = Duration::from_millis(300);

/// An open port.
pub(super) trait Connection {
    /// Hands over as much as the port takes now; `WouldBlock` when that is nothing.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Takes what the printer said; `WouldBlock` when it said nothing. A port that cannot be read
    /// never says anything.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// How much of what was handed over still stands on this side, as far as the port knows.
    fn pending(&mut self) -> io::Result<usize>;

    /// Closes the port after everything went well.
    ///
    /// # Errors
    /// When that shows that it did not.
    fn close(self: Box<Self>) -> io::Result<()>;

    /// Closes the port and throws away what has not left.
    fn abandon(self: Box<Self>);

    /// How the printer is, as far as the system knows, at ports where the printer itself is not heard: a question would
    /// only be printed there. `None` where it can be asked.
    fn known(&mut self) -> Option<Result<(), Trouble>> {
        None
    }

    /// Takes back what was handed over and has not come out, as far as the port can; whether it is sure that nothing of
    /// it did.
    fn take_back(&mut self) -> bool {
        false
    }
}

/// What is wrong with a printer: in a word or two for the status bar, and in words for the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub short: &'static str,
    pub words: String,
}

impl Trouble {
    pub fn new(short: &'static str, words: impl Into<String>) -> Self {
        Self { short, words: words.into() }
    }

    /// What an error means to people.
    pub fn of(address: &Address, error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound if matches!(address, Address::Windows(_)) => Self::new(
                "not there",
                format!("{address} is not there: write its name as Windows has it (`counterflow printers` lists them)"),
            ),
            ErrorKind::NotFound => Self::new("not there", format!("{address} is not there: is it plugged in and on?")),
            ErrorKind::PermissionDenied if cfg!(windows) => Self::new(
                "no permission",
                format!("no permission for {address}: another program has it, or the till's user may not write there"),
            ),
            ErrorKind::PermissionDenied => Self::denied(address, error),
            ErrorKind::ResourceBusy => Self::new("in use", format!("{address} is in use by another program")),
            ErrorKind::AddrNotAvailable => Self::new(
                "offline",
                format!("{address}: no machine here has that name; write its number, which its self-test prints"),
            ),
            ErrorKind::ConnectionRefused => Self::new(
                "offline",
                format!("nothing answers at {address}: is the printer on, and is that its address?"),
            ),
            ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                Self::new("offline", format!("{address} cannot be reached: check the printer and its network cable"))
            }
            ErrorKind::WouldBlock => Self::new("stalled", format!("{address} takes no more data")),
            _ => Self::new("not working", format!("{address}: {error}")),
        }
    }

    /// What the till's user lacks at a port.
    fn denied(address: &Address, error: &io::Error) -> Self {
        let says = match address {
            Address::Serial(name) => device::who_may(name.as_ref()),
            Address::Device(path) => device::who_may(path),
            Address::File(_) => "the till's user may not write there: choose another folder".to_owned(),
            // Found by its name, it says itself what is wrong where it is plugged in.
            Address::Usb(_) | Address::Cups(_) | Address::Windows(_) | Address::Tcp { .. } | Address::Screen => {
                error.to_string()
            }
        };
        Self::new("no permission", format!("no permission for {address}: {says}"))
    }
}

/// The printers that the system has by names of its own, as ports.
pub(super) fn system_printers() -> Vec<String> {
    let windows = windows::printers().into_iter().map(Address::Windows);
    let cups = cups::queues().into_iter().map(Address::Cups);
    windows.chain(cups).map(|address| address.to_string()).collect()
}

/// Opens the printer's port. The screen has none.
pub(super) fn open(printer: &Printer) -> Result<Box<dyn Connection>, Trouble> {
    let opened: io::Result<Box<dyn Connection>> = match &printer.address {
        Address::File(path) => PlainFile::open(path).map(|p| Box::new(p) as _),
        Address::Device(path) => device::open(path),
        Address::Serial(name) => serial::open(name, printer.baud, printer.frame, printer.flow),
        Address::Tcp { host, port } => Tcp::open(host, *port, printer.timeout).map(|p| Box::new(p) as _),
        Address::Usb(name) => usb(&printer.system_root, name),
        Address::Cups(name) => Ok(cups::open(name)),
        Address::Windows(name) => windows::open(name),
        Address::Screen => Err(io::Error::new(ErrorKind::Unsupported, "the screen is not a port")),
    };
    opened.map_err(|error| Trouble::of(&printer.address, &error))
}

/// A USB printer, wherever it is plugged in now.
fn usb(root: &Path, name: &str) -> io::Result<Box<dyn Connection>> {
    let found = usb_printers(root);
    let mut named = found.iter().filter(|printer| printer.is(name));
    match (named.next(), named.next()) {
        (Some(printer), None) => device::open(&printer.device).map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied => io::Error::new(error.kind(), device::who_may(&printer.device)),
            _ => error,
        }),
        (Some(_), Some(_)) => Err(io::Error::new(
            ErrorKind::InvalidInput,
            "two printers of that model are plugged in: write the serial number of one (`counterflow printers`)",
        )),
        (None, _) => Err(ErrorKind::NotFound.into()),
    }
}

/// A file that grows.
struct PlainFile(File);

impl PlainFile {
    fn open(path: &Path) -> io::Result<Self> {
        if path.metadata().is_ok_and(|m| !m.is_file()) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "this is not a file; for a device write `device:`"));
        }
        OpenOptions::new().append(true).create(true).open(path).map(Self)
    }
}

impl Connection for PlainFile {
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

    fn close(self: Box<Self>) -> io::Result<()> {
        self.0.sync_data()
    }

    fn abandon(self: Box<Self>) {}
}

/// A network printer.
struct Tcp(TcpStream);

impl Tcp {
    fn open(host: &str, port: u16, timeout: Duration) -> io::Result<Self> {
        let mut error = io::Error::new(ErrorKind::NotFound, "the name has no address");
        let found = (host, port).to_socket_addrs();
        for address in found.map_err(|error| io::Error::new(ErrorKind::AddrNotAvailable, error))? {
            match TcpStream::connect_timeout(&address, timeout) {
                Ok(stream) => {
                    stream.set_nonblocking(true)?;
                    stream.set_nodelay(true)?;
                    return Ok(Self(stream));
                }
                Err(e) => error = e,
            }
        }
        Err(error)
    }
}

impl Connection for Tcp {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            other => other,
        }
    }

    fn pending(&mut self) -> io::Result<usize> {
        Ok(0)
    }

    /// Says farewell, and reads what the printer still says: closing a connection with unread bytes
    /// resets it, and the printer would throw away what it has not printed.
    fn close(mut self: Box<Self>) -> io::Result<()> {
        self.0.shutdown(Shutdown::Write)?;
        let deadline = Instant::now() + FAREWELL;
        let mut buffer = [0; 256];
        while Instant::now() < deadline {
            match self.0.read(&mut buffer) {
                Ok(0) => break,
                Ok(_) => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(5)),
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    fn abandon(self: Box<Self>) {}
}

/// What an error of the serial library's is for the system.
pub(super) fn serial_error(error: serialport::Error) -> io::Error {
    match error.kind() {
        serialport::ErrorKind::NoDevice => io::Error::new(ErrorKind::NotFound, error),
        serialport::ErrorKind::Io(kind) => io::Error::new(kind, error),
        serialport::ErrorKind::InvalidInput | serialport::ErrorKind::Unknown => io::Error::other(error),
    }
}
