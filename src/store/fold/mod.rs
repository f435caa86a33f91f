//! Projections: what the journal comes to, kept in tables so that nobody has to fold. One function,
//! [`Fold::entry`], fills them in the transaction of the act, when they are rebuilt, and when they
//! are verified.

pub(super) mod accounts;
mod acts;
mod kitchen;
mod menu;
pub(super) mod orders;
pub(super) mod points;
pub(super) mod promotions;
pub(super) mod refunds;
mod registers;
mod sales;
pub(super) mod stock;
mod sums;
pub(super) mod tips;
pub(super) mod vouchers;
mod work;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::catalogue::Availability;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{OrderId, RegisterId, ShiftId};
use crate::domain::order::Order;
use crate::domain::quantity::Quantity;
use crate::domain::shift::Shift;
use crate::domain::staff::Staff;
use crate::domain::till::Failures;
use crate::domain::work::Work;
use crate::store::fold::orders::Slot;
use crate::store::fold::registers::{Register, save_register};
use crate::store::journal::Hash;
use crate::store::outbox::{self, Of};

pub(super) use kitchen::{last_ticket, last_tickets};
pub(super) use registers::load_register;

/// The tables that are rebuilt from the journal, with the columns that tell their rows apart.
pub(super) struct Projection {
    /// The table.
    pub(super) table: &'static str,
    /// Its key, in the order of the primary key.
    pub(super) key: &'static [&'static str],
    /// Whether the first column of the key is the number of a journal entry, and rows are only ever
    /// added: such a table can be compared piece by piece.
    pub(super) grows: bool,
}

/// All projections.
pub(super) const PROJECTIONS: &[Projection] = &[
    Projection { table: "registers", key: &["register"], grows: false },
    Projection { table: "box_numbers", key: &["series"], grows: false },
    Projection { table: "shifts", key: &["id"], grows: false },
    Projection { table: "staff", key: &["id"], grows: false },
    Projection { table: "open_orders", key: &["id"], grows: false },
    Projection { table: "open_order_lines", key: &["order_id", "line"], grows: false },
    Projection { table: "open_order_undo", key: &["order_id", "version"], grows: false },
    Projection { table: "sales", key: &["entry"], grows: true },
    Projection { table: "sale_lines", key: &["sale", "line"], grows: true },
    Projection { table: "sale_payments", key: &["sale", "place"], grows: true },
    Projection { table: "refunds", key: &["entry"], grows: true },
    Projection { table: "day_sums", key: &["kind", "business_date", "register", "key"], grows: false },
    Projection { table: "acts", key: &["entry", "place"], grows: true },
    Projection { table: "kitchen_tickets", key: &["station", "number"], grows: false },
    Projection { table: "work", key: &["id"], grows: false },
    Projection { table: "menu", key: &["only"], grows: false },
    Projection { table: "categories", key: &["code"], grows: false },
    Projection { table: "modifier_groups", key: &["code"], grows: false },
    Projection { table: "items", key: &["code"], grows: false },
    Projection { table: "barcodes", key: &["barcode"], grows: false },
    Projection { table: "pages", key: &["position"], grows: false },
    Projection { table: "vouchers", key: &["code"], grows: false },
    Projection { table: "stock", key: &["good"], grows: false },
    Projection { table: "stock_days", key: &["good", "business_date", "kind"], grows: false },
    Projection { table: "accounts", key: &["customer"], grows: false },
    Projection { table: "account_moves", key: &["entry", "place"], grows: true },
    Projection { table: "tip_changes", key: &["entry"], grows: true },
    Projection { table: "points", key: &["customer", "scheme"], grows: false },
    Projection { table: "promotions", key: &["code"], grows: false },
    Projection { table: "availability", key: &["item"], grows: false },
    Projection { table: "outbox", key: &["id"], grows: false },
    Projection { table: "enrolments", key: &["register"], grows: false },
];

/// A shift that is looked at, as it stands.
struct OpenShift {
    shift: Option<Shift>,
    /// The register whose entries are summed in it.
    register: RegisterId,
    changed: bool,
}

/// How the orders and shifts of the last commit stood after it, so that the next one need not read
/// them again if nobody has written in between.
#[derive(Debug, Default)]
pub(super) struct Known {
    orders: BTreeMap<OrderId, Order>,
    /// With the number of the last entry of its register.
    shifts: BTreeMap<ShiftId, (u64, Shift)>,
}

/// Folds entries into the projections. Registers, shifts and open orders are kept in memory until
/// [`Fold::finish`], so that a long journal writes them once.
pub(super) struct Fold<'c> {
    conn: &'c Connection,
    known: Known,
    registers: BTreeMap<RegisterId, Register>,
    orders: BTreeMap<OrderId, Slot>,
    shifts: BTreeMap<ShiftId, OpenShift>,
    /// The number of the last order that was opened; none when that is not known yet.
    last_order: Option<u32>,
}

impl<'c> Fold<'c> {
    /// Begins over the tables that the connection sees under the projections' names.
    pub(super) fn new(conn: &'c Connection) -> Self {
        Self::knowing(conn, Known::default())
    }

    /// The same, with what is known of the last commit.
    pub(super) fn knowing(conn: &'c Connection, known: Known) -> Self {
        let (registers, orders, shifts) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { conn, known, registers, orders, shifts, last_order: None }
    }

    /// The connection it folds over.
    pub(super) fn conn(&self) -> &'c Connection {
        self.conn
    }

    /// What is kept of a register as it stands.
    pub(super) fn register(&mut self, id: RegisterId) -> rusqlite::Result<&mut Register> {
        if !self.registers.contains_key(&id) {
            let register = load_register(self.conn, id)?.unwrap_or_default();
            self.registers.insert(id, register);
        }
        Ok(self.registers.entry(id).or_default())
    }

    /// The order as it stands, if it is open.
    pub(super) fn order(&mut self, id: OrderId) -> rusqlite::Result<Option<&Order>> {
        Ok(self.slot(id)?.order.as_ref())
    }

    fn slot(&mut self, id: OrderId) -> rusqlite::Result<&mut Slot> {
        Ok(match self.orders.entry(id) {
            Entry::Occupied(slot) => slot.into_mut(),
            Entry::Vacant(slot) => slot.insert(Slot::load(self.conn, id, self.known.orders.remove(&id))?),
        })
    }

    /// The number that the next order of the box gets.
    pub(super) fn next_order(&self) -> rusqlite::Result<u32> {
        let mut open = orders::numbers(self.conn)?;
        for (id, slot) in &self.orders {
            match &slot.order {
                Some(order) => open.insert(*id, order.number),
                None => open.remove(id),
            };
        }
        let last = self.last_order.map_or_else(|| last_order(self.conn), Ok)?;
        Ok(Order::number_after(last, &open.into_values().collect()))
    }

    /// Whether another party than that of this order stands at a table.
    pub(super) fn is_taken(&mut self, table: &str, but: OrderId) -> rusqlite::Result<bool> {
        let mut there = orders::at(self.conn, table)?;
        for (id, slot) in &self.orders {
            match &slot.order {
                Some(order) if order.is_at(table) => there.insert(*id),
                Some(_) | None => there.remove(id),
            };
        }
        there.remove(&but);
        let party = self.party(but)?;
        for id in there {
            if self.party(id)? != party {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn party(&mut self, id: OrderId) -> rusqlite::Result<OrderId> {
        Ok(self.order(id)?.map_or(id, Order::party))
    }

    /// The shift as it stands, if entries of it were folded.
    pub(super) fn shift(&self, id: ShiftId) -> Option<&Shift> {
        self.shifts.get(&id).and_then(|slot| slot.shift.as_ref())
    }

    /// Sums an entry into its shift; `seq` is its number in its stream.
    fn sum(&mut self, seq: u64, recorded: &Recorded) -> rusqlite::Result<()> {
        if let Some(slot) = self.shift_slot(seq, recorded)?
            && let Some(shift) = &mut slot.shift
        {
            slot.changed |= shift.apply(recorded);
        }
        Ok(())
    }

    fn shift_slot(&mut self, seq: u64, recorded: &Recorded) -> rusqlite::Result<Option<&mut OpenShift>> {
        let Some(id) = recorded.shift else { return Ok(None) };
        match self.shifts.entry(id) {
            Entry::Occupied(slot) => Ok(Some(slot.into_mut())),
            Entry::Vacant(slot) => {
                let known = self.known.shifts.remove(&id).filter(|(last, _)| last + 1 == seq);
                let shift = match known {
                    Some((_, shift)) => Some(shift),
                    None => load_shift(self.conn, id)?,
                };
                Ok(Some(slot.insert(OpenShift { shift, register: recorded.register, changed: false })))
            }
        }
    }

    /// The shift of an entry that comes next in its stream, as it stands before it.
    pub(super) fn shift_before(&mut self, recorded: &Recorded) -> rusqlite::Result<Option<&Shift>> {
        let seq = self.register(recorded.register)?.seq + 1;
        Ok(self.shift_slot(seq, recorded)?.and_then(|slot| slot.shift.as_ref()))
    }

    /// How much is left of an item; `None` when it is not counted.
    pub(super) fn left(&self, item: &str) -> rusqlite::Result<Option<Quantity>> {
        let left: Option<Option<i64>> = self
            .conn
            .prepare_cached("SELECT left FROM availability WHERE item = ?1")?
            .query_row([item], |row| row.get(0))
            .optional()?;
        Ok(left.flatten().map(Quantity::from_thousandths))
    }

    /// How somebody's time at work stands, or whether they are at work at all.
    pub(super) fn work(&self, after: &Work) -> rusqlite::Result<(Option<Work>, bool)> {
        work::stands(self.conn, after)
    }

    /// Folds the entry with this place and number in its stream.
    pub(super) fn entry(&mut self, id: i64, head: (u64, Hash), recorded: &Recorded) -> rusqlite::Result<()> {
        let register = self.register(recorded.register)?;
        (register.seq, register.head) = head;
        for (item, quantity) in crate::domain::taken(&recorded.event) {
            self.count_down(item, quantity)?;
        }
        promotions::put(self.conn, &recorded.event)?;
        self.sum(head.0, recorded)?;
        acts::put(self.conn, id, recorded)?;
        self.account(id, recorded)?;
        vouchers::put(self.conn, &recorded.event)?;
        points::put(self.conn, &recorded.event)?;
        stock::put(self.conn, recorded)?;
        tips::put(self.conn, id, recorded)?;
        match &recorded.event {
            Event::SignedIn { staff } => {
                let register = register_of(self, recorded)?;
                (register.failures, register.signed_in) = (Failures::default(), Some(*staff));
            }
            // A session that was killed has signed nobody out.
            Event::SignedOut { .. } | Event::Started { .. } => register_of(self, recorded)?.signed_in = None,
            Event::SignInFailed { failures } => {
                register_of(self, recorded)?.failures = Failures { count: *failures, last_ms: recorded.at.utc_ms };
            }
            Event::OverrideFailed { failures, .. } => {
                let failures = Failures { count: *failures, last_ms: recorded.at.utc_ms };
                register_of(self, recorded)?.override_failures = failures;
            }
            Event::Overridden { .. } => register_of(self, recorded)?.override_failures = Failures::default(),
            Event::ShiftOpened { shift } => {
                register_of(self, recorded)?.shift = shift.number;
                self.put_shift(recorded.register, shift)?;
            }
            Event::ShiftClosed { z } => {
                let register = register_of(self, recorded)?;
                (register.z, register.grand) = (z.number, z.grand);
                self.conn
                    .prepare_cached("UPDATE shifts SET z = ?1 WHERE id = ?2")?
                    .execute((id, z.shift.id.0.as_bytes()))?;
            }
            // The signature of the Z is the last entry of the shift's bundle.
            Event::ShiftSealed { .. } => {
                if let Some(shift) = recorded.shift {
                    outbox::freeze(self.conn, head, recorded, Of::Shift(shift))?;
                }
            }
            Event::CorrectionSealed { corrects } => {
                outbox::freeze(self.conn, head, recorded, Of::Correction(*corrects))?;
            }
            Event::Backend { act } => outbox::settled(self.conn, act)?,
            Event::KeyMade { public } => register_of(self, recorded)?.key = Some(public.clone()),
            Event::WorkChanged { after, .. } => work::put(self.conn, after)?,
            Event::StaffChanged { staff } => self.put_staff(staff)?,
            Event::OrderOpened { order } => {
                // A bill of a divided order has that one's number.
                if order.part.is_none() {
                    self.last_order = Some(order.number);
                }
                self.slot(order.id)?.set(Some((**order).clone()));
            }
            Event::SaleCompleted { sale, .. } => {
                let register = register_of(self, recorded)?;
                register.last_sale = Some(id);
                // Numbers of an earlier till are not of this register's series.
                if !sale.imported {
                    register.receipt = sale.receipt;
                }
                self.slot(sale.order)?.set(None);
                sales::put(self.conn, id, sale)?;
                sums::add(self.conn, sale)?;
            }
            Event::Refunded { refund, .. } => {
                register_of(self, recorded)?.refund = refund.number;
                if let Some(order) = refund.order {
                    self.slot(order)?.set(None);
                }
                refunds::put(self.conn, id, refund)?;
                sums::refund(self.conn, refund)?;
            }
            Event::OrderAbandoned { order, .. } | Event::OrderMerged { order, .. } => self.slot(*order)?.set(None),
            Event::LineChanged { order, .. }
            | Event::FaceChanged { order, .. }
            | Event::OrderHanded { order, .. }
            | Event::LinesMoved { order, .. }
            | Event::PaymentTaken { order, .. }
            | Event::PaymentReversed { order, .. }
            | Event::BillPrinted { order, .. } => self.slot(*order)?.apply(recorded),
            Event::Sent { order, tickets, .. } => {
                self.slot(*order)?.apply(recorded);
                kitchen::put(self.conn, id, tickets, recorded)?;
            }
            Event::MoneyReceived { received } => {
                if let Some(deposit) = &received.deposit {
                    self.slot(deposit.order)?.apply(recorded);
                }
            }
            Event::TicketBumped { station, number } => {
                kitchen::bump(self.conn, station, *number, Some(recorded.at.utc_ms))?;
            }
            Event::TicketRecalled { station, number } => kitchen::bump(self.conn, station, *number, None)?,
            Event::MenuChanged { change, .. } => menu::change(self.conn, change)?,
            Event::BarcodeBound { barcode, item } => menu::bind(self.conn, barcode, item)?,
            Event::AvailabilitySet { item, availability } => self.put_availability(item, *availability)?,
            Event::StoreMade { .. }
            | Event::Stopped
            | Event::Upgraded { .. }
            | Event::ClockJumped { .. }
            | Event::Degraded { .. }
            | Event::PinSet { .. }
            | Event::BadgeBound { .. }
            | Event::BadgesRevoked { .. }
            | Event::Reprinted { .. }
            | Event::NoSale { .. }
            | Event::CashMoved { .. }
            | Event::DrawerLocked { .. }
            | Event::DrawerShut { .. }
            | Event::XPrinted
            | Event::ReportPrinted { .. }
            | Event::PromotionSwitched { .. }
            | Event::CustomerChanged { .. }
            | Event::TipAdjusted { .. }
            | Event::StockMoved { .. }
            | Event::Printed { .. }
            | Event::JobDecided { .. }
            | Event::Verified { .. } => {}
        }
        Ok(())
    }

    /// Folds what an entry does to house accounts.
    fn account(&mut self, id: i64, recorded: &Recorded) -> rusqlite::Result<()> {
        let charges = matches!(recorded.event, Event::PaymentTaken { .. } | Event::PaymentReversed { .. });
        let order = match recorded.event.order() {
            Some((order, _)) if charges => self.order(order)?.map(|order| order.number),
            Some(_) | None => None,
        };
        accounts::put(self.conn, id, recorded, order)
    }

    /// Writes what was kept in memory, and gives it back for the next commit.
    pub(super) fn finish(self) -> rusqlite::Result<Known> {
        let mut known = Known::default();
        for (id, register) in &self.registers {
            save_register(self.conn, *id, register)?;
        }
        if let Some(number) = self.last_order {
            self.conn
                .prepare_cached("INSERT OR REPLACE INTO box_numbers (series, last) VALUES ('order', ?1)")?
                .execute([number])?;
        }
        for (id, slot) in self.shifts {
            let Some(shift) = slot.shift else { continue };
            if slot.changed {
                self.conn
                    .prepare_cached("UPDATE shifts SET body = ?1 WHERE id = ?2")?
                    .execute((json(&shift)?, id.0.as_bytes()))?;
            }
            let seq = self.registers.get(&slot.register).map_or(0, |register| register.seq);
            known.shifts.insert(id, (seq, shift));
        }
        for (id, slot) in self.orders {
            if let Some(order) = slot.save(self.conn, id)? {
                known.orders.insert(id, order);
            }
        }
        Ok(known)
    }

    fn count_down(&self, item: &str, quantity: Quantity) -> rusqlite::Result<()> {
        self.conn
            .prepare_cached("UPDATE availability SET left = max(0, left - ?2) WHERE item = ?1 AND left IS NOT NULL")?
            .execute((item, quantity.thousandths()))?;
        Ok(())
    }

    fn put_availability(&self, item: &str, availability: Option<Availability>) -> rusqlite::Result<()> {
        let left = match availability {
            None => {
                self.conn.prepare_cached("DELETE FROM availability WHERE item = ?1")?.execute([item])?;
                return Ok(());
            }
            Some(Availability::SoldOut) => None,
            Some(Availability::Left(left)) => Some(left.thousandths()),
        };
        self.conn
            .prepare_cached("INSERT OR REPLACE INTO availability (item, left) VALUES (?1, ?2)")?
            .execute((item, left))?;
        Ok(())
    }

    fn put_staff(&self, staff: &Staff) -> rusqlite::Result<()> {
        self.conn
            .prepare_cached("INSERT OR REPLACE INTO staff (id, name, role, active) VALUES (?1, ?2, ?3, ?4)")?
            .execute((staff.id.0.as_bytes(), &staff.name, &staff.role, staff.active))?;
        Ok(())
    }

    fn put_shift(&mut self, register: RegisterId, shift: &Shift) -> rusqlite::Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO shifts (id, register, number, business_date, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                shift.id.0.as_bytes(),
                register.0,
                shift.number,
                shift.business_date.to_string(),
                json(shift)?,
            ))?;
        self.shifts.insert(shift.id, OpenShift { shift: Some(shift.clone()), register, changed: false });
        Ok(())
    }
}

fn register_of<'f>(fold: &'f mut Fold<'_>, recorded: &Recorded) -> rusqlite::Result<&'f mut Register> {
    fold.register(recorded.register)
}

fn load_shift(conn: &Connection, id: ShiftId) -> rusqlite::Result<Option<Shift>> {
    let body: Option<String> = conn
        .prepare_cached("SELECT body FROM shifts WHERE id = ?1")?
        .query_row([id.0.as_bytes()], |row| row.get(0))
        .optional()?;
    body.map(|body| from_json(&body)).transpose()
}

/// The number of the last order that was opened on the box.
pub(super) fn last_order(conn: &Connection) -> rusqlite::Result<u32> {
    conn.prepare_cached("SELECT coalesce(max(last), 0) FROM box_numbers WHERE series = 'order'")?
        .query_row([], |row| row.get(0))
}

/// A value as JSON for a column.
pub(super) fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

/// A value from a column of JSON.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, e.into()))
}
