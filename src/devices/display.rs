//! The customer's display: two lines on a port of their own. What stands there is told again after
//! the display was pulled out and put in again; the till never waits for it.

use std::io::ErrorKind;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::devices::address::Address;
use crate::devices::code_page::{CodePage, printable};
use crate::devices::frame::Frame;
use crate::devices::port::{Connection, open};
use crate::devices::printer::{Printer, Within};
use crate::domain::ids::RegisterId;

/// Pause before a display that is not there is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(2);
/// How long a display may take for two lines.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a display understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Commands {
    /// Epson's: `US $`.
    #[default]
    EscPos,
    /// `ESC Q A` and `ESC Q B`.
    Cd5220,
}

/// A `[[display]]` table of `printers.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisplayConfig {
    port: Address,
    #[serde(default = "first")]
    register: RegisterId,
    #[serde(default)]
    commands: Commands,
    columns: Option<Within<8, 40>>,
    baud: Option<u32>,
    #[serde(default)]
    frame: Frame,
    /// The page and the display's number for it.
    code_page: Option<(u16, u8)>,
    #[serde(default)]
    greeting: Vec<String>,
}

const fn first() -> RegisterId {
    RegisterId(1)
}

impl DisplayConfig {
    /// The register whose customers look at it.
    pub fn register(&self) -> RegisterId {
        self.register
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.port
    }

    /// Its speed, where it is serial.
    pub fn baud(&self) -> u32 {
        self.baud.unwrap_or(9600)
    }

    /// How many characters a line has.
    pub fn columns(&self) -> usize {
        self.columns.map_or(20, |columns| columns.0.into())
    }

    /// What stands there while nothing is sold.
    pub fn greeting(&self) -> [String; 2] {
        let line = |at: usize| self.greeting.get(at).cloned().unwrap_or_default();
        [line(0), line(1)]
    }

    /// The port as ports are opened.
    fn port(&self) -> Result<Printer, String> {
        let mut port = Printer::new("display", &self.port.to_string(), "text")?;
        (port.baud, port.frame, port.timeout) = (self.baud(), self.frame, PATIENCE);
        Ok(port)
    }

    /// Both lines as bytes.
    fn encode(&self, lines: &[String; 2]) -> Vec<u8> {
        let page = self.code_page.map(|(page, number)| CodePage { page, number });
        let pages: Vec<CodePage> = page.into_iter().collect();
        let columns = self.columns();
        let line = |text: &String| -> Vec<u8> {
            let text = printable(text, &pages);
            let byte = |c: char| match c {
                ' '..='~' => c as u8,
                c => pages.iter().find_map(|page| page.encode(c)).unwrap_or(b'?'),
            };
            let mut bytes: Vec<u8> = text.chars().map(byte).take(columns).collect();
            bytes.resize(columns, b' ');
            bytes
        };
        let mut out = Vec::new();
        if let Some(page) = pages.first() {
            out.extend([0x1b, b't', page.number]);
        }
        for (text, (row, letter)) in lines.iter().zip([(1, b'A'), (2, b'B')]) {
            match self.commands {
                Commands::EscPos => out.extend([0x1f, b'$', 1, row]),
                Commands::Cd5220 => out.extend([0x1b, b'Q', letter]),
            }
            out.extend(line(text));
            if self.commands == Commands::Cd5220 {
                out.push(b'\r');
            }
        }
        out
    }
}

/// A running display; it is cleared and let go when this is dropped.
pub struct DisplayHandle(Sender<[String; 2]>);

impl DisplayHandle {
    /// Shows two lines from now on.
    pub fn show(&self, lines: [String; 2]) {
        let _ = self.0.send(lines);
    }
}

/// Starts a display.
///
/// # Errors
/// When its port is none, or the system gives no thread.
pub fn start(config: DisplayConfig) -> Result<DisplayHandle, String> {
    let (sender, lines) = channel();
    let port = config.port()?;
    let run = move || run(&config, &port, &lines);
    thread::Builder::new().name("display".to_owned()).spawn(run).map_err(|e| e.to_string())?;
    Ok(DisplayHandle(sender))
}

fn run(config: &DisplayConfig, port: &Printer, inbox: &Receiver<[String; 2]>) {
    let mut connection: Option<Box<dyn Connection>> = None;
    let mut lines = config.greeting();
    let mut shown = false;
    loop {
        if !shown {
            if connection.is_none() {
                connection = open(port).ok();
            }
            shown = connection.as_mut().is_some_and(|port| send(port.as_mut(), &config.encode(&lines)));
            if !shown {
                connection = None;
            }
        }
        let wait = if shown { Duration::from_secs(3600) } else { TRY_AGAIN };
        match inbox.recv_timeout(wait) {
            // Only the newest counts.
            Ok(first) => lines = inbox.try_iter().last().unwrap_or(first),
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => {
                if let Some(mut port) = connection {
                    send(port.as_mut(), &config.encode(&config.greeting()));
                    let _ = port.close();
                }
                return;
            }
        }
        shown = false;
    }
}

fn send(port: &mut dyn Connection, mut bytes: &[u8]) -> bool {
    let until = Instant::now() + PATIENCE;
    while !bytes.is_empty() && Instant::now() < until {
        match port.write(bytes) {
            Ok(n @ 1..) => bytes = &bytes[n..],
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                thread::sleep(Duration::from_millis(5));
            }
            Ok(0) | Err(_) => return false,
        }
    }
    bytes.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toml: &str, lines: [&str; 2], expected: &[u8]) {
        let config: DisplayConfig = toml::from_str(toml).unwrap();
        assert_eq!(config.encode(&lines.map(str::to_owned)), expected, "{toml}");
    }

    #[test]
    fn both_lines_are_written_in_each_language() {
        let port = "port = \"serial:/dev/ttyUSB1\"\ncolumns = 8\n";
        check(port, ["Crème", "4.50 €"], b"\x1f$\x01\x01Creme   \x1f$\x01\x024.50 EUR");
        let cd = format!("{port}commands = \"cd5220\"");
        check(&cd, ["a", "much too long"], b"\x1bQAa       \r\x1bQBmuch too\r");
        let page = format!("{port}code_page = [858, 19]");
        check(&page, ["é€", "\u{1b}@"], b"\x1bt\x13\x1f$\x01\x01\x82\xd5      \x1f$\x01\x02?@      ");
    }

    #[test]
    fn a_wrong_table_is_named() {
        let error = toml::from_str::<DisplayConfig>("port = \"lpt\"").unwrap_err();
        assert!(error.to_string().contains("is not a port"), "{error}");
    }
}
