//! Customers: who they are is recorded with the act that says so, and read back from the store, never from events.

use crate::documents::Document;
use crate::documents::account::{statement, statement_title};
use crate::domain::command::Command;
use crate::domain::customer::{CustomerAct, Received};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{CustomerId, PaymentId};
use crate::domain::sale::Sale;
use crate::domain::spool::NewJob;
use crate::domain::time::Stamp;
use crate::session::Session;
use crate::store::{CommitError, StoreError};
use crate::ui::screen::Tone;

/// How many of the last payments on an account can be taken back: a digit chooses one.
const MOST_PAYMENTS: u32 = 9;

impl Session {
    /// Commits an act that says who somebody is, or that nobody is to know any more.
    pub(super) fn record_customer(
        &mut self,
        command: &Command,
        events: &[Event],
        jobs: &[NewJob],
        now: Stamp,
    ) -> Result<(), CommitError> {
        let changed = events.iter().find_map(|event| match event {
            Event::CustomerChanged { customer, .. } => Some(*customer),
            _ => None,
        });
        match (changed, command) {
            (Some(customer), Command::SaveCustomer { person, .. }) => {
                // What was decided was decided on the person as they are kept.
                let person = person.checked().map_err(|refusal| CommitError::Other(refusal.to_string()))?;
                self.record_by(events.to_vec(), now, |store, recorded| {
                    store.save_person(customer, &person, recorded, jobs)
                })?;
                if !jobs.is_empty() {
                    self.printing.wake();
                }
                Ok(())
            }
            (Some(customer), Command::ForgetCustomer { .. }) => {
                let number = self.till.accounts.get(&customer).map_or(0, |account| account.number);
                let titles = [statement_title(number)];
                self.record_by(events.to_vec(), now, |store, recorded| store.forget_person(customer, &titles, recorded))
            }
            _ => self.record(events.to_vec(), jobs, now),
        }
    }

    /// Reads who they are whom entries say something new about.
    pub(super) fn know_customers<'r>(&mut self, entries: impl Iterator<Item = &'r Recorded>) {
        for entry in entries {
            let Event::CustomerChanged { customer, act: CustomerAct::Saved { .. } } = &entry.event else { continue };
            match self.store.person(*customer) {
                Ok(Some(person)) => {
                    self.till.customers.insert(*customer, person);
                }
                Ok(None) => {
                    self.till.customers.remove(customer);
                }
                Err(error) => self.ui.say(Tone::Bad, format!("The customers cannot be read: {error}")),
            }
        }
    }

    /// What the customer of the order on screen had last. A store that cannot be read says so at the commit.
    pub(super) fn last_time(&self) -> Option<Box<Sale>> {
        let customer = self.till.current()?.face.customer?;
        let mut sales = self.store.sales_of_customer(customer, 1).ok()?;
        sales.pop().map(Box::new)
    }

    /// Looks up what was paid on an account, to take one of it back.
    pub(super) fn find_received(&mut self, customer: CustomerId) {
        match self.store.payments_on_account(customer, MOST_PAYMENTS) {
            Ok(found) => self.ui.received_found(&self.till, customer, &found),
            Err(error) => self.ui.say(Tone::Bad, format!("The store cannot be read: {error}")),
        }
    }

    /// A payment on an account, if it stands. A store that cannot be read says so at the commit.
    pub(super) fn payment_on_account(&self, customer: CustomerId, payment: PaymentId) -> Option<Box<Received>> {
        let found = self.store.payments_on_account(customer, MOST_PAYMENTS).ok()?;
        found.into_iter().find(|received| received.payment.id == payment).map(Box::new)
    }

    /// The statement of a customer.
    pub(super) fn statement(&self, customer: CustomerId, now: Stamp) -> Result<Document, StoreError> {
        let moves = self.store.account_moves(customer)?;
        let account = self.till.accounts.get(&customer).copied().unwrap_or_default();
        Ok(statement(&self.till.customer_name(customer), &account, &moves, &self.till.settings, now))
    }
}
