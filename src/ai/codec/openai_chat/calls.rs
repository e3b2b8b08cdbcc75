//! The calls of an answer while they stream. Servers number their pieces, or name them by id, or both in turns.

use std::collections::HashMap;

use super::chunk::CallDelta;
use crate::ai::{Event, Opening, Sink};
use crate::json::WireStr;

/// The calls so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    list: Vec<Call>,
    by_index: HashMap<u64, usize>,
    by_id: HashMap<Vec<u8>, usize>,
}

#[derive(Debug)]
struct Call {
    block: usize,
    id: Vec<u8>,
    is_named: bool,
    is_numbered: bool,
}

impl Calls {
    /// Takes a piece of a call. `blocks` counts the blocks of the answer.
    pub(super) fn take(&mut self, piece: &CallDelta<'_>, blocks: &mut usize, sink: &mut dyn Sink) {
        let none = WireStr::default();
        let function = piece.function.as_ref();
        let id = piece.id.as_ref().unwrap_or(&none);
        let name = function.and_then(|function| function.name.as_ref()).unwrap_or(&none);
        let index = piece.index.map(|index| index.0);
        let wire = index.and_then(wire_number);

        let known = index.and_then(|index| self.by_index.get(&key(index)));
        let at = if let Some(at) = known.or_else(|| self.by_id.get(id.as_bytes())) {
            *at
        } else {
            let block = *blocks;
            *blocks += 1;
            let at = self.list.len();
            self.list.push(Call {
                block,
                id: id.as_bytes().to_vec(),
                is_named: !name.is_empty(),
                is_numbered: index.is_some(),
            });
            if let Some(index) = index {
                self.by_index.insert(key(index), at);
            }
            let opening = Opening::ToolCall { id, name, arguments: None };
            sink.event(Event::Open { block, wire, opening });
            at
        };
        let Some(call) = self.list.get_mut(at) else { return };
        let block = call.block;
        if let Some(index) = index.filter(|_| !call.is_numbered) {
            call.is_numbered = true;
            self.by_index.insert(key(index), at);
            if let Some(wire) = wire {
                sink.event(Event::CallWire { block, wire });
            }
        }
        if !id.is_empty() {
            self.by_id.insert(id.as_bytes().to_vec(), at);
            if call.id.is_empty() {
                call.id = id.as_bytes().to_vec();
                sink.event(Event::CallId { block, id });
            }
        }
        if !call.is_named && !name.is_empty() {
            call.is_named = true;
            sink.event(Event::CallName { block, name });
        }
        let text = function.and_then(|function| function.arguments.as_ref()).unwrap_or(&none);
        sink.event(Event::Delta { block, text });
    }

    /// The block of the first call with an id.
    pub(super) fn block_of(&self, id: &WireStr<'_>) -> Option<usize> {
        self.list.iter().find(|call| call.id == id.as_bytes()).map(|call| call.block)
    }
}

/// A JavaScript number as a map's key, for which 0 and -0 are one.
fn key(index: f64) -> u64 {
    (index + 0.0).to_bits()
}

fn wire_number(index: f64) -> Option<u32> {
    let fits = index.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&index);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
    fits.then_some(index as u32)
}
