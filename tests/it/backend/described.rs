//! The description that the server gives of itself, held against what it does: requests made from it, with a
//! seed, right ones and wrong ones. No answer is an error of the server's own, and each is one that the
//! description names.
//!
//! `COUNTERFLOW_FUZZ=500` for more requests of each operation.

use serde_json::{Value, json};

use super::cluster::{Cluster, Server};
use super::tills::{Heard, Rogue, Tenant, ask, cafe, sell_shifts};
use crate::dice::Dice;
use counterflow::wire::request;

/// Texts that somebody may put anywhere, ready for an address.
const ODD: [&str; 14] = [
    "x",
    "0",
    "-1",
    "1",
    "99999999999999999999",
    "%00",
    "%FF%FE",
    "%27%3B--",
    "..%2F..",
    "%F0%9F%8D%95",
    "true",
    "null",
    "2026-11-26",
    "2026-02-30",
];
const HEADERS: [&str; 8] = [
    "",
    "",
    "if-match: \"1\"\r\n",
    "if-match: \"0\"\r\n",
    "if-match: x\r\n",
    "idempotency-key: k\r\n",
    "idempotency-key: \r\n",
    "if-none-match: \"1\"\r\n",
];
const BODIES: [&str; 16] = [
    "",
    "{",
    "null",
    "[]",
    "{}",
    "\"x\"",
    "1e999",
    "{\"name\":\"A\"}",
    "{\"name\":\"a\\u0000b\"}",
    "{\"name\":\"\\ud800\"}",
    "{\"available\":true}",
    "{\"effective\":\"2026-11-26\"}",
    "{\"effective\":\"+262000-01-01\"}",
    "{\"store\":\"00000000-0000-0000-0000-000000000001\",\"hours\":1e3}",
    "{\"code\":\"A\",\"box_id\":\"x\",\"register\":1,\"public_key\":\"\",\"signature\":\"\"}",
    "{\"schema\":1,\"kind\":\"shift\"}",
];

struct Fuzz {
    server: Server,
    rogue: Rogue,
    tokens: Vec<String>,
    /// Ids of what is there, for the paths.
    ids: Vec<String>,
    description: Value,
    dice: Dice,
}

impl Fuzz {
    fn value(&mut self) -> String {
        match self.dice.roll(3) {
            0 => self.dice.pick(&self.ids).unwrap_or_default(),
            1 if self.dice.roll(20) == 0 => "y".repeat(3000),
            _ => self.dice.pick(&ODD).unwrap_or_default().to_owned(),
        }
    }

    fn address(&mut self, path: &str, operation: &Value) -> String {
        let mut address = path.to_owned();
        let mut query = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            match parameter["in"].as_str().unwrap() {
                "path" => address = address.replace(&format!("{{{name}}}"), &self.value()),
                "query" if self.dice.roll(2) == 0 => query.push(format!("{name}={}", self.value())),
                _ => {}
            }
        }
        if query.is_empty() { address } else { format!("{address}?{}", query.join("&")) }
    }

    fn body(&mut self) -> Vec<u8> {
        match self.dice.roll(8) {
            0 => [vec![b'['; 20_000], vec![b']'; 20_000]].concat(),
            1 => vec![0xff; 300],
            _ => self.dice.pick(&BODIES).unwrap_or_default().as_bytes().to_vec(),
        }
    }

    fn ask(&mut self, method: &str, address: &str, operation: &Value) -> Heard {
        let (body, extra) = (self.body(), self.dice.pick(&HEADERS).unwrap_or_default());
        let is_for_registers = operation["security"][0]["register"].is_array();
        if is_for_registers && self.dice.roll(4) > 0 {
            let kind = self.dice.pick(&["", "content-type: application/json\r\n"]).unwrap_or_default();
            let kind = format!("{kind}{extra}");
            return self.rogue.send(method, address, &body, (&request::content_digest(&body), &kind));
        }
        let token = self.dice.pick(&self.tokens).filter(|_| self.dice.roll(4) > 0).unwrap_or("none".to_owned());
        let headers = format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n{extra}");
        ask(&self.server.address, method, address, &headers, &body)
    }

    /// Whether an answer is one of those that the description names, in the form that it names.
    #[track_caller]
    fn check(&self, asked: &str, operation: &Value, heard: &Heard) {
        assert!((200..500).contains(&heard.status), "{asked}: {heard:?}\n{}", self.server.log());
        let named = &operation["responses"][heard.status.to_string()];
        let named = if named.is_null() { &operation["responses"]["default"] } else { named };
        assert!(!named.is_null(), "{asked}: nothing is said of {}", heard.status);
        let kind = heard.headers.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or("none");
        let kind = kind.split(';').next().unwrap_or_default();
        match named["content"].as_object() {
            None => assert!(heard.body.is_empty(), "{asked}: {heard:?}"),
            Some(content) => assert!(content.contains_key(kind), "{asked}: {kind} is not described: {heard:?}"),
        }
        // Lines of JSON are no JSON.
        if kind.ends_with("/json") || kind.ends_with("+json") {
            let read: Value =
                serde_json::from_str(&heard.body).unwrap_or_else(|why| panic!("{asked}: {why}: {heard:?}"));
            if heard.status >= 400 {
                assert_eq!(read["status"], json!(heard.status), "{asked}");
                assert!(read["type"].is_string() && read["title"].is_string(), "{asked}: {read}");
            }
        }
    }
}

/// All places that a document refers to.
fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_answer_is_one_that_is_described() {
    let cluster = Cluster::new();
    cluster.tell(&["migrate"]);
    let config = cluster.configure("requests_per_s = 100000.0\nburst = 100000.0\n");
    let server = Server::start(&cluster, Some(&config));
    let tenant = Tenant::new(&cluster, "Beans & Co");
    let shop = cafe(&cluster, &tenant, &server.address);
    sell_shifts(&shop, 1, 1);
    assert!(shop.command(&["upload", "--quiet"]).status().unwrap().success());
    let description: Value = serde_json::from_str(&ask(&server.address, "GET", "/openapi.json", "", b"").body).unwrap();
    let ids = cluster.sql(
        "SELECT bundle_id::text FROM bundles UNION SELECT sale_id::text FROM orders UNION SELECT item FROM order_lines",
    );
    let mut fuzz = Fuzz {
        rogue: Rogue::of(&shop, &server.address),
        tokens: ["office", "reporting", "marketing"].map(|role| tenant.token(&cluster, role)).to_vec(),
        ids: ids.lines().map(str::to_owned).chain([tenant.store, "day".to_owned()]).collect(),
        server,
        description,
        dice: Dice::new(6),
    };
    let mut found = Vec::new();
    references(&fuzz.description, &mut found);
    for place in found {
        let pointer = place.strip_prefix('#').unwrap();
        assert!(fuzz.description.pointer(pointer).is_some(), "{place} is nowhere");
    }
    let count = std::env::var("COUNTERFLOW_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    let mut names = std::collections::BTreeSet::new();
    let description = fuzz.description.clone();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            assert!(names.insert(operation["operationId"].to_string()), "{} stands twice", operation["operationId"]);
            for _ in 0..count {
                let address = fuzz.address(path, operation);
                let method = method.to_uppercase();
                let heard = fuzz.ask(&method, &address, operation);
                fuzz.check(&format!("{method} {address}"), operation, &heard);
            }
        }
    }
    assert!(names.len() > 30, "{names:?}");
    let ready = ask(&fuzz.server.address, "GET", "/readyz", "", b"");
    assert_eq!(ready.status, 200, "{ready:?}");
    assert_eq!(cluster.sql("SELECT count(*) FROM bundles"), "1", "nothing came in by chance");
}
