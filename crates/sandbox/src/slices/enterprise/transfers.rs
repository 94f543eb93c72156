//! Money, credit and vouchers between a master and its members.

use super::Membership;
use crate::{
    core::{Account, LedgerAccount, Refusal, bad_request, refuse, refuse_naming},
    slices::wallet::{CreditLine, Voucher},
    state::State,
};
use huaweicloud_partner::{
    customers::AssociationType,
    enterprise::{
        FailedCheck, FundsAccount, MemberPermission, MemberReclaim, MemberTransfer, MemberVoucherReclaim,
        MemberVoucherTransfer, ReclaimFromMember, ReclaimVoucherFromMember, TransferToMember,
        TransferVoucherToMember,
    },
    error::codes,
    fill,
    partners::{BalanceType, TradeDetail},
    types::{Amount, AmountText, CustomerId, UtcTime},
    vouchers::VoucherTradeDetail,
};

pub(crate) fn membership<'w>(
    world: &'w State,
    master: &Account,
    member: &CustomerId,
) -> Result<&'w Membership, Refusal> {
    world
        .enterprise
        .members
        .get(member.as_str())
        .filter(|member| member.master == master.id)
        .ok_or_else(|| refuse(codes::NO_MASTER_MEMBER_RELATION))
}

/// The key of a move as it is kept, if it was not used before.
pub(crate) fn unused(world: &State, master: &Account, key: &str) -> Result<String, Refusal> {
    let key = format!("{}/{key}", master.id);
    if world.enterprise.keys.contains(&key) { Err(refuse(codes::TRANSACTION_ID_USED)) } else { Ok(key) }
}

pub(crate) fn checks(failed: Vec<FailedCheck>) -> Result<(), Refusal> {
    if failed.is_empty() {
        Ok(())
    } else {
        Err(refuse_naming(codes::BUSINESS_CHECK_FAILED, "fail_check_items", failed))
    }
}

/// Returns the reason why a master cannot pass on its balance.
pub(crate) fn bound(master: &Account) -> Option<FailedCheck> {
    match master.association_type.as_deref().map(AssociationType::from)? {
        AssociationType::Resale => Some(FailedCheck::MasterIsResaleCustomer),
        AssociationType::ResellerModel => Some(FailedCheck::MasterIsResellerModelCustomer),
        _ => None,
    }
}

/// Content of one account or of one ledger of the credit.
pub(crate) struct Row {
    pub(crate) left: Amount,
    /// The whole line of credit.
    pub(crate) line: Option<Amount>,
    pub(crate) expires: Option<UtcTime>,
}

/// The balance, or each ledger of the credit that has not expired.
pub(crate) fn rows(world: &State, account: &str, funds: &FundsAccount) -> Result<Vec<Row>, Refusal> {
    if *funds == FundsAccount::Balance {
        let left = world.ledger.balance(&LedgerAccount::cash(account));
        return Ok(vec![Row { left, line: None, expires: None }]);
    }
    let lines = world.wallet.credit_of(account).filter(|_| *funds == FundsAccount::Credit);
    let lines = lines.ok_or_else(|| refuse(codes::ACCOUNT_NOT_FOUND))?;
    let row = |line: &CreditLine| Row {
        left: world.ledger.balance(&LedgerAccount::credit(account, line.expires)),
        line: Some(line.granted),
        expires: line.expires,
    };
    Ok(lines.iter().filter(|line| !line.has_expired(world.now)).map(row).collect())
}

/// Moves money or credit and writes both sides down.
#[allow(clippy::too_many_arguments)] // two sides, what and how much, and what it is called
fn shift(
    world: &mut State,
    from: &str,
    to: &str,
    funds: &FundsAccount,
    expires: Option<UtcTime>,
    amount: &AmountText,
    trade: &str,
    what: TradeDetail,
) -> Result<(), Refusal> {
    let amount = amount.amount().map_err(|error| bad_request(error.to_string()))?;
    let balance = match funds {
        FundsAccount::Balance => {
            world.move_money("enterprise", LedgerAccount::cash(from), LedgerAccount::cash(to), amount)?;
            BalanceType::Cash
        }
        FundsAccount::Credit => {
            if expires.is_some_and(|end| end <= world.now) {
                return Err(refuse(codes::ENTERPRISE_CREDIT_EXPIRED));
            }
            let (source, target) = (LedgerAccount::credit(from, expires), LedgerAccount::credit(to, expires));
            world.move_money("enterprise credit", source, target, amount)?;
            world.widen_credit(from, expires, amount.negated());
            world.widen_credit(to, expires, amount);
            BalanceType::Credit
        }
        _ => return Err(refuse(codes::ACCOUNT_NOT_FOUND)),
    };
    world.note_change(from, balance.clone(), what.clone(), amount.negated(), trade, None, None);
    world.note_change(to, balance, what, amount, trade, None, None);
    Ok(())
}

/// A voucher of an account that Huawei Cloud gave and that still pays.
pub(crate) fn can_be_passed_on(world: &State, voucher: &Voucher, holder: &str) -> bool {
    voucher.customer == holder
        && voucher.plan.is_some()
        && voucher.cut_from.is_none()
        && voucher.is_usable(world.now)
        && world.ledger.balance(&LedgerAccount::voucher(&voucher.id)).is_positive()
}

/// A voucher of a member that was cut from its master's and that still pays.
pub(crate) fn can_come_back(world: &State, voucher: &Voucher, member: &str) -> bool {
    voucher.customer == member
        && voucher.cut_from.is_some()
        && voucher.is_usable(world.now)
        && world.ledger.balance(&LedgerAccount::voucher(&voucher.id)).is_positive()
}

pub(crate) fn transfer_to_member(
    world: &mut State,
    caller: &Account,
    request: TransferToMember,
) -> Result<MemberTransfer, Refusal> {
    let account = request.balance_type.unwrap_or(FundsAccount::Balance);
    let key = unused(world, caller, &request.trans_id)?;
    let member = membership(world, caller, &request.customer_id)?;
    let mut failed = Vec::new();
    if account == FundsAccount::Balance {
        failed.extend(bound(caller));
    } else if !member.permissions.contains(&MemberPermission::ShareCredit) {
        failed.push(FailedCheck::CreditNotShared);
    }
    checks(failed)?;
    let (to, trade) = (request.customer_id.as_str(), request.trans_id.as_str());
    shift(world, &caller.id, to, &account, request.expire_time, &request.amount, trade, TradeDetail::Grant)?;
    world.enterprise.keys.insert(key);
    Ok(MemberTransfer::default())
}

pub(crate) fn reclaim_from_member(
    world: &mut State,
    caller: &Account,
    request: ReclaimFromMember,
) -> Result<MemberReclaim, Refusal> {
    let account = request.balance_type.unwrap_or(FundsAccount::Balance);
    let key = unused(world, caller, &request.trans_id)?;
    let mut failed = Vec::new();
    if membership(world, caller, &request.customer_id)?.custody {
        failed.push(FailedCheck::MemberInCustody);
    }
    if world.debt_of(request.customer_id.as_str()).is_positive() {
        failed.push(FailedCheck::MemberInArrears);
    }
    checks(failed)?;
    let (from, trade) = (request.customer_id.as_str(), request.trans_id.as_str());
    shift(
        world,
        from,
        &caller.id,
        &account,
        request.expire_time,
        &request.amount,
        trade,
        TradeDetail::Reclaim,
    )?;
    world.enterprise.keys.insert(key);
    Ok(MemberReclaim::default())
}

/// A voucher that cannot be passed on, or holds less, makes the transfer fail: no other code is documented for it.
pub(crate) fn transfer_voucher(
    world: &mut State,
    caller: &Account,
    request: TransferVoucherToMember,
) -> Result<MemberVoucherTransfer, Refusal> {
    let key = unused(world, caller, &request.trans_id)?;
    membership(world, caller, &request.customer_id)?;
    let failed = || refuse(codes::TRANSFER_FAILED);
    let amount = request.amount.amount().map_err(|error| bad_request(error.to_string()))?;
    let whole = world.wallet.voucher(request.coupon_id.as_str());
    let whole = whole.filter(|voucher| can_be_passed_on(world, voucher, &caller.id)).cloned();
    let whole = whole.ok_or_else(failed)?;
    let part = Voucher {
        id: world.fresh("CP"),
        customer: request.customer_id.to_string(),
        face_value: amount,
        created: world.now,
        cut_from: Some(whole.id.clone()),
        ..whole.clone()
    };
    let (from, to) = (LedgerAccount::voucher(&whole.id), LedgerAccount::voucher(&part.id));
    world.move_money("voucher to member", from, to, amount).map_err(|_| failed())?;
    world.note_voucher(&whole, VoucherTradeDetail::MasterTransfer, amount.negated(), &request.trans_id);
    world.note_voucher(&part, VoucherTradeDetail::MasterTransfer, amount, &request.trans_id);
    let sub_coupon_id = part.id.as_str().into();
    world.wallet.keep_voucher(part);
    world.enterprise.keys.insert(key);
    Ok(fill!(MemberVoucherTransfer { sub_coupon_id }))
}

/// A voucher that cannot come back makes the reclaim fail: no other code is documented for it.
pub(crate) fn reclaim_voucher(
    world: &mut State,
    caller: &Account,
    request: ReclaimVoucherFromMember,
) -> Result<MemberVoucherReclaim, Refusal> {
    let key = unused(world, caller, &request.trans_id)?;
    membership(world, caller, &request.customer_id)?;
    let failed = || refuse(codes::TRANSFER_FAILED);
    let part = world.wallet.voucher(request.sub_coupon_id.as_str());
    let part = part.filter(|voucher| {
        can_come_back(world, voucher, request.customer_id.as_str())
            && voucher.cut_from.as_deref() == Some(request.coupon_id.as_str())
    });
    let part = part.cloned().ok_or_else(failed)?;
    let whole = world.wallet.voucher(request.coupon_id.as_str()).cloned().ok_or_else(failed)?;
    let left = world.ledger.balance(&LedgerAccount::voucher(&part.id));
    world.move_money(
        "voucher from member",
        LedgerAccount::voucher(&part.id),
        LedgerAccount::voucher(&whole.id),
        left,
    )?;
    world.note_voucher(&part, VoucherTradeDetail::MasterReclaim, left.negated(), &request.trans_id);
    world.note_voucher(&whole, VoucherTradeDetail::MasterReclaim, left, &request.trans_id);
    world.wallet.mark_reclaimed(&part.id);
    world.enterprise.keys.insert(key);
    Ok(fill!(MemberVoucherReclaim { real_retrieve_amount: Some(left) }))
}
