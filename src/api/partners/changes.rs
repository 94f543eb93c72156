//! The ledger of a partner's accounts: every change of cash or credit.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    operation,
    types::{
        Amount, Currency, CustomerId, Day, Personal, ResellerId, UtcTime,
        fields::{AsText, EmptyAsNone, FieldCodec},
        open_enum::open_enum,
        response,
    },
};

operation! {
    /// Lists the changes of the cash or credit account of the calling partner or of one of its resellers, one
    /// page.
    ///
    /// The second place, after [`ListAdjustments`](super::ListAdjustments), where the outcome of a transfer
    /// is found whose response was lost. A reseller that is not the caller's is refused with `CBC.99000037`.
    ///
    /// Days are asked for in UTC+8; the times in the response are instants.
    GET "/v2/accounts/partner-accounts/account-change-records" as bss "ListPartnerAccountChangeRecords" -> AccountChangePage {
        rows(100, records: AccountChange, total: total_count, key: account_change_id), permissions("BPC_ITEM_FINANCE_030100"),
        source("https://support.huaweicloud.com/api-bpconsole/mt_060007.html"),
    }
    pub struct ListAccountChanges {
        required {
            /// Account whose changes are listed: cash or credit.
            balance_type: BalanceType,
        }
        optional {
            /// Only changes of this kind.
            trade_type: TradeType,
            /// The first day; the same day a year ago by default.
            trade_time_begin: Day,
            /// The last day, at most a year after the first; today by default.
            trade_time_end: Day,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
            /// The accounts of this reseller of the calling distributor; its own without it.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| {
            let days = (("trade_time_begin", it.trade_time_begin), ("trade_time_end", it.trade_time_end));
            check
                .ordered(days.0, days.1)
                .span(days.0, days.1, 366) // a year, leap years included
        }
    }
}

response! {
    /// One page of an account's ledger.
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
    /// One change of a partner's account.
    pub struct AccountChange {
        /// The serial number of this line of the ledger.
        pub account_change_id: String,
        /// Detailed type of the change.
        pub trade_detail_type: Option<TradeDetail>,
        /// Time of the operation.
        #[with(EmptyAsNone)]
        pub trade_time: Option<UtcTime>,
        /// The transaction or the order behind it.
        pub trade_id: Option<String>,
        /// Amount of the change; text on the wire. Its direction is [`AccountChange::direction`].
        #[with(AsText)]
        pub change_amount: Option<Amount>,
        /// Balance after the change; text on the wire.
        #[with(AsText)]
        pub balance_after_change: Option<Amount>,
        /// Whether money came in or went out; on the wire `type`, `1` or `2`.
        #[name("type")]
        #[with(NumberedDirection)]
        pub direction: Option<ChangeDirection>,
        /// The customer on the other side; only where money was granted, reclaimed, or came back because the association
        /// ended.
        pub customer_id: Option<CustomerId>,
        /// The login of that customer, there whenever the customer is.
        pub account_name: Option<Personal>,
    }
}

open_enum! {
    /// Type of a partner's account.
    pub enum BalanceType {
        /// The cash account.
        Cash = "BALANCE_TYPE_DEBIT",
        /// The credit account.
        Credit = "BALANCE_TYPE_CREDIT",
    }
}

open_enum! {
    /// Whether money or a voucher's value came in or went out: the direction of a change of a partner's account, of a
    /// customer's account and of a voucher.
    pub enum ChangeDirection {
        /// Money comes in.
        Income = "REVENUE",
        /// Money goes out.
        Expense = "EXPENSE",
    }
}

/// The direction as a partner's ledger writes it: in numbers of its own.
struct NumberedDirection;

open_enum! {
    /// The numbers of a partner's ledger.
    pub enum DirectionNumber {
        /// Money comes in.
        Income = "1",
        /// Money goes out.
        Expense = "2",
    }
}

impl FieldCodec<Option<ChangeDirection>> for NumberedDirection {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ChangeDirection>, D::Error> {
        let number: Option<DirectionNumber> = Option::deserialize(deserializer)?;
        Ok(number.map(|number| match number {
            DirectionNumber::Income => ChangeDirection::Income,
            DirectionNumber::Expense => ChangeDirection::Expense,
            DirectionNumber::Other(code) => ChangeDirection::Other(code),
        }))
    }

    fn write<S: Serializer>(value: &Option<ChangeDirection>, serializer: S) -> Result<S::Ok, S::Error> {
        let number = value.as_ref().map(|direction| match direction {
            ChangeDirection::Income => "1",
            ChangeDirection::Expense => "2",
            ChangeDirection::Other(code) => code,
        });
        number.serialize(serializer)
    }
}

open_enum! {
    /// Type of a change of an account of a partner or of a customer.
    pub enum TradeType {
        /// Money was paid in.
        Recharge = "RECHARGE",
        /// Consumption; the service spells the code this way.
        Consumption = "DEDEUCT",
        /// Refund of a payment.
        Refund = "REFUND",
        /// Money was frozen.
        Freeze = "RFROZEN",
        /// Money moved between balance and deposit, in the older business model.
        Conversion = "TRANS",
        /// Huawei adjusted the account, for instance by a write-off.
        Adjustment = "ADJUST",
        /// Money was granted: by a partner, a reseller, or the master of an enterprise.
        Grant = "BEADJUST",
        /// Granted money was taken back.
        Reclaim = "BERETRIEVE",
        /// Money was returned because an association ended or changed its model.
        Dissociation = "BEUNBIND",
        /// Bonus was converted, in the older business model.
        BonusConversion = "BONUSCONVERT",
        /// The transaction model changed.
        ModelTransfer = "TRADE_MODE_TRANSFER",
        /// Money was cleared because it expired; in the ledgers of customers.
        Expiry = "EXPIRED",
        /// A deposit; in the ledgers of customers.
        Deposit = "DEPOSIT",
    }
}

open_enum! {
    /// Detailed type of a change of an account. The service spells the beginning of these codes in three
    /// ways, and adds to them.
    pub enum TradeDetail {
        /// The credit line was adjusted.
        CreditAdjustment = "SOURCE_OPERAIION_ADJUST_CREDIT",
        /// Money was paid in.
        Recharge = "SOURCE_OPERAIION_RECHARGE",
        /// A yearly or monthly subscription.
        Subscription = "SOURCE_OPERAIION_DEDEUCT",
        /// Frozen by hand.
        ManualFreeze = "SOURCE_OPERAIION_MANUALFROZE",
        /// A freeze lifted by hand.
        ManualUnfreeze = "SOURCE_OPERAIION_MANUALUNFROZE",
        /// Frozen money cleared by hand.
        ManualClearing = "SOURCE_OPERAIION_MANUALCLEARFROZEN",
        /// From deposit to balance.
        DepositToBalance = "SOURCE_OPERAIION_TRANS_TO_BALANCE",
        /// Granted to a customer or reseller.
        Grant = "SOURCE_OPERATION_BEADJUST",
        /// Back because an association ended or changed its model.
        Dissociation = "SOURCE_OPERATION_BEUNBIND",
        /// Cleared because it expired.
        Expiry = "SOURCE_OPERAIION_EXPIRECLEAR",
        /// A one-time charge.
        OneTime = "SOURCE_OPERAIION_ONETIME",
        /// Refund of a payment.
        Refund = "SOURCE_OPERAIION_REFUND",
        /// A refund: the freeze lifted.
        RefundUnfreeze = "SOURCE_OPERAIION_UNFROZEN",
        /// A refund: the frozen money cleared.
        RefundClearing = "SOURCE_OPERAIION_CLEARFROZEN",
        /// The balance was adjusted.
        BalanceAdjustment = "SOURCE_OPERAIION_ADJUST",
        /// Charge for pay-per-use.
        PayPerUse = "SOURCE_OPERAIION_USAGE",
        /// Repayment of arrears.
        Repayment = "SOURCE_OPERAIION_WRITEOFF",
        /// A refund for something unsubscribed.
        Unsubscription = "SOURCE_OPERAIION_UNSUBSCRIBE",
        /// A refund: frozen for it.
        RefundFreeze = "SOURCE_OPERAIION_RFROZEN",
        /// From balance to deposit.
        BalanceToDeposit = "SOURCE_OPERAIION_TRANS_TO_FOREGIFT",
        /// A gift from Huawei.
        Gift = "SOURCE_OPERAIION_PRIZE",
        /// Taken back from a customer or reseller.
        Reclaim = "SOURCE_OPERATION_BERETRIEVE",
        /// Fractions below the smallest unit, evened out.
        PrecisionCompensation = "SOURCE_OPERAIION_PRECISIONCOMP",
        /// Deducted for free resources.
        FreeResources = "SOURCE_OPERAIION_FREERESDEDUCT",
        /// Bonus accounts merged.
        BonusMerge = "SOURCE_OPERAIION_MERGE",
        /// Conversion of a bonus into balance.
        BonusConversion = "SOURCE_OPERAIION_CONVERT_BONUS",
        /// Incentive rebate paid in.
        Rebate = "SOURCE_OPERAIION_RECHARGE_REBATE",
        /// A voucher reclaimed.
        VoucherReclaim = "SOURCE_OPERATION_COUPONCANCEL",
        /// Written off by Huawei.
        WriteOff = "SOURCE_OPERAIION_BILLREFUND",
        /// The transaction model changed with an association to a partner.
        ModelTransfer = "SOURCE_OPERATION_TRADEMODE_TRANSFER",
        /// Frozen by the system, for partners with a standard sales contract.
        SystemFreeze = "SOURCE_OPERATION_SYSTEM_FROZEN",
        /// Such a freeze lifted.
        SystemUnfreeze = "SOURCE_OPERATION_SYSTEM_UNFROZEN",
        /// Exchanged for a quota of flexi-purchase vouchers.
        QuotaExchange = "SOURCE_OPERATION_COUPON_QUOTA_TRANSFER",
        /// Charge for a reserved instance.
        ReservedInstance = "SOURCE_OPERATIION_RIDEDUCT",
        /// A cash voucher reclaimed.
        CashVoucherReclaim = "SOURCE_OPERATION_COUPON_QUOTA_RECLAIM",
        /// A deposit frozen.
        DepositFreeze = "SOURCE_OPERATION_DEPOSIT_FROZEN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::{operation::Paged, types::decode_str};

    fn days(begin: &str, end: &str) -> ListAccountChanges {
        ListAccountChanges::new(BalanceType::Cash)
            .trade_time_begin(begin.parse::<Day>().unwrap())
            .trade_time_end(end.parse::<Day>().unwrap())
    }

    #[test]
    fn the_documented_request_is_understood() {
        let request: ListAccountChanges = decode_str(
            r#"{"balance_type":"BALANCE_TYPE_DEBIT","trade_type":"RECHARGE","trade_time_begin":"2020-10-20",
                "trade_time_end":"2021-10-20","offset":0,"limit":10}"#,
        )
        .unwrap();
        request.validate().unwrap();
        let expected =
            days("2020-10-20", "2021-10-20").trade_type(TradeType::Recharge).offset(0_u32).limit(10_u32);
        assert_eq!(request, expected);
    }

    #[test]
    fn a_year_is_the_longest_span() {
        days("2024-01-01", "2025-01-01").validate().unwrap();
        days("2026-05-01", "2026-05-01").validate().unwrap();
        for (begin, end) in [("2024-01-01", "2025-01-02"), ("2026-05-02", "2026-05-01")] {
            assert_eq!(days(begin, end).validate().unwrap_err().violations()[0].field, "trade_time_begin");
        }
        ListAccountChanges::new(BalanceType::Credit).limit(0_u32).validate().unwrap_err();
    }

    #[test]
    fn a_page_is_read() {
        let page: AccountChangePage = decode_str(
            r#"{"total_count":"3","currency":"CNY","records":[
                {"account_change_id":"9","trade_detail_type":"SOURCE_OPERATION_BEADJUST","trade_id":"AD1",
                 "trade_time":"2026-05-01T08:05:01Z","change_amount":"10.50","balance_after_change":"0.00",
                 "type":"2","customer_id":"c1","account_name":"acme-login"},
                {"account_change_id":"10","trade_detail_type":"SOURCE_OPERATION_LATER","type":1,"change_amount":""}]}"#,
        )
        .unwrap();
        assert_eq!(ListAccountChanges::total(&page), Some(3));
        let [grant, other] = ListAccountChanges::items(&page) else { unreachable!() };
        assert_eq!(grant.trade_detail_type, Some(TradeDetail::Grant));
        assert_eq!(
            (&grant.direction, grant.change_amount),
            (&Some(ChangeDirection::Expense), "10.5".parse().ok())
        );
        assert!(!format!("{grant:?}").contains("acme"));
        assert_eq!((&other.direction, other.change_amount), (&Some(ChangeDirection::Income), None));
        assert_eq!(other.trade_detail_type, Some(TradeDetail::from("SOURCE_OPERATION_LATER")));
        let written = serde_json::to_value(grant).unwrap();
        assert_eq!((&written["type"], &written["change_amount"]), (&"2".into(), &"10.50".into()));
    }
}
