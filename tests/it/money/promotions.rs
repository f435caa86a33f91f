//! Promotions: what they give, and what they never do.

use std::collections::BTreeMap;

use counterflow::domain::components::{Component, bearers, follow};
use counterflow::domain::promotion::{Applied, Deal, Promotion, Standing, apply};
use counterflow::domain::schedule::Which;
use counterflow::domain::settings::{Offers, Settings};
use counterflow::domain::totals;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::components::{Chosen, chosen, composed, option};
use super::payments::settings;
use super::properties::{config, lines, places, roundings};
use super::*;

fn promotion(code: &str, deal: Deal) -> Promotion {
    Promotion {
        code: code.to_owned(),
        name: code.to_owned(),
        when: Default::default(),
        which: Which::default(),
        deal,
        least_order: Money::ZERO,
        coupon: None,
        group: None,
        budget: None,
        priority: 0,
        floor_percent: None,
    }
}

fn giving(promotions: Vec<Promotion>) -> Settings {
    Settings { offers: Offers { promotions, ..Offers::default() }, ..settings(0, Rounding::HalfUp) }
}

fn buy(buy: u16, get: u16) -> Deal {
    Deal::BuyGet { buy, get, percent: Decimal::ONE_HUNDRED, other: None }
}

fn bundle(count: u16, price: i64) -> Deal {
    Deal::Bundle { count, price: minor(price) }
}

/// So many of an item at a price.
fn some(item: &str, count: i64, price: i64) -> Line {
    Line { item: item.to_owned(), quantity: Quantity::pieces(count), ..line(price, &["20 incl"]) }
}

/// Lines, promotions, and what each line gets: `code amount`.
#[track_caller]
fn check(lines: Vec<Line>, promotions: Vec<Promotion>, expected: &[&str]) {
    let given = apply(&order(lines), None, &giving(promotions), &BTreeMap::new());
    let say = |line: &Vec<Applied>| {
        line.iter().map(|a| format!("{} {}", a.code, a.amount.minor())).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(given.iter().map(say).collect::<Vec<_>>(), expected);
}

#[test]
fn each_deal_gives_what_it_says() {
    check(vec![some("a", 3, 300)], vec![promotion("p", buy(2, 1))], &["p 300"]);
    check(vec![some("a", 5, 300)], vec![promotion("p", buy(2, 1))], &["p 300"]);
    check(vec![some("a", 6, 300)], vec![promotion("p", buy(2, 1))], &["p 600"]);
    // The cheapest of each group, the dear ones together: the best for the customer.
    let mixed = || vec![some("a", 1, 200), some("b", 2, 500), some("c", 1, 300)];
    check(mixed(), vec![promotion("p", buy(1, 1))], &["p 200", "p 500", ""]);
    check(mixed(), vec![promotion("p", bundle(2, 600))], &["", "p 400", ""]);
    check(mixed(), vec![promotion("p", Deal::Percent(decimal("10")))], &["p 20", "p 100", "p 30"]);
    check(mixed(), vec![promotion("p", Deal::Amount(minor(150)))], &["p 20", "p 100", "p 30"]);
    check(vec![some("a", 1, 200)], vec![promotion("p", bundle(2, 100))], &[""]);
}

#[test]
fn what_is_bought_makes_something_else_cheaper() {
    let of = |items: &[&str]| Which { items: items.iter().map(|i| (*i).to_owned()).collect(), ..Which::default() };
    let with = |buy, get, paid: &[&str], other: &[&str]| {
        let deal = Deal::BuyGet { buy, get, percent: Decimal::ONE_HUNDRED, other: Some(of(other)) };
        vec![Promotion { which: of(paid), ..promotion("p", deal) }]
    };
    let table = || vec![some("coffee", 2, 300), some("cake", 1, 450), some("scone", 2, 400)];
    check(table(), with(1, 1, &["coffee"], &["cake"]), &["", "p 450", ""]);
    check(table(), with(1, 1, &["coffee"], &["cake", "scone"]), &["", "p 450", "p 400"]);
    check(table(), with(2, 1, &["coffee"], &["scone"]), &["", "", "p 400"]);
    check(table(), with(1, 2, &["cake"], &["scone"]), &["", "", "p 800"]);
    check(table(), with(3, 1, &["coffee"], &["cake"]), &["", "", ""]);
    check(table(), with(1, 2, &["coffee"], &["cake"]), &["", "", ""]);
    // What could be paid or given is one of the two: a cake for a scone, and no scone for the other one's cake.
    check(table(), with(1, 1, &["scone", "coffee"], &["cake", "scone"]), &["", "p 450", "p 400"]);
    check(vec![some("a", 1, 500), some("b", 1, 300)], with(1, 1, &["a", "b"], &["a", "b"]), &["p 500", ""]);
    check(vec![some("a", 1, 500)], with(1, 1, &["a"], &["a"]), &[""]);
}

#[test]
fn the_best_is_given_and_ties_go_by_priority_then_code() {
    // Each alone: `all` gives 150. Together: two of three for one, and the rest by the other.
    let lines = || vec![some("a", 2, 500), some("b", 1, 500)];
    let all = promotion("all", Deal::Percent(decimal("10")));
    let two = promotion("two", buy(1, 1));
    check(lines(), vec![all.clone(), two.clone()], &["two 500", "all 50"]);
    check(lines(), vec![two.clone(), all], &["two 500", "all 50"]);
    let one = promotion("one", buy(1, 1));
    check(lines(), vec![two.clone(), one.clone()], &["one 500", ""]);
    check(lines(), vec![one, Promotion { priority: 1, ..two }], &["two 500", ""]);
}

#[test]
fn conditions_exclude() {
    let p = || promotion("p", Deal::Percent(decimal("50")));
    let lines = || vec![some("a", 1, 1000)];
    check(lines(), vec![Promotion { least_order: minor(1001), ..p() }], &[""]);
    check(lines(), vec![Promotion { least_order: minor(1000), ..p() }], &["p 500"]);
    check(lines(), vec![Promotion { coupon: Some("X".into()), ..p() }], &[""]);
    check(lines(), vec![Promotion { group: Some("students".into()), ..p() }], &[""]);
    let which = Which { categories: vec![], items: vec!["b".into()] };
    check(lines(), vec![Promotion { which, ..p() }], &[""]);
    check(lines(), vec![Promotion { budget: Some(minor(120)), ..p() }], &["p 120"]);
    // Below its cost of 7.00 and a tenth, with the VAT that its price holds: 9.24.
    let costly = || vec![Line { cost: Some(minor(700)), ..some("a", 1, 1000) }];
    check(costly(), vec![Promotion { floor_percent: Some(decimal("10")), ..p() }], &["p 76"]);
    let discounted = vec![Line { discount: Some(percent_off("1")), ..some("a", 1, 1000) }];
    check(discounted, vec![p()], &[""]);
    let mut order = order(lines());
    order.face.coupons = vec!["X".into()];
    let of_group = Promotion { coupon: Some("X".into()), group: Some("students".into()), ..p() };
    let settings = giving(vec![of_group]);
    let given = |group, off| {
        let standing = Standing { used: Money::ZERO, off };
        apply(&order, group, &settings, &BTreeMap::from([("p".to_owned(), standing)]))[0].len()
    };
    assert_eq!((given(Some("students"), false), given(Some("staff"), false), given(Some("students"), true)), (1, 0, 0));
}

fn promotions() -> impl Strategy<Value = Vec<Promotion>> {
    let deal = prop_oneof![
        (1..4_u16, 1..3_u16, 1..=100_i64, prop::option::of(select(vec!["a", "b"]))).prop_map(
            |(buy, get, percent, other)| {
                let other = other.map(|item| Which { items: vec![item.into()], ..Which::default() });
                Deal::BuyGet { buy, get, percent: percent.into(), other }
            }
        ),
        (1..4_u16, 1..5_000_i64).prop_map(|(count, price)| bundle(count, price)),
        (1..=10_000_i64).prop_map(|p| Deal::Percent(Decimal::new(p, 2))),
        (1..5_000_i64).prop_map(|amount| Deal::Amount(minor(amount))),
    ];
    let one = (deal, prop::option::of(1..3_000_i64), 0..3_i32, 0..50_i64, any::<bool>());
    prop::collection::vec(one, 1..7).prop_map(|list| {
        let numbered = list.into_iter().enumerate();
        let made = numbered.map(|(at, (deal, budget, priority, floor, narrow))| Promotion {
            budget: budget.map(minor),
            priority,
            floor_percent: (floor > 5).then(|| floor.into()),
            which: Which { categories: vec![], items: if narrow { vec!["a".into()] } else { vec![] } },
            ..promotion(&format!("p{at}"), deal)
        });
        made.collect()
    })
}

/// A menu at 12.00 of a dish that costs 9.00 by itself and a drink at 3.00, which costs 1.00 more than others.
fn menu(cost: Option<i64>) -> Vec<Line> {
    let modifiers = vec![option(0, 0, true), option(0, 100, true)];
    let mut whole = Line { item: "menu".into(), modifiers, ..line(1200, &["20 incl"]) };
    let dish = |n: u32, price, tax| Line {
        id: LineId(1 + n),
        item: "a".into(),
        component: Some(Component { of: LineId(1), choice: n as u16 - 1 }),
        ..line(price, &[tax])
    };
    let mut dishes = vec![Line { cost: cost.map(minor), ..dish(1, 900, "20 incl") }, dish(2, 300, "0 incl")];
    let before = whole.clone();
    follow(&before, &mut whole, &mut dishes, Rounding::HalfUp);
    std::iter::once(whole).chain(dishes).collect()
}

#[test]
fn what_is_made_of_others_is_a_piece_by_its_own_name_and_its_dishes_bear_it() {
    let about = |item: &str, deal| Promotion {
        which: Which { categories: vec![], items: vec![item.into()] },
        ..promotion("p", deal)
    };
    let half = || Deal::Percent(decimal("50"));
    // Not of what the drink costs more; and never of a dish that is only part of it.
    check(menu(None), vec![about("menu", half())], &["", "p 450", "p 150"]);
    check(menu(None), vec![about("a", half())], &["", "", ""]);
    check(menu(None), vec![about("menu", Deal::Amount(minor(5000)))], &["", "p 900", "p 300"]);
    // Of the dish 7.20 at least, with its VAT; the drink, whose cost nobody said, bears the rest.
    let floor = |percent: &str| Promotion {
        floor_percent: Some(Decimal::ZERO),
        ..about("menu", Deal::Percent(decimal(percent)))
    };
    check(menu(Some(600)), vec![floor("50")], &["", "p 180", "p 300"]);
    check(menu(Some(600)), vec![floor("25")], &["", "p 112", "p 188"]);
}

const INCLUDED: [&str; 3] = ["20 incl", "0 incl", "8.875"];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_is_given_holds(
        bare in lines(&INCLUDED), costs in prop::collection::vec((prop::option::of(0..10_000_i64), select(vec!["a", "b"])), 12),
        promotions in promotions(), place in places(), rounding in roundings(),
        swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 1..12),
    ) {
        let dressed = bare.into_iter().zip(&costs);
        let lines: Vec<Line> = dressed
            .map(|(line, (cost, item))| Line { cost: cost.map(minor), item: (*item).to_owned(), ..line })
            .collect();
        let settings = Settings { tax_rounding: place, rounding, ..giving(promotions.clone()) };
        let give = |lines: Vec<Line>| {
            let mut order = order(lines);
            let given = apply(&order, None, &settings, &BTreeMap::new());
            for (line, given) in order.lines.iter_mut().zip(given) {
                line.promotions = given;
            }
            order
        };
        let order = give(lines.clone());
        let totals = totals::of(&order, &settings);
        assert_whole(&order.lines, &totals);
        for (line, part) in order.lines.iter().zip(&totals.lines) {
            let off: Money = line.promotions.iter().map(|a| a.amount).sum();
            prop_assert!(line.promotions.iter().all(|a| a.amount.is_positive()));
            prop_assert!(!part.after_discounts().is_negative() && off <= line.quantity.times(line.unit_price));
            prop_assert!(off.is_zero() || line.discount.is_none());
            let floor = |p: &Promotion| p.floor_percent;
            if let (false, Some(cost), Unit::Each) = (off.is_zero(), line.cost, line.unit) {
                // Of the promotions on it, the lowest margin holds; per piece, so for all of them.
                let here = promotions.iter().filter(|p| line.promotions.iter().any(|a| a.code == p.code));
                let Some(least) = here.map(floor).min().flatten() else { continue };
                let share = |p: Decimal| Decimal::ONE + p / Decimal::ONE_HUNDRED;
                let held = line.taxes.iter().any(|t| t.code == "20 incl");
                let after = Decimal::from((line.quantity.times(line.unit_price) - off).minor());
                let net = if held { after / Decimal::new(12, 1) } else { after };
                let each = Decimal::from(cost.minor()) * share(least);
                let sold_below = Decimal::from(line.unit_price.minor()) < each * share(if held { 20.into() } else { 0.into() });
                let pieces = Decimal::new(line.quantity.thousandths(), 3);
                prop_assert!(sold_below || net >= each * pieces, "below the floor: {net} < {each} × {pieces}");
            }
        }
        for promotion in &promotions {
            let of = |l: &Line| -> Money { l.promotions.iter().filter(|a| a.code == promotion.code).map(|a| a.amount).sum() };
            let used: Money = order.lines.iter().map(of).sum();
            prop_assert!(promotion.budget.is_none_or(|budget| used <= budget));
        }
        // The order of lines changes nothing.
        let mut shuffled = lines;
        for (a, b) in swaps {
            let (a, b) = (a.index(shuffled.len()), b.index(shuffled.len()));
            shuffled.swap(a, b);
        }
        let again = totals::of(&give(shuffled), &settings);
        prop_assert_eq!((again.total, again.net, again.discount), (totals.total, totals.net, totals.discount));
    }

    #[test]
    fn what_is_made_of_others_bears_it_to_the_cent(
        bare in lines(&INCLUDED), made in prop::collection::vec(prop::collection::vec(chosen(), 0..4), 1..4),
        costs in prop::collection::vec(prop::option::of(0..3_000_i64), 12), promotions in promotions(),
        place in places(), rounding in roundings(),
    ) {
        let made: Vec<Vec<Chosen>> = made;
        let named = composed(bare, &made, &INCLUDED, rounding).into_iter().zip(costs.iter().cycle());
        let lines: Vec<Line> = named.map(|(line, cost)| Line { cost: cost.map(minor), ..line }).collect();
        let settings = Settings { tax_rounding: place, rounding, ..giving(promotions.clone()) };
        let mut order = order(lines);
        let given = apply(&order, None, &settings, &BTreeMap::new());
        let came_off = |line: &[Applied]| -> Money { line.iter().map(|a| a.amount).sum() };
        for (at, line) in order.lines.iter().enumerate().filter(|(_, line)| line.is_rung() && line.is_live()) {
            let bearers = bearers(&order, at);
            let off: Money = order.lines.iter().zip(&given)
                .filter(|(l, _)| l.id == line.id || l.component.is_some_and(|c| c.of == line.id))
                .map(|(_, given)| came_off(given)).sum();
            prop_assert!(off <= line.quantity.times(bearers.iter().map(|b| b.price).sum()), "options are paid");
            prop_assert_eq!(off, bearers.iter().map(|b| came_off(&given[b.at])).sum::<Money>());
            for bearer in &bearers {
                prop_assert!(came_off(&given[bearer.at]) <= line.quantity.times(bearer.price), "no more than it bears");
            }
        }
        for (line, given) in order.lines.iter_mut().zip(given) {
            prop_assert!(given.iter().all(|a| a.amount.is_positive()));
            line.promotions = given;
        }
        let totals = totals::of(&order, &settings);
        assert_whole(&order.lines, &totals);
        for promotion in &promotions {
            let of = |l: &Line| -> Money { l.promotions.iter().filter(|a| a.code == promotion.code).map(|a| a.amount).sum() };
            let used: Money = order.lines.iter().map(of).sum();
            prop_assert!(promotion.budget.is_none_or(|budget| used <= budget));
        }
    }
}
