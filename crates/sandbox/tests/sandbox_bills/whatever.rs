//! Random sequences: all bills agree with the books.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    PayIn(u8, i64),
    Voucher(u8, i64),
    Use(u8, bool, i64, u32),
    Buy(u8, u32),
    GiveUp(u8),
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = prop_oneof![
        (1_u8..5, 1_i64..500).prop_map(|(who, cents)| Step::PayIn(who, cents)),
        (1_u8..5, 1_i64..500).prop_map(|(who, cents)| Step::Voucher(who, cents)),
        (1_u8..5, any::<bool>(), 1_i64..9_000, 0_u32..100_000)
            .prop_map(|(who, server, thousandths, ago)| Step::Use(who, server, thousandths, ago)),
        (1_u8..5, 1_u32..4).prop_map(|(who, months)| Step::Buy(who, months)),
        (1_u8..5).prop_map(Step::GiveUp),
        (0_u32..1_500_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(one, 1..25)
}

async fn take(sandbox: &Sandbox, step: Step) {
    match step {
        Step::PayIn(who, cents) => {
            pay_in(sandbox, &format!("customer-{who}"), &Amount::new(cents, 2).unwrap().to_string());
        }
        Step::Voucher(who, cents) => {
            let receivers: Vec<CustomerId> = vec![format!("customer-{who}").into()];
            let issue = IssueVouchers::new("quota-1", receivers, Amount::new(cents, 2).unwrap());
            client(sandbox, "distributor").send(&issue).await.unwrap();
        }
        Step::Use(who, server, thousandths, ago) => {
            let until = sandbox.clock().now() - Duration::from_secs(ago.into());
            let offer = if server { SERVER } else { TRAFFIC };
            let amount = Amount::new(thousandths, 3).unwrap();
            let from = until - Duration::from_secs(3600);
            let used =
                ResourceUse::new(format!("customer-{who}"), offer, amount).between(from.into(), until.into());
            // Who has owed money for long uses nothing more.
            if let Err(refusal) = sandbox.use_resource(used) {
                assert!(["CBC.99003626", "CBC.99003016"].contains(&refusal.code().as_str()), "{refusal}");
            }
        }
        Step::Buy(who, months) => {
            let line = NewLine::new(SERVER, Term::Months(months)).attached("SAS@cn-north-4", 40);
            let customer = format!("customer-{who}");
            pay_in(sandbox, &customer, "1000");
            let order = sandbox.place_order(NewOrder::new(&customer).line(line)).unwrap();
            client(sandbox, &customer).send(&PayOrder::new(&order)).await.unwrap();
        }
        Step::GiveUp(who) => {
            let customer = client(sandbox, &format!("customer-{who}"));
            let mine = customer.send(&ListSubscriptions::new()).await.unwrap();
            if let Some(server) = mine.data.first() {
                // What is being set up, what belongs to something and what is gone cannot be given up.
                let all =
                    Unsubscribe::new(vec![server.resource_id.clone()], UnsubscribeScope::ResourceAndRenewals);
                drop(customer.send(&all).await);
            }
        }
        Step::Wait(seconds) => sandbox.clock().advance(Duration::from_secs(seconds.into())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn all_bills_agree_with_the_books_whatever_happens(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::small_distributor().without_quotas();
            for step in steps {
                take(&sandbox, step).await;
                sandbox.audit().unwrap();
            }
            sandbox.clock().advance(days(1));
            let now = BillCycle::containing(sandbox.clock().now().into());
            let mut all = Amount::ZERO;
            for (customer, reseller) in [("customer-1", None), ("customer-2", Some("reseller-1")), ("customer-4", Some("reseller-2")), ("customer-3", Some("reseller-1"))] {
                let mut month = cycle("2026-05");
                while month <= now {
                    let fees = fees(&client(&sandbox, customer), month).await;
                    let sum = Amount::checked_sum(fees.iter().map(|row| row.consume_amount.unwrap())).unwrap();
                    assert_eq!(summary(&sandbox, customer, month).await, sum);
                    let seen = seen_by_partner(&sandbox, "distributor", reseller, customer, month).await;
                    assert_eq!(seen, (sum, sum));
                    all = all.checked_add(sum).unwrap();
                    month = month.next();
                }
            }
            let consumed = sandbox.snapshot().ledger().balance(&LedgerAccount::outside("consumption"));
            assert_eq!(consumed, all);
        });
    }
}
