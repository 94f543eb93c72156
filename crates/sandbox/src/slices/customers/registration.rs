//! Registration of customers.

use http::StatusCode;

use super::budgets::Frozen;
use crate::{
    core::{Account, AccountKind, Refusal, refuse, refuse_with},
    state::State,
};
use huaweicloud_partner::{
    customers::{
        AssociationType, CodeSent, CooperationType, CreateCustomer, CreatedCustomer, FreezeScope,
        SendVerificationCode,
    },
    error::{ApiError, codes},
    fill,
    types::{Personal, ResellerId, Site, UtcTime},
};

/// Number of accounts that one mobile number may serve; the real figure is not documented.
pub(crate) const ACCOUNTS_PER_NUMBER: usize = 5;

/// The customer is made and associated at once: as resale on the China site unless referral is asked for,
/// in the Reseller model elsewhere. There it starts frozen.
pub(crate) fn create_customer(
    world: &mut State,
    caller: &Account,
    request: CreateCustomer,
) -> Result<CreatedCustomer, Refusal> {
    let owner =
        world.accounts.acting_for(caller, request.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
    world.may_create_customers(&caller.id, &owner)?;
    world.is_no_lead(request.mobile_phone.as_ref())?;
    world.is_no_lead(request.email.as_ref())?;
    if world.accounts.values().any(|account| account.xaccount_id.as_deref() == Some(&request.xaccount_id)) {
        return Err(refuse(codes::PLATFORM_USER_ID_USED));
    }
    let contact =
        request.mobile_phone.as_ref().or(request.email.as_ref()).filter(|contact| !contact.is_empty());
    let numbers = world.accounts.values().filter(|account| {
        request
            .mobile_phone
            .as_ref()
            .is_some_and(|own| !own.is_empty() && account.mobile_phone.as_ref() == Some(own))
    });
    if numbers.count() >= ACCOUNTS_PER_NUMBER {
        return Err(refuse(codes::MOBILE_REGISTERED_TOO_OFTEN));
    }
    if let Some(contact) = contact {
        world.identity.check_code(contact, request.verification_code.as_ref(), world.now)?;
    }
    let id = world.fresh("sandbox-customer-");
    let login =
        request.domain_name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.replace('-', "_").into());
    if world.accounts.values().any(|account| account.login == login) {
        return Err(refuse(codes::LOGIN_NAME_TAKEN));
    }
    if let Some(contact) = contact {
        world.identity.spend_code(contact, world.now);
    }
    let how = match request.cooperation_type {
        Some(CooperationType::Referral) => AssociationType::Referral,
        _ if caller.site == Site::China => AssociationType::Resale,
        _ => AssociationType::ResellerModel,
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
        association_type: Some(how.to_string()),
        mobile_phone: request.mobile_phone,
        email: request.email,
        xaccount_id: Some(request.xaccount_id),
        xaccount_type: Some(request.xaccount_type),
    };
    world.accounts.insert(id.clone(), customer);
    if how == AssociationType::ResellerModel {
        let (scope, reason) = (FreezeScope::Account, "a new customer".into());
        world.customers.frozen.insert(id.clone(), Frozen { scope, since: world.now, reason });
    }
    if std::mem::take(&mut world.customers.association_left_open) {
        return Err(association_open(&id, &login));
    }
    Ok(fill!(CreatedCustomer { domain_id: id.into(), domain_name: login }))
}

/// Puts the code into the sandbox's outbox, where a test reads it. Up to 15 an hour and 60 a day to one
/// receiver; what the service counts is not documented.
pub(crate) fn send_verification_code(
    world: &mut State,
    request: SendVerificationCode,
) -> Result<CodeSent, Refusal> {
    let receiver = request.mobile_phone.or(request.email).unwrap_or_default();
    let sent_within = |time: time::Duration| {
        let since: UtcTime = world.now.instant().saturating_sub(time).into();
        world.identity.codes_sent(&receiver, since)
    };
    if sent_within(time::Duration::HOUR) >= 15 || sent_within(time::Duration::DAY) >= 60 {
        return Err(refuse(codes::CODES_USED_UP));
    }
    let minutes = match request.timeout.unwrap_or(10) {
        long if long > 60 => 5,
        minutes => minutes,
    };
    world.deliver_code(receiver, minutes)?;
    Ok(CodeSent::default())
}

/// The account exists, and whether it is associated is not known. The body names the account.
fn association_open(id: &str, login: &Personal) -> Refusal {
    let plain = refuse_with(StatusCode::INTERNAL_SERVER_ERROR, codes::ASSOCIATION_UNKNOWN);
    let body = serde_json::json!({
        "error_code": plain.code().as_str(),
        "error_msg": plain.message(),
        "domain_id": id,
        "domain_name": login.expose(),
    });
    ApiError::read(plain.status(), body.to_string().into())
}
