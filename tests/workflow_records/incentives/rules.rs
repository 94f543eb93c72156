//! The published rules, each by its number.

use proptest::prelude::*;

use super::*;

#[test]
fn rules_1_3_and_48_performance() {
    let record = walk::<Performance>(CHINA, "estimate", performance_step);
    let other = PerformanceFigure { month: cycle("2026-03"), amount: amount("1") };
    assert_broken(
        apply(&record, step("2026-03-03", SYSTEM, PerformanceEvent::CloseMonth(other))),
        &[("incentive.1", "month")],
    );
    let silent = PerformanceEvent::ReportProblem(Reason { reason: " ".to_owned() });
    assert_broken(apply(&record, step("2026-03-03", MAIN, silent)), &[("incentive.48", "reason")]);
    assert_eq!(performance_counts_from(day("2026-02-27")), day("2026-02-28"));
    assert_eq!(performance_counts_from(day("2026-02-28")), day("2026-03-01"));
    assert_eq!(performance_counts_from(day("2028-02-28")), day("2028-02-29"));
    assert_eq!(performance_counts_from(day("2026-12-31")), day("2027-01-01"));
}

#[test]
fn rule_6_confirmation_window() {
    let made = walk::<Statement>(CHINA, "estimate generate", statement_step);
    let deadline = &made.deadlines(&Weekends)[0];
    assert_eq!((deadline.last_day, deadline.automatic), (day("2026-03-20"), true));
    let confirm = step("2026-03-20", SYSTEM, StatementEvent::ConfirmAutomatically);
    assert_broken(apply(&made, confirm), &[("incentive.6", "at")]);

    let desk = Store::in_memory(ChinaCalendar::published());
    desk.start("S-1", CHINA, statement_step("estimate")).unwrap();
    desk.apply("S-1", statement_step("generate")).unwrap();
    assert!(breaks(desk.start("P-1", CHINA, payout_step("request")), "incentive.6"));
    let lapsed = desk.record_expiries(at("2026-03-21")).unwrap();
    assert_eq!(lapsed[0].state, "being_issued");
    desk.start("P-1", CHINA, payout_step("request")).unwrap();
    // Rule 9: a statement is in one payout order.
    assert!(breaks(desk.start("P-2", CHINA, payout_step("request")), "incentive.9"));
    desk.apply("P-1", payout_step("refuse")).unwrap();
    desk.start("P-2", CHINA, payout_step("request")).unwrap();
}

fn ask(site: Site, request: PayoutRequest) -> Result<Record<Payout>, EventRefused> {
    apply(&Record::new("P-1", site), step("2026-04-01", MAIN, PayoutEvent::Request(request)))
}

#[test]
fn rules_7_to_9_everything_that_stands_in_the_way_of_a_payout() {
    let bad = PayoutRequest {
        lines: Vec::new(),
        business_information_authenticated: false,
        unpaid_cycles: vec![cycle("2025-12"), cycle("2026-01")],
        ..request(PayoutForm::TopUp, AssociationType::Referral)
    };
    assert_broken(
        ask(CHINA, bad),
        &[
            ("incentive.9", "lines"),
            ("incentive.7", "business_information_authenticated"),
            ("incentive.8", "unpaid_cycles"),
            ("incentive.8", "unpaid_cycles"),
        ],
    );
    let mut negative = request(PayoutForm::TopUp, AssociationType::Referral);
    negative.lines[0].amount = amount("-400");
    assert_broken(ask(CHINA, negative), &[("incentive.9", "lines")]);
    let frozen = walk::<Statement>(CHINA, "estimate generate freeze", statement_step);
    let same_day = StatementEvent::Unfreeze(BillsPaid { paid_on: day("2026-03-13") });
    assert_broken(apply(&frozen, step("2026-03-13", SYSTEM, same_day)), &[("incentive.8", "at")]);
    let checked = walk::<FundingHead>(ABROAD, "generate check", funding_step);
    let bare = FundingEvent::RequestPayment(PaymentStanding::default());
    assert_broken(
        apply(&checked, step("2026-04-01", MAIN, bare)),
        &[("incentive.7", "business_information_authenticated"), ("incentive.8", "bills_paid")],
    );
}

#[test]
fn rules_10_and_11_forms_of_a_payout() {
    use PayoutForm::*;
    let open = |site, association_type, period: &str| {
        let open: Vec<_> = PayoutForm::ALL
            .iter()
            .filter(|form| form.is_open(site, &association_type, cycle(period)))
            .copied()
            .collect();
        open
    };
    assert_eq!(open(CHINA, AssociationType::Resale, "2023-10"), [TopUpWithDebt, CouponQuota]);
    assert_eq!(open(CHINA, AssociationType::Resale, "2023-09"), [BankTransfer, TopUp, CouponQuota]);
    assert_eq!(open(CHINA, AssociationType::Referral, "2026-02"), [BankTransfer, TopUp, CouponQuota]);
    assert_eq!(open(ABROAD, AssociationType::Referral, "2026-02"), [BankTransfer, TopUp, CashCoupons]);
    assert_eq!(open(ABROAD, AssociationType::Resale, "2026-02"), [TopUp, CashCoupons]);
    assert_broken(
        ask(ABROAD, request(BankTransfer, AssociationType::Resale)),
        &[("incentive.10", "form"), ("incentive.10", "form")],
    );
    let invoiced: Vec<_> = PayoutForm::ALL.iter().filter(|form| form.needs_invoice()).copied().collect();
    assert_eq!(invoiced, [BankTransfer, TopUp]);
}

#[test]
fn rule_13_two_working_days() {
    // 2026-04-01 is a Wednesday; Monday 2026-04-06 is free for Qingming.
    let paying = walk::<Payout>(CHINA, "request_quota approve", payout_step);
    assert_eq!(paying.deadlines(&Weekends)[0].last_day, day("2026-04-03"));
}

#[test]
fn rule_14_set_off() {
    let left = |negatives: &[&str], expired: &str| {
        Negatives { amounts: negatives.iter().map(|n| amount(n)).collect() }
            .left_after(amount(expired))
            .unwrap()
    };
    assert_eq!(left(&["-600"], "200"), amount("-400"));
    assert_eq!(left(&["-100", "-50"], "200"), Amount::ZERO);
    let expired = walk::<Statement>(CHINA, "estimate generate expire set_off", statement_step);
    assert_eq!(expired.facts().set_off, Some(amount("-400")));
    assert_broken(apply(&expired, statement_step("set_off")), &[("incentive.14", "amounts")]);
    let expired = walk::<Statement>(CHINA, "estimate generate expire", statement_step);
    let none = StatementEvent::SetOff(Negatives { amounts: vec![amount("1")] });
    assert_broken(apply(&expired, step("2026-06-30", SYSTEM, none)), &[("incentive.14", "amounts")]);
}

#[test]
fn rules_17_to_20_invoices_of_a_payout() {
    let invoicing = walk::<Payout>(CHINA, "request approve", payout_step);
    let mail = |change: &dyn Fn(&mut MailedInvoices)| {
        let mut mailed = invoices();
        change(&mut mailed);
        apply(&invoicing, step("2026-04-02", MAIN, PayoutEvent::MailInvoices(mailed)))
    };
    // 400 / 1.06 x 1.01 = 381.1320...: the cent above passes as well, since the rounding is not published.
    mail(&|mailed| mailed.invoices[1].amount = amount("381.14")).unwrap();
    assert_broken(
        mail(&|mailed| {
            mailed.numbers_on_list = false;
            mailed.invoices[0].special_vat = false;
            mailed.invoices[0].amount = amount("566.04"); // without tax
            mailed.invoices[1].amount = amount("381.15");
        }),
        &[
            ("incentive.20", "numbers_on_list"),
            ("incentive.19", "invoices[I-1].special_vat"),
            ("incentive.18", "invoices[I-1].amount"),
            ("incentive.18", "invoices[I-2].amount"),
        ],
    );
    assert_broken(mail(&|mailed| mailed.invoices.truncate(1)), &[("incentive.20", "invoices")]);
    assert_broken(
        mail(&|mailed| mailed.invoices[0].rates = rates("6", "0.06")),
        &[("incentive.18", "invoices[I-1].rates")],
    );

    // An invoice belongs to one order.
    let desk = Store::in_memory(ChinaCalendar::published());
    for (id, statement) in [("P-1", "S-1"), ("P-2", "S-3")] {
        let mut request = request(PayoutForm::BankTransfer, AssociationType::Referral);
        request.lines.truncate(1);
        request.lines[0].statement = statement.into();
        request.lines[0].amount = amount("1000");
        desk.start(id, CHINA, step("2026-04-01", MAIN, PayoutEvent::Request(request))).unwrap();
        desk.apply(id, payout_step("approve")).unwrap();
    }
    desk.apply("P-1", payout_step("mail_invoices")).unwrap();
    assert!(breaks(desk.apply("P-2", payout_step("mail_invoices")), "incentive.20"));
}

#[test]
fn rules_22_to_24_26_40_47_invoices_from_huawei() {
    let bad = InvoiceForm {
        amount: Amount::ZERO,
        covered_rates: vec![amount("0.06"), amount("0.09")],
        header: InvoiceHeader::Organisation,
        consumption_of: vec![cycle("2026-03"), cycle("2026-02")],
        invoice_debt: amount("0.01"),
        ..invoice_form(InvoiceMedium::Paper)
    };
    assert!(bad.recipient_pays_courier() && !invoice_form(InvoiceMedium::Paper).recipient_pays_courier());
    let new = |site| Record::<InvoiceRequest>::new("I-1", site);
    assert_broken(
        apply(&new(ABROAD), step("2026-03-03", MAIN, InvoiceEvent::Request(bad))),
        &[
            ("incentive.22", "site"),
            ("incentive.22", "amount"),
            ("incentive.23", "covered_rates"),
            ("incentive.22", "special_vat"),
            ("incentive.22", "consumption_of"),
            ("incentive.26", "invoice_debt"),
        ],
    );
    let early = step("2026-03-02", MAIN, InvoiceEvent::Request(invoice_form(InvoiceMedium::Paper)));
    assert_broken(apply(&new(CHINA), early), &[("incentive.22", "consumption_of")]);

    let pending = walk::<InvoiceRequest>(CHINA, "request", invoice_step);
    assert_eq!(pending.deadlines(&ChinaCalendar::published())[0].last_day, day("2026-03-05"));
    let issuing = walk::<InvoiceRequest>(CHINA, "request accept", invoice_step);
    assert_broken(apply(&issuing, invoice_step("withdraw")), &[("incentive.47", "medium")]);
    assert_broken(apply(&issuing, invoice_step("mail")), &[("incentive.47", "medium")]);
    let paper = walk::<InvoiceRequest>(CHINA, "request_paper accept", invoice_step);
    assert_broken(apply(&paper, invoice_step("issue")), &[("incentive.47", "medium")]);
    assert_eq!(paper.deadlines(&ChinaCalendar::published())[0].last_day, day("2026-03-09"));

    let digital = |event: &str| match event {
        "request" => step("2026-03-04", MAIN, InvoiceEvent::Request(invoice_form(InvoiceMedium::Digital))),
        other => invoice_step(other),
    };
    let issued = walk::<InvoiceRequest>(CHINA, "request accept issue", digital);
    let back = InvoiceReturn { amount: amount("499"), to: SigningEntity::SoftwareTechnologies };
    assert_broken(
        apply(&issued, step("2026-03-05", MAIN, InvoiceEvent::Return(back))),
        &[("incentive.24", "amount"), ("incentive.40", "to"), ("incentive.24", "to")],
    );
}

#[test]
fn rules_27_to_30_withdrawal() {
    let on = day("2026-03-02");
    let rules = |request: WithdrawalRequest| {
        request.check(on).into_iter().map(|b| b.rule.id().to_owned()).collect::<Vec<_>>()
    };
    assert!(rules(withdrawal(WithdrawalRoute::BankCard)).is_empty());
    let more = WithdrawalRequest { amount: amount("70.01"), ..withdrawal(WithdrawalRoute::BankCard) };
    assert_eq!(rules(more), ["incentive.27"]);
    let route = |paid_by, paid_on: &str, entity| {
        rules(withdrawal(WithdrawalRoute::OriginalRoute { paid_by, paid_on: day(paid_on), entity }))
    };
    use SigningEntity::*;
    assert!(route(PaidBy::Alipay, "2025-12-02", CloudComputing).is_empty());
    assert_eq!(route(PaidBy::Alipay, "2025-12-01", CloudComputing), ["incentive.28"]);
    assert!(route(PaidBy::Alipay, "2025-04-02", SoftwareTechnologies).is_empty());
    assert_eq!(route(PaidBy::WeChat, "2025-04-01", SoftwareTechnologies), ["incentive.28"]);
    assert_eq!(route(PaidBy::WeChat, "2026-03-01", CloudComputing), ["incentive.28"]);
    assert!(route(PaidBy::Remittance, "2019-01-01", CloudComputing).is_empty());
    let rebate = WithdrawalRoute::IncentiveRebate { on_top_up_account: false, same_name: false };
    let rebate = WithdrawalRequest { confirmed: false, amount: Amount::ZERO, ..withdrawal(rebate) };
    assert_eq!(rules(rebate), ["incentive.27", "incentive.29", "incentive.29", "incentive.30"]);
}

#[test]
fn rules_21_and_34_contracts_and_splits() {
    let desk = Store::in_memory(ChinaCalendar::published());
    let draft = |id: &str, order: &str, promised: Option<&str>| {
        let form = ContractForm {
            sort: ContractSort::Order,
            orders: vec![order.to_owned()],
            promised_on: promised.map(day),
        };
        desk.start(id, CHINA, step("2026-03-02", MAIN, ContractEvent::Draft(form)))
    };
    assert!(breaks(draft("K-0", "O-0", Some("2025-03-01")), "incentive.34"));
    for number in 0..79 {
        draft(&format!("K-{number}"), &format!("O-{number}"), None).unwrap();
    }
    assert!(breaks(draft("K-79", "O-7", None), "incentive.34"));
    desk.apply("K-7", contract_step("void")).unwrap();
    draft("K-79", "O-7", None).unwrap();
    assert!(breaks(draft("K-80", "O-80", None), "incentive.34"));
    let empty = ContractForm { sort: ContractSort::PaymentRequest, orders: Vec::new(), promised_on: None };
    assert_broken(
        apply(
            &Record::<OnlineContract>::new("K-1", CHINA),
            step("2026-03-02", MAIN, ContractEvent::Draft(empty)),
        ),
        &[("incentive.48", "orders")],
    );

    let review = "open bill send start_countersigning finish_countersigning";
    let review = walk::<KoogalleryStatement>(CHINA, review, split_step);
    let wrong = SplitEvent::MailInvoice(SplitInvoice { number: String::new(), special_vat: false });
    assert_broken(
        apply(&review, step("2026-03-03", MAIN, wrong)),
        &[("incentive.21", "number"), ("incentive.21", "special_vat")],
    );
    assert_broken(apply(&review, split_step("approve_invoice")), &[("incentive.21", "invoice")]);
}

#[test]
fn rules_42_to_46_projects_funding_heads_spif() {
    let path = "report approve request_acceptance accept apply_incentive enter_amount";
    let entered = walk::<ProjectIncentive>(CHINA, path, project_step);
    let last = entered.deadlines(&ChinaCalendar::published())[0].last_day;
    // 2026-03-02, then 21 working days in March, 21 in April but Qingming's Monday: the 40th is 2026-04-28.
    assert_eq!(last, day("2026-04-28"));
    let confirm = |on| apply(&entered, step(on, MAIN, ProjectEvent::Confirm));
    confirm("2026-04-28").unwrap();
    assert_broken(confirm("2026-04-29"), &[("incentive.42", "at")]);
    assert_broken(
        apply(&entered, step("2026-04-28", SYSTEM, ProjectEvent::Expire)),
        &[("incentive.42", "at")],
    );
    let approved = walk::<ProjectIncentive>(CHINA, "report approve", project_step);
    assert_eq!(approved.missing().len(), 5);
    assert_broken(
        apply(&approved, step("2026-01-06", MAIN, ProjectEvent::RequestAcceptance(Acceptance::default()))),
        &[
            ("incentive.43", "delivered_on"),
            ("incentive.43", "delivery_data"),
            ("incentive.43", "final_sow"),
            ("incentive.43", "customer_confirmation"),
            ("incentive.43", "resource_list"),
        ],
    );

    let made = walk::<FundingHead>(CHINA, "generate", funding_step);
    assert_eq!(made.deadlines(&ChinaCalendar::published())[0].last_day, day("2026-03-20"));
    let mut double = list();
    double.people[1].project = "Harbour".to_owned();
    double.material.clear();
    assert_broken(
        apply(&made, step("2026-03-21", MAIN, FundingEvent::Check(double))),
        &[("incentive.44", "material"), ("incentive.45", "people"), ("incentive.44", "at")],
    );
    assert_broken(
        apply(&Record::<Spif>::new("F-1", CHINA), spif_step("confirm_information")),
        &[("incentive.46", "site")],
    );
    let paid = walk::<Spif>(ABROAD, "confirm_information apply pay", spif_step);
    let bare = SpifEvent::UploadReceipt(SpifReceipt { file: String::new() });
    assert_broken(apply(&paid, step("2026-03-03", MAIN, bare)), &[("incentive.46", "file")]);
}

#[test]
fn every_rule_has_its_own_number_and_a_page() {
    check_rules(RULES, "incentive.");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_sequence_leaves_the_tables(sequence in sequences()) {
        check_walk::<Performance>(CHINA, &names::<PerformanceEvent>(), performance_step, &sequence);
        check_walk::<Statement>(CHINA, &names::<StatementEvent>(), statement_step, &sequence);
        let events = [names::<PayoutEvent>(), vec!["request_quota"]].concat();
        check_walk::<Payout>(CHINA, &events, payout_step, &sequence);
        check_walk::<ProjectIncentive>(CHINA, &names::<ProjectEvent>(), project_step, &sequence);
        check_walk::<FundingHead>(CHINA, &names::<FundingEvent>(), funding_step, &sequence);
        check_walk::<Spif>(ABROAD, &names::<SpifEvent>(), spif_step, &sequence);
        let events = [names::<InvoiceEvent>(), vec!["request_paper"]].concat();
        check_walk::<InvoiceRequest>(CHINA, &events, invoice_step, &sequence);
        check_walk::<Withdrawal>(CHINA, &names::<WithdrawalEvent>(), withdrawal_step, &sequence);
        check_walk::<OnlineContract>(CHINA, &names::<ContractEvent>(), contract_step, &sequence);
        check_walk::<KoogalleryStatement>(CHINA, &names::<SplitEvent>(), split_step, &sequence);
    }
}

proptest! {
    /// The two cents enclose the formula's value, whatever the numbers.
    #[test]
    fn the_formula_is_exact(cents in 0_i64..1_000_000_000_000, output in 0_i64..100, fee in 0_i64..100) {
        let incentive = Amount::new(cents, 2).unwrap();
        let rates = TaxRates { output: Amount::new(output, 2).unwrap(), service_fee: Amount::new(fee, 2).unwrap() };
        let (below, above) = rates.invoice(incentive).unwrap().cents();
        // In whole numbers: below x (100 + output) <= cents x (100 + fee) <= above x (100 + output).
        let whole = |amount: Amount| amount.as_decimal().mantissa() * 10_i128.pow(2 - amount.as_decimal().scale());
        let value = i128::from(cents) * i128::from(100 + fee);
        let by = i128::from(100 + output);
        prop_assert!(whole(below) * by <= value && value <= whole(above) * by);
        prop_assert_eq!(whole(above) - whole(below), i128::from(value % by != 0));
    }
}
