//! Money to a reseller's account and back.

use crate::{
    operation,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    partners::{Adjustment, AdjustmentKind, ListAdjustments},
    types::{Amount, ResellerId, response},
};

operation! {
    /// Moves money from the distributor's account to a reseller's.
    ///
    /// Refused with [`BALANCE_TOO_LOW`](crate::error::codes::BALANCE_TOO_LOW) when the distributor's free
    /// balance does not cover the amount, and with `CBC.99000037` when the reseller is not the caller's.
    POST "/v2/accounts/partner-accounts/indirect-partner-adjust" as bss "UpdateIndirectPartnerAccount" -> Allocation {
        caller(Distributor), permissions("BPC_ITEM_SALES_020104"), records("bss.ListPartnerAdjustRecords"),
        success(field "transfer_id"), source("https://support.huaweicloud.com/api-bpconsole/espp_00001.html"),
    }
    pub struct AllocateToReseller {
        required {
            /// Reseller that receives the money, from [`ListResellers`](super::ListResellers).
            indirect_partner_id: ResellerId where len(1..=64),
            /// Amount to transfer, in yuan, at most the free amount on the distributor's account.
            amount: Amount where money,
        }
    }
}

impl Resolvable for AllocateToReseller {
    type Query = ListAdjustments;

    fn query(&self, window: TimeWindow) -> ListAdjustments {
        adjustments(&self.indirect_partner_id, AdjustmentKind::Grant, window)
    }

    fn legs(&self) -> Vec<Leg> {
        let target = self.indirect_partner_id.as_str();
        vec![Leg::new(target, AdjustmentKind::Grant.as_str()).with_amount(self.amount)]
    }

    fn facts(&self, record: &Adjustment) -> RecordFacts {
        record.facts()
    }

    fn results(&self, output: &Allocation) -> Vec<TargetResult> {
        vec![TargetResult::executed(self.indirect_partner_id.as_str(), &output.transfer_id)]
    }
}

operation! {
    /// Moves money from a reseller's account back to the distributor's.
    ///
    /// Refused with [`BALANCE_TOO_LOW`](crate::error::codes::BALANCE_TOO_LOW) when the reseller has less, and
    /// with `CBC.99000037` when the reseller is not the caller's.
    POST "/v2/accounts/partner-accounts/indirect-partner-reclaim" as bss "ReclaimIndirectPartnerAccount" -> Reclaim {
        caller(Distributor), permissions("BPC_ITEM_SALES_020105"), records("bss.ListPartnerAdjustRecords"),
        success(field "trans_id"), source("https://support.huaweicloud.com/api-bpconsole/espp_00004.html"),
    }
    pub struct ReclaimFromReseller {
        required {
            /// Account that the money is taken from.
            indirect_partner_id: ResellerId where len(1..=64),
            /// Amount to reclaim, in yuan, at most the reseller's balance.
            amount: Amount where money,
        }
    }
}

impl Resolvable for ReclaimFromReseller {
    type Query = ListAdjustments;

    fn query(&self, window: TimeWindow) -> ListAdjustments {
        adjustments(&self.indirect_partner_id, AdjustmentKind::Reclaim, window)
    }

    fn legs(&self) -> Vec<Leg> {
        let target = self.indirect_partner_id.as_str();
        vec![Leg::new(target, AdjustmentKind::Reclaim.as_str()).with_amount(self.amount)]
    }

    fn facts(&self, record: &Adjustment) -> RecordFacts {
        record.facts()
    }

    fn results(&self, output: &Reclaim) -> Vec<TargetResult> {
        vec![TargetResult::executed(self.indirect_partner_id.as_str(), &output.trans_id)]
    }
}

/// The adjustment records name a reseller where they name a customer otherwise.
fn adjustments(reseller: &ResellerId, kind: AdjustmentKind, window: TimeWindow) -> ListAdjustments {
    ListAdjustments::new()
        .customer_id(reseller.as_str())
        .operation_type(kind)
        .operation_time_begin(window.from)
        .operation_time_end(window.until)
}

response! {
    /// The transfer that was made.
    pub struct Allocation {
        /// The transaction, under which the adjustment records list it as `trans_id`.
        pub transfer_id: String,
    }
}

response! {
    /// The reclaim that was made.
    pub struct Reclaim {
        /// The transaction, under which the adjustment records list it too; at most 128 characters.
        pub trans_id: String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::fits;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let request: AllocateToReseller =
            decode_str(r#"{"indirect_partner_id":"92cb40","amount":"99.99"}"#).unwrap();
        assert_eq!(
            String::from_utf8(crate::types::to_wire_json(&request).unwrap()).unwrap(),
            r#"{"indirect_partner_id":"92cb40","amount":99.99}"#
        );
        let response: Reclaim = decode_str(r#"{"trans_id":"RE2007150151010000fd"}"#).unwrap();
        assert_eq!(response.trans_id, "RE2007150151010000fd");
    }

    #[test]
    fn only_money_moves() {
        for amount in ["0", "-1", "0.001"] {
            let request = AllocateToReseller::new("r1", amount.parse::<Amount>().unwrap());
            assert_eq!(request.validate().unwrap_err().violations()[0].field, "amount", "{amount}");
        }
        ReclaimFromReseller::new("r1", "1000.00".parse::<Amount>().unwrap()).validate().unwrap();
    }

    #[test]
    fn a_record_is_recognised_by_receiver_kind_and_amount() {
        let request = AllocateToReseller::new("r1", Amount::from(5));
        let record: Adjustment = decode_str(
            r#"{"customer_id":"r1","operation_type":"SOURCE_OPERATION_BEADJUST","amount":"5.00"}"#,
        )
        .unwrap();
        assert!(fits(&request, "r1", &record));
        assert!(!fits(&ReclaimFromReseller::new("r1", Amount::from(5)), "r1", &record));
        assert!(!fits(&request, "r2", &record));
        assert!(!fits(&AllocateToReseller::new("r1", Amount::from(6)), "r1", &record));
    }
}
