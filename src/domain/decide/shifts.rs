//! Opening, counting and closing a shift.

use std::collections::BTreeMap;

use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::Event;
use crate::domain::ids::ShiftId;
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::payment;
use crate::domain::refusal::Refusal;
use crate::domain::shift::{Anchor, Carried, Count, Drawer, ForeignCount, Pieces, Shift, Sums, Tally, Z};
use crate::domain::staff::Permission;
use crate::domain::tender::{Foreign, Tender};
use crate::domain::totals;

impl<'a> Deciding<'a, '_> {
    pub(super) fn open_shift(&mut self, float: Money, pieces: &[Pieces]) -> Result<(), Refusal> {
        let by = self.require(Permission::OpenShift)?;
        if let Some(shift) = &self.till.shift {
            return Err(Refusal::ShiftIsOpen(shift.number));
        }
        if float.is_negative() || float > Money::LIMIT {
            return Err(Refusal::TooMuch(self.show(float)));
        }
        let shift = Shift {
            id: ShiftId(self.ctx.ids.next()),
            number: self.till.counters.shift,
            business_date: self.ctx.now.business_date(self.till.settings.cut_off),
            opened: self.ctx.now,
            by,
            float,
            sums: Sums::default(),
            moves: Vec::new(),
            pieces: pieces.to_vec(),
            drawer: self.cash().map(|cash| Drawer { tender: cash.code.clone(), amount: float }),
            locked_to: self.till.settings.count.one_person.then_some(by),
        };
        self.events.push(Event::ShiftOpened { shift: Box::new(shift) });
        Ok(())
    }

    /// The shift, for taking money from its drawer, putting some in, or counting it: a drawer that is
    /// locked to one person is theirs alone.
    pub(super) fn drawer(&mut self) -> Result<&'a Shift, Refusal> {
        let (shift, actor) = (self.shift()?, self.actor()?);
        let opener = self.till.settings.count.one_person.then_some(shift.by);
        if let Some(owner) = shift.locked_to.or(opener).filter(|owner| *owner != actor) {
            let owner = self.till.name_of(owner).to_owned();
            self.require(Permission::UseAnyDrawer).map_err(|_| Refusal::DrawerOf(owner))?;
        }
        Ok(shift)
    }

    /// Locks the drawer to whoever is at the till, or lets it go. Where the house locks each drawer to
    /// one person, it goes from one to another and is never let go.
    pub(super) fn lock_drawer(&mut self, on: bool) -> Result<(), Refusal> {
        let actor = self.require(Permission::Sell)?;
        let shift = self.drawer()?;
        let to = (on || self.till.settings.count.one_person).then_some(actor);
        if shift.locked_to == to {
            return Err(Refusal::NothingChanges);
        }
        self.events.push(Event::DrawerLocked { to });
        Ok(())
    }

    /// The tender that lies in the drawer: the first that gives change.
    fn cash(&self) -> Option<&Tender> {
        self.till.settings.cash()
    }

    pub(super) fn in_drawer(&self, shift: &Shift) -> Money {
        self.cash().map_or(Money::ZERO, |cash| shift.expected(&cash.code, true))
    }

    /// Closes the shift. A difference is recorded, never refused; open orders go to another shift with
    /// a word, and are never lost.
    pub(super) fn close_shift(
        &mut self,
        counted: &BTreeMap<String, Money>,
        pieces: &[Pieces],
        comment: &str,
        note: &str,
        anchor: &Anchor,
    ) -> Result<(), Refusal> {
        // Whoever allows it is asked once, when nothing else is missing; but blind, a count that differs is told to nobody
        // who may not close.
        let early = if self.till.counts_blind() { Some(self.require(Permission::CloseShift)?) } else { None };
        let shift = self.drawer()?;
        if let Some(order) = self.till.current().filter(|o| !o.is_empty()) {
            return Err(Refusal::OrderOnScreen(order.number));
        }
        let counts = self.counts(shift, counted, pieces)?;
        let comment = free_text(comment, 120)?;
        self.check_differences(&counts, &comment)?;
        let orders = self.carried();
        let note = free_text(note, 120)?;
        if !orders.is_empty() && note.is_empty() {
            return Err(self.open_orders(&orders));
        }
        let by = match early {
            Some(by) => by,
            None => self.require(Permission::CloseShift)?,
        };
        let mut shift = shift.clone();
        // Who allowed the close is recorded with it, and is of this shift too.
        let lifted = self.events.iter().filter(|e| matches!(e, Event::Overridden { .. })).count();
        shift.sums.overrides = shift.sums.overrides.saturating_add(lifted as u32);
        let z = Z {
            number: self.till.counters.z,
            register: self.till.register,
            closed: self.ctx.now,
            by,
            by_name: self.till.name_of(by).to_owned(),
            currency: self.till.settings.currency,
            counts,
            comment,
            carried: Tally { count: orders.len() as u32, amount: orders.iter().map(|o| o.total).sum() },
            carried_paid: orders.iter().map(|o| o.paid).sum(),
            note: if orders.is_empty() { String::new() } else { note },
            orders,
            grand: self.till.grand.after(&shift.sums),
            anchor: anchor.clone(),
            unbalanced: shift.balanced(self.till.settings.currency).err().unwrap_or_default(),
            shift,
        };
        if let Some(empty) = self.till.current() {
            self.put_aside_empty(empty);
        }
        self.events.push(Event::ShiftClosed { z: Box::new(z) });
        Ok(())
    }

    fn open_orders(&self, orders: &[Carried]) -> Refusal {
        let amount = self.show(orders.iter().map(|o| o.total).sum());
        let words = match orders {
            [one] => format!("Order {} is still open, {amount}", one.title),
            many => format!("{} orders are still open, {amount}", many.len()),
        };
        Refusal::OpenOrders(words)
    }

    fn put_aside_empty(&mut self, order: &Order) {
        self.events.push(Event::OrderAbandoned {
            order: order.id,
            version: order.version + 1,
            reason: "empty".to_owned(),
            was: Box::new(order.clone()),
        });
    }

    /// Every tender that is counted, with what should be there. Cash is always counted.
    fn counts(
        &self,
        shift: &Shift,
        counted: &BTreeMap<String, Money>,
        pieces: &[Pieces],
    ) -> Result<Vec<Count>, Refusal> {
        let cash = self.cash().map(|t| t.code.clone());
        let counts = self.till.settings.tenders.iter().filter(|t| t.counted || Some(&t.code) == cash.as_ref());
        counts
            .map(|tender| {
                let counted = counted.get(&tender.code).copied();
                let counted = counted.ok_or_else(|| Refusal::NotCounted(tender.name.clone()))?;
                if counted.is_negative() || counted > Money::LIMIT {
                    return Err(Refusal::TooMuch(self.show(counted)));
                }
                let is_cash = Some(&tender.code) == cash.as_ref();
                let expected = shift.expected(&tender.code, is_cash);
                let foreign = tender.foreign.map(|rate| ForeignCount {
                    currency: rate.currency,
                    rate: rate.rate,
                    expected: shift.sums.tenders.get(&tender.code).map_or(Money::ZERO, |sum| sum.foreign),
                    counted,
                });
                // What is there is worth what it was taken for; what differs, what the rate says now.
                let counted = match foreign {
                    Some(there) => {
                        let rate = Foreign { currency: there.currency, rate: there.rate };
                        let difference = there.counted - there.expected;
                        expected + payment::from_foreign(difference, rate, self.till.settings.currency)
                    }
                    None => counted,
                };
                let pieces = if is_cash { pieces.to_vec() } else { Vec::new() };
                let (code, name) = (tender.code.clone(), tender.name.clone());
                Ok(Count { tender: code, name, expected, counted, foreign, pieces })
            })
            .collect()
    }

    fn check_differences(&self, counts: &[Count], comment: &str) -> Result<(), Refusal> {
        let limit = self.till.settings.count.comment_above;
        let differ = counts.iter().filter(|count| count.difference().abs() > limit && comment.is_empty());
        let says = |count: &Count| {
            let difference = count.difference();
            let over = if difference.is_positive() { "over" } else { "short" };
            match self.till.counts_blind() {
                true => count.name.clone(),
                false => format!("{} is {} {over}", count.name, self.show(difference.abs())),
            }
        };
        let differ: Vec<String> = differ.map(says).collect();
        match (differ.is_empty(), self.till.counts_blind()) {
            (true, _) => Ok(()),
            (false, true) => Err(Refusal::NeedsComment { words: format!("Not as expected: {}", differ.join(", ")) }),
            (false, false) => Err(Refusal::NeedsComment { words: differ.join(", ") }),
        }
    }

    /// The open orders that go to another shift: those opened on this register, and all of the box
    /// once no other drawer is open.
    fn carried(&self) -> Vec<Carried> {
        let here = |o: &&Order| o.register == self.till.register || self.till.others.is_empty();
        let mut orders: Vec<&Order> = self.till.orders.values().filter(|o| !o.is_empty()).filter(here).collect();
        orders.sort_by_key(|o| (o.register, o.number));
        let carried = |order: &Order| Carried {
            order: order.id,
            title: order.title(),
            total: totals::of(order, &self.till.settings).total,
            paid: order.paid(),
            deposit: order.deposit_left(),
        };
        orders.into_iter().map(carried).collect()
    }
}
