//! Contacts and the codes that verify them.

use time::Duration;

use super::{lifecycle::is_registered, local, no};
use crate::{
    core::{Account, Refusal, page},
    handler::{Simulated, given},
    slices::tickets::desk::VerifiedNumber,
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    tickets::{
        CheckContact, ContactCheck, Done, Flag, ListVerifiedContacts, SendContactCode, VerifiedContact,
        VerifiedContactPage, VerifyContact,
    },
    types::{CustomerId, Personal},
};

/// Validity of a code and of a verification. Neither is documented.
const CODE_LASTS: Duration = Duration::minutes(10);

const VERIFICATION_LASTS: Duration = Duration::days(1);

impl Simulated for CheckContact {
    /// None for the account's own contacts, and for one that was verified less than a day ago.
    fn run(self, world: &mut State, caller: &Account) -> Result<ContactCheck, Refusal> {
        let desk = world.tickets.desk(caller);
        let verified = desk.verified_at(world.now, self.contact_way, &self.contact_value);
        let needed = verified.is_none() && !is_registered(caller, &self.contact_value);
        Ok(fill!(ContactCheck {
            need_verify_code: if needed { Some(Flag::Yes) } else { Some(Flag::No) },
            expire_time: verified.and_then(|verified| local(verified.expires, self.time_zone)),
        }))
    }
}

impl Simulated for SendContactCode {
    /// Puts the code into the sandbox's outbox, where a test reads it; it is valid for ten minutes.
    fn run(self, world: &mut State, _caller: &Account) -> Result<Done, Refusal> {
        let number = world.tickets.number();
        // As many codes as there are numbers of six digits, no two alike for long.
        let code = format!("{:06}", number.wrapping_mul(7919).rem_euclid(1_000_000));
        let expires = world.now.instant().saturating_add(CODE_LASTS).into();
        world.identity.send_code(self.contact_value, code, world.now, expires);
        Ok(Done::default())
    }
}

impl Simulated for VerifyContact {
    /// Accepts the latest code only, and only once. The verification counts for the caller.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let now = world.now;
        let latest = world.identity.last_code(self.contact_value.expose());
        let good = latest.is_some_and(|sent| sent.code == self.verify_code && now < sent.expires);
        if !good {
            return Err(no(codes::VERIFICATION_FAILED));
        }
        world.identity.spend_code(&self.contact_value, now);
        let verified = VerifiedNumber {
            id: world.tickets.fresh("VC"),
            way: self.contact_way,
            value: self.contact_value,
            area_code: self.area_code,
            expires: now.instant().saturating_add(VERIFICATION_LASTS).into(),
        };
        world.tickets.desk_mut(&caller.id).verified.push(verified);
        Ok(Done::default())
    }
}

impl Simulated for ListVerifiedContacts {
    /// Lists contacts whose verification is still valid, the latest first. Without an offset the first row is
    /// skipped, as documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<VerifiedContactPage, Refusal> {
        let desk = world.tickets.desk(caller);
        let account = given(self.customer_id.as_ref().map(CustomerId::as_str));
        let user = given(self.sub_customer_id.as_deref());
        let id = given(self.verified_id.as_deref());
        let value = given(self.contact_value.as_ref().map(Personal::expose));
        let area = given(self.area_code.as_deref());
        let wanted = desk.verified.iter().rev().filter(|one| {
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
