//! Contacts and the codes that verify them.

use super::local;
use crate::{
    core::{Account, Refusal, page},
    handler::{Simulated, non_empty},
    slices::tickets::{lifecycle::is_registered, verification},
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        CheckContact, ContactCheck, Done, Flag, ListVerifiedContacts, SendContactCode, VerifiedContact,
        VerifiedContactPage, VerifyContact,
    },
    types::{CustomerId, Personal},
};

impl Simulated for CheckContact {
    /// None for the account's own contacts, and for one that was verified less than a day ago.
    fn run(self, world: &mut State, caller: &Account) -> Result<ContactCheck, Refusal> {
        let profile = world.tickets.profile(caller);
        let verified = profile.verified_at(world.now, self.contact_way, &self.contact_value);
        let needed = verified.is_none() && !is_registered(caller, &self.contact_value);
        Ok(fill!(ContactCheck {
            need_verify_code: if needed { Some(Flag::Yes) } else { Some(Flag::No) },
            expire_time: verified.and_then(|verified| local(verified.expires, self.time_zone)),
        }))
    }
}

impl Simulated for SendContactCode {
    fn run(self, world: &mut State, _caller: &Account) -> Result<Done, Refusal> {
        verification::send_contact_code(world, self)
    }
}

impl Simulated for VerifyContact {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        verification::verify_contact(world, caller, self)
    }
}

impl Simulated for ListVerifiedContacts {
    /// Lists contacts whose verification is still valid, the latest first. Without an offset the first row is
    /// skipped, as documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<VerifiedContactPage, Refusal> {
        let profile = world.tickets.profile(caller);
        let account = non_empty(self.customer_id.as_ref().map(CustomerId::as_str));
        let user = non_empty(self.sub_customer_id.as_deref());
        let id = non_empty(self.verified_id.as_deref());
        let value = non_empty(self.contact_value.as_ref().map(Personal::expose));
        let area = non_empty(self.area_code.as_deref());
        let wanted = profile.verified.iter().rev().filter(|one| {
            world.now < one.expires
                && account.is_none_or(|account| account == caller.id)
                && user.is_none_or(|user| user == caller.id)
                && self.contact_way.is_none_or(|way| one.way == way)
                && self.expired_time.is_none_or(|time| {
                    local(one.expires, self.time_zone).is_some_and(|own| own.to_string() == time.to_string())
                })
                && id.is_none_or(|id| one.id == id)
                && value.is_none_or(|value| one.value.expose() == value)
                && area.is_none_or(|area| one.area_code.as_deref() == Some(area))
        });
        let offset = self.offset.or(Some(1));
        let (count, contact_list) = page(wanted, offset, self.limit, |one| {
            fill!(VerifiedContact {
                contact_way: Some(one.way),
                contact_value: Some(one.value.clone()),
                area_code: one.area_code.clone(),
                verified_id: Some(one.id.clone()),
            })
        });
        Ok(fill!(VerifiedContactPage { count, contact_list }))
    }
}
