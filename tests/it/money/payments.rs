//! What is due, and what a payment settles, gives back and keeps.

use counterflow::domain::ids::{PaymentId, ShiftId};
use counterflow::domain::money::Currency;
use counterflow::domain::payment::{Due, PaymentProblem, Taken, due, from_foreign, take, to_foreign};
use counterflow::domain::settings::{Business, CashRounding, Guards, Reasons, Settings};
use counterflow::domain::tax::TaxTable;
use counterflow::domain::tender::{Foreign, Payment, Reference, ReferenceRule, Tender};
use counterflow::domain::time::CutOff;
use counterflow::domain::totals;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

/// `change`, `tip` and `rounds` in the words turn the tender's abilities on.
fn tender(abilities: &str) -> Tender {
    Tender {
        code: abilities.to_owned(),
        name: abilities.to_owned(),
        gives_change: abilities.contains("change"),
        over_as_tip: abilities.contains("tip"),
        refundable: false,
        opens_drawer: false,
        counted: false,
        rounds: abilities.contains("rounds"),
        reference: ReferenceRule::None,
        reference_name: None,
        last_four: false,
        on_account: false,
        voucher: false,
        voucher_months: 0,
        deposit: false,
        foreign: None,
    }
}

fn foreign(code: &str, rate: &str) -> Foreign {
    Foreign { currency: currency(code), rate: decimal(rate) }
}

pub fn settings(step: i64, rounding: Rounding) -> Settings {
    Settings {
        business: Business::default(),
        currency: currency("GBP"),
        cut_off: CutOff::default(),
        taxes: TaxTable::default(),
        tax_rounding: TaxRounding::PerDocument,
        rounding: Rounding::HalfUp,
        cash_rounding: (step > 0).then(|| CashRounding { step: minor(step), rounding }),
        halves: Default::default(),
        levels: Vec::new(),
        order_types: Vec::new(),
        rooms: Vec::new(),
        stations: Vec::new(),
        routes: vec![],
        kitchen: Default::default(),
        tenders: Vec::new(),
        roles: Vec::new(),
        reasons: Reasons::default(),
        guards: Guards { quantity: Quantity::LIMIT, line: Money::LIMIT, price_low: Money::ZERO, tender_factor: 10 },
        count: Default::default(),
        hours: Default::default(),
        tips: Default::default(),
        lock_after_sale: false,
        goods: Vec::new(),
        training: false,
        scale: false,
        offers: Default::default(),
    }
}

fn due_of(total: i64, step: i64, rounding: Rounding, tender: &Tender) -> Due {
    let order = order(vec![line(total, &["20 incl"])]);
    let settings = settings(step, rounding);
    due(&order, &totals::of(&order, &settings), &settings, tender)
}

/// What is due, what is handed over (nothing: exactly), the tip; and what comes of it: amount,
/// change, tip, rounding.
#[track_caller]
fn check(abilities: &str, total: i64, tendered: Option<i64>, tip: i64, expected: Result<[i64; 4], PaymentProblem>) {
    let tender = tender(abilities);
    let due = due_of(total, 5, Rounding::HalfUp, &tender);
    let taken = take(&tender, &due, tendered.map(minor), minor(tip), currency("GBP"));
    let got = taken.map(|t| [t.amount, t.change, t.tip, t.rounding].map(Money::minor));
    assert_eq!(got, expected, "{abilities}: {tendered:?} with a tip of {tip} for {total}");
    if let Ok(taken) = taken {
        assert_eq!(taken.amount, taken.tendered - taken.change - taken.tip);
        assert_eq!(taken.settles, taken.amount - taken.rounding == due.exact);
    }
}

#[test]
fn exact_part_and_over() {
    check("cash, change", 1240, None, 0, Ok([1240, 0, 0, 0]));
    check("cash, change", 1240, Some(2000), 0, Ok([1240, 760, 0, 0]));
    check("cash, change", 1240, Some(1000), 0, Ok([1000, 0, 0, 0]));
    check("cash, change", 1240, Some(0), 0, Err(PaymentProblem::ZeroAmount));
    check("cash, change", 1240, Some(-5), 0, Err(PaymentProblem::ZeroAmount));
    check("cash, change", 0, None, 0, Err(PaymentProblem::NothingDue));
    check("voucher", 1240, Some(1240), 0, Ok([1240, 0, 0, 0]));
    check("voucher", 1240, Some(2000), 0, Err(PaymentProblem::TooMuch(minor(1240))));
    check("card, tip", 1240, Some(1400), 0, Ok([1240, 0, 160, 0]));
}

#[test]
fn tips() {
    check("card", 1240, None, 160, Ok([1240, 0, 160, 0]));
    check("card", 1240, Some(1400), 160, Ok([1240, 0, 160, 0]));
    check("card", 1240, Some(1500), 160, Err(PaymentProblem::TooMuch(minor(1400))));
    check("cash, change", 1240, Some(2000), 160, Ok([1240, 600, 160, 0]));
    check("card", 1240, Some(1000), 160, Ok([840, 0, 160, 0]));
    check("card", 1240, Some(160), 160, Err(PaymentProblem::TipTooLarge));
    check("card", 1240, Some(1000), -1, Err(PaymentProblem::NegativeTip));
}

#[test]
fn only_what_settles_in_cash_is_rounded() {
    check("cash, change, rounds", 1242, None, 0, Ok([1240, 0, 0, -2]));
    check("cash, change, rounds", 1243, None, 0, Ok([1245, 0, 0, 2]));
    check("cash, change, rounds", 1243, Some(2000), 0, Ok([1245, 755, 0, 2]));
    check("cash, change, rounds", 1243, Some(1000), 0, Ok([1000, 0, 0, 0]));
    check("card", 1243, None, 0, Ok([1243, 0, 0, 0]));
    // Somebody counts out the cents all the same.
    check("cash, change, rounds", 1243, Some(1243), 0, Ok([1243, 0, 0, 0]));
    check("cash, change, rounds", 1243, Some(1244), 0, Ok([1244, 0, 0, 1]));
    check("cash, change, rounds", 1242, Some(1242), 0, Ok([1242, 0, 0, 0]));
    // Two cents round to nothing.
    check("cash, change, rounds", 2, None, 0, Ok([0, 0, 0, -2]));
}

#[test]
fn cash_is_rounded_in_every_way() {
    let cash = tender("cash, change, rounds");
    for (step, rounding, total, to_pay) in [
        (5, Rounding::HalfUp, 1238, 1240),
        (10, Rounding::HalfUp, 1245, 1250),
        (10, Rounding::HalfEven, 1245, 1240),
        (100, Rounding::HalfUp, 1249, 1200),
        (100, Rounding::Up, 1201, 1300),
        (100, Rounding::Down, 1299, 1200),
        (0, Rounding::Up, 1201, 1201),
    ] {
        let due = due_of(total, step, rounding, &cash);
        assert_eq!((due.to_pay.minor(), due.rounding.minor()), (to_pay, to_pay - total));
    }
}

#[track_caller]
fn check_foreign(home: &str, code: &str, rate: &str, total: i64, tendered: Option<i64>, expected: [i64; 4]) {
    let tender = Tender { foreign: Some(foreign(code, rate)), ..tender("change") };
    let due = due_of(total, 0, Rounding::HalfUp, &tender);
    let taken = take(&tender, &due, tendered.map(minor), Money::ZERO, currency(home)).unwrap();
    let foreign = taken.foreign.unwrap();
    let got = [foreign.amount, taken.tendered, taken.amount, taken.change].map(Money::minor);
    assert_eq!(got, expected, "{tendered:?} {code} for {total} {home}");
}

#[test]
fn foreign_cash_is_worth_its_rate_and_change_is_ours() {
    // 20.00 EUR at 0.85 are 17.00 GBP.
    check_foreign("GBP", "EUR", "0.85", 1240, Some(2000), [2000, 1700, 1240, 460]);
    check_foreign("GBP", "EUR", "0.85", 1240, Some(1000), [1000, 850, 850, 0]);
    // 12.40 / 0.85 is 14.588: 14.59 cover it exactly.
    check_foreign("GBP", "EUR", "0.85", 1240, None, [1459, 1240, 1240, 0]);
    check_foreign("GBP", "EUR", "0.85", 1240, Some(1459), [1459, 1240, 1240, 0]);
    // Currencies without digits after the point, on either side.
    check_foreign("GBP", "JPY", "0.0052", 1240, Some(5000), [5000, 2600, 1240, 1360]);
    check_foreign("JPY", "USD", "150", 1240, Some(1000), [1000, 1500, 1240, 260]);
    check_foreign("KWD", "USD", "0.3", 1240, Some(1000), [1000, 3000, 1240, 1760]);
}

#[test]
fn foreign_cash_that_is_worth_nothing_is_refused() {
    let tender = Tender { foreign: Some(foreign("JPY", "0.0001")), ..tender("change") };
    let due = due_of(1240, 0, Rounding::HalfUp, &tender);
    let taken = take(&tender, &due, Some(minor(1)), Money::ZERO, currency("GBP"));
    assert_eq!(taken, Err(PaymentProblem::ZeroAmount));
}

fn pay(order: &mut Order, tender: &Tender, taken: &Taken) {
    order.payments.push(Payment {
        id: PaymentId(Uuid::nil()),
        tender: tender.code.clone(),
        name: tender.name.clone(),
        amount: taken.amount,
        tendered: taken.tendered,
        change: taken.change,
        tip: taken.tip,
        rounding: taken.rounding,
        foreign: taken.foreign,
        reference: Reference::default(),
        charged: None,
        voucher: None,
        deposit: false,
        opens_drawer: false,
        staff: NOBODY,
        register: RegisterId(1),
        shift: ShiftId(Uuid::nil()),
        at: THEN,
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tenders_less_change_and_tips_are_the_total_and_its_rounding(
        prices in prop::collection::vec(1..5_000_i64, 1..5),
        step in select(&[0_i64, 5, 10, 100][..]), rounding in select(&ROUNDINGS[..]),
        payments in prop::collection::vec(
            (select(&["change, rounds", "tip", "none", "change, rounds, foreign"][..]), prop::option::of(1..9_000_i64), 0..300_i64),
            0..6,
        ),
    ) {
        let mut order = order(prices.iter().map(|p| line(*p, &["20 incl"])).collect());
        let settings = settings(step, rounding);
        let total = totals::of(&order, &settings).total;
        let exactly = [("change, rounds", None, 0)];
        for (abilities, tendered, tip) in payments.into_iter().chain(exactly) {
            let foreign = abilities.contains("foreign").then(|| foreign("EUR", "0.85"));
            let tender = Tender { foreign, ..tender(abilities) };
            let now = due(&order, &totals::of(&order, &settings), &settings, &tender);
            prop_assert_eq!(now.exact + now.rounding, now.to_pay);
            match take(&tender, &now, tendered.map(minor), minor(tip), settings.currency) {
                Err(PaymentProblem::NothingDue) => prop_assert!(!now.exact.is_positive()),
                Err(PaymentProblem::TooMuch(most)) => prop_assert!(tendered.unwrap() > most.minor()),
                Err(PaymentProblem::TipTooLarge) => prop_assert!(tip > 0),
                Err(problem) => prop_assert!(false, "{problem:?}"),
                Ok(taken) => {
                    prop_assert_eq!(taken.amount, taken.tendered - taken.change - taken.tip);
                    prop_assert!(!taken.change.is_negative() && !taken.amount.is_negative());
                    prop_assert!(taken.rounding.abs() <= now.rounding.abs());
                    pay(&mut order, &tender, &taken);
                    prop_assert_eq!(taken.settles, due(&order, &totals::of(&order, &settings), &settings, &tender).exact.is_zero());
                }
            }
        }
        let sum = |of: fn(&Payment) -> Money| order.payments.iter().map(of).sum::<Money>();
        prop_assert_eq!(sum(|p| p.tendered) - sum(|p| p.change) - sum(|p| p.tip), total + sum(|p| p.rounding));
        prop_assert!(order.rounding().abs() < minor(step.max(1)));
    }

    #[test]
    fn foreign_money_that_covers_is_worth_enough(amount in 1..10_000_000_i64, rate in 1..100_000_i64, code in select(&["EUR", "JPY", "KWD"][..])) {
        let foreign = Foreign { currency: currency(code), rate: Decimal::new(rate, 3) };
        let home = currency("GBP");
        let needed = to_foreign(minor(amount), foreign, home);
        prop_assert!(from_foreign(needed, foreign, home) >= minor(amount));
        prop_assert!(from_foreign(needed - minor(1), foreign, home) <= minor(amount));
    }

    #[test]
    fn absurd_tenders_do_not_panic(total in 1..i64::MAX, tendered in any::<i64>(), tip in any::<i64>(), rate in any::<i64>(), scale in 0..28_u32) {
        let home = currency("KWD");
        let due = Due { exact: minor(total), rounding: Money::ZERO, to_pay: minor(total) };
        for foreign in [None, Some(Foreign { currency: currency("JPY"), rate: Decimal::new(rate, scale) })] {
            let tender = Tender { foreign, ..tender("change") };
            let _ = take(&tender, &due, Some(minor(tendered)), minor(tip), home);
            let _ = take(&tender, &due, None, minor(tip), home);
        }
    }
}
