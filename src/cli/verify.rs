//! `counterflow verify`: is everything as it was recorded?

use clap::Args;

use crate::cli::{Failure, Place, Result, print, print_json, say};
use crate::session::PROGRAM;
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Fill every table that is derived from the journal again, then check
    #[arg(long)]
    rebuild: bool,
}

pub(super) fn run(place: &Place, args: VerifyArgs) -> Result {
    let mut store = Store::open(&place.data, PROGRAM)?;
    let mut shown = 0;
    let mut progress = |done: u64, all: u64| {
        let percent = (done * 100).checked_div(all).unwrap_or(100);
        if !place.json && percent >= shown + 10 {
            shown = percent;
            say(&format!("{percent}% of {all} entries"));
        }
    };
    if args.rebuild {
        let entries = store.rebuild(&mut progress)?;
        if !place.json {
            say(&format!("rebuilt from {entries} entries"));
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
