//! Where a server is, and how it is spoken to.

use std::str::FromStr;
use std::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode};
use r2d2_postgres::PostgresConnectionManager;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Manager, Result};
use crate::sis::SisError;
use crate::tls;

/// How long a connection may take to come about, unless the URL says.
const CONNECTING: Duration = Duration::from_secs(10);
/// After how long without an answer of the other machine's a connection is given up.
const SILENCE: Duration = Duration::from_secs(30);

/// What makes connections to the server at a URL.
pub(super) fn manager(url: &str) -> Result<Manager> {
    let (config, authorities) = config(url)?;
    let tls = tls::config(&authorities, &[]).map_err(|error| SisError::input("url", error.to_string()))?;
    Ok(PostgresConnectionManager::new(config, MakeRustlsConnect::new(tls)))
}

/// A URL as the client library reads it, and the files with certificate authorities that it names.
fn config(url: &str) -> Result<(Config, Vec<String>)> {
    let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
    let mut authorities = Vec::new();
    let mut rest = Vec::new();
    let mut mode = None;
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some(("sslrootcert", path)) => {
                authorities.push(percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned());
            }
            Some(("sslmode", "disable")) => mode = Some(SslMode::Disable),
            Some(("sslmode", "allow" | "prefer")) => mode = Some(SslMode::Prefer),
            Some(("sslmode", "require" | "verify-ca" | "verify-full")) => mode = Some(SslMode::Require),
            _ => rest.push(parameter),
        }
    }
    let mut config = Config::from_str(&format!("{place}?{}", rest.join("&"))).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        SisError::input("url", cause.unwrap_or_else(|| error.to_string()))
    })?;
    config.ssl_mode(mode.unwrap_or(if config.get_hosts().iter().all(is_here) {
        SslMode::Disable
    } else {
        SslMode::Require
    }));
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECTING);
    }
    config.tcp_user_timeout(SILENCE).keepalives_idle(SILENCE).application_name("argent-sis");
    Ok((config, authorities))
}

/// Whether a server is on this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_the_url_says_otherwise() {
        let mode = |url: &str| config(url).unwrap().0.get_ssl_mode();
        assert_eq!(mode("postgres://me@localhost/db"), SslMode::Disable);
        assert_eq!(mode("postgres://me@127.0.0.1:5433/db"), SslMode::Disable);
        assert_eq!(mode("postgres://me@/db?host=/run/postgresql"), SslMode::Disable);
        assert_eq!(mode("postgres://me@db.example/db"), SslMode::Require);
        assert_eq!(mode("postgres://me@localhost,db.example/db"), SslMode::Require);
        assert_eq!(mode("postgres://me@db.example/db?sslmode=disable"), SslMode::Disable);
        let (config, authorities) =
            config("postgres://me@h/db?sslrootcert=/etc/a%20b.pem&sslmode=verify-full&connect_timeout=3")
                .unwrap();
        assert_eq!(authorities, ["/etc/a b.pem"]);
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(3)));
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_its_password() {
        let error = config("postgres://me:hunter2@host/db?colour=red").unwrap_err();
        assert_eq!(error.code(), "SIS_INPUT");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
