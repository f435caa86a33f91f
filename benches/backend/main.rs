//! Closed shifts on their way in: how fast beside a bare `COPY` of the same rows on the same PostgreSQL, how large, in
//! how much memory, and what a cashier notices of it. See `benches/README.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot go on stops")]
#![allow(unreachable_pub, reason = "the files of the tests")]

#[path = "../../tests/it/backend/cluster.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod cluster;
#[path = "../till/figures.rs"]
#[allow(dead_code, reason = "the bench of the till uses all of it")]
mod figures;
#[path = "../till/floors.rs"]
#[allow(dead_code, reason = "the bench of the till uses all of it")]
mod floors;
mod meanwhile;
mod rate;
#[path = "../../tests/it/shop.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod shop;
#[path = "../till/terminal.rs"]
#[allow(dead_code, reason = "the bench of the till uses all of it")]
mod terminal;
#[path = "../../tests/it/backend/tills.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod tills;

use std::time::{Duration, Instant};

use crate::cluster::{Cluster, Server};
use crate::shop::Shop;
use crate::tills::{Tenant, enrol, sell_shifts};

const USAGE: &str = "cargo bench --features backend --bench backend -- [--quick] [--only rate|memory|meanwhile] \
                     [--shifts N] [--orders N] [--large N]";

/// How large everything is.
pub struct Sizes {
    /// Shifts of each of eight registers.
    pub shifts: usize,
    /// Orders of each shift.
    pub orders: usize,
    /// Orders of the one large shift.
    pub large: usize,
    /// Shifts that are sent while somebody sells.
    pub sent: usize,
    /// Keys that are pressed with nothing else under way.
    pub keys: usize,
}

/// What a full run takes some minutes for, and a run that shows each figure.
const FULL: Sizes = Sizes { shifts: 25, orders: 60, large: 10_000, sent: 30, keys: 400 };
const QUICK: Sizes = Sizes { shifts: 3, orders: 20, large: 300, sent: 30, keys: 60 };

fn main() {
    let mut given = std::env::args().skip(1).filter(|name| name != "--bench");
    let (mut sizes, mut only) = (FULL, None);
    while let Some(name) = given.next() {
        let mut number = || given.next().and_then(|n| n.parse().ok()).expect(USAGE);
        match name.as_str() {
            "--quick" => sizes = QUICK,
            "--shifts" => sizes.shifts = number(),
            "--orders" => sizes.orders = number(),
            "--large" => sizes.large = number(),
            "--only" => only = Some(given.next().expect(USAGE)),
            _ => panic!("{USAGE}"),
        }
    }
    let wanted = |what: &str| only.as_deref().is_none_or(|only| only == what);
    let cluster = Cluster::new();
    cluster.tell(&["migrate"]);
    if wanted("rate") {
        rate::measure(&cluster, &sizes);
    }
    if wanted("memory") {
        memory(&cluster, &sizes);
    }
    if wanted("meanwhile") {
        meanwhile::measure(&cluster, &sizes);
    }
}

/// A café whose sales cost no disk: making them is not what is measured.
pub fn quick_shop() -> Shop {
    let memory = std::path::Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    Shop::within(dir.unwrap())
}

/// A backend that limits nobody.
pub fn start(cluster: &Cluster) -> Server {
    let config = cluster.configure("requests_per_s = 100000.0\nburst = 100000.0\n");
    Server::start(cluster, Some(&config))
}

/// The memory of both sides at one large shift.
fn memory(cluster: &Cluster, sizes: &Sizes) {
    let shop = quick_shop();
    sell_shifts(&shop, 1, sizes.large);
    let server = start(cluster);
    enrol(&shop, cluster, &Tenant::new(cluster, "Beans & Co"), &server.address);
    let before = peak_mb(server.child.id());
    let began = Instant::now();
    let mut child = shop.command(&["upload", "--quiet"]).spawn().unwrap();
    let mut till = 0.0_f64;
    let status = loop {
        till = till.max(peak_mb(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.success(), "{status}");
    let took = began.elapsed().as_secs_f64();
    let packed: f64 = cluster.sql("SELECT max(length(bytes)) FROM bundles").parse().unwrap();
    println!("\na shift of {} orders: {took:.1} s, {:.2} MB gzipped", sizes.large, packed / 1e6);
    println!("{:<52}{:>10}{:>10}", "memory at its highest, MB", "before", "with it");
    println!("{:<52}{:>10}{till:>10.0}", "the till's upload", "");
    println!("{:<52}{before:>10.0}{:>10.0}", "the backend", peak_mb(server.child.id()));
}

/// The most memory that a process has had; nothing where the system does not tell.
fn peak_mb(id: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}
