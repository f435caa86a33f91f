//! Opening a session: configuration, store, lock, till, screen, printers.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::devices::fonts::Fonts;
use crate::devices::printer::Printers;
use crate::domain::barcode::{Embedded, PatternText, Patterns};
use crate::domain::catalogue::{Catalogue, Menu};
use crate::domain::event::Event;
use crate::domain::ids::RegisterId;
use crate::domain::search::Index;
use crate::domain::till::Till;
use crate::session::Session;
use crate::session::clock::{Clock, Ids};
use crate::session::config::{self, Amounts, Config, ConfigError, LabelKind, Letters, read_toml};
use crate::session::keeping::Keeper;
use crate::session::menu::MenuState;
use crate::session::office::Office;
use crate::session::printing::Printing;
use crate::store::{SCHEMA, Store, StoreError, lock_register};
use crate::ui::keymap::{Binding, Keymap};
use crate::ui::state::{self, Setup, Ui};

/// The program's version, as every journal entry carries it.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// What a session is opened with.
pub struct Options {
    /// The data folder.
    pub data: PathBuf,
    /// The folder of the configuration.
    pub config: PathBuf,
    /// The register.
    pub register: RegisterId,
    /// Where time comes from.
    pub clock: Box<dyn Clock>,
    /// Lines of the sign-in screen.
    pub greeting: Vec<String>,
    /// Shown on every screen, besides TRAINING.
    pub watermark: Option<String>,
}

/// Why a session cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The configuration is wrong: every finding with its place.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The store cannot be opened.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// There is no such register.
    #[error("there is no register {0}: counterflow.toml lists {1}")]
    NoRegister(RegisterId, usize),
    /// There is no such station.
    #[error("there is no station {station}: counterflow.toml lists {known}")]
    NoStation {
        /// The code.
        station: String,
        /// The codes there are.
        known: String,
    },
    /// The file that keeps what is typed cannot be opened.
    #[error("what is typed cannot be kept: {0}")]
    Kept(std::io::Error),
}

/// Where the configuration of a data folder is, unless it is said otherwise.
pub fn config_folder(data: &Path) -> PathBuf {
    data.join("config")
}

/// The configuration of a folder with its printers, everything checked: nothing starts
/// half-configured.
///
/// # Errors
/// Everything that is wrong, each with its file, line and column.
pub fn read_config(folder: &Path) -> Result<(Config, Printers, Setup), ConfigError> {
    let config = Config::read(folder)?;
    let file = folder.join("printers.toml");
    let mut printers: Printers = if file.is_file() { read_toml(&file)? } else { Printers::default() };
    let mut findings = Vec::new();
    let named: Vec<PathBuf> = printers.fonts.iter().map(|font| folder.join(font)).collect();
    let fonts = Fonts::of(&named, Path::new("/")).unwrap_or_else(|why| {
        findings.push(config::Finding::of("printers.toml", why));
        Fonts::default()
    });
    let fonts = Arc::new(fonts);
    for printer in printers.iter_mut() {
        printer.fonts = Arc::clone(&fonts);
        let Some(logo) = printer.logo.clone() else { continue };
        let read = std::fs::read(folder.join(&logo)).map_err(|e| e.to_string());
        if let Err(why) = read.and_then(|bytes| printer.set_logo(&bytes)) {
            let words = format!("the logo {} of printer `{}`: {why}", logo.display(), printer.name);
            findings.push(config::Finding::of("printers.toml", words));
        }
    }
    let setup = setup(&config, &mut findings);
    if findings.is_empty() { Ok((config, printers, setup)) } else { Err(ConfigError { findings }) }
}

/// The settings of the screen. Keys and barcode patterns are checked by those who use them; what
/// they find is told with its place in the file.
fn setup(config: &Config, findings: &mut Vec<config::Finding>) -> Setup {
    let mut bindings = Vec::new();
    for (context, keys) in config.keys.bindings() {
        for (key, action) in keys {
            bindings.push(Binding { context: context.clone(), key: key.clone(), action: action.clone() });
        }
    }
    let keymap = Keymap::with(&bindings).unwrap_or_else(|problems| {
        for problem in problems {
            let at = bindings.get(problem.binding);
            findings.push(match at {
                Some(b) => config.keys.finding(&b.context, &b.key, problem.what),
                None => config::Finding::of("keys.toml", problem.what),
            });
        }
        Keymap::default()
    });
    let kind = |kind| match kind {
        LabelKind::Price => Embedded::Price,
        LabelKind::Weight => Embedded::Weight,
        LabelKind::Quantity => Embedded::Quantity,
    };
    let mut texts = Vec::new();
    for label in &config.labels {
        let text = PatternText { pattern: label.pattern.value.clone(), kind: kind(label.kind) };
        match Patterns::new(vec![text.clone()]) {
            Ok(_) => texts.push(text),
            Err(why) => findings.push(config::Finding::at(&label.pattern.place, why)),
        }
    }
    Setup {
        keymap,
        coaching: config.entry.coaching,
        letters: match config.entry.letters {
            Letters::Hotkeys => state::Letters::Hotkeys,
            Letters::Search => state::Letters::Search,
        },
        bare_is_minor: config.entry.amounts == Amounts::Minor,
        notes: config.entry.notes.clone(),
        patterns: Patterns::new(texts).unwrap_or_default(),
        badge_prefix: config.scanner.badge_prefix.clone(),
        watermark: config.settings.training.then(|| "TRAINING".to_owned()),
        greeting: Vec::new(),
    }
}

impl Session {
    /// Opens a till: nobody is signed in, and everything stands as it was left.
    ///
    /// # Errors
    /// [`SessionError`], in words that say what to do.
    pub fn open(options: Options) -> Result<Self, SessionError> {
        let (mut config, printers, mut setup) = read_config(&options.config)?;
        if !config.registers.iter().any(|r| r.id == options.register) {
            return Err(SessionError::NoRegister(options.register, config.registers.len()));
        }
        let store = Store::open(&options.data, PROGRAM)?;
        let register = lock_register(&options.data, options.register)?;
        setup.greeting = options.greeting;
        setup.watermark = options.watermark.or(setup.watermark);
        let scale = printers.scales.iter().find(|scale| scale.register() == options.register).cloned();
        config.settings.scale = scale.is_some();
        let printing = Printing::new(options.data.clone(), config.settings.cut_off, printers);
        let catalogue = Arc::new(Catalogue::new(Menu::empty(config.settings.currency)));
        let settings = Arc::new(config.settings);
        let menu = MenuState::load(&options.data, &settings, &options.config);
        let (till, seen) = store.load_till(options.register, settings, catalogue)?;
        let now = options.clock.now();
        let (keeper, kept) = match Keeper::open(&store, options.register) {
            Err(SessionError::Kept(error)) if error.kind() == io::ErrorKind::StorageFull => {
                store.give_reserve_up();
                let opened = Keeper::open(&store, options.register);
                // What is left of it; less than all is no trouble here.
                let _ = store.set_reserve_aside();
                opened?
            }
            opened => opened?,
        };
        let mut ui = Ui::new(setup, Index::default(), now);
        ui.restore(kept);
        // While nobody watched, time may pass; it may not go back.
        let last = store.last_time()?.unwrap_or(now).max(now);
        let data_version = store.data_version()?;
        let recorded_by = store.last_schema(options.register)?;
        let mut session = Self {
            till,
            ui,
            outcomes: Vec::new(),
            store,
            menu,
            clock: options.clock,
            ids: Ids,
            printing,
            ticket: config.ticket,
            looked_ms: 0,
            customer: None,
            drawer: Default::default(),
            scale,
            weighed_to: None,
            reports_to: None,
            keeper,
            seen,
            wrote: seen,
            data_version,
            last,
            serial_scanner: config.scanner.serial,
            office: Office::new(options.data, options.config),
            lock_after_ms: config.lock_after_s.map(|s| i64::from(s) * 1000),
            last_key_ms: now.utc_ms,
            leaving: false,
            _register: register,
        };
        let mut began = vec![Event::Started { config: config.digest }];
        if let Some(from) = recorded_by.filter(|schema| *schema < SCHEMA) {
            began.push(Event::Upgraded { from, to: SCHEMA });
        }
        session.look_at_outbox();
        session.ui.little_room_mb = session.store.little_room_mb();
        let now = session.now();
        if let Err(error) = session.record(began, &[], now) {
            session.commit_failed(&error);
        }
        session.check_history(now);
        Ok(session)
    }

    /// The till as it stands, without taking its register: for whoever only looks.
    ///
    /// # Errors
    /// [`SessionError`], in words that say what to do.
    pub fn look(options: &Options) -> Result<Till, SessionError> {
        let (config, _, _) = read_config(&options.config)?;
        let store = Store::open(&options.data, PROGRAM)?;
        let menu = store.load_menu()?.unwrap_or_else(|| Menu::empty(config.settings.currency));
        let catalogue = Arc::new(Catalogue::new(menu));
        Ok(store.load_till(options.register, Arc::new(config.settings), catalogue)?.0)
    }
}
