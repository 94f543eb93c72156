//! Joining a program, tiers, and the ways out.

use serde::{Deserialize, Serialize};

use super::{
    DevelopmentPath, Path, PathState, Program, ProgramApplication, QuickRegistration, Tier,
    path::company_key,
    rules::{FORMS, ONE_CSP, RESELLER_LEAVES, RESELLER_ONLY, RULES, TIERS, UPGRADE},
};
use crate::{
    types::Day,
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Transition,
        Workflow, WorkingDays, events, states, transitions,
    },
};

use EnrolmentState as S;

/// Facts of an enrolment, from its events. Kind `program`.
#[derive(Clone, Default, PartialEq)]
pub struct Enrolment {
    /// Application of the partner.
    pub application: Option<ProgramApplication>,
    /// The tier of a solution provider.
    pub tier: Option<Tier>,
    /// Last day of the program, where it is known. Terms are not published.
    pub term_ends: Option<Day>,
    /// The upgrade that was asked for last.
    pub upgrade: Option<TierUpgrade>,
    /// Reason for which the account is not eligible, or for the last refusal of an application or upgrade.
    pub reason: Option<String>,
}

crate::__debug_by_shape! { Enrolment { application, tier, term_ends, upgrade, reason } }

states! {
    /// State of an account in a program.
    pub enum EnrolmentState {
        /// The page says that the account cannot join, and why.
        NotEligible = "not_eligible",
        /// Huawei reviews the application.
        Submitted = "submitted",
        /// The review failed.
        Rejected = "rejected",
        /// The program is joined.
        Enrolled = "enrolled",
        /// Huawei reviews the request for a higher tier.
        UpgradeRequested = "upgrade_requested",
        /// The term of the program is over.
        Expired = "expired",
        /// The company goes on with another account, which has a record of its own.
        OtherAccount = "other_account",
        /// A reseller that left.
        Left = "left",
    }
}

events! {
    /// Step in the life of an enrolment.
    pub enum EnrolmentEvent: EnrolmentEventKind of Enrolment {
        /// The page shows why the account cannot join.
        FindIneligible(Reason) = "find_ineligible",
        /// The partner applies.
        Apply(ProgramApplication) = "apply",
        /// Huawei accepts the application.
        Enrol(Enrolled) = "enrol",
        /// Huawei refuses the application.
        Reject(Reason) = "reject",
        /// A higher tier is asked for.
        RequestUpgrade(TierUpgrade) = "request_upgrade",
        /// Huawei grants the tier that was asked for.
        Upgrade = "upgrade",
        /// Huawei refuses it.
        RejectUpgrade(Reason) = "reject_upgrade",
        /// The term of the program is over.
        Expire = "expire",
        /// The company switches to another account or registers one; so does an expired solution provider that
        /// becomes a reseller.
        UseOtherAccount(OtherAccount) = "use_other_account",
        /// The reseller leaves by asking its manager.
        Leave = "leave",
    }
}

/// Statement of Huawei on acceptance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Enrolled {
    /// The tier of a solution provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Last day of the program, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_ends: Option<Day>,
}

/// A request for a higher tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierUpgrade {
    /// Tier after the change.
    pub to: Tier,
    /// The path on which an account of the company has its role validated. One in the same store is found
    /// without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validated_path: Option<Path>,
    /// The requirements that the page lists, in its words, with those that are met. No page publishes their figures.
    #[serde(default)]
    pub requirements: Vec<Requirement>,
}

/// A listed requirement.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Name of the requirement.
    pub name: String,
    /// Whether the page shows it as met.
    pub met: bool,
}

crate::__debug_by_shape! { Requirement { name, met } }

/// Another account of the company.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherAccount {
    /// Key of the account that the caller chooses.
    pub account: String,
    /// Given when it is registered quickly; absent when the company switches to one that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quick: Option<QuickRegistration>,
}

crate::__debug_by_shape! { OtherAccount { account, quick } }

const COMPANY: &[Role] = &[Role::PartnerAdministrator, Role::Applicant];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager];
const UPGRADERS: &[Role] = &[Role::PartnerAdministrator, Role::HuaweiPartnerManager];
const MAY_LEAVE: &[Role] = &[Role::Reseller, Role::PartnerAdministrator, Role::HuaweiPartnerManager];
const SYSTEM: &[Role] = &[Role::System];

const TERM_END: DeadlineKind =
    DeadlineKind::new("program.term_end", "renew before the program's term ends", "the membership expires");

impl Workflow for Enrolment {
    const KIND: &'static str = "program";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<EnrolmentState, EnrolmentEventKind>] = transitions! { EnrolmentState on EnrolmentEventKind {
        start: Apply => Submitted by COMPANY;
        start: FindIneligible => NotEligible by SYSTEM;
        NotEligible: UseOtherAccount => OtherAccount by COMPANY;
        Submitted: Enrol => Enrolled by HUAWEI;
        Submitted: Reject => Rejected by HUAWEI;
        Enrolled: RequestUpgrade => UpgradeRequested by UPGRADERS;
        UpgradeRequested: Upgrade => Enrolled by HUAWEI;
        UpgradeRequested: RejectUpgrade => Enrolled by HUAWEI;
        Enrolled: Expire => Expired by SYSTEM;
        Expired: UseOtherAccount => OtherAccount by COMPANY;
        Enrolled: Leave => Left by MAY_LEAVE;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[TERM_END];
    type State = EnrolmentState;
    type Event = EnrolmentEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<EnrolmentEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let facts = record.facts();
        let program = facts.application.as_ref().map(|application| application.program);
        let mut broken = Vec::new();
        match &step.event {
            EnrolmentEvent::Apply(application) => {
                broken.extend(application.check(record.site()));
                broken.extend(conflicts_with_other_enrolments(application, record, context));
            }
            EnrolmentEvent::FindIneligible(Reason { reason })
            | EnrolmentEvent::Reject(Reason { reason })
            | EnrolmentEvent::RejectUpgrade(Reason { reason }) => {
                if reason.trim().is_empty() {
                    broken.push(FORMS.violation("reason", "is empty"));
                }
            }
            EnrolmentEvent::Enrol(enrolled) => {
                if enrolled.tier.is_some_and(|tier| {
                    program != Some(Program::SolutionProvider) || !Tier::of(record.site()).contains(&tier)
                }) {
                    broken.push(TIERS.violation("tier", "the program has no such tier on this site"));
                }
            }
            EnrolmentEvent::RequestUpgrade(upgrade) => {
                broken.extend(upgrade.check(record, step.by.role, context))
            }
            EnrolmentEvent::Expire => {
                if facts.term_ends.is_some_and(|day| step.at.billing_day() <= day) {
                    broken.push(FORMS.violation("at", "the term is not over"));
                }
            }
            EnrolmentEvent::UseOtherAccount(other) => {
                if facts.application.as_ref().is_some_and(|old| old.account == other.account) {
                    broken.push(RESELLER_ONLY.violation("account", "is the same account"));
                }
                broken.extend(other.quick.iter().flat_map(|quick| quick.check(step.at)));
            }
            EnrolmentEvent::Leave => {
                if program != Some(Program::Reseller) {
                    broken.push(RESELLER_LEAVES.violation("program", "this way out is for resellers"));
                }
            }
            EnrolmentEvent::Upgrade => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<EnrolmentEvent>) {
        match &step.event {
            EnrolmentEvent::Apply(application) => self.application = Some(application.clone()),
            EnrolmentEvent::Enrol(enrolled) => {
                (self.tier, self.term_ends) = (enrolled.tier, enrolled.term_ends)
            }
            EnrolmentEvent::FindIneligible(Reason { reason })
            | EnrolmentEvent::Reject(Reason { reason })
            | EnrolmentEvent::RejectUpgrade(Reason { reason }) => self.reason = Some(reason.clone()),
            EnrolmentEvent::RequestUpgrade(upgrade) => self.upgrade = Some(upgrade.clone()),
            EnrolmentEvent::Upgrade => self.tier = self.upgrade.as_ref().map(|upgrade| upgrade.to),
            EnrolmentEvent::Expire | EnrolmentEvent::UseOtherAccount(_) | EnrolmentEvent::Leave => {}
        }
    }

    fn deadlines(record: &Record<Self>, _: &dyn WorkingDays) -> Vec<Deadline> {
        let ends = record.facts().term_ends.filter(|_| record.is(S::Enrolled));
        let deadline = |day| Deadline::on(day, &FORMS, &TERM_END).automatic();
        ends.map(deadline).into_iter().collect()
    }

    fn expiry(record: &Record<Self>) -> Option<EnrolmentEvent> {
        record.is(S::Enrolled).then_some(EnrolmentEvent::Expire)
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let keys = |form: &ProgramApplication| [account_key(&form.account), company_key(&form.company)];
        record.facts().application.iter().flat_map(keys).collect()
    }
}

fn account_key(account: &str) -> String {
    format!("program_account/{account}")
}

/// Returns the violations that concern other enrolments of the account and of the company (rules 6 and 7).
fn conflicts_with_other_enrolments(
    form: &ProgramApplication,
    record: &Record<Enrolment>,
    context: RuleContext<'_>,
) -> Vec<RuleViolation> {
    let mut broken = Vec::new();
    let of = |key: String, wanted: Program, states: &[S]| {
        context.others.with_key(&key).into_iter().find(|other| {
            other.view::<Enrolment>().filter(|other| other.id() != record.id()).is_some_and(|other| {
                let program = other.facts().application.as_ref().map(|application| application.program);
                program == Some(wanted) && other.state().is_some_and(|state| states.contains(&state))
            })
        })
    };
    let joined = [S::Submitted, S::Enrolled, S::UpgradeRequested];
    let account = account_key(&form.account);
    if form.program != Program::Reseller
        && let Some(other) = of(account.clone(), Program::Reseller, &joined)
    {
        broken.push(RESELLER_ONLY.violation("account", format!("is that of reseller {}", other.id())));
    }
    if form.program == Program::Reseller
        && let Some(other) = of(account, Program::SolutionProvider, &[S::Expired])
    {
        broken.push(RESELLER_ONLY.violation("account", format!("is that of the expired {}", other.id())));
    }
    if form.program == Program::SolutionProvider
        && let Some(other) = of(company_key(&form.company), Program::SolutionProvider, &joined)
    {
        broken.push(ONE_CSP.violation("company", format!("{} is its solution provider", other.id())));
    }
    broken
}

impl TierUpgrade {
    fn check(&self, record: &Record<Enrolment>, by: Role, context: RuleContext<'_>) -> Vec<RuleViolation> {
        let facts = record.facts();
        let mut broken = Vec::new();
        let form = facts.application.as_ref();
        if form.is_some_and(|form| form.program != Program::SolutionProvider) {
            broken.push(TIERS.violation("to", "only solution providers have tiers"));
        }
        if !Tier::of(record.site()).contains(&self.to) {
            broken.push(TIERS.violation("to", format!("the site has no tier {}", self.to)));
        } else if facts.tier.is_some_and(|tier| tier >= self.to) {
            broken.push(UPGRADE.violation("to", "is not above the present tier"));
        }
        let counts = |path: Path| matches!(path, Path::Software | Path::Service | Path::Integration);
        let on_desk = form.is_some_and(|form| {
            context.others.with_key(&company_key(&form.company)).iter().any(|other| {
                other.view::<DevelopmentPath>().is_some_and(|path| {
                    let validated = matches!(
                        path.state(),
                        Some(
                            PathState::Certified
                                | PathState::DifferentiationReview
                                | PathState::DifferentiationRefused
                                | PathState::Differentiated
                                | PathState::AnnualReview
                        )
                    );
                    validated && path.facts().choice.as_ref().is_some_and(|choice| counts(choice.path))
                })
            })
        });
        if !on_desk && !self.validated_path.is_some_and(counts) {
            broken.push(UPGRADE.violation("validated_path", "no role is validated on a path that counts"));
        }
        for requirement in self.requirements.iter().filter(|requirement| !requirement.met) {
            broken.push(UPGRADE.violation("requirements", format!("not met: {}", requirement.name)));
        }
        if self.to == Tier::Core && by != Role::HuaweiPartnerManager {
            broken.push(UPGRADE.violation("by.role", "ask the ecosystem manager for the core tier"));
        }
        broken
    }
}
