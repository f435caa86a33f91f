//! Bundles on a stick: what their files are called, and what stands beside each.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::ids::{BoxId, RegisterId};
use crate::wire::hex;

/// The end of a bundle's name on a stick.
pub const BUNDLE_END: &str = "ndjson.gz";
/// The end of the name of what stands beside it.
pub const NOTE_END: &str = "json";
/// The end of an acknowledgement's name.
pub const ACK_END: &str = "ack.json";

/// What stands beside a bundle's file: who sends it, and their signature of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Note {
    /// The bundle's id.
    pub id: Uuid,
    /// SHA-256 of its head.
    #[serde(with = "hex::hash")]
    pub sha256: crate::wire::Hash,
    /// The box.
    pub box_id: BoxId,
    /// The register.
    pub register: RegisterId,
    /// The register's id at the backend.
    pub terminal: Uuid,
    /// The register's signature of the bundle, in hex.
    pub signature: String,
}
