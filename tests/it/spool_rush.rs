//! A Saturday evening: a thousand orders from two sessions, three stations, of which one is dead and
//! one hangs.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use counterflow::devices::job;
use counterflow::devices::printer::{Failover, Printer, Printers};
use counterflow::devices::spooler::start;
use counterflow::documents::{Block, Document, DocumentKind};
use counterflow::domain::event::{Event, Recorded};
use counterflow::domain::ids::RegisterId;
use counterflow::store::Store;

use crate::paper_queue::{NOW, PaperQueue};
use crate::printer::{Emulator, Script, nowhere};
use crate::store_shop::PROGRAM;

const ORDERS: u32 = 1000;
/// Every order has something for the bar and the grill, every fourth something fried.
const FRIED: u32 = 4;
/// How long a printer may take nothing; no sale may take as long.
const TIMEOUT: Duration = Duration::from_secs(15);

fn printer(name: &str, address: std::net::SocketAddr) -> Printer {
    let mut printer = Printer::new(name, &format!("tcp:{address}"), "epson-tm-t88").unwrap();
    printer.receipts_for = Some(Vec::new());
    printer.stations = vec![name.to_owned()];
    printer.timeout = TIMEOUT;
    printer.failover_after = Duration::from_secs(1);
    printer
}

fn ticket(printers: &Printers, station: &str, n: u32) -> counterflow::domain::spool::NewJob {
    let title = format!("{}-{n:04}", station.to_uppercase());
    let blocks = vec![Block::text(&title), Block::text("end")];
    let document = Document { kind: DocumentKind::Kitchen, title, blocks, opens_drawer: false, cut: true };
    job(&document, printers.get(station).unwrap(), Some(station))
}

/// What one session does: each order is one act with its tickets. Says how long the longest took.
fn sells(queue: &PaperQueue, printers: &Printers, register: u16) -> Duration {
    let mut store = Store::open(&queue.path(), PROGRAM).unwrap();
    let mut longest = Duration::ZERO;
    for n in (u32::from(register)..=ORDERS).step_by(2) {
        let mut jobs = vec![ticket(printers, "bar", n), ticket(printers, "grill", n)];
        if n.is_multiple_of(FRIED) {
            jobs.push(ticket(printers, "fry", n));
        }
        let recorded = queue.recorded(Event::NoSale { reason: format!("order {n}") });
        let recorded = Recorded { register: RegisterId(register), shift: None, at: NOW, ..recorded };
        let began = Instant::now();
        store.commit(&[recorded], &jobs).unwrap();
        longest = longest.max(began.elapsed());
    }
    longest
}

#[test]
fn a_dead_station_and_one_that_hangs_delay_nobody_and_lose_nothing() {
    let (bar, at_bar) = Emulator::tcp(Script::default());
    let (fry, at_fry) = Emulator::tcp(Script { stalls: true, ..Script::default() });
    let (counter, at_counter) = Emulator::tcp(Script::default());
    let dead = nowhere();
    let mut receipts = printer("counter", at_counter);
    (receipts.receipts_for, receipts.stations) = (None, Vec::new());
    let mut frying = printer("fry", at_fry);
    // It hangs where nothing is asked; what its socket takes is sent, and read once it goes on.
    (frying.failover, frying.ask_status) = (Failover::None, false);
    let printers =
        Arc::new(Printers::new(vec![printer("bar", at_bar), printer("grill", dead), frying, receipts]).unwrap());
    let queue = PaperQueue::default();
    let later = Instant::now();
    let clock = move || counterflow::domain::time::Stamp::new(NOW.utc_ms + later.elapsed().as_millis() as i64, 60);
    let spoolers: Vec<_> = printers
        .iter()
        .map(|p| {
            start(Arc::clone(&printers), &p.name, Box::new(queue.open()), Box::new(clock), Box::new(drop)).unwrap()
        })
        .collect();
    let sessions: Vec<_> = [1, 2]
        .map(|register| {
            let (queue, printers) = (queue.clone(), Arc::clone(&printers));
            thread::spawn(move || sells(&queue, &printers, register))
        })
        .into_iter()
        .collect();
    for session in sessions {
        let longest = session.join().unwrap();
        assert!(longest < TIMEOUT, "a sale took {longest:?}");
    }
    fry.set(|s| s.stalls = false);
    queue.wait_open(0);
    let ends = |lines: &[String]| lines.iter().filter(|l| *l == "end").count();
    fry.wait(|lines| ends(lines) >= (ORDERS / FRIED) as usize);
    assert!(spoolers.iter().all(|s| s.stop()));
    check(&bar.lines(), "BAR", 1);
    check(&counter.lines(), "GRILL", 1);
    check(&fry.lines(), "FRY", FRIED);
}

/// Every ticket is on this paper exactly once or marked, and each session's are in order.
fn check(lines: &[String], station: &str, step: u32) {
    let prefix = format!("{station}-");
    let numbers: Vec<u32> = lines.iter().filter_map(|l| l.strip_prefix(&prefix)?.parse().ok()).collect();
    for n in (step..=ORDERS).step_by(step as usize) {
        let times = numbers.iter().filter(|m| **m == n).count();
        assert!(times >= 1, "{station} {n} is lost");
        if times > 1 {
            let title = format!("{station}-{n:04}");
            let marked = |at: usize| lines[..at].iter().rev().take(6).any(|l| l.contains("POSSIBLE DUPLICATE"));
            let unmarked = lines.iter().enumerate().filter(|(at, l)| **l == title && !marked(*at)).count();
            assert!(unmarked <= 1, "{title} came twice unmarked");
        }
    }
    for register in [0, 1] {
        let of: Vec<u32> = numbers.iter().copied().filter(|n| n % 2 == register).collect();
        let mut first = Vec::new();
        for n in of {
            if !first.contains(&n) {
                first.push(n);
            }
        }
        assert!(first.is_sorted(), "{station}: the order was lost");
    }
}
