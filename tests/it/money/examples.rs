//! Figures worked out by hand or printed by tax offices.

use super::*;

/// Prices with their taxes, and what they must come to: net, taxes in the order of code, total.
#[track_caller]
fn check(place: TaxRounding, lines: &[(i64, &[&str])], net: i64, taxes: &[i64], total: i64) {
    let lines: Vec<Line> = lines.iter().map(|(price, taxes)| line(*price, taxes)).collect();
    let totals = count(&lines, &[], place, Rounding::HalfUp);
    let got: Vec<i64> = totals.taxes.iter().map(|t| t.amount.minor()).collect();
    assert_eq!((totals.net.minor(), got.as_slice(), totals.total.minor()), (net, taxes, total));
}

use TaxRounding::{PerDocument, PerLine};

#[test]
fn included_taxes_are_taken_out_of_the_shelf_price() {
    check(PerLine, &[(1200, &["20 incl"])], 1000, &[200], 1200);
    check(PerLine, &[(999, &["20 incl"])], 832, &[167], 999);
    // Germany, 19 %: 100.00 holds 15.97.
    check(PerLine, &[(10_000, &["19 incl"])], 8403, &[1597], 10_000);
    check(PerLine, &[(350, &[])], 350, &[], 350);
    check(PerLine, &[(350, &["0 incl"])], 350, &[0], 350);
}

#[test]
fn other_taxes_are_added() {
    check(PerLine, &[(1000, &["20"])], 1000, &[200], 1200);
    // New York City: 8.875 % on 9.99 is 0.8866.
    check(PerLine, &[(999, &["8.875"])], 999, &[89], 1088);
}

#[test]
fn several_taxes_stand_beside_or_upon_each_other() {
    // Quebec today: GST 5 % and QST 9.975 %, both on the price.
    check(PerLine, &[(10_000, &["5", "9.975"])], 10_000, &[500, 998], 11_498);
    // Quebec until 2012: QST 9.5 % on price and GST.
    check(PerLine, &[(10_000, &["5", "9.5 compound"])], 10_000, &[500, 998], 11_498);
    check(PerLine, &[(10_000, &["5", "8.5 compound"])], 10_000, &[500, 893], 11_393);
    // The same compound pair held in the price.
    check(PerLine, &[(11_393, &["5 incl", "8.5 incl compound"])], 10_000, &[500, 893], 11_393);
    // One in the price, one on top of it: the second on the net price alone.
    check(PerLine, &[(1050, &["10", "5 incl"])], 1000, &[100, 50], 1150);
}

#[test]
fn fixed_amounts_count_pieces() {
    let mut bottles = line(250, &["@10 incl", "20 incl"]);
    bottles.quantity = Quantity::pieces(3);
    let totals = count(&[bottles.clone()], &[], PerLine, Rounding::HalfUp);
    // 7.50 − 0.30 = 7.20, of which a sixth is VAT.
    assert_eq!((totals.net.minor(), totals.total.minor()), (600, 750));
    bottles.taxes = vec![tax("@10 incl"), tax("20 incl compound")];
    let totals = count(&[bottles], &[], PerLine, Rounding::HalfUp);
    // VAT on the levy too: 7.50 / 1.2 = 6.25, less the levy of 0.30.
    assert_eq!(totals.net.minor(), 595);
    assert_eq!(
        totals.taxes.iter().map(|t| (t.base.minor(), t.amount.minor())).collect::<Vec<_>>(),
        [(625, 125), (595, 30)]
    );
}

#[test]
fn rounding_per_line_and_per_document_differ_as_they_should() {
    let lines: [(i64, &[&str]); 3] = [(99, &["20 incl"]), (99, &["20 incl"]), (99, &["20 incl"])];
    // 0.165 thrice: rounded each 0.17, together 0.495.
    check(PerLine, &lines, 246, &[51], 297);
    check(PerDocument, &lines, 247, &[50], 297);
    let totals = count(&lines.map(|(p, t)| line(p, t)), &[], PerDocument, Rounding::HalfUp);
    let shares: Vec<i64> = totals.lines.iter().map(|l| l.taxes[0].minor()).collect();
    assert_eq!(shares, [17, 17, 16], "largest remainder, then the earlier line");
}

#[test]
fn thirds_do_not_push_a_sum_over_an_edge() {
    // A sixth and a third of each line: one is kept a little too large, the other too small.
    for (held, sum) in [("20 incl", 5000), ("50 incl", 10_000)] {
        let lines: Vec<Line> = (0..300).map(|_| line(100, &[held])).collect();
        for rounding in ROUNDINGS {
            let totals = count(&lines, &[], PerDocument, rounding);
            assert_eq!(totals.taxes[0].amount.minor(), sum, "{held}, {rounding:?}");
        }
    }
}

#[test]
fn a_half_is_a_half_behind_any_division() {
    // 8.00 holding 7 % and 5 %: the net price does not end, the first tax is exactly 0.5.
    let line = line(8, &["5 incl", "7 incl"]);
    for (rounding, seven) in [(Rounding::HalfUp, 1), (Rounding::HalfEven, 0), (Rounding::Up, 1), (Rounding::Down, 0)] {
        let totals = count(std::slice::from_ref(&line), &[], PerLine, rounding);
        assert_eq!(totals.taxes[1].amount.minor(), seven, "{rounding:?}");
    }
}

#[test]
fn discounts_come_off_before_tax_one_after_the_other() {
    let mut first = line(1000, &["20 incl"]);
    first.discount = Some(percent_off("12.5"));
    let lines = [first, line(500, &["5 incl"]), line(333, &["0 incl"])];
    // 8.75 + 5.00 + 3.33 = 17.08; 10 % of it is 1.71; 5.00 off what is left.
    let totals = count(&lines, &[percent_off("10"), amount_off(500)], PerDocument, Rounding::HalfUp);
    assert_eq!(totals.lines[0].discount.minor(), 125);
    assert_eq!(totals.total.minor(), 1833 - 125 - 171 - 500);
    // Nothing can come off twice, or make a price negative.
    let all = count(&lines, &[percent_off("100"), amount_off(500), percent_off("50")], PerDocument, Rounding::HalfUp);
    assert_eq!((all.total.minor(), all.discount.minor()), (0, 1833));
    let more = count(&lines, &[amount_off(99_999)], PerDocument, Rounding::HalfUp);
    assert_eq!(more.total.minor(), 0);
}

#[test]
fn a_fixed_tax_stays_when_the_price_is_given_away() {
    let mut bottle = line(250, &["@10 incl", "20 incl"]);
    bottle.discount = Some(percent_off("100"));
    let totals = count(&[bottle], &[], PerLine, Rounding::HalfUp);
    assert_eq!(totals.total.minor(), 0);
    assert_eq!(totals.taxes[1].amount.minor() + totals.net.minor() + totals.taxes[0].amount.minor(), 0);
    assert_eq!(totals.taxes.iter().map(|t| t.amount.minor()).collect::<Vec<_>>(), [-2, 10]);
}

#[test]
fn voided_lines_count_nowhere() {
    let mut gone = line(1000, &["20 incl"]);
    gone.void = Some(counterflow::domain::order::Void {
        reason: "mistake".to_owned(),
        by: NOBODY,
        at: THEN,
        after_sending: false,
        wasted: false,
    });
    let totals = count(&[gone, line(120, &["20 incl"])], &[amount_off(60)], PerDocument, Rounding::HalfUp);
    assert_eq!(totals.lines[0], counterflow::domain::sale::LineTotals::default());
    assert_eq!((totals.gross.minor(), totals.total.minor()), (120, 60));
}

#[test]
fn what_is_brought_back_has_no_part_in_a_discount() {
    let mut back = line(1000, &["20 incl"]);
    back.quantity = Quantity::pieces(-1);
    let totals = count(&[back, line(3000, &["20 incl"])], &[percent_off("10")], PerLine, Rounding::HalfUp);
    assert_eq!(totals.lines[0].order_discount.minor(), 0);
    assert_eq!(totals.total.minor(), 2000 - 300);
}

#[test]
fn the_worked_example_of_the_manual_holds() {
    let mut whites = line(340, &["20 incl"]);
    whites.quantity = Quantity::pieces(2);
    let mut cake = line(450, &["20 incl"]);
    cake.discount = Some(percent_off("10"));
    let lines = [whites, cake, line(385, &["0 incl"])];
    let totals = count(&lines, &[amount_off(100)], PerDocument, Rounding::HalfUp);
    let parts: Vec<_> = totals
        .lines
        .iter()
        .map(|l| [l.gross, l.discount, l.order_discount, l.net, l.taxes[0], l.total].map(Money::minor))
        .collect();
    assert_eq!(parts, [[680, 0, 46, 528, 106, 634], [450, 45, 28, 314, 63, 377], [385, 0, 26, 359, 0, 359]]);
    assert_eq!([totals.gross, totals.discount, totals.net, totals.total].map(Money::minor), [1515, 145, 1201, 1370]);
    assert_eq!(totals.taxes[1].amount.minor(), 169);
    let manual = include_str!("../../../docs/money.md");
    for figure in ["| 6.80 | 0.00 | 0.46 | 5.28 | 1.06 | 6.34 |", "| 4.50 | 0.45 | 0.28 | 3.14 | 0.63 | 3.77 |"] {
        assert!(manual.contains(figure), "docs/money.md lacks {figure}");
    }
}
