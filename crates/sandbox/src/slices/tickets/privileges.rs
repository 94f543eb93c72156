//! Privileges of users, and the number of tickets that an account may open.

use super::refusal::bad_parameter;
use crate::{
    core::{Account, AccountKind, Refusal},
    state::State,
};
use huaweicloud_partner::tickets::{ChangePrivilege, Done, PrivilegeChange};

/// Returns the number of tickets that an account may open in a month; -1 for no limit.
pub(crate) fn monthly(world: &State, caller: &Account) -> i64 {
    let usual = match caller.kind {
        AccountKind::Distributor | AccountKind::SolutionProvider => world.tickets.offering.partner_tickets,
        _ => -1,
    };
    world.tickets.profile(caller).monthly_tickets.unwrap_or(usual)
}

/// Returns the number of tickets that an account may still open this month, counted in UTC+8; -1 for no
/// limit.
pub(crate) fn left(world: &State, caller: &Account) -> i64 {
    let month = world.now.billing_day().cycle();
    let opened = world.tickets.all_of(caller).filter(|one| one.opened.billing_day().cycle() == month).count();
    match monthly(world, caller) {
        -1 => -1,
        monthly => (monthly - i64::try_from(opened).unwrap_or(i64::MAX)).max(0),
    }
}

/// Checks the privilege of the account itself, because the request names no user.
pub(crate) fn change_privilege(
    world: &mut State,
    caller: &Account,
    request: ChangePrivilege,
) -> Result<Done, Refusal> {
    let privilege = request.privilege.filter(|privilege| privilege.is_known());
    let privilege = privilege.ok_or_else(|| bad_parameter("there is no such privilege"))?;
    let has = match request.operation {
        PrivilegeChange::Grant => true,
        PrivilegeChange::Revoke => false,
        _ => return Err(bad_parameter("operation must be create or delete")),
    };
    world.tickets.profile_mut(&caller.id).set(&privilege, has);
    Ok(Done::default())
}
