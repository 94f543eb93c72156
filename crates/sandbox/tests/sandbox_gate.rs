//! Tests of the sandbox's front and its identity service: callers, hosts and tokens.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use huaweicloud_partner::types::Site;
use std::{sync::Arc, time::Duration};

use huaweicloud_partner::{
    Client, Error, ErrorKind,
    auth::{
        Agency, AgencyKeys, AgencyToken, Credentials, IamToken, IdentityKind, PasswordLogin,
        ProvideCredentials,
    },
    client::{CallOptions, RetryPolicy},
    clock::Clock,
    customers::ShowAccountBalances,
    error::codes,
    operation::Service,
    partners::ShowBalances,
    resellers::{AllocateToReseller, ListResellers},
    testing::InjectedFault,
    types::Amount,
    vouchers::IssueVouchers,
};
use huaweicloud_partner_sandbox::{FaultTrigger, Sandbox, SandboxEvent};

fn client(sandbox: &Sandbox, site: Site, credentials: impl ProvideCredentials + 'static) -> Client {
    Client::builder(site)
        .credentials(credentials)
        .transport(sandbox.clone())
        .clock(sandbox.clock().clone())
        .options(CallOptions::new().retry(RetryPolicy::NEVER))
        .build()
        .unwrap()
}

fn code(error: &Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

fn login(account: &str, password: &str) -> PasswordLogin {
    PasswordLogin { account: account.into(), user: account.into(), password: password.into() }
}

// Hosts.

#[tokio::test]
async fn an_account_is_known_on_its_own_site_only() {
    let sandbox = Sandbox::small_distributor();
    let keys = sandbox.credentials("distributor").unwrap();
    let elsewhere = client(&sandbox, Site::International, keys.clone());
    let error = elsewhere.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((error.code(), error.status().unwrap().as_u16()), (Some(&codes::WRONG_SITE), 403));
    for address in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80"] {
        let builder = Client::builder(Site::International)
            .credentials(keys.clone())
            .endpoint(Service::Business, address);
        let anywhere = builder.transport(sandbox.clone()).clock(sandbox.clock().clone()).build().unwrap();
        anywhere.send(&ListResellers::new()).await.unwrap();
    }
    let builder = Client::builder(Site::China)
        .credentials(keys)
        .endpoint(Service::Business, "https://osm.cn-south-1.myhuaweicloud.com");
    let tickets = builder.transport(sandbox.clone()).clock(sandbox.clock().clone()).build().unwrap();
    let error = tickets.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((error.code(), error.status().unwrap().as_u16()), (Some(&codes::API_NOT_FOUND), 404));
}

#[tokio::test]
async fn a_key_is_locked_after_wrong_signatures_in_a_row() {
    let sandbox = Sandbox::small_distributor();
    let wrong = client(&sandbox, Site::China, Credentials::keys("AKDISTRIBUTOR", "another"));
    let right = client(&sandbox, Site::China, sandbox.credentials("distributor").unwrap());
    for _ in 0..5 {
        wrong.send(&ListResellers::new()).await.unwrap_err();
    }
    right.send(&ListResellers::new()).await.unwrap();
    for _ in 0..6 {
        wrong.send(&ListResellers::new()).await.unwrap_err();
    }
    let locked = right.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((locked.kind(), code(&locked)), (ErrorKind::Credentials, "APIGW.0301"));
    assert!(locked.api().unwrap().message().contains("reach the limit"), "{locked}");
    sandbox.clock().advance(Duration::from_secs(300));
    right.send(&ListResellers::new()).await.unwrap();
}

// Tokens.

#[tokio::test]
async fn a_token_for_a_password_serves_until_it_ends() {
    let sandbox = Sandbox::small_distributor();
    let source = Arc::new(IamToken::new(login("distributor", "SKDISTRIBUTOR"), sandbox.iam()));
    let first = source.credentials().await.unwrap();
    assert_eq!(first.domain_id(), Some("distributor"));
    let end = first.expires_at().unwrap().instant() - sandbox.clock().now();
    assert_eq!(end, time::Duration::hours(24));
    let with_source = client(&sandbox, Site::China, Arc::clone(&source));
    with_source.send(&ListResellers::new()).await.unwrap();

    let held = client(&sandbox, Site::China, first.clone());
    sandbox.clock().advance(Duration::from_secs(24 * 3600 - 1));
    held.send(&ListResellers::new()).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(1));
    let ended = held.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((ended.kind(), ended.code()), (ErrorKind::Credentials, Some(&codes::TOKEN_EXPIRED)));
    with_source.send(&ListResellers::new()).await.unwrap();

    let forged = client(&sandbox, Site::China, Credentials::token("sandbox-token-1"));
    let forged = forged.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((forged.kind(), code(&forged)), (ErrorKind::Credentials, "APIGW.0301"));
}

#[tokio::test]
async fn a_wrong_password_gives_no_token() {
    let sandbox = Sandbox::small_distributor();
    let wrong = IamToken::new(login("distributor", "guessed"), sandbox.iam());
    assert!(wrong.credentials().await.unwrap_err().to_string().contains("HTTP 401"));
    let stranger = IamToken::new(login("nobody", "SKDISTRIBUTOR"), sandbox.iam());
    stranger.credentials().await.unwrap_err();
    let set = SandboxEvent::SetPassword { account: "distributor".into(), password: "A new 1".into() };
    sandbox.apply(set).unwrap();
    IamToken::new(login("distributor", "SKDISTRIBUTOR"), sandbox.iam()).credentials().await.unwrap_err();
    IamToken::new(login("distributor", "A new 1"), sandbox.iam()).credentials().await.unwrap();
}

#[tokio::test]
async fn a_new_password_ends_the_tokens_before_it() {
    let sandbox = Sandbox::small_distributor();
    let source: Arc<dyn ProvideCredentials> =
        Arc::new(IamToken::new(login("distributor", "SKDISTRIBUTOR"), sandbox.iam()));
    let before = client(&sandbox, Site::China, source.credentials().await.unwrap());
    before.send(&ListResellers::new()).await.unwrap();
    let set = SandboxEvent::SetPassword { account: "distributor".into(), password: "A new 1".into() };
    sandbox.apply(set).unwrap();
    let ended = before.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((ended.kind(), code(&ended)), (ErrorKind::Credentials, "APIGW.0307"));
    let source = IamToken::new(login("distributor", "A new 1"), sandbox.iam());
    let after = client(&sandbox, Site::China, source.credentials().await.unwrap());
    after.send(&ListResellers::new()).await.unwrap();
}

#[tokio::test]
async fn a_partner_acts_as_a_customer_that_lets_it() {
    let sandbox = Sandbox::named("everyone").unwrap();
    let partner: Arc<dyn ProvideCredentials> =
        Arc::new(IamToken::new(login("distributor", "SKDISTRIBUTOR"), sandbox.iam()));
    let through = |agency| AgencyToken::new(agency, Arc::clone(&partner), sandbox.iam());
    let token = through(Agency::of_id("customer-1", "partner-acts"));
    let found = token.credentials().await.unwrap();
    assert_eq!((found.kind(), found.domain_id()), (Some(IdentityKind::Customer), Some("customer-1")));
    through(Agency::of_name("customer_1", "partner-acts")).credentials().await.unwrap();
    for refused in [
        Agency::of_id("customer-1", "another"),
        Agency::of_id("customer-2", "partner-acts"),
        Agency::of_id("nobody", "partner-acts"),
    ] {
        let error = through(refused).credentials().await.unwrap_err();
        assert!(error.to_string().contains("HTTP 403"), "{error}");
    }
    let as_customer = client(&sandbox, Site::China, token);
    let may = as_customer.send(&ShowAccountBalances::new()).await;
    let refused = may.as_ref().err().map(code);
    assert!(matches!(refused, None | Some("SANDBOX.0001")), "{may:?}");
    let not_for_customers = as_customer.send(&ShowBalances::new()).await.unwrap_err();
    assert_eq!(not_for_customers.kind(), ErrorKind::WrongCaller);
}

#[tokio::test]
async fn temporary_keys_need_their_token_and_end() {
    let sandbox = Sandbox::named("everyone").unwrap();
    let partner = Arc::new(IamToken::new(login("distributor", "SKDISTRIBUTOR"), sandbox.iam()));
    let agency = Agency::of_id("customer-1", "partner-acts");
    let source = AgencyKeys::new(agency, partner, sandbox.iam());
    let found = source.credentials().await.unwrap();
    let seconds = (found.expires_at().unwrap().instant() - sandbox.clock().now()).whole_seconds();
    assert_eq!(seconds, 900);
    let refused = |error: Option<Error>| error.map(|error| code(&error).to_owned());
    let held = client(&sandbox, Site::China, found.clone());
    let response = refused(held.send(&ShowAccountBalances::new()).await.err());
    assert!(matches!(response.as_deref(), None | Some("SANDBOX.0001")), "{response:?}");
    let huaweicloud_partner::auth::Authorization::Keys(keys) = found.authorization() else { panic!() };
    let bare = Credentials::keys(&keys.id, keys.secret.clone());
    let without = client(&sandbox, Site::China, bare).send(&ShowAccountBalances::new()).await;
    assert_eq!(refused(without.err()).as_deref(), Some("APIGW.0301"));
    sandbox.clock().advance(Duration::from_secs(900));
    let ended = held.send(&ShowAccountBalances::new()).await;
    assert_eq!(refused(ended.err()).as_deref(), Some("APIGW.0301"));
    let renewed = client(&sandbox, Site::China, source).send(&ShowAccountBalances::new()).await;
    assert_ne!(refused(renewed.err()).as_deref(), Some("APIGW.0301"));
}

// Faults.

#[tokio::test]
async fn faults_are_triggered_where_they_are_set() {
    let sandbox = Sandbox::small_distributor();
    let distributor = client(&sandbox, Site::China, sandbox.credentials("distributor").unwrap());
    sandbox.inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<AllocateToReseller>());
    sandbox.inject(InjectedFault::UnknownFields, FaultTrigger::always().of::<ListResellers>());
    sandbox.inject(InjectedFault::UnknownCode, FaultTrigger::calls(2..=2).of::<AllocateToReseller>());
    let json =
        r#"{"inject": {"fault": {"throttled": 3}, "when": {"on": "bss.IssuePartnerCoupons", "every": 1}}}"#;
    let unknown = serde_json::from_str(json).unwrap();
    assert_eq!(sandbox.apply(unknown).unwrap_err().code(), &codes::BAD_PARAMETER);

    let page = distributor.send(&ListResellers::new()).await.unwrap();
    assert_eq!(page.indirect_partners.len(), 3);
    let grant = AllocateToReseller::new("reseller-1", Amount::from(5));
    let lost = distributor.send(&grant.clone()).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::OutcomeUnknown);
    let new = distributor.send(&grant.clone()).await.unwrap_err();
    assert_eq!((new.kind(), code(&new)), (ErrorKind::Refused, "CBC.99999999"));
    distributor.send(&grant).await.unwrap();
    let balances = distributor.send(&ShowBalances::new().indirect_partner_id("reseller-1")).await.unwrap();
    assert_eq!(balances.account_balances[0].amount, Some(Amount::from(10)), "the lost one was executed");
    assert_eq!(sandbox.injected().len(), 3);
    sandbox.clear_faults();
    distributor.send(&ListResellers::new()).await.unwrap();
    assert!(sandbox.injected().is_empty());
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn chances_are_the_same_for_a_seed_and_go_on_after_a_snapshot() {
    let triggered_with = |seed: u64, saved_after: usize| async move {
        let mut sandbox = Sandbox::small_distributor().without_quotas();
        sandbox.seed_faults(seed);
        sandbox.inject(InjectedFault::ErrorBefore, FaultTrigger::percent(30));
        for number in 0..200 {
            if number == saved_after {
                let json = serde_json::to_vec(&sandbox.snapshot()).unwrap();
                sandbox = Sandbox::new(serde_json::from_slice(&json).unwrap());
            }
            let client = client(&sandbox, Site::China, sandbox.credentials("distributor").unwrap());
            let _ = client.send(&ListResellers::new()).await;
        }
        sandbox.injected().iter().map(|(number, _)| *number).collect::<Vec<_>>()
    };
    let triggered = triggered_with(7, usize::MAX).await;
    assert!((30..90).contains(&triggered.len()), "{}", triggered.len());
    assert_eq!(triggered_with(7, 100).await, triggered);
    assert_ne!(triggered_with(8, usize::MAX).await, triggered);
}

#[tokio::test]
async fn the_last_requests_are_kept_without_secrets() {
    let sandbox = Sandbox::small_distributor();
    let distributor = client(&sandbox, Site::China, sandbox.credentials("distributor").unwrap());
    distributor.send(&ListResellers::new()).await.unwrap();
    distributor.send(&IssueVouchers::new("nothing", ["customer-1"], Amount::from(1))).await.unwrap_err();
    let visits = sandbox.requests();
    assert_eq!(visits.len(), 2);
    assert_eq!(
        (visits[0].status, visits[0].caller.as_deref(), visits[0].code.as_deref()),
        (200, Some("distributor"), None)
    );
    assert_eq!((visits[1].status, visits[1].code.as_deref()), (400, Some(codes::QUOTA_NOT_USABLE.as_str())));
    assert!(!format!("{visits:?}").contains("SKDISTRIBUTOR"));
}
