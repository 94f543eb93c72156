//! Voucher quotas, vouchers issued from them, and their records.

use super::{
    Route, Simulated,
    resellers::{given, item_error},
    route,
};
use http::StatusCode;

use crate::{
    ledger::LedgerAccount,
    world::{Account, Owned, Quota, Refusal, State, Voucher, page, refuse_with},
};
use huaweicloud_partner::{
    error::{ErrorCode, codes},
    types::{Amount, Currency, CustomerId, MeasureUnit, ResellerId},
    vouchers::{
        FetchMethod, Frozen, IssueOutcome, IssueVouchers, IssuedVoucher, IssuedVoucherPage,
        ListIssuedVouchers, ListQuotas, ListVoucherRecords, Medium, QuotaStatus, QuotaType, ReclaimVoucher,
        VoucherIssue, VoucherOperation, VoucherQuota, VoucherQuotaPage, VoucherReclaim, VoucherRecord,
        VoucherRecordPage, VoucherResult, VoucherStatus, VoucherTradeDetail, VoucherType,
    },
};

pub(super) const ROUTES: &[Route] = &[
    route::<ListQuotas>(),
    route::<IssueVouchers>(),
    route::<ReclaimVoucher>(),
    route::<ListIssuedVouchers>(),
    route::<ListVoucherRecords>(),
];

impl Simulated for ListQuotas {
    /// All quotas here are of cash vouchers; a filter by the other kind finds none.
    fn run(self, world: &mut State, caller: &Account) -> Result<VoucherQuotaPage, Refusal> {
        let holder = world.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let now = world.now;
        let wanted = world.quotas.values().filter(|quota| {
            quota.holder == holder
                && !quota.reclaimed
                && self.quota_type.is_none_or(|kind| kind == QuotaType::Cash)
                && self
                    .quota_ids
                    .as_ref()
                    .is_none_or(|ids| ids.is_empty() || ids.iter().any(|id| quota.id == id.as_str()))
                && self
                    .quota_status_list
                    .as_ref()
                    .is_none_or(|list| list.is_empty() || list.contains(&status(quota, now)))
                && self.create_time_begin.is_none_or(|begin| quota.created >= begin)
                && self.create_time_end.is_none_or(|end| quota.created <= end)
                && self.effective_time_begin.is_none_or(|begin| quota.effective >= begin)
                && self.effective_time_end.is_none_or(|end| quota.effective <= end)
                && self.expire_time_begin.is_none_or(|begin| quota.expires >= begin)
                && self.expire_time_end.is_none_or(|end| quota.expires <= end)
        });
        let (total_count, quotas) = page(wanted, self.offset, self.limit, |quota| VoucherQuota {
            quota_id: quota.id.as_str().into(),
            quota_type: QuotaType::Cash,
            create_time: Some(quota.created),
            last_update_time: Some(quota.updated),
            quota_value: Some(quota.value),
            quota_status: status(quota, now),
            balance: Some(world.ledger.balance(&LedgerAccount::quota(&quota.id))),
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(Currency::Cny),
            effective_time: Some(quota.effective),
            expire_time: Some(quota.expires),
            limit_infos: Vec::new(),
        });
        Ok(VoucherQuotaPage { total_count, quotas })
    }
}

impl Simulated for IssueVouchers {
    /// A quota that is not the holder's or not in force refuses the whole call; each customer has its own outcome then.
    /// A quota that runs out serves those named first.
    fn run(self, world: &mut State, caller: &Account) -> Result<IssueOutcome, Refusal> {
        let issuer = world.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let quota = world
            .quotas
            .get(self.quota_id.as_str())
            .filter(|quota| quota.holder == issuer && !quota.reclaimed);
        let Some(quota) = quota.cloned() else {
            return Err(refuse_with(StatusCode::BAD_REQUEST, codes::QUOTA_NOT_USABLE));
        };
        if !quota.is_in_force(world.now) {
            return Err(refuse_with(StatusCode::BAD_REQUEST, codes::QUOTA_OUTSIDE_VALIDITY));
        }
        let mut outcome = IssueOutcome::default();
        for customer in &self.customer_ids {
            match issue(world, &issuer, &quota, customer, &self) {
                Ok(issued) => outcome.coupon_infos.push(issued),
                Err(code) => outcome.error_details.push(item_error(customer.as_str(), &code)),
            }
        }
        Ok(outcome)
    }
}

impl Simulated for ReclaimVoucher {
    /// What is left goes back to the quota. A voucher that is gone answers its code with HTTP status 200, as documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<VoucherReclaim, Refusal> {
        let issuer = world.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let voucher =
            world.vouchers.get(self.coupon_id.as_str()).filter(|voucher| voucher.issuer == issuer).cloned();
        let gone = || refuse_with(StatusCode::OK, codes::VOUCHER_ALREADY_GONE);
        let voucher = voucher.filter(|voucher| voucher.is_usable(world.now)).ok_or_else(gone)?;
        let left = world.ledger.balance(&LedgerAccount::voucher(&voucher.id));
        world.move_money(
            "voucher reclaim",
            LedgerAccount::voucher(&voucher.id),
            LedgerAccount::quota(&voucher.quota),
            left,
        )?;
        if let Some(voucher) = world.vouchers.get_mut(&voucher.id) {
            voucher.reclaimed = true;
        }
        let trade = record(world, &voucher, VoucherOperation::Reclaim, left, None);
        world.note_voucher(&voucher, VoucherTradeDetail::Reclaim, left.negated(), &trade);
        Ok(VoucherReclaim::default())
    }
}

impl Simulated for ListIssuedVouchers {
    fn run(self, world: &mut State, caller: &Account) -> Result<IssuedVoucherPage, Refusal> {
        let issuer = world.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let now = world.now;
        let wanted = world.vouchers.values().filter(|voucher| {
            voucher.issuer == issuer
                && self.coupon_id.as_ref().is_none_or(|id| voucher.id == id.as_str())
                && self.customer_id.as_ref().is_none_or(|id| voucher.customer == id.as_str())
                && self.order_id.is_none()
                && self.coupon_type.is_none_or(|kind| kind == VoucherType::Cash)
                && self.status.is_none_or(|status| voucher_status(world, voucher) == status)
                && self.create_time_begin.is_none_or(|begin| voucher.created >= begin)
                && self.create_time_end.is_none_or(|end| voucher.created <= end)
                && self.effective_time_begin.is_none_or(|begin| voucher.effective >= begin)
                && self.effective_time_end.is_none_or(|end| voucher.effective <= end)
                && self.expire_time_begin.is_none_or(|begin| voucher.expires >= begin)
                && self.expire_time_end.is_none_or(|end| voucher.expires <= end)
        });
        let (total_count, user_coupons) = page(wanted, self.offset, self.limit, |voucher| IssuedVoucher {
            coupon_id: voucher.id.as_str().into(),
            status: voucher_status(world, voucher),
            customer_id: voucher.customer.as_str().into(),
            coupon_type: VoucherType::Cash,
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
            ..IssuedVoucher::default()
        });
        Ok(IssuedVoucherPage { total_count, user_coupons })
    }
}

impl Simulated for ListVoucherRecords {
    fn run(self, world: &mut State, caller: &Account) -> Result<VoucherRecordPage, Refusal> {
        let issuer = world.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let customer = given(self.customer_id.as_ref().map(CustomerId::as_str));
        let wanted =
            world.voucher_records.iter().filter(|entry| entry.owner == issuer).map(|entry| &entry.record);
        let wanted = wanted.filter(|record| {
            self.operation_types
                .as_ref()
                .is_none_or(|kinds| kinds.is_empty() || kinds.contains(&record.operation_type))
                && self.quota_id.as_ref().is_none_or(|id| record.quota_id == *id)
                && self.quota_type.is_none_or(|kind| kind == QuotaType::Cash)
                && self.coupon_ids.as_ref().is_none_or(|ids| {
                    ids.is_empty() || record.coupon_id.as_ref().is_some_and(|id| ids.contains(id))
                })
                && customer.is_none_or(|id| record.customer_id.as_str() == id)
                && self.operation_time_begin.is_none_or(|begin| record.operation_time >= Some(begin))
                && self.operation_time_end.is_none_or(|end| record.operation_time <= Some(end))
                && self.result.as_ref().is_none_or(|result| record.result == *result)
        });
        let (total_count, records) = page(wanted, self.offset, self.limit, Clone::clone);
        Ok(VoucherRecordPage { total_count, records })
    }
}

fn issue(
    world: &mut State,
    issuer: &str,
    quota: &Quota,
    customer: &CustomerId,
    request: &IssueVouchers,
) -> Result<VoucherIssue, ErrorCode> {
    let receiver = world.customer_of(issuer, customer.as_str()).ok_or(codes::NOT_OWN_CUSTOMER)?;
    if !receiver.is_resale() {
        return Err(codes::VOUCHER_NOT_FOR_THIS_MODEL);
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
    };
    let trade = record(world, &voucher, VoucherOperation::Issue, request.face_value, request.memo.clone());
    world.note_voucher(&voucher, VoucherTradeDetail::Activation, request.face_value, &trade);
    world.vouchers.insert(id.clone(), voucher);
    Ok(VoucherIssue { id: customer.clone(), coupon_id: id.into() })
}

/// Writes an issue or a reclaim down, and gives the id of the record.
/// The note of an issue is taken to be the remark of its record: the documentation does not say where else it appears.
fn record(
    world: &mut State,
    voucher: &Voucher,
    operation: VoucherOperation,
    amount: Amount,
    remark: Option<String>,
) -> String {
    let id = world.fresh("VR");
    let record = VoucherRecord {
        id: id.clone(),
        operation_type: operation,
        quota_id: voucher.quota.as_str().into(),
        quota_type: Some(QuotaType::Cash),
        coupon_id: Some(voucher.id.as_str().into()),
        customer_id: voucher.customer.as_str().into(),
        operation_amount: Some(amount),
        operation_time: Some(world.now),
        result: VoucherResult::Done,
        remark,
    };
    world.voucher_records.push(Owned { owner: voucher.issuer.clone(), record });
    id
}

fn status(quota: &Quota, now: huaweicloud_partner::types::UtcTime) -> QuotaStatus {
    if quota.is_in_force(now) { QuotaStatus::Normal } else { QuotaStatus::Invalid }
}

pub(super) fn voucher_status(world: &State, voucher: &Voucher) -> VoucherStatus {
    if voucher.reclaimed {
        VoucherStatus::Reclaimed
    } else if voucher.expires <= world.now {
        VoucherStatus::Expired
    } else if world.ledger.balance(&LedgerAccount::voucher(&voucher.id)).is_zero() {
        VoucherStatus::Used
    } else {
        VoucherStatus::Usable
    }
}
