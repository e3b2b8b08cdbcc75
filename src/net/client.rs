//! One HTTP client for each set of proxies and certificates: it keeps the connections, and building one costs
//! milliseconds.

use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Proxy, Url};
use serde::Deserialize;

use crate::ai::{Failure, FailureKind};
use crate::tls;

/// Below the 5 s after which Node's and Python's servers close an idle connection, as Node's own client does: a
/// connection that the server is about to close costs a failed request.
const IDLE: Duration = Duration::from_secs(4);
const CONNECT: Duration = Duration::from_secs(10);
const MOST_CLIENTS: usize = 16;

/// What a client's connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Use {
    /// Requests.
    Http,
    /// Requests to servers that understand nothing newer than HTTP/1.1.
    Http1,
    /// Being turned into something else, such as WebSockets, which only HTTP/1.1 allows.
    Upgrade,
}

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
    pub(super) fn client(&self, purpose: Use) -> Result<Client, Failure> {
        static CLIENTS: OnceLock<Mutex<IndexMap<(Network, Use), Client>>> = OnceLock::new();
        let clients = CLIENTS.get_or_init(Mutex::default);
        let lock = || clients.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (self.clone(), purpose);
        if let Some(client) = lock().get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(purpose)?;
        let mut known = lock();
        if known.len() >= MOST_CLIENTS {
            known.shift_remove_index(0);
        }
        Ok(known.entry(key).or_insert(client).clone())
    }

    fn build(&self, purpose: Use) -> Result<Client, Failure> {
        let invalid = |what: String| Failure::new(FailureKind::InvalidRequest, what);
        let (protocols, redirects): (&[&[u8]], _) = match purpose {
            Use::Http => (&[b"h2", b"http/1.1"], Policy::limited(20)),
            Use::Http1 => (&[b"http/1.1"], Policy::limited(20)),
            Use::Upgrade => (&[b"http/1.1"], Policy::none()),
        };
        let tls = tls::config(&self.ca_files, protocols).map_err(|error| invalid(format!("TLS: {error}")))?;
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .tcp_keepalive(Duration::from_mins(1))
            .http2_adaptive_window(true)
            .referer(false)
            .redirect(redirects)
            .no_proxy();
        if let Some(proxy) = self.proxy() {
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|error| invalid(format!("HTTP client: {error}")))
    }

    fn proxy(&self) -> Option<Proxy> {
        let proxies = Proxies::new(self);
        (!proxies.is_empty()).then(|| Proxy::custom(move |url| proxies.of(url).cloned()))
    }
}

/// The proxies of a network, ready for use.
#[derive(Debug)]
struct Proxies {
    http: Option<Url>,
    https: Option<Url>,
    exceptions: Vec<Exception>,
}

impl Proxies {
    fn new(network: &Network) -> Self {
        let pick =
            |own: &str| [own, &network.all_proxy].into_iter().find(|url| !url.is_empty()).and_then(parse);
        let exceptions = network.no_proxy.split([',', ' ']).filter_map(Exception::new).collect();
        Self { http: pick(&network.http_proxy), https: pick(&network.https_proxy), exceptions }
    }

    fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }

    /// The proxy that leads to a URL; none where it is reached directly.
    fn of(&self, url: &Url) -> Option<&Url> {
        if is_loopback(url) || self.exceptions.iter().any(|exception| exception.covers(url)) {
            return None;
        }
        if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }
    }
}

/// One entry of `NO_PROXY`.
#[derive(Debug)]
enum Exception {
    /// `*`
    All,
    /// A name and the names below it, at one port or all.
    Name(String, Option<u16>),
    /// A range of addresses.
    Range(ipnet::IpNet),
}

impl Exception {
    fn new(entry: &str) -> Option<Self> {
        let entry = entry.trim().to_ascii_lowercase();
        if entry.is_empty() {
            return None;
        }
        if entry == "*" {
            return Some(Self::All);
        }
        if let Ok(range) = entry.parse() {
            return Some(Self::Range(range));
        }
        if let Ok(address) = entry.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Some(Self::Range(address.into()));
        }
        let (name, port) = match entry.rsplit_once(':').map(|(name, port)| (name, port.parse())) {
            Some((name, Ok(port))) => (name, Some(port)),
            _ => (entry.as_str(), None),
        };
        Some(Self::Name(name.trim_start_matches('*').trim_start_matches('.').to_owned(), port))
    }

    fn covers(&self, url: &Url) -> bool {
        let host = host(url);
        match self {
            Self::All => true,
            Self::Range(range) => host.parse::<IpAddr>().is_ok_and(|address| range.contains(&address)),
            Self::Name(name, port) => {
                let same = host
                    .strip_suffix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                same && port.is_none_or(|port| url.port_or_known_default() == Some(port))
            }
        }
    }
}

/// A URL's host, an address without its brackets.
fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

/// A proxy's URL; a bare `host:port` means HTTP.
fn parse(text: &str) -> Option<Url> {
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    url.ok()
}

/// Whether a URL leads to this machine: a model server next to the host is never behind its proxy.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = host(url);
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_for_a_url_is_the_schemes_own_unless_it_is_excepted() {
        let network = Network {
            http_proxy: "http://plain:1".into(),
            all_proxy: "all:2".into(),
            no_proxy: "example.test, *.inner.test,10.0.0.0/8,[fd00::1],port.test:8443".into(),
            ..Network::default()
        };
        let proxies = Proxies::new(&network);
        let of = |url: &str| proxies.of(&Url::parse(url).unwrap()).and_then(Url::host_str);
        for (url, proxy) in [
            ("http://other.test/", Some("plain")),
            ("https://other.test/", Some("all")),
            ("https://example.test/", None),
            ("https://api.example.test/", None),
            ("https://notexample.test/", Some("all")),
            ("https://a.inner.test/", None),
            ("http://10.1.2.3/", None),
            ("http://11.1.2.3/", Some("plain")),
            ("http://[fd00::1]/", None),
            ("https://port.test:8443/", None),
            ("https://port.test/", Some("all")),
            ("http://localhost:11434/", None),
            ("http://127.0.0.1/", None),
            ("http://[::1]/", None),
        ] {
            assert_eq!(of(url), proxy, "{url}");
        }
        assert!(Proxies::new(&Network::default()).is_empty());
    }
}
