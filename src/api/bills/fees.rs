//! A customer's charges, order by order: the bill that Huawei Cloud deducts by.

use super::{
    BillType, BrokenIdentity, ChargingMode, Identity, RecordOwner,
    rules::{days_in_cycle, member_named, payable, payment_parts},
};
use crate::{
    operation,
    types::{
        Amount, BillCycle, Currency, CustomerId, Day, Language, Personal, UtcTime, fields::EmptyAsNone,
        open_enum::open_codes, response,
    },
};

operation! {
    /// Lists the charges of the calling customer in a billing cycle, one row for each order or settlement
    /// period, one page.
    ///
    /// An IAM user of the customer needs `billing:billDetail:view`. Internationally
    /// [`ListUsageRecords`](super::ListUsageRecords) is nearest. Huawei Cloud deducts and settles by this bill.
    /// Goes back three years; yearly/monthly orders appear soon after they are paid. An enterprise master also sees
    /// its members.
    GET "/v2/bills/customer-bills/fee-records" as bss "ListCustomerBillsFeeRecords" -> FeeRecordPage {
        caller(Customer), alternative("bss.ListCustomerselfResourceRecords"),
        rows(1000, records: FeeRecord, total: total_count),
        source("https://support.huaweicloud.com/api-oce/mbc_00007.html"),
    }
    pub struct ListFeeRecords {
        required {
            /// The month, counted in UTC+8.
            bill_cycle: BillCycle,
        }
        optional {
            /// Language of names in the response; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Only what this seller sold; both by default.
            provider_type: ProviderType,
            /// Only this cloud service, such as `hws.service.type.obs`.
            service_type_code: String where len(0..=64),
            /// Only this kind of resource, such as `hws.resource.type.vm`.
            resource_type_code: String where len(0..=64),
            /// Only this region, such as `cn-north-1`.
            region_code: String where len(0..=64),
            /// Only what is paid for in this way.
            charging_mode: ChargingMode,
            /// Only charges of this kind.
            bill_type: BillType,
            /// Only this order or transaction.
            trade_id: String where len(0..=64),
            /// Only this enterprise project: `0` for the default one, `null` for services without projects.
            enterprise_project_id: String where len(0..=64),
            /// Whether rows with nothing to pay are listed.
            include_zero_record: bool,
            /// Only what is in this state of payment.
            status: FeeStatus,
            /// Accounts whose records are listed; all by default.
            method: RecordOwner,
            /// The member, when [`RecordOwner::Member`] is asked for, and only then.
            sub_customer_id: CustomerId,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=1000) default(10),
            /// The first day, inside the cycle; only together with the last.
            bill_date_begin: Day,
            /// The last day, inside the cycle; only together with the first.
            bill_date_end: Day,
        }
        check |it, check| {
            let check = member_named(check, it.method.as_ref(), it.sub_customer_id.as_ref());
            days_in_cycle(
                check,
                it.bill_cycle,
                ("bill_date_begin", it.bill_date_begin),
                ("bill_date_end", it.bill_date_end),
            )
        }
    }
}

response! {
    /// One page of fee records.
    pub struct FeeRecordPage {
        /// Total number of matching rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub records: Vec<FeeRecord>,
        /// The currency of all amounts, in its main unit; yuan.
        pub currency: Option<Currency>,
    }
}

response! {
    /// Charge for one order or settlement period. Amounts that the service leaves out are zero.
    pub struct FeeRecord {
        /// The month in which it is billed, counted in UTC+8.
        #[with(EmptyAsNone)]
        pub bill_cycle: Option<BillCycle>,
        /// Consuming account: the caller or one of its members.
        pub customer_id: CustomerId,
        /// The cloud service, such as `hws.service.type.obs`.
        pub service_type_code: Option<String>,
        /// The kind of resource, such as `hws.resource.type.vm`.
        pub resource_type_code: Option<String>,
        /// Name of the cloud service in the language that was asked for.
        pub service_type_name: Option<String>,
        /// Name of the kind of resource.
        pub resource_type_name: Option<String>,
        /// Region of the resource, such as `cn-north-1`.
        pub region_code: Option<String>,
        /// The enterprise project; `0` is the default one.
        pub enterprise_project_id: Option<String>,
        /// Display name of the enterprise project.
        pub enterprise_project_name: Option<String>,
        /// Charging mode of the resource.
        pub charging_mode: Option<ChargingMode>,
        /// Time of consumption: the payment of the order for yearly/monthly and reserved instances, the time
        /// of the usage record for pay-per-use.
        #[with(EmptyAsNone)]
        pub consume_time: Option<UtcTime>,
        /// Time of the deduction.
        #[with(EmptyAsNone)]
        pub trade_time: Option<UtcTime>,
        /// Seller of the service.
        pub provider_type: Option<ProviderType>,
        /// The order, for bill types 1, 2, 3, 4 and 8; otherwise the transaction: a receivable, or for charges at the end of
        /// the month the bill. It tells charges apart.
        pub trade_id: Option<String>,
        /// Reserved for the row.
        pub id: Option<String>,
        /// Type of the charge.
        pub bill_type: Option<BillType>,
        /// State of the payment.
        pub status: Option<FeeStatus>,
        /// The list price, before any discount.
        pub official_amount: Option<Amount>,
        /// Discount on the list price.
        pub official_discount_amount: Option<Amount>,
        /// Amount that was dropped by truncation to cents.
        pub erase_amount: Option<Amount>,
        /// Amount that has to be paid.
        pub consume_amount: Option<Amount>,
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
        /// Paid from bonus money, what is left of a product that was withdrawn.
        pub bonus_amount: Option<Amount>,
        /// Not paid yet; for monthly-settlement customers what they settle later.
        pub debt_amount: Option<Amount>,
        /// Debt that was written off.
        pub writeoff_amount: Option<Amount>,
        /// Display name of the region.
        pub region_name: Option<String>,
        /// The account under which the customer logs in; up to 128 characters.
        pub account_name: Option<Personal>,
    }
}

payable!(FeeRecordPage { records: FeeRecord { consume_amount } });

payment_parts!(FeeRecord { stored_value_card_amount, bonus_amount, writeoff_amount });

impl FeeRecord {
    /// The sums that this row does not keep: [`Identity::FeeRecordListPrice`] and [`Identity::FeeRecordParts`].
    #[must_use]
    pub fn check_identities(&self) -> Vec<BrokenIdentity> {
        let list_price = [
            ("official_discount_amount", self.official_discount_amount),
            ("erase_amount", self.erase_amount),
            ("consume_amount", self.consume_amount),
        ];
        [
            Identity::FeeRecordListPrice.check("official_amount", self.official_amount, list_price),
            Identity::FeeRecordParts.check(
                "consume_amount",
                self.consume_amount,
                self.payment_parts().named(),
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

open_codes! {
    /// Seller of a service.
    pub enum ProviderType {
        /// Sold by Huawei Cloud.
        HuaweiCloud = 1,
        /// A seller in KooGallery, the marketplace.
        KooGallery = 2,
    }
}

open_codes! {
    /// Whether a charge is paid.
    pub enum FeeStatus {
        /// The charge is paid.
        Paid = 1,
        /// The charge is billed and not fully paid.
        NotSettled = 2,
        /// The charge is not billed yet; the response's page words it as not settled yet.
        NotBilled = 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::violated;
    use crate::types::decode_str;

    const RECORD: &str = r#"{"bill_cycle":"2026-10","customer_id":"c1","charging_mode":1,"provider_type":2,"status":1,
        "trade_time":"2026-10-09T01:02:03Z","consume_time":"","trade_id":"CS1","bill_type":103,
        "official_amount":120.009,"official_discount_amount":20,"erase_amount":0.009,"consume_amount":100,
        "cash_amount":10,"credit_amount":20,"coupon_amount":5,"flexipurchase_coupon_amount":15,
        "stored_value_card_amount":25,"bonus_amount":1,"debt_amount":21,"writeoff_amount":3,"account_name":"li"}"#;

    #[test]
    fn a_page_is_read() {
        let page: FeeRecordPage =
            decode_str(&format!(r#"{{"total_count":1,"currency":"CNY","records":[{RECORD}]}}"#)).unwrap();
        let record = &page.records[0];
        assert_eq!((record.bill_type, record.status), (Some(BillType::YearlyPayment), Some(FeeStatus::Paid)));
        assert_eq!((record.provider_type, record.consume_time), (Some(ProviderType::KooGallery), None));
    }

    #[test]
    fn a_fee_record_keeps_both_sums() {
        let record: FeeRecord = decode_str(RECORD).unwrap();
        assert_eq!(record.payment_parts().total(), Ok(Amount::from(100)));
        assert_eq!(record.check_identities(), []);

        let broken = FeeRecord { erase_amount: Some(Amount::ZERO), ..record.clone() }.check_identities();
        assert_eq!(broken.len(), 1);
        assert_eq!(
            (broken[0].identity, broken[0].difference()),
            (Identity::FeeRecordListPrice, "0.009".parse().ok())
        );

        let broken = FeeRecord { bonus_amount: Some(Amount::ZERO), ..record }.check_identities();
        assert_eq!(broken.len(), 1);
        assert_eq!((broken[0].identity, broken[0].field), (Identity::FeeRecordParts, "consume_amount"));
    }

    #[test]
    fn documented_limits_are_checked() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let request = ListFeeRecords::new("2026-02".parse::<BillCycle>().unwrap())
            .region_code("x".repeat(65))
            .limit(1001_u32)
            .method(RecordOwner::Member)
            .bill_date_begin(day("2026-01-31"));
        assert_eq!(
            violated(&request),
            ["region_code", "sub_customer_id", "limit", "bill_date_begin", "bill_date_begin"]
        );
    }
}
