//! The service charge: a line of the sale, counted on what the others come to.

use counterflow::domain::service::ServiceRule;
use counterflow::domain::settings::{Offers, Settings};
use counterflow::domain::totals;
use proptest::prelude::*;

use super::payments::settings;
use super::properties::{TAXES, config, discounts, lines, places, roundings};
use super::reference::Ratio;
use super::*;

pub fn charging(percent: &str, from_covers: u16, taxes: &[&str]) -> Settings {
    let service = ServiceRule {
        name: "Service".to_owned(),
        percent: decimal(percent),
        from_covers,
        order_types: Vec::new(),
        taxes: taxes.iter().copied().map(tax).collect(),
    };
    Settings { offers: Offers { service: Some(service), ..Offers::default() }, ..settings(0, Rounding::HalfUp) }
}

/// How a house counts that rounds so, with or without a service charge of 12.5 %.
pub fn maybe_charging(charged: bool, place: TaxRounding, rounding: Rounding) -> Settings {
    let service = charging("12.5", 0, &["20 incl", "8"]).offers;
    let offers = if charged { service } else { Offers::default() };
    Settings { tax_rounding: place, rounding, offers, ..settings(0, rounding) }
}

/// 12.5 % on lines, after discounts; what the charge and the whole come to.
#[track_caller]
fn check(covers: u16, waived: bool, lines: Vec<Line>, off: &[Discount], charge: i64, total: i64) {
    let mut order = order(lines);
    order.face.covers = Some(covers);
    order.face.discounts = off.to_vec();
    order.face.waived =
        waived.then(|| counterflow::domain::order::Waived { reason: "Guest asked".to_owned(), by: NOBODY });
    let settings = charging("12.5", 6, &["20 incl"]);
    let totals = totals::of(&order, &settings);
    assert_whole(&totals::lines(&order, &settings), &totals);
    let part = totals.lines.get(order.lines.len()).map_or(0, |p| p.total.minor());
    assert_eq!((part, totals.total.minor()), (charge, total));
}

#[test]
fn large_parties_are_charged_after_discounts() {
    let lines = || vec![line(2000, &["20 incl"]), line(1000, &["0 incl"])];
    check(6, false, lines(), &[], 375, 3375);
    check(5, false, lines(), &[], 0, 3000);
    check(8, true, lines(), &[], 0, 3000);
    check(6, false, lines(), &[percent_off("10")], 338, 3038); // of 27.00: 3.375
    check(6, false, lines(), &[percent_off("100")], 0, 0);
    check(6, false, Vec::new(), &[], 0, 0);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_charge_is_a_line_like_any_other_but_for_discounts(
        lines in lines(&TAXES), off in prop::collection::vec(discounts(), 0..3), place in places(),
        rounding in roundings(), percent in 1..30_000_i64, taxed in any::<bool>(),
    ) {
        let percent = Decimal::new(percent, 3);
        let taxes: &[&str] = if taxed { &["20 incl", "5"] } else { &[] };
        let settings = Settings {
            tax_rounding: place, rounding, ..charging(&percent.to_string(), 0, taxes)
        };
        let mut order = order(lines);
        order.face.discounts = off;
        let totals = totals::of(&order, &settings);
        let sold = totals::lines(&order, &settings);
        assert_whole(&sold, &totals);
        // A sale that is read again comes to the same: the charge is in it as it was sold.
        prop_assert_eq!(&document(&sold, &order.face.discounts, place, rounding), &totals);
        // The other lines come to what they come to without it, but for the share of a document's tax.
        let bare = document(&order.lines, &order.face.discounts, place, rounding);
        let base: i64 = bare.lines.iter().map(|p| p.after_discounts().minor()).sum();
        let exact = Ratio::new(i128::from(base) * percent.mantissa(), 100_000).round(rounding);
        let charge = totals.lines.get(order.lines.len());
        prop_assert_eq!(charge.map_or(0, |p| p.gross.minor()), exact);
        prop_assert!(charge.is_none_or(|p| p.order_discount.is_zero() && p.discount.is_zero()));
        for (a, b) in bare.lines.iter().zip(&totals.lines) {
            prop_assert_eq!(a.after_discounts(), b.after_discounts());
        }
    }
}
