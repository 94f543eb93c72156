//! One charge, whatever it was read from.

use std::fmt;

use huaweicloud_partner::{
    bills::{BillClass, BillType, ChargingMode, CustomerCharge, PeriodType},
    types::{Amount, BillCycle, Day, MeasureUnit, PartnerId, ResourceId, UtcTime},
};
use serde::{Deserialize, Serialize};

/// Source from which a charge was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The API of the China site.
    #[default]
    Api,
    /// A statement file of the international site.
    Statement,
}

/// Payment mode of a charge, as fine as that of statement files, which divide reserved instances and savings
/// plans further than the API does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaymentMode {
    /// For a period in advance.
    YearlyMonthly,
    /// Payment for actual usage.
    PayPerUse,
    /// As a reserved instance; the API does not say which part of it.
    ReservedInstance,
    /// One-time payment for a reserved instance.
    ReservedInstancePurchase,
    /// The hourly fee of a reserved instance.
    ReservedInstanceHourly,
    /// Under a savings plan; the API does not say which part of it.
    SavingsPlan,
    /// One-time payment for a savings plan.
    SavingsPlanPurchase,
    /// The hourly fee of a savings plan.
    SavingsPlanHourly,
    /// Usage that a savings plan covers.
    SavingsPlanOffset,
}

impl PaymentMode {
    /// The mode of a code in a statement file. The codes differ from [`ChargingMode`]: 1 means pay-per-use here.
    #[must_use]
    pub fn from_statement_code(code: &str) -> Option<Self> {
        Some(match code {
            "0" => Self::YearlyMonthly,
            "1" => Self::PayPerUse,
            "2" => Self::ReservedInstancePurchase,
            "3" => Self::ReservedInstanceHourly,
            "4" => Self::SavingsPlanPurchase,
            "5" => Self::SavingsPlanHourly,
            "6" => Self::SavingsPlanOffset,
            _ => return None,
        })
    }

    /// The mode of a word in an exported bill, English or Chinese. Letter case, blanks and kinds of dashes do not count.
    #[must_use]
    pub fn from_statement_word(word: &str) -> Option<Self> {
        let plain: String = word
            .chars()
            .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '–' | '—' | '/' | '_' | '－'))
            .flat_map(char::to_lowercase)
            .collect();
        Some(match plain.as_str() {
            "包年包月" | "包年" | "包月" | "yearlymonthly" => Self::YearlyMonthly,
            "按需" | "按需计费" | "payperuse" => Self::PayPerUse,
            "预留实例订购" | "reservedinstancesubscription" | "reservedinstanceupfrontpayment" => {
                Self::ReservedInstancePurchase
            }
            "预留实例按时计费" | "reservedinstancehourlybilling" => Self::ReservedInstanceHourly,
            "节省计划订购" | "savingsplanssubscription" | "savingsplansubscription" => {
                Self::SavingsPlanPurchase
            }
            "节省计划按时计费" | "savingsplanshourlybilling" | "savingsplanhourlybilling" => {
                Self::SavingsPlanHourly
            }
            "节省计划抵扣" | "savingsplansused" | "savingsplanused" => Self::SavingsPlanOffset,
            _ => return None,
        })
    }

    /// The coarser division of the API.
    #[must_use]
    pub fn charging_mode(self) -> ChargingMode {
        match self {
            Self::YearlyMonthly => ChargingMode::YearlyMonthly,
            Self::PayPerUse => ChargingMode::PayPerUse,
            Self::ReservedInstance | Self::ReservedInstancePurchase | Self::ReservedInstanceHourly => {
                ChargingMode::ReservedInstance
            }
            Self::SavingsPlan
            | Self::SavingsPlanPurchase
            | Self::SavingsPlanHourly
            | Self::SavingsPlanOffset => ChargingMode::SavingsPlan,
        }
    }

    /// A stable name, such as `pay_per_use`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::YearlyMonthly => "yearly_monthly",
            Self::PayPerUse => "pay_per_use",
            Self::ReservedInstance => "reserved_instance",
            Self::ReservedInstancePurchase => "reserved_instance_purchase",
            Self::ReservedInstanceHourly => "reserved_instance_hourly",
            Self::SavingsPlan => "savings_plan",
            Self::SavingsPlanPurchase => "savings_plan_purchase",
            Self::SavingsPlanHourly => "savings_plan_hourly",
            Self::SavingsPlanOffset => "savings_plan_offset",
        }
    }
}

/// The code of the charging mode is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is the code of no known charging mode", .0.code())]
pub struct UnknownChargingMode(pub ChargingMode);

impl TryFrom<ChargingMode> for PaymentMode {
    type Error = UnknownChargingMode;

    fn try_from(mode: ChargingMode) -> Result<Self, Self::Error> {
        Ok(match mode {
            ChargingMode::YearlyMonthly => Self::YearlyMonthly,
            ChargingMode::PayPerUse => Self::PayPerUse,
            ChargingMode::ReservedInstance => Self::ReservedInstance,
            ChargingMode::SavingsPlan => Self::SavingsPlan,
            unknown => return Err(UnknownChargingMode(unknown)),
        })
    }
}

impl From<PaymentMode> for ChargingMode {
    /// The coarser division of the API.
    fn from(mode: PaymentMode) -> Self {
        mode.charging_mode()
    }
}

/// One charge of a month, borrowed from the row it was read from.
///
/// Fields have the meaning and mostly the name of those of [`CustomerCharge`]; what only statement files have is marked.
/// An amount that the source does not have is `None`, never zero.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Charge<'a> {
    /// Source of the row.
    pub origin: Origin,
    /// The row's own id; statement files have none.
    pub id: Option<&'a str>,
    /// The month in which it is billed.
    pub bill_cycle: Option<BillCycle>,
    /// The customer that was charged.
    pub customer_id: &'a str,
    /// The customer's name; personal data, in statement files only.
    pub customer_name: Option<&'a str>,
    /// The customer's account name; personal data, in statement files only.
    pub account_name: Option<&'a str>,
    /// The reseller through which the customer belonged to the partner.
    pub indirect_partner_id: Option<&'a str>,
    /// The partner to which the customer belonged, as the row says.
    pub partner_id: Option<&'a str>,
    /// The code of the association: `1` referral, `2` resale.
    pub association_type: Option<&'a str>,
    /// The cloud service, such as `hws.service.type.obs`.
    pub service_type_code: Option<&'a str>,
    /// The cloud service in words.
    pub service_type_name: Option<&'a str>,
    /// The kind of resource, such as `hws.resource.type.vm`.
    pub resource_type_code: Option<&'a str>,
    /// The kind of resource in words.
    pub resource_type_name: Option<&'a str>,
    /// Payment mode of the charge; `None` for a code that is not known.
    pub payment_mode: Option<PaymentMode>,
    /// The kind of charge by the API's code; statement files have only the class.
    pub bill_type: Option<BillType>,
    /// Consumption, refund or adjustment; `None` where neither code nor word is known.
    pub bill_class: Option<BillClass>,
    /// Time of the deduction, or the customer's transaction time in a statement file.
    pub trade_time: Option<UtcTime>,
    /// Time of consumption.
    pub consume_time: Option<UtcTime>,
    /// Order or transaction.
    pub trade_id: Option<&'a str>,
    /// The order that was unsubscribed from; statement files only.
    pub original_order_id: Option<&'a str>,
    /// The resource that was charged for.
    pub resource_id: Option<&'a str>,
    /// The name that the customer gave the resource.
    pub resource_name: Option<&'a str>,
    /// The region, such as `cn-north-4`.
    pub region_code: Option<&'a str>,
    /// The region in words.
    pub region_name: Option<&'a str>,
    /// Id of the product in the catalogue.
    pub product_id: Option<&'a str>,
    /// The product in words.
    pub product_name: Option<&'a str>,
    /// The specification in words.
    pub product_spec_desc: Option<&'a str>,
    /// The tags of the resource, as one text.
    pub resource_tag: Option<&'a str>,
    /// Measured quantity, such as duration or traffic.
    pub usage_type: Option<&'a str>,
    /// Measured amount of usage.
    pub usage_amount: Option<Amount>,
    /// The unit of that by code.
    pub usage_measure_id: Option<MeasureUnit>,
    /// Part of the usage that a package covered.
    pub free_resource_usage: Option<Amount>,
    /// Part of the usage that a reserved instance covered.
    pub ri_usage: Option<Amount>,
    /// The unit of that.
    pub ri_usage_measure_id: Option<MeasureUnit>,
    /// The list price.
    pub official_amount: Option<Amount>,
    /// Discount on the list price.
    pub official_discount_amount: Option<Amount>,
    /// Amount that has to be paid for the customer's consumption.
    pub payment_amount: Option<Amount>,
    /// Amount that the partner pays Huawei Cloud for the charge, after the settlement discount; statement
    /// files only.
    pub settlement_amount: Option<Amount>,
    /// Tax on the charge; statement files only.
    pub tax_amount: Option<Amount>,
    /// Paid from the cash balance.
    pub cash_amount: Option<Amount>,
    /// Paid from the credit line.
    pub credit_amount: Option<Amount>,
    /// Paid with cash vouchers.
    pub coupon_amount: Option<Amount>,
    /// Paid with flexi-purchase vouchers.
    pub flexipurchase_coupon_amount: Option<Amount>,
    /// Paid from stored-value cards.
    pub stored_value_card_amount: Option<Amount>,
    /// Not paid yet.
    pub debt_amount: Option<Amount>,
    /// Debt that was written off.
    pub writeoff_amount: Option<Amount>,
    /// The unit of the subscription.
    pub period_type: Option<PeriodType>,
    /// Number of subscribed periods.
    pub period_num: Option<Amount>,
    /// Enterprise project of the charge.
    pub enterprise_project_id: Option<&'a str>,
    /// The code of the order type.
    pub order_type: Option<i64>,
    /// The part of a bundle, or the reserved instance.
    pub sub_resource_id: Option<&'a str>,
    /// The name of that.
    pub sub_resource_name: Option<&'a str>,
    /// The ISO code of the currency of all amounts.
    pub currency: Option<&'a str>,
}

impl fmt::Debug for Charge<'_> {
    /// Shows what a charge is found by, and its sums: no names and tags, which are personal data or written by people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Charge")
            .field("origin", &self.origin)
            .field("id", &self.id)
            .field("bill_cycle", &self.bill_cycle)
            .field("customer_id", &self.customer_id)
            .field("indirect_partner_id", &self.indirect_partner_id)
            .field("service_type_code", &self.service_type_code)
            .field("resource_type_code", &self.resource_type_code)
            .field("payment_mode", &self.payment_mode)
            .field("bill_type", &self.bill_type)
            .field("trade_time", &self.trade_time)
            .field("trade_id", &self.trade_id)
            .field("resource_id", &self.resource_id)
            .field("usage_amount", &self.usage_amount)
            .field("official_amount", &self.official_amount)
            .field("payment_amount", &self.payment_amount)
            .field("settlement_amount", &self.settlement_amount)
            .field("currency", &self.currency)
            .finish_non_exhaustive()
    }
}

impl<'a> Charge<'a> {
    /// The charge of a row of the API. `indirect_partner_id` is the reseller that was asked for, `currency` that of the
    /// page.
    #[must_use]
    pub fn from_api(
        row: &'a CustomerCharge,
        indirect_partner_id: Option<&'a str>,
        currency: Option<&'a str>,
    ) -> Self {
        fn text(field: Option<&str>) -> Option<&str> {
            field.filter(|text| !text.is_empty())
        }
        Self {
            origin: Origin::Api,
            id: text(Some(&row.id)),
            bill_cycle: row.bill_cycle,
            customer_id: row.customer_id.as_str(),
            customer_name: None,
            account_name: None,
            indirect_partner_id,
            partner_id: text(row.partner_id.as_ref().map(PartnerId::as_str)),
            association_type: text(row.association_type.as_ref().map(|kind| kind.as_str())),
            service_type_code: text(row.service_type_code.as_deref()),
            service_type_name: text(row.service_type_name.as_deref()),
            resource_type_code: text(row.resource_type_code.as_deref()),
            resource_type_name: text(row.resource_type_name.as_deref()),
            payment_mode: row.charging_mode.and_then(|mode| mode.try_into().ok()),
            bill_type: row.bill_detail_type,
            bill_class: row.bill_detail_type.and_then(BillType::class),
            trade_time: row.trade_time,
            consume_time: row.consume_time,
            trade_id: text(row.trade_id.as_deref()),
            original_order_id: None,
            resource_id: text(row.resource_id.as_ref().map(ResourceId::as_str)),
            resource_name: text(row.resource_name.as_deref()),
            region_code: text(row.region_code.as_deref()),
            region_name: text(row.region_name.as_deref()),
            product_id: text(row.product_id.as_deref()),
            product_name: text(row.product_name.as_deref()),
            product_spec_desc: text(row.product_spec_desc.as_deref()),
            resource_tag: text(row.resource_tag.as_deref()),
            usage_type: text(row.usage_type.as_deref()),
            usage_amount: row.usage_amount,
            usage_measure_id: row.usage_measure_id,
            free_resource_usage: row.free_resource_usage,
            ri_usage: row.ri_usage,
            ri_usage_measure_id: row.ri_usage_measure_id,
            official_amount: row.official_amount,
            official_discount_amount: row.official_discount_amount,
            payment_amount: row.payment_amount,
            settlement_amount: None,
            tax_amount: None,
            cash_amount: row.cash_amount,
            credit_amount: row.credit_amount,
            coupon_amount: row.coupon_amount,
            flexipurchase_coupon_amount: row.flexipurchase_coupon_amount,
            stored_value_card_amount: row.stored_value_card_amount,
            debt_amount: row.debt_amount,
            writeoff_amount: row.writeoff_amount,
            period_type: row.period_type,
            period_num: row.period_num,
            enterprise_project_id: text(row.enterprise_project_id.as_deref()),
            order_type: row.order_type.map(|kind| kind.code()),
            sub_resource_id: text(row.sub_resource_id.as_ref().map(ResourceId::as_str)),
            sub_resource_name: text(row.sub_resource_name.as_deref()),
            currency,
        }
    }

    /// Returns the amount that the partner is charged: the settlement amount where the row has one, else the
    /// payable amount.
    #[must_use]
    pub fn billed_amount(&self) -> Option<Amount> {
        self.settlement_amount.or(self.payment_amount)
    }

    /// Returns the amount that was dropped by truncation to cents: list price − discount − payable. `None`
    /// where a part is missing.
    #[must_use]
    pub fn truncated_amount(&self) -> Option<Amount> {
        let discounted = self.official_amount?.checked_sub(self.official_discount_amount?)?;
        discounted.checked_sub(self.payment_amount?)
    }

    /// The day in UTC+8 on which the charge arose: that of its consumption, else of its transaction.
    #[must_use]
    pub fn day(&self) -> Option<Day> {
        self.consume_time.or(self.trade_time).map(UtcTime::billing_day)
    }

    /// True for a charge of a referral customer, which pays Huawei Cloud itself.
    #[must_use]
    pub fn is_referral(&self) -> bool {
        self.association_type == Some("1")
    }

    /// True for tax that stands as a row of its own.
    #[must_use]
    pub fn is_tax(&self) -> bool {
        matches!(
            self.bill_type,
            Some(
                BillType::Tax
                    | BillType::UnsubscriptionTax
                    | BillType::CompensationTax
                    | BillType::DeductionTax
            )
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_of_files_and_of_the_api_are_kept_apart() {
        assert_eq!(PaymentMode::from_statement_code("1"), Some(PaymentMode::PayPerUse));
        assert_eq!(PaymentMode::try_from(ChargingMode::from(1)), Ok(PaymentMode::YearlyMonthly));
        let unknown = PaymentMode::try_from(ChargingMode::from(77)).unwrap_err();
        assert_eq!(unknown.to_string(), "77 is the code of no known charging mode");
        assert_eq!(PaymentMode::from_statement_code("7"), None);
        for (word, mode) in [
            ("Yearly/monthly", PaymentMode::YearlyMonthly),
            ("Reserved instance – subscription", PaymentMode::ReservedInstancePurchase),
            ("预留实例-按时计费", PaymentMode::ReservedInstanceHourly),
            ("Savings plans used", PaymentMode::SavingsPlanOffset),
            ("按需", PaymentMode::PayPerUse),
        ] {
            assert_eq!(PaymentMode::from_statement_word(word), Some(mode), "{word}");
        }
    }

    #[test]
    fn an_unknown_mode_of_the_api_is_no_mode() {
        let row = CustomerCharge::build(|row| row.charging_mode = Some(ChargingMode::from(77)));
        let charge = Charge::from_api(&row, None, None);
        assert_eq!((charge.payment_mode, charge.bill_type, charge.id), (None, None, None));
    }
}
