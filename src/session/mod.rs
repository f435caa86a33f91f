//! A running till: the loop that decides, commits, evolves and draws, with its clock, its threads
//! and its store. A headless session is the same without a terminal.

pub mod clock;
pub mod config;
mod contacts;
mod customers;
pub mod devices;
mod drawer;
mod history;
mod keeping;
pub mod kitchen;
mod menu;
mod office;
mod open;
mod others;
mod people;
pub mod printing;
mod recording;
mod refunds;
pub mod reporting;
mod run;
pub mod scans;
mod tips;

use std::sync::Arc;

use crate::devices::scale::ScaleConfig;
use crate::documents::template::Template;
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::session::clock::{Clock, Ids};
use crate::session::devices::{Customer, Weighed};
use crate::session::keeping::Keeper;
use crate::session::menu::MenuState;
use crate::session::printing::Printing;
use crate::store::{Lock, Store};
use crate::ui::screen::{Screen, Tone};
use crate::ui::state::Ui;
use crate::ui::{AfterPin, Input, Request, update, view};

pub use open::{Options, PROGRAM, SessionError, config_folder, read_config};
pub use run::Ended;

/// A clock that goes back by more than this, or jumps ahead between two looks, is told.
const CLOCK_BACK_MS: i64 = 2_000;
/// A clock that jumps ahead by more than this while the till watches is told.
const CLOCK_AHEAD_MS: i64 = 10 * 60_000;

/// Without a key for so long, nobody waits for what the till does.
const REST_MS: i64 = 2_000;

/// Whether the session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It goes on.
    GoOn,
    /// The person wants to leave.
    Quit,
}

/// What became of what was asked for, for whoever has no screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// These events were committed.
    Done(Vec<Event>),
    /// Nothing has changed, for this reason.
    Refused(Refusal),
    /// Nothing was recorded: the store said this.
    Failed(String),
}

/// One running till on one register.
pub struct Session {
    /// The till.
    pub till: Till,
    /// The screen.
    pub ui: Ui,
    /// What the last input led to.
    pub outcomes: Vec<Outcome>,
    store: Store,
    menu: MenuState,
    clock: Box<dyn Clock>,
    ids: Ids,
    printing: Printing,
    /// How a kitchen ticket looks.
    ticket: Template,
    /// When the printers of others were looked at last.
    looked_ms: i64,
    customer: Option<Customer>,
    drawer: drawer::Drawer,
    scale: Option<ScaleConfig>,
    /// Where the scale's answer goes; without a terminal it is waited for.
    weighed_to: Option<Arc<dyn Fn(Weighed) + Send + Sync>>,
    /// Where reports go that were made; without a terminal they are waited for.
    reports_to: Option<Arc<dyn Fn(reporting::Made) + Send + Sync>>,
    keeper: Keeper,
    seen: i64,
    /// The place of the last entry that this session wrote, or found when it began.
    wrote: i64,
    data_version: i64,
    last: Stamp,
    /// Whether the person at the till may leave, and wants to.
    leaving: bool,
    serial_scanner: Option<config::SerialScanner>,
    office: office::Office,
    lock_after_ms: Option<i64>,
    last_key_ms: i64,
    _register: Lock,
}

impl Session {
    /// Takes one input, and does all that follows from it. Returns when everything it did is on the
    /// disk.
    pub fn step(&mut self, input: Input) -> Flow {
        let now = self.now();
        self.outcomes.clear();
        // News of a printer keep nobody signed in.
        if matches!(input, Input::Key(_) | Input::Line(_) | Input::Text(_) | Input::Scan(_)) {
            self.last_key_ms = now.utc_ms;
        }
        let of_printer = matches!(input, Input::Printer(_));
        // What is decided now is decided on what all sessions have done until now.
        self.look_at_others();
        let mut requests = update(&mut self.ui, &self.till, input, now);
        loop {
            for request in requests {
                self.request(request, now);
            }
            if let Some(weighed) = self.ui.weigh.take().and_then(|_| self.weigh()) {
                // Whoever asked for a weight has got it: that was no refusal.
                if weighed.is_ok() {
                    self.outcomes.retain(|o| !matches!(o, Outcome::Refused(Refusal::NeedsWeight(_))));
                }
                requests = update(&mut self.ui, &self.till, Input::Weighed(weighed), now);
                continue;
            }
            if !self.ui.waits(&self.till) {
                break;
            }
            requests = update(&mut self.ui, &self.till, Input::Resume, now);
        }
        if of_printer {
            self.look_at_drawer(now);
        }
        self.keep();
        self.show_customer();
        if self.leaving { Flow::Quit } else { Flow::GoOn }
    }

    /// The time, with a look at whether it can be true. A clock that jumped is recorded and told;
    /// selling goes on, since the order of entries never comes from the clock.
    fn now(&mut self) -> Stamp {
        let now = self.clock.now();
        let step = now.since_ms(self.last);
        if !(-CLOCK_BACK_MS..=CLOCK_AHEAD_MS).contains(&step) {
            let jumped = Event::ClockJumped { from: self.last, to: now };
            if self.record(vec![jumped], &[], now).is_ok() {
                let words = format!("The clock jumped from {} to {}: check it", self.last.show(), now.show());
                match self.till.signed_in {
                    Some(_) => self.ui.say(Tone::Warn, words),
                    None => self.ui.clock_jumped = Some(words),
                }
            }
        }
        self.last = now;
        now
    }

    fn request(&mut self, request: Request, now: Stamp) {
        match request {
            Request::Command(command) => self.carry_out(&self.anchored(command), None, now),
            Request::CheckPin { pin, then } => self.check_pin(&pin.0, then, now),
            Request::CheckBadge { badge, then } => self.check_badge(&badge.0, then, now),
            Request::Give { secret, command } => self.give(&secret.0, &command, now),
            Request::FindWorks => self.find_works(now),
            Request::Reprint(receipt) => self.reprint(receipt, now),
            Request::Jobs => self.show_jobs(),
            Request::FindSale(wanted) => self.find_sale(wanted),
            Request::FindSlips => self.find_slips(),
            Request::FindReceived(customer) => self.find_received(customer),
            Request::Upload => self.upload(),
            Request::FindMenuBefore => self.find_menu_before(),
        }
    }

    /// A close with the place where the journal stands, a refund with its sale, and what else is looked up; others as
    /// they are. A store that cannot be read says so at the commit.
    fn anchored(&self, command: Command) -> Command {
        match command {
            Command::CloseShift { counted, pieces, comment, note, .. } => {
                let anchor = self.store.anchor(self.till.register).unwrap_or_default();
                Command::CloseShift { counted, pieces, comment, note, anchor }
            }
            Command::Refund { register, receipt, back, reason, tender, .. } => {
                let found = self.store.found(register, receipt).ok().flatten().map(Box::new);
                Command::Refund { register, receipt, back, reason, tender, found }
            }
            Command::AdjustTip { receipt, payment, tip, .. } => {
                Command::AdjustTip { receipt, payment, tip, found: self.tipped(receipt) }
            }
            Command::TakeBackReceived { customer, payment, reason, .. } => {
                let found = self.payment_on_account(customer, payment);
                Command::TakeBackReceived { customer, payment, reason, found }
            }
            Command::AsLastTime { .. } => Command::AsLastTime { found: self.last_time() },
            Command::TakeMenuBack { version, .. } => self.menu_before(version),
            command => command,
        }
    }

    /// What is due from time to time: others' work, the automatic lock. Returns whether anything
    /// that is shown may have changed.
    pub fn tick(&mut self) -> bool {
        let minute = self.last.utc_ms.div_euclid(60_000);
        let now = self.now();
        self.ui.now = now;
        let mut changed = now.utc_ms.div_euclid(60_000) != minute;
        if changed {
            self.ui.little_room_mb = self.store.little_room_mb();
        }
        changed |= self.look_at_others();
        changed |= self.look_who_is_there();
        changed |= self.tick_printers(now);
        changed |= self.look_at_upload();
        let idle_ms = now.utc_ms - self.last_key_ms;
        if idle_ms >= REST_MS
            && let Err(error) = self.store.rest()
        {
            self.commit_failed(&error);
            changed = true;
        }
        if self.till.signed_in.is_some() && self.lock_after_ms.is_some_and(|after| idle_ms >= after) {
            // A store that cannot be written is not asked again at every look.
            self.last_key_ms = now.utc_ms;
            self.carry_out(&Command::SignOut { locked: true }, None, now);
            self.keep();
            changed = true;
        }
        changed
    }

    /// Prints a receipt of this register again: the sale comes from the journal.
    fn reprint(&mut self, number: u64, now: Stamp) {
        let sale = match self.store.sale_by_receipt(self.till.register, number) {
            Ok(Some(sale)) => sale,
            Ok(None) => {
                let refusal = Refusal::NoReceipt(number);
                self.ui.say(Tone::Bad, refusal.to_string());
                self.outcomes.push(Outcome::Refused(refusal));
                return;
            }
            Err(error) => {
                self.ui.say(Tone::Bad, format!("The sale cannot be read: {error}"));
                return;
            }
        };
        self.carry_out(&Command::Reprint { sale: sale.id, receipt: number }, None, now);
    }

    /// Keeps what was typed, so that a power cut gives it back.
    fn keep(&mut self) {
        let kept = self.keeper.save(&self.ui.kept);
        self.told_if_not_kept(kept);
    }

    fn told_if_not_kept(&mut self, kept: std::io::Result<()>) {
        if let Err(error) = kept {
            self.ui.say(Tone::Warn, format!("What is typed cannot be kept: {error}"));
        }
    }

    /// Does one thing, as if it were asked for on the screen.
    pub fn act(&mut self, command: Command) {
        let now = self.now();
        self.outcomes.clear();
        self.request(Request::Command(command), now);
        self.keep();
    }

    /// Tries a PIN, as if it were typed.
    pub fn pin(&mut self, pin: &str, then: AfterPin) {
        let now = self.now();
        self.check_pin(pin, then, now);
    }

    /// What was said last.
    pub fn said(&self) -> String {
        self.ui.message.as_ref().map(|(_, words)| words.clone()).unwrap_or_default()
    }

    /// Sets the clock of a practice store; nobody is told that it jumped.
    ///
    /// # Errors
    /// When the clock is the machine's own, or there is no such time.
    pub fn set_clock(&mut self, local: chrono::NaiveDateTime) -> Result<(), String> {
        self.clock.set(local)?;
        self.last = self.clock.now();
        Ok(())
    }

    /// The screen as data.
    pub fn screen(&self) -> Screen {
        view(&self.ui, &self.till)
    }

    /// Ends in order: the printers finish what they are at, and the end is recorded.
    pub fn close(mut self) {
        let now = self.clock.now();
        let signed_out = self.till.signed_in.map(|staff| Event::SignedOut { staff, locked: true });
        let ended: Vec<Event> = signed_out.into_iter().chain([Event::Stopped]).collect();
        if let Err(error) = self.record(ended, &[], now) {
            tracing::warn!(%error, "the end of the session was not recorded");
        }
        self.printing.stop();
    }
}
