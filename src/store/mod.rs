//! The store: one SQLite file that holds the journal, what is derived from it, the print spool and
//! PINs. See `docs/store.md`.
//!
//! - Nothing is done before [`Store::commit`] has returned.
//! - Several processes may have the same store open. Each register, and each printer, is locked by
//!   one of them ([`lock_register`], [`lock_printer`]).
//! - Everything but `journal`, `box`, `credentials`, `badges`, `contacts` and the print spool (`jobs`, `job_bytes`,
//!   `job_documents`, `printers`) and `people` is a projection, filled by one function and rebuilt from the journal
//!   by the same.

mod anchors;
mod catalogues;
mod commit;
mod connection;
mod contacts;
mod error;
mod find;
mod fold;
mod journal;
mod keys;
mod kitchen;
mod load;
mod lock;
mod migrate;
mod outbox;
mod people;
mod pins;
mod place;
mod reader;
mod reserve;
mod session_file;
mod spool;
mod tips;
mod training;
mod verify;

use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use uuid::Uuid;

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{BoxId, RegisterId};
use crate::domain::time::{CutOff, Stamp};
use crate::store::connection::{Access, Pace, connect};
use crate::store::fold::{Fold, Known};

pub use anchors::ZAnchor;
pub use catalogues::Replacement;
pub use commit::Committed;
pub use error::{CommitError, StoreError};
pub use journal::{Entry, Hash, hash};
pub use keys::{RegisterKey, signed_by};
pub use lock::{Lock, is_running, lock_printer, lock_register, lock_upload};
pub use migrate::SCHEMA;
pub use outbox::{BackOff, Waiting};
pub use pins::PinError;
pub use reader::{DrawerFound, Reader, ShiftFound};
pub use reserve::may_use_reserve;
pub use session_file::SessionFile;
pub use spool::SpoolQueue;
pub use verify::{Finding, VerifyReport};

/// The name of the database file in the data folder.
pub const FILE_NAME: &str = "counterflow.db";

/// What a new store begins with.
#[derive(Clone, Debug)]
pub struct NewStore<'a> {
    /// The id of the box.
    pub box_id: BoxId,
    /// The business's name.
    pub name: &'a str,
    /// The time.
    pub now: Stamp,
    /// When one business date ends.
    pub cut_off: CutOff,
    /// The program's version.
    pub program: &'a str,
}

/// An open store.
pub struct Store {
    conn: Connection,
    dir: PathBuf,
    program: String,
    box_id: BoxId,
    pace: Pace,
    known: Known,
    /// Set when the disk failed: nothing is written any more until the store was reopened and
    /// found whole.
    failed: Option<String>,
}

impl Store {
    /// Makes a store in a folder, which is made too, and closed to other users of the machine. A
    /// try that was killed can be repeated; a store that is there is never touched.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::NetworkShare`], or what the disk says.
    pub fn create(dir: &Path, new: &NewStore) -> Result<Self, StoreError> {
        place::make(dir)?;
        place::refuse_network(dir)?;
        let path = dir.join(FILE_NAME);
        let mut conn = connect(&path, Access::Create)?;
        pins::make_pepper(dir)?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if migrate::schema_of(&tx, &path)? != 0 {
            return Err(StoreError::Exists(dir.to_owned()));
        }
        for (step, schema) in migrate::MIGRATIONS.iter().zip(1..) {
            migrate::apply(&tx, step, schema)?;
        }
        let salt = pins::random::<16>().map_err(StoreError::io(dir))?;
        tx.execute(
            "INSERT INTO box (only, id, pin_salt, program) VALUES (1, ?1, ?2, ?3)",
            (new.box_id.0.as_bytes(), salt, new.program),
        )?;
        let event = Event::StoreMade { box_id: new.box_id, name: new.name.to_owned() };
        let made = Recorded::by_program(event, RegisterId::OFFICE, new.now, new.cut_off, (new.program, SCHEMA));
        let mut fold = Fold::new(&tx);
        commit::record(&tx, new.box_id, &mut fold, &made)?;
        fold.finish()?;
        tx.commit()?;
        place::sync_dir(dir).map_err(StoreError::io(dir))?;
        drop(conn);
        Self::open(dir, new.program)
    }

    /// Moves a store that nobody else has open into another folder of the same disk, where none is.
    /// It is there whole or not at all.
    ///
    /// # Errors
    /// [`StoreError::Exists`], or what the disk says; then it can be tried again.
    pub fn move_to(self, dir: &Path) -> Result<Self, StoreError> {
        if dir.join(FILE_NAME).exists() {
            return Err(StoreError::Exists(dir.to_owned()));
        }
        connection::carry_over_all(&self.conn)?;
        let Self { conn, dir: from, program, .. } = self;
        conn.close().map_err(|(_, error)| error)?;
        place::move_store(&from, dir)?;
        Self::open(dir, &program)
    }

    /// Opens the store in a folder, taking it up to the newest schema if it is older.
    ///
    /// # Errors
    /// [`StoreError::NoStore`], [`StoreError::TooNew`], [`StoreError::NetworkShare`] and others, in
    /// words that say what to do.
    pub fn open(dir: &Path, program: &str) -> Result<Self, StoreError> {
        Self::open_telling(dir, program, &mut |_, _| {})
    }

    /// [`Store::open`], which is told how many entries of an older store are dealt with, of how many: years of sales take
    /// minutes. Before the first it is told so too, and never where the store is of this program's schema.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_telling(dir: &Path, program: &str, progress: &mut dyn FnMut(u64, u64)) -> Result<Self, StoreError> {
        match Self::open_as_it_is(dir, program, progress) {
            // To open a store takes room as well, for what its processes share.
            Err(StoreError::Sqlite(error)) if error::no_room(&error) && reserve::give_up(dir) => {
                let opened = Self::open_as_it_is(dir, program, progress);
                // What is left of it; less than all is no trouble here.
                let _ = reserve::set_aside(dir);
                opened
            }
            opened => opened,
        }
    }

    fn open_as_it_is(dir: &Path, program: &str, progress: &mut dyn FnMut(u64, u64)) -> Result<Self, StoreError> {
        let path = dir.join(FILE_NAME);
        if !path.is_file() {
            return Err(StoreError::NoStore(dir.to_owned()));
        }
        place::refuse_network(dir)?;
        place::refuse_read_only(dir)?;
        place::close_to_others(dir)?;
        let mut conn = connect(&path, Access::Write)?;
        match migrate::schema_of(&conn, &path)? {
            0 => return Err(StoreError::NoStore(dir.to_owned())),
            schema => migrate::refuse_newer(&conn, schema, program)?,
        }
        migrate::migrate(&mut conn, migrate::MIGRATIONS, program, progress)?;
        let box_id = box_id(&conn)?;
        let (dir, program) = (dir.to_owned(), program.to_owned());
        Ok(Self { conn, dir, program, box_id, pace: Pace::default(), known: Known::default(), failed: None })
    }

    /// Whether the store's file may be of an older schema, by its header alone (the four bytes at 60 of the file format of
    /// SQLite): cheap enough for every start. What the log holds is not looked at.
    pub fn may_be_older(dir: &Path) -> bool {
        let mut header = [0; 64];
        let read = std::fs::File::open(dir.join(FILE_NAME)).and_then(|mut file| file.read_exact(&mut header));
        let [.., a, b, c, d] = header;
        read.is_ok() && (1..SCHEMA).contains(&u32::from_be_bytes([a, b, c, d]))
    }

    /// Closes the connection, opens another one, and verifies the whole store. After
    /// [`CommitError::Failing`] this is the only way on: nothing is recorded until it has found no
    /// fault.
    ///
    /// # Errors
    /// When the store cannot be opened again. It stays closed for selling, and this can be tried
    /// again.
    pub fn reopen(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<VerifyReport, StoreError> {
        self.failed.get_or_insert_with(|| "the store was not reopened".to_owned());
        // The last connection to close would carry the log over; nothing more is written by this one.
        self.conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        // Let go of the old file before the new one is opened.
        self.conn = Connection::open_in_memory()?;
        let fresh = Self::open(&self.dir, &self.program)?;
        self.conn = fresh.conn;
        (self.pace, self.known) = (Pace::default(), Known::default());
        let report = self.verify(progress);
        if report.is_clean() {
            // What the failed disk has lost of the log may still be read from memory, and would take
            // with it whatever follows. So all of it is written anew elsewhere, and the log begun
            // afresh, before anything follows.
            connection::carry_over_all(&self.conn)?;
            self.failed = None;
        }
        Ok(report)
    }

    /// Why nothing is recorded any more, if that is so.
    pub fn failed(&self) -> Option<&str> {
        self.failed.as_deref()
    }

    /// The box.
    pub fn box_id(&self) -> BoxId {
        self.box_id
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A number that changes when another process has written to the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self.conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
    }

    /// To be called now and then while nobody is waiting: carries the write-ahead log over once it
    /// is worth it, so that it seldom happens on a cashier's time.
    ///
    /// # Errors
    /// [`CommitError::Failing`] stops selling as in [`Store::commit`]; anything else can wait, and
    /// is none.
    pub fn rest(&mut self) -> Result<(), CommitError> {
        let done = self.pace.rest(&self.conn);
        self.noting(done)
    }

    /// Carries the write-ahead log over into the database file.
    ///
    /// # Errors
    /// [`CommitError::Failing`] stops selling as in [`Store::commit`]; anything else can wait.
    pub fn checkpoint(&mut self) -> Result<(), CommitError> {
        let done = connection::checkpoint(&self.conn);
        self.pace = Pace::default();
        self.noting(done)
    }

    /// Remembers a failed disk.
    fn noting<T>(&mut self, result: Result<T, CommitError>) -> Result<T, CommitError> {
        if let Err(CommitError::Failing(why)) = &result {
            self.failed = Some(why.clone());
        }
        result
    }
}

/// The id of the box.
fn box_id(conn: &Connection) -> Result<BoxId, StoreError> {
    let id: Option<[u8; 16]> = conn.query_row("SELECT id FROM box", [], |row| row.get(0)).optional()?;
    let id = id.ok_or_else(|| StoreError::Damaged("it does not say which box it is of".to_owned()))?;
    Ok(BoxId(Uuid::from_bytes(id)))
}
