//! Freezing of customers of the Reseller model, and the end of it.

use super::budgets::Frozen;
use crate::{
    core::{Account, Refusal, refuse_naming},
    handler::item_error,
    slices::customers::budgets::resold,
    state::State,
};
use huaweicloud_partner::{
    customers::{FreezeCustomers, FreezeScope, FreezingOutcome, UnfreezeCustomers},
    error::{ErrorCode, ItemError, codes},
    fill,
    types::{CustomerId, Personal, ResellerId},
};

/// Refuses the whole call with the code of the first customer if none of them can be frozen.
pub(crate) fn freeze_customers(
    world: &mut State,
    caller: &Account,
    request: FreezeCustomers,
) -> Result<FreezingOutcome, Refusal> {
    let owner =
        world.accounts.acting_for(caller, request.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
    let scope = request.freeze_type.unwrap_or(FreezeScope::Account);
    each(&request.customer_ids, |customer| freeze(world, &owner, customer, &scope, &request.reason))
}

/// One that is not frozen stays as it is. A freeze by a budget that is used up lasts, whatever is unfrozen.
pub(crate) fn unfreeze_customers(
    world: &mut State,
    caller: &Account,
    request: UnfreezeCustomers,
) -> Result<FreezingOutcome, Refusal> {
    let owner =
        world.accounts.acting_for(caller, request.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
    let scope = request.unfreeze_type.unwrap_or(FreezeScope::Account);
    each(&request.customer_ids, |customer| {
        resold(world, &owner, customer.as_str())?;
        match world.customers.frozen.get(customer.as_str()) {
            Some(frozen) if frozen.scope != scope => Err(codes::INVALID_PARAMETER),
            _ => {
                world.customers.frozen.remove(customer.as_str());
                Ok(())
            }
        }
    })
}

pub(crate) fn freeze(
    world: &mut State,
    owner: &str,
    customer: &CustomerId,
    scope: &FreezeScope,
    reason: &Personal,
) -> Result<(), ErrorCode> {
    resold(world, owner, customer.as_str())?;
    if world.customers.frozen.contains_key(customer.as_str()) {
        return Err(codes::ALREADY_FROZEN);
    }
    let frozen = Frozen { scope: scope.clone(), since: world.now, reason: reason.clone() };
    world.customers.frozen.insert(customer.to_string(), frozen);
    Ok(())
}

/// Does something for each customer and gathers the failures.
pub(crate) fn each(
    customers: &[CustomerId],
    mut act: impl FnMut(&CustomerId) -> Result<(), ErrorCode>,
) -> Result<FreezingOutcome, Refusal> {
    let failure =
        |customer: &CustomerId| act(customer).err().map(|code| item_error(customer.as_str(), &code));
    let error_details: Vec<ItemError> = customers.iter().filter_map(failure).collect();
    match error_details.first() {
        Some(first) if error_details.len() == customers.len() => {
            Err(refuse_naming(first.code.clone(), "error_details", &error_details))
        }
        _ => Ok(fill!(FreezingOutcome { error_details })),
    }
}
