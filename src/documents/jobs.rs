//! What the acts of a till bring to paper.

use crate::documents::receipt::{bill, receipt, with_place};
use crate::documents::template::Template;
use crate::documents::{Document, DocumentKind};
use crate::documents::{account, deposit, kitchen, refund, shift, slip, stock, voucher};
use crate::domain::event::Event;
use crate::domain::ids::OrderId;
use crate::domain::sale::Sale;
use crate::domain::stock::SHEET;
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::domain::totals;
use crate::domain::work::WorkAct;

/// Where a document goes; which printer that is, the configuration says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The receipt printer of this register.
    Receipt,
    /// The printer of a station, by its code.
    Station(String),
}

/// The documents that these events, decided at `now` and not yet folded into the till, cause; tickets as
/// their template has them. A reprint is not among them: its sale has to be fetched first, and is printed as
/// [`copy`](crate::documents::receipt::copy).
pub fn jobs_for(till: &Till, template: &Template, events: &[Event], now: Stamp) -> Vec<(Destination, Document)> {
    let settles = events.iter().any(|e| matches!(e, Event::SaleCompleted { sale, .. } if prints(till, sale)));
    let mut documents: Vec<Document> = events.iter().filter_map(|e| document(till, e, settles, now)).collect();
    // A receipt opens the drawer for what was paid with it: cash taken before has opened it already.
    let mut taken = Vec::new();
    for event in events {
        if let Event::PaymentTaken { payment, .. } = event {
            taken.push(payment.opens_drawer);
        }
    }
    if !taken.is_empty() {
        let opens = taken.contains(&true);
        for receipt in documents.iter_mut().filter(|d| d.kind == DocumentKind::Receipt) {
            receipt.opens_drawer = opens;
        }
    }
    let to_stations = events.iter().flat_map(|event| tickets(till, template, event, now));
    to_stations.chain(documents.into_iter().map(|document| (Destination::Receipt, document))).collect()
}

/// Whether paying such an order prints a receipt without being asked.
fn prints(till: &Till, sale: &Sale) -> bool {
    till.settings.order_type(&sale.order_type).is_none_or(|t| t.receipt)
}

/// The number of an order as it is called out, and when it is for.
fn placed(till: &Till, order: OrderId, order_type: &str, number: u32) -> (Option<String>, Option<Stamp>) {
    let due = till.orders.get(&order).and_then(|order| order.face.due);
    (till.settings.called(order_type, number), due)
}

/// The tickets that an event sends to stations, with their copies.
fn tickets(till: &Till, template: &Template, event: &Event, now: Stamp) -> Vec<(Destination, Document)> {
    let Event::Sent { head, tickets, .. } = event else { return Vec::new() };
    let mut documents = Vec::new();
    for ticket in tickets {
        let copies = till.settings.station(&ticket.station).map_or(1, |s| s.copies);
        let document = kitchen::ticket(template, head, ticket, now, till.settings.training);
        let to = || Destination::Station(ticket.station.clone());
        documents.extend((0..copies).map(|_| (to(), document.clone())));
    }
    documents
}

/// The document that one event causes. Where the events settle an order, its payments are on the
/// receipt, and so is the drawer.
fn document(till: &Till, event: &Event, settles: bool, now: Stamp) -> Option<Document> {
    match event {
        Event::SaleCompleted { sale, .. } => prints(till, sale).then(|| {
            let (called, due) = placed(till, sale.order, &sale.order_type, sale.number);
            with_place(receipt(sale, &till.settings), called.as_deref(), due, &till.contact(sale.order))
        }),
        Event::PaymentTaken { payment, .. } => (payment.opens_drawer && !settles).then(slip::drawer),
        // What goes back lies where it was put.
        Event::PaymentReversed { payment, .. } => payment.opens_drawer.then(slip::drawer),
        Event::BillPrinted { order, .. } => {
            let order = till.orders.get(order)?;
            let server = till.name_of(order.server);
            let bill = bill(order, &totals::of(order, &till.settings), &till.settings, server, now);
            let (called, due) = placed(till, order.id, &order.face.order_type, order.number);
            Some(with_place(bill, called.as_deref(), due, &till.contact(order.id)))
        }
        Event::MoneyReceived { received } => {
            let staff = till.name_of(received.payment.staff);
            match (&received.voucher, &received.deposit) {
                (Some(sold), _) => Some(voucher::voucher(sold, &received.payment, staff, &till.settings)),
                (None, Some(on)) => Some(deposit::deposit(on, received, staff, &till.settings)),
                (None, None) => account::received(received, staff, &till.settings),
            }
        }
        Event::StockMoved { moves } => {
            let staff = till.signed_in.map_or("-", |staff| till.name_of(staff));
            stock::counted(moves, staff, &till.settings, now)
        }
        Event::ReportPrinted { name, .. } if name == SHEET => {
            let staff = till.signed_in.map_or("-", |staff| till.name_of(staff));
            Some(stock::sheet(staff, &till.settings, now))
        }
        Event::NoSale { reason } => {
            let staff = till.signed_in.map_or("-", |staff| till.name_of(staff));
            Some(slip::no_sale(reason, staff, till.register, &till.settings, now))
        }
        // The slip of a loan is printed where it was lent.
        Event::CashMoved { there: Some(_), .. } => None,
        Event::CashMoved { cash, there: None } => {
            let staff = till.name_of(cash.by);
            Some(slip::cash(cash, staff, till.register, &till.settings))
        }
        Event::Refunded { refund, .. } => Some(refund::refund(refund, &till.settings)),
        Event::WorkChanged { act: WorkAct::Out, after, .. } => {
            Some(slip::clocked_out(after, till.name_of(after.staff), &till.settings, now))
        }
        Event::XPrinted => {
            let shift = till.shift.as_ref()?;
            Some(shift::x(shift, till.register, &till.settings, now))
        }
        Event::ShiftClosed { z } => Some(shift::z(z, &till.settings)),
        Event::StoreMade { .. }
        | Event::Started { .. }
        | Event::Stopped
        | Event::Upgraded { .. }
        | Event::ClockJumped { .. }
        | Event::Degraded { .. }
        | Event::StaffChanged { .. }
        | Event::PinSet { .. }
        | Event::BadgeBound { .. }
        | Event::BadgesRevoked { .. }
        | Event::WorkChanged { .. }
        | Event::SignedIn { .. }
        | Event::SignInFailed { .. }
        | Event::OverrideFailed { .. }
        | Event::SignedOut { .. }
        | Event::Overridden { .. }
        | Event::ShiftOpened { .. }
        | Event::DrawerLocked { .. }
        | Event::DrawerShut { .. }
        | Event::OrderOpened { .. }
        | Event::LineChanged { .. }
        | Event::FaceChanged { .. }
        | Event::OrderHanded { .. }
        | Event::Sent { .. }
        | Event::OrderAbandoned { .. }
        | Event::LinesMoved { .. }
        | Event::OrderMerged { .. }
        | Event::Reprinted { .. }
        | Event::ReportPrinted { .. }
        | Event::MenuChanged { .. }
        | Event::BarcodeBound { .. }
        | Event::TicketBumped { .. }
        | Event::TicketRecalled { .. }
        | Event::AvailabilitySet { .. }
        | Event::PromotionSwitched { .. }
        | Event::CustomerChanged { .. }
        | Event::TipAdjusted { .. }
        | Event::Printed { .. }
        | Event::KeyMade { .. }
        | Event::ShiftSealed { .. }
        | Event::CorrectionSealed { .. }
        | Event::JobDecided { .. }
        | Event::Backend { .. }
        | Event::Verified { .. } => None,
    }
}
