//! Resource packages: use paid for beforehand, what is left of it, and what was taken from it.

use crate::{
    operation,
    types::{
        Amount, Day, Language, MeasureUnit, OrderId, ResourceId, UtcTime,
        fields::{AsText, EmptyAsNone},
        open_enum::{open_codes, open_enum},
        response,
    },
};

operation! {
    /// The resource packages of the calling customer, one page, with what is left in each.
    ///
    /// An IAM user of the customer needs `billing:resourcePackages:view`. Packages that expired more than 18 months
    /// ago are not found any more.
    POST "/v3/payments/free-resources/query" as bss "ListFreeResourceInfos" -> PackagePage {
        read, sites(ALL), caller(Customer), rows(1000, free_resource_packages: Package, total: total_count),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00027.html"),
    }
    pub struct ListPackages {
        optional {
            /// The language of the names; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Only packages for this region, such as `cn-north-1`.
            region_code: String where len(0..=64),
            /// Only those bought with this order.
            order_id: OrderId where len(0..=64),
            /// Only this product.
            product_id: String where len(0..=64),
            /// Only packages of this name.
            product_name: String where len(0..=256),
            /// The packages of this enterprise project. Without it, those outside all enterprise projects are
            /// listed.
            enterprise_project_id: String where len(0..=64),
            /// Only those in this state.
            status: PackageStatus,
            /// Rows to skip; none by default.
            offset: u32 where range(0..=999_999),
            /// Rows per page.
            limit: u32 where range(1..=1000) default(10),
            /// Only packages for one of these cloud services, whatever the case of their letters. None given
            /// filters nothing.
            service_type_code_list: Vec<String> where count(0..=10),
        }
    }
}

operation! {
    /// Shows the remainder of package items, of the current cycle where the package is refilled each cycle.
    ///
    /// An IAM user of the customer needs `billing:resourcePackages:view`. Packages that expired more than 18 months
    /// ago are not found any more.
    POST "/v2/payments/free-resources/usages/details/query" as bss "ListFreeResourceUsages" -> PackageUsage {
        read, sites(ALL), caller(Customer),
        success(list "free_resources"),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00028.html"),
    }
    pub struct ShowPackageUsage {
        required {
            /// The items, from [`ListPackages`]; at most 64 bytes each.
            free_resource_ids: Vec<String> where count(1..=100),
        }
        optional {
            /// The language of the names; Chinese by default.
            #[header("X-Language")]
            language: Language,
        }
        check |it, check| check.rule(
            "free_resource_ids",
            it.free_resource_ids.iter().all(|id| id.len() <= 64),
            "must have at most 64 bytes each",
        )
    }
}

operation! {
    /// Lists the deductions from packages in a range of days, one page.
    ///
    /// An IAM user of the customer needs `billing:resourcePackages:view`. The days are counted in UTC+8, the times
    /// of the response in UTC.
    GET "/v2/bills/customer-bills/free-resources-usage-records" as bss "ListFreeResourcesUsageRecords" -> PackageDeductionPage {
        sites(ALL), caller(Customer), rows(1000, free_resource_records: PackageDeduction, total: total_count),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00029.html"),
    }
    pub struct ListPackageDeductions {
        required {
            /// The first day.
            deduct_time_begin: Day,
            /// The last day, at most 90 days after the first.
            deduct_time_end: Day,
        }
        optional {
            /// Only from this item of a package. Empty text filters nothing, here and below.
            free_resource_id: String where len(0..=64),
            /// Only from packages of this product.
            product_id: String where len(0..=64),
            /// Only for resources of this kind, such as `hws.resource.type.vm`.
            resource_type_code: String where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=1000) default(10),
        }
        check |it, check| {
            let days = (
                ("deduct_time_begin", Some(it.deduct_time_begin)),
                ("deduct_time_end", Some(it.deduct_time_end)),
            );
            check.ordered(days.0, days.1).span(days.0, days.1, 90)
        }
    }
}

response! {
    /// One page of packages.
    pub struct PackagePage {
        /// Rows of this page.
        pub free_resource_packages: Vec<Package>,
        /// Total number of matching rows.
        pub total_count: Option<u64>,
    }
}

response! {
    /// A resource package: use of a service that was paid for beforehand, or given.
    pub struct Package {
        /// The package as it was bought.
        pub order_instance_id: String,
        /// The order it was bought with; none, or empty, for a gift.
        pub order_id: Option<OrderId>,
        /// Id of the product in the catalogue.
        pub product_id: Option<String>,
        /// Display name of the product.
        pub product_name: Option<String>,
        /// The enterprise project it is for.
        pub enterprise_project_id: Option<String>,
        /// Scope of the package: that project only, or all.
        pub enterprise_project_scope: Option<PackageScope>,
        /// Start of its validity.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// Whether anything can be taken from it.
        pub status: Option<PackageStatus>,
        /// The cloud service it is for.
        pub service_type_code: Option<String>,
        /// Display name of the cloud service.
        pub service_type_name: Option<String>,
        /// The region it is for.
        pub region_code: Option<String>,
        /// Source of the package.
        pub source_type: Option<PackageSource>,
        /// Single or combined.
        pub bundle_type: Option<PackageBundle>,
        /// Whether the package is full again at the beginning of each cycle.
        pub quota_reuse_mode: Option<QuotaReuse>,
        /// Items of the package, one for each kind of use.
        pub free_resources: Vec<PackageItem>,
    }
}

response! {
    /// Item of a package for one kind of use.
    pub struct PackageItem {
        /// The item, by which [`ShowPackageUsage`] and [`ListPackageDeductions`] name it.
        pub free_resource_id: String,
        /// Name of the sort of use.
        pub usage_type_name: Option<String>,
        /// Remaining amount, of the current cycle where there are cycles; text on the wire.
        #[with(AsText)]
        pub amount: Option<Amount>,
        /// Initial amount, of each cycle where there are cycles; text on the wire.
        #[with(AsText)]
        pub original_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
    }
}

response! {
    /// Remainder of package items.
    pub struct PackageUsage {
        /// The items that were found.
        pub free_resources: Vec<PackageItemUsage>,
    }
}

response! {
    /// Remainder of one item of a package.
    pub struct PackageItemUsage {
        /// The item. Where a renewed package has not begun yet, the item of the one in force instead of the one asked for.
        pub free_resource_id: String,
        /// Name of the sort of item.
        pub free_resource_type_name: Option<String>,
        /// The length of a cycle, for packages that are full again each cycle.
        pub quota_reuse_cycle: Option<QuotaCycle>,
        /// Start of a cycle, for the same packages.
        pub quota_reuse_cycle_type: Option<QuotaCycleStart>,
        /// Name of the sort of use.
        pub usage_type_name: Option<String>,
        /// Start of the current cycle, or of the package where it has no cycles.
        #[with(EmptyAsNone)]
        pub start_time: Option<UtcTime>,
        /// End of the same period.
        #[with(EmptyAsNone)]
        pub end_time: Option<UtcTime>,
        /// Remaining amount, of the current cycle where there are cycles.
        pub amount: Option<Amount>,
        /// Initial amount, of each cycle where there are cycles.
        pub original_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
    }
}

response! {
    /// One page of what was taken from packages.
    pub struct PackageDeductionPage {
        /// The records of this page.
        pub free_resource_records: Vec<PackageDeduction>,
        /// Total number of matching rows.
        pub total_count: Option<u64>,
    }
}

response! {
    /// Use that was taken from a package instead of being charged.
    pub struct PackageDeduction {
        /// Time of the deduction.
        #[with(EmptyAsNone)]
        pub deduct_time: Option<UtcTime>,
        /// The item it was taken from.
        pub free_resource_id: String,
        /// The resource that used it.
        pub resource_id: Option<ResourceId>,
        /// Type of the resource, such as `hws.resource.type.vm`.
        pub resource_type_code: Option<String>,
        /// Display name of the resource type.
        pub resource_type_name: Option<String>,
        /// The tags that the customer put on the resource.
        pub resource_tag: Option<String>,
        /// The product that the package is.
        pub product_id: Option<String>,
        /// Display name of the product.
        pub product_name: Option<String>,
        /// The sort of use.
        pub usage_type_code: Option<String>,
        /// Amount before the deduction; text on the wire.
        #[with(AsText)]
        pub available_amount: Option<Amount>,
        /// Amount after the deduction; text on the wire.
        #[with(AsText)]
        pub remaining_amount: Option<Amount>,
        /// Deducted amount; text on the wire.
        #[with(AsText)]
        pub used_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// Start of the use.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the use.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
    }
}

open_codes! {
    /// Whether anything can be taken from a package.
    pub enum PackageStatus {
        /// Package is not in force yet.
        NotYet = 0,
        /// Package is in force.
        InForce = 1,
        /// Not any more: it is used up.
        UsedUp = 2,
        /// Not any more: it has expired.
        Expired = 3,
        /// Not any more: it was unsubscribed.
        Unsubscribed = 4,
    }
}

open_codes! {
    /// Enterprise projects that may use a package.
    pub enum PackageScope {
        /// All enterprise projects.
        All = 0,
        /// The one that it names.
        One = 1,
    }
}

open_codes! {
    /// Way in which a package was obtained.
    pub enum PackageSource {
        /// Package was bought with an order.
        Order = 0,
        /// A gift of the development service.
        Gift = 1,
    }
}

open_enum! {
    /// Whether a package is one or several.
    pub enum PackageBundle {
        /// Package for one kind of use.
        Single = "ATOMIC_PKG",
        /// Several in one.
        Combined = "BUNDLE_PKG",
    }
}

open_codes! {
    /// Whether a package is full again at the beginning of each cycle.
    pub enum QuotaReuse {
        /// Package is refilled each cycle.
        EachCycle = 1,
        /// Package is filled once.
        Once = 2,
    }
}

open_codes! {
    /// The length of a cycle after which a package is full again.
    pub enum QuotaCycle {
        /// Period of one hour.
        Hour = 1,
        /// Period of one day.
        Day = 2,
        /// Period of one week.
        Week = 3,
        /// Period of one month.
        Month = 4,
        /// Period of one year.
        Year = 5,
    }
}

open_codes! {
    /// Point at which a refill cycle begins.
    pub enum QuotaCycleStart {
        /// With the calendar, such as on the first of the month.
        Calendar = 1,
        /// With the day of the order.
        Order = 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{operation::RequestParts, types::decode_str};

    #[test]
    fn a_package_is_read_and_its_amounts_stay_text() {
        let page: PackagePage = decode_str(
            r#"{"total_count":1,"free_resource_packages":[{"order_instance_id":"o1","order_id":"","source_type":1,
                "status":1,"bundle_type":"ATOMIC_PKG","quota_reuse_mode":1,"effective_time":"2026-01-01T00:00:00Z",
                "free_resources":[{"free_resource_id":"f1","usage_type_name":"traffic","amount":"12.500",
                "original_amount":"40","measure_id":10}]}]}"#,
        )
        .unwrap();
        let package = &page.free_resource_packages[0];
        assert_eq!(
            (package.source_type, package.status),
            (Some(PackageSource::Gift), Some(PackageStatus::InForce))
        );
        let item = &package.free_resources[0];
        assert_eq!(item.measure_id, Some(MeasureUnit::GigabyteOfTraffic));
        assert_eq!(serde_json::to_value(item).unwrap()["amount"], "12.500");
    }

    #[test]
    fn usage_has_numbers_where_the_list_has_text() {
        let usage: PackageUsage = decode_str(
            r#"{"free_resources":[{"free_resource_id":"f1","quota_reuse_cycle":4,"quota_reuse_cycle_type":2,
                "start_time":"2026-01-01T00:00:00Z","amount":12.5,"original_amount":40,"measure_id":10}]}"#,
        )
        .unwrap();
        let item = &usage.free_resources[0];
        assert_eq!(
            (item.quota_reuse_cycle, item.quota_reuse_cycle_type),
            (Some(QuotaCycle::Month), Some(QuotaCycleStart::Order))
        );
        let wire: serde_json::Value =
            serde_json::from_slice(&crate::types::to_wire_json(item).unwrap()).unwrap();
        assert_eq!(wire["amount"].to_string(), "12.5");
    }

    #[test]
    fn the_documented_request_for_usage_is_read() {
        let request: ShowPackageUsage =
            decode_str(r#"{"free_resource_ids":["d4463497-991b-439d-9ab6-23f9ed197fe9"]}"#).unwrap();
        request.validate().unwrap();
        let parts = RequestParts::of(&request.language(Language::English)).unwrap();
        assert_eq!(parts.headers["x-language"], "en_US");
        assert_eq!(&parts.body[..], br#"{"free_resource_ids":["d4463497-991b-439d-9ab6-23f9ed197fe9"]}"#);
    }

    #[test]
    fn a_deduction_is_read() {
        let page: PackageDeductionPage = decode_str(
            r#"{"total_count":1,"free_resource_records":[{"deduct_time":"2026-05-01T16:00:00Z",
                "free_resource_id":"f1","available_amount":"10","used_amount":"0.000001",
                "remaining_amount":"9.999999","measure_id":10,"expire_time":""}]}"#,
        )
        .unwrap();
        let record = &page.free_resource_records[0];
        assert_eq!(
            record.available_amount.unwrap().checked_sub(record.used_amount.unwrap()),
            record.remaining_amount
        );
        assert_eq!(record.expire_time, None);
    }

    #[test]
    fn documented_limits_are_checked() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let request = ListPackages::new()
            .product_name("x".repeat(257))
            .offset(1_000_000_u32)
            .limit(1001_u32)
            .service_type_code_list(vec![String::new(); 11]);
        assert_eq!(violated(&request), ["product_name", "offset", "limit", "service_type_code_list"]);

        ListPackageDeductions::new(day("2026-01-01"), day("2026-04-01")).validate().unwrap();
        for (begin, end) in [("2026-01-01", "2026-04-02"), ("2026-01-02", "2026-01-01")] {
            ListPackageDeductions::new(day(begin), day(end)).validate().unwrap_err();
        }
        for ids in [vec![], vec!["f".to_owned(); 101], vec!["f".repeat(65)]] {
            ShowPackageUsage::new(ids).validate().unwrap_err();
        }
    }
}
