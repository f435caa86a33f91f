//! Customers on screen: who the order is for, what is kept of them, what they owe.

use serde::{Deserialize, Serialize};

use crate::domain::command::Command;
use crate::domain::customer::{self, Account, CustomerAct, Person, Received};
use crate::domain::event::Event;
use crate::domain::ids::{CustomerId, PaymentId};
use crate::domain::money::Money;
use crate::domain::order::{Line, Order};
use crate::domain::sale::Sale;
use crate::domain::till::Till;
use crate::ui::edit::Edit;
use crate::ui::lists::Row;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Ask, Dialog, From, Then, Ui, Why};
use crate::ui::vouchers::{self, MoneyFor};
use crate::ui::{Request, points, sell};

/// How many customers a list shows: letters find the others.
const MOST_ROWS: usize = 50;
/// How wide the order pane is at 80 columns.
const PANE_CHARS: usize = 30;
/// How much of a name stands in the list of ways to pay.
const MOST_OF_NAME: usize = 12;
/// How many lines of notes stand below an order.
const MOST_NOTES: usize = 4;

/// What a customer is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CustomerFor {
    /// To put them on the order.
    Order,
    /// To look after their account.
    Account,
}

/// What is asked about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountAsk {
    /// How much is paid on it.
    Payment,
    /// How much may be owed.
    Limit,
}

/// A payment on an account, to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidOn {
    /// Which.
    pub payment: PaymentId,
    /// When and how.
    pub label: String,
    /// How much.
    pub amount: Money,
}

/// The dialog with what is kept of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerForm {
    /// Who they are already; none for somebody new.
    pub known: Option<CustomerId>,
    /// What is kept, as it was typed.
    pub fields: Vec<(CustomerField, Edit)>,
    /// The field that has the cursor.
    pub at: usize,
}

/// A field of [`CustomerForm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CustomerField {
    /// What they are called.
    Name,
    /// Their telephone number.
    Phone,
    /// What they must not eat.
    Allergies,
    /// What else to know.
    Notes,
    /// The group that promotions name.
    Group,
}

impl CustomerField {
    const ALL: [Self; 5] = [Self::Name, Self::Phone, Self::Allergies, Self::Notes, Self::Group];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Phone => "Telephone",
            Self::Allergies => "Allergies",
            Self::Notes => "Notes",
            Self::Group => "Group",
        }
    }

    /// What it is good for, while it is typed.
    pub(super) fn about(self, till: &Till) -> String {
        match self {
            Self::Name => "A few of its letters find them again · Enter goes on".to_owned(),
            Self::Phone => "Three of its digits find them again".to_owned(),
            Self::Allergies => "The kitchen is told with every order of theirs".to_owned(),
            Self::Notes => "Shown to whoever has their order, and nowhere else".to_owned(),
            Self::Group => match groups(till).as_slice() {
                [] => "No promotion is for a group yet · Enter keeps them".to_owned(),
                groups => format!("Promotions are for {} · Enter keeps them", groups.join(", ")),
            },
        }
    }

    fn of(self, person: &mut Person) -> &mut String {
        match self {
            Self::Name => &mut person.name,
            Self::Phone => &mut person.phone,
            Self::Allergies => &mut person.allergies,
            Self::Notes => &mut person.notes,
            Self::Group => &mut person.group,
        }
    }
}

/// The groups that promotions are for.
fn groups(till: &Till) -> Vec<&str> {
    let mut groups: Vec<&str> = till.settings.offers.promotions.iter().filter_map(|p| p.group.as_deref()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// Where somebody is of a group that no promotion is for: a slip of the pen, or one that has ended.
pub(super) fn unknown_group(till: &Till, customer: CustomerId) -> String {
    let group = till.customers.get(&customer).map_or("", |person| person.group.as_str());
    let known = group.is_empty() || groups(till).contains(&group);
    if known { String::new() } else { format!(" · no promotion is for the group {group}") }
}

/// Opens the form with what is known of somebody, or for somebody new of this name.
pub(super) fn open_form(ui: &mut Ui, till: &Till, known: Option<CustomerId>, name: &str) {
    let new = match customer::is_number(name) {
        true => Person { phone: name.to_owned(), ..Person::default() },
        false => Person { name: name.to_owned(), ..Person::default() },
    };
    let mut person = known.and_then(|id| till.customers.get(&id)).cloned().unwrap_or(new);
    let fields = CustomerField::ALL.map(|field| (field, Edit::new(field.of(&mut person)))).to_vec();
    let at = usize::from(known.is_none() && !name.is_empty() && !customer::is_number(name));
    ui.open(Dialog::Customer(CustomerForm { known, fields, at }));
}

/// Enter in the form: the next field, and at the last one they are kept.
pub(super) fn accept_form(ui: &mut Ui) -> Vec<Request> {
    let Some(Dialog::Customer(form)) = ui.kept.dialogs.last_mut() else { return Vec::new() };
    if form.at + 1 < form.fields.len() {
        form.at += 1;
        return Vec::new();
    }
    let mut person = Person::default();
    for (field, edit) in &form.fields {
        *field.of(&mut person) = edit.text().trim().to_owned();
    }
    vec![Request::Command(Command::SaveCustomer { known: form.known, person: Box::new(person) })]
}

/// A whole text for the field that has the cursor: nothing leaves it as it is, a dash empties it.
pub(super) fn answer_form(ui: &mut Ui, text: &str) -> Vec<Request> {
    if let Some(Dialog::Customer(form)) = ui.kept.dialogs.last_mut()
        && let Some((_, edit)) = form.fields.get_mut(form.at)
    {
        match text {
            "" => {}
            "-" => edit.clear(),
            text => *edit = Edit::new(text),
        }
    }
    accept_form(ui)
}

/// The account of the order's customer; without one, whose is asked.
pub(super) fn account(ui: &mut Ui, till: &Till) -> Vec<Request> {
    match till.current().and_then(|order| order.face.customer).filter(|_| ui.answers.is_empty()) {
        Some(customer) => ui.choose(From::AccountActs(customer)),
        None => ui.choose(From::Customers(CustomerFor::Account)),
    }
    Vec::new()
}

/// Those whom the letters mean, then somebody new of that name. For an order that has a customer, what can be done
/// about them comes first.
pub(super) fn rows(till: &Till, what: CustomerFor, filter: &str) -> Vec<Row> {
    let row = |label: String, value: Text, then| Row { key: String::new(), label, value, then };
    let then = |customer| match what {
        CustomerFor::Order => Then::Do(Command::SetCustomer { customer: Some(customer) }),
        CustomerFor::Account => Then::Choose(From::AccountActs(customer)),
    };
    let mut rows = Vec::new();
    let on_it = till.current().and_then(|order| order.face.customer).filter(|_| what == CustomerFor::Order);
    if let Some(customer) = on_it {
        let name = till.customer_name(customer);
        if filter.is_empty() {
            rows.push(row(name.clone(), "change".into(), Then::Person(Some(customer), String::new())));
        }
        if filter.is_empty() || filter == "-" {
            let off = Then::Do(Command::SetCustomer { customer: None });
            rows.push(row(format!("Take {name} off the order"), Text::default(), off));
        }
    }
    let mut known: Vec<(&CustomerId, &Person)> =
        till.customers.iter().filter(|(id, person)| Some(**id) != on_it && person.fits(filter)).collect();
    known.sort_by_cached_key(|(_, person)| crate::domain::text::fold(&person.name));
    rows.extend(known.into_iter().take(MOST_ROWS).map(|(id, person)| {
        let phone = if person.phone.is_empty() { String::new() } else { format!(" · {}", person.phone) };
        row(format!("{}{phone}", person.name), Text::new(Tone::Dim, stands(till, *id)), then(*id))
    }));
    if what == CustomerFor::Order && filter != "-" {
        let label = if filter.is_empty() { "Somebody new".to_owned() } else { format!("Somebody new: {filter}") };
        let new = row(label, Text::default(), Then::Person(None, filter.to_owned()));
        // Enter alone puts nobody on the order who only stands first in the list.
        let at = if filter.is_empty() && on_it.is_none() { 0 } else { rows.len() };
        rows.insert(at, new);
    }
    rows
}

/// How an account stands, in a word or two; nothing for one that never owed.
fn stands(till: &Till, customer: CustomerId) -> String {
    let show = |amount| till.settings.currency.show(amount);
    match till.accounts.get(&customer) {
        Some(Account { owes, .. }) if owes.is_positive() => format!("owes {}", show(*owes)),
        Some(Account { owes, .. }) if owes.is_negative() => format!("has {} left", show(owes.abs())),
        Some(_) | None => String::new(),
    }
}

/// What can be done about a customer's account.
pub(super) fn act_rows(till: &Till, customer: CustomerId) -> Vec<Row> {
    let show = |amount| till.settings.currency.show(amount);
    let account = till.accounts.get(&customer).copied().unwrap_or_default();
    let row = |key: &str, label: &str, value: String, then| Row {
        key: key.to_owned(),
        label: label.to_owned(),
        value: Text::new(Tone::Dim, value),
        then,
    };
    let owes = if account.owes.is_positive() { show(account.owes) } else { String::new() };
    let limit = account.limit.map_or_else(|| "no account".to_owned(), show);
    let mut rows = vec![
        row(
            "1",
            "Take a payment",
            stands(till, customer),
            Then::Ask(Ask::Account(customer, AccountAsk::Payment), owes),
        ),
        row("2", "Print a statement", String::new(), Then::Do(Command::PrintStatement { customer })),
        row("3", "How much they may owe", limit, Then::Ask(Ask::Account(customer, AccountAsk::Limit), String::new())),
        row("4", "Who they are", String::new(), Then::Person(Some(customer), String::new())),
        row("5", "Forget them", String::new(), Then::Do(Command::ForgetCustomer { customer, confirmed: false })),
        row("6", "Take a payment back", String::new(), Then::FindReceived(customer)),
    ];
    rows.extend((7..).zip(&till.settings.offers.schemes).map(|(key, scheme)| {
        let label = format!("{}: put right", scheme.name);
        let then = Then::Ask(Ask::Points(customer, scheme.code.clone()), String::new());
        row(&key.to_string(), &label, points::stands(till, customer, scheme), then)
    }));
    rows
}

/// What was paid on an account and not taken back yet, newest first.
pub(super) fn paid_rows(till: &Till, customer: CustomerId, paid: &[PaidOn]) -> Vec<Row> {
    let row = |(at, one): (usize, &PaidOn)| Row {
        key: (at + 1).to_string(),
        label: one.label.clone(),
        value: Text::from(till.settings.currency.show(one.amount)),
        then: Then::Reason(Why::TakeBackReceived(customer, one.payment)),
    };
    paid.iter().enumerate().map(row).collect()
}

impl Ui {
    /// What was paid on an account was looked up: asks which payment is taken back.
    pub fn received_found(&mut self, till: &Till, customer: CustomerId, found: &[Received]) {
        if found.is_empty() {
            let name = till.customer_name(customer);
            return self.say(Tone::Warn, format!("{name} has paid nothing that could be taken back"));
        }
        let paid = |received: &Received| PaidOn {
            payment: received.payment.id,
            label: format!("{} · {}", received.payment.at.show(), received.payment.name),
            amount: received.payment.amount,
        };
        self.choose(From::Received(customer, found.iter().map(paid).collect()));
    }
}

/// What was typed about an account leads to: another list, or a command.
pub(super) fn asked(
    ui: &Ui,
    till: &Till,
    customer: CustomerId,
    what: AccountAsk,
    text: &str,
) -> Result<Result<From, Command>, String> {
    let reading = sell::reading(ui, till);
    Ok(match (what, text) {
        (AccountAsk::Payment, text) => Ok(From::MoneyTenders(MoneyFor::Account(customer), reading.amount(text)?)),
        (AccountAsk::Limit, "" | "-") => Err(Command::SetLimit { customer, limit: None }),
        (AccountAsk::Limit, text) => Err(Command::SetLimit { customer, limit: Some(reading.amount(text)?) }),
    })
}

/// What a prompt about an account says: title, label, and a word about it.
pub(super) fn prompt(till: &Till, customer: CustomerId, what: AccountAsk) -> (String, String, &'static str) {
    let (name, currency) = (till.customer_name(customer), till.settings.currency.code());
    match what {
        AccountAsk::Payment => {
            let stands = stands(till, customer);
            let dash = if stands.is_empty() { "" } else { " " };
            (format!("{name}{dash}{stands}"), format!("Amount, {currency}"), "What is paid of it")
        }
        AccountAsk::Limit => (
            format!("How much may {name} owe?"),
            format!("Limit, {currency}"),
            "Enter alone, or a dash: nothing may be charged any more",
        ),
    }
}

/// Whose account so much would be charged to, and what is left of it then.
pub(super) fn charge_words(till: &Till, order: &Order, amount: Option<Money>) -> Result<String, String> {
    let customer = order.face.customer.ok_or("type :customer first")?;
    let left = till.accounts.get(&customer).and_then(Account::left).ok_or("no house account")?;
    let (name, show) = (till.customer_name(customer), till.settings.currency.show(left));
    // The tender's name has its place beside it.
    let name: String = name.chars().take(MOST_OF_NAME).collect();
    match amount.is_some_and(|amount| amount > left) {
        true => Err(format!("{name}, only {show} left")),
        false => Ok(format!("{name}, {show} left")),
    }
}

/// What stands below an order's lines: who it is for with what to know of them, and what nobody may eat.
pub(super) fn about(till: &Till, order: &Order) -> Vec<(Text, Text)> {
    let mut rows = Vec::new();
    if let Some(customer) = order.face.customer {
        let (name, stands) = (till.customer_name(customer), stands(till, customer));
        let notes = till.customers.get(&customer).map_or("", |person| person.notes.as_str());
        let beside = if notes.is_empty() { name.clone() } else { format!("{name} · {notes}") };
        let fits = beside.chars().count() + stands.chars().count() < PANE_CHARS;
        let mut lines = if fits { Vec::new() } else { wrapped(notes) };
        rows.push((Text::new(Tone::Accent, if fits { beside } else { name }), Text::new(Tone::Dim, stands)));
        if lines.len() > MOST_NOTES {
            lines.truncate(MOST_NOTES);
            lines.iter_mut().skip(MOST_NOTES - 1).for_each(|last| last.push('…'));
        }
        rows.extend(lines.into_iter().map(|line| (Text::new(Tone::Accent, line), Text::default())));
        rows.extend(points::about(till, customer));
    }
    if let Some(allergies) = &order.face.allergies {
        let lines = wrapped(&format!("ALLERGY: {allergies}"));
        rows.extend(lines.into_iter().map(|line| (Text::new(Tone::Bad, line), Text::default())));
    }
    rows
}

/// Lines of whole words that the narrowest order pane has room for: nothing of an allergy may be cut off.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= PANE_CHARS => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("  {word}")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What was done about a customer, in words.
pub(super) fn told(till: &Till, customer: CustomerId, act: &CustomerAct) -> String {
    let name = till.customer_name(customer);
    match act {
        CustomerAct::Saved { number } => {
            format!("{name} is customer {number}{}", unknown_group(till, customer))
        }
        CustomerAct::Forgotten => format!("{name} is forgotten; what was sold stays in the books"),
        CustomerAct::Limit { limit: Some(limit) } => {
            format!("{name} may owe up to {}", till.settings.currency.show(*limit))
        }
        CustomerAct::Limit { limit: None } => format!("Nothing is charged to {name} any more"),
        CustomerAct::Statement => format!("The statement of {name} is printing"),
        CustomerAct::Points { scheme, points, .. } => {
            let known = till.settings.offers.schemes.iter().find(|known| known.code == *scheme);
            let (scheme_name, stands) = match known {
                Some(known) => (known.name.as_str(), points::stands(till, customer, known)),
                None => (scheme.as_str(), till.points_of(customer, scheme).to_string()),
            };
            format!("{name}: {scheme_name} {points:+}, now {stands}")
        }
    }
}

pub(super) fn received_words(till: &Till, received: &Received) -> String {
    let show = |amount: Money| till.settings.currency.show(amount);
    if let Some(voucher) = &received.voucher {
        return vouchers::told(till, voucher, received);
    }
    if let Some(deposit) = &received.deposit {
        let amount = show(received.payment.amount.abs());
        return match received.payment.amount.is_positive() {
            true => format!("{}: deposit of {amount} held, {}", deposit.about, received.payment.name),
            false => format!("{}: give {amount} of the deposit back, {}", deposit.about, received.payment.name),
        };
    }
    let name = received.account.map(|account| till.customer_name(account.customer)).unwrap_or_default();
    let paid = show(received.payment.amount);
    if received.takes_back.is_some() {
        let (back, owes) = (show(received.payment.amount.abs()), show(received.owes));
        return format!("{name}: give {back} back, {} · owes {owes}", received.payment.name);
    }
    match received.owes {
        owes if owes.is_negative() => format!("{name} paid {paid} and has {} left", show(owes.abs())),
        owes => format!("{name} paid {paid} and owes {}", show(owes)),
    }
}

/// What was rung as last time, and what of it is not to be had.
pub(super) fn last_time_words(sale: &Sale, events: &[Event]) -> String {
    let rung = |line: &Line| {
        events.iter().any(|event| matches!(event, Event::LineChanged { after: Some(new), .. } if new.item == line.item))
    };
    let lines = sale.lines.iter().filter(|line| line.is_live() && line.is_rung() && !line.charge);
    let lacking: Vec<&str> = lines.filter(|line| !rung(line)).map(|line| line.name.as_str()).collect();
    let but = if lacking.is_empty() { String::new() } else { format!(", but for {}", lacking.join(", ")) };
    format!("As on {}{but}", sale.business_date)
}

/// A customer was kept: the form has done its work.
pub(super) fn settle(ui: &mut Ui, event: &Event) {
    if let Event::CustomerChanged { act: CustomerAct::Saved { .. }, .. } = event {
        ui.kept.dialogs.retain(|dialog| !matches!(dialog, Dialog::Customer(_)));
    }
    if let Event::StockMoved { .. } = event {
        ui.kept.dialogs.retain(|dialog| !matches!(dialog, Dialog::Stock(_)));
    }
}
