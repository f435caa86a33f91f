//! The spooler against printers that refuse, stall, break off, answer, and lie.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use counterflow::devices::job;
use counterflow::devices::printer::{Printer, Printers};
use counterflow::devices::spooler::{PrinterReport, SpoolerHandle, start};
use counterflow::documents::{Block, Document, DocumentKind, slip};
use counterflow::domain::spool::{JobAct, JobState, NewJob};
use counterflow::domain::time::Stamp;

use crate::paper_queue::{NOW, PaperQueue};
use crate::printer::{Emulator, Script, listener};
use crate::printer_emulator::{Act, print};

/// More than any socket buffers for a reader that does not read.
const HUGE: usize = 16 << 20;

fn at(address: &str) -> Printer {
    let mut printer = Printer::new("counter", address, "generic-80").unwrap();
    printer.ask_status = false;
    printer.timeout = Duration::from_millis(400);
    printer
}

fn listen() -> (TcpListener, Printer) {
    let listener = listener();
    let printer = at(&format!("tcp:{}", listener.local_addr().unwrap()));
    (listener, printer)
}

fn receipt(n: u32, printer: &Printer) -> NewJob {
    let document = Document {
        kind: DocumentKind::Receipt,
        title: format!("Receipt {n}"),
        blocks: vec![Block::text(format!("receipt {n}"))],
        opens_drawer: false,
        cut: true,
    };
    job(&document, printer, None)
}

fn huge(printer: &Printer) -> NewJob {
    let mut job = receipt(1, printer);
    job.bytes = b"\x1b@".iter().copied().chain(b"0123456789abcde\n".iter().copied().cycle().take(HUGE)).collect();
    job
}

fn spool(printer: &Printer, queue: &PaperQueue) -> (SpoolerHandle, Receiver<PrinterReport>) {
    let (reports, inbox) = channel();
    let clock = Box::new(|| NOW);
    let report = Box::new(move |r| drop(reports.send(r)));
    let printers = Arc::new(Printers::new(vec![printer.clone()]).unwrap());
    (start(printers, &printer.name, Box::new(queue.open()), clock, report).unwrap(), inbox)
}

/// Reads one connection to its end.
fn take(listener: &TcpListener) -> Vec<u8> {
    let mut bytes = Vec::new();
    listener.accept().unwrap().0.read_to_end(&mut bytes).unwrap();
    bytes
}

fn trouble(reports: &Receiver<PrinterReport>) -> String {
    loop {
        if let Some(trouble) = reports.recv_timeout(Duration::from_secs(60)).unwrap().state.trouble {
            return trouble;
        }
    }
}

#[test]
fn a_printer_that_refuses_is_tried_again_and_prints_unmarked() {
    let (listener, printer) = listen();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let queue = PaperQueue::default();
    let id = queue.add(receipt(1, &printer), NOW);
    let (spooler, reports) = spool(&printer, &queue);
    assert!(queue.wait_for(id, JobState::Failed).detail.contains("is the printer on"));
    assert_eq!(trouble(&reports), "offline");
    let listener = TcpListener::bind(address).unwrap();
    spooler.wake();
    assert_eq!(print(&take(&listener)).text(), ["receipt 1"]);
    assert_eq!(queue.wait_for(id, JobState::Unconfirmed).attempts, 1);
    let well = reports.iter().find(|r| r.state.trouble.is_none()).unwrap();
    assert_eq!(well.waiting, Default::default());
}

#[test]
fn paper_that_ran_out_is_told_before_anything_is_to_be_printed() {
    let (emulator, address) = Emulator::tcp(Script { paper: false, ..Script::default() });
    let printer = Printer::new("counter", &format!("tcp:{address}"), "generic-80").unwrap();
    let queue = PaperQueue::default();
    let (_spooler, reports) = spool(&printer, &queue);
    assert_eq!(trouble(&reports), "paper out");
    emulator.set(|script| script.paper = true);
    while reports.recv_timeout(Duration::from_secs(60)).unwrap().state.trouble.is_some() {}
    assert_eq!(emulator.lines(), Vec::<String>::new());
}

#[test]
fn jobs_keep_their_order() {
    let (listener, printer) = listen();
    let queue = PaperQueue::default();
    let ids: Vec<i64> = (1..=20).map(|n| queue.add(receipt(n, &printer), NOW)).collect();
    let (spooler, _reports) = spool(&printer, &queue);
    for n in 1..=20 {
        assert_eq!(print(&take(&listener)).text(), [format!("receipt {n}")]);
    }
    queue.wait_for(ids[19], JobState::Unconfirmed);
    let late = queue.add(receipt(21, &printer), NOW);
    spooler.wake();
    assert_eq!(print(&take(&listener)).text(), ["receipt 21"]);
    queue.wait_for(late, JobState::Unconfirmed);
}

#[test]
fn a_printer_that_accepts_and_never_reads_proves_nothing() {
    let (listener, printer) = listen();
    let queue = PaperQueue::default();
    let small = queue.add(receipt(1, &printer), NOW);
    let (spooler, reports) = spool(&printer, &queue);
    let held = listener.accept().unwrap();
    let job = queue.wait_for(small, JobState::Unconfirmed);
    assert!(job.detail.contains("does not say"), "{}", job.detail);
    let big = queue.add(huge(&printer), NOW);
    spooler.wake();
    let held_too = listener.accept().unwrap();
    assert!(queue.wait_for(big, JobState::Unknown).detail.contains("takes no more data"));
    assert_eq!(trouble(&reports), "stalled");
    drop((held, held_too));
}

#[test]
fn a_job_cut_off_is_unknown_holds_up_nobody_and_is_marked_when_sent_again() {
    let (listener, printer) = listen();
    let queue = PaperQueue::default();
    let id = queue.add(huge(&printer), NOW);
    queue.add(receipt(2, &printer), NOW);
    let (spooler, reports) = spool(&printer, &queue);
    let mut first = [0; 1000];
    listener.accept().unwrap().0.read_exact(&mut first).unwrap();
    queue.wait_for(id, JobState::Unknown);
    assert_eq!(print(&take(&listener)).text(), ["receipt 2"]);
    let told = reports.iter().find(|r| r.state.trouble.is_none() && r.waiting.undecided > 0).unwrap();
    assert_eq!((told.waiting.jobs, told.waiting.undecided), (0, 1));
    // A person looked, and asks for it again.
    queue.replace(id, b"\x1b@ab\n");
    queue.decide(id, JobAct::Retry, &[]);
    spooler.wake();
    let text = print(&take(&listener)).text();
    assert_eq!(text[0].trim(), "REPRINT 1 - POSSIBLE DUPLICATE");
    assert_eq!(text[1].trim(), "first printed 2026-11-24 01:30");
    assert_eq!(text[2], "ab");
    queue.wait_for(id, JobState::Unconfirmed);
}

#[test]
fn a_slow_printer_gets_everything() {
    let (listener, mut printer) = listen();
    // Far longer than a pause of the reader below, far shorter than the whole.
    printer.timeout = Duration::from_secs(20);
    let queue = PaperQueue::default();
    let mut job = huge(&printer);
    job.bytes.truncate(6 << 20);
    let bytes = job.bytes.clone();
    let id = queue.add(job, NOW);
    let (_spooler, _reports) = spool(&printer, &queue);
    let mut stream = listener.accept().unwrap().0;
    let (mut got, mut buffer) = (Vec::new(), vec![0_u8; 1 << 20]);
    loop {
        match stream.read(&mut buffer).unwrap() {
            0 => break,
            n => got.extend_from_slice(&buffer[..n]),
        }
        thread::sleep(Duration::from_millis(5));
    }
    assert!(got == bytes, "{} of {} bytes came through", got.len(), bytes.len());
    queue.wait_for(id, JobState::Unconfirmed);
}

#[test]
fn a_job_found_sending_is_unknown_and_not_printed_again() {
    let (listener, printer) = listen();
    let queue = PaperQueue::default();
    let id = queue.add(receipt(1, &printer), NOW);
    queue.force(id, "state = 'sending', attempts = 1");
    queue.add(receipt(2, &printer), NOW);
    let (_spooler, _reports) = spool(&printer, &queue);
    assert_eq!(print(&take(&listener)).text(), ["receipt 2"]);
    queue.wait_for(id, JobState::Unknown);
}

#[test]
fn a_drawer_is_opened_at_once_or_not_at_all() {
    let (listener, printer) = listen();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let queue = PaperQueue::default();
    let bare = queue.add(job(&slip::drawer(), &printer, None), NOW);
    let (spooler, reports) = spool(&printer, &queue);
    assert!(queue.wait_for(bare, JobState::Cancelled).detail.contains("the drawer was not opened"));
    assert_eq!(trouble(&reports), "offline");

    let listener = TcpListener::bind(address).unwrap();
    let pulses = |bytes: &[u8]| print(bytes).count(|a| matches!(a, Act::Pulse { .. }));
    let mut with_drawer = receipt(1, &printer);
    with_drawer.bytes = [b"\x1b@\x1bp\x00\x32\xfa", &with_drawer.bytes[2..]].concat();
    with_drawer.pulses_drawer = true;
    // The worker may be looking whether the printer is well again; such a connection brings nothing.
    let next = || loop {
        let bytes = take(&listener);
        if !bytes.is_empty() {
            return bytes;
        }
    };
    queue.add(with_drawer.clone(), NOW);
    spooler.wake();
    assert_eq!(pulses(&next()), 1);
    // Too late: the paper comes, the drawer stays shut.
    queue.add(with_drawer.clone(), Stamp::new(NOW.utc_ms - 120_000, 60));
    spooler.wake();
    let late = next();
    assert_eq!((pulses(&late), print(&late).text().len()), (0, 1));
    // Again: marked, and the drawer stays shut.
    // Begun once already, before anybody saw it.
    let begun = |job: NewJob| {
        let id = queue.add(NewJob { printer: "elsewhere".to_owned(), ..job }, NOW);
        queue.force(id, "attempts = 1, printer = 'counter'");
        id
    };
    begun(with_drawer);
    spooler.wake();
    let marked = next();
    assert_eq!((pulses(&marked), print(&marked).text().len()), (0, 3));
    let twice = begun(job(&slip::drawer(), &printer, None));
    spooler.wake();
    queue.wait_for(twice, JobState::Cancelled);
}

#[test]
fn the_screen_shows_its_paper() {
    let printer = Printer::new("paper", "screen", "text").unwrap();
    let queue = PaperQueue::default();
    let document = Document { opens_drawer: true, ..slip::drawer() };
    let mut receipt = receipt(1, &printer);
    receipt.printer = "paper".into();
    let (first, second) = (queue.add(receipt, NOW), queue.add(job(&document, &printer, None), NOW));
    let (_spooler, reports) = spool(&printer, &queue);
    queue.wait_for(first, JobState::Confirmed);
    queue.wait_for(second, JobState::Confirmed);
    let mut paper = reports.iter().filter_map(|r| r.paper);
    let cut = "- ".repeat(21).trim_end().to_owned();
    assert_eq!(paper.next(), Some(vec!["receipt 1".to_owned(), cut]));
    assert_eq!(paper.next(), Some(vec!["[drawer opens]".to_owned()]));
}

#[test]
fn a_file_takes_what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paper.bin");
    let printer = at(&format!("file:{}", path.display()));
    let queue = PaperQueue::default();
    let ids = [queue.add(receipt(1, &printer), NOW), queue.add(receipt(2, &printer), NOW)];
    let (_spooler, _reports) = spool(&printer, &queue);
    queue.wait_for(ids[1], JobState::Confirmed);
    assert_eq!(print(&std::fs::read(path).unwrap()).text(), ["receipt 1", "receipt 2"]);
}

#[test]
fn a_printer_that_is_not_there_says_so() {
    for (address, short) in
        [("device:/dev/usb/lp99", "not there"), ("serial:/dev/ttyNONE9", "not there"), ("device:/", "not working")]
    {
        let queue = PaperQueue::default();
        let printer = at(address);
        let id = queue.add(receipt(1, &printer), NOW);
        let (_spooler, reports) = spool(&printer, &queue);
        queue.wait_for(id, JobState::Failed);
        assert_eq!(trouble(&reports), short, "{address}");
    }
}

#[test]
fn a_till_that_closes_does_not_wait_for_a_hanging_printer() {
    let (listener, mut printer) = listen();
    printer.timeout = Duration::from_secs(3600);
    let queue = PaperQueue::default();
    let id = queue.add(huge(&printer), NOW);
    let (spooler, _reports) = spool(&printer, &queue);
    let held = listener.accept().unwrap();
    assert!(spooler.stop(), "the worker has ended");
    assert_eq!(queue.get(id).state, JobState::Unknown);
    drop(held);
}

#[cfg(unix)]
mod serial {
    use super::*;
    use serialport::{SerialPort, TTYPort};

    #[test]
    fn a_serial_printer_gets_its_bytes() {
        let (mut master, slave) = TTYPort::pair().unwrap();
        let printer = at(&format!("serial:{}", slave.name().unwrap()));
        let queue = PaperQueue::default();
        let id = queue.add(receipt(1, &printer), NOW);
        let expected = queue.get(id).bytes;
        let (_spooler, _reports) = spool(&printer, &queue);
        let (mut got, mut buffer) = (Vec::new(), [0_u8; 100]);
        // Held open here as well, so that the line does not hang up before all is read.
        master.set_timeout(Duration::from_secs(60)).unwrap();
        while got.len() < expected.len() {
            let n = master.read(&mut buffer).unwrap();
            got.extend_from_slice(&buffer[..n]);
        }
        assert_eq!(got, expected);
        drop(slave);
        queue.wait_for(id, JobState::Unconfirmed);
    }

    #[test]
    fn a_stalled_line_is_seen_and_not_waited_for() {
        let (_master, slave) = TTYPort::pair().unwrap();
        let printer = at(&format!("serial:{}", slave.name().unwrap()));
        drop(slave);
        let queue = PaperQueue::default();
        let id = queue.add(huge(&printer), NOW);
        let (_spooler, reports) = spool(&printer, &queue);
        queue.wait_for(id, JobState::Unknown);
        assert_eq!(trouble(&reports), "stalled");
    }

    #[test]
    fn a_scanner_is_read_and_found_again_after_it_was_pulled_out() {
        use counterflow::devices::scanner::{ScannerConfig, ScannerReport, Suffix, start};
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("scanner");
        let (mut master, slave) = TTYPort::pair().unwrap();
        std::os::unix::fs::symlink(slave.name().unwrap(), &link).unwrap();
        drop(slave);
        let port = link.to_str().unwrap().to_owned();
        let frame = counterflow::devices::frame::Frame::default();
        let config = ScannerConfig { port, baud: 9600, frame, prefix: String::new(), suffix: Suffix::Line };
        let (reports, inbox) = channel();
        let _scanner = start(config, Box::new(move |r| drop(reports.send(r)))).unwrap();
        let next = || inbox.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(next(), ScannerReport::Port(Ok(())));
        for n in 0..20 {
            master.write_all(format!("40000000000{n:02}\r\n").as_bytes()).unwrap();
        }
        for n in 0..20 {
            assert_eq!(next(), ScannerReport::Scan(format!("40000000000{n:02}")));
        }
        // Its place first: the name of the line is the next one's who asks for a line.
        std::fs::remove_file(&link).unwrap();
        drop(master);
        assert!(matches!(next(), ScannerReport::Port(Err(why)) if why.contains("is gone")));
        let (mut master, slave) = TTYPort::pair().unwrap();
        std::os::unix::fs::symlink(slave.name().unwrap(), &link).unwrap();
        drop(slave);
        while next() != ScannerReport::Port(Ok(())) {}
        master.write_all(b"5000112637922\n").unwrap();
        assert_eq!(next(), ScannerReport::Scan("5000112637922".to_owned()));
    }
}
