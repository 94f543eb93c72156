//! MDF against the published tables and rules: each row of the table and each checkable rule by its number.

mod rules;

use crate::common::*;
use huaweicloud_partner::{
    mdf::*,
    types::{Amount, Currency},
    workflow::*,
};

const PARTNER: Role = Role::PartnerAdministrator;
const REVIEWER: Role = Role::HuaweiReviewer;
const SYSTEM: Role = Role::System;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn activity(starts_on: &str, ends_on: &str) -> Activity {
    Activity {
        kind: ActivityKind::EndUserEvent,
        audience: "logistics companies".to_owned(),
        location: "Hangzhou".to_owned(),
        department: "marketing".to_owned(),
        starts_on: day(starts_on),
        ends_on: day(ends_on),
    }
}

fn plan() -> Plan {
    let gifts = BudgetItem {
        each_cny: Some(Amount::from(200)),
        ..BudgetItem::new("gifts", ExpenseCategory::GiftsAtActivity, 4000)
    };
    Plan {
        quota: Some("Q-1".into()),
        name: "Harbour day".to_owned(),
        partner: "Example Cloud Ltd".to_owned(),
        activities: vec![activity("2026-06-10", "2026-06-11")],
        expected_leads: Some(30),
        expected_opportunities: Some(4),
        budget: vec![BudgetItem::new("venue", ExpenseCategory::Events, 20_000), gifts],
        currency: Some(Currency::Cny),
        agreement_accepted: true,
        ..Default::default()
    }
}

/// A claim with all its evidence, for every expense of the plan.
fn claim_for(plan: &Plan) -> Claim {
    let mut claim = Claim::as_planned(plan);
    claim.summary = "Two days in Hangzhou, 34 leads".to_owned();
    claim.standing = Some(ClaimantStanding {
        program: PartnerKind::SolutionProvider,
        business_information_authenticated: true,
        unpaid_cycles: Vec::new(),
    });
    claim.materials = vec![
        Material::new(MaterialKind::OnSitePhoto, "stage.jpg"),
        Material::new(MaterialKind::AttendeeList, "attendees.xlsx"),
    ];
    for number in 0..plan.activities.len() {
        claim.materials.push(Material::of_activity(MaterialKind::ExecutionProof, "day.jpg", number));
    }
    for item in &claim.expenses {
        let id = &item.id;
        claim.materials.push(Material::of_item(MaterialKind::PurchasePhoto, "bought.jpg", id));
        if item.category.is_gift() {
            claim.materials.push(Material::of_item(MaterialKind::GiftPhoto, "gifts.jpg", id));
        }
        if item.category == ExpenseCategory::Media {
            claim.materials.push(Material::of_item(MaterialKind::PublicitySummary, "media.pdf", id));
        }
        claim.receipts.push(SealedReceipt {
            items: vec![id.clone()],
            file: "receipt.pdf".to_owned(),
            differs: false,
            explanation: String::new(),
            confirmation_mail: String::new(),
        });
        claim.invoices.push(ClaimInvoice {
            number: format!("{} {id}", plan.name),
            title: plan.partner.clone(),
            amount: item.amount,
            items: vec![id.clone()],
            file: "invoice.pdf".to_owned(),
        });
    }
    claim
}

fn comments() -> Comments {
    Comments { comments: "see the budget".to_owned() }
}

fn invoice() -> MailedInvoice {
    MailedInvoice {
        number: "24000001".to_owned(),
        supplier: "Example Cloud Ltd".to_owned(),
        amount: Amount::from(24_000),
        number_on_print: true,
        mailed_on: day("2026-07-05"),
    }
}

fn make(event: &str) -> LoggedEvent<ApplicationEvent> {
    use ApplicationEvent::*;
    let (on, role, event) = match event {
        "draft" => ("2026-05-08", PARTNER, Draft(plan())),
        "submit" => ("2026-05-11", PARTNER, Submit(plan())),
        "approve" => ("2026-05-15", REVIEWER, Approve),
        "reject" => ("2026-05-15", REVIEWER, Reject(comments())),
        "cancel" => ("2026-05-18", PARTNER, Cancel),
        "delete" => ("2026-05-19", PARTNER, Delete),
        "hold_activity" => {
            ("2026-06-01", PARTNER, HoldActivity(ActivityHeld { on_marketing_platform: true }))
        }
        "claim" => ("2026-06-20", PARTNER, Claim(claim_for(&plan()))),
        "approve_claim" => ("2026-07-01", REVIEWER, ApproveClaim),
        "reject_claim" => ("2026-07-01", REVIEWER, RejectClaim(comments())),
        "expire" => ("2026-08-16", SYSTEM, Expire),
        "mail_invoice" => ("2026-07-06", PARTNER, MailInvoice(invoice())),
        "pay" => ("2026-07-30", REVIEWER, Pay(Payment { amount: Amount::from(24_000) })),
        "block" => ("2026-07-01", SYSTEM, Block(Overdue { cycles: vec!["2026-05".parse().unwrap()] })),
        "unblock" => ("2026-07-03", SYSTEM, Unblock),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

const APPROVED: &str = "draft submit approve";

fn application(path: &str) -> Record<Application> {
    walk(Site::China, path, make)
}

#[test]
fn application_table() {
    use ApplicationState::*;
    let table = [
        ("", "draft", Draft),
        ("draft", "draft", Draft),
        ("draft", "submit", UnderReview),
        ("draft submit", "approve", Approved),
        ("draft submit", "reject", Rejected),
        ("draft submit reject", "submit", UnderReview),
        ("draft submit", "cancel", Cancelled),
        ("draft submit approve", "cancel", Cancelled),
        ("draft submit cancel", "draft", Draft),
        ("draft submit cancel", "delete", Deleted),
        ("draft submit approve", "hold_activity", ActivityHeld),
        ("draft submit approve", "claim", ClaimUnderReview),
        ("draft submit approve hold_activity", "claim", ClaimUnderReview),
        ("draft submit approve claim", "approve_claim", ClaimApproved),
        ("draft submit approve claim", "reject_claim", ClaimRejected),
        ("draft submit approve claim reject_claim", "claim", ClaimUnderReview),
        ("draft submit approve claim reject_claim", "expire", ClaimExpired),
        ("draft submit approve claim approve_claim", "mail_invoice", InvoiceMailed),
        ("draft submit approve claim approve_claim mail_invoice", "pay", Paid),
        // "any claim" is blocked by overdue bills, and goes on where it was.
        ("draft submit approve", "block", Blocked),
        ("draft submit approve hold_activity", "block", Blocked),
        ("draft submit approve claim", "block", Blocked),
        ("draft submit approve claim reject_claim", "block", Blocked),
        ("draft submit approve claim approve_claim", "block", Blocked),
        ("draft submit approve claim approve_claim mail_invoice", "block", Blocked),
        ("draft submit approve block", "unblock", Approved),
        ("draft submit approve hold_activity block", "unblock", ActivityHeld),
        ("draft submit approve claim block", "unblock", ClaimUnderReview),
        ("draft submit approve claim reject_claim block", "unblock", ClaimRejected),
        ("draft submit approve claim approve_claim block", "unblock", ClaimApproved),
        ("draft submit approve claim approve_claim mail_invoice block", "unblock", InvoiceMailed),
    ];
    check_table::<Application>(&table, make, ApplicationState::ALL.len());
}

#[test]
fn quota_table() {
    let make = |event: &str| match event {
        "grant" => grant("100000"),
        "change" => step("2026-02-01", REVIEWER, QuotaEvent::Change(QuotaChange { amount: Amount::from(5) })),
        "withdraw" => step("2026-03-01", REVIEWER, QuotaEvent::Withdraw(comments())),
        other => panic!("{other}"),
    };
    let table = [
        ("", "grant", QuotaState::Granted),
        ("grant", "change", QuotaState::Granted),
        ("grant", "withdraw", QuotaState::Withdrawn),
    ];
    check_table::<Quota>(&table, make, QuotaState::ALL.len());
}

fn submit_in(
    site: Site,
    on: &str,
    change: impl FnOnce(&mut Plan),
) -> Result<Record<Application>, EventRefused> {
    let mut changed = plan();
    change(&mut changed);
    let draft = walk(site, "draft", make);
    apply(&draft, step(on, PARTNER, ApplicationEvent::Submit(changed)))
}

fn submit(change: impl FnOnce(&mut Plan)) -> Result<Record<Application>, EventRefused> {
    submit_in(Site::China, "2026-05-11", change)
}

fn claim_on(
    record: &Record<Application>,
    on: &str,
    change: impl FnOnce(&mut Claim),
) -> Result<Record<Application>, EventRefused> {
    let mut claim = claim_for(&record.facts().plan);
    change(&mut claim);
    apply(record, step(on, PARTNER, ApplicationEvent::Claim(claim)))
}

fn claim(change: impl FnOnce(&mut Claim)) -> Result<Record<Application>, EventRefused> {
    claim_on(&application(APPROVED), "2026-06-20", change)
}
