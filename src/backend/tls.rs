//! TLS to PostgreSQL: on by itself where the database is on another machine, and then with a certificate that is
//! checked whole. There is nothing between that and none.

use std::net::IpAddr;
use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode as Asked};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::config::{Config, SslMode};

/// What makes connections encrypted, where they are to be; tells `pg` so.
///
/// # Errors
/// In words, when there are no authorities to check the database's certificate by.
pub(super) fn connector(pg: &mut tokio_postgres::Config, config: &Config) -> Result<Option<MakeRustlsConnect>, String> {
    if mode(pg, config.sslmode) == SslMode::Disable {
        pg.ssl_mode(Asked::Disable);
        return Ok(None);
    }
    pg.ssl_mode(Asked::Require);
    // The first provider stays; a second try to install one is no fault.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let roots = roots(config.sslrootcert.as_deref())?;
    let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Ok(Some(MakeRustlsConnect::new(tls)))
}

fn mode(pg: &tokio_postgres::Config, said: Option<SslMode>) -> SslMode {
    match (said, pg.get_ssl_mode()) {
        (Some(said), _) => said,
        (None, Asked::Disable) => SslMode::Disable,
        (None, Asked::Require) => SslMode::VerifyFull,
        (None, _) if is_here(pg) => SslMode::Disable,
        (None, _) => SslMode::VerifyFull,
    }
}

/// Whether the database is on this machine, whichever of its hosts answers.
fn is_here(pg: &tokio_postgres::Config) -> bool {
    let is_ours = |host: &Host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    pg.get_hosts().iter().all(is_ours) && pg.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// The authorities that are believed.
fn roots(file: Option<&Path>) -> Result<RootCertStore, String> {
    let found: Vec<CertificateDer<'static>> = match file {
        Some(file) => CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect)
            .map_err(|e| format!("sslrootcert = {}: {e}", file.display()))?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found);
    if roots.is_empty() {
        let where_to_look = match file {
            Some(file) => format!("there is no certificate in {}", file.display()),
            None => "this system has no certificates of authorities".to_owned(),
        };
        return Err(format!("{where_to_look}: sslrootcert names the file with that of the database's authority"));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_it_is_said_otherwise() {
        use SslMode::{Disable, VerifyFull};
        for (database, said, expected) in [
            ("host=/run/postgresql dbname=x", None, Disable),
            ("host=localhost dbname=x", None, Disable),
            ("host=127.0.0.1,::1 dbname=x", None, Disable),
            ("host=db.example.com dbname=x", None, VerifyFull),
            ("host=localhost,db.example.com dbname=x", None, VerifyFull),
            ("host=localhost hostaddr=10.0.0.7 dbname=x", None, VerifyFull),
            ("host=10.0.0.7 dbname=x", None, VerifyFull),
            ("host=10.0.0.7 sslmode=disable", None, Disable),
            ("host=10.0.0.7 dbname=x", Some(Disable), Disable),
            ("host=localhost sslmode=require", None, VerifyFull),
            ("postgresql://db.example.com/x", None, VerifyFull),
        ] {
            assert_eq!(mode(&database.parse().unwrap(), said), expected, "{database}");
        }
    }

    #[test]
    fn a_file_without_a_certificate_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let told = roots(Some(file.path())).unwrap_err();
        assert!(told.contains("there is no certificate in"), "{told}");
        assert!(roots(Some(Path::new("/nowhere"))).unwrap_err().contains("/nowhere"));
    }
}
