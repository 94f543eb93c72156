//! Handlers of orders and subscriptions.

mod orders;
mod packages;
mod payment;
mod renewal_prices;
mod subscriptions;

use crate::handler::Route;

pub(crate) const ROUTES: &[&[Route]] =
    &[orders::ROUTES, payment::ROUTES, subscriptions::ROUTES, packages::ROUTES, renewal_prices::ROUTES];
