//! The published rules of MDF, in this crate's words.

use crate::workflow::Rule;

const APPLY: &str = "https://support.huaweicloud.com/intl/tr-tr/usermanual-bpconsole/apb_060001.html";
const CLAIM: &str = "https://support.huaweicloud.com/intl/en-us/usermanual-bpconsole/apb_060002.html";
const CLAIM_2025: &str = "https://support.huaweicloud.com/intl/th-th/usermanual-bpconsole/apb_060002.html";
const INVOICE: &str = "https://support.huaweicloud.com/intl/tr-tr/usermanual-bpconsole/apb_060003.html";
const FIRST: &str = "https://support.huaweicloud.com/intl/tr-tr/bpconsole_faq/faq_mdf_000002.html";
const ACTIVITIES: &str = "https://support.huaweicloud.com/intl/en-us/bpconsole_faq/faq_mdf_000003.html";
const MATERIALS: &str = "https://support.huaweicloud.com/intl/en-us/bpconsole_faq/faq_mdf_000004.html";
const EXPENSES: &str = "https://support.huaweicloud.com/intl/en-us/bpconsole_faq/faq_mdf_000005.html";
const KEY_POINTS: &str = "https://support.huaweicloud.com/intl/th-th/bpconsole_faq/faq_mdf_000006.html";
const SERIES_PAGE: &str = "https://huaweicloud.com/s/JWFzcOS7o-eggeWcqOe6v-i_kOihjCU/t_30_p_11";
const COMPLIANCE: &str = "https://huaweicloud.com/s/JeS6keekvuWMuuS6keacjeWKoSU/t_30_p_42";
const PATHS: &str = "https://support.huaweicloud.com/usermanual-bpconsole/tl_010101.html";

pub(super) const APPROVAL_FIRST: Rule = Rule::new(
    "mdf.1",
    "an activity is approved before it takes place; it is submitted at least 10 working days before it starts, or with a \
     reason; the China site only advises the 10 days",
    FIRST,
);
pub(super) const SERIES: Rule = Rule::new(
    "mdf.2",
    "one application covers several activities when audience, type and approving department are the same and all take \
     place within a quarter",
    SERIES_PAGE,
);
pub(super) const WITHIN_QUOTA: Rule =
    Rule::new("mdf.3", "the MDF amount, tax included, does not exceed what is free of the quota", APPLY);
pub(super) const WITHIN_BUDGET: Rule = Rule::new(
    "mdf.4",
    "the claimed amount does not exceed the budget of the approved application; the partner bears the rest",
    CLAIM,
);
pub(super) const CHAIN: Rule =
    Rule::new("mdf.5", "payment <= claim <= budget of the application <= quota, all with tax", CLAIM);
pub(super) const NOT_ZERO: Rule =
    Rule::new("mdf.6", "an activity that was planned without MDF money cannot be reimbursed", APPLY);
pub(super) const KEY_FIELDS: Rule = Rule::new(
    "mdf.7",
    "type, audience, start and place of an activity are those of the approved application; a change needs a new approval \
     before the activity",
    APPLY,
);
pub(super) const CLAIM_TIME: Rule = Rule::new(
    "mdf.8",
    "a claim comes after the activity and within 90 days of its end, a rejected or incomplete one again within 45 days; a \
     late one needs an approval mail from within the period",
    CLAIM_2025,
);
pub(super) const INVOICE_TIME: Rule = Rule::new(
    "mdf.9",
    "the invoice is issued and mailed within 15 days after the claim was approved",
    INVOICE,
);
pub(super) const AUTHENTICATED: Rule =
    Rule::new("mdf.10", "the business information is authenticated before a claim is made", CLAIM);
pub(super) const NO_OVERDUE: Rule = Rule::new(
    "mdf.11",
    "no bill of the activity's billing cycle is outstanding; for solution providers and distributors no bill at all is \
     overdue on the day of the request",
    CLAIM_2025,
);
const GENUINE_EXPENSES: Rule = Rule::new(
    "mdf.12",
    "all the money goes to activities for customers or partners, for genuine expenses",
    KEY_POINTS,
);
pub(super) const CLAIMED_ONCE: Rule = Rule::new(
    "mdf.13",
    "an activity is claimed once and under one program; a violation ends the eligibility for the year",
    KEY_POINTS,
);
pub(super) const NO_SPLITTING: Rule = Rule::new(
    "mdf.14",
    "one event is not split into several claims, neither by invoice, expense type nor employee",
    KEY_POINTS,
);
pub(super) const SIMILAR: Rule =
    Rule::new("mdf.15", "the console warns of a similar application that was submitted already", APPLY);
pub(super) const CLOSED_LOOP: Rule =
    Rule::new("mdf.16", "an activity has objectives before, and a summary after it", KEY_POINTS);
const NO_BRIBES: Rule = Rule::new(
    "mdf.17",
    "the money is not used to pay officials or others for keeping or winning business",
    COMPLIANCE,
);
const PATH_STAYS: Rule = Rule::new("mdf.18", "a development path with an MDF record cannot be left", PATHS);
pub(super) const ACTIVITY_TYPES: Rule =
    Rule::new("mdf.19", "the type of activity is on the list of the record's site", ACTIVITIES);
pub(super) const EXPENSE_LIMITS: Rule = Rule::new(
    "mdf.20",
    "a gift costs at most CNY 200 each or per person; an expense above a standard has a reason in application and claim",
    EXPENSES,
);
pub(super) const REIMBURSABLE: Rule = Rule::new(
    "mdf.21",
    "Huawei Cloud products, exam vouchers, nightlife and gifts outside marketing are not reimbursed",
    EXPENSES,
);
pub(super) const EVIDENCE: Rule = Rule::new(
    "mdf.22",
    "each expense and each activity has its evidence: photos or other proof, sealed receipt, invoice in the partner's \
     name that covers it, summaries",
    MATERIALS,
);
pub(super) const COMPLETE: Rule =
    Rule::new("mdf.23", "plan and budget are complete, and the payment agreement is accepted", APPLY);
pub(super) const INVOICING: Rule = Rule::new(
    "mdf.24",
    "supplier and amount are checked, the invoice is for the claimed amount, its number is on the print",
    INVOICE,
);

/// Every rule of MDF with its source page.
pub const RULES: &[Rule] = &[
    APPROVAL_FIRST,
    SERIES,
    WITHIN_QUOTA,
    WITHIN_BUDGET,
    CHAIN,
    NOT_ZERO,
    KEY_FIELDS,
    CLAIM_TIME,
    INVOICE_TIME,
    AUTHENTICATED,
    NO_OVERDUE,
    GENUINE_EXPENSES,
    CLAIMED_ONCE,
    NO_SPLITTING,
    SIMILAR,
    CLOSED_LOOP,
    NO_BRIBES,
    PATH_STAYS,
    ACTIVITY_TYPES,
    EXPENSE_LIMITS,
    REIMBURSABLE,
    EVIDENCE,
    COMPLETE,
    INVOICING,
];
