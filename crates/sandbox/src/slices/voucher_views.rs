//! Vouchers and quotas as responses show them.

use std::collections::BTreeMap;

use crate::{
    charges::Charge,
    core::{QuotaLimits, Voucher, VoucherLimits},
    ledger::LedgerAccount,
    world::State,
};
use huaweicloud_partner::{
    fill,
    types::UtcTime,
    vouchers::{LimitKey, LimitValue, QuotaLimit, UseLimit, VoucherStatus},
};

/// The limits of a voucher as responses show them. The key for cloud services was not found; the name of the request's
/// field was taken.
pub(crate) fn use_limits(limits: &VoucherLimits) -> Vec<UseLimit> {
    let limit = |(key, values): (LimitKey, &Vec<String>)| {
        (!values.is_empty()).then(|| {
            fill!(UseLimit { limit_key: Some(key), value1: Some(values.join(",")), ..UseLimit::default() })
        })
    };
    [
        (LimitKey::from("cloudServiceType"), &limits.services),
        (LimitKey::Products, &limits.products),
        (LimitKey::SubscribeType, &limits.order_types),
    ]
    .into_iter()
    .filter_map(limit)
    .collect()
}

/// The limits of a quota as responses show them.
pub(crate) fn quota_limits(limits: &QuotaLimits) -> Vec<QuotaLimit> {
    let limit = |(key, values): (LimitKey, &Vec<String>)| {
        (!values.is_empty()).then(|| {
            fill!(QuotaLimit {
                limit_key: Some(key),
                limit_values: values
                    .iter()
                    .map(|value| fill!(LimitValue { value1: Some(value.clone()), ..LimitValue::default() }))
                    .collect(),
            })
        })
    };
    [
        (LimitKey::from("cloudServiceType"), &limits.services),
        (LimitKey::Products, &limits.products),
        (LimitKey::SubscribeType, &limits.order_types),
    ]
    .into_iter()
    .filter_map(limit)
    .collect()
}

pub(crate) fn voucher_status(world: &State, voucher: &Voucher) -> VoucherStatus {
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

/// When a voucher was last used, and the order that it paid.
pub(crate) type Used = (UtcTime, Option<String>);

/// The last uses of vouchers in some charges.
pub(crate) fn uses(world: &State, wanted: impl Fn(&Charge) -> bool) -> BTreeMap<String, Used> {
    let charges = world.charges.iter().filter(|charge| wanted(charge));
    let uses = charges.flat_map(|charge| {
        let paid = charge.paid.vouchers.iter().filter(|(_, amount)| amount.is_positive());
        paid.map(|(voucher, _)| (voucher.clone(), (charge.at, charge.order.clone())))
    });
    uses.collect()
}
