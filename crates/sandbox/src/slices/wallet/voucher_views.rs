//! Vouchers as responses show them.

use std::collections::BTreeMap;

use super::{
    charges::Charge,
    vouchers::{Voucher, VoucherKind, VoucherLimits},
};
use crate::{core::LedgerAccount, slices::catalogue::offers, state::State};
use huaweicloud_partner::{
    fill,
    orders::{OrderVoucherType, PaymentVoucherType},
    types::{Amount, UtcTime},
    vouchers::{LimitKey, UseLimit, VoucherStatus, VoucherType},
};

/// A kind of voucher by the code of most operations.
pub(crate) const fn voucher_type(kind: VoucherKind) -> VoucherType {
    match kind {
        VoucherKind::Cash => VoucherType::Cash,
        VoucherKind::FlexiPurchase => VoucherType::FlexiPurchase,
        VoucherKind::Discount(_) => VoucherType::Discount,
    }
}

/// A kind of voucher by the code of an order's vouchers.
pub(crate) const fn order_voucher_type(kind: VoucherKind) -> OrderVoucherType {
    match kind {
        VoucherKind::Cash => OrderVoucherType::Cash,
        VoucherKind::FlexiPurchase => OrderVoucherType::FlexiPurchase,
        VoucherKind::Discount(_) => OrderVoucherType::Discount,
    }
}

/// Whether a payment names a voucher of this kind by this code.
pub(crate) fn is_named_by(kind: VoucherKind, named: PaymentVoucherType) -> bool {
    order_voucher_type(kind).for_payment() == Some(named)
}

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
    .chain(exclusions(limits))
    .collect()
}

/// Limits on the discounts that a voucher is used with, and on what it pays.
fn exclusions(limits: &VoucherLimits) -> Vec<UseLimit> {
    let value = |key: LimitKey, value: Option<String>| {
        value.map(|value| fill!(UseLimit { limit_key: Some(key), value1: Some(value) }))
    };
    let region = |code: &String| {
        let offer = offers().iter().find(|offer| offer.region_code == code);
        fill!(UseLimit {
            limit_key: Some(LimitKey::Region),
            value1: Some(code.clone()),
            value2: offer.map(|offer| offer.region_name.in_language(None).to_owned()),
            ..UseLimit::default()
        })
    };
    let zero = |excluded: bool| excluded.then(|| "0".to_owned());
    let share = |share: Option<Amount>| share.map(|share| share.to_string());
    [
        value(LimitKey::WithCommercialDiscount, zero(limits.without_commercial_discounts)),
        value(LimitKey::WithPartnerDiscount, zero(limits.without_partner_discounts)),
        value(LimitKey::WithPromotionDiscount, zero(limits.without_promotion_discounts)),
        value(LimitKey::MinConsumeDiscount, share(limits.least_discount_ratio)),
        value(LimitKey::MaxDeductionRatio, share(limits.greatest_share)),
        value(LimitKey::FirstOrderInService, limits.first_order_in_service.then(|| "1".to_owned())),
        value(LimitKey::UsageTimes, limits.usage_times.map(|times| times.to_string())),
    ]
    .into_iter()
    .flatten()
    .chain(limits.regions.iter().map(region))
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

/// Time of a voucher's last use, and the order that it paid.
pub(crate) type Used = (UtcTime, Option<String>);

/// The last uses of vouchers in some charges.
pub(crate) fn uses(world: &State, wanted: impl Fn(&Charge) -> bool) -> BTreeMap<String, Used> {
    let charges = world.wallet.charges.iter().filter(|charge| wanted(charge));
    let uses = charges.flat_map(|charge| {
        let paid = charge.paid.vouchers.iter().filter(|(_, amount)| amount.is_positive());
        paid.map(|(voucher, _)| (voucher.clone(), (charge.at, charge.order.clone())))
    });
    uses.collect()
}
