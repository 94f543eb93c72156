//! Plan of the customers whose charges are read.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, ErrorKind,
    bills::{ChargingMode, ListConsumingCustomers, ListMonthlyBills},
    customers::ListCustomers,
    resellers::ListResellers,
    types::{BillCycle, CustomerId, ResellerId},
};
use serde::{Deserialize, Serialize};

use super::Gap;
use crate::Error;

/// Customer with the account through which it may have belonged to the partner during the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCustomer {
    /// The customer to ask about.
    pub customer_id: CustomerId,
    /// The resellers to name when asking; `None` for the time in which it was the partner's own. A customer that moved
    /// has several.
    pub owners: Vec<Option<ResellerId>>,
}

/// The customers of a month. Store it beside the [`ChargeCursor`](super::ChargeCursor), which refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargePlan {
    pub(super) cycle: BillCycleText,
    pub(super) customers: Vec<PlannedCustomer>,
    pub(super) resellers: Vec<ResellerId>,
    pub(super) gaps: Vec<Gap>,
}

/// A cycle as text, for serde.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BillCycleText(pub(crate) BillCycle);

impl Serialize for BillCycleText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BillCycleText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

impl ChargePlan {
    /// Lists the customers of a month: those that consumed as the partner's own, and for each reseller its present
    /// customers and those that its month sums name.
    ///
    /// Customers of resellers that have left are not listed by the service; see [`ChargePlan::list_with_resellers`]. A
    /// referral customer that left a reseller during the month is seen only if it shows in one of these lists.
    ///
    /// # Errors
    /// Where a call fails. A refusal to list resellers or the customers of one is no error but a [`Gap`].
    pub async fn list(client: &Client, cycle: BillCycle) -> Result<Self, Error> {
        Self::list_with_resellers(client, cycle, []).await
    }

    /// As [`ChargePlan::list`], with resellers that are not listed any more.
    ///
    /// # Errors
    /// As for [`ChargePlan::list`].
    pub async fn list_with_resellers(
        client: &Client,
        cycle: BillCycle,
        former: impl IntoIterator<Item = ResellerId>,
    ) -> Result<Self, Error> {
        let mut gaps = Vec::new();
        let mut owners: BTreeMap<CustomerId, Vec<Option<ResellerId>>> = BTreeMap::new();
        let mut add = |customer: CustomerId, owner: Option<&ResellerId>| {
            let owners = owners.entry(customer).or_default();
            if !owners.iter().any(|known| known.as_ref() == owner) {
                owners.push(owner.cloned());
            }
        };

        let mut own = client.items(ListConsumingCustomers::new(cycle)).allow_changes();
        while let Some(customer) = own.try_next().await? {
            add(customer.customer_id, None);
        }

        let mut resellers: Vec<ResellerId> = former.into_iter().collect();
        let mut listed = client.items(ListResellers::new()).allow_changes();
        loop {
            match listed.try_next().await {
                Ok(Some(reseller)) => {
                    if !resellers.contains(&reseller.indirect_partner_id) {
                        resellers.push(reseller.indirect_partner_id);
                    }
                }
                Ok(None) => break,
                // A solution provider has no resellers.
                Err(error) if error.kind() == ErrorKind::WrongCaller => break,
                Err(error) if error.kind() == ErrorKind::Refused => {
                    gaps.push(Gap::Resellers { reason: error.to_string() });
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        for reseller in &resellers {
            let mut customers =
                client.items(ListCustomers::new().indirect_partner_id(reseller)).allow_changes();
            loop {
                match customers.try_next().await {
                    Ok(Some(customer)) => add(customer.customer_id, Some(reseller)),
                    Ok(None) => break,
                    Err(error) if error.kind() == ErrorKind::Refused => {
                        gaps.push(Gap::CustomersOf { reseller: reseller.clone(), reason: error.to_string() });
                        break;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            for mode in [ChargingMode::YearlyMonthly, ChargingMode::PayPerUse, ChargingMode::SavingsPlan] {
                let sums = ListMonthlyBills::new(cycle, mode).indirect_partner_id(reseller);
                let mut sums = client.items(sums).allow_changes();
                loop {
                    match sums.try_next().await {
                        Ok(Some(sum)) => add(sum.customer_id, Some(reseller)),
                        Ok(None) => break,
                        Err(error) if error.kind() == ErrorKind::Refused => {
                            let reason = error.to_string();
                            gaps.push(Gap::CustomersOf { reseller: reseller.clone(), reason });
                            break;
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        gaps.dedup();
        let customers =
            owners.into_iter().map(|(customer_id, owners)| PlannedCustomer { customer_id, owners }).collect();
        Ok(Self { cycle: BillCycleText(cycle), customers, resellers, gaps })
    }

    /// Month of the bill.
    #[must_use]
    pub fn cycle(&self) -> BillCycle {
        self.cycle.0
    }

    /// The customers, in the order in which they are read.
    #[must_use]
    pub fn customers(&self) -> &[PlannedCustomer] {
        &self.customers
    }

    /// The resellers whose customers are among them.
    #[must_use]
    pub fn resellers(&self) -> &[ResellerId] {
        &self.resellers
    }

    /// Adds resellers whose customers the next listing includes. Returns true if one was not there.
    pub(crate) fn add_resellers(&mut self, more: &[ResellerId]) -> bool {
        let new: Vec<_> =
            more.iter().filter(|reseller| !self.resellers.contains(reseller)).cloned().collect();
        self.resellers.extend(new.iter().cloned());
        !new.is_empty()
    }

    /// Appends what a later listing has and this one has not. Customers keep their places, so that cursors stay valid.
    pub(super) fn extend(&mut self, later: Self) -> bool {
        let before = self.customers.len();
        for customer in later.customers {
            let known: Vec<&Option<ResellerId>> = self
                .customers
                .iter()
                .filter(|known| known.customer_id == customer.customer_id)
                .flat_map(|known| &known.owners)
                .collect();
            let owners: Vec<_> =
                customer.owners.into_iter().filter(|owner| !known.contains(&owner)).collect();
            if !owners.is_empty() {
                self.customers.push(PlannedCustomer { customer_id: customer.customer_id, owners });
            }
        }
        for reseller in later.resellers {
            if !self.resellers.contains(&reseller) {
                self.resellers.push(reseller);
            }
        }
        for gap in later.gaps {
            let is_known = |known: &Gap| match (known, &gap) {
                (Gap::Resellers { .. }, Gap::Resellers { .. }) => true,
                (Gap::CustomersOf { reseller: one, .. }, Gap::CustomersOf { reseller: other, .. }) => {
                    one == other
                }
                _ => false,
            };
            if !self.gaps.iter().any(is_known) {
                self.gaps.push(gap);
            }
        }
        self.customers.len() > before
    }
}
