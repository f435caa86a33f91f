//! People: working time, and who works here with which role.

use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::Event;
use crate::domain::ids::{StaffId, WorkId};
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Permission, Staff};
use crate::domain::text;
use crate::domain::work::{Break, Work, WorkAct};

impl Deciding<'_, '_> {
    pub(super) fn clock_in(&mut self) -> Result<(), Refusal> {
        let staff = self.actor()?;
        if let Some(open) = self.till.work.get(&staff) {
            return Err(Refusal::AtWork(open.began.show()));
        }
        let after = Work {
            id: WorkId(self.ctx.ids.next()),
            staff,
            date: self.ctx.now.business_date(self.till.settings.cut_off),
            began: self.ctx.now,
            breaks: Vec::new(),
            ended: None,
            tips: Money::ZERO,
            corrections: 0,
        };
        self.work_changed(WorkAct::In, None, after);
        Ok(())
    }

    /// Begins a break, or ends the one that lasts.
    pub(super) fn take_break(&mut self) -> Result<(), Refusal> {
        let before = self.at_work()?.clone();
        let mut after = before.clone();
        let act = if end_break(&mut after, self.ctx.now) {
            WorkAct::BreakEnded
        } else {
            after.breaks.push(Break { began: self.ctx.now, ended: None });
            WorkAct::BreakBegan
        };
        self.work_changed(act, Some(before), after);
        Ok(())
    }

    pub(super) fn clock_out(&mut self, tips: Money) -> Result<(), Refusal> {
        let before = self.at_work()?.clone();
        if tips.is_negative() || tips > Money::LIMIT {
            return Err(Refusal::TooMuch(self.show(tips)));
        }
        let mut after = Work { ended: Some(self.ctx.now), tips, ..before.clone() };
        end_break(&mut after, self.ctx.now);
        self.work_changed(WorkAct::Out, Some(before), after);
        Ok(())
    }

    /// Somebody's time at work is put right. The journal keeps how it stood.
    pub(super) fn correct_work(&mut self, before: &Work, after: &Work, reason: &str) -> Result<(), Refusal> {
        self.require(Permission::ManageStaff)?;
        let reason = free_text(reason, 60)?;
        if reason.is_empty() {
            return Err(Refusal::NeedsReason);
        }
        let times = |work: &Work| (work.began, work.ended, work.breaks.clone());
        if times(before) == times(after) {
            return Err(Refusal::NothingChanges);
        }
        // Only the times can be corrected.
        let after = Work { breaks: after.breaks.clone(), began: after.began, ended: after.ended, ..before.clone() };
        let after = Work { corrections: before.corrections.saturating_add(1), ..after };
        self.events.push(Event::WorkChanged {
            act: WorkAct::Corrected,
            before: Some(Box::new(before.clone())),
            after: Box::new(after),
            reason,
        });
        Ok(())
    }

    fn at_work(&self) -> Result<&Work, Refusal> {
        self.till.work.get(&self.actor()?).ok_or(Refusal::NotAtWork)
    }

    fn work_changed(&mut self, act: WorkAct, before: Option<Work>, after: Work) {
        let (before, after) = (before.map(Box::new), Box::new(after));
        self.events.push(Event::WorkChanged { act, before, after, reason: String::new() });
    }

    pub(super) fn hire(&mut self, name: &str, role: &str) -> Result<(), Refusal> {
        let staff =
            Staff { id: StaffId(self.ctx.ids.next()), name: name.to_owned(), role: role.to_owned(), active: true };
        self.change_staff(&staff)?;
        self.events.push(Event::PinSet { staff: staff.id });
        Ok(())
    }

    /// Puts somebody as they are from now on.
    pub(super) fn change_staff(&mut self, staff: &Staff) -> Result<(), Refusal> {
        let by = self.require(Permission::ManageStaff)?;
        let name = free_text(&staff.name, 40)?;
        if name.is_empty() {
            return Err(Refusal::EmptyText("A name"));
        }
        if !self.till.settings.roles.iter().any(|role| role.code == staff.role) {
            return Err(Refusal::NoRole(staff.role.clone()));
        }
        let before = self.till.staff.get(&staff.id);
        if before.is_some_and(|before| before.id == by && (before.role != staff.role || !staff.active)) {
            return Err(Refusal::NotOneself);
        }
        let folded = text::fold(&name);
        let taken = |other: &Staff| other.active && other.id != staff.id && text::fold(&other.name) == folded;
        if staff.active && self.till.staff.values().any(taken) {
            return Err(Refusal::NameTaken(name));
        }
        self.events.push(Event::StaffChanged { staff: Staff { name, ..staff.clone() } });
        Ok(())
    }

    /// PIN or badge of somebody is set or taken away.
    pub(super) fn change_credential(
        &mut self,
        staff: StaffId,
        event: impl FnOnce(StaffId) -> Event,
    ) -> Result<(), Refusal> {
        self.require(Permission::ManageStaff)?;
        if !self.till.staff.contains_key(&staff) {
            return Err(Refusal::NotSignedIn);
        }
        self.events.push(event(staff));
        Ok(())
    }
}

/// Ends the break that lasts, if one does.
fn end_break(work: &mut Work, now: crate::domain::time::Stamp) -> bool {
    match work.breaks.last_mut().filter(|last| last.ended.is_none()) {
        Some(last) => {
            last.ended = Some(now);
            true
        }
        None => false,
    }
}
