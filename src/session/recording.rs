//! An act of the till: decided, committed, folded; and what follows where it could not be recorded.

use std::sync::Arc;

use crate::devices::job;
use crate::documents::jobs::{Destination, jobs_for};
use crate::documents::{Document, receipt, slip};
use crate::domain::command::Command;
use crate::domain::customer::CustomerAct;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::StaffId;
use crate::domain::spool::NewJob;
use crate::domain::till::Ctx;
use crate::domain::time::Stamp;
use crate::session::{Outcome, PROGRAM, Session, devices, reporting};
use crate::store::{CommitError, Committed, SCHEMA, Store, StoreError, may_use_reserve};
use crate::ui::screen::Tone;
use crate::ui::state::Kept;

/// How often an act is decided anew when another session has drawn its numbers.
const TRIES: u32 = 50;

impl Session {
    /// Decides a command, commits what it makes happen, and folds it.
    pub fn carry_out(&mut self, command: &Command, approver: Option<StaffId>, now: Stamp) {
        if let Err(error) = self.need_menu() {
            self.outcomes.push(Outcome::Failed(error.to_string()));
            self.ui.say(Tone::Bad, format!("The menu cannot be read: {error}"));
            return;
        }
        self.before(command, now);
        if let Command::Recall { .. } | Command::Merge { .. } | Command::Unsplit = command {
            self.look_who_is_there();
        }
        let mut last = None;
        for _ in 0..TRIES {
            let kept = self.ui.kept.clone();
            match self.attempt(command, approver, now) {
                // Nothing was recorded: decided anew, on what the quicker one has left.
                Err(error) if is_decided_anew(command, &error) => {
                    self.ui.kept = kept;
                    self.see_others();
                    last = Some(error);
                }
                Err(error) => return self.commit_failed(&error),
                Ok(()) => return,
            }
        }
        self.commit_failed(&last.unwrap_or(CommitError::NumberTaken));
    }

    /// Decides a command and records what it makes happen; a refusal is told.
    fn attempt(&mut self, command: &Command, approver: Option<StaffId>, now: Stamp) -> Result<(), CommitError> {
        let decided = self.till.decide(command, &mut Ctx { now, ids: &mut self.ids, approver });
        let events = match decided {
            Ok(events) => events,
            Err(refusal) => {
                self.ui.refused(&self.till, command, &refusal);
                self.outcomes.push(Outcome::Refused(refusal));
                return Ok(());
            }
        };
        let jobs = match self.jobs(&events, now) {
            Ok(jobs) => jobs,
            Err(error) => {
                self.ui.say(Tone::Bad, format!("It cannot be printed: {error}"));
                self.outcomes.push(Outcome::Failed(error.to_string()));
                return Ok(());
            }
        };
        self.ui.settle(&self.till, command, &events);
        if !events.is_empty() {
            let kept = self.keeper.save_ahead(&self.ui.kept, self.wrote);
            self.told_if_not_kept(kept);
        }
        match command {
            Command::RevokeBadges { staff } => {
                self.record_by(events.clone(), now, |store, recorded| store.revoke_badges(*staff, recorded))?;
            }
            Command::SaveCustomer { .. } | Command::ForgetCustomer { .. } => {
                self.record_customer(command, &events, &jobs, now)?;
            }
            Command::SetContact { phone, address } => {
                self.keep_contact((phone.as_deref(), address.as_deref()), events.clone(), now)?;
            }
            Command::TakeMenuBack { version, .. } => self.record_menu_back(*version, events.clone(), now)?,
            _ => self.record(events.clone(), &jobs, now)?,
        }
        if !events.is_empty() {
            self.keeper.recorded(&self.ui.kept);
        }
        self.leaving |= *command == Command::Quit;
        self.ui.committed(&self.till, command, &events);
        self.went_on(command);
        if let Command::ViewReport { name, when } = command {
            self.show_report(name, when, now);
        }
        self.outcomes.push(Outcome::Done(events));
        Ok(())
    }

    /// Commits events and folds them into the till; the printers are told.
    pub(super) fn record(&mut self, events: Vec<Event>, jobs: &[NewJob], now: Stamp) -> Result<(), CommitError> {
        let wakes = !jobs.is_empty() || events.iter().any(|e| matches!(e, Event::JobDecided { .. }));
        let last = may_use_reserve(&events).then(|| events.clone());
        match (self.record_by(events, now, |store, recorded| store.commit(recorded, jobs)), last) {
            (Err(CommitError::DiskFull), Some(events)) => self.record_in_reserve(events, jobs, now)?,
            (done, _) => done?,
        }
        if wakes {
            self.printing.wake();
        }
        Ok(())
    }

    /// Nothing more can be sold, but shifts can be closed: in the room that was set aside for it.
    fn record_in_reserve(&mut self, events: Vec<Event>, jobs: &[NewJob], now: Stamp) -> Result<(), CommitError> {
        self.store.give_reserve_up();
        let done = self.record_by(events, now, |store, recorded| store.commit(recorded, jobs));
        self.set_reserve_aside();
        done
    }

    /// Sets room aside on the disk, or what is left of it.
    fn set_reserve_aside(&self) {
        if let Err(error) = self.store.set_reserve_aside() {
            tracing::warn!(%error, "no room can be set aside on the disk");
        }
    }

    /// The same, where `commit` says what else is of the act.
    pub(super) fn record_by<E>(
        &mut self,
        events: Vec<Event>,
        now: Stamp,
        commit: impl FnOnce(&mut Store, &[Recorded]) -> Result<Committed, E>,
    ) -> Result<(), E> {
        if events.is_empty() {
            return Ok(());
        }
        let menu = events.iter().any(|e| matches!(e, Event::MenuChanged { .. } | Event::BarcodeBound { .. }));
        let recorded = self.till.record(events, now, PROGRAM, SCHEMA);
        let committed = commit(&mut self.store, &recorded)?;
        self.wrote = committed.last;
        // Others may have written in between: what they wrote comes first, as in the journal. If it
        // cannot be read now, it is when others are looked for again.
        if committed.first > self.seen + 1 {
            self.see_others_before(committed.first);
        }
        for entry in &recorded {
            self.till.evolve(entry);
        }
        self.know_customers(recorded.iter());
        if committed.first == self.seen + 1 {
            self.seen = committed.last;
        }
        if recorded.iter().any(|r| matches!(r.event, Event::ShiftOpened { .. })) {
            self.set_reserve_aside();
        }
        if recorded.iter().any(|r| matches!(r.event, Event::ShiftClosed { .. })) {
            self.anchor_zs();
            self.look_at_outbox();
        } else if recorded.iter().any(|r| r.late().is_some()) {
            self.look_at_outbox();
        }
        if menu {
            self.reload_menu();
        }
        Ok(())
    }

    /// The print jobs that events cause. A document that no printer takes is not printed.
    pub(super) fn jobs(&mut self, events: &[Event], now: Stamp) -> Result<Vec<NewJob>, StoreError> {
        let mut documents = jobs_for(&self.till, &self.ticket, events, now);
        for event in events {
            if let Event::Reprinted { receipt, .. } = event
                && let Some(tipped) = self.store.tips_of(self.till.register, *receipt)?
            {
                let sale = tipped.as_it_stands();
                documents.push((Destination::Receipt, receipt::copy(&sale, &self.till.settings, 1)));
            }
            if let Event::CustomerChanged { customer, act: CustomerAct::Statement } = event {
                documents.push((Destination::Receipt, self.statement(*customer, now)?));
            }
            if let Event::ReportPrinted { name, when } = event
                && let Some(table) = self.report(name, when, now)?
            {
                documents.push((Destination::Receipt, reporting::paper(&table, &self.till, now)));
            }
        }
        if documents.iter().any(|(_, document)| document.opens_drawer) {
            self.drawer.pulsed(now);
        }
        let mut jobs = self.drawer_jobs(&mut documents);
        let print = |(to, document): &(Destination, Document)| {
            let station = match to {
                Destination::Receipt => None,
                Destination::Station(code) => Some(code.as_str()),
            };
            let at_receipts = station.is_some() && self.till.settings.kitchen.receipt_printer;
            let printer = self.printing.printers.route(to, self.till.register);
            let or = at_receipts.then_some(&Destination::Receipt);
            let printer = printer.or_else(|| self.printing.printers.route(or?, self.till.register));
            printer.map(|printer| job(document, printer, station))
        };
        jobs.extend(documents.iter().filter_map(print));
        jobs.extend(devices::jobs_elsewhere(&mut self.printing, events)?);
        Ok(jobs)
    }

    /// Where the register's drawer hangs on a port of its own, it is opened there and not by the printer: these are the
    /// jobs that open it, taken out of the documents.
    fn drawer_jobs(&self, documents: &mut Vec<(Destination, Document)>) -> Vec<NewJob> {
        let Some(drawer) = self.printing.printers.drawer(self.till.register) else { return Vec::new() };
        let mut jobs = Vec::new();
        for (_, document) in documents.iter_mut().filter(|(_, document)| document.opens_drawer) {
            document.opens_drawer = false;
            jobs.push(job(&slip::drawer(), drawer, None));
        }
        // A pulse alone is nothing for the printer any more.
        documents.retain(|(_, document)| !document.blocks.is_empty());
        jobs
    }

    /// Nothing was recorded, or nobody can say: the order is shown as it stands in the store, and
    /// what was typed is there again, so that it can be done again.
    pub(super) fn commit_failed(&mut self, error: &CommitError) {
        tracing::error!(%error, "commit failed");
        let settled = std::mem::replace(&mut self.ui.kept, self.keeper.saved().clone());
        self.outcomes.push(Outcome::Failed(error.to_string()));
        self.ui.say(Tone::Bad, sentence(&error.to_string()));
        match error {
            CommitError::Failing(_) => self.recover(settled),
            CommitError::Stale { .. }
            | CommitError::OutOfStock { .. }
            | CommitError::OverBudget { .. }
            | CommitError::Overtaken { .. }
            | CommitError::SoldFrom { .. } => {
                self.see_others();
            }
            CommitError::NumberTaken
            | CommitError::TableTaken { .. }
            | CommitError::DiskFull
            | CommitError::ReadOnly
            | CommitError::Busy
            | CommitError::Other(_) => {}
        }
    }

    /// After a disk fault nothing is tried again: the store is opened anew and verified, and only a
    /// whole one sells on.
    fn recover(&mut self, settled: Kept) {
        let reopened = self.store.reopen(&mut |_, _| {});
        let trouble = match reopened {
            Ok(report) if report.is_clean() => self.reload_till(settled).err().map(|error| error.to_string()),
            Ok(report) => Some(report.findings.first().map(|finding| finding.to_string()).unwrap_or_default()),
            Err(StoreError::Commit(CommitError::Failing(why))) => Some(why),
            Err(error) => Some(error.to_string()),
        };
        let words = match trouble {
            None => "The disk failed; the store was opened again and is whole. This is how it stands".to_owned(),
            Some(why) => CommitError::Failing(why).to_string(),
        };
        self.ui.say(Tone::Bad, words);
    }

    /// The till as it stands in the store. What could not be told to be recorded may be there: then
    /// what it settled is settled.
    fn reload_till(&mut self, settled: Kept) -> Result<(), StoreError> {
        if self.store.acted_after(self.till.register, self.wrote)? {
            self.ui.kept = settled;
        }
        let (settings, catalogue) = (Arc::clone(&self.till.settings), Arc::clone(&self.till.catalogue));
        let (signed_in, since) = (self.till.signed_in, self.till.signed_in_ms);
        let lost = self.till.lost.take();
        let (till, seen) = self.store.load_till(self.till.register, settings, catalogue)?;
        self.till = till;
        (self.till.signed_in, self.till.signed_in_ms) = (signed_in, since);
        self.till.lost = lost;
        (self.seen, self.wrote) = (seen, seen);
        Ok(())
    }
}

/// Whether another session was quicker with something that the command names by its number or its place,
/// and not by what was shown of it.
fn is_decided_anew(command: &Command, error: &CommitError) -> bool {
    match error {
        CommitError::NumberTaken | CommitError::TableTaken { .. } => true,
        CommitError::Stale { .. } => matches!(command, Command::Recall { .. }),
        CommitError::OutOfStock { .. }
        | CommitError::OverBudget { .. }
        | CommitError::Overtaken { .. }
        | CommitError::SoldFrom { .. }
        | CommitError::DiskFull
        | CommitError::ReadOnly
        | CommitError::Failing(_)
        | CommitError::Busy
        | CommitError::Other(_) => false,
    }
}

/// With a capital at its start.
fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
