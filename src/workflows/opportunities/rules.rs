//! The published rules of opportunities, in this crate's words.

use crate::workflow::Rule;

const ADD_PO: &str = "https://support.huaweicloud.com/usermanual-bpconsole/chpo_1101.html";
const ACCEPT_HO: &str = "https://support.huaweicloud.com/intl/zh-cn/usermanual-bpconsole/chpo_1201.html";
const RECONCILE: &str = "https://support.huaweicloud.com/usermanual-bpconsole/chpo_0802.html";
const REPORTS: &str = "https://support.huaweicloud.com/usermanual-bpconsole/zd_000004.html";
const SLA: &str = "https://huaweicloud.com/s/JeWNjuS4uuS6kei0puWPt-WumOe9kSU/t_30_p_49";
const REJECTION: &str = "https://huaweicloud.com/s/JeermeeCueWSjOWfn-WQjeeahOWMuuWIqyU/t_30_p_3";
const DUPLICATES: &str =
    "https://huaweicloud.com/s/JeWmguS9leWcqOeUteiEkeS4iuaJk-W8gOWNjuS4uuS6keWkh-S7vSU/t_30_p_7";
const VERIFICATION: &str = "https://huaweicloud.com/s/Jei0reS5sOiKgueCuSU/t_30_p_4";
const HO_SLA_PAGE: &str = "https://huaweicloud.com/s/Jeiuvue9rnZwbueahOacjeWKoeWZqOWcsOWdgCU/t_30_p_17";
const HO_CONDITIONS: &str = "https://huaweicloud.com/s/JeWNjuS4uuS6keahjOmdoueYpue7iOerr-S7i-e7jSU/t_30_p_3";
const HO_OFFERINGS: &str = "https://huaweicloud.com/s/JemVnOWDj-exu-WeiyDlhazlhbHplZzlg48l/t_30_p_5";
const AUDIT: &str = "https://huaweicloud.com/s/JXdhZuWSjHNzbOWNuOi9vSU/t_30_p_27";
const CORE_MAP_PAGE: &str =
    "https://huaweicloud.com/s/Jem6kum6n-acjeWKoeWZqOeJiOWmguS9lei_nOeoi-WFseS6q-ahjOmdoiU/t_30_p_4";
const NO_ACCOUNT: &str = "https://huaweicloud.com/s/JeS6keahjOmdoueuoeeQhuezu-e7nyU/t_30_p_7";
const OFFICE_PAGE: &str = "https://huaweicloud.com/s/JW15c3Fs5Yqg57Si5byV5Li65LuA5LmI5Lya6ZSB6KGoJQ/t_30_p_3";
const MAIN_ACCOUNT_PAGE: &str = "https://huaweicloud.com/s/JeWMuuWdl-mTvuiBlOebn-mTviU/t_30_p_3";
const NEW_ENTERPRISE: &str = "https://huaweicloud.com/s/JeaAjuS5iOmAmui_h-Wfn-WQjeiuv-mXrmZ0cCU/t_30_p_43";
const POLICY: &str = "https://huaweicloud.com/s/JeS6keiuoeeul-WPiuWkp-aVsOaNrueahOW6lOeUqOahiOS-iyU/t_30_p_4";
const PAYOUT: &str = "https://support.huaweicloud.com/topic/67513-4-J";
const APPLICATION: &str =
    "https://huaweicloud.com/s/JeacieaUr-aMgemdnjgw5Zue5rqQY2RuJQ/t_30_p_7/JeWQiOS9nOS8meS8tOS4reW_gyU";
const ELIGIBLE: &str = "https://huaweicloud.com/s/JeasoOe8uuWtpuS5oOefpeivhueahOW5v-W6puWSjOa3seW6piU/t_30_p_20/JeWQiOS9nOS8meS8tOS4reW_gyU";
const EU_MENU: &str = "https://support.huaweicloud.com/eu/bpconsole/v3_support_leftmenu_fragment.html";

pub(super) const MAIN_ACCOUNT: Rule = Rule::new(
    "opportunity.1",
    "only the partner's main account works on shared opportunities; no member does, whatever his role",
    MAIN_ACCOUNT_PAGE,
);
pub(super) const COMPLETE: Rule = Rule::new(
    "opportunity.2",
    "every mandatory field is filled, and the description tells budget, decision maker, need and timing (BANT)",
    AUDIT,
);
pub(super) const REASONABLE: Rule = Rule::new(
    "opportunity.3",
    "the project concerns Huawei Cloud, brings it revenue above zero, and the partner's own solution meets the need",
    AUDIT,
);
pub(super) const OWN_EFFORT: Rule = Rule::new(
    "opportunity.4",
    "the need is definite and found by the partner's own work with the customer, not in a public tender, by hearsay or \
     by guessing",
    AUDIT,
);
pub(super) const CONSENT: Rule = Rule::new(
    "opportunity.5",
    "the customer consented before its personal or sensitive business data are shared",
    ADD_PO,
);
pub(super) const VALID: Rule = Rule::new(
    "opportunity.6",
    "there is a definite contact with contact details, a definite budget and project time, additional revenue, and a \
     description with a business need",
    REJECTION,
);
pub(super) const VERIFIABLE: Rule = Rule::new(
    "opportunity.7",
    "asked by its owner at Huawei, the customer confirms an open opportunity with budget and order time that brings \
     additional Huawei Cloud revenue",
    VERIFICATION,
);
pub(super) const ONE_PASSES: Rule = Rule::new(
    "opportunity.8",
    "of several duplicates one passes: among POs the one that was verified, between PO and HO the earlier of the PO's \
     passed audit and the HO's creation",
    DUPLICATES,
);
pub(super) const VERIFICATION_SLA: Rule = Rule::new(
    "opportunity.9",
    "verification ends within 10 working days after the audit; after that the PO is rejected by default",
    SLA,
);
const COOPERATION: Rule = Rule::new(
    "opportunity.10",
    "once verified, updates of the opportunity take effect and both sides work on it together",
    VERIFICATION,
);
const OFFICE: Rule = Rule::new(
    "opportunity.11",
    "the representative office is set by the system, never by the partner",
    OFFICE_PAGE,
);
pub(super) const ACCOUNT: Rule = Rule::new(
    "opportunity.12",
    "invite a customer without a Huawei Cloud account to register first; without an account, Huawei's CRM may release the \
     customer to its public pool after the customer owner registered it",
    NO_ACCOUNT,
);
pub(super) const COUNTED: Rule = Rule::new(
    "opportunity.13",
    "statistics count a PO that is linked to a baseline solution or a whitelisted joint-sales product and whose deal is \
     signed",
    AUDIT,
);
pub(super) const HO_ELIGIBILITY: Rule = Rule::new(
    "opportunity.14",
    "for HOs the partner has joined PCE and has a differentiated path, or a certified path and 3 POs signed and \
     delivered in the last 12 months",
    HO_CONDITIONS,
);
pub(super) const HO_OFFERING: Rule = Rule::new(
    "opportunity.15",
    "an HO is linked with an offering that is a baseline solution or a whitelisted joint-sales product of the partner",
    HO_OFFERINGS,
);
pub(super) const HO_SLA: Rule = Rule::new(
    "opportunity.16",
    "an HO is accepted, or rejected with a reason, within 3 working days; after that it is rejected by default and taken \
     back",
    HO_SLA_PAGE,
);
pub(super) const OWN_CUSTOMERS: Rule = Rule::new(
    "opportunity.17",
    "an account manager reports for customers that he registered or that are associated, for a reseller's customers \
     only when associated, and owns the report; a director only looks on",
    REPORTS,
);
pub(super) const SITES: Rule = Rule::new(
    "opportunity.18",
    "POs and HOs exist on the China and the international site, incentive applications on the China site",
    EU_MENU,
);
pub(super) const CORE_MAP: Rule =
    Rule::new("opportunity.19", "the cash incentive is for partners on the Core Map list", CORE_MAP_PAGE);
pub(super) const NEW_CUSTOMER: Rule = Rule::new(
    "opportunity.20",
    "a new enterprise customer has paid at most CNY 1000 in cash, over all accounts of the enterprise, before the \
     opportunity was verified",
    NEW_ENTERPRISE,
);
const SCALE: Rule = Rule::new(
    "opportunity.21",
    "the yearly scale of a project counts the resources it brought, without traffic products and KooGallery",
    POLICY,
);
pub(super) const NO_FALSE_REPORTS: Rule = Rule::new(
    "opportunity.22",
    "false or duplicate reporting in bad faith excludes from the incentive for the whole year",
    POLICY,
);
const TAKE_BACK: Rule = Rule::new(
    "opportunity.23",
    "after an unsubscription or downgrade within half a year after the project the incentive may be taken back in \
     proportion",
    POLICY,
);
pub(super) const STEPS: Rule = Rule::new(
    "opportunity.24",
    "an incentive is applied for, reconciled, requested for payout and then completed",
    RECONCILE,
);
pub(super) const CALCULATED: Rule = Rule::new(
    "opportunity.25",
    "amounts follow the incentive process of the China region; a published amount is above zero",
    PAYOUT,
);
pub(super) const HO_DETAILS: Rule = Rule::new(
    "opportunity.26",
    "an HO names customer and opportunity, which the partner sees before it responds",
    ACCEPT_HO,
);

pub(super) const AFTER_VERIFICATION: Rule = Rule::new(
    "opportunity.27",
    "the project of an incentive application begins after the opportunity was verified",
    APPLICATION,
);
pub(super) const NO_OVERLAP: Rule = Rule::new(
    "opportunity.28",
    "while an application is open, there is no second one for the same customer, of whichever partner, with an overlapping \
     delivery time, and none for an overlapping offering",
    APPLICATION,
);
pub(super) const DELIVERED: Rule = Rule::new(
    "opportunity.29",
    "an incentive is for an opportunity that is delivered, from the day after the end of the delivery on",
    ELIGIBLE,
);
pub(super) const ONE_CLAIM: Rule = Rule::new(
    "opportunity.30",
    "by the policy of 2023 a PO claims an incentive once, an order serves one PO, and the customer's legal name is that of \
     the paying account",
    POLICY,
);

/// Every rule of opportunities with its source page.
pub const RULES: &[Rule] = &[
    MAIN_ACCOUNT,
    COMPLETE,
    REASONABLE,
    OWN_EFFORT,
    CONSENT,
    VALID,
    VERIFIABLE,
    ONE_PASSES,
    VERIFICATION_SLA,
    COOPERATION,
    OFFICE,
    ACCOUNT,
    COUNTED,
    HO_ELIGIBILITY,
    HO_OFFERING,
    HO_SLA,
    OWN_CUSTOMERS,
    SITES,
    CORE_MAP,
    NEW_CUSTOMER,
    SCALE,
    NO_FALSE_REPORTS,
    TAKE_BACK,
    STEPS,
    CALCULATED,
    HO_DETAILS,
    AFTER_VERIFICATION,
    NO_OVERLAP,
    DELIVERED,
    ONE_CLAIM,
];
