//! Working time as it stands.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::work::Work;
use crate::store::fold::{from_json, json};

/// Puts a time at work as it stands now.
pub(super) fn put(conn: &Connection, work: &Work) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO work (id, staff, business_date, open, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((
        work.id.0.as_bytes(),
        work.staff.0.as_bytes(),
        work.date.to_string(),
        work.ended.is_none(),
        json(work)?,
    ))?;
    Ok(())
}

/// How a time at work stands, and whether the person is at work (in that or another).
pub(super) fn stands(conn: &Connection, work: &Work) -> rusqlite::Result<(Option<Work>, bool)> {
    let body: Option<String> = conn
        .prepare_cached("SELECT body FROM work WHERE id = ?1")?
        .query_row([work.id.0.as_bytes()], |row| row.get(0))
        .optional()?;
    let open = conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM work WHERE staff = ?1 AND open = 1 AND id <> ?2)")?
        .query_row((work.staff.0.as_bytes(), work.id.0.as_bytes()), |row| row.get(0))?;
    Ok((body.map(|body| from_json(&body)).transpose()?, open))
}
