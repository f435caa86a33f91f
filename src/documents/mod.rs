//! What is printed, as data: receipts, bills, kitchen tickets, slips. Not the bytes; those are the
//! devices' work. Pure.
//!
//! Text and commands are different types here: nothing that stands in a [`Span`] can become a
//! command of a printer.

use serde::{Deserialize, Serialize};

pub mod account;
pub mod deposit;
pub mod jobs;
pub mod kitchen;
pub mod layout;
pub mod receipt;
pub mod refund;
pub mod shift;
pub mod slip;
pub mod stock;
pub mod template;
pub mod test_page;
pub mod text;
pub mod ticket_sample;
pub mod voucher;

/// Where a line stands between the edges of the paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    /// Bold.
    #[serde(default)]
    pub bold: bool,
    /// Twice as wide.
    #[serde(default)]
    pub wide: bool,
    /// Twice as high.
    #[serde(default)]
    pub tall: bool,
    /// White on black, or red where the printer has a second colour.
    #[serde(default)]
    pub reverse: bool,
    /// Underlined.
    #[serde(default)]
    pub underline: bool,
}

/// A piece of text in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The text: any Unicode; what a printer lacks is transliterated by the devices.
    pub text: String,
    /// How it looks.
    #[serde(default)]
    pub style: Style,
}

impl Span {
    /// A piece of text in one style.
    pub fn new(style: Style, text: impl Into<String>) -> Self {
        Self { text: text.into(), style }
    }

    /// A piece of ordinary text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(Style::default(), text)
    }
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// Running text, wrapped at words; the following lines are indented by so many columns.
    Text {
        /// The pieces.
        spans: Vec<Span>,
        /// Where it stands.
        align: Align,
        /// Indent of the second and later lines.
        hang: u8,
    },
    /// Text at the left, text at the right of the same line; the left wraps, the right never.
    Row {
        /// At the left.
        left: Vec<Span>,
        /// At the right.
        right: Span,
        /// Indent of the left text's second and later lines.
        hang: u8,
    },
    /// Text in a box as wide as the paper, wrapped at words: what must not be overlooked.
    Boxed(Vec<Span>),
    /// A line across the paper.
    Rule,
    /// Empty lines.
    Feed(u8),
    /// A QR code.
    Qr(String),
    /// A barcode (CODE128), with its text below.
    Barcode(String),
    /// The shop's logo, by the name of its picture.
    Logo(String),
}

impl Block {
    /// Ordinary text at the left edge.
    pub fn text(text: impl Into<String>) -> Self {
        Self::styled(Align::Left, Style::default(), text)
    }

    /// Text in one style.
    pub fn styled(align: Align, style: Style, text: impl Into<String>) -> Self {
        Self::Text { spans: vec![Span::new(style, text)], align, hang: 0 }
    }

    /// Ordinary text at the left, an amount at the right; what wraps is indented by `hang`.
    pub fn row(hang: u8, left: impl Into<String>, right: impl Into<String>) -> Self {
        Self::Row { left: vec![Span::plain(left)], right: Span::plain(right), hang }
    }
}

/// What a document is for, which decides where it goes and what happens if it breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// A receipt.
    Receipt,
    /// A bill before payment. Never opens the drawer.
    Bill,
    /// A receipt printed again, marked COPY.
    Copy,
    /// A slip for the drawer: no sale, paid in, paid out.
    Slip,
    /// A ticket for a station.
    Kitchen,
    /// A report.
    Report,
    /// A printer's test page.
    Test,
}

impl DocumentKind {
    /// The word by which the print queue knows it: `receipt`, `bill`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Bill => "bill",
            Self::Copy => "copy",
            Self::Slip => "slip",
            Self::Kitchen => "kitchen",
            Self::Report => "report",
            Self::Test => "test",
        }
    }
}

/// Something printable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is for.
    pub kind: DocumentKind,
    /// What lists call it: `Receipt 42`.
    pub title: String,
    /// Its parts.
    pub blocks: Vec<Block>,
    /// Whether the drawer is pulsed before printing.
    pub opens_drawer: bool,
    /// Whether paper is cut afterwards. A bare drawer pulse prints and cuts nothing.
    pub cut: bool,
}
