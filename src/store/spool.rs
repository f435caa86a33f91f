//! The print queue in the store. A worker has a connection of its own, so that a printer never
//! waits for a cashier, nor a cashier for a printer.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{BoxId, RegisterId, ShiftId, StaffId};
use crate::domain::spool::{Job, JobState, PrintQueue};
use crate::domain::text::clean;
use crate::domain::time::{CutOff, Stamp};
use crate::store::connection::{Access, Pace, connect};
use crate::store::error::{CommitError, StoreError};
use crate::store::fold::Fold;
use crate::store::journal::Hash;
use crate::store::{FILE_NAME, SCHEMA, box_id, commit};

const COLUMNS: &str = "id, printer, kind, title, coalesce(mark, x'') AS mark, bytes, pulses_drawer, state, attempts, \
                       queued_ms, queued_offset, changed_ms, changed_offset, detail, sha256, register";

/// The print queue of a store.
pub struct SpoolQueue {
    conn: Connection,
    box_id: BoxId,
    program: String,
    cut_off: CutOff,
    pace: Pace,
    failed: Option<String>,
}

/// A job as it is kept.
struct Kept {
    job: Job,
    register: RegisterId,
    damaged: bool,
}

/// Who changes a job, and when.
#[derive(Clone, Copy)]
struct By {
    staff: Option<StaffId>,
    now: Stamp,
}

impl SpoolQueue {
    /// Opens the queue of the store in a folder, which must have the newest schema already (a
    /// [`crate::store::Store`] sees to that).
    ///
    /// # Errors
    /// When the store cannot be opened.
    pub fn open(dir: &Path, program: &str, cut_off: CutOff) -> Result<Self, StoreError> {
        let path = dir.join(FILE_NAME);
        if !path.is_file() {
            return Err(StoreError::NoStore(dir.to_owned()));
        }
        let conn = connect(&path, Access::Write)?;
        let schema: u32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if schema != SCHEMA {
            return Err(StoreError::Damaged(format!("it has schema {schema}, and schema {SCHEMA} was expected")));
        }
        let box_id = box_id(&conn)?;
        Ok(Self { conn, box_id, program: program.to_owned(), cut_off, pace: Pace::default(), failed: None })
    }

    /// To be called by a worker that has just got the printer's lock: whatever was being sent broke
    /// off, and nobody knows how much of it is on paper. Says how many.
    ///
    /// # Errors
    /// In words, when the store cannot be written.
    pub fn recover(&mut self, printer: &str, now: Stamp) -> Result<u32, String> {
        self.write(|queue, tx, fold| queue.break_off(tx, fold, printer, now))
    }

    /// All jobs that somebody or something has yet to see to, and the newest `newest` jobs whatever
    /// became of them; oldest first.
    ///
    /// # Errors
    /// In words, when the store cannot be read.
    pub fn list(&self, newest: u32) -> Result<Vec<Job>, String> {
        let read = || {
            let mut statement = self.conn.prepare_cached(&list_sql())?;
            let jobs = statement.query_map([newest], |row| Ok(kept(row)?.job))?;
            jobs.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(words)
    }

    /// Sends a job again that broke off, that its printer could not confirm, or that was given up.
    /// `mark` are bytes for the printer that say POSSIBLE DUPLICATE; they go first.
    ///
    /// # Errors
    /// In words: the job is in another state, or the store cannot be written.
    pub fn requeue(&mut self, job: i64, who: StaffId, mark: &[u8], now: Stamp) -> Result<(), String> {
        let from = [JobState::Unknown, JobState::Unconfirmed, JobState::Cancelled];
        self.write(|queue, tx, fold| {
            let kept = expect(tx, job, &from, "be sent again")?;
            tx.execute("UPDATE jobs SET mark = ?2 WHERE id = ?1", (job, mark))?;
            set_state(tx, job, JobState::Queued, "sent again", now)?;
            queue.journal(tx, fold, &kept, "sent again, marked", By { staff: Some(who), now })
        })
    }

    /// Gives a job up.
    ///
    /// # Errors
    /// In words: the job is in another state, or the store cannot be written.
    pub fn cancel(&mut self, job: i64, who: StaffId, why: &str, now: Stamp) -> Result<(), String> {
        let from = [JobState::Queued, JobState::Failed, JobState::Unknown];
        let why = clean(why, 100);
        self.write(|queue, tx, fold| {
            let kept = expect(tx, job, &from, "be given up")?;
            set_state(tx, job, JobState::Cancelled, &why, now)?;
            queue.journal(tx, fold, &kept, &outcome(JobState::Cancelled, &why), By { staff: Some(who), now })
        })
    }

    /// One transaction.
    fn write<T>(
        &mut self,
        act: impl FnOnce(&Self, &Connection, &mut Fold) -> Result<T, CommitError>,
    ) -> Result<T, String> {
        if let Some(why) = &self.failed {
            return Err(why.clone());
        }
        let done = self.transact(act);
        let carried = if done.is_ok() { self.pace.committed(&self.conn) } else { Ok(()) };
        for error in [done.as_ref().err(), carried.as_ref().err()].into_iter().flatten() {
            if let CommitError::Failing(_) = error {
                self.failed = Some(error.to_string());
            }
        }
        done.map_err(|e| e.to_string())
    }

    fn transact<T>(
        &self,
        act: impl FnOnce(&Self, &Connection, &mut Fold) -> Result<T, CommitError>,
    ) -> Result<T, CommitError> {
        let tx = rusqlite::Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
        let mut fold = Fold::new(&tx);
        let value = act(self, &tx, &mut fold)?;
        fold.finish()?;
        tx.commit()?;
        Ok(value)
    }

    /// Turns what is marked as being sent into `Unknown`.
    fn break_off(&self, tx: &Connection, fold: &mut Fold, printer: &str, now: Stamp) -> Result<u32, CommitError> {
        let mut broken = 0;
        while let Some(kept) = first(tx, printer, "state = 'sending'")? {
            let detail = "it broke off while it was being sent";
            set_state(tx, kept.job.id, JobState::Unknown, detail, now)?;
            self.journal(tx, fold, &kept, &outcome(JobState::Unknown, detail), By { staff: None, now })?;
            broken += 1;
        }
        Ok(broken)
    }

    fn claim_in(
        &self,
        tx: &Connection,
        fold: &mut Fold,
        printer: &str,
        now: Stamp,
    ) -> Result<Option<Job>, CommitError> {
        // A worker that asks for more is not sending any more: what still says so broke off.
        self.break_off(tx, fold, printer, now)?;
        while let Some(mut kept) = first(tx, printer, "state IN ('queued', 'failed')")? {
            if kept.damaged {
                let detail = "its bytes are damaged in the store: print the document again";
                set_state(tx, kept.job.id, JobState::Unknown, detail, now)?;
                self.journal(tx, fold, &kept, &outcome(JobState::Unknown, detail), By { staff: None, now })?;
                continue;
            }
            tx.prepare_cached("UPDATE jobs SET attempts = attempts + 1 WHERE id = ?1")?.execute([kept.job.id])?;
            set_state(tx, kept.job.id, JobState::Sending, "", now)?;
            kept.job.state = JobState::Sending;
            kept.job.attempts += 1;
            kept.job.changed = now;
            kept.job.detail = String::new();
            return Ok(Some(kept.job));
        }
        Ok(None)
    }

    /// Writes what became of a job into the stream of the register that queued it.
    fn journal(&self, tx: &Connection, fold: &mut Fold, kept: &Kept, outcome: &str, by: By) -> Result<(), CommitError> {
        let number = fold.register(kept.register)?.shift;
        let shift: Option<[u8; 16]> = tx
            .prepare_cached("SELECT id FROM shifts WHERE register = ?1 AND number = ?2")?
            .query_row((kept.register.0, number), |row| row.get(0))
            .optional()?;
        let recorded = Recorded {
            at: by.now,
            business_date: by.now.business_date(self.cut_off),
            register: kept.register,
            shift: shift.map(|id| ShiftId(Uuid::from_bytes(id))),
            staff: by.staff,
            program: self.program.clone(),
            schema: SCHEMA,
            event: Event::Printed { job: kept.job.id, printer: kept.job.printer.clone(), outcome: outcome.to_owned() },
        };
        commit::record(tx, self.box_id, fold, &recorded)?;
        Ok(())
    }
}

impl PrintQueue for SpoolQueue {
    fn claim(&mut self, printer: &str, now: Stamp) -> Result<Option<Job>, String> {
        // Most of the time there is nothing to do: that takes no lock.
        let open = first(&self.conn, printer, "state IN ('queued', 'failed', 'sending')").map_err(words)?;
        if open.is_none() {
            return Ok(None);
        }
        self.write(|queue, tx, fold| queue.claim_in(tx, fold, printer, now))
    }

    fn settle(&mut self, job: i64, state: JobState, detail: &str, now: Stamp) -> Result<(), String> {
        let detail = clean(detail, 200);
        let last = match state {
            JobState::Confirmed | JobState::Unconfirmed | JobState::Unknown | JobState::Cancelled => true,
            // Tried again by itself: told when it is over, not each time.
            JobState::Failed => false,
            JobState::Queued | JobState::Sending => {
                return Err(format!("a job that was sent cannot become {}", word(state)));
            }
        };
        self.write(|queue, tx, fold| {
            let kept = expect(tx, job, &[JobState::Sending], "be settled")?;
            set_state(tx, job, state, &detail, now)?;
            if state == JobState::Failed {
                // Nothing of it reached paper, so sending it again is no repetition.
                tx.prepare_cached("UPDATE jobs SET attempts = attempts - 1 WHERE id = ?1")?.execute([job])?;
            }
            if last {
                queue.journal(tx, fold, &kept, &outcome(state, &detail), By { staff: None, now })
            } else {
                Ok(())
            }
        })
    }

    fn waiting(&mut self, printer: &str) -> Result<(u32, Option<Stamp>), String> {
        let read = || {
            self.conn.prepare_cached(&waiting_sql())?.query_row([printer], |row| {
                let oldest: Option<i64> = row.get(1)?;
                let since = oldest.map(|_| stamp(row, "queued_ms", "queued_offset")).transpose()?;
                Ok((row.get(0)?, since))
            })
        };
        read().map_err(words)
    }
}

fn words(error: rusqlite::Error) -> String {
    CommitError::from(error).to_string()
}

/// The state's word in the table.
const fn word(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "queued",
        JobState::Sending => "sending",
        JobState::Confirmed => "confirmed",
        JobState::Unconfirmed => "unconfirmed",
        JobState::Unknown => "unknown",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    }
}

fn state_of(text: &str) -> Option<JobState> {
    use JobState::{Cancelled, Confirmed, Failed, Queued, Sending, Unconfirmed, Unknown};
    [Queued, Sending, Confirmed, Unconfirmed, Unknown, Failed, Cancelled].into_iter().find(|s| word(*s) == text)
}

fn outcome(state: JobState, detail: &str) -> String {
    if detail.is_empty() { word(state).to_owned() } else { format!("{}: {detail}", word(state)) }
}

/// What the index of open jobs says of itself. SQLite takes that index only where it reads the very
/// same words; without it every look at the queue would read all that was ever printed.
const OPEN: &str = "state IN ('queued', 'sending', 'unknown', 'failed')";

/// The open jobs, and the newest ones.
fn list_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM jobs INDEXED BY jobs_open WHERE {OPEN} \
         UNION SELECT {COLUMNS} FROM jobs WHERE id > (SELECT max(id) FROM jobs) - ?1 ORDER BY id"
    )
}

/// How many jobs of a printer wait, and since when the oldest does.
fn waiting_sql() -> String {
    format!(
        "SELECT count(*), min(id), queued_ms, queued_offset FROM jobs \
         WHERE {OPEN} AND printer = ?1 AND state <> 'unknown'"
    )
}

/// The oldest open job of a printer of which `states` is true.
fn first_sql(states: &str) -> String {
    format!("SELECT {COLUMNS} FROM jobs WHERE {OPEN} AND printer = ?1 AND {states} ORDER BY id LIMIT 1")
}

/// The oldest job of a printer in one of some open states. `states` is one of ours, never from
/// outside.
fn first(conn: &Connection, printer: &str, states: &'static str) -> rusqlite::Result<Option<Kept>> {
    conn.prepare_cached(&first_sql(states))?.query_row([printer], kept).optional()
}

/// A job that is in one of some states.
fn expect(conn: &Connection, job: i64, from: &[JobState], what: &str) -> Result<Kept, CommitError> {
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE id = ?1");
    let kept = conn.prepare_cached(&sql)?.query_row([job], kept).optional()?;
    let kept = kept.ok_or_else(|| CommitError::Other(format!("there is no print job {job}")))?;
    if from.contains(&kept.job.state) {
        return Ok(kept);
    }
    Err(CommitError::Other(format!("print job {job} is {} and cannot {what}", word(kept.job.state))))
}

fn set_state(conn: &Connection, job: i64, state: JobState, detail: &str, now: Stamp) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE jobs SET state = ?2, detail = ?3, changed_ms = ?4, changed_offset = ?5 WHERE id = ?1")?
        .execute((job, word(state), detail, now.utc_ms, now.offset_min))?;
    Ok(())
}

fn stamp(row: &Row<'_>, ms: &str, offset: &str) -> rusqlite::Result<Stamp> {
    Ok(Stamp::new(row.get(ms)?, row.get(offset)?))
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let body: Vec<u8> = row.get("bytes")?;
    let sha256: Hash = row.get("sha256")?;
    let damaged = Hash::from(Sha256::digest(&body)) != sha256;
    let mut bytes: Vec<u8> = row.get("mark")?;
    bytes.extend_from_slice(&body);
    let state: String = row.get("state")?;
    let job = Job {
        id: row.get("id")?,
        printer: row.get("printer")?,
        kind: row.get("kind")?,
        title: row.get("title")?,
        bytes,
        pulses_drawer: row.get("pulses_drawer")?,
        // The table's own check lets no other word in.
        state: state_of(&state).unwrap_or(JobState::Unknown),
        attempts: row.get("attempts")?,
        queued: stamp(row, "queued_ms", "queued_offset")?,
        changed: stamp(row, "changed_ms", "changed_offset")?,
        detail: row.get("detail")?,
    };
    Ok(Kept { job, register: RegisterId(row.get("register")?), damaged })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate::MIGRATIONS;

    #[test]
    fn no_look_at_the_queue_reads_what_was_printed() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(MIGRATIONS[0]).unwrap();
        for sql in [list_sql(), waiting_sql(), first_sql("state = 'queued'")] {
            let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps = statement.query_map([1], |row| row.get::<_, String>("detail")).unwrap();
            for step in steps.map(Result::unwrap) {
                let all = step == "SCAN jobs" || step.starts_with("SCAN jobs USING INTEGER PRIMARY KEY");
                assert!(!all, "{sql}: {step}");
            }
        }
    }
}
