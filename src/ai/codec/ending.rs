//! What is wrong with an answer that ends well all the same: it says nothing, or declines.

use super::{Decoder, End};
use crate::ai::{Event, Failure, FailureKind, Opening, Sink, StopReason};

/// A reader that judges the answer when it has ended.
pub(super) struct Judged {
    reader: Box<dyn Decoder>,
    answer: Answer,
}

/// What is known of the answer.
#[derive(Default)]
struct Answer {
    /// The blocks of text, until one of them says something.
    texts: Vec<usize>,
    /// Whether there is text that is not blank, or a call.
    says: bool,
    refused: bool,
}

impl Judged {
    pub(super) fn new(reader: Box<dyn Decoder>) -> Self {
        Self { reader, answer: Answer::default() }
    }
}

impl Decoder for Judged {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        self.reader.push(bytes, &mut Watch { answer: &mut self.answer, sink })
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        let reason = self.reader.finish(end, &mut Watch { answer: &mut self.answer, sink })?;
        if let Some(flaw) = self.answer.flaw(reason) {
            sink.event(Event::Flaw(&flaw));
        }
        Ok(reason)
    }

    fn is_complete(&self) -> bool {
        self.reader.is_complete()
    }
}

impl Answer {
    fn note(&mut self, event: &Event<'_>) {
        match event {
            Event::Refused => self.refused = true,
            _ if self.says => {}
            Event::Open { opening: Opening::ToolCall { .. }, .. } => self.says = true,
            Event::Open { block, opening: Opening::Text, .. } => self.texts.push(*block),
            Event::Delta { block, text } | Event::Whole { block, text } if self.texts.contains(block) => {
                self.says = !text.to_well_formed().trim().is_empty();
            }
            _ => {}
        }
    }

    fn flaw(&self, reason: StopReason) -> Option<Failure> {
        match reason {
            StopReason::Stop | StopReason::ToolUse if self.refused => {
                Some(Failure::new(FailureKind::Refused, "The model declined to answer"))
            }
            StopReason::Stop | StopReason::ToolUse if !self.says => {
                Some(Failure::new(FailureKind::Empty, "The answer is empty"))
            }
            _ => None,
        }
    }
}

struct Watch<'a> {
    answer: &'a mut Answer,
    sink: &'a mut dyn Sink,
}

impl Sink for Watch<'_> {
    fn event(&mut self, event: Event<'_>) {
        self.answer.note(&event);
        self.sink.event(event);
    }
}

#[cfg(test)]
mod tests {
    use super::Judged;
    use crate::ai::codec::replay::replay;
    use crate::ai::codec::{End, of_api};

    fn ending(deltas: &str, finish: &str) -> String {
        let bytes = format!(
            "data: {{\"choices\":[{{\"delta\":{deltas}}}]}}\n\ndata: {{\"choices\":[{{\"delta\":{{}},\
             \"finish_reason\":\"{finish}\"}}]}}\n\ndata: [DONE]\n\n"
        );
        let protocol = of_api("openai-completions").unwrap();
        let reading = replay(
            Judged::new(protocol.decoder(&crate::ai::Turn::default())),
            [bytes.as_bytes()],
            End::Closed,
        );
        let flaw = reading.lines().find(|line| line.contains("Flaw")).map(|line| {
            let kind = line.split("kind: ").nth(1).unwrap();
            kind.split(',').next().unwrap().to_owned()
        });
        flaw.unwrap_or_default()
    }

    #[test]
    fn an_answer_that_says_nothing_is_empty() {
        for deltas in ["{}", r#"{"content":" \n"}"#, r#"{"reasoning_content":"Hm."}"#] {
            assert_eq!(ending(deltas, "stop"), "Empty", "{deltas}");
        }
        assert_eq!(ending("{}", "length"), "");
    }

    #[test]
    fn a_refusal_is_told_from_silence() {
        assert_eq!(ending(r#"{"refusal":"I can't help with that."}"#, "stop"), "Refused");
    }

    #[test]
    fn text_and_calls_are_an_answer() {
        assert_eq!(ending(r#"{"content":" a"}"#, "stop"), "");
        assert_eq!(
            ending(r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"b"}}]}"#, "tool_calls"),
            ""
        );
    }
}
