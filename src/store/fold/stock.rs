//! Goods: how much there is of each, and what happened to it on each day.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::event::Recorded;
use crate::domain::quantity::Quantity;
use crate::domain::stock::moved;

/// How much there is of each good, by the books.
pub(in crate::store) fn load(conn: &Connection) -> rusqlite::Result<BTreeMap<String, Quantity>> {
    let mut statement = conn.prepare_cached("SELECT good, there FROM stock")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, Quantity::from_thousandths(row.get(1)?))))?;
    rows.collect()
}

/// How much there is of one.
pub(in crate::store) fn find(conn: &Connection, good: &str) -> rusqlite::Result<Quantity> {
    let sql = "SELECT coalesce(sum(there), 0) FROM stock WHERE good = ?1";
    let there: i64 = conn.prepare_cached(sql)?.query_row([good], |row| row.get(0))?;
    Ok(Quantity::from_thousandths(there))
}

/// Folds an entry.
pub(super) fn put(conn: &Connection, recorded: &Recorded) -> rusqlite::Result<()> {
    for (good, kind, quantity) in moved(&recorded.event) {
        conn.prepare_cached(
            "INSERT INTO stock (good, there) VALUES (?1, ?2) \
             ON CONFLICT (good) DO UPDATE SET there = there + excluded.there",
        )?
        .execute((&good, quantity.thousandths()))?;
        conn.prepare_cached(
            "INSERT INTO stock_days (good, business_date, kind, quantity) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (good, business_date, kind) DO UPDATE SET quantity = quantity + excluded.quantity",
        )?
        .execute((&good, recorded.business_date.to_string(), kind.word(), quantity.thousandths()))?;
    }
    Ok(())
}
