//! How a line of an order came to its price, step by step: the same figures as the totals, derived.

use rust_decimal::Decimal;

use crate::domain::catalogue::PriceBy;
use crate::domain::components::{promotions, with_components};
use crate::domain::ids::LineId;
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Discount, DiscountKind, Line, Order, PriceFrom, Unit};
use crate::domain::sale::LineTotals;
use crate::domain::settings::Settings;
use crate::domain::tax::{Tax, TaxBasis, TaxRounding};
use crate::domain::totals;

/// What a step's amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Part of what one piece or kilogram costs.
    Each,
    /// What the line comes to so far: the sum of what stands above.
    Sum,
    /// Taken off the line, or added to it.
    Change,
    /// What a component bears of it.
    Share,
    /// A tax of the line.
    Tax,
    /// What the line comes to without taxes, and with all of them.
    Result,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub kind: Kind,
    /// In words: `Happy hour instead of 3.20`.
    pub words: String,
    /// The amount.
    pub amount: Money,
}

/// Derives what a line of an open order comes to; nothing when there is no such line, or it is void. Of what is
/// made of others, with what each of them bears.
pub fn line(order: &Order, id: LineId, settings: &Settings) -> Vec<Step> {
    let Some(at) = order.lines.iter().position(|l| l.id == id && l.is_live()) else { return Vec::new() };
    let totals = totals::of(order, settings);
    let line = &order.lines[at];
    let part = with_components(&order.lines, &totals.lines, at);
    let mut steps = Steps { list: Vec::new(), currency: settings.currency };
    steps.each(line);
    steps.add(Kind::Sum, times(line), part.gross);
    let promotions = promotions(&order.lines, at);
    let promoted: Money = promotions.iter().map(|p| p.amount).sum();
    for applied in promotions {
        steps.add(Kind::Change, applied.name, -applied.amount);
    }
    if let Some(discount) = &line.discount {
        steps.add(Kind::Change, steps.discount(discount), promoted - part.discount);
    }
    if !part.order_discount.is_zero() {
        let off: Vec<String> = order.face.discounts.iter().map(|d| steps.discount(d)).collect();
        steps.add(Kind::Change, format!("share of the order's {}", off.join(", ")), -part.order_discount);
    }
    if steps.list.last().is_some_and(|s| s.kind == Kind::Change) {
        steps.add(Kind::Sum, "after discounts".to_owned(), part.after_discounts());
    }
    let components: Vec<LineId> = order.components(id).iter().map(|line| line.id).collect();
    for (line, part) in order.lines.iter().zip(&totals.lines) {
        if components.contains(&line.id) {
            let by_itself = settings.currency.show(line.menu_price);
            let words = format!("of that {} {}, {by_itself} by itself", line.pieces(), line.name);
            steps.add(Kind::Share, words, part.after_discounts());
            steps.taxes(line, part, settings);
        } else if line.id == id {
            steps.taxes(line, part, settings);
        }
    }
    steps.add(Kind::Result, "net of tax".to_owned(), part.net);
    steps.add(Kind::Result, "to pay".to_owned(), part.total);
    steps.list
}

struct Steps {
    list: Vec<Step>,
    currency: Currency,
}

impl Steps {
    fn add(&mut self, kind: Kind, words: String, amount: Money) {
        self.list.push(Step { kind, words, amount });
    }

    /// The taxes of a line, exactly and as they are rounded.
    fn taxes(&mut self, line: &Line, part: &LineTotals, settings: &Settings) {
        let exact = totals::exact(part.after_discounts(), line);
        for ((tax, amount), exact) in line.taxes.iter().zip(&part.taxes).zip(exact) {
            self.add(Kind::Tax, tax_words(tax, exact, *amount, settings), *amount);
        }
    }

    /// What one costs: the price, where it came from, and what was chosen.
    fn each(&mut self, line: &Line) {
        let of = if line.unit == Unit::Kg { " a kilogram" } else { "" };
        let menu = self.currency.show(line.menu_price);
        let words = match &line.price_from {
            PriceFrom::Level(level) => format!("menu price{of}, level {level}"),
            PriceFrom::Timed { schedule } => format!("{schedule} price{of}, instead of {menu}"),
            PriceFrom::Open => format!("price as typed{of}"),
            PriceFrom::Barcode => "price read from the barcode".to_owned(),
            PriceFrom::Override { reason, .. } if reason.is_empty() => format!("price changed{of}, from {menu}"),
            PriceFrom::Override { reason, .. } => format!("price changed{of}, from {menu}: {reason}"),
        };
        self.add(Kind::Each, words, line.unit_price);
        for chosen in &line.modifiers {
            let how = match chosen.part.map(|part| part.by) {
                None => "",
                Some(PriceBy::Dearer) if chosen.price.is_zero() => ": the other part is dearer",
                Some(PriceBy::Dearer) => ": the dearer part makes the price",
                Some(PriceBy::Average) => ": its share of the average",
                Some(PriceBy::Sum) => ": its own price",
            };
            let indent = "  ".repeat(chosen.depth.into());
            self.add(Kind::Each, format!("{indent}{}{how}", chosen.label()), chosen.price);
        }
    }

    fn discount(&self, discount: &Discount) -> String {
        let off = match (discount.comp, discount.kind) {
            (true, _) => "given away".to_owned(),
            (false, DiscountKind::Percent(percent)) => format!("{}% off", percent.normalize()),
            (false, DiscountKind::Amount(amount)) => format!("{} off", self.currency.show(amount)),
            (false, DiscountKind::Price(price)) => format!("down to {}", self.currency.show(price)),
        };
        if discount.reason.is_empty() { off } else { format!("{off}: {}", discount.reason) }
    }
}

fn times(line: &Line) -> String {
    match line.unit {
        Unit::Each => format!("× {}", line.quantity),
        Unit::Kg if line.modifiers.is_empty() => format!("× {} kg", line.quantity),
        Unit::Kg => format!("× {} kg, options once", line.quantity),
    }
}

/// `VAT 20%, held in the price: 0.8333, rounded`
fn tax_words(tax: &Tax, exact: Decimal, amount: Money, settings: &Settings) -> String {
    let digits = u32::from(settings.currency.digits());
    let held = if tax.included { "held in the price" } else { "added" };
    let how = match tax.basis {
        TaxBasis::Percent(_) if tax.compound => ", on net and the taxes before it",
        TaxBasis::Percent(_) => "",
        TaxBasis::PerUnit(_) => ", for each",
    };
    let mut units = exact;
    let _ = units.set_scale(exact.scale() + digits);
    let shown = units.round_dp(digits + 4).normalize();
    let rounded = match (exact == Decimal::from(amount.minor()), settings.tax_rounding) {
        (true, _) => String::new(),
        (false, TaxRounding::PerLine) => format!(": {shown}, rounded"),
        (false, TaxRounding::PerDocument) => format!(": {shown}, rounded over the order"),
    };
    format!("{}, {held}{how}{rounded}", tax.name)
}
