//! Charges of a partner's customers, one row for each charge.

use super::{
    BillClass, BillType, BrokenIdentity, ChargingMode, Identity, PaymentOption, PeriodType,
    rules::{days_in_cycle, payable, payment_parts},
};
use crate::{
    operation,
    types::{
        Amount, BillCycle, Currency, CustomerId, Day, Language, MeasureUnit, PartnerId, Personal, ResellerId,
        ResourceId, UtcTime,
        fields::EmptyAsNone,
        open_enum::{open_codes, open_enum},
        response,
    },
};

operation! {
    /// The customers that consumed anything in a billing cycle, one page.
    ///
    /// Computed at the moment of the call. A customer that has left is still listed for the cycles in which it
    /// consumed as the caller's customer. Whether a distributor also sees its resellers' customers is not
    /// documented. Each of the ids goes into [`ListCustomerCharges`].
    POST "/v2/bills/subcustomer-bills/res-fee-records/sub-customers/query" as bss "ListConsumeSubCustomers" -> ConsumingCustomerPage {
        read, permissions("BPC_ITEM_FINANCE_020101"),
        rows(100, sub_customers: ConsumingCustomer, total: total_count),
        source("https://support.huaweicloud.com/api-bpconsole/mt_000503.html"),
    }
    pub struct ListConsumingCustomers {
        required {
            /// The month, counted in UTC+8.
            bill_cycle: BillCycle,
        }
        optional {
            /// Language of names in the response; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Rows to skip; none by default.
            offset: u32 where range(0..=2_147_483_646),
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
    }
}

operation! {
    /// Lists all charges of one customer of a partner in a billing cycle, one page.
    ///
    /// Internationally the same is delivered as a file. The pages disagree about the permission items. Computed at the
    /// moment of the call, for the last 18 months, for resale and referral customers alike. Ask [`ListConsumingCustomers`]
    /// which customers there are.
    ///
    /// It shows consumption, not what was deducted from the customer's account, and it is not the partner's own
    /// bill: no basis for settlement or invoices between the partner and Huawei Cloud. The charges of a referral
    /// customer that is also an enterprise member move to the enterprise master when the member is unbound.
    ///
    /// Where a filter says so, the word `null` filters for rows without a value.
    GET "/v2/bills/subcustomer-bills/res-fee-records" as bss "ListSubCustomerBillDetail" -> CustomerChargePage {
        permissions("BPC_ITEM_FINANCE_020100", "BPC_ITEM_FINANCE_020101"),
        rows(100, fee_records: CustomerCharge, total: total_count, key: id),
        source("https://support.huaweicloud.com/api-bpconsole/mt_000502.html"),
    }
    pub struct ListCustomerCharges {
        required {
            /// The month, counted in UTC+8.
            bill_cycle: BillCycle,
            /// Customer whose charges are listed.
            customer_id: CustomerId where len(1..=64),
        }
        optional {
            /// Language of names in the response; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Lists only charges of this cloud service, such as `hws.service.type.obs`. Page and model
            /// disagree about the effect of empty text and `null`.
            service_type_code: String where len(0..=64),
            /// Lists only charges of this region, such as `cn-north-1`. Page and model disagree about the
            /// effect of empty text and `null`.
            region_code: String where len(0..=64),
            /// Only what is paid for in this way.
            charging_mode: ChargingMode,
            /// Only charges of this kind.
            bill_detail_type: BillType,
            /// Only this resource. `null` filters; empty text is not supported.
            resource_id: ResourceId where filled,
            /// Only resources of this name. `null` filters; empty text is not supported.
            resource_name: String where filled,
            /// Only this order or transaction. `null` filters; empty text is not supported.
            trade_id: String where filled,
            /// Only customers of this account manager. The manager's supervisor must say whose, one at a time.
            /// `null` filters; empty text is not supported.
            account_manager_id: Personal where filled,
            /// Only what was consumed under this kind of association.
            association_type: CustomerAssociation,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page. The upper bound is not documented; it was 1,000 in the operation that this one
            /// replaced, and pages are read 100 at a time.
            limit: u32 where range(1..=1000) default(10),
            /// For distributors: what the customer consumed while it belonged to this reseller. Without it only the
            /// time in which it belonged to the distributor itself counts. Ignored for others.
            indirect_partner_id: ResellerId,
            /// The first day, inside the cycle; only together with the last.
            bill_date_begin: Day,
            /// The last day, inside the cycle; only together with the first.
            bill_date_end: Day,
        }
        check |it, check| {
            days_in_cycle(
                check,
                it.bill_cycle,
                ("bill_date_begin", it.bill_date_begin),
                ("bill_date_end", it.bill_date_end),
            )
        }
    }
}

response! {
    /// One page of customers that consumed.
    pub struct ConsumingCustomerPage {
        /// Rows of this page.
        pub sub_customers: Vec<ConsumingCustomer>,
        /// Total number of rows.
        pub total_count: Option<u64>,
    }
}

response! {
    /// A customer that consumed something.
    pub struct ConsumingCustomer {
        /// Account of the customer.
        pub customer_id: CustomerId,
    }
}

response! {
    /// One page of a customer's charges.
    pub struct CustomerChargePage {
        /// Total number of matching rows.
        pub total_count: Option<u64>,
        /// The currency of all amounts, in its main unit (inferred); yuan.
        pub currency: Option<Currency>,
        /// Rows of this page.
        pub fee_records: Vec<CustomerCharge>,
    }
}

response! {
    /// One charge of a partner's customer.
    pub struct CustomerCharge {
        /// The month in which it is billed, counted in UTC+8.
        #[with(EmptyAsNone)]
        pub bill_cycle: Option<BillCycle>,
        /// Customer that was charged.
        pub customer_id: CustomerId,
        /// Type of the customer's association with the partner.
        pub association_type: Option<CustomerAssociation>,
        /// The cloud service, such as `hws.service.type.obs`.
        pub service_type_code: Option<String>,
        /// The kind of resource, such as `hws.resource.type.vm`.
        pub resource_type_code: Option<String>,
        /// Name of the cloud service in the language that was asked for.
        pub service_type_name: Option<String>,
        /// Name of the kind of resource.
        pub resource_type_name: Option<String>,
        /// Charging mode of the resource.
        pub charging_mode: Option<ChargingMode>,
        /// Time of the deduction.
        #[with(EmptyAsNone)]
        pub trade_time: Option<UtcTime>,
        /// The order, for bill types 1, 2, 3, 4, 8 and 103; otherwise the transaction: a receivable, or for charges at the
        /// end of the month the bill.
        pub trade_id: Option<String>,
        /// The row; unique.
        pub id: String,
        /// Type of the charge.
        pub bill_detail_type: Option<BillType>,
        /// The resource that was charged for.
        pub resource_id: Option<ResourceId>,
        /// The name that the customer gave the resource.
        pub resource_name: Option<String>,
        /// Description of the specification.
        pub product_spec_desc: Option<String>,
        /// Region of the resource, such as `cn-north-1`.
        pub region_code: Option<String>,
        /// Id of the product in the catalogue.
        pub product_id: Option<String>,
        /// Display name of the product.
        pub product_name: Option<String>,
        /// The tags of the resource, as one text.
        pub resource_tag: Option<String>,
        /// Time of consumption: the payment of the order for yearly/monthly and reserved instances, the time
        /// of the usage record for pay-per-use.
        #[with(EmptyAsNone)]
        pub consume_time: Option<UtcTime>,
        /// Measured quantity, such as duration or traffic.
        pub usage_type: Option<String>,
        /// Measured amount of usage.
        pub usage_amount: Option<Amount>,
        /// Unit of the usage.
        pub usage_measure_id: Option<MeasureUnit>,
        /// Part of the usage that a package covered.
        pub free_resource_usage: Option<Amount>,
        /// Unit of the usage that a package covered.
        pub free_resource_measure_id: Option<MeasureUnit>,
        /// Part of the usage that a reserved instance covered.
        pub ri_usage: Option<Amount>,
        /// Unit of the usage that a reserved instance covered.
        pub ri_usage_measure_id: Option<MeasureUnit>,
        /// The list price, before any discount.
        pub official_amount: Option<Amount>,
        /// Discount on the list price.
        pub official_discount_amount: Option<Amount>,
        /// Amount that has to be paid.
        pub payment_amount: Option<Amount>,
        /// Paid from the cash balance.
        pub cash_amount: Option<Amount>,
        /// Paid from the credit line.
        pub credit_amount: Option<Amount>,
        /// Paid with cash vouchers.
        pub coupon_amount: Option<Amount>,
        /// Paid with flexi-purchase vouchers.
        pub flexipurchase_coupon_amount: Option<Amount>,
        /// Paid from stored-value cards.
        pub stored_value_card_amount: Option<Amount>,
        /// Not paid yet; for monthly-settlement customers what they settle later.
        pub debt_amount: Option<Amount>,
        /// Debt that was written off.
        pub writeoff_amount: Option<Amount>,
        /// The unit of the subscription.
        pub period_type: Option<PeriodType>,
        /// The employee of the partner who looks after the customer.
        pub account_manager_id: Option<Personal>,
        /// The partner to which the customer belonged.
        pub partner_id: Option<PartnerId>,
        /// Display name of the region.
        pub region_name: Option<String>,
        /// For a part of a bundle: the part's own cloud service.
        pub sub_service_type_code: Option<String>,
        /// Name of that part's cloud service.
        pub sub_service_type_name: Option<String>,
        /// For a part of a bundle: the part's own kind of resource.
        pub sub_resource_type_code: Option<String>,
        /// Name of that part's kind of resource.
        pub sub_resource_type_name: Option<String>,
        /// For a part of a bundle: the part's own resource; for reserved instances the reserved instance.
        pub sub_resource_id: Option<ResourceId>,
        /// Name of that part's resource.
        pub sub_resource_name: Option<String>,
        /// Number of subscribed periods.
        pub period_num: Option<Amount>,
        /// The enterprise project; `0` is the default one.
        pub enterprise_project_id: Option<String>,
        /// Type of the order that caused the charge.
        pub order_type: Option<ChargeOrderType>,
        /// Time at which a savings plan or reserved instance is paid.
        pub payment_type: Option<PaymentOption>,
    }
}

payable!(CustomerChargePage { fee_records: CustomerCharge { payment_amount } });

payment_parts!(CustomerCharge { stored_value_card_amount, none, writeoff_amount });

impl CustomerCharge {
    /// Returns the amount that was dropped by truncation to cents: list price − discount − payable. The bill
    /// has no field for it.
    #[must_use]
    pub fn truncated_amount(&self) -> Option<Amount> {
        self.discounted()?.checked_sub(self.payment_amount?)
    }

    /// The sums that this row does not keep: [`Identity::ChargeParts`] and, for consumption,
    /// [`Identity::ChargeTruncation`]. Both are inferred. A later charge for truncated amounts is not checked for
    /// truncation.
    #[must_use]
    pub fn check_identities(&self) -> Vec<BrokenIdentity> {
        let parts =
            Identity::ChargeParts.check("payment_amount", self.payment_amount, self.payment_parts().named());
        let dropped_by_truncation =
            |dropped: Amount| !dropped.is_negative() && dropped.truncated(2).is_zero();
        let checked = self.bill_detail_type.and_then(BillType::class) == Some(BillClass::Consumption)
            && self.bill_detail_type != Some(BillType::TruncationRecharge);
        let discounted = [
            ("official_amount", self.official_amount),
            ("official_discount_amount", self.official_discount_amount.map(Amount::negated)),
        ];
        let truncation = (checked && !self.truncated_amount().is_some_and(dropped_by_truncation))
            .then(|| Identity::ChargeTruncation.check("payment_amount", self.payment_amount, discounted))
            .flatten();
        parts.into_iter().chain(truncation).collect()
    }

    fn discounted(&self) -> Option<Amount> {
        self.official_amount?.checked_sub(self.official_discount_amount?)
    }
}

open_enum! {
    /// Type of a customer's association with a partner.
    pub enum CustomerAssociation {
        /// The customer pays Huawei Cloud; the partner referred it.
        Referral = "1",
        /// The partner pays, with money that it allocates to the customer.
        Resale = "2",
    }
}

open_codes! {
    /// Type of the order that caused a charge.
    pub enum ChargeOrderType {
        /// New subscription of a resource.
        Opening = 1,
        /// Renewal of a resource.
        Renewal = 2,
        /// Change of the specification.
        Change = 3,
        /// Unsubscription of a resource.
        Unsubscription = 4,
        /// From yearly/monthly to pay-per-use.
        ToPayPerUse = 10,
        /// From pay-per-use to yearly/monthly.
        ToYearlyMonthly = 11,
        /// Trial of a product.
        Trial = 13,
        /// From trial to commercial use.
        TrialToCommercial = 14,
        /// Adjustment of a fee by the operator.
        FeeAdjustment = 15,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn query() -> ListCustomerCharges {
        ListCustomerCharges::new("2026-10".parse::<BillCycle>().unwrap(), "c1")
    }

    #[test]
    fn a_page_of_customers_is_read() {
        let page: ConsumingCustomerPage =
            decode_str(r#"{"sub_customers":[{"customer_id":"c1"},{"customer_id":"c2"}],"total_count":"2"}"#)
                .unwrap();
        assert_eq!((page.total_count, page.sub_customers[1].customer_id.as_str()), (Some(2), "c2"));
    }

    #[test]
    fn a_charge_is_read() {
        let page: CustomerChargePage = decode_str(
            r#"{"total_count":1,"currency":"CNY","fee_records":[{"bill_cycle":"2020-12","customer_id":"c1",
                "association_type":"2","charging_mode":3,"trade_time":"2020-11-30T17:00:00Z","bill_detail_type":5,
                "period_type":25,"order_type":77,"account_manager_id":"li","usage_amount":"25874",
                "official_amount":0.04599822,"official_discount_amount":0,"payment_amount":0.04,"cash_amount":null}]}"#,
        )
        .unwrap();
        let charge = &page.fee_records[0];
        assert_eq!(charge.association_type, Some(CustomerAssociation::Resale));
        assert_eq!(charge.bill_detail_type, Some(BillType::Usage));
        assert_eq!(charge.order_type, Some(ChargeOrderType::Other(77)));
        assert_eq!(charge.bill_cycle, charge.trade_time.map(BillCycle::containing));
        assert_eq!(charge.cash_amount, None);
        assert_eq!(
            charge.truncated_amount().map(|dropped| dropped.to_string()).as_deref(),
            Some("0.00599822")
        );
        assert!(!format!("{charge:?}").contains("\"li\""));
    }

    #[test]
    fn charge_parts_add_up_to_the_payable_amount() {
        let charge: CustomerCharge = decode_str(
            r#"{"bill_detail_type":1,"official_amount":10,"official_discount_amount":2.5,"payment_amount":7.50,
                "cash_amount":1,"credit_amount":1,"coupon_amount":1,"flexipurchase_coupon_amount":1,
                "stored_value_card_amount":1,"debt_amount":1,"writeoff_amount":1.5}"#,
        )
        .unwrap();
        assert_eq!(charge.check_identities(), []);
        let broken = CustomerCharge { writeoff_amount: Some(Amount::from(1)), ..charge }.check_identities();
        assert_eq!(broken.len(), 1);
        assert_eq!((broken[0].identity, broken[0].difference()), (Identity::ChargeParts, "0.5".parse().ok()));
    }

    #[test]
    fn truncation_drops_less_than_a_cent_of_a_consumption() {
        let charge = |kind: BillType, list: &str, payable: &str| CustomerCharge {
            bill_detail_type: Some(kind),
            official_amount: list.parse().ok(),
            official_discount_amount: Some(Amount::ZERO),
            payment_amount: payable.parse().ok(),
            cash_amount: payable.parse().ok(),
            ..CustomerCharge::default()
        };
        for (list, payable, kept) in
            [("0.04599822", "0.04", true), ("0.05", "0.04", false), ("0.04", "0.05", false), ("0", "0", true)]
        {
            let broken = charge(BillType::Usage, list, payable).check_identities();
            assert_eq!(broken.is_empty(), kept, "{list} {payable}: {broken:?}");
        }
        assert_eq!(charge(BillType::Unsubscription, "-5", "-3").check_identities(), []);
        assert_eq!(charge(BillType::TruncationRecharge, "0", "0.07").check_identities(), []);
    }

    #[test]
    fn days_stay_inside_the_cycle_and_together() {
        query().bill_date_begin(day("2026-10-01")).bill_date_end(day("2026-10-31")).validate().unwrap();
        assert_eq!(violated(&query().bill_date_begin(day("2026-10-01"))), ["bill_date_begin"]);
        let outside = query().bill_date_begin(day("2026-10-02")).bill_date_end(day("2026-11-01"));
        assert_eq!(violated(&outside), ["bill_date_end"]);
        let backwards = query().bill_date_begin(day("2026-10-02")).bill_date_end(day("2026-10-01"));
        assert_eq!(violated(&backwards), ["bill_date_begin"]);
    }

    #[test]
    fn documented_limits_are_checked() {
        let cycle = "2026-10".parse::<BillCycle>().unwrap();
        let request = ListConsumingCustomers::new(cycle).offset(u32::MAX).limit(101_u32);
        assert_eq!(violated(&request), ["offset", "limit"]);
        let request = ListCustomerCharges::new(cycle, "").trade_id("").limit(0_u32);
        assert_eq!(violated(&request), ["customer_id", "trade_id", "limit"]);
    }
}
