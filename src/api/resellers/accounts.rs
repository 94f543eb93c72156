//! Money to a reseller's account and back.

use crate::{
    error::ValidationError,
    operation::{Caller, Check, Operation, OperationMeta, Resolvable, TimeWindow, request},
    partners::{Adjustment, AdjustmentKind, ListAdjustments},
    types::{Amount, CustomerId, ResellerId, response},
};

request! {
    /// Moves money from the distributor's account to a reseller's.
    ///
    /// Called by a distributor, on the China site. An operator account needs `BPC_ITEM_SALES_020104`. A repeat moves the
    /// money again, so the client never repeats it after it may have been carried out; see
    /// `Client::resolve`.
    ///
    /// Refused with [`BALANCE_TOO_LOW`](crate::error::codes::BALANCE_TOO_LOW) when the distributor's free balance does
    /// not cover the amount, and with `CBC.99000037` when the reseller is not the caller's.
    ///
    /// Source: <https://support.huaweicloud.com/api-bpconsole/espp_00001.html>
    #[doc(alias = "UpdateIndirectPartnerAccount")]
    pub struct AllocateToReseller {
        required {
            /// Who receives it, from [`ListResellers`](super::ListResellers); up to 64 characters.
            indirect_partner_id: ResellerId,
            /// How much, in yuan: above zero, at most two decimals, at most what is free on the distributor's account.
            amount: Amount,
        }
    }
}

impl Operation for AllocateToReseller {
    type Output = Allocation;

    const META: &'static OperationMeta = &OperationMeta::post(
        "bss.UpdateIndirectPartnerAccount",
        "/v2/accounts/partner-accounts/indirect-partner-adjust",
    )
    .caller(Caller::Distributor)
    .permissions(&["BPC_ITEM_SALES_020104"])
    .records("bss.ListPartnerAdjustRecords")
    .success_field("transfer_id")
    .doc("https://support.huaweicloud.com/api-bpconsole/espp_00001.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("indirect_partner_id", &self.indirect_partner_id, 1..=64)
            .money("amount", &self.amount)
            .finish()
    }
}

impl Resolvable for AllocateToReseller {
    type Query = ListAdjustments;

    fn query(&self, window: TimeWindow) -> ListAdjustments {
        adjustments(&self.indirect_partner_id, AdjustmentKind::Grant, window)
    }

    fn targets(&self) -> Vec<String> {
        vec![self.indirect_partner_id.to_string()]
    }

    fn matches(&self, receiver: &str, record: &Adjustment) -> bool {
        is_adjustment(record, receiver, AdjustmentKind::Grant, self.amount)
    }
}

request! {
    /// Moves money from a reseller's account back to the distributor's.
    ///
    /// Called by a distributor, on the China site. An operator account needs `BPC_ITEM_SALES_020105`. A repeat moves
    /// money again, so the client never repeats it after it may have been carried out.
    ///
    /// Refused with [`BALANCE_TOO_LOW`](crate::error::codes::BALANCE_TOO_LOW) when the reseller has less, and with
    /// `CBC.99000037` when the reseller is not the caller's.
    ///
    /// Source: <https://support.huaweicloud.com/api-bpconsole/espp_00004.html>
    #[doc(alias = "ReclaimIndirectPartnerAccount")]
    pub struct ReclaimFromReseller {
        required {
            /// Whose account it is taken from; up to 64 characters.
            indirect_partner_id: ResellerId,
            /// How much, in yuan: above zero, at most two decimals, at most the reseller's balance.
            amount: Amount,
        }
    }
}

impl Operation for ReclaimFromReseller {
    type Output = Reclaim;

    const META: &'static OperationMeta = &OperationMeta::post(
        "bss.ReclaimIndirectPartnerAccount",
        "/v2/accounts/partner-accounts/indirect-partner-reclaim",
    )
    .caller(Caller::Distributor)
    .permissions(&["BPC_ITEM_SALES_020105"])
    .records("bss.ListPartnerAdjustRecords")
    .success_field("trans_id")
    .doc("https://support.huaweicloud.com/api-bpconsole/espp_00004.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("indirect_partner_id", &self.indirect_partner_id, 1..=64)
            .money("amount", &self.amount)
            .finish()
    }
}

impl Resolvable for ReclaimFromReseller {
    type Query = ListAdjustments;

    fn query(&self, window: TimeWindow) -> ListAdjustments {
        adjustments(&self.indirect_partner_id, AdjustmentKind::Reclaim, window)
    }

    fn targets(&self) -> Vec<String> {
        vec![self.indirect_partner_id.to_string()]
    }

    fn matches(&self, receiver: &str, record: &Adjustment) -> bool {
        is_adjustment(record, receiver, AdjustmentKind::Reclaim, self.amount)
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

fn is_adjustment(record: &Adjustment, reseller: &str, kind: AdjustmentKind, amount: Amount) -> bool {
    record.customer_id.as_ref().map(CustomerId::as_str) == Some(reseller)
        && record.operation_type == kind
        && record.amount == amount
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
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let request: AllocateToReseller =
            decode_str(r#"{"indirect_partner_id":"92cb40","amount":"99.99"}"#).unwrap();
        assert_eq!(
            String::from_utf8(crate::types::to_wire_json(&request).unwrap()).unwrap(),
            r#"{"indirect_partner_id":"92cb40","amount":99.99}"#
        );
        let answer: Reclaim = decode_str(r#"{"trans_id":"RE2007150151010000fd"}"#).unwrap();
        assert_eq!(answer.trans_id, "RE2007150151010000fd");
    }

    #[test]
    fn only_money_moves() {
        for amount in ["0", "-1", "0.001"] {
            let request = AllocateToReseller::new("r1", amount.parse::<Amount>().unwrap());
            assert_eq!(request.validate().unwrap_err().broken()[0].field, "amount", "{amount}");
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
        assert!(request.matches("r1", &record));
        assert!(!ReclaimFromReseller::new("r1", Amount::from(5)).matches("r1", &record));
        assert!(!request.matches("r2", &record));
        assert!(!AllocateToReseller::new("r1", Amount::from(6)).matches("r1", &record));
    }
}
