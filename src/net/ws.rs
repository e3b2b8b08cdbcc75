//! WebSockets over this library's own connections: to the same servers, through the same proxies and with the same
//! certificate authorities as HTTP.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use reqwest::{StatusCode, Upgraded, Url};
use serde::Serialize;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};

use super::Network;
use super::client::Use;
use super::exchange::header_map;
use crate::ai::Failure;
use crate::ai::codec::HttpRequest;
use crate::ai::codec::sse::DEFAULT_LIMIT;

/// How long a server has to answer the handshake, and to take leave.
const HANDSHAKE: Duration = Duration::from_secs(30);
const LEAVE: Duration = Duration::from_secs(2);

/// An open WebSocket.
pub(super) type Wire = WebSocketStream<Upgraded>;

/// Why a WebSocket is of no more use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum Break {
    /// It never opened, or nothing came over it in time.
    Fault {
        /// What went wrong. Where Node's `WebSocket` has a text for it, that one.
        message: String,
    },
    /// It was closed.
    Closed {
        /// Why, as a number: 1006 when the connection was lost.
        code: u16,
        /// Why, in the words of the one who closed it.
        reason: String,
        /// Whether leave was taken.
        was_clean: bool,
    },
}

impl Break {
    /// The connection was lost.
    pub(super) fn lost() -> Self {
        Self::Closed { code: 1006, reason: String::new(), was_clean: false }
    }

    /// One side took leave.
    pub(super) fn left(frame: Option<&CloseFrame>) -> Self {
        let (code, reason) =
            frame.map_or((1005, String::new()), |frame| (frame.code.into(), frame.reason.to_string()));
        Self::Closed { code, reason, was_clean: true }
    }

    fn unreachable() -> Self {
        Self::Fault { message: "Received network error or non-101 status code.".to_owned() }
    }
}

impl From<Failure> for Break {
    fn from(failure: Failure) -> Self {
        Self::Fault { message: failure.message }
    }
}

/// Opens a WebSocket at a `ws:` or `wss:` URL.
pub(super) async fn dial(network: &Network, request: &HttpRequest, longest: Duration) -> Result<Wire, Break> {
    let shake = shake_hands(network, request);
    timeout(longest.min(HANDSHAKE), shake).await.unwrap_or_else(|_| Err(Break::unreachable()))
}

async fn shake_hands(network: &Network, request: &HttpRequest) -> Result<Wire, Break> {
    let url = request.url.replacen("ws", "http", 1);
    let url = Url::parse(&url).map_err(|_| Break::Fault { message: "Invalid URL".to_owned() })?;
    let key = generate_key();
    let asked = network
        .client(Use::Upgrade)?
        .get(url)
        .headers(header_map(request, 0)?)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, &key);
    let response = asked.send().await.map_err(|_| Break::unreachable())?;
    let accepted = response.headers().get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
    if response.status() != StatusCode::SWITCHING_PROTOCOLS
        || accepted != Some(derive_accept_key(key.as_bytes()).as_bytes())
    {
        return Err(Break::unreachable());
    }
    let upgraded = response.upgrade().await.map_err(|_| Break::unreachable())?;
    let limits =
        WebSocketConfig::default().max_message_size(Some(DEFAULT_LIMIT)).max_frame_size(Some(DEFAULT_LIMIT));
    Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(limits)).await)
}

/// Takes leave of a server, which has a moment to take note.
pub(super) async fn leave(mut wire: Wire, code: u16, reason: &str) {
    let frame = CloseFrame { code: code.into(), reason: reason.into() };
    let farewells = async {
        let _ = wire.close(Some(frame)).await;
        // Reading is what completes the farewells, on either side.
        while let Some(Ok(_)) = wire.next().await {}
    };
    let _ = timeout(LEAVE, farewells).await;
}
