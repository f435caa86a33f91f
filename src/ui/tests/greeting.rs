//! What is said to whoever signs in, and on the status bar.

use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::ids::OrderId;
use crate::domain::order_act::HandAct;
use crate::ui::screen::Body;
use crate::ui::state::PrinterNews;
use crate::ui::tests::play::Play;

/// The owner comes back to a shift that was left open, with a menu that lacks a code.
fn the_day_after() -> Play {
    let mut play = Play::new();
    play.keys("<Ctrl-L>");
    play.ui.unknown_code = Some("points.toml line 3: no item `9011`".to_owned());
    let printer = |name: &str| PrinterNews { printer: name.to_owned(), ..PrinterNews::default() };
    play.ui.printers = ["receipt", "kitchen"].map(printer).to_vec();
    play.wait(24 * 3_600_000);
    play
}

#[test]
fn all_that_must_be_said_is_said_and_the_most_urgent_first() {
    let mut play = the_day_after();
    play.keys("9999<Enter>");
    let echo = play.echo();
    let (shift, code) = (echo.find("was left open").unwrap(), echo.find("no item `9011`: counterflow doctor").unwrap());
    assert!(shift < code, "{echo}");
    // It stays until the first line is rung: the echo is gone with the next key, and may be cut.
    play.keys("<Esc>");
    let Body::Order { order, .. } = play.screen().body else { panic!("the order screen") };
    let said: Vec<&str> =
        order.empty.iter().map(|text| text.text.as_str()).filter(|text| text.contains(": ")).collect();
    assert!(said[0].contains("was left open") && said[1].contains("9011"), "{said:?}");
    // A cashier can do nothing about the menu.
    let mut play = the_day_after();
    play.keys("1111<Enter>");
    assert!(play.echo().ends_with(":close-shift counts it"), "{}", play.echo());
    // Nor does an order that follows to another register hide it.
    let (order, holder, server) = (OrderId(uuid::Uuid::nil()), None, play.till.signed_in.unwrap());
    let followed = Event::OrderHanded { order, version: 1, act: HandAct::Followed, holder, server };
    let events = [Event::SignedIn { staff: server }, followed];
    play.ui.committed(&play.till, &Command::SignIn { staff: server }, &events);
    assert!(play.echo().contains("was left open") && play.echo().ends_with("as you left it"), "{}", play.echo());
}

#[test]
fn a_shift_that_was_left_open_leaves_room_for_printers_that_are_well() {
    let mut play = the_day_after();
    play.keys("9999<Enter>");
    let bar = |play: &Play| play.screen().status.iter().map(|t| t.text.clone()).collect::<Vec<_>>().join(" · ");
    assert!(bar(&play).ends_with("2 printers ok"), "{}", bar(&play));
    // The clock takes 16 columns of 80, a sign before a warning two.
    assert!(bar(&play).chars().count() <= 58, "{}", bar(&play));
    let mut play = Play::new();
    assert!(bar(&play).contains("no printer"), "{}", bar(&play));
    play.ui.printers = vec![PrinterNews { printer: "grill".to_owned(), ..PrinterNews::default() }; 2];
    assert!(bar(&play).ends_with("GRILL ok · GRILL ok"), "{}", bar(&play));
}
