//! Money to a customer's account and back.

use super::{Adjustment, AdjustmentKind, ListAdjustments};
use crate::{
    operation,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    resellers::{Allocation, Reclaim},
    types::{Amount, CustomerId, ResellerId},
};

operation! {
    /// Moves money from the partner's account to a customer's, or on behalf of a reseller from the reseller's
    /// account to its customer's.
    ///
    /// Only customers whose spending the partner pays can receive money.
    ///
    /// Refused with [`BALANCE_TOO_LOW`](crate::error::codes::BALANCE_TOO_LOW) when the payer's free balance
    /// does not cover the amount (the reseller's, where one is named), with `CBC.99000035` when the customer
    /// is not the payer's, and with `CBC.99000037` when the reseller is not the caller's.
    POST "/v2/accounts/partner-accounts/adjust-amount" as bss "UpdateCustomerAccountAmount" -> Allocation {
        permissions("BPC_ITEM_SUBCUSTSERV_010103"), records("bss.ListPartnerAdjustRecords"),
        success(field "transfer_id"), source("https://support.huaweicloud.com/api-bpconsole/mt_060005.html"),
    }
    pub struct AllocateToCustomer {
        required {
            /// Customer that receives the money.
            customer_id: CustomerId where len(1..=64),
            /// Amount to transfer, in yuan, at most [the free amount](super::Balances::free_for_grants) on
            /// the payer's account. An upper bound is not documented.
            amount: Amount where money,
        }
        optional {
            /// The reseller whose account pays and whose customer receives; without it the caller's own.
            /// Named by a distributor.
            indirect_partner_id: ResellerId where len(0..=64),
        }
    }
}

impl Resolvable for AllocateToCustomer {
    type Query = ListAdjustments;

    fn query(&self, window: TimeWindow) -> ListAdjustments {
        adjustments(&self.customer_id, self.indirect_partner_id.as_ref(), AdjustmentKind::Grant, window)
    }

    fn legs(&self) -> Vec<Leg> {
        vec![Leg::new(self.customer_id.as_str(), AdjustmentKind::Grant.as_str()).with_amount(self.amount)]
    }

    fn on_behalf_of(&self) -> Option<&str> {
        self.indirect_partner_id.as_ref().map(ResellerId::as_str)
    }

    fn facts(&self, record: &Adjustment) -> RecordFacts {
        record.facts()
    }

    fn results(&self, output: &Allocation) -> Vec<TargetResult> {
        vec![TargetResult::executed(self.customer_id.as_str(), &output.transfer_id)]
    }
}

operation! {
    /// Moves money from a customer's account back to the partner's, or on behalf of a reseller back to the
    /// reseller's.
    ///
    /// Meant for customers that have stopped using the cloud; only customers whose spending the partner pays
    /// have anything to take back.
    ///
    /// Refused with [`BALANCE_TOO_LOW`](crate::error::codes::BALANCE_TOO_LOW) when the customer has less,
    /// with `CBC.99000047` when it has no account that a partner pays into, with `CBC.99000035` when it is
    /// not the receiver's, and with `CBC.99000037` when the reseller is not the caller's.
    POST "/v2/accounts/partner-accounts/reclaim" as bss "ReclaimToPartnerAccount" -> Reclaim {
        permissions("BPC_ITEM_SUBCUSTSERV_010104"), records("bss.ListPartnerAdjustRecords"),
        success(field "trans_id"), source("https://support.huaweicloud.com/api-bpconsole/mt_060006.html"),
    }
    pub struct ReclaimFromCustomer {
        required {
            /// Account that the money is taken from.
            customer_id: CustomerId where len(1..=64),
            /// Amount to reclaim, in yuan.
            amount: Amount where money,
        }
        optional {
            /// The reseller that the customer belongs to and that receives the money; without it the caller.
            /// Named by a distributor (the documentation words it as if the reseller called).
            indirect_partner_id: ResellerId where len(0..=64),
        }
    }
}

impl Resolvable for ReclaimFromCustomer {
    type Query = ListAdjustments;

    fn query(&self, window: TimeWindow) -> ListAdjustments {
        adjustments(&self.customer_id, self.indirect_partner_id.as_ref(), AdjustmentKind::Reclaim, window)
    }

    fn legs(&self) -> Vec<Leg> {
        vec![Leg::new(self.customer_id.as_str(), AdjustmentKind::Reclaim.as_str()).with_amount(self.amount)]
    }

    fn on_behalf_of(&self) -> Option<&str> {
        self.indirect_partner_id.as_ref().map(ResellerId::as_str)
    }

    fn facts(&self, record: &Adjustment) -> RecordFacts {
        record.facts()
    }

    fn results(&self, output: &Reclaim) -> Vec<TargetResult> {
        vec![TargetResult::executed(self.customer_id.as_str(), &output.trans_id)]
    }
}

/// The reseller decides in which ledger the adjustment is recorded, so the query names the same reseller as
/// the transfer.
fn adjustments(
    customer: &CustomerId,
    reseller: Option<&ResellerId>,
    kind: AdjustmentKind,
    window: TimeWindow,
) -> ListAdjustments {
    let query = ListAdjustments::new()
        .customer_id(customer)
        .operation_type(kind)
        .operation_time_begin(window.from)
        .operation_time_end(window.until);
    match reseller {
        Some(reseller) => query.indirect_partner_id(reseller),
        None => query,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::fits;
    use crate::operation::violated;
    use crate::types::decode_str;

    fn window() -> TimeWindow {
        TimeWindow {
            from: "2026-05-01T08:00:00Z".parse().unwrap(),
            until: "2026-05-01T08:05:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn documented_samples_are_read() {
        let request: AllocateToCustomer =
            decode_str(r#"{"customer_id":"0666aa7a7900d5c80f6dc01a9a3598a0","amount":10.0}"#).unwrap();
        assert_eq!(
            String::from_utf8(crate::types::to_wire_json(&request).unwrap()).unwrap(),
            r#"{"customer_id":"0666aa7a7900d5c80f6dc01a9a3598a0","amount":10.0}"#
        );
        let response: Reclaim = decode_str(r#"{"trans_id":"RE2007030833010000eb"}"#).unwrap();
        assert_eq!(response.trans_id, "RE2007030833010000eb");
    }

    #[test]
    fn only_money_moves_and_only_between_known_accounts() {
        for amount in ["0", "-1", "0.001"] {
            let amount: Amount = amount.parse().unwrap();
            assert_eq!(violated(&AllocateToCustomer::new("c1", amount)), ["amount"]);
            assert_eq!(violated(&ReclaimFromCustomer::new("c1", amount)), ["amount"]);
        }
        let request = ReclaimFromCustomer::new("", Amount::from(5)).indirect_partner_id("r".repeat(65));
        assert_eq!(violated(&request), ["customer_id", "indirect_partner_id"]);
        AllocateToCustomer::new("c1", Amount::from(5)).indirect_partner_id("r1").validate().unwrap();
    }

    #[test]
    fn the_records_are_asked_for_in_the_same_books() {
        let query = AllocateToCustomer::new("c1", Amount::from(5)).indirect_partner_id("r1").query(window());
        assert_eq!(
            serde_json::to_value(&query).unwrap(),
            serde_json::json!({
                "customer_id": "c1",
                "operation_type": "SOURCE_OPERATION_BEADJUST",
                "operation_time_begin": "2026-05-01T08:00:00Z",
                "operation_time_end": "2026-05-01T08:05:00Z",
                "indirect_partner_id": "r1",
            })
        );
        let query = ReclaimFromCustomer::new("c1", Amount::from(5)).query(window());
        assert_eq!((query.operation_type, query.indirect_partner_id), (Some(AdjustmentKind::Reclaim), None));
    }

    #[test]
    fn a_record_is_recognised_by_receiver_kind_and_amount() {
        let record: Adjustment = decode_str(
            r#"{"customer_id":"c1","operation_type":"SOURCE_OPERATION_BERETRIEVE","amount":"5.00"}"#,
        )
        .unwrap();
        assert!(fits(&ReclaimFromCustomer::new("c1", Amount::from(5)), "c1", &record));
        assert!(!fits(&ReclaimFromCustomer::new("c1", Amount::from(5)), "c2", &record));
        assert!(!fits(&ReclaimFromCustomer::new("c1", Amount::from(6)), "c1", &record));
        assert!(!fits(&AllocateToCustomer::new("c1", Amount::from(5)), "c1", &record));
    }
}
