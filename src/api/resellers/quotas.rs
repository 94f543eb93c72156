//! Quotas from which resellers issue vouchers to their customers.

use crate::{
    error::ItemError,
    operation,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    types::{
        Amount, Currency, MeasureUnit, Personal, QuotaId, ResellerId, UtcTime,
        fields::EmptyAsNone,
        money_methods,
        open_enum::{open_codes, open_enum},
        response,
    },
    vouchers::QuotaLimit,
};

operation! {
    /// Cuts a new cash-voucher quota for each of several resellers out of one quota of the distributor.
    ///
    /// Some resellers may be served and others not: see [`GrantOutcome::outcomes`].
    ///
    /// One operation at a time runs on a quota (`CBC.50000045` otherwise). A quota that is bound to customers
    /// of others is refused (`CBC.50000021`).
    POST "/v2/partners/coupon-quotas/indirect-partner-adjust" as bss "UpdateCouponQuotas" -> GrantOutcome {
        caller(Distributor), permissions("BPC_ITEM_SALES_020106", "BPC_ITEM_SUBCUSTSERV_030104"),
        records("bss.ListCouponQuotasRecords"), success(any "simple_quota_infos", "error_details"),
        outcome_ids(&["id", "quota_id"]),
        source("https://support.huaweicloud.com/api-bpconsole/espp_00002.html"),
    }
    pub struct GrantVoucherQuotas {
        required {
            /// The distributor's quota to cut from, found with [`ListQuotas`](crate::vouchers::ListQuotas).
            quota_id: QuotaId where len(1..=64),
            /// Resellers that each receive a quota.
            indirect_partner_ids: Vec<ResellerId> where count(1..=100),
            /// Amount for each reseller, in yuan. The quota must cover the sum over all resellers (inferred).
            quota_amount: Amount where money,
        }
    }
}

impl Resolvable for GrantVoucherQuotas {
    type Query = ListVoucherQuotaRecords;

    const BATCH: Option<&'static str> = Some("indirect_partner_ids");

    fn query(&self, window: TimeWindow) -> ListVoucherQuotaRecords {
        ListVoucherQuotaRecords::new()
            .parent_quota_id(&self.quota_id)
            .operation_type(QuotaOperation::Grant)
            .operation_time_begin(window.from)
            .operation_time_end(window.until)
    }

    fn legs(&self) -> Vec<Leg> {
        let leg = |reseller: &ResellerId| {
            Leg::new(reseller.as_str(), QuotaOperation::Grant.as_str()).with_amount(self.quota_amount)
        };
        self.indirect_partner_ids.iter().map(leg).collect()
    }

    /// The quota that was made is the record's id: the response names it as well.
    fn facts(&self, record: &QuotaRecord) -> RecordFacts {
        record.facts().target(Some(record.indirect_partner_id.to_string())).amount(record.amount)
    }

    fn results(&self, output: &GrantOutcome) -> Vec<TargetResult> {
        output.target_results()
    }
}

operation! {
    /// Takes back what resellers have not issued out of their quotas.
    ///
    /// The whole remainder of each quota goes back to the distributor's quota it was cut from (inferred); a
    /// part cannot be named. Only quotas in force qualify; a repeat on a reclaimed one is refused with
    /// `CBC.99000012`, so a repeat takes nothing twice. Some quotas may be emptied and others not: see
    /// [`ReclaimOutcome::outcomes`].
    POST "/v2/partners/coupon-quotas/indirect-partner-reclaim" as bss "ReclaimCouponQuotas" -> ReclaimOutcome {
        caller(Distributor), idempotent,
        permissions("BPC_ITEM_SUBCUSTSERV_030601", "BPC_ITEM_SUBCUSTSERV_030602"),
        records("bss.ListCouponQuotasRecords"), success(any "simple_quota_infos", "error_details"),
        outcome_ids(&["quota_id"]),
        source("https://support.huaweicloud.com/api-bpconsole/espp_00005.html"),
    }
    pub struct ReclaimVoucherQuotas {
        required {
            /// The resellers' quotas, from [`ListGrantedVoucherQuotas`].
            quota_ids: Vec<QuotaId> where count(1..=10),
        }
        optional {
            /// A note kept with the reclaim; empty text sets an empty note.
            remark: String where len(0..=256),
        }
    }
}

impl Resolvable for ReclaimVoucherQuotas {
    type Query = ListVoucherQuotaRecords;

    const BATCH: Option<&'static str> = Some("quota_ids");

    fn query(&self, window: TimeWindow) -> ListVoucherQuotaRecords {
        ListVoucherQuotaRecords::new()
            .operation_type(QuotaOperation::Reclaim)
            .operation_time_begin(window.from)
            .operation_time_end(window.until)
    }

    fn legs(&self) -> Vec<Leg> {
        self.quota_ids.iter().map(|id| Leg::new(id.as_str(), QuotaOperation::Reclaim.as_str())).collect()
    }

    fn facts(&self, record: &QuotaRecord) -> RecordFacts {
        record.facts().target(Some(record.quota_id.to_string()))
    }

    fn results(&self, output: &ReclaimOutcome) -> Vec<TargetResult> {
        output.target_results()
    }
}

operation! {
    /// The quotas that resellers hold, one page, with what is left in each.
    GET "/v2/partners/issued-coupon-quotas" as bss "ListIssuedCouponQuotas" -> GrantedQuotaPage {
        caller(Distributor), rows(100, quotas: GrantedQuota, total: total_count, key: quota_id),
        permissions("BPC_ITEM_SUBCUSTSERV_030600"),
        source("https://support.huaweicloud.com/api-bpconsole/espp_00006.html"),
    }
    pub struct ListGrantedVoucherQuotas {
        optional {
            /// Only this quota.
            quota_id: QuotaId where len(0..=64),
            /// Only quotas of this reseller.
            indirect_partner_id: ResellerId where len(0..=64),
            /// Only quotas cut from this one of the distributor. Empty text filters by empty.
            parent_quota_id: QuotaId where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
    }
}

operation! {
    /// The history of quotas granted to resellers and reclaimed from them, one page, failures included.
    ///
    /// This is where the outcome of a [`GrantVoucherQuotas`] is found whose response was lost.
    GET "/v2/partners/coupon-quotas/records" as bss "ListCouponQuotasRecords" -> QuotaRecordPage {
        caller(Distributor), rows(100, records: QuotaRecord, total: total_count, key: id),
        permissions("BPC_ITEM_SUBCUSTSERV_030102"),
        source("https://support.huaweicloud.com/api-bpconsole/espp_00007.html"),
    }
    pub struct ListVoucherQuotaRecords {
        optional {
            /// Only this reseller's; all resellers' by default.
            indirect_partner_id: ResellerId where len(0..=64),
            /// Only those about this quota of a reseller.
            quota_id: QuotaId where len(0..=64),
            /// Only those at or after this instant.
            operation_time_begin: UtcTime,
            /// Only those at or before this instant.
            operation_time_end: UtcTime,
            /// Only those about quotas cut from this one of the distributor.
            parent_quota_id: QuotaId where len(0..=64),
            /// Only grants or only reclaims; the service ignores other codes.
            operation_type: QuotaOperation,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
        check |it, check| check
            .ordered(
                ("operation_time_begin", it.operation_time_begin),
                ("operation_time_end", it.operation_time_end),
            )
    }
}

response! {
    /// Outcome of a grant for each reseller.
    pub struct GrantOutcome {
        /// The resellers that received nothing; the id is the reseller's.
        pub error_details: Vec<ItemError>,
        /// The quotas that were made.
        pub simple_quota_infos: Vec<QuotaGrant>,
    }
}

impl GrantOutcome {
    /// One result for each reseller: the quota it received, or why it received none.
    pub fn outcomes(&self) -> impl Iterator<Item = Result<&QuotaGrant, &ItemError>> {
        self.simple_quota_infos.iter().map(Ok).chain(self.error_details.iter().map(Err))
    }
}

impl GrantOutcome {
    fn target_results(&self) -> Vec<TargetResult> {
        let made = self.simple_quota_infos.iter();
        let made = made.map(|made| TargetResult::executed(made.id.as_str(), made.quota_id.as_str()));
        made.chain(self.error_details.iter().filter_map(TargetResult::of_item)).collect()
    }
}

response! {
    /// A quota that was made for a reseller.
    pub struct QuotaGrant {
        /// Reseller that received the quota.
        pub id: ResellerId,
        /// The new quota, which the reseller's vouchers are issued from.
        pub quota_id: QuotaId,
    }
}

response! {
    /// Outcome of a reclaim for each quota.
    pub struct ReclaimOutcome {
        /// The quotas that were not emptied; the id is the quota's.
        pub error_details: Vec<ItemError>,
        /// The quotas that were emptied.
        pub simple_quota_infos: Vec<QuotaReclaim>,
    }
}

impl ReclaimOutcome {
    /// One result for each quota: that it was emptied, or why it was not.
    pub fn outcomes(&self) -> impl Iterator<Item = Result<&QuotaReclaim, &ItemError>> {
        self.simple_quota_infos.iter().map(Ok).chain(self.error_details.iter().map(Err))
    }
}

impl ReclaimOutcome {
    fn target_results(&self) -> Vec<TargetResult> {
        let emptied = self.simple_quota_infos.iter();
        let emptied =
            emptied.map(|done| TargetResult::executed(done.quota_id.as_str(), done.quota_id.as_str()));
        emptied.chain(self.error_details.iter().filter_map(TargetResult::of_item)).collect()
    }
}

response! {
    /// A quota that was emptied.
    pub struct QuotaReclaim {
        /// The reseller's quota.
        pub quota_id: QuotaId,
        /// Balance of the quota after the reclaim.
        pub quota_balance: Option<Amount>,
    }
}

response! {
    /// One page of resellers' quotas.
    pub struct GrantedQuotaPage {
        /// Total number of quotas that match.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub quotas: Vec<GrantedQuota>,
    }
}

response! {
    /// A quota that a reseller issues vouchers from.
    pub struct GrantedQuota {
        /// Id by which the reseller names the quota when it issues vouchers.
        pub quota_id: QuotaId,
        /// Type of the quota's vouchers; always 0, cash vouchers.
        pub quota_type: Option<i64>,
        /// Time of the grant.
        #[with(EmptyAsNone)]
        pub create_time: Option<UtcTime>,
        /// Time of the last change.
        #[with(EmptyAsNone)]
        pub last_update_time: Option<UtcTime>,
        /// Granted amount; two decimals.
        pub quota_value: Option<Amount>,
        /// Whether vouchers can be issued from the quota.
        pub quota_status: Option<GrantedQuotaStatus>,
        /// Amount that has not been issued yet; two decimals.
        pub balance: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of the amounts.
        pub currency: Option<Currency>,
        /// Start of the time in which vouchers may be issued from it.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// Limits on the use of the quota's vouchers.
        pub limit_infos: Vec<QuotaLimit>,
        /// The reseller that holds it.
        pub indirect_partner_id: ResellerId,
        /// The account under which that reseller logs in.
        pub indirect_partner_account_name: Option<Personal>,
        /// The company behind that account.
        pub indirect_partner_name: Option<Personal>,
        /// The distributor's quota that it was cut from.
        pub parent_quota_id: Option<QuotaId>,
    }
}

money_methods! {
    GrantedQuota {
        /// The granted amount.
        granted => quota_value,
        /// The amount that has not been issued yet.
        remaining => balance,
    }
}

response! {
    /// One page of the history of resellers' quotas.
    pub struct QuotaRecordPage {
        /// Total number of records that match.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub records: Vec<QuotaRecord>,
    }
}

response! {
    /// One grant or reclaim of a reseller's quota.
    pub struct QuotaRecord {
        /// Id of the record.
        pub id: String,
        /// Account that executed the operation.
        pub operator: Option<Personal>,
        /// Grant or reclaim.
        pub operation_type: Option<QuotaOperation>,
        /// The reseller's quota that was made or emptied.
        pub quota_id: QuotaId,
        /// The distributor's quota on the other side.
        pub parent_quota_id: Option<QuotaId>,
        /// Amount that was granted or reclaimed.
        pub amount: Option<Amount>,
        /// Time at which the operation was executed.
        #[with(EmptyAsNone)]
        pub operation_time: Option<UtcTime>,
        /// Result of the operation.
        pub result: Option<QuotaResult>,
        /// The account under which the reseller logs in.
        pub indirect_partner_account_name: Option<Personal>,
        /// Id of the reseller.
        pub indirect_partner_id: ResellerId,
        /// The company behind the reseller.
        pub indirect_partner_name: Option<Personal>,
        /// The note given with it.
        pub remark: Option<String>,
    }
}

open_codes! {
    /// Whether vouchers can be issued from a reseller's quota.
    pub enum GrantedQuotaStatus {
        /// Vouchers can be issued.
        Normal = 0,
        /// Expired, or made invalid by hand.
        Invalid = 3,
        /// Being adjusted: visible, but nothing can be issued.
        Adjusting = 4,
        /// Quota is frozen.
        Frozen = 5,
        /// Taken back by the distributor.
        Reclaimed = 6,
    }
}

open_enum! {
    /// Operation on a reseller's quota.
    pub enum QuotaOperation {
        /// Quota was granted.
        Grant = "10",
        /// Remainder of the quota was reclaimed.
        Reclaim = "11",
    }
}

impl QuotaRecord {
    /// Facts that the record states about a grant or a reclaim, except for target and amount.
    fn facts(&self) -> RecordFacts {
        let kind = self.operation_type.as_ref().filter(|kind| kind.is_known());
        RecordFacts::new()
            .id(Some(self.quota_id.to_string()))
            .kind(kind.map(|kind| kind.as_str().to_owned()))
            .memo(self.remark.clone())
            .time(self.operation_time)
            .failed(self.result == Some(QuotaResult::Failed))
    }
}

open_enum! {
    /// Result of an operation on a quota.
    pub enum QuotaResult {
        /// The operation succeeded as a whole.
        Done = "0",
        /// The operation failed; nothing was moved.
        Failed = "-1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::fits;
    use crate::operation::violated;
    use crate::types::decode_str;

    #[test]
    fn each_item_of_a_batch_has_its_outcome() {
        let outcome: GrantOutcome = decode_str(
            r#"{"error_details":[{"id":"r2","error_code":"CBC.99000037","error_msg":"not yours"}],
                "simple_quota_infos":[{"id":"r1","quota_id":"q9"}]}"#,
        )
        .unwrap();
        let outcomes: Vec<_> =
            outcome.outcomes().map(|item| item.map(|grant| grant.quota_id.as_str())).collect();
        assert_eq!(outcomes[0], Ok("q9"));
        assert_eq!(
            outcomes[1].unwrap_err().to_string(),
            "r2: CBC.99000037: The caller may not act for this cloud reseller"
        );
    }

    #[test]
    fn documented_limits_are_checked() {
        let none: Vec<ResellerId> = Vec::new();
        let request = GrantVoucherQuotas::new("", none, Amount::ZERO);
        assert_eq!(violated(&request), ["quota_id", "indirect_partner_ids", "quota_amount"]);
        let many: Vec<QuotaId> = (0..11).map(|id| id.to_string().into()).collect();
        ReclaimVoucherQuotas::new(many).validate().unwrap_err();
    }

    #[test]
    fn a_grant_is_recognised_for_each_reseller() {
        let resellers: Vec<ResellerId> = vec!["r1".into(), "r2".into()];
        let request = GrantVoucherQuotas::new("q1", resellers, Amount::from(10));
        let record: QuotaRecord =
            decode_str(r#"{"indirect_partner_id":"r2","amount":10.00,"result":"0","operation_type":"10"}"#)
                .unwrap();
        assert!(fits(&request, "r2", &record) && !fits(&request, "r1", &record));
        let failed = QuotaRecord { result: Some(QuotaResult::Failed), ..record };
        assert!(!fits(&request, "r2", &failed));
    }
}
