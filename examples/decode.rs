//! Shows how the client reads any response: reads JSON lines and runs the real client over the responses in
//! them.
//!
//! ```text
//! echo '{"operation":"bss.ListIndirectPartners","responses":[{"status":200,"body_base64":"e30="}],"input":{}}' |
//!     cargo run --example decode
//! ```
//!
//! Each line of input is `{"operation", "site", "responses", "input", "all_pages"}`. `operation` is the qualified name;
//! `site` is `china` (the default), `international` (the default for names that begin with `bssintl.`) or `europe`;
//! `input` is the flat request. Each of `responses` is `{"status", "headers", "body_base64"}`, where the value of a header
//! is a text or a list of texts: they come in this order, and the last one again and again, for at most 10,000
//! requests. The clock stands still except for waits, which take no time.
//!
//! Each line of output is one of
//!
//! - `{"ok", "requests", "drift"}`, where `ok` is the response, or `{"rows", "distinct_ids"}` where `all_pages` is true;
//! - `{"error": {"kind", "code", "may_have_been_executed", "retryable", "message"}, "requests"}`.
//!
//! A line that cannot be read gives an error of the kind `invalid_input`.

use std::{
    collections::{BTreeMap, HashSet},
    error::Error as StdError,
    hash::{BuildHasher as _, RandomState},
    io::{self, BufRead, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    auth::Credentials,
    client::{CallOptions, NoRateLimit, Observation, ObservationKind, Observer},
    clock::ManualClock,
    transport::{Body, Transport, TransportError, TransportErrorKind},
    types::Site,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};

/// Maximum number of requests that are responded to for one line.
const MOST_REQUESTS: usize = 10_000;

#[derive(Deserialize)]
struct Line {
    operation: String,
    site: Option<Site>,
    responses: Vec<RecordedResponse>,
    input: Option<Box<RawValue>>,
    #[serde(default)]
    all_pages: bool,
}

/// The values of a header, which may come more than once.
#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct RecordedResponse {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, Values>,
    #[serde(default)]
    body_base64: String,
}

/// Returns the responses of a line in their order, the last one again and again.
#[derive(Debug)]
struct Canned {
    responses: Vec<Response<Bytes>>,
    requests: AtomicUsize,
}

impl Canned {
    fn new(recordings: Vec<RecordedResponse>) -> Result<Self, Box<dyn StdError>> {
        let mut responses = Vec::new();
        for recorded in recordings {
            let mut response = Response::new(Bytes::from(BASE64_STANDARD.decode(recorded.body_base64)?));
            *response.status_mut() = StatusCode::from_u16(recorded.status)?;
            for (name, values) in recorded.headers {
                let name = HeaderName::try_from(name)?;
                let values = match values {
                    Values::One(value) => vec![value],
                    Values::Several(values) => values,
                };
                for value in values {
                    response.headers_mut().append(&name, HeaderValue::try_from(value)?);
                }
            }
            responses.push(response);
        }
        Ok(Self { responses, requests: AtomicUsize::new(0) })
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed).min(MOST_REQUESTS)
    }
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
        let before = self.requests.fetch_add(1, Ordering::Relaxed);
        let response = self.responses.get(before).or(self.responses.last());
        match response {
            Some(response) if before < MOST_REQUESTS => Ok(response.clone().map(Body::from)),
            _ => Err(TransportError::never_sent(TransportErrorKind::Connect)),
        }
    }
}

/// The drift of all pages of a list.
#[derive(Clone, Debug, Default)]
struct DriftLog(Arc<Mutex<Vec<Value>>>);

impl Observer for DriftLog {
    fn observe(&self, observation: &Observation<'_>) {
        if let ObservationKind::Drift { path, detail, .. } = observation.kind {
            let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if log.len() < MOST_REQUESTS {
                log.push(json!({"path": path, "detail": detail}));
            }
        }
    }
}

#[derive(Serialize)]
struct Failure<'a> {
    kind: ErrorKind,
    code: Option<&'a str>,
    may_have_been_executed: bool,
    retryable: bool,
    message: String,
}

impl<'a> From<&'a Error> for Failure<'a> {
    fn from(error: &'a Error) -> Self {
        Self {
            kind: error.kind(),
            code: error.code().map(|code| code.as_str()),
            may_have_been_executed: error.may_have_been_executed(),
            retryable: error.is_retryable(),
            message: error.to_string(),
        }
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let result = runtime.block_on(result_of(&line));
        serde_json::to_writer(&mut out, &result)?;
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}

/// The result of one line.
pub async fn result_of(line: &[u8]) -> Value {
    run(line).await.unwrap_or_else(|reason| {
        let message = reason.to_string();
        let kind = ErrorKind::InvalidInput;
        let failure = Failure { kind, code: None, may_have_been_executed: false, retryable: false, message };
        json!({"error": failure, "requests": 0})
    })
}

/// The result of one line; an error where the line itself cannot be read.
async fn run(line: &[u8]) -> Result<Value, Box<dyn StdError>> {
    let line: Line = serde_json::from_slice(line)?;
    let site = line.site.unwrap_or(match line.operation.starts_with("bssintl.") {
        true => Site::International,
        false => Site::China,
    });
    let (transport, log) = (Arc::new(Canned::new(line.responses)?), DriftLog::default());
    let client = Client::builder(site)
        .credentials(Credentials::keys("access-key", "secret-key").with_domain_id("0123456789abcdef"))
        .transport(Arc::clone(&transport))
        .clock(ManualClock::at(time::macros::datetime!(2026-05-01 08:05:01 UTC)))
        .options(CallOptions::new().rate_limiter(NoRateLimit))
        .observer(log.clone())
        .build()?;
    let input = line.input.as_ref().map_or("{}", |input| input.get());
    let result = match line.all_pages {
        true => read_all(&client, &line.operation, input).await.map(|counts| {
            let drift = std::mem::take(&mut *log.0.lock().unwrap_or_else(PoisonError::into_inner));
            (counts, json!(drift))
        }),
        false => client.send_dynamic(&line.operation, input).await.and_then(|response| {
            let drift = json!(response.drift());
            Ok((serde_json::from_str(response.get()).map_err(unreadable)?, drift))
        }),
    };
    let requests = transport.requests();
    Ok(match result {
        Ok((ok, drift)) => json!({"ok": ok, "requests": requests, "drift": drift}),
        Err(error) => json!({"error": Failure::from(&error), "requests": requests}),
    })
}

/// Counts the rows of a list, and the different ones among them: by id where rows have one, by all fields otherwise.
async fn read_all(client: &Client, operation: &str, input: &str) -> Result<Value, Error> {
    let mut rows = client.items_dynamic(operation, input)?;
    let (hasher, mut distinct, mut count) = (RandomState::new(), HashSet::new(), 0_u64);
    while let Some(item) = rows.try_next().await? {
        count += 1;
        distinct.insert(match &item.key {
            Some(key) => hasher.hash_one(key),
            None => hasher.hash_one(item.row.get()),
        });
    }
    Ok(json!({"rows": count, "distinct_ids": distinct.len()}))
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Undecodable, "", error.to_string())
}
