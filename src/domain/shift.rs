//! A register's cash period: from the float to the count, with everything that was taken summed as
//! it happens, so that a close costs the same after ten sales and after ten thousand.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::event::{Event, LineAct, Recorded};
use crate::domain::ids::{RegisterId, ShiftId, StaffId};
use crate::domain::money::{Currency, Money};
use crate::domain::order::Line;
use crate::domain::sale::Sale;
use crate::domain::tender::Payment;
use crate::domain::time::Stamp;

/// Why cash moved without a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CashKind {
    /// Put into the drawer: more change.
    PaidIn,
    /// Taken out for something bought.
    PaidOut,
    /// Taken out for the safe.
    Drop,
    /// Taken out to pay staff their tips.
    TipOut,
}

impl CashKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::PaidIn, Self::PaidOut, Self::Drop, Self::TipOut];

    /// Its name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::PaidIn => "Paid in",
            Self::PaidOut => "Paid out",
            Self::Drop => "Drop to safe",
            Self::TipOut => "Tips paid out",
        }
    }
}

/// Cash that moved without a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashMove {
    /// Its number in the shift, from 1.
    pub number: u32,
    /// Why.
    pub kind: CashKind,
    /// How much: always more than nothing.
    pub amount: Money,
    /// For what, in somebody's words.
    pub reason: String,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Stamp,
    /// Set when it takes back an earlier move of the shift: that one's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u32>,
}

impl CashMove {
    /// What it adds to the drawer; less than nothing where it takes out.
    pub fn effect(&self) -> Money {
        let effect = match self.kind {
            CashKind::PaidIn => self.amount,
            CashKind::PaidOut | CashKind::Drop | CashKind::TipOut => -self.amount,
        };
        if self.undoes.is_some() { -effect } else { effect }
    }
}

/// How often, and how much in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How often.
    pub count: u32,
    /// How much.
    pub amount: Money,
}

impl Tally {
    fn is_none(&self) -> bool {
        self.count == 0
    }

    fn add(&mut self, amount: Money) {
        self.count = self.count.saturating_add(1);
        self.amount += amount;
    }
}

/// What one tax came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSum {
    /// Its name.
    pub name: String,
    /// Its rate in per cent; none for a fixed amount.
    pub percent: Option<Decimal>,
    /// What it was counted on.
    pub base: Money,
    /// The tax.
    pub amount: Money,
}

/// What was taken with one tender, on settled and open orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderSum {
    /// Its name.
    pub name: String,
    /// How many payments.
    pub count: u32,
    /// What they settle of orders: tendered − change − tips.
    pub amount: Money,
    /// What was kept as tips.
    pub tips: Money,
    /// What was given back.
    pub change: Money,
    /// Of foreign cash: what was handed over, in its own money.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub foreign: Money,
}

/// Everything a shift has taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// How many sales.
    pub sales: u32,
    /// Sum of all lines before discounts.
    pub gross: Money,
    /// Discounts, by reason.
    pub discounts: BTreeMap<String, Tally>,
    /// Without any tax.
    pub net: Money,
    /// By tax.
    pub taxes: BTreeMap<String, TaxSum>,
    /// What the sales came to.
    pub total: Money,
    /// The same, summed line by line.
    pub lines_total: Money,
    /// What cash rounding added.
    pub rounding: Money,
    /// What payments settled of the sales, wherever they were taken.
    pub paid: Money,
    /// Of that, what was taken in this shift.
    pub paid_here: Money,
    /// By tender: all payments of this shift, settled or not.
    pub tenders: BTreeMap<String, TenderSum>,
    /// Lines voided before the kitchen had them, by reason.
    pub voids: BTreeMap<String, Tally>,
    /// Lines voided after the kitchen had them, by reason.
    pub voids_after_sending: BTreeMap<String, Tally>,
    /// What was made and given away, by reason: sold at nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub comps: BTreeMap<String, Tally>,
    /// What was made or spoiled, and written off, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub wasted: BTreeMap<String, Tally>,
    /// Service charges, as the customer paid them.
    #[serde(default, skip_serializing_if = "Tally::is_none")]
    pub service: Tally,
    /// Lines whose quantity was made less.
    pub reduced: Tally,
    /// Orders thrown away.
    pub abandoned: Tally,
    /// Steps undone.
    pub undone: u32,
    /// How often the drawer was opened without a sale.
    pub no_sales: u32,
    /// Receipts printed again.
    pub reprints: u32,
    /// Refusals lifted by a second person.
    pub overrides: u32,
    /// Payments taken back.
    pub reversed: Tally,
    /// People served, where covers were counted.
    pub covers: u32,
    /// The first receipt number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_receipt: Option<u64>,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_receipt: Option<u64>,
}

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
}

impl Shift {
    /// How many cash moves a shift can hold.
    pub const MAX_MOVES: usize = 500;

    /// Sums an event that happened in this shift. Returns whether it changed anything.
    pub fn apply(&mut self, recorded: &Recorded) -> bool {
        if recorded.shift != Some(self.id) {
            return false;
        }
        let sums = &mut self.sums;
        match &recorded.event {
            Event::SaleCompleted { sale, .. } => sums.sale(sale, self.id),
            Event::PaymentTaken { payment, .. } => sums.payment(payment, 1),
            Event::PaymentReversed { payment, .. } => {
                sums.payment(payment, -1);
                sums.reversed.add(payment.amount);
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
            Event::CashMoved { cash } => self.moves.push(cash.clone()),
            Event::StoreMade { .. }
            | Event::Started { .. }
            | Event::Stopped
            | Event::Upgraded { .. }
            | Event::ClockJumped { .. }
            | Event::Degraded { .. }
            | Event::StaffChanged { .. }
            | Event::PinSet { .. }
            | Event::SignedIn { .. }
            | Event::SignInFailed { .. }
            | Event::SignedOut { .. }
            | Event::OverrideFailed { .. }
            | Event::ShiftOpened { .. }
            | Event::XPrinted
            | Event::ShiftClosed { .. }
            | Event::KeyMade { .. }
            | Event::ShiftSealed { .. }
            | Event::OrderOpened { .. }
            | Event::FaceChanged { .. }
            | Event::OrderHanded { .. }
            | Event::Sent { .. }
            | Event::OrderAbandoned { .. }
            | Event::BillPrinted { .. }
            | Event::MenuChanged { .. }
            | Event::BarcodeBound { .. }
            | Event::AvailabilitySet { .. }
            | Event::Printed { .. }
            | Event::JobDecided { .. }
            | Event::ReportPrinted { .. }
            | Event::Verified { .. } => return false,
        }
        true
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
        let taken = sum.map_or(Money::ZERO, |t| t.amount + t.tips);
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

    /// Whether everything agrees: lines = net + taxes = total, total + rounding = payments.
    ///
    /// # Errors
    /// What does not agree, with both figures.
    pub fn balanced(&self, currency: Currency) -> Result<(), String> {
        let sums = &self.sums;
        let taxes: Money = sums.taxes.values().map(|t| t.amount).sum();
        let differ = |what: &str, a: Money, b: Money| {
            if a == b { Ok(()) } else { Err(format!("{what}: {} is not {}", currency.show(a), currency.show(b))) }
        };
        differ("lines and total", sums.lines_total, sums.total)?;
        differ("net with taxes and total", sums.net + taxes, sums.total)?;
        differ("total with rounding and payments", sums.total + sums.rounding, sums.paid)
    }
}

impl Sums {
    fn sale(&mut self, sale: &Sale, shift: ShiftId) {
        let totals = &sale.totals;
        self.sales += 1;
        self.gross += totals.gross;
        self.net += totals.net;
        self.total += totals.total;
        self.lines_total += totals.lines.iter().map(|l| l.total).sum();
        self.rounding += sale.rounding;
        self.paid += sale.payments.iter().map(|p| p.amount).sum();
        self.paid_here += sale.payments.iter().filter(|p| p.shift == shift).map(|p| p.amount).sum();
        self.covers += u32::from(sale.covers.unwrap_or(0));
        for tax in &totals.taxes {
            let sum = self.taxes.entry(tax.code.clone()).or_insert_with(|| TaxSum {
                name: tax.name.clone(),
                percent: tax.percent,
                base: Money::ZERO,
                amount: Money::ZERO,
            });
            sum.base += tax.base;
            sum.amount += tax.amount;
        }
        for (line, part) in sale.lines.iter().zip(&totals.lines) {
            if let Some(discount) = line.discount.as_ref().filter(|_| line.is_live()) {
                let given = if discount.comp { &mut self.comps } else { &mut self.discounts };
                given.entry(discount.reason.clone()).or_default().add(part.discount);
            }
            if line.charge {
                self.service.add(part.total);
            }
        }
        let whole: Money = totals.lines.iter().map(|l| l.order_discount).sum();
        if !whole.is_zero() {
            let reasons: Vec<&str> = sale.discounts.iter().map(|d| d.reason.as_str()).collect();
            self.discounts.entry(reasons.join(", ")).or_default().add(whole);
        }
        self.first_receipt = self.first_receipt.or(Some(sale.receipt));
        self.last_receipt = Some(sale.receipt);
    }

    fn payment(&mut self, payment: &Payment, sign: i64) {
        let signed = |amount: Money| if sign < 0 { -amount } else { amount };
        let sum = self.tenders.entry(payment.tender.clone()).or_default();
        sum.name.clone_from(&payment.name);
        sum.count = sum.count.saturating_add_signed(if sign < 0 { -1 } else { 1 });
        sum.amount += signed(payment.amount);
        sum.tips += signed(payment.tip);
        sum.change += signed(payment.change);
        sum.foreign += signed(payment.foreign.map_or(Money::ZERO, |foreign| foreign.amount));
    }

    fn line(&mut self, act: LineAct, before: Option<&Line>, after: Option<&Line>) -> bool {
        match (act, before, after) {
            (LineAct::Voided, Some(before), Some(after)) => {
                let Some(void) = &after.void else { return false };
                let reason = void.reason.clone();
                let voids = if void.wasted {
                    &mut self.wasted
                } else if void.after_sending {
                    &mut self.voids_after_sending
                } else {
                    &mut self.voids
                };
                voids.entry(reason).or_default().add(before.gross());
            }
            (LineAct::Quantity, Some(before), Some(after)) if after.quantity < before.quantity => {
                self.reduced.add(before.gross() - after.gross());
            }
            (LineAct::Undone, ..) => self.undone += 1,
            _ => return false,
        }
        true
    }
}

/// What was counted of one tender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The tender's code.
    pub tender: String,
    /// Its name.
    pub name: String,
    /// What should be there.
    pub expected: Money,
    /// What was counted.
    pub counted: Money,
    /// Of foreign cash: the same in its own money, as it was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<ForeignCount>,
}

/// What was counted of foreign cash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignCount {
    /// Whose money.
    pub currency: Currency,
    /// Units of the till's currency for one of its units, at the close.
    pub rate: Decimal,
    /// What should be there, in its own money.
    pub expected: Money,
    /// What was counted, in its own money.
    pub counted: Money,
}

impl Count {
    /// Over (more than nothing) or short.
    pub fn difference(&self) -> Money {
        self.counted - self.expected
    }
}

/// Sums over the whole life of a register; training has its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grand {
    /// How many sales ever.
    pub sales: u64,
    /// What they came to.
    pub total: Money,
}

/// Where the chain of the register's journal stood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The number of the last entry.
    pub entries: u64,
    /// Its hash, in hex.
    pub head: String,
}

/// The document of a closed shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Z {
    /// Its number: gap-free on its register.
    pub number: u32,
    /// The register.
    pub register: RegisterId,
    /// The shift, whole.
    pub shift: Shift,
    /// When it was closed.
    pub closed: Stamp,
    /// Who closed it.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// The currency of every amount.
    pub currency: Currency,
    /// What was counted.
    pub counts: Vec<Count>,
    /// What was said about a difference.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Open orders that are carried over.
    pub carried: Tally,
    /// What they were paid in part.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub carried_paid: Money,
    /// Sums over the register's life, this shift included.
    pub grand: Grand,
    /// Where the journal stood before it.
    pub anchor: Anchor,
    /// Empty when everything agrees; else what does not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unbalanced: String,
}
