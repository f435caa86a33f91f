//! What a printer says of itself, if it says anything. Whether it does is found out by asking: a
//! model's name promises nothing.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::devices::port::{Connection, Trouble};
use crate::devices::printer::Level;

/// Pause between two looks at a port.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// `DLE EOT n`: 1 the drawer, 2 why it is offline, 3 which error, 4 the paper.
const fn real_time(n: u8) -> [u8; 3] {
    [0x10, 0x04, n]
}

/// `DLE ENQ 1`: go on after an error, with the line in which it happened. Only ever sent when a person says so.
const GO_ON: [u8; 3] = [0x10, 0x05, 1];
/// The bit of `DLE EOT 1` that is the level of the drawer's switch.
const DRAWER: u8 = 0x04;

/// `GS r 1`: answered when everything before it has been printed.
const FENCE: [u8; 3] = [0x1d, b'r', 1];

/// So many bytes of nonsense are no noise on the line.
const NONSENSE: u32 = 3;
/// So many letters in a row are words: a web server's, not a printer's.
const WORDS: u32 = 5;

/// How a printer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// It did not answer.
    Mute,
    /// It answered, and is well.
    Well,
    /// It answered, and has a trouble.
    Ill(Trouble),
}

/// How a printer says that it has printed everything it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confirms {
    /// `GS ( H`: its answer names the job.
    ByName,
    /// `GS r`: it answers in turn.
    InTurn,
    /// Not at all.
    Never,
}

/// What a printer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// To `DLE EOT`.
    RealTime(u8),
    /// To `GS r`.
    Fence,
    /// To `GS ( H`: the name it was given.
    Name([u8; 4]),
    /// By itself, since something changed (ASB).
    Change([u8; 4]),
}

/// Cuts what a printer says into answers. The bytes that follow the first one of an ASB look like
/// answers to `GS r`, and must not be taken for one.
#[derive(Default)]
struct Answers {
    begun: Vec<u8>,
    /// Bytes that are part of no answer.
    nonsense: u32,
    /// Letters in a row that are part of no job's name.
    letters: u32,
    /// Whether they were words.
    words: bool,
}

impl Answers {
    fn take(&mut self, byte: u8) -> Option<Answer> {
        let letter = matches!(byte, b' '..=b'~') && !self.begun.starts_with(&[0x37, 0x22]);
        self.letters = if letter { self.letters + 1 } else { 0 };
        self.words |= self.letters >= WORDS;
        match self.begun.as_slice() {
            [0x37] if byte == 0x22 => self.begun.push(byte),
            [0x37, 0x22, ..] => {
                self.begun.push(byte);
                if let [_, _, a, b, c, d, _] = self.begun[..] {
                    self.begun.clear();
                    return Some(Answer::Name([a, b, c, d]));
                }
            }
            [first, ..] if *first != 0x37 && byte & 0x90 == 0 => {
                self.begun.push(byte);
                if let [a, b, c, d] = self.begun[..] {
                    self.begun.clear();
                    return Some(Answer::Change([a, b, c, d]));
                }
            }
            _ => {
                self.begun.clear();
                match byte {
                    0x37 => self.begun.push(byte),
                    b if b & 0x93 == 0x10 => self.begun.push(byte),
                    b if b & 0x93 == 0x12 => return Some(Answer::RealTime(b)),
                    b if b & 0x90 == 0 => return Some(Answer::Fence),
                    // XON and XOFF.
                    0x11 | 0x13 => {}
                    _ => self.nonsense += 1,
                }
            }
        }
        None
    }
}

pub(super) fn paper_out() -> Trouble {
    Trouble::new("paper out", "paper is out: put in a new roll")
}

pub(super) fn cover_open() -> Trouble {
    Trouble::new("cover open", "the cover is open: close it")
}

fn error(cutter: bool) -> Trouble {
    match cutter {
        true => Trouble::new("cutter jam", "the cutter is jammed: open the cover, take the paper out, close it"),
        false => Trouble::new("error", "the printer reports an error: switch it off and on"),
    }
}

fn garbled() -> Trouble {
    let words = "it answers with nonsense: on a serial line its speed is another one, so set `baud` to what its self-test \
                 prints; elsewhere, check that it is a receipt printer";
    Trouble::new("garbled", words)
}

fn no_printer() -> Trouble {
    let words = "what answers there is no receipt printer: check the address, which a printer's self-test prints";
    Trouble::new("no printer", words)
}

/// What is wrong by an ASB.
fn trouble_of(change: [u8; 4]) -> Option<Trouble> {
    let [first, errors, paper, _] = change;
    match () {
        () if first & 0x20 != 0 => Some(cover_open()),
        () if paper & 0x0c != 0 => Some(paper_out()),
        () if errors & 0x68 != 0 => Some(error(errors & 0x08 != 0)),
        () if first & 0x08 != 0 => Some(Trouble::new("offline", "the printer is offline: look at its lamps")),
        () => None,
    }
}

/// A conversation with a printer over an open port.
pub(super) struct Talk<'a> {
    pub connection: &'a mut dyn Connection,
    stop: &'a AtomicBool,
    answers: Answers,
    /// What it said last by itself.
    change: Option<[u8; 4]>,
}

impl<'a> Talk<'a> {
    pub fn new(connection: &'a mut dyn Connection, stop: &'a AtomicBool) -> Self {
        let mut talk = Self { connection, stop, answers: Answers::default(), change: None };
        // What it said before nobody asked is not the answer.
        talk.listen();
        talk
    }

    /// Whether somebody wants to stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Takes what it has said by itself; the last other answer is handed out.
    fn listen(&mut self) -> Option<Answer> {
        let mut buffer = [0; 64];
        let mut last = None;
        while let Ok(n @ 1..) = self.connection.read(&mut buffer) {
            for byte in &buffer[..n.min(buffer.len())] {
                match self.answers.take(*byte) {
                    Some(Answer::Change(change)) => self.change = Some(change),
                    Some(answer) => last = Some(answer),
                    None => {}
                }
            }
            if n < buffer.len() {
                break;
            }
        }
        last
    }

    /// Whether what a mute printer was sent is answered in words: then it is none.
    pub fn no_printer(&mut self, patience: Duration) -> Option<Trouble> {
        let deadline = Instant::now() + patience;
        loop {
            self.listen();
            if self.answers.words {
                return Some(no_printer());
            }
            if Instant::now() >= deadline || self.stopped() {
                return None;
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// What is wrong, as far as it has said so by itself.
    pub fn told(&mut self) -> Option<Trouble> {
        self.listen();
        self.change.and_then(trouble_of)
    }

    /// Asks the printer how it is. It answers at once, whatever it does, or within `patience` not at
    /// all.
    pub fn ask(&mut self, patience: Duration) -> Health {
        let paper = self.real_time(4, patience);
        // A letter of a web server's looks like an answer, too; those that come with it tell.
        self.listen();
        if self.answers.words {
            return Health::Ill(no_printer());
        }
        let Some(paper) = paper else {
            return if self.answers.nonsense >= NONSENSE { Health::Ill(garbled()) } else { Health::Mute };
        };
        if paper & 0x60 != 0 {
            return Health::Ill(paper_out());
        }
        match self.real_time(2, patience) {
            Some(b) if b & 0x04 != 0 => Health::Ill(cover_open()),
            Some(b) if b & 0x20 != 0 => Health::Ill(paper_out()),
            Some(b) if b & 0x40 != 0 => {
                let which = self.real_time(3, patience).unwrap_or(0);
                Health::Ill(error(which & 0x08 != 0))
            }
            Some(_) | None => Health::Well,
        }
    }

    /// Tells the printer to go on after an error.
    pub fn go_on(&mut self, patience: Duration) {
        let deadline = Instant::now() + patience;
        let mut rest = &GO_ON[..];
        while !rest.is_empty() && Instant::now() < deadline && !self.stopped() {
            match self.connection.write(rest) {
                Ok(n) => rest = &rest[n..],
                Err(e) if e.kind() == ErrorKind::WouldBlock => std::thread::sleep(LOOK_AGAIN),
                // What it does now, it is asked next.
                Err(_) => return,
            }
        }
        std::thread::sleep(patience / 4);
    }

    /// Whether the drawer stands open; nothing when it does not say.
    pub fn drawer_open(&mut self, open: Level, patience: Duration) -> Option<bool> {
        let high = self.real_time(1, patience)? & DRAWER != 0;
        Some(high == (open == Level::High))
    }

    fn real_time(&mut self, n: u8, patience: Duration) -> Option<u8> {
        match self.question(&real_time(n), patience, |a| matches!(a, Answer::RealTime(_)))? {
            Answer::RealTime(byte) => Some(byte),
            Answer::Fence | Answer::Name(_) | Answer::Change(_) => None,
        }
    }

    /// Finds out, before anything is printed, how this printer confirms.
    pub fn probe(&mut self, by_name: bool, patience: Duration) -> Confirms {
        [Confirms::ByName, Confirms::InTurn]
            .into_iter()
            .filter(|way| by_name || *way != Confirms::ByName)
            .find(|way| self.done(*way, 0, patience))
            .unwrap_or(Confirms::Never)
    }

    /// Asks once whether everything before is printed, and waits for the answer.
    pub fn done(&mut self, way: Confirms, job: i64, patience: Duration) -> bool {
        match way {
            Confirms::ByName => {
                let name = name(job);
                let bytes = [&[0x1d, b'(', b'H', 6, 0, 48, 48][..], &name].concat();
                self.question(&bytes, patience, |a| *a == Answer::Name(name)).is_some()
            }
            Confirms::InTurn => self.question(&FENCE, patience, |a| *a == Answer::Fence).is_some(),
            Confirms::Never => false,
        }
    }

    /// Goes on waiting for the answer to [`done`](Self::done).
    pub fn done_now(&mut self, way: Confirms, job: i64, patience: Duration) -> bool {
        match way {
            Confirms::ByName => self.question(&[], patience, |a| *a == Answer::Name(name(job))).is_some(),
            Confirms::InTurn => self.question(&[], patience, |a| *a == Answer::Fence).is_some(),
            Confirms::Never => false,
        }
    }

    /// Sends a question and waits for the first answer that fits.
    fn question(&mut self, bytes: &[u8], patience: Duration, fits: impl Fn(&Answer) -> bool) -> Option<Answer> {
        let deadline = Instant::now() + patience;
        let mut rest = bytes;
        let mut byte = [0; 1];
        while Instant::now() < deadline && !self.stopped() {
            if !rest.is_empty() {
                match self.connection.write(rest) {
                    Ok(n) => rest = &rest[n..],
                    Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                    Err(_) => return None,
                }
            }
            match self.connection.read(&mut byte) {
                Ok(0) => {}
                Ok(_) => {
                    match self.answers.take(byte[0]) {
                        Some(Answer::Change(change)) => self.change = Some(change),
                        Some(answer) if fits(&answer) => return Some(answer),
                        Some(_) | None => {}
                    }
                    continue;
                }
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(_) => return None,
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        None
    }
}

/// The name by which a printer is to confirm a job: four printable characters.
fn name(job: i64) -> [u8; 4] {
    let mut rest = job.unsigned_abs();
    [(); 4].map(|()| {
        let digit = rest % 90;
        rest /= 90;
        // From `!` to `z`.
        33 + digit as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &[Answer]) {
        let mut answers = Answers::default();
        let got: Vec<Answer> = bytes.iter().filter_map(|b| answers.take(*b)).collect();
        assert_eq!(got, expected, "{bytes:02x?}");
    }

    #[test]
    fn answers_are_told_apart() {
        check(&[0x12], &[Answer::RealTime(0x12)]);
        check(&[0x00], &[Answer::Fence]);
        check(&[0x0c], &[Answer::Fence]);
        check(&[0x37, 0x22, b'a', b'b', b'c', b'd', 0], &[Answer::Name(*b"abcd")]);
        // The tail of an ASB is no answer to a fence.
        check(&[0x10, 0x00, 0x0c, 0x00], &[Answer::Change([0x10, 0, 0x0c, 0])]);
        check(&[0x14, 0x00, 0x00, 0x0f, 0x00], &[Answer::Change([0x14, 0, 0, 0x0f]), Answer::Fence]);
        // Garbage, and answers that begin before another has ended.
        check(&[0xff, 0x37, 0x12], &[Answer::RealTime(0x12)]);
        check(&[0x10, 0x00, 0x12], &[Answer::RealTime(0x12)]);
        check(&[0x11, 0x13, 0x80], &[]);
    }

    #[test]
    fn words_are_no_printers() {
        let words = |bytes: &[u8]| {
            let mut answers = Answers::default();
            for byte in bytes {
                answers.take(*byte);
            }
            answers.words
        };
        assert!(words(b"HTTP/1.1 400 Bad Request\r\n") && words(b"\x12\r\nlogin:"));
        assert!(!words(&[0x37, 0x22, b'a', b'b', b'c', b'd', 0, 0x37, 0x22, b'z', b'z', b'z', b'z', 0]));
        assert!(!words(&[0x12, 0x16, 0x10, 0x00, 0x0c, 0x00, b'"', b'#', 0x00]));
    }

    /// Something that answers every question with the same.
    struct Parrot(&'static [u8], Vec<u8>);

    impl Connection for Parrot {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.1.extend(self.0);
            Ok(bytes.len())
        }

        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let n = self.1.len().min(buffer.len());
            buffer[..n].copy_from_slice(&self.1[..n]);
            self.1.drain(..n);
            if n == 0 { Err(ErrorKind::WouldBlock.into()) } else { Ok(n) }
        }

        fn pending(&mut self) -> std::io::Result<usize> {
            Ok(0)
        }

        fn close(self: Box<Self>) -> std::io::Result<()> {
            Ok(())
        }

        fn abandon(self: Box<Self>) {}
    }

    #[test]
    fn who_answers_in_words_has_no_paper_to_run_out_of() {
        let health = |says| {
            let (mut parrot, stop) = (Parrot(says, Vec::new()), AtomicBool::new(false));
            match Talk::new(&mut parrot, &stop).ask(Duration::from_millis(50)) {
                Health::Ill(trouble) => trouble.short,
                Health::Well => "well",
                Health::Mute => "mute",
            }
        };
        assert_eq!(health(b"220 files ready\r\n"), "no printer");
        assert_eq!(health(b"HTTP/1.1 400 Bad Request\r\n"), "no printer");
        assert_eq!(health(b"SSH-2.0-OpenSSH\r\n"), "no printer");
        assert_eq!(health(b"\x72"), "paper out");
        assert_eq!(health(b"\x12"), "well");
        assert_eq!(health(b"\xff\xa9\x83\xfe"), "garbled");
        assert_eq!(health(b""), "mute");
    }

    #[test]
    fn troubles_are_named() {
        let short = |change| trouble_of(change).map(|t| t.short);
        assert_eq!(short([0x10, 0, 0, 0]), None);
        assert_eq!(short([0x30, 0, 0, 0]), Some("cover open"));
        assert_eq!(short([0x18, 0, 0x0c, 0]), Some("paper out"));
        assert_eq!(short([0x18, 0x08, 0, 0]), Some("cutter jam"));
        assert_eq!(short([0x18, 0x20, 0, 0]), Some("error"));
        assert_eq!(short([0x18, 0, 0, 0]), Some("offline"));
        // Near the end is not the end.
        assert_eq!(short([0x10, 0, 0x03, 0]), None);
    }

    #[test]
    fn a_job_has_a_name_of_its_own() {
        assert_eq!(name(0), *b"!!!!");
        assert_eq!(name(91), *b"\"\"!!");
        assert!(name(i64::MAX).iter().all(|b| (32..=126).contains(b)));
    }
}
