//! A power cut on a disk that forgets: whatever was written but not synced is gone, or half of it is.
//! The program is traced while it sells; from its own writes and syncs the disk is built as the cut
//! leaves it, at every acknowledged line and at many moments between, and opened again.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use counterflow::domain::event::Event;
use counterflow::session::PROGRAM;
use counterflow::store::Store;

use crate::faults::{can_trace, copy};
use crate::shop::{ADA, OWNER, Shop, words};

const CALLS: &str = "trace=openat,close,write,pwrite64,fdatasync,fsync,ftruncate,unlink";
/// Sales of the script: each is a line that is rung and one that is paid.
const SALES: usize = 8;

/// A file as the program sees it, and as the disk has it for sure.
#[derive(Clone, Default)]
struct File {
    seen: Vec<u8>,
    synced: Vec<u8>,
    /// What was written since.
    since: Vec<(usize, Vec<u8>)>,
}

impl File {
    fn write(&mut self, at: usize, bytes: &[u8]) {
        put(&mut self.seen, at, bytes);
        self.since.push((at, bytes.to_vec()));
    }

    fn sync(&mut self) {
        self.synced = self.seen.clone();
        self.since.clear();
    }

    /// As the cut leaves it: of what was not synced nothing, or every other write.
    fn left(&self, half: bool) -> Vec<u8> {
        let mut left = self.synced.clone();
        for (at, bytes) in self.since.iter().step_by(2).filter(|_| half) {
            put(&mut left, *at, bytes);
        }
        left
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    file.resize(file.len().max(at + bytes.len()), 0);
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

/// The disk, fed with the system calls of a trace.
struct Disk {
    dir: PathBuf,
    open: HashMap<u64, PathBuf>,
    files: BTreeMap<PathBuf, File>,
    /// How many lines were acknowledged.
    told: usize,
}

impl Disk {
    /// Takes a call that has returned; says whether it is worth a cut.
    fn take(&mut self, call: &str) -> bool {
        let Some((name, rest)) = call.split_once('(') else { return false };
        let Some((arguments, result)) = rest.rsplit_once(" = ") else { return false };
        let arguments: Vec<&str> = arguments.trim_end().trim_end_matches(')').split(", ").collect();
        let number = |at: usize| arguments.get(at).and_then(|a| a.parse::<u64>().ok()).unwrap_or(u64::MAX);
        let text = |at: usize| arguments.get(at).map(|a| unhex(a)).unwrap_or_default();
        let result: i64 = result.split(' ').next().unwrap_or_default().parse().unwrap_or(-1);
        if result < 0 {
            return false;
        }
        match name {
            "openat" => {
                let path = PathBuf::from(String::from_utf8_lossy(&text(1)).into_owned());
                self.open.insert(result as u64, path.clone());
                if path.parent() == Some(&self.dir) && !path.is_dir() {
                    self.files.entry(path).or_default();
                }
                false
            }
            "close" => {
                self.open.remove(&number(0));
                false
            }
            "unlink" => {
                self.files.remove(&PathBuf::from(String::from_utf8_lossy(&text(0)).into_owned()));
                true
            }
            "write" if number(0) == 1 => {
                self.told += text(1).iter().filter(|b| **b == b'\n').count();
                true
            }
            "pwrite64" => self.with(number(0), |file| file.write(number(3) as usize, &text(1))),
            "ftruncate" => self.with(number(0), |file| file.seen.resize(number(1) as usize, 0)),
            "fdatasync" | "fsync" => self.with(number(0), File::sync),
            _ => false,
        }
    }

    fn with(&mut self, fd: u64, act: impl FnOnce(&mut File)) -> bool {
        let file = self.open.get(&fd).and_then(|path| self.files.get_mut(path));
        file.map(act).is_some()
    }

    /// The folder as the cut leaves it.
    fn cut(&self, was: &Path, to: &Path, half: bool) {
        let _ = std::fs::remove_dir_all(to);
        copy(was, to);
        for (path, file) in self.files.iter().filter(|(path, _)| !path.to_string_lossy().ends_with("-shm")) {
            std::fs::write(to.join(path.strip_prefix(&self.dir).unwrap()), file.left(half)).unwrap();
        }
    }
}

/// `"\x41\x42"` as strace writes it.
fn unhex(text: &str) -> Vec<u8> {
    let digits = text.trim_matches('"').split("\\x").skip(1);
    digits.map(|digits| u8::from_str_radix(digits.get(..2).unwrap_or("0"), 16).unwrap_or_default()).collect()
}

/// The calls of a trace in the order in which they returned.
fn calls(trace: &str) -> Vec<String> {
    let mut begun: HashMap<&str, String> = HashMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(begin) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(thread, begin.to_owned());
        } else if let Some((_, end)) = call.split_once(" resumed>").filter(|_| call.starts_with("<...")) {
            calls.push(begun.remove(thread).unwrap_or_default() + end);
        } else {
            calls.push(call.to_owned());
        }
    }
    calls
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes() {
    if !can_trace() {
        return;
    }
    let shop = Shop::new();
    shop.rings(OWNER, ":open-shift 100.00\n");
    let (was, trace, lines) = (shop.beside("as-it-was"), shop.beside("trace"), shop.beside("lines"));
    copy(&shop.data(), &was);
    std::fs::write(&lines, "22\n:cash\n".repeat(SALES)).unwrap();
    let mut ring = shop.command(&["ring", "--as", "Ada"]);
    ring.arg(&lines).env("COUNTERFLOW_PIN", ADA);
    let mut traced = std::process::Command::new("strace");
    traced.args(["-f", "-qq", "-xx", "-s", "1000000", "-e", CALLS, "-o"]).arg(&trace);
    traced.arg(ring.get_program()).args(ring.get_args()).env("COUNTERFLOW_PIN", ADA);
    let output = traced.output().unwrap();
    assert!(output.status.success(), "{}", words(&output));

    let dir = shop.data();
    let mut disk = Disk { dir: dir.clone(), open: HashMap::new(), files: BTreeMap::new(), told: 0 };
    // What was there before is on the disk.
    for entry in std::fs::read_dir(&was).unwrap().map(Result::unwrap).filter(|e| e.file_type().unwrap().is_file()) {
        let bytes = std::fs::read(entry.path()).unwrap();
        let file = File { seen: bytes.clone(), synced: bytes, since: Vec::new() };
        disk.files.insert(dir.join(entry.file_name()), file);
    }
    let to = shop.beside("after-the-cut");
    let (mut cuts, mut forgotten) = (0, 0);
    let trace = std::fs::read_to_string(&trace).unwrap();
    for (at, call) in calls(&trace).iter().enumerate() {
        let told = disk.told;
        let acknowledged = disk.take(call) && disk.told > told;
        // At every acknowledged line, and now and then between.
        if !acknowledged && at % 23 != 0 {
            continue;
        }
        for half in [false, true] {
            forgotten += disk.files.values().map(|file| file.since.len()).sum::<usize>();
            disk.cut(&was, &to, half);
            check(&to, disk.told);
            cuts += 1;
        }
    }
    assert!(disk.told == 2 * SALES && cuts > 2 * SALES, "{} lines, {cuts} cuts", disk.told);
    assert!(forgotten > 0, "the disk had something to forget");
}

/// What the cut has left is whole, and has every sale that was acknowledged.
#[track_caller]
fn check(dir: &Path, told: usize) {
    let store = Store::open(dir, PROGRAM).unwrap();
    let report = store.verify(&mut |_, _| {});
    assert!(report.is_clean(), "after {told} lines: {:?}", report.findings);
    let (mut rung, mut sold) = (0, 0);
    store
        .journal(&mut |entry| {
            let recorded: counterflow::domain::event::Recorded = serde_json::from_slice(&entry.body).unwrap();
            rung += usize::from(matches!(recorded.event, Event::LineChanged { .. }));
            sold += usize::from(matches!(recorded.event, Event::SaleCompleted { .. }));
            Ok(())
        })
        .unwrap();
    assert!(rung >= told.div_ceil(2) && sold >= told / 2, "{told} told: {rung} rung, {sold} sold");
}
