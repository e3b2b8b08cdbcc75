//! What a request to AWS still lacks: the region, and a signature or token. Credentials come from wherever AWS's own
//! clients look for them, read from the environment that the host saw at the call.

mod connector;
mod credentials;
mod files;
mod sign;

use std::time::SystemTime;

use super::Network;
use crate::ai::codec::{Aws, HttpRequest, Proof};
use crate::ai::{Failure, FailureKind};
use aws_credential_types::Credentials;

/// Completes a request: its address, and the headers that say who asks.
pub(super) async fn authorise(
    request: &mut HttpRequest,
    aws: &Aws,
    network: &Network,
) -> Result<(), Failure> {
    let region = match &aws.region {
        Some(region) => region.clone(),
        None => files::region(aws).await.ok_or_else(|| lacking("Region is missing"))?,
    };
    request.url = aws.url(&region)?;
    let invocation = uuid(fastrand::u128(..));
    request.headers.push(("amz-sdk-invocation-id".to_owned(), invocation));
    let credentials = match &aws.proof {
        Proof::Token(token) => {
            request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
            return Ok(());
        }
        Proof::Key(id, secret) => Credentials::new(id, secret, None, None, "host"),
        Proof::Found => credentials::find(aws, &region, network).await?,
    };
    sign::sign(request, &region, credentials, SystemTime::now())
}

fn lacking(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Auth, message)
}

/// A random UUID of 128 random bits.
fn uuid(bits: u128) -> String {
    let bits = bits & !(0xF << 76) & !(0b11 << 62) | (0x4 << 76) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

#[cfg(test)]
mod tests;
