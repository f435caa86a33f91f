//! Why a request was refused: RFC 9457, `application/problem+json`.

use serde::{Deserialize, Serialize};

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A place in what was sent, as a JSON pointer (RFC 6901), and what is wrong there. A bundle reads as
/// its head with its entries as the list `journal`: `/journal/17/event/sale/totals/total`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    /// Where.
    pub pointer: String,
    /// What.
    pub detail: String,
}

/// What may be wrong, as both sides act on it. Its word ends the problem's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Unreadable, or not what its digest says: 400.
    Unreadable,
    /// No valid credential, or none at all: 401.
    Unauthorised,
    /// The signature's time is too far from the server's: 401; `server_ms` says what it is there.
    ClockSkew,
    /// A credential that may not do this: 403.
    Forbidden,
    /// The terminal was revoked: 403.
    Revoked,
    /// Not there: 404.
    NotFound,
    /// The method is not of this path: 405.
    NotAllowed,
    /// The same thing is being taken in at this moment: 409.
    InProgress,
    /// The bundle before is missing; `missing_seq` says which: 409.
    SeqGap,
    /// It exists, or is used up: 409.
    Conflict,
    /// Somebody else has changed it: 412.
    Stale,
    /// Larger than is taken: 413.
    TooLarge,
    /// A media type, coding or schema that is not known: 415.
    Unsupported,
    /// The same id with other bytes: 422.
    HashConflict,
    /// Not what it must be; `errors` say where: 422.
    Invalid,
    /// `If-Match` must be sent: 428.
    Precondition,
    /// Too many requests; see `Retry-After`: 429.
    TooMany,
    /// An error of the server's own: 500.
    Internal,
    /// Not at this moment; see `Retry-After`: 503.
    Unavailable,
}

/// A problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `/problems/` and the code's word.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, in few words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What to make of it, in words for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Where what was sent is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Pointer>,
    /// Which bundle of the register must come first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_seq: Option<u64>,
    /// The server's time, in UTC milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_ms: Option<i64>,
}

/// Where the word of a code stands in a problem's type.
const PREFIX: &str = "/problems/";

impl Code {
    /// The status, word and title of each.
    const fn about(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::Unreadable => (400, "unreadable", "What was sent cannot be read"),
            Self::Unauthorised => (401, "unauthorised", "No valid credential"),
            Self::ClockSkew => (401, "clock-skew", "The clocks differ too much"),
            Self::Forbidden => (403, "forbidden", "This credential may not do that"),
            Self::Revoked => (403, "revoked", "The terminal was revoked"),
            Self::NotFound => (404, "not-found", "There is nothing here"),
            Self::NotAllowed => (405, "not-allowed", "This cannot be done here"),
            Self::InProgress => (409, "in-progress", "The same is being taken in"),
            Self::SeqGap => (409, "seq-gap", "An earlier bundle is missing"),
            Self::Conflict => (409, "conflict", "It is there already, or used up"),
            Self::Stale => (412, "stale", "Somebody else has changed it"),
            Self::TooLarge => (413, "too-large", "Too large"),
            Self::Unsupported => (415, "unsupported", "A form that is not known here"),
            Self::HashConflict => (422, "hash-conflict", "The same id with other bytes"),
            Self::Invalid => (422, "invalid", "It is not what it must be"),
            Self::Precondition => (428, "precondition", "Say which version you have seen: send If-Match"),
            Self::TooMany => (429, "too-many", "Too many requests"),
            Self::Internal => (500, "internal", "The server failed"),
            Self::Unavailable => (503, "unavailable", "Not at this moment"),
        }
    }

    /// The status of an answer.
    pub const fn status(self) -> u16 {
        self.about().0
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        self.about().1
    }
}

impl Problem {
    /// A problem.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let (status, word, title) = code.about();
        Self {
            kind: format!("{PREFIX}{word}"),
            title: title.to_owned(),
            status,
            detail: detail.into(),
            errors: Vec::new(),
            missing_seq: None,
            server_ms: None,
        }
    }

    /// With a place.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.errors.push(Pointer { pointer: pointer.into(), detail: detail.into() });
        self
    }

    /// Whether it is this one.
    pub fn is(&self, code: Code) -> bool {
        self.kind.strip_prefix(PREFIX) == Some(code.word())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.title)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        for Pointer { pointer, detail } in self.errors.iter().take(5) {
            write!(f, "; {pointer}: {detail}")?;
        }
        Ok(())
    }
}
