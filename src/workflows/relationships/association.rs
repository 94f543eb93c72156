//! Partner and customer: association, separation, switch between referral and resale.

use serde::{Deserialize, Serialize};

use super::{
    payment::waiting_key,
    rules::{
        ADMINISTRATOR_ONLY, BLOCKED, CODE, ONCE_IN_THREE_MONTHS, ONE_PARTNER, PARTNER_FROZEN, REQUEST_LIMIT,
        RULES, SITES, WRITTEN,
    },
};
use crate::{
    types::{AssociationType, CustomerId, PartnerId, UtcTime, association_by_name},
    workflow::{
        Event, LoggedEvent, RULE_ACTOR, Record, Role, Rule, RuleContext, RuleViolation, Site, Transition,
        Workflow, events, months_after, named, states, transitions,
    },
};

use AssociationState as S;

/// Facts of an association, from its events. Kind `association`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Association {
    /// The association as it was made.
    pub form: Option<AssociationForm>,
    /// The association type as it is now.
    pub association_type: Option<AssociationType>,
    /// Times at which the partner asked to part or switch, oldest first.
    pub partner_asked: Vec<UtcTime>,
    /// Times at which the customer asked to part, oldest first.
    pub customer_asked: Vec<UtcTime>,
    /// The association type that was asked for last.
    pub wanted: Option<AssociationType>,
}

states! {
    /// Position of an association in its life cycle.
    pub enum AssociationState {
        /// Association is in force.
        Associated = "associated",
        /// The partner asked to part; the customer has to respond.
        RequestedByPartner = "requested_by_partner",
        /// The customer asked to part; the partner has to respond.
        RequestedByCustomer = "requested_by_customer",
        /// Association has ended.
        Disassociated = "disassociated",
        /// The partner asked for the other association type; the customer has to respond.
        SwitchRequested = "switch_requested",
    }
}

events! {
    /// Step in the life of an association.
    pub enum AssociationEvent: AssociationEventKind of Association {
        /// The customer agreed, or a distributor created it for a reseller.
        Associate(AssociationForm) = "associate",
        /// The partner asks to part.
        RequestDisassociation(SeparationRequest) = "request_disassociation",
        /// The customer asks to part.
        AskToLeave = "ask_to_leave",
        /// The other side agrees.
        Approve(AssociationReply) = "approve",
        /// The other side does not.
        Refuse(AssociationReply) = "refuse",
        /// The partner asks for the other association type.
        RequestSwitch(SwitchRequest) = "request_switch",
        /// The partner parts at once, as the newer international page shows it.
        Disassociate(SeparationRequest) = "disassociate",
    }
}

named! {
    /// Limit on the frequency of requests, on the international site.
    pub enum RequestLimit {
        /// Older pages: one request each within three months.
        Once = "once",
        /// Newer page: three requests within three months.
        Three = "three",
    }
}

/// A new association.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssociationForm {
    /// Partner of the association.
    pub partner: PartnerId,
    /// Customer of the opportunity.
    pub customer: CustomerId,
    /// Type under which customer and partner are associated.
    #[serde(alias = "tie", with = "association_by_name")]
    pub association_type: AssociationType,
    /// Page whose limit on requests applies, on the international site. The older one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<RequestLimit>,
}

named! {
    /// Obstacle to a separation or a switch (rule 15).
    pub enum Block {
        /// An enterprise master with members in independent accounting.
        IndependentMembers = "independent_members",
        /// A member outside unified accounting, which leaves its master first.
        EnterpriseMember = "enterprise_member",
        /// The account was frozen by hand; unfreeze it first.
        FrozenByHand = "frozen_by_hand",
        /// A reserved instance that has not ended.
        ReservedInstance = "reserved_instance",
        /// A partner support plan that has not ended.
        PartnerSupportPlan = "partner_support_plan",
        /// A service support plan in force, its own or of unified members. International site, newer page.
        ServiceSupportPlan = "service_support_plan",
        /// Debts. For resale on the China site the partner funds the customer first.
        Debt = "debt",
        /// Orders that wait for the partner's payment.
        OrdersToPay = "orders_to_pay",
        /// A special offline contract in force.
        SpecialContract = "special_contract",
        /// The partner is frozen; it parts from no resale customer. International site.
        PartnerFrozen = "partner_frozen",
    }
}

impl Block {
    /// The rule by which it blocks, for an association type on a site.
    pub fn rule(self, association_type: &AssociationType, site: Site) -> Option<Rule> {
        let abroad = site != Site::China;
        match self {
            Self::ServiceSupportPlan => abroad.then_some(BLOCKED),
            Self::PartnerFrozen => (abroad && association_type.is_resale()).then_some(PARTNER_FROZEN),
            _ => Some(BLOCKED),
        }
    }
}

/// Data of a separation request by the partner.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeparationRequest {
    /// Reason for the request.
    pub reason: String,
    /// Obstacles that the account check of the console shows. Each block stands in the way.
    pub blocks: Vec<Block>,
    /// The verification code is switched on.
    pub code_needed: bool,
    /// Whether the verification code was entered.
    pub code_given: bool,
}

crate::__debug_by_shape! { SeparationRequest { reason, blocks, code_needed, code_given } }

/// Data of a switch request by the partner (China site).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchRequest {
    /// The association type that is wanted.
    #[serde(with = "association_by_name")]
    pub to: AssociationType,
    /// The account check, as for a separation.
    #[serde(default)]
    pub check: SeparationRequest,
}

/// A response to a request.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AssociationReply {
    /// Comment on the rejection.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

crate::__debug_by_shape! { AssociationReply { comment } }

const ADMINISTRATOR: &[Role] = &[Role::PartnerAdministrator];
const CUSTOMER: &[Role] = &[Role::Customer];
const MAY_ASSOCIATE: &[Role] = &[Role::Customer, Role::System, Role::Distributor];

impl Workflow for Association {
    const KIND: &'static str = "association";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<AssociationState, AssociationEventKind>] = transitions! { AssociationState on AssociationEventKind {
        start: Associate => Associated by MAY_ASSOCIATE;
        Associated: RequestDisassociation => RequestedByPartner by ADMINISTRATOR;
        Associated: AskToLeave => RequestedByCustomer by CUSTOMER;
        RequestedByPartner: Approve => Disassociated by CUSTOMER;
        RequestedByPartner: Refuse => Associated by CUSTOMER;
        RequestedByCustomer: Approve => Disassociated by ADMINISTRATOR;
        RequestedByCustomer: Refuse => Associated by ADMINISTRATOR;
        Associated: RequestSwitch => SwitchRequested by ADMINISTRATOR;
        SwitchRequested: Approve => Associated by CUSTOMER;
        SwitchRequested: Refuse => Associated by CUSTOMER;
        Associated: Disassociate => Disassociated by ADMINISTRATOR;
    } };
    type State = AssociationState;
    type Event = AssociationEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<AssociationEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let china = record.site() == Site::China;
        let facts = record.facts();
        let mut broken = Vec::new();
        match &step.event {
            AssociationEvent::Associate(form) => {
                let others = context.others.with_key(&customer_key(&form.customer));
                if let Some(other) = others.iter().find(|other| other.id() != record.id()) {
                    broken
                        .push(ONE_PARTNER.violation("customer", format!("is associated by {}", other.id())));
                }
            }
            AssociationEvent::RequestDisassociation(request) => {
                broken.extend(request.check(record, ""));
                broken.extend(orders_to_pay(record, context, ""));
                broken.extend(request_limit_violations(record, step.at, false));
            }
            AssociationEvent::Disassociate(request) => {
                if china {
                    broken.push(SITES.violation("site", "the customer's reply is needed on the China site"));
                }
                broken.extend(request.check(record, ""));
                broken.extend(orders_to_pay(record, context, ""));
                broken.extend(request_limit_violations(record, step.at, false));
            }
            AssociationEvent::RequestSwitch(request) => {
                if !china {
                    broken.push(SITES.violation("site", "a switch is requested on the China site only"));
                }
                if facts.association_type.as_ref() == Some(&request.to) {
                    broken.push(WRITTEN.violation("to", "is the present association type"));
                }
                broken.extend(request.check.check(record, "check."));
                broken.extend(orders_to_pay(record, context, "check."));
                broken.extend(request_limit_violations(record, step.at, false));
            }
            AssociationEvent::AskToLeave => broken.extend(request_limit_violations(record, step.at, true)),
            AssociationEvent::Approve(_) | AssociationEvent::Refuse(_) => {}
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<AssociationEvent>) {
        match &step.event {
            AssociationEvent::Associate(form) => {
                self.association_type = Some(form.association_type.clone());
                self.form = Some(form.clone());
            }
            AssociationEvent::RequestDisassociation(_) | AssociationEvent::Disassociate(_) => {
                self.partner_asked.push(step.at);
                self.wanted = None;
            }
            AssociationEvent::RequestSwitch(request) => {
                self.partner_asked.push(step.at);
                self.wanted = Some(request.to.clone());
            }
            AssociationEvent::AskToLeave => {
                self.customer_asked.push(step.at);
                self.wanted = None;
            }
            AssociationEvent::Approve(_) => {
                if let Some(wanted) = self.wanted.take() {
                    self.association_type = Some(wanted);
                }
            }
            AssociationEvent::Refuse(_) => self.wanted = None,
        }
    }

    fn actor_rule(event: &AssociationEvent) -> Rule {
        match event.kind() {
            AssociationEventKind::Associate | AssociationEventKind::AskToLeave => RULE_ACTOR,
            _ => ADMINISTRATOR_ONLY,
        }
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let open = !record.is(S::Disassociated);
        record.facts().form.iter().filter(|_| open).map(|form| customer_key(&form.customer)).collect()
    }
}

/// Orders in the store that wait for the partner's payment block a separation and a switch (rule 15).
fn orders_to_pay(record: &Record<Association>, context: RuleContext<'_>, at: &str) -> Option<RuleViolation> {
    let form = record.facts().form.as_ref()?;
    let waiting = context.others.with_key(&waiting_key(&form.customer));
    let order = waiting.first()?;
    Some(BLOCKED.violation(format!("{at}blocks"), format!("{} waits for the partner's payment", order.id())))
}

fn customer_key(customer: &CustomerId) -> String {
    format!("associated/{customer}")
}

/// Returns the violations of the limit of requests (rules 12 and 13).
fn request_limit_violations(record: &Record<Association>, at: UtcTime, customer: bool) -> Vec<RuleViolation> {
    let facts = record.facts();
    let recent = |asked: &[UtcTime]| {
        asked.iter().filter(|then| months_after(then.billing_day(), 3) > at.billing_day()).count()
    };
    let own = recent(if customer { &facts.customer_asked } else { &facts.partner_asked });
    let china = record.site() == Site::China;
    let newer = facts.form.as_ref().and_then(|form| form.limit) == Some(RequestLimit::Three);
    let (rule, limit) = match (china, newer) {
        (true, _) => (ONCE_IN_THREE_MONTHS, 1),
        (false, true) => (REQUEST_LIMIT, 3),
        (false, false) => (REQUEST_LIMIT, 1),
    };
    let mut broken = Vec::new();
    if own >= limit {
        broken.push(rule.violation("at", format!("asked {own} times within three months, {limit} allowed")));
    }
    if china && !customer && recent(&facts.customer_asked) > 0 {
        broken.push(rule.violation("at", "the customer asked within three months"));
    }
    broken
}

impl SeparationRequest {
    fn check(&self, record: &Record<Association>, at: &str) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if self.reason.trim().is_empty() {
            broken.push(WRITTEN.violation(format!("{at}reason"), "is empty"));
        }
        let association_type = record.facts().association_type.as_ref().unwrap_or(&AssociationType::Resale);
        for block in &self.blocks {
            let rule = block.rule(association_type, record.site());
            broken.extend(rule.map(|rule| rule.violation(format!("{at}blocks"), block.as_str())));
        }
        if self.code_needed && !self.code_given {
            broken.push(CODE.violation(format!("{at}code_given"), "is false"));
        }
        broken
    }
}
