//! A whole printer for tests: it takes connections, answers what it is asked as its script says,
//! and keeps what came out on its paper.
//!
//! Real-time commands are acted on as they come in, whatever they stand in, as real printers do;
//! everything else waits in the buffer until there is paper.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use crate::printer_emulator::{Act, Output, print, print_whole};

/// How long a test waits for what must happen; far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a printer can do, and how it is.
#[derive(Clone, Debug)]
pub struct Script {
    /// Whether it answers `DLE EOT`.
    pub real_time: bool,
    /// Whether it answers `GS r`.
    pub in_turn: bool,
    /// Whether it answers `GS ( H`.
    pub by_name: bool,
    pub paper: bool,
    pub cover_open: bool,
    pub cutter_jam: bool,
    /// Whether it has run off: it takes nothing from the line.
    pub stalls: bool,
    /// Takes one byte in so many milliseconds.
    pub slow_ms: u64,
    /// Breaks the connection off after so many bytes of it.
    pub cut_at: Option<usize>,
    /// Whether it loses what is in its buffer, as one that is switched off and on.
    pub forgets: bool,
    /// Whether the drawer that hangs on it stands open; its contact is closed then.
    pub drawer_open: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            real_time: true,
            in_turn: true,
            by_name: true,
            paper: true,
            cover_open: false,
            cutter_jam: false,
            stalls: false,
            slow_ms: 0,
            cut_at: None,
            forgets: false,
            drawer_open: false,
        }
    }
}

impl Script {
    /// One that says nothing at all.
    pub fn mute() -> Self {
        Self { real_time: false, in_turn: false, by_name: false, ..Self::default() }
    }

    fn prints(&self) -> bool {
        self.paper && !self.cover_open && !self.cutter_jam
    }

    fn answer(&self, question: u8) -> u8 {
        let bit = |on: bool, bit: u8| u8::from(on) << bit;
        0x12 | match question {
            2 => bit(self.cover_open, 2) | bit(!self.paper, 5) | bit(self.cutter_jam, 6),
            3 => bit(self.cutter_jam, 3),
            4 => bit(!self.paper, 5) | bit(!self.paper, 6),
            _ => bit(!self.drawer_open, 2) | bit(!self.prints(), 3),
        }
    }

    fn change(&self) -> [u8; 4] {
        let bit = |on: bool, bit: u8| u8::from(on) << bit;
        let first = 0x10 | bit(!self.prints(), 3) | bit(self.cover_open, 5);
        [first, bit(self.cutter_jam, 3), bit(!self.paper, 2) | bit(!self.paper, 3), 0]
    }
}

struct State {
    script: Script,
    /// Everything that came out.
    printed: Vec<u8>,
    /// Connections that were made.
    connections: usize,
    /// Bytes that came in.
    received: usize,
    /// How often it was told to go on after an error.
    recovered: usize,
}

/// A running printer.
#[derive(Clone)]
pub struct Emulator(Arc<(Mutex<State>, Condvar)>);

impl Emulator {
    fn new(script: Script) -> Self {
        let state = State { script, printed: Vec::new(), connections: 0, received: 0, recovered: 0 };
        Self(Arc::new((Mutex::new(state), Condvar::new())))
    }

    /// A network printer, and where it is.
    pub fn tcp(script: Script) -> (Self, SocketAddr) {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let emulator = Self::new(script);
        emulator.listen(listener);
        (emulator, address)
    }

    /// Serves a port from now on.
    pub fn listen(&self, listener: TcpListener) {
        let this = self.clone();
        thread::spawn(move || {
            listener.set_nonblocking(true).unwrap();
            loop {
                match listener.accept() {
                    // One after the other, as network printers take them.
                    Ok((stream, _)) => {
                        stream.set_nonblocking(true).unwrap();
                        this.serve(stream);
                    }
                    Err(_) => thread::sleep(Duration::from_millis(1)),
                }
            }
        });
    }

    /// A serial printer, and the name of its line.
    #[cfg(unix)]
    pub fn serial(script: Script) -> (Self, String) {
        use serialport::{SerialPort, TTYPort};
        let (mut master, slave) = TTYPort::pair().unwrap();
        let name = slave.name().unwrap();
        master.set_timeout(Duration::from_millis(1)).unwrap();
        let emulator = Self::new(script);
        let this = emulator.clone();
        thread::spawn(move || {
            // Held open here too, so that the line does not hang up between two jobs.
            let _slave = slave;
            this.serve(master);
        });
        (emulator, name)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    /// Changes how it is.
    pub fn set(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.state().script);
    }

    /// What came out.
    pub fn paper(&self) -> Output {
        print(&self.state().printed)
    }

    /// Its lines, without blank ones.
    pub fn lines(&self) -> Vec<String> {
        let trimmed = self.paper().text().into_iter().map(|l| l.trim().to_owned());
        trimmed.filter(|l| !l.is_empty()).collect()
    }

    pub fn connections(&self) -> usize {
        self.state().connections
    }

    pub fn recovered(&self) -> usize {
        self.state().recovered
    }

    pub fn received(&self) -> usize {
        self.state().received
    }

    /// Waits until its paper is so, and gives it.
    pub fn wait(&self, is: impl Fn(&[String]) -> bool) -> Vec<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let lines = self.lines();
            if is(&lines) {
                return lines;
            }
            assert!(Instant::now() < deadline, "the paper never came there: {lines:#?}");
            let state = self.state();
            drop(self.0.1.wait_timeout(state, Duration::from_millis(200)).unwrap());
        }
    }

    fn serve(&self, mut stream: impl Read + Write) {
        self.state().connections += 1;
        let (mut raw, mut buffer, mut taken) = (Vec::new(), Vec::new(), 0_usize);
        let mut chunk = [0; 4096];
        loop {
            let script = self.state().script.clone();
            let most = if script.slow_ms > 0 { 1 } else { chunk.len() };
            let most = script.cut_at.map_or(most, |at| most.min(at.saturating_sub(taken)));
            if most == 0 {
                self.print(&mut buffer, &script);
                return;
            }
            let mut ended = false;
            match if script.stalls { Err(ErrorKind::WouldBlock.into()) } else { stream.read(&mut chunk[..most]) } {
                Ok(0) => ended = true,
                Ok(n) => {
                    taken += n;
                    self.state().received += n;
                    raw.extend_from_slice(&chunk[..n]);
                    thread::sleep(Duration::from_millis(script.slow_ms));
                }
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    thread::sleep(Duration::from_millis(1));
                }
                Err(_) => ended = true,
            }
            let (mut said, recoveries) = real_time(&mut raw, &mut buffer, &script, ended);
            if recoveries > 0 {
                let mut state = self.state();
                state.recovered += recoveries;
                state.script.cutter_jam = false;
            }
            said.extend(self.print(&mut buffer, &script));
            if ended || stream.write_all(&said).is_err() {
                return;
            }
        }
    }

    /// Prints what is in the buffer, if it can, and says what it answers.
    fn print(&self, buffer: &mut Vec<u8>, script: &Script) -> Vec<u8> {
        if script.forgets {
            buffer.clear();
            return Vec::new();
        }
        if !script.prints() || buffer.is_empty() {
            return Vec::new();
        }
        let (out, done) = print_whole(buffer);
        let mut said = Vec::new();
        for act in out.acts {
            match act {
                Act::Answer(b'r') if script.in_turn => said.push(0),
                Act::Name(name) if script.by_name => {
                    said.extend([0x37, 0x22]);
                    said.extend(name);
                    said.push(0);
                }
                Act::Tell(1..) => said.extend(script.change()),
                Act::Pulse { .. } => self.state().script.drawer_open = true,
                _ => {}
            }
        }
        let mut state = self.state();
        state.printed.extend(buffer.drain(..done));
        drop(state);
        self.0.1.notify_all();
        said
    }
}

/// Takes real-time questions out of what came in, and answers them. Says as well how often it was told to go on.
fn real_time(raw: &mut Vec<u8>, buffer: &mut Vec<u8>, script: &Script, ended: bool) -> (Vec<u8>, usize) {
    let (mut said, mut recoveries) = (Vec::new(), 0);
    let mut at = 0;
    while at < raw.len() {
        match raw[at..] {
            [0x10, 0x04, n @ 1..=4, ..] => {
                if script.real_time {
                    said.push(script.answer(n));
                }
                at += 3;
            }
            [0x10, 0x05, 1 | 2, ..] => {
                recoveries += 1;
                at += 3;
            }
            [0x10] | [0x10, 0x04 | 0x05] if !ended => break,
            _ => {
                buffer.push(raw[at]);
                at += 1;
            }
        }
    }
    raw.drain(..at);
    (said, recoveries)
}

/// A port at an address of this process alone: at that of everybody, a test beside it could be given the port between its
/// being given up here and its being used again.
pub fn listener() -> TcpListener {
    let [_, a, b, c] = std::process::id().to_be_bytes();
    TcpListener::bind((std::net::Ipv4Addr::new(127, 64 | a, b, c), 0)).unwrap()
}

/// A port where nobody listens yet.
pub fn nowhere() -> SocketAddr {
    listener().local_addr().unwrap()
}
