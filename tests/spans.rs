//! The spans of calls, as a subscriber receives them.
#![cfg(feature = "tracing")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http::{HeaderValue, Response};
use huaweicloud_partner::{
    Client,
    auth::Credentials,
    clock::ManualClock,
    resellers::{AllocateToReseller, ListResellers, ResellerPage},
    testing::MockTransport,
    transport::{TransportError, TransportErrorKind},
    types::{Amount, Site},
};
use time::OffsetDateTime;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

#[derive(Clone, Debug, Default)]
struct Seen {
    name: &'static str,
    parent: Option<u64>,
    fields: BTreeMap<String, String>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name().to_owned(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

/// Keeps every span, which one is entered, and the events with their levels.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<(Vec<Seen>, Vec<u64>)>>, Arc<Mutex<Vec<(tracing::Level, Seen)>>>);

impl Keeper {
    fn spans(&self, name: &str) -> Vec<Seen> {
        self.0.lock().unwrap().0.iter().filter(|span| span.name == name).cloned().collect()
    }
}

impl Subscriber for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut state = self.0.lock().unwrap();
        let parent = if span.is_contextual() { state.1.last().copied() } else { None };
        let mut seen = Seen { name: span.metadata().name(), parent, fields: BTreeMap::new() };
        span.record(&mut seen);
        state.0.push(seen);
        Id::from_u64(state.0.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let place = span.into_u64() as usize - 1;
        values.record(&mut self.0.lock().unwrap().0[place]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut seen = Seen::default();
        event.record(&mut seen);
        self.1.lock().unwrap().push((*event.metadata().level(), seen));
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().1.push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        let mut state = self.0.lock().unwrap();
        if let Some(place) = state.1.iter().rposition(|entered| *entered == span.into_u64()) {
            state.1.remove(place);
        }
    }
}

fn client(mock: &MockTransport) -> Client {
    Client::builder(Site::China)
        .credentials(Credentials::keys("AK1", "SK1"))
        .transport(mock.clone())
        .clock(ManualClock::at(OffsetDateTime::from_unix_timestamp(1_777_622_701).unwrap()))
        .propagator(|headers| drop(headers.insert("traceparent", HeaderValue::from_static("00-1-2-01"))))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_call_with_a_retry_is_one_span_with_two_attempts_below_the_callers() {
    let keeper = Keeper::default();
    let _default = tracing::subscriber::set_default(keeper.clone());
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>()
        .respond_raw(Response::builder().status(503).header("x-request-id", "r-1").body("busy").unwrap())
        .respond(ResellerPage::default());
    let caller = tracing::info_span!("caller");
    let entered = caller.enter();
    client(&mock).send(&ListResellers::new().account_name("private name")).await.unwrap();
    drop(entered);

    let (calls, attempts) = (keeper.spans("call"), keeper.spans("attempt"));
    assert_eq!((calls.len(), attempts.len()), (1, 2));
    assert_eq!(calls[0].parent, Some(1), "below the span of the caller");
    assert_eq!(calls[0].fields["rpc.method"], "bss.ListIndirectPartners");
    assert_eq!(calls[0].fields["huaweicloud.attempts"], "2");
    assert_eq!(calls[0].fields["http.response.status_code"], "200");
    assert!(!calls[0].fields.contains_key("error.type"));
    assert!(attempts.iter().all(|attempt| attempt.parent == Some(2)), "{attempts:?}");
    let [first, second] = [&attempts[0].fields, &attempts[1].fields];
    assert_eq!((first["http.response.status_code"].as_str(), first["error.type"].as_str()), ("503", "503"));
    assert_eq!(
        (first["huaweicloud.request_id"].as_str(), first["otel.status_code"].as_str()),
        ("r-1", "ERROR")
    );
    assert!(!first.contains_key("http.request.resend_count"));
    assert_eq!(second["http.request.resend_count"], "1");
    assert_eq!(second["server.address"], "bss.myhuaweicloud.com");
    assert!(mock.requests().iter().all(|request| request.headers()["traceparent"] == "00-1-2-01"));
    assert!(!format!("{calls:?}{attempts:?}").contains("private name"));
}

#[tokio::test]
async fn a_refused_signature_is_seen_with_its_code_and_without_a_secret() {
    let keeper = Keeper::default();
    let _default = tracing::subscriber::set_default(keeper.clone());
    let mock = MockTransport::new();
    let body = r#"{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information"}"#;
    mock.on_any::<ListResellers>().respond_raw(Response::builder().status(401).body(body).unwrap());
    client(&mock).send(&ListResellers::new()).await.unwrap_err();
    let calls = keeper.spans("call");
    let fields = &calls[0].fields;
    assert_eq!(fields["huaweicloud.error_code"], "APIGW.0301");
    assert_eq!(fields["huaweicloud.error_kind"], "credentials");
    assert_eq!((fields["error.type"].as_str(), fields["otel.status_code"].as_str()), ("401", "ERROR"));
    assert!(!format!("{:?}", keeper.0.lock().unwrap().0).contains("SK1"));
}

#[tokio::test]
async fn an_unknown_outcome_a_retry_and_a_departure_from_the_documentation_are_events() {
    let keeper = Keeper::default();
    let _default = tracing::subscriber::set_default(keeper.clone());
    let mock = MockTransport::new();
    mock.on_any::<AllocateToReseller>().fail(|| TransportError::possibly_sent(TransportErrorKind::Broken));
    let odd = r#"{"count":1,"indirect_partners":[{"indirect_partner_id":"marker","level":"gold"}]}"#;
    mock.on_any::<ListResellers>()
        .respond_raw(Response::builder().status(503).body("busy").unwrap())
        .respond_raw(Response::new(odd));
    let client = client(&mock);
    client.send(&AllocateToReseller::new("marker", Amount::from(5))).await.unwrap_err();
    client.send(&ListResellers::new()).await.unwrap();
    let events = keeper.1.lock().unwrap().clone();
    let event = |message: &str| {
        let found = events.iter().find(|(_, seen)| seen.fields["message"].contains(message));
        found.unwrap_or_else(|| panic!("{message} in {events:?}")).clone()
    };
    let (level, unknown) = event("the outcome of a write is not known");
    assert_eq!(level, tracing::Level::WARN);
    assert_eq!(unknown.fields["operation"], "bss.UpdateIndirectPartnerAccount");
    assert_eq!(event("a call is sent again").0, tracing::Level::WARN);
    let (level, drift) = event("a response differs from the documentation");
    assert_eq!(
        (level, drift.fields["operation"].as_str()),
        (tracing::Level::INFO, "bss.ListIndirectPartners")
    );
    assert!(!format!("{events:?}").contains("marker"), "{events:?}");
}

/// Subscriber that discards everything.
#[derive(Default)]
struct Discard(AtomicUsize);

impl Subscriber for Discard {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.0.fetch_add(1, Ordering::Relaxed) as u64 + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Measures: `cargo test --release --test spans -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "a measurement, meaningful in a release build only"]
async fn spans_take_a_small_part_of_a_call() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond(ResellerPage::default());
    let (client, list) = (Client::for_test(mock), ListResellers::new());
    let client = client.with(
        huaweicloud_partner::client::CallOptions::new()
            .rate_limiter(huaweicloud_partner::client::NoRateLimit),
    );
    let measure = async || {
        let started = Instant::now();
        for _ in 0..2_000 {
            client.send(&list).await.unwrap();
        }
        started.elapsed() / 2_000
    };
    measure().await;
    let mut best = [Duration::MAX; 2];
    for _ in 0..5 {
        best[0] = best[0].min(measure().await);
        let _default = tracing::subscriber::set_default(Discard::default());
        best[1] = best[1].min(measure().await);
    }
    println!("without a subscriber {:?}, with one that discards {:?} a call", best[0], best[1]);
}
