//! Several tills over what one guest has: a voucher is worth what was paid for it, and a house account bears what
//! somebody allowed, however many tills take of it at the very same time.

use counterflow::domain::command::Command;
use counterflow::domain::ids::CustomerId;
use counterflow::domain::money::Money;
use counterflow::domain::refusal::Refusal;
use counterflow::domain::tender::Reference;
use counterflow::session::clock::{Clock, SystemClock};
use counterflow::session::{Outcome, Session};

use crate::shop::{OWNER, Shop};
use crate::together::{at_work, open, restaurant, ring};

const TILLS: u16 = 4;

/// Does a command on what the session saw last, without a look at what others did since.
fn tries(session: &mut Session, command: &Command) -> Outcome {
    session.outcomes.clear();
    session.carry_out(command, None, SystemClock.now());
    session.ui.kept.dialogs.clear();
    session.outcomes.pop().unwrap()
}

#[track_caller]
fn does(session: &mut Session, command: &Command) {
    let outcome = tries(session, command);
    assert!(matches!(outcome, Outcome::Done(_)), "{command:?}: {outcome:?}");
}

fn pay(tender: &str, pence: i64, reference: &str) -> Command {
    Command::Pay {
        tender: tender.to_owned(),
        tendered: Some(Money::from_minor(pence)),
        tip: Money::ZERO,
        reference: Reference { text: Some(reference.to_owned()), last_four: None },
        confirmed: true,
    }
}

/// Each till takes a pound after the other with one way to pay, until it is told that there is nothing left; what
/// all have taken, in pence. What was taken from under a till's eyes is looked at again.
fn take_all(shop: &Shop, tender: &str, reference: &str, customer: Option<CustomerId>) -> i64 {
    let barrier = std::sync::Barrier::new(usize::from(TILLS));
    let taken: Vec<i64> = std::thread::scope(|scope| {
        let tills: Vec<_> = (1..=TILLS)
            .map(|register| {
                let barrier = &barrier;
                scope.spawn(move || {
                    let mut session = at_work(shop, register);
                    does(&mut session, &ring("102", 20));
                    if customer.is_some() {
                        does(&mut session, &Command::SetCustomer { customer });
                    }
                    barrier.wait();
                    let (mut taken, mut overtaken) = (0, 0);
                    loop {
                        match tries(&mut session, &pay(tender, 100, reference)) {
                            Outcome::Done(_) => taken += 100,
                            Outcome::Refused(Refusal::VoucherSpent(_) | Refusal::OverLimit { .. }) => break,
                            Outcome::Failed(words) => {
                                assert!(words.contains("faster"), "{words}");
                                overtaken += 1;
                                session.see_others();
                            }
                            outcome => panic!("{outcome:?}"),
                        }
                    }
                    println!("register {register}: {taken} taken, {overtaken} times overtaken");
                    session.close();
                    taken
                })
            })
            .collect();
        tills.into_iter().map(|till| till.join().unwrap()).collect()
    });
    taken.iter().sum()
}

#[test]
fn a_voucher_that_two_tills_use_at_once_is_used_by_one() {
    let shop = restaurant();
    let (mut one, mut two) = (at_work(&shop, 1), at_work(&shop, 2));
    does(&mut one, &Command::SellVoucher { tender: "cash".to_owned(), amount: Money::from_minor(500) });
    let code = one.till.vouchers.keys().next().unwrap().clone();
    two.see_others();
    does(&mut one, &ring("102", 1));
    does(&mut two, &ring("102", 1));
    does(&mut one, &pay("voucher", 400, &code));
    // Register 2 has not looked, and believes in all of it.
    assert!(matches!(tries(&mut two, &pay("voucher", 500, &code)), Outcome::Failed(_)));
    assert_eq!(two.till.current().unwrap().paid(), Money::ZERO, "nothing was paid");
    does(&mut two, &pay("voucher", 500, &code));
    assert_eq!(two.till.current().unwrap().paid(), Money::from_minor(100), "what was left");
    one.close();
    two.close();
    shop.verifies();
}

#[test]
fn a_voucher_is_worth_what_was_paid_for_it_whoever_uses_it_at_once() {
    let shop = restaurant();
    let mut one = at_work(&shop, 1);
    does(&mut one, &Command::SellVoucher { tender: "cash".to_owned(), amount: Money::from_minor(3_000) });
    let code = one.till.vouchers.keys().next().unwrap().clone();
    one.act(close(13_000));
    assert!(one.till.shift.is_none(), "{}", one.said());
    one.close();
    assert_eq!(take_all(&shop, "voucher", &code, None), 3_000);
    let till = open(&shop, 1);
    assert_eq!(till.till.vouchers[&code].left, Money::ZERO);
    till.close();
    shop.verifies();
}

#[test]
fn nobody_owes_more_than_they_may_whoever_charges_them_at_once() {
    let shop = restaurant();
    shop.rings(OWNER, ":customer Smith\n\n\n\n\n:account smith 3 25.00\n");
    let till = open(&shop, 1);
    let customer = *till.till.accounts.keys().next().unwrap();
    till.close();
    assert_eq!(take_all(&shop, "account", "", Some(customer)), 2_500);
    let till = open(&shop, 1);
    assert_eq!(till.till.accounts[&customer].owes, Money::from_minor(2_500));
    till.close();
    shop.verifies();
}

#[test]
fn a_payment_on_an_account_is_taken_back_once() {
    let shop = restaurant();
    shop.rings(OWNER, ":customer Smith\n\n\n\n\n:account smith 3 25.00\n");
    let (mut one, mut two) = (at_work(&shop, 1), at_work(&shop, 2));
    let customer = *one.till.accounts.keys().next().unwrap();
    let (tender, amount) = ("cash".to_owned(), Money::from_minor(500));
    does(&mut one, &Command::PayAccount { customer, tender, amount, confirmed: true });
    let found = shop.store().payments_on_account(customer, 9).unwrap().remove(0);
    let (payment, reason) = (found.payment.id, "Rung by mistake".to_owned());
    let back = Command::TakeBackReceived { customer, payment, reason, found: Some(Box::new(found)) };
    two.see_others();
    does(&mut one, &back);
    assert!(matches!(tries(&mut two, &back), Outcome::Failed(_)), "it was looked up before it was taken back");
    let owes = |session: &Session| session.till.accounts[&customer].owes;
    assert_eq!((owes(&one), owes(&two)), (Money::ZERO, Money::ZERO));
    one.close();
    two.close();
    shop.verifies();
}

#[test]
fn points_that_two_tills_use_at_once_are_used_by_one() {
    let shop = restaurant();
    let scheme = "[[scheme]]\ncode = \"points\"\nname = \"Points\"\nper = \"1.00\"\nat = 6\namount_off = \"1.00\"\n";
    std::fs::write(shop.config().join("points.toml"), scheme).unwrap();
    shop.rings(OWNER, ":customer Smith\n\n\n\n\n");
    let mut one = at_work(&shop, 1);
    let whom = *one.till.accounts.keys().next().unwrap();
    let customer = Some(whom);
    let whose = |session: &mut Session| {
        session.see_others();
        does(session, &ring("102", 1));
        does(session, &Command::SetCustomer { customer });
    };
    let points = |session: &Session| session.till.points_of(whom, "points");
    does(&mut one, &ring("102", 2));
    does(&mut one, &Command::SetCustomer { customer });
    let (tender, reference) = ("cash".to_owned(), Reference { text: None, last_four: None });
    does(&mut one, &Command::Pay { tender, tendered: None, tip: Money::ZERO, reference, confirmed: true });
    let had = points(&one);
    assert!((6..12).contains(&had), "{had}: for one reward");
    let mut two = at_work(&shop, 2);
    whose(&mut one);
    whose(&mut two);
    let redeem = Command::Redeem { scheme: "points".to_owned(), line: None };
    does(&mut one, &redeem);
    // Register 2 has not looked, and believes in all of them.
    assert!(matches!(tries(&mut two, &redeem), Outcome::Failed(_)));
    assert!(matches!(tries(&mut two, &redeem), Outcome::Refused(Refusal::TooFewPoints { .. })));
    assert_eq!((points(&one), points(&two)), (had - 6, had - 6));
    one.close();
    two.close();
    shop.verifies();
}

/// Closes the shift with so much cash in the drawer, and nothing of anything else.
fn close(pence: i64) -> Command {
    let counted = [("cash", pence), ("card", 0), ("voucher", 0)];
    let counted = counted.map(|(code, pence)| (code.to_owned(), Money::from_minor(pence))).into();
    let (comment, note) = (String::new(), String::new());
    Command::CloseShift { counted, pieces: Vec::new(), comment, note, anchor: Default::default() }
}
