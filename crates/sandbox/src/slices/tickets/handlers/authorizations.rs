//! Access that engineers ask for.

use super::{has, local};
use crate::{
    core::{Account, Refusal, page},
    handler::{Simulated, non_empty},
    slices::tickets::{
        access::{Access, Thing},
        authorizations::{self, access},
    },
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        ActOnAuthorization, Agencies, AuthorizationDetail, AuthorizationPage, AuthorizedKind,
        AuthorizedThing, CheckHost, Done, GrantAuthorization, ListAgencies, ListAuthorizations, LoginType,
        ShowAuthorization, ShowLoginType, SupportAgency, TicketAuthorization, TicketId,
    },
    types::{Language, Personal},
};

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
        let name = non_empty(self.sub_customer_name.as_ref().map(Personal::expose));
        let ticket = non_empty(self.incident_id.as_ref().map(TicketId::as_str));
        let words = non_empty(self.simple_description.as_ref().map(Personal::expose));
        let description =
            |access: &Access| world.tickets.ticket(&access.ticket).map(|ticket| &ticket.description);
        let wanted = world.tickets.accesses().rev().filter(|access| {
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
        let agencies = world.tickets.profile(caller).agencies;
        let agency = agencies.into_iter().find(|agency| Some(&agency.id) == access.agency.as_ref());
        let thing = |thing: &Thing| {
            fill!(AuthorizedThing {
                id: Some(thing.id),
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
            simple_description: world.tickets.ticket(&access.ticket).map(|one| one.description.clone()),
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
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        authorizations::grant_authorization(world, caller, self)
    }
}

impl Simulated for ActOnAuthorization {
    const OPEN_FIELDS: &'static [&'static str] = &["action_id"];

    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        authorizations::act_on_authorization(world, caller, self)
    }
}

impl Simulated for CheckHost {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        authorizations::check_host(world, caller, self)
    }
}

impl Simulated for ShowLoginType {
    /// Returns the text that the event `set_login_type` gave, and none without one: the values are not documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<LoginType, Refusal> {
        Ok(fill!(LoginType { login_type: world.tickets.profile(caller).login_type }))
    }
}

impl Simulated for ListAgencies {
    /// Lists the agencies that were added to the sandbox; they never expire.
    fn run(self, world: &mut State, caller: &Account) -> Result<Agencies, Refusal> {
        let agencies = world.tickets.profile(caller).agencies;
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
