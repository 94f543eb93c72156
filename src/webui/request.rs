//! The request of Huawei Cloud to log a customer in.

use std::{io::Read as _, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::read::DeflateDecoder;
use percent_encoding::percent_decode_str;

use super::{Verifier, WebUiError, signature::RSA_SHA256, xml};
use crate::types::UtcTime;

/// The largest request that is inflated.
const LARGEST: u64 = 64 * 1024;

/// A request of Huawei Cloud to log a customer in (SAML 2 `AuthnRequest`, redirect binding).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthnRequest {
    /// The id of the request, which the response repeats. Accept each id once.
    pub id: String,
    /// Time at which the request was issued.
    pub issue_instant: UtcTime,
    /// The entity ID of Huawei Cloud.
    pub issuer: String,
    /// The platform's single-sign-on address to which the request was sent.
    pub destination: Option<String>,
    /// The address to which the response is to be posted. Compare it with [`ServiceMetadata`](super::ServiceMetadata).
    pub assertion_consumer_service_url: Option<String>,
    /// The way in which the response is to be sent.
    pub protocol_binding: Option<String>,
    /// Whether the customer is to log in again although logged in already.
    pub force_authn: bool,
    /// Whether the platform must not show anything to the customer.
    pub is_passive: bool,
    /// The form of the name in the response.
    pub name_id_format: Option<String>,
    /// The service in whose context the name is valid.
    pub sp_name_qualifier: Option<String>,
    /// The text to be sent back beside the response.
    pub relay_state: Option<String>,
}

crate::__debug_by_shape! {
    AuthnRequest {
        id, issue_instant, issuer, destination, assertion_consumer_service_url, protocol_binding,
        force_authn, is_passive, name_id_format, sp_name_qualifier, relay_state
    }
}

impl AuthnRequest {
    /// Reads and verifies the query of the request as it came, still percent-encoded, without the question mark.
    ///
    /// The signature covers `SAMLRequest`, `RelayState` (where it is sent) and `SigAlg` in the form in which they were
    /// sent. The caller checks [`is_current`](Self::is_current) and that the id was not used before.
    ///
    /// # Errors
    /// Where a parameter is missing or doubled, the signature does not match, or the request cannot be read.
    pub fn from_query(query: &str, verifier: &Verifier) -> Result<Self, WebUiError> {
        let request = parameter(query, "SAMLRequest")?.ok_or(WebUiError::Parameter("SAMLRequest"))?;
        let relay_state = parameter(query, "RelayState")?;
        let algorithm = parameter(query, "SigAlg")?.ok_or(WebUiError::Parameter("SigAlg"))?;
        let signature = parameter(query, "Signature")?.ok_or(WebUiError::Parameter("Signature"))?;
        if decoded(algorithm, "SigAlg")? != RSA_SHA256 {
            return Err(WebUiError::Algorithm);
        }
        let signed = match relay_state {
            Some(state) => format!("SAMLRequest={request}&RelayState={state}&SigAlg={algorithm}"),
            None => format!("SAMLRequest={request}&SigAlg={algorithm}"),
        };
        verifier.verify(signed.as_bytes(), &decoded(signature, "Signature")?)?;
        let mut read = Self::decode(&decoded(request, "SAMLRequest")?)?;
        read.relay_state = relay_state.map(|state| decoded(state, "RelayState")).transpose()?;
        Ok(read)
    }

    /// Reads a request in Base64 without verifying anything, for instance to log an unexpected one.
    ///
    /// # Errors
    /// Where it is not a deflated `AuthnRequest`.
    pub fn decode(saml_request: &str) -> Result<Self, WebUiError> {
        let wrong = |what| WebUiError::Encoding("SAMLRequest", what);
        let compact: String = saml_request.split_ascii_whitespace().collect();
        let deflated = BASE64_STANDARD.decode(compact).map_err(|_| wrong("not Base64"))?;
        let mut xml = String::new();
        let mut inflating = DeflateDecoder::new(&*deflated).take(LARGEST + 1);
        inflating.read_to_string(&mut xml).map_err(|_| wrong("not deflated text"))?;
        if xml.len() as u64 > LARGEST {
            return Err(wrong("larger than 64 KiB"));
        }
        Self::parse(&xml)
    }

    fn parse(xml: &str) -> Result<Self, WebUiError> {
        let elements = xml::elements(xml)?;
        let root = elements.first().filter(|root| root.name == "AuthnRequest");
        let root = root.ok_or(WebUiError::Xml("not an AuthnRequest"))?;
        let text = |name| root.attribute(name).map(str::to_owned);
        let flag = |name| root.attribute(name).is_some_and(|value| matches!(value.trim(), "true" | "1"));
        let child =
            |name: &str| elements.iter().find(|element| element.name == name && element.path.len() == 1);
        let policy = child("NameIDPolicy");
        Ok(Self {
            id: text("ID").filter(|id| !id.is_empty()).ok_or(WebUiError::Missing("the ID"))?,
            issue_instant: text("IssueInstant")
                .and_then(|instant| instant.parse().ok())
                .ok_or(WebUiError::Missing("a readable IssueInstant"))?,
            issuer: child("Issuer")
                .map(|issuer| issuer.text.trim().to_owned())
                .filter(|issuer| !issuer.is_empty())
                .ok_or(WebUiError::Missing("the issuer"))?,
            destination: text("Destination"),
            assertion_consumer_service_url: text("AssertionConsumerServiceURL"),
            protocol_binding: text("ProtocolBinding"),
            force_authn: flag("ForceAuthn"),
            is_passive: flag("IsPassive"),
            name_id_format: policy.and_then(|policy| policy.attribute("Format")).map(str::to_owned),
            sp_name_qualifier: policy
                .and_then(|policy| policy.attribute("SPNameQualifier"))
                .map(str::to_owned),
            relay_state: None,
        })
    }

    /// Whether the request was issued at most `tolerance` before or after `now`. Five minutes are usual.
    pub fn is_current(&self, now: UtcTime, tolerance: Duration) -> bool {
        (now.instant() - self.issue_instant.instant()).unsigned_abs() <= tolerance
    }
}

/// The value of a parameter of a query or form as it was sent.
///
/// # Errors
/// Where it is given more than once: the signature could cover one and the reader see the other.
pub(super) fn parameter<'q>(query: &'q str, name: &'static str) -> Result<Option<&'q str>, WebUiError> {
    let mut values = query.split('&').filter_map(|pair| {
        let (own, value) = pair.split_once('=').unwrap_or((pair, ""));
        (own == name).then_some(value)
    });
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(WebUiError::Parameter(name)),
    }
}

/// A percent-encoded value as text. A plus sign stands for itself: Base64 holds some, and spaces are sent as `%20`.
pub(super) fn decoded(value: &str, name: &'static str) -> Result<String, WebUiError> {
    let text = percent_decode_str(value).decode_utf8();
    text.map(std::borrow::Cow::into_owned).map_err(|_| WebUiError::Encoding(name, "not UTF-8"))
}
