//! `counterflow setup`: a store to sell from, made unattended or by asking.

use std::io::{BufRead, Write};

use clap::Args;

use crate::cli::import::take_in;
use crate::cli::{Failure, Place, Result, say};
use crate::domain::event::Event;
use crate::domain::ids::{BoxId, IdSource, RegisterId, StaffId};
use crate::domain::staff::Staff;
use crate::domain::till::Till;
use crate::session::clock::{Clock, Ids, SystemClock};
use crate::session::config::templates::{TEMPLATES, Template, find};
use crate::session::{PROGRAM, read_config};
use crate::store::{NewStore, PinError, SCHEMA, Store};

#[derive(Debug, Args)]
pub(super) struct SetupArgs {
    /// What to start from: cafe, restaurant or shop
    #[arg(long)]
    template: Option<String>,
    /// The owner's name; their PIN comes from COUNTERFLOW_PIN
    #[arg(long, default_value = "Owner")]
    owner: String,
    /// Ask nothing
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(place: &Place, args: SetupArgs) -> Result {
    if !args.yes && args.template.is_none() {
        return wizard(place);
    }
    let name = args.template.as_deref().unwrap_or("cafe");
    let template = find(name).ok_or_else(|| {
        let known: Vec<&str> = TEMPLATES.iter().map(|t| t.name).collect();
        Failure::usage(format!("there is no template {name}; there are: {}", known.join(", ")))
    })?;
    let pin = std::env::var("COUNTERFLOW_PIN")
        .map_err(|_| Failure::usage("the owner's PIN is missing: put 4 to 8 digits into COUNTERFLOW_PIN"))?;
    make(place, template, &[Person { name: &args.owner, role: "owner", pin: &pin }])?;
    if place.json {
        super::print_json(&serde_json::json!({ "data": place.data, "config": place.config, "template": name }))?;
    } else {
        let folder = place.data.display();
        say(&format!("A store is in {folder}. Open the till with `counterflow --data {folder}`."));
        say(&format!("Name, address and taxes are in {}: look at them first.", place.config.display()));
        say(&format!("`counterflow --data {folder} doctor` says what is still missing, like a printer."));
    }
    Ok(())
}

/// Somebody to begin with.
pub(super) struct Person<'a> {
    pub name: &'a str,
    pub role: &'a str,
    pub pin: &'a str,
}

/// Makes a store from a template: its configuration, its menu, its people. Configuration files that
/// are there already are left as they are.
pub(super) fn make(place: &Place, template: &Template, people: &[Person]) -> Result<Store> {
    if place.data.join(crate::store::FILE_NAME).exists() {
        return Err(Failure::usage(format!(
            "there is a store in {} already; nothing was changed",
            place.data.display()
        )));
    }
    for person in people {
        if !(4..=8).contains(&person.pin.len()) || !person.pin.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Failure::usage(format!("the PIN of {} must be 4 to 8 digits", person.name)));
        }
    }
    std::fs::create_dir_all(&place.config)?;
    for (name, text) in template.files {
        let path = place.config.join(name);
        if !path.exists() {
            std::fs::write(&path, text)?;
        }
    }
    let (config, _, _) = read_config(&place.config)?;
    let now = SystemClock.now();
    let new = NewStore {
        box_id: BoxId(Ids.next()),
        name: &config.settings.business.name,
        now,
        cut_off: config.settings.cut_off,
        program: PROGRAM,
    };
    // In a folder of its own until it is whole: a setup that was killed can be done again.
    let part = place.data.join("setup.part");
    if part.exists() {
        std::fs::remove_dir_all(&part)?;
    }
    let mut store = Store::create(&part, &new)?;
    for person in people {
        add(&mut store, &config.settings, person)?;
    }
    if let Some(text) = template.menu {
        let file = ("menu.json".to_owned(), text.as_bytes().to_vec());
        take_in(&mut store, &config.settings, &[file], Default::default())?;
    }
    Ok(store.move_to(&place.data)?)
}

/// Adds somebody, with their PIN.
pub(super) fn add(store: &mut Store, settings: &crate::domain::settings::Settings, person: &Person) -> Result {
    let name = crate::domain::text::clean(person.name, 40);
    if name.is_empty() {
        return Err(Failure::usage("a name must not be empty"));
    }
    let id = StaffId(Ids.next());
    let staff = Staff { id, name, role: person.role.to_owned(), active: true };
    let office = office(store, settings);
    let now = SystemClock.now();
    // Both or neither: somebody without a PIN could never sign in.
    let events = vec![Event::StaffChanged { staff }, Event::PinSet { staff: id }];
    let act = office.record(events, now, PROGRAM, SCHEMA);
    store.set_pin(id, person.pin, &act).map(|_| ()).map_err(pin_failure)
}

/// Why a PIN was not set, as a command's failure.
pub(super) fn pin_failure(error: PinError) -> Failure {
    match error {
        PinError::Taken | PinError::Shape | PinError::BadgeShape | PinError::BadgeTaken => {
            Failure::usage(error.to_string())
        }
        PinError::Store(error) => error.into(),
    }
}

/// What happens on no register, with its circumstances.
pub(super) fn office(store: &Store, settings: &crate::domain::settings::Settings) -> Till {
    let menu = crate::domain::catalogue::Menu::empty(settings.currency);
    let catalogue = crate::domain::catalogue::Catalogue::new(menu);
    Till::new(store.box_id(), RegisterId::OFFICE, settings.clone().into(), catalogue.into())
}

/// Asks for what is needed, one question after the other.
pub(super) fn wizard(place: &Place) -> Result {
    say("What is it for?");
    for (at, template) in TEMPLATES.iter().enumerate() {
        say(&format!("  {}  {:<12} {}", at + 1, template.name, template.about));
    }
    say("  4  demo         look around first, with a throw-away café");
    let template = loop {
        let answer = ask("1 to 4", "1")?;
        match answer.parse::<usize>() {
            Ok(4) => return super::demo::run(place, super::demo::DemoArgs::default()),
            Ok(n @ 1..=3) => break &TEMPLATES[n - 1],
            _ => say("Type a digit from 1 to 4, then Enter."),
        }
    };
    let owner = ask("The owner's name", "Owner")?;
    let pin = loop {
        let pin = ask("A PIN for the owner, 4 to 8 digits", "")?;
        if (4..=8).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit()) {
            break pin;
        }
        say("A PIN is 4 to 8 digits.");
    };
    make(place, template, &[Person { name: &owner, role: "owner", pin: &pin }])?;
    say(&format!("\nA store is in {}.", place.data.display()));
    say(&format!("Name, address and taxes are in {}: look at them before the first sale.", place.config.display()));
    let _ = ask("Enter opens the till", "")?;
    super::till::run(place)
}

fn ask(question: &str, usual: &str) -> Result<String> {
    let hint = if usual.is_empty() { String::new() } else { format!(" [{usual}]") };
    let mut err = std::io::stderr();
    write!(err, "{question}{hint}: ")?;
    err.flush()?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(Failure::usage("nothing was answered"));
    }
    let line = line.trim();
    Ok(if line.is_empty() { usual.to_owned() } else { line.to_owned() })
}
