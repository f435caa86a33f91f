//! The configuration: a folder of TOML files, read into checked types. Whatever is wrong is told
//! with its file, line and column, everything at once, and the till does not start half-configured.
//!
//! `counterflow.toml` and `taxes.toml` must be there, since nobody can guess what they say. The
//! other files may be missing; then the commented samples in `config/` hold.

mod finding;
mod kitchen;
mod lists;
mod main_file;
mod menu_codes;
mod order_types;
mod points_file;
mod prices_file;
mod promotions_file;
mod reader;
mod rooms;
mod stock_file;
pub mod templates;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::finding::{ConfigError, Finding, Located, Place};
pub use self::menu_codes::{UnknownCode, unknown_codes};
use self::reader::{File, Table};
use crate::devices::frame::Frame;
use crate::documents::template::Template;
use crate::domain::ids::RegisterId;
use crate::domain::money::Money;
use crate::domain::settings::{Offers, Settings};
use crate::domain::text::clean;

/// The files of a configuration. `printers.toml` belongs to the devices and
/// `accounting.toml` to the exports: they are only counted here.
pub const FILES: [&str; 12] = [
    "accounting.toml",
    "counterflow.toml",
    TICKET_FILE,
    "keys.toml",
    "prices.toml",
    "points.toml",
    "promotions.toml",
    "stock.toml",
    "printers.toml",
    "roles.toml",
    "taxes.toml",
    "tenders.toml",
];
/// How a kitchen ticket looks: the one file that is no TOML.
pub const TICKET_FILE: &str = "kitchen-ticket.txt";
/// The largest file that is read.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// What letters do on the order screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Letters {
    /// A letter sells the item on its key; `/` searches.
    #[default]
    Hotkeys,
    /// Letters search.
    Search,
}

/// What digits without a point mean where an amount is typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amounts {
    /// `2000` is 20.00, as on any till.
    #[default]
    Minor,
    /// `20` is 20.00.
    Units,
}

/// How much colour the terminal is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colours {
    /// By what the terminal says of itself.
    #[default]
    Auto,
    /// The sixteen colours that every terminal has.
    #[serde(rename = "16")]
    Sixteen,
    /// None: bold, underlined and reversed only.
    Mono,
    /// None, and no box-drawing characters either.
    Ascii,
}

/// How people type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryConfig {
    /// What letters do.
    pub letters: Letters,
    /// Whether each sale says what it took, and the shorter way.
    pub coaching: bool,
    /// What digits without a point mean.
    pub amounts: Amounts,
    /// How much colour there is.
    pub colours: Colours,
    /// Banknotes with a key of their own: 5, 10, 20 and 50 units unless said otherwise.
    pub notes: Vec<Money>,
}

/// How a serial scanner ends a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanEnd {
    /// With CR, LF, or both.
    #[default]
    Line,
    /// With a tab.
    Tab,
    /// With nothing: a pause ends it.
    Pause,
}

/// A scanner on a serial port of its own: what comes in there can only be a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialScanner {
    /// The port: `/dev/ttyUSB0`, `COM3`.
    pub port: String,
    /// Bits a second.
    pub baud: u32,
    /// How its line frames characters.
    pub frame: Frame,
    /// What it sends before each scan; often nothing.
    pub prefix: String,
    /// How it ends a scan.
    pub suffix: ScanEnd,
}

/// A scanner that types like a keyboard: how its scans are told from typing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyboardScanner {
    /// The key it types before each barcode: `F12`, `~`.
    pub prefix: Option<String>,
    /// The key it types after each barcode; ⏎ when absent.
    pub suffix: Option<String>,
    /// As a last resort: at most so many milliseconds between two of its keys.
    pub burst_ms: Option<u32>,
}

/// Scanners. Both kinds can be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScannerConfig {
    /// On a port of its own.
    pub serial: Option<SerialScanner>,
    /// What badges begin with; with none, any scan on the sign-in screen is tried as one.
    pub badge_prefix: Option<String>,
    /// On the keyboard.
    pub keyboard: Option<KeyboardScanner>,
}

/// What a label of the shop's own scale holds besides its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelKind {
    /// The price of what is in the bag.
    Price,
    /// Its weight.
    Weight,
    /// How many pieces are in it.
    Quantity,
}

/// Where price or weight stand in a barcode. The pattern's grammar is the barcodes' own, and is
/// checked there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelPattern {
    /// `21.....{NNDDD}`
    pub pattern: Located<String>,
    /// What the value is.
    pub kind: LabelKind,
}

/// A register of the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// Its number, from 1 in the order of the list.
    pub id: RegisterId,
    /// Its name on screen and paper.
    pub name: String,
}

/// Keys that are bound otherwise than the program has them, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    bindings: BTreeMap<String, BTreeMap<String, String>>,
    places: BTreeMap<(String, String), Place>,
}

impl Keys {
    /// Actions by key, by context. Whether there are such contexts, keys and actions, the screen
    /// knows.
    pub fn bindings(&self) -> &BTreeMap<String, BTreeMap<String, String>> {
        &self.bindings
    }

    /// Where a key is bound.
    pub fn place(&self, context: &str, key: &str) -> Option<&Place> {
        self.places.get(&(context.to_owned(), key.to_owned()))
    }

    /// Something wrong with a binding, said with its place.
    pub fn finding(&self, context: &str, key: &str, message: impl Into<String>) -> Finding {
        match self.place(context, key) {
            Some(place) => Finding::at(place, message),
            None => Finding::of("keys.toml", message),
        }
    }

    fn put(&mut self, context: &Located<String>, key: &Located<String>, action: String) {
        self.places.insert((context.value.clone(), key.value.clone()), key.place.clone());
        self.bindings.entry(context.value.clone()).or_default().insert(key.value.clone(), action);
    }
}

/// A configuration that was read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What decides what the till may do.
    pub settings: Settings,
    /// The registers of the box.
    pub registers: Vec<Register>,
    /// After how many seconds without a key the till locks; never when absent.
    pub lock_after_s: Option<u32>,
    /// How people type.
    pub entry: EntryConfig,
    /// How a scan is told from typing.
    pub scanner: ScannerConfig,
    /// Barcodes that hold a price or a weight.
    pub labels: Vec<LabelPattern>,
    /// Keys that are bound otherwise.
    pub keys: Keys,
    /// How a kitchen ticket looks.
    pub ticket: Template,
    /// SHA-256 over the names and bytes of all files, in hex.
    pub digest: String,
}

/// The texts of a configuration's files by name.
pub type Files = BTreeMap<String, String>;

impl Config {
    /// Reads and checks the files of a folder.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn read(folder: &Path) -> Result<Self, ConfigError> {
        Self::parse(&load(folder)?)
    }

    /// Checks the texts of files.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn parse(texts: &Files) -> Result<Self, ConfigError> {
        let mut findings: Vec<Finding> = Vec::new();
        for name in texts.keys().filter(|name| !FILES.contains(&name.as_str())) {
            let allowed = finding::allowed(name, FILES);
            findings.push(Finding::of(name, format!("this is no file of the configuration{allowed}")));
        }
        for name in ["counterflow.toml", "taxes.toml"].into_iter().filter(|name| !texts.contains_key(*name)) {
            let message = "this file is missing; `counterflow setup --template cafe` makes one to start from";
            findings.push(Finding::of(name, message));
        }
        let text = |name: &str| texts.get(name).map_or_else(|| templates::sample(name), String::as_str);
        let main = with_file("counterflow.toml", text("counterflow.toml"), &mut findings, main_file::read);
        let currency = main.as_ref().and_then(|main| main.currency);
        // Taxes name order types: nothing true can be said of them before those can be read.
        let taxes = main.as_ref().and_then(|main| {
            with_file("taxes.toml", text("taxes.toml"), &mut findings, |t| lists::taxes(t, currency, &main.order_types))
        });
        let tenders = with_file("tenders.toml", text("tenders.toml"), &mut findings, |t| lists::tenders(t, currency));
        let roles = with_file("roles.toml", text("roles.toml"), &mut findings, |t| lists::roles(t, currency));
        // They name order types and taxes: nothing true can be said of them before those can be read.
        let offers = main.as_ref().zip(taxes.as_ref()).and_then(|(main, taxes)| {
            let read = |t: Table| prices_file::read(t, &main.order_types, &main.levels, taxes);
            with_file("prices.toml", text("prices.toml"), &mut findings, read)
        });
        let keys = with_file("keys.toml", text("keys.toml"), &mut findings, |t| lists::keys(&t));
        let promotions = main.as_ref().and_then(|main| {
            let read = |t: Table| promotions_file::read(t, currency, &main.order_types);
            with_file("promotions.toml", text("promotions.toml"), &mut findings, read)
        });
        let ticket =
            texts.get(TICKET_FILE).map_or_else(Template::default, |text| ticket(TICKET_FILE, text, &mut findings));
        let schemes = with_file("points.toml", text("points.toml"), &mut findings, |t| points_file::read(t, currency));
        let goods = with_file("stock.toml", text("stock.toml"), &mut findings, stock_file::read);
        for (role, roles) in main.iter().flat_map(|main| &main.tip_roles).zip(std::iter::repeat(&roles)) {
            let codes: Vec<&str> = roles.iter().flatten().map(|role| role.code.as_str()).collect();
            if !codes.is_empty() && !codes.contains(&role.value.as_str()) {
                let allowed = finding::allowed(&role.value, codes);
                findings.push(Finding::at(&role.place, format!("`{}` is no role{allowed}", role.value)));
            }
        }
        let error = ConfigError { findings };
        let (Some(main), Some(taxes)) = (main, taxes) else { return Err(error) };
        let (Some(offers), Some(promotions)) = (offers, promotions) else { return Err(error) };
        let (Some(goods), Some(schemes)) = (goods, schemes) else { return Err(error) };
        let offers = Offers { promotions, schemes, ..offers };
        let (Some(tenders), Some(roles), Some(keys)) = (tenders, roles, keys) else { return Err(error) };
        let Some(currency) = main.currency.filter(|_| error.findings.is_empty()) else { return Err(error) };
        let settings = Settings {
            business: main.business,
            currency,
            cut_off: main.cut_off,
            taxes,
            tax_rounding: main.tax_rounding,
            rounding: main.rounding,
            cash_rounding: main.cash_rounding,
            halves: main.halves,
            levels: main.levels,
            order_types: main.order_types,
            rooms: main.rooms,
            stations: main.stations,
            routes: main.routes,
            kitchen: main.kitchen,
            tenders,
            roles,
            reasons: main.reasons,
            guards: main.guards,
            count: main.count,
            hours: main.hours,
            tips: main.tips,
            lock_after_sale: main.lock_after_sale,
            training: main.training,
            scale: false,
            offers,
            goods,
        };
        Ok(Self {
            settings,
            registers: main.registers,
            lock_after_s: main.lock_after_s,
            entry: main.entry,
            scanner: main.scanner,
            labels: main.labels,
            keys,
            ticket,
            digest: digest(texts),
        })
    }
}

/// Reads one file's text and gathers what is wrong with it.
fn with_file<T>(
    name: &str,
    text: &str,
    findings: &mut Vec<Finding>,
    read: impl for<'a> FnOnce(Table<'a>) -> T,
) -> Option<T> {
    let file = File::new(name, text);
    let values = file.parse();
    let value = values.as_ref().map(|values| read(Table::root(&file, values)));
    findings.extend(file.into_findings());
    value
}

/// A kitchen ticket's template; what is wrong with it is gathered.
fn ticket(name: &str, text: &str, findings: &mut Vec<Finding>) -> Template {
    let wrong = match Template::parse(text) {
        Ok(template) => return template,
        Err(wrong) => wrong,
    };
    findings.extend(wrong.into_iter().map(|wrong| {
        let words = match &wrong.known {
            Some((found, words)) => {
                let allowed = finding::allowed(found, words.iter().copied());
                format!("`{}`: {}{allowed}", clean(found, 40), wrong.what)
            }
            None => wrong.what,
        };
        // What a template lacks stands nowhere.
        match wrong.at.is_empty() {
            true => Finding::of(name, words),
            false => Finding::at(&Place::of(name, text, wrong.at), words),
        }
    }));
    Template::default()
}

/// Reads a kitchen ticket's template from a file that need not be in force.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn read_ticket(path: &Path) -> Result<Template, ConfigError> {
    let mut findings = Vec::new();
    let template = ticket(&file_name(path), &text_of(path)?, &mut findings);
    if findings.is_empty() { Ok(template) } else { Err(ConfigError { findings }) }
}

/// SHA-256 over the names and bytes of files, each with its length before it, in hex.
fn digest(texts: &Files) -> String {
    let mut hash = Sha256::new();
    for part in texts.iter().flat_map(|(name, text)| [name, text]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The texts of all `.toml` files of a folder, and of the kitchen ticket's template.
fn load(folder: &Path) -> Result<Files, ConfigError> {
    let shown = folder.display().to_string();
    let entries = fs::read_dir(folder).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Finding::of(&shown, "there is no such folder; `counterflow setup --template cafe` makes a configuration")
        }
        _ => Finding::of(&shown, format!("cannot be read: {error}")),
    })?;
    let mut files = Files::new();
    let mut findings = Vec::new();
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                findings.push(Finding::of(&shown, format!("cannot be read: {error}")));
                continue;
            }
        };
        let is_ours = path.extension().is_some_and(|e| e == "toml") || path.ends_with(TICKET_FILE);
        if !is_ours || path.is_dir() {
            continue;
        }
        match text_of(&path) {
            Ok(text) => {
                files.insert(file_name(&path), text);
            }
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() { Ok(files) } else { Err(ConfigError { findings }) }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn text_of(path: &Path) -> Result<String, Finding> {
    let name = file_name(path);
    let failed = |error: std::io::Error| Finding::of(&name, format!("cannot be read: {error}"));
    if fs::metadata(path).map_err(failed)?.len() > MAX_FILE_BYTES {
        return Err(Finding::of(&name, format!("is larger than {MAX_FILE_BYTES} bytes: that is no configuration")));
    }
    let bytes = fs::read(path).map_err(failed)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        Finding::of(&name, format!("line {line} is not UTF-8: save the file as UTF-8 text"))
    })
}

/// Reads a TOML file whose shape another room knows. Says of the first thing that is wrong where it
/// stands and what is allowed.
///
/// # Errors
/// The file cannot be read, is not TOML, or has not that shape.
pub fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = text_of(path)?;
    parse_toml(&file_name(path), &text)
}

/// The same from a text.
///
/// # Errors
/// The text is not TOML, or has not that shape.
pub fn parse_toml<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let message = finding::with_nearest(error.message());
        match error.span() {
            Some(span) => Finding::at(&Place::of(name, text, span), message).into(),
            None => Finding::of(name, message).into(),
        }
    })
}
