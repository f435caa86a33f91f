//! What a shift has taken, summed as it happens.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::components::promotions;
use crate::domain::customer::Received;
use crate::domain::event::LineAct;
use crate::domain::ids::ShiftId;
use crate::domain::money::{Currency, Money};
use crate::domain::order::Line;
use crate::domain::refund::Refund;
use crate::domain::sale::{Sale, TaxTotal, Totals};
use crate::domain::tender::Payment;
use crate::domain::tip::TipChange;

/// How often, and how much in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How often.
    pub count: u32,
    /// How much.
    pub amount: Money,
}

impl Tally {
    pub(super) fn is_none(&self) -> bool {
        self.count == 0
    }

    pub(super) fn add(&mut self, amount: Money) {
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
    /// What went back as refunds.
    #[serde(default, skip_serializing_if = "Tally::is_none")]
    pub refunded: Tally,
}

/// What was taken without a sale, for what one tender stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedSum {
    /// The tender's name.
    pub name: String,
    /// How often, and how much.
    pub tally: Tally,
}

/// Everything a shift has given back for sales, its own and earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundSums {
    /// How many refunds.
    pub count: u32,
    /// How many of them without a receipt, and what they came to.
    pub without_receipt: Tally,
    /// Without any tax.
    pub net: Money,
    /// By tax.
    pub taxes: BTreeMap<String, TaxSum>,
    /// What the refunds came to.
    pub total: Money,
    /// The same, summed line by line.
    pub lines_total: Money,
    /// What cash rounding added.
    pub rounding: Money,
    /// What was given back.
    pub paid: Money,
    /// By reason.
    pub reasons: BTreeMap<String, Tally>,
}

impl RefundSums {
    fn is_none(&self) -> bool {
        self.count == 0
    }
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
    /// What was taken without a sale, by the tender that it settles: paid on house accounts. It is in `tenders` too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub received: BTreeMap<String, ReceivedSum>,
    /// Lines voided before the kitchen had them, by reason.
    pub voids: BTreeMap<String, Tally>,
    /// Lines voided after the kitchen had them, by reason.
    pub voids_after_sending: BTreeMap<String, Tally>,
    /// What was made and given away, by reason: sold at nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub comps: BTreeMap<String, Tally>,
    /// What promotions took off, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub promotions: BTreeMap<String, Tally>,
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
    /// Of those, what had been taken in another shift: its Z holds it, and this one's tenders less.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub reversed_of_others: Money,
    /// Tips changed after their sales, and what that added. They are in `tenders`.
    #[serde(default, skip_serializing_if = "Tally::is_none")]
    pub tips_changed: Tally,
    /// What was given back for sales.
    #[serde(default, skip_serializing_if = "RefundSums::is_none")]
    pub refunds: RefundSums,
    /// The first record that does not add up by itself, by its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd: Option<String>,
    /// People served, where covers were counted.
    pub covers: u32,
    /// The first receipt number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_receipt: Option<u64>,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_receipt: Option<u64>,
}

fn add_taxes(sums: &mut BTreeMap<String, TaxSum>, taxes: &[TaxTotal]) {
    for tax in taxes {
        let sum = sums.entry(tax.code.clone()).or_insert_with(|| TaxSum {
            name: tax.name.clone(),
            percent: tax.percent,
            base: Money::ZERO,
            amount: Money::ZERO,
        });
        sum.base += tax.base;
        sum.amount += tax.amount;
    }
}

impl Sums {
    pub(super) fn sale(&mut self, sale: &Sale, shift: ShiftId) {
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
        add_taxes(&mut self.taxes, &totals.taxes);
        for (at, (line, part)) in sale.lines.iter().zip(&totals.lines).enumerate() {
            if let Some(discount) = line.discount.as_ref().filter(|_| line.is_live()) {
                let given = if discount.comp { &mut self.comps } else { &mut self.discounts };
                let promoted: Money = line.promotions.iter().map(|p| p.amount).sum();
                let sum = given.entry(discount.reason.clone()).or_default();
                sum.add(part.discount - promoted);
                // It was given once, on the whole.
                sum.count -= u32::from(!line.is_rung());
            }
            if line.is_live() && line.is_rung() {
                for applied in promotions(&sale.lines, at) {
                    self.promotions.entry(applied.name).or_default().add(applied.amount);
                }
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
        self.note_odd(|| format!("receipt {}", sale.receipt), totals, sale.rounding, &sale.payments, sale.currency);
        self.first_receipt = self.first_receipt.or(Some(sale.receipt));
        self.last_receipt = Some(sale.receipt);
    }

    pub(super) fn refund(&mut self, refund: &Refund) {
        let (totals, sums) = (&refund.totals, &mut self.refunds);
        sums.count += 1;
        sums.net += totals.net;
        sums.total += totals.total;
        sums.lines_total += totals.lines.iter().map(|l| l.total).sum();
        sums.rounding += refund.rounding;
        sums.paid += refund.payments.iter().map(|p| p.amount).sum();
        add_taxes(&mut sums.taxes, &totals.taxes);
        sums.reasons.entry(refund.reason.clone()).or_default().add(totals.total);
        if refund.of.is_none() {
            sums.without_receipt.add(totals.total);
        }
        for payment in &refund.payments {
            let sum = self.tenders.entry(payment.tender.clone()).or_default();
            sum.name.clone_from(&payment.name);
            sum.refunded.add(payment.amount);
        }
        let name = || format!("refund {}", refund.number);
        self.note_odd(name, totals, refund.rounding, &refund.payments, refund.currency);
    }

    /// Remembers the first document whose lines, net and taxes, or payments are not its total.
    fn note_odd(
        &mut self,
        name: impl FnOnce() -> String,
        totals: &Totals,
        rounding: Money,
        payments: &[Payment],
        currency: Currency,
    ) {
        let lines: Money = totals.lines.iter().map(|l| l.total).sum();
        let taxed = totals.net + totals.taxes.iter().map(|t| t.amount).sum();
        let paid: Money = payments.iter().map(|p| p.amount).sum();
        let split = payments.iter().all(|p| p.tendered == p.amount + p.change + p.tip);
        let wrong = [
            (lines == totals.total, "lines come to", lines, "its total is", totals.total),
            (taxed == totals.total, "net and taxes come to", taxed, "its total is", totals.total),
            (paid == totals.total + rounding, "was paid", paid, "due was", totals.total + rounding),
            (split, "in payments", paid, "not what was handed over, less change and tips", Money::ZERO),
        ];
        let first = wrong.iter().find(|(right, ..)| !right).filter(|_| self.odd.is_none());
        if let Some((_, is, a, due, b)) = first {
            self.odd = Some(format!("{}: {is} {}, {due} {}", name(), currency.show(*a), currency.show(*b)));
        }
    }

    pub(super) fn payment(&mut self, payment: &Payment, sign: i64) {
        let signed = |amount: Money| if sign < 0 { -amount } else { amount };
        let sum = self.tenders.entry(payment.tender.clone()).or_default();
        sum.name.clone_from(&payment.name);
        sum.count = sum.count.saturating_add_signed(if sign < 0 { -1 } else { 1 });
        sum.amount += signed(payment.amount);
        sum.tips += signed(payment.tip);
        sum.change += signed(payment.change);
        sum.foreign += signed(payment.foreign.map_or(Money::ZERO, |foreign| foreign.amount));
    }

    /// Money that was taken without a sale, or was by mistake and goes back.
    pub(super) fn take_in(&mut self, received: &Received) {
        let payment = &received.payment;
        let sum = self.received.entry(received.against.clone()).or_default();
        sum.name.clone_from(&received.name);
        if received.takes_back.is_none() {
            sum.tally.add(payment.amount);
            return self.payment(payment, 1);
        }
        sum.tally = Tally { count: sum.tally.count.saturating_sub(1), amount: sum.tally.amount + payment.amount };
        let taken = Payment { amount: -payment.amount, tendered: -payment.tendered, ..payment.clone() };
        self.payment(&taken, -1);
        self.reversed.add(taken.amount);
    }

    /// A tip was changed after its sale.
    pub(super) fn tip(&mut self, change: &TipChange) {
        let sum = self.tenders.entry(change.tender.clone()).or_default();
        sum.name.clone_from(&change.name);
        sum.tips += change.more();
        self.tips_changed.add(change.more());
    }

    /// All of it.
    pub fn taken_in(&self) -> Money {
        self.received.values().map(|sum| sum.tally.amount).sum()
    }

    pub(super) fn line(&mut self, act: LineAct, before: Option<&Line>, after: Option<&Line>) -> bool {
        // What is done to a line is done to its components with it.
        if !before.or(after).is_none_or(Line::is_rung) {
            return false;
        }
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
                voids.entry(reason).or_default().add(before.amount());
            }
            (LineAct::Quantity, Some(before), Some(after)) if after.quantity < before.quantity => {
                self.reduced.add(before.amount() - after.amount());
            }
            (LineAct::Undone, ..) => self.undone += 1,
            _ => return false,
        }
        true
    }
}
