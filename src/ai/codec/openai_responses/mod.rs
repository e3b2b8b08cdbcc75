//! `OpenAI`'s Responses API (`openai-responses`), and what its relatives build on: the items of a request and the reader
//! of a response.

mod answer;
mod body;
mod compat;
mod conversation;
mod decode;
mod distinct;
mod event;
mod ids;
mod item;
mod request;
#[cfg(test)]
mod tests;

pub(super) use body::{House, encode as body};
pub(super) use conversation::{input, legal};
pub(super) use decode::{Decoder, Tariff, tier_factor};
pub(super) use event::WireEvent;
pub(super) use item::{Item, OfferedTool, tools};

use super::{Codec, HttpRequest, openai_client};
use crate::ai::{Failure, Headers, Turn};

/// The protocol.
pub(super) struct Wire;

impl Codec for Wire {
    fn encode(&self, turn: Turn) -> Result<HttpRequest, Failure> {
        request::encode(turn)
    }

    fn decoder(&self, turn: &Turn) -> Box<dyn super::Decoder> {
        Box::new(Decoder::new(tariff(turn)))
    }

    fn rejection(&self, status: u16, _headers: &Headers, body: &str) -> Failure {
        openai_client::rejection(status, body, |_| String::new())
    }
}

/// The price in the tier that the response names, else in the one that was asked for.
fn tariff(turn: &Turn) -> Tariff {
    let model = turn.model.id.clone();
    let asked = body::Own::of(turn).service_tier;
    let asked: Option<String> = asked.and_then(|tier| serde_json::from_str(tier.get()).ok());
    let factor = move |served: Option<&str>| decode::tier_factor(&model, served.or(asked.as_deref()));
    Tariff { rates: turn.model.cost, factor: Box::new(factor) }
}
