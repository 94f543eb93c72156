//! The contracting entity of the China site, and changes of it.

use serde::{Deserialize, Serialize};

use super::rules::{ENTITY_CHANGE, RULES};
use crate::{
    types::{BillCycle, Day},
    workflow::{
        LoggedEvent, Record, RecordLookup, Role, Rule, RuleContext, RuleViolation, Site, Transition,
        Workflow, events, named, states, transitions,
    },
};

named! {
    /// The company with which a partner of the China site signs, and which issues its invoices.
    pub enum SigningEntity {
        /// Huawei Cloud Computing Technologies Co., Ltd. (华为云计算技术有限公司), the present one.
        CloudComputing = "cloud_computing",
        /// Huawei Software Technologies Co., Ltd. (华为软件技术有限公司), the earlier one.
        SoftwareTechnologies = "software_technologies",
    }
}

/// A change of the signing entity, as far as its events describe it. Kind `signing_entity_change`.
///
/// The page that announces the change gives no date; a partner agrees on the day when it signs the agreement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntityChange {
    /// The change, with the day from which the new entity is the contracting party.
    pub form: Option<EntityChangeForm>,
}

states! {
    /// The states of a change of the signing entity.
    pub enum EntityChangeState {
        /// The agreement is signed; the day is in the future.
        Agreed = "agreed",
        /// The new entity is the contracting party.
        Effective = "effective",
        /// The agreement was cancelled before the day.
        Cancelled = "cancelled",
    }
}

events! {
    /// The events of a change of the signing entity.
    pub enum EntityChangeEvent: EntityChangeEventKind of EntityChange {
        /// The partner signs the agreement in the console.
        Agree(EntityChangeForm) = "agree",
        /// The agreed day has come.
        TakeEffect = "take_effect",
        /// The agreement is cancelled.
        Cancel = "cancel",
    }
}

/// A change of the signing entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityChangeForm {
    /// The contracting party before the change.
    pub from: SigningEntity,
    /// The contracting party from the day of the change on.
    pub to: SigningEntity,
    /// The first day of the new contracting party.
    pub effective_on: Day,
}

named! {
    /// Matter that an invoice from Huawei Cloud covers, as far as a change of the signing entity is
    /// concerned.
    pub enum Invoiced {
        /// Consumption that has not been invoiced yet.
        Consumption = "consumption",
        /// The refunded part of an unsubscribed order that had no invoice.
        RefundedPart = "refunded_part",
    }
}

impl EntityChangeForm {
    /// The contracting party on a day: of payment agreements (华为云付款协议) that are requested on it, the seal on
    /// bills that are issued on it, and the account from which withdrawals and refunds are paid.
    pub fn party_on(&self, day: Day) -> SigningEntity {
        if day < self.effective_on { self.from } else { self.to }
    }

    /// The entity that invoices what arose on a day. Consumption before the change stays with the earlier entity even
    /// when it is invoiced afterwards; the refunded part of an order without an invoice is the new entity's.
    pub fn issuer_of(&self, what: Invoiced, arose_on: Day) -> SigningEntity {
        match what {
            Invoiced::Consumption => self.party_on(arose_on),
            Invoiced::RefundedPart => self.to,
        }
    }

    /// The entities that may invoice the consumption of a month: both in the month of the change.
    pub fn issuers_of_month(&self, month: BillCycle) -> Vec<SigningEntity> {
        let changed_in = self.effective_on.cycle();
        let first_day = self.effective_on.date().day() == 1;
        if month < changed_in {
            vec![self.from]
        } else if month > changed_in || first_day {
            vec![self.to]
        } else {
            vec![self.from, self.to]
        }
    }

    /// The entity to which a partner makes out its invoice for a payout that it requested on a day. The page names the
    /// day of the request as what decides; that the earlier entity keeps earlier requests is inferred, the sentence is
    /// cut off.
    pub fn recipient_of_payout(&self, requested_on: Day) -> SigningEntity {
        self.party_on(requested_on)
    }
}

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const SYSTEM: &[Role] = &[Role::System];
const PARTNER_OR_HUAWEI: &[Role] = &[Role::PartnerAdministrator, Role::HuaweiReviewer];

impl Workflow for EntityChange {
    const KIND: &'static str = "signing_entity_change";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<EntityChangeState, EntityChangeEventKind>] = transitions! { EntityChangeState on EntityChangeEventKind {
        start: Agree => Agreed by PARTNER;
        Agreed: TakeEffect => Effective by SYSTEM;
        Agreed: Cancel => Cancelled by PARTNER_OR_HUAWEI;
    } };
    type State = EntityChangeState;
    type Event = EntityChangeEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<EntityChangeEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut violations = Vec::new();
        match &step.event {
            EntityChangeEvent::Agree(form) => {
                if record.site() != Site::China {
                    violations.push(ENTITY_CHANGE.violation("site", "the change concerns the China site"));
                }
                if form.from == form.to {
                    violations.push(ENTITY_CHANGE.violation("to", "is the present entity"));
                }
            }
            EntityChangeEvent::TakeEffect => {
                let today = step.at.billing_day();
                if record.facts().form.is_some_and(|form| today < form.effective_on) {
                    violations.push(ENTITY_CHANGE.violation("at", "is before the agreed day"));
                }
            }
            EntityChangeEvent::Cancel => {}
        }
        violations
    }

    fn fold(&mut self, step: &LoggedEvent<EntityChangeEvent>) {
        if let EntityChangeEvent::Agree(form) = &step.event {
            self.form = Some(*form);
        }
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let valid = !record.is(EntityChangeState::Cancelled);
        valid.then(|| LINK.to_owned()).into_iter().collect()
    }
}

const LINK: &str = "signing_entity_change";

/// The agreed changes of the signing entity among these records, the earliest first.
pub(super) fn changes(records: &dyn RecordLookup) -> Vec<EntityChangeForm> {
    let found = records.with_key(LINK);
    let forms = found.iter().filter_map(|record| record.view::<EntityChange>()?.facts().form);
    let mut forms: Vec<_> = forms.collect();
    forms.sort_by_key(|form| form.effective_on);
    forms
}
