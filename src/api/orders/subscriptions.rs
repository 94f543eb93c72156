//! Lists yearly and monthly resources.

use super::EnterpriseProject;
use crate::{
    error::{ErrorCode, ItemError},
    operation,
    types::{
        Amount, CustomerId, MeasureUnit, OrderId, ResourceId, UtcTime, fields::EmptyAsNone,
        open_enum::open_codes, response,
    },
};

operation! {
    /// Yearly and monthly resources, one page.
    ///
    /// The official name speaks of pay-per-use, but these are the subscriptions. A partner names the customer, and
    /// its operator account needs `BPC_ITEM_SUBCUSTSERV_010105`; a customer's user needs
    /// `billing:subscription:view`. Older pages of the international site let a partner find nothing. Only
    /// resources that have been set up are listed, without a filter all of them.
    // The path is misspelt by the service.
    POST "/v2/orders/suscriptions/resources/query" as bss "ListPayPerUseCustomerResources" -> SubscriptionPage {
        read, sites(ALL), caller(Either), permissions("BPC_ITEM_SUBCUSTSERV_010105"),
        rows(100, data: Subscription, total: total_count, key: resource_id),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00021.html"),
    }
    pub struct ListSubscriptions {
        optional {
            /// Only these, and what is attached to them. None given filters nothing.
            resource_ids: Vec<ResourceId> where count(0..=50),
            /// Only resources of this order. Empty text filters nothing.
            order_id: OrderId where len(0..=64),
            /// Whether attached resources are listed too, as by default. Without effect where
            /// [`resource_ids`](Self#structfield.resource_ids) names attached ones: these are found themselves.
            only_main_resource: ResourceScope,
            /// Only those in one of these states. None given filters nothing.
            status_list: Vec<SubscriptionStatus> where count(0..=10),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page, 1 to 500 (inferred from an older page, so pages are read by 100 unless said
            /// otherwise).
            limit: u32 where range(1..=500) default(10),
            /// Only those that end at or after this instant.
            expire_time_begin: UtcTime,
            /// Only those that end at or before this instant.
            expire_time_end: UtcTime,
            /// Only those of this cloud service, such as `hws.service.type.ebs`.
            service_type_code: String where len(1..=64),
            /// Customer whose resources are listed; a partner must name the customer, a customer need not.
            customer_id: CustomerId where len(0..=64),
        }
        check |it, check| check
            .ordered(("expire_time_begin", it.expire_time_begin), ("expire_time_end", it.expire_time_end))
    }
}

response! {
    /// One page of yearly and monthly resources.
    pub struct SubscriptionPage {
        /// Rows of this page.
        pub data: Vec<Subscription>,
        /// Total number of matching rows.
        pub total_count: Option<u64>,
    }
}

response! {
    /// A yearly or monthly resource.
    pub struct Subscription {
        /// The id of its setting up, used by the service alone.
        pub id: String,
        /// The resource, by which renewals and unsubscriptions name it: for a server the id that its own service gives it.
        pub resource_id: ResourceId,
        /// Name that the customer gave the resource.
        pub resource_name: Option<String>,
        /// Region of the resource, such as `cn-north-1`.
        pub region_code: Option<String>,
        /// Cloud service of the resource, such as `hws.service.type.ec2`.
        pub service_type_code: Option<String>,
        /// Type of the resource, such as `hws.resource.type.vm`.
        pub resource_type_code: Option<String>,
        /// Display name of the resource type.
        pub resource_type_name: Option<String>,
        /// Display name of the cloud service.
        pub service_type_name: Option<String>,
        /// Specification of the resource; for servers followed by `.win` or `.linux`.
        pub resource_spec_code: Option<String>,
        /// The project it belongs to.
        pub project_id: Option<String>,
        /// The product it was bought as.
        pub product_id: Option<String>,
        /// The main resource that it is attached to.
        pub parent_resource_id: Option<ResourceId>,
        /// Main or attached. A disk bought later is not always attached to the server that uses it: go by this field.
        pub is_main_resource: Option<ResourceRole>,
        /// State of the resource.
        pub status: Option<SubscriptionStatus>,
        /// Start of the paid period.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// Action at the end of the subscription.
        pub expire_policy: Option<ExpiryPolicy>,
        /// Description of the specification.
        pub product_spec_desc: Option<String>,
        /// Size of the resource, for products sold by size: disks, bandwidth.
        pub spec_size: Option<Amount>,
        /// Unit of the size.
        pub spec_size_measure_id: Option<MeasureUnit>,
        /// Time of the last change.
        #[with(EmptyAsNone)]
        pub update_time: Option<UtcTime>,
        /// The enterprise project it is booked on.
        pub enterprise_project: Option<EnterpriseProject>,
    }
}

impl Subscription {
    /// True when it renews itself.
    pub fn renews_automatically(&self) -> bool {
        self.expire_policy == Some(ExpiryPolicy::Renews)
    }
}

response! {
    /// Reason why one resource was left out while others were processed.
    ///
    /// Renewals and unsubscriptions reserve it for later, prices of renewals use it.
    #[derive(Eq)]
    pub struct ResourceFailure {
        /// Code of the failure.
        pub error_code: ErrorCode,
        /// The service's own words.
        pub error_msg: String,
        /// Id under which the service knows the resource.
        pub resource_id: ResourceId,
    }
}

impl std::fmt::Display for ResourceFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let error = ItemError {
            id: self.resource_id.to_string(),
            code: self.error_code.clone(),
            message: self.error_msg.clone(),
        };
        std::fmt::Display::fmt(&error, f)
    }
}

impl std::error::Error for ResourceFailure {}

open_codes! {
    /// Resources that are listed.
    pub enum ResourceScope {
        /// Main and attached ones.
        All = 0,
        /// Only main resources.
        MainOnly = 1,
    }
}

open_codes! {
    /// Role of a resource among others bought with it. Batches name main resources; attached ones follow.
    ///
    /// A server is main and its disks attached; shared bandwidth is main and its addresses attached; an address is main and
    /// its dedicated bandwidth attached.
    pub enum ResourceRole {
        /// Attached to a main resource.
        Attached = 0,
        /// Main resource of a bundle.
        Main = 1,
    }
}

open_codes! {
    /// Whether a resource can be used.
    pub enum SubscriptionStatus {
        /// Resource is in use.
        InUse = 2,
        /// Closed; the console does not show it.
        Closed = 3,
        /// Resource is frozen.
        Frozen = 4,
        /// Resource has expired.
        Expired = 5,
    }
}

open_codes! {
    /// Action at the end of a subscription.
    pub enum ExpiryPolicy {
        /// Subscription continues for a grace period.
        Grace = 0,
        /// Resource becomes pay-per-use.
        BecomesPayPerUse = 1,
        /// Resource is deleted immediately.
        Deleted = 2,
        /// Subscription is renewed automatically; the only code with this meaning.
        Renews = 3,
        /// Resource is frozen.
        Frozen = 4,
        /// Resource is deleted after a retention period.
        DeletedLater = 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    #[test]
    fn a_page_is_read() {
        let page: SubscriptionPage = decode_str(
            r#"{"total_count":2,"data":[{"id":"i1","resource_id":"r1","is_main_resource":1,"status":2,
                "expire_policy":3,"expire_time":"2026-12-31T15:59:59Z","spec_size":"40","spec_size_measure_id":17,
                "enterprise_project":{"id":"0","name":"default"}},
                {"id":"i2","resource_id":"r2","parent_resource_id":"r1","is_main_resource":0,"status":7}]}"#,
        )
        .unwrap();
        let [main, attached] = &page.data[..] else { panic!("two resources") };
        assert!(main.renews_automatically() && !attached.renews_automatically());
        assert_eq!(main.spec_size, Some(Amount::from(40)));
        assert_eq!(main.spec_size_measure_id, Some(MeasureUnit::Gigabyte));
        assert_eq!(attached.parent_resource_id, Some(main.resource_id.clone()));
        assert_eq!(
            (attached.is_main_resource, attached.status),
            (Some(ResourceRole::Attached), Some(SubscriptionStatus::Other(7)))
        );
    }

    #[test]
    fn documented_limits_are_checked() {
        let time = |text: &str| text.parse::<UtcTime>().unwrap();
        let many = |count: usize| vec![ResourceId::from("r"); count];
        let request = ListSubscriptions::new()
            .resource_ids(many(51))
            .status_list(vec![SubscriptionStatus::InUse; 11])
            .limit(0_u32)
            .expire_time_begin(time("2026-02-01T00:00:00Z"))
            .expire_time_end(time("2026-01-01T00:00:00Z"))
            .service_type_code("");
        assert_eq!(
            violated(&request),
            ["resource_ids", "status_list", "limit", "expire_time_begin", "service_type_code"]
        );
        ListSubscriptions::new().resource_ids(many(50)).order_id("").validate().unwrap();
    }
}
