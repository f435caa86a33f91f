//! A queue of CUPS: `lp` takes the bytes as they are. No shell is involved.
//!
//! CUPS takes whatever it is given, and prints it whenever its printer comes back: last night's orders in the morning.
//! So a job is handed over only while the queue says that it prints, and followed until CUPS has passed it on; what it
//! does not pass on in time is taken back.

use std::fs::DirEntry;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::devices::port::{Connection, Trouble};
use crate::devices::status::{cover_open, paper_out};

/// How long a program of CUPS may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest complaint that is passed on.
const MAX_WORDS: u64 = 300;
/// The longest list that is read.
const MAX_LIST: u64 = 1 << 20;
/// How often it is looked whether CUPS still has a job.
const LOOK: Duration = Duration::from_millis(250);
/// So many looks a job may take that is being printed without a complaint: a minute and a half. CUPS does not tell how
/// far it is.
const LOOKS: usize = 360;
/// How long a network printer may take to be there.
const KNOCK: Duration = Duration::from_millis(300);
/// The programs that are needed.
const PACKAGE: &str = "of CUPS is not installed (package cups-client)";

/// How far a job is.
enum Stage {
    /// It is here, as far as it was written.
    Here,
    /// `lp` takes it.
    Handing(Program),
    /// CUPS has it.
    Queued { id: String, looked: Instant, looks_left: usize },
    /// CUPS has passed it on, or it is nowhere.
    Gone,
}

/// A job for a queue.
struct Cups {
    queue: String,
    bytes: Vec<u8>,
    stage: Stage,
}

pub(super) fn open(queue: &str) -> Box<dyn Connection> {
    Box::new(Cups { queue: queue.to_owned(), bytes: Vec::new(), stage: Stage::Here })
}

/// The queues that CUPS has; none where it does not run.
pub(super) fn queues() -> Vec<String> {
    let all = said_by("lpstat", &["-a"]).unwrap_or_default();
    let names = all.lines().filter(|line| !line.starts_with(char::is_whitespace));
    names.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

/// A program of CUPS at work. It is killed when it takes too long or is let go of.
struct Program {
    child: Child,
    reading: Option<JoinHandle<String>>,
    writing: Option<JoinHandle<io::Result<()>>>,
    until: Instant,
}

impl Program {
    fn start(name: &str, args: &[&str], input: Vec<u8>) -> io::Result<Self> {
        let mut command = Command::new(name);
        // Its words are read, so they must be those of every system.
        command.args(args).env("LC_ALL", "C");
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => io::Error::other(format!("the program `{name}` {PACKAGE}")),
            _ => error,
        })?;
        // Threads of their own, since the program may hang; killing it ends them too.
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let writing = stdin.map(|mut stdin| std::thread::spawn(move || stdin.write_all(&input)));
        let reading = stdout.map(|stdout| std::thread::spawn(move || text(stdout, MAX_LIST)));
        Ok(Self { child, reading, writing, until: Instant::now() + PATIENCE })
    }

    /// What it has said once it has ended well; nothing while it works.
    fn ended(&mut self) -> io::Result<Option<String>> {
        let status = match self.child.try_wait()? {
            Some(status) => status,
            None if Instant::now() > self.until => return Err(ErrorKind::TimedOut.into()),
            None => return Ok(None),
        };
        if !status.success() {
            let words = self.child.stderr.take().map(|stderr| text(stderr, MAX_WORDS)).unwrap_or_default();
            return Err(io::Error::other(words.trim().to_owned()));
        }
        if let Some(writing) = self.writing.take() {
            writing.join().unwrap_or(Err(ErrorKind::Other.into()))?;
        }
        Ok(Some(self.reading.take().and_then(|reading| reading.join().ok()).unwrap_or_default()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(from: impl Read, most: u64) -> String {
    let mut bytes = Vec::new();
    let _ = from.take(most).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a program of CUPS says.
fn said_by(name: &str, args: &[&str]) -> io::Result<String> {
    let mut program = Program::start(name, args, Vec::new())?;
    loop {
        if let Some(said) = program.ended()? {
            return Ok(said);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What CUPS says of a queue.
#[derive(Debug, Default, PartialEq, Eq)]
struct State {
    trouble: Option<Trouble>,
    /// The job that is being printed.
    printing: Option<String>,
    /// Whether it cannot reach its printer: of what is being printed, nothing has come out.
    unreached: bool,
    /// The jobs that it has.
    jobs: Vec<String>,
}

fn state(queue: &str) -> Result<State, Trouble> {
    match said_by("lpstat", &["-l", "-p", queue, "-a", queue, "-o", queue]) {
        Ok(said) => Ok(read(queue, &said)),
        Err(error) => Err(refused(queue, &error)),
    }
}

/// Why `lpstat` says nothing of a queue.
fn refused(queue: &str, error: &io::Error) -> Trouble {
    let words = error.to_string();
    match () {
        () if error.kind() == ErrorKind::TimedOut => Trouble::new("offline", "CUPS does not answer: is it busy?"),
        () if words.contains("nvalid destination") => {
            Trouble::new("not there", format!("CUPS has no queue {queue}: `lpstat -a` lists those it has"))
        }
        () if words.contains(PACKAGE) => Trouble::new("not working", words),
        () => Trouble::new("offline", format!("CUPS does not run: `sudo systemctl start cups` ({words})")),
    }
}

/// Reads what `lpstat -l -p -a -o` says of one queue.
fn read(queue: &str, said: &str) -> State {
    let mut state = State::default();
    let mut words = String::new();
    let mut about_printer = false;
    for line in said.lines() {
        let line_begins = !line.starts_with(char::is_whitespace);
        let detail = line.trim();
        if let Some(how) = line.strip_prefix("printer ").and_then(|rest| rest.strip_prefix(queue)) {
            about_printer = true;
            if how.starts_with(" disabled") {
                let words = format!("the queue {queue} is paused in CUPS: `cupsenable {queue}` has it go on");
                state.trouble = Some(Trouble::new("paused", words));
            }
            let printing = how.strip_prefix(" now printing ").and_then(|rest| rest.split_whitespace().next());
            state.printing = printing.map(|id| id.trim_end_matches('.').to_owned());
        } else if line_begins {
            about_printer = false;
            if detail.starts_with(&format!("{queue} not accepting")) {
                let words = format!("the queue {queue} takes no jobs in CUPS: `cupsaccept {queue}` has it take them");
                state.trouble = Some(Trouble::new("rejecting", words));
            } else if !detail.starts_with(&format!("{queue} accepting")) {
                state.jobs.extend(detail.split_whitespace().next().map(str::to_owned));
            }
        } else if about_printer {
            words.push_str(detail);
            words.push('\n');
        }
    }
    let says = |signs: &[&str]| signs.iter().any(|sign| words.contains(sign));
    state.unreached = says(&["connecting-to-device", "may not exist", "not responding", "unreachable", "offline"]);
    if state.trouble.is_none() {
        let unreached =
            || Trouble::new("offline", format!("CUPS cannot reach the printer of its queue {queue}: is it on?"));
        state.trouble = match () {
            () if says(&["media-empty", "media-needed"]) => Some(paper_out()),
            () if says(&["cover-open", "door-open"]) => Some(cover_open()),
            () => state.unreached.then(unreached),
        };
    }
    state
}

/// Whether a job is over whose turn never came: CUPS has a word on every other, though it may be an empty one.
fn never_began(queue: &str, id: &str) -> bool {
    let over = said_by("lpstat", &["-l", "-W", "completed", "-o", queue]).unwrap_or_default();
    let mut lines = over.lines().skip_while(|line| line.split_whitespace().next() != Some(id));
    let listed = lines.next().is_some();
    listed && !lines.take_while(|line| line.starts_with(char::is_whitespace)).any(|line| line.contains("Status:"))
}

/// Whether the printer of a queue cannot be reached at this moment. Where that cannot be told, it might be.
fn out_of_reach(queue: &str) -> bool {
    let said = said_by("lpstat", &["-v", queue]).unwrap_or_default();
    let device = said.split_once(": ").map_or("", |(_, device)| device.trim());
    if device.starts_with("usb://") {
        return !usb_printer_is_on(Path::new("/sys/bus/usb/devices"));
    }
    let Some((host, port)) = network_address(device) else { return false };
    let addresses = (host, port).to_socket_addrs().map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    !addresses.iter().any(|address| TcpStream::connect_timeout(address, KNOCK).is_ok())
}

/// Whether any printer is switched on at a USB socket, whoever drives it: CUPS takes it from the kernel's own driver.
fn usb_printer_is_on(devices: &Path) -> bool {
    let Ok(devices) = devices.read_dir() else { return true };
    let class = |entry: DirEntry| std::fs::read_to_string(entry.path().join("bInterfaceClass")).unwrap_or_default();
    devices.flatten().any(|entry| class(entry).trim() == "07")
}

/// Host and port of `socket://10.0.0.5:9100`, `ipp://printer.local/ipp/print`.
fn network_address(device: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = device.split_once("://")?;
    let usual = match scheme {
        "socket" => 9100,
        "lpd" => 515,
        "ipp" | "ipps" | "http" | "https" => 631,
        _ => return None,
    };
    let address = rest.split(['/', '?']).next()?;
    let address = address.rsplit_once('@').map_or(address, |(_, address)| address);
    match address.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        Some((host, port)) => Some((host.trim_matches(['[', ']']), port.parse().ok()?)),
        None => Some((address.trim_matches(['[', ']']), usual)),
    }
}

impl Cups {
    /// Whether CUPS still has the job, as the number of looks that it may take.
    fn follow(&mut self) -> io::Result<usize> {
        let Stage::Queued { id, looked, looks_left } = &mut self.stage else { return Ok(0) };
        if looked.elapsed() < LOOK {
            return Ok(*looks_left);
        }
        *looked = Instant::now();
        let state = state(&self.queue).map_err(|trouble| io::Error::other(trouble.words))?;
        if !state.jobs.contains(id) {
            self.stage = Stage::Gone;
            return Ok(0);
        }
        if state.trouble.is_none() && state.printing.as_ref() == Some(id) {
            *looks_left = looks_left.saturating_sub(1).max(1);
        }
        Ok(*looks_left)
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
        match &mut self.stage {
            Stage::Here => {
                let bytes = std::mem::take(&mut self.bytes);
                let args = ["-d", &self.queue, "-o", "raw", "-t", "CounterFlow", "-"];
                self.stage = Stage::Handing(Program::start("lp", &args, bytes)?);
                Ok(LOOKS + 1)
            }
            Stage::Handing(lp) => match lp.ended() {
                Ok(None) => Ok(LOOKS + 1),
                Ok(Some(said)) => {
                    let id = said.strip_prefix("request id is ").and_then(|rest| rest.split_whitespace().next());
                    self.stage = match id {
                        Some(id) => Stage::Queued { id: id.to_owned(), looked: Instant::now(), looks_left: LOOKS },
                        // It has the job, and no more can be known.
                        None => Stage::Gone,
                    };
                    Ok(if id.is_some() { LOOKS } else { 0 })
                }
                Err(error) if error.kind() == ErrorKind::TimedOut => Err(error),
                Err(error) => {
                    self.stage = Stage::Here;
                    Err(io::Error::other(format!("CUPS refused it: {error}")))
                }
            },
            Stage::Queued { .. } => self.follow(),
            Stage::Gone => Ok(0),
        }
    }

    fn known(&mut self) -> Option<Result<(), Trouble>> {
        let state = state(&self.queue);
        Some(state.and_then(|state| state.trouble.map_or(Ok(()), Err)))
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }

    /// Nothing came out of what never was its turn, nor of what had no way to the printer. Both are looked at once CUPS
    /// has let go of it: until then it may begin at any moment, and CUPS forgets how far it was.
    fn take_back(&mut self) -> bool {
        match std::mem::replace(&mut self.stage, Stage::Gone) {
            Stage::Here => true,
            Stage::Handing(_) | Stage::Gone => false,
            Stage::Queued { id, .. } => {
                let unreached = state(&self.queue).is_ok_and(|state| state.unreached);
                let cancelled = said_by("cancel", &[&id]).is_ok();
                cancelled && (never_began(&self.queue, &id) || unreached && out_of_reach(&self.queue))
            }
        }
    }

    fn abandon(mut self: Box<Self>) {
        self.take_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(said: &str, trouble: Option<&str>, printing: Option<&str>, unreached: bool, jobs: &[&str]) {
        let state = read("front", said);
        let found = (state.trouble.as_ref().map(|t| t.short), state.printing.as_deref(), state.unreached);
        let jobs_found: Vec<&str> = state.jobs.iter().map(String::as_str).collect();
        assert_eq!((found, &jobs_found[..]), ((trouble, printing, unreached), jobs), "{said}");
    }

    #[test]
    fn what_cups_says_of_a_queue_is_read() {
        let accepts = "front accepting requests since Fri Nov 27 05:15:16 2026\n";
        let idle = "printer front is idle.  enabled since Fri Nov 27 05:15:16 2026\n\tForm mounted:\n\tAlerts: none\n";
        check(&format!("{idle}{accepts}"), None, None, false, &[]);
        let paused = "printer front disabled since Fri Nov 27 05:32:06 2026 -\n\troll change\n\tAlerts: paused\n";
        let job = "front-4                 root              3072   Fri Nov 27 05:32:06 2026\n\tAlerts: none\n";
        check(&format!("{paused}{accepts}{job}"), Some("paused"), None, false, &["front-4"]);
        let rejects = "front not accepting requests since Fri Nov 27 05:32:06 2026 -\n\tRejecting Jobs\n";
        check(&format!("{idle}{rejects}"), Some("rejecting"), None, false, &[]);
        let away = "printer front now printing front-5.  enabled since Fri Nov 27 05:32:06 2026\n\
                    \tThe printer may not exist or is unavailable at this time.\n\tAlerts: none\n";
        let job = "front-5  root  3072   Fri Nov 27 05:32:06 2026\n\tStatus: The printer is not responding.\n";
        check(&format!("{away}{accepts}{job}"), Some("offline"), Some("front-5"), true, &["front-5"]);
        let busy = "printer front now printing front-6.  enabled since Fri Nov 27 05:32:06 2026\n\
                    \tWaiting for printer to finish.\n\tAlerts: cups-waiting-for-job-completed\n";
        check(busy, None, Some("front-6"), false, &[]);
        let empty = "printer front is idle.  enabled since Fri Nov 27 05:15:16 2026\n\tAlerts: media-empty-error\n";
        check(empty, Some("paper out"), None, false, &[]);
    }

    #[test]
    fn where_a_network_printer_is_is_read() {
        let check = |device: &str, address| assert_eq!(network_address(device), address, "{device}");
        check("socket://10.0.0.5", Some(("10.0.0.5", 9100)));
        check("socket://10.0.0.5:9101/?waiteof=false", Some(("10.0.0.5", 9101)));
        check("lpd://ada@bar.local/queue", Some(("bar.local", 515)));
        check("ipp://[fe80::1]/ipp/print", Some(("fe80::1", 631)));
        check("ipp://[fe80::1]:8631/ipp/print", Some(("fe80::1", 8631)));
        check("dnssd://Front._ipp._tcp.local/", None);
        check("usb://EPSON/TM-T20?serial=J1", None);
        check("", None);
    }

    #[test]
    fn a_printer_on_usb_is_known_by_its_class() {
        let devices = tempfile::tempdir().unwrap();
        let plug = |name: &str, class: &str| {
            std::fs::create_dir(devices.path().join(name)).unwrap();
            std::fs::write(devices.path().join(name).join("bInterfaceClass"), class).unwrap();
        };
        plug("1-1:1.0", "03\n");
        assert!(!usb_printer_is_on(devices.path()));
        plug("1-2:1.0", "07\n");
        assert!(usb_printer_is_on(devices.path()));
        assert!(usb_printer_is_on(&devices.path().join("nothing")), "where it cannot be told, it might be");
    }

    #[test]
    fn why_it_says_nothing_is_told() {
        let short = |words: &str| refused("front", &io::Error::other(words.to_owned())).short;
        assert_eq!(short("lpstat: Invalid destination name in list \"front\"."), "not there");
        assert_eq!(short("lpstat: Scheduler is not running."), "offline");
        assert_eq!(short("the program `lpstat` of CUPS is not installed (package cups-client)"), "not working");
        assert_eq!(refused("front", &ErrorKind::TimedOut.into()).short, "offline");
    }
}
