//! From an account to an HCPN partner with authenticated business information.

use serde::{Deserialize, Serialize};

use super::rules::{AUTHENTICATION, BUSINESS_INFORMATION, FORMS, RULES};
use crate::{
    workflow::Reason,
    workflow::{
        Deadline, DeadlineKind, Event, LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Site,
        Transition, Workflow, WorkingDays, events, states, transitions,
    },
};

/// Wrong amounts after which the request is locked.
const WRONG_AMOUNTS: u32 = 3;

/// Facts of an account, from its events. Kind `partner_account`.
#[derive(Clone, Default, PartialEq)]
pub struct PartnerAccount {
    /// Preparation of the company.
    pub preparation: Option<Preparation>,
    /// Reason of the last refusal of the application.
    pub refusal: Option<String>,
    /// Wrong amounts since the request or since the last unlocking.
    pub wrong_amounts: u32,
}

crate::__debug_by_shape! { PartnerAccount { preparation, refusal, wrong_amounts } }

states! {
    /// State of a company on the way to a partner that can be paid.
    pub enum AccountState {
        /// The HUAWEI ID exists and Huawei Cloud is enabled.
        Registered = "registered",
        /// Authenticated (China site) and reachable by mail.
        Prepared = "prepared",
        /// The application to join HCPN is checked automatically.
        Applied = "applied",
        /// The automatic check did not pass; Huawei looks at it.
        ManualReview = "manual_review",
        /// Refused with a reason; may be corrected and handed in again.
        Refused = "refused",
        /// An HCPN partner.
        Partner = "partner",
        /// The business information is checked automatically, normally within one to three hours.
        InformationCheck = "information_check",
        /// An auditor of Huawei looks at an exception.
        InformationReview = "information_review",
        /// Three wrong amounts were entered.
        InformationLocked = "information_locked",
        /// A ticket asks to unlock the request.
        InformationTicket = "information_ticket",
        /// The business information is authenticated: claims and payouts are open.
        InformationAuthenticated = "information_authenticated",
    }
}

events! {
    /// Step in the life of an account.
    pub enum AccountEvent: AccountEventKind of PartnerAccount {
        /// The company registers and enables Huawei Cloud.
        Register = "register",
        /// Authentication and mail.
        Prepare(Preparation) = "prepare",
        /// The company joins HCPN, or corrects a refused application.
        Apply = "apply",
        /// The automatic check passed.
        Pass = "pass",
        /// The automatic check did not pass.
        SendToReview = "send_to_review",
        /// Huawei accepts after its review.
        Approve = "approve",
        /// Huawei refuses after its review.
        Refuse(Reason) = "refuse",
        /// The partner asks to authenticate its business information.
        RequestAuthentication = "request_authentication",
        /// The partner entered a wrong amount of the test payment.
        WrongAmount = "wrong_amount",
        /// The automatic check found an exception.
        SendToAuditor = "send_to_auditor",
        /// The partner asks by ticket to unlock.
        OpenTicket = "open_ticket",
        /// Huawei unlocks the account.
        Unlock = "unlock",
        /// The business information is authenticated.
        Authenticate = "authenticate",
    }
}

/// Preparation of a company before it joins HCPN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Preparation {
    /// Real-name authentication as an enterprise has passed. Needed on the China site.
    pub enterprise_real_name: bool,
    /// A mail address is bound.
    pub mail_bound: bool,
}

impl Preparation {
    /// Returns all missing items at once.
    pub fn check(self, site: Site) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if site == Site::China && !self.enterprise_real_name {
            broken.push(AUTHENTICATION.violation("enterprise_real_name", "is false"));
        }
        if !self.mail_bound {
            broken.push(AUTHENTICATION.violation("mail_bound", "is false"));
        }
        broken
    }
}

const COMPANY: &[Role] = &[Role::Applicant];
const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer];
const SYSTEM: &[Role] = &[Role::System];

const AUDIT: DeadlineKind = DeadlineKind::new(
    "partner_account.audit",
    "the auditor decides",
    "ask Huawei Cloud: nothing happens automatically",
);
const TICKET: DeadlineKind = DeadlineKind::new(
    "partner_account.ticket",
    "the ticket gets a reply",
    "ask Huawei Cloud: nothing happens automatically",
);

impl Workflow for PartnerAccount {
    const KIND: &'static str = "partner_account";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<AccountState, AccountEventKind>] = transitions! { AccountState on AccountEventKind {
        start: Register => Registered by COMPANY;
        Registered: Prepare => Prepared by COMPANY;
        Prepared: Apply => Applied by COMPANY;
        Applied: Pass => Partner by SYSTEM;
        Applied: SendToReview => ManualReview by SYSTEM;
        ManualReview: Approve => Partner by HUAWEI;
        ManualReview: Refuse => Refused by HUAWEI;
        Refused: Apply => Applied by COMPANY;
        Partner: RequestAuthentication => InformationCheck by PARTNER;
        InformationCheck: WrongAmount => InformationCheck by PARTNER;
        InformationCheck: WrongAmount => InformationLocked by PARTNER;
        InformationLocked: OpenTicket => InformationTicket by PARTNER;
        InformationTicket: Unlock => InformationCheck by HUAWEI;
        InformationCheck: SendToAuditor => InformationReview by SYSTEM;
        InformationCheck: Authenticate => InformationAuthenticated by SYSTEM;
        InformationReview: Authenticate => InformationAuthenticated by HUAWEI;
    } };
    const DEADLINES: &'static [DeadlineKind] = &[AUDIT, TICKET];
    type State = AccountState;
    type Event = AccountEvent;

    fn transition(
        record: &Record<Self>,
        event: &AccountEvent,
    ) -> Option<&'static Transition<AccountState, AccountEventKind>> {
        let locks = record.facts().wrong_amounts + 1 >= WRONG_AMOUNTS;
        let wrong = matches!(event, AccountEvent::WrongAmount);
        let fits = |row: &&Transition<AccountState, AccountEventKind>| {
            row.from == record.state() && row.event == event.kind()
        };
        Self::TABLE
            .iter()
            .filter(fits)
            .find(|row| !wrong || locks == (row.to == AccountState::InformationLocked))
    }

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<AccountEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        match &step.event {
            AccountEvent::Prepare(preparation) => preparation.check(record.site()),
            AccountEvent::Refuse(Reason { reason }) if reason.trim().is_empty() => {
                vec![FORMS.violation("reason", "is empty")]
            }
            _ => Vec::new(),
        }
    }

    fn fold(&mut self, step: &LoggedEvent<AccountEvent>) {
        match &step.event {
            AccountEvent::Prepare(preparation) => self.preparation = Some(*preparation),
            AccountEvent::Refuse(Reason { reason }) => self.refusal = Some(reason.clone()),
            AccountEvent::WrongAmount => self.wrong_amounts += 1,
            AccountEvent::Unlock => self.wrong_amounts = 0,
            _ => {}
        }
    }

    fn missing(record: &Record<Self>) -> Vec<RuleViolation> {
        let registered = record.is(AccountState::Registered);
        if registered { Preparation::default().check(record.site()) } else { Vec::new() }
    }

    fn deadlines(record: &Record<Self>, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let of = |event, n, kind| {
            record.last(event).map(|at| Deadline::working_days(calendar, at, n, &BUSINESS_INFORMATION, kind))
        };
        let deadline = match record.state() {
            Some(AccountState::InformationReview) => of(AccountEventKind::SendToAuditor, 5, &AUDIT),
            Some(AccountState::InformationTicket) => of(AccountEventKind::OpenTicket, 3, &TICKET),
            _ => None,
        };
        deadline.into_iter().collect()
    }
}
