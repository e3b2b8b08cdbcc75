//! Turns against a server on loopback that answers, or fails to, exactly as scripted.

mod faults;
mod google;
mod governor;
mod proxies;
mod retries;
mod server;
mod sockets;
mod tls;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;

use super::{Deadlines, Exchange, Network, Place, Policy, Receiver, exchange};
use crate::ai::codec;
use crate::ai::{Event, Failure, Headers, Sink, StopReason, Turn};

/// What the host would see of a turn.
#[derive(Default)]
struct Seen {
    heads: Vec<u16>,
    text: String,
    /// Cancelled when this many deltas have come.
    abort_after: Option<(usize, CancellationToken)>,
    deltas: usize,
    /// While set, there is no room for more.
    full: Option<Arc<tokio::sync::Notify>>,
    rooms: Arc<AtomicUsize>,
}

impl Sink for Seen {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Delta { text, .. } = event {
            self.text.push_str(&text.to_well_formed());
            self.deltas += 1;
            if let Some((after, cancel)) = &self.abort_after
                && self.deltas == *after
            {
                cancel.cancel();
            }
        }
    }
}

impl Receiver for Seen {
    async fn head(&mut self, status: u16, _: &Headers) {
        self.heads.push(status);
    }

    async fn room(&mut self) {
        self.rooms.fetch_add(1, Ordering::SeqCst);
        if let Some(full) = &self.full {
            full.notified().await;
        }
    }
}

/// A turn with `options` (JSON) at a base URL.
fn turn(base_url: &str, options: &str) -> Turn {
    let turn = format!(
        r#"{{"model":{{"id":"m","api":"anthropic-messages","provider":"anthropic","baseUrl":"{base_url}","maxTokens":99}},
            "messages":[{{"role":"user","content":"hi"}}],"options":{options}}}"#
    );
    let mut turn: Turn = serde_json::from_str(&turn).unwrap();
    turn.options.api_key = Some("key".into());
    turn
}

async fn run_with(
    turn: Turn,
    network: Network,
    cancel: CancellationToken,
    seen: &mut Seen,
) -> Result<StopReason, Failure> {
    let protocol = codec::of_api("anthropic-messages").unwrap();
    let (for_decoder, options) = (turn.clone(), turn.options.clone());
    let request = protocol.encode(turn)?;
    let exchange_of = Exchange {
        protocol,
        deadlines: Deadlines::new(&options, &request.url),
        retries: Policy::new(protocol, &options),
        place: Place::new(&for_decoder.model.provider, &request),
        request,
        decoder: || codec::reader(protocol, &for_decoder),
        network,
        cancel,
    };
    exchange(exchange_of, seen).await
}

async fn run(base_url: &str, options: &str) -> (Result<StopReason, Failure>, Seen) {
    let mut seen = Seen::default();
    let outcome =
        run_with(turn(base_url, options), Network::default(), CancellationToken::new(), &mut seen).await;
    (outcome, seen)
}
