//! Product catalogue, prices for customers, and units of measure.
//!
//! Everything here reads; nothing is bought. A price is asked for by codes, and each code comes from a list:
//!
//! | Code | From |
//! |---|---|
//! | cloud service, `hws.service.type.ec2` | [`ListServiceTypes`] |
//! | resource type of a service, `hws.resource.type.vm` | [`ListServiceResources`], or [`ListResourceTypes`] for all services |
//! | specification in a region, `c6.large.2.linux` | [`ListSpecs`] |
//! | sort of use, `Duration`, for pay-per-use | [`ListUsageTypes`] |
//! | unit of a size or a use | [`ListMeasureUnits`], [`ListConversions`] |
//!
//! | Task | Operation | Caller | Sites |
//! |---|---|---|---|
//! | price use by the hour or gigabyte | [`RatePayPerUse`] | the customer | all |
//! | price a new subscription | [`RateSubscription`] | the customer | all |
//! | price a renewal | [`RateRenewal`] | the customer | all |
//! | read list prices without a customer | [`ListSpecPrices`] | partner or customer | international, European |
//! | see what may be discounted and what earns incentives | [`ListIncentivePolicies`] | partner | China |
//!
//! Partners and customers may read the lists of codes, on all sites.
//!
//! # Prices for a customer
//! Prices depend on the customer's contract and discounts. A partner's own credentials are refused; the partner exchanges
//! its token for one of the customer, for which the customer has made an agency. [`RateRenewal`] is for
//! the customer's own credentials only.
//!
//! # Pitfalls
//! - A product is found by service, resource type, region and specification together. A mistake in any of them is
//!   refused with `CBC.99006006`, which does not name the field.
//! - The specification of a server ends in `.linux` or `.win`; bandwidth is `12_bgp` or `12_sbgp` by traffic, `19_bgp` or
//!   `19_sbgp` by size and `19_share` when shared; an address is `5_bgp` or `5_sbgp`; a disk is `SATA`, `SAS`, `GPSSD` or
//!   `SSD`.
//! - What is sold by size needs size and unit; everything else must not have them.
//! - Periods have different codes in prices ([`PricePeriod`]), renewals
//!   ([`RenewalPeriod`](crate::orders::RenewalPeriod)) and orders ([`LinePeriod`](crate::orders::LinePeriod)); so has the
//!   way of paying in the list of specifications ([`ChargeMode`]) and in that of prices ([`SpecChargingMode`]).
//! - Prices have up to six decimals, on demand ten ([`PricePrecision`]). Those of renewals are text on the wire.
//! - [`ListSpecs`] and [`ListSpecPrices`] are read by marker, and nothing else in the request may change on the way.
//!
//! # Example
//! ```
//! use huaweicloud_partner::{
//!     operation::Operation as _,
//!     products::{PayPerUsePrice, RatePayPerUse, UsedProduct},
//!     types::{Amount, MeasureUnit, decode_str},
//! };
//!
//! // An hour of a server, and an hour of its disk of 40 GB.
//! let hour = Amount::from(1);
//! let server = UsedProduct::new(
//!     "server", "hws.service.type.ec2", "hws.resource.type.vm", "c6.large.2.linux", "cn-north-4",
//!     "Duration", hour, MeasureUnit::Hour, 1_u32,
//! );
//! let disk = UsedProduct::new(
//!     "disk", "hws.service.type.ebs", "hws.resource.type.volume", "GPSSD", "cn-north-4",
//!     "Duration", hour, MeasureUnit::Hour, 1_u32,
//! )
//! .resource_size(40_u32)
//! .size_measure_id(MeasureUnit::Gigabyte);
//! let request = RatePayPerUse::new("c4c24f6a7a7900d5c80f6dc01a9a3599", vec![server, disk]);
//! request.validate()?;
//!
//! // What the service responds.
//! let price: PayPerUsePrice = decode_str(
//!     r#"{"amount": 0.51, "discount_amount": 0.03, "official_website_amount": 0.54, "measure_id": 1}"#,
//! )?;
//! assert_eq!(price.amount, Some("0.51".parse()?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catalogue;
mod incentives;
mod pay_per_use_prices;
mod pricing;
mod renewal_prices;
mod specs;
mod subscription_prices;
mod units;

pub use catalogue::{
    ListResourceTypes, ListServiceResources, ListServiceTypes, ListUsageTypes, ResourceBasics, ResourceType,
    ResourceTypePage, ServiceResource, ServiceResourcePage, ServiceType, ServiceTypePage, UsageType,
    UsageTypePage,
};
pub use incentives::{
    DiscountAllowed, IncentivePolicy, IncentivePolicyPage, IncentiveRule, ListIncentivePolicies,
};
pub use pay_per_use_prices::{
    AppliedDiscount, PayPerUsePrice, PricePrecision, RatePayPerUse, UsedProduct, UsedProductPrice,
};
pub use pricing::{BestOffer, InstallmentPeriod, PricePeriod, RatingDiscountType};
pub use renewal_prices::{
    DiscountedRenewalPrice, RateRenewal, RenewalListPrice, RenewalPrice, ResourceRenewalPrice,
};
pub use specs::{
    ChargeMode, LinearRange, ListPrice, ListSpecPrices, ListSpecs, PageInfo, Spec, SpecAttribute,
    SpecChargingMode, SpecFilter, SpecFilterKey, SpecPage, SpecPriceFilter, SpecPriceFilterKey,
    SpecPricePage, SpecPrices,
};
pub use subscription_prices::{
    DiscountedProductPrice, DiscountedSubscriptionPrice, InstallmentMode, ProductListPrice, RateSubscription,
    SubscribedProduct, SubscriptionListPrice, SubscriptionPrice,
};
pub use units::{
    Conversion, Conversions, ListConversions, ListMeasureUnits, MeasureUnitInfo, MeasureUnits, Quantity,
};
