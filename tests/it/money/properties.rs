//! What holds for every order.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::reference::{Ratio, exact_taxes};
use super::*;

/// Rates and amounts as the world has them. Whole per cents only, so that fractions stay small.
pub const TAXES: [&str; 12] = [
    "20 incl",
    "5 incl",
    "0 incl",
    "19 incl",
    "7 incl",
    "10",
    "8",
    "5 compound",
    "12 incl compound",
    "@10",
    "@25 incl",
    "3 compound",
];
/// Rates with digits after the point, which the reference can follow line by line.
const FINE: [&str; 6] = ["8.875", "9.975 compound", "2.5 incl", "13.5 incl", "5.5 incl compound", "1000"];

pub fn discounts() -> impl Strategy<Value = Discount> {
    prop_oneof![
        (0..=10_000_i64).prop_map(|p| off(DiscountKind::Percent(Decimal::new(p, 2)))),
        (1..5_000_i64).prop_map(amount_off),
        (0..5_000_i64).prop_map(|price| off(DiscountKind::Price(minor(price)))),
    ]
}

fn taxes(from: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::btree_set(select(from), 0..4).prop_map(|set| set.into_iter().collect())
}

pub fn a_line(from: &'static [&'static str]) -> impl Strategy<Value = Line> {
    let quantity = prop_oneof![8 => (1..20_i64).prop_map(Quantity::pieces), 2 => (1..5_000_i64).prop_map(Quantity::from_thousandths)];
    // A few prices come often, so that lines are alike in some things and not in others.
    let price = prop_oneof![1 => 0..20_000_i64, 1 => select(&[50_i64, 99, 100][..])];
    let quantity = prop_oneof![1 => quantity, 1 => Just(Quantity::ONE)];
    (price, quantity, taxes(from), prop::option::weighted(0.3, discounts())).prop_map(
        |(price, quantity, taxes, discount)| {
            let unit = if quantity.is_whole() { Unit::Each } else { Unit::Kg };
            Line { quantity, unit, discount, ..line(price, &taxes) }
        },
    )
}

pub fn lines(from: &'static [&'static str]) -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(a_line(from), 1..12)
}

pub fn places() -> impl Strategy<Value = TaxRounding> {
    select(&[TaxRounding::PerLine, TaxRounding::PerDocument][..])
}

pub fn roundings() -> impl Strategy<Value = Rounding> {
    select(&ROUNDINGS[..])
}

fn after(part: &counterflow::domain::sale::LineTotals) -> Money {
    part.gross - part.discount - part.order_discount
}

pub fn config() -> ProptestConfig {
    ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn discounts_never_lose_a_cent(
        lines in lines(&TAXES), discounts in prop::collection::vec(discounts(), 0..4), place in places(),
        rounding in roundings(),
    ) {
        let totals = count(&lines, &discounts, place, rounding);
        for part in &totals.lines {
            prop_assert!(!part.discount.is_negative() && !part.order_discount.is_negative());
            prop_assert!(!after(part).is_negative(), "more came off than there was");
        }
        // What all discounts together take is what each takes of what the ones before left.
        let mut left: i64 = totals.lines.iter().map(|p| (p.gross - p.discount).minor()).sum();
        for discount in &discounts {
            left -= match discount.kind {
                DiscountKind::Percent(p) => {
                    Ratio::new(i128::from(left) * p.mantissa(), 100 * 10_i128.pow(p.scale())).round(rounding)
                }
                DiscountKind::Amount(amount) => amount.minor().min(left),
                DiscountKind::Price(price) => (left - price.minor()).max(0),
            };
        }
        prop_assert_eq!((totals.gross - totals.discount).minor(), left);
    }

    #[test]
    fn nothing_depends_on_the_order_of_lines(
        lines in lines(&TAXES), discounts in prop::collection::vec(discounts(), 0..3), place in places(),
        rounding in roundings(), swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 1..20),
    ) {
        let mut shuffled = lines.clone();
        for (a, b) in swaps {
            shuffled.swap(a.index(lines.len()), b.index(lines.len()));
        }
        let one = count(&lines, &discounts, place, rounding);
        let other = count(&shuffled, &discounts, place, rounding);
        prop_assert_eq!((one.gross, one.discount, one.net, one.total), (other.gross, other.discount, other.net, other.total));
        prop_assert_eq!(&one.taxes, &other.taxes);
        let sorted = |totals: &Totals| {
            let mut parts: Vec<String> = totals.lines.iter().map(|p| format!("{p:?}")).collect();
            parts.sort();
            parts
        };
        prop_assert_eq!(sorted(&one), sorted(&other));
    }

    #[test]
    fn the_taxes_of_a_line_are_those_of_the_reference(
        mut lines in prop::collection::vec(prop_oneof![a_line(&TAXES), a_line(&FINE)], 1..6), reversed in any::<bool>(),
        discounts in prop::collection::vec(discounts(), 0..2), rounding in roundings(),
    ) {
        if reversed {
            lines.iter_mut().for_each(|l| l.taxes.reverse());
        }
        let totals = count(&lines, &discounts, TaxRounding::PerLine, rounding);
        for (line, part) in lines.iter().zip(&totals.lines) {
            let expected: Vec<i64> = exact_taxes(after(part), line).into_iter().map(|t| t.round(rounding)).collect();
            let got: Vec<i64> = part.taxes.iter().map(|t| t.minor()).collect();
            prop_assert_eq!(got, expected, "{:?} on {:?}", line.taxes.iter().map(|t| &t.code).collect::<Vec<_>>(), after(part));
        }
    }

    #[test]
    fn a_document_rounds_each_tax_once_and_its_lines_stay_near(
        lines in prop::collection::vec(a_line(&TAXES), 1..8), rounding in roundings(),
    ) {
        let totals = count(&lines, &[], TaxRounding::PerDocument, rounding);
        let mut exact: BTreeMap<&str, Ratio> = BTreeMap::new();
        for (line, part) in lines.iter().zip(&totals.lines) {
            for ((tax, exactly), share) in line.taxes.iter().zip(exact_taxes(after(part), line)).zip(&part.taxes) {
                prop_assert!(exactly.is_near(share.minor()), "{share:?} for {exactly:?}");
                let sum = exact.entry(&tax.code).or_insert(Ratio::ZERO);
                *sum = sum.plus(exactly);
            }
        }
        for tax in &totals.taxes {
            prop_assert_eq!(tax.amount.minor(), exact[tax.code.as_str()].round(rounding), "{}", &tax.code);
        }
    }

    #[test]
    fn included_and_added_taxes_agree(
        price in 0..1_000_000_i64, rates in prop::collection::vec(0..3_000_i64, 1..4), compound in any::<[bool; 3]>(),
        rounding in roundings(),
    ) {
        let mut added = line(price, &[]);
        for (i, rate) in rates.iter().enumerate() {
            added.taxes.push(Tax {
                code: format!("t{i}"), name: String::new(), basis: TaxBasis::Percent(Decimal::new(*rate, 2)),
                included: false, compound: compound[i],
            });
        }
        let there = count(std::slice::from_ref(&added), &[], TaxRounding::PerLine, rounding);
        let mut held = added.clone();
        held.unit_price = there.total;
        held.taxes.iter_mut().for_each(|t| t.included = true);
        let back = count(&[held], &[], TaxRounding::PerLine, rounding);
        prop_assert_eq!(back.total, there.total);
        // Each tax was rounded twice, by less than one minor unit each time.
        let slack = 2 * rates.len() as i64;
        prop_assert!((back.net.minor() - there.net.minor()).abs() <= slack, "{} and {}", back.net.minor(), there.net.minor());
        if rates.len() == 1 && matches!(rounding, Rounding::HalfUp | Rounding::HalfEven) {
            prop_assert_eq!(back.net, there.net);
        }
    }

    #[test]
    fn what_goes_back_is_what_was_taken(
        lines in lines(&TAXES), discounts in prop::collection::vec(discounts(), 0..3), place in places(),
        rounding in roundings(),
    ) {
        let back: Vec<Line> = lines.iter().cloned().map(|l| Line { quantity: -l.quantity, ..l }).collect();
        let sold = count(&lines, &discounts, place, rounding);
        let refunded = count(&back, &discounts, place, rounding);
        prop_assert_eq!(
            (-sold.gross, -sold.discount, -sold.net, -sold.total),
            (refunded.gross, refunded.discount, refunded.net, refunded.total)
        );
        for (a, b) in sold.lines.iter().zip(&refunded.lines) {
            prop_assert_eq!((-a.net, -a.total), (b.net, b.total));
        }
    }

    #[test]
    fn absurd_amounts_do_not_panic(
        price in any::<i64>(), thousandths in any::<i64>(), rate in any::<i64>(), scale in 0..28_u32,
        discount in any::<i64>(), place in places(), rounding in roundings(), n in 1..20_usize,
    ) {
        let mut taxes = vec![tax("@10 incl")];
        taxes.extend((0..n).map(|i| Tax {
            code: i.to_string(), name: String::new(), basis: TaxBasis::Percent(Decimal::new(rate, scale)),
            included: i % 2 == 0, compound: i % 3 == 0,
        }));
        taxes.push(Tax { basis: TaxBasis::PerUnit(minor(price)), ..tax("@1") });
        let line = Line { quantity: Quantity::from_thousandths(thousandths), taxes, ..line(price, &[]) };
        let off = [amount_off(discount), off(DiscountKind::Percent(Decimal::new(discount, scale)))];
        let _ = document(&[line.clone(), line], &off, place, rounding);
    }
}
