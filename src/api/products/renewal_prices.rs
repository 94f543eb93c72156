//! Prices for the renewal of yearly and monthly resources.

use super::pricing::{self, BestOffer, InstallmentPeriod, RatingDiscountType};
use crate::{
    operation,
    orders::{RenewalPeriod, ResourceFailure},
    types::{Amount, Currency, MeasureUnit, Money, MoneyError, ResourceId, Site, fields::AsText, response},
};

operation! {
    /// Calculates the price of renewing resources: the list price, and the price with each discount that the
    /// customer can choose.
    ///
    /// What is attached to a resource is priced along. Some resources may have a price and others none: see
    /// [`RenewalPrice::outcomes`]. There the codes are `CBC.30050007` for a resource that is not main,
    /// `CBC.30050008` for a period that is not sold, `CBC.30050009` for one that is gone, `CBC.30050010` for one in
    /// an unpaid order, `CBC.30050011` for one being unsubscribed or changed and `CBC.30050013` for one that cannot
    /// be renewed. A resource named twice refuses the whole call with `CBC.30050012`.
    POST "/v2/bills/ratings/period-resources/renew-rate" as bss "ListRenewRateOnPeriod" -> RenewalPrice {
        read, sites(ALL), caller(Customer),
        source("https://support.huaweicloud.com/api-bpconsole/bcloud_01007.html"),
    }
    pub struct RateRenewal {
        required {
            /// The resources: different main ones from
            /// [`ListSubscriptions`](crate::orders::ListSubscriptions).
            resource_ids: Vec<ResourceId> where count(1..=10),
            /// Months or years.
            period_type: RenewalPeriod,
            /// Number of periods: 1 to 11 months, 1 to 3 years.
            period_num: u32,
        }
        optional {
            /// Whether associated resources are priced too; they are not by default.
            include_relative_resources: bool,
        }
        check |it, check| {
            let mut ids: Vec<_> = it.resource_ids.iter().collect();
            ids.sort_unstable();
            ids.dedup();
            let check = check.rule(
                "resource_ids",
                ids.len() == it.resource_ids.len(),
                "must name each resource once",
            );
            it.period_type.check(check, it.period_num)
        }
    }
}

response! {
    /// Total price of a renewal.
    pub struct RenewalPrice {
        /// The currency; where it is missing or empty, that of the site.
        pub currency: Option<Currency>,
        /// The resources one by one.
        pub renew_inquiry_results: Vec<ResourceRenewalPrice>,
        /// All of them at list price.
        pub official_website_rating_result: Option<RenewalListPrice>,
        /// All of them with each of the discounts that the customer could choose; none where it has none.
        pub optional_discount_rating_results: Vec<DiscountedRenewalPrice>,
        /// The resources without a price.
        pub fail_resource_infos: Vec<ResourceFailure>,
    }
}

impl RenewalPrice {
    /// Returns the amount that has to be paid for the renewal of all resources with one of the discounts, in
    /// the main unit of the currency; where the response names no currency, that of the given site is used.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where the service left out the amount.
    pub fn payable(&self, discounted: &DiscountedRenewalPrice, site: Site) -> Result<Money, MoneyError> {
        let unit = Some(MeasureUnit::MainUnit);
        pricing::in_currency("amount", discounted.amount, unit, self.currency.as_ref(), site)
    }

    /// One result for each resource: its price, or why it has none.
    pub fn outcomes(&self) -> impl Iterator<Item = Result<&ResourceRenewalPrice, &ResourceFailure>> {
        self.renew_inquiry_results.iter().map(Ok).chain(self.fail_resource_infos.iter().map(Err))
    }

    /// The price with the discount that saves most, where the service marks one.
    pub fn best_offer(&self) -> Option<&DiscountedRenewalPrice> {
        self.optional_discount_rating_results.iter().find(|price| price.best_offer == Some(BestOffer::Yes))
    }
}

response! {
    /// Price of the renewal of one resource.
    pub struct ResourceRenewalPrice {
        /// The main resource, or one associated with it where these were asked for.
        pub resource_id: ResourceId,
        /// Amount that has to be paid for the resource and those attached to it; text on the wire.
        #[with(AsText)]
        pub amount: Option<Amount>,
    }
}

response! {
    /// List price of the renewal of all resources. Its amounts are text on the wire.
    pub struct RenewalListPrice {
        /// The list price.
        #[with(AsText)]
        pub official_website_amount: Option<Amount>,
        /// The list price of one instalment, where there are instalments.
        #[with(AsText)]
        pub installment_official_website_amount: Option<Amount>,
        /// The length of one instalment.
        pub installment_period_type: Option<InstallmentPeriod>,
    }
}

response! {
    /// Price of the renewal of all resources with one discount. Its amounts are text on the wire.
    pub struct DiscountedRenewalPrice {
        /// Id of the discount in the contract.
        pub discount_id: String,
        /// Amount that has to be paid: the list price without the discount.
        #[with(AsText)]
        pub amount: Option<Amount>,
        /// The list price.
        #[with(AsText)]
        pub official_website_amount: Option<Amount>,
        /// Amount that the discount takes off the price.
        #[with(AsText)]
        pub discount_amount: Option<Amount>,
        /// Reason for which the discount is granted.
        pub discount_type: Option<RatingDiscountType>,
        /// Name of the discount; up to 256 characters.
        pub discount_name: Option<String>,
        /// Whether it is the best that could be chosen; it is not where the field is missing.
        pub best_offer: Option<BestOffer>,
        /// The list price of one instalment, where there are instalments.
        #[with(AsText)]
        pub installment_official_website_amount: Option<Amount>,
        /// Amount of the discount on one instalment.
        #[with(AsText)]
        pub installment_official_discount_amount: Option<Amount>,
        /// Amount that has to be paid for one instalment.
        #[with(AsText)]
        pub installment_amount: Option<Amount>,
        /// The length of one instalment.
        pub installment_period_type: Option<InstallmentPeriod>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn the_documented_request_is_read() {
        let request: RateRenewal = decode_str(
            r#"{"resource_ids":["230221_169ee********9d5b8af6a38f099abea"],"period_type":2,"period_num":1,
                "include_relative_resources":false}"#,
        )
        .unwrap();
        request.validate().unwrap();
        assert_eq!(
            (request.period_type, request.include_relative_resources),
            (RenewalPeriod::Month, Some(false))
        );
    }

    #[test]
    fn prices_and_failures_are_outcomes_and_amounts_stay_text() {
        let price: RenewalPrice = decode_str(
            r#"{"currency":"CNY","renew_inquiry_results":[{"resource_id":"r1","amount":"88.80"}],
                "official_website_rating_result":{"official_website_amount":"100.00"},
                "optional_discount_rating_results":[{"discount_id":"d1","amount":"88.80","discount_amount":"11.20",
                "discount_type":606,"best_offer":1}],
                "fail_resource_infos":[{"resource_id":"r2","error_code":"CBC.30050010","error_msg":"unpaid"}]}"#,
        )
        .unwrap();
        let outcomes: Vec<_> = price.outcomes().collect();
        assert_eq!(outcomes[0].unwrap().amount, price.best_offer().unwrap().amount);
        assert_eq!(
            outcomes[1].unwrap_err().to_string(),
            "r2: CBC.30050010: A resource to be priced is part of an order that waits for payment"
        );
        assert_eq!(serde_json::to_value(&price.renew_inquiry_results[0]).unwrap()["amount"], "88.80");
    }

    #[test]
    fn documented_limits_are_checked() {
        let rate = |ids: &[&str], period: RenewalPeriod, number: u32| {
            let ids: Vec<ResourceId> = ids.iter().copied().map(ResourceId::from).collect();
            RateRenewal::new(ids, period, number).validate()
        };
        rate(&["r1", "r2"], RenewalPeriod::Year, 3).unwrap();
        rate(&[], RenewalPeriod::Year, 3).unwrap_err();
        rate(&["r1", "r1"], RenewalPeriod::Year, 3).unwrap_err();
        rate(&["r1"], RenewalPeriod::Year, 4).unwrap_err();
        rate(&["r1"], RenewalPeriod::Month, 12).unwrap_err();
    }
}
