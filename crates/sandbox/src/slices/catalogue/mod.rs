//! The product catalogue: offers, their prices, and discounts.

mod discounts;
mod handlers;
mod offers;
mod rating;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub(crate) use discounts::Discount;
pub use discounts::{NewDiscount, Reckoning};
pub(crate) use handlers::ROUTES;
pub(crate) use offers::{Content, Name, Offer, language_of, offers, offers_of};
pub(crate) use rating::{best_offer, choices};
pub use terms::Term;
pub(crate) use terms::sized;

/// The state of this slice. The offers themselves are the same in all worlds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Catalogue {
    /// Discounts that were granted, by their ids.
    discounts: BTreeMap<String, Discount>,
    /// Offers of which nothing is left.
    sold_out: BTreeSet<String>,
}

impl Catalogue {
    /// Whether nothing is left of an offer.
    pub(crate) fn is_sold_out(&self, offer: &str) -> bool {
        self.sold_out.contains(offer)
    }
}
