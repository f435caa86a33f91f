//! A register's cash period: from the float to the count, with everything that was taken summed as
//! it happens, so that a close costs the same after ten sales and after ten thousand.

mod cash;
mod sums;
mod z;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{ShiftId, StaffId};
use crate::domain::money::{Currency, Money};
use crate::domain::order::Line;
use crate::domain::tender::Payment;
use crate::domain::time::{CutOff, Stamp};

pub use cash::{CashKind, CashMove, Count, ForeignCount, OtherDrawer, Pieces};
pub use sums::{ReceivedSum, RefundSums, Sums, Tally, TaxSum, TenderSum};
pub use z::{Anchor, Carried, Grand, Z};

/// A shift of a register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Its id.
    pub id: ShiftId,
    /// Its number on this register: 1, 2, 3 …
    pub number: u32,
    /// The business date it was opened on.
    pub business_date: NaiveDate,
    /// When it was opened.
    pub opened: Stamp,
    /// Who opened it.
    pub by: StaffId,
    /// What was in the drawer.
    pub float: Money,
    /// What it has taken.
    #[serde(default)]
    pub sums: Sums,
    /// Cash that moved without a sale.
    #[serde(default)]
    pub moves: Vec<CashMove>,
    /// The notes and coins of the float, where they were counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<Pieces>,
    /// What lies in the drawer, followed movement by movement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawer: Option<Drawer>,
    /// Who alone takes money from the drawer, where it was locked to one person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_to: Option<StaffId>,
}

/// How a register's drawer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawerState {
    /// No shift is open: its money was counted.
    Closed,
    /// A shift is open, and nobody is at the till.
    Open,
    /// A shift is open, and somebody is at the till.
    Active(StaffId),
}

impl DrawerState {
    /// `shift` is the open one, if any; `signed_in` who is at the till.
    pub fn of(shift: Option<&Shift>, signed_in: Option<StaffId>) -> Self {
        match (shift, signed_in) {
            (None, _) => Self::Closed,
            (Some(_), None) => Self::Open,
            (Some(_), Some(staff)) => Self::Active(staff),
        }
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Active(_) => "active",
        }
    }
}

/// What lies in a drawer, followed movement by movement: the other way to what the sums say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawer {
    /// The code of the tender that lies in it.
    pub tender: String,
    /// How much of it.
    pub amount: Money,
}

impl Drawer {
    /// A payment: what was handed over of the drawer's tender, less all change.
    fn payment(&mut self, payment: &Payment) -> Money {
        let handed = if payment.tender == self.tender { payment.tendered } else { Money::ZERO };
        handed - payment.change
    }

    fn apply(&mut self, event: &Event) {
        let moved = match event {
            Event::PaymentTaken { payment, .. } => self.payment(payment),
            Event::PaymentReversed { payment, .. } => -self.payment(payment),
            Event::MoneyReceived { received } => self.payment(&received.payment),
            Event::Refunded { refund, .. } => -refund.payments.iter().map(|p| self.payment(p)).sum::<Money>(),
            Event::CashMoved { cash, .. } => cash.effect(),
            Event::TipAdjusted { change } if change.tender == self.tender => change.more(),
            _ => return,
        };
        self.amount += moved;
    }
}

impl Shift {
    /// How many cash moves a shift can hold.
    pub const MAX_MOVES: usize = 500;

    /// Sums an event that happened in this shift. Returns whether it changed anything.
    pub fn apply(&mut self, recorded: &Recorded) -> bool {
        if recorded.shift != Some(self.id) {
            return false;
        }
        if let Some(drawer) = &mut self.drawer {
            drawer.apply(&recorded.event);
        }
        let sums = &mut self.sums;
        match &recorded.event {
            Event::SaleCompleted { sale, .. } => sums.sale(sale, self.id),
            Event::Refunded { refund, .. } => sums.refund(refund),
            Event::PaymentTaken { payment, .. } => sums.payment(payment, 1),
            Event::PaymentReversed { payment, .. } => {
                sums.payment(payment, -1);
                sums.reversed.add(payment.amount);
                if payment.shift != self.id {
                    sums.reversed_of_others += payment.amount;
                }
            }
            Event::LineChanged { act, before, after, .. } => {
                return sums.line(*act, before.as_deref(), after.as_deref());
            }
            Event::OrderAbandoned { was, .. } if !was.is_empty() => {
                sums.abandoned.add(was.lines.iter().map(Line::gross).sum());
            }
            Event::NoSale { .. } => sums.no_sales += 1,
            Event::Reprinted { .. } => sums.reprints += 1,
            Event::Overridden { .. } => sums.overrides += 1,
            Event::CashMoved { cash, .. } => self.moves.push(cash.clone()),
            Event::MoneyReceived { received } => sums.take_in(received),
            Event::TipAdjusted { change } => sums.tip(change),
            Event::DrawerLocked { to } => self.locked_to = *to,
            Event::StoreMade { .. }
            | Event::Started { .. }
            | Event::Stopped
            | Event::Upgraded { .. }
            | Event::ClockJumped { .. }
            | Event::Degraded { .. }
            | Event::StaffChanged { .. }
            | Event::PinSet { .. }
            | Event::BadgeBound { .. }
            | Event::BadgesRevoked { .. }
            | Event::WorkChanged { .. }
            | Event::SignedIn { .. }
            | Event::SignInFailed { .. }
            | Event::SignedOut { .. }
            | Event::OverrideFailed { .. }
            | Event::ShiftOpened { .. }
            | Event::DrawerShut { .. }
            | Event::XPrinted
            | Event::ShiftClosed { .. }
            | Event::KeyMade { .. }
            | Event::ShiftSealed { .. }
            | Event::CorrectionSealed { .. }
            | Event::OrderOpened { .. }
            | Event::LinesMoved { .. }
            | Event::OrderMerged { .. }
            | Event::FaceChanged { .. }
            | Event::OrderHanded { .. }
            | Event::Sent { .. }
            | Event::OrderAbandoned { .. }
            | Event::BillPrinted { .. }
            | Event::MenuChanged { .. }
            | Event::BarcodeBound { .. }
            | Event::TicketBumped { .. }
            | Event::TicketRecalled { .. }
            | Event::AvailabilitySet { .. }
            | Event::PromotionSwitched { .. }
            | Event::StockMoved { .. }
            | Event::CustomerChanged { .. }
            | Event::Printed { .. }
            | Event::JobDecided { .. }
            | Event::ReportPrinted { .. }
            | Event::Verified { .. }
            | Event::Backend { .. } => return false,
        }
        true
    }

    /// Whether anything was sold in it, or paid.
    pub fn has_sold(&self) -> bool {
        self.sums.sales > 0 || !self.sums.tenders.is_empty()
    }

    /// Whether it was left open past the cut-off of its business date.
    pub fn left_open(&self, now: Stamp, cut_off: CutOff) -> bool {
        now.business_date(cut_off) > self.business_date
    }

    /// Moves of one kind, those taken back not counted.
    pub fn moved(&self, kind: CashKind) -> Money {
        let sum: Money = self.moves.iter().filter(|m| m.kind == kind).map(CashMove::effect).sum();
        sum.abs()
    }

    /// What should be there of a tender, tips included, since they lie there too: for the one that
    /// lies in the drawer with the float and all moves, and without the change that was given out of
    /// it for others; of those, all that was handed over.
    pub fn expected(&self, tender: &str, in_drawer: bool) -> Money {
        let sum = self.sums.tenders.get(tender);
        let taken = sum.map_or(Money::ZERO, |t| t.amount + t.tips - t.refunded.amount);
        if in_drawer {
            let moved: Money = self.moves.iter().map(CashMove::effect).sum();
            self.float + taken + moved - self.change_for_others(tender)
        } else {
            taken + sum.map_or(Money::ZERO, |t| t.change)
        }
    }

    /// What was given out of the drawer, where this tender lies, as change for other tenders: foreign
    /// cash above all.
    pub fn change_for_others(&self, drawer: &str) -> Money {
        self.sums.tenders.iter().filter(|(code, _)| *code != drawer).map(|(_, sum)| sum.change).sum()
    }

    /// What was taken here on orders that were not settled here: on those still open, above all.
    pub fn unsettled(&self) -> Money {
        let taken: Money = self.sums.tenders.values().map(|t| t.amount).sum();
        taken + self.sums.reversed_of_others - self.sums.taken_in() - self.sums.paid_here
    }

    /// Whether everything agrees: lines = net + taxes = total, total + rounding = payments, of sales and
    /// of refunds; tenders = payments; and what moved through the drawer is what should be in it.
    ///
    /// # Errors
    /// The first record that does not add up, by its number; else the sums that do not agree.
    pub fn balanced(&self, currency: Currency) -> Result<(), String> {
        let sums = &self.sums;
        if let Some(odd) = &sums.odd {
            return Err(odd.clone());
        }
        let taxes = |taxes: &BTreeMap<String, TaxSum>| taxes.values().map(|t| t.amount).sum::<Money>();
        let differ = |what: &str, a: Money, b: Money| {
            if a == b { Ok(()) } else { Err(format!("{what}: {} is not {}", currency.show(a), currency.show(b))) }
        };
        differ("lines and total", sums.lines_total, sums.total)?;
        differ("net with taxes and total", sums.net + taxes(&sums.taxes), sums.total)?;
        differ("total with rounding and payments", sums.total + sums.rounding, sums.paid)?;
        let back = &sums.refunds;
        differ("lines and total of refunds", back.lines_total, back.total)?;
        differ("net with taxes and total of refunds", back.net + taxes(&back.taxes), back.total)?;
        differ("total with rounding and payments of refunds", back.total + back.rounding, back.paid)?;
        differ("tenders and refunds", sums.tenders.values().map(|t| t.refunded.amount).sum(), back.paid)?;
        if self.unsettled().is_negative() {
            differ("tenders and payments of sales", self.unsettled() + sums.paid_here, sums.paid_here)?;
        }
        match &self.drawer {
            Some(drawer) => {
                differ("the drawer's movements and sums", drawer.amount, self.expected(&drawer.tender, true))
            }
            None => Ok(()),
        }
    }
}
