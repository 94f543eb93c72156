//! Costs spread over the months that they are paid for.

use crate::{
    bills::{BillType, BrokenIdentity, ChargingMode, Identity, PeriodType, RecordOwner, payable},
    operation,
    types::{
        Amount, BillCycle, Currency, CustomerId, Language, MeasureUnit, OrderId, ResourceId, UtcTime,
        fields::EmptyAsNone, response,
    },
};

operation! {
    /// Lists the share of each charge of the calling customer that is attributed to one month, one page.
    ///
    /// An IAM user of the customer needs `costCenter:costDetail:listCostDetails`. Internationally
    /// [`ListCosts`](super::ListCosts) gives amortized costs by dimension. Goes back 18 months, is refreshed every
    /// 24 hours and 24 to 48 hours late, and needs the cost centre to be switched on: otherwise presumably
    /// [`COST_CENTRE_OFF`](crate::error::codes::COST_CENTRE_OFF), as for the cost analysis. A master with more than
    /// 1,000 members with independent accounting may have to name one.
    GET "/v2/costs/cost-analysed-bills/monthly-breakdown" as bss "ListCustomerBillsMonthlyBreakDown" -> AmortizedCostPage {
        caller(Customer), alternative("bss.ListCosts"), rows(1000, details: AmortizedCost, total: total_count),
        source("https://support.huaweicloud.com/api-oce/mbc_00010.html"),
    }
    pub struct ListMonthlyBreakdown {
        required {
            /// The month on which the shares fall, counted in UTC+8.
            shared_month: BillCycle,
        }
        optional {
            /// Language of names in the response; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Only this cloud service, such as `hws.service.type.obs`. Empty text filters for rows without one.
            service_type_code: String where len(0..=64),
            /// Only this kind of resource, such as `hws.resource.type.vm`. Empty text filters for rows without one.
            resource_type_code: String where len(0..=64),
            /// Only this region, such as `cn-north-1`.
            region_code: String where len(0..=64),
            /// Lists only charges with this charging mode. The model lists reserved instances, the page does
            /// not.
            charging_mode: ChargingMode,
            /// Only charges of this kind.
            bill_type: BillType,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=1000) default(10),
            /// Only this resource.
            resource_id: ResourceId,
            /// Only resources of this name.
            resource_name: String,
            /// Only this enterprise project: `0` for the default one, `null` for services without projects.
            enterprise_project_id: String,
            /// Accounts whose costs are listed; all by default.
            method: RecordOwner,
            /// The member, when [`RecordOwner::Member`] is asked for, and only then.
            sub_customer_id: CustomerId,
        }
        check |it, check| {
            let member = it.sub_customer_id.as_ref().is_some_and(|id| !id.as_str().is_empty());
            check.range("charging_mode", &it.charging_mode.map(ChargingMode::code), 1..=11).rule(
                "sub_customer_id",
                it.method != Some(RecordOwner::Member) || member,
                "must be given when method is sub_customer",
            )
        }
    }
}

response! {
    /// One page of amortized costs.
    pub struct AmortizedCostPage {
        /// The currency of all amounts, in its main unit; yuan.
        pub currency: Option<Currency>,
        /// Total number of matching rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub details: Vec<AmortizedCost>,
    }
}

response! {
    /// One charge and its share of a month.
    pub struct AmortizedCost {
        /// The month on which the share falls, counted in UTC+8.
        #[with(EmptyAsNone)]
        pub shared_month: Option<BillCycle>,
        /// The month in which the charge is billed, counted in UTC+8.
        #[with(EmptyAsNone)]
        pub bill_cycle: Option<BillCycle>,
        /// Type of the charge.
        pub bill_type: Option<BillType>,
        /// Consuming account: the caller or one of its members.
        pub customer_id: CustomerId,
        /// Region of the resource, such as `cn-north-1`.
        pub region_code: Option<String>,
        /// Display name of the region.
        pub region_name: Option<String>,
        /// The cloud service, such as `hws.service.type.obs`.
        pub service_type_code: Option<String>,
        /// The kind of resource, such as `hws.resource.type.vm`.
        pub resource_type_code: Option<String>,
        /// Name of the cloud service in the language that was asked for.
        pub service_type_name: Option<String>,
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
        /// Description of the specification.
        pub product_spec_desc: Option<String>,
        /// The enterprise project; `0` is the default one, none where the service has no projects.
        pub enterprise_project_id: Option<String>,
        /// Display name of the enterprise project.
        pub enterprise_project_name: Option<String>,
        /// Charging mode of the resource.
        pub charging_mode: Option<ChargingMode>,
        /// The order of a yearly/monthly resource; none for pay-per-use.
        pub order_id: Option<OrderId>,
        /// The unit of the subscription.
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
        /// Amount that has to be paid for the charge, all months together.
        pub consume_amount: Option<Amount>,
        /// The share of the months before; zero for pay-per-use.
        pub past_months_amortized_amount: Option<Amount>,
        /// The share of this month.
        pub current_month_amortized_amount: Option<Amount>,
        /// The share of the months after; zero for pay-per-use.
        pub future_months_amortized_amount: Option<Amount>,
        /// Part of this month's share that was paid from the cash balance.
        pub amortized_cash_amount: Option<Amount>,
        /// Part of this month's share that was paid from the credit line.
        pub amortized_credit_amount: Option<Amount>,
        /// Part of this month's share that was paid with cash vouchers.
        pub amortized_coupon_amount: Option<Amount>,
        /// Part of this month's share that was paid with flexi-purchase vouchers.
        pub amortized_flexipurchase_coupon_amount: Option<Amount>,
        /// Part of this month's share that was paid from stored-value cards.
        pub amortized_stored_value_card_amount: Option<Amount>,
        /// Part of this month's share that was paid from bonus money, a remainder of a withdrawn product.
        pub amortized_bonus_amount: Option<Amount>,
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
        /// The cost tags of the resource.
        pub effective_tag_pairs: Vec<CostTag>,
        /// The cost units that the charge falls into.
        pub cost_unit_pairs: Vec<CostUnit>,
    }
}

payable!(AmortizedCostPage { details: AmortizedCost { consume_amount } });

impl AmortizedCost {
    /// The sums that this row does not keep: [`Identity::AmortizedMonths`] and [`Identity::AmortizedParts`].
    #[must_use]
    pub fn check_identities(&self) -> Vec<BrokenIdentity> {
        let months = [
            ("past_months_amortized_amount", self.past_months_amortized_amount),
            ("current_month_amortized_amount", self.current_month_amortized_amount),
            ("future_months_amortized_amount", self.future_months_amortized_amount),
        ];
        let parts = [
            ("amortized_cash_amount", self.amortized_cash_amount),
            ("amortized_credit_amount", self.amortized_credit_amount),
            ("amortized_coupon_amount", self.amortized_coupon_amount),
            ("amortized_flexipurchase_coupon_amount", self.amortized_flexipurchase_coupon_amount),
            ("amortized_stored_value_card_amount", self.amortized_stored_value_card_amount),
            ("amortized_bonus_amount", self.amortized_bonus_amount),
        ];
        [
            Identity::AmortizedMonths.check("consume_amount", self.consume_amount, months),
            Identity::AmortizedParts.check(
                "current_month_amortized_amount",
                self.current_month_amortized_amount,
                parts,
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

response! {
    /// A tag by which costs are sorted.
    pub struct CostTag {
        /// Key of the tag, such as `team`.
        pub tag_key: String,
        /// Value of the tag on this resource.
        pub tag_value: Option<String>,
    }
}

response! {
    /// A cost unit: rules by which the customer sorts costs.
    pub struct CostUnit {
        /// The name that the customer gave it.
        pub cost_unit_name: String,
        /// The value that its rules gave this charge.
        pub cost_unit_rule_value: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    const ROW: &str = r#"{"shared_month":"2026-10","bill_cycle":"2026-09","bill_type":1,"charging_mode":1,
        "effective_time":null,"order_id":"CS1","consume_amount":1200,"past_months_amortized_amount":100,
        "current_month_amortized_amount":100.5,"future_months_amortized_amount":999.5,"amortized_cash_amount":50,
        "amortized_credit_amount":10,"amortized_coupon_amount":20,"amortized_flexipurchase_coupon_amount":5,
        "amortized_stored_value_card_amount":15,"amortized_bonus_amount":0.5,
        "effective_tag_pairs":[{"tag_key":"team","tag_value":"a"}],
        "cost_unit_pairs":[{"cost_unit_name":"u","cost_unit_rule_value":"v"}]}"#;

    #[test]
    fn a_page_is_read() {
        let page: AmortizedCostPage =
            decode_str(&format!(r#"{{"currency":"CNY","total_count":1,"details":[{ROW}]}}"#)).unwrap();
        let row = &page.details[0];
        assert_eq!((row.shared_month, row.bill_cycle), ("2026-10".parse().ok(), "2026-09".parse().ok()));
        assert_eq!(row.effective_tag_pairs[0].tag_key, "team");
        assert_eq!(row.cost_unit_pairs[0].cost_unit_rule_value.as_deref(), Some("v"));
    }

    #[test]
    fn months_add_up_to_the_charge_and_parts_to_the_month() {
        let row: AmortizedCost = decode_str(ROW).unwrap();
        assert_eq!(row.check_identities(), []);
        let wrong = AmortizedCost { future_months_amortized_amount: Some(Amount::from(999)), ..row.clone() };
        let broken = wrong.check_identities();
        assert_eq!(broken.len(), 1);
        assert_eq!(
            (broken[0].identity, broken[0].difference()),
            (Identity::AmortizedMonths, "0.5".parse().ok())
        );
        let broken = AmortizedCost { amortized_bonus_amount: Some(Amount::ZERO), ..row }.check_identities();
        assert_eq!(broken.len(), 1);
        assert_eq!(
            (broken[0].identity, broken[0].difference()),
            (Identity::AmortizedParts, "0.5".parse().ok())
        );
    }

    #[test]
    fn documented_limits_are_checked() {
        let query = ListMonthlyBreakdown::new("2026-10".parse::<BillCycle>().unwrap());
        let request = query
            .clone()
            .region_code("x".repeat(65))
            .charging_mode(12)
            .limit(1001_u32)
            .method(RecordOwner::Member);
        assert_eq!(violated(&request), ["region_code", "charging_mode", "limit", "sub_customer_id"]);
        query.service_type_code("").method(RecordOwner::Member).sub_customer_id("m1").validate().unwrap();
    }
}
