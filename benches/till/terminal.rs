//! A program on a pseudo terminal, seen from outside: keys go in, and what counts is the moment at
//! which the bytes that brought the awaited text had come out.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::{Parser, Screen};

/// The size that the emulator begins with.
pub const ROWS: u16 = 24;
pub const COLUMNS: u16 = 80;

/// A key is done when nothing came for so long.
const QUIET: Duration = Duration::from_millis(15);
/// What does not come within this never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a key led to.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// From the write of the key to the bytes that showed what was awaited.
    pub took: Duration,
    /// Bytes that the terminal got until it was quiet.
    pub bytes: usize,
}

/// A program with its terminal.
pub struct Terminal {
    keys: Box<dyn Write + Send>,
    chunks: Receiver<(Instant, Vec<u8>)>,
    parser: Parser,
    child: Box<dyn Child + Send + Sync>,
    began: Instant,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts a program. A thread does nothing but read its terminal and stamp what came.
    pub fn start(program: &str, arguments: &[&str]) -> Result<Self> {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let mut reader = pair.master.try_clone_reader()?;
        let keys = pair.master.take_writer()?;
        let (sender, chunks) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send((Instant::now(), buffer[..count].to_vec())).is_err() {
                    return;
                }
            }
        });
        let began = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        let parser = Parser::default();
        Ok(Self { keys, chunks, parser, child, began, _master: pair.master })
    }

    /// From the start of the program until its screen is as awaited.
    pub fn ready(&mut self, awaited: impl Fn(&Screen) -> bool) -> Result<Duration> {
        Ok(self.wait(self.began, "the first screen", awaited)?.took)
    }

    /// Presses keys, all in one write, and waits until the screen is as awaited, and then for quiet.
    pub fn press(&mut self, keys: &str, awaited: impl Fn(&Screen) -> bool) -> Result<Shown> {
        if awaited(self.parser.screen()) {
            bail!("before {keys:?} the screen is as it should be after:\n{}", self.parser.screen().contents());
        }
        let began = Instant::now();
        self.keys.write_all(keys.as_bytes())?;
        let mut shown = self.wait(began, keys, awaited)?;
        while let Ok((_, chunk)) = self.chunks.recv_timeout(QUIET) {
            shown.bytes += chunk.len();
            self.parser.process(&chunk);
        }
        Ok(shown)
    }

    /// The same without waiting for quiet.
    pub fn press_on(&mut self, keys: &str, awaited: impl Fn(&Screen) -> bool) -> Result<Shown> {
        let began = Instant::now();
        self.keys.write_all(keys.as_bytes())?;
        self.wait(began, keys, awaited)
    }

    fn wait(&mut self, began: Instant, what: &str, awaited: impl Fn(&Screen) -> bool) -> Result<Shown> {
        let mut bytes = 0;
        loop {
            match self.chunks.recv_timeout(PATIENCE) {
                Ok((at, chunk)) => {
                    bytes += chunk.len();
                    self.parser.process(&chunk);
                    if awaited(self.parser.screen()) {
                        return Ok(Shown { took: at.saturating_duration_since(began), bytes });
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    bail!("{what:?} did not bring what was awaited:\n{}", self.parser.screen().contents())
                }
            }
        }
    }

    /// Memory of the program that is its own share, in KiB.
    pub fn pss_kib(&self) -> Result<u64> {
        let pid = self.child.process_id().context("the program has ended")?;
        let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Ends the program with these keys, and waits for its end.
    pub fn end(mut self, keys: &str) -> Result<()> {
        self.keys.write_all(keys.as_bytes())?;
        self.child.wait()?;
        Ok(())
    }
}

/// Whether the order, the left part of the screen, shows a text.
pub fn order_shows(screen: &Screen, text: &str) -> bool {
    screen.rows(0, 36).any(|row| row.contains(text))
}
