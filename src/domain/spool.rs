//! Print jobs: a document on its way to a printer, and the queue that the devices work off.

use serde::{Deserialize, Serialize};

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
    /// No byte was accepted. It is tried again.
    Failed,
    /// A person gave it up.
    Cancelled,
}

/// A job to be committed together with the act that caused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// The printer's name in the configuration.
    pub printer: String,
    /// What kind of document it is, in the words of `documents`: `receipt`, `bill`, `copy`.
    pub kind: String,
    /// What lists call it: `Receipt 42`.
    pub title: String,
    /// The bytes for the printer, rendered once.
    pub bytes: Vec<u8>,
    /// Whether it opens the drawer: such a job is never repeated by itself.
    pub pulses_drawer: bool,
}

/// A job in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number on this box.
    pub id: i64,
    /// The printer's name.
    pub printer: String,
    /// What kind of document it is.
    pub kind: String,
    /// What lists call it.
    pub title: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether it opens the drawer.
    pub pulses_drawer: bool,
    /// Where it stands.
    pub state: JobState,
    /// How often sending it was begun.
    pub attempts: u32,
    /// When it was committed.
    pub queued: Stamp,
    /// When its state last changed.
    pub changed: Stamp,
    /// Why it stands there, in words; empty when all is well.
    pub detail: String,
}

/// The queue as the devices see it. The store implements it; the session hands it in.
pub trait PrintQueue: Send {
    /// The oldest job of this printer that is queued or failed, marked `Sending` durably before it is
    /// handed out. A job that broke off waits for a person, and does not hold up younger ones. What
    /// was claimed before and never settled becomes `Unknown`.
    ///
    /// # Errors
    /// In words, when the store cannot be written.
    fn claim(&mut self, printer: &str, now: Stamp) -> Result<Option<Job>, String>;

    /// Says what became of a claimed job, durably, with a journal entry for each final outcome.
    ///
    /// # Errors
    /// In words, when the store cannot be written.
    fn settle(&mut self, job: i64, state: JobState, detail: &str, now: Stamp) -> Result<(), String>;

    /// How many jobs of this printer wait, and since when the oldest does.
    ///
    /// # Errors
    /// In words, when the store cannot be read.
    fn waiting(&mut self, printer: &str) -> Result<(u32, Option<Stamp>), String>;
}
