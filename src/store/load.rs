//! Reading: the till of a session as it stands, the menu, sales, and what other sessions wrote.

use std::io;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use crate::domain::catalogue::{Availability, Catalogue, Menu};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{RegisterId, StaffId};
use crate::domain::money::Currency;
use crate::domain::quantity::Quantity;
use crate::domain::sale::Sale;
use crate::domain::settings::Settings;
use crate::domain::shift::{Anchor, Shift, Z};
use crate::domain::staff::Staff;
use crate::domain::till::{Counters, Till};
use crate::domain::time::Stamp;
use crate::domain::work::Work;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::fold::{from_json, last_order, last_tickets, load_register, orders};
use crate::store::journal::{self, Entry};

impl Store {
    /// The till of a register as it stands, with nobody signed in, and the last entry it has seen:
    /// what comes after is to be folded into it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn load_till(
        &self,
        register: RegisterId,
        settings: Arc<Settings>,
        catalogue: Arc<Catalogue>,
    ) -> Result<(Till, i64), StoreError> {
        // One transaction, so that everything is of the same moment.
        let tx = self.conn.unchecked_transaction()?;
        let mut till = Till::new(self.box_id, register, settings, catalogue);
        till.staff = load_staff(&tx)?.into_iter().map(|s| (s.id, s)).collect();
        till.availability = load_availability(&tx)?;
        let work: Vec<Work> = parts(&tx, "SELECT body FROM work WHERE open = 1")?;
        till.work = work.into_iter().map(|one| (one.staff, one)).collect();
        till.tickets = last_tickets(&tx)?;
        till.accounts = crate::store::fold::accounts::load(&tx)?;
        till.customers = crate::store::people::all(&tx)?;
        till.vouchers = crate::store::fold::vouchers::load(&tx)?;
        till.points = crate::store::fold::points::load(&tx)?;
        till.stock = crate::store::fold::stock::load(&tx)?;
        till.promotions = crate::store::fold::promotions::load(&tx)?;
        till.orders = orders::all(&tx)?.into_iter().map(|o| (o.id, o)).collect();
        till.contacts = crate::store::contacts::load(&tx)?;
        till.last_order = last_order(&tx)?;
        if let Some(kept) = load_register(&tx, register)? {
            till.failures = kept.failures;
            till.override_failures = kept.override_failures;
            till.counters =
                Counters { receipt: kept.receipt + 1, shift: kept.shift + 1, z: kept.z + 1, refund: kept.refund + 1 };
            till.grand = kept.grand;
            till.shift = load_shift(&tx, register, kept.shift)?;
            till.last_sale = kept.last_sale.map(|entry| sale_at(&tx, entry)).transpose()?.map(Arc::new);
        }
        till.others = open_shifts(&tx)?;
        till.others.remove(&register);
        let seen = last_entry(&tx)?;
        Ok((till, seen))
    }

    /// Everybody who works or worked here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn load_staff(&self) -> Result<Vec<Staff>, StoreError> {
        load_staff(&self.conn)
    }

    /// The menu in its own order, so that an export gives the same bytes again; `None` when there
    /// never was one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn load_menu(&self) -> Result<Option<Menu>, StoreError> {
        menu(&*self.conn.unchecked_transaction()?)
    }

    /// The place of the last entry; 0 before there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_entry(&self) -> Result<i64, StoreError> {
        last_entry(&self.conn)
    }

    /// When the last entry was recorded; `None` before there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_time(&self) -> Result<Option<Stamp>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT body FROM journal ORDER BY id DESC LIMIT 1")?;
        let mut rows = statement.query([])?;
        rows.next()?.map(|row| recorded_in(row, 0).map(|entry| entry.at)).transpose()
    }

    /// The schema of the program that recorded the last entry of a register's stream; `None` before there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_schema(&self, register: RegisterId) -> Result<Option<u32>, StoreError> {
        let last = "SELECT body FROM journal WHERE register = ?1 ORDER BY seq DESC LIMIT 1";
        let mut statement = self.conn.prepare_cached(last)?;
        let mut rows = statement.query([register.0])?;
        rows.next()?.map(|row| recorded_in(row, 0).map(|entry| entry.schema)).transpose()
    }

    /// The last entry of a register's stream: its number and its hash in hex. This is what a Z
    /// anchors.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn anchor(&self, register: RegisterId) -> Result<Anchor, StoreError> {
        let kept = load_register(&self.conn, register)?.unwrap_or_default();
        let previous: Option<[u8; 32]> = self
            .conn
            .prepare_cached(
                "SELECT hash FROM journal WHERE id = (SELECT max(z) FROM shifts WHERE register = ?1 AND z IS NOT NULL)",
            )?
            .query_row([register.0], |row| row.get(0))
            .optional()?;
        let previous_z = previous.map(|hash| journal::hex(&hash));
        Ok(Anchor { entries: kept.seq, head: journal::hex(&kept.head), previous_z })
    }

    /// The entries after a place, in the order in which they were recorded. A session that sees
    /// [`Event::MenuChanged`] or [`Event::BarcodeBound`] among them loads the menu again.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entries_after(&self, place: i64) -> Result<Vec<(i64, Recorded)>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT id, body FROM journal WHERE id > ?1 ORDER BY id")?;
        let mut rows = statement.query([place])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push((row.get(0)?, recorded_in(row, 1)?));
        }
        Ok(entries)
    }

    /// Whether a session of this register has recorded anything after a place. What printers report
    /// is in the register's stream too, but no session's doing; nor is a key that an upload needed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn acted_after(&self, register: RegisterId, place: i64) -> Result<bool, StoreError> {
        // The sign keeps SQLite from the index of the register's entries: they may be millions, those
        // behind the place are few.
        let sql = "SELECT body FROM journal WHERE +register = ?1 AND id > ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query((register.0, place))?;
        while let Some(row) = rows.next()? {
            if !matches!(recorded_in(row, 0)?.event, Event::Printed { .. } | Event::KeyMade { .. }) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The sale with this receipt number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sale_by_receipt(&self, register: RegisterId, receipt: u64) -> Result<Option<Sale>, StoreError> {
        let entry: Option<i64> = self
            .conn
            .prepare_cached("SELECT entry FROM sales WHERE register = ?1 AND receipt = ?2 AND imported = 0")?
            .query_row((register.0, journal::int(receipt)), |row| row.get(0))
            .optional()?;
        entry.map(|entry| sale_at(&self.conn, entry)).transpose()
    }

    /// The last sales of the box, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recent_sales(&self, limit: u32) -> Result<Vec<Sale>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT entry FROM sales ORDER BY entry DESC LIMIT ?1")?;
        let entries = statement.query_map([limit], |row| row.get(0))?;
        entries.map(|entry| sale_at(&self.conn, entry?)).collect()
    }

    /// Hands every journal entry to `each`, stream by stream, in the order of their numbers.
    ///
    /// # Errors
    /// When the store cannot be read, or what `each` says.
    pub fn journal(&self, each: &mut dyn FnMut(Entry) -> io::Result<()>) -> Result<(), StoreError> {
        let path = self.dir.join("journal");
        journal::for_each(&self.conn, &mut |entry| each(entry).map_err(StoreError::io(&path)))
    }
}

fn last_entry(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.prepare_cached("SELECT coalesce(max(id), 0) FROM journal")?.query_row([], |row| row.get(0))?)
}

/// The shift with this number, if it is open.
fn load_shift(conn: &Connection, register: RegisterId, number: u32) -> Result<Option<Shift>, StoreError> {
    let body: Option<String> = conn
        .prepare_cached("SELECT body FROM shifts WHERE register = ?1 AND number = ?2 AND z IS NULL")?
        .query_row((register.0, number), |row| row.get(0))
        .optional()?;
    Ok(body.map(|body| from_json(&body)).transpose()?)
}

/// The open shifts of all registers.
pub(super) fn open_shifts(conn: &Connection) -> Result<std::collections::BTreeMap<RegisterId, Shift>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT register, body FROM shifts WHERE z IS NULL")?;
    let mut rows = statement.query([])?;
    let mut shifts = std::collections::BTreeMap::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(1)?;
        shifts.insert(RegisterId(row.get(0)?), from_json(&body)?);
    }
    Ok(shifts)
}

/// The menu as it stands in a transaction.
pub(super) fn menu(tx: &Connection) -> Result<Option<Menu>, StoreError> {
    let code: Option<String> = tx.query_row("SELECT currency FROM menu", [], |row| row.get(0)).optional()?;
    let Some(code) = code else { return Ok(None) };
    let currency = Currency::from_code(&code).map_err(|e| StoreError::Damaged(e.to_string()))?;
    Ok(Some(Menu {
        format: Menu::FORMAT.to_owned(),
        currency,
        categories: parts(tx, "SELECT body FROM categories ORDER BY position")?,
        groups: parts(tx, "SELECT body FROM modifier_groups ORDER BY position")?,
        items: parts(tx, "SELECT body FROM items ORDER BY position")?,
        pages: parts(tx, "SELECT body FROM pages ORDER BY position")?,
    }))
}

/// Values of one column of JSON.
pub(super) fn parts<T: serde::de::DeserializeOwned>(conn: &Connection, sql: &str) -> Result<Vec<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        let body = row.get_ref(0)?.as_str().map_err(|e| StoreError::Damaged(e.to_string()))?;
        parts.push(from_json(body)?);
    }
    Ok(parts)
}

pub(super) fn load_staff(conn: &Connection) -> Result<Vec<Staff>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT id, name, role, active FROM staff ORDER BY name, id")?;
    let staff = statement.query_map([], |row| {
        let id = StaffId(Uuid::from_bytes(row.get(0)?));
        Ok(Staff { id, name: row.get(1)?, role: row.get(2)?, active: row.get(3)? })
    })?;
    Ok(staff.collect::<Result<_, _>>()?)
}

pub(super) fn load_availability(
    conn: &Connection,
) -> Result<std::collections::BTreeMap<String, Availability>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT item, left FROM availability")?;
    let rows = statement.query_map([], |row| {
        let left: Option<i64> = row.get(1)?;
        let availability = match left {
            Some(left) => Availability::Left(Quantity::from_thousandths(left)),
            None => Availability::SoldOut,
        };
        Ok((row.get(0)?, availability))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The document of a sale.
pub(super) fn sale_at(conn: &Connection, entry: i64) -> Result<Sale, StoreError> {
    match event_at(conn, entry)? {
        Event::SaleCompleted { sale, .. } => Ok(*sale),
        _ => Err(StoreError::Damaged(format!("journal entry {entry} should be a sale"))),
    }
}

/// What happened at a place of the journal.
pub(super) fn event_at(conn: &Connection, entry: i64) -> Result<Event, StoreError> {
    entry_at(conn, entry).map(|recorded| recorded.event)
}

/// The entry at a place of the journal.
pub(super) fn entry_at(conn: &Connection, entry: i64) -> Result<Recorded, StoreError> {
    let mut statement = conn.prepare_cached("SELECT body FROM journal WHERE id = ?1")?;
    let mut rows = statement.query([entry])?;
    let recorded = rows.next()?.map(|row| recorded_in(row, 0)).transpose()?;
    recorded.ok_or_else(|| StoreError::Damaged(format!("journal entry {entry} is missing")))
}

/// The Z of a closed shift.
pub(super) fn z_at(conn: &Connection, entry: i64) -> Result<Box<Z>, StoreError> {
    match event_at(conn, entry)? {
        Event::ShiftClosed { z } => Ok(z),
        _ => Err(StoreError::Damaged(format!("journal entry {entry} should be a Z"))),
    }
}

fn recorded_in(row: &Row<'_>, column: usize) -> Result<Recorded, StoreError> {
    let body = row.get_ref(column)?.as_bytes().map_err(|e| StoreError::Damaged(e.to_string()))?;
    journal::read(body).map_err(|e| StoreError::Damaged(format!("a journal entry cannot be read: {e}")))
}
