//! Quotas as responses show them.

use super::quotas::QuotaLimits;
use crate::slices::wallet::VoucherKind;
use huaweicloud_partner::{
    fill,
    vouchers::{LimitKey, LimitValue, QuotaLimit, QuotaType},
};

/// The kind of quota that vouchers of a kind come from.
pub(crate) const fn quota_type(kind: VoucherKind) -> QuotaType {
    match kind {
        VoucherKind::FlexiPurchase => QuotaType::FlexiPurchase,
        _ => QuotaType::Cash,
    }
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
