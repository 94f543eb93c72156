//! Signing with access keys: SDK-HMAC-SHA256.

use std::{cell::Cell, fmt};

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _, digest::InvalidLength};
use http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
    request::Parts,
    uri::PathAndQuery,
};
use sha2::{Digest as _, Sha256};
use time::{OffsetDateTime, UtcOffset};

use super::{
    AccessKeys,
    canonical::{self, ALGORITHM, Signed, UNSIGNED, X_SDK_CONTENT_SHA256, X_SDK_DATE, X_SECURITY_TOKEN},
};

/// The part of a body that goes into the signature.
#[derive(Clone, Copy)]
pub enum Payload<'a> {
    /// Hashes these bytes, where the content type is JSON or BSON or missing; bodies of other types are never
    /// hashed.
    Bytes(&'a [u8]),
    /// Hashes no body: the body is a stream that cannot be read ahead.
    Unsigned,
}

impl fmt::Debug for Payload<'_> {
    /// Counts the bytes, which may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Unsigned => f.write_str("Unsigned"),
        }
    }
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

/// Error of signing a request. The request is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The address has no host, and there is no `Host` header.
    #[error("the request has neither a host in its address nor a Host header")]
    NoHost,
    /// The key id is empty, or holds characters that cannot stand in the `Authorization` header.
    #[error("the access key id is empty or has characters that no key id has")]
    KeyId,
    /// Secret key is empty.
    #[error("the secret access key is empty")]
    EmptySecret,
    /// The security token is empty or cannot be carried by a header.
    #[error("the security token is empty or cannot be sent in a header")]
    SecurityToken,
    /// The IAM token cannot be carried by a header.
    #[error("the token cannot be sent in a header")]
    Token,
    /// The signature is computed elsewhere, and this function cannot wait for it.
    #[error("the signature is computed by a SignRequest: use Credentials::prove")]
    Remote,
    /// The account id cannot be carried by a header.
    #[error("the account id cannot be sent in a header")]
    DomainId,
    /// Instant is outside the years 0 to 9999.
    #[error("the instant is outside the years that a signature can name")]
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
/// another form than the signed one is rewritten: pairs sorted, percent-encoded again.
///
/// Anyone who signs many requests with the same keys makes a [`Signer`] once. This works on `http` types
/// alone, without a client:
///
/// ```
/// use huaweicloud_partner::auth::{AccessKeys, sign};
/// use time::OffsetDateTime;
///
/// let body = r#"{"limit":10}"#;
/// let (mut head, ()) = http::Request::post("https://bss.myhuaweicloud.com/v2/partners/sub-customers/query")
///     .header("content-type", "application/json")
///     .body(())
///     .unwrap()
///     .into_parts();
/// let keys = AccessKeys { id: "AKEXAMPLE".into(), secret: "secret".into(), security_token: None };
/// sign(&mut head, body.as_bytes(), &keys, OffsetDateTime::UNIX_EPOCH).unwrap();
/// assert_eq!(head.headers["x-sdk-date"], "19700101T000000Z");
/// ```
///
/// # Errors
/// [`SignError`]; the head is then as it was.
pub fn sign<'a>(
    head: &mut Parts,
    body: impl Into<Payload<'a>>,
    keys: &AccessKeys,
    at: OffsetDateTime,
) -> Result<(), SignError> {
    Signer::new(keys)?.sign(head, body, at)
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
    Signer::new(keys)?.sign_chosen(head, body.into(), at, Some(headers))
}

/// Access keys made ready to sign many requests: checked, and with the keyed part of the hash done. Holds the secret
/// in no other form.
#[derive(Clone)]
pub struct Signer {
    /// The `Authorization` header up to the names of the signed headers.
    start: Box<[u8]>,
    token: Option<HeaderValue>,
    mac: Hmac<Sha256>,
}

impl Signer {
    /// A signer with these keys.
    ///
    /// # Errors
    /// [`SignError`] where the keys cannot be used.
    pub fn new(keys: &AccessKeys) -> Result<Self, SignError> {
        let is_fine = |byte: &u8| byte.is_ascii_graphic() && *byte != b',';
        if keys.id.is_empty() || !keys.id.as_bytes().iter().all(is_fine) {
            return Err(SignError::KeyId);
        }
        if keys.secret.is_empty() {
            return Err(SignError::EmptySecret);
        }
        let token = match &keys.security_token {
            Some(token) if token.is_empty() => return Err(SignError::SecurityToken),
            Some(token) => {
                let mut value =
                    HeaderValue::from_str(token.expose()).map_err(|_| SignError::SecurityToken)?;
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        let start = [ALGORITHM.as_bytes(), b" Access=", keys.id.as_bytes(), b", SignedHeaders="].concat();
        let mac = keyed(keys).map_err(|_| SignError::EmptySecret)?;
        Ok(Self { start: start.into(), token, mac })
    }

    /// Signs a request as the function [`sign`] does.
    ///
    /// # Errors
    /// [`SignError`]; the head is then as it was.
    pub fn sign<'a>(
        &self,
        head: &mut Parts,
        body: impl Into<Payload<'a>>,
        at: OffsetDateTime,
    ) -> Result<(), SignError> {
        self.sign_chosen(head, body.into(), at, None)
    }

    fn sign_chosen(
        &self,
        head: &mut Parts,
        body: Payload<'_>,
        at: OffsetDateTime,
        chosen: Option<&[&'static str]>,
    ) -> Result<(), SignError> {
        let mut prepared =
            Prepared::new(head, body, at, chosen, &self.start, self.token.as_ref(), &HMAC_SHA256)?;
        let Prepared { text, start, date, .. } = &mut prepared;
        let signature = finish(self.mac.clone(), date, text, *start).finalize();
        prepared.apply(head, &hex_of(&signature.into_bytes().into()), self.token.as_ref())
    }
}

/// Differences between the signing algorithms of the same form.
pub(super) struct Scheme {
    pub(super) algorithm: &'static str,
    pub(super) hash: fn(&[u8]) -> [u8; 32],
    pub(super) content_header: &'static HeaderName,
    /// The keyed hash of a text; nothing where the key cannot be used.
    pub(super) mac: fn(&[u8], &[u8]) -> Option<[u8; 32]>,
}

pub(super) static HMAC_SHA256: Scheme = Scheme {
    algorithm: ALGORITHM,
    hash: |bytes| Sha256::digest(bytes).into(),
    content_header: &X_SDK_CONTENT_SHA256,
    mac: |key, text| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
        mac.update(text);
        Some(mac.finalize().into_bytes().into())
    },
};

impl Scheme {
    /// The text to sign: algorithm, date and hash of the canonical request.
    pub(super) fn string_to_sign(&self, date: &[u8], canonical: &[u8]) -> Vec<u8> {
        let hash = (self.hash)(canonical);
        [self.algorithm.as_bytes(), b"\n", date, b"\n", &hex_of(&hash)].concat()
    }
}

/// A request that is ready to be signed: everything that can fail except the signature itself is done.
pub(super) struct Prepared {
    /// The `Authorization` header up to the signature, and from `start` on the canonical request.
    text: Vec<u8>,
    start: usize,
    date: [u8; 16],
    rewritten: Option<Uri>,
    new_host: Option<HeaderValue>,
    content_header: &'static HeaderName,
    unsigned: bool,
    stale_token: bool,
    stale_hash: bool,
}

impl Prepared {
    /// Prepares a request. `beginning` is the `Authorization` header up to the names of the signed headers.
    pub(super) fn new(
        head: &Parts,
        body: Payload<'_>,
        at: OffsetDateTime,
        chosen: Option<&[&'static str]>,
        beginning: &[u8],
        token: Option<&HeaderValue>,
        scheme: &Scheme,
    ) -> Result<Self, SignError> {
        let date = date_text(at).ok_or(SignError::Date)?;
        let mut signed = Signed::default();
        let own = HeadersOfRequest::read(&head.headers, chosen, scheme.content_header, &mut signed)?;
        let unsigned =
            matches!(body, Payload::Unsigned) || !own.content_type.is_none_or(canonical::is_hashed);
        let new_host = match own.host {
            Some(_) => None,
            None => Some(host_of(&head.uri).ok_or(SignError::NoHost)?),
        };
        let host = own.host.or(new_host.as_ref()).ok_or(SignError::NoHost)?;
        signed.push(HOST.as_str(), host.as_bytes());
        signed.push(X_SDK_DATE.as_str(), &date);
        if let Some(token) = token {
            signed.push(X_SECURITY_TOKEN.as_str(), token.as_bytes());
        }
        if unsigned {
            signed.push(scheme.content_header.as_str(), UNSIGNED.as_bytes());
        }
        let signed = signed.sorted();

        let mut hash = [0; 64];
        let hash = hash_payload(body, unsigned, &mut hash, scheme.hash);
        let query = head.uri.query().unwrap_or_default();

        // One buffer: the header's value up to the signature, and behind it for a while the canonical request.
        let mut text = BUFFER.take();
        text.clear();
        text.extend_from_slice(beginning);
        let names = canonical::write_names(&mut text, signed);
        text.extend_from_slice(b", Signature=");
        let start = text.len();
        let method = head.method.as_str();
        let place = canonical::write_request(&mut text, method, head.uri.path(), query, signed, names, hash);
        let rewritten = match text.get(place) {
            Some(canonical) if canonical != query.as_bytes() => Some(with_query(&head.uri, canonical)?),
            _ => None,
        };
        let (stale_token, stale_hash) = (own.has_token, own.has_hash);
        let content_header = scheme.content_header;
        Ok(Self { text, start, date, rewritten, new_host, content_header, unsigned, stale_token, stale_hash })
    }

    /// The text to sign: algorithm, date and hash of the canonical request.
    pub(super) fn string_to_sign(&mut self, scheme: &Scheme) -> Vec<u8> {
        let canonical = self.text.get(self.start..).unwrap_or_default();
        let text = scheme.string_to_sign(&self.date, canonical);
        self.text.truncate(self.start);
        text
    }

    /// Puts the signature and the headers that go with it on the request.
    ///
    /// # Errors
    /// Where a header cannot be written. The request is then as it was.
    pub(super) fn apply(
        mut self,
        head: &mut Parts,
        signature: &[u8],
        token: Option<&HeaderValue>,
    ) -> Result<(), SignError> {
        self.text.extend_from_slice(signature);
        // Both values share their memory, with each other and with every copy of the headers.
        let end = self.text.len();
        self.text.extend_from_slice(&self.date);
        let values = Bytes::copy_from_slice(&self.text);
        if self.text.capacity() <= MAX_KEPT_BUFFER {
            BUFFER.set(self.text);
        }
        let mut authorization =
            HeaderValue::from_maybe_shared(values.slice(..end)).map_err(|_| SignError::KeyId)?;
        authorization.set_sensitive(true);
        let date = HeaderValue::from_maybe_shared(values.slice(end..)).map_err(|_| SignError::Date)?;

        // All that can fail is done before the first change.
        head.headers.try_reserve(5).map_err(|_| SignError::TooLarge)?;
        if let Some(uri) = self.rewritten {
            head.uri = uri;
        }
        if let Some(host) = self.new_host {
            head.headers.insert(HOST, host);
        }
        head.headers.insert(&X_SDK_DATE, date);
        match token {
            Some(token) => drop(head.headers.insert(&X_SECURITY_TOKEN, token.clone())),
            None if self.stale_token => drop(head.headers.remove(&X_SECURITY_TOKEN)),
            None => {}
        }
        if self.unsigned {
            head.headers.insert(self.content_header, HeaderValue::from_static(UNSIGNED));
        } else if self.stale_hash {
            head.headers.remove(self.content_header);
        }
        head.headers.insert(AUTHORIZATION, authorization);
        Ok(())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("token", &self.token).finish_non_exhaustive()
    }
}

thread_local! {
    /// Buffer in which requests are canonicalised, reused on each thread so that it is allocated once.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}
/// A larger buffer is given back.
const MAX_KEPT_BUFFER: usize = 16 * 1024;

/// Headers of the request that affect the signature, found in one pass.
struct HeadersOfRequest<'a> {
    host: Option<&'a HeaderValue>,
    content_type: Option<&'a HeaderValue>,
    has_token: bool,
    has_hash: bool,
}

impl<'a> HeadersOfRequest<'a> {
    /// Collects the headers to sign, without those that signing sets.
    fn read(
        headers: &'a HeaderMap,
        chosen: Option<&[&'static str]>,
        content_header: &HeaderName,
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
                if name == content_header.as_str() {
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
            let set_here =
                [HOST.as_str(), X_SDK_DATE.as_str(), X_SECURITY_TOKEN.as_str(), content_header.as_str()];
            if !headers.contains_key(*name) && !set_here.contains(name) {
                return Err(SignError::MissingHeader(name));
            }
        }
        Ok(own)
    }
}

/// The last line of the canonical request.
pub(super) fn hash_payload<'a>(
    body: Payload<'_>,
    unsigned: bool,
    hash: &'a mut [u8; 64],
    digest: fn(&[u8]) -> [u8; 32],
) -> &'a [u8] {
    match body {
        Payload::Bytes(bytes) if bytes.is_empty() || !unsigned => {
            *hash = hex_of(&digest(bytes));
            hash
        }
        _ => UNSIGNED.as_bytes(),
    }
}

/// The keyed hash before any text.
///
/// # Errors
/// None in fact: HMAC takes keys of any length.
fn keyed(keys: &AccessKeys) -> Result<Hmac<Sha256>, InvalidLength> {
    Hmac::new_from_slice(keys.secret.expose().as_bytes())
}

/// Hashes the text to sign: algorithm, date and hash of the canonical request, which begins at `start` of the buffer
/// and is taken out of it.
fn finish(mut mac: Hmac<Sha256>, date: &[u8], text: &mut Vec<u8>, start: usize) -> Hmac<Sha256> {
    let hash = Sha256::digest(text.get(start..).unwrap_or_default());
    text.truncate(start);
    text.extend_from_slice(ALGORITHM.as_bytes());
    text.push(b'\n');
    text.extend_from_slice(date);
    text.push(b'\n');
    text.extend_from_slice(&hex_of(&hash.into()));
    mac.update(text.get(start..).unwrap_or_default());
    text.truncate(start);
    mac
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
