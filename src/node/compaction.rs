//! Cuts of sessions and the texts of conversations, for JavaScript.

use napi::bindgen_prelude::Utf16String;
use napi_derive::napi;

use super::batch::utf16;
use crate::compaction::{self, Kind};

/// Where a session is cut.
#[napi(object)]
pub struct Cut {
    /// The first entry that is kept.
    pub first: u32,
    /// Where the turn begins that the cut goes through, if it goes through one.
    pub turn_start: Option<u32>,
}

fn named(kinds: &[u8]) -> Vec<Kind> {
    kinds.iter().map(|number| Kind::numbered(*number)).collect()
}

/// The cut that keeps what the newest entries down to `reached` hold, or everything when that is not given; nothing where
/// no entry may come first. `kinds` has a byte for each entry: the place of its kind in `compaction::Kind`.
#[napi(catch_unwind)]
pub fn find_cut(kinds: &[u8], reached: Option<u32>) -> Option<Cut> {
    let cut = compaction::find_cut(&named(kinds), reached.map(|reached| reached as usize))?;
    let turn_start = cut.turn_start.and_then(|start| u32::try_from(start).ok());
    Some(Cut { first: u32::try_from(cut.first).ok()?, turn_start })
}

/// Where the turn begins that the last of some entries is part of.
#[napi(catch_unwind)]
pub fn find_turn_start(kinds: &[u8]) -> Option<u32> {
    compaction::turn_start(&named(kinds)).and_then(|start| u32::try_from(start).ok())
}

/// A conversation, a JSON array of messages, as plain text: in as few texts as have room for so many tokens each, in one
/// when `room` is not given.
#[napi(catch_unwind)]
pub fn conversation_texts(messages: String, room: Option<u32>) -> napi::Result<Vec<Utf16String>> {
    let parts = compaction::parts(&messages).map_err(|error| napi::Error::from_reason(error.to_string()))?;
    let chunks = compaction::chunks(parts, room.map(|room| room as usize));
    Ok(chunks.iter().map(|chunk| utf16(chunk.as_bytes()).into()).collect())
}
