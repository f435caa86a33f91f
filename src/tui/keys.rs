//! The key thread: what the terminal sends, as the keys of this house.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::escape::{JOIN_US, Joiner};
use crate::ui::key::Key;

/// How long the thread sleeps at most before it looks whether the terminal is still there.
const LOOK: Duration = Duration::from_millis(250);

/// What the terminal tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermEvent {
    /// A key, and when it came, in microseconds since the thread began: a scanner types far faster
    /// than a person.
    Key(Key, u64),
    /// Text that was pasted as a whole.
    Text(String),
    /// The new size: columns and rows.
    Resize(u16, u16),
    /// The terminal is gone, or the program was told to end; nothing more will come.
    HungUp,
}

/// Starts the key thread. It ends after [`TermEvent::HungUp`], or when `send` says that nobody
/// listens any longer.
pub fn spawn(send: impl FnMut(TermEvent) -> bool + Send + 'static) -> io::Result<JoinHandle<()>> {
    let told = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGHUP, signal_hook::consts::SIGTERM] {
        // The second of its kind ends the program at once: it may be stuck.
        signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&told))?;
        signal_hook::flag::register(signal, Arc::clone(&told))?;
    }
    thread::Builder::new().name("keys".to_owned()).spawn(move || read(send, &told))
}

fn read(mut send: impl FnMut(TermEvent) -> bool, told: &AtomicBool) {
    let began = Instant::now();
    let now = || u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    let mut reader = Reader::default();
    loop {
        let wait = if reader.joiner.waits() { Duration::from_micros(JOIN_US) } else { LOOK };
        let events = match event::poll(wait) {
            Ok(false) => reader.joiner.expire(now()),
            Ok(true) => match event::read() {
                Ok(event) => reader.take(event, now()),
                Err(_) => vec![TermEvent::HungUp],
            },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => vec![],
            Err(_) => vec![TermEvent::HungUp],
        };
        let gone = told.load(Ordering::Relaxed) || (events.is_empty() && hung_up());
        for event in events.into_iter().chain(gone.then_some(TermEvent::HungUp)) {
            let last = event == TermEvent::HungUp;
            if !send(event) || last {
                return;
            }
        }
    }
}

/// What must be remembered from one event to the next.
#[derive(Default)]
struct Reader {
    joiner: Joiner,
    /// Characters beyond ASCII whose keys are down, in lower case.
    down: Vec<char>,
}

/// More keys than hands can hold down: releases that never came are forgotten.
const DOWN_LIMIT: usize = 10;

impl Reader {
    fn take(&mut self, event: Event, at_us: u64) -> Vec<TermEvent> {
        let other = match event {
            Event::Key(event) => return self.key(event).map_or(vec![], |key| self.joiner.take(key, at_us)),
            Event::Paste(text) => TermEvent::Text(text),
            // A serial line says 0×0 here too.
            Event::Resize(columns, rows) if columns > 0 && rows > 0 => TermEvent::Resize(columns, rows),
            Event::Resize(..) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => return vec![],
        };
        let mut events = self.joiner.give_up();
        events.push(other);
        events
    }

    fn key(&mut self, event: KeyEvent) -> Option<Key> {
        let beyond_ascii = match event.code {
            KeyCode::Char(c) if !c.is_ascii() => Some(c),
            _ => None,
        };
        let lower = beyond_ascii.map(|c| c.to_lowercase().next().unwrap_or(c));
        match (event.kind, beyond_ascii, lower) {
            (KeyEventKind::Press | KeyEventKind::Repeat, _, lower) => {
                let new = lower.filter(|c| !self.down.contains(c));
                self.down.extend(new);
                let surplus = self.down.len().saturating_sub(DOWN_LIMIT);
                self.down.drain(..surplus);
                key_of(event)
            }
            // Windows tells each release, and a character made with Alt and the number pad only by
            // a release: that of a character which no key brought.
            (KeyEventKind::Release, Some(c), Some(lower)) => match self.down.iter().position(|d| *d == lower) {
                Some(at) => {
                    self.down.remove(at);
                    None
                }
                None => Some(Key::Char(c)),
            },
            (KeyEventKind::Release, _, _) => None,
        }
    }
}

/// Whether nobody is at the other end of the terminal any longer. Reading it then gives nothing,
/// again and again.
#[cfg(unix)]
fn hung_up() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = rustix::stdio::stdin();
    let mut asked = [PollFd::new(&stdin, PollFlags::empty())];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut asked, Some(&at_once)).is_ok()
        && asked[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
}

#[cfg(not(unix))]
fn hung_up() -> bool {
    false
}

/// The key of this house that a press means; `None` for keys we have no name for.
fn key_of(event: KeyEvent) -> Option<Key> {
    let (control, alt) = (event.modifiers.contains(KeyModifiers::CONTROL), event.modifiers.contains(KeyModifiers::ALT));
    match event.code {
        // Some keyboards send Ctrl-H for Backspace, as terminals of old did.
        KeyCode::Char('h') if control && !alt => Some(Key::Backspace),
        // AltGr comes as both from Windows.
        KeyCode::Char(c) if control && alt => (!c.is_ascii_alphanumeric() && !c.is_control()).then_some(Key::Char(c)),
        KeyCode::Char(c) if control => c.is_ascii_alphabetic().then(|| Key::Ctrl(c.to_ascii_lowercase())),
        KeyCode::Char(c) if c.is_control() => None,
        KeyCode::Char(c) if alt => Some(Key::Alt(c)),
        KeyCode::Char(c) => Some(Key::Char(c)),
        KeyCode::F(n @ 1..=12) if event.modifiers.contains(KeyModifiers::SHIFT) => Some(Key::ShiftF(n)),
        KeyCode::F(n @ 1..=12) => Some(Key::F(n)),
        // The Linux console sends F13 to F24 for Shift and F1 to F12.
        KeyCode::F(n @ 13..=24) => Some(Key::ShiftF(n - 12)),
        KeyCode::Enter => Some(Key::Enter),
        KeyCode::Esc => Some(Key::Esc),
        KeyCode::Backspace => Some(Key::Backspace),
        KeyCode::Delete => Some(Key::Delete),
        KeyCode::Insert => Some(Key::Insert),
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Some(Key::BackTab),
        KeyCode::Tab => Some(Key::Tab),
        KeyCode::BackTab => Some(Key::BackTab),
        KeyCode::Up => Some(Key::Up),
        KeyCode::Down => Some(Key::Down),
        KeyCode::Left => Some(Key::Left),
        KeyCode::Right => Some(Key::Right),
        KeyCode::Home => Some(Key::Home),
        KeyCode::End => Some(Key::End),
        KeyCode::PageUp => Some(Key::PageUp),
        KeyCode::PageDown => Some(Key::PageDown),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: KeyCode, modifiers: KeyModifiers, want: &str) {
        let got = key_of(KeyEvent::new(code, modifiers)).map_or(String::new(), |key| key.to_string());
        assert_eq!(got, want, "{code:?} {modifiers:?}");
    }

    #[test]
    fn presses_become_keys() {
        let (none, shift, control, alt) =
            (KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL, KeyModifiers::ALT);
        check(KeyCode::Char('a'), none, "a");
        check(KeyCode::Char('A'), shift, "A");
        check(KeyCode::Char('é'), none, "é");
        check(KeyCode::Char('z'), control, "Ctrl-Z");
        check(KeyCode::Char('Z'), control | shift, "Ctrl-Z");
        check(KeyCode::Char('h'), control, "Backspace");
        check(KeyCode::Char('4'), control, "");
        check(KeyCode::Char('x'), alt, "Alt-x");
        check(KeyCode::Char('@'), control | alt, "@");
        check(KeyCode::Char('a'), control | alt, "");
        check(KeyCode::F(12), none, "F12");
        check(KeyCode::F(1), shift, "Shift-F1");
        check(KeyCode::F(13), none, "Shift-F1");
        check(KeyCode::Tab, shift, "Shift-Tab");
        check(KeyCode::BackTab, shift, "Shift-Tab");
        check(KeyCode::PageUp, none, "PgUp");
        check(KeyCode::Null, none, "");
        check(KeyCode::CapsLock, none, "");
    }

    #[test]
    fn releases_are_no_keys_but_an_alt_code_is() {
        use KeyEventKind::{Press, Release, Repeat};
        let mut reader = Reader::default();
        let mut check = |c: char, kind, want: Option<Key>| {
            let event = KeyEvent::new_with_kind(KeyCode::Char(c), KeyModifiers::NONE, kind);
            assert_eq!(reader.key(event), want, "{c} {kind:?}");
        };
        check('a', Press, Some(Key::Char('a')));
        check('a', Repeat, Some(Key::Char('a')));
        check('a', Release, None);
        check('8', Release, None);
        check('Ü', Press, Some(Key::Char('Ü')));
        check('ü', Release, None);
        check('ü', Release, Some(Key::Char('ü')));
    }

    #[test]
    fn sizes_and_pastes_come_as_they_are_and_end_a_sequence() {
        let mut reader = Reader::default();
        let esc = Event::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
        assert_eq!(reader.take(esc, 1), []);
        let resized = [TermEvent::Key(Key::Esc, 1), TermEvent::Resize(80, 24)];
        assert_eq!(reader.take(Event::Resize(80, 24), 2), resized);
        assert_eq!(reader.take(Event::Resize(0, 0), 3), []);
        assert_eq!(reader.take(Event::Paste("4011".to_owned()), 4), [TermEvent::Text("4011".to_owned())]);
    }
}
