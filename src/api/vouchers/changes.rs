//! The ledger of a customer's vouchers.

use crate::{
    operation,
    partners::ChangeDirection,
    types::{
        Amount, Currency, Day, Personal, UtcTime, VoucherId,
        fields::{AsText, EmptyAsNone},
        open_enum::open_enum,
        response,
    },
};

operation! {
    /// Lists the changes of the calling customer's vouchers, one page.
    ///
    /// A user of the customer needs the action `billing:balance:view`. An enterprise master finds here
    /// whether it moved a voucher to a member or back.
    ///
    /// Days are asked for in UTC+8; the times in the response are instants.
    GET "/v2/promotions/benefits/account-change-records" as bss "ListCustomerCouponChangeRecords" -> VoucherChangePage {
        caller(Customer), rows(100, records: VoucherChange, total: total_count),
        source("https://support.huaweicloud.com/api-oce/mp_02007.html"),
    }
    pub struct ListVoucherChanges {
        optional {
            /// Only what came, or only what went.
            revenue_expense_type: ChangeDirection where known,
            /// Only changes of this kind.
            trade_type: VoucherTrade where known,
            /// Only those of this transaction or order.
            trade_id: String where len(0..=128),
            /// The first day; the same day a year ago by default.
            trade_time_begin: Day,
            /// The last day, at most a year after the first; today by default.
            trade_time_end: Day,
            /// Only those of this voucher.
            coupon_id: VoucherId where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32 where range(0..=2_147_483_647),
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
        preset {
            /// Account whose changes are listed; there is one.
            balance_type: VoucherAccount where known = vouchers(),
        }
        check |it, check| {
            let days = (("trade_time_begin", it.trade_time_begin), ("trade_time_end", it.trade_time_end));
            check
                .ordered(days.0, days.1)
                .span(days.0, days.1, 366) // a year, leap years included
        }
    }
}

fn vouchers() -> VoucherAccount {
    VoucherAccount::Vouchers
}

response! {
    /// One page of the ledger of vouchers.
    pub struct VoucherChangePage {
        /// Total number of changes that match.
        pub total_count: Option<u64>,
        /// The currency of all amounts; yuan.
        pub currency: Option<Currency>,
        /// Rows of this page.
        pub records: Vec<VoucherChange>,
    }
}

response! {
    /// One change of a voucher.
    pub struct VoucherChange {
        /// Id under which the service knows the voucher.
        pub coupon_id: VoucherId,
        /// Detailed type of the change.
        pub trade_detail_type: Option<VoucherTradeDetail>,
        /// Time of the change.
        #[with(EmptyAsNone)]
        pub trade_time: Option<UtcTime>,
        /// The transaction or the order behind it.
        pub trade_id: Option<String>,
        /// Amount of the change; text on the wire.
        #[with(AsText)]
        pub change_amount: Option<Amount>,
        /// Value of the voucher after the change; text on the wire.
        #[with(AsText)]
        pub balance_after_change: Option<Amount>,
        /// Direction of the change.
        pub revenue_expense_type: Option<ChangeDirection>,
        /// The billing cycle that it counts in. Kept as text, because its form is not documented.
        pub bill_cycle: Option<String>,
        /// The login of the customer.
        pub account_name: Option<Personal>,
        /// Name of the cloud service that was paid.
        pub cloud_service_type_name: Option<String>,
        /// Name of the kind of resource that was paid; reserved.
        pub resource_type_name: Option<String>,
    }
}

open_enum! {
    /// Account of a ledger of vouchers.
    pub enum VoucherAccount {
        /// That of the vouchers, taken together.
        Vouchers = "BALANCE_TYPE_COUPON",
    }
}

open_enum! {
    /// Type of a change of a voucher. The service refuses other codes in a query.
    pub enum VoucherTrade {
        /// Voucher was activated.
        Activation = "ADJUST",
        /// Voucher was used for a payment; the service spells the code this way.
        Consumption = "DEDEUCT",
        /// Value of the voucher was refunded.
        Refund = "REFUND",
        /// Voucher was frozen.
        Freeze = "RFROZEN",
        /// Voucher was cleared because it expired.
        Expiry = "EXPIRED",
        /// Voucher was moved from an enterprise master to a member.
        Transfer = "COUPONADJUST",
        /// Voucher was reclaimed.
        Reclaim = "COUPONCANCEL",
    }
}

open_enum! {
    /// Detailed type of a change of a voucher. The service spells the beginning of these codes in two ways.
    pub enum VoucherTradeDetail {
        /// Payment for a yearly or monthly subscription.
        Subscription = "SOURCE_OPERAIION_DEDEUCT",
        /// Payment for pay-per-use.
        PayPerUse = "SOURCE_OPERAIION_USAGE",
        /// Payment for a savings plan.
        SavingsPlan = "SOURCE_OPERAIION_SAVINGS_PLANS",
        /// Payment of arrears.
        Repayment = "SOURCE_OPERAIION_WRITEOFF",
        /// Voucher was cleared because it expired.
        Expiry = "SOURCE_OPERAIION_EXPIRECLEAR",
        /// Back for something unsubscribed.
        Unsubscription = "SOURCE_OPERAIION_UNSUBSCRIBE",
        /// A refund on its way: the freeze lifted.
        RefundUnfreeze = "SOURCE_OPERAIION_UNFROZEN",
        /// A refund on its way: frozen for it.
        RefundFreeze = "SOURCE_OPERAIION_RFROZEN",
        /// Voucher was activated.
        Activation = "SOURCE_OPERAIION_PRIZE",
        /// Written off by Huawei.
        WriteOff = "SOURCE_OPERAIION_BILLREFUND",
        /// Voucher was reclaimed.
        Reclaim = "SOURCE_OPERATION_COUPONCANCEL",
        /// A deposit frozen.
        DepositFreeze = "SOURCE_OPERATION_DEPOSIT_FROZEN",
        /// A deposit's freeze lifted.
        DepositUnfreeze = "SOURCE_OPERATION_DEPOSIT_UNFROZEN",
        /// An enterprise master took it back from a member.
        MasterReclaim = "SOURCE_OPERATION_RETRIEVE",
        /// An enterprise master moved it to a member.
        MasterTransfer = "SOURCE_OPERATION_TRANSFER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{
        operation::{Paged, RequestParts},
        types::decode_str,
    };

    #[test]
    fn the_account_is_always_named() {
        assert_eq!(
            RequestParts::of(&ListVoucherChanges::new()).unwrap().query,
            "balance_type=BALANCE_TYPE_COUPON"
        );
        assert_eq!(decode_str::<ListVoucherChanges>("{}").unwrap(), ListVoucherChanges::new());
    }

    #[test]
    fn documented_limits_are_checked() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let request = ListVoucherChanges::new()
            .balance_type("BALANCE_TYPE_DEBIT")
            .revenue_expense_type("")
            .trade_type("TRANS")
            .trade_id("t".repeat(129))
            .trade_time_begin(day("2024-01-01"))
            .trade_time_end(day("2025-01-02"))
            .coupon_id("v".repeat(65))
            .offset(2_147_483_648_u32)
            .limit(101_u32);
        assert_eq!(
            violated(&request),
            [
                "revenue_expense_type",
                "trade_type",
                "trade_id",
                "trade_time_begin",
                "coupon_id",
                "offset",
                "limit",
                "balance_type"
            ]
        );
        let year =
            ListVoucherChanges::new().trade_time_begin(day("2025-03-01")).trade_time_end(day("2026-03-01"));
        year.validate().unwrap();
        year.trade_time_end(day("2025-02-28")).validate().unwrap_err();
    }

    #[test]
    fn a_page_is_read() {
        let page: VoucherChangePage = decode_str(
            r#"{"total_count":1,"currency":"CNY","records":[{"coupon_id":"v1","trade_id":"t1",
                "trade_detail_type":"SOURCE_OPERATION_TRANSFER","trade_time":"2026-05-01T08:05:01Z",
                "change_amount":"1.23456789","balance_after_change":"0","revenue_expense_type":"EXPENSE",
                "bill_cycle":"2026-05","account_name":"acme-login","cloud_service_type_name":"ECS"}]}"#,
        )
        .unwrap();
        let [change] = ListVoucherChanges::items(&page) else { unreachable!() };
        assert_eq!(change.trade_detail_type, Some(VoucherTradeDetail::MasterTransfer));
        assert_eq!(change.change_amount, "1.23456789".parse().ok());
        assert_eq!(change.revenue_expense_type, Some(ChangeDirection::Expense));
        assert!(!format!("{change:?}").contains("acme"));
        assert_eq!(serde_json::to_value(change).unwrap()["balance_after_change"], serde_json::json!("0"));
    }
}
