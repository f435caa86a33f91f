//! The document of a closed shift.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{OrderId, RegisterId, StaffId};
use crate::domain::money::{Currency, Money};
use crate::domain::shift::{Count, Shift, Sums, Tally};
use crate::domain::time::Stamp;

/// Sums over the whole life of a register; training has its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grand {
    /// How many sales ever.
    pub sales: u64,
    /// What they came to.
    pub total: Money,
    /// How many refunds ever.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub refunds: u64,
    /// What they came to.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub refunded: Money,
}

fn is_nothing(count: &u64) -> bool {
    *count == 0
}

impl Grand {
    /// The sums after a shift.
    pub fn after(&self, sums: &Sums) -> Self {
        Self {
            sales: self.sales + u64::from(sums.sales),
            total: self.total + sums.total,
            refunds: self.refunds + u64::from(sums.refunds.count),
            refunded: self.refunded + sums.refunds.total,
        }
    }
}

/// Where the chain of the register's journal stood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The number of the last entry.
    pub entries: u64,
    /// Its hash, in hex.
    pub head: String,
    /// The hash of the entry of the Z before this one, in hex; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_z: Option<String>,
}

/// An open order that is handed to another shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The order.
    pub order: OrderId,
    /// Its number, and its name if it has one.
    pub title: String,
    /// What it comes to so far.
    pub total: Money,
    /// What was paid of it.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub paid: Money,
    /// What is held of a deposit on it.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub deposit: Money,
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
    /// Open orders that are handed to another shift.
    pub carried: Tally,
    /// Each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<Carried>,
    /// What was said to whoever takes them over.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
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
