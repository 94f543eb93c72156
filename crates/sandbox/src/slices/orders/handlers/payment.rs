//! Paying an order or giving it up.

use std::collections::BTreeMap;

use crate::{
    core::{Account, Refusal, bad_request, refuse, sum},
    handler::{Route, Simulated, route},
    slices::{
        catalogue::Discount,
        orders::{
            self,
            payment::{self, MOST_VOUCHERS},
        },
        wallet::{Voucher, order_voucher_type, use_limits},
    },
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    orders::{
        Accepted, CancelOrder, DiscountedLines, DiscountedOrder, ListOrderDiscounts, ListOrderVouchers,
        OrderDiscount, OrderDiscountType, OrderDiscounts, OrderStatus, OrderVoucher, OrderVoucherLimit,
        OrderVoucherStatus, OrderVoucherType, OrderVouchers, PayOrder, PaymentVoucherType, VoucherGeneration,
        VoucherGroup, VoucherMaximum,
    },
    types::{Amount, MeasureUnit, OrderId},
    vouchers::UseLimit,
};

pub(crate) const ROUTES: &[Route] = &[
    route::<ListOrderVouchers>(),
    route::<ListOrderDiscounts>(),
    route::<PayOrder>(),
    route::<CancelOrder>(),
];

/// An order of the caller that waits for payment. What another order could be paid with is refused with the code that
/// payment has for it (`CBC.99003106`).
fn unpaid<'w>(world: &'w State, caller: &Account, id: &OrderId) -> Result<&'w orders::Order, Refusal> {
    let order = world.payable_order(&caller.id, id.as_str())?;
    if order.status(world.now) == OrderStatus::PendingPayment {
        Ok(order)
    } else {
        Err(refuse(codes::ORDER_STATE_CHANGED))
    }
}

impl Simulated for ListOrderVouchers {
    /// Lists the vouchers that may pay for a line of the order.
    fn run(self, world: &mut State, caller: &Account) -> Result<OrderVouchers, Refusal> {
        let order = unpaid(world, caller, &self.order_id)?;
        let found = world.vouchers_to_pay_with(order).into_iter();
        let user_coupons: Vec<_> = found.map(|(voucher, left)| fitting(voucher, left)).collect();
        Ok(fill!(OrderVouchers {
            count: Some(user_coupons.len() as u64),
            user_coupons,
            coupon_max_use_quantity: vec![fill!(VoucherMaximum {
                coupon_type: Some(OrderVoucherType::Cash),
                coupon_group: Some(VoucherGroup::Ordinary),
                use_quantity_value: i64::try_from(MOST_VOUCHERS).ok(),
            })],
        }))
    }
}

fn order_limit(limit: UseLimit) -> OrderVoucherLimit {
    fill!(OrderVoucherLimit {
        limit_key: limit.limit_key.map(|key| key.to_string()).unwrap_or_default(),
        value1: limit.value1,
        ..OrderVoucherLimit::default()
    })
}

fn fitting(voucher: &Voucher, left: Amount) -> OrderVoucher {
    fill!(OrderVoucher {
        coupon_id: voucher.id.as_str().into(),
        coupon_code: Some(voucher.id.as_str().into()),
        status: Some(OrderVoucherStatus::Usable),
        coupon_type: Some(order_voucher_type(voucher.kind)),
        measure_id: Some(MeasureUnit::MainUnit),
        face_value: Some(voucher.face_value),
        effective_time: Some(voucher.effective),
        expire_time: Some(voucher.expires),
        active_time: Some(voucher.effective),
        create_time: Some(voucher.created),
        coupon_version: Some(VoucherGeneration::New),
        balance: Some(left),
        coupon_group: Some(voucher.group()),
        use_limits: use_limits(&voucher.limits).into_iter().map(order_limit).collect(),
        ..OrderVoucher::default()
    })
}

impl Simulated for ListOrderDiscounts {
    /// The ratio of a line is the share that is left.
    fn run(self, world: &mut State, caller: &Account) -> Result<OrderDiscounts, Refusal> {
        let order = unpaid(world, caller, &self.order_id)?;
        let found = world.discounts_of(order).into_iter();
        let discounts = found.map(|(discount, off)| {
            fill!(OrderDiscount {
                discount_id: discount.id.clone(),
                discount_value: discount.value(),
                discount_type: Some(discount.terms.kind),
                orders: vec![fill!(DiscountedOrder {
                    order_id: order.id.as_str().into(),
                    order_line_items: discounted_lines(order, discount, &off),
                })],
            })
        });
        Ok(fill!(OrderDiscounts { discounts: discounts.collect() }))
    }
}

/// The lines that a discount makes cheaper: those of the same offer, size and final price together.
fn discounted_lines(order: &orders::Order, discount: &Discount, off: &[Amount]) -> Vec<DiscountedLines> {
    let mut rows: BTreeMap<(&str, Option<u32>, Amount), DiscountedLines> = BTreeMap::new();
    for (line, off) in order.lines.iter().zip(off).filter(|(_, off)| off.is_positive()) {
        let due = sum([line.list_price, off.negated()]);
        let ratio = due.as_decimal().checked_div(line.list_price.as_decimal());
        let row = rows.entry((&line.offer, line.size, due)).or_insert_with(|| {
            fill!(DiscountedLines {
                order_line_item_ids: Vec::new(),
                discount_mode: Some(discount.mode()),
                discount_amount: Some(Amount::ZERO),
                discount_ratio: Some(ratio.map(Amount::from).unwrap_or_default().rounded(4)),
            })
        });
        row.order_line_item_ids.push(line.id.clone());
        row.discount_amount = Some(sum([row.discount_amount.unwrap_or_default(), *off]));
    }
    rows.into_values().collect()
}

impl Simulated for PayOrder {
    fn prepare(&mut self) -> Result<(), Refusal> {
        let named = self.coupon_infos.as_deref().unwrap_or_default();
        let any = |kind| named.iter().any(|voucher| voucher.kind == kind);
        if any(PaymentVoucherType::Cash) && any(PaymentVoucherType::Discount) {
            return Err(refuse(codes::VOUCHERS_NOT_COMBINABLE));
        }
        let discounts = self.discount_infos.as_deref().unwrap_or_default();
        if discounts.iter().any(|discount| discount.kind == OrderDiscountType::Contract) {
            // Contracts are listed, but a payment has no code for them.
            return Err(bad_request("discount_infos[].type: not one of the documented values".to_owned()));
        }
        Ok(())
    }

    fn run(self, world: &mut State, caller: &Account) -> Result<Accepted, Refusal> {
        payment::pay(world, caller, self)
    }
}

impl Simulated for CancelOrder {
    fn run(self, world: &mut State, caller: &Account) -> Result<Accepted, Refusal> {
        let now = world.now;
        world.orders.cancel(&caller.id, self.order_id.as_str(), now)?;
        Ok(fill!(Accepted {}))
    }
}
