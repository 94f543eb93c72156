//! Acting for customers: thousands of views over one client, never mixed, one fetch for each customer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use http::{Request, Response};
use huaweicloud_partner::{
    Client, ErrorKind,
    auth::{Credentials, CustomerCredentials, Iam, ProvideCredentials},
    client::CallOptions,
    client::NoRateLimit,
    clock::ManualClock,
    orders::{ListOrders, OrderPage},
    testing::MockTransport,
    transport::{Body, Transport, TransportError},
    types::{CustomerId, Site},
};
use time::OffsetDateTime;

fn clock() -> ManualClock {
    ManualClock::at(OffsetDateTime::from_unix_timestamp(1_777_622_701).unwrap())
}

/// An identity service that gives each customer keys of its own, after other tasks had their turns, and counts the fetches.
#[derive(Debug, Default, Clone)]
struct Identity(Arc<Mutex<HashMap<String, usize>>>);

#[async_trait::async_trait]
impl Transport for Identity {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let body: serde_json::Value = serde_json::from_slice(request.body().full().unwrap()).unwrap();
        let customer = body["auth"]["identity"]["assume_role"]["domain_id"].as_str().unwrap().to_owned();
        *self.0.lock().unwrap().entry(customer.clone()).or_default() += 1;
        for _ in 0..customer.len() + 3 {
            tokio::task::yield_now().await;
        }
        let keys = format!(
            r#"{{"credential":{{"access":"AK-{customer}","secret":"SK-{customer}","securitytoken":"ST-{customer}",
            "expires_at":"2026-05-02T08:05:01.000000Z"}}}}"#
        );
        Ok(Response::builder().status(201).body(keys.into()).unwrap())
    }
}

fn partner(mock: &MockTransport, identity: &Identity) -> Client {
    let iam = Iam::new(Arc::new(identity.clone()), Arc::new(clock()));
    let credentials = Credentials::keys("AKPARTNER", "SKPARTNER");
    Client::builder(Site::China)
        .customers(CustomerCredentials::agency("agency", Arc::new(credentials.clone()), iam))
        .credentials(credentials)
        .transport(mock.clone())
        .clock(clock())
        .options(CallOptions::new().rate_limiter(NoRateLimit))
        .build()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn interleaved_calls_of_many_customers_are_never_mixed_and_share_one_fetch_each() {
    let (mock, identity) = (MockTransport::new(), Identity::default());
    mock.on_any::<ListOrders>().respond(OrderPage::default());
    let client = partner(&mock, &identity);
    let calls = (0..2000).map(|call| {
        let (client, customer) = (client.clone(), format!("c{}", call % 200));
        tokio::spawn(async move {
            let view = client.as_customer(customer.as_str()).unwrap();
            view.send(&ListOrders::new().customer_id(customer.as_str())).await.unwrap();
        })
    });
    for call in join_all(calls).await {
        call.unwrap();
    }
    let requests = mock.requests();
    assert_eq!(requests.len(), 2000);
    for request in requests {
        let (headers, query) = (request.headers(), request.uri().query().unwrap());
        let customer = headers["x-domain-id"].to_str().unwrap();
        let authorization = headers["authorization"].to_str().unwrap();
        assert!(authorization.contains(&format!("Access=AK-{customer},")), "{customer}: {authorization}");
        assert_eq!(headers["x-security-token"], format!("ST-{customer}").as_str());
        assert!(
            query.split('&').any(|pair| pair == format!("customer_id={customer}")),
            "{customer}: {query}"
        );
    }
    let fetches = identity.0.lock().unwrap();
    assert_eq!(fetches.len(), 200);
    assert!(fetches.values().all(|fetches| *fetches == 1), "{fetches:?}");
}

#[tokio::test]
async fn a_source_that_gives_another_accounts_keys_sends_nothing() {
    let mock = MockTransport::new();
    let rule = mock.on_any::<ListOrders>().respond(OrderPage::default());
    let table = |_: &CustomerId| -> Arc<dyn ProvideCredentials> {
        Arc::new(Credentials::keys("AK-a", "SK-a").with_domain_id("a"))
    };
    let client =
        Client::for_test(mock.clone()).with_customers(CustomerCredentials::new(table, Arc::new(clock())));
    client.as_customer("a").unwrap().send(&ListOrders::new()).await.unwrap();
    let error = client.as_customer("b").unwrap().send(&ListOrders::new()).await.unwrap_err();
    assert_eq!((error.kind(), rule.calls()), (ErrorKind::Credentials, 1), "{error}");
}

#[test]
fn without_credentials_of_customers_there_is_no_view() {
    let client = Client::for_test(MockTransport::new());
    assert_eq!(client.as_customer("c1").unwrap_err().kind(), ErrorKind::Configuration);
    let table = |_: &CustomerId| -> Arc<dyn ProvideCredentials> { Arc::new(Credentials::token("t")) };
    let client = client.with_customers(CustomerCredentials::new(table, Arc::new(clock())));
    assert_eq!(client.as_customer("").unwrap_err().kind(), ErrorKind::InvalidInput);
}

/// Measures: `cargo test --release --test customer_views -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, meaningful in a release build only"]
fn a_cached_view_of_a_customer_takes_less_than_two_microseconds() {
    let client = partner(&MockTransport::new(), &Identity::default());
    let customers: Vec<_> = (0..5000).map(|number| CustomerId::from(format!("customer-{number}"))).collect();
    for customer in &customers {
        client.as_customer(customer.clone()).unwrap();
    }
    let started = Instant::now();
    for _ in 0..20 {
        for customer in &customers {
            std::hint::black_box(client.as_customer(customer.clone()).unwrap());
        }
    }
    let each = started.elapsed() / 100_000;
    println!("{each:?} for each view");
    assert!(each < Duration::from_micros(2), "{each:?}");
}
