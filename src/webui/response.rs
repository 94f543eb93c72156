//! The response that names the customer who has logged in.

use std::{fmt, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

use super::{AuthnRequest, SigningKey, WebUiError, signature::RSA_SHA256, xml};
use crate::types::{Personal, UtcTime};

const CONFIRMATION: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const URI_NAMES: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
const C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ASSERTION_NS: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const PROTOCOL_NS: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const SIGNATURE_NS: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Attributes of the customer in the response. The names of the attributes are `xUserId`, `xAccountId`, `bpId`, `name`,
/// `email` and `mobile`; which of them are required is documented in part only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlAttributes {
    user_id: Personal,
    account_id: Personal,
    partner_id: Option<String>,
    name: Option<Personal>,
    email: Option<Personal>,
    mobile: Option<Personal>,
}

impl SamlAttributes {
    /// The customer's user id and account id on the platform. The account id must equal the `xAccountId` that the
    /// customer was created with.
    pub fn new(user_id: impl Into<Personal>, account_id: impl Into<Personal>) -> Self {
        Self {
            user_id: user_id.into(),
            account_id: account_id.into(),
            partner_id: None,
            name: None,
            email: None,
            mobile: None,
        }
    }

    /// Sets the partner's account id (`bpId`).
    #[must_use]
    pub fn partner_id(mut self, id: impl Into<String>) -> Self {
        self.partner_id = Some(id.into());
        self
    }

    /// Sets the customer's name, which must equal the `domain_name` that the customer was created with.
    #[must_use]
    pub fn name(mut self, name: impl Into<Personal>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the customer's e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<Personal>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets the customer's mobile number as country code, hyphen and number, such as `0086-13800000000`.
    #[must_use]
    pub fn mobile(mut self, mobile: impl Into<Personal>) -> Self {
        self.mobile = Some(mobile.into());
        self
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("xUserId", Some(self.user_id.expose())),
            ("xAccountId", Some(self.account_id.expose())),
            ("bpId", self.partner_id.as_deref()),
            ("name", self.name.as_ref().map(Personal::expose)),
            ("email", self.email.as_ref().map(Personal::expose)),
            ("mobile", self.mobile.as_ref().map(Personal::expose)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// A response to an [`AuthnRequest`], to be signed and posted by the browser.
///
/// The assertion is signed (enveloped signature, exclusive canonical XML, RSA with SHA-256). That the assertion is what
/// Huawei Cloud wants signed, and by these algorithms, is inferred.
#[derive(Clone)]
pub struct SamlResponse {
    issuer: String,
    destination: String,
    audience: String,
    in_response_to: String,
    relay_state: Option<String>,
    attributes: SamlAttributes,
    now: UtcTime,
    lifetime: Duration,
}

crate::__debug_by_shape! {
    SamlResponse {
        issuer, destination, audience, in_response_to, relay_state, attributes, now, lifetime
    }
}

impl SamlResponse {
    /// A response to this request by the platform with this entity ID, for a customer who has logged in.
    ///
    /// `assertion_consumer` is the address from [`ServiceMetadata`](super::ServiceMetadata); a request that names another
    /// one is refused, because the response would be posted to a stranger.
    ///
    /// # Errors
    /// [`WebUiError::NotAnAddress`] where the request names another address than `assertion_consumer`.
    pub fn new(
        request: &AuthnRequest,
        entity_id: impl Into<String>,
        assertion_consumer: &str,
        attributes: SamlAttributes,
        now: UtcTime,
    ) -> Result<Self, WebUiError> {
        if request.assertion_consumer_service_url.as_deref().is_some_and(|asked| asked != assertion_consumer)
        {
            return Err(WebUiError::NotAnAddress("the address that the request names for the response"));
        }
        Ok(Self {
            issuer: entity_id.into(),
            destination: assertion_consumer.to_owned(),
            audience: request.issuer.clone(),
            in_response_to: request.id.clone(),
            relay_state: request.relay_state.clone(),
            attributes,
            now,
            lifetime: Duration::from_secs(300),
        })
    }

    /// Sets for how long the assertion is valid, five minutes unless set.
    #[must_use]
    pub fn lasting(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Signs the response.
    ///
    /// # Errors
    /// [`WebUiError::Random`] where the operating system gives no random numbers for the ids.
    pub fn sign(&self, key: &SigningKey) -> Result<SignedSamlResponse, WebUiError> {
        let (response_id, assertion_id, session, name) = (fresh_id()?, fresh_id()?, fresh_id()?, fresh_id()?);
        let (before, after) = self.assertion(&assertion_id, &session, &name);
        // Written in canonical form from the beginning, the assertion without its signature is what is digested.
        let digest = BASE64_STANDARD.encode(Sha256::digest(format!("{before}{after}")));
        let signed_info = signed_info(&assertion_id, &digest);
        let signature = key.sign(signed_info.as_bytes());
        // Inside the signature the namespace is declared on the element around; as it stands alone it is on itself.
        let inner = signed_info.replacen(&format!(" xmlns:ds=\"{SIGNATURE_NS}\""), "", 1);
        let signature = format!(
            "<ds:Signature xmlns:ds=\"{SIGNATURE_NS}\">{inner}<ds:SignatureValue>{signature}</ds:SignatureValue>\
             <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
             </ds:Signature>",
            key.certificate
        );
        let xml = format!(
            "<saml2p:Response xmlns:saml2p=\"{PROTOCOL_NS}\" Destination=\"{}\" ID=\"{response_id}\" InResponseTo=\"{}\" \
             IssueInstant=\"{}\" Version=\"2.0\"><saml2:Issuer xmlns:saml2=\"{ASSERTION_NS}\">{}</saml2:Issuer>\
             <saml2p:Status><saml2p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></saml2p:StatusCode>\
             </saml2p:Status>{before}{signature}{after}</saml2p:Response>",
            xml::attribute(&self.destination),
            xml::attribute(&self.in_response_to),
            self.now,
            xml::text(&self.issuer),
        );
        let (destination, relay_state) = (self.destination.clone(), self.relay_state.clone());
        Ok(SignedSamlResponse { xml, destination, relay_state })
    }

    /// The assertion in canonical form, before and after the place of the signature.
    fn assertion(&self, id: &str, session: &str, name: &str) -> (String, String) {
        let until =
            self.now.instant().saturating_add(time::Duration::try_from(self.lifetime).unwrap_or_default());
        let (now, until) = (self.now, UtcTime::from(until));
        let (audience, destination) = (xml::text(&self.audience), xml::attribute(&self.destination));
        let in_response_to = xml::attribute(&self.in_response_to);
        let before = format!(
            "<saml2:Assertion xmlns:saml2=\"{ASSERTION_NS}\" ID=\"{id}\" IssueInstant=\"{now}\" Version=\"2.0\">\
             <saml2:Issuer>{}</saml2:Issuer>",
            xml::text(&self.issuer),
        );
        let attributes: String = self
            .attributes
            .pairs()
            .map(|(name, value)| {
                format!(
                    "<saml2:Attribute FriendlyName=\"{name}\" Name=\"{name}\" NameFormat=\"{URI_NAMES}\">\
                     <saml2:AttributeValue>{}</saml2:AttributeValue></saml2:Attribute>",
                    xml::text(value)
                )
            })
            .collect();
        let after = format!(
            "<saml2:Subject><saml2:NameID Format=\"{TRANSIENT}\" SPNameQualifier=\"{}\">{name}</saml2:NameID>\
             <saml2:SubjectConfirmation Method=\"{CONFIRMATION}\"><saml2:SubjectConfirmationData \
             InResponseTo=\"{in_response_to}\" NotOnOrAfter=\"{until}\" Recipient=\"{destination}\">\
             </saml2:SubjectConfirmationData></saml2:SubjectConfirmation></saml2:Subject>\
             <saml2:Conditions NotBefore=\"{now}\" NotOnOrAfter=\"{until}\"><saml2:AudienceRestriction>\
             <saml2:Audience>{audience}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>\
             <saml2:AuthnStatement AuthnInstant=\"{now}\" SessionIndex=\"{session}\"><saml2:AuthnContext>\
             <saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\
             </saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>\
             <saml2:AttributeStatement>{attributes}</saml2:AttributeStatement></saml2:Assertion>",
            xml::attribute(&self.audience),
        );
        (before, after)
    }
}

/// Makes the part that the signature covers, in canonical form as an element of its own.
fn signed_info(assertion_id: &str, digest: &str) -> String {
    format!(
        "<ds:SignedInfo xmlns:ds=\"{SIGNATURE_NS}\"><ds:CanonicalizationMethod Algorithm=\"{C14N}\">\
         </ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"></ds:SignatureMethod>\
         <ds:Reference URI=\"#{assertion_id}\"><ds:Transforms><ds:Transform Algorithm=\"{ENVELOPED}\"></ds:Transform>\
         <ds:Transform Algorithm=\"{C14N}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{SHA256}\"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue>\
         </ds:Reference></ds:SignedInfo>"
    )
}

/// An id that begins with a letter or underscore, as XML wants, with 128 random bits.
fn fresh_id() -> Result<String, WebUiError> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).map_err(|_| WebUiError::Random)?;
    Ok(format!("_{}", hex::encode(bytes)))
}

/// A signed response, ready to be posted by the browser. Its `Debug` output is masked.
#[derive(Clone)]
pub struct SignedSamlResponse {
    xml: String,
    destination: String,
    relay_state: Option<String>,
}

impl SignedSamlResponse {
    /// The XML of the response. It holds personal data.
    pub fn xml(&self) -> &str {
        &self.xml
    }

    /// The address to which the browser posts the response.
    pub fn destination(&self) -> &str {
        &self.destination
    }

    /// The value of the form field `SAMLResponse`: the XML in Base64.
    pub fn form_value(&self) -> String {
        BASE64_STANDARD.encode(&self.xml)
    }

    /// An HTML page that posts the response as soon as it is loaded, with a button for browsers without scripts. Send it
    /// with `Cache-Control: no-store`.
    pub fn html(&self) -> String {
        let relay_state = self.relay_state.as_deref().map_or(String::new(), |state| {
            format!("<input type=\"hidden\" name=\"RelayState\" value=\"{}\">", xml::attribute(state))
        });
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Signing in</title></head>\
             <body onload=\"document.forms[0].submit()\"><form method=\"post\" action=\"{}\">\
             <input type=\"hidden\" name=\"SAMLResponse\" value=\"{}\">{relay_state}\
             <noscript><button>Continue to Huawei Cloud</button></noscript></form></body></html>",
            xml::attribute(&self.destination),
            self.form_value(),
        )
    }
}

impl fmt::Debug for SignedSamlResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedSamlResponse")
            .field("destination", &self.destination)
            .field("xml_bytes", &self.xml.len())
            .finish_non_exhaustive()
    }
}
