//! OpenAI's Chat Completions API (`openai-completions`), and the many that imitate it.

use crate::ai::codec::{End, HttpRequest};
use crate::ai::{Failure, FailureKind, Sink, StopReason, Turn};

pub(super) fn encode(_turn: Turn) -> Result<HttpRequest, Failure> {
    Err(Failure::new(FailureKind::InvalidRequest, "not yet"))
}

pub(super) fn rejection(_status: u16, _body: &str) -> Failure {
    Failure::new(FailureKind::Rejected, "not yet")
}

pub(super) struct Decoder;

impl Decoder {
    pub(super) fn new(_turn: &Turn) -> Self {
        Self
    }
}

impl super::Decoder for Decoder {
    fn push(&mut self, _bytes: &[u8], _sink: &mut dyn Sink) -> Result<(), Failure> {
        Ok(())
    }
    fn finish(&mut self, _end: End, _sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        Ok(StopReason::Stop)
    }
    fn is_complete(&self) -> bool {
        false
    }
}
