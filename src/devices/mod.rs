//! Documents on their way out of the box: the bytes for each printer, the ports, the spooler with
//! one worker for each printer; and what comes in on a port of its own: the scanner.

use crate::devices::printer::Printer;
use crate::devices::profile::Language;
use crate::documents::{Document, DocumentKind, text};
use crate::domain::spool::NewJob;

pub mod address;
pub mod code_page;
mod commands;
pub mod discover;
pub mod display;
mod drawn;
mod encoder;
pub mod fonts;
pub mod frame;
mod heading;
pub mod picture;
mod port;
pub mod printer;
pub mod profile;
pub mod scale;
pub mod scanner;
mod sending;
pub mod spooler;
mod status;

pub use self::heading::elsewhere;

/// The line that stands for the cut in plain text.
const CUT_LINE: &str = "- ";
/// The line that stands for the drawer's pulse in plain text.
const DRAWER_LINE: &str = "[drawer opens]\n";

/// The document as bytes for this printer.
pub fn encode(document: &Document, printer: &Printer) -> Vec<u8> {
    match printer.profile.language {
        Language::EscPos | Language::Impact | Language::Star => encoder::encode(document, printer),
        Language::Text => plain(document, printer.columns()).into_bytes(),
        Language::Drawer if document.opens_drawer => printer.profile.opens_with.clone(),
        Language::Drawer => Vec::new(),
    }
}

fn plain(document: &Document, columns: usize) -> String {
    let mut out = String::new();
    if document.opens_drawer {
        out.push_str(DRAWER_LINE);
    }
    for line in text::render(document, columns) {
        out.push_str(&line);
        out.push('\n');
    }
    if document.cut {
        out.push_str(CUT_LINE.repeat(columns / CUT_LINE.len()).trim_end());
        out.push('\n');
    }
    out
}

/// The bytes of a job without its drawer pulse; empty when nothing else was in it.
fn without_pulse(bytes: &[u8], printer: &Printer) -> Vec<u8> {
    match printer.profile.language {
        Language::EscPos | Language::Impact | Language::Star => encoder::without_pulse(bytes, printer),
        Language::Text => bytes.strip_prefix(DRAWER_LINE.as_bytes()).unwrap_or(bytes).to_vec(),
        Language::Drawer => Vec::new(),
    }
}

/// A job by which a printer keeps its logo from now on, so that each receipt only names it; `None`
/// when it has none, or cannot.
pub fn logo_job(printer: &Printer) -> Option<NewJob> {
    let title = format!("Logo of {}", printer.name);
    let kind = DocumentKind::Test.word().to_owned();
    Some(NewJob {
        printer: printer.name.clone(),
        kind,
        title,
        bytes: encoder::store_logo(printer)?,
        ..NewJob::default()
    })
}

/// The document as a job for this printer, to be committed with the act that caused it; for a
/// station's ticket, with the station's code. The bytes are made here, once.
pub fn job(document: &Document, printer: &Printer, station: Option<&str>) -> NewJob {
    let bytes = encode(document, printer);
    // Nothing but a pulse is nothing for another printer.
    let prints = !without_pulse(&bytes, printer).is_empty();
    NewJob {
        printer: printer.name.clone(),
        kind: document.kind.word().to_owned(),
        title: document.title.clone(),
        bytes,
        pulses_drawer: document.opens_drawer,
        station: station.map(str::to_owned),
        document: prints.then(|| serde_json::to_string(document).ok()).flatten(),
        instead_of: None,
    }
}
