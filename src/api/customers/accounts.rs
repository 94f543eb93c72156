//! Account balances, changes and spending limit of the calling customer.

use crate::{
    operation,
    partners::{AccountType, BalanceType, ChangeDirection, TradeDetail, TradeType},
    types::{
        Amount, Currency, Day, MeasureUnit, Personal, UtcTime,
        fields::{AsText, EmptyAsNone},
        money_methods,
        open_enum::open_enum,
        response,
    },
};

operation! {
    /// Shows the account balances and the debt of the calling customer.
    ///
    /// An IAM user needs `billing:balance:view`, with older policies `bss:balance:view`. At most 20 calls a
    /// second. Customers of the Reseller model have no balance and are refused with `CBC.99000049`; their
    /// partner bears the cost and holds them by a [budget](super::SetBudget).
    GET "/v2/accounts/customer-accounts/balances" as bss "ShowCustomerAccountBalances" -> AccountBalances {
        sites(ALL), caller(Customer), rate(20),
        success(list "account_balances"),
        source("https://support.huaweicloud.com/api-oce/mac_00001.html"),
    }
    pub struct ShowAccountBalances {
    }
}

operation! {
    /// Lists the changes of the calling customer's cash or credit account, one page.
    ///
    /// An IAM user needs `billing:balance:view`. The transfers between the master of an enterprise and its
    /// members are here too, as [`TradeType::Grant`] and [`TradeType::Reclaim`]: one whose response was lost is
    /// found here.
    GET "/v2/accounts/customer-accounts/account-change-records" as bss "ListCustomerAccountChangeRecords" -> AccountChangePage {
        caller(Customer), rows(100, records: AccountChange, total: total_count, key: account_change_id),
        source("https://support.huaweicloud.com/api-oce/mac_00003.html"),
    }
    pub struct ListAccountChanges {
        required {
            /// Account whose changes are listed: cash or credit. Resale customers have no credit account.
            balance_type: BalanceType,
        }
        optional {
            /// Only income, or only expenses.
            revenue_expense_type: ChangeDirection,
            /// Only changes of this kind.
            trade_type: TradeType where len(1..=20),
            /// The first day, in UTC+8; the same day a year ago by default.
            trade_time_begin: Day,
            /// The last day, in UTC+8, at most a year after the first; today by default.
            trade_time_end: Day,
            /// Only those of this transaction or order.
            trade_id: String where len(1..=128),
            /// Only those paid through these channels: codes of [`PaymentChannel`], several with commas
            /// between them.
            payment_channel_id: String where len(0..=64),
            /// Only the one of this serial number at the payment channel.
            payment_channel_no: String where len(1..=64),
            /// Rows to skip; none by default.
            offset: u32 where range(0..=2_147_483_647),
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
        check |it, check| {
            let days = (("trade_time_begin", it.trade_time_begin), ("trade_time_end", it.trade_time_end));
            let directed = it.revenue_expense_type.as_ref().is_none_or(|way| !way.as_str().is_empty());
            check
                .rule("balance_type", !it.balance_type.as_str().is_empty(), "must not be empty")
                .rule("revenue_expense_type", directed, "must not be empty")
                .ordered(days.0, days.1)
                .span(days.0, days.1, 366) // a year, leap years included
        }
    }
}

operation! {
    /// Shows the monthly spending limit of the calling customer and the used part of it.
    ///
    /// An IAM user needs `billing:balance:view`. The quota is a limit: no means of payment, and no ground for
    /// reconciling bills. Customers of the Reseller model have none, and their response is empty.
    GET "/v2/accounts/customer-accounts/expenditure-quota" as bss "ShowCustomerExpenditureQuota" -> ExpenditureQuota {
        sites(OUTSIDE_CHINA), caller(Customer),
        source("https://support.huaweicloud.com/intl/en-us/api-oce/mac_00004.html"),
    }
    pub struct ShowExpenditureQuota {
    }
}

response! {
    /// The accounts of a customer and its debts.
    pub struct AccountBalances {
        /// One entry for each account.
        pub account_balances: Vec<AccountBalance>,
        /// Total debt of the customer.
        pub debt_amount: Option<Amount>,
        /// Unit of the debt.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of the debt: yuan on the China site, US dollars on the international one.
        pub currency: Option<Currency>,
    }
}

money_methods! {
    AccountBalances {
        /// The debt of the customer.
        debt => debt_amount,
    }
}

response! {
    /// One account of a customer.
    pub struct AccountBalance {
        /// Id of the account, unique in all of Huawei Cloud; up to 64 characters.
        pub account_id: String,
        /// Kind of money on the account.
        pub account_type: Option<AccountType>,
        /// Balance of the account.
        pub amount: Option<Amount>,
        /// The currency of the amounts: yuan on the China site, US dollars on the international one.
        pub currency: Option<Currency>,
        /// Part of the balance that is earmarked for a purpose.
        pub designated_amount: Option<Amount>,
        /// The whole credit line; on credit accounts only.
        pub credit_amount: Option<Amount>,
        /// The unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
    }
}

money_methods! {
    AccountBalance {
        /// The balance with its unit and currency.
        money => amount,
    }
}

response! {
    /// One page of a customer's ledger.
    pub struct AccountChangePage {
        /// Total number of changes that match.
        pub total_count: Option<u64>,
        /// The currency of all amounts; yuan.
        pub currency: Option<Currency>,
        /// Rows of this page.
        pub records: Vec<AccountChange>,
    }
}

response! {
    /// One change of a customer's account.
    pub struct AccountChange {
        /// The serial number of this line of the ledger.
        pub account_change_id: String,
        /// Detailed type of the change.
        pub trade_detail_type: Option<TradeDetail>,
        /// When; its form is inferred from the partner's ledger.
        #[with(EmptyAsNone)]
        pub trade_time: Option<UtcTime>,
        /// The transaction or the order behind it.
        pub trade_id: Option<String>,
        /// Amount of the change; text on the wire.
        #[with(AsText)]
        pub change_amount: Option<Amount>,
        /// Balance after the change; text on the wire.
        #[with(AsText)]
        pub balance_after_change: Option<Amount>,
        /// Direction of the change.
        pub revenue_expense_type: Option<ChangeDirection>,
        /// The billing cycle that it belongs to; as it came, since its form is not documented.
        pub bill_cycle: Option<String>,
        /// Channel through which the payment was made.
        pub payment_channel_id: Option<PaymentChannel>,
        /// Serial number of the payment at its channel.
        pub payment_channel_no: Option<String>,
        /// Time of the charge, as the service sent it. For subscriptions it is the time of the bill; for
        /// pay-per-use, instalments and adjustments the beginning and the end of charging. How the two are
        /// combined in one text is not documented.
        pub consume_time: Option<String>,
        /// The login name of the account, up to 128 characters.
        pub account_name: Option<Personal>,
        /// Name of the cloud service, up to 200 characters.
        pub cloud_service_type_name: Option<String>,
        /// Reserved for the name of the kind of resource.
        pub resource_type_name: Option<String>,
    }
}

response! {
    /// Monthly spending limit of a customer.
    pub struct ExpenditureQuota {
        /// Amount of the quota.
        pub granting_amount: Option<Amount>,
        /// Used part of the quota.
        pub granting_amount_used: Option<Amount>,
        /// Used divided by granted, with two decimals; zero without a quota.
        pub percentage_granting_amount_used: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of the amounts; US dollars.
        pub currency: Option<Currency>,
    }
}

money_methods! {
    ExpenditureQuota {
        /// The quota with its unit and currency.
        granted => granting_amount,
        /// The used part of the quota.
        used => granting_amount_used,
    }
}

open_enum! {
    /// Channel through which a change of a customer's account was paid.
    pub enum PaymentChannel {
        /// Through none; only in older versions of the page.
        None = "0",
        /// Payment by Alipay.
        Alipay = "1",
        /// Payment by bank transfer.
        BankTransfer = "2",
        /// Alipay or online banking.
        AlipayOrOnlineBank = "4",
        /// Payment by WeChat Pay.
        WeChatPay = "5",
        /// Withdrawal of money.
        Withdrawal = "6",
        /// An incentive rebate.
        Rebate = "7",
        /// The transaction model changed.
        ModelTransfer = "10",
        /// Adjustment by the operator.
        Adjustment = "11",
        /// UnionPay, through the unified payment platform.
        UnionPay = "317",
        /// Huawei Pay, under its English name.
        HuaweiPay = "319",
        /// Huawei Pay, under its Chinese name.
        HuaweiPayChina = "320",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    #[test]
    fn balances_are_read_exactly() {
        let balances: AccountBalances = decode_str(
            r#"{"account_balances":[
                {"account_id":"a1","account_type":1,"amount":100.10,"currency":"CNY","designated_amount":0.00,"measure_id":1},
                {"account_id":"a2","account_type":"2","amount":"-3.30","currency":"CNY","credit_amount":5000,"measure_id":1},
                {"account_id":"a3","account_type":12,"amount":0}],
                "debt_amount":3.30,"measure_id":1,"currency":"CNY"}"#,
        )
        .unwrap();
        let [cash, credit, other] = &balances.account_balances[..] else { panic!("{balances:?}") };
        assert_eq!(
            (cash.account_type, cash.money().unwrap().to_string()),
            (Some(AccountType::Balance), "100.10 CNY".into())
        );
        assert_eq!(
            (credit.account_type, credit.credit_amount),
            (Some(AccountType::Credit), Some(5000.into()))
        );
        assert_eq!(other.account_type, Some(AccountType::Other(12)));
        assert_eq!(balances.debt_amount, "3.3".parse().ok());
    }

    #[test]
    fn a_page_of_the_ledger_is_read_and_written_back() {
        let page: AccountChangePage = decode_str(
            r#"{"total_count":2,"currency":"CNY","records":[
                {"account_change_id":"9","trade_detail_type":"SOURCE_OPERATION_BEADJUST","trade_time":"2026-05-01T08:05:01Z",
                 "trade_id":"T1","change_amount":"10.50","balance_after_change":"20.00","revenue_expense_type":"REVENUE",
                 "bill_cycle":"2026-05","payment_channel_id":"317","payment_channel_no":"n","consume_time":"a~b",
                 "account_name":"login","cloud_service_type_name":"ECS","resource_type_name":""},
                {"account_change_id":"10","trade_time":"","change_amount":"","revenue_expense_type":"LATER",
                 "payment_channel_id":4}]}"#,
        )
        .unwrap();
        let [grant, other] = &page.records[..] else { panic!("{page:?}") };
        assert_eq!(grant.trade_detail_type, Some(TradeDetail::Grant));
        assert_eq!(grant.revenue_expense_type, Some(ChangeDirection::Income));
        assert_eq!(grant.payment_channel_id, Some(PaymentChannel::UnionPay));
        assert_eq!(serde_json::to_value(grant).unwrap()["change_amount"], "10.50");
        assert!(!format!("{grant:?}").contains("login"));
        assert_eq!((other.trade_time, other.change_amount), (None, None));
        assert_eq!(other.payment_channel_id, Some(PaymentChannel::AlipayOrOnlineBank));
        assert!(other.revenue_expense_type.as_ref().is_some_and(|direction| !direction.is_known()));
    }

    #[test]
    fn documented_limits_are_checked() {
        let days = |begin: &str, end: &str| {
            ListAccountChanges::new(BalanceType::Cash)
                .trade_time_begin(begin.parse::<Day>().unwrap())
                .trade_time_end(end.parse::<Day>().unwrap())
        };
        days("2025-05-01", "2026-05-01").trade_type(TradeType::Grant).validate().unwrap();
        for (begin, end) in [("2026-05-02", "2026-05-01"), ("2024-01-01", "2025-01-02")] {
            let invalid = days(begin, end).validate().unwrap_err();
            assert_eq!(invalid.violations()[0].field, "trade_time_begin", "{begin} to {end}");
        }
        let request = ListAccountChanges::new("")
            .revenue_expense_type("")
            .trade_type("")
            .trade_id("x".repeat(129))
            .payment_channel_id("1,".repeat(33))
            .payment_channel_no("")
            .offset(u32::MAX)
            .limit(101_u32);
        assert_eq!(
            violated(&request),
            [
                "balance_type",
                "revenue_expense_type",
                "trade_type",
                "trade_id",
                "payment_channel_id",
                "payment_channel_no",
                "offset",
                "limit"
            ]
        );
    }

    #[test]
    fn a_quota_is_read_and_may_be_missing() {
        let quota: ExpenditureQuota =
            decode_str(r#"{"granting_amount":200.0,"granting_amount_used":122.0,"percentage_granting_amount_used":0.61}"#)
                .unwrap();
        assert_eq!(quota.granting_amount, Some(200.into()));
        assert_eq!(quota.percentage_granting_amount_used, "0.61".parse().ok());
        assert_eq!(decode_str::<ExpenditureQuota>("{}").unwrap(), ExpenditureQuota::default());
    }
}
