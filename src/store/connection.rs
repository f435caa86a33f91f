//! How every connection to the store is opened, and when the write-ahead log is carried over.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::store::error::{CommitError, StoreError};

/// SQLite below this version can lose data when a write-ahead log is begun anew.
const OLDEST_SQLITE: i32 = 3_051_003;
/// How long to wait for another process that is writing.
const BUSY_MS: u32 = 5_000;
/// About 4 MB of write-ahead log, as SQLite itself would wait for.
const COMMITS_PER_CHECKPOINT: u32 = 64;
/// While nobody waits, a smaller log is carried over too; but not a tiny one, since the first commit
/// into a log begun anew costs one sync more.
const COMMITS_PER_REST: u32 = 16;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Writing; the file is made if it is missing.
    Create,
    /// Writing into a file that is there.
    Write,
    /// Reading. Temporary tables can be made.
    Read,
}

/// Opens the database file as every part of the store needs it.
pub(super) fn connect(path: &Path, access: Access) -> Result<Connection, StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::OldSqlite(rusqlite::version().to_owned()));
    }
    let mode = match access {
        Access::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let conn = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.pragma_update(None, "busy_timeout", BUSY_MS)?;
    let not_a_store = |e: rusqlite::Error| match e.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => StoreError::NotAStore(path.to_owned()),
        _ => e.into(),
    };
    if access != Access::Read {
        let mode: String =
            conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)).map_err(not_a_store)?;
        if mode != "wal" {
            return Err(StoreError::Damaged(format!("no write-ahead log can be kept (the mode is {mode})")));
        }
    }
    // FULL: one sync of the log for each commit. With NORMAL a power cut loses acknowledged sales.
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // Carried over by `checkpoint` instead, which does not overlook a disk that fails.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_prepared_statement_cache_capacity(128);
    Ok(conn)
}

/// Carries what is in the write-ahead log over into the database file, as far as readers allow,
/// without waiting for anybody.
///
/// SQLite would do this by itself, but it says nothing about a failed fsync there; a disk that
/// begins to fail has to be known at once. Nothing is lost: the log stays until this has succeeded.
pub(super) fn checkpoint(conn: &Connection) -> Result<(), CommitError> {
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).optional()?;
    Ok(())
}

/// Carries all of the write-ahead log over, waiting for readers, and empties it.
pub(super) fn carry_over_all(conn: &Connection) -> Result<(), CommitError> {
    let busy: bool = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy { Err(CommitError::Busy) } else { Ok(()) }
}

/// Counts commits, so that a connection carries the log over now and then.
#[derive(Debug, Default)]
pub(super) struct Pace {
    commits: u32,
}

impl Pace {
    /// Called after a commit. Only a failing disk is an error: what was committed is safe in the
    /// log, and a full disk may have space again the next time.
    pub(super) fn committed(&mut self, conn: &Connection) -> Result<(), CommitError> {
        self.commits += 1;
        self.after(COMMITS_PER_CHECKPOINT, conn)
    }

    /// Called while nobody waits.
    pub(super) fn rest(&mut self, conn: &Connection) -> Result<(), CommitError> {
        self.after(COMMITS_PER_REST, conn)
    }

    fn after(&mut self, commits: u32, conn: &Connection) -> Result<(), CommitError> {
        if self.commits < commits {
            return Ok(());
        }
        self.commits = 0;
        match checkpoint(conn) {
            Err(CommitError::Failing(why)) => Err(CommitError::Failing(why)),
            Ok(())
            | Err(
                CommitError::Stale { .. }
                | CommitError::NumberTaken
                | CommitError::TableTaken { .. }
                | CommitError::OutOfStock { .. }
                | CommitError::Overtaken { .. }
                | CommitError::OverBudget { .. }
                | CommitError::SoldFrom { .. }
                | CommitError::DiskFull
                | CommitError::ReadOnly
                | CommitError::Busy
                | CommitError::Other(_),
            ) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_as_promised() {
        let dir = tempfile::tempdir().unwrap();
        let conn = connect(&dir.path().join("x.db"), Access::Create).unwrap();
        let number = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("synchronous"), 2);
        assert_eq!(number("foreign_keys"), 1);
        assert_eq!(number("trusted_schema"), 0);
        assert_eq!(number("busy_timeout"), i64::from(BUSY_MS));
        assert_eq!(conn.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap(), "wal");
    }

    #[test]
    fn another_file_is_not_a_store() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        std::fs::write(&path, vec![b'x'; 4096]).unwrap();
        assert!(matches!(connect(&path, Access::Write), Err(StoreError::NotAStore(_))));
    }
}
