//! What must not happen at the keys, however they fall.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::play::{ADA, OLIVE, Play};
use crate::documents::jobs::jobs_for;
use crate::documents::template::Template;
use crate::domain::barcode::{Embedded, PatternText, Patterns};
use crate::domain::catalogue::Availability;
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::ids::StaffId;
use crate::domain::money::{Currency, Money};
use crate::domain::rounding::Rounding;
use crate::domain::settings::{CashRounding, Settings};
use crate::domain::tender::{Foreign, ReferenceRule, Tender};
use crate::ui::Input;
use crate::ui::screen::Body;

fn with(change: impl FnOnce(&mut Settings)) -> Play {
    let mut play = Play::new();
    change(Arc::make_mut(&mut play.till.settings));
    play
}

/// A till that takes euros at 0.85 and gives change in pounds.
fn takes_euros(reference: ReferenceRule) -> Play {
    with(|settings| {
        let foreign = Foreign { currency: Currency::from_code("EUR").unwrap(), rate: Decimal::new(85, 2) };
        let cash = settings.tenders[0].clone();
        let euro = Tender { code: "euro".into(), name: "Euro".into(), foreign: Some(foreign), reference, ..cash };
        settings.tenders.push(euro);
    })
}

#[test]
fn scans_that_wait_while_the_till_locks_are_rung_by_who_comes_back() {
    let mut play = with(|settings| settings.lock_after_sale = true);
    play.wait(6_000);
    play.keys("b<F10>");
    play.input(Input::Scan("5000112637922".into()));
    play.keys("a");
    assert_eq!((play.sales().len(), play.till.signed_in), (1, None));
    play.keys("1111<Enter>");
    assert_eq!(play.lines(), ["1 Espresso"]);
}

#[test]
fn a_label_that_says_how_much_takes_no_number_and_no_price_before_it() {
    let kind = |pattern: &str, kind| PatternText { pattern: pattern.into(), kind };
    for (typed, label, said, lines) in [
        ("", "2100205012506", "1.250 kg Salad bar", vec!["1.250 Salad bar"]),
        ("2*", "2100205012506", "The label says how much it is", vec![]),
        ("2", "2100205012506", "The label says how much it is", vec![]),
        ("2*", "0200203012507", "2 × Sundries 12.50 = 25.00", vec!["2 Sundries"]),
        ("900@", "0200203012507", "The label says what it costs", vec![]),
    ] {
        let mut play = Play::new();
        let patterns = vec![kind("21.....{NNDDD}", Embedded::Weight), kind("02.....{NNNDD}", Embedded::Price)];
        play.ui.setup.patterns = Patterns::new(patterns).unwrap();
        play.keys(typed);
        play.input(Input::Scan(label.into()));
        assert!(play.echo().contains(said), "{typed} {label}: {}", play.echo());
        assert_eq!(play.lines(), lines, "{typed} {label}");
    }
}

#[test]
fn a_card_that_is_swiped_is_neither_shown_nor_kept() {
    for open in ["", "b<F10>", "<Ctrl-L>"] {
        for swiped in ["4111111111111111", "%B4111111111111111^DOE/JOHN^2512101?"] {
            let mut play = Play::new();
            play.keys(open);
            play.input(Input::Scan(swiped.into()));
            assert!(play.echo().contains("looks like a card number"), "{open} {swiped}: {}", play.echo());
            let kept = serde_json::to_string(&play.ui.kept).unwrap();
            assert!(!play.echo().contains("4111") && !kept.contains("4111"), "{open} {swiped}: {kept}");
        }
    }
}

#[test]
fn what_was_paid_is_told_as_the_receipt_has_it_where_cash_is_rounded() {
    let mut play = with(|settings| {
        settings.cash_rounding = Some(CashRounding { step: Money::from_minor(10), rounding: Rounding::HalfUp });
        settings.tenders[0].rounds = true;
    });
    play.keys("c<F12>");
    assert!(play.echo().contains("Paid 5.00 · receipt 1"), "{}", play.echo());
    play.keys("c<F11>");
    assert!(play.echo().contains("Paid 4.95 · receipt 2"), "{}", play.echo());
}

#[test]
fn help_that_was_open_takes_nobodys_pin() {
    let mut play = Play::new();
    play.keys("b<F10><F1>");
    let kept = play.ui.kept.clone();
    play.ui.restore(kept);
    assert_eq!(play.dialog(), "Pay order 1");
    play.keys("<F1>");
    let locked = Event::SignedOut { staff: StaffId(ADA), locked: true };
    play.ui.settle(&play.till, &Command::SignOut { locked: true }, &[locked]);
    assert_eq!(play.dialog(), "Pay order 1");
}

#[test]
fn a_line_is_selected_behind_one_that_was_voided() {
    let mut play = Play::new();
    play.keys("bc<Up><Del>1");
    assert_eq!(play.lines(), ["1 Crème brûlée"]);
    let Body::Order { order, .. } = play.screen().body else { panic!("the order screen") };
    assert!(order.rows.iter().any(|row| row.selected), "{:?}", order.rows);
}

#[test]
fn a_question_says_which_keys_answer_it() {
    let mut play = Play::new();
    play.keys("100b");
    assert_eq!(play.dialog(), "Really?");
    play.keys("x");
    assert_eq!((play.dialog(), play.echo()), ("Really?".to_owned(), "y for yes, n for no".to_owned()));
}

#[test]
fn what_is_sold_out_is_said_before_anything_is_asked_about_it() {
    let mut play = Play::new();
    play.till.availability.insert("201".into(), Availability::SoldOut);
    play.keys("B").keys("a");
    assert_eq!(play.dialog(), "");
    assert!(play.echo().starts_with("Burger is sold out"), "{}", play.echo());
}

#[test]
fn what_the_card_terminal_is_to_take_is_said_with_the_tip() {
    let mut play = Play::new();
    play.keys("b").line(":tip 1.00").keys("<F10>b<Enter><Enter>");
    assert_eq!(play.echo(), "Paid 2.40 · receipt 1 · Card 3.40 with tip 1.00");
}

#[test]
fn a_tip_is_of_the_order_it_was_typed_for() {
    let mut play = Play::new();
    play.keys("b").line(":tip 1.00").keys("<F4>Anna<Enter>c<F12>");
    assert_eq!((play.sales()[0].tips.minor(), play.sales()[0].payments[0].tendered.minor()), (0, 495));
}

#[test]
fn the_form_of_a_tender_asks_for_all_that_is_due_and_the_tip() {
    let mut play = Play::new();
    play.keys("b").line(":tip 1.00").keys("<F10>b<Enter><Enter>");
    let sales = play.sales();
    assert_eq!(sales.len(), 1, "{} {}", play.echo(), play.dialog());
    assert_eq!((sales[0].tips.minor(), sales[0].payments[0].tendered.minor()), (100, 340));
    // In the tender's own money.
    let mut play = takes_euros(ReferenceRule::Optional);
    play.keys("b<F10>d<Enter>");
    let sales = play.sales();
    assert_eq!(sales.len(), 1, "{} {}", play.echo(), play.dialog());
    assert_eq!((sales[0].payments[0].amount.minor(), sales[0].change.minor()), (240, 0));
    assert_eq!(sales[0].payments[0].foreign.map(|f| f.amount.minor()), Some(283));
    // What cannot be read is said, and not taken for all of it.
    let mut play = Play::new();
    play.keys("b").keys("1.234<F10>b");
    assert!(play.echo().contains("digits after the point"), "{} {}", play.echo(), play.dialog());
}

#[test]
fn change_for_foreign_money_comes_out_of_the_drawer() {
    let mut play = takes_euros(ReferenceRule::None);
    play.keys("c<F10>10.00d"); // 10.00 EUR are 8.50; the order comes to 4.95
    assert_eq!(play.sales()[0].change.minor(), 355, "{}", play.dialog());
    let shift = play.till.shift.as_ref().unwrap();
    assert_eq!(shift.expected("cash", true).minor(), 10_000 - 355);
    assert_eq!(shift.expected("euro", false).minor(), 850);
}

#[test]
fn foreign_cash_is_counted_in_its_own_money() {
    let mut play = takes_euros(ReferenceRule::None);
    // 7.01 EUR are 5.96 at 0.85, three times; together 21.03 EUR, which would be 17.88.
    for _ in 0..3 {
        play.keys("c<F10>7.01d");
    }
    let closed = |play: &mut Play, euros: &str| {
        play.keys("<Ctrl-L>9999<Enter>").line(":close-shift").line("96.97").line(euros).line("Counted twice");
        let z = play.events.iter().find_map(|e| if let Event::ShiftClosed { z } = e { Some(z.clone()) } else { None });
        z.unwrap_or_else(|| panic!("{} {}", play.echo(), play.dialog()))
    };
    let z = closed(&mut play, "21.03");
    let euro = z.counts[1].clone();
    assert_eq!((euro.expected.minor(), euro.difference().minor()), (3 * 596, 0));
    let there = euro.foreign.unwrap();
    assert_eq!((there.expected.minor(), there.counted.minor()), (2103, 2103));
    let paper = crate::documents::text::render(&crate::documents::shift::z(&z, &play.till.settings), 42).join("\n");
    assert!(paper.contains("EUR 21.03 = 17.88"), "{paper}");
    // Ten euros less are 8.50 short.
    let mut play = takes_euros(ReferenceRule::None);
    play.keys("c<F10>20.00d");
    let z = closed(&mut play, "10.00");
    assert_eq!(z.counts[1].difference().minor(), -850);
}

#[test]
fn a_close_that_was_allowed_by_another_counts_that_too() {
    let mut play = Play::new();
    play.line(":close-shift").line("100.00").line("");
    assert_eq!(play.dialog(), "Somebody else's PIN");
    play.keys("9999<Enter>");
    let z = play.events.iter().find_map(|e| if let Event::ShiftClosed { z } = e { Some(z.clone()) } else { None });
    assert_eq!(z.map(|z| z.shift.sums.overrides), Some(1), "{} {}", play.echo(), play.dialog());
}

#[test]
fn a_dialog_never_answers_for_another_order() {
    let ada = StaffId(ADA);
    // Ada is about to void a line, goes to the other register, and comes back with another order.
    let mut play = Play::new();
    play.keys("bc<Del>");
    let opened = Command::OpenShift { float: Default::default(), pieces: Vec::new() };
    play.elsewhere(&[Command::SignIn { staff: ada }, opened, Command::Hold { name: None }]);
    let ring = |item: &str| {
        let price = crate::domain::command::PriceGiven::Menu;
        let ring = crate::domain::command::Ring {
            item: item.into(),
            quantity: None,
            net: false,
            price,
            picks: None,
            confirmed: false,
        };
        Command::Ring(ring)
    };
    play.elsewhere(&[ring("103"), ring("102")]);
    play.keys("1");
    assert_eq!(play.dialog(), "");
    play.keys("<Esc><Ctrl-L>1111<Enter>");
    assert_eq!((play.dialog().as_str(), play.lines().len()), ("", 2));
    // The list of tenders of an order that has gone does not pay the next one.
    let mut play = Play::new();
    play.keys("b<F10>");
    play.elsewhere(&[Command::SignIn { staff: ada }]);
    play.keys("a");
    assert!(play.sales().is_empty() && play.dialog().is_empty());
    assert!(play.echo().contains("not on this screen any more"), "{}", play.echo());
}

#[test]
fn undo_and_quantities_lift_no_permission() {
    let mut play = Play::new();
    // A discount on the order that was given and taken back.
    play.keys("b").line(":order-discount 50%").line("9999").line(":order-discount 0").line("9999");
    assert!(play.till.current().unwrap().face.discounts.is_empty());
    play.keys("<Ctrl-Z>");
    assert_eq!(play.dialog(), "Somebody else's PIN");
    play.keys("<Esc>");
    // A price that was lowered, and put right again.
    play.line("@50").line("9999").line("@240").line("9999").keys("<Ctrl-Z>");
    assert_eq!(play.dialog(), "Somebody else's PIN");
    play.keys("9999<Enter>");
    assert_eq!(play.till.current().unwrap().lines[0].unit_price.minor(), 50);
    // One that somebody allowed for one piece.
    play.keys("+");
    assert_eq!(play.dialog(), "Somebody else's PIN");
    play.keys("<Esc>*9<Enter>");
    assert_eq!(play.dialog(), "Somebody else's PIN");
}

#[test]
fn an_open_price_is_asked_once_after_the_options() {
    let mut play = Play::new();
    play.keys("Bd2");
    assert_eq!(play.dialog(), "Special", "its price is asked");
    play.keys("900<Enter>");
    assert_eq!((play.lines(), play.dialog()), (vec!["1 Special".to_owned()], String::new()));
    assert_eq!(play.till.current().unwrap().lines[0].modifiers[0].name, "Well done");
}

#[test]
fn the_same_weight_again_is_the_same_price() {
    let mut play = Play::new();
    play.keys("0.550*205<Enter><Ins>");
    let grosses: Vec<i64> = play.till.current().unwrap().lines.iter().map(|l| l.gross().minor()).collect();
    assert_eq!(grosses, [500, 500], "the container is taken off once");
}

#[test]
fn words_left_over_are_neither_pins_nor_second_tries() {
    let mut play = Play::new();
    play.keys("b").line(":price 2.00 agreed with the guest");
    assert_eq!(play.dialog(), "Somebody else's PIN");
    assert!(!play.events.iter().any(|e| matches!(e, Event::SignInFailed { .. })));
    let mut play = Play::new();
    play.keys("b").line(":price abc 2.00");
    assert!(play.echo().contains("not an amount"), "{} {}", play.echo(), play.dialog());
}

#[test]
fn a_yes_is_no_answer_to_which_of_two() {
    let mut play = Play::new();
    play.keys("b20<F12>y");
    assert!(play.till.current().is_some_and(|o| o.payments.is_empty()));
    play.keys("1");
    assert_eq!(play.till.current().unwrap().paid().minor(), 20);
}

#[test]
fn card_numbers_and_pins_are_never_kept() {
    let mut play = Play::new();
    let kept = |play: &Play| serde_json::to_string(&play.ui.kept).unwrap();
    play.keys("b@200<Enter>9876");
    assert!(!kept(&play).contains("9876"));
    play.keys("<Esc>4111111111111111");
    assert!(!kept(&play).contains("41111"), "{}", kept(&play));
    play.keys("<Esc>").keys("<F3>4111 1111 1111 1111");
    assert!(!kept(&play).contains("4111 1111"), "{}", kept(&play));
    let back: crate::ui::state::Kept = serde_json::from_str(&kept(&play)).unwrap();
    play.ui.restore(back);
    play.keys("x<Backspace><Esc>");
}

#[test]
fn cash_that_goes_back_comes_out_of_an_open_drawer() {
    let mut play = Play::new();
    play.keys("c2.00<F12>").line(":take-back 1 Wrong item").line("9999");
    let back = play.events.iter().rfind(|e| matches!(e, Event::PaymentReversed { .. })).cloned();
    let back = back.unwrap_or_else(|| panic!("{} {}", play.echo(), play.dialog()));
    let jobs = jobs_for(&play.till, &Template::default(), &[back], play.ui.now);
    assert!(jobs.iter().any(|(_, document)| document.opens_drawer));
}

#[test]
fn with_a_store_that_has_lost_something_no_way_sells() {
    let mut play = Play::new();
    play.keys("bc");
    let told = play.events.len();
    play.till.lost = Some("the journal ends before the marks of it".into());
    for keys in ["b", "<Ins>", "<F12>", "<F10>a", "<Up><Space><F12>", "3*102<Enter>"] {
        play.keys(keys);
        assert_eq!(play.events.len(), told, "{keys}: {:?}", play.events.last());
        play.keys("<Esc><Esc><Esc>");
    }
}

#[test]
fn an_order_is_taken_over_with_a_second_persons_pin() {
    let mut play = Play::new();
    let ring = crate::domain::command::Ring {
        item: "102".into(),
        quantity: None,
        net: false,
        price: crate::domain::command::PriceGiven::Menu,
        picks: None,
        confirmed: false,
    };
    play.elsewhere(&[
        Command::SignIn { staff: StaffId(OLIVE) },
        Command::OpenShift { float: Default::default(), pieces: Vec::new() },
        Command::Ring(ring),
    ]);
    play.keys("<Ctrl-O><Enter>");
    assert!(play.echo().contains("Olive has order 1 open on register 2"), "{}", play.echo());
    assert_eq!(play.dialog(), "Somebody else's PIN");
    play.keys("9999<Enter>");
    assert_eq!(play.lines(), ["1 Espresso"]);
}
