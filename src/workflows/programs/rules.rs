//! The published rules of programs and development paths, in this crate's words.

use crate::workflow::Rule;

const CSP: &str = "https://support.huaweicloud.com/intl/en-us/usermanual-bpconsole/dp_040100.html";
const TIER: &str = "https://support.huaweicloud.com/intl/en-us/usermanual-bpconsole/uple_0000.html";
const DISTRIBUTOR: &str =
    "https://support.huaweicloud.com/intl/th-th/usermanual-bpconsole/en-us_topic_0000001538618497.html";
const PATHS: &str = "https://support.huaweicloud.com/usermanual-bpconsole/tl_010101.html";
const NRE_PAGE: &str = "https://support.huaweicloud.com/usermanual-bpconsole/nre_0002.html";
const COUPONS: &str = "https://support.huaweicloud.com/intl/ar-mena/usermanual-bpconsole/voucher_0000.html";
const CSP_BENEFITS: &str = "https://www.huaweicloud.com/partners/programs/solution_provider/index.html";
const HISTORY: &str = "https://support.huaweicloud.com/intl/ja-jp/usermanual-bpconsole/record_0001.html";
const EU_MENU: &str = "https://support.huaweicloud.com/eu/bpconsole/v3_support_leftmenu_fragment.html";
const RESELLER_PAGE: &str = "https://huaweicloud.com/s/JeWNjuS4uuWunuWQjeiupOivgSU/t_30_p_2";
const QUICK: &str = "https://huaweicloud.com/s/JeWbvuW9oumqjOivgeeggeivhuWIq-aOpeWPoyU/t_30_p_4";
const ACCOUNTS: &str = "https://huaweicloud.com/s/JeS4gOS4qnZwY-WPr-WcqOWkmuS4qmF65ZCXJQ/t_30_p_1";
const CERTIFICATE_PAGE: &str = "https://huaweicloud.com/s/JeW8guaehOWPjOa0u-a3t-WQiOS6kSU/t_30_p_7";
const INVITATION: &str = "https://huaweicloud.com/s/JeS6keahjOmdoueuoeeQhuezu-e7nyU/t_30_p_28";
const SOLUTION: &str = "https://huaweicloud.com/s/JeS6keacjeWKoeWZqOWPr-S7peWuieijheaVsOaNruW6kyU/t_30_p_29";
const HCPN: &str = "https://huaweicloud.com/s/JeWRvOWPq-S4reW_g-ezu-e7n-a6kOeggSU/t_30_p_4";
const DESCRIPTIONS: &str = "https://huaweicloud.com/s/JeWNjuS4uuS6kWFwaeW4guWcuiU/t_30_p_6";
const PROGRAM_LIST: &str = "https://huaweicloud.com/s/JeWbvemDveefreS_oeW5s-WPsCU/t_30_p_7";
const COUPON_AMOUNTS: &str = "https://huaweicloud.com/s/JeWNjuS4uiDmioDmnK_mlK_mjIEl/t_30_p_3";
const NRE_LIMITS: &str = "https://huaweicloud.com/s/JeS6keWtmOWCqOaUtui0ueagh-WHhiU/t_30_p_13";
const RENEWAL: &str = "https://huaweicloud.com/s/JWN2Zea8j-a0nuWmguS9leWkhOeQhiU/t_30_p_10";

pub(super) const AUTHENTICATION: Rule = Rule::new(
    "program.1",
    "on the China site a solution provider is real-name authenticated as an enterprise and has a mail address bound; on \
     the international site an account with real-name authentication passed or under way cannot join",
    CSP,
);
const CUSTOMER_IDENTITY: Rule = Rule::new(
    "program.2",
    "from its application on, the account of a solution provider or distributor buys no cloud services itself",
    CSP,
);
pub(super) const CSP_OBSTACLES: Rule = Rule::new(
    "program.3",
    "on the international site nothing of a published list keeps the account from the solution provider program",
    CSP,
);
pub(super) const DISTRIBUTOR_OBSTACLES: Rule = Rule::new(
    "program.4",
    "a distributor is an HCPN partner that was invited, hands in company information, qualification and agreement, and \
     nothing of a published list stands in its way",
    DISTRIBUTOR,
);
pub(super) const RESELLER_OBSTACLES: Rule = Rule::new(
    "program.5",
    "on the China site a reseller is real-name authenticated as an enterprise, not frozen, with no distributor, and \
     neither partner nor applying to be one",
    RESELLER_PAGE,
);
pub(super) const RESELLER_ONLY: Rule = Rule::new(
    "program.6",
    "a reseller's account joins no other program, and an expired solution provider's account does not become a reseller; \
     both take another account",
    CERTIFICATE_PAGE,
);
pub(super) const ONE_CSP: Rule = Rule::new(
    "program.7",
    "a company has one solution provider account, whatever other accounts it has",
    ACCOUNTS,
);
pub(super) const QUICK_REGISTRATION: Rule = Rule::new(
    "program.8",
    "quick registration ends within 24 hours after the codes of the main account were checked, with another telephone \
     number; a used or late link is void",
    QUICK,
);
pub(super) const UPGRADE: Rule = Rule::new(
    "program.9",
    "for a higher tier an account of the company has its role validated on the software, service or integration path and \
     every listed requirement is met; the core tier goes through the ecosystem manager",
    TIER,
);
pub(super) const LEAVE_PATH: Rule = Rule::new(
    "program.10",
    "a path is left before role validation only, with none of its benefits or records used; one account of a company \
     chooses the service path",
    PATHS,
);
const CLOSE_ACCOUNT: Rule =
    Rule::new("program.11", "paths are left before the account itself is closed", PATHS);
const CERTIFICATES: Rule = Rule::new(
    "program.12",
    "certificates exist for resellers, KooGallery and, by tier, solution providers; those of paths are on the path page",
    CERTIFICATE_PAGE,
);
const REPRESENTATIVE: Rule = Rule::new(
    "program.13",
    "a reseller does nothing when its legal representative changes: its contract is with the distributor",
    CERTIFICATE_PAGE,
);
pub(super) const INVITATION_ONLY: Rule = Rule::new(
    "program.14",
    "the learning and the distributor path, on the China site also consulting and integration, are open by invitation",
    INVITATION,
);
pub(super) const OFFERED: Rule = Rule::new(
    "program.15",
    "the program exists on the site: PCE not on the European one, the carrier program not on the China one",
    EU_MENU,
);
pub(super) const ROLE_VALIDATION: Rule = Rule::new(
    "program.16",
    "role validation needs, for software, a solution with cloud software certification and, for service, two persons who \
     together hold four professional or expert certificates",
    INVITATION,
);
pub(super) const DIFFERENTIATION: Rule = Rule::new(
    "program.17",
    "differentiation on the software path needs a solution with advanced cloud software certification and an application \
     of its own",
    PATHS,
);
pub(super) const SOLUTION_TERM: Rule = Rule::new(
    "program.18",
    "a cloud software certification holds 12 months and is renewed in the last 60 days for another 12",
    SOLUTION,
);
pub(super) const BUSINESS_INFORMATION: Rule = Rule::new(
    "program.19",
    "business information is authenticated automatically, by an auditor within 3 to 5 working days, or after three wrong \
     amounts by a ticket of 3 working days",
    HCPN,
);
pub(super) const FORMS: Rule = Rule::new(
    "program.20",
    "an application has the company information and every agreement ticked; a refusal tells its reason",
    DESCRIPTIONS,
);
pub(super) const SALES: Rule = Rule::new(
    "program.21",
    "only solution providers and distributors join KooGallery sales in addition",
    PROGRAM_LIST,
);
pub(super) const TIERS: Rule = Rule::new(
    "program.22",
    "the China site has the tiers preferred, leading and core, the international site standard, advanced, premier and core",
    CSP_BENEFITS,
);
pub(super) const ANNUAL_REVIEW: Rule = Rule::new(
    "program.23",
    "an annual review can be requested on the international site since 2024-12-23",
    HISTORY,
);
pub(super) const RENEWAL_DAY: Rule = Rule::new(
    "program.24",
    "path certificates renew automatically on 31 January, or by a new application where the policy says so",
    RENEWAL,
);
pub(super) const NRE_THRESHOLD: Rule = Rule::new(
    "program.25",
    "NRE exists on the China site, for a certified solution of a partner on the software path, agreed with the PSA, once \
     for each solution",
    NRE_LIMITS,
);
pub(super) const NRE_SOW: Rule = Rule::new(
    "program.26",
    "the statement of work has three higher-order and one key cloud service, with product plan, self-check list and \
     expert feedback template",
    NRE_LIMITS,
);
pub(super) const NRE_STEPS: Rule = Rule::new(
    "program.27",
    "the NRE agreement is signed offline, uploaded and checked, and its milestones are accepted before payment",
    NRE_PAGE,
);
pub(super) const TEST_COUPONS: Rule = Rule::new(
    "program.28",
    "test coupons are for software and integration partners from role selection, for service partners from role \
     validation, within the quota, and not online for another partner's customer",
    COUPONS,
);
pub(super) const COUPON_LIMITS: Rule = Rule::new(
    "program.29",
    "on the China site an advanced solution gets CNY 20,000 before and CNY 300,000 after its certification",
    COUPON_AMOUNTS,
);
pub(super) const RESELLER_LEAVES: Rule = Rule::new(
    "program.30",
    "a reseller leaves by asking the ecosystem or channel manager offline",
    CERTIFICATE_PAGE,
);

/// Every rule of programs with its source page.
pub const RULES: &[Rule] = &[
    AUTHENTICATION,
    CUSTOMER_IDENTITY,
    CSP_OBSTACLES,
    DISTRIBUTOR_OBSTACLES,
    RESELLER_OBSTACLES,
    RESELLER_ONLY,
    ONE_CSP,
    QUICK_REGISTRATION,
    UPGRADE,
    LEAVE_PATH,
    CLOSE_ACCOUNT,
    CERTIFICATES,
    REPRESENTATIVE,
    INVITATION_ONLY,
    OFFERED,
    ROLE_VALIDATION,
    DIFFERENTIATION,
    SOLUTION_TERM,
    BUSINESS_INFORMATION,
    FORMS,
    SALES,
    TIERS,
    ANNUAL_REVIEW,
    RENEWAL_DAY,
    NRE_THRESHOLD,
    NRE_SOW,
    NRE_STEPS,
    TEST_COUPONS,
    COUPON_LIMITS,
    RESELLER_LEAVES,
];
