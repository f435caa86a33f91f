//! What the person at the till sees and does: input → action → command, and the screen as data.
//! Pure.

mod about;
pub mod action;
mod answers;
mod ask;
pub mod coach;
mod count;
mod courses;
pub mod customers;
mod dialogs;
pub mod edit;
pub mod entry;
pub mod key;
pub mod keymap;
pub mod kitchen;
mod lists;
mod menu_before;
pub mod modifiers;
mod order;
mod outcome;
mod palette;
mod party;
pub mod pay;
mod people;
mod points;
mod promotions;
mod reasons;
pub mod refund;
pub mod report;
pub mod screen;
pub mod script;
mod sell;
mod setup;
mod show;
mod split;
mod spool;
pub mod state;
pub mod stock;
mod tables;
#[cfg(test)]
pub(crate) mod tests;
pub mod tips;
mod told;
mod view;
pub mod vouchers;

use crate::domain::barcode;
use crate::domain::command::Command;
use crate::domain::ids::{CustomerId, StaffId};
use crate::domain::quantity::Quantity;
use crate::domain::receipt_code;
use crate::domain::staff::Permission;
use crate::domain::text::clean;
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::domain::voucher;
use crate::ui::action::{Action, Context};
use crate::ui::edit::Edit;
use crate::ui::key::Key;
use crate::ui::refund::Wanted;
use crate::ui::screen::Tone;
use crate::ui::state::{Dialog, Kept, PrinterNews, Ui};

pub use report::span as report_span;
pub use view::{HelpRow, customer, help_rows, view};

/// Something that reached the till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// A whole line, as `ring` reads it: typed and entered, or the answer to the open dialog.
    Line(String),
    /// Text without Enter: a paste, or the part of a line before a named key.
    Text(String),
    /// A barcode was scanned.
    Scan(String),
    /// Time has passed.
    Tick,
    /// News of a printer.
    Printer(PrinterNews),
    /// The on-screen printer printed these lines.
    Paper(Vec<String>),
    /// The scale said what lies on it, or why it did not.
    Weighed(Result<Quantity, String>),
    /// The next answer may be given, since the last request is done.
    Resume,
}

/// Something the screen wants from the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Decide and commit this.
    Command(Command),
    /// Check this PIN, then do that.
    CheckPin {
        /// The PIN.
        pin: Secret,
        /// What follows when it is somebody's.
        then: AfterPin,
    },
    /// Look at the print jobs, and list them.
    Jobs,
    /// Check this badge, then do that.
    CheckBadge {
        /// What it says.
        badge: Secret,
        /// What follows when it is somebody's.
        then: AfterPin,
    },
    /// Decide and commit this, which gives somebody a PIN or a badge.
    Give {
        /// The PIN or the badge.
        secret: Secret,
        /// What is to be done.
        command: Command,
    },
    /// Look up times at work that can be corrected.
    FindWorks,
    /// Find this receipt of this register and print it again.
    Reprint(u64),
    /// Look up the shift's slips, to type their tips.
    FindSlips,
    /// Look up what was paid on a customer's account.
    FindReceived(CustomerId),
    /// Find the sale that money is to be given back for.
    FindSale(Wanted),
    /// Send closed shifts to the backend.
    Upload,
    /// Look up the menu before the backend's newest.
    FindMenuBefore,
}

/// What follows a right PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterPin {
    /// Its owner signs in.
    SignIn,
    /// Its owner allows this.
    Allow {
        /// What is needed.
        permission: Permission,
        /// What is to be done.
        command: Command,
    },
}

/// Text that no log may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What an input makes of the screen, and what it asks of the session.
pub fn update(ui: &mut Ui, till: &Till, input: Input, now: Stamp) -> Vec<Request> {
    ui.now = now;
    let by_hand = matches!(input, Input::Key(_) | Input::Line(_) | Input::Text(_));
    if ui.follow_order(till) && by_hand {
        // It was meant for the dialog that is no more.
        ui.answers.clear();
        ui.say(Tone::Warn, "That order is not on this screen any more: nothing was done");
        return Vec::new();
    }
    match input {
        Input::Key(key) => {
            ui.message = None;
            ui.answers.clear();
            ui.then = None;
            let context = context(ui, till);
            let action = ui.setup.keymap.action(context, key);
            // A letter may still make a quantity of them: 12 that is no code, and then an item's key.
            if std::mem::take(&mut ui.kept.refused) && matches!(key, Key::Char('0'..='9')) {
                ui.kept.input.clear();
            }
            let fresh = coach::is_fresh(ui, till);
            // Paper that showed by itself gives way to the keys of the items; Tab keeps it.
            let peek = std::mem::take(&mut ui.kept.paper_peek) && !ui.paper.is_empty();
            ui.kept.paper_shown |= peek && action == Some(Action::Paper);
            let requests = match action {
                Some(Action::Paper) if peek => Vec::new(),
                Some(action) => act(ui, till, context, action, key),
                None => typed(ui, till, context, key),
            };
            settle_selection(ui, till);
            sell::keep_found(ui, till);
            sell::keep_selected(ui, till);
            lists::keep_selected(ui, till);
            if matches!(context, Context::Order | Context::Dialog) {
                coach::counted(ui, now, 1, fresh);
            }
            requests
        }
        Input::Line(line) => {
            ui.message = None;
            ui.answers.clear();
            ui.then = None;
            if till.signed_in.is_none() {
                ui.say(Tone::Bad, "Nobody is signed in");
                return Vec::new();
            }
            let fresh = coach::is_fresh(ui, till);
            coach::counted(ui, now, line.chars().count() + 1, fresh);
            // An action by its name is meant as such, whatever is open: it takes that back first.
            let shows = matches!(ui.kept.dialogs.last(), Some(Dialog::Show { .. }));
            if line.starts_with(':') || shows {
                ui.kept.dialogs.clear();
            }
            if ui.kept.dialogs.is_empty() {
                (ui.kept.input, ui.kept.on) = (Edit::new(&line), None);
                let requests = order::act(ui, till, Action::Accept);
                // A line that meant nothing is gone: no key of the next one may take it for an amount.
                if requests.is_empty() && ui.kept.dialogs.is_empty() {
                    ui.kept.input.clear();
                }
                return requests;
            }
            answers::answer(ui, till, &line)
        }
        Input::Text(text) => {
            let context = context(ui, till);
            text.chars().for_each(|c| insert(ui, context, c));
            sell::keep_found(ui, till);
            sell::keep_selected(ui, till);
            lists::keep_selected(ui, till);
            Vec::new()
        }
        Input::Scan(scan) => scan_came(ui, till, &scan),
        Input::Tick => Vec::new(),
        Input::Printer(news) => {
            match ui.printers.iter_mut().find(|p| p.printer == news.printer) {
                Some(known) => *known = news,
                None => ui.printers.push(news),
            }
            Vec::new()
        }
        Input::Paper(lines) => {
            ui.paper.extend(lines);
            let over = ui.paper.len().saturating_sub(PAPER_LINES);
            ui.paper.drain(..over);
            Vec::new()
        }
        Input::Weighed(weighed) => sell::weighed(ui, weighed),
        Input::Resume => resume(ui, till),
    }
}

/// How much paper the on-screen printer keeps.
const PAPER_LINES: usize = 400;

/// Where a key is pressed now.
pub fn context(ui: &Ui, till: &Till) -> Context {
    match (till.signed_in, ui.kept.dialogs.last()) {
        (None, Some(Dialog::Help { .. } | Dialog::Override { command: Command::Quit, .. })) => Context::Dialog,
        (None, _) => Context::SignIn,
        (Some(_), Some(_)) => Context::Dialog,
        (Some(_), None) => Context::Order,
    }
}

fn act(ui: &mut Ui, till: &Till, context: Context, action: Action, key: Key) -> Vec<Request> {
    match context {
        Context::SignIn => sign_in(ui, till, action),
        Context::Order => match (action, key) {
            // A bound letter types where text is being typed.
            (_, Key::Char(c)) if types_text(ui) && action != Action::Ignore => order::char_typed(ui, till, c),
            _ => order::act(ui, till, action),
        },
        Context::Dialog => dialogs::act(ui, till, action, key),
        Context::Kitchen => Vec::new(),
    }
}

fn typed(ui: &mut Ui, till: &Till, context: Context, key: Key) -> Vec<Request> {
    match (context, key) {
        (Context::SignIn, Key::Char(c)) => {
            insert(ui, context, c);
            Vec::new()
        }
        (Context::Order, Key::Char(c)) => order::char_typed(ui, till, c),
        (Context::Dialog, Key::Char(c)) => dialogs::char_typed(ui, till, c),
        (_, key) => {
            ui.say(
                Tone::Warn,
                format!("{key} does nothing here: {} shows the keys", key_name(ui, context, Action::Help)),
            );
            Vec::new()
        }
    }
}

/// Whether the input line holds text rather than an entry: letters go into it.
fn types_text(ui: &Ui) -> bool {
    let text = ui.kept.input.text();
    text.starts_with(':') || text.contains('/')
}

fn insert(ui: &mut Ui, context: Context, c: char) {
    let edit = match context {
        Context::SignIn => &mut ui.pin,
        Context::Order => &mut ui.kept.input,
        Context::Kitchen => return,
        Context::Dialog => match dialogs::edit(ui) {
            Some(edit) => edit,
            None => return,
        },
    };
    edit.insert(c);
    ui.kept.on = None;
}

fn sign_in(ui: &mut Ui, till: &Till, action: Action) -> Vec<Request> {
    match action {
        Action::Accept if !ui.pin.is_empty() => {
            let wait_ms = till.failures.wait_ms(ui.now);
            if wait_ms > 0 {
                ui.pin.clear();
                ui.say(Tone::Bad, format!("Too many wrong PINs: wait {} s", wait_ms / 1000 + 1));
                return Vec::new();
            }
            return vec![Request::CheckPin { pin: Secret(ui.pin.take()), then: AfterPin::SignIn }];
        }
        Action::Accept => ui.say(Tone::Warn, "Type your PIN, then Enter"),
        Action::Cancel => ui.pin.clear(),
        Action::Erase | Action::EraseNext | Action::EraseWord | Action::EraseAll => ui.pin.act(action),
        Action::Help => ui.open(Dialog::Help { at: 0 }),
        Action::Quit => return vec![Request::Command(Command::Quit)],
        Action::Paper => ui.kept.paper_shown = !ui.kept.paper_shown,
        _ => ui.say(Tone::Warn, "Sign in first: type your PIN, then Enter"),
    }
    Vec::new()
}

/// A key that does this here, for words like "F4 holds it".
fn key_name(ui: &Ui, context: Context, action: Action) -> String {
    match ui.setup.keymap.key_for(context, action) {
        Some(key) => key.to_string(),
        None => format!(":{}", action.name()),
    }
}

fn scan_came(ui: &mut Ui, till: &Till, scan: &str) -> Vec<Request> {
    let scan = clean(scan, 64);
    if scan.is_empty() {
        return Vec::new();
    }
    // Before anything keeps it, shows it, or tries it as a badge.
    if barcode::is_card(&scan) {
        ui.say(Tone::Bad, barcode::CARD);
        return Vec::new();
    }
    if let Some(requests) = people::badge(ui, till, &scan) {
        return requests;
    }
    if till.signed_in.is_none() {
        ui.say(Tone::Warn, format!("{scan} was scanned, but nobody is signed in"));
        return Vec::new();
    }
    if let Some(Dialog::Prompt { ask: state::Ask::Barcode | state::Ask::RefundOf | state::Ask::Voucher(_), edit }) =
        ui.kept.dialogs.last_mut()
    {
        *edit = Edit::new(&scan);
        return dialogs::act(ui, till, Action::Accept, Key::Enter);
    }
    // The code of a receipt: money is to be given back for it.
    if scan.starts_with(receipt_code::PREFIX) && ui.kept.dialogs.is_empty() {
        return vec![Request::FindSale(Wanted::Code(scan))];
    }
    if scan.starts_with(voucher::PREFIX) {
        match ui.kept.dialogs.last_mut() {
            None => return vouchers::scanned(ui, till, &scan),
            Some(Dialog::PayForm(form)) => {
                pay::scanned(form, &scan);
                return Vec::new();
            }
            Some(_) => {}
        }
    }
    ui.kept.scans.push_back(scan);
    next_scan(ui, till)
}

/// Rings the oldest scan that waits, once no dialog is open.
fn next_scan(ui: &mut Ui, till: &Till) -> Vec<Request> {
    if !ui.kept.dialogs.is_empty() {
        let waiting = ui.kept.scans.len();
        if waiting > 0 {
            ui.say(Tone::Warn, format!("{waiting} scanned: finish this first, nothing is lost"));
        }
        return Vec::new();
    }
    match ui.kept.scans.pop_front() {
        Some(scan) => sell::scan(ui, till, &scan),
        None => Vec::new(),
    }
}

fn resume(ui: &mut Ui, till: &Till) -> Vec<Request> {
    settle_selection(ui, till);
    if till.signed_in.is_none() {
        ui.answers.clear();
        return Vec::new();
    }
    // Where the options ask for more, or a warning is to be read first, the key is pressed again.
    let then =
        ui.then.take().filter(|_| !ui.message.as_ref().is_some_and(|(tone, _)| matches!(tone, Tone::Bad | Tone::Warn)));
    if ui.kept.dialogs.is_empty() {
        ui.answers.clear();
        return match then {
            Some(action) => order::act(ui, till, action),
            None => next_scan(ui, till),
        };
    }
    match answers::next_answer(ui) {
        Some(answer) => {
            ui.message = None;
            let requests = answers::answer(ui, till, &answer);
            // The rest was meant for what does not come now.
            if ui.message.as_ref().is_some_and(|(tone, _)| *tone == Tone::Bad) {
                ui.answers.clear();
            }
            requests
        }
        None => Vec::new(),
    }
}

/// A selection that is no longer there is let go.
fn settle_selection(ui: &mut Ui, till: &Till) {
    // Before somebody signs in there need not be a menu, nor an order on screen.
    if till.signed_in.is_none() {
        return;
    }
    let live = |id| till.current().is_some_and(|o| o.line(id).is_some_and(|l| l.is_live()));
    if ui.kept.selected.is_some_and(|id| !live(id)) {
        ui.kept.selected = None;
    }
    let pages = till.catalogue.pages().len();
    ui.kept.page = ui.kept.page.min(pages.saturating_sub(1));
}

impl Ui {
    /// Whether something waits to be resumed: answers, or scans with no dialog in their way and
    /// somebody there to ring them.
    pub fn waits(&self, till: &Till) -> bool {
        let scans = !self.kept.scans.is_empty() && self.kept.dialogs.is_empty() && till.signed_in.is_some();
        !self.answers.is_empty() || self.then.is_some() || scans
    }

    /// Puts back what was kept before a restart, for the person it belongs to.
    pub fn restore(&mut self, kept: Kept) {
        self.kept = kept;
        self.close_help();
    }

    /// Help that stayed open would take the PIN of whoever comes back for a word to look for.
    fn close_help(&mut self) {
        self.kept.dialogs.retain(|dialog| !matches!(dialog, Dialog::Help { .. }));
    }

    /// Somebody signed in: what was typed is theirs, or forgotten.
    fn belongs_to(&mut self, staff: StaffId) {
        if self.kept.owner != Some(staff) {
            let paper_shown = self.kept.paper_shown;
            self.kept = Kept { owner: Some(staff), paper_shown, ..Kept::default() };
        }
        self.pin.clear();
    }
}
