//! Answering dialogs with whole texts: what `ring` reads, and what was typed behind an action.

use crate::domain::text::fold;
use crate::domain::till::Till;
use crate::ui::customers::CustomerFor;
use crate::ui::dialogs::{accept, char_typed};
use crate::ui::edit::Edit;
use crate::ui::lists::{pick, rows};
use crate::ui::screen::Tone;
use crate::ui::state::{Ask, Dialog, From, Ui};
use crate::ui::stock::GoodFor;
use crate::ui::{Request, customers, modifiers, pay, refund};

/// The next answer for the top dialog from those typed behind an action: a text that ends the
/// asking takes all the rest.
pub(super) fn next_answer(ui: &mut Ui) -> Option<String> {
    let one_word = match ui.kept.dialogs.last()? {
        Dialog::Prompt { ask, .. } => match ask {
            Ask::Price(_)
            | Ask::LineDiscount(_)
            | Ask::OrderDiscount
            | Ask::Coupon
            | Ask::Deposit
            | Ask::Account(..)
            | Ask::Voucher(_)
            | Ask::Stock(GoodFor::Waste, _)
            | Ask::OpenPrice(_)
            | Ask::Weight(_)
            | Ask::CashAmount(_)
            | Ask::Covers
            | Ask::SplitEvenly
            | Ask::SplitAmount
            | Ask::SplitLine(_)
            | Ask::Seat(_)
            | Ask::PickUp
            | Ask::Limit
            | Ask::LendTo
            | Ask::LendAmount(_)
            | Ask::RefundOf
            | Ask::Barcode => true,
            Ask::HoldName
            | Ask::OrderName
            | Ask::Stock(GoodFor::Delivery, _)
            | Ask::Allergies
            | Ask::Points(..)
            | Ask::Phone
            | Ask::Address
            | Ask::Asked(..)
            | Ask::KitchenNote(_)
            | Ask::CustomerNote(_)
            | Ask::Tip
            | Ask::Float
            | Ask::CashReason(..)
            | Ask::CashNumber
            | Ask::LendReason(..)
            | Ask::HandOver(_)
            | Ask::Receipt
            | Ask::Left(_)
            | Ask::Period(_)
            | Ask::CashTips
            | Ask::WorkTimes(_)
            | Ask::WorkReason(..)
            | Ask::StaffName => false,
        },
        Dialog::Choose { from, .. } => match from {
            From::Payments
            | From::ItemsToMark
            | From::OrderTypes
            | From::Tables(_)
            | From::Splits
            | From::AtTable(_)
            | From::Servers
            | From::Jobs
            | From::JobActs(_)
            | From::Reports
            | From::Sales(_)
            | From::MenuBefore
            | From::Works
            | From::Staff
            | From::StaffActs(_)
            | From::Roles(_)
            | From::AccountActs(_)
            | From::Received(..)
            | From::Schemes(_)
            | From::ToAccount
            | From::Goods(_)
            | From::MoneyTenders(..)
            | From::MoveLines
            | From::Merge => true,
            // A name has several words; what follows an account's is asked, and the name's first word has to do.
            From::Customers(what) => *what == CustomerFor::Account,
            From::Reasons(_) | From::Promotions | From::Orders | From::Tabs | From::ItemsToBind(_) => false,
        },
        Dialog::Modifiers(_)
        | Dialog::Pay { .. }
        | Dialog::PayForm(_)
        | Dialog::Count(_)
        | Dialog::Refund(_)
        | Dialog::Unknown { .. }
        | Dialog::Show { .. }
        | Dialog::Report(_)
        | Dialog::Help { .. } => true,
        Dialog::Customer(_) => false,
        Dialog::Stock(_) | Dialog::Tips(_) => true,
        // What was typed before these opened was not meant for them: no PIN, and no yes.
        Dialog::Confirm { .. } | Dialog::Override { .. } | Dialog::Secret { .. } => {
            ui.answers.clear();
            return None;
        }
    };
    if one_word {
        return ui.answers.pop_front();
    }
    let rest: Vec<String> = ui.answers.drain(..).collect();
    (!rest.is_empty()).then(|| rest.join(" "))
}

/// Answers the top dialog with a whole text, as if it were typed and entered.
pub(super) fn answer(ui: &mut Ui, till: &Till, text: &str) -> Vec<Request> {
    match ui.kept.dialogs.last_mut() {
        Some(Dialog::Prompt { edit, .. }) => {
            *edit = Edit::new(text);
            accept(ui, till)
        }
        Some(Dialog::Override { pin: edit, .. } | Dialog::Secret { edit, .. }) => {
            *edit = Edit::new(text);
            accept(ui, till)
        }
        Some(Dialog::PayForm(form)) => {
            let at = form.at;
            if let Some((_, edit)) = form.fields.get_mut(at) {
                *edit = Edit::new(text);
            }
            accept(ui, till)
        }
        Some(Dialog::Count(form)) => {
            let at = form.at;
            if let Some((_, edit)) = form.fields.get_mut(at) {
                *edit = Edit::new(text);
            }
            accept(ui, till)
        }
        Some(Dialog::Customer(_)) => customers::answer_form(ui, text),
        Some(Dialog::Stock(form)) => {
            let at = form.at;
            if let Some((_, edit)) = form.fields.get_mut(at) {
                *edit = Edit::new(text);
            }
            accept(ui, till)
        }
        Some(Dialog::Tips(_)) if text == "." => {
            ui.close();
            Vec::new()
        }
        Some(Dialog::Tips(form)) => {
            form.edit = Edit::new(text);
            accept(ui, till)
        }
        Some(Dialog::Refund(_)) => refund::answer(ui, till, text),
        Some(Dialog::Choose { .. }) => answer_choice(ui, till, text),
        Some(Dialog::Modifiers(_)) => modifiers::answer(ui, till, text),
        Some(Dialog::Pay { .. }) => pay::answer(ui, till, text),
        Some(Dialog::Confirm { .. } | Dialog::Unknown { .. }) => match text.chars().next() {
            Some(c) => char_typed(ui, till, c),
            None => accept(ui, till),
        },
        Some(Dialog::Help { .. } | Dialog::Show { .. } | Dialog::Report(_)) => accept(ui, till),
        None => Vec::new(),
    }
}

fn answer_choice(ui: &mut Ui, till: &Till, text: &str) -> Vec<Request> {
    let Some(Dialog::Choose { from, .. }) = ui.kept.dialogs.last() else { return Vec::new() };
    let from = from.clone();
    let narrows = from.narrows();
    let mut rows = rows(ui, till, &from, if narrows { text } else { "" });
    let wanted = fold(text);
    let at = match narrows {
        true => (!rows.is_empty()).then_some(0),
        false => rows
            .iter()
            .position(|r| r.key == text || fold(&r.label) == wanted)
            // A code as the settings have it: `take-away`.
            .or_else(|| rows.iter().position(|r| fold(&r.label) == wanted.replace('-', " ")))
            .or_else(|| rows.iter().position(|r| !wanted.is_empty() && fold(&r.label).starts_with(&wanted))),
    };
    match at {
        Some(at) => pick(ui, till, rows.swap_remove(at).then),
        None => {
            let there: Vec<String> = rows.iter().map(|r| format!("{} {}", r.key, r.label)).collect();
            ui.say(Tone::Bad, format!("`{text}` is none of: {}", there.join(", ")));
            Vec::new()
        }
    }
}
