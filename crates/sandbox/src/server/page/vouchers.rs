//! Vouchers and the quotas that they are issued from.

use super::{
    Scene,
    html::{Cell, Html, Listed, Tone},
    query::Query,
};
use crate::{
    LedgerAccount,
    slices::{
        vouchers::Quota,
        wallet::{Voucher, VoucherKind},
    },
};
use huaweicloud_partner::types::{Amount, UtcTime};

pub(super) const COLUMNS: &[&str] =
    &["Voucher", "Kind", "Customer", "Issued by", "Status", "Face value", "Left", "Until", "Quota or plan"];

pub(super) fn row(scene: &Scene<'_>, voucher: &Voucher) -> Vec<Cell> {
    let left = scene.world.ledger().balance(&LedgerAccount::voucher(&voucher.id));
    let from = voucher.plan.as_deref().unwrap_or(&voucher.quota);
    vec![
        Cell::code(&voucher.id),
        Cell::text(match voucher.kind {
            VoucherKind::Cash => "cash".to_owned(),
            VoucherKind::FlexiPurchase => "flexi-purchase".to_owned(),
            VoucherKind::Discount(left) => format!("discount to {left}"),
        }),
        Cell::account(&voucher.customer),
        // Vouchers of promotions come from Huawei Cloud itself.
        if voucher.issuer.is_empty() { Cell::text("Huawei Cloud") } else { Cell::account(&voucher.issuer) },
        status(voucher.reclaimed, left, voucher.expires, scene.now),
        Cell::amount(voucher.face_value),
        Cell::amount(left),
        Cell::time(voucher.expires),
        Cell::code(from),
    ]
}

fn status(reclaimed: bool, left: Amount, expires: UtcTime, now: UtcTime) -> Cell {
    let (tone, text) = match () {
        () if reclaimed => (Tone::Plain, "reclaimed"),
        () if expires <= now => (Tone::Plain, "expired"),
        () if left.is_zero() => (Tone::Plain, "used up"),
        () => (Tone::Good, "in force"),
    };
    Cell::Badge(tone, text.to_owned())
}

fn quota(scene: &Scene<'_>, quota: &Quota) -> Vec<Cell> {
    let left = scene.world.ledger().balance(&LedgerAccount::quota(&quota.id));
    vec![
        Cell::code(&quota.id),
        Cell::account(&quota.holder),
        status(quota.reclaimed, left, quota.expires, scene.now),
        Cell::amount(quota.value),
        Cell::amount(left),
        Cell::time(quota.expires),
        Cell::code(quota.parent.as_deref().unwrap_or_default()),
    ]
}

pub(super) fn list(scene: &Scene<'_>, query: &Query, html: &mut Html) -> Option<()> {
    html.heading("vouchers", "Vouchers").search("vouchers", query);
    let found =
        scene.world.wallet.vouchers().rev().filter(|voucher| {
            query.finds(&[&voucher.id, &voucher.customer, &voucher.issuer, &voucher.quota])
        });
    let listed = Listed::of(query, found, |voucher| row(scene, voucher));
    html.table(COLUMNS, &listed, "There are no such vouchers.").pages(query, &listed);
    let found = scene.world.vouchers.quotas().filter(|quota| query.finds(&[&quota.id, &quota.holder]));
    let listed = Listed::first(super::html::ROWS, found, |one| quota(scene, one));
    html.heading("quotas", "Quotas").table(
        &["Quota", "Holder", "Status", "Value", "Left", "Until", "Cut from"],
        &listed,
        "There are no such quotas.",
    );
    Some(())
}
