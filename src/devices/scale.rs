//! A scale on a serial port: asked for a weight, which counts only when it has come to rest.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::devices::address::Address;
use crate::devices::frame::Frame;
use crate::devices::port::{Connection, Trouble, open};
use crate::devices::printer::Printer;
use crate::domain::ids::RegisterId;
use crate::domain::quantity::Quantity;

/// How long a scale may take to come to rest.
const REST: Duration = Duration::from_millis(2_500);
/// How long it may take for one answer.
const ANSWER: Duration = Duration::from_millis(700);
/// Pause before a scale that moves is asked again.
const AGAIN: Duration = Duration::from_millis(100);

/// How a scale is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// NCI, as CAS and many others have it: `W` CR.
    #[default]
    Nci,
    /// Mettler Toledo 8217: `W`.
    Toledo8217,
    /// Checkout-Dialog 06: a price record, then `EOT ENQ`.
    Dialog06,
}

/// A `[[scale]]` table of `printers.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleConfig {
    port: Address,
    #[serde(default = "first")]
    register: RegisterId,
    #[serde(default)]
    protocol: Protocol,
    baud: Option<u32>,
    frame: Option<Frame>,
}

const fn first() -> RegisterId {
    RegisterId(1)
}

/// What a scale answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// At rest, with so many grams on it.
    Grams(u32),
    /// It moves.
    Moving,
    /// Below zero, or beyond what it can weigh.
    OutOfRange,
}

impl ScaleConfig {
    /// The register it belongs to.
    pub fn register(&self) -> RegisterId {
        self.register
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.port
    }

    /// Its speed.
    pub fn baud(&self) -> u32 {
        self.baud.unwrap_or(9600)
    }

    /// How its line frames characters: as its protocol has it, unless said.
    fn frame(&self) -> Frame {
        self.frame.unwrap_or(match self.protocol {
            Protocol::Nci => Frame::default(),
            Protocol::Toledo8217 => Frame::SEVEN_EVEN,
            Protocol::Dialog06 => Frame::SEVEN_ODD,
        })
    }

    /// What lies on the scale, its container included, once it has come to rest.
    ///
    /// # Errors
    /// In words, with what to do.
    pub fn weigh(&self) -> Result<Quantity, String> {
        let mut port = Printer::new("scale", &self.port.to_string(), "text")?;
        (port.baud, port.frame, port.timeout) = (self.baud(), self.frame(), ANSWER);
        let mut connection = open(&port).map_err(|trouble| trouble.words)?;
        let until = Instant::now() + REST;
        let weighed = loop {
            match self.ask(connection.as_mut()) {
                Ok(Answer::Grams(0)) => break Err("nothing lies on the scale".to_owned()),
                Ok(Answer::Grams(grams)) => break Ok(Quantity::from_thousandths(grams.into())),
                Ok(Answer::OutOfRange) => break Err("the scale is below zero, or overloaded".to_owned()),
                Ok(Answer::Moving) if Instant::now() < until => std::thread::sleep(AGAIN),
                Ok(Answer::Moving) => break Err("the scale does not come to rest, or nothing lies on it".to_owned()),
                Err(trouble) => break Err(trouble.words),
            }
        };
        connection.abandon();
        weighed
    }

    fn ask(&self, port: &mut dyn Connection) -> Result<Answer, Trouble> {
        let mut old = [0; 64];
        while matches!(port.read(&mut old), Ok(n) if n > 0) {}
        match self.protocol {
            Protocol::Nci => self.exchange(port, b"W\r", 0x03, nci),
            Protocol::Toledo8217 => self.exchange(port, b"W", b'\r', toledo),
            Protocol::Dialog06 => {
                // With a price of one a kilogram the scale may weigh; the till counts the price itself.
                self.exchange(port, b"\x04\x0201\x1b000100\x1b\x03", 0x06, |_| Some(Answer::Moving))?;
                self.exchange(port, b"\x04\x05", 0x03, dialog06)
            }
        }
    }

    /// Sends a question and reads up to the byte that ends the answer.
    fn exchange(
        &self,
        port: &mut dyn Connection,
        question: &[u8],
        end: u8,
        read: impl Fn(&[u8]) -> Option<Answer>,
    ) -> Result<Answer, Trouble> {
        let of = |error: &std::io::Error| Trouble::of(&self.port, error);
        let (mut rest, mut answer) = (question, Vec::new());
        let until = Instant::now() + ANSWER;
        while Instant::now() < until && answer.len() < 64 {
            if !rest.is_empty() {
                match port.write(rest) {
                    Ok(n) => rest = &rest[n..],
                    Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                    Err(e) => return Err(of(&e)),
                }
            }
            let mut byte = [0];
            match port.read(&mut byte) {
                Ok(0) => {}
                Ok(_) => {
                    answer.push(byte[0]);
                    // Dialog 06 says NAK while it moves.
                    if answer == [0x15] {
                        return Ok(Answer::Moving);
                    }
                    if byte[0] == end
                        && let Some(answer) = read(&answer)
                    {
                        return Ok(answer);
                    }
                    continue;
                }
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(e) => return Err(of(&e)),
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let words = match answer.is_empty() {
            true => format!("the scale at {} does not answer: is it on, and is its cable in?", self.port),
            false => format!("the scale at {} answers with nonsense: check `baud`, `frame` and `protocol`", self.port),
        };
        Err(Trouble::new("no weight", words))
    }
}

/// Grams of `00.350`, with the unit it stands in.
fn grams(digits: &str, unit: &str) -> Option<u32> {
    let digits = digits.trim();
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let number: u32 = format!("{whole}{part}").trim().parse().ok()?;
    let scale = i32::try_from(part.len()).ok()?;
    match unit.trim().to_ascii_lowercase().as_str() {
        "kg" | "" if scale <= 3 => number.checked_mul(10_u32.pow(u32::try_from(3 - scale).ok()?)),
        "g" if scale == 0 => Some(number),
        _ => None,
    }
}

/// `LF 00.350KG CR LF S00 CR ETX`, or `LF S10 CR ETX`.
fn nci(answer: &[u8]) -> Option<Answer> {
    let text: String = answer.iter().filter(|b| b.is_ascii()).map(|b| char::from(*b)).collect();
    let mut lines = text.split(['\r', '\n', '\u{3}']).map(str::trim).filter(|line| !line.is_empty());
    let (first, second) = (lines.next()?, lines.next());
    // Many say only how they are while there is no weight.
    let (weight, status) = second.map_or(("", first), |status| (first, status));
    let status = status.strip_prefix('S')?.as_bytes();
    let (motion, range) = (status.first()?, status.get(1).unwrap_or(&b'0'));
    if motion & 1 != 0 {
        return Some(Answer::Moving);
    }
    if range & 3 != 0 {
        return Some(Answer::OutOfRange);
    }
    let unit = weight.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(weight.len());
    grams(&weight[..unit], &weight[unit..]).map(Answer::Grams)
}

/// `STX 00.350 CR`, or `STX ? status CR` when there is no weight.
fn toledo(answer: &[u8]) -> Option<Answer> {
    let start = answer.iter().position(|b| *b == 0x02)?;
    let body = answer.get(start + 1..answer.len() - 1)?;
    if let [b'?', status, ..] = body {
        return Some(if status & 1 != 0 { Answer::Moving } else { Answer::OutOfRange });
    }
    grams(std::str::from_utf8(body).ok()?, "kg").map(Answer::Grams)
}

/// `STX 02 ESC status ESC 00350 ESC price ESC total ETX`, in grams.
fn dialog06(answer: &[u8]) -> Option<Answer> {
    let start = answer.iter().position(|b| *b == 0x02)?;
    let fields: Vec<&[u8]> = answer.get(start + 1..answer.len() - 1)?.split(|b| *b == 0x1b).collect();
    match fields[..] {
        [b"02", _, weight, ..] => std::str::from_utf8(weight).ok()?.trim().parse().ok().map(Answer::Grams),
        // A record of its status: it has not weighed.
        [b"09", ..] => Some(Answer::Moving),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_in_each_protocol() {
        assert_eq!(nci(b"\n00.350KG\r\nS00\r\x03"), Some(Answer::Grams(350)));
        assert_eq!(nci(b"\n  1.5 kg\r\nS20\r\x03"), Some(Answer::Grams(1500)));
        assert_eq!(nci(b"\n 350g\r\nS00\r\x03"), Some(Answer::Grams(350)));
        assert_eq!(nci(b"\n00.000KG\r\nS10\r\x03"), Some(Answer::Moving));
        assert_eq!(nci(b"\n00.000KG\r\nS02\r\x03"), Some(Answer::OutOfRange));
        assert_eq!(nci(b"\nS10\r\x03"), Some(Answer::Moving));
        assert_eq!(nci(b"\nS02\r\x03"), Some(Answer::OutOfRange));
        assert_eq!(nci(b"\nS00\r\x03"), None);
        assert_eq!(nci(b"\n00.350LB\r\nS00\r\x03"), None);
        assert_eq!(nci(b"\xff\xfe\x03"), None);
        assert_eq!(toledo(b"\x0200.350\r"), Some(Answer::Grams(350)));
        assert_eq!(toledo(b"\x02?\x41\r"), Some(Answer::Moving));
        assert_eq!(toledo(b"\x02?\x44\r"), Some(Answer::OutOfRange));
        assert_eq!(toledo(b"\x02\xff\r"), None);
        assert_eq!(dialog06(b"\x0202\x1b3\x1b00350\x1b000100\x1b000035\x03"), Some(Answer::Grams(350)));
        assert_eq!(dialog06(b"\x0209\x1b20\x03"), Some(Answer::Moving));
        assert_eq!(dialog06(b"\x02xx\x03"), None);
    }
}
