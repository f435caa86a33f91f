//! `counterflow spool`: what waits to be printed, and what became of the last jobs.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{Failure, Place, Result, print, print_json};
use crate::session::PROGRAM;
use crate::session::config::Config;
use crate::store::SpoolQueue;

#[derive(Debug, Args)]
pub(super) struct SpoolArgs {
    #[command(subcommand)]
    command: Option<SpoolCmd>,
}

#[derive(Debug, Subcommand)]
enum SpoolCmd {
    /// Lists the jobs that wait, and the newest others
    List {
        /// How many of the newest jobs
        #[arg(long, default_value_t = 20)]
        newest: u32,
    },
}

pub(super) fn run(place: &Place, args: SpoolArgs) -> Result {
    let SpoolCmd::List { newest } = args.command.unwrap_or(SpoolCmd::List { newest: 20 });
    let config = Config::read(&place.config)?;
    let queue = SpoolQueue::open(&place.data, PROGRAM, config.settings.cut_off)?;
    let jobs = queue.list(newest).map_err(Failure::io)?;
    if place.json {
        let jobs: Vec<_> = jobs
            .iter()
            .map(|j| {
                json!({ "job": j.id, "printer": j.printer, "kind": j.kind, "title": j.title, "state": j.state,
                        "attempts": j.attempts, "queued": j.queued, "changed": j.changed, "detail": j.detail })
            })
            .collect();
        return print_json(&jobs);
    }
    let mut text = String::new();
    for job in &jobs {
        let line = format!(
            "{:>6}  {}  {:<12} {:<20} {:<10} {}",
            job.id,
            job.queued.show(),
            job.printer,
            job.title,
            job.state.words(),
            job.detail
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if jobs.is_empty() {
        text.push_str("Nothing was printed yet.\n");
    }
    print(&text)
}
