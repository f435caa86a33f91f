//! Tips that are changed after the sale, when a slip is signed later; and who has them in the end.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{PaymentId, RegisterId, SaleId, StaffId};
use crate::domain::money::Money;
use crate::domain::rounding::share_out;
use crate::domain::sale::Sale;
use crate::domain::tender::Payment;
use crate::domain::time::Stamp;

/// Who has the tips of a business date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TipShare {
    /// Whoever served keeps what they were given.
    #[default]
    Kept,
    /// All of them together, by the time that each was at work.
    Hours,
    /// All of them together, the same for everybody who was at work.
    Equal,
}

/// The house's rules for tips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TipRules {
    /// Above so many per cent of what a slip paid, somebody who may has to allow a tip.
    pub ask_above_percent: Decimal,
    /// Who has them.
    pub share: TipShare,
    /// Codes of the roles that have a part where all tips are shared; every role when empty.
    pub roles: Vec<String>,
}

impl Default for TipRules {
    fn default() -> Self {
        Self { ask_above_percent: Decimal::from(30), share: TipShare::Kept, roles: Vec::new() }
    }
}

impl TipRules {
    /// Whether a tip on what was paid needs nobody else's word.
    pub fn allows(&self, tip: Money, paid: Money) -> bool {
        let share = Decimal::from(tip.minor()).saturating_mul(Decimal::ONE_HUNDRED);
        share <= self.ask_above_percent.saturating_mul(Decimal::from(paid.minor()))
    }
}

/// A tip that was changed after its sale was settled. The sale stays as it is: this says what its day and its people
/// are summed by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TipChange {
    /// The sale.
    pub sale: SaleId,
    /// Its receipt.
    pub receipt: u64,
    /// The payment that the tip is on.
    pub payment: PaymentId,
    /// The tender's code.
    pub tender: String,
    /// The tender's name.
    pub name: String,
    /// The tip before.
    pub before: Money,
    /// The tip now.
    pub after: Money,
    /// Where the sale was settled.
    pub register: RegisterId,
    /// Its business date.
    pub business_date: NaiveDate,
    /// When it was settled.
    pub completed: Stamp,
    /// Who settled it.
    pub staff: StaffId,
    /// Their name.
    pub staff_name: String,
    /// Whose order it was.
    pub server: StaffId,
    /// The code of its order type.
    pub order_type: String,
    /// Its table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Whether it is practice and counts nowhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub training: bool,
}

impl TipChange {
    /// What it adds to all tips; less than nothing where it takes off.
    pub fn more(&self) -> Money {
        self.after - self.before
    }
}

/// A settled sale with the tips of its payments as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tipped {
    /// The sale.
    pub sale: Sale,
    /// Tips that were changed since.
    pub changed: BTreeMap<PaymentId, Money>,
}

impl Tipped {
    /// The tip of a payment of it, as it stands.
    pub fn tip(&self, payment: &Payment) -> Money {
        self.changed.get(&payment.id).copied().unwrap_or(payment.tip)
    }

    /// The sale as it is told now: with the tips as they stand, and that much more handed over.
    pub fn as_it_stands(mut self) -> Sale {
        for payment in &mut self.sale.payments {
            let tip = self.changed.get(&payment.id).copied().unwrap_or(payment.tip);
            payment.tendered += tip - payment.tip;
            self.sale.tips += tip - payment.tip;
            payment.tip = tip;
        }
        self.sale
    }
}

/// Shares the tips of a day out, to the cent: by the minutes that each was at work, or the same for each. Where nobody
/// was, whoever served has what they were given.
pub fn shared(
    share: TipShare,
    taken: &BTreeMap<StaffId, Money>,
    worked_min: &BTreeMap<StaffId, i64>,
) -> BTreeMap<StaffId, Money> {
    let weight = |minutes: i64| match share {
        TipShare::Kept => 0,
        TipShare::Hours => minutes,
        TipShare::Equal => 1,
    };
    let weights: Vec<Money> = worked_min.values().map(|minutes| Money::from_minor(weight(*minutes))).collect();
    if !weights.iter().any(|weight| weight.is_positive()) {
        return taken.clone();
    }
    let all: Money = taken.values().sum();
    worked_min.keys().copied().zip(share_out(all, &weights, |at| at as u64)).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn people(amounts: &[i64]) -> BTreeMap<StaffId, i64> {
        (1..).zip(amounts).map(|(n, amount)| (StaffId(Uuid::from_u128(n)), *amount)).collect()
    }

    #[test]
    fn shares_come_to_the_whole_to_the_cent() {
        let check = |share, taken: &[i64], worked: &[i64], expected: &[i64]| {
            let taken = people(taken).into_iter().map(|(id, amount)| (id, Money::from_minor(amount))).collect();
            let got = shared(share, &taken, &people(worked));
            let got: Vec<i64> = got.values().map(|amount| amount.minor()).collect();
            assert_eq!(got, expected, "{share:?} {worked:?}");
            assert_eq!(got.iter().sum::<i64>(), taken.values().map(|amount| amount.minor()).sum::<i64>());
        };
        check(TipShare::Kept, &[1000, 1], &[480, 480], &[1000, 1]);
        check(TipShare::Hours, &[1000, 1], &[480, 240], &[667, 334]);
        check(TipShare::Equal, &[1000], &[480, 240, 1], &[334, 333, 333]);
        check(TipShare::Equal, &[0, 0], &[10, 10], &[0, 0]);
        // Nobody clocked in.
        check(TipShare::Hours, &[1000, 1], &[], &[1000, 1]);
        check(TipShare::Hours, &[1000, 1], &[0, 0], &[1000, 1]);
    }

    #[test]
    fn a_tip_above_the_limit_is_asked_about() {
        let rules = TipRules::default();
        let allows = |tip, paid| rules.allows(Money::from_minor(tip), Money::from_minor(paid));
        assert!(allows(300, 1000) && allows(0, 0) && !allows(301, 1000) && !allows(1, 0));
    }
}
