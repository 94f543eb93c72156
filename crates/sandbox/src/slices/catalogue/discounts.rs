//! Discounts that customers have, and what they take off.

use serde::{Deserialize, Serialize};

use crate::{
    core::{Account, sum},
    slices::catalogue::Catalogue,
    state::State,
};
use huaweicloud_partner::{
    orders::{DiscountMode, OrderDiscountType},
    types::{Amount, Site},
};

/// A discount that somebody grants to a customer, outside the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewDiscount {
    /// Customer that may use the discount.
    pub customer: String,
    /// Ground of the discount. A price adjustment is for one order, which must be paid with it.
    pub kind: OrderDiscountType,
    /// Name of the discount.
    pub name: String,
    /// Method of calculation.
    pub reckoning: Reckoning,
    /// Only for this cloud service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_type_code: Option<String>,
    /// Only for this order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// Method by which a discount is calculated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reckoning {
    /// This share of the list price is left, above 0 and below 1.
    Rate(Amount),
    /// An order of at least one amount becomes cheaper by another.
    Reduction {
        /// The least list price of the lines that it is for.
        from: Amount,
        /// Amount of the discount.
        off: Amount,
    },
    /// The lines that it is for cost this much together.
    FixedPrice(Amount),
}

impl NewDiscount {
    /// A discount that leaves this share of the list price of everything.
    pub fn rate(customer: impl Into<String>, kind: OrderDiscountType, rate: impl Into<Amount>) -> Self {
        Self {
            customer: customer.into(),
            kind,
            name: "discount".to_owned(),
            reckoning: Reckoning::Rate(rate.into()),
            service_type_code: None,
            order: None,
        }
    }
}

/// A discount as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Discount {
    pub(crate) id: String,
    pub(crate) terms: NewDiscount,
}

impl Discount {
    pub(crate) fn mode(&self) -> DiscountMode {
        match self.terms.reckoning {
            Reckoning::Rate(_) => DiscountMode::Rate,
            Reckoning::Reduction { .. } => DiscountMode::Reduction,
            Reckoning::FixedPrice(_) => DiscountMode::FixedPrice,
        }
    }

    /// The rate or the reduction; none for fixed prices.
    pub(crate) fn value(&self) -> Option<Amount> {
        match self.terms.reckoning {
            Reckoning::Rate(rate) => Some(rate),
            Reckoning::Reduction { off, .. } => Some(off),
            Reckoning::FixedPrice(_) => None,
        }
    }

    /// Returns the discount on each of some prices, given with their cloud services; `None` where there is no
    /// discount. A rate is rounded half up to cents line by line; the others are spread in proportion and add
    /// up to the whole.
    pub(crate) fn off(&self, prices: &[(&str, Amount)]) -> Option<Vec<Amount>> {
        let only = self.terms.service_type_code.as_deref();
        let prices: Vec<Amount> = prices
            .iter()
            .map(
                |(service, price)| {
                    if only.is_none_or(|only| only == *service) { *price } else { Amount::ZERO }
                },
            )
            .collect();
        let total = sum(prices.iter().copied());
        let off = match self.terms.reckoning {
            Reckoning::Rate(rate) => {
                let left = prices.iter().map(|price| {
                    let left = price.as_decimal().checked_mul(rate.as_decimal()).map(Amount::from);
                    left.map_or(*price, |left| left.rounded(2))
                });
                let off = prices.iter().zip(left).map(|(price, left)| sum([*price, left.negated()]));
                off.collect()
            }
            Reckoning::Reduction { from, off } if total >= from => spread(off.min(total), &prices, total),
            Reckoning::FixedPrice(price) if price < total => {
                spread(sum([total, price.negated()]), &prices, total)
            }
            _ => return None,
        };
        off.iter().any(|off| off.is_positive()).then_some(off)
    }
}

/// An amount in cents over prices in proportion: the rounded sums grow by the parts, so nothing is lost.
fn spread(off: Amount, prices: &[Amount], total: Amount) -> Vec<Amount> {
    let (mut so_far, mut given) = (Amount::ZERO, Amount::ZERO);
    let part = |price: &Amount| {
        so_far = sum([so_far, *price]);
        let upto = off.as_decimal().checked_mul(so_far.as_decimal());
        let upto = upto.and_then(|product| product.checked_div(total.as_decimal()));
        let upto = upto.map(Amount::from).unwrap_or_default().rounded(2);
        let part = sum([upto, given.negated()]);
        given = upto;
        part
    };
    prices.iter().map(part).collect()
}

impl State {
    /// The discount on what a customer uses of a cloud service, and the share that it leaves: the largest commercial rate,
    /// else the largest that its partner granted.
    pub(crate) fn usage_discount(&self, customer: &str, service: &str) -> Option<(&Discount, Amount)> {
        let customer = self.accounts.get(customer)?;
        let rates = self.catalogue.discounts_for(customer).filter_map(|discount| {
            let Reckoning::Rate(rate) = discount.terms.reckoning else { return None };
            let only = discount.terms.service_type_code.as_deref();
            let fits = discount.terms.order.is_none() && only.is_none_or(|only| only == service);
            let rank = match discount.terms.kind {
                OrderDiscountType::Commercial => 0,
                OrderDiscountType::PartnerGranted => 1,
                _ => return None,
            };
            fits.then_some((rank, rate, discount))
        });
        rates.min_by_key(|(rank, rate, _)| (*rank, *rate)).map(|(_, rate, discount)| (discount, rate))
    }
}

impl Catalogue {
    /// The discounts that a customer has on its site.
    pub(crate) fn discounts_for<'m>(&'m self, customer: &'m Account) -> impl Iterator<Item = &'m Discount> {
        let china = customer.site == Site::China;
        let reseller_model = customer.association_type.as_deref() == Some("3");
        let of_site = move |kind| {
            china
                || (!reseller_model
                    && matches!(kind, OrderDiscountType::Commercial | OrderDiscountType::PartnerGranted))
        };
        self.discounts
            .values()
            .filter(move |discount| discount.terms.customer == customer.id && of_site(discount.terms.kind))
    }

    /// Keeps a discount under its id.
    pub(crate) fn keep_discount(&mut self, discount: Discount) {
        self.discounts.insert(discount.id.clone(), discount);
    }

    /// A discount by its id.
    pub(crate) fn discount(&self, id: &str) -> Option<&Discount> {
        self.discounts.get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off(reckoning: Reckoning, prices: &[i64]) -> Option<Vec<Amount>> {
        let terms = NewDiscount { reckoning, ..NewDiscount::rate("c", OrderDiscountType::Promotion, 1) };
        let prices: Vec<_> = prices.iter().map(|cents| ("s", Amount::new(*cents, 2).unwrap())).collect();
        Discount { id: String::new(), terms }.off(&prices)
    }

    fn cents(amounts: &[i64]) -> Option<Vec<Amount>> {
        Some(amounts.iter().map(|cents| Amount::new(*cents, 2).unwrap()).collect())
    }

    #[test]
    fn what_is_taken_off_adds_up() {
        let amount = |cents: i64| Amount::new(cents, 2).unwrap();
        assert_eq!(off(Reckoning::Rate(amount(85)), &[333, 1]), cents(&[50, 0]));
        let reduction = Reckoning::Reduction { from: amount(300), off: amount(100) };
        assert_eq!(off(reduction, &[100, 100, 100]), cents(&[33, 34, 33]));
        assert_eq!(off(reduction, &[299]), None);
        assert_eq!(off(Reckoning::FixedPrice(Amount::ZERO), &[100, 1]), cents(&[100, 1]));
        assert_eq!(off(Reckoning::FixedPrice(amount(101)), &[100, 1]), None);
    }
}
