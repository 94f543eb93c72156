//! The transitions, rules and deadlines of applications.

use sha2::{Digest, Sha256};

use super::{
    Application, ApplicationEvent, ApplicationEventKind, ApplicationState, Claim, Comments, MailedInvoice,
    Plan, Quota, QuotaLedger, QuotaPosition, QuotaState, ledger,
    plan::MIN_WORKING_DAYS_BEFORE,
    rules::{
        APPROVAL_FIRST, CHAIN, CLAIM_TIME, CLAIMED_ONCE, COMPLETE, INVOICE_TIME, INVOICING, NO_OVERDUE,
        NO_SPLITTING, RULES, SIMILAR, WITHIN_QUOTA,
    },
};
use crate::{
    types::{Day, UtcTime},
    workflow::{
        AnyRecord, Deadline, DeadlineKind, Duplicate, Event, LoggedEvent, Record, RecordLookup, Role, Rule,
        RuleContext, RuleViolation, Site, Transition, Weekends, Winner, Workflow, WorkingDays, transitions,
    },
};

/// Days after the end of an activity within which it is claimed.
const CLAIM_DAYS: u32 = 90;
/// Days after the rejection of a claim within which it is claimed again.
const RECLAIM_DAYS: u32 = 45;
/// Days after the approval of a claim within which the invoice is mailed.
const INVOICE_DAYS: u32 = 15;

use ApplicationState as S;

const PARTNER: &[Role] = &[Role::PartnerAdministrator, Role::PartnerMember];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager];
const SYSTEM: &[Role] = &[Role::System];

const SUBMISSION: DeadlineKind = DeadlineKind::new(
    "mdf_application.submission",
    "submit the application 10 working days before the activity starts",
    "a reason for the late application is asked for; without approval before the start nothing is reimbursed",
);
const SUBMISSION_ADVICE: DeadlineKind = DeadlineKind::new(
    "mdf_application.submission_advice",
    "submit the application 10 working days before the activity starts, as the China site advises",
    "a later application is accepted; without approval before the start nothing is reimbursed",
);
const CLAIM: DeadlineKind = DeadlineKind::new(
    "mdf_application.claim",
    "claim the reimbursement",
    "Huawei Cloud may refuse the claim; an approval mail from within the period is needed",
);
const CORRECTION: DeadlineKind = DeadlineKind::new(
    "mdf_application.correction",
    "correct the claim and submit it again",
    "the claim is discarded",
);
const INVOICE: DeadlineKind = DeadlineKind::new(
    "mdf_application.invoice",
    "issue the invoice and mail it with the printed list",
    "the payment waits; no other consequence is published",
);

impl Workflow for Application {
    const KIND: &'static str = "mdf_application";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<S, ApplicationEventKind>] = transitions! { S on ApplicationEventKind {
        start: Draft => Draft by PARTNER;
        Draft: Draft => Draft by PARTNER;
        Draft: Submit => UnderReview by PARTNER;
        UnderReview: Approve => Approved by HUAWEI;
        UnderReview: Reject => Rejected by HUAWEI;
        Rejected: Submit => UnderReview by PARTNER;
        UnderReview: Cancel => Cancelled by PARTNER;
        Approved: Cancel => Cancelled by PARTNER;
        Cancelled: Draft => Draft by PARTNER;
        Cancelled: Delete => Deleted by PARTNER;
        Approved: HoldActivity => ActivityHeld by PARTNER;
        Approved: Claim => ClaimUnderReview by PARTNER;
        ActivityHeld: Claim => ClaimUnderReview by PARTNER;
        ClaimUnderReview: ApproveClaim => ClaimApproved by HUAWEI;
        ClaimUnderReview: RejectClaim => ClaimRejected by HUAWEI;
        ClaimRejected: Claim => ClaimUnderReview by PARTNER;
        ClaimRejected: Expire => ClaimExpired by SYSTEM;
        ClaimApproved: MailInvoice => InvoiceMailed by PARTNER;
        InvoiceMailed: Pay => Paid by HUAWEI;
        Approved: Block => Blocked by SYSTEM;
        ActivityHeld: Block => Blocked by SYSTEM;
        ClaimUnderReview: Block => Blocked by SYSTEM;
        ClaimRejected: Block => Blocked by SYSTEM;
        ClaimApproved: Block => Blocked by SYSTEM;
        InvoiceMailed: Block => Blocked by SYSTEM;
        Blocked: Unblock => Approved by SYSTEM;
        Blocked: Unblock => ActivityHeld by SYSTEM;
        Blocked: Unblock => ClaimUnderReview by SYSTEM;
        Blocked: Unblock => ClaimRejected by SYSTEM;
        Blocked: Unblock => ClaimApproved by SYSTEM;
        Blocked: Unblock => InvoiceMailed by SYSTEM;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[SUBMISSION, SUBMISSION_ADVICE, CLAIM, CORRECTION, INVOICE];
    type State = S;
    type Event = ApplicationEvent;

    /// A blocked application goes back to where it was blocked.
    fn transition(
        record: &Record<Self>,
        event: &ApplicationEvent,
    ) -> Option<&'static Transition<S, ApplicationEventKind>> {
        Self::TABLE.iter().find(|row| {
            row.from == record.state()
                && row.event == event.kind()
                && (row.from != Some(S::Blocked) || Some(row.to) == record.facts().stage)
        })
    }

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<ApplicationEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let facts = record.facts();
        match &step.event {
            ApplicationEvent::Submit(plan) => {
                let mut broken = plan.check(record.site());
                broken.extend(plan.check_time(record.site(), step.at.billing_day(), context.calendar));
                broken.extend(check_quota(record, plan, context.others));
                broken
            }
            ApplicationEvent::Claim(claim) => {
                let mut broken = claim.check(&facts.plan, record.site(), facts.on_marketing_platform);
                broken.extend(check_claim_time(record, claim, step.at.billing_day()));
                broken.extend(check_other_claims(record, claim, context.others));
                broken.extend(withdrawn(&facts.plan, context.others));
                broken
            }
            ApplicationEvent::Expire => {
                let over = record.last(ApplicationEventKind::RejectClaim).is_some_and(|rejected| {
                    crate::types::days_between(rejected.billing_day(), step.at.billing_day())
                        > i64::from(RECLAIM_DAYS)
                });
                let early = || CLAIM_TIME.violation("at", "the 45 days are not over yet");
                (!over).then(early).into_iter().collect()
            }
            ApplicationEvent::MailInvoice(invoice) => check_invoice(facts, invoice, step.at.billing_day()),
            ApplicationEvent::Pay(payment) => {
                let claimed = facts.claim.as_ref().and_then(Claim::mdf_total).unwrap_or_default();
                let wrong = !payment.amount.is_positive() || payment.amount > claimed;
                let detail =
                    || format!("{} is not above zero, or above the claimed {claimed}", payment.amount);
                wrong.then(|| CHAIN.violation("amount", detail())).into_iter().collect()
            }
            ApplicationEvent::Block(overdue) if overdue.cycles.is_empty() => {
                vec![NO_OVERDUE.violation("cycles", "is empty")]
            }
            ApplicationEvent::Reject(Comments { comments })
            | ApplicationEvent::RejectClaim(Comments { comments })
                if comments.trim().is_empty() =>
            {
                vec![COMPLETE.violation("comments", "is empty")]
            }
            _ => Vec::new(),
        }
    }

    fn fold(&mut self, step: &LoggedEvent<ApplicationEvent>) {
        let stage = match &step.event {
            ApplicationEvent::Draft(plan) => {
                *self = Self { plan: plan.clone(), ..Self::default() };
                None
            }
            ApplicationEvent::Submit(plan) => {
                self.plan = plan.clone();
                None
            }
            ApplicationEvent::Approve => {
                self.approved_at = Some(step.at);
                Some(S::Approved)
            }
            ApplicationEvent::Reject(Comments { comments }) => {
                self.comments = Some(comments.clone());
                None
            }
            ApplicationEvent::HoldActivity(held) => {
                self.on_marketing_platform = held.on_marketing_platform;
                Some(S::ActivityHeld)
            }
            ApplicationEvent::Claim(claim) => {
                self.claim = Some(claim.clone());
                Some(S::ClaimUnderReview)
            }
            ApplicationEvent::ApproveClaim => Some(S::ClaimApproved),
            ApplicationEvent::RejectClaim(Comments { comments }) => {
                self.comments = Some(comments.clone());
                Some(S::ClaimRejected)
            }
            ApplicationEvent::MailInvoice(invoice) => {
                self.invoice = Some(invoice.clone());
                Some(S::InvoiceMailed)
            }
            ApplicationEvent::Pay(payment) => {
                self.payment = Some(*payment);
                None
            }
            ApplicationEvent::Cancel | ApplicationEvent::Delete | ApplicationEvent::Expire => None,
            ApplicationEvent::Block(_) | ApplicationEvent::Unblock => self.stage,
        };
        self.stage = stage;
    }

    fn deadlines(record: &Record<Self>, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let facts = record.facts();
        let deadline = match facts.effective(record.state()) {
            Some(S::Draft | S::Rejected) => {
                facts.plan.starts_on().map(|start| submission(record.site(), start, calendar))
            }
            Some(S::Approved | S::ActivityHeld) => {
                facts.plan.ends_on().map(|end| Deadline::days(end, CLAIM_DAYS, &CLAIM_TIME, &CLAIM))
            }
            Some(S::ClaimRejected) => record.last(ApplicationEventKind::RejectClaim).map(|rejected| {
                let deadline = Deadline::days(rejected.billing_day(), RECLAIM_DAYS, &CLAIM_TIME, &CORRECTION);
                if record.is(S::ClaimRejected) { deadline.automatic() } else { deadline }
            }),
            Some(S::ClaimApproved) => record.last(ApplicationEventKind::ApproveClaim).map(|approved| {
                Deadline::days(approved.billing_day(), INVOICE_DAYS, &INVOICE_TIME, &INVOICE)
            }),
            _ => None,
        };
        deadline.into_iter().collect()
    }

    fn missing(record: &Record<Self>) -> Vec<RuleViolation> {
        let Application { plan, claim, on_marketing_platform, .. } = record.facts();
        let checklist = |claim: &Claim| claim.missing(plan, record.site(), *on_marketing_platform);
        match record.facts().effective(record.state()) {
            Some(S::Draft | S::Rejected) => plan.check(record.site()),
            Some(S::Approved | S::ActivityHeld) => checklist(&Claim::as_planned(plan)),
            Some(S::ClaimRejected) => claim.iter().flat_map(checklist).collect(),
            Some(S::ClaimApproved) => {
                vec![INVOICE_TIME.violation("invoice", "issue and mail it with the printed list")]
            }
            _ => Vec::new(),
        }
    }

    fn expiry(record: &Record<Self>) -> Option<ApplicationEvent> {
        record.is(S::ClaimRejected).then_some(ApplicationEvent::Expire)
    }

    fn duplicate_keys(record: &Record<Self>) -> Vec<String> {
        record.facts().plan.activities.iter().map(activity_key).collect()
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let quota = record.facts().plan.quota.iter().map(ledger::key);
        let invoices = record.facts().claim.iter().flat_map(|claim| &claim.invoices);
        quota.chain(invoices.map(|invoice| invoice_key(&invoice.number))).collect()
    }

    fn compare(record: &Record<Self>, other: &dyn AnyRecord) -> Option<Duplicate> {
        let other = other.view::<Self>()?;
        if matches!(other.state()?, S::Cancelled | S::Deleted | S::Rejected | S::ClaimExpired) {
            return None;
        }
        let certain = normal(&record.facts().plan.name) == normal(&other.facts().plan.name);
        let detail = if certain { "same name, type, place and start" } else { "same type, place and start" };
        Some(Duplicate { certain, winner: Winner::Undecided, rule: SIMILAR, detail: detail.to_owned() })
    }
}

/// Returns the last day of submission for which no reason is needed.
fn submission(site: Site, start: Day, calendar: &dyn WorkingDays) -> Deadline {
    let kind = if site == Site::China { &SUBMISSION_ADVICE } else { &SUBMISSION };
    let (last_day, uncovered_year) = match calendar.last_day_before(start, MIN_WORKING_DAYS_BEFORE) {
        Ok(day) => (day, None),
        Err(unknown) => {
            (Weekends.last_day_before(start, MIN_WORKING_DAYS_BEFORE).unwrap_or(start), Some(unknown.0))
        }
    };
    Deadline { uncovered_year, ..Deadline::on(last_day, &APPROVAL_FIRST, kind) }
}

fn check_quota(record: &Record<Application>, plan: &Plan, others: &dyn RecordLookup) -> Vec<RuleViolation> {
    let (Some(quota), Some(total)) = (&plan.quota, plan.mdf_total()) else { return Vec::new() };
    let Some(mut ledger) = QuotaLedger::of(quota, others) else {
        return vec![WITHIN_QUOTA.violation("quota", format!("there is no quota {quota}"))];
    };
    let mut broken = Vec::new();
    if plan.currency.as_ref().is_some_and(|currency| currency != ledger.currency()) {
        broken.push(WITHIN_QUOTA.violation("currency", format!("the quota is in {}", ledger.currency())));
    }
    let position = QuotaPosition { applied: total, held: total, ..QuotaPosition::default() };
    if let Err(overdrawn) = ledger.set(record.id(), position) {
        broken.push(WITHIN_QUOTA.violation("budget", overdrawn.to_string()));
    }
    broken.extend(withdrawn(plan, others));
    broken
}

fn withdrawn(plan: &Plan, others: &dyn RecordLookup) -> Option<RuleViolation> {
    let record = others.get(plan.quota.as_ref()?)?;
    let withdrawn = record.view::<Quota>()?.is(QuotaState::Withdrawn);
    withdrawn.then(|| CLAIMED_ONCE.violation("quota", "the eligibility was withdrawn"))
}

/// Rules 1 and 8: approved before the start, claimed after the end and within the period.
fn check_claim_time(record: &Record<Application>, claim: &Claim, on: Day) -> Vec<RuleViolation> {
    let facts = record.facts();
    let mut broken = Vec::new();
    let approved = facts.approved_at.map(UtcTime::billing_day);
    if facts.plan.starts_on().zip(approved).is_some_and(|(start, approved)| start < approved) {
        broken.push(APPROVAL_FIRST.violation("activities", "started before the approval"));
    }
    let end = claim.ends_on().or_else(|| facts.plan.ends_on());
    if end.is_some_and(|end| on < end) {
        broken.push(CLAIM_TIME.violation("at", "the activity is not over"));
    }
    let (from, days) = match record.last(ApplicationEventKind::RejectClaim) {
        Some(rejected) => (Some(rejected.billing_day()), RECLAIM_DAYS),
        None => (end, CLAIM_DAYS),
    };
    let Some(from) = from else { return broken };
    let late = |day: Day| crate::types::days_between(from, day) > i64::from(days);
    if late(on) {
        match &claim.late_approval {
            None => {
                let detail = format!("is needed: the {days} days are over");
                broken.push(CLAIM_TIME.violation("late_approval", detail));
            }
            Some(approval) if late(approval.approved_on) => {
                broken.push(
                    CLAIM_TIME.violation("late_approval.approved_on", format!("is after the {days} days")),
                );
            }
            Some(_) => {}
        }
    }
    broken
}

/// Rules 13 and 14 as far as the store sees them.
fn check_other_claims(
    record: &Record<Application>,
    claim: &Claim,
    others: &dyn RecordLookup,
) -> Vec<RuleViolation> {
    let claimed = |key: &str| {
        let mut found = others.with_key(key);
        found.retain(|other| {
            let live = other.view::<Application>().is_some_and(|other| {
                let state = other.facts().effective(other.state());
                other.facts().claim.is_some() && !matches!(state, Some(S::ClaimRejected | S::ClaimExpired))
            });
            live && other.id() != record.id()
        });
        found
    };
    let mut broken = Vec::new();
    for (number, activity) in record.facts().plan.activities.iter().enumerate() {
        for other in claimed(&activity_key(activity)) {
            let same = Application::compare(record, &*other).is_some_and(|duplicate| duplicate.certain);
            if same {
                let detail = format!("is claimed in {} already", other.id());
                broken.push(CLAIMED_ONCE.violation(format!("activities[{number}]"), detail));
            }
        }
    }
    for invoice in &claim.invoices {
        for other in claimed(&invoice_key(&invoice.number)) {
            let field = format!("invoices[{}].number", invoice.number);
            broken.push(
                NO_SPLITTING.violation(field, format!("stands in the claim of {} already", other.id())),
            );
        }
    }
    broken
}

fn check_invoice(facts: &Application, invoice: &MailedInvoice, on: Day) -> Vec<RuleViolation> {
    let claimed = facts.claim.as_ref().and_then(Claim::mdf_total).unwrap_or_default();
    [
        (!invoice.number.trim().is_empty(), "number", "is empty".to_owned()),
        (!invoice.supplier.trim().is_empty(), "supplier", "is empty".to_owned()),
        (invoice.amount == claimed, "amount", format!("is {}, the claim is {claimed}", invoice.amount)),
        (invoice.number_on_print, "number_on_print", "is false".to_owned()),
        (invoice.mailed_on <= on, "mailed_on", "is in the future".to_owned()),
    ]
    .into_iter()
    .filter(|(right, _, _)| !right)
    .map(|(_, field, detail)| INVOICING.violation(field, detail))
    .collect()
}

/// Activities of the same type, place and start share a key.
fn activity_key(activity: &super::Activity) -> String {
    let text = format!("{}/{}/{}", activity.kind, normal(&activity.location), activity.starts_on);
    let mut digest = hex::encode(Sha256::digest(text));
    digest.truncate(24);
    format!("mdf_activity/{digest}")
}

fn invoice_key(number: &str) -> String {
    format!("mdf_invoice/{}", normal(number))
}

/// Letters and digits in lower case.
fn normal(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
