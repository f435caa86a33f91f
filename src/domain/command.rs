//! What somebody wants done. A command names things as people do (a line, an item's code, an
//! amount); `decide` says whether it may be, and what then happened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::catalogue::{Amount, Availability};
use crate::domain::course::Firing;
use crate::domain::customer::{Person, Received};
use crate::domain::ids::{CustomerId, LineId, OrderId, PaymentId, RegisterId, SaleId, StaffId};
use crate::domain::menu_change::MenuChange;
use crate::domain::money::Money;
use crate::domain::order::{DiscountKind, Modifier};
use crate::domain::quantity::Quantity;
use crate::domain::refund::{Back, Found};
use crate::domain::sale::Sale;
use crate::domain::shift::{Anchor, CashKind, Pieces};
use crate::domain::split::{Marked, SplitBy};
use crate::domain::spool::JobAct;
use crate::domain::staff::Permission;
use crate::domain::staff::Staff;
use crate::domain::tender::Reference;
use crate::domain::time::Stamp;
use crate::domain::tip::Tipped;
use crate::domain::work::Work;

/// A choice from a modifier group, by its digit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// The group's code.
    pub group: String,
    /// Which asking of the group, where one list names it several times, from 0.
    #[serde(default)]
    pub turn: u16,
    /// The option's place, from 1.
    pub digit: u16,
    /// How much of it.
    pub amount: Amount,
    /// What was chosen of the groups that it opens.
    #[serde(default)]
    pub picks: Vec<Pick>,
}

impl Pick {
    /// Whether it is a choice from this asking of a group.
    pub fn answers(&self, group: &str, turn: u16) -> bool {
        self.group == group && self.turn == turn
    }

    /// Whether it opens the groups of its option: what is left out opens none.
    pub fn opens(&self) -> bool {
        self.amount != Amount::No
    }
}

impl From<&Modifier> for Pick {
    /// The choice alone, without what it opened.
    fn from(modifier: &Modifier) -> Self {
        let (group, turn, digit, amount) = (modifier.group.clone(), modifier.turn, modifier.digit, modifier.amount);
        Self { group, turn, digit, amount, picks: Vec::new() }
    }
}

/// How the price of a sale is given, if not by the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceGiven {
    /// The menu's.
    Menu,
    /// Typed by the cashier: the price of an open-price item, or an override.
    Typed(Money),
    /// Read from a barcode.
    Barcode(Money),
}

/// An item to be sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// The item's code.
    pub item: String,
    /// How many, or what the scale says (with its container); one piece when not said.
    pub quantity: Option<Quantity>,
    /// Whether the weight is without its container already: a label's, or one that was rung.
    #[serde(default)]
    pub net: bool,
    /// Its price.
    pub price: PriceGiven,
    /// What was chosen; `None` takes each group's defaults.
    pub picks: Option<Vec<Pick>>,
    /// Whether somebody has confirmed an absurd quantity or price.
    pub confirmed: bool,
}

/// What somebody wants done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the fields' names and types say it")]
pub enum Command {
    /// Sign in; the PIN was checked already.
    SignIn { staff: StaffId },
    /// A PIN was wrong.
    FailSignIn,
    /// A PIN that should have allowed this was wrong.
    FailOverride { permission: Permission },
    /// Sign out, or lock.
    SignOut { locked: bool },
    /// Leave the program.
    Quit,
    /// Open a shift with so much in the drawer.
    OpenShift { float: Money, pieces: Vec<Pieces> },
    /// Move cash without a sale.
    MoveCash { kind: CashKind, amount: Money, reason: String },
    /// Take back a cash move of this shift, by its number.
    UndoCash { number: u32, reason: String },
    /// Print what the shift has taken so far.
    PrintX,
    /// Count and close the shift: what was counted by tender, each in its own money, the notes and coins
    /// of the drawer, a comment, a word to whoever takes the open orders over, where the journal stands.
    CloseShift { counted: BTreeMap<String, Money>, pieces: Vec<Pieces>, comment: String, note: String, anchor: Anchor },
    /// Go on with a store that is older than its own second file says.
    AcceptHistory,
    /// Keep the drawer for whoever is at the till alone, or let it go again.
    LockDrawer { on: bool },
    /// Lend cash to another open drawer of the box.
    Lend { to: RegisterId, amount: Money, reason: String },
    /// Give money back for a sale. The session looks the sale up. Another way than it was paid, where one is named.
    Refund {
        register: RegisterId,
        receipt: u64,
        back: Back,
        reason: String,
        tender: Option<String>,
        #[serde(skip)]
        found: Option<Box<Found>>,
    },
    /// Give money back, without a receipt, for what is rung on screen.
    RefundOrder { reason: String, tender: Option<String> },

    /// Sell an item, opening an order if there is none.
    Ring(Ring),
    /// The same, with the weight that the register's scale says.
    RingWeighed(Ring),
    /// Set a line's quantity.
    SetQuantity { line: LineId, quantity: Quantity, confirmed: bool },
    /// Change a line's price.
    SetPrice { line: LineId, price: Money, reason: String, confirmed: bool },
    /// Set the note the kitchen sees; empty takes it away.
    SetKitchenNote { line: LineId, note: String },
    /// Set the note the customer sees; empty takes it away.
    SetCustomerNote { line: LineId, note: String },
    /// Choose a line's modifiers anew.
    SetModifiers { line: LineId, picks: Vec<Pick> },
    /// Give a line a discount, or take it away.
    DiscountLine { line: LineId, discount: Option<(DiscountKind, String)> },
    /// Give the order a discount, or take all away.
    DiscountOrder { discount: Option<(DiscountKind, String)> },
    /// Void a line: it was not made.
    VoidLine { line: LineId, reason: String },
    /// Write a line off: it was made or spoiled, and nobody pays it.
    WasteLine { line: LineId, reason: String },
    /// Give a line away, or every line: it was made, and is sold at nothing.
    Comp { line: Option<LineId>, reason: String },
    /// Hand in a coupon by its code; an empty one gives all back.
    AddCoupon { code: String },
    /// Say who the order is for, or that nobody knows.
    SetCustomer { customer: Option<CustomerId> },
    /// Say what nobody at the table may eat; empty takes it away.
    SetAllergies { text: String },
    /// Keep a person: a new customer, or one who is known already.
    SaveCustomer { known: Option<CustomerId>, person: Box<Person> },
    /// Forget who a customer was.
    ForgetCustomer { customer: CustomerId, confirmed: bool },
    /// Say how much a customer may owe.
    SetLimit { customer: CustomerId, limit: Option<Money> },
    /// Charge an open order to the house account of its customer, without bringing it on screen.
    ChargeAccount { order: OrderId },
    /// Take money on a house account.
    PayAccount { customer: CustomerId, tender: String, amount: Money, confirmed: bool },
    /// Take back a payment on an account; the session looks it up.
    TakeBackReceived {
        customer: CustomerId,
        payment: PaymentId,
        reason: String,
        #[serde(skip)]
        found: Option<Box<Received>>,
    },
    /// Take a deposit on the order on screen.
    TakeDeposit { tender: String, amount: Money },
    /// Give its deposit back without a sale.
    GiveDepositBack { reason: String },
    /// Use points of the order's customer for a reward: a free piece is taken of this line, if it can be.
    Redeem { scheme: String, line: Option<LineId> },
    /// Give somebody so many points of a scheme more, or take some, with a reason.
    CorrectPoints { customer: CustomerId, scheme: String, points: i64, reason: String },
    /// Sell a voucher.
    SellVoucher { tender: String, amount: Money },
    /// Give back in cash what is left on a voucher.
    PayOutVoucher { code: String, confirmed: bool },
    /// Take a delivery in, or write off what was thrown away.
    MoveStock { good: String, wasted: bool, quantity: Quantity, reason: String },
    /// Print a sheet to count goods on.
    PrintStockSheet,
    /// Set goods to what was counted.
    TakeStock { counted: BTreeMap<String, Quantity> },
    /// Print what a customer owes, and how it came to that; the session looks it up.
    PrintStatement { customer: CustomerId },
    /// Switch a promotion off at once, or on again.
    SwitchPromotion { code: String, on: bool },
    /// Take the service charge off the order, or put it back.
    SetService { on: bool, reason: String },
    /// Ring the last round again.
    RepeatRound,
    /// Ring what the order's customer had last; the session looks it up.
    AsLastTime {
        #[serde(skip)]
        found: Option<Box<Sale>>,
    },
    /// Undo the last step of the order on screen.
    Undo,

    /// Send to the kitchen what was not sent yet.
    Send,
    /// Put the order aside under a name.
    Hold { name: Option<String> },
    /// Bring an order back.
    Recall { order: OrderId },
    /// Give the order a name.
    Name { name: String },
    /// Change the order type.
    SetOrderType { order_type: String },
    /// Seat a new party at a table: an order is opened there. Beside: though somebody sits there.
    OpenTable { table: String, beside: bool },
    /// Move the order on screen to a table, or away from any. Beside: though somebody sits there.
    MoveTable { table: Option<String>, beside: bool },
    /// Join a free table to that of the order on screen, or let it go again.
    JoinTable { table: String },
    /// Say how many people there are.
    SetCovers { covers: Option<u16> },
    /// Say which seat a line is for.
    SetSeat { line: LineId, seat: Option<u8> },
    /// Write down how somebody is reached; nothing said stays as it is. The session keeps it beside the journal.
    SetContact { phone: Option<String>, address: Option<String> },
    /// Say when the order is fetched, or to be there.
    SetDue { at: Option<Stamp> },
    /// Say what the order may come to; none: as its type says.
    SetOrderLimit { limit: Option<Money> },
    /// Open a tab under a name.
    OpenTab { name: String },
    /// Put a line into another course; none: it waits for nothing.
    SetCourse { line: LineId, course: Option<u8> },
    /// Fire courses of the order on screen: they are to be made now.
    Fire { which: Firing },
    /// Hold a course of it back, or let it wait its turn again.
    HoldCourse { course: u8 },
    /// Give the order to somebody else, who serves it from now on.
    GiveTo { staff: StaffId },
    /// Divide the order on screen over several bills.
    Split { by: SplitBy },
    /// Pay these lines of it as a bill of their own, in full.
    PayLines { lines: Vec<Marked>, pay: Box<Command> },
    /// Bring the open bills of the order on screen together again.
    Unsplit,
    /// Move these lines of it into another open order: another table's, or another of its bills.
    MoveLines { lines: Vec<Marked>, to: OrderId },
    /// Move these lines of it to a table where nobody sits, as an order of their own.
    MoveLinesToTable { lines: Vec<Marked>, table: String },
    /// Share a line of it among all open bills of what was one order.
    ShareLine { line: LineId },
    /// Bring another order's lines into the one on screen.
    Merge { order: OrderId },
    /// Throw the order away.
    Abandon { reason: String },

    /// Take a payment. No amount: all that is due.
    Pay { tender: String, tendered: Option<Money>, tip: Money, reference: Reference, confirmed: bool },
    /// Change the tip on a payment of a sale that this register's open shift has settled; the session looks it up.
    AdjustTip {
        receipt: u64,
        payment: PaymentId,
        tip: Money,
        #[serde(skip)]
        found: Option<Box<Tipped>>,
    },
    /// Take back a payment of the open order.
    ReversePayment { payment: PaymentId, reason: String },
    /// Settle an order that comes to nothing.
    SettleFree,

    /// Print a bill before payment.
    PrintBill,
    /// Print a receipt again.
    Reprint { sale: SaleId, receipt: u64 },
    /// Decide over a print job that waits or that may not have come out.
    DecideJob { job: i64, act: JobAct, reason: String },
    /// Open the drawer without a sale.
    NoSale { reason: String },

    /// Sell again from the menu that this version of the backend's catalogue has replaced; `found` is what the
    /// store says would change.
    TakeMenuBack { version: u64, found: Option<Box<MenuChange>> },

    /// Clock in: whoever is signed in is at work from now on.
    ClockIn,
    /// Begin a break, or end it.
    Break,
    /// Clock out, with the cash tips that were kept.
    ClockOut { tips: Money },
    /// Correct somebody's time at work, from what was shown to what is right.
    CorrectWork { before: Box<Work>, after: Box<Work>, reason: String },

    /// Take somebody on; their PIN is set with it.
    Hire { name: String, role: String },
    /// Change somebody: name, role, whether they work here.
    ChangeStaff { staff: Staff },
    /// Give somebody a new PIN, which the session knows.
    SetPin { staff: StaffId },
    /// Give somebody a badge, which the session knows; other badges of theirs go on.
    BindBadge { staff: StaffId },
    /// Make all badges of somebody useless: one was lost.
    RevokeBadges { staff: StaffId },

    /// Look at a report, by its name and days in words; the session makes it.
    ViewReport { name: String, when: String },
    /// Print it.
    PrintReport { name: String, when: String },

    /// Bind a barcode to an item.
    BindBarcode { barcode: String, item: String },
    /// Mark an item sold out, counted, or free.
    SetAvailability { item: String, availability: Option<Availability> },
}
