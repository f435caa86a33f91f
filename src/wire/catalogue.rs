//! What the backend sends down: the catalogue in versions, and what can be had just now.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::catalogue::Menu;

/// A version of the catalogue. It travels as the exact bytes that were signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueBundle {
    /// The version of this message's shape: 1.
    pub schema: u32,
    /// Whose it is.
    pub tenant: Uuid,
    /// Its version: 1, 2, 3 …
    pub version: u64,
    /// The first business date on which it may be sold from.
    pub effective: NaiveDate,
    /// The whole menu.
    pub menu: Menu,
}

/// The header that carries the signature of a catalogue: key id, `:`, Ed25519 over
/// [`message`] in hex.
pub const SIGNATURE_HEADER: &str = "counterflow-signature";

/// What is signed of a catalogue: `counterflow-catalogue-v1`, a line feed, and its bytes.
pub fn message(bytes: &[u8]) -> Vec<u8> {
    let mut message = b"counterflow-catalogue-v1\n".to_vec();
    message.extend(bytes);
    message
}

/// What the office says something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// An item of the menu.
    Item,
    /// A promotion of the till's configuration: switched off, it takes nothing off any more.
    Promotion,
}

/// Whether something can be had: it holds at once, in the middle of a shift too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What it is about.
    pub what: What,
    /// The item's or the promotion's code.
    pub code: String,
    /// Whether it can be had.
    pub available: bool,
    /// Grows with each thing the office says: what a till has heard it does not do again.
    pub revision: u64,
}
