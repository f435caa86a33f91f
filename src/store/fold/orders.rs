//! Open orders: a row for the order itself, one for each of its lines, and one for each step that
//! can be undone. What an entry changed is written, and no more.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{LineId, OrderId};
use crate::domain::order::{Line, Order};
use crate::store::fold::{from_json, json};
use crate::store::journal::{int, whole};

/// An order that is looked at.
pub(super) struct Slot {
    /// As it stands; none when it is not open.
    pub(super) order: Option<Order>,
    /// The version that its rows have; none when it has no rows.
    stored: Option<u64>,
    /// The lines whose rows are not as they stand.
    lines: BTreeSet<LineId>,
    /// Whether anything is to be written.
    changed: bool,
}

impl Slot {
    /// An order as its rows have it; `known` is how it stood at its last commit by this process,
    /// which spares reading the rows if nobody has changed it since.
    pub(super) fn load(conn: &Connection, id: OrderId, known: Option<Order>) -> rusqlite::Result<Self> {
        let stored: Option<i64> = conn
            .prepare_cached("SELECT version FROM open_orders WHERE id = ?1")?
            .query_row([id.0.as_bytes()], |row| row.get(0))
            .optional()?;
        let stored = stored.map(whole);
        let order = match known.filter(|order| Some(order.version) == stored) {
            Some(order) => Some(order),
            None if stored.is_some() => read(conn, Some(id))?.pop(),
            None => None,
        };
        Ok(Self { order, stored, lines: BTreeSet::new(), changed: false })
    }

    /// The order is now this one, or none.
    pub(super) fn set(&mut self, order: Option<Order>) {
        let lines = order.iter().flat_map(|order| &order.lines).map(|line| line.id);
        self.lines.extend(lines);
        self.order = order;
        self.changed = true;
    }

    /// Folds an entry into the order.
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let Some(order) = &mut self.order else { return };
        self.changed = true;
        if let Event::LineChanged { before, after, .. } = &recorded.event {
            self.lines.extend([before, after].into_iter().flatten().map(|line| line.id));
            order.apply(recorded);
            return;
        }
        // What else changes lines is rare: they are compared.
        let before: BTreeMap<LineId, Line> = order.lines.iter().map(|line| (line.id, line.clone())).collect();
        order.apply(recorded);
        let after = order.lines.iter().filter(|line| before.get(&line.id) != Some(*line)).map(|line| line.id);
        self.lines.extend(after);
        self.lines.extend(before.into_keys().filter(|id| order.line(*id).is_none()));
    }

    /// Writes what is not yet as it stands. Gives the order back for the next commit.
    pub(super) fn save(self, conn: &Connection, id: OrderId) -> rusqlite::Result<Option<Order>> {
        if !self.changed {
            return Ok(self.order);
        }
        let Some(mut order) = self.order else {
            for table in ["open_orders WHERE id", "open_order_lines WHERE order_id", "open_order_undo WHERE order_id"] {
                conn.prepare_cached(&format!("DELETE FROM {table} = ?1"))?.execute([id.0.as_bytes()])?;
            }
            return Ok(None);
        };
        for line in &self.lines {
            match order.line(*line) {
                Some(line) => put(conn, "open_order_lines", id, line.id.0.into(), &json(line)?)?,
                None => {
                    conn.prepare_cached("DELETE FROM open_order_lines WHERE order_id = ?1 AND line = ?2")?
                        .execute((id.0.as_bytes(), line.0))?;
                }
            }
        }
        save_undo(conn, id, &order, self.stored.unwrap_or_default())?;
        // The order's own row holds neither lines nor steps.
        let (lines, undo) = (std::mem::take(&mut order.lines), std::mem::take(&mut order.undo));
        let body = json(&order)?;
        (order.lines, order.undo) = (lines, undo);
        conn.prepare_cached(
            "INSERT INTO open_orders (id, register, number, version, body) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body",
        )?
        .execute((id.0.as_bytes(), order.register.0, order.number, int(order.version), body))?;
        Ok(Some(order))
    }
}

/// Steps go from the front when there are too many, and from the end when they are undone; those that
/// were made since the rows' version are new.
fn save_undo(conn: &Connection, id: OrderId, order: &Order, stored: u64) -> rusqlite::Result<()> {
    let version = |step: Option<&crate::domain::order::UndoStep>| int(step.map_or(0, |step| step.version));
    conn.prepare_cached("DELETE FROM open_order_undo WHERE order_id = ?1 AND NOT version BETWEEN ?2 AND ?3")?
        .execute((id.0.as_bytes(), version(order.undo.first()), version(order.undo.last())))?;
    for step in order.undo.iter().filter(|step| step.version > stored) {
        put(conn, "open_order_undo", id, int(step.version), &json(step)?)?;
    }
    Ok(())
}

fn put(conn: &Connection, table: &str, id: OrderId, key: i64, body: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(&format!("INSERT OR REPLACE INTO {table} VALUES (?1, ?2, ?3)"))?.execute((
        id.0.as_bytes(),
        key,
        body,
    ))?;
    Ok(())
}

/// The numbers of all open orders.
pub(super) fn numbers(conn: &Connection) -> rusqlite::Result<BTreeMap<OrderId, u32>> {
    let mut statement = conn.prepare_cached("SELECT id, number FROM open_orders")?;
    let numbers = statement.query_map([], |row| Ok((OrderId(Uuid::from_bytes(row.get(0)?)), row.get(1)?)))?;
    numbers.collect()
}

/// The open orders at a table, alone or with others joined to it.
pub(super) fn at(conn: &Connection, table: &str) -> rusqlite::Result<BTreeSet<OrderId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM open_orders WHERE body ->> '$.face.table' = ?1 \
         OR EXISTS (SELECT 1 FROM json_each(body, '$.face.joined') WHERE value = ?1)",
    )?;
    let orders = statement.query_map([table], |row| Ok(OrderId(Uuid::from_bytes(row.get(0)?))))?;
    orders.collect()
}

/// All open orders.
pub(in crate::store) fn all(conn: &Connection) -> rusqlite::Result<Vec<Order>> {
    read(conn, None)
}

/// Open orders from their rows: one, or all.
fn read(conn: &Connection, id: Option<OrderId>) -> rusqlite::Result<Vec<Order>> {
    let mut orders: BTreeMap<OrderId, Order> = BTreeMap::new();
    each(conn, ("open_orders", "id", "id"), id, &mut |id, body| {
        orders.insert(id, from_json(body)?);
        Ok(())
    })?;
    each(conn, ("open_order_lines", "order_id", "order_id, line"), id, &mut |id, body| {
        if let Some(order) = orders.get_mut(&id) {
            order.lines.push(from_json(body)?);
        }
        Ok(())
    })?;
    each(conn, ("open_order_undo", "order_id", "order_id, version"), id, &mut |id, body| {
        if let Some(order) = orders.get_mut(&id) {
            order.undo.push(from_json(body)?);
        }
        Ok(())
    })?;
    Ok(orders.into_values().collect())
}

/// Hands the rows of a table to `take`, of one order or of all, in the order of its key.
fn each(
    conn: &Connection,
    (table, order, key): (&str, &str, &str),
    id: Option<OrderId>,
    take: &mut dyn FnMut(OrderId, &str) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let wanted = if id.is_some() { format!("WHERE {order} = ?1") } else { "WHERE ?1 IS NULL".to_owned() };
    let mut statement = conn.prepare_cached(&format!("SELECT {order}, body FROM {table} {wanted} ORDER BY {key}"))?;
    let mut rows = statement.query([id.map(|id| *id.0.as_bytes())])?;
    while let Some(row) = rows.next()? {
        take(OrderId(Uuid::from_bytes(row.get(0)?)), row.get_ref(1)?.as_str()?)?;
    }
    Ok(())
}
