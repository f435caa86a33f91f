//! What customers get: receipts, bills and copies as text, and which acts bring what to paper.

use std::sync::Arc;

use chrono::NaiveDate;
use counterflow::documents::jobs::{Destination, jobs_for};
use counterflow::documents::receipt::{bill, copy, receipt};
use counterflow::documents::template::Template;
use counterflow::documents::text::render;
use counterflow::domain::catalogue::{Amount, Catalogue, Menu};
use counterflow::domain::event::Event;
use counterflow::domain::ids::{BoxId, LineId, OrderId, PaymentId, RegisterId, SaleId, ShiftId, StaffId};
use counterflow::domain::money::{Currency, Money};
use counterflow::domain::order::{Discount, DiscountKind, Face, Line, Modifier, Order, PriceFrom, Unit, Void};
use counterflow::domain::order_type::OrderType;
use counterflow::domain::quantity::Quantity;
use counterflow::domain::rounding::Rounding;
use counterflow::domain::sale::{LineTotals, Sale, TaxTotal, Totals};
use counterflow::domain::settings::{Business, Guards, Reasons, Settings};
use counterflow::domain::tax::{TaxRounding, TaxTable};
use counterflow::domain::tender::{ForeignTendered, Payment, Reference, Tender};
use counterflow::domain::till::Till;
use counterflow::domain::time::CutOff;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::paper_queue::NOW;

const STAFF: StaffId = StaffId(Uuid::from_u128(7));

fn m(minor: i64) -> Money {
    Money::from_minor(minor)
}

fn settings() -> Settings {
    let euro = Currency::from_code("EUR").unwrap();
    let card = Tender { reference_name: Some("Approval".into()), ..tender("card", "Card") };
    Settings {
        business: Business {
            name: "Café Müller".into(),
            address: vec!["12 High Street".into(), "Anytown".into()],
            tax_number: Some("VAT 123 4567 89".into()),
            footer: vec!["Thank you, come again!".into()],
            ..Business::default()
        },
        currency: euro,
        cut_off: CutOff::default(),
        taxes: TaxTable::default(),
        tax_rounding: TaxRounding::PerDocument,
        rounding: Rounding::HalfUp,
        cash_rounding: None,
        halves: Default::default(),
        levels: vec!["base".into()],
        order_types: vec![OrderType::plain("eat-in", "Eat in")],
        rooms: Vec::new(),
        stations: Vec::new(),
        routes: vec![],
        kitchen: Default::default(),
        tenders: vec![tender("cash", "Cash"), card],
        roles: Vec::new(),
        reasons: Reasons::default(),
        guards: Guards { quantity: Quantity::pieces(99), line: m(100_000), price_low: m(10), tender_factor: 10 },
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

fn tender(code: &str, name: &str) -> Tender {
    Tender {
        code: code.into(),
        name: name.into(),
        gives_change: false,
        over_as_tip: false,
        refundable: false,
        opens_drawer: false,
        counted: false,
        rounds: false,
        reference: Default::default(),
        reference_name: None,
        last_four: false,
        on_account: false,
        voucher: false,
        voucher_months: 0,
        deposit: false,
        foreign: None,
    }
}

fn line(id: u32, name: &str, quantity: Quantity, price: i64) -> Line {
    Line {
        id: LineId(id),
        item: id.to_string(),
        name: name.into(),
        kitchen_name: None,
        category: "food".into(),
        department: None,
        stations: Vec::new(),
        course: None,
        seat: None,
        quantity,
        unit: Unit::Each,
        menu_price: m(price),
        unit_price: m(price),
        price_from: PriceFrom::Level("base".into()),
        modifiers: Vec::new(),
        component: None,
        borne: Money::ZERO,
        discount: None,
        promotions: Vec::new(),
        kitchen_note: None,
        customer_note: None,
        tax_class: "food".into(),
        taxes: Vec::new(),
        cost: None,
        round: 1,
        told: None,
        void: None,
        share: None,
        uses: Vec::new(),
        charge: false,
        by: STAFF,
        at: NOW,
    }
}

fn modifier(name: &str, amount: Amount, price: i64) -> Modifier {
    Modifier {
        group: "g".into(),
        turn: 0,
        depth: 0,
        digit: 1,
        amount,
        name: name.into(),
        kitchen_name: None,
        price: m(price),
        item: None,
        beside: false,
        part: None,
    }
}

fn lines() -> Vec<Line> {
    let mut coffee = line(1, "Flat white", Quantity::pieces(2), 320);
    coffee.modifiers = vec![modifier("Oat milk", Amount::Normal, 50), modifier("Foam", Amount::No, 0)];
    coffee.kitchen_note = Some("KITCHEN ONLY: nickname Baldy".into());
    let mut bagel = line(2, "Smoked salmon and cream cheese bagel with dill", Quantity::ONE, 1150);
    bagel.customer_note = Some("cut in half, no onions please".into());
    bagel.discount = Some(Discount {
        kind: DiscountKind::Percent(Decimal::new(100, 1)),
        reason: "complaint".into(),
        by: STAFF,
        comp: false,
        points: None,
    });
    let mut apples = line(3, "Apples", Quantity::from_thousandths(350), 400);
    apples.unit = Unit::Kg;
    let mut gone = line(4, "Voided soup", Quantity::ONE, 500);
    gone.void = Some(Void { reason: "typo".into(), by: STAFF, at: NOW, after_sending: false, wasted: false });
    vec![coffee, gone, bagel, apples]
}

fn totals() -> Totals {
    let line = |gross, discount, order_discount| LineTotals {
        gross: m(gross),
        discount: m(discount),
        order_discount: m(order_discount),
        total: m(gross - discount - order_discount),
        ..LineTotals::default()
    };
    let tax = |name: &str, percent: i64, included, base, amount| TaxTotal {
        code: name.into(),
        name: name.into(),
        percent: Some(Decimal::from(percent)),
        included,
        base: m(base),
        amount: m(amount),
    };
    Totals {
        lines: vec![line(740, 0, 74), LineTotals::default(), line(1150, 115, 103), line(140, 0, 14)],
        gross: m(2030),
        discount: m(306),
        net: m(1567),
        taxes: vec![tax("VAT 10%", 10, true, 1567, 157), tax("City 2%", 2, false, 1567, 31)],
        total: m(1755),
    }
}

fn payment(tender: &str, name: &str, amount: i64) -> Payment {
    Payment {
        id: PaymentId(Uuid::from_u128(1)),
        tender: tender.into(),
        name: name.into(),
        amount: m(amount),
        tendered: m(amount),
        change: Money::ZERO,
        tip: Money::ZERO,
        rounding: Money::ZERO,
        foreign: None,
        reference: Reference::default(),
        charged: None,
        voucher: None,
        deposit: false,
        opens_drawer: tender == "cash",
        staff: STAFF,
        register: RegisterId(1),
        shift: ShiftId(Uuid::from_u128(3)),
        at: NOW,
    }
}

pub fn sale() -> Sale {
    let reference = Reference { text: Some("A 77 42".into()), last_four: Some("1234".into()) };
    let card = Payment { reference, tip: m(100), tendered: m(600), ..payment("card", "Card", 500) };
    let dollars =
        ForeignTendered { currency: Currency::from_code("USD").unwrap(), amount: m(500), rate: Decimal::new(9200, 4) };
    let foreign = Payment { foreign: Some(dollars), ..payment("usd", "US dollars", 460) };
    let cash = Payment { tendered: m(2000), change: m(1205), rounding: m(0), ..payment("cash", "Cash", 795) };
    Sale {
        id: SaleId(Uuid::from_u128(5)),
        order: OrderId(Uuid::from_u128(6)),
        number: 17,
        part: None,
        receipt: 42,
        register: RegisterId(1),
        shift: ShiftId(Uuid::from_u128(3)),
        business_date: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        opened: NOW,
        completed: NOW,
        staff: STAFF,
        staff_name: "Anna".into(),
        server: STAFF,
        order_type: "eat-in".into(),
        name: Some("HELD NAME: Baldy".into()),
        customer: None,
        table: Some("5".into()),
        server_name: "Ada".to_owned(),
        covers: Some(2),
        currency: Currency::from_code("EUR").unwrap(),
        lines: lines(),
        discounts: vec![Discount {
            kind: DiscountKind::Percent(Decimal::from(10)),
            reason: "friend of the house".into(),
            by: STAFF,
            comp: false,
            points: None,
        }],
        totals: totals(),
        payments: vec![card, foreign, cash],
        rounding: m(0),
        change: m(1205),
        tips: m(100),
        points: Vec::new(),
        deposit_back: Money::ZERO,
        imported: false,
        training: false,
    }
}

fn order() -> Order {
    let sale = sale();
    Order {
        id: sale.order,
        number: sale.number,
        version: 9,
        register: RegisterId(1),
        opened: NOW,
        changed: NOW,
        server: STAFF,
        holder: None,
        held: false,
        recalled: false,
        left_by: None,
        face: Face {
            customer: None,
            allergies: None,
            waived: None,
            coupons: Vec::new(),
            name: sale.name.clone(),
            order_type: sale.order_type.clone(),
            level: "base".into(),
            table: sale.table.clone(),
            beside: false,
            courses: Vec::new(),
            due: None,
            limit: None,
            contact: 0,
            joined: Vec::new(),
            covers: sale.covers,
            discounts: sale.discounts.clone(),
        },
        lines: lines(),
        payments: vec![payment("card", "Card", 500)],
        deposits: vec![],
        next_line: 5,
        round: 1,
        bills: 0,
        billed: false,
        part: None,
        undo: Vec::new(),
    }
}

fn paper(document: &counterflow::documents::Document, columns: usize) -> String {
    render(document, columns).join("\n")
}

#[test]
fn a_receipt_at_32_columns() {
    insta::assert_snapshot!("receipt_32", paper(&receipt(&sale(), &settings()), 32));
}

#[test]
fn a_receipt_at_42_columns() {
    insta::assert_snapshot!("receipt_42", paper(&receipt(&sale(), &settings()), 42));
}

#[test]
fn a_receipt_at_48_columns() {
    insta::assert_snapshot!("receipt_48", paper(&receipt(&sale(), &settings()), 48));
}

#[test]
fn a_bill_shows_what_is_due_and_is_no_receipt() {
    let document = bill(&order(), &totals(), &settings(), "Ada", NOW);
    assert!(!document.opens_drawer);
    insta::assert_snapshot!("bill_42", paper(&document, 42));
}

#[test]
fn a_receipt_in_practice_with_rounding_is_marked() {
    let mut sale = sale();
    sale.training = true;
    sale.rounding = m(-5);
    sale.discounts.clear();
    sale.totals.taxes.truncate(1);
    insta::assert_snapshot!("training_32", paper(&receipt(&sale, &settings()), 32));
}

#[test]
fn a_receipt_ends_with_the_houses_qr_code_if_it_has_one() {
    use counterflow::documents::Block;
    let codes = |settings: &Settings| {
        let blocks = receipt(&sale(), settings).blocks;
        blocks.into_iter().filter_map(|b| if let Block::Qr(text) = b { Some(text) } else { None }).collect::<Vec<_>>()
    };
    let mut settings = settings();
    assert!(codes(&settings).is_empty());
    settings.business.qr = "https://a.example/?r={register}-{receipt}&t={total}".into();
    let (sale, total) = (sale(), settings.currency.show(sale().totals.total));
    assert_eq!(codes(&settings), [format!("https://a.example/?r={}-{}&t={total}", sale.register, sale.receipt)]);
}

#[test]
fn a_copy_is_marked_and_opens_nothing() {
    let document = copy(&sale(), &settings(), 2);
    assert!(!document.opens_drawer && receipt(&sale(), &settings()).opens_drawer);
    let text = paper(&document, 42);
    assert_eq!(text.matches("COPY 2").count() + text.matches("C O P Y   2").count(), 2, "{text}");
}

#[test]
fn customers_never_see_what_is_not_for_them() {
    let documents = [
        receipt(&sale(), &settings()),
        copy(&sale(), &settings(), 1),
        bill(&order(), &totals(), &settings(), "Ada", NOW),
    ];
    for document in documents {
        let text = paper(&document, 48);
        for hidden in ["Baldy", "KITCHEN", "HELD", "Voided", "complaint", "friend"] {
            assert!(!text.contains(hidden), "{hidden} is on\n{text}");
        }
    }
}

fn menu() -> Menu {
    Menu {
        format: Menu::FORMAT.to_owned(),
        currency: settings().currency,
        categories: Vec::new(),
        groups: Vec::new(),
        items: Vec::new(),
        pages: Vec::new(),
    }
}

fn check_jobs(events: &[Event], expected: &[(&str, bool)]) {
    let mut till =
        Till::new(BoxId(Uuid::from_u128(1)), RegisterId(1), Arc::new(settings()), Arc::new(Catalogue::new(menu())));
    till.orders.insert(order().id, order());
    let jobs = jobs_for(&till, &Template::default(), events, NOW);
    assert!(jobs.iter().all(|(to, _)| *to == Destination::Receipt));
    let got: Vec<_> = jobs.iter().map(|(_, d)| (d.title.as_str(), d.opens_drawer)).collect();
    assert_eq!(got, expected, "{events:?}");
}

#[test]
fn acts_bring_their_documents_and_open_the_drawer_once() {
    let taken = |tender: &str| Event::PaymentTaken {
        order: order().id,
        version: 10,
        payment: Box::new(payment(tender, tender, 500)),
    };
    let settled = Event::SaleCompleted { version: 10, sale: Box::new(sale()) };
    check_jobs(&[taken("cash"), settled.clone()], &[("Receipt 42", true)]);
    // The drawer was opened when the cash was taken; the card that settles opens nothing.
    check_jobs(&[taken("card"), settled.clone()], &[("Receipt 42", false)]);
    check_jobs(&[settled], &[("Receipt 42", true)]);
    check_jobs(&[taken("cash")], &[("Drawer", true)]);
    check_jobs(&[taken("card")], &[]);
    check_jobs(&[Event::BillPrinted { order: order().id, version: 10 }], &[("Bill 17", false)]);
    check_jobs(&[Event::NoSale { reason: "change".into() }], &[("No sale", true)]);
    check_jobs(&[Event::Reprinted { sale: sale().id, receipt: 42 }], &[]);
    check_jobs(&[Event::Started { config: String::new() }], &[]);
}
