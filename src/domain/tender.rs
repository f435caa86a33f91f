//! Ways to pay, as data, and payments taken.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::customer::Charged;
use crate::domain::ids::{PaymentId, RegisterId, ShiftId, StaffId};
use crate::domain::money::{Currency, Money};
use crate::domain::time::Stamp;
use crate::domain::voucher::Redeemed;

/// What a tender wants to know besides the amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceRule {
    /// Nothing.
    #[default]
    None,
    /// Asked when it is chosen from the list of tenders, not when its own key is pressed.
    Optional,
    /// Always asked; not taken without.
    Required,
}

/// Foreign cash: its currency and what one of its units is worth here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// Whose money it is.
    pub currency: Currency,
    /// Units of the till's currency for one unit of the foreign one.
    pub rate: Decimal,
}

/// A way to pay. What it can do is data; nothing asks for its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tender {
    /// Its code in the books: `cash`.
    pub code: String,
    /// Its name on screen and paper.
    pub name: String,
    /// Whether too much is given back from the drawer.
    #[serde(default)]
    pub gives_change: bool,
    /// Whether too much may be kept as a tip. Without this and `gives_change`, too much is refused.
    #[serde(default)]
    pub over_as_tip: bool,
    /// Whether a refund may go back this way.
    #[serde(default)]
    pub refundable: bool,
    /// Whether taking it opens the drawer.
    #[serde(default)]
    pub opens_drawer: bool,
    /// Whether it is counted when the shift closes.
    #[serde(default)]
    pub counted: bool,
    /// Whether what it settles is rounded as cash is.
    #[serde(default)]
    pub rounds: bool,
    /// What it wants to know besides the amount.
    #[serde(default)]
    pub reference: ReferenceRule,
    /// What the question for the reference is called: `Approval code`, `Account`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_name: Option<String>,
    /// Whether the last four digits of a card are asked for as well.
    #[serde(default)]
    pub last_four: bool,
    /// Whether what it settles is owed from then on, on the house account of the order's customer.
    #[serde(default)]
    pub on_account: bool,
    /// Whether it is the house's own vouchers: its reference is a voucher's code, and it takes no more than is left.
    #[serde(default)]
    pub voucher: bool,
    /// Whether it is what was paid beforehand on an order: it takes no more than that.
    #[serde(default)]
    pub deposit: bool,
    /// For so many months from their sale vouchers are taken; 0: always.
    #[serde(default)]
    pub voucher_months: u32,
    /// Foreign cash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Foreign>,
}

impl Tender {
    /// What stands for deposits where the house has no tender for them any more; as the samples have it.
    pub fn of_deposits() -> Self {
        Self {
            code: "deposit".to_owned(),
            name: "Deposit".to_owned(),
            gives_change: false,
            over_as_tip: false,
            refundable: false,
            opens_drawer: false,
            counted: false,
            rounds: false,
            reference: ReferenceRule::None,
            reference_name: None,
            last_four: false,
            on_account: false,
            voucher: false,
            deposit: true,
            voucher_months: 0,
            foreign: None,
        }
    }
}

/// What was noted of a payment: never a card number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Approval code, voucher number, account: whatever the tender asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The last four digits of the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_four: Option<String>,
}

/// A payment, or one part of a split tender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The tender's code.
    pub tender: String,
    /// The tender's name when it was taken.
    pub name: String,
    /// What it settles of the order's total (with its rounding): `tendered − change − tip`.
    pub amount: Money,
    /// What was handed over, in the till's currency.
    pub tendered: Money,
    /// What was given back.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub change: Money,
    /// What was kept as a tip.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub tip: Money,
    /// What cash rounding added to the total (negative: took off it) when this payment settled it.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub rounding: Money,
    /// For foreign cash: what was handed over in its own currency, and the rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<ForeignTendered>,
    /// What was noted.
    #[serde(default)]
    pub reference: Reference,
    /// The house account that it was charged to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charged: Option<Charged>,
    /// The voucher that it used, or that it went back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<Redeemed>,
    /// Whether it was paid beforehand: by the order's deposit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deposit: bool,
    /// Whether taking it opens the drawer.
    #[serde(default)]
    pub opens_drawer: bool,
    /// Who took it.
    pub staff: StaffId,
    /// Where.
    pub register: RegisterId,
    /// In which shift.
    pub shift: ShiftId,
    /// When.
    pub at: Stamp,
}

/// Foreign cash as it was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignTendered {
    /// Whose money.
    pub currency: Currency,
    /// How much of it, in its own minor units.
    pub amount: Money,
    /// Units of the till's currency for one of its units.
    pub rate: Decimal,
}
