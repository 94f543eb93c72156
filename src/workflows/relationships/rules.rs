//! The published rules of relationships, in this crate's words.

use crate::workflow::Rule;

const ASSOCIATION: &str = "https://support.huaweicloud.com/intl/en-us/usermanual-bpconsole/dp_050101.html";
const DISASSOCIATION: &str =
    "https://support.huaweicloud.com/intl/pt-br/usermanual-bpconsole/Diss_0000712.html";
const NEWER: &str = "https://support.huaweicloud.com/intl/th-th/usermanual-bpconsole/Diss_00007110123.html";
const FAILURES: &str = "https://support.huaweicloud.com/intl/en-us/usermanual-bpconsole/dp_050201.html";
const PREREGISTRATION: &str =
    "https://support.huaweicloud.com/intl/tr-tr/usermanual-bpconsole/Dis_000511.html";
const BUDGETS: &str = "https://support.huaweicloud.com/intl/th-th/usermanual-bpconsole/dp_051100.html";
const PERMISSIONS: &str = "https://support.huaweicloud.com/intl/es-us/usermanual-bpconsole/Dis_000134.html";
const MANAGERS: &str = "https://support.huaweicloud.com/intl/tr-tr/usermanual-bpconsole/dp_120209.html";
const AUTHORISATION: &str = "https://support.huaweicloud.com/eu/usermanual-bpconsole/Diss_0000717.html";
const RESTRICTED: &str = "https://support.huaweicloud.com/intl/zh-cn/bpconsole_faq/faq_dp_080032.html";
const CONTACTS: &str =
    "https://support.huaweicloud.com/intl/zh-cn/usermanual-bpconsole/zh-cn_topic_0072435175.html";
const SPECIALISTS: &str = "https://support.huaweicloud.com/usermanual-bpconsole/prsp_0012.html";
const ONE: &str =
    "https://huaweicloud.com/s/Jeiuv-mXruWbveWklue9keermeS7o-eQhuacjeWKoeWZqOiuvue9riU/t_30_p_22";
const CHINA_GUIDE: &str =
    "https://huaweicloud.com/s/JeWNleWPsOacjeWKoeWZqOaUr-aMgeWkmuWkp-W5tuWPkemHjyU/t_30_p_15";
const CHINA_FAQ: &str =
    "https://huaweicloud.com/s/Jei0n-i9veWIhuaLheS4jui0n-i9veWdh-ihoeeahOWMuuWIqyU/t_30_p_3";
const MAIL_LINK_PAGE: &str = "https://huaweicloud.com/s/JXBocOi0n-i9veWdh-ihoeeahOS4ieenjeaWueW8jyU/t_30_p_3";
const MANAGER_REQUESTS: &str =
    "https://huaweicloud.com/s/JW15c3Fs5a6J6KOF5LiN5LqGJQ/t_30_p_7/JeWQiOS9nOS8meS8tOS4reW_gyU";
const PAY: &str = "https://huaweicloud.com/s/JeWcqOe6v-mfqeaWh-WbvueJh-aWh-Wtl-ivhuWIqyU/t_30_p_3/JeWQiOS9nOS8meS8tOS4reW_gyU";
const PAY_REJECTION: &str =
    "https://huaweicloud.com/s/JeaJuemHj-WbvueJh-i9rOaWh-WtlyU/t_30_p_3/JeWQiOS9nOS8meS8tOS4reW_gyU";
const PAYING_FOR_CUSTOMERS: &str = "https://huaweicloud.com/s/JeacjeWKoeWZqOWGheWtmDJy5ZKMNHLnmoTljLrliKsl/t_30_p_2/JeWQiOS9nOS8meS8tOS4reW_gyU";
const RESELLERS: &str = "https://huaweicloud.com/s/JeW8guaehOWPjOa0u-a3t-WQiOS6kSU/t_30_p_7";

macro_rules! rules {
    ($($name:ident = $number:literal, $text:literal, $source:ident;)*) => {
        $(pub(super) const $name: Rule =
            Rule::new(concat!("relationship.", $number), $text, $source);)*

        /// Every rule of relationships with its source page.
        pub const RULES: &[Rule] = &[$($name,)*];
    };
}

rules! {
    HUNDRED = 1, "a partner has at most 100 customers that are preregistered or pending review", PREREGISTRATION;
    FIFTEEN_DAYS = 2, "a preregistration holds 15 days, in which no other partner registers the customer", PREREGISTRATION;
    OWN_CONTACT = 3, "the partner has a telephone number or mail address on its own profile", PREREGISTRATION;
    NOT_REGISTRABLE = 4, "on the international site nothing of a published list keeps the customer from preregistration",
        PREREGISTRATION;
    MANUAL_REVIEW = 5, "a customer of a published list is preregistered after a review by Huawei only", PREREGISTRATION;
    OLDER_ACCOUNT = 6, "a customer whose account is older than 7 days or has cash spending is preregistered first", ASSOCIATION;
    NOT_ASSOCIABLE = 7, "on the international site nothing of a published list keeps the customer from association", ASSOCIATION;
    RESALE_OBSTACLES = 8, "a customer with certain contracts, instances or accounts cannot be associated for resale", ASSOCIATION;
    OTHER_FAILURES = 9, "the link is valid and unused, and neither partner nor customer is of a kind that is refused", FAILURES;
    ONE_PARTNER = 10, "a customer has one partner, a reseller one distributor", ONE;
    MANAGERS_CUSTOMER = 11, "a customer who came through an account manager's invitation belongs to that manager", CHINA_GUIDE;
    ONCE_IN_THREE_MONTHS = 12, "on the China site partner and customer ask once each within 3 months to part or to switch, \
        and after a customer's request the partner waits 3 months", CHINA_FAQ;
    REQUEST_LIMIT = 13, "on the international site requests to part are one each within 3 months by the older pages, \
        three within 3 months by the newer", NEWER;
    ADMINISTRATOR_ONLY = 14, "only the partner's administrator asks for a separation or a switch, or replies to one",
        DISASSOCIATION;
    BLOCKED = 15, "nothing of a published list keeps the customer with the partner: debts, orders, contracts, members, plans",
        DISASSOCIATION;
    BALANCE_RETURNS = 16, "after a separation the resale balance returns to the partner; after a switch from referral the \
        customer has its refunds", CHINA_FAQ;
    OLD_COUPONS = 17, "coupons from before a resale association pay for spending before it only", ASSOCIATION;
    CUSTOMER_MONEY = 18, "on the China site resale customers spend what the partner allots: above zero, two decimals, \
        reclaimed up to the balance", CHINA_GUIDE;
    RESELLER_MONEY = 19, "a distributor allots money and coupon quotas to its own resellers, above zero with two decimals, \
        and reclaims up to the balance", CHINA_GUIDE;
    RECLAIMED_COUPON = 20, "a coupon of a resale customer can be reclaimed and stays in the issuer's records", CHINA_GUIDE;
    PAY_ON_BEHALF = 21, "any customer of a solution provider may ask it to pay an order, a reseller's customer only in resale",
        MANAGER_REQUESTS;
    RESELLER_INCENTIVE = 22, "a reseller gets no incentive of Huawei; its performance counts for the distributor", RESELLERS;
    BUDGET_KINDS = 23, "a monthly budget starts again on the first of each month, a one-time budget never", BUDGETS;
    BUDGET_POLICY = 24, "alerts come at 75, 90 and 100 %; the account freezes by itself only under the automatic policy",
        BUDGETS;
    BUDGET_REPLACED = 25, "a budget is above zero and replaces the one before", BUDGETS;
    RESELLER_BUDGET = 26, "a reseller sets budgets only of a kind for which its distributor gave a quota, and within it",
        PERMISSIONS;
    FROZEN_ACCOUNT = 27, "a frozen account buys, renews and changes nothing, and its resources still cost money", BUDGETS;
    PARTNER_RESTRICTED = 28, "when a partner is restricted its resale customers cannot spend, nor its resellers and theirs",
        RESTRICTED;
    PARTNER_FROZEN = 29, "a frozen partner develops no resale customers, parts from none, and invites no resellers",
        RESTRICTED;
    AUTHORIZED = 30, "before acting for a resale customer the partner is authorised by it, the first time with a commitment \
        letter; a reseller by its distributor before that", AUTHORISATION;
    DISTRIBUTOR_SEES = 31, "a distributor sees basic information on its resellers' customers", RESELLERS;
    CODE = 32, "where the verification code is switched on, a separation or switch needs it", CHINA_GUIDE;
    MANAGER_FROM = 33, "an account manager is responsible for events from the assignment on", MANAGERS;
    MANAGER_ROLE = 34, "the preset role of account managers is fixed: own customers only, no coupons, no bill", MANAGERS;
    CONTACT_LIMIT = 35, "customers are shown at most 5 contacts", CONTACTS;
    INVITE_LIMIT = 36, "an administrator invites at most 100 specialists a day; a link holds 7 days", SPECIALISTS;
    PREREQUISITE = 37, "who invites has joined a path or a program; distributors and solution providers do not apply",
        SPECIALISTS;
    TENANT_NAME = 38, "an employee is invited under the name of the tenant where it differs from that of the HUAWEI ID; the \
        account is not found otherwise", SPECIALISTS;
    CANCEL_FIRST = 39, "a specialist is cancelled before being unbound", SPECIALISTS;
    UP_TO_DATE = 40, "members keep employment, certificates, training and projects up to date", SPECIALISTS;
    MAIL_LINK = 41, "the link of an invitation mail holds 7 days on the China site; one sent by hand does not end",
        MAIL_LINK_PAGE;
    SITES = 42, "a change between referral and resale is requested on the China site, budgets exist on the international one",
        BUDGETS;
    WRITTEN = 43, "requests and refusals tell their reason, applications have their files", DISASSOCIATION;
    PAYMENT_MEANS = 44, "a partner pays a customer's order from its balance or online; general goods of KooGallery only from \
        the balance or with Petal Pay", PAY;
    PAYMENT_BALANCE = 45, "a payment from the balance needs the amount in the account balance and in the balance that can be \
        allotted; a reseller's in the account balance only", PAY;
    PAY_REJECTED = 46, "the partner rejects a request with a reason, alone or in a batch; the customer may pay the order itself",
        PAY_REJECTION;
    PAY_REFUND = 47, "when the customer unsubscribes, the money returns to the account of the partner that paid", PAYING_FOR_CUSTOMERS;
    PAID_ONCE = 48, "an order waits for one payment at a time", PAYING_FOR_CUSTOMERS;
}
