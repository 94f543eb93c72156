//! The published rules, each by its number.

use proptest::prelude::*;

use super::*;

const ABROAD: Site = Site::International;

/// An activity of the international list.
fn abroad(plan: &mut Plan) {
    for activity in &mut plan.activities {
        activity.kind = ActivityKind::PartnerTraining;
    }
}

#[test]
fn rule_1_ten_working_days_or_a_reason() {
    // Start on Wednesday 2026-06-10; the tenth working day before it began on Wednesday 2026-05-27.
    submit_in(ABROAD, "2026-05-27", abroad).unwrap();
    assert_broken(submit_in(ABROAD, "2026-05-28", abroad), &[("mdf.1", "late_reason")]);
    submit_in(ABROAD, "2026-05-28", |plan| {
        abroad(plan);
        plan.late_reason = "the hall came free late".to_owned();
    })
    .unwrap();
    assert_broken(
        submit_in(Site::China, "2026-06-11", |plan| plan.late_reason = "forgotten".to_owned()),
        &[("mdf.1", "activities")],
    );
    let draft = application("draft");
    let deadline = &draft.deadlines(&ChinaCalendar::published())[0];
    assert_eq!(
        (deadline.last_day, deadline.rule.id(), deadline.automatic),
        (day("2026-05-27"), "mdf.1", false)
    );
    // Over the May holidays of 2026 weekends alone would give another day.
    let draft = apply(
        &application(""),
        step(
            "2026-04-01",
            PARTNER,
            ApplicationEvent::Draft(Plan {
                activities: vec![activity("2026-05-12", "2026-05-12")],
                ..plan()
            }),
        ),
    )
    .unwrap();
    assert_eq!(draft.deadlines(&ChinaCalendar::published())[0].last_day, day("2026-04-26"));
    assert_eq!(draft.deadlines(&Weekends)[0].last_day, day("2026-04-28"));
}

#[test]
fn rule_1_on_the_china_site_ten_working_days_are_advised_and_not_required() {
    let draft = application("draft");
    assert_eq!(draft.deadlines(&ChinaCalendar::published())[0].key, "mdf_application.submission_advice");
    submit_in(Site::China, "2026-05-28", |_| {}).unwrap();
    submit_in(Site::China, "2026-06-10", |_| {}).unwrap();
    let advice = plan().advice(day("2026-05-28"), &ChinaCalendar::published()).unwrap();
    assert_eq!((advice.rule.id(), &*advice.field), ("mdf.1", "late_reason"));
    assert!(plan().advice(day("2026-05-27"), &ChinaCalendar::published()).is_none());
    // Abroad it is a rule, and its deadline says so.
    let abroad = walk::<Application>(ABROAD, "draft", make);
    assert_eq!(abroad.deadlines(&ChinaCalendar::published())[0].key, "mdf_application.submission");
}

#[test]
fn rule_1_approved_before_it_starts() {
    let submitted = application("draft submit");
    let late = apply(&submitted, step("2026-06-11", REVIEWER, ApplicationEvent::Approve)).unwrap();
    assert_broken(claim_on(&late, "2026-06-20", |_| {}), &[("mdf.1", "activities")]);
}

#[test]
fn rule_2_a_series_is_of_one_kind_and_within_a_quarter() {
    submit(|plan| plan.activities.push(activity("2026-09-01", "2026-09-09"))).unwrap();
    assert_broken(
        submit(|plan| plan.activities.push(activity("2026-09-01", "2026-09-10"))),
        &[("mdf.2", "activities")],
    );
    let mut other = activity("2026-07-01", "2026-07-01");
    other.audience = "banks".to_owned();
    other.kind = ActivityKind::DigitalMarketing;
    other.department = "sales".to_owned();
    assert_broken(
        submit(|plan| plan.activities.push(other)),
        &[
            ("mdf.2", "activities[1].audience"),
            ("mdf.2", "activities[1].kind"),
            ("mdf.2", "activities[1].department"),
        ],
    );
}

#[test]
fn rules_3_and_5_within_the_quota() {
    let budget = |text: &str| vec![BudgetItem::new("venue", ExpenseCategory::Events, amount(text))];
    submit(|plan| plan.budget = budget("100000.00")).unwrap();
    assert_broken(submit(|plan| plan.budget = budget("100000.01")), &[("mdf.3", "budget")]);
    assert_broken(submit(|plan| plan.quota = Some("Q-9".into())), &[("mdf.3", "quota")]);
    assert_broken(submit(|plan| plan.currency = Some(Currency::Usd)), &[("mdf.3", "currency")]);
    // The whole expense may be larger; only the part from MDF counts.
    let shared = BudgetItem {
        mdf_amount: amount("90000"),
        ..BudgetItem::new("venue", ExpenseCategory::Events, 500_000)
    };
    submit(|plan| plan.budget = vec![shared]).unwrap();
}

#[test]
fn rule_4_the_claim_stays_within_the_budget() {
    let more = |by: &str| {
        let by = amount(by);
        move |claim: &mut Claim| {
            claim.expenses[0].amount = claim.expenses[0].amount.checked_add(by).unwrap();
            claim.expenses[0].mdf_amount = claim.expenses[0].amount;
            claim.invoices[0].amount = claim.expenses[0].amount;
        }
    };
    assert_broken(claim(more("0.01")), &[("mdf.4", "expenses")]);
    let less = claim(more("-1000.50")).unwrap();
    let approved = apply(&less, step("2026-07-01", REVIEWER, ApplicationEvent::ApproveClaim)).unwrap();
    assert_eq!(QuotaPosition::of(&approved).held, amount("22999.50"));
}

#[test]
fn rule_6_nothing_planned_nothing_paid() {
    let free = submit(|plan| plan.budget.iter_mut().for_each(|item| item.mdf_amount = Amount::ZERO)).unwrap();
    let free = apply(&free, make("approve")).unwrap();
    assert_broken(claim_on(&free, "2026-06-20", |_| {}), &[("mdf.6", "expenses")]);
}

#[test]
fn rule_7_held_as_it_was_approved() {
    assert_broken(
        claim(|claim| {
            claim.activities[0] = HeldActivity {
                kind: ActivityKind::PlannedByPartner,
                audience: "banks".to_owned(),
                location: "Ningbo".to_owned(),
                starts_on: day("2026-06-09"),
                ends_on: day("2026-06-10"),
            };
        }),
        &[
            ("mdf.7", "activities[0].kind"),
            ("mdf.7", "activities[0].audience"),
            ("mdf.7", "activities[0].location"),
            ("mdf.7", "activities[0].starts_on"),
        ],
    );
    assert_broken(claim(|claim| claim.activities.clear()), &[("mdf.7", "activities")]);
    // The way to change: cancel, edit, submit again.
    let again = application("draft submit approve cancel draft");
    let moved = Plan { activities: vec![activity("2026-06-15", "2026-06-16")], ..plan() };
    apply(&again, step("2026-05-20", PARTNER, ApplicationEvent::Submit(moved))).unwrap();
}

#[test]
fn rule_8_ninety_days_after_the_end() {
    let approved = application(APPROVED);
    let deadline = &approved.deadlines(&Weekends)[0];
    assert_eq!((deadline.last_day, deadline.rule.id()), (day("2026-09-09"), "mdf.8"));
    assert_broken(claim_on(&approved, "2026-06-10", |_| {}), &[("mdf.8", "at")]);
    claim_on(&approved, "2026-09-09", |_| {}).unwrap();
    assert_broken(claim_on(&approved, "2026-09-10", |_| {}), &[("mdf.8", "late_approval")]);
    let mail = |on: &str| LateApproval { approved_on: day(on), file: "approval.eml".to_owned() };
    claim_on(&approved, "2026-09-20", |claim| claim.late_approval = Some(mail("2026-09-09"))).unwrap();
    assert_broken(
        claim_on(&approved, "2026-09-20", |claim| claim.late_approval = Some(mail("2026-09-10"))),
        &[("mdf.8", "late_approval.approved_on")],
    );
}

#[test]
fn rule_8_forty_five_days_after_a_rejection() {
    let rejected = application("draft submit approve claim reject_claim");
    let deadline = &rejected.deadlines(&Weekends)[0];
    assert_eq!((deadline.last_day, deadline.automatic), (day("2026-08-15"), true));
    claim_on(&rejected, "2026-08-15", |_| {}).unwrap();
    assert_broken(claim_on(&rejected, "2026-08-16", |_| {}), &[("mdf.8", "late_approval")]);
    assert_broken(apply(&rejected, step("2026-08-15", SYSTEM, ApplicationEvent::Expire)), &[("mdf.8", "at")]);
}

#[test]
fn rule_9_fifteen_days_for_the_invoice() {
    let approved = application("draft submit approve claim approve_claim");
    let deadline = &approved.deadlines(&Weekends)[0];
    assert_eq!((deadline.last_day, deadline.rule.id()), (day("2026-07-16"), "mdf.9"));
    assert_eq!(approved.missing()[0].rule.id(), "mdf.9");
    // Nothing is published about a later one.
    apply(&approved, step("2026-07-30", PARTNER, ApplicationEvent::MailInvoice(invoice()))).unwrap();
}

#[test]
fn rules_10_and_11_the_partner_stands_well() {
    let standing = |program, cycles: &[&str]| ClaimantStanding {
        program,
        business_information_authenticated: true,
        unpaid_cycles: cycles.iter().map(|cycle| cycle.parse().unwrap()).collect(),
    };
    for (program, cycles, blocked) in [
        (PartnerKind::SolutionProvider, ["2026-01"], true),
        (PartnerKind::Distributor, ["2026-01"], true),
        (PartnerKind::Other, ["2026-01"], false),
        (PartnerKind::Other, ["2026-06"], true),
    ] {
        let result = claim(|claim| claim.standing = Some(standing(program, &cycles)));
        if blocked {
            assert_broken(result, &[("mdf.11", "standing.unpaid_cycles")]);
        } else {
            result.unwrap();
        }
    }
    assert_broken(
        claim(|claim| claim.standing.as_mut().unwrap().business_information_authenticated = false),
        &[("mdf.10", "standing.business_information_authenticated")],
    );
    assert_broken(claim(|claim| claim.standing = None), &[("mdf.11", "standing")]);
    let nothing = ApplicationEvent::Block(Overdue { cycles: Vec::new() });
    assert_broken(
        apply(&application(APPROVED), step("2026-06-20", SYSTEM, nothing)),
        &[("mdf.11", "cycles")],
    );
}

/// A desk with a quota and applications that went these paths; each has its own name and invoices.
fn desk_with(applications: &[(&str, &str)]) -> Store {
    let desk = Store::in_memory(ChinaCalendar::published());
    desk.start("Q-1", Site::China, grant("100000")).unwrap();
    for (id, path) in applications {
        for (number, event) in path.split_whitespace().enumerate() {
            let mut step = make(event);
            let named = Plan { name: format!("Harbour day {id}"), ..plan() };
            match &mut step.event {
                ApplicationEvent::Draft(plan) | ApplicationEvent::Submit(plan) => *plan = named,
                ApplicationEvent::Claim(claim) => *claim = claim_for(&named),
                _ => {}
            }
            let result = match number {
                0 => desk.start(*id, Site::China, step),
                _ => desk.apply(*id, step),
            };
            result.unwrap();
        }
    }
    desk
}

fn refused(result: Result<EventReceipt, StoreError>) -> EventRefused {
    match result {
        Err(StoreError::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rule_13_an_activity_is_claimed_once() {
    let desk = desk_with(&[("A-1", "draft submit approve claim")]);
    let same = Plan { name: "harbour day, A 1".to_owned(), ..plan() };
    let opened =
        desk.start("A-2", Site::China, step("2026-05-08", PARTNER, ApplicationEvent::Draft(same.clone())));
    // Rule 15: the console warns.
    let warning = &opened.unwrap().duplicates[0];
    assert_eq!(
        (warning.id.as_str(), warning.finding.rule.id(), warning.finding.certain),
        ("A-1", "mdf.15", true)
    );
    desk.apply("A-2", step("2026-05-11", PARTNER, ApplicationEvent::Submit(same.clone()))).unwrap();
    desk.apply("A-2", make("approve")).unwrap();
    let mut claim = claim_for(&same);
    claim.invoices.iter_mut().for_each(|invoice| invoice.number.push('x'));
    let refused = refused(desk.apply("A-2", step("2026-06-20", PARTNER, ApplicationEvent::Claim(claim))));
    assert_eq!(refused.violations.len(), 1);
    assert_eq!((refused.violations[0].rule.id(), &*refused.violations[0].field), ("mdf.13", "activities[0]"));
}

#[test]
fn rule_13_a_violation_ends_the_eligibility() {
    let desk = desk_with(&[("A-1", APPROVED), ("A-2", "draft")]);
    desk.apply("Q-1", step("2026-06-01", REVIEWER, QuotaEvent::Withdraw(comments()))).unwrap();
    let claim = ApplicationEvent::Claim(claim_for(&Plan { name: "Harbour day A-1".to_owned(), ..plan() }));
    assert!(refused(desk.apply("A-1", step("2026-06-20", PARTNER, claim))).violates("mdf.13"));
    assert!(refused(desk.apply("A-2", make("submit"))).violates("mdf.13"));
    let silent = QuotaEvent::Withdraw(Comments::default());
    let quota = walk::<Quota>(Site::China, "grant", |_| grant("5"));
    assert_broken(apply(&quota, step("2026-06-01", REVIEWER, silent)), &[("mdf.13", "comments")]);
}

#[test]
fn rule_14_an_invoice_stands_in_one_claim() {
    let desk = desk_with(&[("A-1", "draft submit approve claim"), ("A-2", APPROVED)]);
    let mut claim = claim_for(&Plan { name: "Harbour day A-2".to_owned(), ..plan() });
    claim.invoices[0].number = "HARBOUR DAY A-1 venue".to_owned();
    let refused = refused(desk.apply("A-2", step("2026-06-20", PARTNER, ApplicationEvent::Claim(claim))));
    assert_eq!(refused.violations.len(), 1);
    assert!(refused.violates("mdf.14"));
}

#[test]
fn rules_16_and_23_every_missing_part_of_the_plan_at_once() {
    let empty = submit(|plan| *plan = Plan::default());
    assert_broken(
        empty,
        &[
            ("mdf.23", "quota"),
            ("mdf.23", "name"),
            ("mdf.23", "partner"),
            ("mdf.23", "currency"),
            ("mdf.23", "agreement_accepted"),
            ("mdf.23", "activities"),
            ("mdf.23", "budget"),
            ("mdf.16", "expected_leads"),
            ("mdf.16", "expected_opportunities"),
        ],
    );
    assert_broken(
        submit(|plan| {
            plan.activities[0].audience = " ".to_owned();
            plan.activities[0].location = String::new();
            plan.activities[0].ends_on = day("2026-06-09");
            plan.budget[1].id = "venue".to_owned();
            plan.budget[0].mdf_amount = amount("20000.01");
        }),
        &[
            ("mdf.23", "activities[0].audience"),
            ("mdf.23", "activities[0].location"),
            ("mdf.23", "activities[0].ends_on"),
            ("mdf.23", "budget[venue].mdf_amount"),
            ("mdf.23", "budget[venue].id"),
        ],
    );
    let draft = apply(
        &application(""),
        step("2026-05-08", PARTNER, ApplicationEvent::Draft(Plan { expected_leads: None, ..plan() })),
    );
    let missing = draft.unwrap().missing();
    assert_eq!(missing.len(), 1);
    assert_eq!((missing[0].rule.id(), &*missing[0].field), ("mdf.16", "expected_leads"));
    let silent = ApplicationEvent::Reject(Comments::default());
    assert_broken(
        apply(&application("draft submit"), step("2026-05-15", REVIEWER, silent)),
        &[("mdf.23", "comments")],
    );
}

#[test]
fn rule_19_each_edition_has_its_own_activities() {
    for kind in ActivityKind::ALL {
        for site in [Site::China, Site::International, Site::Europe] {
            let result = submit_in(site, "2026-05-11", |plan| plan.activities[0].kind = *kind);
            if kind.is_offered_in(site) {
                result.unwrap();
            } else {
                assert_broken(result, &[("mdf.19", "activities[0].kind")]);
            }
        }
    }
    let of = |site| ActivityKind::ALL.iter().filter(|kind| kind.is_offered_in(site)).count();
    assert_eq!((of(Site::China), of(Site::International)), (5, 8));
}

#[test]
fn rule_20_gifts_and_standards() {
    for (price, ok) in [("200", true), ("200.00", true), ("200.01", false)] {
        let result = submit(|plan| plan.budget[1].each_cny = Some(amount(price)));
        if ok {
            result.unwrap();
        } else {
            assert_broken(result, &[("mdf.20", "budget[gifts].each_cny")]);
        }
    }
    assert_broken(submit(|plan| plan.budget[1].each_cny = None), &[("mdf.20", "budget[gifts].each_cny")]);
    assert_broken(
        submit(|plan| plan.budget[0].exceeds_standard = true),
        &[("mdf.20", "budget[venue].reason")],
    );
    assert_broken(
        claim(|claim| claim.expenses[0].exceeds_standard = true),
        &[("mdf.20", "expenses[venue].reason")],
    );
    claim(|claim| {
        claim.expenses[0].exceeds_standard = true;
        claim.expenses[0].reason = "the only hall large enough".to_owned();
    })
    .unwrap();
}

#[test]
fn rule_21_what_is_never_paid_and_where_the_tables_contradict() {
    let submit_with = |category, site| {
        submit(|plan| {
            plan.expense_edition = site;
            plan.budget[0] =
                BudgetItem { each_cny: Some(Amount::from(50)), ..BudgetItem::new("x", category, 100) };
        })
    };
    for category in [
        ExpenseCategory::HuaweiCloudProducts,
        ExpenseCategory::ExamVouchers,
        ExpenseCategory::Nightlife,
        ExpenseCategory::OtherGifts,
    ] {
        for site in [ExpenseEdition::Of2020, ExpenseEdition::Of2023] {
            assert_broken(submit_with(category, site), &[("mdf.21", "budget[x].category")]);
        }
    }
    submit_with(ExpenseCategory::GiftsForVisits, ExpenseEdition::Of2020).unwrap();
    let refused = submit_with(ExpenseCategory::GiftsForVisits, ExpenseEdition::Of2023);
    assert_broken(refused, &[("mdf.21", "budget[x].category")]);
}

#[test]
fn rule_22_the_checklist() {
    let approved = application(APPROVED);
    let list: Vec<_> = approved.missing().into_iter().map(|item| item.field.into_owned()).collect();
    let wanted = [
        "summary",
        "standing",
        "materials",
        "materials",
        "expenses[venue].photo",
        "expenses[venue].receipt",
        "expenses[venue].invoice",
        "expenses[gifts].photo",
        "expenses[gifts].receipt",
        "expenses[gifts].invoice",
        "expenses[gifts].gifts",
    ];
    assert_eq!(list, wanted);
    // On the marketing platform of the China site the attendees are known.
    assert_eq!(application("draft submit approve hold_activity").missing().len(), wanted.len() - 1);
    let abroad = |plan: &mut Plan| plan.activities[0].kind = ActivityKind::CustomerCommunication;
    let abroad = submit_in(Site::International, "2026-05-11", abroad).unwrap();
    let abroad = apply(&apply(&abroad, make("approve")).unwrap(), make("hold_activity")).unwrap();
    assert_eq!(abroad.missing().len(), wanted.len());

    let bare = claim(|claim| {
        claim.materials.clear();
        claim.receipts.clear();
        claim.invoices.clear();
        claim.expenses[0].category = ExpenseCategory::Media;
        claim.expenses[0].prizes = true;
    });
    assert_broken(
        bare,
        &[
            ("mdf.22", "materials"),
            ("mdf.22", "materials"),
            ("mdf.22", "expenses[venue].photo"),
            ("mdf.22", "expenses[venue].receipt"),
            ("mdf.22", "expenses[venue].invoice"),
            ("mdf.22", "expenses[venue].prizes"),
            ("mdf.22", "expenses[venue].publicity"),
            ("mdf.22", "expenses[gifts].photo"),
            ("mdf.22", "expenses[gifts].receipt"),
            ("mdf.22", "expenses[gifts].invoice"),
            ("mdf.22", "expenses[gifts].gifts"),
        ],
    );
    // A rejected claim tells what is missing in it.
    let rejected = application("draft submit approve claim reject_claim");
    assert_eq!(rejected.missing(), []);
}

#[test]
fn rule_22_a_series_proves_each_activity() {
    let series = submit(|plan| plan.activities.push(activity("2026-07-01", "2026-07-01"))).unwrap();
    let series = apply(&series, make("approve")).unwrap();
    claim_on(&series, "2026-07-02", |_| {}).unwrap();
    assert_broken(
        claim_on(&series, "2026-07-02", |claim| {
            claim.materials.retain(|material| material.activity != Some(1))
        }),
        &[("mdf.22", "activities[1].proof")],
    );
}

#[test]
fn rule_22_invoices_and_receipts() {
    assert_broken(
        claim(|claim| claim.invoices[0].title = "Somebody Else Ltd".to_owned()),
        &[("mdf.22", "invoices[Harbour day venue].title")],
    );
    assert_broken(
        claim(|claim| claim.invoices[0].amount = amount("19999.99")),
        &[("mdf.22", "expenses[venue].invoice")],
    );
    // One invoice for two expenses has to cover both.
    assert_broken(
        claim(|claim| {
            claim.invoices.truncate(1);
            claim.invoices[0].items = vec!["venue".to_owned(), "gifts".to_owned()];
        }),
        &[("mdf.22", "invoices")],
    );
    assert_broken(
        claim(|claim| claim.receipts[1].differs = true),
        &[("mdf.22", "receipts[1].explanation"), ("mdf.22", "receipts[1].confirmation_mail")],
    );
}

#[test]
fn rule_24_and_5_invoice_and_payment() {
    let approved = application("draft submit approve claim approve_claim");
    let wrong = MailedInvoice {
        number: String::new(),
        supplier: String::new(),
        amount: Amount::from(20_754), // without tax
        number_on_print: false,
        mailed_on: day("2026-07-07"),
    };
    assert_broken(
        apply(&approved, step("2026-07-06", PARTNER, ApplicationEvent::MailInvoice(wrong))),
        &[
            ("mdf.24", "number"),
            ("mdf.24", "supplier"),
            ("mdf.24", "amount"),
            ("mdf.24", "number_on_print"),
            ("mdf.24", "mailed_on"),
        ],
    );
    let mailed = application("draft submit approve claim approve_claim mail_invoice");
    for paid in ["24000.01", "0"] {
        let pay = ApplicationEvent::Pay(Payment { amount: amount(paid) });
        assert_broken(apply(&mailed, step("2026-07-30", REVIEWER, pay)), &[("mdf.5", "amount")]);
    }
}

#[test]
fn the_money_of_a_quota() {
    let paid = "draft submit approve claim approve_claim mail_invoice pay";
    let desk = desk_with(&[
        ("A-1", paid),
        ("A-2", "draft submit approve claim"),
        ("A-3", "draft submit"),
        ("A-4", "draft submit reject"),
        ("A-5", "draft"),
    ]);
    let [money] = &desk.mdf_quotas()[..] else { panic!() };
    let sums = [money.granted, money.applied, money.claimed, money.paid, money.free];
    assert_eq!(sums, [100_000, 72_000, 48_000, 24_000, 28_000].map(Amount::from));

    // 28,000 are free: one more fits, and then no other.
    desk.apply("A-5", make("submit")).unwrap();
    assert!(refused(desk.apply("A-4", make("submit"))).violates("mdf.3"));
    let lower = |amount: i32| {
        let change = QuotaEvent::Change(QuotaChange { amount: Amount::from(amount) });
        desk.apply("Q-1", step("2026-08-01", REVIEWER, change))
    };
    assert!(refused(lower(95_999)).violates("mdf.3"));
    lower(96_000).unwrap();
    assert_eq!(desk.mdf_quotas()[0].free, Amount::ZERO);
}

#[test]
fn every_rule_has_its_own_number_and_a_page() {
    check_rules(RULES, "mdf.");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// No sequence of events overdraws the quota, leaves a state outside the table or loses history.
    #[test]
    fn no_sequence_breaks_the_books(
        events in proptest::collection::vec((0_usize..4, 0_usize..17, 1_i64..60_000, 0_i64..30), 1..120),
    ) {
        let desk = Store::in_memory(ChinaCalendar::published());
        desk.start("Q-1", Site::China, grant("100000")).unwrap();
        let mut now = at("2026-05-08");
        let mut accepted = std::collections::BTreeMap::<RecordId, usize>::new();
        for (which, event, size, hours) in events {
            now = (now.instant() + std::time::Duration::from_secs(3600 * hours as u64)).into();
            let id = RecordId::from(format!("A-{which}"));
            let name = match event {
                15 => {
                    let change = QuotaChange { amount: Amount::from(size * 2) };
                    let _ = desk.apply("Q-1", LoggedEvent::new(now, actor(REVIEWER), QuotaEvent::Change(change)));
                    continue;
                }
                16 => {
                    desk.record_expiries(now).unwrap();
                    accepted = desk.records().iter().map(|record| (record.id().clone(), record.events())).collect();
                    continue;
                }
                other => &names::<ApplicationEvent>()[other],
            };
            let budget = vec![BudgetItem::new("venue", ExpenseCategory::Events, size)];
            let start = (now.instant() + std::time::Duration::from_secs(86_400 * 30)).date().into();
            let sized = Plan {
                name: format!("Harbour day {id}"),
                activities: vec![Activity { starts_on: start, ends_on: start, ..activity("2026-06-10", "2026-06-10") }],
                budget,
                late_reason: "any".to_owned(),
                ..plan()
            };
            let mut step = make(name);
            step.at = now;
            let current = desk.record(&id);
            let facts = current.as_ref().and_then(|record| Some(record.view::<Application>()?.facts().clone()));
            match &mut step.event {
                ApplicationEvent::Draft(plan) | ApplicationEvent::Submit(plan) => *plan = sized,
                ApplicationEvent::Claim(claim) => {
                    let Some(facts) = &facts else { continue };
                    *claim = claim_for(&facts.plan);
                    claim.late_approval = Some(LateApproval { approved_on: start, file: "mail".to_owned() });
                    // The activity is ahead of the clock: let it be over.
                    now = (now.instant() + std::time::Duration::from_secs(86_400 * 31)).into();
                    step.at = now;
                    claim.late_approval = None;
                }
                ApplicationEvent::MailInvoice(invoice) => {
                    invoice.amount = facts.and_then(|f| f.claim?.mdf_total()).unwrap_or_default();
                    invoice.mailed_on = now.billing_day();
                }
                ApplicationEvent::Pay(payment) => {
                    payment.amount = facts.and_then(|f| f.claim?.mdf_total()).unwrap_or_default();
                }
                _ => {}
            }
            let before = current.as_ref().and_then(|record| record.state());
            let result = match current {
                None => desk.start(&id, Site::China, step),
                Some(_) => desk.apply(&id, step),
            };
            match result {
                Ok(applied) => {
                    *accepted.entry(id.clone()).or_default() += 1;
                    let row = Application::TABLE.iter().any(|row| {
                        row.from.map(|state| state.as_str()) == before
                            && row.event.as_str() == *name
                            && row.to.as_str() == applied.state
                    });
                    prop_assert!(row, "{before:?} {name} {}", applied.state);
                }
                Err(StoreError::Refused(_)) => {
                    prop_assert_eq!(desk.record(&id).and_then(|record| record.state()), before);
                }
                Err(other) => prop_assert!(false, "{other}"),
            }

            let ledger = QuotaLedger::of(&"Q-1".into(), &*desk).unwrap();
            prop_assert!(!ledger.free().unwrap().is_negative());
            for (id, position) in ledger.positions() {
                prop_assert!(position.paid <= position.claimed && position.claimed <= position.applied, "{id}");
                prop_assert!(position.held <= position.applied, "{id}");
            }
            for record in desk.records().iter().filter(|record| record.kind() == Application::KIND) {
                prop_assert_eq!(Some(&record.events()), accepted.get(record.id()));
                let json = record.to_json().unwrap();
                let again: Record<Application> = serde_json::from_str(json.get()).unwrap();
                prop_assert_eq!(Some(&again), record.view::<Application>());
            }
        }
    }

    /// A ledger refuses what would overdraw it, whatever comes.
    #[test]
    fn a_ledger_cannot_be_overdrawn(holds in proptest::collection::vec((0_u8..5, 0_i64..2000), 0..60)) {
        let mut ledger = QuotaLedger::new("Q-1", Amount::from(3000), Currency::Cny);
        for (application, held) in holds {
            let before = ledger.clone();
            let position = QuotaPosition { held: Amount::from(held), ..QuotaPosition::default() };
            let result = ledger.set(format!("A-{application}"), position);
            prop_assert!(!ledger.free().unwrap().is_negative());
            if let Err(overdrawn) = result {
                prop_assert!(overdrawn.wanted > overdrawn.free);
                prop_assert_eq!(&ledger, &before);
            }
        }
    }
}
