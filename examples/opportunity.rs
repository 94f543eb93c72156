//! From a first talk to the incentive: one opportunity shared with Huawei Cloud.
//!
//! Run it with `cargo run --example opportunity`. It talks to no one: Partner Center has no interface for
//! this, so the record says what was done in the console, by which user and when, and what the published rules make
//! of it.

use std::error::Error;

use huaweicloud_partner::{
    opportunities::*,
    types::{Amount, Currency, UtcTime},
    workflow::*,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = RecordStore::in_memory(ChinaCalendar::published());
    let partner = Actor::new(Role::PartnerAdministrator, "Li Lei");
    let manager = Actor::new(Role::HuaweiPartnerManager, "Wang Fang");
    let owner = Actor::new(Role::HuaweiBusinessManager, "Zhao Min");
    let reviewer = Actor::new(Role::HuaweiReviewer, "Chen Jie");

    // After the first talk there is a draft, and the store says what the audit will ask for.
    let mut form = PoForm {
        customer: CustomerCompany { company: "Blue Harbour Logistics".into(), ..Default::default() },
        name: "Warehouse data lake".to_owned(),
        ..Default::default()
    };
    store.start("PO-1", on("2026-04-07", &partner, PoEvent::Draft(form.clone()))?).await?;
    println!("Still missing on PO-1:");
    for item in store.missing("PO-1")? {
        println!("  {:<24} {} ({})", item.field, item.detail, item.rule.id());
    }

    // The customer agrees, the form gets complete, and the opportunity goes to Huawei.
    form.description = Bant {
        budget: "CNY 800,000 granted for 2026".to_owned(),
        authority: "the CIO".into(),
        need: "one place for the data of 14 warehouses".to_owned(),
        timing: "order in June".to_owned(),
    };
    form.contact = Contact { name: "Han Meimei".into(), phone: "13900000000".into(), ..Default::default() };
    form.budget = Some(Amount::from(800_000));
    form.order_expected = Some("2026-06-15".parse()?);
    form.expected_revenue = Some(Amount::from(300_000));
    form.currency = Some(Currency::Cny);
    form.need_from = Some(NeedSource::OwnEffort);
    form.consent = Some(Consent { given_on: "2026-04-09".parse()?, given_by: "Han Meimei".into() });
    form.services = vec!["OBS".to_owned(), "DWS".to_owned()];
    form.offering = Some(Offering { name: "Lakehouse".to_owned(), kind: OfferingKind::BaselinePartnerLed });
    tell(store.apply("PO-1", on("2026-04-10", &partner, PoEvent::Submit(form))?).await?);

    // Huawei's part. From the audit on it has ten working days; the store keeps an eye on them.
    tell(store.apply("PO-1", on("2026-04-15", &manager, PoEvent::PassAudit)?).await?);
    for due in store.due(noon("2026-04-16")?, 10).await?.items {
        println!("  until {}: {}", due.deadline, due.key);
    }
    let found = Verification::CONFIRMED;
    tell(store.apply("PO-1", on("2026-04-27", &owner, PoEvent::Verify(found))?).await?);

    // Work, signature, delivery.
    let update = BusinessProgress { phase: "proof of concept".to_owned(), ..Default::default() };
    tell(store.apply("PO-1", on("2026-05-11", &partner, PoEvent::Progress(update))?).await?);
    let deal = SignedDeal { signed_on: "2026-06-15".parse()? };
    tell(store.apply("PO-1", on("2026-06-16", &partner, PoEvent::Sign(deal))?).await?);
    tell(store.apply("PO-1", on("2026-09-30", &partner, PoEvent::Deliver)?).await?);

    // The incentive: applied for, published, confirmed, paid.
    let project = IncentiveProject {
        customer: CustomerCompany { company: "Blue Harbour".into(), ..Default::default() },
        starts_on: "2026-06-16".parse()?,
        delivered_on: "2026-09-30".parse()?,
        verified_on: None,
        offerings: vec!["Lakehouse".to_owned()],
        orders: vec!["CS2606".to_owned()],
        paid_by: "Blue Harbour".into(),
    };
    let application = IncentiveApplication {
        opportunity: "PO-1".into(),
        on_core_map: true,
        excluded_this_year: false,
        project: Some(project),
        new_customer: Some(NewEnterpriseCustomer {
            first_authenticated_on: "2026-02-10".parse()?,
            cash_paid_before_cny: Amount::ZERO,
        }),
    };
    tell(store.start("OI-1", on("2026-10-09", &partner, IncentiveEvent::Apply(application))?).await?);
    tell(store.apply("OI-1", on("2026-10-20", &reviewer, IncentiveEvent::Approve)?).await?);
    let published = PublishedIncentive { amount: "9000.00".parse()?, currency: Currency::Cny };
    tell(store.apply("OI-1", on("2026-11-03", &reviewer, IncentiveEvent::Publish(published))?).await?);
    tell(store.apply("OI-1", on("2026-11-04", &partner, IncentiveEvent::Confirm)?).await?);
    tell(store.apply("OI-1", on("2026-11-05", &partner, IncentiveEvent::RequestPayout)?).await?);
    tell(store.apply("OI-1", on("2026-11-12", &reviewer, IncentiveEvent::Complete)?).await?);
    Ok(())
}

/// Noon in Beijing.
fn noon(day: &str) -> Result<UtcTime, Box<dyn Error>> {
    Ok(format!("{day}T12:00:00+08:00").parse()?)
}

fn on<E>(day: &str, by: &Actor, event: E) -> Result<LoggedEvent<E>, Box<dyn Error>> {
    Ok(LoggedEvent::new(noon(day)?, by.clone(), event))
}

fn tell(applied: EventReceipt) {
    println!("{} is now {}", applied.id, applied.state);
}
