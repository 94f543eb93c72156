//! Programs against the published tables and rules: each row of a table and each checkable rule by its number.

use crate::common::*;
use huaweicloud_partner::{
    opportunities::{PathStage, Reason},
    programs::*,
    types::Amount,
    workflow::*,
};
use proptest::prelude::*;

const MAIN: Role = Role::PartnerAdministrator;
const COMPANY: Role = Role::Applicant;
const SYSTEM: Role = Role::System;
const REVIEWER: Role = Role::HuaweiReviewer;
const PDM: Role = Role::HuaweiPartnerManager;

fn reason() -> Reason {
    Reason { reason: "not complete".to_owned() }
}

fn account_step(event: &str) -> LoggedEvent<AccountEvent> {
    let (on, role, event) = match event {
        "register" => ("2026-01-05", COMPANY, AccountEvent::Register),
        "prepare" => {
            let ready = Preparation { enterprise_real_name: true, mail_bound: true };
            ("2026-01-06", COMPANY, AccountEvent::Prepare(ready))
        }
        "apply" => ("2026-01-07", COMPANY, AccountEvent::Apply),
        "pass" => ("2026-01-07", SYSTEM, AccountEvent::Pass),
        "send_to_review" => ("2026-01-07", SYSTEM, AccountEvent::SendToReview),
        "approve" => ("2026-01-09", REVIEWER, AccountEvent::Approve),
        "refuse" => ("2026-01-09", REVIEWER, AccountEvent::Refuse(reason())),
        "request_authentication" => ("2026-01-12", MAIN, AccountEvent::RequestAuthentication),
        "wrong_amount" => ("2026-01-13", MAIN, AccountEvent::WrongAmount),
        "send_to_auditor" => ("2026-01-13", SYSTEM, AccountEvent::SendToAuditor),
        "open_ticket" => ("2026-01-14", MAIN, AccountEvent::OpenTicket),
        "unlock" => ("2026-01-15", REVIEWER, AccountEvent::Unlock),
        "authenticate" => ("2026-01-16", SYSTEM, AccountEvent::Authenticate),
        "authenticate_by_auditor" => ("2026-01-16", REVIEWER, AccountEvent::Authenticate),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

#[test]
fn account_table() {
    use AccountState::*;
    const PARTNER: &str = "register prepare apply pass";
    let at_check = format!("{PARTNER} request_authentication");
    let wrong = format!("{at_check} wrong_amount wrong_amount");
    let locked = format!("{wrong} wrong_amount");
    let ticket = format!("{locked} open_ticket");
    let auditor = format!("{at_check} send_to_auditor");
    let table = [
        ("", "register", Registered),
        ("register", "prepare", Prepared),
        ("register prepare", "apply", Applied),
        ("register prepare apply", "pass", AccountState::Partner),
        ("register prepare apply", "send_to_review", ManualReview),
        ("register prepare apply send_to_review", "approve", AccountState::Partner),
        ("register prepare apply send_to_review", "refuse", Refused),
        ("register prepare apply send_to_review refuse", "apply", Applied),
        (PARTNER, "request_authentication", InformationCheck),
        (&*at_check, "wrong_amount", InformationCheck),
        (&*wrong, "wrong_amount", InformationLocked),
        (&*locked, "open_ticket", InformationTicket),
        (&*ticket, "unlock", InformationCheck),
        (&*at_check, "send_to_auditor", InformationReview),
        (&*at_check, "authenticate", InformationAuthenticated),
        (&*auditor, "authenticate_by_auditor", InformationAuthenticated),
    ];
    // The last row is the same event by somebody else.
    let make = |event: &str| account_step(event);
    check_table::<PartnerAccount>(&table, make, AccountState::ALL.len());
}

fn competency() -> Competency {
    Competency {
        solutions: vec![CertifiedSolution {
            name: "Lakehouse".to_owned(),
            advanced: true,
            valid_until: day("2027-12-31"),
        }],
        people: Vec::new(),
    }
}

fn choice(path: Path) -> PathChoice {
    PathChoice { path, company: "C-1".to_owned(), invited: false }
}

fn path_step(event: &str) -> LoggedEvent<PathEvent> {
    let (role, event) = match event {
        "select" => (MAIN, PathEvent::Select(choice(Path::Software))),
        "leave" => (MAIN, PathEvent::Leave(LeavingPath::default())),
        "certify" => (SYSTEM, PathEvent::Certify(competency())),
        "apply_validation" => (MAIN, PathEvent::ApplyValidation(competency())),
        "approve_validation" => (REVIEWER, PathEvent::ApproveValidation),
        "refuse_validation" => (REVIEWER, PathEvent::RefuseValidation(reason())),
        "apply_differentiation" => (MAIN, PathEvent::ApplyDifferentiation(competency())),
        "approve_differentiation" => (REVIEWER, PathEvent::ApproveDifferentiation),
        "refuse_differentiation" => (REVIEWER, PathEvent::RefuseDifferentiation(reason())),
        "request_annual_review" => (MAIN, PathEvent::RequestAnnualReview),
        "end_annual_review" => (REVIEWER, PathEvent::EndAnnualReview),
        "renew" => (SYSTEM, PathEvent::Renew),
        other => panic!("{other}"),
    };
    step("2026-02-10", role, event)
}

#[test]
fn path_table() {
    use PathState::*;
    const DIFFERENT: &str = "select certify apply_differentiation approve_differentiation";
    let reviewed = format!("{DIFFERENT} request_annual_review");
    let table = [
        ("", "select", RoleSelected),
        ("select", "leave", Left),
        ("select", "certify", Certified),
        ("select", "apply_validation", ValidationReview),
        ("select apply_validation", "approve_validation", Certified),
        ("select apply_validation", "refuse_validation", ValidationRefused),
        ("select apply_validation refuse_validation", "apply_validation", ValidationReview),
        ("select certify", "apply_differentiation", DifferentiationReview),
        ("select certify apply_differentiation", "approve_differentiation", Differentiated),
        ("select certify apply_differentiation", "refuse_differentiation", DifferentiationRefused),
        (
            "select certify apply_differentiation refuse_differentiation",
            "apply_differentiation",
            DifferentiationReview,
        ),
        ("select certify", "request_annual_review", AnnualReview),
        (DIFFERENT, "request_annual_review", AnnualReview),
        // How an annual review ends is not documented.
        ("select certify request_annual_review", "end_annual_review", Certified),
        (&*reviewed, "end_annual_review", Differentiated),
        ("select certify", "renew", Certified),
        (DIFFERENT, "renew", Differentiated),
    ];
    check_table_in::<DevelopmentPath>(&table, path_step, PathState::ALL.len(), |_| Site::International);
}

fn solution_step(event: &str) -> LoggedEvent<SolutionEvent> {
    let (on, role, event) = match event {
        "draft" => {
            let form = SolutionForm { name: "Lakehouse".to_owned(), advanced: false };
            ("2026-01-05", MAIN, SolutionEvent::Draft(form))
        }
        "submit" => ("2026-01-06", MAIN, SolutionEvent::Submit),
        "refuse" => ("2026-01-20", REVIEWER, SolutionEvent::Refuse(reason())),
        "certify" => ("2026-01-20", REVIEWER, SolutionEvent::Certify(CertificationTerm::default())),
        "renew" => ("2026-12-01", MAIN, SolutionEvent::Renew(CertificationTerm::default())),
        "expire" => ("2027-01-21", SYSTEM, SolutionEvent::Expire),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

#[test]
fn solution_table() {
    use SolutionState::*;
    let table = [
        ("", "draft", Draft),
        ("draft", "draft", Draft),
        ("draft", "submit", UnderReview),
        ("draft submit", "refuse", Failed),
        ("draft submit refuse", "submit", UnderReview),
        ("draft submit", "certify", Certified),
        ("draft submit certify", "renew", Certified),
        ("draft submit certify", "expire", Expired),
        // Inferred.
        ("draft submit certify expire", "submit", UnderReview),
    ];
    check_table::<SolutionCertification>(&table, solution_step, SolutionState::ALL.len());
}

fn form(program: Program) -> ProgramApplication {
    ProgramApplication {
        program,
        account: "A-1".to_owned(),
        company: "C-1".to_owned(),
        standing: ApplicantStanding {
            enterprise_real_name: true,
            mail_bound: true,
            hcpn: true,
            ..Default::default()
        },
        invited: true,
        company_information: true,
        qualification: true,
        agreements: true,
    }
}

fn upgrade(to: Tier) -> TierUpgrade {
    TierUpgrade { to, validated_path: Some(Path::Service), requirements: Vec::new() }
}

fn enrolment_step(event: &str) -> LoggedEvent<EnrolmentEvent> {
    let other = OtherAccount { account: "A-2".to_owned(), quick: None };
    let (role, event) = match event {
        "apply" => (MAIN, EnrolmentEvent::Apply(form(Program::SolutionProvider))),
        "apply_as_reseller" => (COMPANY, EnrolmentEvent::Apply(form(Program::Reseller))),
        "find_ineligible" => (SYSTEM, EnrolmentEvent::FindIneligible(reason())),
        "use_other_account" => (MAIN, EnrolmentEvent::UseOtherAccount(other)),
        "enrol" => (REVIEWER, EnrolmentEvent::Enrol(Enrolled::default())),
        "reject" => (REVIEWER, EnrolmentEvent::Reject(reason())),
        "request_upgrade" => (MAIN, EnrolmentEvent::RequestUpgrade(upgrade(Tier::Leading))),
        "upgrade" => (REVIEWER, EnrolmentEvent::Upgrade),
        "reject_upgrade" => (REVIEWER, EnrolmentEvent::RejectUpgrade(reason())),
        "expire" => (SYSTEM, EnrolmentEvent::Expire),
        "leave" => (Role::Reseller, EnrolmentEvent::Leave),
        other => panic!("{other}"),
    };
    step("2026-02-10", role, event)
}

#[test]
fn enrolment_table() {
    use EnrolmentState::*;
    let table = [
        ("", "apply", Submitted),
        ("", "find_ineligible", NotEligible),
        ("find_ineligible", "use_other_account", EnrolmentState::OtherAccount),
        ("apply", "enrol", EnrolmentState::Enrolled),
        ("apply", "reject", Rejected),
        ("apply enrol", "request_upgrade", UpgradeRequested),
        ("apply enrol request_upgrade", "upgrade", EnrolmentState::Enrolled),
        ("apply enrol request_upgrade", "reject_upgrade", EnrolmentState::Enrolled),
        ("apply enrol", "expire", Expired),
        ("apply enrol expire", "use_other_account", EnrolmentState::OtherAccount),
        ("apply_as_reseller enrol", "leave", Left),
    ];
    check_table::<Enrolment>(&table, enrolment_step, EnrolmentState::ALL.len());
}

fn sow() -> Sow {
    Sow {
        higher_order_services: ["DWS", "MRS", "ModelArts"].map(str::to_owned).to_vec(),
        key_services: vec!["GaussDB".to_owned()],
        product_plan: "plan.docx".to_owned(),
        self_check_list: "list.xlsx".to_owned(),
        expert_feedback: "feedback.docx".to_owned(),
    }
}

fn nre_step(event: &str) -> LoggedEvent<NreEvent> {
    let (role, event) = match event {
        "apply" => {
            let form = NreQualification {
                solution: "Lakehouse".to_owned(),
                software_path: true,
                certified: true,
                agreed_with_psa: true,
            };
            (MAIN, NreEvent::Apply(form))
        }
        "approve" => (REVIEWER, NreEvent::Approve),
        "upload_sow" => (MAIN, NreEvent::UploadSow(sow())),
        "pass_technical" => (REVIEWER, NreEvent::PassTechnical),
        "refuse_sow" => (REVIEWER, NreEvent::RefuseSow(reason())),
        "start_final" => (PDM, NreEvent::StartFinal),
        "pass_final" => (REVIEWER, NreEvent::PassFinal),
        "check_agreement" => (PDM, NreEvent::CheckAgreement),
        "accept_milestone" => {
            (REVIEWER, NreEvent::AcceptMilestone(Milestone { milestone: "pilot".to_owned() }))
        }
        "accept" => (REVIEWER, NreEvent::Accept),
        "pay" => (REVIEWER, NreEvent::Pay),
        other => panic!("{other}"),
    };
    step("2026-02-10", role, event)
}

#[test]
fn nre_table() {
    use NreState::*;
    const CHECKED: &str = "apply approve upload_sow pass_technical start_final pass_final check_agreement";
    let accepting = format!("{CHECKED} accept_milestone");
    let accepted = format!("{accepting} accept");
    let table = [
        ("", "apply", QualificationApplied),
        ("apply", "approve", QualificationApproved),
        ("apply approve", "upload_sow", TechnicalEvaluation),
        ("apply approve upload_sow", "pass_technical", TechnicalPassed),
        ("apply approve upload_sow", "refuse_sow", SowRefused),
        ("apply approve upload_sow refuse_sow", "upload_sow", TechnicalEvaluation),
        ("apply approve upload_sow pass_technical", "start_final", FinalEvaluation),
        ("apply approve upload_sow pass_technical start_final", "pass_final", FinalPassed),
        (
            "apply approve upload_sow pass_technical start_final pass_final",
            "check_agreement",
            AgreementChecked,
        ),
        (CHECKED, "accept_milestone", AgreementChecked),
        (&*accepting, "accept", Accepted),
        (&*accepted, "pay", Paid),
    ];
    check_table::<Nre>(&table, nre_step, NreState::ALL.len());
}

fn join(site: Site, form: ProgramApplication) -> Result<Record<Enrolment>, EventRefused> {
    apply(&Record::new("P-1", site), step("2026-02-10", MAIN, EnrolmentEvent::Apply(form)))
}

fn with(program: Program, change: impl FnOnce(&mut ProgramApplication)) -> ProgramApplication {
    let mut form = form(program);
    change(&mut form);
    form
}

#[test]
fn rule_1_authentication_contradicts_between_the_sites() {
    let csp = Program::SolutionProvider;
    assert_broken(
        join(Site::China, with(csp, |form| form.standing = ApplicantStanding::default())),
        &[("program.1", "standing.enterprise_real_name"), ("program.1", "standing.mail_bound")],
    );
    join(Site::International, with(csp, |form| form.standing = ApplicantStanding::default())).unwrap();
    assert_broken(
        join(Site::International, with(csp, |form| form.standing.real_name_pending = true)),
        &[("program.1", "standing"), ("program.1", "standing.real_name_pending")],
    );
    let account = walk::<PartnerAccount>(Site::China, "register", account_step);
    assert_eq!(account.missing().len(), 2);
    assert_broken(
        apply(&account, step("2026-01-06", COMPANY, AccountEvent::Prepare(Preparation::default()))),
        &[("program.1", "enterprise_real_name"), ("program.1", "mail_bound")],
    );
}

#[test]
fn rules_2_and_12_are_reported() {
    for program in Program::ALL {
        let ends = matches!(program, Program::SolutionProvider | Program::Distributor);
        assert_eq!(program.ends_customer_identity(), ends);
    }
    assert!(Program::Reseller.has_certificate() && !Program::Pce.has_certificate());
}

#[test]
fn rules_3_to_5_name_every_obstacle_at_once() {
    let all = |form: &mut ProgramApplication| form.standing.obstacles = Obstacle::ALL.to_vec();
    let count = |site, program, rule: &str| {
        let refused = join(site, with(program, all)).err();
        refused.map_or(0, |refused| refused.violations.iter().filter(|b| b.rule.id() == rule).count())
    };
    assert_eq!(count(Site::International, Program::SolutionProvider, "program.3"), 10);
    // The China list was not found.
    assert_eq!(count(Site::China, Program::SolutionProvider, "program.3"), 0);
    assert_eq!(count(Site::China, Program::Distributor, "program.4"), 10);
    assert_eq!(count(Site::International, Program::Distributor, "program.4"), 10);
    assert_eq!(count(Site::China, Program::Reseller, "program.5"), 3);
    assert_eq!(count(Site::International, Program::Reseller, "program.5"), 0);

    assert_broken(
        join(
            Site::China,
            with(Program::Distributor, |form| {
                form.invited = false;
                form.qualification = false;
                form.standing = ApplicantStanding { personal_real_name: true, ..Default::default() };
            }),
        ),
        &[
            ("program.4", "invited"),
            ("program.4", "standing.hcpn"),
            ("program.4", "standing.personal_real_name"),
            ("program.4", "qualification"),
        ],
    );
    assert_broken(
        join(Site::China, with(Program::Reseller, |form| form.standing = ApplicantStanding::default())),
        &[("program.5", "standing.enterprise_real_name")],
    );
}

fn started(desk: &Store, id: &str, form: ProgramApplication) -> Result<EventReceipt, StoreError> {
    desk.start(id, Site::China, step("2026-02-10", MAIN, EnrolmentEvent::Apply(form)))
}

fn breaks<T: std::fmt::Debug>(result: Result<T, StoreError>, rule: &str) -> bool {
    matches!(result, Err(StoreError::Refused(refused)) if refused.violates(rule))
}

#[test]
fn rule_6_a_reseller_joins_nothing_else() {
    let joined = |form: &mut ProgramApplication| form.standing.joined = vec![Program::Reseller];
    assert_broken(join(Site::China, with(Program::Competency, joined)), &[("program.6", "standing.joined")]);

    let desk = Store::in_memory(ChinaCalendar::published());
    started(&desk, "P-1", form(Program::Reseller)).unwrap();
    assert!(breaks(started(&desk, "P-2", form(Program::SolutionProvider)), "program.6"));
    let other = with(Program::SolutionProvider, |form| form.account = "A-2".to_owned());
    started(&desk, "P-2", other).unwrap();
    desk.apply("P-2", enrolment_step("enrol")).unwrap();
    desk.apply("P-2", enrolment_step("expire")).unwrap();
    let expired = with(Program::Reseller, |form| form.account = "A-2".to_owned());
    assert!(breaks(started(&desk, "P-3", expired), "program.6"));
    let same = OtherAccount { account: "A-2".to_owned(), quick: None };
    let same = step("2026-02-11", MAIN, EnrolmentEvent::UseOtherAccount(same));
    assert!(breaks(desk.apply("P-2", same), "program.6"));
}

#[test]
fn rule_7_one_solution_provider_account() {
    let desk = Store::in_memory(ChinaCalendar::published());
    started(&desk, "P-1", form(Program::SolutionProvider)).unwrap();
    let second = with(Program::SolutionProvider, |form| form.account = "A-2".to_owned());
    assert!(breaks(started(&desk, "P-2", second.clone()), "program.7"));
    desk.apply("P-1", enrolment_step("reject")).unwrap();
    started(&desk, "P-2", second).unwrap();
}

#[test]
fn rule_8_quick_registration() {
    let quick = QuickRegistration { codes_checked_at: at("2026-02-10"), link_used: false, other_phone: true };
    assert_eq!(quick.check(at("2026-02-11")), []);
    let late = QuickRegistration { link_used: true, other_phone: false, ..quick };
    let found: Vec<_> =
        late.check("2026-02-11T02:00:01Z".parse().unwrap()).into_iter().map(|b| b.field).collect();
    assert_eq!(found, ["codes_checked_at", "link_used", "other_phone"]);
}

#[test]
fn rules_9_and_22_a_higher_tier() {
    let enrolled = |site, tier| {
        let form =
            with(Program::SolutionProvider, |form| form.standing.enterprise_real_name = site == Site::China);
        let record = join(site, form).unwrap();
        apply(
            &record,
            step(
                "2026-02-11",
                REVIEWER,
                EnrolmentEvent::Enrol(Enrolled { tier: Some(tier), term_ends: None }),
            ),
        )
    };
    assert_broken(enrolled(Site::China, Tier::Premier), &[("program.22", "tier")]);
    assert_broken(enrolled(Site::International, Tier::Leading), &[("program.22", "tier")]);
    let record = enrolled(Site::China, Tier::Preferred).unwrap();
    let ask = |record: &Record<Enrolment>, role, upgrade| {
        apply(record, step("2026-02-12", role, EnrolmentEvent::RequestUpgrade(upgrade)))
    };
    let requirements = vec![
        Requirement { name: "revenue".to_owned(), met: false },
        Requirement { name: "people".to_owned(), met: true },
    ];
    let wanting = TierUpgrade { to: Tier::Core, validated_path: Some(Path::Learning), requirements };
    assert_broken(
        ask(&record, MAIN, wanting),
        &[("program.9", "validated_path"), ("program.9", "requirements"), ("program.9", "by.role")],
    );
    assert_broken(ask(&record, MAIN, upgrade(Tier::Preferred)), &[("program.9", "to")]);
    assert_broken(ask(&record, MAIN, upgrade(Tier::Advanced)), &[("program.22", "to")]);
    let asked = ask(&record, PDM, upgrade(Tier::Core)).unwrap();
    let core = apply(&asked, step("2026-02-20", REVIEWER, EnrolmentEvent::Upgrade)).unwrap();
    assert_eq!(core.facts().tier, Some(Tier::Core));

    // The path may be on the desk instead.
    let desk = Store::in_memory(ChinaCalendar::published());
    started(&desk, "P-1", form(Program::SolutionProvider)).unwrap();
    desk.apply("P-1", enrolment_step("enrol")).unwrap();
    let unnamed = TierUpgrade { validated_path: None, ..upgrade(Tier::Leading) };
    let ask = || step("2026-02-12", MAIN, EnrolmentEvent::RequestUpgrade(unnamed.clone()));
    assert!(breaks(desk.apply("P-1", ask()), "program.9"));
    desk.start("D-1", Site::China, path_step("select")).unwrap();
    assert!(breaks(desk.apply("P-1", ask()), "program.9"));
    desk.apply("D-1", path_step("certify")).unwrap();
    desk.apply("P-1", ask()).unwrap();
}

#[test]
fn rule_10_leaving_a_path_and_one_service_account() {
    let selected = walk::<DevelopmentPath>(Site::China, "select", path_step);
    let leaving = LeavingPath { records: PathRecord::ALL.to_vec() };
    let refused = apply(&selected, step("2026-02-11", MAIN, PathEvent::Leave(leaving))).unwrap_err();
    assert_eq!(refused.violations.iter().filter(|b| b.rule.id() == "program.10").count(), 10);

    let desk = Store::in_memory(ChinaCalendar::published());
    let select = |path| step("2026-02-10", MAIN, PathEvent::Select(choice(path)));
    desk.start("D-1", Site::China, select(Path::Service)).unwrap();
    assert!(breaks(desk.start("D-2", Site::China, select(Path::Service)), "program.10"));
    desk.start("D-2", Site::China, select(Path::Software)).unwrap();
    desk.apply("D-1", path_step("leave")).unwrap();
    desk.start("D-3", Site::China, select(Path::Service)).unwrap();
}

#[test]
fn rule_14_paths_by_invitation() {
    for site in Site::ALL {
        for path in Path::ALL {
            let select = step("2026-02-10", MAIN, PathEvent::Select(choice(*path)));
            let result = apply(&Record::<DevelopmentPath>::new("D-1", site), select);
            let closed = matches!(path, Path::Learning | Path::Distributor)
                || (*path == Path::Integration && site == Site::China);
            if closed {
                assert_broken(result, &[("program.14", "invited")]);
            } else {
                result.unwrap();
            }
        }
    }
}

#[test]
fn rules_15_20_21_where_a_program_exists_and_what_it_asks() {
    assert_broken(join(Site::Europe, form(Program::Pce)), &[("program.15", "program")]);
    assert_broken(join(Site::China, form(Program::Carrier)), &[("program.15", "program")]);
    join(Site::International, form(Program::Pce)).unwrap();
    let empty = with(Program::Competency, |form| {
        form.agreements = false;
        form.company_information = false;
        form.account.clear();
        form.company.clear();
    });
    assert_broken(
        join(Site::China, empty),
        &[
            ("program.20", "account"),
            ("program.20", "company"),
            ("program.20", "agreements"),
            ("program.20", "company_information"),
        ],
    );
    assert_broken(join(Site::China, form(Program::KoogallerySales)), &[("program.21", "standing.joined")]);
    let csp = |form: &mut ProgramApplication| form.standing.joined = vec![Program::SolutionProvider];
    join(Site::China, with(Program::KoogallerySales, csp)).unwrap();
}

#[test]
fn rules_16_and_17_validation_and_differentiation() {
    let on = day("2026-02-10");
    let person = |key: &str, professional, expert| CertifiedPerson {
        key: key.to_owned(),
        authenticated: true,
        professional,
        expert,
    };
    let people = |people: Vec<CertifiedPerson>| Competency { people, ..Default::default() };
    let service = |competency: Competency| competency.check_validation(Path::Service, on).len();
    assert_eq!(service(people(vec![person("a", 2, 0), person("b", 1, 1)])), 0);
    // Four persons with four certificates do not count, nor one with all.
    assert_eq!(service(people(["a", "b", "c", "d"].map(|key| person(key, 1, 0)).to_vec())), 1);
    assert_eq!(service(people(vec![person("a", 4, 0)])), 1);
    let mut unbound = vec![person("a", 2, 0), person("b", 2, 0)];
    unbound[1].authenticated = false;
    assert_eq!(service(people(unbound)), 1);

    let mut plain = competency();
    assert_eq!(plain.check_validation(Path::Software, on), []);
    assert_eq!(plain.check_differentiation(Path::Software, on), []);
    plain.solutions[0].advanced = false;
    assert_eq!(plain.check_differentiation(Path::Software, on)[0].rule.id(), "program.17");
    plain.solutions[0].valid_until = day("2026-02-09");
    assert_eq!(plain.check_validation(Path::Software, on)[0].rule.id(), "program.16");
    assert_eq!(Competency::default().check_validation(Path::Learning, on), []);
    let selected = walk::<DevelopmentPath>(Site::China, "select", path_step);
    let bare = step("2026-02-11", MAIN, PathEvent::ApplyValidation(Competency::default()));
    assert_broken(apply(&selected, bare), &[("program.16", "solutions")]);
}

#[test]
fn rule_18_twelve_months_and_sixty_days() {
    let certified = walk::<SolutionCertification>(Site::China, "draft submit certify", solution_step);
    assert_eq!(certified.facts().valid_until, Some(day("2027-01-20")));
    let deadline = &certified.deadlines(&Weekends)[0];
    assert_eq!((deadline.last_day, deadline.automatic), (day("2027-01-20"), true));
    let renew = |on| apply(&certified, step(on, MAIN, SolutionEvent::Renew(CertificationTerm::default())));
    assert_broken(renew("2026-11-20"), &[("program.18", "at")]);
    assert_eq!(renew("2026-11-21").unwrap().facts().valid_until, Some(day("2027-11-21")));
    assert_broken(renew("2027-01-21"), &[("program.18", "at")]);
    assert_broken(
        apply(&certified, step("2027-01-20", SYSTEM, SolutionEvent::Expire)),
        &[("program.18", "at")],
    );
}

#[test]
fn rule_19_the_auditor_and_the_ticket() {
    let review = "register prepare apply pass request_authentication send_to_auditor";
    let record = walk::<PartnerAccount>(Site::China, review, account_step);
    assert_eq!(record.deadlines(&ChinaCalendar::published())[0].last_day, day("2026-01-20"));
    let ticket = "register prepare apply pass request_authentication wrong_amount wrong_amount wrong_amount open_ticket";
    let record = walk::<PartnerAccount>(Site::China, ticket, account_step);
    assert_eq!(record.deadlines(&ChinaCalendar::published())[0].last_day, day("2026-01-19"));
}

#[test]
fn rules_23_and_24_annual_review_and_renewal() {
    let china = walk::<DevelopmentPath>(Site::China, "select certify", path_step);
    assert_broken(apply(&china, path_step("request_annual_review")), &[("program.23", "site")]);
    let early = |event: &str| LoggedEvent { at: at("2024-12-20"), ..path_step(event) };
    let abroad = walk::<DevelopmentPath>(Site::International, "select certify", early);
    assert_broken(apply(&abroad, early("request_annual_review")), &[("program.23", "at")]);
    assert_eq!(china.deadlines(&Weekends)[0].last_day, day("2027-01-31"));
    let renewed = apply(&china, step("2027-01-31", SYSTEM, PathEvent::Renew)).unwrap();
    assert_eq!(renewed.deadlines(&Weekends)[0].last_day, day("2028-01-31"));
}

#[test]
fn rules_25_to_27_nre() {
    let apply_with = |site| {
        let bare = step("2026-02-10", MAIN, NreEvent::Apply(NreQualification::default()));
        apply(&Record::<Nre>::new("N-1", site), bare)
    };
    assert_broken(
        apply_with(Site::International),
        &[
            ("program.25", "site"),
            ("program.25", "solution"),
            ("program.25", "software_path"),
            ("program.25", "certified"),
            ("program.25", "agreed_with_psa"),
        ],
    );
    let desk = Store::in_memory(ChinaCalendar::published());
    desk.start("N-1", Site::China, nre_step("apply")).unwrap();
    assert!(breaks(desk.start("N-2", Site::China, nre_step("apply")), "program.25"));

    let approved = walk::<Nre>(Site::China, "apply approve", nre_step);
    let fields: Vec<_> = approved.missing().into_iter().map(|b| b.field.into_owned()).collect();
    let all = ["higher_order_services", "key_services", "product_plan", "self_check_list", "expert_feedback"];
    assert_eq!(fields, all);
    let thin = Sow { higher_order_services: vec!["DWS".to_owned(); 2], ..sow() };
    assert_broken(
        apply(&approved, step("2026-02-11", MAIN, NreEvent::UploadSow(thin))),
        &[("program.26", "higher_order_services")],
    );
    let path = "apply approve upload_sow pass_technical start_final pass_final check_agreement";
    assert_broken(
        apply(&walk::<Nre>(Site::China, path, nre_step), nre_step("accept")),
        &[("program.27", "milestones")],
    );
}

#[test]
fn rules_28_and_29_test_coupons() {
    let request = TestCouponRequest {
        path: Path::Software,
        stage: PathStage::RoleSelected,
        solution: Some(SolutionState::Draft),
        advanced: true,
        amount: Amount::from(20_000),
        granted: Amount::ZERO,
        quota_left: None,
        partners_customer: false,
    };
    let rules = |request: &TestCouponRequest, site| {
        request.check(site).into_iter().map(|b| b.rule.id().to_owned()).collect::<Vec<_>>()
    };
    assert!(rules(&request, Site::China).is_empty());
    let more = TestCouponRequest { granted: Amount::from(1), ..request.clone() };
    assert_eq!(rules(&more, Site::China), ["program.29"]);
    let certified = TestCouponRequest { solution: Some(SolutionState::Certified), ..more };
    assert!(rules(&certified, Site::China).is_empty());
    let wrong = TestCouponRequest {
        path: Path::Service,
        amount: Amount::ZERO,
        partners_customer: true,
        ..request.clone()
    };
    assert_eq!(rules(&wrong, Site::International), ["program.28"; 3]);
    let bare = TestCouponRequest { solution: None, quota_left: Some(Amount::from(1)), ..request };
    assert_eq!(rules(&bare, Site::China), ["program.28"; 2]);
}

#[test]
fn rule_30_only_resellers_leave_this_way() {
    let provider = walk::<Enrolment>(Site::China, "apply enrol", enrolment_step);
    assert_broken(apply(&provider, enrolment_step("leave")), &[("program.30", "program")]);
}

#[test]
fn every_rule_has_its_own_number_and_a_page() {
    check_rules(RULES, "program.");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_sequence_leaves_the_tables(sequence in sequences()) {
        let china = Site::China;
        check_walk::<PartnerAccount>(china, &names::<AccountEvent>(), account_step, &sequence);
        check_walk::<DevelopmentPath>(Site::International, &names::<PathEvent>(), path_step, &sequence);
        check_walk::<SolutionCertification>(china, &names::<SolutionEvent>(), solution_step, &sequence);
        check_walk::<Enrolment>(china, &names::<EnrolmentEvent>(), enrolment_step, &sequence);
        check_walk::<Nre>(china, &names::<NreEvent>(), nre_step, &sequence);
    }
}
