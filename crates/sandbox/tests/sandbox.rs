//! The sandbox keeps the documented rules, and its books balance whatever is done to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use huaweicloud_partner::types::Site;
use std::{sync::Arc, time::Duration};

use futures_util::{TryStreamExt, future::join_all};
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    auth::Credentials,
    client::{CallOptions, NoRateLimit, RetryPolicy},
    clock::Clock,
    customers::{CheckIdentity, CreateCustomer, IdentityType, ListCustomers, SendVerificationCode},
    error::codes,
    journal::{ResolveOptions, Settled},
    partners::BalanceType,
    partners::{
        AllocateToCustomer, ListAccountChanges, ListAdjustments, ListCustomerBalances, ReclaimFromCustomer,
        ShowBalances,
    },
    resellers::{
        AllocateToReseller, GrantVoucherQuotas, ListGrantedVoucherQuotas, ListResellers, ReclaimFromReseller,
        ReclaimVoucherQuotas,
    },
    testing::{FaultTransport, FaultTrigger, InjectedFault},
    types::{Amount, CustomerId, QuotaId, ResellerId},
    vouchers::{
        IssueVouchers, ListIssuedVouchers, ListQuotas, ListVoucherRecords, ReclaimVoucher, VoucherStatus,
    },
};
use huaweicloud_partner_sandbox::{LedgerAccount, Sandbox, State};
use proptest::prelude::*;

fn yuan(text: &str) -> Amount {
    text.parse().unwrap()
}

fn distributor(sandbox: &Sandbox) -> Client {
    sandbox.client("distributor").unwrap()
}

fn code(error: &Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

async fn balance(client: &Client, reseller: &str) -> Amount {
    client.send(&ShowBalances::new().indirect_partner_id(reseller)).await.unwrap().account_balances[0]
        .amount
        .unwrap()
}

// Money.

#[tokio::test]
async fn money_goes_down_the_chain_and_back() {
    let sandbox = Sandbox::small_distributor();
    let client = distributor(&sandbox);
    client.send(&AllocateToReseller::new("reseller-1", yuan("1000.00"))).await.unwrap();
    let grant = AllocateToCustomer::new("customer-2", yuan("400.25")).indirect_partner_id("reseller-1");
    client.send(&grant).await.unwrap();
    assert_eq!(balance(&client, "reseller-1").await, yuan("599.75"));
    let query = ListCustomerBalances::of(["customer-2", "customer-1"]).indirect_partner_id("reseller-1");
    let customers = client.send(&query).await.unwrap();
    assert_eq!(customers.customer_balances.len(), 1, "the distributor's own customer is ignored");
    assert_eq!(customers.customer_balances[0].amount, Some(yuan("400.25")));

    client
        .send(&ReclaimFromCustomer::new("customer-2", yuan("400.25")).indirect_partner_id("reseller-1"))
        .await
        .unwrap();
    client.send(&ReclaimFromReseller::new("reseller-1", yuan("1000"))).await.unwrap();
    assert_eq!(balance(&client, "reseller-1").await, Amount::ZERO);

    let own: Vec<_> = client.items(ListAdjustments::new()).try_collect().await.unwrap();
    assert_eq!(own.len(), 2);
    let changes: Vec<_> =
        client.items(ListAccountChanges::new(BalanceType::Cash)).try_collect().await.unwrap();
    assert_eq!(changes.len(), 3, "the recharge with which the world began, and these two");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn refusals_have_their_documented_codes_and_change_nothing() {
    let sandbox = Sandbox::small_distributor();
    let client = distributor(&sandbox);
    let before = serde_json::to_value(sandbox.snapshot().ledger()).unwrap();
    let too_much = client.send(&AllocateToReseller::new("reseller-1", yuan("100000.01"))).await.unwrap_err();
    assert_eq!(too_much.code(), Some(&codes::BALANCE_TOO_LOW));
    let foreign = client.send(&AllocateToReseller::new("customer-1", yuan("1"))).await.unwrap_err();
    assert_eq!(foreign.code(), Some(&codes::NO_RIGHT_TO_RESELLER));
    let unknown = client.send(&AllocateToCustomer::new("nobody", yuan("1"))).await.unwrap_err();
    assert_eq!(unknown.code(), Some(&codes::NOT_OWN_CUSTOMER));
    let not_mine = client.send(&AllocateToCustomer::new("customer-2", yuan("1"))).await.unwrap_err();
    assert_eq!(not_mine.code(), Some(&codes::NOT_OWN_CUSTOMER));
    let unchecked = client.with(CallOptions::new().skip_validation());
    let negative = unchecked.send(&AllocateToReseller::new("reseller-1", yuan("-5"))).await.unwrap_err();
    assert_eq!(negative.code(), Some(&codes::BAD_PARAMETER));
    assert_eq!(serde_json::to_value(sandbox.snapshot().ledger()).unwrap(), before);
}

// Vouchers.

#[tokio::test]
async fn a_voucher_from_quota_to_reclaim() {
    let sandbox = Sandbox::small_distributor();
    let client = distributor(&sandbox);
    let resellers: Vec<ResellerId> = vec!["reseller-1".into(), "customer-1".into()];
    let foreign =
        client.send(&GrantVoucherQuotas::new("quota-1", resellers, yuan("100.00"))).await.unwrap_err();
    assert_eq!(foreign.code(), Some(&codes::NO_RIGHT_TO_RESELLER));
    let resellers: Vec<ResellerId> = vec!["reseller-1".into()];
    let granted = client.send(&GrantVoucherQuotas::new("quota-1", resellers, yuan("100.00"))).await.unwrap();
    let outcomes: Vec<_> = granted.outcomes().collect();
    let quota = outcomes[0].unwrap().quota_id.clone();

    let customers: Vec<CustomerId> = vec!["customer-2".into(), "customer-3".into(), "customer-1".into()];
    let issue = IssueVouchers::new(&quota, customers, yuan("60.00")).indirect_partner_id("reseller-1");
    let issued = client.send(&issue).await.unwrap();
    let codes_of: Vec<_> = issued.error_details.iter().map(|error| error.code.clone()).collect();
    assert_eq!(codes_of, [codes::QUOTA_TOO_SMALL, codes::NOT_OWN_CUSTOMER]);
    let voucher = &issued.coupon_infos[0].coupon_id;

    let reclaim = ReclaimVoucher::new(voucher).indirect_partner_id("reseller-1");
    client.send(&reclaim.clone()).await.unwrap();
    let again = client.send(&reclaim).await.unwrap_err();
    assert_eq!((again.code(), again.status().unwrap().as_u16()), (Some(&codes::VOUCHER_ALREADY_GONE), 200));

    let list = client.send(&ListIssuedVouchers::new().indirect_partner_id("reseller-1")).await.unwrap();
    assert_eq!(list.user_coupons[0].status, Some(VoucherStatus::Reclaimed));
    let records: Vec<_> = client
        .items(ListVoucherRecords::new().indirect_partner_id("reseller-1"))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(records.len(), 2);

    let quotas: Vec<QuotaId> = vec![quota];
    client.send(&ReclaimVoucherQuotas::new(quotas.clone())).await.unwrap();
    let twice = client.send(&ReclaimVoucherQuotas::new(quotas)).await.unwrap();
    assert_eq!(twice.error_details[0].code, codes::QUOTA_NOT_USABLE);
    let own = client.send(&ListQuotas::new()).await.unwrap();
    assert_eq!(own.quotas[0].balance, Some(yuan("50000")));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn vouchers_and_quotas_end_with_time() {
    let sandbox = Sandbox::small_distributor();
    let client = distributor(&sandbox);
    let customers: Vec<CustomerId> = vec!["customer-1".into()];
    client.send(&IssueVouchers::new("quota-1", customers.clone(), yuan("5"))).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(366 * 24 * 3600));
    let list = client.send(&ListIssuedVouchers::new()).await.unwrap();
    assert_eq!(list.user_coupons[0].status, Some(VoucherStatus::Expired));
    let late = client.send(&IssueVouchers::new("quota-1", customers, yuan("5"))).await.unwrap_err();
    assert_eq!(late.code(), Some(&codes::QUOTA_OUTSIDE_VALIDITY));
}

// Customers.

#[tokio::test]
async fn a_customer_is_registered_with_a_code_that_was_sent() {
    let sandbox = Sandbox::small_distributor();
    let client = distributor(&sandbox);
    let create = |code: &str, id: &str| {
        CreateCustomer::new(id, "platform")
            .domain_name(format!("name_{id}"))
            .mobile_phone("13800000001")
            .verification_code(code)
    };
    client.send(&SendVerificationCode::to_mobile("13800000001")).await.unwrap();
    let wrong = client.send(&create("xxxxxx", "u1")).await.unwrap_err();
    assert_eq!(wrong.code(), Some(&codes::SENT_CODE_WRONG));
    let code_sent = sandbox.code_sent_to("13800000001").unwrap();
    let created = client.send(&create(code_sent.expose(), "u1")).await.unwrap();
    let used = client.send(&create(code_sent.expose(), "u1")).await.unwrap_err();
    assert_eq!(used.code(), Some(&codes::PLATFORM_USER_ID_USED));
    sandbox.clock().advance(Duration::from_secs(601));
    let late = client.send(&create(code_sent.expose(), "u2")).await.unwrap_err();
    assert_eq!(late.code(), Some(&codes::SENT_CODE_EXPIRED));

    let found: Vec<_> =
        client.items(ListCustomers::new().customer_id(&created.domain_id)).try_collect().await.unwrap();
    assert_eq!(found[0].xaccount_id.as_deref(), Some("u1"));
    let check = client.send(&CheckIdentity::new(IdentityType::LoginName, "name_u1")).await.unwrap();
    assert_eq!(check.check_result, Some("used_by_user".into()));
}

// The gate.

#[tokio::test]
async fn who_calls_is_checked_as_in_the_original() {
    let sandbox = Sandbox::small_distributor();
    let client = distributor(&sandbox);
    let view =
        |credentials| client.with(CallOptions::new().credentials(credentials).retry(RetryPolicy::NEVER));
    let wrong_secret =
        view(Credentials::keys("AKDISTRIBUTOR", "another")).send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((wrong_secret.kind(), code(&wrong_secret)), (ErrorKind::Credentials, "APIGW.0301"));
    let unknown_key = view(Credentials::keys("AKNOBODY", "x")).send(&ListResellers::new()).await.unwrap_err();
    assert_eq!(unknown_key.kind(), ErrorKind::Credentials);
    let customer = view(Credentials::keys("AKCUSTOMER-1", "SKCUSTOMER-1"))
        .send(&ListResellers::new())
        .await
        .unwrap_err();
    assert_eq!(customer.code(), Some(&codes::ACCESS_DENIED));
    let reseller =
        view(Credentials::keys("AKRESELLER-1", "SKRESELLER-1")).send(&ShowBalances::new()).await.unwrap_err();
    assert_eq!(
        reseller.code(),
        Some(&codes::NOT_A_PARTNER),
        "a reseller's own credentials are accepted nowhere"
    );
    let elsewhere = Client::builder(Site::International)
        .credentials(sandbox.credentials("distributor").unwrap())
        .transport(sandbox.clone())
        .clock(sandbox.clock().clone())
        .build()
        .unwrap();
    let elsewhere = elsewhere.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!(elsewhere.code(), Some(&codes::WRONG_SITE));
}

#[tokio::test]
async fn a_client_with_a_wrong_clock_corrects_it() {
    let sandbox = Sandbox::small_distributor();
    let wrong = huaweicloud_partner::clock::ManualClock::at(sandbox.clock().now() - time::Duration::hours(2));
    let client = Client::builder(Site::China)
        .credentials(sandbox.credentials("distributor").unwrap())
        .transport(sandbox.clone())
        .clock(wrong)
        .build()
        .unwrap();
    let response = client.send(&AllocateToReseller::new("reseller-1", yuan("1"))).await.unwrap();
    assert_eq!(response.attempts(), 2);
    assert_eq!(balance(&client, "reseller-1").await, yuan("1"));
}

#[tokio::test]
async fn too_many_calls_are_throttled_and_wait() {
    let sandbox = Sandbox::small_distributor();
    let hasty =
        distributor(&sandbox).with(CallOptions::new().rate_limiter(NoRateLimit).retry(RetryPolicy::NEVER));
    for _ in 0..10 {
        hasty.send(&ListResellers::new()).await.unwrap();
    }
    let error = hasty.send(&ListResellers::new()).await.unwrap_err();
    assert_eq!((error.kind(), code(&error)), (ErrorKind::Throttled, "APIGW.0308"));
    sandbox.clock().advance(Duration::from_secs(1));
    let patient = distributor(&sandbox).with(CallOptions::new().retry(RetryPolicy::NEVER));
    join_all((0..100).map(|_| {
        let (client, operation) = (patient.clone(), ListResellers::new());
        async move { client.send(&operation).await }
    }))
    .await
    .into_iter()
    .for_each(|response| drop(response.unwrap()));
}

#[tokio::test]
async fn a_world_is_saved_and_loaded() {
    let sandbox = Sandbox::small_distributor();
    distributor(&sandbox).send(&AllocateToReseller::new("reseller-1", yuan("7.50"))).await.unwrap();
    let stored = serde_json::to_string(&sandbox.snapshot()).unwrap();
    let loaded = Sandbox::new(serde_json::from_str(&stored).unwrap());
    assert_eq!(balance(&distributor(&loaded), "reseller-1").await, yuan("7.50"));
    assert_eq!(
        serde_json::to_string(&loaded.snapshot().ledger()).unwrap(),
        serde_json::to_string(&sandbox.snapshot().ledger()).unwrap()
    );
}

#[test]
fn a_saved_world_of_another_form_is_refused() {
    let world = serde_json::to_value(Sandbox::small_distributor().snapshot()).unwrap();
    let refusal =
        |world: &serde_json::Value| State::read(world.to_string().as_bytes()).unwrap_err().to_string();
    State::read(world.to_string().as_bytes()).unwrap();
    for part in world.as_object().unwrap().keys() {
        let mut without = world.clone();
        without.as_object_mut().unwrap().remove(part);
        assert!(!refusal(&without).is_empty(), "{part}");
    }
    for part in ["wallet", "customers", "orders", "billing", "tickets", "identity"] {
        let mut other = world.clone();
        other[part]["of_an_older_form"] = serde_json::json!([]);
        let refusal = refusal(&other);
        assert!(refusal.contains(part) && refusal.contains("of_an_older_form"), "{refusal}");
    }
}

// Never twice.

#[tokio::test]
async fn a_transfer_cut_after_it_was_executed_is_found_in_the_records() {
    for (fault, executed) in [
        (InjectedFault::LostResponse, true),
        (InjectedFault::LostRequest, false),
        (InjectedFault::ErrorAfter, true),
        (InjectedFault::ErrorBefore, false),
    ] {
        let sandbox = Sandbox::small_distributor();
        let faulty = FaultTransport::new(sandbox.clone(), Arc::new(sandbox.clock().clone()))
            .inject(fault, FaultTrigger::call(1).of::<AllocateToReseller>());
        let client = Client::builder(Site::China)
            .credentials(sandbox.credentials("distributor").unwrap())
            .transport(faulty)
            .clock(sandbox.clock().clone())
            .build()
            .unwrap();
        let request = AllocateToReseller::new("reseller-1", yuan("1000.00"));
        let error = client.send(&request.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
        let options = ResolveOptions::new().sole_writer(true).sees_account(true);
        match client.resolve_error(&request, &error, options).await.unwrap() {
            Settled::Executed(_) => assert!(executed),
            Settled::NotExecuted(_) => assert!(!executed),
            other => panic!("{other:?}"),
        }
        let expected = if executed { yuan("1000") } else { Amount::ZERO };
        assert_eq!(balance(&client, "reseller-1").await, expected);
    }
}

// Whatever is done to it.

#[derive(Clone, Debug)]
enum Step {
    Allocate(u8, i64),
    Reclaim(u8, i64),
    ToCustomer(u8, i64),
    FromCustomer(u8, i64),
    Grant(u8, i64),
    TakeBackQuota(u8),
    Issue(u8, i64),
    TakeBackVoucher(u8),
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let cents = || -100_i64..8_000_000;
    let one = prop_oneof![
        (0_u8..4, cents()).prop_map(|(who, amount)| Step::Allocate(who, amount)),
        (0_u8..4, cents()).prop_map(|(who, amount)| Step::Reclaim(who, amount)),
        (0_u8..5, cents()).prop_map(|(who, amount)| Step::ToCustomer(who, amount)),
        (0_u8..5, cents()).prop_map(|(who, amount)| Step::FromCustomer(who, amount)),
        (0_u8..4, cents()).prop_map(|(who, amount)| Step::Grant(who, amount)),
        (0_u8..6).prop_map(Step::TakeBackQuota),
        (0_u8..5, cents()).prop_map(|(who, amount)| Step::Issue(who, amount)),
        (0_u8..6).prop_map(Step::TakeBackVoucher),
        (0_u32..40_000_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(one, 1..25)
}

/// Customers with the reseller they belong to.
const CUSTOMERS: [(&str, &str); 5] = [
    ("customer-1", ""),
    ("customer-2", "reseller-1"),
    ("customer-3", "reseller-1"),
    ("customer-4", "reseller-2"),
    ("nobody", ""),
];

async fn take(client: &Client, sandbox: &Sandbox, step: Step) {
    let money = |cents: i64| Amount::new(cents, 2).unwrap();
    let reseller = |who: u8| format!("reseller-{}", who + 1);
    let nth =
        |rows: Vec<String>, which: u8| rows.into_iter().nth(which.into()).unwrap_or_else(|| "none".into());
    match step {
        Step::Allocate(who, cents) => {
            drop(client.send(&AllocateToReseller::new(reseller(who), money(cents))).await)
        }
        Step::Reclaim(who, cents) => {
            drop(client.send(&ReclaimFromReseller::new(reseller(who), money(cents))).await)
        }
        Step::ToCustomer(who, cents) => {
            let (customer, partner) = CUSTOMERS[usize::from(who)];
            drop(
                client
                    .send(&AllocateToCustomer::new(customer, money(cents)).indirect_partner_id(partner))
                    .await,
            );
        }
        Step::FromCustomer(who, cents) => {
            let (customer, partner) = CUSTOMERS[usize::from(who)];
            drop(
                client
                    .send(&ReclaimFromCustomer::new(customer, money(cents)).indirect_partner_id(partner))
                    .await,
            );
        }
        Step::Grant(who, cents) => {
            let receivers: Vec<ResellerId> = vec![reseller(who).into(), "reseller-1".into()];
            drop(client.send(&GrantVoucherQuotas::new("quota-1", receivers, money(cents))).await);
        }
        Step::TakeBackQuota(which) => {
            let quotas = client.send(&ListGrantedVoucherQuotas::new()).await.unwrap();
            let id = nth(quotas.quotas.iter().map(|quota| quota.quota_id.to_string()).collect(), which);
            let ids: Vec<QuotaId> = vec![id.into()];
            drop(client.send(&ReclaimVoucherQuotas::new(ids)).await);
        }
        Step::Issue(who, cents) => {
            let (customer, partner) = CUSTOMERS[usize::from(who)];
            let quotas = client.send(&ListGrantedVoucherQuotas::new()).await.unwrap();
            let quota = quotas.quotas.first().map_or("quota-1".into(), |quota| quota.quota_id.clone());
            let customers: Vec<CustomerId> = vec![customer.into(), "customer-2".into()];
            drop(
                client
                    .send(&IssueVouchers::new(quota, customers, money(cents)).indirect_partner_id(partner))
                    .await,
            );
        }
        Step::TakeBackVoucher(which) => {
            let issued =
                client.send(&ListIssuedVouchers::new().indirect_partner_id("reseller-1")).await.unwrap();
            let id =
                nth(issued.user_coupons.iter().map(|voucher| voucher.coupon_id.to_string()).collect(), which);
            drop(client.send(&ReclaimVoucher::new(id).indirect_partner_id("reseller-1")).await);
        }
        Step::Wait(seconds) => sandbox.clock().advance(Duration::from_secs(seconds.into())),
    }
}

/// The total that came from outside is what all accounts, quotas and vouchers hold.
fn conserved(sandbox: &Sandbox) -> Result<(), String> {
    sandbox.audit().map_err(|error| error.to_string())?;
    let world = sandbox.snapshot();
    let outside = Amount::checked_sum(
        [LedgerAccount::outside("recharge"), LedgerAccount::outside("quota")]
            .iter()
            .map(|book| world.ledger().balance(book)),
    );
    if outside == Some(yuan("-150000")) { Ok(()) } else { Err(format!("outside holds {outside:?}")) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("SANDBOX_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
    ))]

    #[test]
    fn no_sequence_of_calls_makes_or_loses_money(steps in steps(), seed: u64, faults: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::small_distributor();
            let percent = if faults { 20 } else { 0 };
            let faulty = FaultTransport::new(sandbox.clone(), Arc::new(sandbox.clock().clone()))
                .seeded(seed)
                .inject(InjectedFault::LostResponse, FaultTrigger::percent(percent).of::<AllocateToReseller>())
                .inject(InjectedFault::ErrorAfter, FaultTrigger::percent(percent).of::<IssueVouchers>());
            let client = Client::builder(Site::China).credentials(sandbox.credentials("distributor").unwrap())
                .transport(faulty).clock(sandbox.clock().clone()).build().unwrap()
                .with(CallOptions::new().skip_validation());
            for step in steps {
                take(&client, &sandbox, step).await;
                if let Err(wrong) = conserved(&sandbox) {
                    panic!("{wrong}");
                }
            }
        });
    }
}
