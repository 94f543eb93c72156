//! Incentives with papers of their own: delivery projects, funding heads, SPIF.

use serde::{Deserialize, Serialize};

use super::rules::{
    ALL_PAID, AUTHENTICATED, DELIVERY_PAPERS, FORTY_DAYS, FOURTEEN_DAYS, ONE_PROJECT, RULES, SPIF_STEPS,
    WRITTEN,
};
use crate::{
    types::{Amount, Currency, Day},
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, LoggedEvent, RULE_CALENDAR, Record, Role, Rule, RuleContext, RuleViolation,
        Site, Transition, Workflow, WorkingDays, events, states, transitions,
    },
};

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager];
const SYSTEM: &[Role] = &[Role::System];

/// Whether a step comes on the right side of a deadline in working days.
fn in_time(
    start: Option<crate::types::UtcTime>,
    n: u32,
    at: crate::types::UtcTime,
    context: RuleContext<'_>,
    rule: &Rule,
    wanted: bool,
) -> Option<RuleViolation> {
    match context.calendar.is_late(start?.billing_day(), n, at.billing_day()) {
        Ok(late) if late == wanted => {
            let detail = if late { "are over" } else { "are not over yet" };
            Some(rule.violation("at", format!("the {n} working days {detail}")))
        }
        Ok(_) => None,
        Err(unknown) => Some(RULE_CALENDAR.violation("at", unknown.to_string())),
    }
}

/// Facts of a delivery project, from its events. Kind `project_incentive`.
#[derive(Clone, Default, PartialEq)]
pub struct ProjectIncentive {
    /// Name of the project.
    pub project: String,
    /// Data of the requested acceptance.
    pub acceptance: Option<Acceptance>,
    /// The amount as Huawei entered it.
    pub amount: Option<EnteredAmount>,
    /// Reason of the last refusal.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { ProjectIncentive { project, acceptance, amount, refusal } }

use ProjectState as P;

states! {
    /// State of the support for a delivery.
    pub enum ProjectState {
        /// Reported; Huawei reviews, the partner may correct.
        Reported = "reported",
        /// The project is approved.
        Approved = "approved",
        /// Huawei checks the acceptance.
        AcceptanceReview = "acceptance_review",
        /// Huawei refused it.
        AcceptanceRefused = "acceptance_refused",
        /// Accepted; the score is visible.
        Accepted = "accepted",
        /// The incentive is applied for and reviewed.
        IncentiveReview = "incentive_review",
        /// The amount is entered and waits for the partner, 40 working days.
        AmountEntered = "amount_entered",
        /// The partner confirmed.
        Confirmed = "confirmed",
        /// Confirmation came too late or never.
        Expired = "expired",
        /// Payment is asked for and reviewed.
        PaymentReview = "payment_review",
        /// Payment is approved; list and invoice are next.
        PaymentApproved = "payment_approved",
        /// List and invoice are mailed.
        InvoiceMailed = "invoice_mailed",
        /// The invoice was refused; a new one is needed.
        InvoiceRefused = "invoice_refused",
    }
}

events! {
    /// Event of the support for a delivery.
    pub enum ProjectEvent: ProjectEventKind of ProjectIncentive {
        /// The partner reports the project, or corrects the report.
        Report(Project) = "report",
        /// Huawei approves the project.
        Approve = "approve",
        /// The partner asks for acceptance.
        RequestAcceptance(Acceptance) = "request_acceptance",
        /// Huawei accepts the delivery.
        Accept = "accept",
        /// Huawei refuses the acceptance.
        RefuseAcceptance(Reason) = "refuse_acceptance",
        /// The partner applies for the incentive.
        ApplyIncentive = "apply_incentive",
        /// Huawei enters the amount.
        EnterAmount(EnteredAmount) = "enter_amount",
        /// The partner confirms the amount.
        Confirm = "confirm",
        /// 40 working days went by.
        Expire = "expire",
        /// The partner asks for payment.
        RequestPayment = "request_payment",
        /// Huawei approves the payment.
        ApprovePayment = "approve_payment",
        /// The partner mails list and invoice.
        MailInvoice = "mail_invoice",
        /// Huawei refuses the invoice.
        RefuseInvoice(Reason) = "refuse_invoice",
    }
}

/// A delivery project.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Name of the project.
    pub project: String,
}

crate::__debug_by_shape! { Project { project } }

/// Data of a requested acceptance.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Acceptance {
    /// The date on the acceptance report, which is the delivery date.
    pub delivered_on: Option<Day>,
    /// Upload of the delivery data.
    pub delivery_data: String,
    /// Upload of the final statement of work.
    pub final_sow: String,
    /// Upload of the customer's confirmation of it.
    pub customer_confirmation: String,
    /// Upload of the list of resources.
    pub resource_list: String,
}

crate::__debug_by_shape! {
    Acceptance {
        delivered_on, delivery_data, final_sow, customer_confirmation, resource_list
    }
}

impl Acceptance {
    /// Returns all missing items at once.
    pub fn check(&self, on: Day) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        match self.delivered_on {
            None => broken.push(DELIVERY_PAPERS.violation("delivered_on", "is missing")),
            Some(day) if day > on => {
                broken.push(DELIVERY_PAPERS.violation("delivered_on", "is in the future"))
            }
            Some(_) => {}
        }
        let papers = [
            (&self.delivery_data, "delivery_data"),
            (&self.final_sow, "final_sow"),
            (&self.customer_confirmation, "customer_confirmation"),
            (&self.resource_list, "resource_list"),
        ];
        let missing = papers.into_iter().filter(|(text, _)| text.trim().is_empty());
        broken.extend(missing.map(|(_, field)| DELIVERY_PAPERS.violation(field, "is missing")));
        broken
    }
}

/// An amount that Huawei entered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnteredAmount {
    /// Amount of the invoice, tax included.
    pub amount: Amount,
    /// Currency of the amounts.
    pub currency: Currency,
}

const CONFIRMATION: DeadlineKind = DeadlineKind::new(
    "project_incentive.confirmation",
    "check and confirm the amount",
    "the incentive expires",
);

impl Workflow for ProjectIncentive {
    const KIND: &'static str = "project_incentive";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<ProjectState, ProjectEventKind>] = transitions! { ProjectState on ProjectEventKind {
        start: Report => Reported by PARTNER;
        Reported: Report => Reported by PARTNER;
        Reported: Approve => Approved by HUAWEI;
        Approved: RequestAcceptance => AcceptanceReview by PARTNER;
        AcceptanceReview: Accept => Accepted by HUAWEI;
        AcceptanceReview: RefuseAcceptance => AcceptanceRefused by HUAWEI;
        Accepted: ApplyIncentive => IncentiveReview by PARTNER;
        IncentiveReview: EnterAmount => AmountEntered by HUAWEI;
        AmountEntered: Confirm => Confirmed by PARTNER;
        AmountEntered: Expire => Expired by SYSTEM;
        Confirmed: RequestPayment => PaymentReview by PARTNER;
        PaymentReview: ApprovePayment => PaymentApproved by HUAWEI;
        PaymentApproved: MailInvoice => InvoiceMailed by PARTNER;
        InvoiceMailed: RefuseInvoice => InvoiceRefused by HUAWEI;
        InvoiceRefused: MailInvoice => InvoiceMailed by PARTNER;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[CONFIRMATION];
    type State = ProjectState;
    type Event = ProjectEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<ProjectEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let entered = record.last(ProjectEventKind::EnterAmount);
        let broken = match &step.event {
            ProjectEvent::RequestAcceptance(acceptance) => return acceptance.check(step.at.billing_day()),
            ProjectEvent::Report(Project { project }) if project.trim().is_empty() => {
                Some(WRITTEN.violation("project", "is empty"))
            }
            ProjectEvent::RefuseAcceptance(Reason { reason })
            | ProjectEvent::RefuseInvoice(Reason { reason })
                if reason.trim().is_empty() =>
            {
                Some(WRITTEN.violation("reason", "is empty"))
            }
            ProjectEvent::EnterAmount(entered) if !entered.amount.is_positive() => {
                Some(FORTY_DAYS.violation("amount", "is not above zero"))
            }
            ProjectEvent::Confirm => in_time(entered, 40, step.at, context, &FORTY_DAYS, true),
            ProjectEvent::Expire => in_time(entered, 40, step.at, context, &FORTY_DAYS, false),
            _ => None,
        };
        broken.into_iter().collect()
    }

    fn fold(&mut self, step: &LoggedEvent<ProjectEvent>) {
        match &step.event {
            ProjectEvent::Report(Project { project }) => self.project.clone_from(project),
            ProjectEvent::RequestAcceptance(acceptance) => self.acceptance = Some(acceptance.clone()),
            ProjectEvent::EnterAmount(entered) => self.amount = Some(entered.clone()),
            ProjectEvent::RefuseAcceptance(Reason { reason })
            | ProjectEvent::RefuseInvoice(Reason { reason }) => {
                self.refusal = Some(reason.clone());
            }
            _ => {}
        }
    }

    fn missing(record: &Record<Self>) -> Vec<RuleViolation> {
        let approved = record.last(ProjectEventKind::Approve).filter(|_| record.is(P::Approved));
        approved.map(|at| Acceptance::default().check(at.billing_day())).unwrap_or_default()
    }

    fn deadlines(record: &Record<Self>, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let entered = record.last(ProjectEventKind::EnterAmount).filter(|_| record.is(P::AmountEntered));
        let deadline = |at| Deadline::working_days(calendar, at, 40, &FORTY_DAYS, &CONFIRMATION).automatic();
        entered.map(deadline).into_iter().collect()
    }

    fn expiry(record: &Record<Self>) -> Option<ProjectEvent> {
        record.is(P::AmountEntered).then_some(ProjectEvent::Expire)
    }
}

/// Facts of a funding head's month, from its events. Kind `funding_head`.
#[derive(Clone, Default, PartialEq)]
pub struct FundingHead {
    /// The list as the partner checked it.
    pub list: Option<FundingList>,
    /// Reason of the last refusal of the payment.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { FundingHead { list, refusal } }

use FundingState as F;

states! {
    /// State of a funding head's month.
    pub enum FundingState {
        /// The list of eligible persons is made; the partner has 14 working days.
        ListGenerated = "list_generated",
        /// Headcount and amount are checked, the material is handed in.
        Checked = "checked",
        /// Material was not submitted in time.
        Expired = "expired",
        /// The quarter's payment is under review (付款申请审核中).
        PaymentReview = "payment_review",
        /// Payment is approved (付款申请审核通过).
        PaymentApproved = "payment_approved",
        /// Refused; it may be handed in again.
        PaymentRefused = "payment_refused",
        /// List and invoice are mailed.
        InvoiceMailed = "invoice_mailed",
        /// Paid in the currency of the business information.
        Paid = "paid",
    }
}

events! {
    /// Event of a funding head's month.
    pub enum FundingEvent: FundingEventKind of FundingHead {
        /// The month's list is made.
        Generate = "generate",
        /// The partner checks it and hands in the material.
        Check(FundingList) = "check",
        /// 14 working days went by.
        Expire = "expire",
        /// The partner asks for the quarter's payment.
        RequestPayment(PaymentStanding) = "request_payment",
        /// Huawei approves the material.
        Approve = "approve",
        /// Huawei refuses the request.
        Refuse(Reason) = "refuse",
        /// The partner mails list and invoice.
        MailInvoice = "mail_invoice",
        /// Huawei pays the amount.
        Pay = "pay",
    }
}

/// The checked list of a month.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FundingList {
    /// Persons by a key that the caller chooses, with the project that each is counted for.
    pub people: Vec<FundedPerson>,
    /// Amount of the payment.
    pub amount: Amount,
    /// Material that the partner uploaded.
    pub material: Vec<String>,
}

crate::__debug_by_shape! { FundingList { people, amount, material } }

/// A person on the list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundedPerson {
    /// Key of the person that the caller chooses, not a name.
    pub person: String,
    /// Name of the project.
    pub project: String,
}

crate::__debug_by_shape! { FundedPerson { person, project } }

/// Standing of the partner when it asks for payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaymentStanding {
    /// Whether the business information is authenticated.
    pub business_information_authenticated: bool,
    /// Every bill is paid.
    pub bills_paid: bool,
}

impl FundingList {
    /// Returns all violations at once.
    pub fn check(&self) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if self.people.is_empty() {
            broken.push(FOURTEEN_DAYS.violation("people", "are missing"));
        }
        if self.material.is_empty() {
            broken.push(FOURTEEN_DAYS.violation("material", "is missing"));
        }
        let mut seen = std::collections::BTreeMap::new();
        for one in &self.people {
            if seen.insert(one.project.trim(), &one.person).is_some_and(|other| *other != one.person) {
                broken
                    .push(ONE_PROJECT.violation("people", format!("{} counts for two persons", one.project)));
            }
        }
        broken
    }
}

const CHECK: DeadlineKind = DeadlineKind::new(
    "funding_head.check",
    "check the list and hand in the material",
    "the month's funding expires",
);

impl Workflow for FundingHead {
    const KIND: &'static str = "funding_head";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<FundingState, FundingEventKind>] = transitions! { FundingState on FundingEventKind {
        start: Generate => ListGenerated by SYSTEM;
        ListGenerated: Check => Checked by PARTNER;
        ListGenerated: Expire => Expired by SYSTEM;
        Checked: RequestPayment => PaymentReview by PARTNER;
        PaymentReview: Approve => PaymentApproved by HUAWEI;
        PaymentReview: Refuse => PaymentRefused by HUAWEI;
        PaymentRefused: RequestPayment => PaymentReview by PARTNER;
        PaymentApproved: MailInvoice => InvoiceMailed by PARTNER;
        InvoiceMailed: Pay => Paid by HUAWEI;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[CHECK];
    type State = FundingState;
    type Event = FundingEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<FundingEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let made = record.last(FundingEventKind::Generate);
        let mut broken = Vec::new();
        match &step.event {
            FundingEvent::Check(list) => {
                broken.extend(list.check());
                broken.extend(in_time(made, 14, step.at, context, &FOURTEEN_DAYS, true));
            }
            FundingEvent::Expire => broken.extend(in_time(made, 14, step.at, context, &FOURTEEN_DAYS, false)),
            FundingEvent::RequestPayment(standing) => {
                if !standing.business_information_authenticated {
                    broken.push(AUTHENTICATED.violation("business_information_authenticated", "is false"));
                }
                if record.site() != Site::China && !standing.bills_paid {
                    broken.push(ALL_PAID.violation("bills_paid", "is false"));
                }
            }
            FundingEvent::Refuse(Reason { reason }) if reason.trim().is_empty() => {
                broken.push(WRITTEN.violation("reason", "is empty"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<FundingEvent>) {
        match &step.event {
            FundingEvent::Check(list) => self.list = Some(list.clone()),
            FundingEvent::Refuse(Reason { reason }) => self.refusal = Some(reason.clone()),
            _ => {}
        }
    }

    fn deadlines(record: &Record<Self>, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let made = record.last(FundingEventKind::Generate).filter(|_| record.is(F::ListGenerated));
        let deadline = |at| Deadline::working_days(calendar, at, 14, &FOURTEEN_DAYS, &CHECK).automatic();
        made.map(deadline).into_iter().collect()
    }

    fn expiry(record: &Record<Self>) -> Option<FundingEvent> {
        record.is(F::ListGenerated).then_some(FundingEvent::Expire)
    }
}

/// Facts of a sales performance incentive fund, from its events. Kind `spif`.
#[derive(Clone, Default, PartialEq)]
pub struct Spif {
    /// The receipt as last uploaded.
    pub receipt: String,
    /// Reason of the last refusal of the receipt.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { Spif { receipt, refusal } }

states! {
    /// State of a SPIF (international site).
    pub enum SpifState {
        /// The partner confirmed the fund's information.
        InformationConfirmed = "information_confirmed",
        /// The application is under review.
        UnderReview = "under_review",
        /// Paid by Huawei; the partner hands the money out.
        Paid = "paid",
        /// The receipt acknowledgement is under review.
        ReceiptReview = "receipt_review",
        /// The receipt was refused; a new one is needed.
        ReceiptRejected = "receipt_rejected",
        /// The fund is accepted.
        Accepted = "accepted",
    }
}

events! {
    /// Step in the life of a SPIF.
    pub enum SpifEvent: SpifEventKind of Spif {
        /// The partner confirms the fund's information.
        ConfirmInformation = "confirm_information",
        /// The partner applies.
        Apply = "apply",
        /// Huawei pays the amount.
        Pay = "pay",
        /// The partner uploads the acknowledgement of receipt.
        UploadReceipt(SpifReceipt) = "upload_receipt",
        /// Huawei refuses it.
        RejectReceipt(Reason) = "reject_receipt",
        /// Huawei accepts it.
        Accept = "accept",
    }
}

/// An acknowledgement of receipt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpifReceipt {
    /// Uploaded file of the receipt.
    pub file: String,
}

crate::__debug_by_shape! { SpifReceipt { file } }

impl Workflow for Spif {
    const KIND: &'static str = "spif";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<SpifState, SpifEventKind>] = transitions! { SpifState on SpifEventKind {
        start: ConfirmInformation => InformationConfirmed by PARTNER;
        InformationConfirmed: Apply => UnderReview by PARTNER;
        UnderReview: Pay => Paid by HUAWEI;
        Paid: UploadReceipt => ReceiptReview by PARTNER;
        ReceiptReview: RejectReceipt => ReceiptRejected by HUAWEI;
        ReceiptRejected: UploadReceipt => ReceiptReview by PARTNER;
        ReceiptReview: Accept => Accepted by HUAWEI;
    } };
    type State = SpifState;
    type Event = SpifEvent;

    fn check(record: &Record<Self>, step: &LoggedEvent<SpifEvent>, _: RuleContext<'_>) -> Vec<RuleViolation> {
        let broken = match &step.event {
            SpifEvent::ConfirmInformation if record.site() == Site::China => {
                Some(SPIF_STEPS.violation("site", "SPIF exists on the international site"))
            }
            SpifEvent::UploadReceipt(SpifReceipt { file }) if file.trim().is_empty() => {
                Some(SPIF_STEPS.violation("file", "is missing"))
            }
            SpifEvent::RejectReceipt(Reason { reason }) if reason.trim().is_empty() => {
                Some(WRITTEN.violation("reason", "is empty"))
            }
            _ => None,
        };
        broken.into_iter().collect()
    }

    fn fold(&mut self, step: &LoggedEvent<SpifEvent>) {
        match &step.event {
            SpifEvent::UploadReceipt(SpifReceipt { file }) => self.receipt.clone_from(file),
            SpifEvent::RejectReceipt(Reason { reason }) => self.refusal = Some(reason.clone()),
            _ => {}
        }
    }
}
