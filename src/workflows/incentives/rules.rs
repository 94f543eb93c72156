//! The published rules of performance, incentives, payout and invoices, in this crate's words.

use crate::workflow::Rule;

const FORMULA: &str = "https://support.huaweicloud.com/bpconsole_faq/zh-cn_topic_0079160010.html";
const EXPIRY: &str = "https://support.huaweicloud.com/bpconsole_faq/faq_dp_060009.html";
const CALCULATION: &str = "https://support.huaweicloud.com/bpconsole_faq/csdp_faq_dp_080016.html";
const PERFORMANCE: &str = "https://support.huaweicloud.com/usermanual-bpconsole/dp_060701.html";
const STATEMENTS: &str = "https://support.huaweicloud.com/intl/tr-tr/usermanual-bpconsole/Dis_000533.html";
const PAYOUT: &str = "https://support.huaweicloud.com/intl/th-th/usermanual-bpconsole/Dis_000534.html";
const PAYOUT_EU: &str = "https://support.huaweicloud.com/eu/usermanual-bpconsole/Dis_000534.html";
const PAYOUT_CHINA: &str = "https://support.huaweicloud.com/topic/67513-4-J";
const DELIVERY: &str =
    "https://huaweicloud.com/s/JWpldHR55pyN5Yqh5Zmo6K-35rGC6LaF5pe25pe26Ze06K6-572uJQ/t_30_p_12";
const FH_TIME: &str = "https://huaweicloud.com/s/JeinpuWPkeWIhumSn-e6p-a1geaOpyU/t_30_p_37";
const FH: &str = "https://support.huaweicloud.com/intl/id-id/usermanual-bpconsole/fh_3000.html";
const SPIF: &str = "https://support.huaweicloud.com/intl/th-th/usermanual-bpconsole/spif_0006.html";
const FORMS: &str = "https://huaweicloud.com/s/Jeenn-aIt-S4jnZwYyU/t_30_p_12";
const CHANGE: &str = "https://huaweicloud.com/s/JeWmguS9leeUs-ivt-iuv-mXruWklue9kSU/t_30_p_24";
const ORDERS: &str = "https://huaweicloud.com/s/JWNh5pWw5a2X6K-B5Lmm5peg5rOV6K-G5YirJQ/t_30_p_14";
const RETURN: &str = "https://support.huaweicloud.com/usermanual-bpconsole/zdz_000025.html";
const INVOICE_STATES: &str = "https://support.huaweicloud.com/usermanual-billing/zh-cn_topic_0031465734.html";
const KOOGALLERY: &str = "https://support.huaweicloud.com/usermanual-bpconsole/zh-cn_topic_0072436003.html";
const TERMS: &str = "https://huaweicloud.com/s/JeS6keiuoeeul-WPiuWkp-aVsOaNrueahOW6lOeUqOahiOS-iyU/t_30_p_4";
const BILLS: &str = "https://support.huaweicloud.com/usermanual-bpconsole/zh-cn_topic_0072435119.html";
const CONTRACT: &str = "https://support.huaweicloud.com/usermanual-billing/contract_topic_1000001.html";
const DISCOUNTS: &str = "https://support.huaweicloud.com/intl/tr-tr/usermanual-bpconsole/dp_120500.html";
const OWN_DISCOUNTS: &str =
    "https://support.huaweicloud.com/intl/en-us/usermanual-bpconsole/en-us_topic_0072335153.html";
const VALIDITY: &str =
    "https://huaweicloud.com/s/JW15c3Fs5a6J6KOF5LiN5LqGJQ/t_30_p_7/JeWQiOS9nOS8meS8tOS4reW_gyU";
const RATES: &str = "https://support.huaweicloud.com/topic/459670-2-Y";
const MEDIA: &str = "https://support.huaweicloud.com/usermanual-billing/invoices_topic_0000004.html";
const INVOICING_TO: &str =
    "https://huaweicloud.com/s/JUFwcOWQiOinhOWuoeafpeaKpeWRiuaooeadvyU/t_30_p_3/JeWQiOS9nOS8meS8tOS4reW_gyU";
const JOINING_PROCUREMENT: &str =
    "https://huaweicloud.com/s/JeWcqOe6v-eUteWtkOetvuWQjSU/t_30_p_1/JeWQiOS9nOS8meS8tOS4reW_gyU";
const ENTITY: &str = "https://huaweicloud.com/s/JeS6keaVsOi0uOS6keiuoeeulyU/t_30_p_1";

macro_rules! rules {
    ($($name:ident = $number:literal, $text:literal, $source:ident;)*) => {
        $(pub(super) const $name: Rule = Rule::new(concat!("incentive.", $number), $text, $source);)*

        /// Every rule of incentives with its source page.
        pub const RULES: &[Rule] = &[$($name,)*];
    };
}

rules! {
    CASH_COUNTS = 1, "performance is the cash spending of associated customers, without coupons", PERFORMANCE;
    DELAY = 2, "performance of yearly and monthly orders shows after 2 hours, a day's after one working day", PERFORMANCE;
    SECOND_DAY = 3, "performance of a newly assigned customer counts from the second day, counted from the assignment: from the next \
        day on", PERFORMANCE;
    SIX_MONTHS = 4, "since 2026-01-01 a medium or long-tail customer that changed partner brings no performance incentive \
        for 6 months (China site)", PERFORMANCE;
    TRANSFERS = 5, "performance can be transferred between partners, and the transfers are recorded", PERFORMANCE;
    CONFIRM = 6, "a statement is confirmed by the partner, or by the system after the published day, before a payout",
        STATEMENTS;
    AUTHENTICATED = 7, "the business information is authenticated before a payout is asked for", PAYOUT;
    ALL_PAID = 8, "while the cycle has unpaid bills its incentives are frozen, until the day after payment; since 2025 any \
        overdue bill of a solution provider or distributor freezes", PAYOUT;
    ONE_ORDER = 9, "a request names the statements it is for; several periods may share a payout order", PAYOUT;
    PAYOUT_FORMS = 10, "the form of a payout is open to the site and the kind of association", FORMS;
    NO_INVOICE = 11, "coupon quotas, cash coupons and top-ups with invoice debt need no invoice", PAYOUT_EU;
    FORM_STAYS = 12, "the form of a payout does not change after the request", CHANGE;
    PAID_IN_TWO_DAYS = 13, "an approved payout is paid within 2 working days", PAYOUT_CHINA;
    SET_OFF = 14, "an expired positive incentive is set off against negative ones that exist when it expires, no later ones",
        EXPIRY;
    TAKEN_BACK = 15, "rebates may be taken back after an unsubscription or downgrade; negative incentives exist", CALCULATION;
    MOVED = 16, "incentives of one company are moved between its accounts by Huawei", CHANGE;
    TAX_INCLUSIVE = 17, "the invoice amount that Huawei states includes tax", FORMULA;
    TAX_FORMULA = 18, "an invoice amounts to the incentive with output tax / (1 + output tax rate) x (1 + service fee tax \
        rate); without invoice the incentive with output tax is paid", FORMULA;
    SPECIAL_VAT = 19, "invoices for incentives are special VAT invoices, paper or electronic", FORMULA;
    INVOICE_PER_ORDER = 20, "an invoice belongs to one payout order and has one tax rate, and its number is written on the \
        printed list", ORDERS;
    KOOGALLERY_INVOICE = 21, "KooGallery statements take special VAT invoices, after countersigning and before payment",
        KOOGALLERY;
    THIRD_OF_MONTH = 22, "consumption of a month is invoiced from the 3rd of the next; headers are an enterprise's, or an \
        organisation's for ordinary invoices", INVOICE_STATES;
    COURIER = 23, "for paper below CNY 10 the recipient pays the courier; an invoice has one tax rate", INVOICE_STATES;
    RETURN_WHOLE = 24, "an invoice is returned as a whole, irrevocably, a fully digital one only to Huawei Cloud Computing",
        RETURN;
    WHO_INVOICES = 25, "resale customers have invoices from the partner, referral customers from Huawei", INVOICE_STATES;
    DEBT_FIRST = 26, "invoice debt is cleared before a new invoice is asked for", INVOICE_STATES;
    WITHDRAWABLE = 27, "what can be withdrawn is the cash balance without invoice debt", TERMS;
    ORIGINAL_ROUTE = 28, "money goes back by its original route within the months that the signing entity allows", TERMS;
    REBATE_TO_BANK = 29, "an incentive is withdrawn once it is on the top-up account, to an account of the same name", TERMS;
    CODE = 30, "a withdrawal needs the verification code and the confirmed flow", TERMS;
    PARTNERS_BILL = 31, "the monthly consumption of resale customers is the partner's bill; the pages are no basis to settle",
        BILLS;
    CENTS = 32, "bills charge to the cent: digits after the second are dropped", BILLS;
    COUPON_ORDER = 33, "coupons of resale partners apply at billing in the order of transactions", BILLS;
    CONTRACT_LIMITS = 34, "an online contract's promised payment is at most 12 months old; 80 contracts a day; an order \
        belongs to one contract", CONTRACT;
    PAYMENT_PLAN = 35, "a payment plan is paid from the top-up account", CONTRACT;
    OFFLINE_CONTRACT = 36, "offline contracts are found by their number only", CONTRACT;
    COMMERCIAL_DISCOUNT = 37, "commercial discounts are granted by Huawei and apply by themselves", DISCOUNTS;
    PARTNER_DISCOUNT = 38, "partners set discounts on the international site for referral customers, with a permission",
        OWN_DISCOUNTS;
    SPECIAL_PRICE = 39, "a special price shows as a kind of contract or discount only", DISCOUNTS;
    SIGNING_ENTITY = 40, "bills, remittances and returned invoices go with the entity that signed or issued them", ENTITY;
    THIRD_PARTY = 41, "a remittance by somebody else needs an agreement on payment on behalf", ENTITY;
    FORTY_DAYS = 42, "the amount of a project incentive is confirmed within 40 working days, or it expires", DELIVERY;
    DELIVERY_PAPERS = 43, "acceptance of a delivery needs delivery data, final statement of work, the customer's confirmation \
        and the list of resources", DELIVERY;
    FOURTEEN_DAYS = 44, "the monthly list of a funding head is checked with its material within 14 working days, or it \
        expires", FH_TIME;
    ONE_PROJECT = 45, "a funding head counts a project for one person only", FH;
    SPIF_STEPS = 46, "SPIF exists on the international site; the partner shows that its people received the money", SPIF;
    INVOICE_TIMES = 47, "an invoice request takes 1 working day, a paper invoice and its return 3 each", INVOICE_STATES;
    WRITTEN = 48, "a problem, a refusal and a frozen statement tell their reason", STATEMENTS;
    MEDIUM_OF_ENTITY = 49, "since 2024-11-23 Huawei Cloud Computing issues digital invoices only; no other entity issues digital \
        ones, and its special VAT invoices are on paper", MEDIA;
    ENTITY_CHANGE = 50, "consumption before a change of the signing entity is invoiced by the earlier entity, later consumption and \
        refunded parts without an invoice by the new one", ENTITY;
    PAYOUT_RECIPIENT = 51, "an invoice for a payout is made out to the entity that was the contracting party when the payout was \
        requested", INVOICING_TO;
    PROCUREMENT = 52, "a purchase-involved partner joined by an offline agreement on the China site; its statement is generated, \
        confirmed by the partner and settled by the system", JOINING_PROCUREMENT;
    PUBLISHED_RATES = 53, "an invoice for incentives has a tax rate of 3 % or 6 %", RATES;
    VALIDITY_AFTER_LEAVING = 54, "an incentive stays valid for one year after the partner left the program", VALIDITY;
}
