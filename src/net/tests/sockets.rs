//! Turns over WebSockets, against a server on loopback that says and does as scripted.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_util::sync::CancellationToken;

use super::{Network, Seen};
use crate::ai::codec::{Decoder, End, HttpRequest};
use crate::ai::{Event, Failure, FailureKind, Opening, Options, Sink, StopReason};
use crate::json::WireStr;
use crate::net::{Break, Deadlines, Dialogue, Ended, Socket};

/// Reads messages as deltas, until one says `end`.
#[derive(Default)]
struct Words {
    open: bool,
    done: bool,
}

impl Decoder for Words {
    fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Failure> {
        let text = String::from_utf8_lossy(bytes);
        if text == "fail" {
            return Err(Failure::new(FailureKind::Protocol, "failed"));
        }
        self.done = text == "end";
        if !std::mem::replace(&mut self.open, true) {
            sink.event(Event::Open { block: 0, wire: None, opening: Opening::Text });
        }
        if !self.done {
            sink.event(Event::Delta { block: 0, text: &WireStr::from_text(&text) });
        }
        Ok(())
    }

    fn finish(&mut self, end: End, _: &mut dyn Sink) -> Result<StopReason, Failure> {
        if end == End::Aborted { Err(Failure::aborted("given up")) } else { Ok(StopReason::Stop) }
    }

    fn is_complete(&self) -> bool {
        self.done
    }
}

/// What the server does for each message that it gets.
#[derive(Clone)]
enum Act {
    Say(&'static [&'static str]),
    Close(u16, &'static str),
    Drop,
    /// Answers, and hangs up a moment later.
    SayAndLeave(&'static [&'static str]),
}

struct Server {
    url: String,
    said: mpsc::Receiver<String>,
}

/// A server of WebSockets that plays the same acts on every connection, and tells of heads, messages and leaves.
async fn serve(acts: Vec<Act>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/codex", listener.local_addr().unwrap());
    let (tell, said) = mpsc::channel(64);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(play(socket, acts.clone(), tell.clone()));
        }
    });
    Server { url, said }
}

async fn play<S: AsyncRead + AsyncWrite + Unpin>(mut socket: S, acts: Vec<Act>, tell: mpsc::Sender<String>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let key = head.lines().find_map(|line| line.strip_prefix("sec-websocket-key: ")).unwrap();
    let accept = derive_accept_key(key.as_bytes());
    tell.send(head.clone()).await.unwrap();
    let reply = format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: {accept}\r\n\r\n"
    );
    socket.write_all(reply.as_bytes()).await.unwrap();
    let mut wire = WebSocketStream::from_raw_socket(socket, Role::Server, None).await;
    for act in acts {
        let asked = loop {
            match wire.next().await {
                Some(Ok(Message::Pong(_))) => {}
                other => break other,
            }
        };
        match asked {
            Some(Ok(Message::Text(text))) => tell.send(text.to_string()).await.unwrap(),
            Some(Ok(Message::Close(frame))) => {
                let frame = frame.unwrap();
                tell.send(format!("left {} {}", frame.code, frame.reason)).await.unwrap();
                return;
            }
            _ => return,
        }
        match act {
            Act::Say(words) | Act::SayAndLeave(words) => {
                wire.send(Message::Ping("p".into())).await.unwrap();
                for word in words {
                    wire.send(Message::text(*word)).await.unwrap();
                }
                if matches!(act, Act::SayAndLeave(_)) {
                    wire.close(None).await.unwrap();
                }
            }
            Act::Close(code, reason) => {
                let frame = CloseFrame { code: code.into(), reason: reason.into() };
                wire.close(Some(frame)).await.unwrap();
                while wire.next().await.is_some() {}
                return;
            }
            Act::Drop => return,
        }
    }
    while let Some(Ok(message)) = wire.next().await {
        if let Message::Close(Some(frame)) = message {
            tell.send(format!("left {} {}", frame.code, frame.reason)).await.unwrap();
        }
    }
}

fn request(url: &str) -> HttpRequest {
    HttpRequest {
        url: url.to_owned(),
        headers: vec![("x-name".to_owned(), "value".to_owned())],
        ..HttpRequest::default()
    }
}

async fn open(url: &str, network: &Network) -> (Socket, Result<(), Break>) {
    let socket = Socket::default();
    let opened = socket.open(network, &request(url), Duration::from_secs(5), &CancellationToken::new()).await;
    (socket, opened)
}

async fn talk(socket: &Socket, options: &str, seen: &mut Seen) -> Result<StopReason, Ended> {
    let options: Options = serde_json::from_str(options).unwrap();
    let dialogue = Dialogue {
        frame: "question".to_owned(),
        decoder: Box::<Words>::default(),
        deadlines: Deadlines::new(&options, "ws://localhost"),
        cancel: seen.abort_after.as_ref().map(|(_, cancel)| cancel.clone()).unwrap_or_default(),
    };
    socket.converse(dialogue, seen).await
}

#[tokio::test]
async fn one_connection_serves_one_turn_after_the_other() {
    let mut server = serve(vec![Act::Say(&["a", "b", "end"]), Act::Say(&["c", "end"])]).await;
    let (socket, opened) = open(&server.url, &Network::default()).await;
    assert_eq!(opened, Ok(()));
    for answer in ["ab", "c"] {
        let mut seen = Seen::default();
        assert_eq!(talk(&socket, "{}", &mut seen).await, Ok(StopReason::Stop));
        assert_eq!(seen.text, answer);
        assert!(socket.is_open());
    }
    socket.close(1000, "debug_close".to_owned());
    let head = server.said.recv().await.unwrap();
    assert!(head.starts_with("GET /codex HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("x-name: value\r\n"), "{head}");
    let mut rest = Vec::new();
    for _ in 0..3 {
        rest.push(server.said.recv().await.unwrap());
    }
    assert_eq!(rest, ["question", "question", "left 1000 debug_close"]);
}

#[tokio::test]
async fn a_connection_that_breaks_says_how() {
    for (act, how) in [
        (
            Act::Close(1009, "too big"),
            Break::Closed { code: 1009, reason: "too big".into(), was_clean: true },
        ),
        (Act::Drop, Break::lost()),
    ] {
        let server = serve(vec![act]).await;
        let (socket, _) = open(&server.url, &Network::default()).await;
        let outcome = talk(&socket, "{}", &mut Seen::default()).await;
        assert_eq!(outcome, Err(Ended::Broken(how)));
        assert!(!socket.is_open());
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_in_time_is_left() {
    let mut server = serve(vec![Act::Say(&["a"])]).await;
    let (socket, _) = open(&server.url, &Network::default()).await;
    let mut seen = Seen::default();
    let outcome = talk(&socket, r#"{"idleTimeoutMs":30}"#, &mut seen).await;
    let message = "Stream timed out: no event within 0.03 s".to_owned();
    assert_eq!(outcome, Err(Ended::Broken(Break::Fault { message })));
    assert_eq!(seen.text, "a");
    let _ = (server.said.recv().await, server.said.recv().await);
    assert_eq!(server.said.recv().await.unwrap(), "left 1000 done");
}

#[tokio::test]
async fn an_idle_connection_that_the_server_closes_is_known_to_be_closed() {
    let server = serve(vec![Act::SayAndLeave(&["end"])]).await;
    let (socket, _) = open(&server.url, &Network::default()).await;
    assert_eq!(talk(&socket, "{}", &mut Seen::default()).await, Ok(StopReason::Stop));
    tokio::time::timeout(Duration::from_secs(5), async {
        while socket.is_open() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await
    .unwrap();
    let again = talk(&socket, "{}", &mut Seen::default()).await;
    assert_eq!(again, Err(Ended::Broken(Break::lost())));
}

#[tokio::test]
async fn giving_up_ends_the_turn_and_the_connection() {
    let server = serve(vec![Act::Say(&["a"])]).await;
    let (socket, _) = open(&server.url, &Network::default()).await;
    let mut seen = Seen { abort_after: Some((1, CancellationToken::new())), ..Seen::default() };
    let outcome = talk(&socket, "{}", &mut seen).await;
    assert_eq!(outcome, Err(Ended::Failed(Failure::aborted("given up"))));
    assert!(!socket.is_open());
}

#[tokio::test]
async fn closing_breaks_off_the_turn() {
    let server = serve(vec![Act::Say(&["a"])]).await;
    let (socket, _) = open(&server.url, &Network::default()).await;
    let socket = Arc::new(socket);
    let closer = Arc::clone(&socket);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        closer.close(1000, "debug_close".to_owned());
    });
    let outcome = talk(&socket, "{}", &mut Seen::default()).await;
    let how = Break::Closed { code: 1000, reason: String::new(), was_clean: true };
    assert_eq!(outcome, Err(Ended::Broken(how)));
}

#[tokio::test]
async fn a_server_that_speaks_no_websocket_is_unreachable() {
    let refusing = super::server::Server::start(vec![super::server::reply("403 No", "", "no")]).await;
    let (socket, opened) = open(&refusing.url.replace("http", "ws"), &Network::default()).await;
    let message = "Received network error or non-101 status code.".to_owned();
    assert_eq!(opened, Err(Break::Fault { message }));
    assert!(!socket.is_open());
}

#[tokio::test]
async fn a_proxy_is_asked_to_connect_an_encrypted_one() {
    let proxy = super::server::Server::start(vec![super::server::reply("403 No", "", "")]).await;
    let network = Network { all_proxy: proxy.url.clone(), ..Network::default() };
    let (_, refused) = open("wss://api.example.test/codex", &network).await;
    assert!(refused.is_err());
    assert!(proxy.requests()[0].starts_with("CONNECT api.example.test:443 HTTP/1.1\r\n"));
}

#[tokio::test]
async fn an_encrypted_connection_speaks_http1() {
    let (acceptor, pem) = super::tls::acceptor(&[b"h2", b"http/1.1"]);
    let authority = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(authority.path(), pem).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("wss://localhost:{}/codex", listener.local_addr().unwrap().port());
    let (tell, _said) = mpsc::channel(8);
    tokio::spawn(async move {
        let socket = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
        assert_eq!(socket.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        play(socket, vec![Act::Say(&["safely", "end"])], tell).await;
    });
    let ca_files = vec![authority.path().display().to_string()];
    let (socket, opened) = open(&url, &Network { ca_files, ..Network::default() }).await;
    assert_eq!(opened, Ok(()));
    let mut seen = Seen::default();
    assert_eq!(talk(&socket, "{}", &mut seen).await, Ok(StopReason::Stop));
    assert_eq!(seen.text, "safely");
}

#[tokio::test]
async fn a_proxy_connects() {
    let mut server = serve(vec![Act::Say(&["through", "end"])]).await;
    let target = server.url.trim_start_matches("ws://").trim_end_matches("/codex").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let all_proxy = format!("socks5h://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.read_exact(&mut [0; 3]).await.unwrap();
        socket.write_all(&[5, 0]).await.unwrap();
        let mut head = [0; 5];
        socket.read_exact(&mut head).await.unwrap();
        socket.read_exact(&mut vec![0; usize::from(head[4]) + 2]).await.unwrap();
        socket.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        let mut onward = TcpStream::connect(target).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut socket, &mut onward).await;
    });
    let network = Network { all_proxy, ..Network::default() };
    let (socket, opened) = open("ws://api.example.test/codex", &network).await;
    assert_eq!(opened, Ok(()));
    let mut seen = Seen::default();
    assert_eq!(talk(&socket, "{}", &mut seen).await, Ok(StopReason::Stop));
    assert_eq!(seen.text, "through");
    assert!(server.said.recv().await.unwrap().contains("host: api.example.test\r\n"));
}
