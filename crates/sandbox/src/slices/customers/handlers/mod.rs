//! Handlers of customers.

mod budgets;
mod customers;
mod realname;
mod regions;

use crate::handler::Route;

pub(crate) const ROUTES: &[&[Route]] =
    &[customers::ROUTES, realname::ROUTES, budgets::ROUTES, regions::ROUTES];
