//! Bundles of closed shifts: in, out, and what was answered.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::Shared;
use super::super::auth::{Asked, Caller, Terminal};
use super::super::db::{Role, begin};
use super::super::failure::{Failure, Result};
use super::super::ingest::{self, Incoming};
use super::{Days, List, Page, Refused, cursor, not_found, read};
use crate::wire::bundle::{self, Head, MAX_HEAD_BYTES};
use crate::wire::problem::{Code, Problem};
use crate::wire::request;

/// A bundle as it travels.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it describes bytes")]
struct Packed(Vec<u8>);

fn header_is(headers: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    headers.get(name).and_then(|v| v.to_str().ok()).is_some_and(|v| v.split(';').next() == Some(wanted))
}

/// Takes a bundle in. The same again gives the same acknowledgement.
#[utoipa::path(put, path = "/v1/shifts/{shift}", tag = "shifts", security(("register" = [])), params(("shift" = Uuid, Path)),
    request_body(content = Packed, content_type = "application/vnd.counterflow.shift+ndjson", description = "A bundle, gzipped: docs/upload.md"),
    responses((status = 201, description = "Stored: the signed acknowledgement", body = serde_json::Value),
        (status = 200, description = "It was stored before: the same acknowledgement, with Idempotency-Replayed", body = serde_json::Value), Refused))]
pub(super) async fn put_shift(
    State(app): State<Shared>,
    Path(id): Path<Uuid>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result {
    let asked = Asked { method: &method, uri: &uri, headers: &headers, body: &body };
    let terminal = Terminal::of(&app, &asked).await?;
    if !header_is(&headers, header::CONTENT_TYPE, bundle::MEDIA_TYPE)
        || !header_is(&headers, header::CONTENT_ENCODING, "gzip")
    {
        return Err(Failure::new(Code::Unsupported, format!("Send {}, gzipped", bundle::MEDIA_TYPE)));
    }
    let signature = headers.get(request::BUNDLE_SIGNATURE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let incoming = Incoming { id, bytes: body, signature: signature.to_owned() };
    let taken = ingest::take_in(&app, &terminal, incoming).await?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if taken.replayed {
        let replayed = ("idempotency-replayed", "true");
        return Ok((StatusCode::OK, [replayed], [kind], taken.acknowledgement).into_response());
    }
    Ok((StatusCode::CREATED, [kind], taken.acknowledgement).into_response())
}

/// Says that a bundle exists which cannot be taken in, so that later ones can follow.
#[utoipa::path(put, path = "/v1/shifts/{shift}/placeholder", tag = "shifts", security(("register" = [])), params(("shift" = Uuid, Path)),
    request_body(content = serde_json::Value, description = "The bundle's head, byte for byte"),
    responses((status = 204, description = "Noted"), Refused))]
pub(super) async fn put_placeholder(
    State(app): State<Shared>,
    Path(id): Path<Uuid>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode> {
    let asked = Asked { method: &method, uri: &uri, headers: &headers, body: &body };
    let terminal = Terminal::of(&app, &asked).await?;
    if body.len() > MAX_HEAD_BYTES {
        return Err(Failure::new(Code::TooLarge, "No head is so large"));
    }
    let head: Head = read(&body)?;
    if head.id != id || head.box_id != terminal.box_id || head.register != terminal.register {
        return Err(Failure::new(Code::Forbidden, "The head is of another bundle or register"));
    }
    let why = Problem::new(Code::Invalid, "The till has set it aside");
    ingest::placeholder(&app, &terminal, &head, &body, "", &why).await?;
    Ok(StatusCode::NO_CONTENT)
}

const SUMMARY: &str = "jsonb_build_object('id', bundle_id, 'kind', kind, 'corrects', corrects, 'store', store_id, \
    'box', box_id, 'register', register, 'seq', seq, 'sha256', encode(sha256, 'hex'), 'business_date', business_date, \
    'server_seq', server_seq, 'received', received, 'stored', acknowledgement IS NOT NULL, 'warnings', warnings, \
    'problem', problem, 'z_number', z->'number', 'sales', z->'shift'->'sums'->'sales', 'total', z->'shift'->'sums'->'total')";

/// What was added to a shift since, or what a correction adds: hours are of a day, and so of each of its shifts.
const CORRECTIONS: &str = "coalesce((SELECT jsonb_agg(jsonb_build_object('at', c.at, 'posted', c.posted, 'bundle', \
    c.bundle_id, 'staff', c.staff_id, 'event', c.event) ORDER BY c.at, c.entry) FROM corrections c \
    WHERE c.tenant_id = bundles.tenant_id AND CASE bundles.kind WHEN 'shift' \
    THEN c.shift_id = bundles.bundle_id OR (c.shift_id IS NULL AND c.box_id = bundles.box_id \
    AND c.business_date = (bundles.z->'shift'->>'business_date')::date) \
    ELSE c.bundle_id = bundles.bundle_id END), '[]')";

/// Closed shifts and corrections, newest business date first.
#[utoipa::path(get, path = "/v1/shifts", tag = "shifts", security(("token" = [])), params(Page, Days),
    responses((status = 200, description = "Shifts", body = List), Refused))]
pub(super) async fn shifts(
    State(app): State<Shared>,
    headers: HeaderMap,
    Query(page): Query<Page>,
    Query(days): Query<Days>,
) -> Result<Json<List>> {
    let caller = Caller::of(&app, &headers, &[Role::Office, Role::Reporting]).await?;
    let (limit, after) = (page.limit()?, page.after::<(NaiveDate, Uuid)>()?);
    let (date, id) = after.unzip();
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = format!(
        "SELECT {SUMMARY}, business_date, bundle_id FROM bundles WHERE tenant_id = tenant() \
         AND ($1::date IS NULL OR business_date >= $1) AND ($2::date IS NULL OR business_date <= $2) \
         AND ($3::uuid IS NULL OR store_id = $3) AND ($4::date IS NULL OR (business_date, bundle_id) < ($4, $5)) \
         ORDER BY business_date DESC, bundle_id DESC LIMIT $6"
    );
    let rows = tx.query(&sql, &[&days.from, &days.to, &days.store, &date, &id, &limit]).await?;
    let next = rows.last().filter(|_| rows.len() as i64 == limit);
    let next = next.map(|row| cursor(&(row.get::<_, NaiveDate>(1), row.get::<_, Uuid>(2))));
    Ok(Json(List { items: rows.iter().map(|row| row.get(0)).collect(), next }))
}

/// One closed shift with its Z, and what was added to it since.
#[utoipa::path(get, path = "/v1/shifts/{shift}", tag = "shifts", security(("token" = [])), params(("shift" = Uuid, Path)),
    responses((status = 200, description = "The shift", body = serde_json::Value), Refused))]
pub(super) async fn shift(State(app): State<Shared>, headers: HeaderMap, Path(id): Path<Uuid>) -> Result<Response> {
    let row =
        one(&app, &headers, id, &format!("{SUMMARY} || jsonb_build_object('z', z, 'corrections', {CORRECTIONS})"))
            .await?;
    Ok(Json(row.get::<_, serde_json::Value>(0)).into_response())
}

/// The acknowledgement as it was answered.
#[utoipa::path(get, path = "/v1/shifts/{shift}/acknowledgement", tag = "shifts", security(("token" = [])), params(("shift" = Uuid, Path)),
    responses((status = 200, description = "The acknowledgement", body = serde_json::Value), Refused))]
pub(super) async fn acknowledgement(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let row = one(&app, &headers, id, "acknowledgement").await?;
    let text = row.get::<_, Option<String>>(0).ok_or_else(not_found)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// The bundle as it came.
#[utoipa::path(get, path = "/v1/shifts/{shift}/bundle", tag = "shifts", security(("token" = [])), params(("shift" = Uuid, Path)),
    responses((status = 200, description = "The bundle, gzipped", body = Packed, content_type = "application/vnd.counterflow.shift+ndjson"), Refused))]
pub(super) async fn bundle(State(app): State<Shared>, headers: HeaderMap, Path(id): Path<Uuid>) -> Result<Response> {
    let row = one(&app, &headers, id, "bytes").await?;
    let bytes = row.get::<_, Option<Vec<u8>>>(0).ok_or_else(not_found)?;
    Ok(([(header::CONTENT_TYPE, bundle::MEDIA_TYPE), (header::CONTENT_ENCODING, "gzip")], bytes).into_response())
}

async fn one(app: &Shared, headers: &HeaderMap, id: Uuid, what: &str) -> Result<tokio_postgres::Row> {
    let caller = Caller::of(app, headers, &[Role::Office, Role::Reporting]).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = format!("SELECT {what} FROM bundles WHERE tenant_id = tenant() AND bundle_id = $1");
    tx.query_opt(&sql, &[&id]).await?.ok_or_else(not_found)
}
