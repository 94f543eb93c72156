//! Facts of the partner business that have a record or a rule of their own, each with its tables and conditions.

use huaweicloud_partner::{incentives::*, opportunities::*, relationships::*, types::*, workflow::*};

use crate::common::*;

const MAIN: Role = Role::PartnerAdministrator;
const CUSTOMER: Role = Role::Customer;
const SYSTEM: Role = Role::System;
const CHINA: Site = Site::China;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn reason(text: &str) -> Reason {
    Reason { reason: text.to_owned() }
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T, StoreError>, wanted: &[(&str, &str)]) {
    match result.unwrap_err() {
        StoreError::Refused(refused) => {
            let found: Vec<_> = refused.violations.iter().map(|one| (one.rule.id(), &*one.field)).collect();
            assert_eq!(found, wanted, "{refused}");
        }
        other => panic!("{other}"),
    }
}

fn pay_request(partner: PayingPartner, association_type: AssociationType) -> PayOnBehalfRequest {
    PayOnBehalfRequest {
        order: "CS1".into(),
        customer: "c-1".into(),
        partner,
        association_type,
        amount: amount("100.00"),
        currency: Currency::Cny,
        koogallery_goods: false,
    }
}

fn from_balance(account: Option<&str>, allottable: Option<&str>) -> PartnerPayment {
    PartnerPayment {
        means: PaymentMeans::Balance,
        account_balance: account.map(amount),
        allottable_balance: allottable.map(amount),
    }
}

fn pay_step(event: &str) -> LoggedEvent<PayOnBehalfEvent> {
    use PayOnBehalfEvent as E;
    let (role, event) = match event {
        "request" => {
            (CUSTOMER, E::Request(pay_request(PayingPartner::SolutionProvider, AssociationType::Resale)))
        }
        "pay" => (MAIN, E::Pay(from_balance(Some("100"), Some("100")))),
        "reject" => (MAIN, E::Reject(reason("not agreed"))),
        "cancel" => (CUSTOMER, E::Cancel),
        "pay_by_customer" => (CUSTOMER, E::PayByCustomer),
        "refund" => (SYSTEM, E::Refund(PaymentRefund { amount: amount("60"), to_partner: true })),
        other => panic!("{other}"),
    };
    step("2026-03-02", role, event)
}

#[test]
fn pay_on_behalf_table() {
    use PayOnBehalfState::*;
    let table = [
        ("", "request", Waiting),
        ("request", "pay", Paid),
        ("request", "reject", Rejected),
        ("request", "cancel", Cancelled),
        ("request", "pay_by_customer", PaidByCustomer),
        ("request reject", "pay_by_customer", PaidByCustomer),
        ("request reject", "cancel", Cancelled),
        ("request pay", "refund", Refunded),
    ];
    check_table::<PayOnBehalf>(&table, pay_step, PayOnBehalfState::ALL.len());
}

#[test]
fn pay_on_behalf_conditions() {
    use PayOnBehalfEvent as E;
    let new = Record::<PayOnBehalf>::new("P-1", CHINA);
    let ask = |partner, association| {
        apply(&new, step("2026-03-02", CUSTOMER, E::Request(pay_request(partner, association))))
    };
    // A solution provider's referral customer may ask, a reseller's only in resale.
    ask(PayingPartner::SolutionProvider, AssociationType::Referral).unwrap();
    assert_broken(
        ask(PayingPartner::Reseller, AssociationType::Referral),
        &[("relationship.21", "association_type")],
    );
    let waiting = ask(PayingPartner::SolutionProvider, AssociationType::Resale).unwrap();
    let pay =
        |record: &Record<PayOnBehalf>, payment| apply(record, step("2026-03-02", MAIN, E::Pay(payment)));
    // The balance has to cover the order in both views; of a reseller there is only one.
    assert_broken(
        pay(&waiting, from_balance(Some("99.99"), Some("100.00"))),
        &[("relationship.45", "account_balance")],
    );
    assert_broken(
        pay(&waiting, from_balance(Some("100.00"), Some("99.99"))),
        &[("relationship.45", "allottable_balance")],
    );
    assert_broken(
        pay(&waiting, from_balance(None, None)),
        &[("relationship.45", "account_balance"), ("relationship.45", "allottable_balance")],
    );
    let reseller = ask(PayingPartner::Reseller, AssociationType::Resale).unwrap();
    let by_reseller = step("2026-03-02", Role::Reseller, E::Pay(from_balance(Some("100"), None)));
    assert!(apply(&reseller, by_reseller).unwrap().is(PayOnBehalfState::Paid));
    // General goods of KooGallery: balance or Petal Pay.
    let goods = PayOnBehalfRequest {
        koogallery_goods: true,
        ..pay_request(PayingPartner::Distributor, AssociationType::Resale)
    };
    let goods = apply(&new, step("2026-03-02", CUSTOMER, E::Request(goods))).unwrap();
    let online = |means| PartnerPayment { means, account_balance: None, allottable_balance: None };
    assert_broken(pay(&goods, online(PaymentMeans::ThirdParty)), &[("relationship.44", "means")]);
    pay(&goods, online(PaymentMeans::PetalPay)).unwrap();
    pay(&waiting, online(PaymentMeans::ThirdParty)).unwrap();
    // A rejection has a reason; a refund goes to the partner that paid, and not above the order.
    assert_broken(
        apply(&waiting, step("2026-03-02", MAIN, E::Reject(reason(" ")))),
        &[("relationship.46", "reason")],
    );
    let paid = walk::<PayOnBehalf>(CHINA, "request pay", pay_step);
    let wrong = PaymentRefund { amount: amount("100.01"), to_partner: false };
    assert_broken(
        apply(&paid, step("2026-04-02", SYSTEM, E::Refund(wrong))),
        &[("relationship.47", "to_partner"), ("relationship.47", "amount")],
    );
}

#[test]
fn several_orders_are_rejected_in_one_batch() {
    let store = Store::in_memory(ChinaCalendar::published());
    for number in 1..=3 {
        let request = PayOnBehalfRequest {
            order: format!("CS{number}").into(),
            ..pay_request(PayingPartner::SolutionProvider, AssociationType::Resale)
        };
        let request = step("2026-03-02", CUSTOMER, PayOnBehalfEvent::Request(request));
        store.start(format!("P-{number}"), CHINA, request).unwrap();
    }
    store.apply("P-2", pay_step("pay")).unwrap();
    let reject = |id: &str| {
        let event = PayOnBehalfEvent::Reject(reason("over the limit"));
        (RecordId::from(id), NewEvent::from(step("2026-03-03", MAIN, event)))
    };
    let results = run(store.apply_batch([reject("P-1"), reject("P-2"), reject("P-3")]));
    assert_eq!(results[0].as_ref().unwrap().state, "rejected");
    assert!(matches!(&results[1], Err(StoreError::Refused(refused)) if refused.is_outside_table()));
    assert_eq!(results[2].as_ref().unwrap().state, "rejected");
}

#[test]
fn an_order_that_waits_for_payment_blocks_separation_and_switch() {
    let store = Store::in_memory(ChinaCalendar::published());
    let form = AssociationForm {
        partner: "p-1".into(),
        customer: "c-1".into(),
        association_type: AssociationType::Resale,
        limit: None,
    };
    store.start("A-1", CHINA, step("2026-03-01", CUSTOMER, AssociationEvent::Associate(form))).unwrap();
    store.start("P-1", CHINA, pay_step("request")).unwrap();
    // The order is open already.
    assert_refused(store.start("P-2", CHINA, pay_step("request")), &[("relationship.48", "order")]);
    let part = SeparationRequest { reason: "no more business".to_owned(), ..Default::default() };
    let part = step("2026-03-04", MAIN, AssociationEvent::RequestDisassociation(part));
    assert_refused(store.apply("A-1", part.clone()), &[("relationship.15", "blocks")]);
    let check = SeparationRequest { reason: "other model".to_owned(), ..Default::default() };
    let switch = AssociationEvent::RequestSwitch(SwitchRequest { to: AssociationType::Referral, check });
    assert_refused(
        store.apply("A-1", step("2026-03-04", MAIN, switch)),
        &[("relationship.15", "check.blocks")],
    );
    store.apply("P-1", step("2026-03-03", CUSTOMER, PayOnBehalfEvent::Cancel)).unwrap();
    store.apply("A-1", part).unwrap();
}

fn change() -> EntityChangeForm {
    EntityChangeForm {
        from: SigningEntity::SoftwareTechnologies,
        to: SigningEntity::CloudComputing,
        effective_on: day("2026-07-10"),
    }
}

fn change_step(event: &str) -> LoggedEvent<EntityChangeEvent> {
    let (on, role, event) = match event {
        "agree" => ("2026-06-01", MAIN, EntityChangeEvent::Agree(change())),
        "take_effect" => ("2026-07-10", SYSTEM, EntityChangeEvent::TakeEffect),
        "cancel" => ("2026-06-02", MAIN, EntityChangeEvent::Cancel),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

#[test]
fn signing_entity_change_table() {
    use EntityChangeState::*;
    let table = [("", "agree", Agreed), ("agree", "take_effect", Effective), ("agree", "cancel", Cancelled)];
    check_table::<EntityChange>(&table, change_step, EntityChangeState::ALL.len());
    let agreed = walk::<EntityChange>(CHINA, "agree", change_step);
    assert_broken(
        apply(&agreed, step("2026-07-09", SYSTEM, EntityChangeEvent::TakeEffect)),
        &[("incentive.50", "at")],
    );
    let same = EntityChangeForm { to: SigningEntity::SoftwareTechnologies, ..change() };
    let abroad = Record::<EntityChange>::new("E-1", Site::International);
    assert_broken(
        apply(&abroad, step("2026-06-01", MAIN, EntityChangeEvent::Agree(same))),
        &[("incentive.50", "site"), ("incentive.50", "to")],
    );
}

#[test]
fn a_change_of_the_signing_entity_decides_who_signs_seals_pays_and_invoices() {
    use SigningEntity::{CloudComputing, SoftwareTechnologies};
    let change = change();
    assert_eq!(change.party_on(day("2026-07-09")), SoftwareTechnologies);
    assert_eq!(change.party_on(day("2026-07-10")), CloudComputing);
    assert_eq!(change.issuer_of(Invoiced::Consumption, day("2026-07-09")), SoftwareTechnologies);
    assert_eq!(change.issuer_of(Invoiced::RefundedPart, day("2026-07-09")), CloudComputing);
    let month = |text: &str| change.issuers_of_month(text.parse().unwrap());
    assert_eq!(month("2026-06"), [SoftwareTechnologies]);
    assert_eq!(month("2026-07"), [SoftwareTechnologies, CloudComputing]);
    assert_eq!(month("2026-08"), [CloudComputing]);
    let first = EntityChangeForm { effective_on: day("2026-07-01"), ..change };
    assert_eq!(first.issuers_of_month("2026-07".parse().unwrap()), [CloudComputing]);
}

fn payout_request(statement: &str, form: PayoutForm) -> PayoutRequest {
    PayoutRequest {
        lines: vec![PayoutLine {
            statement: statement.into(),
            period: "2026-05".parse().unwrap(),
            amount: amount("1060"),
        }],
        form,
        association_type: AssociationType::Referral,
        currency: Currency::Cny,
        business_information_authenticated: true,
        unpaid_cycles: Vec::new(),
    }
}

fn invoice_of(month: &str, entity: SigningEntity) -> InvoiceForm {
    let digital = entity == SigningEntity::CloudComputing;
    InvoiceForm {
        amount: amount("500"),
        tax_rate: None,
        covered_rates: Vec::new(),
        medium: if digital { InvoiceMedium::Digital } else { InvoiceMedium::Paper },
        header: InvoiceHeader::Enterprise,
        special_vat: true,
        consumption_of: vec![month.parse().unwrap()],
        refunded_parts: false,
        invoice_debt: Amount::ZERO,
        entity,
    }
}

#[test]
fn a_change_of_the_signing_entity_reaches_payouts_and_invoices_in_flight() {
    use SigningEntity::{CloudComputing, SoftwareTechnologies};
    let store = Store::in_memory(ChinaCalendar::published());
    let payout = |on: &str, statement: &str, form| {
        step(on, MAIN, PayoutEvent::Request(payout_request(statement, form)))
    };
    store.start("P-1", CHINA, payout("2026-07-01", "S-1", PayoutForm::BankTransfer)).unwrap();
    store.start("P-2", CHINA, payout("2026-07-13", "S-2", PayoutForm::BankTransfer)).unwrap();
    store.start("P-3", CHINA, payout("2026-07-01", "S-3", PayoutForm::CouponQuota)).unwrap();
    let invoice =
        |on: &str, month: &str, entity| step(on, MAIN, InvoiceEvent::Request(invoice_of(month, entity)));
    store.start("I-1", CHINA, invoice("2026-07-03", "2026-06", SoftwareTechnologies)).unwrap();
    store.start("E-1", CHINA, change_step("agree")).unwrap();
    let affected: Vec<_> = store
        .record("E-1")
        .unwrap()
        .view::<EntityChange>()
        .unwrap()
        .affected(&*store)
        .into_iter()
        .map(|one| (one.record.to_string(), one.effect, one.entity))
        .collect();
    assert_eq!(
        affected,
        [
            ("I-1".to_owned(), EntityEffect::Issuer, SoftwareTechnologies),
            ("P-1".to_owned(), EntityEffect::InvoiceRecipient, SoftwareTechnologies),
            ("P-2".to_owned(), EntityEffect::InvoiceRecipient, CloudComputing),
            ("P-3".to_owned(), EntityEffect::Payer, CloudComputing),
        ]
    );

    // Consumption stays with the entity of its time, refunded parts go to the new one.
    let wrong = invoice("2026-08-03", "2026-06", CloudComputing);
    assert_refused(store.start("I-2", CHINA, wrong), &[("incentive.50", "entity")]);
    store.start("I-2", CHINA, invoice("2026-08-03", "2026-06", SoftwareTechnologies)).unwrap();
    let refunded = InvoiceForm { refunded_parts: true, ..invoice_of("2026-06", SoftwareTechnologies) };
    let refunded = step("2026-08-03", MAIN, InvoiceEvent::Request(refunded));
    assert_refused(store.start("I-3", CHINA, refunded), &[("incentive.50", "entity")]);

    // The invoice for a payout is made out to the contracting party of the day of the request.
    let mail = |to| {
        let invoice = PartnerInvoice {
            number: "N-1".to_owned(),
            incentive: amount("1060"),
            rates: TaxRates { output: amount("0.06"), service_fee: amount("0.06") },
            amount: amount("1060"),
            special_vat: true,
            made_out_to: Some(to),
        };
        let mailed = MailedInvoices { invoices: vec![invoice], numbers_on_list: true };
        step("2026-07-20", MAIN, PayoutEvent::MailInvoices(mailed))
    };
    store.apply("P-1", step("2026-07-15", Role::HuaweiReviewer, PayoutEvent::Approve)).unwrap();
    assert_refused(
        store.apply("P-1", mail(CloudComputing)),
        &[("incentive.51", "invoices[N-1].made_out_to")],
    );
    store.apply("P-1", mail(SoftwareTechnologies)).unwrap();
}

#[test]
fn invoice_media_follow_the_entity_and_the_day() {
    use InvoiceMedium::{Digital, Electronic, Paper};
    use SigningEntity::{CloudComputing, SoftwareTechnologies};
    let request = |on: &str, entity, medium, special_vat| {
        let month = if on < "2025" { "2024-10" } else { "2026-02" };
        let form = InvoiceForm { entity, medium, special_vat, ..invoice_of(month, entity) };
        let new = Record::<InvoiceRequest>::new("I-1", CHINA);
        apply(&new, step(on, MAIN, InvoiceEvent::Request(form)))
    };
    for special_vat in [false, true] {
        request("2026-03-04", CloudComputing, Digital, special_vat).unwrap();
        request("2024-11-22", CloudComputing, Paper, special_vat).unwrap();
        for medium in [Paper, Electronic] {
            for on in ["2024-11-23", "2026-03-04"] {
                let refused = request(on, CloudComputing, medium, special_vat);
                assert_broken(refused, &[("incentive.49", "medium")]);
            }
        }
        for on in ["2024-11-22", "2026-03-04"] {
            let refused = request(on, SoftwareTechnologies, Digital, special_vat);
            assert_broken(refused, &[("incentive.49", "medium")]);
        }
        request("2026-03-04", SoftwareTechnologies, Paper, special_vat).unwrap();
    }
    request("2026-03-04", SoftwareTechnologies, Electronic, false).unwrap();
    let refused = request("2026-03-04", SoftwareTechnologies, Electronic, true);
    assert_broken(refused, &[("incentive.49", "medium")]);
}

fn procurement_step(event: &str) -> LoggedEvent<ProcurementEvent> {
    let form = ProcurementForm {
        period: "2026-02".parse().unwrap(),
        amount: amount("1200"),
        currency: Currency::Cny,
        agreement_signed: true,
    };
    let (role, event) = match event {
        "generate" => (SYSTEM, ProcurementEvent::Generate(form)),
        "confirm" => (MAIN, ProcurementEvent::Confirm),
        "settle" => (SYSTEM, ProcurementEvent::Settle),
        other => panic!("{other}"),
    };
    step("2026-03-04", role, event)
}

#[test]
fn procurement_statement_table() {
    use ProcurementState::*;
    let table = [
        ("", "generate", ToBeConfirmed),
        ("generate", "confirm", Confirmed),
        ("generate confirm", "settle", Settled),
    ];
    check_table::<ProcurementStatement>(&table, procurement_step, ProcurementState::ALL.len());
    let LoggedEvent { event, .. } = procurement_step("generate");
    let ProcurementEvent::Generate(form) = event else { panic!() };
    let unsigned = ProcurementForm { agreement_signed: false, ..form };
    let abroad = Record::<ProcurementStatement>::new("S-1", Site::Europe);
    assert_broken(
        apply(&abroad, step("2026-03-04", SYSTEM, ProcurementEvent::Generate(unsigned))),
        &[("incentive.52", "site"), ("incentive.52", "agreement_signed")],
    );
}

#[test]
fn a_specialist_is_invited_under_the_name_of_the_tenant() {
    let invite = |by, invitee: &str, tenant: &str| {
        let invitation = SpecialistInvitation {
            invitee: invitee.into(),
            by,
            tenant_name: tenant.into(),
            paths: vec![huaweicloud_partner::programs::Path::Service],
            ..Default::default()
        };
        let new = Record::<Specialist>::new("S-1", CHINA);
        apply(&new, step("2026-03-02", MAIN, SpecialistEvent::Invite(invitation)))
    };
    assert_broken(invite(InviteBy::AccountName, "hw_han", "hid_han"), &[("relationship.38", "invitee")]);
    invite(InviteBy::AccountName, "hid_han", "hid_han").unwrap();
    invite(InviteBy::AccountName, "hw_han", "").unwrap();
    invite(InviteBy::Phone, "13900000000", "hid_han").unwrap();
}

#[test]
fn only_a_customer_without_an_account_is_released_by_the_crm() {
    // The states are in the table of POs; here is the condition.
    let form = |account: Option<&str>| {
        let customer = CustomerCompany {
            company: "Blue Harbour".into(),
            account: account.map(Into::into),
            ..Default::default()
        };
        PoForm { customer, ..Default::default() }
    };
    let mut po = Record::<Po>::new("PO-1", CHINA);
    for event in [PoEvent::Submit(form(Some("c-1"))), PoEvent::PassAudit] {
        po.replay(step("2026-03-02", MAIN, event)).unwrap();
    }
    assert_broken(
        apply(&po, step("2026-03-03", SYSTEM, PoEvent::ReleaseCustomer)),
        &[("opportunity.12", "customer.account")],
    );
    let mut po = Record::<Po>::new("PO-1", CHINA);
    for event in [PoEvent::Submit(form(None)), PoEvent::PassAudit] {
        po.replay(step("2026-03-02", MAIN, event)).unwrap();
    }
    let released = apply(&po, step("2026-03-03", SYSTEM, PoEvent::ReleaseCustomer)).unwrap();
    assert!(released.is(PoState::Released) && released.is_closed());
}

fn incentive(opportunity: &str, customer: &str, span: (&str, &str)) -> IncentiveApplication {
    IncentiveApplication {
        opportunity: opportunity.into(),
        on_core_map: true,
        excluded_this_year: false,
        project: Some(IncentiveProject {
            customer: CustomerCompany { company: customer.into(), ..Default::default() },
            starts_on: day(span.0),
            delivered_on: day(span.1),
            verified_on: Some(day("2026-01-10")),
            offerings: Vec::new(),
            orders: Vec::new(),
            paid_by: "".into(),
        }),
        new_customer: None,
    }
}

fn apply_for(on: &str, application: IncentiveApplication) -> LoggedEvent<IncentiveEvent> {
    step(on, MAIN, IncentiveEvent::Apply(application))
}

#[test]
fn an_incentive_project_begins_after_the_verification_and_is_delivered() {
    let new = Record::<Incentive>::new("OI-1", CHINA);
    let on = |day: &str, from: &str| {
        apply(&new, apply_for(day, incentive("PO-1", "Blue Harbour", (from, "2026-05-01"))))
    };
    on("2026-05-02", "2026-01-11").unwrap();
    assert_broken(on("2026-05-02", "2026-01-10"), &[("opportunity.27", "project.starts_on")]);
    assert_broken(on("2026-05-02", "2026-01-09"), &[("opportunity.27", "project.starts_on")]);
    assert_broken(on("2026-05-01", "2026-01-11"), &[("opportunity.29", "project.delivered_on")]);
    let mut other_payer = incentive("PO-1", "Blue Harbour", ("2026-01-11", "2026-05-01"));
    other_payer.project.as_mut().unwrap().paid_by = "Red Harbour".into();
    assert_broken(
        apply(&new, apply_for("2026-05-02", other_payer)),
        &[("opportunity.30", "project.paid_by")],
    );
}

#[test]
fn no_second_incentive_for_the_same_customer_time_or_offering() {
    let store = Store::in_memory(ChinaCalendar::published());
    let mut first = incentive("PO-1", "Blue Harbour", ("2026-02-01", "2026-04-01"));
    first.project.as_mut().unwrap().offerings = vec!["Lakehouse".to_owned()];
    first.project.as_mut().unwrap().orders = vec!["CS1".to_owned()];
    store.start("OI-1", CHINA, apply_for("2026-06-01", first)).unwrap();
    let same_time = incentive("PO-2", "blue harbour", ("2026-04-01", "2026-04-01"));
    let same_time = apply_for("2026-06-01", same_time);
    assert_refused(store.start("OI-2", CHINA, same_time.clone()), &[("opportunity.28", "project.customer")]);
    let later = incentive("PO-3", "Blue Harbour", ("2026-04-02", "2026-05-01"));
    store.start("OI-3", CHINA, apply_for("2026-06-01", later)).unwrap();
    let mut offering = incentive("PO-4", "Red Harbour", ("2026-02-01", "2026-04-01"));
    offering.project.as_mut().unwrap().offerings = vec!["Lakehouse".to_owned()];
    let offering = apply_for("2026-06-01", offering);
    assert_refused(store.start("OI-4", CHINA, offering.clone()), &[("opportunity.28", "project.offerings")]);
    let mut order = incentive("PO-5", "Green Harbour", ("2026-02-01", "2026-04-01"));
    order.project.as_mut().unwrap().orders = vec!["CS1".to_owned()];
    let order = apply_for("2026-06-01", order);
    assert_refused(store.start("OI-5", CHINA, order), &[("opportunity.30", "project.orders")]);
    // Once the first application ended, the others may follow; the order stays used unless it was rejected.
    store
        .apply("OI-1", step("2026-06-02", Role::HuaweiReviewer, IncentiveEvent::Reject(reason("no"))))
        .unwrap();
    store.start("OI-2", CHINA, LoggedEvent { at: at("2026-06-03"), ..same_time }).unwrap();
    store.start("OI-4", CHINA, LoggedEvent { at: at("2026-06-03"), ..offering }).unwrap();
}

#[test]
fn three_and_six_percent_are_the_published_rates() {
    let rates = |output: &str, service_fee: &str| TaxRates {
        output: amount(output),
        service_fee: amount(service_fee),
    };
    assert!(rates("0.06", "0.03").is_published());
    assert!(rates("0.030", "0.06").is_published());
    assert!(!rates("0.06", "0.01").is_published());
    // Another rate is not refused.
    assert!(rates("0.06", "0.01").check().is_empty());
}
