//! The database itself: reached encrypted, and rid of what need not be remembered.

use std::time::{Duration, Instant};

use serde_json::json;

use super::cluster::{Cluster, Server, certificates};
use super::tills::{Tenant, office};
use crate::shop::words;

#[test]
fn a_database_must_prove_its_name() {
    let (cluster, address, authority) = Cluster::encrypted();
    let authority = authority.display().to_string();
    let elsewhere = address.replace("localhost", "127.0.0.1");
    let full = "verify-full";
    // Whom this machine trusts otherwise.
    let strangers = tempfile::tempdir().unwrap();
    certificates(strangers.path());
    for (address, mode, root, expected) in [
        // It takes nothing that is not encrypted, and what is on this machine is not unless that is said.
        (&address, "", "", Err("no encryption")),
        (&address, "disable", "", Err("no encryption")),
        // Nobody here knows its authority.
        (&address, full, "", Err("UnknownIssuer")),
        (&address, full, "/nowhere", Err("/nowhere")),
        // It is known, but under another name.
        (&elsewhere, full, authority.as_str(), Err("not valid for name")),
        (&address, "prefer", "", Err("verify-full")),
        (&address, full, authority.as_str(), Ok("schema: 0")),
    ] {
        let mut migrate = cluster.backend(&["migrate"]);
        migrate.env("COUNTERFLOW_BACKEND_DATABASE", address).env("SSL_CERT_FILE", strangers.path().join("ca.pem"));
        for (name, value) in [("SSLMODE", mode), ("SSLROOTCERT", root)] {
            if !value.is_empty() {
                migrate.env(format!("COUNTERFLOW_BACKEND_{name}"), value);
            }
        }
        let output = migrate.output().unwrap();
        let (Ok(said) | Err(said)) = expected;
        assert_eq!(output.status.success(), expected.is_ok(), "{mode} {root}: {}", words(&output));
        assert!(words(&output).contains(said), "{mode} {root}: {said}: {}", words(&output));
    }
    // In the file it is the same.
    let config = cluster.configure(&format!("sslmode = \"verify-full\"\nsslrootcert = \"{authority}\"\n"));
    let mut migrate = cluster.backend(&["migrate", "--config"]);
    let output = migrate.arg(config).env("COUNTERFLOW_BACKEND_DATABASE", &address).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
}

#[test]
fn an_answer_is_remembered_for_a_day() {
    let cluster = Cluster::new();
    cluster.tell(&["migrate"]);
    let server = Server::start(&cluster, None);
    let tenant = Tenant::new(&cluster, "Beans & Co");
    let token = tenant.token(&cluster, "office");
    let make = |server: &Server, key: &str| {
        let key = format!("idempotency-key: {key}\r\n");
        let heard = office(&server.address, &token, "POST", "/v1/customers", &key, &json!({ "name": "Anna" }));
        assert_eq!(heard.status, 201, "{heard:?}");
        heard
    };
    for key in ["old", "held", "new"] {
        make(&server, key);
    }
    drop(server);
    cluster.sql("UPDATE idempotency SET created = now() - interval '25 hours' WHERE key <> 'new'");
    const KEYS: &str = "SELECT string_agg(key, ' ' ORDER BY key) FROM idempotency";
    std::thread::scope(|scope| {
        // Somebody holds one of them: it is left for the next time, and nobody waits.
        let hold = "DO $$ BEGIN PERFORM key FROM idempotency WHERE key = 'held' FOR UPDATE; \
                    FOR i IN 1..1800 LOOP PERFORM pg_sleep(0.05); \
                    EXIT WHEN EXISTS (SELECT FROM pg_class WHERE relname = 'let_go'); END LOOP; END $$";
        scope.spawn(|| cluster.sql(hold));
        let until = |sql: &str, what: &str| {
            let patience = Instant::now() + Duration::from_secs(60);
            while cluster.sql(sql) != what {
                assert!(Instant::now() < patience, "{sql}: never {what}");
                std::thread::sleep(Duration::from_millis(20));
            }
        };
        until("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'", "1");
        let server = Server::start(&cluster, None);
        until(KEYS, "held new");
        cluster.sql("CREATE TABLE let_go ()");
        assert!(make(&server, "new").headers.contains("idempotency-replayed"));
        assert!(!make(&server, "old").headers.contains("idempotency-replayed"));
        server.logs("answers under an Idempotency-Key");
    });
    assert_eq!(cluster.sql("SELECT count(*) FROM customers"), "4");
}
