//! The other sessions of the box: what they have written, and whether they still run.

use std::collections::BTreeSet;

use crate::domain::event::{Event, FaceAct};
use crate::domain::ids::RegisterId;
use crate::session::Session;
use crate::store::is_running;
use crate::ui::screen::Tone;

impl Session {
    /// Folds what other sessions have written since the last look.
    pub fn see_others(&mut self) {
        self.see_others_before(i64::MAX);
    }

    pub(super) fn see_others_before(&mut self, place: i64) {
        let mut entries = match self.store.entries_after(self.seen) {
            Ok(entries) => entries,
            Err(error) => {
                self.ui.say(Tone::Bad, format!("The store cannot be read: {error}"));
                return;
            }
        };
        entries.retain(|(at, _)| *at < place);
        let (mut menu, mut contacts) = (false, false);
        for (place, entry) in &entries {
            self.seen = *place;
            // What was done on this register this session has folded, but for what another drawer did to it.
            let lent = matches!(entry.event, Event::CashMoved { there: Some(_), .. });
            if entry.register == self.till.register && !lent {
                continue;
            }
            menu |= matches!(entry.event, Event::MenuChanged { .. } | Event::BarcodeBound { .. });
            contacts |= matches!(entry.event, Event::FaceChanged { act: FaceAct::Contact, .. });
            let had = self.till.current().map(|o| (o.id, o.title()));
            self.till.evolve(entry);
            self.know_customers(std::iter::once(entry));
            if let Some((id, title)) = had
                && self.till.current().is_none_or(|o| o.id != id)
            {
                let who = entry.staff.map_or("somebody", |s| self.till.name_of(s)).to_owned();
                self.ui.say(Tone::Warn, format!("Order {title} is now with {who} on register {}", entry.register));
            }
        }
        if menu {
            self.reload_menu();
        }
        if contacts {
            match self.store.contacts() {
                Ok(contacts) => self.till.contacts = contacts,
                Err(error) => self.ui.say(Tone::Bad, format!("The store cannot be read: {error}")),
            }
        }
        self.ui.follow_order(&self.till);
    }

    /// Folds what other sessions have written, if they have. Returns whether anything that is shown
    /// may have changed.
    pub(super) fn look_at_others(&mut self) -> bool {
        match self.store.data_version() {
            Ok(version) if version != self.data_version => {
                self.data_version = version;
                self.see_others();
                self.look_at_outbox();
                true
            }
            Ok(_) => false,
            Err(error) => {
                self.ui.say(Tone::Bad, format!("The store cannot be read: {error}"));
                true
            }
        }
    }

    /// Looks whether a session runs on each register that has an order on screen: nobody is to be stuck
    /// behind one that died. Returns whether that has changed.
    pub(super) fn look_who_is_there(&mut self) -> bool {
        let holders = self.till.orders.values().filter_map(|o| o.holder).map(|holder| holder.register);
        let elsewhere: BTreeSet<RegisterId> = holders.filter(|register| *register != self.till.register).collect();
        let dir = self.store.dir();
        let absent = elsewhere.into_iter().filter(|register| !is_running(dir, *register)).collect();
        let changed = self.till.absent != absent;
        self.till.absent = absent;
        changed
    }
}
