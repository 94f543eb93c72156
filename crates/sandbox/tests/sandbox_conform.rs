//! The parity check: recordings of the sandbox itself agree with it, and altered ones do not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use huaweicloud_partner::{
    Client,
    customers::{CheckIdentity, CreateCustomer, IdentityType, ListCustomers, SendVerificationCode},
    partners::{AllocateToCustomer, ListAdjustments, ShowBalances},
    resellers::{AllocateToReseller, ListResellers},
    testing::{Cassette, Recorder},
    types::{Amount, Site},
    vouchers::{IssueVouchers, ListIssuedVouchers, ListQuotas, ReclaimVoucher},
};
use huaweicloud_partner_sandbox::{Conformance, Departure, Difference, Sandbox, conform};
use serde_json::{Value, json};

/// A day of a distributor, recorded.
async fn recorded() -> Cassette {
    let sandbox = Sandbox::small_distributor();
    let recorder = Recorder::new(sandbox.clone());
    let client = Client::builder(Site::China)
        .credentials(sandbox.credentials("distributor").unwrap())
        .clock(sandbox.clock().clone())
        .transport(recorder.clone())
        .build()
        .unwrap();
    client.send(&ListResellers::new()).await.unwrap();
    client.send(&ShowBalances::new()).await.unwrap();
    client.send(&AllocateToReseller::new("reseller-1", Amount::from(10))).await.unwrap();
    sandbox.clock().advance(std::time::Duration::from_secs(60));
    client.send(&AllocateToCustomer::new("customer-1", Amount::from(10))).await.unwrap();
    client.send(&ListAdjustments::new()).await.unwrap();
    client.send(&AllocateToCustomer::new("nobody", Amount::from(10))).await.unwrap_err();
    let customers: Vec<huaweicloud_partner::types::CustomerId> = vec!["customer-1".into()];
    let issued = client.send(&IssueVouchers::new("quota-1", customers, Amount::from(5))).await.unwrap();
    let voucher = issued.coupon_infos[0].coupon_id.clone();
    client.send(&ListQuotas::new()).await.unwrap();
    client.send(&ListIssuedVouchers::new()).await.unwrap();
    client.send(&ReclaimVoucher::new(voucher)).await.unwrap();
    recorder.cassette()
}

async fn differences(cassette: &Cassette) -> Vec<Difference> {
    Conformance::with(Sandbox::small_distributor()).calling_as("distributor").of(cassette).await
}

/// The recording after a change of its JSON.
fn altered(cassette: &Cassette, change: impl FnOnce(&mut Value)) -> Cassette {
    let mut json: Value = serde_json::from_str(&cassette.to_json()).unwrap();
    change(&mut json["exchanges"]);
    Cassette::from_json(&json.to_string()).unwrap()
}

#[tokio::test]
async fn a_recording_of_the_sandbox_agrees_with_it() {
    let cassette = recorded().await;
    assert_eq!(differences(&cassette).await, []);
}

#[tokio::test]
async fn ids_of_another_world_are_followed() {
    let cassette = recorded().await;
    // The voucher that was reclaimed had another id in the recorded world.
    let json = cassette.to_json();
    let issued: Value = serde_json::from_str(&json).unwrap();
    let id =
        issued["exchanges"][6]["response"]["body"]["json"]["coupon_infos"][0]["coupon_id"].as_str().unwrap();
    let other = Cassette::from_json(&json.replace(id, "CP-OF-THE-REAL-SERVICE")).unwrap();
    assert_eq!(differences(&other).await, []);
    let named = Cassette::from_json(&json.replace("reseller-1", "a-real-reseller")).unwrap();
    let checked = Conformance::with(Sandbox::small_distributor())
        .calling_as("distributor")
        .with_value("a-real-reseller", "reseller-1");
    assert_eq!(checked.of(&named).await, []);
}

#[tokio::test]
async fn each_kind_of_change_is_found_at_its_place() {
    let cassette = recorded().await;
    let found = |exchange: usize, path: &str, what: Departure| (exchange, path.to_owned(), what);
    type Change = fn(&mut Value);
    let cases: Vec<(Change, (usize, String, Departure))> = vec![
        (
            |all| all[0]["response"]["body"]["json"]["indirect_partners"][0]["level"] = json!("V1"),
            found(1, "indirect_partners[].level", Departure::Missing),
        ),
        (
            |all| {
                for row in all[0]["response"]["body"]["json"]["indirect_partners"].as_array_mut().unwrap() {
                    row.as_object_mut().unwrap().remove("associated_on");
                }
            },
            found(1, "indirect_partners[].associated_on", Departure::Additional),
        ),
        (
            |all| all[1]["response"]["body"]["json"]["account_balances"][0]["amount"] = json!("100"),
            found(2, "account_balances[].amount", Departure::Type("string", "number")),
        ),
        (
            |all| all[4]["response"]["body"]["json"]["records"].as_array_mut().unwrap().reverse(),
            found(5, "records[].operation_time", Departure::Order("newest first", "oldest first")),
        ),
        (
            |all| all[5]["response"]["body"]["json"]["error_code"] = json!("CBC.0151"),
            found(6, "", Departure::Code(Some("CBC.0151".to_owned()), Some("CBC.99000035".to_owned()))),
        ),
        (|all| all[5]["response"]["status"] = json!(403), found(6, "", Departure::Status(403, 400))),
        (
            |all| all[0]["request"]["path"] = json!("/v2/partners/nothing"),
            found(1, "", Departure::UnknownOperation),
        ),
    ];
    for (change, expected) in cases {
        let found: Vec<_> = differences(&altered(&cassette, change))
            .await
            .into_iter()
            .map(|one| (one.exchange, one.path, one.what))
            .collect();
        assert_eq!(found, [expected]);
    }
}

/// Returns a recording of the registration of a customer: with its number, its name, and a code that was
/// sent.
async fn registration() -> Cassette {
    let sandbox = Sandbox::small_distributor();
    let recorder = Recorder::new(sandbox.clone());
    let client = Client::builder(Site::China)
        .credentials(sandbox.credentials("distributor").unwrap())
        .clock(sandbox.clock().clone())
        .transport(recorder.clone())
        .build()
        .unwrap();
    client.send(&SendVerificationCode::to_mobile("13800000007")).await.unwrap();
    let code = sandbox.code_sent_to("13800000007").unwrap();
    let create = CreateCustomer::new("user-7", "platform").domain_name("bakery_seven");
    let create = create.mobile_phone("13800000007").verification_code(code.expose());
    let created = client.send(&create).await.unwrap();
    client.send(&ListCustomers::new().customer_id(&created.domain_id)).await.unwrap();
    client.send(&CheckIdentity::new(IdentityType::LoginName, "bakery_seven")).await.unwrap();
    recorder.cassette()
}

#[tokio::test]
async fn a_redacted_recording_is_replayed_with_values_for_what_is_masked() {
    let cassette = registration().await;
    let json = cassette.to_json();
    assert!(!json.contains("13800000007") && !json.contains("bakery_seven"), "{json}");
    let checked = Conformance::with(Sandbox::small_distributor())
        .calling_as("distributor")
        .with_masked("mobile_phone", "13800000042")
        .with_masked("domain_name", "bakery_forty_two")
        .with_masked("search_value", "bakery_forty_two");
    assert_eq!(checked.of(&cassette).await, []);
}

#[tokio::test]
async fn a_masked_value_without_another_is_named_and_the_rest_is_replayed() {
    let cassette = registration().await;
    let named: Vec<String> = differences(&cassette).await.into_iter().map(|one| one.to_string()).collect();
    assert_eq!(
        named[0],
        "exchange 1, bss.SendVerificationMessageCode: not replayed, mobile_phone is masked in the \
         recording: give its value with Conformance::with_masked"
    );
    // The customer of the third exchange was not created here.
    assert!(named.iter().all(|one| one.contains("is masked") || one.starts_with("exchange 3")), "{named:#?}");
}

#[tokio::test]
async fn nulls_and_empty_lists_say_nothing() {
    let cassette = altered(&recorded().await, |all| {
        all[0]["response"]["body"]["json"]["indirect_partners"][0]["account_manager_id"] = Value::Null;
        all[0]["response"]["body"]["json"]["warnings"] = json!([]);
    });
    assert_eq!(differences(&cassette).await, []);
}

#[tokio::test]
async fn a_recording_is_checked_against_everyone_by_default() {
    let found = conform(&recorded().await).await;
    // No one is called quota-1 there, so what was done with it differs, and the sentence names place and
    // operation.
    assert!(found.iter().all(|one| one.operation.is_some()));
    for difference in found {
        assert!(difference.to_string().starts_with("exchange "), "{difference}");
    }
}
