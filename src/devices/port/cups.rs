//! A queue of CUPS: `lp` takes the bytes as they are. No shell is involved.

use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::devices::port::{Connection, Trouble};

/// How long `lp` may take to queue a job.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest complaint that is passed on.
const MAX_WORDS: u64 = 300;

/// A job that `lp` is about to queue, whole or not at all.
struct Cups {
    child: Child,
    bytes: Vec<u8>,
}

pub(super) fn open(queue: &str) -> io::Result<Box<dyn Connection>> {
    let child = Command::new("lp")
        .args(["-d", queue, "-o", "raw", "-t", "CounterFlow", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => io::Error::other("the program `lp` of CUPS is not installed (package cups-client)"),
            _ => error,
        })?;
    Ok(Box::new(Cups { child, bytes: Vec::new() }))
}

impl Cups {
    /// Waits for `lp`, and passes on what it complains of.
    fn ended(&mut self) -> io::Result<()> {
        let until = Instant::now() + PATIENCE;
        let status = loop {
            match self.child.try_wait()? {
                Some(status) => break status,
                None if Instant::now() > until => {
                    self.kill();
                    return Err(ErrorKind::TimedOut.into());
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        if status.success() {
            return Ok(());
        }
        let mut words = String::new();
        if let Some(stderr) = self.child.stderr.take() {
            let _ = stderr.take(MAX_WORDS).read_to_string(&mut words);
        }
        Err(io::Error::other(format!("CUPS refused it: {}", words.trim())))
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Connection for Cups {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }

    fn pending(&mut self) -> io::Result<usize> {
        Ok(0)
    }

    fn known(&mut self) -> Option<Result<(), Trouble>> {
        Some(Ok(()))
    }

    fn close(mut self: Box<Self>) -> io::Result<()> {
        let Some(mut stdin) = self.child.stdin.take() else { return Err(ErrorKind::BrokenPipe.into()) };
        // A thread of its own, since `lp` may hang before it reads; killing it ends the thread too.
        let bytes = std::mem::take(&mut self.bytes);
        let writing = std::thread::spawn(move || stdin.write_all(&bytes));
        self.ended()?;
        writing.join().unwrap_or(Err(ErrorKind::Other.into()))
    }

    fn abandon(mut self: Box<Self>) {
        self.kill();
    }

    fn all_or_nothing(&self) -> bool {
        true
    }
}
