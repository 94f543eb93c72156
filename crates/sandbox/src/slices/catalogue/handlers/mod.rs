//! Handlers of the catalogue and its prices.

mod prices;
mod products;

use crate::handler::Route;

pub(crate) const ROUTES: &[&[Route]] = &[products::ROUTES, prices::ROUTES];
