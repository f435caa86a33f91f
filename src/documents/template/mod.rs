//! How a kitchen ticket looks, as its owner writes it: text with named fields. The grammar is told in
//! `config/kitchen-ticket.txt`, which is what holds where an owner has no file.
//!
//! A template is read into pieces of text and names of fields, and what a field says is put into a
//! [`Span`](crate::documents::Span) and nowhere else: neither a template nor a name on a menu can become a command.

mod read;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::documents::{Align, Style};

/// Something that a ticket can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "NAMES says what each is")]
pub enum Field {
    Station,
    Ticket,
    Time,
    Where,
    Table,
    Order,
    Type,
    Covers,
    Due,
    Name,
    Server,
    Also,
    Allergies,
    Training,
    MadeAt,
    CourseName,
    Wait,
    News,
    From,
    To,
    Quantity,
    Item,
    Option,
    Amount,
    Note,
    Seat,
    Course,
}

impl Field {
    /// How templates write it.
    const NAMES: [(&'static str, Self); 27] = [
        ("station", Self::Station),
        ("ticket", Self::Ticket),
        ("time", Self::Time),
        ("where", Self::Where),
        ("table", Self::Table),
        ("order", Self::Order),
        ("type", Self::Type),
        ("covers", Self::Covers),
        ("due", Self::Due),
        ("name", Self::Name),
        ("server", Self::Server),
        ("also", Self::Also),
        ("allergies", Self::Allergies),
        ("training", Self::Training),
        ("made-at", Self::MadeAt),
        ("course-name", Self::CourseName),
        ("wait", Self::Wait),
        ("news", Self::News),
        ("from", Self::From),
        ("to", Self::To),
        ("quantity", Self::Quantity),
        ("item", Self::Item),
        ("option", Self::Option),
        ("amount", Self::Amount),
        ("note", Self::Note),
        ("seat", Self::Seat),
        ("course", Self::Course),
    ];

    /// The sections in which it says something.
    const fn sections(self) -> &'static [Section] {
        match self {
            Self::MadeAt => &[Section::MadeAt],
            Self::CourseName | Self::Wait => &[Section::Course],
            Self::News => &[Section::News],
            Self::From | Self::To => &[Section::Moved, Section::Retyped, Section::News],
            Self::Quantity | Self::Item | Self::Option | Self::Amount | Self::Note | Self::Seat | Self::Course => {
                &Section::OF_DISHES
            }
            Self::Station
            | Self::Ticket
            | Self::Time
            | Self::Where
            | Self::Table
            | Self::Order
            | Self::Type
            | Self::Covers
            | Self::Due
            | Self::Name
            | Self::Server
            | Self::Also
            | Self::Allergies
            | Self::Training => &Section::ALL,
        }
    }
}

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Above all.
    Head,
    /// What is otherwise with the order, and with no dish of it.
    News,
    /// Above dishes that other stations make.
    MadeAt,
    /// Above the dishes of a course.
    Course,
    /// What was not told before.
    New,
    /// What is not to be made any more.
    Void,
    /// What was told to wait, and is to be made now.
    Fired,
    /// What goes to another table, or into another course.
    Moved,
    /// What goes out otherwise.
    Retyped,
    /// What somebody there may not eat after all, or may.
    Allergies,
    /// What is otherwise than it was.
    Changed,
    /// A dish.
    Dish,
    /// A dish as it was.
    Was,
    /// Below all.
    Foot,
}

impl Section {
    const ALL: [Self; 14] = [
        Self::Head,
        Self::News,
        Self::MadeAt,
        Self::Course,
        Self::New,
        Self::Void,
        Self::Fired,
        Self::Moved,
        Self::Retyped,
        Self::Allergies,
        Self::Changed,
        Self::Dish,
        Self::Was,
        Self::Foot,
    ];

    /// Those that speak of a dish.
    const OF_DISHES: [Self; 9] = [
        Self::Dish,
        Self::Was,
        Self::New,
        Self::Void,
        Self::Fired,
        Self::Moved,
        Self::Retyped,
        Self::Allergies,
        Self::Changed,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::News => "news",
            Self::MadeAt => "made-at",
            Self::Course => "course",
            Self::New => "new",
            Self::Void => "void",
            Self::Fired => "fired",
            Self::Moved => "moved",
            Self::Retyped => "retyped",
            Self::Allergies => "allergies",
            Self::Changed => "changed",
            Self::Dish => "dish",
            Self::Was => "was",
            Self::Foot => "foot",
        }
    }

    /// Whether it stands for a line of an order, and may name the sections of a dish.
    const fn is_entry(self) -> bool {
        match self {
            Self::New | Self::Void | Self::Fired | Self::Moved | Self::Retyped | Self::Allergies | Self::Changed => {
                true
            }
            Self::Head | Self::News | Self::MadeAt | Self::Course | Self::Dish | Self::Was | Self::Foot => false,
        }
    }
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(Style, String),
    Field(Style, Field),
    /// What stands there if the field says something, or if it does not.
    If(Field, bool, Vec<Piece>),
}

impl Piece {
    /// Whether it is there for each option of a dish.
    fn repeats(&self) -> bool {
        match self {
            Self::Text(..) => false,
            Self::Field(_, field) => matches!(field, Field::Option | Field::Amount),
            Self::If(field, _, within) => {
                matches!(field, Field::Option | Field::Amount) || within.iter().any(Self::repeats)
            }
        }
    }

    fn says(&self, wanted: Field) -> bool {
        match self {
            Self::Text(..) => false,
            Self::Field(_, field) => *field == wanted,
            Self::If(_, _, within) => within.iter().any(|piece| piece.says(wanted)),
        }
    }
}

/// A line of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Text, and what stands at the right edge beside it.
    Text(Align, Vec<Piece>, Option<Piece>),
    Boxed(Vec<Piece>),
    Rule,
    Blank,
    /// The lines of a dish, as it is or as it was.
    Part(Section),
}

impl Row {
    fn pieces(&self) -> impl Iterator<Item = &Piece> {
        let (pieces, right) = match self {
            Self::Text(_, pieces, right) => (pieces.as_slice(), right.as_ref()),
            Self::Boxed(pieces) => (pieces.as_slice(), None),
            Self::Rule | Self::Blank | Self::Part(_) => (&[][..], None),
        };
        pieces.iter().chain(right)
    }

    /// Whether it is printed once for each option of a dish.
    pub(super) fn repeats(&self) -> bool {
        self.pieces().any(Piece::repeats)
    }
}

/// How a kitchen ticket looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(BTreeMap<Section, Vec<Row>>);

/// The template that holds where an owner has none. A test sees to it that it can be read.
static DEFAULT: LazyLock<Template> =
    LazyLock::new(|| Template::parse(Template::SAMPLE).unwrap_or_else(|_| Template(BTreeMap::new())));

impl Default for Template {
    fn default() -> Self {
        DEFAULT.clone()
    }
}

/// Something wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The bytes that are meant.
    pub at: Range<usize>,
    /// What is wrong, in words.
    pub what: String,
    /// The word that is not known, and those that are.
    pub known: Option<(String, Vec<&'static str>)>,
}

impl Wrong {
    fn new(at: Range<usize>, what: impl Into<String>) -> Self {
        Self { at, what: what.into(), known: None }
    }

    fn unknown(at: Range<usize>, what: &str, found: &str, words: Vec<&'static str>) -> Self {
        Self { at, what: what.to_owned(), known: Some((found.to_owned(), words)) }
    }
}

impl Template {
    /// The text of the default, with its explanations.
    pub const SAMPLE: &'static str = include_str!("../../../config/kitchen-ticket.txt");

    /// The lines of a section. A template that an owner wrote before there were courses, or news, has those of the
    /// default.
    pub(super) fn rows(&self, section: Section) -> &[Row] {
        let own = self.0.get(&section);
        let later = matches!(section, Section::Course | Section::Fired | Section::News);
        let rows = own.or_else(|| DEFAULT.0.get(&section).filter(|_| later));
        rows.map_or(&[], Vec::as_slice)
    }

    /// What a cook has to read, and would not.
    fn lacks(&self) -> Vec<String> {
        let mut lacks = Vec::new();
        let says = |section, field| self.says(section, field);
        for section in Section::ALL.into_iter().filter(|s| s.is_entry()) {
            for (field, name) in [(Field::Quantity, "quantity"), (Field::Item, "item")] {
                if !says(section, field) {
                    lacks.push(format!(
                        "[{}] never says {{{name}}}, nor does it name {{dish}}: nobody would know of what it is told",
                        section.name()
                    ));
                }
            }
        }
        for section in [Section::New, Section::Changed] {
            for (field, name) in [(Field::Option, "option"), (Field::Note, "note")] {
                if !says(section, field) {
                    lacks.push(format!("[{}] never says {{{name}}}: a cook would not know of it", section.name()));
                }
            }
        }
        let around = |field| says(Section::Head, field) || says(Section::Foot, field);
        if !around(Field::Ticket) {
            lacks.push("neither [head] nor [foot] says {ticket}: nobody would miss a ticket that was lost".to_owned());
        }
        if !around(Field::Where) && !around(Field::Order) {
            lacks.push("neither [head] nor [foot] says {where} or {order}: nobody would know whose it is".to_owned());
        }
        if !around(Field::Allergies) {
            lacks.push("neither [head] nor [foot] says {allergies}: nobody would be warned".to_owned());
        }
        lacks
    }

    /// Whether a field is said in a section, or in one that it names.
    fn says(&self, section: Section, wanted: Field) -> bool {
        self.rows(section).iter().any(|row| match row {
            Row::Part(part) => *part != section && self.says(*part, wanted),
            Row::Text(..) | Row::Boxed(_) | Row::Rule | Row::Blank => row.pieces().any(|piece| piece.says(wanted)),
        })
    }
}
