//! The printers of a box as one process sees them: a worker for each one whose lock it gets, and how
//! all of them are, whoever serves them. A running till has one, and so has `counterflow spool run`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::devices::address::Address;
use crate::devices::printer::Printers;
use crate::devices::spooler::{self, PrinterReport, SpoolerHandle};
use crate::domain::spool::PrintQueue;
use crate::domain::time::CutOff;
use crate::session::clock::Clock;
use crate::store::{Lock, SpoolQueue, lock_printer};
use crate::ui::state::PrinterNews;

/// The printers of a box.
pub struct Printing {
    /// All of them.
    pub printers: Arc<Printers>,
    dir: PathBuf,
    cut_off: CutOff,
    served: Vec<(String, SpoolerHandle, Lock)>,
    report: Option<Arc<dyn Fn(PrinterReport) + Send + Sync>>,
    queue: Option<SpoolQueue>,
}

impl Printing {
    /// The printers of the store in a folder. None is served yet.
    pub fn new(dir: PathBuf, cut_off: CutOff, printers: Printers) -> Self {
        Self { printers: Arc::new(printers), dir, cut_off, served: Vec::new(), report: None, queue: None }
    }

    /// Where workers report to from now on; it must not block.
    pub fn report_to(&mut self, report: impl Fn(PrinterReport) + Send + Sync + 'static) {
        self.report = Some(Arc::new(report));
    }

    /// Whether printers are to be served by this process.
    pub fn is_on(&self) -> bool {
        self.report.is_some()
    }

    /// Starts a worker for each printer that nobody serves, here or elsewhere. Says what went wrong.
    pub fn serve(&mut self, clock: &dyn Clock) -> Vec<String> {
        let Some(report) = self.report.clone() else { return Vec::new() };
        let printers = Arc::clone(&self.printers);
        let mut troubles = Vec::new();
        for printer in printers.iter().filter(|p| !self.serves(&p.name)).collect::<Vec<_>>() {
            let name = &printer.name;
            let Ok(lock) = lock_printer(&self.dir, name) else { continue };
            let report = Arc::clone(&report);
            let report = Box::new(move |told| report(told));
            let clock = clock.twin();
            let clock = Box::new(move || clock.now());
            let started = self.open_queue().and_then(|queue| {
                spooler::start(Arc::clone(&printers), name, Box::new(queue), clock, report).map_err(|e| e.to_string())
            });
            match started {
                Ok(handle) => self.served.push((name.clone(), handle, lock)),
                Err(why) => troubles.push(format!("Printer {name} cannot be served: {why}")),
            }
        }
        troubles
    }

    /// Forgets the printers that show their paper on a screen: whoever has none cannot serve them.
    pub fn without_screens(self) -> Result<Self, String> {
        let printers = self.printers.iter().filter(|p| p.address != Address::Screen).cloned().collect();
        Ok(Self { printers: Arc::new(Printers::new(printers)?), ..self })
    }

    /// Whether this process serves a printer.
    pub fn serves(&self, name: &str) -> bool {
        self.served.iter().any(|(served, ..)| served == name)
    }

    /// Tells the workers that there is something to print.
    pub fn wake(&self) {
        self.served.iter().for_each(|(_, spooler, _)| spooler.wake());
    }

    /// Stops the workers; then another process may serve the printers.
    pub fn stop(&mut self) {
        for (_, spooler, lock) in self.served.drain(..) {
            spooler.stop();
            drop(lock);
        }
    }

    fn open_queue(&self) -> Result<SpoolQueue, String> {
        SpoolQueue::open(&self.dir, super::PROGRAM, self.cut_off).map_err(|e| e.to_string())
    }

    /// The queue, for whoever looks.
    ///
    /// # Errors
    /// In words, when the store cannot be opened.
    pub fn queue(&mut self) -> Result<&mut SpoolQueue, String> {
        if self.queue.is_none() {
            self.queue = Some(self.open_queue()?);
        }
        self.queue.as_mut().ok_or_else(|| "the print queue is not open".to_owned())
    }

    /// How the printers are that others serve.
    pub fn news_of_others(&mut self) -> Vec<PrinterNews> {
        let printers = Arc::clone(&self.printers);
        let others: Vec<&str> = printers.iter().map(|p| p.name.as_str()).filter(|n| !self.serves(n)).collect();
        if others.is_empty() {
            return Vec::new();
        }
        let Ok(queue) = self.queue() else { return Vec::new() };
        // Nothing is known anew of printers whose state cannot be read.
        let Ok(states) = queue.printers() else { return Vec::new() };
        let news = |name: &str| {
            let waiting = queue.waiting(name).unwrap_or_default();
            let state = states.iter().find(|s| s.printer == name).cloned().unwrap_or_default();
            let (trouble, drawer_open) = (state.trouble, state.drawer_open);
            PrinterNews { printer: name.to_owned(), trouble, waiting, drawer_open }
        };
        others.into_iter().map(news).collect()
    }

    /// Waits until no printer has anything left to do, or time is up. Returns how many jobs are left.
    pub fn drain(&mut self, patience: Duration) -> u32 {
        let until = Instant::now() + patience;
        loop {
            let left = self.waiting();
            if left == 0 || self.served.is_empty() || Instant::now() >= until {
                return left;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How many jobs wait before the printers of the box.
    pub fn waiting(&mut self) -> u32 {
        let printers = Arc::clone(&self.printers);
        let Ok(queue) = self.queue() else { return 0 };
        printers.iter().map(|p| queue.waiting(&p.name).map_or(0, |w| w.jobs)).sum()
    }
}
