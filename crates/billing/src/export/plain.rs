//! Charges as plain rows, with the names of the API.

use huaweicloud_partner::bills::BillClass;

use crate::focus::{
    period_unit,
    table::{Column, Context, Values, some},
};

/// The columns of plain rows.
pub static PLAIN_COLUMNS: &[Column] = &[
    Column::text(
        "bill_cycle",
        "the month that is closed",
        Values::OfMonth(|facts| facts.cycle_text.as_str().into()),
    )
    .required(),
    Column::text("customer_id", "who was charged", Values::OfRow(|row| row.charge.customer_id.into()))
        .required(),
    Column::text(
        "indirect_partner_id",
        "the reseller of the customer",
        Values::OfRow(|row| row.charge.indirect_partner_id.into()),
    ),
    Column::text(
        "partner_id",
        "the partner as the row says",
        Values::OfRow(|row| row.charge.partner_id.into()),
    ),
    Column::text(
        "association_type",
        "1 referral, 2 resale",
        Values::OfRow(|row| row.charge.association_type.into()),
    ),
    Column::text("id", "the row of the API", Values::OfRow(|row| row.charge.id.into())),
    Column::text("trade_id", "order or transaction", Values::OfRow(|row| row.charge.trade_id.into())),
    Column::text(
        "original_order_id",
        "the order that was unsubscribed from",
        Values::OfRow(|row| row.charge.original_order_id.into()),
    ),
    Column::text(
        "bill_detail_type",
        "the kind of charge of the API",
        Values::OfRow(|row| some(&row.scratch.bill_type).into()),
    ),
    Column::text("bill_class", "consumption, refund or adjustment", Values::OfRow(|row| class(row).into())),
    Column::text(
        "payment_mode",
        "how it is paid for",
        Values::OfRow(|row| row.charge.payment_mode.map(|mode| mode.as_str()).into()),
    ),
    Column::text(
        "order_type",
        "the kind of order",
        Values::OfRow(|row| some(&row.scratch.order_type).into()),
    ),
    Column::text(
        "service_type_code",
        "the cloud service",
        Values::OfRow(|row| row.charge.service_type_code.into()),
    ),
    Column::text(
        "service_type_name",
        "the cloud service in words",
        Values::OfRow(|row| row.charge.service_type_name.into()),
    ),
    Column::text(
        "resource_type_code",
        "the kind of resource",
        Values::OfRow(|row| row.charge.resource_type_code.into()),
    ),
    Column::text(
        "resource_type_name",
        "the kind of resource in words",
        Values::OfRow(|row| row.charge.resource_type_name.into()),
    ),
    Column::text("resource_id", "the resource", Values::OfRow(|row| row.charge.resource_id.into())),
    Column::text("resource_name", "its name", Values::OfRow(|row| row.charge.resource_name.into())),
    Column::text("region_code", "the region", Values::OfRow(|row| row.charge.region_code.into())),
    Column::text("region_name", "the region in words", Values::OfRow(|row| row.charge.region_name.into())),
    Column::text("product_id", "the product", Values::OfRow(|row| row.charge.product_id.into())),
    Column::text("product_name", "the product in words", Values::OfRow(|row| row.charge.product_name.into())),
    Column::text(
        "product_spec_desc",
        "the specification in words",
        Values::OfRow(|row| row.charge.product_spec_desc.into()),
    ),
    Column::text(
        "resource_tag",
        "the tags as they stand",
        Values::OfRow(|row| row.charge.resource_tag.into()),
    ),
    Column::text(
        "enterprise_project_id",
        "the enterprise project",
        Values::OfRow(|row| row.charge.enterprise_project_id.into()),
    ),
    Column::text(
        "sub_resource_id",
        "the part of a bundle, or the reserved instance",
        Values::OfRow(|row| row.charge.sub_resource_id.into()),
    ),
    Column::text("sub_resource_name", "its name", Values::OfRow(|row| row.charge.sub_resource_name.into())),
    Column::text("usage_type", "what was measured", Values::OfRow(|row| row.charge.usage_type.into())),
    Column::time("trade_time", "when it was deducted", Values::OfRow(|row| row.charge.trade_time.into())),
    Column::time("consume_time", "when it was consumed", Values::OfRow(|row| row.charge.consume_time.into())),
    Column::decimal("usage_amount", "how much was used", Values::OfRow(|row| row.charge.usage_amount.into())),
    Column::text(
        "usage_unit",
        "the unit of usage_amount",
        Values::OfRow(|row| some(&row.scratch.usage_unit).into()),
    ),
    Column::decimal(
        "free_resource_usage",
        "how much a package covered",
        Values::OfRow(|row| row.charge.free_resource_usage.into()),
    ),
    Column::decimal(
        "ri_usage",
        "how much a reserved instance covered",
        Values::OfRow(|row| row.charge.ri_usage.into()),
    ),
    Column::decimal("period_num", "how many periods", Values::OfRow(|row| row.charge.period_num.into())),
    Column::text(
        "period_type",
        "the unit of period_num",
        Values::OfRow(|row| row.charge.period_type.and_then(period_unit).into()),
    ),
    Column::decimal("official_amount", "list price", Values::OfRow(|row| row.charge.official_amount.into())),
    Column::decimal(
        "official_discount_amount",
        "what was taken off",
        Values::OfRow(|row| row.charge.official_discount_amount.into()),
    ),
    Column::decimal(
        "payment_amount",
        "what the consumption amounts to",
        Values::OfRow(|row| row.charge.payment_amount.into()),
    ),
    Column::decimal(
        "settlement_amount",
        "what the partner settles",
        Values::OfRow(|row| row.charge.settlement_amount.into()),
    ),
    Column::decimal("tax_amount", "tax", Values::OfRow(|row| row.charge.tax_amount.into())),
    Column::decimal("cash_amount", "paid in cash", Values::OfRow(|row| row.charge.cash_amount.into())),
    Column::decimal("credit_amount", "paid on credit", Values::OfRow(|row| row.charge.credit_amount.into())),
    Column::decimal(
        "coupon_amount",
        "paid with vouchers",
        Values::OfRow(|row| row.charge.coupon_amount.into()),
    ),
    Column::decimal(
        "flexipurchase_coupon_amount",
        "paid with flexi-purchase vouchers",
        Values::OfRow(|row| row.charge.flexipurchase_coupon_amount.into()),
    ),
    Column::decimal(
        "stored_value_card_amount",
        "paid from cards",
        Values::OfRow(|row| row.charge.stored_value_card_amount.into()),
    ),
    Column::decimal("debt_amount", "not paid yet", Values::OfRow(|row| row.charge.debt_amount.into())),
    Column::decimal("writeoff_amount", "written off", Values::OfRow(|row| row.charge.writeoff_amount.into())),
    Column::decimal(
        "billed_amount",
        "what the partner is charged",
        Values::OfRow(|row| row.charge.billed_amount().into()),
    ),
    Column::decimal(
        "partner_price",
        "the own price of the partner, where a price book is given",
        Values::OfRow(|row| row.price.into()),
    ),
    Column::text("currency", "of all amounts", Values::OfRow(|row| row.charge.currency.into())),
];

fn class(row: &Context<'_>) -> Option<&'static str> {
    row.charge.bill_class.map(|class| match class {
        BillClass::Consumption => "consumption",
        BillClass::Refund => "refund",
        BillClass::Adjustment => "adjustment",
    })
}
