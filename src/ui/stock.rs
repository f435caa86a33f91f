//! Goods on screen: deliveries, waste, and the count of them all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::command::Command;
use crate::domain::order::Line;
use crate::domain::quantity::Quantity;
use crate::domain::stock::{Good, StockKind, StockMove};
use crate::domain::text::fold;
use crate::domain::till::Till;
use crate::ui::Request;
use crate::ui::edit::Edit;
use crate::ui::lists::Row;
use crate::ui::screen::{Dialog as Shown, Field, Text, Tone};
use crate::ui::state::{Ask, Dialog, From, Then, Ui};

/// What a good is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GoodFor {
    /// Some of it came in.
    Delivery,
    /// Some of it is thrown away.
    Waste,
}

/// The count of all goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockForm {
    /// Goods by code, each with what was counted; nothing typed: not counted.
    pub fields: Vec<(String, Edit)>,
    /// The field that has the cursor.
    pub at: usize,
}

/// Opens a list of goods, where there are any.
pub(super) fn choose(ui: &mut Ui, till: &Till, what: GoodFor) -> Vec<Request> {
    if has_goods(ui, till) {
        ui.choose(From::Goods(what));
    }
    Vec::new()
}

/// Opens the count.
pub(super) fn open_count(ui: &mut Ui, till: &Till) -> Vec<Request> {
    if has_goods(ui, till) {
        let fields = till.settings.goods.iter().map(|good| (good.code.clone(), Edit::default())).collect();
        ui.open(Dialog::Stock(StockForm { fields, at: 0 }));
    }
    Vec::new()
}

/// Prints a sheet to count on.
pub(super) fn sheet(ui: &mut Ui, till: &Till) -> Vec<Request> {
    if has_goods(ui, till) { vec![Request::Command(Command::PrintStockSheet)] } else { Vec::new() }
}

fn has_goods(ui: &mut Ui, till: &Till) -> bool {
    let any = !till.settings.goods.is_empty();
    if !any {
        ui.say(Tone::Warn, "No goods are kept in stock: stock.toml sets them up");
    }
    any
}

fn there(till: &Till, good: &Good) -> String {
    let there = till.stock.get(&good.code).copied().unwrap_or_default();
    format!("{there} {}", good.unit)
}

pub(super) fn rows(till: &Till, what: GoodFor, filter: &str) -> Vec<Row> {
    let wanted = fold(filter);
    let fits = |good: &&Good| fold(&good.name).split_whitespace().any(|word| word.starts_with(&wanted));
    let row = |good: &Good| {
        let there = there(till, good);
        let low = till.stock.get(&good.code).copied().unwrap_or_default() <= good.low;
        Row {
            key: String::new(),
            label: good.name.clone(),
            value: if low { Text::new(Tone::Warn, format!("LOW {there}")) } else { Text::from(there) },
            then: Then::Ask(Ask::Stock(what, good.code.clone()), String::new()),
        }
    };
    till.settings.goods.iter().filter(fits).map(row).collect()
}

/// What the prompt about a good says.
pub(super) fn prompt(till: &Till, what: GoodFor, code: &str) -> (String, String, &'static str) {
    let good = till.settings.goods.iter().find(|good| good.code == code);
    let (name, unit) = good.map_or((code, ""), |good| (good.name.as_str(), good.unit.as_str()));
    match what {
        GoodFor::Delivery => (
            format!("Delivery: {name}"),
            format!("How much, {unit}"),
            "Behind it, from whom: 20 Miller; -20 takes one back",
        ),
        GoodFor::Waste => (format!("Throw away: {name}"), format!("How much, {unit}"), "A reason is asked"),
    }
}

/// A delivery as it was typed: how much, and from whom.
pub(super) fn delivery(code: &str, text: &str) -> Result<Command, String> {
    let (quantity, from) = text.split_once(' ').unwrap_or((text, ""));
    let (quantity, reason) = match quantity.strip_prefix('-') {
        Some(back) => (-Quantity::parse(back)?, from.trim().to_owned()),
        None => (Quantity::parse(quantity)?, from.trim().to_owned()),
    };
    Ok(Command::MoveStock { good: code.to_owned(), wasted: false, quantity, reason })
}

/// Enter in the count: the next good, and at the last one the differences.
pub(super) fn accept(ui: &mut Ui) -> Vec<Request> {
    let Some(Dialog::Stock(form)) = ui.kept.dialogs.last_mut() else { return Vec::new() };
    let typed = form.fields.get(form.at).map(|(_, edit)| edit.text().trim().to_owned()).unwrap_or_default();
    if let (false, Err(why)) = (typed.is_empty(), Quantity::parse(&typed)) {
        ui.say(Tone::Bad, why);
        return Vec::new();
    }
    if form.at + 1 < form.fields.len() {
        form.at += 1;
        return Vec::new();
    }
    let mut counted = BTreeMap::new();
    for (code, edit) in &form.fields {
        if let Ok(quantity) = Quantity::parse(edit.text().trim()) {
            counted.insert(code.clone(), quantity);
        }
    }
    vec![Request::Command(Command::TakeStock { counted })]
}

pub(super) fn dialog(till: &Till, form: &StockForm) -> Shown {
    let good = |code: &str| till.settings.goods.iter().find(|good| good.code == code);
    let field = |(n, (code, edit)): (usize, &(String, Edit))| Field {
        label: good(code).map_or_else(|| code.clone(), |good| format!("{}, {}", good.name, good.unit)),
        text: edit.text().to_owned(),
        cursor: (n == form.at).then(|| edit.cursor()),
    };
    let at = form.fields.get(form.at).and_then(|(code, _)| good(code));
    let books = at.map(|good| format!("The books say {} · Enter goes on; nothing: not counted", there(till, good)));
    Shown {
        title: "Stock take".to_owned(),
        fields: form.fields.iter().enumerate().map(field).collect(),
        message: Text::new(Tone::Dim, books.unwrap_or_default()),
        tall: true,
        ..Shown::default()
    }
}

/// What happened to goods, in words.
pub(super) fn told(till: &Till, moves: &[StockMove]) -> String {
    match moves {
        [one] if one.kind != StockKind::Counted => {
            let there = till.settings.goods.iter().find(|good| good.code == one.good).map(|good| there(till, good));
            let (words, quantity) = match (one.kind == StockKind::Wasted, one.quantity < Quantity::ZERO) {
                (true, _) => ("thrown away", -one.quantity),
                (false, true) => ("taken back", -one.quantity),
                (false, false) => ("came in", one.quantity),
            };
            format!("{}: {quantity} {words}, {} there now", one.name, there.unwrap_or_default())
        }
        moves => {
            let wrong = moves.iter().filter(|m| !m.quantity.is_zero()).count();
            format!("{} counted, {wrong} otherwise than the books: the sheet is printing", moves.len())
        }
    }
}

/// Goods that a line has made low: ` · Milk low: 0.8 l`.
pub(super) fn low_words(till: &Till, line: &Line) -> String {
    let low = |good: &&Good| till.stock.get(&good.code).is_some_and(|there| *there <= good.low);
    let used = |good: &&Good| line.uses.iter().any(|used| used.good == good.code);
    let goods = till.settings.goods.iter().filter(used).filter(low);
    goods.map(|good| format!(" · {} LOW: {}", good.name, there(till, good))).collect()
}
