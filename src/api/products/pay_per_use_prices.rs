//! Prices of pay-per-use products for a customer.

use super::pricing::{self, RatingDiscountType};
use crate::{
    operation,
    operation::request,
    types::{Amount, Currency, MeasureUnit, Money, MoneyError, Site, open_enum::open_codes, response},
};

operation! {
    /// Calculates the price of pay-per-use products for a customer, with the customer's discounts.
    ///
    /// Called as the customer: by itself, or by a partner with a token for which the customer has made an
    /// agency; a partner's own credentials are refused. The response has one row for each product. Where
    /// several discounts apply, the commercial one comes first.
    ///
    /// A product is found by service, resource type, region and specification together; a slip in any of them is
    /// `CBC.99006006`. A wrong unit of use is `CBC.99006050`, an unknown sort of use `CBC.99006074`, and a result
    /// that is too large `CBC.99006055`.
    POST "/v2/bills/ratings/on-demand-resources" as bss "ListOnDemandResourceRatings" -> PayPerUsePrice {
        read, sites(ALL), caller(Customer), rate(20),
        source("https://support.huaweicloud.com/api-bpconsole/bcloud_01001.html"),
    }
    pub struct RatePayPerUse {
        required {
            /// Any valid project of the customer, in whatever region.
            project_id: String where len(1..=64),
            /// The products, 1 to 100, each with an id of its own.
            product_infos: Vec<UsedProduct>,
        }
        optional {
            /// Precision of the amounts: 6 decimals by default.
            inquiry_precision: PricePrecision,
        }
        check |it, check| {
            pricing::check(check, &it.product_infos, UsedProduct::as_priced).rule(
                "usage_factor",
                it.product_infos.iter().all(|product| !product.usage_factor.is_empty()),
                "must not be empty",
            )
        }
    }
}

request! {
    /// Use of a product, to be priced.
    pub struct UsedProduct {
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
            /// The sort of use, from [`ListUsageTypes`](super::ListUsageTypes): `Duration` for servers, disks, addresses and
            /// bandwidth by size, `upflow` for bandwidth by traffic. The case of its letters does not matter.
            usage_factor: String,
            /// Amount of use; 1 with the unit hour gives the price of an hour.
            usage_value: Amount,
            /// Unit of the use: hours, or gigabytes of traffic.
            usage_measure_id: MeasureUnit,
            /// Number of subscribed pieces.
            subscription_num: u32,
        }
        optional {
            /// The availability zone, such as `cn-north-4a`. Empty text narrows nothing.
            available_zone: String,
            /// The size, for what is sold by size: disks, bandwidth. Left out otherwise.
            resource_size: u32,
            /// Unit of the size: pieces, megabits per second or gigabytes. Set together with
            /// [`resource_size`](Self#structfield.resource_size).
            size_measure_id: MeasureUnit,
        }
    }
}

impl UsedProduct {
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
    /// Price of the use of all products.
    pub struct PayPerUsePrice {
        /// Amount that has to be paid: the list price without the discounts (inferred; the official words are
        /// unclear).
        pub amount: Option<Amount>,
        /// Amount of the discounts.
        pub discount_amount: Option<Amount>,
        /// The list price.
        pub official_website_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The currency; where it is missing or empty, that of the site.
        pub currency: Option<Currency>,
        /// The products one by one.
        pub product_rating_results: Vec<UsedProductPrice>,
    }
}

impl PayPerUsePrice {
    /// Returns the amount that has to be paid; where the response names no currency, that of the given site
    /// is used.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where the service left out the amount or its unit.
    pub fn payable(&self, site: Site) -> Result<Money, MoneyError> {
        super::pricing::in_currency("amount", self.amount, self.measure_id, self.currency.as_ref(), site)
    }
}

response! {
    /// Price of the use of one product.
    pub struct UsedProductPrice {
        /// The key that the request gave the product.
        pub id: String,
        /// The product that was found.
        pub product_id: Option<String>,
        /// Amount that has to be paid (inferred, as for the whole).
        pub amount: Option<Amount>,
        /// Amount of the discounts.
        pub discount_amount: Option<Amount>,
        /// The list price.
        pub official_website_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The discounts: promotions of the product, and commercial or partner discounts.
        pub discount_rating_results: Vec<AppliedDiscount>,
    }
}

response! {
    /// A discount on the use of a product.
    pub struct AppliedDiscount {
        /// Id of the discount in the contract.
        pub discount_id: String,
        /// Reason for which it is granted.
        pub discount_type: Option<RatingDiscountType>,
        /// Amount of the discount.
        pub amount: Option<Amount>,
        /// Unit of the amount.
        pub measure_id: Option<MeasureUnit>,
        /// Name of the discount; up to 256 characters.
        pub discount_name: Option<String>,
    }
}

open_codes! {
    /// Number of decimals of a price.
    pub enum PricePrecision {
        /// Up to 6 decimals.
        SixDecimals = 0,
        /// Up to 10 decimals.
        TenDecimals = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    /// The sample of the documentation.
    const SAMPLE: &str = r#"{"project_id":"c4c24********599c2","product_infos":[
        {"id":"1","cloud_service_type":"hws.service.type.ec2","resource_type":"hws.resource.type.vm",
         "resource_spec":"c6.large.2.linux","region":"cn-north-4","usage_factor":"Duration","usage_value":1,
         "usage_measure_id":4,"subscription_num":1},
        {"id":"2","cloud_service_type":"hws.service.type.ebs","resource_type":"hws.resource.type.volume",
         "resource_spec":"GPSSD","region":"cn-north-4","resource_size":40,"size_measure_id":17,
         "usage_factor":"Duration","usage_value":1,"usage_measure_id":4,"subscription_num":1}]}"#;

    #[test]
    fn the_documented_sample_is_read_and_sent_again() {
        let request: RatePayPerUse = decode_str(SAMPLE).unwrap();
        request.validate().unwrap();
        assert_eq!(request.product_infos[1].size_measure_id, Some(MeasureUnit::Gigabyte));
        let sample: serde_json::Value = serde_json::from_str(SAMPLE).unwrap();
        let wire = crate::types::to_wire_json(&request).unwrap();
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&wire).unwrap(), sample);
    }

    #[test]
    fn ids_are_unique_and_sizes_have_units() {
        let mut request: RatePayPerUse = decode_str(SAMPLE).unwrap();
        request.product_infos[1].id = "1".into();
        request.product_infos[1].size_measure_id = None;
        request.product_infos[0].usage_factor = String::new();
        assert_eq!(violated(&request), ["product_infos", "resource_size", "usage_factor"]);
        RatePayPerUse::new("p", Vec::<UsedProduct>::new()).validate().unwrap_err();
    }

    #[test]
    fn ten_decimals_are_kept() {
        let price: PayPerUsePrice = decode_str(
            r#"{"amount":0.4700000001,"discount_amount":0.03,"official_website_amount":0.5000000001,"measure_id":1,
                "currency":"","product_rating_results":[{"id":"1","product_id":"p1","amount":0.4700000001,
                "discount_rating_results":[{"discount_id":"d","discount_type":607,"amount":0.03}]}]}"#,
        )
        .unwrap();
        assert_eq!(price.amount, price.official_website_amount.unwrap().checked_sub("0.03".parse().unwrap()));
        let discount = &price.product_rating_results[0].discount_rating_results[0];
        assert_eq!(discount.discount_type, Some(RatingDiscountType::PartnerSet));
    }
}
