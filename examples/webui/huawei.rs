//! Huawei Cloud's side, as far as the exchange is documented: a double for tests and for this example.

#![allow(clippy::expect_used)] // a double of Huawei's side may end with the program

use std::{
    io::Write as _,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rsa::{
    PrivateKey, PublicKey, pkcs1v15,
    pkcs8::{DecodePrivateKey as _, DecodePublicKey as _},
    signature::{SignatureEncoding as _, Signer as _, Verifier as _},
};
use sha2::{Digest as _, Sha256};
use x509_cert::{
    Certificate,
    der::{DecodePem as _, Encode as _},
};

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// Huawei Cloud's settings, and the responses that it accepted.
pub struct Huawei {
    pub key: pkcs1v15::SigningKey<Sha256>,
    pub platform: pkcs1v15::VerifyingKey<Sha256>,
    pub sign_on: String,
    pub assertion_consumer: String,
    pub accepted: Mutex<Vec<String>>,
}

/// A private key in PEM form.
pub fn private_key(pem: &str) -> pkcs1v15::SigningKey<Sha256> {
    pkcs1v15::SigningKey::new(PrivateKey::from_pkcs8_pem(pem).expect("a private key"))
}

/// The public key of a certificate in PEM form.
pub fn public_key(pem: &str) -> pkcs1v15::VerifyingKey<Sha256> {
    let certificate = Certificate::from_pem(pem.trim()).expect("a certificate");
    let info = certificate.tbs_certificate().subject_public_key_info().to_der().expect("a key");
    pkcs1v15::VerifyingKey::new(PublicKey::from_public_key_der(&info).expect("an RSA key"))
}

/// Huawei Cloud's routes.
pub fn routes(huawei: Arc<Huawei>) -> Router {
    Router::new()
        .route("/authui/saml/login", get(login))
        .route("/authui/saml/SAMLAssertionConsumer", post(consume))
        .with_state(huawei)
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginQuery {
    x_account_type: String,
    service: Option<String>,
}

/// Redirects the browser to the platform with a signed request.
async fn login(State(huawei): State<Arc<Huawei>>, Query(query): Query<LoginQuery>) -> Response {
    if query.x_account_type != "example_IDP" {
        return (StatusCode::NOT_FOUND, "unknown platform").into_response();
    }
    let now = huaweicloud_partner::types::UtcTime::from(time::OffsetDateTime::now_utc());
    let xml = format!(
        "<saml2p:AuthnRequest xmlns:saml2p=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         AssertionConsumerServiceURL=\"{}\" Destination=\"{}\" ID=\"_{:x}\" IssueInstant=\"{now}\" Version=\"2.0\">\
         <saml2:Issuer xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://auth.huaweicloud.com/</saml2:Issuer>\
         </saml2p:AuthnRequest>",
        huawei.assertion_consumer,
        huawei.sign_on,
        Sha256::digest(now.to_string()).iter().fold(0_u128, |id, byte| id << 8 | u128::from(*byte)),
    );
    let mut deflating = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    let deflated = deflating.write_all(xml.as_bytes()).and_then(|()| deflating.finish()).expect("memory");
    let state = query.service.unwrap_or_default();
    let signed = format!(
        "SAMLRequest={}&RelayState={}&SigAlg={}",
        encoded(&BASE64_STANDARD.encode(deflated)),
        encoded(&state),
        encoded(RSA_SHA256)
    );
    let signature = BASE64_STANDARD.encode(huawei.key.sign(signed.as_bytes()).to_bytes());
    Redirect::to(&format!("{}?{signed}&Signature={}", huawei.sign_on, encoded(&signature))).into_response()
}

#[derive(serde::Deserialize)]
struct Posted {
    #[serde(rename = "SAMLResponse")]
    response: String,
    #[serde(rename = "RelayState", default)]
    relay_state: String,
}

/// Verifies the response and shows where the customer lands.
async fn consume(State(huawei): State<Arc<Huawei>>, Form(posted): Form<Posted>) -> Response {
    let xml = BASE64_STANDARD.decode(&posted.response).ok().and_then(|xml| String::from_utf8(xml).ok());
    let customer = xml.and_then(|xml| verified(&huawei, &xml));
    match customer {
        Some(customer) => {
            let page = format!("<h1>Console</h1><p id=\"landed\">{customer} at {}</p>", posted.relay_state);
            huawei.accepted.lock().expect("no panic").push(customer);
            Html(page).into_response()
        }
        None => (StatusCode::FORBIDDEN, "the response is not accepted").into_response(),
    }
}

/// The customer of a response whose signature fits. The platform writes canonical XML, so that no transformation is
/// needed but taking the signature out.
fn verified(huawei: &Huawei, xml: &str) -> Option<String> {
    let between =
        |text: &str, begin: &str, end: &str| Some(text.split_once(begin)?.1.split_once(end)?.0.to_owned());
    let assertion = format!(
        "<saml2:Assertion{}</saml2:Assertion>",
        between(xml, "<saml2:Assertion", "</saml2:Assertion>")?
    );
    let signature =
        format!("<ds:Signature {}</ds:Signature>", between(&assertion, "<ds:Signature ", "</ds:Signature>")?);
    let digest = BASE64_STANDARD.encode(Sha256::digest(assertion.replace(&signature, "")));
    if digest != between(&signature, "<ds:DigestValue>", "</ds:DigestValue>")? {
        return None;
    }
    let info = format!(
        "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}</ds:SignedInfo>",
        between(&signature, "<ds:SignedInfo>", "</ds:SignedInfo>")?
    );
    let value =
        BASE64_STANDARD.decode(between(&signature, "<ds:SignatureValue>", "</ds:SignatureValue>")?).ok()?;
    let value = pkcs1v15::Signature::try_from(value.as_slice()).ok()?;
    huawei.platform.verify(info.as_bytes(), &value).ok()?;
    between(&assertion, "Name=\"xAccountId\"", "</saml2:AttributeValue>")?
        .rsplit_once('>')
        .map(|(_, id)| id.to_owned())
}

/// A notification of a binding as Huawei Cloud posts it.
pub fn binding_form(huawei: &Huawei, json: &str) -> String {
    let value = BASE64_STANDARD.encode(json);
    let signature = BASE64_STANDARD.encode(huawei.key.sign(value.as_bytes()).to_bytes());
    format!(
        "bindRequest={}&SigAlg={}&Signature={}",
        encoded(&value),
        encoded(RSA_SHA256),
        encoded(&signature)
    )
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
