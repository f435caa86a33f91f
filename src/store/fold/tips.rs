//! Tips that were changed after their sales were settled.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{PaymentId, SaleId};
use crate::domain::money::Money;

/// Folds the journal entry `entry`.
pub(super) fn put(conn: &Connection, entry: i64, recorded: &Recorded) -> rusqlite::Result<()> {
    let Event::TipAdjusted { change } = &recorded.event else { return Ok(()) };
    conn.prepare_cached("INSERT INTO tip_changes (entry, sale, payment, shift, tip) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((
            entry,
            change.sale.0.as_bytes(),
            change.payment.0.as_bytes(),
            recorded.shift.map(|shift| *shift.0.as_bytes()),
            change.after.minor(),
        ))?;
    super::sums::tip(conn, change)
}

/// The tip of a payment as it was changed last; none where it never was.
pub(in crate::store) fn last(conn: &Connection, payment: PaymentId) -> rusqlite::Result<Option<Money>> {
    conn.prepare_cached("SELECT tip FROM tip_changes WHERE payment = ?1 ORDER BY entry DESC LIMIT 1")?
        .query_row([payment.0.as_bytes()], |row| row.get(0).map(Money::from_minor))
        .optional()
}

/// The tips of a sale that were changed, as they were changed last.
pub(in crate::store) fn of_sale(conn: &Connection, sale: SaleId) -> rusqlite::Result<BTreeMap<PaymentId, Money>> {
    let mut statement = conn.prepare_cached("SELECT payment, tip FROM tip_changes WHERE sale = ?1 ORDER BY entry")?;
    let tips = statement.query_map([sale.0.as_bytes()], |row| {
        Ok((PaymentId(Uuid::from_bytes(row.get(0)?)), Money::from_minor(row.get(1)?)))
    })?;
    tips.collect()
}
