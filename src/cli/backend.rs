//! What `enrol`, `upload` and `pull` share: the world as the upload sees it.

use std::time::Duration;

use crate::cli::{Failure, Place, Result};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::RegisterId;
use crate::domain::settings::Settings;
use crate::domain::time::Stamp;
use crate::session::PROGRAM;
use crate::session::clock::{Clock, SystemClock};
use crate::session::config::Config;
use crate::store::{Lock, RegisterKey, SCHEMA, Store, StoreError, lock_upload};
use crate::upload::client::ClientError;
use crate::upload::{UploadError, World};

/// This machine.
pub(super) struct Machine {
    pub(super) settings: Settings,
}

impl Machine {
    /// Opens the store, with the lock that one upload at a time holds.
    pub(super) fn open(place: &Place) -> Result<(Store, Self, Lock)> {
        let config = Config::read(&place.config)?;
        if config.settings.training {
            return Err(Failure {
                code: 78,
                words: "this store is for practice: nothing in it goes to a backend. A real one is made by \
                        `counterflow --data FOLDER setup`"
                    .to_owned(),
            });
        }
        let store = Store::open(&place.data, PROGRAM)?;
        let lock = lock_upload(&place.data)?;
        Ok((store, Self { settings: config.settings }, lock))
    }

    /// An event with its circumstances.
    pub(super) fn event_on(&self, register: RegisterId, event: Event) -> Recorded {
        Recorded::by_program(event, register, self.now(), self.settings.cut_off, (PROGRAM, SCHEMA))
    }
}

impl World for Machine {
    fn now(&self) -> Stamp {
        SystemClock.now()
    }

    fn chance(&mut self) -> u64 {
        let mut bytes = [0; 8];
        // Without randomness all tills of a town try at once: a pity, and no more.
        let _ = getrandom::fill(&mut bytes);
        u64::from_le_bytes(bytes) % 1001
    }

    fn wait(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    fn record(&self, event: Event) -> Recorded {
        self.event_on(RegisterId::OFFICE, event)
    }

    fn key(&self, store: &mut Store, register: RegisterId) -> std::result::Result<RegisterKey, StoreError> {
        store.register_key(register, |event| self.event_on(register, event))
    }
}

impl From<UploadError> for Failure {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Store(error) => error.into(),
            UploadError::Client(error) => error.into(),
            UploadError::File(words) => Self::io(words),
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::config(error.to_string())
    }
}
