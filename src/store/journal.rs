//! The journal: gap-free streams of entries, each chained to the one before by its hash.
//!
//! `hash = SHA-256("counterflow-journal-v1" ‖ box ‖ register ‖ seq ‖ prev ‖ len ‖ body)`
//!
//! | part | bytes |
//! |---|---|
//! | `counterflow-journal-v1` | 22, ASCII, no length before it and no zero after it |
//! | box | 16, the UUID as it is written |
//! | register | 2, unsigned, big-endian; 0 is the office |
//! | seq | 8, unsigned, big-endian; the first entry of a register is 1 |
//! | prev | 32, the hash of the entry before in the same stream; zeros before the first |
//! | len | 8, unsigned, big-endian: the bytes of the body |
//! | body | the exact bytes stored: UTF-8 JSON of [`Recorded`] |

use rusqlite::{Connection, OptionalExtension};

use crate::domain::event::Recorded;
use crate::domain::ids::{BoxId, RegisterId};
use crate::store::error::{CommitError, StoreError};

pub use crate::wire::Hash;
pub(super) use crate::wire::chain::NO_HASH;
pub use crate::wire::chain::hash;
pub(super) use crate::wire::hex::{hex, unhex};

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place among all entries of the box.
    pub id: i64,
    /// Whose stream it is in.
    pub register: RegisterId,
    /// Its number in that stream.
    pub seq: u64,
    /// The hash of the entry before it.
    pub prev: Hash,
    /// Its own hash.
    pub hash: Hash,
    /// The exact bytes that were hashed: JSON of a [`Recorded`].
    pub body: Vec<u8>,
}

/// Appends an entry after `head` (the number and hash of the last one). Gives its place among all
/// entries, and the new head.
pub(super) fn append(
    conn: &Connection,
    box_id: BoxId,
    head: (u64, Hash),
    recorded: &Recorded,
) -> Result<(i64, (u64, Hash)), CommitError> {
    let body = serde_json::to_vec(recorded).map_err(|e| CommitError::Other(e.to_string()))?;
    let seq = head.0 + 1;
    let hash = hash(box_id, recorded.register, seq, &head.1, &body);
    let id: i64 = conn
        .prepare_cached(
            "INSERT INTO journal (id, register, seq, hash, body) \
             VALUES ((SELECT coalesce(max(id), 0) + 1 FROM journal), ?1, ?2, ?3, ?4) RETURNING id",
        )?
        .query_row((recorded.register.0, int(seq), hash, body), |row| row.get(0))?;
    Ok((id, (seq, hash)))
}

/// Reads an entry's body.
pub(super) fn read(body: &[u8]) -> Result<Recorded, serde_json::Error> {
    serde_json::from_slice(body)
}

/// The hash of the entry with this number; [`NO_HASH`] before the first one.
pub(super) fn hash_at(conn: &Connection, register: RegisterId, seq: u64) -> rusqlite::Result<Option<Hash>> {
    if seq == 0 {
        return Ok(Some(NO_HASH));
    }
    conn.prepare_cached("SELECT hash FROM journal WHERE register = ?1 AND seq = ?2")?
        .query_row((register.0, int(seq)), |row| row.get(0))
        .optional()
}

/// Hands every entry to `each`, stream by stream, in the order of their numbers.
pub(super) fn for_each(
    conn: &Connection,
    each: &mut dyn FnMut(Entry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare("SELECT id, register, seq, hash, body FROM journal ORDER BY register, seq")?;
    let mut rows = statement.query([])?;
    let mut last: Option<(RegisterId, Hash)> = None;
    while let Some(row) = rows.next()? {
        let register = RegisterId(row.get(1)?);
        let prev = last.filter(|(r, _)| *r == register).map_or(NO_HASH, |(_, hash)| hash);
        let entry =
            Entry { id: row.get(0)?, register, seq: whole(row.get(2)?), prev, hash: row.get(3)?, body: row.get(4)? };
        last = Some((register, entry.hash));
        each(entry)?;
    }
    Ok(())
}

/// A count as SQLite keeps it.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as SQLite kept it.
pub(super) fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
