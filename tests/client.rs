//! The client's promises, on the mock transport: which calls are repeated and which never, what a caller
//! learns, how lists are read. Everything above the transport is real; the clock is under the test's control.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use huaweicloud_partner::types::Site;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, future::join_all};
use http::{Response, StatusCode};
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    auth::{Credentials, CredentialsError, IdentityKind, ProvideCredentials},
    client::{CallOptions, Permit, RateLimitError, RateLimitKey, RateLimiter, RetryPolicy},
    clock::{Clock, ManualClock},
    error::{ApiError, codes},
    fill,
    journal::{ResolveOptions, Settled},
    operation::{Method, Operation},
    partners::{Adjustment, AdjustmentKind, AdjustmentPage, ListAdjustments},
    resellers::{AllocateToReseller, Allocation, ListResellers, Reseller, ResellerPage},
    testing::MockTransport,
    transport::{TransportError, TransportErrorKind},
    types::Amount,
};
use time::OffsetDateTime;

fn clock() -> ManualClock {
    ManualClock::at(OffsetDateTime::from_unix_timestamp(1_777_622_701).unwrap())
}

fn client(mock: &MockTransport) -> Client {
    client_at(mock, clock())
}

fn client_at(mock: &MockTransport, clock: ManualClock) -> Client {
    Client::builder(Site::China)
        .credentials(Credentials::keys("AK1", "SK1"))
        .transport(mock.clone())
        .clock(clock)
        .build()
        .unwrap()
}

fn cut() -> TransportError {
    TransportError::possibly_sent(TransportErrorKind::Broken)
}

fn unreachable() -> TransportError {
    TransportError::never_sent(TransportErrorKind::Connect)
}

fn allocation() -> AllocateToReseller {
    AllocateToReseller::new("r1", "1000.00".parse::<Amount>().unwrap())
}

fn refusal(status: u16, code: &str) -> ApiError {
    ApiError::new(StatusCode::from_u16(status).unwrap(), code, "refused")
}

fn page(count: u64, ids: std::ops::Range<u32>) -> ResellerPage {
    let reseller = |id: u32| {
        fill!(Reseller { indirect_partner_id: format!("r{id}").as_str().into(), ..Reseller::default() })
    };
    fill!(ResellerPage { count: Some(count), indirect_partners: ids.map(reseller).collect() })
}

// What is repeated, and what never.

#[tokio::test]
async fn a_transfer_whose_response_is_lost_is_not_sent_again() {
    let mock = MockTransport::new();
    let rule = mock.on_any::<AllocateToReseller>().fail(cut);
    let error = client(&mock).send(&allocation()).await.unwrap_err();
    assert_eq!(rule.calls(), 1);
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.may_have_been_executed() && !error.is_retryable());
    let outcome = error.outcome().unwrap();
    assert_eq!(outcome.witness, Some("bss.ListPartnerAdjustRecords"));
    assert_eq!(outcome.from.to_string(), "2026-05-01T08:05:01Z");
}

#[tokio::test]
async fn a_transfer_is_sent_again_only_if_it_cannot_have_arrived() {
    let mock = MockTransport::new();
    let done = fill!(Allocation { transfer_id: "AD1".into() });
    let rule = mock
        .on_any::<AllocateToReseller>()
        .fail(unreachable)
        .respond_with_error(refusal(429, "APIGW.0308"))
        .respond_with_error(refusal(429, "CBC.0250"))
        .respond(done.clone());
    let response = client(&mock).send(&allocation()).await.unwrap();
    assert_eq!((rule.calls(), response.attempts()), (4, 4));
    assert_eq!(response.into_inner(), done);
}

#[tokio::test]
async fn a_server_error_on_a_transfer_leaves_the_outcome_open() {
    for status in [500, 502, 503, 504] {
        let mock = MockTransport::new();
        let rule = mock.on_any::<AllocateToReseller>().respond_with_error(refusal(status, "CBC.0999"));
        let error = client(&mock).send(&allocation()).await.unwrap_err();
        assert_eq!((rule.calls(), error.kind()), (1, ErrorKind::OutcomeUnknown), "{status}");
        assert_eq!(error.code().unwrap().as_str(), "CBC.0999");
    }
}

#[tokio::test]
async fn reads_are_repeated_and_then_given_up() {
    let mock = MockTransport::new();
    let rule = mock.on_any::<ListResellers>().fail(cut);
    let error = client(&mock).send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((rule.calls(), error.kind()), (4, ErrorKind::Interrupted));
    assert!(error.is_retryable() && !error.may_have_been_executed());

    let never = client(&mock).with(CallOptions::new().retry(RetryPolicy::NEVER));
    never.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!(rule.calls(), 5);
}

#[tokio::test]
async fn a_storm_is_stopped_by_the_shared_budget() {
    let mock = MockTransport::new();
    let rule = mock.on_any::<ListResellers>().fail(cut);
    let client = client(&mock);
    for _ in 0..20 {
        client.clone().send(&ListResellers::new()).await.unwrap_err();
    }
    assert_eq!(rule.calls(), 20 + 10, "ten repeats in all, then none");
}

#[tokio::test]
async fn the_wait_that_the_service_asks_for_is_respected_and_reported() {
    let mock = MockTransport::new();
    let throttled = || {
        Response::builder()
            .status(429)
            .header("retry-after", "30")
            .body(r#"{"error_code":"APIGW.0308"}"#)
            .unwrap()
    };
    let rule = mock.on_any::<ListResellers>().respond_raw(throttled()).respond(page(0, 0..0));
    let time = clock();
    client_at(&mock, time.clone()).send(&ListResellers::new()).await.unwrap();
    assert!(time.elapsed() >= Duration::from_secs(30) && rule.calls() == 2);

    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond_raw(throttled());
    let hurried = client(&mock).with(CallOptions::new().deadline(Duration::from_secs(5)));
    let error = hurried.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, Some(Duration::from_secs(30))));
}

#[tokio::test]
async fn quotas_are_waited_for_per_operation_and_identity() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond(page(0, 0..0));
    let time = clock();
    let client = client_at(&mock, time.clone());
    for _ in 0..10 {
        client.send(&ListResellers::new()).await.unwrap();
    }
    assert_eq!(time.elapsed(), Duration::ZERO);
    client
        .with(CallOptions::new().credentials(Credentials::keys("AK2", "SK2")))
        .send(&ListResellers::new())
        .await
        .unwrap();
    assert_eq!(time.elapsed(), Duration::ZERO);
    client.send(&ListResellers::new()).await.unwrap();
    assert_eq!(time.elapsed(), Duration::from_secs(1));
}

// What a caller learns.

#[tokio::test]
async fn broken_rules_and_impossible_calls_are_refused_before_anything_is_sent() {
    let mock = MockTransport::new();
    let china = client(&mock);
    let error = china.send(&AllocateToReseller::new("", Amount::ZERO)).await.unwrap_err();
    assert_eq!((error.kind(), error.invalid().unwrap().violations().len()), (ErrorKind::InvalidInput, 2));

    let international = Client::builder(Site::International)
        .credentials(Credentials::keys("a", "b"))
        .transport(mock.clone())
        .clock(clock())
        .build()
        .unwrap();
    let error = international.send(&allocation()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOffered, "{error}");

    let customer = Credentials::keys("a", "b").with_kind(IdentityKind::Customer);
    let error =
        china.with(CallOptions::new().credentials(customer)).send(&ListResellers::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongCaller, "{error}");
    assert!(mock.requests().is_empty());
}

#[tokio::test]
async fn checks_can_be_switched_off_for_a_view() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond(page(0, 0..0));
    let request = ListResellers::new().limit(5000_u32);
    let client = client(&mock);
    client.send(&request.clone()).await.unwrap_err();
    client.with(CallOptions::new().skip_validation()).send(&request).await.unwrap();
}

#[tokio::test]
async fn a_business_error_inside_success_is_an_error() {
    let mock = MockTransport::new();
    let body = r#"{"error_code":"CBC.99005003","error_msg":"balance too low"}"#;
    mock.on_any::<AllocateToReseller>()
        .respond_raw(Response::builder().header("X-Request-Id", "r-7").body(body).unwrap());
    let error = client(&mock).send(&allocation()).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(&codes::BALANCE_TOO_LOW)));
    assert_eq!((error.request_id(), error.may_have_been_executed()), (Some("r-7"), false));
}

#[tokio::test]
async fn unreadable_responses_keep_status_and_request_id() {
    for body in ["<html>proxy</html>", "{\"count\":", "[1,2]", "{\"indirect_partners\":\"many\\ud800\"}"] {
        let mock = MockTransport::new();
        mock.on_any::<ListResellers>()
            .respond_raw(Response::builder().header("X-Request-Id", "r-8").body(body).unwrap());
        let error = client(&mock).send(&ListResellers::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Undecodable, "{body}");
        assert_eq!((error.status(), error.request_id()), (Some(StatusCode::OK), Some("r-8")), "{body}");
        assert_eq!(error.body(), body);
    }
    let mock = MockTransport::new();
    mock.on_any::<AllocateToReseller>().respond_raw(Response::new("<html>"));
    let error = client(&mock).send(&allocation()).await.unwrap_err();
    assert!(error.may_have_been_executed() && !error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_response_above_the_limit_is_refused() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond(page(100, 0..100));
    let small = client(&mock).with(CallOptions::new().response_limit(100));
    let error = small.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Undecodable, Some(StatusCode::OK)), "{error}");
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_and_the_call_repeated() {
    let mock = MockTransport::new();
    let body = r#"{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: verify aksk signature fail:signature expired"}"#;
    let expired =
        Response::builder().status(401).header("Date", "Fri, 01 May 2026 10:05:01 GMT").body(body).unwrap();
    let rule = mock
        .on_any::<AllocateToReseller>()
        .respond_raw(expired.clone())
        .respond(Allocation::build(|done| done.transfer_id = "T1".into()));
    let client = client(&mock);
    client.send(&allocation()).await.unwrap();
    assert_eq!(rule.calls(), 2);
    let dates: Vec<_> =
        mock.requests().iter().map(|request| request.headers()["x-sdk-date"].clone()).collect();
    assert_eq!(dates, ["20260501T080501Z", "20260501T100501Z"]);

    let mock = MockTransport::new();
    let rule = mock.on_any::<AllocateToReseller>().respond_raw(expired);
    let error = client_at(&mock, clock()).send(&allocation()).await.unwrap_err();
    assert_eq!((rule.calls(), error.kind()), (2, ErrorKind::Credentials));
    assert!(
        error.to_string().contains("the clocks differ by 0 s") && !error.to_string().contains("SK1"),
        "{error}"
    );
}

#[derive(Debug, Default)]
struct Renewing(AtomicUsize);

#[async_trait::async_trait]
impl ProvideCredentials for Renewing {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(Credentials::token(format!("token-{}", self.0.load(Ordering::Relaxed))))
    }

    fn invalidate(&self, _credentials: &Credentials) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let mock = MockTransport::new();
    let rule = mock
        .on_any::<AllocateToReseller>()
        .respond_with_error(refusal(401, "CBC.0154"))
        .respond(Allocation::build(|done| done.transfer_id = "T1".into()));
    let view = client(&mock).with(CallOptions::new().credentials(Renewing::default()));
    view.send(&allocation()).await.unwrap();
    assert_eq!(rule.calls(), 2);
    assert_eq!(mock.requests()[1].headers()["x-auth-token"], "token-1");
}

#[tokio::test]
async fn nothing_secret_or_personal_is_printed() {
    let mock = MockTransport::new();
    let response = fill!(ResellerPage {
        count: Some(1),
        indirect_partners: vec![fill!(Reseller {
            name: Some("PERSONAL-MARKER".into()),
            ..Reseller::default()
        })],
    });
    let message = "name PERSONAL-MARKER@example.com is taken";
    mock.on_any::<ListResellers>().respond(response).respond_with_error(ApiError::new(
        StatusCode::BAD_REQUEST,
        "CBC.0100",
        message,
    ));
    let client = Client::builder(Site::China)
        .credentials(Credentials::temporary_keys("AK1", "SECRET-MARKER", "SECRET-MARKER-2"))
        .transport(mock.clone())
        .clock(clock())
        .build()
        .unwrap();
    let request = ListResellers::new().account_name("PERSONAL-MARKER");
    let mut printed = format!("{client:?} {request:?} {mock:?}");
    printed += &format!("{:?}", client.send(&request.clone()).await.unwrap());
    let error = client.send(&request).await.unwrap_err();
    printed += &format!("{error} {error:?} {:?}", error.api());
    assert!(!printed.contains("MARKER"), "{printed}");
}

#[tokio::test]
async fn a_deadline_covers_waiting() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().fail(cut);
    let time = clock();
    let patient =
        RetryPolicy::default().with_attempts(1000).with_waits(Duration::from_secs(1), Duration::from_secs(1));
    let options = CallOptions::new().retry(patient).deadline(Duration::from_secs(10));
    client_at(&mock, time.clone()).with(options).send(&ListResellers::new()).await.unwrap_err();
    assert!(time.elapsed() <= Duration::from_secs(10));
}

#[tokio::test]
async fn a_hundred_identities_side_by_side_are_never_mixed() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond_with(|request| {
        let mut response = page(1, 0..1);
        response.indirect_partners[0].account_name = request.account_name.clone();
        response
    });
    let client = client(&mock);
    let calls = (0..1000).map(|call| {
        let identity = call % 100;
        let keys = Credentials::keys(format!("AK-{identity}"), format!("SK-{identity}"))
            .with_domain_id(format!("D-{identity}"));
        let view = client.with(CallOptions::new().credentials(keys));
        async move {
            let response =
                view.send(&ListResellers::new().account_name(format!("D-{identity}"))).await.unwrap();
            assert_eq!(
                response.indirect_partners[0].account_name.as_ref().unwrap().expose(),
                format!("D-{identity}")
            );
        }
    });
    join_all(calls).await;
    for request in mock.requests() {
        let domain = request.headers()["x-domain-id"].to_str().unwrap().to_owned();
        let identity = domain.trim_start_matches("D-");
        let authorization = request.headers()["authorization"].to_str().unwrap();
        assert!(authorization.contains(&format!("Access=AK-{identity},")), "{domain}: {authorization}");
        assert!(String::from_utf8_lossy(request.body()).contains(&format!("\"D-{identity}\"")));
    }
}

// Other ways to call.

#[tokio::test]
async fn a_request_can_be_had_without_sending_it() {
    let mock = MockTransport::new();
    let request = client(&mock).prepare(&ListResellers::new().limit(5_u32)).await.unwrap();
    assert_eq!(request.uri(), "https://bss.myhuaweicloud.com/v2/partners/indirect-partners/query");
    assert_eq!(request.body(), r#"{"limit":5}"#);
    assert!(
        request.headers()["authorization"]
            .to_str()
            .unwrap()
            .contains("SignedHeaders=content-type;host;x-sdk-date")
    );
    assert!(mock.requests().is_empty());
}

#[tokio::test]
async fn any_operation_runs_from_json_to_json_with_exact_numbers() {
    let mock = MockTransport::new();
    let body = r#"{"total_count":1,"records":[{"amount":"12345678901234567890.12","customer_id":17}]}"#;
    mock.on_any::<ListAdjustments>().respond_raw(Response::new(body));
    let response =
        client(&mock).send_dynamic("bss.ListPartnerAdjustRecords", r#"{"limit":"10"}"#).await.unwrap();
    assert!(response.get().contains(r#""amount":"12345678901234567890.12""#), "{}", response.get());
    let error = client(&mock).send_dynamic("bss.Nothing", "{}").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn an_address_that_the_crate_does_not_know_can_be_called() {
    let mock = MockTransport::new();
    mock.on_path(http::Method::POST, "/v9/new").respond_raw(Response::new("{\"a\":1}"));
    let response = client(&mock)
        .send_raw(Method::Post, "/v9/new", &[("b", "x y"), ("a", "1")], Some("{}"))
        .await
        .unwrap();
    assert_eq!(&**response, b"{\"a\":1}");
    assert_eq!(mock.requests()[0].uri().query(), Some("a=1&b=x%20y"));
}

// Lists.

fn listing(mock: &MockTransport, rows: u32) -> Client {
    mock.on_any::<ListResellers>().respond_with(move |request| {
        let begin = request.offset.unwrap_or(0).min(rows);
        let end = (begin + request.limit.unwrap_or(10)).min(rows);
        page(rows.into(), begin..end)
    });
    client(mock)
}

async fn ids(items: huaweicloud_partner::client::Items<ListResellers>) -> Vec<String> {
    items.map_ok(|reseller| reseller.indirect_partner_id.to_string()).try_collect().await.unwrap()
}

#[tokio::test]
async fn all_rows_come_in_order_with_as_few_calls_as_can_be() {
    for prefetch in [0, 3] {
        let mock = MockTransport::new();
        let client = listing(&mock, 250);
        let all = ids(client.items(ListResellers::new()).prefetch(prefetch)).await;
        assert_eq!(all, (0..250).map(|id| format!("r{id}")).collect::<Vec<_>>());
        assert_eq!(mock.requests().len(), 3, "prefetch {prefetch}");
    }
    let mock = MockTransport::new();
    assert!(ids(listing(&mock, 0).items(ListResellers::new())).await.is_empty());
}

#[tokio::test]
async fn reading_goes_on_from_a_cursor() {
    let mock = MockTransport::new();
    let client = listing(&mock, 35);
    for stop in [0, 1, 9, 10, 11, 34, 35] {
        let mut items = client.items(ListResellers::new().limit(10_u32)).prefetch(2);
        let mut read = Vec::new();
        for _ in 0..stop {
            read.push(items.next().await.unwrap().unwrap().indirect_partner_id.to_string());
        }
        assert_eq!(items.cursor().seen(), read.len() as u64);
        let stored = serde_json::to_string(&items.cursor()).unwrap();
        let cursor = serde_json::from_str(&stored).unwrap();
        read.extend(ids(client.items(ListResellers::new().limit(10_u32)).resume(cursor)).await);
        assert_eq!(read, (0..35).map(|id| format!("r{id}")).collect::<Vec<_>>(), "stopped after {stop}");
    }
}

#[tokio::test]
async fn a_list_that_moves_is_noticed_after_everything_was_delivered() {
    let moving = |mock: &MockTransport| {
        mock.on_any::<ListResellers>().respond(page(3, 0..2)).respond(page(4, 2..4));
        client(mock)
    };
    let mock = MockTransport::new();
    let results: Vec<_> = moving(&mock).items(ListResellers::new().limit(2_u32)).collect().await;
    assert_eq!(results.len(), 5);
    assert_eq!(results[4].as_ref().unwrap_err().kind(), ErrorKind::ListChanged);

    let mock = MockTransport::new();
    let quiet: Vec<_> =
        moving(&mock).items(ListResellers::new().limit(2_u32)).allow_changes().collect().await;
    assert_eq!(quiet.iter().filter(|row| row.is_ok()).count(), 4);
    assert_eq!(quiet.len(), 4);
}

#[tokio::test]
async fn a_list_that_ends_early_stops_and_says_so() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond(page(100, 0..2)).respond(page(100, 0..0));
    let results: Vec<_> = client(&mock).items(ListResellers::new().limit(2_u32)).collect().await;
    assert_eq!(results.len(), 3);
    assert_eq!(results[2].as_ref().unwrap_err().kind(), ErrorKind::ListChanged);
}

#[tokio::test]
async fn smaller_pages_than_asked_for_lose_no_row() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond_with(|request| {
        let begin = request.offset.unwrap_or(0).min(25);
        page(25, begin..(begin + request.limit.unwrap_or(10).min(7)).min(25))
    });
    let all = ids(client(&mock).items(ListResellers::new()).prefetch(4)).await;
    assert_eq!(all, (0..25).map(|id| format!("r{id}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_error_ends_the_stream_where_it_can_be_resumed() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>()
        .respond(page(4, 0..2))
        .respond_with_error(refusal(403, "CBC.0151"))
        .respond(page(4, 2..4));
    let client = client(&mock);
    let mut items = client.items(ListResellers::new().limit(2_u32));
    let first: Vec<_> = items.by_ref().collect().await;
    assert_eq!((first.len(), first[2].is_err()), (3, true));
    let rest = ids(client.items(ListResellers::new().limit(2_u32)).resume(items.cursor())).await;
    assert_eq!(rest, ["r2", "r3"]);
}

// Outcome of it.

fn record(amount: &str) -> Adjustment {
    fill!(Adjustment {
        customer_id: Some("r1".into()),
        operation_type: Some(AdjustmentKind::Grant),
        amount: Some(amount.parse().unwrap()),
        operation_time: Some("2026-05-01T08:05:01Z".parse().unwrap()),
        trans_id: Some(format!("AD{amount}")),
        ..Adjustment::default()
    })
}

async fn verdict(records: Vec<Adjustment>) -> (Settled, Duration, Vec<ListAdjustments>) {
    let mock = MockTransport::new();
    mock.on_any::<AllocateToReseller>().fail(cut);
    let total = records.len() as u64;
    let rule =
        mock.on_any::<ListAdjustments>().respond(fill!(AdjustmentPage { records, total_count: Some(total) }));
    let time = clock();
    let client = client_at(&mock, time.clone());
    let error = client.send(&allocation()).await.unwrap_err();
    let options = ResolveOptions::new().sole_writer(true).sees_account(true);
    let verdict = client.resolve_error(&allocation(), &error, options).await.unwrap();
    (verdict, time.elapsed(), rule.requests())
}

#[tokio::test]
async fn the_records_prove_the_outcome_of_a_transfer() {
    let (found, waited, queries) = verdict(vec![record("999.00"), record("1000.00")]).await;
    let Settled::Executed(done) = found else { panic!("{found}") };
    assert_eq!((done.record_id(), waited), ("AD1000.00", Duration::ZERO));
    // One minute and what is not known of the clocks, on both sides.
    let query = queries.last().unwrap();
    let (begin, end) = (query.operation_time_begin.unwrap(), query.operation_time_end.unwrap());
    assert!(begin <= "2026-05-01T08:04:01Z".parse().unwrap(), "{begin}");
    assert!(end >= "2026-05-01T08:06:01Z".parse().unwrap(), "{end}");

    let (found, waited, _) = verdict(vec![record("999.00")]).await;
    assert!(matches!(found, Settled::NotExecuted(_)), "{found}");
    assert!(waited >= Duration::from_secs(240), "absence proves nothing at once");

    let (found, _, _) = verdict(vec![record("1000.00"), record("1000")]).await;
    assert!(matches!(found, Settled::Undecided(why) if why.candidates.len() == 2));
}

#[tokio::test]
async fn only_an_unknown_outcome_of_the_same_operation_is_looked_up() {
    let mock = MockTransport::new();
    let other = Error::new(ErrorKind::Refused, AllocateToReseller::META.name, "no");
    let error =
        client(&mock).resolve_error(&allocation(), &other, ResolveOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn views_leave_the_client_as_it_was() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond(page(0, 0..0));
    let client = Arc::new(client(&mock));
    let _ = client.with(CallOptions::new().credentials(Credentials::keys("OTHER", "x")));
    client.send(&ListResellers::new()).await.unwrap();
    let authorization = mock.requests()[0].headers()["authorization"].clone();
    assert!(authorization.to_str().unwrap().contains("Access=AK1,"));
    let _: Bytes = mock.requests()[0].body().clone();
}

#[tokio::test]
async fn a_refusal_that_leaves_it_open_is_called_an_unknown_outcome() {
    let mock = MockTransport::new();
    let rule = mock.on_any::<AllocateToReseller>().respond_with_error(refusal(400, "CBC.99000004"));
    let error = client(&mock).send(&allocation()).await.unwrap_err();
    assert_eq!((rule.calls(), error.kind()), (1, ErrorKind::OutcomeUnknown));
}

// Rate limits.

/// A source whose keys are rotated: it gives the next ones once the first were refused.
#[derive(Debug, Default)]
struct Rotated {
    renewed: AtomicUsize,
    static_keys: bool,
}

#[async_trait::async_trait]
impl ProvideCredentials for Rotated {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let number = if self.static_keys { 0 } else { self.renewed.load(Ordering::SeqCst) };
        Ok(Credentials::keys(format!("AK{number}"), "SK"))
    }

    fn invalidate(&self, _: &Credentials) {
        self.renewed.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn renewed_keys_are_used_at_once_where_the_old_ones_were_refused() {
    for static_keys in [false, true] {
        let source = Arc::new(Rotated { static_keys, ..Rotated::default() });
        let mock = MockTransport::new();
        let rule = mock
            .on_any::<AllocateToReseller>()
            .respond_with_error(refusal(401, "APIGW.0301"))
            .respond(fill!(Allocation { transfer_id: "T1".into() }));
        let client = Client::builder(Site::China)
            .credentials(source)
            .transport(mock.clone())
            .clock(clock())
            .build()
            .unwrap();
        let outcome = client.send(&allocation()).await;
        if static_keys {
            assert_eq!((rule.calls(), outcome.unwrap_err().kind()), (1, ErrorKind::Credentials));
        } else {
            assert_eq!((rule.calls(), outcome.unwrap().transfer_id.to_string()), (2, "T1".to_owned()));
        }
    }
}

#[tokio::test]
async fn keys_that_are_refused_again_are_not_tried_a_third_time() {
    let mock = MockTransport::new();
    let rule = mock.on_any::<ListResellers>().respond_with_error(refusal(401, "APIGW.0301"));
    let client = Client::builder(Site::China)
        .credentials(Arc::new(Rotated::default()))
        .transport(mock.clone())
        .clock(clock())
        .build()
        .unwrap();
    let error = client.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((rule.calls(), error.kind()), (2, ErrorKind::Credentials));
}

#[tokio::test]
async fn a_call_whose_turn_comes_after_its_deadline_is_refused_at_once_with_the_wait() {
    let mock = MockTransport::new();
    let rule = mock.on_any::<ListResellers>().respond(page(0, 0..0));
    let clock = clock();
    let client =
        client_at(&mock, clock.clone()).with(CallOptions::new().deadline(Duration::from_millis(500)));
    for _ in 0..10 {
        client.send(&ListResellers::new()).await.unwrap();
    }
    let error = client.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, Some(Duration::from_secs(1))));
    assert!(error.is_retryable() && !error.may_have_been_executed());
    assert_eq!((rule.calls(), clock.elapsed()), (10, Duration::ZERO));
    assert!(error.to_string().contains("1000 ms"), "{error}");
}

/// Limiter that counts the outcomes of its permits.
#[derive(Clone, Debug, Default)]
struct Counting {
    accounts: Arc<std::sync::Mutex<Vec<String>>>,
    returned: Arc<AtomicUsize>,
    throttled: Arc<AtomicUsize>,
    down: bool,
}

#[async_trait::async_trait]
impl RateLimiter for Counting {
    async fn acquire(
        &self,
        key: RateLimitKey<'_>,
        _longest: Duration,
        _clock: &dyn Clock,
    ) -> Result<Permit, RateLimitError> {
        if self.down {
            return Err(RateLimitError::Unavailable("no Redis".into()));
        }
        self.accounts.lock().unwrap().push(key.account.to_owned());
        let returned = Arc::clone(&self.returned);
        Ok(Permit::new(move || {
            returned.fetch_add(1, Ordering::SeqCst);
        }))
    }

    async fn throttled(&self, _key: RateLimitKey<'_>, retry_after: Option<Duration>, _clock: &dyn Clock) {
        assert_eq!(retry_after, Some(Duration::from_secs(2)));
        self.throttled.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn permits_are_used_by_calls_that_go_out_and_returned_by_those_that_do_not() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>()
        .respond_raw(Response::builder().status(429).header("retry-after", "1.5").body("{}").unwrap())
        .respond(page(0, 0..0));
    let limiter = Counting::default();
    let client = client(&mock).with(CallOptions::new().rate_limiter(limiter.clone()));
    client.send(&ListResellers::new()).await.unwrap();
    let counted = |of: &AtomicUsize| of.load(Ordering::SeqCst);
    assert_eq!((counted(&limiter.returned), counted(&limiter.throttled)), (0, 1));
    // A secret that cannot sign: the permit is taken, and nothing is sent.
    let unusable = client.with(CallOptions::new().credentials(Credentials::token("line\nbreak")));
    unusable.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!(counted(&limiter.returned), 1);
    let down = Counting { down: true, ..Counting::default() };
    let error =
        client.with(CallOptions::new().rate_limiter(down)).send(&ListResellers::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(error.is_retryable() && !error.may_have_been_executed());
}

#[tokio::test]
async fn limits_are_counted_by_account_not_by_key_or_token() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond(page(0, 0..0));
    let limiter = Counting::default();
    let source = Arc::new(Rotated::default());
    let client = Client::builder(Site::China)
        .credentials(source.clone())
        .transport(mock.clone())
        .clock(clock())
        .options(CallOptions::new().rate_limiter(limiter.clone()))
        .build()
        .unwrap();
    for _ in 0..3 {
        client.send(&ListResellers::new()).await.unwrap();
        source.renewed.fetch_add(1, Ordering::SeqCst);
    }
    let accounts = || std::mem::take(&mut *limiter.accounts.lock().unwrap());
    let seen = accounts();
    assert!(seen.len() == 3 && seen.iter().all(|account| *account == seen[0]), "{seen:?}");
    let with = |credentials: Credentials| client.with(CallOptions::new().credentials(credentials));
    let named = |token: &str| Credentials::token(token).with_domain_id("d1");
    with(named("t1")).send(&ListResellers::new()).await.unwrap();
    with(named("t2")).send(&ListResellers::new()).await.unwrap();
    with(Credentials::token("t3"))
        .with(CallOptions::new().account("a1"))
        .send(&ListResellers::new())
        .await
        .unwrap();
    assert_eq!(accounts(), ["d1", "d1", "a1"]);
}

#[tokio::test]
async fn drift_of_a_response_reaches_the_observers() {
    use huaweicloud_partner::client::{Observation, ObservationKind, Observer};

    #[derive(Debug, Default, Clone)]
    struct Seen(std::sync::Arc<std::sync::Mutex<Vec<String>>>);

    impl Observer for Seen {
        fn observe(&self, observation: &Observation<'_>) {
            if let ObservationKind::Drift { path, detail, .. } = observation.kind {
                self.0.lock().unwrap().push(format!("{path} {detail}"));
            }
        }
    }

    let mock = MockTransport::new();
    let body = r#"{"count":1,"indirect_partners":[{"indirect_partner_id":"r1","associated_on":"noon"}]}"#;
    mock.on_any::<ListResellers>().respond_raw(Response::builder().body(body).unwrap());
    let seen = Seen::default();
    let client = Client::builder(Site::China)
        .credentials(Credentials::keys("AK", "SK"))
        .transport(mock.clone())
        .clock(clock())
        .observer(seen.clone())
        .build()
        .unwrap();
    let page = client.send(&ListResellers::new()).await.unwrap();
    assert_eq!((page.indirect_partners.len(), page.drift().len()), (1, 1));
    let seen = seen.0.lock().unwrap();
    assert!(
        seen.len() == 1 && seen[0].starts_with("$.indirect_partners[0].associated_on unreadable"),
        "{seen:?}"
    );
    assert!(!seen[0].contains("noon"), "the value itself may be personal");
}
