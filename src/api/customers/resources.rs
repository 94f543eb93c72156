//! Pay-per-use resources of a customer.

use crate::{
    operation,
    types::{
        Amount, CustomerId, Language, ResellerId, ResourceId, UtcTime, decode_str, fields::EmptyAsNone,
        open_enum::open_codes, response,
    },
};

operation! {
    /// The resources that a customer pays by use, one page.
    ///
    /// On the China site only for resale customers. The list lags behind, for each service by another time:
    /// good to show, not to reckon with.
    ///
    /// Refused with `CBC.99000035` for the customer of another partner, and with `CBC.99000000` for one that the
    /// caller may not act on.
    POST "/v2/partners/sub-customers/on-demand-resources/query" as bss "ListCustomerOnDemandResources" -> PayPerUseResourcePage {
        read, sites(ALL),
        rows(100, resources: PayPerUseResource, total: total_count),
        permissions("BPC_ITEM_SUBCUSTSERV_010105"),
        source("https://support.huaweicloud.com/api-bpconsole/mqr_01002.html"),
    }
    pub struct ListPayPerUseResources {
        required {
            /// Customer whose resources are listed.
            customer_id: CustomerId where len(1..=64),
        }
        optional {
            /// The language of the names of services and types; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Only those in this region, such as `cn-north-1`.
            region_code: String where len(0..=64),
            /// Only those of this service, such as `hws.service.type.obs`.
            service_type_code: String where len(0..=64),
            /// Only these, up to 50; an empty list is no filter.
            resource_ids: Vec<ResourceId> where count(0..=50),
            /// Only those in force since this instant or later.
            effective_time_begin: UtcTime,
            /// Only those in force since this instant or earlier.
            effective_time_end: UtcTime,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page; the service takes 10 by default. The largest page is not documented: reading
            /// all pages takes 100 at a time, as the other lists of customers allow.
            limit: u32 where default(10),
            /// Only those in this state.
            status: ResourceStatus,
            /// The reseller whose customer it is; from a distributor.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| check
            .len("X-Language", &it.language.as_ref().map(Language::as_str), 0..=8)
            .ordered(
                ("effective_time_begin", it.effective_time_begin),
                ("effective_time_end", it.effective_time_end),
            )
            .rule("limit", it.limit != Some(0), "must be above zero")
    }
}

response! {
    /// One page of resources.
    pub struct PayPerUseResourcePage {
        /// Rows of this page.
        pub resources: Vec<PayPerUseResource>,
        /// Total number of resources that match.
        pub total_count: Option<u64>,
    }
}

response! {
    /// A resource that a customer pays by use.
    pub struct PayPerUseResource {
        /// Customer that the resource belongs to.
        pub customer_id: CustomerId,
        /// Region of the resource, such as `cn-north-1`.
        pub region_code: Option<String>,
        /// Availability zone of the resource.
        pub availability_zone_code: Option<String>,
        /// The service that it belongs to, such as `hws.service.type.ec2`.
        pub service_type_code: Option<String>,
        /// Type of the resource, such as `hws.resource.type.vm`.
        pub resource_type_code: Option<String>,
        /// Name of the cloud service in the language that was asked for.
        pub service_type_name: Option<String>,
        /// Name of the resource type, in the requested language.
        pub resource_type_name: Option<String>,
        /// Id under which the service knows the resource.
        pub resource_id: ResourceId,
        /// Name that the customer gave the resource.
        pub resource_name: Option<String>,
        /// Start of the validity period.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// State of the resource.
        pub status: Option<ResourceStatus>,
        /// Specification of the resource; that of a virtual machine ends in `.linux` or `.win`, such as
        /// `s2.small.1.linux`.
        pub resource_spec_code: Option<String>,
        /// Capacity of the resource as JSON inside text, such as `{"specSize":40.0}`; see
        /// [`PayPerUseResource::capacity`].
        pub resource_info: Option<String>,
        /// Description of the specification, its parts separated by `|`.
        pub product_spec_desc: Option<String>,
    }
}

impl PayPerUseResource {
    /// The `specSize` inside [`resource_info`](Self::resource_info): how large the resource is, in the unit of its kind.
    pub fn capacity(&self) -> Option<Amount> {
        response! {
            /// The part of it that is read.
            pub struct Info {
                #[name("specSize")]
                pub spec_size: Option<Amount>,
            }
        }
        decode_str::<Info>(self.resource_info.as_deref()?).ok()?.spec_size
    }
}

open_codes! {
    /// The state of a resource that is paid by use.
    pub enum ResourceStatus {
        /// Provisioned and usable.
        Normal = 1,
        /// In the grace period after the money ran out.
        GracePeriod = 2,
        /// Being frozen, or frozen.
        Frozen = 3,
        /// Resource is being changed.
        Changing = 4,
        /// Resource is being closed.
        Closing = 5,
        /// Resource is closed.
        Closed = 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;

    #[test]
    fn a_page_is_read_and_its_capacities_are_exact() {
        let page: PayPerUseResourcePage = decode_str(
            r#"{"total_count":2,"resources":[
                {"customer_id":"05d1","region_code":"cn-north-1","availability_zone_code":"cn-north-1a",
                 "service_type_code":"hws.service.type.ebs","resource_type_code":"hws.resource.type.volume",
                 "service_type_name":"EVS","resource_type_name":"Disk","resource_id":"d-1","resource_name":"data",
                 "effective_time":"2026-05-06T08:05:01Z","expire_time":"","status":3,
                 "resource_spec_code":"SATA","resource_info":"{\"specSize\":40.10}","product_spec_desc":"EVS|SATA|40.0GB"},
                {"customer_id":"05d1","resource_id":"d-2","status":"7","resource_info":"none"}]}"#,
        )
        .unwrap();
        let [disk, other] = &page.resources[..] else { panic!("{page:?}") };
        assert_eq!(disk.capacity().map(|size| size.to_string()).as_deref(), Some("40.10"));
        assert_eq!((disk.status, disk.expire_time), (Some(ResourceStatus::Frozen), None));
        assert_eq!((other.status, other.capacity()), (Some(ResourceStatus::Other(7)), None));
    }

    #[test]
    fn documented_limits_are_checked() {
        let ids: Vec<ResourceId> = (0..51).map(|id| id.to_string().into()).collect();
        let request = ListPayPerUseResources::new("")
            .region_code("x".repeat(65))
            .resource_ids(ids)
            .effective_time_begin("2026-02-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .effective_time_end("2026-01-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .limit(0_u32);
        assert_eq!(
            violated(&request),
            ["customer_id", "region_code", "resource_ids", "effective_time_begin", "limit"]
        );
        ListPayPerUseResources::new("05d1").language(Language::English).validate().unwrap();
    }
}
