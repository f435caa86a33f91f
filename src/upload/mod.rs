//! Closed shifts and corrections of them out, catalogues in. `docs/upload.md` tells the protocol.
//!
//! - Bundles go in order, each register by itself. What a server refuses for good is set aside, and the
//!   rest goes on.
//! - A bundle is done when an acknowledgement that the server signed is in the journal; everything else
//!   is a reason to try again.
//! - Nothing here deletes anything.

pub mod client;
pub mod files;
pub mod pull;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::enrolment::{BackendAct, Enrolment};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::RegisterId;
use crate::domain::time::Stamp;
use crate::store::{BackOff, RegisterKey, Store, StoreError, Waiting};
use crate::upload::client::{Answer, ClientError, Sending, Server, Signer, Taken};
use crate::wire::bundle::Kind;
use crate::wire::hex;
use crate::wire::problem::{Code, Problem};

/// How often one bundle is tried in one run.
const TRIES: u32 = 3;
/// The longest a run waits for a busy server; beyond it, a later run goes on.
const PATIENCE_S: u64 = 30;
/// The first pause after a run that reached nobody, and the longest.
const BACK_OFF_S: (u64, u64) = (60, 3600);

/// What happens outside: time, randomness, waiting, and how an event gets its circumstances.
pub trait World {
    /// The time.
    fn now(&self) -> Stamp;
    /// A number from nought to a thousand, drawn afresh each time.
    fn chance(&mut self) -> u64;
    /// Waits.
    fn wait(&mut self, time: Duration);
    /// An event of the office, to be journalled.
    fn record(&self, event: Event) -> Recorded;
    /// The key of a register.
    ///
    /// # Errors
    /// When there is none and none can be made.
    fn key(&self, store: &mut Store, register: RegisterId) -> Result<RegisterKey, StoreError>;
}

/// How a run ended. Each has its exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Everything is acknowledged.
    #[default]
    Done,
    /// Something is set aside; the rest is acknowledged.
    SetAside,
    /// No server could be reached.
    Unavailable,
    /// The server is busy: later.
    Later,
    /// What came back cannot be believed.
    Protocol,
    /// The register may not send.
    NotAuthorised,
    /// No register is enrolled, or one that has closed shifts is not.
    NotEnrolled,
}

impl End {
    /// The exit code, as sysexits.h has them.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::SetAside => 65,
            Self::Unavailable => 69,
            Self::Later => 75,
            Self::Protocol => 76,
            Self::NotAuthorised => 77,
            Self::NotEnrolled => 78,
        }
    }

    /// What says most about a run of which two things can be said.
    fn worse(self, other: Self) -> Self {
        let rank = |end: Self| match end {
            Self::Done => 0,
            Self::SetAside => 1,
            Self::Later => 2,
            Self::Unavailable => 3,
            Self::Protocol => 4,
            Self::NotAuthorised => 5,
            Self::NotEnrolled => 6,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// What became of one bundle.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    /// Its id.
    pub id: Uuid,
    /// Its register.
    pub register: RegisterId,
    /// Its number on the register.
    pub seq: u64,
    /// What it is about.
    pub kind: Kind,
    /// SHA-256 of its head.
    pub sha256: String,
    /// Bytes as they travelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Whether the server had it already.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// What the server found; nothing was refused for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Why it was not taken in; empty when it was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub trouble: String,
}

/// What a run came to.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// How it ended.
    pub end: End,
    /// What was acknowledged.
    pub sent: Vec<Sent>,
    /// What waits for people.
    pub set_aside: Vec<Sent>,
    /// What would be sent, where nothing was to be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub would_send: Vec<Sent>,
    /// How many bundles still wait.
    pub waiting: usize,
    /// Registers that have closed shifts and report to no backend.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub not_enrolled: BTreeSet<RegisterId>,
    /// When the next try is due, in UTC milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<i64>,
    /// Why the run ended early; empty when it did not.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// How a run is to go.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Send nothing; say what would be.
    pub dry_run: bool,
    /// Send no more than so many.
    pub max: Option<usize>,
    /// Do not heed the pause that an earlier run was told.
    pub now: bool,
    /// Try again what was set aside.
    pub retry: bool,
}

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A file cannot be written or read.
    #[error("{0}")]
    File(String),
}

impl Sent {
    /// Of a bundle of which nothing is known yet.
    pub fn of(waiting: &Waiting) -> Self {
        Self {
            id: waiting.id,
            register: waiting.register,
            seq: waiting.seq,
            kind: waiting.kind,
            sha256: hex::hex(&waiting.sha256),
            bytes: None,
            replayed: false,
            warnings: Vec::new(),
            trouble: waiting.trouble.clone(),
        }
    }
}

/// How sending one bundle ended.
enum Step {
    /// It is acknowledged, or set aside: on to the next.
    Next,
    /// Nothing more of this register.
    Stop(End, String, Option<u64>),
}

/// Sends what no backend has acknowledged.
///
/// # Errors
/// When the store cannot be read or written. What was acknowledged until then is kept.
pub fn run(store: &mut Store, config: &Path, world: &mut dyn World, wanted: Wanted) -> Result<Report, UploadError> {
    let mut report = Report::default();
    let registers = store.enrolled_registers()?;
    if registers.is_empty() {
        report.end = End::NotEnrolled;
        report.why = "no register is enrolled: `counterflow enrol CODE --server URL`".to_owned();
        return Ok(report);
    }
    if wanted.retry && !wanted.dry_run {
        store.take_up_again()?;
    }
    let back_off = store.back_off()?;
    let mut left = wanted.max.unwrap_or(usize::MAX);
    let is_early = !wanted.now && back_off.next_ms > world.now().utc_ms;
    for register in registers {
        let due: Vec<Waiting> =
            store.unacknowledged()?.into_iter().filter(|w| w.register == register && !w.set_aside).collect();
        if wanted.dry_run {
            report.would_send.extend(due.iter().take(left).map(Sent::of));
        } else if is_early && !due.is_empty() {
            (report.end, report.why) = (End::Later, format!("nothing was tried; the last time {}", back_off.why));
            report.retry_at = Some(back_off.next_ms);
        } else if let Some(stopped) = send_register(store, config, world, (register, &due), &mut left, &mut report)? {
            let (end, why, after_s) = stopped;
            note_end(store, world, &mut report, (end, why, after_s))?;
            if matches!(end, End::Unavailable | End::Later) {
                break;
            }
        }
    }
    finish(store, &mut report, wanted)?;
    Ok(report)
}

/// Sends the bundles of one register. Gives why it stopped before the last.
fn send_register(
    store: &mut Store,
    config: &Path,
    world: &mut dyn World,
    (register, due): (RegisterId, &[Waiting]),
    left: &mut usize,
    report: &mut Report,
) -> Result<Option<(End, String, Option<u64>)>, UploadError> {
    let Some((address, enrolment)) = store.enrolment(register)? else { return Ok(None) };
    let mut sender = None;
    for waiting in due {
        if *left == 0 {
            break;
        }
        *left -= 1;
        // Made for the first bundle only: a run with nothing to send touches neither network nor keys.
        let sender = match &mut sender {
            Some(sender) => sender,
            none => none.insert(Sender {
                server: Server::new(&address, config)?,
                key: world.key(store, register)?,
                enrolment: enrolment.clone(),
            }),
        };
        match sender.send(store, world, waiting, report, true)? {
            Step::Next => {}
            Step::Stop(end, why, after_s) => return Ok(Some((end, why, after_s))),
        }
    }
    Ok(None)
}

/// A register on the line.
struct Sender {
    server: Server,
    key: RegisterKey,
    enrolment: Enrolment,
}

impl Sender {
    /// Sends one bundle until it is acknowledged, set aside, or there is no use in going on.
    fn send(
        &mut self,
        store: &mut Store,
        world: &mut dyn World,
        waiting: &Waiting,
        report: &mut Report,
        fill_gaps: bool,
    ) -> Result<Step, UploadError> {
        let bytes = packed(store, waiting.id)?;
        let mut filled = None;
        let mut tries = 0;
        loop {
            tries += 1;
            let sending = Sending { id: waiting.id, sha256: waiting.sha256, bytes: &bytes };
            let signer = Signer { terminal: self.enrolment.terminal, key: &self.key };
            let answer = self.server.put_bundle(&signer, &self.enrolment, &sending, world.now().utc_ms);
            match answer {
                Answer::Done(taken) => {
                    keep(store, world, waiting, &taken)?;
                    report.sent.push(Sent {
                        bytes: Some(bytes.len() as u64),
                        replayed: taken.replayed,
                        warnings: taken.acknowledgement.warnings,
                        trouble: String::new(),
                        ..Sent::of(waiting)
                    });
                    return Ok(Step::Next);
                }
                Answer::Again { why, after_s, busy } => {
                    store.note_trouble(waiting.id, &why, false, world.now())?;
                    let wait_s = after_s.unwrap_or(1 << (2 * (tries - 1)));
                    if tries >= TRIES || wait_s > PATIENCE_S {
                        let end = if busy { End::Later } else { End::Unavailable };
                        return Ok(Step::Stop(end, why, after_s));
                    }
                    let jitter = world.chance() * wait_s;
                    world.wait(Duration::from_millis(wait_s * 1000 + jitter));
                }
                Answer::Refused(problem) if problem.is(Code::SeqGap) && fill_gaps && filled != problem.missing_seq => {
                    filled = problem.missing_seq;
                    tries = 0;
                    match self.fill(store, world, waiting, &problem, report)? {
                        Step::Next => {}
                        stop @ Step::Stop(..) => return Ok(stop),
                    }
                }
                Answer::Refused(problem) if problem.is(Code::Unreadable) && tries < 2 => {}
                Answer::Refused(problem) => return self.refused(store, world, waiting, &problem, report),
                Answer::Unbelievable(why) => {
                    store.note_trouble(waiting.id, &why, false, world.now())?;
                    return Ok(Step::Stop(End::Protocol, why, None));
                }
            }
        }
    }

    /// Sends what the server misses before a bundle: the bundle itself, also where it was acknowledged
    /// once (the server lost it), or a placeholder where it was set aside.
    fn fill(
        &mut self,
        store: &mut Store,
        world: &mut dyn World,
        waiting: &Waiting,
        problem: &Problem,
        report: &mut Report,
    ) -> Result<Step, UploadError> {
        let missing = problem.missing_seq.filter(|seq| *seq < waiting.seq);
        let missing = missing.map(|seq| store.bundle(waiting.register, seq)).transpose()?.flatten();
        let Some(missing) = missing else {
            let why = format!("the server misses a bundle that never was: {problem}");
            return Ok(Step::Stop(End::Protocol, why, None));
        };
        if !missing.set_aside {
            // From the one the server names up to the one before this, in order.
            for seq in missing.seq..waiting.seq {
                let Some(bundle) = store.bundle(waiting.register, seq)? else { continue };
                if bundle.set_aside {
                    break;
                }
                match self.send(store, world, &bundle, report, false)? {
                    Step::Next => {}
                    stop @ Step::Stop(..) => return Ok(stop),
                }
            }
            return Ok(Step::Next);
        }
        let head = store.bundle_head(missing.id)?;
        let signer = Signer { terminal: self.enrolment.terminal, key: &self.key };
        match self.server.put_placeholder(&signer, missing.id, &head, world.now().utc_ms) {
            Answer::Done(()) => Ok(Step::Next),
            Answer::Again { why, after_s, busy } => {
                Ok(Step::Stop(if busy { End::Later } else { End::Unavailable }, why, after_s))
            }
            Answer::Refused(problem) => Ok(Step::Stop(End::Protocol, problem.to_string(), None)),
            Answer::Unbelievable(why) => Ok(Step::Stop(End::Protocol, why, None)),
        }
    }

    /// A refusal that no repetition changes.
    fn refused(
        &mut self,
        store: &mut Store,
        world: &mut dyn World,
        waiting: &Waiting,
        problem: &Problem,
        report: &mut Report,
    ) -> Result<Step, UploadError> {
        let why = problem.to_string();
        match problem.status {
            401 | 403 => {
                store.note_trouble(waiting.id, &why, false, world.now())?;
                let why = enrol_again(problem, waiting.register);
                Ok(Step::Stop(End::NotAuthorised, why, None))
            }
            409 => {
                store.note_trouble(waiting.id, &why, false, world.now())?;
                Ok(Step::Stop(End::Protocol, why, None))
            }
            _ => {
                store.note_trouble(waiting.id, &why, true, world.now())?;
                report.end = report.end.worse(End::SetAside);
                Ok(Step::Next)
            }
        }
    }
}

/// What to do where a register's word does not count any more.
fn enrol_again(problem: &Problem, register: RegisterId) -> String {
    let why = match problem.is(Code::Revoked) {
        true => format!("the office revoked register {register}"),
        false => format!("the server knows no register {register}"),
    };
    format!("{why}: enrol it with a new code; selling goes on")
}

/// What to do about a register whose shifts go nowhere, although others of the box report.
pub(crate) fn not_enrolled(register: RegisterId) -> String {
    format!("register {register} is not enrolled: `counterflow --register {register} enrol CODE`")
}

/// A bundle as it travels.
pub(crate) fn packed(store: &Store, id: Uuid) -> Result<Vec<u8>, UploadError> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    store.write_bundle(id, &mut packer)?;
    packer.flush().and_then(|()| packer.finish()).map_err(|e| UploadError::File(e.to_string()))
}

/// Journals an acknowledgement: from here on the bundle is done.
pub(crate) fn keep(store: &mut Store, world: &dyn World, waiting: &Waiting, taken: &Taken) -> Result<(), UploadError> {
    crate::fault::point("acknowledged");
    journal(store, world, waiting, &taken.text)
}

fn journal(store: &mut Store, world: &dyn World, waiting: &Waiting, text: &str) -> Result<(), UploadError> {
    let act = Box::new(BackendAct::Acknowledged { bundle: waiting.id, text: text.to_owned() });
    Ok(store.acknowledge(waiting.id, &world.record(Event::Backend { act }))?)
}

/// Keeps in mind when to try again.
fn note_end(
    store: &mut Store,
    world: &mut dyn World,
    report: &mut Report,
    (end, why, after_s): (End, String, Option<u64>),
) -> Result<(), UploadError> {
    report.end = report.end.worse(end);
    report.why = why;
    if matches!(end, End::Unavailable | End::Later) {
        let before = store.back_off()?;
        let pause_s = after_s.unwrap_or_else(|| (BACK_OFF_S.0 << before.failures.min(10)).min(BACK_OFF_S.1));
        let pause_ms = pause_s * 1000 + world.chance() * pause_s / 4;
        let next_ms = world.now().utc_ms.saturating_add(i64::try_from(pause_ms).unwrap_or(i64::MAX));
        let failures = before.failures.saturating_add(1);
        store.set_back_off(&BackOff { failures, next_ms, why: report.why.clone() })?;
        report.retry_at = Some(next_ms);
    }
    Ok(())
}

fn finish(store: &mut Store, report: &mut Report, wanted: Wanted) -> Result<(), UploadError> {
    let enrolled = store.enrolled_registers()?;
    for waiting in &store.unacknowledged()? {
        if !enrolled.contains(&waiting.register) {
            report.not_enrolled.insert(waiting.register);
        } else if waiting.set_aside {
            report.set_aside.push(Sent::of(waiting));
            report.end = report.end.worse(End::SetAside);
        } else {
            report.waiting += 1;
        }
    }
    if let Some(register) = report.not_enrolled.first().filter(|_| report.why.is_empty()) {
        report.end = report.end.worse(End::NotEnrolled);
        report.why = not_enrolled(*register);
    }
    if !report.sent.is_empty() && !wanted.dry_run && report.retry_at.is_none() {
        store.set_back_off(&BackOff::default())?;
    }
    Ok(())
}
