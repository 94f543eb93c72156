//! The history of vouchers: issues and every kind of reclaim.

use super::QuotaType;
use crate::{
    operation,
    operation::RecordFacts,
    types::{
        Amount, CustomerId, QuotaId, ResellerId, UtcTime, VoucherId, fields::EmptyAsNone,
        open_enum::open_enum, response,
    },
};

operation! {
    /// Lists the operations on the vouchers of the calling partner or of one of its resellers, one page,
    /// failures included.
    ///
    /// This is where the outcome of an [`IssueVouchers`](super::IssueVouchers) or a
    /// [`ReclaimVoucher`](super::ReclaimVoucher) is found whose response was lost. How long a record takes to
    /// appear is not documented.
    GET "/v2/promotions/benefits/partner-coupons/records/query" as bss "ListPartnerCouponsRecord" -> VoucherRecordPage {
        rows(100, records: VoucherRecord, total: total_count, key: id), permissions("BPC_ITEM_SUBCUSTSERV_030102"),
        source("https://support.huaweicloud.com/api-bpconsole/mp_02006.html"),
    }
    pub struct ListVoucherRecords {
        optional {
            /// Only these operations, up to 8 of the nine. An empty list is not sent, so it filters by
            /// nothing.
            operation_types: Vec<VoucherOperation> where count(0..=8),
            /// Only those about vouchers from this quota. Empty text filters by empty.
            quota_id: QuotaId where len(0..=64),
            /// Only those about vouchers of this kind.
            quota_type: QuotaType,
            /// Only those about these vouchers, up to 100. An empty list is not sent, so it filters by
            /// nothing.
            coupon_ids: Vec<VoucherId> where count(0..=100),
            /// Only those about vouchers of this customer. Empty text filters by empty.
            customer_id: CustomerId where len(0..=64),
            /// Only those after this instant.
            operation_time_begin: UtcTime,
            /// Only those before this instant.
            operation_time_end: UtcTime,
            /// Lists only operations with this result.
            result: VoucherResult,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
            /// The records of this reseller of the calling distributor; its own without it.
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| check
            .ordered(
                ("operation_time_begin", it.operation_time_begin),
                ("operation_time_end", it.operation_time_end),
            )
    }
}

impl VoucherRecord {
    /// Facts that the record states about an issue or a reclaim, except for the target.
    pub(crate) fn facts(&self) -> RecordFacts {
        let kind = self.operation_type.as_ref().filter(|kind| kind.is_known());
        RecordFacts::new()
            .id(self.coupon_id.as_ref().map(ToString::to_string))
            .kind(kind.map(|kind| kind.as_str().to_owned()))
            .amount(self.operation_amount)
            .memo(self.remark.clone())
            .time(self.operation_time)
            .failed(self.result == Some(VoucherResult::Failed))
    }
}

response! {
    /// One page of the history of vouchers.
    pub struct VoucherRecordPage {
        /// Total number of records that match.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub records: Vec<VoucherRecord>,
    }
}

response! {
    /// One issue or reclaim of a voucher.
    pub struct VoucherRecord {
        /// Identifier of the record.
        pub id: String,
        /// Operation on the voucher.
        pub operation_type: Option<VoucherOperation>,
        /// The quota that the voucher is from.
        pub quota_id: QuotaId,
        /// Type of the voucher.
        pub quota_type: Option<QuotaType>,
        /// The voucher, where there is one.
        pub coupon_id: Option<VoucherId>,
        /// Customer that received or lost the voucher.
        pub customer_id: CustomerId,
        /// For an issue the face value; for a reclaim what was really taken back this time.
        pub operation_amount: Option<Amount>,
        /// Time at which the operation was executed.
        #[with(EmptyAsNone)]
        pub operation_time: Option<UtcTime>,
        /// Result of the operation.
        pub result: Option<VoucherResult>,
        /// The note given with it.
        pub remark: Option<String>,
    }
}

open_enum! {
    /// Operation on a voucher. Most reclaims happen without a call.
    pub enum VoucherOperation {
        /// Voucher was issued.
        Issue = "1",
        /// The partner took it back by hand or by [`ReclaimVoucher`](super::ReclaimVoucher).
        Reclaim = "2",
        /// Voucher was reclaimed because the customer left the partner.
        Dissociation = "3",
        /// Voucher was reclaimed because it expired.
        Expiry = "4",
        /// Voucher was reclaimed with an unsubscription.
        Unsubscription = "5",
        /// Voucher was withdrawn because a recharge was refunded.
        RechargeRefund = "6",
        /// Voucher was reclaimed because the customer joined a partner.
        Association = "7",
        /// Voucher was reclaimed because the association changed its model.
        ModelChange = "8",
        /// The customer moved to another reseller.
        ResellerTransfer = "9",
    }
}

open_enum! {
    /// Result of an operation on a voucher.
    pub enum VoucherResult {
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
    use crate::operation::violated;
    use crate::{
        operation::{Paged, RequestParts},
        types::decode_str,
    };

    #[test]
    fn a_page_is_read() {
        let page: VoucherRecordPage = decode_str(
            r#"{"total_count":2,"records":[
                {"id":"1","operation_type":"2","quota_id":"q1","quota_type":0,"coupon_id":"v1","customer_id":"c1",
                 "operation_amount":12.340,"operation_time":"2026-05-01T08:05:01Z","result":"0","remark":""},
                {"id":"2","operation_type":10,"quota_id":"q1","customer_id":"c1","result":-1}]}"#,
        )
        .unwrap();
        let [done, failed] = ListVoucherRecords::items(&page) else { unreachable!() };
        assert_eq!(
            (&done.operation_type, &done.result),
            (&Some(VoucherOperation::Reclaim), &Some(VoucherResult::Done))
        );
        assert_eq!(done.operation_amount, "12.34".parse().ok());
        assert_eq!(failed.result, Some(VoucherResult::Failed));
        let operation = failed.operation_type.as_ref().unwrap();
        assert_eq!((operation.as_str(), operation.is_known()), ("10", false));
        assert_eq!(failed.coupon_id, None);
    }

    #[test]
    fn lists_are_repeated_in_the_query_and_empty_ones_are_not_sent() {
        let request = ListVoucherRecords::new()
            .operation_types([VoucherOperation::Issue, VoucherOperation::Reclaim])
            .coupon_ids([""; 0])
            .result(VoucherResult::Failed);
        assert_eq!(
            RequestParts::of(&request).unwrap().query,
            "operation_types=1&operation_types=2&result=-1"
        );
    }

    #[test]
    fn documented_limits_are_checked() {
        let time = |text: &str| text.parse::<UtcTime>().unwrap();
        let request = ListVoucherRecords::new()
            .operation_types(vec![VoucherOperation::Issue; 9])
            .quota_id("q".repeat(65))
            .coupon_ids(vec![VoucherId::from("v"); 101])
            .customer_id("c".repeat(65))
            .operation_time_begin(time("2026-02-01T00:00:00Z"))
            .operation_time_end(time("2026-01-01T00:00:00Z"))
            .limit(0_u32)
            .indirect_partner_id("r".repeat(65));
        assert_eq!(
            violated(&request),
            [
                "operation_types",
                "quota_id",
                "coupon_ids",
                "customer_id",
                "operation_time_begin",
                "limit",
                "indirect_partner_id"
            ]
        );
        ListVoucherRecords::new().limit(100_u32).validate().unwrap();
    }
}
