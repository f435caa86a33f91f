//! Devices of the kernel's, such as a USB printer's.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use crate::devices::port::{Connection, Trouble};

/// A device of the kernel's, such as `/dev/usb/lp0`, which blocks for ever without `O_NONBLOCK`
/// when paper runs out.
struct Device {
    file: File,
    readable: bool,
}

/// Who may write to a device, and how the till's user becomes one of them.
pub(super) fn who_may(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    let rule = "put packaging/udev/70-counterflow.rules into /etc/udev/rules.d, then `sudo udevadm control --reload` and \
                `sudo udevadm trigger`";
    let Ok(found) = path.metadata() else { return format!("nobody but the system sees {}: {rule}", path.display()) };
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    // `lp:x:7:ada,ben`
    let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<_>>();
    let named = groups.lines().map(fields).find(|f| f.get(2).is_some_and(|id| *id == found.gid().to_string()));
    match named.and_then(|fields| fields.into_iter().next()) {
        Some(group) if found.mode() & 0o060 == 0o060 && found.gid() != 0 => format!(
            "add the till's user to the group `{group}` (`sudo usermod -aG {group} NAME`), and sign in to the system anew"
        ),
        Some(_) | None => format!("no group but the system's may write to {}: {rule}", path.display()),
    }
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

    fn known(&mut self) -> Option<Result<(), Trouble>> {
        (!self.readable).then_some(Ok(()))
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
