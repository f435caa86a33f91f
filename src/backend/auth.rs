//! Who asks: a terminal by the signature of its register's key, a person or a program by a token. The
//! tenant comes from here and from nowhere else.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use chrono::Utc;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::App;
use super::db::Role;
use super::failure::{Failure, Result};
use crate::domain::ids::{BoxId, RegisterId};
use crate::wire::enrolment::verified;
use crate::wire::hex::hex;
use crate::wire::problem::{Code, Problem};
use crate::wire::request::{self, Signed};

/// How far the time of a signature may be from the server's, in seconds.
const SKEW_S: i64 = 300;

/// A register that was enrolled and not revoked.
#[derive(Clone, Debug)]
pub(super) struct Terminal {
    pub(super) id: Uuid,
    pub(super) tenant: Uuid,
    pub(super) store: Uuid,
    pub(super) box_id: BoxId,
    pub(super) register: RegisterId,
    /// Its public key, in hex.
    pub(super) public_key: String,
    /// Its clock minus the server's, in milliseconds.
    pub(super) skew_ms: i64,
}

/// A person or a program with a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    pub(super) tenant: Uuid,
    pub(super) role: Role,
}

/// What was asked, as far as a signature covers it.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a Bytes,
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl Terminal {
    /// The terminal that signed a request.
    ///
    /// # Errors
    /// 401 where nobody did, or too long ago; 403 for one that was revoked; 400 where the content is
    /// not what was signed; 429.
    pub(super) async fn of(app: &App, asked: &Asked<'_>) -> Result<Self> {
        let unsigned = || Failure::new(Code::Unauthorised, "The request must be signed by an enrolled register");
        let input = text(asked.headers, request::SIGNATURE_INPUT).ok_or_else(unsigned)?;
        let (created, id) = request::read_input(input).ok_or_else(unsigned)?;
        let signature =
            text(asked.headers, request::SIGNATURE).and_then(request::read_signature).ok_or_else(unsigned)?;
        let digest = text(asked.headers, request::CONTENT_DIGEST).ok_or_else(unsigned)?;
        app.limits.take(&id.to_string())?;
        let connection = app.db.connection().await?;
        let sql = "SELECT tenant_id, store_id, box_id, register, public_key, revoked IS NOT NULL FROM terminals \
                   WHERE terminal_id = $1";
        let row = connection.query_opt(&connection.prepare_cached(sql).await?, &[&id]).await?;
        let row = row.ok_or_else(unsigned)?;
        let now_ms = Utc::now().timestamp_millis();
        let device_ms = text(asked.headers, request::DEVICE_TIME).and_then(|t| t.parse::<i64>().ok());
        let terminal = Self {
            id,
            tenant: row.get(0),
            store: row.get(1),
            box_id: BoxId(row.get(2)),
            register: RegisterId(u16::try_from(row.get::<_, i32>(3)).unwrap_or_default()),
            public_key: row.get(4),
            skew_ms: device_ms.map_or(0, |ms| ms.saturating_sub(now_ms)),
        };
        let signed = Signed {
            method: asked.method.as_str(),
            path: asked.uri.path(),
            query: asked.uri.query().unwrap_or_default(),
            digest,
            created,
            terminal: id,
        };
        if !verified(&terminal.public_key, &signed.base(), &hex(&signature)) {
            return Err(Failure::new(Code::Unauthorised, "The signature is not of this register's key"));
        }
        if row.get(5) {
            return Err(Failure::new(Code::Revoked, ""));
        }
        if created.saturating_sub(now_ms / 1000).saturating_abs() > SKEW_S {
            let mut problem = Problem::new(Code::ClockSkew, "Sign again with the server's time");
            problem.server_ms = Some(now_ms);
            return Err(problem.into());
        }
        if request::content_digest(asked.body) != digest {
            return Err(Failure::new(Code::Unreadable, "The content is not what its digest says"));
        }
        Ok(terminal)
    }
}

impl Caller {
    /// Whoever has the token of a request, if it may do what is asked.
    ///
    /// # Errors
    /// 401 without a valid token, 403 for one of another role, 429.
    pub(super) async fn of(app: &App, headers: &HeaderMap, roles: &[Role]) -> Result<Self> {
        let header = text(headers, header::AUTHORIZATION.as_str());
        let token = header.and_then(|text| text.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| Failure::new(Code::Unauthorised, "Send a token: Authorization: Bearer …"))?;
        let digest = Sha256::digest(token.as_bytes()).to_vec();
        app.limits.take(&hex(&digest))?;
        let connection = app.db.connection().await?;
        let sql = "SELECT tenant_id, role FROM tokens WHERE token_sha256 = $1 AND revoked IS NULL";
        let row = connection.query_opt(&connection.prepare_cached(sql).await?, &[&digest]).await?;
        let row = row.ok_or_else(|| Failure::new(Code::Unauthorised, "The token is not known, or was revoked"))?;
        let role = match row.get::<_, String>(1).as_str() {
            "office" => Role::Office,
            "marketing" => Role::Marketing,
            _ => Role::Reporting,
        };
        if !roles.contains(&role) {
            return Err(Failure::new(Code::Forbidden, "A token of another role is needed"));
        }
        Ok(Self { tenant: row.get(0), role })
    }
}
