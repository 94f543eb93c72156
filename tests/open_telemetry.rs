//! Spans and metrics arrive at a collector on loopback, which decodes OTLP, through the code of the example.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, dead_code)]

#[path = "../examples/open_telemetry.rs"]
mod example;

use opentelemetry_proto::tonic::{
    common::v1::{KeyValue, any_value::Value},
    metrics::v1::{Metric, metric::Data, number_data_point::Value as Number},
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let value = attributes.iter().find(|attribute| attribute.key == key)?.value.clone()?.value?;
    Some(match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    })
}

/// The sum of a counter, or the number of values in a histogram.
fn count(metrics: &[Metric], name: &str) -> u64 {
    let found = metrics.iter().find(|metric| metric.name == name).unwrap_or_else(|| panic!("no {name}"));
    match found.data.as_ref().unwrap() {
        Data::Sum(sum) => sum
            .data_points
            .iter()
            .map(|point| match point.value {
                Some(Number::AsInt(value)) => u64::try_from(value).unwrap(),
                ref other => panic!("{other:?}"),
            })
            .sum(),
        Data::Histogram(histogram) => {
            assert_eq!((found.unit.as_str(), histogram.data_points[0].explicit_bounds.len()), ("s", 14));
            histogram.data_points.iter().map(|point| point.count).sum()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_and_metrics_of_calls_arrive_at_a_collector() {
    let received = example::run().await.unwrap();
    assert!(received.services.iter().any(|attribute| attribute.contains("month-end")));

    let named = |name: &str| received.spans.iter().filter(|span| span.name == name).collect::<Vec<&Span>>();
    let (lists, attempts) =
        (named("bss.ListIndirectPartners"), named("POST /v2/partners/indirect-partners/query"));
    assert_eq!((lists.len(), attempts.len(), named("month end").len()), (30, 31, 1));
    let all_below = |spans: &[&Span], parent: &str| {
        spans.iter().all(|span| received.name_of(&span.parent_span_id) == Some(parent))
    };
    assert!(all_below(&lists, "month end") && all_below(&attempts, "bss.ListIndirectPartners"));
    assert!(attempts.iter().all(|span| span.kind == SpanKind::Client as i32));

    let busy = attempts.iter().find(|span| text(&span.attributes, "error.type").is_some()).unwrap();
    assert_eq!(text(&busy.attributes, "error.type").as_deref(), Some("503"));
    assert_eq!(text(&busy.attributes, "http.response.status_code").as_deref(), Some("503"));
    assert_eq!(busy.status.as_ref().unwrap().code, StatusCode::Error as i32);
    let resent: Vec<_> = attempts
        .iter()
        .filter(|span| text(&span.attributes, "http.request.resend_count").as_deref() == Some("1"))
        .collect();
    assert_eq!(resent.len(), 1);
    assert_eq!(text(&resent[0].attributes, "server.address").as_deref(), Some("bss.myhuaweicloud.com"));
    assert_eq!(text(&resent[0].attributes, "server.port").as_deref(), Some("443"));
    let lost = named("bss.UpdateIndirectPartnerAccount")[0];
    assert_eq!(text(&lost.attributes, "huaweicloud.error_kind").as_deref(), Some("outcome_unknown"));
    assert!(
        lost.events.iter().any(|event| event.name.contains("may have been executed")),
        "the unknown outcome is an event of the call: {:?}",
        lost.events
    );

    // The header of each attempt names that attempt's span in the caller's trace.
    assert_eq!(received.trace_parents.len(), 32);
    for header in &received.trace_parents {
        let parts: Vec<_> = header.split('-').collect();
        let (trace, span) = (hex::decode(parts[1]).unwrap(), hex::decode(parts[2]).unwrap());
        let found = received.spans.iter().find(|sent| sent.span_id == span).unwrap();
        assert!(found.trace_id == trace && found.kind == SpanKind::Client as i32, "{header}");
    }

    let metrics = &received.metrics;
    assert_eq!(count(metrics, "http.client.request.duration"), 32);
    assert_eq!(count(metrics, "rpc.client.call.duration"), 31);
    assert_eq!(count(metrics, "huaweicloud.client.retries"), 1);
    assert_eq!(count(metrics, "huaweicloud.client.unknown_outcomes"), 1);
    assert!(count(metrics, "huaweicloud.client.rate_limit.wait") > 0);
    assert!(count(metrics, "huaweicloud.client.drift") > 0);
    assert!(!format!("{:?}{:?}", received.spans, metrics).contains("harbour_books"), "no argument leaves");
}
