//! The table of print jobs: how its rows are found, read and changed.

use rusqlite::{Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};

use crate::domain::ids::RegisterId;
use crate::domain::spool::{Job, JobState, NewJob};
use crate::domain::time::Stamp;
use crate::store::error::CommitError;
use crate::store::journal::Hash;

/// What a job is read from: its state, its bytes, and its document if it still has one.
const JOBS: &str = "SELECT id, printer, register, kind, title, bytes, sha256, pulses_drawer, station, body, instead_of, \
                    released, state, attempts, queued_ms, queued_offset, changed_ms, changed_offset, detail \
                    FROM jobs CROSS JOIN job_bytes ON job_bytes.job = id LEFT JOIN job_documents ON job_documents.job = id";

/// What the index of open jobs says of itself. SQLite takes that index only where it reads the very
/// same words; without it every look at the queue would read all that was ever printed.
const OPEN: &str = "state IN ('queued', 'sending', 'unknown', 'stale', 'failed')";

/// A station's ticket that broke off comes again by itself, but not for ever: a printer that breaks
/// off each time needs a person.
const RETRIES: u32 = 3;

/// Of which jobs a printer's oldest is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Those that come out by themselves.
    Ready,
    /// Those that are being sent.
    Sending,
    /// Those that the worker has to see to: either.
    Any,
}

impl Of {
    #[cfg(test)]
    pub(super) const ALL: [Self; 3] = [Self::Ready, Self::Sending, Self::Any];

    fn sql(self) -> String {
        let ready = format!(
            "(state IN ('queued', 'failed') OR state = 'unknown' AND station IS NOT NULL AND attempts <= {RETRIES})"
        );
        match self {
            Self::Ready => ready,
            Self::Sending => "state = 'sending'".to_owned(),
            Self::Any => format!("({ready} OR state = 'sending')"),
        }
    }
}

/// A job as it is kept.
pub(super) struct Kept {
    pub job: Job,
    /// Whether a person asked for it although it is old.
    pub released: bool,
    sha256: Hash,
}

impl Kept {
    /// Whether its bytes are not those that were rendered.
    pub fn is_damaged(&self) -> bool {
        Hash::from(Sha256::digest(&self.job.bytes)) != self.sha256
    }
}

/// The open jobs, and the newest ones.
pub(super) fn list_sql() -> String {
    format!(
        "{JOBS} WHERE id IN (SELECT id FROM jobs INDEXED BY jobs_open WHERE {OPEN} \
         UNION SELECT id FROM jobs WHERE id > (SELECT max(id) FROM jobs) - ?1) ORDER BY id"
    )
}

/// How many jobs of a printer come out by themselves, since when the oldest waits, and how many wait
/// for a person.
pub(super) fn waiting_sql() -> String {
    let ready = Of::Any.sql();
    format!(
        "SELECT count(*) FILTER (WHERE {ready}), count(*) FILTER (WHERE NOT {ready}), \
         min(id) FILTER (WHERE {ready}) FROM jobs WHERE {OPEN} AND printer = ?1"
    )
}

/// The oldest job of a printer of some kind.
pub(super) fn first_sql(of: Of) -> String {
    format!("{JOBS} WHERE {OPEN} AND printer = ?1 AND {} ORDER BY id LIMIT 1", of.sql())
}

/// Tickets of stations that wait before a printer since before a time.
pub(super) fn due_sql() -> String {
    format!(
        "{JOBS} WHERE {OPEN} AND printer = ?1 AND {} AND station IS NOT NULL \
         AND body IS NOT NULL AND instead_of IS NULL AND queued_ms <= ?2 ORDER BY id",
        Of::Ready.sql()
    )
}

/// The oldest job of a printer of some kind.
pub(super) fn first(conn: &Connection, printer: &str, of: Of) -> rusqlite::Result<Option<Kept>> {
    conn.prepare_cached(&first_sql(of))?.query_row([printer], kept).optional()
}

/// A job by its number.
pub(super) fn by_id(conn: &Connection, job: i64) -> rusqlite::Result<Option<Kept>> {
    let sql = format!("{JOBS} WHERE id = ?1");
    conn.prepare_cached(&sql)?.query_row([job], kept).optional()
}

/// A job that is in one of some states.
pub(super) fn expect(conn: &Connection, job: i64, from: &[JobState], what: &str) -> Result<Kept, CommitError> {
    let kept = by_id(conn, job)?.ok_or_else(|| CommitError::Other(format!("there is no print job {job}")))?;
    if from.contains(&kept.job.state) {
        return Ok(kept);
    }
    Err(CommitError::Other(format!("print job {job} is {} and cannot {what}", kept.job.state.word())))
}

pub(super) fn set_state(
    conn: &Connection,
    job: i64,
    state: JobState,
    detail: &str,
    now: Stamp,
) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE jobs SET state = ?2, detail = ?3, changed_ms = ?4, changed_offset = ?5 WHERE id = ?1")?
        .execute((job, state.word(), detail, now.utc_ms, now.offset_min))?;
    Ok(())
}

/// Queues a print job. One that replaces another is as old as that one, and was begun as often.
pub(in crate::store) fn queue(
    conn: &Connection,
    register: RegisterId,
    at: Stamp,
    job: &NewJob,
) -> Result<(), CommitError> {
    let of = match job.instead_of {
        Some(of) => by_id(conn, of)?,
        None => None,
    };
    let (register, queued) = of.as_ref().map_or((register, at), |of| (of.job.register, of.job.queued));
    let (released, attempts) = of.as_ref().map_or((false, 0), |of| (of.released, of.job.attempts));
    conn.prepare_cached(
        "INSERT INTO jobs (printer, register, kind, title, pulses_drawer, station, instead_of, released, state, \
         attempts, queued_ms, queued_offset, changed_ms, changed_offset, detail) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', ?9, ?10, ?11, ?12, ?13, '')",
    )?
    .execute(rusqlite::params![
        job.printer,
        register.0,
        job.kind,
        job.title,
        job.pulses_drawer,
        job.station,
        job.instead_of,
        released,
        attempts,
        queued.utc_ms,
        queued.offset_min,
        at.utc_ms,
        at.offset_min,
    ])?;
    let id = conn.last_insert_rowid();
    let sha256: Hash = Sha256::digest(&job.bytes).into();
    conn.prepare_cached("INSERT INTO job_bytes VALUES (?1, ?2, ?3)")?.execute((id, &job.bytes, sha256))?;
    if let Some(document) = &job.document {
        conn.prepare_cached("INSERT INTO job_documents VALUES (?1, ?2)")?.execute((id, document))?;
    }
    Ok(())
}

pub(super) fn stamp(row: &Row<'_>, ms: &str, offset: &str) -> rusqlite::Result<Stamp> {
    Ok(Stamp::new(row.get(ms)?, row.get(offset)?))
}

pub(super) fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let bytes: Vec<u8> = row.get("bytes")?;
    let state: String = row.get("state")?;
    let job = Job {
        id: row.get("id")?,
        printer: row.get("printer")?,
        register: RegisterId(row.get("register")?),
        kind: row.get("kind")?,
        title: row.get("title")?,
        bytes,
        pulses_drawer: row.get("pulses_drawer")?,
        station: row.get("station")?,
        document: row.get("body")?,
        instead_of: row.get("instead_of")?,
        // The table's own check lets no other word in.
        state: JobState::ALL.into_iter().find(|s| s.word() == state).unwrap_or(JobState::Unknown),
        attempts: row.get("attempts")?,
        queued: stamp(row, "queued_ms", "queued_offset")?,
        changed: stamp(row, "changed_ms", "changed_offset")?,
        detail: row.get("detail")?,
    };
    Ok(Kept { job, released: row.get("released")?, sha256: row.get("sha256")? })
}
