//! The transports and the clock of credential sources.

use std::sync::Arc;

#[cfg(feature = "reqwest")]
use super::CredentialsError;
use crate::{clock::Clock, transport::Transport};

/// The transports and the clock that sources use to fetch credentials.
#[derive(Clone, Debug)]
pub struct Network {
    /// Reaches IAM and STS.
    pub remote: Arc<dyn Transport>,
    /// Reaches the metadata service and the pod agent: without a proxy, with plain http allowed.
    pub local: Arc<dyn Transport>,
    /// Dates requests and renewals.
    pub clock: Arc<dyn Clock>,
}

/// The network of this process: without a proxy for what is local.
#[cfg(feature = "reqwest")]
pub(super) fn default_network() -> Result<Network, CredentialsError> {
    use crate::transport::HttpTransport;
    let failed = |error| CredentialsError::new("the HTTP transport cannot be created").caused_by(error);
    let remote = HttpTransport::new().map_err(failed)?;
    let local = HttpTransport::builder().no_proxy().allow_plain_http().build().map_err(failed)?;
    Ok(Network {
        remote: Arc::new(remote),
        local: Arc::new(local),
        clock: Arc::new(crate::clock::SystemClock::default()),
    })
}
