//! Customers: checking names, verification codes, registration, the list, what they use.

use crate::{
    core::{Account, AccountKind, Refusal, page, refuse},
    handler::{Route, Simulated, non_empty, route},
    slices::customers::registration::{self, ACCOUNTS_PER_NUMBER},
    state::State,
};
use huaweicloud_partner::{
    customers::{
        AccountManager, Availability, CheckIdentity, CodeSent, CreateCustomer, CreatedCustomer, Customer,
        CustomerPage, CustomerTagType, CustomerType, FrozenState, IdentityCheck, IdentityType, ListCustomers,
        ListNewCustomerTags, NewCustomer, NewCustomerTag, NewCustomerTagPage, SendVerificationCode,
        VerifiedType,
    },
    error::{ErrorCode, codes},
    fill,
    types::{BillCycle, CustomerId, Personal, ResellerId},
};

pub(crate) const ROUTES: &[Route] = &[
    route::<CheckIdentity>(),
    route::<SendVerificationCode>(),
    route::<CreateCustomer>(),
    route::<ListCustomers>(),
    route::<ListNewCustomerTags>(),
];

impl Simulated for CheckIdentity {
    fn run(self, world: &mut State, _caller: &Account) -> Result<IdentityCheck, Refusal> {
        let value = self.search_value.expose();
        let uses = world.accounts.values().filter(|account| match self.search_type {
            IdentityType::LoginName => account.login.expose() == value,
            IdentityType::Mobile => {
                let number = value.split_once('-').map_or(value, |(_, number)| number);
                account.mobile_phone.as_ref().is_some_and(|phone| phone.expose() == number)
            }
            IdentityType::Email => account.email.as_ref().is_some_and(|email| email.expose() == value),
            _ => false,
        });
        let uses = uses.count();
        let mobile = self.search_type == IdentityType::Mobile;
        let left = ACCOUNTS_PER_NUMBER.saturating_sub(uses);
        let taken = if mobile { left == 0 } else { uses > 0 };
        Ok(fill!(IdentityCheck {
            check_result: Some(if taken { Availability::Used } else { Availability::Available }),
            mobile_remain_available_num: mobile.then(|| i64::try_from(left).unwrap_or(0)),
            ..IdentityCheck::default()
        }))
    }
}

impl Simulated for SendVerificationCode {
    fn run(self, world: &mut State, _caller: &Account) -> Result<CodeSent, Refusal> {
        registration::send_verification_code(world, self)
    }
}

impl Simulated for CreateCustomer {
    fn prepare(&mut self) -> Result<(), Refusal> {
        let number = self.mobile_phone.as_ref().map(Personal::expose).unwrap_or_default();
        let chinese =
            number.len() == 11 && number.starts_with('1') && number.bytes().all(|it| it.is_ascii_digit());
        if number.is_empty() || chinese { Ok(()) } else { Err(refuse(codes::MOBILE_MALFORMED)) }
    }

    fn code_of(field: &str) -> Option<ErrorCode> {
        match field {
            "domain_name" => Some(codes::LOGIN_NAME_MALFORMED),
            "mobile_phone" => Some(codes::MOBILE_MALFORMED),
            "password" => Some(codes::PASSWORD_MALFORMED),
            "verification_code" => Some(codes::SENT_CODE_WRONG),
            _ => None,
        }
    }

    fn run(self, world: &mut State, caller: &Account) -> Result<CreatedCustomer, Refusal> {
        registration::create_customer(world, caller, self)
    }
}

impl Simulated for ListCustomers {
    fn run(self, world: &mut State, caller: &Account) -> Result<CustomerPage, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let text =
            |filter: &Option<Personal>| non_empty(filter.as_ref().map(Personal::expose)).map(str::to_owned);
        let (login, name, label) = (text(&self.account_name), text(&self.customer), text(&self.label));
        let wanted = customers(world, &owner).filter(|account| {
            non_empty(self.customer_id.as_ref().map(CustomerId::as_str)).is_none_or(|id| account.id == id)
                && login.as_deref().is_none_or(|login| account.login.expose().contains(login))
                && name.as_deref().is_none_or(|name| shown_name(world, account).expose().contains(name))
                && label.as_deref().is_none_or(|label| {
                    let own = world.customers.profile(&account.id).and_then(|it| it.label.as_ref());
                    own.is_some_and(|own| own.expose().contains(label))
                })
                && self
                    .association_type
                    .as_ref()
                    .is_none_or(|kind| account.association_type.as_deref() == Some(kind.as_str()))
                && self.associated_on_begin.is_none_or(|begin| account.associated_on >= Some(begin))
                && self.associated_on_end.is_none_or(|end| account.associated_on <= Some(end))
        });
        let (count, customer_infos) = page(wanted, self.offset, self.limit, |account| listed(world, account));
        Ok(fill!(CustomerPage { customer_infos, count }))
    }
}

impl Simulated for ListNewCustomerTags {
    /// A customer that is not authenticated has no tag. How much one must spend to count as new is not documented: the
    /// tag of the others is open until the event `set_profile` sets it.
    fn run(self, world: &mut State, caller: &Account) -> Result<NewCustomerTagPage, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let ids = self.customer_ids.unwrap_or_default();
        let wanted = customers(world, &owner)
            .filter(|account| ids.is_empty() || ids.iter().any(|id| account.id == id.as_str()));
        let (_, new_customer_tags) = page(wanted, self.offset, self.limit, |account| {
            fill!(NewCustomerTag {
                customer_id: account.id.as_str().into(),
                customer_tag_type: Some(CustomerTagType::SmallBusiness),
                ..tag(world, &account.id)
            })
        });
        Ok(fill!(NewCustomerTagPage { new_customer_tags }))
    }
}

/// The tag of a customer, which ends with the month that was set.
fn tag(world: &State, customer: &str) -> NewCustomerTag {
    if world.standing(customer).verified.is_none() {
        return NewCustomerTag::default();
    }
    let set = world.customers.profile(customer);
    let expire_time = set.and_then(|profile| profile.new_customer_until);
    let over = expire_time.is_some_and(|end| end < BillCycle::containing(world.now));
    let profiled = set.and_then(|profile| profile.new_customer.clone()).unwrap_or(NewCustomer::Undetermined);
    fill!(NewCustomerTag {
        new_customer_tag: Some(if over { NewCustomer::No } else { profiled }),
        effective_time: set.and_then(|profile| profile.new_customer_from),
        expire_time,
        ..NewCustomerTag::default()
    })
}

/// The customers of a partner or reseller in the order of their ids.
fn customers<'w>(world: &'w State, owner: &str) -> impl Iterator<Item = &'w Account> {
    world.accounts.values().filter(move |account| {
        matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster)
            && account.associated_with.as_deref() == Some(owner)
    })
}

/// The name that was authenticated, else the one that the seed gave.
fn shown_name<'w>(world: &'w State, account: &'w Account) -> &'w Personal {
    world.standing(&account.id).verified.map_or(&account.name, |(_, name)| name)
}

fn listed(world: &State, account: &Account) -> Customer {
    let standing = world.standing(&account.id);
    let profile = world.customers.profile(&account.id);
    let manager = profile.and_then(|profile| profile.manager_name.clone());
    fill!(Customer {
        customer: Some(shown_name(world, account).clone()).filter(|name| !name.is_empty()),
        account_name: account.login.clone(),
        customer_id: account.id.as_str().into(),
        associated_on: account.associated_on,
        association_type: account.association_type.as_deref().map(Into::into),
        telephone: account.mobile_phone.clone(),
        country_code: account.mobile_phone.as_ref().map(|_| "0086".to_owned()),
        verified_status: Some(standing.state.code().to_string().as_str().into()),
        customer_type: Some(match standing.verified {
            Some((VerifiedType::Person, _)) => CustomerType::Person,
            Some((VerifiedType::Enterprise, _)) => CustomerType::Enterprise,
            _ => CustomerType::Undecided,
        }),
        is_frozen: Some(match world.freeze_of(&account.id) {
            None => FrozenState::Active,
            // The only code of the international site for a frozen customer.
            Some(_) => FrozenState::Account,
        }),
        xaccount_id: account.xaccount_id.clone(),
        xaccount_type: account.xaccount_type.clone(),
        email: account.email.clone(),
        label: profile.and_then(|profile| profile.label.clone()),
        customer_level: profile.and_then(|profile| profile.level.clone()),
        account_managers: manager
            .map(|name| fill!(AccountManager { account_name: Some(name) }))
            .into_iter()
            .collect(),
        ..Customer::default()
    })
}
