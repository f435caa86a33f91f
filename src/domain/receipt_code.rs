//! The short code on a receipt, by which paper can be told from a forgery: `1-17-8KJ2M4QZ` is receipt
//! 17 of register 1, and eight characters that only the journal can give again.
//!
//! `SHA-256("counterflow-receipt-v1" ‖ id (16) ‖ register (2) ‖ receipt (8) ‖ UTC ms (8) ‖ total (8))`,
//! numbers big-endian; its first 40 bits in Crockford's base 32. The sale's id holds 74 random bits that
//! are nowhere on the paper, so that nobody can make up the code of another amount or time.

use sha2::{Digest, Sha256};

use crate::domain::ids::RegisterId;
use crate::domain::sale::Sale;

/// What the code is preceded by in a QR code, so that a scanner's reading is known for what it is.
pub const PREFIX: &str = "counterflow:";

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHARS: u32 = 8;

/// The code of a sale.
pub fn code(sale: &Sale) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"counterflow-receipt-v1");
    hasher.update(sale.id.0.as_bytes());
    hasher.update(sale.register.0.to_be_bytes());
    hasher.update(sale.receipt.to_be_bytes());
    hasher.update(sale.completed.utc_ms.to_be_bytes());
    hasher.update(sale.totals.total.minor().to_be_bytes());
    let hash: [u8; 32] = hasher.finalize().into();
    let bits = hash.iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let digit = |at: u32| char::from(ALPHABET[(bits >> (5 * (CHARS - 1 - at)) & 31) as usize]);
    format!("{}-{}-{}", sale.register, sale.receipt, (0..CHARS).map(digit).collect::<String>())
}

/// Register and receipt of a code as it was typed or scanned; `None` where it is not one.
pub fn parse(text: &str) -> Option<(RegisterId, u64)> {
    let mut parts = text.strip_prefix(PREFIX).unwrap_or(text).split('-');
    let (register, receipt, check) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = check.len() == CHARS as usize && check.bytes().all(|b| b.is_ascii_alphanumeric());
    (fits && parts.next().is_none()).then_some((RegisterId(register.parse().ok()?), receipt.parse().ok()?))
}

/// Whether a code as it was typed or scanned is that of the sale. Letters that look alike are alike.
pub fn fits(text: &str, sale: &Sale) -> bool {
    let plain = |text: &str| -> String {
        let text = text.strip_prefix(PREFIX).unwrap_or(text).to_ascii_uppercase();
        let same = |c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        text.chars().map(same).collect()
    };
    plain(text) == code(sale)
}
