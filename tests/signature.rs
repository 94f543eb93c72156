//! The signature: the official SDK's own results, byte for byte, and what must hold for any request.

// The lint's own exception for tests does not reach helpers of integration tests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice)]

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, request::Parts};
use huaweicloud_partner::auth::{
    AccessKeys, CLOCK_TOLERANCE, Credentials, Payload, SignError, VerifyError, clock_difference,
    explain_refusal, sign, sign_headers, verify,
};
use proptest::{collection, prelude::*, sample};
use serde_json::Value;
use time::OffsetDateTime;

/// 2026-05-01 08:05:01 UTC.
const NOW: OffsetDateTime = match OffsetDateTime::from_unix_timestamp(1_777_622_701) {
    Ok(now) => now,
    Err(_) => OffsetDateTime::UNIX_EPOCH,
};

fn instant(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap()
}

fn keys() -> AccessKeys {
    AccessKeys { id: "AKEXAMPLE0001".into(), secret: "SKexample0001".into(), security_token: None }
}

fn temporary() -> AccessKeys {
    AccessKeys { security_token: Some("token+/=".into()), ..keys() }
}

fn head(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn post() -> Parts {
    let headers = [("content-type", "application/json"), ("x-domain-id", "d1"), ("user-agent", "test")];
    head("POST", "https://bss.myhuaweicloud.com/v2/things?b=2&a=1", &headers)
}

fn check(head: &Parts, body: &[u8], keys: &AccessKeys) -> Result<String, VerifyError> {
    verify(head, body, NOW, CLOCK_TOLERANCE, |id| (id == keys.id).then(|| keys.clone()))
}

fn signed_headers(head: &Parts) -> &str {
    let text = head.headers["authorization"].to_str().unwrap();
    text.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap()
}

#[test]
fn every_vector_of_the_official_sdk_comes_out_byte_for_byte() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("data/wire.json")).unwrap();
    let mut seen = 0;
    for row in &rows {
        let vector = &row["signature_vector"];
        if vector.is_null() {
            continue;
        }
        seen += 1;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let wire = &row["wire"];
        assert_eq!(vector["x-sdk-date"], "20260501T080501Z");
        let query = text(&wire["query"]);
        let separator = if query.is_empty() { "" } else { "?" };
        let uri = format!("https://{}{}{separator}{query}", text(&vector["host"]), text(&wire["path"]));
        let headers: Vec<_> = wire["headers"].as_object().unwrap().iter().collect();
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
        let keys =
            AccessKeys { id: text(&vector["ak"]), secret: text(&vector["sk"]).into(), security_token: None };
        let body = text(&vector["body_bytes"]);
        let unsigned = head(wire["method"].as_str().unwrap(), &uri, &headers);

        let mut signed = unsigned.clone();
        sign(&mut signed, body.as_bytes(), &keys, NOW).unwrap();
        assert_eq!(
            signed.headers["authorization"],
            vector["authorization"].as_str().unwrap(),
            "{}",
            row["id"]
        );
        assert_eq!(signed.uri, unsigned.uri, "the query is in its signed form already");
        assert_eq!(check(&signed, body.as_bytes(), &keys), Ok(keys.id.clone()));

        let names: Vec<&'static str> = headers.iter().map(|(name, _)| &*name.to_string().leak()).collect();
        let mut chosen = unsigned;
        sign_headers(&mut chosen, body.as_bytes(), &keys, NOW, &names).unwrap();
        assert_eq!(chosen.headers, signed.headers);
    }
    assert_eq!(seen, 228);
}

#[test]
fn only_host_date_content_type_and_own_headers_are_signed() {
    let mut signed = post();
    signed.headers.insert("x_odd", HeaderValue::from_static("1"));
    signed.headers.insert("accept", HeaderValue::from_static("*/*"));
    sign(&mut signed, &b"{}"[..], &keys(), NOW).unwrap();
    assert_eq!(signed_headers(&signed), "content-type;host;x-domain-id;x-sdk-date");
    assert_eq!(signed.uri, "https://bss.myhuaweicloud.com/v2/things?a=1&b=2", "sent as it is signed");
    assert_eq!(signed.headers["host"], "bss.myhuaweicloud.com");
    signed.headers.insert("user-agent", HeaderValue::from_static("a proxy changed me"));
    check(&signed, b"{}", &keys()).unwrap();

    let mut chosen = post();
    sign_headers(&mut chosen, &b"{}"[..], &keys(), NOW, &["user-agent"]).unwrap();
    assert_eq!(signed_headers(&chosen), "host;user-agent;x-sdk-date");
    check(&chosen, b"{}", &keys()).unwrap();
}

#[test]
fn temporary_keys_travel_with_their_token_and_are_not_good_without() {
    let mut signed = post();
    sign(&mut signed, &b"{}"[..], &temporary(), NOW).unwrap();
    assert_eq!(signed.headers["x-security-token"], "token+/=");
    assert!(
        signed.headers["x-security-token"].is_sensitive() && signed.headers["authorization"].is_sensitive()
    );
    assert_eq!(signed_headers(&signed), "content-type;host;x-domain-id;x-sdk-date;x-security-token");
    check(&signed, b"{}", &temporary()).unwrap();
    for other in [None, Some("token+/!"), Some("")] {
        let mut tampered = signed.clone();
        tampered.headers.remove("x-security-token");
        if let Some(other) = other {
            tampered.headers.insert("x-security-token", HeaderValue::from_static(other));
        }
        assert_eq!(check(&tampered, b"{}", &temporary()), Err(VerifyError::SecurityToken));
    }

    sign(&mut signed, &b"{}"[..], &keys(), NOW).unwrap();
    assert!(!signed.headers.contains_key("x-security-token"), "left over from the other keys");
    check(&signed, b"{}", &keys()).unwrap();
}

#[test]
fn credentials_put_their_proof_on_a_request_and_take_anothers_off() {
    let mut head = post();
    let keyed =
        Credentials::temporary_keys("AKEXAMPLE0001", "SKexample0001", "token+/=").with_domain_id("d2");
    for _ in 0..2 {
        keyed.authorize(&mut head, &b"{}"[..], NOW).unwrap();
        assert_eq!(head.headers["x-domain-id"], "d2");
        check(&head, b"{}", &temporary()).unwrap();

        Credentials::token("iam").authorize(&mut head, &b"{}"[..], NOW).unwrap();
        assert_eq!(head.headers["x-auth-token"], "iam");
        assert!(head.headers["x-auth-token"].is_sensitive());
        assert_eq!(check(&head, b"{}", &temporary()), Err(VerifyError::Missing));
        assert!(!head.headers.contains_key("x-security-token") && !head.headers.contains_key("x-sdk-date"));
    }
    keyed.authorize(&mut head, &b"{}"[..], NOW).unwrap();
    assert!(!head.headers.contains_key("x-auth-token"));
    for (bad, error) in [
        (Credentials::token(""), SignError::Token),
        (Credentials::token("a\nb"), SignError::Token),
        (Credentials::keys("id", ""), SignError::EmptySecret),
        (Credentials::keys("id", "s").with_domain_id("\n"), SignError::DomainId),
    ] {
        assert_eq!(bad.authorize(&mut post(), &b"{}"[..], NOW), Err(error));
    }
}

#[test]
fn many_headers_are_signed_as_few_are() {
    let names: Vec<HeaderName> = (0..40).map(|number| format!("x-{number}").parse().unwrap()).collect();
    for count in [8, 9, 10, 11, 12, 13, 40] {
        let mut head = head("GET", "https://bss.myhuaweicloud.com/", &[]);
        for name in names.iter().take(count) {
            head.headers.insert(name, HeaderValue::from_static(" v "));
        }
        sign(&mut head, &b""[..], &keys(), NOW).unwrap();
        assert_eq!(signed_headers(&head).split(';').count(), count + 2);
        check(&head, b"", &keys()).unwrap();
        head.headers.insert(&names[count - 1], HeaderValue::from_static("w"));
        assert_eq!(check(&head, b"", &keys()), Err(VerifyError::WrongSignature));
    }
}

#[test]
fn bodies_that_are_not_json_are_not_hashed() {
    let mut upload = head(
        "POST",
        "https://osm.cn-south-1.myhuaweicloud.cn/v2/servicerequest/accessorys",
        &[("content-type", "multipart/form-data; boundary=b")],
    );
    sign(&mut upload, Payload::Unsigned, &keys(), NOW).unwrap();
    assert_eq!(upload.headers["x-sdk-content-sha256"], "UNSIGNED-PAYLOAD");
    let streamed = upload.headers["authorization"].clone();
    sign(&mut upload, &b"any bytes"[..], &keys(), NOW).unwrap();
    assert_eq!(upload.headers["authorization"], streamed, "a body that is here is signed like a stream");
    check(&upload, b"any other bytes", &keys()).unwrap();

    upload.headers.insert("content-type", HeaderValue::from_static("application/json;charset=utf-8"));
    sign(&mut upload, &b"{}"[..], &keys(), NOW).unwrap();
    assert!(!upload.headers.contains_key("x-sdk-content-sha256"), "left over from the upload");
    check(&upload, b"{}", &keys()).unwrap();
}

#[test]
fn a_hash_that_only_a_header_claims_does_not_cover_another_body() {
    let mut signed = post();
    sign(&mut signed, &b"{}"[..], &keys(), NOW).unwrap();
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    signed.headers.insert("x-sdk-content-sha256", HeaderValue::from_static(hash));
    check(&signed, b"{}", &keys()).unwrap();
    assert_eq!(check(&signed, b"{ }", &keys()), Err(VerifyError::WrongSignature));
    signed.headers.insert("x-sdk-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
    assert!(matches!(check(&signed, b"{ }", &keys()), Err(VerifyError::Malformed(_))));
}

#[test]
fn what_cannot_be_signed_is_left_as_it_was() {
    let with = |change: fn(&mut AccessKeys)| {
        let mut keys = keys();
        change(&mut keys);
        keys
    };
    let year = OffsetDateTime::from_unix_timestamp(-62_200_000_000).unwrap();
    for (keys, at, error) in [
        (with(|keys| keys.id.clear()), NOW, SignError::KeyId),
        (with(|keys| keys.id = "a b".into()), NOW, SignError::KeyId),
        (with(|keys| keys.id = "a,b".into()), NOW, SignError::KeyId),
        (with(|keys| keys.id = "é".into()), NOW, SignError::KeyId),
        (with(|keys| keys.secret = "".into()), NOW, SignError::EmptySecret),
        (with(|keys| keys.security_token = Some("".into())), NOW, SignError::SecurityToken),
        (with(|keys| keys.security_token = Some("a\nb".into())), NOW, SignError::SecurityToken),
        (keys(), year, SignError::Date),
    ] {
        let mut head = post();
        assert_eq!(sign(&mut head, &b"{}"[..], &keys, at), Err(error));
        assert_eq!((&head.headers, &head.uri), (&post().headers, &post().uri));
    }
    let mut bare = head("GET", "/v2/things?b=1&a=1", &[]);
    assert_eq!(sign(&mut bare, &b""[..], &keys(), NOW), Err(SignError::NoHost));
    assert_eq!(
        sign_headers(&mut post(), &b""[..], &keys(), NOW, &["x-absent"]),
        Err(SignError::MissingHeader("x-absent"))
    );
    bare.headers.insert("host", HeaderValue::from_static("bss.myhuaweicloud.com"));
    sign(&mut bare, &b""[..], &keys(), NOW).unwrap();
    assert_eq!(bare.uri, "/v2/things?a=1&b=1");
    check(&bare, b"", &keys()).unwrap();
}

#[test]
fn user_and_password_of_an_address_do_not_go_into_the_host() {
    let mut signed = head("GET", "http://user:marker@127.0.0.1:8080/", &[]);
    sign(&mut signed, &b""[..], &keys(), NOW).unwrap();
    assert_eq!(signed.headers["host"], "127.0.0.1:8080");
}

#[test]
fn the_date_is_read_in_both_directions_and_in_utc() {
    let mut signed = post();
    let at = instant("2026-03-01T01:02:03.999+08:00");
    sign(&mut signed, &b"{}"[..], &keys(), at).unwrap();
    assert_eq!(signed.headers["x-sdk-date"], "20260228T170203Z");
    let at_hour = |now| verify(&signed, &b"{}"[..], now, CLOCK_TOLERANCE, |_| Some(keys()));
    let signed_at = instant("2026-02-28T17:02:03Z");
    for off in [CLOCK_TOLERANCE, Duration::ZERO] {
        at_hour(signed_at + off).unwrap();
        at_hour(signed_at - off).unwrap();
    }
    let difference = CLOCK_TOLERANCE + Duration::from_secs(1);
    assert_eq!(at_hour(signed_at + difference), Err(VerifyError::Expired { difference }));
    assert_eq!(at_hour(signed_at - difference), Err(VerifyError::Expired { difference }));
}

#[test]
fn each_refusal_has_its_kind() {
    let mut signed = post();
    sign(&mut signed, &b"{}"[..], &keys(), NOW).unwrap();
    let other = AccessKeys { secret: "other".into(), ..keys() };
    assert_eq!(check(&signed, b"{}", &other), Err(VerifyError::WrongSignature));
    let other = AccessKeys { id: "OTHER".into(), ..keys() };
    assert_eq!(check(&signed, b"{}", &other), Err(VerifyError::UnknownKey));
    assert_eq!(check(&post(), b"{}", &keys()), Err(VerifyError::Missing));

    let good = signed.headers["authorization"].to_str().unwrap().to_owned();
    let replaced = |from: &str, to: &str| good.replace(from, to);
    for (authorization, refusal) in [
        (replaced("SDK-HMAC-SHA256", "Bearer"), VerifyError::Missing),
        (replaced("host;", ""), VerifyError::Malformed("host and x-sdk-date must be signed")),
        (replaced(";x-sdk-date", ""), VerifyError::Malformed("host and x-sdk-date must be signed")),
        (replaced("host;", "host;x-gone;"), VerifyError::Malformed("a signed header is missing")),
        (replaced("Access=", "Acces="), VerifyError::Malformed("it has a part that no signature has")),
        (replaced("Access=", "Access=a, Access="), VerifyError::Malformed("it has a part twice")),
        (
            replaced("Access=AKEXAMPLE0001, ", ""),
            VerifyError::Malformed("it needs Access, SignedHeaders and Signature"),
        ),
    ] {
        let mut bad = signed.clone();
        bad.headers.insert("authorization", authorization.parse().unwrap());
        assert_eq!(check(&bad, b"{}", &keys()), Err(refusal), "{authorization}");
    }
    for date in ["20260501T080501", "20260532T080501Z", "2026-5-1T080501Z", "20260501T250501Z", "é"] {
        let mut bad = signed.clone();
        bad.headers.insert("x-sdk-date", HeaderValue::from_bytes(date.as_bytes()).unwrap());
        assert!(matches!(check(&bad, b"{}", &keys()), Err(VerifyError::Malformed(_))), "{date}");
    }
}

#[test]
fn a_refusal_is_explained_without_secrets() {
    let mut signed = post();
    sign(&mut signed, &b"{}"[..], &temporary(), NOW).unwrap();
    let at =
        |date: &'static str| HeaderMap::from_iter([(http::header::DATE, HeaderValue::from_static(date))]);
    let late = at("Fri, 01 May 2026 08:21:04 GMT");
    assert_eq!(clock_difference(&signed.headers, &late), Some(time::Duration::seconds(-963)));
    assert_eq!(
        explain_refusal(&signed.headers, &late),
        "signed with the key AKEX*** and its security token for bss.myhuaweicloud.com at 2026-05-01T08:05:01Z \
         over the headers content-type;host;x-domain-id;x-sdk-date;x-security-token; this clock is 16 min 3 s \
         behind the service's, and at most 15 min are allowed: set it right"
    );
    let early = explain_refusal(&signed.headers, &at("Thu, 30 Apr 2026 07:00:00 GMT"));
    assert!(early.contains("this clock is 1 d 1 h ahead of the service's"), "{early}");
    let same = explain_refusal(&signed.headers, &at("Fri, 01 May 2026 08:05:03 GMT"));
    assert!(same.contains("the clocks differ by 2 s, which is allowed: check that the secret"), "{same}");
    let unknown = explain_refusal(&signed.headers, &HeaderMap::new());
    assert!(unknown.contains("the response has no date"), "{unknown}");
    let signature = &signed.headers["authorization"].to_str().unwrap()[120..];
    for text in [&early, &same, &unknown] {
        for secret in ["SKexample0001", "AKEXAMPLE0001", "token+/=", signature] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    assert_eq!(explain_refusal(&post().headers, &late), "the request carried no signature of access keys");
}

fn text() -> impl Strategy<Value = String> {
    collection::vec(prop_oneof![any::<char>(), "[ -~]".prop_map(|one| one.chars().next().unwrap())], 0..8)
        .prop_map(String::from_iter)
}

/// Percent-encoding of everything, of what must be, or of every other character: all say the same.
fn written(text: &str, style: u8) -> String {
    let mut written = String::new();
    for (index, byte) in text.bytes().enumerate() {
        let must = !byte.is_ascii_alphanumeric() && !b"-_.~".contains(&byte);
        if must || style == 1 || (style == 2 && index % 2 == 0) {
            written += &if style == 2 { format!("%{byte:02x}") } else { format!("%{byte:02X}") };
        } else {
            written.push(char::from(byte));
        }
    }
    written
}

#[derive(Clone, Debug)]
struct Given {
    method: Method,
    segments: Vec<String>,
    pairs: Vec<(String, String)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    style: u8,
}

impl Given {
    fn head(&self) -> Parts {
        let path: String =
            self.segments.iter().map(|text| format!("/{}", written(text, self.style))).collect();
        let query: Vec<_> = self
            .pairs
            .iter()
            .map(|(name, value)| format!("{}={}", written(name, self.style), written(value, self.style)))
            .collect();
        let uri = format!("https://bss.myhuaweicloud.com{path}?{}", query.join("&"));
        let mut head = head(self.method.as_str(), &uri, &[]);
        for (name, value) in &self.headers {
            head.headers.append(name, value.clone());
        }
        head
    }

    fn signature(&self) -> HeaderValue {
        let mut head = self.head();
        sign(&mut head, &self.body[..], &keys(), NOW).unwrap();
        head.headers["authorization"].clone()
    }
}

prop_compose! {
    fn given()(
        method in sample::select(vec![Method::GET, Method::POST, Method::PUT, Method::DELETE]),
        segments in collection::vec(text(), 0..4),
        pairs in collection::vec((text(), text()), 0..5),
        headers in collection::vec(("x-[a-z]{1,6}", "[ -~]{0,12}"), 0..6),
        body in collection::vec(any::<u8>(), 0..200),
        style in 0..3_u8,
    ) -> Given {
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(&value).unwrap()))
            .collect();
        Given { method, segments, pairs, headers, body, style }
    }
}

proptest! {
    #[test]
    fn what_is_signed_verifies_and_tampering_does_not(given in given(), pick in any::<sample::Index>()) {
        let mut head = given.head();
        sign(&mut head, &given.body[..], &keys(), NOW).unwrap();
        prop_assert_eq!(check(&head, &given.body, &keys()), Ok("AKEXAMPLE0001".to_owned()));

        let mut other = head.clone();
        other.method = Method::PATCH;
        prop_assert_eq!(check(&other, &given.body, &keys()), Err(VerifyError::WrongSignature));

        let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
        for changed in [
            format!("https://bss.myhuaweicloud.com/x{path}?{query}"),
            format!("https://bss.myhuaweicloud.com{path}/x?{query}"),
            format!("https://bss.myhuaweicloud.com{path}?x=x&{query}"),
        ] {
            let mut other = head.clone();
            other.uri = changed.parse().unwrap();
            prop_assert_eq!(check(&other, &given.body, &keys()), Err(VerifyError::WrongSignature));
        }

        let names: Vec<_> = signed_headers(&head).split(';').map(str::to_owned).collect();
        let name: HeaderName = pick.get(&names).parse().unwrap();
        let mut other = head.clone();
        let mut value = other.headers[&name].as_bytes().to_vec();
        value.extend_from_slice(b"x");
        other.headers.insert(name, HeaderValue::from_bytes(&value).unwrap());
        prop_assert!(check(&other, &given.body, &keys()).is_err());
        let mut other = head.clone();
        other.headers.append("x-sdk-date", HeaderValue::from_static("x"));
        prop_assert!(check(&other, &given.body, &keys()).is_err());

        let mut body = given.body.clone();
        if body.is_empty() { body.push(0) } else { let at = pick.index(body.len()); body[at] ^= 1 }
        prop_assert_eq!(check(&head, &body, &keys()), Err(VerifyError::WrongSignature));
    }

    #[test]
    fn neither_order_nor_spelling_matters(given in given(), seed in any::<u64>()) {
        let mut shuffled = given.clone();
        let mut random = seed;
        let mut next = |below: usize| {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (random >> 33) as usize % below
        };
        for at in (1..shuffled.headers.len()).rev() {
            shuffled.headers.swap(at, next(at + 1));
        }
        for at in (1..shuffled.pairs.len()).rev() {
            shuffled.pairs.swap(at, next(at + 1));
        }
        shuffled.style = (given.style + 1) % 3;
        prop_assert_eq!(given.signature(), shuffled.signature());
    }

    #[test]
    fn no_input_panics(
        uri in "(https?://[a-z@:.0-9]{0,12})?/?[ -~é]{0,30}",
        headers in collection::vec((any::<Vec<u8>>(), any::<Vec<u8>>()), 0..4),
        authorization in "(SDK-HMAC-SHA256 )?(Access=|Signature=|SignedHeaders=|[ -~]|, ?|host;x-sdk-date){0,12}",
        date in "[0-9T]{8,15}Z?",
        id in prop_oneof![any::<String>(), "[!-~]{1,4}"],
        at in -377705116800_i64..=253402300799,
    ) {
        let Ok(uri) = uri.parse::<Uri>() else { return Ok(()) };
        let (mut head, ()) = Request::new(()).into_parts();
        head.uri = uri;
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(&name), HeaderValue::from_bytes(&value)) {
                head.headers.append(name, value);
            }
        }
        let keys = AccessKeys { id, ..keys() };
        let at = OffsetDateTime::from_unix_timestamp(at).unwrap();
        if sign(&mut head, &b"x"[..], &keys, at).is_ok() {
            let known = verify(&head, &b"x"[..], at, Duration::from_secs(1), |_| Some(keys.clone()));
            prop_assert_eq!(known, Ok(keys.id.clone()));
        }
        head.headers.insert("authorization", HeaderValue::from_str(&authorization).unwrap());
        head.headers.insert("x-sdk-date", HeaderValue::from_str(&date).unwrap());
        let _ = check(&head, b"x", &keys);
        explain_refusal(&head.headers, &head.headers);
    }
}
