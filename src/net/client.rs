//! One HTTP client for each set of proxies and certificates: it keeps the connections, and building one costs
//! milliseconds.

use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use reqwest::{Client, NoProxy, Proxy, Url};
use serde::Deserialize;

use super::roots;
use crate::ai::{Failure, FailureKind};

/// Below the 5 s after which Node's and Python's servers close an idle connection, as Node's own client does: a
/// connection that the server is about to close costs a failed request.
const IDLE: Duration = Duration::from_secs(4);
const CONNECT: Duration = Duration::from_secs(10);
const MOST_CLIENTS: usize = 16;

/// The network settings of the host's environment at the time of a call. Empty means not set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Network {
    /// `HTTP_PROXY`: for `http:` URLs.
    pub http_proxy: String,
    /// `HTTPS_PROXY`: for `https:` URLs.
    pub https_proxy: String,
    /// `ALL_PROXY`: for both, where they have none of their own.
    pub all_proxy: String,
    /// `NO_PROXY`: hosts that are reached directly. Loopback addresses always are.
    pub no_proxy: String,
    /// Files with further certificate authorities (`SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS`), PEM.
    pub ca_files: Vec<String>,
}

impl Network {
    /// The client for these settings, built at its first use. The oldest goes when there are many.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        static CLIENTS: OnceLock<Mutex<IndexMap<Network, Client>>> = OnceLock::new();
        let clients = CLIENTS.get_or_init(Mutex::default);
        let lock = || clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = lock().get(self) {
            return Ok(client.clone());
        }
        let client = self.build()?;
        let mut known = lock();
        if known.len() >= MOST_CLIENTS {
            known.shift_remove_index(0);
        }
        Ok(known.entry(self.clone()).or_insert(client).clone())
    }

    fn build(&self) -> Result<Client, Failure> {
        let invalid = |what: String| Failure::new(FailureKind::InvalidRequest, what);
        let tls = roots::tls(&self.ca_files).map_err(|error| invalid(format!("TLS: {error}")))?;
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .tcp_keepalive(Duration::from_secs(60))
            .http2_adaptive_window(true)
            .redirect(reqwest::redirect::Policy::limited(20))
            .no_proxy();
        if let Some(proxy) = self.proxy() {
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|error| invalid(format!("HTTP client: {error}")))
    }

    fn proxy(&self) -> Option<Proxy> {
        let pick = |own: &str| [own, &self.all_proxy].into_iter().find(|url| !url.is_empty()).and_then(parse);
        let (http, https) = (pick(&self.http_proxy), pick(&self.https_proxy));
        if http.is_none() && https.is_none() {
            return None;
        }
        let choose = move |url: &Url| {
            if is_loopback(url) {
                return None;
            }
            if url.scheme() == "https" { https.clone() } else { http.clone() }
        };
        Some(Proxy::custom(choose).no_proxy(NoProxy::from_string(&self.no_proxy)))
    }
}

/// A proxy's URL; a bare `host:port` means HTTP.
fn parse(text: &str) -> Option<Url> {
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    url.ok()
}

/// Whether a URL leads to this machine: a model server next to the host is never behind its proxy.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
