//! Disks that fail, fill up, or are slow, and kills at each system call of a sale: the program runs
//! under `strace`, which makes the system misbehave at a chosen moment.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use counterflow::domain::ids::RegisterId;
use counterflow::session::clock::SystemClock;
use counterflow::session::{Options, Session};
use serde_json::Value;

use crate::pty::Pty;
use crate::shop::{ADA, OWNER, Shop, name_of, words};

/// Whether programs can be traced here.
pub fn can_trace() -> bool {
    let works = Command::new("strace").args(["-f", "-o", "/dev/null", "-e", "trace=fsync", "true"]).output();
    let works = works.is_ok_and(|output| output.status.success());
    if !works {
        println!("skipped: strace is missing, or may not trace");
    }
    works
}

/// A command with a fault in it.
pub fn faulty(command: &Command, call: &str, fault: &str) -> Command {
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}")]);
    traced.args(["-e", &format!("inject={call}:{fault}")]);
    traced.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(name, value),
            None => traced.env_remove(name),
        };
    }
    traced
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// A café with an open order of 2.60, of which copies are made.
struct Copies {
    shop: Shop,
    lines: std::path::PathBuf,
}

impl Copies {
    fn new(lines: &str) -> Self {
        let shop = Shop::new();
        shop.rings(OWNER, ":open-shift 100.00\n22\n:cash\n");
        shop.rings(ADA, "22\n:note very hot\n");
        let file = shop.beside("lines");
        std::fs::write(&file, lines).unwrap();
        copy(&shop.data(), &shop.beside("as-it-was"));
        Self { shop, lines: file }
    }

    /// Rings the lines on a fresh copy with a fault.
    fn ring(&self, call: &str, fault: &str) -> (Output, Vec<Value>) {
        std::fs::remove_dir_all(self.shop.data()).unwrap();
        copy(&self.shop.beside("as-it-was"), &self.shop.data());
        let mut ring = self.shop.command(&["ring", "--as", name_of(ADA)]);
        ring.arg(&self.lines).env("COUNTERFLOW_PIN", ADA);
        let output = faulty(&ring, call, fault).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let said = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        (output, said)
    }

    /// What the next start finds: whether the sale is complete. Else the order stands as it was.
    #[track_caller]
    fn sold(&self, when: &str) -> bool {
        let options = Options {
            data: self.shop.data(),
            config: self.shop.config(),
            register: RegisterId(1),
            clock: Box::new(SystemClock),
            greeting: Vec::new(),
            watermark: None,
        };
        let session = Session::open(options).unwrap_or_else(|error| panic!("{when}: {error}"));
        let orders: Vec<_> = session.till.orders.values().collect();
        let receipt = session.till.last_sale.as_ref().unwrap().receipt;
        let sold = match (receipt, orders.as_slice()) {
            (1, [order]) => {
                let line = &order.lines[0];
                assert_eq!((order.lines.len(), order.payments.len()), (1, 0), "{when}");
                assert_eq!(line.kitchen_note.as_deref(), Some("very hot"), "{when}");
                false
            }
            (2, []) => true,
            (receipt, orders) => panic!("{when}: receipt {receipt}, orders {orders:?}"),
        };
        assert!(session.ui.kept.input.is_empty() && session.ui.kept.dialogs.is_empty(), "{when}");
        drop(session);
        let report = self.shop.store().verify(&mut |_, _| {});
        assert!(report.is_clean(), "{when}: {:?}", report.findings);
        sold
    }
}

#[test]
fn killed_at_each_system_call_a_sale_is_whole_or_not_at_all() {
    if !can_trace() {
        return;
    }
    let copies = Copies::new("<F12>\n");
    let mut kills = 0;
    for call in ["pwrite64", "fsync", "fdatasync", "ftruncate", "unlink"] {
        let mut seen = BTreeSet::new();
        for number in 1.. {
            let (output, said) = copies.ring(call, &format!("signal=KILL:when={number}"));
            if output.status.success() {
                break;
            }
            kills += 1;
            let when = format!("killed at {call} {number}");
            let sold = copies.sold(&when);
            seen.insert(sold);
            let told = said.first().is_some_and(|answer| answer["sale"]["receipt"] == 2);
            assert!(sold || !told, "{when}: a sale was acknowledged and is lost");
        }
        if call == "pwrite64" {
            assert_eq!(seen.len(), 2, "some kills come before the sale is durable, some after");
        }
    }
    println!("{kills} kills");
    assert!(kills > 20);
}

/// Whether it is told that the disk fails: for good, or until it was found whole again.
fn tells(words: &str) -> bool {
    words.contains("DISK FAILING, selling has stopped") || words.contains("The disk failed; the store was opened again")
}

#[test]
fn a_setup_that_was_killed_can_be_done_again() {
    if !can_trace() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("shop");
    let mut setup = Command::new(env!("CARGO_BIN_EXE_counterflow"));
    setup.arg("--data").arg(&data).args(["setup", "--template", "cafe", "--owner", "Olive", "--yes"]);
    setup.env("COUNTERFLOW_PIN", OWNER);
    for (call, step) in [("pwrite64", 23), ("fsync", 2), ("rename", 1), ("unlink", 1)] {
        for number in (1..).step_by(step) {
            if data.exists() {
                std::fs::remove_dir_all(&data).unwrap();
            }
            let killed = faulty(&setup, call, &format!("signal=KILL:when={number}")).output().unwrap();
            let again = setup.output().unwrap();
            let when = format!("killed at {call} {number}: {}", words(&again));
            // Killed when all was done, there is nothing left to do.
            let whole = words(&again).contains("there is a store");
            assert!(again.status.success() || whole, "{when}");
            let mut ring = Command::new(env!("CARGO_BIN_EXE_counterflow"));
            ring.arg("--data").arg(&data).args(["ring", "--as", "Olive"]).env("COUNTERFLOW_PIN", OWNER);
            let lines = dir.path().join("lines");
            std::fs::write(&lines, ":open-shift 0\n22\n:cash\n").unwrap();
            let rung = ring.arg(&lines).output().unwrap();
            assert!(rung.status.success(), "{when} {}", words(&rung));
            if killed.status.success() {
                break;
            }
        }
    }
}

#[test]
fn a_failed_fsync_is_told_and_never_tried_again_in_silence() {
    if !can_trace() {
        return;
    }
    let copies = Copies::new("<F12>\n22\n");
    let mut told = 0;
    // More than the program makes; where there is none to fail, the sale is made.
    for call in ["fsync", "fdatasync"] {
        for number in 1..=9 {
            let (output, said) = copies.ring(call, &format!("error=EIO:when={number}"));
            let when = format!("{call} {number} failed: {}", words(&output));
            let Some(answer) = said.first() else {
                // The very start failed: nobody could sign in.
                assert!(!output.status.success(), "{when}");
                assert!(!copies.sold(&when), "{when}");
                told += 1;
                continue;
            };
            let words = answer["said"].as_str().unwrap();
            if answer["ok"] == false {
                assert!(tells(words), "{when}");
                told += 1;
            } else {
                assert_eq!(answer["sale"]["receipt"], 2, "{when}");
            }
            // What is shown after the fault is what the store holds.
            let shown = said.iter().any(|a| a["sale"]["receipt"] == 2) || answer["order"].is_null();
            let receipt = copies.shop.store().recent_sales(1).unwrap()[0].receipt;
            assert_eq!(shown, receipt == 2, "{when}");
            let report = copies.shop.store().verify(&mut |_, _| {});
            assert!(report.is_clean(), "{when}: {:?}", report.findings);
        }
    }
    assert!(told > 0, "no fault was ever met");
}

#[test]
fn a_disk_that_goes_on_failing_stops_selling() {
    if !can_trace() {
        return;
    }
    let copies = Copies::new("<F12>\n22\n<F12>\n");
    let mut stopped = 0;
    // From some moment on none succeeds: at the start, at the sign-in, at the sale, after it. Where
    // the log has nothing to lose, the store is whole each time, and fails again with the next act.
    for number in 1..=6 {
        let (output, said) = copies.ring("fsync,fdatasync", &format!("error=EIO:when={number}+"));
        let when = format!("from {number} on: {}", words(&output));
        let failed = said.iter().position(|answer| answer["ok"] == false);
        if let Some(failed) = failed {
            assert!(tells(said[failed]["said"].as_str().unwrap()), "{when}");
            for answer in &said[failed..] {
                assert!(answer["ok"] == false && answer["sale"].is_null(), "{when}");
            }
            stopped += 1;
        } else if said.is_empty() {
            assert!(tells(&words(&output)), "{when}");
            stopped += 1;
        }
        assert!(copies.shop.store().verify(&mut |_, _| {}).is_clean(), "{when}");
    }
    assert!(stopped > 2, "{stopped}");
}

#[test]
fn a_slow_disk_and_an_impatient_finger_ring_one_sale() {
    if !can_trace() {
        return;
    }
    let shop = Shop::new();
    shop.rings(OWNER, ":open-shift 100.00\n");
    let mut till = Pty::start(&faulty(&shop.command(&[]), "fsync,fdatasync", "delay_exit=700000"));
    till.sign_in(ADA);
    till.keys("22<Enter>");
    till.sees("Order 1");
    till.keys("<F12><F12><Enter><F12>");
    till.wait("the last key's answer", |screen| screen.contains("Change") || screen.contains("Paid"));
    till.keys("22<Enter>");
    till.sees("Order 2");
    let sales = shop.store().recent_sales(9).unwrap();
    assert_eq!(sales.len(), 1);
    assert_eq!(sales[0].payments.len(), 1);
}

/// A small disk of its own, where this user may mount one.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(dir: &Path, size: &str) -> Option<Self> {
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(dir).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            println!("skipped: no small disk can be mounted here");
            return None;
        }
        Some(Self(dir.to_owned()))
    }

    /// Leaves not a byte free.
    fn fill(&self) -> std::path::PathBuf {
        let path = self.0.join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_records_nothing_and_sells_again_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(dir.path(), "8m") else { return };
    let shop = Shop::within(dir);
    shop.rings(OWNER, ":open-shift 100.00\n");
    let mut till = Pty::start(&shop.command(&[]));
    till.sign_in(ADA);
    till.sees(" MB left");
    let doctor = words(&shop.command(&["doctor"]).output().unwrap());
    assert!(doctor.contains("WRONG disk"), "{doctor}");
    till.keys("22<Enter>");
    till.sees("Order 1");
    let filler = disk.fill();
    till.keys("e");
    let screen = till.sees("disk is full");
    assert!(screen.contains("Peppermint") && !screen.contains("1 Espresso "), "{screen}");
    till.keys("<Left>");
    till.loses("disk is full");
    till.keys("<F12>");
    till.sees("disk is full");
    assert!(shop.store().recent_sales(9).unwrap().is_empty());
    std::fs::remove_file(filler).unwrap();
    till.keys("<F12>");
    till.sees("receipt 1");
    let sale = shop.store().recent_sales(1).unwrap().remove(0);
    assert_eq!(sale.lines.len(), 1);
    till.keys("<Ctrl-X>");
    till.ends();
    shop.verifies();
    drop(disk);
}

#[test]
fn a_full_disk_still_lets_people_in_to_close_their_shift() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(dir.path(), "12m") else { return };
    let shop = Shop::within(dir);
    // The first close makes the register's key.
    shop.rings(OWNER, ":open-shift 100.00\n:close-shift 100.00 0 0 .\n");
    // Each time: what was used of the room is set aside again.
    for z in 2..=3 {
        shop.rings(OWNER, ":open-shift 100.00\n");
        let lines = shop.beside("close");
        std::fs::write(&lines, "22\n:close-shift 100.00 0 0 .\n").unwrap();
        let filler = disk.fill();
        let mut ring = shop.command(&["ring", "--as", "Olive"]);
        let rung = ring.arg(&lines).env("COUNTERFLOW_PIN", OWNER).output().unwrap();
        let said = String::from_utf8_lossy(&rung.stdout).into_owned();
        let (sold, closed) = said.split_once('\n').unwrap_or_default();
        assert!(
            sold.contains("disk is full") && closed.contains(&format!("Z {z} BALANCED")),
            "{said} {}",
            words(&rung)
        );
        std::fs::remove_file(filler).unwrap();
    }
    shop.verifies();
    drop(disk);
}

#[test]
fn a_read_only_disk_is_told_before_anybody_sells() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(dir.path(), "8m") else { return };
    let shop = Shop::within(dir);
    let remount =
        |how: &str| Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&disk.0).status().unwrap();
    assert!(remount("ro").success());
    let output = shop.command(&["ring", "--as", "Ada"]).env("COUNTERFLOW_PIN", ADA).output().unwrap();
    assert_eq!(output.status.code(), Some(74), "{}", words(&output));
    assert!(words(&output).contains("is read-only: nothing can be recorded"), "{}", words(&output));
    assert!(remount("rw").success());
    shop.rings(OWNER, ":open-shift 0\n");
    drop(disk);
}

#[test]
fn a_torn_log_loses_nothing_that_was_before_its_tear() {
    let shop = Shop::new();
    shop.rings(OWNER, ":open-shift 100.00\n22\n:cash\n");
    let mut till = Pty::start(&shop.command(&[]));
    till.sign_in(ADA);
    till.keys("e");
    till.sees("Order 2");
    till.keys("<F12>");
    till.sees("receipt 2");
    till.kill();
    let log = shop.data().join("counterflow.db-wal");
    let whole = std::fs::read(&log).unwrap();
    copy(&shop.data(), &shop.beside("as-it-was"));
    let mut kept = BTreeSet::new();
    for cut in (0..=whole.len()).step_by(whole.len() / 40 + 1).chain([whole.len() - 1, whole.len()]) {
        for garbage in [false, true] {
            std::fs::remove_dir_all(shop.data()).unwrap();
            copy(&shop.beside("as-it-was"), &shop.data());
            let mut torn = whole[..cut].to_vec();
            if garbage {
                torn.resize(whole.len(), 0xA5);
            }
            std::fs::write(&log, torn).unwrap();
            let store = shop.store();
            assert!(store.verify(&mut |_, _| {}).is_clean(), "cut at {cut}");
            let sales = store.recent_sales(9).unwrap();
            assert!(sales.iter().any(|sale| sale.receipt == 1), "cut at {cut}");
            kept.insert(sales.len());
        }
    }
    assert_eq!(kept, BTreeSet::from([1, 2]));
}
