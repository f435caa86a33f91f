//! What a cashier feels, measured from outside beside what nothing on this machine can beat. See
//! `benches/README.md`.

mod cpu;
mod figures;
mod floors;
mod reports;
mod shop;
mod terminal;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::figures::{Times, head, ms};
use crate::floors::Commits;
use crate::shop::{KEYS, PIN, Shop, name_of};
use crate::terminal::{Terminal, order_shows};

/// Rounds in which floors and tills take turns, so that whatever else the machine does hits all.
const ROUNDS: usize = 10;
/// Keys of a floor, and orders of a till, in each round.
const FLOOR_KEYS: usize = 40;
const ORDERS: usize = 8;
const LINES: usize = 5;

struct Arguments {
    program: String,
    dir: PathBuf,
    items: usize,
    sales: u64,
    only: Option<String>,
}

const USAGE: &str =
    "cargo bench -- [--dir DIR] [--items N] [--sales N] [--only start|keys|memory|cpu|reports] [--program PATH]";

fn arguments() -> Result<Arguments> {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("stores");
    let program = env!("CARGO_BIN_EXE_counterflow").to_owned();
    let mut read = Arguments { program, dir, items: 20_000, sales: 1_000_000, only: None };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        // cargo adds this one.
        if name == "--bench" {
            continue;
        }
        let value = given.next().context(USAGE)?;
        match name.as_str() {
            "--dir" => read.dir = value.into(),
            "--items" => read.items = value.parse()?,
            "--sales" => read.sales = value.parse()?,
            "--program" => read.program = value,
            "--only" => read.only = Some(value),
            _ => bail!(USAGE),
        }
    }
    Ok(read)
}

fn main() -> Result<()> {
    let given = arguments()?;
    let wanted = |what: &str| given.only.as_deref().is_none_or(|only| only == what);
    std::fs::create_dir_all(&given.dir)?;
    let empty = given.dir.join("empty");
    if empty.exists() {
        std::fs::remove_dir_all(&empty)?;
    }
    let big = given.dir.join(format!("items-{}-sales-{}", given.items, given.sales));
    println!("stores in {}", given.dir.display());
    let shops = [
        ("empty", Shop::make(&given.program, empty, KEYS, 0)?),
        ("big", Shop::make(&given.program, big, given.items, given.sales)?),
    ];
    for (name, shop) in &shops {
        made(name, shop);
    }
    head("the disk");
    floors::fdatasync(&given.dir)?.row("write 4 KiB + fdatasync", None);
    if wanted("start") {
        start(&shops)?;
    }
    if wanted("keys") {
        keys(&given, &shops)?;
    }
    if wanted("memory") {
        memory(&shops)?;
    }
    if wanted("cpu") {
        cpu::measure(&shops[1].1)?;
    }
    if wanted("reports") {
        reports::measure(&shops[1].1)?;
    }
    Ok(())
}

fn made(name: &str, shop: &Shop) {
    print!("{name}: {} items, {} past sales", shop.items, shop.sales);
    if let Some(made) = &shop.made {
        print!("; made in {:.0} s + {:.0} s", made.import.as_secs_f64(), made.selling.as_secs_f64());
        print!(", {} journal entries, {:.0} MB", made.entries, made.bytes as f64 / 1e6);
    }
    println!();
}

fn open(shop: &Shop) -> Result<(Terminal, Duration)> {
    let folder = shop.dir.to_str().context("the folder's name is not UTF-8")?;
    let mut till = Terminal::start(&shop.program, &["--data", folder])?;
    let ready = till.ready(|screen| screen.contents().contains("Type your PIN"))?;
    Ok((till, ready))
}

fn signed_in(shop: &Shop) -> Result<Terminal> {
    let (mut till, _) = open(shop)?;
    till.press(&format!("{PIN}\r"), |screen| screen.contents().contains("Quick"))?;
    Ok(till)
}

fn start(shops: &[(&str, Shop)]) -> Result<()> {
    head("process start to the first screen");
    let (mut floor, mut times) = (Times::default(), vec![Times::default(); shops.len()]);
    for _ in 0..20 {
        let mut echo = Terminal::start("echo", &["Type your PIN"])?;
        floor.push(echo.ready(|screen| screen.contents().contains("Type your PIN"))?);
        echo.end("")?;
        for ((_, shop), times) in shops.iter().zip(&mut times) {
            let (mut till, ready) = open(shop)?;
            times.push(ready);
            // Nobody is signed in: who ends it says that they may.
            till.press("\x18", |screen| screen.contents().contains("leave the program"))?;
            till.end(&format!("{PIN}\r"))?;
        }
    }
    floor.row("floor: a process that prints", None);
    for ((name, _), times) in shops.iter().zip(&times) {
        times.row(&format!("sign-in screen, {name}"), Some(floor.median()));
    }
    Ok(())
}

/// The key of an item on the first page.
fn key_of(item: usize) -> String {
    char::from(b'a' + (item % KEYS) as u8).to_string()
}

#[derive(Clone, Default)]
struct Keys {
    item: Times,
    cash: Times,
    digit: Times,
    find: Times,
    item_bytes: Vec<usize>,
    cash_bytes: Vec<usize>,
    next: usize,
}

impl Keys {
    fn item(&mut self, till: &mut Terminal) -> Result<()> {
        let (key, name) = (key_of(self.next), name_of(self.next % KEYS));
        self.next += 1;
        let shown = till.press(&key, |screen| order_shows(screen, &name))?;
        self.item.push(shown.took);
        self.item_bytes.push(shown.bytes);
        Ok(())
    }

    fn pay(&mut self, till: &mut Terminal) -> Result<()> {
        let shown = till.press("\x1b[24~", |screen| order_shows(screen, "Receipt"))?;
        self.cash.push(shown.took);
        self.cash_bytes.push(shown.bytes);
        Ok(())
    }

    /// Keys that only edit the input line.
    fn typed(&mut self, till: &mut Terminal) -> Result<()> {
        let line = |screen: &vt100::Screen, text: &str| screen.rows(0, 40).any(|row| row.contains(text));
        let shown = till.press("7", |screen| line(screen, "› 7"))?;
        self.digit.push(shown.took);
        till.press("\x1b", |screen| !line(screen, "› 7"))?;
        till.press("/", |screen| line(screen, "› /"))?;
        let shown = till.press("b", |screen| line(screen, "› /b"))?;
        self.find.push(shown.took);
        till.press("\x1b", |screen| !line(screen, "› /"))?;
        Ok(())
    }
}

fn keys(given: &Arguments, shops: &[(&str, Shop)]) -> Result<()> {
    let mut cat = Terminal::start("cat", &[])?;
    let mut commits = Commits::new(&given.dir)?;
    let (mut echo, mut commit) = (Times::default(), Times::default());
    let mut tills = Vec::new();
    for (_, shop) in shops {
        tills.push((signed_in(shop)?, Keys::default()));
    }
    for round in 0..ROUNDS {
        for at in 0..FLOOR_KEYS {
            let seen = round * FLOOR_KEYS + at;
            echo.push(cat.press("x", |screen| screen.contents().matches('x').count() > seen)?.took);
            commits.commit(&mut commit)?;
        }
        for (till, keys) in &mut tills {
            for _ in 0..ORDERS {
                keys.typed(till)?;
                (0..LINES).try_for_each(|_| keys.item(till))?;
                keys.pay(till)?;
            }
        }
    }
    let both = echo.median() + commit.median();
    head("key to screen");
    echo.row("floor: echo of the terminal (cat)", None);
    commit.row("floor: one durable SQLite commit", None);
    println!("{:<52}{:>10.3}", "both floors", ms(both));
    for ((name, _), (_, keys)) in shops.iter().zip(&tills) {
        keys.item.row(&format!("item key to order line, {name}"), Some(both));
        keys.cash.row(&format!("cash key to receipt, {name}"), Some(both));
        keys.digit.row(&format!("digit to input line, {name}"), Some(echo.median()));
        keys.find.row(&format!("letter to search results, {name}"), Some(echo.median()));
    }
    println!("\n{:<52}{:>10}{:>10}", "bytes to the terminal (80x24)", "median", "most");
    for ((name, _), (_, keys)) in shops.iter().zip(&tills) {
        for (what, bytes) in [("item key", &keys.item_bytes), ("cash key", &keys.cash_bytes)] {
            let mut bytes = bytes.clone();
            bytes.sort_unstable();
            let most = bytes.last().copied().unwrap_or_default();
            println!("{:<52}{:>10}{most:>10}", format!("{what}, {name}"), bytes[bytes.len() / 2]);
        }
    }
    long_orders(shops, &mut tills, both)?;
    for (till, _) in tills {
        till.end("\x18")?;
    }
    cat.end("\x03")
}

/// The same on orders that nobody has seen the like of.
fn long_orders(shops: &[(&str, Shop)], tills: &mut [(Terminal, Keys)], both: Duration) -> Result<()> {
    head("item key to order line on long orders");
    for ((name, _), (till, keys)) in shops.iter().zip(tills) {
        let mut lines = 0;
        for length in [50, 200] {
            while lines < length {
                let (key, item) = (key_of(keys.next), name_of(keys.next % KEYS));
                keys.next += 1;
                till.press_on(&key, |screen| order_shows(screen, &item))?;
                lines += 1;
            }
            keys.item = Times::default();
            (0..20).try_for_each(|_| keys.item(till))?;
            lines += 20;
            keys.item.row(&format!("{length} to {lines} lines, {name}"), Some(both));
        }
        keys.pay(till)?;
    }
    Ok(())
}

fn memory(shops: &[(&str, Shop)]) -> Result<()> {
    println!("\n{:<52}{:>10}{:>10}{:>14}", "memory, PSS in MiB", "sign-in", "idle", "1,000 sales");
    for (name, shop) in shops {
        let (mut till, _) = open(shop)?;
        std::thread::sleep(Duration::from_secs(1));
        let sign_in = till.pss_kib()?;
        till.press(&format!("{PIN}\r"), |screen| screen.contents().contains("Quick"))?;
        let idle = till.pss_kib()?;
        let mut item = 0;
        for sale in 0..1_000 {
            for _ in 0..3 {
                let (key, name) = (key_of(item), name_of(item % KEYS));
                item += 1;
                till.press_on(&key, |screen| order_shows(screen, &name))?;
            }
            till.press_on("\x1b[24~", |screen| order_shows(screen, "Receipt"))
                .with_context(|| format!("sale {sale}"))?;
        }
        let sold = till.pss_kib()?;
        let mib = |kib: u64| kib as f64 / 1024.0;
        println!("{name:<52}{:>10.1}{:>10.1}{:>14.1}", mib(sign_in), mib(idle), mib(sold));
        till.end("\x18")?;
    }
    Ok(())
}
