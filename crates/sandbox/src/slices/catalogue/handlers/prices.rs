//! Prices of use and of subscriptions.

use crate::{
    core::{Account, Refusal, refuse, sum, times},
    handler::{Route, Simulated, route},
    slices::catalogue::{
        offers::{Offer, offers_of},
        rating::{best_offer, choices, rating_type},
        terms::{period_price, sized},
    },
    state::State,
};
use huaweicloud_partner::{
    error::{ErrorCode, codes},
    fill,
    products::{
        AppliedDiscount, DiscountedProductPrice, DiscountedSubscriptionPrice, InstallmentMode,
        InstallmentPeriod, PayPerUsePrice, PricePeriod, PricePrecision, ProductListPrice, RatePayPerUse,
        RateSubscription, SubscribedProduct, SubscriptionListPrice, SubscriptionPrice, UsedProduct,
        UsedProductPrice,
    },
    types::{Amount, MeasureUnit, Site},
};

pub(crate) const ROUTES: &[Route] = &[route::<RatePayPerUse>(), route::<RateSubscription>()];

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
