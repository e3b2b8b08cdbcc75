//! The Node-API binding: the only module that names napi. Each export is a few lines into the modules below it.
//!
//! Objects cross as JSON text, events as one flat string a batch (see [`batch`]); JavaScript makes the objects that hosts
//! touch. Nothing here holds a lock while JavaScript runs.

// The napi macros expand to the unsafe glue that calls Node-API.
#![allow(unsafe_code, reason = "generated glue")]
#![allow(clippy::needless_pass_by_value, reason = "napi hands arguments over by value")]
#![allow(missing_docs, reason = "generated registration functions")]

mod batch;
pub mod classify;
pub mod compaction;
pub mod feed;
pub mod json;
pub mod prompts;
pub mod provider;
mod queue;
pub mod session;
pub mod session_work;
pub mod settings;
pub mod sis;
pub mod skills;
mod socket;
pub mod tools;
pub mod turn;

use napi_derive::napi;

/// The providers of the catalogue, in its order.
#[napi(catch_unwind)]
pub fn catalog_providers() -> Vec<&'static str> {
    crate::ai::catalog::providers().collect()
}

/// The providers that Argent adds models to, in the order of its additions.
#[napi(catch_unwind)]
pub fn argent_providers() -> Vec<&'static str> {
    crate::ai::catalog::argent_providers().collect()
}

/// The models that Argent adds to a provider's as JSON text, id to model; `null` where it adds none.
#[napi(catch_unwind)]
pub fn argent_models(provider: String) -> Option<&'static str> {
    crate::ai::catalog::argent_models(&provider)
}

/// A provider's models as JSON text, id to model; `null` for a provider that is not in the catalogue.
#[napi(catch_unwind)]
pub fn catalog_models(provider: String) -> Option<&'static str> {
    crate::ai::catalog::models(&provider)
}
