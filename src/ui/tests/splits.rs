//! One order, several bills.

use super::play::Play;
use crate::domain::event::Event;

/// What all open orders come to, by label, and what was sold.
fn bills(play: &Play) -> Vec<(String, i64)> {
    let mut bills: Vec<(String, i64)> = play
        .till
        .orders
        .values()
        .map(|o| (o.label(), crate::domain::totals::of(o, &play.till.settings).total.minor()))
        .collect();
    bills.sort();
    bills
}

fn named(bills: &[(&str, i64)]) -> Vec<(String, i64)> {
    bills.iter().map(|(name, amount)| ((*name).to_owned(), *amount)).collect()
}

#[test]
fn marked_lines_are_paid_and_the_rest_stays() {
    let mut play = Play::new();
    // The two upper of three lines.
    play.keys("bca<Up><Space><Space>");
    assert!(play.echo().contains("2 lines marked: 7.35"), "{}", play.echo());
    play.keys("<F11>");
    let sale = play.sales()[0].clone();
    assert_eq!(
        (sale.totals.total.minor(), sale.label().as_str(), sale.payments[0].tender.as_str()),
        (735, "1/2", "card")
    );
    assert_eq!((play.lines(), bills(&play)), (vec!["1 Flat white".to_owned()], named(&[("1/1", 320)])));
    // With a note and change, and of one line only a part.
    let mut play = Play::new();
    play.keys("3b1<Space>");
    assert!(play.echo().contains("1 line marked: 2.40"), "{}", play.echo());
    play.keys("<F5>");
    assert_eq!((play.sales()[0].totals.total.minor(), play.sales()[0].change.minor()), (240, 260));
    assert_eq!(play.lines(), ["2 Espresso"]);
    play.keys("<F12>");
    assert_eq!(play.sales()[1].totals.total.minor(), 480);
    // Orders after it go on with the next number.
    play.keys("b<F12>");
    assert_eq!(play.sales()[2].number, 2);
}

#[test]
fn less_than_the_marked_lines_is_refused_and_esc_lets_them_go() {
    let mut play = Play::new();
    play.keys("bc<Space>300<F12>");
    assert!(play.echo().contains("paid in full"), "{}", play.echo());
    play.keys("<Esc><Esc><Esc><F12>");
    assert_eq!(play.sales()[0].totals.total.minor(), 735, "the whole order");
}

#[test]
fn an_order_is_divided_evenly_and_brought_together_again() {
    let mut play = Play::new();
    play.keys("bca3<Ctrl-V>"); // 10.55
    assert_eq!(bills(&play), named(&[("1/1", 352), ("1/2", 351), ("1/3", 352)]), "{}", play.echo());
    assert_eq!(play.lines().len(), 3);
    assert!(play.screen_text().starts_with("Order 1/1"), "{}", play.screen_text());
    // What a share comes to is held: other options would count it anew.
    play.line(":modify").line("2");
    assert!(play.echo().contains(":unsplit"), "{}", play.echo());
    play.keys("<Esc>");
    play.line(":unsplit");
    assert_eq!((bills(&play), play.lines().len()), (named(&[("1", 1055)]), 3), "{}", play.echo());
    assert!(play.till.current().unwrap().lines.iter().all(|l| l.share.is_none()));
    play.keys("+<F12>");
    assert_eq!(play.sales()[0].totals.total.minor(), 1055 + 320);
}

#[test]
fn bills_by_amount_by_seat_and_a_bottle_among_three() {
    let mut play = Play::new();
    play.keys("bca").line(":split amount 5.00");
    assert_eq!(bills(&play), named(&[("1/1", 555), ("1/2", 500)]));
    let mut play = Play::new();
    play.keys("b1#c2#a2#").line(":split seats");
    assert_eq!(bills(&play), named(&[("1/1", 240), ("1/2", 815)]), "{}", play.echo());
    // What nobody sat down for is shared among those who sit there.
    let mut play = Play::new();
    play.keys("b1#c2#a<Ctrl-V>3");
    assert_eq!(bills(&play), named(&[("1/1", 400), ("1/2", 655)]), "{}", play.echo());
    assert!(play.echo().contains("2 bills: 1/1 4.00 · 1/2 6.55"), "{}", play.echo());
    let mut play = Play::new();
    play.keys("bc<Ctrl-V>6");
    assert_eq!(play.dialog(), "Crème brûlée");
    play.keys("3<Enter>");
    // The other bills have nothing but their share of the bottle.
    assert_eq!(bills(&play), named(&[("1/1", 405), ("1/2", 165), ("1/3", 165)]), "{}", play.echo());
    play.line(":hold").line("").line(":orders 1/2");
    let quantity = play.till.current().unwrap().lines[0].pieces();
    assert_eq!(quantity, "1/3");
    play.keys("<F10>a");
    assert_eq!(play.sales()[0].totals.total.minor(), 165);
    // One is paid: the others still come together, each to the cent.
    play.line(":orders 1/1").line(":unsplit");
    assert_eq!(bills(&play), named(&[("1/1", 570)]), "{}", play.echo());
    play.keys("<F10>a");
    assert_eq!(play.sales()[1].totals.total.minor(), 570);
    assert!(play.till.orders.is_empty());
}

#[test]
fn two_tables_become_one() {
    let mut play = Play::new();
    play.keys("3<Ctrl-G>b<F4>12<Ctrl-G>cc").line(":covers 2").line(":merge 1");
    assert_eq!(bills(&play), named(&[("2", 1230)]), "{}", play.echo());
    let order = play.till.current().unwrap();
    assert_eq!((order.face.table.as_deref(), order.lines.len()), (Some("12"), 2));
    let merged = play.events.iter().any(|e| matches!(e, Event::OrderMerged { was, .. } if was.number == 1));
    assert!(merged, "journalled with what it was");
    // Which order is meant can be said by its table.
    let mut other = Play::new();
    other.keys("3<Ctrl-G>b<F4>12<Ctrl-G>cc").line(":merge t3");
    assert_eq!(bills(&other), named(&[("2", 1230)]), "{}", other.echo());
    play.keys("<Ctrl-Z>");
    assert!(play.echo().contains("nothing left to undo"), "{}", play.echo());
    play.keys("<F12>");
    assert_eq!(play.sales()[0].totals.total.minor(), 1230);
}

#[test]
fn a_table_is_not_paid_by_pressing_enter_twice() {
    let mut play = Play::new();
    play.keys("3<Ctrl-G>b<Enter><Enter><Enter>");
    assert_eq!((play.sales().len(), play.dialog().as_str()), (0, "Pay order 1 · T3"));
    assert!(play.echo().contains("A letter says how"), "{}", play.echo());
    play.keys("<Down><Enter>");
    assert_eq!(play.sales().len(), 1);
    // At the counter it is what somebody means.
    play.keys("b<Enter><Enter>");
    assert_eq!(play.sales().len(), 2);
}

#[test]
fn what_has_a_name_is_put_aside_without_a_question() {
    let mut play = Play::new();
    play.keys("b").line(":name Anna").keys("<F4>");
    assert!(play.till.current().is_none() && play.dialog().is_empty(), "{}", play.echo());
    assert!(play.till.orders.values().any(|o| o.face.name.as_deref() == Some("Anna")));
}

#[test]
fn nothing_is_divided_that_cannot_be() {
    let mut play = Play::new();
    play.keys("b");
    for (line, said) in [
        (":split evenly 1", "2 to 30 bills"),
        (":split evenly 31", "2 to 30 bills"),
        (":split amount 2.40", "Nothing to divide"),
        (":split seats", "Nothing to divide"),
        (":unsplit", "No other bill"),
    ] {
        play.line(line);
        assert!(play.echo().contains(said), "{line}: {}", play.echo());
        assert_eq!(bills(&play), named(&[("1", 240)]), "{line}");
    }
    play.keys("9<Space>");
    assert!(play.echo().contains("There are 1 of Espresso"), "{}", play.echo());
    // A part payment has to be taken back first.
    play.keys("<Esc>100<F12>2<Ctrl-V>");
    assert!(play.echo().contains("was paid already"), "{}", play.echo());
}
