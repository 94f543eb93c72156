//! A customer's month in sums.

use super::{
    BrokenIdentity, ChargingMode, Identity, RecordOwner,
    rules::{member_named, payment_parts},
};
use crate::{
    operation,
    types::{
        Amount, BillCycle, Currency, CustomerId, MeasureUnit, Money, MoneyError, Personal,
        fields::EmptyAsNone, open_enum::open_codes, response,
    },
};

operation! {
    /// Lists the consumption of the calling customer in a billing cycle, summed by service, kind of resource,
    /// payment mode and kind of bill, one page, with the totals of the month.
    ///
    /// An IAM user of the customer needs `billing:bill:view`. Holds what happened up to the end of the day before,
    /// for three years back. Final from 10:00 on the 4th of the next month in Beijing. An enterprise master also
    /// sees its members.
    ///
    /// The resource bill has eight decimals and the account is charged to cents: do not compare this summary with
    /// [`ListResourceBills`](super::ListResourceBills) to the cent.
    GET "/v2/bills/customer-bills/monthly-sum" as bss "ShowCustomerMonthlySum" -> MonthlySummary {
        sites(ALL), caller(Customer), rows(1000, bill_sums: SummaryRow, total: total_count),
        source("https://support.huaweicloud.com/api-oce/mbc_00008.html"),
    }
    pub struct ShowMonthlySummary {
        required {
            /// The month, counted in UTC+8.
            bill_cycle: BillCycle,
        }
        optional {
            /// Only this cloud service, such as `hws.service.type.obs`.
            service_type_code: String where len(0..=64),
            /// Only this enterprise project: `0` for the default one, `-1` for services without projects (the
            /// detailed bills say `null` there). Up to 64 characters; empty text is not supported.
            enterprise_project_id: String where len(1..=64),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=1000) default(10),
            /// Accounts whose records are listed; all by default.
            method: RecordOwner,
            /// The member, when [`RecordOwner::Member`] is asked for, and only then; up to 64 characters.
            sub_customer_id: CustomerId,
        }
        check |it, check| member_named(check, it.method.as_ref(), it.sub_customer_id.as_ref())
    }
}

response! {
    /// One page of a month's sums, with the totals of the whole month.
    pub struct MonthlySummary {
        /// Total number of rows of the month.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub bill_sums: Vec<SummaryRow>,
        /// Amount that has to be paid for the month, refunds included.
        pub consume_amount: Option<Amount>,
        /// Not paid yet; for monthly-settlement customers what they settle later.
        pub debt_amount: Option<Amount>,
        /// Paid with cash vouchers.
        pub coupon_amount: Option<Amount>,
        /// Paid with flexi-purchase vouchers; reserved.
        pub flexipurchase_coupon_amount: Option<Amount>,
        /// Paid from stored-value cards; reserved.
        pub stored_value_card_amount: Option<Amount>,
        /// Paid from the cash balance.
        pub cash_amount: Option<Amount>,
        /// Paid from the credit line.
        pub credit_amount: Option<Amount>,
        /// Debt that was written off.
        pub writeoff_amount: Option<Amount>,
        /// Unit of the amounts: 1 is the currency's main unit on every site.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of all amounts.
        pub currency: Option<Currency>,
    }
}

payment_parts!(MonthlySummary { stored_value_card_amount, none, writeoff_amount });

impl MonthlySummary {
    /// Returns the amount that has to be paid for the month, refunds included.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where the service left out the amount, its unit or its currency.
    pub fn payable(&self) -> Result<Money, MoneyError> {
        Money::from_fields("consume_amount", self.consume_amount, self.measure_id, self.currency.as_ref())
    }

    /// The totals that differ from the sums over `rows`, which must be the rows of all pages:
    /// [`Identity::SummaryTotals`], which is inferred.
    #[must_use]
    pub fn check_totals(&self, rows: &[SummaryRow]) -> Vec<BrokenIdentity> {
        let check = |field: &'static str, total, amount: fn(&SummaryRow) -> Option<Amount>| {
            Identity::SummaryTotals.check(field, total, rows.iter().map(|row| (field, amount(row))))
        };
        [
            check("consume_amount", self.consume_amount, |row| row.consume_amount),
            check("debt_amount", self.debt_amount, |row| row.debt_amount),
            check("coupon_amount", self.coupon_amount, |row| row.coupon_amount),
            check("flexipurchase_coupon_amount", self.flexipurchase_coupon_amount, |row| {
                row.flexipurchase_coupon_amount
            }),
            check("stored_value_card_amount", self.stored_value_card_amount, |row| {
                row.stored_value_card_amount
            }),
            check("cash_amount", self.cash_amount, |row| row.cash_amount),
            check("credit_amount", self.credit_amount, |row| row.credit_amount),
            check("writeoff_amount", self.writeoff_amount, |row| row.writeoff_amount),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

response! {
    /// Consumption of one kind of resource by a customer in a month, in one kind of bill.
    pub struct SummaryRow {
        /// The month, counted in UTC+8.
        #[with(EmptyAsNone)]
        pub bill_cycle: Option<BillCycle>,
        /// The kind of resource, such as `hws.resource.type.vm`.
        pub resource_type_code: Option<String>,
        /// The cloud service, such as `hws.service.type.obs`.
        pub service_type_code: Option<String>,
        /// Display name of the cloud service.
        pub service_type_name: Option<String>,
        /// Name of the kind of resource.
        pub resource_type_name: Option<String>,
        /// Charging mode of the resources.
        pub charging_mode: Option<ChargingMode>,
        /// The list price, before any discount.
        pub official_amount: Option<Amount>,
        /// Discount on the list price.
        pub official_discount_amount: Option<Amount>,
        /// Amount that was dropped by truncation to cents.
        pub truncated_amount: Option<Amount>,
        /// Amount that has to be paid.
        pub consume_amount: Option<Amount>,
        /// Paid with cash vouchers.
        pub coupon_amount: Option<Amount>,
        /// Paid with flexi-purchase vouchers; reserved.
        pub flexipurchase_coupon_amount: Option<Amount>,
        /// Paid from stored-value cards; reserved.
        pub stored_value_card_amount: Option<Amount>,
        /// Not paid yet; for monthly-settlement customers what they settle later.
        pub debt_amount: Option<Amount>,
        /// Debt that was written off.
        pub writeoff_amount: Option<Amount>,
        /// Paid from the cash balance.
        pub cash_amount: Option<Amount>,
        /// Paid from the credit line.
        pub credit_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// Consumption, refund or adjustment.
        pub bill_type: Option<SummaryBillType>,
        /// Consuming account: the caller or one of its members.
        pub customer_id: CustomerId,
        /// The account under which that customer logs in; up to 128 characters.
        pub account_name: Option<Personal>,
    }
}

payment_parts!(SummaryRow { stored_value_card_amount, none, writeoff_amount });

impl SummaryRow {
    /// The sums that this row does not keep: [`Identity::SummaryPayable`] and [`Identity::SummaryParts`], the latter
    /// inferred.
    #[must_use]
    pub fn check_identities(&self) -> Vec<BrokenIdentity> {
        let payable = [
            ("official_amount", self.official_amount),
            ("official_discount_amount", self.official_discount_amount.map(Amount::negated)),
            ("truncated_amount", self.truncated_amount.map(Amount::negated)),
        ];
        [
            Identity::SummaryPayable.check("consume_amount", self.consume_amount, payable),
            Identity::SummaryParts.check("consume_amount", self.consume_amount, self.payment_parts().named()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

open_codes! {
    /// The kind of a summary row, on the wire `bill_type`: a coarser division than [`BillType`](super::BillType), with
    /// other codes.
    pub enum SummaryBillType {
        /// Bill for use or purchase.
        Consumption = 1,
        /// Bill for a refund.
        Refund = 2,
        /// An account was corrected.
        Adjustment = 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    const ROWS: &str = r#"[
        {"bill_cycle":"2026-10","bill_type":1,"charging_mode":3,"official_amount":10.005,"official_discount_amount":2,
         "truncated_amount":0.005,"consume_amount":8.00,"cash_amount":5,"credit_amount":0,"coupon_amount":3,
         "flexipurchase_coupon_amount":0,"stored_value_card_amount":0,"debt_amount":0,"writeoff_amount":0,
         "customer_id":"c1"},
        {"bill_cycle":"2026-10","bill_type":2,"official_amount":-2,"consume_amount":-2,"cash_amount":-2}]"#;

    #[test]
    fn a_summary_is_read() {
        let summary: MonthlySummary = decode_str(&format!(
            r#"{{"total_count":2,"consume_amount":6,"cash_amount":3,"credit_amount":0,"coupon_amount":3,
                "flexipurchase_coupon_amount":0,"stored_value_card_amount":0,"debt_amount":0,"writeoff_amount":0,
                "measure_id":1,"currency":"CNY","bill_sums":{ROWS}}}"#
        ))
        .unwrap();
        assert_eq!(summary.bill_sums[1].bill_type, Some(SummaryBillType::Refund));
        assert_eq!(summary.bill_sums[0].bill_cycle, "2026-10".parse().ok());
        assert_eq!(summary.check_totals(&summary.bill_sums), []);
        assert_eq!(summary.payment_parts().total().ok(), summary.consume_amount);
        assert_eq!(summary.payable(), Ok(Money::new(6, Currency::Cny)));
    }

    #[test]
    fn each_total_is_the_sum_over_all_rows() {
        let rows: Vec<SummaryRow> = decode_str(ROWS).unwrap();
        let summary = MonthlySummary {
            consume_amount: Some(Amount::from(8)),
            cash_amount: Some(Amount::from(3)),
            credit_amount: Some(Amount::ZERO),
            coupon_amount: Some(Amount::from(3)),
            flexipurchase_coupon_amount: Some(Amount::ZERO),
            stored_value_card_amount: Some(Amount::ZERO),
            debt_amount: Some(Amount::ZERO),
            writeoff_amount: Some(Amount::from(1)),
            ..MonthlySummary::default()
        };
        let broken = summary.check_totals(&rows);
        let fields: Vec<_> = broken.iter().map(|broken| (broken.identity, broken.field)).collect();
        assert_eq!(
            fields,
            [(Identity::SummaryTotals, "consume_amount"), (Identity::SummaryTotals, "writeoff_amount")]
        );
    }

    #[test]
    fn the_payable_amount_of_a_row_is_what_discount_and_truncation_leave() {
        let rows: Vec<SummaryRow> = decode_str(ROWS).unwrap();
        assert_eq!(rows[0].check_identities(), []);
        let row = SummaryRow { truncated_amount: Some(Amount::ZERO), ..rows[0].clone() };
        let broken = row.check_identities();
        assert_eq!(broken.len(), 1);
        assert_eq!(
            (broken[0].identity, broken[0].difference()),
            (Identity::SummaryPayable, "-0.005".parse().ok())
        );
        let row = SummaryRow { debt_amount: Some(Amount::from(1)), ..rows[0].clone() };
        assert_eq!(row.check_identities()[0].identity, Identity::SummaryParts);
    }

    #[test]
    fn a_member_is_named_where_one_is_asked_for() {
        let cycle = "2026-10".parse::<BillCycle>().unwrap();
        let query = ShowMonthlySummary::new(cycle).method(RecordOwner::Member);
        let request = query.clone().enterprise_project_id("").limit(1001_u32);
        assert_eq!(violated(&request), ["enterprise_project_id", "limit", "sub_customer_id"]);
        query.sub_customer_id("m1").validate().unwrap();
        ShowMonthlySummary::new(cycle).method(RecordOwner::All).validate().unwrap();
    }
}
