//! How a serial line frames its characters: `8N1` is eight bits, no parity, one stop bit.

use serde::Deserialize;
use serialport::{DataBits, Parity, SerialPortBuilder, StopBits};

/// The frame of a serial line; `8N1` unless said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Frame {
    data: DataBits,
    parity: Parity,
    stop: StopBits,
}

impl Frame {
    /// `7E1`.
    pub(super) const SEVEN_EVEN: Self = Self { data: DataBits::Seven, parity: Parity::Even, stop: StopBits::One };
    /// `7O1`.
    pub(super) const SEVEN_ODD: Self = Self { data: DataBits::Seven, parity: Parity::Odd, stop: StopBits::One };

    /// A port that frames so.
    pub(super) fn of(self, port: SerialPortBuilder) -> SerialPortBuilder {
        port.data_bits(self.data).parity(self.parity).stop_bits(self.stop)
    }
}

impl Default for Frame {
    fn default() -> Self {
        Self { data: DataBits::Eight, parity: Parity::None, stop: StopBits::One }
    }
}

impl TryFrom<String> for Frame {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bad = || {
            format!(
                "`{text}` is not the frame of a serial line: write 8N1, 7E1, 7O1 or the like: bits, parity (N, E, O), stop bits"
            )
        };
        let [data, parity, stop] = text.as_bytes() else { return Err(bad()) };
        Ok(Self {
            data: match data {
                b'7' => DataBits::Seven,
                b'8' => DataBits::Eight,
                _ => return Err(bad()),
            },
            parity: match parity.to_ascii_uppercase() {
                b'N' => Parity::None,
                b'E' => Parity::Even,
                b'O' => Parity::Odd,
                _ => return Err(bad()),
            },
            stop: match stop {
                b'1' => StopBits::One,
                b'2' => StopBits::Two,
                _ => return Err(bad()),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read() {
        let read = |text: &str| Frame::try_from(text.to_owned());
        assert_eq!(read("8N1"), Ok(Frame::default()));
        assert_eq!(read("7e1"), Ok(Frame::SEVEN_EVEN));
        assert_eq!(read("7O1"), Ok(Frame::SEVEN_ODD));
        let two = Frame { stop: StopBits::Two, ..Frame::default() };
        assert_eq!(read("8N2"), Ok(two));
        for text in ["", "8", "9N1", "8X1", "8N3", "8N1 "] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
