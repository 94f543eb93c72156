//! Exchanges as spans of the `tracing` crate.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use http::{Request, Response, request::Parts};
use tracing::{Instrument as _, Span, field::Empty};

use super::{Body, Transport, TransportError};
use crate::{clock::Clock, operation::OperationMeta};

/// The longest segment of an unknown path that is shown.
const LONGEST_WORD: usize = 40;

/// Passes requests on to another transport, each in a span named `exchange`.
///
/// The span has these fields and no others, so nothing that may be secret or personal gets into it:
///
/// | field | what |
/// |---|---|
/// | `operation` | the operation, such as `bss.ListIndirectPartners`, where the request carries its META |
/// | `method`, `host` | as sent |
/// | `path` | the template of the path; without META, the path with all but plain words replaced by `{}` |
/// | `status` | of the response |
/// | `duration_ms` | until the head of the response or the failure |
/// | `failure`, `may_have_been_sent` | the kind of failure, where no response came |
///
/// The client puts the `&'static OperationMeta` of a call among the extensions of its request.
#[derive(Clone)]
pub struct TracingTransport {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl TracingTransport {
    /// Traces the exchanges of this transport; the clock measures them.
    pub fn new(inner: impl Transport + 'static, clock: Arc<dyn Clock>) -> Self {
        Self { inner: Arc::new(inner), clock }
    }
}

#[async_trait]
impl Transport for TracingTransport {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (parts, body) = request.into_parts();
        let span = span(&parts);
        let started = self.clock.elapsed();
        let outcome = self.inner.send(Request::from_parts(parts, body)).instrument(span.clone()).await;
        let duration = self.clock.elapsed().saturating_sub(started);
        span.record("duration_ms", u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
        match &outcome {
            Ok(response) => {
                span.record("status", response.status().as_u16());
            }
            Err(error) => {
                span.record("failure", tracing::field::debug(error.kind()));
                span.record("may_have_been_sent", error.may_have_been_sent());
            }
        }
        outcome
    }
}

fn span(parts: &Parts) -> Span {
    let meta = parts.extensions.get::<&'static OperationMeta>();
    let path = match meta {
        Some(meta) => meta.path.to_owned(),
        None => template(parts.uri.path()),
    };
    let span = tracing::info_span!(
        "exchange",
        operation = Empty,
        method = parts.method.as_str(),
        host = parts.uri.host().unwrap_or_default(),
        path,
        status = Empty,
        duration_ms = Empty,
        failure = Empty,
        may_have_been_sent = Empty,
    );
    if let Some(meta) = meta {
        span.record("operation", meta.name);
    }
    span
}

/// A path of which only words and versions are left: what else stands in it may be an id or a name.
fn template(path: &str) -> String {
    let word = |segment: &str| {
        segment.len() <= LONGEST_WORD
            && segment.bytes().all(|byte| byte.is_ascii_lowercase() || b"-_".contains(&byte))
    };
    let version = |segment: &str| {
        segment.strip_prefix('v').is_some_and(|number| {
            number.len() <= 4 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        })
    };
    let shown = path.split('/').map(|segment| if word(segment) || version(segment) { segment } else { "{}" });
    shown.collect::<Vec<_>>().join("/")
}

impl fmt::Debug for TracingTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TracingTransport").field(&self.inner).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::ManualClock, testing::MockTransport, transport::TransportErrorKind};
    use futures_util::FutureExt as _;
    use http::Method;
    use std::{
        fmt::Write as _,
        sync::{
            Mutex,
            atomic::{AtomicU64, Ordering},
        },
    };
    use tracing::{
        Event, Metadata, Subscriber,
        field::{Field, Visit},
        span::{Attributes, Id, Record},
    };

    /// Keeps everything that it is sent.
    #[derive(Clone, Default)]
    struct Everything(Arc<Mutex<String>>, Arc<AtomicU64>);

    struct Fields<'s>(&'s mut String);

    impl Visit for Fields<'_> {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            write!(self.0, " {field}={value:?}").unwrap();
        }
    }

    impl Subscriber for Everything {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target().starts_with("huaweicloud_partner")
        }

        fn new_span(&self, span: &Attributes<'_>) -> Id {
            let mut text = self.0.lock().unwrap();
            text.push_str(span.metadata().name());
            span.record(&mut Fields(&mut text));
            Id::from_u64(self.1.fetch_add(1, Ordering::SeqCst) + 1)
        }

        fn record(&self, _: &Id, values: &Record<'_>) {
            values.record(&mut Fields(&mut self.0.lock().unwrap()));
        }

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            event.record(&mut Fields(&mut self.0.lock().unwrap()));
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    fn traced(path: &str, change: impl FnOnce(&mut Request<Body>)) -> (String, Option<TransportError>) {
        let mock = MockTransport::new();
        mock.on_path(Method::POST, "/v2/{a}")
            .respond_raw(Response::builder().status(202).body("MARKER").unwrap());
        mock.on_path(Method::POST, "/v2/{a}/things")
            .fail(|| TransportError::possibly_sent(TransportErrorKind::Broken).caused_by("MARKER"));
        let clock = ManualClock::at(time::OffsetDateTime::UNIX_EPOCH);
        let transport = TracingTransport::new(mock, Arc::new(clock));
        let mut request = Request::post(format!("https://bss.example{path}?mobile=MARKER"))
            .header("authorization", "MARKER")
            .body(Body::from("MARKER"))
            .unwrap();
        change(&mut request);
        let everything = Everything::default();
        let outcome = tracing::subscriber::with_default(everything.clone(), || {
            transport.send(request).now_or_never().unwrap()
        });
        let text = everything.0.lock().unwrap().clone();
        (text, outcome.err())
    }

    #[test]
    fn a_span_has_what_is_allowed_and_nothing_else() {
        let (text, _) = traced("/v2/MARKER", |_| ());
        assert_eq!(
            text,
            r#"exchange method="POST" host="bss.example" path="/v2/{}" duration_ms=0 status=202"#
        );
        let (text, error) = traced("/v2/MARKER/things", |_| ());
        assert_eq!(
            text,
            "exchange method=\"POST\" host=\"bss.example\" path=\"/v2/{}/things\" duration_ms=0 \
             failure=Broken may_have_been_sent=true"
        );
        assert!(error.unwrap().may_have_been_sent());
    }

    #[test]
    fn an_operation_is_shown_by_its_template() {
        const META: &OperationMeta = &OperationMeta::post("bss.ShowThing", "/v2/{thing_id}");
        let (text, _) = traced("/v2/marker", |request| {
            request.extensions_mut().insert(META);
        });
        assert!(text.contains(r#"path="/v2/{thing_id}""#) && text.contains("bss.ShowThing"), "{text}");
    }

    #[test]
    fn unknown_paths_show_words_only() {
        for (path, shown) in [
            ("/v1.0/0a1b2c/partner/account-mgr/query_all", "/v1.0/{}/partner/account-mgr/query_all"),
            ("/v3/auth/tokens", "/v3/auth/tokens"),
            ("/v2/li@example.com/%E6%9D%8E/Li/v20260501", "/v2/{}/{}/{}/{}"),
        ] {
            assert_eq!(template(path), shown);
        }
    }
}
