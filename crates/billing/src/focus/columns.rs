//! The columns of FOCUS and where their values come from.

use huaweicloud_partner::types::Amount;

use super::{
    Category, FocusVersion, is_commitment_purchase, is_committed_usage, period_unit, reserved_instance,
    table::{Column, Context, Value, Values, some},
};

/// All columns of all versions in the order of their names, then the crate's own.
pub(crate) static COLUMNS: &[Column] = &[
    Column::json("AllocatedMethodDetails", "null: no costs are split between customers", Values::Null)
        .only_in(FocusVersion::V1_4),
    Column::text("AllocatedMethodId", "null: no costs are split between customers", Values::Null)
        .only_in(FocusVersion::V1_4),
    Column::text("AllocatedResourceId", "null: no costs are split between customers", Values::Null)
        .only_in(FocusVersion::V1_4),
    Column::text("AllocatedResourceName", "null: no costs are split between customers", Values::Null)
        .only_in(FocusVersion::V1_4),
    Column::json("AllocatedTags", "null: no costs are split between customers", Values::Null)
        .only_in(FocusVersion::V1_4),
    Column::text("AvailabilityZone", "null: charges name no availability zone", Values::Null),
    Column::decimal(
        "BilledCost",
        "settlement_amount of a statement file, else payment_amount",
        Values::OfRow(|row| row.charge.billed_amount().into()),
    )
    .required(),
    Column::text(
        "BillingAccountId",
        "the partner, from the settings or from the charges of its own customers",
        Values::OfMonth(|facts| facts.billing_account_id.as_str().into()),
    )
    .required(),
    Column::text(
        "BillingAccountName",
        "the partner's name from the settings, else its id",
        Values::OfMonth(|facts| facts.billing_account_name.as_str().into()),
    ),
    Column::text("BillingAccountType", "constant: Partner", Values::Constant("Partner")).required(),
    Column::text(
        "BillingCurrency",
        "the currency of the page, column or header",
        Values::OfRow(|row| row.charge.currency.unwrap_or(&row.facts.currency).into()),
    )
    .required(),
    Column::time(
        "BillingPeriodEnd",
        "the first instant of the next month in UTC+8",
        Values::OfMonth(|facts| Value::Time(facts.period.1)),
    )
    .required(),
    Column::time(
        "BillingPeriodStart",
        "the first instant of the month in UTC+8",
        Values::OfMonth(|facts| Value::Time(facts.period.0)),
    )
    .required(),
    Column::text("CapacityReservationId", "null: charges know no capacity reservations", Values::Null),
    Column::text("CapacityReservationStatus", "null: charges know no capacity reservations", Values::Null),
    Column::text(
        "ChargeCategory",
        "by bill_detail_type, or by class and mode of a statement row",
        Values::OfRow(|row| row.category.as_str().into()),
    )
    .required(),
    Column::text(
        "ChargeClass",
        "null: charges do not say whether they correct an earlier month",
        Values::Null,
    ),
    Column::text(
        "ChargeDescription",
        "product_name and product_spec_desc, else the cloud service",
        Values::OfRow(|row| some(&row.scratch.description).into()),
    ),
    Column::text(
        "ChargeFrequency",
        "by bill_detail_type, or by class and mode of a statement row",
        Values::OfRow(|row| row.category.frequency(row.charge).into()),
    )
    .required(),
    Column::time(
        "ChargePeriodEnd",
        "the end of the day of consume_time, else of trade_time, else of the month; exclusive",
        Values::OfRow(|row| Value::Time(row.period.1)),
    )
    .required(),
    Column::time(
        "ChargePeriodStart",
        "the begin of the day of consume_time, else of trade_time, else of the month",
        Values::OfRow(|row| Value::Time(row.period.0)),
    )
    .required(),
    Column::text(
        "CommitmentDiscountCategory",
        "Usage where a reserved instance covered the usage; charges name no savings plan",
        Values::OfRow(|row| commitment(row).map(|_| "Usage").into()),
    ),
    Column::text(
        "CommitmentDiscountId",
        "sub_resource_id where a reserved instance covered the usage",
        Values::OfRow(|row| commitment(row).into()),
    ),
    Column::text(
        "CommitmentDiscountName",
        "sub_resource_name where a reserved instance covered the usage",
        Values::OfRow(|row| commitment(row).and(row.charge.sub_resource_name).into()),
    ),
    Column::decimal(
        "CommitmentDiscountQuantity",
        "ri_usage, else usage_amount, where a reserved instance covered the usage",
        Values::OfRow(|row| commitment_quantity(row).into()),
    ),
    Column::text(
        "CommitmentDiscountStatus",
        "Used where a reserved instance covered the usage; unused parts are not listed",
        Values::OfRow(|row| commitment(row).map(|_| "Used").into()),
    ),
    Column::text(
        "CommitmentDiscountType",
        "Reserved Instance where one covered the usage",
        Values::OfRow(|row| commitment(row).map(|_| "Reserved Instance").into()),
    ),
    Column::text(
        "CommitmentDiscountUnit",
        "the unit of ri_usage, else of usage_amount",
        Values::OfRow(|row| {
            commitment_quantity(row)
                .and(some(&row.scratch.ri_unit).or(some(&row.scratch.usage_unit)).or(Some("Units")))
                .into()
        }),
    ),
    Column::json(
        "CommitmentProgramEligibilityDetails",
        "null: charges do not say which commitments could cover them",
        Values::Null,
    )
    .only_in(FocusVersion::V1_4),
    Column::decimal("ConsumedQuantity", "usage_amount of usage", Values::OfRow(|row| consumed(row).into())),
    Column::text(
        "ConsumedUnit",
        "the name of usage_measure_id",
        Values::OfRow(|row| consumed(row).and(some(&row.scratch.usage_unit).or(Some("Units"))).into()),
    ),
    Column::json("ContractApplied", "null: charges name no contract", Values::Null)
        .only_in(FocusVersion::V1_4),
    Column::decimal(
        "ContractedCost",
        "official_amount less official_discount_amount for usage and purchases, else BilledCost",
        Values::OfRow(|row| contracted(row).into()),
    )
    .required(),
    Column::decimal("ContractedUnitPrice", "null: charges state no unit price", Values::Null),
    Column::decimal(
        "EffectiveCost",
        "BilledCost; 0 for purchases of reserved instances and savings plans",
        Values::OfRow(|row| effective(row).into()),
    )
    .required(),
    Column::text("HostProviderName", "constant: Huawei Cloud", Values::Constant("Huawei Cloud"))
        .only_in(FocusVersion::V1_4),
    Column::text("InvoiceDetailId", "null: nothing links a charge to an invoice", Values::Null)
        .only_in(FocusVersion::V1_4),
    Column::text("InvoiceId", "null: nothing links a charge to an invoice", Values::Null),
    Column::text(
        "InvoiceIssuerName",
        "the issuer from the settings, Huawei Cloud by default",
        Values::OfMonth(|facts| facts.issuer.as_str().into()),
    )
    .required(),
    Column::decimal(
        "ListCost",
        "official_amount for usage and purchases, else BilledCost",
        Values::OfRow(|row| list(row).into()),
    )
    .required(),
    Column::decimal("ListUnitPrice", "null: charges state no unit price", Values::Null),
    Column::text(
        "PricingCategory",
        "Committed under a reserved instance or savings plan, else Standard; null for tax",
        Values::OfRow(|row| pricing_category(row).into()),
    ),
    Column::text(
        "PricingCurrency",
        "the billing currency: prices have no other",
        Values::OfRow(|row| row.charge.currency.unwrap_or(&row.facts.currency).into()),
    ),
    Column::decimal("PricingCurrencyContractedUnitPrice", "null: charges state no unit price", Values::Null),
    Column::decimal(
        "PricingCurrencyEffectiveCost",
        "as EffectiveCost",
        Values::OfRow(|row| effective(row).into()),
    ),
    Column::decimal("PricingCurrencyListUnitPrice", "null: charges state no unit price", Values::Null),
    Column::decimal(
        "PricingQuantity",
        "usage_amount of usage, period_num of purchases; null for tax",
        Values::OfRow(|row| quantity(row).map(|(quantity, _)| quantity).into()),
    ),
    Column::text(
        "PricingUnit",
        "the name of usage_measure_id, or of period_type",
        Values::OfRow(|row| quantity(row).map(|(_, unit)| unit).into()),
    ),
    Column::text("ProviderName", "constant: Huawei Cloud", Values::Constant("Huawei Cloud"))
        .required()
        .only_in(FocusVersion::V1_2),
    Column::text(
        "PublisherName",
        "constant: Huawei Cloud; goods of KooGallery cannot be distinguished",
        Values::Constant("Huawei Cloud"),
    )
    .required()
    .only_in(FocusVersion::V1_2),
    Column::text("RegionId", "region_code", Values::OfRow(|row| row.charge.region_code.into())),
    Column::text(
        "RegionName",
        "region_name, else region_code",
        Values::OfRow(|row| row.charge.region_code.map(|code| row.charge.region_name.unwrap_or(code)).into()),
    ),
    Column::text("ResourceId", "resource_id", Values::OfRow(|row| row.charge.resource_id.into())),
    Column::text(
        "ResourceName",
        "resource_name where it is not the id",
        Values::OfRow(|row| resource_name(row).into()),
    ),
    Column::text(
        "ResourceType",
        "resource_type_name, else resource_type_code, of a row with a resource",
        Values::OfRow(|row| resource_type(row).into()),
    ),
    Column::text(
        "ServiceCategory",
        "by service_type_code; Other where it is not known",
        Values::OfRow(|row| row.scratch.service_category.0.into()),
    )
    .required(),
    Column::text(
        "ServiceName",
        "service_type_name, else service_type_code, else product_name",
        Values::OfRow(|row| service_name(row).into()),
    )
    .required(),
    Column::text("ServiceProviderName", "constant: Huawei Cloud", Values::Constant("Huawei Cloud"))
        .required()
        .only_in(FocusVersion::V1_4),
    Column::text(
        "ServiceSubcategory",
        "by service_type_code; Other (Other) where it is not known",
        Values::OfRow(|row| row.scratch.service_category.1.into()),
    )
    .required(),
    Column::text("SkuId", "product_id; null for tax", Values::OfRow(|row| sku(row).into())),
    Column::text(
        "SkuMeter",
        "usage_type of a row with a product",
        Values::OfRow(|row| sku(row).and(row.charge.usage_type).into()),
    ),
    Column::json("SkuPriceDetails", "null: charges state no properties of the price", Values::Null),
    Column::text(
        "SkuPriceId",
        "product_id, which names product and way of paying",
        Values::OfRow(|row| sku(row).into()),
    ),
    Column::text("SubAccountId", "customer_id", Values::OfRow(|row| row.charge.customer_id.into())),
    Column::text(
        "SubAccountName",
        "the customer's name where names are wanted and known, else customer_id",
        Values::OfRow(|row| sub_account_name(row).into()),
    ),
    Column::text("SubAccountType", "constant: Customer", Values::Constant("Customer")),
    Column::json(
        "Tags",
        "resource_tag where it is JSON or key=value pairs",
        Values::OfRow(|row| some(&row.scratch.tags).into()),
    ),
    Column::text(
        "x_AssociationType",
        "association_type: 1 referral, 2 resale",
        Values::OfRow(|row| row.charge.association_type.into()),
    ),
    Column::text("x_BillType", "bill_detail_type", Values::OfRow(|row| some(&row.scratch.bill_type).into())),
    Column::decimal("x_CashAmount", "cash_amount", Values::OfRow(|row| row.charge.cash_amount.into())),
    Column::text("x_ChargeId", "id of the row", Values::OfRow(|row| row.charge.id.into())),
    Column::text(
        "x_ChargePeriodBasis",
        "what the charge period rests on",
        Values::OfRow(|row| row.period_basis.into()),
    )
    .required(),
    Column::text(
        "x_ChargingMode",
        "charging_mode, or the billing mode of a statement row",
        Values::OfRow(|row| row.charge.payment_mode.map(|mode| mode.as_str()).into()),
    ),
    Column::decimal(
        "x_ConsumptionAmount",
        "payment_amount: what the customer's consumption amounts to",
        Values::OfRow(|row| row.charge.payment_amount.into()),
    ),
    Column::decimal("x_CouponAmount", "coupon_amount", Values::OfRow(|row| row.charge.coupon_amount.into())),
    Column::decimal("x_CreditAmount", "credit_amount", Values::OfRow(|row| row.charge.credit_amount.into())),
    Column::decimal("x_DebtAmount", "debt_amount", Values::OfRow(|row| row.charge.debt_amount.into())),
    Column::text(
        "x_EnterpriseProjectId",
        "enterprise_project_id",
        Values::OfRow(|row| row.charge.enterprise_project_id.into()),
    ),
    Column::decimal(
        "x_FlexipurchaseCouponAmount",
        "flexipurchase_coupon_amount",
        Values::OfRow(|row| row.charge.flexipurchase_coupon_amount.into()),
    ),
    Column::decimal(
        "x_FreeResourceUsage",
        "free_resource_usage",
        Values::OfRow(|row| row.charge.free_resource_usage.into()),
    ),
    Column::text(
        "x_IndirectPartnerId",
        "the reseller of the customer",
        Values::OfRow(|row| row.charge.indirect_partner_id.into()),
    ),
    Column::text(
        "x_OrderType",
        "field order_type",
        Values::OfRow(|row| some(&row.scratch.order_type).into()),
    ),
    Column::decimal(
        "x_PartnerPrice",
        "the partner's own price, where a price book is given",
        Values::OfRow(|row| row.price.into()),
    ),
    Column::text(
        "x_ResourceTag",
        "resource_tag as it stands",
        Values::OfRow(|row| row.charge.resource_tag.into()),
    ),
    Column::decimal(
        "x_StoredValueCardAmount",
        "stored_value_card_amount",
        Values::OfRow(|row| row.charge.stored_value_card_amount.into()),
    ),
    Column::decimal(
        "x_TaxAmount",
        "tax of a statement row",
        Values::OfRow(|row| row.charge.tax_amount.into()),
    ),
    Column::text("x_TradeId", "field trade_id", Values::OfRow(|row| row.charge.trade_id.into())),
    Column::decimal(
        "x_TruncatedAmount",
        "list price less discount less payable, where all are there",
        Values::OfRow(|row| row.charge.truncated_amount().into()),
    ),
    Column::decimal(
        "x_WriteoffAmount",
        "writeoff_amount",
        Values::OfRow(|row| row.charge.writeoff_amount.into()),
    ),
];

/// The reserved instance that covered usage.
fn commitment<'a>(row: &Context<'a>) -> Option<&'a str> {
    reserved_instance(row.charge).filter(|_| row.category == Category::Usage)
}

fn commitment_quantity(row: &Context<'_>) -> Option<Amount> {
    commitment(row).and(row.charge.ri_usage.or(row.charge.usage_amount))
}

fn consumed(row: &Context<'_>) -> Option<Amount> {
    row.charge.usage_amount.filter(|_| row.category == Category::Usage)
}

fn contracted(row: &Context<'_>) -> Option<Amount> {
    let exact = match (row.category, row.charge.official_amount, row.charge.official_discount_amount) {
        (Category::Usage | Category::Purchase, Some(list), Some(discount)) => list.checked_sub(discount),
        _ => None,
    };
    exact.or_else(|| row.charge.billed_amount())
}

fn effective(row: &Context<'_>) -> Option<Amount> {
    if is_commitment_purchase(row.charge, row.category) {
        return Some(Amount::ZERO);
    }
    row.charge.billed_amount()
}

fn list(row: &Context<'_>) -> Option<Amount> {
    let listed = matches!(row.category, Category::Usage | Category::Purchase);
    row.charge.official_amount.filter(|_| listed).or_else(|| row.charge.billed_amount())
}

fn pricing_category(row: &Context<'_>) -> Option<&'static str> {
    match row.category {
        Category::Tax => None,
        category if is_committed_usage(row.charge, category) => Some("Committed"),
        _ => Some("Standard"),
    }
}

fn quantity<'a>(row: &Context<'a>) -> Option<(Amount, &'a str)> {
    match row.category {
        Category::Usage => {
            let scratch = row.scratch;
            Some((row.charge.usage_amount?, some(&scratch.usage_unit).unwrap_or("Units")))
        }
        Category::Purchase => {
            Some((row.charge.period_num?, row.charge.period_type.and_then(period_unit).unwrap_or("Units")))
        }
        Category::Tax | Category::Adjustment => None,
    }
}

fn resource_name<'a>(row: &Context<'a>) -> Option<&'a str> {
    row.charge.resource_name.filter(|name| row.charge.resource_id != Some(*name))
}

fn resource_type<'a>(row: &Context<'a>) -> Option<&'a str> {
    row.charge.resource_id?;
    let charge = row.charge;
    charge.resource_type_name.or(charge.resource_type_code).or(Some("Unknown"))
}

fn service_name<'a>(row: &Context<'a>) -> &'a str {
    let charge = row.charge;
    charge.service_type_name.or(charge.service_type_code).or(charge.product_name).unwrap_or("Huawei Cloud")
}

fn sku<'a>(row: &Context<'a>) -> Option<&'a str> {
    row.charge.product_id.filter(|_| row.category != Category::Tax)
}

fn sub_account_name<'a>(row: &Context<'a>) -> &'a str {
    let charge = row.charge;
    charge.customer_name.or(charge.account_name).filter(|_| row.facts.names).unwrap_or(charge.customer_id)
}
