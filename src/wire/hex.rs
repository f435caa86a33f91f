//! Bytes as text.

/// Bytes in hex, in small letters.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// So many bytes from their hex; `None` where it is not that.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// A hash that is written as hex in JSON.
pub mod hash {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::wire::Hash;

    /// Writes it.
    ///
    /// # Errors
    /// When the serializer refuses text.
    pub fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::hex(hash))
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is anything but 64 hex digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(from)?;
        super::unhex(&text).ok_or_else(|| D::Error::custom("a hash is 64 hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_both_ways() {
        assert_eq!(hex(&[0x00, 0xAB, 0x0F]), "00ab0f");
        assert_eq!(unhex::<3>("00ab0f"), Some([0x00, 0xAB, 0x0F]));
        for wrong in ["", "00ab", "00ab0g", "00ab0f00", "+0ab0f", "é0ab0"] {
            assert_eq!(unhex::<3>(wrong), None, "{wrong}");
        }
    }
}
