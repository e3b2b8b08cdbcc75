//! Access tokens for Google Cloud from the application default credentials: a file that the environment names, the one
//! that `gcloud` writes, or the metadata server of Google's own machines.
//!
//! A token is fetched once and shared until it is about to expire, also by turns that start while it is fetched.

mod grant;
mod source;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indexmap::IndexMap;

use self::source::{Found, Source};
use super::{Network, Policy};
use crate::ai::codec::{HttpRequest, of_api};
use crate::ai::{Failure, Options};

/// How long before it expires a token is replaced.
const MARGIN: Duration = Duration::from_mins(5);
const MOST_TOKENS: usize = 64;

/// A token and how long it is good.
#[derive(Debug, Clone)]
struct Token {
    value: String,
    expires: Instant,
}

/// Room for the token of one credential; whoever holds it fetches for all.
type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

/// Puts an access token into a request. `env` are the environment variables that say where the credentials are.
pub(super) async fn authorise(
    request: &mut HttpRequest,
    env: &BTreeMap<String, String>,
    network: &Network,
) -> Result<(), Failure> {
    let Found { source, quota_project } = source::find(env).await?;
    let token = token(&source, network).await?;
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    let has_quota = request.headers.iter().any(|(name, _)| name == "x-goog-user-project");
    if let Some(project) = quota_project.filter(|_| !has_quota) {
        request.headers.push(("x-goog-user-project".to_owned(), project));
    }
    Ok(())
}

async fn token(source: &Source, network: &Network) -> Result<String, Failure> {
    let slot = slot(source, network);
    let mut held = slot.lock().await;
    if let Some(token) = held.as_ref().filter(|token| token.expires > Instant::now() + MARGIN) {
        return Ok(token.value.clone());
    }
    let retries = of_api("google-vertex").map(|protocol| Policy::new(protocol, &Options::default()));
    let mut attempt = 0;
    loop {
        match grant::fetch(source, network).await {
            Ok(token) => return Ok(held.insert(token).value.clone()),
            Err(failure) => {
                let Some(retries) = &retries else { return Err(failure) };
                let wait = retries.wait(attempt, &failure);
                retries.after(attempt, failure)?;
                tokio::time::sleep(wait).await;
            }
        }
        attempt += 1;
    }
}

fn slot(source: &Source, network: &Network) -> Slot {
    static SLOTS: OnceLock<Mutex<IndexMap<(String, Network), Slot>>> = OnceLock::new();
    let mut slots = SLOTS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let key = (source.identity(), network.clone());
    if slots.len() >= MOST_TOKENS && !slots.contains_key(&key) {
        slots.shift_remove_index(0);
    }
    Arc::clone(slots.entry(key).or_default())
}
