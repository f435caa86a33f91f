//! The menu of a session. It is read while the sign-in screen is shown already, which needs none of
//! it, and waited for when somebody signs in.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::domain::catalogue::{Catalogue, Menu};
use crate::domain::search::Index;
use crate::domain::settings::Settings;
use crate::session::config::{UnknownCode, unknown_codes};
use crate::session::{PROGRAM, Session};
use crate::store::{Store, StoreError};
use crate::ui::screen::Tone;

/// A menu made ready for selling.
pub(super) struct Ready {
    catalogue: Catalogue,
    index: Index,
    /// Codes of the configuration that it does not have.
    unknown: Vec<UnknownCode>,
}

impl Ready {
    fn load(store: &Store, settings: &Settings, config: &Path) -> Result<Self, StoreError> {
        let menu = store.load_menu()?.unwrap_or_else(|| Menu::empty(settings.currency));
        let unknown = unknown_codes(settings, &menu, config);
        let catalogue = Catalogue::new(menu);
        let index = Index::new(&catalogue);
        Ok(Self { catalogue, index, unknown })
    }
}

/// Where the menu is.
pub(super) enum MenuState {
    /// The till has it.
    Here,
    /// A thread reads it.
    Loading(JoinHandle<Result<Ready, StoreError>>),
    /// It could not be read so far.
    Missing,
}

impl MenuState {
    /// Begins to read the menu of the store in a folder, for these settings and the folder they are from.
    pub(super) fn load(dir: &Path, settings: &Arc<Settings>, config: &Path) -> Self {
        let (dir, settings, config) = (dir.to_owned(), Arc::clone(settings), config.to_owned());
        let load = move || Ready::load(&Store::open(&dir, PROGRAM)?, &settings, &config);
        let thread = std::thread::Builder::new().name("menu".to_owned()).spawn(load);
        thread.map_or(Self::Missing, Self::Loading)
    }
}

impl Session {
    /// Waits for the menu, if it is not there yet.
    pub(super) fn need_menu(&mut self) -> Result<(), StoreError> {
        let ready = match std::mem::replace(&mut self.menu, MenuState::Missing) {
            MenuState::Here => {
                self.menu = MenuState::Here;
                return Ok(());
            }
            // What a thread failed to read is tried once more, by whoever waits for it.
            MenuState::Loading(thread) => thread.join().ok().and_then(Result::ok),
            MenuState::Missing => None,
        };
        let ready = match ready {
            Some(ready) => ready,
            None => Ready::load(&self.store, &self.till.settings, self.office.config())?,
        };
        self.sell_from(ready);
        Ok(())
    }

    /// Reads the menu again after it was changed.
    pub(super) fn reload_menu(&mut self) {
        match Ready::load(&self.store, &self.till.settings, self.office.config()) {
            Ok(ready) => self.sell_from(ready),
            Err(error) => self.ui.say(Tone::Bad, format!("The menu could not be read again: {error}")),
        }
    }

    fn sell_from(&mut self, ready: Ready) {
        self.ui.search_in(ready.index);
        self.ui.unknown_code = ready.unknown.first().map(UnknownCode::short);
        self.till.catalogue = Arc::new(ready.catalogue);
        self.menu = MenuState::Here;
    }
}
