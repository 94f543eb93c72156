//! An operation that the crate does not know, declared by a program with the public macro: it is validated, signed, sent,
//! repeated, paged and described as the crate's own operations are.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, ErrorKind, operation,
    operation::{
        Caller, Constraint, Idempotency, Method, Operation as _, ParameterPlace, Sites, SuccessProof,
    },
    registry::Entry,
    testing::MockTransport,
    transport::{TransportError, TransportErrorKind},
    types::{Amount, CustomerId, Day},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

operation! {
    /// Lists the widgets of a partner.
    POST "/v2/partners/{partner_id}/widgets/query" as bss "ListPartnerWidgets" -> WidgetPage {
        read, sites(CHINA, INTERNATIONAL), caller(Partner), permissions("BPC_ITEM_1"), rate(5), query("detail"),
        rows(100, widgets: Widget, total: count), source("https://example.com/widgets"),
    }
    pub struct ListWidgets {
        required {
            /// Partner that owns the widget.
            partner_id: String where len(1..=64),
        }
        optional {
            /// Only widgets whose name contains this.
            name: String where len(0..=64),
            /// Whether the rows have all fields.
            detail: bool,
            /// The language of names.
            #[header("X-Language")]
            language: String where one_of(&["zh_CN", "en_US"]),
            /// Only widgets of these colours.
            colours: Vec<Colour> where count(1..=3),
            /// The first day.
            begin: Day,
            /// The last day.
            end: Day,
            /// Rows to skip.
            offset: u32 where range(0..=40_000_000),
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
        check |it, check| check.ordered(("begin", it.begin), ("end", it.end))
    }
}

operation! {
    /// Buys a widget for a customer.
    POST "/v2/partners/widgets" as bss -> WidgetBought {
        sites(CHINA), success(field "widget_id"), source("https://example.com/widgets"),
    }
    pub struct BuyWidget {
        required {
            /// Customer that receives the widget.
            customer_id: CustomerId where len(1..=64),
            /// Price of the widget.
            price: Amount where money,
        }
    }
}

/// A type of the program's own, which the crate knows nothing about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// As the sky.
    Blue,
    /// Colour of grass.
    Green,
}

/// One page of widgets.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WidgetPage {
    /// Total number of widgets that match.
    pub count: Option<u64>,
    /// Rows of this page.
    pub widgets: Vec<Widget>,
}

/// Widget of a partner.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Widget {
    /// Name of the member.
    pub name: String,
}

/// The widget that was bought.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WidgetBought {
    /// Id under which the widget is listed.
    pub widget_id: String,
}

#[test]
fn one_block_declares_path_facts_constraints_and_response() {
    let meta = ListWidgets::META;
    assert_eq!((meta.name, meta.method), ("bss.ListPartnerWidgets", Method::Post));
    assert_eq!((meta.idempotency, meta.caller), (Idempotency::ReadOnly, Caller::Partner));
    assert_eq!(meta.sites, Sites::CHINA.and(Sites::INTERNATIONAL));
    assert_eq!((meta.rate_limit.calls, meta.permissions), (5, ["BPC_ITEM_1"].as_slice()));
    assert_eq!(meta.paging.map(|paging| (paging.largest, paging.list)), Some((100, "widgets")));
    assert_eq!(BuyWidget::META.name, "bss.BuyWidget");
    assert_eq!(BuyWidget::META.idempotency, Idempotency::None);
    assert_eq!(BuyWidget::META.success, Some(SuccessProof::Field("widget_id")));
}

#[test]
fn its_constraints_are_checked_before_anything_is_sent() {
    let request = ListWidgets::new("")
        .name("x".repeat(65))
        .language("fr_FR")
        .colours(Vec::<Colour>::new())
        .begin("2026-02-01".parse().unwrap())
        .end("2026-01-01".parse().unwrap())
        .limit(1_000);
    assert_eq!(
        request.validate().unwrap_err().to_string(),
        "partner_id must have 1 to 64 characters; name must have 0 to 64 characters; \
         X-Language must be one of zh_CN, en_US; colours must have 1 to 3 entries; \
         begin must not be after end; limit must be 1 to 100"
    );
    BuyWidget::new("c1", "0.001".parse().unwrap()).validate().unwrap_err();
    BuyWidget::new("c1", "9.99".parse().unwrap()).validate().unwrap();
}

#[tokio::test]
async fn its_list_is_sent_and_read_page_by_page() {
    let service = MockTransport::new();
    let rule = service.on_any::<ListWidgets>().respond_with(|request| {
        let first = request.offset.unwrap_or(0);
        let widgets = (first..3.min(first + 2)).map(|number| Widget { name: format!("w{number}") }).collect();
        WidgetPage { count: Some(3), widgets }
    });
    let client = Client::for_test(service.clone());
    let request = ListWidgets::new("p 1").detail(true).language("zh_CN").colours([Colour::Blue]).limit(2);
    let widgets: Vec<Widget> = client.items(request).try_collect().await.unwrap();
    assert_eq!(widgets.len(), 3);
    assert_eq!(rule.calls(), 2);

    let sent = service.requests().remove(0);
    assert_eq!(sent.uri().path(), "/v2/partners/p%201/widgets/query");
    assert_eq!(sent.uri().query(), Some("detail=true"));
    assert_eq!(sent.headers()["x-language"], "zh_CN");
    let body: serde_json::Value = serde_json::from_slice(sent.body()).unwrap();
    assert_eq!(body, json!({"colours": ["blue"], "limit": 2, "offset": 0}));
    service.verify();
}

#[tokio::test]
async fn its_write_is_not_repeated_and_needs_its_proof_of_success() {
    let service = MockTransport::new();
    let rule = service
        .on_any::<BuyWidget>()
        .fail(|| TransportError::possibly_sent(TransportErrorKind::Broken))
        .respond(WidgetBought::default())
        .respond(WidgetBought { widget_id: "w1".to_owned() });
    let client = Client::for_test(service.clone());
    let request = BuyWidget::new("c1", "9.99".parse().unwrap());

    let error = client.send(&request).await.unwrap_err();
    assert!(error.may_have_been_executed() && rule.calls() == 1, "{error}");
    let error = client.send(&request).await.unwrap_err();
    assert_eq!((error.kind(), rule.calls()), (ErrorKind::Undecodable, 2));
    assert!(error.may_have_been_executed());
    assert_eq!(client.send(&request).await.unwrap().widget_id, "w1");
    let body: serde_json::Value = serde_json::from_slice(service.requests()[2].body()).unwrap();
    assert_eq!((body, rule.calls()), (json!({"customer_id": "c1", "price": 9.99}), 3));
}

#[test]
fn it_is_described_as_data() {
    let entry = Entry::of::<ListWidgets>();
    assert_eq!(entry.doc(), "Lists the widgets of a partner.");
    let limit = entry.parameters().iter().find(|parameter| parameter.name == "limit").unwrap();
    assert_eq!(limit.constraints, [Constraint::Range(1, 100), Constraint::Default(10)]);
    assert_eq!(limit.doc.trim(), "Rows per page.");
    for (parameter, place) in [
        ("partner_id", ParameterPlace::Path),
        ("detail", ParameterPlace::Query),
        ("X-Language", ParameterPlace::Header),
        ("limit", ParameterPlace::Body),
    ] {
        assert_eq!(entry.meta.place(parameter), place, "{parameter}");
    }
    let schema = entry.request_schema();
    assert_eq!(schema["required"], json!(["partner_id"]));
    assert_eq!(schema["properties"]["limit"]["maximum"], 100);
    assert_eq!(schema["properties"]["X-Language"]["enum"], json!(["zh_CN", "en_US"]));
    // Of a type that the crate does not know, only the constraints are known.
    assert_eq!(schema["properties"]["colours"]["maxItems"], 3);
}
