//! A till in memory that a test plays by its keys, as a cashier would.

use std::sync::Arc;

use uuid::Uuid;

use crate::domain::catalogue::{Catalogue, Menu};
use crate::domain::event::Event;
use crate::domain::floor::{Room, Spot};
use crate::domain::ids::{BoxId, IdSource, RegisterId, StaffId};
use crate::domain::money::{Currency, Money};
use crate::domain::order_type::OrderType;
use crate::domain::quantity::Quantity;
use crate::domain::rounding::Rounding;
use crate::domain::sale::Sale;
use crate::domain::search::Index;
use crate::domain::settings::{Business, CashRounding, Guards, Reasons, Settings};
use crate::domain::staff::{Permission, Role, Staff};
use crate::domain::tax::{Tax, TaxBasis, TaxClass, TaxRounding, TaxRule, TaxTable};
use crate::domain::tender::{ReferenceRule, Tender};
use crate::domain::till::{Ctx, Till};
use crate::domain::time::Stamp;
use crate::ui::key::Key;
use crate::ui::screen::{Body, Screen};
use crate::ui::state::{Setup, Ui};
use crate::ui::{AfterPin, Input, Request, update, view};

struct Counting(u128);

impl IdSource for Counting {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// The till, its screen, and all that happened.
pub struct Play {
    pub till: Till,
    pub ui: Ui,
    pub events: Vec<Event>,
    ids: Counting,
    now: Stamp,
    pub quit: bool,
    /// The till of register 2.
    there: Option<Till>,
}

const MENU: &str = r#"{
  "format": "counterflow-menu/1", "currency": "GBP",
  "categories": [
    {"code": "drinks", "name": "Drinks", "tax_class": "standard", "stations": []},
    {"code": "food", "name": "Food", "tax_class": "standard", "stations": []}
  ],
  "groups": [
    {"code": "milk", "name": "Milk", "min": 1, "max": 1, "options": [
      {"name": "Whole", "default": true}, {"name": "Oat", "price": 40}]},
    {"code": "cooked", "name": "Cooked", "min": 1, "max": 1, "options": [{"name": "Rare"}, {"name": "Well done"}]},
    {"code": "extras", "name": "Extras", "options": [{"name": "Bacon", "price": 150}, {"name": "Onions"}]}
  ],
  "items": [
    {"code": "101", "name": "Flat white", "category": "drinks", "pricing": {"each": {"base": 320}}, "groups": ["milk"]},
    {"code": "102", "name": "Espresso", "category": "drinks", "pricing": {"each": {"base": 240}}, "barcodes": ["5000112637922"]},
    {"code": "103", "name": "Crème brûlée", "category": "drinks", "pricing": {"each": {"base": 495}}},
    {"code": "201", "name": "Burger", "category": "food", "pricing": {"each": {"base": 900}}, "groups": ["cooked", "extras"]},
    {"code": "202", "name": "Olives", "category": "food", "pricing": {"per-kg": {"prices": {"base": 1800}}}},
    {"code": "203", "name": "Sundries", "category": "food", "pricing": {"open": {"min": 50, "max": 5000}}},
    {"code": "204", "name": "Special", "category": "food", "pricing": {"open": {"min": 50, "max": 5000}}, "groups": ["cooked"]},
    {"code": "205", "name": "Salad bar", "category": "food", "pricing": {"per-kg": {"prices": {"base": 1000}, "tare": 50}}}
  ]
}"#;

pub const CASHIER: &str = "1111";
pub const OWNER: &str = "9999";

pub const ADA: Uuid = Uuid::from_u128(1001);
pub const OLIVE: Uuid = Uuid::from_u128(1002);

fn tender(code: &str, name: &str) -> Tender {
    Tender {
        code: code.into(),
        name: name.into(),
        gives_change: false,
        over_as_tip: false,
        refundable: true,
        opens_drawer: false,
        counted: false,
        rounds: false,
        reference: ReferenceRule::None,
        reference_name: None,
        last_four: false,
        on_account: false,
        voucher: false,
        voucher_months: 0,
        deposit: false,
        foreign: None,
    }
}

/// Tables 1 to 6 in two rows, and two in the garden.
fn rooms() -> Vec<Room> {
    let spot = |name: &str| Some(Spot { name: name.into(), seats: Some(4) });
    let row = |names: &[&str]| names.iter().map(|n| if *n == "." { None } else { spot(n) }).collect();
    vec![
        Room { name: "Inside".into(), rows: vec![row(&["1", "2", ".", "3"]), row(&["4", "5", "6", "12"])] },
        Room { name: "Garden".into(), rows: vec![row(&["G1", "G2"])] },
    ]
}

fn settings() -> Settings {
    let gbp = Currency::from_code("GBP").unwrap();
    let cashier = [Permission::Sell, Permission::VoidLine, Permission::OpenShift, Permission::DiscountLine];
    let role = |code: &str, may: &[Permission]| Role {
        code: code.into(),
        name: code.into(),
        may: may.iter().copied().collect(),
        limit: Default::default(),
    };
    Settings {
        business: Business { name: "Test café".into(), ..Business::default() },
        currency: gbp,
        cut_off: Default::default(),
        taxes: TaxTable {
            taxes: vec![Tax {
                code: "vat".into(),
                name: "VAT 20%".into(),
                basis: TaxBasis::Percent(20.into()),
                included: true,
                compound: false,
            }],
            classes: vec![TaxClass {
                code: "standard".into(),
                name: "Standard".into(),
                rules: vec![TaxRule { order_types: vec![], from: None, until: None, taxes: vec!["vat".into()] }],
            }],
        },
        tax_rounding: TaxRounding::PerDocument,
        rounding: Rounding::HalfUp,
        cash_rounding: None::<CashRounding>,
        halves: Default::default(),
        levels: vec!["base".into()],
        order_types: vec![OrderType::plain("eat-in", "Eat in"), OrderType::plain("take-away", "Take away")],
        rooms: rooms(),
        stations: vec![],
        routes: vec![],
        kitchen: Default::default(),
        tenders: vec![
            Tender { gives_change: true, opens_drawer: true, counted: true, rounds: true, ..tender("cash", "Cash") },
            Tender { over_as_tip: true, last_four: true, reference: ReferenceRule::Optional, ..tender("card", "Card") },
            Tender { reference: ReferenceRule::Required, ..tender("account", "House account") },
        ],
        roles: vec![role("cashier", &cashier), role("owner", Permission::ALL)],
        reasons: Reasons { void: vec!["Wrong item".into(), "Changed mind".into()], ..Reasons::default() },
        guards: Guards {
            quantity: Quantity::pieces(99),
            line: Money::from_minor(50_000),
            price_low: Money::from_minor(20),
            tender_factor: 20,
        },
        count: Default::default(),
        hours: Default::default(),
        tips: Default::default(),
        lock_after_sale: false,
        goods: Vec::new(),
        training: false,
        scale: false,
        offers: Default::default(),
    }
}

impl Play {
    /// A till at which the cashier is signed in and a shift is open.
    pub fn new() -> Self {
        let settings = settings();
        let menu: Menu = serde_json::from_str(MENU).unwrap();
        let catalogue = Arc::new(Catalogue::new(menu));
        let index = Index::new(&catalogue);
        let till = Till::new(BoxId(Uuid::nil()), RegisterId(1), Arc::new(settings), catalogue);
        let now = Stamp::new(1_795_456_800_000, 0);
        let gbp = |m| Money::from_minor(m);
        let setup =
            Setup { bare_is_minor: true, notes: vec![gbp(500), gbp(1000), gbp(2000), gbp(5000)], ..Setup::default() };
        let mut play = Self {
            till,
            ui: Ui::new(setup, index, now),
            events: Vec::new(),
            ids: Counting(0),
            now,
            quit: false,
            there: None,
        };
        for (name, role, id) in [("Ada", "cashier", ADA), ("Olive", "owner", OLIVE)] {
            let id = StaffId(id);
            let staff = Staff { id, name: name.into(), role: role.into(), active: true };
            play.happened(vec![Event::StaffChanged { staff }]);
        }
        play.keys("1111<Enter>10000<Enter>");
        play.events.clear();
        play
    }

    fn happened(&mut self, events: Vec<Event>) {
        for recorded in self.till.record(events, self.now, "test", 1) {
            self.till.evolve(&recorded);
            self.events.push(recorded.event);
        }
    }

    /// What somebody does on register 2, and how it reaches this one.
    pub fn elsewhere(&mut self, commands: &[crate::domain::command::Command]) {
        let there = self.there.get_or_insert_with(|| {
            let mut there = self.till.clone();
            there.register = RegisterId(2);
            (there.signed_in, there.counters) = (None, Default::default());
            there.shift = None;
            there
        });
        (there.orders, there.last_order) = (self.till.orders.clone(), self.till.last_order);
        for command in commands {
            let mut ctx = Ctx { now: self.now, ids: &mut self.ids, approver: None };
            let events = there.decide(command, &mut ctx).unwrap();
            for recorded in there.record(events, self.now, "test", 1) {
                there.evolve(&recorded);
                self.till.evolve(&recorded);
            }
        }
    }

    /// Lets time pass.
    pub fn wait(&mut self, ms: i64) {
        self.now.utc_ms += ms;
        self.input(Input::Tick);
    }

    fn decide(&mut self, command: crate::domain::command::Command, approver: Option<StaffId>) {
        let mut ctx = Ctx { now: self.now, ids: &mut self.ids, approver };
        match self.till.decide(&command, &mut ctx) {
            Ok(events) => {
                self.ui.settle(&self.till, &command, &events);
                self.happened(events.clone());
                self.quit |= command == crate::domain::command::Command::Quit;
                self.ui.committed(&self.till, &command, &events);
            }
            Err(refusal) => self.ui.refused(&self.till, &command, &refusal),
        }
    }

    /// One input, and all that follows from it.
    pub fn input(&mut self, input: Input) {
        let mut requests = update(&mut self.ui, &self.till, input, self.now);
        loop {
            for request in requests {
                self.request(request);
            }
            if !self.ui.waits(&self.till) {
                return;
            }
            requests = update(&mut self.ui, &self.till, Input::Resume, self.now);
        }
    }

    fn request(&mut self, request: Request) {
        use crate::domain::command::Command;
        match request {
            Request::Command(command) => self.decide(command, None),
            Request::CheckPin { pin, then } => {
                let who = match pin.0.as_str() {
                    CASHIER => Some(StaffId(ADA)),
                    OWNER => Some(StaffId(OLIVE)),
                    _ => None,
                };
                match (who, then) {
                    (Some(staff), AfterPin::SignIn) => self.decide(Command::SignIn { staff }, None),
                    (Some(by), AfterPin::Allow { permission, command }) if self.till.may(by, permission) => {
                        self.ui.pin_right();
                        self.decide(command, Some(by));
                    }
                    (_, AfterPin::Allow { permission, .. }) => {
                        self.decide(Command::FailOverride { permission }, None);
                        self.ui.pin_wrong(&self.till.override_failures);
                    }
                    (None, AfterPin::SignIn) => {
                        self.decide(Command::FailSignIn, None);
                        self.ui.pin_wrong(&self.till.failures);
                    }
                }
            }
            Request::Jobs => {
                let jobs = self.ui.jobs.clone();
                self.ui.show_jobs(jobs);
            }
            // Looking up a sale is the store's: see the scenarios.
            Request::FindSale(_)
            | Request::FindReceived(_)
            | Request::FindSlips
            | Request::Upload
            | Request::FindMenuBefore => {}
            Request::Reprint(receipt) => {
                if let Some(sale) = self.till.last_sale.clone().filter(|s| s.receipt == receipt) {
                    self.decide(Command::Reprint { sale: sale.id, receipt }, None);
                }
            }
            Request::CheckBadge { .. } | Request::Give { .. } | Request::FindWorks => {}
        }
    }

    /// Presses keys: characters, and names in angle brackets: `3a<F12>`.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in parse(keys) {
            self.input(Input::Key(key));
        }
        self
    }

    /// Types a whole line, as `ring` does.
    pub fn line(&mut self, line: &str) -> &mut Self {
        self.input(Input::Line(line.to_owned()));
        self
    }

    pub fn screen(&self) -> Screen {
        view(&self.ui, &self.till)
    }

    /// The title of the order, and what stands at its right.
    pub fn screen_text(&self) -> String {
        match self.screen().body {
            Body::Order { order, .. } => format!("{} | {}", order.title.text, order.subtitle.text),
            Body::SignIn(_) => String::new(),
        }
    }

    pub fn echo(&self) -> String {
        self.screen().input.echo.text
    }

    pub fn sales(&self) -> Vec<&Sale> {
        let sale = |e: &'_ Event| matches!(e, Event::SaleCompleted { .. });
        let events = self.events.iter().filter(|e| sale(e));
        events.filter_map(|e| if let Event::SaleCompleted { sale, .. } = e { Some(&**sale) } else { None }).collect()
    }

    /// The large figure, without its point.
    pub fn total(&self) -> String {
        match self.screen().body {
            Body::Order { order, .. } => order.total.text,
            Body::SignIn(_) => String::new(),
        }
    }

    pub fn dialog(&self) -> String {
        self.screen().dialog.map(|d| d.title).unwrap_or_default()
    }

    /// The lines as `2 Flat white`.
    pub fn lines(&self) -> Vec<String> {
        let lines = self.till.current().map(|o| o.live_lines().collect::<Vec<_>>()).unwrap_or_default();
        lines.iter().map(|l| format!("{} {}", l.quantity, l.name)).collect()
    }
}

/// Keys from text with names in angle brackets.
pub fn parse(keys: &str) -> Vec<Key> {
    let mut parsed = Vec::new();
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        rest = match (c, rest.find('>')) {
            ('<', Some(end)) => {
                parsed.push(rest[1..end].parse().unwrap());
                &rest[end + 1..]
            }
            _ => {
                parsed.push(Key::Char(c));
                &rest[c.len_utf8()..]
            }
        };
    }
    parsed
}
