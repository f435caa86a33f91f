//! Acts in columns that reports can read.

use rusqlite::Connection;

use crate::domain::act;
use crate::domain::event::Recorded;

/// Puts the acts that the journal entry `entry` holds.
pub(super) fn put(conn: &Connection, entry: i64, recorded: &Recorded) -> rusqlite::Result<()> {
    let acts = act::of(recorded);
    if acts.is_empty() {
        return Ok(());
    }
    let mut statement = conn.prepare_cached(
        "INSERT INTO acts (entry, place, kind, business_date, register, shift, at_ms, at_offset, staff, other, \
         for_order, what, reason, count, amount) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    for (place, act) in (1_i64..).zip(acts) {
        statement.execute(rusqlite::params![
            entry,
            place,
            act.kind.word(),
            act.date.to_string(),
            act.register.0,
            act.shift.as_ref().map(|id| id.0.as_bytes()),
            act.at.utc_ms,
            act.at.offset_min,
            act.staff.as_ref().map(|id| id.0.as_bytes()),
            act.other.as_ref().map(|id| id.0.as_bytes()),
            act.order.as_ref().map(|id| id.0.as_bytes()),
            act.what,
            act.reason,
            act.count,
            act.amount.minor(),
        ])?;
    }
    Ok(())
}
