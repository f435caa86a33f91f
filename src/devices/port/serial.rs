//! Serial ports.

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use serialport::{ClearBuffer, SerialPort};

use crate::devices::frame::Frame;
#[cfg(unix)]
use crate::devices::port::device;
use crate::devices::port::{Connection, serial_error};
use crate::devices::printer::FlowControl;

/// A serial line takes small pieces, so that a stalled one is seen early.
const CHUNK: usize = 256;

/// The port's settings, apart from its name.
fn builder(name: &str, baud: u32, frame: Frame, flow: FlowControl) -> serialport::SerialPortBuilder {
    let flow = match flow {
        FlowControl::None => serialport::FlowControl::None,
        FlowControl::Hardware => serialport::FlowControl::Hardware,
        FlowControl::Software => serialport::FlowControl::Software,
    };
    frame.of(serialport::new(name, baud)).flow_control(flow).timeout(Duration::from_millis(20))
}

/// A serial port: set up and asked by the library. On Unix the bytes go through a descriptor of
/// our own, since the library's blocks on a stalled line for longer than any time-out.
struct Serial<P, D> {
    port: P,
    data: D,
}

#[cfg(unix)]
pub(super) fn open(name: &str, baud: u32, frame: Frame, flow: FlowControl) -> io::Result<Box<dyn Connection>> {
    // Ours first: the library then keeps everybody else out.
    let data = device::open_nonblocking(name.as_ref(), true)?;
    if !rustix::termios::isatty(&data) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "this is not a serial port"));
    }
    let port = builder(name, baud, frame, flow).open_native().map_err(serial_error)?;
    Ok(Box::new(Serial { port, data }))
}

#[cfg(not(unix))]
pub(super) fn open(name: &str, baud: u32, frame: Frame, flow: FlowControl) -> io::Result<Box<dyn Connection>> {
    let port = builder(name, baud, frame, flow).open_native().map_err(serial_error)?;
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
