//! What dialogs ask for: a text, a reason, a choice from a list, and what choosing does.

use serde::{Deserialize, Serialize};

use crate::domain::command::{Command, Ring};
use crate::domain::ids::{CustomerId, LineId, PaymentId, RegisterId, StaffId};
use crate::domain::money::Money;
use crate::domain::order::DiscountKind;
use crate::domain::order_type::Asked;
use crate::domain::quantity::Quantity;
use crate::domain::refund::Back;
use crate::domain::shift::CashKind;
use crate::domain::work::Work;
use crate::ui::customers::{AccountAsk, CustomerFor, PaidOn};
use crate::ui::refund::Hit;
use crate::ui::stock::GoodFor;
use crate::ui::vouchers::{MoneyFor, VoucherAsk};

/// What a text is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// The name to hold the order under.
    HoldName,
    /// The order's name.
    OrderName,
    /// How many people there are.
    Covers,
    /// The seat that a line is for.
    Seat(LineId),
    /// Over how many bills the order is divided.
    SplitEvenly,
    /// The amount of a bill of its own.
    SplitAmount,
    /// Among how many bills a line is shared.
    SplitLine(LineId),
    /// A telephone number.
    Phone,
    /// Where the order is brought to.
    Address,
    /// When it is fetched.
    PickUp,
    /// What it may come to.
    Limit,
    /// What its type asks for, before this is done.
    Asked(Asked, Box<Command>),
    /// A note to the kitchen.
    KitchenNote(LineId),
    /// A note for the customer's receipt.
    CustomerNote(LineId),
    /// A line's new price.
    Price(LineId),
    /// A line's discount.
    LineDiscount(LineId),
    /// A discount on the whole order.
    OrderDiscount,
    /// What nobody at the table may eat.
    Allergies,
    /// Something about a customer's account.
    Account(CustomerId, AccountAsk),
    /// How many of a customer's points of a scheme are given or taken, and why: `+3 card was lost`.
    Points(CustomerId, String),
    /// A voucher's code, or what a new one is to be worth.
    Voucher(VoucherAsk),
    /// How much of a good.
    Stock(GoodFor, String),
    /// How much of a deposit is taken.
    Deposit,
    /// A coupon's code.
    Coupon,
    /// A tip.
    Tip,
    /// The float a shift begins with.
    Float,
    /// How much cash moves.
    CashAmount(CashKind),
    /// What it moves for.
    CashReason(CashKind, Money),
    /// The number of a cash move to take back.
    CashNumber,
    /// The register to lend cash to.
    LendTo,
    /// How much is lent to it.
    LendAmount(RegisterId),
    /// What it is lent for.
    LendReason(RegisterId, Money),
    /// A word about open orders to the next shift, before this is done.
    HandOver(Box<Command>),
    /// What a sale is found by, to give money back for it.
    RefundOf,
    /// The number of a receipt to print again.
    Receipt,
    /// How many are left of an item; empty for none.
    Left(String),
    /// The price of an open-price item.
    OpenPrice(Ring),
    /// The weight of a weighed item.
    Weight(Ring),
    /// A barcode to bind.
    Barcode,
    /// The days of the report with this name.
    Period(String),
    /// Cash tips, at clocking out.
    CashTips,
    /// The right times of this time at work.
    WorkTimes(Box<Work>),
    /// Why it is corrected: as it stood, and as it is right.
    WorkReason(Box<Work>, Box<Work>),
    /// The name of somebody who is taken on.
    StaffName,
}

/// What a reason is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// A line is voided.
    Void(LineId),
    /// A line gets another price.
    Price(LineId, Money),
    /// A line gets a discount.
    LineDiscount(LineId, DiscountKind),
    /// The order gets a discount.
    OrderDiscount(DiscountKind),
    /// A line is given away, or every line.
    Comp(Option<LineId>),
    /// A line is written off.
    Waste(LineId),
    /// So much of a good is thrown away.
    ThrowAway(String, Quantity),
    /// The service charge is taken off.
    Waive,
    /// The drawer is opened.
    NoSale,
    /// The order is thrown away.
    Abandon,
    /// A payment is taken back.
    TakeBack(PaymentId),
    /// A payment on somebody's account is taken back.
    TakeBackReceived(CustomerId, PaymentId),
    /// The order's deposit is given back.
    DepositBack,
    /// A print job is given up.
    Skip(i64),
    /// Money is given back for a sale.
    Refund {
        /// Where it was settled.
        register: RegisterId,
        /// Its receipt.
        receipt: u64,
        /// What comes back.
        back: Back,
        /// Another way than it was paid.
        tender: Option<String>,
    },
    /// Money is given back for what is rung, without a receipt.
    RefundOrder,
}

/// What a table is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableFor {
    /// To go there.
    Go,
    /// To move the order there.
    Move,
    /// To join it to the order's own.
    Join,
}

/// What is chosen from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum From {
    /// A reason.
    Reasons(Why),
    /// An open order, to bring it back.
    Orders,
    /// A tab, to go on with it or open one.
    Tabs,
    /// A table.
    Tables(TableFor),
    /// One of several orders at a table.
    AtTable(String),
    /// Who serves the order from now on.
    Servers,
    /// How the order is divided.
    Splits,
    /// An order, to merge it into the one on screen.
    Merge,
    /// An order that lines of the one on screen go to.
    MoveLines,
    /// An order, to charge it to the house account of its customer.
    ToAccount,
    /// An order type.
    OrderTypes,
    /// A customer.
    Customers(CustomerFor),
    /// What is done about a customer's account.
    AccountActs(CustomerId),
    /// A payment on a customer's account, to take it back: as they were looked up.
    Received(CustomerId, Vec<PaidOn>),
    /// How so much is paid that is for no sale.
    MoneyTenders(MoneyFor, Money),
    /// A scheme of points, to use them; and the line that a free piece is taken of.
    Schemes(Option<LineId>),
    /// A good.
    Goods(GoodFor),
    /// A promotion, to switch it off or on.
    Promotions,
    /// A payment, to take it back.
    Payments,
    /// An item, to bind this barcode to it.
    ItemsToBind(String),
    /// An item, to mark it sold out.
    ItemsToMark,
    /// A print job that waits, or one of the last.
    Jobs,
    /// What becomes of a print job.
    JobActs(i64),
    /// A report.
    Reports,
    /// A sale, to give money back for it.
    Sales(Vec<Hit>),
    /// Whether the menu before is sold from again.
    MenuBefore,
    /// A time at work, to correct it.
    Works,
    /// Somebody, to change them.
    Staff,
    /// What is changed about them.
    StaffActs(StaffId),
    /// The role they get.
    Roles(Whom),
}

/// Who gets a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whom {
    /// Somebody who works here.
    Known(StaffId),
    /// Somebody of this name, who is taken on.
    New(String),
}

/// What is only looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Show {
    /// How a line came to its price.
    Explain(LineId),
}

impl From {
    /// Whether letters and digits narrow the list; else a digit chooses at once.
    pub(super) fn narrows(&self) -> bool {
        match self {
            Self::Orders
            | Self::Customers(_)
            | Self::Tabs
            | Self::Goods(_)
            | Self::ItemsToBind(_)
            | Self::ItemsToMark
            | Self::Tables(_)
            | Self::Servers
            | Self::Reports
            | Self::Works
            | Self::Staff
            | Self::ToAccount
            | Self::MoveLines
            | Self::Merge => true,
            Self::Reasons(_)
            | Self::AtTable(_)
            | Self::Splits
            | Self::OrderTypes
            | Self::Payments
            | Self::Jobs
            | Self::JobActs(_)
            | Self::Promotions
            | Self::AccountActs(_)
            | Self::Received(..)
            | Self::Schemes(_)
            | Self::MoneyTenders(..)
            | Self::Sales(_)
            | Self::MenuBefore
            | Self::StaffActs(_)
            | Self::Roles(_) => false,
        }
    }
}

/// What choosing a row of a list does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Then {
    /// This.
    Do(Command),
    /// Ask on.
    Reason(Why),
    /// Ask for a text.
    Ask(Ask, String),
    /// Ask for a PIN or a badge.
    Secret(Command),
    /// Go to this table, or what else it was chosen for.
    Table(TableFor, String),
    /// Choose from another list.
    Choose(From),
    /// See who somebody is, or keep somebody new of this name.
    Person(Option<CustomerId>, String),
    /// Find what was paid on somebody's account.
    FindReceived(CustomerId),
    /// Find the sale with this receipt.
    FindSale(RegisterId, u64),
}
