//! A server that plays one script a connection and keeps what it was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does next on a connection.
#[derive(Clone)]
pub(super) enum Step {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Waits.
    Wait(Duration),
    /// Sends the same bytes again and again, until the client is gone or this many times.
    Repeat(Vec<u8>, usize),
    /// Closes the connection with a reset.
    Reset,
}

/// A connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin {
    /// Has closing reset the connection.
    fn reset_on_close(&self);
}

impl Stream for TcpStream {
    fn reset_on_close(&self) {
        self.set_zero_linger().unwrap();
    }
}

impl Stream for tokio_rustls::server::TlsStream<TcpStream> {
    fn reset_on_close(&self) {
        self.get_ref().0.reset_on_close();
    }
}

/// A running server.
pub(super) struct Server {
    pub(super) url: String,
    requests: Arc<Mutex<Vec<String>>>,
    sent: Arc<Mutex<usize>>,
}

impl Server {
    /// Plays the scripts, one a connection; the last one again for every further connection.
    pub(super) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let sent = Arc::new(Mutex::new(0));
        let (kept, counted) = (Arc::clone(&requests), Arc::clone(&sent));
        tokio::spawn(async move {
            for connection in 0.. {
                let Ok((socket, _)) = listener.accept().await else { return };
                let script = scripts.get(connection).or(scripts.last()).cloned().unwrap_or_default();
                tokio::spawn(play(socket, script, Arc::clone(&kept), Arc::clone(&counted)));
            }
        });
        Self { url, requests, sent }
    }

    /// The requests so far, head and body.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The bytes that `Repeat` could send so far.
    pub(super) fn sent(&self) -> usize {
        *self.sent.lock().unwrap()
    }
}

pub(super) async fn play<S: Stream>(
    mut socket: S,
    script: Vec<Step>,
    kept: Arc<Mutex<Vec<String>>>,
    sent: Arc<Mutex<usize>>,
) {
    let request = read_request(&mut socket).await;
    kept.lock().unwrap().push(request);
    for step in script {
        match step {
            Step::Send(bytes) => {
                if socket.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Step::Wait(time) => tokio::time::sleep(time).await,
            Step::Repeat(bytes, times) => {
                for _ in 0..times {
                    if socket.write_all(&bytes).await.is_err() {
                        return;
                    }
                    *sent.lock().unwrap() += bytes.len();
                }
            }
            Step::Reset => {
                socket.reset_on_close();
                return;
            }
        }
    }
    let _ = socket.shutdown().await;
    // The rest is read so that closing does not reset what the client has not read yet.
    let _ = tokio::io::copy(&mut socket, &mut tokio::io::sink()).await;
}

async fn read_request<S: Stream>(socket: &mut S) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned)
                })
                .and_then(|length| length.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return text.into_owned();
            }
        }
        match socket.read(&mut buffer).await {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&bytes).into_owned(),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

/// A response's head with a body that ends when the connection does.
pub(super) fn head(status: &str, headers: &str) -> Step {
    Step::Send(format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n").into_bytes())
}

/// A whole response.
pub(super) fn reply(status: &str, headers: &str, body: &str) -> Vec<Step> {
    let length = format!("content-length: {}\r\n{headers}", body.len());
    vec![head(status, &length), Step::Send(body.as_bytes().to_vec())]
}

/// The beginning of a stream: the head and the events before any text.
pub(super) fn opening() -> Vec<Step> {
    let events = event("message_start", r#""message":{"id":"r","usage":{"input_tokens":1}}"#)
        + &event("content_block_start", r#""index":0,"content_block":{"type":"text","text":""}"#);
    vec![head("200 OK", "content-type: text/event-stream\r\n"), Step::Send(events.into_bytes())]
}

/// A piece of text.
pub(super) fn text(text: &str) -> Step {
    let delta = format!(r#""index":0,"delta":{{"type":"text_delta","text":"{text}"}}"#);
    Step::Send(event("content_block_delta", &delta).into_bytes())
}

/// The end of a stream.
pub(super) fn closing() -> Step {
    let events = event("content_block_stop", r#""index":0"#)
        + &event("message_delta", r#""delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}"#)
        + &event("message_stop", r#""x":0"#);
    Step::Send(events.into_bytes())
}

/// A whole stream that says `said`.
pub(super) fn answer(said: &str) -> Vec<Step> {
    let mut steps = opening();
    steps.extend([text(said), closing()]);
    steps
}

/// One event.
pub(super) fn event(name: &str, fields: &str) -> String {
    format!("event: {name}\ndata: {{\"type\":\"{name}\",{fields}}}\n\n")
}

/// What a step sends.
pub(super) fn bytes_of(step: Step) -> Vec<u8> {
    if let Step::Send(bytes) = step { bytes } else { Vec::new() }
}
