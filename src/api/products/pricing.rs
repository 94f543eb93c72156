//! Types that the two kinds of prices for new purchases share: names of products, and discounts.

use std::collections::BTreeSet;

use crate::{
    operation::Check,
    types::{Amount, Currency, MeasureUnit, Money, MoneyError, Site, open_enum::open_codes},
};

/// The parts of a product to be priced that both kinds of requests have.
pub(super) struct Priced<'a> {
    pub id: &'a str,
    /// Service, resource type, specification and region.
    pub codes: [&'a String; 4],
    pub has_size: bool,
    pub has_size_unit: bool,
}

/// The rules for products to be priced; `view` picks the common parts.
pub(super) fn check<T>(check: Check, products: &[T], view: impl Fn(&T) -> Priced<'_>) -> Check {
    let ids: BTreeSet<_> = products.iter().map(|product| view(product).id).collect();
    let check = check.count("product_infos", products.len(), 1..=100).rule(
        "product_infos",
        ids.len() == products.len(),
        "must have ids that differ",
    );
    products.iter().map(view).fold(check, |check, product| {
        let [service, resource, spec, region] = product.codes;
        check
            .len("id", &product.id, 1..=64)
            .len("cloud_service_type", service, 1..=400)
            .len("resource_type", resource, 1..=400)
            .len("resource_spec", spec, 1..=400)
            .len("region", region, 1..=400)
            .together(("resource_size", product.has_size), ("size_measure_id", product.has_size_unit))
    })
}

/// A price as money: prices name no currency where it is that of the site.
pub(super) fn in_currency(
    field: &'static str,
    amount: Option<Amount>,
    unit: Option<MeasureUnit>,
    currency: Option<&Currency>,
    site: Site,
) -> Result<Money, MoneyError> {
    let named = currency.filter(|currency| !currency.as_str().is_empty());
    Money::from_fields(field, amount, unit, Some(named.unwrap_or(&site.currency())))
}

open_codes! {
    /// The length of one period of a subscription that is priced. Orders and renewals count periods by other codes.
    pub enum PricePeriod {
        /// Period of one day.
        Day = 0,
        /// Period of one month.
        Month = 2,
        /// Period of one year.
        Year = 3,
        /// Period of one hour.
        Hour = 4,
    }
}

open_codes! {
    /// Reason for which a price is lower than the list price.
    pub enum RatingDiscountType {
        /// A commercial discount, contracted with Huawei Cloud.
        Commercial = 605,
        /// Granted by the partner, contracted with a distributor.
        PartnerGranted = 606,
        /// A rate that the partner has set.
        PartnerSet = 607,
    }
}

open_codes! {
    /// Whether a discount is the best of those that could be chosen.
    ///
    /// Commercial and partner discounts compete: the largest saving wins, on a tie the commercial one. Promotions and
    /// discount vouchers do not take part.
    pub enum BestOffer {
        /// Statement is false.
        No = 0,
        /// Statement is true.
        Yes = 1,
    }
}

open_codes! {
    /// The length of one instalment.
    pub enum InstallmentPeriod {
        /// Period of one month.
        Month = 2,
        /// A year; in prices of new subscriptions of the China site only.
        Year = 3,
    }
}
