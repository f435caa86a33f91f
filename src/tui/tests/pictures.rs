//! Pictures of screens; styles are tested apart.

use super::samples::*;
use super::{ASCII, FULL, drawn, picture};
use crate::domain::catalogue::Page;
use crate::ui::screen::{Body, RightPane, Screen};

const SIZES: [(u16, u16); 4] = [(80, 24), (100, 30), (132, 43), (40, 12)];

fn check(name: &str, screen: &Screen) {
    for (columns, rows) in SIZES {
        for (look_name, look) in [("box", FULL), ("ascii", ASCII)] {
            let (buffer, cursor) = drawn(screen, columns, rows, look);
            let cursor = cursor.map_or("none".to_owned(), |at| format!("{},{}", at.x, at.y));
            let picture = format!("{}\ncursor: {cursor}", picture(&buffer));
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}_{look_name}"), picture);
        }
    }
}

#[test]
fn an_order_with_modifiers() {
    check("busy", &busy());
}

#[test]
fn an_order_longer_than_the_screen() {
    check("long", &long());
}

#[test]
fn an_empty_order() {
    check("empty", &empty());
}

#[test]
fn titles_of_pages_have_the_room_that_there_is() {
    let mut screen = empty();
    let Body::Order { right: RightPane::Map(map), .. } = &mut screen.body else { panic!("a map") };
    map.pages = [Page { title: "Spirits and cocktails".to_owned(), ..map.pages[0].clone() }].into();
    let (buffer, _) = drawn(&screen, 132, 43, FULL);
    assert!(picture(&buffer).contains("Spirits and cocktails"), "{}", picture(&buffer));
}

#[test]
fn a_search() {
    check("search", &search());
}

#[test]
fn the_modifier_dialog() {
    check("modifiers", &modifiers());
}

#[test]
fn the_pay_dialog() {
    check("pay", &pay());
}

#[test]
fn the_help() {
    check("help", &help());
}

#[test]
fn the_sign_in() {
    check("sign_in", &sign_in());
}

#[test]
fn paper_on_the_right() {
    check("paper", &paper());
}
