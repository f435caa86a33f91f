//! A bad line, and kills on both sides: each closed shift is stored exactly once, the chain is whole,
//! and the sums are the tills' own to the cent.
//!
//! `COUNTERFLOW_SHIFTS=1000 COUNTERFLOW_REGISTERS=20` for the large run.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::cluster::{Cluster, Server};
use super::proxy::Proxy;
use super::tills::{Tenant, acknowledgements, cafe, sell_shifts, sums};
use crate::shop::{Shop, words};

pub fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// Uploads until nothing is left; now and then the upload is killed in the middle.
fn upload_all(shop: &Shop, seed: u64) -> (usize, usize) {
    let until = Instant::now() + Duration::from_secs(1800);
    let (mut runs, mut kills, mut random) = (0, 0, seed);
    loop {
        assert!(Instant::now() < until, "it does not end");
        runs += 1;
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut command = shop.command(&["upload", "--now", "--quiet"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if runs % 3 == 1 {
            std::thread::sleep(Duration::from_millis(50 + (random >> 33) % 900));
            kills += usize::from(child.try_wait().unwrap().is_none());
            let _ = child.kill();
        }
        let status = child.wait().unwrap();
        match status.code() {
            Some(0) if acknowledgements(shop).values().all(Option::is_some) => return (runs, kills),
            Some(0 | 69 | 75) | None => {}
            code => panic!("{code:?}: {}", words(&shop.command(&["upload", "--now"]).output().unwrap())),
        }
    }
}

#[test]
fn each_shift_is_stored_exactly_once_however_bad_the_line() {
    let (shifts, registers) = (number("COUNTERFLOW_SHIFTS", 24), number("COUNTERFLOW_REGISTERS", 3));
    let cluster = Cluster::new();
    cluster.tell(&["migrate"]);
    let tenant = Tenant::new(&cluster, "Beans & Co");
    let mut server = Server::start(&cluster, None);
    let shops: Vec<Shop> = (0..registers).map(|_| cafe(&cluster, &tenant, &server.address)).collect();
    let proxies: Vec<Proxy> = (0..registers).map(|n| Proxy::new(&server.address, 1 + n as u64)).collect();
    for (shop, proxy) in shops.iter().zip(&proxies) {
        sell_shifts(shop, shifts / registers, 2);
        // The same server, by the bad line from now on.
        re_route(shop, &proxy.address);
    }
    let left = AtomicUsize::new(registers);
    let began = Instant::now();
    let mut restarts = 0;
    std::thread::scope(|scope| {
        for (at, shop) in shops.iter().enumerate() {
            let left = &left;
            scope.spawn(move || {
                let (runs, kills) = upload_all(shop, 77 + at as u64);
                println!("register {at}: {runs} runs, {kills} of them killed");
                left.fetch_sub(1, Ordering::Relaxed);
            });
        }
        // Meanwhile the server is killed, and so are its connections in the middle of their work.
        while left.load(Ordering::Relaxed) > 0 {
            std::thread::sleep(Duration::from_millis(1500));
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \
                       'counterflow-backend' AND state <> 'idle' LIMIT 1";
            let _ = cluster.try_sql(cut);
            if restarts < 6 {
                restarts += 1;
                server.kill();
                server = Server::start(&cluster, None);
                proxies.iter().for_each(|proxy| proxy.lead_to(&server.address));
            }
        }
    });
    let lost: u64 = proxies.iter().map(|p| p.lost.load(Ordering::Relaxed)).sum();
    let ms = began.elapsed().as_millis();
    println!("{shifts} shifts of {registers} registers in {ms} ms, {lost} answers lost, {restarts} restarts");
    check(&cluster, &shops, shifts / registers);
    assert!(server.end(), "it ends in order when it is asked to");
}

/// Leads an enrolled register to another address, as a new name in the owner's DNS would.
fn re_route(shop: &Shop, address: &str) {
    use counterflow::domain::enrolment::BackendAct;
    use counterflow::domain::event::Event;
    use counterflow::domain::ids::RegisterId;
    let mut store = shop.store();
    let (_, enrolment) = store.enrolment(RegisterId(1)).unwrap().unwrap();
    let (_, mut recorded) = store.entries_after(0).unwrap().remove(0);
    let act = BackendAct::Enrolled { register: RegisterId(1), server: address.to_owned(), enrolment };
    recorded.event = Event::Backend { act: Box::new(act) };
    store.commit(&[recorded], &[]).unwrap();
}

fn check(cluster: &Cluster, shops: &[Shop], shifts: usize) {
    let (mut count, mut total) = (0, 0);
    for shop in shops {
        shop.verifies();
        let (sales, sum) = sums(shop);
        (count, total) = (count + sales, total + sum);
        let acknowledged = acknowledgements(shop);
        assert_eq!(acknowledged.len(), shifts);
        for (id, answer) in acknowledged {
            let kept = cluster.sql(&format!("SELECT acknowledgement FROM bundles WHERE bundle_id = '{id}'"));
            assert_eq!(answer.as_deref(), Some(kept.as_str()), "both sides keep the same acknowledgement");
        }
    }
    let all = shops.len() * shifts;
    assert_eq!(
        cluster.sql("SELECT count(*), count(acknowledgement), count(DISTINCT server_seq) FROM bundles"),
        format!("{all}|{all}|{all}")
    );
    let gaps = "SELECT count(*) FROM bundles b WHERE seq > 1 AND NOT EXISTS (SELECT 1 FROM bundles a WHERE a.box_id = b.box_id \
                AND a.register = b.register AND a.seq = b.seq - 1 AND a.sha256 = b.prev_sha256 AND a.journal_head IS NOT NULL)";
    assert_eq!(cluster.sql(gaps), "0", "the chain is whole");
    assert_eq!(cluster.sql("SELECT count(*) FROM bundles WHERE warnings <> '[]'"), "0");
    assert_eq!(cluster.sql("SELECT count(*), sum(total) FROM orders"), format!("{count}|{total}"));
    assert_eq!(
        cluster.sql("SELECT sum(count), sum(total) FROM day_sums WHERE kind = 'day'"),
        format!("{count}|{total}")
    );
    assert_eq!(cluster.sql("SELECT sum(amount) FROM payments"), format!("{total}"));
    assert_eq!(cluster.sql("SELECT sum(total) FROM order_lines WHERE NOT void"), format!("{total}"));
    assert_eq!(cluster.sql("SELECT count(*) FROM drawer_events WHERE kind = 'float'"), format!("{all}"));
}
