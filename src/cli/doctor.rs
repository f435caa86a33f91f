//! `counterflow doctor`: looks at the configuration, the store and every device, and says how to mend
//! what is wrong.

use std::path::Path;

use serde::Serialize;

use crate::cli::{Failure, Place, Result, print, print_json};
use crate::devices::address::Address;
use crate::devices::discover;
use crate::devices::printer::Printers;
use crate::documents::jobs::Destination;
use crate::domain::catalogue::Menu;
use crate::domain::ids::RegisterId;
use crate::domain::spool::JobState;
use crate::session::config::{Config, unknown_codes};
use crate::session::{PROGRAM, read_config};
use crate::store::{SpoolQueue, Store};
use crate::tui::wrap;
use crate::upload;

/// Columns of what is said of a thing, on a terminal of 80.
const SAYS_COLUMNS: u16 = 56;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    /// What: `printer grill`.
    what: String,
    /// Whether it works.
    ok: bool,
    /// Whether somebody should look at it all the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    look: bool,
    /// How it is, or what is wrong and how to mend it.
    says: String,
}

impl Check {
    fn new(what: impl Into<String>, found: std::result::Result<impl Into<String>, impl Into<String>>) -> Self {
        let (ok, says) = match found {
            Ok(says) => (true, says.into()),
            Err(says) => (false, says.into()),
        };
        Self { what: what.into(), ok, look: false, says }
    }

    /// Something that works, and may not be what was meant.
    fn look(what: impl Into<String>, says: impl Into<String>) -> Self {
        Self { what: what.into(), ok: true, look: true, says: says.into() }
    }
}

pub(super) fn run(place: &Place) -> Result {
    let read = read_config(&place.config);
    let mut checks = match &read {
        Ok((config, ..)) => vec![Check::new("configuration", Ok::<_, String>(registers(config)))],
        Err(error) => vec![Check::new("configuration", Err::<String, _>(error.to_string()))],
    };
    let (found, menu) = store(&place.data);
    checks.push(found);
    if let Ok((config, printers, _)) = &read {
        devices(config, printers, &mut checks);
        kitchen(config, printers, menu.as_ref(), &mut checks);
        let unknown = menu.iter().flat_map(|menu| unknown_codes(&config.settings, menu, &place.config));
        checks.extend(unknown.map(|code| Check::new(code.place.clone(), Err::<String, _>(code.long()))));
        checks.extend(fonts(printers));
        checks.extend(queue(place, config));
        checks.extend(backend(place));
    }
    checks.extend(disk(place));
    let wrong = checks.iter().filter(|check| !check.ok).count();
    if place.json {
        print_json(&checks)?;
    } else {
        let line = |check: &Check| {
            let mark = match (check.ok, check.look) {
                (true, false) => "ok   ",
                (true, true) => "look ",
                (false, _) => "WRONG",
            };
            let lines: Vec<String> = check.says.trim_end().lines().flat_map(says).collect();
            format!("{mark} {:<17} {}\n", check.what, lines.join("\n                        "))
        };
        print(&checks.iter().map(line).collect::<String>())?;
    }
    match wrong {
        0 => Ok(()),
        1 => Err(Failure::finding("one thing is to be mended")),
        n => Err(Failure::finding(format!("{n} things are to be mended"))),
    }
}

/// A line of what is said, for 80 columns; one that shows a place in a file stays as it is.
fn says(line: &str) -> Vec<String> {
    let whole = line.contains(" |") || line.chars().count() <= usize::from(SAYS_COLUMNS);
    if whole { vec![line.to_owned()] } else { wrap(line, SAYS_COLUMNS) }
}

fn registers(config: &Config) -> String {
    let names: Vec<&str> = config.registers.iter().map(|r| r.name.as_str()).collect();
    format!("{}, {}", config.settings.business.name, names.join(", "))
}

fn store(data: &Path) -> (Check, Option<Menu>) {
    let opened = Store::open(data, PROGRAM).map_err(|error| error.to_string());
    let read = opened.and_then(|store| {
        let entries = store.last_entry().map_err(|e| e.to_string())?;
        let menu = store.load_menu().map_err(|e| e.to_string())?;
        Ok((format!("{entries} journal entries; `counterflow verify` checks them all"), menu))
    });
    match read {
        Ok((words, menu)) => (Check::new("store", Ok::<_, String>(words)), menu),
        Err(words) => (Check::new("store", Err::<String, _>(words)), None),
    }
}

fn devices(config: &Config, printers: &Printers, checks: &mut Vec<Check>) {
    for printer in printers.iter() {
        let reach = discover::reach(printer).map(|says| format!("{}: {says}", printer.address));
        checks.push(Check::new(format!("printer {}", printer.name), reach));
    }
    for register in &config.registers {
        if printers.route(&Destination::Receipt, register.id).is_none() {
            let words =
                format!("no printer prints its receipts: add a [[printer]] to printers.toml ({})", register.name);
            checks.push(Check::new(format!("register {}", register.id), Err::<String, _>(words)));
        }
    }
    let known: Vec<&str> = config.settings.stations.iter().map(|s| s.code.as_str()).collect();
    for (printer, code) in printers.iter().flat_map(|p| p.stations.iter().map(move |code| (p, code))) {
        if !known.contains(&code.as_str()) {
            let words = format!("it serves the station `{code}`, but counterflow.toml has {}", known.join(", "));
            checks.push(Check::new(format!("printer {}", printer.name), Err::<String, _>(words)));
        }
    }
    let serial = |address: &Address, baud| match address {
        Address::Serial(name) => discover::serial_port(name, baud),
        other => Ok(format!("at {other}")),
    };
    for display in &printers.displays {
        let what = format!("display {}", display.register());
        checks.push(Check::new(what, serial(display.address(), display.baud())));
    }
    for scale in &printers.scales {
        checks.push(Check::new(format!("scale {}", scale.register()), serial(scale.address(), scale.baud())));
    }
    if let Some(scanner) = &config.scanner.serial {
        checks.push(Check::new("scanner", discover::serial_port(&scanner.port, scanner.baud)));
    }
}

/// Where tickets come out.
fn kitchen(config: &Config, printers: &Printers, menu: Option<&Menu>, checks: &mut Vec<Check>) {
    let settings = &config.settings;
    for station in &settings.stations {
        let (code, what) = (&station.code, format!("station {}", station.code));
        let printer = printers.route(&Destination::Station(code.clone()), RegisterId(1));
        let has = |stations: &[String]| stations.contains(code);
        let sent = station.expo
            || settings.routes.iter().any(|route| has(&route.stations))
            || menu.is_some_and(|menu| {
                menu.categories.iter().any(|category| has(&category.stations))
                    || menu.items.iter().any(|item| item.stations.as_deref().is_some_and(has))
            });
        checks.push(match printer {
            Some(printer) => Check::new(what, Ok::<_, String>(format!("printed on {}", printer.name))),
            None if settings.kitchen.receipt_printer => {
                Check::new(what, Ok::<_, String>("printed where receipts are (`receipt_printer = true`)"))
            }
            None if sent => Check::look(
                what,
                format!(
                    "it is sent tickets, and no printer prints them: write `stations = [\"{code}\"]` at one in \
                     printers.toml, or let its cooks look at `counterflow kitchen --station {code}`"
                ),
            ),
            None => Check::new(what, Ok::<_, String>("nothing is sent there, and no printer serves it")),
        });
    }
}

/// Signs by which it is known whether a script can be drawn.
const SCRIPTS: [(&str, char); 10] = [
    ("Greek", 'Ω'),
    ("Cyrillic", 'Ж'),
    ("Hebrew", 'ש'),
    ("Arabic", 'ع'),
    ("Thai", 'ก'),
    ("Hindi", 'क'),
    ("Georgian", 'ქ'),
    ("Chinese", '中'),
    ("Japanese", 'の'),
    ("Korean", '한'),
];

/// With which fonts is drawn what printers have no letters for; nothing when none of them draws.
fn fonts(printers: &Printers) -> Option<Check> {
    let fonts = &printers.iter().find(|printer| printer.may_draw_foreign())?.fonts;
    let named = "or name a font's file in `fonts` of printers.toml";
    if !fonts.can_draw() {
        let words = format!(
            "none was found: text that a printer has no letters for comes out as `?`. Install one \
             (fonts-dejavu-core, fonts-noto-core, fonts-noto-cjk), {named}"
        );
        return Some(Check::new("fonts", Ok::<_, String>(words)));
    }
    let mut drawn: Vec<(String, Vec<&str>)> = Vec::new();
    let mut lacking = Vec::new();
    for (script, sign) in SCRIPTS {
        match fonts.name_for(sign) {
            None => lacking.push(script),
            Some(font) => match drawn.iter_mut().find(|(name, _)| *name == font) {
                Some((_, scripts)) => scripts.push(script),
                None => drawn.push((font, vec![script])),
            },
        }
    }
    let drawn: Vec<String> = drawn.iter().map(|(font, scripts)| format!("{} ({font})", scripts.join(", "))).collect();
    let mut words = format!("what a printer has no letters for is drawn: {}", drawn.join("; "));
    if !lacking.is_empty() {
        words.push_str(&format!(
            "\nno letters for {}: install fonts-noto-core or fonts-noto-cjk, {named}",
            lacking.join(", ")
        ));
    }
    Some(Check::new("fonts", Ok::<_, String>(words)))
}

/// Which backend closed shifts go to, and what waits for it; nothing where none is known.
fn backend(place: &Place) -> Option<Check> {
    let store = Store::open(&place.data, PROGRAM).ok()?;
    let registers = store.enrolled_registers().ok()?;
    let (address, enrolment) = store.enrolment(*registers.first()?).ok()??;
    let unsent = store.unsent().ok()??;
    // Of what is set aside rather than of what waits for its turn.
    let unacknowledged = store.unacknowledged().ok()?;
    if let Some(nowhere) = unacknowledged.iter().find(|w| !registers.contains(&w.register)) {
        return Some(Check::new("backend", Err::<String, _>(upload::not_enrolled(nowhere.register))));
    }
    let troubled = unacknowledged.into_iter().filter(|w| !w.trouble.is_empty());
    let trouble = troubled.max_by_key(|w| w.set_aside).map(|w| w.trouble);
    let to = format!("{address} ({}, {})", enrolment.tenant_name, enrolment.store_name);
    let words = match (unsent.set_aside, unsent.waiting, unsent.since) {
        (0, 0, _) => Ok(format!("{to} has everything")),
        (0, waiting, since) => {
            let since = since.map(|since| since.show()).unwrap_or_default();
            let words = format!("{waiting} not sent since {since} to {to}");
            match trouble {
                Some(trouble) => Err(format!("{words}\n{trouble}\n`counterflow upload --now` tries at once")),
                None => Ok(words),
            }
        }
        (aside, ..) => {
            let trouble = trouble.unwrap_or_default();
            let next = "tell the office; then `counterflow upload --retry`";
            Err(format!("{aside} set aside, kept here, for {to}\n{trouble}\n{next}"))
        }
    };
    Some(Check::new("backend", words))
}

/// Whether somebody should make room on the disk; nothing where there is enough.
fn disk(place: &Place) -> Option<Check> {
    let mb = Store::open(&place.data, PROGRAM).ok()?.little_room_mb()?;
    let words = format!("{mb} MB left where {} is: make room before nothing can be sold", place.data.display());
    Some(Check::new("disk", Err::<String, _>(words)))
}

/// What waits for a person.
fn queue(place: &Place, config: &Config) -> Option<Check> {
    let queue = SpoolQueue::open(&place.data, PROGRAM, config.settings.cut_off).ok()?;
    let jobs = queue.list(0).ok()?;
    let undecided = jobs.iter().filter(|j| matches!(j.state, JobState::Unknown | JobState::Stale)).count();
    Some(Check::new(
        "print jobs",
        match (undecided, jobs.len()) {
            (0, 0) => Ok("nothing waits".to_owned()),
            (0, n) => Ok(format!("{n} on their way")),
            (n, _) => Err(format!("{n} wait for somebody: `counterflow spool list`, or :spool on the till")),
        },
    ))
}
