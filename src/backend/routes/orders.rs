//! What was sold.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::super::Shared;
use super::super::auth::Caller;
use super::super::db::{Role, begin};
use super::super::failure::{Failure, Result};
use super::{Days, List, Page, Refused, cursor, not_found};
use crate::wire::problem::Code;

/// Of one shift only.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(super) struct OfShift {
    /// Of one shift.
    shift: Option<Uuid>,
}

/// Orders, newest business date first; without their lines.
#[utoipa::path(get, path = "/v1/orders", tag = "orders", security(("token" = [])), params(Page, Days, OfShift),
    responses((status = 200, description = "Orders", body = List), Refused))]
pub(super) async fn orders(
    State(app): State<Shared>,
    headers: HeaderMap,
    Query(page): Query<Page>,
    Query(days): Query<Days>,
    Query(of): Query<OfShift>,
) -> Result<Json<List>> {
    let caller = Caller::of(&app, &headers, &[Role::Office, Role::Reporting, Role::Marketing]).await?;
    let (limit, after) = (page.limit()?, page.after::<(NaiveDate, Uuid)>()?);
    let (date, id) = after.unzip();
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    if of.shift.is_some() && caller.role == Role::Marketing {
        return Err(Failure::new(Code::Forbidden, "Marketing does not ask by shift: shifts are people's"));
    }
    // Only columns that every role may read: whose order it was is for the office.
    let by_shift = if of.shift.is_some() { "AND shift_id = $7" } else { "AND $7::uuid IS NULL" };
    let sql = format!(
        "SELECT jsonb_build_object('id', sale_id, 'business_date', business_date, 'store', store_id, \
             'completed', completed, 'order_type', order_type, 'covers', covers, 'currency', currency, 'gross', gross, \
             'discount', discount, 'net', net, 'tax', tax, 'total', total, 'training', training, 'imported', imported), \
             business_date, sale_id FROM orders WHERE tenant_id = tenant() \
             AND ($1::date IS NULL OR business_date >= $1) AND ($2::date IS NULL OR business_date <= $2) \
             AND ($3::uuid IS NULL OR store_id = $3) {by_shift} \
             AND ($4::date IS NULL OR (business_date, sale_id) < ($4, $5)) \
             ORDER BY business_date DESC, sale_id DESC LIMIT $6"
    );
    let rows = tx.query(&sql, &[&days.from, &days.to, &days.store, &date, &id, &limit, &of.shift]).await?;
    let next = rows.last().filter(|_| rows.len() as i64 == limit);
    let next = next.map(|row| cursor(&(row.get::<_, NaiveDate>(1), row.get::<_, Uuid>(2))));
    Ok(Json(List { items: rows.iter().map(|row| row.get(0)).collect(), next }))
}

/// One order as it was sold, whole.
#[utoipa::path(get, path = "/v1/orders/{order}", tag = "orders", security(("token" = [])), params(("order" = Uuid, Path)),
    responses((status = 200, description = "The sale", body = serde_json::Value), Refused))]
pub(super) async fn order(State(app): State<Shared>, headers: HeaderMap, Path(id): Path<Uuid>) -> Result<Response> {
    let caller = Caller::of(&app, &headers, &[Role::Office, Role::Reporting]).await?;
    let mut connection = app.db.connection().await?;
    let tx = begin(&mut connection, caller.role, caller.tenant).await?;
    let sql = "SELECT document FROM orders WHERE tenant_id = tenant() AND sale_id = $1";
    let row = tx.query_opt(sql, &[&id]).await?.ok_or_else(not_found)?;
    Ok(Json(row.get::<_, serde_json::Value>(0)).into_response())
}
