//! `counterflow report`: what was sold, in a table.

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::{Failure, Place, Result, print, print_json};
use crate::domain::ids::RegisterId;
use crate::domain::span::Span;
use crate::reports::{REPORTS, find, period};
use crate::session::clock::{Clock, SystemClock};
use crate::session::config::Config;
use crate::session::{PROGRAM, reporting};
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Which report
    #[arg(required_unless_present = "list")]
    name: Option<String>,
    /// List all reports
    #[arg(long)]
    list: bool,
    /// The first business date, like 2026-11-01; today unless said
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// The last business date; the first one unless said
    #[arg(long, value_name = "DATE")]
    to: Option<NaiveDate>,
    /// The days in words instead: today, yesterday, week, last month, 2026-11, shift 12
    #[arg(conflicts_with_all = ["from", "to"])]
    when: Vec<String>,
    /// Of one register only, by its number
    #[arg(long = "of-register", value_name = "N")]
    of_register: Option<u16>,
    /// Of one shift only, by its number on its register (the one of --of-register, else --register)
    #[arg(long, value_name = "N")]
    shift: Option<u32>,
    /// How it is written
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Csv,
    Json,
}

pub(super) fn run(place: &Place, args: ReportArgs) -> Result {
    let Some(name) = args.name.as_ref().filter(|_| !args.list) else { return list(place) };
    let report = find(name).ok_or_else(|| {
        let known: Vec<&str> = REPORTS.iter().map(|r| r.name).collect();
        Failure::usage(format!("there is no report {name}; there are: {}", known.join(", ")))
    })?;
    let config = Config::read(&place.config)?;
    let store = Store::open(&place.data, PROGRAM)?;
    let now = SystemClock.now();
    let span = span(place, &args, &store, now.business_date(config.settings.cut_off))?;
    let table = reporting::make(&store.reader()?, report, span, &config.settings, now)?;
    match args.format {
        _ if place.json => print_json(&table.json()),
        Format::Text => print(&table.text()),
        Format::Csv => print(&table.csv()),
        Format::Json => print_json(&table.json()),
    }
}

/// Which days, and of what.
fn span(place: &Place, args: &ReportArgs, store: &Store, today: NaiveDate) -> Result<Span> {
    let register = args.of_register.map(RegisterId);
    let mut span = match args.when.as_slice() {
        [] => {
            let from = args.from.unwrap_or(args.to.unwrap_or(today));
            Span { to: args.to.unwrap_or(from), ..Span::day(from) }
        }
        words => {
            let of = register.unwrap_or(place.register);
            let last = reporting::last_shift(store, of)?;
            period::parse(&words.join(" "), today, of, last).map_err(Failure::usage)?
        }
    };
    if span.to < span.from {
        return Err(Failure::usage(format!("{} is before {}", span.to, span.from)));
    }
    span.register = register.or(span.register);
    if let Some(shift) = args.shift {
        (span.shift, span.register) = (Some(shift), Some(span.register.unwrap_or(place.register)));
    }
    Ok(span)
}

fn list(place: &Place) -> Result {
    if place.json {
        let list: Vec<_> = REPORTS.iter().map(|r| json!({ "name": r.name, "about": r.about })).collect();
        return print_json(&list);
    }
    let lines: Vec<String> = REPORTS.iter().map(|r| format!("{:<12} {}\n", r.name, r.about)).collect();
    print(&lines.concat())
}
