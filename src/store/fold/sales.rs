//! Sales, their lines and payments in columns that reports can sum. The document stays where it
//! is: in the journal.

use chrono::Timelike;
use rusqlite::Connection;

use crate::domain::money::Money;
use crate::domain::sale::{LineTotals, Sale};
use crate::store::journal::int;

/// Puts a sale whose document is the journal entry `entry`.
pub(super) fn put(conn: &Connection, entry: i64, sale: &Sale) -> rusqlite::Result<()> {
    put_head(conn, entry, sale)?;
    put_lines(conn, entry, sale)?;
    put_payments(conn, entry, sale)
}

fn put_head(conn: &Connection, entry: i64, sale: &Sale) -> rusqlite::Result<()> {
    let tax: Money = sale.totals.taxes.iter().map(|t| t.amount).sum();
    let mut statement = conn.prepare_cached(
        "INSERT INTO sales (entry, id, register, receipt, number, shift, business_date, hour, completed_ms, staff, \
         server, order_type, covers, gross, discount, net, tax, total, rounding, tips, imported, training, customer) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
    )?;
    statement.execute(rusqlite::params![
        entry,
        sale.id.0.as_bytes(),
        sale.register.0,
        int(sale.receipt),
        sale.number,
        sale.shift.0.as_bytes(),
        sale.business_date.to_string(),
        sale.completed.local().hour(),
        sale.completed.utc_ms,
        sale.staff.0.as_bytes(),
        sale.server.0.as_bytes(),
        sale.order_type,
        sale.covers,
        sale.totals.gross.minor(),
        sale.totals.discount.minor(),
        sale.totals.net.minor(),
        tax.minor(),
        sale.totals.total.minor(),
        sale.rounding.minor(),
        sale.tips.minor(),
        sale.imported,
        sale.training,
        sale.customer.as_ref().map(|id| id.0.as_bytes()),
    ])?;
    Ok(())
}

fn put_lines(conn: &Connection, entry: i64, sale: &Sale) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO sale_lines \
         (sale, line, item, name, category, quantity, gross, discount, net, tax, total, void) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let nothing = LineTotals::default();
    for (place, line) in sale.lines.iter().enumerate() {
        let totals = sale.totals.lines.get(place).unwrap_or(&nothing);
        let tax: Money = totals.taxes.iter().sum();
        statement.execute(rusqlite::params![
            entry,
            line.id.0,
            line.item,
            line.name,
            line.category,
            line.quantity.thousandths(),
            totals.gross.minor(),
            (totals.discount + totals.order_discount).minor(),
            totals.net.minor(),
            tax.minor(),
            totals.total.minor(),
            !line.is_live(),
        ])?;
    }
    Ok(())
}

fn put_payments(conn: &Connection, entry: i64, sale: &Sale) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO sale_payments (sale, place, tender, amount, tendered, change, tip, rounding) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (place, payment) in (1_i64..).zip(&sale.payments) {
        statement.execute((
            entry,
            place,
            &payment.tender,
            payment.amount.minor(),
            payment.tendered.minor(),
            payment.change.minor(),
            payment.tip.minor(),
            payment.rounding.minor(),
        ))?;
    }
    Ok(())
}
