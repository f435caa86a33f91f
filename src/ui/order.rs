//! The order screen: what its keys do.

use crate::domain::command::Command;
use crate::domain::course::Firing;
use crate::domain::order::{DiscountKind, Line, Order};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Refusal;
use crate::domain::shift::CashKind;
use crate::domain::till::Till;
use crate::ui::action::{Action, Context};
use crate::ui::customers::{self, CustomerFor};
use crate::ui::edit::Edit;
use crate::ui::entry::{Entry, Target};
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Ask, Dialog, From, Letters, TableFor, Ui, Why};
use crate::ui::stock::GoodFor;
use crate::ui::vouchers::VoucherAsk;
use crate::ui::{
    Request, coach, count, courses, dialogs, key_name, lists, modifiers, palette, pay, people, points, reasons, sell,
    show, split, stock, tables,
};

/// How far one key scrolls the paper.
const PAPER_STEP_LINES: isize = 10;

/// The line that the next key is about: the selected one, else the last.
pub(super) fn selected<'t>(ui: &Ui, till: &'t Till) -> Option<&'t Line> {
    let order = till.current()?;
    match ui.kept.selected {
        Some(id) => order.line(id).filter(|l| l.is_live()),
        None => order.rung_lines().next_back(),
    }
}

/// A character that is bound to nothing.
pub(super) fn char_typed(ui: &mut Ui, till: &Till, c: char) -> Vec<Request> {
    let hotkeys = ui.setup.letters == Letters::Hotkeys && !super::types_text(ui);
    if hotkeys && c.is_ascii_lowercase() {
        return sell::hotkey(ui, till, c);
    }
    if hotkeys && c.is_ascii_uppercase() && !tables::begins(ui, till, c) {
        turn_to(ui, till, usize::from(c as u8 - b'A'));
        return Vec::new();
    }
    if c == ' ' && ui.kept.input.is_empty() {
        ui.say(
            Tone::Warn,
            format!("{} sells one more of the selected line", key_name(ui, Context::Order, Action::More)),
        );
        return Vec::new();
    }
    if c == ' '
        && let Some(letters) = palette::letters(ui).map(str::to_owned)
        && palette::complete(ui, &letters)
    {
        return Vec::new();
    }
    ui.kept.input.insert(c);
    ui.kept.on = None;
    Vec::new()
}

fn turn_to(ui: &mut Ui, till: &Till, page: usize) {
    match till.catalogue.pages().get(page) {
        Some(_) => {
            ui.kept.page = page;
            ui.kept.paper_shown = false;
        }
        None => ui.say(Tone::Warn, format!("There are {} pages", till.catalogue.pages().len())),
    }
}

/// What an action does on the order screen.
pub(super) fn act(ui: &mut Ui, till: &Till, action: Action) -> Vec<Request> {
    if action != Action::Cancel {
        ui.kept.sale_shown &= till.current().is_none();
    }
    match action {
        Action::Accept => accept(ui, till),
        Action::Cancel => unwind(ui),
        Action::Erase | Action::EraseNext | Action::EraseWord | Action::EraseAll => edit(ui, |e| e.act(action)),
        Action::Drill => coach::drill(ui, till),
        Action::Help => open(ui, Dialog::Help { at: 0 }),
        Action::Cash | Action::Card | Action::Cash1 | Action::Cash2 | Action::Cash3 | Action::Cash4 => {
            pay::key(ui, till, action)
        }
        Action::Pay => pay::open(ui, till, ""),
        Action::Tip => with_order(ui, till, |ui, _| ask(ui, Ask::Tip, "")),
        Action::Tips => vec![Request::FindSlips],
        Action::SellVoucher => ask(ui, Ask::Voucher(VoucherAsk::Sell), ""),
        Action::Voucher => ask(ui, Ask::Voucher(VoucherAsk::Look), ""),
        Action::PayOutVoucher => ask(ui, Ask::Voucher(VoucherAsk::PayOut), ""),
        Action::Deposit => with_order(ui, till, |ui, _| ask(ui, Ask::Deposit, "")),
        Action::DepositBack => with_order(ui, till, |ui, order| match order.deposit_left().is_positive() {
            true => reason(ui, till, Why::DepositBack),
            false => {
                ui.say(Tone::Warn, Refusal::NoDeposit.to_string());
                Vec::new()
            }
        }),
        Action::TakeBack => pay::take_back(ui, till),
        Action::Send => command(Command::Send),
        Action::Fire => courses::fire(ui),
        Action::FireAll => command(Command::Fire { which: Firing::All }),
        Action::Hold => hold(ui, till),
        Action::Orders => orders(ui, till),
        Action::Name => {
            let name = till.current().and_then(|o| o.face.name.clone()).unwrap_or_default();
            with_order(ui, till, |ui, _| ask(ui, Ask::OrderName, &name))
        }
        Action::Modify
        | Action::Note
        | Action::CustomerNote
        | Action::Void
        | Action::Comp
        | Action::Explain
        | Action::Waste
        | Action::More
        | Action::Less
        | Action::Price
        | Action::Seat
        | Action::Course
        | Action::HoldCourse
        | Action::Discount => on_line(ui, till, action),
        Action::OrderDiscount => order_discount(ui, till),
        Action::Customer => {
            choose_typed(ui, From::Customers(CustomerFor::Order));
            Vec::new()
        }
        Action::Redeem => with_order(ui, till, |ui, order| points::redeem(ui, till, order)),
        Action::Account => customers::account(ui, till),
        Action::Points => points::correct(ui, till),
        Action::AsLastTime => with_order(ui, till, |_, _| command(Command::AsLastTime { found: None })),
        Action::Allergies => {
            let said = till.current().and_then(|o| o.face.allergies.clone()).unwrap_or_default();
            ask(ui, Ask::Allergies, &said)
        }
        Action::Coupon => with_order(ui, till, |ui, _| ask(ui, Ask::Coupon, "")),
        Action::Promotions if till.settings.offers.promotions.is_empty() => {
            ui.say(Tone::Warn, "There are no promotions: promotions.toml sets them up");
            Vec::new()
        }
        Action::Promotions => choose(ui, From::Promotions),
        Action::CompOrder => with_order(ui, till, |ui, _| reason(ui, till, Why::Comp(None))),
        Action::Service => with_order(ui, till, |ui, order| match order.face.waived {
            Some(_) => command(Command::SetService { on: true, reason: String::new() }),
            None => reason(ui, till, Why::Waive),
        }),
        Action::Tab => choose(ui, From::Tabs),
        Action::Phone => with_order(ui, till, |ui, order| ask(ui, Ask::Phone, &till.contact(order.id).phone)),
        Action::Address => with_order(ui, till, |ui, order| ask(ui, Ask::Address, &till.contact(order.id).address)),
        Action::PickUp => with_order(ui, till, |ui, order| {
            let due = order.face.due.map(|due| due.show_time()).unwrap_or_default();
            ask(ui, Ask::PickUp, &due)
        }),
        Action::Limit => with_order(ui, till, |ui, _| ask(ui, Ask::Limit, "")),
        Action::Repeat => command(Command::RepeatRound),
        Action::Undo => command(Command::Undo),
        Action::OrderType => choose(ui, From::OrderTypes),
        Action::Mark => split::mark(ui, till),
        Action::Split => split::key(ui, till),
        Action::Unsplit => command(Command::Unsplit),
        Action::MoveLines => with_order(ui, till, |ui, _| split::choose_where(ui, till)),
        Action::Merge => with_order(ui, till, |ui, _| choose(ui, From::Merge)),
        Action::Table => tables::key(ui, till),
        Action::Covers => tables::covers(ui, till),
        Action::Move => with_order(ui, till, |ui, _| tables::move_to(ui, till)),
        Action::Join => with_order(ui, till, |ui, _| choose(ui, From::Tables(TableFor::Join))),
        Action::Give => with_order(ui, till, |ui, _| choose(ui, From::Servers)),
        Action::Abandon => with_order(ui, till, |ui, order| {
            if order.is_empty() {
                return vec![Request::Command(Command::Abandon { reason: String::new() })];
            }
            reason(ui, till, Why::Abandon)
        }),
        Action::Bill => command(Command::PrintBill),
        Action::Reprint => {
            let typed = typed_number(ui).unwrap_or_default();
            ask(ui, Ask::Receipt, &typed)
        }
        Action::Spool => vec![Request::Jobs],
        Action::Refund => ask(ui, Ask::RefundOf, ""),
        Action::RefundOrder => with_order(ui, till, |ui, _| reason(ui, till, Why::RefundOrder)),
        Action::NoSale => reason(ui, till, Why::NoSale),
        Action::Search => edit(ui, |e| {
            e.insert('/');
        }),
        Action::Command => edit(ui, |e| {
            e.clear();
            e.insert(':');
        }),
        Action::Delivery => stock::choose(ui, till, GoodFor::Delivery),
        Action::ThrowAway => stock::choose(ui, till, GoodFor::Waste),
        Action::StockSheet => stock::sheet(ui, till),
        Action::StockTake => stock::open_count(ui, till),
        Action::SoldOut => choose(ui, From::ItemsToMark),
        Action::Bind => ask(ui, Ask::Barcode, ""),
        Action::Paper if palette::letters(ui).is_some() => {
            let letters = palette::letters(ui).unwrap_or_default().to_owned();
            palette::complete(ui, &letters);
            Vec::new()
        }
        Action::Paper => {
            (ui.kept.paper_shown, ui.kept.paper_scroll) = (!ui.kept.paper_shown, 0);
            Vec::new()
        }
        Action::OpenShift => {
            count::ask_float(ui, till);
            Vec::new()
        }
        Action::PaidIn => ask(ui, Ask::CashAmount(CashKind::PaidIn), ""),
        Action::PaidOut => ask(ui, Ask::CashAmount(CashKind::PaidOut), ""),
        Action::Drop => ask(ui, Ask::CashAmount(CashKind::Drop), ""),
        Action::TipOut => ask(ui, Ask::CashAmount(CashKind::TipOut), ""),
        Action::Lend if till.others.is_empty() => {
            ui.say(Tone::Warn, "No other drawer of this box is open");
            Vec::new()
        }
        Action::Lend => ask(ui, Ask::LendTo, ""),
        Action::LockDrawer => {
            let locked = till.shift.as_ref().is_some_and(|shift| shift.locked_to.is_some());
            command(Command::LockDrawer { on: !locked })
        }
        Action::UndoCash => ask(ui, Ask::CashNumber, ""),
        Action::X => command(Command::PrintX),
        Action::Reports => choose(ui, From::Reports),
        Action::Upload => vec![Request::Upload],
        Action::MenuBack => vec![Request::FindMenuBefore],
        Action::ClockIn => command(Command::ClockIn),
        Action::Break => command(Command::Break),
        Action::ClockOut | Action::CorrectHours | Action::Staff | Action::AddStaff => people::act(ui, till, action),
        Action::ToAccount if till.orders.values().all(|order| order.face.customer.is_none()) => {
            ui.say(Tone::Warn, "No open order has a customer: bring one back, and :customer says whose it is");
            Vec::new()
        }
        Action::ToAccount => choose(ui, From::ToAccount),
        Action::CloseShift => count::open(ui, till),
        Action::Lock => command(Command::SignOut { locked: true }),
        Action::SignOut => command(Command::SignOut { locked: false }),
        Action::Quit => command(Command::Quit),
        Action::Up | Action::Down | Action::First | Action::Last => {
            select(ui, till, action);
            Vec::new()
        }
        Action::Left | Action::PageUp => page(ui, till, -1, action == Action::Left),
        Action::Right | Action::PageDown => page(ui, till, 1, action == Action::Right),
        Action::Recall | Action::AllDay => {
            ui.say(Tone::Warn, "That is for the screen of a station: counterflow kitchen");
            Vec::new()
        }
        Action::Next | Action::Previous | Action::Toggle | Action::Ignore => Vec::new(),
    }
}

fn command(command: Command) -> Vec<Request> {
    vec![Request::Command(command)]
}

fn edit(ui: &mut Ui, change: impl FnOnce(&mut crate::ui::edit::Edit)) -> Vec<Request> {
    change(&mut ui.kept.input);
    ui.kept.on = None;
    Vec::new()
}

fn open(ui: &mut Ui, dialog: Dialog) -> Vec<Request> {
    ui.open(dialog);
    Vec::new()
}

pub(super) fn ask(ui: &mut Ui, ask: Ask, text: &str) -> Vec<Request> {
    ui.prompt(ask, text);
    Vec::new()
}

fn choose(ui: &mut Ui, from: From) -> Vec<Request> {
    ui.choose(from);
    Vec::new()
}

/// Opens a list, narrowed by the number that was typed before the key.
fn choose_typed(ui: &mut Ui, from: From) -> Option<String> {
    let typed = typed_number(ui);
    ui.choose(from);
    if let (Some(typed), Some(Dialog::Choose { filter, .. })) = (&typed, ui.kept.dialogs.last_mut()) {
        *filter = Edit::new(typed);
    }
    typed
}

/// The number that was typed before the key, taken out of the input line.
fn typed_number(ui: &mut Ui) -> Option<String> {
    let typed = ui.kept.input.text().trim().to_owned();
    let number = !typed.is_empty() && typed.chars().all(|c| c.is_ascii_digit() || c == '/');
    if number {
        ui.kept.input.clear();
    }
    number.then_some(typed)
}

/// Asks for a reason where the house keeps a list; else goes on without.
pub(super) fn reason(ui: &mut Ui, till: &Till, why: Why) -> Vec<Request> {
    if reasons::reasons(till, &why).is_empty() {
        return vec![Request::Command(reasons::with_reason(why, String::new()))];
    }
    choose(ui, From::Reasons(why))
}

pub(super) fn with_order(ui: &mut Ui, till: &Till, then: impl FnOnce(&mut Ui, &Order) -> Vec<Request>) -> Vec<Request> {
    match till.current() {
        Some(order) => then(ui, order),
        None => {
            ui.say(Tone::Warn, Refusal::NoOrder.to_string());
            Vec::new()
        }
    }
}

fn accept(ui: &mut Ui, till: &Till) -> Vec<Request> {
    match sell::entry(ui, till) {
        Entry::Empty => match till.current() {
            Some(order) if !order.is_empty() => pay::open(ui, till, ""),
            Some(_) | None => {
                let find = key_name(ui, Context::Order, Action::Search);
                let help = key_name(ui, Context::Order, Action::Help);
                ui.say(
                    Tone::Dim,
                    format!("Type a code, press an item's key, or {find} to find one · {help} shows the keys"),
                );
                Vec::new()
            }
        },
        Entry::Sell { quantity, price, target } => sell::sell(ui, till, quantity, price, &target),
        Entry::Unfinished { .. } => {
            ui.say(Tone::Warn, "What of? Type a code, or press an item's key");
            Vec::new()
        }
        Entry::SetQuantity(quantity) => on_selected(ui, till, |ui, line| {
            ui.kept.input.clear();
            command(Command::SetQuantity { line: line.id, quantity, confirmed: false })
        }),
        Entry::SetPrice(price) => on_selected(ui, till, |ui, line| {
            ui.kept.input.clear();
            reason(ui, till, Why::Price(line.id, price))
        }),
        Entry::Action { name, answers } => match ui.kept.on.take() {
            // The one that was selected in the palette.
            Some(on) if palette::letters(ui).is_some() => by_name(ui, till, &on, ""),
            Some(_) | None => by_name(ui, till, &name, &answers),
        },
        Entry::Wrong(why) => {
            ui.say(Tone::Bad, why);
            Vec::new()
        }
    }
}

/// Does an action by its name, or by the start of it where that fits only one.
fn by_name(ui: &mut Ui, till: &Till, name: &str, answers: &str) -> Vec<Request> {
    let Some(action) = find_action(name) else {
        ui.say(
            Tone::Bad,
            format!("There is no action {name}: {} lists them", key_name(ui, Context::Order, Action::Help)),
        );
        return Vec::new();
    };
    ui.kept.input.clear();
    ui.answers = answers.split_whitespace().map(str::to_owned).collect();
    // What these take is typed before their key.
    let before = matches!(action, Action::Cash | Action::Card | Action::Course | Action::Fire | Action::HoldCourse);
    if let Some(amount) = ui.answers.front().cloned().filter(|_| before) {
        ui.kept.input = Edit::new(&amount);
        ui.answers.clear();
    }
    let requests = act(ui, till, action);
    if requests.is_empty() && !ui.answers.is_empty() && !ui.kept.dialogs.is_empty() {
        return super::resume(ui, till);
    }
    requests
}

fn find_action(name: &str) -> Option<Action> {
    if let Some(action) = Action::from_name(name) {
        return Some(action);
    }
    let mut fitting = Action::ALL.iter().filter(|a| !name.is_empty() && a.name().starts_with(name));
    match (fitting.next(), fitting.next()) {
        (Some(action), None) => Some(*action),
        _ => None,
    }
}

/// What the command line would do.
pub(super) fn echo_action(name: &str, answers: &str) -> Text {
    if let Some(action) = find_action(name) {
        let answers = if answers.is_empty() { String::new() } else { format!(" · {answers}") };
        return Text::new(Tone::Good, format!("{}{answers}: {}", action.name(), action.doc()));
    }
    let fitting: Vec<&str> = Action::ALL.iter().map(|a| a.name()).filter(|n| n.starts_with(name)).collect();
    match fitting.is_empty() {
        true => Text::new(Tone::Warn, format!("There is no action {name}")),
        false => Text::new(Tone::Dim, fitting.join(" ")),
    }
}

/// Esc takes back one layer: the input, then the selection, then the paper, then what was said.
fn unwind(ui: &mut Ui) -> Vec<Request> {
    if !ui.kept.input.is_empty() {
        ui.kept.input.clear();
    } else if !ui.kept.marks.is_empty() {
        ui.kept.marks.clear();
    } else if ui.kept.selected.is_some() {
        ui.kept.selected = None;
    } else if ui.kept.paper_shown {
        ui.kept.paper_shown = false;
    } else if !ui.kept.tip.is_zero() {
        ui.kept.tip = crate::domain::money::Money::ZERO;
    } else {
        ui.kept.sale_shown = false;
    }
    ui.kept.on = None;
    Vec::new()
}

/// With an order that has lines: put it aside. Without: list the open ones.
fn hold(ui: &mut Ui, till: &Till) -> Vec<Request> {
    match till.current() {
        // A table is found again by its number, and what has a name by that; `:hold` can give another one.
        Some(order) if !order.is_blank() && order.face.table.is_some() => command(Command::Hold { name: None }),
        Some(order) if !order.is_blank() && order.face.name.is_some() && ui.answers.is_empty() => {
            command(Command::Hold { name: order.face.name.clone() })
        }
        Some(order) if !order.is_blank() => {
            ui.prompt(Ask::HoldName, "");
            Vec::new()
        }
        Some(_) | None => orders(ui, till),
    }
}

fn orders(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let current = till.current().map(|o| o.id);
    if till.orders.keys().all(|id| Some(*id) == current) {
        ui.say(Tone::Warn, "No other order is open");
        return Vec::new();
    }
    match choose_typed(ui, From::Orders) {
        // A number that one order has brings it back, as one brings the table to the screen.
        Some(typed) if lists::is_one(ui, till, &From::Orders, &typed) => lists::pick_selected(ui, till),
        Some(_) | None => Vec::new(),
    }
}

fn on_selected(ui: &mut Ui, till: &Till, then: impl FnOnce(&mut Ui, &Line) -> Vec<Request>) -> Vec<Request> {
    match selected(ui, till) {
        Some(line) => then(ui, line),
        None => {
            ui.say(Tone::Warn, "There is no line yet: sell something first");
            Vec::new()
        }
    }
}

fn on_line(ui: &mut Ui, till: &Till, action: Action) -> Vec<Request> {
    on_selected(ui, till, |ui, line| match action {
        Action::Modify => {
            let item = till.catalogue.item(&line.item).filter(|i| !i.groups.is_empty());
            match item {
                Some(item) => modifiers::open(ui, till, item, None, Some(line)),
                None => ui.say(Tone::Warn, Refusal::NoModifiers(line.name.clone()).to_string()),
            }
            Vec::new()
        }
        Action::Note => ask(ui, Ask::KitchenNote(line.id), line.kitchen_note.as_deref().unwrap_or("")),
        Action::CustomerNote => ask(ui, Ask::CustomerNote(line.id), line.customer_note.as_deref().unwrap_or("")),
        Action::Void => reason(ui, till, Why::Void(line.id)),
        Action::Explain => show::explain(ui, till, line.id),
        Action::Comp => reason(ui, till, Why::Comp(Some(line.id))),
        Action::Waste => reason(ui, till, Why::Waste(line.id)),
        Action::More => {
            let quantity = line.quantity + Quantity::ONE;
            command(Command::SetQuantity { line: line.id, quantity, confirmed: false })
        }
        Action::Less if line.quantity > Quantity::ONE => {
            let quantity = line.quantity - Quantity::ONE;
            command(Command::SetQuantity { line: line.id, quantity, confirmed: false })
        }
        Action::Less => reason(ui, till, Why::Void(line.id)),
        Action::Price => price(ui, till, line),
        Action::Seat => seat(ui, line),
        Action::Course => courses::put(ui, till, line),
        Action::HoldCourse => courses::hold(ui, line),
        Action::Discount => line_discount(ui, till, line),
        _ => Vec::new(),
    })
}

/// A number typed before is the seat; else it is asked.
fn seat(ui: &mut Ui, line: &Line) -> Vec<Request> {
    match ui.kept.input.text().trim().parse() {
        Ok(seat) => {
            ui.kept.input.clear();
            command(Command::SetSeat { line: line.id, seat: Some(seat) })
        }
        Err(_) => ask(ui, Ask::Seat(line.id), ""),
    }
}

/// An amount typed before is the price; else it is asked.
fn price(ui: &mut Ui, till: &Till, line: &Line) -> Vec<Request> {
    if let Entry::Sell { quantity: None, price: None, target: Target::Code(digits) } = sell::entry(ui, till)
        && let Ok(price) = sell::reading(ui, till).amount(&digits)
    {
        ui.kept.input.clear();
        return reason(ui, till, Why::Price(line.id, price));
    }
    ask(ui, Ask::Price(line.id), "")
}

/// A number typed before is the percentage; else it is asked.
fn line_discount(ui: &mut Ui, till: &Till, line: &Line) -> Vec<Request> {
    let typed = ui.kept.input.text().to_owned();
    if typed.is_empty() {
        return ask(ui, Ask::LineDiscount(line.id), "");
    }
    match dialogs::discount(ui, till, &format!("{}%", typed.trim_end_matches('%'))) {
        Ok(Some(kind)) => {
            ui.kept.input.clear();
            reason(ui, till, Why::LineDiscount(line.id, kind))
        }
        Ok(None) => Vec::new(),
        Err(why) => {
            ui.say(Tone::Bad, why);
            Vec::new()
        }
    }
}

fn order_discount(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let typed = ui.kept.input.text().trim_end_matches('%').to_owned();
    with_order(ui, till, |ui, _| {
        let percent = typed.parse::<rust_decimal::Decimal>().ok().filter(|p| p.is_sign_positive() && !p.is_zero());
        match percent {
            Some(percent) => {
                ui.kept.input.clear();
                reason(ui, till, Why::OrderDiscount(DiscountKind::Percent(percent)))
            }
            None => ask(ui, Ask::OrderDiscount, ""),
        }
    })
}

pub(super) fn select(ui: &mut Ui, till: &Till, action: Action) {
    if let Some(letters) = palette::letters(ui).map(str::to_owned) {
        palette::select(ui, &letters, action);
        return;
    }
    if let Some(letters) = sell::searching(ui, till) {
        let hits = sell::hits(ui, till, &letters);
        let at = sell::hit(ui, till, &hits).unwrap_or(0);
        let at = dialogs::moved(at, hits.len().saturating_sub(1), action);
        ui.kept.on = hits.get(at).and_then(|&i| till.catalogue.items().get(i)).map(|item| item.code.clone());
        return;
    }
    let Some(order) = till.current() else { return };
    let ids: Vec<_> = order.rung_lines().map(|l| l.id).collect();
    let Some(last) = ids.len().checked_sub(1) else { return };
    let at = match ui.kept.selected {
        None => dialogs::moved(last, last, action),
        Some(id) => dialogs::moved(ids.iter().position(|i| *i == id).unwrap_or(last), last, action),
    };
    ui.kept.selected = ids.get(at).copied();
}

fn page(ui: &mut Ui, till: &Till, by: isize, arrow: bool) -> Vec<Request> {
    if palette::letters(ui).is_some() && !arrow {
        select(ui, till, if by < 0 { Action::PageUp } else { Action::PageDown });
        return Vec::new();
    }
    if arrow && !ui.kept.input.is_empty() {
        ui.kept.input.step(by);
        return Vec::new();
    }
    if ui.kept.paper_shown && !arrow {
        let scroll = ui.kept.paper_scroll.saturating_add_signed(-by * PAPER_STEP_LINES);
        ui.kept.paper_scroll = scroll.min(ui.paper.len().saturating_sub(1));
        return Vec::new();
    }
    let pages = till.catalogue.pages().len();
    if pages > 0 {
        ui.kept.page = (ui.kept.page as isize + by).rem_euclid(pages as isize) as usize;
        ui.kept.paper_shown = false;
    }
    Vec::new()
}
