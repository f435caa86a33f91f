//! Dialogs that ask for a text, a choice from a list, a yes, or a PIN.

use rust_decimal::Decimal;

use crate::domain::catalogue::Availability;
use crate::domain::command::{Command, PriceGiven};
use crate::domain::ids::RegisterId;
use crate::domain::money::Money;
use crate::domain::order::DiscountKind;
use crate::domain::quantity::Quantity;
use crate::domain::staff::Permission;
use crate::domain::till::Till;
use crate::ui::action::Action;
use crate::ui::edit::Edit;
use crate::ui::key::Key;
use crate::ui::lists::{pick, pick_selected, place, rows, select_first};
use crate::ui::refund::Wanted;
use crate::ui::screen::Tone;
use crate::ui::state::{Ask, Dialog, From, Ui, Whom, Why};
use crate::ui::stock::GoodFor;
use crate::ui::vouchers::{MoneyFor, VoucherAsk};
use crate::ui::{
    AfterPin, Request, Secret, count, customers, modifiers, order, party, pay, people, points, promotions, refund,
    report, sell, show, split, stock, tables, tips, vouchers,
};

/// Where a selection moves to among `0..=last`.
pub(super) fn moved(at: usize, last: usize, action: Action) -> usize {
    match action {
        Action::Up => at.min(last).saturating_sub(1),
        Action::Down => (at + 1).min(last),
        Action::PageUp => at.saturating_sub(10),
        Action::PageDown => (at + 10).min(last),
        Action::First => 0,
        Action::Last => last,
        _ => at.min(last),
    }
}

/// The text that is being typed in the top dialog, if it asks for one.
pub(super) fn edit(ui: &mut Ui) -> Option<&mut Edit> {
    match ui.kept.dialogs.last_mut()? {
        Dialog::Prompt { edit, .. } | Dialog::Choose { filter: edit, .. } => Some(edit),
        Dialog::Override { pin: edit, .. } | Dialog::Secret { edit, .. } => Some(edit),
        Dialog::PayForm(form) => form.fields.get_mut(form.at).map(|(_, edit)| edit),
        Dialog::Stock(form) => form.fields.get_mut(form.at).map(|(_, edit)| edit),
        Dialog::Customer(form) => form.fields.get_mut(form.at).map(|(_, edit)| edit),
        Dialog::Tips(form) => Some(&mut form.edit),
        Dialog::Count(form) => form.fields.get_mut(form.at).map(|(_, edit)| edit),
        Dialog::Refund(form) => form.rows.get_mut(form.at).map(|row| &mut row.back),
        Dialog::Pay { .. } => Some(&mut ui.kept.input),
        Dialog::Modifiers(_)
        | Dialog::Confirm { .. }
        | Dialog::Unknown { .. }
        | Dialog::Show { .. }
        | Dialog::Report(_)
        | Dialog::Help { .. } => None,
    }
}

/// A character typed into the top dialog.
pub(super) fn char_typed(ui: &mut Ui, till: &Till, c: char) -> Vec<Request> {
    match ui.kept.dialogs.last() {
        Some(Dialog::Modifiers(_)) => return modifiers::char_typed(ui, till, c),
        Some(Dialog::Report(_)) => return report::char_typed(ui, c),
        // Whoever types into the help of the order screen looks for something: the list of actions finds it.
        Some(Dialog::Help { .. }) if help_finds(ui) && c.is_alphabetic() => {
            ui.close();
            (ui.kept.input, ui.kept.on) = (Edit::new(&format!(":{c}")), None);
            return Vec::new();
        }
        Some(Dialog::Pay { .. }) if c.is_ascii_alphabetic() => return pay::choose_letter(ui, till, c),
        Some(Dialog::Pay { .. }) if !c.is_ascii_digit() && !matches!(c, '.' | ',') => {
            ui.say(Tone::Warn, "Type an amount, or the letter of a way to pay");
            return Vec::new();
        }
        Some(Dialog::Confirm { yes, other, .. }) => {
            let chosen = match (c.to_ascii_lowercase(), other) {
                ('y', None) | ('1', _) => yes.clone(),
                ('2', Some((_, other))) => other.clone(),
                ('n', _) => {
                    ui.close();
                    return Vec::new();
                }
                (_, other) => {
                    let yes = if other.is_some() { "1 or 2" } else { "y" };
                    ui.say(Tone::Warn, format!("{yes} for yes, n for no"));
                    return Vec::new();
                }
            };
            ui.close();
            return vec![Request::Command(chosen)];
        }
        Some(Dialog::Unknown { barcode }) if c.eq_ignore_ascii_case(&'b') => {
            let barcode = barcode.clone();
            ui.close();
            ui.choose(From::ItemsToBind(barcode));
            return Vec::new();
        }
        Some(Dialog::Choose { from, filter, .. }) if filter.is_empty() && c.is_ascii_digit() => {
            if let Some(row) = rows(ui, till, from, "").into_iter().find(|r| r.key == c.to_string()) {
                return pick(ui, till, row.then);
            }
        }
        _ => {}
    }
    if let Some(edit) = edit(ui) {
        edit.insert(c);
    }
    select_first(ui);
    Vec::new()
}

/// Whether the help is that of the order screen, with nothing between: letters then find an action.
pub(super) fn help_finds(ui: &Ui) -> bool {
    ui.kept.owner.is_some() && matches!(ui.kept.dialogs.as_slice(), [Dialog::Help { .. }])
}

/// What an action does in the top dialog. A bound character types where text is asked.
pub(super) fn act(ui: &mut Ui, till: &Till, action: Action, key: Key) -> Vec<Request> {
    let toggles = matches!(ui.kept.dialogs.last(), Some(Dialog::Modifiers(_) | Dialog::Refund(_) | Dialog::Tips(_)));
    let bound = action == Action::Toggle && toggles;
    if let (Key::Char(c), false) = (key, bound) {
        return char_typed(ui, till, c);
    }
    match action {
        Action::Cancel => cancel(ui),
        Action::Help if !matches!(ui.kept.dialogs.last(), Some(Dialog::Help { .. })) => {
            ui.open(Dialog::Help { at: 0 });
            Vec::new()
        }
        Action::Accept => accept(ui, till),
        Action::Toggle if matches!(ui.kept.dialogs.last(), Some(Dialog::Modifiers(_))) => modifiers::toggle(ui, till),
        Action::Toggle if matches!(ui.kept.dialogs.last(), Some(Dialog::Refund(_))) => refund::toggle(ui),
        Action::Modify if matches!(ui.kept.dialogs.last(), Some(Dialog::Modifiers(_))) => {
            modifiers::done(ui, till, None)
        }
        Action::Cash | Action::Card | Action::Cash1 | Action::Cash2 | Action::Cash3 | Action::Cash4
            if matches!(ui.kept.dialogs.last(), Some(Dialog::Modifiers(_))) =>
        {
            modifiers::done(ui, till, Some(action))
        }
        Action::Erase | Action::EraseNext | Action::EraseWord | Action::EraseAll => {
            if let Some(edit) = edit(ui) {
                edit.act(action);
                select_first(ui);
            }
            Vec::new()
        }
        Action::Cash | Action::Card | Action::Cash1 | Action::Cash2 | Action::Cash3 | Action::Cash4
            if matches!(ui.kept.dialogs.last(), Some(Dialog::Pay { .. })) =>
        {
            pay::key_in_list(ui, till, action)
        }
        _ => {
            step(ui, till, action);
            Vec::new()
        }
    }
}

/// The field of a form that has the cursor, and the place of the last one.
fn form(dialog: &mut Dialog) -> Option<(&mut usize, usize)> {
    let (at, fields) = match dialog {
        Dialog::PayForm(form) => (&mut form.at, form.fields.len()),
        Dialog::Stock(form) => (&mut form.at, form.fields.len()),
        Dialog::Customer(form) => (&mut form.at, form.fields.len()),
        Dialog::Count(form) => (&mut form.at, form.fields.len()),
        Dialog::Prompt { .. }
        | Dialog::Choose { .. }
        | Dialog::Modifiers(_)
        | Dialog::Pay { .. }
        | Dialog::Report(_)
        | Dialog::Tips(_)
        | Dialog::Refund(_)
        | Dialog::Secret { .. }
        | Dialog::Confirm { .. }
        | Dialog::Override { .. }
        | Dialog::Unknown { .. }
        | Dialog::Show { .. }
        | Dialog::Help { .. } => return None,
    };
    Some((at, fields.saturating_sub(1)))
}

/// Moves within the top dialog.
fn step(ui: &mut Ui, till: &Till, action: Action) {
    let form = ui.kept.dialogs.last_mut().and_then(form);
    let action = match action {
        Action::Next if form.is_some() => Action::Down,
        Action::Previous if form.is_some() => Action::Up,
        Action::Next => Action::Right,
        Action::Previous => Action::Left,
        other => other,
    };
    if let (Some((at, last)), Action::Up | Action::Down | Action::PageUp | Action::PageDown) = (form, action) {
        *at = moved(*at, last, action);
        return;
    }
    let lists =
        matches!(action, Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last);
    if let Some(Dialog::Choose { from, filter, on }) = ui.kept.dialogs.last()
        && (lists || matches!(from, From::Tables(_)))
    {
        let mut rows = rows(ui, till, from, filter.text());
        let at = place(&rows, on.as_ref()).unwrap_or(0);
        let at = match from {
            From::Tables(_) => tables::step(till, &rows, at, action),
            _ => moved(at, rows.len().saturating_sub(1), action),
        };
        let then = (at < rows.len()).then(|| rows.swap_remove(at).then);
        if let Some(Dialog::Choose { on, .. }) = ui.kept.dialogs.last_mut() {
            *on = then;
        }
        return;
    }
    let last = last_row(ui, till);
    match ui.kept.dialogs.last_mut() {
        Some(Dialog::Modifiers(_)) => modifiers::step(ui, till, action),
        Some(Dialog::Report(_)) => report::step(ui, action),
        Some(Dialog::Tips(_)) => tips::step(ui, action),
        Some(Dialog::Pay { at }) if lists => *at = Some(at.map_or(0, |at| moved(at, last, action))),
        Some(Dialog::Help { at } | Dialog::Show { at, .. }) if lists => {
            *at = moved(*at, last, action);
        }
        Some(Dialog::Refund(_)) if matches!(action, Action::Left | Action::Right) => {
            refund::turn(ui, till, if action == Action::Left { -1 } else { 1 });
        }
        Some(Dialog::Refund(form)) if lists => form.at = moved(form.at, last, action),
        Some(_) | None => {
            if let Some(edit) = edit(ui) {
                edit.act(action);
            }
        }
    }
}

/// The place of the last row that the top dialog can be moved to.
fn last_row(ui: &Ui, till: &Till) -> usize {
    let rows = match ui.kept.dialogs.last() {
        Some(Dialog::Pay { .. }) => pay::choices(till),
        Some(Dialog::Show { what, .. }) => show::rows(ui, till, what).len(),
        Some(Dialog::Help { .. }) => super::help_rows(ui).len(),
        Some(Dialog::Refund(form)) => form.rows.len(),
        Some(
            Dialog::Prompt { .. }
            | Dialog::Choose { .. }
            | Dialog::Modifiers(_)
            | Dialog::PayForm(_)
            | Dialog::Count(_)
            | Dialog::Customer(_)
            | Dialog::Stock(_)
            | Dialog::Report(_)
            | Dialog::Tips(_)
            | Dialog::Secret { .. }
            | Dialog::Confirm { .. }
            | Dialog::Override { .. }
            | Dialog::Unknown { .. },
        )
        | None => 0,
    };
    rows.saturating_sub(1)
}

/// Esc takes back one layer of the dialog: what was typed to narrow a list, then the dialog.
fn cancel(ui: &mut Ui) -> Vec<Request> {
    let layer = match ui.kept.dialogs.last_mut() {
        Some(Dialog::Choose { filter, on, .. }) if !filter.is_empty() => {
            filter.clear();
            *on = None;
            true
        }
        Some(Dialog::Modifiers(m)) if m.digit.is_some() || m.amount != Default::default() => {
            (m.digit, m.amount) = (None, Default::default());
            true
        }
        // Back to the question before, so that a slip costs one choice and not all of them.
        Some(Dialog::Modifiers(m)) if m.group > 0 => {
            (m.group, m.at) = (m.group - 1, 0);
            true
        }
        Some(Dialog::Pay { .. }) if !ui.kept.input.is_empty() => {
            ui.kept.input.clear();
            true
        }
        _ => false,
    };
    if !layer {
        ui.close();
    }
    Vec::new()
}

pub(super) fn accept(ui: &mut Ui, till: &Till) -> Vec<Request> {
    match ui.kept.dialogs.last() {
        Some(Dialog::Prompt { ask, edit }) => {
            let (ask, text) = (ask.clone(), edit.text().trim().to_owned());
            prompted(ui, till, ask, &text)
        }
        Some(Dialog::Choose { .. }) => pick_selected(ui, till),
        Some(Dialog::Modifiers(_)) => modifiers::accept(ui, till),
        Some(Dialog::Pay { at: Some(at) }) => {
            let at = *at;
            pay::accept(ui, till, at)
        }
        Some(Dialog::Pay { at: None }) => {
            ui.say(Tone::Warn, "A letter says how it is paid; Down selects one");
            Vec::new()
        }
        Some(Dialog::PayForm(_)) => pay::accept_form(ui, till),
        Some(Dialog::Count(_)) => count::accept(ui, till),
        Some(Dialog::Customer(_)) => customers::accept_form(ui),
        Some(Dialog::Stock(_)) => stock::accept(ui),
        Some(Dialog::Tips(_)) => tips::accept(ui, till),
        Some(Dialog::Report(_)) => report::accept(ui),
        Some(Dialog::Refund(_)) => refund::accept(ui, till),
        Some(Dialog::Confirm { .. }) => {
            let two = matches!(ui.kept.dialogs.last(), Some(Dialog::Confirm { other: Some(_), .. }));
            ui.say(Tone::Warn, if two { "Press 1 or 2, Esc for neither" } else { "Press y for yes, Esc for no" });
            Vec::new()
        }
        Some(Dialog::Override { .. }) => give_pin(ui, till),
        Some(Dialog::Secret { .. }) => people::accept_secret(ui),
        Some(Dialog::Unknown { .. } | Dialog::Show { .. } | Dialog::Help { .. }) => {
            ui.close();
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn give_pin(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let wait_ms = till.override_failures.wait_ms(ui.now);
    let Some(Dialog::Override { permission, command, pin }) = ui.kept.dialogs.last_mut() else { return Vec::new() };
    let pin = pin.take();
    let (permission, command) = (*permission, command.clone());
    if wait_ms > 0 {
        ui.say(Tone::Bad, format!("Too many wrong PINs: wait {} s", wait_ms / 1000 + 1));
        return Vec::new();
    }
    if pin.is_empty() {
        ui.say(Tone::Warn, format!("Type the PIN of somebody who may {}", permission.words()));
        return Vec::new();
    }
    vec![Request::CheckPin { pin: Secret(pin), then: AfterPin::Allow { permission, command } }]
}

/// What the text of a prompt leads to.
fn prompted(ui: &mut Ui, till: &Till, ask: Ask, text: &str) -> Vec<Request> {
    match answer_of(ui, till, &ask, text) {
        Ok(next) => {
            ui.close();
            match next {
                Next::Do(command) => vec![Request::Command(command)],
                Next::Then(first, then) => vec![Request::Command(first), Request::Command(then)],
                Next::Reason(why) => order::reason(ui, till, why),
                Next::Ask(ask) => {
                    ui.prompt(ask, "");
                    Vec::new()
                }
                Next::Tip(tip) => {
                    ui.kept.tip = tip;
                    let tip = till.settings.currency.show(tip);
                    ui.say(Tone::Good, format!("Tip with the next payment: {tip}"));
                    Vec::new()
                }
                Next::Voucher(code) => {
                    vouchers::look(ui, till, &code);
                    Vec::new()
                }
                Next::Reprint(receipt) => vec![Request::Reprint(receipt)],
                Next::Find(wanted) => vec![Request::FindSale(wanted)],
                Next::Choose(from) => {
                    ui.choose(from);
                    Vec::new()
                }
                Next::Ring(ring) => sell::start(ui, till, ring),
                Next::Nothing => Vec::new(),
            }
        }
        Err(why) => {
            ui.say(Tone::Bad, why);
            Vec::new()
        }
    }
}

enum Next {
    Do(Command),
    Then(Command, Command),
    Reason(Why),
    Ask(Ask),
    Tip(Money),
    Reprint(u64),
    Voucher(String),
    Find(Wanted),
    Choose(From),
    Ring(crate::domain::command::Ring),
    Nothing,
}

fn answer_of(ui: &Ui, till: &Till, ask: &Ask, text: &str) -> Result<Next, String> {
    let reading = sell::reading(ui, till);
    let name = || (!text.is_empty()).then(|| text.to_owned());
    Ok(match ask {
        Ask::HoldName => Next::Do(Command::Hold { name: name() }),
        Ask::OrderName => Next::Do(Command::Name { name: text.to_owned() }),
        Ask::Phone => Next::Do(Command::SetContact { phone: Some(text.to_owned()), address: None }),
        Ask::Address => Next::Do(Command::SetContact { phone: None, address: Some(text.to_owned()) }),
        Ask::PickUp => Next::Do(Command::SetDue { at: party::when(ui, text)? }),
        Ask::Limit => {
            let limit = if text.is_empty() { None } else { Some(reading.amount(text)?) };
            Next::Do(Command::SetOrderLimit { limit })
        }
        Ask::Asked(asked, then) => Next::Then(party::answered(ui, *asked, text)?, (**then).clone()),
        Ask::SplitEvenly | Ask::SplitAmount | Ask::SplitLine(_) => Next::Do(split::asked(ui, till, ask, text)?),
        Ask::Covers => Next::Do(Command::SetCovers { covers: Some(number(text, "a number of people")?) }),
        Ask::Seat(line) => Next::Do(Command::SetSeat { line: *line, seat: Some(number(text, "a seat")?) }),
        Ask::KitchenNote(line) => Next::Do(Command::SetKitchenNote { line: *line, note: text.to_owned() }),
        Ask::CustomerNote(line) => Next::Do(Command::SetCustomerNote { line: *line, note: text.to_owned() }),
        Ask::Price(line) => Next::Reason(Why::Price(*line, reading.amount(text)?)),
        Ask::LineDiscount(line) => match discount(ui, till, text)? {
            Some(kind) => Next::Reason(Why::LineDiscount(*line, kind)),
            None => Next::Do(Command::DiscountLine { line: *line, discount: None }),
        },
        Ask::OrderDiscount => match discount(ui, till, text)? {
            Some(kind) => Next::Reason(Why::OrderDiscount(kind)),
            None => Next::Do(Command::DiscountOrder { discount: None }),
        },
        Ask::Allergies => Next::Do(Command::SetAllergies { text: text.to_owned() }),
        Ask::Account(customer, what) => match customers::asked(ui, till, *customer, *what, text)? {
            Ok(from) => Next::Choose(from),
            Err(command) => Next::Do(command),
        },
        Ask::Stock(GoodFor::Delivery, good) => Next::Do(stock::delivery(good, text)?),
        Ask::Stock(GoodFor::Waste, good) => Next::Reason(Why::ThrowAway(good.clone(), Quantity::parse(text)?)),
        Ask::Voucher(VoucherAsk::Sell) => Next::Choose(From::MoneyTenders(MoneyFor::Voucher, reading.amount(text)?)),
        Ask::Voucher(VoucherAsk::Look) => Next::Voucher(vouchers::known(till, text)?.code.clone()),
        Ask::Voucher(VoucherAsk::PayOut) => {
            Next::Do(Command::PayOutVoucher { code: vouchers::known(till, text)?.code.clone(), confirmed: false })
        }
        Ask::Points(customer, scheme) => Next::Do(points::typed(*customer, scheme, text)?),
        Ask::Deposit => Next::Choose(From::MoneyTenders(MoneyFor::Deposit, reading.amount(text)?)),
        Ask::Coupon => Next::Do(promotions::coupon(till, text)?),
        Ask::Tip => Next::Tip(if text.is_empty() { Money::ZERO } else { reading.amount(text)? }),
        Ask::Float => {
            let float = if text.is_empty() { Money::ZERO } else { reading.amount(text)? };
            Next::Do(Command::OpenShift { float, pieces: Vec::new() })
        }
        Ask::CashAmount(kind) => Next::Ask(Ask::CashReason(*kind, reading.amount(text)?)),
        Ask::CashReason(kind, amount) => {
            Next::Do(Command::MoveCash { kind: *kind, amount: *amount, reason: text.to_owned() })
        }
        Ask::CashNumber => {
            let number = text.parse().map_err(|_| format!("`{text}` is not the number of a cash move"))?;
            Next::Do(Command::UndoCash { number, reason: String::new() })
        }
        Ask::LendTo => {
            let typed = text.parse().map(RegisterId).ok();
            let register = if text.is_empty() { till.others.keys().next().copied() } else { typed };
            let open = register.filter(|register| till.others.contains_key(register));
            Next::Ask(Ask::LendAmount(open.ok_or_else(|| format!("Register {text} has no open shift to lend to"))?))
        }
        Ask::LendAmount(register) => Next::Ask(Ask::LendReason(*register, reading.amount(text)?)),
        Ask::LendReason(register, amount) => {
            Next::Do(Command::Lend { to: *register, amount: *amount, reason: text.to_owned() })
        }
        Ask::HandOver(command) => {
            let mut command = (**command).clone();
            if let Command::CloseShift { note, .. } = &mut command {
                text.clone_into(note);
            }
            Next::Do(command)
        }
        Ask::RefundOf if text.is_empty() => {
            let last = till.last_sale.as_ref().ok_or("Type a receipt's number, or scan its code")?;
            Next::Find(Wanted::Receipt(last.register, last.receipt))
        }
        Ask::RefundOf => Next::Find(refund::wanted(ui, till, text)?),
        Ask::Receipt if text.is_empty() => {
            let last = till.last_sale.as_ref().ok_or("Nothing was sold yet: type a receipt's number")?;
            Next::Reprint(last.receipt)
        }
        Ask::Receipt => Next::Reprint(text.parse().map_err(|_| format!("`{text}` is not a receipt number"))?),
        Ask::Left(item) => Next::Do(Command::SetAvailability { item: item.clone(), availability: left(text)? }),
        Ask::OpenPrice(ring) => {
            let price = reading.amount(text)?;
            Next::Ring(crate::domain::command::Ring { price: PriceGiven::Typed(price), ..ring.clone() })
        }
        Ask::Weight(ring) => {
            let quantity = Some(Quantity::parse(text)?);
            Next::Ring(crate::domain::command::Ring { quantity, ..ring.clone() })
        }
        Ask::Period(name) => Next::Do(report::view(ui, till, name, text)?),
        Ask::CashTips => {
            Next::Do(Command::ClockOut { tips: if text.is_empty() { Money::ZERO } else { reading.amount(text)? } })
        }
        Ask::WorkTimes(before) => Next::Ask(Ask::WorkReason(before.clone(), Box::new(before.corrected(text)?))),
        Ask::WorkReason(before, after) => {
            Next::Do(Command::CorrectWork { before: before.clone(), after: after.clone(), reason: text.to_owned() })
        }
        Ask::StaffName if text.is_empty() => Next::Nothing,
        Ask::StaffName => Next::Choose(From::Roles(Whom::New(text.to_owned()))),
        Ask::Barcode if text.is_empty() => Next::Nothing,
        Ask::Barcode => Next::Choose(From::ItemsToBind(text.to_owned())),
    })
}

/// A number as people type it; nothing stands for none.
fn number<T: std::str::FromStr + Default>(text: &str, what: &str) -> Result<T, String> {
    if text.is_empty() { Ok(T::default()) } else { text.parse().map_err(|_| format!("`{text}` is not {what}")) }
}

/// `free` lifts counting, 0 or nothing is sold out, a number is so many left.
fn left(text: &str) -> Result<Option<Availability>, String> {
    match text {
        "" | "0" => Ok(Some(Availability::SoldOut)),
        "free" | "-" => Ok(None),
        number => Ok(Some(Availability::Left(Quantity::parse(number)?))),
    }
}

/// A discount as people type it: `10%`, `1.50`, or `=5.00` to sell at that; 0 or nothing takes it away.
pub(super) fn discount(ui: &Ui, till: &Till, text: &str) -> Result<Option<DiscountKind>, String> {
    if text.is_empty() || text == "0" || text == "0%" {
        return Ok(None);
    }
    if let Some(percent) = text.strip_suffix('%') {
        let percent = percent.trim().replace(',', ".");
        let percent: Decimal = percent.parse().map_err(|_| format!("`{percent}` is not a percentage"))?;
        return Ok(Some(DiscountKind::Percent(percent)));
    }
    let reading = sell::reading(ui, till);
    Ok(Some(match text.strip_prefix('=') {
        Some(price) => DiscountKind::Price(reading.amount(price.trim())?),
        None => DiscountKind::Amount(reading.amount(text)?),
    }))
}

/// Who could lift a refusal, for the dialog that asks for their PIN.
pub(super) fn who_may(till: &Till, permission: Permission) -> String {
    let names: Vec<&str> =
        till.staff.values().filter(|s| till.may(s.id, permission)).map(|s| s.name.as_str()).take(5).collect();
    names.join(", ")
}
