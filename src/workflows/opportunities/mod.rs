//! Opportunities: those that a partner shares with Huawei Cloud, those that Huawei Cloud shares with a
//! partner, the partner's own reports, and the applications for opportunity incentives.
//!
//! | Kind | Record | Console |
//! |---|---|---|
//! | `po` | [`Po`], partner-originated: audited and verified by Huawei Cloud, then joint selling | Opportunity Sharing, "shared with Huawei" |
//! | `ho` | [`Ho`], Huawei-originated: the partner accepts within three working days or loses it | Opportunity Sharing, "shared by Huawei" |
//! | `business_report` | [`BusinessReport`], the partner's own pipeline; no one audits it | Leads and Opportunities |
//! | `opportunity_incentive` | [`Incentive`], from the application to the payout | Opportunity Incentive Application |
//!
//! No HTTP interface exists for any of them on any site: these are records of what happens in the console. POs and
//! HOs need the PCE program, which the European site does not list; incentive applications exist on the China site.
//!
//! # Rules
//! [`RULES`] holds them with their source pages; numbers 1 to 17 are the published rules of sharing, 18 the sites, 19
//! to 23 those of the incentive. Some rules cannot be decided from the data of a record:
//!
//! | Rule | Reason why it is not checked |
//! |---|---|
//! | 2, 6 | That a description is *vague* is a judgement; that each part of it is there is checked |
//! | 3 | What revenue is *trivially small* and whether the solution meets the need: no figure is published; above zero and related to Huawei Cloud is checked |
//! | 10, 11 | Consequences on Huawei's side. There is no field for the representative office, and an event that brings one is not readable |
//! | 12, 13 | Advice, not a refusal: [`Record::<Po>::advice`](crate::workflow::Record::advice) |
//! | 21, 23 | The yearly scale and a settlement after an unsubscription are computed by Huawei from figures that no page publishes |
//!
//! A rule of time is checked against the calendar in use; which day counts as the first is not documented, see
//! [`WorkingDays`](crate::workflow::WorkingDays).

mod duplicates;
mod form;
mod ho;
mod ho_workflow;
mod incentive;
mod po;
mod po_workflow;
mod report;
mod rules;

pub use crate::workflow::Reason;
pub use form::{
    Bant, BusinessProgress, Consent, Contact, CustomerCompany, NeedSource, Offering, OfferingKind, PoForm,
    Support,
};
pub use ho::{Ho, HoAcceptance, HoEligibility, HoEvent, HoEventKind, HoOffer, HoState, HoTime, PathStage};
pub use incentive::{
    Incentive, IncentiveApplication, IncentiveEvent, IncentiveEventKind, IncentiveProject, IncentiveState,
    NewEnterpriseCustomer, PublishedIncentive,
};
pub use po::{Po, PoEvent, PoEventKind, PoState, Rejection, RejectionGround, SignedDeal, Verification};
pub use report::{BusinessReport, CustomerRelation, ReportEvent, ReportEventKind, ReportForm, ReportState};
pub use rules::RULES;
