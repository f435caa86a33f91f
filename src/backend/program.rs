//! `counterflow-backend`: serve, migrate, ingest, admin.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{Duration, Utc};
use clap::{Parser, Subcommand};
use sha2::{Digest, Sha256};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::auth::Terminal;
use super::config::Config;
use super::db::Db;
use super::failure::Failure;
use super::ingest::{Incoming, take_in};
use super::keys::ServerKeys;
use super::limits::Limits;
use super::metrics::Metrics;
use super::routes::new_code;
use super::{App, serve, status};
use crate::domain::ids::{BoxId, RegisterId};
use crate::wire::enrolment::plain_code;
use crate::wire::hex::hex;
use crate::wire::stick::{ACK_END, BUNDLE_END, NOTE_END, Note};

/// The backend of CounterFlow: one REST API over PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "counterflow-backend", version, about, propagate_version = true, max_term_width = 100)]
struct Cli {
    /// The configuration, a TOML file; COUNTERFLOW_BACKEND_LISTEN, _DATABASE, _SSLMODE, _SSLROOTCERT and _KEYS go over it
    #[arg(long, global = true, value_name = "FILE", env = "COUNTERFLOW_BACKEND_CONFIG")]
    config: Option<PathBuf>,
    /// The log as text for people, not as JSON
    #[arg(long, global = true)]
    plain_log: bool,
    #[command(subcommand)]
    command: Cmd,
}

#[derive(Debug, Subcommand)]
enum Cmd {
    /// Answers requests until it is asked to end
    Serve,
    /// Takes the database's schema up to this program's
    Migrate,
    /// Takes bundles in that a till wrote to a folder, and puts an acknowledgement beside each
    Ingest {
        /// The folder
        dir: PathBuf,
    },
    /// Makes tenants, stores, codes and tokens
    #[command(subcommand)]
    Admin(Admin),
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Makes a tenant with its first store, and prints their ids
    Tenant {
        /// The business's name
        name: String,
        /// Its first store's name
        #[arg(long, default_value = "Main store")]
        store: String,
    },
    /// Makes another store of a tenant, and prints its id
    Store {
        /// The tenant
        tenant: Uuid,
        /// The store's name
        name: String,
    },
    /// Makes a one-time code with which a register enrols, and prints it
    Code {
        /// The tenant
        tenant: Uuid,
        /// The store
        store: Uuid,
        /// How many hours it holds
        #[arg(long, default_value_t = 48)]
        hours: i64,
    },
    /// Makes a token for a person or a program, and prints it; only its digest is kept
    Token {
        /// The tenant
        tenant: Uuid,
        /// Whose it is
        name: String,
        /// office, reporting or marketing
        #[arg(long, default_value = "office")]
        role: String,
    },
    /// Lists businesses, stores, registers with how far each has come, and tokens
    Status {
        /// The tenant; all when absent
        tenant: Option<Uuid>,
    },
    /// Takes the right of a register or of a token away; what it did stays
    Revoke {
        /// The tenant
        tenant: Uuid,
        /// The register's id at the backend, or the name of the token
        #[arg(value_name = "TERMINAL|NAME")]
        whose: String,
    },
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log(cli.plain_log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(&error.to_string(), 71),
    };
    match runtime.block_on(run(cli)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(code) => ExitCode::from(code),
        Err(why) => end(&why, 1),
    }
}

fn end(why: &str, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "counterflow-backend: {why}");
    ExitCode::from(code)
}

/// Lines of JSON, as log collectors want them; what is logged is said by `RUST_LOG`.
fn log(plain: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if plain { builder.init() } else { builder.json().flatten_event(true).init() }
}

async fn run(cli: Cli) -> Result<u8, String> {
    let config = Config::read(cli.config.as_deref())?;
    let db = Db::new(&config)?;
    match cli.command {
        Cmd::Serve => {
            // An older schema is told at once, not with the first bundle.
            db.ready().await.map_err(|f| format!("{f}; is the database there, and was `migrate` run?"))?;
            serve::serve(app(config, db)?).await?;
            Ok(0)
        }
        Cmd::Migrate => {
            let (from, to) = db.migrate().await.map_err(|f| f.to_string())?;
            print(&format!("schema: {from} → {to}"));
            Ok(0)
        }
        Cmd::Ingest { dir } => {
            db.ready().await.map_err(|f| f.to_string())?;
            ingest(&app(config, db)?, &dir).await
        }
        Cmd::Admin(admin) => administer(&db, admin).await.map(|()| 0),
    }
}

fn app(config: Config, db: Db) -> Result<App, String> {
    let keys = ServerKeys::open(&config.keys)?;
    let limits = Limits::new(config.requests_per_s, config.burst);
    Ok(App { db, keys, limits, metrics: Metrics::default(), config })
}

fn print(words: &str) {
    let _ = writeln!(std::io::stdout(), "{words}");
}

async fn administer(db: &Db, admin: Admin) -> Result<(), String> {
    let connection = db.connection().await.map_err(|f| f.to_string())?;
    let failed = |e: tokio_postgres::Error| Failure::from(e).to_string();
    match admin {
        Admin::Tenant { name, store } => {
            let (tenant, store_id) = (Uuid::now_v7(), Uuid::now_v7());
            let sql = "WITH t AS (INSERT INTO tenants (tenant_id, name) VALUES ($1, $2)) \
                       INSERT INTO stores (tenant_id, store_id, name) VALUES ($1, $3, $4)";
            connection.execute(sql, &[&tenant, &name, &store_id, &store]).await.map_err(failed)?;
            print(&format!("tenant {tenant}\nstore {store_id}"));
        }
        Admin::Store { tenant, name } => {
            let store = Uuid::now_v7();
            let sql = "INSERT INTO stores (tenant_id, store_id, name) VALUES ($1, $2, $3)";
            connection.execute(sql, &[&tenant, &store, &name]).await.map_err(failed)?;
            print(&format!("store {store}"));
        }
        Admin::Code { tenant, store, hours } => {
            let code = new_code().map_err(|f| f.to_string())?;
            let expires = Utc::now() + Duration::hours(hours.clamp(1, 720));
            let digest = Sha256::digest(plain_code(&code).as_bytes()).to_vec();
            let sql = "INSERT INTO enrolment_codes (tenant_id, code_sha256, store_id, expires) VALUES ($1, $2, $3, $4)";
            connection.execute(sql, &[&tenant, &digest, &store, &expires]).await.map_err(failed)?;
            print(&code);
        }
        Admin::Token { tenant, name, role } => {
            let mut random = [0_u8; 32];
            getrandom::fill(&mut random).map_err(|e| e.to_string())?;
            let token = format!("cf_{}", hex(&random));
            let digest = Sha256::digest(token.as_bytes()).to_vec();
            let sql = "INSERT INTO tokens (tenant_id, token_sha256, name, role) VALUES ($1, $2, $3, $4)";
            connection.execute(sql, &[&tenant, &digest, &name, &role]).await.map_err(failed)?;
            print(&token);
        }
        Admin::Status { tenant } => {
            let lines = status::lines(&connection, tenant).await.map_err(|f| f.to_string())?;
            print(&if lines.is_empty() { "no business yet: admin tenant NAME".to_owned() } else { lines.join("\n") });
        }
        Admin::Revoke { tenant, whose } => {
            let id = Uuid::try_parse(&whose);
            let (sql, key): (_, &(dyn ToSql + Sync)) = match &id {
                Ok(terminal) => {
                    ("UPDATE terminals SET revoked = now() WHERE revoked IS NULL AND terminal_id = $2", terminal)
                }
                Err(_) => ("UPDATE tokens SET revoked = now() WHERE revoked IS NULL AND name = $2", &whose),
            };
            let count =
                connection.execute(&format!("{sql} AND tenant_id = $1"), &[&tenant, key]).await.map_err(failed)?;
            if count == 0 {
                return Err(format!(
                    "nothing of this tenant is called `{whose}` and not revoked yet: see `admin status`"
                ));
            }
            print(&format!("revoked: {count}"));
        }
    }
    Ok(())
}

/// Takes in what lies in a folder, in the order of registers and numbers. Ends with 65 where something
/// was not taken in.
async fn ingest(app: &App, dir: &Path) -> Result<u8, String> {
    let entries = std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut stems: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(&format!(".{BUNDLE_END}")).map(str::to_owned))
        .collect();
    stems.sort();
    let mut code = 0;
    for stem in stems {
        match ingest_one(app, dir, &stem).await {
            Ok(replayed) => print(&format!("{stem}: {}", if replayed { "was there already" } else { "stored" })),
            Err(why) => {
                print(&format!("{stem}: {why}"));
                code = 65;
            }
        }
    }
    Ok(code)
}

async fn ingest_one(app: &App, dir: &Path, stem: &str) -> Result<bool, String> {
    let read = |end: &str| {
        let path = dir.join(format!("{stem}.{end}"));
        std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
    };
    let note: Note = serde_json::from_slice(&read(NOTE_END)?).map_err(|e| e.to_string())?;
    let size = std::fs::metadata(dir.join(format!("{stem}.{BUNDLE_END}"))).map_err(|e| e.to_string())?.len();
    if usize::try_from(size).is_ok_and(|size| size > app.config.max_body_bytes) {
        return Err(format!("{size} bytes are more than `max_body_bytes` takes"));
    }
    let bytes = read(BUNDLE_END)?;
    let terminal = terminal(app, note.terminal).await.map_err(|f| f.to_string())?;
    let incoming = Incoming { id: note.id, bytes: bytes.into(), signature: note.signature };
    let taken = take_in(app, &terminal, incoming).await.map_err(|f| f.to_string())?;
    let path = dir.join(format!("{stem}.{ACK_END}"));
    std::fs::write(&path, taken.acknowledgement).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(taken.replayed)
}

async fn terminal(app: &App, id: Uuid) -> super::failure::Result<Terminal> {
    use crate::wire::problem::Code;
    let connection = app.db.connection().await?;
    let sql = "SELECT tenant_id, store_id, box_id, register, public_key FROM terminals \
               WHERE terminal_id = $1 AND revoked IS NULL";
    let row = connection.query_opt(sql, &[&id]).await?;
    let row = row.ok_or_else(|| Failure::new(Code::Revoked, "The register is not enrolled, or was revoked"))?;
    Ok(Terminal {
        id,
        tenant: row.get(0),
        store: row.get(1),
        box_id: BoxId(row.get(2)),
        register: RegisterId(u16::try_from(row.get::<_, i32>(3)).unwrap_or_default()),
        public_key: row.get(4),
        skew_ms: 0,
    })
}
