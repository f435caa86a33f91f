//! From the input line, a key or a scan to an item that is sold; and what Enter would do, said
//! while it is typed.

use std::borrow::Cow;

use crate::domain::barcode::{self, Scanned};
use crate::domain::catalogue::{Availability, Item};
use crate::domain::command::{Command, PriceGiven, Ring};
use crate::domain::event::Event;
use crate::domain::ids::IdSource;
use crate::domain::money::Money;
use crate::domain::options;
use crate::domain::order::{Line, Unit};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Refusal;
use crate::domain::schedule;
use crate::domain::till::{Ctx, Till};
use crate::ui::action::Action;
use crate::ui::entry::{self, Entry, Reading, Target};
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Ask, Dialog, Letters, Ui};
use crate::ui::{Request, modifiers, order, palette, pay, stock};

/// How many search results are looked at.
pub(super) const HITS: usize = 40;

/// Ids for a decision that is only tried.
struct NoIds;

impl IdSource for NoIds {
    fn next(&mut self) -> uuid::Uuid {
        uuid::Uuid::nil()
    }
}

/// What a command would do, were it given now.
pub(super) fn try_out(ui: &Ui, till: &Till, command: &Command) -> Result<Vec<Event>, Refusal> {
    till.decide(command, &mut Ctx { now: ui.now, ids: &mut NoIds, approver: None })
}

/// The line that a command would make.
pub(super) fn line_of(events: &[Event]) -> Option<(&Line, Option<&Line>)> {
    events.iter().find_map(|e| match e {
        Event::LineChanged { before, after: Some(after), .. } => Some((&**after, before.as_deref())),
        _ => None,
    })
}

pub(super) fn reading(ui: &Ui, till: &Till) -> Reading {
    Reading { currency: till.settings.currency, bare_is_minor: ui.setup.bare_is_minor }
}

/// What the input line means now. Letters without a `/` are searched where letters search.
pub(super) fn entry(ui: &Ui, till: &Till) -> Entry {
    let entry = entry::parse(ui.kept.input.text(), reading(ui, till));
    match entry {
        Entry::Sell { quantity, price, target: Target::Code(code) }
            if ui.setup.letters == Letters::Search
                && code.contains(|c: char| !c.is_ascii_digit())
                && till.catalogue.item(&code).is_none() =>
        {
            Entry::Sell { quantity, price, target: Target::Letters(code) }
        }
        entry => entry,
    }
}

/// Whether results of a search are shown, and the letters.
pub(super) fn searching(ui: &Ui, till: &Till) -> Option<String> {
    match entry(ui, till) {
        Entry::Sell { target: Target::Letters(letters), .. } => Some(letters),
        _ => None,
    }
}

/// The search results for some letters, as places in the menu; everything when there are none.
pub(super) fn hits(ui: &Ui, till: &Till, letters: &str) -> Vec<usize> {
    if letters.is_empty() {
        return (0..till.catalogue.items().len().min(HITS)).collect();
    }
    match &ui.found {
        Some((found_for, hits)) if found_for == letters => hits.clone(),
        Some(_) | None => find(ui, letters),
    }
}

fn find(ui: &Ui, letters: &str) -> Vec<usize> {
    ui.index.find(letters, HITS).into_iter().map(|hit| hit.item).collect()
}

/// The place of the selected result: the first one's until the results were seen; none when the
/// selected one is not there any more.
pub(super) fn hit(ui: &Ui, till: &Till, hits: &[usize]) -> Option<usize> {
    let Some(code) = &ui.kept.on else { return (!hits.is_empty()).then_some(0) };
    hits.iter().position(|&i| till.catalogue.items().get(i).is_some_and(|item| item.code == *code))
}

/// Keeps what the letters in the input line find, since each key asks for it several times.
pub(super) fn keep_found(ui: &mut Ui, till: &Till) {
    let Some(letters) = searching(ui, till).filter(|letters| !letters.is_empty()) else {
        ui.found = None;
        return;
    };
    if ui.found.as_ref().is_none_or(|(found_for, _)| *found_for != letters) {
        ui.found = Some((letters.clone(), find(ui, &letters)));
    }
}

/// Keeps which result, or action, is selected, so that another one in its place is never taken for it.
pub(super) fn keep_selected(ui: &mut Ui, till: &Till) {
    if ui.kept.on.is_some() {
        return;
    }
    if let Some(letters) = searching(ui, till) {
        let first = hits(ui, till, &letters).first().copied();
        ui.kept.on = first.and_then(|i| till.catalogue.items().get(i)).map(|item| item.code.clone());
    } else if let Some(letters) = palette::letters(ui) {
        ui.kept.on = palette::chosen(ui, letters).map(|action| action.name().to_owned());
    }
}

/// What selling a target means, or why it means nothing.
fn ring_for(
    ui: &Ui,
    till: &Till,
    quantity: Option<Quantity>,
    price: Option<Money>,
    target: &Target,
) -> Result<Ring, NoRing> {
    let price = price.map_or(PriceGiven::Menu, PriceGiven::Typed);
    let ring = |item: &str, quantity, price| Ring {
        item: item.to_owned(),
        quantity,
        net: false,
        price,
        picks: None,
        confirmed: false,
    };
    match target {
        Target::Letters(letters) => {
            let hits = hits(ui, till, letters);
            match hit(ui, till, &hits).and_then(|at| till.catalogue.items().get(*hits.get(at)?)) {
                Some(item) => Ok(ring(&item.code, quantity, price)),
                None if hits.is_empty() => Err(NoRing::Said(format!("Nothing on the menu is like {letters}"))),
                None => Err(NoRing::Said("The menu has changed: select again".to_owned())),
            }
        }
        Target::Code(code) => {
            if let Some(item) = till.catalogue.item(code) {
                return Ok(ring(&item.code, quantity, price));
            }
            match barcode::read(code, &ui.setup.patterns, &till.catalogue, till.settings.currency) {
                Scanned::Item(item) => Ok(ring(&item, quantity, price)),
                Scanned::Weighed { .. } | Scanned::Counted { .. } if quantity.is_some() => Err(NoRing::Said(
                    "The label says how much it is: scan each piece, with no number before".to_owned(),
                )),
                Scanned::Priced { .. } if price != PriceGiven::Menu => {
                    Err(NoRing::Said("The label says what it costs: scan it with no price before".to_owned()))
                }
                Scanned::Priced { code, price } => Ok(ring(&code, quantity, PriceGiven::Barcode(price))),
                Scanned::Weighed { code, quantity } => Ok(Ring { net: true, ..ring(&code, Some(quantity), price) }),
                Scanned::Counted { code, quantity } => Ok(ring(&code, Some(quantity), price)),
                Scanned::Unknown { barcode } => Err(NoRing::Unknown(barcode)),
                Scanned::Bad { why } => Err(NoRing::Said(why)),
            }
        }
    }
}

/// Why nothing is sold.
enum NoRing {
    /// In words.
    Said(String),
    /// A barcode that no item has.
    Unknown(String),
}

/// Sells what the input line says.
pub(super) fn sell(
    ui: &mut Ui,
    till: &Till,
    quantity: Option<Quantity>,
    price: Option<Money>,
    target: &Target,
) -> Vec<Request> {
    match ring_for(ui, till, quantity, price, target) {
        Ok(ring) => {
            ui.kept.input.clear();
            start(ui, till, ring)
        }
        Err(NoRing::Said(why)) => {
            ui.say(Tone::Bad, why);
            Vec::new()
        }
        Err(NoRing::Unknown(barcode)) if barcode.len() >= 8 => {
            ui.kept.input.clear();
            ui.open(Dialog::Unknown { barcode });
            Vec::new()
        }
        Err(NoRing::Unknown(code)) => {
            let hints = hints(ui, till, &code).into_iter();
            let words: Vec<String> = std::iter::once(Refusal::NoItem(code).to_string()).chain(hints).collect();
            ui.say(Tone::Bad, words.join(" · "));
            ui.kept.refused = true;
            Vec::new()
        }
    }
}

/// Sells an item by its key on the page that is shown. Digits typed before are the quantity.
pub(super) fn hotkey(ui: &mut Ui, till: &Till, key: char) -> Vec<Request> {
    let page = till.catalogue.pages().get(ui.kept.page);
    let Some(item) = page.and_then(|p| p.keys.get(&key)).and_then(|&i| till.catalogue.items().get(i)) else {
        let find = super::key_name(ui, super::Context::Order, super::Action::Search);
        ui.say(Tone::Warn, format!("No item is on key {key} of this page: {find} finds one"));
        ui.kept.refused = true;
        return Vec::new();
    };
    let (quantity, price) = match prefix(ui, till) {
        Ok(prefix) => prefix,
        Err(why) => {
            ui.say(Tone::Bad, why);
            return Vec::new();
        }
    };
    let price = price.map_or(PriceGiven::Menu, PriceGiven::Typed);
    ui.kept.input.clear();
    let ring = Ring { item: item.code.clone(), quantity, net: false, price, picks: None, confirmed: false };
    start(ui, till, ring)
}

/// What stands in the input line before a key gives it meaning: a quantity, a price, both.
fn prefix(ui: &Ui, till: &Till) -> Result<(Option<Quantity>, Option<Money>), String> {
    match entry(ui, till) {
        Entry::Empty => Ok((None, None)),
        Entry::Unfinished { quantity, price } => Ok((quantity, price)),
        Entry::SetQuantity(quantity) => Ok((Some(quantity), None)),
        Entry::SetPrice(price) => Ok((None, Some(price))),
        Entry::Sell { quantity: None, price, target: Target::Code(digits) } => {
            Ok((Some(Quantity::parse(&digits)?), price))
        }
        Entry::Sell { .. } | Entry::Action { .. } => Err("Finish or clear the input line first".to_owned()),
        Entry::Wrong(why) => Err(why),
    }
}

/// Sells what was scanned. A number typed before is the quantity; a scan never is. Letters and names
/// that are being typed stay.
pub(super) fn scan(ui: &mut Ui, till: &Till, scan: &str) -> Vec<Request> {
    let typed = prefix(ui, till);
    if typed.is_ok() {
        ui.kept.input.clear();
    }
    let (quantity, price) = typed.unwrap_or((None, None));
    match ring_for(ui, till, quantity, price, &Target::Code(scan.to_owned())) {
        Ok(ring) => start(ui, till, ring),
        Err(NoRing::Said(why)) => {
            ui.say(Tone::Bad, why);
            Vec::new()
        }
        Err(NoRing::Unknown(barcode)) => {
            ui.open(Dialog::Unknown { barcode });
            Vec::new()
        }
    }
}

/// Begins selling an item: asks for its options first where they must be asked.
pub(super) fn start(ui: &mut Ui, till: &Till, ring: Ring) -> Vec<Request> {
    ui.kept.sale_shown = false;
    match till.catalogue.item(&ring.item) {
        // Nobody answers questions about what there is none of.
        Some(item) if till.is_sold_out(&item.code) => {
            ui.say(Tone::Bad, Refusal::SoldOut(item.name.clone()).to_string());
            Vec::new()
        }
        Some(item) if ring.picks.is_none() && modifiers::asks(till, item) => {
            modifiers::open(ui, till, item, Some(ring), None);
            Vec::new()
        }
        Some(_) | None => vec![Request::Command(Command::Ring(ring))],
    }
}

/// What Enter would do, or why it cannot: `2 × Flat white 3.20 = 6.40`.
pub(super) fn echo(ui: &Ui, till: &Till) -> Text {
    match entry(ui, till) {
        Entry::Empty => Text::default(),
        Entry::Wrong(why) => Text::new(Tone::Warn, why),
        Entry::Action { name, answers } => palette::echo(ui).unwrap_or_else(|| order::echo_action(&name, &answers)),
        Entry::SetQuantity(quantity) => match order::selected(ui, till) {
            Some(line) => {
                let line_id = line.id;
                let name = line.name.clone();
                would(ui, till, &Command::SetQuantity { line: line_id, quantity, confirmed: false }, &name)
            }
            None => Text::new(Tone::Warn, "There is no line to set the quantity of"),
        },
        Entry::SetPrice(price) => match order::selected(ui, till) {
            Some(line) => {
                let shown = till.settings.currency.show(price);
                Text::new(
                    Tone::Normal,
                    format!("{} at {shown} instead of {}", line.name, till.settings.currency.show(line.unit_price)),
                )
            }
            None => Text::new(Tone::Warn, "There is no line to set the price of"),
        },
        Entry::Unfinished { quantity, price } => {
            let quantity = quantity.map(|q| format!("{q} × ")).unwrap_or_default();
            let price = price.map(|p| format!(" at {}", till.settings.currency.show(p))).unwrap_or_default();
            Text::new(Tone::Dim, format!("{quantity}…{price}  then a code or an item's key"))
        }
        Entry::Sell { quantity, price, target } => match ring_for(ui, till, quantity, price, &target) {
            Ok(ring) => echo_ring(ui, till, ring),
            Err(NoRing::Said(why)) => Text::new(Tone::Warn, why),
            Err(NoRing::Unknown(code)) => echo_digits(ui, till, &code),
        },
    }
}

/// Digits that are no code may still become a quantity or an amount: what they are likely to be is
/// said, and with which key.
fn echo_digits(ui: &Ui, till: &Till, code: &str) -> Text {
    let hints = hints(ui, till, code);
    if hints.is_empty() {
        return Text::new(Tone::Warn, Refusal::NoItem(code.to_owned()).to_string());
    }
    Text::new(Tone::Dim, format!("no code {code} · {}", hints.join(" · ")))
}

/// What keys would make of digits that are no code, where it makes sense.
fn hints(ui: &Ui, till: &Till, code: &str) -> Vec<String> {
    let mut hints = Vec::new();
    if let Some(spot) = till.settings.spot(code) {
        let key = super::key_name(ui, super::Context::Order, Action::Table);
        hints.push(format!("{key} goes to table {}", spot.name));
    }
    if let Some(quantity) = Quantity::parse(code).ok().filter(|q| !q.is_zero() && *q < Quantity::pieces(100)) {
        hints.push(format!("{quantity} × an item's key"));
    }
    let whole_unit = Money::from_minor(till.settings.currency.minor_per_unit());
    let likely = reading(ui, till).amount(code).is_ok_and(|amount| amount >= whole_unit);
    if let Some(cash) = pay::tender_of(till, Action::Cash).filter(|_| likely)
        && let Ok(words) = pay::words(ui, till, cash, code)
    {
        hints.push(format!("{} takes {words}", super::key_name(ui, super::Context::Order, Action::Cash)));
    }
    hints
}

fn echo_ring(ui: &Ui, till: &Till, ring: Ring) -> Text {
    let Some(item) = till.catalogue.item(&ring.item) else { return Text::default() };
    let name = match ring.quantity {
        Some(quantity) => format!("{quantity} × {}", item.name),
        None => item.name.clone(),
    };
    would(ui, till, &Command::Ring(ring), &name)
}

fn would(ui: &Ui, till: &Till, command: &Command, name: &str) -> Text {
    match try_out(ui, till, command) {
        Ok(events) => match line_of(&events) {
            Some((line, before)) => Text::new(Tone::Good, line_words(till, line, before, command)),
            None => Text::new(Tone::Dim, "nothing changes"),
        },
        Err(Refusal::NeedsChoice { group, .. }) => Text::new(Tone::Normal, format!("{name}: then choose {group}")),
        Err(Refusal::NeedsPrice { min, max, .. }) => {
            Text::new(Tone::Normal, format!("{name}: then type its price, {min} to {max}"))
        }
        Err(Refusal::NeedsWeight(_)) => Text::new(Tone::Normal, format!("{name}: then type its weight in kg")),
        Err(Refusal::NeedsPermission(permission)) => {
            Text::new(Tone::Warn, format!("{name}: needs the PIN of somebody who may {}", permission.words()))
        }
        Err(refusal) => Text::new(Tone::Warn, refusal.to_string()),
    }
}

/// `2 × Flat white 3.20 = 6.40`, with what is left of a counted item.
pub(super) fn line_words(till: &Till, line: &Line, before: Option<&Line>, command: &Command) -> String {
    let show = |amount| till.settings.currency.show(amount);
    let each = line.unit_price + if line.unit == Unit::Each { line.modifiers_price() } else { Money::ZERO };
    let rung = match (command, before) {
        (Command::Ring(_), Some(before)) => line.quantity - before.quantity,
        _ => line.quantity,
    };
    let mut part = line.clone();
    part.quantity = rung;
    let unit = if line.unit == Unit::Kg { " kg" } else { " ×" };
    let left = match till.availability.get(&line.item) {
        Some(Availability::Left(left)) => format!(" · {left} left"),
        Some(Availability::SoldOut) | None => String::new(),
    };
    let low = stock::low_words(till, line);
    format!("{rung}{unit} {} {} = {}{left}{low}", line.name, show(each), show(part.amount()))
}

/// The price of an item now, as its key shows it: on the order on screen, or on a new one.
pub(super) fn price_tag(ui: &Ui, till: &Till, item: &Item) -> Text {
    use crate::domain::catalogue::Pricing;
    match till.availability.get(&item.code) {
        Some(Availability::SoldOut) => return Text::new(Tone::Dim, "86"),
        Some(Availability::Left(left)) if left.is_zero() => return Text::new(Tone::Dim, "86"),
        Some(Availability::Left(left)) => return Text::new(Tone::Warn, format!("{left} left")),
        None => {}
    }
    let new = || till.settings.new_face();
    let face = till.current().map_or_else(|| Cow::Owned(new()), |o| Cow::Borrowed(&o.face));
    let price = schedule::of_item(item, &face, ui.now, &till.settings);
    // What is priced by a choice that must be made: its least, and that there is more.
    let now = |item: &Item| schedule::of_item(item, &face, ui.now, &till.settings).map_or(Money::ZERO, |p| p.now);
    let least = options::least(&till.catalogue, item, till.settings.halves, now);
    let from = if least.is_zero() { "" } else { "+" };
    let shown = price.map(|p| till.settings.currency.show(p.now + least) + from).unwrap_or_default();
    match &item.pricing {
        Pricing::Each(_) => Text::from(shown),
        Pricing::PerKg { .. } => Text::from(format!("{shown}/kg")),
        Pricing::Open { .. } => Text::new(Tone::Dim, "open"),
    }
}

/// The scale answered, for the weight that is asked: sold at once, unless something was typed by now.
pub(super) fn weighed(ui: &mut Ui, weighed: Result<Quantity, String>) -> Vec<Request> {
    let Some(Dialog::Prompt { ask: Ask::Weight(ring), edit }) = ui.kept.dialogs.last() else { return Vec::new() };
    match weighed {
        Ok(quantity) if edit.is_empty() => {
            let ring = Ring { quantity: Some(quantity), ..ring.clone() };
            ui.close();
            vec![Request::Command(Command::RingWeighed(ring))]
        }
        Ok(_) => Vec::new(),
        Err(why) => {
            ui.say(Tone::Bad, format!("{why} · type the weight"));
            Vec::new()
        }
    }
}
