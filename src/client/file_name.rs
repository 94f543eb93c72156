//! The name of a file in `Content-Disposition`, by RFC 6266 and what services write instead.

use percent_encoding::{percent_decode, percent_decode_str};

/// The name in `attachment; filename="a.txt"` or `filename*=UTF-8''a.txt`, without folders and control characters.
pub(super) fn file_name(disposition: &[u8]) -> Option<String> {
    let parameters = parameters(disposition);
    let value = |wanted: &str| {
        let found = parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()));
        found.map(|(_, value)| value.as_slice())
    };
    value("filename*").and_then(extended).or_else(|| value("filename").and_then(plain))
}

/// Names and values after the first semicolon. Quotation marks hold semicolons; a backslash before a quotation mark or
/// another backslash is left out, any other stays, because some services write folders with it.
fn parameters(disposition: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let (mut name, mut value): (Vec<u8>, Option<Vec<u8>>) = (Vec::new(), None);
    let (mut quoted, mut first) = (false, true);
    let mut bytes = disposition.iter().copied().peekable();
    let mut end = |name: &mut Vec<u8>, value: &mut Option<Vec<u8>>| {
        let (name, is_first) = (std::mem::take(name), std::mem::take(&mut first));
        if let Some(value) = value.take().filter(|_| !is_first) {
            found.push((name.trim_ascii().to_vec(), value.trim_ascii().to_vec()));
        }
    };
    while let Some(byte) = bytes.next() {
        match (byte, &mut value) {
            (b'\\', Some(value)) if quoted => {
                value.push(bytes.next_if(|next| matches!(next, b'"' | b'\\')).unwrap_or(b'\\'));
            }
            (b'"', Some(value)) if quoted || value.trim_ascii().is_empty() => quoted = !quoted,
            (b';', _) if !quoted => end(&mut name, &mut value),
            (b'=', None) => value = Some(Vec::new()),
            (_, Some(value)) => value.push(byte),
            (_, None) => name.push(byte),
        }
    }
    end(&mut name, &mut value);
    found
}

/// The text of `charset'language'percent-encoded`, where the character set is UTF-8.
fn extended(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let (charset, rest) = text.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    safe(&percent_decode_str(encoded).decode_utf8().ok()?)
}

/// A name as it stands, or percent-encoded or as the words of a mail header where it is so without being declared so.
fn plain(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    if text.starts_with("=?") && text.ends_with("?=") {
        return safe(&encoded_words(text)?);
    }
    let decoded = percent_decode(value).decode_utf8();
    safe(decoded.as_deref().unwrap_or(text))
}

/// The text of `=?utf-8?B?5bel?= =?utf-8?Q?=E5=8D=95?=` (RFC 2047), where the character set is UTF-8. A character may be cut
/// by the end of a word.
fn encoded_words(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    for word in text.split_ascii_whitespace() {
        let mut parts = word.strip_prefix("=?")?.strip_suffix("?=")?.splitn(3, '?');
        let (charset, way, encoded) = (parts.next()?, parts.next()?, parts.next()?);
        if !charset.eq_ignore_ascii_case("utf-8") {
            return None;
        }
        match way {
            "B" | "b" => bytes.extend(base64(encoded)?),
            "Q" | "q" => bytes
                .extend(percent_decode_str(&encoded.replace('%', "%25").replace('_', " ").replace('=', "%"))),
            _ => return None,
        }
    }
    String::from_utf8(bytes).ok()
}

/// The bytes of a text in Base64.
fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = ((held << 6) | u32::from(value)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// The last segment of a path without what would change how it is shown.
fn safe(name: &str) -> Option<String> {
    let changes_direction = |c: char| matches!(c, '\u{61c}' | '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control() && !changes_direction(*c)).collect();
    let name = name.trim();
    // Points alone name a folder, or nothing.
    name.contains(|c| c != '.').then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_form_and_have_no_folders() {
        for (disposition, name) in [
            ("attachment; filename=\"a b.txt\"", Some("a b.txt")),
            ("attachment; filename=\"a;b.txt\"", Some("a;b.txt")),
            ("attachment; filename=\"a;b.txt\"; size=3", Some("a;b.txt")),
            ("attachment; filename=\"a\\\"b.txt\"", Some("a\"b.txt")),
            ("attachment; filename=\"a=b.txt\"", Some("a=b.txt")),
            ("attachment; FileName = plain.txt ; x=y", Some("plain.txt")),
            ("attachment; filename*=UTF-8'zh'%E5%B7%A5.txt", Some("工.txt")),
            ("attachment; filename*=utf-8''%E5%B7%A5.txt", Some("工.txt")),
            ("attachment; filename=x; filename*=UTF-8''%E5%B7%A5%E5%8D%95.xlsx", Some("工单.xlsx")),
            ("attachment; filename=\"工单.xlsx\"", Some("工单.xlsx")),
            ("attachment; filename=\"工单.xlsx\"; filename*=UTF-8''other.xlsx", Some("other.xlsx")),
            ("attachment; filename=ok.txt; filename*=broken", Some("ok.txt")),
            ("attachment; filename=ok.txt; filename*=GBK''%B9%A4.xlsx", Some("ok.txt")),
            ("attachment; filename*=GBK''%B9%A4%B5%A5.xlsx", None),
            ("attachment; filename*=UTF-8''a%00b.txt", Some("ab.txt")),
            ("attachment; filename*=UTF-8''a%0Ab.txt", Some("ab.txt")),
            ("attachment; filename*=UTF-8''a%0D%0Ab%E2%80%AEtxt", Some("abtxt")),
            ("attachment; filename*=UTF-8''%00", None),
            ("attachment; filename*=UTF-8''%FF", None),
            ("attachment;filename=%E5%B7%A5.log", Some("工.log")),
            ("attachment; filename=\"100%.txt\"", Some("100%.txt")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\folder\\a.txt\"", Some("a.txt")),
            ("attachment; filename*=UTF-8''..%2F..%2Fa.txt", Some("a.txt")),
            ("attachment; filename=\"=?UTF-8?B?5bel5Y2VLnhsc3g=?=\"", Some("工单.xlsx")),
            ("attachment; filename==?utf-8?q?=E5=B7=A5=E5=8D=95_1=2Exlsx?=", Some("工单 1.xlsx")),
            ("attachment; filename=\"=?utf-8?B?5bc=?= =?utf-8?B?pS50eHQ=?=\"", Some("工.txt")),
            ("attachment; filename=\"=?utf-8?B?Li4vYQBiLnR4dA==?=\"", Some("ab.txt")),
            ("attachment; filename=\"=?GBK?B?uaQ=?=\"", None),
            ("attachment; filename=\"=?utf-8?B?!?=\"", None),
            ("attachment; filename=\"a=?b?=.txt\"", Some("a=?b?=.txt")),
            ("attachment; filename*=UTF-8''a%E2%80%A8b%E2%80%A9c%D8%9Cd.txt", Some("abcd.txt")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"...\"", None),
            ("attachment; filename=\"", None),
            ("attachment; filename=\"open", Some("open")),
            ("attachment; filename=", None),
            ("filename=a.txt", None),
            ("attachment; =;;\";", None),
            ("attachment", None),
            ("", None),
        ] {
            assert_eq!(file_name(disposition.as_bytes()).as_deref(), name, "{disposition}");
        }
        assert_eq!(file_name(b"attachment; filename=\"\xb9\xa4.xlsx\""), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60)) {
            if let Some(name) = file_name(&bytes) {
                assert!(!name.contains(['/', '\\', '\0', '\n']));
            }
        }
    }
}
