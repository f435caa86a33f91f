//! Figures for `docs/scale.md`; nothing here is a test that can fail for being slow.
//!
//! ```sh
//! cargo nextest run --features fault-points,backend --run-ignored only --no-capture -E 'test(measured)'
//! ```
//!
//! `COUNTERFLOW_SHIFTS` of each of eight registers (10), `COUNTERFLOW_ORDERS` of each shift (60),
//! `COUNTERFLOW_LARGE` orders of one large shift (10000).

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::cluster::{Cluster, Server};
use super::faults::number;
use super::tills::{Rogue, Tenant, bundle_of, enrol, pack, sell_shifts};
use crate::shop::Shop;

const REGISTERS: usize = 8;
/// What a bundle fills, in an order that foreign keys allow.
const TABLES: [&str; 8] =
    ["tenants", "stores", "bundles", "orders", "order_lines", "payments", "drawer_events", "day_sums"];

/// Bundles of a register, in order.
struct Till {
    shop: Shop,
    bundles: Vec<(Uuid, Vec<u8>)>,
}

fn start() -> (Cluster, Server) {
    let cluster = Cluster::new();
    cluster.tell(&["migrate"]);
    let config = cluster.configure("requests_per_s = 100000.0\nburst = 100000.0\n");
    let server = Server::start(&cluster, Some(&config));
    (cluster, server)
}

/// Sends all bundles, so many registers at once; gives how long it took.
fn send(tills: &[Till], uploaders: usize) -> (Cluster, Server, Duration) {
    let (cluster, server) = start();
    let tenant = Tenant::new(&cluster, "Beans & Co");
    for till in tills {
        enrol(&till.shop, &cluster, &tenant, &server.address);
    }
    let rogues: Vec<Rogue> = tills.iter().map(|till| Rogue::of(&till.shop, &server.address)).collect();
    let began = Instant::now();
    std::thread::scope(|scope| {
        for first in 0..uploaders {
            let rogues = &rogues;
            scope.spawn(move || {
                for at in (first..tills.len()).step_by(uploaders) {
                    for (id, bytes) in &tills[at].bundles {
                        let heard = rogues[at].put(*id, bytes);
                        assert_eq!(heard.status, 201, "{heard:?}");
                    }
                }
            });
        }
    });
    (cluster, server, began.elapsed())
}

/// The same rows into the same tables of another PostgreSQL, by `COPY` in one transaction.
fn copy(from: &Cluster) -> Duration {
    let bare = Cluster::new();
    bare.tell(&["migrate"]);
    let file = |table: &str| format!("/tmp/counterflow-copy-{}-{table}", std::process::id());
    for table in TABLES {
        from.sql(&format!("COPY (SELECT * FROM {table}) TO '{}'", file(table)));
    }
    let months = from.sql("SELECT DISTINCT date_trunc('month', business_date)::date FROM orders");
    for month in months.lines() {
        bare.sql(&format!("SELECT make_month('{month}')"));
    }
    let all: Vec<String> = TABLES.iter().map(|table| format!("COPY {table} FROM '{}'", file(table))).collect();
    let began = Instant::now();
    bare.sql(&format!("BEGIN; {}; COMMIT", all.join("; ")));
    let took = began.elapsed();
    for table in TABLES {
        from.sql(&format!("COPY (SELECT 1) TO PROGRAM 'rm -f {}'", file(table)));
    }
    took
}

#[test]
#[ignore = "a measurement"]
fn shifts_a_second_are_measured() {
    let (shifts, orders) = (number("COUNTERFLOW_SHIFTS", 10), number("COUNTERFLOW_ORDERS", 60));
    let tills: Vec<Till> = (0..REGISTERS)
        .map(|_| {
            let shop = Shop::new();
            sell_shifts(&shop, shifts, orders);
            let bundles = (1..=shifts as u64).map(|seq| bundle_of(&shop, seq)).collect();
            Till { shop, bundles }
        })
        .collect();
    let all = (REGISTERS * shifts) as f64;
    let raw: usize = tills.iter().flat_map(|t| &t.bundles).map(|(_, bytes)| bytes.len()).sum();
    let packed: usize = tills.iter().flat_map(|t| &t.bundles).map(|(_, bytes)| pack(bytes).len()).sum();
    let per_order = |bytes: usize| bytes as f64 / (all * orders as f64);
    println!("an order: {:.0} bytes, {:.0} gzipped", per_order(raw), per_order(packed));
    for uploaders in [1, 4, REGISTERS] {
        let (cluster, server, took) = send(&tills, uploaders);
        let (s, peak) = (took.as_secs_f64(), peak_mb(server.id()));
        println!(
            "{uploaders} at once: {:.1} shifts a second ({:.0} orders), {peak:.0} MB",
            all / s,
            all * orders as f64 / s
        );
        if uploaders == REGISTERS {
            println!("bare COPY of the same rows: {:.1} shifts a second", all / copy(&cluster).as_secs_f64());
        }
    }
}

#[test]
#[ignore = "a measurement"]
fn the_memory_of_a_large_shift_is_measured() {
    let orders = number("COUNTERFLOW_LARGE", 10_000);
    let (cluster, server) = start();
    let shop = Shop::new();
    sell_shifts(&shop, 1, orders);
    enrol(&shop, &cluster, &Tenant::new(&cluster, "Beans & Co"), &server.address);
    let before = peak_mb(server.id());
    let began = Instant::now();
    let mut child = shop.command(&["upload", "--quiet"]).spawn().unwrap();
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak.max(peak_mb(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.success());
    let s = began.elapsed().as_secs_f64();
    println!(
        "a shift of {orders} orders: {s:.1} s; the till's upload {peak:.0} MB, the server {:.0} MB ({before:.0} before), {}",
        peak_mb(server.id()),
        cluster.sql("SELECT 'packed ' || sum(length(bytes)) FROM bundles")
    );
}

/// The most memory that a process has had.
fn peak_mb(id: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}
