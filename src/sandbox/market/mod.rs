//! What can be bought, and what was: offers, orders, resources, packages.

mod catalogue;

use serde::{Deserialize, Serialize};

pub(super) use catalogue::{Content, Name, Offer, abbreviation, currency_of, offers_of, price_period};

/// The state of this room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Market {}
