//! Project specialists (项目专员), on the international site dedicated personnel.

use serde::{Deserialize, Serialize};

use super::rules::{INVITE_LIMIT, PREREQUISITE, RULES, TENANT_NAME, WRITTEN};
use crate::{
    programs::{Path, Program},
    types::{Day, Personal},
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, Event, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation,
        Transition, Workflow, WorkingDays, days_after, events, named, states, transitions,
    },
};

use SpecialistState as S;

/// Days for which a link is valid.
const LINK: u32 = 7;
/// Maximum number of invitations that an administrator sends in a day.
const MAX_PER_DAY: usize = 100;

/// Facts of an employee, from its events. Kind `project_specialist`.
#[derive(Clone, Default, PartialEq)]
pub struct Specialist {
    /// The last invitation.
    pub invitation: Option<SpecialistInvitation>,
    /// The last application.
    pub application: Option<SpecialistApplication>,
    /// Reason for a refusal or a cancellation.
    pub reason: Option<String>,
}

crate::__debug_by_shape! { Specialist { invitation, application, reason } }

states! {
    /// State of an employee.
    pub enum SpecialistState {
        /// Invited (已邀请); the personal account is not bound.
        Invited = "invited",
        /// The link ended after 7 days (已失效).
        Expired = "expired",
        /// The personal account is bound (已绑定).
        Bound = "bound",
        /// Employee is unbound (已解绑).
        Unbound = "unbound",
        /// Huawei reviews the application (申请专员审核中).
        Applying = "applying",
        /// Application is refused (申请专员审核未通过).
        Refused = "refused",
        /// A project specialist.
        Specialist = "specialist",
        /// Huawei reviews the removal (取消项目专员审核中).
        Cancelling = "cancelling",
        /// Role is removed (取消专员审核通过).
        Cancelled = "cancelled",
        /// Removed by Huawei (取消专员, 华为方操作).
        CancelledByHuawei = "cancelled_by_huawei",
    }
}

events! {
    /// Event of an employee.
    pub enum SpecialistEvent: SpecialistEventKind of Specialist {
        /// The administrator invites by telephone, mail or account name.
        Invite(SpecialistInvitation) = "invite",
        /// The employee follows the link and agrees.
        Bind = "bind",
        /// Seven days went by.
        Expire = "expire",
        /// The administrator unbinds.
        Unbind = "unbind",
        /// The administrator hands in an application.
        Apply(SpecialistApplication) = "apply",
        /// Huawei approves the material.
        Approve = "approve",
        /// Huawei refuses the request.
        Refuse(Reason) = "refuse",
        /// The administrator asks for the removal.
        RequestCancel(CancelRequest) = "request_cancel",
        /// The administrator takes that back.
        Withdraw = "withdraw",
        /// Huawei approves the removal.
        ApproveCancel = "approve_cancel",
        /// Huawei removes by itself.
        CancelByHuawei = "cancel_by_huawei",
    }
}

named! {
    /// Way in which an invited employee is named.
    #[derive(Default)]
    pub enum InviteBy {
        /// By account name.
        #[default]
        AccountName = "account_name",
        /// By telephone number.
        Phone = "phone",
        /// By mail address.
        Mail = "mail",
    }
}

/// Invitation of an employee.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialistInvitation {
    /// The telephone number, mail address or account name that is invited.
    pub invitee: Personal,
    /// Way in which the employee is named in `invitee`.
    #[serde(default)]
    pub by: InviteBy,
    /// The name of the employee's tenant, where it is known to differ from the name of the HUAWEI ID. An invitation by
    /// account name has to use it (rule 38).
    #[serde(default, skip_serializing_if = "Personal::is_empty")]
    pub tenant_name: Personal,
    /// Paths that the partner has joined.
    #[serde(default)]
    pub paths: Vec<Path>,
    /// Programs that the partner has joined.
    #[serde(default)]
    pub programs: Vec<Program>,
}

/// Application for an employee.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialistApplication {
    /// Path for which the specialist works.
    pub path: Path,
    /// Uploads. Which files are asked for is not published; one at least.
    pub files: Vec<String>,
}

crate::__debug_by_shape! { SpecialistApplication { path, files } }

/// A request to remove a specialist.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CancelRequest {
    /// Reason for the request.
    pub reason: String,
    /// Uploaded file of the receipt.
    pub file: String,
}

crate::__debug_by_shape! { CancelRequest { reason, file } }

/// Paths whose partners invite and apply.
fn counts(path: Path) -> bool {
    matches!(path, Path::Service | Path::Integration | Path::Learning)
}

const ADMINISTRATOR: &[Role] = &[Role::PartnerAdministrator];
const EMPLOYEE: &[Role] = &[Role::PartnerMember, Role::AccountManager];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager];
const SYSTEM: &[Role] = &[Role::System];

const LINK_FOLLOWED: DeadlineKind = DeadlineKind::new(
    "project_specialist.link",
    "the employee follows the link",
    "invite the employee again",
);

impl Workflow for Specialist {
    const KIND: &'static str = "project_specialist";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<SpecialistState, SpecialistEventKind>] = transitions! { SpecialistState on SpecialistEventKind {
        start: Invite => Invited by ADMINISTRATOR;
        Expired: Invite => Invited by ADMINISTRATOR;
        Unbound: Invite => Invited by ADMINISTRATOR;
        Invited: Bind => Bound by EMPLOYEE;
        Invited: Expire => Expired by SYSTEM;
        Bound: Apply => Applying by ADMINISTRATOR;
        Refused: Apply => Applying by ADMINISTRATOR;
        Cancelled: Apply => Applying by ADMINISTRATOR;
        CancelledByHuawei: Apply => Applying by ADMINISTRATOR;
        Applying: Approve => Specialist by HUAWEI;
        Applying: Refuse => Refused by HUAWEI;
        Specialist: RequestCancel => Cancelling by ADMINISTRATOR;
        Cancelling: Withdraw => Specialist by ADMINISTRATOR;
        Cancelling: ApproveCancel => Cancelled by HUAWEI;
        Specialist: CancelByHuawei => CancelledByHuawei by HUAWEI;
        Bound: Unbind => Unbound by ADMINISTRATOR;
        Cancelled: Unbind => Unbound by ADMINISTRATOR;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[LINK_FOLLOWED];
    type State = SpecialistState;
    type Event = SpecialistEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<SpecialistEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let on = step.at.billing_day();
        let mut broken = Vec::new();
        match &step.event {
            SpecialistEvent::Invite(invitation) => {
                if invitation.invitee.expose().trim().is_empty() {
                    broken.push(WRITTEN.violation("invitee", "is empty"));
                }
                let tenant = invitation.tenant_name.expose().trim();
                if invitation.by == InviteBy::AccountName
                    && !tenant.is_empty()
                    && invitation.invitee.expose().trim() != tenant
                {
                    let detail = "is not the tenant's name: the account would not be found";
                    broken.push(TENANT_NAME.violation("invitee", detail));
                }
                let programs = [Program::Distributor, Program::SolutionProvider];
                let joined = invitation.paths.iter().any(|path| counts(*path))
                    || programs.iter().any(|program| invitation.programs.contains(program));
                if !joined {
                    broken.push(PREREQUISITE.violation("paths", "no path or program that may invite"));
                }
                let day = on.to_string();
                let sent: usize = context
                    .others
                    .with_key(&day_key(&day))
                    .iter()
                    .filter_map(|other| other.view::<Self>())
                    .flat_map(Record::history)
                    .filter(|one| {
                        one.by.name == step.by.name && one.event.kind() == SpecialistEventKind::Invite
                    })
                    .filter(|one| one.at.billing_day() == on)
                    .count();
                if sent >= MAX_PER_DAY {
                    broken.push(INVITE_LIMIT.violation("at", "100 invitations were sent on this day"));
                }
            }
            SpecialistEvent::Bind if record.link_ends().is_some_and(|end| on > end) => {
                broken.push(INVITE_LIMIT.violation("at", "the link has ended"));
            }
            SpecialistEvent::Expire if record.link_ends().is_none_or(|end| on <= end) => {
                broken.push(INVITE_LIMIT.violation("at", "the 7 days are not over"));
            }
            SpecialistEvent::Apply(application) => {
                if !counts(application.path) {
                    broken.push(PREREQUISITE.violation("path", "has no project specialists"));
                }
                if application.files.is_empty() {
                    broken.push(WRITTEN.violation("files", "are missing"));
                }
            }
            SpecialistEvent::RequestCancel(request) => {
                for (text, field) in [(&request.reason, "reason"), (&request.file, "file")] {
                    if text.trim().is_empty() {
                        broken.push(WRITTEN.violation(field, "is missing"));
                    }
                }
            }
            SpecialistEvent::Refuse(Reason { reason }) if reason.trim().is_empty() => {
                broken.push(WRITTEN.violation("reason", "is empty"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<SpecialistEvent>) {
        match &step.event {
            SpecialistEvent::Invite(invitation) => self.invitation = Some(invitation.clone()),
            SpecialistEvent::Apply(application) => self.application = Some(application.clone()),
            SpecialistEvent::Refuse(Reason { reason })
            | SpecialistEvent::RequestCancel(CancelRequest { reason, .. }) => {
                self.reason = Some(reason.clone())
            }
            _ => {}
        }
    }

    fn deadlines(record: &Record<Self>, _: &dyn WorkingDays) -> Vec<Deadline> {
        let end = record.link_ends().filter(|_| record.is(S::Invited));
        let deadline = |day| Deadline::on(day, &INVITE_LIMIT, &LINK_FOLLOWED).automatic();
        end.map(deadline).into_iter().collect()
    }

    fn expiry(record: &Record<Self>) -> Option<SpecialistEvent> {
        record.is(S::Invited).then_some(SpecialistEvent::Expire)
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let mut days: Vec<_> = record
            .history()
            .iter()
            .filter(|step| step.event.kind() == SpecialistEventKind::Invite)
            .map(|step| day_key(&step.at.billing_day().to_string()))
            .collect();
        days.dedup();
        days
    }
}

fn day_key(day: &str) -> String {
    format!("specialists_invited/{day}")
}

impl Record<Specialist> {
    /// Last day of the invitation's link.
    pub fn link_ends(&self) -> Option<Day> {
        let sent = self.last(SpecialistEventKind::Invite)?.billing_day();
        Some(days_after(sent, LINK))
    }
}
