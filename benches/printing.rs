//! How long paper takes, and what it costs a sale: printed, never asserted. See `benches/README.md`.

#[path = "till/figures.rs"]
mod figures;

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use counterflow::devices::fonts::Fonts;
use counterflow::devices::printer::{Printer, Printers};
use counterflow::devices::spooler::start;
use counterflow::devices::{encode, job, logo_job};
use counterflow::documents::{Block, Document, DocumentKind, Style};
use counterflow::domain::event::{Event, Recorded};
use counterflow::domain::ids::{BoxId, RegisterId};
use counterflow::domain::spool::NewJob;
use counterflow::domain::time::{CutOff, Stamp};
use counterflow::store::{NewStore, SCHEMA, SpoolQueue, Store};
use uuid::Uuid;

use crate::figures::{Times, head};

const NOW: Stamp = Stamp { utc_ms: 1_795_480_200_000, offset_min: 60 };
const DEPTH: usize = 10_000;
/// How many of each are measured.
const COUNT: usize = 200;

/// A receipt as a café prints it.
fn receipt(lines: usize) -> Document {
    let loud = Style { bold: true, wide: true, ..Style::default() };
    let mut blocks = vec![
        Block::Logo("logo".to_owned()),
        Block::styled(counterflow::documents::Align::Centre, loud, "Café zur Brücke"),
        Block::Rule,
    ];
    blocks.extend((0..lines).map(|n| Block::row(2, format!("{n} Flat white with oat milk"), "6.40")));
    blocks.extend([Block::Rule, Block::row(0, "TOTAL", "€ 38.40"), Block::Feed(1)]);
    Document { kind: DocumentKind::Receipt, title: "Receipt 1".to_owned(), blocks, opens_drawer: true, cut: true }
}

/// A ticket of so many lines.
fn document_of(lines: usize, text: &str) -> Document {
    let blocks = vec![Block::text(text); lines];
    Document { kind: DocumentKind::Kitchen, title: "KIT-0001".to_owned(), blocks, opens_drawer: false, cut: true }
}

fn act() -> Recorded {
    Recorded {
        at: NOW,
        business_date: NOW.business_date(CutOff::default()),
        register: RegisterId(1),
        shift: None,
        staff: None,
        program: "bench".to_owned(),
        schema: SCHEMA,
        event: Event::NoSale { reason: "bench".to_owned() },
    }
}

/// A printer that tells when a job has come in whole.
fn printer() -> Result<(Printer, Receiver<Instant>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut printer = Printer::new("counter", &format!("tcp:{}", listener.local_addr()?), "epson-tm-t88")
        .map_err(anyhow::Error::msg)?;
    printer.ask_status = false;
    let (done, told) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if let Some(last) = last_byte(&mut stream) {
                let _ = done.send(last);
            }
        }
    });
    Ok((printer, told))
}

fn last_byte(stream: &mut TcpStream) -> Option<Instant> {
    let (mut buffer, mut last) = ([0; 65536], None);
    while let Ok(1..) = stream.read(&mut buffer) {
        last = Some(Instant::now());
    }
    last
}

fn main() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let new =
        NewStore { box_id: BoxId(Uuid::nil()), name: "Bench", now: NOW, cut_off: CutOff::default(), program: "bench" };
    let mut store = Store::create(dir.path(), &new)?;
    let (mut printer, told) = printer()?;

    head("an act with its receipt, committed");
    let bare = Times::of(COUNT, || drop(store.commit(&[act()], &[])));
    bare.row("without paper", None);
    let ticket = job(&receipt(6), &printer, None);
    let elsewhere = NewJob { printer: "nobody".to_owned(), ..ticket.clone() };
    let with = |store: &mut Store| Times::of(COUNT, || drop(store.commit(&[act()], std::slice::from_ref(&elsewhere))));
    with(&mut store).row("with a receipt, nothing else waiting", Some(bare.median()));
    let many = vec![elsewhere.clone(); 1000];
    for _ in 0..DEPTH / 1000 {
        store.commit(&[act()], &many)?;
    }
    with(&mut store).row(&format!("with a receipt, {DEPTH} others waiting"), Some(bare.median()));

    head("the act → the last byte at the printer's port");
    let queue = SpoolQueue::open(dir.path(), "bench", CutOff::default())?;
    let printers = Arc::new(Printers::new(vec![printer.clone()]).map_err(anyhow::Error::msg)?);
    let spooler = start(printers, "counter", Box::new(queue), Box::new(|| NOW), Box::new(drop))?;
    let mut times = Times::default();
    for _ in 0..COUNT / 4 {
        let began = Instant::now();
        store.commit(&[act()], std::slice::from_ref(&ticket))?;
        spooler.wake();
        times.push(told.recv_timeout(Duration::from_secs(60)).context("the job never came")?.duration_since(began));
    }
    times.row(&format!("a receipt of {} bytes over TCP", ticket.bytes.len()), Some(bare.median()));

    head("a document → its bytes");
    let plain = receipt(60);
    let bytes = encode(&plain, &printer).len();
    let times = Times::of(COUNT, || drop(encode(&plain, &printer)));
    times.row(&format!("60 lines, {bytes} bytes"), None);
    println!("{:.1} MB a second", bytes as f64 / times.median().as_secs_f64() / 1e6);

    let foreign = document_of(20, "2 فلافل مع خبز  น้ำส้ม  豆腐");
    printer.fonts = Arc::new(Fonts::of(&[], Path::new("/")).map_err(anyhow::Error::msg)?);
    let bytes = encode(&foreign, &printer).len();
    let times = Times::of(COUNT / 10, || drop(encode(&foreign, &printer)));
    times.row(&format!("20 lines that are drawn, {bytes} bytes"), None);

    let picture = [&b"P5 512 256 255\n"[..], &[0x60; 512 * 256]].concat();
    printer.set_logo(&picture).map_err(anyhow::Error::msg)?;
    let sent = encode(&receipt(6), &printer).len();
    printer.stored_logo = true;
    let stored = logo_job(&printer).map_or(0, |job| job.bytes.len());
    let named = encode(&receipt(6), &printer).len();
    println!("\na logo of 512 × 256 dots                                   bytes  at 9600 baud");
    for (what, bytes) in
        [("a receipt that brings it", sent), ("storing it, once", stored), ("a receipt that names it", named)]
    {
        println!("{what:<52}{bytes:>12}{:>12.1} s", bytes as f64 * 10.0 / 9600.0);
    }
    Ok(())
}
