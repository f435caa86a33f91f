//! The second file: where each Z anchors its register's chain, outside the database. A chain alone
//! cannot tell that its end was cut off, or that an old copy of it stands in its place; this file can.
//!
//! `anchors`, a line for each Z, only ever appended to and synced: register, Z number, number and hash
//! of the entry that holds the Z, the register's signature over them. `accepted REGISTER SEQ HASH` says
//! that somebody went on although the journal does not have that entry. A line that was torn by a power
//! cut is passed over; what is missing is appended when the store is opened next.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::event::Event;
use crate::domain::ids::RegisterId;
use crate::store::error::StoreError;
use crate::store::journal::{self, Hash, hex, unhex, whole};
use crate::store::{Store, place};

/// The name of the file in the data folder.
pub(super) const FILE: &str = "anchors";

/// Where a Z stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZAnchor {
    /// The register.
    pub register: RegisterId,
    /// The Z's number.
    pub z: u32,
    /// The number of its entry.
    pub seq: u64,
    /// The hash of its entry.
    pub hash: Hash,
    /// The register's signature.
    pub signature: String,
}

impl std::fmt::Display for ZAnchor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "history is shorter than its last anchor, or another one: register {} closed Z {} with entry {}",
            self.register, self.z, self.seq
        )
    }
}

impl ZAnchor {
    fn line(&self) -> String {
        format!("{} {} {} {} {}\n", self.register, self.z, self.seq, hex(&self.hash), self.signature)
    }

    fn read(line: &str) -> Option<Self> {
        let parts: Vec<&str> = line.split(' ').collect();
        let [register, z, seq, hash, signature] = parts[..] else { return None };
        Some(Self {
            register: RegisterId(register.parse().ok()?),
            z: z.parse().ok()?,
            seq: seq.parse().ok()?,
            hash: unhex(hash)?,
            signature: (signature.len() == 128).then(|| signature.to_owned())?,
        })
    }
}

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Every Z.
    pub(super) zs: Vec<ZAnchor>,
    /// Those that somebody went on without.
    accepted: BTreeSet<(RegisterId, u64, Hash)>,
}

impl Anchors {
    pub(super) fn read(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(cause) => return Err(StoreError::Io { path, cause }),
        };
        let mut anchors = Self::default();
        for line in text.lines() {
            let parts: Vec<&str> = line.split(' ').collect();
            if let ["accepted", register, seq, hash] = parts[..]
                && let (Ok(register), Ok(seq), Some(hash)) = (register.parse(), seq.parse(), unhex(hash))
            {
                anchors.accepted.insert((RegisterId(register), seq, hash));
            }
            anchors.zs.extend(ZAnchor::read(line));
        }
        Ok(anchors)
    }

    /// The Zs that the journal does not have, and nobody has gone on without.
    pub(super) fn missing(&self, conn: &Connection) -> Result<Vec<ZAnchor>, StoreError> {
        let mut missing = Vec::new();
        for anchor in &self.zs {
            let there = journal::hash_at(conn, anchor.register, anchor.seq)?;
            let known = self.accepted.contains(&(anchor.register, anchor.seq, anchor.hash));
            if there != Some(anchor.hash) && !known && !missing.contains(anchor) {
                missing.push(anchor.clone());
            }
        }
        Ok(missing)
    }
}

/// Appends to the file and makes it durable. What a power cut tore off before is ended first.
fn append(dir: &Path, lines: &str) -> io::Result<()> {
    let path = dir.join(FILE);
    let new = !path.exists();
    let mut options = File::options();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path)?;
    let torn = file.seek(SeekFrom::End(-1)).is_ok() && {
        let mut last = [0];
        file.read_exact(&mut last)?;
        last != *b"\n"
    };
    let text = if torn { format!("\n{lines}") } else { lines.to_owned() };
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if new { place::sync_dir(dir) } else { Ok(()) }
}

/// The Zs of the journal that are signed, from a register's last one back to the first that the file has.
fn unanchored(conn: &Connection, anchors: &Anchors) -> Result<Vec<ZAnchor>, StoreError> {
    let mut statement = conn.prepare(
        "SELECT j.register, j.seq, j.hash, s.body FROM shifts JOIN journal j ON j.id = shifts.z \
         JOIN journal s ON s.register = j.register AND s.seq = j.seq + 1 ORDER BY j.id DESC",
    )?;
    let mut rows = statement.query([])?;
    let mut done: BTreeSet<RegisterId> = BTreeSet::new();
    let mut missing = Vec::new();
    while let Some(row) = rows.next()? {
        let (register, seq, hash) = (RegisterId(row.get(0)?), whole(row.get(1)?), row.get::<_, Hash>(2)?);
        if done.contains(&register) {
            continue;
        }
        if anchors.zs.iter().rev().any(|a| a.register == register && a.seq == seq && a.hash == hash) {
            done.insert(register);
            continue;
        }
        let body: Vec<u8> = row.get(3)?;
        if let Ok(Event::ShiftSealed { z, signature, .. }) = journal::read(&body).map(|r| r.event) {
            missing.push(ZAnchor { register, z, seq, hash, signature });
        }
    }
    missing.reverse();
    Ok(missing)
}

impl Store {
    /// Appends every Z to the second file that it does not have: after each close, and for what a power
    /// cut came before when the store is opened.
    ///
    /// # Errors
    /// When the file cannot be written; the Z is recorded all the same, and this can be tried again.
    pub fn anchor_zs(&self) -> Result<(), StoreError> {
        let anchors = Anchors::read(&self.dir)?;
        let lines: String = unanchored(&self.conn, &anchors)?.iter().map(ZAnchor::line).collect();
        if lines.is_empty() {
            return Ok(());
        }
        append(&self.dir, &lines).map_err(StoreError::io(&self.dir.join(FILE)))
    }

    /// The Zs that the second file has and the journal has not: the history is shorter than it was, or
    /// another one.
    ///
    /// # Errors
    /// When the file or the store cannot be read.
    pub fn lost_zs(&self) -> Result<Vec<ZAnchor>, StoreError> {
        Anchors::read(&self.dir)?.missing(&self.conn)
    }

    /// Somebody goes on without these.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn accept_lost(&self, lost: &[ZAnchor]) -> Result<(), StoreError> {
        let line = |a: &ZAnchor| format!("accepted {} {} {}\n", a.register, a.seq, hex(&a.hash));
        let lines: String = lost.iter().map(line).collect();
        append(&self.dir, &lines).map_err(StoreError::io(&self.dir.join(FILE)))
    }

    /// The entry with this hash, or this beginning of one, as a Z has printed it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entry_with_hash(&self, digits: &str) -> Result<Option<(RegisterId, u64)>, StoreError> {
        let found = self
            .conn
            .prepare("SELECT register, seq FROM journal WHERE lower(hex(hash)) LIKE ?1 || '%' LIMIT 1")?
            .query_row([digits.to_lowercase()], |row| Ok((RegisterId(row.get(0)?), whole(row.get(1)?))))
            .optional()?;
        Ok(found)
    }
}
