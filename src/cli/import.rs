//! `counterflow import menu`: takes a menu in, all or nothing.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::setup::office;
use crate::cli::{Failure, Place, Result, print, print_json, say};
use crate::domain::event::Event;
use crate::domain::menu_change::MenuChange;
use crate::domain::menu_change::diff;
use crate::domain::menu_check::Known;
use crate::domain::menu_file::{self, Encoding, Mapping, ReadOptions};
use crate::domain::settings::Settings;
use crate::session::PROGRAM;
use crate::session::clock::{Clock, SystemClock};
use crate::session::config::Config;
use crate::store::{SCHEMA, Store};

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A menu: our own JSON or CSV, or any CSV with --map
    Menu(MenuArgs),
}

#[derive(Debug, Args)]
struct MenuArgs {
    /// The files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Which column holds what, for a CSV that is not ours: code=PLU, 'name={type} {size}',
    /// category==Pizza (a fixed text)
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// How the files' letters are written down: utf-8, windows-1252 or latin-1
    #[arg(long, default_value = "utf-8")]
    encoding: String,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// How menu files are read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    map: Vec<Mapping>,
    encoding: Encoding,
    dry_run: bool,
}

pub(super) fn run(place: &Place, args: ImportArgs) -> Result {
    let What::Menu(args) = args.what;
    let config = Config::read(&place.config)?;
    let mut store = Store::open(&place.data, PROGRAM)?;
    let map: std::result::Result<Vec<Mapping>, String> = args.map.iter().map(|m| Mapping::parse(m)).collect();
    let reading = Reading {
        map: map.map_err(Failure::usage)?,
        encoding: Encoding::parse(&args.encoding).map_err(Failure::usage)?,
        dry_run: args.dry_run,
    };
    let mut files = Vec::new();
    for path in &args.files {
        let bytes = std::fs::read(path).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?;
        files.push((path.display().to_string(), bytes));
    }
    let taken = take_in(&mut store, &config.settings, &files, reading);
    match taken {
        Ok(change) => report(place, change.as_ref(), args.dry_run),
        Err(TakeIn::Findings(findings)) => {
            if place.json {
                print_json(&json!({ "findings": findings }))?;
            } else {
                for finding in &findings {
                    print(&format!("{finding}\n"))?;
                }
            }
            Err(Failure::data(format!("{} findings; nothing was imported", findings.len())))
        }
        Err(TakeIn::Store(failure)) => Err(failure),
    }
}

fn report(place: &Place, change: Option<&MenuChange>, dry_run: bool) -> Result {
    let (items, groups, categories) = change.map_or((0, 0, 0), |c| (c.items.len(), c.groups.len(), c.categories.len()));
    if place.json {
        return print_json(&json!({ "changed": change.is_some(), "dry_run": dry_run, "items": items,
                                    "groups": groups, "categories": categories,
                                    "digest": change.map(|c| c.digest.as_str()) }));
    }
    if change.is_none() {
        say("The menu is the same as before.");
        return Ok(());
    }
    let would = if dry_run { "would be" } else { "were" };
    say(&format!("{items} items, {groups} groups and {categories} categories {would} put."));
    Ok(())
}

/// Why a menu was not taken in.
#[derive(Debug)]
pub(super) enum TakeIn {
    /// It is wrong.
    Findings(Vec<menu_file::Finding>),
    /// The store cannot be used.
    Store(Failure),
}

impl From<TakeIn> for Failure {
    fn from(error: TakeIn) -> Self {
        match error {
            TakeIn::Findings(findings) => {
                let words: Vec<String> = findings.iter().map(ToString::to_string).collect();
                Self::data(words.join("\n"))
            }
            TakeIn::Store(failure) => failure,
        }
    }
}

/// Reads menu files onto the menu that is there, and records what changes. `None` when nothing does.
pub(super) fn take_in(
    store: &mut Store,
    settings: &Settings,
    files: &[(String, Vec<u8>)],
    reading: Reading,
) -> std::result::Result<Option<MenuChange>, TakeIn> {
    let known = Known::of(settings);
    let options = ReadOptions { known: &known, map: &reading.map, encoding: reading.encoding };
    let failed = |e: crate::store::StoreError| TakeIn::Store(e.into());
    let before = store.load_menu().map_err(failed)?;
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let after = menu_file::read(&files, &options, before.as_ref()).map_err(TakeIn::Findings)?;
    let before = before.unwrap_or_else(|| crate::domain::catalogue::Menu::empty(settings.currency));
    let Some(change) = diff(&before, &after) else { return Ok(None) };
    if !reading.dry_run {
        let event = Event::MenuChanged { change: Box::new(change.clone()), catalogue: None };
        let recorded = office(store, settings).record(vec![event], SystemClock.now(), PROGRAM, SCHEMA);
        store.commit(&recorded, &[]).map_err(|e| TakeIn::Store(Failure::io(e.to_string())))?;
    }
    Ok(Some(change))
}
