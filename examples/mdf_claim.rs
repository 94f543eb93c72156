//! From nothing to money: a customer day paid by the market development fund.
//!
//! Run it with `cargo run --example mdf_claim`. It talks to no one: Partner Center has no interface for this,
//! so the records say what was done in the console, by which user and when, and what the published rules make of
//! it.

use std::error::Error;

use huaweicloud_partner::{
    mdf::*,
    types::{Amount, Currency, UtcTime},
    workflow::*,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = RecordStore::in_memory(ChinaCalendar::published());
    let partner = Actor::new(Role::PartnerAdministrator, "Li Lei");
    let reviewer = Actor::new(Role::HuaweiReviewer, "Chen Jie");

    // A leading solution provider of the China site has CNY 150,000 a year.
    let grant = MdfGrant {
        partner: None,
        benefit: "CSP, leading tier".to_owned(),
        amount: Amount::from(150_000),
        currency: Currency::Cny,
    };
    store.start("Q-1", on("2026-04-01", &reviewer, QuotaEvent::Grant(grant))?).await?;

    // The plan. The store says until when it has to be submitted.
    let gifts = BudgetItem {
        each_cny: Some(Amount::from(180)),
        ..BudgetItem::new("gifts", ExpenseCategory::GiftsAtActivity, 9_000)
    };
    let plan = Plan {
        quota: Some("Q-1".into()),
        name: "Harbour day".to_owned(),
        partner: "Example Cloud Ltd".to_owned(),
        activities: vec![Activity {
            kind: ActivityKind::EndUserEvent,
            audience: "logistics companies".to_owned(),
            location: "Ningbo".to_owned(),
            department: "marketing".to_owned(),
            starts_on: "2026-05-20".parse()?,
            ends_on: "2026-05-21".parse()?,
        }],
        expected_leads: Some(30),
        expected_opportunities: Some(4),
        budget: vec![BudgetItem::new("venue", ExpenseCategory::Events, 80_000), gifts],
        currency: Some(Currency::Cny),
        agreement_accepted: true,
        ..Default::default()
    };
    store.start("A-1", on("2026-04-13", &partner, ApplicationEvent::Draft(plan.clone()))?).await?;
    due(&store, "2026-04-24").await?;
    tell(store.apply("A-1", on("2026-04-14", &partner, ApplicationEvent::Submit(plan.clone()))?).await?);
    tell(store.apply("A-1", on("2026-04-20", &reviewer, ApplicationEvent::Approve)?).await?);

    // The checklist to take along to the activity.
    println!("\nEvidence that a claim will need:");
    for item in store.missing("A-1")? {
        println!("  {:<24} {} ({})", item.field, item.detail, item.rule.id());
    }

    // A first claim, made in a hurry: everything that is wrong comes back at once.
    let premature = Claim::as_planned(&plan);
    match store.apply("A-1", on("2026-05-20", &partner, ApplicationEvent::Claim(premature))?).await {
        Err(StoreError::Refused(refused)) => println!("\nRefused for {} reasons", refused.violations.len()),
        other => println!("unexpected: {other:?}"),
    }

    // The claim as it should be. The hall was cheaper than planned.
    let mut claim = Claim::as_planned(&plan);
    for item in claim.expenses.iter_mut().filter(|item| item.id == "venue") {
        (item.amount, item.mdf_amount) = ("78500.00".parse()?, "78500.00".parse()?);
    }
    claim.summary = "Two days in Ningbo, 112 guests, 34 leads, 5 opportunities".to_owned();
    claim.standing = Some(ClaimantStanding {
        program: PartnerKind::SolutionProvider,
        business_information_authenticated: true,
        unpaid_cycles: Vec::new(),
    });
    claim.invoices =
        vec![invoice("26000117", "78500.00", "venue")?, invoice("26000242", "9000.00", "gifts")?];
    claim.receipts = vec![SealedReceipt {
        items: vec!["venue".to_owned(), "gifts".to_owned()],
        file: "receipts.pdf".to_owned(),
        differs: false,
        explanation: String::new(),
        confirmation_mail: String::new(),
    }];
    claim.materials = vec![
        Material::new(MaterialKind::OnSitePhoto, "stage.jpg"),
        Material::new(MaterialKind::AttendeeList, "guests.xlsx"),
        Material::of_item(MaterialKind::PurchasePhoto, "hall.jpg", "venue"),
        Material::of_item(MaterialKind::PurchasePhoto, "bags.jpg", "gifts"),
        Material::of_item(MaterialKind::GiftPhoto, "handing-over.jpg", "gifts"),
    ];
    tell(store.apply("A-1", on("2026-06-03", &partner, ApplicationEvent::Claim(claim))?).await?);
    tell(store.apply("A-1", on("2026-06-17", &reviewer, ApplicationEvent::ApproveClaim)?).await?);
    due(&store, "2026-06-18").await?;

    // Invoice and money.
    let invoice = MailedInvoice {
        number: "26000311".to_owned(),
        supplier: "Example Cloud Ltd".to_owned(),
        amount: "87500.00".parse()?,
        number_on_print: true,
        mailed_on: "2026-06-24".parse()?,
    };
    tell(store.apply("A-1", on("2026-06-24", &partner, ApplicationEvent::MailInvoice(invoice))?).await?);
    let payment = Payment { amount: "87500.00".parse()? };
    tell(store.apply("A-1", on("2026-07-10", &reviewer, ApplicationEvent::Pay(payment))?).await?);
    for money in store.mdf_quotas() {
        let QuotaMoney { quota, granted, paid, free, currency, .. } = money;
        println!("\n{quota}: {granted} {currency} granted, {paid} paid, {free} free for the next activity");
    }
    Ok(())
}

fn invoice(number: &str, amount: &str, item: &str) -> Result<ClaimInvoice, Box<dyn Error>> {
    Ok(ClaimInvoice {
        number: number.to_owned(),
        title: "Example Cloud Ltd".to_owned(),
        amount: amount.parse()?,
        items: vec![item.to_owned()],
        file: format!("{number}.pdf"),
    })
}

/// Noon in Beijing.
fn noon(day: &str) -> Result<UtcTime, Box<dyn Error>> {
    Ok(format!("{day}T12:00:00+08:00").parse()?)
}

fn on<E>(day: &str, by: &Actor, event: E) -> Result<LoggedEvent<E>, Box<dyn Error>> {
    Ok(LoggedEvent::new(noon(day)?, by.clone(), event))
}

async fn due(store: &RecordStore, day: &str) -> Result<(), Box<dyn Error>> {
    for due in store.due(noon(day)?, 12).await?.items {
        println!("  until {}: {}", due.deadline, due.key);
    }
    Ok(())
}

fn tell(applied: EventReceipt) {
    println!("{} is now {}", applied.id, applied.state);
}
