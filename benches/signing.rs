//! Cost of signing a 300-byte JSON POST compared with the bare hashes that it needs.
//!
//! `floor` hashes the same bytes and does nothing else: SHA-256 of the body, SHA-256 of the canonical request, one
//! HMAC of the text to sign. `sign` signs a new request that has its `Host` header and room for two more, `sign_again`
//! one that was signed before, as a second attempt is, both with a ready [`Signer`]; `sign_once` makes ready the keys
//! as well. On a machine that others use, go by the ratios printed first: the best of many short rounds, floor and
//! signing in turn.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderValue, header::HOST, request::Parts};
use huaweicloud_partner::auth::{AccessKeys, Signer, sign};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

const SECRET: &str = "SKexample0001SKexample0001SKexample00001";
const CANONICAL: &str = "POST\n/v2/accounts/partner-accounts/adjust-amount/\n\n\
    content-type:application/json\nhost:bss.myhuaweicloud.com\nx-domain-id:0123456789abcdef0123456789abcdef\n\
    x-language:en_US\nx-sdk-date:20260501T080501Z\n\n\
    content-type;host;x-domain-id;x-language;x-sdk-date\n\
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const TO_SIGN: &str = "SDK-HMAC-SHA256\n20260501T080501Z\n\
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn head() -> Parts {
    let request =
        http::Request::post("https://bss.myhuaweicloud.com/v2/accounts/partner-accounts/adjust-amount")
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("user-agent", "huaweicloud-partner/0.1.0")
            .header("x-domain-id", "0123456789abcdef0123456789abcdef")
            .header("x-language", "en_US")
            .body(());
    match request {
        Ok(request) => {
            let mut head = request.into_parts().0;
            head.headers.reserve(3);
            head.headers.insert(HOST, HeaderValue::from_static("bss.myhuaweicloud.com"));
            head
        }
        Err(error) => unreachable!("{error}"),
    }
}

fn floor(body: &[u8]) -> [u8; 32] {
    black_box(Sha256::digest(black_box(body)));
    black_box(Sha256::digest(black_box(CANONICAL)));
    match Hmac::<Sha256>::new_from_slice(black_box(SECRET).as_bytes()) {
        Ok(mac) => mac.chain_update(black_box(TO_SIGN)).finalize().into_bytes().into(),
        Err(error) => unreachable!("{error}"),
    }
}

/// Best times of floor, `sign` and `sign_again` in nanoseconds for one call.
fn best(body: &[u8], signer: &Signer) -> [u128; 3] {
    const CALLS: usize = 8;
    const ROUNDS: usize = 40_000;
    let at = OffsetDateTime::UNIX_EPOCH;
    let mut best = [u128::MAX; 3];
    for _ in 0..ROUNDS {
        let mut heads: Vec<_> = (0..CALLS).map(|_| head()).collect();
        let started = Instant::now();
        for _ in 0..CALLS {
            black_box(floor(body));
        }
        let floor = started.elapsed();
        let mut sign_all = || {
            let started = Instant::now();
            for head in &mut heads {
                let signed = signer.sign(head, black_box(body), black_box(at));
                assert!(signed.is_ok());
            }
            started.elapsed()
        };
        for (best, took) in best.iter_mut().zip([floor, sign_all(), sign_all()]) {
            *best = took.as_nanos().min(*best);
        }
    }
    best.map(|all| all / CALLS as u128)
}

fn signing(criterion: &mut Criterion) {
    let body = format!(r#"{{"customer_id":"{}"}}"#, "c".repeat(282)).into_bytes();
    assert_eq!(body.len(), 300);
    let keys = AccessKeys { id: "AKEXAMPLE0001EXAMPLE".into(), secret: SECRET.into(), security_token: None };
    let mut group = criterion.benchmark_group("signing");
    group.sample_size(100).measurement_time(Duration::from_secs(3));
    group.bench_function("floor", |bencher| bencher.iter(|| floor(&body)));
    let Ok(signer) = Signer::new(&keys) else { unreachable!("the keys are fine") };
    let [floor_best, sign_best, again_best] = best(&body, &signer);
    let times = |time: u128| format!("{}.{:02}", time / floor_best, time * 100 / floor_best % 100);
    println!("best times: floor {floor_best} ns, sign {sign_best} ns ({} of the floor)", times(sign_best));
    println!("            sign_again {again_best} ns ({} of the floor)", times(again_best));
    let at = OffsetDateTime::UNIX_EPOCH;
    // Few at once, so that the requests do not push each other out of the cache.
    let few = BatchSize::NumIterations(8);
    group.bench_function("sign", |bencher| {
        bencher.iter_batched_ref(head, |head| signer.sign(head, black_box(&body[..]), black_box(at)), few);
    });
    group.bench_function("sign_again", |bencher| {
        let mut head = head();
        bencher.iter(|| signer.sign(&mut head, black_box(&body[..]), black_box(at)));
    });
    group.bench_function("sign_once", |bencher| {
        bencher.iter_batched_ref(head, |head| sign(head, black_box(&body[..]), &keys, black_box(at)), few);
    });
    group.finish();
}

criterion_group!(benches, signing);
criterion_main!(benches);
