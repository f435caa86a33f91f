//! `counterflow kitchen`: the screen of a station, or its tickets as a list.

use clap::Args;
use serde_json::json;

use crate::cli::till::{hung_up, look};
use crate::cli::{Failure, Place, Result, print, print_json, say};
use crate::domain::board::{DishCount, Posted};
use crate::domain::kitchen::{Entry, Tells, whereto};
use crate::session::Ended;
use crate::session::clock::{Clock, SystemClock};
use crate::session::config::Config;
use crate::session::kitchen::Kitchen;
use crate::tui::{self, Terminal};

#[derive(Debug, Args)]
pub(super) struct KitchenArgs {
    /// The station's code, as counterflow.toml has it; the first one unless said
    #[arg(long, value_name = "STATION")]
    station: Option<String>,
    /// Lists the tickets that are not done, and what they come to
    #[arg(long)]
    list: bool,
    /// The ticket with this number is done
    #[arg(long, value_name = "NUMBER")]
    bump: Option<u32>,
    /// The ticket with this number is not done after all
    #[arg(long, value_name = "NUMBER", conflicts_with = "bump")]
    recall: Option<u32>,
}

pub(super) fn run(place: &Place, args: KitchenArgs) -> Result {
    let config = Config::read(&place.config)?;
    let station = match args.station {
        // Codes are in small letters; whoever reads tickets writes GRILL.
        Some(station) => station.to_lowercase(),
        None => config.settings.stations.first().map(|s| s.code.clone()).unwrap_or_default(),
    };
    let mut kitchen = Kitchen::open(&place.data, &place.config, &station, Box::new(SystemClock))?;
    let done = match (args.bump, args.recall) {
        (Some(number), _) => Some(kitchen.bump(number)),
        (None, Some(number)) => Some(kitchen.recall(Some(number))),
        (None, None) => None,
    };
    if let Some(done) = done {
        say(&done.map_err(Failure::finding)?);
    } else if !args.list && !place.json {
        let mut terminal = Terminal::open(look(config.entry.colours))?;
        let ended = kitchen.run(&mut terminal);
        drop(terminal);
        tui::restore();
        return match ended {
            Ok(Ended::Quit | Ended::HungUp) => Ok(()),
            Err(error) if hung_up(&error) => Ok(()),
            Err(error) => Err(Failure::io(format!("the terminal cannot be written: {error}"))),
        };
    }
    if args.list || place.json { list(place, &kitchen) } else { Ok(()) }
}

fn list(place: &Place, kitchen: &Kitchen) -> Result {
    let now = SystemClock.now();
    let board = kitchen.board();
    let age_min = |posted: &Posted| now.since_ms(posted.sent).max(0) / 60_000;
    if place.json {
        let ticket = |posted: &Posted| {
            json!({ "ticket": posted.ticket.label, "number": posted.ticket.number, "order": posted.head.place.order,
                    "table": posted.head.place.table, "type": posted.head.place.order_type, "name": posted.head.name,
                    "covers": posted.head.covers, "server": posted.head.server, "sent": posted.sent,
                    "age_min": age_min(posted), "lines": posted.ticket.entries.iter().map(entry_json).collect::<Vec<_>>() })
        };
        let count = |count: DishCount| {
            json!({ "dish": count.name, "quantity": count.left.to_string(), "waits": count.waits.to_string(),
                    "done": count.done.to_string() })
        };
        return print_json(&json!({
            "tickets": board.open().map(ticket).collect::<Vec<_>>(),
            "all_day": board.all_day().into_iter().map(count).collect::<Vec<_>>(),
        }));
    }
    let mut text = String::new();
    for posted in board.open() {
        let head = &posted.head;
        let head = format!("{}  {}  {} min", posted.ticket.label, whereto(&head.place), age_min(posted));
        text.push_str(&format!("{head}\n"));
        for entry in &posted.ticket.entries {
            let dish = entry.now.as_ref().or(entry.was.as_ref());
            let words = dish.map(|d| format!("{} {}", d.quantity, d.name)).unwrap_or_default();
            text.push_str(format!("    {}{words}\n", mark(entry)).as_str());
        }
    }
    if text.is_empty() {
        text.push_str("Nothing is to be made.\n");
    }
    print(&text)
}

fn mark(entry: &Entry) -> &'static str {
    match entry.tells() {
        Tells::New => "",
        Tells::Void => "VOID ",
        Tells::Moved => "MOVED ",
        Tells::Changed => "CHANGE ",
        Tells::Fired => "FIRE ",
    }
}

fn entry_json(entry: &Entry) -> serde_json::Value {
    let dish = |dish: &crate::domain::kitchen::Dish| {
        json!({ "quantity": dish.quantity.to_string(), "name": dish.name, "note": dish.note, "seat": dish.seat,
                "course": dish.course, "choices": dish.choices.iter().map(|c| c.words()).collect::<Vec<_>>() })
    };
    json!({ "line": entry.line, "tells": mark(entry).trim().to_lowercase(), "was": entry.was.as_ref().map(dish),
            "now": entry.now.as_ref().map(dish) })
}
