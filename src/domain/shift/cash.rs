//! Cash that moves without a sale, and cash that is counted.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{RegisterId, ShiftId, StaffId};
use crate::domain::money::{Currency, Money};
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
    /// Lent to another drawer of the box.
    Lent,
    /// Borrowed from another drawer of the box.
    Borrowed,
}

impl CashKind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::PaidIn, Self::PaidOut, Self::Drop, Self::TipOut, Self::Lent, Self::Borrowed];

    /// Its name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::PaidIn => "Paid in",
            Self::PaidOut => "Paid out",
            Self::Drop => "Drop to safe",
            Self::TipOut => "Tips paid out",
            Self::Lent => "Lent to another drawer",
            Self::Borrowed => "Borrowed from a drawer",
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
    /// Of a loan: the other drawer, and the number of the move there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<OtherDrawer>,
}

/// The other drawer of a loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherDrawer {
    /// Its register.
    pub register: RegisterId,
    /// Its shift.
    pub shift: ShiftId,
    /// The number of the move in that shift.
    pub number: u32,
}

/// So many of one note or coin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    /// What one is worth.
    pub of: Money,
    /// How many.
    pub count: u32,
}

impl CashMove {
    /// What it adds to the drawer; less than nothing where it takes out.
    pub fn effect(&self) -> Money {
        let effect = match self.kind {
            CashKind::PaidIn | CashKind::Borrowed => self.amount,
            CashKind::PaidOut | CashKind::Drop | CashKind::TipOut | CashKind::Lent => -self.amount,
        };
        if self.undoes.is_some() { -effect } else { effect }
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
    /// The notes and coins, where they were counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<Pieces>,
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
