//! Where a request goes and as whom.

use url::Url;

use super::tables::invalid;
use super::{Own, Service};
use crate::ai::codec::{Credential, HttpRequest, endpoint};
use crate::ai::{Failure, Headers, Turn};

/// The version of Google's JavaScript client that this one passes for.
const CLIENT: &str = "google-genai-sdk/1.52.0";
const KEY: &str = "x-goog-api-key";
/// Stands in a key's place where Pi's login leaves the credential to Google's own files.
const NO_KEY: &str = "gcp-vertex-credentials";
const NO_PROJECT: &str = "Vertex AI requires a project ID. Set GOOGLE_CLOUD_PROJECT/GCLOUD_PROJECT or pass project in \
    options.";
const NO_LOCATION: &str =
    "Vertex AI requires a location. Set GOOGLE_CLOUD_LOCATION or pass location in options.";
const LIVE_ONLY: &str = "Ephemeral tokens are only supported by the live API.";

/// As whom Vertex AI is asked.
pub(super) enum Account {
    /// By key.
    Key(String),
    /// For a project, with Google's application default credentials.
    Project {
        /// Its id.
        project: String,
        /// Where it runs.
        location: String,
    },
}

impl Account {
    /// The account of a turn: the key of the host or the environment, else project and location.
    pub(super) fn of(turn: &Turn) -> Result<Self, Failure> {
        let own = turn.options.api_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let key = own.or_else(|| turn.env("GOOGLE_CLOUD_API_KEY").map(str::trim)).unwrap_or_default();
        let is_placeholder = key.len() > 2 && key.starts_with('<') && key.find('>') == Some(key.len() - 1);
        if !key.is_empty() && key != NO_KEY && !is_placeholder {
            return Ok(Self::Key(key.to_owned()));
        }
        let own: Own = turn.options.own();
        let pick = |own: Option<crate::json::Text>, names: &[&str]| {
            let own = own.map(crate::json::Text::into_string).filter(|own| !own.is_empty());
            own.or_else(|| names.iter().find_map(|name| turn.env(name)).map(str::to_owned))
        };
        let project = pick(own.project, &["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"]);
        let location = pick(own.location, &["GOOGLE_CLOUD_LOCATION"]);
        Ok(Self::Project {
            project: project.ok_or_else(|| invalid(NO_PROJECT))?,
            location: location.ok_or_else(|| invalid(NO_LOCATION))?,
        })
    }
}

/// The request for a turn without its body.
pub(super) fn request(turn: &Turn, service: Service, model: &str) -> Result<HttpRequest, Failure> {
    let account = if service == Service::Vertex { Some(Account::of(turn)?) } else { None };
    let url = url(turn, account.as_ref(), &path(model, service)?)?;
    let key = match &account {
        None => Some(turn.options.api_key.as_deref().unwrap_or_default()),
        Some(Account::Key(key)) => Some(key.as_str()),
        Some(Account::Project { .. }) => None,
    };
    let headers = headers(turn, key);
    let bears_token = headers.get("authorization").is_some();
    let credential = match key {
        None if !bears_token => Credential::Google(turn.env.clone()),
        _ => Credential::Sent,
    };
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let bad_name = headers.iter().map(|(name, _)| name).find(|name| !name.chars().all(is_token));
    let refused = if key.is_some_and(|key| key.starts_with("auth_tokens/")) {
        Some(invalid(LIVE_ONLY))
    } else {
        bad_name.map(|name| invalid(format!("Headers.append: \"{name}\" is an invalid header name.")))
    };
    let headers = endpoint::trimmed(&headers);
    Ok(HttpRequest { url, headers, credential, refused, ..HttpRequest::default() })
}

/// A model's place on the service.
fn path(model: &str, service: Service) -> Result<String, Failure> {
    if model.is_empty() {
        return Err(invalid("model is required and must be a string"));
    }
    if model.contains("..") || model.contains(['?', '&']) {
        return Err(invalid("invalid model parameter"));
    }
    let whole: &[&str] = match service {
        Service::Gemini => &["models/", "tunedModels/"],
        Service::Vertex => &["publishers/", "projects/", "models/"],
    };
    Ok(if whole.iter().any(|start| model.starts_with(start)) {
        model.to_owned()
    } else if service == Service::Gemini {
        format!("models/{model}")
    } else if let Some((publisher, rest)) = model.split_once('/') {
        format!("publishers/{publisher}/models/{}", rest.split('/').next().unwrap_or_default())
    } else {
        format!("publishers/google/models/{model}")
    })
}

fn url(turn: &Turn, account: Option<&Account>, model: &str) -> Result<String, Failure> {
    let (mut base, version) = base(turn, account);
    let custom = account.is_some() && custom_base(turn).is_some();
    if base.ends_with('/') {
        base.pop();
    }
    if !version.is_empty() {
        base = format!("{base}/{version}");
    }
    if let Some(Account::Project { project, location }) = account
        && !custom
        && !model.starts_with("projects/")
    {
        base = format!("{base}/projects/{project}/locations/{location}");
    }
    let mut url = Url::parse(&format!("{base}/{model}:streamGenerateContent?alt=sse"))
        .map_err(|_| invalid("Invalid URL"))?;
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if pairs.iter().find(|(name, _)| name == "alt").is_none_or(|(_, value)| value != "sse") {
        // The base URL has a query of its own, which swallowed the path.
        let others = pairs.into_iter().filter(|(name, _)| name != "alt");
        url.query_pairs_mut().clear().extend_pairs(others).append_pair("alt", "sse");
    }
    Ok(url.into())
}

/// The base URL and the version of the API to append to it.
fn base(turn: &Turn, account: Option<&Account>) -> (String, &'static str) {
    let Some(account) = account else {
        if !turn.model.base_url.is_empty() {
            return (turn.model.base_url.to_string(), "");
        }
        let usual = "https://generativelanguage.googleapis.com";
        return (turn.env("GOOGLE_GEMINI_BASE_URL").map_or(usual, str::trim).to_owned(), "v1beta");
    };
    if let Some(base) = custom_base(turn) {
        return (base.to_owned(), if has_version(base) { "" } else { "v1" });
    }
    let usual = || match account {
        Account::Project { location, .. } if matches!(location.as_str(), "us" | "eu") => {
            format!("https://aiplatform.{location}.rep.googleapis.com")
        }
        Account::Project { location, .. } if location != "global" => {
            format!("https://{location}-aiplatform.googleapis.com")
        }
        _ => "https://aiplatform.googleapis.com".to_owned(),
    };
    (turn.env("GOOGLE_VERTEX_BASE_URL").map_or_else(usual, |base| base.trim().to_owned()), "v1")
}

/// A model's own base URL, unless it is the catalogue's, which stands for the usual one.
fn custom_base(turn: &Turn) -> Option<&str> {
    let base = turn.model.base_url.trim();
    (!base.is_empty() && !base.contains("{location}")).then_some(base)
}

/// Whether the version of the API is a part of a base URL's path.
fn has_version(base: &str) -> bool {
    let path = Url::parse(base).map_or_else(|_| base.to_owned(), |url| url.path().to_owned());
    path.split('/').any(|part| {
        let Some(rest) = part.strip_prefix('v') else { return false };
        let (major, beta) = rest.split_once("beta").unwrap_or((rest, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        !major.is_empty() && digits(major) && digits(beta)
    })
}

fn headers(turn: &Turn, key: Option<&str>) -> Headers {
    let runtime = turn.platform.get("x-stainless-runtime-version").unwrap_or_default();
    let client = format!("{CLIENT} gl-node/{runtime}");
    let mut headers = Headers::default();
    headers.set("user-agent", &*client);
    headers.set("x-goog-api-client", client);
    headers.set("content-type", "application/json");
    headers.merge(&turn.model.headers);
    headers.merge(&turn.options.headers);
    if !headers.mentions(KEY) {
        headers.set_some(KEY, key);
    }
    headers
}
