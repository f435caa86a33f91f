//! The X and Z slips: what a shift has taken.

use std::collections::BTreeMap;

use crate::documents::{Align, Block, Document, DocumentKind, Style};
use crate::domain::ids::RegisterId;
use crate::domain::money::Money;
use crate::domain::rounding::divide_rounded;
use crate::domain::settings::Settings;
use crate::domain::shift::{CashKind, ForeignCount, Shift, Tally, Z};
use crate::domain::time::Stamp;

const LARGE: Style = Style { bold: true, wide: true, tall: true, reverse: false, underline: false };
const BOLD: Style = Style { bold: true, wide: false, tall: false, reverse: false, underline: false };

/// How many digits of the journal's head are printed.
const HEAD_DIGITS: usize = 16;

/// How many of the orders that are handed over are listed.
const MOST_ORDERS: usize = 50;

/// Lines of a slip, with the currency they are shown in.
struct Slip<'a> {
    blocks: Vec<Block>,
    settings: &'a Settings,
}

impl<'a> Slip<'a> {
    fn new(title: &str, settings: &'a Settings) -> Self {
        let mut blocks = vec![
            Block::styled(Align::Centre, BOLD, &settings.business.name),
            Block::styled(Align::Centre, LARGE, title),
        ];
        if settings.training {
            blocks.push(Block::styled(Align::Centre, LARGE, "TRAINING"));
        }
        Self { blocks, settings }
    }

    fn words(&mut self, left: &str, right: impl Into<String>) {
        self.blocks.push(Block::row(2, left, right));
    }

    fn money(&mut self, left: &str, amount: Money) {
        self.blocks.push(Block::row(2, left, self.settings.currency.show(amount)));
    }

    fn head(&mut self, title: &str) {
        self.blocks.push(Block::Rule);
        self.blocks.push(Block::styled(Align::Left, BOLD, title));
    }

    fn tallies(&mut self, title: &str, tallies: &BTreeMap<String, Tally>) {
        if tallies.is_empty() {
            return;
        }
        self.head(title);
        for (reason, tally) in tallies {
            let reason = if reason.is_empty() { "no reason" } else { reason };
            self.money(&format!("{} × {reason}", tally.count), tally.amount);
        }
    }

    fn done(self, title: String) -> Document {
        Document { kind: DocumentKind::Slip, title, blocks: self.blocks, opens_drawer: false, cut: true }
    }
}

/// What a shift has taken so far, without closing it.
pub fn x(shift: &Shift, register: RegisterId, settings: &Settings, now: Stamp) -> Document {
    let mut slip = Slip::new("X", settings);
    opening(&mut slip, shift, register);
    slip.words("Printed", now.show());
    taken(&mut slip, shift);
    drawer(&mut slip, shift);
    proof(&mut slip, shift.balanced(settings.currency).err().as_deref());
    slip.blocks.push(Block::styled(Align::Centre, Style::default(), "The shift is still open"));
    slip.done(format!("X of shift {}", shift.number))
}

/// The document of a closed shift.
pub fn z(z: &Z, settings: &Settings) -> Document {
    let mut slip = Slip::new(&format!("Z {}", z.number), settings);
    opening(&mut slip, &z.shift, z.register);
    slip.words("Closed", z.closed.show());
    slip.words("Closed by", &z.by_name);
    taken(&mut slip, &z.shift);
    drawer(&mut slip, &z.shift);
    slip.head("Counted");
    for count in &z.counts {
        // Foreign cash in its own money, as it lies there, and what it is worth.
        let amount = |home: Money, there: fn(&ForeignCount) -> Money| match &count.foreign {
            Some(f) => {
                format!("{} {} = {}", f.currency.code(), f.currency.show(there(f)), settings.currency.show(home))
            }
            None => settings.currency.show(home),
        };
        slip.words(&format!("{} expected", count.name), amount(count.expected, |f| f.expected));
        slip.words(&format!("{} counted", count.name), amount(count.counted, |f| f.counted));
        let difference = count.difference();
        let words = match difference.minor() {
            0 => "exact".to_owned(),
            minor if minor > 0 => format!("over {}", settings.currency.show(difference)),
            _ => format!("SHORT {}", settings.currency.show(difference.abs())),
        };
        slip.words("Difference", words);
        for pieces in &count.pieces {
            let worth = Money::from_minor(pieces.of.minor().saturating_mul(pieces.count.into()));
            slip.money(&format!("  {} × {}", pieces.count, settings.currency.show(pieces.of)), worth);
        }
    }
    if let Some(cash) = z.counts.first() {
        slip.money("Cash to deposit, float kept", (cash.counted - z.shift.float).max(Money::ZERO));
    }
    if !z.comment.is_empty() {
        slip.words("Comment", &z.comment);
    }
    if z.carried.count > 0 {
        slip.head("Handed to the next shift");
        for order in z.orders.iter().take(MOST_ORDERS) {
            slip.money(&format!("Order {}", order.title), order.total);
        }
        let orders = if z.carried.count == 1 { "order" } else { "orders" };
        slip.money(&format!("{} open {orders}", z.carried.count), z.carried.amount);
        slip.money("Paid on them so far", z.carried_paid);
        let held: Money = z.orders.iter().map(|order| order.deposit).sum();
        if !held.is_zero() {
            slip.money("Deposits held on them", held);
        }
        slip.words("Note", &z.note);
    }
    slip.head("Since this register began");
    slip.words("Sales", z.grand.sales.to_string());
    slip.money("Total", z.grand.total);
    slip.words("Refunds", z.grand.refunds.to_string());
    slip.money("Refunded", -z.grand.refunded);
    proof(&mut slip, Some(z.unbalanced.as_str()).filter(|u| !u.is_empty()));
    let head = z.anchor.head.get(..HEAD_DIGITS).unwrap_or(&z.anchor.head).to_owned();
    match &z.anchor.previous_z {
        Some(hash) => slip.words(&format!("Previous Z {}", z.number - 1), hash.get(..HEAD_DIGITS).unwrap_or(hash)),
        None => slip.words("Previous Z", "none"),
    }
    slip.words("Journal entry", z.anchor.entries.to_string());
    slip.words("Journal head", head.clone());
    slip.blocks.push(Block::Qr(format!("counterflow-z:{}:{}:{}:{head}", z.register, z.number, z.anchor.entries)));
    slip.done(format!("Z {}", z.number))
}

fn opening(slip: &mut Slip, shift: &Shift, register: RegisterId) {
    slip.words(&format!("Register {register}"), format!("Shift {}", shift.number));
    slip.words("Business date", shift.business_date.to_string());
    slip.words("Opened", shift.opened.show());
}

fn taken(slip: &mut Slip, shift: &Shift) {
    let sums = &shift.sums;
    slip.head("Sales");
    slip.words("Sales", sums.sales.to_string());
    slip.money("Gross", sums.gross);
    let discounts: Money = sums.discounts.values().map(|d| d.amount).sum();
    slip.money("Discounts", -discounts);
    let promoted: Money = sums.promotions.values().map(|p| p.amount).sum();
    if !promoted.is_zero() {
        slip.money("Promotions", -promoted);
    }
    let comps: Money = sums.comps.values().map(|c| c.amount).sum();
    if !comps.is_zero() {
        slip.money("Given away", -comps);
    }
    if !sums.service.amount.is_zero() {
        slip.money("Service charge, held in gross", sums.service.amount);
    }
    slip.money("Net of tax", sums.net);
    for tax in sums.taxes.values() {
        slip.money(&format!("{} on {}", tax.name, slip.settings.currency.show(tax.base)), tax.amount);
    }
    slip.money("Total", sums.total);
    if !sums.rounding.is_zero() {
        slip.money("Cash rounding", sums.rounding);
    }
    if sums.sales > 0 {
        slip.money("Average sale", average(sums.total, sums.sales, slip.settings));
    }
    if sums.covers > 0 {
        slip.words("Covers", sums.covers.to_string());
        slip.money("Average per cover", average(sums.total, sums.covers, slip.settings));
    }
    if let (Some(first), Some(last)) = (sums.first_receipt, sums.last_receipt) {
        slip.words("Receipts", format!("{first} to {last}"));
    }
    slip.head("Taken");
    for tender in sums.tenders.values() {
        slip.money(&format!("{} × {}", tender.count, tender.name), tender.amount);
    }
    for received in sums.received.values() {
        let words = format!("Of it {} × for {}", received.tally.count, received.name);
        slip.money(&words, received.tally.amount);
    }
    let change: Money = sums.tenders.values().map(|t| t.change).sum();
    if !change.is_zero() {
        slip.money("Change given", change);
    }
    let tips: Money = sums.tenders.values().map(|t| t.tips).sum();
    if !tips.is_zero() {
        slip.money("Tips", tips);
    }
    let open = shift.unsettled();
    if !open.is_zero() {
        slip.money("Of it on orders still open", open);
    }
    refunds(slip, shift);
    slip.tallies("Discounts", &sums.discounts);
    slip.tallies("Promotions", &sums.promotions);
    slip.tallies("Given away", &sums.comps);
    slip.tallies("Written off", &sums.wasted);
    slip.tallies("Voids before sending", &sums.voids);
    slip.tallies("Voids after sending", &sums.voids_after_sending);
    slip.head("Acts");
    for (name, count) in [
        ("Drawer opened without a sale", sums.no_sales),
        ("Receipts printed again", sums.reprints),
        ("Lifted by a second person", sums.overrides),
        ("Steps undone", sums.undone),
    ] {
        slip.words(name, count.to_string());
    }
    if sums.tips_changed.count > 0 {
        slip.money(&format!("{} × Tips changed after the sale", sums.tips_changed.count), sums.tips_changed.amount);
    }
    for (name, tally) in [
        ("Quantities made less", sums.reduced),
        ("Orders thrown away", sums.abandoned),
        ("Payments taken back", sums.reversed),
    ] {
        slip.money(&format!("{} × {name}", tally.count), tally.amount);
    }
}

fn average(total: Money, count: u32, settings: &Settings) -> Money {
    let exact = divide_rounded(total.minor().into(), i128::from(count), settings.rounding);
    Money::from_minor(exact)
}

/// What was given back, for sales of this shift and of earlier ones.
fn refunds(slip: &mut Slip, shift: &Shift) {
    let back = &shift.sums.refunds;
    slip.head("Refunds");
    slip.words("Given back", back.count.to_string());
    if back.count == 0 {
        return;
    }
    slip.money("Net of tax", -back.net);
    for tax in back.taxes.values() {
        slip.money(&format!("{} on {}", tax.name, slip.settings.currency.show(tax.base)), -tax.amount);
    }
    slip.money("Refunded", -back.total);
    if !back.rounding.is_zero() {
        slip.money("Cash rounding", -back.rounding);
    }
    for tender in shift.sums.tenders.values().filter(|t| t.refunded.count > 0) {
        slip.money(&format!("{} × {}", tender.refunded.count, tender.name), -tender.refunded.amount);
    }
    for (reason, tally) in &back.reasons {
        slip.money(&format!("{} × {reason}", tally.count), -tally.amount);
    }
    if back.without_receipt.count > 0 {
        let words = format!("{} × without a receipt", back.without_receipt.count);
        slip.money(&words, -back.without_receipt.amount);
    }
    slip.money("Sales less refunds", shift.sums.total - back.total);
}

fn drawer(slip: &mut Slip, shift: &Shift) {
    slip.head("Drawer");
    slip.money("Float", shift.float);
    if let Some(cash) = slip.settings.cash() {
        let taken = shift.sums.tenders.get(&cash.code).map_or(Money::ZERO, |t| t.amount + t.tips);
        slip.money("Cash taken, change given", taken);
        let others = shift.change_for_others(&cash.code);
        if !others.is_zero() {
            slip.money("Change for other tenders", -others);
        }
        let refunded = shift.sums.tenders.get(&cash.code).map_or(Money::ZERO, |t| t.refunded.amount);
        if !refunded.is_zero() {
            slip.money("Refunded in cash", -refunded);
        }
    }
    for kind in CashKind::ALL {
        let moved = shift.moved(kind);
        let signed = if matches!(kind, CashKind::PaidIn | CashKind::Borrowed) { moved } else { -moved };
        if !moved.is_zero() {
            slip.money(kind.words(), signed);
        }
    }
    // Who counts blind is not told what should be there before it was counted.
    if let (Some(cash), false) = (slip.settings.cash(), slip.settings.count.blind) {
        slip.money("Should be in it", shift.expected(&cash.code, true));
    }
}

fn proof(slip: &mut Slip, unbalanced: Option<&str>) {
    slip.blocks.push(Block::Rule);
    match unbalanced {
        None => slip.blocks.push(Block::styled(Align::Centre, LARGE, "BALANCED")),
        Some(what) => {
            slip.blocks.push(Block::styled(Align::Centre, LARGE, "NOT BALANCED"));
            slip.blocks.push(Block::styled(Align::Centre, BOLD, what));
        }
    }
}
