//! The `counterflow` command: one file for each subcommand.

mod backend;
mod customers;
mod demo;
mod doctor;
mod enrol;
mod export;
mod import;
mod keys;
mod kitchen;
mod preview;
mod printers;
mod pull;
mod report;
mod ring;
mod setup;
mod shift;
mod spool;
mod staff;
mod till;
mod training;
mod upload;
mod verify;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Parser, Subcommand};

use crate::domain::ids::RegisterId;
use crate::session::{PROGRAM, SessionError, config_folder};
use crate::store::{Store, StoreError};

/// A till for the keyboard: orders, payments, receipts and shifts over one local file.
#[derive(Debug, Parser)]
#[command(name = "counterflow", version, about, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(subcommand)]
    command: Option<Cmd>,
}

#[derive(Debug, Args)]
struct PlaceArgs {
    /// The data folder, with the store and its configuration
    #[arg(long, global = true, value_name = "DIR", env = "COUNTERFLOW_DATA")]
    data: Option<PathBuf>,
    /// The folder of the configuration; `config` in the data folder unless said
    #[arg(long, global = true, value_name = "DIR")]
    config: Option<PathBuf>,
    /// The register, as counterflow.toml counts them
    #[arg(long, global = true, value_name = "N", default_value_t = 1)]
    register: u16,
    /// One JSON document on stdout and nothing else
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Cmd {
    /// Opens a throw-away café with menu, staff, and paper on screen
    Demo(demo::DemoArgs),
    /// Makes a store to sell from
    Setup(setup::SetupArgs),
    /// Takes a menu in
    Import(import::ImportArgs),
    /// Writes out items, the menu, or the journal
    Export(export::ExportArgs),
    /// Sells without a screen: a line in, a JSON object out
    Ring(ring::RingArgs),
    /// Opens a till to practise on, with the same menu and people, in which nothing is real
    Training(training::TrainingArgs),
    /// What was sold, by day, hour, item, tender and more
    Report(report::ReportArgs),
    /// Opens or closes a shift, or says how it stands
    Shift(shift::ShiftArgs),
    /// Checks the journal and all that is derived from it
    Verify(verify::VerifyArgs),
    /// Shows the printers that are configured and what is plugged in
    Printers,
    /// Lists customers, writes out what is kept of one, forgets one
    Customers(customers::CustomersArgs),
    /// Adds people, gives them roles and PINs
    Staff(staff::StaffArgs),
    /// Shows what waits to be printed, and decides over it
    Spool(spool::SpoolArgs),
    /// Checks the box and all that hangs on it, and says how to mend what is wrong
    Doctor,
    /// Shows a station's tickets on a screen of their own, or lists them
    Kitchen(kitchen::KitchenArgs),
    /// Makes this register known to a backend, once
    Enrol(enrol::EnrolArgs),
    /// Sends closed shifts to the backend
    Upload(upload::UploadArgs),
    /// Takes the catalogue in that the backend has published, and what can be had
    Pull(pull::PullArgs),
    /// Lists the keys and what they do
    Keys,
}

/// Where things are, as all commands understand it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The data folder.
    pub data: PathBuf,
    /// The folder of the configuration.
    pub config: PathBuf,
    /// The register.
    pub register: RegisterId,
    /// Whether stdout takes one JSON document only.
    pub json: bool,
}

/// How a command ended: its exit code, as sysexits.h has them, and people's words for stderr.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    words: String,
}

impl Failure {
    /// A refusal or a finding.
    pub fn finding(words: impl Into<String>) -> Self {
        Self { code: 1, words: words.into() }
    }

    /// Wrong usage.
    pub fn usage(words: impl Into<String>) -> Self {
        Self { code: 2, words: words.into() }
    }

    /// Input data that cannot be used.
    pub fn data(words: impl Into<String>) -> Self {
        Self { code: 65, words: words.into() }
    }

    /// An error of the disk or the system.
    pub fn io(words: impl Into<String>) -> Self {
        Self { code: 74, words: words.into() }
    }

    /// Something is held by another process; try again.
    pub fn temporary(words: impl Into<String>) -> Self {
        Self { code: 75, words: words.into() }
    }

    /// Something is not configured, or wrongly.
    pub fn config(words: impl Into<String>) -> Self {
        Self { code: 78, words: words.into() }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::io(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Locked { .. } => Self::temporary(error.to_string()),
            StoreError::NoStore(_) => Self::config(format!("{error}; `counterflow demo` shows a café")),
            other => Self::io(other.to_string()),
        }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            SessionError::Config(_) | SessionError::NoRegister(..) | SessionError::NoStation { .. } => {
                Self::config(error.to_string())
            }
            SessionError::Kept(_) => Self::io(error.to_string()),
        }
    }
}

impl From<crate::session::config::ConfigError> for Failure {
    fn from(error: crate::session::config::ConfigError) -> Self {
        Self::config(error.to_string())
    }
}

/// What a command comes to.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let place = match place(cli.place) {
        Ok(place) => place,
        Err(failure) => return end(failure),
    };
    // These begin a store of their own, or need none.
    let begins = matches!(cli.command, Some(Cmd::Demo(_) | Cmd::Setup(_) | Cmd::Keys));
    if !begins && let Err(failure) = bring_up(&place) {
        return end(failure);
    }
    let done = match cli.command {
        None => till::run(&place),
        Some(Cmd::Demo(args)) => demo::run(&place, args),
        Some(Cmd::Setup(args)) => setup::run(&place, args),
        Some(Cmd::Import(args)) => import::run(&place, args),
        Some(Cmd::Export(args)) => export::run(&place, args),
        Some(Cmd::Ring(args)) => ring::run(&place, args),
        Some(Cmd::Training(args)) => training::run(&place, args),
        Some(Cmd::Report(args)) => report::run(&place, args),
        Some(Cmd::Shift(args)) => shift::run(&place, args),
        Some(Cmd::Verify(args)) => verify::run(&place, args),
        Some(Cmd::Printers) => printers::run(&place),
        Some(Cmd::Spool(args)) => spool::run(&place, args),
        Some(Cmd::Doctor) => doctor::run(&place),
        Some(Cmd::Staff(args)) => staff::run(&place, args),
        Some(Cmd::Customers(args)) => customers::run(&place, args),
        Some(Cmd::Kitchen(args)) => kitchen::run(&place, args),
        Some(Cmd::Enrol(args)) => enrol::run(&place, args),
        Some(Cmd::Upload(args)) => upload::run(&place, args),
        Some(Cmd::Pull(args)) => pull::run(&place, args),
        Some(Cmd::Keys) => keys::run(&place),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => end(failure),
    }
}

/// Takes the store of an older program up to this one before anything else is done with it, and says how far it is: years
/// of sales take minutes. What stands in the way is told, and those minutes are not spent once more by the command.
fn bring_up(place: &Place) -> Result {
    if Store::may_be_older(&place.data) {
        let mut told = progress("entries are brought up to this version");
        Store::open_telling(&place.data, PROGRAM, &mut told)?;
    }
    Ok(())
}

/// Tells people how far something is, when it begins and with each per cent that took a second or more.
fn progress(what: &str) -> impl FnMut(u64, u64) {
    let mut told: Option<(Instant, u64)> = None;
    move |done, all| {
        let percent = (done * 100).checked_div(all).unwrap_or(100);
        if told.is_none_or(|(at, before)| percent != before && at.elapsed() >= Duration::from_secs(1)) {
            told = Some((Instant::now(), percent));
            say(&format!("{done} of {all} {what} ({percent}%)"));
        }
    }
}

fn end(failure: Failure) -> ExitCode {
    if !failure.words.is_empty() {
        // Nobody is left to tell if this fails.
        let _ = writeln!(std::io::stderr(), "counterflow: {}", failure.words);
    }
    ExitCode::from(failure.code)
}

fn place(args: PlaceArgs) -> Result<Place> {
    let data = match args.data {
        Some(data) => data,
        None => directories::ProjectDirs::from("", "", "counterflow")
            .map(|dirs| dirs.data_local_dir().to_owned())
            .ok_or_else(|| Failure::usage("no home folder is known: say --data DIR"))?,
    };
    let config = args.config.unwrap_or_else(|| config_folder(&data));
    Ok(Place { data, config, register: RegisterId(args.register), json: args.json })
}

/// Prints to stdout; a reader that has gone is no error.
fn print(text: &str) -> Result {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(Failure::from),
    }
}

/// Prints one JSON document, on lines of its own.
fn print_json(value: &impl serde::Serialize) -> Result {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failure::io(e.to_string()))?;
    print(&format!("{text}\n"))
}

/// Says something to people.
fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}
