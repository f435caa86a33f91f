//! The backend: axum over PostgreSQL. One REST API for tills, office, web and kiosks; no logic of any
//! client in it. `docs/backend.md` tells how it is run, `docs/upload.md` what tills send.
//!
//! - The tenant comes from the credential, never from the path, and row security holds every
//!   transaction to it.
//! - A bundle is taken in whole, in one transaction, or leaves a placeholder that says why not.
//! - Money is counted by `domain`, the same code as at the till.

mod auth;
mod config;
mod db;
mod failure;
mod ingest;
mod keys;
mod limits;
mod metrics;
mod program;
mod routes;
mod serve;
mod status;
mod tls;

use std::sync::Arc;

pub use program::main;

/// What every request needs.
struct App {
    db: db::Db,
    keys: keys::ServerKeys,
    limits: limits::Limits,
    metrics: metrics::Metrics,
    config: config::Config,
}

/// The same, shared.
type Shared = Arc<App>;
