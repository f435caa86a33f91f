//! Kitchen tickets, read for the screen of a station and for reports.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::board::{Board, Posted};
use crate::domain::event::Event;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::load::entry_at;

impl Store {
    /// Brings a station's board up to date: its tickets from the oldest on that was sent, or done, since `since_ms`
    /// (UTC milliseconds); what was never done before is of another day. A ticket never changes, so that only those are
    /// read which the board does not have.
    ///
    /// # Errors
    /// When the store cannot be read; the board is as it was.
    pub fn follow_board(&self, board: &mut Board, station: &str, since_ms: i64) -> Result<(), StoreError> {
        // One transaction, so that all of it is of the same moment.
        let tx = self.conn.unchecked_transaction()?;
        let mut statement = tx.prepare_cached(
            "SELECT number, entry, bumped_ms FROM kitchen_tickets WHERE station = ?1 AND number >= (SELECT min(number) FROM ( \
             SELECT number FROM kitchen_tickets WHERE station = ?1 AND bumped_ms IS NULL AND sent_ms >= ?2 UNION ALL \
             SELECT number FROM kitchen_tickets WHERE station = ?1 AND bumped_ms >= ?2)) ORDER BY number",
        )?;
        let mut rows = statement.query((station, since_ms))?;
        let (mut standing, mut came) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let (number, entry, bumped_ms) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if !board.has(number) {
                came.push(ticket(&tx, station, number, entry, bumped_ms)?);
            }
            standing.push((number, bumped_ms));
        }
        board.follow(&standing, came);
        Ok(())
    }

    /// The number of the ticket that a station has done last; `None` when none was since `since_ms`
    /// (UTC milliseconds).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_bumped(&self, station: &str, since_ms: i64) -> Result<Option<u32>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT number FROM kitchen_tickets WHERE station = ?1 AND bumped_ms >= ?2 \
             ORDER BY bumped_ms DESC, number DESC LIMIT 1",
        )?;
        Ok(statement.query_row((station, since_ms), |row| row.get(0)).optional()?)
    }

    /// Whether a ticket was given out, and if so whether it is done.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_bumped(&self, station: &str, number: u32) -> Result<Option<bool>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT bumped_ms IS NOT NULL FROM kitchen_tickets WHERE station = ?1 AND number = ?2")?;
        Ok(statement.query_row((station, number), |row| row.get(0)).optional()?)
    }
}

fn ticket(
    conn: &Connection,
    station: &str,
    number: u32,
    entry: i64,
    bumped_ms: Option<i64>,
) -> Result<Posted, StoreError> {
    let recorded = entry_at(conn, entry)?;
    if let Event::Sent { order, head, tickets, .. } = recorded.event
        && let Some(ticket) = tickets.into_iter().find(|t| t.station == station && t.number == number)
    {
        return Ok(Posted { order, head, ticket, sent: recorded.at, bumped_ms });
    }
    Err(StoreError::Damaged(format!("journal entry {entry} should hold ticket {number} of {station}")))
}
