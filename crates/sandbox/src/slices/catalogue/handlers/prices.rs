//! Prices of use and of subscriptions.

use crate::{
    core::{Account, Refusal, refuse, sum},
    handler::{Route, Simulated, route},
    slices::catalogue::rating::{best_offer, choices, instalment, subscription_price, usage_price},
    state::State,
};
use huaweicloud_partner::{
    fill,
    products::{
        DiscountedProductPrice, DiscountedSubscriptionPrice, InstallmentPeriod, PayPerUsePrice,
        PricePrecision, ProductListPrice, RatePayPerUse, RateSubscription, SubscriptionListPrice,
        SubscriptionPrice, UsedProductPrice,
    },
    types::{Amount, MeasureUnit},
};

pub(crate) const ROUTES: &[Route] = &[route::<RatePayPerUse>(), route::<RateSubscription>()];

impl Simulated for RatePayPerUse {
    /// Every project is a valid one. Each product has the largest commercial rate, else the largest that the partner
    /// granted; other discounts do not touch pay-per-use. Amounts are rounded half up product by product.
    fn run(self, world: &mut State, caller: &Account) -> Result<PayPerUsePrice, Refusal> {
        let decimals = if self.inquiry_precision == Some(PricePrecision::TenDecimals) { 10 } else { 6 };
        let results = self.product_infos.iter().map(|product| usage_price(world, caller, product, decimals));
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

impl Simulated for RateSubscription {
    /// Every project is a valid one. Servers of the international site are sold in monthly instalments; which code the
    /// service has for products that are not is unknown, here it is `CBC.0101`. The sums have what is paid in one month.
    fn run(self, world: &mut State, caller: &Account) -> Result<SubscriptionPrice, Refusal> {
        let rows = self.product_infos.iter().map(|product| subscription_price(caller.site, product));
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
