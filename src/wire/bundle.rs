//! A closed shift on its way to the backend, or what was added to one later.
//!
//! A bundle is lines of JSON, each ended by a line feed: the [`Head`], then the entries of the
//! register's journal that followed the bundle before, byte for byte as the till hashed them. The last
//! one signs the Z; the Z holds the shift's sums, counts and cash moves, each sale's entry holds the
//! whole sale.
//!
//! The head is written once, in the transaction that closes the shift, and is small whatever the shift
//! has sold: it names the first and the last entry and the hash of the last, which the chain binds to
//! every byte before. So the head's SHA-256 stands for the whole bundle, and identifies it for ever. The
//! journal cannot change, so the bytes of a bundle are the same whenever they are put together.

use std::io::{self, Write};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::ids::{BoxId, RegisterId, ShiftId, StaffId};
use crate::domain::time::Stamp;
use crate::wire::Hash;
use crate::wire::hex;

/// The version of bundles that this program writes.
pub const SCHEMA: u32 = 1;
/// Their media type.
pub const MEDIA_TYPE: &str = "application/vnd.counterflow.shift+ndjson";
/// The most bytes of a head.
pub const MAX_HEAD_BYTES: usize = 256 * 1024;
/// The most bytes of a journal entry.
pub const MAX_ENTRY_BYTES: usize = 4 * 1024 * 1024;

/// What a bundle is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A closed shift.
    Shift,
    /// What was journalled between two shifts and adds to a closed one, up to the entry that says so: it posts
    /// to its own business date.
    Correction,
}

impl Kind {
    /// Its word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shift => "shift",
            Self::Correction => "correction",
        }
    }
}

/// Which part of a register's journal a bundle carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// The number of its first entry: one more than the last of the bundle before.
    pub first: u64,
    /// The number of its last entry.
    pub last: u64,
    /// The hash of the entry before the first.
    #[serde(with = "hex::hash")]
    pub prev: Hash,
    /// The hash of the last entry: through the chain, of all of them.
    #[serde(with = "hex::hash")]
    pub head: Hash,
}

/// Somebody who works or worked at the box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: StaffId,
    /// The name on receipts.
    pub name: String,
    /// The code of a role.
    pub role: String,
}

/// The first line of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of the bundle's shape: [`SCHEMA`].
    pub schema: u32,
    /// What it is about.
    pub kind: Kind,
    /// The shift's id; the correction's own: [`correction_id`].
    pub id: Uuid,
    /// The shift that a correction corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<ShiftId>,
    /// Whose it is; absent where the register had not enrolled when it was frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Uuid>,
    /// Of which store of theirs; absent likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<Uuid>,
    /// The box.
    pub box_id: BoxId,
    /// The register on the box.
    pub register: RegisterId,
    /// Gap-free on its register, from 1.
    pub seq: u64,
    /// SHA-256 of the head of the bundle before; zeros for the first.
    #[serde(with = "hex::hash")]
    pub prev_sha256: Hash,
    /// The journal it carries.
    pub journal: Slice,
    /// The business date it posts to.
    pub business_date: NaiveDate,
    /// When it was frozen: UTC milliseconds and local offset in minutes.
    pub at: Stamp,
    /// The version of the program that froze it.
    pub program: String,
    /// SHA-256 of the menu that was sold from at the end, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<String>,
    /// Everybody who works or worked at the box, by id.
    pub staff: Vec<Person>,
}

impl Head {
    /// The bytes that are frozen: its line, without the line feed.
    ///
    /// # Errors
    /// Never for a head: no part of it can refuse to be written.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }
}

/// What identifies a bundle: SHA-256 of its frozen head.
pub fn sha256(head: &[u8]) -> Hash {
    Sha256::digest(head).into()
}

/// The id of a correction: the first 16 bytes of the hash of its last entry, as a UUID of version 8.
pub fn correction_id(head: &Hash) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&head[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// What a register signs of a bundle, wherever it travels: `counterflow-bundle-v1` and its SHA-256.
pub fn message(sha256: &Hash) -> Vec<u8> {
    let mut message = b"counterflow-bundle-v1".to_vec();
    message.extend(sha256);
    message
}

/// Writes one line.
///
/// # Errors
/// When the writer fails.
pub fn write_line(to: &mut impl Write, line: &[u8]) -> io::Result<()> {
    to.write_all(line)?;
    to.write_all(b"\n")
}
