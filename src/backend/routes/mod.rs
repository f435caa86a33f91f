//! The routes, the document that describes them, and what all of them share.

mod catalogue;
mod orders;
mod records;
mod reports;
mod shifts;
mod system;
mod terminals;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use deadpool_postgres::Transaction;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::openapi::OpenApi;
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) use terminals::{TERMINAL_STATE, new_code};

use super::Shared;
use super::failure::{Failure, Result};
use crate::wire::problem::{Code, Problem};

/// The most bytes of a body that is not a bundle.
const MAX_JSON_BYTES: usize = 8 * 1024 * 1024;
/// The longest list that is answered at once.
const MOST: i64 = 500;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "CounterFlow backend",
        description = "Closed shifts from tills, the catalogue to them, and what the office needs. Amounts are whole minor \
                       units, quantities thousandths, times UTC. Errors are problem documents (RFC 9457).",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    modifiers(&Credentials),
    components(schemas(ProblemDocument, PointerDocument)),
    tags(
        (name = "terminals", description = "Registers: codes, enrolment, state"),
        (name = "shifts", description = "Bundles of closed shifts"),
        (name = "catalogue", description = "The menu, its versions, what can be had"),
        (name = "orders", description = "What was sold"),
        (name = "customers", description = "People"),
        (name = "promotions", description = "What is cheaper, when, for whom"),
        (name = "reports", description = "Sums"),
        (name = "system", description = "The server itself")
    )
)]
struct Description;

struct Credentials;

impl utoipa::Modify for Credentials {
    fn modify(&self, document: &mut OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
        let components = document.components.get_or_insert_with(Default::default);
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let about = "RFC 9421 with the components and the order of docs/upload.md";
        let signature = ApiKey::Header(ApiKeyValue::with_description("Signature", about));
        components.add_security_scheme("register", SecurityScheme::ApiKey(signature));
    }
}

/// All routes, and their description as JSON.
pub(super) fn all(app: Shared) -> (Router, String) {
    let max_bundle = app.config.max_body_bytes;
    let shifts = OpenApiRouter::new()
        .routes(routes!(shifts::put_shift, shifts::shift))
        .layer(axum::extract::DefaultBodyLimit::max(max_bundle));
    let others = OpenApiRouter::new()
        .routes(routes!(terminals::enrol))
        .routes(routes!(terminals::make_code))
        .routes(routes!(terminals::terminals))
        .routes(routes!(terminals::terminal))
        .routes(routes!(terminals::revoke))
        .routes(routes!(shifts::shifts))
        .routes(routes!(shifts::put_placeholder))
        .routes(routes!(shifts::acknowledgement))
        .routes(routes!(shifts::bundle))
        .routes(routes!(catalogue::get_menu, catalogue::put_menu))
        .routes(routes!(catalogue::get_item, catalogue::put_item, catalogue::delete_item))
        .routes(routes!(catalogue::publish, catalogue::versions))
        .routes(routes!(catalogue::latest))
        .routes(routes!(catalogue::availability))
        .routes(routes!(catalogue::set_availability))
        .routes(routes!(orders::orders))
        .routes(routes!(orders::order))
        .routes(routes!(records::customers, records::make_customer))
        .routes(routes!(records::customer, records::put_customer, records::delete_customer))
        .routes(routes!(records::promotions, records::make_promotion))
        .routes(routes!(records::promotion, records::put_promotion, records::delete_promotion))
        .routes(routes!(reports::reports))
        .routes(routes!(reports::report))
        .routes(routes!(system::healthz))
        .routes(routes!(system::readyz))
        .routes(routes!(system::metrics))
        .layer(axum::extract::DefaultBodyLimit::max(MAX_JSON_BYTES));
    let (router, document) =
        OpenApiRouter::with_openapi(Description::openapi()).merge(shifts).merge(others).split_for_parts();
    let json = document.to_json().unwrap_or_default();
    let served = json.clone();
    let router = router
        .route("/openapi.json", axum::routing::get(move || async move { document_response(served.clone()) }))
        .route("/", axum::routing::get(system::page))
        .with_state(app);
    (router, json)
}

fn document_response(json: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

/// A problem document, as it is described.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes wire::problem::Problem")]
struct ProblemDocument {
    /// `/problems/…`.
    r#type: String,
    title: String,
    status: u16,
    detail: Option<String>,
    errors: Option<Vec<PointerDocument>>,
    missing_seq: Option<u64>,
    server_ms: Option<i64>,
}

/// A place in what was sent.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes wire::problem::Pointer")]
struct PointerDocument {
    pointer: String,
    detail: String,
}

/// What is refused, in every operation.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it describes failures")]
enum Refused {
    #[response(status = "default", description = "Refused", content_type = "application/problem+json")]
    Problem(ProblemDocument),
}

/// Where a list goes on, and how long it is.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
struct Page {
    /// `next` of the page before.
    #[param(max_length = 200)]
    after: Option<String>,
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Of which business dates, and of which store.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
struct Days {
    /// The first business date.
    from: Option<NaiveDate>,
    /// The last one.
    to: Option<NaiveDate>,
    /// Of one store.
    store: Option<Uuid>,
}

impl Page {
    fn limit(&self) -> Result<i64> {
        match self.limit.unwrap_or(100) {
            limit @ 1..=MOST => Ok(limit),
            _ => Err(invalid("/limit", "from 1 to 500")),
        }
    }

    /// What the page before ended with.
    fn after<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let Some(text) = &self.after else { return Ok(None) };
        let read = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        read.map(Some).ok_or_else(|| invalid("/after", "it is not the `next` of a page"))
    }
}

fn cursor(last: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(last).unwrap_or_default())
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
struct List {
    items: Vec<serde_json::Value>,
    /// For `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

fn invalid(pointer: &str, detail: &str) -> Failure {
    Problem::new(Code::Invalid, "").at(pointer, detail).into()
}

fn not_found() -> Failure {
    Failure::new(Code::NotFound, "")
}

/// Reads a body of JSON: 400 where it is none, 422 where it is not what it must be.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => invalid("", &error.to_string()),
        _ => Failure::new(Code::Unreadable, error.to_string()),
    })
}

/// An answer with the version that was seen.
fn with_etag(status: StatusCode, revision: i64, body: serde_json::Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The version that `If-Match` names.
fn if_match(headers: &HeaderMap) -> Result<i64> {
    let text = headers.get(header::IF_MATCH).and_then(|v| v.to_str().ok());
    let asked = "If-Match: the ETag that you have seen, \"0\" where there is nothing yet";
    let text = text.ok_or_else(|| Failure::new(Code::Precondition, asked))?;
    text.trim().trim_matches('"').parse().map_err(|_| Failure::new(Code::Stale, "There never was such a version"))
}

fn stale() -> Failure {
    Failure::new(Code::Stale, "Read it again, and change what is there now")
}

/// A request that is to be done once, however often it comes: one with an `Idempotency-Key`.
struct Once {
    key: Option<String>,
    /// Of what is asked, and of the body: another request under the same key is refused.
    sha256: Vec<u8>,
}

impl Once {
    /// # Errors
    /// 422 for a key that is empty or too long.
    fn of(operation: &str, headers: &HeaderMap, body: &Bytes) -> Result<Self> {
        let key = match headers.get("idempotency-key").map(|value| value.to_str().unwrap_or_default()) {
            None => None,
            Some(text) if (1..=200).contains(&text.len()) => Some(text.to_owned()),
            Some(_) => return Err(invalid("/Idempotency-Key", "1 to 200 characters")),
        };
        let sha256 = Sha256::new().chain_update(operation).chain_update(b"\n").chain_update(body).finalize().to_vec();
        Ok(Self { key, sha256 })
    }

    /// The answer that was given already.
    async fn answered(&self, tx: &Transaction<'_>) -> Result<Option<Response>> {
        let Some(key) = &self.key else { return Ok(None) };
        let sql = "SELECT request_sha256, status, body FROM idempotency WHERE tenant_id = tenant() AND key = $1";
        let Some(row) = tx.query_opt(sql, &[key]).await? else { return Ok(None) };
        if row.get::<_, Vec<u8>>(0) != self.sha256 {
            return Err(invalid("/Idempotency-Key", "it was used for another request"));
        }
        let status = u16::try_from(row.get::<_, i32>(1)).ok().and_then(|s| StatusCode::from_u16(s).ok());
        let mut response = (status.unwrap_or(StatusCode::OK), Json(row.get::<_, serde_json::Value>(2))).into_response();
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
        Ok(Some(response))
    }

    /// Remembers an answer.
    async fn remember(
        &self,
        tx: &Transaction<'_>,
        tenant: Uuid,
        status: StatusCode,
        answer: &serde_json::Value,
    ) -> Result<()> {
        let Some(key) = &self.key else { return Ok(()) };
        tx.execute(
            "INSERT INTO idempotency (tenant_id, key, request_sha256, status, body) VALUES ($1, $2, $3, $4, $5)",
            &[&tenant, key, &self.sha256, &i32::from(status.as_u16()), answer],
        )
        .await?;
        Ok(())
    }
}
