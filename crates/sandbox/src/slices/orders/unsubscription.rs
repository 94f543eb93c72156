//! Giving resources up: what comes back, and to where.
//!
//! - A period that has not begun comes back whole, to cash and vouchers as it was paid.
//! - Of one that has begun the cash comes back for the time that is left, cut to cents. What vouchers had paid is spent.
//! - On the China site all cash of a purchase comes back within five days of it. Otherwise an unsubscription keeps a fee;
//!   how much is not documented, a tenth of what would come back is taken here.

use time::Duration;

use super::{
    order::{Kept, Line, Stage},
    restrictions::ResourceRestriction,
    subscriptions::{PaidPeriod, Resource},
};
use crate::{
    core::{Refusal, cut_share, later, refuse, sum},
    slices::wallet::Paid,
    state::State,
};
use huaweicloud_partner::{
    bills::BillType,
    error::{ErrorCode, codes},
    orders::{OrderSource, OrderType, SubscriptionStatus, UnsubscribeScope},
    types::{Amount, Site, UtcTime},
};

/// Way in which a resource ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Unsubscribed,
    RenewalsOnly,
    BecomesPayPerUse,
}

/// Refund for one period.
struct Back {
    paid: Paid,
    kept: Kept,
}

impl State {
    /// Ends resources and those attached to them, or gives up their renewals. Returns the order.
    pub(crate) fn unsubscribe(
        &mut self,
        customer: &str,
        ids: &[String],
        scope: UnsubscribeScope,
    ) -> Result<String, Refusal> {
        let ending = match scope {
            UnsubscribeScope::ResourceAndRenewals => Ending::Unsubscribed,
            UnsubscribeScope::RenewalsOnly => Ending::RenewalsOnly,
            _ => return Err(refuse(codes::BAD_PARAMETER)),
        };
        let mut all: Vec<String> = Vec::new();
        for id in ids {
            if self.orders.packages.get(id).is_some_and(|package| package.customer == customer) {
                return Err(refuse(codes::PACKAGE_NOT_RETURNABLE));
            }
            for resource in self.endable(customer, id).map_err(refuse)? {
                self.is_returnable(resource, ending == Ending::RenewalsOnly, ids).map_err(refuse)?;
                if ending == Ending::RenewalsOnly && !resource.periods.iter().any(|it| it.from > self.now) {
                    return Err(refuse(codes::NO_RENEWED_PERIOD));
                }
                if !all.contains(&resource.id) {
                    all.push(resource.id.clone());
                }
            }
        }
        self.end(customer, &all, ending)
    }

    /// Whether a resource may be unsubscribed from, or its renewals given up, together with the others of a call.
    fn is_returnable(
        &self,
        resource: &Resource,
        renewals_only: bool,
        named: &[String],
    ) -> Result<(), ErrorCode> {
        let refused = [
            (ResourceRestriction::SavingsPlan, codes::SAVINGS_PLAN_NOT_RETURNABLE),
            (ResourceRestriction::Invoiced, codes::INVOICED_NOT_RETURNABLE),
            (ResourceRestriction::Trial, codes::TRIAL_NOT_RETURNABLE),
            (ResourceRestriction::MarketplaceService, codes::MARKET_SERVICE_NOT_RETURNABLE),
            (ResourceRestriction::SoftwareDevelopmentPackage, codes::DEVCLOUD_NOT_RETURNABLE),
        ];
        for (restriction, code) in refused {
            if self.has_restriction(&resource.id, restriction) {
                return Err(code);
            }
        }
        if renewals_only && self.has_restriction(&resource.id, ResourceRestriction::BandwidthAddOn) {
            return Err(codes::ADD_ON_PACKAGE_PRESENT);
        }
        if self.is_bundle_named(resource, named) { Ok(()) } else { Err(codes::OPERATE_AS_A_WHOLE) }
    }

    /// Makes a resource and those attached to it pay-per-use immediately. Returns the order.
    pub(crate) fn pay_per_use_now(&mut self, customer: &str, id: &str) -> Result<String, ErrorCode> {
        let all = self.endable(customer, id)?;
        let in_use = |resource: &&Resource| resource.status(self.now) == SubscriptionStatus::InUse;
        if !all.iter().all(in_use) {
            return Err(codes::RESOURCE_EXPIRED);
        }
        if all.iter().any(|resource| resource.id == id && resource.main.is_some()) {
            return Err(codes::NOT_A_MAIN_RESOURCE);
        }
        if self.freeze_of(customer).is_some() {
            return Err(codes::ACCOUNT_FROZEN);
        }
        if all.iter().any(|one| self.has_restriction(&one.id, ResourceRestriction::FrozenByPolice)) {
            return Err(codes::FROZEN_BY_POLICE);
        }
        let all: Vec<String> = all.iter().map(|resource| resource.id.clone()).collect();
        self.end(customer, &all, Ending::BecomesPayPerUse).map_err(|refusal| refusal.code().clone())
    }

    /// Returns a resource that can be ended now with those attached to it, or the reason for a refusal.
    fn endable(&self, customer: &str, id: &str) -> Result<Vec<&Resource>, ErrorCode> {
        let resource = self.orders.resource_of(customer, id).ok_or(codes::RESOURCE_NOT_FOUND)?;
        if resource.is_gone(self.now) {
            return Err(codes::RESOURCE_NOT_MANAGED);
        }
        let all = self.orders.with_attached(id, self.now);
        for resource in &all {
            if self.orders.is_in_unpaid_order(resource, self.now) {
                return Err(codes::RESOURCE_IN_UNPAID_ORDER);
            }
            if self.now < resource.busy {
                return Err(codes::TRANSACTION_IN_PROGRESS);
            }
            if resource.status(self.now) == SubscriptionStatus::Frozen {
                return Err(codes::RESOURCE_FROZEN);
            }
        }
        Ok(all)
    }

    fn end(&mut self, customer: &str, ids: &[String], ending: Ending) -> Result<String, Refusal> {
        let (kind, what) = match ending {
            Ending::BecomesPayPerUse => (OrderType::ToPayPerUse, BillType::ToPayPerUseRefund),
            _ => (OrderType::Unsubscription, BillType::Unsubscription),
        };
        let now = self.now;
        let mut lines = Vec::new();
        for id in ids {
            lines.extend(self.refund_lines(id, ending));
        }
        let mut order = self.draft(customer, kind, OrderSource::Customer, lines);
        order.stage = Stage::Paid { at: now, done: now };
        for line in order.lines.iter().filter(|line| !line.list_price.is_zero()) {
            self.charge_for(&order, line, what)?;
        }
        for id in ids {
            let Some(resource) = self.orders.resources.get_mut(id) else { continue };
            resource.updated = now;
            if ending == Ending::RenewalsOnly {
                resource.periods.retain(|period| period.from <= now);
                self.reschedule(id);
            } else {
                resource.ended = Some(now);
                resource.automatic = None;
            }
        }
        let id = order.id.clone();
        self.orders.orders.insert(id.clone(), order);
        Ok(id)
    }

    /// One line for each period that is given up.
    fn refund_lines(&mut self, id: &str, ending: Ending) -> Vec<Line> {
        let Some(resource) = self.orders.resources.get(id).cloned() else { return Vec::new() };
        let china = self.accounts.get(&resource.customer).is_some_and(|it| it.site == Site::China);
        let mut lines = Vec::new();
        for (at, period) in resource.periods.iter().enumerate() {
            if ending == Ending::RenewalsOnly && period.from <= self.now {
                continue;
            }
            let regretted = china && at == 0 && self.now <= later(period.from, FIVE_DAYS);
            let back = back_for(period, self.now, regretted, ending == Ending::Unsubscribed);
            let amount = back.paid.total();
            let line = self.refund_line(id, amount, back.paid.negated(), back.kept);
            lines.extend(line.map(|line| Line {
                from: Some(self.now.max(period.from)),
                until: Some(self.now.max(period.until)),
                ..line
            }));
        }
        lines
    }
}

const FIVE_DAYS: Duration = Duration::days(5);

/// Returns the refund for a period at a given time.
fn back_for(period: &PaidPeriod, now: UtcTime, regretted: bool, with_fee: bool) -> Back {
    let kept = |consumed, fee| Kept { order: period.order.clone(), consumed, fee };
    if period.from > now {
        return Back { paid: period.paid.clone(), kept: kept(Amount::ZERO, Amount::ZERO) };
    }
    let seconds = |from: UtcTime, until: UtcTime| (until.instant() - from.instant()).whole_seconds().max(0);
    let whole = seconds(period.from, period.until).max(1);
    let cash = period.paid.cash;
    // Credit comes back as cash does; what cards had paid is spent as vouchers are, for nothing else is documented.
    let returnable = sum([cash, period.paid.credit_part()]);
    let unused = if regretted {
        returnable
    } else {
        cut_share(returnable, seconds(now, period.until).min(whole), whole)
    };
    let fee = if regretted || !with_fee { Amount::ZERO } else { cut_share(unused, 1, 10) };
    let back = sum([unused, fee.negated()]);
    let consumed = sum([period.paid.total(), unused.negated()]);
    let mut paid = Paid { cash: back, ..Paid::default() };
    if back > cash {
        // What credit had paid comes back to the credit, after the cash.
        let line = period.paid.credit.last().map(|(line, _)| *line).unwrap_or_default();
        paid = Paid { cash, credit: vec![(line, sum([back, cash.negated()]))], ..Paid::default() };
    }
    Back { paid, kept: kept(consumed, fee) }
}
