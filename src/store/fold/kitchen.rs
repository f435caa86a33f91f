//! Kitchen tickets: which were given out, and when they were done. What is on one is in the journal.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::event::Recorded;
use crate::domain::kitchen::Ticket;

/// Keeps the tickets of an entry.
pub(super) fn put(conn: &Connection, entry: i64, tickets: &[Ticket], sent: &Recorded) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO kitchen_tickets (station, number, entry, sent_ms, business_date) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let date = sent.business_date.to_string();
    for ticket in tickets {
        statement.execute((&ticket.station, ticket.number, entry, sent.at.utc_ms, &date))?;
    }
    Ok(())
}

/// A ticket is done, or is not. Done twice, it was done the first time.
pub(super) fn bump(conn: &Connection, station: &str, number: u32, at_ms: Option<i64>) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "UPDATE kitchen_tickets SET bumped_ms = ?3 WHERE station = ?1 AND number = ?2 AND (bumped_ms IS NULL OR ?3 IS NULL)",
    )?
    .execute((station, number, at_ms))?;
    Ok(())
}

/// The last ticket number that a station was given; 0 before there is one.
pub(crate) fn last_ticket(conn: &Connection, station: &str) -> rusqlite::Result<u32> {
    conn.prepare_cached("SELECT coalesce(max(number), 0) FROM kitchen_tickets WHERE station = ?1")?
        .query_row([station], |row| row.get(0))
}

/// The last ticket number that each station was given.
pub(crate) fn last_tickets(conn: &Connection) -> rusqlite::Result<BTreeMap<String, u32>> {
    let mut last = BTreeMap::new();
    let mut next = conn.prepare_cached("SELECT min(station) FROM kitchen_tickets WHERE station > ?1")?;
    let mut after = String::new();
    // A step for each station, never a walk over all tickets.
    while let Some(station) = next.query_row([&after], |row| row.get::<_, Option<String>>(0))? {
        last.insert(station.clone(), last_ticket(conn, &station)?);
        after = station;
    }
    Ok(last)
}
