//! Benefits tied to paths: the one-time engineering fee (NRE) and test coupons.

use serde::{Deserialize, Serialize};

use super::{
    Path, SolutionState,
    rules::{COUPON_LIMITS, FORMS, NRE_SOW, NRE_STEPS, NRE_THRESHOLD, RULES, TEST_COUPONS},
};
use crate::{
    opportunities::PathStage,
    types::Amount,
    workflow::Reason,
    workflow::{
        LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Site, Transition, Workflow, events,
        states, transitions,
    },
};

use NreState as S;

/// Facts of an NRE, from its events. Kind `nre`.
#[derive(Clone, Default, PartialEq)]
pub struct Nre {
    /// The application for the qualification.
    pub qualification: Option<NreQualification>,
    /// The statement of work as last uploaded.
    pub sow: Option<Sow>,
    /// Accepted milestones, oldest first.
    pub milestones: Vec<String>,
    /// Reason of the last refusal of the statement of work.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { Nre { qualification, sow, milestones, refusal } }

states! {
    /// Position of an NRE in its life cycle.
    pub enum NreState {
        /// The partner applied for the qualification.
        QualificationApplied = "qualification_applied",
        /// Qualification is approved by Huawei.
        QualificationApproved = "qualification_approved",
        /// The statement of work is under technical evaluation.
        TechnicalEvaluation = "technical_evaluation",
        /// The statement of work was refused; it may be submitted again.
        SowRefused = "sow_refused",
        /// Technical evaluation passed; the workload is visible.
        TechnicalPassed = "technical_passed",
        /// Huawei's expert group evaluates the business value.
        FinalEvaluation = "final_evaluation",
        /// The final evaluation passed; the agreement is signed offline.
        FinalPassed = "final_passed",
        /// The agreement is uploaded and checked; its milestones are accepted one by one.
        AgreementChecked = "agreement_checked",
        /// All deliverables are accepted.
        Accepted = "accepted",
        /// The split is paid.
        Paid = "paid",
    }
}

events! {
    /// Step in the life of an NRE.
    pub enum NreEvent: NreEventKind of Nre {
        /// The partner applies.
        Apply(NreQualification) = "apply",
        /// Huawei approves the qualification.
        Approve = "approve",
        /// The partner uploads the statement of work.
        UploadSow(Sow) = "upload_sow",
        /// Technical evaluation passed.
        PassTechnical = "pass_technical",
        /// Huawei refuses the statement of work.
        RefuseSow(Reason) = "refuse_sow",
        /// Huawei starts the final evaluation.
        StartFinal = "start_final",
        /// The final review was passed.
        PassFinal = "pass_final",
        /// The signed agreement is uploaded and checked.
        CheckAgreement = "check_agreement",
        /// A milestone is accepted.
        AcceptMilestone(Milestone) = "accept_milestone",
        /// The whole is accepted.
        Accept = "accept",
        /// Huawei paid the grant.
        Pay = "pay",
    }
}

/// An application for the qualification.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NreQualification {
    /// The solution. One NRE each.
    pub solution: String,
    /// The software path is joined.
    pub software_path: bool,
    /// The solution has a cloud software or advanced certification.
    pub certified: bool,
    /// Whether the plan was agreed with Huawei's partner solution architect.
    pub agreed_with_psa: bool,
}

crate::__debug_by_shape! { NreQualification { solution, software_path, certified, agreed_with_psa } }

/// A statement of work.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sow {
    /// Higher-order cloud services that the solution uses: three or more.
    pub higher_order_services: Vec<String>,
    /// Key cloud services: one or more.
    pub key_services: Vec<String>,
    /// Upload of the product plan.
    pub product_plan: String,
    /// Upload of the self-check list.
    pub self_check_list: String,
    /// Upload of the expert feedback template.
    pub expert_feedback: String,
}

crate::__debug_by_shape! {
    Sow {
        higher_order_services, key_services, product_plan, self_check_list, expert_feedback
    }
}

/// A milestone of the agreement.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// Name of the milestone in the agreement.
    pub milestone: String,
}

crate::__debug_by_shape! { Milestone { milestone } }

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager];

impl Workflow for Nre {
    const KIND: &'static str = "nre";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<NreState, NreEventKind>] = transitions! { NreState on NreEventKind {
        start: Apply => QualificationApplied by PARTNER;
        QualificationApplied: Approve => QualificationApproved by HUAWEI;
        QualificationApproved: UploadSow => TechnicalEvaluation by PARTNER;
        TechnicalEvaluation: PassTechnical => TechnicalPassed by HUAWEI;
        TechnicalEvaluation: RefuseSow => SowRefused by HUAWEI;
        SowRefused: UploadSow => TechnicalEvaluation by PARTNER;
        TechnicalPassed: StartFinal => FinalEvaluation by HUAWEI;
        FinalEvaluation: PassFinal => FinalPassed by HUAWEI;
        FinalPassed: CheckAgreement => AgreementChecked by HUAWEI;
        AgreementChecked: AcceptMilestone => AgreementChecked by HUAWEI;
        AgreementChecked: Accept => Accepted by HUAWEI;
        Accepted: Pay => Paid by HUAWEI;
    } };
    type State = NreState;
    type Event = NreEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<NreEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        match &step.event {
            NreEvent::Apply(form) => {
                let rule = &NRE_THRESHOLD;
                for (holds, field, detail) in [
                    (record.site() == Site::China, "site", "NRE exists on the China site only"),
                    (!form.solution.trim().is_empty(), "solution", "is empty"),
                    (form.software_path, "software_path", "is false"),
                    (form.certified, "certified", "is false"),
                    (form.agreed_with_psa, "agreed_with_psa", "is false"),
                ] {
                    if !holds {
                        broken.push(rule.violation(field, detail));
                    }
                }
                let others = context.others.with_key(&key(&form.solution));
                if let Some(other) = others.iter().find(|other| other.id() != record.id()) {
                    broken.push(rule.violation("solution", format!("has {} already", other.id())));
                }
            }
            NreEvent::UploadSow(sow) => broken.extend(sow.check()),
            NreEvent::RefuseSow(Reason { reason }) if reason.trim().is_empty() => {
                broken.push(FORMS.violation("reason", "is empty"));
            }
            NreEvent::Accept if record.facts().milestones.is_empty() => {
                broken.push(NRE_STEPS.violation("milestones", "none is accepted"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<NreEvent>) {
        match &step.event {
            NreEvent::Apply(form) => self.qualification = Some(form.clone()),
            NreEvent::UploadSow(sow) => self.sow = Some(sow.clone()),
            NreEvent::RefuseSow(Reason { reason }) => self.refusal = Some(reason.clone()),
            NreEvent::AcceptMilestone(Milestone { milestone }) => self.milestones.push(milestone.clone()),
            _ => {}
        }
    }

    fn missing(record: &Record<Self>) -> Vec<RuleViolation> {
        let waits = matches!(record.state(), Some(S::QualificationApproved | S::SowRefused));
        if waits { record.facts().sow.clone().unwrap_or_default().check() } else { Vec::new() }
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        record.facts().qualification.iter().map(|form| key(&form.solution)).collect()
    }
}

fn key(solution: &str) -> String {
    format!("nre/{}", solution.trim().to_lowercase())
}

impl Sow {
    /// Returns all missing items at once.
    pub fn check(&self) -> Vec<RuleViolation> {
        let there = |text: &str| !text.trim().is_empty();
        let needs = [
            (self.higher_order_services.len() >= 3, "higher_order_services", "three are needed"),
            (!self.key_services.is_empty(), "key_services", "one is needed"),
            (there(&self.product_plan), "product_plan", "is missing"),
            (there(&self.self_check_list), "self_check_list", "is missing"),
            (there(&self.expert_feedback), "expert_feedback", "is missing"),
        ];
        needs.into_iter().filter(|need| !need.0).map(|need| NRE_SOW.violation(need.1, need.2)).collect()
    }
}

/// A request for test coupons, checked before it is made. Coupon states are not published, so it is no record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestCouponRequest {
    /// The partner's path.
    pub path: Path,
    /// Progress of the solution on its path.
    pub stage: PathStage,
    /// State of the solution's record, if there is one.
    #[serde(default)]
    pub solution: Option<SolutionState>,
    /// The record is for the advanced certification.
    #[serde(default)]
    pub advanced: bool,
    /// Amount of the invoice.
    pub amount: Amount,
    /// Amount that the solution was granted before.
    #[serde(default)]
    pub granted: Amount,
    /// Remainder of the quota of the current phase, where it is known.
    #[serde(default)]
    pub quota_left: Option<Amount>,
    /// The account is another partner's customer.
    #[serde(default)]
    pub partners_customer: bool,
}

impl TestCouponRequest {
    /// Returns all violations at once. Ceilings are published for advanced solutions of the China site.
    pub fn check(&self, site: Site) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if !self.amount.is_positive() {
            broken.push(TEST_COUPONS.violation("amount", "is not above zero"));
        }
        if self.path == Path::Service && self.stage == PathStage::RoleSelected {
            broken
                .push(TEST_COUPONS.violation("stage", "service partners have coupons from role validation"));
        }
        let china = site == Site::China;
        if china && self.path == Path::Software && self.solution.is_none() {
            broken.push(
                TEST_COUPONS.violation("solution", "a record of the solution is needed, a draft will do"),
            );
        }
        if self.quota_left.is_some_and(|left| self.amount > left) {
            broken.push(TEST_COUPONS.violation("amount", "is above what is left of the quota"));
        }
        if self.partners_customer {
            broken.push(TEST_COUPONS.violation("partners_customer", "cannot ask online"));
        }
        if let Some(state) = self.solution.filter(|_| china && self.advanced) {
            let ceiling = if state == SolutionState::Certified { 300_000 } else { 20_000 };
            let total = self.amount.checked_add(self.granted);
            if total.is_none_or(|total| total > Amount::from(ceiling)) {
                broken.push(
                    COUPON_LIMITS.violation("amount", format!("the solution would have more than {ceiling}")),
                );
            }
        }
        broken
    }
}
