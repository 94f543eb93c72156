//! Subscriptions: which there are, how they go on, how they end.

use std::collections::BTreeSet;

use http::StatusCode;

use super::orders::default_project;
use crate::{
    core::{Account, Refusal, is_customer, page, refuse, refuse_with},
    handler::{Route, Simulated, item_error, non_empty, route},
    slices::{
        catalogue::{Term, language_of},
        orders::subscriptions::Resource,
    },
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    orders::{
        Accepted, AutoPay, ChangeResult, ChangeToPayPerUse, ChangeToPayPerUseNow, DisableAutoRenewal,
        EnableAutoRenewal, ListSubscriptions, PayPerUseChange, PayPerUseChanges, PayPerUseSetting,
        RenewResources, RenewalConfigSet, ResourceOrders, ResourceRole, ResourceScope, SetRenewalConfig,
        Subscription, SubscriptionPage, Unsubscribe,
    },
    types::{CustomerId, Language, OrderId, ResourceId},
};

pub(crate) const ROUTES: &[Route] = &[
    route::<ListSubscriptions>(),
    route::<RenewResources>(),
    route::<EnableAutoRenewal>(),
    route::<DisableAutoRenewal>(),
    route::<SetRenewalConfig>(),
    route::<Unsubscribe>(),
    route::<ChangeToPayPerUse>(),
    route::<ChangeToPayPerUseNow>(),
];

impl Simulated for ListSubscriptions {
    /// Resources that were given up or have run out for good are listed as closed. A partner that names somebody else's
    /// customer is refused (`CBC.0151`); the call has no field for a reseller, so neither does a distributor see the
    /// customers of its resellers.
    fn run(self, world: &mut State, caller: &Account) -> Result<SubscriptionPage, Refusal> {
        let customer = match non_empty(self.customer_id.as_ref().map(CustomerId::as_str)) {
            Some(id) if is_customer(caller) && id != caller.id => {
                return Err(refuse_with(StatusCode::FORBIDDEN, codes::ACCESS_DENIED));
            }
            Some(id) if !is_customer(caller) && world.accounts.customer_of(&caller.id, id).is_none() => {
                return Err(refuse_with(StatusCode::FORBIDDEN, codes::ACCESS_DENIED));
            }
            Some(id) => id,
            None if is_customer(caller) => &caller.id,
            None => return Err(refuse(codes::BAD_PARAMETER)),
        };
        let ids = self.resource_ids.unwrap_or_default();
        let named = |id: &str| ids.iter().any(|named| named.as_str() == id);
        let main_only = self.only_main_resource == Some(ResourceScope::MainOnly);
        let order = non_empty(self.order_id.as_ref().map(OrderId::as_str));
        let statuses = self.status_list.unwrap_or_default();
        let now = world.now;
        let wanted = world.orders.resources().filter(|resource| {
            let asked = named(&resource.id)
                || resource.main.as_deref().is_some_and(|main| named(main) && !main_only)
                || (ids.is_empty() && (resource.main.is_none() || !main_only));
            resource.customer == customer
                && resource.ready <= now
                && asked
                && order.is_none_or(|id| {
                    resource.periods.iter().any(|period| period.order.eq_ignore_ascii_case(id))
                })
                && (statuses.is_empty() || statuses.contains(&resource.status(now)))
                && self.expire_time_begin.is_none_or(|begin| resource.expires() >= begin)
                && self.expire_time_end.is_none_or(|end| resource.expires() <= end)
                && self.service_type_code.as_ref().is_none_or(|code| {
                    world.offer(&resource.offer).is_some_and(|offer| offer.service_type_code == code)
                })
        });
        let language = language_of(caller.site, None);
        let (total_count, data) = page(wanted, self.offset, self.limit, |resource| {
            subscription(world, resource, language.as_ref())
        });
        Ok(fill!(SubscriptionPage { data, total_count }))
    }
}

fn subscription(world: &State, resource: &Resource, language: Option<&Language>) -> Subscription {
    let offer = world.offer(&resource.offer);
    fill!(Subscription {
        id: resource.instance.clone(),
        resource_id: resource.id.as_str().into(),
        resource_name: resource.name.clone(),
        region_code: offer.map(|offer| offer.region_code.to_owned()),
        service_type_code: offer.map(|offer| offer.service_type_code.to_owned()),
        resource_type_code: offer.map(|offer| offer.resource_type_code.to_owned()),
        resource_type_name: offer.map(|offer| offer.resource_type_name.in_language(language).to_owned()),
        service_type_name: offer.map(|offer| offer.service_type_name.in_language(language).to_owned()),
        resource_spec_code: offer.map(|offer| offer.spec.to_owned()),
        project_id: None,
        product_id: Some(resource.offer.clone()),
        parent_resource_id: resource.main.as_deref().map(Into::into),
        is_main_resource: Some(if resource.main.is_some() {
            ResourceRole::Attached
        } else {
            ResourceRole::Main
        }),
        status: Some(resource.status(world.now)),
        effective_time: Some(resource.begins()),
        expire_time: Some(resource.expires()),
        expire_policy: Some(world.orders.policy(resource)),
        product_spec_desc: offer.map(|offer| offer.spec_name.in_language(language).to_owned()),
        spec_size: resource.size.map(Into::into),
        spec_size_measure_id: offer.and_then(|offer| offer.size_unit),
        update_time: Some(resource.updated),
        enterprise_project: Some(default_project()),
    })
}

/// The resources that a batch names; one named twice is refused with `CBC.0101`.
fn named_once(ids: &[ResourceId]) -> Result<Vec<String>, Refusal> {
    let different: BTreeSet<_> = ids.iter().collect();
    if different.len() < ids.len() {
        return Err(refuse(codes::INVALID_PARAMETER));
    }
    Ok(ids.iter().map(ToString::to_string).collect())
}

impl Simulated for RenewResources {
    /// One order for all of them. Nothing is left of a renewal that could not be paid at once.
    fn run(self, world: &mut State, caller: &Account) -> Result<ResourceOrders, Refusal> {
        let ids = named_once(&self.resource_ids)?;
        let term = Term::of(self.period_type, self.period_num);
        let term = term.ok_or_else(|| refuse(codes::NO_SUCH_RENEWAL_PERIOD))?;
        let pay = match self.is_auto_pay.unwrap_or(AutoPay::Later) {
            AutoPay::Other(_) => return Err(refuse(codes::BAD_PARAMETER)),
            pay => pay,
        };
        let order = world.renew(&caller.id, &ids, term, pay)?;
        Ok(fill!(ResourceOrders { order_ids: vec![order.into()], fail_resource_infos: Vec::new() }))
    }
}

impl Simulated for EnableAutoRenewal {
    /// One month or one year at a time.
    fn run(self, world: &mut State, caller: &Account) -> Result<Accepted, Refusal> {
        let (id, times) = (self.resource_id.as_str(), self.auto_renew_times);
        world.renew_automatically(&caller.id, id, times, self.period_type.as_ref())?;
        Ok(fill!(Accepted {}))
    }
}

impl Simulated for DisableAutoRenewal {
    fn run(self, world: &mut State, caller: &Account) -> Result<Accepted, Refusal> {
        world.stop_renewing(&caller.id, self.resource_id.as_str())?;
        Ok(fill!(Accepted {}))
    }
}

impl Simulated for SetRenewalConfig {
    /// The day of the month holds for renewals by hand and by themselves. Days beyond the period cost a thirtieth of a month
    /// each; how the service reckons them is not documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<RenewalConfigSet, Refusal> {
        world.set_renewal_day(&caller.id, &self.config_name, &self.config_value)?;
        Ok(RenewalConfigSet::default())
    }
}

impl Simulated for Unsubscribe {
    /// One order for all of them, done at once. What comes back: see `unsubscription.rs`.
    fn run(self, world: &mut State, caller: &Account) -> Result<ResourceOrders, Refusal> {
        let ids = named_once(&self.resource_ids)?;
        let order = world.unsubscribe(&caller.id, &ids, self.unsubscribe_type)?;
        Ok(fill!(ResourceOrders { order_ids: vec![order.into()], fail_resource_infos: Vec::new() }))
    }
}

impl Simulated for ChangeToPayPerUse {
    /// Replaces automatic renewal, and the other way round. Packages cannot change and are unknown here; a
    /// cancellation of what is not set is `CBC.0101`.
    fn run(self, world: &mut State, caller: &Account) -> Result<PayPerUseSetting, Refusal> {
        if !self.operation.is_known() {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let mut response = PayPerUseSetting::default();
        for id in &self.resource_ids {
            if let Err(code) = world.pay_per_use_at_end(&caller.id, id.as_str(), &self.operation) {
                response.error_details.push(item_error(id.as_str(), &code));
            }
        }
        Ok(response)
    }
}

impl Simulated for ChangeToPayPerUseNow {
    /// Changes each resource by an order of its own, without a review and without a fee.
    fn run(self, world: &mut State, caller: &Account) -> Result<PayPerUseChanges, Refusal> {
        let mut response = PayPerUseChanges::default();
        for id in &self.resource_ids {
            let row = fill!(PayPerUseChange { resource_id: id.clone(), ..PayPerUseChange::default() });
            let row = match world.pay_per_use_now(&caller.id, id.as_str()) {
                Ok(order) => fill!(PayPerUseChange {
                    result: Some(ChangeResult::Changed),
                    order_id: Some(order.into()),
                    ..row
                }),
                Err(code) => fill!(PayPerUseChange {
                    result: Some(ChangeResult::Failed),
                    error_msg: code.info().map(|info| info.meaning.to_owned()),
                    error_code: Some(code),
                    ..row
                }),
            };
            response.to_ondemand_service_results.push(row);
        }
        Ok(response)
    }
}
