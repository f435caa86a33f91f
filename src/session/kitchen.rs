//! The screen of a station: a process of its own over the same store. It takes no register, and any
//! number of them may be open.

use std::io;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use crate::domain::board::Board;
use crate::domain::catalogue::{Catalogue, Menu};
use crate::domain::event::Event;
use crate::domain::ids::RegisterId;
use crate::domain::kitchen::whereto;
use crate::domain::settings::{Settings, Station};
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::session::clock::Clock;
use crate::session::config::Config;
use crate::session::{Ended, PROGRAM, SessionError, read_config};
use crate::store::{SCHEMA, Store, StoreError};
use crate::tui::{TermEvent, Terminal, keys};
use crate::ui::key::Key;
use crate::ui::kitchen::{KitchenScreen, KitchenUi, Patience, Wish};
use crate::ui::screen::Tone;

/// How often the store is looked at; what is sent elsewhere appears within half a second.
const LOOK: Duration = Duration::from_millis(200);
/// What was sent so long ago and never done is of another day.
const SHOWN_MS: i64 = 12 * 60 * 60_000;
/// How many keys may wait.
const INBOX: usize = 64;

/// A station and its tickets.
pub struct Kitchen {
    store: Store,
    /// Only for what is recorded: no order of it is looked at.
    office: Till,
    clock: Box<dyn Clock>,
    station: Station,
    ui: KitchenUi,
    board: Board,
    data_version: i64,
    /// Whether a ticket that comes is to be heard.
    bell: bool,
}

impl Kitchen {
    /// Opens the screen of a station.
    ///
    /// # Errors
    /// [`SessionError`], in words that say what to do.
    pub fn open(data: &Path, config: &Path, station: &str, clock: Box<dyn Clock>) -> Result<Self, SessionError> {
        let (Config { settings, .. }, _, setup) = read_config(config)?;
        let station = settings.station(station).cloned().ok_or_else(|| no_station(&settings, station))?;
        let store = Store::open(data, PROGRAM)?;
        let catalogue = Catalogue::new(Menu::empty(settings.currency));
        let patience = Patience { long_min: settings.kitchen.long_min, late_min: settings.kitchen.late_min };
        let bell = settings.kitchen.bell;
        let office = Till::new(store.box_id(), RegisterId::OFFICE, settings.into(), catalogue.into());
        let ui = KitchenUi::new(&station.name, setup.keymap, patience);
        let mut kitchen = Self { store, office, clock, station, ui, board: Board::default(), data_version: -1, bell };
        kitchen.look()?;
        Ok(kitchen)
    }

    /// The tickets as they stand.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The screen as it is to be drawn.
    pub fn screen(&self) -> KitchenScreen {
        self.ui.view(&self.board, self.clock.now())
    }

    /// Reads the tickets again if anything was written. Returns whether it was.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn look(&mut self) -> Result<bool, StoreError> {
        let version = self.store.data_version()?;
        if version == self.data_version {
            return Ok(false);
        }
        self.data_version = version;
        self.read()?;
        Ok(true)
    }

    fn read(&mut self) -> Result<(), StoreError> {
        let since_ms = self.since_ms();
        self.store.follow_board(&mut self.board, &self.station.code, since_ms)?;
        self.ui.follow(&self.board);
        Ok(())
    }

    fn since_ms(&self) -> i64 {
        self.clock.now().utc_ms - SHOWN_MS
    }

    /// Takes one key. Returns whether the screen is to be left.
    pub fn key(&mut self, key: Key) -> bool {
        let done = match self.ui.key(&self.board, key) {
            Some(Wish::Quit) => return true,
            Some(Wish::Bump(number)) => self.bump(number),
            Some(Wish::Recall) => self.recall(None),
            None => return false,
        };
        match done {
            Ok(words) => self.ui.say(Tone::Good, words),
            Err(words) => self.ui.say(Tone::Bad, words),
        }
        false
    }

    /// The ticket with this number is done.
    ///
    /// # Errors
    /// In words, when there is no such ticket, it is done already, or nothing can be recorded.
    pub fn bump(&mut self, number: u32) -> Result<String, String> {
        let label = self.named(number);
        match self.store.is_bumped(&self.station.code, number).map_err(|e| e.to_string())? {
            None => return Err(format!("There is no ticket {label}")),
            Some(true) => return Err(format!("{label} is done already")),
            Some(false) => {}
        }
        self.record(Event::TicketBumped { station: self.station.code.clone(), number })?;
        Ok(format!("{label} is done"))
    }

    /// A ticket that was done is not: the one with this number, or the last.
    ///
    /// # Errors
    /// In words, when there is none, or nothing can be recorded.
    pub fn recall(&mut self, number: Option<u32>) -> Result<String, String> {
        let station = self.station.code.clone();
        let last = self.store.last_bumped(&station, self.since_ms()).map_err(|e| e.to_string())?;
        let number = number.or(last).ok_or("No ticket was done yet")?;
        let label = self.label(number);
        if self.store.is_bumped(&station, number).map_err(|e| e.to_string())? != Some(true) {
            return Err(format!("{label} is not done"));
        }
        self.record(Event::TicketRecalled { station, number })?;
        Ok(format!("{} is back", self.named(number)))
    }

    /// `KIT-0042 · Table 12` of an open ticket, else its label alone.
    fn named(&self, number: u32) -> String {
        let open = self.board.open_ticket(number).map(|posted| format!(" · {}", whereto(&posted.head.place)));
        format!("{}{}", self.label(number), open.unwrap_or_default())
    }

    fn label(&self, number: u32) -> String {
        crate::domain::kitchen::label(&self.station.prefix, number)
    }

    fn record(&mut self, event: Event) -> Result<(), String> {
        let now: Stamp = self.clock.now();
        let recorded = self.office.record(vec![event], now, PROGRAM, SCHEMA);
        self.store.commit(&recorded, &[]).map_err(|e| e.to_string())?;
        self.read().map_err(|e| e.to_string())
    }

    /// Whether the bell is to be rung: tickets came since this was asked last.
    pub fn rings(&mut self) -> bool {
        self.ui.takes_news() && self.bell
    }

    /// Runs the screen on a terminal until somebody leaves it or the terminal is gone.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn run(&mut self, terminal: &mut Terminal) -> io::Result<Ended> {
        let (sender, inbox) = sync_channel(INBOX);
        keys::spawn(move |event| sender.send(event).is_ok())?;
        let mut shown = None;
        loop {
            if self.rings() {
                terminal.ring()?;
            }
            let screen = self.screen();
            if shown.as_ref() != Some(&screen) {
                terminal.draw_kitchen(&screen)?;
                shown = Some(screen);
            }
            match inbox.recv_timeout(LOOK) {
                Ok(TermEvent::Key(key, _)) if self.key(key) => return Ok(Ended::Quit),
                Ok(TermEvent::Key(..) | TermEvent::Text(_)) | Err(RecvTimeoutError::Timeout) => {}
                Ok(TermEvent::Resize(..)) => {
                    terminal.repaint();
                    shown = None;
                }
                Ok(TermEvent::HungUp) | Err(RecvTimeoutError::Disconnected) => return Ok(Ended::HungUp),
            }
            if let Err(error) = self.look() {
                self.ui.say(Tone::Bad, format!("The store cannot be read: {error}"));
            }
        }
    }
}

fn no_station(settings: &Settings, station: &str) -> SessionError {
    let known = settings.stations.iter().map(|s| s.code.as_str()).collect::<Vec<_>>().join(", ");
    SessionError::NoStation { station: station.to_owned(), known }
}
