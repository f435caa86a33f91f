//! What a running till has to do with the backend: it shows what is unsent, and sells from a catalogue
//! that came down once its shifts have ended. Sending and fetching are another process's work.

use crate::domain::command::Command;
use crate::domain::event::Recorded;
use crate::domain::ids::RegisterId;
use crate::domain::time::Stamp;
use crate::session::{PROGRAM, Session};
use crate::store::{SCHEMA, StoreError};
use crate::ui::screen::Tone;

impl Session {
    /// Looks how much of what was closed is not acknowledged yet.
    pub(super) fn look_at_outbox(&mut self) {
        match self.store.unsent() {
            Ok(unsent) => self.ui.unsent = unsent,
            Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
        }
    }

    /// Before a shift is opened: sells from the newest catalogue whose date has come.
    pub(super) fn before(&mut self, command: &Command, now: Stamp) {
        if !matches!(command, Command::OpenShift { .. }) {
            return;
        }
        match self.apply_catalogue(now) {
            Ok(None) => {}
            Ok(Some(version)) => {
                self.see_others();
                self.ui.say(Tone::Good, format!("Version {version} of the menu is being sold from"));
            }
            Err(error) => self.ui.say(Tone::Warn, format!("The new menu could not be taken: {error}")),
        }
    }

    fn apply_catalogue(&mut self, now: Stamp) -> Result<Option<u64>, StoreError> {
        let today = now.business_date(self.till.settings.cut_off);
        let Some(due) = self.store.due_catalogue(today)? else { return Ok(None) };
        let record = |event| Recorded {
            at: now,
            business_date: today,
            register: RegisterId::OFFICE,
            shift: None,
            staff: None,
            program: PROGRAM.to_owned(),
            schema: SCHEMA,
            event,
        };
        self.store.replace_menu(&due, record)?;
        Ok(Some(due.version))
    }
}
