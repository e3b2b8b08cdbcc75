//! Where Google's application default credentials are, in the order in which Google's own libraries look.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::ai::{Failure, FailureKind};

const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
const UNIVERSE: &str = "googleapis.com";
const METADATA_HOST: &str = "169.254.169.254";
const WELL_KNOWN: &str = "application_default_credentials.json";

/// What gives a token.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A service account, which signs for itself.
    Account(Account),
    /// A person who has logged in.
    User { client_id: String, client_secret: String, refresh_token: String, token_uri: String },
    /// The machine's own account, from the metadata server at this address.
    Metadata(String),
}

/// A service account's key.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) email: String,
    pub(super) private_key: String,
    pub(super) key_id: Option<String>,
    pub(super) token_uri: String,
    /// Whether Google's own token endpoint knows the account; clouds of others take what it signs itself.
    pub(super) is_google: bool,
}

/// A source and the project that pays.
pub(super) struct Found {
    pub(super) source: Source,
    pub(super) quota_project: Option<String>,
}

#[derive(Deserialize)]
struct File {
    r#type: Option<String>,
    client_email: Option<String>,
    private_key: Option<String>,
    private_key_id: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    token_uri: Option<String>,
    universe_domain: Option<String>,
    quota_project_id: Option<String>,
}

impl Source {
    /// Tells sources apart.
    pub(super) fn identity(&self) -> String {
        match self {
            Self::Account(Account { email, key_id, token_uri, .. }) => {
                format!("{email} {} {token_uri}", key_id.as_deref().unwrap_or_default())
            }
            Self::User { client_id, refresh_token, token_uri, .. } => {
                format!("{client_id} {refresh_token} {token_uri}")
            }
            Self::Metadata(host) => host.clone(),
        }
    }
}

/// Finds the credentials that the environment points to.
pub(super) async fn find(env: &BTreeMap<String, String>) -> Result<Found, Failure> {
    let set = |name: &str| env.get(name).filter(|value| !value.is_empty());
    let quota_project = set("GOOGLE_CLOUD_QUOTA_PROJECT").cloned();
    let named = set("GOOGLE_APPLICATION_CREDENTIALS").or_else(|| set("google_application_credentials"));
    let file = match (named, well_known(env)) {
        (Some(path), _) => Some(read_named(Path::new(path)).await?),
        (None, Some(path)) => read(&path).await?,
        (None, None) => None,
    };
    if let Some(file) = file {
        let quota_project = quota_project.or_else(|| file.quota_project_id.clone());
        return Ok(Found { source: source(file)?, quota_project });
    }
    let detection = set("METADATA_SERVER_DETECTION").map(|value| value.trim().to_lowercase());
    if detection.as_deref() == Some("none") {
        return Err(nowhere());
    }
    let host = set("GCE_METADATA_IP").or_else(|| set("GCE_METADATA_HOST"));
    let host = host.map_or(METADATA_HOST, String::as_str);
    Ok(Found { source: Source::Metadata(host.to_owned()), quota_project })
}

/// There are no credentials. The text is that of Google's libraries.
pub(super) fn nowhere() -> Failure {
    refused(
        "Could not load the default credentials. Browse to \
         https://cloud.google.com/docs/authentication/getting-started for more information.",
    )
}

pub(super) fn refused(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Auth, message)
}

/// The file that `gcloud` writes.
fn well_known(env: &BTreeMap<String, String>) -> Option<PathBuf> {
    let set = |name: &str| env.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("CLOUDSDK_CONFIG").or_else(|| {
        if cfg!(windows) {
            set("APPDATA").map(|data| data.join("gcloud"))
        } else {
            set("HOME").map(|home| home.join(".config").join("gcloud"))
        }
    });
    folder.map(|folder| folder.join(WELL_KNOWN))
}

/// Reads a credential file; `None` if there is none.
async fn read(path: &Path) -> Result<Option<File>, Failure> {
    let unreadable =
        |error: &dyn std::fmt::Display| refused(format!("Cannot read {}: {error}", path.display()));
    let owned = path.to_owned();
    let read = tokio::task::spawn_blocking(move || std::fs::read(owned)).await;
    match read.map_err(|error| unreadable(&error))? {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| unreadable(&error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Reads the credential file that the environment names.
async fn read_named(path: &Path) -> Result<File, Failure> {
    let missing = || refused(format!("The file at {} does not exist, or it is not a file.", path.display()));
    let file = read(path).await.and_then(|file| file.ok_or_else(missing));
    file.map_err(|failure| {
        let which =
            "Unable to read the credential file specified by the GOOGLE_APPLICATION_CREDENTIALS environment variable";
        Failure { message: format!("{which}: {}", failure.message), ..failure }
    })
}

fn source(file: File) -> Result<Source, Failure> {
    let lacking = |name: &str| refused(format!("The incoming JSON object does not contain a {name} field"));
    let token_uri = file.token_uri.filter(|uri| !uri.is_empty()).unwrap_or_else(|| TOKEN_URI.to_owned());
    match file.r#type.as_deref() {
        Some("authorized_user") => Ok(Source::User {
            client_id: file.client_id.ok_or_else(|| lacking("client_id"))?,
            client_secret: file.client_secret.ok_or_else(|| lacking("client_secret"))?,
            refresh_token: file.refresh_token.ok_or_else(|| lacking("refresh_token"))?,
            token_uri,
        }),
        None | Some("service_account") => Ok(Source::Account(Account {
            email: file.client_email.ok_or_else(|| lacking("client_email"))?,
            private_key: file.private_key.ok_or_else(|| lacking("private_key"))?,
            key_id: file.private_key_id,
            token_uri,
            is_google: file.universe_domain.is_none_or(|universe| universe == UNIVERSE),
        })),
        Some(other) => Err(refused(format!("Credentials of type \"{other}\" are not supported"))),
    }
}
