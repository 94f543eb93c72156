//! Prices of renewals.

use crate::{
    core::{Account, Refusal, refuse, sum},
    handler::{Route, Simulated, route},
    slices::{
        catalogue::{Term, best_offer, choices},
        orders::subscriptions::renewal_price,
    },
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    orders::ResourceFailure,
    products::{DiscountedRenewalPrice, RateRenewal, RenewalListPrice, RenewalPrice, ResourceRenewalPrice},
    types::Amount,
};

pub(crate) const ROUTES: &[Route] = &[route::<RateRenewal>()];

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
        let mut response =
            fill!(RenewalPrice { currency: Some(caller.site.currency()), ..RenewalPrice::default() });
        let mut list: Vec<(&str, Amount)> = Vec::new();
        for id in &self.resource_ids {
            match renewal_price(world, caller, id.as_str(), term) {
                Ok(prices) => {
                    response.renew_inquiry_results.push(fill!(ResourceRenewalPrice {
                        resource_id: id.clone(),
                        amount: Some(sum(prices.iter().map(|(_, price)| *price))),
                    }));
                    list.extend(prices);
                }
                Err(code) => response.fail_resource_infos.push(fill!(ResourceFailure {
                    error_msg: code.info().map_or("refused", |info| info.meaning).to_owned(),
                    error_code: code,
                    resource_id: id.clone(),
                })),
            }
        }
        let total = sum(list.iter().map(|(_, price)| *price));
        response.official_website_rating_result = Some(fill!(RenewalListPrice {
            official_website_amount: Some(total),
            ..RenewalListPrice::default()
        }));
        response.optional_discount_rating_results = choices(world, caller, &list)
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
        Ok(response)
    }
}
