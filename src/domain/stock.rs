//! Goods in stock: what selling takes of them by recipe, what is delivered, thrown away and counted. They never keep
//! anything from being sold: a recipe is a rule of thumb, and a shelf is right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::event::Event;
use crate::domain::order::Line;
use crate::domain::quantity::Quantity;
use crate::domain::rounding::{Rounding, divide_rounded};

/// The name under which a sheet to count goods on is printed.
pub const SHEET: &str = "stock-sheet";

/// Something that is kept in stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Good {
    /// Its code in the books.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// What it is measured in, for people: `kg`, `l`, `bottles`.
    pub unit: String,
    /// At so much, or less, it is told to be low.
    pub low: Quantity,
    /// How much of it one of each item takes, by the item's code.
    pub takes: BTreeMap<String, Quantity>,
}

/// What one piece of a line takes of a good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The good's code.
    pub good: String,
    /// How much.
    pub quantity: Quantity,
}

/// Why there is more or less of a good than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StockKind {
    /// It went into what was sold.
    Sold,
    /// It came in.
    Delivered,
    /// It was thrown away, or went into what was.
    Wasted,
    /// It was counted, and was not what the books said.
    Counted,
}

impl StockKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Sold, Self::Delivered, Self::Wasted, Self::Counted];

    /// Its word in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Delivered => "delivered",
            Self::Wasted => "wasted",
            Self::Counted => "counted",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Something that happened to a good besides selling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockMove {
    /// The good's code.
    pub good: String,
    /// What it was called.
    pub name: String,
    /// What happened.
    pub kind: StockKind,
    /// What that added; less than nothing where it took away.
    pub quantity: Quantity,
    /// What there was before, by the books.
    pub before: Quantity,
    /// Why, or from whom.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What a line takes of a good, where its recipe says so: negative, since it goes.
fn gone(line: &Line, used: &Use) -> Quantity {
    let product = i128::from(used.quantity.thousandths()) * i128::from(line.quantity.thousandths());
    Quantity::from_thousandths(-divide_rounded(product, 1000, Rounding::HalfUp))
}

/// Whether what a line takes is gone, and as what: nothing where it was not made.
fn kind(line: &Line) -> Option<StockKind> {
    match &line.void {
        None => Some(StockKind::Sold),
        Some(void) if void.wasted => Some(StockKind::Wasted),
        Some(_) => None,
    }
}

/// What an event does to goods.
pub fn moved(event: &Event) -> Vec<(String, StockKind, Quantity)> {
    let mut moves: Vec<(String, StockKind, Quantity)> = Vec::new();
    let mut add = |good: &str, kind: StockKind, quantity: Quantity| match moves
        .iter_mut()
        .find(|(g, k, _)| g == good && *k == kind)
    {
        Some((.., sum)) => *sum = *sum + quantity,
        None => moves.push((good.to_owned(), kind, quantity)),
    };
    match event {
        Event::LineChanged { before, after, .. } => {
            for (line, back) in [(before, true), (after, false)] {
                let Some((line, kind)) = line.as_ref().and_then(|line| Some((line, kind(line)?))) else { continue };
                for used in &line.uses {
                    let gone = gone(line, used);
                    add(&used.good, kind, if back { -gone } else { gone });
                }
            }
        }
        // What nobody has begun to make goes back with a refund of what was rung for it, or an order thrown away.
        Event::Refunded { refund, .. } if refund.order.is_some() => {
            for line in &refund.lines {
                line.uses.iter().for_each(|used| add(&used.good, StockKind::Sold, -gone(line, used)));
            }
        }
        Event::OrderAbandoned { was, .. } => {
            for line in was.live_lines().filter(|line| line.sent().is_zero()) {
                line.uses.iter().for_each(|used| add(&used.good, StockKind::Sold, -gone(line, used)));
            }
        }
        Event::StockMoved { moves } => moves.iter().for_each(|m| add(&m.good, m.kind, m.quantity)),
        _ => {}
    }
    moves.retain(|(.., quantity)| !quantity.is_zero());
    moves
}
