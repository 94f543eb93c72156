//! Discounts that customers are offered when they ask for prices.

use super::discounts::Discount;
use crate::{
    core::{Account, AccountKind, sum},
    state::State,
};
use huaweicloud_partner::{
    orders::OrderDiscountType,
    products::{BestOffer, RatingDiscountType},
    types::Amount,
};

/// Returns the name of a discount's ground in prices; they know two grounds, of which one has two codes.
pub(crate) fn rating_type(
    world: &State,
    customer: &Account,
    kind: OrderDiscountType,
) -> Option<RatingDiscountType> {
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
