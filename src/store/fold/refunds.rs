//! Refunds in columns that reports can sum, and that say how often a sale was refunded. The document
//! stays where it is: in the journal.

use rusqlite::Connection;

use crate::domain::ids::SaleId;
use crate::domain::money::Money;
use crate::domain::refund::Refund;
use crate::store::journal::int;

/// Puts a refund whose document is the journal entry `entry`.
pub(super) fn put(conn: &Connection, entry: i64, refund: &Refund) -> rusqlite::Result<()> {
    let tax: Money = refund.totals.taxes.iter().map(|t| t.amount).sum();
    conn.prepare_cached(
        "INSERT INTO refunds (entry, id, register, number, sale, shift, business_date, refunded_ms, staff, reason, \
         net, tax, total, rounding, training) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(rusqlite::params![
        entry,
        refund.id.0.as_bytes(),
        refund.register.0,
        int(refund.number),
        refund.of.as_ref().map(|of| of.sale.0.as_bytes()),
        refund.shift.0.as_bytes(),
        refund.business_date.to_string(),
        refund.at.utc_ms,
        refund.staff.0.as_bytes(),
        refund.reason,
        refund.totals.net.minor(),
        tax.minor(),
        refund.totals.total.minor(),
        refund.rounding.minor(),
        refund.training,
    ])?;
    Ok(())
}

/// How many refunds of a sale there are.
pub(in crate::store) fn of_sale(conn: &Connection, sale: SaleId) -> rusqlite::Result<u32> {
    conn.prepare_cached("SELECT count(*) FROM refunds WHERE sale = ?1")?
        .query_row([sale.0.as_bytes()], |row| row.get(0))
}
