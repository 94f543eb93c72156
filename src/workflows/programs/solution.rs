//! Cloud software certification of a solution.

use serde::{Deserialize, Serialize};

use super::rules::{FORMS, RULES, SOLUTION_TERM};
use crate::{
    types::{Day, days_between},
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Transition,
        Workflow, WorkingDays, events, months_after, states, transitions,
    },
};

/// Term of a certification, in months.
const TERM: u8 = 12;
/// Days before the end of a certification from which it can be renewed.
const RENEWABLE: i64 = 60;

/// Facts of a certification, from its events. Kind `solution_certification`.
#[derive(Clone, Default, PartialEq)]
pub struct SolutionCertification {
    /// Form of the solution.
    pub form: Option<SolutionForm>,
    /// Last day on which the certification holds.
    pub valid_until: Option<Day>,
    /// Reason of the last refusal.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { SolutionCertification { form, valid_until, refusal } }

states! {
    /// State of the certification of a solution.
    pub enum SolutionState {
        /// Saved by the partner.
        Draft = "draft",
        /// Huawei reviews it.
        UnderReview = "under_review",
        /// Refused; it may be corrected.
        Failed = "failed",
        /// Solution is certified.
        Certified = "certified",
        /// The term is over.
        Expired = "expired",
    }
}

events! {
    /// Event of a certification.
    pub enum SolutionEvent: SolutionEventKind of SolutionCertification {
        /// Opens or edits a draft.
        #[serde(alias = "save_draft")]
        Draft(SolutionForm) = "draft",
        /// Hands it to Huawei. That an expired one goes this way again is inferred.
        Submit = "submit",
        /// Huawei refuses the request.
        Refuse(Reason) = "refuse",
        /// Huawei certifies the solution.
        Certify(CertificationTerm) = "certify",
        /// The certification is renewed.
        Renew(CertificationTerm) = "renew",
        /// The term is over.
        Expire = "expire",
    }
}

/// Solution that is to be certified.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SolutionForm {
    /// Name of the solution.
    pub name: String,
    /// Certification at the advanced level.
    #[serde(default)]
    pub advanced: bool,
}

crate::__debug_by_shape! { SolutionForm { name, advanced } }

/// Period of a certification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CertificationTerm {
    /// The last day as the certificate states it. Twelve months after the event when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Day>,
}

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager, Role::System];
const PARTNER_OR_HUAWEI: &[Role] = &[Role::PartnerAdministrator, Role::HuaweiReviewer, Role::System];

use SolutionState as S;

const RENEWAL: DeadlineKind = DeadlineKind::new(
    "solution_certification.renewal",
    "renew the certification",
    "the certification expires",
);

impl Workflow for SolutionCertification {
    const KIND: &'static str = "solution_certification";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<SolutionState, SolutionEventKind>] = transitions! { SolutionState on SolutionEventKind {
        start: Draft => Draft by PARTNER;
        Draft: Draft => Draft by PARTNER;
        Draft: Submit => UnderReview by PARTNER;
        UnderReview: Refuse => Failed by HUAWEI;
        Failed: Submit => UnderReview by PARTNER;
        UnderReview: Certify => Certified by HUAWEI;
        Certified: Renew => Certified by PARTNER_OR_HUAWEI;
        Certified: Expire => Expired by &[Role::System];
        Expired: Submit => UnderReview by PARTNER;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[RENEWAL];
    type State = SolutionState;
    type Event = SolutionEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<SolutionEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let on = step.at.billing_day();
        let broken = match (&step.event, record.facts().valid_until) {
            (SolutionEvent::Draft(form), _) if form.name.trim().is_empty() => {
                Some(FORMS.violation("name", "is empty"))
            }
            (SolutionEvent::Refuse(Reason { reason }), _) if reason.trim().is_empty() => {
                Some(FORMS.violation("reason", "is empty"))
            }
            (SolutionEvent::Renew(_), Some(until)) if days_between(on, until) > RENEWABLE => {
                Some(SOLUTION_TERM.violation("at", format!("60 days before {until} are not reached")))
            }
            (SolutionEvent::Renew(_), Some(until)) if on > until => {
                Some(SOLUTION_TERM.violation("at", format!("the term ended on {until}")))
            }
            (SolutionEvent::Expire, Some(until)) if on <= until => {
                Some(SOLUTION_TERM.violation("at", format!("the term runs until {until}")))
            }
            _ => None,
        };
        broken.into_iter().collect()
    }

    fn fold(&mut self, step: &LoggedEvent<SolutionEvent>) {
        match &step.event {
            SolutionEvent::Draft(form) => self.form = Some(form.clone()),
            SolutionEvent::Refuse(Reason { reason }) => self.refusal = Some(reason.clone()),
            SolutionEvent::Certify(term) | SolutionEvent::Renew(term) => {
                self.valid_until =
                    Some(term.valid_until.unwrap_or_else(|| months_after(step.at.billing_day(), TERM)));
            }
            SolutionEvent::Submit | SolutionEvent::Expire => {}
        }
    }

    fn deadlines(record: &Record<Self>, _: &dyn WorkingDays) -> Vec<Deadline> {
        let until = record.facts().valid_until.filter(|_| record.is(S::Certified));
        let deadline = |day| Deadline::on(day, &SOLUTION_TERM, &RENEWAL).automatic();
        until.map(deadline).into_iter().collect()
    }

    fn expiry(record: &Record<Self>) -> Option<SolutionEvent> {
        record.is(S::Certified).then_some(SolutionEvent::Expire)
    }
}
