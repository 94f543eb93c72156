use std::{io::Write as _, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::{signature::RSA_SHA256, *};
use crate::types::{Personal, UtcTime};

// Keys made for these tests alone.
const PLATFORM_KEY: &str = include_str!("fixtures/platform.key");
const PLATFORM_CERTIFICATE: &str = include_str!("fixtures/platform.crt");
const HUAWEI_KEY: &str = include_str!("fixtures/huawei.key");
const HUAWEI_CERTIFICATE: &str = include_str!("fixtures/huawei.crt");
const SHORT_CERTIFICATE: &str = include_str!("fixtures/short.crt");
const CONSUMER: &str = "https://auth.huaweicloud.com/authui/saml/SAMLAssertionConsumer";

fn huawei() -> (SigningKey, Verifier) {
    (SigningKey::new(HUAWEI_KEY, HUAWEI_CERTIFICATE).unwrap(), Verifier::new(HUAWEI_CERTIFICATE).unwrap())
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn authn_request() -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><saml2p:AuthnRequest xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol"
            AssertionConsumerServiceURL="{CONSUMER}" Destination="https://platform.example/sso" ForceAuthn="false" ID="_abc123"
            IsPassive="false" IssueInstant="2026-05-01T08:05:01.123Z" Version="2.0"
            ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">
            <saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">https://auth.huaweicloud.com/</saml2:Issuer>
            <saml2p:NameIDPolicy AllowCreate="true" SPNameQualifier="https://auth.huaweicloud.com/"
                Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/></saml2p:AuthnRequest>"#
    )
}

fn deflated(xml: &str) -> String {
    let mut deflating = DeflateEncoder::new(Vec::new(), Compression::default());
    deflating.write_all(xml.as_bytes()).unwrap();
    BASE64_STANDARD.encode(deflating.finish().unwrap())
}

/// A query as Huawei Cloud sends it.
fn query(xml: &str, relay_state: Option<&str>) -> String {
    let state = relay_state.map(|state| format!("&RelayState={}", encoded(state))).unwrap_or_default();
    let signed = format!("SAMLRequest={}{state}&SigAlg={}", encoded(&deflated(xml)), encoded(RSA_SHA256));
    let signature = huawei().0.sign(signed.as_bytes());
    format!("{signed}&Signature={}", encoded(&signature))
}

#[test]
fn a_signed_request_is_read() {
    let (_, verifier) = huawei();
    for state in [Some("state & more+/="), None] {
        let request = AuthnRequest::from_query(&query(&authn_request(), state), &verifier).unwrap();
        assert_eq!(request.id, "_abc123");
        assert_eq!(request.issuer, "https://auth.huaweicloud.com/");
        assert_eq!(request.assertion_consumer_service_url.as_deref(), Some(CONSUMER));
        assert_eq!(request.relay_state.as_deref(), state);
        assert!(!request.force_authn && !request.is_passive);
        assert!(request.name_id_format.as_deref().is_some_and(|format| format.ends_with("transient")));
        let at = |text: &str| text.parse::<UtcTime>().unwrap();
        let five_minutes = Duration::from_secs(300);
        assert!(request.is_current(at("2026-05-01T08:10:00Z"), five_minutes));
        assert!(request.is_current(at("2026-05-01T08:00:02Z"), five_minutes));
        assert!(!request.is_current(at("2026-05-01T08:10:02Z"), five_minutes));
    }
}

#[test]
fn a_request_that_was_changed_is_refused() {
    let (_, verifier) = huawei();
    let good = query(&authn_request(), Some("state"));
    assert!(AuthnRequest::from_query(&good, &verifier).is_ok());
    let other_request = good.replacen("SAMLRequest=", "SAMLRequest=A", 1);
    let other_state = good.replace("RelayState=state", "RelayState=states");
    let no_state = good.replace("&RelayState=state", "");
    let other_algorithm = good.replace("rsa%2Dsha256", "rsa%2Dsha1");
    let doubled = format!("{good}&RelayState=other");
    let unsigned = good.split("&Signature").next().unwrap().to_owned();
    for (query, error) in [
        (other_request, WebUiError::Signature),
        (other_state, WebUiError::Signature),
        (no_state, WebUiError::Signature),
        (other_algorithm, WebUiError::Algorithm),
        (doubled, WebUiError::Parameter("RelayState")),
        (unsigned, WebUiError::Parameter("Signature")),
        (String::new(), WebUiError::Parameter("SAMLRequest")),
    ] {
        assert_eq!(AuthnRequest::from_query(&query, &verifier), Err(error), "{query}");
    }
    let platform = Verifier::new(PLATFORM_CERTIFICATE).unwrap();
    assert_eq!(AuthnRequest::from_query(&good, &platform), Err(WebUiError::Signature));
    assert!(
        AuthnRequest::from_query(&good, &platform.or(verifier)).is_ok(),
        "one of several certificates fits"
    );
}

#[test]
fn what_is_no_request_is_refused() {
    let entity = r#"<!DOCTYPE x [<!ENTITY e "boom">]><AuthnRequest ID="&e;"/>"#;
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    for xml in [entity, &deep, "<AuthnRequest", "", "<Response/>", "<AuthnRequest/>", "x"] {
        assert!(AuthnRequest::decode(&deflated(xml)).is_err(), "{xml}");
    }
    let bomb = " ".repeat(10 << 20);
    assert_eq!(
        AuthnRequest::decode(&deflated(&bomb)),
        Err(WebUiError::Encoding("SAMLRequest", "larger than 64 KiB"))
    );
    assert!(AuthnRequest::decode("not base64!").is_err());
    assert!(AuthnRequest::decode(&BASE64_STANDARD.encode("not deflated")).is_err());
}

fn metadata() -> String {
    let body: String = HUAWEI_CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect();
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://auth.huaweicloud.com/">
        <md:SPSSODescriptor><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data><ds:X509Certificate>{body}
        </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
        <md:KeyDescriptor use="encryption"><ds:X509Certificate>AAAA</ds:X509Certificate></md:KeyDescriptor>
        <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{CONSUMER}" index="1"/>
        </md:SPSSODescriptor></md:EntityDescriptor>"#
    )
}

#[test]
fn the_metadata_gives_the_certificates_for_signatures() {
    let metadata = ServiceMetadata::parse(&format!("\u{feff}{}", metadata())).unwrap();
    assert_eq!(metadata.entity_id, "https://auth.huaweicloud.com/");
    assert_eq!((metadata.certificates.len(), metadata.assertion_consumers.len()), (1, 1));
    assert_eq!(metadata.assertion_consumers[0].location, CONSUMER);
    let verifier = metadata.verifier().unwrap();
    assert!(AuthnRequest::from_query(&query(&authn_request(), None), &verifier).is_ok());
    for wrong in ["", "<EntityDescriptor/>", "<x/>", "<EntityDescriptor entityID='a'/>"] {
        assert!(ServiceMetadata::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn short_keys_and_foreign_pairs_are_refused() {
    assert!(matches!(Verifier::new(SHORT_CERTIFICATE), Err(WebUiError::Key("certificate"))));
    assert!(Verifier::new("nonsense").is_err() && Verifier::new([0_u8; 40]).is_err());
    assert!(SigningKey::new(PLATFORM_KEY, HUAWEI_CERTIFICATE).is_err());
    assert!(SigningKey::new("nonsense", PLATFORM_CERTIFICATE).is_err());
}

const BINDING: &str =
    r#"{"domainName":"yongzhi","domainId":"yongzhiid","xUserId":"yongzhix","bindAction":1}"#;

fn form(json: &str, form: SignedForm) -> String {
    let value = BASE64_STANDARD.encode(json);
    let (request, algorithm) = (encoded(&value), encoded(RSA_SHA256));
    let signature = match form {
        SignedForm::Value => huawei().0.sign(value.as_bytes()),
        SignedForm::Parameters => {
            huawei().0.sign(format!("bindRequest={request}&SigAlg={algorithm}").as_bytes())
        }
    };
    format!("bindRequest={request}&SigAlg={algorithm}&Signature={}", encoded(&signature))
}

#[test]
fn a_binding_notification_is_accepted_in_both_readings_of_what_is_signed() {
    let (_, verifier) = huawei();
    for signed in [SignedForm::Value, SignedForm::Parameters] {
        let bound = BindingNotification::from_form(&form(BINDING, signed), &verifier).unwrap();
        assert_eq!(bound.signed_form, signed);
        assert_eq!(bound.domain_id.as_ref().map(|id| id.as_str()), Some("yongzhiid"));
        assert_eq!(bound.domain_name.as_ref().map(Personal::expose), Some("yongzhi"));
        assert_eq!(bound.user_id.as_ref().map(Personal::expose), Some("yongzhix"));
        assert_eq!((bound.bind_action, bound.account_id.is_none()), (Some(1), true));
        assert!(!format!("{bound:?}").contains("yongzhix"));
    }
    let capitals = BINDING.to_uppercase();
    let bound = BindingNotification::from_form(&form(&capitals, SignedForm::Value), &verifier).unwrap();
    assert_eq!(bound.domain_id.as_ref().map(|id| id.as_str()), Some("YONGZHIID"));
}

#[test]
fn a_binding_notification_that_was_changed_is_refused() {
    let (_, verifier) = huawei();
    let good = form(BINDING, SignedForm::Value);
    let other = form(&BINDING.replace("yongzhiid", "another"), SignedForm::Value);
    let mixed = format!("{}&Sig{}", other.split("&Sig").next().unwrap(), good.split_once("&Sig").unwrap().1);
    assert_eq!(BindingNotification::from_form(&mixed, &verifier), Err(WebUiError::Signature));
    assert_eq!(
        BindingNotification::from_form(&format!("bindRequest=x&{good}"), &verifier),
        Err(WebUiError::Parameter("bindRequest"))
    );
    assert!(BindingNotification::from_form(&form("[]", SignedForm::Value), &verifier).is_err());
}

fn response() -> SamlResponse {
    let (_, verifier) = huawei();
    let request = AuthnRequest::from_query(&query(&authn_request(), Some("s\"<")), &verifier).unwrap();
    let attributes = SamlAttributes::new("user", "account")
        .partner_id("partner")
        .name("A <B> & \"C\"\r\n云")
        .mobile("0086-13800000000");
    let now = "2026-05-01T08:05:03Z".parse::<UtcTime>().unwrap();
    SamlResponse::new(&request, "https://platform.example", CONSUMER, attributes, now).unwrap()
}

#[test]
fn a_response_holds_what_was_asked_for_and_its_signature_fits() {
    let key = SigningKey::new(PLATFORM_KEY, PLATFORM_CERTIFICATE).unwrap();
    let signed = response().sign(&key).unwrap();
    let elements = xml::elements(signed.xml()).unwrap();
    let root = &elements[0];
    assert_eq!((root.name.as_str(), root.attribute("InResponseTo")), ("Response", Some("_abc123")));
    assert_eq!(root.attribute("Destination"), Some(CONSUMER));
    let values: Vec<_> =
        elements.iter().filter(|it| it.name == "AttributeValue").map(|it| it.text.as_str()).collect();
    assert_eq!(values, ["user", "account", "partner", "A <B> & \"C\"\r\n云", "0086-13800000000"]);
    let reference = elements.iter().find(|it| it.name == "Reference").unwrap();
    let assertion = elements.iter().find(|it| it.name == "Assertion").unwrap();
    assert_eq!(reference.attribute("URI"), Some(format!("#{}", assertion.attribute("ID").unwrap()).as_str()));
    assert!(!format!("{signed:?}").contains("13800000000"));
    let html = signed.html();
    assert!(html.contains("value=\"s&quot;&lt;\"") && html.contains(CONSUMER));
    assert_ne!(response().sign(&key).unwrap().xml(), signed.xml(), "ids are fresh");
}

/// Verifies the XML signature with an independent implementation, where it is installed.
#[test]
fn xmlsec_accepts_the_signature_of_a_response_and_refuses_a_changed_one() {
    let key = SigningKey::new(PLATFORM_KEY, PLATFORM_CERTIFICATE).unwrap();
    let folder = std::env::temp_dir().join(format!("saml-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (response_file, certificate) = (folder.join("response.xml"), folder.join("platform.crt"));
    std::fs::write(&certificate, PLATFORM_CERTIFICATE).unwrap();
    let verifies = |xml: &str| {
        std::fs::write(&response_file, xml).unwrap();
        let run = std::process::Command::new("xmlsec1")
            .args([
                "--verify",
                "--id-attr:ID",
                "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
                "--pubkey-cert-pem",
            ])
            .arg(&certificate)
            .arg(&response_file)
            .output();
        run.ok().map(|output| output.status.success())
    };
    let signed = response().sign(&key).unwrap();
    let good = verifies(signed.xml());
    let changed = verifies(&signed.xml().replace(">account<", ">another<"));
    std::fs::remove_dir_all(&folder).unwrap();
    match (good, changed) {
        (None, _) => eprintln!("skipped: xmlsec1 is not installed"),
        verdicts => assert_eq!(verdicts, (Some(true), Some(false))),
    }
}

#[test]
fn a_response_is_not_posted_to_another_address() {
    let xml = authn_request().replace(CONSUMER, "https://stranger.example/");
    let request = AuthnRequest::decode(&deflated(&xml)).unwrap();
    let now = request.issue_instant;
    assert!(SamlResponse::new(&request, "e", CONSUMER, SamlAttributes::new("u", "a"), now).is_err());
}

proptest! {
    #[test]
    fn no_input_makes_a_reader_panic(text in "(.|[<>&;=%\"'/!\\[\\]])*", query in "(SAMLRequest|SigAlg|Signature|bindRequest|[=&%a-zA-Z0-9+/])*") {
        let (_, verifier) = huawei();
        let _ = AuthnRequest::decode(&deflated(&text));
        let _ = AuthnRequest::decode(&text);
        let _ = ServiceMetadata::parse(&text);
        let _ = AuthnRequest::from_query(&query, &verifier);
        let _ = BindingNotification::from_form(&query, &verifier);
    }
}
