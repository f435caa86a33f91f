//! Sending one job, and saying what became of it.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::devices::port::{Connection, Trouble, open};
use crate::devices::printer::{Address, Printer};
use crate::devices::status::{Health, LOOK_AGAIN, ask, confirms};
use crate::devices::{encode, without_pulse};
use crate::documents::{Align, Block, Document, DocumentKind, Style};
use crate::domain::spool::{Job, JobState};
use crate::domain::time::Stamp;

/// A drawer that was asked for longer ago than this stays shut: nobody stands before it any more.
const PULSE_FRESH_MS: i64 = 60_000;
/// A job that is accepted drop by drop is broken off after this many time-outs.
const TIMEOUTS_IN_ALL: u32 = 20;

/// The part of its time-out within which a printer that can answer does so: half a second of five.
const ANSWERS_IN: u32 = 10;

/// What became of a job.
pub(super) struct Outcome {
    pub state: JobState,
    /// In words, for the queue; empty when all is well.
    pub detail: String,
    /// In a word or two, for the status bar.
    pub trouble: Option<String>,
    /// What came out on the screen.
    pub paper: Option<Vec<String>>,
}

impl Outcome {
    fn new(state: JobState, detail: impl Into<String>) -> Self {
        Self { state, detail: detail.into(), trouble: None, paper: None }
    }

    fn troubled(state: JobState, trouble: Trouble) -> Self {
        Self { state, detail: trouble.words, trouble: Some(trouble.short.to_owned()), paper: None }
    }

    /// Whether the job is to be tried again by itself, later.
    pub fn retries(&self) -> bool {
        self.state == JobState::Failed
    }
}

/// Looks at the printer while nothing is sent: whether it says how it is, and if so is well.
pub(super) fn look(printer: &Printer, stop: &AtomicBool) -> Result<bool, Trouble> {
    if printer.address == Address::Screen {
        return Ok(true);
    }
    let mut connection = open(printer)?;
    let health = asked(connection.as_mut(), printer, stop);
    connection.abandon();
    match health {
        Health::Well => Ok(true),
        Health::Mute => Ok(false),
        Health::Ill(trouble) => Err(trouble),
    }
}

fn asked(connection: &mut dyn Connection, printer: &Printer, stop: &AtomicBool) -> Health {
    if printer.ask_status { ask(connection, printer.timeout / ANSWERS_IN, stop) } else { Health::Mute }
}

/// Sends a job that was claimed.
pub(super) fn send(job: &Job, printer: &Printer, now: Stamp, stop: &AtomicBool) -> Outcome {
    let bytes = prepared(job, printer, now);
    if bytes.is_empty() {
        let why = "the drawer was not opened: it is opened at once or not at all, and never a second time by itself";
        return Outcome::new(JobState::Cancelled, why);
    }
    if printer.address == Address::Screen {
        let text = String::from_utf8_lossy(&bytes);
        let paper = text.lines().map(str::to_owned).collect();
        return Outcome { paper: Some(paper), ..Outcome::new(JobState::Confirmed, "") };
    }
    let outcome = match open(printer) {
        Ok(connection) => deliver(connection, &bytes, printer, stop),
        Err(trouble) => Outcome::troubled(JobState::Failed, trouble),
    };
    // A drawer alone that could not be opened now is not opened when the printer comes back.
    if outcome.retries() && job.pulses_drawer && without_pulse(&job.bytes, printer.profile.language).is_empty() {
        let detail = format!("the drawer was not opened: {}", outcome.detail);
        return Outcome { state: JobState::Cancelled, detail, ..outcome };
    }
    outcome
}

/// The bytes as they go out now.
fn prepared(job: &Job, printer: &Printer, now: Stamp) -> Vec<u8> {
    let again = job.attempts > 1;
    let late = !(0..=PULSE_FRESH_MS).contains(&now.since_ms(job.queued));
    let bytes = match job.pulses_drawer && (again || late) {
        true => without_pulse(&job.bytes, printer.profile.language),
        false => job.bytes.clone(),
    };
    if !again || bytes.is_empty() {
        return bytes;
    }
    let mut out = encode(&mark(job), printer);
    out.extend(bytes);
    out
}

/// What stands above a job that may be on paper already.
fn mark(job: &Job) -> Document {
    let style = Style { bold: true, reverse: true, ..Style::default() };
    let words = format!("REPRINT {} - POSSIBLE DUPLICATE", job.attempts.saturating_sub(1));
    Document {
        kind: DocumentKind::Copy,
        title: words.clone(),
        blocks: vec![
            Block::styled(Align::Centre, style, words),
            Block::styled(Align::Centre, Style::default(), format!("first printed {}", job.queued.show())),
        ],
        opens_drawer: false,
        cut: false,
    }
}

fn deliver(mut connection: Box<dyn Connection>, bytes: &[u8], printer: &Printer, stop: &AtomicBool) -> Outcome {
    let health = asked(connection.as_mut(), printer, stop);
    if let Health::Ill(trouble) = health {
        connection.abandon();
        return Outcome::troubled(JobState::Failed, trouble);
    }
    let (accepted, result) = hand_over(connection.as_mut(), bytes, printer, stop);
    if let Err(trouble) = result {
        connection.abandon();
        let state = if accepted == 0 { JobState::Failed } else { JobState::Unknown };
        return Outcome::troubled(state, trouble);
    }
    if health == Health::Well {
        if confirms(connection.as_mut(), printer.timeout, stop) {
            let _ = connection.close();
            return Outcome::new(JobState::Confirmed, "");
        }
        if let Health::Ill(trouble) = asked(connection.as_mut(), printer, stop) {
            connection.abandon();
            let words = format!("while it was printing, {}; then look at what came out", trouble.words);
            return Outcome::troubled(JobState::Unknown, Trouble::new(trouble.short, words));
        }
    }
    let file = matches!(printer.address, Address::File(_));
    match connection.close() {
        Ok(()) if file => Outcome::new(JobState::Confirmed, ""),
        Ok(()) => {
            Outcome::new(JobState::Unconfirmed, "everything was sent; the printer does not say whether it printed")
        }
        Err(error) => Outcome::troubled(JobState::Unknown, Trouble::of(&printer.address, &error)),
    }
}

/// Hands all bytes over and waits until they have left this side. Says how many were accepted.
fn hand_over(
    connection: &mut dyn Connection,
    bytes: &[u8],
    printer: &Printer,
    stop: &AtomicBool,
) -> (usize, Result<(), Trouble>) {
    let stalled = || Trouble::new("stalled", format!("{} takes no more data: is it on and in order?", printer.address));
    let mut patience = Patience::new(printer.timeout);
    let mut accepted = 0;
    while accepted < bytes.len() {
        match connection.write(&bytes[accepted..]) {
            Ok(0) => return (accepted, Err(stalled())),
            Ok(n) => {
                accepted += n;
                patience.renew();
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(e) => return (accepted, Err(Trouble::of(&printer.address, &e))),
        }
        if stop.load(Ordering::Relaxed) {
            return (accepted, Err(Trouble::new("stopped", "the till was closed while this was being sent")));
        }
        if accepted < bytes.len() && !patience.wait() {
            return (accepted, Err(stalled()));
        }
    }
    let mut least = usize::MAX;
    loop {
        match connection.pending() {
            Ok(0) => return (accepted, Ok(())),
            Ok(left) if left < least => {
                least = left;
                patience.renew();
            }
            Ok(_) => {}
            Err(e) => return (accepted, Err(Trouble::of(&printer.address, &e))),
        }
        if stop.load(Ordering::Relaxed) || !patience.wait() {
            return (accepted, Err(stalled()));
        }
    }
}

/// How long to wait for a port that takes nothing now.
struct Patience {
    length: Duration,
    until: Instant,
    at_last: Instant,
    moved: bool,
}

impl Patience {
    fn new(length: Duration) -> Self {
        let now = Instant::now();
        Self { length, until: now + length, at_last: now + length * TIMEOUTS_IN_ALL, moved: false }
    }

    /// Something moved.
    fn renew(&mut self) {
        self.until = Instant::now() + self.length;
        self.moved = true;
    }

    /// Waits a moment, unless something has just moved; `false` when the time is over.
    fn wait(&mut self) -> bool {
        if !std::mem::take(&mut self.moved) {
            thread::sleep(LOOK_AGAIN);
        }
        Instant::now() < self.until.min(self.at_last)
    }
}
