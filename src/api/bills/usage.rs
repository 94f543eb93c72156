//! A customer's charges with what was used, at which price, and how it was computed.

use super::{
    BillType, BrokenIdentity, ChargingMode, Identity, PeriodType, RecordOwner, StatisticType,
    rules::{days_in_cycle, member_named, payable, payment_parts},
};
use crate::{
    operation,
    types::{
        Amount, BillCycle, Currency, CustomerId, Day, Language, MeasureUnit, OrderId, Personal, ResourceId,
        UtcTime,
        fields::{CodeAsText, EmptyAsNone},
        response,
    },
};

operation! {
    /// Lists the usage of the calling customer in a billing cycle and its charges, one page.
    ///
    /// An IAM user of the customer needs `billing:billDetail:view`. Hours late, three years back; an enterprise
    /// master also sees its members.
    ///
    /// The running month is no basis for reconciliation: late charges, refunds, adjustments and write-offs still
    /// move it. Final from 10:00 on the 3rd of the next month in Beijing, for monthly-settlement customers from
    /// 10:00 on the 4th.
    ///
    /// Leave filters out rather than empty: for service, region, resource, project and trade id, empty text filters
    /// for rows without a value.
    GET "/v2/bills/customer-bills/res-fee-records" as bss "ListCustomerselfResourceRecords" -> UsageRecordPage {
        sites(ALL), caller(Customer), rate(30), rows(1000, fee_records: UsageRecord, total: total_count, key: id),
        source("https://support.huaweicloud.com/api-oce/mbc_00004.html"),
    }
    pub struct ListUsageRecords {
        required {
            /// The month, counted in UTC+8; one at a time.
            cycle: BillCycle,
        }
        optional {
            /// Language of names in the response; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Only this cloud service, such as `hws.service.type.obs`. Empty text filters.
            cloud_service_type: String where len(0..=64),
            /// Only this region, such as `cn-north-1`. Empty text filters.
            region: String where len(0..=64),
            /// Only what is paid for in this way.
            charge_mode: ChargingMode,
            /// Only charges of this kind. [`BillType::Hourly`] is a filter of the international site only.
            bill_type: BillType,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=1000) default(10),
            /// Only this resource. Empty text filters.
            resource_id: ResourceId where len(0..=64),
            /// Only this enterprise project: `0` for the default one, `null` for services without projects. Empty
            /// text filters.
            enterprise_project_id: String where len(0..=64),
            /// Whether rows with nothing to pay are listed.
            include_zero_record: bool,
            /// Accounts whose records are listed; all by default.
            method: RecordOwner,
            /// The member, when [`RecordOwner::Member`] is asked for, and only then.
            sub_customer_id: CustomerId,
            /// Only this order or transaction. Empty text filters.
            trade_id: String,
            /// The first day, inside the cycle; only together with the last. Without effect on sums per cycle.
            bill_date_begin: Day,
            /// The last day, inside the cycle; only together with the first. Without effect on sums per cycle.
            bill_date_end: Day,
            /// Granularity of the bill; each charge by default.
            statistic_type: StatisticType,
        }
        check |it, check| {
            let check = member_named(check, it.method.as_ref(), it.sub_customer_id.as_ref());
            days_in_cycle(
                check,
                it.cycle,
                ("bill_date_begin", it.bill_date_begin),
                ("bill_date_end", it.bill_date_end),
            )
        }
    }
}

response! {
    /// One page of usage records.
    pub struct UsageRecordPage {
        /// Rows of this page.
        pub fee_records: Vec<UsageRecord>,
        /// Total number of matching rows.
        pub total_count: Option<u64>,
        /// The currency of all amounts.
        pub currency: Option<Currency>,
    }
}

response! {
    /// A charge with the usage that it was computed from.
    pub struct UsageRecord {
        /// The day of consumption, counted in UTC+8.
        #[with(EmptyAsNone)]
        pub bill_date: Option<Day>,
        /// Type of the charge.
        pub bill_type: Option<BillType>,
        /// Consuming account: the caller or one of its members.
        pub customer_id: CustomerId,
        /// Region of the resource, such as `cn-north-1`.
        pub region: Option<String>,
        /// Display name of the region.
        pub region_name: Option<String>,
        /// The cloud service, such as `hws.service.type.obs`.
        pub cloud_service_type: Option<String>,
        /// The kind of resource, such as `hws.resource.type.vm`.
        pub resource_type: Option<String>,
        /// Name of the cloud service in the language that was asked for.
        pub cloud_service_type_name: Option<String>,
        /// Name of the kind of resource.
        pub resource_type_name: Option<String>,
        /// Start of the charged period; for pay-per-use, reserved otherwise.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the period of the charge; for pay-per-use, reserved otherwise.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// The resource that was charged for.
        pub resource_id: Option<ResourceId>,
        /// The name that the customer gave the resource.
        pub resource_name: Option<String>,
        /// The tags of the resource, as one text.
        pub resource_tag: Option<String>,
        /// Id of the product in the catalogue.
        pub product_id: Option<String>,
        /// Display name of the product.
        pub product_name: Option<String>,
        /// Description of the specification.
        pub product_spec_desc: Option<String>,
        /// The specification as a code.
        pub sku_code: Option<String>,
        /// The size of the instance, for products that are priced by size.
        pub spec_size: Option<Amount>,
        /// The unit of the size.
        pub spec_size_measure_id: Option<MeasureUnit>,
        /// The order, for bill types 1, 2, 3, 4 and 8; otherwise the transaction: a receivable, or for charges at the end of
        /// the month the bill.
        pub trade_id: Option<String>,
        /// The row; none in sums per cycle.
        pub id: Option<String>,
        /// Time of the deduction.
        #[with(EmptyAsNone)]
        pub trade_time: Option<UtcTime>,
        /// The enterprise project; `0` is the default one.
        pub enterprise_project_id: Option<String>,
        /// Display name of the enterprise project.
        pub enterprise_project_name: Option<String>,
        /// Charging mode of the resource; text on the wire.
        #[with(CodeAsText)]
        pub charge_mode: Option<ChargingMode>,
        /// The order of a yearly/monthly resource; none for pay-per-use.
        pub order_id: Option<OrderId>,
        /// The unit of the subscription; text on the wire.
        #[with(CodeAsText)]
        pub period_type: Option<PeriodType>,
        /// Measured quantity, such as duration or traffic.
        pub usage_type: Option<String>,
        /// Measured usage; `None` for yearly/monthly resources.
        pub usage: Option<Amount>,
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
        /// The price of one unit, where pricing has no tiers; none for yearly/monthly in sums per cycle. China site.
        pub unit_price: Option<Amount>,
        /// Name of the unit of the price. China site.
        pub unit: Option<String>,
        /// The list price, before any discount.
        pub official_amount: Option<Amount>,
        /// Discount on the list price.
        pub discount_amount: Option<Amount>,
        /// Amount that has to be paid: two decimals on the China site, eight on the international one.
        pub amount: Option<Amount>,
        /// Paid from the cash balance.
        pub cash_amount: Option<Amount>,
        /// Paid from the credit line.
        pub credit_amount: Option<Amount>,
        /// Paid with cash vouchers.
        pub coupon_amount: Option<Amount>,
        /// Paid with flexi-purchase vouchers.
        pub flexipurchase_coupon_amount: Option<Amount>,
        /// Paid from stored-value cards.
        pub stored_card_amount: Option<Amount>,
        /// Paid from bonus money, what is left of a product that was withdrawn.
        pub bonus_amount: Option<Amount>,
        /// Not paid yet; for monthly-settlement customers what they settle later.
        pub debt_amount: Option<Amount>,
        /// Debt that was written off.
        pub adjustment_amount: Option<Amount>,
        /// Unit of the amounts: 1 is the currency's main unit on every site.
        pub measure_id: Option<MeasureUnit>,
        /// Formula of the amount as text; its result is [`UsageRecord::formula_result`]. None in sums per
        /// cycle.
        pub formula: Option<String>,
        /// For a part of a bundle: the part's own cloud service. Reserved on the international site.
        pub sub_service_type_code: Option<String>,
        /// Name of that part's cloud service. Reserved on the international site.
        pub sub_service_type_name: Option<String>,
        /// For a part of a bundle: the part's own kind of resource. Reserved on the international site.
        pub sub_resource_type_code: Option<String>,
        /// Name of that part's kind of resource. Reserved on the international site.
        pub sub_resource_type_name: Option<String>,
        /// For a part of a bundle: the part's own resource; for reserved instances the reserved instance. Reserved on the
        /// international site.
        pub sub_resource_id: Option<ResourceId>,
        /// Name of that part's resource. Reserved on the international site.
        pub sub_resource_name: Option<String>,
        /// Time of consumption: the transaction for yearly/monthly and reserved instances paid in advance,
        /// the end of the usage record otherwise. Only where each charge is listed.
        #[with(EmptyAsNone)]
        pub consume_time: Option<UtcTime>,
        /// The order of a combined purchase that this one belongs to; none for plain orders.
        pub relative_order_id: Option<OrderId>,
        /// The account under which the customer logs in; up to 128 characters.
        pub account_name: Option<Personal>,
        /// Number of subscribed periods.
        pub period_num: Option<Amount>,
    }
}

payable!(UsageRecordPage { fee_records: UsageRecord { amount, measure_id } });

payment_parts!(UsageRecord { stored_card_amount, bonus_amount, adjustment_amount });

impl UsageRecord {
    /// The result of the [`formula`](Self#structfield.formula): payable − cash vouchers. `None` where one of the two was
    /// left out, or the exact result has more digits than an amount can hold.
    #[must_use]
    pub fn formula_result(&self) -> Option<Amount> {
        self.amount?.checked_sub(self.coupon_amount?)
    }

    /// The sums that this row does not keep: [`Identity::UsageRecordParts`].
    #[must_use]
    pub fn check_identities(&self) -> Vec<BrokenIdentity> {
        Identity::UsageRecordParts
            .check("amount", self.amount, self.payment_parts().named())
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    #[test]
    fn the_published_record_is_read() {
        let page: UsageRecordPage = decode_str(
            r#"{"fee_records":[{"bill_date":"2020-12-05","bill_type":1,"customer_id":"52190d93cb844a249c70fd1e1d416f8b",
                "region":"cn-north-1","region_name":"CN North-Beijing1","cloud_service_type":"hws.service.type.ec2",
                "resource_type":"hws.resource.type.ip","effective_time":"2020-12-05T11:06:55Z",
                "expire_time":"2020-12-06T11:06:55Z","resource_id":"4251f987c09c4d97a6b4784e4661f8ce",
                "sku_code":"comtest15.linux","spec_size":40,"spec_size_measure_id":0,"trade_id":"BC0883684711",
                "trade_time":"2020-12-05T11:07:00Z","enterprise_project_id":"0","charge_mode":"1",
                "order_id":"BC0883684711","period_type":"20","usage":147,"usage_measure_id":1,"unit_price":0,
                "official_amount":0.81,"discount_amount":0.01,"amount":0.81,"cash_amount":2.25,"credit_amount":1.23,
                "coupon_amount":0.07,"flexipurchase_coupon_amount":0.4}],"total_count":1,"currency":"CNY"}"#,
        )
        .unwrap();
        let record = &page.fee_records[0];
        assert_eq!(record.charge_mode, Some(ChargingMode::YearlyMonthly));
        assert_eq!(record.period_type, Some(PeriodType::Month));
        assert_eq!(record.bill_date.map(|day| day.to_string()).as_deref(), Some("2020-12-05"));
        assert_eq!(record.spec_size_measure_id, Some(MeasureUnit::Other(0)));
        let written = serde_json::to_string(record).unwrap();
        assert!(
            written.contains(r#""charge_mode":"1""#) && written.contains(r#""period_type":"20""#),
            "{written}"
        );
        assert!(!record.check_identities().is_empty(), "its numbers are placeholders");
    }

    #[test]
    fn a_usage_record_is_what_its_parts_paid() {
        let record: UsageRecord = decode_str(
            r#"{"amount":"36.00000001","cash_amount":1,"credit_amount":2,"coupon_amount":3,
                "flexipurchase_coupon_amount":4,"stored_card_amount":5,"bonus_amount":6,"debt_amount":7,
                "adjustment_amount":8.00000001}"#,
        )
        .unwrap();
        assert_eq!(record.check_identities(), []);
        assert_eq!(record.formula_result(), "33.00000001".parse().ok());
        let broken = UsageRecord { adjustment_amount: Some(Amount::from(8)), ..record }.check_identities();
        assert_eq!(broken.len(), 1);
        assert_eq!(
            (broken[0].identity, broken[0].difference()),
            (Identity::UsageRecordParts, "0.00000001".parse().ok())
        );
    }

    #[test]
    fn documented_limits_are_checked() {
        let query = ListUsageRecords::new("2026-02".parse::<BillCycle>().unwrap());
        let request =
            query.clone().region("x".repeat(65)).limit(0_u32).method(RecordOwner::Member).sub_customer_id("");
        assert_eq!(violated(&request), ["region", "limit", "sub_customer_id"]);
        query.region("").validate().unwrap();
    }
}
