//! The server itself: alive, ready, counts, and a page to look at.

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use super::super::Shared;
use super::super::failure::Result;
use super::Refused;

/// Whether the process is alive.
#[utoipa::path(get, path = "/healthz", tag = "system", responses((status = 200, description = "Alive", body = String, content_type = "text/plain")))]
pub(super) async fn healthz() -> &'static str {
    "alive\n"
}

/// Whether it can work: the database answers and has the newest schema.
#[utoipa::path(get, path = "/readyz", tag = "system", responses((status = 200, description = "Ready", body = String, content_type = "text/plain"), Refused))]
pub(super) async fn readyz(State(app): State<Shared>) -> Result<&'static str> {
    app.db.ready().await?;
    Ok("ready\n")
}

/// Counts since the start, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "system", responses((status = 200, description = "Counts", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(State(app): State<Shared>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.text()).into_response()
}

/// The description of the routes, to be read by people. It loads nothing from elsewhere.
pub(super) async fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}
