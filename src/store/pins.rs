//! PINs: who has this one?
//!
//! A cashier signs in with a PIN alone, so that the PIN has to be looked up, not compared. With a
//! salt for each person, every try would cost one slow derivation for each of them; so there is one
//! salt for the store, one derivation for each try, and PINs are unique:
//! `tag = argon2id(PIN, salt of the store, secret = pepper; 19 MiB, 2 passes, 1 lane)`.
//!
//! What that gives up: who has the database *and* the pepper tries all 10,000 PINs of four digits
//! once for all staff, not once for each. Four digits hold out for minutes in either case: the
//! pepper, which is kept outside the database and its backups, is what a stolen file lacks, and the
//! growing lock-out is what a guesser at the till meets. And "that PIN is taken" tells the person
//! who sets one that somebody has it; so setting PINs is a manager's work.

use std::io;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use rusqlite::OptionalExtension;
use uuid::Uuid;

use crate::domain::event::Recorded;
use crate::domain::ids::StaffId;
use crate::store::error::{CommitError, StoreError};
use crate::store::place;
use crate::store::{Committed, Store};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Less than this is a typing error, not a badge.
const MIN_BADGE_CHARS: usize = 4;

type Tag = [u8; 32];

/// Why a PIN was not set.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// It is not 4 to 8 digits.
    #[error("a PIN is 4 to 8 digits")]
    Shape,
    /// Somebody has it.
    #[error("somebody else has this PIN: choose another one")]
    Taken,
    /// The badge says too little to tell people apart.
    #[error("a badge says 4 to 64 characters")]
    BadgeShape,
    /// Somebody else has it.
    #[error("somebody else has this badge: revoke theirs first")]
    BadgeTaken,
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Who has this PIN, among the people who work here now. Costs the same whether anybody has it
    /// or not. Who may try, and how often, is the domain's to say.
    ///
    /// # Errors
    /// [`StoreError::NoPepper`], or when the store cannot be read.
    pub fn pin_holder(&self, pin: &str) -> Result<Option<StaffId>, StoreError> {
        let tag = self.pin_tag(pin)?;
        let id: Option<[u8; 16]> = self
            .conn
            .prepare_cached("SELECT id FROM staff JOIN credentials ON staff = id WHERE tag = ?1 AND active = 1")?
            .query_row([tag], |row| row.get(0))
            .optional()?;
        Ok(id.map(|id| StaffId(Uuid::from_bytes(id))))
    }

    /// Gives somebody a PIN, and records it (the person may be new in the same act). The PIN itself
    /// is nowhere in the store.
    ///
    /// # Errors
    /// [`PinError`], in words; nothing was recorded.
    pub fn set_pin(&mut self, staff: StaffId, pin: &str, act: &[Recorded]) -> Result<Committed, PinError> {
        if !(4..=8).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PinError::Shape);
        }
        let tag = self.pin_tag(pin)?;
        if self.pin_holder_other_than(staff, &tag)? {
            return Err(PinError::Taken);
        }
        let done = self.commit_with(act, &[], |tx| {
            // Somebody who has left gives the PIN up, and gets a new one on coming back.
            tx.execute("DELETE FROM credentials WHERE tag = ?1", [tag])?;
            tx.execute("INSERT OR REPLACE INTO credentials (staff, tag) VALUES (?1, ?2)", (staff.0.as_bytes(), tag))?;
            Ok(())
        });
        Ok(done.map_err(StoreError::from)?)
    }

    /// Who has this badge, among the people who work here now.
    ///
    /// # Errors
    /// [`StoreError::NoPepper`], or when the store cannot be read.
    pub fn badge_holder(&self, badge: &str) -> Result<Option<StaffId>, StoreError> {
        let tag = self.badge_tag(badge)?;
        let id: Option<[u8; 16]> = self
            .conn
            .prepare_cached("SELECT id FROM staff JOIN badges ON staff = id WHERE tag = ?1 AND active = 1")?
            .query_row([tag], |row| row.get(0))
            .optional()?;
        Ok(id.map(|id| StaffId(Uuid::from_bytes(id))))
    }

    /// Gives somebody a badge, and records it. What it says is nowhere in the store.
    ///
    /// # Errors
    /// [`PinError`], in words; nothing was recorded.
    pub fn set_badge(&mut self, staff: StaffId, badge: &str, act: &[Recorded]) -> Result<Committed, PinError> {
        if !(MIN_BADGE_CHARS..=64).contains(&badge.chars().count()) {
            return Err(PinError::BadgeShape);
        }
        if self.badge_holder(badge)?.is_some_and(|holder| holder != staff) {
            return Err(PinError::BadgeTaken);
        }
        let tag = self.badge_tag(badge)?;
        let done = self.commit_with(act, &[], |tx| {
            tx.execute("INSERT OR REPLACE INTO badges (tag, staff) VALUES (?1, ?2)", (tag, staff.0.as_bytes()))?;
            Ok(())
        });
        Ok(done.map_err(StoreError::from)?)
    }

    /// Forgets all badges of somebody, and records it.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was recorded.
    pub fn revoke_badges(&mut self, staff: StaffId, act: &[Recorded]) -> Result<Committed, CommitError> {
        self.commit_with(act, &[], |tx| {
            tx.execute("DELETE FROM badges WHERE staff = ?1", [staff.0.as_bytes()])?;
            Ok(())
        })
    }

    /// Writes the pepper into a new file, as it is, for whoever keeps it in case this one is lost.
    ///
    /// # Errors
    /// [`StoreError::NoPepper`], or what the disk says; a file that is there is never written over.
    pub fn copy_pepper(&self, to: &Path) -> Result<(), StoreError> {
        place::write_new(to, &read_pepper(&self.dir)?).map_err(StoreError::io(to))
    }

    /// A badge is no PIN, whatever digits it has.
    fn badge_tag(&self, badge: &str) -> Result<Tag, StoreError> {
        self.pin_tag(&format!("badge:{badge}"))
    }

    fn pin_holder_other_than(&self, staff: StaffId, tag: &Tag) -> Result<bool, StoreError> {
        Ok(self.conn.query_row(
            "SELECT EXISTS (SELECT 1 FROM staff JOIN credentials ON staff = id \
             WHERE tag = ?1 AND active = 1 AND id <> ?2)",
            (tag, staff.0.as_bytes()),
            |row| row.get(0),
        )?)
    }

    fn pin_tag(&self, pin: &str) -> Result<Tag, StoreError> {
        let pepper = read_pepper(&self.dir)?;
        let salt: [u8; 16] = self.conn.query_row("SELECT pin_salt FROM box", [], |row| row.get(0))?;
        tag(pin, &salt, &pepper).map_err(|e| CommitError::Other(format!("PINs cannot be checked: {e}")).into())
    }
}

fn tag(pin: &str, salt: &[u8; 16], pepper: &[u8; 32]) -> Result<Tag, argon2::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32))?;
    let argon = Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)?;
    let mut tag = Tag::default();
    argon.hash_password_into(pin.as_bytes(), salt, &mut tag)?;
    Ok(tag)
}

pub(super) fn pepper_path(dir: &Path) -> PathBuf {
    dir.join("pepper")
}

/// Makes the pepper of a new store, unless an earlier try has.
pub(super) fn make_pepper(dir: &Path) -> Result<(), StoreError> {
    let path = pepper_path(dir);
    if path.exists() {
        return read_pepper(dir).map(|_| ());
    }
    let pepper = random::<32>().map_err(StoreError::io(&path))?;
    place::write_secret(&path, &pepper).map_err(StoreError::io(&path))
}

fn read_pepper(dir: &Path) -> Result<[u8; 32], StoreError> {
    let path = pepper_path(dir);
    match place::read_secret(&path) {
        Ok(bytes) => bytes.try_into().map_err(|_| StoreError::NoPepper(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::NoPepper(path)),
        Err(cause) => {
            let cause = io::Error::new(cause.kind(), format!("{cause}; no PIN can be checked without it"));
            Err(StoreError::Io { path, cause })
        }
    }
}

/// Bytes from the system's random source.
pub(super) fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| io::Error::other(e.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_hangs_on_pin_salt_and_pepper() {
        let base = tag("1234", &[1; 16], &[2; 32]).unwrap();
        assert_eq!(tag("1234", &[1; 16], &[2; 32]).unwrap(), base);
        assert_ne!(tag("1235", &[1; 16], &[2; 32]).unwrap(), base);
        assert_ne!(tag("1234", &[3; 16], &[2; 32]).unwrap(), base);
        assert_ne!(tag("1234", &[1; 16], &[3; 32]).unwrap(), base);
    }

    #[test]
    fn a_pepper_is_made_once_and_only_for_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(read_pepper(dir.path()), Err(StoreError::NoPepper(_))));
        make_pepper(dir.path()).unwrap();
        let pepper = read_pepper(dir.path()).unwrap();
        make_pepper(dir.path()).unwrap();
        assert_eq!(read_pepper(dir.path()).unwrap(), pepper);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(pepper_path(dir.path())).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(pepper_path(dir.path()), b"short").unwrap();
        assert!(matches!(read_pepper(dir.path()), Err(StoreError::NoPepper(_))));
    }
}
