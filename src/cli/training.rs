//! `counterflow training`: a till to practise on, with the menu and the people of the real one, in which nothing real
//! can happen.

use std::fs;
use std::io::IsTerminal;
use std::path::Path;

use clap::Args;

use crate::cli::{Failure, Place, Result, say, till};
use crate::domain::ids::BoxId;
use crate::domain::ids::IdSource;
use crate::session::PROGRAM;
use crate::session::clock::{Clock, Ids, SystemClock};
use crate::session::config::Config;
use crate::session::config::templates::DEMO;
use crate::store::{FILE_NAME, NewStore, Store};

/// The folder of the copy, within the data folder.
const FOLDER: &str = "training";
const PRINTERS: &str = "printers.toml";
const MAIN: &str = "counterflow.toml";

#[derive(Debug, Args)]
pub(super) struct TrainingArgs {
    /// Begin anew: what was practised so far is thrown away
    #[arg(long)]
    fresh: bool,
}

pub(super) fn run(place: &Place, args: TrainingArgs) -> Result {
    let settings = Config::read(&place.config)?.settings;
    if settings.training {
        return Err(Failure::usage("this store is for practice already: open it without `training`"));
    }
    let real = Store::open(&place.data, PROGRAM)?;
    let data = place.data.join(FOLDER);
    let copy = Place { config: data.join("config"), data: data.clone(), ..place.clone() };
    if args.fresh && data.join(FILE_NAME).is_file() {
        // Somebody who practises just now is not to lose the ground.
        drop(crate::store::lock_register(&data, place.register)?);
        fs::remove_dir_all(&data)?;
    }
    let new = NewStore {
        box_id: BoxId(Ids.next()),
        name: &settings.business.name,
        now: SystemClock.now(),
        cut_off: settings.cut_off,
        program: PROGRAM,
    };
    drop(real.train_in(&data, &new)?);
    copy_config(&place.config, &copy.config)?;
    drop(real);
    if !std::io::stdout().is_terminal() {
        say(&format!("The store to practise in is {}", data.display()));
        return Ok(());
    }
    let greeting = vec![
        format!("CounterFlow {PROGRAM}: TRAINING"),
        String::new(),
        "Nothing here is real: no sale, no drawer, no printer.".to_owned(),
        "The same PINs hold. :drill gives a ticket to ring.".to_owned(),
    ];
    let left = till::open(&copy, Box::new(SystemClock), greeting, None)?;
    if let Some(words) = left {
        say(&words);
    }
    Ok(())
}

/// The real configuration, but for what is real about it: it says that it is for practice, and paper is shown on the
/// screen; there is no scale, no display, no drawer and no scanner's port to take from the real till.
fn copy_config(from: &Path, to: &Path) -> Result {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !name.ends_with(".toml") || name == PRINTERS {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let text = if name == MAIN { for_practice(&text) } else { text };
        fs::write(to.join(&name), text)?;
    }
    let printers = DEMO.files.iter().find(|(name, _)| *name == PRINTERS).map_or("", |(_, text)| text);
    fs::write(to.join(PRINTERS), printers)?;
    // It is read now, so that what is wrong is told before the screen is taken.
    Config::read(to).map(|_| ()).map_err(Failure::from)
}

/// The main file with `training = true`, and without the port of a scanner.
fn for_practice(text: &str) -> String {
    let mut out = "training = true\n".to_owned();
    let mut skipping = false;
    for line in text.lines() {
        let bare = line.trim_start();
        if bare.starts_with('[') {
            skipping = bare.starts_with("[scanner.serial]");
        }
        let said = bare.strip_prefix("training").is_some_and(|rest| rest.trim_start().starts_with('='));
        if !skipping && !said {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::for_practice;

    #[test]
    fn what_is_real_is_taken_out() {
        let text =
            "training = false\nregisters = [\"A\"]\n\n[scanner.serial]\nport = \"/dev/ttyS0\"\n[entry]\nletters = 1\n";
        let practice = "training = true\nregisters = [\"A\"]\n\n[entry]\nletters = 1\n";
        assert_eq!(for_practice(text), practice);
    }
}
