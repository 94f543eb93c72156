//! Whatever can be made into a request is signed so that it verifies, or refused without a panic.
#![no_main]

use std::time::Duration;

use http::Request;
use huaweicloud_partner::auth::{AccessKeys, sign, verify};
use libfuzzer_sys::fuzz_target;
use time::OffsetDateTime;

fuzz_target!(|data: (String, String, String, Vec<u8>)| {
    let (address, name, value, body) = data;
    let request = Request::post(format!("https://example.com/{address}")).header(format!("x-{name}"), value).body(());
    let Ok(request) = request else { return };
    let (mut head, ()) = request.into_parts();
    let keys = AccessKeys { id: "AK".into(), secret: "SK".into(), security_token: None };
    let at = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_777_622_701);
    if sign(&mut head, body.as_slice(), &keys, at).is_ok() {
        verify(&head, body.as_slice(), at, Duration::ZERO, |_| Some(keys.clone())).expect("it was signed just now");
    }
});
