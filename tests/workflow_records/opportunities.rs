//! Opportunities against the published tables and rules: each row of a table and each checkable rule by its number.

use crate::common::*;
use huaweicloud_partner::{
    opportunities::*,
    types::{Amount, Currency},
    workflow::*,
};
use proptest::prelude::*;

fn company() -> CustomerCompany {
    CustomerCompany {
        company: "Blue Harbour Logistics".into(),
        account: Some("c-100".into()),
        ..Default::default()
    }
}

fn form() -> PoForm {
    PoForm {
        customer: company(),
        name: "Warehouse data lake".to_owned(),
        description: Bant {
            budget: "granted for 2026".to_owned(),
            authority: "the CIO".into(),
            need: "one place for the data of 14 warehouses".to_owned(),
            timing: "order in June".to_owned(),
        },
        contact: Contact { name: "Han Meimei".into(), phone: "13900000000".into(), ..Default::default() },
        budget: Some(Amount::from(800_000)),
        order_expected: Some(day("2026-06-15")),
        expected_revenue: Some(Amount::from(300_000)),
        currency: Some(Currency::Cny),
        need_from: Some(NeedSource::OwnEffort),
        consent: Some(Consent { given_on: day("2026-03-01"), given_by: "Han Meimei".into() }),
        services: vec!["OBS".to_owned()],
        ..Default::default()
    }
}

fn offering() -> Offering {
    Offering { name: "Lakehouse".to_owned(), kind: OfferingKind::BaselinePartnerLed }
}

fn reason(text: &str) -> Reason {
    Reason { reason: text.to_owned() }
}

const MAIN: Role = Role::PartnerAdministrator;
const PDM: Role = Role::HuaweiPartnerManager;
const BD: Role = Role::HuaweiBusinessManager;
const SYSTEM: Role = Role::System;
const REVIEWER: Role = Role::HuaweiReviewer;

/// Steps of a PO by event name, at times at which each is allowed.
fn po_step(event: &str) -> LoggedEvent<PoEvent> {
    let (at, role, event) = match event {
        "draft" => ("2026-03-02", MAIN, PoEvent::Draft(form())),
        "delete" => ("2026-03-02", MAIN, PoEvent::Delete),
        "submit_without_account" => {
            let mut form = form();
            form.customer.account = None;
            ("2026-03-03", MAIN, PoEvent::Submit(form))
        }
        "release_customer" => ("2026-04-02", SYSTEM, PoEvent::ReleaseCustomer),
        "submit" => ("2026-03-03", MAIN, PoEvent::Submit(form())),
        "pass_audit" => ("2026-03-04", PDM, PoEvent::PassAudit),
        "reject" => (
            "2026-03-05",
            PDM,
            PoEvent::Reject(Rejection { ground: RejectionGround::Incomplete, comment: String::new() }),
        ),
        "verify" => ("2026-03-10", BD, PoEvent::Verify(Verification::CONFIRMED)),
        "expire" => ("2026-03-19", SYSTEM, PoEvent::Expire),
        "cancel" => ("2026-03-20", BD, PoEvent::Cancel(reason("customer stopped the project"))),
        "progress" => ("2026-04-01", MAIN, PoEvent::Progress(BusinessProgress::default())),
        "change_offering" => ("2026-04-01", PDM, PoEvent::ChangeOffering(offering())),
        "sign" => ("2026-06-20", MAIN, PoEvent::Sign(SignedDeal { signed_on: day("2026-06-15") })),
        "deliver" => ("2026-09-01", MAIN, PoEvent::Deliver),
        other => panic!("{other}"),
    };
    step(at, role, event)
}

fn ho_step(event: &str) -> LoggedEvent<HoEvent> {
    let (at, role, event) = match event {
        "share" => ("2026-03-02", PDM, HoEvent::Share(offer("2026-03-02"))),
        "accept" => ("2026-03-05", MAIN, HoEvent::Accept(HoAcceptance::default())),
        "reject" => ("2026-03-05", MAIN, HoEvent::Reject(reason("the customer has no such project"))),
        "expire" => ("2026-03-06", SYSTEM, HoEvent::Expire),
        "progress" => ("2026-04-01", MAIN, HoEvent::Progress(BusinessProgress::default())),
        "deliver" => ("2026-09-01", MAIN, HoEvent::Deliver),
        other => panic!("{other}"),
    };
    step(at, role, event)
}

fn offer(created: &str) -> HoOffer {
    HoOffer {
        customer: company(),
        name: "warehouse data-lake".to_owned(),
        counts_from: Some(HoTime::CrmCreation(at(created))),
        ..Default::default()
    }
}

fn application() -> IncentiveApplication {
    IncentiveApplication {
        opportunity: "PO-1".into(),
        on_core_map: true,
        excluded_this_year: false,
        project: Some(IncentiveProject {
            customer: company(),
            starts_on: day("2026-03-11"),
            delivered_on: day("2026-09-01"),
            verified_on: Some(day("2026-03-10")),
            offerings: vec!["Lakehouse".to_owned()],
            orders: vec!["CS2603".to_owned()],
            paid_by: "".into(),
        }),
        new_customer: None,
    }
}

fn incentive_step(event: &str) -> LoggedEvent<IncentiveEvent> {
    let (role, event) = match event {
        "apply" => (MAIN, IncentiveEvent::Apply(application())),
        "approve" => (REVIEWER, IncentiveEvent::Approve),
        "reject" => (REVIEWER, IncentiveEvent::Reject(reason("no"))),
        "publish" => {
            let published = PublishedIncentive { amount: Amount::from(9000), currency: Currency::Cny };
            (REVIEWER, IncentiveEvent::Publish(published))
        }
        "confirm" => (MAIN, IncentiveEvent::Confirm),
        "report_problem" => (MAIN, IncentiveEvent::ReportProblem(reason("one order is missing"))),
        "request_payout" => (MAIN, IncentiveEvent::RequestPayout),
        "complete" => (REVIEWER, IncentiveEvent::Complete),
        other => panic!("{other}"),
    };
    step("2026-10-01", role, event)
}

fn report_form() -> ReportForm {
    ReportForm {
        customer: company(),
        relation: Some(CustomerRelation::Associated),
        name: "Backup".to_owned(),
        expected_monthly_revenue: Some(Amount::from(2000)),
        currency: Some(Currency::Cny),
        ..Default::default()
    }
}

fn report_step(event: &str) -> LoggedEvent<ReportEvent> {
    let event = match event {
        "create" => ReportEvent::Create(report_form()),
        "modify" => ReportEvent::Modify(report_form()),
        "progress" => ReportEvent::Progress(BusinessProgress::default()),
        other => panic!("{other}"),
    };
    step("2026-03-02", Role::AccountManager, event)
}

#[test]
fn po_table() {
    use PoState::*;
    let table = [
        ("", "draft", Draft),
        ("draft", "draft", Draft),
        ("draft", "delete", Deleted),
        ("", "submit", UnderAudit),
        ("draft", "submit", UnderAudit),
        ("submit", "pass_audit", AuditPassed),
        ("submit", "reject", Rejected),
        ("submit pass_audit", "verify", Verified),
        ("submit pass_audit", "reject", Rejected),
        ("submit pass_audit", "expire", Rejected),
        ("submit pass_audit verify", "cancel", Cancelled),
        ("submit_without_account pass_audit", "release_customer", Released),
        ("submit_without_account pass_audit verify", "release_customer", Released),
        ("submit_without_account pass_audit verify progress", "release_customer", Released),
        ("submit pass_audit verify", "progress", InProgress),
        ("submit pass_audit verify progress", "progress", InProgress),
        ("submit pass_audit verify progress", "sign", DealSigned),
        ("submit pass_audit verify progress sign", "deliver", Delivered),
        // Not rows of the table, but stated beside it: updates go on until delivery, Huawei may change the offering.
        ("submit pass_audit verify progress sign", "progress", DealSigned),
        ("submit", "change_offering", UnderAudit),
        ("submit pass_audit", "change_offering", AuditPassed),
        ("submit pass_audit verify", "change_offering", Verified),
        ("submit pass_audit verify progress", "change_offering", InProgress),
    ];
    check_table::<Po>(&table, po_step, PoState::ALL.len());
}

#[test]
fn ho_table() {
    use HoState::*;
    let table = [
        ("", "share", ToBeAccepted),
        ("share", "accept", Accepted),
        ("share", "reject", RejectedByPartner),
        ("share", "expire", TakenBack),
        ("share accept", "progress", InProgress),
        ("share accept progress", "progress", InProgress),
        ("share accept progress", "deliver", Delivered),
    ];
    check_table::<Ho>(&table, ho_step, HoState::ALL.len());
}

#[test]
fn incentive_table() {
    use IncentiveState::*;
    let table = [
        ("", "apply", UnderReview),
        ("apply", "approve", Approved),
        ("apply", "reject", Rejected),
        ("apply approve", "publish", Published),
        ("apply approve publish", "confirm", Confirmed),
        ("apply approve publish", "report_problem", FeedbackRaised),
        // The way back is not documented.
        ("apply approve publish report_problem", "publish", Published),
        ("apply approve publish confirm", "request_payout", PayoutRequested),
        ("apply approve publish confirm request_payout", "complete", Completed),
    ];
    check_table::<Incentive>(&table, incentive_step, IncentiveState::ALL.len());
}

#[test]
fn report_table() {
    let table = [
        ("", "create", ReportState::Created),
        ("create", "modify", ReportState::Created),
        ("create", "progress", ReportState::Created),
    ];
    check_table::<BusinessReport>(&table, report_step, ReportState::ALL.len());
}

fn po(path: &str) -> Record<Po> {
    walk(Site::China, path, po_step)
}

fn submit(change: impl FnOnce(&mut PoForm)) -> Result<Record<Po>, EventRefused> {
    let mut changed = form();
    change(&mut changed);
    apply(&Record::new("PO-1", Site::China), step("2026-03-03", MAIN, PoEvent::Submit(changed)))
}

#[test]
fn rule_1_only_the_main_account() {
    for role in [Role::PartnerMember, Role::AccountManager, Role::AccountDirector] {
        let step = step("2026-03-03", role, PoEvent::Submit(form()));
        assert_broken(apply(&Record::<Po>::new("PO-1", Site::China), step), &[("opportunity.1", "by.role")]);
    }
    let ho: Record<Ho> = walk(Site::China, "share", ho_step);
    let accept = step("2026-03-03", Role::PartnerMember, HoEvent::Accept(HoAcceptance::default()));
    assert_broken(apply(&ho, accept), &[("opportunity.1", "by.role")]);
}

#[test]
fn rules_2_to_6_every_missing_item_at_once() {
    let empty = Record::<Po>::new("PO-1", Site::China);
    let refused = apply(&empty, step("2026-03-03", MAIN, PoEvent::Submit(PoForm::default())));
    let all = [
        ("opportunity.2", "customer.company"),
        ("opportunity.2", "name"),
        ("opportunity.2", "description.budget"),
        ("opportunity.2", "description.authority"),
        ("opportunity.2", "description.need"),
        ("opportunity.2", "description.timing"),
        ("opportunity.2", "currency"),
        ("opportunity.6", "contact.name"),
        ("opportunity.6", "contact"),
        ("opportunity.6", "budget"),
        ("opportunity.6", "order_expected"),
        ("opportunity.3", "expected_revenue"),
        ("opportunity.3", "services"),
        ("opportunity.4", "need_from"),
        ("opportunity.5", "consent"),
    ];
    assert_broken(refused, &all);

    // A draft takes anything and tells the same list.
    let draft = apply(&empty, step("2026-03-03", MAIN, PoEvent::Draft(PoForm::default()))).unwrap();
    let missing: Vec<_> =
        draft.missing().iter().map(|m| (m.rule.id().to_owned(), m.field.to_string())).collect();
    assert_eq!(missing, all.map(|(rule, field)| (rule.to_owned(), field.to_owned())));
    let form = PoForm { consent: None, ..form() };
    let draft = apply(&draft, step("2026-03-04", MAIN, PoEvent::Draft(form))).unwrap();
    assert_eq!(draft.missing().len(), 1);
}

#[test]
fn rule_3_revenue_is_above_zero() {
    assert_broken(
        submit(|form| form.expected_revenue = Some(Amount::ZERO)),
        &[("opportunity.3", "expected_revenue")],
    );
    submit(|form| (form.services, form.offering) = (Vec::new(), Some(offering()))).unwrap();
}

#[test]
fn rule_4_no_tender_hearsay_or_guess() {
    for source in [NeedSource::PublicTender, NeedSource::Hearsay, NeedSource::Guess] {
        assert_broken(submit(|form| form.need_from = Some(source)), &[("opportunity.4", "need_from")]);
    }
}

#[test]
fn rule_5_consent_comes_first() {
    let later = Consent { given_on: day("2026-03-04"), given_by: "Han Meimei".into() };
    assert_broken(submit(|form| form.consent = Some(later)), &[("opportunity.5", "consent.given_on")]);
}

#[test]
fn rule_6_a_person_that_can_be_reached_and_a_budget() {
    assert_broken(submit(|form| form.contact.phone = "".into()), &[("opportunity.6", "contact")]);
    submit(|form| (form.contact.phone, form.contact.email) = ("".into(), "han@example.com".into())).unwrap();
    assert_broken(submit(|form| form.budget = Some(Amount::from(-1))), &[("opportunity.6", "budget")]);
}

#[test]
fn rule_7_the_customer_confirms() {
    let found = Verification { opportunity_open: false, budget_and_order_time: false, brings_revenue: false };
    assert_broken(
        apply(&po("submit pass_audit"), step("2026-03-10", BD, PoEvent::Verify(found))),
        &[
            ("opportunity.7", "opportunity_open"),
            ("opportunity.7", "budget_and_order_time"),
            ("opportunity.7", "brings_revenue"),
        ],
    );
}

fn desk_with(pos: &[(&str, &str)]) -> Store {
    let desk = Store::in_memory(ChinaCalendar::published());
    for (id, path) in pos {
        for (number, event) in path.split_whitespace().enumerate() {
            if number == 0 {
                desk.start(*id, Site::China, po_step(event)).unwrap();
            } else {
                desk.apply(*id, po_step(event)).unwrap();
            }
        }
    }
    desk
}

#[test]
fn rule_8_of_two_pos_the_verified_one_stands() {
    let desk = desk_with(&[("PO-1", "submit pass_audit"), ("PO-2", "submit pass_audit")]);
    let open = desk.duplicates("PO-1").unwrap();
    assert_eq!(
        (open[0].id.as_str(), open[0].finding.winner, open[0].finding.certain),
        ("PO-2", Winner::Undecided, true)
    );

    desk.apply("PO-2", po_step("verify")).unwrap();
    let found = desk.duplicates("PO-1").unwrap();
    assert_eq!((found[0].finding.winner, found[0].finding.rule.id()), (Winner::Other, "opportunity.8"));
    assert_eq!(desk.duplicates("PO-2").unwrap()[0].finding.winner, Winner::This);
    let refused = desk.apply("PO-1", po_step("verify")).unwrap_err();
    assert!(matches!(refused, StoreError::Refused(refused) if refused.violates("opportunity.8")));

    // A rejected one is no one's rival any more.
    let reject = Rejection { ground: RejectionGround::Duplicate, comment: "PO-2 stands".to_owned() };
    desk.apply("PO-1", step("2026-03-12", PDM, PoEvent::Reject(reject))).unwrap();
    assert_eq!(desk.duplicates("PO-2").unwrap(), []);
}

#[test]
fn rule_8_between_po_and_ho_the_earlier_stands() {
    // The audit of the PO passed on 2026-03-04.
    for (created, ho_stands) in [("2026-03-03", true), ("2026-03-05", false)] {
        let desk = desk_with(&[("PO-1", "submit pass_audit")]);
        let share = step("2026-03-06", PDM, HoEvent::Share(offer(created)));
        let applied = desk.start("HO-1", Site::China, share).unwrap();
        assert_eq!(applied.duplicates[0].id.as_str(), "PO-1");
        let verify = desk.apply("PO-1", po_step("verify"));
        let accept = desk.apply("HO-1", step("2026-03-10", MAIN, HoEvent::Accept(HoAcceptance::default())));
        assert_eq!((verify.is_err(), accept.is_err()), (ho_stands, !ho_stands), "{created}");
        let lost = if ho_stands { verify } else { accept };
        assert!(matches!(lost, Err(StoreError::Refused(refused)) if refused.violates("opportunity.8")));
    }
    // A PO whose audit has not passed yet comes later than any HO that exists.
    let desk = desk_with(&[("PO-1", "submit")]);
    desk.start("HO-1", Site::China, step("2026-03-06", PDM, HoEvent::Share(offer("2026-03-06")))).unwrap();
    assert_eq!(desk.duplicates("PO-1").unwrap()[0].finding.winner, Winner::Other);
    assert_eq!(desk.duplicates("HO-1").unwrap()[0].finding.winner, Winner::This);
}

#[test]
fn rule_8_another_project_of_the_customer_is_similar_at_most() {
    let desk = desk_with(&[("PO-1", "submit")]);
    let mut other = PoForm { name: "Call centre".to_owned(), ..form() };
    desk.start("PO-2", Site::China, step("2026-03-03", MAIN, PoEvent::Submit(other.clone()))).unwrap();
    assert!(!desk.duplicates("PO-2").unwrap()[0].finding.certain);
    other.services = vec!["CEC".to_owned()];
    desk.start("PO-3", Site::China, step("2026-03-03", MAIN, PoEvent::Submit(other))).unwrap();
    let found: Vec<_> = desk.duplicates("PO-3").unwrap().into_iter().map(|found| found.id).collect();
    assert_eq!(found, [RecordId::from("PO-2")]);
    // The customer's name is not readable in the keys.
    let record = desk.record("PO-1").unwrap();
    assert!(record.duplicate_keys().iter().all(|key| !key.to_lowercase().contains("harbour")));
}

#[test]
fn rule_9_ten_working_days_for_the_verification() {
    let po = po("submit pass_audit");
    let deadline = &po.deadlines(&ChinaCalendar::published())[0];
    assert_eq!((deadline.last_day, deadline.rule.id()), (day("2026-03-18"), "opportunity.9"));
    assert!(deadline.automatic && !deadline.is_over(at("2026-03-18")) && deadline.is_over(at("2026-03-19")));

    let verify = |on| step(on, BD, PoEvent::Verify(Verification::CONFIRMED));
    apply(&po, verify("2026-03-18")).unwrap();
    assert_broken(apply(&po, verify("2026-03-19")), &[("opportunity.9", "at")]);
    assert_broken(apply(&po, step("2026-03-18", SYSTEM, PoEvent::Expire)), &[("opportunity.9", "at")]);
}

#[test]
fn rules_11_the_office_is_not_the_partners_to_choose() {
    let error = serde_json::from_str::<PoForm>(r#"{"representative_office":"Shanghai"}"#).unwrap_err();
    assert!(error.to_string().contains("unknown field `representative_office`"));
}

#[test]
fn rules_12_and_13_are_advice() {
    let plain = submit(|form| form.customer.account = None).unwrap();
    let advice: Vec<_> = plain.advice().into_iter().map(|a| a.rule.id().to_owned()).collect();
    assert_eq!(advice, ["opportunity.12", "opportunity.13"]);

    let signed = po("submit pass_audit verify progress sign");
    assert!(!signed.counts_as_po());
    let linked = po("submit change_offering");
    assert!(linked.advice().is_empty() && !linked.counts_as_po());
    let counted: Record<Po> =
        walk(Site::China, "submit pass_audit verify change_offering progress sign", |event| {
            let mut step = po_step(event);
            if event == "change_offering" {
                step.at = at("2026-03-20");
            }
            step
        });
    assert!(counted.counts_as_po());
}

#[test]
fn rule_14_who_may_have_hos() {
    let on = day("2026-06-30");
    let partner = |joined_pce, stage, delivered: &[&str]| HoEligibility {
        joined_pce,
        stages: vec![stage],
        delivered_pos: delivered.iter().map(|d| day(d)).collect(),
    };
    let three = ["2025-07-01", "2026-01-01", "2026-06-30"];
    let old = ["2025-06-30", "2026-01-01", "2026-06-30"];
    for (eligibility, fields) in [
        (partner(true, PathStage::Differentiated, &[]), vec![]),
        (partner(true, PathStage::Certified, &three), vec![]),
        (partner(true, PathStage::Certified, &old), vec!["delivered_pos"]),
        (partner(false, PathStage::Differentiated, &[]), vec!["joined_pce"]),
        (partner(false, PathStage::RoleSelected, &[]), vec!["joined_pce", "stages", "delivered_pos"]),
    ] {
        let broken = eligibility.check(on);
        assert!(broken.iter().all(|b| b.rule.id() == "opportunity.14"));
        assert_eq!(broken.iter().map(|b| &*b.field).collect::<Vec<_>>(), fields);
    }
    let accept = HoAcceptance {
        eligibility: Some(partner(false, PathStage::Differentiated, &[])),
        ..Default::default()
    };
    let ho: Record<Ho> = walk(Site::China, "share", ho_step);
    assert_broken(
        apply(&ho, step("2026-03-03", MAIN, HoEvent::Accept(accept))),
        &[("opportunity.14", "joined_pce")],
    );

    let desk = desk_with(&[("PO-1", "submit pass_audit verify progress sign deliver"), ("PO-2", "submit")]);
    let counted = HoEligibility::from_records(true, vec![PathStage::Certified], &*desk);
    assert_eq!(counted.delivered_pos, [day("2026-09-01")]);
}

#[test]
fn rule_15_an_offering_that_can_be_linked() {
    let ho: Record<Ho> = walk(Site::China, "share", ho_step);
    let accept = |kind| {
        let offering = Some(Offering { name: "Lakehouse".to_owned(), kind });
        step("2026-03-03", MAIN, HoEvent::Accept(HoAcceptance { offering, ..Default::default() }))
    };
    apply(&ho, accept(OfferingKind::JointSalesWhitelist)).unwrap();
    assert_broken(apply(&ho, accept(OfferingKind::Koogallery)), &[("opportunity.15", "offering.kind")]);
}

#[test]
fn rule_16_three_working_days_and_a_reason() {
    // Shared on Monday 2026-03-02: Tuesday, Wednesday, Thursday.
    let ho: Record<Ho> = walk(Site::China, "share", ho_step);
    let deadline = &ho.deadlines(&ChinaCalendar::published())[0];
    assert_eq!((deadline.last_day, deadline.automatic), (day("2026-03-05"), true));
    let accept = |time: &str| {
        LoggedEvent::new(time.parse().unwrap(), actor(MAIN), HoEvent::Accept(HoAcceptance::default()))
    };
    apply(&ho, accept("2026-03-05T15:59:59Z")).unwrap();
    assert_broken(apply(&ho, accept("2026-03-05T16:00:00Z")), &[("opportunity.16", "at")]);
    assert_broken(
        apply(&ho, step("2026-03-06", MAIN, HoEvent::Reject(reason(" ")))),
        &[("opportunity.16", "at"), ("opportunity.16", "reason")],
    );
    assert_broken(apply(&ho, step("2026-03-05", SYSTEM, HoEvent::Expire)), &[("opportunity.16", "at")]);

    // The same over the Spring Festival of 2026, whose Saturday before is worked.
    let shared = step("2026-02-12", PDM, HoEvent::Share(offer("2026-02-12")));
    let ho = apply(&Record::<Ho>::new("HO-2", Site::China), shared).unwrap();
    assert_eq!(ho.deadlines(&ChinaCalendar::published())[0].last_day, day("2026-02-24"));
    assert_eq!(ho.deadlines(&Weekends)[0].last_day, day("2026-02-17"));
}

#[test]
fn a_year_without_schedule_is_said_and_not_guessed() {
    let shared = step("2026-12-30", PDM, HoEvent::Share(offer("2026-12-30")));
    let ho = apply(&Record::<Ho>::new("HO-1", Site::China), shared).unwrap();
    let deadline = &ho.deadlines(&ChinaCalendar::published())[0];
    assert_eq!((deadline.uncovered_year, deadline.last_day), (Some(2027), day("2027-01-04")));
    let accept = step("2027-01-05", MAIN, HoEvent::Accept(HoAcceptance::default()));
    assert_broken(apply(&ho, accept), &[("workflow.3", "at")]);
}

#[test]
fn rule_17_own_customers_and_own_reports() {
    let new = Record::<BusinessReport>::new("BR-1", Site::China);
    let director = step("2026-03-02", Role::AccountDirector, ReportEvent::Create(report_form()));
    assert_broken(apply(&new, director), &[("opportunity.17", "by.role")]);
    let of_reseller =
        ReportForm { of_reseller: true, relation: Some(CustomerRelation::Registered), ..report_form() };
    let create = |form| step("2026-03-02", Role::AccountManager, ReportEvent::Create(form));
    assert_broken(apply(&new, create(of_reseller)), &[("opportunity.17", "relation")]);
    assert_broken(
        apply(&new, create(ReportForm::default())),
        &[
            ("opportunity.2", "customer.company"),
            ("opportunity.2", "name"),
            ("opportunity.2", "expected_monthly_revenue"),
            ("opportunity.2", "currency"),
            ("opportunity.17", "relation"),
        ],
    );
    let report = apply(&new, create(report_form())).unwrap();
    let stranger = Actor::new(Role::AccountManager, "somebody else");
    let modify = LoggedEvent::new(at("2026-03-03"), stranger, ReportEvent::Modify(report_form()));
    assert_broken(apply(&report, modify), &[("opportunity.17", "by.name")]);
}

#[test]
fn rule_18_sites() {
    let europe = Record::<Po>::new("PO-1", Site::Europe);
    assert_broken(apply(&europe, po_step("submit")), &[("opportunity.18", "site")]);
    let europe = Record::<Ho>::new("HO-1", Site::Europe);
    assert_broken(apply(&europe, ho_step("share")), &[("opportunity.18", "site")]);
    apply(&Record::<Po>::new("PO-1", Site::International), po_step("submit")).unwrap();
    let abroad = Record::<Incentive>::new("OI-1", Site::International);
    assert_broken(apply(&abroad, incentive_step("apply")), &[("opportunity.18", "site")]);
}

#[test]
fn rules_19_20_22_of_the_incentive() {
    let new_customer = |paid: &str| NewEnterpriseCustomer {
        first_authenticated_on: day("2026-02-01"),
        cash_paid_before_cny: paid.parse().unwrap(),
    };
    let apply_with = |application| {
        let new = Record::<Incentive>::new("OI-1", Site::China);
        apply(&new, step("2026-10-01", MAIN, IncentiveEvent::Apply(application)))
    };
    assert_broken(
        apply_with(IncentiveApplication {
            on_core_map: false,
            excluded_this_year: true,
            new_customer: Some(new_customer("1000.01")),
            ..application()
        }),
        &[
            ("opportunity.19", "on_core_map"),
            ("opportunity.22", "excluded_this_year"),
            ("opportunity.20", "new_customer.cash_paid_before_cny"),
        ],
    );
    apply_with(IncentiveApplication { new_customer: Some(new_customer("1000.00")), ..application() })
        .unwrap();
}

#[test]
fn rules_24_25_an_incentive_for_what_was_verified() {
    let desk = desk_with(&[("PO-1", "submit")]);
    let refused = desk.start("OI-1", Site::China, incentive_step("apply")).unwrap_err();
    assert!(matches!(refused, StoreError::Refused(refused) if refused.violates("opportunity.29")));
    let desk = desk_with(&[("PO-1", "submit pass_audit verify progress sign deliver")]);
    desk.start("OI-1", Site::China, incentive_step("apply")).unwrap();
    let second = desk.start("OI-2", Site::China, incentive_step("apply")).unwrap_err();
    assert!(matches!(second, StoreError::Refused(refused) if refused.violates("opportunity.30")));

    let approved: Record<Incentive> = walk(Site::China, "apply approve", incentive_step);
    let nothing = PublishedIncentive { amount: Amount::ZERO, currency: Currency::Cny };
    assert_broken(
        apply(&approved, step("2026-10-02", REVIEWER, IncentiveEvent::Publish(nothing))),
        &[("opportunity.25", "amount")],
    );
    let published: Record<Incentive> = walk(Site::China, "apply approve publish", incentive_step);
    assert_broken(
        apply(&published, step("2026-10-02", MAIN, IncentiveEvent::ReportProblem(reason("")))),
        &[("opportunity.24", "reason")],
    );
}

#[test]
fn rule_26_an_ho_names_what_it_is_about() {
    let share = step("2026-03-02", PDM, HoEvent::Share(HoOffer::default()));
    assert_broken(
        apply(&Record::<Ho>::new("HO-1", Site::China), share),
        &[("opportunity.26", "customer.company"), ("opportunity.26", "name")],
    );
}

#[test]
fn every_rule_has_its_own_number_and_a_page() {
    check_rules(RULES, "opportunity.");
}

proptest! {
    /// No sequence of events leaves the table or loses history; a refused event changes nothing.
    #[test]
    fn no_sequence_leaves_the_tables(
        events in proptest::collection::vec((0..names::<PoEvent>().len(), 0..names::<HoEvent>().len(), 0_u64..40), 1..60),
    ) {
        let mut po = Record::<Po>::new("PO-1", Site::China);
        let mut ho = Record::<Ho>::new("HO-1", Site::China);
        let mut now = at("2026-03-09");
        for (po_event, ho_event, hours) in events {
            now = (now.instant() + std::time::Duration::from_secs(3600 * hours)).into();
            po = one_more(po, LoggedEvent { at: now, ..po_step(names::<PoEvent>()[po_event]) })?;
            ho = one_more(ho, LoggedEvent { at: now, ..ho_step(names::<HoEvent>()[ho_event]) })?;
        }
    }
}

fn one_more<W: Workflow>(record: Record<W>, step: LoggedEvent<W::Event>) -> Result<Record<W>, TestCaseError> {
    let event = step.event.kind();
    let row = W::TABLE.iter().find(|row| row.from == record.state() && row.event == event);
    match apply(&record, step) {
        Ok(next) => {
            prop_assert_eq!(next.state(), row.map(|row| row.to));
            prop_assert_eq!(next.history().len(), record.history().len() + 1);
            prop_assert!(next.history().starts_with(record.history()));
            let json = serde_json::to_string(&next).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Record<W>>(&json).unwrap(), &next);
            Ok(next)
        }
        Err(refused) => {
            prop_assert_eq!(refused.is_outside_table(), row.is_none());
            Ok(record)
        }
    }
}
