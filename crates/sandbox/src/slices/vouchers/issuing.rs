//! Issuing vouchers from a quota to customers.

use http::StatusCode;

use super::quotas::Quota;
use crate::{
    core::{Account, LedgerAccount, Refusal, refuse, refuse_with},
    handler::item_error,
    slices::{
        catalogue::offers_of,
        customers::Restriction,
        wallet::{Voucher, VoucherLimits, voucher_status},
    },
    state::State,
};
use huaweicloud_partner::{
    error::{ErrorCode, codes},
    fill,
    types::{Amount, CustomerId, ResellerId, Site},
    vouchers::{
        IssueOutcome, IssueVouchers, QuotaStatus, ReclaimVoucher, VoucherIssue, VoucherOperation,
        VoucherReclaim, VoucherStatus, VoucherTradeDetail,
    },
};

/// Whether the limits of a quota allow what is to be issued; they refuse the whole call. Cloud services and products must
/// be on sale here.
fn may_issue(world: &State, quota: &Quota, request: &IssueVouchers) -> Result<(), ErrorCode> {
    let limits = &quota.limits;
    let known_service = |code: &String| offers_of(Site::China).any(|offer| offer.service_type_code == code);
    if !request.cloud_service_types.iter().flatten().all(known_service) {
        return Err(codes::VOUCHER_SERVICE_NOT_FOUND);
    }
    if !request.product_ids.iter().flatten().all(|id| world.offer(id).is_some()) {
        return Err(codes::VOUCHER_PRODUCT_NOT_FOUND);
    }
    if request.customer_ids.iter().any(|id| id.as_str() == quota.holder) {
        return Err(codes::NO_VOUCHERS_TO_SELF);
    }
    if limits.least_face_value.is_some_and(|least| request.face_value < least) {
        return Err(codes::FACE_VALUE_TOO_LOW);
    }
    if limits.greatest_face_value.is_some_and(|most| request.face_value > most) {
        return Err(codes::FACE_VALUE_TOO_HIGH);
    }
    let inside = |asked: &Option<Vec<String>>, allowed: &[String]| {
        allowed.is_empty() || asked.iter().flatten().all(|one| allowed.contains(one))
    };
    if !inside(&request.cloud_service_types, &limits.services)
        || !inside(&request.product_ids, &limits.products)
    {
        return Err(codes::PRODUCT_LIMITS_TOO_WIDE);
    }
    let bound = |id: &CustomerId| {
        limits.customers.is_empty() || limits.customers.iter().any(|one| one == id.as_str())
    };
    if !request.customer_ids.iter().all(bound) {
        return Err(codes::VOUCHER_FOR_NAMED_CUSTOMERS_ONLY);
    }
    let left_once = |id: &CustomerId| world.customers.has_left_a_partner(id.as_str());
    if limits.first_association_only && request.customer_ids.iter().any(left_once) {
        return Err(codes::VOUCHER_FOR_NEW_CUSTOMERS_ONLY);
    }
    Ok(())
}

/// Returns the limits of a voucher: the requested ones, else those of the quota.
fn limits_of(quota: &Quota, request: &IssueVouchers) -> VoucherLimits {
    let asked = |asked: &Option<Vec<String>>, allowed: &[String]| {
        asked.clone().filter(|asked| !asked.is_empty()).unwrap_or_else(|| allowed.to_vec())
    };
    VoucherLimits {
        services: asked(&request.cloud_service_types, &quota.limits.services),
        products: asked(&request.product_ids, &quota.limits.products),
        order_types: quota.limits.order_types.clone(),
        ..VoucherLimits::default()
    }
}

pub(crate) fn issue(
    world: &mut State,
    issuer: &str,
    quota: &Quota,
    customer: &CustomerId,
    request: &IssueVouchers,
) -> Result<VoucherIssue, ErrorCode> {
    let receiver = world.accounts.customer_of(issuer, customer.as_str()).ok_or(codes::NOT_OWN_CUSTOMER)?;
    if !receiver.is_resale() {
        return Err(codes::VOUCHER_NOT_FOR_THIS_MODEL);
    }
    if world.enterprise.member(customer.as_str()).is_some_and(|member| member.custody) {
        return Err(codes::NOT_FOR_CUSTODY_MEMBERS);
    }
    let issued = world.wallet.vouchers().filter(|voucher| voucher.quota == quota.id);
    let values: Vec<Amount> = issued.map(|voucher| voucher.face_value).collect();
    if quota.limits.greatest_number.is_some_and(|most| values.len() >= most as usize) {
        return Err(codes::TOO_MANY_VOUCHERS);
    }
    let total = Amount::checked_sum(values.into_iter().chain([request.face_value]));
    if quota.limits.greatest_total.is_some_and(|most| total.is_none_or(|total| total > most)) {
        return Err(codes::TOTAL_FACE_VALUE_TOO_HIGH);
    }
    let id = world.fresh("CP");
    world
        .ledger
        .transfer(
            world.now,
            "voucher issue",
            LedgerAccount::quota(&quota.id),
            LedgerAccount::voucher(&id),
            request.face_value,
        )
        .map_err(|_| codes::QUOTA_TOO_SMALL)?;
    let voucher = Voucher {
        id: id.clone(),
        quota: quota.id.clone(),
        issuer: issuer.to_owned(),
        customer: customer.to_string(),
        face_value: request.face_value,
        reclaimed: false,
        created: world.now,
        effective: request.valid_time.unwrap_or(quota.effective),
        expires: request.expire_time.unwrap_or(quota.expires),
        plan: None,
        cut_from: None,
        limits: limits_of(quota, request),
        kind: quota.kind,
    };
    let trade =
        world.record_voucher(&voucher, VoucherOperation::Issue, request.face_value, request.memo.clone());
    world.note_voucher(&voucher, VoucherTradeDetail::Activation, request.face_value, &trade);
    world.wallet.keep_issued_voucher(voucher);
    Ok(fill!(VoucherIssue { id: customer.clone(), coupon_id: id.into() }))
}

/// A quota that is not the holder's or not in force refuses the whole call; each customer has its own outcome then.
/// A quota that runs out serves those named first.
pub(crate) fn issue_vouchers(
    world: &mut State,
    caller: &Account,
    request: IssueVouchers,
) -> Result<IssueOutcome, Refusal> {
    let issuer =
        world.accounts.acting_for(caller, request.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
    let quota = world
        .vouchers
        .quotas
        .get(request.quota_id.as_str())
        .filter(|quota| quota.holder == issuer && !quota.reclaimed);
    let Some(quota) = quota.cloned() else {
        return Err(refuse_with(StatusCode::BAD_REQUEST, codes::QUOTA_NOT_USABLE));
    };
    if !quota.is_in_force(world.now) {
        return Err(refuse_with(StatusCode::BAD_REQUEST, codes::QUOTA_OUTSIDE_VALIDITY));
    }
    if quota.status(world.now) != QuotaStatus::Normal {
        return Err(refuse(codes::QUOTA_STATE_FORBIDS_ISSUING));
    }
    if world.is_restricted(&caller.id, Restriction::UsesVouchersItself) {
        return Err(refuse(codes::PARTNER_USES_VOUCHERS_ITSELF));
    }
    may_issue(world, &quota, &request).map_err(|code| refuse_with(StatusCode::BAD_REQUEST, code))?;
    let mut outcome = IssueOutcome::default();
    for customer in &request.customer_ids {
        match issue(world, &issuer, &quota, customer, &request) {
            Ok(issued) => outcome.coupon_infos.push(issued),
            Err(code) => outcome.error_details.push(item_error(customer.as_str(), &code)),
        }
    }
    Ok(outcome)
}

/// Returns the remainder to the quota. A voucher that is not in force, or has no remainder, is refused
/// with HTTP status 200, as documented; one of a customer that is no resale customer any more for that reason.
pub(crate) fn reclaim_voucher(
    world: &mut State,
    caller: &Account,
    request: ReclaimVoucher,
) -> Result<VoucherReclaim, Refusal> {
    let issuer =
        world.accounts.acting_for(caller, request.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
    let voucher =
        world.wallet.voucher(request.coupon_id.as_str()).filter(|voucher| voucher.issuer == issuer).cloned();
    let gone = || refuse_with(StatusCode::OK, codes::VOUCHER_ALREADY_GONE);
    let voucher = voucher.ok_or_else(gone)?;
    if world.accounts.customer_of(&issuer, &voucher.customer).is_some_and(|customer| !customer.is_resale()) {
        return Err(refuse_with(StatusCode::BAD_REQUEST, codes::REFERRAL_VOUCHER_NOT_RECLAIMABLE));
    }
    if voucher_status(world, &voucher) != VoucherStatus::Usable {
        return Err(gone());
    }
    world.take_voucher_back(&voucher.id, VoucherOperation::Reclaim)?;
    Ok(VoucherReclaim::default())
}
