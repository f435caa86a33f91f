//! Tips of slips that were signed later: the shift's slips in a list, typed one after the other.

use serde::{Deserialize, Serialize};

use crate::domain::command::Command;
use crate::domain::floor;
use crate::domain::ids::PaymentId;
use crate::domain::money::Money;
use crate::domain::till::Till;
use crate::domain::tip::{TipChange, Tipped};
use crate::ui::action::Action;
use crate::ui::edit::Edit;
use crate::ui::screen::{Dialog as Shown, Field, ListRow, Text, Tone};
use crate::ui::state::{Dialog, Ui};
use crate::ui::{Request, dialogs, sell};

/// A payment whose tip can be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The sale's receipt.
    pub receipt: u64,
    /// The payment.
    pub payment: PaymentId,
    /// When, where, whose: `12:41 · T12 · Ada`.
    pub about: String,
    /// The last four digits of the card, where they were noted.
    pub last_four: String,
    /// What it paid, without the tip.
    pub amount: Money,
    /// The tip as it stands.
    pub tip: Money,
}

/// The dialog that takes tips.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TipForm {
    /// The slip that is selected; the first one when none is.
    pub on: Option<PaymentId>,
    /// Whether slips with a tip are shown too.
    pub all: bool,
    /// What was typed.
    pub edit: Edit,
}

impl Ui {
    /// The shift's slips were looked up: asks for their tips.
    pub fn slips_found(&mut self, till: &Till, found: &[Tipped]) {
        let keeps_tips = |code: &str| till.settings.tender(code).is_some_and(|tender| tender.over_as_tip);
        self.slips.clear();
        for tipped in found {
            let sale = &tipped.sale;
            let paid = sale.payments.iter().filter(|paid| keeps_tips(&paid.tender) && paid.shift == sale.shift);
            self.slips.extend(paid.map(|paid| {
                let table = sale.table.as_ref().map(|table| format!(" · {}", floor::short(table))).unwrap_or_default();
                let server = till.name_of(sale.server);
                Slip {
                    receipt: sale.receipt,
                    payment: paid.id,
                    about: format!("{}{table} · {server} · {}", paid.at.show_time(), paid.name),
                    last_four: paid.reference.last_four.clone().unwrap_or_default(),
                    amount: paid.amount,
                    tip: tipped.tip(paid),
                }
            }));
        }
        match self.slips.is_empty() {
            true => self.say(Tone::Warn, "Nothing was paid in this shift that keeps tips"),
            false => {
                let all = self.slips.iter().all(|slip| !slip.tip.is_zero());
                self.open(Dialog::Tips(TipForm { all, ..TipForm::default() }));
            }
        }
    }
}

/// The slips that are shown: those without a tip, or all.
fn shown<'u>(ui: &'u Ui, form: &TipForm) -> Vec<&'u Slip> {
    ui.slips.iter().filter(|slip| form.all || slip.tip.is_zero()).collect()
}

/// Which of those shown is selected.
fn selected(slips: &[&Slip], form: &TipForm) -> Option<usize> {
    match form.on {
        Some(on) => slips.iter().position(|slip| slip.payment == on),
        None => (!slips.is_empty()).then_some(0),
    }
}

/// Moves among the slips; to the right, between all of them and those without a tip.
pub(super) fn step(ui: &mut Ui, action: Action) {
    let Some(Dialog::Tips(form)) = ui.kept.dialogs.last() else { return };
    let slips = shown(ui, form);
    let at = dialogs::moved(selected(&slips, form).unwrap_or(0), slips.len().saturating_sub(1), action);
    let on = slips.get(at).map(|slip| slip.payment);
    let Some(Dialog::Tips(form)) = ui.kept.dialogs.last_mut() else { return };
    match action {
        Action::Right | Action::Toggle => (form.all, form.on) = (!form.all, None),
        Action::Left => {}
        _ => (form.on, form.edit) = (on, Edit::default()),
    }
}

/// Enter: takes the tip that was typed for the selected slip; nothing goes on to the next one. `#17` goes to a receipt,
/// `*4242` to a card, and `17=4.50` is both at once.
pub(super) fn accept(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(Dialog::Tips(form)) = ui.kept.dialogs.last_mut() else { return Vec::new() };
    let text = form.edit.text().trim().to_owned();
    form.edit.clear();
    let (wanted, amount) = match text.split_once('=') {
        Some((receipt, amount)) => (Some(format!("#{}", receipt.trim_start_matches('#'))), amount.to_owned()),
        None if text.starts_with(['#', '*']) => (Some(text), String::new()),
        None => (None, text),
    };
    if let Some(wanted) = &wanted
        && !go_to(ui, wanted)
    {
        return Vec::new();
    }
    if amount.is_empty() {
        if wanted.is_none() {
            step(ui, Action::Down);
        }
        return Vec::new();
    }
    let tip = match sell::reading(ui, till).amount(&amount) {
        Ok(tip) => tip,
        Err(why) => {
            ui.say(Tone::Bad, why);
            return Vec::new();
        }
    };
    let Some(Dialog::Tips(form)) = ui.kept.dialogs.last() else { return Vec::new() };
    let slips = shown(ui, form);
    match selected(&slips, form).and_then(|at| slips.get(at)) {
        Some(slip) => {
            let (receipt, payment) = (slip.receipt, slip.payment);
            vec![Request::Command(Command::AdjustTip { receipt, payment, tip, found: None })]
        }
        None => {
            ui.say(Tone::Warn, "Every slip has its tip: Tab shows them, Esc leaves");
            Vec::new()
        }
    }
}

/// Selects the slip of a receipt or a card; says where there is none.
fn go_to(ui: &mut Ui, wanted: &str) -> bool {
    let fits = |slip: &&Slip| match wanted.strip_prefix('*') {
        Some(digits) => !digits.is_empty() && slip.last_four == digits,
        None => wanted.strip_prefix('#').is_some_and(|number| number == slip.receipt.to_string()),
    };
    // Of several with the same card, one that has none yet.
    let found = ui.slips.iter().filter(fits).min_by_key(|slip| !slip.tip.is_zero());
    let Some((payment, has_tip)) = found.map(|slip| (slip.payment, !slip.tip.is_zero())) else {
        ui.say(Tone::Bad, format!("No slip of this shift is {wanted}"));
        return false;
    };
    if let Some(Dialog::Tips(form)) = ui.kept.dialogs.last_mut() {
        form.on = Some(payment);
        form.all |= has_tip;
    }
    true
}

/// A tip was changed: the slip has it, and the next one is selected.
pub(super) fn settled(ui: &mut Ui, change: &TipChange) {
    if let Some(Dialog::Tips(form)) = ui.kept.dialogs.last() {
        let slips = shown(ui, form);
        let at = slips.iter().position(|slip| slip.payment == change.payment);
        let next = at.and_then(|at| slips.get(at + 1).or_else(|| slips.get(at.checked_sub(1)?)));
        let on = next.map(|slip| slip.payment);
        if let Some(Dialog::Tips(form)) = ui.kept.dialogs.last_mut() {
            form.on = on;
        }
    }
    if let Some(slip) = ui.slips.iter_mut().find(|slip| slip.payment == change.payment) {
        slip.tip = change.after;
    }
}

/// What was changed, in words.
pub(super) fn told(ui: &Ui, till: &Till, change: &TipChange) -> String {
    let show = |amount| till.settings.currency.show(amount);
    let was = if change.before.is_zero() { String::new() } else { format!(" instead of {}", show(change.before)) };
    let without = ui.slips.iter().filter(|slip| slip.tip.is_zero()).count();
    format!("Receipt {}: tip {}{was} · {without} without", change.receipt, show(change.after))
}

pub(super) fn dialog(ui: &Ui, till: &Till, form: &TipForm) -> Shown {
    let show = |amount| till.settings.currency.show(amount);
    let slips = shown(ui, form);
    let at = selected(&slips, form);
    let row = |(n, slip): (usize, &&Slip)| {
        let card = if slip.last_four.is_empty() { String::new() } else { format!(" *{}", slip.last_four) };
        let tip = if slip.tip.is_zero() { String::new() } else { format!(" + {}", show(slip.tip)) };
        ListRow {
            key: slip.receipt.to_string(),
            on: None,
            label: Text::from(format!("{}{card}", slip.about)),
            value: Text::from(format!("{}{tip}", show(slip.amount))),
            selected: Some(n) == at,
        }
    };
    let all: Money = ui.slips.iter().map(|slip| slip.tip).sum();
    let without = ui.slips.iter().filter(|slip| slip.tip.is_zero()).count();
    let message = match (ui.slips.is_empty(), slips.is_empty()) {
        (true, _) => "The slips are not at hand any more: Esc, then :tips looks them up again",
        (false, true) => "Every slip has its tip · Tab shows all",
        (false, false) => "Enter takes the tip, or goes on · #17 a receipt, *4242 a card · Tab all or those without",
    };
    Shown {
        title: format!("Tips: {without} of {} slips without", ui.slips.len()),
        value: Text::new(Tone::Accent, show(all)),
        fields: vec![Field {
            label: format!("Tip, {}", till.settings.currency.code()),
            text: form.edit.text().to_owned(),
            cursor: Some(form.edit.cursor()),
        }],
        rows: slips.iter().enumerate().map(row).collect(),
        message: Text::new(Tone::Dim, message),
        tall: true,
        ..Shown::default()
    }
}
