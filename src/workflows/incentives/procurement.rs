//! Statements of purchase-involved partners (采购介入类伙伴, China site), as far as they are published.

use serde::{Deserialize, Serialize};

use super::rules::{PROCUREMENT, RULES};
use crate::{
    types::{Amount, BillCycle, Currency},
    workflow::{
        LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Site, Transition, Workflow, events,
        states, transitions,
    },
};

/// A statement of a purchase-involved partner, as far as its events describe it. Kind `procurement_statement`.
///
/// Such a partner is an ordinary enterprise customer that signed offline. Published are three steps: the statement is
/// generated, the partner confirms it, the system settles it. Deadlines, amounts due and invoices are not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProcurementStatement {
    /// The statement as generated.
    pub form: Option<ProcurementForm>,
}

states! {
    /// The states of a statement of a purchase-involved partner. The console's names are not published.
    pub enum ProcurementState {
        /// The statement waits for the partner's confirmation.
        ToBeConfirmed = "to_be_confirmed",
        /// The partner confirmed it.
        Confirmed = "confirmed",
        /// The system settled it.
        Settled = "settled",
    }
}

events! {
    /// The events of a statement of a purchase-involved partner.
    pub enum ProcurementEvent: ProcurementEventKind of ProcurementStatement {
        /// The statement is generated.
        Generate(ProcurementForm) = "generate",
        /// The partner confirms it.
        Confirm = "confirm",
        /// The system settles it.
        Settle = "settle",
    }
}

/// A generated statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcurementForm {
    /// The period of the statement.
    pub period: BillCycle,
    /// The amount to be settled.
    pub amount: Amount,
    /// The currency of the amount.
    pub currency: Currency,
    /// The partner signed the agreement of the program offline.
    pub agreement_signed: bool,
}

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const SYSTEM: &[Role] = &[Role::System];

impl Workflow for ProcurementStatement {
    const KIND: &'static str = "procurement_statement";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<ProcurementState, ProcurementEventKind>] = transitions! { ProcurementState on ProcurementEventKind {
        start: Generate => ToBeConfirmed by SYSTEM;
        ToBeConfirmed: Confirm => Confirmed by PARTNER;
        Confirmed: Settle => Settled by SYSTEM;
    } };
    type State = ProcurementState;
    type Event = ProcurementEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<ProcurementEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let ProcurementEvent::Generate(form) = &step.event else { return Vec::new() };
        let mut violations = Vec::new();
        if record.site() != Site::China {
            violations.push(PROCUREMENT.violation("site", "the program exists on the China site"));
        }
        if !form.agreement_signed {
            violations.push(PROCUREMENT.violation("agreement_signed", "is false"));
        }
        violations
    }

    fn fold(&mut self, step: &LoggedEvent<ProcurementEvent>) {
        if let ProcurementEvent::Generate(form) = &step.event {
            self.form = Some(form.clone());
        }
    }
}
