//! Vouchers of the house: sold as what the house owes, not as revenue, and taxed by what they are used for.
//!
//! A code is eleven random characters and one that checks them, in three groups: `K7QM-2XH4-9TCW`. It is worth
//! money to whoever has it. The characters are digits and letters without those that look alike, in the order of
//! their values 0 to 30; the last is the sum of place times value, modulo 31, which is prime: one wrong character,
//! or two neighbours that changed places, never pass.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::event::Event;
use crate::domain::money::Money;

/// What a code is preceded by in a QR code, so that a scanner's reading is known for what it is.
pub const PREFIX: &str = "counterflow-voucher:";

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKMNPQRSTVWXY";
/// Characters of a code, the check included.
const CHARS: usize = 12;
const GROUP: usize = 4;

/// A voucher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// Its code, with its dashes.
    pub code: String,
    /// The business date on which it was sold.
    pub issued: NaiveDate,
    /// The last date on which it is taken; none: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<NaiveDate>,
    /// What was paid for it.
    pub worth: Money,
    /// What is left on it.
    pub left: Money,
}

/// What a payment took off a voucher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeemed {
    /// The voucher's code.
    pub code: String,
    /// What was left on it then.
    pub left: Money,
}

/// The code that random bits make.
pub fn code(random: Uuid) -> String {
    // The last 62 bits of a UUID are random; those before are the time.
    let mut bits = random.as_u128() & ((1 << 62) - 1);
    let mut values = Vec::with_capacity(CHARS);
    for _ in 1..CHARS {
        values.push((bits % 31) as usize);
        bits /= 31;
    }
    values.push(check(&values));
    let chars: Vec<u8> = values.into_iter().filter_map(|value| ALPHABET.get(value).copied()).collect();
    let groups: Vec<String> = chars.chunks(GROUP).map(|g| String::from_utf8_lossy(g).into_owned()).collect();
    groups.join("-")
}

fn check(values: &[usize]) -> usize {
    (1..).zip(values).map(|(place, value): (usize, &usize)| place * value).sum::<usize>() % 31
}

/// A code as it was typed or scanned, in its own form; none where it cannot be one. Letters that look alike are
/// alike.
pub fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix(PREFIX).unwrap_or(text).to_ascii_uppercase();
    let plain = text.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| match c {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    let value = |c: char| ALPHABET.iter().position(|known| char::from(*known) == c);
    let values: Vec<usize> = plain.map(value).collect::<Option<_>>()?;
    let (last, rest) = values.split_last()?;
    if values.len() != CHARS || check(rest) != *last {
        return None;
    }
    let chars: Vec<char> = values.iter().filter_map(|value| ALPHABET.get(*value).map(|c| char::from(*c))).collect();
    let groups: Vec<String> = chars.chunks(GROUP).map(|group| group.iter().collect()).collect();
    Some(groups.join("-"))
}

/// A code as others may see it: `…9TCW`.
pub fn masked(code: &str) -> String {
    format!("…{}", code.rsplit('-').next().unwrap_or_default())
}

/// What an event does to what is left on vouchers that are there already.
pub fn moved(event: &Event) -> Vec<(&str, Money)> {
    match event {
        Event::PaymentTaken { payment, .. } => {
            payment.voucher.iter().map(|v| (v.code.as_str(), -payment.tendered)).collect()
        }
        Event::PaymentReversed { payment, .. } => {
            payment.voucher.iter().map(|v| (v.code.as_str(), payment.tendered)).collect()
        }
        Event::Refunded { refund, .. } => {
            refund.payments.iter().filter_map(|p| Some((p.voucher.as_ref()?.code.as_str(), p.tendered))).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = code(Uuid::from_u128(0x0190_0000_0000_7000_8123_4567_89ab_cdef));
        assert_eq!(code.len(), 14);
        assert_eq!(parse(&code).as_deref(), Some(code.as_str()));
        assert_eq!(parse(&format!("{PREFIX}{code}")).as_deref(), Some(code.as_str()));
        assert_eq!(parse(&code.replace('-', "").to_lowercase()).as_deref(), Some(code.as_str()));
        assert_eq!(parse("4011"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn no_wrong_character_and_no_swap_of_neighbours_passes() {
        let code = code(Uuid::from_u128(0x0190_0000_0000_7000_9fed_cba9_8765_4321)).replace('-', "");
        let chars: Vec<char> = code.chars().collect();
        for at in 0..chars.len() {
            for other in ALPHABET.iter().map(|c| char::from(*c)).filter(|c| *c != chars[at]) {
                let wrong: String = chars.iter().enumerate().map(|(n, c)| if n == at { other } else { *c }).collect();
                assert_eq!(parse(&wrong), None, "{code} and {wrong}");
            }
            if at + 1 < chars.len() && chars[at] != chars[at + 1] {
                let mut wrong = chars.clone();
                wrong.swap(at, at + 1);
                assert_eq!(parse(&wrong.iter().collect::<String>()), None, "{code}, {at}");
            }
        }
    }
}
