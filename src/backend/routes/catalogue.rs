//! The menu that the office works on, the versions that tills sell from, and what can be had just now.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use deadpool_postgres::Transaction;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::Shared;
use super::super::auth::{Asked, Caller, Terminal};
use super::super::db::{Role, begin};
use super::super::failure::Result;
use super::{List, Once, Refused, if_match, invalid, not_found, read, stale, with_etag};
use crate::domain::catalogue::{Item, Menu};
use crate::wire::catalogue::{CatalogueBundle, SIGNATURE_HEADER, Said, What};

const READERS: &[Role] = &[Role::Office, Role::Reporting, Role::Marketing];
/// What can be had or not, in paths and in the table.
const ITEMS: &str = "items";
const PROMOTIONS: &str = "promotions";
/// The version of the message that carries a catalogue.
const SCHEMA: u32 = 1;

/// The menu as the office has it, and its revision.
async fn menu(tx: &Transaction<'_>) -> Result<Option<(i64, Menu)>> {
    let row = tx.query_opt("SELECT revision, body FROM menus WHERE tenant_id = tenant()", &[]).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.get(0), serde_json::from_value(row.get(1))?)))
}

/// Puts the menu over the revision that was seen; 0 for none.
async fn put(tx: &Transaction<'_>, tenant: Uuid, seen: i64, menu: &Menu) -> Result<i64> {
    check(menu)?;
    let body = serde_json::to_value(menu)?;
    let sql = if seen == 0 {
        "INSERT INTO menus (tenant_id, revision, body) SELECT $1, $2::bigint + 1, $3 WHERE NOT EXISTS \
         (SELECT 1 FROM menus WHERE tenant_id = $1) RETURNING revision"
    } else {
        "UPDATE menus SET revision = revision + 1, body = $3, changed = now() WHERE tenant_id = $1 AND revision = $2 \
         RETURNING revision"
    };
    let row = tx.query_opt(sql, &[&tenant, &seen, &body]).await?.ok_or_else(stale)?;
    Ok(row.get(0))
}

/// What no till could sell from, whatever its configuration; that is checked where it is pulled.
fn check(menu: &Menu) -> Result<()> {
    if menu.format != Menu::FORMAT {
        return Err(invalid("/format", &format!("it must be {}", Menu::FORMAT)));
    }
    let mut seen = std::collections::HashSet::new();
    for (at, item) in menu.items.iter().enumerate() {
        if !seen.insert(&item.code) {
            return Err(invalid(&format!("/items/{at}/code"), "it stands twice"));
        }
        if !menu.categories.iter().any(|c| c.code == item.category) {
            return Err(invalid(&format!("/items/{at}/category"), "there is no such category"));
        }
    }
    Ok(())
}

/// The whole menu that the office works on.
#[utoipa::path(get, path = "/v1/catalogue/menu", tag = "catalogue", security(("token" = [])),
    responses((status = 200, description = "The menu, with its ETag", body = serde_json::Value), Refused))]
pub(super) async fn get_menu(State(app): State<Shared>, headers: HeaderMap) -> Result {
    let caller = Caller::of(&app, &headers, READERS).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let (revision, menu) = menu(&tx).await?.ok_or_else(not_found)?;
    Ok(with_etag(StatusCode::OK, revision, serde_json::to_value(menu)?))
}

/// Replaces the whole menu. `If-Match: "0"` for the first.
#[utoipa::path(put, path = "/v1/catalogue/menu", tag = "catalogue", security(("token" = [])), request_body = serde_json::Value,
    params(("If-Match" = String, Header)),
    responses((status = 200, description = "The menu, with its new ETag", body = serde_json::Value), Refused))]
pub(super) async fn put_menu(State(app): State<Shared>, headers: HeaderMap, body: Bytes) -> Result {
    let caller = Caller::of(&app, &headers, &[Role::Office]).await?;
    let seen = if_match(&headers)?;
    let menu: Menu = read(&body)?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let revision = put(&tx, caller.tenant, seen, &menu).await?;
    tx.commit().await?;
    Ok(with_etag(StatusCode::OK, revision, serde_json::to_value(menu)?))
}

/// One item of the menu.
#[utoipa::path(get, path = "/v1/catalogue/items/{code}", tag = "catalogue", security(("token" = [])), params(("code" = String, Path)),
    responses((status = 200, description = "The item, with the menu's ETag", body = serde_json::Value), Refused))]
pub(super) async fn get_item(State(app): State<Shared>, headers: HeaderMap, Path(code): Path<String>) -> Result {
    let caller = Caller::of(&app, &headers, READERS).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let (revision, menu) = menu(&tx).await?.ok_or_else(not_found)?;
    let item = menu.items.iter().find(|i| i.code == code).ok_or_else(not_found)?;
    Ok(with_etag(StatusCode::OK, revision, serde_json::to_value(item)?))
}

/// Puts an item into the menu.
#[utoipa::path(put, path = "/v1/catalogue/items/{code}", tag = "catalogue", security(("token" = [])), request_body = serde_json::Value,
    params(("code" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "The item, with the menu's new ETag", body = serde_json::Value), Refused))]
pub(super) async fn put_item(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(code): Path<String>,
    body: Bytes,
) -> Result {
    let caller = Caller::of(&app, &headers, &[Role::Office]).await?;
    let seen = if_match(&headers)?;
    let item: Item = read(&body)?;
    if item.code != code {
        return Err(invalid("/code", "it is not the code of the path"));
    }
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let (_, mut menu) = menu(&tx).await?.ok_or_else(not_found)?;
    match menu.items.iter_mut().find(|i| i.code == code) {
        Some(there) => *there = item.clone(),
        None => menu.items.push(item.clone()),
    }
    let revision = put(&tx, caller.tenant, seen, &menu).await?;
    tx.commit().await?;
    Ok(with_etag(StatusCode::OK, revision, serde_json::to_value(item)?))
}

/// Takes an item off the menu.
#[utoipa::path(delete, path = "/v1/catalogue/items/{code}", tag = "catalogue", security(("token" = [])),
    params(("code" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204, description = "Gone, with the menu's new ETag"), Refused))]
pub(super) async fn delete_item(State(app): State<Shared>, headers: HeaderMap, Path(code): Path<String>) -> Result {
    let caller = Caller::of(&app, &headers, &[Role::Office]).await?;
    let seen = if_match(&headers)?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let (_, mut menu) = menu(&tx).await?.ok_or_else(not_found)?;
    let count = menu.items.len();
    menu.items.retain(|i| i.code != code);
    if menu.items.len() == count {
        return Err(not_found());
    }
    let revision = put(&tx, caller.tenant, seen, &menu).await?;
    tx.commit().await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// From when on the menu may be sold from.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Publish {
    /// The first business date.
    effective: NaiveDate,
}

/// Publishes the menu as it stands: signed, as the next version.
#[utoipa::path(post, path = "/v1/catalogue/versions", tag = "catalogue", security(("token" = [])), request_body = Publish,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The version", body = serde_json::Value), Refused))]
pub(super) async fn publish(State(app): State<Shared>, headers: HeaderMap, body: Bytes) -> Result {
    let caller = Caller::of(&app, &headers, &[Role::Office]).await?;
    let wanted: Publish = read(&body)?;
    let once = Once::of("publish", &headers, &body)?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    if let Some(response) = once.answered(&tx).await? {
        return Ok(response);
    }
    let (_, menu) = menu(&tx).await?.ok_or_else(|| invalid("", "there is no menu to publish"))?;
    let row =
        tx.query_one("SELECT coalesce(max(version), 0) + 1 FROM catalogue_versions WHERE tenant_id = tenant()", &[]);
    let version: i64 = row.await?.get(0);
    let bundle = CatalogueBundle {
        schema: SCHEMA,
        tenant: caller.tenant,
        version: u64::try_from(version).unwrap_or_default(),
        effective: wanted.effective,
        menu,
    };
    let bytes = serde_json::to_vec(&bundle)?;
    let signature = app.keys.sign_catalogue(&bytes);
    tx.execute(
        "INSERT INTO catalogue_versions (tenant_id, version, effective, bytes, signature) VALUES ($1, $2, $3, $4, $5)",
        &[&caller.tenant, &version, &wanted.effective, &bytes, &signature],
    )
    .await?;
    let answer = json!({ "version": version, "effective": wanted.effective, "items": bundle.menu.items.len() });
    once.remember(&tx, caller.tenant, StatusCode::CREATED, &answer).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// What was published, newest first.
#[utoipa::path(get, path = "/v1/catalogue/versions", tag = "catalogue", security(("token" = [])),
    responses((status = 200, description = "Versions", body = List), Refused))]
pub(super) async fn versions(State(app): State<Shared>, headers: HeaderMap) -> Result<Json<List>> {
    let caller = Caller::of(&app, &headers, &[Role::Office, Role::Reporting]).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = "SELECT jsonb_build_object('version', version, 'effective', effective, 'published', published) \
               FROM catalogue_versions WHERE tenant_id = tenant() ORDER BY version DESC LIMIT 500";
    let items = tx.query(sql, &[]).await?.iter().map(|row| row.get(0)).collect();
    Ok(Json(List { items, next: None }))
}

/// The newest version, for a till: the exact bytes that were signed.
#[utoipa::path(get, path = "/v1/catalogue/latest", tag = "catalogue", security(("register" = [])),
    responses((status = 200, description = "The version, with ETag and Counterflow-Signature", body = serde_json::Value),
        (status = 304, description = "The till has it"), Refused))]
pub(super) async fn latest(State(app): State<Shared>, method: Method, uri: Uri, headers: HeaderMap) -> Result {
    let asked = Asked { method: &method, uri: &uri, headers: &headers, body: &Bytes::new() };
    let terminal = Terminal::of(&app, &asked).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, Role::Ingest, terminal.tenant).await?;
    let sql = "SELECT version, bytes, signature FROM catalogue_versions WHERE tenant_id = tenant() \
               ORDER BY version DESC LIMIT 1";
    let row = tx.query_opt(sql, &[]).await?.ok_or_else(not_found)?;
    let etag = format!("\"{}\"", row.get::<_, i64>(0));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|seen| *seen == etag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let signature: String = row.get(2);
    let kind = "application/json".to_owned();
    let headers = [(header::ETAG.as_str(), etag), (header::CONTENT_TYPE.as_str(), kind), (SIGNATURE_HEADER, signature)];
    Ok((headers, row.get::<_, Vec<u8>>(1)).into_response())
}

/// After which revision.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(super) struct After {
    /// The last revision that was heard.
    #[param(minimum = 0)]
    after: i64,
}

/// What can be had, or no longer, since a revision: for a till.
#[utoipa::path(get, path = "/v1/availability", tag = "catalogue", security(("register" = [])), params(After),
    responses((status = 200, description = "Items", body = serde_json::Value), Refused))]
pub(super) async fn availability(
    State(app): State<Shared>,
    Query(After { after }): Query<After>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response> {
    let asked = Asked { method: &method, uri: &uri, headers: &headers, body: &Bytes::new() };
    let terminal = Terminal::of(&app, &asked).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, Role::Ingest, terminal.tenant).await?;
    let sql = "SELECT what, code, available, revision FROM availability WHERE tenant_id = tenant() AND revision > $1 \
               ORDER BY revision";
    let said: Vec<Said> = tx
        .query(sql, &[&after])
        .await?
        .iter()
        .map(|row| Said {
            what: if row.get::<_, &str>(0) == PROMOTIONS { What::Promotion } else { What::Item },
            code: row.get(1),
            available: row.get(2),
            revision: u64::try_from(row.get::<_, i64>(3)).unwrap_or_default(),
        })
        .collect();
    Ok(Json(said).into_response())
}

/// Whether it can be had.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Available {
    available: bool,
}

/// Says at once whether an item can be had, or a promotion is given: tills hear it with their next pull, in the middle
/// of a shift.
#[utoipa::path(put, path = "/v1/availability/{what}/{code}", tag = "catalogue", security(("token" = [])), request_body = Available,
    params(("what" = String, Path, description = "`items` or `promotions`"), ("code" = String, Path)),
    responses((status = 200, description = "Said", body = serde_json::Value), Refused))]
pub(super) async fn set_availability(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path((what, code)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response> {
    let caller = Caller::of(&app, &headers, &[Role::Office]).await?;
    let Available { available } = read(&body)?;
    if ![ITEMS, PROMOTIONS].contains(&what.as_str()) {
        return Err(not_found());
    }
    if code.is_empty() || code.len() > 40 {
        return Err(invalid("/code", "1 to 40 characters"));
    }
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = "UPDATE tenants SET availability_revision = availability_revision + 1 WHERE tenant_id = $1 \
               RETURNING availability_revision";
    let revision: i64 = tx.query_one(sql, &[&caller.tenant]).await?.get(0);
    tx.execute(
        "INSERT INTO availability (tenant_id, what, code, available, revision) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (tenant_id, what, code) DO UPDATE SET available = excluded.available, revision = excluded.revision",
        &[&caller.tenant, &what, &code, &available, &revision],
    )
    .await?;
    tx.commit().await?;
    Ok(Json(json!({ "what": what, "code": code, "available": available, "revision": revision })).into_response())
}
