//! Credentials that were read once and are kept until the service refuses them.

use std::sync::{Mutex, PoisonError};

use super::{Credentials, CredentialsError};

#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Option<Credentials>>);

impl Kept {
    /// Returns the cached value, or reads it; failures are not cached. Failures are not kept.
    pub(super) fn or_read(
        &self,
        read: impl FnOnce() -> Result<Credentials, CredentialsError>,
    ) -> Result<Credentials, CredentialsError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(credentials) = &*kept {
            return Ok(credentials.clone());
        }
        Ok(kept.insert(read()?).clone())
    }

    /// Forgets these credentials, and no others that have come since.
    pub(super) fn invalidate(&self, credentials: &Credentials) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|kept| kept.proves_the_same(credentials)) {
            *kept = None;
        }
    }
}
