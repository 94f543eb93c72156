//! Verifying a platform's response.
//!
//! The response has to be written in canonical form, as the SDK writes it: then the signature is verified over its very
//! text. Another library's response is refused where it is not.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use huaweicloud_partner::{types::UtcTime, webui::Verifier};

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// Contents that a response must have.
pub(super) struct Expected<'e> {
    pub(super) request: &'e str,
    pub(super) consumer: &'e str,
    pub(super) audience: &'e str,
    pub(super) now: OffsetDateTime,
}

/// The id of the request that a response belongs to.
pub(super) fn in_response_to(response: &str) -> Option<String> {
    attribute(response.split_once("<saml2p:Response ")?.1.split_once('>')?.0, "InResponseTo")
}

/// The user and the account on the platform, from a response that is signed and says what is expected.
///
/// # Errors
/// What is wrong with it.
pub(super) fn verified(
    response: &str,
    verifier: &Verifier,
    expected: &Expected<'_>,
) -> Result<(String, String), &'static str> {
    let assertion = signed_assertion(response, verifier)?;
    let time = |name: &str| {
        let conditions = between(&assertion, "<saml2:Conditions ", ">")?;
        Some(attribute(&conditions, name)?.parse::<UtcTime>().ok()?.instant())
    };
    let (Some(before), Some(after)) = (time("NotBefore"), time("NotOnOrAfter")) else {
        return Err("The assertion has no period.");
    };
    // A minute for clocks that differ.
    if expected.now + time::Duration::MINUTE < before || expected.now >= after {
        return Err("The assertion is not valid now.");
    }
    if between(&assertion, "<saml2:Audience>", "</saml2:Audience>").as_deref() != Some(expected.audience) {
        return Err("The assertion is for another audience.");
    }
    let confirmation = between(&assertion, "<saml2:SubjectConfirmationData ", ">").unwrap_or_default();
    if attribute(&confirmation, "Recipient").as_deref() != Some(expected.consumer) {
        return Err("The assertion is for another recipient.");
    }
    if attribute(&confirmation, "InResponseTo").as_deref() != Some(expected.request) {
        return Err("The assertion belongs to another request.");
    }
    let found = |name: &str| {
        let (_, rest) = assertion.split_once(&format!(" Name=\"{name}\""))?;
        let text = between(rest, "<saml2:AttributeValue>", "</saml2:AttributeValue>")?;
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        Some(text).filter(|text| !text.is_empty())
    };
    match (found("xUserId"), found("xAccountId")) {
        (Some(user), Some(account)) => Ok((user, account)),
        _ => Err("The assertion has no xUserId or no xAccountId."),
    }
}

/// The only assertion of a response, with its signature verified.
fn signed_assertion(response: &str, verifier: &Verifier) -> Result<String, &'static str> {
    let once = |what: &str| response.matches(what).count() == 1;
    if !once("<saml2:Assertion ") || !once("<ds:Signature ") || response.contains("<!") {
        return Err("The response does not have exactly one assertion with one signature.");
    }
    let missing = "The signature is incomplete.";
    let assertion = between(response, "<saml2:Assertion ", "</saml2:Assertion>").ok_or(missing)?;
    let id = attribute(assertion.split_once('>').ok_or(missing)?.0, "ID").ok_or(missing)?;
    let assertion = format!("<saml2:Assertion {assertion}</saml2:Assertion>");
    let signature = between(&assertion, "<ds:Signature ", "</ds:Signature>").ok_or(missing)?;
    let signature = format!("<ds:Signature {signature}</ds:Signature>");
    let info = between(&signature, "<ds:SignedInfo>", "</ds:SignedInfo>").ok_or(missing)?;
    if !info.contains(&format!("<ds:SignatureMethod Algorithm=\"{RSA_SHA256}\">")) {
        return Err("The signature is not RSA with SHA-256.");
    }
    if !info.contains(&format!("<ds:Reference URI=\"#{id}\">")) {
        return Err("The signature is that of something else.");
    }
    let digest = BASE64_STANDARD.encode(Sha256::digest(assertion.replace(&signature, "")));
    if between(&info, "<ds:DigestValue>", "</ds:DigestValue>").as_deref() != Some(&*digest) {
        return Err("The digest of the assertion does not match.");
    }
    let info =
        format!("<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{info}</ds:SignedInfo>");
    let value = between(&signature, "<ds:SignatureValue>", "</ds:SignatureValue>").ok_or(missing)?;
    verifier.verify(info.as_bytes(), &value).map_err(|_| "The signature does not match the certificate.")?;
    Ok(assertion)
}

fn between(text: &str, begin: &str, end: &str) -> Option<String> {
    Some(text.split_once(begin)?.1.split_once(end)?.0.to_owned())
}

/// The value of an attribute among the attributes of one element.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let attributes = format!(" {attributes}");
    between(&attributes, &format!(" {name}=\""), "\"").map(|value| value.replace("&amp;", "&"))
}
