//! Walks the whole store: every stream's numbers, chain and entries, each sale's sums, and every
//! projection against what the journal comes to. Also fills the projections again.
//!
//! Works on a connection of its own and one moment's view of the store, so that tills sell on. The
//! journal is folded into temporary tables that bear the projections' names: SQLite looks there
//! first, so the very code that fills the real tables fills them. Tables that only grow are
//! compared and emptied piece by piece; memory does not grow with the number of sales.

mod compare;
mod sums;

use std::collections::BTreeMap;
use std::fmt;

use rusqlite::{Connection, TransactionBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{BoxId, RegisterId};
use crate::domain::shift::Z;
use crate::store::anchors::Anchors;
use crate::store::connection::{Access, connect};
use crate::store::error::StoreError;
use crate::store::fold::{Fold, Known, PROJECTIONS};
use crate::store::journal::{self, Hash, NO_HASH, hex, whole};
use crate::store::{FILE_NAME, Store, box_id, keys, migrate};

/// How many entries are folded before growing tables are compared.
const PIECE: u64 = 20_000;
/// How often progress is told, in entries.
const PROGRESS: u64 = 1_000;
/// How many findings are kept; the rest is counted.
const MOST_FINDINGS: usize = 1_000;

/// Something that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// In which stream, where it is about an entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<RegisterId>,
    /// At which entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// What, in words.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(register), Some(seq)) = (self.register, self.seq) {
            write!(f, "register {register}, entry {seq}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// What a verification has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// How many journal entries were read.
    pub entries: u64,
    /// How many of them were sales.
    pub sales: u64,
    /// The number of the last entry of each register's stream, and its hash in hex.
    pub heads: BTreeMap<RegisterId, (u64, String)>,
    /// What cannot be right.
    pub findings: Vec<Finding>,
    /// How many findings there were beyond those listed.
    pub more: u64,
}

impl VerifyReport {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    fn add(&mut self, finding: Finding) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }

    fn say(&mut self, what: impl Into<String>) {
        self.add(Finding { register: None, seq: None, what: what.into() });
    }
}

impl Store {
    /// Verifies the whole store. `progress` is told how many of how many entries were read.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> VerifyReport {
        let mut report = VerifyReport::default();
        if let Err(trouble) = verify(&self.dir.join(FILE_NAME), &mut report, progress) {
            report.say(format!("the store cannot be read any further: {trouble}"));
        }
        match Anchors::read(&self.dir).and_then(|anchors| anchors.missing(&self.conn)) {
            Ok(lost) => lost.iter().for_each(|z| report.say(z.to_string())),
            Err(trouble) => report.say(format!("the anchors cannot be read: {trouble}")),
        }
        report
    }

    /// Empties all projections and fills them again from the journal, in one transaction. Says how
    /// many entries there were. Nobody else can write meanwhile: close the tills first.
    ///
    /// # Errors
    /// When an entry cannot be read, or the store cannot be written; then nothing has changed.
    pub fn rebuild(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, StoreError> {
        self.known = Known::default();
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = refill(&tx, progress)?;
        tx.commit()?;
        Ok(done)
    }
}

/// Empties all projections and fills them again from the journal, within a transaction of the
/// caller's.
pub(super) fn refill(conn: &Connection, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, StoreError> {
    let total = count(conn)?;
    progress(0, total);
    for projection in PROJECTIONS {
        conn.execute(&format!("DELETE FROM {}", projection.table), [])?;
    }
    let mut fold = Fold::new(conn);
    let mut done = 0;
    for_each_in_order(conn, &mut |row| {
        let recorded = journal::read(row.body).map_err(|e| row.damaged(&e.to_string()))?;
        fold.entry(row.id, (row.seq, row.hash), &recorded).map_err(|e| row.damaged(&e.to_string()))?;
        done += 1;
        if u64::is_multiple_of(done, PROGRESS) {
            progress(done, total);
        }
        Ok(())
    })?;
    fold.finish()?;
    progress(done, total);
    Ok(done)
}

/// A row of the journal, in the order of recording.
struct Row<'a> {
    id: i64,
    register: RegisterId,
    seq: u64,
    hash: Hash,
    body: &'a [u8],
}

impl Row<'_> {
    fn finding(&self, what: impl Into<String>) -> Finding {
        Finding { register: Some(self.register), seq: Some(self.seq), what: what.into() }
    }

    fn damaged(&self, why: &str) -> StoreError {
        StoreError::Damaged(format!("register {}, entry {}: {why}", self.register, self.seq))
    }
}

fn for_each_in_order(
    conn: &Connection,
    each: &mut dyn FnMut(Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare("SELECT id, register, seq, hash, body FROM journal ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let body = row.get_ref(4)?.as_bytes().map_err(|e| StoreError::Damaged(e.to_string()))?;
        let register = RegisterId(row.get(1)?);
        each(Row { id: row.get(0)?, register, seq: whole(row.get(2)?), hash: row.get(3)?, body })?;
    }
    Ok(())
}

fn count(conn: &Connection) -> Result<u64, StoreError> {
    Ok(whole(conn.query_row("SELECT count(*) FROM journal", [], |row| row.get(0))?))
}

fn verify(
    path: &std::path::Path,
    report: &mut VerifyReport,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    let conn = connect(path, Access::Read)?;
    let tx = conn.unchecked_transaction()?;
    check_pages(&tx, report)?;
    check_schema(&tx, report)?;
    check_jobs(&tx, report)?;
    compare::make_shadows(&tx)?;
    let total = count(&tx)?;
    let mut walk = Walk { box_id: box_id(&tx)?, fold: Fold::new(&tx), streams: BTreeMap::new(), report };
    let mut piece_from = i64::MIN;
    for_each_in_order(&tx, &mut |row| {
        let id = row.id;
        walk.step(&row)?;
        let read = walk.report.entries;
        if read.is_multiple_of(PROGRESS) {
            progress(read, total);
        }
        if read.is_multiple_of(PIECE) {
            compare::growing(&tx, (piece_from, id), walk.report)?;
            piece_from = id + 1;
        }
        Ok(())
    })?;
    let Walk { fold, streams, report, .. } = walk;
    fold.finish()?;
    compare::growing(&tx, (piece_from, i64::MAX), report)?;
    compare::living(&tx, report)?;
    report.heads = streams.into_iter().map(|(r, s)| (r, (s.seq, hex(&s.hash)))).collect();
    progress(total, total);
    Ok(())
}

/// SQLite's own check of its pages.
fn check_pages(conn: &Connection, report: &mut VerifyReport) -> Result<(), StoreError> {
    let mut statement = conn.prepare("PRAGMA integrity_check(100)")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    for line in lines {
        let line = line?;
        if line != "ok" {
            report.say(format!("the database file is damaged: {line}"));
        }
    }
    Ok(())
}

/// Tables, indexes and the triggers that guard the journal must be those of a store just made.
fn check_schema(conn: &Connection, report: &mut VerifyReport) -> Result<(), StoreError> {
    let fresh = Connection::open_in_memory()?;
    for (step, schema) in migrate::MIGRATIONS.iter().zip(1..) {
        migrate::apply(&fresh, step, schema)?;
    }
    let (due, found) = (schema(&fresh)?, schema(conn)?);
    for (name, sql) in &due {
        match found.get(name) {
            None => report.say(format!("`{name}` is missing from the database")),
            Some(other) if other != sql => report.say(format!("`{name}` in the database is not as it was made")),
            Some(_) => {}
        }
    }
    for name in found.keys().filter(|name| !due.contains_key(*name)) {
        report.say(format!("`{name}` in the database is not CounterFlow's"));
    }
    Ok(())
}

fn schema(conn: &Connection) -> Result<BTreeMap<String, String>, StoreError> {
    let mut statement =
        conn.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What is to be printed must be what was rendered.
fn check_jobs(conn: &Connection, report: &mut VerifyReport) -> Result<(), StoreError> {
    let mut statement = conn.prepare("SELECT id, title, bytes, sha256 FROM jobs JOIN job_bytes ON job = id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(2)?.as_bytes().map_err(|e| StoreError::Damaged(e.to_string()))?;
        if Hash::from(Sha256::digest(bytes)) != row.get::<_, Hash>(3)? {
            let (id, title): (i64, String) = (row.get(0)?, row.get(1)?);
            report.say(format!("print job {id} ({title}): its bytes are not those that were rendered"));
        }
    }
    Ok(())
}

/// How far a stream was followed.
struct Stream {
    seq: u64,
    hash: Hash,
    key: Option<String>,
    /// The number and hash of the last Z's entry.
    closed: Option<(u64, Hash)>,
    receipt: u64,
    shift: u32,
    z: u32,
    refund: u64,
}

/// The walk over the journal.
struct Walk<'c, 'r> {
    box_id: BoxId,
    fold: Fold<'c>,
    streams: BTreeMap<RegisterId, Stream>,
    report: &'r mut VerifyReport,
}

impl Walk<'_, '_> {
    fn step(&mut self, row: &Row<'_>) -> Result<(), StoreError> {
        self.report.entries += 1;
        self.follow(row);
        let recorded = match journal::read(row.body) {
            Ok(recorded) => recorded,
            Err(e) => {
                self.report.add(row.finding(format!("it cannot be read: {e}")));
                return Ok(());
            }
        };
        if recorded.register != row.register {
            self.report.add(row.finding(format!("it says that it is of register {}", recorded.register)));
        }
        self.check_numbers(row, &recorded);
        if let Event::SaleCompleted { sale, .. } = &recorded.event {
            self.report.sales += 1;
            for what in sums::wrong(sale) {
                self.report.add(row.finding(format!("receipt {}: {what}", sale.receipt)));
            }
        }
        if let Event::Refunded { refund, .. } = &recorded.event {
            for what in sums::wrong_refund(self.fold.conn(), row.id, refund)? {
                self.report.add(row.finding(format!("refund {}: {what}", refund.number)));
            }
        }
        if let Event::ShiftClosed { z } = &recorded.event {
            for what in self.wrong_in(z)? {
                self.report.add(row.finding(format!("Z {}: {what}", z.number)));
            }
        }
        if let Some(what) = self.wrong_seal(row, &recorded.event) {
            self.report.add(row.finding(what));
        }
        // An entry that breaks a rule of the tables is named; the walk goes on.
        if let Err(e) = self.fold.entry(row.id, (row.seq, row.hash), &recorded) {
            self.report.add(row.finding(format!("it cannot be folded: {e}")));
        }
        Ok(())
    }

    /// What a Z says that the journal before it does not.
    fn wrong_in(&mut self, z: &Z) -> Result<Vec<String>, StoreError> {
        let mut wrong = Vec::new();
        let before = self.fold.register(z.register)?.grand;
        let sums = &z.shift.sums;
        if z.grand.total != before.total + sums.total || z.grand.sales != before.sales + u64::from(sums.sales) {
            wrong.push("its grand totals do not follow from the Z before it".to_owned());
        }
        if self.fold.shift(z.shift.id) != Some(&z.shift) {
            wrong.push("its sums are not those of the shift's entries".to_owned());
        }
        if let Err(what) = z.shift.balanced(z.currency)
            && what != z.unbalanced
        {
            wrong.push(format!("it does not balance: {what}"));
        }
        let head = journal::hash_at(self.fold.conn(), z.register, z.anchor.entries)?.map(|hash| hex(&hash));
        if head.as_deref() != Some(z.anchor.head.as_str()) {
            wrong.push(format!("it anchors entry {}, which has another hash or is missing", z.anchor.entries));
        }
        Ok(wrong)
    }

    /// What is wrong with the signature of a Z: it follows at once, by the key that the stream named.
    fn wrong_seal(&mut self, row: &Row<'_>, event: &Event) -> Option<String> {
        let stream = self.streams.get_mut(&row.register)?;
        let closed = stream.closed.take();
        if let Event::KeyMade { public } = event {
            stream.key = Some(public.clone());
        }
        if let Event::ShiftClosed { .. } = event {
            stream.closed = Some((row.seq, row.hash));
        }
        let Event::ShiftSealed { z, seq, signature } = event else {
            // Stores older than the keys have Zs without signatures; a register that has a key signs all.
            let unsigned = closed.is_some() && stream.key.is_some();
            return unsigned.then(|| "the Z before it is not signed".to_owned());
        };
        let Some((at, hash)) = closed.filter(|(at, _)| at == seq) else {
            return Some(format!("it signs Z {z}, which is not the entry before it"));
        };
        let message = keys::z_message(self.box_id, row.register, at, &hash);
        let key = stream.key.as_deref().unwrap_or_default();
        (!keys::signed_by(key, &message, signature)).then(|| format!("the signature of Z {z} is not the register's"))
    }

    /// Number and chain.
    fn follow(&mut self, row: &Row<'_>) {
        let start = Stream { seq: 0, hash: NO_HASH, key: None, closed: None, receipt: 0, shift: 0, z: 0, refund: 0 };
        let stream = self.streams.entry(row.register).or_insert(start);
        let due = stream.seq + 1;
        let findings = &mut self.report;
        if row.seq != due {
            let missing = row.seq.saturating_sub(due);
            let what = match missing {
                0 => format!("it stands where entry {due} should be"),
                1 => format!("entry {due} before it is missing"),
                n => format!("{n} entries before it are missing, from {due} on"),
            };
            findings.add(row.finding(what));
        } else if journal::hash(self.box_id, row.register, row.seq, &stream.hash, row.body) != row.hash {
            findings.add(row.finding("its hash does not fit: it, or the hash before it, was changed"));
        }
        stream.seq = row.seq;
        stream.hash = row.hash;
    }

    /// Receipts and shifts are numbered without gaps.
    fn check_numbers(&mut self, row: &Row<'_>, recorded: &Recorded) {
        let Some(stream) = self.streams.get_mut(&row.register) else { return };
        if let Event::SaleCompleted { sale, .. } = &recorded.event
            && !sale.imported
        {
            if sale.receipt != stream.receipt + 1 {
                let what = format!("receipt {} follows receipt {}", sale.receipt, stream.receipt);
                self.report.add(row.finding(what));
            }
            stream.receipt = sale.receipt;
        }
        if let Event::ShiftClosed { z } = &recorded.event {
            if z.number != stream.z + 1 {
                self.report.add(row.finding(format!("Z {} follows Z {}", z.number, stream.z)));
            }
            stream.z = z.number;
        }
        if let Event::Refunded { refund, .. } = &recorded.event {
            if refund.number != stream.refund + 1 {
                let what = format!("refund {} follows refund {}", refund.number, stream.refund);
                self.report.add(row.finding(what));
            }
            stream.refund = refund.number;
        }
        if let Event::ShiftOpened { shift } = &recorded.event {
            if shift.number != stream.shift + 1 {
                self.report.add(row.finding(format!("shift {} follows shift {}", shift.number, stream.shift)));
            }
            stream.shift = shift.number;
        }
    }
}
