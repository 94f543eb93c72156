//! The handlers of the operations, room by room as in the crate.

mod accounts;
mod bills;
mod bills_bandwidth;
mod bills_fees;
mod bills_invoices;
mod bills_partner;
mod bills_resources;
mod bills_summary;
mod bills_usage;
mod budgets;
mod costs;
mod customers;
mod enterprise;
mod held;
mod orders;
mod packages;
mod partners;
mod payment;
mod places;
mod products;
mod realname;
mod renewal;
mod resellers;
mod vouchers;

use std::{collections::HashMap, sync::LazyLock};

use super::{
    gate::bad_request,
    world::{Account, Refusal, World},
};
use crate::{operation::Operation, types::decode};

/// Reads a flat request, runs it and writes the answer.
pub(super) type Handler = fn(&mut World, &Account, &[u8]) -> Result<Vec<u8>, Refusal>;

/// An operation with its handler.
type Route = (&'static str, Handler);

/// The rooms that have state behind them.
const ROOMS: &[&[Route]] = &[
    partners::ROUTES,
    resellers::ROUTES,
    customers::ROUTES,
    realname::ROUTES,
    budgets::ROUTES,
    accounts::ROUTES,
    places::ROUTES,
    vouchers::ROUTES,
    held::ROUTES,
    enterprise::ROUTES,
    bills::ROUTES,
    costs::ROUTES,
    products::ROUTES,
    orders::ROUTES,
    payment::ROUTES,
    renewal::ROUTES,
    packages::ROUTES,
];

/// The handler of an operation, by its qualified name.
pub(super) fn find(name: &str) -> Option<Handler> {
    static ROUTES: LazyLock<HashMap<&'static str, Handler>> =
        LazyLock::new(|| ROOMS.concat().into_iter().collect());
    ROUTES.get(name).copied()
}

/// What a handler is, before the typed request is read and after the typed answer is written.
trait Simulated: Operation {
    /// Runs the operation for a caller. A refusal leaves the world as it was.
    fn run(self, world: &mut World, caller: &Account) -> Result<Self::Output, Refusal>;
}

/// The route of an operation.
const fn route<O: Simulated>() -> Route {
    fn handle<O: Simulated>(world: &mut World, caller: &Account, flat: &[u8]) -> Result<Vec<u8>, Refusal> {
        let operation: O =
            decode(flat).map_err(|error| bad_request(format!("the request cannot be read: {error}")))?;
        operation.validate().map_err(|invalid| bad_request(invalid.to_string()))?;
        let answer = operation.run(world, caller)?;
        serde_json::to_vec(&answer).map_err(|error| bad_request(error.to_string()))
    }
    (O::META.name, handle::<O>)
}
