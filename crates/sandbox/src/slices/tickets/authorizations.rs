//! Access that customers grant, refuse and withdraw.

use super::{
    access::{Access, Thing},
    refusal::{bad_parameter, refuse},
};
use crate::{
    core::{Account, Refusal},
    handler::non_empty,
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    tickets::{
        ActOnAuthorization, AuthorizationAction, AuthorizationId, AuthorizationStatus, CheckHost, Done,
        GrantAuthorization, GrantedLogin, LoggedAction,
    },
    types::UtcTime,
};

/// An authorization on a ticket of the caller.
pub(crate) fn access<'w>(
    world: &'w State,
    caller: &Account,
    id: &AuthorizationId,
) -> Result<&'w Access, Refusal> {
    let access = world.tickets.accesses.get(id.as_str());
    access
        .filter(|access| access.account == caller.id)
        .ok_or_else(|| bad_parameter("there is no such authorization"))
}

fn is_whole(login: &GrantedLogin) -> bool {
    login.account.as_ref().is_some_and(|account| !account.is_empty())
        && login.password.as_ref().is_some_and(|password| !password.is_empty())
}

/// The ticket's log tells, and an engineer who waited goes on.
pub(crate) fn decided(
    world: &mut State,
    ticket: &str,
    action: LoggedAction,
    why: Option<String>,
    now: UtcTime,
) {
    world.tickets.change(ticket, |tickets, ticket| {
        tickets.note(ticket, action, why, now);
        tickets.go_on(ticket, now);
    });
}

/// Only what waits for the customer; else the code for an operation that is not supported. Each machine needs login name
/// and password, or the whole an agency of the account; the console always needs an agency. The times count
/// milliseconds since 1970. Without them access holds from now on and does not expire by itself.
pub(crate) fn grant_authorization(
    world: &mut State,
    caller: &Account,
    request: GrantAuthorization,
) -> Result<Done, Refusal> {
    let now = world.now;
    let found = access(world, caller, &request.authorization_id)?;
    if found.status_at(now) != AuthorizationStatus::Pending {
        return Err(refuse(codes::AUTHORIZATION_ACTION_UNKNOWN));
    }
    let agency = non_empty(request.agency_id.as_deref()).map(str::to_owned);
    let logins = request.auth_detail_list.unwrap_or_default();
    if logins.iter().any(|login| found.things.iter().all(|thing| thing.id != login.auth_detail_id)) {
        return Err(bad_parameter("the authorization has no such detail"));
    }
    match &agency {
        Some(id) if world.tickets.profile(caller).agencies.iter().all(|agency| agency.id != *id) => {
            return Err(bad_parameter("there is no such agency"));
        }
        Some(_) => {}
        None => {
            let is_given = |thing: &Thing| {
                let login = logins.iter().find(|login| login.auth_detail_id == thing.id);
                thing.machine.is_some() && login.is_some_and(is_whole)
            };
            if !found.things.iter().all(is_given) {
                return Err(bad_parameter(
                    "each machine needs a login and a password, or there must be an agency",
                ));
            }
        }
    }
    let instant = |milliseconds: i64| {
        let at = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000);
        at.map(UtcTime::from).map_err(|_| bad_parameter("the time must count milliseconds since 1970"))
    };
    let from = request.auth_effective_time.map(instant).transpose()?;
    let until = request.auth_expire_time.map(instant).transpose()?;
    if until.is_some_and(|until| until <= now) {
        return Err(bad_parameter("auth_expire_time must be in the future"));
    }
    let ticket = found.ticket.clone();
    if let Some(access) = world.tickets.accesses.get_mut(request.authorization_id.as_str()) {
        access.decide(AuthorizationStatus::Granted);
        (access.from, access.until, access.agency) = (from.or(Some(now)), until, agency);
        for login in logins {
            if let Some(thing) = access.things.iter_mut().find(|thing| thing.id == login.auth_detail_id) {
                thing.port = login.port.or(thing.port);
                (thing.login, thing.password) = (login.account, login.password);
            }
        }
    }
    decided(world, &ticket, LoggedAction::AuthorizationGranted, None, now);
    Ok(Done::default())
}

/// Refuses waiting access or withdraws granted access, which is then cancelled. Any other action, and one
/// that does not fit, has the code for an operation that is not supported.
pub(crate) fn act_on_authorization(
    world: &mut State,
    caller: &Account,
    request: ActOnAuthorization,
) -> Result<Done, Refusal> {
    let now = world.now;
    let found = access(world, caller, &request.authorization_id)?;
    let (status, action) = match &request.action_id {
        Some(AuthorizationAction::Refuse) => {
            (AuthorizationStatus::Refused, LoggedAction::AuthorizationRefused)
        }
        Some(AuthorizationAction::Withdraw) => {
            (AuthorizationStatus::Cancelled, LoggedAction::AuthorizationWithdrawn)
        }
        _ => return Err(refuse(codes::AUTHORIZATION_ACTION_UNKNOWN)),
    };
    if !request.action_id.as_ref().is_some_and(|action| found.status_at(now).permits(action)) {
        return Err(refuse(codes::AUTHORIZATION_ACTION_UNKNOWN));
    }
    let ticket = found.ticket.clone();
    if let Some(access) = world.tickets.accesses.get_mut(request.authorization_id.as_str()) {
        access.decide(status);
        access.reason = request.reject_reason.clone().or(access.reason.take());
    }
    decided(world, &ticket, action, request.reject_reason, now);
    Ok(Done::default())
}

/// Held against the login of the machine itself.
pub(crate) fn check_host(world: &mut State, caller: &Account, request: CheckHost) -> Result<Done, Refusal> {
    let own = world.tickets.accesses.values().filter(|access| access.account == caller.id);
    let thing = own.flat_map(|access| &access.things).find(|one| one.id == request.authorization_detail_id);
    let machine = thing.and_then(|thing| thing.machine.as_ref());
    let machine = machine.and_then(|id| world.tickets.machines.iter().find(|one| one.id == *id));
    let machine = machine.ok_or_else(|| bad_parameter("the detail is no machine of the account"))?;
    if (machine.port, &machine.login, &machine.password)
        != (request.port, &request.account, &request.password)
    {
        return Err(refuse(codes::TICKET_LOGIN_WRONG));
    }
    Ok(Done::default())
}
