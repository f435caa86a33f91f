//! Sums of what was sold, from aggregates that are filled as bundles come in.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::Shared;
use super::super::auth::Caller;
use super::super::db::{Role, begin};
use super::super::failure::Result;
use super::{List, Refused, invalid, not_found};
use crate::domain::day_sum::By;

const READERS: &[Role] = &[Role::Office, Role::Reporting, Role::Marketing];
/// The most rows of a report.
const MOST: i64 = 10_000;

/// Of which days, and of which store.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct Question {
    /// The first business date.
    from: NaiveDate,
    /// The last one.
    to: NaiveDate,
    /// Of one store; of all when absent.
    store: Option<Uuid>,
}

/// The reports there are.
#[utoipa::path(get, path = "/v1/reports", tag = "reports", security(("token" = [])),
    responses((status = 200, description = "Their names", body = List), Refused))]
pub(super) async fn reports(State(app): State<Shared>, headers: HeaderMap) -> Result<Json<List>> {
    Caller::of(&app, &headers, READERS).await?;
    Ok(Json(List { items: By::ALL.map(|by| json!(by.word())).to_vec(), next: None }))
}

/// Sums by one thing: `day`, `hour`, `item`, `category`, `staff`, `order-type`, `tender`, `tax`.
#[utoipa::path(get, path = "/v1/reports/{name}", tag = "reports", security(("token" = [])), params(("name" = String, Path), Question),
    responses((status = 200, description = "A row for each key", body = List), Refused))]
pub(super) async fn report(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(question): Query<Question>,
) -> Result<Json<List>> {
    let caller = Caller::of(&app, &headers, READERS).await?;
    let by = By::ALL.into_iter().find(|by| by.word() == name).ok_or_else(not_found)?;
    if question.to < question.from {
        return Err(invalid("/to", "it is before `from`"));
    }
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    // By day, the key of each row is its date; a sum has none.
    let key = if by == By::Day { "business_date::text" } else { "key" };
    let sql = format!(
        "SELECT jsonb_build_object('key', {key}, 'name', max(name), 'count', sum(count)::bigint, \
         'quantity_thousandths', sum(quantity_thousandths)::bigint, 'gross', sum(gross)::bigint, \
         'discount', sum(discount)::bigint, 'net', sum(net)::bigint, 'tax', sum(tax)::bigint, \
         'total', sum(total)::bigint, 'tips', sum(tips)::bigint) FROM day_sums \
         WHERE tenant_id = tenant() AND kind = $1 AND business_date BETWEEN $2 AND $3 \
         AND ($4::uuid IS NULL OR store_id = $4) GROUP BY {key} ORDER BY {key} LIMIT {MOST}"
    );
    let rows = tx.query(&sql, &[&by.word(), &question.from, &question.to, &question.store]).await?;
    let items: Vec<Value> = rows.iter().map(|row| row.get(0)).collect();
    Ok(Json(List { items, next: None }))
}
