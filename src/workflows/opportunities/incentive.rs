//! Applications for the opportunity-sharing incentive (China site).

use serde::{Deserialize, Serialize};

use super::{
    Ho, HoState, Po, PoState, Reason,
    rules::{CALCULATED, CORE_MAP, HONEST, NEW_CUSTOMER, RULES, SITES, STEPS},
};
use crate::{
    types::{Amount, Currency, Day},
    workflow::{
        AnyRecord, Duplicate, LoggedEvent, Record, RecordId, Role, Rule, RuleContext, RuleViolation, Site,
        Transition, Winner, Workflow, events, states, transitions,
    },
};

/// What the events of an incentive application have said so far. Kind `opportunity_incentive`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incentive {
    /// The application.
    pub application: Option<IncentiveApplication>,
    /// What Huawei published, as last published.
    pub published: Option<PublishedIncentive>,
    /// What the partner objected to.
    pub feedback: Option<String>,
    /// Why the review failed.
    pub rejection: Option<String>,
}

states! {
    /// Where an application stands.
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
        /// Paid.
        Completed = "completed",
    }
}

events! {
    /// What happens to an application.
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
        /// Huawei paid.
        Complete = "complete",
    }
}

/// What the partner applies with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncentiveApplication {
    /// The record of the PO or HO that the incentive is for. One that is on the desk has to be far enough.
    pub opportunity: RecordId,
    /// The partner is on the Core Map list.
    pub on_core_map: bool,
    /// The partner was excluded for this year because of false or duplicate reporting.
    #[serde(default)]
    pub excluded_this_year: bool,
    /// Given when the incentive is claimed for a new enterprise customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_customer: Option<NewEnterpriseCustomer>,
}

/// What makes an enterprise a new customer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEnterpriseCustomer {
    /// Day of the enterprise's first real-name authentication.
    pub first_authenticated_on: Day,
    /// Cash paid by all accounts under the enterprise's name before the opportunity was verified, in CNY.
    pub cash_paid_before_cny: Amount,
}

/// A published incentive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedIncentive {
    /// How much.
    pub amount: Amount,
    /// In which currency.
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
                broken.extend(
                    context.others.get(&application.opportunity).and_then(|record| far_enough(&*record)),
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
            rule: HONEST,
            detail: "same opportunity".to_owned(),
        })
    }
}

impl IncentiveApplication {
    /// Everything that stands in the way, at once.
    pub fn check(&self, site: Site) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if site != Site::China {
            broken.push(SITES.violation("site", "the application exists on the China site only"));
        }
        if !self.on_core_map {
            broken.push(CORE_MAP.violation("on_core_map", "is false"));
        }
        if self.excluded_this_year {
            broken.push(HONEST.violation("excluded_this_year", "is true"));
        }
        if self.new_customer.is_some_and(|customer| customer.cash_paid_before_cny > Amount::from(1000)) {
            broken.push(NEW_CUSTOMER.violation("new_customer.cash_paid_before_cny", "is above 1000"));
        }
        broken
    }
}

/// Which opportunities are eligible is not published in words; one that was never verified or accepted cannot be.
fn far_enough(record: &dyn AnyRecord) -> Option<RuleViolation> {
    let reached = if let Some(po) = record.view::<Po>() {
        matches!(
            po.state(),
            Some(PoState::Verified | PoState::InProgress | PoState::DealSigned | PoState::Delivered)
        )
    } else if let Some(ho) = record.view::<Ho>() {
        matches!(ho.state(), Some(HoState::Accepted | HoState::InProgress | HoState::Delivered))
    } else {
        false
    };
    let state = record.state().unwrap_or("no state");
    (!reached).then(|| STEPS.violation("opportunity", format!("{} is {state}, not eligible", record.id())))
}
