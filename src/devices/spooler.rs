//! The spooler: one worker for each printer. It takes jobs from the queue in order, sends them, and
//! says durably what became of each. It never holds up anything but its own printer.
//!
//! - No byte accepted: `Failed`, and tried again unmarked, later and later.
//! - Broken off in the middle: `Unknown`. A station's ticket comes again by itself, marked; anything
//!   else waits for a person.
//! - Everything accepted: `Confirmed` when the printer says so, else `Unconfirmed`.
//! - What is sent again after it may have been printed begins with REPRINT - POSSIBLE DUPLICATE.
//! - Too old: it waits for a person, and then says PRINTED LATE.
//! - A station's tickets go to another printer, once, when their own does not print them in time.
//! - A drawer is opened at once or not at all: its pulse is neither repeated nor sent late.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::devices::heading::elsewhere;
use crate::devices::port::Trouble;
use crate::devices::printer::{Printer, Printers};
use crate::devices::sending::{Look, Outcome, SILENT, Sending, look};
use crate::devices::status::Confirms;
use crate::domain::spool::{Job, JobState, PrintQueue, PrinterState, RECOVERABLE, Waiting};
use crate::domain::time::Stamp;

/// The first pause after a failure; each further one is twice as long.
const RETRY_FIRST: Duration = Duration::from_millis(500);
/// The longest pause.
const RETRY_LONGEST: Duration = Duration::from_secs(15);
/// How often the queue is looked at without being told to: what another process has queued comes out
/// within so long.
const LOOK: Duration = Duration::from_millis(250);
/// How often a printer that has nothing to do is looked at until it is well again.
const LOOK_ILL: u32 = 8;
/// The same for one that is thought well: once a minute, and soon after the start.
const LOOK_WELL: u32 = 240;
const LOOK_FIRST: u32 = 8;
/// The same while its drawer stands open.
const LOOK_OPEN: u32 = 4;
/// How long a job that is being sent may take when the till closes, before it is broken off.
const FINISH: Duration = Duration::from_millis(1500);
/// How long the worker may take after that, before it is left alone.
const LEAVE: Duration = Duration::from_millis(500);

/// How a printer is and what waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrinterReport {
    /// Its name, and what is wrong.
    pub state: PrinterState,
    /// What stands before it.
    pub waiting: Waiting,
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

/// Starts the worker of one printer of a box. There must be one at a time for a printer, over all
/// sessions.
///
/// # Errors
/// When there is no such printer, or the system gives no thread.
pub fn start(
    printers: Arc<Printers>,
    name: &str,
    queue: Box<dyn PrintQueue>,
    clock: Clock,
    report: Report,
) -> std::io::Result<SpoolerHandle> {
    let printer = printers.get(name).cloned().ok_or(std::io::ErrorKind::NotFound)?;
    let (inbox, messages) = channel();
    let (finished, done) = channel();
    let abort = Arc::new(AtomicBool::new(false));
    let last = PrinterReport::default();
    let teller = Teller { queue, clock, report, last, known: false, drawer_open: false };
    let worker = Worker {
        printer,
        printers,
        teller,
        messages,
        abort: abort.clone(),
        confirms: None,
        looks: LOOK_WELL - LOOK_FIRST,
        unsettled: None,
    };
    thread::Builder::new().name(format!("printer {name}")).spawn(move || {
        worker.run();
        let _ = finished.send(());
    })?;
    Ok(SpoolerHandle { inbox, done, abort })
}

/// The queue, and everybody who wants to know.
struct Teller {
    queue: Box<dyn PrintQueue>,
    clock: Clock,
    report: Report,
    /// What was reported last, without its paper.
    last: PrinterReport,
    /// Whether anything was reported yet.
    known: bool,
    /// Whether the drawer stood open at the last look.
    drawer_open: bool,
}

impl Teller {
    fn now(&self) -> Stamp {
        (self.clock)()
    }

    /// Reports what has changed.
    fn tell(&mut self, printer: &str, trouble: Option<String>, paper: Option<Vec<String>>) {
        let waiting = self.queue.waiting(printer).unwrap_or(self.last.waiting);
        let state = PrinterState { printer: printer.to_owned(), trouble, drawer_open: self.drawer_open };
        let now = self.now();
        if !self.known || state != self.last.state {
            // Other sessions learn it later, if it cannot be written now.
            self.known = self.queue.note(&state, now).is_ok();
        }
        let report = PrinterReport { state, waiting, paper: None };
        if report != self.last || paper.is_some() {
            self.last = report.clone();
            (self.report)(PrinterReport { paper, ..report });
        }
    }

    /// Sends tickets that have waited too long to another printer. Says how many.
    fn fail_over(&mut self, printer: &Printer, printers: &Printers, why: &str) -> usize {
        let now = self.now();
        let wait_ms = i64::try_from(printer.failover_after.as_millis()).unwrap_or(i64::MAX);
        let older = Stamp::new(now.utc_ms.saturating_sub(wait_ms), now.offset_min);
        let Ok(due) = self.queue.due(&printer.name, older) else { return 0 };
        let go = |job: &Job| elsewhere(job, printers.instead_of(printer, job.register)?);
        let jobs: Vec<_> = due.iter().filter_map(go).collect();
        jobs.iter().filter(|job| self.queue.redirect(job, why, now).is_ok()).count()
    }
}

struct Worker {
    printer: Printer,
    printers: Arc<Printers>,
    teller: Teller,
    messages: Receiver<Message>,
    abort: Arc<AtomicBool>,
    /// How the printer confirms, once that is known.
    confirms: Option<Confirms>,
    /// Looks at the queue since the printer itself was looked at, or sent something.
    looks: u32,
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
        if self.printer.may_draw_foreign() {
            self.printer.fonts.look();
        }
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
        let last = &self.teller.last;
        let (ill, open, before) = (last.state.trouble.is_some(), last.state.drawer_open, last.waiting);
        self.looks += 1;
        let changed = self.teller.queue.waiting(&self.printer.name).is_ok_and(|now| now.jobs > 0 || now != before);
        let look = (ill && self.looks >= LOOK_ILL) || (open && self.looks >= LOOK_OPEN) || self.is_due();
        self.unsettled.is_some() || changed || look
    }

    /// Whether a printer that was well might not be any more: paper that ran out is told before the next ticket is late.
    fn is_due(&self) -> bool {
        self.looks >= LOOK_WELL && self.printer.may_be_looked_at()
    }

    fn turn(&mut self) -> Turn {
        if let Some((job, outcome)) = self.unsettled.take() {
            return self.settle(job, outcome);
        }
        let now = self.teller.now();
        match self.teller.queue.claim(&self.printer.name, self.printer.stale_after_ms, now) {
            Ok(Some(job)) => {
                self.looks = 0;
                let outcome = self.send(&job, now);
                self.settle(job.id, outcome)
            }
            Ok(None) => {
                // With nothing to send, only a look at the printer tells whether it is well again, and its drawer
                // shut.
                let last = &self.teller.last.state;
                if last.trouble.is_none() && !last.drawer_open && !self.is_due() {
                    self.teller.tell(&self.printer.name, None, None);
                    return Turn::Idle;
                }
                self.looks = 0;
                let looked = look(&self.printer, &self.abort);
                // A printer that does not tell has shut nothing.
                if let Ok(Look { drawer_open: Some(open), .. }) = &looked {
                    self.teller.drawer_open = *open;
                }
                let trouble = match looked {
                    // Of a printer that stopped answering, that it may be reached says nothing.
                    Ok(Look { says: false, .. }) => last.trouble.clone().filter(|trouble| trouble == SILENT),
                    Ok(Look { says: true, .. }) => None,
                    Err(trouble) => Some(trouble.short.to_owned()),
                };
                self.teller.tell(&self.printer.name, trouble, None);
                Turn::Idle
            }
            Err(why) => {
                self.teller.tell(&self.printer.name, Some(format!("the print queue does not work: {why}")), None);
                Turn::Failed
            }
        }
    }

    fn send(&mut self, job: &Job, now: Stamp) -> Outcome {
        let Self { printer, printers, teller, abort, confirms, .. } = self;
        // While the printer holds this job, those behind it need not wait for it.
        let mut held = |trouble: &Trouble| {
            teller.tell(&printer.name, Some(trouble.short.to_owned()), None);
            teller.fail_over(printer, printers, &trouble.words);
            // Nobody may say so of paper that is out: the printer sees that for itself.
            RECOVERABLE.contains(&trouble.short) && teller.queue.recovers(&printer.name).unwrap_or(false)
        };
        Sending { printer, stop: abort, confirms, held: &mut held }.send(job, now)
    }

    /// Writes the outcome down, and only then tells of it.
    fn settle(&mut self, job: i64, outcome: Outcome) -> Turn {
        let now = self.teller.now();
        if let Err(why) = self.teller.queue.settle(job, outcome.state, &outcome.detail, now) {
            self.teller.tell(&self.printer.name, Some(format!("the print queue does not work: {why}")), None);
            self.unsettled = Some((job, outcome));
            return Turn::Failed;
        }
        if let Some(open) = outcome.drawer_open {
            self.teller.drawer_open = open;
        }
        let failed = matches!(outcome.state, JobState::Failed | JobState::Unknown);
        if failed {
            self.teller.fail_over(&self.printer, &self.printers, &outcome.detail);
        }
        self.teller.tell(&self.printer.name, outcome.trouble, outcome.paper);
        if failed { Turn::Failed } else { Turn::Sent }
    }
}
