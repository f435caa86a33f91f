//! Cash that moves without a sale: in and out, to the safe, from drawer to drawer; each can be taken back.

use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::Event;
use crate::domain::ids::RegisterId;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::shift::{CashKind, CashMove, OtherDrawer, Shift};
use crate::domain::staff::Permission;

impl Deciding<'_, '_> {
    pub(super) fn move_cash(&mut self, kind: CashKind, amount: Money, reason: &str) -> Result<(), Refusal> {
        let cash = self.cash_move(kind, amount, reason)?;
        self.events.push(Event::CashMoved { cash, there: None });
        Ok(())
    }

    /// Lends cash to another drawer: out of this one and into that one, in one act.
    pub(super) fn lend(&mut self, to: RegisterId, amount: Money, reason: &str) -> Result<(), Refusal> {
        let there = self.till.others.get(&to).ok_or(Refusal::NoSuchDrawer(to.0))?;
        let cash = self.cash_move(CashKind::Lent, amount, reason)?;
        let here = OtherDrawer { register: self.till.register, shift: self.shift()?.id, number: cash.number };
        self.both_sides(cash, OtherDrawer { register: to, shift: there.id, number: next_number(there)? }, here);
        Ok(())
    }

    /// The two moves of a loan, or of its taking back; `cash` is the one here.
    fn both_sides(&mut self, cash: CashMove, there: OtherDrawer, here: OtherDrawer) {
        let kind = if cash.kind == CashKind::Lent { CashKind::Borrowed } else { CashKind::Lent };
        let undoes = cash.undoes.and(cash.other.map(|other| other.number));
        let other = CashMove { number: there.number, kind, undoes, other: Some(here), ..cash.clone() };
        let cash = CashMove { other: Some(there), ..cash };
        self.events.push(Event::CashMoved { cash, there: None });
        self.events.push(Event::CashMoved { cash: other, there: Some((there.register, there.shift)) });
    }

    fn cash_move(&mut self, kind: CashKind, amount: Money, reason: &str) -> Result<CashMove, Refusal> {
        let by = self.require(Permission::MoveCash)?;
        let shift = self.drawer()?;
        if !amount.is_positive() {
            return Err(Refusal::ZeroAmount);
        }
        if amount > Money::LIMIT {
            return Err(Refusal::TooMuch(self.show(amount)));
        }
        let reason = free_text(reason, 60)?;
        if reason.is_empty() {
            return Err(Refusal::NeedsReason);
        }
        let number = next_number(shift)?;
        let there = self.in_drawer(shift);
        if !matches!(kind, CashKind::PaidIn | CashKind::Borrowed) && amount > there {
            return Err(Refusal::NotThatMuch(self.show(there)));
        }
        self.second_person(amount, kind.words())?;
        Ok(CashMove { number, kind, amount, reason, by, at: self.ctx.now, undoes: None, other: None })
    }

    /// Above the house's limit a second person stands by, whoever moves the cash.
    fn second_person(&mut self, amount: Money, what: &str) -> Result<(), Refusal> {
        if self.till.settings.count.second_person_above.is_none_or(|above| amount <= above) {
            return Ok(());
        }
        let staff = self.actor()?;
        let second = self.ctx.approver.filter(|by| *by != staff && self.till.may(*by, Permission::MoveCash));
        let by = second.ok_or_else(|| Refusal::NeedsSecond(format!("{what} of {}", self.show(amount))))?;
        self.stands_by(Permission::MoveCash, staff, by)
    }

    pub(super) fn undo_cash(&mut self, number: u32, reason: &str) -> Result<(), Refusal> {
        let by = self.require(Permission::MoveCash)?;
        let shift = self.drawer()?;
        let taken_back = shift.moves.iter().any(|m| m.undoes == Some(number));
        let former = shift.moves.iter().find(|m| m.number == number && m.undoes.is_none() && !taken_back);
        let former = former.ok_or(Refusal::NoCashMove(number))?;
        self.second_person(former.amount, former.kind.words())?;
        let reason = free_text(reason, 60)?;
        let undo = CashMove {
            number: next_number(shift)?,
            reason: if reason.is_empty() { former.reason.clone() } else { reason },
            by,
            at: self.ctx.now,
            undoes: Some(number),
            ..former.clone()
        };
        let Some(other) = former.other else {
            self.events.push(Event::CashMoved { cash: undo, there: None });
            return Ok(());
        };
        // What was lent to a shift that is closed is in that one's count: it can only be lent back.
        let there = self.till.others.get(&other.register).filter(|s| s.id == other.shift);
        let there = there.ok_or(Refusal::NoSuchDrawer(other.register.0))?;
        let here = OtherDrawer { register: self.till.register, shift: shift.id, number: undo.number };
        self.both_sides(undo, OtherDrawer { number: next_number(there)?, ..other }, here);
        Ok(())
    }
}

/// The number of a shift's next cash move.
fn next_number(shift: &Shift) -> Result<u32, Refusal> {
    match shift.moves.len() {
        many if many >= Shift::MAX_MOVES => Err(Refusal::TooMuch(format!("{many} cash moves"))),
        count => Ok(count as u32 + 1),
    }
}
