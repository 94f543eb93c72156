//! A distributor's resellers: who they are, their accounts, their voucher quotas.

use crate::{
    core::{Account, AccountKind, LedgerAccount, Refusal, page},
    handler::{Route, Simulated, non_empty, route},
    slices::{
        resellers::quotas,
        vouchers::{Quota, quota_limits},
    },
    state::State,
};
use huaweicloud_partner::{
    fill,
    partners::AdjustmentKind,
    resellers::{
        AllocateToReseller, Allocation, GrantOutcome, GrantVoucherQuotas, GrantedQuota, GrantedQuotaPage,
        GrantedQuotaStatus, ListGrantedVoucherQuotas, ListResellers, ListVoucherQuotaRecords,
        QuotaRecordPage, Reclaim, ReclaimFromReseller, ReclaimOutcome, ReclaimVoucherQuotas, Reseller,
        ResellerPage,
    },
    types::{Currency, MeasureUnit, ResellerId},
    vouchers::QuotaStatus,
};

pub(crate) const ROUTES: &[&[Route]] = &[&[
    route::<ListResellers>(),
    route::<AllocateToReseller>(),
    route::<ReclaimFromReseller>(),
    route::<GrantVoucherQuotas>(),
    route::<ReclaimVoucherQuotas>(),
    route::<ListGrantedVoucherQuotas>(),
    route::<ListVoucherQuotaRecords>(),
]];

impl Simulated for ListResellers {
    fn run(self, world: &mut State, caller: &Account) -> Result<ResellerPage, Refusal> {
        let wanted = world.accounts.values().filter(|account| {
            account.kind == AccountKind::Reseller
                && account.associated_with.as_deref() == Some(&caller.id)
                && non_empty(self.indirect_partner_id.as_ref().map(ResellerId::as_str))
                    .is_none_or(|id| account.id == id)
                && non_empty(self.account_name.as_ref().map(|name| name.expose()))
                    .is_none_or(|name| account.login.expose() == name)
                && self.associated_on_begin.is_none_or(|begin| account.associated_on >= Some(begin))
                && self.associated_on_end.is_none_or(|end| account.associated_on <= Some(end))
        });
        let manager = |account: &Account| world.customers.profile(&account.id);
        let (count, indirect_partners) = page(wanted, self.offset, self.limit, |account| {
            fill!(Reseller {
                indirect_partner_id: account.id.as_str().into(),
                mobile_phone: account.mobile_phone.clone(),
                email: account.email.clone(),
                account_name: Some(account.login.clone()),
                name: Some(account.name.clone()),
                associated_on: account.associated_on,
                account_manager_id: manager(account).and_then(|it| it.manager_id.clone()),
                account_manager_name: manager(account).and_then(|it| it.manager_name.clone()),
            })
        });
        Ok(fill!(ResellerPage { count, indirect_partners }))
    }
}

impl Simulated for AllocateToReseller {
    fn run(self, world: &mut State, caller: &Account) -> Result<Allocation, Refusal> {
        let reseller = world.accounts.reseller_of(&caller.id, self.indirect_partner_id.as_str())?.id.clone();
        let transfer_id = world.transfer(AdjustmentKind::Grant, &caller.id, &reseller, self.amount)?;
        Ok(fill!(Allocation { transfer_id }))
    }
}

impl Simulated for ReclaimFromReseller {
    fn run(self, world: &mut State, caller: &Account) -> Result<Reclaim, Refusal> {
        let reseller = world.accounts.reseller_of(&caller.id, self.indirect_partner_id.as_str())?.id.clone();
        let trans_id = world.transfer(AdjustmentKind::Reclaim, &caller.id, &reseller, self.amount)?;
        Ok(fill!(Reclaim { trans_id }))
    }
}

impl Simulated for GrantVoucherQuotas {
    fn run(self, world: &mut State, caller: &Account) -> Result<GrantOutcome, Refusal> {
        quotas::grant_quotas(world, caller, self)
    }
}

impl Simulated for ReclaimVoucherQuotas {
    fn run(self, world: &mut State, caller: &Account) -> Result<ReclaimOutcome, Refusal> {
        quotas::reclaim_quotas(world, caller, self)
    }
}

impl Simulated for ListGrantedVoucherQuotas {
    fn run(self, world: &mut State, caller: &Account) -> Result<GrantedQuotaPage, Refusal> {
        let wanted = world.vouchers.quotas().filter(|quota| {
            let Some(parent) = &quota.parent else { return false };
            world.accounts.reseller_of(&caller.id, &quota.holder).is_ok()
                && self.quota_id.as_ref().is_none_or(|id| quota.id == id.as_str())
                && self.indirect_partner_id.as_ref().is_none_or(|id| quota.holder == id.as_str())
                && self.parent_quota_id.as_ref().is_none_or(|id| parent == id.as_str())
        });
        let (total_count, quotas) = page(wanted, self.offset, self.limit, |quota| granted(world, quota));
        Ok(fill!(GrantedQuotaPage { total_count, quotas }))
    }
}

impl Simulated for ListVoucherQuotaRecords {
    const OPEN_FIELDS: &'static [&'static str] = &["operation_type"];

    /// A reseller of somebody else is refused; codes of operations that are neither grant nor reclaim do not filter.
    fn run(self, world: &mut State, caller: &Account) -> Result<QuotaRecordPage, Refusal> {
        if let Some(reseller) = non_empty(self.indirect_partner_id.as_ref().map(ResellerId::as_str)) {
            world.accounts.reseller_of(&caller.id, reseller)?;
        }
        let kind = self.operation_type.as_ref().filter(|kind| kind.is_known());
        let wanted = world.resellers.quota_records(&caller.id).filter(|record| {
            self.indirect_partner_id.as_ref().is_none_or(|id| record.indirect_partner_id == *id)
                && self.quota_id.as_ref().is_none_or(|id| record.quota_id == *id)
                && self.parent_quota_id.as_ref().is_none_or(|id| record.parent_quota_id.as_ref() == Some(id))
                && kind.is_none_or(|kind| record.operation_type.as_ref() == Some(kind))
                && self.operation_time_begin.is_none_or(|begin| record.operation_time >= Some(begin))
                && self.operation_time_end.is_none_or(|end| record.operation_time <= Some(end))
        });
        let (total_count, records) = page(wanted, self.offset, self.limit, Clone::clone);
        Ok(fill!(QuotaRecordPage { total_count, records }))
    }
}

fn granted(world: &State, quota: &Quota) -> GrantedQuota {
    let reseller = world.accounts.get(&quota.holder);
    fill!(GrantedQuota {
        quota_id: quota.id.as_str().into(),
        quota_type: Some(0),
        create_time: Some(quota.created),
        last_update_time: Some(quota.updated),
        quota_value: Some(quota.value),
        quota_status: Some(match quota.status(world.now) {
            _ if quota.reclaimed => GrantedQuotaStatus::Reclaimed,
            QuotaStatus::Normal => GrantedQuotaStatus::Normal,
            QuotaStatus::Adjusting => GrantedQuotaStatus::Adjusting,
            QuotaStatus::Frozen => GrantedQuotaStatus::Frozen,
            _ => GrantedQuotaStatus::Invalid,
        }),
        balance: Some(world.ledger.balance(&LedgerAccount::quota(&quota.id))),
        measure_id: Some(MeasureUnit::MainUnit),
        currency: Some(Currency::Cny),
        effective_time: Some(quota.effective),
        expire_time: Some(quota.expires),
        limit_infos: quota_limits(&quota.limits),
        indirect_partner_id: quota.holder.as_str().into(),
        indirect_partner_account_name: reseller.map(|account| account.login.clone()),
        indirect_partner_name: reseller.map(|account| account.name.clone()),
        parent_quota_id: quota.parent.as_deref().map(Into::into),
    })
}
