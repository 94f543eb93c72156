//! Product catalogue and prices.
//!
//! Names come in the language asked for; without one in Chinese on the China site and in English elsewhere. Only what is on
//! sale on the caller's site is shown. Availability zones narrow nothing: the offers are the same in all of them.

use std::collections::BTreeSet;

use super::{Route, Simulated, filters::given, route};
use crate::{
    core::{Account, AccountKind, Refusal, page, refuse},
    market::{Discount, Offer, Term, abbreviation, language_of, offers_of, period_price, sized, sum, times},
    world::State,
};
use huaweicloud_partner::{
    error::{ErrorCode, codes},
    fill,
    orders::{OrderDiscountType, ResourceFailure},
    products::{
        AppliedDiscount, BestOffer, ChargeMode, Conversion, Conversions, DiscountAllowed,
        DiscountedProductPrice, DiscountedRenewalPrice, DiscountedSubscriptionPrice, IncentivePolicy,
        IncentivePolicyPage, IncentiveRule, InstallmentMode, InstallmentPeriod, ListConversions,
        ListIncentivePolicies, ListMeasureUnits, ListPrice, ListResourceTypes, ListServiceResources,
        ListServiceTypes, ListSpecPrices, ListSpecs, ListUsageTypes, MeasureUnitInfo, MeasureUnits, PageInfo,
        PayPerUsePrice, PricePeriod, PricePrecision, ProductListPrice, Quantity, RatePayPerUse, RateRenewal,
        RateSubscription, RatingDiscountType, RenewalListPrice, RenewalPrice, ResourceBasics,
        ResourceRenewalPrice, ResourceType, ResourceTypePage, ServiceResource, ServiceResourcePage,
        ServiceType, ServiceTypePage, Spec, SpecAttribute, SpecChargingMode, SpecFilterKey, SpecPage,
        SpecPriceFilterKey, SpecPricePage, SpecPrices, SubscribedProduct, SubscriptionListPrice,
        SubscriptionPrice, UsageType, UsageTypePage, UsedProduct, UsedProductPrice,
    },
    types::{Amount, Language, MeasureUnit, Site},
};

pub(crate) const ROUTES: &[Route] = &[
    route::<ListServiceTypes>(),
    route::<ListResourceTypes>(),
    route::<ListServiceResources>(),
    route::<ListUsageTypes>(),
    route::<ListSpecs>(),
    route::<ListSpecPrices>(),
    route::<ListIncentivePolicies>(),
    route::<ListMeasureUnits>(),
    route::<ListConversions>(),
    route::<RatePayPerUse>(),
    route::<RateSubscription>(),
    route::<RateRenewal>(),
];

/// The first offer of each kind on a site, in the order of the catalogue.
fn distinct<K: Ord>(site: Site, kind: impl Fn(&'static Offer) -> K) -> Vec<&'static Offer> {
    let mut seen = BTreeSet::new();
    offers_of(site).filter(|offer| seen.insert(kind(offer))).collect()
}

impl Simulated for ListServiceTypes {
    /// Filters names in the language of the response, without regard to case.
    fn run(self, _world: &mut State, caller: &Account) -> Result<ServiceTypePage, Refusal> {
        let language = language_of(caller.site, self.language);
        let part = self.service_type_name.map(|part| part.to_lowercase());
        let name = |offer: &Offer| offer.service_type_name.in_language(language.as_ref()).to_owned();
        let wanted = distinct(caller.site, |offer| offer.service_type_code)
            .into_iter()
            .filter(|offer| part.as_ref().is_none_or(|part| name(offer).to_lowercase().contains(part)));
        let (total_count, service_types) = page(wanted, self.offset, self.limit, |offer| {
            fill!(ServiceType {
                service_type_name: Some(name(offer)),
                service_type_code: offer.service_type_code.to_owned(),
                abbreviation: abbreviation(offer.service_type_code).map(str::to_owned),
            })
        });
        Ok(fill!(ServiceTypePage { total_count, service_types }))
    }
}

impl Simulated for ListResourceTypes {
    fn run(self, _world: &mut State, caller: &Account) -> Result<ResourceTypePage, Refusal> {
        let language = language_of(caller.site, self.language);
        let wanted = distinct(caller.site, |offer| offer.resource_type_code);
        let (total_count, resource_types) = page(wanted, self.offset, self.limit, |offer| {
            fill!(ResourceType {
                resource_type_code: offer.resource_type_code.to_owned(),
                resource_type_name: Some(offer.resource_type_name.in_language(language.as_ref()).to_owned()),
                resource_type_desc: None,
                service_type_code: Some(offer.service_type_code.to_owned()),
            })
        });
        Ok(fill!(ResourceTypePage { total_count, resource_types }))
    }
}

impl Simulated for ListServiceResources {
    /// A service that is not on sale has none.
    fn run(self, _world: &mut State, caller: &Account) -> Result<ServiceResourcePage, Refusal> {
        let language = language_of(caller.site, self.language);
        let wanted = distinct(caller.site, |offer| offer.resource_type_code)
            .into_iter()
            .filter(|offer| offer.service_type_code == self.service_type_code);
        let (total_count, infos) = page(wanted, self.offset, self.limit, |offer| {
            fill!(ServiceResource {
                basic_info: fill!(ResourceBasics {
                    resource_type_code: offer.resource_type_code.to_owned(),
                    product_owner_service: Some(offer.service_type_code.to_owned()),
                    name: Some(offer.resource_type_name.in_language(language.as_ref()).to_owned()),
                    description: None,
                }),
            })
        });
        Ok(fill!(ServiceResourcePage { total_count, infos }))
    }
}

impl Simulated for ListUsageTypes {
    fn run(self, _world: &mut State, caller: &Account) -> Result<UsageTypePage, Refusal> {
        let language = language_of(caller.site, self.language);
        let kind = given(self.resource_type_code.as_deref());
        let wanted = distinct(caller.site, |offer| (offer.usage_factor, offer.resource_type_code))
            .into_iter()
            .filter(|offer| kind.is_none_or(|kind| offer.resource_type_code == kind));
        let (total_count, usage_types) = page(wanted, self.offset, self.limit, |offer| {
            fill!(UsageType {
                code: offer.usage_factor.to_owned(),
                name: Some(offer.usage_factor.to_owned()),
                resource_type_code: Some(offer.resource_type_code.to_owned()),
                service_type_code: Some(offer.service_type_code.to_owned()),
                resource_type_name: Some(offer.resource_type_name.in_language(language.as_ref()).to_owned()),
                service_type_name: Some(offer.service_type_name.in_language(language.as_ref()).to_owned()),
            })
        });
        Ok(fill!(UsageTypePage { total_count, usage_types }))
    }
}

/// The rows from a marker on, which is the number of a row, and the marker after them.
fn marked<R>(
    rows: Vec<R>,
    marker: Option<&str>,
    limit: Option<u32>,
    most: usize,
) -> Result<(Vec<R>, PageInfo), Refusal> {
    let begin: usize = match given(marker) {
        Some(marker) => marker.parse().map_err(|_| refuse(codes::BAD_PARAMETER))?,
        None => 0,
    };
    let end = begin.saturating_add(limit.map_or(most, |limit| limit as usize));
    let next_marker = (end < rows.len()).then(|| end.to_string());
    let rows = rows.into_iter().take(end).skip(begin).collect();
    Ok((rows, fill!(PageInfo { next_marker })))
}

impl Simulated for ListSpecs {
    fn run(self, _world: &mut State, caller: &Account) -> Result<SpecPage, Refusal> {
        let language = language_of(caller.site, self.language);
        let filters = self.filters.unwrap_or_default();
        let wanted = offers_of(caller.site).filter(|offer| {
            offer.service_type_code == self.cloud_service_type
                && offer.resource_type_code == self.resource_type
                && offer.region_code == self.region_code
                && match self.charge_mode {
                    ChargeMode::Subscription => offer.price_per_month.is_some(),
                    ChargeMode::PayPerUse => offer.price_per_hour.is_some(),
                    _ => false,
                }
                && filters.iter().all(|it| it.key != SpecFilterKey::Spec || offer.spec == it.value)
        });
        let (rows, page_info) = marked(wanted.collect(), self.marker.as_deref(), self.limit, 100)?;
        let row = |offer: &Offer| {
            fill!(Spec {
                cloud_service_type: offer.service_type_code.to_owned(),
                cloud_service_type_name: Some(
                    offer.service_type_name.in_language(language.as_ref()).to_owned()
                ),
                resource_type: offer.resource_type_code.to_owned(),
                resource_type_name: Some(offer.resource_type_name.in_language(language.as_ref()).to_owned()),
                resource_spec: offer.spec.to_owned(),
                resource_spec_name: Some(offer.spec_name.in_language(language.as_ref()).to_owned()),
                charge_mode: Some(self.charge_mode.clone()),
                region_code: Some(offer.region_code.to_owned()),
            })
        };
        Ok(fill!(SpecPage { page_info, cloud_service_basics: rows.into_iter().map(row).collect() }))
    }
}

impl Simulated for ListSpecPrices {
    fn run(self, _world: &mut State, caller: &Account) -> Result<SpecPricePage, Refusal> {
        let language = language_of(caller.site, self.language);
        let filters = self.filters.unwrap_or_default();
        let wanted = offers_of(caller.site).filter(|offer| {
            offer.region_code == self.region_code
                && self.cloud_service_type.as_ref().is_none_or(|code| offer.service_type_code == code)
                && self.resource_type.as_ref().is_none_or(|code| offer.resource_type_code == code)
                && filters.iter().all(|filter| match filter.key {
                    SpecPriceFilterKey::Spec => offer.spec == filter.value,
                    SpecPriceFilterKey::ChargingMode => prices(offer).iter().any(|price| {
                        price.charging_mode.as_ref().is_some_and(|mode| mode.as_str() == filter.value)
                    }),
                    _ => true,
                })
        });
        let (rows, page_info) = marked(wanted.collect(), self.marker.as_deref(), self.limit, 50)?;
        let (attributes, price_lists) = (self.need_attributes == Some(true), self.need_price == Some(true));
        let row = |offer: &Offer| {
            fill!(SpecPrices {
                cloud_service_type: offer.service_type_code.to_owned(),
                cloud_service_type_name: Some(
                    offer.service_type_name.in_language(language.as_ref()).to_owned()
                ),
                resource_type: offer.resource_type_code.to_owned(),
                resource_type_name: Some(offer.resource_type_name.in_language(language.as_ref()).to_owned()),
                resource_spec: offer.spec.to_owned(),
                resource_spec_name: Some(offer.spec_name.in_language(language.as_ref()).to_owned()),
                attributes: if attributes { attributes_of(offer, language.as_ref()) } else { Vec::new() },
                price_lists: if price_lists { prices(offer) } else { Vec::new() },
            })
        };
        Ok(fill!(SpecPricePage {
            page_info,
            region_code: Some(self.region_code.clone()),
            resource_spec_infos: rows.into_iter().map(row).collect(),
        }))
    }
}

/// Returns the attributes of an offer besides its price: the unit of a size to be chosen, or the content of a
/// package.
fn attributes_of(offer: &Offer, language: Option<&Language>) -> Vec<SpecAttribute> {
    let size = offer.size_unit.map(|unit| {
        fill!(SpecAttribute {
            code: "size".to_owned(),
            unit: Some(unit.to_string()),
            ..SpecAttribute::default()
        })
    });
    let content = offer.package.map(|content| {
        fill!(SpecAttribute {
            code: "amount".to_owned(),
            name: Some(content.usage_type.in_language(language).to_owned()),
            value: Some(content.amount.to_string()),
            unit: Some(content.unit.to_string()),
            ..SpecAttribute::default()
        })
    });
    size.into_iter().chain(content).collect()
}

/// The list prices of an offer.
fn prices(offer: &Offer) -> Vec<ListPrice> {
    let subscription =
        if offer.is_package() { SpecChargingMode::Package } else { SpecChargingMode::Subscription };
    let price = |amount: Option<Amount>, mode: &SpecChargingMode| {
        amount.map(|amount| {
            fill!(ListPrice {
                offering_id: offer.id.clone(),
                currency: Some(offer.site.currency()),
                official_price: Some(amount),
                charging_mode: Some(mode.clone()),
                ..ListPrice::default()
            })
        })
    };
    let by_use = price(offer.price_per_hour, &SpecChargingMode::PayPerUse)
        .map(|price| fill!(ListPrice { billing_usage_factor: Some(offer.usage_factor.to_owned()), ..price }));
    let monthly = price(offer.price_per_month, &subscription).map(|price| {
        fill!(ListPrice { period_type: Some(PricePeriod::Month), period_nums: (1..=11).collect(), ..price })
    });
    let yearly = price(offer.price_per_year, &subscription).map(|price| {
        fill!(ListPrice { period_type: Some(PricePeriod::Year), period_nums: (1..=3).collect(), ..price })
    });
    by_use.into_iter().chain(monthly).chain(yearly).collect()
}

impl Simulated for ListIncentivePolicies {
    /// All services of the sandbox are ordinary products that may be discounted, in every month.
    fn run(self, _world: &mut State, caller: &Account) -> Result<IncentivePolicyPage, Refusal> {
        let language = language_of(caller.site, None);
        let service = given(self.service_type_code.as_deref());
        let wanted = distinct(caller.site, |offer| offer.service_type_code)
            .into_iter()
            .filter(|offer| service.is_none_or(|code| offer.service_type_code == code));
        let (total_count, policies) = page(wanted, self.offset, self.limit, |offer| {
            fill!(IncentivePolicy {
                service_type_code: offer.service_type_code.to_owned(),
                service_type_name: Some(offer.service_type_name.in_language(language.as_ref()).to_owned()),
                incentive_policy: Some(IncentiveRule::Ordinary),
                allow_discount: Some(DiscountAllowed::Yes),
            })
        });
        Ok(fill!(IncentivePolicyPage { policies, total_count }))
    }
}

/// The units that the crate knows: their names in Chinese and English, their short forms, what they measure.
const UNITS: &[(MeasureUnit, &str, &str, &str, Quantity)] = &[
    (MeasureUnit::MainUnit, "元", "Main unit", "Yuan", Quantity::Currency),
    (MeasureUnit::Tenth, "角", "Tenth", "Jiao", Quantity::Currency),
    (MeasureUnit::Cent, "分", "Hundredth", "Fen", Quantity::Currency),
    (MeasureUnit::Hour, "小时", "Hour", "hour", Quantity::Duration),
    (MeasureUnit::GigabyteOfTraffic, "GB", "GB", "GB", Quantity::Traffic),
    (MeasureUnit::MegabyteOfTraffic, "MB", "MB", "MB", Quantity::Traffic),
    (MeasureUnit::Piece, "个", "Piece", "piece", Quantity::Quantity),
    (MeasureUnit::MegabitPerSecond, "Mbps", "Mbit/s", "Mbps", Quantity::Bandwidth),
    (MeasureUnit::Gigabyte, "GB", "GB", "GB", Quantity::Capacity),
];

/// Number of second units in one first unit.
const CONVERSIONS: &[(MeasureUnit, MeasureUnit, i64, Quantity)] = &[
    (MeasureUnit::MainUnit, MeasureUnit::Tenth, 10, Quantity::Currency),
    (MeasureUnit::MainUnit, MeasureUnit::Cent, 100, Quantity::Currency),
    (MeasureUnit::Tenth, MeasureUnit::Cent, 10, Quantity::Currency),
    (MeasureUnit::GigabyteOfTraffic, MeasureUnit::MegabyteOfTraffic, 1024, Quantity::Traffic),
];

impl Simulated for ListMeasureUnits {
    /// The units that the documentation names; the service has more.
    fn run(self, _world: &mut State, caller: &Account) -> Result<MeasureUnits, Refusal> {
        let english = language_of(caller.site, self.language)
            .is_some_and(|language| language.as_str().eq_ignore_ascii_case("en_US"));
        let unit = |(unit, chinese, name, short, kind): &(MeasureUnit, &str, &str, &str, Quantity)| {
            fill!(MeasureUnitInfo {
                measure_id: Some(*unit),
                measure_name: Some((*if english { name } else { chinese }).to_owned()),
                abbreviation: Some((*short).to_owned()),
                measure_type: Some(*kind),
            })
        };
        Ok(fill!(MeasureUnits { measure_units: UNITS.iter().map(unit).collect() }))
    }
}

impl Simulated for ListConversions {
    fn run(self, _world: &mut State, _caller: &Account) -> Result<Conversions, Refusal> {
        let wanted = CONVERSIONS.iter().filter(|row| self.measure_type.is_none_or(|kind| row.3 == kind));
        let conversions = wanted.map(|(unit, smaller, ratio, kind)| {
            fill!(Conversion {
                measure_id: Some(*unit),
                ref_measure_id: Some(*smaller),
                conversion_ratio: Some(*ratio),
                measure_type: Some(*kind),
            })
        });
        Ok(fill!(Conversions { conversions: conversions.collect() }))
    }
}

/// The offer that a price is asked for, by service, resource type, specification and region together.
fn find(site: Site, codes: [&str; 4]) -> Option<&'static Offer> {
    offers_of(site).find(|offer| {
        [offer.service_type_code, offer.resource_type_code, offer.spec, offer.region_code] == codes
    })
}

impl Simulated for RatePayPerUse {
    /// Every project is a valid one. Each product has the largest commercial rate, else the largest that the partner
    /// granted; other discounts do not touch pay-per-use. Amounts are rounded half up product by product.
    fn run(self, world: &mut State, caller: &Account) -> Result<PayPerUsePrice, Refusal> {
        let decimals = if self.inquiry_precision == Some(PricePrecision::TenDecimals) { 10 } else { 6 };
        let results = self.product_infos.iter().map(|product| used(world, caller, product, decimals));
        let product_rating_results = results.collect::<Result<Vec<_>, _>>().map_err(refuse)?;
        let total = |amount: fn(&UsedProductPrice) -> Option<Amount>| {
            Some(sum(product_rating_results.iter().filter_map(amount)))
        };
        Ok(fill!(PayPerUsePrice {
            amount: total(|row| row.amount),
            discount_amount: total(|row| row.discount_amount),
            official_website_amount: total(|row| row.official_website_amount),
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(caller.site.currency()),
            product_rating_results,
        }))
    }
}

fn used(
    world: &State,
    caller: &Account,
    product: &UsedProduct,
    decimals: u32,
) -> Result<UsedProductPrice, ErrorCode> {
    let codes_of =
        [&product.cloud_service_type, &product.resource_type, &product.resource_spec, &product.region];
    let offer = find(caller.site, codes_of.map(String::as_str)).ok_or(codes::PRODUCT_NOT_FOUND)?;
    let price = offer.price_per_hour.ok_or(codes::PRODUCT_NOT_FOUND)?;
    if !product.usage_factor.eq_ignore_ascii_case(offer.usage_factor) {
        return Err(codes::USAGE_FACTOR_UNKNOWN);
    }
    if product.usage_measure_id != offer.unit {
        return Err(codes::USAGE_UNIT_WRONG);
    }
    let size = sized(offer, product.resource_size).map_err(|_| codes::PRODUCT_NOT_FOUND)?;
    if product.size_measure_id != offer.size_unit {
        return Err(codes::PRODUCT_NOT_FOUND);
    }
    if product.usage_value.is_negative() || product.subscription_num == 0 {
        return Err(codes::BAD_PARAMETER);
    }
    let price = times(price, [size, product.subscription_num, 1]).ok_or(codes::PRICE_ABOVE_LIMIT)?;
    let list = multiplied(price, product.usage_value)?.rounded(decimals);
    let found = world.usage_discount(&caller.id, offer.service_type_code);
    let amount = match found {
        Some((_, rate)) => multiplied(list, rate)?.rounded(decimals),
        None => list,
    };
    let off = sum([list, amount.negated()]);
    let applied = found.map(|(discount, _)| {
        fill!(AppliedDiscount {
            discount_id: discount.id.clone(),
            discount_type: rating_type(world, caller, discount.terms.kind),
            amount: Some(off),
            measure_id: Some(MeasureUnit::MainUnit),
            discount_name: Some(discount.terms.name.clone()),
        })
    });
    Ok(fill!(UsedProductPrice {
        id: product.id.clone(),
        product_id: Some(offer.id.clone()),
        amount: Some(amount),
        discount_amount: Some(off),
        official_website_amount: Some(list),
        measure_id: Some(MeasureUnit::MainUnit),
        discount_rating_results: applied.into_iter().collect(),
    }))
}

fn multiplied(price: Amount, factor: Amount) -> Result<Amount, ErrorCode> {
    let product = price.as_decimal().checked_mul(factor.as_decimal());
    product.map(Amount::from).ok_or(codes::PRICE_ABOVE_LIMIT)
}

/// Returns the name of a discount's ground in prices; they know two grounds, of which one has two codes.
fn rating_type(world: &State, customer: &Account, kind: OrderDiscountType) -> Option<RatingDiscountType> {
    let partner = customer.associated_with.as_ref().and_then(|id| world.accounts.get(id));
    let below_distributor =
        partner.is_some_and(|it| matches!(it.kind, AccountKind::Distributor | AccountKind::Reseller));
    match kind {
        OrderDiscountType::Commercial => Some(RatingDiscountType::Commercial),
        OrderDiscountType::PartnerGranted if below_distributor => Some(RatingDiscountType::PartnerGranted),
        OrderDiscountType::PartnerGranted => Some(RatingDiscountType::PartnerSet),
        _ => None,
    }
}

/// A discount that could be chosen, with what it takes off.
struct Choice<'w> {
    discount: &'w Discount,
    ground: RatingDiscountType,
    off: Vec<Amount>,
}

/// The discounts that could be chosen for some prices, the best first: the largest saving, on a tie the commercial one.
fn choices<'w>(world: &'w State, customer: &'w Account, prices: &[(&str, Amount)]) -> Vec<Choice<'w>> {
    let mut found: Vec<_> = world
        .market
        .discounts_for(customer)
        .filter(|discount| discount.terms.order.is_none())
        .filter_map(|discount| {
            let ground = rating_type(world, customer, discount.terms.kind)?;
            Some(Choice { discount, ground, off: discount.off(prices)? })
        })
        .collect();
    let commercial = |choice: &Choice<'_>| choice.ground == RatingDiscountType::Commercial;
    found.sort_by_key(|choice| (sum(choice.off.iter().copied()).negated(), !commercial(choice)));
    found
}

fn best_offer(at: usize) -> Option<BestOffer> {
    Some(if at == 0 { BestOffer::Yes } else { BestOffer::No })
}

impl Simulated for RateSubscription {
    /// Every project is a valid one. Servers of the international site are sold in monthly instalments; which code the
    /// service has for products that are not is unknown, here it is `CBC.0101`. The sums have what is paid in one month.
    fn run(self, world: &mut State, caller: &Account) -> Result<SubscriptionPrice, Refusal> {
        let rows = self.product_infos.iter().map(|product| subscribed(caller.site, product));
        let rows = rows.collect::<Result<Vec<_>, _>>().map_err(refuse)?;
        let list: Vec<_> = rows.iter().map(|(offer, price)| (offer.service_type_code, *price)).collect();
        let total = sum(list.iter().map(|(_, price)| *price));
        let ids = || self.product_infos.iter().zip(&rows);
        let monthly = |amounts: Vec<Amount>| {
            let parts =
                self.product_infos.iter().zip(amounts).filter_map(|(it, amount)| instalment(it, amount));
            parts.reduce(|sum, part| sum.checked_add(part).unwrap_or(sum))
        };
        let prices = || rows.iter().map(|(_, price)| *price).collect::<Vec<_>>();
        let of_month = |amount: Option<Amount>| amount.map(|_| InstallmentPeriod::Month);
        let official = fill!(SubscriptionListPrice {
            official_website_amount: Some(total),
            installment_official_website_amount: monthly(prices()),
            installment_period_type: of_month(monthly(prices())),
            measure_id: Some(MeasureUnit::MainUnit),
            product_rating_results: ids()
                .map(|(product, (offer, price))| fill!(ProductListPrice {
                    id: product.id.clone(),
                    product_id: Some(offer.id.clone()),
                    official_website_amount: Some(*price),
                    installment_official_website_amount: instalment(product, *price),
                    installment_period_type: of_month(instalment(product, *price)),
                    measure_id: Some(MeasureUnit::MainUnit),
                    ..ProductListPrice::default()
                }))
                .collect(),
            ..SubscriptionListPrice::default()
        });
        let discounted = choices(world, caller, &list).into_iter().enumerate().map(|(at, choice)| {
            let off = sum(choice.off.iter().copied());
            let less = |(price, off): (&Amount, &Amount)| sum([*price, off.negated()]);
            let (list, taken_off) = (monthly(prices()), monthly(choice.off.clone()));
            fill!(DiscountedSubscriptionPrice {
                installment_official_website_amount: list,
                installment_official_discount_amount: taken_off,
                installment_amount: list.zip(taken_off).map(|(list, off)| less((&list, &off))),
                installment_period_type: of_month(list),
                discount_id: choice.discount.id.clone(),
                amount: Some(sum([total, off.negated()])),
                official_website_amount: Some(total),
                discount_amount: Some(off),
                measure_id: Some(MeasureUnit::MainUnit),
                discount_type: Some(choice.ground),
                discount_name: Some(choice.discount.terms.name.clone()),
                best_offer: best_offer(at),
                product_rating_results: ids()
                    .zip(&choice.off)
                    .map(|((product, (offer, price)), off)| fill!(DiscountedProductPrice {
                        installment_official_website_amount: instalment(product, *price),
                        installment_official_discount_amount: instalment(product, *off),
                        installment_amount: instalment(product, *price)
                            .zip(instalment(product, *off))
                            .map(|(price, off)| less((&price, &off))),
                        installment_period_type: of_month(instalment(product, *price)),
                        id: product.id.clone(),
                        product_id: Some(offer.id.clone()),
                        amount: Some(sum([*price, off.negated()])),
                        official_website_amount: Some(*price),
                        discount_amount: Some(*off),
                        measure_id: Some(MeasureUnit::MainUnit),
                        ..DiscountedProductPrice::default()
                    }))
                    .collect(),
                ..DiscountedSubscriptionPrice::default()
            })
        });
        Ok(fill!(SubscriptionPrice {
            official_website_rating_result: Some(official),
            optional_discount_rating_results: discounted.collect(),
            currency: Some(caller.site.currency()),
        }))
    }
}

/// Price of each month of a product that is bought in instalments, of its price or of a discount: all of it or, with
/// half of it paid before, the other half, divided by the months and rounded half up.
fn instalment(product: &SubscribedProduct, amount: Amount) -> Option<Amount> {
    let parts = match product.fee_installment_mode.as_ref()? {
        InstallmentMode::Nothing => 1,
        InstallmentMode::Half => 2,
        _ => return None,
    };
    let months = match product.period_type {
        PricePeriod::Month => product.period_num,
        PricePeriod::Year => product.period_num.checked_mul(12)?,
        _ => return None,
    };
    let divisor = Amount::from(i64::from(months) * parts);
    let month = amount.as_decimal().checked_div(divisor.as_decimal())?;
    Some(Amount::from(month).rounded(2))
}

fn subscribed(site: Site, product: &SubscribedProduct) -> Result<(&'static Offer, Amount), ErrorCode> {
    let codes_of =
        [&product.cloud_service_type, &product.resource_type, &product.resource_spec, &product.region];
    let offer = find(site, codes_of.map(String::as_str)).ok_or(codes::PRODUCT_NOT_FOUND)?;
    if product.size_measure_id != offer.size_unit {
        return Err(codes::PRODUCT_NOT_FOUND);
    }
    if product.period_num == 0 || product.subscription_num == 0 {
        return Err(codes::BAD_PARAMETER);
    }
    let in_instalments = product.fee_installment_mode.as_ref().is_some_and(|it| *it != InstallmentMode::All);
    let offered = site == Site::International && offer.service_type_code == "hws.service.type.ec2";
    if in_instalments && !offered {
        return Err(codes::INVALID_PARAMETER);
    }
    let (period, number) = (product.period_type, product.period_num);
    let price = period_price(offer, period, number, product.resource_size, product.subscription_num)?;
    Ok((offer, price))
}

impl Simulated for RateRenewal {
    fn prepare(&mut self) -> Result<(), Refusal> {
        let mut ids: Vec<_> = self.resource_ids.iter().map(|id| id.as_str()).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(refuse(codes::RESOURCE_NAMED_TWICE));
        }
        Ok(())
    }

    /// A resource's row has its list price with what is attached to it. Nothing is associated with a resource in any
    /// other way.
    fn run(self, world: &mut State, caller: &Account) -> Result<RenewalPrice, Refusal> {
        let term = Term::of(self.period_type, self.period_num);
        let mut answer =
            fill!(RenewalPrice { currency: Some(caller.site.currency()), ..RenewalPrice::default() });
        let mut list: Vec<(&str, Amount)> = Vec::new();
        for id in &self.resource_ids {
            match renewal(world, caller, id.as_str(), term) {
                Ok(prices) => {
                    answer.renew_inquiry_results.push(fill!(ResourceRenewalPrice {
                        resource_id: id.clone(),
                        amount: Some(sum(prices.iter().map(|(_, price)| *price))),
                    }));
                    list.extend(prices);
                }
                Err(code) => answer.fail_resource_infos.push(fill!(ResourceFailure {
                    error_msg: code.info().map_or("refused", |info| info.meaning).to_owned(),
                    error_code: code,
                    resource_id: id.clone(),
                })),
            }
        }
        let total = sum(list.iter().map(|(_, price)| *price));
        answer.official_website_rating_result = Some(fill!(RenewalListPrice {
            official_website_amount: Some(total),
            ..RenewalListPrice::default()
        }));
        answer.optional_discount_rating_results = choices(world, caller, &list)
            .into_iter()
            .enumerate()
            .map(|(at, choice)| {
                let off = sum(choice.off.iter().copied());
                fill!(DiscountedRenewalPrice {
                    discount_id: choice.discount.id.clone(),
                    amount: Some(sum([total, off.negated()])),
                    official_website_amount: Some(total),
                    discount_amount: Some(off),
                    discount_type: Some(choice.ground),
                    discount_name: Some(choice.discount.terms.name.clone()),
                    best_offer: best_offer(at),
                    ..DiscountedRenewalPrice::default()
                })
            })
            .collect();
        Ok(answer)
    }
}

/// Returns the renewal price of a resource and those attached to it, with the cloud services; or the code of
/// a refusal.
fn renewal<'w>(
    world: &'w State,
    caller: &Account,
    id: &str,
    term: Option<Term>,
) -> Result<Vec<(&'w str, Amount)>, ErrorCode> {
    let term = term.ok_or(codes::NO_RENEWAL_PRICE_PERIOD)?;
    world.renewable(&caller.id, id).map_err(|code| match code {
        code if code == codes::NOT_A_MAIN_RESOURCE => codes::NO_RENEWAL_PRICE_MAIN,
        code if code == codes::RESOURCE_IN_UNPAID_ORDER => codes::NO_RENEWAL_PRICE_UNPAID,
        code if code == codes::RESOURCE_IN_RUNNING_ORDER => codes::NO_RENEWAL_PRICE_CHANGING,
        _ => codes::NO_RENEWAL_PRICE_DELETED,
    })?;
    let all = world.market.with_attached(id, world.now);
    let prices = all.into_iter().map(|resource| {
        let (_, price) = world.renewal_terms(resource, term).map_err(|_| codes::NO_RENEWAL_PRICE_PERIOD)?;
        Ok((world.offer(&resource.offer).map_or("", |offer| offer.service_type_code), price))
    });
    prices.collect()
}
