//! `counterflow.toml`: the business, its currency, what it sells by, and how the till behaves.

use super::finding::Located;
use super::kitchen;
use super::reader::Table;
use super::{
    Amounts, Colours, EntryConfig, KeyboardScanner, LabelKind, LabelPattern, Letters, Register, ScanEnd, ScannerConfig,
    SerialScanner,
};
use crate::devices::frame::Frame;
use crate::domain::catalogue::PriceBy;
use crate::domain::floor::Room;
use crate::domain::ids::RegisterId;
use crate::domain::money::{Currency, Money};
use crate::domain::order_type::OrderType;
use crate::domain::quantity::Quantity;
use crate::domain::rounding::Rounding;
use crate::domain::settings::{Business, CashRounding, CountRules, Guards, KitchenRules, Reasons, Route, Station};
use crate::domain::tax::TaxRounding;
use crate::domain::time::CutOff;
use crate::domain::tip::{TipRules, TipShare};
use crate::domain::work::HoursRules;
use chrono::Weekday;

/// Ways of rounding, in the order in which they are told.
const ROUNDINGS: [Rounding; 4] = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down];
/// The days of the week.
const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
/// The most registers one box can have.
const MAX_REGISTERS: usize = 99;
/// The most price levels.
const MAX_LEVELS: usize = 20;
/// The most lines at the head and at the foot of a receipt.
const MAX_PAPER_LINES: usize = 12;
/// The most roles that share tips.
const MAX_SHARING_ROLES: usize = 20;
/// The most reasons of one kind: they are chosen by one digit.
const MAX_REASONS: usize = 9;

/// What the file says. What it lacks has its default, except for what only the owner can know.
pub(super) struct MainFile {
    pub currency: Option<Currency>,
    pub business: Business,
    pub cut_off: CutOff,
    pub tax_rounding: TaxRounding,
    pub rounding: Rounding,
    pub cash_rounding: Option<CashRounding>,
    pub halves: PriceBy,
    pub levels: Vec<String>,
    pub order_types: Vec<OrderType>,
    pub rooms: Vec<Room>,
    pub stations: Vec<Station>,
    pub routes: Vec<Route>,
    pub kitchen: KitchenRules,
    pub reasons: Reasons,
    pub guards: Guards,
    pub count: CountRules,
    pub hours: HoursRules,
    pub tips: TipRules,
    /// Roles that tips are shared among; which roles there are is in another file.
    pub tip_roles: Vec<Located<String>>,
    pub lock_after_sale: bool,
    pub lock_after_s: Option<u32>,
    pub training: bool,
    pub registers: Vec<Register>,
    pub entry: EntryConfig,
    pub scanner: ScannerConfig,
    pub labels: Vec<LabelPattern>,
}

/// Reads it.
pub(super) fn read(root: Table) -> MainFile {
    let currency = currency(&root);
    let levels = levels(&root);
    let order_types = super::order_types::order_types(&root, &levels, currency);
    let stations = kitchen::stations(&root);
    let (tips, tip_roles) = tips(&root);
    let main = MainFile {
        currency,
        business: business(&root),
        cut_off: cut_off(&root),
        tax_rounding: root
            .word("tax_rounding", &[TaxRounding::PerDocument, TaxRounding::PerLine])
            .unwrap_or(TaxRounding::PerDocument),
        rounding: root.word("rounding", &ROUNDINGS).unwrap_or(Rounding::HalfUp),
        cash_rounding: cash_rounding(&root, currency),
        halves: halves(&root),
        routes: kitchen::routes(&root, &stations, &order_types),
        kitchen: kitchen::rules(&root),
        order_types,
        rooms: super::rooms::rooms(&root),
        stations,
        reasons: reasons(&root),
        guards: guards(&root, currency),
        count: count(&root, currency),
        hours: hours(&root),
        tips,
        tip_roles,
        lock_after_sale: root.flag("lock_after_sale").unwrap_or(false),
        lock_after_s: root.whole("lock_after_s", 0..=86_400).and_then(|s| u32::try_from(s).ok()).filter(|s| *s > 0),
        training: root.flag("training").unwrap_or(false),
        registers: registers(&root),
        entry: entry(&root, currency),
        scanner: scanner(&root),
        labels: labels(&root),
        levels,
    };
    root.done();
    main
}

fn currency(root: &Table) -> Option<Currency> {
    let code = root.needed("currency", root.name("currency"))?;
    match Currency::from_code(&code.value) {
        Ok(currency) => Some(currency),
        Err(problem) => {
            root.file.find_at(&code.place, problem.to_string());
            None
        }
    }
}

fn cut_off(root: &Table) -> CutOff {
    let default = CutOff::from_minutes(4 * 60).unwrap_or_default();
    let Some(text) = root.text("cut_off") else { return default };
    CutOff::try_from(text.value).unwrap_or_else(|problem| {
        root.file.find_at(&text.place, problem);
        default
    })
}

fn business(root: &Table) -> Business {
    let Some(table) = root.needed("business", root.table("business")) else { return Business::default() };
    let business = Business {
        name: table.needed("name", table.name("name")).map_or_else(String::new, |n| n.value),
        address: table.texts("address", 0..=MAX_PAPER_LINES).unwrap_or_default(),
        tax_number: table.text("tax_number").map(|t| t.value).filter(|t| !t.is_empty()),
        footer: table.texts("footer", 0..=MAX_PAPER_LINES).unwrap_or_default(),
        qr: table.text("qr").map(|t| t.value).unwrap_or_default(),
        receipt_code: table.flag("receipt_code").unwrap_or(true),
    };
    table.done();
    business
}

fn cash_rounding(root: &Table, currency: Option<Currency>) -> Option<CashRounding> {
    let table = root.table("cash_rounding")?;
    let step = table.needed("step", table.money("step", currency));
    let rounding = table.word("rounding", &ROUNDINGS).unwrap_or(Rounding::HalfUp);
    table.done();
    let step = step?;
    if step.value <= Money::from_minor(1) {
        root.file.find_at(&step.place, "the smallest coin must be more than the smallest amount there is");
        return None;
    }
    Some(CashRounding { step: step.value, rounding })
}

fn halves(root: &Table) -> PriceBy {
    let Some(table) = root.table("halves") else { return PriceBy::default() };
    let by = table.word("price_by", &PriceBy::ALL).unwrap_or_default();
    table.done();
    by
}

fn levels(root: &Table) -> Vec<String> {
    let Some(levels) = root.codes("levels", 1..=MAX_LEVELS) else { return vec!["base".to_owned()] };
    root.file.refuse_twins("level", &levels);
    levels.into_iter().map(|level| level.value).collect()
}

/// Codes with names, as order types and stations have them.
pub(super) fn coded(tables: &[Table], what: &str) -> Vec<(Located<String>, String)> {
    let mut list = Vec::new();
    for table in tables {
        let code = table.needed("code", table.code("code"));
        let name = table.needed("name", table.name("name"));
        if let (Some(code), Some(name)) = (code, name) {
            list.push((code, name.value));
        }
    }
    if let Some(table) = tables.first() {
        table.file.refuse_twins(what, list.iter().map(|(code, _)| code));
    }
    list
}

fn reasons(root: &Table) -> Reasons {
    let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<String>>();
    let table = root.table("reasons");
    let of = |key: &'static str, default: &[&str]| {
        table.as_ref().and_then(|t| t.texts(key, 1..=MAX_REASONS)).unwrap_or_else(|| owned(default))
    };
    let reasons = Reasons {
        void: of("void", &["Rung by mistake", "Guest changed their mind", "Sold out", "Waited too long"]),
        discount: of("discount", &["Staff", "Regular guest", "Complaint", "Promotion"]),
        comp: of("comp", &["Complaint", "Regular guest", "Staff meal", "Owner's guest"]),
        waste: of("waste", &["Made wrong", "Dropped", "Returned", "Spoiled"]),
        waive: of("waive", &["Guest asked", "Poor service", "Staff"]),
        price: of("price", &["Wrong on the menu", "Agreed with the guest", "Damaged"]),
        no_sale: of("no_sale", &["Change for a note", "Correction", "Check of the drawer"]),
        abandon: of("abandon", &["Guest left", "Rung by mistake", "Test"]),
        skip: of("skip", &["It came out", "Told by mouth", "Not needed any more"]),
        refund: of("refund", &["Not as ordered", "Brought back", "Charged too much", "Rung by mistake"]),
    };
    if let Some(table) = table {
        table.done();
    }
    reasons
}

fn guards(root: &Table, currency: Option<Currency>) -> Guards {
    let mut guards = Guards {
        quantity: Quantity::pieces(50),
        line: Money::from_minor(50_000),
        price_low: Money::from_minor(10),
        tender_factor: 10,
    };
    let Some(table) = root.table("guards") else { return guards };
    if let Some(quantity) = table.whole("quantity", 1..=9999) {
        guards.quantity = Quantity::pieces(quantity);
    }
    for (key, guard) in [("line", &mut guards.line), ("price_low", &mut guards.price_low)] {
        match table.money(key, currency) {
            Some(amount) if amount.value.is_negative() => {
                table.file.find_at(&amount.place, format!("`{key}` must not be less than nothing"));
            }
            Some(amount) => *guard = amount.value,
            None => {}
        }
    }
    guards.tender_factor = table.whole("tender_factor", 2..=1000).unwrap_or(guards.tender_factor);
    table.done();
    guards
}

/// How the drawer is counted.
fn count(root: &Table, currency: Option<Currency>) -> CountRules {
    let per_unit = currency.map_or(100, |c| c.minor_per_unit());
    let mut count = CountRules { comment_above: Money::from_minor(2 * per_unit), ..CountRules::default() };
    let Some(table) = root.table("count") else { return count };
    if let Some(above) = table.money("comment_above", currency) {
        count.comment_above = above.value;
    }
    count.blind = table.flag("blind").unwrap_or(false);
    count.one_person = table.flag("one_person").unwrap_or(false);
    count.second_person_above = table.money("second_person_above", currency).map(|above| above.value);
    count.denominations = table.moneys("denominations", currency, 0..=20).unwrap_or_default();
    table.done();
    count
}

/// Rules for working time.
fn hours(root: &Table) -> HoursRules {
    let mut hours = HoursRules::default();
    let Some(table) = root.table("hours") else { return hours };
    let limit = |key, most| table.whole(key, 0..=most).filter(|minutes| *minutes > 0);
    hours.remind = table.flag("remind").unwrap_or(false);
    hours.paid_breaks = table.flag("paid_breaks").unwrap_or(false);
    hours.daily_min = limit("overtime_after_day_min", 24 * 60);
    hours.weekly_min = limit("overtime_after_week_min", 7 * 24 * 60);
    hours.week_begins = table.word("week_begins", &WEEK).unwrap_or(hours.week_begins);
    table.done();
    hours
}

/// Tips, and the roles that they are shared among.
fn tips(root: &Table) -> (TipRules, Vec<Located<String>>) {
    let mut tips = TipRules::default();
    let Some(table) = root.table("tips") else { return (tips, Vec::new()) };
    if let Some(percent) = table.decimal("ask_above_percent").filter(|rate| super::lists::is_rate(table.file, rate)) {
        tips.ask_above_percent = percent.value.normalize();
    }
    tips.share = table.word("share", &[TipShare::Kept, TipShare::Hours, TipShare::Equal]).unwrap_or(tips.share);
    let roles = table.codes("roles", 0..=MAX_SHARING_ROLES).unwrap_or_default();
    table.file.refuse_twins("role", &roles);
    tips.roles = roles.iter().map(|role| role.value.clone()).collect();
    table.done();
    (tips, roles)
}

fn registers(root: &Table) -> Vec<Register> {
    let names = root.texts("registers", 1..=MAX_REGISTERS).unwrap_or_else(|| vec!["Till 1".to_owned()]);
    let numbered = names.into_iter().zip(1..);
    numbered.map(|(name, number)| Register { id: RegisterId(number), name }).collect()
}

fn entry(root: &Table, currency: Option<Currency>) -> EntryConfig {
    let per_unit = currency.map_or(100, |c| c.minor_per_unit());
    let notes = [5, 10, 20, 50].map(|units| Money::from_minor(units * per_unit)).to_vec();
    let mut entry = EntryConfig { notes, ..EntryConfig::default() };
    let Some(table) = root.table("entry") else { return entry };
    entry.letters = table.word("letters", &[Letters::Hotkeys, Letters::Search]).unwrap_or(entry.letters);
    entry.amounts = table.word("amounts", &[Amounts::Minor, Amounts::Units]).unwrap_or(entry.amounts);
    let colours = [Colours::Auto, Colours::Sixteen, Colours::Mono, Colours::Ascii];
    entry.colours = table.word("colours", &colours).unwrap_or(entry.colours);
    entry.coaching = table.flag("coaching").unwrap_or(false);
    entry.notes = table.moneys("notes", currency, 0..=4).unwrap_or(entry.notes);
    table.done();
    entry
}

fn scanner(root: &Table) -> ScannerConfig {
    let mut scanner = ScannerConfig::default();
    let Some(table) = root.table("scanner") else { return scanner };
    scanner.badge_prefix = table.name("badge_prefix").map(|prefix| prefix.value);
    if let Some(serial) = table.table("serial") {
        let port = serial.needed("port", serial.name("port"));
        let baud = serial.whole("baud", 300..=921_600).and_then(|b| u32::try_from(b).ok());
        let frame = serial
            .text("frame")
            .and_then(|text| Frame::try_from(text.value).map_err(|what| serial.file.find_at(&text.place, what)).ok());
        let prefix = serial.text("prefix").map_or_else(String::new, |p| p.value);
        let ends = [ScanEnd::Line, ScanEnd::Tab, ScanEnd::Pause];
        let suffix = serial.word("suffix", &ends).unwrap_or_default();
        serial.done();
        let (baud, frame) = (baud.unwrap_or(9600), frame.unwrap_or_default());
        scanner.serial = port.map(|port| SerialScanner { port: port.value, baud, frame, prefix, suffix });
    }
    if let Some(keyboard) = table.table("keyboard") {
        let burst_ms = keyboard.whole("burst_ms", 0..=200).and_then(|ms| u32::try_from(ms).ok());
        scanner.keyboard = Some(KeyboardScanner {
            prefix: keyboard.name("prefix").map(|key| key.value),
            suffix: keyboard.name("suffix").map(|key| key.value),
            burst_ms: burst_ms.filter(|ms| *ms > 0),
        });
        keyboard.done();
    }
    table.done();
    scanner
}

fn labels(root: &Table) -> Vec<LabelPattern> {
    let mut labels = Vec::new();
    for table in root.tables("label").unwrap_or_default() {
        let pattern = table.needed("pattern", table.name("pattern"));
        let kinds = [LabelKind::Price, LabelKind::Weight, LabelKind::Quantity];
        let kind = table.needed("kind", table.word("kind", &kinds));
        table.done();
        if let (Some(pattern), Some(kind)) = (pattern, kind) {
            labels.push(LabelPattern { pattern, kind });
        }
    }
    labels
}
