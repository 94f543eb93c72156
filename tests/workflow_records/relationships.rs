//! Relationships against the published tables and rules: each row of a table and each checkable rule by its number.

use crate::common::*;
use huaweicloud_partner::{
    opportunities::Reason,
    programs::{ApplicantStanding, Path, Program, ProgramApplication},
    relationships::*,
    types::{Amount, AssociationType},
    workflow::*,
};
use proptest::prelude::*;

const MAIN: Role = Role::PartnerAdministrator;
const CUSTOMER: Role = Role::Customer;
const SYSTEM: Role = Role::System;
const REVIEWER: Role = Role::HuaweiReviewer;
const CHINA: Site = Site::China;
const ABROAD: Site = Site::International;

fn reason() -> Reason {
    Reason { reason: "not now".to_owned() }
}

fn breaks<T: std::fmt::Debug>(result: Result<T, StoreError>, rule: &str) -> bool {
    matches!(result, Err(StoreError::Refused(refused)) if refused.violates(rule))
}

fn reseller() -> ResellerApplication {
    let application = ProgramApplication {
        program: Program::Reseller,
        account: "A-1".to_owned(),
        company: "C-1".to_owned(),
        standing: ApplicantStanding { enterprise_real_name: true, ..Default::default() },
        invited: false,
        company_information: true,
        qualification: false,
        agreements: true,
    };
    ResellerApplication { distributor: "d-1".into(), application }
}

fn cooperation_step(event: &str) -> LoggedEvent<CooperationEvent> {
    let (role, event) = match event {
        "apply" => (Role::Applicant, CooperationEvent::Apply(reseller())),
        "reject_plan" => (REVIEWER, CooperationEvent::RejectPlan(reason())),
        "approve_plan" => (REVIEWER, CooperationEvent::ApprovePlan),
        "pass_on" => (SYSTEM, CooperationEvent::PassOn),
        "accept" => (Role::Distributor, CooperationEvent::Accept),
        "reject" => (Role::Distributor, CooperationEvent::Reject(reason())),
        "invite" => {
            let invitation = ResellerInvitation { distributor: "d-1".into(), distributor_frozen: false };
            (Role::Distributor, CooperationEvent::Invite(invitation))
        }
        "join" => (Role::Applicant, CooperationEvent::Join(reseller())),
        "restrict" => (SYSTEM, CooperationEvent::Restrict),
        "freeze" => (SYSTEM, CooperationEvent::Freeze),
        "release" => (SYSTEM, CooperationEvent::Release),
        "leave" => (Role::Reseller, CooperationEvent::Leave),
        other => panic!("{other}"),
    };
    step("2026-03-02", role, event)
}

#[test]
fn cooperation_table() {
    use CooperationState::*;
    let table = [
        ("", "apply", PlanSubmitted),
        ("apply", "approve_plan", PlanApproved),
        ("apply", "reject_plan", PlanRejected),
        ("apply approve_plan", "pass_on", WaitingForDistributor),
        ("apply approve_plan pass_on", "accept", Cooperating),
        ("apply approve_plan pass_on", "reject", RejectedByDistributor),
        ("", "invite", Invited),
        ("invite", "join", Cooperating),
        ("invite join", "leave", Left),
        ("invite join", "restrict", Restricted),
        ("invite join", "freeze", Frozen),
        ("invite join restrict", "release", Cooperating),
        ("invite join freeze", "release", Cooperating),
    ];
    check_table::<Cooperation>(&table, cooperation_step, CooperationState::ALL.len());
}

fn registration_step(event: &str) -> LoggedEvent<RegistrationEvent> {
    let (on, role, event) = match event {
        "check_codes" => ("2026-03-02", Role::Applicant, RegistrationEvent::CheckCodes),
        "register" => (
            "2026-03-03",
            Role::Applicant,
            RegistrationEvent::Register(NewResellerAccount { other_phone: true }),
        ),
        "expire" => ("2026-03-04", SYSTEM, RegistrationEvent::Expire),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

#[test]
fn quick_registration_table_and_its_24_hours() {
    use RegistrationState::*;
    let table = [
        ("", "check_codes", CodesChecked),
        ("check_codes", "register", Registered),
        ("check_codes", "expire", Void),
    ];
    check_table::<ResellerRegistration>(&table, registration_step, RegistrationState::ALL.len());

    let checked = walk::<ResellerRegistration>(CHINA, "check_codes", registration_step);
    let register = |time: &str, other_phone| {
        let event = RegistrationEvent::Register(NewResellerAccount { other_phone });
        apply(&checked, LoggedEvent::new(time.parse().unwrap(), actor(Role::Applicant), event))
    };
    register("2026-03-03T02:00:00Z", true).unwrap();
    assert_broken(
        register("2026-03-03T02:00:01Z", false),
        &[("program.8", "codes_checked_at"), ("program.8", "other_phone")],
    );
    assert_broken(
        apply(&checked, step("2026-03-03", SYSTEM, RegistrationEvent::Expire)),
        &[("program.8", "at")],
    );
    let deadline = &checked.deadlines(&Weekends)[0];
    assert_eq!((deadline.last_day, deadline.automatic), (day("2026-03-03"), true));
}

fn customer() -> CustomerForm {
    CustomerForm {
        partner: "p-1".into(),
        customer: "c-1".to_owned(),
        own_contact: true,
        obstacles: Vec::new(),
    }
}

fn invitation(channel: Channel, association_type: AssociationType) -> CustomerInvitation {
    CustomerInvitation { channel, association_type, valid_until: None, manager: None }
}

fn standing() -> CustomerStanding {
    CustomerStanding { registered_at: at("2026-03-03"), cash_spending: false, obstacles: Vec::new() }
}

fn customer_step(event: &str) -> LoggedEvent<CustomerRegistrationEvent> {
    use CustomerRegistrationEvent as E;
    let (on, role, event) = match event {
        "register" => ("2026-03-02", MAIN, E::Register(customer())),
        "request_review" => ("2026-03-02", MAIN, E::RequestReview(customer())),
        "approve" => ("2026-03-02", REVIEWER, E::Approve),
        "reject" => ("2026-03-02", REVIEWER, E::Reject(reason())),
        "invite" => ("2026-03-03", MAIN, E::Invite(invitation(Channel::Mail, AssociationType::Resale))),
        "expire" => ("2026-03-18", SYSTEM, E::Expire),
        "associate" => ("2026-03-04", CUSTOMER, E::Associate(standing())),
        "fail" => ("2026-03-04", SYSTEM, E::Fail(reason())),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

#[test]
fn customer_registration_table() {
    use CustomerRegistrationState::*;
    let table = [
        ("", "register", Preregistered),
        ("", "request_review", PendingReview),
        ("request_review", "approve", Preregistered),
        ("request_review", "reject", Rejected),
        ("register", "invite", Invited),
        ("register", "expire", Expired),
        ("register invite", "associate", Associated),
        ("register invite", "fail", AssociationFailed),
        // Stated beside the table: a link without preregistration, a mail sent again, 15 days over after an invitation.
        ("", "invite", Invited),
        ("register invite", "invite", Invited),
        ("register invite", "expire", Expired),
    ];
    check_table::<CustomerRegistration>(&table, customer_step, CustomerRegistrationState::ALL.len());
}

fn association(association_type: AssociationType) -> AssociationForm {
    AssociationForm { partner: "p-1".into(), customer: "c-1".into(), association_type, limit: None }
}

fn separation() -> SeparationRequest {
    SeparationRequest { reason: "customer moves".to_owned(), ..Default::default() }
}

fn association_step(event: &str) -> LoggedEvent<AssociationEvent> {
    use AssociationEvent as E;
    let (role, event) = match event {
        "associate" => (CUSTOMER, E::Associate(association(AssociationType::Referral))),
        "request_disassociation" => (MAIN, E::RequestDisassociation(separation())),
        "ask_to_leave" => (CUSTOMER, E::AskToLeave),
        "approve" => (CUSTOMER, E::Approve(AssociationReply::default())),
        "approve_by_partner" => (MAIN, E::Approve(AssociationReply::default())),
        "refuse" => (CUSTOMER, E::Refuse(AssociationReply::default())),
        "refuse_by_partner" => (MAIN, E::Refuse(AssociationReply::default())),
        "request_switch" => {
            (MAIN, E::RequestSwitch(SwitchRequest { to: AssociationType::Resale, check: separation() }))
        }
        "disassociate" => (MAIN, E::Disassociate(separation())),
        other => panic!("{other}"),
    };
    step("2026-03-02", role, event)
}

#[test]
fn association_table() {
    use AssociationState::*;
    let table = [
        ("", "associate", Associated),
        ("associate", "request_disassociation", RequestedByPartner),
        ("associate", "ask_to_leave", RequestedByCustomer),
        ("associate request_disassociation", "approve", Disassociated),
        ("associate request_disassociation", "refuse", Associated),
        ("associate ask_to_leave", "approve_by_partner", Disassociated),
        ("associate ask_to_leave", "refuse_by_partner", Associated),
        ("associate", "request_switch", SwitchRequested),
        ("associate request_switch", "approve", Associated),
        ("associate request_switch", "refuse", Associated),
        // The newer international page.
        ("associate", "disassociate", Disassociated),
    ];
    let site = |path: &str| if path.contains("disassociate") { ABROAD } else { CHINA };
    check_table_in::<Association>(&table, association_step, AssociationState::ALL.len(), site);
}

fn budget(amount: i64) -> BudgetSetting {
    BudgetSetting {
        kind: BudgetKind::Monthly,
        amount: Amount::from(amount),
        policy: ExhaustionPolicy::Automatic,
        unfreeze_now: false,
        permission: None,
    }
}

fn account_step(event: &str) -> LoggedEvent<CustomerAccountEvent> {
    use CustomerAccountEvent as E;
    let (role, event) = match event {
        "associate" => (SYSTEM, E::Associate(NewResaleCustomer { customer: "c-1".into() })),
        "set_budget" => (MAIN, E::SetBudget(budget(100))),
        "set_budget_and_unfreeze" => {
            (MAIN, E::SetBudget(BudgetSetting { unfreeze_now: true, ..budget(100) }))
        }
        "unfreeze" => (MAIN, E::Unfreeze),
        "freeze" => (MAIN, E::Freeze(Freeze { scope: FreezeExtent::AccountAndResources })),
        "exhaust" => (SYSTEM, E::Exhaust),
        other => panic!("{other}"),
    };
    step("2026-03-02", role, event)
}

#[test]
fn customer_account_table() {
    use CustomerAccountState::*;
    let table = [
        ("", "associate", Frozen),
        ("associate", "set_budget", Frozen),
        ("associate", "set_budget_and_unfreeze", Normal),
        ("associate", "unfreeze", Normal),
        ("associate unfreeze", "set_budget", Normal),
        ("associate unfreeze", "freeze", Frozen),
        ("associate set_budget_and_unfreeze", "exhaust", Frozen),
    ];
    check_table_in::<CustomerAccount>(&table, account_step, CustomerAccountState::ALL.len(), |_| ABROAD);
}

fn specialist_step(event: &str) -> LoggedEvent<SpecialistEvent> {
    use SpecialistEvent as E;
    let (on, role, event) = match event {
        "invite" => {
            let invitation = SpecialistInvitation {
                invitee: "han@example.com".into(),
                by: InviteBy::Mail,
                paths: vec![Path::Service],
                ..Default::default()
            };
            ("2026-03-02", MAIN, E::Invite(invitation))
        }
        "bind" => ("2026-03-09", Role::PartnerMember, E::Bind),
        "expire" => ("2026-03-10", SYSTEM, E::Expire),
        "unbind" => ("2026-04-01", MAIN, E::Unbind),
        "apply" => {
            let form = SpecialistApplication { path: Path::Service, files: vec!["cv.pdf".to_owned()] };
            ("2026-03-11", MAIN, E::Apply(form))
        }
        "approve" => ("2026-03-12", REVIEWER, E::Approve),
        "refuse" => ("2026-03-12", REVIEWER, E::Refuse(reason())),
        "request_cancel" => {
            let request = CancelRequest { reason: "left".to_owned(), file: "letter.pdf".to_owned() };
            ("2026-03-20", MAIN, E::RequestCancel(request))
        }
        "withdraw" => ("2026-03-21", MAIN, E::Withdraw),
        "approve_cancel" => ("2026-03-22", REVIEWER, E::ApproveCancel),
        "cancel_by_huawei" => ("2026-03-22", REVIEWER, E::CancelByHuawei),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

#[test]
fn specialist_table() {
    use SpecialistState::*;
    const DONE: &str = "invite bind apply approve";
    let cancelling = format!("{DONE} request_cancel");
    let cancelled = format!("{cancelling} approve_cancel");
    let by_huawei = format!("{DONE} cancel_by_huawei");
    let table = [
        ("", "invite", Invited),
        ("invite expire", "invite", Invited),
        ("invite bind unbind", "invite", Invited),
        ("invite", "bind", Bound),
        ("invite", "expire", Expired),
        ("invite bind", "apply", Applying),
        ("invite bind apply refuse", "apply", Applying),
        (&*cancelled, "apply", Applying),
        (&*by_huawei, "apply", Applying),
        ("invite bind apply", "approve", SpecialistState::Specialist),
        ("invite bind apply", "refuse", Refused),
        (DONE, "request_cancel", Cancelling),
        (&*cancelling, "withdraw", SpecialistState::Specialist),
        (&*cancelling, "approve_cancel", Cancelled),
        (DONE, "cancel_by_huawei", CancelledByHuawei),
        ("invite bind", "unbind", Unbound),
        (&*cancelled, "unbind", Unbound),
    ];
    check_table::<huaweicloud_partner::relationships::Specialist>(
        &table,
        specialist_step,
        SpecialistState::ALL.len(),
    );
}

fn manager_step(event: &str) -> LoggedEvent<AssignmentEvent> {
    let event = match event {
        "assign" => AssignmentEvent::Assign(Assign {
            subject: Subject::Customer("c-1".into()),
            manager: "Li Lei".into(),
        }),
        "withdraw" => AssignmentEvent::Withdraw,
        "show_contacts" => AssignmentEvent::ShowContacts(Contacts { contacts: vec!["Li Lei".into(); 5] }),
        other => panic!("{other}"),
    };
    step("2026-03-02", MAIN, event)
}

fn authorization() -> AuthorizationRequest {
    AuthorizationRequest {
        partner: "p-1".into(),
        customer: "c-1".into(),
        first: true,
        commitment: true,
        distributor_agreed: None,
    }
}

fn authorization_step(event: &str) -> LoggedEvent<AuthorizationEvent> {
    let (role, event) = match event {
        "request" => (MAIN, AuthorizationEvent::Request(authorization())),
        "grant" => (CUSTOMER, AuthorizationEvent::Grant),
        "refuse" => (CUSTOMER, AuthorizationEvent::Refuse(reason())),
        other => panic!("{other}"),
    };
    step("2026-03-02", role, event)
}

#[test]
fn manager_and_authorization_tables() {
    use AssignmentState::*;
    let table = [
        ("", "assign", Assigned),
        ("assign", "assign", Assigned),
        ("assign withdraw", "assign", Assigned),
        ("assign", "withdraw", Withdrawn),
        ("assign", "show_contacts", Assigned),
    ];
    check_table::<ManagerAssignment>(&table, manager_step, AssignmentState::ALL.len());
    let table = [
        ("", "request", AuthorizationState::Requested),
        ("request", "grant", AuthorizationState::Granted),
        ("request", "refuse", AuthorizationState::Refused),
    ];
    check_table::<CustomerAuthorization>(&table, authorization_step, AuthorizationState::ALL.len());
}

fn register(
    site: Site,
    change: impl FnOnce(&mut CustomerForm),
) -> Result<Record<CustomerRegistration>, EventRefused> {
    let mut form = customer();
    change(&mut form);
    let event = CustomerRegistrationEvent::Register(form);
    apply(&Record::new("R-1", site), step("2026-03-02", MAIN, event))
}

#[test]
fn rules_1_and_2_a_hundred_and_one_partner_in_fifteen_days() {
    let desk = Store::in_memory(ChinaCalendar::published());
    let start = |id: &str, partner: &str, customer_key: &str| {
        let form = CustomerForm { partner: partner.into(), customer: customer_key.to_owned(), ..customer() };
        desk.start(id, CHINA, step("2026-03-02", MAIN, CustomerRegistrationEvent::Register(form)))
    };
    for number in 0..100 {
        start(&format!("R-{number}"), "p-1", &format!("c-{number}")).unwrap();
    }
    assert!(breaks(start("R-100", "p-1", "c-100"), "relationship.1"));
    assert!(breaks(start("R-100", "p-2", "c-7"), "relationship.2"));
    let lapsed = desk.record_expiries(at("2026-03-18")).unwrap();
    assert_eq!((lapsed.len(), &*lapsed[0].state), (100, "expired"));
    start("R-100", "p-2", "c-7").unwrap();

    let registered = walk::<CustomerRegistration>(CHINA, "register", customer_step);
    assert_eq!(registered.deadlines(&Weekends)[0].last_day, day("2026-03-17"));
    let expire = step("2026-03-17", SYSTEM, CustomerRegistrationEvent::Expire);
    assert_broken(apply(&registered, expire), &[("relationship.2", "at")]);
    let invite = CustomerRegistrationEvent::Invite(invitation(Channel::Link, AssociationType::Resale));
    assert_broken(apply(&registered, step("2026-03-18", MAIN, invite)), &[("relationship.2", "at")]);
}

#[test]
fn rules_3_to_5_who_can_be_preregistered() {
    let all = |form: &mut CustomerForm| {
        form.own_contact = false;
        form.obstacles = CustomerObstacle::ALL.to_vec();
    };
    let count = |site, rule: &str| {
        let refused = register(site, all).unwrap_err();
        refused.violations.iter().filter(|broken| broken.rule.id() == rule).count()
    };
    assert_eq!((count(CHINA, "relationship.3"), count(ABROAD, "relationship.3")), (1, 1));
    assert_eq!((count(CHINA, "relationship.4"), count(ABROAD, "relationship.4")), (0, 6));
    assert_eq!((count(CHINA, "relationship.5"), count(ABROAD, "relationship.5")), (5, 3));
    // The same case passes as a request for a review.
    let form = CustomerForm { obstacles: vec![CustomerObstacle::DirectSales], ..customer() };
    let review = CustomerRegistrationEvent::RequestReview(form);
    apply(&Record::<CustomerRegistration>::new("R-1", ABROAD), step("2026-03-02", MAIN, review)).unwrap();
}

fn associate(
    site: Site,
    path: &str,
    association_type: AssociationType,
    standing: CustomerStanding,
) -> Result<Record<CustomerRegistration>, EventRefused> {
    let make = |event: &str| match event {
        "invite" => step(
            "2026-03-03",
            MAIN,
            CustomerRegistrationEvent::Invite(invitation(Channel::Mail, association_type.clone())),
        ),
        other => customer_step(other),
    };
    let record = walk::<CustomerRegistration>(site, path, make);
    apply(&record, step("2026-03-10", CUSTOMER, CustomerRegistrationEvent::Associate(standing)))
}

#[test]
fn rule_6_an_older_account_is_preregistered_first() {
    let old =
        CustomerStanding { registered_at: at("2026-03-02"), cash_spending: true, obstacles: Vec::new() };
    associate(CHINA, "register invite", AssociationType::Resale, old.clone()).unwrap();
    assert_broken(
        associate(CHINA, "invite", AssociationType::Resale, old.clone()),
        &[("relationship.6", "registered_at"), ("relationship.6", "cash_spending")],
    );
    let young = CustomerStanding { registered_at: at("2026-03-03"), cash_spending: false, ..old };
    associate(CHINA, "invite", AssociationType::Resale, young).unwrap();
}

#[test]
fn rules_7_to_9_who_can_be_associated() {
    let all = CustomerStanding { obstacles: CustomerObstacle::ALL.to_vec(), ..standing() };
    let count = |site, association_type: &AssociationType, rule: &str| {
        let refused = associate(site, "register invite", association_type.clone(), all.clone()).unwrap_err();
        refused.violations.iter().filter(|broken| broken.rule.id() == rule).count()
    };
    let of = |site, association_type: AssociationType| {
        ["relationship.7", "relationship.8", "relationship.9"]
            .map(|rule| count(site, &association_type, rule))
    };
    assert_eq!(of(ABROAD, AssociationType::Resale), [5, 4, 6]);
    assert_eq!(of(ABROAD, AssociationType::Referral), [5, 0, 5]);
    assert_eq!(of(CHINA, AssociationType::Resale), [0, 1, 6]);
    assert_eq!(of(CHINA, AssociationType::Referral), [0, 0, 5]);
}

#[test]
fn rule_10_one_partner_and_one_distributor() {
    let desk = Store::in_memory(ChinaCalendar::published());
    desk.start("A-1", CHINA, association_step("associate")).unwrap();
    assert!(breaks(desk.start("A-2", CHINA, association_step("associate")), "relationship.10"));
    desk.apply("A-1", association_step("request_disassociation")).unwrap();
    desk.apply("A-1", association_step("approve")).unwrap();
    desk.start("A-2", CHINA, association_step("associate")).unwrap();

    desk.start("C-1", CHINA, cooperation_step("invite")).unwrap();
    desk.apply("C-1", cooperation_step("join")).unwrap();
    assert!(breaks(desk.start("C-2", CHINA, cooperation_step("apply")), "relationship.10"));
    desk.apply("C-1", cooperation_step("leave")).unwrap();
    desk.start("C-2", CHINA, cooperation_step("apply")).unwrap();
    let invited = walk::<Cooperation>(CHINA, "invite", cooperation_step);
    let other = ResellerApplication { distributor: "d-2".into(), ..reseller() };
    assert_broken(
        apply(&invited, step("2026-03-03", Role::Applicant, CooperationEvent::Join(other))),
        &[("relationship.10", "distributor")],
    );
    let mut bare = reseller();
    bare.application.standing = ApplicantStanding::default();
    assert_broken(
        apply(&invited, step("2026-03-03", Role::Applicant, CooperationEvent::Join(bare))),
        &[("program.5", "application.standing.enterprise_real_name")],
    );
}

fn on<E>(day: &str, step: LoggedEvent<E>) -> LoggedEvent<E> {
    LoggedEvent { at: at(day), ..step }
}

#[test]
fn rules_12_and_13_three_months() {
    let again = |site, limit, times: usize, day: &str| {
        let form = AssociationForm { limit, ..association(AssociationType::Referral) };
        let mut record = apply(
            &Record::<Association>::new("A-1", site),
            step("2026-03-02", CUSTOMER, AssociationEvent::Associate(form)),
        )
        .unwrap();
        for _ in 0..times {
            record = apply(&record, association_step("request_disassociation")).unwrap();
            record = apply(&record, association_step("refuse")).unwrap();
        }
        apply(&record, on(day, association_step("request_disassociation")))
    };
    assert_broken(again(CHINA, None, 1, "2026-06-01"), &[("relationship.12", "at")]);
    again(CHINA, None, 1, "2026-06-02").unwrap();
    assert_broken(again(ABROAD, None, 1, "2026-06-01"), &[("relationship.13", "at")]);
    again(ABROAD, Some(RequestLimit::Three), 2, "2026-06-01").unwrap();
    assert_broken(again(ABROAD, Some(RequestLimit::Three), 3, "2026-06-01"), &[("relationship.13", "at")]);

    // After a customer's request the partner waits, on the China site.
    let asked =
        |site| walk::<Association>(site, "associate ask_to_leave refuse_by_partner", association_step);
    let request = || association_step("request_disassociation");
    assert_broken(apply(&asked(CHINA), request()), &[("relationship.12", "at")]);
    apply(&asked(ABROAD), request()).unwrap();
    assert_broken(apply(&asked(CHINA), association_step("ask_to_leave")), &[("relationship.12", "at")]);
    // A switch counts as well.
    let switched = walk::<Association>(CHINA, "associate request_switch approve", association_step);
    assert_eq!(switched.facts().association_type, Some(AssociationType::Resale));
    assert_broken(apply(&switched, request()), &[("relationship.12", "at")]);
}

#[test]
fn rule_14_only_the_administrator() {
    let associated = walk::<Association>(CHINA, "associate", association_step);
    for role in [Role::AccountManager, Role::PartnerMember, Role::AccountDirector] {
        let request = LoggedEvent { by: actor(role), ..association_step("request_disassociation") };
        assert_broken(apply(&associated, request), &[("relationship.14", "by.role")]);
    }
}

#[test]
fn rules_15_29_32_43_everything_that_blocks_at_once() {
    let request = |site, association_type| {
        let record = apply(
            &Record::<Association>::new("A-1", site),
            step("2026-03-02", CUSTOMER, AssociationEvent::Associate(association(association_type))),
        );
        let bad = SeparationRequest {
            reason: String::new(),
            blocks: Block::ALL.to_vec(),
            code_needed: true,
            code_given: false,
        };
        let event = AssociationEvent::RequestDisassociation(bad);
        let refused = apply(&record.unwrap(), step("2026-03-03", MAIN, event)).unwrap_err();
        ["relationship.15", "relationship.29", "relationship.32", "relationship.43"]
            .map(|rule| refused.violations.iter().filter(|broken| broken.rule.id() == rule).count())
    };
    assert_eq!(request(CHINA, AssociationType::Resale), [8, 0, 1, 1]);
    assert_eq!(request(ABROAD, AssociationType::Resale), [9, 1, 1, 1]);
    assert_eq!(request(ABROAD, AssociationType::Referral), [9, 0, 1, 1]);
    let frozen = ResellerInvitation { distributor: "d-1".into(), distributor_frozen: true };
    assert_broken(
        apply(
            &Record::<Cooperation>::new("C-1", ABROAD),
            step("2026-03-02", Role::Distributor, CooperationEvent::Invite(frozen)),
        ),
        &[("relationship.29", "distributor_frozen")],
    );
    let specialist = walk::<Specialist>(CHINA, "invite bind", specialist_step);
    let bare = SpecialistApplication { path: Path::Service, files: Vec::new() };
    assert_broken(
        apply(&specialist, step("2026-03-11", MAIN, SpecialistEvent::Apply(bare))),
        &[("relationship.43", "files")],
    );
    let specialist = walk::<Specialist>(CHINA, "invite bind apply approve", specialist_step);
    let bare = SpecialistEvent::RequestCancel(CancelRequest::default());
    assert_broken(
        apply(&specialist, step("2026-03-20", MAIN, bare)),
        &[("relationship.43", "reason"), ("relationship.43", "file")],
    );
}

#[test]
fn rules_23_to_26_budgets() {
    let frozen = walk::<CustomerAccount>(ABROAD, "associate", account_step);
    let set = |budget| apply(&frozen, step("2026-03-03", MAIN, CustomerAccountEvent::SetBudget(budget)));
    assert_broken(set(budget(0)), &[("relationship.25", "amount")]);
    let second = apply(
        &set(budget(100)).unwrap(),
        step("2026-03-04", MAIN, CustomerAccountEvent::SetBudget(budget(7))),
    );
    assert_eq!(second.unwrap().facts().budget, Some(budget(7)));

    let granted = |monthly, held| BudgetSetting {
        permission: Some(BudgetPermission { monthly, one_time: None, held: Amount::from(held) }),
        ..budget(100)
    };
    set(granted(Some(Amount::from(150)), 50)).unwrap();
    assert_broken(set(granted(Some(Amount::from(150)), 51)), &[("relationship.26", "amount")]);
    assert_broken(set(granted(None, 0)), &[("relationship.26", "kind")]);

    let alerts: Vec<_> =
        [74, 75, 90, 99, 100, 500].map(|spent| budget(100).alert(Amount::from(spent))).to_vec();
    assert_eq!(alerts, [None, Some(75), Some(90), Some(90), Some(100), Some(100)]);
    let manual = BudgetSetting { policy: ExhaustionPolicy::Manual, unfreeze_now: true, ..budget(100) };
    assert_broken(
        apply(&set(manual).unwrap(), account_step_later("exhaust")),
        &[("relationship.24", "budget.policy")],
    );
    let normal = walk::<CustomerAccount>(ABROAD, "associate unfreeze", account_step);
    assert_broken(apply(&normal, account_step("exhaust")), &[("relationship.23", "budget")]);
}

fn account_step_later(event: &str) -> LoggedEvent<CustomerAccountEvent> {
    on("2026-03-05", account_step(event))
}

#[test]
fn rule_30_authorisation() {
    let request = |site, request, role| {
        let event = AuthorizationEvent::Request(request);
        apply(&Record::<CustomerAuthorization>::new("Z-1", site), step("2026-03-02", role, event))
    };
    let bare = AuthorizationRequest { commitment: false, distributor_agreed: Some(false), ..authorization() };
    assert_broken(
        request(ABROAD, bare, Role::Reseller),
        &[("relationship.30", "commitment"), ("relationship.30", "distributor_agreed")],
    );
    assert_broken(
        request(ABROAD, authorization(), Role::Reseller),
        &[("relationship.30", "distributor_agreed")],
    );
    let agreed = AuthorizationRequest { distributor_agreed: Some(true), ..authorization() };
    request(ABROAD, agreed, Role::Reseller).unwrap();
    let later = AuthorizationRequest { first: false, commitment: false, ..authorization() };
    request(CHINA, later, Role::Reseller).unwrap();
}

#[test]
fn rules_33_and_35_who_replies_and_from_when() {
    let assigned = walk::<ManagerAssignment>(CHINA, "assign", manager_step);
    let assign =
        |subject, manager: &str| AssignmentEvent::Assign(Assign { subject, manager: manager.into() });
    let own = Subject::Customer("c-1".into());
    let next = apply(&assigned, step("2026-04-01", MAIN, assign(own, "Han Meimei"))).unwrap();
    let next = apply(&next, step("2026-05-01", MAIN, AssignmentEvent::Withdraw)).unwrap();
    let at_day = |day: &str| next.facts().manager_at(at(day)).map(|name| name.expose().to_owned());
    assert_eq!(at_day("2026-03-01"), None);
    assert_eq!(at_day("2026-03-31").as_deref(), Some("Li Lei"));
    assert_eq!(at_day("2026-04-01").as_deref(), Some("Han Meimei"));
    assert_eq!(at_day("2026-05-01"), None);
    let wrong = assign(Subject::Reseller("r-1".into()), "");
    assert_broken(
        apply(&assigned, step("2026-04-01", MAIN, wrong)),
        &[("relationship.33", "manager"), ("relationship.33", "subject")],
    );
    let six = AssignmentEvent::ShowContacts(Contacts { contacts: vec!["Li Lei".into(); 6] });
    assert_broken(apply(&assigned, step("2026-04-01", MAIN, six)), &[("relationship.35", "contacts")]);
}

#[test]
fn rules_36_37_39_specialists() {
    let desk = Store::in_memory(ChinaCalendar::published());
    for number in 0..100 {
        desk.start(format!("S-{number}"), CHINA, specialist_step("invite")).unwrap();
    }
    assert!(breaks(desk.start("S-100", CHINA, specialist_step("invite")), "relationship.36"));
    let other = LoggedEvent { by: Actor::new(MAIN, "Han Meimei"), ..specialist_step("invite") };
    desk.start("S-100", CHINA, other).unwrap();
    desk.start("S-101", CHINA, on("2026-03-03", specialist_step("invite"))).unwrap();
    assert_eq!(desk.record_expiries(at("2026-03-10")).unwrap().len(), 101);

    let invited = walk::<Specialist>(CHINA, "invite", specialist_step);
    assert_broken(apply(&invited, on("2026-03-10", specialist_step("bind"))), &[("relationship.36", "at")]);
    assert_broken(apply(&invited, on("2026-03-09", specialist_step("expire"))), &[("relationship.36", "at")]);
    let invite = |paths, programs| {
        let form = SpecialistInvitation { invitee: "x".into(), paths, programs, ..Default::default() };
        apply(
            &Record::<Specialist>::new("S-1", CHINA),
            step("2026-03-02", MAIN, SpecialistEvent::Invite(form)),
        )
    };
    assert_broken(invite(vec![Path::Software], vec![Program::Pce]), &[("relationship.37", "paths")]);
    invite(Vec::new(), vec![Program::SolutionProvider]).unwrap();
    let bound = walk::<Specialist>(CHINA, "invite bind", specialist_step);
    let form = SpecialistApplication { path: Path::Distributor, files: vec!["cv.pdf".to_owned()] };
    assert_broken(
        apply(&bound, step("2026-03-11", MAIN, SpecialistEvent::Apply(form))),
        &[("relationship.37", "path")],
    );
    // Rule 39 is the table's.
    let specialist = walk::<Specialist>(CHINA, "invite bind apply approve", specialist_step);
    assert!(apply(&specialist, specialist_step("unbind")).unwrap_err().is_outside_table());
}

#[test]
fn rules_41_and_42_links_and_sites() {
    let late = |channel, site, valid_until| {
        let invitation = CustomerInvitation { valid_until, ..invitation(channel, AssociationType::Referral) };
        let registered = walk::<CustomerRegistration>(site, "register", customer_step);
        let invited =
            apply(&registered, step("2026-03-03", MAIN, CustomerRegistrationEvent::Invite(invitation)))
                .unwrap();
        apply(&invited, step("2026-03-11", CUSTOMER, CustomerRegistrationEvent::Associate(standing())))
    };
    assert_broken(late(Channel::Mail, CHINA, None), &[("relationship.41", "at")]);
    late(Channel::QrCode, CHINA, None).unwrap();
    late(Channel::Mail, ABROAD, None).unwrap();
    assert_broken(late(Channel::Mail, ABROAD, Some(day("2026-03-10"))), &[("relationship.41", "at")]);

    let abroad = walk::<Association>(ABROAD, "associate", association_step);
    assert_broken(apply(&abroad, association_step("request_switch")), &[("relationship.42", "site")]);
    let china = walk::<Association>(CHINA, "associate", association_step);
    assert_broken(apply(&china, association_step("disassociate")), &[("relationship.42", "site")]);
    assert_broken(
        apply(&Record::<CustomerAccount>::new("B-1", CHINA), account_step("associate")),
        &[("relationship.42", "site")],
    );
}

#[test]
fn every_rule_has_its_own_number_and_a_page() {
    check_rules(RULES, "relationship.");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_sequence_leaves_the_tables(sequence in sequences()) {
        check_walk::<Cooperation>(CHINA, &names::<CooperationEvent>(), cooperation_step, &sequence);
        check_walk::<ResellerRegistration>(CHINA, &names::<RegistrationEvent>(), registration_step, &sequence);
        check_walk::<CustomerRegistration>(CHINA, &names::<CustomerRegistrationEvent>(), customer_step, &sequence);
        for site in [CHINA, ABROAD] {
            check_walk::<Association>(site, &names::<AssociationEvent>(), association_step, &sequence);
        }
        let events = ["associate", "set_budget", "set_budget_and_unfreeze", "unfreeze", "freeze", "exhaust"];
        check_walk::<CustomerAccount>(ABROAD, &events, account_step, &sequence);
        check_walk::<ManagerAssignment>(CHINA, &names::<AssignmentEvent>(), manager_step, &sequence);
        check_walk::<CustomerAuthorization>(CHINA, &names::<AuthorizationEvent>(), authorization_step, &sequence);
        check_walk::<Specialist>(CHINA, &names::<SpecialistEvent>(), specialist_step, &sequence);
    }
}
