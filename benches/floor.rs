//! A full house: 300 open orders of 20 lines, five tills at ten acts a second each, and somebody who watches.
//! What an act takes, and how long until another screen shows it; what a kitchen's screen takes to look. See
//! `benches/README.md`.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use counterflow::domain::command::{Command, PriceGiven, Ring};
use counterflow::domain::ids::{OrderId, RegisterId};
use counterflow::domain::money::Money;
use counterflow::session::clock::{Clock, SystemClock};
use counterflow::session::kitchen::Kitchen;
use counterflow::session::{Options, Outcome, Session, config_folder};
use counterflow::tui::{Colours, Glyphs, Look, picture};
use counterflow::ui::{AfterPin, Input};

const PIN: &str = "4711";
const TILLS: u16 = 5;
/// How often a running till looks at what others did.
const TICK: Duration = Duration::from_millis(250);
const USAGE: &str = "cargo bench --bench floor -- [--orders N] [--lines N] [--seconds N] [--per-second N] [--dir DIR]";
/// Where the first of them is made.
const STATION: &str = "kitchen";
/// Items without options, of which orders are made.
const ITEMS: [&str; 4] = ["102", "401", "601", "951"];

struct Arguments {
    orders: usize,
    lines: usize,
    seconds: u64,
    per_second: u64,
    dir: PathBuf,
}

fn arguments() -> Result<Arguments> {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("floor");
    let mut read = Arguments { orders: 300, lines: 20, seconds: 20, per_second: 10, dir };
    let mut given = std::env::args().skip(1).filter(|name| name != "--bench");
    while let Some(name) = given.next() {
        let value = given.next().context(USAGE)?;
        match name.as_str() {
            "--orders" => read.orders = value.parse()?,
            "--lines" => read.lines = value.parse()?,
            "--seconds" => read.seconds = value.parse()?,
            "--per-second" => read.per_second = value.parse()?,
            "--dir" => read.dir = value.into(),
            _ => bail!(USAGE),
        }
    }
    Ok(read)
}

/// The PIN of who works at a register: orders follow their user, so that each till has one of its own.
fn pin_of(register: u16) -> String {
    format!("100{register}")
}

/// A restaurant with a register and a person for each till, and for who watches.
fn house(dir: &Path) -> Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    let mut setup = std::process::Command::new(env!("CARGO_BIN_EXE_counterflow"));
    setup.arg("--data").arg(dir).args(["setup", "--template", "restaurant", "--owner", "Olive", "--yes"]);
    ensure!(setup.env("COUNTERFLOW_PIN", PIN).status()?.success(), "no store was made");
    let file = config_folder(dir).join("counterflow.toml");
    let registers: Vec<String> = (0..=TILLS).map(|n| format!("\"Till {n}\"")).collect();
    let text = std::fs::read_to_string(&file)?;
    let line = text.lines().find(|l| l.starts_with("registers =")).context("no registers")?.to_owned();
    std::fs::write(file, text.replace(&line, &format!("registers = [{}]", registers.join(", "))))?;
    for register in 1..=TILLS + 1 {
        let mut hire = std::process::Command::new(env!("CARGO_BIN_EXE_counterflow"));
        hire.arg("--data").arg(dir).args(["staff", "add", &format!("Waiter {register}")]);
        hire.args(["--role", "supervisor", "--as", "Olive"]).env("COUNTERFLOW_PIN", PIN);
        ensure!(hire.env("COUNTERFLOW_NEW_PIN", pin_of(register)).status()?.success(), "nobody was taken on");
    }
    Ok(())
}

fn open(dir: &Path, register: u16) -> Result<Session> {
    let mut session = Session::open(Options {
        data: dir.to_owned(),
        config: config_folder(dir),
        register: RegisterId(register),
        clock: Box::new(SystemClock),
        greeting: Vec::new(),
        watermark: None,
    })?;
    session.pin(&pin_of(register), AfterPin::SignIn);
    if session.till.shift.is_none() {
        session.act(Command::OpenShift { float: Money::ZERO, pieces: Vec::new() });
    }
    Ok(session)
}

fn does(session: &mut Session, command: &Command) -> Result<()> {
    session.outcomes.clear();
    session.carry_out(command, None, SystemClock.now());
    match session.outcomes.last() {
        Some(Outcome::Done(_)) => Ok(()),
        other => bail!("{command:?}: {other:?}: {}", session.said()),
    }
}

fn ring(item: &str) -> Command {
    let (quantity, price) = (None, PriceGiven::Menu);
    Command::Ring(Ring { item: item.to_owned(), quantity, net: false, price, picks: None, confirmed: true })
}

/// Fills the house; each till gets its share of the orders.
fn fill(given: &Arguments) -> Result<Vec<Vec<OrderId>>> {
    let mut session = open(&given.dir, 1)?;
    let mut shares = vec![Vec::new(); usize::from(TILLS)];
    for number in 0..given.orders {
        for line in 0..given.lines {
            does(&mut session, &ring(ITEMS[line % ITEMS.len()]))?;
        }
        does(&mut session, &Command::Send)?;
        let id = session.till.current().context("no order")?.id;
        does(&mut session, &Command::Hold { name: Some(format!("Party {number}")) })?;
        shares[number % usize::from(TILLS)].push(id);
    }
    does(&mut session, &Command::SignOut { locked: false })?;
    session.close();
    Ok(shares)
}

/// An act that was done: which order it left in which version, when it was asked for, and how long it took.
struct Done {
    order: OrderId,
    version: u64,
    asked: Instant,
    took: Duration,
}

/// One till at work: it brings an order back, rings something, puts it aside, and so on, in step with the clock.
fn work(given: &Arguments, register: u16, mine: &[OrderId], told: &Sender<Done>) -> Result<()> {
    let mut session = open(&given.dir, register)?;
    let every = Duration::from_micros(1_000_000 / given.per_second);
    let began = Instant::now();
    for act in 0..given.seconds * given.per_second {
        let due = began + every * u32::try_from(act)?;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let order = mine[(act / 3) as usize % mine.len()];
        let command = match act % 3 {
            0 => Command::Recall { order },
            1 => ring(ITEMS[act as usize % ITEMS.len()]),
            _ => Command::Hold { name: None },
        };
        let asked = Instant::now();
        // As a key does: what others did is looked at first, and what follows is drawn.
        session.step(Input::Tick);
        does(&mut session, &command)?;
        let took = asked.elapsed();
        let version = session.till.orders.get(&order).context("the order is gone")?.version;
        told.send(Done { order, version, asked, took })?;
    }
    session.close();
    Ok(())
}

/// Looks at the store as often as a running till does, and draws; says how long each act took to appear.
fn watch(given: &Arguments, done: &Receiver<Done>) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let mut session = open(&given.dir, TILLS + 1)?;
    let look = Look { colours: Colours::Ansi16, glyphs: Glyphs::Full };
    let (mut acts, mut appeared, mut waiting): (Vec<Duration>, Vec<Duration>, Vec<Done>) = Default::default();
    let ends = Instant::now() + Duration::from_secs(given.seconds + 2);
    while Instant::now() < ends {
        std::thread::sleep(TICK);
        session.tick();
        black_box(picture(&session.screen(), 80, 24, &look));
        let now = Instant::now();
        waiting.extend(done.try_iter());
        waiting.retain(|act| {
            let shown = session.till.orders.get(&act.order).is_some_and(|order| order.version >= act.version);
            if shown {
                acts.push(act.took);
                appeared.push(now - act.asked);
            }
            !shown
        });
    }
    ensure!(waiting.is_empty(), "{} acts never appeared", waiting.len());
    session.close();
    Ok((acts, appeared))
}

/// What each look of a kitchen's screen takes: the first, and those after an act of a till that sent nothing and one
/// that sent a ticket.
fn cook(given: &Arguments) -> Result<[Vec<Duration>; 3]> {
    let look = |kitchen: &mut Kitchen| -> Result<Duration> {
        let began = Instant::now();
        ensure!(kitchen.look()?, "the screen saw nothing");
        Ok(began.elapsed())
    };
    let open_screen = || Kitchen::open(&given.dir, &config_folder(&given.dir), STATION, Box::new(SystemClock));
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..10 {
        let began = Instant::now();
        black_box(open_screen()?);
        times[0].push(began.elapsed());
    }
    let (mut session, mut kitchen) = (open(&given.dir, 1)?, open_screen()?);
    for _ in 0..100 {
        does(&mut session, &ring(ITEMS[0]))?;
        times[1].push(look(&mut kitchen)?);
        does(&mut session, &Command::Send)?;
        times[2].push(look(&mut kitchen)?);
    }
    println!("{} tickets are open at the {STATION}", kitchen.board().open().count());
    session.close();
    Ok(times)
}

fn row(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    println!("{what:<44}{:>8}{:>10.2}{:>10.2}{:>10.2}{:>10.2}", times.len(), at(50), at(95), at(99), at(100));
}

fn main() -> Result<()> {
    let given = arguments()?;
    house(&given.dir)?;
    let began = Instant::now();
    let shares = fill(&given)?;
    println!("{} open orders of {} lines, made in {:.1} s", given.orders, given.lines, began.elapsed().as_secs_f64());
    let (told, done) = channel();
    let (mut acts, mut appeared) = std::thread::scope(|scope| {
        let tills: Vec<_> = (1..=TILLS)
            .zip(&shares)
            .map(|(register, mine)| {
                let (told, given) = (told.clone(), &given);
                scope.spawn(move || work(given, register, mine, &told))
            })
            .collect();
        let watched = watch(&given, &done);
        for till in tills {
            till.join().map_err(|_| anyhow::anyhow!("a till broke"))??;
        }
        watched
    })?;
    println!("{:<44}{:>8}{:>10}{:>10}{:>10}{:>10}", "ms", "acts", "p50", "p95", "p99", "most");
    row("an act, decided and on the disk", &mut acts);
    row("until another screen shows it", &mut appeared);
    let [mut first, mut nothing, mut ticket] = cook(&given)?;
    row("a kitchen's screen that opens", &mut first);
    row("it looks: a till rang something", &mut nothing);
    row("it looks: a ticket came", &mut ticket);
    Ok(())
}
