//! Finds credentials: the environment, the profile's files with all that they lead to (roles, single sign-on,
//! processes), a web identity, the container, the machine. Those that expire are kept until shortly before.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_types::region::Region;
use indexmap::IndexMap;
use tokio::sync::Mutex as AsyncMutex;

use super::connector::Connector;
use super::{files, lacking};
use crate::ai::Failure;
use crate::ai::codec::Aws;
use crate::net::Network;

/// How long before their end credentials are fetched anew.
const MARGIN: Duration = Duration::from_mins(5);
/// How long a machine's metadata service may take: on most machines there is none.
const METADATA: Duration = Duration::from_secs(1);
const MOST_KEPT: usize = 16;
const NONE_FOUND: &str = "Could not load credentials from any providers";

/// What credentials depend on.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Source {
    profile: Option<String>,
    env: BTreeMap<String, String>,
}

type Slot = Arc<AsyncMutex<Option<Credentials>>>;

/// The credentials for a request.
pub(super) async fn find(aws: &Aws, region: &str, network: &Network) -> Result<Credentials, Failure> {
    if let Some(credentials) = from_env(aws).filter(|_| aws.profile.is_none()) {
        return Ok(credentials);
    }
    // Turns that start together fetch once.
    let slot = slot(Source { profile: aws.profile.clone(), env: aws.env.clone() });
    let mut kept = slot.lock().await;
    if let Some(credentials) = kept.as_ref().filter(|credentials| is_fresh(credentials)) {
        return Ok(credentials.clone());
    }
    let credentials = fetch(aws, region, network).await?;
    *kept = credentials.expiry().is_some().then(|| credentials.clone());
    Ok(credentials)
}

fn slot(source: Source) -> Slot {
    static SLOTS: OnceLock<Mutex<IndexMap<Source, Slot>>> = OnceLock::new();
    let slots = SLOTS.get_or_init(Mutex::default);
    let mut slots = slots.lock().unwrap_or_else(PoisonError::into_inner);
    if slots.len() >= MOST_KEPT && !slots.contains_key(&source) {
        slots.shift_remove_index(0);
    }
    Slot::clone(slots.entry(source).or_default())
}

fn is_fresh(credentials: &Credentials) -> bool {
    credentials.expiry().is_none_or(|expiry| expiry > SystemTime::now() + MARGIN)
}

fn from_env(aws: &Aws) -> Option<Credentials> {
    let variable = |name: &str| aws.env.get(name).cloned();
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    Some(Credentials::new(id, secret, variable("AWS_SESSION_TOKEN"), None, "environment"))
}

async fn fetch(aws: &Aws, region: &str, network: &Network) -> Result<Credentials, Failure> {
    let config = ProviderConfig::without_region()
        .with_region(Some(Region::new(region.to_owned())))
        .with_http_client(Connector::new(network));
    let mut complaint = None;
    for provider in providers(aws, &config) {
        match provider.provide_credentials().await {
            Ok(credentials) => return Ok(credentials),
            Err(CredentialsError::CredentialsNotLoaded(_)) => {}
            Err(error) => complaint = complaint.or_else(|| Some(words(&error))),
        }
    }
    Err(lacking(complaint.map_or_else(|| NONE_FOUND.to_owned(), |why| format!("{NONE_FOUND}: {why}"))))
}

/// Where to look, first to last.
fn providers(aws: &Aws, config: &ProviderConfig) -> Vec<Box<dyn ProvideCredentials>> {
    let variable = |name: &str| aws.env.get(name).map(String::as_str);
    let mut profile = ProfileFileCredentialsProvider::builder()
        .configure(config)
        .profile_files(files::read(aws))
        .profile_name(files::profile(aws));
    if let Some(credentials) = from_env(aws) {
        profile = profile.with_custom_provider("Environment", credentials);
    }
    let mut providers: Vec<Box<dyn ProvideCredentials>> = vec![Box::new(profile.build())];
    if let (Some(file), Some(role)) = (variable("AWS_WEB_IDENTITY_TOKEN_FILE"), variable("AWS_ROLE_ARN")) {
        let session = variable("AWS_ROLE_SESSION_NAME").unwrap_or("argent-runtime");
        let identity = StaticConfiguration {
            web_identity_token_file: file.into(),
            role_arn: role.to_owned(),
            session_name: session.to_owned(),
        };
        let provider =
            WebIdentityTokenCredentialsProvider::builder().configure(config).static_configuration(identity);
        providers.push(Box::new(provider.build()));
    }
    let in_container =
        ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"].map(variable);
    if in_container.iter().any(Option::is_some) {
        providers.push(Box::new(EcsCredentialsProvider::builder().configure(config).build()));
    } else if variable("AWS_EC2_METADATA_DISABLED").is_none_or(|disabled| disabled == "false") {
        providers.push(Box::new(machine(variable("AWS_EC2_METADATA_SERVICE_ENDPOINT"), config)));
    }
    providers
}

fn machine(endpoint: Option<&str>, config: &ProviderConfig) -> ImdsCredentialsProvider {
    let client = || {
        imds::Client::builder()
            .configure(config)
            .max_attempts(1)
            .connect_timeout(METADATA)
            .read_timeout(METADATA)
    };
    let client = endpoint.and_then(|endpoint| client().endpoint(endpoint).ok()).unwrap_or_else(client);
    ImdsCredentialsProvider::builder().configure(config).imds_client(client.build()).build()
}

/// An error with what caused it.
fn words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
