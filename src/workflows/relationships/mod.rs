//! Relationships: distributor and reseller, partner and customer, account managers, project specialists.
//!
//! | Kind | Record |
//! |---|---|
//! | `cooperation` | [`Cooperation`]: a reseller and its distributor, by application or by invitation |
//! | `quick_registration` | [`ResellerRegistration`]: a new account for a reseller, within 24 hours |
//! | `customer_registration` | [`CustomerRegistration`]: 15 days in which no one else registers the customer, and the invitation |
//! | `association` | [`Association`]: partner and customer: separation, and the switch between referral and resale |
//! | `customer_account` | [`CustomerAccount`]: frozen or normal, and its budget (international site) |
//! | `account_manager` | [`ManagerAssignment`]: the manager responsible for a customer or reseller, and since when |
//! | `authorization` | [`CustomerAuthorization`]: the customer's permission to act for it |
//! | `pay_on_behalf` | [`PayOnBehalf`]: an order that a customer asked its partner to pay: waiting, paid, rejected |
//! | `project_specialist` | [`Specialist`]: an employee's personal account, bound, applied for, removed |
//!
//! None of this has an HTTP interface. Neighbours that have one are operations of this crate:
//! [`resellers`](crate::resellers), [`customers`](crate::customers), [`partners`](crate::partners).
//!
//! # Editions
//! - A switch between referral and resale is requested on the China site; budgets exist on the international one.
//! - Number of requests to separate: once in three months on the China site and by the older international pages, three
//!   times by the newer one ([`RequestLimit`]), which also shows a separation effective at once
//!   ([`AssociationEvent::Disassociate`]).
//! - The European site is taken to follow the international one.
//!
//! # Rules
//! [`RULES`] holds them with their source pages; 1 to 40 are the published rules, the others come from the tables
//! beside them. Some rules cannot be decided from the data of a record:
//!
//! | Rule | Reason why it is not checked |
//! |---|---|
//! | 11, 34, 40 | Consequences, rights or names in the console |
//! | 16, 17, 22, 27, 28, 31 | Consequences: nothing is refused by them |
//! | 18, 19, 20 | The operations check amounts; balances are the service's to know |
//! | 23 | Spending is counted by Huawei, about 10 minutes late; that a budget ends only when there is one is checked |
//! | 39 | The table: a specialist has no step to unbind |
//!
//! Not published, so nothing is refused: how long a distributor's invitation and the international mail hold (the page
//! shows the latter), what follows when a side does not reply, how long an authorisation holds, and a second limit on
//! the pair of reseller and distributor.

mod association;
mod budget;
mod cooperation;
mod manager;
mod payment;
mod registration;
mod rules;
mod specialist;

pub use association::{
    Association, AssociationEvent, AssociationEventKind, AssociationForm, AssociationReply, AssociationState,
    Block, RequestLimit, SeparationRequest, SwitchRequest,
};
pub use budget::{
    BudgetKind, BudgetPermission, BudgetSetting, CustomerAccount, CustomerAccountEvent,
    CustomerAccountEventKind, CustomerAccountState, ExhaustionPolicy, Freeze, FreezeExtent,
    NewResaleCustomer,
};
pub use cooperation::{
    Cooperation, CooperationEvent, CooperationEventKind, CooperationState, NewResellerAccount,
    RegistrationEvent, RegistrationEventKind, RegistrationState, ResellerApplication, ResellerInvitation,
    ResellerRegistration,
};
pub use manager::{
    Assign, AssignmentEvent, AssignmentEventKind, AssignmentState, AuthorizationEvent,
    AuthorizationEventKind, AuthorizationRequest, AuthorizationState, Contacts, CustomerAuthorization,
    ManagerAssignment, Subject,
};
pub use payment::{
    PartnerPayment, PayOnBehalf, PayOnBehalfEvent, PayOnBehalfEventKind, PayOnBehalfRequest,
    PayOnBehalfState, PayingPartner, PaymentMeans, PaymentRefund,
};
pub use registration::{
    Channel, CustomerForm, CustomerInvitation, CustomerObstacle, CustomerRegistration,
    CustomerRegistrationEvent, CustomerRegistrationEventKind, CustomerRegistrationState, CustomerStanding,
};
pub use rules::RULES;
pub use specialist::{
    CancelRequest, InviteBy, Specialist, SpecialistApplication, SpecialistEvent, SpecialistEventKind,
    SpecialistInvitation, SpecialistState,
};
