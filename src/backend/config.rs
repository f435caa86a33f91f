//! The configuration: a TOML file, and the environment over it. Everything has a default that is right
//! on a developer's machine.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;

/// A text that is never printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Secret(String);

impl Secret {
    /// The text itself.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Whether a connection is encrypted. Nothing between: what is encrypted for whoever happens to answer keeps no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SslMode {
    /// It is not.
    Disable,
    /// It is, and the database must prove that it has the name that was asked for.
    VerifyFull,
}

/// What the server runs on.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Config {
    /// Where it listens. Beyond this machine only with `behind_proxy`.
    pub(super) listen: SocketAddr,
    /// Whether something in front of it speaks TLS; only then may it listen beyond this machine.
    pub(super) behind_proxy: bool,
    /// Where PostgreSQL is, as libpq writes it: `host=/run/postgresql dbname=counterflow`.
    pub(super) database: Secret,
    /// Whether the connection to PostgreSQL is encrypted; beyond this machine it is unless this says otherwise.
    pub(super) sslmode: Option<SslMode>,
    /// The certificates of the authorities that the database's certificate may be of, as PEM; the system's when absent.
    pub(super) sslrootcert: Option<PathBuf>,
    /// How many connections it may open.
    pub(super) connections: usize,
    /// The folder with the server's signing keys, its own and nobody else's.
    pub(super) keys: PathBuf,
    /// The largest bundle as it travels, in bytes.
    pub(super) max_body_bytes: usize,
    /// The largest bundle unpacked, in bytes.
    pub(super) max_unpacked_bytes: u64,
    /// Requests a second that one credential may make over time, and at once.
    pub(super) requests_per_s: f64,
    /// How many it may make at once.
    pub(super) burst: f64,
    /// The longest a request may take, in seconds.
    pub(super) request_s: u64,
    /// How long an answer under an `Idempotency-Key` is remembered, in hours.
    pub(super) idempotency_h: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            behind_proxy: false,
            database: Secret("host=/run/postgresql dbname=counterflow".to_owned()),
            sslmode: None,
            sslrootcert: None,
            connections: 16,
            keys: PathBuf::from("keys"),
            max_body_bytes: 32 * 1024 * 1024,
            max_unpacked_bytes: 1024 * 1024 * 1024,
            requests_per_s: 20.0,
            burst: 100.0,
            request_s: 300,
            idempotency_h: 24,
        }
    }
}

impl Config {
    /// Reads the file, if one is named, and what the environment says over it.
    ///
    /// # Errors
    /// In words, with the place in the file or the variable's name.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, String> {
        let mut config = match file {
            Some(file) => {
                let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
                toml::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?
            }
            None => Self::default(),
        };
        let variable = |name: &str| std::env::var(format!("COUNTERFLOW_BACKEND_{name}")).ok();
        if let Some(listen) = variable("LISTEN") {
            config.listen = listen.parse().map_err(|e| format!("COUNTERFLOW_BACKEND_LISTEN: `{listen}`: {e}"))?;
        }
        if let Some(database) = variable("DATABASE") {
            config.database = Secret(database);
        }
        if let Some(mode) = variable("SSLMODE") {
            let read = SslMode::deserialize(mode.as_str().into_deserializer());
            config.sslmode = Some(read.map_err(|e: ValueError| format!("COUNTERFLOW_BACKEND_SSLMODE: {e}"))?);
        }
        if let Some(file) = variable("SSLROOTCERT") {
            config.sslrootcert = Some(PathBuf::from(file));
        }
        if let Some(keys) = variable("KEYS") {
            config.keys = PathBuf::from(keys);
        }
        if !config.listen.ip().is_loopback() && !config.behind_proxy {
            return Err(format!(
                "listen = \"{}\": this server speaks no TLS itself; let one that does (nginx, Caddy) stand before it, \
                 and say behind_proxy = true",
                config.listen
            ));
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_printed() {
        let config: Config = toml::from_str("database = \"password=hunter2\"").unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.database.reveal(), "password=hunter2");
    }
}
