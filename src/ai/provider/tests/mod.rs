mod levels;
mod models;
mod requests;

use super::Asked;
use crate::ai::codec::{self, HttpRequest};
use crate::ai::{Failure, Turn};

/// The turn that a request comes to, from JSON.
fn turn(asked: &str) -> Turn {
    serde_json::from_str::<Asked>(asked).unwrap().turn().unwrap()
}

/// The HTTP request that a request comes to, from JSON.
fn sent(asked: &str) -> Result<HttpRequest, Failure> {
    let turn = serde_json::from_str::<Asked>(asked).unwrap().turn()?;
    let api = turn.model.api.clone();
    codec::of_api(&api).unwrap().encode(turn)
}

fn body(asked: &str) -> serde_json::Value {
    serde_json::from_str(&sent(asked).unwrap().body).unwrap()
}
