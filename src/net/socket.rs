//! A WebSocket that serves one turn after the other. Between turns a task holds it, which answers pings and notices when
//! the server closes it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::sync::CancellationToken;

use super::exchange::Seen;
use super::ws::{Break, Wire, dial, leave};
use super::{Deadlines, LARGEST_RESPONSE, Network, Receiver, too_large};
use crate::ai::codec::{Decoder, End, HttpRequest};
use crate::ai::{Failure, StopReason};

/// One turn over a WebSocket.
pub struct Dialogue {
    /// The message that asks.
    pub frame: String,
    /// Reads the answer; each message is pushed whole.
    pub decoder: Box<dyn Decoder>,
    /// When to give up waiting.
    pub deadlines: Deadlines,
    /// Cancelled when the host gives up.
    pub cancel: CancellationToken,
}

/// How a turn over a WebSocket went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The connection broke: another way to the provider may do.
    Broken(Break),
    /// The provider or the host ended the turn.
    Failed(Failure),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Break> for Ended {
    fn from(broken: Break) -> Self {
        Self::Broken(broken)
    }
}

/// A WebSocket and who holds it.
#[derive(Default)]
pub struct Socket {
    keeper: Mutex<Option<Keeper>>,
    open: Arc<AtomicBool>,
    closing: CancellationToken,
    farewell: Arc<OnceLock<(u16, String)>>,
}

/// The task that holds a socket between turns; it gives the wire up once that is asked for.
struct Keeper {
    asked: CancellationToken,
    task: JoinHandle<Option<Wire>>,
}

impl Socket {
    /// Opens it at a `ws:` or `wss:` URL.
    pub async fn open(
        &self,
        network: &Network,
        request: &HttpRequest,
        longest: Duration,
        cancel: &CancellationToken,
    ) -> Result<(), Break> {
        let wire = tokio::select! {
            () = cancel.cancelled() => return Err(Break::lost()),
            () = self.closing.cancelled() => return Err(Break::lost()),
            wire = dial(network, request, longest) => wire?,
        };
        self.open.store(true, Ordering::Release);
        self.park(wire);
        Ok(())
    }

    /// Whether it is open, as far as is known.
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire) && !self.closing.is_cancelled()
    }

    /// Takes leave of the server; a turn on it breaks off.
    pub fn close(&self, code: u16, reason: String) {
        let _ = self.farewell.set((code, reason));
        self.closing.cancel();
    }

    /// Carries out one turn. Unless that succeeds the socket is closed.
    pub async fn converse<R: Receiver>(
        &self,
        dialogue: Dialogue,
        receiver: &mut R,
    ) -> Result<StopReason, Ended> {
        let Some(mut wire) = self.take().await else { return Err(Break::lost().into()) };
        let outcome = tokio::select! {
            () = self.closing.cancelled() => Err(self.closed().into()),
            outcome = talk(&mut wire, dialogue, receiver) => outcome,
        };
        if outcome.is_ok() {
            self.park(wire);
        } else {
            self.open.store(false, Ordering::Release);
            let farewell = Arc::clone(&self.farewell);
            tokio::spawn(async move { take_leave(wire, &farewell).await });
        }
        outcome
    }

    fn closed(&self) -> Break {
        let code = self.farewell.get().map_or(1000, |(code, _)| *code);
        Break::Closed { code, reason: String::new(), was_clean: true }
    }

    fn park(&self, wire: Wire) {
        let asked = CancellationToken::new();
        let (closing, farewell) = (self.closing.clone(), Arc::clone(&self.farewell));
        let task = tokio::spawn(keep(wire, asked.clone(), closing, farewell, Arc::clone(&self.open)));
        *self.keeper() = Some(Keeper { asked, task });
    }

    async fn take(&self) -> Option<Wire> {
        let keeper = self.keeper().take()?;
        keeper.asked.cancel();
        keeper.task.await.ok().flatten()
    }

    fn keeper(&self) -> MutexGuard<'_, Option<Keeper>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

/// Holds an idle socket. What comes over it is nobody's.
async fn keep(
    mut wire: Wire,
    asked: CancellationToken,
    closing: CancellationToken,
    farewell: Arc<OnceLock<(u16, String)>>,
    open: Arc<AtomicBool>,
) -> Option<Wire> {
    loop {
        let message = tokio::select! {
            biased;
            () = closing.cancelled() => break,
            () = asked.cancelled() => return Some(wire),
            message = wire.next() => message,
        };
        match message {
            Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            Some(Ok(_)) => {}
        }
    }
    open.store(false, Ordering::Release);
    take_leave(wire, &farewell).await;
    None
}

async fn take_leave(wire: Wire, farewell: &OnceLock<(u16, String)>) {
    let (code, reason) = farewell.get().map_or((1000, "done"), |(code, reason)| (*code, reason));
    leave(wire, code, reason).await;
}

async fn talk<R: Receiver>(
    wire: &mut Wire,
    dialogue: Dialogue,
    receiver: &mut R,
) -> Result<StopReason, Ended> {
    let Dialogue { frame, mut decoder, deadlines, cancel } = dialogue;
    let mut seen = Seen::new(receiver);
    let mut bytes = 0;
    tokio::select! {
        () = cancel.cancelled() => return Ok(decoder.finish(End::Aborted, &mut seen)?),
        // A server that hangs up before it has read everything says why: that is read below.
        sent = timeout(deadlines.head, wire.send(Message::text(frame))) => {
            drop(sent.map_err(|_| Break::lost())?);
        }
    }
    while !decoder.is_complete() {
        let message = tokio::select! {
            () = cancel.cancelled() => return Ok(decoder.finish(End::Aborted, &mut seen)?),
            message = seen.next(&deadlines, wire.next()) => message.map_err(Break::from)?,
        };
        let payload = match message {
            Some(Ok(Message::Text(text))) => bytes::Bytes::from(text),
            Some(Ok(Message::Binary(payload))) => payload,
            Some(Ok(Message::Close(frame))) => return Err(Break::left(frame.as_ref()).into()),
            Some(Ok(_)) => continue,
            Some(Err(Error::Capacity(_))) => return Err(too_large(LARGEST_RESPONSE).into()),
            Some(Err(_)) | None => return Err(Break::lost().into()),
        };
        bytes += payload.len();
        if bytes > LARGEST_RESPONSE {
            return Err(too_large(LARGEST_RESPONSE).into());
        }
        decoder.push(&payload, &mut seen)?;
    }
    Ok(decoder.finish(End::Closed, &mut seen)?)
}
