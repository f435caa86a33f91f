//! What hangs on a session: how its printers are, and what people decide over print jobs.

use std::sync::Arc;
use std::time::Duration;

use crate::devices::display::{self, DisplayHandle};
use crate::devices::elsewhere;
use crate::devices::spooler::PrinterReport;
use crate::domain::event::Event;
use crate::domain::quantity::Quantity;
use crate::domain::spool::{JobAct, NewJob};
use crate::domain::time::Stamp;
use crate::session::Session;
use crate::session::printing::Printing;
use crate::store::CommitError;
use crate::ui;
use crate::ui::screen::Tone;
use crate::ui::state::PrinterNews;

/// How often printers are looked at that another session serves, or that another one has let go of.
const LOOK_MS: i64 = 2_000;
/// How many of the newest jobs the list of print jobs shows besides the open ones.
const NEWEST: u32 = 20;

/// What a scale said.
pub(super) type Weighed = Result<Quantity, String>;

/// The customer's display, and what was shown on it last.
pub(super) struct Customer {
    display: DisplayHandle,
    columns: usize,
    greeting: [String; 2],
    shown: [String; 2],
}

impl Session {
    /// Starts a worker for each printer that no other session serves; its reports go to `report`,
    /// which must not block.
    pub fn start_printers(&mut self, report: impl Fn(PrinterReport) + Send + Sync + 'static) {
        self.printing.report_to(report);
        for printer in self.printing.printers.iter() {
            self.ui.printers.push(PrinterNews { printer: printer.name.clone(), ..PrinterNews::default() });
        }
        self.look_at_printers();
        self.start_display();
    }

    fn start_display(&mut self) {
        let printers = Arc::clone(&self.printing.printers);
        let Some(config) = printers.displays.iter().find(|d| d.register() == self.till.register) else { return };
        let (columns, greeting) = (config.columns(), config.greeting());
        match display::start(config.clone()) {
            Ok(display) => self.customer = Some(Customer { display, columns, shown: greeting.clone(), greeting }),
            Err(why) => self.ui.say(Tone::Bad, format!("The customer's display cannot be used: {why}")),
        }
    }

    /// Asks the scale. Its answer comes later, or at once where nobody sits before a terminal.
    pub(super) fn weigh(&mut self) -> Option<Weighed> {
        let scale = self.scale.clone()?;
        let Some(to) = self.weighed_to.clone() else { return Some(scale.weigh()) };
        let asked = std::thread::Builder::new().name("scale".to_owned()).spawn(move || to(scale.weigh()));
        asked.err().map(|error| Err(error.to_string()))
    }

    /// Shows the customer what has changed.
    pub(super) fn show_customer(&mut self) {
        let Some(customer) = &mut self.customer else { return };
        let lines = ui::customer(&self.ui, &self.till, customer.columns);
        let lines = lines.unwrap_or_else(|| customer.greeting.clone());
        if lines != customer.shown {
            customer.shown = lines.clone();
            customer.display.show(lines);
        }
    }

    /// Now and then: takes over printers that a session has let go of, and hears of the others.
    /// Returns whether anything that is shown has changed.
    pub(super) fn tick_printers(&mut self, now: Stamp) -> bool {
        if !self.printing.is_on() || (0..LOOK_MS).contains(&(now.utc_ms - self.looked_ms)) {
            return false;
        }
        self.looked_ms = now.utc_ms;
        let mut changed = self.look_at_printers();
        self.look_at_drawer(now);
        if self.ui.shows_jobs()
            && let Ok(jobs) = self.printing.queue().and_then(|queue| queue.list(NEWEST))
        {
            changed |= self.ui.jobs != jobs;
            self.ui.jobs = jobs;
        }
        changed
    }

    fn look_at_printers(&mut self) -> bool {
        for trouble in self.printing.serve(self.clock.as_ref()) {
            self.ui.say(Tone::Bad, trouble);
        }
        let mut changed = false;
        for news in self.printing.news_of_others() {
            if let Some(known) = self.ui.printers.iter_mut().find(|known| known.printer == news.printer) {
                changed |= *known != news;
                *known = news;
            }
        }
        changed
    }

    /// Lists the print jobs on the screen.
    pub(super) fn show_jobs(&mut self) {
        match self.printing.queue().and_then(|queue| queue.list(NEWEST)) {
            Ok(jobs) => self.ui.show_jobs(jobs),
            Err(why) => self.ui.say(Tone::Bad, format!("The print queue cannot be read: {why}")),
        }
    }

    /// Waits until the printers this session serves have nothing left to do, or time is up. Returns
    /// how many jobs are left.
    pub fn drain_printers(&mut self, patience: Duration) -> u32 {
        self.printing.drain(patience)
    }
}

/// The jobs for other printers that people's decisions need.
///
/// # Errors
/// In words: there is no such job or printer, or nothing of it can be printed again.
pub fn jobs_elsewhere(printing: &mut Printing, events: &[Event]) -> Result<Vec<NewJob>, CommitError> {
    let mut jobs = Vec::new();
    for event in events {
        let Event::JobDecided { job, act: JobAct::SendTo(to), .. } = event else { continue };
        let known = printing.queue().and_then(|queue| queue.job(*job)).map_err(CommitError::Other)?;
        let known = known.ok_or_else(|| CommitError::Other(format!("there is no print job {job}")))?;
        let printer = printing.printers.get(to);
        let printer = printer.ok_or_else(|| CommitError::Other(format!("there is no printer {to}")))?;
        let moved = elsewhere(&known, printer)
            .ok_or_else(|| CommitError::Other(format!("print job {job} came out, or prints nothing")))?;
        jobs.push(moved);
    }
    Ok(jobs)
}
