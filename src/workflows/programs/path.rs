//! Development paths: role selection, role validation, differentiation.

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::rules::{
    ANNUAL_REVIEW, DIFFERENTIATION, FORMS, INVITATION_ONLY, LEAVE_PATH, RENEWAL_DAY, ROLE_VALIDATION, RULES,
};
use crate::{
    opportunities::PathStage,
    types::{Day, UtcTime},
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, Event, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Site,
        Transition, Workflow, WorkingDays, events, named, states, transitions,
    },
};

named! {
    /// A development path.
    pub enum Path {
        /// Partners with software of their own.
        Software = "software",
        /// Partners that deliver and operate.
        Service = "service",
        /// Consulting on digital transformation and system integration.
        Integration = "integration",
        /// Training and enablement.
        Learning = "learning",
        /// Path of distributors.
        Distributor = "distributor",
    }
}

impl Path {
    /// Whether it is chosen only after an invitation by mail.
    pub const fn by_invitation(self, site: Site) -> bool {
        match self {
            Self::Learning | Self::Distributor => true,
            Self::Integration => matches!(site, Site::China),
            Self::Software | Self::Service => false,
        }
    }
}

/// Facts of a path, from its events. Kind `development_path`.
#[derive(Clone, Default, PartialEq)]
pub struct DevelopmentPath {
    /// Choice of the partner.
    pub choice: Option<PathChoice>,
    /// The stage that was reached.
    pub stage: Option<PathStage>,
    /// Reason of the last refusal of an application.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { DevelopmentPath { choice, stage, refusal } }

states! {
    /// State of a partner on a path.
    pub enum PathState {
        /// Role is selected by the partner.
        RoleSelected = "role_selected",
        /// The path was left.
        Left = "left",
        /// Huawei reviews the application for role validation.
        ValidationReview = "validation_review",
        /// That application was refused; it may be corrected.
        ValidationRefused = "validation_refused",
        /// The role is certified.
        Certified = "certified",
        /// Huawei reviews the application for differentiation.
        DifferentiationReview = "differentiation_review",
        /// That application was refused; it may be corrected.
        DifferentiationRefused = "differentiation_refused",
        /// The competency is differentiated.
        Differentiated = "differentiated",
        /// An annual review was requested.
        AnnualReview = "annual_review",
    }
}

events! {
    /// Event on a path.
    pub enum PathEvent: PathEventKind of DevelopmentPath {
        /// The main account chooses the path.
        Select(PathChoice) = "select",
        /// The partner leaves.
        Leave(LeavingPath) = "leave",
        /// The role is validated without an application.
        Certify(Competency) = "certify",
        /// The partner applies for role validation.
        ApplyValidation(Competency) = "apply_validation",
        /// Huawei validates the role.
        ApproveValidation = "approve_validation",
        /// Huawei refuses to.
        RefuseValidation(Reason) = "refuse_validation",
        /// The partner applies for differentiation.
        ApplyDifferentiation(Competency) = "apply_differentiation",
        /// Huawei grants it.
        ApproveDifferentiation = "approve_differentiation",
        /// Huawei refuses it.
        RefuseDifferentiation(Reason) = "refuse_differentiation",
        /// The partner requests an annual review.
        RequestAnnualReview = "request_annual_review",
        /// The annual review is over. How one ends is not documented; the stage stays.
        EndAnnualReview = "end_annual_review",
        /// The certificate is renewed, automatically or after an application.
        Renew = "renew",
    }
}

/// Choice of a development path.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathChoice {
    /// Path that was chosen.
    pub path: Path,
    /// Key that the caller chooses and that all accounts of the company share. Not its name: keys are
    /// printed.
    pub company: String,
    /// The partner follows an invitation.
    #[serde(default)]
    pub invited: bool,
}

crate::__debug_by_shape! { PathChoice { path, company, invited } }

named! {
    /// Record that keeps a partner on a path (rule 10).
    pub enum PathRecord {
        /// A program was joined.
        Program = "program",
        /// A role was validated.
        RoleValidation = "role_validation",
        /// A competency was differentiated.
        Differentiation = "differentiation",
        /// A cloud software record exists.
        CloudSoftware = "cloud_software",
        /// An advanced cloud software record exists.
        AdvancedCloudSoftware = "advanced_cloud_software",
        /// A test coupon was asked for.
        TestCoupon = "test_coupon",
        /// An exam voucher was asked for.
        ExamVoucher = "exam_voucher",
        /// MDF was used.
        Mdf = "mdf",
        /// A funding head was used.
        FundingHead = "funding_head",
        /// Delivery support was used.
        DeliverySupport = "delivery_support",
    }
}

/// Data with which a partner leaves a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeavingPath {
    /// The records that exist. Each of them keeps the partner.
    pub records: Vec<PathRecord>,
}

/// Evidence for an application for role validation or differentiation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Competency {
    /// Certified solutions. For role validation also those of another account of the company.
    pub solutions: Vec<CertifiedSolution>,
    /// People with certificates. Only those whose personal account is authenticated count.
    pub people: Vec<CertifiedPerson>,
}

/// Solution with a certification.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedSolution {
    /// Name of the solution.
    pub name: String,
    /// Whether the solution has the advanced certification.
    #[serde(default)]
    pub advanced: bool,
    /// Last day on which the certification holds.
    pub valid_until: Day,
}

crate::__debug_by_shape! { CertifiedSolution { name, advanced, valid_until } }

/// An employee with certificates.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedPerson {
    /// Key of the person that the caller chooses, not a name.
    pub key: String,
    /// The personal account with which they were obtained is authenticated.
    pub authenticated: bool,
    /// Number of professional certificates.
    #[serde(default)]
    pub professional: u32,
    /// Expert certificates, which count downwards.
    #[serde(default)]
    pub expert: u32,
}

crate::__debug_by_shape! { CertifiedPerson { key, authenticated, professional, expert } }

impl Competency {
    /// Returns the items that role validation misses on a day. Nothing is published for the other paths.
    pub fn check_validation(&self, path: Path, on: Day) -> Vec<RuleViolation> {
        let missing = match path {
            Path::Software => (!self.solutions.iter().any(|solution| solution.valid_until >= on))
                .then(|| ROLE_VALIDATION.violation("solutions", "no solution with a valid certification")),
            Path::Service => {
                let count = |person: &CertifiedPerson| person.professional.saturating_add(person.expert);
                let mut counts: Vec<_> = self.people.iter().filter(|p| p.authenticated).map(count).collect();
                counts.sort_unstable_by(|a, b| b.cmp(a));
                let held = counts.iter().take(2).fold(0, |sum: u32, n| sum.saturating_add(*n));
                (counts.iter().filter(|n| **n > 0).count() < 2 || held < 4).then(|| {
                    ROLE_VALIDATION
                        .violation("people", format!("two persons hold {held} certificates, 4 needed"))
                })
            }
            _ => None,
        };
        missing.into_iter().collect()
    }

    /// Returns the items that differentiation misses on a day. Published for the software path only.
    pub fn check_differentiation(&self, path: Path, on: Day) -> Vec<RuleViolation> {
        let advanced = self.solutions.iter().any(|solution| solution.advanced && solution.valid_until >= on);
        (path == Path::Software && !advanced)
            .then(|| {
                DIFFERENTIATION.violation("solutions", "no solution with a valid advanced certification")
            })
            .into_iter()
            .collect()
    }
}

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager];
const SYSTEM: &[Role] = &[Role::System];
const PARTNER_OR_SYSTEM: &[Role] = &[Role::PartnerAdministrator, Role::System];
const HUAWEI_OR_SYSTEM: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager, Role::System];

use PathState as S;

const RENEWAL: DeadlineKind = DeadlineKind::new(
    "development_path.renewal",
    "renew the certificate",
    "where the policy asks for it, apply again",
);

impl Workflow for DevelopmentPath {
    const KIND: &'static str = "development_path";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<PathState, PathEventKind>] = transitions! { PathState on PathEventKind {
        start: Select => RoleSelected by PARTNER;
        RoleSelected: Leave => Left by PARTNER;
        RoleSelected: Certify => Certified by SYSTEM;
        RoleSelected: ApplyValidation => ValidationReview by PARTNER;
        ValidationReview: ApproveValidation => Certified by HUAWEI;
        ValidationReview: RefuseValidation => ValidationRefused by HUAWEI;
        ValidationRefused: ApplyValidation => ValidationReview by PARTNER;
        Certified: ApplyDifferentiation => DifferentiationReview by PARTNER;
        DifferentiationReview: ApproveDifferentiation => Differentiated by HUAWEI;
        DifferentiationReview: RefuseDifferentiation => DifferentiationRefused by HUAWEI;
        DifferentiationRefused: ApplyDifferentiation => DifferentiationReview by PARTNER;
        Certified: RequestAnnualReview => AnnualReview by PARTNER;
        Differentiated: RequestAnnualReview => AnnualReview by PARTNER;
        AnnualReview: EndAnnualReview => Certified by HUAWEI_OR_SYSTEM;
        AnnualReview: EndAnnualReview => Differentiated by HUAWEI_OR_SYSTEM;
        Certified: Renew => Certified by PARTNER_OR_SYSTEM;
        Differentiated: Renew => Differentiated by PARTNER_OR_SYSTEM;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[RENEWAL];
    type State = PathState;
    type Event = PathEvent;

    fn transition(
        record: &Record<Self>,
        event: &PathEvent,
    ) -> Option<&'static Transition<PathState, PathEventKind>> {
        let back = match record.facts().stage {
            Some(PathStage::Differentiated) => S::Differentiated,
            _ => S::Certified,
        };
        let ends = matches!(event, PathEvent::EndAnnualReview);
        let mut rows =
            Self::TABLE.iter().filter(|row| row.from == record.state() && row.event == event.kind());
        rows.find(|row| !ends || row.to == back)
    }

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<PathEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let on = step.at.billing_day();
        let path = record.facts().choice.as_ref().map(|choice| choice.path);
        match &step.event {
            PathEvent::Select(choice) => choice.check(record, context),
            PathEvent::Leave(leaving) => {
                let kept = leaving.records.iter();
                kept.map(|kind| LEAVE_PATH.violation("records", format!("a record of {kind} exists")))
                    .collect()
            }
            PathEvent::Certify(competency) | PathEvent::ApplyValidation(competency) => {
                path.map(|path| competency.check_validation(path, on)).unwrap_or_default()
            }
            PathEvent::ApplyDifferentiation(competency) => {
                path.map(|path| competency.check_differentiation(path, on)).unwrap_or_default()
            }
            PathEvent::RefuseValidation(Reason { reason })
            | PathEvent::RefuseDifferentiation(Reason { reason })
                if reason.trim().is_empty() =>
            {
                vec![FORMS.violation("reason", "is empty")]
            }
            PathEvent::RequestAnnualReview => {
                let mut broken = Vec::new();
                if record.site() == Site::China {
                    broken.push(ANNUAL_REVIEW.violation("site", "the China site has no such request"));
                }
                if Date::from_calendar_date(2024, Month::December, 23).is_ok_and(|since| on.date() < since) {
                    broken.push(ANNUAL_REVIEW.violation("at", "is before 2024-12-23"));
                }
                broken
            }
            _ => Vec::new(),
        }
    }

    fn fold(&mut self, step: &LoggedEvent<PathEvent>) {
        match &step.event {
            PathEvent::Select(choice) => self.choice = Some(choice.clone()),
            PathEvent::Certify(_) | PathEvent::ApproveValidation => self.stage = Some(PathStage::Certified),
            PathEvent::ApproveDifferentiation => self.stage = Some(PathStage::Differentiated),
            PathEvent::RefuseValidation(Reason { reason })
            | PathEvent::RefuseDifferentiation(Reason { reason }) => self.refusal = Some(reason.clone()),
            _ => {}
        }
    }

    fn deadlines(record: &Record<Self>, _: &dyn WorkingDays) -> Vec<Deadline> {
        if !matches!(record.state(), Some(S::Certified | S::Differentiated)) {
            return Vec::new();
        }
        let since = [
            PathEventKind::Certify,
            PathEventKind::ApproveValidation,
            PathEventKind::ApproveDifferentiation,
            PathEventKind::Renew,
        ];
        let last = since.into_iter().filter_map(|event| record.last(event)).max();
        let day = last.map(UtcTime::billing_day).and_then(next_renewal);
        day.map(|day| Deadline::on(day, &RENEWAL_DAY, &RENEWAL)).into_iter().collect()
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        record.facts().choice.iter().map(|choice| company_key(&choice.company)).collect()
    }
}

/// Returns the key that all records of a company share.
pub(super) fn company_key(company: &str) -> String {
    format!("company/{company}")
}

/// The first 31 January after a day.
fn next_renewal(day: Day) -> Option<Day> {
    let of = |year| Date::from_calendar_date(year, Month::January, 31).ok().map(Day::from);
    let year = day.date().year();
    of(year).filter(|renewal| *renewal > day).or_else(|| of(year + 1))
}

impl PathChoice {
    fn check(&self, record: &Record<DevelopmentPath>, context: RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if self.company.trim().is_empty() {
            broken.push(FORMS.violation("company", "is empty"));
        }
        if self.path.by_invitation(record.site()) && !self.invited {
            broken.push(
                INVITATION_ONLY.violation("invited", format!("{} is open by invitation only", self.path)),
            );
        }
        let taken = context.others.with_key(&company_key(&self.company)).into_iter().find(|other| {
            let other = other.view::<DevelopmentPath>().filter(|path| !path.is(S::Left));
            let choice =
                other.filter(|other| other.id() != record.id()).and_then(|o| o.facts().choice.as_ref());
            choice.is_some_and(|choice| choice.path == Path::Service)
        });
        if let Some(other) = taken.filter(|_| self.path == Path::Service) {
            broken.push(LEAVE_PATH.violation("path", format!("{} has the service path already", other.id())));
        }
        broken
    }
}
