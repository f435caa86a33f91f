//! How whoever ordered is reached: written down beside the journal.

use crate::domain::event::Event;
use crate::domain::time::Stamp;
use crate::session::Session;
use crate::store::CommitError;

impl Session {
    /// Records that it was written down, and keeps it; what was not said stays.
    pub(super) fn keep_contact(
        &mut self,
        (phone, address): (Option<&str>, Option<&str>),
        events: Vec<Event>,
        now: Stamp,
    ) -> Result<(), CommitError> {
        let Some(order) = self.till.current().map(|order| order.id) else { return Ok(()) };
        let contact = self.till.contact(order).with(phone, address);
        self.record_by(events, now, |store, recorded| store.set_contact(order, &contact, recorded))?;
        self.till.contacts.insert(order, contact);
        Ok(())
    }
}
