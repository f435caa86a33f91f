//! `counterflow verify`: is everything as it was recorded?

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{Failure, Place, Result, print, print_json, progress, say};
use crate::domain::receipt_code;
use crate::session::PROGRAM;
use crate::store::Store;

#[derive(Debug, Subcommand)]
enum What {
    /// Whether a receipt is this house's, by the code printed on it
    Receipt {
        /// The code, like 1-17-8KJ2M4QZ, typed or scanned
        code: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    #[command(subcommand)]
    what: Option<What>,
    /// Fill every table that is derived from the journal again, then check
    #[arg(long)]
    rebuild: bool,
    /// The head of the journal as a Z has printed it, 16 hex digits or more: it must be in the journal
    #[arg(long, value_name = "HEX")]
    anchor: Option<String>,
}

pub(super) fn run(place: &Place, args: VerifyArgs) -> Result {
    let mut store = Store::open(&place.data, PROGRAM)?;
    if let Some(What::Receipt { code }) = &args.what {
        return receipt(place, &store, code);
    }
    let mut say_progress = progress("entries");
    let mut progress = |done: u64, all: u64| match place.json {
        true => {}
        false => say_progress(done, all),
    };
    if args.rebuild {
        let entries = store.rebuild(&mut progress)?;
        if !place.json {
            say(&format!("rebuilt from {entries} entries"));
        }
    }
    if let Some(digits) = &args.anchor {
        if digits.len() < 16 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Failure::usage(format!("`{digits}`: type the 16 digits that the Z has as its journal head")));
        }
        match store.entry_with_hash(digits)? {
            Some((register, seq)) if !place.json => print(&format!("anchor: register {register}, entry {seq}\n"))?,
            Some(_) => {}
            None => {
                let words =
                    format!("no entry has the hash {digits}: this is not the history that the Z was printed from");
                return Err(Failure::finding(words));
            }
        }
    }
    let report = store.verify(&mut progress);
    if place.json {
        print_json(&report)?;
    } else {
        for finding in &report.findings {
            print(&format!("{finding}\n"))?;
        }
        if report.more > 0 {
            print(&format!("and {} more\n", report.more))?;
        }
        for (register, (seq, hash)) in &report.heads {
            let name = if register.0 == 0 { "office".to_owned() } else { format!("register {register}") };
            print(&format!("{name}: {seq} entries, head {}\n", hash.get(..16).unwrap_or(hash)))?;
        }
    }
    if report.is_clean() {
        if !place.json {
            print(&format!("whole: {} entries, {} sales\n", report.entries, report.sales))?;
        }
        Ok(())
    } else {
        let count = report.findings.len() as u64 + report.more;
        let things = if count == 1 { "1 thing".to_owned() } else { format!("{count} things") };
        Err(Failure::finding(format!("{things} cannot be right; nothing was changed")))
    }
}

/// A receipt is checked against its sale's journal entry, and that against its hash.
fn receipt(place: &Place, store: &Store, code: &str) -> Result {
    let Some((register, number)) = receipt_code::parse(code) else {
        return Err(Failure::usage(format!("`{code}` is not the code of a receipt: it looks like 1-17-8KJ2M4QZ")));
    };
    let sale = store.sale_by_receipt(register, number)?.filter(|sale| receipt_code::fits(code, sale));
    let Some(sale) = sale else {
        let words = format!("no receipt {number} of register {register} has this code: the paper is not this house's");
        return Err(Failure::finding(words));
    };
    let refunds = store.refunds_of(sale.id)?.len();
    let total = sale.currency.show(sale.totals.total + sale.rounding);
    if place.json {
        return print_json(&json!({
            "register": register, "receipt": number, "completed": sale.completed.show(), "paid": total,
            "currency": sale.currency, "refunds": refunds,
        }));
    }
    let back = if refunds == 0 { String::new() } else { format!(", {refunds} refunds of it") };
    let (when, currency) = (sale.completed.show(), sale.currency.code());
    print(&format!("genuine: receipt {number} of register {register}, {when}, {currency} {total}{back}\n"))
}
