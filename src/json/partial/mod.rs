//! Tool arguments while they stream in: what Pi's `parseStreamingJson` says of the text so far, without reading it anew
//! for every delta. Answers to Pi's `utils/json-parse.ts` and the `partial-json` package behind it.
//!
//! A text that a model writes well is a prefix of well-formed JSON; `scan` follows it piece by piece. Any other text
//! is read as a whole by `lenient`, which keeps the oddities of Pi's reader. [`PartialJson`] chooses between the two.

mod lenient;
mod literal;
mod reader;
mod scan;
mod wtf8;

#[cfg(test)]
mod tests;

pub use reader::{NAN, PartialJson, Reading, Whole, complete};
