//! Web UI hand-over: a customer moves from the partner's platform to Huawei Cloud without a second login.
//!
//! The steps, with the type for each:
//!
//! 1. The platform shows the customer a [`LoginLink`].
//! 2. Huawei Cloud redirects the browser to the platform's single-sign-on address with a signed request:
//!    [`AuthnRequest::from_query`] verifies and reads it.
//! 3. The platform logs the customer in and lets the browser post a signed response to Huawei Cloud:
//!    [`SamlResponse`] builds it.
//! 4. After a first login, Huawei Cloud posts to the platform's callback which account the customer was bound to:
//!    [`BindingNotification::from_form`] verifies and reads it.
//!
//! Huawei's certificate comes from its metadata file: [`ServiceMetadata::parse`]. Everything here computes; nothing is
//! sent. Signatures are RSA with SHA-256.
//!
//! ```
//! use huaweicloud_partner::{types::Site, webui::LoginLink};
//!
//! let link = LoginLink::new(Site::China, "example_IDP")?
//!     .first_login(true)
//!     .service("https://console.huaweicloud.com/iam/");
//! assert_eq!(
//!     link.to_string(),
//!     "https://auth.huaweicloud.com/authui/saml/login?xAccountType=example_IDP&isFirstLogin=true\
//!      &service=https%3A%2F%2Fconsole.huaweicloud.com%2Fiam%2F"
//! );
//! # Ok::<(), huaweicloud_partner::webui::WebUiError>(())
//! ```
//!
//! # What is not documented
//! Huawei publishes the exchange in outline. Inferred are: the bytes that the signature of a binding notification
//! covers (both plausible readings are accepted, and [`BindingNotification::signed_form`] says which matched), that the
//! assertion rather than the response is signed, and which attributes the response must hold. Not found are the address
//! for the European site and the response that the callback should send. Sources: api-bpconsole/jac_00001,
//! devg-bpconsole/access_00001 and access_00011, appendix_00002.

mod binding;
mod login;
mod metadata;
mod request;
mod response;
mod signature;
mod xml;

pub use binding::{BindingNotification, SignedForm};
pub use login::LoginLink;
pub use metadata::{AssertionConsumer, ServiceMetadata};
pub use request::AuthnRequest;
pub use response::{SamlAttributes, SamlResponse, SignedSamlResponse};
pub use signature::{SigningKey, Verifier};

/// The error of a step of the hand-over. Its message holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebUiError {
    /// No login address is documented for this site.
    #[error("no login address is documented for the {0} site: set one with with_endpoint")]
    NoAddress(crate::types::Site),
    /// A text is not the address that it must be.
    #[error("{0} is not an https address")]
    NotAnAddress(&'static str),
    /// A parameter is missing, or there more than once.
    #[error("the parameter {0} is missing or given more than once")]
    Parameter(&'static str),
    /// A parameter does not decode.
    #[error("{0} cannot be decoded: {1}")]
    Encoding(&'static str, &'static str),
    /// The signature algorithm is not RSA with SHA-256.
    #[error("the signature algorithm is not RSA with SHA-256")]
    Algorithm,
    /// The signature does not fit any of the certificates.
    #[error("the signature does not match any certificate")]
    Signature,
    /// A certificate or key cannot be read.
    #[error("the {0} cannot be read")]
    Key(&'static str),
    /// The XML is malformed, holds a document type, or is not what is expected.
    #[error("the XML is not acceptable: {0}")]
    Xml(&'static str),
    /// The document lacks something that is needed.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The request is older or newer than allowed.
    #[error("the request was issued at another time than now")]
    NotCurrent,
    /// The operating system gave no random numbers.
    #[error("the operating system provided no random numbers")]
    Random,
}

#[cfg(test)]
mod tests;
