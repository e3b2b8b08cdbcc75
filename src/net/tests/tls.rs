//! Encrypted connections: whose certificates are trusted, and which HTTP is spoken.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::server::{answer, play};
use super::{Network, Seen, run_with, turn};
use crate::ai::StopReason;

/// Encrypts for a server on loopback with a certificate of its own making: that too, PEM.
pub(super) fn acceptor(protocols: &'static [&'static [u8]]) -> (TlsAcceptor, String) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    (TlsAcceptor::from(Arc::new(config)), own.cert.pem())
}

/// A server on loopback: its address and its certificate, PEM.
async fn serve(protocols: &'static [&'static [u8]]) -> (String, String) {
    let (acceptor, pem) = acceptor(protocols);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(socket).await else { continue };
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                tokio::spawn(speak_h2(stream));
            } else {
                tokio::spawn(play(stream, answer("by HTTP/1.1"), Arc::default(), Arc::default()));
            }
        }
    });
    (url, pem)
}

async fn speak_h2<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(stream: S) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        assert_eq!(request.uri().path(), "/v1/messages");
        let mut body = respond.send_response(http::Response::new(()), false).unwrap();
        let bytes: Vec<u8> =
            answer("by HTTP/2").into_iter().skip(1).flat_map(super::server::bytes_of).collect();
        body.send_data(bytes.into(), true).unwrap();
    }
}

async fn ask(url: &str, ca_files: Vec<String>) -> (Result<StopReason, crate::ai::Failure>, String) {
    let mut seen = Seen::default();
    let network = Network { ca_files, ..Network::default() };
    let outcome =
        run_with(turn(url, r#"{"maxRetries":0}"#), network, CancellationToken::new(), &mut seen).await;
    (outcome, seen.text)
}

#[tokio::test]
async fn authorities_that_the_host_names_are_trusted_and_others_are_not() {
    let (url, pem) = serve(&[b"http/1.1"]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, pem).unwrap();
    let missing = folder.path().join("missing.pem").display().to_string();
    assert_eq!(ask(&url, vec![]).await.0.unwrap_err().message, "Connection error.");
    let (outcome, text) = ask(&url, vec![missing, file.display().to_string()]).await;
    assert_eq!((outcome, text.as_str()), (Ok(StopReason::Stop), "by HTTP/1.1"));
}

#[tokio::test]
async fn servers_that_speak_http2_are_spoken_to_in_it() {
    let (url, pem) = serve(&[b"h2", b"http/1.1"]).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pem).unwrap();
    let (outcome, text) = ask(&url, vec![file.path().display().to_string()]).await;
    assert_eq!((outcome, text.as_str()), (Ok(StopReason::Stop), "by HTTP/2"));
}
