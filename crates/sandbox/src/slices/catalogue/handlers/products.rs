//! Product catalogue and prices.
//!
//! Names come in the language asked for; without one in Chinese on the China site and in English elsewhere. Only what is on
//! sale on the caller's site is shown. Availability zones narrow nothing: the offers are the same in all of them.

use std::collections::BTreeSet;

use crate::{
    core::{Account, Refusal, bad_request, page, refuse},
    handler::{Route, Simulated, non_empty, route},
    slices::catalogue::offers::{Offer, abbreviation, language_of, offers_of},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    products::{
        ChargeMode, Conversion, Conversions, DiscountAllowed, IncentivePolicy, IncentivePolicyPage,
        IncentiveRule, ListConversions, ListIncentivePolicies, ListMeasureUnits, ListPrice,
        ListResourceTypes, ListServiceResources, ListServiceTypes, ListSpecPrices, ListSpecs, ListUsageTypes,
        MeasureUnitInfo, MeasureUnits, PageInfo, PricePeriod, Quantity, ResourceBasics, ResourceType,
        ResourceTypePage, ServiceResource, ServiceResourcePage, ServiceType, ServiceTypePage, Spec,
        SpecAttribute, SpecChargingMode, SpecFilterKey, SpecPage, SpecPriceFilterKey, SpecPricePage,
        SpecPrices, UsageType, UsageTypePage,
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
        let kind = non_empty(self.resource_type_code.as_deref());
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
    let begin: usize = match non_empty(marker) {
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
        let is_mode = |code: &String| SpecChargingMode::from(code.as_str()).is_known();
        if filters.iter().any(|it| it.key == SpecPriceFilterKey::ChargingMode && !is_mode(&it.value)) {
            return Err(bad_request("filters[].value: not one of the documented values".to_owned()));
        }
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
        let service = non_empty(self.service_type_code.as_deref());
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
