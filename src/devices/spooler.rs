//! The spooler: one worker for each printer. It takes jobs from the queue in order, sends them, and
//! says durably what became of each. It never holds up anything but its own printer.
//!
//! - No byte accepted: `Failed`, and tried again unmarked, later and later.
//! - Broken off in the middle: `Unknown`. It is never sent again by itself.
//! - Everything accepted: `Confirmed` when the printer says so, else `Unconfirmed`.
//! - What is sent again after it may have been printed begins with REPRINT – POSSIBLE DUPLICATE.
//! - A drawer is opened at once or not at all: its pulse is neither repeated nor sent late.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::devices::printer::Printer;
use crate::devices::sending::{Outcome, look, send};
use crate::domain::spool::PrintQueue;
use crate::domain::time::Stamp;

/// The first pause after a failure; each further one is twice as long.
const RETRY_FIRST: Duration = Duration::from_millis(500);
/// The longest pause.
const RETRY_LONGEST: Duration = Duration::from_secs(15);
/// How often the queue is looked at without being told to.
const LOOK: Duration = Duration::from_secs(2);
/// How long a job that is being sent may take when the till closes, before it is broken off.
const FINISH: Duration = Duration::from_millis(1500);
/// How long the worker may take after that, before it is left alone.
const LEAVE: Duration = Duration::from_millis(500);

/// How a printer is and what waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrinterReport {
    /// Its name.
    pub printer: String,
    /// What is wrong, in a word or two: `offline`, `paper out`.
    pub trouble: Option<String>,
    /// How many jobs wait.
    pub waiting: u32,
    /// Since when the oldest does.
    pub oldest_since: Option<Stamp>,
    /// Lines that the on-screen printer has just printed.
    pub paper: Option<Vec<String>>,
}

/// Where the time comes from.
pub type Clock = Box<dyn Fn() -> Stamp + Send>;
/// Where reports go; it must not block.
pub type Report = Box<dyn Fn(PrinterReport) + Send>;

enum Message {
    Wake,
    Stop,
}

/// A running worker. Dropping it tells the worker to stop and does not wait.
pub struct SpoolerHandle {
    inbox: Sender<Message>,
    done: Receiver<()>,
    abort: Arc<AtomicBool>,
}

impl SpoolerHandle {
    /// Tells the worker that there is something to print.
    pub fn wake(&self) {
        let _ = self.inbox.send(Message::Wake);
    }

    /// Stops the worker. A job that is being sent may finish; if the printer hangs it is broken off
    /// and the worker left alone. Returns within two seconds; says whether the worker has ended.
    pub fn stop(&self) -> bool {
        let _ = self.inbox.send(Message::Stop);
        let ended = |patience| !matches!(self.done.recv_timeout(patience), Err(RecvTimeoutError::Timeout));
        if ended(FINISH) {
            return true;
        }
        self.abort.store(true, Ordering::Relaxed);
        ended(LEAVE)
    }
}

impl Drop for SpoolerHandle {
    fn drop(&mut self) {
        let _ = self.inbox.send(Message::Stop);
    }
}

/// Starts the worker of one printer. There must be one at a time for a printer, over all sessions.
///
/// # Errors
/// When the system gives no thread.
pub fn start(
    printer: Printer,
    queue: Box<dyn PrintQueue>,
    clock: Clock,
    report: Report,
) -> std::io::Result<SpoolerHandle> {
    let (inbox, messages) = channel();
    let (finished, done) = channel();
    let abort = Arc::new(AtomicBool::new(false));
    let last = PrinterReport { printer: printer.name.clone(), ..PrinterReport::default() };
    let name = format!("printer {}", printer.name);
    let worker = Worker { printer, queue, clock, report, messages, abort: abort.clone(), last, unsettled: None };
    thread::Builder::new().name(name).spawn(move || {
        worker.run();
        let _ = finished.send(());
    })?;
    Ok(SpoolerHandle { inbox, done, abort })
}

struct Worker {
    printer: Printer,
    queue: Box<dyn PrintQueue>,
    clock: Clock,
    report: Report,
    messages: Receiver<Message>,
    abort: Arc<AtomicBool>,
    /// What was reported last, without its paper.
    last: PrinterReport,
    /// An outcome that the queue could not write down; nothing is sent before it is.
    unsettled: Option<(i64, Outcome)>,
}

/// What a look at the queue came to.
enum Turn {
    /// A job was sent: there may be another.
    Sent,
    /// There is nothing to do.
    Idle,
    /// It did not work: later.
    Failed,
}

impl Worker {
    fn run(mut self) {
        let mut pause = RETRY_FIRST;
        // The first look takes the queue from a worker that died; it is always taken.
        let mut told = true;
        loop {
            let turn = if told || self.anything_to_do() { self.turn() } else { Turn::Idle };
            let wait = match turn {
                Turn::Sent => {
                    pause = RETRY_FIRST;
                    Duration::ZERO
                }
                Turn::Idle => LOOK,
                Turn::Failed => {
                    let now = pause;
                    pause = (pause * 2).min(RETRY_LONGEST);
                    now
                }
            };
            told = match self.messages.recv_timeout(wait) {
                Ok(Message::Wake) => true,
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => !matches!(turn, Turn::Idle),
            };
            // Many calls are one: a dead printer is tried once for all of them, and a stop is seen.
            while let Ok(message) = self.messages.try_recv() {
                match message {
                    Message::Wake => told = true,
                    Message::Stop => return,
                }
            }
        }
    }

    fn anything_to_do(&mut self) -> bool {
        let open = self.unsettled.is_some() || self.last.trouble.is_some();
        open || !matches!(self.queue.waiting(&self.printer.name), Ok((0, _)))
    }

    fn turn(&mut self) -> Turn {
        if let Some((job, outcome)) = self.unsettled.take() {
            return self.settle(job, outcome);
        }
        match self.queue.claim(&self.printer.name, (self.clock)()) {
            Ok(Some(job)) => {
                let outcome = send(&job, &self.printer, (self.clock)(), &self.abort);
                self.settle(job.id, outcome)
            }
            Ok(None) => {
                let blocked = self.waiting().is_some_and(|(waiting, _)| waiting > 0);
                let trouble = match self.last.trouble.clone() {
                    None if blocked => Some("a job waits for a decision".to_owned()),
                    Some(before) if blocked => Some(before),
                    // With nothing to send, only a look at the printer tells whether it is well again.
                    Some(_) => look(&self.printer, &self.abort).err().map(|trouble| trouble.short.to_owned()),
                    None => None,
                };
                self.tell(trouble, None);
                Turn::Idle
            }
            Err(why) => {
                self.tell(Some(format!("the print queue does not work: {why}")), None);
                Turn::Failed
            }
        }
    }

    /// Writes the outcome down, and only then tells of it.
    fn settle(&mut self, job: i64, outcome: Outcome) -> Turn {
        if let Err(why) = self.queue.settle(job, outcome.state, &outcome.detail, (self.clock)()) {
            self.tell(Some(format!("the print queue does not work: {why}")), None);
            self.unsettled = Some((job, outcome));
            return Turn::Failed;
        }
        let retries = outcome.retries();
        self.tell(outcome.trouble, outcome.paper);
        if retries { Turn::Failed } else { Turn::Sent }
    }

    fn waiting(&mut self) -> Option<(u32, Option<Stamp>)> {
        self.queue.waiting(&self.printer.name).ok()
    }

    /// Reports what has changed.
    fn tell(&mut self, trouble: Option<String>, paper: Option<Vec<String>>) {
        let (waiting, oldest_since) = self.waiting().unwrap_or((self.last.waiting, self.last.oldest_since));
        let report = PrinterReport { printer: self.printer.name.clone(), trouble, waiting, oldest_since, paper: None };
        if report != self.last || paper.is_some() {
            self.last = report.clone();
            (self.report)(PrinterReport { paper, ..report });
        }
    }
}
