//! Lists products: cloud services, their resource types and the kinds of use.

use crate::{
    operation,
    types::{Language, response},
};

operation! {
    /// The cloud services, one page: a code for each, by which all other calls name it.
    ///
    /// An older version left out the marketplace; whether this one does was not found.
    GET "/v2/products/service-types" as bss -> ServiceTypePage {
        sites(ALL), caller(Either), rows(100, service_types: ServiceType, total: total_count),
        source("https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001256679455.html"),
    }
    pub struct ListServiceTypes {
        optional {
            /// The language of the names; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Only services with this text anywhere in their name.
            service_type_name: String where len(1..=128),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page, at least 1. The most it allows was not found, so pages are read by 100 unless said
            /// otherwise.
            limit: u32 where default(10),
        }
        check |it, check| check.rule("limit", it.limit != Some(0), "must be at least 1")
    }
}

operation! {
    /// The resource types of all cloud services, one page.
    GET "/v2/products/resource-types" as bss -> ResourceTypePage {
        sites(ALL), caller(Either), rows(100, resource_types: ResourceType, total: total_count),
        source("https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001256519451.html"),
    }
    pub struct ListResourceTypes {
        optional {
            /// The language of the names; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page, at least 1. The most it allows was not found, so pages are read by 100 unless said
            /// otherwise.
            limit: u32 where default(10),
        }
        check |it, check| check.rule("limit", it.limit != Some(0), "must be at least 1")
    }
}

operation! {
    /// The resource types of one cloud service, one page: what prices are asked for by.
    ///
    /// Marketplace services have none here.
    GET "/v2/products/service-resources" as bss -> ServiceResourcePage {
        sites(ALL), caller(Either), rows(100, infos: ServiceResource, total: total_count),
        source("https://support.huaweicloud.com/api-bpconsole/qct_00003.html"),
    }
    pub struct ListServiceResources {
        required {
            /// The cloud service, from [`ListServiceTypes`].
            service_type_code: String where len(1..=64),
        }
        optional {
            /// The language of the names; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Rows to skip; none by default.
            offset: u32 where range(0..=10_000_000),
            /// Rows per page, at least 1. The most it allows was not found, so pages are read by 100 unless said
            /// otherwise.
            limit: u32 where default(10),
        }
        check |it, check| check.rule("limit", it.limit != Some(0), "must be at least 1")
    }
}

operation! {
    /// The sorts of use that pay-per-use is reckoned by, one page.
    ///
    /// Their codes are the `usage_factor` of [`RatePayPerUse`](super::RatePayPerUse).
    GET "/v2/products/usage-types" as bss -> UsageTypePage {
        sites(ALL), caller(Either), rows(100, usage_types: UsageType, total: total_count),
        source("https://support.huaweicloud.com/api-bpconsole/qct_00004.html"),
    }
    pub struct ListUsageTypes {
        optional {
            /// The language of the names; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Only those of this resource type, such as `hws.resource.type.vm`.
            resource_type_code: String where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page, at least 1. The most it allows was not found, so pages are read by 100 unless said
            /// otherwise.
            limit: u32 where default(10),
        }
        check |it, check| check.rule("limit", it.limit != Some(0), "must be at least 1")
    }
}

response! {
    /// One page of cloud services.
    #[derive(Eq)]
    pub struct ServiceTypePage {
        /// Total number of matching rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub service_types: Vec<ServiceType>,
    }
}

response! {
    /// A cloud service.
    #[derive(Eq)]
    pub struct ServiceType {
        /// Display name, in the requested language.
        pub service_type_name: Option<String>,
        /// The code by which other calls name it, such as `hws.service.type.ec2`.
        pub service_type_code: String,
        /// The short form of its name.
        pub abbreviation: Option<String>,
    }
}

response! {
    /// One page of resource types.
    #[derive(Eq)]
    pub struct ResourceTypePage {
        /// Total number of matching rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub resource_types: Vec<ResourceType>,
    }
}

response! {
    /// A kind of resource.
    #[derive(Eq)]
    pub struct ResourceType {
        /// The code by which other calls name it, such as `hws.resource.type.vm`.
        pub resource_type_code: String,
        /// Display name, in the requested language.
        pub resource_type_name: Option<String>,
        /// A few words on it; up to 200 characters.
        pub resource_type_desc: Option<String>,
        /// The cloud service it belongs to.
        pub service_type_code: Option<String>,
    }
}

response! {
    /// One page of the resource types of a cloud service.
    #[derive(Eq)]
    pub struct ServiceResourcePage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub infos: Vec<ServiceResource>,
    }
}

response! {
    /// A resource type of a cloud service.
    #[derive(Eq)]
    pub struct ServiceResource {
        /// Basic data of the resource type.
        pub basic_info: ResourceBasics,
    }
}

response! {
    /// Basic data of a resource type.
    #[derive(Eq)]
    pub struct ResourceBasics {
        /// The code by which prices are asked for.
        pub resource_type_code: String,
        /// The cloud service that owns the product.
        pub product_owner_service: Option<String>,
        /// Display name, in the requested language.
        pub name: Option<String>,
        /// A few words on it.
        pub description: Option<String>,
    }
}

response! {
    /// One page of sorts of use.
    #[derive(Eq)]
    pub struct UsageTypePage {
        /// Total number of matching rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub usage_types: Vec<UsageType>,
    }
}

response! {
    /// A sort of use that is charged.
    #[derive(Eq)]
    pub struct UsageType {
        /// The code that prices take as `usage_factor`, such as `Duration` or `reqNumber`.
        pub code: String,
        /// Display name, in the requested language.
        pub name: Option<String>,
        /// The kind of resource that is used so.
        pub resource_type_code: Option<String>,
        /// The cloud service of that resource.
        pub service_type_code: Option<String>,
        /// Display name of the resource type.
        pub resource_type_name: Option<String>,
        /// Display name of the cloud service.
        pub service_type_name: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{
        operation::{Paged as _, Position, RequestParts},
        types::decode_str,
    };

    #[test]
    fn pages_are_read() {
        let page: ServiceTypePage = decode_str(
            r#"{"total_count":1,"service_types":[{"service_type_name":"Elastic Cloud Server",
                "service_type_code":"hws.service.type.ec2","abbreviation":"ECS"}]}"#,
        )
        .unwrap();
        assert_eq!(page.service_types[0].abbreviation.as_deref(), Some("ECS"));
        let page: ServiceResourcePage = decode_str(
            r#"{"total_count":"1","infos":[{"basic_info":{"resource_type_code":"hws.resource.type.vm",
                "product_owner_service":"hws.service.type.ec2","name":"VM"}}]}"#,
        )
        .unwrap();
        assert_eq!((page.total_count, page.infos[0].basic_info.name.as_deref()), (Some(1), Some("VM")));
        let page: UsageTypePage = decode_str(
            r#"{"usage_types":[{"code":"Duration","resource_type_code":"hws.resource.type.vm"}]}"#,
        )
        .unwrap();
        assert_eq!((page.total_count, page.usage_types[0].code.as_str()), (None, "Duration"));
    }

    #[test]
    fn the_language_travels_as_a_header() {
        let request = ListServiceTypes::new().language(Language::English).at(&Position::Row(100), 50);
        let parts = RequestParts::of(&request).unwrap();
        assert_eq!(parts.headers["x-language"], "en_US");
        assert_eq!(parts.query, "limit=50&offset=100");
    }

    #[test]
    fn documented_limits_are_checked() {
        ListServiceTypes::new().service_type_name("").validate().unwrap_err();
        ListServiceTypes::new().service_type_name("x".repeat(128)).limit(500_u32).validate().unwrap();
        ListResourceTypes::new().limit(0_u32).validate().unwrap_err();
        ListUsageTypes::new().resource_type_code("x".repeat(65)).validate().unwrap_err();
        let request = ListServiceResources::new("").offset(10_000_001_u32).limit(0_u32);
        assert_eq!(violated(&request), ["service_type_code", "offset", "limit"]);
    }
}
