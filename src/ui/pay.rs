//! Paying: one key for exact cash, note keys, a list of every tender.

use serde::{Deserialize, Serialize};

use crate::domain::command::{Command, PriceGiven, Ring};
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::payment::{self, PaymentProblem};
use crate::domain::refusal::Refusal;
use crate::domain::tender::{Reference, ReferenceRule, Tender};
use crate::domain::text::fold;
use crate::domain::till::Till;
use crate::domain::totals;
use crate::ui::action::Action;
use crate::ui::edit::Edit;
use crate::ui::screen::Tone;
use crate::ui::state::{Dialog, From, Ui};
use crate::ui::{Request, customers, sell, split};

/// The dialog for a payment with a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayForm {
    /// The tender's code.
    pub tender: String,
    /// Amount, reference, last four: what the tender asks for.
    pub fields: Vec<(PayField, Edit)>,
    /// The field that has the cursor.
    pub at: usize,
}

/// A field of [`PayForm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayField {
    /// How much.
    Amount,
    /// Approval code, voucher number, account.
    Reference,
    /// The card's last four digits.
    LastFour,
}

/// A key that pays at once: cash, card, a banknote.
pub(super) fn key(ui: &mut Ui, till: &Till, action: Action) -> Vec<Request> {
    ui.listed = false;
    let Some(tender) = tender_of(till, action) else {
        ui.say(Tone::Warn, "No such way to pay is set up");
        return Vec::new();
    };
    let note = match note_of(ui, action) {
        Ok(note) => note,
        Err(why) => {
            ui.say(Tone::Warn, why);
            return Vec::new();
        }
    };
    // Who has marked lines has chosen already.
    if let Some(order) = till.current().filter(|o| is_guarded(o) && ui.kept.marks.is_empty()) {
        let why = if order.recalled { "was put aside before" } else { "has a name" };
        let why = format!("Order {} {why}: choose how it is paid", order.title());
        return open(ui, till, &why);
    }
    if tender.reference == ReferenceRule::Required {
        return form(ui, till, tender);
    }
    pay(ui, till, tender, note, Reference::default())
}

/// What paying with this would come to: `20.00 · change 7.10`, `5.00 · then 7.90 due`. Nothing typed
/// stands for all that is due.
pub(super) fn words(ui: &Ui, till: &Till, tender: &Tender, typed: &str) -> Result<String, String> {
    let Some(order) = split::payable(ui, till) else { return Err(Refusal::NoOrder.to_string()) };
    let home = till.settings.currency;
    if tender.on_account {
        customers::charge_words(till, &order, None)?;
    }
    let amount = if typed.is_empty() { None } else { Some(amount_for(ui, till, tender, typed)?) };
    let totals = totals::of(&order, &till.settings);
    let (left, owed) = (order.deposit_left(), order.owed(totals.total));
    let covered = covers(left, owed);
    if left.is_positive() && (covered || tender.deposit) && ui.kept.tip.is_positive() {
        return Err(Refusal::DepositTip.to_string());
    }
    if covered && !tender.deposit {
        return match amount {
            Some(_) => Err("the deposit covers it: no amount".to_owned()),
            None => Ok(format!("the deposit covers it, {} back", home.show(left - owed))),
        };
    }
    if tender.deposit {
        let rest = left - owed;
        return match (left.is_positive(), rest.is_negative()) {
            (false, _) => Err(Refusal::NoDeposit.to_string()),
            (true, true) => Ok(format!("{} · then {} due", home.show(left), home.show(-rest))),
            (true, false) => Ok(format!("{} · {} back", home.show(owed), home.show(rest))),
        };
    }
    let due = payment::due(&order, &totals::of(&order, &till.settings), &till.settings, tender);
    let taken = payment::take(tender, &due, amount, ui.kept.tip, home).map_err(|problem| match problem {
        PaymentProblem::TooMuch(most) => format!("at most {}", home.show(most)),
        PaymentProblem::TipTooLarge => "less than the tip".to_owned(),
        PaymentProblem::NothingDue => "nothing is due".to_owned(),
        PaymentProblem::ZeroAmount | PaymentProblem::NegativeTip => "more than zero is needed".to_owned(),
    })?;
    let handed = match taken.foreign {
        Some(foreign) => format!("{} {}", foreign.currency.code(), foreign.currency.show(foreign.amount)),
        None => home.show(taken.tendered),
    };
    let whose = match tender.on_account {
        true => Some(customers::charge_words(till, &order, Some(taken.tendered))?),
        false => None,
    };
    Ok(if taken.change.is_positive() {
        format!("{handed} · change {}", home.show(taken.change))
    } else if !taken.settles {
        format!("{handed} · then {} due", home.show(due.exact - taken.amount))
    } else if taken.tip.is_positive() {
        format!("{handed} · tip {}", home.show(taken.tip))
    } else {
        whose.unwrap_or(handed)
    })
}

/// A key that pays, pressed in the list of tenders: it means there what it means on the order
/// screen, unless the order asks for a deliberate choice.
pub(super) fn key_in_list(ui: &mut Ui, till: &Till, action: Action) -> Vec<Request> {
    if till.current().is_some_and(is_guarded) {
        ui.say(Tone::Warn, "This order was put aside before, or has a name: choose by its letter");
        return Vec::new();
    }
    ui.close();
    key(ui, till, action)
}

/// Whether paying by habit would be a mistake: an order that was recalled or has a name.
fn is_guarded(order: &Order) -> bool {
    order.recalled || order.face.name.is_some()
}

pub(super) fn tender_of(till: &Till, action: Action) -> Option<&Tender> {
    let tenders = &till.settings.tenders;
    match action {
        Action::Card => tenders.iter().find(|t| t.last_four),
        _ => tenders.iter().find(|t| t.gives_change && t.foreign.is_none()),
    }
}

fn note_of(ui: &Ui, action: Action) -> Result<Option<Money>, String> {
    let at = match action {
        Action::Cash1 => 0,
        Action::Cash2 => 1,
        Action::Cash3 => 2,
        Action::Cash4 => 3,
        _ => return Ok(None),
    };
    match (ui.setup.notes.get(at), ui.kept.input.is_empty()) {
        (Some(note), true) => Ok(Some(*note)),
        (Some(_), false) => Err("Clear the input line first, or press the cash key for the typed amount".to_owned()),
        (None, _) => Err("No banknote is set up for this key".to_owned()),
    }
}

/// Takes a payment of the typed amount, of a note, or of all that is due.
fn pay(ui: &mut Ui, till: &Till, tender: &Tender, note: Option<Money>, reference: Reference) -> Vec<Request> {
    let typed = ui.kept.input.text().to_owned();
    let tendered = match (note, typed.as_str()) {
        (Some(note), _) => Some(note),
        (None, "") => None,
        (None, typed) => match amount_for(ui, till, tender, typed) {
            Ok(amount) => Some(amount),
            Err(why) => {
                ui.say(Tone::Bad, why);
                return Vec::new();
            }
        },
    };
    if tendered.is_none() && ui.kept.marks.is_empty() && is_free(till) {
        return vec![Request::Command(Command::SettleFree)];
    }
    let command = Command::Pay { tender: tender.code.clone(), tendered, tip: ui.kept.tip, reference, confirmed: false };
    if let (Some(amount), false) = (tendered, note.is_some() || typed.contains(['.', ',']))
        && let Some(units) = meant_units(ui, till, tender, amount, &command)
    {
        let show = |m| till.settings.currency.show(m);
        let mut other = command.clone();
        if let Command::Pay { tendered, .. } = &mut other {
            *tendered = Some(units);
        }
        let (command, other) = (split::paying(ui, command), split::paying(ui, other));
        let question = format!("{} {}, or {}?", tender.name, show(amount), show(units));
        ui.open(Dialog::Confirm {
            question,
            yes: command,
            other: Some((format!("{} {}", tender.name, show(units)), other)),
        });
        return Vec::new();
    }
    vec![Request::Command(split::paying(ui, command))]
}

fn is_free(till: &Till) -> bool {
    till.current().is_some_and(|o| {
        o.payments.is_empty() && o.live_lines().next().is_some() && totals::of(o, &till.settings).total.is_zero()
    })
}

/// An amount in the tender's own currency.
pub(super) fn amount_for(ui: &Ui, till: &Till, tender: &Tender, typed: &str) -> Result<Money, String> {
    match &tender.foreign {
        Some(foreign) => foreign.currency.parse(typed, ui.setup.bare_is_minor),
        None => sell::reading(ui, till).amount(typed),
    }
}

/// `20` typed for 12.40 is 0.20, but probably meant 20.00: what was probably meant.
fn meant_units(ui: &Ui, till: &Till, tender: &Tender, amount: Money, command: &Command) -> Option<Money> {
    let (order, per) = (split::payable(ui, till)?, till.settings.currency.minor_per_unit());
    if !ui.setup.bare_is_minor || per == 1 || tender.foreign.is_some() {
        return None;
    }
    let due = payment::due(&order, &totals::of(&order, &till.settings), &till.settings, tender).to_pay;
    let units = Money::from_minor(amount.minor().saturating_mul(per));
    let likely = amount.minor().saturating_mul(10) < due.minor() && units >= due;
    (likely && sell::try_out(ui, till, command).is_ok()).then_some(units)
}

/// How many ways to pay are shown: a deposit that stands last in the list only where one is held.
pub(super) fn choices(till: &Till) -> usize {
    let held = till.current().is_some_and(|order| order.deposit_left().is_positive());
    let tenders = &till.settings.tenders;
    tenders.len() - usize::from(!held && tenders.last().is_some_and(|tender| tender.deposit))
}

/// Opens the dialog that shows what is due and every way to pay.
pub(super) fn open(ui: &mut Ui, till: &Till, why: &str) -> Vec<Request> {
    match till.current() {
        Some(order) if order.live_lines().next().is_some() => {
            // What is served for a while is never paid by pressing one key twice.
            let chosen = is_guarded(order) || order.face.table.is_some();
            ui.open(Dialog::Pay { at: (!chosen).then_some(0) });
            if !why.is_empty() {
                ui.say(Tone::Warn, why);
            }
            if !ui.answers.is_empty() {
                return super::resume(ui, till);
            }
        }
        Some(_) => ui.say(Tone::Warn, Refusal::EmptyOrder.to_string()),
        None => ui.say(Tone::Warn, Refusal::NoOrder.to_string()),
    }
    Vec::new()
}

/// The letter of the tender at this place.
pub(super) fn letter(at: usize) -> char {
    char::from(b'a' + (at % 26) as u8)
}

/// Chooses a tender of the dialog by its letter.
pub(super) fn choose_letter(ui: &mut Ui, till: &Till, c: char) -> Vec<Request> {
    ui.listed = true;
    choose(ui, till, usize::from(c.to_ascii_lowercase() as u8 - b'a'))
}

/// Enter on a tender of the dialog. Whoever pressed it once too often, and goes on typing codes, is asked.
pub(super) fn accept(ui: &mut Ui, till: &Till, at: usize) -> Vec<Request> {
    match meant_item(ui, till, at) {
        Some((question, yes, other)) => {
            ui.close();
            ui.kept.input.clear();
            ui.open(Dialog::Confirm { question, yes, other: Some(other) });
            Vec::new()
        }
        None => {
            ui.listed = true;
            choose(ui, till, at)
        }
    }
}

/// A payment was refused: whoever chose it in the list goes on there, with the amount, and not among the items' keys.
pub(super) fn refused(ui: &mut Ui, command: &Command) {
    let pays = matches!(command, Command::Pay { .. } | Command::PayLines { .. });
    if pays && std::mem::take(&mut ui.listed) && ui.kept.dialogs.is_empty() {
        ui.open(Dialog::Pay { at: None });
    }
}

/// `701` is 7.01 of what is due, but also an item's code: what is asked then, and what either answer does.
fn meant_item(ui: &Ui, till: &Till, at: usize) -> Option<(String, Command, (String, Command))> {
    let (typed, order) = (ui.kept.input.text(), split::payable(ui, till)?);
    let tender = till.settings.tenders.get(at).filter(|tender| tender.reference == ReferenceRule::None)?;
    let item = till.catalogue.item(typed)?;
    let amount = amount_for(ui, till, tender, typed).ok()?;
    let due = payment::due(&order, &totals::of(&order, &till.settings), &till.settings, tender).to_pay;
    if tender.foreign.is_some() || amount >= due {
        return None;
    }
    let (tip, reference) = (ui.kept.tip, Reference::default());
    let pay = Command::Pay { tender: tender.code.clone(), tendered: Some(amount), tip, reference, confirmed: false };
    let (sell, item) = (format!("1 × {}", item.name), item.code.clone());
    let ring = Ring { item, quantity: None, net: false, price: PriceGiven::Menu, picks: None, confirmed: false };
    let question = format!("{} {}, or {sell}?", tender.name, till.settings.currency.show(amount));
    Some((question, split::paying(ui, pay), (sell, Command::Ring(ring))))
}

/// Chooses a tender of the dialog by its place.
pub(super) fn choose(ui: &mut Ui, till: &Till, at: usize) -> Vec<Request> {
    let Some(tender) = till.settings.tenders.get(at) else {
        ui.say(Tone::Warn, "No way to pay has that letter");
        return Vec::new();
    };
    match tender.reference {
        ReferenceRule::None => {
            let requests = pay(ui, till, tender, None, Reference::default());
            let asked = matches!(ui.kept.dialogs.last(), Some(Dialog::Confirm { .. }));
            if !requests.is_empty() || asked {
                let at = ui.kept.dialogs.len() - 1 - usize::from(asked);
                ui.kept.dialogs.remove(at);
            }
            requests
        }
        ReferenceRule::Optional | ReferenceRule::Required => form(ui, till, tender),
    }
}

/// Whether what is left of a deposit pays all that is owed.
fn covers(left: Money, owed: Money) -> bool {
    left.is_positive() && left >= owed
}

/// The dialog with a tender's questions, in place of the list of tenders.
fn form(ui: &mut Ui, till: &Till, tender: &Tender) -> Vec<Request> {
    let Some(order) = split::payable(ui, till) else {
        ui.say(Tone::Warn, Refusal::NoOrder.to_string());
        return Vec::new();
    };
    let owed = order.owed(totals::of(&order, &till.settings).total);
    if covers(order.deposit_left(), owed) && ui.kept.input.is_empty() {
        // Nothing goes through the card terminal: there is no slip to copy from.
        return pay(ui, till, tender, None, Reference::default());
    }
    let home = till.settings.currency;
    let typed = ui.kept.input.text();
    let asked = match amount_for(ui, till, tender, typed) {
        Ok(amount) => amount,
        Err(_) if typed.is_empty() => {
            let due = payment::due(&order, &totals::of(&order, &till.settings), &till.settings, tender);
            let asked = due.to_pay + ui.kept.tip;
            tender.foreign.map_or(asked, |foreign| payment::to_foreign(asked, foreign, home))
        }
        Err(why) => {
            ui.say(Tone::Bad, why);
            return Vec::new();
        }
    };
    ui.kept.input.clear();
    let amount = tender.foreign.map_or(home, |foreign| foreign.currency).show(asked);
    let mut fields = vec![(PayField::Amount, Edit::new(&amount)), (PayField::Reference, Edit::default())];
    if tender.last_four {
        fields.push((PayField::LastFour, Edit::default()));
    }
    if matches!(ui.kept.dialogs.last(), Some(Dialog::Pay { .. })) {
        ui.close();
    }
    ui.open(Dialog::PayForm(PayForm { tender: tender.code.clone(), fields, at: 1 }));
    Vec::new()
}

/// A code that was scanned is the form's reference.
pub(super) fn scanned(form: &mut PayForm, code: &str) {
    let at = form.fields.iter().position(|(field, _)| *field == PayField::Reference);
    if let Some((at, (_, edit))) = at.and_then(|at| Some((at, form.fields.get_mut(at)?))) {
        (*edit, form.at) = (Edit::new(code), at);
    }
}

/// Enter in the form: the next field, and at the last one the payment.
pub(super) fn accept_form(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(Dialog::PayForm(form)) = ui.kept.dialogs.last_mut() else { return Vec::new() };
    if form.at + 1 < form.fields.len() {
        form.at += 1;
        return Vec::new();
    }
    let text = |wanted: PayField| {
        form.fields.iter().find(|(f, _)| *f == wanted).map(|(_, e)| e.text().trim().to_owned()).unwrap_or_default()
    };
    let some = |text: String| (!text.is_empty()).then_some(text);
    let amount = text(PayField::Amount);
    let reference = Reference { text: some(text(PayField::Reference)), last_four: some(text(PayField::LastFour)) };
    let Some(tender) = till.settings.tender(&form.tender) else { return Vec::new() };
    match amount_for(ui, till, tender, &amount) {
        Ok(amount) => {
            let (tender, tendered, tip) = (tender.code.clone(), Some(amount), ui.kept.tip);
            let pay = Command::Pay { tender, tendered, tip, reference, confirmed: false };
            vec![Request::Command(split::paying(ui, pay))]
        }
        Err(why) => {
            ui.say(Tone::Bad, why);
            Vec::new()
        }
    }
}

/// Answers the list of tenders: a tender's code, name or letter, or an amount.
pub(super) fn answer(ui: &mut Ui, till: &Till, text: &str) -> Vec<Request> {
    let wanted = fold(text);
    let tenders = || till.settings.tenders.iter().enumerate();
    let at = tenders()
        .find(|(_, t)| t.code == text || fold(&t.name) == wanted)
        .or_else(|| tenders().find(|(at, _)| text.len() == 1 && text.starts_with(letter(*at))));
    if let Some((at, _)) = at {
        if let Some(amount) = ui.answers.pop_front() {
            ui.kept.input = Edit::new(&amount);
        }
        return choose(ui, till, at);
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        ui.kept.input = Edit::new(text);
        return Vec::new();
    }
    let known: Vec<&str> = till.settings.tenders.iter().map(|t| t.code.as_str()).collect();
    ui.say(Tone::Bad, format!("`{text}` is no way to pay; there are: {}", known.join(", ")));
    Vec::new()
}

/// Asks which payment to take back.
pub(super) fn take_back(ui: &mut Ui, till: &Till) -> Vec<Request> {
    match till.current() {
        Some(order) if !order.payments.is_empty() => ui.choose(From::Payments),
        Some(_) | None => ui.say(Tone::Warn, "Nothing was paid on this order"),
    }
    Vec::new()
}
