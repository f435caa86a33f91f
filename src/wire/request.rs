//! How a terminal signs a request: RFC 9421 with one fixed list of what is covered, so that there is
//! nothing to choose and nothing to parse wrongly.
//!
//! ```text
//! Content-Digest: sha-256=:…:
//! Signature-Input: cf=("@method" "@path" "@query" "content-digest");created=1764165600;keyid="TERMINAL"
//! Signature: cf=:…:
//! ```
//!
//! A request without a body carries the digest of nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The header with the digest of the content as it travels, compressed where it is.
pub const CONTENT_DIGEST: &str = "content-digest";
/// The header that says what is signed.
pub const SIGNATURE_INPUT: &str = "signature-input";
/// The header with the signature.
pub const SIGNATURE: &str = "signature";
/// The header with the till's time, in UTC milliseconds.
pub const DEVICE_TIME: &str = "counterflow-device-time";
/// The header with the register's signature of the bundle itself, in hex.
pub const BUNDLE_SIGNATURE: &str = "counterflow-bundle-signature";

const COVERED: &str = "(\"@method\" \"@path\" \"@query\" \"content-digest\")";

/// The value of `Content-Digest` for some content.
pub fn content_digest(content: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(content)))
}

/// What a signature is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<'a> {
    /// `PUT`.
    pub method: &'a str,
    /// `/v1/shifts/…`.
    pub path: &'a str,
    /// What follows `?`; empty when nothing does.
    pub query: &'a str,
    /// The value of `Content-Digest`.
    pub digest: &'a str,
    /// When it was signed, in seconds since 1970.
    pub created: i64,
    /// Whose key it is.
    pub terminal: Uuid,
}

impl Signed<'_> {
    fn parameters(&self) -> String {
        format!("{COVERED};created={};keyid=\"{}\"", self.created, self.terminal)
    }

    /// The value of `Signature-Input`.
    pub fn input(&self) -> String {
        format!("cf={}", self.parameters())
    }

    /// The bytes that are signed: the signature base of RFC 9421.
    pub fn base(&self) -> Vec<u8> {
        format!(
            "\"@method\": {}\n\"@path\": {}\n\"@query\": ?{}\n\"content-digest\": {}\n\"@signature-params\": {}",
            self.method,
            self.path,
            self.query,
            self.digest,
            self.parameters()
        )
        .into_bytes()
    }
}

/// The value of `Signature`.
pub fn signature_header(signature: &[u8; 64]) -> String {
    format!("cf=:{}:", STANDARD.encode(signature))
}

/// The signature in the value of `Signature`.
pub fn read_signature(header: &str) -> Option<[u8; 64]> {
    let text = header.strip_prefix("cf=:")?.strip_suffix(':')?;
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// When and by whom, from the value of `Signature-Input`.
pub fn read_input(header: &str) -> Option<(i64, Uuid)> {
    let rest = header.strip_prefix("cf=")?.strip_prefix(COVERED)?.strip_prefix(";created=")?;
    let (created, rest) = rest.split_once(";keyid=\"")?;
    Some((created.parse().ok()?, Uuid::try_parse(rest.strip_suffix('"')?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_read_again() {
        let terminal = Uuid::from_u128(7);
        let digest = content_digest(b"{}");
        assert_eq!(digest, "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:");
        let signed = Signed { method: "PUT", path: "/v1/x", query: "", digest: &digest, created: 5, terminal };
        assert_eq!(read_input(&signed.input()), Some((5, terminal)));
        assert!(
            String::from_utf8(signed.base())
                .unwrap()
                .starts_with("\"@method\": PUT\n\"@path\": /v1/x\n\"@query\": ?\n")
        );
        assert_eq!(read_signature(&signature_header(&[3; 64])), Some([3; 64]));
        for wrong in ["", "cf=()", "cf=(\"@method\");created=5;keyid=\"x\"", "sig=:AA==:"] {
            assert_eq!((read_input(wrong), read_signature(wrong)), (None, None), "{wrong}");
        }
    }
}
