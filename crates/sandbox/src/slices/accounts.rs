//! Account balances, changes and spending limit of the calling customer.

use std::convert::identity;

use super::{
    Route, Simulated,
    filters::{given, span},
    route,
};
use crate::{
    core::{Account, Change, Refusal, page, refuse},
    ledger::LedgerAccount,
    world::State,
};
use huaweicloud_partner::{
    customers::{
        AccountBalance, AccountBalances, AccountChange, AccountChangePage, ExpenditureQuota,
        ListAccountChanges, ShowAccountBalances, ShowExpenditureQuota,
    },
    error::codes,
    fill,
    partners::{AccountType, TradeDetail, TradeType},
    types::{Amount, BillCycle, MeasureUnit, UtcTime},
};

pub(crate) const ROUTES: &[Route] =
    &[route::<ShowAccountBalances>(), route::<ListAccountChanges>(), route::<ShowExpenditureQuota>()];

impl Simulated for ShowAccountBalances {
    /// The debt is what was used and not paid.
    fn run(self, world: &mut State, caller: &Account) -> Result<AccountBalances, Refusal> {
        if world.is_of_reseller_model(&caller.id) {
            return Err(refuse(codes::RESELLER_CUSTOMER_HAS_NO_BALANCE));
        }
        let currency = caller.site.currency();
        let cash = fill!(AccountBalance {
            account_id: format!("{}-cash", caller.id),
            account_type: Some(AccountType::Balance),
            amount: Some(world.ledger.balance(&LedgerAccount::cash(&caller.id))),
            currency: Some(currency.clone()),
            designated_amount: Some(Amount::ZERO),
            credit_amount: None,
            measure_id: Some(MeasureUnit::MainUnit),
        });
        let lines = world.enterprise.credit.get(&caller.id);
        let credit = lines.map(|lines| {
            let running = lines.iter().filter(|line| !line.has_expired(world.now));
            fill!(AccountBalance {
                account_id: format!("{}-credit", caller.id),
                account_type: Some(AccountType::Credit),
                amount: Some(world.credit_of(&caller.id)),
                credit_amount: Amount::checked_sum(running.map(|line| line.granted)),
                ..cash.clone()
            })
        });
        Ok(fill!(AccountBalances {
            account_balances: std::iter::once(cash).chain(credit).collect(),
            debt_amount: Some(world.debt_of(&caller.id)),
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(currency),
        }))
    }
}

impl Simulated for ListAccountChanges {
    /// Newest first; the order is not documented. How money came in is not known here, so a filter by payment channel
    /// finds nothing.
    fn run(self, world: &mut State, caller: &Account) -> Result<AccountChangePage, Refusal> {
        let (begin, end) = span(world.now, self.trade_time_begin, self.trade_time_end);
        let by_channel = given(self.payment_channel_id.as_deref()).is_some();
        let wanted = world
            .changes
            .iter()
            .rev()
            .filter(|entry| entry.owner == caller.id && entry.record.balance == self.balance_type)
            .filter(|_| !by_channel && self.payment_channel_no.is_none())
            .map(|entry| listed(caller, &entry.record))
            .filter(|change| {
                let day = change.trade_time.map(UtcTime::billing_day);
                let kind = change.trade_detail_type.as_ref().map(kind);
                day >= Some(begin)
                    && day <= Some(end)
                    && (self.revenue_expense_type.is_none()
                        || change.revenue_expense_type == self.revenue_expense_type)
                    && self.trade_type.as_ref().is_none_or(|wanted| kind.as_ref() == Some(wanted))
                    && self.trade_id.as_ref().is_none_or(|id| change.trade_id.as_ref() == Some(id))
            });
        let (total_count, records) = page(wanted, self.offset, self.limit, identity);
        Ok(fill!(AccountChangePage { total_count, currency: Some(caller.site.currency()), records }))
    }
}

impl Simulated for ShowExpenditureQuota {
    /// A customer to which nothing was granted has a quota of zero.
    fn run(self, world: &mut State, caller: &Account) -> Result<ExpenditureQuota, Refusal> {
        if world.is_of_reseller_model(&caller.id) {
            return Ok(ExpenditureQuota::default());
        }
        let granted = world.people.expenditure_quotas.get(&caller.id).copied().unwrap_or_default();
        let used = world.spent_this_month(&caller.id);
        let share = used.as_decimal().checked_div(granted.as_decimal()).unwrap_or_default();
        Ok(fill!(ExpenditureQuota {
            granting_amount: Some(granted),
            granting_amount_used: Some(used),
            percentage_granting_amount_used: Some(Amount::from(share).rounded(2)),
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(caller.site.currency()),
        }))
    }
}

/// The time that was paid for; how the two ends are written together is not documented.
fn written(consumed: Option<(UtcTime, UtcTime)>) -> Option<String> {
    consumed.map(|(from, until)| format!("{from}~{until}"))
}

fn listed(owner: &Account, record: &Change) -> AccountChange {
    let Change { change, consumed, .. } = record;
    fill!(AccountChange {
        account_change_id: change.account_change_id.clone(),
        trade_detail_type: change.trade_detail_type.clone(),
        trade_time: change.trade_time,
        trade_id: change.trade_id.clone(),
        change_amount: change.change_amount,
        balance_after_change: change.balance_after_change,
        revenue_expense_type: change.direction.clone(),
        bill_cycle: change.trade_time.map(|time| BillCycle::containing(time).to_string()),
        consume_time: written(*consumed),
        account_name: Some(owner.login.clone()),
        ..AccountChange::default()
    })
}

/// The kind of a change, which the record does not name.
fn kind(detail: &TradeDetail) -> TradeType {
    match detail {
        TradeDetail::Recharge => TradeType::Recharge,
        TradeDetail::Grant => TradeType::Grant,
        TradeDetail::Reclaim => TradeType::Reclaim,
        TradeDetail::Unsubscription | TradeDetail::Refund => TradeType::Refund,
        TradeDetail::Subscription
        | TradeDetail::PayPerUse
        | TradeDetail::OneTime
        | TradeDetail::Repayment => TradeType::Consumption,
        other => TradeType::from(other.as_str().rsplit('_').next().unwrap_or_default()),
    }
}
