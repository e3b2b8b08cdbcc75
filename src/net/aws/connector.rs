//! This library's own connections as AWS's crates take them, for the services that give out credentials.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use tokio::time::timeout;

use crate::net::Network;
use crate::net::client::Use;

const CONNECT: Duration = Duration::from_secs(10);
const READ: Duration = Duration::from_secs(30);

/// Connections over the host's network.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    network: Network,
    limit: Duration,
}

impl Connector {
    pub(super) fn new(network: &Network) -> Self {
        Self { network: network.clone(), limit: CONNECT + READ }
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let io = |error: reqwest::Error| ConnectorError::io(error.into());
        let user = |error: String| ConnectorError::user(error.into());
        let mut network = self.network;
        if request.uri().starts_with("http:") {
            // The metadata services of machines and containers are never behind the host's proxy.
            network = Network { ca_files: network.ca_files, ..Network::default() };
        }
        let client = network.client(Use::Http).map_err(|failure| user(failure.message))?;
        let request = request.try_into_http1x().map_err(|error| user(error.to_string()))?;
        let request = request.map(|body| body.bytes().map(<[u8]>::to_vec).unwrap_or_default());
        let request = reqwest::Request::try_from(request).map_err(|error| user(error.to_string()))?;
        let response = client.execute(request).await.map_err(io)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(io)?;
        let mut answer = HttpResponse::new(status.into(), SdkBody::from(body));
        for (name, value) in &headers {
            if let Ok(value) = value.to_str() {
                answer.headers_mut().append(name.as_str().to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, limit) = (self.clone(), self.limit);
        HttpConnectorFuture::new(async move {
            let late = |late: tokio::time::error::Elapsed| Err(ConnectorError::timeout(late.into()));
            timeout(limit, connector.exchange(request)).await.unwrap_or_else(late)
        })
    }
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let limit = settings.connect_timeout().unwrap_or(CONNECT) + settings.read_timeout().unwrap_or(READ);
        SharedHttpConnector::new(Self { network: self.network.clone(), limit })
    }
}
