//! Prices that customers are quoted, and the discounts that they are offered with them.

use super::{
    discounts::Discount,
    offers::{Offer, offers_of},
    terms::{period_price, sized},
};
use crate::{
    core::{Account, AccountKind, sum, times},
    state::State,
};
use huaweicloud_partner::{
    error::{ErrorCode, codes},
    fill,
    orders::OrderDiscountType,
    products::{
        AppliedDiscount, BestOffer, InstallmentMode, PricePeriod, RatingDiscountType, SubscribedProduct,
        UsedProduct, UsedProductPrice,
    },
    types::{Amount, MeasureUnit, Site},
};

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
pub(crate) struct Choice<'w> {
    pub(crate) discount: &'w Discount,
    pub(crate) ground: RatingDiscountType,
    pub(crate) off: Vec<Amount>,
}

/// The discounts that could be chosen for some prices, the best first: the largest saving, on a tie the commercial one.
pub(crate) fn choices<'w>(
    world: &'w State,
    customer: &'w Account,
    prices: &[(&str, Amount)],
) -> Vec<Choice<'w>> {
    let mut found: Vec<_> = world
        .catalogue
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

pub(crate) fn best_offer(at: usize) -> Option<BestOffer> {
    Some(if at == 0 { BestOffer::Yes } else { BestOffer::No })
}

/// The offer that a price is asked for, by service, resource type, specification and region together.
pub(crate) fn find_offer(site: Site, codes: [&str; 4]) -> Option<&'static Offer> {
    offers_of(site).find(|offer| {
        [offer.service_type_code, offer.resource_type_code, offer.spec, offer.region_code] == codes
    })
}

pub(crate) fn usage_price(
    world: &State,
    caller: &Account,
    product: &UsedProduct,
    decimals: u32,
) -> Result<UsedProductPrice, ErrorCode> {
    let codes_of =
        [&product.cloud_service_type, &product.resource_type, &product.resource_spec, &product.region];
    let offer = find_offer(caller.site, codes_of.map(String::as_str)).ok_or(codes::PRODUCT_NOT_FOUND)?;
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

pub(crate) fn multiplied(price: Amount, factor: Amount) -> Result<Amount, ErrorCode> {
    let product = price.as_decimal().checked_mul(factor.as_decimal());
    product.map(Amount::from).ok_or(codes::PRICE_ABOVE_LIMIT)
}

/// Price of each month of a product that is bought in instalments, of its price or of a discount: all of it or, with
/// half of it paid before, the other half, divided by the months and rounded half up.
pub(crate) fn instalment(product: &SubscribedProduct, amount: Amount) -> Option<Amount> {
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

pub(crate) fn subscription_price(
    site: Site,
    product: &SubscribedProduct,
) -> Result<(&'static Offer, Amount), ErrorCode> {
    let codes_of =
        [&product.cloud_service_type, &product.resource_type, &product.resource_spec, &product.region];
    let offer = find_offer(site, codes_of.map(String::as_str)).ok_or(codes::PRODUCT_NOT_FOUND)?;
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
