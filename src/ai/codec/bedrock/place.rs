//! Where a request goes: the region and the endpoint, from the host's options, the environment and the model's base URL.

use std::collections::BTreeMap;

use url::Url;

use super::Own;
use crate::ai::{Failure, FailureKind, Turn};

/// What is still needed before a request may go to AWS: a region, and proof of who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aws {
    /// The region; none when the profile names it.
    pub region: Option<String>,
    /// The profile that the host or its environment names.
    pub profile: Option<String>,
    /// Who asks.
    pub proof: Proof,
    /// The environment variables that AWS's own clients read.
    pub env: BTreeMap<String, String>,
    endpoint: Option<String>,
    path: String,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Whoever has this token.
    Token(String),
    /// Whoever has this key; its secret follows.
    Key(String, String),
    /// Whoever the environment, files or services of AWS say.
    Found,
}

impl Aws {
    /// What a request for `path` needs.
    pub(super) fn new(turn: &Turn, own: &Own, path: String) -> Self {
        let base = Some(&*turn.model.base_url).filter(|base| !base.is_empty());
        let region = own.region(turn);
        let profile = turn.env("AWS_PROFILE");
        let own_region = base.and_then(standard_region);
        let explicit = own_region.is_none() || (region.is_none() && profile.is_none());
        let fallback = if profile.is_none() { Some("us-east-1") } else { None };
        let own_region = own_region.filter(|_| explicit);
        let endpoint = base.filter(|_| explicit).or_else(|| configured_endpoint(turn));
        Self {
            region: region.or(own_region.as_deref()).or(fallback).map(str::to_owned),
            profile: own.profile.as_deref().filter(|name| !name.is_empty()).or(profile).map(str::to_owned),
            proof: proof(turn, own),
            env: turn.env.iter().filter(|(name, _)| is_aws(name)).map(owned).collect(),
            endpoint: endpoint.map(str::to_owned),
            path,
        }
    }

    /// The address in a region.
    pub fn url(&self, region: &str) -> Result<String, Failure> {
        let is_label = |label: &str| {
            (1..64).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !is_label(region) {
            let message =
                format!("Region not accepted: region=\"{region}\" is not a valid hostname component.");
            return Err(invalid(message));
        }
        let on = |name| self.env.get(name).is_some_and(|value| value == "true");
        let (fips, dual) = (on("AWS_USE_FIPS_ENDPOINT"), on("AWS_USE_DUALSTACK_ENDPOINT"));
        let Some(endpoint) = &self.endpoint else {
            let suffix = suffix(region, dual);
            let fips = if fips { "-fips" } else { "" };
            return Ok(format!("https://bedrock-runtime{fips}.{region}.{suffix}{}", self.path));
        };
        if fips || dual {
            let which = if fips { "FIPS" } else { "Dualstack" };
            let message = format!("Invalid Configuration: {which} and custom endpoint are not supported");
            return Err(invalid(message));
        }
        let mut url = Url::parse(endpoint).map_err(|_| invalid("Invalid URL".to_owned()))?;
        url.set_query(None);
        url.set_fragment(None);
        let base = url.as_str();
        let base = if url.path() == "/" { base.strip_suffix('/').unwrap_or(base) } else { base };
        Ok(format!("{base}{}", self.path))
    }
}

fn is_aws(name: &str) -> bool {
    name.starts_with("AWS_") || matches!(name, "HOME" | "USERPROFILE")
}

fn owned((name, value): (&String, &String)) -> (String, String) {
    (name.clone(), value.clone())
}

fn invalid(message: String) -> Failure {
    Failure::new(FailureKind::InvalidRequest, message)
}

fn proof(turn: &Turn, own: &Own) -> Proof {
    let from_env = turn.env("AWS_BEARER_TOKEN_BEDROCK");
    let skip = turn.env("AWS_BEDROCK_SKIP_AUTH") == Some("1");
    let option = own.bearer_token.as_deref().filter(|token| !token.is_empty() && !skip);
    match option.or(from_env) {
        Some(token) => Proof::Token(token.to_owned()),
        None if skip => Proof::Key("dummy-access-key".to_owned(), "dummy-secret-key".to_owned()),
        None => Proof::Found,
    }
}

/// The endpoint that the environment puts in place of the usual one.
fn configured_endpoint(turn: &Turn) -> Option<&str> {
    if turn.env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == Some("true") {
        return None;
    }
    turn.env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME").or_else(|| turn.env("AWS_ENDPOINT_URL"))
}

/// The region of an endpoint of AWS's own.
fn standard_region(base: &str) -> Option<String> {
    let url = Url::parse(base).ok()?;
    let host = url.host_str()?.to_ascii_lowercase();
    let rest =
        host.strip_prefix("bedrock-runtime-fips.").or_else(|| host.strip_prefix("bedrock-runtime."))?;
    let region = rest.strip_suffix(".amazonaws.com").or_else(|| rest.strip_suffix(".amazonaws.com.cn"))?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (!region.is_empty() && region.bytes().all(plain)).then(|| region.to_owned())
}

/// The domain of a region's partition.
fn suffix(region: &str, dual: bool) -> &'static str {
    let (plain, dual_stack) = PARTITIONS
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or(("amazonaws.com", "api.aws"), |(_, suffixes)| *suffixes);
    if dual { dual_stack } else { plain }
}

const PARTITIONS: &[(&str, (&str, &str))] = &[
    ("cn-", ("amazonaws.com.cn", "api.amazonwebservices.com.cn")),
    ("eusc-", ("amazonaws.eu", "api.amazonwebservices.eu")),
    ("us-iso-", ("c2s.ic.gov", "api.aws.ic.gov")),
    ("us-isob-", ("sc2s.sgov.gov", "api.aws.scloud")),
    ("eu-isoe-", ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk")),
    ("us-isof-", ("csp.hci.ic.gov", "api.aws.hci.ic.gov")),
];
