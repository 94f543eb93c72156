//! Metrics of calls through the `metrics` crate.

use metrics::{counter, histogram};

use super::{Observation, ObservationKind, Observer, error_word};

/// Counts and measures calls through the [`metrics`](https://docs.rs/metrics) crate. Needs the feature `metrics`.
///
/// | metric | what | labels |
/// |---|---|---|
/// | `http.client.request.duration` | histogram, seconds, of each attempt | `http.request.method`, `server.address`, `server.port`, `url.template`, `http.response.status_code`, `error.type` |
/// | `rpc.client.call.duration` | histogram, seconds, of each call with its retries | `rpc.system.name`, `rpc.method`, `error.type` |
/// | `huaweicloud.client.rate_limit.wait` | histogram, seconds waited for a rate limit | `rpc.method` |
/// | `huaweicloud.client.retries` | counter | `rpc.method`, `error.type` |
/// | `huaweicloud.client.unknown_outcomes` | counter of writes that may have been executed | `rpc.method` |
/// | `huaweicloud.client.drift` | counter of places in responses that differ from the documentation | `rpc.method`, `path` |
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct MetricsObserver;

impl MetricsObserver {
    /// An observer that writes to the recorder that the program installed.
    pub fn new() -> Self {
        Self
    }
}

impl Observer for MetricsObserver {
    fn observe(&self, observation: &Observation<'_>) {
        let meta = observation.meta;
        match &observation.kind {
            ObservationKind::Attempt { duration, host, port, status, error, .. } => {
                let failed = match (status.filter(|status| !status.is_success()), error) {
                    (Some(status), _) => status.as_str().to_owned(),
                    (None, Some(error)) => error_word(error.kind()).to_owned(),
                    (None, None) => String::new(),
                };
                histogram!(
                    "http.client.request.duration",
                    "http.request.method" => meta.method.as_str(),
                    "server.address" => (*host).to_owned(),
                    "server.port" => port.to_string(),
                    "url.template" => meta.path,
                    "http.response.status_code" => status.map_or_else(String::new, |status| status.as_str().to_owned()),
                    "error.type" => failed,
                )
                .record(duration.as_secs_f64());
            }
            ObservationKind::Call { duration, error, .. } => histogram!(
                "rpc.client.call.duration",
                "rpc.system.name" => "http",
                "rpc.method" => meta.name,
                "error.type" => error.map_or("", |error| error_word(error.kind())),
            )
            .record(duration.as_secs_f64()),
            ObservationKind::RateLimitWait { waited } => {
                histogram!("huaweicloud.client.rate_limit.wait", "rpc.method" => meta.name)
                    .record(waited.as_secs_f64());
            }
            ObservationKind::Retry { error, .. } => counter!(
                "huaweicloud.client.retries",
                "rpc.method" => meta.name,
                "error.type" => error_word(error.kind()),
            )
            .increment(1),
            ObservationKind::UnknownOutcome { .. } => {
                counter!("huaweicloud.client.unknown_outcomes", "rpc.method" => meta.name).increment(1);
            }
            ObservationKind::BrokenAssumption { .. } => {
                counter!("huaweicloud.client.broken_assumptions", "rpc.method" => meta.name).increment(1);
            }
            ObservationKind::StrainedAssumption { .. } => {
                counter!("huaweicloud.client.strained_assumptions", "rpc.method" => meta.name).increment(1);
            }
            ObservationKind::Drift { path, .. } => counter!(
                "huaweicloud.client.drift",
                "rpc.method" => meta.name,
                "path" => without_indices(path),
            )
            .increment(1),
        }
    }
}

/// A path whose places in lists are left out, so that a label has few values.
fn without_indices(path: &str) -> String {
    let mut inside = false;
    path.chars()
        .filter(|c| {
            inside = (inside || *c == '[') && *c != ']';
            !(inside && c.is_ascii_digit())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Client,
        auth::Credentials,
        clock::ManualClock,
        resellers::{AllocateToReseller, ListResellers},
        testing::MockTransport,
        transport::{TransportError, TransportErrorKind},
        types::{Amount, Site},
    };
    use ::metrics::{
        Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString,
        Unit,
    };
    use futures_util::FutureExt as _;
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex},
    };

    /// Counts what is recorded, by the name and the labels.
    #[derive(Default)]
    struct Keeper(Mutex<BTreeMap<String, Arc<Count>>>);

    #[derive(Default)]
    struct Count(Mutex<u64>);

    impl CounterFn for Count {
        fn increment(&self, value: u64) {
            *self.0.lock().unwrap() += value;
        }

        fn absolute(&self, _: u64) {}
    }

    impl HistogramFn for Count {
        fn record(&self, _: f64) {
            *self.0.lock().unwrap() += 1;
        }
    }

    impl Keeper {
        fn of(&self, key: &Key) -> Arc<Count> {
            let labels: Vec<_> =
                key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let name = format!("{} {}", key.name(), labels.join(" "));
            Arc::clone(self.0.lock().unwrap().entry(name).or_default())
        }
    }

    impl Recorder for Keeper {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(self.of(key))
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::from_arc(self.of(key))
        }
    }

    #[test]
    fn calls_retries_waits_drift_and_unknown_outcomes_are_counted() {
        let mock = MockTransport::new();
        let page = r#"{"count":0,"indirect_partners":[{"indirect_partner_id":"r1","level":"gold"}]}"#;
        mock.on_any::<ListResellers>()
            .respond_raw(http::Response::builder().status(503).body("busy").unwrap())
            .respond_raw(http::Response::new(page));
        mock.on_any::<AllocateToReseller>()
            .fail(|| TransportError::possibly_sent(TransportErrorKind::Broken));
        let client = Client::builder(Site::China)
            .credentials(Credentials::keys("AK", "SK"))
            .transport(mock)
            .clock(ManualClock::at(time::OffsetDateTime::UNIX_EPOCH))
            .observer(MetricsObserver::new())
            .build()
            .unwrap();
        let keeper = Keeper::default();
        ::metrics::with_local_recorder(&keeper, || {
            for _ in 0..30 {
                client.send(&ListResellers::new().account_name("marker")).now_or_never().unwrap().unwrap();
            }
            let transfer = AllocateToReseller::new("r1", Amount::from(5));
            client.send(&transfer).now_or_never().unwrap().unwrap_err();
        });
        let counted: BTreeMap<String, u64> = keeper
            .0
            .lock()
            .unwrap()
            .iter()
            .map(|(name, count)| (name.clone(), *count.0.lock().unwrap()))
            .collect();
        let list = "rpc.method=bss.ListIndirectPartners";
        let attempts = "http.client.request.duration http.request.method=POST server.address=bss.myhuaweicloud.com \
                        server.port=443 url.template=/v2/partners/indirect-partners/query";
        for (name, expected) in [
            (format!("{attempts} http.response.status_code=503 error.type=503"), 1),
            (format!("{attempts} http.response.status_code=200 error.type="), 30),
            (format!("rpc.client.call.duration rpc.system.name=http {list} error.type="), 30),
            (format!("huaweicloud.client.retries {list} error.type=interrupted"), 1),
            ("huaweicloud.client.unknown_outcomes rpc.method=bss.UpdateIndirectPartnerAccount".to_owned(), 1),
        ] {
            assert_eq!(counted.get(&name), Some(&expected), "{name} in {counted:?}");
        }
        for begin in ["huaweicloud.client.rate_limit.wait ", "huaweicloud.client.drift "] {
            let sum: u64 =
                counted.iter().filter(|(name, _)| name.starts_with(begin)).map(|(_, count)| count).sum();
            assert!(sum > 0, "{begin} in {counted:?}");
        }
        assert!(!format!("{counted:?}").contains("marker"));
    }

    #[test]
    fn labels_have_no_places_in_lists() {
        assert_eq!(without_indices("$.rows[12].field2[3]"), "$.rows[].field2[]");
    }
}
