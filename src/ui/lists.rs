//! Lists to choose from: their rows, which of them is selected, and what choosing does.

use crate::domain::catalogue::Item;
use crate::domain::command::Command;
use crate::domain::ids::OrderId;
use crate::domain::order::Order;
use crate::domain::staff::{Permission, Staff};
use crate::domain::text::fold;
use crate::domain::till::Till;
use crate::ui::edit::Edit;
use crate::ui::reasons::{reasons, with_reason};
use crate::ui::refund::{Hit, Wanted};
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Ask, Dialog, From, Then, Ui, Why};
use crate::ui::{
    Request, customers, menu_before, order, party, people, points, promotions, report, sell, split, spool, stock,
    tables, vouchers,
};

/// One row of a list to choose from.
pub(super) struct Row {
    /// What chooses it at once; empty where letters narrow the list instead.
    pub key: String,
    /// What it is.
    pub label: String,
    /// At the right.
    pub value: Text,
    /// What choosing it does.
    pub then: Then,
}

/// The rows of a list, narrowed by what was typed. Where a digit chooses, letters find a row by a word of its label.
pub(super) fn rows(ui: &Ui, till: &Till, from: &From, filter: &str) -> Vec<Row> {
    let mut rows = rows_of(ui, till, from, filter);
    if !from.narrows() && !filter.is_empty() {
        let wanted = format!(" {}", fold(filter));
        rows.retain(|row| format!(" {}", fold(&row.label)).contains(&wanted));
    }
    rows
}

fn rows_of(ui: &Ui, till: &Till, from: &From, filter: &str) -> Vec<Row> {
    let numbered = |at: usize| (at + 1).to_string();
    match from {
        From::Reasons(why) => {
            let reason = |(at, reason): (usize, &String)| Row {
                key: numbered(at),
                label: reason.clone(),
                value: Text::default(),
                then: Then::Do(with_reason(why.clone(), reason.clone())),
            };
            reasons(till, why).iter().enumerate().map(reason).collect()
        }
        From::OrderTypes => {
            let current = till.current().map(|o| o.face.order_type.as_str());
            let types = till.settings.order_types.iter().enumerate();
            types
                .map(|(at, t)| Row {
                    key: numbered(at),
                    label: t.name.clone(),
                    value: if current == Some(&t.code) { Text::new(Tone::Dim, "now") } else { Text::default() },
                    then: Then::Do(Command::SetOrderType { order_type: t.code.clone() }),
                })
                .collect()
        }
        From::Promotions => promotions::rows(ui, till),
        From::Goods(what) => stock::rows(till, *what, filter),
        From::Customers(what) => customers::rows(till, *what, filter),
        From::AccountActs(customer) => customers::act_rows(till, *customer),
        From::Received(customer, paid) => customers::paid_rows(till, *customer, paid),
        From::Schemes(line) => points::rows(till, *line),
        From::MoneyTenders(what, amount) => vouchers::tender_rows(till, *what, *amount),
        From::Payments => {
            let payments = till.current().map(|o| o.payments.as_slice()).unwrap_or_default();
            let row = |(at, p): (usize, &crate::domain::tender::Payment)| Row {
                key: numbered(at),
                label: p.name.clone(),
                value: Text::from(till.settings.currency.show(p.amount)),
                then: Then::Reason(Why::TakeBack(p.id)),
            };
            payments.iter().enumerate().map(row).collect()
        }
        From::Orders => order_rows(ui, till, filter),
        From::Tabs => party::tab_rows(ui, till, filter),
        From::Splits => split::rows(ui, till),
        From::Merge => orders_for(ui, till, filter, |order| Command::Merge { order }),
        From::MoveLines => {
            let lines = split::to_move(ui, till);
            let mut rows = orders_for(ui, till, filter, |to| Command::MoveLines { lines: lines.clone(), to });
            rows.extend(tables::free_rows(till, filter, &lines));
            rows
        }
        From::ToAccount => {
            let mut rows = orders_for(ui, till, filter, |order| Command::ChargeAccount { order });
            rows.retain(
                |row| matches!(&row.then, Then::Do(Command::ChargeAccount { order }) if has_customer(till, *order)),
            );
            rows
        }
        From::Tables(what) => tables::rows(ui, till, *what, filter),
        From::AtTable(table) => tables::orders_there(ui, till, table),
        From::Servers => server_rows(till, filter),
        From::ItemsToBind(barcode) => {
            item_rows(ui, till, filter, |item| Then::Do(Command::BindBarcode { barcode: barcode.clone(), item }))
        }
        From::Sales(hits) => {
            let row = |(at, hit): (usize, &Hit)| Row {
                key: numbered(at),
                label: hit.label.clone(),
                value: Text::from(till.settings.currency.show(hit.paid)),
                then: Then::FindSale(hit.register, hit.receipt),
            };
            hits.iter().enumerate().map(row).collect()
        }
        From::ItemsToMark => items_to_mark(ui, till, filter),
        From::Jobs => spool::jobs(ui),
        From::JobActs(job) => spool::acts(ui, till, *job),
        From::MenuBefore => menu_before::rows(ui),
        From::Works => people::work_rows(ui, till, filter),
        From::Staff => people::staff_rows(till, filter),
        From::StaffActs(staff) => people::act_rows(till, *staff),
        From::Roles(whom) => people::role_rows(till, whom),
        From::Reports => report::rows(filter),
    }
}

fn item_rows(ui: &Ui, till: &Till, filter: &str, then: impl Fn(String) -> Then) -> Vec<Row> {
    let items = sell::hits(ui, till, filter).into_iter().filter_map(|i| till.catalogue.items().get(i));
    item_rows_of(ui, till, items, then)
}

/// Every item, to mark it: what is sold out or counted comes first, so that this is the list of it.
fn items_to_mark(ui: &Ui, till: &Till, filter: &str) -> Vec<Row> {
    let marked = |item: &&Item| till.availability.contains_key(&item.code);
    let then = |item| Then::Ask(Ask::Left(item), String::new());
    let first = till.catalogue.items().iter().filter(|item| filter.is_empty() && marked(item));
    let hits = sell::hits(ui, till, filter).into_iter().filter_map(|i| till.catalogue.items().get(i));
    let rest = hits.filter(|item| !filter.is_empty() || !marked(item));
    item_rows_of(ui, till, first.chain(rest), then)
}

fn item_rows_of<'a>(
    ui: &Ui,
    till: &Till,
    items: impl Iterator<Item = &'a Item>,
    then: impl Fn(String) -> Then,
) -> Vec<Row> {
    items
        .map(|item| Row {
            key: String::new(),
            label: item.name.clone(),
            value: sell::price_tag(ui, till, item),
            then: then(item.code.clone()),
        })
        .collect()
}

/// Everybody who works here and may sell.
fn server_rows(till: &Till, filter: &str) -> Vec<Row> {
    let wanted = fold(filter);
    let mut staff: Vec<&Staff> = till.staff.values().filter(|s| till.may(s.id, Permission::Sell)).collect();
    staff.retain(|s| fold(&s.name).starts_with(&wanted));
    staff.sort_by_key(|s| fold(&s.name));
    let row = |s: &Staff| Row {
        key: String::new(),
        label: s.name.clone(),
        value: if till.current().is_some_and(|o| o.server == s.id) { "now".into() } else { Text::default() },
        then: Then::Do(Command::GiveTo { staff: s.id }),
    };
    staff.into_iter().map(row).collect()
}

fn has_customer(till: &Till, order: OrderId) -> bool {
    till.orders.get(&order).is_some_and(|order| order.face.customer.is_some())
}

/// The open orders, to do something else with one than to bring it back.
fn orders_for(ui: &Ui, till: &Till, filter: &str, command: impl Fn(OrderId) -> Command) -> Vec<Row> {
    let other = |row: Row| match row.then {
        Then::Do(Command::Recall { order }) => Row { then: Then::Do(command(order)), ..row },
        _ => row,
    };
    order_rows(ui, till, filter).into_iter().map(other).collect()
}

/// Whether what was typed means one row of a list: the only one, or an order of that very number.
pub(super) fn is_one(ui: &Ui, till: &Till, from: &From, typed: &str) -> bool {
    let exact = |order: &&Order| order.label() == typed && till.current().is_none_or(|current| current.id != order.id);
    rows(ui, till, from, typed).len() == 1 || till.orders.values().filter(exact).count() == 1
}

pub(super) fn order_rows(ui: &Ui, till: &Till, filter: &str) -> Vec<Row> {
    let current = till.current().map(|o| o.id);
    let wanted = fold(filter);
    let fits = |o: &&Order| {
        wanted.is_empty()
            || o.label().starts_with(&wanted)
            || fold(&party::title(till, o)).starts_with(&wanted)
            || o.face.table.iter().chain(&o.face.joined).any(|t| fold(t) == wanted || wanted == format!("t{}", fold(t)))
            || (wanted.len() > 3 && till.contact(o.id).phone.replace(' ', "").contains(&wanted))
            || fold(o.face.name.as_deref().unwrap_or("")).split_whitespace().any(|w| w.starts_with(&wanted))
            || fold(o.face.name.as_deref().unwrap_or("")).starts_with(&wanted)
            || o.face.customer.and_then(|id| till.customers.get(&id)).is_some_and(|person| person.fits(filter))
    };
    let mut orders: Vec<&Order> = till.orders.values().filter(|o| Some(o.id) != current).filter(fits).collect();
    // Whoever types a number means the order of that very number before a table of that name.
    orders.sort_by_key(|o| (o.label() != wanted, o.number, o.part.map(|part| part.number)));
    let row = |o: &Order| {
        let minutes = ui.now.since_ms(o.opened).max(0) / 60_000;
        let age = if minutes < 120 { format!("{minutes} min") } else { format!("{} h", minutes / 60) };
        let total = crate::domain::totals::of(o, &till.settings).total;
        let who = match o.holder {
            Some(h) if till.absent.contains(&h.register) => {
                format!(" · {} left it on register {}", till.name_of(h.staff), h.register)
            }
            Some(h) if h.register != till.register => {
                format!(" · {} has it on register {}", till.name_of(h.staff), h.register)
            }
            Some(_) | None => format!(" · {}", till.name_of(o.server)),
        };
        let whose = o.face.customer.map(|id| format!(" · {}", till.customer_name(id))).unwrap_or_default();
        let due = o.face.due.map(|due| format!(" · for {}", due.show_time())).unwrap_or_default();
        let paid = if o.paid().is_zero() {
            String::new()
        } else {
            format!(" · paid {}", till.settings.currency.show(o.paid()))
        };
        Row {
            key: String::new(),
            label: format!("{}{whose}{due}{who} · {age}{paid}", party::title(till, o)),
            value: Text::from(till.settings.currency.show(total)),
            then: Then::Do(Command::Recall { order: o.id }),
        }
    };
    orders.into_iter().map(row).collect()
}

/// The letters of a list have changed: the first row that fits is selected.
pub(super) fn select_first(ui: &mut Ui) {
    if let Some(Dialog::Choose { on, .. }) = ui.kept.dialogs.last_mut() {
        *on = None;
    }
}

/// Keeps which row of the top list is selected, so that another one in its place is never taken for
/// it.
pub(super) fn keep_selected(ui: &mut Ui, till: &Till) {
    let Some(Dialog::Choose { from, filter, on: None }) = ui.kept.dialogs.last() else { return };
    let first = rows(ui, till, from, filter.text()).into_iter().next().map(|row| row.then);
    if let Some(Dialog::Choose { on, .. }) = ui.kept.dialogs.last_mut() {
        *on = first;
    }
}

/// The place of the selected row: the first one's until the list was seen; none when the selected one
/// is not there any more.
pub(super) fn place(rows: &[Row], on: Option<&Then>) -> Option<usize> {
    match on {
        None => (!rows.is_empty()).then_some(0),
        Some(on) => rows.iter().position(|row| row.then == *on),
    }
}

/// Chooses the selected row of the top dialog's list; never another one that came in its place.
pub(super) fn pick_selected(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(Dialog::Choose { from, filter, on }) = ui.kept.dialogs.last() else { return Vec::new() };
    let mut rows = rows(ui, till, from, filter.text());
    match place(&rows, on.as_ref()) {
        Some(at) => pick(ui, till, rows.swap_remove(at).then),
        None if rows.is_empty() => {
            ui.say(Tone::Warn, "Nothing fits: Esc takes the letters back");
            Vec::new()
        }
        None => {
            ui.say(Tone::Warn, "What was selected is not there any more: select again");
            select_first(ui);
            Vec::new()
        }
    }
}

/// Chooses a row of the top dialog's list.
pub(super) fn pick(ui: &mut Ui, till: &Till, then: Then) -> Vec<Request> {
    ui.close();
    match then {
        Then::Do(command) => vec![Request::Command(command)],
        Then::Reason(why) => order::reason(ui, till, why),
        Then::FindReceived(customer) => vec![Request::FindReceived(customer)],
        Then::FindSale(register, receipt) => vec![Request::FindSale(Wanted::Receipt(register, receipt))],
        Then::Person(known, name) => {
            customers::open_form(ui, till, known, &name);
            Vec::new()
        }
        Then::Choose(from) => {
            ui.choose(from);
            Vec::new()
        }
        Then::Ask(ask, text) => {
            ui.prompt(ask, &text);
            Vec::new()
        }
        Then::Secret(command) => {
            ui.open(Dialog::Secret { command, edit: Edit::default() });
            Vec::new()
        }
        Then::Table(what, name) => tables::chosen(ui, till, what, &name),
    }
}
