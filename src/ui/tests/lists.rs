//! Lists: what is chosen is what was seen, whatever happens to the list meanwhile; and the palette.

use std::sync::Arc;

use super::play::{OLIVE, Play};
use crate::domain::catalogue::Catalogue;
use crate::domain::command::Command;
use crate::domain::ids::StaffId;
use crate::domain::search::Index;
use crate::domain::tender::Reference;
use crate::ui::action::Action;

fn rows(play: &Play) -> Vec<String> {
    play.screen().dialog.map(|d| d.rows.into_iter().map(|r| r.label.text).collect()).unwrap_or_default()
}

#[test]
fn an_order_that_goes_while_it_is_selected_never_makes_another_one_come() {
    let mut play = Play::new();
    play.keys("b<F4>Anna<Enter>c<F4>Bob<Enter><Ctrl-O>");
    let anna = play.till.orders.values().find(|o| o.number == 1).unwrap().id;
    let opened = Command::OpenShift { float: Default::default(), pieces: Vec::new() };
    let (tender, reference) = ("cash".to_owned(), Reference::default());
    let pay = Command::Pay { tender, tendered: None, tip: Default::default(), reference, confirmed: false };
    play.elsewhere(&[Command::SignIn { staff: StaffId(OLIVE) }, opened, Command::Recall { order: anna }, pay]);
    assert!(rows(&play).iter().all(|row| row.contains("Bob")), "{:?}", rows(&play));
    play.keys("<Enter>");
    assert!(play.till.current().is_none() && play.echo().contains("not there any more"), "{}", play.echo());
    // Selected again, it is taken.
    play.keys("<Down><Enter>");
    assert_eq!(play.lines(), ["1 Crème brûlée"]);
}

#[test]
fn a_result_that_goes_with_the_menu_never_sells_another_one() {
    let mut play = Play::new();
    play.keys("/e");
    let first = play.echo();
    let mut menu = play.till.catalogue.menu().clone();
    let gone = play.ui.kept.on.clone().unwrap();
    menu.items.retain(|item| item.code != gone);
    let catalogue = Catalogue::new(menu);
    play.ui.search_in(Index::new(&catalogue));
    play.till.catalogue = Arc::new(catalogue);
    play.keys("<Enter>");
    assert!(play.lines().is_empty(), "{first}: {:?}", play.lines());
    assert!(play.echo().contains("select again"), "{}", play.echo());
}

#[test]
fn the_palette_finds_every_action_by_a_few_letters_and_does_it() {
    let mut play = Play::new();
    play.keys("b<Ctrl-A>");
    assert_eq!(play.dialog(), "Actions");
    let all = rows(&play);
    for action in Action::ALL.iter().filter(|a| a.heading() != Action::Up.heading() || **a == Action::Void) {
        let moves = ["accept", "cancel", "erase", "command", "left", "right", "page-up", "page-down"];
        let listed =
            all.iter().any(|row| row.starts_with(&format!("{} ", action.name())) && row.contains(action.doc()));
        assert_eq!(listed, action.is_for_orders() && !moves.contains(&action.name()), "{}", action.name());
    }
    assert!(all.contains(&"PAYING".to_owned()), "under their headings");
    // By name, by label, by a word of the sentence, by scattered letters.
    for (letters, name) in [("ho", "hold"), ("safe", "drop"), ("banknote", "cash-1"), ("cnot", "customer-note")] {
        play.keys("<Esc><Esc>:").keys(letters);
        assert!(rows(&play)[0].starts_with(name), "{letters}: {:?}", rows(&play));
        assert!(play.echo().starts_with(name), "{letters}: {}", play.echo());
    }
    // Enter does the one that is selected; the arrows select.
    play.keys("<Esc>:disc<Down><Enter>");
    assert_eq!(play.dialog(), "Discount on the order", "{}", play.echo());
    // A space writes the name out, and what follows answers its questions.
    play.keys("<Esc>:ho Anna");
    assert_eq!((play.ui.kept.input.text(), play.dialog()), (":hold Anna", String::new()));
    play.keys("<Enter>");
    assert_eq!(play.till.orders.values().next().and_then(|o| o.face.name.clone()).as_deref(), Some("Anna"));
    play.keys(":zzz<Enter>");
    assert!(play.echo().contains("no action"), "{}", play.echo());
}

#[test]
fn letters_typed_into_the_help_find_an_action() {
    let mut play = Play::new();
    play.keys("<F1>split");
    assert_eq!((play.dialog(), play.ui.kept.input.text()), ("Actions".to_owned(), ":split"));
    assert!(rows(&play)[0].starts_with("split"), "{:?}", rows(&play));
    // In the help of a dialog there is nothing to find.
    play.keys("<Esc><Esc>b<F10><F1>s");
    assert_eq!(play.dialog(), "Keys that work here");
}
