//! The promises of the print spool, each against a printer that can fail in its way: nothing is
//! lost, nothing is doubled unmarked, and nobody waits for somebody else's printer.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use counterflow::devices::job;
use counterflow::devices::printer::{Failover, Printer, Printers};
use counterflow::devices::spooler::{PrinterReport, SpoolerHandle, start};
use counterflow::documents::{Block, Document, DocumentKind};
use counterflow::domain::spool::{JobAct, JobState};
use counterflow::domain::time::Stamp;

use crate::paper_queue::{NOW, PaperQueue};
use crate::printer::{Emulator, Script, listener, nowhere};

/// What a test prints on.
struct Bench {
    queue: PaperQueue,
    printers: Arc<Printers>,
    spoolers: Vec<SpoolerHandle>,
    reports: Receiver<PrinterReport>,
}

fn at(name: &str, address: &str, profile: &str) -> Printer {
    let mut printer = Printer::new(name, address, profile).unwrap();
    printer.receipts_for = Some(Vec::new());
    printer.failover = Failover::None;
    printer.timeout = Duration::from_millis(1500);
    printer
}

/// The printer of a station at a network address.
fn station(name: &str, address: SocketAddr) -> Printer {
    let mut printer = at(name, &format!("tcp:{address}"), "epson-tm-t88");
    printer.stations = vec![name.to_owned()];
    printer
}

fn receipts(name: &str, address: SocketAddr) -> Printer {
    let mut printer = at(name, &format!("tcp:{address}"), "epson-tm-t88");
    printer.receipts_for = None;
    printer
}

fn bench(printers: Vec<Printer>) -> Bench {
    let printers = Arc::new(Printers::new(printers).unwrap());
    let queue = PaperQueue::default();
    let (sender, reports) = channel();
    let spoolers = printers.iter().map(|printer| {
        let sender = sender.clone();
        let report = Box::new(move |r| drop(sender.send(r)));
        start(Arc::clone(&printers), &printer.name, Box::new(queue.open()), Box::new(|| NOW), report).unwrap()
    });
    let spoolers = spoolers.collect();
    Bench { queue, printers, spoolers, reports }
}

impl Bench {
    /// Commits a document for a printer: a station's ticket, if the printer serves one.
    fn add(&self, printer: &str, title: &str, queued: Stamp) -> i64 {
        let printer = self.printers.get(printer).unwrap();
        let station = printer.stations.first().map(String::as_str);
        let kind = if station.is_some() { DocumentKind::Kitchen } else { DocumentKind::Receipt };
        let blocks = vec![Block::text(title), Block::text("2 Flat white"), Block::text("end")];
        let document = Document { kind, title: title.to_owned(), blocks, opens_drawer: false, cut: true };
        self.queue.add(job(&document, printer, station), queued)
    }

    /// Waits until a printer has this trouble.
    fn wait_trouble(&self, printer: &str, trouble: Option<&str>) {
        loop {
            let report = self.reports.recv_timeout(Duration::from_secs(60)).expect("no such trouble was told");
            if report.state.printer == printer && report.state.trouble.as_deref() == trouble {
                return;
            }
        }
    }

    fn wake(&self) {
        self.spoolers.iter().for_each(|s| s.wake());
    }
}

/// A ticket as it stands on paper when nothing went wrong.
fn whole(title: &str) -> Vec<String> {
    [title, "2 Flat white", "end"].map(str::to_owned).to_vec()
}

fn tickets(numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.flat_map(|n| whole(&format!("KIT-{n:04}"))).collect()
}

#[test]
fn a_printer_confirms_by_name_in_turn_or_not_at_all_and_is_asked_to_find_out() {
    let silent = "everything was sent; the printer does not say whether it printed";
    for (script, state, detail) in [
        (Script::default(), JobState::Confirmed, ""),
        (Script { by_name: false, ..Script::default() }, JobState::Confirmed, ""),
        (Script { by_name: false, in_turn: false, ..Script::default() }, JobState::Unconfirmed, silent),
        (Script::mute(), JobState::Unconfirmed, silent),
    ] {
        // What it calls itself is one and the same: it is not believed.
        let (emulator, address) = Emulator::tcp(script);
        let bench = bench(vec![receipts("counter", address)]);
        let id = bench.add("counter", "Receipt 1", NOW);
        assert_eq!(bench.queue.wait_for(id, state).detail, detail);
        assert_eq!(emulator.lines(), whole("Receipt 1"));
        assert_eq!(emulator.paper().unknown, []);
    }
}

#[test]
fn a_printer_that_others_would_call_generic_is_not_asked_what_it_would_print() {
    let (emulator, address) = Emulator::tcp(Script::default());
    let bench = bench(vec![at("counter", &format!("tcp:{address}"), "generic-80")]);
    let id = bench.add("counter", "Receipt 1", NOW);
    bench.queue.wait_for(id, JobState::Confirmed);
    assert_eq!(emulator.paper().count(|a| matches!(a, crate::printer_emulator::Act::Name(_))), 0);
}

#[test]
fn trouble_before_a_job_is_named_and_clears_by_itself() {
    for (break_it, trouble) in [
        ((|s| s.paper = false) as fn(&mut Script), "paper out"),
        (|s| s.cover_open = true, "cover open"),
        (|s| s.cutter_jam = true, "cutter jam"),
    ] {
        let (emulator, address) = Emulator::tcp(Script::default());
        emulator.set(break_it);
        let bench = bench(vec![station("grill", address)]);
        let ids = [bench.add("grill", "KIT-0001", NOW), bench.add("grill", "KIT-0002", NOW)];
        bench.wait_trouble("grill", Some(trouble));
        assert_eq!(bench.queue.wait_for(ids[0], JobState::Failed).attempts, 0);
        assert_eq!(emulator.lines(), Vec::<String>::new(), "nothing is sent to it");
        emulator.set(|s| *s = Script::default());
        bench.wait_trouble("grill", None);
        bench.queue.wait_for(ids[1], JobState::Confirmed);
        assert_eq!(emulator.lines(), tickets(1..=2), "unmarked: nothing of it was on paper");
    }
}

#[test]
fn paper_that_ends_within_a_ticket_is_waited_for_and_the_ticket_comes_out_once() {
    let (emulator, address) = Emulator::tcp(Script::default());
    let bench = bench(vec![station("grill", address)]);
    // It was well when it was asked; then it takes the ticket, and cannot print it.
    let first = bench.add("grill", "KIT-0001", NOW);
    bench.queue.wait_for(first, JobState::Confirmed);
    emulator.set(|s| (s.in_turn, s.by_name) = (false, false));
    let id = bench.add("grill", "KIT-0002", NOW);
    bench.queue.wait_for(id, JobState::Sending);
    emulator.wait(|lines| lines.len() == 6);
    emulator.set(|s| s.paper = false);
    bench.wait_trouble("grill", Some("paper out"));
    assert_eq!(bench.queue.get(id).state, JobState::Sending, "the printer has it");
    emulator.set(|s| *s = Script::default());
    let next = bench.add("grill", "KIT-0003", NOW);
    bench.queue.wait_for(next, JobState::Confirmed);
    // Whether the second was printed before the paper ended, nobody said: it came again, marked.
    let lines = emulator.lines();
    assert_eq!(lines.iter().filter(|l| *l == "KIT-0003").count(), 1);
    let twice = lines.iter().filter(|l| *l == "KIT-0002").count();
    let marked = lines.iter().filter(|l| l.contains("POSSIBLE DUPLICATE")).count();
    assert_eq!(twice, 1 + marked, "{lines:#?}");
}

#[test]
fn a_ticket_whose_cable_was_pulled_comes_again_marked_and_a_receipt_asks() {
    for (name, script) in [("grill", Script::default()), ("grill", Script::mute()), ("counter", Script::mute())] {
        // In the middle of the ticket, behind whatever was asked before.
        let (emulator, address) = Emulator::tcp(Script { cut_at: Some(60), ..script });
        let printer = if name == "grill" { station(name, address) } else { receipts(name, address) };
        let bench = bench(vec![printer]);
        let id = bench.add(name, "KIT-0001", NOW);
        emulator.wait(|_| emulator.connections() > 0);
        std::thread::sleep(Duration::from_millis(100));
        emulator.set(|s| s.cut_at = None);
        if name == "counter" {
            // A mute one may take all into the socket: then it is sent, else it broke off.
            let done = [JobState::Unknown, JobState::Unconfirmed];
            std::thread::sleep(Duration::from_secs(2));
            assert!(done.contains(&bench.queue.get(id).state));
            assert!(emulator.connections() <= 2, "nothing is sent again");
            continue;
        }
        let lines = emulator.wait(|lines| lines.ends_with(&["end".to_owned()]));
        let titles = lines.iter().filter(|l| *l == "KIT-0001").count();
        let marks = lines.iter().filter(|l| l.starts_with("REPRINT")).count();
        assert!(titles <= 1 + marks, "{lines:#?}");
    }
}

#[test]
fn a_printer_that_stops_answering_is_told_until_it_answers_again() {
    for script in [Script::default(), Script { by_name: false, in_turn: false, ..Script::default() }] {
        let (emulator, address) = Emulator::tcp(script.clone());
        let bench = bench(vec![receipts("counter", address)]);
        let well = bench.add("counter", "Receipt 1", NOW);
        let state = if script.in_turn { JobState::Confirmed } else { JobState::Unconfirmed };
        bench.queue.wait_for(well, state);
        // The next job is short enough for any buffer.
        emulator.set(|s| *s = Script::mute());
        let id = bench.add("counter", "Receipt 2", NOW);
        bench.wait_trouble("counter", Some("silent"));
        let job = bench.queue.wait_for(id, JobState::Unconfirmed);
        assert!(job.detail.contains("look whether it came out"), "{}", job.detail);
        // That it can be reached does not make it well.
        let told = bench.reports.recv_timeout(Duration::from_secs(4));
        assert!(told.as_ref().is_err_and(|e| *e == RecvTimeoutError::Timeout), "{told:?}");
        emulator.set(|s| *s = script.clone());
        bench.wait_trouble("counter", None);
        assert_eq!(emulator.lines(), [whole("Receipt 1"), whole("Receipt 2")].concat(), "nothing came twice");
    }
}

#[test]
fn a_printer_switched_off_and_on_with_a_full_buffer_leaves_its_jobs_unknown() {
    let (emulator, address) = Emulator::tcp(Script::default());
    let bench = bench(vec![receipts("counter", address)]);
    let first = bench.add("counter", "Receipt 1", NOW);
    bench.queue.wait_for(first, JobState::Confirmed);
    emulator.set(|s| s.forgets = true);
    let lost = bench.add("counter", "Receipt 2", NOW);
    assert!(bench.queue.wait_for(lost, JobState::Unknown).detail.contains("was it switched off?"));
    emulator.set(|s| s.forgets = false);
    let next = bench.add("counter", "Receipt 3", NOW);
    bench.queue.wait_for(next, JobState::Confirmed);
    assert_eq!(emulator.lines(), [whole("Receipt 1"), whole("Receipt 3")].concat());
    // It is listed, and a person has it printed again.
    let listed: Vec<i64> = bench.queue.open().list(0).unwrap().iter().map(|j| j.id).collect();
    assert_eq!(listed, [lost]);
    bench.queue.decide(lost, JobAct::Retry, &[]);
    bench.wake();
    bench.queue.wait_for(lost, JobState::Confirmed);
    assert_eq!(emulator.lines()[6], "REPRINT 1 - POSSIBLE DUPLICATE");
}

#[test]
fn a_ticket_lost_in_a_printers_buffer_comes_again_by_itself() {
    let (emulator, address) = Emulator::tcp(Script::default());
    let bench = bench(vec![station("grill", address)]);
    let first = bench.add("grill", "KIT-0001", NOW);
    bench.queue.wait_for(first, JobState::Confirmed);
    emulator.set(|s| s.forgets = true);
    let lost = bench.add("grill", "KIT-0002", NOW);
    bench.wait_trouble("grill", Some("not confirmed"));
    emulator.set(|s| s.forgets = false);
    bench.queue.wait_for(lost, JobState::Confirmed);
    let lines = emulator.lines();
    assert_eq!(lines[..3], whole("KIT-0001"));
    assert_eq!(lines[3], "REPRINT 1 - POSSIBLE DUPLICATE");
    assert_eq!(lines[5..], whole("KIT-0002"));
    assert_eq!(bench.queue.outcomes().len(), 3, "{:?}", bench.queue.outcomes());
}

#[test]
fn a_dead_station_holds_up_no_other_and_its_tickets_go_to_the_configured_one() {
    let nowhere = nowhere();
    let (bar, at_bar) = Emulator::tcp(Script::default());
    let (counter, at_counter) = Emulator::tcp(Script::default());
    let old = Stamp::new(NOW.utc_ms - 40_000, 60);
    for (failover, heading) in [
        (Failover::Printer("bar".to_owned()), vec!["FOR: GRILL"]),
        (Failover::Receipt, vec!["FOR: GRILL", "Its printer does not work: carry it", "through"]),
    ] {
        let mut grill = station("grill", nowhere);
        grill.failover = failover.clone();
        let bench = bench(vec![grill, station("bar", at_bar), receipts("counter", at_counter)]);
        let other = bench.add("bar", "BAR-0001", NOW);
        bench.queue.wait_for(other, JobState::Confirmed);
        let first = bench.add("grill", "KIT-0001", old);
        let second = bench.add("grill", "KIT-0002", old);
        for id in [first, second] {
            let gone = bench.queue.wait_for(id, JobState::Cancelled);
            assert!(gone.detail.contains("instead"), "{}", gone.detail);
        }
        let to = if failover == Failover::Receipt { &counter } else { &bar };
        let lines =
            to.wait(|lines| lines.iter().filter(|l| *l == "end").count() >= lines.len() / 9 && lines.len() >= 9);
        let at = lines.iter().position(|l| l == "FOR: GRILL").unwrap();
        let joined = lines[at..].join(" ");
        assert!(joined.starts_with(&heading.join(" ")), "{joined}");
        let kit = |n: u32| lines.iter().rposition(|l| *l == format!("KIT-{n:04}"));
        bench.queue.wait_open(0);
        assert!(kit(1) < kit(2) || kit(2).is_none(), "in order: {lines:#?}");
    }
}

#[test]
fn a_ticket_that_waits_only_a_moment_stays_with_its_station() {
    let address = nowhere();
    let (counter, at_counter) = Emulator::tcp(Script::default());
    let mut grill = station("grill", address);
    grill.failover = Failover::Receipt;
    let bench = bench(vec![grill, receipts("counter", at_counter)]);
    let id = bench.add("grill", "KIT-0001", NOW);
    bench.queue.wait_for(id, JobState::Failed);
    let (grill, _) = Emulator::tcp(Script::default());
    grill.listen(TcpListener::bind(address).unwrap());
    bench.queue.wait_for(id, JobState::Confirmed);
    assert_eq!((grill.lines(), counter.lines()), (tickets(1..=1), Vec::new()));
}

#[test]
fn yesterdays_tickets_wait_for_a_person_and_then_say_that_they_are_late() {
    let (emulator, address) = Emulator::tcp(Script::default());
    let bench = bench(vec![station("grill", address)]);
    let old = bench.add("grill", "KIT-0001", Stamp::new(NOW.utc_ms - 16 * 60_000, 60));
    let new = bench.add("grill", "KIT-0002", NOW);
    bench.queue.wait_for(new, JobState::Confirmed);
    assert_eq!(bench.queue.get(old).state, JobState::Stale);
    assert_eq!(emulator.lines(), tickets(2..=2));
    bench.queue.decide(old, JobAct::Retry, &[]);
    bench.queue.wait_for(old, JobState::Confirmed);
    let lines = emulator.lines();
    assert_eq!(lines[3..5], ["PRINTED LATE 01:30", "ordered 2026-11-24 01:14"]);
    assert_eq!(lines[5..], whole("KIT-0001"));
}

#[test]
fn a_serial_printer_keeps_the_same_promises() {
    let (emulator, line) = Emulator::serial(Script::default());
    let mut printer = at("grill", &format!("serial:{line}"), "epson-tm-t20");
    printer.stations = vec!["grill".to_owned()];
    let bench = bench(vec![printer]);
    for n in 1..=3 {
        bench.add("grill", &format!("KIT-{n:04}"), NOW);
    }
    bench.queue.wait_open(0);
    assert_eq!(emulator.lines(), tickets(1..=3));
    emulator.set(|s| s.paper = false);
    let id = bench.add("grill", "KIT-0004", NOW);
    bench.wait_trouble("grill", Some("paper out"));
    emulator.set(|s| s.paper = true);
    bench.queue.wait_for(id, JobState::Confirmed);
    assert_eq!(emulator.lines(), tickets(1..=4));
}

#[test]
fn a_jam_waits_for_somebody_and_nothing_is_done_about_it_before() {
    let (emulator, address) = Emulator::tcp(Script { cutter_jam: true, ..Script::default() });
    let bench = bench(vec![station("grill", address)]);
    let id = bench.add("grill", "KIT-0001", NOW);
    bench.wait_trouble("grill", Some("cutter jam"));
    bench.queue.wait_for(id, JobState::Failed);
    assert_eq!(emulator.recovered(), 0, "nobody has looked at it");
    bench.queue.decide(id, JobAct::Recover, &[]);
    bench.wake();
    bench.queue.wait_for(id, JobState::Confirmed);
    assert_eq!((emulator.recovered(), emulator.lines()), (1, tickets(1..=1)));
    assert!(bench.queue.outcomes().contains(&format!("{id} its printer is told to go on")));
    // Asked for once is told once: the next jam waits again.
    emulator.set(|s| s.cutter_jam = true);
    let next = bench.add("grill", "KIT-0002", NOW);
    bench.wait_trouble("grill", Some("cutter jam"));
    bench.queue.wait_for(next, JobState::Failed);
    assert_eq!(emulator.recovered(), 1);
}

#[test]
fn a_drawer_that_tells_is_seen_open_and_shut_again() {
    use counterflow::devices::printer::Level;
    use counterflow::documents::slip;
    let (emulator, address) = Emulator::tcp(Script::default());
    let mut counter = receipts("counter", address);
    counter.drawer_open_is = Some(Level::Low);
    let bench = bench(vec![counter]);
    let wait = |open: bool| loop {
        let report = bench.reports.recv_timeout(Duration::from_secs(60)).expect("the drawer was not seen");
        if report.state.drawer_open == open {
            return;
        }
    };
    bench.queue.add(job(&slip::drawer(), bench.printers.get("counter").unwrap(), None), NOW);
    bench.wake();
    wait(true);
    assert!(bench.queue.open().printers().unwrap()[0].drawer_open, "other sessions know it as well");
    // A printer that is in trouble shuts no drawer.
    emulator.set(|s| s.cover_open = true);
    bench.wait_trouble("counter", Some("cover open"));
    assert!(bench.queue.open().printers().unwrap()[0].drawer_open, "it was not seen shut");
    emulator.set(|s| s.cover_open = false);
    bench.wait_trouble("counter", None);
    emulator.set(|s| s.drawer_open = false);
    wait(false);
    assert_eq!(emulator.paper().count(|a| matches!(a, crate::printer_emulator::Act::Pulse { .. })), 1);
}

#[test]
fn what_answers_in_words_is_no_printer_and_has_printed_nothing() {
    use std::io::{Read, Write};
    let listener = listener();
    let address = listener.local_addr().unwrap();
    // A web server says nothing before it has read a line.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut byte = [0];
            while matches!(stream.read(&mut byte), Ok(1)) && byte[0] != b'\n' {}
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>");
            while matches!(stream.read(&mut byte), Ok(1)) {}
        }
    });
    let bench = bench(vec![receipts("counter", address)]);
    let id = bench.add("counter", "Receipt 1", NOW);
    let job = bench.queue.wait_for(id, JobState::Unknown);
    assert!(job.detail.contains("no receipt printer: check the address"), "{}", job.detail);
    bench.wait_trouble("counter", Some("no printer"));
}
