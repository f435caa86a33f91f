//! The screen of a station: its tickets, oldest first, each with a digit that stays with it until it is
//! done. Pure, as the till's.

use std::collections::VecDeque;

use crate::domain::board::{Board, DishCount, Posted};
use crate::domain::catalogue::Amount;
use crate::domain::kitchen::{Choice, Dish, Entry, Head, Tells, moved, whereto};
use crate::domain::order::Unit;
use crate::domain::quantity::Quantity;
use crate::domain::time::Stamp;
use crate::ui::action::{Action, Context};
use crate::ui::key::Key;
use crate::ui::keymap::Keymap;
use crate::ui::screen::{KeyHint, Text, Tone};
use crate::ui::view::HelpRow;

/// What the keys that scroll and leave do here, where they select no line.
const HERE: [(Action, &str); 4] = [
    (Action::Down, "The tickets that came later."),
    (Action::Up, "The tickets that came before."),
    (Action::Cancel, "Back to the tickets, the oldest first."),
    (Action::Quit, "Leaves the screen; every ticket is kept."),
];

/// A ticket with more lines than this is shown in parts, so that all of it can be seen on 24 lines.
const PART_ROWS: usize = 14;

/// How many tickets have a digit at a time.
pub const DIGITS: u32 = 9;

/// From how many minutes on a ticket is told to be waiting long, and late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Long.
    pub long_min: i64,
    /// Late.
    pub late_min: i64,
}

/// What the screen wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The ticket with this number is done.
    Bump(u32),
    /// The ticket that was done last is not.
    Recall,
    /// Leave the screen.
    Quit,
}

/// What the screen of a station knows besides its tickets.
pub struct KitchenUi {
    /// The station's name.
    station: String,
    keymap: Keymap,
    patience: Patience,
    /// The ticket that each digit stands for, from 1.
    slots: [Option<u32>; DIGITS as usize],
    /// Digits that are free, the one that has been so for longest first: a digit that was pressed twice
    /// by mistake does not bump another ticket.
    free: VecDeque<usize>,
    /// The newest ticket that was seen, once any look was taken; and whether one came since somebody was told.
    newest: Option<u32>,
    news: bool,
    /// How many tickets are scrolled over.
    skipped: usize,
    all_day: bool,
    help: bool,
    message: Option<Text>,
}

/// A line of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardRow {
    /// The quantity; empty for what belongs to the dish above.
    pub quantity: String,
    /// What it is.
    pub label: Text,
}

/// A ticket on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// The digit that bumps it; empty when it has none yet.
    pub digit: String,
    /// `Table 12`
    pub title: String,
    /// `12 min LATE`
    pub age: Text,
    /// `KIT-0042 · Eat in · 4 cov · Ada`
    pub facts: String,
    /// Its lines.
    pub rows: Vec<CardRow>,
}

/// What the day comes to of a dish. A figure that is nothing is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllDay {
    /// How much is still to be made.
    pub left: String,
    /// The dish.
    pub name: String,
    /// How much of what is left waits for its course.
    pub waits: String,
    /// How much is done.
    pub done: String,
}

/// The screen as data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KitchenScreen {
    /// The station.
    pub title: String,
    /// How many are open.
    pub count: String,
    /// The time.
    pub clock: String,
    /// The tickets, oldest first.
    pub cards: Vec<Card>,
    /// How many older ones are scrolled over.
    pub skipped: usize,
    /// How much of each dish is to be made, and is done; shown beside the tickets where there is room, and
    /// instead of them when asked for.
    pub all_day: Vec<AllDay>,
    /// Whether it was asked for.
    pub all_day_shown: bool,
    /// The keys, when they are shown instead.
    pub help: Option<Vec<HelpRow>>,
    /// What was last said.
    pub message: Option<Text>,
    /// Keys worth knowing.
    pub keys: Vec<KeyHint>,
}

impl KitchenUi {
    /// The screen of a station.
    pub fn new(station: &str, keymap: Keymap, patience: Patience) -> Self {
        Self {
            station: station.to_owned(),
            keymap,
            patience,
            slots: Default::default(),
            free: (0..DIGITS as usize).collect(),
            newest: None,
            news: false,
            skipped: 0,
            all_day: false,
            help: false,
            message: None,
        }
    }

    /// Says something until the next key.
    pub fn say(&mut self, tone: Tone, words: impl Into<String>) {
        self.message = Some(Text::new(tone, words));
    }

    /// Gives digits to tickets that came, and takes them from those that are done.
    pub fn follow(&mut self, board: &Board) {
        for (digit, slot) in self.slots.iter_mut().enumerate() {
            if slot.is_some_and(|number| board.open_ticket(number).is_none()) {
                *slot = None;
                self.free.push_back(digit);
            }
        }
        for posted in board.open() {
            let number = posted.ticket.number;
            if self.slots.contains(&Some(number)) {
                continue;
            }
            let Some(digit) = self.free.pop_front() else { break };
            self.slots[digit] = Some(number);
        }
        self.skipped = self.skipped.min(self.last(board));
        // What was there when the screen was opened is no news, nor is what comes back.
        let newest = board.newest().max(self.newest.unwrap_or_default());
        self.news |= self.newest.is_some_and(|before| newest > before);
        self.newest = Some(newest);
    }

    /// Whether a ticket came since this was asked last.
    pub fn takes_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// The last card that can be scrolled to.
    fn last(&self, board: &Board) -> usize {
        self.cards(board, Stamp::new(0, 0)).len().saturating_sub(1)
    }

    fn cards(&self, board: &Board, now: Stamp) -> Vec<Card> {
        let cards = |posted: &Posted| {
            let digit = self.slots.iter().position(|slot| *slot == Some(posted.ticket.number));
            cards(board, posted, digit, self.patience, now)
        };
        board.open().flat_map(cards).collect()
    }

    /// What a key makes of the screen, and what it asks for.
    pub fn key(&mut self, board: &Board, key: Key) -> Option<Wish> {
        self.message = None;
        if let (Key::Char(c), false) = (key, self.help)
            && let Some(digit) = c.to_digit(10).filter(|d| (1..=DIGITS).contains(d))
        {
            return self.bump(board, digit);
        }
        match self.keymap.action(Context::Kitchen, key) {
            Some(Action::Help) => self.help = !self.help,
            Some(Action::Cancel) => (self.help, self.all_day, self.skipped) = (false, false, 0),
            Some(Action::AllDay) => self.all_day = !self.all_day,
            Some(Action::Recall) => return Some(Wish::Recall),
            Some(Action::Quit) => return Some(Wish::Quit),
            Some(Action::Down) => self.skipped = (self.skipped + 1).min(self.last(board)),
            Some(Action::Up) => self.skipped = self.skipped.saturating_sub(1),
            Some(_) => {}
            None => {
                let help = self.keymap.key_for(Context::Kitchen, Action::Help).map(|k| k.to_string());
                self.say(Tone::Warn, format!("{key} does nothing here: {} shows the keys", help.unwrap_or_default()));
            }
        }
        None
    }

    fn bump(&mut self, board: &Board, digit: u32) -> Option<Wish> {
        let number = self.slots.get(digit as usize - 1).copied().flatten();
        match number.filter(|number| board.open_ticket(*number).is_some()) {
            Some(number) => Some(Wish::Bump(number)),
            None => {
                self.say(Tone::Warn, format!("No ticket has the digit {digit}"));
                None
            }
        }
    }

    /// The screen as it is to be drawn.
    pub fn view(&self, board: &Board, now: Stamp) -> KitchenScreen {
        let open = board.open().count();
        let hint = |action: Action| {
            let key = self.keymap.key_for(Context::Kitchen, action)?;
            Some(KeyHint { key: key.to_string(), label: action.label().to_owned() })
        };
        let mut keys = vec![KeyHint { key: "1-9".to_owned(), label: "Done".to_owned() }];
        keys.extend(
            [Action::Recall, Action::AllDay, Action::Down, Action::Help, Action::Quit].map(hint).into_iter().flatten(),
        );
        KitchenScreen {
            title: self.station.clone(),
            count: format!("{open} open"),
            clock: now.show_time(),
            cards: self.cards(board, now).into_iter().skip(self.skipped).collect(),
            skipped: self.skipped,
            all_day: board.all_day().into_iter().map(all_day).collect(),
            all_day_shown: self.all_day,
            help: self.help.then(|| self.help_rows()),
            message: self.message.clone(),
            keys,
        }
    }

    fn help_rows(&self) -> Vec<HelpRow> {
        let mut rows = vec![HelpRow { key: "1 to 9".to_owned(), words: "That ticket is done.".to_owned() }];
        for (action, keys) in self.keymap.bindings(Context::Kitchen) {
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            let words = HERE.iter().find(|(here, _)| *here == action).map_or(action.doc(), |(_, words)| words);
            rows.push(HelpRow { key: keys.join(" "), words: words.to_owned() });
        }
        rows
    }
}

fn all_day(count: DishCount) -> AllDay {
    let figure = |quantity: Quantity| if quantity.is_zero() { String::new() } else { quantity.to_string() };
    let (left, waits, done) = (figure(count.left), figure(count.waits), figure(count.done));
    AllDay { left, name: count.name, waits, done }
}

/// A ticket as a card, or as several where it is long: whoever reads one part knows what nobody may eat.
fn cards(board: &Board, posted: &Posted, digit: Option<usize>, patience: Patience, now: Stamp) -> Vec<Card> {
    let head = &posted.head;
    let mut facts = vec![posted.ticket.label.clone(), head.place.order_type.clone()];
    facts.extend(head.due.map(|due| format!("for {}", due.show_time())));
    facts.extend(head.covers.map(|n| format!("{n} cov")));
    facts.push(head.server.clone());
    let title = match &head.name {
        Some(name) => format!("{} · {name}", whereto(&head.place)),
        None => whereto(&head.place),
    };
    let allergies = head
        .place
        .allergies
        .iter()
        .map(|text| CardRow { quantity: String::new(), label: Text::new(Tone::Bad, format!("ALLERGY: {text}")) });
    let news = head.news.iter().map(|news| {
        let (what, was, now) = news.words();
        CardRow { quantity: String::new(), label: Text::new(Tone::Accent, format!("{what} {was} → {now}")) }
    });
    let allergies: Vec<CardRow> = allergies.collect();
    let parts = parts(board, posted, news.collect());
    let of = parts.len();
    let card = |(rows, n): (Vec<CardRow>, usize)| Card {
        digit: digit.map(|d| (d + 1).to_string()).unwrap_or_default(),
        title: if of > 1 { format!("{title} · {n}/{of}") } else { title.clone() },
        age: age(now.since_ms(posted.sent) / 60_000, patience),
        facts: facts.join(" · "),
        rows: allergies.iter().cloned().chain(rows).collect(),
    };
    parts.into_iter().zip(1..).map(card).collect()
}

/// The lines of a ticket below its news, in parts that keep each dish together; each course is under its name, in every
/// part, so that nobody makes what is to wait.
fn parts(board: &Board, posted: &Posted, news: Vec<CardRow>) -> Vec<Vec<CardRow>> {
    let mut parts = Vec::new();
    let (mut part, mut course) = (news, None);
    for entry in &posted.ticket.entries {
        let dish = rows(board, posted, entry);
        let of = posted.head.course(entry.course());
        if !part.is_empty() && part.len() + usize::from(of != course) + dish.len() > PART_ROWS {
            parts.push(std::mem::take(&mut part));
            course = None;
        }
        if of != course {
            course = of;
            part.extend(of.map(|of| {
                let tone = if of.waits { Tone::Dim } else { Tone::Accent };
                CardRow { quantity: String::new(), label: Text::new(tone, format!("- {} -", of.words())) }
            }));
        }
        part.extend(dish);
    }
    parts.push(part);
    parts
}

/// No meaning by colour alone: what waits long has a sign, what is late a word.
fn age(minutes: i64, patience: Patience) -> Text {
    match minutes.max(0) {
        m if m >= patience.late_min => Text::new(Tone::Bad, format!("{m} min LATE")),
        m if m >= patience.long_min => Text::new(Tone::Warn, format!("{m} min !")),
        m => Text::new(Tone::Good, format!("{m} min")),
    }
}

fn rows(board: &Board, posted: &Posted, entry: &Entry) -> Vec<CardRow> {
    let plain = |tone, words: String| CardRow { quantity: String::new(), label: Text::new(tone, words) };
    let mut rows = Vec::new();
    match (entry.tells(), &entry.was, &entry.now) {
        (Tells::New, _, Some(now)) => rows.extend(dish(now, Tone::Strong)),
        (Tells::Void, Some(was), _) => {
            rows.push(plain(Tone::Bad, "VOID".to_owned()));
            rows.extend(dish(was, Tone::Dim));
        }
        (Tells::Moved, Some(was), Some(now)) => {
            rows.push(plain(Tone::Accent, moved_words(&posted.head, was, now)));
            rows.extend(dish(now, Tone::Strong));
        }
        (Tells::Changed, Some(was), Some(now)) => {
            rows.push(plain(Tone::Warn, "CHANGE, it was".to_owned()));
            rows.extend(dish(was, Tone::Dim));
            rows.push(plain(Tone::Warn, "it is".to_owned()));
            rows.extend(dish(now, Tone::Strong));
        }
        (Tells::Fired, _, Some(now)) => {
            rows.push(plain(Tone::Good, "FIRE".to_owned()));
            rows.extend(dish(now, Tone::Strong));
        }
        (Tells::New | Tells::Void | Tells::Moved | Tells::Changed | Tells::Fired, _, _) => {}
    }
    match board.later(posted, entry) {
        Some((label, since)) if since.is_some() && since == entry.now.as_ref() => {
            rows.push(plain(Tone::Good, format!("fired, see {label}")));
        }
        Some((label, None)) => rows.push(plain(Tone::Bad, format!("VOID, see {label}"))),
        Some((label, Some(_))) => rows.push(plain(Tone::Warn, format!("changed, see {label}"))),
        None => {}
    }
    rows
}

/// `MOVED Table 5 → Table 12`, `MOVED Starters → Mains`, or `NOW Take away`.
fn moved_words(head: &Head, was: &Dish, now: &Dish) -> String {
    if was.place.allergies != now.place.allergies {
        return "ALLERGY, SENT BEFORE".to_owned();
    }
    let (from, to) = moved(head, was, now);
    let retyped = was.place.order_type != now.place.order_type;
    if retyped { format!("NOW {to}") } else { format!("MOVED {from} → {to}") }
}

fn dish(dish: &Dish, tone: Tone) -> Vec<CardRow> {
    let unit = if dish.unit == Unit::Kg { " kg" } else { "" };
    let seat = dish.seat.map(|seat| format!(" #{seat}")).unwrap_or_default();
    let mut rows = vec![CardRow {
        quantity: format!("{}{unit}", dish.quantity),
        label: Text::new(tone, format!("{}{seat}", dish.name)),
    }];
    let below = |tone, words: String| CardRow { quantity: String::new(), label: Text::new(tone, words) };
    rows.extend(dish.choices.iter().map(|c| below(choice_tone(c), c.words())));
    rows.extend(dish.note.iter().map(|note| below(Tone::Accent, format!("» {note}"))));
    rows
}

/// What is left out or doubled is what goes wrong.
fn choice_tone(choice: &Choice) -> Tone {
    if choice.amount == Amount::Normal { Tone::Normal } else { Tone::Warn }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::{LineId, OrderId};
    use crate::domain::kitchen::{CourseOnTicket, Ticket};

    fn posted(number: u32, sent_min: i64, done: bool) -> Posted {
        let dish = Dish {
            quantity: Quantity::pieces(2),
            unit: Unit::Each,
            name: format!("Dish {number}"),
            choices: vec![Choice { amount: Amount::No, name: "Onions".into(), depth: 0 }],
            note: Some("allergic to nuts".into()),
            seat: None,
            course: None,
            place: Default::default(),
        };
        let entry = Entry { line: LineId(number), was: None, now: Some(dish), made_at: vec![] };
        Posted {
            order: OrderId(Uuid::from_u128(u128::from(number))),
            head: Head { server: "Ada".into(), ..Head::default() },
            ticket: Ticket {
                station: "grill".into(),
                name: "Grill".into(),
                number,
                label: format!("GRI-{number:04}"),
                also: vec![],
                entries: vec![entry],
            },
            sent: Stamp::new(sent_min * 60_000, 0),
            bumped_ms: done.then_some(1),
        }
    }

    fn ui() -> KitchenUi {
        KitchenUi::new("Grill", Keymap::default(), Patience { long_min: 10, late_min: 20 })
    }

    fn digits(ui: &KitchenUi, board: &Board) -> Vec<(String, String)> {
        let cards = ui.view(board, Stamp::new(0, 0)).cards;
        cards.into_iter().map(|c| (c.digit, c.facts.split(' ').next().unwrap_or_default().to_owned())).collect()
    }

    #[test]
    fn a_digit_stays_with_its_ticket_and_is_not_given_again_at_once() {
        let mut ui = ui();
        let board = Board::new((1..=11).map(|n| posted(n, 0, false)).collect());
        ui.follow(&board);
        assert_eq!(digits(&ui, &board)[8], ("9".into(), "GRI-0009".into()));
        assert_eq!(digits(&ui, &board)[9], (String::new(), "GRI-0010".into()));
        assert_eq!(ui.key(&board, Key::Char('2')), Some(Wish::Bump(2)));
        let board = Board::new((1..=11).map(|n| posted(n, 0, n == 2)).collect());
        ui.follow(&board);
        assert_eq!(digits(&ui, &board)[1], ("3".into(), "GRI-0003".into()));
        assert_eq!(digits(&ui, &board)[8], ("2".into(), "GRI-0010".into()));
        // With digits to spare, the one that was just pressed stays free.
        let mut ui = self::ui();
        let board = Board::new(vec![posted(1, 0, false)]);
        ui.follow(&board);
        let board = Board::new(vec![posted(1, 0, true), posted(2, 0, false)]);
        ui.follow(&board);
        assert_eq!(ui.key(&board, Key::Char('1')), None);
        assert!(ui.message.as_ref().is_some_and(|m| m.text.contains("No ticket has the digit 1")));
    }

    #[test]
    fn ages_have_a_sign_and_a_word_besides_their_colour() {
        let mut ui = ui();
        let board = Board::new(vec![posted(1, 0, false), posted(2, 12, false), posted(3, 25, false)]);
        ui.follow(&board);
        let ages: Vec<String> =
            ui.view(&board, Stamp::new(25 * 60_000, 0)).cards.into_iter().map(|c| c.age.text).collect();
        assert_eq!(ages, ["25 min LATE", "13 min !", "0 min"]);
    }

    #[test]
    fn a_long_ticket_is_shown_in_parts_that_miss_nothing() {
        let mut ui = ui();
        let mut long = posted(1, 0, false);
        long.head.place.allergies = Some("nuts".into());
        long.head.courses = vec![CourseOnTicket { number: 1, name: "Mains".into(), waits: true }];
        let mut entry = long.ticket.entries[0].clone();
        entry.now.as_mut().unwrap().course = Some(1);
        long.ticket.entries = (1..=9).map(|n| Entry { line: LineId(n), ..entry.clone() }).collect();
        let board = Board::new(vec![long]);
        ui.follow(&board);
        let cards = ui.view(&board, Stamp::new(0, 0)).cards;
        let dishes = |card: &Card| card.rows.iter().filter(|row| !row.quantity.is_empty()).count();
        assert_eq!(cards.iter().map(dishes).collect::<Vec<_>>(), [4, 4, 1]);
        let above = |card: &Card| [0, 1].map(|row| card.rows[row].label.text.clone());
        assert!(cards.iter().all(|card| above(card) == ["ALLERGY: nuts", "- Mains · WAIT -"] && card.digit == "1"));
        assert!(cards[2].title.ends_with(" · 3/3"), "{}", cards[2].title);
        assert_eq!(ui.key(&board, Key::Char('+')), None);
        assert_eq!(ui.view(&board, Stamp::new(0, 0)).cards.len(), 2);
        assert_eq!(ui.key(&board, Key::Char('1')), Some(Wish::Bump(1)));
    }

    #[test]
    fn only_a_ticket_that_came_is_news() {
        let mut ui = ui();
        let mut heard = |board: Vec<Posted>| {
            ui.follow(&Board::new(board));
            (ui.takes_news(), ui.takes_news())
        };
        assert_eq!(heard(vec![posted(1, 0, false)]), (false, false), "it was there before the screen");
        assert_eq!(heard(vec![posted(1, 0, false), posted(2, 0, false)]), (true, false));
        assert_eq!(heard(vec![posted(1, 0, true), posted(2, 0, true)]), (false, false), "done");
        assert_eq!(heard(vec![]), (false, false));
        assert_eq!(heard(vec![posted(1, 0, false), posted(2, 0, false)]), (false, false), "brought back");
        assert_eq!(heard(vec![posted(3, 0, true)]), (true, false), "another screen was quicker to bump it");
    }

    #[test]
    fn keys_scroll_show_all_of_the_day_and_recall() {
        let mut ui = ui();
        let board = Board::new(vec![posted(1, 0, false), posted(2, 0, false)]);
        ui.follow(&board);
        assert_eq!(ui.key(&board, Key::Char('0')), Some(Wish::Recall));
        assert_eq!(ui.key(&board, Key::Char('*')), None);
        assert!(ui.view(&board, Stamp::new(0, 0)).all_day_shown);
        assert_eq!(ui.key(&board, Key::Char('+')), None);
        assert_eq!(ui.view(&board, Stamp::new(0, 0)).skipped, 1);
        assert_eq!(ui.key(&board, Key::F(1)), None);
        // While the keys are shown, no digit bumps what is not seen.
        assert_eq!(ui.key(&board, Key::Char('1')), None);
        assert_eq!(ui.key(&board, Key::Esc), None);
        let screen = ui.view(&board, Stamp::new(0, 0));
        assert_eq!((screen.skipped, screen.all_day_shown, screen.help), (0, false, None));
    }
}
