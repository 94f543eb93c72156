//! RSA signatures with SHA-256.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rsa::{
    PrivateKey, PublicKey,
    pkcs1::DecodeRsaPrivateKey as _,
    pkcs1v15,
    pkcs8::{DecodePrivateKey as _, DecodePublicKey as _},
    signature::{SignatureEncoding as _, Signer as _, Verifier as _},
};
use sha2::Sha256;
use x509_cert::{
    Certificate,
    der::{Decode as _, DecodePem as _, Encode as _},
};

use super::WebUiError;

pub(super) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
/// A shorter key can be broken.
const SHORTEST_KEY: usize = 2048 / 8;

/// Verifies signatures with the certificates of the other side. During a change of certificates there may be several.
///
/// The certificates are trusted because they come from the metadata file; neither their issuer nor their validity is
/// checked. RSA keys of 2048 bits and more are accepted.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<pkcs1v15::VerifyingKey<Sha256>>,
}

impl Verifier {
    /// A verifier with the key of an X.509 certificate in PEM or DER form.
    ///
    /// # Errors
    /// [`WebUiError::Key`] where the certificate cannot be read or its key is not RSA of 2048 bits or more.
    pub fn new(certificate: impl AsRef<[u8]>) -> Result<Self, WebUiError> {
        let wrong = WebUiError::Key("certificate");
        let bytes = certificate.as_ref();
        let certificate = if bytes.trim_ascii_start().starts_with(b"-----BEGIN") {
            Certificate::from_pem(bytes.trim_ascii())
        } else {
            Certificate::from_der(bytes)
        };
        let certificate = certificate.map_err(|_| wrong.clone())?;
        let info = certificate.tbs_certificate().subject_public_key_info();
        let info = info.to_der().map_err(|_| wrong.clone())?;
        let key = PublicKey::from_public_key_der(&info).map_err(|_| wrong.clone())?;
        if rsa::traits::PublicKeyParts::size(&key) < SHORTEST_KEY {
            return Err(wrong);
        }
        Ok(Self { keys: vec![pkcs1v15::VerifyingKey::new(key)] })
    }

    /// Also accepts the signatures that `other` accepts.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.keys.extend(other.keys);
        self
    }

    /// Verifies a signature in Base64 over these bytes.
    ///
    /// The functions of this module verify what they read by themselves. This method is for what they do not know, such as
    /// a parameter that Huawei Cloud adds.
    ///
    /// # Errors
    /// [`WebUiError::Signature`] where it fits none of the keys.
    pub fn verify(&self, bytes: &[u8], signature: &str) -> Result<(), WebUiError> {
        let compact: String = signature.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let raw = BASE64_STANDARD.decode(compact).map_err(|_| WebUiError::Signature)?;
        let signature = pkcs1v15::Signature::try_from(raw.as_slice()).map_err(|_| WebUiError::Signature)?;
        let fits = self.keys.iter().any(|key| key.verify(bytes, &signature).is_ok());
        if fits { Ok(()) } else { Err(WebUiError::Signature) }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("keys", &self.keys.len()).finish()
    }
}

/// The partner's private key with the certificate that its metadata file shows.
pub struct SigningKey {
    key: pkcs1v15::SigningKey<Sha256>,
    /// The certificate in DER form, in Base64.
    pub(super) certificate: String,
}

impl SigningKey {
    /// A key in PEM form (PKCS #8 or PKCS #1, not encrypted) and its certificate in PEM or DER form.
    ///
    /// # Errors
    /// [`WebUiError::Key`] where one cannot be read or they do not belong together.
    pub fn new(private_key_pem: &str, certificate: impl AsRef<[u8]>) -> Result<Self, WebUiError> {
        let wrong = WebUiError::Key("private key");
        let key = PrivateKey::from_pkcs8_pem(private_key_pem)
            .or_else(|_| PrivateKey::from_pkcs1_pem(private_key_pem))
            .map_err(|_| wrong.clone())?;
        let bytes = certificate.as_ref();
        let parsed = if bytes.trim_ascii_start().starts_with(b"-----BEGIN") {
            Certificate::from_pem(bytes.trim_ascii())
        } else {
            Certificate::from_der(bytes)
        };
        let der = parsed
            .and_then(|certificate| certificate.to_der())
            .map_err(|_| WebUiError::Key("certificate"))?;
        let pair = Self { key: pkcs1v15::SigningKey::new(key), certificate: BASE64_STANDARD.encode(&der) };
        let proof = pair.sign(b"the pair is checked");
        match Verifier::new(&der)?.verify(b"the pair is checked", &proof) {
            Ok(()) => Ok(pair),
            Err(_) => {
                Err(WebUiError::Key("pair of private key and certificate, which do not belong together,"))
            }
        }
    }

    /// Signs these bytes and gives the signature in Base64.
    ///
    /// [`SamlResponse::sign`](super::SamlResponse::sign) signs responses. This method is for a platform that builds
    /// responses of another form.
    pub fn sign(&self, bytes: &[u8]) -> String {
        BASE64_STANDARD.encode(self.key.sign(bytes).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}
