//! The sandbox knows enterprises: units and members, and what goes between a master and its members.

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
    Client, Error,
    client::CallOptions,
    customers::{ListAccountChanges, ShowAccountBalances},
    enterprise::*,
    error::codes,
    operation::Operation,
    partners::TradeType,
    partners::{AccountType, BalanceType},
    types::{Amount, AmountText, UtcTime},
    vouchers::{ListVoucherChanges, VoucherTrade},
};
use huaweicloud_partner_sandbox::{Sandbox, SandboxEvent};
use proptest::prelude::*;

fn yuan(text: &str) -> Amount {
    text.parse().unwrap()
}

fn client(sandbox: &Sandbox, account: &str) -> Client {
    sandbox.client(account).unwrap()
}

async fn refused<O: Operation>(client: &Client, operation: O) -> Error {
    client.send(&operation).await.err().unwrap()
}

fn reasons(error: &Error) -> Vec<FailedCheck> {
    assert_eq!(error.code(), Some(&codes::BUSINESS_CHECK_FAILED));
    error.api().unwrap().field("fail_check_items").unwrap()
}

async fn held(client: &Client, kind: AccountType) -> Amount {
    let balances = client.send(&ShowAccountBalances::new()).await.unwrap().into_inner();
    balances
        .account_balances
        .iter()
        .find(|one| one.account_type == Some(kind))
        .and_then(|one| one.amount)
        .unwrap_or(Amount::ZERO)
}

// Units and members.

#[tokio::test]
async fn units_are_a_tree() {
    let sandbox = Sandbox::enterprise();
    let master = client(&sandbox, "master");
    let flat = master.send(&ListOrganizations::new()).await.unwrap();
    assert_eq!(flat.root_name.as_ref().unwrap().expose(), "Harbour Group");
    let [sales] = &flat.child_nodes[..] else { panic!("{flat:?}") };
    assert!(sales.child_nodes.is_empty(), "one level");
    let deep = master.send(&ListOrganizations::new().recursive_query(TreeDepth::AllLevels)).await.unwrap();
    assert_eq!(deep.units().count(), 2);
    let part = master.send(&ListOrganizations::new().parent_id(&sales.id)).await.unwrap();
    assert_eq!((part.root_id.as_ref(), part.child_nodes.len()), (None, 1));

    let west = SandboxEvent::AddUnit { master: "master".into(), name: "West".into(), below: None };
    let west = sandbox.apply(west).unwrap().unwrap();
    let again = master.send(&ListOrganizations::new()).await.unwrap();
    assert!(again.child_nodes.iter().any(|unit| unit.id == west));
    let nowhere =
        SandboxEvent::AddUnit { master: "master".into(), name: "x".into(), below: Some("7".into()) };
    assert_eq!(sandbox.apply(nowhere).unwrap_err().code(), &codes::BAD_PARAMETER);
}

#[tokio::test]
async fn a_member_is_made_with_a_code_and_found_in_the_list() {
    let sandbox = Sandbox::enterprise();
    let master = client(&sandbox, "master");
    let tree = master.send(&ListOrganizations::new()).await.unwrap();
    let unit = tree.child_nodes[0].id.clone();
    let variables = || vec![MessageVariable::member_name("harbour_east")];
    let send = || SendMemberVerificationCode::new("13800000001", variables());
    master.send(&send()).await.unwrap();
    let code = sandbox.code_sent_to("13800000001").unwrap();
    let account = |login: &str, password: &str, code: &str| {
        NewMember::new(login, password).mobile_phone("13800000001").verification_code(code)
    };
    let create = |account| CreateMember::new(&unit, account).display_name("East");

    let wrong = refused(&master, create(account("harbour_east", "Sunny-Harbour", "xxxxxx"))).await;
    assert_eq!(wrong.code(), Some(&codes::CODE_WRONG));
    let name = refused(&master, create(account("7harbour", "Sunny-Harbour", code.expose()))).await;
    assert_eq!(name.code(), Some(&codes::LOGIN_NAME_MALFORMED));
    let password = refused(&master, create(account("harbour_east", "sunnyharbour", code.expose()))).await;
    assert_eq!(password.code(), Some(&codes::PASSWORD_MALFORMED));
    let elsewhere = CreateMember::new("7", account("harbour_east", "Sunny-Harbour", code.expose()));
    assert_eq!(refused(&master, elsewhere).await.code(), Some(&codes::BAD_PARAMETER));

    master.send(&create(account("harbour_east", "Sunny-Harbour", code.expose()))).await.unwrap();
    let taken = refused(&master, create(account("harbour_east", "Sunny-Harbour", code.expose()))).await;
    assert_eq!(taken.code(), Some(&codes::LOGIN_NAME_TAKEN));
    let query = || ListMembers::new().sub_customer_account_name("harbour_east");
    let made = master.send(&query()).await.unwrap().sub_customer_infos[0].clone();
    assert_eq!(made.status, Some(MemberStatus::Creating));
    sandbox.clock().advance(Duration::from_secs(10));
    assert_eq!(master.send(&query()).await.unwrap().sub_customer_infos[0].status, Some(MemberStatus::Normal));
    assert_eq!(made.org_id.as_ref(), Some(&unit));
    client(&sandbox, made.id.as_str()).send(&ShowAccountBalances::new()).await.unwrap();

    let found = async |query: ListMembers| master.send(&query).await.unwrap().total_count;
    assert_eq!(found(ListMembers::new()).await, Some(3));
    assert_eq!(found(ListMembers::new().org_id(&unit)).await, Some(2));
    assert_eq!(found(ListMembers::new().sub_customer_display_name("Eas")).await, Some(0));
    let contained = ListMembers::new().sub_customer_display_name("Eas").fuzzy_query(NameMatch::Contained);
    assert_eq!(found(contained).await, Some(1));
    assert_eq!(
        found(ListMembers::new().sub_customer_display_name("")).await,
        Some(2),
        "an empty one filters"
    );

    for _ in 0..14 {
        master.send(&send()).await.unwrap();
    }
    assert_eq!(refused(&master, send()).await.code(), Some(&codes::MEMBER_CODES_USED_UP));
    sandbox.clock().advance(Duration::from_secs(3600));
    master.send(&send()).await.unwrap();
}

#[tokio::test]
async fn a_number_serves_five_accounts() {
    let sandbox = Sandbox::enterprise();
    let master = client(&sandbox, "master");
    let unit = master.send(&ListOrganizations::new()).await.unwrap().root_id.clone().unwrap();
    let variables = vec![MessageVariable::member_name("member")];
    master.send(&SendMemberVerificationCode::new("13800000002", variables)).await.unwrap();
    let code = sandbox.code_sent_to("13800000002").unwrap();
    let create = |number: u8| {
        let account = NewMember::new(format!("member_x{number}"), "Sunny-Harbour");
        CreateMember::new(&unit, account.mobile_phone("13800000002").verification_code(code.expose()))
    };
    for number in 0..5 {
        master.send(&create(number)).await.unwrap();
    }
    assert_eq!(refused(&master, create(5)).await.code(), Some(&codes::MOBILE_REGISTERED_TOO_OFTEN));
    let masters = NewMember::new("member_x6", "Sunny-Harbour").use_pri_mobile_phone(MastersPhone::Yes);
    master.send(&CreateMember::new(&unit, masters)).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(601));
    assert_eq!(refused(&master, create(7)).await.code(), Some(&codes::CODE_EXPIRED));
}

// Money.

#[tokio::test]
async fn money_goes_to_a_member_once_and_back() {
    let sandbox = Sandbox::enterprise();
    let (master, member) = (client(&sandbox, "master"), client(&sandbox, "member-1"));
    let transfer = TransferToMember::new("member-1", yuan("300.50"));
    master.send(&transfer.clone()).await.unwrap();
    assert_eq!(refused(&master, transfer.clone()).await.code(), Some(&codes::TRANSACTION_ID_USED));
    assert_eq!(held(&member, AccountType::Balance).await, yuan("300.5"));
    let left = master.send(&ShowTransferableAmount::new(FundsAccount::Balance)).await.unwrap();
    assert_eq!(
        (left.total_count, left.amount_infos[0].avail_transfer_amount),
        (Some(1), Some(yuan("9699.5")))
    );
    let back = master.send(&ListReclaimableAmounts::new("member-1", FundsAccount::Balance)).await.unwrap();
    assert_eq!(back.amount_infos[0].avail_retrieve_amount, Some(yuan("300.5")));

    let too_much = ReclaimFromMember::new("member-1", yuan("300.51"));
    assert_eq!(refused(&master, too_much.clone()).await.code(), Some(&codes::BALANCE_TOO_LOW));
    let mut corrected = too_much; // a refused one may be sent again with its key
    corrected.amount = AmountText::from(yuan("300.5"));
    master.send(&corrected).await.unwrap();
    assert_eq!(held(&member, AccountType::Balance).await, Amount::ZERO);

    let changes: Vec<_> =
        member.items(ListAccountChanges::new(BalanceType::Cash)).try_collect().await.unwrap();
    assert_eq!(changes.len(), 2);
    let query = ListAccountChanges::new(BalanceType::Cash).trade_type(TradeType::Grant);
    let granted = master.send(&query.trade_id(transfer.trans_id)).await.unwrap();
    assert_eq!(granted.records[0].balance_after_change, Some(yuan("9699.5")));

    let stranger = TransferToMember::new("nobody", yuan("1"));
    assert_eq!(refused(&master, stranger).await.code(), Some(&codes::NO_MASTER_MEMBER_RELATION));
    let broke = TransferToMember::new("member-1", yuan("10000.01"));
    assert_eq!(refused(&master, broke).await.code(), Some(&codes::BALANCE_TOO_LOW));
    let unchecked = member.with(CallOptions::new().skip_validation());
    assert!(unchecked.send(&TransferToMember::new("member-2", yuan("1"))).await.is_err(), "no master");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn conditions_that_are_not_met_are_named() {
    let sandbox = Sandbox::enterprise();
    let master = client(&sandbox, "master");
    master.send(&TransferToMember::new("member-2", yuan("10"))).await.unwrap();
    let custody = refused(&master, ReclaimFromMember::new("member-2", yuan("1"))).await;
    assert_eq!(reasons(&custody), [FailedCheck::MemberInCustody]);
    let page = master.send(&ListReclaimableAmounts::new("member-2", FundsAccount::Balance)).await.unwrap();
    assert_eq!(page.amount_infos[0].avail_retrieve_amount, Some(Amount::ZERO));
    let credit = TransferToMember::new("member-2", yuan("1")).balance_type(FundsAccount::Credit);
    assert_eq!(reasons(&refused(&master, credit).await), [FailedCheck::CreditNotShared]);

    // The same enterprise as the customer of a partner that pays for it.
    let mut world = serde_json::to_value(sandbox.snapshot()).unwrap();
    world["accounts"]["master"]["association_type"] = "2".into();
    let paid_for = Sandbox::new(serde_json::from_value(world).unwrap());
    let master = client(&paid_for, "master");
    let bound = refused(&master, TransferToMember::new("member-1", yuan("1"))).await;
    assert_eq!(reasons(&bound), [FailedCheck::MasterIsResaleCustomer]);
    let none = master.send(&ShowTransferableAmount::new(FundsAccount::Balance)).await.unwrap();
    assert_eq!(none.amount_infos[0].avail_transfer_amount, Some(Amount::ZERO));
}

#[tokio::test]
async fn credit_goes_ledger_by_ledger() {
    let sandbox = Sandbox::enterprise();
    let (master, member) = (client(&sandbox, "master"), client(&sandbox, "member-1"));
    let page = master.send(&ShowTransferableAmount::new(FundsAccount::Credit)).await.unwrap();
    assert_eq!(page.total_count, Some(2));
    let [lasting, ending] = &page.amount_infos[..] else { panic!("{page:?}") };
    assert_eq!((lasting.expire_time, lasting.avail_transfer_amount), (None, Some(yuan("5000"))));
    let end: UtcTime = ending.expire_time.unwrap();
    let none = refused(&master, ListReclaimableAmounts::new("member-1", FundsAccount::Credit)).await;
    assert_eq!(none.code(), Some(&codes::ACCOUNT_NOT_FOUND));

    let credit =
        |amount: &str| TransferToMember::new("member-1", yuan(amount)).balance_type(FundsAccount::Credit);
    master.send(&credit("1500").expire_time(end)).await.unwrap();
    assert_eq!(refused(&master, credit("600").expire_time(end)).await.code(), Some(&codes::BALANCE_TOO_LOW));
    assert_eq!(held(&member, AccountType::Credit).await, yuan("1500"));
    let back = ReclaimFromMember::new("member-1", yuan("500")).balance_type(FundsAccount::Credit);
    master.send(&back.clone().expire_time(end)).await.unwrap();
    let rows = master.send(&ListReclaimableAmounts::new("member-1", FundsAccount::Credit)).await.unwrap();
    assert_eq!(rows.amount_infos[0].credit_amount, Some(yuan("1000")));
    let changes = member.send(&ListAccountChanges::new(BalanceType::Credit)).await.unwrap();
    assert_eq!(changes.records[0].balance_after_change, Some(yuan("1000")));

    sandbox.clock().advance((end.instant() - sandbox.clock().started()).unsigned_abs());
    let late = refused(&master, credit("1").expire_time(end)).await;
    assert_eq!(late.code(), Some(&codes::ENTERPRISE_CREDIT_EXPIRED));
    assert_eq!(
        master.send(&ShowTransferableAmount::new(FundsAccount::Credit)).await.unwrap().total_count,
        Some(1)
    );
    assert_eq!(held(&member, AccountType::Credit).await, Amount::ZERO);
    sandbox.audit().unwrap();
}

// Vouchers.

#[tokio::test]
async fn a_part_of_a_voucher_goes_to_a_member_and_back() {
    let sandbox = Sandbox::enterprise();
    let (master, member) = (client(&sandbox, "master"), client(&sandbox, "member-1"));
    let own = master.send(&ListTransferableVouchers::new().limit(10_u32)).await.unwrap();
    let voucher = own.avail_transfer_coupons[0].coupon_id.clone();
    let transfer = TransferVoucherToMember::new("member-1", &voucher, yuan("40"));
    let part = master.send(&transfer.clone()).await.unwrap().sub_coupon_id.clone();
    assert_eq!(refused(&master, transfer).await.code(), Some(&codes::TRANSACTION_ID_USED));
    let too_much = TransferVoucherToMember::new("member-1", &voucher, yuan("60.01"));
    assert_eq!(refused(&master, too_much).await.code(), Some(&codes::TRANSFER_FAILED));
    let cut = TransferVoucherToMember::new("member-1", &part, yuan("1"));
    assert_eq!(refused(&master, cut).await.code(), Some(&codes::TRANSFER_FAILED), "not the master's");

    let held = master.send(&ListReclaimableVouchers::new("member-1").limit(10_u32)).await.unwrap();
    assert_eq!((&held.avail_retrieve_coupons[0].coupon_id, held.total_count), (&voucher, Some(1)));
    let wrong = ReclaimVoucherFromMember::new("member-1", "other", &part);
    assert_eq!(refused(&master, wrong).await.code(), Some(&codes::TRANSFER_FAILED));
    let back = master.send(&ReclaimVoucherFromMember::new("member-1", &voucher, &part)).await.unwrap();
    assert_eq!(back.real_retrieve_amount, Some(yuan("40")));
    let twice = ReclaimVoucherFromMember::new("member-1", &voucher, &part);
    assert_eq!(refused(&master, twice).await.code(), Some(&codes::TRANSFER_FAILED));
    let own = master.send(&ListTransferableVouchers::new().limit(10_u32)).await.unwrap();
    assert_eq!(own.avail_transfer_coupons[0].balance, Some(yuan("100")));

    let moved = ListVoucherChanges::new().trade_type(VoucherTrade::Transfer);
    assert_eq!(member.send(&moved).await.unwrap().records[0].change_amount, Some(yuan("40")));
    let all = master.send(&ListVoucherChanges::new()).await.unwrap();
    assert_eq!(all.records[0].balance_after_change, Some(yuan("100")));
    sandbox.audit().unwrap();
}

// Projects.

#[tokio::test]
async fn projects_are_for_verified_enterprises() {
    let sandbox = Sandbox::enterprise();
    let master = client(&sandbox, "master");
    master.send(&EnableEnterpriseProjects::new()).await.unwrap();
    master.send(&EnableEnterpriseProjects::new()).await.unwrap();
    let refused = refused(&client(&sandbox, "member-1"), EnableEnterpriseProjects::new()).await;
    assert_eq!(reasons(&refused), [FailedCheck::from("SELF_OPEN_ONLY_FOR_ENT_AND_INTR_CUST")]);
}

#[tokio::test]
async fn an_enterprise_is_saved_and_loaded() {
    let sandbox = Sandbox::enterprise();
    let transfer = TransferToMember::new("member-1", yuan("7.50"));
    client(&sandbox, "master").send(&transfer.clone()).await.unwrap();
    let stored = serde_json::to_string(&sandbox.snapshot()).unwrap();
    let loaded = Sandbox::new(serde_json::from_str(&stored).unwrap());
    assert_eq!(held(&client(&loaded, "member-1"), AccountType::Balance).await, yuan("7.5"));
    let again = refused(&client(&loaded, "master"), transfer).await;
    assert_eq!(again.code(), Some(&codes::TRANSACTION_ID_USED), "keys are remembered");
    loaded.audit().unwrap();
}

// Whatever is done to it.

#[derive(Clone, Debug)]
enum Step {
    Give(u8, i64, bool),
    TakeBack(u8, i64, bool),
    GiveVoucher(u8, i64),
    TakeBackVoucher(u8, u8),
    Repeat,
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let cents = || -100_i64..700_000;
    let one = prop_oneof![
        (0_u8..3, cents(), any::<bool>()).prop_map(|(who, amount, credit)| Step::Give(who, amount, credit)),
        (0_u8..3, cents(), any::<bool>())
            .prop_map(|(who, amount, credit)| Step::TakeBack(who, amount, credit)),
        (0_u8..3, -10_i64..12_000).prop_map(|(who, amount)| Step::GiveVoucher(who, amount)),
        (0_u8..3, 0_u8..3).prop_map(|(who, which)| Step::TakeBackVoucher(who, which)),
        Just(Step::Repeat),
        (0_u32..10_000_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(one, 1..25)
}

async fn take(sandbox: &Sandbox, master: &Client, last: &mut Option<TransferToMember>, step: Step) {
    let money = |cents: i64| Amount::new(cents, 2).unwrap();
    let member = |who: u8| format!("member-{who}"); // the first is no one
    let funds = |credit| if credit { FundsAccount::Credit } else { FundsAccount::Balance };
    match step {
        Step::Give(who, cents, credit) => {
            let give = TransferToMember::new(member(who), money(cents)).balance_type(funds(credit));
            if master.send(&give.clone()).await.is_ok() {
                *last = Some(give);
            }
        }
        Step::TakeBack(who, cents, credit) => {
            let back = ReclaimFromMember::new(member(who), money(cents)).balance_type(funds(credit));
            drop(master.send(&back).await);
        }
        Step::GiveVoucher(who, cents) => {
            let own = master.send(&ListTransferableVouchers::new()).await.unwrap();
            let id = own.avail_transfer_coupons.first().map_or("none".into(), |one| one.coupon_id.clone());
            drop(master.send(&TransferVoucherToMember::new(member(who), id, money(cents))).await);
        }
        Step::TakeBackVoucher(who, which) => {
            let Ok(held) = master.send(&ListReclaimableVouchers::new(member(who))).await else { return };
            if let Some(one) = held.avail_retrieve_coupons.get(usize::from(which)) {
                let back = ReclaimVoucherFromMember::new(member(who), &one.coupon_id, &one.sub_coupon_id);
                master.send(&back).await.unwrap();
            }
        }
        Step::Repeat => {
            if let Some(again) = last.clone() {
                assert_eq!(refused(master, again).await.code(), Some(&codes::TRANSACTION_ID_USED));
            }
        }
        Step::Wait(seconds) => sandbox.clock().advance(Duration::from_secs(seconds.into())),
    }
}

/// Returns the sum of all accounts, lines of credit and vouchers of a sandbox.
fn inside(sandbox: &Sandbox) -> Amount {
    let world = sandbox.snapshot();
    let inside = world.ledger().balances().filter(|(book, _)| !book.to_string().starts_with("outside/"));
    Amount::checked_sum(inside.map(|(_, amount)| amount)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("SANDBOX_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(100)
    ))]

    #[test]
    fn no_sequence_of_moves_makes_or_loses_money(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::enterprise();
            let before = inside(&sandbox);
            let master = client(&sandbox, "master").with(CallOptions::new().skip_validation());
            let mut last = None;
            for step in steps {
                take(&sandbox, &master, &mut last, step).await;
                sandbox.audit().unwrap();
                assert_eq!(inside(&sandbox), before);
            }
        });
    }
}
