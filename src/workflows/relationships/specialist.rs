//! Project specialists (项目专员), on the international site dedicated personnel.

use serde::{Deserialize, Serialize};

use super::rules::{INVITE_LIMIT, PREREQUISITE, RULES, WRITTEN};
use crate::{
    opportunities::Reason,
    programs::{Path, Program},
    types::{Day, Personal},
    workflow::{
        Around, BrokenRule, Deadline, Event, Record, Role, Row, Rule, Step, Workflow, WorkingDays,
        days_after, events, states,
    },
};

use SpecialistState as S;

/// How long a link holds, in days.
const LINK: u32 = 7;
/// How many invitations an administrator sends in a day.
const A_DAY: usize = 100;

/// What the events of an employee have said so far. Kind `project_specialist`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Specialist {
    /// The last invitation.
    pub invitation: Option<SpecialistInvitation>,
    /// The last application.
    pub application: Option<SpecialistApplication>,
    /// Why he was refused or is to be cancelled.
    pub reason: Option<String>,
}

states! {
    /// Where an employee stands.
    pub enum SpecialistState {
        /// Invited (已邀请); the personal account is not bound.
        Invited = "invited",
        /// The link ended after 7 days (已失效).
        Expired = "expired",
        /// The personal account is bound (已绑定).
        Bound = "bound",
        /// Unbound (已解绑).
        Unbound = "unbound",
        /// Huawei reviews the application (申请专员审核中).
        Applying = "applying",
        /// Refused (申请专员审核未通过).
        Refused = "refused",
        /// A project specialist.
        Specialist = "specialist",
        /// Huawei reviews the removal (取消项目专员审核中).
        Cancelling = "cancelling",
        /// Removed (取消专员审核通过).
        Cancelled = "cancelled",
        /// Removed by Huawei (取消专员, 华为方操作).
        CancelledByHuawei = "cancelled_by_huawei",
    }
}

events! {
    /// What happens to an employee.
    pub enum SpecialistEvent of Specialist {
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
        /// Huawei approves.
        Approve = "approve",
        /// Huawei refuses.
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

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialistInvitation {
    /// Who is invited, by telephone, mail or account. Where the names differ, that of the tenant (rule 38).
    pub invitee: Personal,
    /// Paths that the partner has joined.
    #[serde(default)]
    pub paths: Vec<Path>,
    /// Programs that the partner has joined.
    #[serde(default)]
    pub programs: Vec<Program>,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialistApplication {
    /// For which path.
    pub path: Path,
    /// Uploads. Which files are asked for is not published; one at least.
    pub files: Vec<String>,
}

/// A request to remove a specialist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CancelRequest {
    /// Why.
    pub reason: String,
    /// The upload.
    pub file: String,
}

/// Paths whose partners invite and apply.
fn counts(path: Path) -> bool {
    matches!(path, Path::Service | Path::Integration | Path::Learning)
}

const ADMINISTRATOR: &[Role] = &[Role::PartnerAdministrator];
const EMPLOYEE: &[Role] = &[Role::PartnerMember, Role::AccountManager];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager];
const SYSTEM: &[Role] = &[Role::System];

const fn row(from: Option<S>, event: &'static str, to: S, by: &'static [Role]) -> Row<S> {
    Row { from, event, to, by }
}

impl Workflow for Specialist {
    const KIND: &'static str = "project_specialist";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Row<SpecialistState>] = &[
        row(None, "invite", S::Invited, ADMINISTRATOR),
        row(Some(S::Expired), "invite", S::Invited, ADMINISTRATOR),
        row(Some(S::Unbound), "invite", S::Invited, ADMINISTRATOR),
        row(Some(S::Invited), "bind", S::Bound, EMPLOYEE),
        row(Some(S::Invited), "expire", S::Expired, SYSTEM),
        row(Some(S::Bound), "apply", S::Applying, ADMINISTRATOR),
        row(Some(S::Refused), "apply", S::Applying, ADMINISTRATOR),
        row(Some(S::Cancelled), "apply", S::Applying, ADMINISTRATOR),
        row(Some(S::CancelledByHuawei), "apply", S::Applying, ADMINISTRATOR),
        row(Some(S::Applying), "approve", S::Specialist, HUAWEI),
        row(Some(S::Applying), "refuse", S::Refused, HUAWEI),
        row(Some(S::Specialist), "request_cancel", S::Cancelling, ADMINISTRATOR),
        row(Some(S::Cancelling), "withdraw", S::Specialist, ADMINISTRATOR),
        row(Some(S::Cancelling), "approve_cancel", S::Cancelled, HUAWEI),
        row(Some(S::Specialist), "cancel_by_huawei", S::CancelledByHuawei, HUAWEI),
        row(Some(S::Bound), "unbind", S::Unbound, ADMINISTRATOR),
        row(Some(S::Cancelled), "unbind", S::Unbound, ADMINISTRATOR),
    ];
    type State = SpecialistState;
    type Event = SpecialistEvent;

    fn check(record: &Record<Self>, step: &Step<SpecialistEvent>, around: Around<'_>) -> Vec<BrokenRule> {
        let on = step.at.billing_day();
        let mut broken = Vec::new();
        match &step.event {
            SpecialistEvent::Invite(invitation) => {
                if invitation.invitee.expose().trim().is_empty() {
                    broken.push(WRITTEN.broken("invitee", "is empty"));
                }
                let programs = [Program::Distributor, Program::SolutionProvider];
                let joined = invitation.paths.iter().any(|path| counts(*path))
                    || programs.iter().any(|program| invitation.programs.contains(program));
                if !joined {
                    broken.push(PREREQUISITE.broken("paths", "no path or program that may invite"));
                }
                let day = on.to_string();
                let sent: usize = around
                    .others
                    .with_key(&day_key(&day))
                    .iter()
                    .filter_map(|other| other.view::<Self>())
                    .flat_map(Record::history)
                    .filter(|one| one.by.name == step.by.name && one.event.name() == "invite")
                    .filter(|one| one.at.billing_day() == on)
                    .count();
                if sent >= A_DAY {
                    broken.push(INVITE_LIMIT.broken("at", "100 invitations were sent on this day"));
                }
            }
            SpecialistEvent::Bind if record.link_ends().is_some_and(|end| on > end) => {
                broken.push(INVITE_LIMIT.broken("at", "the link has ended"));
            }
            SpecialistEvent::Expire if record.link_ends().is_none_or(|end| on <= end) => {
                broken.push(INVITE_LIMIT.broken("at", "the 7 days are not over"));
            }
            SpecialistEvent::Apply(application) => {
                if !counts(application.path) {
                    broken.push(PREREQUISITE.broken("path", "has no project specialists"));
                }
                if application.files.is_empty() {
                    broken.push(WRITTEN.broken("files", "are missing"));
                }
            }
            SpecialistEvent::RequestCancel(request) => {
                for (text, field) in [(&request.reason, "reason"), (&request.file, "file")] {
                    if text.trim().is_empty() {
                        broken.push(WRITTEN.broken(field, "is missing"));
                    }
                }
            }
            SpecialistEvent::Refuse(Reason { reason }) if reason.trim().is_empty() => {
                broken.push(WRITTEN.broken("reason", "is empty"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &Step<SpecialistEvent>) {
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
        let deadline = |day| {
            Deadline::on(day, &INVITE_LIMIT, "the employee follows the link", "invite again").automatic()
        };
        end.map(deadline).into_iter().collect()
    }

    fn lapse(record: &Record<Self>) -> Option<SpecialistEvent> {
        record.is(S::Invited).then_some(SpecialistEvent::Expire)
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let mut days: Vec<_> = record
            .history()
            .iter()
            .filter(|step| step.event.name() == "invite")
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
        let sent = self.last("invite")?.billing_day();
        Some(days_after(sent, LINK))
    }
}
