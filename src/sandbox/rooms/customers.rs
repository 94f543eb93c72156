//! Customers: checking names, verification codes, registration, the list.

use super::{Route, Simulated, resellers::given, route};
use crate::{
    customers::{
        AssociationType, Availability, CheckIdentity, CodeSent, CreateCustomer, CreatedCustomer, Customer,
        CustomerPage, CustomerTagType, CustomerType, FrozenState, IdentityCheck, IdentityType, ListCustomers,
        ListNewCustomerTags, NewCustomer, NewCustomerTag, NewCustomerTagPage, SendVerificationCode,
        VerifiedStatus,
    },
    error::codes,
    sandbox::world::{Account, AccountKind, Refusal, SandboxSite, SentCode, World, page, refuse},
    types::{CustomerId, Personal, ResellerId, UtcTime},
};

pub(super) const ROUTES: &[Route] = &[
    route::<CheckIdentity>(),
    route::<SendVerificationCode>(),
    route::<CreateCustomer>(),
    route::<ListCustomers>(),
    route::<ListNewCustomerTags>(),
];

/// How many accounts one mobile number may serve; the real figure is not documented.
const ACCOUNTS_PER_NUMBER: usize = 5;

impl Simulated for CheckIdentity {
    fn run(self, world: &mut World, _caller: &Account) -> Result<IdentityCheck, Refusal> {
        let value = self.search_value.expose();
        let uses = world.accounts.values().filter(|account| match self.search_type {
            IdentityType::LoginName => account.login.expose() == value,
            IdentityType::Mobile => {
                let number = value.split_once('-').map_or(value, |(_, number)| number);
                account.mobile_phone.as_ref().is_some_and(|phone| phone.expose() == number)
            }
            IdentityType::Email => account.email.as_ref().is_some_and(|email| email.expose() == value),
            IdentityType::Other(_) => false,
        });
        let uses = uses.count();
        let mobile = self.search_type == IdentityType::Mobile;
        let left = ACCOUNTS_PER_NUMBER.saturating_sub(uses);
        let taken = if mobile { left == 0 } else { uses > 0 };
        Ok(IdentityCheck {
            check_result: if taken { Availability::Used } else { Availability::Available },
            mobile_remain_available_num: mobile.then(|| i64::try_from(left).unwrap_or(0)),
            ..IdentityCheck::default()
        })
    }
}

impl Simulated for SendVerificationCode {
    /// The code lies in the sandbox's outbox, where a test reads it. Up to 15 an hour to one receiver; what the service
    /// counts is not documented.
    fn run(self, world: &mut World, _caller: &Account) -> Result<CodeSent, Refusal> {
        let receiver = self.mobile_phone.or(self.email).unwrap_or_default();
        let hour_ago: UtcTime = world.now.instant().saturating_sub(time::Duration::HOUR).into();
        let recent =
            world.outbox.iter().filter(|sent| sent.receiver == receiver && sent.sent > hour_ago).count();
        if recent >= 15 {
            return Err(refuse(codes::CODES_USED_UP));
        }
        let minutes = match self.timeout.unwrap_or(10) {
            long if long > 60 => 5,
            minutes => minutes,
        };
        let expires = world.now.instant().saturating_add(time::Duration::minutes(minutes.into())).into();
        let digits = world.fresh("");
        let code: String = digits.chars().skip(digits.len().saturating_sub(6)).collect();
        world.outbox.push(SentCode { receiver, code: code.into(), sent: world.now, expires });
        Ok(CodeSent::default())
    }
}

impl Simulated for CreateCustomer {
    /// The customer is made and associated at once: as resale on the China site, in the Reseller model elsewhere.
    fn run(self, world: &mut World, caller: &Account) -> Result<CreatedCustomer, Refusal> {
        let owner = world.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        if world.accounts.values().any(|account| account.xaccount_id.as_deref() == Some(&self.xaccount_id)) {
            return Err(refuse(codes::PLATFORM_USER_ID_USED));
        }
        let contact =
            self.mobile_phone.as_ref().or(self.email.as_ref()).filter(|contact| !contact.is_empty());
        if let Some(contact) = contact {
            let sent = world.outbox.iter().rev().find(|sent| sent.receiver == *contact);
            let sent = sent.filter(|sent| self.verification_code.as_ref() == Some(&sent.code));
            match sent {
                None => return Err(refuse(codes::CODE_WRONG)),
                Some(sent) if sent.expires <= world.now => return Err(refuse(codes::CODE_EXPIRED)),
                Some(_) => {}
            }
        }
        let id = world.fresh("sandbox-customer-");
        let login =
            self.domain_name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.replace('-', "_").into());
        if world.accounts.values().any(|account| account.login == login) {
            return Err(refuse(codes::LOGIN_NAME_TAKEN));
        }
        let resale = if caller.site == SandboxSite::China {
            AssociationType::Resale
        } else {
            AssociationType::ResellerModel
        };
        let customer = Account {
            id: id.clone(),
            kind: AccountKind::Customer,
            site: caller.site,
            name: Personal::default(),
            login: login.clone(),
            access_key: format!("AK{}", id.to_uppercase()),
            secret_key: format!("SK{}", id.to_uppercase()).into(),
            associated_with: Some(owner),
            associated_on: Some(world.now),
            association_type: Some(resale.to_string()),
            mobile_phone: self.mobile_phone,
            email: self.email,
            xaccount_id: Some(self.xaccount_id),
            xaccount_type: Some(self.xaccount_type),
        };
        world.accounts.insert(id.clone(), customer);
        Ok(CreatedCustomer { domain_id: id.into(), domain_name: login })
    }
}

impl Simulated for ListCustomers {
    fn run(self, world: &mut World, caller: &Account) -> Result<CustomerPage, Refusal> {
        let owner = world.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let text =
            |filter: &Option<Personal>| given(filter.as_ref().map(Personal::expose)).map(str::to_owned);
        let (login, name, label) = (text(&self.account_name), text(&self.customer), text(&self.label));
        let wanted = customers(world, &owner).filter(|account| {
            given(self.customer_id.as_ref().map(CustomerId::as_str)).is_none_or(|id| account.id == id)
                && login.as_deref().is_none_or(|login| account.login.expose() == login)
                && name.as_deref().is_none_or(|name| account.name.expose().contains(name))
                && label.is_none()
                && self
                    .association_type
                    .as_ref()
                    .is_none_or(|kind| account.association_type.as_deref() == Some(kind.as_str()))
                && self.associated_on_begin.is_none_or(|begin| account.associated_on >= Some(begin))
                && self.associated_on_end.is_none_or(|end| account.associated_on <= Some(end))
        });
        let (count, customer_infos) = page(wanted, self.offset, self.limit, listed);
        Ok(CustomerPage { customer_infos, count })
    }
}

impl Simulated for ListNewCustomerTags {
    /// No customer here is authenticated, so no tag is decided.
    fn run(self, world: &mut World, caller: &Account) -> Result<NewCustomerTagPage, Refusal> {
        let owner = world.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let ids = self.customer_ids.unwrap_or_default();
        let wanted = customers(world, &owner)
            .filter(|account| ids.is_empty() || ids.iter().any(|id| account.id == id.as_str()));
        let (_, new_customer_tags) = page(wanted, self.offset, self.limit, |account| NewCustomerTag {
            customer_id: account.id.as_str().into(),
            customer_tag_type: Some(CustomerTagType::SmallBusiness),
            new_customer_tag: Some(NewCustomer::Undetermined),
            ..NewCustomerTag::default()
        });
        Ok(NewCustomerTagPage { new_customer_tags })
    }
}

/// The customers of a partner or reseller in the order of their ids.
fn customers<'w>(world: &'w World, owner: &str) -> impl Iterator<Item = &'w Account> {
    world.accounts.values().filter(move |account| {
        matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster)
            && account.associated_with.as_deref() == Some(owner)
    })
}

fn listed(account: &Account) -> Customer {
    Customer {
        customer: Some(account.name.clone()).filter(|name| !name.is_empty()),
        account_name: account.login.clone(),
        customer_id: account.id.as_str().into(),
        associated_on: account.associated_on,
        association_type: account.association_type.as_deref().map(Into::into),
        telephone: account.mobile_phone.clone(),
        country_code: account.mobile_phone.as_ref().map(|_| "0086".to_owned()),
        verified_status: Some(VerifiedStatus::None),
        customer_type: Some(CustomerType::Undecided),
        is_frozen: Some(FrozenState::Active),
        xaccount_id: account.xaccount_id.clone(),
        xaccount_type: account.xaccount_type.clone(),
        email: account.email.clone(),
        ..Customer::default()
    }
}
