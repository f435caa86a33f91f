//! The devices of a session: a spooler for each printer whose lock this session gets, and the
//! scanner.

use std::sync::mpsc::SyncSender;

use crate::devices::spooler::{self, PrinterReport};
use crate::session::Session;
use crate::session::run::Message;
use crate::store::{SpoolQueue, lock_printer};
use crate::ui::screen::Tone;
use crate::ui::state::PrinterNews;

impl Session {
    /// Starts a worker for each printer that no other session serves.
    pub(super) fn start_printers(&mut self, inbox: &SyncSender<Message>) {
        let (dir, cut_off) = (self.store.dir().to_owned(), self.till.settings.cut_off);
        for printer in self.printers.iter() {
            let Ok(lock) = lock_printer(&dir, &printer.name) else { continue };
            let name = printer.name.clone();
            let queue = SpoolQueue::open(&dir, super::PROGRAM, cut_off).map_err(|e| e.to_string());
            let now = self.clock.now();
            let queue = queue.and_then(|mut queue| queue.recover(&name, now).map(|_| queue));
            let inbox = inbox.clone();
            let report = Box::new(move |report: PrinterReport| {
                // A full inbox only loses news that the next report repeats; paper must not be lost.
                let _ = if report.paper.is_some() {
                    inbox.send(Message::Printer(report)).is_ok()
                } else {
                    inbox.try_send(Message::Printer(report)).is_ok()
                };
            });
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
}
