//! A source that knows what kind of account it speaks for.

use async_trait::async_trait;

use super::{Credentials, CredentialsError, IdentityKind, ProvideCredentials};

/// A source whose credentials carry the kind of their account. Made by [`ProvideCredentials::with_identity_kind`].
#[derive(Clone, Debug)]
pub struct WithIdentityKind<P> {
    source: P,
    kind: IdentityKind,
}

impl<P> WithIdentityKind<P> {
    pub(super) fn new(source: P, kind: IdentityKind) -> Self {
        Self { source, kind }
    }
}

#[async_trait]
impl<P: ProvideCredentials> ProvideCredentials for WithIdentityKind<P> {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(self.source.credentials().await?.with_kind(self.kind))
    }

    fn invalidate(&self, credentials: &Credentials) {
        self.source.invalidate(credentials);
    }
}
