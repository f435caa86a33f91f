//! Where a device is, as `printers.toml` writes it.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

/// The port of a raw network printer, where none is said.
const RAW_PORT: u16 = 9100;

/// Where a printer is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Address {
    /// A file that is written to its end.
    File(PathBuf),
    /// A device of the system, such as `/dev/usb/lp0`.
    Device(PathBuf),
    /// A serial port, such as `/dev/ttyUSB0` or `COM3`.
    Serial(String),
    /// A network printer.
    Tcp {
        /// Name or number of the host.
        host: String,
        /// Its port.
        port: u16,
    },
    /// A USB printer, by its serial number or its model (`04b8:0e15`), wherever it is plugged in.
    Usb(String),
    /// A queue of CUPS, which gets the bytes as they are.
    Cups(String),
    /// A printer of Windows, which gets the bytes as they are.
    Windows(String),
    /// The paper that the till shows on its own screen.
    Screen,
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bad = || {
            format!(
                "`{text}` is not a port: write `tcp:192.168.1.50:9100`, `usb:04b8:0e15`, `usb:SERIALNUMBER`, \
                 `serial:/dev/ttyUSB0`, `serial:COM3`, `cups:QUEUE`, `windows:PRINTER`, `device:/dev/usb/lp0`, \
                 `file:/some/file` or `screen`"
            )
        };
        if text == "screen" {
            return Ok(Self::Screen);
        }
        if text.starts_with("/dev/") {
            return Ok(Self::Device(text.into()));
        }
        let (kind, rest) = text.split_once(':').ok_or_else(bad)?;
        if rest.is_empty() || rest.contains(char::is_control) {
            return Err(bad());
        }
        match kind {
            "file" => Ok(Self::File(rest.into())),
            "device" => Ok(Self::Device(rest.into())),
            "serial" => Ok(Self::Serial(rest.to_owned())),
            "usb" => Ok(Self::Usb(rest.to_owned())),
            "windows" => Ok(Self::Windows(rest.to_owned())),
            // It becomes an argument of `lp`, and must not be taken for an option.
            "cups" if !rest.starts_with('-') && !rest.contains(char::is_whitespace) => Ok(Self::Cups(rest.to_owned())),
            "tcp" => {
                let (host, port) = match rest.rsplit_once(':') {
                    Some((host, port)) if !rest.ends_with(']') => (host, port.parse().map_err(|_| bad())?),
                    _ => (rest, RAW_PORT),
                };
                let host = host.trim_start_matches('[').trim_end_matches(']');
                if host.is_empty() || port == 0 {
                    return Err(bad());
                }
                Ok(Self::Tcp { host: host.to_owned(), port })
            }
            _ => Err(bad()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Device(path) => write!(f, "device:{}", path.display()),
            Self::Serial(name) => write!(f, "serial:{name}"),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Self::Usb(name) => write!(f, "usb:{name}"),
            Self::Cups(name) => write!(f, "cups:{name}"),
            Self::Windows(name) => write!(f, "windows:{name}"),
            Self::Screen => f.write_str("screen"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (text, shown) in [
            ("tcp:printer.local", "tcp:printer.local:9100"),
            ("tcp:[::1]:9101", "tcp:[::1]:9101"),
            ("tcp:[fe80::1]", "tcp:[fe80::1]:9100"),
            ("/dev/usb/lp0", "device:/dev/usb/lp0"),
            ("serial:COM3", "serial:COM3"),
            ("file:C:\\till\\paper.txt", "file:C:\\till\\paper.txt"),
            ("usb:04b8:0e15", "usb:04b8:0e15"),
            ("usb:4D5143", "usb:4D5143"),
            ("cups:Kitchen_1", "cups:Kitchen_1"),
            ("windows:EPSON TM-T20", "windows:EPSON TM-T20"),
            ("screen", "screen"),
        ] {
            assert_eq!(Address::try_from(text.to_owned()).map(|a| a.to_string()), Ok(shown.to_owned()));
        }
        for text in
            ["", "tcp:", "tcp::9100", "tcp:host:0", "tcp:host:99999", "usb:", "cups:-o", "lpt:1", "serial:a\u{1b}b"]
        {
            assert!(Address::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
