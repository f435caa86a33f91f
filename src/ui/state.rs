//! What the person at the till has typed, opened and selected; what outlives a power cut is [`Kept`].

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::domain::command::{Command, Ring};
use crate::domain::ids::{LineId, OrderId, StaffId};
use crate::domain::money::Money;
use crate::domain::search::Index;
use crate::domain::split::Marked;
use crate::domain::spool::{Job, Waiting};
use crate::domain::staff::Permission;
use crate::domain::time::Stamp;
use crate::domain::work::Work;
use crate::reports::table::Table;
use crate::ui::coach::{Drill, Effort, Score};
use crate::ui::customers::CustomerForm;
use crate::ui::edit::Edit;
use crate::ui::modifiers::Modifiers;
use crate::ui::pay::PayForm;
use crate::ui::refund::RefundForm;
use crate::ui::report::ReportView;
use crate::ui::screen::Tone;
use crate::ui::stock::StockForm;
use crate::ui::tips::{Slip, TipForm};

pub use crate::ui::ask::{Ask, From, Show, TableFor, Then, Whom, Why};
pub use crate::ui::setup::{Letters, Setup};

/// What the drawer is counted for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counting {
    /// The float a shift begins with.
    Opening,
    /// What is there at its end.
    #[default]
    Closing,
}

/// The dialog that counts the drawer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountForm {
    /// What for.
    #[serde(default)]
    pub counting: Counting,
    /// What is counted, and what was typed.
    pub fields: Vec<(CountField, Edit)>,
    /// The field that has the cursor.
    pub at: usize,
}

/// A field of [`CountForm`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CountField {
    /// How many of this note or coin.
    Pieces(Money),
    /// A tender in one sum.
    Sum(String),
    /// What is to be said about a difference.
    Comment,
}

/// A dialog over the order screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dialog {
    /// Asks for a text.
    Prompt {
        /// What for.
        ask: Ask,
        /// What was typed.
        edit: Edit,
    },
    /// Asks for one of a list.
    Choose {
        /// Which list.
        from: From,
        /// Letters that narrow it.
        filter: Edit,
        /// The row that is selected, by what choosing it does: rows may come and go while somebody
        /// looks. None until the list was seen.
        #[serde(default)]
        on: Option<Then>,
    },
    /// Asks for options.
    Modifiers(Box<Modifiers>),
    /// Shows what is due and asks for a tender.
    Pay {
        /// The row that is selected; none until somebody has chosen one, where that is to be deliberate.
        at: Option<usize>,
    },
    /// Asks for a payment's reference.
    PayForm(PayForm),
    /// Counts the drawer.
    Count(CountForm),
    /// Shows a report.
    Report(ReportView),
    /// Says who a customer is.
    Customer(CustomerForm),
    /// Counts what is in stock.
    Stock(StockForm),
    /// Takes tips of slips that were signed later.
    Tips(TipForm),
    /// Says what comes back of a sale.
    Refund(RefundForm),
    /// Asks for a PIN or a badge that somebody gets. It is never kept.
    Secret {
        /// What is done with it.
        command: Command,
        /// What was typed or scanned.
        #[serde(skip)]
        edit: Edit,
    },
    /// Asks whether something absurd is meant.
    Confirm {
        /// The question.
        question: String,
        /// What yes does.
        yes: Command,
        /// A second answer, for `2`: its words and what it does.
        other: Option<(String, Command)>,
    },
    /// Asks for the PIN of somebody who may. The PIN itself is never kept.
    Override {
        /// What is needed.
        permission: Permission,
        /// What is to be done.
        command: Command,
        /// What was typed of the PIN.
        #[serde(skip)]
        pin: Edit,
    },
    /// A barcode that no item has.
    Unknown {
        /// The barcode.
        barcode: String,
    },
    /// Something to look at.
    Show {
        /// What.
        what: Show,
        /// Scrolled down by so many rows.
        at: usize,
    },
    /// The keys that work here.
    Help {
        /// Scrolled down by so many rows.
        at: usize,
    },
}

/// What is kept across a power cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Whose it is.
    pub owner: Option<StaffId>,
    /// The order that was on screen last: what is about it goes with it.
    #[serde(default)]
    pub order: Option<OrderId>,
    /// The input line.
    pub input: Edit,
    /// Whether what the digits in it were for was just refused: the next digit begins anew.
    #[serde(default)]
    pub refused: bool,
    /// Open dialogs, the top one last.
    pub dialogs: Vec<Dialog>,
    /// The line that is selected; the last one when none is.
    pub selected: Option<LineId>,
    /// Lines that are marked, to be paid or divided off.
    #[serde(default)]
    pub marks: Vec<Marked>,
    /// The page of the item map.
    pub page: usize,
    /// The search result that is selected, by the item's code, or the action by its name.
    #[serde(default)]
    pub on: Option<String>,
    /// A tip for the next payment.
    pub tip: Money,
    /// Scans that wait for a dialog to close.
    pub scans: VecDeque<String>,
    /// Whether the last sale is still shown.
    pub sale_shown: bool,
    /// Whether paper is shown instead of the item map.
    pub paper_shown: bool,
    /// Whether the paper of the sale that was just settled is shown, until the next key.
    #[serde(default)]
    pub paper_peek: bool,
    /// How far the paper is scrolled back, in lines.
    #[serde(default)]
    pub paper_scroll: usize,
}

/// A printer as the status bar shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrinterNews {
    /// Its name.
    pub printer: String,
    /// What is wrong, in plain words.
    pub trouble: Option<String>,
    /// What stands before it.
    pub waiting: Waiting,
    /// Whether the drawer that hangs on it stands open.
    pub drawer_open: bool,
}

/// The menu before a version of the backend's catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuBefore {
    /// The version that would be taken back.
    pub version: u64,
    /// What that changes, in words.
    pub changes: Vec<String>,
}

/// Everything the screen needs besides the till.
pub struct Ui {
    /// Its settings.
    pub setup: Setup,
    /// What outlives a power cut.
    pub kept: Kept,
    /// What is known of the printers.
    pub printers: Vec<PrinterNews>,
    /// Print jobs that wait, and the last others, oldest first; as last looked at.
    pub jobs: Vec<Job>,
    /// How much no backend has acknowledged; none where the register reports to no backend.
    pub unsent: Option<crate::domain::enrolment::Unsent>,
    /// How many megabytes are left on the disk, where they are few.
    pub little_room_mb: Option<u64>,
    /// How the clock jumped while nobody was signed in, for whoever signs in next.
    pub clock_jumped: Option<String>,
    /// A code that the configuration names and the menu does not have, with its place.
    pub unknown_code: Option<String>,
    /// What the on-screen printer has printed.
    pub paper: Vec<String>,
    /// Times at work that can be corrected, as they were looked up last.
    pub works: Vec<Work>,
    /// The menu that can be gone back to, as it was looked up last.
    pub menu_before: Option<MenuBefore>,
    /// The shift's slips, as they were looked up last.
    pub slips: Vec<Slip>,
    /// The report that was made last.
    pub table: Option<Table>,
    /// Whether it is being made.
    pub report_awaited: bool,
    /// What was last said, until the next key.
    pub message: Option<(Tone, String)>,
    /// An item whose weight the scale is to say, if there is one.
    pub weigh: Option<Ring>,
    /// What was done since the order began.
    pub effort: Effort,
    /// The ticket that is to be rung, in practice.
    pub drill: Option<Drill>,
    /// How drills went.
    pub score: Score,
    /// Whether the payment that is being taken was chosen in the list of ways to pay.
    pub(super) listed: bool,
    /// Answers that were typed behind an action, for the dialogs it opens.
    pub answers: VecDeque<String>,
    /// The key of a payment that was pressed in the options: done once they stand.
    pub(super) then: Option<crate::ui::action::Action>,
    /// The time, as last heard.
    pub now: Stamp,
    /// The search index; empty until the menu is loaded.
    pub(super) index: Index,
    /// What the letters in the input line have found.
    pub(super) found: Option<(String, Vec<usize>)>,
    /// The PIN that is being typed on the sign-in screen. Never kept.
    pub pin: Edit,
}

impl Ui {
    /// A screen on which nothing was done.
    pub fn new(setup: Setup, index: Index, now: Stamp) -> Self {
        Self {
            setup,
            kept: Kept::default(),
            printers: Vec::new(),
            jobs: Vec::new(),
            unsent: None,
            little_room_mb: None,
            clock_jumped: None,
            unknown_code: None,
            paper: Vec::new(),
            table: None,
            report_awaited: false,
            works: Vec::new(),
            menu_before: None,
            slips: Vec::new(),
            message: None,
            weigh: None,
            effort: Effort::default(),
            drill: None,
            score: Score::default(),
            listed: false,
            answers: VecDeque::new(),
            then: None,
            now,
            index,
            found: None,
            pin: Edit::default(),
        }
    }

    /// Searches another menu from now on.
    pub fn search_in(&mut self, index: Index) {
        self.index = index;
        self.found = None;
    }

    /// Says something until the next key.
    pub fn say(&mut self, tone: Tone, words: impl Into<String>) {
        self.message = Some((tone, words.into()));
    }

    /// Opens a dialog over what is open.
    pub(super) fn open(&mut self, dialog: Dialog) {
        self.kept.dialogs.push(dialog);
    }

    /// Closes the top dialog.
    pub(super) fn close(&mut self) {
        self.kept.dialogs.pop();
    }

    pub(super) fn prompt(&mut self, ask: Ask, text: &str) {
        self.open(Dialog::Prompt { ask, edit: Edit::new(text) });
    }

    pub(super) fn choose(&mut self, from: From) {
        self.open(Dialog::Choose { from, filter: Edit::default(), on: None });
    }
}
