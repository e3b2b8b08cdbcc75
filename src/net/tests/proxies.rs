//! The host's proxies are used, and passed by where they should be.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use super::server::{Server, answer};
use super::{Network, Seen, run_with, turn};
use crate::ai::StopReason;

async fn through(network: Network, base_url: &str) -> (Result<StopReason, crate::ai::Failure>, String) {
    let mut seen = Seen::default();
    let turn = turn(base_url, r#"{"maxRetries":0}"#);
    (run_with(turn, network, CancellationToken::new(), &mut seen).await, seen.text)
}

#[tokio::test]
async fn an_http_proxy_gets_the_whole_url() {
    let proxy = Server::start(vec![answer("proxied")]).await;
    for network in [
        Network { http_proxy: proxy.url.clone(), ..Network::default() },
        Network { all_proxy: proxy.url.replace("http://", "http://user:secret@"), ..Network::default() },
    ] {
        let (outcome, text) = through(network, "http://api.example.test/v0").await;
        assert_eq!((outcome, text.as_str()), (Ok(StopReason::Stop), "proxied"));
    }
    let requests = proxy.requests();
    assert!(
        requests[0].starts_with("POST http://api.example.test/v0/v1/messages HTTP/1.1\r\n"),
        "{}",
        requests[0]
    );
    assert!(requests[1].to_ascii_lowercase().contains("proxy-authorization: basic dxnlcjpzzwnyzxq="));
}

#[tokio::test]
async fn a_server_on_this_machine_is_reached_directly() {
    let proxy = Server::start(vec![answer("proxied")]).await;
    let direct = Server::start(vec![answer("direct")]).await;
    let network = Network { http_proxy: proxy.url.clone(), ..Network::default() };
    assert_eq!(through(network, &direct.url).await.1, "direct");
    assert_eq!(proxy.requests().len(), 0);
}

#[tokio::test]
async fn a_socks_proxy_connects_by_name() {
    let target = Server::start(vec![answer("by socks")]).await;
    let target_address = target.url.trim_start_matches("http://").to_owned();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let all_proxy = format!("socks5h://{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut greeting = [0; 3];
        socket.read_exact(&mut greeting).await.unwrap();
        socket.write_all(&[5, 0]).await.unwrap();
        let mut head = [0; 5];
        socket.read_exact(&mut head).await.unwrap();
        let mut name = vec![0; usize::from(head[4]) + 2];
        socket.read_exact(&mut name).await.unwrap();
        socket.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        let mut onward = tokio::net::TcpStream::connect(target_address).await.unwrap();
        let copy = tokio::spawn(async move { tokio::io::copy_bidirectional(&mut socket, &mut onward).await });
        let _ = copy.await;
        String::from_utf8_lossy(&name[..name.len() - 2]).into_owned()
    });
    let network = Network { all_proxy, ..Network::default() };
    let (outcome, text) = through(network, "http://api.example.test").await;
    assert_eq!((outcome, text.as_str()), (Ok(StopReason::Stop), "by socks"));
    assert_eq!(asked.await.unwrap(), "api.example.test");
}
