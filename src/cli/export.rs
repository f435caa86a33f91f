//! `counterflow export`: items, the menu, the same for a backend, sales, the journal, and the accountant's journal.

use std::collections::BTreeMap;
use std::io::Write;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::{Failure, Place, Result, print};
use crate::domain::menu_file::{export_csv, export_items_csv, export_json};
use crate::domain::span::Span;
use crate::reports::accounts::{self, Accounts, Entry};
use crate::reports::table::csv_text;
use crate::session::PROGRAM;
use crate::session::config::{Config, read_toml};
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// What is written out
    what: What,
    /// How: csv and json for items and the menu, json for a backend, csv and jsonl for sales, jsonl for the journal; for accounts ledger,
    /// csv (as QuickBooks Online reads it), xero and sage
    #[arg(long)]
    format: Option<Format>,
    /// The first business date of sales, journal and accounts; all unless said
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// The last business date
    #[arg(long, value_name = "DATE")]
    to: Option<NaiveDate>,
    /// Write the files of a CSV menu into this folder
    #[arg(long, value_name = "DIR")]
    into: Option<std::path::PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Items alone, one row each
    Items,
    /// The whole menu; imports again unchanged
    Menu,
    /// The whole menu as a backend takes it for its catalogue
    Catalogue,
    /// Every sale: a row for each line, or a document for each sale
    Sales,
    /// Every entry of the journal, with its hash
    Journal,
    /// The accountant's journal: a balanced entry for each Z
    Accounts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
    Jsonl,
    Ledger,
    Xero,
    Sage,
}

pub(super) fn run(place: &Place, args: ExportArgs) -> Result {
    let store = Store::open(&place.data, PROGRAM)?;
    match (args.what, args.format) {
        (What::Journal, None | Some(Format::Jsonl)) => journal(&store, &span(&args)),
        (What::Sales, None | Some(Format::Csv)) => sales_csv(&store, &span(&args)),
        (What::Sales, Some(Format::Jsonl)) => sales_jsonl(&store, &span(&args)),
        (What::Accounts, format) => accounts(place, &store, &span(&args), format.unwrap_or(Format::Ledger)),
        (What::Items, None | Some(Format::Csv)) => print(&export_items_csv(&menu(&store)?)),
        (What::Items, Some(Format::Json)) => {
            let items = serde_json::to_value(menu(&store)?.items).map_err(|e| Failure::io(e.to_string()))?;
            super::print_json(&items)
        }
        (What::Menu, None | Some(Format::Json)) => print(&export_json(&menu(&store)?)),
        (What::Menu, Some(Format::Csv)) => menu_csv(&store, args.into.as_deref()),
        (What::Catalogue, None | Some(Format::Json)) => {
            super::print_json(&serde_json::to_value(menu(&store)?).map_err(|e| Failure::io(e.to_string()))?)
        }
        (What::Catalogue, Some(Format::Csv | Format::Jsonl | Format::Ledger | Format::Xero | Format::Sage)) => {
            Err(Failure::usage("a backend takes a catalogue as json"))
        }
        (What::Journal, Some(Format::Csv | Format::Json | Format::Ledger | Format::Xero | Format::Sage)) => {
            Err(Failure::usage("the journal is exported as jsonl: one entry a line"))
        }
        (What::Items | What::Menu, Some(Format::Jsonl | Format::Ledger | Format::Xero | Format::Sage)) => {
            Err(Failure::usage("items and menus are exported as json or csv"))
        }
        (What::Sales, Some(Format::Json | Format::Ledger | Format::Xero | Format::Sage)) => {
            Err(Failure::usage("sales are exported as csv or jsonl"))
        }
    }
}

/// The business dates that are asked for; all of them where none are.
fn span(args: &ExportArgs) -> Span {
    let from = args.from.unwrap_or_default();
    let to = args.to.or_else(|| NaiveDate::from_ymd_opt(9999, 12, 31)).unwrap_or(from);
    Span { from, to, register: None, shift: None }
}

/// A row for each line that counts.
fn sales_csv(store: &Store, span: &Span) -> Result {
    let reader = store.reader()?;
    let names: BTreeMap<_, _> = reader.staff()?.into_iter().map(|s| (s.id, s.name)).collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    write!(
        out,
        "Date,Time,Register,Receipt,Order type,Table,Server,Person,Code,Item,Category,Department,Quantity,Gross,\
         Discount,Net,Tax,Total,Currency\r\n"
    )?;
    reader.sales(span, &mut |sale| {
        let text = |text: &str| csv_text(text);
        let server = names.get(&sale.server).map(|name| text(name)).unwrap_or_default();
        let head = [
            sale.business_date.to_string(),
            sale.completed.show_time(),
            sale.register.to_string(),
            sale.receipt.to_string(),
            text(&sale.order_type),
            text(sale.table.as_deref().unwrap_or_default()),
            server,
            text(&sale.staff_name),
        ];
        let show = |amount| sale.currency.show(amount);
        for (line, part) in sale.lines.iter().zip(&sale.totals.lines).filter(|(line, _)| line.is_live()) {
            let cells = [
                text(&line.item),
                text(&line.name),
                text(&line.category),
                text(line.department.as_deref().unwrap_or_default()),
                line.quantity.to_string(),
                show(part.gross),
                show(part.discount + part.order_discount),
                show(part.net),
                show(part.taxes.iter().sum()),
                show(part.total),
                sale.currency.to_string(),
            ];
            write!(out, "{},{}\r\n", head.join(","), cells.join(","))?;
        }
        Ok(())
    })?;
    out.flush().map_err(Failure::from)
}

/// A document for each sale.
fn sales_jsonl(store: &Store, span: &Span) -> Result {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    store.reader()?.sales(span, &mut |sale| writeln!(out, "{}", serde_json::to_string(&sale)?))?;
    out.flush().map_err(Failure::from)
}

/// A balanced entry for each Z.
fn accounts(place: &Place, store: &Store, span: &Span, format: Format) -> Result {
    let settings = Config::read(&place.config)?.settings;
    let file = place.config.join("accounting.toml");
    let names: Accounts = if file.is_file() { read_toml(&file)? } else { Accounts::default() };
    let drawer = settings.cash().map(|tender| tender.code.clone()).unwrap_or_default();
    let shifts = store.reader()?.shifts(span)?;
    let zs = shifts.iter().filter_map(|shift| shift.z.as_deref());
    let entries: Vec<Entry> = zs.map(|z| accounts::entry(z, &drawer, &names)).collect();
    match format {
        Format::Ledger => print(&accounts::ledger(&entries, settings.currency)),
        Format::Csv => print(&accounts::csv(&entries)),
        Format::Xero => print(&accounts::xero(&entries, &names)),
        Format::Sage => print(&accounts::sage(&entries, &names)),
        Format::Json | Format::Jsonl => Err(Failure::usage("accounts are exported as ledger, csv, xero or sage")),
    }
}

fn menu(store: &Store) -> Result<crate::domain::catalogue::Menu> {
    store
        .load_menu()?
        .ok_or_else(|| Failure::finding("there is no menu yet: `counterflow import menu FILE` takes one in"))
}

fn menu_csv(store: &Store, to: Option<&std::path::Path>) -> Result {
    let folder = to.ok_or_else(|| Failure::usage("a menu is several CSV files: say --into DIR"))?;
    std::fs::create_dir_all(folder)?;
    for (name, text) in export_csv(&menu(store)?) {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|e| Failure::io(format!("{}: {e}", path.display())))?;
        super::say(&path.display().to_string());
    }
    Ok(())
}

fn journal(store: &Store, span: &Span) -> Result {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    let written = store.journal(&mut |entry| {
        let body: serde_json::Value = serde_json::from_slice(&entry.body)?;
        let date = body["business_date"].as_str().and_then(|date| date.parse().ok()).unwrap_or(span.from);
        if !(span.from..=span.to).contains(&date) {
            return Ok(());
        }
        let line = json!({ "register": entry.register, "seq": entry.seq, "hash": hex(&entry.hash), "entry": body });
        writeln!(out, "{line}")
    });
    written?;
    out.flush().map_err(Failure::from)
}
