//! The transitions, rules and deadlines of potential opportunities.

use super::{
    Po, PoEvent, PoEventKind, PoState, Reason, Rejection, RejectionGround, duplicates,
    rules::{
        ACCOUNT, COMPLETE, CONSENT, COUNTED, MAIN_ACCOUNT, ONE_PASSES, RULES, SITES, VERIFIABLE,
        VERIFICATION_SLA,
    },
};
use crate::workflow::{
    AnyRecord, Deadline, DeadlineKind, Duplicate, LoggedEvent, RULE_ACTOR, RULE_CALENDAR, Record, Role, Rule,
    RuleContext, RuleViolation, Site, Transition, Workflow, WorkingDays, transitions,
};

/// Working days that Huawei has for the verification.
const VERIFICATION_DAYS: u32 = 10;

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const PDM: &[Role] = &[Role::HuaweiPartnerManager];
const BD: &[Role] = &[Role::HuaweiBusinessManager];
const PDM_OR_BD: &[Role] = &[Role::HuaweiPartnerManager, Role::HuaweiBusinessManager];
const SYSTEM: &[Role] = &[Role::System];
/// Huawei's CRM acts by its own rule; its customer owner may do it by hand.
const CRM: &[Role] = &[Role::System, Role::HuaweiBusinessManager];
const ANY_PARTY: &[Role] =
    &[Role::PartnerAdministrator, Role::HuaweiPartnerManager, Role::HuaweiBusinessManager, Role::System];

const VERIFICATION_END: DeadlineKind = DeadlineKind::new(
    "po.verification",
    "Huawei Cloud verifies the PO: help its customer owner to reach the customer",
    "the PO is rejected by default",
);

impl Workflow for Po {
    const KIND: &'static str = "po";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<PoState, PoEventKind>] = transitions! { PoState on PoEventKind {
        start: Draft => Draft by PARTNER;
        Draft: Draft => Draft by PARTNER;
        Draft: Delete => Deleted by PARTNER;
        start: Submit => UnderAudit by PARTNER;
        Draft: Submit => UnderAudit by PARTNER;
        UnderAudit: PassAudit => AuditPassed by PDM;
        UnderAudit: Reject => Rejected by PDM;
        AuditPassed: Verify => Verified by BD;
        AuditPassed: Reject => Rejected by PDM_OR_BD;
        AuditPassed: Expire => Rejected by SYSTEM;
        AuditPassed: ReleaseCustomer => Released by CRM;
        Verified: ReleaseCustomer => Released by CRM;
        InProgress: ReleaseCustomer => Released by CRM;
        Verified: Cancel => Cancelled by BD;
        Verified: Progress => InProgress by PARTNER;
        InProgress: Progress => InProgress by PARTNER;
        InProgress: Sign => DealSigned by ANY_PARTY;
        DealSigned: Progress => DealSigned by PARTNER;
        DealSigned: Deliver => Delivered by PARTNER;
        UnderAudit: ChangeOffering => UnderAudit by PDM_OR_BD;
        AuditPassed: ChangeOffering => AuditPassed by PDM_OR_BD;
        Verified: ChangeOffering => Verified by PDM_OR_BD;
        InProgress: ChangeOffering => InProgress by PDM_OR_BD;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[VERIFICATION_END];
    type State = PoState;
    type Event = PoEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<PoEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if record.state().is_none() && record.site() == Site::Europe {
            broken.push(SITES.violation("site", "the European site has no shared opportunities"));
        }
        match &step.event {
            PoEvent::Submit(form) => {
                broken.extend(form.check());
                if form.consent.as_ref().is_some_and(|consent| consent.given_on > step.at.billing_day()) {
                    broken.push(CONSENT.violation("consent.given_on", "is after the submission"));
                }
            }
            PoEvent::Verify(found) => {
                for (confirmed, field, detail) in [
                    (found.opportunity_open, "opportunity_open", "no open opportunity"),
                    (
                        found.budget_and_order_time,
                        "budget_and_order_time",
                        "no budget or no definite order time",
                    ),
                    (found.brings_revenue, "brings_revenue", "no additional Huawei Cloud revenue"),
                ] {
                    if !confirmed {
                        broken.push(VERIFIABLE.violation(field, detail));
                    }
                }
                broken.extend(duplicates::stronger(record, context));
                broken.extend(in_time(record, step, context.calendar, true));
            }
            PoEvent::ReleaseCustomer if record.facts().form.customer.account.is_some() => {
                broken.push(
                    ACCOUNT
                        .violation("customer.account", "is given: only a customer without one is released"),
                );
            }
            PoEvent::Expire => broken.extend(in_time(record, step, context.calendar, false)),
            PoEvent::Reject(Rejection { ground: RejectionGround::Duplicate, comment })
                if comment.trim().is_empty() =>
            {
                broken.push(ONE_PASSES.violation("comment", "name the opportunity that stands"));
            }
            PoEvent::Sign(deal) if deal.signed_on > step.at.billing_day() => {
                broken.push(COUNTED.violation("signed_on", "is in the future"));
            }
            PoEvent::Cancel(Reason { reason }) if reason.trim().is_empty() => {
                broken.push(COMPLETE.violation("reason", "is empty"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<PoEvent>) {
        match &step.event {
            PoEvent::Draft(form) | PoEvent::Submit(form) => self.form = form.clone(),
            PoEvent::Reject(rejection) => self.rejection = Some(rejection.clone()),
            PoEvent::Progress(progress) => self.progress.push(progress.clone()),
            PoEvent::ChangeOffering(offering) => self.form.offering = Some(offering.clone()),
            PoEvent::Sign(deal) => self.deal = Some(*deal),
            PoEvent::Delete
            | PoEvent::PassAudit
            | PoEvent::Verify(_)
            | PoEvent::Expire
            | PoEvent::ReleaseCustomer
            | PoEvent::Cancel(_)
            | PoEvent::Deliver => {}
        }
    }

    fn actor_rule(event: &PoEvent) -> Rule {
        match event {
            PoEvent::Draft(_)
            | PoEvent::Delete
            | PoEvent::Submit(_)
            | PoEvent::Progress(_)
            | PoEvent::Deliver => MAIN_ACCOUNT,
            _ => RULE_ACTOR,
        }
    }

    fn deadlines(record: &Record<Self>, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let Some(audited) = record.last(PoEventKind::PassAudit).filter(|_| record.is(PoState::AuditPassed))
        else {
            return Vec::new();
        };
        vec![
            Deadline::working_days(
                calendar,
                audited,
                VERIFICATION_DAYS,
                &VERIFICATION_SLA,
                &VERIFICATION_END,
            )
            .automatic(),
        ]
    }

    fn missing(record: &Record<Self>) -> Vec<RuleViolation> {
        if record.is(PoState::Draft) { record.facts().form.check() } else { Vec::new() }
    }

    fn expiry(record: &Record<Self>) -> Option<PoEvent> {
        record.is(PoState::AuditPassed).then_some(PoEvent::Expire)
    }

    fn duplicate_keys(record: &Record<Self>) -> Vec<String> {
        duplicates::keys(&record.facts().form.customer)
    }

    fn compare(record: &Record<Self>, other: &dyn AnyRecord) -> Option<Duplicate> {
        duplicates::compare(record, other)
    }
}

/// Whether a step comes on the right side of the end of the verification.
fn in_time(
    record: &Record<Po>,
    step: &LoggedEvent<PoEvent>,
    calendar: &dyn WorkingDays,
    wanted: bool,
) -> Option<RuleViolation> {
    let audited = record.last(PoEventKind::PassAudit)?;
    match calendar.is_late(audited.billing_day(), VERIFICATION_DAYS, step.at.billing_day()) {
        Ok(late) if late == wanted => {
            let detail =
                if late { "the 10 working days are over" } else { "the 10 working days are not over yet" };
            Some(VERIFICATION_SLA.violation("at", detail))
        }
        Ok(_) => None,
        Err(unknown) => Some(RULE_CALENDAR.violation("at", unknown.to_string())),
    }
}

impl Record<Po> {
    /// Returns optional improvements of the PO: an account of the customer (rule 12), an offering that makes
    /// it count (rule 13).
    pub fn advice(&self) -> Vec<RuleViolation> {
        let form = &self.facts().form;
        let account = form.customer.account.is_none();
        let counted = form.offering.as_ref().is_some_and(|offering| offering.kind.counts());
        let account =
            account.then(|| ACCOUNT.violation("customer.account", "is missing: invite the customer first"));
        let offering = (!counted).then(|| {
            COUNTED.violation("offering", "no baseline solution or whitelisted joint-sales product is linked")
        });
        account.into_iter().chain(offering).collect()
    }

    /// Whether statistics count it: linked to an offering that counts, and signed (rule 13).
    pub fn counts_as_po(&self) -> bool {
        matches!(self.state(), Some(PoState::DealSigned | PoState::Delivered))
            && self.facts().form.offering.as_ref().is_some_and(|offering| offering.kind.counts())
    }
}
