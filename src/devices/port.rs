//! Ports of printers. None may hang: every port here takes what it can take now, and says so when
//! that is nothing; waiting is the spooler's, against a deadline.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::devices::printer::{Address, FlowControl, Printer};

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
        let group = match address {
            Address::Serial(_) => "dialout",
            Address::File(_) | Address::Device(_) | Address::Tcp { .. } | Address::Screen => "lp",
        };
        match error.kind() {
            ErrorKind::NotFound => Self::new("not there", format!("{address} is not there: is it plugged in and on?")),
            ErrorKind::PermissionDenied if cfg!(windows) => Self::new(
                "no permission",
                format!("no permission for {address}: another program has it, or the till's user may not write there"),
            ),
            ErrorKind::PermissionDenied => Self::new(
                "no permission",
                format!("no permission for {address}: the till's user must be in the group `{group}`"),
            ),
            ErrorKind::ResourceBusy => Self::new("in use", format!("{address} is in use by another program")),
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
}

/// Opens the printer's port. The screen has none.
pub(super) fn open(printer: &Printer) -> Result<Box<dyn Connection>, Trouble> {
    let opened: io::Result<Box<dyn Connection>> = match &printer.address {
        Address::File(path) => PlainFile::open(path).map(|p| Box::new(p) as _),
        Address::Device(path) => device::open(path),
        Address::Serial(name) => serial::open(name, printer.baud, printer.flow),
        Address::Tcp { host, port } => Tcp::open(host, *port, printer.timeout).map(|p| Box::new(p) as _),
        Address::Screen => Err(io::Error::new(ErrorKind::Unsupported, "the screen is not a port")),
    };
    opened.map_err(|error| Trouble::of(&printer.address, &error))
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
        for address in (host, port).to_socket_addrs()? {
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

#[cfg(unix)]
mod device {
    use std::fs::{File, OpenOptions};
    use std::io::{self, ErrorKind, Read, Write};
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
    use std::path::Path;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::OFlags;

    use super::Connection;

    /// A device of the kernel's, such as `/dev/usb/lp0`, which blocks for ever without `O_NONBLOCK`
    /// when paper runs out.
    struct Device {
        file: File,
        readable: bool,
    }

    /// Opens without ever waiting; a file that would be made here by a wrong path is refused.
    pub(super) fn open_nonblocking(path: &Path, read: bool) -> io::Result<File> {
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
        OpenOptions::new().read(read).write(true).custom_flags(flags.cast_signed()).open(path)
    }

    pub(super) fn open(path: &Path) -> io::Result<Box<dyn Connection>> {
        let kind = path.metadata()?.file_type();
        if !kind.is_char_device() && !kind.is_fifo() && !kind.is_block_device() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "this is not a device; for a file write `file:`"));
        }
        let (file, readable) = match open_nonblocking(path, true) {
            Ok(file) => (file, true),
            Err(_) => (open_nonblocking(path, false)?, false),
        };
        if rustix::termios::isatty(&file) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "this is a serial port: write `serial:`"));
        }
        Ok(Box::new(Device { file, readable }))
    }

    impl Connection for Device {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.file.write(bytes)
        }

        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.readable.then(|| self.file.read(buffer)) {
                Some(Ok(n)) if n > 0 => Ok(n),
                Some(Err(e)) if e.kind() != ErrorKind::WouldBlock => Err(e),
                Some(_) | None => Err(ErrorKind::WouldBlock.into()),
            }
        }

        /// The kernel's printer driver throws away what is under way when the device is closed; it
        /// is ready for more when that has gone.
        fn pending(&mut self) -> io::Result<usize> {
            let mut fds = [PollFd::new(&self.file, PollFlags::OUT)];
            poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))?;
            Ok(usize::from(!fds[0].revents().contains(PollFlags::OUT)))
        }

        fn close(self: Box<Self>) -> io::Result<()> {
            Ok(())
        }

        fn abandon(self: Box<Self>) {}
    }
}

#[cfg(not(unix))]
mod device {
    use std::fs::{File, OpenOptions};
    use std::io::{self, ErrorKind, Write};
    use std::path::Path;

    use super::Connection;

    struct Device(File);

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

        fn close(mut self: Box<Self>) -> io::Result<()> {
            self.0.flush()
        }

        fn abandon(self: Box<Self>) {}
    }
}

/// The port's settings, apart from its name.
fn builder(name: &str, baud: u32, flow: FlowControl) -> serialport::SerialPortBuilder {
    let flow = match flow {
        FlowControl::None => serialport::FlowControl::None,
        FlowControl::Hardware => serialport::FlowControl::Hardware,
        FlowControl::Software => serialport::FlowControl::Software,
    };
    serialport::new(name, baud).flow_control(flow).timeout(Duration::from_millis(20))
}

fn serial_error(error: serialport::Error) -> io::Error {
    match error.kind() {
        serialport::ErrorKind::NoDevice => io::Error::new(ErrorKind::NotFound, error),
        serialport::ErrorKind::Io(kind) => io::Error::new(kind, error),
        serialport::ErrorKind::InvalidInput | serialport::ErrorKind::Unknown => io::Error::other(error),
    }
}

mod serial {
    use std::io::{self, ErrorKind, Read, Write};

    use serialport::{ClearBuffer, SerialPort};

    use super::{Connection, builder, serial_error};
    use crate::devices::printer::FlowControl;

    /// A serial line takes small pieces, so that a stalled one is seen early.
    const CHUNK: usize = 256;

    /// A serial port: set up and asked by the library. On Unix the bytes go through a descriptor of
    /// our own, since the library's blocks on a stalled line for longer than any time-out.
    struct Serial<P, D> {
        port: P,
        data: D,
    }

    #[cfg(unix)]
    pub(super) fn open(name: &str, baud: u32, flow: FlowControl) -> io::Result<Box<dyn Connection>> {
        // Ours first: the library then keeps everybody else out.
        let data = super::device::open_nonblocking(name.as_ref(), true)?;
        if !rustix::termios::isatty(&data) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "this is not a serial port"));
        }
        let port = builder(name, baud, flow).open_native().map_err(serial_error)?;
        Ok(Box::new(Serial { port, data }))
    }

    #[cfg(not(unix))]
    pub(super) fn open(name: &str, baud: u32, flow: FlowControl) -> io::Result<Box<dyn Connection>> {
        let port = builder(name, baud, flow).open_native().map_err(serial_error)?;
        let data = port.try_clone().map_err(serial_error)?;
        Ok(Box::new(Serial { port, data }))
    }

    fn not_yet(error: io::Error) -> io::Error {
        if error.kind() == ErrorKind::TimedOut { ErrorKind::WouldBlock.into() } else { error }
    }

    /// Windows gives a slow line a moment, and says how far it came: nothing is no reason to give up.
    fn written(count: io::Result<usize>) -> io::Result<usize> {
        match count.map_err(not_yet) {
            Ok(0) => Err(ErrorKind::WouldBlock.into()),
            other => other,
        }
    }

    impl<P: SerialPort, D: Read + Write> Connection for Serial<P, D> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            written(self.data.write(&bytes[..bytes.len().min(CHUNK)]))
        }

        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.data.read(buffer).map_err(not_yet) {
                Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
                other => other,
            }
        }

        fn pending(&mut self) -> io::Result<usize> {
            let waiting = self.port.bytes_to_write().map_err(serial_error)?;
            Ok(usize::try_from(waiting).unwrap_or(usize::MAX))
        }

        fn close(self: Box<Self>) -> io::Result<()> {
            Ok(())
        }

        fn abandon(self: Box<Self>) {
            // Else closing would wait for a line that does not move.
            let _ = self.port.clear(ClearBuffer::Output);
        }
    }
    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_line_that_takes_nothing_now_is_asked_again() {
            let kind = |count: io::Result<usize>| written(count).map_err(|e| e.kind());
            assert_eq!(kind(Ok(19)), Ok(19));
            assert_eq!(kind(Ok(0)), Err(ErrorKind::WouldBlock));
            assert_eq!(kind(Err(ErrorKind::TimedOut.into())), Err(ErrorKind::WouldBlock));
            assert_eq!(kind(Err(ErrorKind::BrokenPipe.into())), Err(ErrorKind::BrokenPipe));
        }
    }
}
