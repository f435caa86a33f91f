//! What the books know of customers: their numbers, and what they owe with how it came to that.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use crate::domain::customer::{Account, CustomerAct, Move, charged};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{CustomerId, PaymentId};
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
    let (paid, back) = match &recorded.event {
        Event::MoneyReceived { received } => {
            let back = received.takes_back.as_ref().map(|back| back.payment);
            (Some(received.payment.id).filter(|_| back.is_none()), back)
        }
        _ => (None, None),
    };
    for (place, (account, more)) in (1_i64..).zip(charged(&recorded.event)) {
        let customer = account.customer.0.as_bytes();
        conn.prepare_cached("UPDATE accounts SET owes = owes + ?2 WHERE customer = ?1")?
            .execute((customer, more.minor()))?;
        conn.prepare_cached(
            "INSERT INTO account_moves (entry, place, customer, business_date, what, amount, payment, takes_back) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            entry,
            place,
            customer,
            recorded.business_date.to_string(),
            words(&recorded.event, order),
            more.minor(),
            paid.map(|id| *id.0.as_bytes()),
            back.map(|id| *id.0.as_bytes()),
        ))?;
    }
    Ok(())
}

/// The entries of payments on an account that were not taken back, newest first.
pub(in crate::store) fn payments(conn: &Connection, customer: CustomerId, most: u32) -> rusqlite::Result<Vec<i64>> {
    let mut statement = conn.prepare_cached(
        "SELECT entry FROM account_moves m WHERE customer = ?1 AND payment IS NOT NULL AND takes_back IS NULL \
         AND NOT EXISTS (SELECT 1 FROM account_moves b WHERE b.customer = ?1 AND b.takes_back = m.payment) \
         ORDER BY entry DESC LIMIT ?2",
    )?;
    let entries = statement.query_map((customer.0.as_bytes(), most), |row| row.get(0))?;
    entries.collect()
}

/// Whether a payment on an account stands there, and was not taken back.
pub(in crate::store) fn stands(conn: &Connection, customer: CustomerId, payment: PaymentId) -> rusqlite::Result<bool> {
    conn.prepare_cached(
        "SELECT count(payment) = 1 AND count(takes_back) = 0 FROM account_moves WHERE customer = ?1 AND \
         ((payment = ?2 AND takes_back IS NULL) OR takes_back = ?2)",
    )?
    .query_row((customer.0.as_bytes(), payment.0.as_bytes()), |row| row.get(0))
}

/// What a statement calls a movement.
fn words(event: &Event, order: Option<u32>) -> String {
    let order = order.map(|number| format!("Order {number}")).unwrap_or_default();
    match event {
        Event::PaymentReversed { .. } => format!("{order}, taken back"),
        Event::Refunded { refund, .. } => format!("Refund {}", refund.number),
        Event::MoneyReceived { received } if received.takes_back.is_some() => {
            format!("Paid, {}, taken back", received.payment.name)
        }
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
        CustomerAct::Statement | CustomerAct::Points { .. } => Ok(0),
    }?;
    Ok(())
}
