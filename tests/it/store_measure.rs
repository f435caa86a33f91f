//! Figures, printed and never asserted. Run with
//! `cargo test --release --test it -- --ignored --nocapture store_measure`.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use counterflow::domain::event::Event;
use counterflow::domain::ids::RegisterId;
use counterflow::domain::spool::NewJob;
use counterflow::store::{SessionFile, Store};

use crate::store_shop::{PROGRAM, Shop, item, job, menu_of};

fn say(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!("{what:<58} p50 {:>9.1?}  p95 {:>9.1?}  p99 {:>9.1?}", at(50), at(95), at(99));
}

fn timed<T>(act: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let value = act();
    (start.elapsed(), value)
}

/// The floor: what one durable append of this many bytes takes on this disk.
fn floor(dir: &std::path::Path, bytes: usize) -> Vec<Duration> {
    let mut file = File::create(dir.join("floor")).unwrap();
    let block = vec![7; bytes];
    (0..500)
        .map(|_| {
            let write = || {
                file.write_all(&block).unwrap();
                file.sync_data().unwrap();
            };
            timed(write).0
        })
        .collect()
}

#[test]
#[ignore = "prints figures"]
fn commits_beside_their_floor() {
    let mut shop = Shop::new();
    say("write 32 KiB + fdatasync", floor(shop.path(), 32 * 1024));
    let paper = NewJob { bytes: vec![b'x'; 900], ..job("Receipt") };
    let (mut keys, mut sales) = (Vec::new(), Vec::new());
    for _ in 0..1_000 {
        let mut order = shop.ring(1, "10", 1, 320).unwrap();
        for _ in 0..3 {
            keys.push(timed(|| shop.ring_more(&mut order, "11", 1, 200).unwrap()).0);
        }
        let staff = shop.staff;
        let mut events = shop.settle(&order, 1);
        events.extend([
            Event::NoSale { reason: "x".to_owned() },
            Event::SignedOut { staff, locked: true },
            Event::SignedIn { staff },
        ]);
        let recorded: Vec<_> = events.into_iter().map(|e| shop.record(RegisterId(1), e)).collect();
        sales.push(timed(|| shop.store.commit(&recorded, std::slice::from_ref(&paper)).unwrap()).0);
    }
    say("one line on an order of 2 to 4", keys);
    say("a sale: 5 entries and a 0.9 KB job", sales);
    let (mut file, _) = SessionFile::open(shop.path(), RegisterId(1)).unwrap();
    say("a session's state of 1 KiB", (0..2_000).map(|_| timed(|| file.save(&[b'x'; 1024]).unwrap()).0).collect());
    drop(file);
    let (time, report) = timed(|| shop.store.verify(&mut |_, _| {}));
    println!(
        "verify {} entries, {} sales: {time:.1?}, {} findings",
        report.entries,
        report.sales,
        report.findings.len()
    );
    println!("rebuild: {:.1?}", timed(|| shop.store.rebuild(&mut |_, _| {}).unwrap()).0);
}

#[test]
#[ignore = "prints figures"]
fn a_large_menu() {
    let mut shop = Shop::new();
    let items = (0..20_000).map(|n| item(&n.to_string(), &[])).collect();
    println!("import 20,000 items: {:.1?}", timed(|| shop.commit(0, vec![menu_of(items)]).unwrap()).0);
    say("load 20,000 items", (0..20).map(|_| timed(|| shop.store.load_menu().unwrap()).0).collect());
    say("open the store", (0..20).map(|_| timed(|| Store::open(shop.path(), PROGRAM).unwrap()).0).collect());
}
