//! A customer's bill, resource by resource.

use super::{
    BillType, BrokenIdentity, ChargingMode, Identity, PaymentOption, PeriodType, RecordOwner, StatisticType,
    rules::{days_in_cycle, member_named, payable, payment_parts},
};
use crate::{
    operation,
    types::{
        Amount, BillCycle, Currency, CustomerId, Day, Language, MeasureUnit, Personal, ResourceId, UtcTime,
        fields::EmptyAsNone, open_enum::open_enum, response,
    },
};

operation! {
    /// Lists the cost of each resource of the calling customer in a billing cycle, one page.
    ///
    /// An IAM user of the customer needs `billing:billDetail:view`. Up to 24 hours late, three years back and
    /// nothing before January 2019. An enterprise master also sees its members; what a member with unified
    /// accounting consumed before it became one is listed too.
    ///
    /// Amounts have eight decimals while the account is charged to cents: do not compare with
    /// [`ShowMonthlySummary`](super::ShowMonthlySummary) to the cent.
    POST "/v2/bills/customer-bills/res-records/query" as bss "ListCustomerselfResourceRecordDetails" -> ResourceBillPage {
        read, sites(ALL), caller(Customer), rate(30), rows(100, monthly_records: ResourceBill, total: total_count),
        source("https://support.huaweicloud.com/api-oce/mbc_00003.html"),
    }
    pub struct ListResourceBills {
        required {
            /// The month, counted in UTC+8; January 2019 at the earliest.
            cycle: BillCycle,
        }
        optional {
            /// Language of names in the response; Chinese by default on the China site, English on the
            /// international one.
            #[header("X-Language")]
            language: Language,
            /// Only this cloud service, such as `hws.service.type.obs`. Empty text does not filter, here and below.
            cloud_service_type: String where len(0..=64),
            /// Only this kind of resource, such as `hws.resource.type.vm`.
            resource_type: String where len(0..=64),
            /// Only this region, such as `cn-north-1`.
            region: String where len(0..=64),
            /// Only this resource.
            res_instance_id: ResourceId where len(0..=64),
            /// Only what is paid for in this way.
            charge_mode: ChargingMode,
            /// Only charges of this kind.
            bill_type: BillType,
            /// Only this enterprise project; `0` is the default one.
            enterprise_project_id: String where len(0..=64),
            /// Whether rows with nothing to pay are listed.
            include_zero_record: bool,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page. The upper bound is not documented; it was 1,000 in the older version, and pages are
            /// read 100 at a time.
            limit: u32 where range(1..=1000) default(10),
            /// Accounts whose records are listed; all by default.
            method: RecordOwner,
            /// The member, when [`RecordOwner::Member`] is asked for, and only then; up to 64 characters.
            sub_customer_id: CustomerId,
            /// Granularity of the bill; one row for the cycle by default.
            statistic_type: StatisticType,
            /// Whether to count by month or by day; by month by default. By day only where rows are divided by day
            /// or by charge.
            query_type: ResourceBillPeriod,
            /// The first day, when counting by day; inside the cycle (inferred).
            bill_cycle_begin: Day,
            /// The last day, when counting by day; inside the cycle (inferred).
            bill_cycle_end: Day,
            /// Only what this account pays for: the caller's own id leaves out members with independent accounting,
            /// the id of such a member leaves out everything else.
            payer_account_id: CustomerId,
        }
        check |it, check| {
            let first = BillCycle::new(2019, time::Month::January);
            let daily = it.query_type == Some(ResourceBillPeriod::Daily);
            let divided = matches!(it.statistic_type, Some(StatisticType::Day | StatisticType::Charge));
            let check = check
                .rule("cycle", it.cycle >= first, "must not be before 2019-01")
                .rule("statistic_type", !daily || divided, "must be 2 or 3 when query_type is DAILY")
                .rule(
                    "bill_cycle_begin",
                    !daily || it.bill_cycle_begin.is_some(),
                    "must be given when query_type is DAILY",
                )
                .rule(
                    "bill_cycle_end",
                    !daily || it.bill_cycle_end.is_some(),
                    "must be given when query_type is DAILY",
                );
            let check = member_named(check, it.method.as_ref(), it.sub_customer_id.as_ref());
            days_in_cycle(
                check,
                it.cycle,
                ("bill_cycle_begin", it.bill_cycle_begin),
                ("bill_cycle_end", it.bill_cycle_end),
            )
        }
    }
}

response! {
    /// One page of a bill by resource.
    pub struct ResourceBillPage {
        /// Rows of this page.
        pub monthly_records: Vec<ResourceBill>,
        /// Total number of matching rows.
        pub total_count: Option<u64>,
        /// The currency of all amounts.
        pub currency: Option<Currency>,
    }
}

response! {
    /// The cost of one resource.
    pub struct ResourceBill {
        /// The month, counted in UTC+8.
        #[with(EmptyAsNone)]
        pub cycle: Option<BillCycle>,
        /// The day of consumption, counted in UTC+8; only where rows are divided by day.
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
        /// The kind of resource, such as `hws.resource.type.vm`. The wire name has a capital T.
        #[name("resource_Type_code")]
        pub resource_type_code: Option<String>,
        /// Name of the cloud service in the language that was asked for.
        pub cloud_service_type_name: Option<String>,
        /// Name of the kind of resource.
        pub resource_type_name: Option<String>,
        /// The resource that was charged for.
        pub res_instance_id: Option<ResourceId>,
        /// The name that the customer gave the resource.
        pub resource_name: Option<String>,
        /// The tags of the resource, as one text.
        pub resource_tag: Option<String>,
        /// The specification as a code.
        pub sku_code: Option<String>,
        /// The enterprise project; `0` is the default one, none where the service has no projects.
        pub enterprise_project_id: Option<String>,
        /// Display name of the enterprise project.
        pub enterprise_project_name: Option<String>,
        /// Charging mode of the resource.
        pub charge_mode: Option<ChargingMode>,
        /// Amount that has to be paid. The China page speaks of two decimals and warns of eight.
        pub consume_amount: Option<Amount>,
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
        /// The list price, before any discount.
        pub official_amount: Option<Amount>,
        /// Discount on the list price.
        pub discount_amount: Option<Amount>,
        /// Unit of the amounts: 1 is the currency's main unit on every site.
        pub measure_id: Option<MeasureUnit>,
        /// The unit of the subscription.
        pub period_type: Option<PeriodType>,
        /// The resource at the top of the tree that this one belongs to.
        pub root_resource_id: Option<ResourceId>,
        /// The resource that this one belongs to.
        pub parent_resource_id: Option<ResourceId>,
        /// The order, for bill types 1, 2, 3, 4 and 8; otherwise the transaction: a receivable, or for charges at the end of
        /// the month the bill.
        pub trade_id: Option<String>,
        /// Reserved for the row.
        pub id: Option<String>,
        /// Description of the specification.
        pub product_spec_desc: Option<String>,
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
        /// The order that came before.
        pub pre_order_id: Option<String>,
        /// The availability zones of the resource.
        pub az_code_infos: Vec<AvailabilityZone>,
        /// Payer: the customer itself, or the master of a member with unified accounting.
        pub payer_account_id: Option<CustomerId>,
        /// Start of the charged period; only where each charge is listed.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the period of the charge; only where each charge is listed.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// Time of consumption: the transaction for yearly/monthly and reserved instances paid in advance,
        /// the end of the usage record otherwise. Only where each charge is listed.
        #[with(EmptyAsNone)]
        pub consume_time: Option<UtcTime>,
        /// The company of Huawei Cloud that operates the service.
        pub be_id: Option<String>,
        /// The resources that this one is related to.
        pub extend_params: Option<ResourceRelations>,
        /// The account under which the customer logs in; up to 128 characters.
        pub account_name: Option<Personal>,
        /// Number of subscribed periods.
        pub period_num: Option<Amount>,
        /// Whether it was a spot instance; only where each charge is listed.
        pub is_spot: Option<SpotInstance>,
        /// The kinds of discounts as codes with commas between them, such as `300,500`; none or empty without a discount. Only
        /// where each charge is listed.
        pub promotion_type: Option<String>,
        /// Time at which a savings plan or reserved instance is paid; only where each charge is listed.
        pub payment_type: Option<PaymentOption>,
    }
}

payable!(ResourceBillPage { monthly_records: ResourceBill { consume_amount, measure_id } });

payment_parts!(ResourceBill { stored_card_amount, bonus_amount, adjustment_amount });

impl ResourceBill {
    /// The sums that this row does not keep: [`Identity::ResourceBillParts`].
    #[must_use]
    pub fn check_identities(&self) -> Vec<BrokenIdentity> {
        Identity::ResourceBillParts
            .check("consume_amount", self.consume_amount, self.payment_parts().named())
            .into_iter()
            .collect()
    }
}

response! {
    /// An availability zone that a resource runs in.
    pub struct AvailabilityZone {
        /// Code of the availability zone, such as `cn-north-1a`.
        pub az_code: String,
    }
}

response! {
    /// The tree of resources that a charged resource stands in.
    pub struct ResourceRelations {
        /// The resource that was charged for.
        pub self_resource_id: Option<ResourceId>,
        /// Resources above this one in the tree, at most two.
        pub relation_infos: Vec<RelatedResource>,
    }
}

response! {
    /// A resource above a charged one.
    pub struct RelatedResource {
        /// Id of the related resource.
        pub relative_resource_id: ResourceId,
        /// Position of the related resource in the tree.
        pub relative_type: Option<ResourceRelation>,
    }
}

open_enum! {
    /// Whether a bill by resource counts by month or by day.
    pub enum ResourceBillPeriod {
        /// One row for each month.
        Monthly = "BILLCYCLE",
        /// One row for each day.
        Daily = "DAILY",
    }
}

open_enum! {
    /// Position of a related resource in the tree.
    pub enum ResourceRelation {
        /// Directly above this resource.
        Parent = "PARENT",
        /// A resource at the top.
        Root = "ROOT",
    }
}

open_enum! {
    /// Whether a charge is for a spot instance.
    pub enum SpotInstance {
        /// The charge is for a spot instance.
        Yes = "Y",
        /// The charge is not for a spot instance.
        No = "N",
        /// The question does not arise, as for yearly/monthly resources.
        NotApplicable = "--",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    fn query() -> ListResourceBills {
        ListResourceBills::new("2026-10".parse::<BillCycle>().unwrap())
    }

    #[test]
    fn the_published_record_is_read_and_adds_up() {
        let page: ResourceBillPage = decode_str(
            r#"{"monthly_records":[{"cycle":"2023-04","bill_type":1,"customer_id":"c1","region":"ap-southeast-1",
                "region_name":"CN-Hong Kong","cloud_service_type":"hws.service.type.ebs",
                "resource_Type_code":"hws.resource.type.volume","cloud_service_type_name":"Elastic Volume Service",
                "resource_type_name":"Volume","res_instance_id":"r1","resource_name":"test-20230419","sku_code":"SAS",
                "enterprise_project_id":"0","enterprise_project_name":"default","charge_mode":1,"consume_amount":4.6,
                "cash_amount":0,"credit_amount":0,"coupon_amount":0,"flexipurchase_coupon_amount":0,
                "stored_card_amount":0,"bonus_amount":0,"debt_amount":4.6,"official_amount":4.6,"discount_amount":0,
                "measure_id":1,"period_type":20,"trade_id":"t1","product_spec_desc":"High IO|50GB"}],"currency":"USD"}"#,
        )
        .unwrap();
        let bill = &page.monthly_records[0];
        assert_eq!(bill.resource_type_code.as_deref(), Some("hws.resource.type.volume"));
        assert_eq!((bill.bill_date, page.currency.clone()), (None, Some(Currency::Usd)));
        assert_eq!(bill.check_identities(), []);
    }

    #[test]
    fn a_resource_bill_is_what_its_parts_paid() {
        let bill: ResourceBill = decode_str(
            r#"{"consume_amount":36,"cash_amount":1,"credit_amount":2,"coupon_amount":3,
                "flexipurchase_coupon_amount":4,"stored_card_amount":5,"bonus_amount":6,"debt_amount":7,
                "adjustment_amount":8}"#,
        )
        .unwrap();
        assert_eq!(bill.check_identities(), []);
        let broken = ResourceBill { stored_card_amount: Some(Amount::ZERO), ..bill }.check_identities();
        assert_eq!(broken.len(), 1);
        assert_eq!(
            (broken[0].identity, broken[0].difference()),
            (Identity::ResourceBillParts, "5".parse().ok())
        );
    }

    #[test]
    fn nested_parts_are_read() {
        let bill: ResourceBill = decode_str(
            r#"{"az_code_infos":[{"az_code":"cn-north-1a"}],"is_spot":"--","extend_params":{"self_resource_id":"r1",
                "relation_infos":[{"relative_resource_id":"r0","relative_type":"ROOT"}]},"payment_type":"ALL_UPFRONT"}"#,
        )
        .unwrap();
        let relations = bill.extend_params.unwrap();
        assert_eq!(relations.relation_infos[0].relative_type, Some(ResourceRelation::Root));
        assert_eq!(
            (bill.is_spot, bill.payment_type),
            (Some(SpotInstance::NotApplicable), Some(PaymentOption::AllUpfront))
        );
        assert_eq!(bill.az_code_infos[0].az_code, "cn-north-1a");
    }

    #[test]
    fn counting_by_day_needs_days_and_finer_rows() {
        let daily = query().query_type(ResourceBillPeriod::Daily);
        assert_eq!(violated(&daily), ["statistic_type", "bill_cycle_begin", "bill_cycle_end"]);
        daily
            .statistic_type(StatisticType::Day)
            .bill_cycle_begin("2026-10-01".parse::<Day>().unwrap())
            .bill_cycle_end("2026-10-07".parse::<Day>().unwrap())
            .validate()
            .unwrap();
        query().query_type(ResourceBillPeriod::Monthly).validate().unwrap();
    }

    #[test]
    fn documented_limits_are_checked() {
        let early = ListResourceBills::new("2018-12".parse::<BillCycle>().unwrap());
        assert_eq!(
            violated(&early.res_instance_id("x".repeat(65)).limit(0_u32)),
            ["cycle", "res_instance_id", "limit"]
        );
        assert_eq!(violated(&query().method(RecordOwner::Member)), ["sub_customer_id"]);
    }
}
