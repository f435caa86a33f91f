//! The real program on a real pseudo-terminal: keys go in, and what its screen shows is read back
//! through a terminal emulator. Nothing here depends on how fast it is.

use std::io::{Read, Write};
use std::num::NonZero;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use counterflow::ui::key::Key;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long a test waits for what must happen; far longer than it takes.
pub const PATIENCE: Duration = Duration::from_secs(90);

struct Shared {
    screen: Mutex<Seen>,
    changed: Condvar,
}

impl Shared {
    /// A failed wait leaves nothing half-done.
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
    /// Nobody wants to read any more.
    left: bool,
}

/// A program on a terminal of its own.
pub struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    shared: Arc<Shared>,
    reader: Option<JoinHandle<()>>,
}

impl Pty {
    /// Starts a program on a screen of 80×24.
    pub fn start(command: &Command) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut built = CommandBuilder::new(command.get_program());
        built.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => built.env(name, value),
                None => built.env_remove(name),
            }
        }
        built.env("TERM", "xterm-256color");
        built.env("LANG", "C.UTF-8");
        let child = pair.slave.spawn_command(built).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let seen =
            Seen { parser: vt100::Parser::new(some(24), some(80), 0), bytes: Vec::new(), ended: false, left: false };
        let shared = Arc::new(Shared { screen: Mutex::new(seen), changed: Condvar::new() });
        let theirs = Arc::clone(&shared);
        let reading = std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut seen = theirs.lock();
                seen.parser.process(&buffer[..read]);
                seen.bytes.extend_from_slice(&buffer[..read]);
                seen.ended = read == 0;
                theirs.changed.notify_all();
                if read == 0 || seen.left {
                    return;
                }
            }
        });
        Self { master: Some(pair.master), writer: Some(writer), child, shared, reader: Some(reading) }
    }

    /// What the screen shows now.
    pub fn text(&self) -> String {
        self.shared.lock().parser.screen().contents()
    }

    /// How often the bell was rung so far.
    pub fn bells(&self) -> usize {
        self.shared.lock().bytes.iter().filter(|byte| **byte == 7).count()
    }

    /// Waits until the screen is so, and gives what it shows.
    #[track_caller]
    pub fn wait(&self, what: &str, is: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.shared.lock();
        loop {
            let text = seen.parser.screen().contents();
            if is(&text) {
                return text;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !seen.ended, "never on the screen: {what}\n{text}");
            seen = self.shared.changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits until this is on the screen.
    #[track_caller]
    pub fn sees(&self, text: &str) -> String {
        self.wait(text, |screen| screen.contains(text))
    }

    /// Waits until this is no longer on the screen.
    #[track_caller]
    pub fn loses(&self, text: &str) -> String {
        self.wait(&format!("without {text}"), |screen| !screen.contains(text))
    }

    /// Presses keys: characters, and names in angle brackets: `3a<F12>`.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in parse(keys) {
            let writer = self.writer.as_mut().unwrap();
            writer.write_all(&bytes_of(key)).unwrap();
            writer.flush().unwrap();
            if key == Key::Esc {
                // Nobody types on so fast that it could be one sequence.
                std::thread::sleep(Duration::from_millis(200));
            }
        }
        self
    }

    /// Signs in, and waits until the till says hello.
    #[track_caller]
    pub fn sign_in(&mut self, pin: &str) -> String {
        self.sees("Type your PIN");
        self.keys(pin).keys("<Enter>");
        let hello = format!("Hello {}", crate::shop::name_of(pin));
        self.wait(&hello, |screen| screen.contains(&hello) || screen.contains("as you left it"))
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.shared.lock().parser.screen_mut().set_size(some(rows), some(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).unwrap();
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// SIGKILL: it gets no chance to do anything more.
    pub fn kill(mut self) {
        signal(self.pid(), "KILL");
        self.child.wait().unwrap();
    }

    /// The terminal goes away.
    #[track_caller]
    pub fn hang_up(mut self) -> ExitStatus {
        // It goes when nobody has it open any more, so the reader has to be woken to let go of it.
        self.shared.lock().left = true;
        self.resize(79, 24);
        self.reader.take().unwrap().join().unwrap();
        self.writer = None;
        self.master = None;
        self.wait_for_end()
    }

    #[track_caller]
    fn wait_for_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status,
                None => assert!(Instant::now() < deadline, "it does not end:\n{}", self.text()),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the program has ended by itself.
    #[track_caller]
    pub fn ends(mut self) -> (ExitStatus, String, Vec<u8>) {
        let status = self.wait_for_end();
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.shared.lock();
        while !seen.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "its terminal stays open");
            seen = self.shared.changed.wait_timeout(seen, left).unwrap().0;
        }
        let (text, bytes) = (seen.parser.screen().contents(), seen.bytes.clone());
        drop(seen);
        (status, text, bytes)
    }
}

impl Drop for Pty {
    /// Nothing of a failed test runs on.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn some(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// Sends a signal to one process.
pub fn signal(pid: u32, name: &str) {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed()).unwrap();
    let signal = match name {
        "KILL" => rustix::process::Signal::KILL,
        "TERM" => rustix::process::Signal::TERM,
        other => panic!("{other}?"),
    };
    rustix::process::kill_process(pid, signal).unwrap();
}

/// Keys from text with names in angle brackets.
pub fn parse(keys: &str) -> Vec<Key> {
    let mut parsed = Vec::new();
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        rest = match (c, rest.find('>')) {
            ('<', Some(end)) => {
                parsed.push(rest[1..end].parse().unwrap());
                &rest[end + 1..]
            }
            _ => {
                parsed.push(Key::Char(c));
                &rest[c.len_utf8()..]
            }
        };
    }
    parsed
}

/// What xterm sends for a key.
pub fn bytes_of(key: Key) -> Vec<u8> {
    let text = |text: &str| text.as_bytes().to_vec();
    match key {
        Key::Char(c) => text(&c.to_string()),
        Key::Ctrl(c) => vec![c as u8 & 0x1f],
        Key::Alt(c) => text(&format!("\x1b{c}")),
        Key::F(n @ 1..=4) => vec![0x1b, b'O', b'P' + n - 1],
        Key::F(n) => text(&format!("\x1b[{}~", [15, 17, 18, 19, 20, 21, 23, 24][usize::from(n) - 5])),
        Key::ShiftF(n) => panic!("no test presses Shift-F{n}"),
        Key::Enter => text("\r"),
        Key::Esc => text("\x1b"),
        Key::Backspace => text("\x7f"),
        Key::Delete => text("\x1b[3~"),
        Key::Insert => text("\x1b[2~"),
        Key::Tab => text("\t"),
        Key::BackTab => text("\x1b[Z"),
        Key::Up => text("\x1b[A"),
        Key::Down => text("\x1b[B"),
        Key::Right => text("\x1b[C"),
        Key::Left => text("\x1b[D"),
        Key::Home => text("\x1b[H"),
        Key::End => text("\x1b[F"),
        Key::PageUp => text("\x1b[5~"),
        Key::PageDown => text("\x1b[6~"),
    }
}
