//! Ending yearly and monthly resources: unsubscription and the change to pay-per-use.

use super::{ListOrders, Order, OrderType, ResourceOrders};
use crate::{
    error::{ErrorCode, ItemError},
    operation,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    types::{
        OrderId, ResourceId,
        open_enum::{open_codes, open_enum},
        response,
    },
};

operation! {
    /// Ends yearly and monthly resources before their time, or gives up renewals that have not begun.
    ///
    /// **Deletes the resources and what is attached to them**, and for good where their service has no recycle bin.
    /// An IAM user of the customer needs `billing:subscription:unsubscribe`. The resources must be paid and set up.
    /// The China site gives all money back within five days of a purchase (how often was not found); else a
    /// handling fee is kept. [`ShowRefund`](super::ShowRefund) tells what came back.
    ///
    /// A repeat on a resource that is gone is refused with `CBC.30000067` or `CBC.99003012`, which does not tell
    /// who ended it; so the client never repeats it after it may have been executed. The list of orders,
    /// filtered by unsubscriptions of that time, shows what was placed.
    ///
    /// Refused with `CBC.99003651` while something else runs on a resource (wait and try again), `CBC.99003100` for
    /// one in an unpaid order, `CBC.99003128` where there is no renewal to give up, `CBC.99003185` for services
    /// that end only as a whole, and with codes of their own for savings plans, packages, trials, marketplace
    /// goods, frozen and invoiced ones.
    POST "/v2/orders/subscriptions/resources/unsubscribe" as bss "CancelResourcesSubscription" -> ResourceOrders {
        sites(ALL), caller(Customer), records("bss.ListCustomerOrders"),
        success(any "order_ids", "fail_resource_infos"),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00019.html"),
    }
    pub struct Unsubscribe {
        required {
            /// The resources: main ones from [`ListSubscriptions`](super::ListSubscriptions). Newer pages
            /// take attached ones too, except for machines sold as a whole.
            resource_ids: Vec<ResourceId> where count(1..=10),
            /// Scope of the unsubscription.
            unsubscribe_type: UnsubscribeScope,
        }
        optional {
            /// Reason for the unsubscription.
            unsubscribe_reason_type: UnsubscribeReason,
            /// Reason in the customer's words; the length is from an older page.
            unsubscribe_reason: String where len(0..=512),
        }
    }
}

impl Resolvable for Unsubscribe {
    type Query = ListOrders;

    fn query(&self, window: TimeWindow) -> ListOrders {
        ListOrders::new()
            .order_type(OrderType::Unsubscription)
            .create_time_begin(window.from)
            .create_time_end(window.until)
    }

    /// One leg for the whole call: the orders show no resources.
    fn legs(&self) -> Vec<Leg> {
        let resources: Vec<&str> = self.resource_ids.iter().map(ResourceId::as_str).collect();
        vec![Leg::new(resources.join(","), OrderType::Unsubscription.to_string()).without_target_in_record()]
    }

    fn facts(&self, record: &Order) -> RecordFacts {
        record.facts()
    }

    fn results(&self, output: &ResourceOrders) -> Vec<TargetResult> {
        output.target_results(self.legs())
    }
}

operation! {
    /// Decides whether yearly and monthly resources become pay-per-use when they end.
    ///
    /// An IAM user of the customer needs `billing:subscription:renew`. A repeat leaves the same setting (inferred).
    /// The resources must be paid; solution bundles and, on the China site, packages cannot change. What is
    /// attached follows. Some resources may be set and others not: see [`PayPerUseSetting::outcomes`].
    POST "/v2/orders/subscriptions/resources/to-on-demand" as bss "UpdatePeriodToOnDemand" -> PayPerUseSetting {
        sites(ALL), caller(Customer), idempotent, success(failures "error_details"),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00024.html"),
    }
    pub struct ChangeToPayPerUse {
        required {
            /// Whether the change is set or taken back; only one that is set can be taken back.
            operation: PayPerUseOnExpiry,
            /// The resources: main ones from [`ListSubscriptions`](super::ListSubscriptions).
            resource_ids: Vec<ResourceId> where count(1..=100),
        }
    }
}

operation! {
    /// Makes yearly and monthly resources pay-per-use at once and gives back what they have not used up.
    ///
    /// An IAM user of the customer needs `billing:subscription:toDemand`. The resources must be paid. Each becomes
    /// an order of its own, so the client never repeats the call after it may have been executed; the list of
    /// orders, filtered by changes to pay-per-use of that time, shows what was placed. Some resources may be
    /// changed, others wait for a review and others fail: see [`PayPerUseChanges::outcomes`].
    POST "/v2/orders/subscriptions/resources/to-on-demand/instantly" as bss "UpdatePeriodToOnDemandInstantly" -> PayPerUseChanges {
        caller(Customer), records("bss.ListCustomerOrders"), alternative("bss.UpdatePeriodToOnDemand"),
        success(field "to_ondemand_service_results"), outcome_ids(&["resource_id"]),
        source("https://support.huaweicloud.com/api-oce/api_order_00032.html"),
    }
    pub struct ChangeToPayPerUseNow {
        required {
            /// The resources: main ones from [`ListSubscriptions`](super::ListSubscriptions); 1 to 64
            /// characters each.
            resource_ids: Vec<ResourceId> where count(1..=10),
        }
        check |it, check| {
            let is_id = |id: &ResourceId| (1..=64).contains(&id.as_str().chars().count());
            check.rule("resource_ids", it.resource_ids.iter().all(is_id), "must have 1 to 64 characters each")
        }
    }
}

response! {
    /// Outcome of a [`ChangeToPayPerUse`]: the service names failures only.
    #[derive(Eq)]
    pub struct PayPerUseSetting {
        /// The resources that were not set; the id is the resource's. None where all were.
        pub error_details: Vec<ItemError>,
    }
}

impl PayPerUseSetting {
    /// One result for each resource of the request: that it was set, or why it was not.
    pub fn outcomes<'a>(
        &'a self,
        request: &'a ChangeToPayPerUse,
    ) -> impl Iterator<Item = Result<&'a ResourceId, &'a ItemError>> {
        let set = |id: &&ResourceId| self.error_details.iter().all(|error| error.id != id.as_str());
        request.resource_ids.iter().filter(set).map(Ok).chain(self.error_details.iter().map(Err))
    }
}

response! {
    /// Outcome of a [`ChangeToPayPerUseNow`] for each resource.
    #[derive(Eq)]
    pub struct PayPerUseChanges {
        /// One row for each resource of the request.
        pub to_ondemand_service_results: Vec<PayPerUseChange>,
    }
}

impl PayPerUseChanges {
    /// One result for each resource: changed or under review, or neither.
    pub fn outcomes(&self) -> impl Iterator<Item = Result<&PayPerUseChange, &PayPerUseChange>> {
        self.to_ondemand_service_results.iter().map(|row| match row.result {
            Some(ChangeResult::Changed | ChangeResult::UnderReview) => Ok(row),
            Some(ChangeResult::Failed | ChangeResult::Other(_)) | None => Err(row),
        })
    }
}

response! {
    /// Outcome of the change for one resource.
    #[derive(Eq)]
    pub struct PayPerUseChange {
        /// Id under which the service knows the resource.
        pub resource_id: ResourceId,
        /// Changed, under review or failed.
        pub result: Option<ChangeResult>,
        /// Error code of the failure.
        pub error_code: Option<ErrorCode>,
        /// Message of the service.
        pub error_msg: Option<String>,
        /// The order of the change; none, or empty, where it failed.
        pub order_id: Option<OrderId>,
    }
}

open_codes! {
    /// Scope of an unsubscription.
    pub enum UnsubscribeScope {
        /// The resource and all of its renewals.
        ResourceAndRenewals = 1,
        /// Renewals that have not begun; the resource stays.
        RenewalsOnly = 2,
    }
}

open_codes! {
    /// Reason for which a customer ends a subscription.
    pub enum UnsubscribeReason {
        /// Product is hard to use.
        HardToUse = 1,
        /// Product lacks a feature.
        FeaturesMissing = 2,
        /// Product is too complex for the customer.
        TooComplex = 3,
        /// The service was not good.
        Service = 4,
        /// Reason that is not listed.
        Unlisted = 5,
    }
}

open_enum! {
    /// Whether the change to pay-per-use at the end is set or taken back.
    pub enum PayPerUseOnExpiry {
        /// Change is set for the end of the period.
        Set = "SET_UP",
        /// Change is cancelled.
        Cancel = "CANCEL",
    }
}

open_enum! {
    /// Outcome of the change of one resource.
    pub enum ChangeResult {
        /// Resource is pay-per-use now.
        Changed = "SUCCESS",
        /// The service reviews the change first.
        UnderReview = "AUDIT",
        /// Change failed; the resource stays as it was.
        Failed = "FAIL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    fn resources(ids: &[&str]) -> Vec<ResourceId> {
        ids.iter().copied().map(ResourceId::from).collect()
    }

    #[test]
    fn documented_samples_are_read() {
        let request: Unsubscribe =
            decode_str(r#"{"resource_ids":["21e09f37c5c9420c8746ad5c71fb3aab"],"unsubscribe_type":1}"#)
                .unwrap();
        assert_eq!(request.unsubscribe_type, UnsubscribeScope::ResourceAndRenewals);
        let request: ChangeToPayPerUse =
            decode_str(r#"{"operation":"SET_UP","resource_ids":["0c3248018ed54b1e8e3ecbab1b0989ce"]}"#)
                .unwrap();
        let response: PayPerUseSetting = decode_str(r#"{"error_details":[]}"#).unwrap();
        assert_eq!(response.outcomes(&request).collect::<Vec<_>>(), [Ok(&request.resource_ids[0])]);
    }

    #[test]
    fn no_failure_is_lost_where_only_failures_are_named() {
        let request = ChangeToPayPerUse::new(PayPerUseOnExpiry::Set, resources(&["r1", "r2"]));
        let response: PayPerUseSetting = decode_str(
            r#"{"error_details":[{"id":"r1","error_code":"CBC.99003012","error_msg":"unknown"},
                {"id":"attached","error_code":"CBC.0999"}]}"#,
        )
        .unwrap();
        let outcomes: Vec<_> = response.outcomes(&request).collect();
        assert_eq!(outcomes[0], Ok(&"r2".into()));
        assert_eq!(
            outcomes[1].unwrap_err().to_string(),
            "r1: CBC.99003012: There is no resource with this id"
        );
        assert_eq!((outcomes.len(), outcomes[2].unwrap_err().id.as_str()), (3, "attached"));
    }

    #[test]
    fn each_resource_changed_at_once_has_its_outcome() {
        let response: PayPerUseChanges = decode_str(
            r#"{"to_ondemand_service_results":[{"resource_id":"r1","result":"SUCCESS","order_id":"CS1"},
                {"resource_id":"r2","result":"AUDIT","order_id":"CS2"},
                {"resource_id":"r3","result":"FAIL","error_code":"CBC.0999","error_msg":"x","order_id":""},
                {"resource_id":"r4","result":"NEW"}]}"#,
        )
        .unwrap();
        let ids: Vec<_> = response
            .outcomes()
            .map(|row| row.map(|it| it.resource_id.as_str()).map_err(|it| it.resource_id.as_str()))
            .collect();
        assert_eq!(ids, [Ok("r1"), Ok("r2"), Err("r3"), Err("r4")]);
    }

    #[test]
    fn documented_limits_are_checked() {
        for count in [0, 11] {
            let ids = resources(&vec!["r"; count]);
            ChangeToPayPerUseNow::new(ids.clone()).validate().unwrap_err();
            Unsubscribe::new(ids, UnsubscribeScope::RenewalsOnly).validate().unwrap_err();
        }
        ChangeToPayPerUseNow::new(resources(&[""])).validate().unwrap_err();
        ChangeToPayPerUseNow::new(resources(&["r"; 10])).validate().unwrap();
        let reason = Unsubscribe::new(resources(&["r"]), UnsubscribeScope::RenewalsOnly)
            .unsubscribe_reason_type(UnsubscribeReason::Unlisted);
        reason.clone().unsubscribe_reason("x".repeat(512)).validate().unwrap();
        reason.unsubscribe_reason("x".repeat(513)).validate().unwrap_err();
        ChangeToPayPerUse::new(PayPerUseOnExpiry::Cancel, resources(&["r"; 101])).validate().unwrap_err();
    }
}
