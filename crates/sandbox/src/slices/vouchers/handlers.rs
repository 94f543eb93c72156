//! Voucher quotas, vouchers issued from them, and their records.

use super::views::{quota_limits, quota_type};
use crate::{
    core::{Account, LedgerAccount, Refusal, page},
    handler::{Route, Simulated, non_empty, route},
    slices::{
        vouchers::issuing,
        wallet::{Voucher, use_limits, uses, voucher_status, voucher_type},
    },
    state::State,
};
use huaweicloud_partner::{
    fill,
    types::{Currency, CustomerId, MeasureUnit, ResellerId, UtcTime},
    vouchers::{
        FetchMethod, Frozen, IssueOutcome, IssueVouchers, IssuedVoucher, IssuedVoucherPage,
        ListIssuedVouchers, ListQuotas, ListVoucherRecords, Medium, QuotaType, ReclaimVoucher, VoucherQuota,
        VoucherQuotaPage, VoucherReclaim, VoucherRecordPage,
    },
};

pub(crate) const ROUTES: &[&[Route]] = &[&[
    route::<ListQuotas>(),
    route::<IssueVouchers>(),
    route::<ReclaimVoucher>(),
    route::<ListIssuedVouchers>(),
    route::<ListVoucherRecords>(),
]];

impl Simulated for ListQuotas {
    /// Quotas of cash vouchers are listed unless the other kind is asked for.
    fn run(self, world: &mut State, caller: &Account) -> Result<VoucherQuotaPage, Refusal> {
        let holder =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let now = world.now;
        let wanted = world.vouchers.quotas().filter(|quota| {
            quota.holder == holder
                && !quota.reclaimed
                && self.quota_type.unwrap_or(QuotaType::Cash) == quota_type(quota.kind)
                && self
                    .quota_ids
                    .as_ref()
                    .is_none_or(|ids| ids.is_empty() || ids.iter().any(|id| quota.id == id.as_str()))
                && self
                    .quota_status_list
                    .as_ref()
                    .is_none_or(|list| list.is_empty() || list.contains(&quota.status(now)))
                && self.create_time_begin.is_none_or(|begin| quota.created > begin)
                && self.create_time_end.is_none_or(|end| quota.created < end)
                && self.effective_time_begin.is_none_or(|begin| quota.effective > begin)
                && self.effective_time_end.is_none_or(|end| quota.effective < end)
                && self.expire_time_begin.is_none_or(|begin| quota.expires > begin)
                && self.expire_time_end.is_none_or(|end| quota.expires < end)
        });
        let (total_count, quotas) = page(wanted, self.offset, self.limit, |quota| {
            fill!(VoucherQuota {
                quota_id: quota.id.as_str().into(),
                quota_type: Some(quota_type(quota.kind)),
                create_time: Some(quota.created),
                last_update_time: Some(quota.updated),
                quota_value: Some(quota.value),
                quota_status: Some(quota.status(now)),
                balance: Some(world.ledger.balance(&LedgerAccount::quota(&quota.id))),
                measure_id: Some(MeasureUnit::MainUnit),
                currency: Some(Currency::Cny),
                effective_time: Some(quota.effective),
                expire_time: Some(quota.expires),
                limit_infos: quota_limits(&quota.limits),
            })
        });
        Ok(fill!(VoucherQuotaPage { total_count, quotas }))
    }
}

impl Simulated for IssueVouchers {
    fn run(self, world: &mut State, caller: &Account) -> Result<IssueOutcome, Refusal> {
        issuing::issue_vouchers(world, caller, self)
    }
}

impl Simulated for ReclaimVoucher {
    fn run(self, world: &mut State, caller: &Account) -> Result<VoucherReclaim, Refusal> {
        issuing::reclaim_voucher(world, caller, self)
    }
}

impl Simulated for ListIssuedVouchers {
    fn run(self, world: &mut State, caller: &Account) -> Result<IssuedVoucherPage, Refusal> {
        let issuer =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let now = world.now;
        // Issued vouchers are shown until two years after their end.
        let two_years_ago: UtcTime = now.instant().saturating_sub(time::Duration::days(730)).into();
        let used = uses(world, |charge| world.vouchers_issued_to(&issuer, &charge.customer));
        let order = |voucher: &Voucher| used.get(&voucher.id).and_then(|(_, order)| order.clone());
        let wanted = world.wallet.vouchers().filter(|voucher| {
            voucher.issuer == issuer
                && voucher.expires > two_years_ago
                && self.coupon_id.as_ref().is_none_or(|id| voucher.id == id.as_str())
                && self.customer_id.as_ref().is_none_or(|id| voucher.customer == id.as_str())
                && self.order_id.as_ref().is_none_or(|id| order(voucher).as_deref() == Some(id.as_str()))
                && self.coupon_type.is_none_or(|kind| voucher_type(voucher.kind) == kind)
                && self.status.is_none_or(|status| voucher_status(world, voucher) == status)
                && self.create_time_begin.is_none_or(|begin| voucher.created > begin)
                && self.create_time_end.is_none_or(|end| voucher.created < end)
                && self.effective_time_begin.is_none_or(|begin| voucher.effective > begin)
                && self.effective_time_end.is_none_or(|end| voucher.effective < end)
                && self.expire_time_begin.is_none_or(|begin| voucher.expires > begin)
                && self.expire_time_end.is_none_or(|end| voucher.expires < end)
        });
        let (total_count, user_coupons) = page(wanted, self.offset, self.limit, |voucher| {
            fill!(IssuedVoucher {
                coupon_id: voucher.id.as_str().into(),
                status: Some(voucher_status(world, voucher)),
                customer_id: voucher.customer.as_str().into(),
                coupon_type: Some(voucher_type(voucher.kind)),
                measure_id: Some(MeasureUnit::MainUnit),
                face_value: Some(voucher.face_value),
                effective_time: Some(voucher.effective),
                expire_time: Some(voucher.expires),
                media_type: Some(Medium::Electronic),
                fetch_method: Some(FetchMethod::Issued),
                active_time: Some(voucher.created.min(now)),
                create_time: Some(voucher.created),
                balance: Some(world.ledger.balance(&LedgerAccount::voucher(&voucher.id))),
                is_frozen: Some(Frozen::No),
                order_id: order(voucher).map(Into::into),
                lock_order_id: world.wallet.lock_on(&voucher.id).map(Into::into),
                last_used_time: used.get(&voucher.id).map(|(at, _)| *at),
                use_limits: use_limits(&voucher.limits),
                ..IssuedVoucher::default()
            })
        });
        Ok(fill!(IssuedVoucherPage { total_count, user_coupons }))
    }
}

impl Simulated for ListVoucherRecords {
    const OPEN_FIELDS: &'static [&'static str] = &["result"];

    /// A result outside the documented ones does not filter.
    fn run(self, world: &mut State, caller: &Account) -> Result<VoucherRecordPage, Refusal> {
        let issuer =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let customer = non_empty(self.customer_id.as_ref().map(CustomerId::as_str));
        let wanted = world.wallet.voucher_records(&issuer);
        let wanted = wanted.filter(|record| {
            self.operation_types.as_ref().is_none_or(|kinds| {
                kinds.is_empty() || record.operation_type.as_ref().is_some_and(|kind| kinds.contains(kind))
            }) && self.quota_id.as_ref().is_none_or(|id| record.quota_id == *id)
                && self.quota_type.is_none_or(|kind| record.quota_type == Some(kind))
                && self.coupon_ids.as_ref().is_none_or(|ids| {
                    ids.is_empty() || record.coupon_id.as_ref().is_some_and(|id| ids.contains(id))
                })
                && customer.is_none_or(|id| record.customer_id.as_str() == id)
                && self.operation_time_begin.is_none_or(|begin| record.operation_time > Some(begin))
                && self.operation_time_end.is_none_or(|end| record.operation_time < Some(end))
                && self
                    .result
                    .as_ref()
                    .is_none_or(|result| !result.is_known() || record.result.as_ref() == Some(result))
        });
        let (total_count, records) = page(wanted, self.offset, self.limit, Clone::clone);
        Ok(fill!(VoucherRecordPage { total_count, records }))
    }
}
