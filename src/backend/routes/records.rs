//! Customers and promotions: documents that people edit, one after the other.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::auth::Caller;
use super::super::db::{Role, begin};
use super::super::failure::Result;
use super::super::{App, Shared};
use super::{List, Once, Page, Refused, cursor, if_match, invalid, not_found, read, stale, with_etag};

/// One kind of document: its table, and who may read and write it.
struct Kind {
    table: &'static str,
    read: &'static [Role],
    write: &'static [Role],
}

const CUSTOMERS: Kind = Kind { table: "customers", read: &[Role::Office], write: &[Role::Office] };
const PROMOTIONS: Kind = Kind {
    table: "promotions",
    read: &[Role::Office, Role::Reporting, Role::Marketing],
    write: &[Role::Office, Role::Marketing],
};

/// The most bytes of one document.
const MAX_BYTES: usize = 64 * 1024;

/// A document is an object with a name; everything else is its owner's business.
fn checked(body: &Bytes) -> Result<Value> {
    if body.len() > MAX_BYTES {
        return Err(invalid("", "it is larger than 64 KiB"));
    }
    let document: Value = read(body)?;
    let name = document.get("name").and_then(Value::as_str).map(str::trim).unwrap_or_default();
    if name.is_empty() || name.len() > 200 {
        return Err(invalid("/name", "a text of 1 to 200 characters"));
    }
    Ok(document)
}

fn shown(id: Uuid, revision: i64, mut document: Value) -> Value {
    if let Some(fields) = document.as_object_mut() {
        fields.insert("id".to_owned(), json!(id));
        fields.insert("revision".to_owned(), json!(revision));
    }
    document
}

async fn list(app: &App, headers: &HeaderMap, page: &Page, kind: &Kind) -> Result<Json<List>> {
    let caller = Caller::of(app, headers, kind.read).await?;
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = format!(
        "SELECT id, revision, body FROM {} WHERE tenant_id = tenant() AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2",
        kind.table
    );
    let rows = tx.query(&sql, &[&after, &limit]).await?;
    let next = rows.last().filter(|_| rows.len() as i64 == limit).map(|row| cursor(&row.get::<_, Uuid>(0)));
    Ok(Json(List { items: rows.iter().map(|row| shown(row.get(0), row.get(1), row.get(2))).collect(), next }))
}

async fn make(app: &App, headers: &HeaderMap, body: &Bytes, kind: &Kind) -> Result {
    let caller = Caller::of(app, headers, kind.write).await?;
    let document = checked(body)?;
    let once = Once::of(kind.table, headers, body)?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    if let Some(response) = once.answered(&tx).await? {
        return Ok(response);
    }
    let id = Uuid::now_v7();
    let sql = format!("INSERT INTO {} (tenant_id, id, revision, body) VALUES ($1, $2, 1, $3)", kind.table);
    tx.execute(&sql, &[&caller.tenant, &id, &document]).await?;
    let answer = shown(id, 1, document);
    once.remember(&tx, caller.tenant, StatusCode::CREATED, &answer).await?;
    tx.commit().await?;
    Ok(with_etag(StatusCode::CREATED, 1, answer))
}

async fn get(app: &App, headers: &HeaderMap, id: Uuid, kind: &Kind) -> Result {
    let caller = Caller::of(app, headers, kind.read).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = format!("SELECT revision, body FROM {} WHERE tenant_id = tenant() AND id = $1", kind.table);
    let row = tx.query_opt(&sql, &[&id]).await?.ok_or_else(not_found)?;
    let revision = row.get(0);
    Ok(with_etag(StatusCode::OK, revision, shown(id, revision, row.get(1))))
}

async fn put(app: &App, headers: &HeaderMap, (id, body): (Uuid, &Bytes), kind: &Kind) -> Result {
    let caller = Caller::of(app, headers, kind.write).await?;
    let seen = if_match(headers)?;
    let document = checked(body)?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = format!(
        "UPDATE {} SET revision = revision + 1, body = $3, changed = now() WHERE tenant_id = tenant() AND id = $1 \
         AND revision = $2",
        kind.table
    );
    if tx.execute(&sql, &[&id, &seen, &document]).await? == 0 {
        return Err(missing_or_stale(&tx, id, kind).await?);
    }
    tx.commit().await?;
    Ok(with_etag(StatusCode::OK, seen + 1, shown(id, seen + 1, document)))
}

async fn delete(app: &App, headers: &HeaderMap, id: Uuid, kind: &Kind) -> Result {
    let caller = Caller::of(app, headers, kind.write).await?;
    let seen = if_match(headers)?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = format!("DELETE FROM {} WHERE tenant_id = tenant() AND id = $1 AND revision = $2", kind.table);
    if tx.execute(&sql, &[&id, &seen]).await? == 0 {
        return Err(missing_or_stale(&tx, id, kind).await?);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn missing_or_stale(
    tx: &deadpool_postgres::Transaction<'_>,
    id: Uuid,
    kind: &Kind,
) -> Result<super::super::failure::Failure> {
    let sql = format!("SELECT 1 FROM {} WHERE tenant_id = tenant() AND id = $1", kind.table);
    Ok(if tx.query_opt(&sql, &[&id]).await?.is_some() { stale() } else { not_found() })
}

/// The routes of one kind of document.
macro_rules! records {
    ($kind:ident, $tag:literal, $path:literal, $one:literal, $list:ident, $make:ident, $get:ident, $put:ident, $delete:ident) => {
        /// All of them, a page at a time.
        #[utoipa::path(get, path = $path, tag = $tag, security(("token" = [])), params(Page),
            responses((status = 200, description = "A page", body = List), Refused))]
        pub(super) async fn $list(
            State(app): State<Shared>,
            headers: HeaderMap,
            Query(page): Query<Page>,
        ) -> Result<Json<List>> {
            list(&app, &headers, &page, &$kind).await
        }

        /// Makes one: an object with a `name`.
        #[utoipa::path(post, path = $path, tag = $tag, security(("token" = [])), request_body = serde_json::Value,
            params(("Idempotency-Key" = Option<String>, Header)),
            responses((status = 201, description = "Made, with its ETag", body = serde_json::Value), Refused))]
        pub(super) async fn $make(State(app): State<Shared>, headers: HeaderMap, body: Bytes) -> Result {
            make(&app, &headers, &body, &$kind).await
        }

        /// One of them.
        #[utoipa::path(get, path = $one, tag = $tag, security(("token" = [])), params(("id" = Uuid, Path)),
            responses((status = 200, description = "It, with its ETag", body = serde_json::Value), Refused))]
        pub(super) async fn $get(State(app): State<Shared>, headers: HeaderMap, Path(id): Path<Uuid>) -> Result {
            get(&app, &headers, id, &$kind).await
        }

        /// Replaces one, as it was seen.
        #[utoipa::path(put, path = $one, tag = $tag, security(("token" = [])), request_body = serde_json::Value,
            params(("id" = Uuid, Path), ("If-Match" = String, Header)),
            responses((status = 200, description = "It, with its new ETag", body = serde_json::Value), Refused))]
        pub(super) async fn $put(
            State(app): State<Shared>,
            headers: HeaderMap,
            Path(id): Path<Uuid>,
            body: Bytes,
        ) -> Result {
            put(&app, &headers, (id, &body), &$kind).await
        }

        /// Erases one, as it was seen.
        #[utoipa::path(delete, path = $one, tag = $tag, security(("token" = [])),
            params(("id" = Uuid, Path), ("If-Match" = String, Header)),
            responses((status = 204, description = "Gone"), Refused))]
        pub(super) async fn $delete(State(app): State<Shared>, headers: HeaderMap, Path(id): Path<Uuid>) -> Result {
            delete(&app, &headers, id, &$kind).await
        }
    };
}

records!(
    CUSTOMERS,
    "customers",
    "/v1/customers",
    "/v1/customers/{id}",
    customers,
    make_customer,
    customer,
    put_customer,
    delete_customer
);
records!(
    PROMOTIONS,
    "promotions",
    "/v1/promotions",
    "/v1/promotions/{id}",
    promotions,
    make_promotion,
    promotion,
    put_promotion,
    delete_promotion
);
