//! The office's side: catalogue, what can be had, customers, reports, roles, the description.

use serde_json::{Value, json};

use super::cluster::{Cluster, Server};
use super::tills::{Heard, Rogue, Tenant, ask, bundle_of, business, cafe, office, pack, sell_shifts, sums};
use crate::shop::{Shop, words};

#[track_caller]
fn is(heard: &Heard, status: u16) -> Value {
    assert_eq!(heard.status, status, "{heard:?}");
    serde_json::from_str(&heard.body).unwrap_or_default()
}

#[track_caller]
fn runs(shop: &Shop, args: &[&str], code: i32) -> String {
    let output = shop.command(args).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {}", words(&output));
    words(&output)
}

/// The menu of the café in the shape that the backend keeps.
fn menu_of(shop: &Shop) -> Value {
    let exported = shop.command(&["export", "catalogue"]).output().unwrap();
    serde_json::from_slice(&exported.stdout).unwrap_or_else(|_| panic!("{}", words(&exported)))
}

#[test]
fn a_catalogue_goes_down_between_shifts_and_back() {
    let (cluster, server, tenant, shop) = business();
    let token = tenant.token(&cluster, "office");
    let ask = |method: &str, path: &str, extra: &str, body: &Value| {
        office(&server.address, &token, method, path, extra, body)
    };

    // Nothing was published: nothing happens.
    assert!(runs(&shop, &["pull"], 0).contains("Nothing new"));
    let mut menu = menu_of(&shop);
    is(&ask("PUT", "/v1/catalogue/menu", "", &menu), 428);
    is(&ask("PUT", "/v1/catalogue/menu", "if-match: \"0\"\r\n", &menu), 200);
    is(&ask("PUT", "/v1/catalogue/menu", "if-match: \"0\"\r\n", &menu), 412);
    let item = menu["items"][0].clone();
    let (code, name) = (item["code"].as_str().unwrap().to_owned(), "Renamed by the office");
    menu["items"][0]["name"] = json!(name);
    let path = format!("/v1/catalogue/items/{code}");
    is(&ask("PUT", &path, "if-match: \"1\"\r\n", &menu["items"][0]), 200);
    is(&ask("PUT", &path, "if-match: \"1\"\r\n", &menu["items"][0]), 412);
    let publish = json!({ "effective": "2020-01-01" });
    let first = is(&ask("POST", "/v1/catalogue/versions", "idempotency-key: once\r\n", &publish), 201);
    let again = ask("POST", "/v1/catalogue/versions", "idempotency-key: once\r\n", &publish);
    assert_eq!(is(&again, 201), first);
    assert!(again.headers.contains("idempotency-replayed"), "{again:?}");

    // While a shift is open it waits; shown before.
    shop.rings(crate::shop::OWNER, ":open-shift 100.00\n");
    assert!(runs(&shop, &["pull", "--dry-run"], 0).contains(name));
    assert!(runs(&shop, &["pull"], 0).contains("waits"));
    assert_eq!(menu_of(&shop)["items"][0]["name"], item["name"]);
    runs_as_owner(&shop, &["shift", "close", "--as", "Olive", "--counted", "cash=100.00"]);
    // The next shift sells from it.
    shop.rings(crate::shop::OWNER, ":open-shift 100.00\n");
    assert_eq!(menu_of(&shop)["items"][0]["name"], name);
    assert!(runs(&shop, &["pull", "--back"], 0).contains("taken back"));
    assert_eq!(menu_of(&shop)["items"][0]["name"], item["name"]);

    // Sold out holds at once, in the middle of a shift.
    is(&ask("PUT", &format!("/v1/availability/items/{code}"), "", &json!({ "available": false })), 200);
    assert!(runs(&shop, &["pull"], 0).contains("sold out"));
    let (_, said) = shop.ring(crate::shop::OWNER, &format!("{code}\n"));
    assert!(said[0].to_string().contains("sold out"), "{said:?}");
    is(&ask("PUT", &format!("/v1/availability/items/{code}"), "", &json!({ "available": true })), 200);
    assert!(runs(&shop, &["pull"], 0).contains("again"));

    // So does a promotion that is switched off, and what the office says of nothing is refused.
    is(&ask("PUT", "/v1/availability/promotions/coffee4", "", &json!({ "available": false })), 200);
    is(&ask("PUT", "/v1/availability/people/ada", "", &json!({ "available": false })), 404);
    assert!(runs(&shop, &["pull"], 0).contains("coffee4 is switched off"));
    let store = rusqlite::Connection::open(shop.data().join(counterflow::store::FILE_NAME)).unwrap();
    let off = store.query_row("SELECT off FROM promotions WHERE code = 'coffee4'", [], |row| row.get::<_, bool>(0));
    assert!(off.unwrap());
    shop.verifies();
}

#[track_caller]
fn runs_as_owner(shop: &Shop, args: &[&str]) {
    let output = shop.command(args).env("COUNTERFLOW_PIN", crate::shop::OWNER).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
}

#[test]
fn a_stick_there_and_back() {
    let (cluster, server, _, shop) = business();
    drop(server);
    sell_shifts(&shop, 2, 1);
    let stick = shop.beside("stick");
    let stick_name = stick.display().to_string();
    assert!(runs(&shop, &["upload", "--to-file", &stick_name], 0).contains("2 shifts written"));
    let told = cluster.tell(&["ingest", &stick_name]);
    assert_eq!(told.matches(": stored").count(), 2, "{told}");
    let told = cluster.tell(&["ingest", &stick_name]);
    assert_eq!(told.matches(": was there already").count(), 2, "{told}");
    assert!(runs(&shop, &["upload", "--to-file", &stick_name], 0).contains("2 shifts acknowledged"));
    assert_eq!(std::fs::read_dir(&stick).unwrap().count(), 0);
    assert_eq!(cluster.sql("SELECT count(*) FROM orders"), "2");
    // An acknowledgement that somebody made up is not believed.
    sell_shifts(&shop, 1, 1);
    runs(&shop, &["upload", "--to-file", &stick_name], 0);
    cluster.tell(&["ingest", &stick_name]);
    for file in
        std::fs::read_dir(&stick).unwrap().flatten().filter(|f| f.path().to_string_lossy().ends_with("ack.json"))
    {
        let text = std::fs::read_to_string(file.path()).unwrap().replace("\"skew_ms\":0", "\"skew_ms\":1");
        std::fs::write(file.path(), text).unwrap();
    }
    runs(&shop, &["upload", "--to-file", &stick_name], 76);
}

#[test]
fn a_stick_that_lost_a_bit_keeps_nothing_out() {
    let (cluster, server, _, shop) = business();
    drop(server);
    sell_shifts(&shop, 2, 1);
    let stick = shop.beside("stick");
    let stick_name = stick.display().to_string();
    runs(&shop, &["upload", "--to-file", &stick_name], 0);
    let (id, bytes) = bundle_of(&shop, 1);
    let file = stick.join(format!("register-1-000001-{id}.ndjson.gz"));
    let head = bytes.iter().position(|b| *b == b'\n').unwrap();
    let altered = |at: usize| {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        pack(&altered)
    };
    // In the head, in the middle of its words: nothing of it is known to be the register's, so nothing is kept.
    let word = String::from_utf8_lossy(&bytes[..head]).find("\"program\":\"").unwrap() + 11;
    for (damaged, why, kept) in [
        (altered(word), "not as the register signed it", "0|0"),
        (pack(&bytes)[..40].to_vec(), "", "0|0"),
        (altered(head + 40), "not what was frozen", "0|1"),
    ] {
        std::fs::write(&file, damaged).unwrap();
        let told = cluster.backend(&["ingest", &stick_name]).output().unwrap();
        let said = words(&told);
        assert!(told.status.code() == Some(65) && said.contains(why), "{said}");
        let bundles = "count(*) FILTER (WHERE acknowledgement IS NOT NULL AND seq = 1), count(*) FILTER (WHERE \
                       acknowledgement IS NULL AND seq = 1)";
        assert_eq!(cluster.sql(&format!("SELECT {bundles} FROM bundles")), kept, "{said}");
    }
    // Written again, it is taken in; the one after it was, beside the placeholder.
    assert!(runs(&shop, &["upload", "--to-file", &stick_name], 0).contains("1 shift acknowledged"));
    assert!(cluster.tell(&["ingest", &stick_name]).contains(": stored"));
    assert_eq!(cluster.sql("SELECT count(*) FROM orders"), "2");
    // What is too large is not read.
    let config = cluster.configure("max_body_bytes = 100\n");
    let told = cluster.backend(&["ingest", &stick_name, "--config", &config.display().to_string()]).output().unwrap();
    assert!(words(&told).contains("more than `max_body_bytes`"), "{}", words(&told));
}

#[test]
fn the_office_reads_and_edits_what_it_may() {
    let cluster = Cluster::new();
    cluster.tell(&["migrate"]);
    let server = Server::start(&cluster, None);
    let (tenant, other) = (Tenant::new(&cluster, "Beans & Co"), Tenant::new(&cluster, "Tea & Co"));
    let shop = cafe(&cluster, &tenant, &server.address);
    sell_shifts(&shop, 2, 3);
    runs(&shop, &["upload", "--quiet"], 0);
    let (sales, total) = sums(&shop);
    let tokens = ["office", "reporting", "marketing"].map(|role| tenant.token(&cluster, role));
    let [ours, reporting, marketing] = &tokens;
    let theirs = other.token(&cluster, "office");
    let get = |token: &str, path: &str| office(&server.address, token, "GET", path, "", &Value::Null);

    // The sums are the till's; another tenant sees none of it.
    let path = "/v1/reports/day?from=2020-01-01&to=2100-01-01";
    for token in &tokens {
        let report = is(&get(token, path), 200);
        let sum = |key: &str| report["items"].as_array().unwrap().iter().map(|r| r[key].as_i64().unwrap()).sum::<i64>();
        assert_eq!((sum("count"), sum("total")), (sales, total));
    }
    assert_eq!(is(&get(&theirs, path), 200)["items"], json!([]));
    assert_eq!(is(&get(&theirs, "/v1/orders"), 200)["items"], json!([]));

    // Page by page, everything comes once.
    let mut seen = std::collections::BTreeSet::new();
    let mut path = "/v1/orders?limit=2".to_owned();
    loop {
        let page = is(&get(ours, &path), 200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/orders?limit=2&after={next}");
    }
    assert_eq!(seen.len(), 6);
    let order = seen.first().unwrap();
    assert_eq!(is(&get(reporting, &format!("/v1/orders/{order}")), 200)["id"], json!(order));
    is(&get(marketing, &format!("/v1/orders/{order}")), 403);
    is(&get(&theirs, &format!("/v1/orders/{order}")), 404);

    // Documents: one at a time, and not over each other.
    let ask = |token: &str, method: &str, path: &str, extra: &str, body: &Value| {
        office(&server.address, token, method, path, extra, body)
    };
    let anna = json!({ "name": "Anna", "phone": "1" });
    let made = is(&ask(ours, "POST", "/v1/customers", "idempotency-key: a\r\n", &anna), 201);
    let same = is(&ask(ours, "POST", "/v1/customers", "idempotency-key: a\r\n", &anna), 201);
    assert_eq!(made, same);
    let other_body = json!({ "name": "Ben" });
    is(&ask(ours, "POST", "/v1/customers", "idempotency-key: a\r\n", &other_body), 422);
    let path = format!("/v1/customers/{}", made["id"].as_str().unwrap());
    is(&ask(ours, "PUT", &path, "", &anna), 428);
    is(&ask(ours, "PUT", &path, "if-match: \"1\"\r\n", &anna), 200);
    is(&ask(ours, "PUT", &path, "if-match: \"1\"\r\n", &anna), 412);
    is(&ask(marketing, "GET", &path, "", &Value::Null), 403);
    is(&ask(&theirs, "GET", &path, "", &Value::Null), 404);
    is(&ask(ours, "DELETE", &path, "if-match: \"2\"\r\n", &Value::Null), 204);
    is(&ask(marketing, "POST", "/v1/promotions", "", &json!({ "name": "Two for one" })), 201);
    is(&ask(reporting, "POST", "/v1/promotions", "", &json!({ "name": "No" })), 403);
    is(&ask(ours, "POST", "/v1/customers", "", &json!({ "name": "a\u{0}b" })), 422);

    // The registers, and what has come from each.
    let terminals = is(&get(ours, "/v1/terminals"), 200);
    assert_eq!(terminals["items"][0]["acked_through"], json!(2), "{terminals}");
    assert_eq!(terminals["items"][0]["gaps"], json!([]));
    let shifts = is(&get(ours, "/v1/shifts"), 200);
    let shift = shifts["items"][0]["id"].as_str().unwrap();
    let acknowledged = get(ours, &format!("/v1/shifts/{shift}/acknowledgement"));
    assert_eq!(super::tills::acknowledgements(&shop)[shift].as_deref(), Some(acknowledged.body.as_str()));
    is(&get(ours, &format!("/v1/shifts/{shift}/bundle")), 200);
    let rogue = Rogue::of(&shop, &server.address);
    is(&get(ours, &format!("/v1/terminals/{}", rogue.terminal)), 200);

    // The same for whoever administers it, who can take a right away by what is said there.
    let told = cluster.tell(&["admin", "status"]);
    let line = format!("register 1  terminal {}: taken in up to number 2, last heard ", rogue.terminal);
    assert!(told.contains("Beans & Co") && told.contains("Tea & Co") && told.contains(&line), "{told}");
    cluster.tell(&["admin", "revoke", &tenant.id, &rogue.terminal.to_string()]);
    let told = cluster.tell(&["admin", "status", &tenant.id]);
    assert!(told.contains("REVOKED") && !told.contains("Tea & Co"), "{told}");
}

/// The database itself keeps the roles apart, whatever the program does.
#[test]
fn reporting_and_marketing_cannot_write_orders() {
    let cluster = Cluster::new();
    cluster.tell(&["migrate"]);
    assert_eq!(cluster.tell(&["migrate"]), "schema: 3 → 3");
    for (role, sql, allowed) in [
        ("reporting", "SELECT count(*) FROM orders", true),
        ("reporting", "INSERT INTO orders SELECT * FROM orders", false),
        ("reporting", "DELETE FROM bundles", false),
        ("reporting", "SELECT * FROM customers", false),
        ("marketing", "INSERT INTO orders SELECT * FROM orders", false),
        ("marketing", "UPDATE day_sums SET total = 0", false),
        ("marketing", "SELECT staff_id FROM orders", false),
        ("marketing", "SELECT total FROM orders", true),
        ("marketing", "SELECT * FROM tokens", false),
        ("office", "UPDATE orders SET total = 0", false),
        ("office", "SELECT count(*) FROM orders", true),
        ("office", "SELECT * FROM tokens", false),
        ("ingest", "DELETE FROM orders", false),
        ("ingest", "UPDATE orders SET total = 0", false),
        ("ingest", "SELECT * FROM tokens", false),
    ] {
        let found = cluster.try_sql(&format!("SET ROLE counterflow_{role}; {sql}"));
        assert_eq!(found.is_ok(), allowed, "{role}: {sql}: {found:?}");
    }
}

#[test]
fn the_server_says_how_it_is_and_what_it_can() {
    let cluster = Cluster::new();
    let refused = cluster.backend(&["serve"]).output().unwrap();
    assert!(words(&refused).contains("migrate"), "{}", words(&refused));
    cluster.tell(&["migrate"]);
    let mut server = Server::start(&cluster, None);
    let get = |path: &str| ask(&server.address, "GET", path, "", b"");
    for path in ["/healthz", "/readyz", "/metrics", "/"] {
        is(&get(path), 200);
    }
    assert!(!get("/").body.contains("https://"), "the page loads nothing from elsewhere");
    let description = is(&get("/openapi.json"), 200);
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"), "{}", description["openapi"]);
    assert!(description["paths"]["/v1/shifts/{shift}"]["put"].is_object());
    for (method, path, status) in [
        ("GET", "/nowhere", 404),
        ("DELETE", "/healthz", 405),
        ("GET", "/v1/orders/x", 401),
        ("GET", "/v1/shifts?limit=x", 400),
    ] {
        let heard = ask(&server.address, method, path, "", b"");
        assert!(heard.headers.contains("application/problem+json"), "{heard:?}");
        assert!(heard.status == status || heard.status == 400, "{heard:?}");
    }
    assert!(get("/metrics").body.contains("counterflow_requests_total{status=\"4xx\"}"));
    assert!(server.end());
    assert!(server.log().lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{}", server.log());
}
