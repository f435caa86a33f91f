//! `counterflow spool preview`: what the template of kitchen tickets makes of a made-up evening.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::spool::once;
use crate::cli::{Failure, Place, Result, print, print_json};
use crate::devices::job;
use crate::devices::printer::Printers;
use crate::documents::jobs::Destination;
use crate::documents::layout::{Line, lay_out};
use crate::documents::template::Template;
use crate::documents::{Document, Span, kitchen, text, ticket_sample};
use crate::domain::settings::Station;
use crate::session::clock::{Clock, SystemClock};
use crate::session::config::read_ticket;
use crate::session::read_config;

/// Columns of the paper where no printer says otherwise.
const COLUMNS: usize = 42;

#[derive(Debug, Args)]
pub(super) struct PreviewArgs {
    /// A template that is not in force yet; else the one that is
    file: Option<PathBuf>,
    /// The station's code, as counterflow.toml has it; the first one unless said
    #[arg(long)]
    station: Option<String>,
    /// Columns of the paper; those of the station's printer unless said
    #[arg(long, value_parser = clap::value_parser!(u8).range(20..=96))]
    columns: Option<u8>,
    /// Prints it on this printer
    #[arg(long, value_name = "PRINTER", conflicts_with = "columns")]
    on: Option<String>,
    /// Writes the template that holds where there is none, to begin with one's own
    #[arg(long, conflicts_with_all = ["file", "station", "columns", "on"])]
    template: bool,
}

pub(super) fn run(place: &Place, args: PreviewArgs) -> Result {
    if args.template {
        return print(Template::SAMPLE);
    }
    let (config, printers, _) = read_config(&place.config)?;
    let template = match &args.file {
        Some(file) => read_ticket(file)?,
        None => config.ticket,
    };
    let station = match &args.station {
        Some(code) => config.settings.station(&code.to_lowercase()).cloned().ok_or_else(|| {
            let codes: Vec<&str> = config.settings.stations.iter().map(|s| s.code.as_str()).collect();
            Failure::usage(format!("there is no station `{code}`: counterflow.toml has {}", codes.join(", ")))
        })?,
        None => config.settings.stations.first().cloned().unwrap_or_else(|| Station::plain("kitchen", "Kitchen")),
    };
    let now = SystemClock.now();
    let samples = ticket_sample::tickets(&station);
    let documents: Vec<Document> = samples
        .iter()
        .map(|(head, ticket)| kitchen::ticket(&template, head, ticket, now, config.settings.training))
        .collect();
    if let Some(name) = &args.on {
        let whole = documents.into_iter().reduce(|mut all, next| {
            all.blocks.push(crate::documents::Block::Feed(2));
            all.blocks.extend(next.blocks);
            all
        });
        let whole = whole.ok_or_else(|| Failure::usage("there is nothing to show"))?;
        return once(place, name, "preview", |printer, _| Ok(job(&whole, printer, None)));
    }
    let columns = args.columns.map_or_else(|| columns(&printers, &station, place), usize::from);
    if place.json {
        let lines: Vec<_> = documents.iter().map(|document| text::render(document, columns)).collect();
        return print_json(&json!({ "columns": columns, "tickets": lines }));
    }
    let styled = std::io::stdout().is_terminal();
    let cut = format!("{}\n", "- ".repeat(columns / 2).trim_end());
    let shown: String = documents.iter().map(|document| shown(document, columns, styled) + &cut).collect();
    print(&shown)
}

fn columns(printers: &Printers, station: &Station, place: &Place) -> usize {
    let printer = printers.route(&Destination::Station(station.code.clone()), place.register);
    printer.map_or(COLUMNS, |printer| printer.columns())
}

/// The document as text; on a terminal with what is bold, underlined and reversed. What is twice as wide is spaced
/// out, and what is twice as high is bold.
fn shown(document: &Document, columns: usize, styled: bool) -> String {
    if !styled {
        return text::render(document, columns).iter().map(|line| format!("{line}\n")).collect();
    }
    let mut out = String::new();
    for line in lay_out(document, columns) {
        if let Line::Text(spans) = line {
            out.extend(spans.iter().map(terminal));
            out.push('\n');
        }
    }
    out
}

fn terminal(span: &Span) -> String {
    let style = span.style;
    let codes = [(style.bold || style.tall, "1"), (style.underline, "4"), (style.reverse, "7")];
    let on: Vec<&str> = codes.into_iter().filter(|(on, _)| *on).map(|(_, code)| code).collect();
    match on.is_empty() {
        true => text::spaced(span),
        false => format!("\x1b[{}m{}\x1b[0m", on.join(";"), text::spaced(span)),
    }
}
