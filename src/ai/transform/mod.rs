//! Makes a conversation legal for the model that is asked next. Every request goes through here; a host's history may
//! have been cut off, edited, merged or imported, and one illegal message would make each later request fail too.
//!
//! What is legal already comes back as it came, so that prompt caches hold. Otherwise:
//!
//! - **Calls and results** ([`pairs`]). Answers that failed or were aborted are left out with all that answers them.
//!   Every call that stays is followed by exactly one result, in the order of the calls: the first real one that comes
//!   after it anywhere in the conversation, else a synthetic error. What stood between them follows the results.
//!   Results without a call, and second results, are left out. Where several calls share an id, a result goes to the
//!   latest answer before it that still waits for one, and there to the first such call.
//! - **Ids** ([`ids`]). The wire's rule is applied to ids of other models, and to ids of the same model that the rule
//!   would not leave alone (imported histories). Ids that thereby become equal, and ids that a model used twice, are
//!   made distinct by a hash. An id depends on nothing that comes after it, so it stays the same as the history grows.
//! - **Answers** ([`answers`]). Thinking and signatures only mean something to the model that made them: foreign
//!   thinking becomes text, foreign signatures and redacted thinking go. Arguments are objects.
//! - **Images** ([`images`]). Placeholders for a model that cannot see and for what no provider can read; the media type
//!   that the bytes say; within the provider's limits.
//!
//! Empty texts and empty messages are the codecs' to leave out, since protocols differ in what they refuse. Lone
//! surrogates are gone before: see [`Turn::from_json`](super::Turn::from_json).

mod answers;
mod ids;
mod images;
mod pairs;
#[cfg(test)]
mod tests;

use super::message::{Assistant, Message};
use super::{Model, StopReason};

/// What the user is taken to have said before an answer that nothing precedes, where a provider refuses such.
pub const OPENING: &str = "(continued)";

/// Rewrites `messages` for `model`. `call_id` maps the id of a call, and the answer that it is of, to the alphabet and
/// length that the target accepts; it must leave alone what the target accepts already.
pub fn transform(
    messages: Vec<Message>,
    model: &Model,
    call_id: impl Fn(&str, &Assistant) -> String,
) -> Vec<Message> {
    let mut ids = ids::Ids::default();
    let mut pairs = pairs::Pairs::with_capacity(messages.len());
    for message in messages {
        match message {
            Message::Assistant(answer)
                if matches!(answer.stop_reason, Some(StopReason::Error | StopReason::Aborted)) =>
            {
                pairs.leave_out(&answer);
            }
            Message::Assistant(answer) => {
                let own = answers::is_own(&answer, model);
                let claimed = ids.claim_all(&answer, own, model, &call_id);
                pairs.answer(answers::adapt(answer, own), claimed);
            }
            Message::ToolResult(result) => pairs.result(result),
            other => pairs.other(other),
        }
    }
    images::adapt(pairs.finish(), model)
}
