//! Functions that the fuzz targets and the test `fuzz_loop` call with arbitrary bytes. A fault is a panic, or
//! a call without end.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use huaweicloud_partner::{
    Client, ErrorKind,
    auth::{AccessKeys, Credentials, sign, verify},
    bills::CustomerChargePage,
    client::{CallOptions, ListCursor, NoRateLimit},
    clock::ManualClock,
    error::ApiError,
    operation::{BodyKind, Idempotency, Operation as _, Service},
    registry::{self, Entry},
    resellers::{ListResellers, ReclaimVoucherQuotas},
    tickets::{ActOnTicket, DownloadAttachment, OpenTicket},
    transport::{Body, Transport, TransportError, TransportErrorKind},
    types::{Amount, BillCycle, Currency, Day, DayOrCycle, LocalTime, Money, Site, TimeZone, UtcTime},
};
use serde_json::{Map, Value, json};
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
    ("masked", masked),
    ("address", address),
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
    client_on(Site::China, response)
}

fn client_on(site: Site, response: Response<Bytes>) -> (Client, Arc<Same>) {
    let transport = Arc::new(Same { response, requests: AtomicUsize::new(0) });
    let client = Client::builder(site)
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

/// The operations that are called by name, each with an input that has its required parameters.
fn operations() -> &'static [(&'static Entry, String)] {
    static OPERATIONS: OnceLock<Vec<(&'static Entry, String)>> = OnceLock::new();
    OPERATIONS.get_or_init(|| {
        let called = registry::all().filter(|entry| entry.meta.body != BodyKind::Multipart);
        called.map(|entry| (entry, required_parameters(entry))).collect()
    })
}

/// A site that offers the operation.
fn site_of(entry: &Entry) -> Site {
    entry.meta.sites.iter().next().expect("every operation is offered somewhere")
}

/// The required parameters of an operation, each with a value that its type reads.
fn required_parameters(entry: &Entry) -> String {
    let schema = entry.request_schema();
    let names = schema["required"].as_array().cloned().unwrap_or_default();
    let mut input = Map::new();
    for name in names.iter().filter_map(Value::as_str) {
        // Values of all kinds of parameters; the first that is read is taken.
        let values = [
            json!("p1"),
            json!(1),
            json!("2026-05-01"),
            json!("2026-04"),
            json!("2026-05-01T08:05:01Z"),
            json!("2026-05-01 08:05:01"),
            json!("UTC+08:00"),
            json!(["p1"]),
            json!([1]),
            json!([]),
            json!({}),
            json!({"time_measure_id": 2, "begin_time": "2026-04", "end_time": "2026-04"}),
            sample(&schema["properties"][name], &schema["$defs"], 4),
        ];
        let reads = |value: &&Value| {
            input.insert(name.to_owned(), (*value).clone());
            let json = Value::Object(input.clone()).to_string();
            let error = entry.request(json.as_bytes(), true).err().map(|error| error.to_string());
            error.is_none_or(|error| !error.contains(&format!("$.{name}")))
        };
        let read = values.iter().rev().find(reads).cloned().unwrap_or_default();
        input.insert(name.to_owned(), read);
    }
    Value::Object(input).to_string()
}

/// A value for a schema, with the required fields of objects.
fn sample(schema: &Value, definitions: &Value, deepest: usize) -> Value {
    if deepest == 0 {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return sample(&definitions[name], definitions, deepest - 1);
    }
    if schema["anyOf"].is_array() {
        return sample(&schema["anyOf"][0], definitions, deepest);
    }
    match schema["type"].as_str().or(schema["type"][0].as_str()) {
        Some("array") => json!([sample(&schema["items"], definitions, deepest - 1)]),
        Some("object") => {
            let names = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = names
                .iter()
                .filter_map(Value::as_str)
                .map(|name| (name.to_owned(), sample(&schema["properties"][name], definitions, deepest - 1)));
            Value::Object(fields.collect())
        }
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ => json!("p1"),
    }
}

/// Text that no error, response or request may show.
const MARKER: &str = "Li Lei \u{674e}\u{96f7}";

/// A whole call: any operation, any status, any body, any `Retry-After` and `Date`. A write is never reported as not executed
/// without a code of the service, and never as safe to repeat where a repeat is executed again.
pub fn call(data: &[u8]) {
    let [which, status, header, body @ ..] = data else { return };
    let operations = operations();
    let Some((entry, input)) = operations.get(usize::from(*which) % operations.len()) else { return };
    let statuses = [200, 200, 200, 201, 202, 204, 400, 401, 403, 404, 409, 429, 500, 502, 503];
    let mut response = response(statuses[usize::from(*status) % statuses.len()], body);
    let name =
        ["retry-after", "date", "x-request-id", "content-type", "content-length"][usize::from(*header) % 5];
    let value = body.get(..body.len().min(40)).unwrap_or_default();
    if let Ok(value) = HeaderValue::from_bytes(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    let (client, transport) = client_on(site_of(entry), response);
    match block_on(client.send_dynamic(entry.meta.name, input)) {
        Ok(response) => {
            let shown = format!("{response:?}{:?}", response.drift());
            assert!(!shown.contains(MARKER), "{shown}");
        }
        Err(error) => {
            let shown = format!("{error}{error:?}{:?}", error.retry_after());
            assert!(!shown.contains(MARKER), "{shown}");
            let sent = transport.requests.load(Ordering::Relaxed) > 0;
            assert!(sent || error.kind() == ErrorKind::Throttled, "the input is not sent: {error}");
            let refused = error.api().is_some_and(ApiError::has_service_code);
            assert!(
                !entry.meta.is_write() || !sent || refused || error.may_have_been_executed(),
                "{error:?}"
            );
            let once = entry.meta.idempotency == Idempotency::None;
            assert!(!(once && error.is_retryable() && error.may_have_been_executed()), "{error:?}");
        }
    }
    assert!(transport.requests.load(Ordering::Relaxed) < 100, "a call without end");
}

/// A list whose every page is the same.
pub fn list(data: &[u8]) {
    let [which, body @ ..] = data else { return };
    let lists: Vec<_> = operations().iter().filter(|(entry, _)| entry.meta.paging.is_some()).collect();
    let Some((entry, input)) = lists.get(usize::from(*which) % lists.len()) else { return };
    let (client, transport) = client_on(site_of(entry), response(200, body));
    if let Ok(rows) = client.items_dynamic(entry.meta.name, input) {
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

/// No text that people write is printed, wherever a request or a response has it.
pub fn masked(data: &[u8]) {
    let text = format!("{MARKER}{}", String::from_utf8_lossy(data));
    let map = [(text.clone(), Value::from(text.clone()))];
    let ticket = OpenTicket::new("b1", text.as_str()).extends_map(map.clone()).extension_map(map);
    let ticket = ticket.remind_time(text.as_str()).region_id(text.as_str()).project_id(text.as_str());
    let act =
        ActOnTicket::new(text.as_str(), text.as_str()).operate_desc(text.as_str()).group_id(text.as_str());
    let reclaim = ReclaimVoucherQuotas::new([text.as_str()]).remark(text.as_str());
    let list = ListResellers::new().indirect_partner_id(text.as_str()).account_name(text.as_str());
    let rows = json!({"fee_records": [{"resource_name": text, "resource_tag": text, "customer_id": text, "id": text}]});
    let page = huaweicloud_partner::types::decode_str::<CustomerChargePage>(&rows.to_string());
    let invalid = [ticket.validate(), act.validate(), reclaim.validate(), list.validate()];
    let shown = format!("{ticket:?}{act:#?}{reclaim:?}{list:#?}{page:?}{invalid:?}");
    assert!(!shown.contains(MARKER) && !shown.contains("674e"), "{shown}");
}

/// An endpoint is refused, or is where requests go.
pub fn address(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (_, transport) = client(response(200, b"{}"));
    let built = Client::builder(Site::China)
        .credentials(Credentials::keys("access-key", "secret-key"))
        .transport(transport)
        .clock(ManualClock::at(OffsetDateTime::UNIX_EPOCH))
        .endpoint(Service::Business, text.as_ref())
        .build();
    match built {
        Ok(client) => {
            let request = block_on(client.prepare(&ListResellers::new())).expect("a request can be made");
            let path = request.uri().path();
            assert!(path.ends_with("/v2/partners/indirect-partners/query"), "{path}");
            // In the path the sign is like any other; before the host it would end a user name and a password.
            let authority = request.uri().authority().expect("an absolute address");
            assert!(request.uri().query().is_none() && !authority.as_str().contains('@'));
        }
        Err(error) => drop((error.to_string(), format!("{error:?}"))),
    }
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
