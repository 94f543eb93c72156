//! Partner and customer: association, separation, switch between referral and resale.

use serde::{Deserialize, Serialize};

use super::rules::{
    ADMINISTRATOR_ONLY, ASKED_TOO_OFTEN, BLOCKED, CODE, ONCE_IN_THREE_MONTHS, ONE_PARTNER, PARTNER_FROZEN,
    RULES, SITES, WRITTEN,
};
use crate::{
    types::{CustomerId, PartnerId, UtcTime},
    workflow::{
        Around, BrokenRule, Edition, Event, Record, Role, Row, Rule, Step, WHO, Workflow, events,
        months_after, named, states,
    },
};

use AssociationState as S;

named! {
    /// How a customer is tied to a partner.
    pub enum Tie {
        /// Referral (顾问销售): the customer pays Huawei.
        Referral = "referral",
        /// Resale (代售): the customer pays the partner.
        Resale = "resale",
    }
}

/// What the events of an association have said so far. Kind `association`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Association {
    /// The association as it was made.
    pub form: Option<AssociationForm>,
    /// The tie as it is now.
    pub tie: Option<Tie>,
    /// When the partner asked to part or switch, oldest first.
    pub partner_asked: Vec<UtcTime>,
    /// When the customer asked to part, oldest first.
    pub customer_asked: Vec<UtcTime>,
    /// The tie that was asked for last.
    pub wanted: Option<Tie>,
}

states! {
    /// Where an association stands.
    pub enum AssociationState {
        /// In force.
        Associated = "associated",
        /// The partner asked to part; the customer answers.
        RequestedByPartner = "requested_by_partner",
        /// The customer asked to part; the partner answers.
        RequestedByCustomer = "requested_by_customer",
        /// Over.
        Disassociated = "disassociated",
        /// The partner asked for the other tie; the customer answers.
        SwitchRequested = "switch_requested",
    }
}

events! {
    /// What happens to an association.
    pub enum AssociationEvent of Association {
        /// The customer agreed, or a distributor created it for a reseller.
        Associate(AssociationForm) = "associate",
        /// The partner asks to part.
        RequestDisassociation(SeparationRequest) = "request_disassociation",
        /// The customer asks to part.
        AskToLeave = "ask_to_leave",
        /// The other side agrees.
        Approve(Answer) = "approve",
        /// The other side does not.
        Refuse(Answer) = "refuse",
        /// The partner asks for the other tie.
        RequestSwitch(SwitchRequest) = "request_switch",
        /// The partner parts at once, as the newer international page shows it.
        Disassociate(SeparationRequest) = "disassociate",
    }
}

named! {
    /// How often one may ask, on the international site.
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
    /// The partner.
    pub partner: PartnerId,
    /// The customer.
    pub customer: CustomerId,
    /// The tie.
    pub tie: Tie,
    /// Which page's limit on requests holds, on the international site. The older one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<RequestLimit>,
}

named! {
    /// What blocks a separation or a switch (rule 15).
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
    /// The rule by which it blocks, for a tie on a site.
    pub fn rule(self, tie: Tie, edition: Edition) -> Option<Rule> {
        let abroad = edition != Edition::China;
        match self {
            Self::ServiceSupportPlan => abroad.then_some(BLOCKED),
            Self::PartnerFrozen => (abroad && tie == Tie::Resale).then_some(PARTNER_FROZEN),
            _ => Some(BLOCKED),
        }
    }
}

/// What the partner asks to part with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeparationRequest {
    /// Why.
    pub reason: String,
    /// What the account check of the console shows. Each block stands in the way.
    pub blocks: Vec<Block>,
    /// The verification code is switched on.
    pub code_needed: bool,
    /// It was entered.
    pub code_given: bool,
}

/// What the partner asks to switch with (China site).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchRequest {
    /// The tie that is wanted.
    pub to: Tie,
    /// The account check, as for a separation.
    #[serde(default)]
    pub check: SeparationRequest,
}

/// An answer to a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answer {
    /// What was written with it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

const ADMINISTRATOR: &[Role] = &[Role::PartnerAdministrator];
const CUSTOMER: &[Role] = &[Role::Customer];
const OPENERS: &[Role] = &[Role::Customer, Role::System, Role::Distributor];

const fn row(from: Option<S>, event: &'static str, to: S, by: &'static [Role]) -> Row<S> {
    Row { from, event, to, by }
}

impl Workflow for Association {
    const KIND: &'static str = "association";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Row<AssociationState>] = &[
        row(None, "associate", S::Associated, OPENERS),
        row(Some(S::Associated), "request_disassociation", S::RequestedByPartner, ADMINISTRATOR),
        row(Some(S::Associated), "ask_to_leave", S::RequestedByCustomer, CUSTOMER),
        row(Some(S::RequestedByPartner), "approve", S::Disassociated, CUSTOMER),
        row(Some(S::RequestedByPartner), "refuse", S::Associated, CUSTOMER),
        row(Some(S::RequestedByCustomer), "approve", S::Disassociated, ADMINISTRATOR),
        row(Some(S::RequestedByCustomer), "refuse", S::Associated, ADMINISTRATOR),
        row(Some(S::Associated), "request_switch", S::SwitchRequested, ADMINISTRATOR),
        row(Some(S::SwitchRequested), "approve", S::Associated, CUSTOMER),
        row(Some(S::SwitchRequested), "refuse", S::Associated, CUSTOMER),
        row(Some(S::Associated), "disassociate", S::Disassociated, ADMINISTRATOR),
    ];
    type State = AssociationState;
    type Event = AssociationEvent;

    fn check(record: &Record<Self>, step: &Step<AssociationEvent>, around: Around<'_>) -> Vec<BrokenRule> {
        let china = record.edition() == Edition::China;
        let facts = record.facts();
        let mut broken = Vec::new();
        match &step.event {
            AssociationEvent::Associate(form) => {
                let others = around.others.with_key(&customer_key(&form.customer));
                if let Some(other) = others.iter().find(|other| other.id() != record.id()) {
                    broken.push(ONE_PARTNER.broken("customer", format!("is tied by {}", other.id())));
                }
            }
            AssociationEvent::RequestDisassociation(request) => {
                broken.extend(request.check(record, ""));
                broken.extend(too_often(record, step.at, false));
            }
            AssociationEvent::Disassociate(request) => {
                if china {
                    broken.push(SITES.broken("edition", "the customer's answer is needed on the China site"));
                }
                broken.extend(request.check(record, ""));
                broken.extend(too_often(record, step.at, false));
            }
            AssociationEvent::RequestSwitch(request) => {
                if !china {
                    broken.push(SITES.broken("edition", "a switch is requested on the China site only"));
                }
                if facts.tie == Some(request.to) {
                    broken.push(WRITTEN.broken("to", "is the present tie"));
                }
                broken.extend(request.check.check(record, "check."));
                broken.extend(too_often(record, step.at, false));
            }
            AssociationEvent::AskToLeave => broken.extend(too_often(record, step.at, true)),
            AssociationEvent::Approve(_) | AssociationEvent::Refuse(_) => {}
        }
        broken
    }

    fn fold(&mut self, step: &Step<AssociationEvent>) {
        match &step.event {
            AssociationEvent::Associate(form) => {
                self.tie = Some(form.tie);
                self.form = Some(form.clone());
            }
            AssociationEvent::RequestDisassociation(_) | AssociationEvent::Disassociate(_) => {
                self.partner_asked.push(step.at);
                self.wanted = None;
            }
            AssociationEvent::RequestSwitch(request) => {
                self.partner_asked.push(step.at);
                self.wanted = Some(request.to);
            }
            AssociationEvent::AskToLeave => {
                self.customer_asked.push(step.at);
                self.wanted = None;
            }
            AssociationEvent::Approve(_) => self.tie = self.wanted.take().or(self.tie),
            AssociationEvent::Refuse(_) => self.wanted = None,
        }
    }

    fn who(event: &AssociationEvent) -> Rule {
        match event.name() {
            "associate" | "ask_to_leave" => WHO,
            _ => ADMINISTRATOR_ONLY,
        }
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let open = !record.is(S::Disassociated);
        record.facts().form.iter().filter(|_| open).map(|form| customer_key(&form.customer)).collect()
    }
}

fn customer_key(customer: &CustomerId) -> String {
    format!("associated/{customer}")
}

/// Whether the one who asks has asked too often (rules 12 and 13).
fn too_often(record: &Record<Association>, at: UtcTime, customer: bool) -> Vec<BrokenRule> {
    let facts = record.facts();
    let recent = |asked: &[UtcTime]| {
        asked.iter().filter(|then| months_after(then.billing_day(), 3) > at.billing_day()).count()
    };
    let own = recent(if customer { &facts.customer_asked } else { &facts.partner_asked });
    let china = record.edition() == Edition::China;
    let newer = facts.form.as_ref().and_then(|form| form.limit) == Some(RequestLimit::Three);
    let (rule, limit) = match (china, newer) {
        (true, _) => (ONCE_IN_THREE_MONTHS, 1),
        (false, true) => (ASKED_TOO_OFTEN, 3),
        (false, false) => (ASKED_TOO_OFTEN, 1),
    };
    let mut broken = Vec::new();
    if own >= limit {
        broken.push(rule.broken("at", format!("asked {own} times within three months, {limit} allowed")));
    }
    if china && !customer && recent(&facts.customer_asked) > 0 {
        broken.push(rule.broken("at", "the customer asked within three months"));
    }
    broken
}

impl SeparationRequest {
    fn check(&self, record: &Record<Association>, at: &str) -> Vec<BrokenRule> {
        let mut broken = Vec::new();
        if self.reason.trim().is_empty() {
            broken.push(WRITTEN.broken(format!("{at}reason"), "is empty"));
        }
        let tie = record.facts().tie.unwrap_or(Tie::Resale);
        for block in &self.blocks {
            let rule = block.rule(tie, record.edition());
            broken.extend(rule.map(|rule| rule.broken(format!("{at}blocks"), block.as_str())));
        }
        if self.code_needed && !self.code_given {
            broken.push(CODE.broken(format!("{at}code_given"), "is false"));
        }
        broken
    }
}
