//! Credentials that are read once and are kept until the service refuses them.

use std::sync::{Mutex, PoisonError};

use super::{Credentials, CredentialsError};

#[derive(Debug, Default)]
pub(super) struct ReadOnce(Mutex<Option<Credentials>>);

impl ReadOnce {
    /// Returns the cached value, or reads it; failures are not cached.
    pub(super) fn or_read(
        &self,
        read: impl FnOnce() -> Result<Credentials, CredentialsError>,
    ) -> Result<Credentials, CredentialsError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(credentials) = &*known {
            return Ok(credentials.clone());
        }
        Ok(known.insert(read()?).clone())
    }

    /// Forgets these credentials, and no others that have come since.
    pub(super) fn invalidate(&self, credentials: &Credentials) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_some_and(|known| known.proves_the_same(credentials)) {
            *known = None;
        }
    }
}
