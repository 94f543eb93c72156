//! Signing with access keys: SDK-HMAC-SHA256.
//!
//! Works on `http` types alone, without a client:
//!
//! ```
//! use huaweicloud_partner::auth::{AccessKeys, sign};
//! use time::OffsetDateTime;
//!
//! let body = r#"{"limit":10}"#;
//! let (mut head, ()) = http::Request::post("https://bss.myhuaweicloud.com/v2/partners/sub-customers/query")
//!     .header("content-type", "application/json")
//!     .body(())
//!     .unwrap()
//!     .into_parts();
//! let keys = AccessKeys { id: "AKEXAMPLE".into(), secret: "secret".into(), security_token: None };
//! sign(&mut head, body.as_bytes(), &keys, OffsetDateTime::UNIX_EPOCH).unwrap();
//! assert_eq!(head.headers["x-sdk-date"], "19700101T000000Z");
//! ```

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _, digest::InvalidLength};
use http::{
    HeaderMap, HeaderValue, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
    request::Parts,
    uri::PathAndQuery,
};
use sha2::{Digest as _, Sha256};
use time::{OffsetDateTime, UtcOffset};

use super::{
    AccessKeys,
    canonical::{
        self, ALGORITHM, EMPTY_HASH, Signed, UNSIGNED, X_SDK_CONTENT_SHA256, X_SDK_DATE, X_SECURITY_TOKEN,
    },
};

/// The part of a body that goes into the signature.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// These bytes, where the content type is JSON or BSON or missing; bodies of other types are never hashed.
    Bytes(&'a [u8]),
    /// Nothing: the body is a stream that cannot be read ahead.
    Unsigned,
}

impl<'a> From<&'a [u8]> for Payload<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Bytes> for Payload<'a> {
    fn from(bytes: &'a Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

/// Why a request cannot be signed. Nothing of it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The address has no host, and there is no `Host` header.
    #[error("the request has neither a host in its address nor a Host header")]
    NoHost,
    /// The key id is empty, or holds characters that cannot stand in the `Authorization` header.
    #[error("the access key id is empty or has characters that no key id has")]
    KeyId,
    /// The secret is empty.
    #[error("the secret access key is empty")]
    EmptySecret,
    /// The security token is empty or cannot be carried by a header.
    #[error("the security token is empty or cannot be sent in a header")]
    SecurityToken,
    /// The instant lies outside the years 0 to 9999.
    #[error("the instant lies outside the years that the signature can name")]
    Date,
    /// A header that was to be signed is not in the request.
    #[error("the header {0} was to be signed but is not in the request")]
    MissingHeader(&'static str),
    /// The address or the headers are too large to be written.
    #[error("the address or the headers of the request are too large")]
    TooLarge,
}

/// Signs a request for an instant, which should be the service's time to within 15 minutes.
///
/// Signed are the method, the address, the body, and of the headers exactly `host`, `content-type` and the names
/// that begin with `x-`: others, such as `User-Agent`, are changed by proxies. Sets `X-Sdk-Date`, `Authorization`,
/// `Host` where it is missing, `X-Security-Token` for temporary keys, and `X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD` for
/// content types other than JSON and BSON; what an earlier signature left of these is replaced. A query in
/// another form than the signed one is rewritten: pairs sorted, percent-encoded anew.
///
/// # Errors
/// [`SignError`]; the head is then as it was.
pub fn sign<'a>(
    head: &mut Parts,
    body: impl Into<Payload<'a>>,
    keys: &AccessKeys,
    at: OffsetDateTime,
) -> Result<(), SignError> {
    sign_chosen(head, body.into(), keys, at, None)
}

/// As [`sign`], but of the headers signs those in the list, given in lower case, and what a signature always covers:
/// `host`, `x-sdk-date`, and the headers that signing itself sets.
///
/// # Errors
/// [`SignError`]; the head is then as it was.
pub fn sign_headers<'a>(
    head: &mut Parts,
    body: impl Into<Payload<'a>>,
    keys: &AccessKeys,
    at: OffsetDateTime,
    headers: &[&'static str],
) -> Result<(), SignError> {
    sign_chosen(head, body.into(), keys, at, Some(headers))
}

fn sign_chosen(
    head: &mut Parts,
    body: Payload<'_>,
    keys: &AccessKeys,
    at: OffsetDateTime,
    chosen: Option<&[&'static str]>,
) -> Result<(), SignError> {
    let id = keys.id.as_bytes();
    if id.is_empty() || !id.is_ascii() || id.contains(&b',') || id.contains(&b' ') {
        return Err(SignError::KeyId);
    }
    if keys.secret.is_empty() {
        return Err(SignError::EmptySecret);
    }
    let date = date_text(at).ok_or(SignError::Date)?;
    let token = match &keys.security_token {
        Some(token) if token.is_empty() => return Err(SignError::SecurityToken),
        Some(token) => {
            let mut value = HeaderValue::from_str(token.expose()).map_err(|_| SignError::SecurityToken)?;
            value.set_sensitive(true);
            Some(value)
        }
        None => None,
    };
    let mut signed = Signed::default();
    let own = Own::read(&head.headers, chosen, &mut signed)?;
    let unsigned = matches!(body, Payload::Unsigned) || !own.content_type.is_none_or(canonical::is_hashed);
    let host = match own.host {
        Some(host) => host.clone(),
        None => host_of(&head.uri).ok_or(SignError::NoHost)?,
    };
    signed.push(HOST.as_str(), host.as_bytes());
    signed.push(X_SDK_DATE.as_str(), &date);
    if let Some(token) = &token {
        signed.push(X_SECURITY_TOKEN.as_str(), token.as_bytes());
    }
    if unsigned {
        signed.push(X_SDK_CONTENT_SHA256.as_str(), UNSIGNED.as_bytes());
    }
    let signed = signed.sorted();

    let mut hash = [0; 64];
    let hash = hash_payload(body, unsigned, &mut hash);
    let query = head.uri.query().unwrap_or_default();

    // One buffer: the header's value up to the signature, and behind it for a while the canonical request.
    let mut text = Vec::with_capacity(1024);
    text.extend_from_slice(ALGORITHM.as_bytes());
    text.extend_from_slice(b" Access=");
    text.extend_from_slice(keys.id.as_bytes());
    text.extend_from_slice(b", SignedHeaders=");
    let names = canonical::write_names(&mut text, signed);
    text.extend_from_slice(b", Signature=");
    let start = text.len();
    let method = head.method.as_str();
    let place = canonical::write_request(&mut text, method, head.uri.path(), query, signed, names, hash);
    let rewritten = match text.get(place) {
        Some(canonical) if canonical != query.as_bytes() => Some(with_query(&head.uri, canonical)?),
        _ => None,
    };
    let signature = mac(keys, &date, &mut text, start).map_err(|_| SignError::EmptySecret)?.finalize();
    text.extend_from_slice(&hex_of(&signature.into_bytes().into()));
    let mut authorization = HeaderValue::from_bytes(&text).map_err(|_| SignError::KeyId)?;
    authorization.set_sensitive(true);
    let date = HeaderValue::from_bytes(&date).map_err(|_| SignError::Date)?;

    // All that can fail is done before the first change.
    let (host_is_new, stale_token, stale_hash) = (own.host.is_none(), own.has_token, own.has_hash);
    head.headers.try_reserve(5).map_err(|_| SignError::TooLarge)?;
    if let Some(uri) = rewritten {
        head.uri = uri;
    }
    if host_is_new {
        head.headers.insert(HOST, host);
    }
    head.headers.insert(&X_SDK_DATE, date);
    match token {
        Some(token) => drop(head.headers.insert(&X_SECURITY_TOKEN, token)),
        None if stale_token => drop(head.headers.remove(&X_SECURITY_TOKEN)),
        None => {}
    }
    if unsigned {
        head.headers.insert(&X_SDK_CONTENT_SHA256, HeaderValue::from_static(UNSIGNED));
    } else if stale_hash {
        head.headers.remove(&X_SDK_CONTENT_SHA256);
    }
    head.headers.insert(AUTHORIZATION, authorization);
    Ok(())
}

/// What the request brings along, found in one pass.
struct Own<'a> {
    host: Option<&'a HeaderValue>,
    content_type: Option<&'a HeaderValue>,
    has_token: bool,
    has_hash: bool,
}

impl<'a> Own<'a> {
    /// Collects the headers to sign, without those that signing sets.
    fn read(
        headers: &'a HeaderMap,
        chosen: Option<&[&'static str]>,
        signed: &mut Signed<'a>,
    ) -> Result<Self, SignError> {
        let mut own = Self { host: None, content_type: None, has_token: false, has_hash: false };
        for (name, value) in headers {
            if *name == HOST {
                own.host.get_or_insert(value);
                continue;
            }
            let is_content_type = *name == CONTENT_TYPE;
            if is_content_type {
                own.content_type.get_or_insert(value);
            }
            let name = name.as_str();
            let is_x = name.starts_with("x-");
            if is_x {
                if name == X_SDK_DATE.as_str() {
                    continue;
                }
                if name == X_SECURITY_TOKEN.as_str() {
                    own.has_token = true;
                    continue;
                }
                if name == X_SDK_CONTENT_SHA256.as_str() {
                    own.has_hash = true;
                    continue;
                }
            }
            let wanted = match chosen {
                None => is_content_type || (is_x && !name.as_bytes().contains(&b'_')),
                Some(names) => names.contains(&name),
            };
            if wanted {
                signed.push(name, value.as_bytes());
            }
        }
        for name in chosen.unwrap_or_default() {
            let set_here = [
                HOST.as_str(),
                X_SDK_DATE.as_str(),
                X_SECURITY_TOKEN.as_str(),
                X_SDK_CONTENT_SHA256.as_str(),
            ];
            if !headers.contains_key(*name) && !set_here.contains(name) {
                return Err(SignError::MissingHeader(name));
            }
        }
        Ok(own)
    }
}

/// The last line of the canonical request.
pub(super) fn hash_payload<'a>(body: Payload<'_>, unsigned: bool, hash: &'a mut [u8; 64]) -> &'a [u8] {
    match body {
        Payload::Bytes([]) => EMPTY_HASH,
        Payload::Bytes(bytes) if !unsigned => {
            *hash = hex_of(&Sha256::digest(bytes).into());
            hash
        }
        _ => UNSIGNED.as_bytes(),
    }
}

/// The keyed hash over the text to sign: algorithm, date and hash of the canonical request, which begins at `start` of
/// the buffer and is taken out of it.
///
/// # Errors
/// None in fact: HMAC takes keys of any length.
pub(super) fn mac(
    keys: &AccessKeys,
    date: &[u8],
    text: &mut Vec<u8>,
    start: usize,
) -> Result<Hmac<Sha256>, InvalidLength> {
    let hash = Sha256::digest(text.get(start..).unwrap_or_default());
    text.truncate(start);
    text.extend_from_slice(ALGORITHM.as_bytes());
    text.push(b'\n');
    text.extend_from_slice(date);
    text.push(b'\n');
    text.extend_from_slice(&hex_of(&hash.into()));
    let mut mac = Hmac::<Sha256>::new_from_slice(keys.secret.expose().as_bytes())?;
    mac.update(text.get(start..).unwrap_or_default());
    text.truncate(start);
    Ok(mac)
}

fn hex_of(hash: &[u8; 32]) -> [u8; 64] {
    // Without a branch or a table, so that the compiler does many digits at once.
    let digit = |nibble: u8| nibble + b'0' + if nibble > 9 { b'a' - b'9' - 1 } else { 0 };
    let mut hex = [0; 64];
    for (pair, byte) in hex.as_chunks_mut().0.iter_mut().zip(hash) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    hex
}

/// An instant as `YYYYMMDDTHHMMSSZ`.
pub(super) fn date_text(at: OffsetDateTime) -> Option<[u8; 16]> {
    let at = at.checked_to_offset(UtcOffset::UTC)?;
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second) = at.time().as_hms();
    let year = u16::try_from(year).ok().filter(|year| *year <= 9999)?;
    let digit = |number: u16| b'0' + (number % 10) as u8;
    let two = |number: u8| [b'0' + number / 10 % 10, b'0' + number % 10];
    let [mo, nth] = two(month.into());
    let [d, ay] = two(day);
    let [h, our] = two(hour);
    let [mi, nute] = two(minute);
    let [s, econd] = two(second);
    let [y, e, a, r] = [digit(year / 1000), digit(year / 100), digit(year / 10), digit(year)];
    Some([y, e, a, r, mo, nth, d, ay, b'T', h, our, mi, nute, s, econd, b'Z'])
}

/// Host and port as the `Host` header has them, without user and password.
pub(super) fn host_of(uri: &Uri) -> Option<HeaderValue> {
    let authority = uri.authority()?.as_str();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    HeaderValue::from_str(host).ok().filter(|host| !host.is_empty())
}

fn with_query(uri: &Uri, query: &[u8]) -> Result<Uri, SignError> {
    let mut text = Vec::with_capacity(uri.path().len() + 1 + query.len());
    text.extend_from_slice(uri.path().as_bytes());
    if !query.is_empty() {
        text.push(b'?');
        text.extend_from_slice(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query =
        Some(PathAndQuery::from_maybe_shared(Bytes::from(text)).map_err(|_| SignError::TooLarge)?);
    Uri::from_parts(parts).map_err(|_| SignError::TooLarge)
}
