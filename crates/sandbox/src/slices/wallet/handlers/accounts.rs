//! Account balances, changes and spending limit of the calling customer.

use std::convert::identity;

use crate::{
    core::{Account, LedgerAccount, Refusal, bad_request, page, refuse},
    handler::{Route, Simulated, non_empty, route, span},
    slices::{
        catalogue::{Name, language_of},
        wallet::statements::Change,
    },
    state::State,
};
use huaweicloud_partner::{
    customers::{
        AccountBalance, AccountBalances, AccountChange, AccountChangePage, ListAccountChanges,
        PaymentChannel, ShowAccountBalances,
    },
    error::codes,
    fill,
    partners::{AccountType, TradeDetail, TradeType},
    types::{Amount, BillCycle, MeasureUnit, UtcTime},
};

pub(crate) const ROUTES: &[Route] = &[route::<ShowAccountBalances>(), route::<ListAccountChanges>()];

impl Simulated for ShowAccountBalances {
    /// The debt is what was used and not paid.
    fn run(self, world: &mut State, caller: &Account) -> Result<AccountBalances, Refusal> {
        if world.accounts.is_of_reseller_model(&caller.id) {
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
        let lines = world.wallet.credit_of(&caller.id);
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
    /// Newest first; the order is not documented. Customers of the Reseller model, which have no account, are refused.
    fn run(self, world: &mut State, caller: &Account) -> Result<AccountChangePage, Refusal> {
        if world.accounts.is_of_reseller_model(&caller.id) {
            return Err(refuse(codes::NOT_FOR_PARTNER_CUSTOMERS));
        }
        let (begin, end) = span(world.now, self.trade_time_begin, self.trade_time_end)?;
        let channels: Vec<&str> = non_empty(self.payment_channel_id.as_deref())
            .map(|codes| codes.split(',').map(str::trim).collect())
            .unwrap_or_default();
        if !channels.iter().all(|code| PaymentChannel::from(*code).is_known()) {
            return Err(bad_request("payment_channel_id: not one of the documented values".to_owned()));
        }
        let paid_through = |change: &AccountChange| {
            let channel = change.payment_channel_id.as_ref().map(|channel| channel.as_str());
            (channels.is_empty() || channel.is_some_and(|code| channels.contains(&code)))
                && self
                    .payment_channel_no
                    .as_ref()
                    .is_none_or(|number| change.payment_channel_no.as_ref() == Some(number))
        };
        let wanted = world
            .wallet
            .changes(&caller.id)
            .rev()
            .filter(|record| record.balance == self.balance_type)
            .map(|record| listed(world, caller, record))
            .filter(|change| paid_through(change))
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

/// The time that was paid for; how the two ends are written together is not documented.
fn written(consumed: Option<(UtcTime, UtcTime)>) -> Option<String> {
    consumed.map(|(from, until)| format!("{from}~{until}"))
}

fn listed(world: &State, owner: &Account, record: &Change) -> AccountChange {
    let Change { change, consumed, offer, channel, .. } = record;
    let offer = offer.as_deref().and_then(|id| world.offer(id));
    let language = language_of(owner.site, None);
    let name = |name: Name| name.in_language(language.as_ref()).to_owned();
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
        payment_channel_id: channel.as_ref().map(|(channel, _)| channel.clone()),
        payment_channel_no: channel.as_ref().map(|(_, number)| number.clone()),
        cloud_service_type_name: offer.map(|offer| name(offer.service_type_name)),
        resource_type_name: offer.map(|offer| name(offer.resource_type_name)),
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
