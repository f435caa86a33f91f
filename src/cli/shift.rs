//! `counterflow shift`: the same acts as on screen.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::ring::sign_in;
use crate::cli::{Failure, Place, Result, print, print_json, say};
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::money::Money;
use crate::domain::shift::{Anchor, DrawerState, Shift};
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::session::clock::{Clock, SystemClock};
use crate::session::{Options, Outcome, Session, SessionError};
use crate::store::{DrawerFound, Reader, StoreError};

#[derive(Debug, Args)]
pub(super) struct ShiftArgs {
    #[command(subcommand)]
    command: ShiftCmd,
}

#[derive(Debug, Subcommand)]
enum ShiftCmd {
    /// Says whether a shift is open, and what it has taken
    Status,
    /// Opens a shift
    Open {
        /// Who opens it; their PIN comes from COUNTERFLOW_PIN
        #[arg(long = "as", value_name = "STAFF")]
        staff: String,
        /// What is in the drawer, like 100.00
        #[arg(long, default_value = "0")]
        float: String,
    },
    /// Counts and closes the shift, and prints its Z
    Close {
        /// Who closes it; their PIN comes from COUNTERFLOW_PIN
        #[arg(long = "as", value_name = "STAFF")]
        staff: String,
        /// What was counted of each tender, like cash=203.15; what is left out was nothing
        #[arg(long, value_name = "TENDER=AMOUNT")]
        counted: Vec<String>,
        /// A word about a difference
        #[arg(long, default_value = "")]
        comment: String,
        /// A word to the next shift about the orders that are still open
        #[arg(long, default_value = "")]
        note: String,
    },
}

pub(super) fn run(place: &Place, args: ShiftArgs) -> Result {
    let options = Options {
        data: place.data.clone(),
        config: place.config.clone(),
        register: place.register,
        clock: Box::new(SystemClock),
        greeting: Vec::new(),
        watermark: None,
    };
    if let ShiftCmd::Status = args.command {
        let till = Session::look(&options)?;
        return status(place, &till);
    }
    let mut session = Session::open(options).map_err(|error| match error {
        SessionError::Store(StoreError::Locked { .. }) => {
            Failure::temporary(format!("{error}: its till is running; do it there, or leave that till first"))
        }
        error => error.into(),
    })?;
    session.start_printers(|_| {});
    let done = act(&mut session, args.command);
    session.drain_printers(super::ring::DRAIN);
    let told = done.and_then(|event| tell(place, &session.till, &event));
    session.close();
    told
}

fn act(session: &mut Session, command: ShiftCmd) -> Result<Event> {
    let units =
        |session: &Session, text: &str| session.till.settings.currency.parse(text, false).map_err(Failure::usage);
    let command = match command {
        ShiftCmd::Status => return Err(Failure::usage("nothing to do")),
        ShiftCmd::Open { staff, float } => {
            sign_in(session, &staff)?;
            Command::OpenShift { float: units(session, &float)?, pieces: Vec::new() }
        }
        ShiftCmd::Close { staff, counted, comment, note } => {
            sign_in(session, &staff)?;
            let mut sums: BTreeMap<String, Money> = BTreeMap::new();
            for tender in session.till.settings.tenders.iter().filter(|t| t.counted) {
                sums.insert(tender.code.clone(), Money::ZERO);
            }
            for text in &counted {
                let (tender, amount) = text
                    .split_once('=')
                    .ok_or_else(|| Failure::usage(format!("`{text}`: write TENDER=AMOUNT, like cash=203.15")))?;
                let Some(known) = session.till.settings.tender(tender) else {
                    return Err(Failure::usage(format!("there is no tender {tender}")));
                };
                let amount = match known.foreign {
                    Some(foreign) => foreign.currency.parse(amount, false).map_err(Failure::usage)?,
                    None => units(session, amount)?,
                };
                sums.insert(tender.to_owned(), amount);
            }
            Command::CloseShift { counted: sums, pieces: Vec::new(), comment, note, anchor: Anchor::default() }
        }
    };
    session.act(command);
    match session.outcomes.pop() {
        Some(Outcome::Done(events)) => {
            events.into_iter().next_back().ok_or_else(|| Failure::finding("nothing changed"))
        }
        Some(Outcome::Refused(refusal)) => Err(Failure::finding(refusal.to_string())),
        Some(Outcome::Failed(why)) => Err(Failure::io(why)),
        None => Err(Failure::finding(session.said())),
    }
}

fn tell(place: &Place, till: &Till, event: &Event) -> Result {
    let show = |amount| till.settings.currency.show(amount);
    match event {
        Event::ShiftOpened { shift } if place.json => print_json(shift),
        Event::ShiftOpened { shift } => {
            say(&format!("Shift {} is open, float {}", shift.number, show(shift.float)));
            Ok(())
        }
        Event::ShiftClosed { z } if place.json => print_json(z),
        Event::ShiftClosed { z } => {
            let balanced = if z.unbalanced.is_empty() { "BALANCED" } else { "NOT BALANCED" };
            say(&format!(
                "Shift {} is closed, Z {} {balanced}, total {}",
                z.shift.number,
                z.number,
                show(z.shift.sums.total)
            ));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// How every drawer of the box stands; in JSON, the register's own shift too.
fn status(place: &Place, till: &Till) -> Result {
    let now = SystemClock.now();
    let mut drawers = Reader::open(&place.data)?.drawers()?;
    if !drawers.iter().any(|drawer| drawer.register == till.register) {
        drawers.push(DrawerFound { register: till.register, shift: None, signed_in: None });
        drawers.sort_by_key(|drawer| drawer.register);
    }
    if !place.json {
        let lines: Vec<String> = drawers.iter().map(|drawer| words(drawer, till, now)).collect();
        let orders = match till.orders.len() {
            1 => "1 order is open".to_owned(),
            orders => format!("{orders} orders are open"),
        };
        return print(&format!("{}{orders}.\n", lines.concat()));
    }
    let shift = till.shift.as_ref().map(|s| json!({ "shift": s, "cash_expected": cash(s, till) }));
    let drawer = |drawer: &DrawerFound| {
        let shift = drawer.shift.as_ref();
        json!({
            "register": drawer.register,
            "state": DrawerState::of(shift, drawer.signed_in).word(),
            "at_the_till": drawer.signed_in.map(|staff| till.name_of(staff)),
            "shift": shift.map(|s| s.number),
            "locked_to": shift.and_then(|s| s.locked_to).map(|staff| till.name_of(staff)),
            "left_open": shift.is_some_and(|s| s.left_open(now, till.settings.cut_off)),
        })
    };
    let drawers: Vec<_> = drawers.iter().map(drawer).collect();
    print_json(&json!({
        "register": till.register, "open": shift, "open_orders": till.orders.len(), "drawers": drawers,
    }))
}

/// What should be in the drawer; nothing where it is counted blind.
fn cash(shift: &Shift, till: &Till) -> Option<String> {
    let cash = till.settings.cash().filter(|_| !till.settings.count.blind)?;
    Some(till.settings.currency.show(shift.expected(&cash.code, true)))
}

fn words(drawer: &DrawerFound, till: &Till, now: Stamp) -> String {
    let state = DrawerState::of(drawer.shift.as_ref(), drawer.signed_in);
    let who = match state {
        DrawerState::Active(staff) => format!(", {} is at the till", till.name_of(staff)),
        DrawerState::Closed | DrawerState::Open => String::new(),
    };
    let mut words = format!("Register {}: drawer {}{who}", drawer.register, state.word());
    let Some(shift) = &drawer.shift else { return words + "\n" };
    let (number, opened) = (shift.number, shift.opened.show());
    let total = till.settings.currency.show(shift.sums.total);
    words += &format!("; shift {number}, opened {opened} by {}", till.name_of(shift.by));
    words += &match shift.sums.sales {
        1 => format!(": 1 sale, {total}"),
        sales => format!(": {sales} sales, {total}"),
    };
    words += &cash(shift, till).map_or_else(String::new, |cash| format!(", cash {cash}"));
    words += &shift.locked_to.map_or_else(String::new, |staff| format!("; {}'s alone", till.name_of(staff)));
    if shift.left_open(now, till.settings.cut_off) {
        let close = format!("`counterflow --register {} shift close`", drawer.register);
        words += &format!("\n  LEFT OPEN past the cut-off of {}: count it, then {close}", shift.business_date);
    }
    words + "\n"
}
