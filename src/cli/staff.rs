//! `counterflow staff`: who works here, with which role and PIN.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::setup::{Person, add, office};
use crate::cli::{Failure, Place, Result, print, print_json, say};
use crate::domain::event::{Event, Recorded};
use crate::domain::settings::Settings;
use crate::domain::staff::{Permission, Staff};
use crate::domain::text::fold;
use crate::session::PROGRAM;
use crate::session::clock::{Clock, SystemClock};
use crate::session::config::Config;
use crate::store::{SCHEMA, Store};

#[derive(Debug, Args)]
pub(super) struct StaffArgs {
    #[command(subcommand)]
    command: StaffCmd,
}

#[derive(Debug, Subcommand)]
enum StaffCmd {
    /// Lists everybody
    List,
    /// Adds somebody; their PIN comes from COUNTERFLOW_NEW_PIN
    Add {
        /// Their name
        name: String,
        /// Their role, as roles.toml has it
        #[arg(long, default_value = "cashier")]
        role: String,
        #[command(flatten)]
        by: By,
    },
    /// Gives somebody a new PIN, from COUNTERFLOW_NEW_PIN
    Pin {
        /// Their name
        name: String,
        #[command(flatten)]
        by: By,
    },
    /// Gives somebody another role
    Role {
        /// Their name
        name: String,
        /// The role
        role: String,
        #[command(flatten)]
        by: By,
    },
    /// Gives somebody a badge: what it says comes from COUNTERFLOW_BADGE
    Badge {
        /// Their name
        name: String,
        #[command(flatten)]
        by: By,
    },
    /// Makes all badges of somebody useless: one was lost
    Revoke {
        /// Their name
        name: String,
        #[command(flatten)]
        by: By,
    },
    /// Writes a copy of what all PINs depend on, for a safe: without it nobody can sign in
    Pepper {
        /// The file that is made; it belongs nowhere near a copy of the store
        file: PathBuf,
        #[command(flatten)]
        by: By,
    },
    /// Lets somebody go: they cannot sign in any more
    Leave {
        /// Their name
        name: String,
        #[command(flatten)]
        by: By,
    },
}

#[derive(Debug, Args)]
pub(super) struct By {
    /// Who does it, and may; their PIN comes from COUNTERFLOW_PIN
    #[arg(long = "as", value_name = "STAFF")]
    staff: String,
}

pub(super) fn run(place: &Place, args: StaffArgs) -> Result {
    let settings = Config::read(&place.config)?.settings;
    let mut store = Store::open(&place.data, PROGRAM)?;
    match args.command {
        StaffCmd::List => list(place, &store, &settings),
        StaffCmd::Add { name, role, by } => {
            allowed(&store, &settings, &by)?;
            check_role(&settings, &role)?;
            if find(&store, &name).is_ok() {
                return Err(Failure::usage(format!("somebody named {name} is there already: choose another name")));
            }
            let pin = new_pin()?;
            add(&mut store, &settings, &Person { name: &name, role: &role, pin: &pin })?;
            say(&format!("{name} works here as {role}."));
            Ok(())
        }
        StaffCmd::Pin { name, by } => {
            allowed(&store, &settings, &by)?;
            let staff = find(&store, &name)?;
            let act = record(&store, &settings, Event::PinSet { staff: staff.id });
            let pin = new_pin()?;
            store.set_pin(staff.id, &pin, &act).map_err(super::setup::pin_failure)?;
            say(&format!("{} has a new PIN.", staff.name));
            Ok(())
        }
        StaffCmd::Role { name, role, by } => {
            allowed(&store, &settings, &by)?;
            check_role(&settings, &role)?;
            let staff = find(&store, &name)?;
            change(&mut store, &settings, Staff { role: role.clone(), ..staff })?;
            say(&format!("{name} is now {role}."));
            Ok(())
        }
        StaffCmd::Badge { name, by } => {
            allowed(&store, &settings, &by)?;
            let staff = find(&store, &name)?;
            let badge = std::env::var("COUNTERFLOW_BADGE")
                .map_err(|_| Failure::usage("the badge is missing: put what it says into COUNTERFLOW_BADGE"))?;
            let act = record(&store, &settings, Event::BadgeBound { staff: staff.id });
            store.set_badge(staff.id, &badge, &act).map_err(super::setup::pin_failure)?;
            say(&format!("{} has a badge.", staff.name));
            Ok(())
        }
        StaffCmd::Revoke { name, by } => {
            allowed(&store, &settings, &by)?;
            let staff = find(&store, &name)?;
            let act = record(&store, &settings, Event::BadgesRevoked { staff: staff.id });
            store.revoke_badges(staff.id, &act).map_err(|e| Failure::io(e.to_string()))?;
            say(&format!("No badge of {} opens anything any more.", staff.name));
            Ok(())
        }
        StaffCmd::Pepper { file, by } => {
            allowed(&store, &settings, &by)?;
            store.copy_pepper(&file)?;
            say(&format!(
                "{} has a copy. Should the pepper be lost, put it as `pepper` into the data folder.",
                file.display()
            ));
            Ok(())
        }
        StaffCmd::Leave { name, by } => {
            let who = allowed(&store, &settings, &by)?;
            let staff = find(&store, &name)?;
            if staff.id == who.id {
                return Err(Failure::usage("nobody can let themselves go"));
            }
            change(&mut store, &settings, Staff { active: false, ..staff })?;
            say(&format!("{name} cannot sign in any more."));
            Ok(())
        }
    }
}

/// Whoever asks, if their PIN is right.
pub(super) fn identified(store: &Store, by: &By) -> Result<Staff> {
    let pin = std::env::var("COUNTERFLOW_PIN")
        .map_err(|_| Failure::usage("the PIN is missing: put it into COUNTERFLOW_PIN"))?;
    let staff = find(store, &by.staff)?;
    if store.pin_holder(&pin)? != Some(staff.id) {
        return Err(Failure::finding(format!("that is not the PIN of {}", staff.name)));
    }
    Ok(staff)
}

/// Whoever asks, if their PIN is right and they may.
fn allowed(store: &Store, settings: &Settings, by: &By) -> Result<Staff> {
    let staff = identified(store, by)?;
    if !settings.allows(&staff.role, Permission::ManageStaff) {
        return Err(Failure::finding(format!("{} may not {}", staff.name, Permission::ManageStaff.words())));
    }
    Ok(staff)
}

fn new_pin() -> Result<String> {
    std::env::var("COUNTERFLOW_NEW_PIN")
        .map_err(|_| Failure::usage("the new PIN is missing: put 4 to 8 digits into COUNTERFLOW_NEW_PIN"))
}

fn find(store: &Store, name: &str) -> Result<Staff> {
    let wanted = fold(name);
    let found = store.load_staff()?.into_iter().find(|s| s.active && fold(&s.name) == wanted);
    found.ok_or_else(|| Failure::usage(format!("nobody named {name} works here")))
}

fn check_role(settings: &Settings, role: &str) -> Result {
    if settings.roles.iter().any(|r| r.code == role) {
        return Ok(());
    }
    let known: Vec<&str> = settings.roles.iter().map(|r| r.code.as_str()).collect();
    Err(Failure::usage(format!("there is no role {role}; roles.toml has: {}", known.join(", "))))
}

/// What the office does now.
fn record(store: &Store, settings: &Settings, event: Event) -> Vec<Recorded> {
    office(store, settings).record(vec![event], SystemClock.now(), PROGRAM, SCHEMA)
}

fn change(store: &mut Store, settings: &Settings, staff: Staff) -> Result {
    let recorded = record(store, settings, Event::StaffChanged { staff });
    store.commit(&recorded, &[]).map(|_| ()).map_err(|e| Failure::io(e.to_string()))
}

fn list(place: &Place, store: &Store, settings: &Settings) -> Result {
    let staff = store.load_staff()?;
    if place.json {
        let list: Vec<_> =
            staff.iter().map(|s| json!({ "name": s.name, "role": s.role, "active": s.active })).collect();
        return print_json(&list);
    }
    let role = |code: &str| settings.roles.iter().find(|r| r.code == code).map_or(code.to_owned(), |r| r.name.clone());
    let line = |s: &Staff| format!("{:<24} {}{}\n", s.name, role(&s.role), if s.active { "" } else { ", gone" });
    print(&staff.iter().map(line).collect::<String>())
}
