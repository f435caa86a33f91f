//! Vouchers, with what is left on them.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row};

use crate::domain::event::Event;
use crate::domain::money::Money;
use crate::domain::voucher::{Voucher, moved};

const COLUMNS: &str = "code, issued, expires, worth, remaining";

fn voucher(row: &Row) -> rusqlite::Result<Voucher> {
    let date = |text: String| text.parse().map_err(|_| rusqlite::Error::InvalidQuery);
    Ok(Voucher {
        code: row.get(0)?,
        issued: date(row.get(1)?)?,
        expires: row.get::<_, Option<String>>(2)?.map(date).transpose()?,
        worth: Money::from_minor(row.get(3)?),
        left: Money::from_minor(row.get(4)?),
    })
}

/// The voucher with this code.
pub(in crate::store) fn find(conn: &Connection, code: &str) -> rusqlite::Result<Option<Voucher>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM vouchers WHERE code = ?1"))?
        .query_row([code], voucher)
        .optional()
}

/// All that were ever sold, by code.
pub(in crate::store) fn load(conn: &Connection) -> rusqlite::Result<BTreeMap<String, Voucher>> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM vouchers"))?;
    let rows = statement.query_map([], |row| voucher(row).map(|v| (v.code.clone(), v)))?;
    rows.collect()
}

/// Folds an event.
pub(super) fn put(conn: &Connection, event: &Event) -> rusqlite::Result<()> {
    if let Event::MoneyReceived { received } = event
        && let Some(voucher) = &received.voucher
    {
        conn.prepare_cached(
            "INSERT INTO vouchers (code, issued, expires, worth, remaining) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (code) DO UPDATE SET remaining = excluded.remaining",
        )?
        .execute((
            &voucher.code,
            voucher.issued.to_string(),
            voucher.expires.map(|date| date.to_string()),
            voucher.worth.minor(),
            voucher.left.minor(),
        ))?;
    }
    for (code, more) in moved(event) {
        conn.prepare_cached("UPDATE vouchers SET remaining = remaining + ?2 WHERE code = ?1")?
            .execute((code, more.minor()))?;
    }
    Ok(())
}
