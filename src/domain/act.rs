//! What was done at the till besides selling, where it costs money or trust: voids, discounts,
//! drawer openings, counts. Read out of each event as it is recorded, so that reports need no journal.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::components::with_components;
use crate::domain::customer::CustomerAct;
use crate::domain::event::{Event, LineAct, Recorded};
use crate::domain::ids::{OrderId, RegisterId, ShiftId, StaffId};
use crate::domain::money::Money;
use crate::domain::order::{Discount, Line, PriceFrom};
use crate::domain::rounding::Rounding;
use crate::domain::sale::Sale;
use crate::domain::shift::{CashKind, Z};
use crate::domain::time::Stamp;
use crate::domain::totals::taken_off;
use crate::domain::voucher::masked;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $word:literal $label:literal;)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum ActKind {
            $($(#[$doc])* $variant,)*
        }

        impl ActKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its word in the store.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Its name in reports.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// The kind with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.word() == word)
            }
        }
    };
}

kinds! {
    /// A line was voided before the kitchen had it.
    Void "void" "Void";
    /// A line was voided after the kitchen had it.
    VoidSent "void-sent" "Void after sending";
    /// A line that was made or spoiled was written off.
    Wasted "wasted" "Waste";
    /// The quantity of a line was made less.
    Reduced "reduced" "Quantity made less";
    /// A whole order was thrown away.
    Abandoned "abandoned" "Order thrown away";
    /// A payment of an open order was taken back.
    TakenBack "taken-back" "Payment taken back";
    /// Money was given back for a sale.
    Refund "refund" "Refund";
    /// Money was given back without a receipt.
    RefundFreely "refund-freely" "Refund without a receipt";
    /// Cash was lent to another drawer.
    Lent "lent" "Lent to another drawer";
    /// Cash was borrowed from another drawer.
    Borrowed "borrowed" "Borrowed from a drawer";
    /// A discount that a settled order holds.
    Discount "discount" "Discount";
    /// What was made was given away.
    Comp "comp" "Comp";
    /// The service charge was taken off an order.
    Waived "waived" "Service charge taken off";
    /// A line was sold at another price than the menu's: `amount` is what that gave away.
    PriceChanged "price-changed" "Price changed";
    /// A bill was printed before payment.
    Bill "bill" "Bill printed";
    /// The drawer was opened without a sale.
    NoSale "no-sale" "No sale";
    /// The drawer stood open: `count` says for how many seconds.
    StoodOpen "stood-open" "Drawer open, seconds";
    /// A receipt was printed again: `what` is its number.
    Reprint "reprint" "Reprint";
    /// A refusal was lifted: `what` was allowed by `other`.
    Override "override" "Override";
    /// A customer may owe more, less or nothing: `amount` is how much.
    Limit "limit" "Limit of a house account";
    /// Money was taken on a house account.
    OnAccount "on-account" "Paid on a house account";
    /// A voucher was sold.
    SoldVoucher "sold-voucher" "Voucher sold";
    /// What was left on a voucher was given back.
    PaidOutVoucher "paid-out-voucher" "Voucher paid out";
    /// The tip of a settled sale was changed: `amount` is what that adds.
    TipChanged "tip-changed" "Tip changed after the sale";
    /// A deposit was taken on an order.
    Deposit "deposit" "Deposit taken";
    /// What was left of a deposit was given back.
    DepositBack "deposit-back" "Deposit given back";
    /// Somebody's points were corrected by hand: `what` says how, and of which scheme.
    Points "points" "Points corrected by hand";
    /// A customer was forgotten.
    Forgotten "forgotten" "Customer forgotten";
    /// A PIN was wrong.
    WrongPin "wrong-pin" "Wrong PIN";
    /// Cash was put into the drawer.
    PaidIn "paid-in" "Paid in";
    /// Cash was taken out for something bought.
    PaidOut "paid-out" "Paid out";
    /// Cash was taken out for the safe.
    Drop "drop" "Drop to safe";
    /// Cash was taken out to pay tips.
    TipOut "tip-out" "Tips paid out";
    /// A tender was counted at a close: `amount` is over, or less than nothing where it is short.
    Counted "counted" "Over or short";
}

/// One act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: Stamp,
    /// The business date.
    pub date: NaiveDate,
    /// On which register.
    pub register: RegisterId,
    /// In which shift.
    pub shift: Option<ShiftId>,
    /// What was done.
    pub kind: ActKind,
    /// Who did it.
    pub staff: Option<StaffId>,
    /// A second person who has to do with it: who allowed it.
    pub other: Option<StaffId>,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// What it is about, in words: an item, a tender, a receipt.
    pub what: String,
    /// Why, in the words of who did it.
    pub reason: String,
    /// 1; -1 where it takes another one back. A kind that lasts says here for how many seconds.
    pub count: i64,
    /// What it came to.
    pub amount: Money,
}

impl Act {
    fn of(recorded: &Recorded, kind: ActKind) -> Self {
        Self {
            at: recorded.at,
            date: recorded.business_date,
            register: recorded.register,
            shift: recorded.shift,
            kind,
            staff: recorded.staff,
            other: None,
            order: recorded.event.order().map(|(id, _)| id),
            what: String::new(),
            reason: String::new(),
            count: 1,
            amount: Money::ZERO,
        }
    }

    fn saying(mut self, what: impl Into<String>, reason: &str, amount: Money) -> Self {
        (self.what, self.reason, self.amount) = (what.into(), reason.to_owned(), amount);
        self
    }

    fn back(mut self) -> Self {
        (self.count, self.amount) = (-self.count, -self.amount);
        self
    }
}

/// The acts that an entry holds; most hold none.
pub fn of(recorded: &Recorded) -> Vec<Act> {
    let act = |kind| Act::of(recorded, kind);
    let one = match &recorded.event {
        Event::SaleCompleted { sale, .. } => return discounts(recorded, sale),
        Event::ShiftClosed { z } => return counts(recorded, z),
        Event::LineChanged { act, before, after, .. } => {
            return line(recorded, *act, before.as_deref(), after.as_deref()).into_iter().collect();
        }
        Event::OrderAbandoned { was, reason, .. } if !was.is_empty() => {
            let amount = was.lines.iter().map(Line::gross).sum();
            act(ActKind::Abandoned).saying(format!("Order {}", was.number), reason, amount)
        }
        Event::PaymentReversed { payment, reason, .. } => {
            act(ActKind::TakenBack).saying(&payment.name, reason, payment.amount)
        }
        Event::BillPrinted { .. } => act(ActKind::Bill),
        Event::FaceChanged { before, after, .. } if before.waived != after.waived => {
            let Some(waived) = after.waived.as_ref().or(before.waived.as_ref()) else { return Vec::new() };
            let done = Act { staff: Some(waived.by), ..act(ActKind::Waived).saying("", &waived.reason, Money::ZERO) };
            if after.waived.is_some() { done } else { done.back() }
        }
        Event::CustomerChanged { act: CustomerAct::Limit { limit }, .. } => {
            act(ActKind::Limit).saying("", "", limit.unwrap_or_default())
        }
        Event::CustomerChanged { act: CustomerAct::Points { scheme, points, reason }, .. } => {
            act(ActKind::Points).saying(format!("{points:+} {scheme}"), reason, Money::ZERO)
        }
        Event::CustomerChanged { act: CustomerAct::Forgotten, .. } => act(ActKind::Forgotten),
        Event::MoneyReceived { received } if received.takes_back.is_some() => {
            let what = received.account.map(|account| format!("Account {}", account.number)).unwrap_or_default();
            let reason = received.takes_back.as_ref().map(|back| back.reason.as_str()).unwrap_or_default();
            act(ActKind::TakenBack).saying(what, reason, -received.payment.amount)
        }
        Event::MoneyReceived { received } if received.deposit.is_some() => {
            let (about, reason) = received.deposit.as_ref().map_or(("", ""), |d| (&d.about, &d.reason));
            let taken = received.payment.amount.is_positive();
            let kind = if taken { ActKind::Deposit } else { ActKind::DepositBack };
            let why = if reason.is_empty() { &received.payment.name } else { reason };
            act(kind).saying(about, why, received.payment.amount.abs())
        }
        Event::MoneyReceived { received } => {
            let (kind, what) = match (&received.account, &received.voucher) {
                (Some(account), _) => (ActKind::OnAccount, format!("Account {}", account.number)),
                (None, voucher) => {
                    let code = voucher.as_ref().map(|v| masked(&v.code)).unwrap_or_default();
                    let out = received.payment.amount.is_negative();
                    (if out { ActKind::PaidOutVoucher } else { ActKind::SoldVoucher }, format!("Voucher {code}"))
                }
            };
            act(kind).saying(what, &received.payment.name, received.payment.amount)
        }
        Event::TipAdjusted { change } => {
            act(ActKind::TipChanged).saying(format!("Receipt {}", change.receipt), &change.name, change.more())
        }
        Event::NoSale { reason } => act(ActKind::NoSale).saying("", reason, Money::ZERO),
        Event::DrawerShut { opened, by } => {
            // A clock that was set back in between tells nothing.
            let seconds = recorded.at.since_ms(*opened).max(0) / 1000;
            Act { staff: *by, count: seconds, ..act(ActKind::StoodOpen) }
        }
        Event::Reprinted { receipt, .. } => act(ActKind::Reprint).saying(receipt.to_string(), "", Money::ZERO),
        Event::Overridden { permission, staff, by } => Act {
            staff: Some(*staff),
            other: Some(*by),
            ..act(ActKind::Override).saying(permission.words(), "", Money::ZERO)
        },
        Event::SignInFailed { .. } => act(ActKind::WrongPin),
        Event::OverrideFailed { permission, .. } => act(ActKind::WrongPin).saying(permission.words(), "", Money::ZERO),
        Event::Refunded { refund, .. } => {
            let kind = if refund.of.is_some() { ActKind::Refund } else { ActKind::RefundFreely };
            let of = refund.of.as_ref().map_or(String::new(), |of| format!("Receipt {}-{}", of.register, of.receipt));
            act(kind).saying(of, &refund.reason, refund.totals.total)
        }
        Event::CashMoved { cash, .. } => {
            let kind = match cash.kind {
                CashKind::PaidIn => ActKind::PaidIn,
                CashKind::PaidOut => ActKind::PaidOut,
                CashKind::Drop => ActKind::Drop,
                CashKind::TipOut => ActKind::TipOut,
                CashKind::Lent => ActKind::Lent,
                CashKind::Borrowed => ActKind::Borrowed,
            };
            let moved = act(kind).saying(format!("Move {}", cash.number), &cash.reason, cash.amount);
            if cash.undoes.is_some() { moved.back() } else { moved }
        }
        Event::OrderAbandoned { .. }
        | Event::StoreMade { .. }
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
        | Event::SignedOut { .. }
        | Event::KeyMade { .. }
        | Event::ShiftSealed { .. }
        | Event::CorrectionSealed { .. }
        | Event::ShiftOpened { .. }
        | Event::DrawerLocked { .. }
        | Event::XPrinted
        | Event::OrderOpened { .. }
        | Event::LinesMoved { .. }
        | Event::OrderMerged { .. }
        | Event::FaceChanged { .. }
        | Event::OrderHanded { .. }
        | Event::Sent { .. }
        | Event::PaymentTaken { .. }
        | Event::ReportPrinted { .. }
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
        | Event::Verified { .. }
        | Event::Backend { .. } => return Vec::new(),
    };
    vec![one]
}

fn line(recorded: &Recorded, done: LineAct, before: Option<&Line>, after: Option<&Line>) -> Option<Act> {
    let act = |kind, line: &Line, reason: &str, amount| Act::of(recorded, kind).saying(&line.name, reason, amount);
    // What is done to a line is done to its components with it, and told once.
    if !before.or(after).is_none_or(Line::is_rung) {
        return None;
    }
    match (done, before, after) {
        (LineAct::Voided, Some(before), Some(after)) => voided(recorded, before, after),
        // A void that is undone is put back by the line as it was.
        (LineAct::Undone, Some(before), Some(after)) if before.void.is_some() && after.is_live() => {
            voided(recorded, after, before).map(Act::back)
        }
        (LineAct::Quantity, Some(before), Some(after)) if after.quantity < before.quantity => {
            Some(act(ActKind::Reduced, before, "", before.amount() - after.amount()))
        }
        (LineAct::Price, Some(before), Some(after)) => {
            let PriceFrom::Override { reason, .. } = &after.price_from else { return None };
            Some(act(ActKind::PriceChanged, after, reason, before.amount() - after.amount()))
        }
        (LineAct::Added, None, Some(after)) => {
            let PriceFrom::Override { reason, .. } = &after.price_from else { return None };
            Some(act(ActKind::PriceChanged, after, reason, after.quantity.times(after.menu_price - after.unit_price)))
        }
        _ => None,
    }
}

fn voided(recorded: &Recorded, before: &Line, after: &Line) -> Option<Act> {
    let void = after.void.as_ref()?;
    let kind = match (void.wasted, void.after_sending) {
        (true, _) => ActKind::Wasted,
        (false, true) => ActKind::VoidSent,
        (false, false) => ActKind::Void,
    };
    let act = Act::of(recorded, kind).saying(&before.name, &void.reason, before.amount());
    Some(Act { staff: Some(void.by), ..act })
}

/// Each discount of a sale, with what it took off.
fn discounts(recorded: &Recorded, sale: &Sale) -> Vec<Act> {
    let act = |discount: &Discount, what: &str, amount| {
        let kind = if discount.comp { ActKind::Comp } else { ActKind::Discount };
        let act = Act::of(recorded, kind).saying(what, &discount.reason, amount);
        Act { staff: Some(discount.by), ..act }
    };
    let mut acts = Vec::new();
    for (at, line) in sale.lines.iter().enumerate().filter(|(_, line)| line.is_rung()) {
        let part = with_components(&sale.lines, &sale.totals.lines, at);
        if let Some(discount) = line.discount.as_ref().filter(|_| !part.discount.is_zero()) {
            acts.push(act(discount, &line.name, part.discount));
        }
    }
    // Each takes its part of what those before it left; the last one has the rest, to the cent.
    let mut rest: Money = sale.totals.lines.iter().map(|part| part.order_discount).sum();
    let bears = sale.lines.iter().zip(&sale.totals.lines).filter(|(line, _)| !line.charge);
    let mut base: Money = bears.map(|(_, part)| part.gross - part.discount).sum();
    for (at, discount) in sale.discounts.iter().enumerate() {
        let last = at + 1 == sale.discounts.len();
        let off = if last { rest } else { taken_off(base, discount.kind, Rounding::HalfUp).min(rest) };
        (rest, base) = (rest - off, base - off);
        if !off.is_zero() {
            acts.push(act(discount, "The order", off));
        }
    }
    acts
}

/// What was counted at a close, right counts too: it takes all of them to tell steady ones.
fn counts(recorded: &Recorded, z: &Z) -> Vec<Act> {
    let act = |count: &crate::domain::shift::Count| Act {
        staff: Some(z.by),
        ..Act::of(recorded, ActKind::Counted).saying(&count.name, &z.comment, count.difference())
    };
    z.counts.iter().map(act).collect()
}
