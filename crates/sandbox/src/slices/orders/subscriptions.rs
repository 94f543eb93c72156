//! Resources that were subscribed to: how long they last, and how they are renewed by hand and by themselves.
//!
//! A resource that has ended is expired for fifteen days, then frozen for fifteen more, and then gone (the days are not in
//! the documentation of the API). It can be renewed as long as it is not gone; the renewal begins where the last period
//! ended. Automatic renewals are tried at three in the morning in Beijing, on every day from the set one until the money
//! suffices or the resource is gone; a failed one leaves no order.

use serde::{Deserialize, Serialize};
use time::Duration;

use super::{Orders, order::Order, restrictions::ResourceRestriction};
use crate::{
    core::{Account, Refusal, end_of_day, later, on_day, refuse, share, sum, three_oclock},
    slices::{
        catalogue::{Offer, Term},
        wallet::Paid,
    },
    state::State,
};
use huaweicloud_partner::{
    error::{ErrorCode, codes},
    orders::{
        AutoPay, AutoRenewalPeriod, ExpiryPolicy, OrderSource, OrderStatus, OrderType, PayPerUseOnExpiry,
        RenewalPeriod, RenewalSetting, SubscriptionStatus,
    },
    types::{Amount, BEIJING, UtcTime},
};

/// A resource as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Resource {
    pub(crate) id: String,
    /// The id of its setting up.
    pub(crate) instance: String,
    pub(crate) customer: String,
    pub(crate) offer: String,
    pub(crate) name: Option<String>,
    pub(crate) size: Option<u32>,
    /// Main resource that this one is attached to.
    pub(crate) main: Option<String>,
    /// Resources that are attached to this one.
    pub(crate) attached: Vec<String>,
    /// Time from which it can be used.
    pub(crate) ready: UtcTime,
    /// End of the time in which an order for the resource is processed.
    pub(crate) busy: UtcTime,
    /// The purchase and the renewals, one after the other.
    pub(crate) periods: Vec<PaidPeriod>,
    /// Time at which the resource was given up or became pay-per-use.
    pub(crate) ended: Option<UtcTime>,
    /// On main resources only; what is attached follows.
    pub(crate) automatic: Option<Automatic>,
    pub(crate) becomes_pay_per_use: bool,
    /// The last renewal that was ordered to be paid later.
    pub(crate) pending: Option<String>,
    pub(crate) updated: UtcTime,
}

/// A period that was paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PaidPeriod {
    pub(crate) order: String,
    pub(crate) term: Term,
    pub(crate) from: UtcTime,
    pub(crate) until: UtcTime,
    pub(crate) paid: Paid,
}

/// Automatic renewal of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Automatic {
    /// Number of remaining renewals; `None` without a limit.
    pub(crate) left: Option<u32>,
    pub(crate) term: Term,
    /// Time of the next attempt.
    pub(crate) next: UtcTime,
}

/// The days that a customer set for its renewals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RenewalDays {
    /// Number of days before the end at which automatic renewals are charged; seven by default.
    pub(crate) before: Option<u8>,
    /// Day of the month on which renewed resources end, `-1` for the last one.
    pub(crate) ends_on: Option<i8>,
}

/// Time for which a resource is expired, and then as long frozen.
const GRACE: Duration = Duration::days(15);

impl Resource {
    /// Returns the end of the paid time.
    pub(crate) fn expires(&self) -> UtcTime {
        self.periods.last().map_or(self.ready, |period| period.until)
    }

    /// Returns the beginning of the paid time.
    pub(crate) fn begins(&self) -> UtcTime {
        self.periods.first().map_or(self.ready, |period| period.from)
    }

    pub(crate) fn status(&self, now: UtcTime) -> SubscriptionStatus {
        let expires = self.expires();
        if self.ended.is_some() || (now > expires && self.becomes_pay_per_use) {
            SubscriptionStatus::Closed
        } else if now <= expires {
            SubscriptionStatus::InUse
        } else if now <= later(expires, GRACE) {
            SubscriptionStatus::Expired
        } else if now <= later(expires, GRACE + GRACE) {
            SubscriptionStatus::Frozen
        } else {
            SubscriptionStatus::Closed
        }
    }

    pub(crate) fn is_gone(&self, now: UtcTime) -> bool {
        self.status(now) == SubscriptionStatus::Closed
    }
}

impl Orders {
    /// A resource of a customer, gone or not.
    pub(crate) fn resource_of(&self, customer: &str, id: &str) -> Option<&Resource> {
        self.resources.get(id).filter(|resource| resource.customer == customer)
    }

    /// Returns a resource and those attached to it, without ended ones.
    pub(crate) fn with_attached(&self, id: &str, now: UtcTime) -> Vec<&Resource> {
        let Some(resource) = self.resources.get(id) else { return Vec::new() };
        let attached = resource.attached.iter().filter_map(|id| self.resources.get(id));
        [resource].into_iter().chain(attached).filter(|resource| !resource.is_gone(now)).collect()
    }

    /// True while an order of it waits for payment.
    pub(crate) fn is_in_unpaid_order(&self, resource: &Resource, now: UtcTime) -> bool {
        let order = resource.pending.as_ref().and_then(|id| self.orders.get(id));
        order.is_some_and(|order| order.status(now) == OrderStatus::PendingPayment)
    }

    /// Returns the action at the end of a resource.
    pub(crate) fn policy(&self, resource: &Resource) -> ExpiryPolicy {
        let main = resource.main.as_ref().and_then(|main| self.resources.get(main)).unwrap_or(resource);
        if main.automatic.is_some() {
            ExpiryPolicy::Renews
        } else if main.becomes_pay_per_use {
            ExpiryPolicy::BecomesPayPerUse
        } else {
            ExpiryPolicy::Grace
        }
    }

    fn days_of(&self, customer: &str) -> RenewalDays {
        self.renewal_days.get(customer).copied().unwrap_or_default()
    }
}

impl State {
    /// A main resource that can be renewed now, or why not.
    pub(crate) fn renewable(&self, customer: &str, id: &str) -> Result<&Resource, ErrorCode> {
        let resource = self.orders.resource_of(customer, id).filter(|resource| !resource.is_gone(self.now));
        let resource = resource.ok_or(codes::RESOURCE_DELETED)?;
        if resource.main.is_some() {
            Err(codes::NOT_A_MAIN_RESOURCE)
        } else if self.orders.is_in_unpaid_order(resource, self.now) {
            Err(codes::RESOURCE_IN_UNPAID_ORDER)
        } else if self.now < resource.busy {
            Err(codes::RESOURCE_IN_RUNNING_ORDER)
        } else {
            Ok(resource)
        }
    }

    /// Returns the beginning and the end of a renewal of a resource, and its list price. Days up to the account's day of the
    /// month cost a thirtieth of the price of a month each.
    pub(crate) fn renewal_terms(
        &self,
        resource: &Resource,
        term: Term,
    ) -> Result<((UtcTime, UtcTime), Amount), ErrorCode> {
        let offer: &Offer = self.offer(&resource.offer).ok_or(codes::NO_SUCH_RENEWAL_PERIOD)?;
        let years_only = self.has_restriction(&resource.id, ResourceRestriction::YearsOnly);
        let is_offered = term.is_on_sale() && !(years_only && term.period() != RenewalPeriod::Year);
        if !is_offered || offer.price_per_month.is_none() {
            return Err(codes::NO_SUCH_RENEWAL_PERIOD);
        }
        let from = resource.expires();
        let until = term.end(from).ok_or(codes::RENEWAL_TOO_LONG)?;
        let price = term.price(offer, resource.size)?;
        let Some(day) = self.orders.days_of(&resource.customer).ends_on else {
            return Ok(((from, until), price));
        };
        let date = until.instant().to_offset(BEIJING).date();
        let moved = on_day(date, day).ok_or(codes::RENEWAL_TOO_LONG)?;
        let extra = share(Term::Months(1).price(offer, resource.size)?, (moved - date).whole_days(), 30);
        let until = end_of_day(moved).ok_or(codes::RENEWAL_TOO_LONG)?;
        Ok(((from, until), sum([price, extra.rounded(2)])))
    }

    /// Whether a call names the whole bundle of a resource, if it belongs to one: the restricted main resources of its
    /// order that are not gone.
    pub(crate) fn is_bundle_named(&self, resource: &Resource, named: &[String]) -> bool {
        let bundled = |one: &Resource| self.has_restriction(&one.id, ResourceRestriction::Bundle);
        if !bundled(resource) {
            return true;
        }
        let order = |one: &Resource| one.periods.first().map(|period| period.order.clone());
        let bought_by = order(resource);
        let rest = self.orders.resources().filter(|other| {
            other.main.is_none() && !other.is_gone(self.now) && bundled(other) && order(other) == bought_by
        });
        rest.into_iter().all(|other| named.contains(&other.id))
    }

    /// Makes an order that renews resources and those attached to them.
    fn draft_renewal(
        &mut self,
        customer: &str,
        ids: &[String],
        term: Term,
        source: OrderSource,
    ) -> Result<Order, Refusal> {
        let mut planned = Vec::new();
        for id in ids {
            let resource = self.renewable(customer, id).map_err(refuse)?;
            // The code of the price is not documented for the renewal itself.
            if self.has_restriction(id, ResourceRestriction::NotRenewable) {
                return Err(refuse(codes::NO_SUCH_RENEWAL_PERIOD));
            }
            // A renewal that the system makes has one resource, and the bundle of that one renews itself as well.
            if source != OrderSource::System && !self.is_bundle_named(resource, ids) {
                return Err(refuse(codes::BUNDLE_RENEWED_AS_A_WHOLE));
            }
            for resource in self.orders.with_attached(id, self.now) {
                let (span, price) = self.renewal_terms(resource, term).map_err(refuse)?;
                planned.push((resource.id.clone(), span, price));
            }
        }
        let mut lines = Vec::new();
        for (id, span, price) in planned {
            lines.extend(self.renewal_line(&id, term, span, price));
        }
        Ok(self.draft(customer, OrderType::Renewal, source, lines))
    }

    /// Renews resources by one order, paid immediately or later. Returns the order.
    pub(crate) fn renew(
        &mut self,
        customer: &str,
        ids: &[String],
        term: Term,
        pay: AutoPay,
    ) -> Result<String, Refusal> {
        let order = self.draft_renewal(customer, ids, term, OrderSource::Customer)?;
        let mut order = order;
        if pay == AutoPay::AtOnce {
            let payer = self.payer_of(customer).to_owned();
            let paid = self.pay_at_once(order.clone(), false);
            if paid.is_ok() || payer == customer {
                return paid.map_err(|_| refuse(codes::AUTOMATIC_PAYMENT_FAILED));
            }
            // The master that has the customer's money in custody is to pay the order later.
            order.payer = Some(payer);
        }
        for line in &order.lines {
            let resource = line.resource.as_ref().and_then(|id| self.orders.resources.get_mut(id));
            if let Some(resource) = resource {
                resource.pending = Some(order.id.clone());
            }
        }
        let id = order.id.clone();
        self.orders.orders.insert(id.clone(), order);
        Ok(id)
    }

    /// Lets a resource, or the one that it is attached to, renew itself.
    pub(crate) fn renew_automatically(
        &mut self,
        customer: &str,
        id: &str,
        times: Option<u32>,
        period: Option<&AutoRenewalPeriod>,
    ) -> Result<(), Refusal> {
        let (id, status) = self.main_of(customer, id)?;
        if status != SubscriptionStatus::InUse {
            return Err(refuse(codes::AUTO_RENEWAL_NOT_POSSIBLE));
        }
        let now = self.now;
        if let Some(resource) = self.orders.resources.get_mut(&id) {
            let last = resource.periods.last().map(|period| period.term.period());
            let term = match (period, last) {
                (Some(AutoRenewalPeriod::Year), _) | (None, Some(RenewalPeriod::Year)) => Term::Years(1),
                _ => Term::Months(1),
            };
            let before = resource.automatic.as_ref().and_then(|automatic| automatic.left);
            let left = times.map_or(before, |times| Some(times).filter(|times| *times > 0));
            resource.automatic = Some(Automatic { left, term, next: now });
            resource.becomes_pay_per_use = false;
            resource.updated = now;
        }
        self.reschedule(&id);
        Ok(())
    }

    /// Stops a resource, or the one that it is attached to, from renewing itself.
    pub(crate) fn stop_renewing(&mut self, customer: &str, id: &str) -> Result<(), Refusal> {
        let (id, _) = self.main_of(customer, id)?;
        let resource = self.orders.resources.get_mut(&id);
        let resource = resource.filter(|resource| resource.automatic.is_some());
        let resource = resource.ok_or_else(|| refuse(codes::AUTO_RENEWAL_ALREADY_OFF))?;
        resource.automatic = None;
        resource.updated = self.now;
        Ok(())
    }

    /// Sets whether a main resource becomes pay-per-use when it ends, which takes the place of automatic renewal.
    pub(crate) fn pay_per_use_at_end(
        &mut self,
        customer: &str,
        id: &str,
        how: &PayPerUseOnExpiry,
    ) -> Result<(), ErrorCode> {
        let now = self.now;
        let kept = self.orders.resource_of(customer, id).filter(|resource| !resource.is_gone(now));
        let resource = kept.ok_or(codes::RESOURCE_NOT_FOUND)?;
        if resource.main.is_some() {
            return Err(codes::NOT_A_MAIN_RESOURCE);
        }
        if self.orders.is_in_unpaid_order(resource, now) {
            return Err(codes::RESOURCE_IN_UNPAID_ORDER);
        }
        if now < resource.busy {
            return Err(codes::RESOURCE_IN_RUNNING_ORDER);
        }
        if resource.status(now) != SubscriptionStatus::InUse {
            return Err(codes::RESOURCE_EXPIRED);
        }
        if self.freeze_of(customer).is_some() {
            return Err(codes::ACCOUNT_FROZEN);
        }
        if self.has_restriction(id, ResourceRestriction::FrozenByPolice) {
            return Err(codes::FROZEN_BY_POLICE);
        }
        let set = *how == PayPerUseOnExpiry::Set;
        if !set && !resource.becomes_pay_per_use {
            return Err(codes::INVALID_PARAMETER);
        }
        let all: Vec<String> =
            self.orders.with_attached(id, now).iter().map(|resource| resource.id.clone()).collect();
        for id in all {
            if let Some(resource) = self.orders.resources.get_mut(&id) {
                resource.becomes_pay_per_use = set;
                resource.automatic = resource.automatic.take().filter(|_| !set);
                resource.updated = now;
            }
        }
        Ok(())
    }

    /// Sets a day for all renewals of a customer.
    pub(crate) fn set_renewal_day(
        &mut self,
        customer: &str,
        setting: &RenewalSetting,
        value: &str,
    ) -> Result<(), Refusal> {
        let days = self.orders.renewal_days.entry(customer.to_owned()).or_default();
        let bad = || refuse(codes::BAD_PARAMETER);
        match setting {
            RenewalSetting::DeductionDate => days.before = Some(value.parse().map_err(|_| bad())?),
            RenewalSetting::ExpiryDate => days.ends_on = Some(value.parse().map_err(|_| bad())?),
            _ => return Err(bad()),
        }
        let own = self.orders.resources.values().filter(|resource| resource.customer == customer);
        let ids: Vec<String> = own.map(|resource| resource.id.clone()).collect();
        ids.iter().for_each(|id| self.reschedule(id));
        Ok(())
    }

    /// Returns the main resource that a resource is or is attached to.
    fn main_of(&self, customer: &str, id: &str) -> Result<(String, SubscriptionStatus), Refusal> {
        let kept =
            |id: &str| self.orders.resource_of(customer, id).filter(|resource| !resource.is_gone(self.now));
        let resource = kept(id).ok_or_else(|| refuse(codes::RESOURCE_NOT_FOUND))?;
        let main = resource.main.as_deref().and_then(kept).unwrap_or(resource);
        Ok((main.id.clone(), main.status(self.now)))
    }

    /// Puts the next automatic renewal of a resource on the agenda, if it renews itself.
    pub(crate) fn reschedule(&mut self, id: &str) {
        let Some(resource) = self.orders.resources.get_mut(id) else { return };
        let days = self.orders.renewal_days.get(&resource.customer).and_then(|days| days.before);
        let (expires, now) = (resource.expires(), self.now);
        let Some(automatic) = &mut resource.automatic else { return };
        let set_day = three_oclock(expires, days.unwrap_or(7));
        automatic.next = if set_day > now { set_day } else { next_three_oclock(now) };
        let entry = (automatic.next, id.to_owned());
        self.orders.agenda.insert(entry);
    }

    /// Executes the automatic renewals that are due by a time, in order of time.
    pub(crate) fn run_orders_due(&mut self, until: UtcTime) {
        while let Some((at, id)) = self.orders.agenda.first().filter(|(at, _)| *at <= until).cloned() {
            self.orders.agenda.pop_first();
            // What was put on the agenda before a change is ignored.
            let resource = self.orders.resources.get(&id);
            let automatic = resource.and_then(|resource| resource.automatic.clone());
            let Some(automatic) = automatic.filter(|automatic| automatic.next == at) else { continue };
            self.now = at;
            self.try_renewal(&id, &automatic);
        }
    }

    fn try_renewal(&mut self, id: &str, automatic: &Automatic) {
        let Some(resource) = self.orders.resources.get(id) else { return };
        let (customer, gone) = (resource.customer.clone(), resource.is_gone(self.now));
        if gone {
            return;
        }
        let order = self.draft_renewal(&customer, &[id.to_owned()], automatic.term, OrderSource::System);
        let renewed = order.and_then(|order| self.pay_at_once(order, true)).is_ok();
        let Some(resource) = self.orders.resources.get_mut(id) else { return };
        if renewed {
            let left = automatic.left.map(|left| left.saturating_sub(1));
            let goes_on = left != Some(0);
            resource.automatic =
                resource.automatic.take().filter(|_| goes_on).map(|rest| Automatic { left, ..rest });
        }
        // A renewal has put the next one on the agenda; after a failure it is tried again tomorrow.
        if !renewed {
            self.reschedule(id);
        }
    }
}

fn next_three_oclock(now: UtcTime) -> UtcTime {
    let today = three_oclock(now, 0);
    if today > now { today } else { later(today, Duration::DAY) }
}

/// Returns the renewal price of a resource and those attached to it, with the cloud services; or the code of
/// a refusal.
pub(crate) fn renewal_price<'w>(
    world: &'w State,
    caller: &Account,
    id: &str,
    term: Option<Term>,
) -> Result<Vec<(&'w str, Amount)>, ErrorCode> {
    let term = term.ok_or(codes::NO_RENEWAL_PRICE_PERIOD)?;
    world.renewable(&caller.id, id).map_err(|code| match code {
        code if code == codes::NOT_A_MAIN_RESOURCE => codes::NO_RENEWAL_PRICE_MAIN,
        code if code == codes::RESOURCE_IN_UNPAID_ORDER => codes::NO_RENEWAL_PRICE_UNPAID,
        code if code == codes::RESOURCE_IN_RUNNING_ORDER => codes::NO_RENEWAL_PRICE_CHANGING,
        _ => codes::NO_RENEWAL_PRICE_DELETED,
    })?;
    if world.has_restriction(id, ResourceRestriction::NotRenewable) {
        return Err(codes::NOT_RENEWABLE);
    }
    let all = world.orders.with_attached(id, world.now);
    let prices = all.into_iter().map(|resource| {
        let (_, price) = world.renewal_terms(resource, term).map_err(|_| codes::NO_RENEWAL_PRICE_PERIOD)?;
        Ok((world.offer(&resource.offer).map_or("", |offer| offer.service_type_code), price))
    });
    prices.collect()
}
