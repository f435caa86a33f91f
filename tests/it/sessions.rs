//! Two tills on one store: two processes, each on a terminal and a register of its own.

use crate::pty::Pty;
use crate::shop::{ADA, BEN, OWNER, Shop};

/// A café with two registers, whose shifts are open, and a till on each.
fn two() -> (Shop, Pty, Pty) {
    let shop = Shop::new();
    shop.configure("counterflow.toml", |text| text.replace("[\"Counter\"]", "[\"Counter\", \"Bar\"]"));
    for register in ["1", "2"] {
        let lines = shop.beside("open");
        std::fs::write(&lines, ":open-shift 100.00\n").unwrap();
        let mut open = shop.command(&["--register", register, "ring", "--as", "Olive"]);
        let output = open.arg(&lines).env("COUNTERFLOW_PIN", OWNER).output().unwrap();
        assert!(output.status.success(), "{}", crate::shop::words(&output));
    }
    let first = Pty::start(&shop.command(&["--register", "1"]));
    let second = Pty::start(&shop.command(&["--register", "2"]));
    (shop, first, second)
}

/// Whether the order on a screen has one peppermint tea.
fn has_tea(screen: &str) -> bool {
    screen.lines().any(|line| line.contains("1 Peppermint tea") && line.contains(" 2.60"))
}

fn leave(mut till: Pty) {
    till.keys("<Ctrl-X>");
    till.ends();
}

#[test]
fn an_order_held_on_one_register_is_recalled_on_the_other() {
    let (shop, mut first, mut second) = two();
    first.sign_in(ADA);
    second.sign_in(BEN);
    first.keys("22<Enter>");
    first.sees("Order 1");
    first.keys("<F4>Anna<Enter>");
    first.sees("put aside");
    second.sees("1 put aside");
    second.keys("<F4>an<Enter>");
    second.sees("Peppermint");
    second.keys("+");
    second.sees("5.20");
    second.keys("<F10>a");
    second.sees("receipt 1");
    // The first one has nothing left of it.
    first.loses("1 put aside");
    leave(first);
    leave(second);
    let sale = shop.store().recent_sales(1).unwrap().remove(0);
    assert_eq!((sale.register.0, sale.totals.total.minor(), sale.name.as_deref()), (2, 520, Some("Anna")));
    shop.verifies();
}

#[test]
fn an_order_on_screen_is_refused_to_others_with_who_has_it() {
    let (shop, mut first, mut second) = two();
    first.sign_in(ADA);
    second.sign_in(BEN);
    first.keys("22<Enter>");
    first.sees("Order 1");
    second.keys("<Ctrl-O>");
    second.sees("Ada has it on register 1");
    second.keys("<Enter>");
    let screen = second.wait("who has it", |s| s.contains("Somebody else's PIN") || s.contains("Ada"));
    assert!(!has_tea(&screen), "{screen}");
    second.keys("<Esc><Esc>");
    // It is still the first one's, and goes on there.
    first.keys("<F12>");
    first.sees("receipt 1");
    leave(first);
    leave(second);
    shop.verifies();
}

#[test]
fn an_order_follows_its_user_to_the_other_register() {
    let (shop, mut first, mut second) = two();
    first.sign_in(ADA);
    first.keys("22<Enter>");
    first.sees("Order 1");
    first.sees("Peppermint");
    second.sign_in(ADA);
    second.sees("Peppermint");
    first.sees("is now with Ada on register 2");
    first.wait("no tea", |screen| !has_tea(screen));
    // Both sell on; nothing is overwritten.
    second.keys("<F3>hot<Enter>");
    second.sees("hot");
    first.keys("e<F12>");
    first.sees("receipt 1");
    second.keys("<F12>");
    second.sees("receipt 1");
    leave(first);
    leave(second);
    let mut sales = shop.store().recent_sales(9).unwrap();
    sales.sort_by_key(|sale| sale.register.0);
    let sold: Vec<_> = sales.iter().map(|s| (s.register.0, s.receipt, s.totals.total.minor())).collect();
    assert_eq!(sold, [(1, 1, 220), (2, 1, 260)]);
    assert_eq!(sales[1].lines[0].kitchen_note.as_deref(), Some("hot"));
    shop.verifies();
}

#[test]
fn what_is_counted_is_counted_down_by_both() {
    let (shop, mut first, mut second) = two();
    first.sign_in(ADA);
    second.sign_in(BEN);
    first.keys(":sold-out 22 3<Enter>");
    first.sees("3 of Peppermint tea left");
    // Seen by the other before it sells, or refused and shown: never sold twice.
    second.keys("2*22<Enter>");
    // On the order: the echo says the same before it is done.
    second.wait("the teas", |screen| screen.lines().any(|l| l.contains("2 Peppermint tea") && l.contains(" 5.20")));
    first.keys("22<Enter>");
    first.wait("the tea", has_tea);
    first.keys("22<Enter>");
    first.sees("sold out");
    second.keys("22<Enter>");
    second.sees("sold out");
    first.keys("<Esc><F12>");
    first.sees("receipt 1");
    second.keys("<Esc><F12>");
    second.sees("receipt 1");
    leave(first);
    leave(second);
    let pieces: i64 =
        shop.store().recent_sales(9).unwrap().iter().flat_map(|s| &s.lines).map(|l| l.quantity.thousandths()).sum();
    assert_eq!(pieces, 3000);
    shop.verifies();
}
