//! A cashier at the keys.

mod fields;
mod greeting;
mod lists;
pub(crate) mod play;
mod splits;
mod tables;
mod traps;

use play::{Play, parse};

use crate::domain::event::Event;
use crate::ui::Input;

/// What the manual says of so many keys for a task; `begun` was rung before.
fn takes(task: &str, begun: &str, keys: &str) -> Play {
    let count = parse(keys).len();
    let manual = include_str!("../../../docs/till.md");
    let row = format!("| {task} | {count} |");
    assert!(manual.contains(&row), "docs/till.md has to say: {row}");
    let mut play = Play::new();
    play.keys(begun).keys(keys);
    play
}

#[test]
fn the_manual_says_how_many_keys_it_takes() {
    let sold = |play: &Play| {
        let sale = play.sales()[0].clone();
        (sale.totals.total.minor(), sale.change.minor())
    };
    assert_eq!(sold(&takes("one item, exact cash", "", "b<F12>")), (240, 0));
    assert_eq!(sold(&takes("two of it, a 20 note, change", "", "bb<F7>")), (480, 1520));
    assert_eq!(sold(&takes("twelve of it, exact cash", "", "12b<F12>")), (2880, 0));
    let play = takes("a 10 note, the rest by card", "bbbbbb", "<F6><F11>");
    let paid: Vec<(String, i64)> =
        play.sales()[0].payments.iter().map(|p| (p.tender.clone(), p.amount.minor())).collect();
    assert_eq!(paid, [("cash".to_owned(), 1000), ("card".to_owned(), 440)]);
    let play = takes("the last two lines by card, the others stay", "bca", "<Space><Space><F11>");
    assert_eq!(sold(&play), (495 + 320, 0), "{}", play.echo());
    assert_eq!(play.lines(), ["1 Espresso"]);
    assert_eq!(
        takes("the line before the last cancelled, with a reason", "bc", "<Up><Del>1").lines(),
        ["1 Crème brûlée"]
    );
    let play = takes("one dish to the kitchen, for table 6", "", "6<Ctrl-G>b<Ctrl-F>");
    assert!(play.screen_text().contains("Table 6") && play.lines() == ["1 Espresso"], "{}", play.echo());
    assert_eq!(takes("two of the code 102", "", "2*102<Enter>").lines(), ["2 Espresso"]);
    assert_eq!(sold(&takes("20.00 in cash, typed", "b", "2000<F12>")), (240, 1760));
    assert_eq!(takes("the selected line to five", "cb", "*5<Enter>").lines(), ["1 Crème brûlée", "5 Espresso"]);
}

#[test]
fn the_same_key_again_adds_one_and_the_echo_says_what_enter_would_do() {
    let mut play = Play::new();
    play.keys("bb3b");
    assert_eq!(play.lines(), ["5 Espresso"]);
    play.keys("2*103");
    assert_eq!(play.echo(), "2 × Crème brûlée 4.95 = 9.90");
    play.keys("<Enter>");
    assert_eq!(play.lines(), ["5 Espresso", "2 Crème brûlée"]);
    play.keys("999");
    assert_eq!(play.echo(), "no code 999 · F12 takes 9.99 · then 11.91 due");
    play.keys("<Enter>");
    assert_eq!(play.lines().len(), 2);
    assert_eq!(play.echo(), "No item has the code 999 · F12 takes 9.99 · then 11.91 due");
    // What was refused is no part of what is typed next; a key may still make a quantity or an amount of it.
    play.keys("10");
    assert_eq!(play.ui.kept.input.text(), "10");
    play.keys("<Enter>*");
    assert_eq!(play.ui.kept.input.text(), "10*");
    play.keys("<Esc>2z3");
    assert_eq!(play.ui.kept.input.text(), "3", "nothing is on key z");
    play.keys("<Esc>");
    assert!(play.ui.kept.input.is_empty());
}

#[test]
fn letters_after_a_slash_search() {
    let mut play = Play::new();
    play.keys("/creme br");
    assert_eq!(play.echo(), "1 × Crème brûlée 4.95 = 4.95");
    play.keys("<Enter>");
    assert_eq!(play.lines(), ["1 Crème brûlée"]);
    play.keys("2*/espr<Enter>");
    assert_eq!(play.lines(), ["1 Crème brûlée", "2 Espresso"]);
}

#[test]
fn options_are_asked_by_digits_and_required_groups_enforced() {
    let mut play = Play::new();
    play.keys("B").keys("a");
    assert_eq!(play.dialog(), "Burger");
    play.keys("<Enter>");
    assert_eq!(play.echo(), "Cooked: choose 1 more, by its digit");
    let hint = |play: &Play| play.screen().dialog.map(|d| d.message.text).unwrap_or_default();
    assert_eq!(hint(&play), "a digit chooses and goes on");
    play.keys("2"); // well done; a single choice goes on by itself
    assert!(hint(&play).contains("extra"), "{}", hint(&play));
    play.keys("x1"); // extra bacon
    assert_eq!(play.screen().dialog.unwrap().value.text, "12.00");
    play.keys("<Enter>");
    let line = play.till.current().unwrap().lines[0].clone();
    let labels: Vec<String> = line.modifiers.iter().map(|m| m.label()).collect();
    assert_eq!((labels.join(", ").as_str(), line.gross().minor()), ("Well done, EXTRA Bacon", 1200));
    // Changed afterwards: the same digits.
    play.keys("<F2>1n2<Enter>");
    let line = play.till.current().unwrap().lines[0].clone();
    let labels: Vec<String> = line.modifiers.iter().map(|m| m.label()).collect();
    assert_eq!(labels.join(", "), "Rare, EXTRA Bacon, NO Onions");
    // Defaults are preselected and nothing is asked.
    play.keys("Aa");
    assert_eq!(play.lines(), ["1 Burger", "1 Flat white"]);
    assert_eq!(play.till.current().unwrap().lines[1].modifiers[0].name, "Whole");
}

#[test]
fn weights_and_open_prices_are_asked() {
    let mut play = Play::new();
    play.keys("Bb0.350<Enter>");
    assert_eq!(play.till.current().unwrap().lines[0].gross().minor(), 630);
    play.keys("0.5*202<Enter>");
    assert_eq!(play.till.current().unwrap().lines[1].gross().minor(), 900);
    play.keys("c30<Enter>");
    assert!(play.echo().contains("0.50 to 50.00"), "{}", play.echo());
    play.keys("<Esc>450@c");
    assert_eq!(play.till.current().unwrap().lines[2].gross().minor(), 450);
}

#[test]
fn esc_unwinds_one_layer_at_a_time_and_never_voids() {
    let mut play = Play::new();
    play.keys("bc<Up>12");
    play.keys("<Esc>");
    assert!(play.ui.kept.input.is_empty() && play.ui.kept.selected.is_some());
    play.keys("<Esc>");
    assert!(play.ui.kept.selected.is_none());
    for _ in 0..5 {
        play.keys("<Esc>");
    }
    assert_eq!(play.lines().len(), 2);
}

#[test]
fn a_void_needs_its_reason_and_can_be_undone() {
    let mut play = Play::new();
    play.keys("bc<Del>");
    assert_eq!(play.dialog(), "Void Crème brûlée: why?");
    play.keys("1");
    assert_eq!(play.lines(), ["1 Espresso"]);
    play.keys("<Ctrl-Z>");
    assert_eq!(play.lines(), ["1 Espresso", "1 Crème brûlée"]);
    play.keys("<Ctrl-Z><Ctrl-Z><Ctrl-Z>");
    assert!(play.lines().is_empty());
    assert!(play.echo().contains("nothing left to undo"), "{}", play.echo());
}

#[test]
fn a_refused_act_is_lifted_by_a_second_persons_pin() {
    let mut play = Play::new();
    play.keys("b@200<Enter>");
    assert_eq!(play.dialog(), "Somebody else's PIN");
    play.keys("1234<Enter>");
    assert!(play.echo().starts_with("Wrong PIN: type it again"), "{}", play.echo());
    play.keys("9999<Enter>");
    assert_eq!(play.till.current().unwrap().lines[0].unit_price.minor(), 200, "{}", play.echo());
    assert!(play.events.iter().any(|e| matches!(e, Event::Overridden { .. })));
    assert!(play.events.iter().any(|e| matches!(e, Event::OverrideFailed { failures: 1, .. })));
}

#[test]
fn wrong_pins_of_a_second_person_lock_overrides_alone_and_for_longer_each_time() {
    let mut play = Play::new();
    play.keys("b@200<Enter>0000<Enter>0000<Enter>1111<Enter>");
    assert!(play.echo().contains("wait 6 s"), "{}", play.echo());
    // Not even the right one counts now.
    play.keys("9999<Enter>");
    assert_eq!(play.till.current().unwrap().lines[0].unit_price.minor(), 240);
    play.wait(6_000);
    play.keys("0000<Enter>");
    assert!(play.echo().contains("wait 11 s"), "{}", play.echo());
    // Nobody is signed out, everybody can sign in, and that resets nothing.
    play.keys("<Esc>b<Ctrl-L>1111<Enter>@200<Enter>9999<Enter>");
    assert!(play.echo().contains("Too many wrong PINs"), "{}", play.echo());
    play.wait(11_000);
    play.keys("9999<Enter>");
    assert_eq!(play.till.current().unwrap().lines[0].unit_price.minor(), 200, "{}", play.echo());
    assert_eq!(play.till.override_failures.count, 0);
    assert!(!play.events.iter().any(|e| matches!(e, Event::SignInFailed { .. })));
}

#[test]
fn leaving_is_for_those_who_may() {
    let mut play = Play::new();
    play.keys("<Ctrl-X>");
    assert_eq!((play.dialog().as_str(), play.quit), ("Somebody else's PIN", false));
    play.keys("9999<Enter>");
    assert!(play.quit);
    // Nor from the sign-in screen, where anybody comes by.
    let mut play = Play::new();
    play.keys("<Ctrl-L><Ctrl-X>");
    assert_eq!((play.dialog().as_str(), play.quit), ("Somebody else's PIN", false));
    play.keys("1111<Enter>");
    assert!(!play.quit && play.till.signed_in.is_none(), "a PIN that may not leave signs nobody in either");
    play.keys("9999<Enter>");
    assert!(play.quit && play.till.signed_in.is_none());
    // Where everybody may, nobody is asked.
    let mut play = Play::new();
    let settings = std::sync::Arc::make_mut(&mut play.till.settings);
    settings.roles.iter_mut().for_each(|role| role.may.extend([crate::domain::staff::Permission::Quit]));
    play.keys("<Ctrl-L><Ctrl-X>");
    assert!(play.quit);
}

#[test]
fn an_order_that_was_left_behind_is_its_users_until_somebody_who_may_takes_it() {
    let mut play = Play::new();
    play.keys("<Ctrl-L>9999<Enter>b<Ctrl-L>1111<Enter>");
    play.keys("<Ctrl-O><Enter>");
    assert_eq!((play.dialog().as_str(), play.lines().len()), ("Somebody else's PIN", 0));
    play.keys("9999<Enter>");
    assert_eq!(play.lines(), ["1 Espresso"], "{}", play.echo());
    assert_eq!(play.till.current().map(|o| o.server.0), Some(play::ADA), "it is hers now");
    // One put aside on purpose is there for everybody, and stays whose it was.
    play.keys("<F4>Anna<Enter><Ctrl-L>9999<Enter>c<F4>Joe<Enter><Ctrl-L>1111<Enter><F4>joe<Enter>");
    assert_eq!(play.lines(), ["1 Crème brûlée"], "{}", play.dialog());
    assert_eq!(play.till.current().map(|o| o.server.0), Some(play::OLIVE));
}

#[test]
fn wrong_pins_make_everybody_wait() {
    let mut play = Play::new();
    play.keys("<Ctrl-L>");
    for _ in 0..3 {
        play.keys("0000<Enter>");
    }
    play.keys("1111<Enter>");
    assert!(play.till.signed_in.is_none() && play.echo().contains("wait"), "{}", play.echo());
    play.wait(6_000);
    play.keys("1111<Enter>");
    assert!(play.till.signed_in.is_some());
}

#[test]
fn held_orders_come_back_and_force_the_tender_choice() {
    let mut play = Play::new();
    play.keys("b<F4>Anna<Enter>");
    assert!(play.till.current().is_none());
    play.keys("cc<F12>");
    assert_eq!(play.sales().len(), 1);
    play.keys("<F4>an<Enter>");
    assert_eq!(play.lines(), ["1 Espresso"]);
    play.keys("<F12>");
    assert_eq!(play.sales().len(), 1, "a recalled order is not paid by habit");
    assert_eq!(play.dialog(), "Pay order 1 · Anna");
    play.keys("<F12>a");
    assert_eq!(play.sales().len(), 2);
    assert_eq!(play.sales()[1].totals.total.minor(), 240);
}

#[test]
fn a_change_of_user_loses_nothing() {
    let mut play = Play::new();
    play.keys("b12<Ctrl-L>9999<Enter>c<F12>");
    assert_eq!(play.sales().len(), 1);
    play.keys("<Ctrl-L>1111<Enter>");
    assert_eq!(play.lines(), ["1 Espresso"], "the order followed its user");
}

#[test]
fn after_a_lock_the_same_person_finds_everything_as_it_was() {
    let mut play = Play::new();
    play.keys("b12<Ctrl-L>1111<Enter>");
    assert_eq!((play.lines(), play.ui.kept.input.text()), (vec!["1 Espresso".to_owned()], "12"));
}

#[test]
fn guards_ask_before_they_believe() {
    let mut play = Play::new();
    play.keys("500b");
    assert_eq!(play.dialog(), "Really?");
    play.keys("<Enter><Esc>");
    assert!(play.lines().is_empty());
    play.keys("500by");
    assert_eq!(play.lines(), ["500 Espresso"]);
    // 20 typed for 2.40 probably means 20.00.
    let mut play = Play::new();
    play.keys("b20<F12>");
    assert_eq!(play.dialog(), "Really?");
    play.keys("2");
    assert_eq!(play.sales()[0].change.minor(), 1760);
    // A price of nothing is refused.
    let mut play = Play::new();
    play.keys("<Ctrl-L>9999<Enter>0@b");
    assert!(play.echo().contains("more than zero"), "{}", play.echo());
}

#[test]
fn scans_are_never_quantities_and_none_is_lost() {
    let mut play = Play::new();
    for _ in 0..20 {
        play.input(Input::Scan("5000112637922".into()));
    }
    assert_eq!(play.lines(), ["20 Espresso"]);
    // While a dialog is open they wait.
    play.keys("Ba");
    play.input(Input::Scan("5000112637922".into()));
    play.input(Input::Scan("5000112637922".into()));
    assert_eq!(play.dialog(), "Burger");
    play.keys("1<Enter>");
    assert_eq!(play.lines(), ["20 Espresso", "1 Burger", "2 Espresso"]);
    play.input(Input::Scan("4006381333931".into()));
    assert_eq!(play.dialog(), "Unknown barcode");
    play.keys("bcreme<Enter>");
    assert_eq!(play.dialog(), "Somebody else's PIN");
    play.keys("9999<Enter>");
    assert!(play.events.iter().any(|e| matches!(e, Event::BarcodeBound { .. })));
    // What is half typed stays, and is no quantity.
    for typed in ["/cr", ":no", ":note extra", "2*/cr", "1/2"] {
        let mut play = Play::new();
        play.keys(typed);
        play.input(Input::Scan("5000112637922".into()));
        assert_eq!((play.lines(), play.ui.kept.input.text()), (vec!["1 Espresso".to_owned()], typed));
    }
    let mut play = Play::new();
    play.keys("3");
    play.input(Input::Scan("5000112637922".into()));
    assert_eq!((play.lines(), play.ui.kept.input.text()), (vec!["3 Espresso".to_owned()], ""));
}

#[test]
fn everything_can_be_said_in_lines() {
    let mut play = Play::new();
    play.line("2*101").line(":note extra hot please").line(":void Wrong item").line("3*102");
    assert_eq!(play.lines(), ["3 Espresso"]);
    play.line(":discount 10%");
    assert_eq!(play.till.current().unwrap().lines[1].discount.as_ref().map(|d| d.by.0.as_u128()), Some(1001));
    play.line(":hold Table by the door").line(":orders door").line(":pay card 5.00 A1234 4242");
    let order = play.till.current().unwrap();
    assert_eq!(order.payments[0].reference.last_four.as_deref(), Some("4242"));
    play.line(":pay cash 10.00");
    assert_eq!(play.sales().len(), 1, "{} {}", play.echo(), play.dialog());
    play.line("201").line("Well done").line("1x2");
    assert_eq!(play.till.current().unwrap().lines[0].modifiers.len(), 3, "{} {}", play.echo(), play.dialog());
    play.line("*2").line(":cash 2000");
    assert_eq!(play.sales().len(), 1, "20.00 is a part of {}", play.total());
}

#[test]
fn the_paper_of_a_sale_shows_until_the_next_key() {
    use crate::ui::screen::{Body, RightPane};
    let shows_paper = |play: &Play| matches!(play.screen().body, Body::Order { right: RightPane::Paper(_), .. });
    let mut play = Play::new();
    play.keys("b<F12>");
    assert!(!shows_paper(&play), "a printer in another room shows nothing here");
    play.input(Input::Paper(vec!["TOTAL 2.40".into()]));
    assert!(shows_paper(&play));
    play.keys("b");
    assert!(!shows_paper(&play));
    assert_eq!(play.lines(), ["1 Espresso"]);
    play.keys("<F12><Esc>");
    assert!(!shows_paper(&play));
    play.keys("b<F12><Tab>");
    assert!(shows_paper(&play), "Tab keeps it");
    play.keys("b");
    assert!(shows_paper(&play));
    play.keys("<Tab>");
    assert!(!shows_paper(&play));
}

#[test]
fn the_list_of_tenders_says_what_an_amount_would_do() {
    let value = |play: &Play, row: usize| play.screen().dialog.unwrap().rows[row].value.text.clone();
    let mut play = Play::new();
    play.keys("bb<Enter>");
    assert_eq!(value(&play, 0), "4.80");
    play.keys("300");
    assert_eq!((value(&play, 0), value(&play, 2)), ("3.00 · then 1.80 due".into(), "3.00 · then 1.80 due".into()));
    play.keys("<Esc>500");
    let values = [0, 1, 2].map(|row| value(&play, row));
    assert_eq!(values, ["5.00 · change 0.20", "5.00 · tip 0.20", "at most 4.80"]);
    play.keys(":");
    assert!(play.echo().contains("Type an amount"), "{}", play.echo());
    play.keys("<F12>");
    assert_eq!(play.sales()[0].change.minor(), 20, "the cash key means what it means outside");
    // An order that was put aside wants a deliberate choice, however often the key is pressed.
    play.keys("b<F4>Joe<Enter><F4>joe<Enter><F12><F12><F7>");
    assert_eq!(play.sales().len(), 1);
    play.keys("a");
    assert_eq!(play.sales().len(), 2);
}

#[test]
fn help_shows_what_works_here_and_each_row_fits() {
    let mut play = Play::new();
    play.keys("<F1>");
    let rows = crate::ui::help_rows(&play.ui);
    assert!(rows.iter().any(|r| r.key == "F12") && rows.iter().any(|r| r.key == ":tip"));
    assert!(rows.iter().all(|r| r.words.chars().count() <= 56 && !r.key.contains("Ctrl-C")), "{rows:?}");
    for (keys, knows) in [("a<F2>", "n l x d s"), ("c<F4>", "Enter"), ("b<F10>", "a to z"), ("b<Del>", "1 to 9")] {
        let mut play = Play::new();
        play.keys(keys).keys("<F1>");
        let rows = crate::ui::help_rows(&play.ui);
        assert!(rows.iter().any(|r| r.key == knows), "{keys}: {rows:?}");
        assert!(rows.len() < 12, "{keys}: only what works there");
    }
}

#[test]
fn repeat_rings_the_last_round_again() {
    let mut play = Play::new();
    play.keys("2bc<F4>Joe<Enter><F4>joe<Enter><Ins>");
    assert_eq!(play.lines(), ["2 Espresso", "1 Crème brûlée", "2 Espresso", "1 Crème brûlée"]);
    play.keys("<Ins>");
    assert_eq!(play.lines().len(), 6);
    // What was said about it is said again.
    let mut play = Play::new();
    play.keys("b<F3>extra hot<Enter><Ctrl-W>for Joe<Enter><F12><Ins>");
    let line = play.till.current().unwrap().lines[0].clone();
    assert_eq!((line.kitchen_note.as_deref(), line.customer_note.as_deref()), (Some("extra hot"), Some("for Joe")));
}

#[test]
fn card_numbers_are_refused_everywhere() {
    let mut play = Play::new();
    play.line("102").line(":note 4111 1111 1111 1111");
    assert!(play.echo().contains("card number"), "{}", play.echo());
    play.keys("<Esc>").line(":hold 4111111111111111");
    assert!(play.till.current().is_some());
}

#[test]
fn sold_out_and_counted_items() {
    let mut play = Play::new();
    play.keys("<Ctrl-L>9999<Enter>").line(":sold-out 102 2");
    play.keys("bb");
    assert!(play.echo().contains("0 left"), "{}", play.echo());
    play.keys("b");
    assert!(play.echo().contains("sold out"), "{}", play.echo());
    play.keys("-");
    play.keys("b");
    assert_eq!(play.lines(), ["2 Espresso"]);
}

#[test]
fn a_shift_closes_with_a_count_and_a_balanced_z() {
    let mut play = Play::new();
    play.keys("bb<F7>"); // 4.80 in cash
    play.keys("c<F11>"); // 4.95 by card
    play.keys("bc<Del>1<F12>"); // 2.40, with a void
    play.keys("b<F4>Tab<Enter>"); // 2.40 stays open
    play.keys("<Ctrl-L>9999<Enter>");
    play.line(":paid-out 12.00 Milk from the shop").line(":drop 50.00 Safe").line(":undo-cash 1");
    assert_eq!(play.till.shift.as_ref().unwrap().expected("cash", true).minor(), 10_000 + 720 - 5_000);
    play.line(":x");
    // The drawer is counted in one sum here: 57.20 are expected, 52.20 are there.
    play.line(":close-shift").line("52.20").line("");
    assert!(play.echo().contains("Cash is 5.00 short"), "{} {}", play.echo(), play.dialog());
    play.line("Gave wrong change").line("y");
    let z = play
        .events
        .iter()
        .find_map(|e| if let Event::ShiftClosed { z } = e { Some(z.clone()) } else { None })
        .unwrap_or_else(|| panic!("{} {}", play.echo(), play.dialog()));
    assert_eq!(z.unbalanced, "");
    assert_eq!((z.shift.sums.sales, z.shift.sums.total.minor(), z.grand.total.minor()), (3, 1215, 1215));
    assert_eq!(z.counts[0].difference().minor(), -500);
    assert_eq!((z.carried.count, z.carried.amount.minor()), (1, 240));
    assert_eq!(z.shift.sums.voids.values().map(|t| (t.count, t.amount.minor())).collect::<Vec<_>>(), [(1, 495)]);
    assert!(play.till.shift.is_none());
    // Nothing sells without a shift, and the next key asks for its float.
    play.keys("b");
    assert_eq!(play.dialog(), "Open shift 2");
    play.keys("10000<Enter>b<F12>");
    assert_eq!(play.till.shift.as_ref().unwrap().sums.total.minor(), 240);
}

#[test]
fn a_shift_without_a_sale_closes() {
    let mut play = Play::new();
    play.keys("<Ctrl-L>9999<Enter>").line(":close-shift").line("100.00").line("");
    assert!(play.till.shift.is_none(), "{} {}", play.echo(), play.dialog());
}

#[test]
fn more_cash_than_is_there_cannot_be_taken_out() {
    let mut play = Play::new();
    play.keys("<Ctrl-L>9999<Enter>").line(":drop 100.01 Safe");
    assert!(play.echo().contains("100.00 is in the drawer"), "{}", play.echo());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    /// Whatever is pressed, nothing panics, and the screen can be drawn.
    #[test]
    fn no_keys_can_panic(keys in proptest::collection::vec(0..90_u8, 1..120)) {
        let mut play = Play::new();
        let named = ["<Enter>", "<Esc>", "<F1>", "<F2>", "<F3>", "<F4>", "<F5>", "<F7>", "<F9>", "<F10>", "<F11>", "<F12>",
            "<Up>", "<Down>", "<Left>", "<Right>", "<PgDn>", "<PgUp>", "<Del>", "<Ins>", "<Tab>", "<Ctrl-Z>", "<Ctrl-T>",
            "<Ctrl-K>", "<Ctrl-O>", "<Ctrl-P>", "<Ctrl-R>", "<Ctrl-N>", "<Ctrl-D>", "<Ctrl-E>", "<Ctrl-Y>", "<Ctrl-L>", "1111<Enter>", "<Home>", "<Backspace>"];
        for key in keys {
            match named.get(usize::from(key)) {
                Some(name) => { play.keys(name); }
                None => { play.keys(&char::from(key - 35 + 42).to_string()); }
            }
            let _ = play.screen();
            let kept = serde_json::to_vec(&play.ui.kept).unwrap();
            let back: crate::ui::state::Kept = serde_json::from_slice(&kept).unwrap();
            play.ui.restore(back);
        }
        let orders: Vec<_> = play.till.orders.values().cloned().collect();
        for order in orders {
            let totals = crate::domain::totals::of(&order, &play.till.settings);
            assert_eq!(totals.lines.iter().map(|l| l.total).sum::<crate::domain::money::Money>(), totals.total);
        }
    }
}
