//! No subcommand: the till itself.

use std::io::IsTerminal;

use crate::cli::{Failure, Place, Result, say};
use crate::session::clock::{Clock, SystemClock};
use crate::session::config::{Colours, Config};
use crate::session::scans::Scans;
use crate::session::{Ended, Options, PROGRAM, Session};
use crate::store::StoreError;
use crate::tui::{self, Environment, Glyphs, Look, Terminal};

/// Opens the till on this terminal.
pub(super) fn run(place: &Place) -> Result {
    if !place.data.join(crate::store::FILE_NAME).is_file() {
        return first_run(place);
    }
    let greeting = vec![format!("CounterFlow {PROGRAM}")];
    if let Some(words) = open(place, Box::new(SystemClock), greeting, None)? {
        say(&words);
    }
    Ok(())
}

/// A fresh folder: what can be done.
fn first_run(place: &Place) -> Result {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        say(&format!("There is no store in {} yet.\n", place.data.display()));
        return super::setup::wizard(place);
    }
    Err(StoreError::NoStore(place.data.clone()).into())
}

/// Opens a session on this terminal and runs it until the person leaves. Returns what is left to
/// say of the orders that are open.
pub(super) fn open(
    place: &Place,
    clock: Box<dyn Clock>,
    greeting: Vec<String>,
    watermark: Option<String>,
) -> Result<Option<String>> {
    let _log = log_to(place);
    let config = Config::read(&place.config)?;
    let look = look(config.entry.colours);
    let scans = Scans::new(config.scanner.keyboard.as_ref()).map_err(Failure::config)?;
    let options = Options {
        data: place.data.clone(),
        config: place.config.clone(),
        register: place.register,
        clock,
        greeting,
        watermark,
    };
    let mut session = Session::open(options)?;
    let mut terminal = Terminal::open(look)?;
    let ended = session.run(&mut terminal, scans);
    drop(terminal);
    tui::restore();
    let kept = kept_words(&session);
    session.close();
    match ended {
        // A terminal that hung up ends the till in order; there is nobody to tell.
        Ok(Ended::HungUp) => Ok(None),
        Err(error) if hung_up(&error) => Ok(None),
        Ok(Ended::Quit) => Ok(kept),
        Err(error) => Err(Failure::io(format!("the terminal cannot be written: {error}"))),
    }
}

/// Whether a terminal that cannot be written is gone: a picture may be on its way to it before the
/// keys have told so.
pub(super) fn hung_up(error: &std::io::Error) -> bool {
    /// EIO and ENXIO: what the system answers for a terminal that nobody holds any more.
    const GONE: [i32; 2] = [5, 6];
    error.kind() == std::io::ErrorKind::BrokenPipe || error.raw_os_error().is_some_and(|code| GONE.contains(&code))
}

/// What of the orders outlasts this session; the person who leaves should not have to wonder.
fn kept_words(session: &Session) -> Option<String> {
    let open = session.till.orders.values().filter(|o| !o.is_empty()).count();
    match (session.till.current().filter(|o| !o.is_empty()), open) {
        (Some(order), 1) => Some(format!("Order {} is kept: sign in again to go on with it.", order.title())),
        (Some(order), open) => Some(format!(
            "Order {} is kept, and {} more open: sign in again to go on with them.",
            order.title(),
            open - 1
        )),
        (None, 0) => None,
        (None, 1) => Some("One open order is kept.".to_owned()),
        (None, open) => Some(format!("{open} open orders are kept.")),
    }
}

pub(super) fn look(colours: Colours) -> Look {
    let detected = Look::detect(&Environment::read());
    match colours {
        Colours::Auto => detected,
        Colours::Sixteen => Look { colours: tui::Colours::Ansi16, ..detected },
        Colours::Mono => Look { colours: tui::Colours::Mono, ..detected },
        Colours::Ascii => Look { colours: tui::Colours::Mono, glyphs: Glyphs::Ascii },
    }
}

/// Logs go to a file of the day beside the store, never to the screen.
fn log_to(place: &Place) -> Option<tracing_appender::non_blocking::WorkerGuard> {
    let folder = place.data.join("log");
    // The appender complains on the screen about a folder that it is about to make.
    std::fs::create_dir_all(&folder).ok()?;
    let appender = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix("till")
        .filename_suffix("log")
        .max_log_files(14)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let filter = tracing_subscriber::EnvFilter::try_from_env("COUNTERFLOW_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let logging = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_env_filter(filter);
    logging.try_init().ok()?;
    Some(guard)
}
