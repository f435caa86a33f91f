//! What happened. Every act is an event, every event is a journal entry, and an event holds all
//! that is needed to fold it: nothing is looked up in a menu or a configuration that may change.

use serde::{Deserialize, Serialize};

use crate::domain::catalogue::Availability;
use crate::domain::customer::{CustomerAct, Received};
use crate::domain::enrolment::BackendAct;
use crate::domain::ids::{BoxId, CustomerId, OrderId, RegisterId, SaleId, ShiftId, StaffId};
use crate::domain::kitchen::{Head, Ticket};
use crate::domain::menu_change::{CatalogueAct, MenuChange};
use crate::domain::order::{Face, Holder, Line, Order};
use crate::domain::refund::Refund;
use crate::domain::sale::Sale;
use crate::domain::shift::{CashMove, Shift, Z};
use crate::domain::split::Part;
use crate::domain::spool::JobAct;
use crate::domain::staff::{Permission, Staff};
use crate::domain::stock::StockMove;
use crate::domain::tender::Payment;
use crate::domain::time::Stamp;
use crate::domain::tip::TipChange;
use crate::domain::work::{Work, WorkAct};

pub use crate::domain::order_act::{FaceAct, HandAct, LineAct, LinesAct};
pub use crate::domain::recorded::Recorded;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// The store was made.
    StoreMade {
        /// The box's id.
        box_id: BoxId,
        /// The business's name.
        name: String,
    },
    /// A session began.
    Started {
        /// SHA-256 of the configuration files it runs on, in hex: another than the last one's says
        /// that the configuration was changed.
        config: String,
    },
    /// A session ended in order.
    Stopped,
    /// Another version of the program, or of the store, is at work from here on.
    Upgraded {
        /// The version before.
        from: u32,
        /// The version now.
        to: u32,
    },
    /// The clock went back, or jumped.
    ClockJumped {
        /// The last time recorded.
        from: Stamp,
        /// The time now.
        to: Stamp,
    },
    /// Something does not work as it should, and selling goes on (or not).
    Degraded {
        /// What, in words.
        what: String,
    },

    /// Somebody was added or changed.
    StaffChanged {
        /// As the person is now.
        staff: Staff,
    },
    /// Somebody has a new PIN.
    PinSet {
        /// Who.
        staff: StaffId,
    },
    /// Somebody has a badge. What it says is nowhere in the journal.
    BadgeBound {
        /// Who.
        staff: StaffId,
    },
    /// Somebody's badges open nothing any more.
    BadgesRevoked {
        /// Who.
        staff: StaffId,
    },
    /// Somebody clocked in or out, took a break, or had their time corrected.
    WorkChanged {
        /// What happened.
        act: WorkAct,
        /// As it stood before; none when it began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Box<Work>>,
        /// As it stands now.
        after: Box<Work>,
        /// Why it was corrected.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Somebody signed in.
    SignedIn {
        /// Who.
        staff: StaffId,
    },
    /// A PIN was wrong.
    SignInFailed {
        /// How many in a row on this register.
        failures: u32,
    },
    /// Somebody signed out, or the till locked.
    SignedOut {
        /// Who.
        staff: StaffId,
        /// Whether the till locked by itself.
        locked: bool,
    },
    /// A second person's PIN was asked for, and the one typed was nobody's, or not of somebody who may.
    OverrideFailed {
        /// What should have been allowed.
        permission: Permission,
        /// How many in a row on this register.
        failures: u32,
    },
    /// A second person lifted a refusal in place.
    Overridden {
        /// What was allowed.
        permission: Permission,
        /// Who asked for it.
        staff: StaffId,
        /// Who allowed it.
        by: StaffId,
    },

    /// A shift was opened.
    ShiftOpened {
        /// The shift.
        shift: Box<Shift>,
    },

    /// Cash moved without a sale.
    CashMoved {
        /// The move.
        cash: CashMove,
        /// Set when it is in another drawer than that of the session: its register and shift.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        there: Option<(RegisterId, ShiftId)>,
    },
    /// Money was given back for a sale that is settled, or without a receipt.
    Refunded {
        /// The version that this makes of the order that was rung for it, where there was no receipt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
        /// The refund, whole.
        refund: Box<Refund>,
    },
    /// The drawer is one person's alone from here on, or everybody's again.
    DrawerLocked {
        /// Whose it is; none when it was let go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<StaffId>,
    },
    /// The drawer's sums were looked at without closing.
    XPrinted,
    /// A shift was counted and closed.
    ShiftClosed {
        /// Its document.
        z: Box<Z>,
    },

    /// The register has a key from here on: another than before where that was lost.
    KeyMade {
        /// The public half, 32 bytes in hex.
        public: String,
    },
    /// The register signed the Z before this entry.
    ShiftSealed {
        /// The Z's number.
        z: u32,
        /// The number of its entry in this stream.
        seq: u64,
        /// The signature (Ed25519, 64 bytes in hex) over `counterflow-z-v1`, box, register, number and
        /// hash of that entry.
        signature: String,
    },
    /// What was journalled since the last close adds to a shift that is closed, and goes to the backend by
    /// itself: the bundle of a correction ends here.
    CorrectionSealed {
        /// The closed shift that it adds to, where it is of one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<ShiftId>,
    },

    /// An order was opened.
    OrderOpened {
        /// As it was opened.
        order: Box<Order>,
    },
    /// A line was added, changed, voided, or put back.
    LineChanged {
        /// Of which order.
        order: OrderId,
        /// The version of the order that this makes; shared by all events of one command.
        version: u64,
        /// What was done.
        act: LineAct,
        /// The line before; none when it was not there.
        before: Option<Box<Line>>,
        /// The line after; none when it is gone.
        after: Option<Box<Line>>,
    },
    /// The order's face changed.
    FaceChanged {
        /// Of which order.
        order: OrderId,
        /// The version of the order that this makes.
        version: u64,
        /// What was done.
        act: FaceAct,
        /// The face before.
        before: Box<Face>,
        /// The face after.
        after: Box<Face>,
    },
    /// The order changed hands.
    OrderHanded {
        /// Which order.
        order: OrderId,
        /// The version of the order that this makes.
        version: u64,
        /// Why.
        act: HandAct,
        /// Who has it on screen now.
        holder: Option<Holder>,
        /// Whose order it is now.
        server: StaffId,
    },
    /// Stations were told what to make, what not, and what otherwise.
    Sent {
        /// Of which order.
        order: OrderId,
        /// The version of the order that this makes.
        version: u64,
        /// What stands above the lines.
        head: Head,
        /// What each station was told.
        tickets: Vec<Ticket>,
    },
    /// Lines went to other orders, or came from them.
    LinesMoved {
        /// Of which order.
        order: OrderId,
        /// The version of the order that this makes.
        version: u64,
        /// Why.
        act: LinesAct,
        /// The other orders.
        with: Vec<OrderId>,
        /// Its lines now.
        lines: Vec<Line>,
        /// Its face now.
        face: Box<Face>,
        /// Which of several bills it is now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Part>,
        /// The number of its next line.
        next_line: u32,
        /// Deposits that came with other orders.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deposits: Vec<Payment>,
    },
    /// An order's lines have gone to another one, and it is no more.
    OrderMerged {
        /// Which order.
        order: OrderId,
        /// The version of the order that this makes.
        version: u64,
        /// Where its lines are.
        into: OrderId,
        /// The order as it was.
        was: Box<Order>,
    },
    /// A station has done a ticket.
    TicketBumped {
        /// The station's code.
        station: String,
        /// The ticket's number.
        number: u32,
    },
    /// A ticket that was done is not.
    TicketRecalled {
        /// The station's code.
        station: String,
        /// The ticket's number.
        number: u32,
    },
    /// A payment was taken.
    PaymentTaken {
        /// Of which order.
        order: OrderId,
        /// The version of the order that this makes.
        version: u64,
        /// The payment.
        payment: Box<Payment>,
    },
    /// A payment of an open order was taken back.
    PaymentReversed {
        /// Of which order.
        order: OrderId,
        /// The version of the order that this makes.
        version: u64,
        /// The payment as it was taken.
        payment: Box<Payment>,
        /// Why.
        reason: String,
    },
    /// An order was settled.
    SaleCompleted {
        /// The version of the order that this makes.
        version: u64,
        /// The sale, whole.
        sale: Box<Sale>,
    },
    /// An order was thrown away.
    OrderAbandoned {
        /// Which order.
        order: OrderId,
        /// The version of the order that this makes.
        version: u64,
        /// Why.
        reason: String,
        /// The order as it was.
        was: Box<Order>,
    },
    /// A bill was printed before payment.
    BillPrinted {
        /// Of which order.
        order: OrderId,
        /// The version of the order that this makes.
        version: u64,
    },
    /// A receipt was printed again.
    Reprinted {
        /// Of which sale.
        sale: SaleId,
        /// Its receipt number.
        receipt: u64,
    },
    /// The drawer was opened without a sale.
    NoSale {
        /// Why.
        reason: String,
    },
    /// The drawer that this till had opened is shut again, as its printer tells: until now, for so long.
    DrawerShut {
        /// Since when it stood open; the printer is asked about once a second.
        opened: Stamp,
        /// Who was signed in when it opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<StaffId>,
    },

    /// A report was printed.
    ReportPrinted {
        /// Its name.
        name: String,
        /// The days, in the words that were typed.
        when: String,
    },

    /// The menu changed.
    MenuChanged {
        /// What changed.
        change: Box<MenuChange>,
        /// The version of the backend's catalogue that it is, or is taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        catalogue: Option<CatalogueAct>,
    },
    /// A barcode was bound to an item.
    BarcodeBound {
        /// The barcode.
        barcode: String,
        /// The item's code.
        item: String,
    },
    /// An item was marked sold out, counted, or free again.
    AvailabilitySet {
        /// The item's code.
        item: String,
        /// None: it can be had without counting.
        availability: Option<Availability>,
    },

    /// Something was done about a customer.
    CustomerChanged {
        /// Which.
        customer: CustomerId,
        /// What.
        act: CustomerAct,
    },
    /// Money was taken without a sale.
    MoneyReceived {
        /// What for, and how.
        received: Box<Received>,
    },

    /// The tip of a settled sale was changed: the slip was signed later.
    TipAdjusted {
        /// Of which sale, and how.
        change: Box<TipChange>,
    },
    /// Goods were delivered, thrown away, or counted.
    StockMoved {
        /// Each of them.
        moves: Vec<StockMove>,
    },
    /// A promotion was switched off, or on again.
    PromotionSwitched {
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Whether it is on now.
        on: bool,
    },

    /// What became of a print job.
    Printed {
        /// The job's number.
        job: i64,
        /// The printer.
        printer: String,
        /// The outcome, in the words of the spool.
        outcome: String,
    },
    /// A person decided over a print job.
    JobDecided {
        /// The job's number on this box.
        job: i64,
        /// What was decided.
        act: JobAct,
        /// Why; empty when nothing was said.
        reason: String,
    },
    /// The store was verified.
    Verified {
        /// How many findings there were.
        findings: u64,
    },

    /// Something was settled with a backend. Recorded in the office's stream.
    Backend {
        /// What.
        act: Box<BackendAct>,
    },
}

impl Event {
    /// The order that is no more behind it: settled, given back, thrown away, or part of another one.
    pub fn ends(&self) -> Option<OrderId> {
        if let Self::SaleCompleted { sale, .. } = self {
            Some(sale.order)
        } else if let Self::Refunded { refund, .. } = self {
            refund.order
        } else if let Self::OrderAbandoned { order, .. } | Self::OrderMerged { order, .. } = self {
            Some(*order)
        } else {
            None
        }
    }

    /// The order an event changes, and the version it makes; `None` when it changes none.
    pub fn order(&self) -> Option<(OrderId, u64)> {
        match self {
            Self::OrderOpened { order } => Some((order.id, order.version)),
            Self::LineChanged { order, version, .. }
            | Self::FaceChanged { order, version, .. }
            | Self::OrderHanded { order, version, .. }
            | Self::Sent { order, version, .. }
            | Self::LinesMoved { order, version, .. }
            | Self::OrderMerged { order, version, .. }
            | Self::PaymentTaken { order, version, .. }
            | Self::PaymentReversed { order, version, .. }
            | Self::OrderAbandoned { order, version, .. }
            | Self::BillPrinted { order, version } => Some((*order, *version)),
            Self::SaleCompleted { version, sale } => Some((sale.order, *version)),
            Self::Refunded { version, refund } => refund.order.zip(*version),
            Self::MoneyReceived { received } => received.deposit.as_ref().map(|d| (d.order, d.version)),
            Self::StoreMade { .. }
            | Self::Started { .. }
            | Self::Stopped
            | Self::Upgraded { .. }
            | Self::ClockJumped { .. }
            | Self::Degraded { .. }
            | Self::StaffChanged { .. }
            | Self::PinSet { .. }
            | Self::BadgeBound { .. }
            | Self::BadgesRevoked { .. }
            | Self::WorkChanged { .. }
            | Self::SignedIn { .. }
            | Self::SignInFailed { .. }
            | Self::OverrideFailed { .. }
            | Self::SignedOut { .. }
            | Self::Overridden { .. }
            | Self::ShiftOpened { .. }
            | Self::CashMoved { .. }
            | Self::DrawerLocked { .. }
            | Self::DrawerShut { .. }
            | Self::XPrinted
            | Self::ShiftClosed { .. }
            | Self::KeyMade { .. }
            | Self::ShiftSealed { .. }
            | Self::CorrectionSealed { .. }
            | Self::Reprinted { .. }
            | Self::NoSale { .. }
            | Self::ReportPrinted { .. }
            | Self::MenuChanged { .. }
            | Self::BarcodeBound { .. }
            | Self::TicketBumped { .. }
            | Self::TicketRecalled { .. }
            | Self::AvailabilitySet { .. }
            | Self::PromotionSwitched { .. }
            | Self::CustomerChanged { .. }
            | Self::TipAdjusted { .. }
            | Self::StockMoved { .. }
            | Self::Printed { .. }
            | Self::JobDecided { .. }
            | Self::Verified { .. }
            | Self::Backend { .. } => None,
        }
    }
}
