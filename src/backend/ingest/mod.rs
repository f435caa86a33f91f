//! Taking a bundle in: one transaction, in which everything is checked and stored, or nothing.

mod check;
mod columns;
mod rows;

use std::io::BufReader;

use axum::body::Bytes;
use chrono::{DateTime, Datelike, Duration, Utc};
use deadpool_postgres::Transaction;
use flate2::read::GzDecoder;
use tokio::sync::mpsc;
use uuid::Uuid;

use self::check::Check;
use self::rows::Rows;
use super::App;
use super::auth::Terminal;
use super::db::{Given, Role, all, begin, find, run};
use super::failure::{Failure, Result};
use super::metrics::Metrics;
use crate::domain::shift::Z;
use crate::wire::Hash;
use crate::wire::acknowledgement::{Acknowledgement, Stored};
use crate::wire::bundle::{self, Head, SCHEMA};
use crate::wire::enrolment::verified;
use crate::wire::problem::{Code, Pointer, Problem};
use crate::wire::reading::{Entry, ReadError, Reader, Unread};

/// What rows are made of: a bundle with an entry of these kinds that cannot be read waits at the till until it can.
const NEEDED: [&str; 10] = [
    "shift-opened",
    "sale-completed",
    "refunded",
    "tip-adjusted",
    "cash-moved",
    "money-received",
    "no-sale",
    "work-changed",
    "shift-closed",
    "shift-sealed",
];
/// How many entries are read before their rows are written: what bounds the memory of a large shift.
const PIECE: usize = 2_000;
/// A head that is further ahead than this is no wrong clock but nonsense, and would make partitions of
/// years that never come.
const FUTURE_DAYS: i64 = 400;
/// A till's clock that is further from the server's than this is told.
const SKEW_TOLD_MS: i64 = 10 * 60_000;

/// What came of a bundle.
#[derive(Debug)]
pub(super) struct Taken {
    /// The acknowledgement, as it is answered.
    pub(super) acknowledgement: String,
    /// Whether it was there already.
    pub(super) replayed: bool,
}

/// A bundle as it came.
pub(super) struct Incoming {
    /// The id that it is said to have.
    pub(super) id: Uuid,
    /// Gzipped.
    pub(super) bytes: Bytes,
    /// The register's signature of it, in hex.
    pub(super) signature: String,
}

/// The bundle before, as it is stored.
struct Before {
    sha256: Vec<u8>,
    journal_last: i64,
    journal_head: Vec<u8>,
    /// Whether its content was taken in.
    whole: bool,
    z: Option<Z>,
}

/// Takes a bundle in.
///
/// # Errors
/// As `docs/upload.md` lists them. After `invalid` a placeholder is stored, and nothing else; and nothing at all where the
/// register did not sign the head.
pub(super) async fn take_in(app: &App, terminal: &Terminal, incoming: Incoming) -> Result<Taken> {
    let (head, sha256, head_bytes) = head_of(app, &incoming)?;
    fits(terminal, &head, sha256, &incoming)?;
    let done = try_in(app, terminal, &incoming, &head, sha256).await;
    if let Err(failure) = &done
        && failure.problem.is(Code::Invalid)
    {
        Metrics::add(&app.metrics.set_aside, 1);
        let stored = placeholder(app, terminal, &head, &head_bytes, &incoming.signature, &failure.problem).await;
        if let Err(worse) = stored {
            tracing::error!(problem = %worse.problem, "the placeholder could not be stored");
        }
    }
    done
}

type HeadRead = (Head, Hash, Vec<u8>);

fn reader(app_most: u64, bytes: &[u8]) -> std::result::Result<Reader<BufReader<GzDecoder<&[u8]>>>, ReadError> {
    Reader::new(BufReader::new(GzDecoder::new(bytes)), app_most)
}

fn head_of(app: &App, incoming: &Incoming) -> Result<HeadRead> {
    let reader = reader(app.config.max_unpacked_bytes, &incoming.bytes).map_err(unreadable)?;
    Ok((reader.head().clone(), reader.sha256(), reader.head_bytes().to_vec()))
}

/// What a bundle that cannot be read comes to. Before there is a head to make a placeholder of, all
/// that is not of an unknown schema is unreadable.
fn unreadable(error: ReadError) -> Failure {
    match error {
        ReadError::Schema(schema) => {
            Failure::new(Code::Unsupported, format!("Bundles of schema {schema}: this server knows {SCHEMA}"))
        }
        ReadError::TooLarge(most) => Failure::new(Code::TooLarge, format!("Unpacked, it has more than {most} bytes")),
        ReadError::Io(error) => Failure::new(Code::Unreadable, error.to_string()),
        ReadError::Invalid(Pointer { pointer, detail }) => {
            Problem::new(Code::Unreadable, "The head of the bundle").at(pointer, detail).into()
        }
    }
}

/// Whether a head is the terminal's to send at all. What is not is never stored, not even as a
/// placeholder: a bit that a stick lost must not keep the bundle out that the register did freeze.
fn fits(terminal: &Terminal, head: &Head, sha256: Hash, incoming: &Incoming) -> Result<()> {
    let foreign = |detail: &str| Failure::new(Code::Forbidden, detail);
    if head.tenant.is_some_and(|tenant| tenant != terminal.tenant) {
        return Err(foreign("The bundle is of another business"));
    }
    if head.box_id != terminal.box_id || head.register != terminal.register {
        return Err(foreign("The bundle is of another register"));
    }
    if head.id != incoming.id {
        return Err(Problem::new(Code::Unreadable, "").at("/id", "It is not the id of the request").into());
    }
    if !verified(&terminal.public_key, &bundle::message(&sha256), &incoming.signature) {
        return Err(Problem::new(Code::Invalid, "The head of the bundle is not as the register signed it")
            .at("/signature", "It must be by the key that was enrolled")
            .into());
    }
    Ok(())
}

async fn try_in(app: &App, terminal: &Terminal, incoming: &Incoming, head: &Head, sha256: Hash) -> Result<Taken> {
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, Role::Ingest, terminal.tenant).await?;
    lock_register(&tx, head).await?;
    // All at once: nothing here waits for the answer of another.
    let (there, before, taken) =
        tokio::try_join!(stored(&tx, head, sha256, terminal, incoming), before(&tx, head), taken(&tx, head))?;
    if let Some(there) = there {
        return match there {
            There::Same(acknowledgement) => {
                Metrics::add(&app.metrics.replayed, 1);
                Ok(Taken { acknowledgement, replayed: true })
            }
            There::Other => {
                // Both copies are kept.
                tx.commit().await?;
                Err(Failure::new(Code::HashConflict, "Another bundle is stored under this id; both are kept"))
            }
        };
    }
    if taken {
        return Err(Failure::new(Code::HashConflict, "Another bundle of this register has this number"));
    }
    let mut check = Check::new(head, before.as_ref().and_then(|b| b.z.clone()), terminal.public_key.clone());
    follows(&tx, head, before.as_ref(), &mut check).await?;
    if terminal.skew_ms.abs() > SKEW_TOLD_MS {
        check.warn(clock_off(terminal.skew_ms));
    }
    let mut rows = Rows::new(terminal, head);
    read_all(app, &tx, incoming, &mut check, &mut rows).await?;
    let orders = rows.finish(&tx).await.map_err(twice)?;
    check.finish();
    let acknowledgement = put(app, &tx, terminal, incoming, head, sha256, &check).await?;
    tx.commit().await?;
    Metrics::add(&app.metrics.stored, 1);
    Metrics::add(&app.metrics.orders, orders);
    Metrics::add(&app.metrics.warnings, check.warnings.len());
    tracing::info!(bundle = %head.id, register = head.register.0, seq = head.seq, orders, warnings = ?check.warnings, "stored");
    Ok(Taken { acknowledgement, replayed: false })
}

/// By how much a till's clock is ahead of ours, in whole minutes below two hours, then hours, then days.
fn clock_off(skew_ms: i64) -> String {
    let minutes = skew_ms.unsigned_abs().div_ceil(1000) / 60;
    let much = match minutes {
        0..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        2880.. => format!("{} days", minutes / 1440),
    };
    format!("the till's clock is {much} {}: set it", if skew_ms < 0 { "slow" } else { "fast" })
}

/// One bundle of a register at a time; a second one is told to come back.
async fn lock_register(tx: &Transaction<'_>, head: &Head) -> Result<()> {
    let name = format!("{}/{}", head.box_id, head.register);
    let row = find(tx, "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", &[&name]).await?;
    if row.is_some_and(|row| row.get(0)) {
        return Ok(());
    }
    Err(Failure::later(Code::InProgress, "Another bundle of this register is being taken in", 1))
}

/// What is stored under the id already.
enum There {
    /// The same, with its acknowledgement.
    Same(String),
    /// Something else.
    Other,
}

async fn stored(
    tx: &Transaction<'_>,
    head: &Head,
    sha256: Hash,
    terminal: &Terminal,
    incoming: &Incoming,
) -> Result<Option<There>> {
    let sql = "SELECT sha256, acknowledgement FROM bundles WHERE tenant_id = $1 AND bundle_id = $2";
    let Some(row) = find(tx, sql, &[&terminal.tenant, &head.id]).await? else { return Ok(None) };
    let same = row.get::<_, Vec<u8>>(0) == sha256;
    match row.get::<_, Option<String>>(1) {
        Some(acknowledgement) if same => Ok(Some(There::Same(acknowledgement))),
        // A placeholder of the same: it may be filled now.
        None if same => Ok(None),
        Some(_) | None => {
            tx.execute(
                "INSERT INTO conflicts (tenant_id, bundle_id, sha256, terminal_id, bytes) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT DO NOTHING",
                &[&terminal.tenant, &head.id, &sha256.as_slice(), &terminal.id, &incoming.bytes.as_ref()],
            )
            .await?;
            Ok(Some(There::Other))
        }
    }
}

async fn before(tx: &Transaction<'_>, head: &Head) -> Result<Option<Before>> {
    let seq = i64::try_from(head.seq).unwrap_or(i64::MAX) - 1;
    // The Z is that of the shift before: corrections may stand in between.
    let sql = "SELECT sha256, journal_last, journal_head, acknowledgement IS NOT NULL, (SELECT z FROM bundles s \
               WHERE s.tenant_id = tenant() AND s.box_id = $1 AND s.register = $2 AND s.seq <= $3 AND s.kind = 'shift' \
               ORDER BY s.seq DESC LIMIT 1) FROM bundles \
               WHERE tenant_id = tenant() AND box_id = $1 AND register = $2 AND seq = $3";
    let row = find(tx, sql, &[&head.box_id.0, &i32::from(head.register.0), &seq]).await?;
    let Some(row) = row else { return Ok(None) };
    let z: Option<serde_json::Value> = row.get(4);
    Ok(Some(Before {
        sha256: row.get(0),
        journal_last: row.get(1),
        journal_head: row.get(2),
        whole: row.get(3),
        // A Z of a version that cannot be read is no reason to refuse the next.
        z: z.and_then(|z| serde_json::from_value(z).ok()),
    }))
}

/// Whether another bundle of the register has its number.
async fn taken(tx: &Transaction<'_>, head: &Head) -> Result<bool> {
    let sql = "SELECT 1 FROM bundles WHERE tenant_id = tenant() AND box_id = $1 AND register = $2 AND seq = $3 \
               AND bundle_id <> $4";
    let (register, seq) = (i32::from(head.register.0), i64::try_from(head.seq).unwrap_or(i64::MAX));
    Ok(find(tx, sql, &[&head.box_id.0, &register, &seq, &head.id]).await?.is_some())
}

/// Whether a bundle follows the one before: number, hash, and the journal's chain.
async fn follows(tx: &Transaction<'_>, head: &Head, before: Option<&Before>, check: &mut Check) -> Result<()> {
    let invalid = |pointer: &str, detail: &str| -> Failure {
        Problem::new(Code::Invalid, "The bundle does not follow the one before").at(pointer, detail).into()
    };
    let ahead = Utc::now() + Duration::days(FUTURE_DAYS);
    if head.business_date > ahead.date_naive() || head.business_date.year() < 2000 {
        return Err(invalid("/business_date", "No shift can be of that date: set the till's clock right"));
    }
    if head.at.utc_ms > (Utc::now() + Duration::days(1)).timestamp_millis() {
        check.warn(format!("it was closed in the future, {}", head.at.show()));
    }
    let Some(before) = before else {
        if head.seq == 1 {
            return Ok(());
        }
        return Err(gap(tx, head).await?);
    };
    if before.sha256 != head.prev_sha256 {
        let known = tx
            .query_opt(
                "SELECT 1 FROM conflicts WHERE tenant_id = tenant() AND sha256 = $1",
                &[&head.prev_sha256.as_slice()],
            )
            .await?;
        if known.is_none() {
            return Err(invalid("/prev_sha256", "It is not the hash of the bundle before"));
        }
        check.warn("it follows the other copy of a bundle that is in conflict".to_owned());
    } else if i64::try_from(head.journal.first) != Ok(before.journal_last + 1)
        || before.journal_head != head.journal.prev
    {
        return Err(invalid("/journal", "Its first entry does not follow the last of the bundle before"));
    }
    if !before.whole {
        check.warn("the bundle before is set aside".to_owned());
    }
    Ok(())
}

/// The first bundle of the register that is missing.
async fn gap(tx: &Transaction<'_>, head: &Head) -> Result<Failure> {
    let row = tx
        .query_one(
            "SELECT coalesce(max(seq), 0) FROM bundles WHERE tenant_id = tenant() AND box_id = $1 AND register = $2 \
             AND seq < $3",
            &[&head.box_id.0, &i32::from(head.register.0), &i64::try_from(head.seq).unwrap_or(i64::MAX)],
        )
        .await?;
    let missing = u64::try_from(row.get::<_, i64>(0)).unwrap_or_default() + 1;
    let mut problem = Problem::new(Code::SeqGap, format!("Number {missing} of this register must come first"));
    problem.missing_seq = Some(missing);
    Ok(problem.into())
}

/// Reads the entries on a thread of their own, and writes their rows piece by piece.
async fn read_all(
    app: &App,
    tx: &Transaction<'_>,
    incoming: &Incoming,
    check: &mut Check,
    rows: &mut Rows,
) -> Result<()> {
    let (sender, mut pieces) = mpsc::channel(1);
    let first = check.first();
    let (bytes, most) = (incoming.bytes.clone(), app.config.max_unpacked_bytes);
    let reading = tokio::task::spawn_blocking(move || -> std::result::Result<(), ReadError> {
        let mut reader = reader(most, &bytes)?;
        let mut piece = Vec::with_capacity(PIECE);
        while let Some(entry) = reader.entry()? {
            piece.push(entry);
            // Whoever listened has failed, and says why.
            if piece.len() == PIECE && sender.blocking_send(std::mem::take(&mut piece)).is_err() {
                return Ok(());
            }
        }
        let _ = sender.blocking_send(piece);
        Ok(())
    });
    while let Some(piece) = pieces.recv().await {
        for Entry { seq, hash, recorded } in piece {
            match recorded {
                Ok(recorded) => {
                    check.entry(&recorded);
                    rows.entry(seq, *recorded);
                }
                Err(unread) if NEEDED.contains(&unread.kind.as_str()) => return Err(too_new(first, seq, &unread)),
                Err(unread) => check.unknown(&unread.kind),
            }
            check.stands(seq, hash);
        }
        rows.write(tx).await.map_err(twice)?;
    }
    match reading.await.map_err(Failure::internal)? {
        Ok(()) => Ok(()),
        Err(ReadError::Invalid(Pointer { pointer, detail })) => {
            Err(Problem::new(Code::Invalid, "The bundle is not what was frozen").at(pointer, detail).into())
        }
        Err(ReadError::Io(error)) => {
            Err(Problem::new(Code::Invalid, "The bundle is not whole").at("", error.to_string()).into())
        }
        Err(error @ (ReadError::TooLarge(_) | ReadError::Schema(_))) => Err(unreadable(error)),
    }
}

/// What is counted must be read: the till keeps the bundle until this server can.
fn too_new(first: u64, seq: u64, unread: &Unread) -> Failure {
    let detail = "An entry that is counted cannot be read. Where the till's program is newer than this server's, bring \
                  the server up to date, then `counterflow upload --retry`";
    Problem::new(Code::Invalid, detail).at(format!("/journal/{}/event", seq - first), unread.why.clone()).into()
}

/// What is there already under another bundle stays as it is: this one waits for people, and the ones after it go on.
fn twice(failure: Failure) -> Failure {
    if !failure.problem.is(Code::Conflict) {
        return failure;
    }
    let detail = "An order or an event of the drawer in it is stored from another bundle";
    failure.told_as(Problem::new(Code::Invalid, "The bundle holds what is there already").at("/journal", detail))
}

/// Stores the bundle and makes its acknowledgement.
async fn put(
    app: &App,
    tx: &Transaction<'_>,
    terminal: &Terminal,
    incoming: &Incoming,
    head: &Head,
    sha256: Hash,
    check: &Check,
) -> Result<String> {
    // Last, since it holds up the tenant's other registers until the commit.
    let sql = "UPDATE tenants SET server_seq = server_seq + 1 WHERE tenant_id = $1 RETURNING server_seq, \
               (SELECT max(version) FROM catalogue_versions WHERE tenant_id = $1)";
    let row = find(tx, sql, &[&terminal.tenant]).await?;
    let row = row.ok_or_else(|| Failure::internal("the tenant of an enrolled register is gone"))?;
    let (server_seq, latest): (i64, Option<i64>) = (row.get(0), row.get(1));
    let received = Utc::now();
    let mut acknowledgement = Acknowledgement {
        shift_id: head.id,
        sha256,
        box_id: head.box_id,
        register: head.register,
        seq: head.seq,
        stored: Stored::Whole,
        server_seq: u64::try_from(server_seq).unwrap_or_default(),
        received_at: received.timestamp_millis(),
        skew_ms: terminal.skew_ms,
        warnings: check.warnings.clone(),
        catalogue_latest: latest.and_then(|v| u64::try_from(v).ok()),
        key: String::new(),
        sig: String::new(),
    };
    app.keys.sign(&mut acknowledgement);
    let acknowledgement = serde_json::to_string(&acknowledgement)?;
    let z = check.z().map(serde_json::to_value).transpose()?;
    let row = BundleRow {
        terminal,
        head,
        head_bytes: &head.to_bytes()?,
        sha256,
        bytes: Some(incoming.bytes.as_ref()),
        signature: &incoming.signature,
        server_seq,
        received,
        z,
        warnings: serde_json::to_value(&check.warnings)?,
        problem: None,
        acknowledgement: Some(&acknowledgement),
    };
    let seen = "UPDATE terminals SET seen = now() WHERE tenant_id = $1 AND terminal_id = $2";
    let who: Given<'_> = &[&terminal.tenant, &terminal.id];
    let (put, seen) = tokio::join!(row.put(tx), run(tx, seen, who));
    all([put, seen.map(drop)])?;
    Ok(acknowledgement)
}

/// Says that a bundle exists whose content was not taken in, so that later ones can follow.
///
/// # Errors
/// When it cannot be stored.
pub(super) async fn placeholder(
    app: &App,
    terminal: &Terminal,
    head: &Head,
    head_bytes: &[u8],
    signature: &str,
    problem: &Problem,
) -> Result<()> {
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, Role::Ingest, terminal.tenant).await?;
    lock_register(&tx, head).await?;
    let there = tx
        .query_opt(
            "SELECT 1 FROM bundles WHERE tenant_id = tenant() AND (bundle_id = $1 OR (box_id = $2 AND register = $3 \
             AND seq = $4))",
            &[&head.id, &head.box_id.0, &i32::from(head.register.0), &i64::try_from(head.seq).unwrap_or(i64::MAX)],
        )
        .await?;
    if there.is_none() {
        if head.seq > 1 && before(&tx, head).await?.is_none() {
            return Err(gap(&tx, head).await?);
        }
        let row = BundleRow {
            terminal,
            head,
            head_bytes,
            sha256: bundle::sha256(head_bytes),
            bytes: None,
            signature,
            server_seq: 0,
            received: Utc::now(),
            z: None,
            warnings: serde_json::Value::Array(Vec::new()),
            problem: Some(serde_json::to_value(problem)?),
            acknowledgement: None,
        };
        row.put(&tx).await?;
    }
    tx.commit().await?;
    tracing::warn!(bundle = %head.id, register = head.register.0, seq = head.seq, %problem, "set aside");
    Ok(())
}

struct BundleRow<'a> {
    terminal: &'a Terminal,
    head: &'a Head,
    head_bytes: &'a [u8],
    sha256: Hash,
    bytes: Option<&'a [u8]>,
    signature: &'a str,
    server_seq: i64,
    received: DateTime<Utc>,
    z: Option<serde_json::Value>,
    warnings: serde_json::Value,
    problem: Option<serde_json::Value>,
    acknowledgement: Option<&'a str>,
}

impl BundleRow<'_> {
    /// Puts it, or fills its placeholder.
    async fn put(&self, tx: &Transaction<'_>) -> Result<()> {
        let head = self.head;
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        run(
            tx,
            "INSERT INTO bundles (tenant_id, bundle_id, box_id, register, seq, kind, corrects, sha256, prev_sha256, \
             journal_last, journal_head, terminal_id, store_id, business_date, head, bytes, signature, server_seq, \
             received, z, warnings, problem, acknowledgement) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
             $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) \
             ON CONFLICT (tenant_id, bundle_id) DO UPDATE SET bytes = excluded.bytes, signature = excluded.signature, \
             server_seq = excluded.server_seq, received = excluded.received, z = excluded.z, \
             warnings = excluded.warnings, problem = excluded.problem, acknowledgement = excluded.acknowledgement",
            &[
                &self.terminal.tenant,
                &head.id,
                &head.box_id.0,
                &i32::from(head.register.0),
                &number(head.seq),
                &head.kind.word(),
                &head.corrects.map(|shift| shift.0),
                &self.sha256.as_slice(),
                &head.prev_sha256.as_slice(),
                &number(head.journal.last),
                &head.journal.head.as_slice(),
                &self.terminal.id,
                &self.terminal.store,
                &head.business_date,
                &self.head_bytes,
                &self.bytes,
                &self.signature,
                &self.server_seq,
                &self.received,
                &self.z,
                &self.warnings,
                &self.problem,
                &self.acknowledgement,
            ],
        )
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::clock_off;

    #[test]
    fn a_clock_that_is_off_is_told_as_people_say_it() {
        for (skew_ms, words) in [
            (11 * 60_000, "11 minutes fast"),
            // What is lost on the way is no minute less.
            (86_399_700, "24 hours fast"),
            (-86_400_000, "24 hours slow"),
            (-40 * 86_400_000, "40 days slow"),
        ] {
            assert_eq!(clock_off(skew_ms), format!("the till's clock is {words}: set it"));
        }
    }
}
