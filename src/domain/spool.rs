//! Print jobs: a document on its way to a printer, and the queue that the devices work off.

use serde::{Deserialize, Serialize};

use crate::domain::ids::RegisterId;
use crate::domain::time::Stamp;

/// Where a job stands. Only `Failed` may be sent again unmarked: no byte of it was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Committed with the act that caused it; no byte was sent.
    Queued,
    /// Committed before the first byte is sent.
    Sending,
    /// The printer said that it printed it.
    Confirmed,
    /// Every byte was accepted; the printer cannot say more.
    Unconfirmed,
    /// It broke off: nobody knows how much of it is on paper.
    Unknown,
    /// It is too old to come out by itself, and waits for a person.
    Stale,
    /// No byte was accepted. It is tried again.
    Failed,
    /// A person gave it up, or it went to another printer.
    Cancelled,
}

impl JobState {
    /// Every state there is.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Confirmed,
        Self::Unconfirmed,
        Self::Unknown,
        Self::Stale,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Its word in the store and in messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Confirmed => "confirmed",
            Self::Unconfirmed => "unconfirmed",
            Self::Unknown => "unknown",
            Self::Stale => "stale",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The same in words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Queued => "waiting",
            Self::Sending => "being sent",
            Self::Confirmed => "printed",
            Self::Unconfirmed => "sent",
            Self::Unknown => "UNKNOWN",
            Self::Stale => "TOO OLD",
            Self::Failed => "tried",
            Self::Cancelled => "given up",
        }
    }

    /// Whether somebody or something has yet to see to it.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Queued | Self::Sending | Self::Unknown | Self::Stale | Self::Failed => true,
            Self::Confirmed | Self::Unconfirmed | Self::Cancelled => false,
        }
    }
}

/// What a person decides over a job that waits or that may not have come out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobAct {
    /// Print it, once more if it may be on paper already; then it is marked.
    Retry,
    /// Give it up.
    Skip,
    /// Print it on this printer instead.
    SendTo(String),
    /// Its printer goes on after an error whose cause is cleared.
    Recover,
}

impl JobAct {
    /// What was done, for the journal's readers: `sent to bar instead`.
    pub fn words(&self) -> String {
        match self {
            Self::Retry => "to be printed again".to_owned(),
            Self::Skip => "given up".to_owned(),
            Self::SendTo(printer) => format!("sent to {printer} instead"),
            Self::Recover => "its printer is told to go on".to_owned(),
        }
    }
}

/// A job to be committed together with the act that caused it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewJob {
    /// The printer's name in the configuration.
    pub printer: String,
    /// What kind of document it is, in the words of `documents`: `receipt`, `bill`, `copy`.
    pub kind: String,
    /// What lists call it: `Receipt 42`.
    pub title: String,
    /// The bytes for the printer, rendered once.
    pub bytes: Vec<u8>,
    /// Whether it opens the drawer: its pulse is never repeated by itself.
    pub pulses_drawer: bool,
    /// The code of the station whose ticket it is. A ticket that broke off reprints itself, and goes
    /// to another printer when its own is dead.
    pub station: Option<String>,
    /// The document itself, as the devices read it again for another printer; `None` when it prints
    /// nothing.
    pub document: Option<String>,
    /// The job of another printer that this one replaces: as old as that one, and as often begun.
    pub instead_of: Option<i64>,
}

/// A job in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number on this box.
    pub id: i64,
    /// The printer's name.
    pub printer: String,
    /// The register that caused it.
    pub register: RegisterId,
    /// What kind of document it is.
    pub kind: String,
    /// What lists call it.
    pub title: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether it opens the drawer.
    pub pulses_drawer: bool,
    /// The station whose ticket it is.
    pub station: Option<String>,
    /// The document, for another printer.
    pub document: Option<String>,
    /// The job of another printer that this one replaces.
    pub instead_of: Option<i64>,
    /// Where it stands.
    pub state: JobState,
    /// How often sending it was begun, without those times when no byte was accepted.
    pub attempts: u32,
    /// When it was committed.
    pub queued: Stamp,
    /// When its state last changed.
    pub changed: Stamp,
    /// Why it stands there, in words; empty when all is well.
    pub detail: String,
}

/// What stands before a printer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many jobs come out by themselves as soon as the printer can.
    pub jobs: u32,
    /// Since when the oldest of them does.
    pub oldest: Option<Stamp>,
    /// How many wait for a person.
    pub undecided: u32,
}

/// How a printer was when its worker last looked: for every session of the box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrinterState {
    /// Its name.
    pub printer: String,
    /// What is wrong, in a word or two; nothing when all is well.
    pub trouble: Option<String>,
    /// Whether the drawer that hangs on it stands open, as far as it tells.
    pub drawer_open: bool,
}

/// The troubles after which a printer waits to be told that it may go on. Whether that is so, only somebody who stands
/// before it can know.
pub const RECOVERABLE: [&str; 2] = ["cutter jam", "error"];

/// The queue as the devices see it. The store implements it; the session hands it in.
///
/// Every call but `waiting` and `due` is one durable transaction; errors are in words, when the store
/// cannot be read or written.
pub trait PrintQueue: Send {
    /// The oldest job of this printer that comes out by itself, marked `Sending` durably before it is
    /// handed out. On the way, what was claimed before and never settled becomes `Unknown`, and what
    /// is older than `fresh_ms` and was not released by a person becomes `Stale`. Neither holds up
    /// younger ones: it waits for a person, but for a station's ticket that broke off, which comes
    /// again by itself.
    ///
    /// # Errors
    /// In words.
    fn claim(&mut self, printer: &str, fresh_ms: i64, now: Stamp) -> Result<Option<Job>, String>;

    /// Says what became of a claimed job, with a journal entry for each final outcome.
    ///
    /// # Errors
    /// In words.
    fn settle(&mut self, job: i64, state: JobState, detail: &str, now: Stamp) -> Result<(), String>;

    /// Tickets of stations that wait before this printer since before `older`, that are not there
    /// instead of another printer already.
    ///
    /// # Errors
    /// In words.
    fn due(&mut self, printer: &str, older: Stamp) -> Result<Vec<Job>, String>;

    /// Replaces a job by one for another printer (its `instead_of`), with a journal entry.
    ///
    /// # Errors
    /// In words.
    fn redirect(&mut self, job: &NewJob, why: &str, now: Stamp) -> Result<(), String>;

    /// What stands before this printer.
    ///
    /// # Errors
    /// In words.
    fn waiting(&mut self, printer: &str) -> Result<Waiting, String>;

    /// Whether somebody said since the last time that this printer may go on after its error.
    ///
    /// # Errors
    /// In words.
    fn recovers(&mut self, printer: &str) -> Result<bool, String>;

    /// Keeps how a printer is, so that other sessions can tell.
    ///
    /// # Errors
    /// In words.
    fn note(&mut self, state: &PrinterState, now: Stamp) -> Result<(), String>;
}
