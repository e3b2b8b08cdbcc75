//! One turn over the wire: send, try again while nothing was seen, read the response through its decoder.

use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use reqwest::{Client, Response};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::client::Use;
use super::{
    Deadlines, LARGEST_ERROR, LARGEST_RESPONSE, Network, Pass, Place, Policy, asked_delay, broken_off,
    request_id, too_large,
};
use crate::ai::codec::{Codec, Decoder, End, HttpRequest};
use crate::ai::{Event, Failure, FailureKind, Headers, Sink, StopReason};

/// Takes what a response brings. The futures are back-pressure: nothing more is read until they are done.
pub trait Receiver: Sink + Send {
    /// A response was accepted.
    fn head(&mut self, status: u16, headers: &Headers) -> impl Future<Output = ()> + Send;

    /// There is room for more events.
    fn room(&mut self) -> impl Future<Output = ()> + Send;
}

/// What is to be sent, and how.
pub struct Exchange<F> {
    /// The protocol, for what error responses mean.
    pub protocol: &'static dyn Codec,
    /// The request.
    pub request: HttpRequest,
    /// Makes a fresh reader for each attempt.
    pub decoder: F,
    /// Proxies and certificates.
    pub network: Network,
    /// Where the turn stands among those under the same key.
    pub place: Place,
    /// When to give up waiting.
    pub deadlines: Deadlines,
    /// When to try again.
    pub retries: Policy,
    /// Cancelled when the host gives up.
    pub cancel: CancellationToken,
}

/// Carries out one turn and says how the answer ended.
pub async fn exchange<R, F>(mut turn: Exchange<F>, receiver: &mut R) -> Result<StopReason, Failure>
where
    R: Receiver,
    F: Fn() -> Box<dyn Decoder>,
{
    if let Some(failure) = turn.request.refused.take() {
        return Err(failure);
    }
    if turn.cancel.is_cancelled() {
        return Err(turn.protocol.given_up());
    }
    let client = turn.network.client(if turn.request.http1 { Use::Http1 } else { Use::Http })?;
    let body = bytes::Bytes::from(std::mem::take(&mut turn.request.body));
    let mut attempt = 0;
    let mut pass = turn.place.turn(&turn.retries, &turn.cancel).await?;
    loop {
        let mut seen = Seen::new(&mut *receiver);
        let failure = match turn.attempt(&client, attempt, &body, &mut pass, &mut seen).await {
            Err(failure) if !seen.visible => failure,
            outcome => return outcome,
        };
        pass = turn.place.again(pass, &turn.retries, attempt, failure, &turn.cancel).await?;
        attempt += 1;
    }
}

impl<F: Fn() -> Box<dyn Decoder>> Exchange<F> {
    async fn attempt<R: Receiver>(
        &self,
        client: &Client,
        attempt: u32,
        body: &bytes::Bytes,
        pass: &mut Pass,
        seen: &mut Seen<'_, R>,
    ) -> Result<StopReason, Failure> {
        let response = self.send(client, attempt, body.clone()).await?;
        let status = response.status().as_u16();
        let headers = record(response.headers());
        if !response.status().is_success() {
            if self.protocol.shows_rejections() {
                tokio::select! {
                    () = self.cancel.cancelled() => return Err(self.protocol.given_up()),
                    () = seen.receiver.head(status, &headers) => {}
                }
            }
            let body = self.error_body(response).await?;
            return Err(asked_delay(self.protocol.rejection(status, &headers, &body), &headers, &body));
        }
        pass.accepted(&headers);
        tokio::select! {
            () = self.cancel.cancelled() => return (self.decoder)().finish(End::Aborted, seen),
            () = seen.receiver.head(status, &headers) => {}
        }
        if matches!(status, 204 | 205) {
            return Err(self.protocol.bodiless());
        }
        seen.since = Instant::now();
        self.read(response, seen)
            .await
            .map_err(|failure| Failure { request_id: request_id(&headers), ..failure })
    }

    async fn send(&self, client: &Client, attempt: u32, body: bytes::Bytes) -> Result<Response, Failure> {
        let invalid = |_| Failure::new(FailureKind::InvalidRequest, "Invalid URL");
        let url = reqwest::Url::parse(&self.request.url).map_err(invalid)?;
        let request = client.post(url).headers(header_map(&self.request, attempt)?).body(body);
        tokio::select! {
            () = self.cancel.cancelled() => Err(self.protocol.given_up()),
            sent = timeout(self.deadlines.head, request.send()) => match sent {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(error)) => Err(self.protocol.unreachable(error.is_timeout())),
                Err(_) => Err(self.protocol.unreachable(true)),
            },
        }
    }

    async fn error_body(&self, mut response: Response) -> Result<String, Failure> {
        let mut body = Vec::new();
        let read = async {
            while let Some(chunk) = response.chunk().await.map_err(|_| broken_off())? {
                body.extend_from_slice(&chunk);
                if body.len() > LARGEST_ERROR {
                    return Err(too_large(LARGEST_ERROR));
                }
            }
            Ok(())
        };
        let idle = self.deadlines.idle.unwrap_or(Duration::MAX);
        let read = tokio::select! {
            () = self.cancel.cancelled() => Err(self.protocol.given_up()),
            read = timeout(idle, read) => read.unwrap_or_else(|_| Err(self.protocol.unreachable(true))),
        };
        match read {
            // `fetch` shows the break in place of the body.
            Err(failure) if failure.kind == FailureKind::Connection => Ok(failure.message),
            Err(failure) => Err(failure),
            Ok(()) => {
                let text = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&body);
                Ok(String::from_utf8_lossy(text).into_owned())
            }
        }
    }

    async fn read<R: Receiver>(
        &self,
        mut response: Response,
        seen: &mut Seen<'_, R>,
    ) -> Result<StopReason, Failure> {
        let mut decoder = (self.decoder)();
        let mut bytes = 0;
        while !decoder.is_complete() {
            let chunk = tokio::select! {
                () = self.cancel.cancelled() => return decoder.finish(End::Aborted, seen),
                chunk = seen.next(&self.deadlines, response.chunk()) => chunk?,
            };
            let Some(chunk) = chunk.map_err(|_| broken_off())? else { break };
            bytes += chunk.len();
            if bytes > LARGEST_RESPONSE {
                return Err(too_large(LARGEST_RESPONSE));
            }
            decoder.push(&chunk, seen)?;
        }
        if decoder.is_complete() {
            tokio::spawn(drain(response));
        }
        decoder.finish(End::Closed, seen)
    }
}

/// Reads what is left of a response that has said everything, so that its connection can serve the next one.
async fn drain(mut response: Response) {
    let rest = async { while let Ok(Some(_)) = response.chunk().await {} };
    let _ = timeout(Duration::from_secs(2), rest).await;
}

/// Notes when the last event came, and whether the host saw something that cannot be taken back.
pub(super) struct Seen<'a, R> {
    receiver: &'a mut R,
    since: Instant,
    any: bool,
    visible: bool,
}

impl<'a, R: Receiver> Seen<'a, R> {
    pub(super) fn new(receiver: &'a mut R) -> Self {
        Self { receiver, since: Instant::now(), any: false, visible: false }
    }

    /// What comes next; waits for room, and for as long as the time since the last event allows.
    pub(super) async fn next<T>(
        &mut self,
        deadlines: &Deadlines,
        next: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        let full = Instant::now();
        self.receiver.room().await;
        self.since += full.elapsed();
        match deadlines.next(self.any) {
            Some(wait) => timeout(wait.saturating_sub(self.since.elapsed()), next)
                .await
                .map_err(|_| deadlines.stalled(self.any)),
            None => Ok(next.await),
        }
    }
}

impl<R: Receiver> Sink for Seen<'_, R> {
    fn event(&mut self, event: Event<'_>) {
        if event != Event::Piece {
            self.since = Instant::now();
            self.any = true;
        }
        self.visible |= event.is_visible();
        self.receiver.event(event);
    }
}

pub(super) fn header_map(request: &HttpRequest, attempt: u32) -> Result<HeaderMap, Failure> {
    let mut map = HeaderMap::with_capacity(request.headers.len());
    for (name, value) in &request.headers {
        let key =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid_header("delete", name, "name"))?;
        let value = latin1(value).map(|bytes| HeaderValue::from_bytes(&bytes).map_err(|_| value))?;
        map.insert(key, value.map_err(|value| invalid_header("append", value, "value"))?);
    }
    if let Some(count) = map.get_mut("x-stainless-retry-count") {
        *count = attempt.into();
    }
    if let Some(count) = map.get_mut("amz-sdk-request")
        && let Some((_, limit)) = count.to_str().unwrap_or_default().split_once("; ")
        && let Ok(value) = format!("attempt={}; {limit}", attempt + 1).try_into()
    {
        *count = value;
    }
    Ok(map)
}

/// A header that cannot be sent. The text is Node's, which takes a header away before it sets it.
fn invalid_header(step: &str, text: &str, part: &str) -> Failure {
    let message = format!("Headers.{step}: \"{text}\" is an invalid header {part}.");
    Failure::new(FailureKind::InvalidRequest, message)
}

/// A header's value as the bytes of the wire. The text of a refusal is that of Node's `fetch`.
fn latin1(value: &str) -> Result<Vec<u8>, Failure> {
    let byte = |(index, unit): (usize, u16)| {
        u8::try_from(unit).map_err(|_| {
            let message = format!(
                "Cannot convert argument to a ByteString because the character at index {index} has a value of {unit} \
                 which is greater than 255."
            );
            Failure::new(FailureKind::InvalidRequest, message)
        })
    };
    value.encode_utf16().enumerate().map(byte).collect()
}

fn record(map: &HeaderMap) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in map {
        // Header values are Latin-1 to `fetch`.
        let value: String = value.as_bytes().iter().copied().map(char::from).collect();
        let joined = match headers.get(name.as_str()) {
            Some(earlier) if name != SET_COOKIE => format!("{earlier}, {value}"),
            _ => value,
        };
        headers.set(name.as_str(), joined);
    }
    headers
}
