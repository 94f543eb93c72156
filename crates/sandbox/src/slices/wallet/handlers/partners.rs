//! A partner's accounts: balances, money to customers and back, and its records.

use crate::{
    core::{Account, LedgerAccount, Refusal, page},
    handler::{Route, Simulated, route, span},
    slices::wallet::{statements::Change, transfers::resale_customer},
    state::State,
};
use huaweicloud_partner::{
    fill,
    partners::{
        AccountBalance, AccountChange, AccountChangePage, AccountType, AdjustmentKind, AdjustmentPage,
        AllocateToCustomer, Balances, CustomerBalance, CustomerBalances, ListAccountChanges, ListAdjustments,
        ListCustomerBalances, ReclaimFromCustomer, ShowBalances, TradeType,
    },
    resellers::{Allocation, Reclaim},
    types::{Amount, Currency, CustomerId, MeasureUnit, ResellerId},
};

pub(crate) const ROUTES: &[Route] = &[
    route::<ShowBalances>(),
    route::<ListCustomerBalances>(),
    route::<AllocateToCustomer>(),
    route::<ReclaimFromCustomer>(),
    route::<ListAdjustments>(),
    route::<ListAccountChanges>(),
];

impl Simulated for ShowBalances {
    fn run(self, world: &mut State, caller: &Account) -> Result<Balances, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let cash = fill!(AccountBalance {
            account_id: format!("{owner}-cash"),
            account_type: Some(AccountType::Balance),
            amount: Some(world.ledger.balance(&LedgerAccount::cash(&owner))),
            currency: Some(Currency::Cny),
            designated_amount: Some(Amount::ZERO),
            measure_id: Some(MeasureUnit::MainUnit),
            ..AccountBalance::default()
        });
        Ok(fill!(Balances { account_balances: vec![cash] }))
    }
}

impl Simulated for ListCustomerBalances {
    /// Ignores customers of others, and those that pay Huawei Cloud themselves.
    fn run(self, world: &mut State, caller: &Account) -> Result<CustomerBalances, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let balance = |id: &CustomerId| {
            let customer =
                world.accounts.customer_of(&owner, id.as_str()).filter(|customer| customer.is_resale())?;
            Some(fill!(CustomerBalance {
                customer_id: id.clone(),
                debt_amount: Some(world.debt_of(&customer.id)),
                amount: Some(world.ledger.balance(&LedgerAccount::cash(&customer.id))),
                currency: Some(Currency::Cny),
                measure_id: Some(MeasureUnit::MainUnit),
            }))
        };
        let customer_balances =
            self.customer_infos.iter().filter_map(|info| balance(&info.customer_id)).collect();
        Ok(fill!(CustomerBalances { customer_balances }))
    }
}

impl Simulated for AllocateToCustomer {
    fn run(self, world: &mut State, caller: &Account) -> Result<Allocation, Refusal> {
        let payer =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        resale_customer(world, &payer, &self.customer_id)?;
        let transfer_id =
            world.transfer(AdjustmentKind::Grant, &payer, self.customer_id.as_str(), self.amount)?;
        Ok(fill!(Allocation { transfer_id }))
    }
}

impl Simulated for ReclaimFromCustomer {
    fn run(self, world: &mut State, caller: &Account) -> Result<Reclaim, Refusal> {
        let payer =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        resale_customer(world, &payer, &self.customer_id)?;
        let trans_id =
            world.transfer(AdjustmentKind::Reclaim, &payer, self.customer_id.as_str(), self.amount)?;
        Ok(fill!(Reclaim { trans_id }))
    }
}

impl Simulated for ListAdjustments {
    fn run(self, world: &mut State, caller: &Account) -> Result<AdjustmentPage, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let wanted = world.wallet.adjustments(&owner).filter(|record| {
            (self.customer_id.is_none() || record.customer_id == self.customer_id)
                && (self.operation_type.is_none() || record.operation_type == self.operation_type)
                && self.trans_id.as_ref().is_none_or(|id| record.trans_id.as_ref() == Some(id))
                && self.operation_time_begin.is_none_or(|begin| record.operation_time >= Some(begin))
                && self.operation_time_end.is_none_or(|end| record.operation_time <= Some(end))
        });
        let (total_count, records) = page(wanted, self.offset, self.limit, Clone::clone);
        Ok(fill!(AdjustmentPage { records, total_count }))
    }
}

impl Simulated for ListAccountChanges {
    /// Newest first; the order is not documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<AccountChangePage, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let (first, last) = span(world.now, self.trade_time_begin, self.trade_time_end)?;
        let wanted = world.wallet.changes(&owner).rev().filter(|record| {
            let Change { balance, change, .. } = record;
            let day = change.trade_time.map(huaweicloud_partner::types::UtcTime::billing_day);
            *balance == self.balance_type
                && day >= Some(first)
                && day <= Some(last)
                && self.trade_type.as_ref().is_none_or(|kind| fits(kind, change))
        });
        let (total_count, records) = page(wanted, self.offset, self.limit, |record| record.change.clone());
        Ok(fill!(AccountChangePage { total_count, currency: Some(Currency::Cny), records }))
    }
}

/// The trade type of a change is not in the record; its detail tells.
fn fits(kind: &TradeType, change: &AccountChange) -> bool {
    let detail = change.trade_detail_type.as_ref().map_or("", |detail| detail.as_str());
    detail.rsplit('_').next() == Some(kind.as_str())
}
