//! The sandbox knows its customers: who they are, what they may spend, what they hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::time::Duration;

use futures_util::TryStreamExt;
use huaweicloud_partner::{
    Client,
    client::CallOptions,
    customers::*,
    error::codes,
    fill,
    partners::{
        self, AccountType, AllocateToCustomer, BalanceType, ReclaimFromCustomer, ShowConsumptionQuota,
    },
    types::{Amount, CustomerId, Personal},
    vouchers::{
        self, CardStatus, CategoryDiscount, CommercialDiscount, IssueVouchers, ListCommercialDiscounts,
        ListHeldVouchers, ListStoredValueCards, ListVoucherChanges, ProductDiscount, QuotingItemType,
        ReclaimVoucher, VoucherStatus, VoucherTrade,
    },
};
use huaweicloud_partner_sandbox::{ResourceUse, Sandbox, SandboxEvent};
use proptest::prelude::*;

fn money(text: &str) -> Amount {
    text.parse().unwrap()
}

fn client(sandbox: &Sandbox, account: &str) -> Client {
    sandbox.client(account).unwrap()
}

fn files(count: usize) -> Vec<Personal> {
    vec!["test/abc023.jpg".into(); count]
}

fn wait(sandbox: &Sandbox, minutes: u64) {
    sandbox.clock().advance(Duration::from_secs(minutes * 60));
}

async fn listed(partner: &Client, customer: &str) -> Customer {
    let page = partner.send(&ListCustomers::new().customer_id(customer)).await.unwrap().into_inner();
    page.customer_infos.into_iter().next().unwrap()
}

async fn review(partner: &Client, customer: &str) -> AuthenticationReview {
    partner.send(&ShowAuthenticationReview::new(customer)).await.unwrap().into_inner()
}

/// The same world after it was written down and read again.
fn again(sandbox: &Sandbox) -> Sandbox {
    let stored = serde_json::to_string(&sandbox.snapshot()).unwrap();
    Sandbox::new(serde_json::from_str(&stored).unwrap())
}

// Real names.

fn person(customer: &str, number: &str) -> AuthenticatePerson {
    AuthenticatePerson::new(customer, PersonMethod::Document, files(3), "Li Lei", number, "platform")
        .verified_type(PersonDocument::HongKongMacaoPermit)
}

#[tokio::test]
async fn a_review_takes_time_and_passes() {
    let sandbox = Sandbox::small_distributor();
    let (partner, customer) = (client(&sandbox, "distributor"), client(&sandbox, "customer-1"));
    assert_eq!(review(&partner, "customer-1").await, AuthenticationReview::default());
    let status = customer.send(&ShowAuthenticationStatus::new()).await.unwrap();
    assert_eq!((status.verified_status, status.verified_type), (Some(AuthenticationState::None), None));

    let applied = partner.send(&person("customer-1", "H1234567")).await.unwrap();
    assert_eq!(applied.is_review, Some(ReviewNeed::UnderReview));
    assert_eq!(review(&partner, "customer-1").await.review_result, Some(ReviewResult::UnderReview));
    assert_eq!(listed(&partner, "customer-1").await.verified_status, Some(VerifiedStatus::UnderReview));
    let twice = partner.send(&person("customer-1", "H1234567")).await.unwrap_err();
    assert_eq!(twice.code(), Some(&codes::REALNAME_ALREADY_DONE));

    wait(&sandbox, 20);
    assert_eq!(review(&partner, "customer-1").await.review_result, Some(ReviewResult::Passed));
    let shown = listed(&partner, "customer-1").await;
    assert_eq!(shown.verified_status, Some(VerifiedStatus::Authenticated));
    assert_eq!(shown.customer_type, Some(CustomerType::Person));
    assert_eq!(shown.customer.unwrap().expose(), "Li Lei", "the authenticated name");
    let status = customer.send(&ShowAuthenticationStatus::new()).await.unwrap();
    assert_eq!(status.verified_type, Some(VerifiedType::Person));
    let tags = partner.send(&ListNewCustomerTags::new()).await.unwrap();
    assert_eq!(tags.new_customer_tags[0].new_customer_tag, Some(NewCustomer::Undetermined));
    let done = partner.send(&person("customer-1", "H1234567")).await.unwrap_err();
    assert_eq!(done.code(), Some(&codes::REALNAME_ALREADY_DONE));

    let change = ChangeToEnterprise::new("customer-1", files(1), "Acme", "91-0", "platform");
    partner.send(&change.clone()).await.unwrap();
    assert_eq!(listed(&partner, "customer-1").await.verified_status, Some(VerifiedStatus::Authenticated));
    wait(&sandbox, 20);
    assert_eq!(listed(&partner, "customer-1").await.customer_type, Some(CustomerType::Enterprise));
    let already = partner.send(&change).await.unwrap_err();
    assert_eq!(already.code(), Some(&codes::REALNAME_ALREADY_DONE));
}

#[tokio::test]
async fn reviewers_refuse_with_a_reason() {
    let sandbox = Sandbox::small_distributor();
    let partner = client(&sandbox, "distributor");
    let enterprise =
        |number: &str| AuthenticateEnterprise::new("customer-2", files(1), "Cedar Toys", number, "platform");
    partner.send(&enterprise("91-1")).await.unwrap();
    let reject = SandboxEvent::RejectReview { customer: "customer-2".into(), reason: "blurred".into() };
    sandbox.apply(reject.clone()).unwrap();
    let refused = review(&partner, "customer-2").await;
    assert_eq!(refused.review_result, Some(ReviewResult::Refused));
    assert_eq!(refused.opinion.unwrap().expose(), "blurred");
    assert_eq!(sandbox.apply(reject).unwrap_err().code(), &codes::REVIEW_NOT_POSSIBLE);

    sandbox
        .apply(SandboxEvent::RejectDocument { number: "91-2".into(), reason: "not in force".into() })
        .unwrap();
    for _ in 0..4 {
        partner.send(&enterprise("91-2")).await.unwrap();
        assert_eq!(review(&partner, "customer-2").await.opinion, None, "not yet");
        wait(&sandbox, 20);
        let opinion = review(&partner, "customer-2").await.opinion.unwrap();
        assert_eq!(opinion.expose(), "not in force");
    }
    let sixth = partner.send(&enterprise("91-3")).await.unwrap_err();
    assert_eq!(sixth.code(), Some(&codes::REALNAME_TRIED_TOO_OFTEN));
    let query = ListCustomers::new().indirect_partner_id("reseller-1").customer_id("customer-2");
    let shown = client(&again(&sandbox), "distributor").send(&query).await.unwrap();
    assert_eq!(shown.customer_infos[0].verified_status, Some(VerifiedStatus::Refused));
}

#[tokio::test]
async fn applications_are_refused_by_their_codes() {
    let sandbox = Sandbox::small_distributor();
    let partner = client(&sandbox, "distributor").with(CallOptions::new().skip_validation());
    let refused = async |request: AuthenticatePerson| partner.send(&request).await.unwrap_err();
    assert_eq!(refused(person("nobody", "H1")).await.code(), Some(&codes::NOT_OWN_CUSTOMER));
    let passport = person("customer-1", "H1").verified_type(PersonDocument::Passport);
    let mut two = passport.clone();
    two.verified_file_url = files(2);
    assert_eq!(refused(two.clone()).await.code(), Some(&codes::BAD_PARAMETER), "three on the China site");
    let change = ChangeToEnterprise::new("customer-1", files(1), "Acme", "91-0", "platform");
    assert_eq!(partner.send(&change).await.unwrap_err().code(), Some(&codes::REVIEW_NOT_POSSIBLE));
    let stranger = partner.send(&ShowAuthenticationReview::new("nobody")).await.unwrap_err();
    assert_eq!(stranger.code(), Some(&codes::ACCESS_DENIED));

    let abroad = Sandbox::international_provider();
    let provider = client(&abroad, "provider");
    two.customer_id = "customer-1".into();
    provider.send(&two).await.unwrap();
    let card = BankCard::new("6222-0200", "0086", "13800000000", "253001");
    let by_card =
        AuthenticatePerson::new("customer-2", PersonMethod::BankCard, files(1), "Li Lei", "E1", "platform")
            .bank_card_info(card);
    assert_eq!(provider.send(&by_card).await.unwrap_err().code(), Some(&codes::BAD_PARAMETER));
}

#[tokio::test]
async fn a_bank_card_is_decided_at_once_by_a_code_that_is_spent() {
    let sandbox = Sandbox::small_distributor();
    let partner = client(&sandbox, "distributor");
    let send = SendVerificationCode::to_mobile("13800000001").scene(CodeScene::BankCard);
    partner.send(&send.customer_id("customer-1")).await.unwrap();
    let sent = sandbox.code_sent_to("13800000001").unwrap();
    let apply = |customer: &str, code: &str| {
        let card = BankCard::new("6222-0200", "0086", "13800000001", code);
        AuthenticatePerson::new(customer, PersonMethod::BankCard, files(1), "Li Lei", "H1", "platform")
            .bank_card_info(card)
    };
    let wrong = partner.send(&apply("customer-1", "xxxxxx")).await.unwrap_err();
    assert_eq!(wrong.code(), Some(&codes::CODE_WRONG));
    let applied = partner.send(&apply("customer-1", sent.expose())).await.unwrap();
    assert_eq!(applied.is_review, Some(ReviewNeed::Decided));
    assert_eq!(listed(&partner, "customer-1").await.customer_type, Some(CustomerType::Person));
    let spent = partner.send(&apply("customer-2", sent.expose())).await.unwrap_err();
    assert_eq!(spent.code(), Some(&codes::CODE_EXPIRED));
}

#[tokio::test]
async fn each_face_check_has_an_address_of_its_own() {
    let sandbox = Sandbox::small_distributor();
    let customer = client(&sandbox, "customer-1");
    let first = customer.send(&ShowFaceCheckQrCode::new()).await.unwrap().into_inner();
    let second = customer.send(&ShowFaceCheckQrCode::new()).await.unwrap().into_inner();
    assert!(first.qr_code_url.expose().starts_with("https://sandbox.invalid/"));
    assert_ne!(first, second);
}

// Budgets and freezing.

#[tokio::test]
async fn a_budget_is_set_used_and_written_down() {
    let sandbox = Sandbox::international_provider();
    let provider = client(&sandbox, "provider");
    let ids: Vec<CustomerId> =
        vec!["customer-1".into(), "customer-4".into(), "customer-6".into(), "no".into()];
    let budgets = provider.send(&ListBudgets::new(ids)).await.unwrap();
    assert_eq!(budgets.budget_infos.len(), 1, "one has none, one was referred, one is nobody's");
    let budget = provider.send(&ShowBudget::new("customer-1")).await.unwrap();
    assert_eq!((budget.budget_amount, budget.used_amount), (Some(money("1000")), Some(money("960"))));
    let none = provider.send(&ShowBudget::new("customer-4")).await.unwrap();
    assert_eq!((none.budget_amount, none.used_amount), (None, None));

    assert_eq!(listed(&provider, "customer-4").await.is_frozen, Some(FrozenState::Account));
    let first = SetBudget::new("customer-4", money("500")).cancel_partner_frozen(true);
    provider.send(&first).await.unwrap();
    assert_eq!(listed(&provider, "customer-4").await.is_frozen, Some(FrozenState::Active));

    let once = SetBudget::new("customer-1", money("70.50")).budget_type(BudgetType::OneTime);
    provider.send(&once).await.unwrap();
    let records: Vec<_> = provider.items(ListBudgetRecords::new("customer-1")).try_collect().await.unwrap();
    assert_eq!(records.len(), 2);
    assert_eq!(
        (&records[0].budget_type, records[0].budget_amount),
        (&Some(BudgetType::OneTime), Some(money("70.5")))
    );
    let only = ListBudgetRecords::new("customer-1").budget_type(BudgetType::Monthly);
    assert_eq!(provider.send(&only).await.unwrap().total_count, Some(1));

    wait(&sandbox, 30 * 24 * 60);
    let next_month = provider.send(&ShowBudget::new("customer-2")).await.unwrap();
    assert_eq!(next_month.used_amount, Some(Amount::ZERO), "granted again each month");

    sandbox.apply(SandboxEvent::EndAssociation { customer: "customer-2".into() }).unwrap();
    let ended = provider
        .send(&ListBudgetRecords::new("customer-2").operation_type(BudgetOperation::Ended))
        .await
        .unwrap();
    assert_eq!(ended.record_list[0].operator.as_ref().unwrap().expose(), "system");
    let gone = provider.send(&ShowBudget::new("customer-2")).await.unwrap_err();
    assert_eq!(gone.code(), Some(&codes::NOT_OWN_CUSTOMER));
    let referred = provider.send(&SetBudget::new("customer-6", money("1"))).await.unwrap_err();
    assert_eq!(referred.code(), Some(&codes::NO_RIGHT_TO_CUSTOMER_ACTION));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_budget_that_is_used_up_may_freeze_by_itself() {
    let sandbox = Sandbox::international_provider();
    let provider = client(&sandbox, "provider");
    let state = async |id: &str| listed(&provider, id).await.is_frozen;
    assert_eq!(state("customer-3").await, Some(FrozenState::Active), "by hand unless said otherwise");
    let set = SetBudget::new("customer-3", money("90")).frozen_operate_type(WhenUsedUp::FreezeAutomatically);
    provider.send(&set).await.unwrap();
    assert_eq!(state("customer-3").await, Some(FrozenState::Account));
    provider.send(&SetBudget::new("customer-3", money("90.01"))).await.unwrap();
    assert_eq!(state("customer-3").await, Some(FrozenState::Active), "raised");
}

#[tokio::test]
async fn customers_are_frozen_one_by_one() {
    let sandbox = Sandbox::international_provider();
    let provider = client(&sandbox, "provider");
    let ids = |ids: &[&str]| ids.iter().map(|id| CustomerId::from(*id)).collect::<Vec<_>>();
    let some = FreezeCustomers::new(ids(&["customer-1", "customer-6", "customer-4", "nobody"]), "arrears")
        .freeze_type(FreezeScope::AccountAndResources);
    let outcome = provider.send(&some.clone()).await.unwrap();
    let failed: Vec<_> = outcome.error_details.iter().map(|error| error.code.clone()).collect();
    assert_eq!(failed, [codes::NO_RIGHT_TO_CUSTOMER_ACTION, codes::ALREADY_FROZEN, codes::NOT_OWN_CUSTOMER]);
    let resources = provider.send(&ListPayPerUseResources::new("customer-1")).await.unwrap();
    assert_eq!(resources.resources[0].status, Some(ResourceStatus::Frozen));
    let all = provider.send(&some).await.unwrap_err();
    assert_eq!(all.code(), Some(&codes::ALREADY_FROZEN));
    assert_eq!(
        all.api().unwrap().field::<Vec<serde_json::Value>>("error_details").unwrap().len(),
        4,
        "where all failed it is an error"
    );

    let thaw = UnfreezeCustomers::new(ids(&["customer-1", "customer-2"]), "paid");
    let other_scope = provider.send(&thaw.clone()).await.unwrap();
    assert_eq!(other_scope.error_details[0].code, codes::INVALID_PARAMETER);
    let thawed = provider.send(&thaw.unfreeze_type(FreezeScope::AccountAndResources)).await.unwrap();
    assert!(thawed.error_details.is_empty());
    assert_eq!(listed(&provider, "customer-1").await.is_frozen, Some(FrozenState::Active));
}

#[tokio::test]
async fn new_customers_abroad_start_frozen() {
    let sandbox = Sandbox::international_provider();
    let provider = client(&sandbox, "provider");
    let new = CreateCustomer::new("u1", "platform").domain_area("MX");
    let made = provider.send(&new).await.unwrap();
    let shown = listed(&provider, made.domain_id.as_str()).await;
    assert_eq!(shown.is_frozen, Some(FrozenState::Account));
    assert_eq!(shown.association_type, Some(AssociationType::ResellerModel));
}

#[tokio::test]
async fn a_partner_owes_what_its_customers_spent() {
    let sandbox = Sandbox::international_provider();
    let provider = client(&sandbox, "provider");
    let quota = async || provider.send(&ShowConsumptionQuota::new()).await.unwrap().into_inner();
    let spent = money("2262"); // 960, 300, 90 and 912
    let now = quota().await;
    assert_eq!((now.consumption_quota, now.unbilled_amount), (Some(money("10000")), Some(spent)));
    assert_eq!((now.due_amount, now.used_consumption_quota), (Some(Amount::ZERO), Some(spent)));
    let voucher = SandboxEvent::GiveVoucher {
        account: "provider".into(),
        amount: money("62"),
        plan: "PoC".into(),
        kind: Default::default(),
        limits: Default::default(),
    };
    sandbox.apply(voucher).unwrap();
    sandbox.apply(SandboxEvent::Recharge { account: "provider".into(), amount: money("200") }).unwrap();
    assert_eq!(quota().await.used_consumption_quota, Some(money("2000")));

    wait(&sandbox, 40 * 24 * 60);
    let billed = quota().await;
    assert_eq!((billed.due_amount, billed.unbilled_amount), (Some(spent), Some(Amount::ZERO)));
    sandbox.apply(SandboxEvent::PayBills { partner: "provider".into(), amount: spent }).unwrap();
    let paid = again(&sandbox).client("provider").unwrap().send(&ShowConsumptionQuota::new()).await.unwrap();
    assert_eq!((paid.due_amount, paid.used_consumption_quota), (Some(Amount::ZERO), Some(money("-262"))));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn resources_in_use_are_listed_with_every_filter() {
    let sandbox = Sandbox::international_provider();
    let provider = client(&sandbox, "provider");
    let query = || ListPayPerUseResources::new("customer-1");
    let found = async |query: ListPayPerUseResources| provider.send(&query).await.unwrap().total_count;
    let all = provider.send(&query()).await.unwrap();
    let resource = &all.resources[0];
    assert_eq!(resource.region_code.as_deref(), Some("ap-southeast-3"));
    assert_eq!(resource.status, Some(ResourceStatus::Normal));
    assert_eq!(resource.service_type_code.as_deref(), Some("hws.service.type.vpc"));
    assert_eq!(found(query().region_code("ap-southeast-3")).await, Some(1));
    assert_eq!(found(query().region_code("elsewhere")).await, Some(0));
    assert_eq!(found(query().service_type_code("hws.service.type.ec2")).await, Some(0));
    assert_eq!(found(query().status(ResourceStatus::Closed)).await, Some(0));
    assert_eq!(found(query().resource_ids(vec![resource.resource_id.clone()])).await, Some(1));
    assert_eq!(
        found(query().effective_time_begin(sandbox.snapshot().ledger().postings()[0].at)).await,
        Some(0)
    );
    let foreign = provider.send(&ListPayPerUseResources::new("nobody")).await.unwrap_err();
    assert_eq!(foreign.code(), Some(&codes::NOT_OWN_CUSTOMER));
}

// A customer's own accounts.

#[tokio::test]
async fn a_customer_sees_what_came_and_went() {
    let sandbox = Sandbox::small_distributor();
    let (partner, customer) = (client(&sandbox, "distributor"), client(&sandbox, "customer-1"));
    partner.send(&AllocateToCustomer::new("customer-1", money("80.50"))).await.unwrap();
    wait(&sandbox, 24 * 60);
    partner.send(&ReclaimFromCustomer::new("customer-1", money("30.50"))).await.unwrap();
    sandbox.apply(SandboxEvent::Recharge { account: "customer-1".into(), amount: money("5") }).unwrap();

    let balances = customer.send(&ShowAccountBalances::new()).await.unwrap();
    let [cash] = &balances.account_balances[..] else { panic!("{balances:?}") };
    assert_eq!((cash.account_type, cash.amount), (Some(AccountType::Balance), Some(money("55"))));
    let query = || ListAccountChanges::new(BalanceType::Cash);
    let page = customer.send(&query()).await.unwrap();
    let rows: Vec<_> = page
        .records
        .iter()
        .map(|row| {
            (row.revenue_expense_type.clone(), row.change_amount.unwrap(), row.balance_after_change.unwrap())
        })
        .collect();
    assert_eq!(
        rows,
        [
            (Some(ChangeDirection::Income), money("5"), money("55")),
            (Some(ChangeDirection::Expense), money("30.5"), money("50")),
            (Some(ChangeDirection::Income), money("80.5"), money("80.5")),
        ]
    );
    assert_eq!(page.records[2].bill_cycle.as_deref(), Some("2026-05"));
    let count = async |query: ListAccountChanges| customer.send(&query).await.unwrap().total_count;
    assert_eq!(count(query().trade_type(TradeType::Grant)).await, Some(1));
    assert_eq!(count(query().trade_type(TradeType::Recharge)).await, Some(1));
    assert_eq!(count(query().revenue_expense_type(ChangeDirection::Expense)).await, Some(1));
    assert_eq!(count(query().trade_id(page.records[1].trade_id.clone().unwrap())).await, Some(1));
    assert_eq!(
        count(query().trade_time_end("2026-05-06".parse::<huaweicloud_partner::types::Day>().unwrap())).await,
        Some(1)
    );
    assert_eq!(count(query().payment_channel_id("2")).await, Some(0));
    assert_eq!(count(ListAccountChanges::new(BalanceType::Credit)).await, Some(0));
    let theirs: Vec<_> =
        partner.items(partners::ListAccountChanges::new(BalanceType::Cash)).try_collect().await.unwrap();
    assert_eq!(theirs.len(), 3, "the partner's own three: a recharge and two transfers");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn customers_of_the_reseller_model_have_no_balance_and_no_quota() {
    let sandbox = Sandbox::international_provider();
    let (resold, referred) = (client(&sandbox, "customer-1"), client(&sandbox, "customer-6"));
    let none = resold.send(&ShowAccountBalances::new()).await.unwrap_err();
    assert_eq!(none.code(), Some(&codes::RESELLER_CUSTOMER_HAS_NO_BALANCE));
    assert_eq!(
        resold.send(&ShowExpenditureQuota::new()).await.unwrap().into_inner(),
        ExpenditureQuota::default()
    );
    assert_eq!(
        referred.send(&ShowAccountBalances::new()).await.unwrap().currency.as_ref().unwrap().as_str(),
        "USD"
    );
    let grant = SandboxEvent::GrantExpenditureQuota { customer: "customer-6".into(), amount: money("200") };
    sandbox.apply(grant).unwrap();
    let quota = referred.send(&ShowExpenditureQuota::new()).await.unwrap();
    assert_eq!((quota.granting_amount, quota.granting_amount_used), (Some(money("200")), Some(Amount::ZERO)));
    assert_eq!(quota.percentage_granting_amount_used, Some(Amount::ZERO));
}

#[tokio::test]
async fn what_is_used_is_in_every_ledger() {
    let sandbox = Sandbox::small_distributor();
    let (partner, customer) = (client(&sandbox, "distributor"), client(&sandbox, "customer-1"));
    let ids: Vec<CustomerId> = vec!["customer-1".into()];
    partner.send(&IssueVouchers::new("quota-1", ids, money("5"))).await.unwrap();
    partner.send(&AllocateToCustomer::new("customer-1", money("4"))).await.unwrap();
    let traffic = |gigabytes: i64| ResourceUse::new("customer-1", "12_bgp@cn-north-4", gigabytes); // 0.80 each
    let charge = sandbox.use_resource(traffic(10)).unwrap();

    let held = customer.send(&ListHeldVouchers::new()).await.unwrap();
    assert_eq!(held.user_coupons[0].reserve_time.unwrap().instant(), sandbox.clock().started());
    let query = ListVoucherChanges::new().trade_type(VoucherTrade::Consumption).trade_id(&charge);
    let spent = customer.send(&query).await.unwrap();
    assert_eq!(spent.records[0].change_amount, Some(money("5")));
    let query = || ListAccountChanges::new(BalanceType::Cash).trade_type(TradeType::Consumption);
    let spent = customer.send(&query()).await.unwrap();
    assert_eq!((spent.total_count, spent.records[0].balance_after_change), (Some(1), Some(money("1"))));
    assert!(spent.records[0].consume_time.is_some());
    assert_eq!(partner.send(&ListPayPerUseResources::new("customer-1")).await.unwrap().total_count, Some(1));

    sandbox.use_resource(traffic(10)).unwrap();
    let debt = async || customer.send(&ShowAccountBalances::new()).await.unwrap().debt_amount;
    assert_eq!(debt().await, Some(money("7")));
    partner.send(&AllocateToCustomer::new("customer-1", money("9"))).await.unwrap();
    assert_eq!(debt().await, Some(Amount::ZERO), "paid as soon as there is money");
    assert_eq!(customer.send(&query()).await.unwrap().records[0].change_amount, Some(money("7")));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn who_is_frozen_or_over_the_quota_uses_nothing_more() {
    let sandbox = Sandbox::international_provider();
    let traffic = |customer: &str, gigabytes: i64| {
        sandbox.use_resource(ResourceUse::new(customer, "12_bgp@ap-southeast-1", gigabytes))
    };
    assert_eq!(traffic("customer-4", 1).unwrap_err().code(), &codes::ACCOUNT_FROZEN);
    traffic("customer-1", 70_000).unwrap(); // 8,400.00: what the partner owes passes its quota
    assert_eq!(traffic("customer-2", 1).unwrap_err().code(), &codes::BALANCE_TOO_LOW);
    sandbox.apply(SandboxEvent::Recharge { account: "provider".into(), amount: money("5000") }).unwrap();
    traffic("customer-2", 1).unwrap();
    let grant = SandboxEvent::GrantExpenditureQuota { customer: "customer-6".into(), amount: money("200") };
    sandbox.apply(grant).unwrap();
    sandbox.apply(SandboxEvent::Recharge { account: "customer-6".into(), amount: money("500") }).unwrap();
    traffic("customer-6", 1000).unwrap();
    let quota = client(&sandbox, "customer-6").send(&ShowExpenditureQuota::new()).await.unwrap();
    assert_eq!(quota.percentage_granting_amount_used, Some(money("0.6")));
    sandbox.audit().unwrap();
}

// Places.

#[tokio::test]
async fn places_are_nested() {
    let sandbox = Sandbox::small_distributor();
    let customer = client(&sandbox, "customer-1");
    let provinces: Vec<_> = customer.items(ListProvinces::new()).try_collect().await.unwrap();
    assert_eq!(provinces.len(), 31);
    let hebei = provinces.iter().find(|place| place.name == "河北省").unwrap();
    let cities = customer.send(&ListCities::new(&hebei.code).limit(2_u32)).await.unwrap();
    assert_eq!((cities.count, cities.cities.len()), (Some(11), 2));
    let districts =
        client(&sandbox, "distributor").send(&ListDistricts::new(&cities.cities[0].code)).await.unwrap();
    assert_eq!(districts.count, Some(22), "as in the documented sample");
    assert_eq!(districts.counties[0], fill!(Place { code: "CN-13-001-01".into(), name: "长安区".into() }));
    assert_eq!(customer.send(&ListCities::new("CN-99")).await.unwrap().count, Some(0));
}

// What is held.

#[tokio::test]
async fn a_customer_sees_its_vouchers_and_their_ledger() {
    let sandbox = Sandbox::small_distributor();
    let (partner, customer) = (client(&sandbox, "distributor"), client(&sandbox, "customer-1"));
    let ids: Vec<CustomerId> = vec!["customer-1".into()];
    for _ in 0..2 {
        partner.send(&IssueVouchers::new("quota-1", ids.clone(), money("60"))).await.unwrap();
    }
    let plan = SandboxEvent::GiveVoucher {
        account: "customer-1".into(),
        amount: money("9"),
        plan: "Trial".into(),
        kind: Default::default(),
        limits: Default::default(),
    };
    let given = sandbox.apply(plan).unwrap().unwrap();
    let held = customer.send(&ListHeldVouchers::new()).await.unwrap();
    assert_eq!(held.count, Some(3));
    let first = held.user_coupons[0].coupon_id.clone();
    partner.send(&ReclaimVoucher::new(&first)).await.unwrap();

    let found = async |query: ListHeldVouchers| customer.send(&query).await.unwrap().count;
    assert_eq!(found(ListHeldVouchers::new().status(VoucherStatus::Usable)).await, Some(2));
    assert_eq!(found(ListHeldVouchers::new().source_id("distributor")).await, Some(2));
    assert_eq!(found(ListHeldVouchers::new().promotion_plan_id("Trial")).await, Some(1));
    assert_eq!(found(ListHeldVouchers::new().promotion_plan_id("")).await, Some(2));
    assert_eq!(found(ListHeldVouchers::new().order_id("")).await, Some(3));
    assert_eq!(found(ListHeldVouchers::new().coupon_id(given.as_str())).await, Some(1));
    assert_eq!(found(ListHeldVouchers::new().coupon_type(vouchers::VoucherType::Discount)).await, Some(0));
    assert_eq!(partner.send(&ListHeldVouchers::new()).await.unwrap().count, Some(0), "its own only");

    let changes = async |query: ListVoucherChanges| customer.send(&query).await.unwrap().into_inner();
    let all = changes(ListVoucherChanges::new()).await;
    assert_eq!(all.total_count, Some(4));
    assert_eq!(all.records[0].revenue_expense_type, Some(ChangeDirection::Expense));
    assert_eq!(
        changes(ListVoucherChanges::new().trade_type(VoucherTrade::Reclaim)).await.total_count,
        Some(1)
    );
    assert_eq!(changes(ListVoucherChanges::new().coupon_id(&first)).await.total_count, Some(2));
    wait(&sandbox, 366 * 24 * 60);
    let expired = changes(ListVoucherChanges::new().trade_type(VoucherTrade::Expiry)).await;
    assert_eq!(expired.total_count, Some(2), "what was not taken back");
    assert_eq!(expired.records[0].balance_after_change, Some(Amount::ZERO));
    assert_eq!(found(ListHeldVouchers::new()).await, Some(3));
    wait(&sandbox, 366 * 24 * 60);
    assert_eq!(found(ListHeldVouchers::new()).await, Some(0), "a year after their end");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn stored_value_cards_are_used_up() {
    let sandbox = Sandbox::small_distributor();
    let customer = client(&sandbox, "customer-1");
    let card = SandboxEvent::GiveCard {
        customer: "customer-1".into(),
        name: "Spring card".into(),
        amount: money("100"),
    };
    let id = sandbox.apply(card).unwrap().unwrap();
    let cards = async |status| customer.send(&ListStoredValueCards::new(status)).await.unwrap().into_inner();
    assert_eq!(cards(CardStatus::Usable).await.stored_value_cards[0].balance, Some(money("100")));
    let spend = |amount: &str| SandboxEvent::SpendFromCard { card: id.clone(), amount: money(amount) };
    sandbox.apply(spend("99.99")).unwrap();
    assert_eq!(sandbox.apply(spend("0.02")).unwrap_err().code(), &codes::BALANCE_TOO_LOW);
    sandbox.apply(spend("0.01")).unwrap();
    assert_eq!(cards(CardStatus::Usable).await.total_count, Some(0));
    assert_eq!(cards(CardStatus::UsedUp).await.stored_value_cards[0].card_id, id);
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn agreed_discounts_are_shown_while_the_contract_runs() {
    let sandbox = Sandbox::small_distributor();
    let customer = client(&sandbox, "customer-1");
    let query = || ListCommercialDiscounts::new(QuotingItemType::Product);
    assert_eq!(customer.send(&query()).await.unwrap().total_count, Some(0));
    let product = fill!(ProductDiscount {
        product_id: Some("c6.large.2.linux@cn-north-4".into()),
        cloud_service_type: Some("hws.service.type.ec2".into()),
        charging_mode: Some(vouchers::DiscountChargingMode::Monthly),
        site_code: Some("HWC_CN".into()),
        discount_ratio: Some(money("0.85")),
        ..ProductDiscount::default()
    });
    let agree =
        SandboxEvent::AgreeProductDiscount { customer: "customer-1".into(), discount: Box::new(product) };
    let item = sandbox.apply(agree).unwrap().unwrap();
    let category = fill!(CategoryDiscount {
        cloud_service_type: Some("hws.service.type.obs".into()),
        discount_ratio: Some(money("0.9")),
        ..CategoryDiscount::default()
    });
    let agree =
        SandboxEvent::AgreeCategoryDiscount { customer: "customer-1".into(), discount: Box::new(category) };
    sandbox.apply(agree).unwrap();

    let page = customer.send(&query()).await.unwrap();
    let [CommercialDiscount::Product(shown)] = &page.items[..] else { panic!("{page:?}") };
    assert_eq!((&shown.item_id, shown.discount_ratio), (&item, Some(money("0.85"))));
    assert_eq!(page.sites[0].site_code, "HWC_CN");
    let found = async |query: ListCommercialDiscounts| customer.send(&query).await.unwrap().total_count;
    assert_eq!(found(query().cloud_service_types(vec!["HWS.service.type.EC2".to_owned()])).await, Some(1));
    assert_eq!(found(query().charging_modes(vec![vouchers::DiscountChargingMode::PayPerUse])).await, Some(0));
    assert_eq!(found(query().site_code("elsewhere")).await, Some(0));
    assert_eq!(found(ListCommercialDiscounts::new(QuotingItemType::Category)).await, Some(1));
    wait(&sandbox, 365 * 24 * 60);
    assert_eq!(found(query()).await, Some(0), "the contract is over");
}

#[test]
fn events_are_json() {
    let event: SandboxEvent =
        serde_json::from_str(r#"{"give_voucher":{"account":"customer-1","amount":9,"plan":"Trial"}}"#)
            .unwrap();
    let expected = SandboxEvent::GiveVoucher {
        account: "customer-1".into(),
        amount: money("9"),
        plan: "Trial".into(),
        kind: Default::default(),
        limits: Default::default(),
    };
    assert_eq!(event, expected);
}

// Whatever is done to it.

#[derive(Clone, Debug)]
enum Step {
    Allocate(i64),
    Reclaim(i64),
    Recharge(i64),
    Use(i64),
    Issue(i64),
    TakeBack(u8),
    Give(i64),
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let cents = || -100_i64..50_000;
    let one = prop_oneof![
        cents().prop_map(Step::Allocate),
        cents().prop_map(Step::Reclaim),
        cents().prop_map(Step::Recharge),
        (-1_i64..1000).prop_map(Step::Use),
        cents().prop_map(Step::Issue),
        (0_u8..4).prop_map(Step::TakeBack),
        cents().prop_map(Step::Give),
        (0_u32..8_000_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(one, 1..20)
}

async fn take(sandbox: &Sandbox, partner: &Client, step: Step) {
    let money = |cents: i64| Amount::new(cents, 2).unwrap();
    let account = || "customer-1".to_owned();
    match step {
        Step::Allocate(cents) => drop(partner.send(&AllocateToCustomer::new(account(), money(cents))).await),
        Step::Reclaim(cents) => drop(partner.send(&ReclaimFromCustomer::new(account(), money(cents))).await),
        Step::Recharge(cents) => {
            drop(sandbox.apply(SandboxEvent::Recharge { account: account(), amount: money(cents) }));
        }
        Step::Use(gigabytes) => {
            drop(sandbox.use_resource(ResourceUse::new(account(), "12_bgp@cn-north-4", gigabytes)));
        }
        Step::Issue(cents) => {
            let ids: Vec<CustomerId> = vec![account().into()];
            drop(partner.send(&IssueVouchers::new("quota-1", ids, money(cents))).await);
        }
        Step::TakeBack(which) => {
            let issued = partner.send(&vouchers::ListIssuedVouchers::new()).await.unwrap();
            if let Some(voucher) = issued.user_coupons.get(usize::from(which)) {
                drop(partner.send(&ReclaimVoucher::new(&voucher.coupon_id)).await);
            }
        }
        Step::Give(cents) => {
            let plan = "Trial".to_owned();
            drop(sandbox.apply(SandboxEvent::GiveVoucher {
                account: account(),
                amount: money(cents),
                plan,
                kind: Default::default(),
                limits: Default::default(),
            }));
        }
        Step::Wait(seconds) => sandbox.clock().advance(Duration::from_secs(seconds.into())),
    }
}

/// Checks that a customer's ledgers add up to its balance.
async fn ledgers_agree(customer: &Client) {
    let changes: Vec<_> =
        customer.items(ListAccountChanges::new(BalanceType::Cash)).try_collect().await.unwrap();
    let gains = changes.iter().map(|change| match change.revenue_expense_type {
        Some(ChangeDirection::Income) => change.change_amount.unwrap(),
        _ => change.change_amount.unwrap().negated(),
    });
    let balances = customer.send(&ShowAccountBalances::new()).await.unwrap();
    assert_eq!(Amount::checked_sum(gains), balances.account_balances[0].amount);

    let held: Vec<_> = customer.items(ListHeldVouchers::new()).try_collect().await.unwrap();
    let left = Amount::checked_sum(held.iter().filter_map(|voucher| match voucher.status {
        Some(VoucherStatus::Expired) => None,
        _ => voucher.balance,
    }));
    let changes: Vec<_> = customer.items(ListVoucherChanges::new()).try_collect().await.unwrap();
    let gains = changes.iter().map(|change| match change.revenue_expense_type {
        Some(ChangeDirection::Income) => change.change_amount.unwrap(),
        _ => change.change_amount.unwrap().negated(),
    });
    assert_eq!(Amount::checked_sum(gains), left);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("SANDBOX_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(100)
    ))]

    #[test]
    fn a_customers_ledgers_add_up_to_what_it_has(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::small_distributor();
            let partner = client(&sandbox, "distributor").with(CallOptions::new().skip_validation());
            let customer = client(&sandbox, "customer-1");
            let begun = sandbox.clock().started();
            for step in steps {
                take(&sandbox, &partner, step).await;
                sandbox.audit().unwrap();
                if sandbox.snapshot().ledger().postings().last().is_some_and(|last| {
                    last.at.instant() - begun < time::Duration::days(360) // the ledgers go back a year
                }) {
                    ledgers_agree(&customer).await;
                }
            }
        });
    }
}
