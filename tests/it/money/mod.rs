//! Tax, discounts, rounding and tender, right to the last cent: examples with figures from outside,
//! properties over random orders, and a reference that counts in fractions.

mod components;
mod examples;
mod explain;
mod payments;
mod promotions;
mod properties;
mod reference;
mod refunds;
mod service;
mod splits;

use std::str::FromStr;

use counterflow::domain::ids::{LineId, OrderId, RegisterId, StaffId};
use counterflow::domain::money::Money;
use counterflow::domain::order::{Discount, DiscountKind, Face, Line, Order, PriceFrom, Unit};
use counterflow::domain::quantity::Quantity;
use counterflow::domain::rounding::Rounding;
use counterflow::domain::sale::Totals;
use counterflow::domain::tax::{Tax, TaxBasis, TaxRounding};
use counterflow::domain::time::Stamp;
use counterflow::domain::totals::document;
use rust_decimal::Decimal;
use uuid::Uuid;

const NOBODY: StaffId = StaffId(Uuid::nil());
const THEN: Stamp = Stamp { utc_ms: 0, offset_min: 0 };
const ROUNDINGS: [Rounding; 4] = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down];

fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

fn minor(amount: i64) -> Money {
    Money::from_minor(amount)
}

/// A tax as the tests write it: `20`, `20 incl`, `9.975 compound`, `@10` (ten minor units a
/// piece), `@10 incl`.
fn tax(text: &str) -> Tax {
    let mut words = text.split(' ');
    let amount = words.next().unwrap();
    let rest: Vec<&str> = words.collect();
    let basis = match amount.strip_prefix('@') {
        Some(fixed) => TaxBasis::PerUnit(minor(fixed.parse().unwrap())),
        None => TaxBasis::Percent(decimal(amount)),
    };
    Tax {
        code: text.to_owned(),
        name: text.to_owned(),
        basis,
        included: rest.contains(&"incl"),
        compound: rest.contains(&"compound"),
    }
}

fn line(price: i64, taxes: &[&str]) -> Line {
    Line {
        id: LineId(1),
        item: "1".to_owned(),
        name: "Item".to_owned(),
        kitchen_name: None,
        category: "food".to_owned(),
        department: None,
        stations: Vec::new(),
        course: None,
        seat: None,
        quantity: Quantity::ONE,
        unit: Unit::Each,
        menu_price: minor(price),
        unit_price: minor(price),
        price_from: PriceFrom::Level("base".to_owned()),
        modifiers: Vec::new(),
        component: None,
        borne: Money::ZERO,
        discount: None,
        promotions: Vec::new(),
        kitchen_note: None,
        customer_note: None,
        tax_class: "standard".to_owned(),
        taxes: taxes.iter().copied().map(tax).collect(),
        cost: None,
        round: 1,
        told: None,
        void: None,
        share: None,
        uses: Vec::new(),
        charge: false,
        by: NOBODY,
        at: THEN,
    }
}

fn percent_off(percent: &str) -> Discount {
    off(DiscountKind::Percent(decimal(percent)))
}

fn amount_off(amount: i64) -> Discount {
    off(DiscountKind::Amount(minor(amount)))
}

fn off(kind: DiscountKind) -> Discount {
    Discount { kind, reason: "test".to_owned(), by: NOBODY, comp: false, points: None }
}

fn order(lines: Vec<Line>) -> Order {
    Order {
        id: OrderId(Uuid::nil()),
        number: 1,
        version: 1,
        register: RegisterId(1),
        opened: THEN,
        changed: THEN,
        server: NOBODY,
        holder: None,
        held: false,
        recalled: false,
        left_by: None,
        face: Face::default(),
        next_line: lines.len() as u32 + 1,
        lines,
        payments: Vec::new(),
        deposits: Vec::new(),
        round: 1,
        bills: 0,
        billed: false,
        part: None,
        undo: Vec::new(),
    }
}

/// What must hold of every document, whatever is in it.
#[track_caller]
fn assert_whole(lines: &[Line], totals: &Totals) {
    let sum = |of: fn(&counterflow::domain::sale::LineTotals) -> Money| totals.lines.iter().map(of).sum::<Money>();
    assert_eq!(totals.lines.len(), lines.len());
    assert_eq!(sum(|l| l.total), totals.total, "Σ lines = total");
    assert_eq!(sum(|l| l.net), totals.net, "Σ lines' net = net");
    assert_eq!(sum(|l| l.gross), totals.gross, "Σ lines' gross = gross");
    assert_eq!(sum(|l| l.discount + l.order_discount), totals.discount, "Σ lines' discounts = discount");
    let taxes: Money = totals.taxes.iter().map(|t| t.amount).sum();
    assert_eq!(totals.net + taxes, totals.total, "net + Σ taxes = total");
    let added: Money = totals.taxes.iter().filter(|t| !t.included).map(|t| t.amount).sum();
    assert_eq!(totals.gross - totals.discount + added, totals.total, "gross − discount + added taxes = total");
    for part in &totals.lines {
        assert_eq!(part.net + part.taxes.iter().sum(), part.total, "a line's net + its taxes = its total");
    }
    for total in &totals.taxes {
        let parts: Money = lines
            .iter()
            .zip(&totals.lines)
            .flat_map(|(line, part)| line.taxes.iter().zip(&part.taxes))
            .filter(|(tax, _)| tax.code == total.code)
            .map(|(_, amount)| amount)
            .sum();
        assert_eq!(parts, total.amount, "Σ lines' {} = the document's", total.code);
    }
}

/// Counts a document and checks what must always hold.
#[track_caller]
fn count(lines: &[Line], discounts: &[Discount], place: TaxRounding, rounding: Rounding) -> Totals {
    let totals = document(lines, discounts, place, rounding);
    assert_whole(lines, &totals);
    totals
}
