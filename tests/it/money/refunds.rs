//! Money back in parts: dish by dish, line by line, or all that is left; never more than was paid.

use std::collections::BTreeMap;

use counterflow::domain::ids::SaleId;
use counterflow::domain::refund::{Found, Refund};
use counterflow::domain::sale::Sale;
use proptest::prelude::*;
use proptest::sample::Index;

use super::components::{chosen, composed};
use super::properties::{TAXES, config, discounts, lines, places, roundings};
use super::*;
use crate::paper;

fn refund(sale: &Sale, (lines, totals): (Vec<Line>, Totals)) -> Refund {
    Refund {
        id: SaleId(Uuid::nil()),
        number: 1,
        of: None,
        order: None,
        register: sale.register,
        shift: sale.shift,
        business_date: sale.business_date,
        at: THEN,
        staff: NOBODY,
        staff_name: String::new(),
        order_type: String::new(),
        reason: String::new(),
        currency: sale.currency,
        lines,
        totals,
        payments: Vec::new(),
        rounding: Money::ZERO,
        points: Vec::new(),
        training: false,
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parts_that_go_back_never_come_to_more_than_was_paid(
        bare in lines(&TAXES), made in prop::collection::vec(prop::collection::vec(chosen(), 0..4), 1..4),
        off in prop::collection::vec(discounts(), 0..2), place in places(), rounding in roundings(),
        back in prop::collection::vec((any::<Index>(), 1..4_i64, any::<bool>()), 1..20),
    ) {
        let mut lines = composed(bare, &made, &TAXES, rounding);
        // As `compose` has it: what bears nothing has nothing to tax.
        lines.iter_mut().filter(|line| line.bears_nothing()).for_each(|line| line.taxes.clear());
        let totals = document(&lines, &off, place, rounding);
        let sale = Sale { lines, totals, ..paper::sale() };
        let mut found = Found { sale, refunds: Vec::new() };
        for (at, pieces, all) in back {
            let left: Vec<(LineId, Quantity)> = found.left().into_iter().map(|(line, left)| (line.id, left)).collect();
            if left.is_empty() {
                break;
            }
            let (line, left) = left[at.index(left.len())];
            let quantity = if all { left } else { Quantity::pieces(pieces) };
            let wanted = found.with_components(&BTreeMap::from([(line, quantity)]).into());
            match found.part(&wanted) {
                Some(part) => {
                    prop_assert!(quantity <= left || found.sale.lines.iter().any(|l| l.id == line && l.bears_nothing()));
                    assert_whole(&part.0, &part.1);
                    found.refunds.push(refund(&found.sale, part));
                }
                None => prop_assert!(quantity.is_zero() || quantity > left),
            }
            never_more(&found)?;
        }
        // All that is left of it, and then nothing is.
        let rest: BTreeMap<LineId, Quantity> =
            found.left().into_iter().filter(|(_, left)| !left.is_zero()).map(|(l, left)| (l.id, left)).collect();
        if !rest.is_empty() {
            let part = found.part(&rest).expect("what is left can go back");
            found.refunds.push(refund(&found.sale, part));
        }
        prop_assert!(found.left().iter().all(|(_, left)| left.is_zero()));
        let came = |of: fn(&Totals) -> Money| found.refunds.iter().map(|r| of(&r.totals)).sum::<Money>();
        let sold = &found.sale.totals;
        prop_assert_eq!((came(|t| t.total), came(|t| t.net)), (sold.total, sold.net));
        for tax in &sold.taxes {
            let of_refunds = found.refunds.iter().flat_map(|r| &r.totals.taxes).filter(|t| t.code == tax.code);
            prop_assert_eq!(of_refunds.map(|t| t.amount).sum::<Money>(), tax.amount, "{}", &tax.code);
        }
    }
}

/// Of each line and each of its taxes, at most what was paid.
fn never_more(found: &Found) -> Result<(), TestCaseError> {
    for (line, sold) in found.sale.lines.iter().zip(&found.sale.totals.lines) {
        let (mut quantity, mut total) = (Quantity::ZERO, Money::ZERO);
        let mut taxes = vec![Money::ZERO; sold.taxes.len()];
        for refund in &found.refunds {
            for (_, part) in refund.lines.iter().zip(&refund.totals.lines).filter(|(l, _)| l.id == line.id) {
                total += part.total;
                taxes.iter_mut().zip(&part.taxes).for_each(|(sum, tax)| *sum += *tax);
            }
            quantity = refund.lines.iter().filter(|l| l.id == line.id).fold(quantity, |sum, l| sum + l.quantity);
        }
        prop_assert!(quantity <= line.quantity && total.abs() <= sold.total.abs(), "{quantity} {total:?}");
        prop_assert!(taxes.iter().zip(&sold.taxes).all(|(sum, tax)| sum.abs() <= tax.abs()));
    }
    Ok(())
}
