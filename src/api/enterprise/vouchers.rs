//! Vouchers between an enterprise master and its members.

use crate::{
    error::ValidationError,
    operation::{Caller, Check, Idempotency, Operation, OperationMeta, Paging, paged, request},
    types::{
        Amount, AmountText, CustomerId, UtcTime, VoucherId,
        fields::{AsText, TimeOrNone},
        response,
    },
    vouchers::UseLimit,
};

request! {
    /// The vouchers that the calling master can pass on, one page.
    ///
    /// Called by the master of an enterprise, on the China site; its IAM users need
    /// `businessUnitCenter:businessUnitFinance:view`. Only cash vouchers that Huawei Cloud issued for tests, business or
    /// campaigns. The page states two defaults for the page size: always set it.
    ///
    /// Source: <https://support.huaweicloud.com/api-oce/ep_00024.html>
    #[doc(alias = "ListMultiAccountTransferCoupons")]
    pub struct ListTransferableVouchers {
        optional {
            /// How many rows to skip; none by default.
            offset: u32,
            /// Rows per page, 1 to 100.
            limit: u32,
        }
    }
}

impl Operation for ListTransferableVouchers {
    type Output = TransferableVoucherPage;

    const META: &'static OperationMeta = &OperationMeta::get(
        "bss.ListMultiAccountTransferCoupons",
        "/v2/enterprises/multi-accounts/transfer-coupons",
    )
    .caller(Caller::EnterpriseMaster)
    .paging(Paging::rows(100, "avail_transfer_coupons"))
    .doc("https://support.huaweicloud.com/api-oce/ep_00024.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .range("offset", &self.offset, 0..=2_147_483_647)
            .range("limit", &self.limit, 1..=100)
            .finish()
    }
}

paged!(ListTransferableVouchers => avail_transfer_coupons: TransferableVoucher, total total_count);

request! {
    /// Passes a voucher of the calling master, or a part of it, on to a member.
    ///
    /// Called by the master of an enterprise, on the China site. Only cash vouchers that Huawei Cloud issued for tests,
    /// business or campaigns. The member gets a voucher of its own.
    ///
    /// [`trans_id`](Self#structfield.trans_id) is the key against repeats: the client may repeat the request with it, and
    /// the service refuses the repeat with [`TRANSACTION_ID_USED`](crate::error::codes::TRANSACTION_ID_USED), which says
    /// that the first arrived, not that it went through (inferred); [`ListReclaimableVouchers`] shows the member's voucher.
    ///
    /// Refused with [`BUSINESS_CHECK_FAILED`](crate::error::codes::BUSINESS_CHECK_FAILED) where a condition is not met: see
    /// [`FailedCheck`](super::FailedCheck). With [`TRANSFER_FAILED`](crate::error::codes::TRANSFER_FAILED) where it failed.
    ///
    /// Source: <https://support.huaweicloud.com/api-oce/ep_00026.html>
    #[doc(alias = "ClaimEnterpriseMultiAccountCoupon")]
    pub struct TransferVoucherToMember {
        required {
            /// The member, from [`ListMembers`](super::ListMembers); up to 64 characters.
            customer_id: CustomerId,
            /// The voucher, from [`ListTransferableVouchers`]; up to 64 characters.
            coupon_id: VoucherId,
            /// How much of it, in yuan: above zero, at most two decimals. Text on the wire.
            amount: AmountText,
        }
        preset {
            /// The key against repeats, up to 32 characters; a fresh one unless set.
            trans_id: String = crate::operation::fresh_key(),
        }
    }
}

impl Operation for TransferVoucherToMember {
    type Output = MemberVoucherTransfer;

    const META: &'static OperationMeta = &OperationMeta::post(
        "bss.ClaimEnterpriseMultiAccountCoupon",
        "/v2/enterprises/multi-accounts/transfer-coupon",
    )
    .caller(Caller::EnterpriseMaster)
    .idempotency(Idempotency::Keyed)
    .success_field("sub_coupon_id")
    .outcome_key()
    .doc("https://support.huaweicloud.com/api-oce/ep_00026.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("customer_id", &self.customer_id, 1..=64)
            .length("coupon_id", &self.coupon_id, 1..=64)
            .money("amount", &self.amount)
            .length("trans_id", &self.trans_id, 1..=32)
            .finish()
    }
}

request! {
    /// The vouchers that the calling master can take back from a member, one page.
    ///
    /// Called by the master of an enterprise, on the China site. Only cash vouchers that Huawei Cloud issued for tests,
    /// business or campaigns. The page states two defaults for the page size: always set it.
    ///
    /// Source: <https://support.huaweicloud.com/api-oce/ep_00025.html>
    #[doc(alias = "ListMultiAccountRetrieveCoupons")]
    pub struct ListReclaimableVouchers {
        required {
            /// The member, from [`ListMembers`](super::ListMembers); up to 64 characters.
            sub_customer_id: CustomerId,
        }
        optional {
            /// How many rows to skip; none by default.
            offset: u32,
            /// Rows per page, 1 to 100.
            limit: u32,
        }
    }
}

impl Operation for ListReclaimableVouchers {
    type Output = ReclaimableVoucherPage;

    const META: &'static OperationMeta = &OperationMeta::get(
        "bss.ListMultiAccountRetrieveCoupons",
        "/v2/enterprises/multi-accounts/retrieve-coupons",
    )
    .caller(Caller::EnterpriseMaster)
    .paging(Paging::rows(100, "avail_retrieve_coupons"))
    .doc("https://support.huaweicloud.com/api-oce/ep_00025.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("sub_customer_id", &self.sub_customer_id, 1..=64)
            .range("offset", &self.offset, 0..=2_147_483_647)
            .range("limit", &self.limit, 1..=100)
            .finish()
    }
}

paged!(ListReclaimableVouchers => avail_retrieve_coupons: ReclaimableVoucher, total total_count);

request! {
    /// Takes a member's voucher back to the calling master: whatever is left of it.
    ///
    /// Called by the master of an enterprise, on the China site; its IAM users need
    /// `businessUnitCenter:businessUnitFinance:update`. Repeats and refusals as for [`TransferVoucherToMember`].
    ///
    /// Source: <https://support.huaweicloud.com/api-oce/ep_00027.html>
    #[doc(alias = "ReclaimEnterpriseMultiAccountCoupon")]
    pub struct ReclaimVoucherFromMember {
        required {
            /// The member, from [`ListMembers`](super::ListMembers); up to 64 characters.
            customer_id: CustomerId,
            /// The master's voucher that the member's was cut from, from [`ListReclaimableVouchers`]; up to 64 characters.
            coupon_id: VoucherId,
            /// The member's voucher, from the same list or from the transfer; up to 64 characters.
            sub_coupon_id: VoucherId,
        }
        preset {
            /// The key against repeats, up to 32 characters; a fresh one unless set.
            trans_id: String = crate::operation::fresh_key(),
        }
    }
}

impl Operation for ReclaimVoucherFromMember {
    type Output = MemberVoucherReclaim;

    const META: &'static OperationMeta = &OperationMeta::post(
        "bss.ReclaimEnterpriseMultiAccountCoupon",
        "/v2/enterprises/multi-accounts/retrieve-coupon",
    )
    .caller(Caller::EnterpriseMaster)
    .idempotency(Idempotency::Keyed)
    .success_field("real_retrieve_amout")
    .outcome_key()
    .doc("https://support.huaweicloud.com/api-oce/ep_00027.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("customer_id", &self.customer_id, 1..=64)
            .length("coupon_id", &self.coupon_id, 1..=64)
            .length("sub_coupon_id", &self.sub_coupon_id, 1..=64)
            .length("trans_id", &self.trans_id, 1..=32)
            .finish()
    }
}

response! {
    /// One page of vouchers that can be passed on.
    pub struct TransferableVoucherPage {
        /// How many there are in all.
        pub total_count: Option<u64>,
        /// Those of this page.
        pub avail_transfer_coupons: Vec<TransferableVoucher>,
    }
}

response! {
    /// A voucher of the master that can be passed on.
    pub struct TransferableVoucher {
        /// The voucher.
        pub coupon_id: VoucherId,
        /// The promotion that it came from.
        pub plan_name: Option<String>,
        /// What is left of it, in yuan. Text on the wire.
        #[via(AsText)]
        pub balance: Option<Amount>,
        /// From when it pays.
        #[via(TimeOrNone)]
        pub effective_time: Option<UtcTime>,
        /// Until when it pays.
        #[via(TimeOrNone)]
        pub expire_time: Option<UtcTime>,
        /// What it may be used for.
        pub use_limits: Vec<UseLimit>,
    }
}

response! {
    /// One page of vouchers that can be taken back.
    pub struct ReclaimableVoucherPage {
        /// How many there are in all.
        pub total_count: Option<u64>,
        /// Those of this page.
        pub avail_retrieve_coupons: Vec<ReclaimableVoucher>,
    }
}

response! {
    /// A voucher of a member that can be taken back.
    pub struct ReclaimableVoucher {
        /// The master's voucher that it was cut from.
        pub coupon_id: VoucherId,
        /// The promotion that it came from.
        pub plan_name: Option<String>,
        /// The member's voucher.
        pub sub_coupon_id: VoucherId,
        /// What is left of it, in yuan. Text on the wire.
        #[via(AsText)]
        pub balance: Option<Amount>,
        /// From when it pays.
        #[via(TimeOrNone)]
        pub effective_time: Option<UtcTime>,
        /// Until when it pays.
        #[via(TimeOrNone)]
        pub expire_time: Option<UtcTime>,
        /// What it may be used for.
        pub use_limits: Vec<UseLimit>,
    }
}

response! {
    /// The voucher that a member received.
    pub struct MemberVoucherTransfer {
        /// The member's voucher, which a reclaim names; up to 64 characters.
        pub sub_coupon_id: VoucherId,
    }
}

response! {
    /// What came back from a member's voucher.
    pub struct MemberVoucherReclaim {
        /// How much, in yuan. Text on the wire, where the name is misspelt.
        #[name("real_retrieve_amout")]
        #[via(AsText)]
        pub real_retrieve_amount: Option<Amount>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{operation::RequestParts, types::decode_str};

    fn broken(result: Result<(), ValidationError>) -> Vec<&'static str> {
        result.unwrap_err().broken().iter().map(|rule| rule.field).collect()
    }

    #[test]
    fn vouchers_are_read() {
        let page: ReclaimableVoucherPage = decode_str(
            r#"{"total_count":1,"avail_retrieve_coupons":[{"coupon_id":"CP2","sub_coupon_id":"CP1","balance":"1.0",
                "effective_time":"2026-01-01T00:00:00Z","use_limits":[{"use_limiti_info_id":"7","limit_key":"x"}]}]}"#,
        )
        .unwrap();
        let voucher = &page.avail_retrieve_coupons[0];
        assert_eq!((voucher.sub_coupon_id.as_str(), voucher.balance), ("CP1", "1.0".parse().ok()));
        assert_eq!(voucher.use_limits[0].use_limit_info_id.as_deref(), Some("7"));
        let page: TransferableVoucherPage =
            decode_str(r#"{"avail_transfer_coupons":[{"coupon_id":"CP2","balance":""}]}"#).unwrap();
        assert_eq!(page.avail_transfer_coupons[0].balance, None);
    }

    #[test]
    fn answers_are_read_under_the_names_on_the_wire() {
        let reclaim: MemberVoucherReclaim = decode_str(r#"{"real_retrieve_amout":"1.0"}"#).unwrap();
        assert_eq!(reclaim.real_retrieve_amount, "1".parse().ok());
        assert_eq!(serde_json::to_string(&reclaim).unwrap(), r#"{"real_retrieve_amout":"1.0"}"#);
        let transfer: MemberVoucherTransfer = decode_str(r#"{"sub_coupon_id":"CP1"}"#).unwrap();
        assert_eq!(transfer.sub_coupon_id.as_str(), "CP1");
    }

    #[test]
    fn the_documented_requests_are_built() {
        let transfer: TransferVoucherToMember = decode_str(
            r#"{"customer_id":"m1","amount":"100.00","trans_id":"2020042401","coupon_id":"CP19092406014086E3"}"#,
        )
        .unwrap();
        transfer.validate().unwrap();
        assert_eq!(
            RequestParts::of(&transfer).unwrap().body,
            r#"{"customer_id":"m1","coupon_id":"CP19092406014086E3","amount":"100.00","trans_id":"2020042401"}"#
        );
        let reclaim = ReclaimVoucherFromMember::new("m1", "CP2", "CP1");
        reclaim.validate().unwrap();
        assert_ne!(reclaim.trans_id, ReclaimVoucherFromMember::new("m1", "CP2", "CP1").trans_id);
    }

    #[test]
    fn documented_limits_are_checked() {
        let transfer = TransferVoucherToMember::new("", "", "1.005").trans_id("");
        assert_eq!(broken(transfer.validate()), ["customer_id", "coupon_id", "amount", "trans_id"]);
        let reclaim = ReclaimVoucherFromMember::new("m1", "CP2", "x".repeat(65)).trans_id("x".repeat(33));
        assert_eq!(broken(reclaim.validate()), ["sub_coupon_id", "trans_id"]);
        assert_eq!(broken(ListTransferableVouchers::new().limit(0_u32).validate()), ["limit"]);
        assert_eq!(
            broken(ListReclaimableVouchers::new("").offset(u32::MAX).validate()),
            ["sub_customer_id", "offset"]
        );
    }
}
