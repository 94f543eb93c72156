//! Partner-originated opportunities (POs).

use serde::{Deserialize, Serialize};

use super::{BusinessProgress, Offering, PoForm};
use crate::{
    types::Day,
    workflow::{Reason, events, named, states},
};

/// Facts of a PO, from its events. Kind `po`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Po {
    /// The form as last saved or submitted, with Huawei's changes of the offering.
    pub form: PoForm,
    /// Every progress update, oldest first.
    pub progress: Vec<BusinessProgress>,
    /// Reason for which the PO was rejected.
    pub rejection: Option<Rejection>,
    /// The signed deal.
    pub deal: Option<SignedDeal>,
}

states! {
    /// Position of a PO in its life cycle.
    pub enum PoState {
        /// Saved by the partner, not yet seen by Huawei.
        Draft = "draft",
        /// A deleted draft.
        Deleted = "deleted",
        /// Submitted; Huawei's partner development manager audits it. The partner cannot withdraw it.
        UnderAudit = "under_audit",
        /// The audit passed; Huawei's customer owner verifies it with the customer.
        AuditPassed = "audit_passed",
        /// Rejected by the audit, by the verification, or by default.
        Rejected = "rejected",
        /// Verified and accepted by Huawei.
        Verified = "verified",
        /// The customer went to the public pool of Huawei's CRM; the opportunity does not go on.
        Released = "released",
        /// Cancelled by Huawei in its CRM.
        Cancelled = "cancelled",
        /// Both sides work on it.
        InProgress = "in_progress",
        /// The customer has signed the deal.
        DealSigned = "deal_signed",
        /// Delivered; updates end.
        Delivered = "delivered",
    }
}

events! {
    /// Step in the life of a PO.
    pub enum PoEvent: PoEventKind of Po {
        /// Opens or edits a draft.
        #[serde(alias = "save_draft")]
        Draft(PoForm) = "draft",
        /// Deletes a draft.
        Delete = "delete",
        /// Hands the form to Huawei Cloud.
        Submit(PoForm) = "submit",
        /// The audit found it complete and reasonable.
        PassAudit = "pass_audit",
        /// Audit or verification failed.
        Reject(Rejection) = "reject",
        /// The customer owner talked with the customer and found it valid.
        Verify(Verification) = "verify",
        /// Ten working days went by without a verification.
        #[serde(alias = "lapse")]
        Expire = "expire",
        /// Huawei's CRM released a customer without an account to its public pool, after the customer owner registered it.
        ReleaseCustomer = "release_customer",
        /// Huawei cancelled a verified opportunity.
        Cancel(Reason) = "cancel",
        /// The partner tells how it goes.
        Progress(BusinessProgress) = "progress",
        /// Huawei linked another offering.
        ChangeOffering(Offering) = "change_offering",
        /// The deal was signed. Who records it in the console is not documented.
        Sign(SignedDeal) = "sign",
        /// Delivery is complete.
        Deliver = "deliver",
    }
}

named! {
    /// Reason for which a PO was rejected.
    pub enum RejectionGround {
        /// A mandatory field is missing or the description is not in BANT form.
        Incomplete = "incomplete",
        /// No relation to Huawei Cloud, no revenue, or no fitting solution.
        Unreasonable = "unreasonable",
        /// The customer says that there is no such opportunity or that the deal is done.
        NoOpportunity = "no_opportunity",
        /// The customer has no budget or no definite order time.
        NoBudgetOrTime = "no_budget_or_time",
        /// No additional Huawei Cloud revenue.
        NoRevenue = "no_revenue",
        /// Another opportunity stands.
        Duplicate = "duplicate",
        /// The partner asked for it; a submitted PO cannot be withdrawn otherwise.
        PartnerAsked = "partner_asked",
        /// Reason that is not listed.
        Other = "other",
    }
}

/// A rejection by Huawei.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// Ground of the rejection.
    pub ground: RejectionGround,
    /// Comment on the rejection.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

crate::__debug_by_shape! { Rejection { ground, comment } }

/// Findings of the customer owner. All three have to be so for a PO to be verified (rule 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// The customer says that the opportunity exists and is open.
    pub opportunity_open: bool,
    /// The customer has a budget and a definite order time.
    pub budget_and_order_time: bool,
    /// Whether the opportunity brings additional Huawei Cloud revenue from the customer or the partner.
    pub brings_revenue: bool,
}

impl Verification {
    /// Verification in which all findings are confirmed.
    pub const CONFIRMED: Self =
        Self { opportunity_open: true, budget_and_order_time: true, brings_revenue: true };
}

/// Deal that the customer signed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedDeal {
    /// The day of the signature.
    pub signed_on: Day,
}
