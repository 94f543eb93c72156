//! A charge that owns its text.

use std::fmt;

use crate::charge::Charge;

/// Calls a macro with the names of all optional text fields of [`Charge`].
macro_rules! with_text_fields {
    ($use:ident) => {
        $use! {
            id, customer_name, account_name, indirect_partner_id, partner_id, association_type, service_type_code,
            service_type_name, resource_type_code, resource_type_name, trade_id, original_order_id, resource_id,
            resource_name, region_code, region_name, product_id, product_name, product_spec_desc, resource_tag,
            usage_type, enterprise_project_id, sub_resource_id, sub_resource_name, currency
        }
    };
}

/// A charge that owns its text; [`OwnedCharge::borrow`] gives it as [`Charge`].
#[derive(Clone, PartialEq)]
pub struct OwnedCharge {
    /// All values except the text.
    values: Charge<'static>,
    customer_id: Box<str>,
    /// The text fields, in the order of `with_text_fields`.
    texts: Vec<Option<Box<str>>>,
}

impl fmt::Debug for OwnedCharge {
    /// As that of [`Charge`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.borrow(), f)
    }
}

impl OwnedCharge {
    /// Copies a charge.
    #[must_use]
    pub fn of(charge: &Charge<'_>) -> Self {
        macro_rules! copy {
            ($($field:ident),*) => {
                Self {
                    values: Charge { customer_id: "", $($field: None,)* ..charge.clone() }.without_text(),
                    customer_id: charge.customer_id.into(),
                    texts: vec![$(charge.$field.map(Into::into)),*],
                }
            };
        }
        with_text_fields!(copy)
    }

    /// Returns the charge with borrowed text.
    #[must_use]
    pub fn borrow(&self) -> Charge<'_> {
        let mut charge = self.values.clone();
        let mut texts = self.texts.iter();
        macro_rules! put {
            ($($field:ident),*) => {
                $(charge.$field = texts.next().and_then(Option::as_deref);)*
            };
        }
        with_text_fields!(put);
        charge.customer_id = &self.customer_id;
        charge
    }
}

impl Charge<'_> {
    /// The values that are no text, without the lifetime of the text.
    fn without_text(self) -> Charge<'static> {
        Charge {
            origin: self.origin,
            bill_cycle: self.bill_cycle,
            payment_mode: self.payment_mode,
            bill_type: self.bill_type,
            bill_class: self.bill_class,
            trade_time: self.trade_time,
            consume_time: self.consume_time,
            usage_amount: self.usage_amount,
            usage_measure_id: self.usage_measure_id,
            free_resource_usage: self.free_resource_usage,
            ri_usage: self.ri_usage,
            ri_usage_measure_id: self.ri_usage_measure_id,
            official_amount: self.official_amount,
            official_discount_amount: self.official_discount_amount,
            payment_amount: self.payment_amount,
            settlement_amount: self.settlement_amount,
            tax_amount: self.tax_amount,
            cash_amount: self.cash_amount,
            credit_amount: self.credit_amount,
            coupon_amount: self.coupon_amount,
            flexipurchase_coupon_amount: self.flexipurchase_coupon_amount,
            stored_value_card_amount: self.stored_value_card_amount,
            debt_amount: self.debt_amount,
            writeoff_amount: self.writeoff_amount,
            period_type: self.period_type,
            period_num: self.period_num,
            order_type: self.order_type,
            ..Charge::default()
        }
    }
}
