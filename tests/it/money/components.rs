//! What is made of others: its parts come to the whole to the cent, with discounts, taxes, service charge and splits.

use counterflow::domain::catalogue::{Amount, PriceBy};
use counterflow::domain::components::{self, Component, with_components};
use counterflow::domain::explain::{Kind, line as explain};
use counterflow::domain::order::{Modifier, PartOfWhole};
use counterflow::domain::settings::Settings;
use counterflow::domain::split::{SplitBy, discounted};
use counterflow::domain::totals;
use proptest::prelude::*;
use proptest::sample::select;

use super::properties::{TAXES, config, discounts, lines, places, roundings};
use super::*;

/// One thing that was chosen: a plain option; an item with its own price, perhaps beside the rest, and an option of
/// its own; an option that opens two items; two halves.
#[derive(Clone, Debug)]
pub(super) enum Chosen {
    Plain(i64),
    Item { own: i64, more: i64, beside: bool, inner: i64 },
    Opens { price: i64, items: [i64; 2] },
    Halves { by: PriceBy, own: [i64; 2], inner: i64 },
}

pub(super) fn chosen() -> impl Strategy<Value = Chosen> {
    let price = || -50..2_000_i64;
    let own = || 0..3_000_i64;
    prop_oneof![
        price().prop_map(Chosen::Plain),
        (own(), 0..500_i64, any::<bool>(), 0..500_i64).prop_map(|(own, more, beside, inner)| Chosen::Item {
            own,
            more,
            beside,
            inner
        }),
        (0..2_000_i64, own(), own()).prop_map(|(price, a, b)| Chosen::Opens { price, items: [a, b] }),
        (select(&PriceBy::ALL[..]), own(), own(), 0..500_i64).prop_map(|(by, a, b, inner)| Chosen::Halves {
            by,
            own: [a, b],
            inner
        }),
    ]
}

pub(super) fn option(depth: u16, price: i64, item: bool) -> Modifier {
    Modifier {
        group: "g".to_owned(),
        turn: 0,
        depth,
        digit: 1,
        amount: Amount::Normal,
        name: "Option".to_owned(),
        kitchen_name: None,
        price: minor(price),
        item: item.then(|| "item".to_owned()),
        beside: false,
        part: None,
    }
}

/// The options, and what each item among them costs by itself.
fn options(chosen: &[Chosen], rounding: Rounding) -> (Vec<Modifier>, Vec<i64>) {
    let (mut all, mut own_prices) = (Vec::new(), Vec::new());
    for chosen in chosen {
        match chosen {
            Chosen::Plain(price) => all.push(option(0, *price, false)),
            Chosen::Item { own, more, beside, inner } => {
                all.push(Modifier { beside: *beside, ..option(0, *more, true) });
                all.push(option(1, *inner, false));
                own_prices.push(*own);
            }
            Chosen::Opens { price, items } => {
                all.push(option(0, *price, false));
                all.extend([option(1, 0, true), option(1, 30, true)]);
                own_prices.extend(items);
            }
            Chosen::Halves { by, own, inner } => {
                let shares = by.shares(&own.map(minor), rounding);
                for (n, share) in shares.iter().enumerate() {
                    let part = Some(PartOfWhole { of: 2, by: *by });
                    all.push(Modifier { part, ..option(0, share.minor(), true) });
                    if n == 0 {
                        all.push(option(1, *inner, false));
                    }
                }
                own_prices.extend(own);
            }
        }
    }
    (all, own_prices)
}

/// Makes each line but the last one of what was chosen for it, its components behind it.
pub(super) fn composed(
    lines: Vec<Line>,
    chosen: &[Vec<Chosen>],
    classes: &[&'static str],
    rounding: Rounding,
) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    for (n, (line, chosen)) in lines.into_iter().zip(chosen.iter().cycle()).enumerate() {
        let (modifiers, own_prices) = options(chosen, rounding);
        let mut whole = Line { id: LineId(all.len() as u32 + 1), modifiers, unit: Unit::Each, ..line };
        whole.quantity = Quantity::pieces((n as i64 % 3) + 1);
        let component = |(n, (at, own)): (usize, (usize, &i64))| Line {
            id: LineId(whole.id.0 + 1 + n as u32),
            component: Some(Component { of: whole.id, choice: at as u16 }),
            ..super::line(*own, &[classes[n % classes.len()]])
        };
        let places = components::places(&whole.modifiers).zip(&own_prices);
        let mut components: Vec<Line> = places.enumerate().map(component).collect();
        let before = whole.clone();
        components::follow(&before, &mut whole, &mut components, rounding);
        all.push(whole);
        all.extend(components);
    }
    all
}

fn come_to_the_whole(order: &Order, settings: &Settings) {
    let totals = totals::of(order, settings);
    assert_whole(&totals::lines(order, settings), &totals);
    for (at, line) in order.lines.iter().enumerate().filter(|(_, line)| line.is_rung()) {
        let all = with_components(&order.lines, &totals.lines, at);
        assert_eq!(all.gross, line.amount(), "the parts come to the price");
        if let Some(discount) = &line.discount {
            let alone = Line { borne: Money::ZERO, component: None, ..line.clone() };
            let off = document(&[alone], &[], settings.tax_rounding, settings.rounding).discount;
            assert_eq!(all.discount, off, "{discount:?} on all of it");
        }
        let steps = explain(order, line.id, settings);
        let sum = |kind| steps.iter().filter(|s| s.kind == kind).map(|s| s.amount).sum::<Money>();
        assert_eq!(sum(Kind::Each), line.unit_price + line.modifiers_price());
        assert_eq!(all.net + sum(Kind::Tax), all.total, "the taxes that are explained are those that are paid");
        if line.borne.is_zero() {
            continue;
        }
        let each = |l: &Line| (l.unit_price + l.modifiers_price() - l.borne).minor() * l.quantity.thousandths();
        let components = order.components(line.id);
        let exact: i64 = components.iter().map(|l| each(l)).sum::<i64>() + each(line);
        assert_eq!(exact, line.amount().minor() * 1000, "no part was rounded");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn components_come_to_the_whole_to_the_cent(
        lines in prop::collection::vec(super::properties::a_line(&TAXES), 1..4), plain in lines(&TAXES),
        chosen in prop::collection::vec(prop::collection::vec(chosen(), 1..4), 1..3),
        classes in prop::collection::vec(select(&TAXES[..]), 1..4), off in prop::collection::vec(discounts(), 0..2),
        place in places(), rounding in roundings(), parts in 2..5_u16, charged in any::<bool>(),
        permille in 1..999_i64, more in 1..4_i64,
    ) {
        let settings = super::service::maybe_charging(charged, place, rounding);
        let mut lines = composed(lines, &chosen, &classes, rounding);
        prop_assume!(lines.iter().all(|line| !line.gross().is_negative() && !line.amount().is_negative()));
        let next = lines.len() as u32 + 1;
        lines.extend(plain.into_iter().zip(next..).map(|(line, id)| Line { id: LineId(id), ..line }));
        let mut order = order(lines);
        order.face.discounts = off;
        come_to_the_whole(&order, &settings);

        // However it is divided, nothing is lost, and no component leaves its line.
        let whole = order.lines[0].clone();
        let total = totals::of(&order, &settings).total;
        for by in [
            SplitBy::Evenly(parts), SplitBy::Amount(Money::from_minor(total.minor() * permille / 1000)),
            SplitBy::Line(whole.id, parts), SplitBy::Lines(vec![(whole.id, None)]),
            SplitBy::Lines(vec![(LineId(2), Some(Quantity::ONE))]),
        ] {
            let Some(bills) = super::splits::check(&order, &by, &settings) else { continue };
            for bill in bills {
                // A discount on a share of the whole is one on all of the share.
                for line in bill.iter().filter(|l| l.is_rung() && l.held().is_some() && !l.borne.is_zero()) {
                    let mut of = Order { lines: bill.clone(), ..order.clone() };
                    let mut after = discounted(line, Some(percent_off("50")), rounding);
                    let mut components: Vec<Line> = of.components(line.id).into_iter().cloned().collect();
                    let all: Money = components.iter().map(Line::gross).sum::<Money>() + line.gross();
                    components::follow(line, &mut after, &mut components, rounding);
                    for line in std::iter::once(after).chain(components) {
                        let at = of.lines.iter().position(|l| l.id == line.id).unwrap();
                        of.lines[at] = line;
                    }
                    let totals = document(&of.lines, &order.face.discounts, place, rounding);
                    assert_whole(&of.lines, &totals);
                    let at = of.lines.iter().position(|l| l.id == line.id).unwrap();
                    let half = Line { discount: Some(percent_off("50")), ..super::line(all.minor(), &[]) };
                    let half = document(&[half], &[], place, rounding).discount;
                    prop_assert_eq!(with_components(&of.lines, &totals.lines, at).discount, half);
                }
                for line in &bill {
                    let there = line.component.is_none_or(|component| bill.iter().any(|l| l.id == component.of));
                    prop_assert!(there, "{:?}: a component without its line", by);
                }
            }
        }

        // More of it, at another price and without its discount: components follow.
        let mut after = Line { quantity: Quantity::pieces(more), unit_price: minor(777), discount: None, ..whole.clone() };
        let mut components: Vec<Line> = order.components(whole.id).into_iter().cloned().collect();
        components::follow(&whole, &mut after, &mut components, rounding);
        for line in std::iter::once(after).chain(components) {
            let at = order.lines.iter().position(|l| l.id == line.id).unwrap();
            order.lines[at] = line;
        }
        come_to_the_whole(&order, &settings);
    }
}
