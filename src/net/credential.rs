//! Credentials that take more than the host's word to get.

use super::{Network, aws, google};
use crate::ai::Failure;
use crate::ai::codec::{Credential, HttpRequest};

/// Gets what a request lacks, over the host's network, and puts it in. Call it last: a signature covers the rest.
pub async fn authorise(request: &mut HttpRequest, network: &Network) -> Result<(), Failure> {
    match std::mem::take(&mut request.credential) {
        Credential::Sent => Ok(()),
        Credential::Google(env) => google::authorise(request, &env, network).await,
        Credential::Aws(needs) => aws::authorise(request, &needs, network).await,
    }
}
