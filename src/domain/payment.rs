//! The arithmetic of a tender: what is due, and what a payment settles, gives back and keeps.
//! Whether it may be taken at all is decided elsewhere.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::money::{Currency, Money};
use crate::domain::order::Order;
use crate::domain::rounding::to_multiple;
use crate::domain::sale::Totals;
use crate::domain::settings::Settings;
use crate::domain::tender::{Foreign, ForeignTendered, Tender};

/// What is still to be paid, if this tender settles it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// To the cent: what part payments count against.
    pub exact: Money,
    /// What cash rounding adds (negative: takes off) when this tender settles the rest.
    pub rounding: Money,
    /// `exact + rounding`: what settles the order.
    pub to_pay: Money,
}

/// What a payment does, ready to be written down as a [`crate::domain::tender::Payment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What it settles, with its rounding: `tendered − change − tip`.
    pub amount: Money,
    /// What was handed over, in the till's currency.
    pub tendered: Money,
    /// What is given back, in the till's currency.
    pub change: Money,
    /// What is kept as a tip.
    pub tip: Money,
    /// What cash rounding added.
    pub rounding: Money,
    /// For foreign cash: what was handed over.
    pub foreign: Option<ForeignTendered>,
    /// Whether nothing is due any more.
    pub settles: bool,
}

/// Why an amount cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentProblem {
    /// Nothing is due.
    NothingDue,
    /// The amount is zero or less, or so little foreign money that it is worth nothing here.
    ZeroAmount,
    /// The tip is less than nothing.
    NegativeTip,
    /// The tip leaves nothing of the amount for the order.
    TipTooLarge,
    /// The tender neither gives change nor keeps tips; this is the most it takes.
    TooMuch(Money),
}

/// What is due with this tender, once the order's deposit is used. Only a tender that `rounds` is rounded, and only the rest that it
/// would settle.
pub fn due(order: &Order, totals: &Totals, settings: &Settings, tender: &Tender) -> Due {
    let exact = if tender.deposit { order.owed(totals.total) } else { order.due(totals.total) };
    let to_pay = match settings.cash_rounding {
        Some(cash) if tender.rounds => to_multiple(exact, cash.step, cash.rounding),
        Some(_) | None => exact,
    };
    Due { exact, rounding: to_pay - exact, to_pay }
}

/// What a payment does. `tendered` is in the tender's own currency; none stands for exactly what is
/// due and the tip. `tip` and everything else is in the till's currency, `home`.
///
/// Less than is due is a part payment, and nothing is rounded. Anything from the exact to the
/// rounded amount settles the order as it is. More goes back as change, else becomes a tip, else is
/// refused.
///
/// # Errors
/// [`PaymentProblem`] when the amount makes no sense or is more than the tender takes.
pub fn take(
    tender: &Tender,
    due: &Due,
    tendered: Option<Money>,
    tip: Money,
    home: Currency,
) -> Result<Taken, PaymentProblem> {
    if !due.exact.is_positive() {
        return Err(PaymentProblem::NothingDue);
    }
    if tip.is_negative() {
        return Err(PaymentProblem::NegativeTip);
    }
    let asked = due.to_pay + tip;
    let (tendered, foreign) = match tender.foreign {
        None => (tendered.map_or(Ok(asked), positive)?, None),
        Some(rate) => {
            let exactly = to_foreign(asked, rate, home);
            let amount = tendered.map_or(Ok(exactly), positive)?;
            // Its next higher coin covers what is asked; the rest of that coin is no change.
            let worth = if amount == exactly { asked } else { positive(from_foreign(amount, rate, home))? };
            (worth, Some(ForeignTendered { currency: rate.currency, amount, rate: rate.rate }))
        }
    };
    let part = Taken {
        amount: tendered - tip,
        tendered,
        change: Money::ZERO,
        tip,
        rounding: Money::ZERO,
        foreign,
        settles: false,
    };
    if part.amount > due.exact.max(due.to_pay) {
        let (change, tip) = over(tender, due, tip, part.amount - due.to_pay)?;
        return Ok(Taken { amount: due.to_pay, change, tip, rounding: due.rounding, settles: true, ..part });
    }
    // Enough to the cent, or enough as rounded: both settle it, and so does anything between. It
    // may be nothing, where rounding takes off all of a few cents.
    if part.amount >= due.exact.min(due.to_pay) {
        return Ok(Taken { rounding: part.amount - due.exact, settles: true, ..part });
    }
    if part.amount.is_positive() { Ok(part) } else { Err(PaymentProblem::TipTooLarge) }
}

/// Where too much goes: the change and the tip.
fn over(tender: &Tender, due: &Due, tip: Money, excess: Money) -> Result<(Money, Money), PaymentProblem> {
    if tender.gives_change {
        Ok((excess, tip))
    } else if tender.over_as_tip {
        Ok((Money::ZERO, tip + excess))
    } else {
        Err(PaymentProblem::TooMuch(due.to_pay + tip))
    }
}

fn positive(amount: Money) -> Result<Money, PaymentProblem> {
    if amount.is_positive() { Ok(amount) } else { Err(PaymentProblem::ZeroAmount) }
}

/// What foreign money is worth here: a half goes up.
pub fn from_foreign(amount: Money, foreign: Foreign, home: Currency) -> Money {
    let worth = Decimal::from(amount.minor())
        .saturating_mul(foreign.rate)
        .saturating_mul(home.minor_per_unit().into())
        .checked_div(foreign.currency.minor_per_unit().into());
    whole(worth.unwrap_or_default(), RoundingStrategy::MidpointAwayFromZero)
}

/// How much foreign money covers an amount: to the next higher of its minor units.
pub fn to_foreign(amount: Money, foreign: Foreign, home: Currency) -> Money {
    let needed = Decimal::from(amount.minor())
        .saturating_mul(foreign.currency.minor_per_unit().into())
        .checked_div(foreign.rate.saturating_mul(home.minor_per_unit().into()));
    whole(needed.unwrap_or_default(), RoundingStrategy::AwayFromZero)
}

fn whole(amount: Decimal, strategy: RoundingStrategy) -> Money {
    let rounded = amount.round_dp_with_strategy(0, strategy);
    Money::from_minor(rounded.to_i64().unwrap_or(if rounded.is_sign_negative() { -i64::MAX } else { i64::MAX }))
}
