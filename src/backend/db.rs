//! PostgreSQL: a pool, numbered migrations, and transactions that are one tenant's and one role's.

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts, Transaction};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Row};
use uuid::Uuid;

use super::config::Config;
use super::failure::{Failure, Result, whole};
use super::tls;

/// The steps of the schema, in order.
const MIGRATIONS: [&str; 3] = [
    include_str!("../../migrations/backend/0001_backend.sql"),
    include_str!("../../migrations/backend/0002_corrections.sql"),
    include_str!("../../migrations/backend/0003_lookups.sql"),
];
/// What keeps two servers from migrating at once.
const MIGRATION_LOCK: i64 = 0x4346_4C57;
/// How long a request waits for a connection.
const WAIT: Duration = Duration::from_secs(10);

/// Who a transaction is: what it may read and write is in the database's own grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Takes bundles in.
    Ingest,
    /// People at desks.
    Office,
    /// Reads.
    Reporting,
    /// Reads orders without people, writes promotions.
    Marketing,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "counterflow_ingest",
            Self::Office => "counterflow_office",
            Self::Reporting => "counterflow_reporting",
            Self::Marketing => "counterflow_marketing",
        }
    }
}

/// The database.
#[derive(Clone)]
pub(super) struct Db {
    pool: Pool,
}

impl Db {
    /// Makes the pool; nothing is connected yet.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub(super) fn new(config: &Config) -> std::result::Result<Self, String> {
        let mut pg: tokio_postgres::Config = config.database.reveal().parse().map_err(|e| {
            let hint = "sslmode (disable, verify-full) and sslrootcert are settings of their own";
            format!("database: {}; {hint}", whole(&e))
        })?;
        pg.application_name("counterflow-backend");
        pg.connect_timeout(WAIT);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match tls::connector(&mut pg, config)? {
            Some(tls) => Manager::from_config(pg, tls, recycling),
            None => Manager::from_config(pg, NoTls, recycling),
        };
        let pool = Pool::builder(manager)
            .max_size(config.connections)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) })
            .build()
            .map_err(|e| format!("database: {e}"))?;
        Ok(Self { pool })
    }

    /// Forgets what was answered under an `Idempotency-Key` before a time. Says how many. No request waits for it: it
    /// goes in small pieces, and leaves out what somebody else holds.
    ///
    /// # Errors
    /// When the database cannot be reached; the next time goes on.
    pub(super) async fn forget_answers(&self, before: DateTime<Utc>) -> Result<u64> {
        const PIECE: u64 = 500;
        let connection = self.connection().await?;
        let sql = "DELETE FROM idempotency WHERE (tenant_id, key) IN (SELECT tenant_id, key FROM idempotency \
                   WHERE created < $1 ORDER BY created LIMIT 500 FOR UPDATE SKIP LOCKED)";
        let mut forgotten = 0;
        loop {
            let piece = connection.execute(sql, &[&before]).await?;
            forgotten += piece;
            if piece < PIECE {
                return Ok(forgotten);
            }
        }
    }

    /// A connection, as the owner: for what belongs to no tenant yet, a credential above all.
    ///
    /// # Errors
    /// When none can be had.
    pub(super) async fn connection(&self) -> Result<Object> {
        Ok(self.pool.get().await?)
    }

    /// Whether the database answers and has the newest schema.
    ///
    /// # Errors
    /// When it does not.
    pub(super) async fn ready(&self) -> Result<()> {
        let connection = self.connection().await?;
        let row = connection.query_one("SELECT max(step) FROM migrations", &[]).await?;
        match row.get::<_, Option<i32>>(0) {
            Some(step) if usize::try_from(step) == Ok(MIGRATIONS.len()) => Ok(()),
            step => Err(Failure::internal(format!("the schema is at step {step:?} of {}", MIGRATIONS.len()))),
        }
    }

    /// Takes the schema up to the newest, each step in one transaction. Says from where to where.
    ///
    /// # Errors
    /// When a step fails, which then has done nothing; or when the schema is newer than this program.
    pub(super) async fn migrate(&self) -> Result<(usize, usize)> {
        let mut connection = self.connection().await?;
        let tx = connection.transaction().await?;
        tx.execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK]).await?;
        tx.batch_execute(
            "CREATE TABLE IF NOT EXISTS migrations (step integer PRIMARY KEY, done timestamptz NOT NULL DEFAULT now())",
        )
        .await?;
        let row = tx.query_one("SELECT coalesce(max(step), 0) FROM migrations", &[]).await?;
        let from = usize::try_from(row.get::<_, i32>(0)).unwrap_or_default();
        if from > MIGRATIONS.len() {
            return Err(Failure::internal(format!(
                "the schema is at step {from}, this program knows {}",
                MIGRATIONS.len()
            )));
        }
        for (at, step) in MIGRATIONS.iter().enumerate().skip(from) {
            tx.batch_execute(step).await?;
            let number = i32::try_from(at + 1).unwrap_or(i32::MAX);
            tx.execute("INSERT INTO migrations (step) VALUES ($1)", &[&number]).await?;
        }
        tx.commit().await?;
        Ok((from, MIGRATIONS.len()))
    }
}

/// Begins a transaction of one tenant in one role.
///
/// # Errors
/// When the database cannot be reached.
pub(super) async fn begin<'c>(connection: &'c mut Object, role: Role, tenant: Uuid) -> Result<Transaction<'c>> {
    let tx = connection.transaction().await?;
    tx.batch_execute(&format!("SET LOCAL ROLE {}; SET LOCAL counterflow.tenant = '{tenant}'", role.name())).await?;
    Ok(tx)
}

/// What a statement is given.
pub(super) type Given<'a> = &'a [&'a (dyn ToSql + Sync)];

/// The row that a statement finds, if any; each connection prepares it once.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn find(tx: &Transaction<'_>, sql: &str, given: Given<'_>) -> Result<Option<Row>> {
    Ok(tx.query_opt(&tx.prepare_cached(sql).await?, given).await?)
}

/// Runs a statement, which each connection prepares once. Says how many rows it changed.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn run(tx: &Transaction<'_>, sql: &str, given: Given<'_>) -> Result<u64> {
    Ok(tx.execute(&tx.prepare_cached(sql).await?, given).await?)
}

/// What came of statements that were sent together: of those that failed, the one that made the others fail.
///
/// # Errors
/// When one of them failed.
pub(super) fn all<const N: usize>(done: [Result<()>; N]) -> Result<()> {
    let mut failed: Vec<Failure> = done.into_iter().filter_map(Result::err).collect();
    failed.sort_by_key(Failure::is_aftermath);
    failed.into_iter().next().map_or(Ok(()), Err)
}
