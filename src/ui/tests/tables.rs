//! A waiter and the tables.

use std::sync::Arc;

use super::play::Play;
use crate::domain::event::Event;

/// The table, covers and server of the order on screen, and how many lines it has.
fn at(play: &Play) -> (String, Option<u16>, String, usize) {
    let order = play.till.current().unwrap_or_else(|| panic!("no order: {} {}", play.echo(), play.dialog()));
    let face = &order.face;
    let server = play.till.name_of(order.server).to_owned();
    (face.table.clone().unwrap_or_default(), face.covers, server, order.live_lines().count())
}

/// The states of tables on the map, as `12 O 5m`.
fn map(play: &Play) -> Vec<String> {
    let plan = play.screen().dialog.and_then(|d| d.plan).unwrap_or_default();
    let spots = plan.into_iter().flat_map(|room| room.rows).flatten().flatten();
    spots.map(|spot| format!("{} {}", spot.name, spot.state.text)).collect()
}

#[test]
fn a_table_is_one_number_and_one_key_away() {
    let mut play = Play::new();
    play.keys("12<Ctrl-G>bb<F4>");
    assert!(play.till.current().is_none(), "a table order is put aside without a question");
    play.keys("3<Ctrl-G>c");
    assert_eq!(at(&play), ("3".into(), None, "Ada".into(), 1));
    // Straight to the other table: the first one waits where it is.
    play.keys("12<Ctrl-G>");
    assert_eq!((at(&play), play.lines()), (("12".into(), None, "Ada".into(), 1), vec!["2 Espresso".to_owned()]));
    play.line(":covers 4");
    assert_eq!(at(&play).1, Some(4));
    assert!(play.screen_text().contains("Table 12 · 1 | 4 cov · Ada"), "{}", play.screen_text());
    // It was brought back, so that paying by habit asks.
    play.keys("<F12>");
    assert_eq!(play.dialog(), "Pay order 1 · T12");
    play.keys("a");
    assert_eq!((play.sales()[0].table.as_deref(), play.sales()[0].covers), (Some("12"), Some(4)));
    assert_eq!(play.sales()[0].server_name, "Ada");
}

#[test]
fn a_table_that_nobody_sat_down_at_is_free_again() {
    let mut play = Play::new();
    play.keys("3<Ctrl-G>12<Ctrl-G>");
    assert_eq!(play.till.orders.len(), 1);
    // With covers somebody sits there.
    play.line(":covers 2").keys("3<Ctrl-G>");
    assert_eq!(play.till.orders.len(), 2);
    play.keys("77<Ctrl-G>");
    assert!(play.echo().contains("There is no table 77"), "{}", play.echo());
    assert_eq!(at(&play).0, "3");
}

#[test]
fn what_was_rung_before_anybody_said_where_goes_to_the_table() {
    let mut play = Play::new();
    play.keys("bc");
    play.keys("g1:");
    play.keys("<Esc><Esc><Esc>").line(":table g1");
    assert_eq!((at(&play), play.till.orders.len()), (("G1".into(), None, "Ada".into(), 2), 1));
    play.keys("<Ctrl-Z>");
    assert_eq!(at(&play).0, "", "undone like any other step");
}

#[test]
fn the_map_shows_states_and_digits_narrow_it() {
    let mut play = Play::new();
    play.keys("12<Ctrl-G>b<F4>4<Ctrl-G>b<Ctrl-P><F4>");
    play.wait(5 * 60_000);
    play.keys("<Ctrl-G>");
    assert_eq!(play.dialog(), "Tables");
    assert_eq!(map(&play), ["1 -", "2 -", "3 -", "4 B 5m", "5 -", "6 -", "12 S 5m", "G1 -", "G2 -"]);
    let selected = |play: &Play| {
        let rows = play.screen().dialog.map(|d| d.rows).unwrap_or_default();
        rows.into_iter().find(|r| r.selected).map(|r| r.label.text).unwrap_or_default()
    };
    // Down and right, as the room is drawn: 1 over 4, 3 over 12, 12 over nothing but the garden.
    play.keys("<Down>");
    assert!(selected(&play).starts_with("4 "), "{}", selected(&play));
    play.keys("<Right><Right><Right>");
    assert!(selected(&play).starts_with("12 "), "{}", selected(&play));
    play.keys("<Up>");
    assert!(selected(&play).starts_with("3 "), "{}", selected(&play));
    // 1 is the table of that name, not 12.
    play.keys("1");
    assert!(selected(&play).starts_with("1 "), "{}", selected(&play));
    play.keys("2<Enter>");
    assert_eq!(at(&play).0, "12");
}

#[test]
fn a_party_moves_joins_and_is_given_away() {
    let mut play = Play::new();
    play.keys("12<Ctrl-G>b").line(":covers 3").line(":join 6").line(":move 3");
    assert_eq!(at(&play).0, "3");
    assert_eq!(play.till.current().unwrap().face.joined, ["6"]);
    // Table 6 is theirs too.
    play.keys("<F4>6<Ctrl-G>");
    assert_eq!(at(&play), ("3".into(), Some(3), "Ada".into(), 1));
    play.line(":join 6");
    assert!(play.till.current().unwrap().face.joined.is_empty());
    play.line(":give Olive");
    assert_eq!(at(&play).2, "Olive");
    let given = play.events.iter().filter(|e| matches!(e, Event::OrderHanded { .. })).count();
    assert!(given >= 2, "journalled");
    // What is Olive's now is not given away by Ada.
    play.line(":give Ada");
    assert_eq!(play.dialog(), "Somebody else's PIN");
    play.keys("9999<Enter>");
    assert_eq!(at(&play).2, "Ada");
}

#[test]
fn a_table_that_is_taken_asks_before_two_parties_share_it() {
    let mut play = Play::new();
    play.keys("12<Ctrl-G>b<F4>3<Ctrl-G>c").line(":move 12");
    assert_eq!(play.dialog(), "Really?");
    play.keys("y");
    assert_eq!(at(&play).0, "12");
    // Two parties: the key asks which, and offers a third place.
    play.keys("<F4>12<Ctrl-G>");
    assert_eq!(play.dialog(), "Table 12");
    play.keys("2");
    assert_eq!(play.lines(), ["1 Crème brûlée"]);
    play.keys("12<Ctrl-G>0");
    assert_eq!((at(&play).3, play.till.orders_at("12").len()), (0, 3));
    play.line(":join 3");
    play.line(":move -");
    assert_eq!(at(&play).0, "");
    assert!(play.till.current().unwrap().face.joined.is_empty());
}

#[test]
fn a_line_has_its_seat() {
    let mut play = Play::new();
    play.keys("12<Ctrl-G>b2#b3#");
    let seats: Vec<_> = play.till.current().unwrap().lines.iter().map(|l| l.seat).collect();
    assert_eq!(seats, [Some(2), Some(3)], "the same again for another seat is another line: {}", play.echo());
    play.keys("<Up><Up>#<Enter>");
    assert_eq!(play.till.current().unwrap().lines[0].seat, None);
}

#[test]
fn two_sessions_cannot_seat_two_parties_at_one_table_unawares() {
    use crate::domain::command::Command;
    let mut play = Play::new();
    play.keys("<Ctrl-G>12");
    let staff = crate::domain::ids::StaffId(super::play::OLIVE);
    play.elsewhere(&[
        Command::SignIn { staff },
        Command::OpenShift { float: Default::default(), pieces: Vec::new() },
        Command::OpenTable { table: "12".into(), beside: false },
        Command::SetCovers { covers: Some(2) },
    ]);
    play.keys("<Enter>");
    assert_eq!(play.till.orders.len(), 1, "{}", play.echo());
    assert!(play.echo().contains("Olive has order 1"), "{}", play.echo());
}

#[test]
fn where_there_are_tables_the_key_bar_begins_with_them() {
    let bar = |play: &Play| play.screen().keys.into_iter().take(3).map(|k| k.label).collect::<Vec<_>>().join(" ");
    let mut play = Play::new();
    assert_eq!(bar(&play), "Help Table Pay");
    Arc::make_mut(&mut play.till.settings).rooms.clear();
    assert_eq!(bar(&play), "Help Cash Card");
}
