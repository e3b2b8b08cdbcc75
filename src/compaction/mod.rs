//! Compaction: which part of a long session a summary is to stand for, and the text that a model makes it of.
//!
//! JavaScript measures the entries that are its own objects, because a string's length is free there and a crossing
//! would cost a JSON text of the whole history; what they mean for a cut crosses as one byte an entry.

mod cut;
mod serialize;
mod tokens;

pub use cut::{Cut, Kind, find_cut, turn_start};
pub use serialize::{chunks, parts};
