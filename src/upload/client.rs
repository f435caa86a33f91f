//! Talking to the backend: one request, one answer, and what to make of it. Blocking; every answer is
//! held against what was asked, and whatever is not understood is a trouble to try again, never a yes.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode, Url};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::domain::enrolment::Enrolment;
use crate::store::RegisterKey;
use crate::wire::acknowledgement::{Acknowledgement, Stored};
use crate::wire::bundle;
use crate::wire::enrolment::Enrol;
use crate::wire::hex::unhex;
use crate::wire::problem::{self, Code, Problem};
use crate::wire::request::{self, Signed};

/// How long a connection may take to stand.
const CONNECT_TIME: Duration = Duration::from_secs(15);
/// How long a request may take that carries little.
const TIME: Duration = Duration::from_secs(60);
/// On a bad line, so many bytes are moved in a second at least.
const SLOWEST_BYTES_PER_S: u64 = 2_000;
/// No answer but a catalogue is longer.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;
/// No catalogue is longer.
const MAX_CATALOGUE_BYTES: u64 = 64 * 1024 * 1024;
/// What is said of an answer that no backend gives.
const NO_BACKEND: &str = "what answered is no CounterFlow backend";
/// A file of certificates in the configuration's folder: only these are believed, where it is there.
pub const CA_FILE: &str = "server-ca.pem";

/// What an answer means.
#[derive(Debug)]
pub enum Answer<T> {
    /// It was done.
    Done(T),
    /// Nobody can say, or not now: try again, not before so many seconds if the server said so.
    Again {
        /// Why.
        why: String,
        /// What the server asks for.
        after_s: Option<u64>,
        /// Whether the server itself answered so: it is there, but busy.
        busy: bool,
    },
    /// Refused, with this problem.
    Refused(Box<Problem>),
    /// What came back cannot be believed.
    Unbelievable(String),
}

/// A bundle that was taken in.
#[derive(Debug)]
pub struct Taken {
    /// The acknowledgement.
    pub acknowledgement: Acknowledgement,
    /// As it came.
    pub text: String,
    /// Whether the server had it already.
    pub replayed: bool,
}

/// A bundle as it is sent.
pub struct Sending<'a> {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of its head.
    pub sha256: crate::wire::Hash,
    /// The bundle, gzipped.
    pub bytes: &'a [u8],
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none.
    #[error("{0}")]
    Address(String),
    /// TLS cannot be used.
    #[error("the connection cannot be made ready: {0}")]
    Tls(String),
}

/// The backend of a register.
pub struct Server {
    client: Client,
    base: Url,
    /// What the server's clock is ahead of ours, once it has told.
    ahead_ms: i64,
}

/// Who signs.
pub struct Signer<'a> {
    /// The register's id at the backend.
    pub terminal: Uuid,
    /// Its key.
    pub key: &'a RegisterKey,
}

impl Server {
    /// The backend at an address. Outside this machine it must be `https`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn new(address: &str, config: &Path) -> Result<Self, ClientError> {
        let base = Url::parse(address.trim_end_matches('/'))
            .map_err(|e| ClientError::Address(no_address(address, &e.to_string())))?;
        let own = matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match base.scheme() {
            "https" => {}
            "http" if own => {}
            "http" => {
                return Err(ClientError::Address(format!("{address}: a server elsewhere must be reached by https://")));
            }
            other => return Err(ClientError::Address(no_address(address, &format!("`{other}:` is not known here")))),
        }
        // The first provider stays; a second try to install one is no fault.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .connect_timeout(CONNECT_TIME)
            .redirect(Policy::none())
            .user_agent(concat!("counterflow/", env!("CARGO_PKG_VERSION")));
        let ca = config.join(CA_FILE);
        if ca.is_file() {
            let pem = std::fs::read(&ca).map_err(|e| ClientError::Tls(format!("{}: {e}", ca.display())))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem)
                .map_err(|e| ClientError::Tls(format!("{}: {e}", ca.display())))?;
            builder = builder.tls_certs_only(certificates);
        }
        let client = builder.build().map_err(|e| ClientError::Tls(chain(&e)))?;
        Ok(Self { client, base, ahead_ms: 0 })
    }

    /// The address, as it is kept.
    pub fn address(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// Sends a bundle. `now_ms` is the till's clock.
    pub fn put_bundle(
        &mut self,
        signer: &Signer<'_>,
        enrolment: &Enrolment,
        sending: &Sending<'_>,
        now_ms: i64,
    ) -> Answer<Taken> {
        let path = format!("v1/shifts/{}", sending.id);
        let signature = signer.key.sign(&bundle::message(&sending.sha256));
        let answer = self.signed(signer, now_ms, Method::PUT, &path, sending.bytes, |request| {
            request
                .header(CONTENT_TYPE, bundle::MEDIA_TYPE)
                .header(CONTENT_ENCODING, "gzip")
                .header(request::BUNDLE_SIGNATURE, &signature)
        });
        answer.and_then(|raw| taken(raw, enrolment, sending))
    }

    /// Says that a bundle exists which cannot be taken in, so that later ones can follow.
    pub fn put_placeholder(&mut self, signer: &Signer<'_>, id: Uuid, head: &[u8], now_ms: i64) -> Answer<()> {
        let path = format!("v1/shifts/{id}/placeholder");
        let answer = self.signed(signer, now_ms, Method::PUT, &path, head, |request| {
            request.header(CONTENT_TYPE, "application/json")
        });
        answer.map(|_| ())
    }

    /// Enrols a register.
    pub fn enrol(&self, enrol: &Enrol) -> Answer<Enrolment> {
        let Ok(body) = serde_json::to_vec(enrol) else {
            return Answer::Unbelievable("the request cannot be written".to_owned());
        };
        let request = self.client.post(self.url("v1/terminals/enrol", "")).timeout(TIME);
        read(request.header(CONTENT_TYPE, "application/json").body(body), MAX_ANSWER_BYTES).and_then(json)
    }

    /// Asks for something; `None` when it is not newer than what the till has.
    pub fn get(
        &mut self,
        signer: &Signer<'_>,
        path: &str,
        seen: Option<&str>,
        now_ms: i64,
    ) -> Answer<Option<(HeaderMap, Vec<u8>)>> {
        let answer = self.signed(signer, now_ms, Method::GET, path, &[], |request| match seen {
            Some(seen) => request.header("if-none-match", seen),
            None => request,
        });
        answer.map(|raw| (raw.status != StatusCode::NOT_MODIFIED).then_some((raw.headers, raw.body)))
    }

    fn url(&self, path: &str, query: &str) -> Url {
        let mut url = self.base.clone();
        let before = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{before}/{path}"));
        url.set_query(Some(query).filter(|q| !q.is_empty()));
        url
    }

    /// Signs and sends; once more, with the server's time, where only the clocks differ.
    fn signed(
        &mut self,
        signer: &Signer<'_>,
        now_ms: i64,
        method: Method,
        path: &str,
        body: &[u8],
        with: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Answer<Raw> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let url = self.url(path, query);
        let digest = request::content_digest(body);
        let time = TIME + Duration::from_secs(body.len() as u64 / SLOWEST_BYTES_PER_S);
        let mut told = false;
        loop {
            let created = (now_ms + self.ahead_ms).div_euclid(1000);
            let signed = Signed {
                method: method.as_str(),
                path: url.path(),
                query,
                digest: &digest,
                created,
                terminal: signer.terminal,
            };
            let signature = unhex(&signer.key.sign(&signed.base())).unwrap_or([0; 64]);
            let request = self
                .client
                .request(method.clone(), url.clone())
                .timeout(time)
                .header(request::CONTENT_DIGEST, &digest)
                .header(request::SIGNATURE_INPUT, signed.input())
                .header(request::SIGNATURE, request::signature_header(&signature))
                .header(request::DEVICE_TIME, now_ms)
                .body(body.to_vec());
            match read(with(request), MAX_CATALOGUE_BYTES) {
                Answer::Refused(problem) if problem.is(Code::ClockSkew) && !told && problem.server_ms.is_some() => {
                    self.ahead_ms = problem.server_ms.unwrap_or_default() - now_ms;
                    told = true;
                }
                answer => return answer,
            }
        }
    }
}

/// An answer with a status of success, read whole.
struct Raw {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl<T> Answer<T> {
    fn map<U>(self, with: impl FnOnce(T) -> U) -> Answer<U> {
        self.and_then(|done| Answer::Done(with(done)))
    }

    fn and_then<U>(self, with: impl FnOnce(T) -> Answer<U>) -> Answer<U> {
        match self {
            Self::Done(done) => with(done),
            Self::Again { why, after_s, busy } => Answer::Again { why, after_s, busy },
            Self::Refused(problem) => Answer::Refused(problem),
            Self::Unbelievable(why) => Answer::Unbelievable(why),
        }
    }

    fn again(why: impl Into<String>) -> Self {
        Self::Again { why: why.into(), after_s: None, busy: false }
    }
}

fn read(request: RequestBuilder, most: u64) -> Answer<Raw> {
    let mut response = match request.send() {
        Ok(response) => response,
        Err(error) => return Answer::again(chain(&error)),
    };
    let mut body = Vec::new();
    match response.by_ref().take(most + 1).read_to_end(&mut body) {
        Ok(_) if body.len() as u64 > most => return Answer::Unbelievable("the answer is far too long".to_owned()),
        Ok(_) => {}
        Err(error) => return Answer::again(format!("the answer broke off: {error}")),
    }
    let (status, headers) = (response.status(), response.headers().clone());
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        return Answer::Done(Raw { status, headers, body });
    }
    refused(&response, status, &body)
}

/// What a status other than of success means. A refusal counts only with its document: a proxy's page
/// says nothing about the bundle.
fn refused<T>(response: &Response, status: StatusCode, body: &[u8]) -> Answer<T> {
    let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
    let after_s = header(RETRY_AFTER).and_then(|text| text.trim().parse().ok());
    let is_problem = header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with(problem::MEDIA_TYPE));
    let problem: Option<Problem> = if is_problem { serde_json::from_slice(body).ok() } else { None };
    let Some(problem) = problem else {
        // Something failed on the way to the backend, or this is not the way.
        let why = match status.is_server_error() || after_s.is_some() {
            true => format!("the server answered {status}"),
            false => format!("{NO_BACKEND}: it answered {status}"),
        };
        return Answer::Again { why, after_s, busy: after_s.is_some() };
    };
    let why = problem.to_string();
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Answer::Again { why, after_s, busy: true },
        status if status.is_server_error() => Answer::Again { why, after_s, busy: false },
        _ if problem.is(Code::InProgress) => Answer::Again { why, after_s: after_s.or(Some(2)), busy: true },
        _ => Answer::Refused(Box::new(problem)),
    }
}

fn json<T: DeserializeOwned>(raw: Raw) -> Answer<T> {
    match serde_json::from_slice(&raw.body) {
        Ok(read) => Answer::Done(read),
        Err(error) if raw.body.starts_with(b"{") => Answer::again(format!("the answer cannot be understood: {error}")),
        Err(_) => Answer::again(format!("{NO_BACKEND}: a log-in page of the network?")),
    }
}

/// An acknowledgement counts only if it is about what was sent and one of the server's keys signed it.
fn taken(raw: Raw, enrolment: &Enrolment, sending: &Sending<'_>) -> Answer<Taken> {
    let replayed = raw.headers.get("idempotency-replayed").is_some_and(|v| v == "true");
    let text = String::from_utf8_lossy(&raw.body).into_owned();
    json(raw).and_then(|acknowledgement| match check(&acknowledgement, enrolment, sending.id, &sending.sha256) {
        Ok(()) => Answer::Done(Taken { acknowledgement, text, replayed }),
        Err(why) => Answer::Unbelievable(why),
    })
}

/// Whether an acknowledgement proves that a bundle is stored.
///
/// # Errors
/// Why it does not, in words.
pub(super) fn check(
    acknowledgement: &Acknowledgement,
    enrolment: &Enrolment,
    id: Uuid,
    sha256: &crate::wire::Hash,
) -> Result<(), String> {
    if !acknowledgement.is_signed_by(&enrolment.server_keys) {
        return Err("the acknowledgement is not signed by the server that this register enrolled with".to_owned());
    }
    if acknowledgement.shift_id != id || acknowledgement.sha256 != *sha256 {
        return Err("the acknowledgement is about another bundle".to_owned());
    }
    if acknowledgement.stored != Stored::Whole {
        return Err("the server has only a placeholder of this bundle".to_owned());
    }
    Ok(())
}

fn no_address(address: &str, why: &str) -> String {
    format!("`{address}` is no address of a server: {why}; one looks like https://shop.example.com")
}

/// An error with its causes, and without the address, which people know.
fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    // The layers between say the same in other words.
    let last = causes.last().cloned().unwrap_or_default();
    match error.url() {
        _ if error.is_timeout() => "the server did not answer in time".to_owned(),
        Some(url) if error.is_connect() => format!("{} cannot be reached: {last}", url.origin().ascii_serialization()),
        Some(url) if error.is_request() => {
            format!("{}: the line broke off: {last}", url.origin().ascii_serialization())
        }
        Some(url) => format!("{}: {last}", error.to_string().replace(&format!(" for url ({url})"), "")),
        None => format!("{error}: {last}"),
    }
}
