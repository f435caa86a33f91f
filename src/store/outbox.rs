//! Bundles of closed shifts, and of what was added to them later: frozen in the transaction of the act, put together when they are sent,
//! acknowledged by an entry of the journal. Nothing here can be deleted; the table of what is frozen is
//! a projection, and rebuilding it gives the same bytes.
//!
//! What is frozen of a bundle is its head, a line that is as short after ten sales as after ten
//! thousand. The entries it carries are in the journal, which never changes; the head holds the hash of
//! the last, which the chain binds to all others. So a close writes one row more, and a bundle needs no
//! second copy of the shift on the till's disk.

use std::io::Write;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::enrolment::{BackendAct, Enrolment, Unsent};
use crate::domain::event::Recorded;
use crate::domain::ids::{BoxId, RegisterId, ShiftId, StaffId};
use crate::domain::time::Stamp;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::fold::{from_json, json};
use crate::store::journal::{Hash, int, whole};
use crate::wire::bundle::{self, Head, Kind, Person, SCHEMA, Slice};
use crate::wire::chain::NO_HASH;

/// A bundle that was frozen, and how sending it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Its id.
    pub id: Uuid,
    /// Its register.
    pub register: RegisterId,
    /// Its number on the register.
    pub seq: u64,
    /// What it is about.
    pub kind: Kind,
    /// SHA-256 of its head.
    #[serde(with = "crate::wire::hex::hash")]
    pub sha256: Hash,
    /// When it was frozen.
    pub at: Stamp,
    /// How often it was tried.
    pub attempts: u32,
    /// The last trouble; empty when there was none.
    pub trouble: String,
    /// Whether it waits for people.
    pub set_aside: bool,
}

/// Until when the backend is left in peace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackOff {
    /// How often in a row nothing could be sent.
    pub failures: u32,
    /// Until when, in UTC milliseconds.
    pub next_ms: i64,
    /// Why.
    pub why: String,
}

/// What a bundle is frozen of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    /// A shift that was closed.
    Shift(ShiftId),
    /// What was added to a closed shift, where it is of one.
    Correction(Option<ShiftId>),
}

/// Freezes the bundle that ends with the entry just folded, whose number and hash are `head`.
pub(super) fn freeze(conn: &Connection, head: (u64, Hash), recorded: &Recorded, of: Of) -> rusqlite::Result<()> {
    let register = recorded.register;
    let (kind, id, corrects) = match of {
        Of::Shift(shift) => (Kind::Shift, shift.0, None),
        Of::Correction(shift) => (Kind::Correction, bundle::correction_id(&head.1), shift),
    };
    let before: Option<(i64, Hash, i64, Hash)> = conn
        .prepare_cached(
            "SELECT seq, sha256, last, last_hash FROM outbox WHERE register = ?1 ORDER BY seq DESC LIMIT 1",
        )?
        .query_row([register.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let (seq, prev_sha256, last, prev) = before.unwrap_or((0, NO_HASH, 0, NO_HASH));
    let enrolment = enrolment_of(conn, register)?.map(|(_, enrolment)| enrolment);
    let box_id: [u8; 16] = conn.query_row("SELECT id FROM box", [], |row| row.get(0))?;
    let catalogue: Option<String> = conn.query_row("SELECT digest FROM menu", [], |row| row.get(0)).optional()?;
    let frozen = Head {
        schema: SCHEMA,
        kind,
        id,
        corrects,
        tenant: enrolment.as_ref().map(|e| e.tenant),
        store: enrolment.as_ref().map(|e| e.store),
        box_id: BoxId(Uuid::from_bytes(box_id)),
        register,
        seq: whole(seq) + 1,
        prev_sha256,
        journal: Slice { first: whole(last) + 1, last: head.0, prev, head: head.1 },
        business_date: recorded.business_date,
        at: recorded.at,
        program: recorded.program.clone(),
        catalogue,
        staff: people(conn)?,
    };
    put(conn, &frozen)
}

/// Whether a register has no shift open, on a box where one was closed: a register of the office never has one.
pub(super) fn is_between_shifts(conn: &Connection, register: RegisterId) -> rusqlite::Result<bool> {
    conn.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM outbox) \
         AND NOT EXISTS (SELECT 1 FROM shifts WHERE register = ?1 AND z IS NULL)",
    )?
    .query_row([register.0], |row| row.get(0))
}

/// The last shift of a register that was closed for a business date.
pub(super) fn closed_shift(
    conn: &Connection,
    register: RegisterId,
    date: NaiveDate,
) -> rusqlite::Result<Option<ShiftId>> {
    conn.prepare_cached(
        "SELECT id FROM shifts WHERE register = ?1 AND business_date = ?2 AND z IS NOT NULL \
         ORDER BY number DESC LIMIT 1",
    )?
    .query_row((register.0, date.to_string()), |row| Ok(ShiftId(Uuid::from_bytes(row.get(0)?))))
    .optional()
}

fn people(conn: &Connection) -> rusqlite::Result<Vec<Person>> {
    let mut statement = conn.prepare_cached("SELECT id, name, role FROM staff ORDER BY id")?;
    let person =
        |row: &Row<'_>| Ok(Person { id: StaffId(Uuid::from_bytes(row.get(0)?)), name: row.get(1)?, role: row.get(2)? });
    statement.query_map([], person)?.collect()
}

fn put(conn: &Connection, frozen: &Head) -> rusqlite::Result<()> {
    let bytes = frozen.to_bytes().map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    conn.prepare_cached(
        "INSERT INTO outbox (id, register, seq, kind, head, sha256, last, last_hash, business_date, at_ms, at_offset) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute((
        frozen.id.as_bytes(),
        frozen.register.0,
        int(frozen.seq),
        frozen.kind.word(),
        &bytes,
        bundle::sha256(&bytes),
        int(frozen.journal.last),
        frozen.journal.head,
        frozen.business_date.to_string(),
        frozen.at.utc_ms,
        frozen.at.offset_min,
    ))?;
    Ok(())
}

/// Folds what was settled with a backend.
pub(super) fn settled(conn: &Connection, act: &BackendAct) -> rusqlite::Result<()> {
    match act {
        BackendAct::Enrolled { register, server, enrolment } => conn
            .prepare_cached("INSERT OR REPLACE INTO enrolments (register, server, body) VALUES (?1, ?2, ?3)")?
            .execute((register.0, server, json(enrolment)?))?,
        BackendAct::Acknowledged { bundle, text } => conn
            .prepare_cached("UPDATE outbox SET acknowledgement = ?2 WHERE id = ?1")?
            .execute((bundle.as_bytes(), text))?,
    };
    Ok(())
}

fn enrolment_of(conn: &Connection, register: RegisterId) -> rusqlite::Result<Option<(String, Enrolment)>> {
    conn.prepare_cached("SELECT server, body FROM enrolments WHERE register = ?1")?
        .query_row([register.0], |row| Ok((row.get(0)?, from_json(&row.get::<_, String>(1)?)?)))
        .optional()
}

const WAITING: &str = "SELECT o.id, register, seq, kind, sha256, at_ms, at_offset, coalesce(attempts, 0), \
                       coalesce(trouble, ''), coalesce(set_aside, 0) \
                       FROM outbox o LEFT JOIN deliveries d ON d.bundle = o.id";

fn waiting(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    let kind: String = row.get(3)?;
    Ok(Waiting {
        id: Uuid::from_bytes(row.get(0)?),
        register: RegisterId(row.get(1)?),
        seq: whole(row.get(2)?),
        kind: if kind == Kind::Correction.word() { Kind::Correction } else { Kind::Shift },
        sha256: row.get(4)?,
        at: Stamp { utc_ms: row.get(5)?, offset_min: row.get(6)? },
        attempts: row.get(7)?,
        trouble: row.get(8)?,
        set_aside: row.get(9)?,
    })
}

impl Store {
    /// All bundles that no backend has acknowledged, by register and number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unacknowledged(&self) -> Result<Vec<Waiting>, StoreError> {
        let sql = format!("{WAITING} WHERE acknowledgement IS NULL ORDER BY register, seq");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([], waiting)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One bundle, acknowledged or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn bundle(&self, register: RegisterId, seq: u64) -> Result<Option<Waiting>, StoreError> {
        let sql = format!("{WAITING} WHERE register = ?1 AND seq = ?2");
        Ok(self.conn.prepare_cached(&sql)?.query_row((register.0, int(seq)), waiting).optional()?)
    }

    /// How much has not been acknowledged, of registers that have a backend; `None` where none has.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unsent(&self) -> Result<Option<Unsent>, StoreError> {
        let mut enrolled = self.conn.prepare_cached("SELECT register FROM enrolments")?;
        let enrolled: Vec<u16> = enrolled.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if enrolled.is_empty() {
            return Ok(None);
        }
        let mut unsent = Unsent::default();
        for bundle in self.unacknowledged()?.into_iter().filter(|b| enrolled.contains(&b.register.0)) {
            if bundle.set_aside {
                unsent.set_aside += 1;
            } else {
                unsent.waiting += 1;
                unsent.since = Some(unsent.since.map_or(bundle.at, |since| since.min(bundle.at)));
            }
        }
        Ok(Some(unsent))
    }

    /// The frozen head of a bundle.
    ///
    /// # Errors
    /// When there is no such bundle, or the store cannot be read.
    pub fn bundle_head(&self, id: Uuid) -> Result<Vec<u8>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT head FROM outbox WHERE id = ?1")?;
        let head = statement.query_row([id.as_bytes()], |row| row.get(0)).optional()?;
        head.ok_or_else(|| StoreError::Damaged(format!("bundle {id} is not there")))
    }

    /// Writes a bundle, entry by entry: memory does not grow with the shift.
    ///
    /// # Errors
    /// When the store cannot be read, an entry is missing, or the writer fails.
    pub fn write_bundle(&self, id: Uuid, to: &mut impl Write) -> Result<(), StoreError> {
        let bytes = self.bundle_head(id)?;
        let head: Head =
            serde_json::from_slice(&bytes).map_err(|e| StoreError::Damaged(format!("the head of bundle {id}: {e}")))?;
        bundle::write_line(to, &bytes).map_err(StoreError::io(&self.dir))?;
        let mut statement = self
            .conn
            .prepare_cached("SELECT body FROM journal WHERE register = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq")?;
        let mut rows = statement.query((head.register.0, int(head.journal.first), int(head.journal.last)))?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let body = row.get_ref(0)?.as_bytes().map_err(|e| StoreError::Damaged(e.to_string()))?;
            bundle::write_line(to, body).map_err(StoreError::io(&self.dir))?;
            count += 1;
        }
        match head.journal.last - head.journal.first + 1 {
            due if due == count => Ok(()),
            due => Err(StoreError::Damaged(format!("{} of {due} entries of bundle {id} are missing", due - count))),
        }
    }

    /// Keeps an answer of the backend, and forgets the troubles of its bundle. `recorded` is its entry:
    /// [`BackendAct::Acknowledged`].
    ///
    /// # Errors
    /// As of [`Store::commit`].
    pub fn acknowledge(&mut self, bundle: Uuid, recorded: &Recorded) -> Result<(), StoreError> {
        self.commit_with(std::slice::from_ref(recorded), &[], |tx| {
            tx.execute("DELETE FROM deliveries WHERE bundle = ?1", [bundle.as_bytes()])?;
            Ok(())
        })?;
        Ok(())
    }

    /// Notes that a bundle was tried in vain; set aside, it waits for people.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_trouble(&mut self, id: Uuid, trouble: &str, set_aside: bool, now: Stamp) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO deliveries (bundle, attempts, trouble, set_aside, changed_ms) VALUES (?1, 1, ?2, ?3, ?4) \
                 ON CONFLICT (bundle) DO UPDATE SET attempts = attempts + 1, trouble = excluded.trouble, \
                 set_aside = excluded.set_aside, changed_ms = excluded.changed_ms",
            )?
            .execute((id.as_bytes(), trouble, set_aside, now.utc_ms))?;
        Ok(())
    }

    /// Lets everything that was set aside be tried again. Says how many.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn take_up_again(&mut self) -> Result<usize, StoreError> {
        Ok(self.conn.execute("UPDATE deliveries SET set_aside = 0 WHERE set_aside = 1", [])?)
    }

    /// Until when the backend is left in peace.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn back_off(&self) -> Result<BackOff, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT failures, next_ms, why FROM backend")?;
        let read = |row: &Row<'_>| Ok(BackOff { failures: row.get(0)?, next_ms: row.get(1)?, why: row.get(2)? });
        Ok(statement.query_row([], read)?)
    }

    /// Leaves the backend in peace until a time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_back_off(&mut self, back_off: &BackOff) -> Result<(), StoreError> {
        self.conn.prepare_cached("UPDATE backend SET failures = ?1, next_ms = ?2, why = ?3")?.execute((
            back_off.failures,
            back_off.next_ms,
            &back_off.why,
        ))?;
        Ok(())
    }

    /// The backend of a register: its address, and what it told when the register enrolled.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn enrolment(&self, register: RegisterId) -> Result<Option<(String, Enrolment)>, StoreError> {
        Ok(enrolment_of(&self.conn, register)?)
    }

    /// The registers that have a backend.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn enrolled_registers(&self) -> Result<Vec<RegisterId>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT register FROM enrolments ORDER BY register")?;
        let rows = statement.query_map([], |row| Ok(RegisterId(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
