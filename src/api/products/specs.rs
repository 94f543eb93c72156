//! Specifications on sale and their list prices, read by marker.

use super::pricing::PricePeriod;
use crate::{
    operation,
    operation::{Check, request},
    types::{Amount, Currency, Language, fields::AsText, open_enum::open_enum, response},
};

operation! {
    /// The specifications of a resource type that are on sale in a region, one page.
    ///
    /// Pages follow one another by marker; nothing else in the request may change on the way.
    POST "/v2/products/resource-specs-query" as bss "ListResourceSpecs" -> SpecPage {
        read, sites(ALL), caller(Either),
        marker(100, cloud_service_basics: Spec, next: |page| page.page_info.next()),
        source("https://support.huaweicloud.com/api-bpconsole/qct_00008.html"),
    }
    pub struct ListSpecs {
        required {
            /// The cloud service, from [`ListServiceTypes`](super::ListServiceTypes).
            cloud_service_type: String where len(1..=64),
            /// The resource type, from [`ListServiceResources`](super::ListServiceResources).
            resource_type: String where len(1..=64),
            /// The region, such as `cn-north-4`.
            region_code: String where len(1..=64),
            /// Charging mode of the product.
            charge_mode: ChargeMode,
        }
        optional {
            /// The language of the names; Chinese by default, on the international site English by its English
            /// pages.
            #[header("X-Language")]
            language: Language,
            /// At most one filter.
            filters: Vec<SpecFilter> where count(0..=1),
            /// Start of the page, as the previous page returned it; up to 128 characters. Left out for the
            /// first. Given together with [`limit`](Self#structfield.limit).
            marker: String,
            /// Rows per page; the service takes 100 by default.
            limit: u32 where range(1..=100),
        }
        check |it, check| marker(check, it.marker.as_ref(), it.limit)
    }
}

operation! {
    /// The specifications that a region offers, one page, with attributes and list prices where asked for.
    ///
    /// Pages follow one another by marker; nothing else in the request may change on the way.
    POST "/v2/products/resource-specs-price/query" as bss "ListResourceSpecsPrice" -> SpecPricePage {
        read, sites(OUTSIDE_CHINA), caller(Either),
        marker(50, resource_spec_infos: SpecPrices, next: |page| page.page_info.next()),
        source("https://support.huaweicloud.com/intl/en-us/api-bpconsole/qct_00009.html"),
    }
    pub struct ListSpecPrices {
        required {
            /// The region, such as `ap-southeast-1`.
            region_code: String where len(1..=64),
        }
        optional {
            /// The language of the names; English by the English pages, Chinese by the others.
            #[header("X-Language")]
            language: Language,
            /// Only this cloud service, from [`ListServiceTypes`](super::ListServiceTypes).
            cloud_service_type: String where len(1..=64),
            /// Only this resource type, from [`ListServiceResources`](super::ListServiceResources).
            resource_type: String where len(1..=64),
            /// At most one filter.
            filters: Vec<SpecPriceFilter> where count(0..=1),
            /// Whether attributes are returned; they are not by default.
            need_attributes: bool,
            /// Whether list prices are returned; they are not by default.
            need_price: bool,
            /// Start of the page, as the previous page returned it; up to 128 characters. Left out for the
            /// first. Given together with [`limit`](Self#structfield.limit).
            marker: String,
            /// Rows per page; the service takes 50 by default.
            limit: u32 where range(1..=50),
        }
        check |it, check| marker(check, it.marker.as_ref(), it.limit)
    }
}

fn marker(check: Check, marker: Option<&String>, limit: Option<u32>) -> Check {
    check.len("marker", &marker.map(String::as_str), 0..=128).rule(
        "marker",
        marker.is_none() || limit.is_some(),
        "must be given together with limit",
    )
}

request! {
    /// Filter of specifications.
    pub struct SpecFilter {
        required {
            /// Field that the filter applies to.
            key: SpecFilterKey,
            /// The value that it must have.
            value: String,
        }
    }
}

request! {
    /// Filter of specifications with prices.
    pub struct SpecPriceFilter {
        required {
            /// Field that the filter applies to.
            key: SpecPriceFilterKey,
            /// The exact value that it must have; for the charging mode one of the codes of [`SpecChargingMode`].
            value: String,
        }
    }
}

response! {
    /// One page of specifications.
    #[derive(Eq)]
    pub struct SpecPage {
        /// Position of the next page.
        pub page_info: PageInfo,
        /// Rows of this page.
        pub cloud_service_basics: Vec<Spec>,
    }
}

response! {
    /// Position of the next page.
    #[derive(Eq)]
    pub struct PageInfo {
        /// The marker to ask for it with; none after the last page.
        pub next_marker: Option<String>,
    }
}

impl PageInfo {
    fn next(&self) -> Option<String> {
        self.next_marker.clone().filter(|marker| !marker.is_empty())
    }
}

response! {
    /// A specification on sale.
    #[derive(Eq)]
    pub struct Spec {
        /// Cloud service of the specification.
        pub cloud_service_type: String,
        /// Display name of the cloud service.
        pub cloud_service_type_name: Option<String>,
        /// Resource type of the specification.
        pub resource_type: String,
        /// Display name of the resource type.
        pub resource_type_name: Option<String>,
        /// The code by which prices are asked for, such as `c6.large.2.linux`.
        pub resource_spec: String,
        /// Name of the specification.
        pub resource_spec_name: Option<String>,
        /// Charging mode of the product.
        pub charge_mode: Option<ChargeMode>,
        /// Region in which the specification is sold.
        pub region_code: Option<String>,
    }
}

response! {
    /// One page of specifications with prices.
    pub struct SpecPricePage {
        /// Position of the next page.
        pub page_info: PageInfo,
        /// The region that all of them are sold in.
        pub region_code: Option<String>,
        /// Rows of this page.
        pub resource_spec_infos: Vec<SpecPrices>,
    }
}

response! {
    /// A specification with its attributes and prices.
    pub struct SpecPrices {
        /// Cloud service of the specification.
        pub cloud_service_type: String,
        /// Display name of the cloud service.
        pub cloud_service_type_name: Option<String>,
        /// Resource type of the specification.
        pub resource_type: String,
        /// Display name of the resource type.
        pub resource_type_name: Option<String>,
        /// The code by which prices are asked for.
        pub resource_spec: String,
        /// Name of the specification.
        pub resource_spec_name: Option<String>,
        /// Attributes of the specification, if requested.
        pub attributes: Vec<SpecAttribute>,
        /// Prices of the specification, if requested.
        pub price_lists: Vec<ListPrice>,
    }
}

response! {
    /// One thing that a specification has: cores, memory, a size to be chosen.
    #[derive(Eq)]
    pub struct SpecAttribute {
        /// Code of the attribute.
        pub code: String,
        /// Name of the attribute.
        pub name: Option<String>,
        /// Value of the attribute.
        pub value: Option<String>,
        /// Unit of the value.
        pub unit: Option<String>,
        /// Range of sizes, for products sold by size.
        pub linear_range: Option<LinearRange>,
    }
}

response! {
    /// The sizes that can be chosen.
    #[derive(Eq)]
    pub struct LinearRange {
        /// Smallest size of the range.
        pub min: Option<i64>,
        /// Largest size of the range.
        pub max: Option<i64>,
        /// The distance from one to the next.
        pub step: Option<i64>,
    }
}

response! {
    /// List price of a specification.
    pub struct ListPrice {
        /// The offering that has the price.
        pub offering_id: String,
        /// The currency; US dollar.
        pub currency: Option<Currency>,
        /// Price of one unit; text on the wire.
        #[with(AsText)]
        pub official_price: Option<Amount>,
        /// Charging mode of the product.
        pub charging_mode: Option<SpecChargingMode>,
        /// The length of one period, for subscriptions.
        pub period_type: Option<PricePeriod>,
        /// The numbers of periods that are on sale.
        pub period_nums: Vec<i64>,
        /// The sort of use it is charged by, for pay-per-use.
        pub billing_usage_factor: Option<String>,
    }
}

open_enum! {
    /// Charging mode of a specification, where specifications are listed.
    pub enum ChargeMode {
        /// By the year or month.
        Subscription = "1",
        /// Charged by use.
        PayPerUse = "3",
    }
}

open_enum! {
    /// Charging mode of a specification, where prices are listed.
    pub enum SpecChargingMode {
        /// By the year or month.
        Subscription = "PERIOD",
        /// Charged by use.
        PayPerUse = "ON_DEMAND",
        /// Charged once, at the purchase.
        OneOff = "ONE_TIME",
        /// Payment by a resource package.
        Package = "ON_DEMAND_PKG",
    }
}

open_enum! {
    /// Field by which specifications are filtered.
    pub enum SpecFilterKey {
        /// The code of the specification.
        Spec = "RESOURCE_SPEC",
    }
}

open_enum! {
    /// Field by which specifications with prices are filtered.
    pub enum SpecPriceFilterKey {
        /// The code of the specification.
        Spec = "RESOURCE_SPEC",
        /// Charging mode of the resource.
        ChargingMode = "CHARGING_MODE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{
        operation::{Paged as _, Position},
        types::decode_str,
    };

    fn specs() -> ListSpecs {
        ListSpecs::new("hws.service.type.ec2", "hws.resource.type.vm", "cn-north-4", ChargeMode::Subscription)
    }

    #[test]
    fn pages_follow_by_marker_and_end_without_one() {
        let page: SpecPage = decode_str(
            r#"{"page_info":{"next_marker":"m2"},"cloud_service_basics":[{"resource_spec":"c6.large.2.linux",
                "charge_mode":1}]}"#,
        )
        .unwrap();
        assert_eq!(page.cloud_service_basics[0].charge_mode, Some(ChargeMode::Subscription));
        let next = ListSpecs::next_marker(&page);
        assert_eq!(next.as_deref(), Some("m2"));
        let request = specs().at(&Position::Marker(next), 100);
        request.validate().unwrap();
        assert_eq!((request.marker.as_deref(), request.limit), (Some("m2"), Some(100)));
        for last in [r#"{"page_info":{"next_marker":null}}"#, r#"{"page_info":{"next_marker":""}}"#, "{}"] {
            assert_eq!(ListSpecs::next_marker(&decode_str(last).unwrap()), None, "{last}");
        }
    }

    #[test]
    fn prices_are_read_exactly_and_stay_text() {
        let page: SpecPricePage = decode_str(
            r#"{"page_info":{"next_marker":null},"region_code":"ap-southeast-1","resource_spec_infos":[
                {"resource_spec":"c6.large.2.linux","attributes":[{"code":"vCPUs","value":"2",
                "linear_range":{"min":1,"max":8,"step":1}}],"price_lists":[{"offering_id":"o1","currency":"USD",
                "official_price":"0.0800","charging_mode":"ON_DEMAND","period_type":4,
                "billing_usage_factor":"Duration"},{"offering_id":"o2","official_price":"40",
                "charging_mode":"PERIOD","period_type":2,"period_nums":[1,2,3]}]}]}"#,
        )
        .unwrap();
        let [hourly, monthly] = &page.resource_spec_infos[0].price_lists[..] else { panic!("two prices") };
        assert_eq!(hourly.charging_mode, Some(SpecChargingMode::PayPerUse));
        assert_eq!(hourly.period_type, Some(PricePeriod::Hour));
        assert_eq!(serde_json::to_value(hourly).unwrap()["official_price"], "0.0800");
        assert_eq!(monthly.period_nums, [1, 2, 3]);
    }

    #[test]
    fn documented_limits_are_checked() {
        let filter = SpecFilter::new(SpecFilterKey::Spec, "c6.large.2.linux");
        specs().filters(vec![filter.clone()]).limit(100_u32).validate().unwrap();
        let request = specs().filters(vec![filter.clone(), filter]).marker("x".repeat(129));
        assert_eq!(violated(&request), ["filters", "marker", "marker"]);
        ListSpecPrices::new("ap-southeast-1").limit(51_u32).validate().unwrap_err();
        ListSpecPrices::new("ap-southeast-1").cloud_service_type("").validate().unwrap_err();
        ListSpecPrices::new("ap-southeast-1")
            .filters(vec![SpecPriceFilter::new(
                SpecPriceFilterKey::ChargingMode,
                SpecChargingMode::Package.as_str(),
            )])
            .need_price(true)
            .validate()
            .unwrap();
    }
}
