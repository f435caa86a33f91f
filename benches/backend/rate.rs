//! Shifts a second, and the floor: the same rows by `COPY`, as many connections at once, a transaction for each shift.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::cluster::{Cluster, Server};
use crate::shop::Shop;
use crate::tills::{Rogue, Tenant, bundle_of, enrol, pack, sell_shifts, to_sign};
use crate::{Sizes, quick_shop, start};

const REGISTERS: usize = 8;
/// What a bundle fills of itself. Its sums are added to what is there, which no `COPY` can do: the floor goes without.
const TABLES: [(&str, &str); 5] = [
    ("bundles", "bundle_id = '{}'"),
    ("orders", "bundle_id = '{}'"),
    ("order_lines", "(tenant_id, sale_id) IN (SELECT tenant_id, sale_id FROM orders WHERE bundle_id = '{}')"),
    ("payments", "(tenant_id, sale_id) IN (SELECT tenant_id, sale_id FROM orders WHERE bundle_id = '{}')"),
    ("drawer_events", "bundle_id = '{}'"),
];
/// The database beside, with the same schema, that the floor fills.
const BARE: &str = "bare";

/// A register with its bundles, in order, as they travel, each with what of it is signed.
struct Till {
    shop: Shop,
    bundles: Vec<(Uuid, Vec<u8>, Vec<u8>)>,
}

pub fn measure(cluster: &Cluster, sizes: &Sizes) {
    let began = Instant::now();
    let (mut raw, mut packed) = (0, 0);
    let tills: Vec<Till> = (0..REGISTERS)
        .map(|_| {
            let shop = quick_shop();
            sell_shifts(&shop, sizes.shifts, sizes.orders);
            let one = |seq| {
                let (id, bytes) = bundle_of(&shop, seq);
                let small = pack(&bytes);
                (raw, packed) = (raw + bytes.len(), packed + small.len());
                (id, small, to_sign(&bytes))
            };
            let bundles = (1..=sizes.shifts as u64).map(one).collect();
            Till { shop, bundles }
        })
        .collect();
    let all = REGISTERS * sizes.shifts;
    let each = |bytes: usize| bytes as f64 / (all * sizes.orders) as f64;
    println!("{all} shifts of {} orders of {REGISTERS} registers, made in {:.0} s", sizes.orders, s(began.elapsed()));
    println!("an order: {:.0} bytes, {:.0} gzipped\n", each(raw), each(packed));
    cluster.sql(&format!("CREATE DATABASE {BARE}"));
    let made = cluster.backend(&["migrate"]).env("COUNTERFLOW_BACKEND_DATABASE", address(cluster)).output().unwrap();
    assert!(made.status.success());
    let server = start(cluster);
    println!("{:<40}{:>12}{:>12}{:>12}{:>8}", "at once", "shifts/s", "orders/s", "COPY, sh./s", "floors");
    for at_once in [1, 4, REGISTERS] {
        let tenant = Tenant::new(cluster, "Beans & Co");
        let took = send(cluster, &server, &tenant, &tills, at_once);
        let floor = copy(cluster, &tenant, &tills, at_once);
        let rate = |took: Duration| all as f64 / s(took);
        println!(
            "{at_once:<40}{:>12.1}{:>12.0}{:>12.1}{:>8.2}",
            rate(took),
            rate(took) * sizes.orders as f64,
            rate(floor),
            s(took) / s(floor)
        );
    }
}

fn s(took: Duration) -> f64 {
    took.as_secs_f64()
}

fn address(cluster: &Cluster) -> String {
    cluster.address().replace("dbname=postgres", &format!("dbname={BARE}"))
}

/// Which tills each of so many at once sees to.
fn turns(tills: &[Till], at_once: usize) -> Vec<Vec<&Till>> {
    (0..at_once).map(|first| tills.iter().skip(first).step_by(at_once).collect()).collect()
}

/// Sends all bundles; gives how long it took.
fn send(cluster: &Cluster, server: &Server, tenant: &Tenant, tills: &[Till], at_once: usize) -> Duration {
    for till in tills {
        enrol(&till.shop, cluster, tenant, &server.address);
    }
    let sending: Vec<Vec<(Rogue, &Till)>> = turns(tills, at_once)
        .into_iter()
        .map(|turn| turn.into_iter().map(|till| (Rogue::of(&till.shop, &server.address), till)).collect())
        .collect();
    let began = Instant::now();
    std::thread::scope(|scope| {
        for turn in sending {
            scope.spawn(move || {
                for (rogue, till) in turn {
                    for (id, packed, signed) in &till.bundles {
                        let heard = rogue.put_packed(*id, packed, &rogue.key.sign(signed));
                        assert_eq!(heard.status, 201, "{heard:?}");
                    }
                }
            });
        }
    });
    began.elapsed()
}

/// The same rows by `COPY`, a transaction for each shift; gives how long it took.
fn copy(cluster: &Cluster, tenant: &Tenant, tills: &[Till], at_once: usize) -> Duration {
    let bare = address(cluster);
    let ready = format!(
        "TRUNCATE tenants CASCADE; INSERT INTO tenants (tenant_id, name) VALUES ('{0}', 'x'); INSERT INTO stores VALUES \
         ('{0}', '{1}', 'x'); TRUNCATE orders, order_lines, payments, drawer_events",
        tenant.id, tenant.store
    );
    psql(&bare, &ready);
    for month in
        psql(&cluster.address(), "SELECT DISTINCT date_trunc('month', business_date)::date FROM orders").lines()
    {
        psql(&bare, &format!("SELECT make_month('{month}')"));
    }
    let loads: Vec<String> =
        turns(tills, at_once).iter().map(|turn| psql(&cluster.address(), &dump(tenant, turn))).collect();
    let began = Instant::now();
    let children: Vec<_> = loads
        .iter()
        .map(|load| {
            let mut child = Command::new("psql")
                .args(["-qX", "-v", "ON_ERROR_STOP=1", &bare])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            let (mut to, load) = (child.stdin.take().unwrap(), load.clone());
            (child, std::thread::spawn(move || to.write_all(load.as_bytes()).unwrap()))
        })
        .collect();
    for (mut child, writing) in children {
        writing.join().unwrap();
        assert!(child.wait().unwrap().success());
    }
    began.elapsed()
}

/// Statements that write the statements which load the same rows again.
fn dump(tenant: &Tenant, turn: &[&Till]) -> String {
    let mut script = String::new();
    for (id, ..) in turn.iter().flat_map(|till| &till.bundles) {
        script.push_str("SELECT 'BEGIN;';\n");
        for (table, rows) in TABLES {
            let rows = rows.replace("{}", &id.to_string());
            script.push_str(&format!(
                "SELECT 'COPY {table} FROM stdin;';\nCOPY (SELECT * FROM {table} WHERE tenant_id = '{}' AND {rows}) TO \
                 STDOUT;\nSELECT '\\.';\n",
                tenant.id
            ));
        }
        script.push_str("SELECT 'COMMIT;';\n");
    }
    script
}

/// What `psql` says to a script.
fn psql(address: &str, script: &str) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(script.as_bytes()).unwrap();
    let output = Command::new("psql")
        .args(["-AtqX", "-v", "ON_ERROR_STOP=1", "-f"])
        .arg(file.path())
        .arg(address)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", crate::shop::words(&output));
    String::from_utf8(output.stdout).unwrap()
}
