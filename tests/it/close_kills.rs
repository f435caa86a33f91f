//! The process is killed two hundred times while it closes shifts, and each shift is closed exactly once: one Z with
//! the next number, one signature, one slip, its sales in it and in no other; or it is open as if nobody had begun.
//!
//! The kill falls at a random moment of the close of the real process, counted from the answer to the sale before it.
//! `COUNTERFLOW_SEED` and `COUNTERFLOW_KILLS` ask for other runs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use counterflow::domain::event::{Event, Recorded};
use counterflow::domain::ids::{RegisterId, ShiftId};
use counterflow::domain::time::CutOff;
use counterflow::session::PROGRAM;
use counterflow::store::SpoolQueue;

use crate::crash::{Random, Ring, number};
use crate::shop::{OWNER, Shop};

const CLOSE: &str = ":close-shift 103.20 0 0 counted while the lights went out\n";

/// How long one close takes from the answer before it to its own.
fn close_takes(shop: &Shop) -> Duration {
    let mut command = shop.command(&["ring", "--as", "Olive"]);
    let mut ring = command.env("COUNTERFLOW_PIN", OWNER).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut answers = BufReader::new(ring.stdout.take().unwrap()).lines();
    let mut stdin = ring.stdin.take().unwrap();
    stdin.write_all(b":open-shift 100.00\n1\n:cash\n").unwrap();
    for _ in 0..3 {
        answers.next().unwrap().unwrap();
    }
    let began = Instant::now();
    stdin.write_all(CLOSE.as_bytes()).unwrap();
    let closed = answers.next().unwrap().unwrap();
    let took = began.elapsed();
    assert!(closed.contains("BALANCED"), "{closed}");
    drop(stdin);
    ring.wait().unwrap();
    took
}

/// All that register 1 has recorded.
fn recorded(shop: &Shop) -> Vec<Recorded> {
    let mut all = Vec::new();
    let each = &mut |entry: counterflow::store::Entry| {
        if entry.register == RegisterId(1) {
            all.push(serde_json::from_slice(&entry.body)?);
        }
        Ok(())
    };
    shop.store().journal(each).unwrap();
    all
}

/// Every Z has the next number, is signed at once, and holds its shift's sales; every sale is in one.
fn each_is_closed_once(shop: &Shop) -> u32 {
    let (mut sold, mut zs, mut shifts) = (BTreeMap::<ShiftId, u32>::new(), 0, BTreeSet::new());
    let all = recorded(shop);
    for (at, entry) in all.iter().enumerate() {
        match &entry.event {
            Event::SaleCompleted { sale, .. } => *sold.entry(sale.shift).or_default() += 1,
            Event::ShiftClosed { z } => {
                zs += 1;
                assert_eq!(z.number, zs, "Zs are numbered without gaps");
                assert!(shifts.insert(z.shift.id), "shift {} is closed twice", z.shift.number);
                assert_eq!(Some(z.shift.sums.sales), sold.remove(&z.shift.id), "Z {zs} holds the sales of its shift");
                assert!(matches!(all.get(at + 1).map(|next| &next.event), Some(Event::ShiftSealed { .. })), "Z {zs}");
            }
            _ => {}
        }
    }
    assert_eq!(sold, BTreeMap::new(), "every sale is in a Z");
    zs
}

#[test]
fn killed_while_it_closes_a_shift_is_closed_exactly_once() {
    let (seed, kills) = (number("COUNTERFLOW_SEED", 20_261_126), number("COUNTERFLOW_KILLS", 200));
    let shop = Shop::new();
    shop.prints();
    let window = (0..3).map(|_| close_takes(&shop)).max().unwrap().as_micros() as u64;
    println!("seed {seed}, {kills} kills within {window} µs");
    let (mut random, mut amid, mut half, began) = (Random(seed), 0, 0, Instant::now());
    for kill in 0..kills {
        let before = shop.till();
        let open = if before.shift.is_none() { ":open-shift 100.00\n" } else { "" };
        let lines = format!("{open}1\n:cash\n{CLOSE}");
        let asked = lines.lines().count();
        let moment = Duration::from_micros(random.next() % (window + 1));
        let answered = Ring::start(&shop, OWNER).killed_amid(&lines, asked - 1, moment);
        let after = shop.till();
        let closed = after.counters.z - before.counters.z;
        assert_eq!(after.shift.is_none(), closed == 1, "kill {kill}: {closed} Zs, and the shift is {:?}", after.shift);
        assert!(closed == 1 || answered < asked, "kill {kill}: a close was acknowledged and is lost");
        amid += u64::from(answered < asked);
        half += u64::from(answered < asked && closed == 1);
    }
    // What is left open is closed, and the second file has every Z once a till was opened.
    let open = if shop.till().shift.is_none() { ":open-shift 100.00\n1\n:cash\n" } else { "" };
    shop.rings(OWNER, &format!("{open}{CLOSE}"));
    shop.verifies();
    let zs = each_is_closed_once(&shop);
    let jobs = SpoolQueue::open(&shop.data(), PROGRAM, CutOff::default()).unwrap().list(100_000).unwrap();
    let slips: Vec<&str> = jobs.iter().filter(|j| j.title.starts_with("Z ")).map(|j| j.title.as_str()).collect();
    let titles: BTreeSet<&str> = slips.iter().copied().collect();
    assert_eq!((slips.len(), titles.len()), (zs as usize, zs as usize), "each Z is queued once");
    let anchors = std::fs::read_to_string(shop.data().join("anchors")).unwrap();
    assert_eq!(anchors.lines().count(), zs as usize);
    println!("{amid} of {kills} before the answer, {half} of those when it was closed; {zs} Zs, {:?}", began.elapsed());
    assert!(amid > 0 && half < amid, "kills that fall beside the close prove nothing");
}
