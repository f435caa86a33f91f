//! The ticket that a station cooks from, as its template has it: large, terse, readable at arm's length. It says
//! of each line what is new, what is not to be made any more, and what is otherwise than it was.

use std::collections::BTreeMap;

use crate::documents::template::{Field, Piece, Row, Section, Template};
use crate::documents::{Align, Block, Document, DocumentKind, Span};
use crate::domain::kitchen::{CourseOnTicket, Dish, Entry, Head, Tells, Ticket, moved, whereto};
use crate::domain::order::Unit;
use crate::domain::time::Stamp;

/// How far text that wraps is indented.
const HANG: u8 = 4;

/// What the fields say; one that says nothing is not here.
type Said = BTreeMap<Field, String>;

/// The ticket as paper.
pub fn ticket(template: &Template, head: &Head, ticket: &Ticket, sent: Stamp, practice: bool) -> Document {
    let mut paper = Paper { template, head, said: around(head, ticket, sent, practice), blocks: Vec::new() };
    paper.section(Section::Head, None);
    for news in &head.news {
        let (what, was, now) = news.words();
        let fields = [(Field::News, Some(what.to_owned())), (Field::From, Some(was)), (Field::To, Some(now))];
        paper.with(fields, |paper| paper.section(Section::News, None));
    }
    let mut made_at: &[String] = &[];
    let mut course: Option<&CourseOnTicket> = None;
    for entry in &ticket.entries {
        if head.course(entry.course()) != course {
            course = head.course(entry.course());
            let name = course.map(|course| course.name.clone());
            let wait = course.filter(|course| course.waits).map(|_| "WAIT".to_owned());
            paper.with([(Field::CourseName, name), (Field::Wait, wait)], |paper| paper.section(Section::Course, None));
        }
        if entry.made_at != made_at {
            made_at = &entry.made_at;
            paper.with([(Field::MadeAt, Some(made_at.join(" + ")))], |paper| paper.section(Section::MadeAt, None));
        }
        paper.entry(entry);
    }
    paper.section(Section::Foot, None);
    let blocks = paper.blocks;
    Document { kind: DocumentKind::Kitchen, title: ticket.label.clone(), blocks, opens_drawer: false, cut: true }
}

/// What can be said anywhere on a ticket.
fn around(head: &Head, ticket: &Ticket, sent: Stamp, practice: bool) -> Said {
    let also = (!ticket.also.is_empty()).then(|| ticket.also.join(", ").to_uppercase());
    let fields = [
        (Field::Station, Some(ticket.name.clone())),
        (Field::Ticket, Some(ticket.label.clone())),
        (Field::Time, Some(sent.show_time())),
        (Field::Where, Some(whereto(&head.place))),
        (Field::Table, head.place.table.clone()),
        (Field::Order, Some(head.place.called.clone().unwrap_or_else(|| head.place.order.to_string()))),
        (Field::Type, Some(head.place.order_type.clone())),
        (Field::Covers, head.covers.map(|n| n.to_string())),
        (Field::Due, head.due.map(|due| due.show_time())),
        (Field::Name, head.name.clone()),
        (Field::Server, Some(head.server.clone())),
        (Field::Also, also),
        (Field::Allergies, head.place.allergies.clone()),
        (Field::Training, practice.then(|| " TRAINING ".to_owned())),
    ];
    fields.into_iter().filter_map(filled).collect()
}

fn filled((field, text): (Field, Option<String>)) -> Option<(Field, String)> {
    Some((field, text.filter(|text| !text.is_empty())?))
}

fn amount(dish: &Dish) -> String {
    match dish.unit {
        Unit::Each => dish.quantity.to_string(),
        Unit::Kg => format!("{} kg", dish.quantity),
    }
}

/// A ticket being written.
struct Paper<'a> {
    template: &'a Template,
    head: &'a Head,
    said: Said,
    blocks: Vec<Block>,
}

impl Paper<'_> {
    /// Does something while these fields say this besides.
    fn with<const N: usize>(&mut self, fields: [(Field, Option<String>); N], what: impl FnOnce(&mut Self)) {
        let before = self.said.clone();
        self.said.extend(fields.into_iter().filter_map(filled));
        what(self);
        self.said = before;
    }

    fn entry(&mut self, entry: &Entry) {
        match (entry.tells(), &entry.was, &entry.now) {
            (Tells::New, _, Some(now)) => self.told(Section::New, now, None),
            (Tells::Void, Some(was), _) => self.told(Section::Void, was, None),
            (Tells::Moved, Some(was), Some(now)) if was.place.allergies != now.place.allergies => {
                self.told(Section::Allergies, now, None);
            }
            (Tells::Moved, Some(was), Some(now)) => {
                let (from, to) = moved(self.head, was, now);
                let retyped = was.place.order_type != now.place.order_type;
                let section = if retyped { Section::Retyped } else { Section::Moved };
                let fields = [(Field::From, Some(from)), (Field::To, Some(to))];
                self.with(fields, |paper| paper.told(section, now, None));
            }
            (Tells::Changed, Some(was), Some(now)) => self.told(Section::Changed, now, Some(was)),
            (Tells::Fired, _, Some(now)) => self.told(Section::Fired, now, None),
            // A line that was never told and is not to be made is on no ticket.
            (Tells::New | Tells::Void | Tells::Moved | Tells::Changed | Tells::Fired, _, _) => {}
        }
    }

    /// What is told of a dish: by the section's own lines, and by those of the dish it names.
    fn told(&mut self, section: Section, dish: &Dish, was: Option<&Dish>) {
        for row in self.template.rows(section) {
            let (part, of) = match row {
                Row::Part(Section::Was) => (Section::Was, was),
                Row::Part(part) => (*part, Some(dish)),
                Row::Text(..) | Row::Boxed(_) | Row::Rule | Row::Blank => {
                    self.dish(dish, |paper| paper.row(row, Some(dish)));
                    continue;
                }
            };
            if let Some(of) = of {
                self.dish(of, |paper| paper.section(part, Some(of)));
            }
        }
    }

    fn dish(&mut self, dish: &Dish, what: impl FnOnce(&mut Self)) {
        let fields = [
            (Field::Quantity, Some(amount(dish))),
            (Field::Item, Some(dish.name.clone())),
            (Field::Note, dish.note.clone()),
            (Field::Seat, dish.seat.map(|seat| seat.to_string())),
            (Field::Course, dish.course.map(|course| course.to_string())),
        ];
        self.with(fields, what);
    }

    fn section(&mut self, section: Section, dish: Option<&Dish>) {
        for row in self.template.rows(section) {
            self.row(row, dish);
        }
    }

    fn row(&mut self, row: &Row, dish: Option<&Dish>) {
        match (row, dish) {
            (Row::Text(..) | Row::Boxed(_), Some(dish)) if row.repeats() => {
                for choice in &dish.choices {
                    let amount = Some(choice.amount.word().to_owned());
                    let fields = [(Field::Option, Some(choice.words())), (Field::Amount, amount)];
                    self.with(fields, |paper| paper.line(row));
                }
            }
            _ => self.line(row),
        }
    }

    /// One line; nothing where nothing would stand in it.
    fn line(&mut self, row: &Row) {
        let stands = |spans: &[Span]| spans.iter().any(|span| !span.text.trim().is_empty());
        let block = match row {
            Row::Rule => Some(Block::Rule),
            Row::Blank => Some(Block::Feed(1)),
            // A dish is printed by what names it.
            Row::Part(_) => None,
            Row::Boxed(pieces) => Some(self.spans(pieces)).filter(|s| stands(s)).map(Block::Boxed),
            Row::Text(align, pieces, None) => {
                let (spans, align) = (self.spans(pieces), *align);
                let hang = if align == Align::Left { HANG } else { 0 };
                stands(&spans).then_some(Block::Text { spans, align, hang })
            }
            Row::Text(_, pieces, Some(right)) => {
                let (left, right) = (self.spans(pieces), self.spans(std::slice::from_ref(right)));
                let right = right.into_iter().reduce(|a, b| Span::new(a.style, a.text + &b.text)).unwrap_or_default();
                let any = stands(&left) || stands(std::slice::from_ref(&right));
                any.then_some(Block::Row { left, right, hang: HANG })
            }
        };
        self.blocks.extend(block);
    }

    fn spans(&self, pieces: &[Piece]) -> Vec<Span> {
        let mut spans = Vec::new();
        self.write(pieces, &mut spans);
        spans
    }

    fn write(&self, pieces: &[Piece], spans: &mut Vec<Span>) {
        for piece in pieces {
            match piece {
                Piece::Text(style, text) => spans.push(Span::new(*style, text)),
                Piece::Field(style, field) => {
                    let text = self.said.get(field).map_or("", String::as_str);
                    let own = text.trim_start_matches(' ');
                    // What indents an option is no part of how it looks.
                    let spans_of = [Span::plain(&text[..text.len() - own.len()]), Span::new(*style, own)];
                    spans.extend(spans_of.into_iter().filter(|span| !span.text.is_empty()));
                }
                Piece::If(field, holds, within) => {
                    if self.said.contains_key(field) == *holds {
                        self.write(within, spans);
                    }
                }
            }
        }
    }
}
