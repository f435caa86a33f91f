//! The left side: the order, or the sale that was just settled.

use crate::domain::components::{promotions, with_components};
use crate::domain::kitchen::{self, Place};
use crate::domain::money::Money;
use crate::domain::order::{Discount, DiscountKind, Line, Order, PriceFrom, Unit};
use crate::domain::sale::{Sale, Totals};
use crate::domain::service;
use crate::domain::tender::Payment;
use crate::domain::till::Till;
use crate::domain::totals;
use crate::ui::action::{Action, Context};
use crate::ui::screen::{OrderPane, OrderRow, Text, Tone};
use crate::ui::state::Ui;
use crate::ui::{coach, courses, customers, key_name, party, split};

pub(super) fn pane(ui: &Ui, till: &Till) -> OrderPane {
    match (till.current(), &till.last_sale) {
        (Some(order), _) => open(ui, till, order),
        (None, Some(sale)) if ui.kept.sale_shown => settled(till, sale),
        (None, _) => empty(ui, till),
    }
}

fn empty(ui: &Ui, till: &Till) -> OrderPane {
    let key = |action| key_name(ui, Context::Order, action);
    let order_type = till.settings.order_types.first().map_or("", |t| &t.name);
    OrderPane {
        title: Text::new(Tone::Strong, "New order"),
        subtitle: Text::new(Tone::Dim, order_type),
        empty: if ui.drill.is_some() {
            coach::rows(ui, till)
        } else {
            let notices =
                super::notices(ui, till).into_iter().flat_map(|words| [Text::new(Tone::Warn, words), Text::default()]);
            let tables = Text::new(Tone::Dim, format!("{:<8}all tables", key(Action::Table)));
            notices
                .chain(vec![
                    Text::from("Press an item's key"),
                    Text::from("or type a code and Enter."),
                    Text::default(),
                    Text::new(Tone::Dim, "3a      three of key a"),
                    Text::new(Tone::Dim, format!("{:<8}finds by name", format!("{}tea", key(Action::Search)))),
                    Text::new(Tone::Dim, format!("{:<8}all keys", key(Action::Help))),
                ])
                .chain((!till.settings.rooms.is_empty()).then_some(tables))
                .collect()
        },
        total_label: Text::new(Tone::Dim, "Total"),
        total: Text::new(Tone::Dim, till.settings.currency.show(Money::ZERO)),
        total_note: Text::new(Tone::Dim, till.settings.currency.code()),
        ..OrderPane::default()
    }
}

fn open(ui: &Ui, till: &Till, order: &Order) -> OrderPane {
    let totals = totals::of(order, &till.settings);
    let show = |amount| till.settings.currency.show(amount);
    let focus = ui.kept.selected.or_else(|| order.rung_lines().next_back().map(|l| l.id));
    let mut rows = Vec::new();
    let place = kitchen::place(order, &till.settings);
    let begun = order.lines.iter().any(|l| l.told.is_some());
    for (place_in_order, line) in order.lines.iter().enumerate().filter(|(_, l)| l.is_live() && l.is_rung()) {
        let at = rows.len();
        line_rows(till, (&order.lines, &totals), place_in_order, focus == Some(line.id), &mut rows);
        if let Some(row) = rows.get_mut(at) {
            row.mark = mark(order, line, &place, begun);
            if let Some(course) = line.course {
                row.label.text.insert_str(0, &format!(">{course} "));
            }
            if let Some((_, much)) = split::marked(ui, line) {
                let much = much.map(|much| format!("{much} ")).unwrap_or_default();
                row.label = Text::new(Tone::Accent, format!("[{much}x] {}", row.label.text));
            }
        }
    }
    let drill = coach::rows(ui, till).into_iter().map(|row| (row, Text::default()));
    let mut sums: Vec<(Text, Text)> = drill.chain(customers::about(till, order)).collect();
    sums.extend(discount_rows(till, &order.face.discounts, &totals));
    sums.extend(party::reached(till, order).map(|words| (Text::new(Tone::Dim, words), Text::default())));
    let fires = || Text::new(Tone::Dim, format!("{} fires", key_name(ui, Context::Order, Action::Fire)));
    sums.extend(order.waiting().map(|waits| (courses::waiting(ui, till, waits), fires())));
    if let (Some(part), Some(rule)) = (totals.lines.get(order.lines.len()), service::rule(order, &till.settings)) {
        let name = format!("{} {}%", rule.name, rule.percent.normalize());
        sums.push((Text::from(name), Text::from(show(part.gross))));
    }
    tax_rows(till, &totals, &mut sums);
    payment_rows(till, &order.payments, &mut sums);
    if !ui.kept.marks.is_empty()
        && let Some(part) = split::payable(ui, till)
    {
        let total = totals::of(&part, &till.settings).total;
        sums.push((Text::new(Tone::Accent, "Marked"), Text::new(Tone::Accent, show(total))));
    }
    if let Some(limit) = order.limit(&till.settings).filter(|limit| totals.total > *limit) {
        sums.push((Text::new(Tone::Warn, "Over its limit"), Text::new(Tone::Warn, show(limit))));
    }
    if !ui.kept.tip.is_zero() {
        sums.push((Text::from("Tip with the next payment"), Text::from(show(ui.kept.tip))));
    }
    let (deposit, owed) = (order.deposit_left(), order.owed(totals.total));
    if !deposit.is_zero() {
        sums.push((Text::new(Tone::Good, "Deposit"), Text::new(Tone::Good, show(-deposit))));
    }
    // A deposit that covers more than all of it is given back.
    let (label, due) = match (order.payments.is_empty() && deposit.is_zero(), deposit > owed) {
        (true, _) => ("Total", owed),
        (false, true) => ("Back", deposit - owed),
        (false, false) => ("Due", owed - deposit),
    };
    let (title, subtitle) = heading(till, order);
    OrderPane {
        title: Text::new(Tone::Strong, title),
        subtitle: Text::new(Tone::Dim, subtitle),
        rows,
        empty: std::iter::once(Text::new(Tone::Dim, "No lines yet")).chain(asks_covers(ui, order)).collect(),
        sums,
        total_label: Text::new(Tone::Strong, label),
        total: Text::new(Tone::Accent, show(due)),
        total_note: Text::new(Tone::Dim, pieces(order.rung_lines(), till)),
    }
}

/// How it is said how many people sit down, as long as nobody did.
fn asks_covers(ui: &Ui, order: &Order) -> Vec<Text> {
    if order.face.table.is_none() || order.face.covers.is_some() {
        return Vec::new();
    }
    let keys = format!("4{}", key_name(ui, Context::Order, Action::Covers));
    vec![Text::default(), Text::new(Tone::Dim, format!("{keys:<8}four people sit here"))]
}

/// Above the lines: at a table, which, with how many people, and who serves it.
fn heading(till: &Till, order: &Order) -> (String, String) {
    let face = &order.face;
    let Some(table) = &face.table else {
        return (format!("Order {}", party::title(till, order)), party::kind(till, order));
    };
    let joined: String = face.joined.iter().map(|joined| format!("+{joined}")).collect();
    let name = face.name.as_ref().map(|name| format!(" · {name}")).unwrap_or_default();
    let covers = face.covers.map(|n| format!("{n} cov · ")).unwrap_or_default();
    (format!("Table {table}{joined} · {}{name}", order.label()), format!("{covers}{}", till.name_of(order.server)))
}

/// The sale that was just settled, with its change, until the next one begins.
fn settled(till: &Till, sale: &Sale) -> OrderPane {
    let show = |amount| sale.currency.show(amount);
    let mut rows = Vec::new();
    for (at, _) in sale.lines.iter().enumerate().filter(|(_, l)| l.is_live() && l.is_rung() && !l.charge) {
        line_rows(till, (&sale.lines, &sale.totals), at, false, &mut rows);
    }
    let mut sums = discount_rows(till, &sale.discounts, &sale.totals);
    for (line, part) in sale.lines.iter().zip(&sale.totals.lines).filter(|(l, _)| l.charge) {
        sums.push((Text::from(line.name.as_str()), Text::from(show(part.gross))));
    }
    if !sale.rounding.is_zero() {
        sums.push((Text::from("Rounding"), Text::from(show(sale.rounding))));
    }
    sums.push((Text::new(Tone::Strong, "Paid"), Text::new(Tone::Strong, show(sale.totals.total + sale.rounding))));
    for payment in &sale.payments {
        sums.push((Text::new(Tone::Dim, payment.name.clone()), Text::new(Tone::Dim, show(payment.tendered))));
    }
    if !sale.tips.is_zero() {
        sums.push((Text::from("Tip"), Text::from(show(sale.tips))));
    }
    OrderPane {
        title: Text::new(Tone::Good, format!("Receipt {}", sale.receipt)),
        subtitle: Text::new(Tone::Good, "paid"),
        rows,
        empty: Vec::new(),
        sums,
        total_label: Text::new(Tone::Strong, if sale.deposit_back.is_zero() { "Change" } else { "Back" }),
        total: Text::new(Tone::Accent, show(sale.change + sale.deposit_back)),
        total_note: Text::new(Tone::Dim, sale.currency.code()),
    }
}

fn pieces<'a>(lines: impl Iterator<Item = &'a Line>, till: &Till) -> String {
    let currency = till.settings.currency.code();
    let lines: Vec<&Line> = lines.collect();
    // Of a divided order there are shares, and no number of items.
    if lines.iter().any(|l| l.unit == Unit::Each && !l.quantity.is_whole()) {
        return format!("shares {currency}");
    }
    let count: i64 = lines.iter().map(|l| if l.unit == Unit::Each { l.quantity.thousandths() / 1000 } else { 1 }).sum();
    format!("{count} item{} {currency}", if count == 1 { "" } else { "s" })
}

/// What the kitchen knows of a line and of what it is made of, and whether its course waits. As long as nothing of
/// an order was sent, that is not said.
fn mark(order: &Order, line: &Line, place: &Place, begun: bool) -> Text {
    // Looking for components costs a look at all lines.
    let composed = line.modifiers.iter().any(|option| option.item.is_some());
    let components = if composed { order.components(line.id) } else { Vec::new() };
    let made: Vec<&Line> = std::iter::once(line).chain(components).collect();
    let unsent = |line: &&Line| kitchen::is_unsent(line, place);
    let waits = |line: &&Line| line.course.is_some_and(|course| !order.face.is_fired(course));
    if begun && made.iter().any(|line| waits(line) && (line.told.is_none() || !unsent(line))) {
        return Text::new(Tone::Warn, "w");
    }
    match (made.iter().any(|line| line.told.is_some()), made.iter().any(unsent)) {
        (true, false) => Text::new(Tone::Good, "s"),
        (true, true) => Text::new(Tone::Warn, "c"),
        (false, true) if begun => Text::new(Tone::Warn, "n"),
        (false, true | false) => Text::default(),
    }
}

/// The rows of the line at a place, with what its components came to.
fn line_rows(till: &Till, of: (&[Line], &Totals), at: usize, selected: bool, rows: &mut Vec<OrderRow>) {
    let (lines, totals) = of;
    let Some(line) = lines.get(at) else { return };
    let (part, promotions) = (with_components(lines, &totals.lines, at), promotions(lines, at));
    let show = |amount| till.settings.currency.show(amount);
    let below = |label: Text, amount: String| OrderRow { label, amount, below: true, selected, ..OrderRow::default() };
    // Before the name, which may be cut.
    let seat = line.seat.map(|seat| format!("#{seat} ")).unwrap_or_default();
    rows.push(OrderRow {
        quantity: line.pieces(),
        mark: Text::default(),
        label: Text::from(format!("{seat}{}", line.name)),
        amount: show(part.gross),
        below: false,
        selected,
    });
    if line.unit == Unit::Kg {
        rows.push(below(Text::new(Tone::Dim, format!("kg at {}", show(line.unit_price))), String::new()));
    }
    for modifier in &line.modifiers {
        let price = if modifier.added().is_zero() { String::new() } else { format!(" {}", show(modifier.added())) };
        let indent = "  ".repeat(modifier.depth.into());
        rows.push(below(Text::new(Tone::Dim, format!("{indent}{}{price}", modifier.label())), String::new()));
    }
    if let PriceFrom::Override { .. } = line.price_from {
        let words = format!("{} instead of {}", show(line.unit_price), show(line.menu_price));
        rows.push(below(Text::new(Tone::Warn, words), String::new()));
    }
    let promoted: Money = promotions.iter().map(|p| p.amount).sum();
    for applied in &promotions {
        rows.push(below(Text::new(Tone::Good, applied.name.clone()), show(-applied.amount)));
    }
    if let Some(discount) = &line.discount {
        rows.push(below(Text::new(Tone::Warn, discount_words(till, discount)), show(promoted - part.discount)));
    }
    if let Some(note) = &line.kitchen_note {
        rows.push(below(Text::new(Tone::Dim, format!("kitchen: {note}")), String::new()));
    }
    if let Some(note) = &line.customer_note {
        rows.push(below(Text::new(Tone::Dim, format!("note: {note}")), String::new()));
    }
}

fn discount_words(till: &Till, discount: &Discount) -> String {
    let much = match discount.kind {
        DiscountKind::Percent(percent) => format!("-{}%", percent.normalize()),
        // What it came to stands beside it.
        DiscountKind::Amount(_) if discount.points.is_some() => return discount.reason.clone(),
        DiscountKind::Amount(amount) => format!("-{}", till.settings.currency.show(amount)),
        DiscountKind::Price(price) => format!("down to {}", till.settings.currency.show(price)),
    };
    let much = if discount.comp { "given away:" } else { &much };
    format!("{much} {}", discount.reason)
}

fn discount_rows(till: &Till, discounts: &[Discount], totals: &Totals) -> Vec<(Text, Text)> {
    if discounts.is_empty() {
        return Vec::new();
    }
    let amount: Money = totals.lines.iter().map(|l| l.order_discount).sum();
    let words = discounts.iter().map(|discount| Text::new(Tone::Warn, discount_words(till, discount)));
    let mut rows: Vec<(Text, Text)> = words.map(|words| (words, Text::default())).collect();
    // What all of them take off stands behind the last.
    if let Some((_, value)) = rows.last_mut() {
        *value = Text::new(Tone::Warn, till.settings.currency.show(-amount));
    }
    rows
}

/// Taxes that come on top are part of what is to be paid; included ones are the receipt's matter.
fn tax_rows(till: &Till, totals: &Totals, sums: &mut Vec<(Text, Text)>) {
    for tax in totals.taxes.iter().filter(|t| !t.included && !t.amount.is_zero()) {
        sums.push((Text::from(tax.name.as_str()), Text::from(till.settings.currency.show(tax.amount))));
    }
}

fn payment_rows(till: &Till, payments: &[Payment], sums: &mut Vec<(Text, Text)>) {
    for payment in payments {
        let label = Text::new(Tone::Good, format!("{} paid", payment.name));
        sums.push((label, Text::new(Tone::Good, till.settings.currency.show(-payment.amount))));
    }
}
