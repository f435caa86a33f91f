//! The screen as data: what is shown, and in which tone; never where to the column, nor in which
//! colour. `tui` draws it; tests and `ring` read it.

use std::sync::Arc;

use crate::domain::catalogue::Page;

/// How a piece of text is meant. No meaning is carried by colour alone: each tone has its sign or
/// its words as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary.
    #[default]
    Normal,
    /// Less important.
    Dim,
    /// More important.
    Strong,
    /// The one thing to look at.
    Accent,
    /// Needs attention.
    Warn,
    /// Does not work, or was refused.
    Bad,
    /// Went well.
    Good,
}

/// A piece of text in one tone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Its tone.
    pub tone: Tone,
}

impl Text {
    /// A piece of text.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { text: text.into(), tone }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text, tone: Tone::Normal }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), tone: Tone::Normal }
    }
}

/// One row of the order: a line, or something below it (a modifier, a note, a discount).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderRow {
    /// The quantity, right-aligned in its column; empty for rows below a line.
    pub quantity: String,
    /// What the kitchen knows of it, in one letter before the quantity: `s` sent, `c` changed since,
    /// `n` not sent; empty where that is nobody's concern.
    pub mark: Text,
    /// What it is; rows below a line are indented by `tui`.
    pub label: Text,
    /// The amount, right-aligned; empty when it adds nothing.
    pub amount: String,
    /// Whether it stands below a line.
    pub below: bool,
    /// Whether the line is selected: all its rows are.
    pub selected: bool,
}

/// The left side: the order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderPane {
    /// `Order 42 · Anna`, and at its right the order type.
    pub title: Text,
    /// At the right of the title.
    pub subtitle: Text,
    /// Its rows, oldest first; `tui` shows the part around the selection, else the end.
    pub rows: Vec<OrderRow>,
    /// Said instead of rows when there are none.
    pub empty: Vec<Text>,
    /// Above the total: discounts, taxes on top, payments, label and amount.
    pub sums: Vec<(Text, Text)>,
    /// The large figure's label: `Total`, `Due`, `Change`.
    pub total_label: Text,
    /// The large figure itself, `12.40`; drawn large where there is room.
    pub total: Text,
    /// Beside the large figure, small: `GBP`, `3 items`.
    pub total_note: Text,
}

/// One key of the item map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapKey {
    /// The key.
    pub key: char,
    /// The item's name.
    pub name: Text,
    /// Its price, or `open`, `/kg`; sold out and countdown are said here: `86`, `7 left`.
    pub price: Text,
}

/// The right side: what can be sold with one key.
#[derive(Clone, Debug, Default, Eq)]
pub struct MapPane {
    /// The page's title.
    pub title: String,
    /// `C` and `3/28`: the letter that turns to this page, and its place.
    pub place: String,
    /// Its keys, in order; the place of a key never depends on the others.
    pub keys: Vec<MapKey>,
    /// All pages, for screens with room.
    pub pages: Arc<[Page]>,
    /// Which of them is shown.
    pub page: usize,
}

/// Compared at every key: pages of one menu are the same pages, without a look at each of them.
impl PartialEq for MapPane {
    fn eq(&self, other: &Self) -> bool {
        let Self { title, place, keys, pages, page } = self;
        let rest = (title, place, keys, page) == (&other.title, &other.place, &other.keys, &other.page);
        rest && (Arc::ptr_eq(pages, &other.pages) || *pages == other.pages)
    }
}

/// One row of a list on the right side or in a dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRow {
    /// What chooses it: `1`, `07`, `a`; empty when only the arrow keys do.
    pub key: String,
    /// Whether it is on (chosen, marked); `None` where that has no meaning.
    pub on: Option<bool>,
    /// What it is.
    pub label: Text,
    /// At the right.
    pub value: Text,
    /// Whether it is selected.
    pub selected: bool,
}

/// A list on the right side: search results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPane {
    /// Its title.
    pub title: String,
    /// Its rows.
    pub rows: Vec<ListRow>,
    /// Said instead of rows when there are none.
    pub empty: String,
}

/// Paper on the right side: what the on-screen printer has printed, line by line as it came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaperPane {
    /// Its title: `Paper · Receipt 12`.
    pub title: String,
    /// The lines of all documents, oldest first; `tui` shows the end.
    pub lines: Vec<String>,
    /// Scrolled back by so many lines.
    pub scroll: usize,
}

/// What fills the right side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RightPane {
    /// The item map.
    Map(MapPane),
    /// Search results.
    List(ListPane),
    /// Paper.
    Paper(PaperPane),
}

/// A field of a dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its label.
    pub label: String,
    /// What stands in it, with secrets already masked.
    pub text: String,
    /// Where the cursor stands, in characters; `None` when the field has no focus.
    pub cursor: Option<usize>,
}

/// One table on the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanSpot {
    /// Its name.
    pub name: String,
    /// The letter of its state, and how old it is: `S 45m`.
    pub state: Text,
    /// Whether it is selected.
    pub selected: bool,
}

/// A room on the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanRoom {
    /// Its name.
    pub name: String,
    /// Its rows; `None` where no table stands.
    pub rows: Vec<Vec<Option<PlanSpot>>>,
}

/// A dialog over the order screen. It has text, fields and rows, each perhaps none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialog {
    /// Its title.
    pub title: String,
    /// At the right of its title: the line's price in the modifier dialog.
    pub value: Text,
    /// What it says.
    pub text: Vec<Text>,
    /// What it asks.
    pub fields: Vec<Field>,
    /// What can be chosen. More rows than fit are shown around the selection.
    pub rows: Vec<ListRow>,
    /// The same as a map, which `tui` draws instead of the rows where it has room for it.
    pub plan: Option<Vec<PlanRoom>>,
    /// What is wrong, or what the next key does; at the bottom.
    pub message: Text,
    /// Whether it wants the whole screen's height (help, open orders) or just its rows.
    pub tall: bool,
}

/// The sign-in screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    /// The business's name, large where there is room.
    pub name: String,
    /// The version, and the demo's PINs.
    pub lines: Vec<Text>,
    /// What needs attention before anybody sells: unsettled orders, printers, the clock.
    pub notices: Vec<Text>,
}

/// What fills the screen above the input line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nobody is signed in.
    SignIn(SignIn),
    /// The order screen.
    Order {
        /// Left.
        order: Box<OrderPane>,
        /// Right.
        right: RightPane,
    },
}

/// The input line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputLine {
    /// Before it: `›`, `PIN`, `Find`.
    pub prompt: String,
    /// What was typed, with secrets already masked.
    pub text: String,
    /// Where the cursor stands, in characters; `None` when a dialog's field has it.
    pub cursor: Option<usize>,
    /// What Enter would do, or why it cannot; or what just happened.
    pub echo: Text,
}

/// One hint of the key bar: the key and what it does here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyHint {
    /// `F12`
    pub key: String,
    /// `Cash`
    pub label: String,
}

/// The whole screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// What fills it.
    pub body: Body,
    /// The dialog on top, if any.
    pub dialog: Option<Dialog>,
    /// The input line.
    pub input: InputLine,
    /// The key bar, most important first; what does not fit is left out from the end.
    pub keys: Vec<KeyHint>,
    /// The status bar: at the left, most important first.
    pub status: Vec<Text>,
    /// The status bar: at the right (business date and time).
    pub clock: Text,
    /// A watermark such as TRAINING or DEMO; never hidden.
    pub watermark: Option<String>,
}
