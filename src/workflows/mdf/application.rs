//! Applications for MDF, from the plan to the payment.

use serde::{Deserialize, Serialize};

use super::{Claim, Plan};
use crate::{
    types::{Amount, BillCycle, Day, UtcTime},
    workflow::{events, states},
};

/// Facts of an application, from its events. Kind `mdf_application`.
#[derive(Clone, Default, PartialEq)]
pub struct Application {
    /// The plan as last saved or submitted.
    pub plan: Plan,
    /// Time at which the plan was approved.
    pub approved_at: Option<UtcTime>,
    /// The activity ran on Huawei's marketing platform, which knows the attendees.
    pub on_marketing_platform: bool,
    /// The claim as last submitted.
    pub claim: Option<Claim>,
    /// Comments of Huawei on the last rejection of plan or claim.
    pub comments: Option<String>,
    /// The invoice mailed to Huawei.
    pub invoice: Option<MailedInvoice>,
    /// Payment for the claim.
    pub payment: Option<Payment>,
    /// State between approval and payment, blocked or not.
    pub stage: Option<ApplicationState>,
}

crate::__debug_by_shape! {
    Application {
        plan, approved_at, on_marketing_platform, claim, comments, invoice, payment, stage
    }
}

states! {
    /// State of an application. Some of the console's names between claim and payment are not published.
    pub enum ApplicationState {
        /// The plan can be edited.
        Draft = "draft",
        /// Huawei reviews the plan.
        UnderReview = "under_review",
        /// The plan is approved; the activity may be held.
        Approved = "approved",
        /// The plan was rejected with comments and can be submitted again.
        Rejected = "rejected",
        /// Cancelled by the partner; can be edited or deleted.
        Cancelled = "cancelled",
        /// Application is deleted.
        Deleted = "deleted",
        /// The activity was opened on the marketing platform.
        ActivityHeld = "activity_held",
        /// Huawei reviews the claim.
        ClaimUnderReview = "claim_under_review",
        /// The claim is approved; the invoice is due.
        ClaimApproved = "claim_approved",
        /// The claim was rejected with comments and can be submitted again for 45 days.
        ClaimRejected = "claim_rejected",
        /// The 45 days are over; the claim is not kept any longer.
        ClaimExpired = "claim_expired",
        /// Overdue bills block the claim until none is left.
        Blocked = "blocked",
        /// The invoice is on its way to Huawei.
        InvoiceMailed = "invoice_mailed",
        /// Huawei has paid.
        Paid = "paid",
    }
}

events! {
    /// Step in the life of an application.
    pub enum ApplicationEvent: ApplicationEventKind of Application {
        /// Opens or edits the plan.
        #[serde(alias = "save_draft")]
        Draft(Plan) = "draft",
        /// Hands the plan to Huawei.
        Submit(Plan) = "submit",
        /// The plan is approved.
        Approve = "approve",
        /// The plan is rejected.
        Reject(Comments) = "reject",
        /// The partner cancels.
        Cancel = "cancel",
        /// The partner deletes what it cancelled.
        Delete = "delete",
        /// The partner opens the activity on the marketing platform.
        HoldActivity(ActivityHeld) = "hold_activity",
        /// The partner claims reimbursement, again after a rejection.
        Claim(Claim) = "claim",
        /// The claim is approved.
        ApproveClaim = "approve_claim",
        /// The claim is rejected.
        RejectClaim(Comments) = "reject_claim",
        /// 45 days went by after a rejection.
        #[serde(alias = "lapse")]
        Expire = "expire",
        /// The partner mails the invoice with the printed list.
        MailInvoice(MailedInvoice) = "mail_invoice",
        /// Huawei paid the claim.
        Pay(Payment) = "pay",
        /// Overdue bills block the claim.
        Block(Overdue) = "block",
        /// No bill is overdue any more.
        Unblock = "unblock",
    }
}

/// Comments in writing.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comments {
    /// Text of the comments.
    pub comments: String,
}

crate::__debug_by_shape! { Comments { comments } }

/// Way in which an activity was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityHeld {
    /// Whether the activity runs on Huawei's marketing platform: on the China site no attendee list is needed
    /// then.
    pub on_marketing_platform: bool,
}

/// The partner's invoice to Huawei.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailedInvoice {
    /// Number of the invoice.
    pub number: String,
    /// The supplier as the invoicing information shows it, checked.
    pub supplier: String,
    /// Amount of the invoice, tax included: that of the claim.
    pub amount: Amount,
    /// The number was written on the printed invoicing information.
    pub number_on_print: bool,
    /// The day of mailing.
    pub mailed_on: Day,
}

crate::__debug_by_shape! { MailedInvoice { number, supplier, amount, number_on_print, mailed_on } }

/// A payment by Huawei.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Received amount, not above the claim.
    pub amount: Amount,
}

/// Overdue bills of the partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overdue {
    /// Billing cycles of the overdue bills.
    pub cycles: Vec<BillCycle>,
}

impl Application {
    /// The state that counts: for a blocked application the one in which it was blocked.
    pub(super) fn effective(&self, state: Option<ApplicationState>) -> Option<ApplicationState> {
        if state == Some(ApplicationState::Blocked) { self.stage } else { state }
    }
}
