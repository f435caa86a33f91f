//! How a register and a backend come to know each other: a one-time code, and each other's keys. The
//! answer is an [`Enrolment`].

use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

#[cfg(doc)]
use crate::domain::enrolment::Enrolment;
use crate::domain::ids::{BoxId, RegisterId};
use crate::wire::hex::unhex;

/// What a register sends to enrol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrol {
    /// The one-time code, as people read it to each other; letters' case and dashes do not matter.
    pub code: String,
    /// The box.
    pub box_id: BoxId,
    /// The register on it.
    pub register: RegisterId,
    /// The register's public key, Ed25519, 32 bytes in hex.
    pub public_key: String,
    /// Over [`Enrol::message`], by that key, in hex: it is really theirs.
    pub signature: String,
}

impl Enrol {
    /// What is signed: the code as [`plain_code`] makes it, box and register.
    pub fn message(&self) -> Vec<u8> {
        let mut message = b"counterflow-enrol-v1".to_vec();
        message.extend(plain_code(&self.code).into_bytes());
        message.extend(self.box_id.0.as_bytes());
        message.extend(self.register.0.to_be_bytes());
        message
    }

    /// Whether the key signed it.
    pub fn is_signed(&self) -> bool {
        verified(&self.public_key, &self.message(), &self.signature)
    }
}

/// A code without what people put into it: dashes and spaces gone, letters large, and those that look
/// like digits read as digits.
pub fn plain_code(code: &str) -> String {
    let plain = |c: char| match c.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        c if c.is_ascii_alphanumeric() => Some(c),
        _ => None,
    };
    code.chars().filter_map(plain).collect()
}

/// Whether a signature (in hex) of some bytes was made with the key whose public half (in hex) this is.
pub fn verified(public: &str, bytes: &[u8], signature: &str) -> bool {
    let key = unhex::<32>(public).and_then(|key| VerifyingKey::from_bytes(&key).ok());
    let signature = unhex::<64>(signature).map(|bytes| Signature::from_bytes(&bytes));
    key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(bytes, &signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_what_people_make_of_it() {
        for typed in ["7K3M-90XA-1B", "7k3m 9oxa lb", "7K3M90XAIB"] {
            assert_eq!(plain_code(typed), "7K3M90XA1B", "{typed}");
        }
    }
}
