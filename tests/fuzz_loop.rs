//! The fuzz targets on inputs that a seed makes: the same for every run. `HWP_FUZZ_SECONDS` says for how long; by default
//! it is two seconds.
//!
//! ```text
//! HWP_FUZZ_SECONDS=60 cargo test --test fuzz_loop -- --nocapture
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

#[path = "support/fuzz_targets.rs"]
mod fuzz_targets;

use std::time::{Duration, Instant};

/// Pieces that services of this kind write, to be put together and altered.
const PIECES: &[&str] = &[
    "",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "null",
    "true",
    "false",
    "{}",
    "[]",
    "\"\"",
    "0",
    "-1",
    "1.0",
    "1e0",
    "-0.00",
    "99.5",
    "\"1_000\"",
    "9223372036854775808",
    "79228162514264337593543950335",
    "1e400",
    "\"NaN\"",
    "\\ud83d",
    "\u{feff}",
    "\"error_code\"",
    "\"error_msg\"",
    "\"errorCode\"",
    "\"code\"",
    "\"message\"",
    "\"error\"",
    "\"errors\"",
    "\"success\"",
    "\"CBC.99005003\"",
    "\"CBC.0000\"",
    "\"SUCCESS\"",
    "\"APIGW.0308\"",
    "\"transfer_id\"",
    "\"T1\"",
    "\"total_count\"",
    "\"count\"",
    "\"fee_records\"",
    "\"records\"",
    "\"indirect_partners\"",
    "\"data\"",
    "\"id\"",
    "\"amount\"",
    "\"measure_id\"",
    "\"currency\"",
    "\"next_marker\"",
    "\"position\"",
    "\"page_size\"",
    "\"rows\"",
    "\"seen\"",
    "\"finished\"",
    "\"row\"",
    "\"page\"",
    "\"marker\"",
    "2026-05-01T08:05:01Z",
    "2026-04-30T23:30:00.000+0800",
    "9999-12-31T23:59:59-08:00",
    "0000-01-01T00:00:00+08:00",
    "0000-00-00 00:00:00",
    "2026-04",
    "202604",
    "GMT+8",
    "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=00",
    "20260501T080501Z",
    "\0",
    "a/b?c=d&c",
    "attachment; filename=\"a.pdf\"",
    "; filename*=UTF-8''%e4%b8%ad.pdf",
    "=?utf-8?B?5Lit?=",
    "../..",
    "\\",
    "%00",
    "120",
    "Wed, 21 Oct 2026 07:28:00 GMT",
    " ",
    "\n",
    "\t",
    "<html>",
    "Li Lei \u{674e}\u{96f7}",
    "\"Li Lei \u{674e}\u{96f7}\"",
    "\"error_details\"",
    "\"simple_quota_infos\"",
    "\"order_ids\"",
    "\"incident_info_list\"",
    "\"status\"",
    "\"result\"",
    "\"request_id\"",
    "\"ERROR\"",
    "\"OSM.01010015\"",
    "1.5, 120;x",
    "Fri, 01 May 2026 16:06:01 +0800",
    "99999999999999999999",
    "http://user:pw@127.0.0.1:8080/#",
    "https://example.com/a?x=1",
    "socks5://127.0.0.1:1080",
];

/// A small generator of numbers, so that an input can be made again from its number alone.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).unwrap()
    }
}

fn input(number: u64) -> Vec<u8> {
    let mut numbers = Numbers(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for _ in 0..8 {
        numbers.next(2);
    }
    let mut input: Vec<u8> = (0..numbers.next(4)).map(|_| numbers.next(256) as u8).collect();
    // Half of the inputs are JSON objects of some form, the rest anything.
    if numbers.next(2) == 0 {
        input.push(b'{');
        for field in 0..numbers.next(6) {
            input.extend_from_slice(if field == 0 { b"" } else { b"," });
            let name = PIECES.iter().filter(|piece| piece.len() > 4 && piece.starts_with('"'));
            let name = name.clone().nth(numbers.next(name.count())).unwrap();
            input.extend_from_slice(name.as_bytes());
            input.push(b':');
            input.extend_from_slice(PIECES[numbers.next(PIECES.len())].as_bytes());
        }
        input.push(b'}');
    } else {
        for _ in 0..numbers.next(8) {
            input.extend_from_slice(PIECES[numbers.next(PIECES.len())].as_bytes());
        }
    }
    for _ in 0..numbers.next(3) {
        if !input.is_empty() {
            let place = numbers.next(input.len());
            input[place] = numbers.next(256) as u8;
        }
    }
    input
}

#[test]
fn no_input_makes_a_fuzz_target_panic_or_go_on_without_end() {
    let seconds = std::env::var("HWP_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut number = 0;
    while Instant::now() < end {
        for _ in 0..50 {
            let input = input(number);
            for (name, target) in fuzz_targets::TARGETS {
                let begun = Instant::now();
                if std::panic::catch_unwind(|| target(&input)).is_err() {
                    panic!(
                        "the target {name} fails on input {number}: {:?}",
                        String::from_utf8_lossy(&input)
                    );
                }
                assert!(
                    begun.elapsed() < Duration::from_secs(10),
                    "the target {name} is slow on input {number}"
                );
            }
            number += 1;
        }
    }
    println!("{number} inputs for each of {} targets", fuzz_targets::TARGETS.len());
}

/// The dictionary of cargo-fuzz holds the same pieces: `cargo fuzz run call -- -dict=fuzz/words.dict`.
#[test]
fn the_dictionary_has_the_pieces() {
    let mut expected = String::from("# Written from PIECES in tests/fuzz_loop.rs.\n");
    for piece in PIECES.iter().filter(|piece| !piece.is_empty()) {
        expected.push('"');
        for byte in piece.bytes() {
            match byte {
                b'"' | b'\\' => expected.extend(['\\', char::from(byte)]),
                0x20..0x7f => expected.push(char::from(byte)),
                byte => expected.push_str(&format!("\\x{byte:02X}")),
            }
        }
        expected.push_str("\"\n");
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/words.dict");
    if std::env::var_os("UPDATE_DICTIONARY").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, expected, "run with UPDATE_DICTIONARY=1");
}
