//! `counterflow upload`: closed shifts to the backend, for a timer or a cron job.

use std::path::PathBuf;

use clap::Args;

use crate::cli::backend::Machine;
use crate::cli::{Failure, Place, Result, print_json, say};
use crate::domain::time::Stamp;
use crate::upload::{self, End, Report, Sent, Wanted, files};
use crate::wire::bundle::Kind;

#[derive(Debug, Args)]
pub(super) struct UploadArgs {
    /// Send nothing; say what would be sent
    #[arg(long)]
    dry_run: bool,
    /// Send no more than so many bundles
    #[arg(long, value_name = "N")]
    max: Option<usize>,
    /// Say nothing when all went well
    #[arg(long)]
    quiet: bool,
    /// Write bundles to a folder (a stick) instead, and take in the acknowledgements it brings back
    #[arg(long, value_name = "DIR", conflicts_with = "dry_run")]
    to_file: Option<PathBuf>,
    /// Try at once, though the server asked for a pause
    #[arg(long)]
    now: bool,
    /// Try again what was set aside
    #[arg(long)]
    retry: bool,
}

pub(super) fn run(place: &Place, args: UploadArgs) -> Result {
    let (mut store, mut machine, _lock) = Machine::open(place)?;
    let report = match &args.to_file {
        Some(dir) => files::run(&mut store, dir, &mut machine, args.max)?,
        None => {
            let wanted = Wanted { dry_run: args.dry_run, max: args.max, now: args.now, retry: args.retry };
            upload::run(&mut store, &place.config, &mut machine, wanted)?
        }
    };
    if place.json {
        print_json(&report)?;
    }
    if !args.quiet || report.end != End::Done || report.sent.iter().any(|s| !s.warnings.is_empty()) {
        tell(&report, &args);
    }
    match report.end {
        End::Done => Ok(()),
        // Everything was told already.
        end => Err(Failure { code: end.exit_code(), words: report.why }),
    }
}

fn tell(report: &Report, args: &UploadArgs) {
    if !report.would_send.is_empty() {
        let done = if args.to_file.is_some() { "written to the folder" } else { "would be sent" };
        say(&format!("{} {done}", count(&report.would_send)));
    }
    if !report.sent.is_empty() || report.waiting > report.would_send.len() {
        say(&format!("{} acknowledged, {} still to send", count(&report.sent), report.waiting));
    } else if report.end == End::Done && report.would_send.is_empty() {
        say("Nothing to send.");
    }
    for sent in report.sent.iter().filter(|s| !s.warnings.is_empty()) {
        say(&format!("register {}, number {}: {}", sent.register, sent.seq, sent.warnings.join("; ")));
    }
    for aside in &report.set_aside {
        say(&format!("set aside: register {}, number {}: {}", aside.register, aside.seq, aside.trouble));
    }
    if !report.set_aside.is_empty() {
        let many = report.set_aside.len();
        say(&format!("{many} set aside, kept here: tell the office; then `counterflow upload --retry`"));
    }
    if let Some(at) = report.retry_at {
        let here = crate::session::clock::SystemClock;
        let offset = crate::session::clock::Clock::now(&here).offset_min;
        let at = Stamp::new(at, offset).show();
        say(&format!("no run tries again before {at}, but for `counterflow upload --now`"));
    }
}

/// `2 shifts and 1 correction`.
fn count(bundles: &[Sent]) -> String {
    let of = |kind| bundles.iter().filter(|b| b.kind == kind).count();
    let words = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    match (of(Kind::Shift), of(Kind::Correction)) {
        (shifts, 0) => words(shifts, "shift"),
        (0, corrections) => words(corrections, "correction"),
        (shifts, corrections) => format!("{} and {}", words(shifts, "shift"), words(corrections, "correction")),
    }
}
