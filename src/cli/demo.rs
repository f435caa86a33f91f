//! `counterflow demo`: a throw-away café that really sells.

use std::io::IsTerminal;

use clap::Args;

use crate::cli::setup::{Person, make};
use crate::cli::{Place, Result, say, till};
use crate::domain::command::Command;
use crate::domain::money::Money;
use crate::session::clock::{Clock, SetClock};
use crate::session::config::templates::DEMO;
use crate::session::{Options, PROGRAM, Session};

#[derive(Debug, Default, Args)]
pub(super) struct DemoArgs {
    /// Keep the café in this folder instead of a throw-away one
    #[arg(long, value_name = "DIR")]
    keep: Option<std::path::PathBuf>,
}

const PEOPLE: [Person<'static>; 3] = [
    Person { name: "Ada", role: "cashier", pin: "1111" },
    Person { name: "Ben", role: "cashier", pin: "2222" },
    Person { name: "Olive", role: "owner", pin: "9999" },
];

/// The float the demo's drawer begins with: 100 units.
const FLOAT_UNITS: i64 = 100;

pub(super) fn run(place: &Place, args: DemoArgs) -> Result {
    let thrown_away = args.keep.is_none();
    let data = match args.keep {
        Some(keep) => keep,
        None => std::env::temp_dir().join(format!("counterflow-demo-{}", std::process::id())),
    };
    let place = Place { data: data.clone(), config: data.join("config"), ..place.clone() };
    if !data.join(crate::store::FILE_NAME).is_file() {
        drop(make(&place, &DEMO, &PEOPLE)?);
        open_shift(&place)?;
    }
    // Without a terminal there is a café to be had, for `ring` and scripts.
    if !thrown_away && !std::io::stdout().is_terminal() {
        say(&format!("The café is in {}", data.display()));
        return Ok(());
    }
    let greeting = vec![
        format!("CounterFlow {PROGRAM}, a café to play with"),
        String::new(),
        "Ada, cashier   1111".to_owned(),
        "Ben, cashier   2222".to_owned(),
        "Olive, owner   9999".to_owned(),
    ];
    let left = till::open(&place, Box::new(SetClock::default()), greeting, Some("DEMO".to_owned()));
    if thrown_away {
        if let Err(error) = std::fs::remove_dir_all(&data) {
            say(&format!("{} could not be removed: {error}", data.display()));
        }
        say("The demo café was thrown away; `counterflow demo --keep DIR` keeps one.");
    } else {
        say(&format!("The café is kept in {}", data.display()));
        if let Ok(Some(words)) = &left {
            say(words);
        }
    }
    left.map(|_| ())
}

/// The demo is open for business: its first shift is opened by the owner.
fn open_shift(place: &Place) -> Result {
    let options = Options {
        data: place.data.clone(),
        config: place.config.clone(),
        register: place.register,
        clock: Box::new(SetClock::default()),
        greeting: Vec::new(),
        watermark: None,
    };
    let mut session = Session::open(options)?;
    let now = SetClock::default().now();
    let owner = session.till.staff.values().find(|s| s.role == "owner").map(|s| s.id);
    if let Some(staff) = owner {
        let float = Money::from_minor(FLOAT_UNITS * session.till.settings.currency.minor_per_unit());
        session.carry_out(&Command::SignIn { staff }, None, now);
        session.carry_out(&Command::OpenShift { float, pieces: Vec::new() }, None, now);
        session.carry_out(&Command::SignOut { locked: false }, None, now);
    }
    session.close();
    Ok(())
}
