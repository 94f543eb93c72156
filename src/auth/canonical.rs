//! The canonical request: the one text that both sides hash, however the request was written.

use std::ops::Range;

use http::{HeaderValue, header::HeaderName};

pub(super) const ALGORITHM: &str = "SDK-HMAC-SHA256";
pub(super) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

pub(crate) static X_SDK_DATE: HeaderName = HeaderName::from_static("x-sdk-date");
pub(crate) static X_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");
pub(super) static X_SDK_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-sdk-content-sha256");

type Header<'a> = (&'a str, &'a [u8]);

/// Names and trimmed values of the signed headers, a header with several values once for each. The usual number of
/// them needs no allocation.
#[derive(Default)]
pub(super) struct Signed<'a> {
    few: [Header<'a>; 12],
    count: usize,
    /// All of them, once they are more than `few` holds.
    many: Vec<Header<'a>>,
}

impl<'a> Signed<'a> {
    #[inline]
    pub(super) fn push(&mut self, name: &'a str, value: &'a [u8]) {
        let is_trimmed = |end: Option<&u8>| end.is_none_or(|byte| !byte.is_ascii_whitespace());
        let trimmed = is_trimmed(value.first()) && is_trimmed(value.last());
        let header = (name, if trimmed { value } else { value.trim_ascii() });
        match self.few.get_mut(self.count) {
            Some(free) => *free = header,
            None => {
                if self.many.is_empty() {
                    self.many.extend_from_slice(&self.few);
                }
                self.many.push(header);
            }
        }
        self.count += 1;
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn sorted(&mut self) -> &[Header<'a>] {
        let all = if self.many.is_empty() { &mut self.few[..] } else { &mut self.many[..] };
        let all = all.get_mut(..self.count).unwrap_or_default();
        // Byte by byte, because names differ early and are short.
        all.sort_unstable_by(|a, b| a.0.bytes().cmp(b.0.bytes()).then_with(|| a.1.cmp(b.1)));
        all
    }
}

/// Appends the canonical request. `signed` must be sorted, and `names` is where [`write_names`] put their names in
/// the same buffer. Gives the place of the query in it.
pub(super) fn write_request(
    out: &mut Vec<u8>,
    method: &str,
    path: &str,
    query: &str,
    signed: &[Header<'_>],
    names: Range<usize>,
    payload_hash: &[u8],
) -> Range<usize> {
    out.extend_from_slice(method.as_bytes());
    out.push(b'\n');
    write_path(out, path);
    out.push(b'\n');
    let start = out.len();
    write_query(out, query);
    let end = out.len();
    out.push(b'\n');
    for (name, value) in signed {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        out.extend_from_slice(value);
        out.push(b'\n');
    }
    out.push(b'\n');
    out.extend_from_within(names);
    out.push(b'\n');
    out.extend_from_slice(payload_hash);
    start..end
}

/// Appends the names of the signed headers, each once. Gives their place.
pub(super) fn write_names(out: &mut Vec<u8>, signed: &[Header<'_>]) -> Range<usize> {
    let start = out.len();
    let mut before = "";
    for (name, _) in signed {
        if *name != before {
            if !before.is_empty() {
                out.push(b';');
            }
            out.extend_from_slice(name.as_bytes());
            before = name;
        }
    }
    start..out.len()
}

/// Writes the path with every segment encoded from its decoded form and a slash at the end. An encoded slash counts
/// as a slash, as it does for the official SDKs, which decode the whole path before they split it.
fn write_path(out: &mut Vec<u8>, path: &str) {
    if path.bytes().fold(true, |plain, byte| plain & (is_unreserved(byte) | (byte == b'/'))) {
        out.extend_from_slice(path.as_bytes());
    } else {
        for byte in Decoded::of(path, false) {
            if byte == b'/' { out.push(byte) } else { write_encoded(out, byte) }
        }
    }
    if out.last() != Some(&b'/') {
        out.push(b'/');
    }
}

/// Writes the pairs of the query sorted by name and value, encoded from their decoded form, with `=` even where the
/// query has none.
fn write_query(out: &mut Vec<u8>, query: &str) {
    if is_plain(query) {
        out.extend_from_slice(query.as_bytes());
        return;
    }
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (Decoded::of(name, true).collect(), Decoded::of(value, true).collect())
        })
        .collect();
    pairs.sort_unstable();
    for (index, (name, value)) in pairs.into_iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        name.into_iter().for_each(|byte| write_encoded(out, byte));
        out.push(b'=');
        value.into_iter().for_each(|byte| write_encoded(out, byte));
    }
}

/// Whether a query is certainly canonical as it stands, found out without allocating.
fn is_plain(query: &str) -> bool {
    let mut before = ("", "");
    query.is_empty()
        || query.split('&').all(|pair| {
            let Some(pair) = pair.split_once('=') else { return false };
            let in_order = before <= pair;
            before = pair;
            in_order && pair.0.bytes().chain(pair.1.bytes()).all(is_unreserved)
        })
}

/// Letters, digits, `-`, `_`, `.` and `~`, asked without branches so that the compiler looks at many bytes at once.
fn is_unreserved(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        | (byte.wrapping_sub(b'0') < 10)
        | (byte == b'-')
        | (byte == b'_')
        | (byte == b'.')
        | (byte == b'~')
}

fn write_encoded(out: &mut Vec<u8>, byte: u8) {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 };
    if is_unreserved(byte) {
        out.push(byte);
    } else {
        out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
    }
}

/// The bytes that percent-encoded text stands for. A percent sign that begins no escape stands for itself.
struct Decoded<'a> {
    rest: &'a [u8],
    plus_is_space: bool,
}

impl<'a> Decoded<'a> {
    fn of(text: &'a str, plus_is_space: bool) -> Self {
        Self { rest: text.as_bytes(), plus_is_space }
    }
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        if let [b'%', high, low, rest @ ..] = self.rest
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            self.rest = rest;
            return Some(high << 4 | low);
        }
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(if byte == b'+' && self.plus_is_space { b' ' } else { byte })
    }
}

/// Whether the payload of this content type is hashed; others travel as `UNSIGNED-PAYLOAD`.
pub(super) fn is_hashed(content_type: &HeaderValue) -> bool {
    let content_type = content_type.as_bytes();
    let starts = |with: &str| {
        content_type.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
    };
    content_type.starts_with(b"application/json") || starts("application/json") || starts("application/bson")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> String {
        let mut out = Vec::new();
        write_path(&mut out, path);
        String::from_utf8(out).unwrap()
    }

    fn query(query: &str) -> String {
        let mut out = Vec::new();
        write_query(&mut out, query);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_path_is_encoded_from_its_decoded_form_and_ends_with_a_slash() {
        for (given, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("/v2/things", "/v2/things/"),
            ("/v2/things/", "/v2/things/"),
            ("/a b/%7e~/%e4%bd%a0", "/a%20b/~~/%E4%BD%A0/"),
            ("/a%2Fb", "/a/b/"),
            ("/100%/%zz/%", "/100%25/%25zz/%25/"),
            ("/a+b:c", "/a%2Bb%3Ac/"),
            ("/%ff", "/%FF/"),
        ] {
            assert_eq!(path(given), canonical, "{given}");
        }
    }

    #[test]
    fn a_query_is_sorted_by_its_decoded_names_and_values() {
        for (given, canonical) in [
            ("", ""),
            ("a=1&b=2", "a=1&b=2"),
            ("b=2&a=2&a=1", "a=1&a=2&b=2"),
            ("a-b=1&a=1", "a=1&a-b=1"),
            ("a=1&a-b=1", "a=1&a-b=1"),
            ("a", "a="),
            ("a=b=c", "a=b%3Dc"),
            ("&&a=1&", "a=1"),
            ("t=2026-05-01T08:05:01Z", "t=2026-05-01T08%3A05%3A01Z"),
            ("t=2026-05-01T08%3a05%3A01Z", "t=2026-05-01T08%3A05%3A01Z"),
            ("n=a+b&n=a%20b&n=a%2Bb", "n=a%20b&n=a%20b&n=a%2Bb"),
            ("k=%7B&k=b", "k=b&k=%7B"),
        ] {
            assert_eq!(query(given), canonical, "{given}");
        }
    }
}
