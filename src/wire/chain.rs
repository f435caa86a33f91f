//! How a journal entry is chained to the one before. The till's store writes these hashes, the backend
//! computes them again from what it was sent.

use sha2::{Digest, Sha256};

use crate::domain::ids::{BoxId, RegisterId};
use crate::wire::Hash;

/// The hash before a stream's first entry, and before a register's first bundle.
pub const NO_HASH: Hash = [0; 32];

/// The hash of an entry: SHA-256 over `counterflow-journal-v1`, box (16 bytes), register (2), seq (8),
/// the hash before (32), the length of the body (8) and the body; numbers big-endian.
pub fn hash(box_id: BoxId, register: RegisterId, seq: u64, prev: &Hash, body: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"counterflow-journal-v1");
    hasher.update(box_id.0.as_bytes());
    hasher.update(register.0.to_be_bytes());
    hasher.update(seq.to_be_bytes());
    hasher.update(prev);
    hasher.update((body.len() as u64).to_be_bytes());
    hasher.update(body);
    hasher.finalize().into()
}

/// What the signature of a Z is made over: the hash of its journal entry, with its place.
pub fn z_message(box_id: BoxId, register: RegisterId, seq: u64, hash: &Hash) -> Vec<u8> {
    let mut message = b"counterflow-z-v1".to_vec();
    message.extend(box_id.0.as_bytes());
    message.extend(register.0.to_be_bytes());
    message.extend(seq.to_be_bytes());
    message.extend(hash);
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::hex::hex;
    use uuid::Uuid;

    #[test]
    fn the_hash_is_the_documented_one() {
        let box_id = BoxId(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
        let hash = hash(box_id, RegisterId(1), 2, &[0xAA; 32], b"{}");
        assert_eq!(hex(&hash), "cbb6cf2277efff5533c43b22676c557be0ce1a29a255c8bf63b08da89681310c");
    }
}
