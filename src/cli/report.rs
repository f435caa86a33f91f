//! `counterflow report`: what was sold, in a table.

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::{Failure, Place, Result, print, print_json};
use crate::domain::ids::RegisterId;
use crate::reports::{Question, REPORTS, find};
use crate::session::PROGRAM;
use crate::session::clock::{Clock, SystemClock};
use crate::session::config::Config;
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
    /// Of one register only, by its number
    #[arg(long = "of-register", value_name = "N")]
    of_register: Option<u16>,
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
    let Some(name) = args.name.filter(|_| !args.list) else { return list(place) };
    let report = find(&name).ok_or_else(|| {
        let known: Vec<&str> = REPORTS.iter().map(|r| r.name).collect();
        Failure::usage(format!("there is no report {name}; there are: {}", known.join(", ")))
    })?;
    let config = Config::read(&place.config)?;
    let store = Store::open(&place.data, PROGRAM)?;
    let today = SystemClock.now().business_date(config.settings.cut_off);
    let from = args.from.unwrap_or(args.to.unwrap_or(today));
    let to = args.to.unwrap_or(from);
    if to < from {
        return Err(Failure::usage(format!("{to} is before {from}")));
    }
    let sums = store.day_sums(report.by, from, to, args.of_register.map(RegisterId))?;
    let table = (report.make)(&Question { from, to, sums: &sums, settings: &config.settings });
    match args.format {
        _ if place.json => print_json(&table.json()),
        Format::Text => print(&table.text()),
        Format::Csv => print(&table.csv()),
        Format::Json => print_json(&table.json()),
    }
}

fn list(place: &Place) -> Result {
    if place.json {
        let list: Vec<_> = REPORTS.iter().map(|r| json!({ "name": r.name, "about": r.about })).collect();
        return print_json(&list);
    }
    let lines: Vec<String> = REPORTS.iter().map(|r| format!("{:<12} {}\n", r.name, r.about)).collect();
    print(&lines.concat())
}
