//! Whether the store is the one it was: its second file says where each Z stood.

use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::time::Stamp;
use crate::session::Session;
use crate::ui::screen::Tone;

impl Session {
    /// Looks for what the store has lost. It is told and journalled; selling waits for somebody who may
    /// go on without it.
    pub(super) fn check_history(&mut self, now: Stamp) {
        match self.store.lost_zs() {
            Ok(lost) => {
                let Some(last) = lost.last().map(ToString::to_string) else { return self.anchor_zs() };
                self.ui.say(Tone::Bad, last.clone());
                self.till.lost = Some(last.clone());
                if let Err(error) = self.record(vec![Event::Degraded { what: last }], &[], now) {
                    self.commit_failed(&error);
                }
            }
            Err(error) => self.ui.say(Tone::Bad, format!("The anchors cannot be read: {error}")),
        }
    }

    /// Appends what is missing to the second file. A Z is recorded all the same.
    pub(super) fn anchor_zs(&mut self) {
        if let Err(error) = self.store.anchor_zs() {
            tracing::warn!(%error, "a Z was not anchored");
            self.ui.say(Tone::Warn, format!("The Z is recorded, but not in the second file: {error}"));
        }
    }

    /// Somebody who may has gone on without what is lost.
    pub(super) fn went_on(&mut self, command: &Command) {
        if *command != Command::AcceptHistory {
            return;
        }
        let done = self.store.lost_zs().and_then(|lost| self.store.accept_lost(&lost));
        match done {
            Ok(()) => {
                self.till.lost = None;
                self.ui.say(Tone::Warn, "Selling goes on; what is lost stays in the records");
            }
            Err(error) => self.ui.say(Tone::Bad, format!("The anchors cannot be written: {error}")),
        }
    }
}
