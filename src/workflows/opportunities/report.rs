//! The partner's own business opportunity reports.

use serde::{Deserialize, Serialize};

use super::{
    BusinessProgress, CustomerCompany,
    rules::{COMPLETE, OWN_CUSTOMERS, RULES},
};
use crate::{
    types::{Amount, Currency, Personal},
    workflow::{
        LoggedEvent, Record, Role, Rule, RuleContext, RuleViolation, Transition, Workflow, events, named,
        states, transitions,
    },
};

/// Facts of a report, from its events. Kind `business_report`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BusinessReport {
    /// The report as last changed.
    pub form: ReportForm,
    /// Person who created and therefore owns the report.
    pub owner: Personal,
    /// Every progress record, oldest first.
    pub progress: Vec<BusinessProgress>,
}

states! {
    /// State of a report. No audit, expiry or deletion is documented.
    pub enum ReportState {
        /// The report exists.
        Created = "created",
    }
}

events! {
    /// Step in the life of a report.
    pub enum ReportEvent: ReportEventKind of BusinessReport {
        /// Creates the report.
        Create(ReportForm) = "create",
        /// Changes basic, detail or revenue information.
        Modify(ReportForm) = "modify",
        /// Adds a progress record.
        Progress(BusinessProgress) = "progress",
    }
}

named! {
    /// Relation that allows the partner to report for a customer.
    pub enum CustomerRelation {
        /// The reporter registered (preregistered) the customer.
        Registered = "registered",
        /// The customer is associated with the partner.
        Associated = "associated",
    }
}

/// A report for one customer. Every part of the revenue information is mandatory; option lists are not published.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportForm {
    /// Customer of the opportunity.
    pub customer: CustomerCompany,
    /// Relation that allows the partner to report for the customer. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<CustomerRelation>,
    /// The customer is one of a reseller's. Then it has to be associated.
    pub of_reseller: bool,
    /// Whether the report starts from a marketing task; the console then skips the choice of the customer.
    pub from_marketing_task: bool,
    /// Name of the opportunity. Mandatory.
    pub name: String,
    /// Sort of opportunity, in the words of the console.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub opportunity_type: String,
    /// Revenue a month. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_monthly_revenue: Option<Amount>,
    /// Currency of the revenue. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

crate::__debug_by_shape! {
    ReportForm {
        customer, relation, of_reseller, from_marketing_task, name, opportunity_type,
        expected_monthly_revenue, currency
    }
}

impl ReportForm {
    /// Returns all missing or disallowed items at once.
    pub fn check(&self) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        let mut need = |there: bool, rule: &Rule, field: &'static str, detail: &str| {
            if !there {
                broken.push(rule.violation(field, detail));
            }
        };
        need(!self.customer.company.expose().trim().is_empty(), &COMPLETE, "customer.company", "is empty");
        need(!self.name.trim().is_empty(), &COMPLETE, "name", "is empty");
        let revenue = self.expected_monthly_revenue.is_some_and(|revenue| !revenue.is_negative());
        need(revenue, &COMPLETE, "expected_monthly_revenue", "is missing or negative");
        need(self.currency.is_some(), &COMPLETE, "currency", "is missing");
        need(self.relation.is_some(), &OWN_CUSTOMERS, "relation", "neither registered nor associated");
        let only_registered = self.of_reseller && self.relation == Some(CustomerRelation::Registered);
        need(!only_registered, &OWN_CUSTOMERS, "relation", "a reseller's customer has to be associated");
        broken
    }
}

const REPORTERS: &[Role] = &[Role::AccountManager, Role::PartnerAdministrator];

impl Workflow for BusinessReport {
    const KIND: &'static str = "business_report";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<ReportState, ReportEventKind>] = transitions! { ReportState on ReportEventKind {
        start: Create => Created by REPORTERS;
        Created: Modify => Created by REPORTERS;
        Created: Progress => Created by REPORTERS;
    } };
    type State = ReportState;
    type Event = ReportEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<ReportEvent>,
        _: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        let mut broken = match &step.event {
            ReportEvent::Create(form) | ReportEvent::Modify(form) => form.check(),
            ReportEvent::Progress(_) => Vec::new(),
        };
        if record.state().is_some() && step.by.name != record.facts().owner {
            broken.push(OWN_CUSTOMERS.violation("by.name", "is not the owner"));
        }
        broken
    }

    fn fold(&mut self, step: &LoggedEvent<ReportEvent>) {
        match &step.event {
            ReportEvent::Create(form) => {
                self.form = form.clone();
                self.owner = step.by.name.clone();
            }
            ReportEvent::Modify(form) => self.form = form.clone(),
            ReportEvent::Progress(progress) => self.progress.push(progress.clone()),
        }
    }

    fn actor_rule(_: &ReportEvent) -> Rule {
        OWN_CUSTOMERS
    }
}
