//! Gate by which a journal takes part in a call: after the permit, before the signature.

use std::time::Duration;

use async_trait::async_trait;

use crate::{auth::Credentials, error::Error, types::UtcTime};

/// Opens a send before its first byte leaves.
#[async_trait]
pub(super) trait SendGate: Send + Sync {
    /// Called once a permit of the rate limit is in hand. With an error nothing is sent.
    async fn open(&self, credentials: &Credentials) -> Result<SignedSend, Error>;
}

/// The one send that a gate permits.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignedSend {
    /// The service time that it is signed with, never a newer one.
    pub(super) signed_at: UtcTime,
    /// The local time, as [`Clock::boot_time`](crate::clock::Clock::boot_time) counts it, after which it must not be handed
    /// to the transport.
    pub(super) hand_over_by: Duration,
    /// Time limit of the send from now on; `None` where the call's own deadline counts.
    pub(super) deadline: Option<Duration>,
}
