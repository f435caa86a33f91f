//! The sums of days, filled as each sale is settled.

use rusqlite::Connection;

use crate::domain::day_sum::{DaySum, of_refund, of_sale, of_tip};
use crate::domain::refund::Refund;
use crate::domain::sale::Sale;
use crate::domain::tip::TipChange;

/// Adds a sale to the sums of its day. Practice counts nowhere but in a practice store, which holds
/// nothing else.
pub(super) fn add(conn: &Connection, sale: &Sale) -> rusqlite::Result<()> {
    put(conn, of_sale(sale))
}

/// Takes a refund off the sums of the day on which it was given.
pub(super) fn refund(conn: &Connection, refund: &Refund) -> rusqlite::Result<()> {
    put(conn, of_refund(refund))
}

/// Adds a tip that was changed afterwards to the sums of its sale's day.
pub(super) fn tip(conn: &Connection, change: &TipChange) -> rusqlite::Result<()> {
    put(conn, of_tip(change))
}

fn put(conn: &Connection, sums: Vec<DaySum>) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO day_sums (kind, business_date, register, key, name, count, quantity, gross, discount, net, tax, \
         total, tips, cost, net_with_cost, covers, open_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) \
         ON CONFLICT (kind, business_date, register, key) DO UPDATE SET name = excluded.name, \
         count = count + excluded.count, quantity = quantity + excluded.quantity, gross = gross + excluded.gross, \
         discount = discount + excluded.discount, net = net + excluded.net, tax = tax + excluded.tax, \
         total = total + excluded.total, tips = tips + excluded.tips, cost = cost + excluded.cost, \
         net_with_cost = net_with_cost + excluded.net_with_cost, covers = covers + excluded.covers, \
         open_ms = open_ms + excluded.open_ms",
    )?;
    for sum in sums {
        statement.execute(rusqlite::params![
            sum.by.word(),
            sum.date.to_string(),
            sum.register.0,
            sum.key,
            sum.name,
            sum.count,
            sum.quantity.thousandths(),
            sum.gross.minor(),
            sum.discount.minor(),
            sum.net.minor(),
            sum.tax.minor(),
            sum.total.minor(),
            sum.tips.minor(),
            sum.cost.minor(),
            sum.net_with_cost.minor(),
            sum.covers,
            sum.open_ms,
        ])?;
    }
    Ok(())
}
