//! Spans and metrics of calls, exported through OpenTelemetry (OTLP over HTTP) to a collector.
//!
//! ```sh
//! cargo run --example open_telemetry
//! ```
//!
//! A double on loopback takes the place of the collector, decodes what it receives and prints it; nothing leaves the
//! machine. For a real collector, keep [`Telemetry`], [`Exchange`] and [`Instruments`], and give its address, such as
//! `http://127.0.0.1:4318`.

use std::{
    error::Error,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{Router, extract::State, routing::post};
use bytes::Bytes;
use http::{Request, Response};
use huaweicloud_partner::{
    Client, ErrorKind,
    auth::Credentials,
    client::{Observation, ObservationKind, Observer},
    clock::ManualClock,
    resellers::{AllocateToReseller, ListResellers},
    testing::MockTransport,
    transport::{Body, HttpTransport, Transport as _, TransportError, TransportErrorKind},
    types::{Amount, Site},
};
use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter, MeterProvider as _},
    propagation::TextMapPropagator as _,
    trace::TracerProvider as _,
};
use opentelemetry_http::{HeaderInjector, HttpClient, HttpError};
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_proto::tonic::{
    collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    metrics::v1::Metric,
    trace::v1::Span,
};
use opentelemetry_sdk::{
    Resource, metrics::SdkMeterProvider, propagation::TraceContextPropagator, trace::SdkTracerProvider,
};
use prost::Message as _;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Result {
    let received = run().await?;
    println!("spans");
    for span in &received.spans {
        println!("  {} below {}", span.name, received.name_of(&span.parent_span_id).unwrap_or("nothing"));
    }
    println!("metrics");
    for metric in &received.metrics {
        println!("  {} in {:?}", metric.name, metric.unit);
    }
    if received.spans.is_empty() || received.metrics.is_empty() {
        return Err("the collector received nothing".into());
    }
    Ok(())
}

// What a program needs: the exporters, and an observer for the metrics.

/// The providers of spans and metrics, which export to one collector.
struct Telemetry {
    tracers: SdkTracerProvider,
    meters: SdkMeterProvider,
}

impl Telemetry {
    /// Exports to the collector at this address.
    fn new(collector: &str) -> Result<Self> {
        let exchange =
            Exchange { transport: HttpTransport::new()?, runtime: tokio::runtime::Handle::current() };
        let resource = Resource::builder().with_service_name("month-end").build();
        let spans = SpanExporter::builder()
            .with_http()
            .with_http_client(exchange.clone())
            .with_endpoint(format!("{collector}/v1/traces"))
            .build()?;
        let metrics = MetricExporter::builder()
            .with_http()
            .with_http_client(exchange)
            .with_endpoint(format!("{collector}/v1/metrics"))
            .build()?;
        Ok(Self {
            tracers: SdkTracerProvider::builder()
                .with_batch_exporter(spans)
                .with_resource(resource.clone())
                .build(),
            meters: SdkMeterProvider::builder()
                .with_periodic_exporter(metrics)
                .with_resource(resource)
                .build(),
        })
    }

    /// Exports what is left. The providers wait on threads of their own, so a thread of the runtime must not wait for them.
    async fn shutdown(self) -> Result {
        tokio::task::spawn_blocking(move || {
            self.tracers.shutdown()?;
            self.meters.shutdown()
        })
        .await??;
        Ok(())
    }
}

/// Lets the exporters, which run on threads without a runtime, send through the transport of the SDK.
#[derive(Clone, Debug)]
struct Exchange {
    transport: HttpTransport,
    runtime: tokio::runtime::Handle,
}

#[async_trait]
impl HttpClient for Exchange {
    async fn send_bytes(&self, request: Request<Bytes>) -> std::result::Result<Response<Bytes>, HttpError> {
        let transport = self.transport.clone();
        let exchange = async move {
            let (head, body) = transport.send(request.map(Body::from)).await?.into_parts();
            Ok(Response::from_parts(head, body.collect(1 << 20).await?))
        };
        self.runtime.spawn(exchange).await?
    }
}

/// Measures and counts what happens to calls, under OpenTelemetry's names where it has some.
#[derive(Debug)]
struct Instruments {
    attempts: Histogram<f64>,
    calls: Histogram<f64>,
    rate_limit_waits: Histogram<f64>,
    retries: Counter<u64>,
    unknown_outcomes: Counter<u64>,
    drift: Counter<u64>,
}

impl Instruments {
    fn new(meter: &Meter) -> Self {
        let seconds = |name| {
            let boundaries =
                vec![0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
            meter.f64_histogram(name).with_unit("s").with_boundaries(boundaries).build()
        };
        let count = |name| meter.u64_counter(name).build();
        Self {
            attempts: seconds("http.client.request.duration"),
            calls: seconds("rpc.client.call.duration"),
            rate_limit_waits: seconds("huaweicloud.client.rate_limit.wait"),
            retries: count("huaweicloud.client.retries"),
            unknown_outcomes: count("huaweicloud.client.unknown_outcomes"),
            drift: count("huaweicloud.client.drift"),
        }
    }
}

impl Observer for Instruments {
    fn observe(&self, observation: &Observation<'_>) {
        let meta = observation.meta;
        let method = KeyValue::new("rpc.method", meta.name);
        match &observation.kind {
            ObservationKind::Attempt { duration, host, port, status, error, .. } => {
                let mut attributes = vec![
                    KeyValue::new("http.request.method", meta.method.as_str()),
                    KeyValue::new("server.address", (*host).to_owned()),
                    KeyValue::new("server.port", i64::from(*port)),
                    KeyValue::new("url.template", meta.path),
                ];
                if let Some(status) = status {
                    attributes.push(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
                }
                match (status.filter(|status| !status.is_success()), error) {
                    (Some(status), _) => {
                        attributes.push(KeyValue::new("error.type", status.as_str().to_owned()))
                    }
                    (None, Some(error)) => {
                        attributes.push(KeyValue::new("error.type", error.kind().as_str()))
                    }
                    (None, None) => {}
                }
                self.attempts.record(duration.as_secs_f64(), &attributes);
            }
            ObservationKind::Call { duration, error, .. } => {
                let mut attributes = vec![KeyValue::new("rpc.system.name", "http"), method];
                attributes.extend(error.map(|error| KeyValue::new("error.type", error.kind().as_str())));
                self.calls.record(duration.as_secs_f64(), &attributes);
            }
            ObservationKind::RateLimitWait { waited, .. } => {
                self.rate_limit_waits.record(waited.as_secs_f64(), &[method]);
            }
            ObservationKind::Retry { .. } => self.retries.add(1, &[method]),
            ObservationKind::UnknownOutcome { .. } => self.unknown_outcomes.add(1, &[method]),
            ObservationKind::Drift { .. } => self.drift.add(1, &[method]),
            _ => {}
        }
    }
}

// What is observed here, and the collector's double.

/// Makes the calls that are to be seen, and gives what arrived at the collector.
pub async fn run() -> Result<Received> {
    let collector = Arc::new(Mutex::new(Received::default()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let routes = Router::new().route("/v1/traces", post(take_spans)).route("/v1/metrics", post(take_metrics));
    let routes = routes.with_state(Arc::clone(&collector));
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let telemetry = Telemetry::new(&address)?;
    let layer = tracing_opentelemetry::layer().with_tracer(telemetry.tracers.tracer("month-end"));
    let _subscriber = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));

    let service = service();
    let client = Client::builder(Site::China)
        .credentials(Credentials::keys("AKEXAMPLE", "SKEXAMPLE"))
        .transport(service.clone())
        .clock(ManualClock::at(time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000)))
        .observer(Instruments::new(&telemetry.meters.meter("huaweicloud-partner")))
        .propagator(|headers| {
            let context = tracing::Span::current().context();
            TraceContextPropagator::new().inject_context(&context, &mut HeaderInjector(headers));
        })
        .build()?;
    work(&client).instrument(tracing::info_span!("month end")).await?;

    let traces = service.requests();
    telemetry.shutdown().await?;
    let mut received = collector.lock().map_err(|_| "the collector stopped")?.clone();
    received.trace_parents = traces
        .iter()
        .filter_map(|request| Some(request.headers().get("traceparent")?.to_str().ok()?.to_owned()))
        .collect();
    Ok(received)
}

/// A list that the service refuses once and that has an unknown field, more calls than the rate limit lets through at
/// once, and a transfer whose response is lost.
async fn work(client: &Client) -> Result {
    let list = ListResellers::new().account_name("harbour_books");
    for _ in 0..30 {
        client.send(&list).await?;
    }
    let transfer = AllocateToReseller::new("reseller-1", Amount::from(1000));
    match client.send(&transfer).await {
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => Ok(()),
        other => Err(format!("{other:?} instead of a lost response").into()),
    }
}

/// A service that is busy at first, newer than its documentation, and loses a response.
fn service() -> MockTransport {
    let service = MockTransport::new();
    let page = r#"{"count":0,"indirect_partners":[],"level":"gold"}"#;
    service
        .on_any::<ListResellers>()
        .respond_raw(Response::builder().status(503).body("busy").unwrap_or_default())
        .respond_raw(Response::new(page));
    service.on_any::<AllocateToReseller>().fail(|| TransportError::possibly_sent(TransportErrorKind::Broken));
    service
}

/// Requests that arrived at the collector.
#[derive(Clone, Default)]
pub struct Received {
    /// The services whose telemetry came.
    pub services: Vec<String>,
    /// The spans of all requests.
    pub spans: Vec<Span>,
    /// The metrics of all requests.
    pub metrics: Vec<Metric>,
    /// The `traceparent` headers that the service received.
    pub trace_parents: Vec<String>,
}

impl Received {
    /// The name of the span with this id.
    pub fn name_of(&self, span_id: &[u8]) -> Option<&str> {
        self.spans.iter().find(|span| span.span_id == span_id).map(|span| span.name.as_str())
    }
}

async fn take_spans(State(collector): State<Arc<Mutex<Received>>>, body: Bytes) {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else { return };
    let Ok(mut received) = collector.lock() else { return };
    for resource in request.resource_spans {
        let attributes = resource.resource.map(|resource| resource.attributes).unwrap_or_default();
        received.services.extend(attributes.iter().map(|attribute| format!("{attribute:?}")));
        received.spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
    }
}

async fn take_metrics(State(collector): State<Arc<Mutex<Received>>>, body: Bytes) {
    let Ok(request) = ExportMetricsServiceRequest::decode(body) else { return };
    let Ok(mut received) = collector.lock() else { return };
    for resource in request.resource_metrics {
        received.metrics.extend(resource.scope_metrics.into_iter().flat_map(|scope| scope.metrics));
    }
}
