//! Opening, counting and closing a shift, and cash that moves without a sale.

use std::collections::BTreeMap;

use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::Event;
use crate::domain::ids::ShiftId;
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::payment;
use crate::domain::refusal::Refusal;
use crate::domain::shift::{Anchor, CashKind, CashMove, Count, ForeignCount, Grand, Shift, Sums, Tally, Z};
use crate::domain::staff::Permission;
use crate::domain::tender::{Foreign, Tender};
use crate::domain::totals;

impl Deciding<'_, '_> {
    pub(super) fn open_shift(&mut self, float: Money) -> Result<(), Refusal> {
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
        };
        self.events.push(Event::ShiftOpened { shift: Box::new(shift) });
        Ok(())
    }

    pub(super) fn move_cash(&mut self, kind: CashKind, amount: Money, reason: &str) -> Result<(), Refusal> {
        let by = self.require(Permission::MoveCash)?;
        let shift = self.shift()?;
        if !amount.is_positive() {
            return Err(Refusal::ZeroAmount);
        }
        if amount > Money::LIMIT || shift.moves.len() >= Shift::MAX_MOVES {
            return Err(Refusal::TooMuch(self.show(amount)));
        }
        let reason = free_text(reason, 60)?;
        if reason.is_empty() {
            return Err(Refusal::NeedsReason);
        }
        let there = self.in_drawer(shift);
        if kind != CashKind::PaidIn && amount > there {
            return Err(Refusal::NotThatMuch(self.show(there)));
        }
        let number = shift.moves.len() as u32 + 1;
        let cash = CashMove { number, kind, amount, reason, by, at: self.ctx.now, undoes: None };
        self.events.push(Event::CashMoved { cash });
        Ok(())
    }

    pub(super) fn undo_cash(&mut self, number: u32, reason: &str) -> Result<(), Refusal> {
        let by = self.require(Permission::MoveCash)?;
        let shift = self.shift()?;
        let taken_back = shift.moves.iter().any(|m| m.undoes == Some(number));
        let former = shift.moves.iter().find(|m| m.number == number && m.undoes.is_none() && !taken_back);
        let former = former.ok_or(Refusal::NoCashMove(number))?;
        let reason = free_text(reason, 60)?;
        let undo = CashMove {
            number: shift.moves.len() as u32 + 1,
            reason: if reason.is_empty() { former.reason.clone() } else { reason },
            by,
            at: self.ctx.now,
            undoes: Some(number),
            ..former.clone()
        };
        self.events.push(Event::CashMoved { cash: undo });
        Ok(())
    }

    /// The tender that lies in the drawer: the first that gives change.
    fn cash(&self) -> Option<&Tender> {
        self.till.settings.cash()
    }

    fn in_drawer(&self, shift: &Shift) -> Money {
        self.cash().map_or(Money::ZERO, |cash| shift.expected(&cash.code, true))
    }

    /// Closes the shift. A difference is recorded, never refused; open orders are carried over,
    /// never lost.
    pub(super) fn close_shift(
        &mut self,
        counted: &BTreeMap<String, Money>,
        comment: &str,
        anchor: &Anchor,
        confirmed: bool,
    ) -> Result<(), Refusal> {
        let by = self.require(Permission::CloseShift)?;
        let shift = self.shift()?;
        if let Some(order) = self.till.current().filter(|o| !o.is_empty()) {
            return Err(Refusal::OrderOnScreen(order.number));
        }
        let counts = self.counts(shift, counted)?;
        let comment = free_text(comment, 120)?;
        self.check_differences(&counts, &comment)?;
        let (carried, carried_paid) = self.carried();
        if carried.count > 0 && !confirmed {
            let (count, amount) = (carried.count, self.show(carried.amount));
            let orders = if count == 1 { "order is" } else { "orders are" };
            let question = format!("{count} {orders} still open, {amount}: close, and carry over?");
            return Err(Refusal::Confirm { question });
        }
        let mut shift = shift.clone();
        // Who allowed the close is recorded with it, and is of this shift too.
        let lifted = self.events.iter().filter(|e| matches!(e, Event::Overridden { .. })).count();
        shift.sums.overrides = shift.sums.overrides.saturating_add(lifted as u32);
        let sums = &shift.sums;
        let grand = &self.till.grand;
        let grand = Grand { sales: grand.sales + u64::from(sums.sales), total: grand.total + sums.total };
        let unbalanced = shift.balanced(self.till.settings.currency).err().unwrap_or_default();
        let z = Z {
            number: self.till.counters.z,
            register: self.till.register,
            shift,
            closed: self.ctx.now,
            by,
            by_name: self.till.name_of(by).to_owned(),
            currency: self.till.settings.currency,
            counts,
            comment,
            carried,
            carried_paid,
            grand,
            anchor: anchor.clone(),
            unbalanced,
        };
        if let Some(empty) = self.till.current() {
            self.put_aside_empty(empty);
        }
        self.events.push(Event::ShiftClosed { z: Box::new(z) });
        Ok(())
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
    fn counts(&self, shift: &Shift, counted: &BTreeMap<String, Money>) -> Result<Vec<Count>, Refusal> {
        let cash = self.cash().map(|t| t.code.clone());
        let counts = self.till.settings.tenders.iter().filter(|t| t.counted || Some(&t.code) == cash.as_ref());
        counts
            .map(|tender| {
                let counted = counted.get(&tender.code).copied();
                let counted = counted.ok_or_else(|| Refusal::NotCounted(tender.name.clone()))?;
                if counted.is_negative() || counted > Money::LIMIT {
                    return Err(Refusal::TooMuch(self.show(counted)));
                }
                let expected = shift.expected(&tender.code, Some(&tender.code) == cash.as_ref());
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
                Ok(Count { tender: tender.code.clone(), name: tender.name.clone(), expected, counted, foreign })
            })
            .collect()
    }

    fn check_differences(&self, counts: &[Count], comment: &str) -> Result<(), Refusal> {
        let limit = self.till.settings.count.comment_above;
        match counts.iter().find(|c| c.difference().abs() > limit) {
            Some(count) if comment.is_empty() => {
                let difference = count.difference();
                let over = if difference.is_positive() { "over" } else { "short" };
                let words = match self.till.settings.count.blind {
                    true => format!("The count of {} differs", count.name),
                    false => format!("{} is {} {over}", count.name, self.show(difference.abs())),
                };
                Err(Refusal::NeedsComment { words })
            }
            Some(_) | None => Ok(()),
        }
    }

    fn carried(&self) -> (Tally, Money) {
        let mut carried = Tally::default();
        let mut paid = Money::ZERO;
        for order in self.till.orders.values().filter(|o| !o.is_empty()) {
            carried.count += 1;
            carried.amount += totals::of(order, &self.till.settings).total;
            paid += order.paid();
        }
        (carried, paid)
    }
}
