//! Handlers of accounts, transfers and benefits.

mod accounts;
mod partners;
mod promotions;

use crate::handler::Route;

pub(crate) const ROUTES: &[&[Route]] = &[accounts::ROUTES, partners::ROUTES, promotions::ROUTES];
