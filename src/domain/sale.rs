//! A settled order: one self-contained document that never changes.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{CustomerId, OrderId, RegisterId, SaleId, ShiftId, StaffId};
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Discount, Line};
use crate::domain::points::Earned;
use crate::domain::tender::Payment;
use crate::domain::time::Stamp;

/// What a line came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTotals {
    /// `quantity × (price + modifiers)`.
    pub gross: Money,
    /// The line's own discount, and what promotions took off it.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub discount: Money,
    /// Its share of the discounts on the whole order.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub order_discount: Money,
    /// Without any tax.
    pub net: Money,
    /// Taxes, in the order of the line's list of taxes. Rounded per line even where the document
    /// rounds once: then they are the line's share of the document's tax.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Money>,
    /// What is to be paid for the line: net and all its taxes.
    pub total: Money,
}

impl LineTotals {
    /// The price after discounts, at the shelf: with the taxes that it holds, without those that are added.
    pub fn after_discounts(&self) -> Money {
        self.gross - self.discount - self.order_discount
    }
}

/// What one tax came to over a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxTotal {
    /// The tax's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its rate in per cent; none for a fixed amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Decimal>,
    /// Whether the shelf prices held it.
    pub included: bool,
    /// What it was counted on.
    pub base: Money,
    /// The tax.
    pub amount: Money,
}

/// What a document came to. `net + Σ taxes = total`, and `Σ lines.total = total`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Each line's part, in the order of the lines given (voided lines have zeros).
    pub lines: Vec<LineTotals>,
    /// Sum of the lines before any discount.
    pub gross: Money,
    /// All discounts.
    pub discount: Money,
    /// Without any tax.
    pub net: Money,
    /// By tax, in the order of code.
    pub taxes: Vec<TaxTotal>,
    /// To be paid, before cash rounding and tips.
    pub total: Money,
}

/// A sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// Its id.
    pub id: SaleId,
    /// The order it settles.
    pub order: OrderId,
    /// The order's short number.
    pub number: u32,
    /// Which of several bills of that order it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
    /// Its receipt number: gap-free on its register.
    pub receipt: u64,
    /// Where it was settled.
    pub register: RegisterId,
    /// In which shift.
    pub shift: ShiftId,
    /// The business date.
    pub business_date: NaiveDate,
    /// When the order was opened.
    pub opened: Stamp,
    /// When it was settled.
    pub completed: Stamp,
    /// Who settled it.
    pub staff: StaffId,
    /// The name of who settled it, as the receipt shows it.
    pub staff_name: String,
    /// Whose order it was.
    pub server: StaffId,
    /// Their name, as the receipt shows it beside the table.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server_name: String,
    /// The code of the order type.
    pub order_type: String,
    /// The name it was held under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who it was for, where they were known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// The table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// How many people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<u16>,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// Its lines, voided ones too.
    pub lines: Vec<Line>,
    /// Discounts on the whole order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// What it came to.
    pub totals: Totals,
    /// How it was paid.
    pub payments: Vec<Payment>,
    /// What cash rounding added (negative: took off).
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub rounding: Money,
    /// What was given back.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub change: Money,
    /// What was kept as tips.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub tips: Money,
    /// What it did to the points of its customer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Earned>,
    /// What of a deposit was given back when it was settled, in entries of its own.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub deposit_back: Money,
    /// Whether it was taken in from an earlier till.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    /// Whether it is practice and counts nowhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub training: bool,
}

impl Sale {
    /// The order's number; of one of several bills, with the bill's: `12/2`.
    pub fn label(&self) -> String {
        match self.part {
            Some(part) => format!("{}/{part}", self.number),
            None => self.number.to_string(),
        }
    }
}
