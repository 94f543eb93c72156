//! Lists products with their incentives and the discounts that a partner may give.

use crate::{
    operation,
    types::{BillCycle, open_enum::open_enum, response},
};

operation! {
    /// The rules on incentives and discounts of each cloud service, one page, as they stand at the end of a month.
    ///
    /// The policies are those of the last second of the month in UTC+8.
    GET "/v2/products/incentive-discount-policies" as bss "ListIncentiveDiscountPolicies" -> IncentivePolicyPage {
        permissions("BPC_ITEM_SALES_040100"), rows(100, policies: IncentivePolicy, total: total_count),
        source("https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001163166566.html"),
    }
    pub struct ListIncentivePolicies {
        required {
            /// The month, whose last second in UTC+8 counts.
            time: BillCycle,
        }
        optional {
            /// Only this cloud service.
            service_type_code: String where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
    }
}

response! {
    /// One page of rules.
    #[derive(Eq)]
    pub struct IncentivePolicyPage {
        /// Rows of this page.
        pub policies: Vec<IncentivePolicy>,
        /// Total number of matching rows.
        pub total_count: Option<u64>,
    }
}

response! {
    /// The rules of one cloud service.
    #[derive(Eq)]
    pub struct IncentivePolicy {
        /// The cloud service.
        pub service_type_code: String,
        /// Display name of the cloud service.
        pub service_type_name: Option<String>,
        /// Weight of a sale for incentives.
        pub incentive_policy: Option<IncentiveRule>,
        /// Whether a discount granted by the partner may apply to it.
        pub allow_discount: Option<DiscountAllowed>,
    }
}

open_enum! {
    /// Weight of the sale of a cloud service for incentives.
    pub enum IncentiveRule {
        /// An ordinary product.
        Ordinary = "0",
        /// A specific product, with rules of its own.
        Specific = "1",
        /// Neither performance nor rebate.
        Nothing = "2",
        /// Performance, but no rebate.
        PerformanceOnly = "13",
    }
}

open_enum! {
    /// Whether a discount granted by the partner may apply.
    pub enum DiscountAllowed {
        /// Discounts are allowed.
        Yes = "YES",
        /// Discounts are not allowed.
        No = "NO",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::{operation::RequestParts, types::decode_str};

    #[test]
    fn a_page_is_read() {
        let page: IncentivePolicyPage = decode_str(
            r#"{"total_count":2,"policies":[{"service_type_code":"hws.service.type.ec2","incentive_policy":"13",
                "allow_discount":"YES"},{"service_type_code":"x","incentive_policy":14,"allow_discount":"NO"}]}"#,
        )
        .unwrap();
        let [server, other] = &page.policies[..] else { panic!("two policies") };
        assert_eq!(server.incentive_policy, Some(IncentiveRule::PerformanceOnly));
        assert_eq!(server.allow_discount, Some(DiscountAllowed::Yes));
        assert_eq!(other.incentive_policy, Some(IncentiveRule::Other("14".into())));
    }

    #[test]
    fn a_page_has_ten_policies_unless_asked_and_a_hundred_at_most() {
        let paging = ListIncentivePolicies::META.paging.unwrap();
        assert_eq!((paging.largest, paging.list), (100, "policies"));
        let request = ListIncentivePolicies::new(BillCycle::new(2026, time::Month::June));
        assert_eq!(
            RequestParts::of(&request).unwrap().query,
            "time=2026-06",
            "the service takes its default"
        );
        for (limit, valid) in
            [(0, false), (1, true), (10, true), (100, true), (101, false), (u32::MAX, false)]
        {
            assert_eq!(request.clone().limit(limit).validate().is_ok(), valid, "{limit}");
        }
    }

    #[test]
    fn the_month_is_sent_as_it_is() {
        let request = ListIncentivePolicies::new(BillCycle::new(2026, time::Month::June));
        request.validate().unwrap();
        assert_eq!(RequestParts::of(&request).unwrap().query, "time=2026-06");
        request.service_type_code("x".repeat(65)).validate().unwrap_err();
    }
}
