//! Projections: what the journal comes to, kept in tables so that nobody has to fold. One function,
//! [`Fold::entry`], fills them in the transaction of the act, when they are rebuilt, and when they
//! are verified.

mod menu;
mod sales;
mod sums;

use std::collections::BTreeMap;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::catalogue::Availability;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{OrderId, RegisterId, ShiftId};
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::quantity::Quantity;
use crate::domain::shift::{Grand, Shift};
use crate::domain::staff::Staff;
use crate::domain::till::Failures;
use crate::store::journal::{Hash, NO_HASH, int, whole};

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
pub(super) const PROJECTIONS: [Projection; 15] = [
    Projection { table: "registers", key: &["register"], grows: false },
    Projection { table: "shifts", key: &["id"], grows: false },
    Projection { table: "staff", key: &["id"], grows: false },
    Projection { table: "open_orders", key: &["id"], grows: false },
    Projection { table: "sales", key: &["entry"], grows: true },
    Projection { table: "sale_lines", key: &["sale", "line"], grows: true },
    Projection { table: "sale_payments", key: &["sale", "place"], grows: true },
    Projection { table: "day_sums", key: &["kind", "business_date", "register", "key"], grows: false },
    Projection { table: "menu", key: &["only"], grows: false },
    Projection { table: "categories", key: &["code"], grows: false },
    Projection { table: "modifier_groups", key: &["code"], grows: false },
    Projection { table: "items", key: &["code"], grows: false },
    Projection { table: "barcodes", key: &["barcode"], grows: false },
    Projection { table: "pages", key: &["position"], grows: false },
    Projection { table: "availability", key: &["item"], grows: false },
];

/// What is kept of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Register {
    /// The number of its last entry.
    pub(super) seq: u64,
    /// The hash of its last entry.
    pub(super) head: Hash,
    /// The last receipt number given out.
    pub(super) receipt: u64,
    /// The last order number given out.
    pub(super) order: u32,
    /// The last shift number given out.
    pub(super) shift: u32,
    /// The last Z number given out.
    pub(super) z: u32,
    /// Sums over its life, up to its last Z.
    pub(super) grand: Grand,
    /// Wrong PINs.
    pub(super) failures: Failures,
    /// The journal entry of its last sale.
    pub(super) last_sale: Option<i64>,
    /// The public half of its key, in hex.
    pub(super) key: Option<String>,
}

impl Default for Register {
    fn default() -> Self {
        Self {
            seq: 0,
            head: NO_HASH,
            receipt: 0,
            order: 0,
            shift: 0,
            z: 0,
            grand: Grand::default(),
            failures: Failures::default(),
            last_sale: None,
            key: None,
        }
    }
}

/// An order that is looked at: as it stands, and whether the table has to be told.
struct Slot {
    order: Option<Order>,
    changed: bool,
}

/// A shift that is looked at, as it stands.
struct OpenShift {
    shift: Option<Shift>,
    changed: bool,
}

/// Folds entries into the projections. Registers and open orders are kept in memory until
/// [`Fold::finish`], so that a long journal writes them once.
pub(super) struct Fold<'c> {
    conn: &'c Connection,
    registers: BTreeMap<RegisterId, Register>,
    orders: BTreeMap<OrderId, Slot>,
    shifts: BTreeMap<ShiftId, OpenShift>,
}

impl<'c> Fold<'c> {
    /// Begins over the tables that the connection sees under the projections' names.
    pub(super) fn new(conn: &'c Connection) -> Self {
        Self { conn, registers: BTreeMap::new(), orders: BTreeMap::new(), shifts: BTreeMap::new() }
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
        if !self.orders.contains_key(&id) {
            let body: Option<String> = self
                .conn
                .prepare_cached("SELECT body FROM open_orders WHERE id = ?1")?
                .query_row([id.0.as_bytes()], |row| row.get(0))
                .optional()?;
            let order = body.map(|body| from_json(&body)).transpose()?;
            self.orders.insert(id, Slot { order, changed: false });
        }
        Ok(self.orders.entry(id).or_insert(Slot { order: None, changed: false }))
    }

    /// The shift as it stands, if there is one.
    pub(super) fn shift(&mut self, id: ShiftId) -> rusqlite::Result<Option<&mut Shift>> {
        Ok(self.shift_slot(id)?.shift.as_mut())
    }

    fn shift_slot(&mut self, id: ShiftId) -> rusqlite::Result<&mut OpenShift> {
        if !self.shifts.contains_key(&id) {
            let body: Option<String> = self
                .conn
                .prepare_cached("SELECT body FROM shifts WHERE id = ?1")?
                .query_row([id.0.as_bytes()], |row| row.get(0))
                .optional()?;
            let shift = body.map(|body| from_json(&body)).transpose()?;
            self.shifts.insert(id, OpenShift { shift, changed: false });
        }
        Ok(self.shifts.entry(id).or_insert(OpenShift { shift: None, changed: false }))
    }

    /// Sums an entry into its shift.
    fn sum(&mut self, recorded: &Recorded) -> rusqlite::Result<()> {
        let Some(id) = recorded.shift else { return Ok(()) };
        let slot = self.shift_slot(id)?;
        if let Some(shift) = &mut slot.shift {
            slot.changed |= shift.apply(recorded);
        }
        Ok(())
    }

    fn set_order(&mut self, id: OrderId, order: Option<Order>) {
        self.orders.insert(id, Slot { order, changed: true });
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

    /// Folds the entry with this place and number in its stream.
    pub(super) fn entry(&mut self, id: i64, head: (u64, Hash), recorded: &Recorded) -> rusqlite::Result<()> {
        let register = self.register(recorded.register)?;
        (register.seq, register.head) = head;
        for (item, quantity) in crate::domain::taken(&recorded.event) {
            self.count_down(item, quantity)?;
        }
        self.sum(recorded)?;
        match &recorded.event {
            Event::SignedIn { .. } => register_of(self, recorded)?.failures = Failures::default(),
            Event::SignInFailed { failures } => {
                register_of(self, recorded)?.failures = Failures { count: *failures, last_ms: recorded.at.utc_ms };
            }
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
            Event::KeyMade { public } => register_of(self, recorded)?.key = Some(public.clone()),
            Event::StaffChanged { staff } => self.put_staff(staff)?,
            Event::OrderOpened { order } => {
                register_of(self, recorded)?.order = order.number;
                self.set_order(order.id, Some((**order).clone()));
            }
            Event::SaleCompleted { sale, .. } => {
                let register = register_of(self, recorded)?;
                register.last_sale = Some(id);
                // Numbers of an earlier till are not of this register's series.
                if !sale.imported {
                    register.receipt = sale.receipt;
                }
                self.set_order(sale.order, None);
                sales::put(self.conn, id, sale)?;
                sums::add(self.conn, sale)?;
            }
            Event::OrderAbandoned { order, .. } => self.set_order(*order, None),
            Event::LineChanged { order, .. }
            | Event::FaceChanged { order, .. }
            | Event::OrderHanded { order, .. }
            | Event::PaymentTaken { order, .. }
            | Event::PaymentReversed { order, .. }
            | Event::BillPrinted { order, .. } => {
                let slot = self.slot(*order)?;
                if let Some(order) = &mut slot.order {
                    order.apply(recorded);
                    slot.changed = true;
                }
            }
            Event::MenuChanged { change } => menu::change(self.conn, change)?,
            Event::BarcodeBound { barcode, item } => menu::bind(self.conn, barcode, item)?,
            Event::AvailabilitySet { item, availability } => self.put_availability(item, *availability)?,
            Event::StoreMade { .. }
            | Event::Started { .. }
            | Event::Stopped
            | Event::Upgraded { .. }
            | Event::ClockJumped { .. }
            | Event::Degraded { .. }
            | Event::PinSet { .. }
            | Event::SignedOut { .. }
            | Event::Overridden { .. }
            | Event::Reprinted { .. }
            | Event::NoSale { .. }
            | Event::CashMoved { .. }
            | Event::XPrinted
            | Event::ShiftSealed { .. }
            | Event::Printed { .. }
            | Event::Verified { .. } => {}
        }
        Ok(())
    }

    /// Writes what was kept in memory.
    pub(super) fn finish(self) -> rusqlite::Result<()> {
        for (id, register) in &self.registers {
            save_register(self.conn, *id, register)?;
        }
        for (id, slot) in self.shifts.iter().filter(|(_, slot)| slot.changed) {
            if let Some(shift) = &slot.shift {
                self.conn
                    .prepare_cached("UPDATE shifts SET body = ?1 WHERE id = ?2")?
                    .execute((json(shift)?, id.0.as_bytes()))?;
            }
        }
        for (id, slot) in self.orders.iter().filter(|(_, slot)| slot.changed) {
            match &slot.order {
                Some(order) => self
                    .conn
                    .prepare_cached(
                        "INSERT INTO open_orders (id, register, number, version, body) VALUES (?1, ?2, ?3, ?4, ?5) \
                         ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body",
                    )?
                    .execute((id.0.as_bytes(), order.register.0, order.number, int(order.version), json(order)?))?,
                None => {
                    self.conn.prepare_cached("DELETE FROM open_orders WHERE id = ?1")?.execute([id.0.as_bytes()])?
                }
            };
        }
        Ok(())
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
        self.shifts.insert(shift.id, OpenShift { shift: Some(shift.clone()), changed: false });
        Ok(())
    }
}

fn register_of<'f>(fold: &'f mut Fold<'_>, recorded: &Recorded) -> rusqlite::Result<&'f mut Register> {
    fold.register(recorded.register)
}

/// What is kept of a register; `None` when nothing happened on it.
pub(super) fn load_register(conn: &Connection, id: RegisterId) -> rusqlite::Result<Option<Register>> {
    conn.prepare_cached(
        "SELECT seq, head, receipt, order_number, shift_number, failures, failed_ms, last_sale, z_number, \
         grand_sales, grand_total, key FROM registers WHERE register = ?1",
    )?
    .query_row([id.0], |row| {
        Ok(Register {
            seq: whole(row.get(0)?),
            head: row.get(1)?,
            receipt: whole(row.get(2)?),
            order: row.get(3)?,
            shift: row.get(4)?,
            failures: Failures { count: row.get(5)?, last_ms: row.get(6)? },
            last_sale: row.get(7)?,
            z: row.get(8)?,
            grand: Grand { sales: whole(row.get(9)?), total: Money::from_minor(row.get(10)?) },
            key: row.get(11)?,
        })
    })
    .optional()
}

fn save_register(conn: &Connection, id: RegisterId, register: &Register) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO registers \
         (register, seq, head, receipt, order_number, shift_number, failures, failed_ms, last_sale, z_number, \
         grand_sales, grand_total, key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute((
        id.0,
        int(register.seq),
        register.head,
        int(register.receipt),
        register.order,
        register.shift,
        register.failures.count,
        register.failures.last_ms,
        register.last_sale,
        register.z,
        int(register.grand.sales),
        register.grand.total.minor(),
        &register.key,
    ))?;
    Ok(())
}

/// A value as JSON for a column.
pub(super) fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

/// A value from a column of JSON.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, e.into()))
}
