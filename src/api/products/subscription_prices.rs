//! Prices of new yearly and monthly subscriptions for a customer.

use super::pricing::{self, BestOffer, InstallmentPeriod, PricePeriod, RatingDiscountType};
use crate::{
    operation,
    operation::request,
    types::{
        Amount, Currency, MeasureUnit, Money, MoneyError, Site, fields::AsText, open_enum::open_enum,
        response,
    },
};

operation! {
    /// Calculates the price of new yearly and monthly products for a customer: the list price, and the price
    /// with each discount that the customer can choose.
    ///
    /// Called as the customer: by itself, or by a partner with a token for which the customer has made an agency; a
    /// partner's own credentials are refused on the China site, and on the international one too (inferred). An
    /// order that is paid automatically takes the commercial discount first.
    ///
    /// A product is found by service, resource type, region and specification together; a slip in any of them is
    /// `CBC.99006006`. A result that is too large is `CBC.99006055`.
    POST "/v2/bills/ratings/period-resources/subscribe-rate" as bss "ListRateOnPeriodDetail" -> SubscriptionPrice {
        read, sites(ALL), caller(Customer), rate(30),
        source("https://support.huaweicloud.com/api-bpconsole/bcloud_01002.html"),
    }
    pub struct RateSubscription {
        required {
            /// Any valid project of the customer, in whatever region.
            project_id: String where len(1..=64),
            /// The products, 1 to 100, each with an id of its own.
            product_infos: Vec<SubscribedProduct>,
        }
        check |it, check| pricing::check(check, &it.product_infos, SubscribedProduct::as_priced)
    }
}

request! {
    /// A product to be subscribed to, to be priced.
    pub struct SubscribedProduct {
        required {
            /// Caller's own key of the row, which the response repeats; 1 to 64 characters, unique in a
            /// request.
            id: String,
            /// The cloud service, such as `hws.service.type.ec2`; up to 400 characters.
            cloud_service_type: String,
            /// The resource type, such as `hws.resource.type.vm`; up to 400 characters.
            resource_type: String,
            /// The specification, such as `c6.large.2.linux`; up to 400 characters.
            resource_spec: String,
            /// The region, such as `cn-north-4`; up to 400 characters (inferred).
            region: String,
            /// The length of one period.
            period_type: PricePeriod,
            /// Number of periods to subscribe.
            period_num: u32,
            /// Number of subscribed pieces.
            subscription_num: u32,
        }
        optional {
            /// The availability zone, such as `cn-north-4a`; on the China site whatever the case of its letters. Empty text
            /// narrows nothing.
            available_zone: String,
            /// The size, for what is sold by size: disks, bandwidth. Left out otherwise.
            resource_size: u32,
            /// Unit of the size: pieces, megabits per second or gigabytes. Set together with
            /// [`resource_size`](Self#structfield.resource_size).
            size_measure_id: MeasureUnit,
            /// Share that is paid in advance; no instalments by default. For CloudPond on the China site, for
            /// servers on the international one.
            fee_installment_mode: InstallmentMode,
        }
    }
}

impl SubscribedProduct {
    fn as_priced(&self) -> pricing::Priced<'_> {
        pricing::Priced {
            id: &self.id,
            codes: [&self.cloud_service_type, &self.resource_type, &self.resource_spec, &self.region],
            has_size: self.resource_size.is_some(),
            has_size_unit: self.size_measure_id.is_some(),
        }
    }
}

response! {
    /// Price of all products together.
    pub struct SubscriptionPrice {
        /// Prices without discounts.
        pub official_website_rating_result: Option<SubscriptionListPrice>,
        /// With each of the discounts that the customer could choose; none where it has none.
        pub optional_discount_rating_results: Vec<DiscountedSubscriptionPrice>,
        /// The currency; where it is missing or empty, that of the site.
        pub currency: Option<Currency>,
    }
}

impl SubscriptionPrice {
    /// The list price of all products; where the response names no currency, it is that of the site that was asked.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where the service left out the list price or its unit.
    pub fn list_price(&self, site: Site) -> Result<Money, MoneyError> {
        let list = self.official_website_rating_result.as_ref();
        pricing::in_currency(
            "official_website_amount",
            list.and_then(|price| price.official_website_amount),
            list.and_then(|price| price.measure_id),
            self.currency.as_ref(),
            site,
        )
    }

    /// Returns the amount that has to be paid with one of the discounts; the currency as for
    /// [`list_price`](Self::list_price).
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where the service left out the amount or its unit.
    pub fn payable(&self, discounted: &DiscountedSubscriptionPrice, site: Site) -> Result<Money, MoneyError> {
        let (amount, unit) = (discounted.amount, discounted.measure_id);
        pricing::in_currency("amount", amount, unit, self.currency.as_ref(), site)
    }

    /// The price with the discount that saves most, where the service marks one.
    pub fn best_offer(&self) -> Option<&DiscountedSubscriptionPrice> {
        self.optional_discount_rating_results.iter().find(|price| price.best_offer == Some(BestOffer::Yes))
    }
}

response! {
    /// List price of all products.
    pub struct SubscriptionListPrice {
        /// The list price.
        pub official_website_amount: Option<Amount>,
        /// The list price of one instalment, where there are instalments; text on the wire.
        #[with(AsText)]
        pub installment_official_website_amount: Option<Amount>,
        /// The length of one instalment.
        pub installment_period_type: Option<InstallmentPeriod>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The products one by one.
        pub product_rating_results: Vec<ProductListPrice>,
    }
}

response! {
    /// List price of one product.
    pub struct ProductListPrice {
        /// The key that the request gave the product.
        pub id: String,
        /// The product that was found.
        pub product_id: Option<String>,
        /// The list price.
        pub official_website_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The list price of one instalment, where there are instalments; text on the wire.
        #[with(AsText)]
        pub installment_official_website_amount: Option<Amount>,
        /// The length of one instalment.
        pub installment_period_type: Option<InstallmentPeriod>,
    }
}

response! {
    /// Price of all products with one discount.
    pub struct DiscountedSubscriptionPrice {
        /// Id of the discount in the contract.
        pub discount_id: String,
        /// Amount that has to be paid: the list price without the discount.
        pub amount: Option<Amount>,
        /// The list price.
        pub official_website_amount: Option<Amount>,
        /// Amount that the discount takes off the price.
        pub discount_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// Reason for which the discount is granted.
        pub discount_type: Option<RatingDiscountType>,
        /// Name of the discount; up to 256 characters.
        pub discount_name: Option<String>,
        /// Whether it is the best that could be chosen; it is not where the field is missing.
        pub best_offer: Option<BestOffer>,
        /// The products one by one.
        pub product_rating_results: Vec<DiscountedProductPrice>,
        /// The list price of one instalment, where there are instalments; text on the wire, like the next two.
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

response! {
    /// Price of one product with one discount.
    pub struct DiscountedProductPrice {
        /// The key that the request gave the product.
        pub id: String,
        /// The product that was found.
        pub product_id: Option<String>,
        /// Amount that has to be paid: the list price without the discount.
        pub amount: Option<Amount>,
        /// The list price.
        pub official_website_amount: Option<Amount>,
        /// Amount that the discount takes off the price.
        pub discount_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The list price of one instalment, where there are instalments; text on the wire, like the next two.
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

open_enum! {
    /// Share of a subscription that is paid in advance.
    pub enum InstallmentMode {
        /// Half of it, the rest in instalments.
        Half = "HALF_PAY",
        /// No advance payment; everything is paid in instalments.
        Nothing = "ZERO_PAY",
        /// All of it: no instalments.
        All = "NA",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    /// The sample of the documentation.
    const SAMPLE: &str = r#"{"project_id":"84c5********fb2420","product_infos":[
        {"id":"1","cloud_service_type":"hws.service.type.ec2","resource_type":"hws.resource.type.vm",
         "resource_spec":"c6.large.2.linux","region":"cn-north-4","period_type":2,"period_num":1,
         "subscription_num":1},
        {"id":"2","cloud_service_type":"hws.service.type.ebs","resource_type":"hws.resource.type.volume",
         "resource_spec":"GPSSD","region":"cn-north-4","resource_size":40,"size_measure_id":17,"period_type":2,
         "period_num":1,"subscription_num":1}]}"#;

    #[test]
    fn the_documented_sample_is_read_and_sent_again() {
        let request: RateSubscription = decode_str(SAMPLE).unwrap();
        request.validate().unwrap();
        assert_eq!(request.product_infos[0].period_type, PricePeriod::Month);
        let sample: serde_json::Value = serde_json::from_str(SAMPLE).unwrap();
        assert_eq!(serde_json::to_value(&request).unwrap(), sample);
    }

    #[test]
    fn documented_limits_are_checked() {
        let mut request: RateSubscription = decode_str(SAMPLE).unwrap();
        request.product_infos[0].resource_spec = "x".repeat(401);
        request.product_infos[1].resource_size = None;
        assert_eq!(violated(&request), ["resource_spec", "resource_size"]);
        let product = request.product_infos[0].clone();
        let many = (0..101).map(|id| SubscribedProduct { id: id.to_string(), ..product.clone() });
        let invalid = RateSubscription::new("", many.collect::<Vec<_>>()).validate().unwrap_err();
        let fields: Vec<_> = invalid.violations().iter().map(|rule| rule.field).take(2).collect();
        assert_eq!(fields, ["project_id", "product_infos"]);
    }

    #[test]
    fn the_best_offer_is_found_and_instalments_stay_text() {
        let price: SubscriptionPrice = decode_str(
            r#"{"currency":"CNY","official_website_rating_result":{"official_website_amount":100.5,"measure_id":1,
                "installment_official_website_amount":"8.40","installment_period_type":2,
                "product_rating_results":[{"id":"1","product_id":"p1","official_website_amount":100.5}]},
                "optional_discount_rating_results":[
                {"discount_id":"d1","discount_type":607,"amount":95,"discount_amount":5.5,"best_offer":0},
                {"discount_id":"d2","discount_type":605,"amount":90,"discount_amount":10.5,"best_offer":1,
                 "product_rating_results":[{"id":"1","amount":90,"installment_amount":""}]}]}"#,
        )
        .unwrap();
        let best = price.best_offer().unwrap();
        assert_eq!(
            (best.discount_id.as_str(), best.discount_type),
            ("d2", Some(RatingDiscountType::Commercial))
        );
        assert_eq!(best.product_rating_results[0].installment_amount, None);
        let list = price.official_website_rating_result.as_ref().unwrap();
        assert_eq!(serde_json::to_value(list).unwrap()["installment_official_website_amount"], "8.40");
        assert_eq!(SubscriptionPrice::default().best_offer(), None);
    }
}
