//! People and what they may do. Denied by default; decided here, never on the screen.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::ids::StaffId;
use crate::domain::money::Money;
use crate::domain::order::DiscountKind;

/// One thing that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Ring and take payment.
    Sell,
    /// Void a line that nobody has begun to make.
    VoidLine,
    /// Void a line after it went to the kitchen.
    VoidSent,
    /// Throw away a whole order.
    AbandonOrder,
    /// Sell at a price that is not the menu's.
    OverridePrice,
    /// Take a discount off one line.
    DiscountLine,
    /// Take a discount off a whole order.
    DiscountOrder,
    /// Give a discount above what the role is limited to.
    DiscountOverLimit,
    /// Give away what was made.
    Comp,
    /// Write off what was made or spoiled.
    Waste,
    /// Take the service charge off an order.
    WaiveService,
    /// Keep customers: who they are, and how to reach them.
    Customers,
    /// Forget who a customer was.
    ForgetCustomers,
    /// Say how much customers may owe.
    HouseAccounts,
    /// Take deliveries in, and count what is in stock.
    Stock,
    /// Correct somebody's points by hand.
    CorrectPoints,
    /// Switch promotions off, and on again.
    SwitchPromotion,
    /// Take back a payment of an order that is still open.
    ReversePayment,
    /// Change a tip after the sale.
    AdjustTips,
    /// Change a tip to more than the house's limit.
    TipOverLimit,
    /// Type a weight where a scale is there to say it.
    TypeWeight,
    /// Open the drawer without a sale.
    NoSale,
    /// Print a receipt again.
    Reprint,
    /// Decide over print jobs: print again, skip, send elsewhere.
    Spool,
    /// Go on with somebody else's order.
    TakeOver,
    /// Let an order come to more than its limit.
    ExceedLimit,
    /// Bind an unknown barcode to an item.
    BindBarcode,
    /// Mark an item sold out, or count it down.
    SetAvailability,
    /// Pay money in or out, drop to the safe.
    MoveCash,
    /// Open a shift.
    OpenShift,
    /// Count and close a shift, print X and Z.
    CloseShift,
    /// Give money back for a sale that is settled.
    Refund,
    /// Give money back without a receipt, or another way than it was paid.
    RefundFreely,
    /// See what should be in the drawer while it is counted blind.
    SeeExpected,
    /// Take money where the drawer is another person's.
    UseAnyDrawer,
    /// Sell on after the store was found older than its own records say.
    AcceptHistory,
    /// Change menu, prices and configuration.
    ManageMenu,
    /// Look at reports, and print them.
    ViewReports,
    /// Add people, change roles, reset PINs.
    ManageStaff,
    /// Leave the program.
    Quit,
}

impl Permission {
    /// Every permission there is, for roles that hold all.
    pub const ALL: &[Self] = &[
        Self::Sell,
        Self::VoidLine,
        Self::VoidSent,
        Self::AbandonOrder,
        Self::OverridePrice,
        Self::DiscountLine,
        Self::DiscountOrder,
        Self::DiscountOverLimit,
        Self::Comp,
        Self::Waste,
        Self::WaiveService,
        Self::Customers,
        Self::ForgetCustomers,
        Self::HouseAccounts,
        Self::Stock,
        Self::CorrectPoints,
        Self::SwitchPromotion,
        Self::ReversePayment,
        Self::AdjustTips,
        Self::TipOverLimit,
        Self::TypeWeight,
        Self::NoSale,
        Self::Reprint,
        Self::Spool,
        Self::TakeOver,
        Self::ExceedLimit,
        Self::BindBarcode,
        Self::SetAvailability,
        Self::MoveCash,
        Self::OpenShift,
        Self::CloseShift,
        Self::Refund,
        Self::RefundFreely,
        Self::SeeExpected,
        Self::UseAnyDrawer,
        Self::AcceptHistory,
        Self::ManageMenu,
        Self::ViewReports,
        Self::ManageStaff,
        Self::Quit,
    ];

    /// What it allows, to complete "… needs somebody who may …".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Sell => "sell",
            Self::VoidLine => "void a line",
            Self::VoidSent => "void a line that was sent",
            Self::AbandonOrder => "throw away an order",
            Self::OverridePrice => "change a price",
            Self::DiscountLine => "give a discount on a line",
            Self::DiscountOrder => "give a discount on an order",
            Self::DiscountOverLimit => "give a discount as high as that",
            Self::Comp => "give away what was made",
            Self::Waste => "write off what was made or spoiled",
            Self::Customers => "keep customers",
            Self::ForgetCustomers => "forget customers",
            Self::HouseAccounts => "say how much customers may owe",
            Self::Stock => "take deliveries in and count stock",
            Self::CorrectPoints => "correct points by hand",
            Self::SwitchPromotion => "switch promotions off and on",
            Self::WaiveService => "take the service charge off",
            Self::ReversePayment => "take back a payment",
            Self::AdjustTips => "change a tip after the sale",
            Self::TipOverLimit => "take a tip as high as that",
            Self::TypeWeight => "type a weight",
            Self::NoSale => "open the drawer without a sale",
            Self::Reprint => "print a receipt again",
            Self::Spool => "decide over print jobs",
            Self::TakeOver => "take over an order",
            Self::ExceedLimit => "let an order go beyond its limit",
            Self::BindBarcode => "bind a barcode",
            Self::SetAvailability => "mark items sold out",
            Self::MoveCash => "move cash",
            Self::OpenShift => "open a shift",
            Self::CloseShift => "close a shift",
            Self::Refund => "give a refund",
            Self::RefundFreely => "give a refund without a receipt, or another way",
            Self::SeeExpected => "see what should be in the drawer",
            Self::UseAnyDrawer => "use somebody else's drawer",
            Self::AcceptHistory => "go on with an older store",
            Self::ManageMenu => "change the menu",
            Self::ViewReports => "see reports",
            Self::ManageStaff => "manage staff",
            Self::Quit => "leave the program",
        }
    }
}

/// A named set of permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its code in `roles.toml` and with each person: `cashier`.
    pub code: String,
    /// Its name on screen.
    pub name: String,
    /// What it allows.
    pub may: BTreeSet<Permission>,
    /// How much one discount may take off without [`Permission::DiscountOverLimit`].
    #[serde(default)]
    pub limit: DiscountLimit,
}

/// The most that one discount may take off; what is not said is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountLimit {
    /// In per cent of what it is taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Decimal>,
    /// In money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

impl DiscountLimit {
    /// Whether such a discount, which takes so much off so much, is within it. The cent that a percentage is rounded up
    /// by is.
    pub fn allows(&self, kind: DiscountKind, off: Money, from: Money) -> bool {
        let share = || Decimal::from(off.minor()).saturating_mul(Decimal::ONE_HUNDRED);
        let within = |most: Decimal| match kind {
            DiscountKind::Percent(percent) => percent <= most,
            DiscountKind::Amount(_) | DiscountKind::Price(_) => {
                share() <= most.saturating_mul(Decimal::from(from.minor()))
            }
        };
        self.percent.is_none_or(within) && self.amount.is_none_or(|most| off <= most)
    }
}

/// A member of staff. PINs are kept elsewhere, and never here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// The name on receipts and in lists.
    pub name: String,
    /// The code of a role.
    pub role: String,
    /// Whether the person still works here.
    pub active: bool,
}
