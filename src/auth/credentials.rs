//! Keys and tokens.

use std::{
    borrow::Cow,
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, OnceLock},
};

use http::{HeaderName, HeaderValue, header::AUTHORIZATION, request::Parts};
use time::OffsetDateTime;

use super::{
    AccessKeys, Payload, SignError, SignRequest, SignRequestError, Signer,
    canonical::{X_SDK_CONTENT_SHA256, X_SDK_DATE, X_SECURITY_TOKEN},
    sign_request::sign_with,
};
use crate::types::{IdentityKind, Secret, UtcTime};

static X_AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");
static X_DOMAIN_ID: HeaderName = HeaderName::from_static("x-domain-id");

/// Credentials of a call: keys or a token, and what is known about their owner. Cheap to clone.
#[derive(Clone)]
pub struct Credentials(Arc<Held>);

#[derive(Clone)]
struct Held {
    authorization: Authorization,
    /// Made when first needed, shared by all that came from the same keys.
    signer: Arc<OnceLock<Result<Signer, SignError>>>,
    domain_id: Option<String>,
    kind: Option<IdentityKind>,
    expires_at: Option<UtcTime>,
}

/// The ways to authenticate a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Authorization {
    /// Every request is signed with access keys.
    Keys(AccessKeys),
    /// Every request carries an IAM token.
    Token(Secret),
    /// Every request is signed elsewhere, for instance in an HSM.
    Signer(Arc<dyn SignRequest>),
}

impl Credentials {
    /// Permanent access keys.
    pub fn keys(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self::of(Authorization::Keys(AccessKeys {
            id: id.into(),
            secret: secret.into(),
            security_token: None,
        }))
    }

    /// Temporary access keys with their security token.
    pub fn temporary_keys(
        id: impl Into<String>,
        secret: impl Into<Secret>,
        security_token: impl Into<Secret>,
    ) -> Self {
        let security_token = Some(security_token.into());
        Self::of(Authorization::Keys(AccessKeys { id: id.into(), secret: secret.into(), security_token }))
    }

    /// An IAM token.
    pub fn token(token: impl Into<Secret>) -> Self {
        Self::of(Authorization::Token(token.into()))
    }

    /// Signatures that are computed elsewhere, for instance in an HSM or a key service.
    pub fn signer(signer: impl SignRequest + 'static) -> Self {
        Self::of(Authorization::Signer(Arc::new(signer)))
    }

    /// Keys as a file or the environment has them: temporary where a token goes with them.
    pub(super) fn of_keys(
        id: impl Into<String>,
        secret: impl Into<Secret>,
        security_token: Option<Secret>,
        domain_id: Option<String>,
    ) -> Self {
        let (id, secret) = (id.into(), secret.into());
        Self::of(Authorization::Keys(AccessKeys { id, secret, security_token }))
            .change(|held| held.domain_id = domain_id)
    }

    fn of(authorization: Authorization) -> Self {
        Self(Arc::new(Held {
            authorization,
            signer: Arc::default(),
            domain_id: None,
            kind: None,
            expires_at: None,
        }))
    }

    fn change(mut self, change: impl FnOnce(&mut Held)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Adds the account id, which is then sent as `X-Domain-Id` with signed calls.
    #[must_use]
    pub fn with_domain_id(self, id: impl Into<String>) -> Self {
        self.change(|held| held.domain_id = Some(id.into()))
    }

    /// Adds the kind of account.
    #[must_use]
    pub fn with_kind(self, kind: IdentityKind) -> Self {
        self.change(|held| held.kind = Some(kind))
    }

    /// Adds the instant from which these credentials are not accepted any more.
    #[must_use]
    pub fn with_expiry(self, at: UtcTime) -> Self {
        self.change(|held| held.expires_at = Some(at))
    }

    /// Authenticates a request for an instant that should be the service's time: signs it with keys, as
    /// [`sign`](super::sign) does and with `X-Domain-Id` where the account id is known, or adds a token as
    /// `X-Auth-Token`. What other credentials left on the request is replaced.
    ///
    /// # Errors
    /// [`SignError`]; the request is then not to be sent. [`SignError::Remote`] for a [`SignRequest`], which
    /// [`prove`](Self::prove) waits for.
    pub fn authorize<'a>(
        &self,
        head: &mut Parts,
        body: impl Into<Payload<'a>>,
        at: OffsetDateTime,
    ) -> Result<(), SignError> {
        match self.authorization() {
            Authorization::Keys(keys) => {
                let signer =
                    self.0.signer.get_or_init(|| Signer::new(keys)).as_ref().map_err(|error| *error)?;
                self.name_account(head)?;
                signer.sign(head, body, at)
            }
            Authorization::Signer(_) => Err(SignError::Remote),
            Authorization::Token(token) => {
                if token.is_empty() {
                    return Err(SignError::Token);
                }
                let mut token = HeaderValue::from_str(token.expose()).map_err(|_| SignError::Token)?;
                token.set_sensitive(true);
                for name in [&AUTHORIZATION, &X_SDK_DATE, &X_SDK_CONTENT_SHA256, &X_SECURITY_TOKEN] {
                    head.headers.remove(name);
                }
                head.headers.try_insert(&X_AUTH_TOKEN, token).map_err(|_| SignError::TooLarge)?;
                Ok(())
            }
        }
    }

    /// Authenticates a request as [`authorize`](Self::authorize) does, and waits for a [`SignRequest`] where the
    /// credentials are one.
    ///
    /// # Errors
    /// [`SignRequestError`]; the request is then not to be sent.
    pub async fn prove<'a>(
        &self,
        head: &mut Parts,
        body: impl Into<Payload<'a>>,
        at: OffsetDateTime,
    ) -> Result<(), SignRequestError> {
        let wrong = |error: SignError| SignRequestError::new(error.to_string()).caused_by(error);
        match self.authorization() {
            Authorization::Signer(signer) => {
                let body = body.into();
                self.name_account(head).map_err(wrong)?;
                sign_with(&**signer, head, body, at).await
            }
            _ => self.authorize(head, body, at).map_err(wrong),
        }
    }

    /// Names the account, where it is known, on a request that is about to be signed.
    fn name_account(&self, head: &mut Parts) -> Result<(), SignError> {
        head.headers.remove(&X_AUTH_TOKEN);
        if let Some(id) = self.domain_id() {
            let id = HeaderValue::from_str(id).map_err(|_| SignError::DomainId)?;
            head.headers.try_insert(&X_DOMAIN_ID, id).map_err(|_| SignError::TooLarge)?;
        }
        Ok(())
    }

    /// The way in which requests are authenticated.
    pub fn authorization(&self) -> &Authorization {
        &self.0.authorization
    }

    /// The account id, where it is known.
    pub fn domain_id(&self) -> Option<&str> {
        self.0.domain_id.as_deref()
    }

    /// The kind of account, where it is known.
    pub fn kind(&self) -> Option<IdentityKind> {
        self.0.kind
    }

    /// Returns the expiry time, if it is known.
    pub fn expires_at(&self) -> Option<UtcTime> {
        self.0.expires_at
    }

    /// Whether a request made with either would carry the same proof, whatever else is known about them.
    pub(crate) fn proves_the_same(&self, other: &Self) -> bool {
        match (self.authorization(), other.authorization()) {
            (Authorization::Keys(one), Authorization::Keys(other)) => {
                (&one.id, &one.secret, &one.security_token)
                    == (&other.id, &other.secret, &other.security_token)
            }
            (Authorization::Token(one), Authorization::Token(other)) => one == other,
            (Authorization::Signer(one), Authorization::Signer(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// The key id, or for tokens a name made from a hash: distinguishes identities without showing a secret.
    pub fn name(&self) -> Cow<'_, str> {
        match self.authorization() {
            Authorization::Keys(keys) => keys.id.as_str().into(),
            Authorization::Signer(signer) => signer.access_key_id().into(),
            Authorization::Token(token) => {
                let mut hasher = DefaultHasher::new();
                token.expose().hash(&mut hasher);
                format!("token-{:016x}", hasher.finish()).into()
            }
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("authorization", &self.0.authorization)
            .field("domain_id", &self.0.domain_id)
            .field("kind", &self.0.kind)
            .field("expires_at", &self.0.expires_at)
            .finish()
    }
}
