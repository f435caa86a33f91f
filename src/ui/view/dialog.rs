//! Dialogs, as data.

use crate::domain::catalogue::Amount;
use crate::domain::command::Pick;
use crate::domain::ids::LineId;
use crate::domain::money::Money;
use crate::domain::options::Question;
use crate::domain::order::DiscountKind;
use crate::domain::order_type::Asked;
use crate::domain::tender::Tender;
use crate::domain::till::Till;
use crate::domain::totals;
use crate::ui::action::Action;
use crate::ui::customers::{self, CustomerFor, CustomerForm};
use crate::ui::edit::Edit;
use crate::ui::modifiers::Modifiers;
use crate::ui::pay::{PayField, PayForm};
use crate::ui::screen::{Dialog as Shown, Field, ListRow, Text, Tone};
use crate::ui::state::{Ask, CountField, CountForm, Counting, Dialog, From, TableFor, Then, Ui, Whom, Why};
use crate::ui::stock::{self, GoodFor};
use crate::ui::view::{help, plan, refund};
use crate::ui::vouchers::{MoneyFor, VoucherAsk};
use crate::ui::{count, dialogs, lists, menu_before, modifiers, party, pay, people, points, show, split, spool, tips};

pub(super) fn dialog(ui: &Ui, till: &Till, dialog: &Dialog) -> Shown {
    match dialog {
        Dialog::Prompt { ask, edit } => prompt(till, ask, edit),
        Dialog::Choose { from, filter, on } => choose(ui, till, from, filter, on.as_ref()),
        Dialog::Modifiers(m) => options(ui, till, m),
        Dialog::Pay { at } => tenders(ui, till, *at),
        Dialog::PayForm(form) => pay_form(till, form),
        Dialog::Count(form) => count_form(ui, till, form),
        Dialog::Stock(form) => stock::dialog(till, form),
        Dialog::Tips(form) => tips::dialog(ui, till, form),
        Dialog::Customer(form) => customer_form(till, form),
        Dialog::Refund(form) => refund::shown(till, form),
        Dialog::Confirm { question, other, .. } => {
            let mut rows = vec![row("y", "Yes", "")];
            if let Some((words, _)) = other {
                rows = vec![row("1", "Yes, as typed", ""), row("2", words, "")];
            }
            rows.push(row("n", "No", ""));
            Shown {
                title: "Really?".to_owned(),
                text: vec![Text::new(Tone::Warn, question.clone())],
                rows,
                ..Shown::default()
            }
        }
        Dialog::Override { permission, pin, .. } => Shown {
            title: "Somebody else's PIN".to_owned(),
            text: vec![
                Text::new(Tone::Warn, format!("You may not {}.", permission.words())),
                Text::new(Tone::Dim, format!("Who may: {}", dialogs::who_may(till, *permission))),
            ],
            fields: vec![field("PIN", &"•".repeat(pin.text().chars().count()), Some(pin.cursor()))],
            message: Text::new(Tone::Dim, "Enter lifts it this once · Esc lets it be"),
            ..Shown::default()
        },
        Dialog::Unknown { barcode } => Shown {
            title: "Unknown barcode".to_owned(),
            text: vec![Text::from(format!("No item has the barcode {barcode}."))],
            rows: vec![row("b", "Bind it to an item", ""), row("Esc", "Leave it", "")],
            ..Shown::default()
        },
        Dialog::Show { what, at } => show::dialog(ui, till, what, *at),
        Dialog::Secret { command, edit } => {
            let (title, label, message) = people::secret_words(till, command);
            Shown {
                title,
                fields: vec![field(label, &"•".repeat(edit.text().chars().count()), Some(edit.cursor()))],
                message: Text::new(Tone::Dim, message),
                ..Shown::default()
            }
        }
        Dialog::Report(view) => super::report::dialog(ui, view),
        Dialog::Help { at } => help::dialog(ui, *at),
    }
}

fn row(key: &str, label: &str, value: &str) -> ListRow {
    ListRow { key: key.to_owned(), label: Text::from(label), value: Text::from(value), ..ListRow::default() }
}

fn field(label: &str, text: &str, cursor: Option<usize>) -> Field {
    Field { label: label.to_owned(), text: text.to_owned(), cursor }
}

fn prompt(till: &Till, ask: &Ask, edit: &Edit) -> Shown {
    let currency = till.settings.currency.code();
    let name = |code: &str| till.catalogue.item(code).map_or_else(|| code.to_owned(), |i| i.name.clone());
    let line = |id| till.current().and_then(|o| o.line(id)).map_or(String::new(), |l| l.name.clone());
    let (title, label, message): (String, String, &str) = match ask {
        Ask::HoldName => ("Put the order aside".into(), "Name".into(), "Enter alone keeps it under its number"),
        Ask::OrderName => ("The order's name".into(), "Name".into(), ""),
        Ask::Phone => ("Telephone".into(), "Number".into(), "It is forgotten when the order is settled"),
        Ask::Address => {
            ("Where it is brought to".into(), "Address".into(), "It is forgotten when the order is settled")
        }
        Ask::PickUp => ("When it is for".into(), "Time".into(), "18:30, or 20 for in 20 minutes; Enter alone for none"),
        Ask::Limit => ("The order's limit".into(), format!("Limit, {currency}"), "Enter alone: as its type has it"),
        Ask::Asked(asked, _) => {
            let order = till.current().map_or_else(String::new, |order| party::kind(till, order));
            let label = match asked {
                Asked::Table => "Table",
                Asked::Name => "Name",
                Asked::Phone => "Telephone",
                Asked::Address => "Address",
                Asked::Covers => "Covers",
                Asked::PickUp => "Time, or minutes from now",
            };
            (format!("{order} needs {}", asked.words()), label.into(), "Then it goes on; Esc goes back")
        }
        Ask::SplitEvenly => ("Divide evenly".into(), "Bills".into(), "Each is a bill of its own, with its own tax"),
        Ask::SplitAmount => ("A bill of its own".into(), format!("Amount, {currency}"), "The rest stays on this one"),
        Ask::SplitLine(id) => {
            let hint = match split::bills(till) {
                0 | 1 => "Among how many bills it is shared",
                _ => "Enter alone shares it among the open bills; a number makes new ones",
            };
            (line(*id), "Bills".into(), hint)
        }
        Ask::Covers => ("How many people are there?".into(), "Covers".into(), "Enter alone for nobody knows"),
        Ask::Seat(id) => (line(*id), "Seat".into(), "Enter alone for no seat"),
        Ask::KitchenNote(id) => (line(*id), "Note to the kitchen".into(), "The customer never sees it"),
        Ask::CustomerNote(id) => (line(*id), "Note on the receipt".into(), "The customer sees it"),
        Ask::Price(id) => (line(*id), format!("Price, {currency}"), ""),
        Ask::LineDiscount(id) => {
            (line(*id), "Discount".into(), "10%, an amount, or =5.00 to sell at that; 0 takes it away")
        }
        Ask::OrderDiscount => {
            ("Discount on the order".into(), "Discount".into(), "10%, an amount, or =20.00 in all; 0 takes all away")
        }
        Ask::Allergies => (
            "Allergies at the table".into(),
            "Nobody may eat".into(),
            "The kitchen is told at once; an empty line takes it away",
        ),
        Ask::Account(customer, what) => customers::prompt(till, *customer, *what),
        Ask::Stock(what, good) => stock::prompt(till, *what, good),
        Ask::Voucher(VoucherAsk::Sell) => {
            ("Sell a voucher".into(), format!("Worth, {currency}"), "No sale: it is taxed when it is used")
        }
        Ask::Voucher(VoucherAsk::Look) => ("What is left on a voucher?".into(), "Code".into(), "Scan it, or type it"),
        Ask::Voucher(VoucherAsk::PayOut) => {
            ("Pay a voucher out".into(), "Code".into(), "What is left on it goes back in cash")
        }
        Ask::Deposit => (
            "Deposit on the order".into(),
            format!("Amount, {currency}"),
            "It is held until the order is paid; what is over goes back",
        ),
        Ask::Points(customer, scheme) => {
            let (title, stands) = points::asked(till, *customer, scheme);
            (title, stands, "How many more or fewer, and why: +3 card was lost")
        }
        Ask::Coupon => ("Coupon".into(), "Code".into(), "Enter alone gives all coupons back"),
        Ask::Tip => ("Tip with the next payment".into(), format!("Tip, {currency}"), ""),
        Ask::Float => (
            format!("Open shift {}", till.counters.shift),
            format!("Float, {currency}"),
            "What is in the drawer now; Enter alone for nothing",
        ),
        Ask::CashAmount(kind) => (kind.words().into(), format!("Amount, {currency}"), ""),
        Ask::CashReason(kind, _) => (kind.words().into(), "What for".into(), "It is printed on the slip"),
        Ask::CashNumber => ("Take back a cash move".into(), "Number on the slip".into(), ""),
        Ask::LendTo => {
            let open: Vec<String> = till.others.keys().map(ToString::to_string).collect();
            let label = format!("Register {}", open.join(", "));
            ("Lend to another drawer".into(), label, "The number of its register; Enter alone: the first")
        }
        Ask::LendAmount(to) => (format!("Lend to register {to}"), format!("Amount, {currency}"), ""),
        Ask::LendReason(to, _) => (format!("Lend to register {to}"), "What for".into(), "It is printed on the slip"),
        Ask::HandOver(_) => {
            // The title has to fit beside the order.
            let message = match till.settings.tenders.iter().any(|tender| tender.on_account) {
                true => "The word goes to the next shift, on the Z. Esc settles them first; :to-account charges one",
                false => "The word goes to the next shift, on the Z. Esc settles them first",
            };
            ("Hand open orders to the next shift".into(), "What is with them".into(), message)
        }
        Ask::RefundOf => (
            "Give money back".into(),
            "Receipt".into(),
            "Its number or code; 12.40 finds an amount, *4242 a card; Enter alone: the last",
        ),
        Ask::Receipt => {
            ("Print a receipt again".into(), "Receipt".into(), "Enter alone for the last one; it is marked COPY")
        }
        Ask::Left(code) => (name(code), "How many are left".into(), "0 is sold out; free stops counting"),
        Ask::OpenPrice(ring) => (name(&ring.item), format!("Price, {currency}"), ""),
        Ask::Weight(ring) => (name(&ring.item), "Weight, kg".into(), "As the scale says, like 0.350"),
        Ask::Period(name) => (format!("Report {name}"), "Days, or today".into(), crate::reports::period::EXAMPLES),
        Ask::CashTips => {
            ("Clock out".into(), format!("Cash tips kept, {currency}"), "What you keep in cash; Enter alone for none")
        }
        Ask::WorkTimes(work) => (
            format!("Hours of {}, {}", till.name_of(work.staff), work.date),
            "From-to breaks".into(),
            "Like 09:00-17:15 30 with 30 minutes of breaks; without an end, still at work",
        ),
        Ask::WorkReason(_, after) => (
            format!("Hours of {}, {}", till.name_of(after.staff), after.times(after.began)),
            "Why".into(),
            "The journal keeps how it stood",
        ),
        Ask::StaffName => ("Take somebody on".into(), "Name".into(), "As receipts show it"),
        Ask::Barcode => ("Bind a barcode".into(), "Barcode".into(), "Scan it, or type its digits"),
    };
    Shown {
        title,
        fields: vec![field(&label, edit.text(), Some(edit.cursor()))],
        message: Text::new(Tone::Dim, message),
        ..Shown::default()
    }
}

fn choose(ui: &Ui, till: &Till, from: &From, filter: &Edit, on: Option<&Then>) -> Shown {
    let rows = lists::rows(ui, till, from, filter.text());
    let narrows = from.narrows();
    let show = |amount| till.settings.currency.show(amount);
    let line = |id: &LineId| till.current().and_then(|o| o.line(*id)).map_or("", |l| &l.name);
    let off = |kind: &DiscountKind| match kind {
        DiscountKind::Percent(percent) => format!("{}% off", percent.normalize()),
        DiscountKind::Amount(amount) => format!("{} off", show(*amount)),
        DiscountKind::Price(price) => format!("down to {}", show(*price)),
    };
    let title = match from {
        From::Reasons(why) => match why {
            Why::Void(id) => format!("Void {}: why?", line(id)),
            Why::Price(id, price) => format!("{} at {}: why?", line(id), show(*price)),
            Why::LineDiscount(id, kind) => format!("{}: {}: why?", line(id), off(kind)),
            Why::OrderDiscount(kind) => format!("The order: {}: why?", off(kind)),
            Why::Comp(Some(id)) => format!("Give away {}: why?", line(id)),
            Why::Comp(None) => "Give the whole order away: why?".to_owned(),
            Why::Waste(id) => format!("Write off {}: why?", line(id)),
            Why::ThrowAway(good, quantity) => {
                let name = till.settings.goods.iter().find(|g| g.code == *good).map_or(good.as_str(), |g| &g.name);
                format!("Throw {quantity} of {name} away: why?")
            }
            Why::Waive => "Take the service charge off: why?".to_owned(),
            Why::NoSale => "Open the drawer: why?".to_owned(),
            Why::Abandon => "Throw the whole order away: why?".to_owned(),
            Why::DepositBack => "Give the deposit back: why?".to_owned(),
            Why::Skip(job) => format!("Give up {}: why?", spool::title(ui, *job)),
            Why::TakeBack(_) | Why::TakeBackReceived(..) => "Take the payment back: why?".to_owned(),
            Why::Refund { receipt, .. } => format!("Give money back for receipt {receipt}: why?"),
            Why::RefundOrder => "Give money back without a receipt: why?".to_owned(),
        },
        From::Orders => "Open orders".to_owned(),
        From::Splits => "Several bills".to_owned(),
        From::MoveLines => split::move_title(ui, till),
        From::Merge => "Which order is merged into this one?".to_owned(),
        From::ToAccount => "Which order goes on its customer's account?".to_owned(),
        From::Tables(TableFor::Go) => "Tables".to_owned(),
        From::Tables(TableFor::Move) => "Which table does it move to?".to_owned(),
        From::Tables(TableFor::Join) => "Which table is joined?".to_owned(),
        From::AtTable(table) => format!("Table {table}"),
        From::Tabs => "Tab: a few letters, or a new name".to_owned(),
        From::Servers => "Who serves it from now on?".to_owned(),
        From::OrderTypes => "Order type".to_owned(),
        From::Goods(GoodFor::Delivery) => "What came in?".to_owned(),
        From::Goods(GoodFor::Waste) => "What is thrown away?".to_owned(),
        From::Customers(CustomerFor::Order) => "Who is the order for?".to_owned(),
        From::Customers(CustomerFor::Account) => "Whose account?".to_owned(),
        From::AccountActs(customer) => till.customer_name(*customer),
        From::Received(customer, _) => format!("Which payment of {} is taken back?", till.customer_name(*customer)),
        From::MoneyTenders(MoneyFor::Account(customer), _) => {
            format!("How does {} pay?", till.customer_name(*customer))
        }
        From::MoneyTenders(MoneyFor::Deposit, _) => "How is the deposit paid?".to_owned(),
        From::MoneyTenders(MoneyFor::Voucher, _) => "How is the voucher paid?".to_owned(),
        From::Schemes(_) => "Which points are used?".to_owned(),
        From::Promotions => "Which promotion is switched off, or on?".to_owned(),
        From::Payments => "Which payment is taken back?".to_owned(),
        From::ItemsToBind(barcode) => format!("Which item has {barcode}?"),
        From::Reports => "Reports".to_owned(),
        From::MenuBefore => menu_before::title(ui),
        From::Works => "Whose time is corrected?".to_owned(),
        From::Staff => "Staff".to_owned(),
        From::StaffActs(staff) => till.name_of(*staff).to_owned(),
        From::Roles(Whom::Known(staff)) => format!("The role of {}", till.name_of(*staff)),
        From::Roles(Whom::New(name)) => format!("The role of {name}"),
        From::ItemsToMark => "Which item is sold out, or counted?".to_owned(),
        From::Jobs => "Print jobs".to_owned(),
        From::JobActs(job) => spool::title(ui, *job),
        From::Sales(_) => "For which sale is money given back?".to_owned(),
    };
    let at = lists::place(&rows, on);
    let empty = rows.is_empty();
    let list = |(n, r): (usize, lists::Row)| ListRow {
        key: r.key,
        on: None,
        label: Text::from(r.label),
        value: r.value,
        selected: Some(n) == at,
    };
    let label = match from {
        From::Orders | From::Merge | From::MoveLines | From::ToAccount => "Number, table, name",
        From::Tables(_) => "Table",
        From::Customers(_) => "Name or telephone",
        _ => "Letters",
    };
    let plan = matches!(from, From::Tables(_)).then(|| plan::plan(ui, till, &rows, at));
    let legend = if plan.is_some() { plan::LEGEND } else { "" };
    Shown {
        title,
        fields: match narrows || !filter.is_empty() {
            true => vec![field(label, filter.text(), Some(filter.cursor()))],
            false => Vec::new(),
        },
        rows: rows.into_iter().enumerate().map(list).collect(),
        message: match (empty, from) {
            (true, From::Tabs) => Text::new(Tone::Dim, "No tab is open: type a name, and Enter opens one"),
            (true, From::Tables(_)) if filter.is_empty() => {
                Text::new(Tone::Dim, "There are no tables here: docs/tables.md says how to set them up")
            }
            (true, _) if filter.is_empty() => Text::new(Tone::Dim, "There are none"),
            (true, _) => Text::new(Tone::Warn, "Nothing fits"),
            (false, _) => Text::new(Tone::Dim, legend),
        },
        text: match from {
            From::JobActs(job) => spool::about(ui, *job),
            From::MenuBefore => menu_before::about(ui),
            _ => Vec::new(),
        },
        tall: narrows || *from == From::Jobs,
        plan,
        ..Shown::default()
    }
}

fn options(ui: &Ui, till: &Till, m: &Modifiers) -> Shown {
    let questions = modifiers::asked(till, m);
    let name = till.catalogue.item(&m.item).map_or("", |i| &i.name);
    let Some(question) = questions.get(m.group) else { return Shown::default() };
    let group = question.group;
    let show = |amount| till.settings.currency.show(amount);
    let option = |(place, option): (usize, &crate::domain::catalogue::Choice)| {
        let pick = question.picked(&m.picks).find(|p| usize::from(p.digit) == place + 1);
        let amount = pick.map_or(Amount::Normal, |p| p.amount);
        let price = option.price_of(amount);
        let label = match amount.word() {
            "" => option.name.clone(),
            word => format!("{word} {}", option.name),
        };
        ListRow {
            key: modifiers::digit_key(group, place),
            on: Some(pick.is_some()),
            label: Text::new(if pick.is_some() { Tone::Strong } else { Tone::Normal }, label),
            value: if option.item.as_ref().is_some_and(|code| till.is_sold_out(code)) {
                Text::new(Tone::Dim, "86")
            } else if price.is_zero() {
                Text::default()
            } else {
                Text::from(format!("{price:+}", price = Signed(show(price))))
            },
            selected: place == m.at,
        }
    };
    let must = match (group.min, group.most()) {
        (0, 1) => "one or none".to_owned(),
        (0, most) if most >= group.options.len() => "any".to_owned(),
        (0, most) => format!("up to {most}"),
        (min, most) if usize::from(min) == most => format!("choose {min}"),
        (min, most) => format!("{min} to {most}"),
    };
    let free = if group.free > 0 { format!(", {} free", group.free) } else { String::new() };
    let dishes = group.options.iter().all(|option| option.item.is_some());
    let waiting = match (m.amount.word(), m.digit) {
        // Of what must be one thing there is no less and no more.
        ("", None) if (group.min, group.most()) == (1, 1) && !dishes => "a digit chooses and goes on".to_owned(),
        ("", None) if dishes => "digits choose · \u{2190}\u{2192} to what is said of each".to_owned(),
        ("", None) => "digits choose · n\u{a0}no  l\u{a0}lite  x\u{a0}extra  d\u{a0}double  s\u{a0}side".to_owned(),
        ("", Some(digit)) => format!("{digit}…"),
        (word, _) => format!("{word} …"),
    };
    Shown {
        title: name.to_owned(),
        value: Text::new(Tone::Accent, modifiers::price(ui, till, m).unwrap_or_else(|| "–".to_owned())),
        text: vec![
            steps(&questions, &m.picks, m.group),
            Text::new(Tone::Strong, format!("{}: {must}{free}", question.words())),
        ],
        rows: group.options.iter().enumerate().map(option).collect(),
        message: Text::new(Tone::Dim, waiting),
        ..Shown::default()
    }
}

/// An amount with its sign.
struct Signed(String);

impl std::fmt::Display for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plus = if f.sign_plus() && !self.0.starts_with('-') { "+" } else { "" };
        write!(f, "{plus}{}", self.0)
    }
}

/// `Milk › Syrup › [Extras]`, where there are several groups; of one that an option opens, `[Dish › Sauce]`.
fn steps(questions: &[Question<'_>], picks: &[Pick], at: usize) -> Text {
    if questions.len() < 2 {
        return Text::default();
    }
    let name = |(n, question): (usize, &Question<'_>)| {
        let name = question.words();
        // An item that was chosen says more than the question it answers.
        let item = question.picked(picks).find_map(|pick| {
            let choice = question.group.options.get(usize::from(pick.digit).checked_sub(1)?)?;
            choice.item.as_ref().map(|_| choice.name.clone())
        });
        match (n == at, question.within.as_slice()) {
            (true, []) => Some(format!("[{name}]")),
            (true, within) => {
                let openers = within.iter().map(|choice| choice.name.as_str()).chain([name.as_str()]);
                Some(format!("[{}]", openers.collect::<Vec<_>>().join(": ")))
            }
            (false, []) => Some(item.unwrap_or(name)),
            (false, _) => None,
        }
    };
    let names: Vec<String> = questions.iter().enumerate().filter_map(name).collect();
    Text::new(Tone::Dim, names.join(" › "))
}

fn tenders(ui: &Ui, till: &Till, at: Option<usize>) -> Shown {
    let Some(order) = split::payable(ui, till) else { return Shown::default() };
    let totals = totals::of(&order, &till.settings);
    let exact = order.due(totals.total);
    let typed = ui.kept.input.text();
    let row = |(n, tender): (usize, &crate::domain::tender::Tender)| ListRow {
        key: pay::letter(n).to_string(),
        on: None,
        label: Text::from(tender.name.as_str()),
        value: pay::words(ui, till, tender, typed).map_or_else(|why| Text::new(Tone::Dim, why), Text::from),
        selected: at == Some(n),
    };
    Shown {
        title: format!("Pay order {}", order.title()),
        value: Text::new(Tone::Accent, till.settings.currency.show(exact)),
        fields: vec![field("Amount", typed, Some(ui.kept.input.cursor()))],
        rows: till.settings.tenders.iter().take(pay::choices(till)).enumerate().map(row).collect(),
        message: Text::new(
            Tone::Dim,
            match typed.is_empty() {
                true => "A letter pays all of it. For a part, or to see the change, type the amount first.",
                false => "A letter takes this amount.",
            },
        ),
        ..Shown::default()
    }
}

fn pay_form(till: &Till, form: &PayForm) -> Shown {
    let Some(tender) = till.settings.tender(&form.tender) else { return Shown::default() };
    let label = |what: PayField| match what {
        PayField::Amount => format!("Amount, {}", tender.foreign.map_or(till.settings.currency, |f| f.currency).code()),
        PayField::Reference => tender.reference_name.clone().unwrap_or_else(|| "Reference".to_owned()),
        PayField::LastFour => "Last four digits".to_owned(),
    };
    let fields = form.fields.iter().enumerate();
    Shown {
        title: tender.name.clone(),
        fields: fields.map(|(n, (f, e))| field(&label(*f), e.text(), (n == form.at).then(|| e.cursor()))).collect(),
        message: Text::new(Tone::Dim, "Enter goes on; at the last line it pays"),
        ..Shown::default()
    }
}

fn customer_form(till: &Till, form: &CustomerForm) -> Shown {
    let fields = form.fields.iter().enumerate();
    Shown {
        title: form.known.map_or_else(|| "A new customer".to_owned(), |id| till.customer_name(id)),
        fields: fields.map(|(n, (f, e))| field(f.label(), e.text(), (n == form.at).then(|| e.cursor()))).collect(),
        message: Text::new(
            Tone::Dim,
            form.fields.get(form.at).map_or_else(String::new, |(field, _)| field.about(till)),
        ),
        ..Shown::default()
    }
}

fn count_form(ui: &Ui, till: &Till, form: &CountForm) -> Shown {
    let settings = &till.settings;
    let cash = settings.cash().map(|t| t.code.clone()).unwrap_or_default();
    let label = |what: &CountField| match what {
        CountField::Pieces(denomination) => format!("× {}", settings.currency.show(*denomination)),
        CountField::Sum(code) => match settings.tender(code) {
            Some(Tender { name, foreign: Some(foreign), .. }) => format!("{name} in all, {}", foreign.currency.code()),
            Some(tender) => format!("{} in all", tender.name),
            None => code.clone(),
        },
        CountField::Comment => "Comment".to_owned(),
    };
    let counted = count::counted(ui, till, form).unwrap_or_default();
    let at = form.fields.get(form.at).map(|(field, _)| field);
    let tender = match at {
        Some(CountField::Pieces(_)) => Some(cash.as_str()),
        Some(CountField::Sum(code)) => Some(code.as_str()),
        Some(CountField::Comment) | None => None,
    };
    let shift = till.shift.as_ref().filter(|_| form.counting == Counting::Closing);
    let message = match (tender, shift, till.counts_blind()) {
        (Some(code), Some(shift), false) => {
            let name = settings.tender(code).map_or(code, |t| &t.name);
            let foreign = settings.tender(code).and_then(|t| t.foreign);
            let currency = foreign.map_or(settings.currency, |f| f.currency);
            let have = currency.show(counted.get(code).copied().unwrap_or_default());
            let expected = currency.show(match foreign {
                Some(_) => shift.sums.tenders.get(code).map_or(Money::ZERO, |sum| sum.foreign),
                None => shift.expected(code, code == cash),
            });
            format!("{name}: {have} counted, {expected} expected · Enter goes on")
        }
        (Some(_), _, _) if form.counting == Counting::Opening => {
            "The float: in one sum, or Enter and then by notes and coins".to_owned()
        }
        (Some(_), _, _) => "Count it, Enter goes on".to_owned(),
        (None, _, _) => "A word about a difference, if there is one · Enter closes the shift".to_owned(),
    };
    let fields = form.fields.iter().enumerate();
    Shown {
        title: match form.counting {
            Counting::Opening => format!("Open shift {}", till.counters.shift),
            Counting::Closing => format!("Close shift {}", till.shift.as_ref().map_or(0, |s| s.number)),
        },
        value: Text::new(Tone::Accent, settings.currency.show(counted.get(&cash).copied().unwrap_or_default())),
        fields: fields.map(|(n, (f, e))| field(&label(f), e.text(), (n == form.at).then(|| e.cursor()))).collect(),
        message: Text::new(Tone::Dim, message),
        tall: true,
        ..Shown::default()
    }
}

/// The keys worth knowing in the top dialog.
pub(super) fn keys(ui: &Ui) -> Vec<(Action, &'static str)> {
    let mut keys = match ui.kept.dialogs.last() {
        Some(Dialog::Modifiers(_)) => {
            vec![(Action::Accept, "Next"), (Action::Toggle, ""), (Action::Left, "Group"), (Action::Modify, "Done")]
        }
        Some(Dialog::Refund(_)) => {
            vec![
                (Action::Toggle, "All of it"),
                (Action::Down, "Next"),
                (Action::Right, "Way"),
                (Action::Accept, "Go on"),
            ]
        }
        Some(Dialog::Choose { .. } | Dialog::Pay { .. }) => vec![(Action::Accept, "Choose"), (Action::Down, "Next")],
        Some(Dialog::Confirm { .. }) => Vec::new(),
        Some(Dialog::Report(_)) => {
            vec![(Action::Accept, "Days"), (Action::Toggle, "Bars"), (Action::Right, "Columns"), (Action::Down, "Next")]
        }
        Some(Dialog::Tips(_)) => vec![(Action::Accept, "Take it"), (Action::Down, "Next"), (Action::Next, "All")],
        Some(Dialog::PayForm(_) | Dialog::Count(_) | Dialog::Customer(_) | Dialog::Stock(_)) => {
            vec![(Action::Accept, "Go on"), (Action::Previous, "Field before")]
        }
        Some(
            Dialog::Prompt { .. }
            | Dialog::Override { .. }
            | Dialog::Secret { .. }
            | Dialog::Unknown { .. }
            | Dialog::Show { .. }
            | Dialog::Help { .. },
        )
        | None => vec![(Action::Accept, "")],
    };
    keys.extend([(Action::Cancel, "Back"), (Action::Help, "")]);
    keys
}
