//! The HTTP server: limits around the routes, a line in the log for each request, an end in order.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::failure::Failure;
use super::{App, Shared, routes};
use crate::wire::problem::{self, Code};

/// How long requests that are under way may take when the server is asked to end.
const DRAIN: Duration = Duration::from_secs(25);
/// How often what is too old is forgotten.
const SWEEP: Duration = Duration::from_secs(600);

/// The routes with everything around them.
pub(super) fn router(app: Shared) -> Router {
    let time = Duration::from_secs(app.config.request_s);
    let (router, _) = routes::all(Arc::clone(&app));
    router
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, time))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Failure::internal("a panic").into_response()))
        .layer(middleware::from_fn_with_state(app, around))
}

/// Counts and logs a request; what axum itself refuses becomes a problem document too.
async fn around(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = next.run(request).await;
    let status = response.status();
    let told = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v == problem::MEDIA_TYPE);
    if !told && (status.is_client_error() || status.is_server_error()) {
        let allow = response.headers().get(header::ALLOW).cloned();
        response = plain(status).into_response();
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    app.metrics.request(response.status().as_u16(), ms);
    tracing::info!(%method, path, status = response.status().as_u16(), ms, "request");
    response
}

fn plain(status: StatusCode) -> Failure {
    match status {
        StatusCode::NOT_FOUND => Failure::new(Code::NotFound, ""),
        StatusCode::METHOD_NOT_ALLOWED => Failure::new(Code::NotAllowed, ""),
        StatusCode::PAYLOAD_TOO_LARGE => Failure::new(Code::TooLarge, "More bytes than are taken"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Failure::new(Code::Unsupported, ""),
        StatusCode::SERVICE_UNAVAILABLE => Failure::later(Code::Unavailable, "It took too long", 10),
        status if status.is_client_error() => Failure::new(Code::Unreadable, "The path or the query cannot be read"),
        _ => Failure::internal("an answer without a problem document"),
    }
}

/// Serves until the process is asked to end, then lets what is under way finish.
///
/// # Errors
/// In words, when the address cannot be had.
pub(super) async fn serve(app: App) -> Result<(), String> {
    let listener =
        TcpListener::bind(app.config.listen).await.map_err(|e| format!("listen = {}: {e}", app.config.listen))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    // A line of its own, for whoever started it and does not know the port.
    tracing::info!(%address, "listening");
    let app = Arc::new(app);
    let sweeping = tokio::spawn(sweep(Arc::clone(&app)));
    let router = router(app);
    let (asked, mut drained) = tokio::sync::watch::channel(false);
    let until = async move {
        ended().await;
        tracing::info!("ending: what is under way may finish");
        let _ = asked.send(true);
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(until);
    let too_long = async move {
        // Ends only once somebody asked, and then after a while.
        if drained.changed().await.is_ok() {
            tokio::time::sleep(DRAIN).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    let done = tokio::select! {
        served = async { serving.await } => served.map_err(|e| e.to_string()),
        () = too_long => {
            tracing::warn!("requests that took too long were cut off");
            Ok(())
        }
    };
    sweeping.abort();
    done
}

/// Forgets from time to time what need not be remembered any longer.
async fn sweep(app: Shared) {
    let age = chrono::Duration::hours(app.config.idempotency_h.into());
    let mut due = tokio::time::interval(SWEEP);
    loop {
        due.tick().await;
        // Before all times nothing was answered.
        let Some(before) = chrono::Utc::now().checked_sub_signed(age) else { return };
        match app.db.forget_answers(before).await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "answers under an Idempotency-Key"),
            Err(failure) => tracing::warn!(%failure, "what is too old could not be forgotten"),
        }
    }
}

#[cfg(unix)]
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn ended() {
    let _ = tokio::signal::ctrl_c().await;
}
