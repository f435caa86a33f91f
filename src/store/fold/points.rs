//! Points of customers, by scheme.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::domain::event::Event;
use crate::domain::ids::CustomerId;
use crate::domain::points::{forgotten, moved};

/// How many points somebody has.
pub(in crate::store) fn find(conn: &Connection, customer: CustomerId, scheme: &str) -> rusqlite::Result<i64> {
    let mut statement = conn.prepare_cached("SELECT balance FROM points WHERE customer = ?1 AND scheme = ?2")?;
    Ok(statement.query_row((customer.0.as_bytes(), scheme), |row| row.get(0)).optional()?.unwrap_or_default())
}

/// All points, by whose they are and of which scheme.
pub(in crate::store) fn load(conn: &Connection) -> rusqlite::Result<BTreeMap<(CustomerId, String), i64>> {
    let mut statement = conn.prepare_cached("SELECT customer, scheme, balance FROM points")?;
    let rows =
        statement.query_map([], |row| Ok(((CustomerId(Uuid::from_bytes(row.get(0)?)), row.get(1)?), row.get(2)?)))?;
    rows.collect()
}

/// Folds an event. Whoever was forgotten earns nothing more.
pub(super) fn put(conn: &Connection, event: &Event) -> rusqlite::Result<()> {
    for (customer, scheme, points) in moved(event) {
        conn.prepare_cached(
            "INSERT INTO points (customer, scheme, balance) SELECT ?1, ?2, ?3 \
             WHERE EXISTS (SELECT 1 FROM accounts WHERE customer = ?1 AND forgotten = 0) \
             ON CONFLICT (customer, scheme) DO UPDATE SET balance = balance + excluded.balance",
        )?
        .execute((customer.0.as_bytes(), scheme, points))?;
    }
    if let Some(customer) = forgotten(event) {
        conn.prepare_cached("DELETE FROM points WHERE customer = ?1")?.execute([customer.0.as_bytes()])?;
    }
    Ok(())
}
