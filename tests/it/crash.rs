//! The process is killed at random moments of selling, hundreds of times on one store, and what the
//! next start finds is what a till in memory came to by the same keys: the orders, the sales, the
//! input line, the open dialog and its text.
//!
//! The keys go to `counterflow ring`, one to a line; each answer says that the key was dealt with.
//! So after a kill the store must stand as after some key between the last one that was answered and
//! the last one that was sent. The same seed asks for the same doings until a kill falls
//! elsewhere: what is lost then is named with the keys that led there. `COUNTERFLOW_SEED` and `COUNTERFLOW_KILLS` ask for other runs.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use counterflow::domain::catalogue::Catalogue;
use counterflow::domain::command::Command;
use counterflow::domain::event::Event;
use counterflow::domain::ids::{RegisterId, StaffId};
use counterflow::domain::sale::Sale;
use counterflow::domain::search::Index;
use counterflow::domain::till::{Ctx, Till};
use counterflow::session::clock::{Clock, Ids, SystemClock};
use counterflow::session::{Options, PROGRAM, Session, read_config};
use counterflow::store::SCHEMA;
use counterflow::ui::key::Key;
use counterflow::ui::state::{Dialog, Kept, Ui};
use counterflow::ui::{AfterPin, Input, Request, update};
use serde_json::{Value, json};

use crate::pty::{PATIENCE, parse};
use crate::shop::{ADA, BEN, OWNER, Shop, name_of};

/// A till in memory: the same domain and the same screen state, with no store and nothing to lose.
struct Model {
    till: Till,
    ui: Ui,
    sales: Vec<Sale>,
    /// How it stood between two acts of one key: the options done, and what they make not yet paid.
    between: Vec<Snapshot>,
}

/// How a model stood after so many keys.
struct Snapshot {
    keys: usize,
    state: Value,
    till: Till,
    kept: Kept,
    sales: usize,
}

impl Model {
    /// The till of a store as it stands.
    fn of(shop: &Shop) -> Self {
        let (config, _, setup) = read_config(&shop.config()).unwrap();
        let store = shop.store();
        let catalogue = Catalogue::new(store.load_menu().unwrap().unwrap());
        let index = Index::new(&catalogue);
        let (till, _) = store.load_till(RegisterId(1), config.settings.into(), catalogue.into()).unwrap();
        Self { till, ui: Ui::new(setup, index, SystemClock.now()), sales: Vec::new(), between: Vec::new() }
    }

    fn decide(&mut self, command: &Command, approver: Option<StaffId>) {
        let now = SystemClock.now();
        match self.till.decide(command, &mut Ctx { now, ids: &mut Ids, approver }) {
            Ok(events) => {
                self.ui.settle(&self.till, command, &events);
                for recorded in self.till.record(events.clone(), now, PROGRAM, SCHEMA) {
                    self.till.evolve(&recorded);
                    if let Event::SaleCompleted { sale, .. } = recorded.event {
                        self.sales.push(*sale);
                    }
                }
                self.ui.committed(&self.till, command, &events);
            }
            Err(refusal) => self.ui.refused(&self.till, command, &refusal),
        }
    }

    fn key(&mut self, key: Key) {
        let now = SystemClock.now();
        let mut requests = update(&mut self.ui, &self.till, Input::Key(key), now);
        loop {
            for request in requests {
                self.request(request);
            }
            if !self.ui.waits(&self.till) {
                return;
            }
            self.between.push(self.snapshot(0));
            requests = update(&mut self.ui, &self.till, Input::Resume, now);
        }
    }

    fn request(&mut self, request: Request) {
        match request {
            Request::Command(command) => self.decide(&command, None),
            Request::CheckPin { pin, then } => match (self.holder(&pin.0), then) {
                (Some(staff), AfterPin::SignIn) => self.decide(&Command::SignIn { staff }, None),
                (Some(by), AfterPin::Allow { permission, command }) if self.till.may(by, permission) => {
                    self.ui.pin_right();
                    self.decide(&command, Some(by));
                }
                (_, AfterPin::SignIn | AfterPin::Allow { .. }) => panic!("the script types right PINs only"),
            },
            Request::CheckBadge { .. } | Request::Give { .. } | Request::FindWorks => {}
            Request::Reprint(_)
            | Request::FindSale(_)
            | Request::FindReceived(_)
            | Request::FindSlips
            | Request::Jobs
            | Request::Upload
            | Request::FindMenuBefore => {
                panic!("the script looks nothing up")
            }
        }
    }

    fn holder(&self, pin: &str) -> Option<StaffId> {
        [OWNER, ADA, BEN].contains(&pin).then(|| self.id_of(pin))
    }

    fn id_of(&self, pin: &str) -> StaffId {
        self.till.staff.values().find(|s| s.name == name_of(pin)).unwrap().id
    }

    fn snapshot(&self, keys: usize) -> Snapshot {
        let (till, kept) = (self.till.clone(), self.ui.kept.clone());
        Snapshot { keys, state: state(&till, &kept), till, kept, sales: self.sales.len() }
    }

    /// The process was killed then, and starts again.
    fn restart(&mut self, then: &Snapshot) {
        self.till = then.till.clone();
        self.till.signed_in = None;
        // What a PIN dialog had been typed is never kept.
        self.ui.restore(serde_json::from_value(serde_json::to_value(&then.kept).unwrap()).unwrap());
        self.ui.pin.clear();
        self.ui.answers.clear();
        self.sales.truncate(then.sales);
    }
}

/// All that must not be lost, as a value that is the same for the same doings: ids are numbered as
/// they come, times are left out.
fn state(till: &Till, kept: &Kept) -> Value {
    let mut orders: Vec<_> = till.orders.values().collect();
    orders.sort_by_key(|order| order.number);
    // Help that was open is closed by the next start.
    let mut kept = kept.clone();
    kept.dialogs.retain(|dialog| !matches!(dialog, Dialog::Help { .. }));
    let mut value = json!({
        "orders": orders, "kept": kept, "last_sale": till.last_sale.as_deref(), "shift": till.shift,
        "receipt": till.counters.receipt, "order": till.last_order, "next_shift": till.counters.shift,
        "availability": till.availability,
    });
    plain(&mut value, &mut HashMap::new());
    value
}

fn plain(value: &mut Value, ids: &mut HashMap<String, usize>) {
    match value {
        Value::String(text) if uuid::Uuid::parse_str(text).is_ok() => {
            let next = ids.len();
            *text = format!("id {}", ids.entry(text.clone()).or_insert(next));
        }
        Value::Object(fields) if fields.contains_key("utc_ms") => *value = Value::Null,
        Value::Object(fields) => fields.values_mut().for_each(|v| plain(v, ids)),
        Value::Array(values) => values.iter_mut().for_each(|v| plain(v, ids)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Numbers that look random and are the same for the same seed (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const SELL: &[&str] = &[
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "g",
    "aa",
    "b",
    "c",
    "3a",
    "12b",
    "2*101<Enter>",
    "3*",
    "*4<Enter>",
    "+",
    "+",
    "-",
    "/cap<Enter>",
    "/ca",
    "<Down>",
    "2*/tea<Enter>",
    "B",
    "C",
    "A",
    "A",
    "<PgDn>",
    "<PgUp>",
    "<Up>",
    "<Up>",
    "<Home>",
];
const CHANGE: &[&str] = &[
    "<F3>no sugar<Enter>",
    "<F3>extra h",
    "<Ctrl-W>birthday<Enter>",
    "<Del>1",
    "<Del>",
    "<F2>",
    "<F2>1<Enter>",
    "<F2>x2<Enter>",
    "<F9>10%<Enter>",
    "10<F9>1",
    "<Ctrl-D>5%<Enter>",
    "@300<Enter>1",
    "<Ctrl-E>2",
    "<Ins>",
    "<Ctrl-Z>",
    "<Ctrl-Z>",
    "<Ctrl-Z><Ctrl-Z>",
    "<Ctrl-T>2",
    "<Ctrl-T>",
    "<Tab>",
    "<Ctrl-Y>",
    "<Ctrl-K>1",
    "<Ctrl-P>",
    "<F1>",
    "<Esc>",
    "<Esc><Esc>",
    "<Backspace>",
    "<Enter>",
    "1",
    "2",
    "y",
];
const LEAVE: &[&str] = &[
    "<F4>Anna<Enter>",
    "<F4>Ben<Enter>",
    "<F4>",
    "<F4>an<Enter>",
    "<F4><Enter>",
    "<Ctrl-O><Enter>",
    "<Ctrl-O>be<Enter>",
    "<Ctrl-L>1111<Enter>",
    "<Ctrl-L>9999<Enter>",
    "<Ctrl-L>2222<Enter>",
    "<F12>",
    "<F12>",
    "<F12>",
    "<F12><F12>",
    "<F7>",
    "<F8>",
    "2000<F12>",
    "1.00<F12>",
    "500<F11>",
    "<F11>",
    "<F11><Enter><Enter><Enter>",
    "<F10>a",
    "<F10>",
    "<F10>b",
    "A17<Enter>4242<Enter>",
    "<F10>100a",
    "<Esc><Esc><Esc>b<F12>",
    "<Esc><Esc><Esc>e<F7>",
];

/// The next keys of somebody at this till.
fn phrase(random: &mut Random, model: &Model) -> &'static str {
    if let Some(Dialog::Override { .. }) = model.ui.kept.dialogs.last() {
        return random.one_of(&["9999<Enter>", "<Esc>"]);
    }
    // Whoever has opened one dialog over the other comes to an end some time.
    if random.below(8) < model.ui.kept.dialogs.len() * 2 {
        return "<Esc>";
    }
    match random.below(10) {
        0..=3 => random.one_of(SELL),
        4..=6 => random.one_of(CHANGE),
        _ => random.one_of(LEAVE),
    }
}

/// Plays some keys on the model, and says which, with how it stood before the first and after each.
fn play(random: &mut Random, model: &mut Model, at_least: usize) -> (Vec<Key>, Vec<Snapshot>) {
    let (mut keys, mut snapshots) = (Vec::new(), vec![model.snapshot(0)]);
    while keys.len() < at_least {
        for key in parse(phrase(random, model)) {
            let asked = matches!(model.ui.kept.dialogs.last(), Some(Dialog::Override { .. }));
            model.key(key);
            snapshots.extend(model.between.drain(..).map(|between| Snapshot { keys: keys.len(), ..between }));
            keys.push(key);
            snapshots.push(model.snapshot(keys.len()));
            // What was begun ends where somebody else's PIN is asked for.
            if !asked && matches!(model.ui.kept.dialogs.last(), Some(Dialog::Override { .. })) {
                break;
            }
        }
    }
    (keys, snapshots)
}

/// `counterflow ring`, fed line by line.
pub struct Ring {
    child: Child,
    answers: Receiver<()>,
}

impl Ring {
    pub fn start(shop: &Shop, pin: &str) -> Self {
        let mut command = shop.command(&["ring", "--as", name_of(pin)]);
        command.env("COUNTERFLOW_PIN", pin).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            // An answer is one that was written to its end.
            for line in out.lines().map_while(Result::ok) {
                if serde_json::from_str::<Value>(&line).is_ok() {
                    let _ = sender.send(());
                }
            }
        });
        Self { child, answers }
    }

    /// Sends lines, waits for so many answers and a moment longer, kills it, and says how many lines
    /// it had answered.
    pub fn killed_amid(mut self, lines: &str, answered: usize, moment: Duration) -> usize {
        let mut stdin = self.child.stdin.take().unwrap();
        stdin.write_all(lines.as_bytes()).unwrap();
        for number in 0..answered {
            self.answers.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("line {number} was never answered"));
        }
        let until = Instant::now() + moment;
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        answered + self.answers.iter().count()
    }
}

/// What the next start finds, before anybody signs in.
fn found(shop: &Shop) -> Value {
    let options = Options {
        data: shop.data(),
        config: shop.config(),
        register: RegisterId(1),
        clock: Box::new(SystemClock),
        greeting: Vec::new(),
        watermark: None,
    };
    let session = Session::open(options).unwrap();
    // Dropped without an end, as if it were killed too.
    state(&session.till, &session.ui.kept)
}

/// After which key of a run the store stands.
#[track_caller]
fn place(found: &Value, snapshots: &[Snapshot], answered: usize, keys: &[Key], seed: u64) -> usize {
    let stands = |at: &usize| snapshots[*at].state == *found;
    let (before, since): (Vec<usize>, _) = (0..snapshots.len()).partition(|at| snapshots[*at].keys < answered);
    if let Some(at) = since.into_iter().find(stands) {
        return at;
    }
    let lost = before.into_iter().find(stands);
    let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
    let stands = match lost {
        Some(at) => {
            let due = snapshots.iter().find(|snapshot| snapshot.keys == answered).map(|due| &due.state);
            let lost = differences(found, due.unwrap_or(&Value::Null));
            format!("as after {} of them:\n{}", snapshots[at].keys, lost.join("\n"))
        }
        None => {
            let differences = snapshots.iter().enumerate().map(|(at, s)| (at, differences(found, &s.state)));
            let (at, nearest) = differences.min_by_key(|(_, d)| d.len()).unwrap();
            let at = snapshots[at].keys;
            format!("as after none; nearest is {at}, with {} differences:\n{}", nearest.len(), nearest.join("\n"))
        }
    };
    panic!("seed {seed}: {answered} of the keys {keys:?} were answered, and the store stands {stands}");
}

/// Where two values differ, by path.
fn differences(found: &Value, due: &Value) -> Vec<String> {
    fn walk(path: &str, found: &Value, due: &Value, all: &mut Vec<String>) {
        match (found, due) {
            (Value::Object(a), Value::Object(b)) => {
                let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                for name in names {
                    let (a, b) = (a.get(name).unwrap_or(&Value::Null), b.get(name).unwrap_or(&Value::Null));
                    walk(&format!("{path}.{name}"), a, b, all);
                }
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                for (at, (a, b)) in a.iter().zip(b).enumerate() {
                    walk(&format!("{path}[{at}]"), a, b, all);
                }
            }
            (a, b) if a == b => {}
            (a, b) => all.push(format!("{path}: found {a}, due {b}")),
        }
    }
    let mut all = Vec::new();
    walk("", found, due, &mut all);
    all
}

pub fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// Every sale of the model is in the journal, as it was, and no other.
#[track_caller]
fn same_sales(shop: &Shop, model: &Model) {
    let mut sold = Vec::new();
    let take = &mut |entry: counterflow::store::Entry| {
        let recorded: Value = serde_json::from_slice(&entry.body)?;
        if recorded["event"]["kind"] == "sale-completed" {
            sold.push(recorded["event"]["sale"].clone());
        }
        Ok(())
    };
    shop.store().journal(take).unwrap();
    let mut due: Vec<Value> = model.sales.iter().map(|sale| serde_json::to_value(sale).unwrap()).collect();
    assert_eq!(sold.len(), due.len());
    for (number, (sold, due)) in sold.iter_mut().zip(&mut due).enumerate() {
        plain(sold, &mut HashMap::new());
        plain(due, &mut HashMap::new());
        assert_eq!(sold, due, "sale {}", number + 1);
    }
}

#[test]
fn killed_at_any_moment_nothing_is_lost() {
    let (seed, kills) = (number("COUNTERFLOW_SEED", 20_261_123), number("COUNTERFLOW_KILLS", 220));
    println!("seed {seed}, {kills} kills");
    let shop = Shop::new();
    shop.rings(OWNER, ":open-shift 100.00\n");
    let mut random = Random(seed);
    let mut model = Model::of(&shop);
    let (mut sent, mut amid, began) = (0, 0, Instant::now());
    for kill in 0..kills {
        let ring = Ring::start(&shop, ADA);
        let ada = model.id_of(ADA);
        model.decide(&Command::SignIn { staff: ada }, None);
        let length = 1 + random.below(24);
        let (keys, snapshots) = play(&mut random, &mut model, length);
        sent += keys.len();
        // Before the first answer the sign-in itself may be what is killed.
        let wanted = 1 + random.below(keys.len());
        let moment = Duration::from_micros(random.next() % 4_000);
        let lines: String = keys.iter().map(|key| format!("<{key}>\n")).collect();
        let answered = ring.killed_amid(&lines, wanted, moment);
        let at = place(&found(&shop), &snapshots, answered, &keys, seed);
        amid += usize::from(snapshots[at].keys < keys.len());
        model.restart(&snapshots[at]);
        if kill % 50 == 49 {
            shop.verifies();
        }
    }
    same_sales(&shop, &model);
    shop.verifies();
    let sales = model.sales.len();
    println!("{kills} kills, {amid} of them amid {sent} keys, {sales} sales, {} s", began.elapsed().as_secs());
    assert!(sales > 0 && amid > 0, "a script that sells nothing proves nothing");
}
