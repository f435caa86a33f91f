//! What ringing an order took, and the shorter way; and drills: a ticket to ring, scored.

use std::collections::BTreeMap;

use crate::domain::catalogue::{Item, Pricing};
use crate::domain::money::Money;
use crate::domain::options;
use crate::domain::order::{Line, Unit};
use crate::domain::quantity::Quantity;
use crate::domain::sale::Sale;
use crate::domain::tender::Tender;
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::ui::action::{Action, Context};
use crate::ui::screen::{Text, Tone};
use crate::ui::state::Ui;
use crate::ui::{Request, key_name, modifiers, pay};

/// What was done since the order began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Keys that were pressed.
    pub keys: u32,
    /// How many of them were answered with a warning or a refusal.
    pub mistakes: u32,
    /// When the first was pressed, in UTC milliseconds.
    began_ms: Option<i64>,
}

/// A ticket to ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    /// Its number, from 1.
    pub number: u32,
    /// Items by code, with how many of each.
    wanted: BTreeMap<String, i64>,
    /// What is handed over: so much cash, or the card where there is nothing.
    cash: Option<Money>,
}

/// How drills went so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// How many were rung.
    pub drills: u32,
    /// The points of all of them: at most 100 each.
    pub points: u32,
}

/// Whether nothing is begun: the next key begins an order.
pub(super) fn is_fresh(ui: &Ui, till: &Till) -> bool {
    till.current().is_none() && ui.kept.input.is_empty() && ui.kept.dialogs.is_empty() && ui.drill.is_none()
}

/// Counts keys; `fresh` says that an order begins with them, `scolded` that they were answered with a warning.
pub(super) fn counted(ui: &mut Ui, now: Stamp, keys: usize, fresh: bool) {
    if fresh {
        ui.effort = Effort::default();
    }
    let scolded = ui.message.as_ref().is_some_and(|(tone, _)| matches!(tone, Tone::Bad | Tone::Warn));
    ui.effort.keys += keys as u32;
    ui.effort.mistakes += u32::from(scolded);
    ui.effort.began_ms.get_or_insert(now.utc_ms);
}

/// Gives a ticket to ring; with one that is not rung yet, another.
pub(super) fn drill(ui: &mut Ui, till: &Till) -> Vec<Request> {
    if !till.settings.training {
        ui.say(Tone::Warn, "Drills are for practice: counterflow training opens a till for it");
        return Vec::new();
    }
    if till.current().is_some_and(|order| !order.is_blank()) {
        ui.say(Tone::Warn, "Settle the order on screen first, or throw it away");
        return Vec::new();
    }
    let number = ui.score.drills + 1;
    ui.drill = ticket(ui, till, number);
    ui.effort = Effort::default();
    // The ticket stands where the last sale was.
    ui.kept.sale_shown = false;
    let words = match &ui.drill {
        Some(_) => format!("Drill {number}: ring what stands at the left; the clock runs from your first key"),
        None => "The menu has nothing to practise with".to_owned(),
    };
    ui.say(Tone::Accent, words);
    Vec::new()
}

/// A ticket of one to three dishes, other ones at each time of asking.
fn ticket(ui: &Ui, till: &Till, number: u32) -> Option<Drill> {
    let plain = |code: &&String| {
        let item = till.catalogue.item(code);
        item.is_some_and(|item| matches!(item.pricing, Pricing::Each(_)))
    };
    let keys = till.catalogue.pages().iter().flat_map(|page| page.keys.values());
    let codes: Vec<&String> =
        keys.filter_map(|&at| till.catalogue.items().get(at)).map(|i| &i.code).filter(plain).collect();
    // No chance decides: the time and the number do, so that a session can be played again.
    let mut seed = ui.now.utc_ms.unsigned_abs() ^ u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below.max(1)
    };
    let mut wanted = BTreeMap::new();
    for _ in 0..=draw(3) {
        let code = codes.get(draw(codes.len()))?;
        *wanted.entry((*code).clone()).or_insert(0) += 1 + draw(3) as i64;
    }
    // A note is handed over that leaves room for what options cost; else what is due, exactly.
    let price = |code: &String| match &till.catalogue.item(code)?.pricing {
        Pricing::Each(prices) => prices.values().max().copied(),
        Pricing::Open { .. } | Pricing::PerKg { .. } => None,
    };
    let pieces = wanted.iter().flat_map(|(code, count)| (0..*count).filter_map(move |_| price(code)));
    let most = pieces.sum::<Money>().minor() * 3 / 2;
    let enough: Vec<Money> = ui.setup.notes.iter().copied().filter(|note| note.minor() >= most).collect();
    let cash = (draw(3) > 0).then(|| enough.get(draw(enough.len() + 1)).copied().unwrap_or_default());
    Some(Drill { number, wanted, cash })
}

/// The ticket, as the order pane shows it.
pub(super) fn rows(ui: &Ui, till: &Till) -> Vec<Text> {
    let Some(drill) = &ui.drill else { return Vec::new() };
    let name = |code: &str| till.catalogue.item(code).map_or_else(|| code.to_owned(), |item| item.name.clone());
    let mut rows = vec![Text::new(Tone::Accent, format!("DRILL {}", drill.number))];
    rows.extend(drill.wanted.iter().map(|(code, count)| Text::new(Tone::Accent, format!("{count} {}", name(code)))));
    rows.push(Text::new(Tone::Accent, format!("paid {}", how(till, drill))));
    rows
}

/// How a ticket is paid, in words.
fn how(till: &Till, drill: &Drill) -> String {
    match drill.cash {
        None => "by card".to_owned(),
        Some(Money::ZERO) => "exactly, in cash".to_owned(),
        Some(note) => format!("with {} in cash", till.settings.currency.show(note)),
    }
}

/// What is said of a sale: how it was rung, and in a drill whether it was right.
pub(super) fn told(ui: &mut Ui, till: &Till, sale: &Sale) -> String {
    let effort = std::mem::take(&mut ui.effort);
    // Most tills teach nobody: their sales wait for no counting.
    let (Some(began_ms), true) = (effort.began_ms, ui.setup.coaching || ui.drill.is_some()) else {
        return String::new();
    };
    let seconds = (sale.completed.utc_ms - began_ms).max(0) / 1000;
    let way = shortest(ui, till, sale).filter(|_| ui.drill.is_some() || is_plain(till, sale));
    let shorter = match &way {
        Some((way, keys)) if *keys < effort.keys => format!(", {keys} would do: {way}"),
        Some(_) | None => String::new(),
    };
    let took = format!("{} keys, {seconds} s{shorter}", effort.keys);
    let Some(drill) = ui.drill.take() else { return took };
    let wrong = wrong(till, &drill, sale);
    let best = way.map_or(effort.keys, |(_, keys)| keys).min(effort.keys);
    let points = match wrong {
        None => (100 * best / effort.keys.max(1)).saturating_sub(10 * effort.mistakes),
        Some(_) => 0,
    };
    ui.score = Score { drills: ui.score.drills + 1, points: ui.score.points + points };
    let average = ui.score.points / ui.score.drills;
    let verdict = wrong.map_or_else(|| "right".to_owned(), |why| format!("WRONG, {why}"));
    let mistakes = if effort.mistakes > 0 { format!(", {} mistakes", effort.mistakes) } else { String::new() };
    format!("{verdict}: {points} points, {average} on average · {took}{mistakes}")
}

/// What of a sale is not what the ticket asked for: the first dish, or how it was paid.
fn wrong(till: &Till, drill: &Drill, sale: &Sale) -> Option<String> {
    let mut rung: BTreeMap<String, i64> = BTreeMap::new();
    for line in sale.lines.iter().filter(|line| line.is_live() && line.is_rung() && !line.charge) {
        *rung.entry(line.item.clone()).or_default() += line.quantity.thousandths() / 1000;
    }
    let name = |code: &str| till.catalogue.item(code).map_or_else(|| code.to_owned(), |item| item.name.clone());
    for code in drill.wanted.keys().chain(rung.keys()) {
        let [got, wanted] = [&rung, &drill.wanted].map(|dishes| dishes.get(code).copied().unwrap_or_default());
        if got != wanted {
            return Some(format!("{wanted} {} were asked for, not {got}", name(code)));
        }
    }
    let paid = match (sale.payments.as_slice(), drill.cash) {
        ([payment], None) => !payment.opens_drawer,
        // A note that is not enough, and none at all, mean exactly what is due.
        ([payment], Some(note)) if note >= payment.amount => payment.opens_drawer && payment.tendered == note,
        ([payment], Some(_)) => payment.opens_drawer && payment.change.is_zero(),
        (_, _) => false,
    };
    (!paid).then(|| format!("it is paid {}", how(till, drill)))
}

/// Whether nothing had to be said but what is sold: a table, a name, an address take keys that nobody can spare.
fn is_plain(till: &Till, sale: &Sale) -> bool {
    let usual = till.settings.order_types.first().is_some_and(|usual| usual.code == sale.order_type);
    usual && sale.table.is_none() && sale.name.is_none() && sale.customer.is_none()
}

/// The fewest keys for a sale, from the first page on, and what they are; none where they cannot be told.
fn shortest(ui: &Ui, till: &Till, sale: &Sale) -> Option<(String, u32)> {
    let mut page = 0;
    let mut way: Vec<String> = Vec::new();
    let mut keys = 0;
    // The same dish on several lines is one way to ring it more often.
    let mut dishes: Vec<(&Line, Quantity)> = Vec::new();
    for line in sale.lines.iter().filter(|line| line.is_live() && line.is_rung() && !line.charge) {
        match dishes.iter_mut().find(|(l, _)| l.item == line.item && l.modifiers == line.modifiers) {
            Some((_, quantity)) => *quantity = *quantity + line.quantity,
            None => dishes.push((line, line.quantity)),
        }
    }
    for (line, quantity) in dishes {
        if line.unit != Unit::Each || line.discount.is_some() {
            return None;
        }
        let (words, count) = dish(till, line, quantity, &mut page)?;
        way.push(words);
        keys += count;
    }
    let [payment] = sale.payments.as_slice() else { return None };
    let (words, count) = paying(ui, till, till.settings.tender(&payment.tender)?, payment.tendered, payment.change)?;
    way.push(words);
    Some((way.join(" "), keys + count))
}

/// The fewest keys for a dish: its letter, on this page or another, or its code.
fn dish(till: &Till, line: &Line, quantity: Quantity, page: &mut usize) -> Option<(String, u32)> {
    let pages = till.catalogue.pages();
    let at = till.catalogue.place(&line.item)?;
    let letter = |page: usize| pages.get(page).and_then(|p| p.keys.iter().find(|(_, i)| **i == at)).map(|(c, _)| *c);
    let turned = || (0..pages.len().min(26)).find_map(|other| Some((other, letter(other)?)));
    let many = if quantity == Quantity::ONE { String::new() } else { quantity.to_string() };
    let options = till.catalogue.item(&line.item).map_or(0, |item| choosing(till, item, line));
    let code = if many.is_empty() { line.item.clone() } else { format!("{many}*{}", line.item) };
    let by_code = (format!("{code}⏎"), code.chars().count() as u32 + 1);
    let by_letter = match (letter(*page), turned()) {
        (Some(c), _) => Some((*page, format!("{many}{c}"))),
        (None, Some((other, c))) => Some((other, format!("{}{many}{c}", char::from(b'A' + other as u8)))),
        (None, None) => None,
    };
    let (words, count) = match by_letter {
        Some((on, words)) if (words.chars().count() as u32) <= by_code.1 => {
            *page = on;
            let count = words.chars().count() as u32;
            (words, count)
        }
        Some(_) | None => by_code,
    };
    Some((words, count + options))
}

/// The fewest keys to choose a dish's options: none for the usual ones of a dish that does not ask.
fn choosing(till: &Till, item: &Item, line: &Line) -> u32 {
    let usual = options::picks(&till.catalogue, &item.code, &line.modifiers) == options::defaults_to_be_had(till, item);
    match (modifiers::asks(till, item), usual) {
        (false, true) => 0,
        (true, true) => 1,
        (true, false) => line.modifiers.len() as u32 + 1,
        // They are opened first.
        (false, false) => line.modifiers.len() as u32 + 2,
    }
}

/// The fewest keys to take a payment.
fn paying(ui: &Ui, till: &Till, tender: &Tender, tendered: Money, change: Money) -> Option<(String, u32)> {
    let key = |action| key_name(ui, Context::Order, action);
    let notes = [Action::Cash1, Action::Cash2, Action::Cash3, Action::Cash4];
    let note = ui.setup.notes.iter().zip(notes).find(|(note, _)| **note == tendered).map(|(_, action)| action);
    let one = |action| Some((key(action), 1));
    if pay::tender_of(till, Action::Cash) == Some(tender) {
        return match (change.is_zero(), note) {
            (true, _) => one(Action::Cash),
            (false, Some(action)) => one(action),
            (false, None) => {
                let typed = tendered.minor().to_string();
                Some((format!("{typed}{}", key(Action::Cash)), typed.len() as u32 + 1))
            }
        };
    }
    if pay::tender_of(till, Action::Card) == Some(tender) {
        return one(Action::Card);
    }
    let at = till.settings.tenders.iter().position(|t| t == tender)?;
    Some((format!("{}{}", key(Action::Pay), pay::letter(at)), 2))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::ui::tests::play::Play;

    /// What is said after these keys, where two espressos are to be rung and paid by card.
    fn check(keys: &str, coaching: bool, drilled: bool, said: &[&str]) {
        let mut play = Play::new();
        Arc::make_mut(&mut play.till.settings).training = true;
        play.ui.setup.coaching = coaching;
        let wanted = BTreeMap::from([("102".to_owned(), 2)]);
        play.ui.drill = drilled.then_some(Drill { number: 1, wanted, cash: None });
        play.ui.effort = Effort::default();
        play.keys(keys);
        assert_eq!(play.sales().len(), 1, "{keys}: {}", play.echo());
        for words in said {
            assert!(play.echo().contains(words), "{keys}: {}", play.echo());
        }
        assert_eq!(play.echo().contains(" keys, "), coaching || drilled, "{keys}: {}", play.echo());
    }

    #[test]
    fn a_drill_is_scored_by_what_was_rung_and_in_how_many_keys() {
        check("2b<F11>", false, true, &["right: 100 points, 100 on average · 3 keys"]);
        check("2*102<Enter><F11>", false, true, &["right: 42 points", "7 keys", "3 would do: 2b F11"]);
        check("b<F11>", false, true, &["WRONG, 2 Espresso were asked for, not 1: 0 points"]);
        check("2b<F12>", false, true, &["WRONG, it is paid by card: 0 points"]);
        check("b<F12>", true, false, &["2 keys, 0 s · Paid 2.40 · receipt 1"]);
        check("b<F12>", false, false, &["Paid 2.40 · receipt 1"]);
        // The milk is whole unless somebody says otherwise: it takes no key.
        check("2*101<Enter><F12>", true, false, &["7 keys, 0 s, 3 would do: 2a F12"]);
    }

    #[test]
    fn nobody_is_told_to_leave_out_the_table() {
        let mut play = Play::new();
        play.ui.setup.coaching = true;
        play.keys("6<Ctrl-G>2*102<Enter><F10>a");
        assert!(play.echo().contains(" keys, 0 s · Paid"), "{}", play.echo());
    }

    #[test]
    fn the_ticket_of_each_drill_is_shown_also_after_a_sale() {
        let mut play = Play::new();
        Arc::make_mut(&mut play.till.settings).training = true;
        play.keys("b<F12>").line(":drill");
        assert!(play.screen_text().starts_with("New order"), "{}", play.screen_text());
        assert!(!rows(&play.ui, &play.till).is_empty(), "{}", play.echo());
    }
}
