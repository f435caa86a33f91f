//! Tills that have something to send.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::time::Duration;

use counterflow::domain::command::Command;
use counterflow::domain::event::Event;
use counterflow::domain::ids::RegisterId;
use counterflow::domain::money::Money;
use counterflow::domain::shift::Anchor;
use counterflow::session::clock::SystemClock;
use counterflow::session::{Options, Outcome, Session};
use counterflow::store::RegisterKey;
use counterflow::ui::{AfterPin, Input};
use counterflow::wire::bundle;
use counterflow::wire::request::{self, Signed};
use flate2::Compression;
use flate2::write::GzEncoder;
use uuid::Uuid;

use super::cluster::{Cluster, Server};
use crate::shop::{OWNER, Shop, words};

/// A tenant with a store, by name.
pub struct Tenant {
    pub id: String,
    pub store: String,
}

impl Tenant {
    pub fn new(cluster: &Cluster, name: &str) -> Self {
        let told = cluster.tell(&["admin", "tenant", name]);
        let value = |key| told.lines().find_map(|line| line.strip_prefix(key)).unwrap().trim().to_owned();
        Self { id: value("tenant"), store: value("store") }
    }

    pub fn code(&self, cluster: &Cluster) -> String {
        cluster.tell(&["admin", "code", &self.id, &self.store])
    }

    pub fn token(&self, cluster: &Cluster, role: &str) -> String {
        cluster.tell(&["admin", "token", &self.id, "a test", "--role", role])
    }
}

/// A café that has enrolled.
pub fn cafe(cluster: &Cluster, tenant: &Tenant, server: &str) -> Shop {
    let shop = Shop::new();
    enrol(&shop, cluster, tenant, server);
    shop
}

/// A business with a server of its own, and a café that the server knows.
pub fn business() -> (Cluster, Server, Tenant, Shop) {
    let cluster = Cluster::new();
    cluster.tell(&["migrate"]);
    let server = Server::start(&cluster, None);
    let tenant = Tenant::new(&cluster, "Beans & Co");
    let shop = cafe(&cluster, &tenant, &server.address);
    (cluster, server, tenant, shop)
}

/// Makes a café and a server known to each other.
pub fn enrol(shop: &Shop, cluster: &Cluster, tenant: &Tenant, server: &str) {
    let enrolled = shop.command(&["enrol", &tenant.code(cluster), "--server", server]).output().unwrap();
    assert!(enrolled.status.success(), "{}", words(&enrolled));
}

/// The till of a café, with Olive at it.
fn session(shop: &Shop) -> Session {
    let mut session = Session::open(Options {
        data: shop.data(),
        config: shop.config(),
        register: RegisterId(1),
        clock: Box::new(SystemClock),
        greeting: Vec::new(),
        watermark: None,
    })
    .unwrap();
    session.pin(OWNER, AfterPin::SignIn);
    session
}

/// Olive was at work, and her time is put right afterwards.
pub fn correct_hours(shop: &Shop) {
    let mut session = session(shop);
    session.act(Command::ClockIn);
    session.act(Command::ClockOut { tips: Money::ZERO });
    let done = session.outcomes.last().cloned();
    let Some(Outcome::Done(events)) = done else { panic!("{done:?}") };
    let Some(Event::WorkChanged { after: before, .. }) = events.into_iter().next() else { panic!("no time at work") };
    let mut after = before.clone();
    after.began.utc_ms -= 3_600_000;
    session.act(Command::CorrectWork { before, after, reason: "forgot to clock in".to_owned() });
    assert!(matches!(session.outcomes.last(), Some(Outcome::Done(_))), "{}", session.said());
    session.close();
}

/// Sells and closes shifts, one after the other, without a process for each.
pub fn sell_shifts(shop: &Shop, shifts: usize, sales: usize) {
    let mut session = session(shop);
    for shift in 0..shifts {
        session.act(Command::OpenShift { float: Money::from_minor(10_000), pieces: Default::default() });
        for sale in 0..sales {
            for line in ["22", "2*22", ":cash"].iter().skip((shift + sale) % 2) {
                session.step(Input::Line((*line).to_owned()));
            }
        }
        let counted: BTreeMap<String, Money> = session
            .till
            .settings
            .tenders
            .iter()
            .map(|tender| (tender.code.clone(), Money::from_minor(10_000)))
            .collect();
        let comment = "counted by a test".to_owned();
        session.act(Command::CloseShift {
            counted,
            comment,
            anchor: Anchor::default(),
            pieces: Default::default(),
            note: String::new(),
        });
        assert!(session.till.shift.is_none(), "{}", session.said());
    }
    session.close();
}

/// What the till itself says of its sales: how many, and how much.
pub fn sums(shop: &Shop) -> (i64, i64) {
    let store = rusqlite::Connection::open(shop.data().join(counterflow::store::FILE_NAME)).unwrap();
    let sql = "SELECT count(*), coalesce(sum(total), 0) FROM sales";
    store.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

/// What each bundle was answered, by id.
pub fn acknowledgements(shop: &Shop) -> BTreeMap<String, Option<String>> {
    let store = rusqlite::Connection::open(shop.data().join(counterflow::store::FILE_NAME)).unwrap();
    let mut statement = store.prepare("SELECT id, acknowledgement FROM outbox").unwrap();
    let rows = statement.query_map([], |row| Ok((Uuid::from_bytes(row.get(0)?).to_string(), row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// A register that may send what it wants.
pub struct Rogue {
    pub terminal: Uuid,
    pub key: RegisterKey,
    pub server: String,
}

/// An answer.
#[derive(Debug)]
pub struct Heard {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Heard {
    /// The last word of the problem's type.
    pub fn problem(&self) -> String {
        let problem: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        problem["type"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned()
    }
}

/// What of a bundle is signed.
pub fn to_sign(unpacked: &[u8]) -> Vec<u8> {
    let head = unpacked.split(|b| *b == b'\n').next().unwrap_or_default();
    bundle::message(&bundle::sha256(head))
}

impl Rogue {
    /// Register 1 of a café.
    pub fn of(shop: &Shop, server: &str) -> Self {
        let mut store = shop.store();
        let (_, enrolment) = store.enrolment(RegisterId(1)).unwrap().unwrap();
        let key = store.register_key(RegisterId(1), |_| unreachable!("it has enrolled")).unwrap();
        Self { terminal: enrolment.terminal, key, server: server.to_owned() }
    }

    /// Sends a bundle, signed as its head is now.
    pub fn put(&self, id: Uuid, unpacked: &[u8]) -> Heard {
        self.put_packed(id, &pack(unpacked), &self.key.sign(&to_sign(unpacked)))
    }

    pub fn put_packed(&self, id: Uuid, packed: &[u8], signature: &str) -> Heard {
        let digest = request::content_digest(packed);
        let headers = format!(
            "content-type: {}\r\ncontent-encoding: gzip\r\n{}: {signature}\r\n",
            bundle::MEDIA_TYPE,
            request::BUNDLE_SIGNATURE
        );
        self.send("PUT", &format!("/v1/shifts/{id}"), packed, (&digest, &headers))
    }

    /// Sends anything, signed.
    pub fn send(&self, method: &str, path: &str, body: &[u8], (digest, headers): (&str, &str)) -> Heard {
        let created = chrono::Utc::now().timestamp();
        let (bare, query) = path.split_once('?').unwrap_or((path, ""));
        let signed = Signed { method, path: bare, query, digest, created, terminal: self.terminal };
        let signature = counterflow::wire::hex::unhex(&self.key.sign(&signed.base())).unwrap();
        let headers = format!(
            "content-digest: {digest}\r\nsignature-input: {}\r\nsignature: {}\r\n{headers}",
            signed.input(),
            request::signature_header(&signature)
        );
        ask(&self.server, method, path, &headers, body)
    }
}

/// One request by hand.
pub fn ask(server: &str, method: &str, path: &str, headers: &str, body: &[u8]) -> Heard {
    let mut stream = std::net::TcpStream::connect(server.trim_start_matches("http://")).unwrap();
    // The head and the body are two writes: the second waits for nothing.
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // A server that refuses by the head alone may close before it has read the body.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (headers, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = headers.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    Heard { status, headers: headers.to_ascii_lowercase(), body: body.to_owned() }
}

/// One request of the office, with JSON.
pub fn office(server: &str, token: &str, method: &str, path: &str, extra: &str, body: &serde_json::Value) -> Heard {
    let headers = format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n{extra}");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    ask(server, method, path, &headers, body.as_bytes())
}

pub fn pack(unpacked: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(unpacked).unwrap();
    packer.finish().unwrap()
}

/// The bundle of a café with this number: its id, and its bytes.
pub fn bundle_of(shop: &Shop, seq: u64) -> (Uuid, Vec<u8>) {
    let store = shop.store();
    let id = store.bundle(RegisterId(1), seq).unwrap().unwrap().id;
    let mut bytes = Vec::new();
    store.write_bundle(id, &mut bytes).unwrap();
    (id, bytes)
}
