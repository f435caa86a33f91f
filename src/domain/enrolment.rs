//! What a register knows of the backend it reports to.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::ids::RegisterId;
use crate::domain::time::Stamp;

/// A public key, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Its id: the first 16 hex digits of the SHA-256 of the key's 32 bytes.
    pub id: String,
    /// Ed25519, 32 bytes in hex.
    pub public: String,
}

/// What a backend tells a register that enrols. Journalled as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The register's id at the backend: what its signatures name as their key.
    pub terminal: Uuid,
    /// Whose it is.
    pub tenant: Uuid,
    /// Their name.
    pub tenant_name: String,
    /// The store.
    pub store: Uuid,
    /// Its name.
    pub store_name: String,
    /// The server's key and its spare: nothing that others signed is believed.
    pub server_keys: Vec<PublicKey>,
}

/// Something that was settled with a backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackendAct {
    /// A register reports to it from here on.
    Enrolled {
        /// Which register.
        register: RegisterId,
        /// The backend's address.
        server: String,
        /// What the backend told.
        enrolment: Enrolment,
    },
    /// It has a closed shift.
    Acknowledged {
        /// The bundle: a shift, or a correction.
        bundle: Uuid,
        /// The acknowledgement as it came, signed by the backend.
        text: String,
    },
}

/// How much of what was closed no backend has acknowledged yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unsent {
    /// How many closed shifts and corrections, those set aside not counted.
    pub waiting: u32,
    /// When the oldest of them was closed.
    pub since: Option<Stamp>,
    /// How many wait for people.
    pub set_aside: u32,
}
