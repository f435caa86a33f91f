//! What the kitchen is told: whatever is rung, changed, voided, sent and undone, the sum of a station's
//! tickets is what it has to make, and their numbers have no gaps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use counterflow::devices::encode;
use counterflow::devices::printer::Printers;
use counterflow::documents::jobs::{Destination, jobs_for};
use counterflow::documents::template::Template;
use counterflow::documents::{Document, text};
use counterflow::domain::catalogue::{Catalogue, Menu};
use counterflow::domain::command::{Command, PriceGiven, Ring};
use counterflow::domain::event::Event;
use counterflow::domain::ids::{BoxId, IdSource, LineId, OrderId, RegisterId, StaffId};
use counterflow::domain::kitchen::{self, Dish};
use counterflow::domain::money::Money;
use counterflow::domain::order::Order;
use counterflow::domain::quantity::Quantity;
use counterflow::domain::refusal::Refusal;
use counterflow::domain::settings::{Route, Settings, Station};
use counterflow::domain::staff::Staff;
use counterflow::domain::tender::Reference;
use counterflow::domain::till::{Ctx, Till};
use counterflow::domain::time::Stamp;
use counterflow::session::config::{Config, templates};
use proptest::prelude::*;
use uuid::Uuid;

use crate::printer_emulator;
use crate::shop::{ADA, Shop};

struct Counting(u128);

impl IdSource for Counting {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

const MENU: &str = r#"{
  "format": "counterflow-menu/1", "currency": "GBP",
  "categories": [
    {"code": "food", "name": "Food", "tax_class": "standard", "stations": ["kitchen"]},
    {"code": "drinks", "name": "Drinks", "tax_class": "standard", "stations": ["bar"]}
  ],
  "groups": [],
  "items": [
    {"code": "102", "name": "Bread and olives", "category": "food", "pricing": {"each": {"base": 450}}},
    {"code": "401", "name": "Chips", "category": "food", "pricing": {"each": {"base": 400}}},
    {"code": "403", "name": "Mashed potato", "category": "food", "pricing": {"each": {"base": 420}}},
    {"code": "405", "name": "Greens", "category": "food", "pricing": {"each": {"base": 410}}},
    {"code": "601", "name": "Still water", "category": "drinks", "pricing": {"each": {"base": 350}}},
    {"code": "602", "name": "Tap water", "category": "drinks", "stations": [], "pricing": {"each": {"base": 10}}}
  ]
}"#;

/// What each station was told, by its tickets alone.
#[derive(Default)]
struct Stations {
    dishes: BTreeMap<String, BTreeMap<(OrderId, LineId), Dish>>,
    numbers: BTreeMap<String, u32>,
}

impl Stations {
    /// Reads the tickets of an act, as a cook does who remembers everything.
    fn read(&mut self, event: &Event) {
        let Event::Sent { order, tickets, .. } = event else { return };
        for ticket in tickets {
            let last = self.numbers.entry(ticket.station.clone()).or_default();
            *last += 1;
            assert_eq!(ticket.number, *last, "the numbers of {} have a gap", ticket.station);
            assert!(!ticket.entries.is_empty(), "a ticket that says nothing");
            let dishes = self.dishes.entry(ticket.station.clone()).or_default();
            for entry in &ticket.entries {
                let known = match &entry.now {
                    Some(dish) => dishes.insert((*order, entry.line), dish.clone()),
                    None => dishes.remove(&(*order, entry.line)),
                };
                assert_eq!(known, entry.was, "{} was told something else before", ticket.label);
                assert_ne!(entry.was, entry.now, "{} says nothing of a line", ticket.label);
            }
        }
    }

    fn of(&self, station: &str, order: OrderId) -> BTreeMap<LineId, &Dish> {
        let all = self.dishes.get(station).into_iter().flatten();
        all.filter(|((o, _), _)| *o == order).map(|((_, line), dish)| (*line, dish)).collect()
    }
}

/// A restaurant in memory, with its owner at the till.
struct House {
    till: Till,
    ids: Counting,
    now: Stamp,
    stations: Stations,
    sold: BTreeSet<OrderId>,
    paper: Vec<(String, Document)>,
}

fn settings() -> (Settings, Menu) {
    let template = templates::find("restaurant").unwrap();
    let files = template.files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let mut settings = Config::parse(&files).unwrap().settings;
    settings.lock_after_sale = false;
    settings.stations.push(Station { expo: true, ..Station::plain("pass", "Pass") });
    settings.routes.push(Route {
        items: vec!["401".into()],
        stations: vec!["kitchen".into(), "bar".into()],
        ..Route::default()
    });
    let menu: Menu = serde_json::from_str(MENU).unwrap();
    (settings, menu)
}

impl House {
    fn new() -> Self {
        let (settings, menu) = settings();
        let now = Stamp::new(1_795_456_800_000, 0);
        let catalogue = Arc::new(Catalogue::new(menu));
        let till = Till::new(BoxId(Uuid::nil()), RegisterId(1), Arc::new(settings), catalogue);
        let mut house = Self {
            till,
            ids: Counting(100),
            now,
            stations: Stations::default(),
            sold: BTreeSet::new(),
            paper: Vec::new(),
        };
        let staff = Staff { id: StaffId(Uuid::from_u128(1)), name: "Olive".into(), role: "owner".into(), active: true };
        let hired = Event::StaffChanged { staff: staff.clone() };
        for recorded in house.till.record(vec![hired], now, "test", 1) {
            house.till.evolve(&recorded);
        }
        house.does(Command::SignIn { staff: staff.id }).unwrap();
        house.does(Command::OpenShift { float: Money::from_minor(10_000), pieces: Vec::new() }).unwrap();
        house
    }

    /// Does something, and lets the stations read what came of it.
    fn does(&mut self, command: Command) -> Result<(), Refusal> {
        self.now = Stamp::new(self.now.utc_ms + 1_000, 0);
        let events = self.till.decide(&command, &mut Ctx { now: self.now, ids: &mut self.ids, approver: None })?;
        for (to, document) in jobs_for(&self.till, &Template::default(), &events, self.now) {
            if let Destination::Station(station) = to {
                self.paper.push((station, document));
            }
        }
        for recorded in self.till.record(events, self.now, "test", 1) {
            self.till.evolve(&recorded);
            self.stations.read(&recorded.event);
            if let Event::SaleCompleted { sale, .. } = &recorded.event {
                self.sold.insert(sale.order);
            }
        }
        Ok(())
    }

    fn rings(&mut self, item: &str, pieces: i64) {
        let quantity = Some(Quantity::pieces(pieces));
        let ring =
            Ring { item: item.into(), quantity, net: false, price: PriceGiven::Menu, picks: None, confirmed: true };
        self.does(Command::Ring(ring)).unwrap();
    }

    fn line(&self, at: usize) -> Option<LineId> {
        let lines: Vec<LineId> = self.till.current()?.live_lines().map(|l| l.id).collect();
        lines.get(at % lines.len().max(1)).copied()
    }

    /// The last paper of a station, as text.
    fn last(&self, station: &str) -> String {
        let last = self.paper.iter().rev().find(|(s, _)| s == station).unwrap();
        text::render(&last.1, 42).join("\n")
    }

    /// The stations know of the open orders exactly what was sent.
    fn agrees(&self) {
        for order in self.till.orders.values() {
            self.agrees_on(order);
        }
        let open = |id: &OrderId| self.till.orders.contains_key(id) || self.sold.contains(id);
        for (station, dishes) in &self.stations.dishes {
            for (order, line) in dishes.keys() {
                assert!(open(order), "{station} still makes line {line:?} of an order that was thrown away");
            }
        }
    }

    fn agrees_on(&self, order: &Order) {
        for station in ["kitchen", "bar", "pass"] {
            let told: BTreeMap<LineId, &Dish> = order
                .lines
                .iter()
                .filter(|l| l.stations.iter().any(|s| s == station))
                .filter_map(|l| Some((l.id, l.told.as_deref()?)))
                .collect();
            assert_eq!(self.stations.of(station, order.id), told, "{station}");
        }
        let place = kitchen::place(order, &self.till.settings);
        for line in &order.lines {
            let Some(told) = &line.told else { continue };
            // Only more of a dish may wait to be sent; nothing that was taken away does.
            let mut wanted = Dish::of(line, &place).expect("a voided line is told at once");
            assert!(told.quantity <= wanted.quantity, "less of a dish is told at once");
            wanted.quantity = told.quantity;
            assert_eq!(**told, wanted, "a change is told at once");
        }
    }
}

/// Something that people do.
#[derive(Clone, Debug)]
enum Act {
    Ring(usize, i64),
    Quantity(usize, i64),
    Note(usize, String),
    Void(usize),
    Undo,
    Send,
    Hold,
    Recall(usize),
    Type(bool),
    Abandon,
    Pay,
}

const ITEMS: [&str; 6] = ["102", "401", "403", "405", "601", "602"];

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        5 => (0..ITEMS.len(), 1_i64..4).prop_map(|(item, n)| Act::Ring(item, n)),
        3 => (any::<usize>(), 1_i64..6).prop_map(|(line, n)| Act::Quantity(line, n)),
        2 => (any::<usize>(), prop_oneof![Just(String::new()), "[a-z]{1,8}", any::<String>()])
            .prop_map(|(line, note)| Act::Note(line, note)),
        2 => any::<usize>().prop_map(Act::Void),
        4 => Just(Act::Undo),
        4 => Just(Act::Send),
        1 => Just(Act::Hold),
        1 => any::<usize>().prop_map(Act::Recall),
        1 => any::<bool>().prop_map(Act::Type),
        1 => Just(Act::Abandon),
        1 => Just(Act::Pay),
    ]
}

/// What an act comes to now; nothing when there is nothing to do it to.
fn command(house: &House, act: &Act) -> Option<Command> {
    Some(match act {
        Act::Ring(item, n) => Command::Ring(Ring {
            item: ITEMS[*item].into(),
            quantity: Some(Quantity::pieces(*n)),
            net: false,
            price: PriceGiven::Menu,
            picks: None,
            confirmed: true,
        }),
        Act::Quantity(at, n) => {
            Command::SetQuantity { line: house.line(*at)?, quantity: Quantity::pieces(*n), confirmed: true }
        }
        Act::Note(at, note) => Command::SetKitchenNote { line: house.line(*at)?, note: note.clone() },
        Act::Void(at) => void(house.line(*at)?),
        Act::Undo => Command::Undo,
        Act::Send => Command::Send,
        Act::Hold => Command::Hold { name: None },
        Act::Recall(at) => {
            let held: Vec<OrderId> = house.till.orders.values().filter(|o| o.holder.is_none()).map(|o| o.id).collect();
            Command::Recall { order: *held.get(at % held.len().max(1))? }
        }
        Act::Type(out) => {
            let order_type = if *out { "take-away" } else { &house.till.settings.order_types[0].code };
            Command::SetOrderType { order_type: order_type.to_owned() }
        }
        Act::Abandon => Command::Abandon { reason: "Test".into() },
        Act::Pay => pay(),
    })
}

fn void(line: LineId) -> Command {
    Command::VoidLine { line, reason: "Sold out".into() }
}

fn pay() -> Command {
    let reference = Reference { text: None, last_four: None };
    Command::Pay { tender: "cash".into(), tendered: None, tip: Money::ZERO, reference, confirmed: true }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_sum_of_the_tickets_is_what_was_sent(acts in proptest::collection::vec(act(), 1..60)) {
        let mut house = House::new();
        for act in &acts {
            let Some(command) = command(&house, act) else { continue };
            let order = house.till.current().cloned();
            if house.does(command).is_err() {
                continue;
            }
            house.agrees();
            match (act, order) {
                (Act::Send, Some(order)) => {
                    let order = &house.till.orders[&order.id];
                    assert_eq!(kitchen::unsent(order, &house.till.settings), 0);
                }
                // What was paid is made: every line, as it was sold.
                (Act::Pay, Some(order)) => {
                    let sale = house.till.last_sale.clone().unwrap();
                    for line in sale.lines.iter().filter(|l| l.is_live()) {
                        for station in &line.stations {
                            assert_eq!(house.stations.of(station, order.id)[&line.id].quantity, line.quantity);
                        }
                    }
                }
                _ => {}
            }
        }
        // Whatever was printed, a printer reads it with nothing left over.
        let printers: Printers = toml::from_str("[[printer]]\nname = \"kitchen\"\nport = \"tcp:10.0.0.5\"").unwrap();
        let printer = printers.get("kitchen").unwrap();
        for (_, document) in &house.paper {
            let out = printer_emulator::print(&encode(document, printer));
            assert_eq!((out.unknown, out.left_over), (vec![], vec![]), "{}", document.title);
        }
    }
}

#[test]
fn complaint_10_a_cancelled_dish_is_printed_and_legible() {
    let mut house = House::new();
    house.rings("401", 2);
    house.rings("403", 1);
    house.does(Command::Send).unwrap();
    house.does(void(house.line(0).unwrap())).unwrap();
    let paper = house.last("kitchen");
    assert!(paper.contains("V O I D") && paper.contains("Chips"), "{paper}");
    assert!(!paper.contains("Mashed"), "{paper}");
    // The same at every station that makes it, and at the pass.
    assert!(house.last("bar").contains("V O I D") && house.last("pass").contains("V O I D"));
    house.does(Command::Abandon { reason: "Guest left".into() }).unwrap();
    let paper = house.last("kitchen");
    assert!(paper.contains("V O I D") && paper.contains("Mashed"), "{paper}");
}

#[test]
fn complaint_11_an_added_round_prints_alone_and_never_the_whole_order() {
    let mut house = House::new();
    house.rings("401", 1);
    house.does(Command::Send).unwrap();
    house.rings("403", 1);
    house.does(Command::Send).unwrap();
    let paper = house.last("kitchen");
    assert!(paper.contains("Mashed") && !paper.contains("Chips"), "{paper}");
    assert_eq!(house.does(Command::Send), Err(Refusal::NothingToSend));
    let tickets = house.paper.iter().filter(|(station, _)| station == "kitchen").count();
    house.does(pay()).unwrap();
    assert_eq!(house.paper.iter().filter(|(station, _)| station == "kitchen").count(), tickets);
}

#[test]
fn the_pass_reads_who_makes_what() {
    let mut house = House::new();
    house.rings("601", 2);
    house.rings("403", 1);
    house.does(Command::Send).unwrap();
    let paper = house.last("pass");
    assert!(paper.contains("-- Bar") && paper.contains("-- Kitchen"), "{paper}");
    assert!(house.last("kitchen").contains("ALSO AT: BAR"), "{}", house.last("kitchen"));
    assert!(house.last("bar").contains("ALSO AT: KITCHEN"), "{}", house.last("bar"));
}

#[test]
fn two_tills_that_send_at_once_leave_no_gap_and_no_double() {
    let shop = Shop::new();
    shop.configure("counterflow.toml", |text| {
        let line = text.lines().find(|l| l.starts_with("registers =")).unwrap().to_owned();
        text.replace(&line, "registers = [\"Counter\", \"Bar\"]")
    });
    let rounds = 15;
    let script = "47\n:send\n:hold Anna\n".repeat(rounds);
    for register in ["1", "2"] {
        let opened = shop
            .command(&["--register", register, "shift", "open", "--as", "Olive", "--float", "100.00"])
            .env("COUNTERFLOW_PIN", crate::shop::OWNER)
            .output()
            .unwrap();
        assert!(opened.status.success(), "{}", crate::shop::words(&opened));
    }
    let children: Vec<_> = [("1", "Ada", ADA), ("2", "Ben", crate::shop::BEN)]
        .into_iter()
        .map(|(register, name, pin)| {
            let file = shop.beside(name);
            std::fs::write(&file, &script).unwrap();
            let mut command = shop.command(&["--register", register, "ring", "--as", name]);
            let command = command.arg(file).env("COUNTERFLOW_PIN", pin).stdout(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let mut numbers = Vec::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}");
        let labels = said.split("KIT-").skip(1).filter_map(|rest| rest.get(..4)?.parse::<usize>().ok());
        numbers.extend(labels);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=2 * rounds).collect::<Vec<_>>());
    shop.verifies();
}

#[test]
fn a_screen_shows_bumps_and_recalls_without_a_terminal() {
    let shop = Shop::new();
    shop.rings(crate::shop::OWNER, ":open-shift 100.00\n");
    shop.rings(ADA, "2*47\n:note no honey\n:send\n48\n:send\n");
    let list = |args: &[&str]| {
        let all: Vec<&str> = ["kitchen", "--station", "kitchen", "--json"].iter().chain(args).copied().collect();
        let output = shop.command(&all).output().unwrap();
        assert!(output.status.success(), "{}", crate::shop::words(&output));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let open = |value: &serde_json::Value| {
        let tickets = value["tickets"].as_array().unwrap().iter();
        tickets.map(|t| t["ticket"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let shown = list(&[]);
    assert_eq!(open(&shown), ["KIT-0001", "KIT-0002"]);
    assert_eq!(shown["tickets"][0]["lines"][0]["now"]["note"], "no honey");
    assert_eq!(shown["all_day"][0]["quantity"], "2");
    let bumped = list(&["--bump", "1"]);
    assert_eq!(open(&bumped), ["KIT-0002"]);
    let counts = bumped["all_day"].as_array().unwrap().iter();
    let counts: Vec<_> = counts.map(|c| ["quantity", "waits", "done"].map(|of| c[of].as_str().unwrap())).collect();
    assert_eq!(counts, [["1", "0", "0"], ["0", "0", "2"]], "what is done is set apart");
    assert_eq!(open(&list(&["--recall", "1"])), ["KIT-0001", "KIT-0002"]);
    let loud = shop.command(&["kitchen", "--station", "KITCHEN", "--list"]).output().unwrap();
    assert!(String::from_utf8_lossy(&loud.stdout).contains("2 Porridge"), "{}", crate::shop::words(&loud));
    let wrong = shop.command(&["kitchen", "--station", "grill"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(78), "{}", crate::shop::words(&wrong));
    let gone = shop.command(&["kitchen", "--station", "kitchen", "--bump", "9"]).output().unwrap();
    assert_eq!(gone.status.code(), Some(1), "{}", crate::shop::words(&gone));
    shop.verifies();
}

#[test]
fn a_ticket_that_comes_is_heard_unless_the_house_wants_it_still() {
    let bell = |setting: &str| {
        let shop = Shop::new();
        shop.configure("counterflow.toml", |text| format!("{text}\n[kitchen]\n{setting}\n"));
        shop.rings(crate::shop::OWNER, ":open-shift 100.00\n");
        shop.rings(ADA, "47\n:send\n");
        let screen = crate::pty::Pty::start(&shop.command(&["kitchen", "--station", "kitchen"]));
        screen.sees("1 open");
        assert_eq!(screen.bells(), 0, "it was there before");
        shop.rings(ADA, "48\n:send\n");
        screen.sees("2 open");
        screen.bells()
    };
    assert_eq!((bell("bell = true"), bell("bell = false")), (1, 0));
}
