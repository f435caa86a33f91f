//! The service charge: so many per cent of what an order comes to after discounts, for large parties
//! or certain order types. It is a line of the sale, so that it is taxed, summed, printed, refunded and
//! uploaded as every line is; on an open order the totals add it, and nobody can void it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::ids::LineId;
use crate::domain::money::Money;
use crate::domain::order::{DiscountKind, Line, Order, PriceFrom, Unit};
use crate::domain::quantity::Quantity;
use crate::domain::settings::Settings;
use crate::domain::tax::Tax;

/// The code that the charge's line has in place of an item's, and of a category's.
pub const CODE: &str = "service";

/// When a service charge is asked, and how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRule {
    /// Its name on screen and paper.
    pub name: String,
    /// How many per cent of what the lines come to after discounts, at shelf prices.
    pub percent: Decimal,
    /// For parties of so many and more; 0 for every order.
    pub from_covers: u16,
    /// Only for these order types; for all when empty.
    pub order_types: Vec<String>,
    /// The taxes it bears; none when it is not taxable.
    pub taxes: Vec<Tax>,
}

impl ServiceRule {
    /// Whether it is asked of such an order, unless somebody lets it go.
    pub fn fits(&self, order: &Order) -> bool {
        let face = &order.face;
        face.covers.unwrap_or(0) >= self.from_covers
            && (self.order_types.is_empty() || self.order_types.contains(&face.order_type))
    }
}

/// The rule by which an order bears a service charge now.
pub fn rule<'s>(order: &Order, settings: &'s Settings) -> Option<&'s ServiceRule> {
    // A divided order bears its part of the charge as a line.
    let divided = order.lines.iter().any(|line| line.charge);
    settings.offers.service.as_ref().filter(|rule| !divided && order.face.waived.is_none() && rule.fits(order))
}

/// The line of the charge on an order whose lines come to `base`; none where it would be nothing.
pub(super) fn line(order: &Order, settings: &Settings, base: Money) -> Option<Line> {
    let rule = rule(order, settings)?;
    let amount = crate::domain::totals::taken_off(base, DiscountKind::Percent(rule.percent), settings.rounding);
    amount.is_positive().then(|| Line {
        id: LineId(order.next_line),
        item: CODE.to_owned(),
        name: format!("{} {}%", rule.name, rule.percent.normalize()),
        kitchen_name: None,
        category: CODE.to_owned(),
        department: None,
        stations: Vec::new(),
        course: None,
        seat: None,
        quantity: Quantity::ONE,
        unit: Unit::Each,
        menu_price: amount,
        unit_price: amount,
        price_from: PriceFrom::Level(CODE.to_owned()),
        modifiers: Vec::new(),
        component: None,
        borne: Money::ZERO,
        discount: None,
        promotions: Vec::new(),
        kitchen_note: None,
        customer_note: None,
        tax_class: String::new(),
        taxes: rule.taxes.clone(),
        cost: None,
        round: order.round,
        told: None,
        void: None,
        share: None,
        uses: Vec::new(),
        charge: true,
        by: order.server,
        at: order.opened,
    })
}
