//! From the payload, as the host has left it, to the request that is sent.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Aws, Own, shape};
use crate::ai::codec::{Credential, HttpRequest};
use crate::ai::{Failure, FailureKind, Headers, Turn};
use crate::json::Text;

const CLIENT: &str = "aws-sdk-js/3.1163.0";

/// What the AWS SDK escapes in a part of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Makes the request of a payload. The model's id leaves the payload for the path.
pub(super) fn seal(turn: &Turn, mut request: HttpRequest) -> Result<HttpRequest, Failure> {
    let model = model_id(&request.body)?;
    let path = format!("/model/{}/converse-stream", utf8_percent_encode(&model, SEGMENT));
    let aws = Aws::new(turn, &Own::of(turn), path);
    request.body = shape::body(&request.body).map_err(|error| {
        Failure::new(FailureKind::InvalidRequest, format!("Cannot write the request: {error}"))
    })?;
    request.http1 = turn.env("AWS_BEDROCK_FORCE_HTTP1") == Some("1");
    request.headers = headers(turn).iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    request.credential = Credential::Aws(Box::new(aws));
    Ok(request)
}

fn model_id(payload: &str) -> Result<String, Failure> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Head<'a> {
        #[serde(borrow)]
        model_id: Option<&'a RawValue>,
    }
    let head: Head<'_> = serde_json::from_str(payload).unwrap_or_default();
    let id = head.model_id.map(RawValue::get).filter(|id| *id != "null").ok_or_else(|| {
        let message = "No value provided for input HTTP label: modelId.";
        Failure::new(FailureKind::InvalidRequest, message)
    })?;
    Ok(serde_json::from_str::<Text>(id).map_or_else(|_| id.to_owned(), Text::into_string))
}

/// The headers of the AWS SDK, by which its requests are counted. They are not the host's to change.
fn headers(turn: &Turn) -> Headers {
    let mut headers = Headers::default();
    headers.set("content-type", "application/json");
    headers.set("x-amz-user-agent", CLIENT);
    let fact = |name| turn.platform.get(name).unwrap_or_default();
    let (_, version) = CLIENT.split_once('/').unwrap_or_default();
    let node = fact("x-stainless-runtime-version").trim_start_matches('v');
    let os = fact("x-stainless-os").to_ascii_lowercase();
    let agent = format!("{CLIENT} ua/2.1 os/{os} lang/js md/nodejs#{node} api/bedrock-runtime#{version}");
    headers.set("user-agent", agent);
    let retries = turn.options.max_retries.map_or(2.0, |retries| retries.0);
    headers.set("amz-sdk-request", format!("attempt=1; max={}", retries + 1.0));
    headers
}
