//! Why something may not be done: expected, in plain words, with what to do instead. Not an error.

use crate::domain::ids::RegisterId;
use crate::domain::order_type::Asked;
use crate::domain::quantity::Quantity;
use crate::domain::staff::Permission;

/// Why a command was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("Nobody is signed in")]
    NotSignedIn,
    /// The person may not do this; another person's PIN can lift it in place.
    #[error("You may not {}", .0.words())]
    NeedsPermission(Permission),
    /// No shift is open.
    #[error("No shift is open on this register")]
    NoShift,
    /// A shift is open already.
    #[error("Shift {0} is open already")]
    ShiftIsOpen(u32),
    /// There is no catalogue to take back.
    #[error("No menu of the office is being sold from that could be taken back")]
    NoMenuBefore,
    /// Something was sold from the menu that is to be taken back.
    #[error("Register {0} has sold from this menu: close its shift first")]
    SoldFrom(RegisterId),
    /// An order is on screen.
    #[error("Order {0} is on screen: settle it or put it aside first")]
    OrderOnScreen(u32),
    /// A count is missing.
    #[error("{0} was not counted")]
    NotCounted(String),
    /// The count differs by more than the house lets pass without a word.
    #[error("{words}: say why in the comment")]
    NeedsComment {
        /// `Cash is 5.00 short`.
        words: String,
    },
    /// The code on a receipt is not one that this house gave.
    #[error("{0} is not the code of a receipt of this house")]
    NotOurReceipt(String),
    /// No sale fits what was looked for.
    #[error("No sale fits: try its receipt's number")]
    NoSuchSale,
    /// The store is older than its own second file says.
    #[error("{0}: nothing is sold until somebody who may goes on without it")]
    OlderStore(String),
    /// All of a sale was given back already.
    #[error("All of receipt {0} was given back already")]
    NothingLeftToRefund(u64),
    /// More is asked back than was sold.
    #[error("Only {left} of {name} can still be given back")]
    MoreThanSold {
        /// The item's name.
        name: String,
        /// How many.
        left: Quantity,
    },
    /// Nobody has less than no points.
    #[error("{name} has {have}: {scheme}; no more than that can be taken")]
    PointsBelowZero {
        /// What the customer is called.
        name: String,
        /// The scheme's name.
        scheme: String,
        /// How many they have.
        have: i64,
    },
    /// More points than anybody earns.
    #[error("Nobody has more than {0} points: look at what was typed")]
    TooManyPoints(i64),
    /// A line is asked back, and a dish of it besides.
    #[error("Give back {0}, or dishes of it: not both at once")]
    WholeAndPart(String),
    /// No tender can take the money back.
    #[error("No way to pay takes refunds: set `refundable` for one in tenders.toml")]
    NoWayBack,
    /// The tender takes no refunds.
    #[error("{0} takes no refunds: choose another way")]
    NotRefundable(String),
    /// The kitchen has the order.
    #[error("The kitchen has order {0}: ring what comes back on an order of its own")]
    WasSent(u32),
    /// A second person has to stand by.
    #[error("{0} needs a second person")]
    NeedsSecond(String),
    /// The drawer is somebody else's.
    #[error("This drawer is {0}'s alone")]
    DrawerOf(String),
    /// Another drawer cannot be lent to.
    #[error("Register {0} has no open shift to lend to")]
    NoSuchDrawer(u16),
    /// Open orders need a word.
    #[error("{0}: settle them, or hand them over with a word")]
    OpenOrders(String),
    /// There is no such cash move, or it was taken back already.
    #[error("There is no cash move {0} that can be taken back")]
    NoCashMove(u32),
    /// More cash is taken out than is there.
    #[error("Only {0} is in the drawer")]
    NotThatMuch(String),
    /// There is no order on screen.
    #[error("There is no order yet: sell something first, or bring one back")]
    NoOrder,
    /// The order has no lines.
    #[error("The order has no lines yet")]
    EmptyOrder,
    /// There is no such order any more.
    #[error("That order is no longer open")]
    OrderGone,
    /// Somebody else has the order on screen.
    #[error("{who} has order {number} open on register {register}")]
    HeldBy {
        /// Their name.
        who: String,
        /// The order's number.
        number: u32,
        /// The register they are on.
        register: u16,
    },
    /// There is no such line, or it was voided.
    #[error("There is no such line")]
    NoLine,
    /// The order is full.
    #[error("An order holds at most {0} lines: hold this one and open another")]
    TooManyLines(usize),
    /// What is made already would be made somewhere else.
    #[error("{0}: another place makes a part of it already; void it, and ring it anew")]
    MadeElsewhere(String),
    /// More was chosen of one item than anybody reads.
    #[error("One item holds at most {0} options: ring a second one")]
    TooManyOptions(usize),
    /// What is counted as a whole cannot be, once a payment was taken.
    #[error("{0} was paid already: take the payment back first, :take-back")]
    PartPaid(String),
    /// The order would come to no more than was paid of it.
    #[error("{0} was paid already, and no more would be due: take the payment back first, :take-back")]
    PaidMore(String),
    /// No item has this code.
    #[error("No item has the code {0}")]
    NoItem(String),
    /// The item is sold out.
    #[error("{0} is sold out; :sold-out says when there is more")]
    SoldOut(String),
    /// Fewer are left than were asked for.
    #[error("Only {left} of {name} left")]
    TooFewLeft {
        /// The item's name.
        name: String,
        /// How many.
        left: Quantity,
    },
    /// The item needs a typed price.
    #[error("{name} has an open price: type it first, from {min} to {max}")]
    NeedsPrice {
        /// The item's name.
        name: String,
        /// The least, as shown.
        min: String,
        /// The most, as shown.
        max: String,
    },
    /// The price is out of bounds.
    #[error("{name} sells from {min} to {max}")]
    PriceOutOfBounds {
        /// The item's name.
        name: String,
        /// The least, as shown.
        min: String,
        /// The most, as shown.
        max: String,
    },
    /// A price of zero or below.
    #[error("A price must be more than zero: to give it away, use a discount with its reason")]
    ZeroPrice,
    /// A quantity of zero.
    #[error("A quantity must be more than zero: to take a line off, void it")]
    ZeroQuantity,
    /// Only weighed items have broken quantities.
    #[error("{0} is sold by the piece: the quantity must be a whole number")]
    NotByWeight(String),
    /// The weight is missing.
    #[error("{0} is sold by weight: type it first, like 0.350*")]
    NeedsWeight(String),
    /// The container weighs more than what was on the scale.
    #[error("The weight is less than the container's {0} kg")]
    BelowTare(Quantity),
    /// More than a line can hold.
    #[error("{0} is more than one line can hold")]
    TooMuch(String),
    /// Choices must be made first.
    #[error("{group}: choose {need}")]
    NeedsChoice {
        /// The group's code.
        code: String,
        /// The group's name.
        group: String,
        /// How many, in words: `at least 1`.
        need: String,
    },
    /// The item has nothing to choose.
    #[error("{0} has nothing to choose")]
    NoModifiers(String),
    /// A discount that makes no sense.
    #[error("{0}")]
    BadDiscount(String),
    /// No promotion asks for this coupon.
    #[error("No promotion has the coupon {0}")]
    NoCoupon(String),
    /// There is no such promotion.
    #[error("There is no promotion {0}")]
    NoPromotion(String),
    /// The order bears no service charge.
    #[error("This order bears no service charge")]
    NoService,
    /// A reason is needed.
    #[error("A reason is needed")]
    NeedsReason,
    /// Nothing can be repeated.
    #[error("There is no round to repeat")]
    NothingToRepeat,
    /// Nothing can be undone.
    #[error("There is nothing left to undo: :void takes a line, :unsplit joins bills again")]
    NothingToUndo,
    /// There is no such order type.
    #[error("There is no order type {0}")]
    NoOrderType(String),
    /// There is no such table.
    #[error("There is no table {0}")]
    NoTable(String),
    /// Somebody sits there.
    #[error("Order {number} is at table {table} already")]
    TableTaken {
        /// The table.
        table: String,
        /// The number of the order there.
        number: u32,
    },
    /// The order cannot be divided like that.
    #[error("Nothing to divide: each bill needs a line, and something must stay")]
    NothingToSplit,
    /// Too few or too many bills.
    #[error("An order is divided into 2 to {0} bills")]
    SplitParts(u16),
    /// A line would be cut before the kitchen was told of it.
    #[error("Send it to the kitchen first, then divide it")]
    SendFirst,
    /// The order is whole.
    #[error("No other bill of this order is open")]
    NotDivided,
    /// What a line comes to is held.
    #[error("This order was divided, and its lines come to what they came to: :unsplit brings it together")]
    Divided,
    /// The same, and no other bill is open that it could be brought together with.
    #[error("What this line comes to was fixed when the order was divided or merged: void it and ring it anew")]
    FixedForGood,
    /// All of an order would move.
    #[error("That is all of it: bring order {0} to the screen, and :merge this one into it")]
    MovesAll(u32),
    /// A piece of a line moves, and its discount is an amount.
    #[error("{0} has a discount of its own: move all of it, or take the discount away")]
    MovesWhole(String),
    /// Marked lines are a bill of their own.
    #[error("Marked lines are paid in full; to pay a part, divide the order first")]
    MarkedInFull,
    /// Orders of different types bear different taxes.
    #[error("Order {0} is of another type: change that first")]
    OtherType(u32),
    /// The order has no table.
    #[error("The order has no table yet")]
    NotAtTable,
    /// There is no such person, or they no longer work here.
    #[error("That person does not work here")]
    NoStaff,
    /// There is no such tender.
    #[error("There is no tender {0}")]
    NoTender(String),
    /// The tender needs a reference.
    #[error("{tender} is not taken yet: type {what}, then Enter")]
    NeedsReference {
        /// The tender's name.
        tender: String,
        /// What it needs: `Approval code`.
        what: String,
    },
    /// The last four digits are not four digits.
    #[error("The last four are four digits, not {0}")]
    BadLastFour(String),
    /// There is no such customer.
    #[error("That customer is not known any more")]
    NoCustomer,
    /// The tender charges somebody's account.
    #[error("{0}: whose? Say who the order is for, then pay again")]
    NeedsCustomer(String),
    /// Nothing may be charged to this customer.
    #[error("{name} has no house account: :account gives one a limit")]
    NoCredit {
        /// What they are called.
        name: String,
    },
    /// They would owe too much.
    #[error("{name} owes {owes}, and can charge {left} more: type that first, or :account")]
    OverLimit {
        /// What they are called.
        name: String,
        /// What can still be charged, as shown.
        left: String,
        /// What is owed, as shown.
        owes: String,
    },
    /// No tender stands for house accounts.
    #[error("There are no house accounts: a tender with on_account = true sets them up")]
    NoAccounts,
    /// This tender is no money.
    #[error("{0} is not taken for that: take money")]
    NoMoney(String),
    /// Nobody knows whose order it is.
    #[error("Whose last time? Say who the order is for first")]
    WhoseLastTime,
    /// There is no such good.
    #[error("There is no good {0}: stock.toml lists them")]
    NoGood(String),
    /// Nothing was counted.
    #[error("Nothing was counted: type how much there is of at least one")]
    NothingCounted,
    /// No tender stands for deposits.
    #[error(
        "There are no deposits: a tender with deposit = true sets them up; one that is held is still used, or given back"
    )]
    NoDeposits,
    /// Nothing was paid beforehand on the order.
    #[error("No deposit is held on this order")]
    NoDeposit,
    /// A deposit is to be given back first.
    #[error("A deposit of {0} is held on it: give it back first, :deposit-back")]
    DepositHeld(String),
    /// An amount was typed where nothing is due any more.
    #[error("The deposit covers all of it: clear the amount, and the rest goes back")]
    DepositCovers,
    /// A tip goes with a payment, and the deposit is none of today's.
    #[error("The deposit pays no tip: take the tip off, and what goes back can be given")]
    DepositTip,
    /// No tender stands for vouchers.
    #[error("There are no vouchers: a tender with voucher = true sets them up")]
    NoVouchers,
    /// The text is no voucher's code.
    #[error("That is no voucher's code: look for a wrong letter")]
    NotAVoucher,
    /// No such voucher was sold.
    #[error("No voucher with that code was sold here")]
    NoVoucher,
    /// Nothing is left on it.
    #[error("Nothing is left on voucher {0}")]
    VoucherSpent(String),
    /// It is too old.
    #[error("The voucher was valid until {0}: choose another way to pay")]
    VoucherExpired(String),
    /// There is no such payment, or it was taken back already.
    #[error("No such payment on this account can be taken back")]
    NoPaymentOnAccount,
    /// There are no points here.
    #[error("There are no points: points.toml sets them up")]
    NoSchemes,
    /// There is no such scheme.
    #[error("There is no such scheme any more")]
    NoScheme,
    /// Somebody has not enough points.
    #[error("{name} has {have} of {at}: {scheme}")]
    TooFewPoints {
        /// What they are called.
        name: String,
        /// The scheme's name.
        scheme: String,
        /// How many they have.
        have: i64,
        /// How many it takes.
        at: u32,
    },
    /// Nothing on the order is what points are for.
    #[error("{0}: nothing on the order is free for that, or it has a discount already")]
    NothingForPoints(String),
    /// Points of somebody are used on the order.
    #[error("Points of {0} are used on this order: take that discount off first")]
    PointsOn(String),
    /// Somebody who is to be forgotten owes something, or is owed it.
    #[error("Their account stands at {0}: settle it first")]
    StillOwes(String),
    /// Somebody who is to be forgotten has an open order.
    #[error("Order {0} is theirs: settle it first, or take them off it")]
    CustomerHere(u32),
    /// Nothing is due.
    #[error("Nothing is due")]
    NothingDue,
    /// The order comes to nothing, and is settled without a payment.
    #[error("The order comes to {0}: there is nothing to pay")]
    NothingToPay(String),
    /// The kitchen knows everything already.
    #[error("Everything was sent already, or nothing of it is made at a station")]
    NothingToSend,
    /// The order's type asks for something.
    #[error("{order_type} needs {}", .asked.words())]
    Asks {
        /// The type's name.
        order_type: String,
        /// What is missing.
        asked: Asked,
    },
    /// The order's type wants a deposit first.
    #[error("{order_type} needs a deposit of {missing} first: type how much, then how")]
    NeedsDeposit {
        /// The type's name.
        order_type: String,
        /// How much is missing.
        missing: String,
    },
    /// What is left belongs to courses that wait.
    #[error("All else was sent; waiting to be fired: {0}")]
    CourseWaits(String),
    /// No course waits.
    #[error("No such course waits: all of it was fired, or nothing is in it")]
    NothingToFire,
    /// The course was fired already.
    #[error("{0}: fired already; void what is not to be made")]
    CourseFired(String),
    /// Nothing is in the course.
    #[error("Nothing of this order is in {0}")]
    NoCourse(String),
    /// The order is not free.
    #[error("{0} is to be paid")]
    NotFree(String),
    /// The tender gives no change.
    #[error("{tender} gives no change: at most {due} is due")]
    TooMuchTendered {
        /// The tender's name.
        tender: String,
        /// What is due, as shown.
        due: String,
    },
    /// An amount of zero or below.
    #[error("An amount must be more than zero")]
    ZeroAmount,
    /// The tip's shift is closed, or was another register's.
    #[error("Receipt {0} is not of the shift that is open here: its tip can't be changed any more")]
    TipTooLate(u64),
    /// The tender keeps no tips.
    #[error("{0} keeps no tips")]
    NoTips(String),
    /// The tip makes no sense.
    #[error("The tip is more than what was handed over")]
    BadTip,
    /// There is no such payment.
    #[error("There is no such payment on this order")]
    NoPayment,
    /// Something looks absurd; doing it again with a confirmation goes through.
    #[error("{question}")]
    Confirm {
        /// The question, with the figures in it.
        question: String,
    },
    /// The text holds a card number.
    #[error("That looks like a card number: card numbers are never kept here")]
    CardNumber,
    /// The text is empty.
    #[error("{0} must not be empty")]
    EmptyText(&'static str),
    /// The barcode belongs to something else.
    #[error("Barcode {barcode} belongs to {name}")]
    BarcodeTaken {
        /// The barcode.
        barcode: String,
        /// The item it belongs to.
        name: String,
    },
    /// The barcode is not one.
    #[error("{0}")]
    BadBarcode(String),
    /// Too many PINs were wrong.
    #[error("Too many wrong PINs: wait {} s", .wait_ms.div_euclid(1000) + 1)]
    LockedOut {
        /// How long, in milliseconds.
        wait_ms: i64,
    },
    /// There is no such sale.
    #[error("There is no receipt {0}")]
    NoReceipt(u64),
    /// The person is at work already.
    #[error("You are at work since {0}")]
    AtWork(String),
    /// The person has not clocked in.
    #[error("You have not clocked in")]
    NotAtWork,
    /// A correction that is none.
    #[error("Nothing would change")]
    NothingChanges,
    /// There is no such role.
    #[error("There is no role {0}")]
    NoRole(String),
    /// Somebody has that name.
    #[error("Somebody named {0} is there already: choose another name")]
    NameTaken(String),
    /// Nobody can let themselves go.
    #[error("Nobody can let themselves go, or give themselves another role")]
    NotOneself,
}
