//! The ticket that a station cooks from: large, terse, readable at arm's length. It says of each line
//! what is new, what is not to be made any more, and what is otherwise than it was.

use crate::documents::{Align, Block, Document, DocumentKind, Span, Style};
use crate::domain::catalogue::Amount;
use crate::domain::kitchen::{Choice, Dish, Entry, Head, Tells, Ticket, whereto};
use crate::domain::order::Unit;
use crate::domain::time::Stamp;

const PLAIN: Style = Style { bold: false, wide: false, tall: false, reverse: false, underline: false };
const BOLD: Style = Style { bold: true, ..PLAIN };
const TALL: Style = Style { bold: true, tall: true, ..PLAIN };
const LARGE: Style = Style { bold: true, wide: true, tall: true, ..PLAIN };
const MARK: Style = Style { bold: true, reverse: true, ..PLAIN };
const LARGE_MARK: Style = Style { bold: true, wide: true, tall: true, reverse: true, ..PLAIN };

/// How far what belongs to a dish is indented.
const INDENT: &str = "    ";
const HANG: u8 = 4;

/// The ticket as paper.
pub fn ticket(head: &Head, ticket: &Ticket, sent: Stamp, practice: bool) -> Document {
    let mut blocks = header(head, ticket, sent, practice);
    let mut made_at: &[String] = &[];
    for entry in &ticket.entries {
        if entry.made_at != made_at {
            made_at = &entry.made_at;
            blocks.push(Block::styled(Align::Left, BOLD, format!("-- {}", made_at.join(" + "))));
        }
        blocks.extend(entry_blocks(entry));
    }
    blocks.push(Block::Rule);
    if !ticket.also.is_empty() {
        blocks.push(Block::styled(Align::Left, BOLD, format!("ALSO AT: {}", ticket.also.join(", ").to_uppercase())));
    }
    blocks.extend(training(practice));
    Document { kind: DocumentKind::Kitchen, title: ticket.label.clone(), blocks, opens_drawer: false, cut: true }
}

fn header(head: &Head, ticket: &Ticket, sent: Stamp, practice: bool) -> Vec<Block> {
    let mut blocks: Vec<Block> = training(practice).into_iter().collect();
    blocks.push(Block::Row {
        left: vec![Span::new(TALL, &ticket.name)],
        right: Span::new(TALL, sent.show_time()),
        hang: 0,
    });
    blocks.push(Block::Row {
        left: vec![Span::new(LARGE, whereto(&head.place))],
        right: Span::new(TALL, &ticket.label),
        hang: 0,
    });
    blocks.extend(head.place.allergies.as_deref().map(allergy));
    let mut facts = vec![head.place.order_type.clone()];
    if head.place.table.is_some() {
        facts.push(format!("Order {}", head.place.order));
    }
    facts.extend(head.covers.map(|n| format!("{n} covers")));
    facts.push(head.server.clone());
    blocks.push(Block::styled(Align::Left, PLAIN, facts.join(" · ")));
    blocks.extend(head.name.as_ref().map(|name| Block::styled(Align::Left, TALL, name)));
    blocks.push(Block::Rule);
    blocks
}

/// What nobody there may eat: nothing on the ticket is larger.
fn allergy(text: &str) -> Block {
    Block::Boxed(vec![Span::new(LARGE_MARK, format!(" ALLERGY: {text} "))])
}

fn training(practice: bool) -> Option<Block> {
    practice.then(|| Block::styled(Align::Centre, LARGE_MARK, " TRAINING "))
}

fn entry_blocks(entry: &Entry) -> Vec<Block> {
    let mark = |words: &str| Block::styled(Align::Left, LARGE_MARK, format!(" {words} "));
    match (entry.tells(), &entry.was, &entry.now) {
        (Tells::New, _, Some(now)) => dish(now),
        (Tells::Void, Some(was), _) => {
            let mut blocks = vec![mark("VOID")];
            blocks.extend(dish(was));
            blocks
        }
        (Tells::Moved, Some(was), Some(now)) if was.place.allergies != now.place.allergies => {
            let words = if now.place.allergies.is_some() { "ALLERGY" } else { "NO ALLERGY" };
            let mut blocks = vec![mark(words), Block::styled(Align::Left, BOLD, "of what was sent before:")];
            blocks.extend(dish(now));
            blocks
        }
        (Tells::Moved, Some(was), Some(now)) => {
            let (words, from) = if was.place.order_type == now.place.order_type {
                ("MOVED", whereto(&was.place))
            } else {
                ("NOW", was.place.order_type.clone())
            };
            let to = if words == "NOW" { now.place.order_type.clone() } else { whereto(&now.place) };
            let mut blocks = vec![mark(words), Block::styled(Align::Left, TALL, format!("{from} → {to}"))];
            blocks.extend(dish(now));
            blocks
        }
        (Tells::Changed, Some(was), Some(now)) => {
            let mut blocks = vec![mark("CHANGE"), Block::styled(Align::Left, BOLD, "it was")];
            blocks.extend(small(was));
            blocks.push(Block::styled(Align::Left, BOLD, "it is"));
            blocks.extend(dish(now));
            blocks
        }
        // A line that was never told and is not to be made is on no ticket.
        (Tells::New | Tells::Void | Tells::Moved | Tells::Changed, _, _) => Vec::new(),
    }
}

fn amount(dish: &Dish) -> String {
    match dish.unit {
        Unit::Each => dish.quantity.to_string(),
        Unit::Kg => format!("{} kg", dish.quantity),
    }
}

/// What is to be made: the quantity and the name twice as large, options below, the note in a box.
fn dish(dish: &Dish) -> Vec<Block> {
    let mut name = vec![Span::new(LARGE, amount(dish)), Span::plain(" "), Span::new(TALL, &dish.name)];
    name.extend(dish.seat.map(|seat| Span::new(BOLD, format!("  seat {seat}"))));
    let mut blocks = vec![Block::Text { spans: name, align: Align::Left, hang: HANG }];
    blocks.extend(dish.choices.iter().map(|choice| Block::Text {
        spans: vec![Span::plain(INDENT), Span::new(choice_style(choice), choice.words())],
        align: Align::Left,
        hang: HANG,
    }));
    blocks.extend(dish.note.iter().map(|note| Block::Boxed(vec![Span::new(TALL, note)])));
    blocks
}

/// What was to be made, in ordinary letters.
fn small(dish: &Dish) -> Vec<Block> {
    let mut blocks = vec![Block::text(format!("{} {}", amount(dish), dish.name))];
    blocks.extend(dish.choices.iter().map(|c| Block::text(format!("{INDENT}{}", c.words()))));
    blocks.extend(dish.note.iter().map(|note| Block::text(format!("{INDENT}note: {note}"))));
    blocks
}

/// What is left out or doubled is what goes wrong: it stands out.
fn choice_style(choice: &Choice) -> Style {
    if choice.amount == Amount::Normal { BOLD } else { MARK }
}
