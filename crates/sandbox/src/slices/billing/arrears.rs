//! Arrears: the grace period, freezing and closing of resources that are charged by use.
//!
//! They go on for fifteen days, are frozen for fifteen more, and are closed then. The days are not in the documentation of
//! the API; those of subscriptions were taken. Who pays by the month owes nothing before the month is final.

use time::Duration;

use crate::{
    core::{Refusal, refuse},
    slices::wallet::Booked,
    state::State,
};
use huaweicloud_partner::{
    customers::{FreezeScope, ResourceStatus},
    error::codes,
    types::UtcTime,
};

/// Time for which resources in arrears go on, and are then frozen.
const GRACE: Duration = Duration::days(15);

impl State {
    /// Times since which customers have owed money; without those who owe nothing.
    fn arrears_since(&self, payer: &str) -> Option<UtcTime> {
        let charges = self.wallet.unsettled();
        charges.filter(|booked| booked.payer() == payer).filter_map(|booked| self.overdue_from(booked)).min()
    }

    /// Returns the time from which a charge that is not paid is overdue.
    fn overdue_from(&self, booked: &Booked) -> Option<UtcTime> {
        if self.customers.expenditure_quota(booked.payer()).is_some() {
            booked.cycle().final_from().filter(|due| *due <= self.now)
        } else {
            Some(booked.at)
        }
    }

    /// State of a resource that is charged by use.
    pub(crate) fn use_status(&self, customer: &str, resource: &str) -> ResourceStatus {
        let after = |since: UtcTime, periods: i32| since.instant().saturating_add(GRACE * periods);
        if self.billing.closed.contains(&(customer.to_owned(), resource.to_owned())) {
            return ResourceStatus::Closed;
        }
        if self.freeze_of(customer) == Some(FreezeScope::AccountAndResources) {
            return ResourceStatus::Frozen;
        }
        match self.arrears_since(self.payer_of(customer)) {
            None => ResourceStatus::Normal,
            Some(since) if self.now.instant() <= after(since, 1) => ResourceStatus::GracePeriod,
            Some(since) if self.now.instant() <= after(since, 2) => ResourceStatus::Frozen,
            Some(_) => ResourceStatus::Closed,
        }
    }

    /// Refuses the use of a resource that is frozen or closed. No operation uses resources, so there is no documented
    /// code; those of related calls were taken.
    pub(crate) fn may_use(&self, customer: &str, resource: &str) -> Result<(), Refusal> {
        match self.use_status(customer, resource) {
            ResourceStatus::Frozen => Err(refuse(codes::ACCOUNT_FROZEN)),
            ResourceStatus::Closed => Err(refuse(codes::RESOURCE_DELETED)),
            _ => Ok(()),
        }
    }

    /// Closes for good the resources of customers that have owed money for too long.
    fn close_what_was_not_paid(&mut self) {
        let late: Vec<(String, UtcTime)> = self
            .wallet
            .unsettled()
            .filter_map(|booked| Some((booked.payer().to_owned(), self.overdue_from(booked)?)))
            .filter(|(_, since)| since.instant().saturating_add(GRACE * 2) < self.now.instant())
            .collect();
        for (payer, since) in late {
            if self.billing.closed_for.insert(payer.clone(), since).is_some_and(|known| known <= since) {
                continue;
            }
            let used = self
                .wallet
                .charges()
                .iter()
                .filter(|booked| booked.usage.is_some() && booked.payer() == payer);
            let closed: Vec<(String, String)> =
                used.filter_map(|booked| Some((booked.customer.clone(), booked.resource.clone()?))).collect();
            self.billing.closed.extend(closed);
        }
    }

    /// Closes what has not been paid for too long, then pays what customers owe out of the cash that they have got since.
    pub(crate) fn settle_arrears(&mut self) {
        if self.wallet.unsettled().next().is_some() {
            self.close_what_was_not_paid();
            self.pay_arrears();
        }
    }
}
