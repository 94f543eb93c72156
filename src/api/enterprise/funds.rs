//! Money between an enterprise master and its members.

use crate::{
    customers::{AccountChange, ListAccountChanges},
    operation,
    operation::Check,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    partners::BalanceType,
    partners::TradeType,
    types::{
        Amount, AmountText, Currency, CustomerId, MeasureUnit, UtcTime, fields::EmptyAsNone, money_methods,
        open_enum::open_enum, response,
    },
};

operation! {
    /// Shows the amounts that the calling master can transfer to its members, one page.
    ///
    /// The balance returns one row; credit returns one for each ledger, that is for each time at which a part
    /// of it expires. Refused with `CBC.99000047` where there is no such account.
    GET "/v2/enterprises/multi-accounts/transfer-amount" as bss "ShowMultiAccountTransferAmount" -> TransferableAmountPage {
        caller(EnterpriseMaster), rows(100, amount_infos: TransferableAmount, total: total_count),
        source("https://support.huaweicloud.com/api-oce/ep_00018.html"),
    }
    pub struct ShowTransferableAmount {
        required {
            /// Balance or credit.
            balance_type: FundsAccount where len(1..=64),
        }
        optional {
            /// Rows to skip; none by default. For credit only.
            offset: u32 where range(0..=2_147_483_647),
            /// Rows per page. For credit only.
            limit: u32 where range(1..=100) default(10),
        }
    }
}

operation! {
    /// Moves money or credit from the calling master to a member.
    ///
    /// [`trans_id`](Self#structfield.trans_id) is the key against repeats: the client may repeat the request
    /// with it, and the service refuses the repeat with
    /// [`TRANSACTION_ID_USED`](crate::error::codes::TRANSACTION_ID_USED), which says that the first arrived,
    /// not that it went through (inferred). Keep the key: the response names nothing.
    ///
    /// Refused with [`TRANSFER_RUNNING`](crate::error::codes::TRANSFER_RUNNING) while another transfer or
    /// reclaim of the enterprise runs: wait, and move money one call at a time. With
    /// [`BALANCE_TOO_LOW`](crate::error::codes::BALANCE_TOO_LOW) where there is too little, with
    /// [`ENTERPRISE_CREDIT_EXPIRED`](crate::error::codes::ENTERPRISE_CREDIT_EXPIRED) where the credit is
    /// over, and with [`BUSINESS_CHECK_FAILED`](crate::error::codes::BUSINESS_CHECK_FAILED) where a condition
    /// is not met: see [`FailedCheck`]. Customers of a partner that pays for them cannot pass on their
    /// balance.
    POST "/v2/enterprises/multi-accounts/transfer-amount" as bss "UpdateSubEnterpriseAmount" -> MemberTransfer {
        caller(EnterpriseMaster), keyed("trans_id"), success(empty),
        source("https://support.huaweicloud.com/api-oce/ep_00016.html"),
    }
    pub struct TransferToMember {
        required {
            /// The member, from [`ListMembers`](super::ListMembers).
            customer_id: CustomerId where len(1..=64),
            /// Amount to move, in yuan. Text on the wire.
            amount: AmountText where money,
        }
        optional {
            /// Balance or credit; the balance by default.
            balance_type: FundsAccount,
            /// Ledger of the credit, named by its expiry time to the second, from [`ShowTransferableAmount`].
            /// Needed where it expires, left out where it does not.
            expire_time: UtcTime,
        }
        preset {
            /// The key against repeats; a fresh one unless set.
            trans_id: String where len(1..=32) = crate::operation::fresh_key(),
        }
        check |it, check| credit_ledger(check, it.balance_type.as_ref(), it.expire_time)
    }
}

impl Resolvable for TransferToMember {
    type Query = ListAccountChanges;

    fn query(&self, window: TimeWindow) -> ListAccountChanges {
        changes(self.balance_type.as_ref(), TradeType::Grant, window)
    }

    fn legs(&self) -> Vec<Leg> {
        let leg = Leg::new(self.customer_id.as_str(), TradeType::Grant.as_str());
        let leg = leg.without_target_in_record();
        vec![match self.amount.amount() {
            Ok(amount) => leg.with_amount(amount),
            Err(_) => leg,
        }]
    }

    fn facts(&self, record: &AccountChange) -> RecordFacts {
        change_facts(record, TradeType::Grant)
    }

    fn results(&self, _output: &MemberTransfer) -> Vec<TargetResult> {
        vec![TargetResult::executed_without_record(self.customer_id.as_str())]
    }
}

operation! {
    /// Lists the amounts that the calling master can take back from a member, one page.
    ///
    /// The balance returns one row; credit returns one for each time at which a part of it expires. Refused
    /// with `CBC.99000047` where there is no such account.
    GET "/v2/enterprises/multi-accounts/retrieve-amount" as bss "ListEnterpriseMultiAccount" -> ReclaimableAmountPage {
        caller(EnterpriseMaster), rows(100, amount_infos: ReclaimableAmount, total: total_count),
        source("https://support.huaweicloud.com/api-oce/ep_00019.html"),
    }
    pub struct ListReclaimableAmounts {
        required {
            /// The member, from [`ListMembers`](super::ListMembers).
            sub_customer_id: CustomerId where len(1..=64),
            /// Balance or credit.
            balance_type: FundsAccount where len(1..=64),
        }
        optional {
            /// Rows to skip; none by default. For credit only.
            offset: u32,
            /// Rows per page. For credit only.
            limit: u32 where range(1..=100) default(10),
        }
    }
}

operation! {
    /// Takes money or credit back from a member to the calling master.
    ///
    /// Repeats and refusals as for [`TransferToMember`]. More credit than the member has left is refused
    /// according to the page; an older text says that it may put the member into arrears.
    POST "/v2/enterprises/multi-accounts/retrieve-amount" as bss "ReclaimSubEnterpriseAmount" -> MemberReclaim {
        caller(EnterpriseMaster), keyed("trans_id"), success(empty),
        source("https://support.huaweicloud.com/api-oce/ep_00017.html"),
    }
    pub struct ReclaimFromMember {
        required {
            /// The member, from [`ListMembers`](super::ListMembers).
            customer_id: CustomerId where len(1..=64),
            /// Amount to move, in yuan. Text on the wire.
            amount: AmountText where money,
        }
        optional {
            /// Balance or credit; the balance by default.
            balance_type: FundsAccount,
            /// Ledger of the credit, named by its expiry time to the second, from [`ListReclaimableAmounts`].
            /// Needed where it expires, left out where it does not.
            expire_time: UtcTime,
        }
        preset {
            /// The key against repeats; a fresh one unless set.
            trans_id: String where len(1..=32) = crate::operation::fresh_key(),
        }
        check |it, check| credit_ledger(check, it.balance_type.as_ref(), it.expire_time)
    }
}

impl Resolvable for ReclaimFromMember {
    type Query = ListAccountChanges;

    fn query(&self, window: TimeWindow) -> ListAccountChanges {
        changes(self.balance_type.as_ref(), TradeType::Reclaim, window)
    }

    fn legs(&self) -> Vec<Leg> {
        let leg = Leg::new(self.customer_id.as_str(), TradeType::Reclaim.as_str());
        let leg = leg.without_target_in_record();
        vec![match self.amount.amount() {
            Ok(amount) => leg.with_amount(amount),
            Err(_) => leg,
        }]
    }

    fn facts(&self, record: &AccountChange) -> RecordFacts {
        change_facts(record, TradeType::Reclaim)
    }

    fn results(&self, _output: &MemberReclaim) -> Vec<TargetResult> {
        vec![TargetResult::executed_without_record(self.customer_id.as_str())]
    }
}

/// Checks the time that names a ledger of the credit, in both directions.
fn credit_ledger(check: Check, account: Option<&FundsAccount>, ledger: Option<UtcTime>) -> Check {
    check
        .rule(
            "expire_time",
            ledger.is_none() || account.is_some_and(|account| *account != FundsAccount::Balance),
            "must be left out unless balance_type is BALANCE_TYPE_CREDIT",
        )
        .rule(
            "expire_time",
            ledger.is_none_or(|time| time.instant().nanosecond() == 0),
            "must be whole seconds",
        )
}

/// The rules that both directions share.
/// The changes of the master's account: all days in UTC+8 that the window touches.
fn changes(account: Option<&FundsAccount>, kind: TradeType, window: TimeWindow) -> ListAccountChanges {
    let account = match account {
        Some(FundsAccount::Credit) => BalanceType::Credit,
        _ => BalanceType::Cash,
    };
    ListAccountChanges::new(account)
        .trade_type(kind)
        .trade_time_begin(window.from.billing_day())
        .trade_time_end(window.until.billing_day())
}

/// The rows were asked for by kind, and show the kind in detail only.
fn change_facts(record: &AccountChange, kind: TradeType) -> RecordFacts {
    RecordFacts::new()
        .id(record.trade_id.clone())
        .kind(Some(kind.as_str().to_owned()))
        .amount(record.change_amount)
        .time(record.trade_time)
}

response! {
    /// One page of what can be transferred.
    pub struct TransferableAmountPage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub amount_infos: Vec<TransferableAmount>,
    }
}

response! {
    /// Amount that the master can transfer from one account or ledger.
    pub struct TransferableAmount {
        /// Amount that can be transferred.
        pub avail_transfer_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of the amounts; yuan.
        pub currency: Option<Currency>,
        /// Balance of the account; for credit only.
        pub amount: Option<Amount>,
        /// The whole credit line; for credit only.
        pub credit_amount: Option<Amount>,
        /// Expiry time of the credit, which names the ledger; `None` where the credit does not expire.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
    }
}

money_methods! {
    TransferableAmount {
        /// The money that can be transferred.
        money => avail_transfer_amount,
    }
}

response! {
    /// One page of what can be taken back.
    pub struct ReclaimableAmountPage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub amount_infos: Vec<ReclaimableAmount>,
    }
}

response! {
    /// Amount that the master can take back from one account or ledger of a member.
    pub struct ReclaimableAmount {
        /// Amount that can be taken back.
        pub avail_retrieve_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of the amounts; yuan.
        pub currency: Option<Currency>,
        /// Balance of the member's account; for credit only.
        pub amount: Option<Amount>,
        /// The member's whole credit line; for credit only.
        pub credit_amount: Option<Amount>,
        /// Expiry time of the credit, which names the ledger; `None` where the credit does not expire.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
    }
}

money_methods! {
    ReclaimableAmount {
        /// The money that can be taken back.
        money => avail_retrieve_amount,
    }
}

response! {
    /// The transfer was made; the service says nothing more, `trans_id` of the request stands for it.
    #[derive(Eq)]
    pub struct MemberTransfer {}
}

response! {
    /// The reclaim was made; the service says nothing more, `trans_id` of the request stands for it.
    #[derive(Eq)]
    pub struct MemberReclaim {}
}

open_enum! {
    /// Type of an account of a master or member.
    pub enum FundsAccount {
        /// The balance: cash.
        Balance = "BALANCE_TYPE_DEBIT",
        /// The credit line, kept in ledgers by the time at which they expire.
        Credit = "BALANCE_TYPE_CREDIT",
    }
}

open_enum! {
    /// Reason why money or a voucher cannot be moved, in `fail_check_items` of the error body of
    /// [`BUSINESS_CHECK_FAILED`](crate::error::codes::BUSINESS_CHECK_FAILED):
    /// `error.field::<Vec<FailedCheck>>("fail_check_items")`, see
    /// [`ApiError::field`](crate::error::ApiError::field).
    ///
    /// The documented list is not complete.
    pub enum FailedCheck {
        /// A partner pays for the master, so its balance cannot be passed on.
        MasterIsResaleCustomer = "PRI_PAID_BP_SUB_CUST_NOT_TRANS_DEBIT",
        /// The master is a customer of the Reseller model, so its balance cannot be passed on.
        MasterIsResellerModelCustomer = "PRI_RESALE_BP_SUB_CUST_NOT_TRANS_DEBIT",
        /// Money that a partner paid goes only to members of the same legal entity.
        NotSameLegalEntity = "ADVANCE_PAY_PRI_SUB_MUST_SAME_LEGAL",
        /// Member has unpaid bills.
        MemberInArrears = "SUB_CUSTOMER_OVERDUE_BILL",
        /// Master and member must have contracted with the same company of Huawei Cloud.
        NotSameSigningEntity = "MUST_BE_SAME_SIGNING_ENTITY",
        /// Credit does not go to a member that contracted with another company of Huawei Cloud.
        CreditToOtherSigningEntity = "NO_CREDIT_TRANSFER_FOR_DIFF_HOST",
        /// Credit does not come back from a member that contracted with another company of Huawei Cloud.
        CreditFromOtherSigningEntity = "NO_CREDIT_RETRIEVE_FOR_DIFF_HOST",
        /// The member did not permit to share the master's credit.
        CreditNotShared = "NO_SHARE_CREDIT_TO_SUB_PERMISSION",
        /// Only a postpaid master passes on credit.
        MasterNotPostpaid = "TRANS_CREDIT_EXT_PRI_MUST_POSTPAY",
        /// The member's money is in custody.
        MemberInCustody = "NO_RETRIEVE_FOR_FC_SUBACCOUNT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{error::ApiError, operation::RequestParts, types::decode_str};

    #[test]
    fn amounts_are_read_by_ledger() {
        let page: TransferableAmountPage = decode_str(
            r#"{"total_count":2,"amount_infos":[
                {"avail_transfer_amount":5.5,"measure_id":1,"currency":"CNY","amount":9,"credit_amount":"100",
                 "expire_time":"2026-12-31T15:59:59Z"},{"avail_transfer_amount":3}]}"#,
        )
        .unwrap();
        assert_eq!(page.amount_infos[0].expire_time, "2026-12-31T15:59:59Z".parse().ok());
        assert_eq!((page.amount_infos[1].expire_time, page.amount_infos[1].amount), (None, None));
        let page: ReclaimableAmountPage =
            decode_str(r#"{"amount_infos":[{"avail_retrieve_amount":"0.00","expire_time":""}]}"#).unwrap();
        assert_eq!(page.amount_infos[0].avail_retrieve_amount, Some(Amount::ZERO));
    }

    #[test]
    fn each_transfer_has_a_key_of_its_own_that_stays() {
        let transfer = || TransferToMember::new("m1", Amount::from(100));
        let (first, second) = (transfer(), transfer());
        assert_ne!(first.trans_id, second.trans_id);
        assert_eq!(first.trans_id.len(), 32);
        first.validate().unwrap();
        let stored = serde_json::to_string(&first).unwrap();
        assert_eq!(decode_str::<TransferToMember>(&stored).unwrap(), first);
        let read: TransferToMember = decode_str(r#"{"customer_id":"m1","amount":"100"}"#).unwrap();
        assert_eq!(read.trans_id.len(), 32);
    }

    #[test]
    fn the_amount_is_text_on_the_wire() {
        let request = ReclaimFromMember::new("m1", "99.90".parse::<Amount>().unwrap()).trans_id("k1");
        let body = RequestParts::of(&request).unwrap().body;
        assert_eq!(body, r#"{"customer_id":"m1","amount":"99.90","trans_id":"k1"}"#);
    }

    #[test]
    fn only_a_credit_ledger_has_an_expiry() {
        let time = |text: &str| text.parse::<UtcTime>().unwrap();
        let transfer =
            || TransferToMember::new("m1", Amount::from(1)).expire_time(time("2026-12-31T15:59:59Z"));
        assert_eq!(violated(&transfer()), ["expire_time"]);
        assert_eq!(violated(&transfer().balance_type(FundsAccount::Balance)), ["expire_time"]);
        transfer().balance_type(FundsAccount::Credit).validate().unwrap();
        let fraction =
            transfer().balance_type(FundsAccount::Credit).expire_time(time("2026-12-31T15:59:59.5Z"));
        assert_eq!(violated(&fraction), ["expire_time"]);
    }

    #[test]
    fn documented_limits_are_checked() {
        for amount in ["0", "-1", "0.001", "five"] {
            let request = ReclaimFromMember::new("m1", amount);
            assert_eq!(violated(&request), ["amount"], "{amount}");
        }
        let request = TransferToMember::new("", Amount::from(1)).trans_id("x".repeat(33));
        assert_eq!(violated(&request), ["customer_id", "trans_id"]);
        assert_eq!(violated(&TransferToMember::new("m1", Amount::from(1)).trans_id("")), ["trans_id"]);
        let query = ShowTransferableAmount::new(FundsAccount::Credit).offset(u32::MAX).limit(101_u32);
        assert_eq!(violated(&query), ["offset", "limit"]);
        assert_eq!(violated(&ListReclaimableAmounts::new("", "")), ["sub_customer_id", "balance_type"]);
    }

    #[test]
    fn failed_checks_are_read_out_of_the_error() {
        let body = bytes::Bytes::from_static(
            br#"{"error_code":"CBC.99007004","error_msg":"x","fail_check_items":["SUB_CUSTOMER_OVERDUE_BILL","NEW"]}"#,
        );
        let error = ApiError::read(http::StatusCode::BAD_REQUEST, body);
        let checks: Vec<FailedCheck> = error.field("fail_check_items").unwrap();
        assert_eq!(checks, [FailedCheck::MemberInArrears, FailedCheck::from("NEW")]);
    }
}
