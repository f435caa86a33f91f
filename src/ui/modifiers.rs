//! The dialog for options: digits that never shift, one group after the other, the line's price in
//! sight.

use serde::{Deserialize, Serialize};

use crate::domain::catalogue::{Amount, Group, Item};
use crate::domain::command::{Command, Pick, PriceGiven, Ring};
use crate::domain::ids::LineId;
use crate::domain::options::{self, Question};
use crate::domain::order::Line;
use crate::domain::till::Till;
use crate::ui::action::Action;
use crate::ui::screen::Tone;
use crate::ui::state::{Dialog, Ui};
use crate::ui::{Request, sell};

/// The modifier dialog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modifiers {
    /// What is being sold, when the line is not there yet.
    pub ring: Option<Ring>,
    /// The line, when it is.
    pub line: Option<LineId>,
    /// The item's code.
    pub item: String,
    /// What was chosen so far.
    pub picks: Vec<Pick>,
    /// The group that is shown, by its place among the asked ones.
    pub group: usize,
    /// The row that is selected.
    pub at: usize,
    /// The amount that the next digit takes.
    pub amount: Amount,
    /// The first digit of two.
    pub digit: Option<u16>,
}

/// Whether selling an item asks for its options: something must be chosen that has no default, or
/// the menu says so.
pub(super) fn asks(till: &Till, item: &Item) -> bool {
    let picks = options::defaults_to_be_had(till, item);
    options::questions(&till.catalogue, item, &picks).iter().any(|q| q.group.ask || q.missing(&picks) > 0)
}

/// Opens the dialog, for an item about to be sold or for a line.
pub(super) fn open(ui: &mut Ui, till: &Till, item: &Item, ring: Option<Ring>, line: Option<&Line>) {
    let picks = match line {
        Some(line) => options::picks(&till.catalogue, &item.code, &line.modifiers),
        None => options::defaults_to_be_had(till, item),
    };
    let dialog = Modifiers {
        ring,
        line: line.map(|l| l.id),
        item: item.code.clone(),
        picks,
        group: 0,
        at: 0,
        amount: Amount::Normal,
        digit: None,
    };
    ui.open(Dialog::Modifiers(Box::new(dialog)));
}

/// What is asked: about the item, and within options that were chosen.
pub(super) fn asked<'t>(till: &'t Till, m: &Modifiers) -> Vec<Question<'t>> {
    let item = till.catalogue.item(&m.item);
    item.map(|item| options::questions(&till.catalogue, item, &m.picks)).unwrap_or_default()
}

/// The option's number as its key: one digit, or always two where there are more than nine, so that
/// no key has to wait for another.
pub(super) fn digit_key(group: &Group, place: usize) -> String {
    if group.options.len() > 9 { format!("{:02}", place + 1) } else { (place + 1).to_string() }
}

/// The command that the dialog stands for now.
pub(super) fn command(m: &Modifiers) -> Command {
    match (&m.ring, m.line) {
        (Some(ring), _) => Command::Ring(Ring { picks: Some(m.picks.clone()), ..ring.clone() }),
        (None, Some(line)) => Command::SetModifiers { line, picks: m.picks.clone() },
        (None, None) => Command::Ring(Ring {
            item: m.item.clone(),
            quantity: None,
            net: false,
            price: PriceGiven::Menu,
            picks: Some(m.picks.clone()),
            confirmed: false,
        }),
    }
}

fn top(ui: &mut Ui) -> Option<&mut Modifiers> {
    match ui.kept.dialogs.last_mut() {
        Some(Dialog::Modifiers(m)) => Some(m),
        _ => None,
    }
}

/// A digit chooses; a letter says how much the next digit takes.
pub(super) fn char_typed(ui: &mut Ui, till: &Till, c: char) -> Vec<Request> {
    let Some(m) = top(ui) else { return Vec::new() };
    let amount = match c.to_ascii_lowercase() {
        'n' | '-' => Amount::No,
        'l' => Amount::Lite,
        'x' | '+' => Amount::Extra,
        'd' => Amount::Double,
        's' => Amount::Side,
        '0'..='9' => return digit(ui, till, c as u16 - u16::from(b'0')),
        '*' => return Vec::new(),
        _ => {
            ui.say(Tone::Warn, "Digits choose; before one: n no, l lite, x extra, d double, s side");
            return Vec::new();
        }
    };
    m.amount = if m.amount == amount { Amount::Normal } else { amount };
    Vec::new()
}

fn digit(ui: &mut Ui, till: &Till, digit: u16) -> Vec<Request> {
    let Some(m) = top(ui) else { return Vec::new() };
    let questions = asked(till, m);
    let Some(question) = questions.get(m.group) else { return Vec::new() };
    let place = if question.group.options.len() <= 9 {
        digit
    } else {
        match m.digit.take() {
            None => {
                m.digit = Some(digit);
                return Vec::new();
            }
            Some(first) => first * 10 + digit,
        }
    };
    choose(ui, till, place)
}

/// Chooses an option by its number, or lets it go.
fn choose(ui: &mut Ui, till: &Till, number: u16) -> Vec<Request> {
    let Some(m) = top(ui) else { return Vec::new() };
    let questions = asked(till, m);
    let Some(question) = questions.get(m.group) else { return Vec::new() };
    let (group, turn) = (question.group, question.turn);
    let Some(place) = usize::from(number).checked_sub(1).filter(|p| *p < group.options.len()) else {
        let most = group.options.len();
        ui.say(Tone::Warn, format!("{} has options 1 to {most}", group.name));
        return Vec::new();
    };
    m.at = place;
    let amount = std::mem::take(&mut m.amount);
    if let Some(item) = group.options[place].item.as_ref().and_then(|code| till.catalogue.item(code)) {
        if amount != Amount::Normal {
            ui.say(Tone::Warn, format!("{} is taken as it is: choose it, then what it is to be without", item.name));
            return Vec::new();
        }
        if till.is_sold_out(&item.code) {
            ui.say(Tone::Warn, format!("{} is sold out: choose something else", item.name));
            return Vec::new();
        }
    }
    let taken = question.picked(&m.picks).count();
    let Some(picks) = options::within(&mut m.picks, &question.path) else { return Vec::new() };
    let pick = || options::pick(&till.catalogue, (group, turn), number, amount);
    let held = picks.iter().position(|p| p.answers(&group.code, turn) && p.digit == number);
    let single = group.most() == 1;
    match held {
        Some(at) if picks[at].amount == amount && !(single && group.min == 1) => {
            picks.remove(at);
            return Vec::new();
        }
        // What was chosen within it stays, unless it is otherwise now.
        Some(at) if picks[at].amount == amount => {}
        Some(at) => picks[at] = pick(),
        None if single => {
            picks.retain(|p| !p.answers(&group.code, turn));
            picks.push(pick());
        }
        None if taken >= group.most() => {
            let most = group.most();
            ui.say(Tone::Warn, format!("{}: at most {most}; let one go first", group.name));
            return Vec::new();
        }
        None => picks.push(pick()),
    }
    if single { go_on(ui, till) } else { Vec::new() }
}

/// Enter: on to the next group, and after the last one the line.
pub(super) fn accept(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(m) = top(ui) else { return Vec::new() };
    (m.digit, m.amount) = (None, Amount::Normal);
    go_on(ui, till)
}

fn go_on(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(m) = top(ui) else { return Vec::new() };
    let questions = asked(till, m);
    let missing = questions.get(m.group).map_or(0, |question| question.missing(&m.picks));
    if missing > 0 {
        let name = questions[m.group].words();
        ui.say(Tone::Warn, format!("{name}: choose {missing} more, by its digit"));
        return Vec::new();
    }
    let next = (m.group + 1..questions.len()).find(|at| !questions[*at].is_aside(&m.picks));
    if let Some(next) = next {
        (m.group, m.at) = (next, 0);
        return Vec::new();
    }
    finish(ui, till)
}

/// Done: what is still missing is asked, else the line is made.
fn finish(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(m) = top(ui) else { return Vec::new() };
    let questions = asked(till, m);
    if let Some(at) = questions.iter().position(|question| question.missing(&m.picks) > 0) {
        (m.group, m.at) = (at, 0);
        let name = questions[at].words();
        ui.say(Tone::Warn, format!("{name}: something must be chosen, by its digit"));
        return Vec::new();
    }
    vec![Request::Command(command(m))]
}

/// Moves: up and down among the options, left and right among the groups, to the end and done.
pub(super) fn step(ui: &mut Ui, till: &Till, action: Action) {
    let Some(m) = top(ui) else { return };
    let questions = asked(till, m);
    let last = questions.get(m.group).map_or(0, |q| q.group.options.len().saturating_sub(1));
    match action {
        Action::Left => (m.group, m.at) = (m.group.saturating_sub(1), 0),
        Action::Right => (m.group, m.at) = ((m.group + 1).min(questions.len().saturating_sub(1)), 0),
        _ => m.at = super::dialogs::moved(m.at, last, action),
    }
}

/// Space chooses the selected row.
pub(super) fn toggle(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let at = top(ui).map_or(0, |m| m.at);
    choose(ui, till, at as u16 + 1)
}

/// Done with all groups at once, and then this key of the order screen.
pub(super) fn done(ui: &mut Ui, till: &Till, then: Option<Action>) -> Vec<Request> {
    let requests = finish(ui, till);
    ui.then = then.filter(|_| !requests.is_empty());
    requests
}

/// Answers the group that is shown: digits and amounts as on the keys (`1 x3`), names of options,
/// or `.` to be done with all groups.
pub(super) fn answer(ui: &mut Ui, till: &Till, text: &str) -> Vec<Request> {
    if text == "." {
        return finish(ui, till);
    }
    let Some(m) = top(ui) else { return Vec::new() };
    let before = m.group;
    let keys_only = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || "nlxds -+".contains(c));
    if !keys_only && !text.is_empty() {
        let wanted = crate::domain::text::fold(text);
        let questions = asked(till, m);
        let named = |o: &crate::domain::catalogue::Choice| crate::domain::text::fold(&o.name) == wanted;
        let at = questions.get(before).and_then(|q| q.group.options.iter().position(named));
        return match at {
            Some(at) => choose(ui, till, at as u16 + 1),
            None => {
                ui.say(Tone::Bad, format!("`{text}` is no option here"));
                Vec::new()
            }
        };
    }
    let picks = m.picks.clone();
    for c in text.chars().filter(|c| *c != ' ') {
        let requests = char_typed(ui, till, c);
        if !requests.is_empty() {
            return requests;
        }
    }
    match top(ui) {
        // A single choice has gone on by itself, and where nothing was chosen the reason stands.
        Some(m) if m.group == before && (text.is_empty() || (!text.contains(' ') && m.picks != picks)) => {
            accept(ui, till)
        }
        Some(_) | None => Vec::new(),
    }
}

/// What the line would cost, for a second look.
pub(super) fn price(ui: &Ui, till: &Till, m: &Modifiers) -> Option<String> {
    let mut command = command(m);
    if let Command::Ring(ring) = &mut command {
        ring.confirmed = true;
    }
    let events = sell::try_out(ui, till, &command).ok()?;
    let Some((line, before)) = sell::line_of(&events) else {
        // The line has these options already.
        let line = till.current().and_then(|order| order.line(m.line?))?;
        return Some(till.settings.currency.show(line.amount()));
    };
    let amount = match (before, &command) {
        (Some(before), Command::Ring(_)) => line.amount() - before.amount(),
        _ => line.amount(),
    };
    Some(till.settings.currency.show(amount))
}
