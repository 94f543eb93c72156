//! The records of money given to customers and resellers, and taken back.

use serde::{Deserialize, Serialize};

use crate::{
    error::Invalid,
    operation::{Check, Operation, OperationMeta, Paging, paged, request},
    types::{
        Amount, Currency, CustomerId, MeasureUnit, Personal, ResellerId, UtcTime, amount_text,
        open_enum::open_enum, time_or_none,
    },
};

request! {
    /// Money granted to customers and resellers and taken back from them, one page.
    ///
    /// Called by a solution provider or distributor, on the China site; records about resellers need the distributor's
    /// own credentials. An operator account needs `BPC_ITEM_FINANCE_040100`. This is where the outcome of a transfer is
    /// found whose answer was lost. A customer that is not the caller's gives an empty list, not an error.
    ///
    /// Source: <https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001191118881.html>
    #[doc(alias = "ListPartnerAdjustRecords")]
    pub struct ListAdjustments {
        optional {
            /// Only those with this customer of the caller or, for a distributor, with this reseller; up to 64
            /// characters.
            customer_id: CustomerId,
            /// Only grants, or only reclaims of one kind.
            operation_type: AdjustmentKind,
            /// Only those at or after this instant.
            operation_time_begin: UtcTime,
            /// Only those at or before this instant.
            operation_time_end: UtcTime,
            /// Only the transaction that a grant or reclaim answered; up to 128 characters.
            trans_id: String,
            /// How many rows to skip; none by default.
            offset: u32,
            /// Rows per page, 1 to 100; the service takes 10 by default.
            limit: u32,
            /// On behalf of this reseller: the adjustments that it made with its customers. Without it, the caller's
            /// own. Up to 64 characters.
            indirect_partner_id: ResellerId,
        }
    }
}

impl Operation for ListAdjustments {
    type Output = AdjustmentPage;

    const META: &'static OperationMeta =
        &OperationMeta::get("bss.ListPartnerAdjustRecords", "/v3/accounts/partner-accounts/adjust-records")
            .paging(Paging::rows(100))
            .permissions(&["BPC_ITEM_FINANCE_040100"])
            .doc("https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0000001191118881.html");

    fn validate(&self) -> Result<(), Invalid> {
        Check::new()
            .length("customer_id", &self.customer_id, 0..=64)
            .ordered(
                ("operation_time_begin", self.operation_time_begin),
                ("operation_time_end", self.operation_time_end),
            )
            .length("trans_id", &self.trans_id, 0..=128)
            .range("limit", &self.limit, 1..=100)
            .length("indirect_partner_id", &self.indirect_partner_id, 0..=64)
            .finish()
    }
}

paged!(ListAdjustments => records: Adjustment, total total_count);

/// One page of adjustments.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AdjustmentPage {
    /// Those of this page.
    pub records: Vec<Adjustment>,
    /// How many match in all.
    pub total_count: Option<u64>,
}

/// Money granted or taken back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adjustment {
    /// The customer, or for transfers between a distributor and a reseller the reseller.
    pub customer_id: Option<CustomerId>,
    /// Who that is.
    pub customer_name: Option<Personal>,
    /// Grant or reclaim.
    pub operation_type: AdjustmentKind,
    /// How much, above zero in both directions; text on the wire.
    #[serde(with = "amount_text")]
    pub amount: Amount,
    /// The currency of the amount; yuan.
    pub currency: Option<Currency>,
    /// What the money is for; the codes are not documented.
    pub apply_scene: Option<String>,
    /// When.
    #[serde(deserialize_with = "time_or_none")]
    pub operation_time: Option<UtcTime>,
    /// What the amount counts.
    pub measure_id: Option<MeasureUnit>,
    /// The transaction, as the grant or reclaim answered it.
    pub trans_id: Option<String>,
    /// A note.
    pub memo: Option<String>,
}

open_enum! {
    /// Which way money went.
    pub enum AdjustmentKind {
        /// To the customer or reseller.
        Grant = "SOURCE_OPERATION_BEADJUST",
        /// Back from it.
        Reclaim = "SOURCE_OPERATION_BERETRIEVE",
        /// Back from it because the association ended.
        Dissociation = "SOURCE_OPERATION_BEUNBIND",
    }
}
