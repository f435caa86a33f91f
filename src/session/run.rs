//! The loop of a till with a terminal.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use crate::devices::scanner::{self, ScannerReport};
use crate::devices::spooler::PrinterReport;
use crate::domain::quantity::Quantity;
use crate::domain::spool::PrinterState;
use crate::session::config::ScanEnd;
use crate::session::reporting::Made;
use crate::session::scans::Scans;
use crate::session::{Flow, Session};
use crate::tui::{TermEvent, Terminal, keys};
use crate::ui::Input;
use crate::ui::screen::Tone;
use crate::ui::state::PrinterNews;

/// How many messages may wait. Printers drop news beyond it, keys wait.
const INBOX: usize = 1024;
/// How often others' work is looked for; what changes elsewhere appears within half a second.
const TICK: Duration = Duration::from_millis(250);
/// A turn of the loop that takes longer is logged.
const SLOW: Duration = Duration::from_millis(50);

/// What reaches the loop.
pub(super) enum Message {
    /// From the terminal.
    Term(TermEvent),
    /// From a printer's worker.
    Printer(PrinterReport),
    /// From the serial scanner.
    Scanner(ScannerReport),
    /// From the scale.
    Weighed(Result<Quantity, String>),
    /// A report that was asked for.
    Report(Made),
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The person left.
    Quit,
    /// The terminal is gone.
    HungUp,
}

impl Session {
    /// Runs the till on a terminal until the person leaves or the terminal is gone.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn run(&mut self, terminal: &mut Terminal, scans: Scans) -> io::Result<Ended> {
        let (sender, inbox) = sync_channel(INBOX);
        let to_keys = sender.clone();
        keys::spawn(move |event| to_keys.send(Message::Term(event)).is_ok())?;
        terminal.draw(self.screen())?;
        let to_printers = sender.clone();
        self.start_printers(move |report| {
            // A full inbox only loses news that the next report repeats; paper must not be lost.
            let _ = match report.paper {
                Some(_) => to_printers.send(Message::Printer(report)).is_ok(),
                None => to_printers.try_send(Message::Printer(report)).is_ok(),
            };
        });
        let to_scale = sender.clone();
        self.weighed_to = Some(Arc::new(move |weighed| drop(to_scale.send(Message::Weighed(weighed)))));
        let to_report = sender.clone();
        self.reports_to = Some(Arc::new(move |made| drop(to_report.send(Message::Report(made)))));
        let _scanner = self.start_scanner(&sender);
        drop(sender);
        self.work(terminal, scans, &inbox)
    }

    fn work(&mut self, terminal: &mut Terminal, mut scans: Scans, inbox: &Receiver<Message>) -> io::Result<Ended> {
        terminal.draw(self.screen())?;
        let mut tick_at = Instant::now() + TICK;
        loop {
            let patience = scans.patience_ms().map_or(TICK, Duration::from_millis);
            let wait = tick_at.saturating_duration_since(Instant::now()).min(patience);
            let mut changed = false;
            match inbox.recv_timeout(wait) {
                Ok(message) => {
                    let began = Instant::now();
                    // Everything that waits is taken before one picture is drawn of it.
                    for message in std::iter::once(message).chain(inbox.try_iter().take(INBOX)) {
                        match self.take(message, &mut scans, terminal)? {
                            Some(ended) => return Ok(ended),
                            None => changed = true,
                        }
                    }
                    if began.elapsed() > SLOW {
                        tracing::warn!(ms = began.elapsed().as_millis() as u64, "a slow turn");
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    for input in scans.give_up() {
                        changed = true;
                        if self.step(input) == Flow::Quit {
                            return Ok(Ended::Quit);
                        }
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(Ended::HungUp),
            }
            if Instant::now() >= tick_at {
                changed |= self.tick();
                tick_at = Instant::now() + TICK;
            }
            if changed {
                terminal.draw(self.screen())?;
            }
        }
    }

    fn take(&mut self, message: Message, scans: &mut Scans, terminal: &mut Terminal) -> io::Result<Option<Ended>> {
        let inputs = match message {
            Message::Term(TermEvent::Key(key, at_us)) => {
                crate::fault::point("key");
                scans.key(key, at_us)
            }
            Message::Term(TermEvent::Text(text)) => vec![Input::Text(text)],
            Message::Term(TermEvent::Resize(..)) => {
                terminal.repaint();
                Vec::new()
            }
            Message::Term(TermEvent::HungUp) => return Ok(Some(Ended::HungUp)),
            Message::Printer(report) => {
                let paper = report.paper.map(Input::Paper);
                let (state, waiting) = (report.state, report.waiting);
                let PrinterState { printer, trouble, drawer_open } = state;
                let news = PrinterNews { printer, trouble, waiting, drawer_open };
                paper.into_iter().chain([Input::Printer(news)]).collect()
            }
            Message::Weighed(weighed) => vec![Input::Weighed(weighed)],
            Message::Report(made) => {
                self.report_made(made);
                Vec::new()
            }
            Message::Scanner(ScannerReport::Scan(scan)) => vec![Input::Scan(scan)],
            Message::Scanner(ScannerReport::Port(state)) => {
                if let Err(trouble) = state {
                    self.ui.say(Tone::Bad, format!("Scanner: {trouble}"));
                }
                Vec::new()
            }
        };
        for input in inputs {
            if self.step(input) == Flow::Quit {
                return Ok(Some(Ended::Quit));
            }
        }
        Ok(None)
    }

    fn start_scanner(&mut self, inbox: &SyncSender<Message>) -> Option<scanner::ScannerHandle> {
        let serial = self.serial_scanner.clone()?;
        let config = scanner::ScannerConfig {
            port: serial.port,
            baud: serial.baud,
            frame: serial.frame,
            prefix: serial.prefix,
            suffix: match serial.suffix {
                ScanEnd::Line => scanner::Suffix::Line,
                ScanEnd::Tab => scanner::Suffix::Tab,
                ScanEnd::Pause => scanner::Suffix::Pause,
            },
        };
        let inbox = inbox.clone();
        let report = Box::new(move |report| {
            let _ = inbox.send(Message::Scanner(report));
        });
        match scanner::start(config, report) {
            Ok(handle) => Some(handle),
            Err(error) => {
                self.ui.say(Tone::Bad, format!("The scanner cannot be read: {error}"));
                None
            }
        }
    }
}
