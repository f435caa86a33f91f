//! The print queue in the store. A worker has a connection of its own, so that a printer never
//! waits for a cashier, nor a cashier for a printer.

mod rows;

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use uuid::Uuid;

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{BoxId, RegisterId, ShiftId};
use crate::domain::spool::{Job, JobAct, JobState, NewJob, PrintQueue, PrinterState, Waiting};
use crate::domain::text::clean;
use crate::domain::time::{CutOff, Stamp};
use crate::store::connection::{Access, Pace, connect};
use crate::store::error::{CommitError, StoreError};
use crate::store::fold::Fold;
use crate::store::{FILE_NAME, SCHEMA, box_id, commit};

pub(super) use self::rows::queue;
use self::rows::{Kept, Of, by_id, due_sql, expect, first, kept, list_sql, set_state, stamp, waiting_sql};

/// The longest explanation that is kept with a job.
const MAX_DETAIL: usize = 200;

/// The print queue of a store.
pub struct SpoolQueue {
    conn: Connection,
    box_id: BoxId,
    program: String,
    cut_off: CutOff,
    pace: Pace,
    failed: Option<String>,
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

    /// A job by its number.
    ///
    /// # Errors
    /// In words, when the store cannot be read.
    pub fn job(&self, job: i64) -> Result<Option<Job>, String> {
        Ok(by_id(&self.conn, job).map_err(words)?.map(|kept| kept.job))
    }

    /// Queues a job that no act at a till causes: a printer's test page. Says its number.
    ///
    /// # Errors
    /// In words, when the store cannot be written.
    pub fn add(&mut self, register: RegisterId, job: &NewJob, now: Stamp) -> Result<i64, String> {
        self.write(|_, tx, _| {
            queue(tx, register, now, job)?;
            Ok(tx.last_insert_rowid())
        })
    }

    /// Takes a job back that no act at a till has caused.
    ///
    /// # Errors
    /// In words: it is being printed, or the store cannot be written.
    pub fn withdraw(&mut self, job: i64, now: Stamp) -> Result<(), String> {
        self.write(|queue, tx, fold| {
            let kept = expect(tx, job, &[JobState::Queued, JobState::Failed, JobState::Unknown], "be taken back")?;
            queue.end(tx, fold, &kept, JobState::Cancelled, "taken back", now)
        })
    }

    /// How the printers were when their workers last looked.
    ///
    /// # Errors
    /// In words, when the store cannot be read.
    pub fn printers(&self) -> Result<Vec<PrinterState>, String> {
        let read = || {
            let sql = "SELECT printer, trouble, drawer_open FROM printers ORDER BY printer";
            let mut statement = self.conn.prepare_cached(sql)?;
            let states = statement.query_map([], |row| {
                Ok(PrinterState { printer: row.get(0)?, trouble: row.get(1)?, drawer_open: row.get(2)? })
            })?;
            states.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(words)
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

    fn claim_in(
        &self,
        tx: &Connection,
        fold: &mut Fold,
        (printer, fresh_ms): (&str, i64),
        now: Stamp,
    ) -> Result<Option<Job>, CommitError> {
        // A worker that asks for more is not sending any more: what still says so broke off.
        while let Some(kept) = first(tx, printer, Of::Sending)? {
            self.end(tx, fold, &kept, JobState::Unknown, "it broke off while it was being sent", now)?;
        }
        while let Some(mut kept) = first(tx, printer, Of::Ready)? {
            if kept.is_damaged() {
                let detail = "its bytes are damaged in the store: print the document again";
                self.end(tx, fold, &kept, JobState::Cancelled, detail, now)?;
                continue;
            }
            // Nothing but a drawer's pulse is never old: it is given up when it is sent.
            if !kept.released && kept.job.document.is_some() && now.since_ms(kept.job.queued) > fresh_ms {
                let detail = format!("it is more than {} min old", fresh_ms / 60_000);
                self.end(tx, fold, &kept, JobState::Stale, &detail, now)?;
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

    /// Says what became of a job, in its row and in the journal.
    fn end(
        &self,
        tx: &Connection,
        fold: &mut Fold,
        kept: &Kept,
        state: JobState,
        detail: &str,
        now: Stamp,
    ) -> Result<(), CommitError> {
        set_state(tx, kept.job.id, state, detail, now)?;
        let outcome = if detail.is_empty() { state.word().to_owned() } else { format!("{}: {detail}", state.word()) };
        self.journal(tx, fold, &kept.job, &outcome, now)
    }

    /// Writes an outcome into the stream of the register that queued the job.
    fn journal(
        &self,
        tx: &Connection,
        fold: &mut Fold,
        job: &Job,
        outcome: &str,
        now: Stamp,
    ) -> Result<(), CommitError> {
        let number = fold.register(job.register)?.shift;
        let shift: Option<[u8; 16]> = tx
            .prepare_cached("SELECT id FROM shifts WHERE register = ?1 AND number = ?2")?
            .query_row((job.register.0, number), |row| row.get(0))
            .optional()?;
        let recorded = Recorded {
            at: now,
            business_date: now.business_date(self.cut_off),
            register: job.register,
            shift: shift.map(|id| ShiftId(Uuid::from_bytes(id))),
            staff: None,
            program: self.program.clone(),
            schema: SCHEMA,
            event: Event::Printed { job: job.id, printer: job.printer.clone(), outcome: outcome.to_owned() },
        };
        commit::record(tx, self.box_id, fold, &recorded)?;
        Ok(())
    }
}

impl PrintQueue for SpoolQueue {
    fn claim(&mut self, printer: &str, fresh_ms: i64, now: Stamp) -> Result<Option<Job>, String> {
        // Most of the time there is nothing to do: that takes no lock.
        if first(&self.conn, printer, Of::Any).map_err(words)?.is_none() {
            return Ok(None);
        }
        self.write(|queue, tx, fold| queue.claim_in(tx, fold, (printer, fresh_ms), now))
    }

    fn settle(&mut self, job: i64, state: JobState, detail: &str, now: Stamp) -> Result<(), String> {
        let detail = clean(detail, MAX_DETAIL);
        self.write(|queue, tx, fold| {
            let kept = expect(tx, job, &[JobState::Sending], "be settled")?;
            match state {
                JobState::Confirmed => {
                    // What came out needs no other printer any more.
                    tx.prepare_cached("DELETE FROM job_documents WHERE job = ?1")?.execute([job])?;
                    queue.end(tx, fold, &kept, state, &detail, now)
                }
                JobState::Unconfirmed | JobState::Unknown | JobState::Cancelled => {
                    queue.end(tx, fold, &kept, state, &detail, now)
                }
                // Tried again by itself: told when it is over, not each time. Nothing of it reached
                // paper, so sending it again is no repetition.
                JobState::Failed => {
                    tx.prepare_cached("UPDATE jobs SET attempts = attempts - 1 WHERE id = ?1")?.execute([job])?;
                    Ok(set_state(tx, job, state, &detail, now)?)
                }
                JobState::Queued | JobState::Sending | JobState::Stale => {
                    Err(CommitError::Other(format!("a job that was sent cannot become {}", state.word())))
                }
            }
        })
    }

    fn due(&mut self, printer: &str, older: Stamp) -> Result<Vec<Job>, String> {
        let read = || {
            let mut statement = self.conn.prepare_cached(&due_sql())?;
            let jobs = statement.query_map((printer, older.utc_ms), |row| Ok(kept(row)?.job))?;
            jobs.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(words)
    }

    fn redirect(&mut self, job: &NewJob, why: &str, now: Stamp) -> Result<(), String> {
        let Some(of) = job.instead_of else { return Err("this job stands instead of none".to_owned()) };
        self.write(|spool, tx, fold| {
            let from = [JobState::Queued, JobState::Failed, JobState::Unknown];
            let kept = expect(tx, of, &from, "go to another printer")?;
            queue(tx, kept.job.register, now, job)?;
            let detail = clean(&format!("sent to {} instead: {why}", job.printer), MAX_DETAIL);
            spool.end(tx, fold, &kept, JobState::Cancelled, &detail, now)
        })
    }

    fn waiting(&mut self, printer: &str) -> Result<Waiting, String> {
        let read = || {
            let (jobs, undecided, oldest) = self
                .conn
                .prepare_cached(&waiting_sql())?
                .query_row([printer], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<i64>>(2)?)))?;
            let since = "SELECT queued_ms, queued_offset FROM jobs WHERE id = ?1";
            let mut since = self.conn.prepare_cached(since)?;
            let oldest = oldest.map(|id| since.query_row([id], |row| stamp(row, "queued_ms", "queued_offset")));
            Ok(Waiting { jobs, undecided, oldest: oldest.transpose()? })
        };
        read().map_err(words)
    }

    fn recovers(&mut self, printer: &str) -> Result<bool, String> {
        let asked = self.conn.prepare_cached("SELECT 1 FROM printer_recoveries WHERE printer = ?1");
        if !asked.and_then(|mut asked| asked.exists([printer])).map_err(words)? {
            return Ok(false);
        }
        self.write(|_, tx, _| {
            let sql = "DELETE FROM printer_recoveries WHERE printer = ?1";
            Ok(tx.prepare_cached(sql)?.execute([printer])? > 0)
        })
    }

    fn note(&mut self, state: &PrinterState, now: Stamp) -> Result<(), String> {
        self.write(|_, tx, _| {
            let sql = "INSERT OR REPLACE INTO printers (printer, trouble, changed_ms, changed_offset, drawer_open) \
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            let row = (&state.printer, &state.trouble, now.utc_ms, now.offset_min, state.drawer_open);
            tx.prepare_cached(sql)?.execute(row)?;
            Ok(())
        })
    }
}

/// Carries out what a person decided over a job, within the transaction that records it.
pub(super) fn decide(conn: &Connection, job: i64, act: &JobAct, reason: &str, now: Stamp) -> Result<(), CommitError> {
    use JobState::{Cancelled, Confirmed, Failed, Queued, Sending, Stale, Unconfirmed, Unknown};
    let detail = if reason.is_empty() { act.words() } else { format!("{}: {reason}", act.words()) };
    match act {
        JobAct::Retry => {
            let from = [Confirmed, Unconfirmed, Unknown, Stale, Failed, Cancelled];
            expect(conn, job, &from, "be printed again")?;
            conn.prepare_cached("UPDATE jobs SET released = 1 WHERE id = ?1")?.execute([job])?;
            set_state(conn, job, Queued, &detail, now)?;
        }
        JobAct::Skip => {
            expect(conn, job, &[Queued, Failed, Unknown, Stale], "be given up")?;
            set_state(conn, job, Cancelled, &detail, now)?;
        }
        JobAct::Recover => {
            let kept = expect(conn, job, &[Queued, Sending, Failed, Unknown], "wait for its printer to go on")?;
            let sql = "INSERT OR IGNORE INTO printer_recoveries (printer) VALUES (?1)";
            conn.prepare_cached(sql)?.execute([&kept.job.printer])?;
        }
        JobAct::SendTo(_) => {
            expect(conn, job, &[Queued, Failed, Unknown, Stale, Unconfirmed], "go to another printer")?;
            // The job that replaces it takes this over.
            conn.prepare_cached("UPDATE jobs SET released = 1 WHERE id = ?1")?.execute([job])?;
            set_state(conn, job, Cancelled, &detail, now)?;
        }
    }
    Ok(())
}

fn words(error: rusqlite::Error) -> String {
    CommitError::from(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::rows::first_sql;
    use super::*;
    use crate::store::migrate::MIGRATIONS;

    #[test]
    fn no_look_at_the_queue_reads_what_was_printed() {
        let conn = Connection::open_in_memory().unwrap();
        for step in MIGRATIONS {
            conn.execute_batch(step).unwrap();
        }
        let firsts = Of::ALL.map(first_sql);
        for sql in firsts.into_iter().chain([list_sql(), waiting_sql(), due_sql()]) {
            let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let parameters = statement.parameter_count();
            let given = rusqlite::params_from_iter((0..parameters).map(|_| 1));
            let steps = statement.query_map(given, |row| row.get::<_, String>("detail")).unwrap();
            for step in steps.map(Result::unwrap) {
                let all = step.starts_with("SCAN job") && !step.contains("USING INDEX jobs_open");
                assert!(!all, "{sql}: {step}");
            }
        }
    }
}
