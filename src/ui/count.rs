//! Counting the drawer: the float at the beginning of a shift, everything at its end.

use std::collections::BTreeMap;

use crate::domain::command::Command;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::shift::{Anchor, Pieces};
use crate::domain::till::Till;
use crate::ui::edit::Edit;
use crate::ui::screen::Tone;
use crate::ui::state::{Ask, CountField, CountForm, Counting, Dialog, Ui};
use crate::ui::{Request, pay};

/// Asks for the float: by notes and coins where the house lists them.
pub(super) fn ask_float(ui: &mut Ui, till: &Till) {
    let denominations = &till.settings.count.denominations;
    let Some(cash) = till.settings.cash().filter(|_| !denominations.is_empty()) else {
        ui.prompt(Ask::Float, "");
        return;
    };
    let pieces = denominations.iter().map(|d| CountField::Pieces(*d));
    let fields = std::iter::once(CountField::Sum(cash.code.clone())).chain(pieces);
    let fields = fields.map(|f| (f, Edit::default())).collect();
    ui.open(Dialog::Count(CountForm { counting: Counting::Opening, fields, at: 0 }));
}

/// The notes and coins that were counted.
fn pieces(form: &CountForm) -> Vec<Pieces> {
    let counted = |(field, edit): &(CountField, Edit)| match field {
        CountField::Pieces(of) => Some(Pieces { of: *of, count: edit.text().trim().parse().ok()? }),
        CountField::Sum(_) | CountField::Comment => None,
    };
    form.fields.iter().filter_map(counted).filter(|p| p.count > 0).collect()
}

/// Opens the count: the drawer by notes and coins where the house lists them, every other counted
/// tender as a sum, and a comment.
pub(super) fn open(ui: &mut Ui, till: &Till) -> Vec<Request> {
    if till.shift.is_none() {
        ui.say(Tone::Warn, Refusal::NoShift.to_string());
        return Vec::new();
    }
    if let Some(order) = till.current().filter(|o| !o.is_empty()) {
        ui.say(Tone::Warn, Refusal::OrderOnScreen(order.number).to_string());
        return Vec::new();
    }
    let settings = &till.settings;
    let cash = settings.cash().map(|t| t.code.as_str());
    let mut fields: Vec<CountField> = Vec::new();
    if let Some(cash) = cash {
        match settings.count.denominations.as_slice() {
            [] => fields.push(CountField::Sum(cash.to_owned())),
            denominations => {
                fields.push(CountField::Sum(cash.to_owned()));
                fields.extend(denominations.iter().map(|d| CountField::Pieces(*d)));
            }
        }
    }
    let others = settings.tenders.iter().filter(|t| t.counted && Some(t.code.as_str()) != cash);
    fields.extend(others.map(|t| CountField::Sum(t.code.clone())));
    fields.push(CountField::Comment);
    let fields = fields.into_iter().map(|f| (f, Edit::default())).collect();
    ui.open(Dialog::Count(CountForm { counting: Counting::Closing, fields, at: 0 }));
    if ui.answers.is_empty() { Vec::new() } else { super::resume(ui, till) }
}

/// What was counted so far, by tender, each in its own money.
///
/// # Errors
/// The field that cannot be read, by its place, and why.
pub(super) fn counted(ui: &Ui, till: &Till, form: &CountForm) -> Result<BTreeMap<String, Money>, (usize, String)> {
    let mut sums: BTreeMap<String, Money> = BTreeMap::new();
    let cash = till.settings.cash().map(|t| t.code.clone()).unwrap_or_default();
    for (at, (field, edit)) in form.fields.iter().enumerate() {
        let text = edit.text().trim();
        match field {
            CountField::Pieces(denomination) => {
                let pieces: i64 = match text {
                    "" => 0,
                    text => text
                        .parse()
                        .ok()
                        .filter(|n| (0..=100_000).contains(n))
                        .ok_or_else(|| (at, format!("`{text}` is not a number of pieces")))?,
                };
                let amount = Money::from_minor(denomination.minor().saturating_mul(pieces));
                *sums.entry(cash.clone()).or_default() += amount;
            }
            CountField::Sum(tender) => {
                let amount = match till.settings.tender(tender) {
                    Some(known) if !text.is_empty() => {
                        pay::amount_for(ui, till, known, text).map_err(|why| (at, why))?
                    }
                    Some(_) | None => Money::ZERO,
                };
                *sums.entry(tender.clone()).or_default() += amount;
            }
            CountField::Comment => {}
        }
    }
    Ok(sums)
}

/// Enter: the next field; at the last one the shift is closed. Where the journal stands is filled
/// in by the session.
pub(super) fn accept(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(Dialog::Count(form)) = ui.kept.dialogs.last_mut() else { return Vec::new() };
    // Cash given in one sum is not counted by pieces as well.
    let in_one = form.at == 0 && form.fields.first().is_some_and(|(_, edit)| !edit.is_empty());
    let pieces_at = |at: usize| matches!(form.fields.get(at), Some((CountField::Pieces(_), _)));
    let next = (form.at + 1..form.fields.len()).find(|at| !in_one || !pieces_at(*at));
    if let Some(next) = next {
        form.at = next;
        return Vec::new();
    }
    let form = form.clone();
    match counted(ui, till, &form) {
        Ok(counted) if form.counting == Counting::Opening => {
            let float = counted.values().sum();
            vec![Request::Command(Command::OpenShift { float, pieces: pieces(&form) })]
        }
        Ok(counted) => {
            let comment = form.fields.last().map(|(_, edit)| edit.text().to_owned()).unwrap_or_default();
            let anchor = Anchor::default();
            let (pieces, note) = (pieces(&form), String::new());
            vec![Request::Command(Command::CloseShift { counted, pieces, comment, note, anchor })]
        }
        Err((at, why)) => {
            if let Some(Dialog::Count(form)) = ui.kept.dialogs.last_mut() {
                form.at = at;
            }
            ui.say(Tone::Bad, why);
            Vec::new()
        }
    }
}
