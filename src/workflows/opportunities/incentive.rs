//! Applications for the opportunity-sharing incentive (China site).

use serde::{Deserialize, Serialize};

use super::{
    CustomerCompany, Ho, HoState, Po, PoEventKind, PoState, Reason, duplicates,
    rules::{
        AFTER_VERIFICATION, CALCULATED, CORE_MAP, DELIVERED, NEW_CUSTOMER, NO_FALSE_REPORTS, NO_OVERLAP,
        ONE_CLAIM, RULES, SITES, STEPS,
    },
};
use crate::{
    types::{Amount, Currency, Day, Personal, UtcTime},
    workflow::{
        AnyRecord, Duplicate, LoggedEvent, Record, RecordId, Role, Rule, RuleContext, RuleViolation, Site,
        Transition, Winner, Workflow, events, states, transitions,
    },
};

/// Facts of an incentive application, from its events. Kind `opportunity_incentive`.
#[derive(Clone, Default, PartialEq)]
pub struct Incentive {
    /// Application of the partner.
    pub application: Option<IncentiveApplication>,
    /// Incentive that Huawei last published.
    pub published: Option<PublishedIncentive>,
    /// Objection of the partner.
    pub feedback: Option<String>,
    /// Reason for which the review failed.
    pub rejection: Option<String>,
}

crate::__debug_by_shape! { Incentive { application, published, feedback, rejection } }

states! {
    /// State of an incentive application.
    pub enum IncentiveState {
        /// Huawei reviews the application.
        UnderReview = "under_review",
        /// The review passed; the result came by mail.
        Approved = "approved",
        /// The review failed; the result came by mail.
        Rejected = "rejected",
        /// The amount is published and waits for the partner.
        Published = "published",
        /// The partner confirmed the bill.
        Confirmed = "confirmed",
        /// The partner reported a problem on the bill.
        FeedbackRaised = "feedback_raised",
        /// The partner asked for the payout.
        PayoutRequested = "payout_requested",
        /// The payment is completed.
        Completed = "completed",
    }
}

events! {
    /// Event of an incentive application.
    pub enum IncentiveEvent: IncentiveEventKind of Incentive {
        /// The partner applies.
        Apply(IncentiveApplication) = "apply",
        /// The review passed.
        Approve = "approve",
        /// The review failed.
        Reject(Reason) = "reject",
        /// Huawei publishes the amount. After feedback it may publish again; that way back is not documented, only
        /// that a report of a problem may delay the settlement.
        Publish(PublishedIncentive) = "publish",
        /// The partner confirms the bill of the period.
        Confirm = "confirm",
        /// The partner reports a problem on the bill.
        ReportProblem(Reason) = "report_problem",
        /// The partner asks for the payout.
        RequestPayout = "request_payout",
        /// Huawei completed the payment.
        Complete = "complete",
    }
}

/// Data with which the partner applies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncentiveApplication {
    /// The record of the PO or HO that the incentive is for. One that is in the store has to be far enough.
    pub opportunity: RecordId,
    /// The partner is on the Core Map list.
    pub on_core_map: bool,
    /// The partner was excluded for this year because of false or duplicate reporting.
    #[serde(default)]
    pub excluded_this_year: bool,
    /// The delivered project. Mandatory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<IncentiveProject>,
    /// Given when the incentive is claimed for a new enterprise customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_customer: Option<NewEnterpriseCustomer>,
}

/// The project that brought the opportunity to its delivery.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncentiveProject {
    /// The customer for which the project was delivered.
    pub customer: CustomerCompany,
    /// The first day of the project, as the uploaded material proves it.
    pub starts_on: Day,
    /// The last day of the delivery.
    pub delivered_on: Day,
    /// The day on which the opportunity was verified. Taken from the record of the opportunity where it is in the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_on: Option<Day>,
    /// The names of the offerings that the project uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offerings: Vec<String>,
    /// The orders that the project brought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<String>,
    /// The certified name of the account that paid the orders. By the policy of 2023 it is the customer's legal name.
    #[serde(default, skip_serializing_if = "Personal::is_empty")]
    pub paid_by: Personal,
}

crate::__debug_by_shape! {
    IncentiveProject {
        customer, starts_on, delivered_on, verified_on, offerings, orders, paid_by
    }
}

/// Conditions under which an enterprise is a new customer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEnterpriseCustomer {
    /// Day of the enterprise's first real-name authentication.
    pub first_authenticated_on: Day,
    /// Cash paid by all accounts under the enterprise's name before the opportunity was verified, in CNY.
    pub cash_paid_before_cny: Amount,
}

/// Incentive as Huawei published it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedIncentive {
    /// Amount of the invoice.
    pub amount: Amount,
    /// Currency of the amounts.
    pub currency: Currency,
}

const PARTNER: &[Role] = &[Role::PartnerAdministrator];
const HUAWEI: &[Role] = &[Role::HuaweiReviewer, Role::HuaweiPartnerManager, Role::System];

impl Workflow for Incentive {
    const KIND: &'static str = "opportunity_incentive";
    const RULES: &'static [Rule] = RULES;
    const TABLE: &'static [Transition<IncentiveState, IncentiveEventKind>] = transitions! { IncentiveState on IncentiveEventKind {
        start: Apply => UnderReview by PARTNER;
        UnderReview: Approve => Approved by HUAWEI;
        UnderReview: Reject => Rejected by HUAWEI;
        Approved: Publish => Published by HUAWEI;
        Published: Confirm => Confirmed by PARTNER;
        Published: ReportProblem => FeedbackRaised by PARTNER;
        FeedbackRaised: Publish => Published by HUAWEI;
        Confirmed: RequestPayout => PayoutRequested by PARTNER;
        PayoutRequested: Complete => Completed by HUAWEI;
    } };
    type State = IncentiveState;
    type Event = IncentiveEvent;

    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<IncentiveEvent>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation> {
        match &step.event {
            IncentiveEvent::Apply(application) => {
                let mut broken = application.check(record.site());
                match &application.project {
                    Some(project) => {
                        let today = step.at.billing_day();
                        broken.extend(project.check(&application.opportunity, today, context));
                        broken.extend(overlaps(record, application, project, context));
                    }
                    None => broken.push(AFTER_VERIFICATION.violation("project", "is missing")),
                }
                broken.extend(
                    context.others.get(&application.opportunity).and_then(|record| undelivered(&*record)),
                );
                broken
            }
            IncentiveEvent::Publish(published) if !published.amount.is_positive() => {
                vec![CALCULATED.violation("amount", "is not above zero")]
            }
            IncentiveEvent::ReportProblem(Reason { reason }) if reason.trim().is_empty() => {
                vec![STEPS.violation("reason", "is empty")]
            }
            _ => Vec::new(),
        }
    }

    fn fold(&mut self, step: &LoggedEvent<IncentiveEvent>) {
        match &step.event {
            IncentiveEvent::Apply(application) => self.application = Some(application.clone()),
            IncentiveEvent::Reject(Reason { reason }) => self.rejection = Some(reason.clone()),
            IncentiveEvent::Publish(published) => self.published = Some(published.clone()),
            IncentiveEvent::ReportProblem(Reason { reason }) => self.feedback = Some(reason.clone()),
            IncentiveEvent::Approve
            | IncentiveEvent::Confirm
            | IncentiveEvent::RequestPayout
            | IncentiveEvent::Complete => {}
        }
    }

    fn links(record: &Record<Self>) -> Vec<String> {
        let Some(application) = record.facts().application.as_ref() else { return Vec::new() };
        let open =
            !matches!(record.state(), None | Some(IncentiveState::Rejected | IncentiveState::Completed));
        let mut links = match &application.project {
            Some(project) if open => project.overlap_keys(),
            _ => Vec::new(),
        };
        if !record.is(IncentiveState::Rejected) {
            links.push(claim_key(&application.opportunity));
            let orders = application.project.iter().flat_map(|project| &project.orders);
            links.extend(orders.map(|order| order_key(order)));
        }
        links
    }

    fn duplicate_keys(record: &Record<Self>) -> Vec<String> {
        let application = record.facts().application.iter();
        application.map(|application| format!("opportunity_incentive/{}", application.opportunity)).collect()
    }

    fn compare(record: &Record<Self>, other: &dyn AnyRecord) -> Option<Duplicate> {
        let other = other.view::<Self>().filter(|other| !other.is(IncentiveState::Rejected))?;
        let (this, other) = (record.facts().application.as_ref()?, other.facts().application.as_ref()?);
        (this.opportunity == other.opportunity).then(|| Duplicate {
            certain: true,
            winner: Winner::Undecided,
            rule: NO_FALSE_REPORTS,
            detail: "same opportunity".to_owned(),
        })
    }
}

impl IncentiveApplication {
    /// Returns all violations at once.
    pub fn check(&self, site: Site) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if site != Site::China {
            broken.push(SITES.violation("site", "the application exists on the China site only"));
        }
        if !self.on_core_map {
            broken.push(CORE_MAP.violation("on_core_map", "is false"));
        }
        if self.excluded_this_year {
            broken.push(NO_FALSE_REPORTS.violation("excluded_this_year", "is true"));
        }
        if self.new_customer.is_some_and(|customer| customer.cash_paid_before_cny > Amount::from(1000)) {
            broken.push(NEW_CUSTOMER.violation("new_customer.cash_paid_before_cny", "is above 1000"));
        }
        broken
    }
}

impl IncentiveProject {
    /// Whether the project is eligible on a day (rules 27, 29 and 30), without regard to other applications.
    fn check(&self, opportunity: &RecordId, today: Day, context: RuleContext<'_>) -> Vec<RuleViolation> {
        let mut violations = Vec::new();
        if self.starts_on > self.delivered_on {
            violations
                .push(DELIVERED.violation("project.delivered_on", "is before the start of the project"));
        }
        if today <= self.delivered_on {
            let detail = "the application opens on the day after the delivery ended";
            violations.push(DELIVERED.violation("project.delivered_on", detail));
        }
        let record = context.others.get(opportunity);
        let verified = record.and_then(|record| record.view::<Po>()?.last(PoEventKind::Verify));
        match verified.map(UtcTime::billing_day).or(self.verified_on) {
            Some(verified) if self.starts_on <= verified => {
                let detail = format!("is not after the verification on {verified}");
                violations.push(AFTER_VERIFICATION.violation("project.starts_on", detail));
            }
            _ => {}
        }
        let (customer, payer) = (self.customer.company.expose().trim(), self.paid_by.expose().trim());
        if !payer.is_empty() && customer != payer {
            violations.push(ONE_CLAIM.violation("project.paid_by", "is not the customer's legal name"));
        }
        violations
    }

    /// The keys that open applications with this customer or an offering of this project share.
    fn overlap_keys(&self) -> Vec<String> {
        let customer = duplicates::keys(&self.customer).into_iter().map(|key| format!("incentive/{key}"));
        let offerings = self.offerings.iter().map(|name| format!("incentive/offering/{}", name.trim()));
        customer.chain(offerings).collect()
    }

    fn overlaps_in_time(&self, other: &Self) -> bool {
        self.starts_on <= other.delivered_on && other.starts_on <= self.delivered_on
    }
}

fn claim_key(opportunity: &RecordId) -> String {
    format!("incentive/claim/{opportunity}")
}

fn order_key(order: &str) -> String {
    format!("incentive/order/{}", order.trim())
}

/// The other applications that stand in the way: open ones of the same customer or offering (rule 28), and those that
/// claimed the same opportunity or order (rule 30).
fn overlaps(
    record: &Record<Incentive>,
    application: &IncentiveApplication,
    project: &IncentiveProject,
    context: RuleContext<'_>,
) -> Vec<RuleViolation> {
    let others = |key: &str| {
        let mut found = context.others.with_key(key);
        found.retain(|other| other.id() != record.id());
        found
    };
    let mut violations = Vec::new();
    for key in project.overlap_keys() {
        let by_offering = key.starts_with("incentive/offering/");
        for other in others(&key) {
            let Some(theirs) = other.view::<Incentive>().and_then(|one| one.facts().application.as_ref())
            else {
                continue;
            };
            let (field, detail) = match by_offering {
                true => ("project.offerings", format!("{} has the same offering", other.id())),
                false if theirs.project.as_ref().is_some_and(|one| project.overlaps_in_time(one)) => (
                    "project.customer",
                    format!("{} delivers to the same customer at the same time", other.id()),
                ),
                false => continue,
            };
            violations.push(NO_OVERLAP.violation(field, detail));
        }
    }
    violations.dedup();
    for other in others(&claim_key(&application.opportunity)) {
        violations.push(ONE_CLAIM.violation("opportunity", format!("is claimed by {}", other.id())));
    }
    for order in &project.orders {
        for other in others(&order_key(order)) {
            violations
                .push(ONE_CLAIM.violation("project.orders", format!("{order} is claimed by {}", other.id())));
        }
    }
    violations
}

/// An incentive is for a delivered opportunity (rule 29).
fn undelivered(record: &dyn AnyRecord) -> Option<RuleViolation> {
    let po = record.view::<Po>().is_some_and(|po| po.is(PoState::Delivered));
    let ho = record.view::<Ho>().is_some_and(|ho| ho.is(HoState::Delivered));
    let state = record.state().unwrap_or("no state");
    let detail = || format!("{} is {state}, not delivered", record.id());
    (!(po || ho)).then(|| DELIVERED.violation("opportunity", detail()))
}
