//! Discounts on orders: which ones an order can be paid with, and which one the system chooses.

use super::order::{Line, Order};
use crate::{
    core::{Refusal, refuse, sum},
    slices::catalogue::{Discount, NewDiscount, Reckoning},
    state::State,
};
use huaweicloud_partner::{error::codes, orders::OrderDiscountType, types::Amount};

/// Lines as discounts see them.
fn prices<'w>(world: &'w State, lines: &[Line]) -> Vec<(&'w str, Amount)> {
    let service = |line: &Line| world.offer(&line.offer).map_or("", |offer| offer.service_type_code);
    lines.iter().map(|line| (service(line), line.list_price)).collect()
}

impl Discount {
    /// Returns the discount on the lines of an order, where it is for that order.
    pub(crate) fn off_order(&self, world: &State, order: &Order) -> Option<Vec<Amount>> {
        let for_it = self.terms.order.as_deref().is_none_or(|only| only == order.id);
        if self.terms.customer != order.customer || !for_it {
            return None;
        }
        self.off(&prices(world, &order.lines))
    }
}

impl State {
    /// Keeps a discount. Returns its id.
    pub(crate) fn grant_discount(&mut self, terms: NewDiscount) -> Result<String, Refusal> {
        self.accounts.customer_site(&terms.customer)?;
        let cents = |amount: Amount| !amount.is_negative() && amount.decimals() <= 2;
        let makes_sense = match terms.reckoning {
            Reckoning::Rate(rate) => rate.is_positive() && rate < Amount::from(1),
            Reckoning::Reduction { from, off } => cents(from) && cents(off) && off.is_positive(),
            Reckoning::FixedPrice(price) => cents(price),
        };
        let adjustment = terms.kind == OrderDiscountType::PriceAdjustment;
        if !makes_sense || (adjustment && terms.order.is_none()) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        if terms.order.as_ref().is_some_and(|id| self.orders.order_of(&terms.customer, id).is_none()) {
            return Err(refuse(codes::ORDER_NOT_FOUND));
        }
        let id = self.fresh("DC");
        self.catalogue.keep_discount(Discount { id: id.clone(), terms });
        Ok(id)
    }

    /// The discounts that an order can be looked at with, each with what it takes off its lines. The international site
    /// knows commercial and partner-granted ones only, and none for customers of the reseller model.
    pub(crate) fn discounts_of(&self, order: &Order) -> Vec<(&Discount, Vec<Amount>)> {
        let Some(customer) = self.accounts.get(&order.customer) else { return Vec::new() };
        let known = self.catalogue.discounts_for(customer);
        known.filter_map(|discount| Some((discount, discount.off_order(self, order)?))).collect()
    }

    /// The discount that the system chooses: an adjusted price, else the largest commercial one, else the largest.
    pub(crate) fn chosen_discount(&self, order: &Order) -> Option<String> {
        let found = self.discounts_of(order).into_iter();
        let payable = found.filter(|(discount, _)| discount.terms.kind != OrderDiscountType::Contract);
        let best = payable.max_by_key(|(discount, off)| {
            let rank = match discount.terms.kind {
                OrderDiscountType::PriceAdjustment => 2,
                OrderDiscountType::Commercial => 1,
                _ => 0,
            };
            (rank, sum(off.iter().copied()))
        });
        best.map(|(discount, _)| discount.id.clone())
    }
}
