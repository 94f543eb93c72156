//! Account managers, and the authorisation to act for a customer.

use serde::{Deserialize, Serialize};

use super::rules::{AUTHORIZED, CONTACT_LIMIT, MANAGER_FROM, RULES, WRITTEN};
use crate::{
    types::{CustomerId, Day, PartnerId, Personal, ResellerId, UtcTime},
    workflow::Reason,
    workflow::{
        LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Site, Transition, Workflow, events,
        states, transitions,
    },
};

/// Contacts that a customer is shown at most.
const CONTACTS: usize = 5;

/// Facts of an assignment, from its events. Kind `account_manager`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ManagerAssignment {
    /// Subject that the manager looks after.
    pub subject: Option<Subject>,
    /// Managers with the times from which they were responsible, oldest first; `None` after a withdrawal.
    /// Oldest first.
    pub managers: Vec<(UtcTime, Option<Personal>)>,
    /// Contacts that the customer sees.
    pub contacts: Vec<Personal>,
}

states! {
    /// Whether a customer or reseller has an account manager.
    pub enum AssignmentState {
        /// A manager is assigned.
        Assigned = "assigned",
        /// The manager was withdrawn.
        Withdrawn = "withdrawn",
    }
}

events! {
    /// Step in the life of an assignment.
    pub enum AssignmentEvent: AssignmentEventKind of ManagerAssignment {
        /// The administrator assigns a manager, also another one.
        Assign(Assign) = "assign",
        /// The administrator takes the manager away.
        Withdraw = "withdraw",
        /// The administrator sets the contacts that the customer is shown.
        ShowContacts(Contacts) = "show_contacts",
    }
}

/// Subject that an account manager looks after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Customer that the manager looks after.
    Customer(CustomerId),
    /// A distributor's reseller.
    Reseller(ResellerId),
}

/// Assignment of an account manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// Subject that the manager looks after, the same for the life of a record.
    pub subject: Subject,
    /// Name of the manager.
    pub manager: Personal,
}

/// The contacts that a customer is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contacts {
    /// At most five.
    pub contacts: Vec<Personal>,
}

const ADMINISTRATOR: &[Role] = &[Role::PartnerAdministrator, Role::Distributor];

impl Workflow for ManagerAssignment {
    const KIND: &'static str = "account_manager";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<AssignmentState, AssignmentEventKind>] = transitions! { AssignmentState on AssignmentEventKind {
        start: Assign => Assigned by ADMINISTRATOR;
        Assigned: Assign => Assigned by ADMINISTRATOR;
        Withdrawn: Assign => Assigned by ADMINISTRATOR;
        Assigned: Withdraw => Withdrawn by ADMINISTRATOR;
        Assigned: ShowContacts => Assigned by ADMINISTRATOR;
    } };
    type State = AssignmentState;
    type Event = AssignmentEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<AssignmentEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        match &step.event {
            AssignmentEvent::Assign(assign) => {
                if assign.manager.expose().trim().is_empty() {
                    broken.push(MANAGER_FROM.violation("manager", "is empty"));
                }
                if record.facts().subject.as_ref().is_some_and(|subject| *subject != assign.subject) {
                    broken.push(MANAGER_FROM.violation("subject", "is another one than the record's"));
                }
            }
            AssignmentEvent::ShowContacts(shown) if shown.contacts.len() > CONTACTS => {
                broken.push(CONTACT_LIMIT.violation("contacts", format!("are {}", shown.contacts.len())));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<AssignmentEvent>) {
        match &step.event {
            AssignmentEvent::Assign(assign) => {
                self.subject = Some(assign.subject.clone());
                self.managers.push((step.at, Some(assign.manager.clone())));
            }
            AssignmentEvent::Withdraw => self.managers.push((step.at, None)),
            AssignmentEvent::ShowContacts(shown) => self.contacts = shown.contacts.clone(),
        }
    }
}

impl ManagerAssignment {
    /// Returns the manager who is responsible at a time (rule 33). When spending counts for performance, see
    /// [`incentives`](crate::incentives): from the second day on.
    pub fn manager_at(&self, at: UtcTime) -> Option<&Personal> {
        self.managers.iter().rev().find(|(from, _)| *from <= at)?.1.as_ref()
    }
}

/// Facts of an authorisation, from its events. Kind `authorization`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomerAuthorization {
    /// Form of the request.
    pub request: Option<AuthorizationRequest>,
    /// Day of the response. How long an authorisation holds is not published.
    pub replied_on: Option<Day>,
    /// Reason for which the customer refused.
    pub refusal: Option<String>,
}

crate::__debug_by_shape! { CustomerAuthorization { request, replied_on, refusal } }

states! {
    /// State of an authorisation.
    pub enum AuthorizationState {
        /// The customer has the request in My Account > My Partner.
        Requested = "requested",
        /// The customer agreed: the partner may order and operate.
        Granted = "granted",
        /// The customer did not.
        Refused = "refused",
    }
}

events! {
    /// Event of an authorisation.
    pub enum AuthorizationEvent: AuthorizationEventKind of CustomerAuthorization {
        /// The partner asks.
        Request(AuthorizationRequest) = "request",
        /// The customer agrees.
        Grant = "grant",
        /// The customer does not.
        Refuse(Reason) = "refuse",
    }
}

/// A request to act for a resale customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizationRequest {
    /// Partner that asks for the authorisation.
    pub partner: PartnerId,
    /// Customer whose data the authorisation covers.
    pub customer: CustomerId,
    /// Whether this is the partner's first authorisation.
    #[serde(default)]
    pub first: bool,
    /// The commitment letter is ticked. Needed the first time.
    #[serde(default)]
    pub commitment: bool,
    /// A reseller asks: whether its distributor authorised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributor_agreed: Option<bool>,
}

const MAY_REQUEST: &[Role] =
    &[Role::PartnerAdministrator, Role::AccountManager, Role::Reseller, Role::Distributor];
const CUSTOMER: &[Role] = &[Role::Customer];

impl Workflow for CustomerAuthorization {
    const KIND: &'static str = "authorization";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<AuthorizationState, AuthorizationEventKind>] = transitions! { AuthorizationState on AuthorizationEventKind {
        start: Request => Requested by MAY_REQUEST;
        Requested: Grant => Granted by CUSTOMER;
        Requested: Refuse => Refused by CUSTOMER;
    } };
    type State = AuthorizationState;
    type Event = AuthorizationEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<AuthorizationEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        match &step.event {
            AuthorizationEvent::Request(request) => {
                if request.first && !request.commitment {
                    broken.push(AUTHORIZED.violation("commitment", "is not ticked"));
                }
                let reseller = step.by.role == Role::Reseller || request.distributor_agreed.is_some();
                let abroad = record.site() != Site::China;
                if abroad && reseller && request.distributor_agreed != Some(true) {
                    broken.push(AUTHORIZED.violation("distributor_agreed", "the distributor comes first"));
                }
            }
            AuthorizationEvent::Refuse(Reason { reason }) if reason.trim().is_empty() => {
                broken.push(WRITTEN.violation("reason", "is empty"));
            }
            _ => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<AuthorizationEvent>) {
        match &step.event {
            AuthorizationEvent::Request(request) => self.request = Some(request.clone()),
            AuthorizationEvent::Grant => self.replied_on = Some(step.at.billing_day()),
            AuthorizationEvent::Refuse(Reason { reason }) => {
                self.replied_on = Some(step.at.billing_day());
                self.refusal = Some(reason.clone());
            }
        }
    }
}
