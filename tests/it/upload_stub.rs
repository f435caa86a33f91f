//! A server that answers as it is told to: what a till makes of it is tested with this one, and the
//! real one is tested elsewhere.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use counterflow::domain::enrolment::{Enrolment, PublicKey};
use counterflow::wire::acknowledgement::{Acknowledgement, Stored};
use counterflow::wire::hex::hex;
use counterflow::wire::problem::{Code, Problem};
use counterflow::wire::reading::Reader;
use ed25519_dalek::{Signer, SigningKey};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What is answered to one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Stored, with a right acknowledgement.
    Ack,
    /// The same, and something was found.
    Warned,
    /// It was there already.
    Replayed,
    /// The same, signed by somebody else.
    Forged,
    /// Only a placeholder is there.
    OnlyPlaceholder,
    /// A problem document.
    Problem(Code),
    /// Number so-and-so is missing.
    Gap(u64),
    /// The clocks differ.
    Skew,
    /// 204.
    Noted,
    /// A status, what it asks for, and a body that is no problem document.
    Bare(u16, &'static str, &'static str),
    /// A right acknowledgement of which half arrives.
    Half,
    /// Nothing: the connection is closed.
    Hangup,
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or("", |(_, v)| v)
    }
}

/// The server.
pub struct Stub {
    pub address: String,
    pub enrolment: Enrolment,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn public(key: &SigningKey) -> PublicKey {
    let bytes = key.verifying_key().to_bytes();
    PublicKey { id: hex(&Sha256::digest(bytes))[..16].to_owned(), public: hex(&bytes) }
}

impl Stub {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stub = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            enrolment: Enrolment {
                terminal: Uuid::from_u128(1),
                tenant: Uuid::from_u128(2),
                tenant_name: "Beans & Co".to_owned(),
                store: Uuid::from_u128(3),
                store_name: "High Street".to_owned(),
                server_keys: vec![public(&key()), public(&SigningKey::from_bytes(&[8; 32]))],
            },
            replies: Arc::default(),
            asked: Arc::default(),
        };
        let (replies, asked, enrolment) = (stub.replies.clone(), stub.asked.clone(), stub.enrolment.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let _ = answer(stream, &replies, &asked, &enrolment);
            }
        });
        stub
    }

    /// What is answered next, one after the other. Forgets what was asked before.
    pub fn will(&self, replies: &[Reply]) {
        *self.replies.lock().unwrap() = replies.iter().cloned().collect();
        self.asked.lock().unwrap().clear();
    }

    /// What was asked since.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> std::io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        match header.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    let mut asked = Asked { line: line.trim_end().to_owned(), headers, body: Vec::new() };
    let length: usize = asked.header("content-length").parse().unwrap_or(0);
    asked.body = vec![0; length];
    reader.read_exact(&mut asked.body)?;
    Ok(asked)
}

fn answer(
    mut stream: TcpStream,
    replies: &Mutex<VecDeque<Reply>>,
    log: &Mutex<Vec<Asked>>,
    enrolment: &Enrolment,
) -> std::io::Result<()> {
    let asked = read(&stream)?;
    log.lock().unwrap().push(asked.clone());
    if asked.line.contains("/terminals/enrol ") {
        return send(&mut stream, 200, "", "application/json", &serde_json::to_string(enrolment)?);
    }
    let reply = replies.lock().unwrap().pop_front().unwrap_or(Reply::Hangup);
    let json = "application/json";
    match reply {
        Reply::Ack => send(&mut stream, 201, "", json, &acknowledged(&asked, Stored::Whole, &key())),
        Reply::Warned => {
            let warnings = vec!["as the test wants it".to_owned()];
            send(
                &mut stream,
                201,
                "",
                json,
                &signed(Acknowledgement { warnings, ..about(&asked, Stored::Whole) }, &key()),
            )
        }
        Reply::Replayed => {
            let body = acknowledged(&asked, Stored::Whole, &key());
            send(&mut stream, 200, "idempotency-replayed: true\r\n", json, &body)
        }
        Reply::Forged => {
            let body = acknowledged(&asked, Stored::Whole, &SigningKey::from_bytes(&[9; 32]));
            send(&mut stream, 201, "", json, &body)
        }
        Reply::OnlyPlaceholder => send(&mut stream, 200, "", json, &acknowledged(&asked, Stored::SetAside, &key())),
        Reply::Problem(code) => problem(&mut stream, &Problem::new(code, "as the test wants it")),
        Reply::Gap(seq) => problem(&mut stream, &Problem { missing_seq: Some(seq), ..Problem::new(Code::SeqGap, "") }),
        Reply::Skew => {
            problem(&mut stream, &Problem { server_ms: Some(2_000_000_000_000), ..Problem::new(Code::ClockSkew, "") })
        }
        Reply::Noted => send(&mut stream, 204, "", json, ""),
        Reply::Bare(status, headers, body) => send(&mut stream, status, headers, "text/html", body),
        Reply::Half => {
            let body = acknowledged(&asked, Stored::Whole, &key());
            send(&mut stream, 201, "", json, &body[..body.len() / 2])
        }
        Reply::Hangup => Ok(()),
    }
}

fn problem(stream: &mut TcpStream, problem: &Problem) -> std::io::Result<()> {
    send(stream, problem.status, "", "application/problem+json", &serde_json::to_string(problem)?)
}

fn send(stream: &mut TcpStream, status: u16, headers: &str, kind: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{headers}connection: close\r\n\r\n{body}"
    )?;
    stream.flush()
}

/// A right acknowledgement of what was sent.
fn acknowledged(asked: &Asked, stored: Stored, key: &SigningKey) -> String {
    signed(about(asked, stored), key)
}

fn signed(mut acknowledgement: Acknowledgement, key: &SigningKey) -> String {
    acknowledgement.sig = hex(&key.sign(&acknowledgement.message()).to_bytes());
    serde_json::to_string(&acknowledgement).unwrap()
}

fn about(asked: &Asked, stored: Stored) -> Acknowledgement {
    let reader = Reader::new(BufReader::new(GzDecoder::new(asked.body.as_slice())), u64::MAX).unwrap();
    let head = reader.head();
    Acknowledgement {
        shift_id: head.id,
        sha256: reader.sha256(),
        box_id: head.box_id,
        register: head.register,
        seq: head.seq,
        stored,
        server_seq: head.seq + 100,
        received_at: 0,
        skew_ms: 0,
        warnings: Vec::new(),
        catalogue_latest: None,
        key: public(&key()).id,
        sig: String::new(),
    }
}
