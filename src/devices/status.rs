//! What a printer says of itself, if it says anything: whether it does is found out by asking.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::devices::port::{Connection, Trouble};

/// Pause between two looks at a port.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// `DLE EOT 4`: the paper.
const ASK_PAPER: [u8; 3] = [0x10, 0x04, 0x04];
/// `DLE EOT 2`: why it is offline.
const ASK_OFFLINE: [u8; 3] = [0x10, 0x04, 0x02];
/// `GS r 1`: answered when everything before it has been printed.
const FENCE: [u8; 3] = [0x1d, b'r', 1];

/// How a printer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// It did not answer.
    Mute,
    /// It answered, and is well.
    Well,
    /// It answered, and has a trouble.
    Ill(Trouble),
}

/// Asks the printer how it is. It answers at once, whatever it does, or within `patience` not at all.
pub(super) fn ask(connection: &mut dyn Connection, patience: Duration, stop: &AtomicBool) -> Health {
    // What it said before nobody asked is not the answer.
    let mut old = [0; 64];
    while matches!(connection.read(&mut old), Ok(n) if n > 0) {}
    let real_time = |b: u8| b & 0x93 == 0x12;
    let Some(paper) = question(connection, &ASK_PAPER, patience, real_time, stop) else { return Health::Mute };
    if paper & 0x60 != 0 {
        return Health::Ill(Trouble::new("paper out", "paper is out: put in a new roll"));
    }
    match question(connection, &ASK_OFFLINE, patience, real_time, stop) {
        Some(b) if b & 0x04 != 0 => Health::Ill(Trouble::new("cover open", "the cover is open: close it")),
        Some(b) if b & 0x20 != 0 => Health::Ill(Trouble::new("paper out", "paper is out: put in a new roll")),
        Some(b) if b & 0x40 != 0 => Health::Ill(Trouble::new(
            "error",
            "the printer reports an error: look at the cutter, then switch it off and on",
        )),
        Some(_) | None => Health::Well,
    }
}

/// Whether the printer says, within `patience`, that it printed everything it was sent.
pub(super) fn confirms(connection: &mut dyn Connection, patience: Duration, stop: &AtomicBool) -> bool {
    question(connection, &FENCE, patience, |b| b & 0x90 == 0, stop).is_some()
}

/// Sends a question and waits for the first byte that can be its answer.
fn question(
    connection: &mut dyn Connection,
    bytes: &[u8],
    patience: Duration,
    answers: impl Fn(u8) -> bool,
    stop: &AtomicBool,
) -> Option<u8> {
    let deadline = Instant::now() + patience;
    let mut rest = bytes;
    let mut answer = [0; 1];
    while Instant::now() < deadline && !stop.load(Ordering::Relaxed) {
        if !rest.is_empty() {
            match connection.write(rest) {
                Ok(n) => rest = &rest[n..],
                Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return None,
            }
        }
        match connection.read(&mut answer) {
            Ok(1) if answers(answer[0]) => return Some(answer[0]),
            Ok(_) => continue,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => return None,
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    None
}
