//! Functions that the fuzz targets and the test `fuzz_loop` call with arbitrary bytes. A fault is a panic, or
//! a call without end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use huaweicloud_partner::{
    Client,
    auth::{AccessKeys, Credentials, sign, verify},
    client::{CallOptions, ListCursor, NoRateLimit},
    clock::ManualClock,
    error::ApiError,
    registry,
    resellers::ListResellers,
    tickets::DownloadAttachment,
    transport::{Body, Transport, TransportError, TransportErrorKind},
    types::{Amount, BillCycle, Currency, Day, DayOrCycle, LocalTime, Money, TimeZone, UtcTime},
};
use time::OffsetDateTime;

/// Function that is tried with the bytes.
type Target = fn(&[u8]);

/// All targets, by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("amount", amount),
    ("time", time),
    ("decode", decode),
    ("error", error),
    ("call", call),
    ("list", list),
    ("cursor", cursor),
    ("sign", sign_and_verify),
    ("verify", verify_only),
    ("file_name", file_name),
];

/// The most requests that one call or list may make before it counts as one without end.
const MOST_REQUESTS: usize = 10_000;

/// Text is an amount or is not; one that was read is written and read again unchanged, and sums do not panic.
pub fn amount(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = serde_json::from_slice::<Amount>(data);
    let _ = huaweicloud_partner::types::decode::<Amount>(data);
    let Ok(amount) = text.parse::<Amount>() else { return };
    let json = serde_json::to_string(&amount).expect("an amount can be written");
    assert_eq!(serde_json::from_str::<Amount>(&json).expect("and read"), amount);
    assert_eq!(amount.to_string().parse(), Ok(amount));
    let money = Money::new(amount, Currency::Cny);
    let _ = (money.checked_add(&money), money.checked_sub(&money), money.to_string());
}

/// Text is a time or is not; one that was read can be written, read again and calculated with.
pub fn time(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(at) = text.parse::<UtcTime>() {
        let _ = (at.billing_day(), at.whole_seconds(), format!("{at:?}"));
        let again = at.to_string().parse::<UtcTime>().expect("a time is read as it is written");
        assert_eq!(again.to_string(), at.to_string());
        let cycle = BillCycle::containing(at);
        let _ = (cycle.next().next(), cycle.previous().previous(), cycle.final_from(), cycle.to_string());
    }
    if let Ok(at) = text.parse::<LocalTime>() {
        for zone in
            ["UTC+08:00", "UTC-12:00", "UTC+14:00"].iter().filter_map(|zone| zone.parse::<TimeZone>().ok())
        {
            let instant = at.in_zone(zone);
            let _ = (LocalTime::at(instant, zone), instant.billing_day(), instant.to_string());
        }
        let _ = (at.to_string(), format!("{at:?}"));
    }
    if let Ok(day) = text.parse::<Day>() {
        let _ = (day.cycle().next(), day.to_string());
    }
    let _ = (text.parse::<DayOrCycle>(), text.parse::<BillCycle>(), text.parse::<TimeZone>());
    let _ = serde_json::from_slice::<UtcTime>(data);
}

/// No bytes make the decoder panic, whatever operation they are taken for; what was read is written and read again.
pub fn decode(data: &[u8]) {
    let [which, json @ ..] = data else { return };
    let Some(entry) = registry::all().nth(usize::from(*which) % registry::all().count()) else { return };
    if let Ok((written, _)) = entry.response(json) {
        entry.response(&written).expect("what was written can be read again");
    }
    let _ = entry.request(json, true);
    let _ = entry.request(json, false);
}

/// Reads an error response, which must not panic and must print.
pub fn error(data: &[u8]) {
    let [status, body @ ..] = data else { return };
    let status = StatusCode::from_u16(400 + u16::from(*status)).unwrap_or(StatusCode::BAD_REQUEST);
    let error = ApiError::read(status, Bytes::copy_from_slice(body));
    let _ = (error.to_string(), format!("{error:?}"), error.code().info(), error.request_id().map(str::len));
    let _ = error.field::<serde_json::Value>("data");
}

/// Responds to every request with the same response.
#[derive(Debug)]
struct Same {
    response: Response<Bytes>,
    requests: AtomicUsize,
}

#[async_trait]
impl Transport for Same {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
        if self.requests.fetch_add(1, Ordering::Relaxed) > MOST_REQUESTS {
            return Err(TransportError::never_sent(TransportErrorKind::Connect));
        }
        Ok(self.response.clone().map(Body::from))
    }
}

fn client(response: Response<Bytes>) -> (Client, Arc<Same>) {
    let transport = Arc::new(Same { response, requests: AtomicUsize::new(0) });
    let client = Client::builder(huaweicloud_partner::types::Site::China)
        .credentials(Credentials::keys("access-key", "secret-key").with_domain_id("0123456789abcdef"))
        .transport(Arc::clone(&transport))
        .clock(ManualClock::at(OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_777_622_701)))
        .options(CallOptions::new().skip_validation().rate_limiter(NoRateLimit))
        .build()
        .expect("the settings are complete");
    (client, transport)
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(future)
}

fn response(status: u16, body: &[u8]) -> Response<Bytes> {
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response
}

/// A whole call: any operation, any status, any body, any `Retry-After` and `Date`.
pub fn call(data: &[u8]) {
    let [which, status, header, body @ ..] = data else { return };
    let Some(entry) = registry::all().nth(usize::from(*which) % registry::all().count()) else { return };
    let statuses = [200, 200, 200, 201, 202, 204, 400, 401, 403, 404, 409, 429, 500, 502, 503];
    let mut response = response(statuses[usize::from(*status) % statuses.len()], body);
    let name =
        ["retry-after", "date", "x-request-id", "content-type", "content-length"][usize::from(*header) % 5];
    let value = body.get(..body.len().min(40)).unwrap_or_default();
    if let Ok(value) = HeaderValue::from_bytes(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    let (client, transport) = client(response);
    match block_on(client.send_dynamic(entry.meta.name, "{}")) {
        Ok(response) => {
            let _ = (response.get().len(), response.drift().len());
        }
        Err(error) => {
            let _ = (error.to_string(), format!("{error:?}"), error.retry_after());
        }
    }
    assert!(transport.requests.load(Ordering::Relaxed) < 100, "a call without end");
}

/// A list whose every page is the same.
pub fn list(data: &[u8]) {
    let [which, body @ ..] = data else { return };
    let lists: Vec<_> = registry::all().filter(|entry| entry.meta.paging.is_some()).collect();
    let Some(entry) = lists.get(usize::from(*which) % lists.len()) else { return };
    let (client, transport) = client(response(200, body));
    if let Ok(rows) = client.items_dynamic(entry.meta.name, "{}") {
        block_on(rows.for_each(|_| std::future::ready(())));
    }
    assert!(transport.requests.load(Ordering::Relaxed) < MOST_REQUESTS, "a list without end");
}

/// Any stored cursor is refused or leads somewhere that ends.
pub fn cursor(data: &[u8]) {
    let Ok(cursor) = serde_json::from_slice::<ListCursor>(data) else { return };
    let (client, transport) =
        client(response(200, br#"{"indirect_partners":[{"indirect_partner_id":"p1"}]}"#));
    let rows = client.items(ListResellers::new()).resume(cursor);
    block_on(rows.for_each(|_| std::future::ready(())));
    assert!(transport.requests.load(Ordering::Relaxed) < MOST_REQUESTS, "a list without end");
}

fn keys() -> AccessKeys {
    AccessKeys { id: "AK".into(), secret: "SK".into(), security_token: None }
}

const AT: u64 = 1_777_622_701;

/// Whatever can be made into a request is signed so that it verifies, or refused without a panic.
pub fn sign_and_verify(data: &[u8]) {
    let mut parts = data.splitn(4, |byte| *byte == 0);
    let mut text = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (address, name, value, body) = (text(), text(), text(), text());
    let request =
        Request::post(format!("https://example.com/{address}")).header(format!("x-{name}"), value).body(());
    let Ok(request) = request else { return };
    let (mut head, ()) = request.into_parts();
    let at = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(AT);
    if sign(&mut head, body.as_bytes(), &keys(), at).is_ok() {
        verify(&head, body.as_bytes(), at, Duration::ZERO, |_| Some(keys())).expect("it was signed just now");
    }
}

/// No `Authorization` header makes the verifier panic, and none that was not made with the key is accepted.
pub fn verify_only(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let mut request = Request::post("https://example.com/v2").header("host", "example.com");
    for name in ["authorization", "x-sdk-date", "x-sdk-content-sha256"] {
        if let Some(Ok(value)) = parts.next().map(HeaderValue::from_bytes) {
            request = request.header(name, value);
        }
    }
    let Ok(request) = request.body(()) else { return };
    let (head, ()) = request.into_parts();
    let at = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(AT);
    assert!(verify(&head, &b"{}"[..], at, Duration::from_secs(900), |_| Some(keys())).is_err());
}

/// The file name of a download is one name, not a path, whatever the server says.
pub fn file_name(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let mut response = response(200, b"file");
    response.headers_mut().insert("content-disposition", value);
    let (client, _) = client(response);
    let Ok(download) = block_on(client.download(DownloadAttachment::new("a1"))) else { return };
    if let Some(name) = download.file_name() {
        let bad = name.is_empty() || name == "." || name == ".." || name.contains(['/', '\\', '\0']);
        assert!(!bad && name.chars().all(|c| !c.is_control()), "{name:?}");
    }
}
