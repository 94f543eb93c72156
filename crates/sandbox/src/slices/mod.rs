//! The slices of the service. Each owns its state, its rules, its handlers, its events and what becomes due with time.
//!
//! A slice imports only the slices of lower lines; `tests/architecture.rs` checks it.
//!
//! | Slice | Is about |
//! |---|---|
//! | `billing` | use, arrears, taxes, bills, costs, invoices |
//! | `orders` | orders, their payment, subscriptions, packages |
//! | `resellers` | the resellers of a distributor, and their voucher quotas |
//! | `vouchers` | voucher quotas of partners, issuing of vouchers |
//! | `enterprise` | units, members, transfers between a master and its members |
//! | `customers` | registration, real names, associations, budgets, restrictions |
//! | `wallet` | cash, credit, vouchers, cards, charges, and the statements of all of them |
//! | `catalogue` | offers, prices, discounts |
//! | `tickets` | service tickets |
//! | `identity` | keys, tokens, operators, verification codes |
//! | `faults` | what is made to go wrong |

pub(crate) mod billing;
pub(crate) mod catalogue;
pub(crate) mod customers;
pub(crate) mod enterprise;
pub(crate) mod faults;
pub(crate) mod identity;
pub(crate) mod orders;
pub(crate) mod resellers;
pub(crate) mod tickets;
pub(crate) mod vouchers;
pub(crate) mod wallet;

use std::{collections::HashMap, sync::LazyLock};

use crate::handler::{Handler, Route};

/// The handlers of all slices.
const ROUTES: &[&[&[Route]]] = &[
    resellers::ROUTES,
    customers::ROUTES,
    wallet::ROUTES,
    catalogue::ROUTES,
    vouchers::ROUTES,
    enterprise::ROUTES,
    orders::ROUTES,
    billing::ROUTES,
    tickets::ROUTES,
];

/// The handler of an operation, by its qualified name.
pub(crate) fn find(name: &str) -> Option<Handler> {
    static HANDLERS: LazyLock<HashMap<&'static str, Handler>> =
        LazyLock::new(|| ROUTES.concat().concat().into_iter().collect());
    HANDLERS.get(name).copied()
}

#[cfg(test)]
mod tests {
    use huaweicloud_partner::registry;

    #[test]
    fn every_business_operation_has_state_behind_it() {
        let names = registry::all().map(|entry| entry.meta.name).filter(|name| name.starts_with("bss."));
        let missing: Vec<_> = names.filter(|name| super::find(name).is_none()).collect();
        assert_eq!(missing, [""; 0]);
    }
}
