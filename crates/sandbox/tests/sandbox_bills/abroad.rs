//! The international site: what partners owe, invoices; enterprises.

use super::*;
use huaweicloud_partner::fill;

#[tokio::test]
async fn a_partners_bill_is_rounded_once_and_invoiced() {
    let sandbox = international(&Sandbox::small_distributor());
    for (customer, amount) in [("customer-1", "0.123"), ("customer-2", "1.7"), ("customer-4", "0.4567")] {
        pay_in(&sandbox, customer, "100");
        sandbox
            .use_resource(ResourceUse::new(customer, "c6.large.2.linux@ap-southeast-1", yuan(amount)))
            .unwrap();
    }
    let partner = client(&sandbox, "distributor");
    let none = partner.send(&ShowPartnerBill::new(may())).await.unwrap();
    assert_eq!(none.bill_cycle, None, "the running month has no bill");
    let invoices = async || {
        let now = UtcTime::from(sandbox.clock().now());
        let invoices = partner.items(ListInvoices::new(at("2026-01-01T00:00:00Z"), now));
        invoices.try_collect::<Vec<Invoice>>().await.unwrap()
    };
    assert!(invoices().await.is_empty());
    sandbox.clock().advance(days(30) + Duration::from_secs(4 * 3600));
    let bill = partner.send(&ShowPartnerBill::new(may())).await.unwrap();
    let mut rows = Amount::ZERO;
    for customer in ["customer-1", "customer-2", "customer-4"] {
        let own = client(&sandbox, customer);
        let usage: Vec<_> = own.items(ListUsageRecords::new(may())).try_collect().await.unwrap();
        assert!(usage.iter().all(|row| row.check_identities().is_empty()));
        let sum = Amount::checked_sum(usage.iter().map(|row| row.amount.unwrap())).unwrap();
        assert_eq!(sum, summary(&sandbox, customer, may()).await);
        rows = rows.checked_add(sum).unwrap();
    }
    // 2.2797 hours at 0.084 are 0.1914948 dollars.
    assert_eq!((rows, bill.consume_amount), (yuan("0.1914948"), Some(yuan("0.19"))));
    assert_eq!((bill.initial_amount_due, bill.adjustments), (Some(yuan("0.19")), Some(yuan("0"))));
    assert_eq!(bill.check_identities(), []);
    assert_eq!(bill.currency, Some(Currency::Usd));

    let made = invoices().await;
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].invoice_amount, Some(yuan("0.19")));
    assert_eq!(made[0].trade_type, Some(InvoiceTrade::PartnerSettlement));
    let invoice = fill!(Invoice { invoice_amount: Some(yuan("5")), ..Invoice::default() });
    let event = SandboxEvent::IssueInvoice { account: "distributor".to_owned(), invoice: Box::new(invoice) };
    let id = sandbox.apply(event.clone()).unwrap().unwrap();
    let second = ListInvoices::new(at("2026-01-01T00:00:00Z"), UtcTime::from(sandbox.clock().now()));
    let second = partner.send(&second.limit(1_u32).offset(2_u32)).await.unwrap();
    assert_eq!((second.count, &second.invoices[0].request_id), (Some(2), &id));
    let mut foreign = ListInvoices::new(at("2026-01-01T00:00:00Z"), at("2026-07-01T00:00:00Z"));
    foreign.domain_id = Some("customer-1".to_owned());
    assert_eq!(code(&partner.send(&foreign).await.unwrap_err()), ("CBC.0151", 403));
    let stored = serde_json::to_string(&event).unwrap();
    assert_eq!(serde_json::from_str::<SandboxEvent>(&stored).unwrap(), event);
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_a_partner_owes_is_what_it_is_billed() {
    let sandbox = Sandbox::international_provider();
    for (customer, amount) in [("customer-1", "10.123"), ("customer-2", "1.7")] {
        // Customers of the Reseller model have no money: their partner pays after the month.
        let used = ResourceUse::new(customer, "c6.large.2.linux@ap-southeast-3", yuan(amount));
        sandbox.use_resource(used).unwrap();
    }
    pay_in(&sandbox, "customer-6", "100");
    sandbox
        .use_resource(ResourceUse::new("customer-6", "c6.large.2.linux@ap-southeast-3", yuan("1")))
        .unwrap();
    sandbox.clock().advance(days(31));
    let bill = client(&sandbox, "provider").send(&ShowPartnerBill::new(may())).await.unwrap();
    assert_eq!(bill.check_identities(), []);
    let owed = sandbox.snapshot().ledger().balance(&LedgerAccount::payable("provider")).negated();
    assert_eq!(bill.initial_amount_due, Some(owed.rounded(2)));
    let quota = client(&sandbox, "provider")
        .send(&huaweicloud_partner::partners::ShowConsumptionQuota::new())
        .await
        .unwrap();
    assert_eq!(quota.due_amount, bill.initial_amount_due, "one amount, wherever it is asked for");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_master_sees_the_members_that_let_it() {
    let sandbox = Sandbox::enterprise();
    for account in ["master", "member-1", "member-2"] {
        pay_in(&sandbox, account, "100");
        sandbox.use_resource(ResourceUse::new(account, SERVER, yuan("1"))).unwrap();
    }
    let master = client(&sandbox, "master");
    let whose = async |query: ListFeeRecords| -> Vec<String> {
        let page = master.send(&query).await.unwrap();
        page.records.iter().map(|row| row.customer_id.to_string()).collect()
    };
    let query = || ListFeeRecords::new(may());
    assert_eq!(whose(query()).await, ["master", "member-2"]);
    assert_eq!(whose(query().method(RecordOwner::Caller)).await, ["master"]);
    let member = |id: &str| query().method(RecordOwner::Member).sub_customer_id(id);
    assert_eq!(whose(member("member-2")).await, ["member-2"]);
    assert_eq!(code(&master.send(&member("member-1")).await.unwrap_err()), ("CBC.0151", 403));
}
