//! Parts come to the whole to the cent: price, discounts, each tax, total; and together again to what
//! they were.

use std::collections::BTreeMap;

use counterflow::domain::promotion::Applied;
use counterflow::domain::settings::Settings;
use counterflow::domain::split::{SplitBy, discounted, divide, freed, together};
use counterflow::domain::totals;
use proptest::prelude::*;
use proptest::sample::Index;

use super::properties::{TAXES, config, discounts, lines, places, roundings};
use super::*;

/// What counts come to together: gross, discounts, net, total, and each tax.
fn sums(totals: &[&Totals]) -> ([Money; 4], BTreeMap<String, Money>) {
    let sum = |of: fn(&Totals) -> Money| totals.iter().map(|t| of(t)).sum();
    let mut taxes: BTreeMap<String, Money> = BTreeMap::new();
    for tax in totals.iter().flat_map(|t| &t.taxes) {
        *taxes.entry(tax.code.clone()).or_default() += tax.amount;
    }
    taxes.retain(|_, amount| !amount.is_zero());
    ([sum(|t| t.gross), sum(|t| t.discount), sum(|t| t.net), sum(|t| t.total)], taxes)
}

/// Divides, and checks what must hold of the parts and of what they come to together.
pub fn check(order: &Order, by: &SplitBy, settings: &Settings) -> Option<Vec<Vec<Line>>> {
    let whole = totals::of(order, settings);
    let parts = divide(order, by, settings).ok()?;
    let count = |lines: &Vec<Line>| {
        let totals = document(lines, &order.face.discounts, settings.tax_rounding, settings.rounding);
        assert_whole(lines, &totals);
        totals
    };
    let counted: Vec<Totals> = parts.iter().map(count).collect();
    assert_eq!(sums(&counted.iter().collect::<Vec<_>>()), sums(&[&whole]), "{by:?}");
    let given = |lines: &[Line]| -> Money { lines.iter().flat_map(|l| &l.promotions).map(|a| a.amount).sum() };
    assert_eq!(parts.iter().map(|lines| given(lines)).sum::<Money>(), given(&order.lines), "{by:?}: promotions");
    for part in &counted {
        assert!(!part.gross.is_negative() && !part.discount.is_negative(), "{by:?}");
    }
    // And together again: the same quantities, the same count.
    let mut all = parts[0].clone();
    let mut next = order.next_line + 1;
    for part in &parts[1..] {
        next = together(&mut all, part, next);
    }
    let pieces = |lines: &[Line]| lines.iter().filter(|l| !l.charge).map(|l| l.quantity.thousandths()).sum::<i64>();
    assert_eq!(pieces(&all), pieces(&order.lines));
    if let SplitBy::Evenly(_) = by {
        assert_eq!(sums(&[&count(&all)]), sums(&[&whole]), "{by:?}");
        let divided_before = order.lines.iter().any(|line| line.share.is_some());
        let free = freed(Order { lines: all, ..order.clone() }, settings);
        assert!(divided_before || free.iter().all(|line| line.share.is_none()), "whole again");
    }
    Some(parts)
}

/// A discount on one line of each bill takes off that line and no other, and is taken back without a trace; the bills
/// come together to what they come to.
fn check_discounts(order: &Order, bills: &[Vec<Line>], settings: &Settings, given: &Discount) {
    let count = |lines: &[Line]| {
        let totals = document(lines, &order.face.discounts, settings.tax_rounding, settings.rounding);
        assert_whole(lines, &totals);
        totals
    };
    let mut after: Vec<Vec<Line>> = bills.to_vec();
    for bill in &mut after {
        let Some(at) = bill.iter().position(|line| line.share.is_some() && !line.charge) else { continue };
        let (line, before) = (bill[at].clone(), count(bill));
        bill[at] = discounted(&line, Some(given.clone()), settings.rounding);
        let now = count(bill);
        for (n, (before, now)) in before.lines.iter().zip(&now.lines).enumerate().filter(|(n, _)| *n != at) {
            assert_eq!(before, now, "line {n} of another one's discount");
        }
        let part = &now.lines[at];
        // A share can bear a cent more of what was taken off the whole than there is of it.
        let least = before.lines[at].after_discounts().min(Money::ZERO);
        assert!(part.after_discounts() >= least && part.gross == before.lines[at].gross, "{given:?} {line:?}");
        if line.discount.is_none() {
            // Its taxes are rounded for themselves now: what is promised is of its price.
            assert!(
                part.after_discounts() <= before.lines[at].after_discounts().max(Money::ZERO),
                "{given:?} {line:?}"
            );
            let back = discounted(&bill[at], None, settings.rounding);
            assert_eq!(back.share, line.share, "taken back");
        }
    }
    let sum: Money = after.iter().map(|bill| count(bill).total).sum();
    let mut all = after[0].clone();
    let mut next = order.next_line + 1;
    for bill in &after[1..] {
        next = together(&mut all, bill, next);
    }
    // Lines that were not held are counted anew where they come together with others.
    if all.iter().all(|line| line.share.is_some()) {
        assert_eq!(count(&all).total, sum, "together");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parts_come_to_the_whole_and_together_again(
        lines in lines(&TAXES), off in prop::collection::vec(discounts(), 0..3), place in places(),
        rounding in roundings(), parts in 2..9_u16, at in any::<Index>(), permille in 1..999_i64, seats in 1..4_u8,
        charged in any::<bool>(), given in discounts(), promoted in prop::collection::vec(prop::option::of(0..=100_i64), 12),
    ) {
        let settings = super::service::maybe_charging(charged, place, rounding);
        let mut order = order(lines);
        for (n, line) in (1..).zip(&mut order.lines) {
            line.id = LineId(n);
            line.seat = Some((n % u32::from(seats)) as u8).filter(|seat| *seat > 0);
        }
        for (line, percent) in order.lines.iter_mut().zip(promoted) {
            let Some(percent) = percent else { continue };
            let amount = Money::from_minor(line.gross().minor() * percent / 100);
            line.discount = None;
            line.promotions = vec![Applied { code: "p".into(), name: "Promotion".into(), amount, budget: None }];
        }
        order.face.discounts = off;
        let one = order.lines[at.index(order.lines.len())].clone();
        let total = totals::of(&order, &settings).total;
        let amount = Money::from_minor(total.minor() * permille / 1000);
        let piece = Quantity::from_thousandths((one.quantity.thousandths() * permille / 1000).max(1));
        for by in [
            SplitBy::Evenly(parts), SplitBy::Amount(amount), SplitBy::Seats, SplitBy::SeatsSharing,
            SplitBy::Line(one.id, parts),
            SplitBy::Lines(vec![(one.id, None)]), SplitBy::Lines(vec![(one.id, Some(piece))]),
        ] {
            let Some(bills) = check(&order, &by, &settings) else { continue };
            let due = |lines: &Vec<Line>| document(lines, &order.face.discounts, place, rounding).total;
            match by {
                SplitBy::Evenly(parts) => {
                    prop_assert_eq!(bills.len(), usize::from(parts));
                    let dues: Vec<i64> = bills.iter().map(|lines| due(lines).minor()).collect();
                    prop_assert!(dues.iter().max().unwrap() - dues.iter().min().unwrap() <= 1, "{:?}", dues);
                }
                SplitBy::Amount(amount) => prop_assert_eq!(due(&bills[1]), amount),
                SplitBy::Lines(_) | SplitBy::Seats | SplitBy::SeatsSharing | SplitBy::Line(..) => {}
            }
            check_discounts(&order, &bills, &settings, &given);
            // A part is divided again: still nothing is lost.
            let mut part = Order { lines: bills[0].clone(), next_line: order.next_line + 1, ..order.clone() };
            part.lines.sort_by_key(|l| l.id);
            check(&part, &SplitBy::Evenly(2), &settings);
        }
    }
}
