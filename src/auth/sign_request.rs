//! Signing with a key that the process does not hold.

use std::fmt;

use async_trait::async_trait;
use http::{HeaderValue, request::Parts};
use time::OffsetDateTime;

use super::{
    Payload, SignError,
    signer::{HMAC_SHA256, Prepared, Scheme},
};
use crate::types::Secret;

/// The algorithm of a request signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SigningAlgorithm {
    /// `SDK-HMAC-SHA256`, the default of the official SDKs.
    HmacSha256,
    /// `SDK-HMAC-SM3`, with the hash function of the Chinese standard GB/T 32905.
    #[cfg(feature = "sm3")]
    HmacSm3,
}

#[cfg(feature = "sm3")]
static X_SDK_CONTENT_SM3: http::HeaderName = http::HeaderName::from_static("x-sdk-content-sm3");

#[cfg(feature = "sm3")]
static HMAC_SM3: Scheme = Scheme {
    algorithm: "SDK-HMAC-SM3",
    hash: |bytes| <sm3::Sm3 as sha2::Digest>::digest(bytes).into(),
    content_header: &X_SDK_CONTENT_SM3,
    mac: |key, text| {
        use hmac::{KeyInit as _, Mac as _};
        let mut mac = hmac::Hmac::<sm3::Sm3>::new_from_slice(key).ok()?;
        mac.update(text);
        Some(mac.finalize().into_bytes().into())
    },
};

/// The algorithms whose signatures can be checked.
pub(super) static SCHEMES: &[&Scheme] = &[
    &HMAC_SHA256,
    #[cfg(feature = "sm3")]
    &HMAC_SM3,
];

impl SigningAlgorithm {
    fn scheme(self) -> &'static Scheme {
        match self {
            Self::HmacSha256 => &HMAC_SHA256,
            #[cfg(feature = "sm3")]
            Self::HmacSm3 => &HMAC_SM3,
        }
    }
}

/// Computes request signatures, for instance in an HSM or a key service, so that the secret key never enters the
/// process. [`Credentials::signer`](super::Credentials::signer) makes credentials of it.
///
/// The crate builds the canonical request and the text to sign; an implementation computes one keyed hash.
///
/// ```
/// use huaweicloud_partner::auth::{Credentials, SignRequest, SignRequestError};
///
/// #[derive(Debug)]
/// struct KeyService;
///
/// #[async_trait::async_trait]
/// impl SignRequest for KeyService {
///     fn access_key_id(&self) -> &str {
///         "AKEXAMPLE"
///     }
///
///     async fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignRequestError> {
///         // Here the key service computes HMAC-SHA256 of the text.
///         # let _ = text;
///         Ok(vec![0; 32])
///     }
/// }
///
/// let credentials = Credentials::signer(KeyService);
/// ```
#[async_trait]
pub trait SignRequest: fmt::Debug + Send + Sync {
    /// The id of the access key, which every request shows.
    fn access_key_id(&self) -> &str;

    /// The security token that goes with temporary keys.
    fn security_token(&self) -> Option<&Secret> {
        None
    }

    /// The algorithm of the signature.
    fn algorithm(&self) -> SigningAlgorithm {
        SigningAlgorithm::HmacSha256
    }

    /// Computes the keyed hash of a text with the secret key, as raw bytes.
    ///
    /// # Errors
    /// [`SignRequestError`]; the request is then not sent.
    async fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignRequestError>;
}

/// The error of a [`SignRequest`] that gave no signature.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SignRequestError {
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl SignRequestError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// Signs a request with a [`SignRequest`], as [`sign`](super::sign) does with access keys.
///
/// # Errors
/// Where the request cannot be signed or no signature came. The head is then as it was.
pub(super) async fn sign_with(
    signer: &dyn SignRequest,
    head: &mut Parts,
    body: Payload<'_>,
    at: OffsetDateTime,
) -> Result<(), SignRequestError> {
    let wrong = |error: SignError| SignRequestError::new(error.to_string());
    let id = signer.access_key_id();
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',') {
        return Err(wrong(SignError::KeyId));
    }
    let token = match signer.security_token() {
        None => None,
        Some(token) => {
            let mut token =
                HeaderValue::from_str(token.expose()).map_err(|_| wrong(SignError::SecurityToken))?;
            token.set_sensitive(true);
            Some(token)
        }
    };
    let scheme = signer.algorithm().scheme();
    let beginning = format!("{} Access={id}, SignedHeaders=", scheme.algorithm);
    let mut prepared =
        Prepared::new(head, body, at, None, beginning.as_bytes(), token.as_ref(), scheme).map_err(wrong)?;
    let signature = signer.sign(&prepared.string_to_sign(scheme)).await?;
    prepared.apply(head, hex::encode(signature).as_bytes(), token.as_ref()).map_err(wrong)
}

/// A [`SignRequest`] over access keys held in memory, for algorithms other than the default.
#[cfg(feature = "sm3")]
#[derive(Debug)]
pub struct Sm3Signer(super::AccessKeys);

#[cfg(feature = "sm3")]
impl Sm3Signer {
    /// Signs with these keys by `SDK-HMAC-SM3`.
    pub fn new(keys: super::AccessKeys) -> Self {
        Self(keys)
    }
}

#[cfg(feature = "sm3")]
#[async_trait]
impl SignRequest for Sm3Signer {
    fn access_key_id(&self) -> &str {
        &self.0.id
    }

    fn security_token(&self) -> Option<&Secret> {
        self.0.security_token.as_ref()
    }

    fn algorithm(&self) -> SigningAlgorithm {
        SigningAlgorithm::HmacSm3
    }

    async fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignRequestError> {
        let secret = self.0.secret.expose().as_bytes();
        if secret.is_empty() {
            return Err(SignRequestError::new(SignError::EmptySecret.to_string()));
        }
        let signature = (HMAC_SM3.mac)(secret, text)
            .ok_or_else(|| SignRequestError::new("the secret access key cannot be used"))?;
        Ok(signature.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{AccessKeys, Credentials, sign, testing::now};

    #[derive(Debug)]
    struct Remote(AccessKeys, bool);

    #[async_trait]
    impl SignRequest for Remote {
        fn access_key_id(&self) -> &str {
            &self.0.id
        }

        fn security_token(&self) -> Option<&Secret> {
            self.0.security_token.as_ref()
        }

        async fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignRequestError> {
            use hmac::{KeyInit as _, Mac as _};
            if !self.1 {
                return Err(SignRequestError::new("the key service is down"));
            }
            let mut mac =
                hmac::Hmac::<sha2::Sha256>::new_from_slice(self.0.secret.expose().as_bytes()).unwrap();
            mac.update(text);
            Ok(mac.finalize().into_bytes().to_vec())
        }
    }

    fn head() -> Parts {
        let request = http::Request::post("https://bss.myhuaweicloud.com/v2/x?b=2&a=1")
            .header("content-type", "application/json")
            .header("x-language", "en_us");
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_remote_signature_equals_that_of_the_same_keys_in_memory() {
        for security_token in [None, Some(Secret::from("token"))] {
            let keys = AccessKeys { id: "AK".into(), secret: "SK".into(), security_token };
            let (mut local, mut remote) = (head(), head());
            let at = OffsetDateTime::from_unix_timestamp(1_777_622_701).unwrap();
            sign(&mut local, &b"{}"[..], &keys, at).unwrap();
            let credentials = Credentials::signer(Remote(keys, true));
            now(credentials.prove(&mut remote, &b"{}"[..], at)).unwrap();
            assert_eq!((local.uri, local.headers), (remote.uri, remote.headers));
        }
    }

    #[test]
    fn a_signer_that_fails_leaves_the_request_as_it_was() {
        let keys = AccessKeys { id: "AK".into(), secret: "SK".into(), security_token: None };
        let mut head_ = head();
        let credentials = Credentials::signer(Remote(keys, false));
        let error = now(credentials.prove(&mut head_, &b"{}"[..], OffsetDateTime::UNIX_EPOCH)).unwrap_err();
        assert_eq!(error.to_string(), "the key service is down");
        assert_eq!(head_.headers, head().headers);
        assert_eq!(
            credentials.authorize(&mut head_, &b"{}"[..], OffsetDateTime::UNIX_EPOCH),
            Err(SignError::Remote)
        );
    }

    /// The hash: GB/T 32905-2016, appendix A. The keyed hash: GM/T 0042-2015, appendix D.3.
    #[cfg(feature = "sm3")]
    #[test]
    fn sm3_and_hmac_sm3_give_the_values_of_the_standards() {
        let hash = |text: &[u8]| hex::encode((HMAC_SM3.hash)(text));
        assert_eq!(hash(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        assert_eq!(
            hash(&b"abcd".repeat(16)),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
        let letters = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".repeat(2);
        for (key, text, expected) in [
            (
                (1..=0x20).collect(),
                letters,
                "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
            ),
            (
                (1..=0x25).collect::<Vec<u8>>(),
                vec![0xcd; 50],
                "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae",
            ),
            (
                vec![0x0b; 32],
                b"Hi There".to_vec(),
                "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882",
            ),
        ] {
            assert_eq!(hex::encode((HMAC_SM3.mac)(&key, &text).unwrap()), expected);
            let keys = AccessKeys {
                id: "AK".into(),
                secret: String::from_utf8(key.clone()).unwrap().into(),
                security_token: None,
            };
            assert_eq!(hex::encode(now(Sm3Signer::new(keys).sign(&text)).unwrap()), expected);
        }
    }

    #[cfg(feature = "sm3")]
    #[test]
    fn the_sm3_signature_has_its_own_prefix_and_the_documented_hash_of_an_empty_body() {
        let hash = (HMAC_SM3.hash)(b"");
        assert_eq!(hex::encode(hash), "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
        let keys = AccessKeys { id: "AK".into(), secret: "SK".into(), security_token: None };
        let mut head = head();
        let credentials = Credentials::signer(Sm3Signer::new(keys));
        now(credentials.prove(&mut head, &b""[..], OffsetDateTime::UNIX_EPOCH)).unwrap();
        let authorization = head.headers["authorization"].to_str().unwrap();
        assert!(authorization.starts_with("SDK-HMAC-SM3 Access=AK, SignedHeaders=content-type;host;"));
        assert_eq!(authorization.rsplit_once("Signature=").unwrap().1.len(), 64);
    }
}
