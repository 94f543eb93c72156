//! The other side of the signature: checking one, and explaining why one was refused.

use std::{fmt::Write as _, time::Duration};

use http::{
    HeaderMap, HeaderValue,
    header::{AUTHORIZATION, DATE, HOST},
    request::Parts,
};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::{
    AccessKeys, Payload,
    access_keys::masked,
    canonical::{self, Signed, UNSIGNED, X_SDK_DATE, X_SECURITY_TOKEN},
    sign_request::SCHEMES,
    signer::{Scheme, hash_payload, host_of},
};
use crate::types::UtcTime;

/// Maximum difference between the date of a signature and the service's clock, either way.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(15 * 60);

/// Reason why a signature was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is no `Authorization` header, or one of another algorithm.
    #[error("the request is not signed")]
    Missing,
    /// The signature or what belongs to it cannot be read.
    #[error("the signature is malformed: {0}")]
    Malformed(&'static str),
    /// Access key id is not known.
    #[error("the access key id is not known")]
    UnknownKey,
    /// The date is further from the clock than allowed, in the past or in the future.
    #[error("the date of the signature is {} s from the clock", difference.as_secs())]
    Expired {
        /// Difference between the two clocks.
        difference: Duration,
    },
    /// Temporary keys were used without their security token, or with another.
    #[error("the security token of these temporary keys is missing or another")]
    SecurityToken,
    /// The signature does not belong to this request and these keys.
    #[error("the signature does not match")]
    WrongSignature,
}

/// Checks the signature of a request and gives the id of the key that made it.
///
/// `at` is the current time, `tolerance` usually [`CLOCK_TOLERANCE`], `keys` finds keys by their id. Signatures are compared
/// in constant time. `host`, `x-sdk-date` and an `x-sdk-content-sha256` must be among the signed headers. With the feature
/// `sm3`, signatures by SDK-HMAC-SM3 are checked too.
///
/// # Errors
/// [`VerifyError`].
pub fn verify<'a>(
    head: &Parts,
    body: impl Into<Payload<'a>>,
    at: OffsetDateTime,
    tolerance: Duration,
    keys: impl FnOnce(&str) -> Option<AccessKeys>,
) -> Result<String, VerifyError> {
    let malformed = VerifyError::Malformed;
    let authorization = head.headers.get(AUTHORIZATION).ok_or(VerifyError::Missing)?;
    let authorization = authorization.to_str().map_err(|_| malformed("it is not plain text"))?;
    let claim = Claim::read(authorization)?;
    let date = head.headers.get(&X_SDK_DATE).ok_or(malformed("X-Sdk-Date is missing"))?.as_bytes();
    let date = date.trim_ascii();
    let signed_at = read_date(date).ok_or(malformed("X-Sdk-Date is not a date such as 20260501T080501Z"))?;
    let is_signed = |name: &str| claim.names.split(';').any(|signed| signed == name);
    if !is_signed(HOST.as_str()) || !is_signed(X_SDK_DATE.as_str()) {
        return Err(malformed("host and x-sdk-date must be signed"));
    }

    let keys = keys(claim.id).ok_or(VerifyError::UnknownKey)?;
    let difference = (at - signed_at).unsigned_abs();
    if difference > tolerance {
        return Err(VerifyError::Expired { difference });
    }
    if let Some(token) = &keys.security_token {
        let sent = head.headers.get(&X_SECURITY_TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
        if !same(sent, token.expose().as_bytes()) {
            return Err(VerifyError::SecurityToken);
        }
    }

    let host_from_address = host_of(&head.uri);
    let mut signed = Signed::default();
    for name in claim.names.split(';') {
        let before = signed.count();
        for value in head.headers.get_all(name) {
            signed.push(name, value.as_bytes());
        }
        if signed.count() == before {
            match &host_from_address {
                Some(host) if name == HOST.as_str() => signed.push(name, host.as_bytes()),
                _ => return Err(malformed("a signed header is missing")),
            }
        }
    }
    // Both sides sort, so the order in which the header lists the names does not matter.
    let signed = signed.sorted();

    let (body, scheme) = (body.into(), claim.scheme);
    let unsigned = match head.headers.get(scheme.content_header).map(HeaderValue::as_bytes) {
        Some(value) if value == UNSIGNED.as_bytes() => {
            if !is_signed(scheme.content_header.as_str()) {
                return Err(malformed("the header that leaves the body out must be signed"));
            }
            true
        }
        _ => false,
    };
    let mut hash = [0; 64];
    let hash = hash_payload(body, unsigned, &mut hash, scheme.hash);
    let mut text = Vec::with_capacity(1024);
    let names = canonical::write_names(&mut text, signed);
    let start = text.len();
    let query = head.uri.query().unwrap_or_default();
    canonical::write_request(&mut text, head.method.as_str(), head.uri.path(), query, signed, names, hash);
    let text = scheme.string_to_sign(date, text.get(start..).unwrap_or_default());
    let signature =
        (scheme.mac)(keys.secret.expose().as_bytes(), &text).ok_or(VerifyError::WrongSignature)?;
    if !same(&signature, &claim.signature) {
        return Err(VerifyError::WrongSignature);
    }
    Ok(claim.id.to_owned())
}

/// Contents of an `Authorization` header.
struct Claim<'a> {
    scheme: &'static Scheme,
    id: &'a str,
    names: &'a str,
    signature: [u8; 32],
}

impl<'a> Claim<'a> {
    fn read(authorization: &'a str) -> Result<Self, VerifyError> {
        let (algorithm, fields) = authorization.trim().split_once(' ').ok_or(VerifyError::Missing)?;
        let scheme = SCHEMES
            .iter()
            .copied()
            .find(|scheme| scheme.algorithm == algorithm)
            .ok_or(VerifyError::Missing)?;
        let (mut id, mut names, mut hex) = (None, None, None);
        for field in fields.split(',') {
            let slot = match field.trim().split_once('=') {
                Some(("Access", value)) => id.replace(value),
                Some(("SignedHeaders", value)) => names.replace(value),
                Some(("Signature", value)) => hex.replace(value),
                _ => return Err(VerifyError::Malformed("it has a part that no signature has")),
            };
            if slot.is_some() {
                return Err(VerifyError::Malformed("it has a part twice"));
            }
        }
        let (Some(id), Some(names), Some(hex)) = (id, names, hex) else {
            return Err(VerifyError::Malformed("it needs Access, SignedHeaders and Signature"));
        };
        let mut signature = [0; 32];
        hex::decode_to_slice(hex, &mut signature)
            .map_err(|_| VerifyError::Malformed("Signature must be 64 hexadecimal digits"))?;
        let is_name = |name: &str| !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        if id.is_empty() || !names.split(';').all(is_name) {
            return Err(VerifyError::Malformed(
                "Access must not be empty, SignedHeaders must be names in lower case",
            ));
        }
        Ok(Self { scheme, id, names, signature })
    }
}

/// Equality that takes as long for a wrong first byte as for a wrong last one.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |found, (a, b)| found | (a ^ b)) == 0
}

pub(crate) fn read_date(text: &[u8]) -> Option<OffsetDateTime> {
    let &[y, e, a, r, mo, nth, d, ay, b'T', h, our, mi, nute, s, econd, b'Z'] = text else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    let two = |tens: u8, ones: u8| Some(digit(tens)? * 10 + digit(ones)?);
    let year = i32::from(two(y, e)?) * 100 + i32::from(two(a, r)?);
    let month = Month::try_from(two(mo, nth)?).ok()?;
    let day = Date::from_calendar_date(year, month, two(d, ay)?).ok()?;
    let time = Time::from_hms(two(h, our)?, two(mi, nute)?, two(s, econd)?).ok()?;
    Some(PrimitiveDateTime::new(day, time).assume_utc())
}

/// Returns the time by which a signed request was dated ahead of the service; negative where it was behind.
///
/// From the request's `X-Sdk-Date` and the response's `Date`, which both count whole seconds and include the way there
/// and back. `None` where one of them is missing or unreadable.
pub fn clock_difference(signed: &HeaderMap, response: &HeaderMap) -> Option<time::Duration> {
    Some(read_date(signed.get(&X_SDK_DATE)?.as_bytes())? - server_time(response)?)
}

/// The time that the `Date` header of a response shows.
pub fn server_time(response: &HeaderMap) -> Option<OffsetDateTime> {
    let date = httpdate::parse_http_date(response.get(DATE)?.to_str().ok()?).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    OffsetDateTime::from_unix_timestamp(i64::try_from(since.as_secs()).ok()?).ok()
}

/// One sentence, without a full stop, that says what a refused request was signed with: the likely reason is among it.
///
/// Takes the headers of the signed request and those of the response. Names the difference of the clocks, the host, the
/// start of the key id and the headers signed; never a secret, a token or the signature.
pub fn explain_refusal(signed: &HeaderMap, response: &HeaderMap) -> String {
    let claim = signed
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| Claim::read(value).ok());
    let Some(claim) = claim else {
        return String::from("the request carried no signature of access keys");
    };
    let mut text = format!("signed with the key {}", masked(claim.id));
    if signed.contains_key(&X_SECURITY_TOKEN) {
        text.push_str(" and its security token");
    }
    if let Some(host) = signed.get(HOST).and_then(|host| host.to_str().ok()) {
        _ = write!(text, " for {host}");
    }
    if let Some(date) = signed.get(&X_SDK_DATE).and_then(|date| read_date(date.as_bytes())) {
        _ = write!(text, " at {}", UtcTime::from(date));
    }
    _ = write!(text, " over the headers {}; ", claim.names);
    text.push_str(&match clock_difference(signed, response) {
        Some(difference) if difference.unsigned_abs() > CLOCK_TOLERANCE => format!(
            "this clock is {} {} the service's, and at most 15 min are allowed: set it right",
            span(difference.unsigned_abs()),
            if difference.is_negative() { "behind" } else { "ahead of" },
        ),
        Some(difference) => {
            format!(
                "the clocks differ by {}, which is allowed: {WHAT_TO_CHECK}",
                span(difference.unsigned_abs())
            )
        }
        None => {
            format!("the response has no date, so check this clock; otherwise {WHAT_TO_CHECK}")
        }
    });
    text
}

const WHAT_TO_CHECK: &str = "check that the secret belongs to this key id, that the account belongs to the site of this \
                      host, and that nothing on the way changes the signed headers";

fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, seconds) => format!("{seconds} s"),
        (0, 0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (0, hours, minutes, _) => format!("{hours} h {minutes} min"),
        (days, hours, ..) => format!("{days} d {hours} h"),
    }
}
