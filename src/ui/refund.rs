//! Giving money back: which sale, which of its lines, and which way.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::command::Command;
use crate::domain::components::{divided, with_components};
use crate::domain::ids::{LineId, RegisterId};
use crate::domain::money::Money;
use crate::domain::order::Line;
use crate::domain::quantity::Quantity;
use crate::domain::receipt_code;
use crate::domain::refund::{Back, Found, share_of};
use crate::domain::sale::Sale;
use crate::domain::till::Till;
use crate::ui::edit::Edit;
use crate::ui::screen::Tone;
use crate::ui::state::{Dialog, From, Ui, Why};
use crate::ui::{Request, order, sell};

/// By what a sale is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// By its receipt.
    Receipt(RegisterId, u64),
    /// By the code on its receipt.
    Code(String),
    /// By what was paid, on a business date or any.
    Amount(Money, Option<NaiveDate>),
    /// By the last four digits of the card.
    Card(String),
}

/// A sale to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Where it was settled.
    pub register: RegisterId,
    /// Its receipt.
    pub receipt: u64,
    /// When, what and how it was paid.
    pub label: String,
    /// What was paid.
    pub paid: Money,
}

/// The dialog that says what comes back of a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundForm {
    /// Where the sale was settled.
    pub register: RegisterId,
    /// Its receipt.
    pub receipt: u64,
    /// Its lines.
    pub rows: Vec<RefundRow>,
    /// The line that has the cursor.
    pub at: usize,
    /// Another way to give it back than it was paid: a tender's code.
    pub tender: Option<String>,
}

/// A line of the sale, or a dish of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRow {
    /// By what it is named: `2`, and the first dish of it `2.1`.
    #[serde(default)]
    pub key: String,
    /// Its number.
    pub line: LineId,
    /// The line that it is a dish of; the line itself where it is the dish that the others are had with.
    #[serde(default)]
    pub dish_of: Option<LineId>,
    /// What was sold.
    pub name: String,
    /// How much was sold.
    pub sold: Quantity,
    /// How much was given back before.
    pub before: Quantity,
    /// What all of it came to.
    pub total: Money,
    /// The line itself and its components: what was sold of each, what was given back, what it came to.
    #[serde(default)]
    pub of: Vec<(Quantity, Quantity, Money)>,
    /// How much comes back, as typed.
    pub back: Edit,
}

impl RefundRow {
    /// How much can still be given back.
    pub fn left(&self) -> Quantity {
        self.sold - self.before
    }

    /// What so much of it is worth: of each component as much, and the rest with the last of it.
    fn comes_to(&self, back: Quantity) -> Money {
        let part = |(sold, before, total): &(Quantity, Quantity, Money)| {
            let left = *sold - *before;
            let share = if back == self.left() { left } else { divided(back, self.sold, *sold).min(left) };
            share_of(*total, *sold, *before, share)
        };
        self.of.iter().map(part).sum()
    }

    fn quantity(&self) -> Result<Quantity, String> {
        match self.back.text().trim() {
            "" => Ok(Quantity::ZERO),
            text => Quantity::parse(text),
        }
    }
}

impl RefundForm {
    /// What was marked to come back; none where nothing was marked.
    ///
    /// # Errors
    /// What cannot be read, in words.
    pub fn marked(&self) -> Result<Back, String> {
        let mut back = Back::default();
        let mut wholes = Vec::new();
        for row in &self.rows {
            let quantity = row.quantity()?;
            if quantity > row.left() {
                return Err(format!("Only {} of {} can still be given back", row.left(), row.name));
            }
            if quantity.is_zero() {
                continue;
            }
            if row.dish_of.is_some_and(|whole| wholes.contains(&whole)) {
                return Err(format!("{} comes back with the whole: clear one of the two", row.name));
            }
            back.lines.insert(row.line, quantity);
            match row.dish_of {
                None => wholes.push(row.line),
                Some(whole) if whole == row.line => _ = back.itself.insert(whole),
                Some(_) => {}
            }
        }
        Ok(back)
    }

    /// What is given back for what was marked; for all that is left where nothing is.
    pub fn comes_to(&self) -> Option<Money> {
        let all = self.marked().ok()?.lines.is_empty();
        let back = |row: &RefundRow| match row.dish_of {
            None if all => Some(row.left()),
            None | Some(_) => row.quantity().ok(),
        };
        self.rows.iter().map(|row| back(row).map(|back| row.comes_to(back))).sum()
    }
}

/// Whether a component is a dish of its own: a half of one thing is not.
fn is_dish(whole: &Line, component: &Line) -> bool {
    let choice = component.component.map_or(0, |component| usize::from(component.choice));
    whole.modifiers.get(choice).is_some_and(|option| option.part.is_none())
}

/// What somebody typed or scanned to find a sale: `17`, `2-17`, the code of a receipt, `12.40`,
/// `2026-11-25 12.40`, `*4242`.
pub(super) fn wanted(ui: &Ui, till: &Till, text: &str) -> Result<Wanted, String> {
    if receipt_code::parse(text).is_some() {
        return Ok(Wanted::Code(text.to_owned()));
    }
    if let Some(digits) = text.strip_prefix('*') {
        let four = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
        return if four { Ok(Wanted::Card(digits.to_owned())) } else { Err(format!("`{digits}` are not four digits")) };
    }
    let (date, rest) = match text.split_once(' ') {
        Some((date, rest)) => {
            let date = date.parse().map_err(|_| format!("`{date}` is not a date such as 2026-11-25"))?;
            (Some(date), rest.trim())
        }
        None => (None, text),
    };
    if date.is_some() || rest.contains(['.', ',']) {
        return Ok(Wanted::Amount(sell::reading(ui, till).amount(rest)?, date));
    }
    let (register, receipt) = rest.split_once('-').unwrap_or(("", rest));
    let register = if register.is_empty() { Some(till.register) } else { register.parse().ok().map(RegisterId) };
    let receipt = receipt.parse().ok();
    match register.zip(receipt) {
        Some((register, receipt)) => Ok(Wanted::Receipt(register, receipt)),
        None => Err(format!("`{text}`: type a receipt's number or code, an amount like 12.40, or *4242 for a card")),
    }
}

impl Ui {
    /// A sale was found: asks what of it comes back.
    pub fn refund_found(&mut self, found: &Found) {
        let sale = &found.sale;
        let left: BTreeMap<LineId, Quantity> = found.left().into_iter().map(|(line, left)| (line.id, left)).collect();
        let live = || sale.lines.iter().zip(&sale.totals.lines).filter(|(l, _)| l.is_live());
        let row = |key: String, line: &Line, dish_of: Option<LineId>, total: Money| {
            let mine = |l: &Line| l.id == line.id || (dish_of.is_none() && l.is_component_of(line.id));
            let of = live().filter(|(l, _)| mine(l)).map(|(l, t)| (l.quantity, found.before(l.id), t.total));
            RefundRow {
                key,
                line: line.id,
                dish_of,
                name: line.name.clone(),
                sold: line.quantity,
                before: line.quantity - left.get(&line.id).copied().unwrap_or_default(),
                total,
                of: of.collect(),
                back: Edit::default(),
            }
        };
        let mut rows = Vec::new();
        let rung = sale.lines.iter().enumerate().filter(|(_, line)| line.is_live() && line.is_rung());
        for (n, (at, line)) in (1..).zip(rung) {
            let total = with_components(&sale.lines, &sale.totals.lines, at).total;
            rows.push(row(n.to_string(), line, None, total));
            let dishes = live().filter(|(dish, _)| dish.is_component_of(line.id) && is_dish(line, dish));
            let itself = live().filter(|(whole, _)| whole.id == line.id && !whole.bears_nothing());
            let mut parts: Vec<_> = (1..).zip(dishes).collect();
            if !parts.is_empty() {
                parts.splice(0..0, (0..).zip(itself));
            }
            let whole = Some(line.id);
            rows.extend(parts.into_iter().map(|(m, (dish, part))| row(format!("{n}.{m}"), dish, whole, part.total)));
        }
        let (register, receipt) = (sale.register, sale.receipt);
        self.open(Dialog::Refund(RefundForm { register, receipt, rows, at: 0, tender: None }));
    }

    /// Several sales fit: asks which one.
    pub fn sales_found(&mut self, till: &Till, sales: &[Sale]) {
        let hit = |sale: &Sale| {
            let tenders: Vec<&str> = sale.payments.iter().map(|p| p.name.as_str()).collect();
            let items: Vec<&str> =
                sale.lines.iter().filter(|l| l.is_live() && l.is_rung()).map(|l| l.name.as_str()).take(2).collect();
            let place = if sale.register == till.register { String::new() } else { format!("{}-", sale.register) };
            Hit {
                register: sale.register,
                receipt: sale.receipt,
                label: format!(
                    "{place}{} · {} · {} · {}",
                    sale.receipt,
                    sale.completed.show(),
                    items.join(", "),
                    tenders.join(", ")
                ),
                paid: sale.totals.total + sale.rounding,
            }
        };
        self.choose(From::Sales(sales.iter().map(hit).collect()));
    }
}

/// Enter: the reason is asked, then it is done.
pub(super) fn accept(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(Dialog::Refund(form)) = ui.kept.dialogs.last() else { return Vec::new() };
    match form.marked() {
        Ok(back) => {
            let (register, receipt, tender) = (form.register, form.receipt, form.tender.clone());
            order::reason(ui, till, Why::Refund { register, receipt, back, tender })
        }
        Err(why) => {
            ui.say(Tone::Bad, why);
            Vec::new()
        }
    }
}

/// Space: all that is left of the line, or none of it.
pub(super) fn toggle(ui: &mut Ui) -> Vec<Request> {
    if let Some(Dialog::Refund(form)) = ui.kept.dialogs.last_mut()
        && let Some(row) = form.rows.get_mut(form.at)
    {
        let any = row.back.is_empty() && !row.left().is_zero();
        row.back = if any { Edit::new(&row.left().to_string()) } else { Edit::default() };
        form.at = (form.at + 1).min(form.rows.len().saturating_sub(1));
    }
    Vec::new()
}

/// Left and right: the ways in which it can be given back; the first is as it was paid.
pub(super) fn turn(ui: &mut Ui, till: &Till, by: isize) {
    let Some(Dialog::Refund(form)) = ui.kept.dialogs.last_mut() else { return };
    let takes = till.settings.tenders.iter().filter(|t| t.refundable && t.foreign.is_none());
    let ways: Vec<Option<String>> = std::iter::once(None).chain(takes.map(|t| Some(t.code.clone()))).collect();
    let at = ways.iter().position(|w| *w == form.tender).unwrap_or(0) as isize;
    form.tender = ways.get((at + by).rem_euclid(ways.len() as isize) as usize).cloned().flatten();
}

/// A whole answer: `2` marks line 2, `1*2` one of it, `2.1` the first dish of it, `2.0` what they are had with; a tender's code is the way; `.` or
/// nothing goes on.
pub(super) fn answer(ui: &mut Ui, till: &Till, text: &str) -> Vec<Request> {
    let Some(Dialog::Refund(form)) = ui.kept.dialogs.last_mut() else { return Vec::new() };
    if matches!(text, "" | ".") {
        return accept(ui, till);
    }
    if till.settings.tender(text).is_some() {
        form.tender = Some(text.to_owned());
        return Vec::new();
    }
    let (quantity, row) = text.split_once('*').map_or((None, text), |(quantity, row)| (Some(quantity), row));
    match form.rows.iter().position(|there| there.key == row) {
        // Nothing marked is all of it: what is gone must not look marked.
        Some(at) if form.rows[at].left().is_zero() => {
            let words = format!("All of {} was given back already", form.rows[at].name);
            ui.say(Tone::Bad, words);
        }
        Some(at) => {
            form.at = at;
            let row = &mut form.rows[at];
            row.back = quantity.map_or_else(|| Edit::new(&row.left().to_string()), Edit::new);
        }
        None => {
            let words = format!(
                "`{text}`: write 2 for line 2, 1*2 for one of it, 2.1 for a dish of it, a way to pay, and . to go on"
            );
            ui.say(Tone::Bad, words);
        }
    }
    Vec::new()
}

/// The command that was waiting for its reason.
pub(super) fn command(
    register: RegisterId,
    receipt: u64,
    back: Back,
    tender: Option<String>,
    reason: String,
) -> Command {
    Command::Refund { register, receipt, back, reason, tender, found: None }
}
