//! The printers of a session: a spooler for each one whose lock this session gets, and how all of
//! them are, whoever serves them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::devices::elsewhere;
use crate::devices::spooler::{self, PrinterReport, SpoolerHandle};
use crate::domain::event::Event;
use crate::domain::spool::{JobAct, NewJob, PrintQueue, Waiting};
use crate::session::Session;
use crate::session::clock::Clock;
use crate::store::{CommitError, Lock, SpoolQueue, StoreError, lock_printer};
use crate::ui::screen::Tone;
use crate::ui::state::PrinterNews;

/// How often printers are looked at that another session serves, or that another one has let go of.
const LOOK_MS: i64 = 2_000;
/// How many of the newest jobs the list of print jobs shows besides the open ones.
const NEWEST: u32 = 20;

/// What hangs on a session.
#[derive(Default)]
pub(super) struct Served {
    printers: Vec<(String, SpoolerHandle, Lock)>,
    report: Option<Arc<dyn Fn(PrinterReport) + Send + Sync>>,
    /// The queue as this session looks at it.
    queue: Option<SpoolQueue>,
    /// When the printers of others were looked at last.
    looked_ms: i64,
}

impl Served {
    /// Tells the workers that there is something to print.
    pub fn wake(&self) {
        self.printers.iter().for_each(|(_, spooler, _)| spooler.wake());
    }

    /// Stops the workers; then another session may serve the printers.
    pub fn stop(&mut self) {
        for (_, spooler, lock) in self.printers.drain(..) {
            spooler.stop();
            drop(lock);
        }
    }

    fn serves(&self, name: &str) -> bool {
        self.printers.iter().any(|(served, ..)| served == name)
    }
}

impl Session {
    /// Starts a worker for each printer that no other session serves; its reports go to `report`,
    /// which must not block.
    pub fn start_printers(&mut self, report: impl Fn(PrinterReport) + Send + Sync + 'static) {
        self.served.report = Some(Arc::new(report));
        for printer in self.printers.iter() {
            self.ui.printers.push(PrinterNews { printer: printer.name.clone(), ..PrinterNews::default() });
        }
        self.serve_printers();
        self.hear_of_printers();
    }

    /// Serves those printers that nobody serves.
    fn serve_printers(&mut self) {
        let Some(report) = self.served.report.clone() else { return };
        let printers = Arc::clone(&self.printers);
        for printer in printers.iter().filter(|p| !self.served.serves(&p.name)).collect::<Vec<_>>() {
            let name = &printer.name;
            let Ok(lock) = lock_printer(self.store.dir(), name) else { continue };
            let report = Arc::clone(&report);
            let report = Box::new(move |told| report(told));
            let clock: Box<dyn Clock> = self.clock.twin();
            let clock = Box::new(move || clock.now());
            let started = self.open_queue().map_err(|e| e.to_string()).and_then(|queue| {
                spooler::start(Arc::clone(&printers), name, Box::new(queue), clock, report).map_err(|e| e.to_string())
            });
            match started {
                Ok(handle) => self.served.printers.push((name.clone(), handle, lock)),
                Err(why) => self.ui.say(Tone::Bad, format!("Printer {name} cannot be served: {why}")),
            }
        }
    }

    fn open_queue(&self) -> Result<SpoolQueue, StoreError> {
        SpoolQueue::open(self.store.dir(), super::PROGRAM, self.till.settings.cut_off)
    }

    /// The queue as this session looks at it.
    fn queue(&mut self) -> Result<&mut SpoolQueue, String> {
        if self.served.queue.is_none() {
            self.served.queue = Some(self.open_queue().map_err(|e| e.to_string())?);
        }
        self.served.queue.as_mut().ok_or_else(String::new)
    }

    /// Now and then: takes over printers that a session has let go of, and hears of the others.
    /// Returns whether anything that is shown has changed.
    pub(super) fn tick_printers(&mut self, now_ms: i64) -> bool {
        if self.served.report.is_none() || (0..LOOK_MS).contains(&(now_ms - self.served.looked_ms)) {
            return false;
        }
        self.served.looked_ms = now_ms;
        self.serve_printers();
        let mut changed = self.hear_of_printers();
        if self.ui.shows_jobs() {
            changed |= self.refresh_jobs();
        }
        changed
    }

    /// How the printers are that others serve.
    fn hear_of_printers(&mut self) -> bool {
        let printers = Arc::clone(&self.printers);
        let others: Vec<&str> = printers.iter().map(|p| p.name.as_str()).filter(|n| !self.served.serves(n)).collect();
        if others.is_empty() {
            return false;
        }
        let Ok(queue) = self.queue() else { return false };
        let states = queue.printers().unwrap_or_default();
        let mut news = Vec::new();
        for name in others {
            let Waiting { jobs, oldest, undecided } = queue.waiting(name).unwrap_or_default();
            let trouble = states.iter().find(|s| s.printer == name).and_then(|s| s.trouble.clone());
            news.push(PrinterNews { printer: name.to_owned(), trouble, waiting: jobs, oldest, undecided });
        }
        let mut changed = false;
        for news in news {
            if let Some(known) = self.ui.printers.iter_mut().find(|known| known.printer == news.printer) {
                changed |= *known != news;
                *known = news;
            }
        }
        changed
    }

    fn refresh_jobs(&mut self) -> bool {
        match self.queue().and_then(|queue| queue.list(NEWEST)) {
            Ok(jobs) if jobs != self.ui.jobs => {
                self.ui.jobs = jobs;
                true
            }
            Ok(_) | Err(_) => false,
        }
    }

    /// Lists the print jobs on the screen.
    pub(super) fn show_jobs(&mut self) {
        match self.queue().and_then(|queue| queue.list(NEWEST)) {
            Ok(jobs) => self.ui.show_jobs(jobs),
            Err(why) => self.ui.say(Tone::Bad, format!("The print queue cannot be read: {why}")),
        }
    }

    /// The jobs for other printers that a person's decisions need.
    pub(super) fn jobs_elsewhere(&mut self, events: &[Event]) -> Result<Vec<NewJob>, CommitError> {
        let mut jobs = Vec::new();
        for event in events {
            let Event::JobDecided { job, act: JobAct::SendTo(to), .. } = event else { continue };
            let known = self.queue().and_then(|queue| queue.job(*job)).map_err(CommitError::Other)?;
            let printer = self.printers.get(to);
            let (Some(known), Some(printer)) = (known, printer) else {
                return Err(CommitError::Other(format!("there is no print job {job}, or no printer {to}")));
            };
            let moved = elsewhere(&known, printer)
                .ok_or_else(|| CommitError::Other(format!("print job {job} came out, or prints nothing")))?;
            jobs.push(moved);
        }
        Ok(jobs)
    }

    /// Waits until the printers this session serves have nothing left to do, or time is up. Returns
    /// how many jobs are left.
    pub fn drain_printers(&mut self, patience: Duration) -> u32 {
        let until = Instant::now() + patience;
        loop {
            let left = self.waiting();
            if left == 0 || self.served.printers.is_empty() || Instant::now() >= until {
                return left;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn waiting(&mut self) -> u32 {
        let printers = Arc::clone(&self.printers);
        let Ok(queue) = self.queue() else { return 0 };
        printers.iter().map(|p| queue.waiting(&p.name).map_or(0, |w| w.jobs)).sum()
    }
}
