//! Incentives against the published tables and rules: each row of a table and each checkable rule by its number.

mod rules;

use crate::common::*;
use huaweicloud_partner::{
    incentives::*,
    opportunities::Reason,
    types::{Amount, AssociationType, BillCycle, Currency},
    workflow::*,
};

const MAIN: Role = Role::PartnerAdministrator;
const SYSTEM: Role = Role::System;
const REVIEWER: Role = Role::HuaweiReviewer;
const CHINA: Site = Site::China;
const ABROAD: Site = Site::International;

fn reason() -> Reason {
    Reason { reason: "one order is missing".to_owned() }
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn cycle(text: &str) -> BillCycle {
    text.parse().unwrap()
}

fn breaks<T: std::fmt::Debug>(result: Result<T, StoreError>, rule: &str) -> bool {
    matches!(result, Err(StoreError::Refused(refused)) if refused.violates(rule))
}

fn performance_step(event: &str) -> LoggedEvent<PerformanceEvent> {
    let figure = PerformanceFigure { month: cycle("2026-02"), amount: amount("1000") };
    let (role, event) = match event {
        "estimate" => (SYSTEM, PerformanceEvent::Estimate(figure)),
        "close_month" => (SYSTEM, PerformanceEvent::CloseMonth(figure)),
        "audit" => (REVIEWER, PerformanceEvent::Audit(figure)),
        "report_problem" => (MAIN, PerformanceEvent::ReportProblem(reason())),
        other => panic!("{other}"),
    };
    step("2026-03-02", role, event)
}

#[test]
fn performance_table() {
    use PerformanceState::*;
    let table = [
        ("", "estimate", Estimated),
        ("estimate", "estimate", Estimated),
        ("estimate", "close_month", Draft),
        ("estimate close_month", "audit", Final),
        ("estimate", "report_problem", Estimated),
        ("estimate close_month", "report_problem", Draft),
        ("estimate close_month audit", "report_problem", Final),
    ];
    check_table::<Performance>(&table, performance_step, PerformanceState::ALL.len());
}

fn form(incentive: &str) -> StatementForm {
    StatementForm {
        number: "S-2026-02".to_owned(),
        kind: IncentiveKind::MonthlyBasic,
        amount: amount(incentive),
        currency: Currency::Cny,
        confirm_by: Some(day("2026-03-20")),
    }
}

fn statement_step(event: &str) -> LoggedEvent<StatementEvent> {
    use StatementEvent as E;
    let (on, role, event) = match event {
        "estimate" => ("2026-03-02", SYSTEM, E::Estimate(form("200"))),
        "generate" => ("2026-03-10", REVIEWER, E::Generate(form("200"))),
        "confirm" => ("2026-03-12", MAIN, E::Confirm),
        "confirm_automatically" => ("2026-03-21", SYSTEM, E::ConfirmAutomatically),
        "report_problem" => ("2026-03-12", MAIN, E::ReportProblem(reason())),
        "issue" => ("2026-03-25", REVIEWER, E::Issue),
        "freeze" => ("2026-03-12", REVIEWER, E::Freeze(reason())),
        "unfreeze" => ("2026-03-14", SYSTEM, E::Unfreeze(BillsPaid { paid_on: day("2026-03-13") })),
        "expire" => ("2026-06-30", SYSTEM, E::Expire),
        "set_off" => ("2026-06-30", SYSTEM, E::SetOff(Negatives { amounts: vec![amount("-600")] })),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

#[test]
fn statement_table() {
    use StatementState::*;
    const MADE: &str = "estimate generate";
    let table = [
        ("", "estimate", Estimated),
        ("estimate", "estimate", Estimated),
        ("estimate", "generate", ToBeConfirmed),
        (MADE, "confirm", BeingIssued),
        (MADE, "confirm_automatically", BeingIssued),
        (MADE, "report_problem", ProblemReported),
        ("estimate generate report_problem", "generate", ToBeConfirmed),
        ("estimate generate confirm", "issue", Issued),
        (MADE, "freeze", Frozen),
        ("estimate generate confirm", "freeze", Frozen),
        ("estimate generate freeze", "unfreeze", ToBeConfirmed),
        ("estimate generate confirm freeze", "unfreeze", BeingIssued),
        (MADE, "expire", Expired),
        ("estimate generate confirm", "expire", Expired),
        ("estimate generate expire", "set_off", Expired),
    ];
    check_table::<Statement>(&table, statement_step, StatementState::ALL.len());
}

fn rates(output: &str, service_fee: &str) -> TaxRates {
    TaxRates { output: amount(output), service_fee: amount(service_fee) }
}

fn request(form: PayoutForm, association_type: AssociationType) -> PayoutRequest {
    let line = |statement: &str, incentive: &str| PayoutLine {
        statement: statement.into(),
        period: cycle("2026-02"),
        amount: amount(incentive),
    };
    PayoutRequest {
        lines: vec![line("S-1", "600"), line("S-2", "400")],
        form,
        association_type,
        currency: Currency::Cny,
        business_information_authenticated: true,
        unpaid_cycles: Vec::new(),
    }
}

fn invoices() -> MailedInvoices {
    let invoice = |number: &str, incentive: &str, rates, total: &str| PartnerInvoice {
        number: number.to_owned(),
        incentive: amount(incentive),
        rates,
        amount: amount(total),
        special_vat: true,
        made_out_to: None,
    };
    MailedInvoices {
        invoices: vec![
            invoice("I-1", "600", rates("0.06", "0.06"), "600"),
            invoice("I-2", "400", rates("0.06", "0.01"), "381.13"),
        ],
        numbers_on_list: true,
    }
}

fn payout_step(event: &str) -> LoggedEvent<PayoutEvent> {
    use PayoutEvent as E;
    let (role, event) = match event {
        "request" => (MAIN, E::Request(request(PayoutForm::BankTransfer, AssociationType::Referral))),
        "request_quota" => (MAIN, E::Request(request(PayoutForm::CouponQuota, AssociationType::Resale))),
        "approve" => (REVIEWER, E::Approve),
        "refuse" => (REVIEWER, E::Refuse(reason())),
        "mail_invoices" => (MAIN, E::MailInvoices(invoices())),
        "approve_invoices" => (REVIEWER, E::ApproveInvoices),
        "refuse_invoices" => (REVIEWER, E::RefuseInvoices(reason())),
        "complete" => (REVIEWER, E::Complete),
        other => panic!("{other}"),
    };
    step("2026-04-01", role, event)
}

#[test]
fn payout_table() {
    use PayoutState::*;
    let table = [
        ("", "request", UnderReview),
        ("request", "approve", Invoicing),
        ("request_quota", "approve", Paying),
        ("request", "refuse", Refused),
        ("request approve", "mail_invoices", InvoiceReview),
        ("request approve mail_invoices", "approve_invoices", Paying),
        ("request approve mail_invoices", "refuse_invoices", InvoiceRefused),
        ("request approve mail_invoices refuse_invoices", "mail_invoices", InvoiceReview),
        ("request_quota approve", "complete", Completed),
    ];
    check_table::<Payout>(&table, payout_step, PayoutState::ALL.len());
}

fn acceptance() -> Acceptance {
    Acceptance {
        delivered_on: Some(day("2026-01-05")),
        delivery_data: "data.zip".to_owned(),
        final_sow: "sow.pdf".to_owned(),
        customer_confirmation: "mail.eml".to_owned(),
        resource_list: "list.xlsx".to_owned(),
    }
}

fn project_step(event: &str) -> LoggedEvent<ProjectEvent> {
    use ProjectEvent as E;
    let (on, role, event) = match event {
        "report" => ("2026-01-05", MAIN, E::Report(Project { project: "Harbour".to_owned() })),
        "approve" => ("2026-01-05", REVIEWER, E::Approve),
        "request_acceptance" => ("2026-01-05", MAIN, E::RequestAcceptance(acceptance())),
        "accept" => ("2026-01-05", REVIEWER, E::Accept),
        "refuse_acceptance" => ("2026-01-05", REVIEWER, E::RefuseAcceptance(reason())),
        "apply_incentive" => ("2026-01-05", MAIN, E::ApplyIncentive),
        "enter_amount" => {
            let entered = EnteredAmount { amount: amount("5000"), currency: Currency::Cny };
            ("2026-03-02", REVIEWER, E::EnterAmount(entered))
        }
        "confirm" => ("2026-03-03", MAIN, E::Confirm),
        "expire" => ("2026-06-30", SYSTEM, E::Expire),
        "request_payment" => ("2026-03-04", MAIN, E::RequestPayment),
        "approve_payment" => ("2026-03-05", REVIEWER, E::ApprovePayment),
        "mail_invoice" => ("2026-03-06", MAIN, E::MailInvoice),
        "refuse_invoice" => ("2026-03-07", REVIEWER, E::RefuseInvoice(reason())),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

#[test]
fn project_table() {
    use ProjectState::*;
    const ASKED: &str = "report approve request_acceptance";
    let accepted = format!("{ASKED} accept");
    let applied = format!("{accepted} apply_incentive");
    let entered = format!("{applied} enter_amount");
    let confirmed = format!("{entered} confirm");
    let asked = format!("{confirmed} request_payment");
    let approved = format!("{asked} approve_payment");
    let mailed = format!("{approved} mail_invoice");
    let refused = format!("{mailed} refuse_invoice");
    let table = [
        ("", "report", Reported),
        ("report", "report", Reported),
        ("report", "approve", Approved),
        ("report approve", "request_acceptance", AcceptanceReview),
        (ASKED, "accept", Accepted),
        (ASKED, "refuse_acceptance", AcceptanceRefused),
        (&*accepted, "apply_incentive", IncentiveReview),
        (&*applied, "enter_amount", AmountEntered),
        (&*entered, "confirm", Confirmed),
        (&*entered, "expire", Expired),
        (&*confirmed, "request_payment", PaymentReview),
        (&*asked, "approve_payment", PaymentApproved),
        (&*approved, "mail_invoice", InvoiceMailed),
        (&*mailed, "refuse_invoice", InvoiceRefused),
        (&*refused, "mail_invoice", InvoiceMailed),
    ];
    check_table::<ProjectIncentive>(&table, project_step, ProjectState::ALL.len());
}

fn list() -> FundingList {
    let person =
        |person: &str, project: &str| FundedPerson { person: person.to_owned(), project: project.to_owned() };
    FundingList {
        people: vec![person("a", "Harbour"), person("b", "Bridge")],
        amount: amount("20000"),
        material: vec!["month.xlsx".to_owned()],
    }
}

fn funding_step(event: &str) -> LoggedEvent<FundingEvent> {
    use FundingEvent as E;
    let ready = PaymentStanding { business_information_authenticated: true, bills_paid: true };
    let (on, role, event) = match event {
        "generate" => ("2026-03-02", SYSTEM, E::Generate),
        "check" => ("2026-03-03", MAIN, E::Check(list())),
        "expire" => ("2026-03-21", SYSTEM, E::Expire),
        "request_payment" => ("2026-04-01", MAIN, E::RequestPayment(ready)),
        "approve" => ("2026-04-02", REVIEWER, E::Approve),
        "refuse" => ("2026-04-02", REVIEWER, E::Refuse(reason())),
        "mail_invoice" => ("2026-04-03", MAIN, E::MailInvoice),
        "pay" => ("2026-04-10", REVIEWER, E::Pay),
        other => panic!("{other}"),
    };
    step(on, role, event)
}

fn spif_step(event: &str) -> LoggedEvent<SpifEvent> {
    let (role, event) = match event {
        "confirm_information" => (MAIN, SpifEvent::ConfirmInformation),
        "apply" => (MAIN, SpifEvent::Apply),
        "pay" => (REVIEWER, SpifEvent::Pay),
        "upload_receipt" => (MAIN, SpifEvent::UploadReceipt(SpifReceipt { file: "receipt.pdf".to_owned() })),
        "reject_receipt" => (REVIEWER, SpifEvent::RejectReceipt(reason())),
        "accept" => (REVIEWER, SpifEvent::Accept),
        other => panic!("{other}"),
    };
    step("2026-03-02", role, event)
}

#[test]
fn funding_and_spif_tables() {
    use FundingState::*;
    let table = [
        ("", "generate", ListGenerated),
        ("generate", "check", Checked),
        ("generate", "expire", Expired),
        ("generate check", "request_payment", PaymentReview),
        ("generate check request_payment", "approve", PaymentApproved),
        ("generate check request_payment", "refuse", PaymentRefused),
        ("generate check request_payment refuse", "request_payment", PaymentReview),
        ("generate check request_payment approve", "mail_invoice", InvoiceMailed),
        ("generate check request_payment approve mail_invoice", "pay", Paid),
    ];
    check_table::<FundingHead>(&table, funding_step, FundingState::ALL.len());
    let table = [
        ("", "confirm_information", SpifState::InformationConfirmed),
        ("confirm_information", "apply", SpifState::UnderReview),
        ("confirm_information apply", "pay", SpifState::Paid),
        ("confirm_information apply pay", "upload_receipt", SpifState::ReceiptReview),
        ("confirm_information apply pay upload_receipt", "reject_receipt", SpifState::ReceiptRejected),
        (
            "confirm_information apply pay upload_receipt reject_receipt",
            "upload_receipt",
            SpifState::ReceiptReview,
        ),
        ("confirm_information apply pay upload_receipt", "accept", SpifState::Accepted),
    ];
    check_table_in::<Spif>(&table, spif_step, SpifState::ALL.len(), |_| ABROAD);
}

fn invoice_form(medium: InvoiceMedium) -> InvoiceForm {
    InvoiceForm {
        amount: amount("500"),
        tax_rate: Some(amount("0.06")),
        covered_rates: vec![amount("0.06")],
        medium,
        header: InvoiceHeader::Enterprise,
        special_vat: medium != InvoiceMedium::Electronic,
        consumption_of: vec![cycle("2026-02")],
        refunded_parts: false,
        invoice_debt: Amount::ZERO,
        entity: match medium {
            InvoiceMedium::Digital => SigningEntity::CloudComputing,
            _ => SigningEntity::SoftwareTechnologies,
        },
    }
}

fn invoice_step(event: &str) -> LoggedEvent<InvoiceEvent> {
    use InvoiceEvent as E;
    let back = InvoiceReturn { amount: amount("500"), to: SigningEntity::CloudComputing };
    let (role, event) = match event {
        "request" => (MAIN, E::Request(invoice_form(InvoiceMedium::Digital))),
        "request_paper" => (MAIN, E::Request(invoice_form(InvoiceMedium::Paper))),
        "withdraw" => (MAIN, E::Withdraw),
        "refuse" => (REVIEWER, E::Refuse(reason())),
        "delete" => (MAIN, E::Delete),
        "accept" => (REVIEWER, E::Accept),
        "issue" => (REVIEWER, E::Issue),
        "mail" => (REVIEWER, E::Mail),
        "approve_withdrawal" => (REVIEWER, E::ApproveWithdrawal),
        "refuse_withdrawal" => (REVIEWER, E::RefuseWithdrawal(reason())),
        "sign" => (MAIN, E::Sign),
        "return" => (MAIN, E::Return(back)),
        "approve_return" => (REVIEWER, E::ApproveReturn),
        "refuse_return" => (REVIEWER, E::RefuseReturn(reason())),
        other => panic!("{other}"),
    };
    step("2026-03-04", role, event)
}

#[test]
fn invoice_request_table() {
    use InvoiceRequestState::*;
    let table = [
        ("", "request", Pending),
        ("request", "withdraw", Withdrawn),
        ("request", "refuse", Refused),
        ("request refuse", "delete", Deleted),
        ("request", "accept", Issuing),
        ("request accept", "issue", Issued),
        ("request_paper accept", "mail", ToBeSigned),
        ("request_paper accept", "withdraw", Withdrawing),
        ("request_paper accept withdraw", "approve_withdrawal", Withdrawn),
        ("request_paper accept withdraw", "refuse_withdrawal", WithdrawalRefused),
        ("request_paper accept withdraw refuse_withdrawal", "mail", ToBeSigned),
        ("request withdraw", "request", Pending),
        ("request_paper accept mail", "sign", Issued),
        ("request accept issue", "return", Returning),
        ("request accept issue return", "approve_return", Returned),
        ("request accept issue return", "refuse_return", ReturnRefused),
        ("request accept issue return refuse_return", "return", Returning),
    ];
    check_table::<InvoiceRequest>(&table, invoice_step, InvoiceRequestState::ALL.len());
}

#[test]
fn invoice_operations_by_state() {
    use InvoiceOperation::*;
    let own = |state: InvoiceRequestState, medium| {
        let mut all = state.operations(medium);
        all.retain(|operation| !matches!(operation, Details | Preview));
        all
    };
    for (state, electronic, paper) in [
        (InvoiceRequestState::Pending, vec![Withdraw], vec![Withdraw]),
        (InvoiceRequestState::Refused, vec![Delete], vec![Delete]),
        (InvoiceRequestState::Issuing, vec![], vec![Withdraw]),
        (InvoiceRequestState::Withdrawing, vec![], vec![]),
        (InvoiceRequestState::WithdrawalRefused, vec![], vec![]),
        (InvoiceRequestState::Withdrawn, vec![], vec![]),
        (InvoiceRequestState::ToBeSigned, vec![Confirm], vec![Confirm]),
        (InvoiceRequestState::Issued, vec![Download, Return], vec![Return]),
        (InvoiceRequestState::Returning, vec![Download], vec![]),
        (InvoiceRequestState::ReturnRefused, vec![Download, Return], vec![Return]),
        (InvoiceRequestState::Returned, vec![], vec![]),
    ] {
        assert_eq!(own(state, InvoiceMedium::Electronic), electronic, "{state}");
        assert_eq!(own(state, InvoiceMedium::Paper), paper, "{state}");
        assert!(state.operations(InvoiceMedium::Paper).contains(&Details));
    }
}

fn withdrawal(route: WithdrawalRoute) -> WithdrawalRequest {
    WithdrawalRequest {
        amount: amount("70"),
        cash_balance: amount("100"),
        invoice_debt: amount("30"),
        route,
        confirmed: true,
    }
}

fn withdrawal_step(event: &str) -> LoggedEvent<WithdrawalEvent> {
    let (role, event) = match event {
        "request" => (MAIN, WithdrawalEvent::Request(withdrawal(WithdrawalRoute::BankCard))),
        "pay" => (REVIEWER, WithdrawalEvent::Pay),
        "refuse" => (REVIEWER, WithdrawalEvent::Refuse(reason())),
        "delete" => (MAIN, WithdrawalEvent::Delete),
        other => panic!("{other}"),
    };
    step("2026-03-02", role, event)
}

fn contract_step(event: &str) -> LoggedEvent<ContractEvent> {
    let (role, event) = match event {
        "draft" => {
            let form = ContractForm {
                sort: ContractSort::Order,
                orders: vec!["O-1".to_owned()],
                promised_on: Some(day("2025-03-02")),
            };
            (MAIN, ContractEvent::Draft(form))
        }
        "complete" => (SYSTEM, ContractEvent::Complete),
        "void" => (MAIN, ContractEvent::Void),
        other => panic!("{other}"),
    };
    step("2026-03-02", role, event)
}

fn split_step(event: &str) -> LoggedEvent<SplitEvent> {
    let (role, event) = match event {
        "open" => (SYSTEM, SplitEvent::Open(SplitMonth { month: cycle("2026-02") })),
        "bill" => (SYSTEM, SplitEvent::Bill),
        "send" => (REVIEWER, SplitEvent::Send),
        "start_countersigning" => (REVIEWER, SplitEvent::StartCountersigning),
        "finish_countersigning" => (REVIEWER, SplitEvent::FinishCountersigning),
        "mail_invoice" => {
            (MAIN, SplitEvent::MailInvoice(SplitInvoice { number: "I-9".to_owned(), special_vat: true }))
        }
        "approve_invoice" => (REVIEWER, SplitEvent::ApproveInvoice),
        "pay" => (REVIEWER, SplitEvent::Pay),
        other => panic!("{other}"),
    };
    step("2026-03-03", role, event)
}

#[test]
fn withdrawal_contract_and_split_tables() {
    let table = [
        ("", "request", WithdrawalState::Requested),
        ("request", "pay", WithdrawalState::Paid),
        ("request", "refuse", WithdrawalState::Refused),
        ("request refuse", "delete", WithdrawalState::Deleted),
    ];
    check_table::<Withdrawal>(&table, withdrawal_step, WithdrawalState::ALL.len());
    let table = [
        ("", "draft", ContractState::Draft),
        ("draft", "complete", ContractState::Completed),
        ("draft", "void", ContractState::Voided),
        ("draft complete", "void", ContractState::Voided),
    ];
    check_table::<OnlineContract>(&table, contract_step, ContractState::ALL.len());
    use SplitState::*;
    const REVIEW: &str = "open bill send start_countersigning finish_countersigning";
    let mailed = format!("{REVIEW} mail_invoice");
    let approved = format!("{mailed} approve_invoice");
    let table = [
        ("", "open", NotBilled),
        ("open", "bill", Billed),
        ("open bill", "send", ToCountersign),
        ("open bill send", "start_countersigning", Countersigning),
        ("open bill send start_countersigning", "finish_countersigning", InvoiceReview),
        (REVIEW, "mail_invoice", InvoiceReview),
        (&*mailed, "approve_invoice", Payment),
        (&*approved, "pay", Paid),
    ];
    check_table::<KoogalleryStatement>(&table, split_step, SplitState::ALL.len());
}
