//! Room that is set aside on the disk: once it is full, nothing more is sold, but people still come in, close
//! their shift, and leave.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::domain::event::Event;
use crate::store::{Store, place};

/// The file beside the store.
const FILE: &str = "reserve";
/// What is set aside: some closes, with their paper.
const BYTES: u64 = 2 * 1024 * 1024;

/// Below so much room people are told.
const LITTLE_BYTES: u64 = 100 * 1024 * 1024;

impl Store {
    /// How many megabytes are left on the disk, where they are so few that somebody should make room.
    pub fn little_room_mb(&self) -> Option<u64> {
        place::room_left(&self.dir).filter(|left| *left < LITTLE_BYTES).map(|left| left / 1024 / 1024)
    }

    /// Sets the room aside, or as much of it as there is.
    ///
    /// # Errors
    /// When it is not whole.
    pub fn set_reserve_aside(&self) -> io::Result<()> {
        set_aside(&self.dir)
    }

    /// Gives the room up, for what must be recorded all the same.
    pub fn give_reserve_up(&self) {
        give_up(&self.dir);
    }
}

/// Whether an act may use the room: coming in, closing a shift, leaving; but no sale that the till locks itself behind.
pub fn may_use_reserve(events: &[Event]) -> bool {
    let sells = events.iter().any(|event| matches!(event, Event::PaymentTaken { .. } | Event::SaleCompleted { .. }));
    !sells
        && events.iter().any(|event| {
            matches!(
                event,
                Event::Started { .. }
                    | Event::SignedIn { .. }
                    | Event::ShiftClosed { .. }
                    | Event::SignedOut { .. }
                    | Event::Stopped
            )
        })
}

/// Gives up the room beside a store. Says whether there was any.
pub(super) fn give_up(dir: &Path) -> bool {
    fs::remove_file(dir.join(FILE)).is_ok()
}

pub(super) fn set_aside(dir: &Path) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(dir.join(FILE))?;
    let missing = BYTES.saturating_sub(file.metadata()?.len());
    if missing > 0 {
        io::copy(&mut io::repeat(0).take(missing), &mut file)?;
        file.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_already_is_not_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let length = || fs::metadata(dir.path().join(FILE)).unwrap().len();
        for _ in 0..2 {
            set_aside(dir.path()).unwrap();
            assert_eq!(length(), BYTES);
        }
    }
}
