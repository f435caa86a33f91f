//! What is typed into fields, and put right there.

use crate::ui::state::Dialog;
use crate::ui::tests::play::Play;

#[test]
fn the_usual_keys_edit_a_field() {
    let check = |keys: &str, name: &str| {
        let mut play = Play::new();
        play.keys("b<F4>").keys(keys).keys("<Enter>");
        let names: Vec<_> = play.till.orders.values().filter_map(|order| order.face.name.as_deref()).collect();
        assert_eq!(names, [name], "{keys}: {}", play.echo());
    };
    check("Joe<Ctrl-U>Anna", "Anna");
    check("Anna Bee<Ctrl-W>Cee", "Anna Cee");
    check("anna<Home><Del>A<End> B", "Anna B");
    check("Ana<Left>n<Backspace>n<Right>!", "Anna!");
}

#[test]
fn a_form_goes_from_field_to_field_by_tab_and_within_one_by_the_arrows() {
    let mut play = Play::new();
    play.line(":close-shift");
    let form = |play: &Play| match play.ui.kept.dialogs.last() {
        Some(Dialog::Count(form)) => {
            (form.at, form.fields.iter().map(|(_, e)| e.text().to_owned()).collect::<Vec<_>>())
        }
        other => panic!("{other:?}"),
    };
    let last = form(&play).1.len() - 1;
    play.keys("120<Left>5<Home>9<Tab>all well<Shift-Tab><End>0");
    assert_eq!(form(&play).1[0], "912500".to_owned(), "the cursor moved, and the field did not");
    assert_eq!(form(&play).1[1], "all well");
    play.keys("<Ctrl-U>7<PgDn>");
    assert_eq!((form(&play).0, form(&play).1[0].clone()), (last, "7".to_owned()));
}

#[test]
fn a_pin_that_was_mistyped_is_cleared_at_once() {
    let mut play = Play::new();
    play.keys("<Ctrl-L>12345<Ctrl-U>");
    assert!(play.ui.pin.is_empty());
    play.keys("1111<Enter>b");
    assert_eq!(play.lines(), ["1 Espresso"]);
}

#[test]
fn letters_that_narrow_a_list_are_cleared_at_once() {
    let mut play = Play::new();
    play.keys("b<F4>Joe<Enter>c<Ctrl-O>zzz<Ctrl-U><Enter>");
    assert_eq!(play.lines(), ["1 Espresso"], "{}", play.dialog());
}
