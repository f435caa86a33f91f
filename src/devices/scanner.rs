//! A scanner on a serial port of its own: what comes in there is a scan and never a typed quantity.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::devices::frame::Frame;

/// How long one wait for bytes is.
const WAIT: Duration = Duration::from_millis(200);
/// Pause before a port that is not there is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// A scan longer than this is not one.
const MAX_BYTES: usize = 256;
/// With no suffix configured, a scan is over when nothing came for so long.
const QUIET: Duration = Duration::from_millis(50);

/// How a scanner ends a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suffix {
    /// With CR, LF, or both.
    #[default]
    Line,
    /// With a tab.
    Tab,
    /// With nothing: a pause ends it.
    Pause,
}

/// A serial scanner, as the configuration names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScannerConfig {
    /// Its port: `/dev/ttyACM0`, `COM4`.
    pub port: String,
    /// Its speed.
    #[serde(default = "usual_baud")]
    pub baud: u32,
    /// How its line frames characters.
    #[serde(default)]
    pub frame: Frame,
    /// What it sends before each scan, which is taken off.
    #[serde(default)]
    pub prefix: String,
    /// How it ends a scan.
    #[serde(default)]
    pub suffix: Suffix,
}

const fn usual_baud() -> u32 {
    9600
}

/// What a scanner tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerReport {
    /// Something was scanned.
    Scan(String),
    /// The port can or cannot be read, and why.
    Port(Result<(), String>),
}

/// A running scanner thread; it ends when this is dropped.
pub struct ScannerHandle {
    stop: Arc<AtomicBool>,
}

impl Drop for ScannerHandle {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Reads a scanner from now on, also after it was pulled out and put in again.
///
/// # Errors
/// When the system gives no thread.
pub fn start(config: ScannerConfig, report: Box<dyn Fn(ScannerReport) + Send>) -> std::io::Result<ScannerHandle> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = stop.clone();
    thread::Builder::new().name("scanner".to_owned()).spawn(move || run(&config, report.as_ref(), &told))?;
    Ok(ScannerHandle { stop })
}

fn run(config: &ScannerConfig, report: &dyn Fn(ScannerReport), stop: &AtomicBool) {
    let mut last: Option<Result<(), String>> = None;
    let mut tell = |state: Result<(), String>| {
        if last.as_ref() != Some(&state) {
            report(ScannerReport::Port(state.clone()));
            last = Some(state);
        }
    };
    while !stop.load(Ordering::Relaxed) {
        match config.frame.of(serialport::new(&config.port, config.baud)).timeout(WAIT).open_native() {
            Ok(port) => {
                tell(Ok(()));
                let why = listen(port, config, report, stop);
                tell(Err(format!("the scanner at {} is gone: {why}", config.port)));
            }
            Err(error) => tell(Err(format!("the scanner at {} cannot be opened: {error}", config.port))),
        }
        let until = Instant::now() + TRY_AGAIN;
        while Instant::now() < until && !stop.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Listens until the port is gone, and says why.
fn listen(
    mut port: impl serialport::SerialPort,
    config: &ScannerConfig,
    report: &dyn Fn(ScannerReport),
    stop: &AtomicBool,
) -> String {
    let mut scans = Scans::new(config);
    if config.suffix == Suffix::Pause && port.set_timeout(QUIET).is_err() {
        return "its time-out cannot be set".to_owned();
    }
    let mut buffer = [0; 256];
    while !stop.load(Ordering::Relaxed) {
        let scanned = match port.read(&mut buffer) {
            Ok(0) => return "it was pulled out".to_owned(),
            Ok(n) => scans.take(&buffer[..n]),
            Err(e) if e.kind() == ErrorKind::TimedOut => scans.pause(),
            Err(e) if e.kind() == ErrorKind::Interrupted => Vec::new(),
            Err(e) => return e.to_string(),
        };
        for scan in scanned {
            report(ScannerReport::Scan(scan));
        }
    }
    "the till was closed".to_owned()
}

/// Cuts what comes in into scans.
struct Scans<'a> {
    config: &'a ScannerConfig,
    line: Vec<u8>,
    too_long: bool,
}

impl<'a> Scans<'a> {
    fn new(config: &'a ScannerConfig) -> Self {
        Self { config, line: Vec::new(), too_long: false }
    }

    fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut scans = Vec::new();
        for byte in bytes {
            let ends = match self.config.suffix {
                Suffix::Line => matches!(byte, b'\r' | b'\n'),
                Suffix::Tab => *byte == b'\t',
                Suffix::Pause => false,
            };
            if ends {
                scans.extend(self.end());
            } else if self.line.len() < MAX_BYTES {
                self.line.push(*byte);
            } else {
                self.too_long = true;
            }
        }
        scans
    }

    /// Nothing came for a while.
    fn pause(&mut self) -> Vec<String> {
        match self.config.suffix {
            Suffix::Pause => self.end().into_iter().collect(),
            Suffix::Line | Suffix::Tab => Vec::new(),
        }
    }

    fn end(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let too_long = std::mem::take(&mut self.too_long);
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_matches(|c: char| c.is_control() || c == ' ');
        let text = text.strip_prefix(self.config.prefix.as_str()).unwrap_or(text);
        let text = crate::domain::text::clean(text, MAX_BYTES);
        (!text.is_empty() && !too_long).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(suffix: Suffix, prefix: &str, pieces: &[&[u8]], expected: &[&str]) {
        let (port, frame) = (String::new(), Frame::default());
        let config = ScannerConfig { port, baud: 9600, frame, prefix: prefix.to_owned(), suffix };
        let mut scans = Scans::new(&config);
        let mut got = Vec::new();
        for piece in pieces {
            got.extend(if piece.is_empty() { scans.pause() } else { scans.take(piece) });
        }
        assert_eq!(got, expected, "{pieces:?}");
    }

    #[test]
    fn scans_are_cut_at_their_suffix() {
        check(Suffix::Line, "", &[b"4006381333931\r\n5000112637922\r"], &["4006381333931", "5000112637922"]);
        check(Suffix::Line, "", &[b"40063", b"", b"81\n\n\n"], &["4006381"]);
        check(Suffix::Line, "F", &[b"F123\nF\n124\n"], &["123", "124"]);
        check(Suffix::Line, "", &[b"\x02123\x03\n"], &["123"]);
        check(Suffix::Tab, "", &[b"1\t2\t3"], &["1", "2"]);
        check(Suffix::Pause, "", &[b"12", b"3", b"", b"4", b""], &["123", "4"]);
        check(Suffix::Line, "", &[&[b'9'; 300], b"\n1\n"], &["1"]);
        check(Suffix::Line, "", &[b"\xff\x1b[A\n"], &["\u{fffd}\u{fffd}[A"]);
    }
}
