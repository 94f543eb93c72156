//! Voucher quotas that distributors give to their resellers and take back.

use http::StatusCode;

use crate::{
    core::{Account, LedgerAccount, Owned, Refusal, refuse, refuse_with},
    handler::item_error,
    slices::{customers::Restriction, vouchers::Quota, wallet::VoucherKind},
    state::State,
};
use huaweicloud_partner::{
    error::{ErrorCode, codes},
    fill,
    resellers::{
        GrantOutcome, GrantVoucherQuotas, QuotaGrant, QuotaOperation, QuotaReclaim, QuotaRecord, QuotaResult,
        ReclaimOutcome, ReclaimVoucherQuotas,
    },
    types::{Amount, ResellerId},
    vouchers::QuotaStatus,
};

fn own_quota(world: &State, holder: &str, id: &str) -> Result<Quota, Refusal> {
    let quota = world.vouchers.quota(id).filter(|quota| quota.holder == holder);
    quota.cloned().ok_or_else(|| refuse_with(StatusCode::BAD_REQUEST, codes::QUOTA_NOT_USABLE))
}

pub(crate) fn grant(
    world: &mut State,
    caller: &Account,
    parent: &Quota,
    reseller: &ResellerId,
    amount: Amount,
) -> Result<QuotaGrant, ErrorCode> {
    world.accounts.reseller_of(&caller.id, reseller.as_str()).map_err(|refusal| refusal.code().clone())?;
    if world.is_restricted(reseller.as_str(), Restriction::Leaving) {
        return Err(codes::RESELLER_LEAVING);
    }
    let id = world.fresh("QT");
    world
        .ledger
        .transfer(
            world.now,
            "quota grant",
            LedgerAccount::quota(&parent.id),
            LedgerAccount::quota(&id),
            amount,
        )
        .map_err(|_| codes::QUOTA_TOO_SMALL)?;
    let now = world.now;
    let quota = Quota {
        id: id.clone(),
        holder: reseller.to_string(),
        parent: Some(parent.id.clone()),
        value: amount,
        created: now,
        updated: now,
        effective: now,
        ..parent.clone()
    };
    world.vouchers.keep_quota(quota.clone());
    record(world, caller, &quota, QuotaOperation::Grant, amount, None);
    Ok(fill!(QuotaGrant { id: reseller.clone(), quota_id: id.into() }))
}

pub(crate) fn reclaim(
    world: &mut State,
    caller: &Account,
    id: &str,
    remark: Option<String>,
) -> Result<QuotaReclaim, ErrorCode> {
    let quota = world
        .vouchers
        .quota(id)
        .filter(|quota| world.accounts.reseller_of(&caller.id, &quota.holder).is_ok())
        .cloned();
    let Some(quota) = quota.filter(|quota| quota.is_in_force(world.now)) else {
        return Err(codes::QUOTA_NOT_USABLE);
    };
    let Some(parent) = &quota.parent else { return Err(codes::QUOTA_NOT_USABLE) };
    let left = world.ledger.balance(&LedgerAccount::quota(id));
    world
        .ledger
        .transfer(world.now, "quota reclaim", LedgerAccount::quota(id), LedgerAccount::quota(parent), left)
        .map_err(|_| codes::QUOTA_NOT_USABLE)?;
    world.vouchers.mark_reclaimed(id, world.now);
    record(world, caller, &quota, QuotaOperation::Reclaim, left, remark);
    Ok(fill!(QuotaReclaim { quota_id: id.into(), quota_balance: Some(Amount::ZERO) }))
}

pub(crate) fn record(
    world: &mut State,
    caller: &Account,
    quota: &Quota,
    operation: QuotaOperation,
    amount: Amount,
    remark: Option<String>,
) {
    let reseller = world.accounts.get(&quota.holder);
    let record = fill!(QuotaRecord {
        operator: Some(caller.login.clone()),
        operation_type: Some(operation),
        quota_id: quota.id.as_str().into(),
        parent_quota_id: quota.parent.as_deref().map(Into::into),
        amount: Some(amount),
        operation_time: Some(world.now),
        result: Some(QuotaResult::Done),
        indirect_partner_account_name: reseller.map(|account| account.login.clone()),
        indirect_partner_id: quota.holder.as_str().into(),
        indirect_partner_name: reseller.map(|account| account.name.clone()),
        remark,
        ..QuotaRecord::default()
    });
    let record = fill!(QuotaRecord { id: world.fresh("QR"), ..record });
    world.resellers.quota_records.push(Owned { owner: caller.id.clone(), record });
}

/// The whole call is refused where one of the resellers is somebody else's, the quota holds less than all of them
/// are to get, or it is bound to customers that are not a reseller's. Only a reseller that is leaving has an error of
/// its own.
pub(crate) fn grant_quotas(
    world: &mut State,
    caller: &Account,
    request: GrantVoucherQuotas,
) -> Result<GrantOutcome, Refusal> {
    let parent = own_quota(world, &caller.id, request.quota_id.as_str())?;
    if parent.reclaimed {
        return Err(refuse(codes::QUOTA_STATE_FORBIDS_ISSUING));
    }
    if !parent.is_in_force(world.now) {
        return Err(refuse(codes::QUOTA_OUTSIDE_VALIDITY));
    }
    if parent.status(world.now) != QuotaStatus::Normal {
        return Err(refuse(codes::QUOTA_STATE_FORBIDS_ISSUING));
    }
    if parent.kind != VoucherKind::Cash {
        return Err(refuse(codes::QUOTA_NOT_USABLE)); // resellers have quotas of cash vouchers only
    }
    for reseller in &request.indirect_partner_ids {
        world.accounts.reseller_of(&caller.id, reseller.as_str())?;
        let own = |id: &String| world.accounts.customer_of(reseller.as_str(), id).is_some();
        if !parent.limits.customers.iter().all(own) {
            return Err(refuse(codes::QUOTA_NOT_FOR_RESELLERS_CUSTOMERS));
        }
    }
    let all = Amount::checked_sum(request.indirect_partner_ids.iter().map(|_| request.quota_amount));
    let held = world.ledger.balance(&LedgerAccount::quota(&parent.id));
    if all.is_none_or(|all| all > held) {
        return Err(refuse(codes::QUOTA_TOO_SMALL));
    }
    let mut outcome = GrantOutcome::default();
    for reseller in &request.indirect_partner_ids {
        match grant(world, caller, &parent, reseller, request.quota_amount) {
            Ok(granted) => outcome.simple_quota_infos.push(granted),
            Err(code) => outcome.error_details.push(item_error(reseller.as_str(), &code)),
        }
    }
    Ok(outcome)
}

pub(crate) fn reclaim_quotas(
    world: &mut State,
    caller: &Account,
    request: ReclaimVoucherQuotas,
) -> Result<ReclaimOutcome, Refusal> {
    let mut outcome = ReclaimOutcome::default();
    for id in &request.quota_ids {
        match reclaim(world, caller, id.as_str(), request.remark.clone()) {
            Ok(reclaimed) => outcome.simple_quota_infos.push(reclaimed),
            Err(code) => outcome.error_details.push(item_error(id.as_str(), &code)),
        }
    }
    Ok(outcome)
}
