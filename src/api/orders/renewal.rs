//! Keeping yearly and monthly resources: by hand and by themselves.

use super::{Accepted, ListOrders, Order, OrderType, ResourceFailure};
use crate::{
    error::{ErrorCode, Retry},
    operation,
    operation::{Check, Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    types::{
        OrderId, ResourceId,
        open_enum::{open_codes, open_enum},
        response,
    },
};

operation! {
    /// Renews yearly and monthly resources, which places orders.
    ///
    /// An IAM user of the customer needs `billing:subscription:renew`. What is attached to a resource is renewed
    /// along. Whether a resource renews itself is left as it is.
    ///
    /// There is no key against repeats: one is refused while the first order is unpaid (`CBC.99003100`) or running
    /// (`CBC.99003144`), and renews again after that (inferred). So the client never repeats it after it may have
    /// been executed; the list of orders, filtered by renewals of that time, shows what was placed.
    ///
    /// Refused with `CBC.30010036` for an attached resource, `CBC.30010069` for a period that is not sold,
    /// `CBC.99003016` for a resource that is gone, and `CBC.30050006` when it could not be paid at once; whether
    /// the order then waits for payment was not found.
    POST "/v2/orders/subscriptions/resources/renew" as bss "RenewalResources" -> ResourceOrders {
        sites(ALL), caller(Customer), records("bss.ListCustomerOrders"),
        success(any "order_ids", "fail_resource_infos"),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00018.html"),
    }
    pub struct RenewResources {
        required {
            /// The resources: main ones from [`ListSubscriptions`](super::ListSubscriptions).
            resource_ids: Vec<ResourceId> where count(1..=10),
            /// Months or years.
            period_type: RenewalPeriod,
            /// Number of periods: 1 to 11 months, 1 to 3 years.
            period_num: u32,
        }
        optional {
            /// Whether the orders are paid at once, with discounts and vouchers of the system's choice, or wait for
            /// payment, as by default.
            is_auto_pay: AutoPay,
        }
        check |it, check| it.period_type.check(check, it.period_num)
    }
}

impl Resolvable for RenewResources {
    type Query = ListOrders;

    fn query(&self, window: TimeWindow) -> ListOrders {
        ListOrders::new()
            .order_type(OrderType::Renewal)
            .create_time_begin(window.from)
            .create_time_end(window.until)
    }

    /// One leg for the whole call: the orders show no resources.
    fn legs(&self) -> Vec<Leg> {
        let resources: Vec<&str> = self.resource_ids.iter().map(ResourceId::as_str).collect();
        vec![Leg::new(resources.join(","), OrderType::Renewal.to_string()).without_target_in_record()]
    }

    fn facts(&self, record: &Order) -> RecordFacts {
        record.facts()
    }

    fn results(&self, output: &ResourceOrders) -> Vec<TargetResult> {
        output.target_results(self.legs())
    }
}

operation! {
    /// Lets a yearly or monthly resource renew itself, or changes how it does.
    ///
    /// An IAM user of the customer needs `billing:subscription:renew`. A repeat leaves the same setting. The order
    /// of the resource must be paid. What is attached to it follows; naming an attached resource renews its main
    /// one too.
    ///
    /// The money is taken at 03:00 seven days before the end, and daily at the same time until it succeeds or the
    /// resource is no longer kept; [`SetRenewalConfig`] moves the day. Refused with `CBC.99003602` for a resource
    /// that is expired or frozen, and with `CBC.99003012` for one that is unknown.
    POST "/v2/orders/subscriptions/resources/autorenew/{resource_id}" as bss "AutoRenewalResources" -> Accepted {
        sites(ALL), caller(Customer), idempotent, success(empty),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00022.html"),
    }
    pub struct EnableAutoRenewal {
        required {
            /// Id under which the service knows the resource.
            resource_id: ResourceId where len(1..=64),
        }
        optional {
            /// Number of automatic renewals, or 0 for no limit. When absent, a first setting has no limit and
            /// a later one is unchanged.
            auto_renew_times: u32 where range(0..=99),
            /// By months or by years; by default that of the resource's last order.
            period_type: AutoRenewalPeriod,
        }
    }
}

operation! {
    /// Stops a yearly or monthly resource from renewing itself.
    ///
    /// Where it does not renew itself, because it never did or because the first of two calls came through, the
    /// refusal is `CBC.99003605`: take it for done. What is attached to the resource follows.
    DELETE "/v2/orders/subscriptions/resources/autorenew/{resource_id}" as bss "CancelAutoRenewalResources" -> Accepted {
        sites(ALL), caller(Customer), idempotent, success(empty),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00023.html"),
    }
    pub struct DisableAutoRenewal {
        required {
            /// Id under which the service knows the resource.
            resource_id: ResourceId where len(1..=64),
        }
    }
}

operation! {
    /// Sets on which day automatic renewals are charged, or to which day of the month renewals run.
    ///
    /// It holds for the whole account, as no resource is named (inferred). A repeat leaves the same setting.
    /// [`deduct_before`](Self::deduct_before), [`expire_on`](Self::expire_on) and
    /// [`expire_on_last_day`](Self::expire_on_last_day) put it into words.
    POST "/v2/orders/subscriptions/resources/renew/config" as bss "SetResourcesRenewConfig" -> RenewalConfigSet {
        sites(ALL), caller(Customer), idempotent, success(acknowledged),
        source("https://support.huaweicloud.com/api-oce/api_order_00031.html"),
    }
    pub struct SetRenewalConfig {
        required {
            /// Setting that is changed.
            config_name: RenewalSetting,
            /// For the charge, 2 to 7 days before the end. For the end, a day of the month from 1 to 28, or -1 for
            /// the last one.
            config_value: String,
        }
        check |it, check| {
            let day = it.config_value.parse::<i8>().ok();
            let (allowed, rule) = match it.config_name {
                RenewalSetting::DeductionDate => {
                    (day.is_some_and(|day| (2..=7).contains(&day)), "must be 2 to 7 days")
                }
                RenewalSetting::ExpiryDate => {
                    (day.is_some_and(|day| day == -1 || (1..=28).contains(&day)), "must be 1 to 28, or -1")
                }
                RenewalSetting::Other(_) => (true, ""),
            };
            check.rule("config_value", allowed, rule)
        }
    }
}

impl SetRenewalConfig {
    /// Charges automatic renewals this number of days before the resource ends, 2 to 7.
    pub fn deduct_before(days: u8) -> Self {
        Self::new(RenewalSetting::DeductionDate, days.to_string())
    }

    /// Renewed resources end on this day of the month, 1 to 28.
    pub fn expire_on(day: u8) -> Self {
        Self::new(RenewalSetting::ExpiryDate, day.to_string())
    }

    /// Renewed resources end on the last day of the month.
    pub fn expire_on_last_day() -> Self {
        Self::new(RenewalSetting::ExpiryDate, "-1")
    }
}

response! {
    /// The orders that a renewal or an unsubscription placed.
    #[derive(Eq)]
    pub struct ResourceOrders {
        /// The orders, in no stated relation to the resources.
        pub order_ids: Vec<OrderId>,
        /// The resources that were left out; reserved, so that a refusal comes for all of them as yet.
        pub fail_resource_infos: Vec<ResourceFailure>,
    }
}

impl ResourceOrders {
    /// The orders that were placed and the resources that were left out.
    pub fn outcomes(&self) -> impl Iterator<Item = Result<&OrderId, &ResourceFailure>> {
        self.order_ids.iter().map(Ok).chain(self.fail_resource_infos.iter().map(Err))
    }
}

impl ResourceOrders {
    /// The first order stands for the call. Where none was placed, the first failure does.
    pub(crate) fn target_results(&self, legs: Vec<Leg>) -> Vec<TargetResult> {
        let Some(leg) = legs.into_iter().next() else { return Vec::new() };
        let refused = |failure: &ResourceFailure| {
            let documented =
                failure.error_code.info().is_some() && failure.error_code.retry() != Retry::ReadsOnly;
            documented.then(|| TargetResult::refused(&leg.target, failure.error_code.as_str()))
        };
        let failure = || self.fail_resource_infos.first().and_then(refused);
        let result = match self.order_ids.first() {
            Some(order) => Some(TargetResult::executed(&leg.target, order.as_str())),
            None => failure(),
        };
        result.into_iter().collect()
    }
}

response! {
    /// That a setting was taken.
    ///
    /// The two fields belong to failures, which the client reports as errors even where they come with a success status.
    #[derive(Eq)]
    pub struct RenewalConfigSet {
        /// Error code of the failure.
        pub error_code: Option<ErrorCode>,
        /// Message of the service.
        pub error_msg: Option<String>,
    }
}

open_codes! {
    /// Unit in which renewals and their prices are counted.
    pub enum RenewalPeriod {
        /// Period counted in months.
        Month = 2,
        /// Period counted in years.
        Year = 3,
    }
}

impl RenewalPeriod {
    /// The rule that renewals and their prices share.
    pub(crate) fn check(self, check: Check, periods: u32) -> Check {
        match self {
            Self::Month => check.range("period_num", &periods, 1..=11),
            Self::Year => check.range("period_num", &periods, 1..=3),
            Self::Other(_) => check,
        }
    }
}

open_codes! {
    /// Whether an order is paid as soon as it is placed.
    pub enum AutoPay {
        /// Order waits for payment.
        Later = 0,
        /// Order is paid immediately, with discounts and vouchers of the system's choice.
        AtOnce = 1,
    }
}

open_enum! {
    /// Unit in which automatic renewals are counted.
    pub enum AutoRenewalPeriod {
        /// Period counted in months.
        Month = "MONTH",
        /// Period counted in years.
        Year = "YEAR",
    }
}

open_enum! {
    /// A day that renewals go by.
    pub enum RenewalSetting {
        /// Number of days before the end at which automatic renewals are charged.
        DeductionDate = "DEDUCTION_DATE",
        /// The day of the month on which renewed resources end.
        ExpiryDate = "EXPIRE_DATE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::{operation::RequestParts, types::decode_str};

    fn resources(count: usize) -> Vec<ResourceId> {
        vec![ResourceId::from("r"); count]
    }

    #[test]
    fn months_and_years_have_their_own_limits() {
        let renew = |period: RenewalPeriod, number: u32| RenewResources::new(resources(1), period, number);
        for (period, number) in [(RenewalPeriod::Month, 11), (RenewalPeriod::Year, 3)] {
            renew(period, number).validate().unwrap();
            for number in [0, number + 1] {
                let invalid = renew(period, number).validate().unwrap_err();
                assert_eq!(invalid.violations()[0].field, "period_num", "{period} {number}");
            }
        }
        for count in [0, 11] {
            RenewResources::new(resources(count), RenewalPeriod::Year, 1_u32).validate().unwrap_err();
        }
    }

    #[test]
    fn the_resource_of_an_automatic_renewal_is_in_the_address() {
        let parts = RequestParts::of(
            &EnableAutoRenewal::new("a/b").auto_renew_times(0_u32).period_type(AutoRenewalPeriod::Year),
        )
        .unwrap();
        assert_eq!(parts.path, "/v2/orders/subscriptions/resources/autorenew/a%2Fb");
        assert_eq!(&parts.body[..], br#"{"auto_renew_times":0,"period_type":"YEAR"}"#);
        assert!(RequestParts::of(&DisableAutoRenewal::new("r1")).unwrap().body.is_empty());
        EnableAutoRenewal::new("r1").auto_renew_times(100_u32).validate().unwrap_err();
        DisableAutoRenewal::new("").validate().unwrap_err();
    }

    #[test]
    fn settings_have_their_own_days() {
        for good in [
            SetRenewalConfig::deduct_before(2),
            SetRenewalConfig::deduct_before(7),
            SetRenewalConfig::expire_on(28),
            SetRenewalConfig::expire_on_last_day(),
        ] {
            good.validate().unwrap();
        }
        for bad in [
            SetRenewalConfig::deduct_before(1),
            SetRenewalConfig::deduct_before(8),
            SetRenewalConfig::expire_on(0),
            SetRenewalConfig::expire_on(29),
            SetRenewalConfig::new(RenewalSetting::DeductionDate, "-1"),
            SetRenewalConfig::new(RenewalSetting::ExpiryDate, "last"),
        ] {
            bad.validate().unwrap_err();
        }
    }

    #[test]
    fn orders_and_failures_are_outcomes() {
        let response: ResourceOrders = decode_str(
            r#"{"order_ids":["CS1"],"fail_resource_infos":[{"error_code":"CBC.99003144","error_msg":"busy",
                "resource_id":"r2"}]}"#,
        )
        .unwrap();
        let outcomes: Vec<_> = response.outcomes().collect();
        assert_eq!(outcomes[0].unwrap().as_str(), "CS1");
        assert_eq!(
            outcomes[1].unwrap_err().to_string(),
            "r2: CBC.99003144: An order for this resource is being processed"
        );
    }
}
