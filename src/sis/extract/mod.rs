//! What an episode teaches: rules over the outcomes of its tools and over what was said. Failures teach too.

mod model;
mod said;
mod tools;

pub use model::{model_request, model_schema, read_model_answer};

use super::{Draft, Episode, Kind};

/// Whether the prompt sets right what the run before did.
pub fn corrects(episode: &Episode) -> bool {
    said::corrected(episode).iter().any(|draft| draft.kind == Kind::Mistake)
}

/// The lessons that the rules find in an episode, not yet screened or compared with what is known.
pub fn extract(episode: &Episode) -> Vec<Draft> {
    let mut drafts = tools::retried(&episode.tools);
    drafts.extend(tools::repeated(&episode.tools));
    drafts.extend(said::corrected(episode));
    drafts.extend(said::stated(episode));
    drafts
}
