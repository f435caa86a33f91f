//! What the backend answers to a bundle it has stored: kept for ever on both sides.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::enrolment::PublicKey;
use crate::domain::ids::{BoxId, RegisterId};
use crate::wire::Hash;
use crate::wire::enrolment::verified;
use crate::wire::hex;

/// Whether a bundle's content was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stored {
    /// All of it.
    Whole,
    /// Only that it exists: what was sent, or could not be sent, was set aside, and people have to see
    /// to it.
    SetAside,
}

/// An acknowledgement, signed by the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The bundle's id.
    pub shift_id: Uuid,
    /// What was stored: SHA-256 of the bundle's head.
    #[serde(with = "hex::hash")]
    pub sha256: Hash,
    /// Of which box.
    pub box_id: BoxId,
    /// Of which register.
    pub register: RegisterId,
    /// The bundle's number on its register.
    pub seq: u64,
    /// Whether its content was taken in.
    pub stored: Stored,
    /// The server's own number for it, growing over all registers of the tenant.
    pub server_seq: u64,
    /// When it was stored, in UTC milliseconds by the server's clock.
    pub received_at: i64,
    /// The till's clock minus the server's, in milliseconds.
    pub skew_ms: i64,
    /// What did not agree; nothing was refused for it.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The newest version of the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue_latest: Option<u64>,
    /// The id of the key that signed it.
    pub key: String,
    /// Ed25519 over [`Acknowledgement::message`], in hex.
    pub sig: String,
}

impl Acknowledgement {
    /// What is signed: `counterflow-ack-v1`, a line feed, and the acknowledgement as compact JSON with
    /// its fields in this order and an empty `sig`.
    pub fn message(&self) -> Vec<u8> {
        let unsigned = Self { sig: String::new(), ..self.clone() };
        let mut message = b"counterflow-ack-v1\n".to_vec();
        // Numbers, texts and lists of texts: nothing here can refuse to be written.
        message.extend(serde_json::to_vec(&unsigned).unwrap_or_default());
        message
    }

    /// Whether one of these keys signed it.
    pub fn is_signed_by(&self, keys: &[PublicKey]) -> bool {
        keys.iter().any(|key| key.id == self.key && verified(&key.public, &self.message(), &self.sig))
    }
}
