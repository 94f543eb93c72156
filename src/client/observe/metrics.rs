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

    #[test]
    fn labels_have_no_places_in_lists() {
        assert_eq!(without_indices("$.rows[12].field2[3]"), "$.rows[].field2[]");
    }
}
