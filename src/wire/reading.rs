//! Reading a bundle: line by line, so that memory does not grow with the shift, each entry held against
//! the chain as it comes.

use std::io::{self, BufRead, Read};

use serde::Deserialize;

use crate::domain::event::Recorded;
use crate::domain::ids::RegisterId;
use crate::wire::Hash;
use crate::wire::bundle::{Head, MAX_ENTRY_BYTES, MAX_HEAD_BYTES, SCHEMA, sha256};
use crate::wire::chain;
use crate::wire::problem::Pointer;

/// Why a bundle cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes could not be had: the connection broke, or they are not gzip.
    #[error("the bundle cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is of a version that is not known here.
    #[error("bundles of schema {0} are not known here")]
    Schema(u64),
    /// It, or one line of it, is larger than is taken.
    #[error("more than {0} bytes")]
    TooLarge(u64),
    /// It is not what it must be, at a place.
    #[error("{}: {}", .0.pointer, .0.detail)]
    Invalid(Pointer),
}

impl ReadError {
    fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(Pointer { pointer: pointer.into(), detail: detail.into() })
    }
}

/// An entry of the journal that a bundle carries.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number in the register's stream.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// What happened, if this program knows such a thing.
    pub recorded: Result<Box<Recorded>, Unread>,
}

/// What another version of the program has journalled and this one cannot read: the chain holds it all the
/// same, and whoever does not need it can let it be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The word of its kind: `sale-completed`.
    pub kind: String,
    /// Why it cannot be read.
    pub why: String,
}

/// What every entry has, of whichever version.
#[derive(Deserialize)]
struct Bare {
    register: RegisterId,
    event: BareEvent,
}

#[derive(Deserialize)]
struct BareEvent {
    kind: String,
}

/// A bundle that is being read.
pub struct Reader<R> {
    from: R,
    head: Head,
    head_bytes: Vec<u8>,
    sha256: Hash,
    /// The last entry read, and its hash.
    at: (u64, Hash),
    left: u64,
    most: u64,
}

impl<R: BufRead> Reader<R> {
    /// Reads the head. No more than `most` bytes are read in all: what is packed small may be large.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn new(mut from: R, most: u64) -> Result<Self, ReadError> {
        let mut left = most;
        let line = line(&mut from, MAX_HEAD_BYTES, (&mut left, most), "")?;
        let line = line.ok_or_else(|| ReadError::at("", "there is nothing in it"))?;
        let any: serde_json::Value = serde_json::from_slice(&line).map_err(|e| ReadError::at("", e.to_string()))?;
        match any.get("schema").and_then(serde_json::Value::as_u64) {
            Some(schema) if schema == u64::from(SCHEMA) => {}
            Some(schema) => return Err(ReadError::Schema(schema)),
            None => return Err(ReadError::at("/schema", "a bundle begins with its schema")),
        }
        let head: Head = serde_json::from_slice(&line).map_err(|e| ReadError::at("", e.to_string()))?;
        let slice = head.journal;
        if slice.first == 0 || slice.last < slice.first {
            return Err(ReadError::at("/journal", "no entries can be numbered like that"));
        }
        if head.seq == 0 {
            return Err(ReadError::at("/seq", "bundles are numbered from 1"));
        }
        let at = (slice.first - 1, slice.prev);
        Ok(Self { sha256: sha256(&line), head, head_bytes: line, from, at, left, most })
    }

    /// The head.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The head as it was frozen.
    pub fn head_bytes(&self) -> &[u8] {
        &self.head_bytes
    }

    /// What identifies the bundle.
    pub fn sha256(&self) -> Hash {
        self.sha256
    }

    /// The next entry; `None` after the last, when all of them are those the head names.
    ///
    /// # Errors
    /// [`ReadError`]; nothing that was read before can be trusted then.
    pub fn entry(&mut self) -> Result<Option<Entry>, ReadError> {
        let slice = self.head.journal;
        let (seq, prev) = (self.at.0 + 1, self.at.1);
        let place = format!("/journal/{}", seq - slice.first);
        let Some(body) = line(&mut self.from, MAX_ENTRY_BYTES, (&mut self.left, self.most), &place)? else {
            if self.at.0 != slice.last {
                return Err(ReadError::at(place, format!("entry {seq} is missing: the head names {}", slice.last)));
            }
            if self.at.1 != slice.head {
                return Err(ReadError::at("/journal/head", "the entries are not those that were frozen"));
            }
            return Ok(None);
        };
        if seq > slice.last {
            return Err(ReadError::at(place, format!("the head names no entry after {}", slice.last)));
        }
        let (register, recorded) = match serde_json::from_slice::<Box<Recorded>>(&body) {
            Ok(recorded) => (recorded.register, Ok(recorded)),
            Err(error) => {
                let why = error.to_string();
                let bare: Bare =
                    serde_json::from_slice(&body).map_err(|_| ReadError::at(place.clone(), why.clone()))?;
                (bare.register, Err(Unread { kind: bare.event.kind, why }))
            }
        };
        if register != self.head.register {
            return Err(ReadError::at(format!("{place}/register"), "an entry of another register"));
        }
        let hash = chain::hash(self.head.box_id, self.head.register, seq, &prev, &body);
        self.at = (seq, hash);
        Ok(Some(Entry { seq, hash, recorded }))
    }
}

/// A line without its end; `None` at the end of everything. No more than `left` of the `whole` may still
/// be read.
fn line(
    from: &mut impl BufRead,
    most: usize,
    (left, whole): (&mut u64, u64),
    place: &str,
) -> Result<Option<Vec<u8>>, ReadError> {
    let limit = (most as u64).min(*left).saturating_add(1);
    let mut line = Vec::new();
    let read = from.by_ref().take(limit).read_until(b'\n', &mut line)? as u64;
    if read > *left {
        return Err(ReadError::TooLarge(whole));
    }
    *left -= read;
    if read == 0 {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        if read > most as u64 {
            return Err(ReadError::TooLarge(most as u64));
        }
        return Err(ReadError::at(place, "it breaks off in a line"));
    }
    Ok(Some(line))
}
