//! `OpenAI`'s Responses API as Azure serves it (`azure-openai-responses`): other addresses, another credential, the same
//! items.

#[cfg(test)]
mod tests;

use serde::Deserialize;
use url::Url;

use super::openai_responses::{Decoder, House, Tariff, body};
use super::{Codec, HttpRequest, endpoint, openai_client};
use crate::ai::{Failure, FailureKind, Headers, Turn};
use crate::json::{Text, lenient};

const DEFAULT_VERSION: &str = "v1";
const NO_KEY: &str = "Azure OpenAI API key is required. Set AZURE_OPENAI_API_KEY environment variable or pass it as an argument.";
const NO_URL: &str = "Azure OpenAI base URL is required. Set AZURE_OPENAI_BASE_URL or AZURE_OPENAI_RESOURCE_NAME, or pass azureBaseUrl, azureResourceName, or model.baseUrl.";

/// The protocol.
pub(super) struct Wire;

impl Codec for Wire {
    fn encode(&self, turn: Turn) -> Result<HttpRequest, Failure> {
        let place = Place::of(&turn);
        let key = key(&turn)?;
        let url = place.url(&turn)?;
        endpoint::check_timeout(&turn)?;
        let mut own = turn.model.headers.clone();
        own.merge(&turn.options.headers);
        let headers = openai_client::headers(&turn, "AzureOpenAI", ("api-key", key), &own);
        let deployment = place.deployment(&turn);
        let body = body(turn, &deployment, House::Azure)?;
        Ok(HttpRequest { url, headers, body, ..HttpRequest::default() })
    }

    fn decoder(&self, turn: &Turn) -> Box<dyn super::Decoder> {
        Box::new(Decoder::new(Tariff { rates: turn.model.cost, factor: Box::new(|_| 1.0) }))
    }

    fn rejection(&self, status: u16, _headers: &Headers, body: &str) -> Failure {
        openai_client::rejection(status, body, |_| String::new())
    }
}

fn key(turn: &Turn) -> Result<&str, Failure> {
    let own = turn.options.api_key.as_deref().filter(|key| !key.is_empty());
    own.or_else(|| turn.env("AZURE_OPENAI_API_KEY"))
        .ok_or_else(|| Failure::new(FailureKind::InvalidRequest, NO_KEY))
}

/// Where the host says that its deployments are.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Place {
    #[serde(rename = "azureApiVersion", deserialize_with = "lenient")]
    version: Option<Text>,
    #[serde(rename = "azureResourceName", deserialize_with = "lenient")]
    resource: Option<Text>,
    #[serde(rename = "azureBaseUrl", deserialize_with = "lenient")]
    base_url: Option<Text>,
    #[serde(rename = "azureDeploymentName", deserialize_with = "lenient")]
    deployment: Option<Text>,
}

impl Place {
    /// What the host chose; `streamSimple` leaves it to the environment.
    fn of(turn: &Turn) -> Self {
        if turn.options.simple { Self::default() } else { turn.options.own() }
    }

    /// The URL of the Responses API.
    fn url(&self, turn: &Turn) -> Result<String, Failure> {
        let given = |own: &'_ Option<Text>, name: &str| {
            let own = own.as_deref().filter(|value| !value.is_empty());
            own.or_else(|| turn.env(name)).map(str::to_owned)
        };
        let trimmed = |url: &str| Some(url.trim().to_owned()).filter(|url| !url.is_empty());
        let base = self.base_url.as_deref().and_then(trimmed);
        let base = base
            .or_else(|| turn.env("AZURE_OPENAI_BASE_URL").and_then(trimmed))
            .or_else(|| {
                let resource = given(&self.resource, "AZURE_OPENAI_RESOURCE_NAME")?;
                Some(format!("https://{resource}.openai.azure.com/openai/v1"))
            })
            .or_else(|| Some(turn.model.base_url.to_string()).filter(|url| !url.is_empty()))
            .ok_or_else(|| Failure::new(FailureKind::InvalidRequest, NO_URL))?;
        let invalid = || {
            let message = format!("Invalid Azure OpenAI base URL: {base}");
            Failure::new(FailureKind::InvalidRequest, message)
        };
        let base = normal(&base).ok_or_else(invalid)?;
        let mut url = Url::parse(&endpoint::join(&base, "/responses")).map_err(|_| invalid())?;
        let version = given(&self.version, "AZURE_OPENAI_API_VERSION");
        let version = version.as_deref().unwrap_or(DEFAULT_VERSION);
        url.query_pairs_mut().clear().append_pair("api-version", version);
        Ok(url.into())
    }

    /// What Azure calls the model: the host's name for it, the environment's, else the model's own.
    fn deployment(&self, turn: &Turn) -> String {
        let own = self.deployment.as_deref().filter(|name| !name.is_empty());
        let mapped = || {
            let map = turn.env("AZURE_OPENAI_DEPLOYMENT_NAME_MAP").unwrap_or_default();
            let named = |entry: &'_ str| {
                let mut parts = entry.trim().split('=');
                let (model, name) = (parts.next()?, parts.next()?);
                let is_named = model.trim() == &*turn.model.id && !name.is_empty();
                is_named.then(|| name.trim().to_owned())
            };
            map.split(',').rev().find_map(named).filter(|name| !name.is_empty())
        };
        own.map(str::to_owned).or_else(mapped).unwrap_or_else(|| turn.model.id.to_string())
    }
}

/// A base URL as the client wants it: Azure's own hosts have their API under a path that hosts leave out.
fn normal(base: &str) -> Option<String> {
    let mut url = Url::parse(base.trim().trim_end_matches('/')).ok()?;
    let host = url.host_str().unwrap_or_default();
    let of_azure = host.ends_with(".openai.azure.com") || host.ends_with(".cognitiveservices.azure.com");
    if of_azure && matches!(url.path().trim_end_matches('/'), "" | "/openai") {
        url.set_path("/openai/v1");
        url.set_query(None);
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}
