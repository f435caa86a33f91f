//! The derivation of a line says the same as the totals, and adds up.

use counterflow::domain::explain::{Kind, Step, line as explain};
use counterflow::domain::settings::Settings;
use counterflow::domain::totals;
use proptest::prelude::*;

use super::payments::settings;
use super::properties::{TAXES, config, discounts, lines, places, roundings};
use super::*;

fn sum(steps: &[Step], kind: Kind) -> Money {
    steps.iter().filter(|s| s.kind == kind).map(|s| s.amount).sum()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_line_is_derived_to_what_it_comes_to(
        mut lines in lines(&TAXES), off in prop::collection::vec(discounts(), 0..3), place in places(), rounding in roundings(),
    ) {
        for (at, line) in lines.iter_mut().enumerate() {
            line.id = LineId(at as u32 + 1);
        }
        let settings = Settings { tax_rounding: place, rounding, ..settings(0, Rounding::HalfUp) };
        let mut order = order(lines);
        order.face.discounts = off;
        let totals = totals::of(&order, &settings);
        for (line, part) in order.lines.iter().zip(&totals.lines) {
            let steps = explain(&order, line.id, &settings);
            let sums: Vec<Money> = steps.iter().filter(|s| s.kind == Kind::Sum).map(|s| s.amount).collect();
            let results: Vec<Money> = steps.iter().filter(|s| s.kind == Kind::Result).map(|s| s.amount).collect();
            prop_assert_eq!(sum(&steps, Kind::Each), line.unit_price);
            prop_assert_eq!(sums[0], part.gross);
            prop_assert_eq!(sums[0] + sum(&steps, Kind::Change), part.after_discounts());
            prop_assert_eq!(*sums.last().unwrap(), part.after_discounts());
            prop_assert_eq!(results, vec![part.net, part.total]);
            prop_assert_eq!(part.net + sum(&steps, Kind::Tax), part.total);
        }
    }
}

#[test]
fn each_step_is_said_in_words() {
    let mut white = line(256, &["20 incl"]);
    white.menu_price = minor(320);
    white.price_from = PriceFrom::Timed { schedule: "Happy hour".to_owned() };
    white.quantity = Quantity::pieces(2);
    white.discount = Some(percent_off("10"));
    let mut order = order(vec![white]);
    order.face.discounts.push(amount_off(100));
    let steps = explain(&order, LineId(1), &settings(0, Rounding::HalfUp));
    let said: Vec<String> = steps.iter().map(|s| format!("{} {}", s.words, s.amount.minor())).collect();
    assert_eq!(
        said,
        [
            "Happy hour price, instead of 3.20 256",
            "× 2 512",
            "10% off: test -51",
            "share of the order's 1.00 off: test -100",
            "after discounts 361",
            "20 incl, held in the price: 0.601667, rounded over the order 60",
            "net of tax 301",
            "to pay 361",
        ]
    );
    assert!(explain(&order, LineId(9), &settings(0, Rounding::HalfUp)).is_empty());
}
