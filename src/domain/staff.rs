//! People and what they may do. Denied by default; decided here, never on the screen.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::ids::StaffId;

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
    /// Take back a payment of an order that is still open.
    ReversePayment,
    /// Open the drawer without a sale.
    NoSale,
    /// Print a receipt again.
    Reprint,
    /// Go on with somebody else's order.
    TakeOver,
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
    /// Change menu, prices and configuration.
    ManageMenu,
    /// Add people, change roles, reset PINs.
    ManageStaff,
    /// Leave the program.
    Quit,
}

impl Permission {
    /// Every permission there is, for roles that hold all.
    pub const ALL: [Self; 20] = [
        Self::Sell,
        Self::VoidLine,
        Self::VoidSent,
        Self::AbandonOrder,
        Self::OverridePrice,
        Self::DiscountLine,
        Self::DiscountOrder,
        Self::ReversePayment,
        Self::NoSale,
        Self::Reprint,
        Self::TakeOver,
        Self::BindBarcode,
        Self::SetAvailability,
        Self::MoveCash,
        Self::OpenShift,
        Self::CloseShift,
        Self::Refund,
        Self::ManageMenu,
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
            Self::ReversePayment => "take back a payment",
            Self::NoSale => "open the drawer without a sale",
            Self::Reprint => "print a receipt again",
            Self::TakeOver => "take over an order",
            Self::BindBarcode => "bind a barcode",
            Self::SetAvailability => "mark items sold out",
            Self::MoveCash => "move cash",
            Self::OpenShift => "open a shift",
            Self::CloseShift => "close a shift",
            Self::Refund => "give a refund",
            Self::ManageMenu => "change the menu",
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
