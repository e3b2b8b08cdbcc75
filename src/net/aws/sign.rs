//! AWS Signature Version 4.

use std::borrow::Cow;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign as sign_request,
};
use aws_sigv4::sign::v4;

use crate::ai::codec::HttpRequest;
use crate::ai::{Failure, FailureKind};

const SERVICE: &str = "bedrock";
/// Counts attempts, all of which go out under one signature.
const ATTEMPT: &str = "amz-sdk-request";

/// Signs a request for a region. Nothing that is signed may change afterwards.
pub(super) fn sign(
    request: &mut HttpRequest,
    region: &str,
    credentials: Credentials,
    now: SystemTime,
) -> Result<(), Failure> {
    let invalid = |error: String| {
        Failure::new(FailureKind::InvalidRequest, format!("Cannot sign the request: {error}"))
    };
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings.excluded_headers.get_or_insert_default().push(Cow::Borrowed(ATTEMPT));
    let identity = credentials.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(SERVICE)
        .time(now)
        .settings(settings)
        .build()
        .map_err(|error| invalid(error.to_string()))?
        .into();
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = SignableBody::Bytes(request.body.as_bytes());
    let signed = SignableRequest::new("POST", request.url.as_str(), headers, body)
        .and_then(|signable| sign_request(signable, &params))
        .map_err(|error| invalid(error.to_string()))?;
    let (instructions, _) = signed.into_parts();
    let added = instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
    request.headers.extend(added);
    Ok(())
}
