//! Stores to measure: a café as `setup` makes it, with as many items and past sales as are asked
//! for. The menu goes in by `import menu`, the sales by the till's own decisions and the store's own
//! commit, thousands of sales in each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use counterflow::domain::catalogue::{Catalogue, Category, Item, Menu, PageLayout, Pricing};
use counterflow::domain::command::{Command, PriceGiven, Ring};
use counterflow::domain::event::Recorded;
use counterflow::domain::ids::{IdSource, RegisterId};
use counterflow::domain::menu_file::export_json;
use counterflow::domain::money::{Currency, Money};
use counterflow::domain::tender::Reference;
use counterflow::domain::till::{Ctx, Till};
use counterflow::domain::time::Stamp;
use counterflow::session::clock::{Clock, SystemClock};
use counterflow::session::{PROGRAM, config_folder, read_config};
use counterflow::store::{FILE_NAME, SCHEMA, Store};
use uuid::{Builder, Uuid};

/// The owner's PIN.
pub const PIN: &str = "4711";
/// Items on the first page, `a` to `z`.
pub const KEYS: usize = 26;

/// Sales of one commit.
const BATCH: u64 = 5_000;
/// From one sale to the next.
const STEP_MS: i64 = 60_000;
const REGISTER: RegisterId = RegisterId(1);

const NOUNS: [&str; 20] = [
    "Tea", "Juice", "Bagel", "Crème", "Soup", "Wrap", "Cake", "Salad", "Latte", "Roll", "Bread", "Tart", "Melon",
    "Pasta", "Brûlée", "Muffin", "Cookie", "Water", "Toast", "Chips",
];
const KINDS: [&str; 15] = [
    "organic",
    "large",
    "small",
    "with honey",
    "gluten free",
    "to share",
    "of the house",
    "double chocolate",
    "iced",
    "with oat milk",
    "spicy",
    "smoked",
    "vegan",
    "extra hot",
    "without sugar",
];

/// A store that is ready to be sold from.
pub struct Shop {
    pub program: String,
    pub dir: PathBuf,
    pub items: usize,
    pub sales: u64,
    /// What making it took, and how many entries and bytes it has; nothing when it was there.
    pub made: Option<Made>,
}

/// How a store was made.
pub struct Made {
    pub import: Duration,
    pub selling: Duration,
    pub entries: i64,
    pub bytes: u64,
}

/// The name of an item on the order: it begins so, and no other one's does.
pub fn name_of(item: usize) -> String {
    format!("{} {item:05}", NOUNS[item % NOUNS.len()])
}

impl Shop {
    /// Makes a store, or takes the one that is there.
    pub fn make(program: &str, dir: PathBuf, items: usize, sales: u64) -> Result<Self> {
        if dir.join(FILE_NAME).is_file() {
            return Ok(Self { program: program.to_owned(), dir, items, sales, made: None });
        }
        let folder = dir.to_str().context("the folder's name is not UTF-8")?;
        run(program, &["--data", folder, "setup", "--template", "cafe", "--yes"])?;
        let file = std::env::temp_dir().join(format!("counterflow-bench-menu-{}.json", std::process::id()));
        std::fs::write(&file, export_json(&menu(items)?))?;
        let began = Instant::now();
        let imported = run(program, &["--data", folder, "import", "menu", &file.to_string_lossy()]);
        let import = began.elapsed();
        std::fs::remove_file(file)?;
        imported?;
        let began = Instant::now();
        let entries = sell(&dir, items, sales)?;
        let made = Made { import, selling: began.elapsed(), entries, bytes: bytes_of(&dir)? };
        Ok(Self { program: program.to_owned(), dir, items, sales, made: Some(made) })
    }
}

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let done = Process::new(program).args(arguments).env("COUNTERFLOW_PIN", PIN).output()?;
    ensure!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

fn bytes_of(dir: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

/// A menu of so many items; the first ones have a page of their own.
pub fn menu(items: usize) -> Result<Menu> {
    let currency = Currency::from_code("GBP")?;
    let categories = items.div_ceil(500);
    let mut menu = Menu::empty(currency);
    menu.categories = (0..categories)
        .map(|n| Category {
            code: format!("c{n}"),
            name: format!("Shelf {n}"),
            department: None,
            tax_class: "standard".to_owned(),
            stations: Vec::new(),
            course: None,
        })
        .collect();
    menu.items = (0..items)
        .map(|n| Item {
            code: format!("{}", 10_000 + n),
            name: format!("{} {}", name_of(n), KINDS[n % KINDS.len()]),
            kitchen_name: None,
            category: format!("c{}", n % categories),
            pricing: Pricing::Each(BTreeMap::from([("base".to_owned(), price_of(n))])),
            tax_class: None,
            stations: None,
            groups: Vec::new(),
            barcodes: vec![barcode_of(n)],
            hotkey: None,
            cost: None,
        })
        .collect();
    let keys = ('a'..='z').zip(&menu.items).map(|(key, item)| (key, item.code.clone())).collect();
    menu.pages = vec![PageLayout { name: "Quick".to_owned(), keys }];
    Ok(menu)
}

fn price_of(item: usize) -> Money {
    Money::from_minor(100 + (item as i64 * 37) % 900)
}

/// An EAN-13 with its check digit.
fn barcode_of(item: usize) -> String {
    let digits = format!("50{:010}", item * 7919);
    let sum: u32 = digits.bytes().zip([1, 3].iter().cycle()).map(|(d, weight)| u32::from(d - b'0') * weight).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Ids as the program makes them, but the same each time.
#[derive(Default)]
pub struct Ids {
    ms: u64,
    count: u64,
}

impl IdSource for Ids {
    fn next(&mut self) -> Uuid {
        self.count += 1;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.count.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        Builder::from_unix_timestamp_millis(self.ms, &bytes).into_uuid()
    }
}

/// A till that decides and folds, and keeps what is to be recorded.
pub struct Seller {
    pub till: Till,
    pub now: Stamp,
    ids: Ids,
    recorded: Vec<Recorded>,
}

impl Seller {
    pub fn new(till: Till, now: Stamp) -> Self {
        Self { till, now, ids: Ids::default(), recorded: Vec::new() }
    }

    /// Does what is commanded.
    pub fn act(&mut self, command: &Command) -> Result<()> {
        self.ids.ms = self.now.utc_ms.unsigned_abs();
        let mut ctx = Ctx { now: self.now, ids: &mut self.ids, approver: None };
        let events = self.till.decide(command, &mut ctx).map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        for entry in self.till.record(events, self.now, PROGRAM, SCHEMA) {
            self.till.evolve(&entry);
            self.recorded.push(entry);
        }
        Ok(())
    }

    /// Rings one piece of an item.
    pub fn ring(&mut self, item: usize) -> Result<()> {
        self.act(&Command::Ring(ring(item)))
    }

    /// What was done since the last time.
    pub fn take(&mut self) -> Vec<Recorded> {
        std::mem::take(&mut self.recorded)
    }
}

/// One piece of an item.
pub fn ring(item: usize) -> Ring {
    let item = format!("{}", 10_000 + item);
    Ring { item, quantity: None, net: false, price: PriceGiven::Menu, picks: None, confirmed: false }
}

/// The till of a store as it stands, with the owner signed in and a shift open.
pub fn seller(dir: &Path, store: &Store, now: Stamp) -> Result<Seller> {
    let (config, _, _) = read_config(&config_folder(dir))?;
    let menu = store.load_menu()?.context("there is no menu")?;
    let (till, _) = store.load_till(REGISTER, Arc::new(config.settings), Arc::new(Catalogue::new(menu)))?;
    let owner = till.staff.values().next().context("nobody works here")?.id;
    let mut seller = Seller::new(till, now);
    seller.act(&Command::SignIn { staff: owner })?;
    if seller.till.shift.is_none() {
        seller.act(&Command::OpenShift { float: Money::from_minor(10_000), pieces: Vec::new() })?;
    }
    Ok(seller)
}

/// Sells so many times one to five lines, a minute apart, up to now.
fn sell(dir: &Path, items: usize, sales: u64) -> Result<i64> {
    let mut store = Store::open(dir, PROGRAM)?;
    let now = SystemClock.now();
    let start = Stamp::new(now.utc_ms - (sales as i64 + 1) * STEP_MS, now.offset_min);
    let mut seller = seller(dir, &store, start)?;
    let mut chance = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: u64| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance % below
    };
    for number in 1..=sales {
        seller.now = Stamp::new(seller.now.utc_ms + STEP_MS, now.offset_min);
        for _ in 0..=next(5) {
            seller.ring(next(items as u64) as usize)?;
        }
        let card = next(3) == 0;
        let reference = Reference { text: card.then(|| "A1B2C3".to_owned()), last_four: None };
        let tender = if card { "card" } else { "cash" }.to_owned();
        seller.act(&Command::Pay { tender, tendered: None, tip: Money::ZERO, reference, confirmed: false })?;
        if number % BATCH == 0 {
            store.commit(&seller.take(), &[])?;
            store.checkpoint()?;
        }
    }
    let owner = seller.till.signed_in.context("nobody is signed in")?;
    seller.act(&Command::SignOut { locked: false })?;
    ensure!(seller.till.staff.contains_key(&owner), "the owner is gone");
    store.commit(&seller.take(), &[])?;
    store.checkpoint()?;
    Ok(store.last_entry()?)
}
