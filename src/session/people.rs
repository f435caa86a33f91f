//! PINs and badges: who they are of, and giving them to people; and times at work to be corrected.

use chrono::Days;

use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::ids::StaffId;
use crate::domain::till::Ctx;
use crate::domain::time::Stamp;
use crate::session::{Outcome, Session};
use crate::store::{PinError, StoreError};
use crate::ui::AfterPin;
use crate::ui::screen::Tone;

/// Times at work of so many days can be corrected on screen.
const CORRECTED_DAYS: u64 = 31;

impl Session {
    pub(super) fn check_pin(&mut self, pin: &str, then: AfterPin, now: Stamp) {
        let holder = self.store.pin_holder(pin);
        let overrides = matches!(then, AfterPin::Allow { .. });
        if !self.let_in(holder, then, now) {
            let failures = if overrides { self.till.override_failures } else { self.till.failures };
            self.ui.pin_wrong(&failures);
        }
    }

    pub(super) fn check_badge(&mut self, badge: &str, then: AfterPin, now: Stamp) {
        let holder = self.store.badge_holder(badge);
        if !self.let_in(holder, then, now) {
            self.ui.say(Tone::Bad, "Nobody who works here has this badge");
        }
    }

    /// What follows PIN or badge; `false` when they are nobody's.
    fn let_in(&mut self, holder: Result<Option<StaffId>, StoreError>, then: AfterPin, now: Stamp) -> bool {
        let holder = match holder {
            Ok(holder) => holder,
            Err(error) => {
                self.ui.say(Tone::Bad, format!("It could not be checked: {error}"));
                return true;
            }
        };
        match (holder, then) {
            (Some(staff), AfterPin::SignIn) => self.carry_out(&Command::SignIn { staff }, None, now),
            (Some(by), AfterPin::Allow { permission, command }) if self.till.may(by, permission) => {
                self.ui.pin_right();
                self.carry_out(&self.anchored(command), Some(by), now);
            }
            (Some(_), AfterPin::Allow { permission, .. }) => {
                self.carry_out(&Command::FailOverride { permission }, None, now);
                self.ui.say(Tone::Bad, format!("That person may not {} either", permission.words()));
            }
            (None, AfterPin::Allow { permission, .. }) => {
                self.carry_out(&Command::FailOverride { permission }, None, now);
                return false;
            }
            (None, AfterPin::SignIn) => {
                self.carry_out(&Command::FailSignIn, None, now);
                return false;
            }
        }
        true
    }

    /// Gives somebody a PIN or a badge: the act and the secret's tag are recorded as one.
    pub(super) fn give(&mut self, secret: &str, command: &Command, now: Stamp) {
        let events = match self.till.decide(command, &mut Ctx { now, ids: &mut self.ids, approver: None }) {
            Ok(events) => events,
            Err(refusal) => {
                self.ui.say(Tone::Bad, refusal.to_string());
                self.outcomes.push(Outcome::Refused(refusal));
                return;
            }
        };
        let done = self.record_by(events.clone(), now, |store, recorded| {
            let given = events.iter().find_map(|event| {
                if let Event::PinSet { staff } = event {
                    return Some(store.set_pin(*staff, secret, recorded));
                }
                let Event::BadgeBound { staff } = event else { return None };
                Some(store.set_badge(*staff, secret, recorded))
            });
            given.unwrap_or_else(|| Ok(store.commit(recorded, &[]).map_err(StoreError::from)?))
        });
        match done {
            Ok(()) => {
                self.ui.secret_given();
                self.ui.committed(&self.till, command, &events);
                self.outcomes.push(Outcome::Done(events));
            }
            Err(PinError::Store(StoreError::Commit(error))) => self.commit_failed(&error),
            Err(error) => {
                self.ui.say(Tone::Bad, format!("Not recorded: {error}"));
                self.outcomes.push(Outcome::Failed(error.to_string()));
            }
        }
    }

    pub(super) fn find_works(&mut self, now: Stamp) {
        let to = now.business_date(self.till.settings.cut_off);
        let found = self.store.reader().and_then(|reader| reader.work(to - Days::new(CORRECTED_DAYS), to));
        match found {
            Ok(works) => self.ui.show_works(works),
            Err(error) => self.ui.say(Tone::Bad, format!("The store cannot be read: {error}")),
        }
    }
}
