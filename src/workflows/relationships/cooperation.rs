//! Resellers and their distributors.

use serde::{Deserialize, Serialize};

use super::rules::{ONE_PARTNER, PARTNER_FROZEN, RULES, WRITTEN};
use crate::{
    programs::{ProgramApplication, QuickRegistration},
    types::{PartnerId, UtcTime},
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, Event, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation,
        Transition, Workflow, WorkingDays, events, states, transitions,
    },
};

use CooperationState as S;

/// Facts of a cooperation between a reseller and a distributor, from its events. Kind `cooperation`.
#[derive(Clone, Default, PartialEq)]
pub struct Cooperation {
    /// Distributor of the cooperation.
    pub distributor: Option<PartnerId>,
    /// The reseller's application.
    pub application: Option<ProgramApplication>,
    /// Reason for which the plan or the cooperation was refused.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { Cooperation { distributor, application, refusal } }

states! {
    /// State of the cooperation of a reseller and a distributor.
    pub enum CooperationState {
        /// The company applied for the program and named a distributor.
        PlanSubmitted = "plan_submitted",
        /// Huawei refused the plan.
        PlanRejected = "plan_rejected",
        /// Huawei approved the plan.
        PlanApproved = "plan_approved",
        /// The distributor has the request.
        WaitingForDistributor = "waiting_for_distributor",
        /// The distributor refused.
        RejectedByDistributor = "rejected_by_distributor",
        /// The distributor invited the company. How long the link holds is not published.
        Invited = "invited",
        /// Reseller and distributor cooperate.
        Cooperating = "cooperating",
        /// Restricted, as the distributor is.
        Restricted = "restricted",
        /// Frozen, as the distributor is.
        Frozen = "frozen",
        /// The reseller left the program.
        Left = "left",
    }
}

events! {
    /// Event between a reseller and a distributor.
    pub enum CooperationEvent: CooperationEventKind of Cooperation {
        /// The company applies and names a distributor.
        Apply(ResellerApplication) = "apply",
        /// Huawei refuses the plan.
        RejectPlan(Reason) = "reject_plan",
        /// Huawei approves the plan.
        ApprovePlan = "approve_plan",
        /// The request reaches the distributor.
        PassOn = "pass_on",
        /// The distributor accepts, alone or in a batch.
        Accept = "accept",
        /// The distributor refuses.
        Reject(Reason) = "reject",
        /// The distributor invites.
        Invite(ResellerInvitation) = "invite",
        /// The company opens the link, accepts and applies.
        Join(ResellerApplication) = "join",
        /// The distributor was restricted.
        Restrict = "restrict",
        /// The distributor was frozen.
        Freeze = "freeze",
        /// The distributor is in order again.
        Release = "release",
        /// The reseller leaves by asking its manager offline.
        Leave = "leave",
    }
}

/// An application to become a distributor's reseller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResellerApplication {
    /// Distributor of the cooperation.
    pub distributor: PartnerId,
    /// The application for the program, checked by the rules of [`programs`](crate::programs).
    pub application: ProgramApplication,
}

/// A distributor's invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResellerInvitation {
    /// Distributor of the cooperation.
    pub distributor: PartnerId,
    /// The distributor is frozen, so it cannot invite.
    #[serde(default)]
    pub distributor_frozen: bool,
}

const COMPANY: &[Role] = &[Role::Applicant];
const DISTRIBUTOR: &[Role] = &[Role::Distributor, Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager];
const MAY_LEAVE: &[Role] = &[Role::Reseller, Role::HuaweiPartnerManager];
const SYSTEM: &[Role] = &[Role::System];

impl Workflow for Cooperation {
    const KIND: &'static str = "cooperation";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<CooperationState, CooperationEventKind>] = transitions! { CooperationState on CooperationEventKind {
        start: Apply => PlanSubmitted by COMPANY;
        PlanSubmitted: ApprovePlan => PlanApproved by HUAWEI;
        PlanSubmitted: RejectPlan => PlanRejected by HUAWEI;
        PlanApproved: PassOn => WaitingForDistributor by SYSTEM;
        WaitingForDistributor: Accept => Cooperating by DISTRIBUTOR;
        WaitingForDistributor: Reject => RejectedByDistributor by DISTRIBUTOR;
        start: Invite => Invited by DISTRIBUTOR;
        Invited: Join => Cooperating by COMPANY;
        Cooperating: Leave => Left by MAY_LEAVE;
        Cooperating: Restrict => Restricted by SYSTEM;
        Cooperating: Freeze => Frozen by SYSTEM;
        Restricted: Release => Cooperating by SYSTEM;
        Frozen: Release => Cooperating by SYSTEM;
    } };
    type State = CooperationState;
    type Event = CooperationEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<CooperationEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        match &step.event {
            CooperationEvent::Apply(form) | CooperationEvent::Join(form) => {
                broken.extend(form.application.check(record.site()).into_iter().map(|broken| {
                    RuleViolation { field: format!("application.{}", broken.field).into(), ..broken }
                }));
                let invited_by = &record.facts().distributor;
                if invited_by.as_ref().is_some_and(|distributor| *distributor != form.distributor) {
                    broken.push(ONE_PARTNER.violation("distributor", "is not the one that invited"));
                }
                let others = context.others.with_key(&reseller_key(&form.application.account));
                let open = [S::WaitingForDistributor, S::Cooperating, S::Restricted, S::Frozen];
                let associated = others.iter().find(|other| {
                    let other = other.view::<Self>().filter(|other| other.id() != record.id());
                    other.and_then(|other| other.state()).is_some_and(|state| open.contains(&state))
                });
                if let Some(other) = associated {
                    broken.push(
                        ONE_PARTNER
                            .violation("application.account", format!("is associated by {}", other.id())),
                    );
                }
            }
            CooperationEvent::Invite(invitation) if invitation.distributor_frozen => {
                broken.push(
                    PARTNER_FROZEN
                        .violation("distributor_frozen", "a frozen distributor sends no invitations"),
                );
            }
            CooperationEvent::RejectPlan(Reason { reason }) | CooperationEvent::Reject(Reason { reason })
                if reason.trim().is_empty() =>
            {
                broken.push(WRITTEN.violation("reason", "is empty"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<CooperationEvent>) {
        match &step.event {
            CooperationEvent::Apply(form) | CooperationEvent::Join(form) => {
                self.distributor = Some(form.distributor.clone());
                self.application = Some(form.application.clone());
            }
            CooperationEvent::Invite(invitation) => self.distributor = Some(invitation.distributor.clone()),
            CooperationEvent::RejectPlan(Reason { reason }) | CooperationEvent::Reject(Reason { reason }) => {
                self.refusal = Some(reason.clone());
            }
            _ => {}
        }
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        record.facts().application.iter().map(|form| reseller_key(&form.account)).collect()
    }
}

fn reseller_key(account: &str) -> String {
    format!("reseller/{account}")
}

/// Facts of a quick registration, from its events. Kind `quick_registration`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResellerRegistration {
    /// Time at which the codes were checked.
    pub codes_checked_at: Option<UtcTime>,
}

states! {
    /// State of the quick registration of a new reseller account.
    pub enum RegistrationState {
        /// The codes of the main account were checked; the link holds 24 hours.
        CodesChecked = "codes_checked",
        /// The new account exists.
        Registered = "registered",
        /// The link was not used in time.
        Void = "void",
    }
}

events! {
    /// Event in a quick registration.
    pub enum RegistrationEvent: RegistrationEventKind of ResellerRegistration {
        /// The codes sent to the main account's mail and telephone were right.
        CheckCodes = "check_codes",
        /// The company registers the new account.
        Register(NewResellerAccount) = "register",
        /// 24 hours went by.
        #[serde(alias = "lapse")]
        Expire = "expire",
    }
}

/// Data of the new reseller account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewResellerAccount {
    /// Whether the account has another telephone number than the main account.
    pub other_phone: bool,
}

const REGISTRATION: DeadlineKind = DeadlineKind::new(
    "quick_registration.completion",
    "register within 24 hours",
    "the link is void; have the codes checked again",
);

impl Workflow for ResellerRegistration {
    const KIND: &'static str = "quick_registration";
    const RULES: &'static [Rule] = crate::programs::RULES;
    const TABLE: &'static [Transition<RegistrationState, RegistrationEventKind>] = transitions! { RegistrationState on RegistrationEventKind {
        start: CheckCodes => CodesChecked by COMPANY;
        CodesChecked: Register => Registered by COMPANY;
        CodesChecked: Expire => Void by SYSTEM;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[REGISTRATION];
    type State = RegistrationState;
    type Event = RegistrationEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<RegistrationEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let Some(codes_checked_at) = record.facts().codes_checked_at else { return Vec::new() };
        let quick = |other_phone| QuickRegistration { codes_checked_at, link_used: false, other_phone };
        match &step.event {
            RegistrationEvent::CheckCodes => Vec::new(),
            RegistrationEvent::Register(account) => quick(account.other_phone).check(step.at),
            // The one finding that is wanted here is that the time is over.
            RegistrationEvent::Expire if quick(true).check(step.at).is_empty() => quick_rule()
                .map(|rule| rule.violation("at", "24 hours have not passed"))
                .into_iter()
                .collect(),
            RegistrationEvent::Expire => Vec::new(),
        }
    }

    fn fold(&mut self, step: &LoggedEvent<RegistrationEvent>) {
        if step.event.kind() == RegistrationEventKind::CheckCodes {
            self.codes_checked_at = Some(step.at);
        }
    }

    fn deadlines(record: &Record<Self>, _: &dyn WorkingDays) -> Vec<Deadline> {
        let checked = record.facts().codes_checked_at.filter(|_| record.is(RegistrationState::CodesChecked));
        let deadline = checked
            .zip(quick_rule())
            .map(|(at, rule)| Deadline::days(at.billing_day(), 1, rule, &REGISTRATION).automatic());
        deadline.into_iter().collect()
    }

    fn expiry(record: &Record<Self>) -> Option<RegistrationEvent> {
        record.is(RegistrationState::CodesChecked).then_some(RegistrationEvent::Expire)
    }
}

fn quick_rule() -> Option<&'static Rule> {
    crate::programs::RULES.iter().find(|rule| rule.id() == "program.8")
}
