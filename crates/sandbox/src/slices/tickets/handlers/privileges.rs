//! Privileges of users and their limits.

use crate::{
    core::{Account, Refusal},
    handler::{Simulated, non_empty},
    slices::tickets::{
        offering::USER_CENTRE,
        privileges::{self, left, monthly},
        profile::User as Known,
        refusal::{bad_parameter, refuse},
    },
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    tickets::{
        ChangePrivilege, CheckPartnerPrivilege, CheckPrivilege, Done, Flag, ListUsers, PartnerPrivilegeCheck,
        PartnerService, PrivilegeCheck, PrivilegePolicy, ShowPartnerService, ShowPrivilegePolicy,
        ShowTicketQuota, ShownPartnerService, TicketQuota, User, Users,
    },
    types::Personal,
};

impl Simulated for ChangePrivilege {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        privileges::change_privilege(world, caller, self)
    }
}

impl Simulated for CheckPrivilege {
    fn run(self, world: &mut State, caller: &Account) -> Result<PrivilegeCheck, Refusal> {
        if !self.privilege.is_known() {
            return Err(bad_parameter("there is no such privilege"));
        }
        let has = world.tickets.profile(caller).has(&self.privilege);
        Ok(fill!(PrivilegeCheck { has_privilege: if has { Some(Flag::Yes) } else { Some(Flag::No) } }))
    }
}

impl Simulated for ShowPrivilegePolicy {
    fn run(self, world: &mut State, caller: &Account) -> Result<PrivilegePolicy, Refusal> {
        Ok(fill!(PrivilegePolicy { policy_switch: Some(world.tickets.profile(caller).policy) }))
    }
}

impl Simulated for ShowTicketQuota {
    /// One quota for tickets of all kinds: 30 a month for partners, by the standard partner plan, and none for customers
    /// unless the world says otherwise.
    fn run(self, world: &mut State, caller: &Account) -> Result<TicketQuota, Refusal> {
        let product = non_empty(self.product_category_id.as_deref()).unwrap_or(USER_CENTRE);
        let problem = world.tickets.offering().problem(&self.business_type_id);
        if problem.is_none_or(|problem| problem.product != product) {
            return Err(bad_parameter("the product does not have this problem"));
        }
        Ok(fill!(TicketQuota { total: Some(monthly(world, caller)), un_used: Some(left(world, caller)) }))
    }
}

impl Simulated for CheckPartnerPrivilege {
    fn run(self, world: &mut State, caller: &Account) -> Result<PartnerPrivilegeCheck, Refusal> {
        Ok(fill!(PartnerPrivilegeCheck {
            has_privilege: Some(world.tickets.profile(caller).service.handles_tickets)
        }))
    }
}

impl Simulated for ShowPartnerService {
    /// Of the partner or reseller that the customer is associated with. No vendor's product is known.
    fn run(self, world: &mut State, caller: &Account) -> Result<ShownPartnerService, Refusal> {
        if non_empty(self.product_id.as_deref()).is_some() {
            return Err(refuse(codes::TICKET_PARTNER_NOT_FOUND));
        }
        let partner = caller.associated_with.as_ref().and_then(|id| world.accounts.get(id));
        let partner = partner.ok_or_else(|| refuse(codes::CUSTOMER_WITHOUT_PARTNER))?;
        let service = world.tickets.profile(partner).service;
        Ok(fill!(ShownPartnerService {
            partners_service_info: vec![fill!(PartnerService {
                customer_id: Some(partner.id.as_str().into()),
                customer_name: Some(partner.name.clone()),
                service_time_zone: service.zone,
                service_time_day: service.days,
                service_time_hour: service.hours,
            })],
        }))
    }
}

impl Simulated for ListUsers {
    /// The IAM users that were added to the world. Of names and contacts the first and the last letter are shown.
    fn run(self, world: &mut State, caller: &Account) -> Result<Users, Refusal> {
        let name = non_empty(self.sub_customer_name.as_ref().map(Personal::expose));
        let id = non_empty(self.sub_customer_id.as_deref());
        let wanted = |user: &Known| {
            name.is_none_or(|name| user.name.expose() == name) && id.is_none_or(|id| user.id == id)
        };
        let users = world.tickets.profile(caller).users.into_iter().filter(wanted).map(|user| {
            fill!(User {
                customer_id: user.id,
                domain_id: Some(caller.id.as_str().into()),
                customer_name: Some(masked(&user.name)),
                mobile: user.mobile.as_ref().map(masked),
                email: user.email.as_ref().map(masked),
                area_code: user.area_code,
            })
        });
        Ok(fill!(Users { sub_customer_infos: users.collect() }))
    }
}

fn masked(text: &Personal) -> Personal {
    let letters: Vec<char> = text.expose().chars().collect();
    match &*letters {
        [first, .., last] => format!("{first}****{last}").into(),
        _ => "****".into(),
    }
}
