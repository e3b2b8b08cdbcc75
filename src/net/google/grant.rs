//! Gets a token: a service account's signed request, a person's refresh token, or the metadata server's word.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{RequestBuilder, StatusCode};
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded::Serializer;

use super::Token;
use super::source::{Account, Source, nowhere, refused};
use crate::ai::{Failure, FailureKind};
use crate::net::client::Use;
use crate::net::{LARGEST_ERROR, Network, broken_off, too_large};

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const HOUR: u64 = 3600;
const PATIENCE: Duration = Duration::from_secs(30);
/// The metadata server is next to the machine that it serves; anywhere else nothing answers.
const NEARBY: Duration = Duration::from_secs(3);

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
struct Denied {
    error: String,
    error_description: Option<String>,
}

/// Gets a token from its source.
pub(super) async fn fetch(source: &Source, network: &Network) -> Result<Token, Failure> {
    match source {
        Source::Account(account) if !account.is_google => {
            Ok(token(sign(account, json!({ "sub": account.email }))?, HOUR))
        }
        Source::Account(account) => {
            let assertion = sign(account, json!({ "aud": account.token_uri }))?;
            let form = [("grant_type", JWT_BEARER), ("assertion", &assertion)];
            post(&account.token_uri, &form, network).await
        }
        Source::User { client_id, client_secret, refresh_token, token_uri } => {
            let form = [
                ("refresh_token", refresh_token.as_str()),
                ("client_id", client_id),
                ("client_secret", client_secret),
                ("grant_type", "refresh_token"),
            ];
            post(token_uri, &form, network).await
        }
        Source::Metadata(host) => metadata(host, network).await,
    }
}

fn token(value: String, seconds: u64) -> Token {
    Token { value, expires: Instant::now() + Duration::from_secs(seconds) }
}

/// What a service account says of itself, signed.
fn sign(account: &Account, mut claims: serde_json::Value) -> Result<String, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    for (name, value) in [
        ("iss", json!(account.email)),
        ("scope", json!(SCOPE)),
        ("iat", json!(now)),
        ("exp", json!(now + HOUR)),
    ] {
        if let Some(claims) = claims.as_object_mut() {
            claims.insert(name.to_owned(), value);
        }
    }
    let head = json!({ "alg": "RS256", "typ": "JWT", "kid": account.key_id });
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let said = format!("{}.{}", part(head), part(claims));
    let invalid = |error: &dyn std::fmt::Display| refused(format!("The private key cannot be used: {error}"));
    let key =
        PrivateKeyDer::from_pem_slice(account.private_key.as_bytes()).map_err(|error| invalid(&error))?;
    let key = any_supported_type(&key).map_err(|error| invalid(&error))?;
    let signer = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]);
    let signer = signer.ok_or_else(|| invalid(&"it is no RSA key"))?;
    let signature = signer.sign(said.as_bytes()).map_err(|error| invalid(&error))?;
    Ok(format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

async fn post(url: &str, form: &[(&str, &str)], network: &Network) -> Result<Token, Failure> {
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let request = network.client(Use::Http)?.post(url);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    let unreachable =
        || Failure::new(FailureKind::Connection, format!("Cannot get an access token from {url}"));
    let (status, body) = tokio::time::timeout(PATIENCE, send(request))
        .await
        .map_err(|_| unreachable())?
        .map_err(|failure| if failure.kind == FailureKind::Connection { unreachable() } else { failure })?;
    if status.is_success() {
        return granted(&body);
    }
    let denied: Option<Denied> = serde_json::from_str(&body).ok();
    let message = denied.map_or_else(
        || format!("Cannot get an access token from {url}: status {}", status.as_u16()),
        |denied| match denied.error_description {
            Some(description) => format!("{}: {description}", denied.error),
            None => denied.error,
        },
    );
    Err(rejected(status, message))
}

/// Asks the metadata server, which no proxy leads to.
async fn metadata(host: &str, network: &Network) -> Result<Token, Failure> {
    let direct = Network { ca_files: network.ca_files.clone(), ..Network::default() };
    let base = if host.contains("://") { host.to_owned() } else { format!("http://{host}") };
    let scope: String = url::form_urlencoded::byte_serialize(SCOPE.as_bytes()).collect();
    let path = "computeMetadata/v1/instance/service-accounts/default/token";
    let url = format!("{}/{path}?scopes={scope}", base.trim_end_matches('/'));
    let request = direct.client(Use::Http)?.get(url).header("metadata-flavor", "Google");
    let answer = tokio::time::timeout(NEARBY, send(request)).await.map_err(|_| nowhere())?;
    let (status, body) = answer.map_err(|_| nowhere())?;
    if status.is_success() {
        return granted(&body);
    }
    Err(rejected(status, format!("Could not refresh access token: status {}", status.as_u16())))
}

fn granted(body: &str) -> Result<Token, Failure> {
    let granted: Granted =
        serde_json::from_str(body).map_err(|_| refused("The answer to a request for a token holds none"))?;
    Ok(token(granted.access_token, granted.expires_in.unwrap_or(HOUR)))
}

fn rejected(status: StatusCode, message: String) -> Failure {
    let kind = match status.as_u16() {
        429 => FailureKind::RateLimit,
        500.. => FailureKind::Server,
        _ => FailureKind::Auth,
    };
    Failure { status: Some(status.as_u16()), ..Failure::new(kind, message) }
}

async fn send(request: RequestBuilder) -> Result<(StatusCode, String), Failure> {
    let mut response = request.send().await.map_err(|_| broken_off())?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| broken_off())? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST_ERROR {
            return Err(too_large(LARGEST_ERROR));
        }
    }
    Ok((response.status(), String::from_utf8_lossy(&body).into_owned()))
}
