//! Points and stamps on screen: how a guest stands, and using them.

use crate::domain::command::Command;
use crate::domain::ids::{CustomerId, LineId};
use crate::domain::order::Order;
use crate::domain::points::{Scheme, Spent};
use crate::domain::refusal::Refusal;
use crate::domain::text::fold;
use crate::domain::till::Till;
use crate::ui::Request;
use crate::ui::customers::CustomerFor;
use crate::ui::lists::Row;
use crate::ui::order;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Ask, From, Then, Ui};

/// How somebody stands with a scheme: `7 of 10`.
pub(super) fn stands(till: &Till, customer: CustomerId, scheme: &Scheme) -> String {
    format!("{} of {}", till.points_of(customer, &scheme.code), scheme.at)
}

/// Below an order's lines: how its customer stands with each scheme.
pub(super) fn about(till: &Till, customer: CustomerId) -> Vec<(Text, Text)> {
    let row = |scheme: &Scheme| {
        let (stands, ready) = (stands(till, customer, scheme), is_ready(till, customer, scheme));
        let tone = if ready { Tone::Good } else { Tone::Dim };
        let label = if ready { format!(":redeem {}", scheme.name) } else { scheme.name.clone() };
        (Text::new(tone, label), Text::new(tone, stands))
    };
    till.settings.offers.schemes.iter().map(row).collect()
}

/// The key: uses the only scheme that there is enough for, or asks which.
pub(super) fn redeem(ui: &mut Ui, till: &Till, order: &Order) -> Vec<Request> {
    let schemes = &till.settings.offers.schemes;
    let line = order::selected(ui, till).map(|line| line.id);
    match (order.face.customer, schemes.as_slice()) {
        (_, []) => ui.say(Tone::Warn, Refusal::NoSchemes.to_string()),
        (_, [only]) => return vec![Request::Command(Command::Redeem { scheme: only.code.clone(), line })],
        (None, [first, ..]) => ui.say(Tone::Warn, Refusal::NeedsCustomer(first.name.clone()).to_string()),
        (Some(customer), several) if ui.answers.is_empty() => {
            let ready: Vec<&Scheme> = several.iter().filter(|s| is_ready(till, customer, s)).collect();
            match ready.as_slice() {
                [] => {
                    let stands = |s: &Scheme| format!("{} {}", s.name, stands(till, customer, s));
                    let all: Vec<String> = several.iter().map(stands).collect();
                    ui.say(Tone::Warn, format!("Not enough for a reward yet: {}", all.join(", ")));
                }
                [only] => return vec![Request::Command(Command::Redeem { scheme: only.code.clone(), line })],
                _ => ui.choose(From::Schemes(line)),
            }
        }
        (Some(_), _) => ui.choose(From::Schemes(line)),
    }
    Vec::new()
}

/// Whether somebody has enough for a reward.
fn is_ready(till: &Till, customer: CustomerId, scheme: &Scheme) -> bool {
    till.points_of(customer, &scheme.code) >= i64::from(scheme.at)
}

/// The key: asks how many points of the order's customer are given or taken, or whose.
pub(super) fn correct(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let schemes = &till.settings.offers.schemes;
    match (till.current().and_then(|order| order.face.customer), schemes.as_slice()) {
        (_, []) => ui.say(Tone::Warn, Refusal::NoSchemes.to_string()),
        (Some(customer), [only]) => return order::ask(ui, Ask::Points(customer, only.code.clone()), ""),
        (Some(customer), several) => match ui.answers.front().map(|word| fold(word)) {
            None => ui.choose(From::AccountActs(customer)),
            Some(word) => match several.iter().find(|s| fold(&s.code) == word || fold(&s.name).starts_with(&word)) {
                Some(scheme) => {
                    ui.answers.pop_front();
                    return order::ask(ui, Ask::Points(customer, scheme.code.clone()), "");
                }
                None if word.starts_with(['+', '-']) => {
                    ui.answers.clear();
                    let codes: Vec<&str> = several.iter().map(|scheme| scheme.code.as_str()).collect();
                    let first = codes.first().copied().unwrap_or_default();
                    ui.say(
                        Tone::Warn,
                        format!("Of which, {}? :points {first} {word} card was lost", codes.join(" or ")),
                    );
                }
                None => ui.choose(From::AccountActs(customer)),
            },
        },
        (None, _) => ui.choose(From::Customers(CustomerFor::Account)),
    }
    Vec::new()
}

/// What is asked then: whose points, and how they stand.
pub(super) fn asked(till: &Till, customer: CustomerId, code: &str) -> (String, String) {
    let scheme = till.settings.offers.schemes.iter().find(|scheme| scheme.code == code);
    let (name, now) = scheme.map_or((code, String::new()), |s| (s.name.as_str(), stands(till, customer, s)));
    (format!("{}: {name}", till.customer_name(customer)), format!("Now {now}"))
}

/// What was typed to put points right: `+3 card was lost`, `-2 rung twice`.
pub(super) fn typed(customer: CustomerId, scheme: &str, text: &str) -> Result<Command, String> {
    let (points, reason) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let signed = points.starts_with(['+', '-']);
    let points = points.parse::<i64>().ok().filter(|_| signed);
    let points = points.ok_or("Type how many more or fewer, and why: +3 card was lost")?;
    if reason.trim().is_empty() {
        return Err(format!("Say why, too: {points:+} card was lost"));
    }
    let (scheme, reason) = (scheme.to_owned(), reason.trim().to_owned());
    Ok(Command::CorrectPoints { customer, scheme, points, reason })
}

/// Every scheme, and how the order's customer stands with it.
pub(super) fn rows(till: &Till, line: Option<LineId>) -> Vec<Row> {
    let Some(customer) = till.current().and_then(|order| order.face.customer) else { return Vec::new() };
    let row = |(at, scheme): (usize, &Scheme)| {
        let stands = stands(till, customer, scheme);
        let tone = if is_ready(till, customer, scheme) { Tone::Good } else { Tone::Dim };
        Row {
            key: (at + 1).to_string(),
            label: scheme.name.clone(),
            value: Text::new(tone, stands),
            then: Then::Do(Command::Redeem { scheme: scheme.code.clone(), line }),
        }
    };
    till.settings.offers.schemes.iter().enumerate().map(row).collect()
}

/// Points were used: for what, and how many are left.
pub(super) fn told(till: &Till, spent: &Spent, on: &str) -> String {
    let scheme = till.settings.offers.schemes.iter().find(|scheme| scheme.code == spent.scheme);
    let name = scheme.map_or(spent.scheme.as_str(), |scheme| &scheme.name);
    let left = till.points_of(spent.customer, &spent.scheme);
    format!("{name}: {on} · {} used, {left} left", spent.points)
}
