//! Registers: a code from the office, enrolment, what has come from each.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::Shared;
use super::super::auth::Caller;
use super::super::db::{Role, begin};
use super::super::failure::{Failure, Result};
use super::{List, Refused, invalid, not_found, read};
use crate::domain::enrolment::Enrolment;
use crate::wire::enrolment::{Enrol, plain_code};
use crate::wire::problem::Code;

/// How long a code holds, unless it is said otherwise.
const HOURS: i64 = 48;
/// Letters of codes: none that look like another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a register sends to enrol.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes wire::enrolment::Enrol")]
pub(super) struct EnrolDocument {
    code: String,
    box_id: Uuid,
    register: u16,
    /// Ed25519, 32 bytes in hex.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    public_key: String,
    /// Over `counterflow-enrol-v1`, code, box and register, in hex.
    #[schema(pattern = "^[0-9a-f]{128}$")]
    signature: String,
}

/// Enrols a register with a one-time code.
#[utoipa::path(post, path = "/v1/terminals/enrol", tag = "terminals", request_body = EnrolDocument,
    responses((status = 200, description = "Enrolled: ids, names and the server's keys", body = serde_json::Value), Refused))]
pub(super) async fn enrol(State(app): State<Shared>, body: Bytes) -> Result {
    app.limits.take_enrol()?;
    let enrol: Enrol = read(&body)?;
    if !enrol.is_signed() {
        return Err(invalid("/signature", "it is not of this public key"));
    }
    let digest = Sha256::digest(plain_code(&enrol.code).as_bytes()).to_vec();
    let mut connection = app.db.connection().await?;
    // As the owner: whose the code is, is what it tells.
    let tx = connection.transaction().await?;
    let sql = "SELECT tenant_id, store_id, expires, terminal_id FROM enrolment_codes WHERE code_sha256 = $1 FOR UPDATE";
    let row = tx.query_opt(sql, &[&digest]).await?;
    let row = row.ok_or_else(|| Failure::new(Code::Forbidden, "No such code"))?;
    let (tenant, store): (Uuid, Uuid) = (row.get(0), row.get(1));
    let terminal = match row.get::<_, Option<Uuid>>(3) {
        // The answer may have been lost: the same register may ask again.
        Some(terminal) => {
            let sql = "SELECT public_key FROM terminals WHERE tenant_id = $1 AND terminal_id = $2";
            let key: String = tx.query_one(sql, &[&tenant, &terminal]).await?.get(0);
            if key != enrol.public_key {
                return Err(Failure::new(Code::Forbidden, "The code was used already"));
            }
            terminal
        }
        None if row.get::<_, DateTime<Utc>>(2) < Utc::now() => {
            return Err(Failure::new(Code::Forbidden, "The code is too old"));
        }
        None => {
            let terminal = Uuid::now_v7();
            tx.execute(
                "INSERT INTO terminals (tenant_id, terminal_id, store_id, box_id, register, public_key) \
                 VALUES ($1, $2, $3, $4, $5, $6)",
                &[&tenant, &terminal, &store, &enrol.box_id.0, &i32::from(enrol.register.0), &enrol.public_key],
            )
            .await?;
            let sql = "UPDATE enrolment_codes SET terminal_id = $3 WHERE tenant_id = $1 AND code_sha256 = $2";
            tx.execute(sql, &[&tenant, &digest, &terminal]).await?;
            terminal
        }
    };
    let sql =
        "SELECT t.name, s.name FROM tenants t JOIN stores s USING (tenant_id) WHERE tenant_id = $1 AND store_id = $2";
    let names = tx.query_one(sql, &[&tenant, &store]).await?;
    tx.commit().await?;
    tracing::info!(%terminal, %tenant, register = enrol.register.0, "enrolled");
    let enrolment = Enrolment {
        terminal,
        tenant,
        tenant_name: names.get(0),
        store,
        store_name: names.get(1),
        server_keys: app.keys.public().to_vec(),
    };
    Ok(Json(enrolment).into_response())
}

/// For which store, and for how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeWanted {
    store: Uuid,
    /// 1 to 720.
    #[schema(minimum = 1, maximum = 720)]
    hours: Option<i64>,
}

/// Makes a one-time code for a register. It is shown once; only its digest is kept.
#[utoipa::path(post, path = "/v1/enrolment-codes", tag = "terminals", request_body = CodeWanted, security(("token" = [])),
    responses((status = 201, description = "The code", body = serde_json::Value), Refused))]
pub(super) async fn make_code(State(app): State<Shared>, headers: HeaderMap, body: Bytes) -> Result {
    let caller = Caller::of(&app, &headers, &[Role::Office]).await?;
    let wanted: CodeWanted = read(&body)?;
    let hours = wanted.hours.unwrap_or(HOURS);
    if !(1..=720).contains(&hours) {
        return Err(invalid("/hours", "from 1 to 720"));
    }
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let there = tx.query_opt("SELECT 1 FROM stores WHERE store_id = $1", &[&wanted.store]).await?;
    if there.is_none() {
        return Err(invalid("/store", "there is no such store"));
    }
    let code = new_code()?;
    let expires = Utc::now() + Duration::hours(hours);
    tx.execute(
        "INSERT INTO enrolment_codes (tenant_id, code_sha256, store_id, expires) VALUES ($1, $2, $3, $4)",
        &[&caller.tenant, &Sha256::digest(plain_code(&code).as_bytes()).to_vec(), &wanted.store, &expires],
    )
    .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(json!({ "code": code, "expires": expires }))).into_response())
}

/// A new code: 60 bits in three groups that people can read to each other.
///
/// # Errors
/// When the system has no randomness.
pub(in crate::backend) fn new_code() -> Result<String> {
    let mut random = [0_u8; 12];
    getrandom::fill(&mut random).map_err(Failure::internal)?;
    let letters: Vec<char> = random.iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect();
    Ok(letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// All registers.
#[utoipa::path(get, path = "/v1/terminals", tag = "terminals", security(("token" = [])),
    responses((status = 200, description = "Registers", body = List), Refused))]
pub(super) async fn terminals(State(app): State<Shared>, headers: HeaderMap) -> Result<Json<List>> {
    let caller = Caller::of(&app, &headers, &[Role::Office]).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = format!("{TERMINAL_STATE} ORDER BY t.terminal_id");
    let items = tx.query(&sql, &[]).await?.iter().map(|row| row.get(0)).collect();
    Ok(Json(List { items, next: None }))
}

/// A register with the last number up to which everything has come, and what is missing or set aside.
pub(in crate::backend) const TERMINAL_STATE: &str = "SELECT jsonb_build_object('terminal', t.terminal_id, 'store', t.store_id, 'box', t.box_id, \
    'register', t.register, 'enrolled', t.enrolled, 'revoked', t.revoked, 'seen', t.seen, \
    'acked_through', coalesce((SELECT max(b.seq) FROM bundles b WHERE b.tenant_id = t.tenant_id AND b.box_id = t.box_id \
        AND b.register = t.register AND b.seq < coalesce((SELECT min(a.seq) FROM bundles a WHERE a.tenant_id = t.tenant_id \
        AND a.box_id = t.box_id AND a.register = t.register AND a.acknowledgement IS NULL), 9223372036854775807)), 0), \
    'gaps', coalesce((SELECT jsonb_agg(jsonb_build_object('seq', b.seq, 'bundle', b.bundle_id, 'problem', b.problem) \
        ORDER BY b.seq) FROM bundles b WHERE b.tenant_id = t.tenant_id AND b.box_id = t.box_id \
        AND b.register = t.register AND b.acknowledgement IS NULL), '[]'), \
    'conflicts', (SELECT count(*) FROM conflicts c WHERE c.tenant_id = t.tenant_id AND c.terminal_id = t.terminal_id)) \
    FROM terminals t";

/// One register: `acked_through`, gaps, conflicts.
#[utoipa::path(get, path = "/v1/terminals/{terminal}", tag = "terminals", security(("token" = [])), params(("terminal" = Uuid, Path)),
    responses((status = 200, description = "The register", body = serde_json::Value), Refused))]
pub(super) async fn terminal(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(terminal): Path<Uuid>,
) -> Result<Response> {
    let caller = Caller::of(&app, &headers, &[Role::Office]).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let row = tx.query_opt(&format!("{TERMINAL_STATE} WHERE t.terminal_id = $1"), &[&terminal]).await?;
    let row = row.ok_or_else(not_found)?;
    Ok(Json(row.get::<_, serde_json::Value>(0)).into_response())
}

/// Takes a register's right to send away; what it has sent stays.
#[utoipa::path(post, path = "/v1/terminals/{terminal}/revoke", tag = "terminals", security(("token" = [])), params(("terminal" = Uuid, Path)),
    responses((status = 204, description = "Revoked"), Refused))]
pub(super) async fn revoke(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(terminal): Path<Uuid>,
) -> Result<StatusCode> {
    let caller = Caller::of(&app, &headers, &[Role::Office]).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = "UPDATE terminals SET revoked = coalesce(revoked, now()) WHERE terminal_id = $1";
    if tx.execute(sql, &[&terminal]).await? == 0 {
        return Err(not_found());
    }
    tx.commit().await?;
    tracing::warn!(%terminal, "revoked");
    Ok(StatusCode::NO_CONTENT)
}
