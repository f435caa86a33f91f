//! What the books know of customers: their numbers, and what they owe with how it came to that.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use crate::domain::customer::{Account, CustomerAct, Move, charged};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::CustomerId;
use crate::domain::money::Money;

fn account(row: &Row, at: usize) -> rusqlite::Result<Account> {
    let limit: Option<i64> = row.get(at + 1)?;
    Ok(Account {
        number: row.get(at)?,
        limit: limit.map(Money::from_minor),
        owes: Money::from_minor(row.get(at + 2)?),
        forgotten: row.get(at + 3)?,
    })
}

/// How a customer's account stands; none where there is no such customer.
pub(in crate::store) fn find(conn: &Connection, customer: CustomerId) -> rusqlite::Result<Option<Account>> {
    conn.prepare_cached("SELECT number, credit, owes, forgotten FROM accounts WHERE customer = ?1")?
        .query_row([customer.0.as_bytes()], |row| account(row, 0))
        .optional()
}

/// How all stand.
pub(in crate::store) fn load(conn: &Connection) -> rusqlite::Result<BTreeMap<CustomerId, Account>> {
    let mut statement = conn.prepare_cached("SELECT customer, number, credit, owes, forgotten FROM accounts")?;
    let rows = statement.query_map([], |row| Ok((CustomerId(Uuid::from_bytes(row.get(0)?)), account(row, 1)?)))?;
    rows.collect()
}

/// Whether another customer has this number.
pub(in crate::store) fn is_taken(conn: &Connection, number: u32, customer: CustomerId) -> rusqlite::Result<bool> {
    conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM accounts WHERE number = ?1 AND customer <> ?2)")?
        .query_row((number, customer.0.as_bytes()), |row| row.get(0))
}

/// The movements of an account, oldest first.
pub(in crate::store) fn moves(conn: &Connection, customer: CustomerId) -> rusqlite::Result<Vec<Move>> {
    let mut statement = conn.prepare_cached(
        "SELECT business_date, what, amount FROM account_moves WHERE customer = ?1 ORDER BY entry, place",
    )?;
    let rows = statement.query_map([customer.0.as_bytes()], |row| {
        let date: String = row.get(0)?;
        let date = date.parse().map_err(|_| rusqlite::Error::InvalidQuery)?;
        Ok(Move { date, what: row.get(1)?, amount: Money::from_minor(row.get(2)?) })
    })?;
    rows.collect()
}

/// Folds the journal entry `entry`; `order` is the number of the order that it is about.
pub(super) fn put(conn: &Connection, entry: i64, recorded: &Recorded, order: Option<u32>) -> rusqlite::Result<()> {
    if let Event::CustomerChanged { customer, act } = &recorded.event {
        changed(conn, *customer, act)?;
    }
    for (place, (account, more)) in (1_i64..).zip(charged(&recorded.event)) {
        let customer = account.customer.0.as_bytes();
        conn.prepare_cached("UPDATE accounts SET owes = owes + ?2 WHERE customer = ?1")?
            .execute((customer, more.minor()))?;
        conn.prepare_cached(
            "INSERT INTO account_moves (entry, place, customer, business_date, what, amount) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            entry,
            place,
            customer,
            recorded.business_date.to_string(),
            words(&recorded.event, order),
            more.minor(),
        ))?;
    }
    Ok(())
}

/// What a statement calls a movement.
fn words(event: &Event, order: Option<u32>) -> String {
    let order = order.map(|number| format!("Order {number}")).unwrap_or_default();
    match event {
        Event::PaymentReversed { .. } => format!("{order}, taken back"),
        Event::Refunded { refund, .. } => format!("Refund {}", refund.number),
        Event::MoneyReceived { received } => format!("Paid, {}", received.payment.name),
        _ => order,
    }
}

fn changed(conn: &Connection, customer: CustomerId, act: &CustomerAct) -> rusqlite::Result<()> {
    let id = customer.0.as_bytes();
    match act {
        CustomerAct::Saved { number } => conn
            .prepare_cached(
                "INSERT INTO accounts (customer, number, credit, owes, forgotten) VALUES (?1, ?2, NULL, 0, 0) \
                 ON CONFLICT (customer) DO UPDATE SET number = excluded.number",
            )?
            .execute((id, number)),
        CustomerAct::Limit { limit } => conn
            .prepare_cached("UPDATE accounts SET credit = ?2 WHERE customer = ?1")?
            .execute((id, limit.map(|limit| limit.minor()))),
        CustomerAct::Forgotten => {
            conn.prepare_cached("UPDATE accounts SET forgotten = 1, credit = NULL WHERE customer = ?1")?.execute([id])
        }
        CustomerAct::Statement => Ok(0),
    }?;
    Ok(())
}
