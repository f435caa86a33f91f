//! Why a request was refused: a problem document for the client, a line for the log.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio_postgres::error::SqlState;

use crate::wire::problem::{self, Code, Problem};

/// How long a client is asked to wait when the database is not there.
const DATABASE_RETRY_S: u64 = 5;

/// A refusal on its way out.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) problem: Box<Problem>,
    retry_after_s: Option<u64>,
    /// What the log says besides; never sent.
    cause: String,
}

/// What a handler comes to.
pub(super) type Result<T = Response> = std::result::Result<T, Failure>;

impl Failure {
    /// A refusal.
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// A refusal for a while.
    pub(super) fn later(code: Code, detail: impl Into<String>, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds), ..Self::new(code, detail) }
    }

    /// An error of the server's own: the log has the cause, the client does not.
    pub(super) fn internal(cause: impl ToString) -> Self {
        Self { cause: cause.to_string(), ..Self::new(Code::Internal, "The log of the server says more") }
    }

    /// Whether it only says that another statement of the transaction has failed before it.
    pub(super) fn is_aftermath(&self) -> bool {
        self.cause.starts_with(SqlState::IN_FAILED_SQL_TRANSACTION.code())
    }

    /// The same cause, told as another problem.
    pub(super) fn told_as(self, problem: Problem) -> Self {
        Self { problem: Box::new(problem), ..self }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.problem)?;
        if self.cause.is_empty() { Ok(()) } else { write!(f, " ({})", self.cause) }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), retry_after_s: None, cause: String::new() }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        let state = error.code().map(SqlState::code).unwrap_or_default();
        let failure = match state.get(..2) {
            // What was sent does not fit into a column: a NUL in a text, a date beyond time.
            Some("22") => Self::new(Code::Invalid, "A value cannot be stored"),
            Some("23") => Self::new(Code::Conflict, "It is there already, or something that it names is not"),
            // Two that met: the client tries again.
            Some("40") => Self::later(Code::Unavailable, "Another request was in the way", 1),
            Some("08" | "53" | "57") => Self::later(Code::Unavailable, "The database is busy", DATABASE_RETRY_S),
            None if error.is_closed() || error.as_db_error().is_none() => {
                Self::later(Code::Unavailable, "The database cannot be reached", DATABASE_RETRY_S)
            }
            _ => Self::internal(""),
        };
        let said = error.as_db_error().map_or_else(|| whole(&error), |e| format!("{} {}", state, e.message()));
        Self { cause: said, ..failure }
    }
}

impl From<deadpool_postgres::PoolError> for Failure {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        let failure = Self::later(Code::Unavailable, "The database cannot be reached", DATABASE_RETRY_S);
        Self { cause: whole(&error), ..failure }
    }
}

/// An error with its causes: each layer tells only its own part.
pub(super) fn whole(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !words.contains(&said) {
            words = format!("{words}: {said}");
        }
        cause = inner.source();
    }
    words
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = &self.problem;
        let (status, kind, cause) = (problem.status, problem.kind.as_str(), self.cause.as_str());
        if status >= 500 {
            tracing::error!(status, kind, cause, %problem, "refused");
        } else {
            tracing::warn!(status, kind, cause, %problem, "refused");
        }
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, problem::MEDIA_TYPE)], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let ways = HeaderValue::from_static("Bearer realm=\"counterflow\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, ways);
        }
        response
    }
}
