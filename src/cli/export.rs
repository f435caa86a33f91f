//! `counterflow export`: items, the menu, the journal.

use std::io::Write;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::{Failure, Place, Result, print};
use crate::domain::menu_file::{export_csv, export_items_csv, export_json};
use crate::session::PROGRAM;
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// What is written out
    what: What,
    /// How: csv and json for items and the menu, jsonl for the journal
    #[arg(long)]
    format: Option<Format>,
    /// Write the files of a CSV menu into this folder
    #[arg(long, value_name = "DIR")]
    to: Option<std::path::PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Items alone, one row each
    Items,
    /// The whole menu; imports again unchanged
    Menu,
    /// Every entry of the journal, with its hash
    Journal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
    Jsonl,
}

pub(super) fn run(place: &Place, args: ExportArgs) -> Result {
    let store = Store::open(&place.data, PROGRAM)?;
    match (args.what, args.format) {
        (What::Journal, None | Some(Format::Jsonl)) => journal(&store),
        (What::Items, None | Some(Format::Csv)) => print(&export_items_csv(&menu(&store)?)),
        (What::Items, Some(Format::Json)) => {
            let items = serde_json::to_value(menu(&store)?.items).map_err(|e| Failure::io(e.to_string()))?;
            super::print_json(&items)
        }
        (What::Menu, None | Some(Format::Json)) => print(&export_json(&menu(&store)?)),
        (What::Menu, Some(Format::Csv)) => menu_csv(&store, args.to.as_deref()),
        (What::Journal, Some(Format::Csv | Format::Json)) => {
            Err(Failure::usage("the journal is exported as jsonl: one entry a line"))
        }
        (What::Items | What::Menu, Some(Format::Jsonl)) => {
            Err(Failure::usage("items and menus are exported as json or csv"))
        }
    }
}

fn menu(store: &Store) -> Result<crate::domain::catalogue::Menu> {
    store
        .load_menu()?
        .ok_or_else(|| Failure::finding("there is no menu yet: `counterflow import menu FILE` takes one in"))
}

fn menu_csv(store: &Store, to: Option<&std::path::Path>) -> Result {
    let folder = to.ok_or_else(|| Failure::usage("a menu is several CSV files: say --to DIR"))?;
    std::fs::create_dir_all(folder)?;
    for (name, text) in export_csv(&menu(store)?) {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|e| Failure::io(format!("{}: {e}", path.display())))?;
        super::say(&path.display().to_string());
    }
    Ok(())
}

fn journal(store: &Store) -> Result {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    let written = store.journal(&mut |entry| {
        let body: serde_json::Value = serde_json::from_slice(&entry.body)?;
        let line = json!({ "register": entry.register, "seq": entry.seq, "hash": hex(&entry.hash), "entry": body });
        writeln!(out, "{line}")
    });
    written?;
    out.flush().map_err(Failure::from)
}
