//! `counterflow spool`: what waits to be printed, what became of the last jobs, what is decided over
//! them; and the spooler of a box whose till is closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::preview::{self, PreviewArgs};
use crate::cli::staff::{By, identified};
use crate::cli::{Failure, Place, Result, print, print_json, say};
use crate::devices::printer::Printer;
use crate::devices::{job, logo_job};
use crate::documents::slip;
use crate::documents::test_page::test_page;
use crate::domain::command::Command;
use crate::domain::spool::{Job, JobAct, JobState, NewJob};
use crate::domain::till::Ctx;
use crate::domain::time::Stamp;
use crate::session::clock::{Clock, Ids, SystemClock};
use crate::session::devices::jobs_elsewhere;
use crate::session::printing::Printing;
use crate::session::{PROGRAM, read_config};
use crate::store::{SCHEMA, Store};

/// How often the spooler looks for printers that nobody serves.
const LOOK: Duration = Duration::from_secs(2);
/// How long a test page may take.
const ONCE: Duration = Duration::from_secs(20);

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
    /// Prints a job that waits for a person, or once more one that may have come out
    Retry {
        /// Its number, as `spool list` shows it
        job: i64,
        #[command(flatten)]
        by: By,
    },
    /// Gives a job up
    Skip {
        /// Its number, as `spool list` shows it
        job: i64,
        /// Why
        #[arg(long)]
        why: String,
        #[command(flatten)]
        by: By,
    },
    /// Prints a job on another printer
    SendElsewhere {
        /// Its number, as `spool list` shows it
        job: i64,
        /// The printer, as printers.toml names it
        #[arg(long)]
        to: String,
        #[command(flatten)]
        by: By,
    },
    /// Tells the printer that a job waits for to go on, when you have cleared a jam or another error of its
    Recover {
        /// The job's number, as `spool list` shows it
        job: i64,
        #[command(flatten)]
        by: By,
    },
    /// Prints a page that shows columns, alignment, styles and characters
    Test {
        /// The printer, as printers.toml names it
        printer: String,
    },
    /// Has a printer keep its logo, so that receipts need not bring it (`stored_logo` in printers.toml)
    Logo {
        /// The printer, as printers.toml names it
        printer: String,
    },
    /// Shows what the template of kitchen tickets makes of a made-up evening
    Preview(PreviewArgs),
    /// Serves the printers while no till does
    Run {
        /// Ends as soon as nothing waits any more
        #[arg(long)]
        until_empty: bool,
    },
}

pub(super) fn run(place: &Place, args: SpoolArgs) -> Result {
    match args.command.unwrap_or(SpoolCmd::List { newest: 20 }) {
        SpoolCmd::List { newest } => list(place, newest),
        SpoolCmd::Retry { job, by } => decide(place, &by, job, JobAct::Retry, ""),
        SpoolCmd::Skip { job, why, by } => decide(place, &by, job, JobAct::Skip, &why),
        SpoolCmd::SendElsewhere { job, to, by } => decide(place, &by, job, JobAct::SendTo(to), ""),
        SpoolCmd::Recover { job, by } => decide(place, &by, job, JobAct::Recover, ""),
        SpoolCmd::Test { printer } => once(place, &printer, "test page", |printer, now| {
            if printer.is_drawer() {
                return Ok(job(&slip::drawer(), printer, None));
            }
            let about = format!("{} · {} · {} columns", printer.address, printer.profile.name, printer.columns());
            Ok(job(&test_page(&printer.name, &about, printer.columns(), now), printer, None))
        }),
        SpoolCmd::Logo { printer } => once(place, &printer, "logo", |printer, _| {
            let cannot = || format!("{} has no logo, or its profile cannot keep one", printer.name);
            logo_job(printer).ok_or_else(cannot)
        }),
        SpoolCmd::Preview(args) => preview::run(place, args),
        SpoolCmd::Run { until_empty } => serve(place, until_empty),
    }
}

/// The store at its newest schema, and its printers.
fn open(place: &Place) -> Result<(Store, Printing, crate::session::config::Config)> {
    let (config, printers, _) = read_config(&place.config)?;
    let store = Store::open(&place.data, PROGRAM)?;
    let printing = Printing::new(place.data.clone(), config.settings.cut_off, printers);
    Ok((store, printing, config))
}

fn list(place: &Place, newest: u32) -> Result {
    let (_, mut printing, _) = open(place)?;
    let jobs = printing.queue().and_then(|queue| queue.list(newest)).map_err(Failure::io)?;
    if place.json {
        let jobs: Vec<_> = jobs
            .iter()
            .map(|j| {
                json!({ "job": j.id, "printer": j.printer, "kind": j.kind, "title": j.title, "state": j.state,
                        "station": j.station, "instead_of": j.instead_of, "attempts": j.attempts, "queued": j.queued,
                        "changed": j.changed, "detail": j.detail })
            })
            .collect();
        return print_json(&jobs);
    }
    let line = |job: &Job| {
        let (id, at, printer, title) = (job.id, job.queued.show(), &job.printer, &job.title);
        let line = format!("{id:>6}  {at}  {printer:<12} {title:<20} {:<10} {}", job.state.words(), job.detail);
        format!("{}\n", line.trim_end())
    };
    let mut text: String = jobs.iter().map(line).collect();
    if jobs.is_empty() {
        text.push_str("Nothing was printed yet.\n");
    }
    print(&text)
}

/// Decides over a job as somebody does on the screen.
fn decide(place: &Place, by: &By, job: i64, act: JobAct, reason: &str) -> Result {
    let (mut store, mut printing, config) = open(place)?;
    let who = identified(&store, by)?;
    let menu = crate::domain::catalogue::Menu::empty(config.settings.currency);
    let catalogue = Arc::new(crate::domain::catalogue::Catalogue::new(menu));
    let (mut till, _) = store.load_till(place.register, Arc::new(config.settings), catalogue)?;
    till.signed_in = Some(who.id);
    let now = SystemClock.now();
    let command = Command::DecideJob { job, act: act.clone(), reason: reason.to_owned() };
    let refused = |refusal: crate::domain::refusal::Refusal| Failure::finding(refusal.to_string());
    let events = till.decide(&command, &mut Ctx { now, ids: &mut Ids, approver: None }).map_err(refused)?;
    let jobs = jobs_elsewhere(&mut printing, &events).map_err(|e| Failure::finding(e.to_string()))?;
    let recorded = till.record(events, now, PROGRAM, SCHEMA);
    store.commit(&recorded, &jobs).map_err(|e| Failure::finding(e.to_string()))?;
    say(&format!("Print job {job}: {}.", act.words()));
    Ok(())
}

/// Queues a job of its own for a printer, and waits for what becomes of it.
pub(super) fn once(
    place: &Place,
    name: &str,
    what: &str,
    make: impl FnOnce(&Printer, Stamp) -> std::result::Result<NewJob, String>,
) -> Result {
    let (_store, mut printing, _) = open(place)?;
    let Some(printer) = printing.printers.get(name).cloned() else {
        let names: Vec<&str> = printing.printers.iter().map(|p| p.name.as_str()).collect();
        return Err(Failure::usage(format!("there is no printer `{name}`: printers.toml has {}", names.join(", "))));
    };
    let now = SystemClock.now();
    let page = make(&printer, now).map_err(Failure::usage)?;
    let id = printing.queue().and_then(|queue| queue.add(place.register, &page, now)).map_err(Failure::io)?;
    printing.report_to(|_| {});
    printing.serve(&SystemClock).into_iter().for_each(|trouble| say(&trouble));
    let until = Instant::now() + ONCE;
    let became = loop {
        let job = printing.queue().and_then(|queue| queue.job(id)).map_err(Failure::io)?;
        let Some(job) = job else { return Err(Failure::io("the job is not in the queue any more")) };
        // One try is enough to say what is wrong.
        if !job.state.is_open() || matches!(job.state, JobState::Failed | JobState::Unknown) || Instant::now() > until {
            break job;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    printing.stop();
    let done = matches!(became.state, JobState::Confirmed | JobState::Unconfirmed);
    if !done {
        // It is not to come out later, when nobody waits for it any more.
        let _ = printing.queue().and_then(|queue| queue.withdraw(id, SystemClock.now()));
    }
    match became.state {
        JobState::Confirmed => say(&format!("{name}: the {what} came out.")),
        JobState::Unconfirmed => say(&format!("The {what} was sent to {name}; it does not say whether it printed.")),
        JobState::Queued | JobState::Sending => {
            return Err(Failure::temporary(format!("{name} does not print: another program serves it, and is busy")));
        }
        JobState::Failed | JobState::Unknown | JobState::Stale | JobState::Cancelled => {
            return Err(Failure::finding(format!("{name}: {}", became.detail)));
        }
    }
    Ok(())
}

/// Serves the printers that no till serves.
fn serve(place: &Place, until_empty: bool) -> Result {
    let (_store, printing, _) = open(place)?;
    // Whoever has no screen cannot show paper on it.
    let mut printing = printing.without_screens().map_err(Failure::config)?;
    printing.report_to(|report| {
        let state = report.state;
        if let Some(trouble) = state.trouble {
            say(&format!("{}: {trouble}, {} waiting", state.printer, report.waiting.jobs));
        }
    });
    let stop = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT, signal_hook::consts::SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let mut looked: Option<Instant> = None;
    while !stop.load(Ordering::Relaxed) {
        if looked.is_none_or(|at| at.elapsed() >= LOOK) {
            printing.serve(&SystemClock).into_iter().for_each(|trouble| say(&trouble));
            looked = Some(Instant::now());
        }
        if until_empty && printing.waiting() == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    printing.stop();
    Ok(())
}
