//! A native runtime for personal-AI gateways with the API of Pi 0.74.
//!
//! - [`json`]: JSON as JavaScript reads it: strings that may hold lone surrogates, texts that are not finished yet.
//! - [`ai`]: the vocabulary of a turn (messages, models, events, usage) and the wire protocols, without any I/O.
//! - [`net`]: sockets, retries and deadlines; knows protocols only as codecs.
//! - [`session`]: session files: the log, its index, what is read of it.
//! - [`compaction`]: which part of a long session is summarised, and from what text.
//! - [`sis`]: lessons that an agent learns from its own runs: kept, selected, weighed by what came of them.
//! - [`tools`]: the tools of a coding agent.
//! - [`yaml`]: YAML as JavaScript's `yaml` package reads it, and the front matter of Markdown files.
//! - [`skills`]: which skills there are.
//! - [`prompts`]: the files that prompts are made of: templates, a project's instructions.
//! - [`paths`]: folders and paths as Node has them.
//! - [`settings`]: files of settings and credentials, which other programs write too.
//! - [`auth`]: keys: those that are kept encrypted.
//! - `tls`: which certificates are trusted.
//! - `node`: the Node-API binding, the only module that names napi.
//!
//! Dependencies point one way:
//! `node -> {net -> {ai, tls}, session, compaction, settings, auth, sis -> tls, tools, {skills, prompts} -> yaml} -> json`.

pub mod ai;
pub mod auth;
pub mod compaction;
pub mod json;
pub mod net;
#[cfg(feature = "node")]
pub mod node;
pub mod paths;
pub mod prompts;
mod replace;
pub mod session;
pub mod settings;
pub mod sis;
pub mod skills;
mod tls;
pub mod tools;
pub mod yaml;
