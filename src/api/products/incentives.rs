//! Which products earn a partner incentives, and which it may discount.

use super::catalogue::at_least_one_row;
use crate::{
    error::ValidationError,
    operation::{Check, Operation, OperationMeta, Paging, paged, request},
    types::{BillCycle, open_enum::open_enum, response},
};

request! {
    /// The rules on incentives and discounts of each cloud service, one page, as they stand at the end of a month.
    ///
    /// Called by a solution provider or distributor, on the China site. An operator account needs `BPC_ITEM_SALES_040100`.
    /// A page of its own was not found; the source lists its permission item.
    ///
    /// Source: <https://support.huaweicloud.com/api-bpconsole/jac_00003.html>
    #[doc(alias = "ListIncentiveDiscountPolicies")]
    pub struct ListIncentivePolicies {
        required {
            /// The month, whose last second in UTC+8 counts.
            time: BillCycle,
        }
        optional {
            /// Only this cloud service; up to 64 characters.
            service_type_code: String,
            /// How many rows to skip; none by default.
            offset: u32,
            /// Rows per page, at least 1; the service takes 10 by default. The most it allows was not found, so pages are
            /// read by 100 unless said otherwise.
            limit: u32,
        }
    }
}

impl Operation for ListIncentivePolicies {
    type Output = IncentivePolicyPage;

    const META: &'static OperationMeta =
        &OperationMeta::get("bss.ListIncentiveDiscountPolicies", "/v2/products/incentive-discount-policies")
            .paging(Paging::rows(100, "policies"))
            .permissions(&["BPC_ITEM_SALES_040100"])
            .doc("https://support.huaweicloud.com/api-bpconsole/jac_00003.html");

    fn validate(&self) -> Result<(), ValidationError> {
        at_least_one_row(Check::new(), self.limit)
            .length("service_type_code", &self.service_type_code, 0..=64)
            .finish()
    }
}

paged!(ListIncentivePolicies => policies: IncentivePolicy, total total_count);

response! {
    /// One page of rules.
    #[derive(Eq)]
    pub struct IncentivePolicyPage {
        /// Those of this page.
        pub policies: Vec<IncentivePolicy>,
        /// How many match in all.
        pub total_count: Option<u64>,
    }
}

response! {
    /// The rules of one cloud service.
    #[derive(Eq)]
    pub struct IncentivePolicy {
        /// The cloud service.
        pub service_type_code: String,
        /// What it is called.
        pub service_type_name: Option<String>,
        /// What selling it counts for.
        pub incentive_policy: Option<IncentiveRule>,
        /// Whether a discount granted by the partner may apply to it.
        pub allow_discount: Option<DiscountAllowed>,
    }
}

open_enum! {
    /// What selling a cloud service counts for.
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
        /// It may.
        Yes = "YES",
        /// It may not.
        No = "NO",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn the_month_is_sent_as_it_is() {
        let request = ListIncentivePolicies::new(BillCycle::new(2026, time::Month::June));
        request.validate().unwrap();
        assert_eq!(RequestParts::of(&request).unwrap().query, "time=2026-06");
        request.clone().limit(0_u32).validate().unwrap_err();
        request.service_type_code("x".repeat(65)).validate().unwrap_err();
    }
}
