//! The columns of FOCUS and where their values come from.

use huaweicloud_partner::types::Amount;

use super::{Category, is_commitment_purchase, is_committed_usage, period_unit, reserved_instance};
use crate::table::{Column, ColumnType, Context, Value, Versions, some};

/// All columns of all versions in the order of their names, then the crate's own.
pub(crate) static COLUMNS: &[Column] = &[
    Column {
        name: "AllocatedMethodDetails",
        kind: ColumnType::Json,
        nullable: true,
        versions: Versions::Only14,
        origin: "null: no costs are split between customers",
        value: |_| Value::Null,
    },
    Column {
        name: "AllocatedMethodId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::Only14,
        origin: "null: no costs are split between customers",
        value: |_| Value::Null,
    },
    Column {
        name: "AllocatedResourceId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::Only14,
        origin: "null: no costs are split between customers",
        value: |_| Value::Null,
    },
    Column {
        name: "AllocatedResourceName",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::Only14,
        origin: "null: no costs are split between customers",
        value: |_| Value::Null,
    },
    Column {
        name: "AllocatedTags",
        kind: ColumnType::Json,
        nullable: true,
        versions: Versions::Only14,
        origin: "null: no costs are split between customers",
        value: |_| Value::Null,
    },
    Column {
        name: "AvailabilityZone",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "null: charges name no availability zone",
        value: |_| Value::Null,
    },
    Column {
        name: "BilledCost",
        kind: ColumnType::Decimal,
        nullable: false,
        versions: Versions::All,
        origin: "settlement_amount of a statement file, else payment_amount",
        value: |row| row.charge.billed_amount().into(),
    },
    Column {
        name: "BillingAccountId",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "the partner, from the settings or from the charges of its own customers",
        value: |row| row.facts.billing_account_id.as_str().into(),
    },
    Column {
        name: "BillingAccountName",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "the partner's name from the settings, else its id",
        value: |row| row.facts.billing_account_name.as_str().into(),
    },
    Column {
        name: "BillingAccountType",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "constant: Partner",
        value: |_| "Partner".into(),
    },
    Column {
        name: "BillingCurrency",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "the currency of the page, column or header",
        value: |row| row.charge.currency.unwrap_or(&row.facts.currency).into(),
    },
    Column {
        name: "BillingPeriodEnd",
        kind: ColumnType::Time,
        nullable: false,
        versions: Versions::All,
        origin: "the first instant of the next month in UTC+8",
        value: |row| Value::Time(row.facts.period.1),
    },
    Column {
        name: "BillingPeriodStart",
        kind: ColumnType::Time,
        nullable: false,
        versions: Versions::All,
        origin: "the first instant of the month in UTC+8",
        value: |row| Value::Time(row.facts.period.0),
    },
    Column {
        name: "CapacityReservationId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "null: charges know no capacity reservations",
        value: |_| Value::Null,
    },
    Column {
        name: "CapacityReservationStatus",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "null: charges know no capacity reservations",
        value: |_| Value::Null,
    },
    Column {
        name: "ChargeCategory",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "by bill_detail_type, or by class and mode of a statement row",
        value: |row| row.category.as_str().into(),
    },
    Column {
        name: "ChargeClass",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "null: charges do not say whether they correct an earlier month",
        value: |_| Value::Null,
    },
    Column {
        name: "ChargeDescription",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "product_name and product_spec_desc, else the cloud service",
        value: |row| some(&row.scratch.description).into(),
    },
    Column {
        name: "ChargeFrequency",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "by bill_detail_type, or by class and mode of a statement row",
        value: |row| row.category.frequency(row.charge).into(),
    },
    Column {
        name: "ChargePeriodEnd",
        kind: ColumnType::Time,
        nullable: false,
        versions: Versions::All,
        origin: "the end of the day of consume_time, else of trade_time, else of the month; exclusive",
        value: |row| Value::Time(row.period.1),
    },
    Column {
        name: "ChargePeriodStart",
        kind: ColumnType::Time,
        nullable: false,
        versions: Versions::All,
        origin: "the begin of the day of consume_time, else of trade_time, else of the month",
        value: |row| Value::Time(row.period.0),
    },
    Column {
        name: "CommitmentDiscountCategory",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "Usage where a reserved instance covered the usage; charges name no savings plan",
        value: |row| commitment(row).map(|_| "Usage").into(),
    },
    Column {
        name: "CommitmentDiscountId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "sub_resource_id where a reserved instance covered the usage",
        value: |row| commitment(row).into(),
    },
    Column {
        name: "CommitmentDiscountName",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "sub_resource_name where a reserved instance covered the usage",
        value: |row| commitment(row).and(row.charge.sub_resource_name).into(),
    },
    Column {
        name: "CommitmentDiscountQuantity",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "ri_usage, else usage_amount, where a reserved instance covered the usage",
        value: |row| commitment_quantity(row).into(),
    },
    Column {
        name: "CommitmentDiscountStatus",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "Used where a reserved instance covered the usage; unused parts are not listed",
        value: |row| commitment(row).map(|_| "Used").into(),
    },
    Column {
        name: "CommitmentDiscountType",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "Reserved Instance where one covered the usage",
        value: |row| commitment(row).map(|_| "Reserved Instance").into(),
    },
    Column {
        name: "CommitmentDiscountUnit",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "the unit of ri_usage, else of usage_amount",
        value: |row| {
            commitment_quantity(row)
                .and(some(&row.scratch.ri_unit).or(some(&row.scratch.usage_unit)).or(Some("Units")))
                .into()
        },
    },
    Column {
        name: "CommitmentProgramEligibilityDetails",
        kind: ColumnType::Json,
        nullable: true,
        versions: Versions::Only14,
        origin: "null: charges do not say which commitments could cover them",
        value: |_| Value::Null,
    },
    Column {
        name: "ConsumedQuantity",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "usage_amount of usage",
        value: |row| consumed(row).into(),
    },
    Column {
        name: "ConsumedUnit",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "the name of usage_measure_id",
        value: |row| consumed(row).and(some(&row.scratch.usage_unit).or(Some("Units"))).into(),
    },
    Column {
        name: "ContractApplied",
        kind: ColumnType::Json,
        nullable: true,
        versions: Versions::Only14,
        origin: "null: charges name no contract",
        value: |_| Value::Null,
    },
    Column {
        name: "ContractedCost",
        kind: ColumnType::Decimal,
        nullable: false,
        versions: Versions::All,
        origin: "official_amount less official_discount_amount for usage and purchases, else BilledCost",
        value: |row| contracted(row).into(),
    },
    Column {
        name: "ContractedUnitPrice",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "null: charges state no unit price",
        value: |_| Value::Null,
    },
    Column {
        name: "EffectiveCost",
        kind: ColumnType::Decimal,
        nullable: false,
        versions: Versions::All,
        origin: "BilledCost; 0 for purchases of reserved instances and savings plans",
        value: |row| effective(row).into(),
    },
    Column {
        name: "HostProviderName",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::Only14,
        origin: "constant: Huawei Cloud",
        value: |_| "Huawei Cloud".into(),
    },
    Column {
        name: "InvoiceDetailId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::Only14,
        origin: "null: nothing links a charge to an invoice",
        value: |_| Value::Null,
    },
    Column {
        name: "InvoiceId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "null: nothing links a charge to an invoice",
        value: |_| Value::Null,
    },
    Column {
        name: "InvoiceIssuerName",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "the issuer from the settings, Huawei Cloud by default",
        value: |row| row.facts.issuer.as_str().into(),
    },
    Column {
        name: "ListCost",
        kind: ColumnType::Decimal,
        nullable: false,
        versions: Versions::All,
        origin: "official_amount for usage and purchases, else BilledCost",
        value: |row| list(row).into(),
    },
    Column {
        name: "ListUnitPrice",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "null: charges state no unit price",
        value: |_| Value::Null,
    },
    Column {
        name: "PricingCategory",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "Committed under a reserved instance or savings plan, else Standard; null for tax",
        value: |row| pricing_category(row).into(),
    },
    Column {
        name: "PricingCurrency",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "the billing currency: prices have no other",
        value: |row| row.charge.currency.unwrap_or(&row.facts.currency).into(),
    },
    Column {
        name: "PricingCurrencyContractedUnitPrice",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "null: charges state no unit price",
        value: |_| Value::Null,
    },
    Column {
        name: "PricingCurrencyEffectiveCost",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "as EffectiveCost",
        value: |row| effective(row).into(),
    },
    Column {
        name: "PricingCurrencyListUnitPrice",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "null: charges state no unit price",
        value: |_| Value::Null,
    },
    Column {
        name: "PricingQuantity",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "usage_amount of usage, period_num of purchases; null for tax",
        value: |row| quantity(row).map(|(quantity, _)| quantity).into(),
    },
    Column {
        name: "PricingUnit",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "the name of usage_measure_id, or of period_type",
        value: |row| quantity(row).map(|(_, unit)| unit).into(),
    },
    Column {
        name: "ProviderName",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::Only12,
        origin: "constant: Huawei Cloud",
        value: |_| "Huawei Cloud".into(),
    },
    Column {
        name: "PublisherName",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::Only12,
        origin: "constant: Huawei Cloud; goods of KooGallery cannot be told apart",
        value: |_| "Huawei Cloud".into(),
    },
    Column {
        name: "RegionId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "region_code",
        value: |row| row.charge.region_code.into(),
    },
    Column {
        name: "RegionName",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "region_name, else region_code",
        value: |row| row.charge.region_code.map(|code| row.charge.region_name.unwrap_or(code)).into(),
    },
    Column {
        name: "ResourceId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "resource_id",
        value: |row| row.charge.resource_id.into(),
    },
    Column {
        name: "ResourceName",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "resource_name where it is not the id",
        value: |row| resource_name(row).into(),
    },
    Column {
        name: "ResourceType",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "resource_type_name, else resource_type_code, of a row with a resource",
        value: |row| resource_type(row).into(),
    },
    Column {
        name: "ServiceCategory",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "by service_type_code; Other where it is not known",
        value: |row| row.scratch.service_category.0.into(),
    },
    Column {
        name: "ServiceName",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "service_type_name, else service_type_code, else product_name",
        value: |row| service_name(row).into(),
    },
    Column {
        name: "ServiceProviderName",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::Only14,
        origin: "constant: Huawei Cloud",
        value: |_| "Huawei Cloud".into(),
    },
    Column {
        name: "ServiceSubcategory",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "by service_type_code; Other (Other) where it is not known",
        value: |row| row.scratch.service_category.1.into(),
    },
    Column {
        name: "SkuId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "product_id; null for tax",
        value: |row| sku(row).into(),
    },
    Column {
        name: "SkuMeter",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "usage_type of a row with a product",
        value: |row| sku(row).and(row.charge.usage_type).into(),
    },
    Column {
        name: "SkuPriceDetails",
        kind: ColumnType::Json,
        nullable: true,
        versions: Versions::All,
        origin: "null: charges state no properties of the price",
        value: |_| Value::Null,
    },
    Column {
        name: "SkuPriceId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "product_id, which names product and way of paying",
        value: |row| sku(row).into(),
    },
    Column {
        name: "SubAccountId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "customer_id",
        value: |row| row.charge.customer_id.into(),
    },
    Column {
        name: "SubAccountName",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "the customer's name where names are wanted and known, else customer_id",
        value: |row| sub_account_name(row).into(),
    },
    Column {
        name: "SubAccountType",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "constant: Customer",
        value: |_| "Customer".into(),
    },
    Column {
        name: "Tags",
        kind: ColumnType::Json,
        nullable: true,
        versions: Versions::All,
        origin: "resource_tag where it is JSON or key=value pairs",
        value: |row| some(&row.scratch.tags).into(),
    },
    Column {
        name: "x_AssociationType",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "association_type: 1 referral, 2 resale",
        value: |row| row.charge.association_type.into(),
    },
    Column {
        name: "x_BillType",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "bill_detail_type",
        value: |row| some(&row.scratch.bill_type).into(),
    },
    Column {
        name: "x_CashAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "cash_amount",
        value: |row| row.charge.cash_amount.into(),
    },
    Column {
        name: "x_ChargeId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "id of the row",
        value: |row| row.charge.id.into(),
    },
    Column {
        name: "x_ChargePeriodBasis",
        kind: ColumnType::Text,
        nullable: false,
        versions: Versions::All,
        origin: "what the charge period rests on",
        value: |row| row.period_basis.into(),
    },
    Column {
        name: "x_ChargingMode",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "charging_mode, or the billing mode of a statement row",
        value: |row| row.charge.payment_mode.map(|mode| mode.as_str()).into(),
    },
    Column {
        name: "x_ConsumptionAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "payment_amount: what the customer's consumption amounts to",
        value: |row| row.charge.payment_amount.into(),
    },
    Column {
        name: "x_CouponAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "coupon_amount",
        value: |row| row.charge.coupon_amount.into(),
    },
    Column {
        name: "x_CreditAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "credit_amount",
        value: |row| row.charge.credit_amount.into(),
    },
    Column {
        name: "x_DebtAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "debt_amount",
        value: |row| row.charge.debt_amount.into(),
    },
    Column {
        name: "x_EnterpriseProjectId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "enterprise_project_id",
        value: |row| row.charge.enterprise_project_id.into(),
    },
    Column {
        name: "x_FlexipurchaseCouponAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "flexipurchase_coupon_amount",
        value: |row| row.charge.flexipurchase_coupon_amount.into(),
    },
    Column {
        name: "x_FreeResourceUsage",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "free_resource_usage",
        value: |row| row.charge.free_resource_usage.into(),
    },
    Column {
        name: "x_IndirectPartnerId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "the reseller of the customer",
        value: |row| row.charge.indirect_partner_id.into(),
    },
    Column {
        name: "x_OrderType",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "field order_type",
        value: |row| some(&row.scratch.order_type).into(),
    },
    Column {
        name: "x_PartnerPrice",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "the partner's own price, where a price book is given",
        value: |row| row.price.into(),
    },
    Column {
        name: "x_ResourceTag",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "resource_tag as it stands",
        value: |row| row.charge.resource_tag.into(),
    },
    Column {
        name: "x_StoredValueCardAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "stored_value_card_amount",
        value: |row| row.charge.stored_value_card_amount.into(),
    },
    Column {
        name: "x_TaxAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "tax of a statement row",
        value: |row| row.charge.tax_amount.into(),
    },
    Column {
        name: "x_TradeId",
        kind: ColumnType::Text,
        nullable: true,
        versions: Versions::All,
        origin: "field trade_id",
        value: |row| row.charge.trade_id.into(),
    },
    Column {
        name: "x_TruncatedAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "list price less discount less payable, where all are there",
        value: |row| row.charge.truncated_amount().into(),
    },
    Column {
        name: "x_WriteoffAmount",
        kind: ColumnType::Decimal,
        nullable: true,
        versions: Versions::All,
        origin: "writeoff_amount",
        value: |row| row.charge.writeoff_amount.into(),
    },
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
