//! The cases in which the documentation of the service says something particular, each by its name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use huaweicloud_partner::{
    Client, Error,
    auth::Credentials,
    customers::{AuthenticateEnterprise, CreateCustomer, ListCustomers, SendVerificationCode},
    operation::Operation,
    partners::{self, AdjustmentKind, AllocateToCustomer, ListAdjustments, ShowBalances},
    registry,
    resellers::{GrantVoucherQuotas, ListGrantedVoucherQuotas},
    types::{Amount, CustomerId, Site, UtcTime},
    vouchers::{
        IssueVouchers, ListHeldVouchers, ListIssuedVouchers, ListQuotas, ListVoucherRecords, ReclaimVoucher,
        VoucherOperation, VoucherStatus,
    },
};
use huaweicloud_partner_sandbox::{NewLine, NewOrder, ResourceUse, Sandbox, SandboxEvent, Term};
use serde_json::{Value, json};

const DISTRIBUTOR: &str = "distributor";
const SERVER: &str = "c6.large.2.linux@cn-north-4";

fn yuan(text: &str) -> Amount {
    text.parse().unwrap()
}

fn world() -> Sandbox {
    Sandbox::small_distributor().without_quotas()
}

fn client(sandbox: &Sandbox, account: &str) -> Client {
    sandbox.client(account).unwrap()
}

/// The status and code with which the service refused.
fn refusal<T>(result: Result<T, Error>) -> (u16, String) {
    let error = result.map(drop).unwrap_err();
    let api = error.api().unwrap_or_else(|| panic!("{error}"));
    (api.status().as_u16(), api.code().to_string())
}

fn now(sandbox: &Sandbox) -> UtcTime {
    sandbox.snapshot().now()
}

fn code_of(sandbox: &Sandbox, receiver: &str) -> String {
    sandbox.code_sent_to(receiver).unwrap().expose().to_owned()
}

fn bad(code: &str) -> (u16, String) {
    (400, code.to_owned())
}

/// Sends arguments that the client would not let through.
async fn raw(client: &Client, operation: &str, arguments: Value) -> Result<Value, (u16, String)> {
    let options = huaweicloud_partner::client::CallOptions::new().skip_validation();
    let outcome = client.with(options).send_dynamic(operation, &arguments.to_string()).await;
    match outcome {
        Ok(response) => Ok(serde_json::from_str(response.get()).unwrap_or_default()),
        Err(error) => Err(refusal::<()>(Err(error))),
    }
}

fn apply(sandbox: &Sandbox, event: Value) -> Option<String> {
    sandbox.apply(SandboxEvent::read(event).unwrap()).unwrap()
}

/// A resale customer of the distributor itself.
fn resale(sandbox: &Sandbox) -> String {
    let state = sandbox.snapshot();
    let own = |account: &&huaweicloud_partner_sandbox::Account| {
        account.associated_with.as_deref() == Some(DISTRIBUTOR)
            && account.association_type.as_deref() == Some("2")
    };
    state.accounts().find(own).unwrap().id.clone()
}

fn limited_quota(sandbox: &Sandbox, limits: Value) -> String {
    let event =
        json!({"grant_quota": {"account": DISTRIBUTOR, "amount": 1000, "days": 30, "limits": limits}});
    apply(sandbox, event).unwrap()
}

async fn issue(sandbox: &Sandbox, quota: &str, customer: &str, value: i64) -> String {
    let request = IssueVouchers::new(quota, [CustomerId::from(customer)], Amount::from(value));
    let issued = client(sandbox, DISTRIBUTOR).send(&request).await.unwrap();
    assert!(issued.error_details.is_empty(), "{:?}", issued.error_details);
    issued.coupon_infos[0].coupon_id.to_string()
}

#[tokio::test]
async fn granted_money_comes_back_when_an_association_ends() {
    let sandbox = world();
    let (partner, customer) = (client(&sandbox, DISTRIBUTOR), resale(&sandbox));
    partner.send(&AllocateToCustomer::new(customer.as_str(), Amount::from(100))).await.unwrap();
    apply(&sandbox, json!({"recharge": {"account": customer, "amount": 7}}));
    let before = partner.send(&ShowBalances::new()).await.unwrap().account_balances[0].amount.unwrap();
    apply(&sandbox, json!({"end_association": {"customer": customer}}));
    let after = partner.send(&ShowBalances::new()).await.unwrap().account_balances[0].amount.unwrap();
    assert_eq!(
        after.checked_sub(before),
        Some(Amount::from(100)),
        "and not what the customer paid in itself"
    );
    let records = partner
        .send(&ListAdjustments::new().operation_type(AdjustmentKind::Dissociation))
        .await
        .unwrap()
        .into_inner()
        .records;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].amount, Some(Amount::from(100)));
    assert_eq!(records[0].customer_id.as_ref().unwrap().as_str(), customer);
    let changes = partner
        .send(&partners::ListAccountChanges::new(partners::BalanceType::Cash))
        .await
        .unwrap()
        .into_inner();
    let newest = &changes.records[0];
    assert_eq!(newest.trade_detail_type.as_ref().unwrap().as_str(), "SOURCE_OPERATION_BEUNBIND");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn vouchers_are_recalled_when_an_association_ends() {
    let sandbox = world();
    let (partner, customer) = (client(&sandbox, DISTRIBUTOR), resale(&sandbox));
    let quota = limited_quota(&sandbox, json!({}));
    let voucher = issue(&sandbox, &quota, &customer, 60).await;
    apply(&sandbox, json!({"end_association": {"customer": customer}}));
    let records = partner
        .send(&ListVoucherRecords::new().operation_types([VoucherOperation::Dissociation]))
        .await
        .unwrap()
        .into_inner()
        .records;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].coupon_id.as_ref().unwrap().as_str(), voucher);
    assert_eq!(records[0].operation_amount, Some(Amount::from(60)));
    let listed = partner
        .send(&ListIssuedVouchers::new().coupon_id(voucher.as_str()))
        .await
        .unwrap()
        .into_inner()
        .user_coupons;
    assert_eq!(listed[0].status, Some(VoucherStatus::Reclaimed));
    let quotas =
        partner.send(&ListQuotas::new().quota_ids([quota.as_str()])).await.unwrap().into_inner().quotas;
    assert_eq!(quotas[0].balance, Some(Amount::from(1000)));
    let held = client(&sandbox, &customer).send(&ListHeldVouchers::new()).await.unwrap().into_inner();
    assert!(held.user_coupons.iter().all(|voucher| voucher.status != Some(VoucherStatus::Usable)));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_voucher_for_one_service_pays_for_no_other() {
    let sandbox = world();
    let (partner, customer) = (client(&sandbox, DISTRIBUTOR), resale(&sandbox));
    let quota =
        limited_quota(&sandbox, json!({"services": ["hws.service.type.ebs", "hws.service.type.obs"]}));
    let narrow = IssueVouchers::new(quota.as_str(), [CustomerId::from(customer.as_str())], Amount::from(50));
    let outside = narrow.clone().cloud_service_types(["hws.service.type.ec2"]);
    assert_eq!(refusal(partner.send(&outside).await), bad("CBC.99000023"));
    let inside = narrow.cloud_service_types(["hws.service.type.ebs"]).memo("for disks");
    let voucher = partner.send(&inside).await.unwrap().coupon_infos[0].coupon_id.clone();

    let listed =
        partner.send(&ListIssuedVouchers::new().coupon_id(voucher.as_str())).await.unwrap().into_inner();
    assert_eq!(listed.user_coupons[0].use_limits[0].value1.as_deref(), Some("hws.service.type.ebs"));
    let records = partner.send(&ListVoucherRecords::new().coupon_ids([voucher.clone()])).await.unwrap();
    assert_eq!(records.records[0].remark.as_deref(), Some("for disks"));
    let quotas = partner.send(&ListQuotas::new().quota_ids([quota.as_str()])).await.unwrap().into_inner();
    assert_eq!(quotas.quotas[0].limit_infos[0].limit_values.len(), 2);

    // Use of a server is not paid by it, use of a disk is.
    apply(&sandbox, json!({"recharge": {"account": customer, "amount": 100}}));
    sandbox.use_resource(ResourceUse::new(&customer, SERVER, Amount::from(10))).unwrap();
    let state = |sandbox: &Sandbox| sandbox.snapshot().ledger().balance(&voucher_account(voucher.as_str()));
    assert_eq!(state(&sandbox), Amount::from(50));
    sandbox.use_resource(ResourceUse::new(&customer, "SSD@cn-north-4", Amount::from(10_000))).unwrap();
    assert!(state(&sandbox) < Amount::from(50));

    // In an order it pays for the disk alone, and it is not offered for a server.
    let server =
        sandbox.place_order(NewOrder::new(&customer).line(NewLine::new(SERVER, Term::Months(1)))).unwrap();
    let buyer = client(&sandbox, &customer);
    let offered =
        raw(&buyer, "bss.ListOrderCouponsByOrderId", json!({"order_id": server.as_str()})).await.unwrap();
    assert_eq!(offered["user_coupons"].as_array().map_or(0, Vec::len), 0);
    let pay = json!({"order_id": server.as_str(), "use_coupon": "YES", "use_discount": "NO",
                     "coupon_infos": [{"id": voucher.as_str(), "type": 301}]});
    assert!(raw(&buyer, "bss.PayOrders", pay).await.is_err());
    sandbox.audit().unwrap();
}

fn voucher_account(id: &str) -> huaweicloud_partner_sandbox::LedgerAccount {
    huaweicloud_partner_sandbox::LedgerAccount::voucher(id)
}

#[tokio::test]
async fn each_limit_of_a_quota_has_its_code() {
    let sandbox = world();
    let (partner, customer) = (client(&sandbox, DISTRIBUTOR), resale(&sandbox));
    let request = |quota: &str, value: i64| {
        IssueVouchers::new(quota, [CustomerId::from(customer.as_str())], Amount::from(value))
    };
    let quota = limited_quota(&sandbox, json!({"least_face_value": 10, "greatest_face_value": 20}));
    assert_eq!(refusal(partner.send(&request(&quota, 9)).await), bad("CBC.99000018"));
    assert_eq!(refusal(partner.send(&request(&quota, 21)).await), bad("CBC.99000019"));
    for value in [10, 20] {
        assert!(partner.send(&request(&quota, value)).await.unwrap().error_details.is_empty());
    }
    for (limits, code) in
        [(json!({"greatest_number": 1}), "CBC.99000020"), (json!({"greatest_total": 15}), "CBC.99000021")]
    {
        let quota = limited_quota(&sandbox, limits);
        issue(&sandbox, &quota, &customer, 10).await;
        let outcome = partner.send(&request(&quota, 10)).await.unwrap();
        assert_eq!(outcome.error_details[0].code.as_str(), code);
    }
    let quota = limited_quota(&sandbox, json!({"customers": ["somebody"]}));
    assert_eq!(refusal(partner.send(&request(&quota, 10)).await), bad("CBC.50000020"));
}

#[tokio::test]
async fn an_order_is_paid_with_cash_then_credit_and_with_a_card() {
    let sandbox = world();
    let customer = resale(&sandbox);
    let buyer = client(&sandbox, &customer);
    let balance =
        |account: huaweicloud_partner_sandbox::LedgerAccount| sandbox.snapshot().ledger().balance(&account);
    use huaweicloud_partner_sandbox::LedgerAccount as Of;
    let order =
        || sandbox.place_order(NewOrder::new(&customer).line(NewLine::new(SERVER, Term::Months(1)))).unwrap();
    let pay = |id: &str, cards: Value| {
        let with = if cards == json!([]) { "NO" } else { "YES" };
        let mut body = json!({"order_id": id, "use_coupon": with, "use_discount": "NO"});
        if with == "YES" {
            body["coupon_infos"] = cards;
        }
        body
    };
    let cash = balance(Of::cash(&customer));
    let first = order();
    assert!(cash < Amount::from(231), "the customer starts with little money");
    assert_eq!(
        raw(&buyer, "bss.PayOrders", pay(first.as_str(), json!([]))).await.unwrap_err(),
        bad("CBC.99005003")
    );
    apply(&sandbox, json!({"recharge": {"account": customer, "amount": 100}}));
    let cash = balance(Of::cash(&customer));
    apply(&sandbox, json!({"grant_credit": {"account": customer, "amount": 500}}));
    raw(&buyer, "bss.PayOrders", pay(first.as_str(), json!([]))).await.unwrap();
    assert_eq!(balance(Of::cash(&customer)), Amount::ZERO);
    let spent = Amount::from(231).checked_sub(cash).unwrap();
    assert_eq!(balance(Of::credit(&customer, None)), Amount::from(500).checked_sub(spent).unwrap());

    let card =
        apply(&sandbox, json!({"give_card": {"customer": customer, "name": "card", "amount": 300}})).unwrap();
    let second = order();
    raw(&buyer, "bss.PayOrders", pay(second.as_str(), json!([{"id": card, "type": 303}]))).await.unwrap();
    assert_eq!(balance(Of::card(&card)), Amount::from(69));
    let third = order();
    let twice = json!([{"id": card, "type": 303}, {"id": card, "type": 303}]);
    assert_eq!(raw(&buyer, "bss.PayOrders", pay(third.as_str(), twice)).await.unwrap_err(), bad("CBC.0101"));
    let strange = json!([{"id": "no-card", "type": 303}]);
    assert_eq!(
        raw(&buyer, "bss.PayOrders", pay(third.as_str(), strange)).await.unwrap_err(),
        bad("CBC.99003112")
    );

    let month = now(&sandbox).to_string()[..7].to_owned();
    let bill = raw(&buyer, "bss.ListCustomerBillsFeeRecords", json!({"bill_cycle": month})).await.unwrap();
    let rows = bill["records"].as_array().unwrap();
    let amount = |row: &Value, field: &str| yuan(row[field].as_str().unwrap());
    assert!(rows.iter().any(|row| amount(row, "stored_value_card_amount") == Amount::from(231)), "{rows:#?}");
    assert!(rows.iter().any(|row| amount(row, "credit_amount").is_positive()));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_quota_too_small_for_all_resellers_grants_nothing() {
    let sandbox = world();
    let partner = client(&sandbox, DISTRIBUTOR);
    let quota = limited_quota(&sandbox, json!({}));
    for resellers in [vec!["reseller-1"], vec!["reseller-1", "reseller-2"]] {
        let request = GrantVoucherQuotas::new(quota.as_str(), resellers, Amount::from(1001));
        assert_eq!(refusal(partner.send(&request).await), bad("CBC.99000013"));
    }
    let request = GrantVoucherQuotas::new(quota.as_str(), ["reseller-1", "reseller-2"], Amount::from(600));
    assert_eq!(refusal(partner.send(&request).await), bad("CBC.99000013"), "each of them alone would fit");
    let foreign = GrantVoucherQuotas::new(quota.as_str(), ["reseller-1", "stranger"], Amount::from(1));
    assert_eq!(refusal(partner.send(&foreign).await), bad("CBC.99000037"));
    let granted =
        partner.send(&ListGrantedVoucherQuotas::new().parent_quota_id(quota.as_str())).await.unwrap();
    assert!(granted.quotas.is_empty());
}

#[tokio::test]
async fn customers_are_found_by_any_part_of_their_login() {
    let sandbox = world();
    let (partner, customer) = (client(&sandbox, DISTRIBUTOR), resale(&sandbox));
    let login = sandbox.snapshot().accounts().find(|it| it.id == customer).unwrap().login.expose().to_owned();
    for part in [&login[..3], &login[login.len() - 3..], &login[1..login.len() - 1], &login[..]] {
        let found = partner.send(&ListCustomers::new().account_name(part)).await.unwrap();
        assert!(found.customer_infos.iter().any(|it| it.customer_id.as_str() == customer), "{part}");
    }
}

#[tokio::test]
async fn only_a_voucher_in_force_is_reclaimed() {
    let sandbox = world();
    let (partner, customer) = (client(&sandbox, DISTRIBUTOR), resale(&sandbox));
    let quota = limited_quota(&sandbox, json!({}));
    let voucher = issue(&sandbox, &quota, &customer, 1).await;
    sandbox.use_resource(ResourceUse::new(&customer, SERVER, Amount::from(10))).unwrap();
    let gone = (200, "CBC.99000048".to_owned());
    assert_eq!(refusal(partner.send(&ReclaimVoucher::new(voucher.as_str())).await), gone);
    let listed = partner.send(&ListIssuedVouchers::new().coupon_id(voucher.as_str())).await.unwrap();
    assert_eq!(listed.user_coupons[0].status, Some(VoucherStatus::Used));
    assert!(listed.user_coupons[0].last_used_time.is_some());
}

#[tokio::test]
async fn creation_of_a_customer_is_refused_by_the_documented_codes() {
    let sandbox = world();
    let partner = client(&sandbox, DISTRIBUTOR);
    let base = |extra: Value| {
        let mut body = json!({"xaccount_id": "x-1", "xaccount_type": "platform"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    for (extra, code) in [
        (json!({"domain_name": "1bad"}), "CBC.99000031"),
        (json!({"domain_name": "op_name"}), "CBC.99000031"),
        (json!({"mobile_phone": "12", "verification_code": "123456"}), "CBC.5017"),
        (json!({"domain_name": "good_name", "password": "aaaaaaaa"}), "CBC.99000036"),
    ] {
        let refused = raw(&partner, "bss.CreateSubCustomer", base(extra.clone())).await.unwrap_err();
        assert_eq!(refused, bad(code), "{extra}");
    }
    let number = "13800138000";
    partner.send(&SendVerificationCode::to_mobile(number)).await.unwrap();
    let code = code_of(&sandbox, number);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let with = |code: &str, name: &str| json!({"xaccount_id": name, "xaccount_type": "platform", "mobile_phone": number, "verification_code": code});
    let create = "bss.CreateSubCustomer";
    assert_eq!(raw(&partner, create, with(wrong, "x-2")).await.unwrap_err(), bad("CBC.99004010"));
    raw(&partner, create, with(&code, "x-3")).await.unwrap();
    assert_eq!(
        raw(&partner, create, with(&code, "x-4")).await.unwrap_err(),
        bad("CBC.99004008"),
        "a spent code"
    );
    for _ in 0..3 {
        raw(&partner, create, with(wrong, "x-5")).await.unwrap_err();
    }
    assert_eq!(raw(&partner, create, with(&code, "x-5")).await.unwrap_err(), bad("CBC.99004009"));
    for n in 6..=9 {
        partner.send(&SendVerificationCode::to_mobile(number)).await.unwrap();
        let code = code_of(&sandbox, number);
        raw(&partner, create, with(&code, &format!("x-{n}"))).await.unwrap();
    }
    partner.send(&SendVerificationCode::to_mobile(number)).await.unwrap();
    let code = code_of(&sandbox, number);
    assert_eq!(raw(&partner, create, with(&code, "x-10")).await.unwrap_err(), bad("CBC.99000030"));
}

#[tokio::test]
async fn a_customer_whose_association_stays_open_exists() {
    let sandbox = world();
    let partner = client(&sandbox, DISTRIBUTOR);
    apply(&sandbox, json!({"leave_association_open": {}}));
    let request = CreateCustomer::new("x-1", "platform").domain_name("half_made");
    assert_eq!(refusal(partner.send(&request).await), (500, "CBC.99000050".to_owned()));
    let found = partner.send(&ListCustomers::new().account_name("half_made")).await.unwrap();
    assert_eq!(found.customer_infos.len(), 1);
    let next = CreateCustomer::new("x-2", "platform").domain_name("whole");
    partner.send(&next).await.unwrap();
}

#[tokio::test]
async fn attachments_of_another_format_have_their_code() {
    let sandbox = world();
    let partner = client(&sandbox, DISTRIBUTOR);
    let customer = resale(&sandbox);
    for name in [AuthenticateEnterprise::META.name, "bss.CreatePersonalRealnameAuth"] {
        let mut body = json!({"customer_id": customer, "identify_type": if name.contains("Personal") { 0 } else { 1 },
            "verified_type": 3, "certificate_type": 0, "verified_file_url": ["test/a.exe", "b.jpg", "c.jpg"], "name": "A", "corp_name": "Acme",
            "verified_number": "1", "xaccount_type": "platform"});
        // The two have most arguments in common.
        let known = registry::find(name).unwrap().parameters();
        body.as_object_mut().unwrap().retain(|name, _| known.iter().any(|parameter| parameter.name == name));
        assert_eq!(raw(&partner, name, body).await.unwrap_err(), bad("CBC.99000100"), "{name}");
    }
}

#[tokio::test]
async fn bounds_of_vouchers_and_quotas_exclude_the_bound() {
    let sandbox = world();
    let (partner, customer) = (client(&sandbox, DISTRIBUTOR), resale(&sandbox));
    let quota = limited_quota(&sandbox, json!({}));
    let voucher = issue(&sandbox, &quota, &customer, 1).await;
    let made: UtcTime = now(&sandbox);
    let second = |by: i64| UtcTime::from(made.instant() + time::Duration::seconds(by));
    let vouchers = ListIssuedVouchers::new().coupon_id(voucher.as_str());
    let quotas = ListQuotas::new().quota_ids([quota.as_str()]);
    let records = ListVoucherRecords::new().coupon_ids([voucher.as_str()]);
    for (by, found) in [(-1, true), (0, false)] {
        let at = second(by);
        let page = partner.send(&vouchers.clone().create_time_begin(at)).await.unwrap();
        assert_eq!(!page.user_coupons.is_empty(), found);
        assert_eq!(
            !partner.send(&quotas.clone().create_time_begin(at)).await.unwrap().quotas.is_empty(),
            found
        );
        let page = partner.send(&records.clone().operation_time_begin(at)).await.unwrap();
        assert_eq!(!page.records.is_empty(), found);
        let at = second(-by);
        let page = partner.send(&vouchers.clone().create_time_end(at)).await.unwrap();
        assert_eq!(!page.user_coupons.is_empty(), found);
        assert_eq!(
            !partner.send(&quotas.clone().create_time_end(at)).await.unwrap().quotas.is_empty(),
            found
        );
        let page = partner.send(&records.clone().operation_time_end(at)).await.unwrap();
        assert_eq!(!page.records.is_empty(), found);
    }
}

#[tokio::test]
async fn one_day_without_the_other_is_ignored() {
    let sandbox = world();
    let customer = resale(&sandbox);
    apply(&sandbox, json!({"recharge": {"account": customer, "amount": 100}}));
    sandbox.use_resource(ResourceUse::new(&customer, SERVER, Amount::from(10))).unwrap();
    let buyer = client(&sandbox, &customer);
    let now = now(&sandbox).to_string();
    let (month, other) = (&now[..7], "2020-01-01");
    let all = raw(&buyer, "bss.ListCustomerBillsFeeRecords", json!({"bill_cycle": month})).await.unwrap();
    for extra in [
        json!({"bill_date_begin": other}),
        json!({"bill_date_end": other}),
        json!({"bill_date_begin": other, "bill_date_end": other}),
    ] {
        let mut body = json!({"bill_cycle": month});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let some = raw(&buyer, "bss.ListCustomerBillsFeeRecords", body).await.unwrap();
        assert_eq!(some["total_count"], all["total_count"], "{extra}");
    }
}

#[tokio::test]
async fn balances_of_a_partner_asked_by_another_are_refused_within_200() {
    let sandbox = world();
    let account = resale(&sandbox);
    let keys = sandbox.snapshot().accounts().find(|it| it.id == account).unwrap().clone();
    // Keys of which the client does not know whose they are.
    let unknown = Credentials::keys(&keys.access_key, keys.secret_key.clone());
    let customer = Client::builder(Site::China)
        .credentials(unknown)
        .clock(sandbox.clock().clone())
        .transport(sandbox.clone())
        .build()
        .unwrap();
    assert_eq!(
        raw(&customer, "bss.ListPartnerBalances", json!({})).await.unwrap_err(),
        (200, "CBC.5001".to_owned())
    );
}

#[tokio::test]
async fn values_outside_a_documented_set_are_refused() {
    let sandbox = world();
    let (partner, customer) = (client(&sandbox, DISTRIBUTOR), resale(&sandbox));
    let buyer = client(&sandbox, &customer);
    for (caller, operation, arguments) in [
        (&partner, "bss.ListIssuedPartnerCoupons", json!({"status": 77})),
        (&partner, "bss.ListQuotaCoupons", json!({"quota_type": 9})),
        (&partner, "bss.ListPartnerCouponsRecord", json!({"operation_types": ["77"]})),
        (&partner, "bss.ListSubCustomers", json!({"association_type": "9"})),
        (&partner, "bss.ListPartnerAdjustRecords", json!({"operation_type": "SOMETHING"})),
        (&partner, "bss.ListPartnerAccountChangeRecords", json!({"balance_type": "GOLD"})),
        (&buyer, "bss.ListCustomerOrders", json!({"status": 77})),
        (&buyer, "bss.ListStoredValueCards", json!({"status": 7})),
    ] {
        let refused = raw(caller, operation, arguments).await.unwrap_err();
        assert_eq!(refused, bad("CBC.0100"), "{operation}");
    }
    // The one whose other codes the page says are no filter.
    raw(&partner, "bss.ListCouponQuotasRecords", json!({"operation_type": "77"})).await.unwrap();
}

#[tokio::test]
async fn zero_is_written_without_a_sign() {
    let sandbox = world();
    let customer = resale(&sandbox);
    let buyer = client(&sandbox, &customer);
    let balances = raw(&buyer, "bss.ShowCustomerAccountBalances", json!({})).await.unwrap();
    let text = balances.to_string();
    assert!(!text.contains("-0"), "{text}");
    assert_eq!(yuan("0").negated().to_string(), "0");
    assert_eq!(serde_json::to_string(&yuan("0.00").negated()).unwrap().replace('"', ""), "0.00");
}

#[tokio::test]
async fn one_resource_twice_in_a_renewal_price_has_its_code() {
    let sandbox = world();
    let buyer = client(&sandbox, &resale(&sandbox));
    let twice = json!({"resource_ids": ["a", "b", "a"], "period_type": 2, "period_num": 1});
    assert_eq!(raw(&buyer, "bss.ListRenewRateOnPeriod", twice).await.unwrap_err(), bad("CBC.30050012"));
}

#[tokio::test]
async fn codes_are_sent_fifteen_times_an_hour_and_sixty_times_a_day() {
    let sandbox = world();
    let partner = client(&sandbox, DISTRIBUTOR);
    let request = SendVerificationCode::to_mobile("13800138000");
    let send = || partner.send(&request);
    for hour in 0..4 {
        for _ in 0..15 {
            send().await.unwrap();
        }
        assert_eq!(refusal(send().await), bad("CBC.99004015"), "hour {hour}");
        sandbox.clock().advance(std::time::Duration::from_secs(3600));
    }
    assert_eq!(refusal(send().await), bad("CBC.99004015"), "the day");
    sandbox.clock().advance(std::time::Duration::from_secs(20 * 3600 + 1));
    send().await.unwrap();
}
