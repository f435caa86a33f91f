//! A small shop for tests of the store: events made by hand, so that nothing hangs on what the
//! domain decides.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use counterflow::domain::catalogue::{Category, Item, Pricing};
use counterflow::domain::event::{Event, HandAct, LineAct, Recorded};
use counterflow::domain::ids::{BoxId, LineId, OrderId, PaymentId, RegisterId, SaleId, ShiftId, StaffId};
use counterflow::domain::menu_change::MenuChange;
use counterflow::domain::money::{Currency, Money};
use counterflow::domain::order::{Face, Holder, Line, Order, PriceFrom, Unit};
use counterflow::domain::quantity::Quantity;
use counterflow::domain::sale::{LineTotals, Sale, TaxTotal, Totals};
use counterflow::domain::shift::Shift;
use counterflow::domain::spool::NewJob;
use counterflow::domain::staff::Staff;
use counterflow::domain::tender::{Payment, Reference};
use counterflow::domain::time::{CutOff, Stamp};
use counterflow::store::{CommitError, Committed, FILE_NAME, NewStore, SCHEMA, Store};
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;
use uuid::Uuid;

/// Tables that no journal gives back.
const KEPT: &[&str] = &[
    "journal",
    "box",
    "jobs",
    "job_bytes",
    "job_documents",
    "people",
    "printers",
    "credentials",
    "badges",
    "backend",
    "catalogues",
    "contacts",
    "deliveries",
    "printer_recoveries",
];

pub const PROGRAM: &str = "0.1.0-test";

/// Makes a store as a program of the second schema had it, with the journal and the PINs of another.
pub fn of_the_second_schema(file: &Path, journal: &Path) -> Connection {
    let raw = Connection::open(file).unwrap();
    raw.execute_batch(include_str!("../../migrations/till/0001_journal.sql")).unwrap();
    raw.execute_batch(include_str!("../../migrations/till/0002_keys.sql")).unwrap();
    raw.execute("ATTACH ?1 AS now", [journal.to_str()]).unwrap();
    raw.execute_batch(
        "INSERT INTO box SELECT * FROM now.box; INSERT INTO journal SELECT * FROM now.journal;
         INSERT INTO credentials SELECT * FROM now.credentials; DETACH now;
         PRAGMA application_id = 1128680535; PRAGMA user_version = 2;",
    )
    .unwrap();
    raw
}

/// A shop with a store in a folder of its own.
pub struct Shop {
    pub dir: TempDir,
    pub store: Store,
    pub staff: StaffId,
    ids: u128,
    now_ms: i64,
    shifts: BTreeMap<RegisterId, ShiftId>,
    receipts: BTreeMap<RegisterId, u64>,
    orders: u32,
}

impl Shop {
    /// A store with one person, who has opened a shift on register 1.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let new = NewStore {
            box_id: BoxId(Uuid::from_u128(0xB0C5)),
            name: "Café Ü",
            now: Stamp::new(1_795_000_000_000, 60),
            cut_off: CutOff::default(),
            program: PROGRAM,
        };
        let store = Store::create(dir.path(), &new).unwrap();
        let staff = StaffId(Uuid::from_u128(1));
        let mut shop = Self {
            dir,
            store,
            staff,
            ids: 1000,
            now_ms: 1_795_000_000_000,
            shifts: BTreeMap::new(),
            receipts: BTreeMap::new(),
            orders: 0,
        };
        shop.hire(staff, "Ada", true);
        shop.open_shift(RegisterId(1));
        shop
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    pub fn now(&mut self) -> Stamp {
        self.now_ms += 1_000;
        Stamp::new(self.now_ms, 60)
    }

    pub fn record(&mut self, register: RegisterId, event: Event) -> Recorded {
        let at = self.now();
        Recorded {
            at,
            business_date: at.business_date(CutOff::default()),
            register,
            shift: self.shifts.get(&register).copied(),
            staff: Some(self.staff),
            program: PROGRAM.to_owned(),
            schema: SCHEMA,
            event,
        }
    }

    pub fn commit(&mut self, register: u16, events: Vec<Event>) -> Result<Committed, CommitError> {
        let recorded: Vec<_> = events.into_iter().map(|e| self.record(RegisterId(register), e)).collect();
        self.store.commit(&recorded, &[])
    }

    pub fn hire(&mut self, id: StaffId, name: &str, active: bool) {
        let staff = Staff { id, name: name.to_owned(), role: "cashier".to_owned(), active };
        self.commit(0, vec![Event::StaffChanged { staff }]).unwrap();
    }

    pub fn open_shift(&mut self, register: RegisterId) {
        let shift = Shift {
            id: ShiftId(self.id()),
            number: 1,
            business_date: NaiveDate::from_ymd_opt(2026, 11, 18).unwrap(),
            opened: self.now(),
            by: self.staff,
            float: Money::from_minor(10_000),
            sums: Default::default(),
            moves: Vec::new(),
            pieces: Vec::new(),
            drawer: None,
            locked_to: None,
        };
        self.shifts.insert(register, shift.id);
        self.commit(register.0, vec![Event::ShiftOpened { shift: Box::new(shift) }]).unwrap();
    }

    /// An order with nothing on it, and the event that opens it.
    pub fn new_order(&mut self, register: u16) -> (Order, Event) {
        self.orders += 1;
        let at = self.now();
        let register = RegisterId(register);
        let order = Order {
            id: OrderId(self.id()),
            number: self.orders,
            version: 1,
            register,
            opened: at,
            changed: at,
            server: self.staff,
            holder: Some(Holder { register, staff: self.staff }),
            held: false,
            recalled: false,
            left_by: None,
            face: Face { order_type: "eat-in".to_owned(), level: "base".to_owned(), ..Face::default() },
            lines: Vec::new(),
            payments: Vec::new(),
            deposits: Vec::new(),
            next_line: 1,
            round: 1,
            bills: 0,
            billed: false,
            part: None,
            undo: Vec::new(),
        };
        let event = Event::OrderOpened { order: Box::new(order.clone()) };
        (order, event)
    }

    /// A line of one item.
    pub fn line(&mut self, order: &Order, item: &str, pieces: i64, price: i64) -> Line {
        let price = Money::from_minor(price);
        Line {
            id: LineId(order.next_line),
            item: item.to_owned(),
            name: format!("Item {item} – ünïcode"),
            kitchen_name: None,
            category: "drinks".to_owned(),
            department: None,
            stations: Vec::new(),
            course: None,
            seat: None,
            quantity: Quantity::pieces(pieces),
            unit: Unit::Each,
            menu_price: price,
            unit_price: price,
            price_from: PriceFrom::Level("base".to_owned()),
            modifiers: Vec::new(),
            component: None,
            borne: Money::ZERO,
            discount: None,
            promotions: Vec::new(),
            kitchen_note: None,
            customer_note: None,
            tax_class: "standard".to_owned(),
            taxes: Vec::new(),
            cost: None,
            round: 1,
            told: None,
            void: None,
            share: None,
            uses: Vec::new(),
            charge: false,
            by: self.staff,
            at: self.now(),
        }
    }

    /// The event that puts a line on an order.
    pub fn add_line(&self, order: &Order, line: Line) -> Event {
        Event::LineChanged {
            order: order.id,
            version: order.version + 1,
            act: LineAct::Added,
            before: None,
            after: Some(Box::new(line)),
        }
    }

    /// Opens an order with one line, in one commit of two versions.
    pub fn ring(&mut self, register: u16, item: &str, pieces: i64, price: i64) -> Result<Order, CommitError> {
        let (mut order, opened) = self.new_order(register);
        let line = self.line(&order, item, pieces, price);
        let added = self.add_line(&order, line);
        let recorded = [opened, added].map(|event| self.record(order.register, event));
        // The number of an order that was refused is drawn again.
        self.store.commit(&recorded, &[]).inspect_err(|_| self.orders -= 1)?;
        order.apply(&recorded[1]);
        Ok(order)
    }

    /// One more line on an order that is open.
    pub fn ring_more(
        &mut self,
        order: &mut Order,
        item: &str,
        pieces: i64,
        price: i64,
    ) -> Result<Committed, CommitError> {
        let line = self.line(order, item, pieces, price);
        let added = self.add_line(order, line);
        let recorded = self.record(order.register, added);
        let done = self.store.commit(std::slice::from_ref(&recorded), &[])?;
        order.apply(&recorded);
        Ok(done)
    }

    pub fn hold(&mut self, order: &mut Order, register: u16) -> Result<Committed, CommitError> {
        let event = Event::OrderHanded {
            order: order.id,
            version: order.version + 1,
            act: HandAct::Held,
            holder: None,
            server: self.staff,
        };
        let recorded = self.record(RegisterId(register), event);
        order.apply(&recorded);
        self.store.commit(&[recorded], &[])
    }

    /// The payment and the sale that settle an order in cash, as one command.
    pub fn settle(&mut self, order: &Order, register: u16) -> Vec<Event> {
        let register = RegisterId(register);
        let (at, version) = (self.now(), order.version + 1);
        let shift = self.shifts[&register];
        let totals = totals(order);
        let payment = Payment {
            id: PaymentId(self.id()),
            tender: "cash".to_owned(),
            name: "Cash".to_owned(),
            amount: totals.total,
            tendered: totals.total + Money::from_minor(60),
            change: Money::from_minor(60),
            tip: Money::ZERO,
            rounding: Money::ZERO,
            foreign: None,
            reference: Reference::default(),
            charged: None,
            voucher: None,
            deposit: false,
            opens_drawer: true,
            staff: self.staff,
            register,
            shift,
            at,
        };
        let receipt = self.receipts.entry(register).or_insert(0);
        *receipt += 1;
        let sale = Sale {
            id: SaleId(Uuid::from_u128(1_000_000 + u128::from(*receipt) * 10 + u128::from(register.0))),
            order: order.id,
            number: order.number,
            part: None,
            receipt: *receipt,
            register,
            shift,
            business_date: at.business_date(CutOff::default()),
            opened: order.opened,
            completed: at,
            staff: self.staff,
            staff_name: "Ada".to_owned(),
            server: order.server,
            server_name: String::new(),
            order_type: order.face.order_type.clone(),
            name: None,
            customer: None,
            table: None,
            covers: Some(2),
            currency: Currency::from_code("EUR").unwrap(),
            lines: order.lines.clone(),
            discounts: Vec::new(),
            payments: vec![payment.clone()],
            rounding: Money::ZERO,
            change: payment.change,
            tips: Money::ZERO,
            points: Vec::new(),
            deposit_back: Money::ZERO,
            imported: false,
            training: false,
            totals,
        };
        vec![
            Event::PaymentTaken { order: order.id, version, payment: Box::new(payment) },
            Event::SaleCompleted { version, sale: Box::new(sale) },
        ]
    }

    /// A whole sale of one line.
    pub fn sell(&mut self, register: u16, item: &str, pieces: i64, price: i64) {
        let order = self.ring(register, item, pieces, price).unwrap();
        let events = self.settle(&order, register);
        self.commit(register, events).unwrap();
    }

    pub fn reopen(self) -> Self {
        let Self { dir, store, .. } = self;
        drop(store);
        let store = Store::open(dir.path(), PROGRAM).unwrap();
        Self { dir, store, ..self }
    }

    /// The database, past the store, for tests that damage it.
    pub fn raw(&self) -> Connection {
        Connection::open(self.path().join(FILE_NAME)).unwrap()
    }

    /// Changes what no program may change: runs `sql` with the journal's guards taken away, and puts
    /// them back.
    pub fn tamper(&self, sql: &str) {
        let raw = self.raw();
        let guards: Vec<(String, String)> = raw
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(guards.len(), 3);
        for (name, _) in &guards {
            raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
        }
        raw.execute_batch(sql).unwrap();
        for (_, guard) in &guards {
            raw.execute_batch(guard).unwrap();
        }
    }

    /// All projections as text, to be compared.
    pub fn dump(&self) -> String {
        let raw = self.raw();
        let mut text = String::new();
        let tables: Vec<String> = raw
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .filter(|name: &String| !KEPT.contains(&name.as_str()))
            .collect();
        assert_eq!(tables.len(), 32);
        for table in tables {
            let mut statement = raw.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
            let width = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let values: Vec<Value> = (0..width).map(|i| row.get(i).unwrap()).collect();
                text.push_str(&format!("{table} {values:?}\n"));
            }
        }
        text
    }
}

/// What an order comes to, at 20 % included.
fn totals(order: &Order) -> Totals {
    let lines: Vec<LineTotals> = order
        .lines
        .iter()
        .map(|line| {
            let total = line.gross();
            let tax = Money::from_minor(total.minor() / 6);
            LineTotals { gross: total, net: total - tax, taxes: vec![tax], total, ..LineTotals::default() }
        })
        .collect();
    let sum = |part: fn(&LineTotals) -> Money| lines.iter().map(part).sum::<Money>();
    let (total, net) = (sum(|l| l.total), sum(|l| l.net));
    Totals {
        gross: total,
        discount: Money::ZERO,
        net,
        taxes: vec![TaxTotal {
            code: "vat20".to_owned(),
            name: "VAT 20%".to_owned(),
            percent: Some(20.into()),
            included: true,
            base: net,
            amount: total - net,
        }],
        total,
        lines,
    }
}

/// A menu change that puts these items, in this order.
pub fn menu_of(items: Vec<Item>) -> Event {
    let category = Category {
        code: "drinks".to_owned(),
        name: "Drinks".to_owned(),
        department: None,
        tax_class: "standard".to_owned(),
        stations: Vec::new(),
        course: None,
    };
    let change = MenuChange {
        currency: Currency::from_code("EUR").unwrap(),
        category_order: Some(vec![category.code.clone()]),
        categories: vec![category],
        groups: Vec::new(),
        item_order: Some(items.iter().map(|i| i.code.clone()).collect()),
        items,
        group_order: None,
        pages: None,
        digest: "d1".to_owned(),
    };
    Event::MenuChanged { change: Box::new(change), catalogue: None }
}

pub fn item(code: &str, barcodes: &[&str]) -> Item {
    Item {
        code: code.to_owned(),
        name: format!("Item {code}"),
        kitchen_name: None,
        category: "drinks".to_owned(),
        pricing: Pricing::Each(BTreeMap::from([("base".to_owned(), Money::from_minor(320))])),
        tax_class: None,
        stations: None,
        groups: Vec::new(),
        barcodes: barcodes.iter().map(|b| (*b).to_owned()).collect(),
        hotkey: None,
        cost: None,
    }
}

pub fn job(title: &str) -> NewJob {
    NewJob {
        printer: "receipt".to_owned(),
        kind: "receipt".to_owned(),
        title: title.to_owned(),
        bytes: format!("\x1b@{title}\n").into_bytes(),
        document: Some("{}".to_owned()),
        ..NewJob::default()
    }
}
