//! From a request of Argent's to a turn over the wire of its model.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::model::{Fields, read};
use super::request::{Request, messages};
use super::{Config, Provider, Wishes, resolve};
use crate::ai::{Failure, FailureKind, Headers, Model, Options, Turn};
use crate::json::{Num, present};

/// The name under which a request of Argent's is handed over in place of a turn over one protocol.
pub const PROTOCOL: &str = "argent";

/// The longest answer where nobody says, in tokens.
const USUAL_ANSWER: f64 = 8192.0;

/// A request of Argent's with all that it depends on.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Asked {
    /// The provider's name.
    pub provider: String,
    /// The host's settings for it.
    pub config: Config,
    /// The model: an id, or a whole model.
    pub model: Fields,
    /// What the model configuration says of limits and thinking.
    pub wishes: Wishes,
    /// The sampling temperature of the model configuration.
    #[serde(deserialize_with = "present")]
    pub temperature: Option<Box<RawValue>>,
    /// The conversation.
    pub request: Request,
    /// The host's options for this turn, which go before everything else.
    pub options: Options,
    /// As in [`Turn`].
    pub env: BTreeMap<String, String>,
    /// As in [`Turn`].
    pub platform: Headers,
}

impl Asked {
    /// The turn that this comes to.
    pub fn turn(self) -> Result<Turn, Failure> {
        let provider = resolve(&self.provider).ok_or_else(|| no_such_provider(&self.provider))?;
        provider.turn(self)
    }
}

impl Provider {
    fn turn(&self, asked: Asked) -> Result<Turn, Failure> {
        let Asked { config, model, wishes, temperature, request, mut options, env, platform, .. } = asked;
        let model = read(&self.model(&config, model)?)?;
        options.simple = true;
        options.api_key = options.api_key.filter(|key| !key.is_empty()).or(config.credential().cloned());
        options.temperature = options.temperature.or(temperature);
        options.max_tokens = options.max_tokens.or(wishes.max_tokens).or_else(|| Some(usual_answer(&model)));
        options.cache_retention = options.cache_retention.or(config.cache_retention);
        if options.reasoning.is_none() {
            let level = wishes.level().map(|level| level.clamp_to(&model));
            options.reasoning = level.map(|level| level.as_str().into());
            options.thinking_budgets =
                options.thinking_budgets.or(level.and_then(|level| wishes.budgets(level)));
        }
        Ok(Turn {
            messages: messages(request.messages, &model),
            system_prompt: request.system_prompt.filter(|prompt| !prompt.is_empty()),
            tools: request.tools,
            model,
            options,
            env,
            platform,
        })
    }
}

/// The usual limit, or all that a small model can.
fn usual_answer(model: &Model) -> Num {
    let can = model.max_tokens.0;
    Num(if can > 0.0 { USUAL_ANSWER.min(can) } else { USUAL_ANSWER })
}

fn no_such_provider(id: &str) -> Failure {
    let known: Vec<_> = super::all().iter().map(|provider| provider.id).collect();
    let message = format!("Unknown provider: {id} (known: {})", known.join(", "));
    Failure::new(FailureKind::InvalidRequest, message)
}
