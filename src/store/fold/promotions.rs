//! How promotions stand: what they have taken off, and which are switched off.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row};

use crate::domain::event::Event;
use crate::domain::money::Money;
use crate::domain::promotion::{Standing, used};

fn standing(row: &Row, at: usize) -> rusqlite::Result<Standing> {
    Ok(Standing { used: Money::from_minor(row.get(at)?), off: row.get(at + 1)? })
}

/// How a promotion stands.
pub(in crate::store) fn find(conn: &Connection, code: &str) -> rusqlite::Result<Standing> {
    let mut statement = conn.prepare_cached("SELECT used, off FROM promotions WHERE code = ?1")?;
    Ok(statement.query_row([code], |row| standing(row, 0)).optional()?.unwrap_or_default())
}

/// How all stand.
pub(in crate::store) fn load(conn: &Connection) -> rusqlite::Result<BTreeMap<String, Standing>> {
    let mut statement = conn.prepare_cached("SELECT code, used, off FROM promotions")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, standing(row, 1)?)))?;
    rows.collect()
}

/// Folds an event.
pub(super) fn put(conn: &Connection, event: &Event) -> rusqlite::Result<()> {
    for (code, amount) in used(event) {
        conn.prepare_cached(
            "INSERT INTO promotions (code, used, off) VALUES (?1, ?2, 0) \
             ON CONFLICT (code) DO UPDATE SET used = used + excluded.used",
        )?
        .execute((code, amount.minor()))?;
    }
    if let Event::PromotionSwitched { code, on, .. } = event {
        conn.prepare_cached(
            "INSERT INTO promotions (code, used, off) VALUES (?1, 0, ?2) \
             ON CONFLICT (code) DO UPDATE SET off = excluded.off",
        )?
        .execute((code, !on))?;
    }
    Ok(())
}
