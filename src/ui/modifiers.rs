//! The dialog for options: digits that never shift, one group after the other, the line's price in
//! sight.

use serde::{Deserialize, Serialize};

use crate::domain::catalogue::{Amount, Group, Item};
use crate::domain::command::{Command, Pick, PriceGiven, Ring};
use crate::domain::ids::LineId;
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
    till.catalogue.groups_of(item).iter().any(|g| {
        let defaults = g.options.iter().filter(|o| o.default).count();
        g.ask || defaults < usize::from(g.min)
    })
}

/// Opens the dialog, for an item about to be sold or for a line.
pub(super) fn open(ui: &mut Ui, till: &Till, item: &Item, ring: Option<Ring>, line: Option<&Line>) {
    let picks = match line {
        Some(line) => {
            let pick =
                |m: &crate::domain::order::Modifier| Pick { group: m.group.clone(), digit: m.digit, amount: m.amount };
            line.modifiers.iter().map(pick).collect()
        }
        None => till.catalogue.groups_of(item).iter().flat_map(|g| defaults(g)).collect(),
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

fn defaults(group: &Group) -> Vec<Pick> {
    let on = group.options.iter().enumerate().filter(|(_, o)| o.default);
    on.map(|(at, _)| Pick { group: group.code.clone(), digit: at as u16 + 1, amount: Amount::Normal }).collect()
}

/// The groups that are asked: the item's, and those that chosen options open, each once.
pub(super) fn asked<'t>(till: &'t Till, m: &Modifiers) -> Vec<&'t Group> {
    fn add<'t>(till: &'t Till, group: &'t Group, picks: &[Pick], all: &mut Vec<&'t Group>) {
        if all.iter().any(|g| g.code == group.code) {
            return;
        }
        all.push(group);
        for (at, option) in group.options.iter().enumerate() {
            let on =
                picks.iter().any(|p| p.group == group.code && usize::from(p.digit) == at + 1 && p.amount != Amount::No);
            for inner in option.groups.iter().filter(|_| on).filter_map(|code| till.catalogue.group(code)) {
                add(till, inner, picks, all);
            }
        }
    }
    let mut all = Vec::new();
    if let Some(item) = till.catalogue.item(&m.item) {
        for group in till.catalogue.groups_of(item) {
            add(till, group, &m.picks, &mut all);
        }
    }
    all
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
            ui.say(Tone::Warn, "Digits choose; n no, l lite, x extra, d double, s side before a digit; Enter goes on");
            return Vec::new();
        }
    };
    m.amount = if m.amount == amount { Amount::Normal } else { amount };
    Vec::new()
}

fn digit(ui: &mut Ui, till: &Till, digit: u16) -> Vec<Request> {
    let Some(m) = top(ui) else { return Vec::new() };
    let groups = asked(till, m);
    let Some(group) = groups.get(m.group) else { return Vec::new() };
    let place = if group.options.len() <= 9 {
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
    choose(ui, till, usize::from(place))
}

/// Chooses an option by its number, or lets it go.
fn choose(ui: &mut Ui, till: &Till, number: usize) -> Vec<Request> {
    let Some(m) = top(ui) else { return Vec::new() };
    let groups = asked(till, m);
    let Some(group) = groups.get(m.group) else { return Vec::new() };
    let Some(place) = number.checked_sub(1).filter(|p| *p < group.options.len()) else {
        let most = group.options.len();
        ui.say(Tone::Warn, format!("{} has options 1 to {most}", group.name));
        return Vec::new();
    };
    m.at = place;
    let pick = Pick { group: group.code.clone(), digit: number as u16, amount: std::mem::take(&mut m.amount) };
    let held = m.picks.iter().position(|p| p.group == pick.group && p.digit == pick.digit);
    let single = group.most() == 1;
    match held {
        Some(at) if m.picks[at].amount == pick.amount && !(single && group.min == 1) => {
            m.picks.remove(at);
            return Vec::new();
        }
        Some(at) => m.picks[at].amount = pick.amount,
        None if single => {
            m.picks.retain(|p| p.group != group.code);
            m.picks.push(pick);
        }
        None if m.picks.iter().filter(|p| p.group == group.code).count() >= group.most() => {
            let most = group.most();
            ui.say(Tone::Warn, format!("{}: at most {most}; let one go first", group.name));
            return Vec::new();
        }
        None => m.picks.push(pick),
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
    let groups = asked(till, m);
    let count = |m: &Modifiers, g: &Group| m.picks.iter().filter(|p| p.group == g.code).count();
    let missing = |m: &Modifiers, g: &Group| usize::from(g.min).saturating_sub(count(m, g));
    if let Some(group) = groups.get(m.group)
        && missing(m, group) > 0
    {
        let (name, more) = (group.name.clone(), missing(m, group));
        ui.say(Tone::Warn, format!("{name}: choose {more} more"));
        return Vec::new();
    }
    if m.group + 1 < groups.len() {
        m.group += 1;
        m.at = 0;
        return Vec::new();
    }
    finish(ui, till)
}

/// Done: what is still missing is asked, else the line is made.
fn finish(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(m) = top(ui) else { return Vec::new() };
    let groups = asked(till, m);
    // What a let-go option had opened is not chosen any more.
    m.picks.retain(|p| groups.iter().any(|g| g.code == p.group));
    let short = groups.iter().position(|g| m.picks.iter().filter(|p| p.group == g.code).count() < usize::from(g.min));
    if let Some(at) = short {
        (m.group, m.at) = (at, 0);
        let name = groups[at].name.clone();
        ui.say(Tone::Warn, format!("{name}: something must be chosen"));
        return Vec::new();
    }
    vec![Request::Command(command(m))]
}

/// Moves: up and down among the options, left and right among the groups, to the end and done.
pub(super) fn step(ui: &mut Ui, till: &Till, action: Action) {
    let Some(m) = top(ui) else { return };
    let groups = asked(till, m);
    let last = groups.get(m.group).map_or(0, |g| g.options.len().saturating_sub(1));
    match action {
        Action::Left => (m.group, m.at) = (m.group.saturating_sub(1), 0),
        Action::Right => (m.group, m.at) = ((m.group + 1).min(groups.len().saturating_sub(1)), 0),
        _ => m.at = super::dialogs::moved(m.at, last, action),
    }
}

/// Space chooses the selected row.
pub(super) fn toggle(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let at = top(ui).map_or(0, |m| m.at);
    choose(ui, till, at + 1)
}

/// F12 and the like: done with all groups at once.
pub(super) fn done(ui: &mut Ui, till: &Till) -> Vec<Request> {
    finish(ui, till)
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
        let groups = asked(till, m);
        let at = groups
            .get(before)
            .and_then(|g| g.options.iter().position(|o| crate::domain::text::fold(&o.name) == wanted));
        return match at {
            Some(at) => choose(ui, till, at + 1),
            None => {
                ui.say(Tone::Bad, format!("`{text}` is no option here"));
                Vec::new()
            }
        };
    }
    for c in text.chars().filter(|c| *c != ' ') {
        let requests = char_typed(ui, till, c);
        if !requests.is_empty() {
            return requests;
        }
    }
    match top(ui) {
        // A single choice has gone on by itself; Enter is not meant for the next group.
        Some(m) if m.group == before && (text.is_empty() || !text.contains(' ')) => accept(ui, till),
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
        return Some(till.settings.currency.show(line.gross()));
    };
    let amount = match (before, &command) {
        (Some(before), Command::Ring(_)) => line.gross() - before.gross(),
        _ => line.gross(),
    };
    Some(till.settings.currency.show(amount))
}
