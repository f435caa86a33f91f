//! What can go wrong with the store, in words for the person at the till.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

use crate::domain::ids::{OrderId, RegisterId};

/// Why the store cannot be used as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store in the folder.
    #[error("there is no store in {}: name its folder with --data, or make one with `counterflow setup`", .0.display())]
    NoStore(PathBuf),
    /// There is one already.
    #[error("{} holds a store already: nothing was changed", .0.display())]
    Exists(PathBuf),
    /// The file is something else.
    #[error("{} is not a CounterFlow store: name another folder with --data", .0.display())]
    NotAStore(PathBuf),
    /// A newer program has made or migrated it.
    #[error(
        "this store has schema {schema}, written by CounterFlow {writer}; this is CounterFlow {program}, \
         which knows schemas up to {known}: start the newer program"
    )]
    TooNew {
        /// The store's schema version.
        schema: u32,
        /// The program that wrote it.
        writer: String,
        /// This program.
        program: String,
        /// The newest schema this program knows.
        known: u32,
    },
    /// The SQLite library has a bug that damages stores.
    #[error("SQLite {0} can damage a store: CounterFlow needs 3.51.3 or newer; build it with its bundled SQLite")]
    OldSqlite(String),
    /// The folder is on another machine.
    #[error("{} is on a network share ({kind}), where a store is damaged sooner or later: keep it on a disk of this machine", .dir.display())]
    NetworkShare {
        /// The folder.
        dir: PathBuf,
        /// What kind of share.
        kind: String,
    },
    /// The disk cannot be written.
    #[error("{} is read-only: nothing can be recorded there, so nothing can be sold; see why the disk was mounted so", .0.display())]
    ReadOnly(PathBuf),
    /// Another process has it.
    #[error("{what} is open in {}", holder(*.pid))]
    Locked {
        /// What is locked: `register 1`.
        what: String,
        /// The process, where it can be told.
        pid: Option<u32>,
    },
    /// A file or folder cannot be used.
    #[error("{}: {cause}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file that PINs depend on is missing or damaged.
    #[error("no PIN can be checked: {} is missing or damaged; put it back from a backup", .0.display())]
    NoPepper(PathBuf),
    /// A register's key cannot be used.
    #[error("{} is damaged: put it back from a backup, or move it away; then a new key is made, and the journal says so", .0.display())]
    BadKey(PathBuf),
    /// A register's key is locked.
    #[error(
        "{}: {cause}, or move it away; then a new key is made, the journal says so, and `counterflow enrol` tells the backend",
        .path.display()
    )]
    ForeignKey {
        /// The file.
        path: PathBuf,
        /// Why it does not open.
        cause: std::io::Error,
    },
    /// Something in the store cannot be right.
    #[error("the store is damaged: {0}; run `counterflow verify`")]
    Damaged(String),
    /// Nothing could be recorded.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// Anything else that SQLite says.
    #[error("the store cannot be read: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or("another process".to_owned(), |pid| format!("process {pid}"))
}

impl StoreError {
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |cause| Self::Io { path: path.to_owned(), cause }
    }
}

/// Why nothing was recorded. Nothing of what was to be recorded is in the store, except after
/// [`CommitError::Failing`], where only a look into the reopened store can tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Somebody else changed the order since it was shown.
    #[error("this order was changed elsewhere: nothing was recorded; here is how it stands now")]
    Stale {
        /// Which order.
        order: OrderId,
    },
    /// Another session has drawn the number that was to be given out: what was to be done is decided
    /// anew.
    #[error("another till was quicker: nothing was recorded; do it again")]
    NumberTaken,
    /// Another session has just put an order at the table: what was to be done is decided anew.
    #[error("somebody has just taken table {table}: nothing was recorded; do it again")]
    TableTaken {
        /// The table.
        table: String,
    },
    /// Less is left than was asked for.
    #[error("not enough is left of {item}: nothing was recorded")]
    OutOfStock {
        /// The item's code.
        item: String,
    },
    /// A promotion has given all that it may.
    #[error("promotion {promotion} has just given all it may: nothing was recorded; do it again")]
    OverBudget {
        /// Its code.
        promotion: String,
    },
    /// Another session did something in between that this was to be the first of.
    #[error("somebody else was faster with {what}: nothing was recorded; do it again")]
    Overtaken {
        /// With what: `a refund of receipt 17`.
        what: String,
    },
    /// Something was sold from the menu that was to be taken back.
    #[error("register {register} has sold from this menu: nothing was changed; close its shift first")]
    SoldFrom {
        /// Which.
        register: RegisterId,
    },
    /// There is no space left.
    #[error("the disk is full: this was not recorded; free some space and do it again")]
    DiskFull,
    /// The disk or the file cannot be written.
    #[error("the store is read-only: nothing can be recorded, and nothing can be sold until it can be written")]
    ReadOnly,
    /// The disk does not do what it is told. Selling stops until the store was reopened and
    /// verified, since a second try may say "ok" about data that is lost.
    #[error("DISK FAILING, selling has stopped: {0}")]
    Failing(String),
    /// Another process holds the store for longer than anyone should wait.
    #[error("another program is busy with the store: nothing was recorded; do it again")]
    Busy,
    /// Anything else.
    #[error("nothing was recorded: {0}")]
    Other(String),
}

/// Whether it is the disk that is full.
pub(super) fn no_room(error: &rusqlite::Error) -> bool {
    // The shared-memory file could not grow: as good as always for want of space.
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
        || error.sqlite_extended_error_code() == Some(SQLITE_IOERR_SHMSIZE)
}

impl From<rusqlite::Error> for CommitError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            _ if no_room(&error) => Self::DiskFull,
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::CannotOpen,
            ) => Self::Failing(error.to_string()),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Other(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi::{self, Error};

    #[test]
    fn each_kind_of_failure_is_told_apart() {
        let kind = |code| CommitError::from(rusqlite::Error::SqliteFailure(Error::new(code), None));
        assert_eq!(kind(ffi::SQLITE_FULL), CommitError::DiskFull);
        assert_eq!(kind(ffi::SQLITE_IOERR_SHMSIZE), CommitError::DiskFull);
        assert_eq!(kind(ffi::SQLITE_READONLY_DBMOVED), CommitError::ReadOnly);
        assert_eq!(kind(ffi::SQLITE_BUSY_SNAPSHOT), CommitError::Busy);
        for code in [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_CORRUPT] {
            assert!(matches!(kind(code), CommitError::Failing(_)));
        }
        assert!(matches!(kind(ffi::SQLITE_CONSTRAINT), CommitError::Other(_)));
    }

    #[test]
    fn a_lock_names_its_holder() {
        let locked = |pid| StoreError::Locked { what: "register 1".to_owned(), pid }.to_string();
        assert_eq!(locked(Some(4711)), "register 1 is open in process 4711");
        assert_eq!(locked(None), "register 1 is open in another process");
    }
}
