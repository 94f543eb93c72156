//! Reimbursement claims and their evidence.

use serde::{Deserialize, Serialize};

use super::{
    Activity, ActivityKind, ExpenseCategory, Plan,
    expense::Spending,
    rules::{
        AUTHENTICATED, CLOSED_LOOP, COMPLETE, EVIDENCE, KEY_FIELDS, NO_OVERDUE, NOT_ZERO, WITHIN_BUDGET,
    },
};
use crate::{
    types::{Amount, BillCycle, Day},
    workflow::{RuleViolation, Site, named},
};

/// Claim of a partner after the activity.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Claim {
    /// The activities as they were held, in the order of the plan.
    pub activities: Vec<HeldActivity>,
    /// Summary of the whole activity: time, place, results. Mandatory.
    pub summary: String,
    /// Expenses of the activity.
    pub expenses: Vec<ClaimItem>,
    /// Scanned invoices of the expenses.
    pub invoices: Vec<ClaimInvoice>,
    /// Sealed receipts of the expenses.
    pub receipts: Vec<SealedReceipt>,
    /// Every other upload.
    pub materials: Vec<Material>,
    /// The partner's standing on the day of the request. Mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<ClaimantStanding>,
    /// Approval of the person responsible for the budget, for a late claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_approval: Option<LateApproval>,
}

crate::__debug_by_shape! {
    Claim {
        activities, summary, expenses, invoices, receipts, materials, standing, late_approval
    }
}

/// An activity as it was held.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldActivity {
    /// As planned, or the claim is refused (rule 7).
    pub kind: ActivityKind,
    /// Audience, as planned.
    pub audience: String,
    /// Location, as planned.
    pub location: String,
    /// First day, as planned.
    pub starts_on: Day,
    /// The real last day.
    pub ends_on: Day,
}

crate::__debug_by_shape! { HeldActivity { kind, audience, location, starts_on, ends_on } }

impl From<&Activity> for HeldActivity {
    /// Held as it was planned.
    fn from(planned: &Activity) -> Self {
        Self {
            kind: planned.kind,
            audience: planned.audience.clone(),
            location: planned.location.clone(),
            starts_on: planned.starts_on,
            ends_on: planned.ends_on,
        }
    }
}

/// One real expense.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimItem {
    /// Short name, that of the budget where it was budgeted. Evidence refers to it.
    pub id: String,
    /// Category of the expense.
    pub category: ExpenseCategory,
    /// The whole expense, tax included.
    pub amount: Amount,
    /// The part claimed from MDF, tax included.
    pub mdf_amount: Amount,
    /// For gifts: the price of one, or of all that one person got, in CNY.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each_cny: Option<Amount>,
    /// Whether the expense contains awards or prizes of a lottery, whose handover has to be shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prizes: bool,
    /// Whether the expense exceeds a standard. Then a reason is needed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exceeds_standard: bool,
    /// The reason for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

crate::__debug_by_shape! {
    ClaimItem {
        id, category, amount, mdf_amount, each_cny, prizes, exceeds_standard, reason
    }
}

/// A scanned invoice.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimInvoice {
    /// Number of the invoice. An invoice that stands in another claim is refused (rule 14).
    pub number: String,
    /// The company that it is made out to: the partner named in the application.
    pub title: String,
    /// Face amount of the invoice, tax included, at least the amount claimed with it. At least what is
    /// claimed with it.
    pub amount: Amount,
    /// The expenses that it is for, by id.
    pub items: Vec<String>,
    /// Uploaded file of the receipt.
    pub file: String,
}

crate::__debug_by_shape! { ClaimInvoice { number, title, amount, items, file } }

/// A sealed receipt. Its items have to be named as what they really were.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedReceipt {
    /// The expenses that it is for, by id.
    pub items: Vec<String>,
    /// Uploaded file of the receipt.
    pub file: String,
    /// Whether the wording of the invoice differs from the purchase.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub differs: bool,
    /// Reason for the difference. Needed then.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub explanation: String,
    /// Upload of the confirmation mail of the cooperation's owner. Needed when it differs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub confirmation_mail: String,
}

crate::__debug_by_shape! { SealedReceipt { items, file, differs, explanation, confirmation_mail } }

named! {
    /// Content of an upload.
    pub enum MaterialKind {
        /// Photos on site: theme, logo or banner, speakers, number of attendees.
        OnSitePhoto = "on_site_photo",
        /// Photos of what the money bought.
        PurchasePhoto = "purchase_photo",
        /// Photos of gifts on site.
        GiftPhoto = "gift_photo",
        /// Photos of awards or of a lottery.
        PrizePhoto = "prize_photo",
        /// Contracts, screenshots, hotel bills, where no photo is possible.
        SubstituteProof = "substitute_proof",
        /// Coverage or placement of advertising with contract and screenshots or photos.
        PublicitySummary = "publicity_summary",
        /// List of the attendees.
        AttendeeList = "attendee_list",
        /// Proof that one activity of a series was held.
        ExecutionProof = "execution_proof",
    }
}

/// Uploaded material of a claim.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// Content of the upload.
    pub kind: MaterialKind,
    /// Uploaded file of the receipt.
    pub file: String,
    /// The expense that it is for, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The activity of a series that it is for, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<usize>,
}

crate::__debug_by_shape! { Material { kind, file, item, activity } }

impl Material {
    /// An upload about the whole claim.
    pub fn new(kind: MaterialKind, file: impl Into<String>) -> Self {
        Self { kind, file: file.into(), item: None, activity: None }
    }

    /// An upload about one expense.
    pub fn of_item(kind: MaterialKind, file: impl Into<String>, item: impl Into<String>) -> Self {
        Self { item: Some(item.into()), ..Self::new(kind, file) }
    }

    /// An upload about one activity of a series.
    pub fn of_activity(kind: MaterialKind, file: impl Into<String>, activity: usize) -> Self {
        Self { activity: Some(activity), ..Self::new(kind, file) }
    }
}

named! {
    /// Kind of partner, as far as overdue bills are concerned.
    pub enum PartnerKind {
        /// A cloud solution provider: any overdue bill blocks.
        SolutionProvider = "solution_provider",
        /// A distributor: any overdue bill blocks.
        Distributor = "distributor",
        /// Any other partner: bills of the activity's cycle block.
        Other = "other",
    }
}

/// Standing of the partner on the day of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimantStanding {
    /// Kind of the partner.
    pub program: PartnerKind,
    /// Whether the business information is authenticated.
    pub business_information_authenticated: bool,
    /// Billing cycles with unpaid or overdue bills.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unpaid_cycles: Vec<BillCycle>,
}

/// The approval of a late claim by mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateApproval {
    /// Day of the mail, which has to be within the claim period.
    pub approved_on: Day,
    /// Uploaded file of the receipt.
    pub file: String,
}

crate::__debug_by_shape! { LateApproval { approved_on, file } }

impl Claim {
    /// A claim for everything as it was planned, with no evidence yet: what [`Claim::missing`] then lists is the
    /// checklist for the activity.
    pub fn as_planned(plan: &Plan) -> Self {
        let expenses =
            plan.budget.iter().filter(|item| item.mdf_amount.is_positive()).map(|item| ClaimItem {
                id: item.id.clone(),
                category: item.category,
                amount: item.amount,
                mdf_amount: item.mdf_amount,
                each_cny: item.each_cny,
                prizes: false,
                exceeds_standard: item.exceeds_standard,
                reason: item.reason.clone(),
            });
        Self {
            activities: plan.activities.iter().map(HeldActivity::from).collect(),
            expenses: expenses.collect(),
            ..Self::default()
        }
    }

    /// Returns the total claimed from MDF, tax included. `None` when the sum has too many digits.
    pub fn mdf_total(&self) -> Option<Amount> {
        Amount::checked_sum(self.expenses.iter().map(|item| item.mdf_amount))
    }

    /// The real last day of the last activity.
    pub fn ends_on(&self) -> Option<Day> {
        self.activities.iter().map(|activity| activity.ends_on).max()
    }

    /// Evidence and information that is missing, item by item.
    pub fn missing(&self, plan: &Plan, site: Site, on_marketing_platform: bool) -> Vec<RuleViolation> {
        let mut missing = Vec::new();
        if self.summary.trim().is_empty() {
            missing.push(CLOSED_LOOP.violation("summary", "the activity summary is missing"));
        }
        if self.standing.is_none() {
            missing.push(NO_OVERDUE.violation("standing", "is missing"));
        }
        let mut need = |there: bool, field: String, what: &str| {
            if !there {
                missing.push(EVIDENCE.violation(field, what));
            }
        };
        let on_site = self.has(MaterialKind::OnSitePhoto) || self.has(MaterialKind::SubstituteProof);
        need(on_site, "materials".into(), "photos on site, or a substitute proof");
        let attended = self.activities.iter().any(|activity| activity.kind.has_attendees());
        let synchronised = on_marketing_platform && site == Site::China;
        let list = !attended || synchronised || self.has(MaterialKind::AttendeeList);
        need(list, "materials".into(), "the attendee list");
        for item in &self.expenses {
            let field = |name: &str| format!("expenses[{}].{name}", item.id);
            let has = |kind| self.has_for(kind, &item.id);
            let shown = has(MaterialKind::PurchasePhoto) || has(MaterialKind::SubstituteProof);
            need(shown, field("photo"), "photos of what was bought, or a substitute proof");
            need(
                self.receipts.iter().any(|r| r.items.contains(&item.id)),
                field("receipt"),
                "the sealed receipt",
            );
            need(self.invoiced(&item.id), field("invoice"), "the scanned invoice");
            if item.category.is_gift() {
                need(has(MaterialKind::GiftPhoto), field("gifts"), "photos of the gifts on site");
            }
            if item.prizes {
                need(has(MaterialKind::PrizePhoto), field("prizes"), "photos of the award or lottery");
            }
            if item.category == ExpenseCategory::Media {
                need(
                    has(MaterialKind::PublicitySummary),
                    field("publicity"),
                    "the summary of advertising and publicity",
                );
            }
        }
        if plan.activities.len() > 1 {
            for number in 0..plan.activities.len() {
                let proven = self.materials.iter().any(|material| {
                    material.kind == MaterialKind::ExecutionProof && material.activity == Some(number)
                });
                need(
                    proven,
                    format!("activities[{number}].proof"),
                    "the proof of this activity of the series",
                );
            }
        }
        missing
    }

    /// Returns all violations of the claim at once, without those that concern the time and other claims.
    pub fn check(&self, plan: &Plan, site: Site, on_marketing_platform: bool) -> Vec<RuleViolation> {
        let mut broken = self.missing(plan, site, on_marketing_platform);
        broken.extend(self.check_activities(plan));
        broken.extend(self.check_money(plan));
        broken.extend(self.check_papers(plan));
        broken.extend(self.standing.iter().flat_map(|standing| standing.check(self)));
        broken
    }

    fn check_activities(&self, plan: &Plan) -> Vec<RuleViolation> {
        if self.activities.len() != plan.activities.len() {
            let detail =
                format!("{} activities, {} were approved", self.activities.len(), plan.activities.len());
            return vec![KEY_FIELDS.violation("activities", detail)];
        }
        let mut broken = Vec::new();
        for (number, (held, planned)) in self.activities.iter().zip(&plan.activities).enumerate() {
            for (same, name) in [
                (held.kind == planned.kind, "kind"),
                (held.audience == planned.audience, "audience"),
                (held.location == planned.location, "location"),
                (held.starts_on == planned.starts_on, "starts_on"),
            ] {
                if !same {
                    broken.push(
                        KEY_FIELDS
                            .violation(format!("activities[{number}].{name}"), "is not what was approved"),
                    );
                }
            }
            if held.ends_on < held.starts_on {
                broken
                    .push(COMPLETE.violation(format!("activities[{number}].ends_on"), "is before the start"));
            }
        }
        broken
    }

    fn check_money(&self, plan: &Plan) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if plan.mdf_total().is_none_or(Amount::is_zero) {
            broken.push(NOT_ZERO.violation("expenses", "no MDF money was planned"));
        } else {
            match self.mdf_total().zip(plan.mdf_total()) {
                Some((claimed, planned)) if claimed > planned => {
                    broken.push(
                        WITHIN_BUDGET
                            .violation("expenses", format!("{claimed} is claimed, {planned} approved")),
                    );
                }
                Some((claimed, _)) if !claimed.is_positive() => {
                    broken.push(COMPLETE.violation("expenses", "nothing is claimed"));
                }
                Some(_) => {}
                None => broken.push(COMPLETE.violation("expenses", "has a sum of too many digits")),
            }
        }
        let mut ids = std::collections::BTreeSet::new();
        for item in &self.expenses {
            let field = format!("expenses[{}]", item.id);
            if item.id.trim().is_empty() || !ids.insert(&item.id) {
                broken.push(COMPLETE.violation(format!("{field}.id"), "is empty or used twice"));
            }
            if item.mdf_amount.is_negative() || item.mdf_amount > item.amount {
                let detail = "is negative or above the whole expense";
                broken.push(COMPLETE.violation(format!("{field}.mdf_amount"), detail));
            }
            let ClaimItem { category, each_cny, exceeds_standard, ref reason, .. } = *item;
            let spending = Spending { category, each_cny, exceeds_standard, reason };
            broken.extend(spending.check(plan.expense_edition, &field));
        }
        broken
    }

    fn check_papers(&self, plan: &Plan) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        for invoice in &self.invoices {
            let field = |name: &str| format!("invoices[{}].{name}", invoice.number);
            if invoice.number.trim().is_empty() {
                broken.push(EVIDENCE.violation(field("number"), "is empty"));
            }
            if invoice.title.trim() != plan.partner.trim() {
                broken
                    .push(EVIDENCE.violation(field("title"), "is not the partner named in the application"));
            }
        }
        for item in self.expenses.iter().filter(|item| self.invoiced(&item.id)) {
            let invoices = self.invoices.iter().filter(|invoice| invoice.items.contains(&item.id));
            let face = Amount::checked_sum(invoices.map(|invoice| invoice.amount));
            if face.is_none_or(|face| face < item.mdf_amount) {
                let field = format!("expenses[{}].invoice", item.id);
                broken.push(EVIDENCE.violation(field, "the face amount is below the claimed amount"));
            }
        }
        let face = Amount::checked_sum(self.invoices.iter().map(|invoice| invoice.amount));
        let all_invoiced = self.expenses.iter().all(|item| self.invoiced(&item.id));
        if all_invoiced
            && broken.is_empty()
            && face.zip(self.mdf_total()).is_none_or(|(face, total)| face < total)
        {
            broken.push(
                EVIDENCE.violation("invoices", "all face amounts together are below the claimed amount"),
            );
        }
        for (number, receipt) in self.receipts.iter().enumerate().filter(|(_, receipt)| receipt.differs) {
            for (text, name) in
                [(&receipt.explanation, "explanation"), (&receipt.confirmation_mail, "confirmation_mail")]
            {
                if text.trim().is_empty() {
                    let field = format!("receipts[{number}].{name}");
                    broken.push(
                        EVIDENCE.violation(field, "is needed where the wording differs from what was bought"),
                    );
                }
            }
        }
        broken
    }

    fn has(&self, kind: MaterialKind) -> bool {
        self.materials.iter().any(|material| material.kind == kind)
    }

    fn has_for(&self, kind: MaterialKind, item: &str) -> bool {
        self.materials.iter().any(|material| material.kind == kind && material.item.as_deref() == Some(item))
    }

    fn invoiced(&self, item: &str) -> bool {
        self.invoices.iter().any(|invoice| invoice.items.iter().any(|id| id == item))
    }
}

impl ClaimantStanding {
    fn check(&self, claim: &Claim) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        if !self.business_information_authenticated {
            broken.push(AUTHENTICATED.violation("standing.business_information_authenticated", "is false"));
        }
        let of_activity = |cycle: &&BillCycle| {
            claim.activities.iter().any(|a| a.starts_on.cycle() <= **cycle && **cycle <= a.ends_on.cycle())
        };
        let blocking = match self.program {
            PartnerKind::SolutionProvider | PartnerKind::Distributor => self.unpaid_cycles.first(),
            PartnerKind::Other => self.unpaid_cycles.iter().find(of_activity),
        };
        if let Some(cycle) = blocking {
            broken.push(
                NO_OVERDUE.violation("standing.unpaid_cycles", format!("the bill of {cycle} is not paid")),
            );
        }
        broken
    }
}
