//! What is typed and open outlives the process, and fits the journal: an act that was recorded has
//! also closed its dialog and taken its input, whenever the process is killed.
//!
//! The store and the session's file are two files. So the state that an act will lead to is written
//! into the session's file just before the act is recorded, together with the state before it and
//! the place in the journal that tells them apart.

use std::io;

use serde::{Deserialize, Serialize};

use crate::domain::ids::RegisterId;
use crate::session::SessionError;
use crate::store::{SessionFile, Store};
use crate::ui::state::Kept;

/// What the file holds.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Saved {
    /// How it stands.
    kept: Kept,
    /// How it stands if the act that leads there was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Before>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Before {
    /// The act is recorded if the register has an entry behind this place of the journal.
    place: i64,
    kept: Kept,
}

/// Keeps the state of a session's screen.
pub(super) struct Keeper {
    file: SessionFile,
    /// How it stands, as far as the file knows.
    saved: Kept,
    /// Whether the file says something else, or nobody knows what.
    dirty: bool,
}

impl Keeper {
    /// Opens the file of a register's session, and gives what was kept as it fits the journal. Call
    /// it with the register's lock held, before anything is recorded.
    pub(super) fn open(store: &Store, register: RegisterId) -> Result<(Self, Kept), SessionError> {
        let (file, bytes) = SessionFile::open(store.dir(), register).map_err(SessionError::Kept)?;
        let saved: Saved = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let kept = match saved.before {
            Some(before) if !store.acted_after(register, before.place)? => before.kept,
            Some(_) | None => saved.kept,
        };
        let mut keeper = Self { file, saved: kept.clone(), dirty: true };
        // The start of this session is an entry too: from here on the place tells nothing any more.
        keeper.save(&kept).map_err(SessionError::Kept)?;
        Ok((keeper, kept))
    }

    /// How it stood after the last input that was dealt with, or the last act that was recorded.
    pub(super) fn saved(&self) -> &Kept {
        &self.saved
    }

    /// Keeps how it stands.
    pub(super) fn save(&mut self, kept: &Kept) -> io::Result<()> {
        if !self.dirty && *kept == self.saved {
            return Ok(());
        }
        self.saved = kept.clone();
        self.write(&Saved { kept: kept.clone(), before: None })
    }

    /// Keeps how it will stand once something is recorded behind this place of the journal. To be
    /// followed by [`Keeper::recorded`], or by [`Keeper::save`] when nothing was.
    pub(super) fn save_ahead(&mut self, kept: &Kept, place: i64) -> io::Result<()> {
        if *kept == self.saved && !self.dirty {
            return Ok(());
        }
        let before = Before { place, kept: self.saved.clone() };
        let written = self.write(&Saved { kept: kept.clone(), before: Some(before) });
        self.dirty = true;
        written
    }

    /// What [`Keeper::save_ahead`] was told is recorded.
    pub(super) fn recorded(&mut self, kept: &Kept) {
        self.saved = kept.clone();
        self.dirty = false;
    }

    fn write(&mut self, saved: &Saved) -> io::Result<()> {
        self.dirty = true;
        self.file.save(&serde_json::to_vec(saved)?)?;
        self.dirty = false;
        Ok(())
    }
}
