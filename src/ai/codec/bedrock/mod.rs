//! Amazon Bedrock's `ConverseStream` (`bedrock-converse-stream`). The payload is the input of the AWS SDK's command; what
//! is sent of it is what the service's schema knows.

mod conversation;
mod decode;
mod family;
mod frame;
mod place;
mod rejection;
mod request;
mod seal;
mod shape;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Codec, HttpRequest};
use crate::ai::{Failure, Headers, Level, Turn};
use crate::json::{Num, Text, lenient};

pub use place::{Aws, Proof};

/// The protocol.
pub(super) struct Wire;

impl Codec for Wire {
    fn encode(&self, turn: Turn) -> Result<HttpRequest, Failure> {
        request::encode(turn)
    }

    fn seal(&self, turn: &Turn, request: HttpRequest) -> Result<HttpRequest, Failure> {
        seal::seal(turn, request)
    }

    fn given_up(&self) -> Failure {
        Failure::aborted("Request aborted")
    }

    fn decoder(&self, turn: &Turn) -> Box<dyn super::Decoder> {
        Box::new(decode::Decoder::new(turn))
    }

    fn rejection(&self, status: u16, headers: &Headers, body: &str) -> Failure {
        rejection::reject(status, headers, body)
    }

    fn bodiless(&self) -> Failure {
        decode::cut_off()
    }
}

/// The options that only this protocol has. `streamSimple` takes none of them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Own {
    #[serde(deserialize_with = "lenient")]
    region: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    profile: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    bearer_token: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    reasoning: Option<Text>,
    #[serde(deserialize_with = "lenient")]
    thinking_budgets: Option<BTreeMap<Level, Num>>,
    #[serde(deserialize_with = "lenient")]
    request_metadata: Option<Box<serde_json::value::RawValue>>,
}

impl Own {
    fn of(turn: &Turn) -> Self {
        if turn.options.simple { Self::default() } else { turn.options.own() }
    }

    /// The region that the host or its environment names.
    fn region<'a>(&'a self, turn: &'a Turn) -> Option<&'a str> {
        let option = self.region.as_deref().filter(|region| !region.is_empty());
        option.or_else(|| turn.env("AWS_REGION")).or_else(|| turn.env("AWS_DEFAULT_REGION"))
    }
}
