//! Sending one job, and saying what became of it.

use std::io::ErrorKind;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use crate::devices::address::Address;
use crate::devices::heading::marks;
use crate::devices::port::{Connection, Trouble, open};
use crate::devices::printer::Printer;
use crate::devices::status::{Confirms, Health, LOOK_AGAIN, Talk};
use crate::devices::without_pulse;
use crate::domain::spool::{Job, JobState};
use crate::domain::time::Stamp;

/// A drawer that was asked for longer ago than this stays shut: nobody stands before it any more.
const PULSE_FRESH_MS: i64 = 60_000;
/// A job that is accepted drop by drop is broken off after this many time-outs.
const TIMEOUTS_IN_ALL: u32 = 20;
/// The part of its time-out within which a printer that can answer does so: half a second of five.
const ANSWERS_IN: u32 = 10;
/// Something that is no printer answers what it was sent within so long.
const OBJECTS_IN: Duration = Duration::from_millis(50);
/// While a printer that has the job waits for paper, it is asked so often how it is.
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// How long a printer that has the job may wait for paper before it is given up.
const HELD: Duration = Duration::from_secs(600);

/// In a word, a printer that answered before and does not any more.
pub(super) const SILENT: &str = "silent";

/// What became of a job.
pub(super) struct Outcome {
    pub state: JobState,
    /// In words, for the queue; empty when all is well.
    pub detail: String,
    /// In a word or two, for the status bar.
    pub trouble: Option<String>,
    /// What came out on the screen.
    pub paper: Option<Vec<String>>,
    /// Whether the drawer stood open afterwards, if that is known.
    pub drawer_open: Option<bool>,
}

impl Outcome {
    fn new(state: JobState, detail: impl Into<String>) -> Self {
        Self { state, detail: detail.into(), trouble: None, paper: None, drawer_open: None }
    }

    fn troubled(state: JobState, trouble: Trouble) -> Self {
        Self { trouble: Some(trouble.short.to_owned()), ..Self::new(state, trouble.words) }
    }
}

/// What a look at a printer that is not ill came to.
pub(super) struct Look {
    /// Whether it says how it is.
    pub says: bool,
    /// Whether the drawer that hangs on it stands open, if that is known.
    pub drawer_open: Option<bool>,
}

/// Looks at the printer while nothing is sent.
pub(super) fn look(printer: &Printer, stop: &AtomicBool) -> Result<Look, Trouble> {
    if printer.address == Address::Screen {
        return Ok(Look { says: true, drawer_open: None });
    }
    let mut connection = open(printer)?;
    let mut talk = Talk::new(connection.as_mut(), stop);
    let health = asked(&mut talk, printer);
    let drawer_open = drawer(&mut talk, printer, &health);
    connection.abandon();
    match health {
        Health::Well => Ok(Look { says: true, drawer_open }),
        Health::Mute => Ok(Look { says: false, drawer_open }),
        Health::Ill(trouble) => Err(trouble),
    }
}

/// Whether the drawer stands open, where it has a switch and the printer says so.
fn drawer(talk: &mut Talk, printer: &Printer, health: &Health) -> Option<bool> {
    match health {
        Health::Well => talk.drawer_open(printer.drawer_open_is?, printer.timeout / ANSWERS_IN),
        Health::Mute | Health::Ill(_) => None,
    }
}

fn asked(talk: &mut Talk, printer: &Printer) -> Health {
    if !printer.ask_status {
        return Health::Mute;
    }
    match talk.connection.known() {
        None => talk.ask(printer.timeout / ANSWERS_IN),
        Some(Ok(())) => Health::Mute,
        Some(Err(trouble)) => Health::Ill(trouble),
    }
}

/// A printer's jobs on their way: what is known of it from one to the next.
pub(super) struct Sending<'a> {
    pub printer: &'a Printer,
    pub stop: &'a AtomicBool,
    /// How it confirms, once that was found out.
    pub confirms: &'a mut Option<Confirms>,
    /// Told what is wrong while the printer cannot print a job; says whether somebody has seen to it, and the printer
    /// may go on.
    pub held: &'a mut dyn FnMut(&Trouble) -> bool,
}

impl Sending<'_> {
    /// Sends a job that was claimed.
    pub fn send(&mut self, job: &Job, now: Stamp) -> Outcome {
        let bytes = prepared(job, self.printer, now);
        if bytes.is_empty() {
            let why =
                "the drawer was not opened: it is opened at once or not at all, and never a second time by itself";
            return Outcome::new(JobState::Cancelled, why);
        }
        if self.printer.address == Address::Screen {
            let text = String::from_utf8_lossy(&bytes);
            let paper = text.lines().map(str::to_owned).collect();
            return Outcome { paper: Some(paper), ..Outcome::new(JobState::Confirmed, "") };
        }
        let outcome = match open(self.printer) {
            Ok(connection) => self.deliver(connection, job, &bytes),
            Err(trouble) => {
                // Another printer may hang there the next time.
                *self.confirms = None;
                Outcome::troubled(JobState::Failed, trouble)
            }
        };
        // A drawer alone that could not be opened now is not opened when the printer comes back.
        let bare = job.pulses_drawer && without_pulse(&job.bytes, self.printer).is_empty();
        if outcome.state == JobState::Failed && bare {
            let detail = format!("the drawer was not opened: {}", outcome.detail);
            return Outcome { state: JobState::Cancelled, detail, ..outcome };
        }
        outcome
    }

    fn deliver(&mut self, mut connection: Box<dyn Connection>, job: &Job, bytes: &[u8]) -> Outcome {
        let mut talk = Talk::new(connection.as_mut(), self.stop);
        let patience = self.printer.timeout / ANSWERS_IN;
        let mut health = asked(&mut talk, self.printer);
        if let Health::Ill(trouble) = &health
            && (self.held)(trouble)
        {
            talk.go_on(patience);
            health = asked(&mut talk, self.printer);
        }
        if let Health::Ill(trouble) = health {
            connection.abandon();
            return Outcome::troubled(JobState::Failed, trouble);
        }
        let well = health == Health::Well;
        // What has answered before is expected to go on; what never did says nothing now either.
        let answers = well || self.confirms.is_some();
        let mut silent = false;
        let by_name = self.printer.profile.may_name_jobs;
        let confirms = match well {
            true => *self.confirms.get_or_insert_with(|| talk.probe(by_name, patience)),
            false => Confirms::Never,
        };
        let (accepted, result) = hand_over(&mut talk, bytes, self.printer);
        let outcome = match (result, confirms) {
            (Err(trouble), _) if accepted == 0 || talk.connection.take_back() => {
                Some(Outcome::troubled(JobState::Failed, trouble))
            }
            (Err(trouble), _) => Some(Outcome::troubled(JobState::Unknown, trouble)),
            (Ok(()), Confirms::Never) => match answers.then(|| self.afterwards(&mut talk)) {
                Some(Health::Ill(trouble)) => Some(broke_off(trouble)),
                Some(health) => {
                    silent = health == Health::Mute;
                    None
                }
                // A serial line may give back what it was sent; a network printer does not.
                None if matches!(self.printer.address, Address::Tcp { .. }) => {
                    talk.no_printer(OBJECTS_IN).map(|trouble| Outcome::troubled(JobState::Unknown, trouble))
                }
                None => None,
            },
            (Ok(()), Confirms::ByName | Confirms::InTurn) => match self.confirmed(&mut talk, job, confirms) {
                Ok(()) => Some(Outcome::new(JobState::Confirmed, "")),
                Err(trouble) => Some(broke_off(trouble)),
            },
        };
        match outcome {
            Some(outcome) if outcome.state == JobState::Confirmed => {
                let drawer_open = drawer(&mut talk, self.printer, &Health::Well);
                let _ = connection.close();
                Outcome { drawer_open, ..outcome }
            }
            Some(outcome) => {
                connection.abandon();
                outcome
            }
            None => self.closed(connection, silent),
        }
    }

    /// How a printer is that has answered before, once it has everything. While it prints, an answer may take longer.
    fn afterwards(&self, talk: &mut Talk) -> Health {
        let deadline = Instant::now() + self.printer.timeout;
        loop {
            match asked(talk, self.printer) {
                Health::Mute if Instant::now() < deadline && !talk.stopped() => thread::sleep(LOOK_AGAIN),
                health => return health,
            }
        }
    }

    /// Waits until the printer has printed the job. As long as it says why it cannot, that may take a
    /// while: what it has, it prints when it can.
    fn confirmed(&mut self, talk: &mut Talk, job: &Job, way: Confirms) -> Result<(), Trouble> {
        if talk.done(way, job.id, ASK_AGAIN) {
            return Ok(());
        }
        let longest = if job.station.is_some() { self.printer.failover_after } else { HELD };
        let began = Instant::now();
        let mut moved = Instant::now();
        loop {
            let silent = match asked(talk, self.printer) {
                Health::Ill(trouble) => {
                    moved = Instant::now();
                    if (self.held)(&trouble) {
                        talk.go_on(self.printer.timeout / ANSWERS_IN);
                    }
                    trouble
                }
                Health::Well | Health::Mute => Trouble::new(
                    "not confirmed",
                    "it was sent, and the printer does not say that it printed it: was it switched off?",
                ),
            };
            if talk.done_now(way, job.id, ASK_AGAIN) {
                return Ok(());
            }
            if talk.stopped() {
                return Err(Trouble::new("stopped", "the till was closed while this was being printed"));
            }
            if moved.elapsed() > self.printer.timeout || began.elapsed() > longest {
                return Err(silent);
            }
        }
    }

    /// Everything was accepted, and the printer says no more; `silent` when it answered before.
    fn closed(&self, connection: Box<dyn Connection>, silent: bool) -> Outcome {
        match (connection.close(), &self.printer.address) {
            (Ok(()), _) if silent => {
                let words = "everything was sent, but the printer has stopped answering: look whether it came out, then \
                             switch the printer off and on";
                Outcome::troubled(JobState::Unconfirmed, Trouble::new(SILENT, words))
            }
            (Ok(()), Address::File(_)) => Outcome::new(JobState::Confirmed, ""),
            (Ok(()), _) => {
                Outcome::new(JobState::Unconfirmed, "everything was sent; the printer does not say whether it printed")
            }
            (Err(error), address) => Outcome::troubled(JobState::Unknown, Trouble::of(address, &error)),
        }
    }
}

fn broke_off(trouble: Trouble) -> Outcome {
    let words = format!("while it was printing, {}; then look at what came out", trouble.words);
    Outcome::troubled(JobState::Unknown, Trouble::new(trouble.short, words))
}

/// The bytes as they go out now.
fn prepared(job: &Job, printer: &Printer, now: Stamp) -> Vec<u8> {
    let late = !(0..=PULSE_FRESH_MS).contains(&now.since_ms(job.queued));
    let bytes = match job.pulses_drawer && (job.attempts > 1 || late) {
        true => without_pulse(&job.bytes, printer),
        false => job.bytes.clone(),
    };
    if bytes.is_empty() {
        return bytes;
    }
    let mut out = marks(job, printer, now);
    out.extend(bytes);
    out
}

/// Hands all bytes over and waits until they have left this side. Says how many were accepted.
fn hand_over(talk: &mut Talk, bytes: &[u8], printer: &Printer) -> (usize, Result<(), Trouble>) {
    let stalled = |talk: &mut Talk| {
        let words = format!("{} takes no more data: is it on and in order?", printer.address);
        let known = talk.told().or_else(|| talk.connection.known()?.err());
        known.unwrap_or(Trouble::new("stalled", words))
    };
    let mut patience = Patience::new(printer.timeout);
    let mut accepted = 0;
    while accepted < bytes.len() {
        match talk.connection.write(&bytes[accepted..]) {
            Ok(0) => return (accepted, Err(stalled(talk))),
            Ok(n) => {
                accepted += n;
                patience.renew();
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(e) => return (accepted, Err(Trouble::of(&printer.address, &e))),
        }
        if talk.stopped() {
            return (accepted, Err(Trouble::new("stopped", "the till was closed while this was being sent")));
        }
        if accepted < bytes.len() && !patience.wait() {
            return (accepted, Err(stalled(talk)));
        }
    }
    let mut least = usize::MAX;
    loop {
        match talk.connection.pending() {
            Ok(0) => return (accepted, Ok(())),
            Ok(left) if left < least => {
                least = left;
                patience.renew();
            }
            Ok(_) => {}
            Err(e) => return (accepted, Err(Trouble::of(&printer.address, &e))),
        }
        if talk.stopped() || !patience.wait() {
            return (accepted, Err(stalled(talk)));
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
