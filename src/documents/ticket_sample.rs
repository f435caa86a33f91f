//! Tickets of a made-up evening, by which an owner sees what a template makes of them.

use crate::domain::catalogue::Amount;
use crate::domain::ids::LineId;
use crate::domain::kitchen::{Choice, CourseOnTicket, Dish, Entry, Head, News, Place, Ticket, label};
use crate::domain::quantity::Quantity;
use crate::domain::settings::Station;

/// Tickets on which everything occurs that a ticket can say: what is new; what is voided, moved, fired and changed; what a
/// pass reads.
pub fn tickets(station: &Station) -> Vec<(Head, Ticket)> {
    let at = |table: &str| Place {
        order: 42,
        table: Some(table.to_owned()),
        order_type: "Eat in".to_owned(),
        allergies: None,
        called: None,
    };
    let away = Place {
        order: 43,
        table: None,
        order_type: "Take away".to_owned(),
        allergies: Some("sesame".to_owned()),
        called: None,
    };
    let burger = |place: &Place| Dish {
        quantity: Quantity::pieces(2),
        name: "Cheeseburger".to_owned(),
        choices: vec![choice(Amount::Normal, "Medium"), choice(Amount::No, "Onions"), choice(Amount::Extra, "Bacon")],
        note: Some("Nut allergy: clean pan".to_owned()),
        seat: Some(3),
        course: Some(2),
        place: place.clone(),
        ..Dish::default()
    };
    let plain = |name: &str, place: &Place| Dish {
        quantity: Quantity::pieces(1),
        name: name.to_owned(),
        place: place.clone(),
        ..Dish::default()
    };
    let place = at("12");
    let changed = Dish { note: None, quantity: Quantity::pieces(1), ..burger(&place) };
    let new = vec![entry(None, Some(burger(&place))), entry(None, Some(plain("Soup of the day with bread", &place)))];
    let pudding = Dish { course: Some(3), ..plain("Sticky toffee pudding", &place) };
    let desserts = CourseOnTicket { number: 3, name: "Desserts".to_owned(), waits: false };
    let later = vec![
        entry(Some(plain("Soup of the day with bread", &place)), None),
        entry(Some(burger(&place)), Some(changed)),
        entry(Some(plain("Chips", &at("7"))), Some(plain("Chips", &place))),
        entry(Some(pudding.clone()), Some(pudding)),
    ];
    let out = Place { order_type: away.order_type.clone(), ..place.clone() };
    let mut pass = vec![entry(Some(plain("Side salad", &place)), Some(plain("Side salad", &out)))];
    pass[0].made_at = vec!["Grill".to_owned(), "Cold kitchen".to_owned()];
    let head = |place: &Place, name: Option<&str>, covers| Head {
        place: place.clone(),
        name: name.map(str::to_owned),
        covers,
        server: "Ada".to_owned(),
        due: None,
        courses: Vec::new(),
        news: Vec::new(),
    };
    let served = News::Server { was: "Ada".to_owned(), now: "Ben".to_owned() };
    let elsewhere = if station.name.eq_ignore_ascii_case("bar") { "Kitchen" } else { "Bar" };
    [
        (head(&place, None, Some(4)), new, vec![elsewhere.to_owned()]),
        (Head { courses: vec![desserts], news: vec![served], ..head(&place, None, Some(4)) }, later, Vec::new()),
        (head(&away, Some("Mrs Okafor"), None), pass, Vec::new()),
    ]
    .into_iter()
    .zip(1..)
    .map(|((head, entries, also), number)| {
        let (code, name, label) = (station.code.clone(), station.name.clone(), label(&station.prefix, number));
        (head, Ticket { station: code, name, number, label, also, entries })
    })
    .collect()
}

fn choice(amount: Amount, name: &str) -> Choice {
    Choice { amount, name: name.to_owned(), depth: 0 }
}

fn entry(was: Option<Dish>, now: Option<Dish>) -> Entry {
    Entry { line: LineId(1), was, now, made_at: Vec::new() }
}
