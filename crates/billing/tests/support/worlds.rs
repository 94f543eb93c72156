//! Worlds of the sandbox with a month to be closed, and what their ledgers say about it.
#![allow(dead_code)] // each test binary uses a part

#[path = "../../examples/month_end/statement.rs"]
mod statement;

use std::time::Duration;

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    bills::{ListUsageRecords, UsageRecord},
    orders::{ListSubscriptions, PayOrder, Unsubscribe, UnsubscribeScope},
    partners::AllocateToCustomer,
    types::{Amount, BillCycle, UtcTime},
};
use huaweicloud_partner_sandbox::{
    LedgerAccount, NewLine, NewOrder, ResourceUse, Sandbox, SandboxEvent, Scenario, Term,
};
use time::OffsetDateTime;

const DAY: u64 = 24 * 3600;

/// A world with a month behind it.
pub struct World {
    pub sandbox: Sandbox,
    /// Id of the partner.
    pub partner: &'static str,
    pub cycle: BillCycle,
    pub customers: Vec<String>,
}

impl World {
    /// Returns the amount that all customers were charged, from the sandbox's ledger. Nothing but the month
    /// was charged in these worlds.
    pub fn consumed(&self) -> Amount {
        self.sandbox.audit().unwrap();
        self.sandbox.snapshot().ledger().balance(&LedgerAccount::outside("consumption"))
    }
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// A month that is final by the machine's clock: the one before the last.
pub fn month_before_last() -> BillCycle {
    BillCycle::containing(UtcTime::from(OffsetDateTime::now_utc())).previous().previous()
}

/// The third day of a month, nine in the morning in Beijing.
fn third_day(cycle: BillCycle) -> UtcTime {
    format!("{cycle}-03T01:00:00Z").parse().unwrap()
}

fn begin(accounts: &serde_json::Value, cycle: BillCycle) -> Sandbox {
    let scenario =
        serde_json::json!({"now": third_day(cycle).to_string(), "accounts": accounts, "events": []});
    Sandbox::from_scenario(Scenario::read(scenario.to_string().as_bytes()).unwrap()).unwrap()
}

fn recharge(sandbox: &Sandbox, account: &str, amount: u32) {
    sandbox.apply(SandboxEvent::Recharge { account: account.into(), amount: amount.into() }).unwrap();
}

fn use_it(sandbox: &Sandbox, customer: &str, offer: &str, much: &str) {
    sandbox.use_resource(ResourceUse::new(customer, offer, amount(much))).unwrap();
}

/// Lets a customer subscribe to servers and give one of them up some days later.
async fn subscribe(sandbox: &Sandbox, customer: &str, region: &str, gives_up: bool) {
    let client = sandbox.client(customer).unwrap();
    let line = NewLine::new(format!("c6.large.2.linux@{region}"), Term::Months(1))
        .attached(format!("SAS@{region}"), 40)
        .quantity(2);
    let order = sandbox.place_order(NewOrder::new(customer).line(line)).unwrap();
    client.send(&PayOrder::new(&order)).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(3600));
    if gives_up {
        let mine = client.send(&ListSubscriptions::new()).await.unwrap();
        let server = mine.data.first().unwrap().resource_id.clone();
        let end = Unsubscribe::new(vec![server], UnsubscribeScope::ResourceAndRenewals);
        client.send(&end).await.unwrap();
    }
}

/// A distributor on the China site with four resellers and forty customers, one of them referred. Their month has usage,
/// usage below a cent, vouchers, debts, orders, refunds, money granted by the distributor, and `rows` rows more.
pub async fn china(cycle: BillCycle, rows: u32) -> World {
    let mut accounts = vec![
        serde_json::json!({"id": "distributor", "kind": "distributor"}),
        serde_json::json!({"id": "referred", "kind": "customer", "associated_with": "distributor", "association_type": "1"}),
        serde_json::json!({"id": "own-{n}", "kind": "customer", "associated_with": "distributor", "repeat": 15}),
    ];
    let mut customers: Vec<String> = vec!["referred".into()];
    customers.extend((1..=15).map(|number| format!("own-{number}")));
    for reseller in 1..=4 {
        let id = format!("reseller-{reseller}");
        accounts.push(serde_json::json!({"id": id, "kind": "reseller", "associated_with": "distributor"}));
        accounts.push(
            serde_json::json!({"id": format!("r{reseller}-{{n}}"), "kind": "customer", "associated_with": id, "repeat": 6}),
        );
        customers.extend((1..=6).map(|number| format!("r{reseller}-{number}")));
    }
    let sandbox = begin(&accounts.into(), cycle).without_quotas();
    recharge(&sandbox, "distributor", 100_000);
    let partner = sandbox.client("distributor").unwrap();
    for (number, customer) in customers.iter().enumerate() {
        match number % 5 {
            // Without money: what it uses is owed.
            0 => {}
            1 => {
                let granted = AllocateToCustomer::new(customer.as_str(), Amount::from(50));
                if customer.starts_with("own") {
                    partner.send(&granted).await.unwrap();
                } else {
                    recharge(&sandbox, customer, 50);
                }
            }
            _ => recharge(&sandbox, customer, 2000),
        }
        if number % 7 == 3 {
            let (account, plan) = (customer.clone(), "spring".to_owned());
            sandbox
                .apply(SandboxEvent::GiveVoucher {
                    account,
                    amount: amount("1.50"),
                    plan,
                    kind: Default::default(),
                    limits: Default::default(),
                })
                .unwrap();
        }
        use_it(&sandbox, customer, "c6.large.2.linux@cn-north-4", &format!("{}.333", 1 + number * 3));
        use_it(&sandbox, customer, "12_bgp@cn-south-1", &format!("0.{:03}7", number * 13 % 1000));
        // Below a cent: a row of zero.
        use_it(&sandbox, customer, "12_bgp@cn-south-1", "0.0001");
    }
    for (number, customer) in customers.iter().enumerate() {
        if number % 5 == 2 {
            subscribe(&sandbox, customer, "cn-north-4", number % 2 == 0).await;
        }
    }
    World { sandbox, partner: "distributor", cycle, customers }.after_the_month(rows)
}

/// A solution provider on the international site with thirty customers of the Reseller model.
pub async fn international(cycle: BillCycle) -> World {
    let accounts = serde_json::json!([
        {"id": "provider", "kind": "solution_provider", "site": "international"},
        {"id": "c-{n}", "kind": "customer", "site": "international", "associated_with": "provider", "repeat": 30},
    ]);
    let sandbox = begin(&accounts, cycle).without_quotas();
    let quota = SandboxEvent::GrantConsumptionQuota { partner: "provider".into(), amount: 100_000.into() };
    sandbox.apply(quota).unwrap();
    let customers: Vec<String> = (1..=30).map(|number| format!("c-{number}")).collect();
    for (number, customer) in customers.iter().enumerate() {
        let budget = SandboxEvent::SetBudget { customer: customer.clone(), amount: 5000.into() };
        sandbox.apply(budget).unwrap();
        use_it(&sandbox, customer, "c6.large.2.linux@ap-southeast-1", &format!("{}.3331", 1 + number * 3));
        use_it(&sandbox, customer, "12_bgp@ap-southeast-3", &format!("0.{:03}7", number * 13 % 1000));
        use_it(&sandbox, customer, "12_bgp@ap-southeast-3", "0.00001");
        if number % 6 == 2 {
            subscribe(&sandbox, customer, "ap-southeast-1", number % 4 == 0).await;
        }
    }
    World { sandbox, partner: "provider", cycle, customers }.after_the_month(0)
}

impl World {
    /// Goes on to the eighth day of the month after, nine in the morning.
    fn after_the_month(self, rows: u32) -> Self {
        let end = self.cycle.next();
        let until = third_day(end).instant() + time::Duration::days(5);
        let passed = until - self.sandbox.clock_now();
        self.sandbox.clock().advance(Duration::try_from(passed).unwrap());
        if rows > 0 {
            self.sandbox.apply(SandboxEvent::FillMonth { cycle: self.cycle, rows }).unwrap();
        }
        self
    }

    /// Goes on to the machine's time.
    pub fn until_now(self) -> Self {
        let passed = OffsetDateTime::now_utc() - self.sandbox.clock_now();
        self.sandbox.clock().advance(Duration::try_from(passed).unwrap());
        self
    }

    /// The statement file that Huawei Cloud would deliver: made from the bills of the customers, in members of `per_member`
    /// rows.
    pub async fn statement(&self, per_member: usize) -> Vec<u8> {
        let mut records: Vec<UsageRecord> = Vec::new();
        for customer in &self.customers {
            let client = self.sandbox.client(customer).unwrap();
            let all: Vec<_> = client.items(ListUsageRecords::new(self.cycle)).try_collect().await.unwrap();
            records.extend(all);
        }
        statement::statement_of(self.partner, self.cycle, &records, per_member).unwrap()
    }
}

/// The time of a sandbox's clock.
trait ClockNow {
    fn clock_now(&self) -> OffsetDateTime;
}

impl ClockNow for Sandbox {
    fn clock_now(&self) -> OffsetDateTime {
        use huaweicloud_partner::clock::Clock as _;
        self.clock().now()
    }
}
