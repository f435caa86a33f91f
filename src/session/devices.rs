//! The printers of a session: a spooler for each one whose lock this session gets.

use std::time::{Duration, Instant};

use crate::devices::spooler::{self, PrinterReport};
use crate::session::Session;
use crate::store::{SpoolQueue, lock_printer};
use crate::ui::screen::Tone;
use crate::ui::state::PrinterNews;

impl Session {
    /// Starts a worker for each printer that no other session serves; its reports go to `report`,
    /// which must not block.
    pub fn start_printers(&mut self, report: impl Fn(PrinterReport) + Clone + Send + 'static) {
        let (dir, cut_off) = (self.store.dir().to_owned(), self.till.settings.cut_off);
        for printer in self.printers.iter() {
            let Ok(lock) = lock_printer(&dir, &printer.name) else { continue };
            let name = printer.name.clone();
            let queue = SpoolQueue::open(&dir, super::PROGRAM, cut_off).map_err(|e| e.to_string());
            let now = self.clock.now();
            let queue = queue.and_then(|mut queue| queue.recover(&name, now).map(|_| queue));
            let report = Box::new(report.clone());
            let clock = crate::session::clock::SystemClock;
            let clock = Box::new(move || crate::session::clock::Clock::now(&clock));
            let started = queue.and_then(|queue| {
                spooler::start(printer.clone(), Box::new(queue), clock, report).map_err(|e| e.to_string())
            });
            match started {
                Ok(handle) => {
                    self.spoolers.push(handle);
                    self.printer_locks.push(lock);
                    self.ui.printers.push(PrinterNews { printer: name, ..PrinterNews::default() });
                }
                Err(why) => self.ui.say(Tone::Bad, format!("Printer {name} cannot be served: {why}")),
            }
        }
    }

    /// Waits until the printers this session serves have nothing left to do, or time is up. Returns
    /// how many jobs are left.
    pub fn drain_printers(&self, patience: Duration) -> u32 {
        let until = Instant::now() + patience;
        loop {
            let left = self.waiting();
            if left == 0 || self.spoolers.is_empty() || Instant::now() >= until {
                return left;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn waiting(&self) -> u32 {
        use crate::domain::spool::PrintQueue;
        let queue = SpoolQueue::open(self.store.dir(), super::PROGRAM, self.till.settings.cut_off);
        let Ok(mut queue) = queue else { return 0 };
        self.printers.iter().map(|p| queue.waiting(&p.name).map_or(0, |(waiting, _)| waiting)).sum()
    }
}
