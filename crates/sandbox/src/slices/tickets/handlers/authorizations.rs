//! Access that engineers ask for.

use super::{has, local, no, wrong};
use crate::{
    core::{Account, Refusal, page},
    handler::{Simulated, given},
    slices::tickets::access::{Access, Thing},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    tickets::{
        ActOnAuthorization, Agencies, AuthorizationAction, AuthorizationDetail, AuthorizationId,
        AuthorizationPage, AuthorizationStatus, AuthorizedKind, AuthorizedThing, CheckHost, Done,
        GrantAuthorization, GrantedLogin, ListAgencies, ListAuthorizations, LoggedAction, ShowAuthorization,
        SupportAgency, TicketAuthorization, TicketId,
    },
    types::{Language, Personal, UtcTime},
};

/// An authorization on a ticket of the caller.
pub(crate) fn access<'w>(
    world: &'w State,
    caller: &Account,
    id: &AuthorizationId,
) -> Result<&'w Access, Refusal> {
    let access = world.tickets.accesses.get(id.as_str());
    access.filter(|access| access.account == caller.id).ok_or_else(|| wrong("there is no such authorization"))
}

/// Codes and names of what is accessed and how. Of the codes only those of the console are known, from a sample.
struct Kind {
    resource: Option<&'static str>,
    resource_name: &'static str,
    visit: Option<&'static str>,
    visit_name: &'static str,
}

fn kind(access: &Access, language: Option<&Language>) -> Kind {
    let chinese = matches!(language, None | Some(Language::Chinese));
    match (access.is_console(), chinese) {
        (true, true) => Kind {
            resource: Some("2"),
            resource_name: "华为云账号",
            visit: Some("4"),
            visit_name: "控制台登录",
        },
        (true, false) => Kind {
            resource: Some("2"),
            resource_name: "Huawei Cloud account",
            visit: Some("4"),
            visit_name: "Console login",
        },
        (false, true) => Kind { resource: None, resource_name: "服务器", visit: None, visit_name: "SSH" },
        (false, false) => Kind { resource: None, resource_name: "Server", visit: None, visit_name: "SSH" },
    }
}

impl Simulated for ListAuthorizations {
    /// The latest first.
    fn run(self, world: &mut State, caller: &Account) -> Result<AuthorizationPage, Refusal> {
        let now = world.now;
        let name = given(self.sub_customer_name.as_ref().map(Personal::expose));
        let ticket = given(self.incident_id.as_ref().map(TicketId::as_str));
        let words = given(self.simple_description.as_ref().map(Personal::expose));
        let description =
            |access: &Access| world.tickets.tickets.get(&access.ticket).map(|ticket| &ticket.description);
        let wanted = world.tickets.accesses.values().rev().filter(|access| {
            access.account == caller.id
                && name.is_none_or(|name| name == caller.login.expose())
                && ticket.is_none_or(|ticket| access.ticket == ticket)
                && self.status.is_none_or(|status| access.status_at(now) == status)
                && words.is_none_or(|word| description(access).is_some_and(|text| has(text.expose(), word)))
        });
        let (count, incident_auth_list) = page(wanted, self.offset, self.limit, |access| {
            let kind = kind(access, self.language.as_ref());
            fill!(TicketAuthorization {
                id: access.id.as_str().into(),
                status: Some(access.status_at(now)),
                incident_id: access.ticket.as_str().into(),
                simple_description: description(access).cloned(),
                auth_describe: Some(access.purpose.clone()),
                resource_type_id: kind.resource.map(str::to_owned),
                resource_type_name: Some(kind.resource_name.to_owned()),
                visit_type_id: kind.visit.map(str::to_owned),
                visit_type_name: Some(kind.visit_name.to_owned()),
                create_time: local(access.asked, self.time_zone),
                auth_effective_time: access.from.and_then(|at| local(at, self.time_zone)),
                auth_expire_time: access.until.and_then(|at| local(at, self.time_zone)),
                reject_reason: access.reason.clone(),
                customer_id: Some(caller.id.as_str().into()),
                x_customer_id: Some(caller.id.clone()),
                xcustomer_name: Some(caller.login.clone()),
                content_of_auth_letter: None,
            })
        });
        Ok(fill!(AuthorizationPage { count, incident_auth_list }))
    }
}

impl Simulated for ShowAuthorization {
    fn run(self, world: &mut State, caller: &Account) -> Result<AuthorizationDetail, Refusal> {
        let access = access(world, caller, &self.authorization_id)?;
        let kind = kind(access, self.language.as_ref());
        let agencies = world.tickets.desk(caller).agencies;
        let agency = agencies.into_iter().find(|agency| Some(&agency.id) == access.agency.as_ref());
        let thing = |thing: &Thing| {
            fill!(AuthorizedThing {
                id: thing.id,
                port: thing.port,
                account: thing.login.clone(),
                kind: Some(match thing.machine {
                    Some(_) => AuthorizedKind::Host,
                    None => AuthorizedKind::Console,
                }),
                instance_id: thing.machine.clone(),
                instance_name: thing.name.clone(),
                region_id: thing.region.clone(),
            })
        };
        Ok(fill!(AuthorizationDetail {
            id: access.id.as_str().into(),
            status: Some(access.status_at(world.now)),
            incident_id: access.ticket.as_str().into(),
            simple_description: world.tickets.tickets.get(&access.ticket).map(|one| one.description.clone()),
            resource_type_id: kind.resource.map(str::to_owned),
            resource_type_name: Some(kind.resource_name.to_owned()),
            visit_type_id: kind.visit.map(str::to_owned),
            visit_type_name: Some(kind.visit_name.to_owned()),
            auth_effective_time: access.from.and_then(|at| local(at, self.time_zone)),
            auth_expire_time: access.until.and_then(|at| local(at, self.time_zone)),
            reject_reason: access.reason.clone(),
            incident_auth_detail_list: access.things.iter().map(thing).collect(),
            xcustomer_name: Some(caller.login.clone()),
            auth_handler_name: access.decided.then(|| caller.login.clone()),
            agency_name: agency.map(|agency| agency.name),
            auth_describe: Some(access.purpose.clone()),
            content_type_id: None,
            content_type_name: None,
        }))
    }
}

impl Simulated for GrantAuthorization {
    /// Only what waits for the customer; else the code for an operation that is not supported. Each machine needs login name
    /// and password, or the whole an agency of the account; the console always needs an agency. The times count
    /// milliseconds since 1970. Without them access holds from now on and does not expire by itself.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let now = world.now;
        let found = access(world, caller, &self.authorization_id)?;
        if found.status_at(now) != AuthorizationStatus::Pending {
            return Err(no(codes::AUTHORIZATION_ACTION_UNKNOWN));
        }
        let agency = given(self.agency_id.as_deref()).map(str::to_owned);
        let logins = self.auth_detail_list.unwrap_or_default();
        if logins.iter().any(|login| found.things.iter().all(|thing| thing.id != login.auth_detail_id)) {
            return Err(wrong("the authorization has no such detail"));
        }
        match &agency {
            Some(id) if world.tickets.desk(caller).agencies.iter().all(|agency| agency.id != *id) => {
                return Err(wrong("there is no such agency"));
            }
            Some(_) => {}
            None => {
                let is_given = |thing: &Thing| {
                    let login = logins.iter().find(|login| login.auth_detail_id == thing.id);
                    thing.machine.is_some() && login.is_some_and(is_whole)
                };
                if !found.things.iter().all(is_given) {
                    return Err(wrong(
                        "each machine needs a login and a password, or there must be an agency",
                    ));
                }
            }
        }
        let instant = |milliseconds: i64| {
            let at = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000);
            at.map(UtcTime::from).map_err(|_| wrong("the time must count milliseconds since 1970"))
        };
        let from = self.auth_effective_time.map(instant).transpose()?;
        let until = self.auth_expire_time.map(instant).transpose()?;
        if until.is_some_and(|until| until <= now) {
            return Err(wrong("auth_expire_time must be in the future"));
        }
        let ticket = found.ticket.clone();
        if let Some(access) = world.tickets.accesses.get_mut(self.authorization_id.as_str()) {
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
}

fn is_whole(login: &GrantedLogin) -> bool {
    login.account.as_ref().is_some_and(|account| !account.is_empty())
        && login.password.as_ref().is_some_and(|password| !password.is_empty())
}

/// The ticket's log tells, and an engineer who waited goes on.
fn decided(world: &mut State, ticket: &str, action: LoggedAction, why: Option<String>, now: UtcTime) {
    world.tickets.change(ticket, |tickets, ticket| {
        tickets.note(ticket, action, why, now);
        tickets.go_on(ticket, now);
    });
}

impl Simulated for ActOnAuthorization {
    /// Refuses waiting access or withdraws granted access, which is then cancelled. Any other action, and one
    /// that does not fit, has the code for an operation that is not supported.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let now = world.now;
        let found = access(world, caller, &self.authorization_id)?;
        let (status, action) = match &self.action_id {
            Some(AuthorizationAction::Refuse) => {
                (AuthorizationStatus::Refused, LoggedAction::AuthorizationRefused)
            }
            Some(AuthorizationAction::Withdraw) => {
                (AuthorizationStatus::Cancelled, LoggedAction::AuthorizationWithdrawn)
            }
            _ => return Err(no(codes::AUTHORIZATION_ACTION_UNKNOWN)),
        };
        if !self.action_id.as_ref().is_some_and(|action| found.status_at(now).permits(action)) {
            return Err(no(codes::AUTHORIZATION_ACTION_UNKNOWN));
        }
        let ticket = found.ticket.clone();
        if let Some(access) = world.tickets.accesses.get_mut(self.authorization_id.as_str()) {
            access.decide(status);
            access.reason = self.reject_reason.clone().or(access.reason.take());
        }
        decided(world, &ticket, action, self.reject_reason, now);
        Ok(Done::default())
    }
}

impl Simulated for CheckHost {
    /// Held against the login of the machine itself.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let own = world.tickets.accesses.values().filter(|access| access.account == caller.id);
        let thing = own.flat_map(|access| &access.things).find(|one| one.id == self.authorization_detail_id);
        let machine = thing.and_then(|thing| thing.machine.as_ref());
        let machine = machine.and_then(|id| world.tickets.machines.iter().find(|one| one.id == *id));
        let machine = machine.ok_or_else(|| wrong("the detail is no machine of the account"))?;
        if (machine.port, &machine.login, &machine.password) != (self.port, &self.account, &self.password) {
            return Err(no(codes::TICKET_LOGIN_WRONG));
        }
        Ok(Done::default())
    }
}

impl Simulated for ListAgencies {
    /// Lists the agencies that were added to the sandbox; they never expire.
    fn run(self, world: &mut State, caller: &Account) -> Result<Agencies, Refusal> {
        let agencies = world.tickets.desk(caller).agencies;
        let agency_list: Vec<SupportAgency> = agencies
            .into_iter()
            .map(|agency| {
                fill!(SupportAgency {
                    id: agency.id,
                    name: Some(agency.name),
                    duration: Some("FOREVER".to_owned()),
                    trust_domain_name: Some(caller.login.clone()),
                    trust_domain_id: Some(caller.id.clone()),
                    create_time: local(agency.created, self.time_zone).map(|at| at.to_string()),
                    expire_time: None,
                })
            })
            .collect();
        Ok(fill!(Agencies { total_count: Some(agency_list.len() as u64), agency_list }))
    }
}
