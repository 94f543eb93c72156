//! Month sums of a partner's customers, and the bill that the partner owes.

use super::{BrokenIdentity, ChargingMode, Identity, rules::payable};
use crate::{
    operation,
    types::{
        Amount, BillCycle, Currency, CustomerId, MeasureUnit, Money, MoneyError, ResellerId,
        fields::{CodeAsText, EmptyAsNone},
        open_enum::open_enum,
        response,
    },
};

operation! {
    /// Lists the consumption of a partner's resale customers in a billing cycle, summed by customer, service
    /// and kind, one page.
    ///
    /// One payment mode at a time: three series of calls, for yearly/monthly, pay-per-use and savings plans, cover
    /// a month; reserved instances cannot be asked for.
    ///
    /// Covers resale customers only, and what was paid with money that the partner allocated. Holds what happened
    /// up to the end of the day before, refreshed daily between 16:00 and 24:00 in Beijing. Amounts are before tax;
    /// the partner may settle with its customers on this basis.
    GET "/v2/bills/partner-bills/subcustomer-bills/monthly-sum" as bss "ListSubcustomerMonthlyBills" -> MonthlyBillPage {
        rate(30), permissions("BPC_ITEM_FINANCE_090100"), rows(100, bill_sums: MonthlyBill, total: count),
        source("https://support.huaweicloud.com/api-bpconsole/cb_020001.html"),
    }
    pub struct ListMonthlyBills {
        required {
            /// The month, counted in UTC+8.
            cycle: BillCycle,
            /// Charging mode of the resources: 1, 3 or 11.
            charge_mode: ChargingMode,
        }
        optional {
            /// Only this customer; all by default.
            customer_id: CustomerId where len(0..=64),
            /// Only this cloud service, such as `hws.service.type.obs`.
            cloud_service_type: String where len(0..=256),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
            /// Only sums of this kind.
            bill_type: MonthlyBillType,
            /// For distributors: the bills of this reseller's customers, which are not seen without it. Ignored for
            /// others.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| check.rule(
            "charge_mode",
            it.charge_mode != ChargingMode::ReservedInstance,
            "must be 1, 3 or 11: reserved instances are not in this bill",
        )
    }
}

operation! {
    /// Shows the amount that the calling partner owes Huawei Cloud for a past month.
    ///
    /// The bill of a month exists from 12:00 on the 5th of the next month in Beijing at the latest
    /// ([`BillCycle::final_from`]); the running month has none.
    GET "/v2/bills/partner-bills/postpaid-bill-summary" as bss "ListPostpaidBillSum" -> PartnerBill {
        sites(OUTSIDE_CHINA), permissions("BPC_ITEM_FINANCE_090100"),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/mb_00003.html"),
    }
    pub struct ShowPartnerBill {
        required {
            /// The month, counted in UTC+8.
            bill_cycle: BillCycle,
        }
    }
}

response! {
    /// One page of month sums.
    pub struct MonthlyBillPage {
        /// Rows of this page.
        pub bill_sums: Vec<MonthlyBill>,
        /// Total number of matching rows.
        pub count: Option<u64>,
        /// The currency of all amounts; yuan.
        pub currency: Option<Currency>,
    }
}

response! {
    /// Consumption of one service by one customer in a month, in one kind of bill.
    ///
    /// The bill names no month: it is the one of the request. For unsubscriptions and write-offs the service leaves out
    /// arrears, written-off arrears and discount.
    pub struct MonthlyBill {
        /// Customer that consumed the service.
        pub customer_id: CustomerId,
        /// The cloud service, such as `hws.service.type.obs`.
        pub cloud_service_type: Option<String>,
        /// Display name of the cloud service.
        pub cloud_service_type_name: Option<String>,
        /// Consumption, unsubscription or write-off.
        pub bill_type: Option<MonthlyBillType>,
        /// Charging mode of the resources; text on the wire.
        #[with(CodeAsText)]
        pub charge_mode: Option<ChargingMode>,
        /// The sum; below zero for unsubscriptions and write-offs.
        pub amount: Option<Amount>,
        /// Arrears: what the customer's account could not cover.
        pub debt_amount: Option<Amount>,
        /// Arrears that were written off.
        pub adjustment_amount: Option<Amount>,
        /// Discount on the list price.
        pub discount_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// Accounts from which it was paid.
        pub account_details: Vec<AccountPayment>,
        /// The kind of resource, such as `hws.resource.type.vm`.
        pub resource_type_code: Option<String>,
        /// Name of the kind of resource.
        pub resource_type_name: Option<String>,
    }
}

payable!(MonthlyBillPage { bill_sums: MonthlyBill { amount, measure_id } });

impl MonthlyBill {
    /// The sums that this row does not keep: [`Identity::MonthlyBillParts`], which is inferred.
    #[must_use]
    pub fn check_identities(&self) -> Vec<BrokenIdentity> {
        let paid = self.account_details.iter().map(|payment| ("account_details", payment.amount));
        let parts = paid.chain([("debt_amount", self.debt_amount)]);
        Identity::MonthlyBillParts.check("amount", self.amount, parts).into_iter().collect()
    }
}

response! {
    /// Payment from one kind of account.
    pub struct AccountPayment {
        /// Account that the payment was taken from.
        pub balance_type: Option<PaymentAccount>,
        /// Paid amount; below zero for unsubscriptions and write-offs.
        pub amount: Option<Amount>,
        /// Consumption, unsubscription or write-off, as in the row.
        pub bill_type: Option<MonthlyBillType>,
    }
}

response! {
    /// A partner's bill of one month.
    ///
    /// The documentation contradicts itself about whether the other amounts include tax; it is no addend of the amount due.
    pub struct PartnerBill {
        /// The month that is billed, counted in UTC+8; none where there is no bill.
        #[with(EmptyAsNone)]
        pub bill_cycle: Option<BillCycle>,
        /// Amount due. The total is rounded to cents once; the rows behind it have eight decimals.
        pub initial_amount_due: Option<Amount>,
        /// Consumption of the customers.
        pub consume_amount: Option<Amount>,
        /// Given back for unsubscriptions and changes; below zero.
        pub refunds: Option<Amount>,
        /// Corrections, such as arrears written off; below zero in the documented sample.
        pub adjustments: Option<Amount>,
        /// The tax that Huawei Cloud charges on the bill.
        pub tax_amount: Option<Amount>,
        /// The currency of all amounts; US dollars.
        pub currency: Option<Currency>,
    }
}

impl PartnerBill {
    /// The amount due, in the main unit of the bill's currency.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where the service left out the amount or the currency.
    pub fn due(&self) -> Result<Money, MoneyError> {
        let unit = Some(MeasureUnit::MainUnit);
        Money::from_fields("initial_amount_due", self.initial_amount_due, unit, self.currency.as_ref())
    }

    /// The sums that the bill does not keep: [`Identity::PartnerBillDue`].
    #[must_use]
    pub fn check_identities(&self) -> Vec<BrokenIdentity> {
        let addends = [
            ("consume_amount", self.consume_amount),
            ("refunds", self.refunds),
            ("adjustments", self.adjustments),
        ];
        Identity::PartnerBillDue
            .check("initial_amount_due", self.initial_amount_due, addends)
            .into_iter()
            .collect()
    }
}

open_enum! {
    /// The kind of a month sum, on the wire `bill_type`: a coarser division than [`BillType`](super::BillType), with
    /// other codes.
    pub enum MonthlyBillType {
        /// Bill for consumption.
        Consumption = "0",
        /// Bill for unsubscriptions; amounts below zero.
        Unsubscription = "1",
        /// Arrears that Huawei Cloud wrote off; amounts below zero.
        WriteOff = "2",
    }
}

open_enum! {
    /// The kind of account that a payment came from.
    pub enum PaymentAccount {
        /// The cash balance.
        Cash = "BALANCE_TYPE_DEBIT",
        /// The credit line.
        Credit = "BALANCE_TYPE_CREDIT",
        /// Bonus money, a product that was withdrawn.
        Bonus = "BALANCE_TYPE_BONUS",
        /// Payment with cash vouchers.
        Coupon = "BALANCE_TYPE_COUPON",
        /// Payment with flexi-purchase vouchers.
        FlexipurchaseCoupon = "BALANCE_TYPE_RCASH_COUPON",
        /// Payment with stored-value cards.
        StoredValueCard = "BALANCE_TYPE_STORED_VALUE_CARD",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    fn cycle(text: &str) -> BillCycle {
        text.parse().unwrap()
    }

    #[test]
    fn a_page_of_month_sums_is_read_and_written() {
        let json = r#"{"bill_sums":[{"customer_id":"c1","cloud_service_type":"hws.service.type.obs",
            "bill_type":"1","charge_mode":"3","amount":-5.50,"measure_id":1,
            "account_details":[{"balance_type":"BALANCE_TYPE_DEBIT","amount":-5.50,"bill_type":"1"}]}],
            "count":1,"currency":"CNY"}"#;
        let page: MonthlyBillPage = decode_str(json).unwrap();
        let bill = &page.bill_sums[0];
        assert_eq!(bill.bill_type, Some(MonthlyBillType::Unsubscription));
        assert_eq!(bill.charge_mode, Some(ChargingMode::PayPerUse));
        assert_eq!(bill.account_details[0].balance_type, Some(PaymentAccount::Cash));
        let written = String::from_utf8(crate::types::to_wire_json(&page).unwrap()).unwrap();
        assert!(
            written.contains(r#""charge_mode":"3""#) && written.contains(r#""amount":-5.50"#),
            "{written}"
        );
    }

    #[test]
    fn a_month_sum_is_what_the_accounts_paid_and_arrears() {
        let bill: MonthlyBill = decode_str(
            r#"{"bill_type":"0","amount":9.30,"debt_amount":2,"account_details":[
                {"balance_type":"BALANCE_TYPE_DEBIT","amount":7},{"balance_type":"BALANCE_TYPE_NEW","amount":0.3}]}"#,
        )
        .unwrap();
        assert_eq!(bill.check_identities(), []);
        let broken = MonthlyBill { debt_amount: Some(Amount::ZERO), ..bill }.check_identities();
        assert_eq!(
            (broken[0].identity, broken[0].difference()),
            (Identity::MonthlyBillParts, "2".parse().ok())
        );
    }

    #[test]
    fn the_documented_partner_bill_adds_up_without_tax() {
        let bill: PartnerBill = decode_str(
            r#"{"bill_cycle":"2020-12","initial_amount_due":90,"consume_amount":140,"refunds":-30,
                "adjustments":-20,"tax_amount":10,"currency":"USD"}"#,
        )
        .unwrap();
        assert_eq!((bill.bill_cycle, bill.currency.clone()), (Some(cycle("2020-12")), Some(Currency::Usd)));
        assert_eq!(bill.check_identities(), []);
        let with_tax = PartnerBill { initial_amount_due: Some(Amount::from(100)), ..bill }.check_identities();
        assert_eq!(with_tax[0].identity, Identity::PartnerBillDue);
        assert_eq!(with_tax[0].difference(), Some(Amount::from(10)));
    }

    #[test]
    fn documented_limits_are_checked() {
        let request = ListMonthlyBills::new(cycle("2026-10"), ChargingMode::ReservedInstance)
            .cloud_service_type("x".repeat(257))
            .limit(101_u32);
        assert_eq!(violated(&request), ["charge_mode", "cloud_service_type", "limit"]);
        ListMonthlyBills::new(cycle("2026-10"), ChargingMode::SavingsPlan).validate().unwrap();
    }
}
