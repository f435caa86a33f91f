//! `counterflow pull`: the catalogue from the backend, and what can be had just now.

use clap::Args;
use serde_json::json;

use crate::cli::backend::Machine;
use crate::cli::{Failure, Place, Result, print_json, say};
use crate::upload::pull::{self, Pulled, Put};

#[derive(Debug, Args)]
pub(super) struct PullArgs {
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Go back to the menu before the newest catalogue
    #[arg(long)]
    back: bool,
    /// Say nothing when all went well
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(place: &Place, args: PullArgs) -> Result {
    let (mut store, mut machine, _lock) = Machine::open(place)?;
    let settings = machine.settings.clone();
    let pulled = if args.back {
        pull::back(&mut store, &machine, args.dry_run)?
    } else {
        pull::run(&mut store, &place.config, &mut machine, (place.register, &settings), args.dry_run)?
    };
    if place.json {
        print_json(&json!({
            "version": pulled.version, "state": pulled.put, "effective": pulled.effective,
            "changes": pulled.changes, "availability": pulled.availability, "findings": pulled.findings,
            "why": pulled.why,
        }))?;
    }
    if !args.quiet || pulled.end.exit_code() != 0 {
        tell(&pulled, args.back);
    }
    match pulled.end.exit_code() {
        0 => Ok(()),
        code => Err(Failure { code, words: pulled.why }),
    }
}

fn tell(pulled: &Pulled, back: bool) {
    for change in &pulled.changes {
        say(change);
    }
    for finding in &pulled.findings {
        say(finding);
    }
    for words in &pulled.availability {
        say(words);
    }
    let version = pulled.version.unwrap_or_default();
    match pulled.put {
        Put::Nothing if !pulled.why.is_empty() && pulled.end.exit_code() == 0 => say(&pulled.why),
        Put::Nothing if pulled.why.is_empty() && pulled.availability.is_empty() => say("Nothing new."),
        Put::Nothing => {}
        Put::Shown if back => {
            say(&format!("Taking version {version} back would change the menu like this; nothing was changed."));
        }
        Put::Shown => say(&format!("Version {version} would change the menu like this; nothing was changed.")),
        Put::Waits => say(&format!(
            "Version {version} waits for {} and for the shifts to end.",
            pulled.effective.map(|d| d.to_string()).unwrap_or_default()
        )),
        Put::Applied => say(&format!("Version {version} is being sold from; `counterflow pull --back` takes it back.")),
        Put::TakenBack => say(&format!("Version {version} was taken back.")),
        Put::Refused => say(&format!("Version {version} cannot be sold from, and was not taken.")),
    }
}
