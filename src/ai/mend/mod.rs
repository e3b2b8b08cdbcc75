//! Puts right what some models leak into their text: thinking between tags, calls of tools in the notation they were
//! trained on. Stands between any protocol's decoder and its sink and holds back only what may be the beginning of such
//! a leak; text without one passes as it came.

mod arguments;
mod blocks;
mod calls;
mod cursor;
mod families;
mod fences;
#[cfg(test)]
mod tests;
mod text;

use blocks::Blocks;

use super::codec::{Decoder, End};
use super::{Event, Failure, Sink, StopReason, Turn};

/// The reader for the response to a turn, with leaks put right where the model is known to have them.
pub(super) fn mended(decoder: Box<dyn Decoder>, turn: &Turn) -> Box<dyn Decoder> {
    if families::leaks(&turn.model) {
        Box::new(Mended { decoder, blocks: Blocks::new(turn.tools().to_vec()) })
    } else {
        decoder
    }
}

struct Mended {
    decoder: Box<dyn Decoder>,
    blocks: Blocks,
}

impl Decoder for Mended {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let pushed = self.decoder.push(bytes, &mut Between { blocks: &mut self.blocks, sink });
        if pushed.is_err() {
            self.blocks.settle(sink);
        }
        pushed
    }

    fn finish(&mut self, end: End, sink: &mut dyn Sink) -> Result<StopReason, Failure> {
        let ending = self.decoder.finish(end, &mut Between { blocks: &mut self.blocks, sink });
        self.blocks.settle(sink);
        ending.map(|reason| self.blocks.reason(reason))
    }

    fn is_complete(&self) -> bool {
        self.decoder.is_complete()
    }
}

/// The sink that the decoder sees.
struct Between<'a> {
    blocks: &'a mut Blocks,
    sink: &'a mut dyn Sink,
}

impl Sink for Between<'_> {
    fn event(&mut self, event: Event<'_>) {
        self.blocks.event(event, self.sink);
    }
}
