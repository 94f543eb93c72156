//! Vouchers between an enterprise master and its members.

use crate::{
    operation,
    types::{
        Amount, AmountText, CustomerId, UtcTime, VoucherId,
        fields::{AsText, EmptyAsNone},
        response,
    },
    vouchers::UseLimit,
};

operation! {
    /// The vouchers that the calling master can pass on, one page.
    ///
    /// Only cash vouchers that Huawei Cloud issued for tests, business or campaigns. The page states two
    /// defaults for the page size: always set it.
    GET "/v2/enterprises/multi-accounts/transfer-coupons" as bss "ListMultiAccountTransferCoupons" -> TransferableVoucherPage {
        caller(EnterpriseMaster), rows(100, avail_transfer_coupons: TransferableVoucher, total: total_count, key: coupon_id),
        source("https://support.huaweicloud.com/api-oce/ep_00024.html"),
    }
    pub struct ListTransferableVouchers {
        optional {
            /// Rows to skip; none by default.
            offset: u32 where range(0..=2_147_483_647),
            /// Rows per page.
            limit: u32 where range(1..=100),
        }
    }
}

operation! {
    /// Passes a voucher of the calling master, or a part of it, on to a member.
    ///
    /// Only cash vouchers that Huawei Cloud issued for tests, business or campaigns. The member gets a
    /// voucher of its own.
    ///
    /// [`trans_id`](Self#structfield.trans_id) is the key against repeats: the client may repeat the request
    /// with it, and the service refuses the repeat with
    /// [`TRANSACTION_ID_USED`](crate::error::codes::TRANSACTION_ID_USED), which says that the first arrived,
    /// not that it went through (inferred); [`ListReclaimableVouchers`] shows the member's voucher.
    ///
    /// Refused with [`BUSINESS_CHECK_FAILED`](crate::error::codes::BUSINESS_CHECK_FAILED) where a condition
    /// is not met: see [`FailedCheck`](super::FailedCheck). With
    /// [`TRANSFER_FAILED`](crate::error::codes::TRANSFER_FAILED) where it failed.
    POST "/v2/enterprises/multi-accounts/transfer-coupon" as bss "ClaimEnterpriseMultiAccountCoupon" -> MemberVoucherTransfer {
        caller(EnterpriseMaster), keyed("trans_id"), success(field "sub_coupon_id"),
        source("https://support.huaweicloud.com/api-oce/ep_00026.html"),
    }
    pub struct TransferVoucherToMember {
        required {
            /// The member, from [`ListMembers`](super::ListMembers).
            customer_id: CustomerId where len(1..=64),
            /// The voucher, from [`ListTransferableVouchers`].
            coupon_id: VoucherId where len(1..=64),
            /// Amount to move, in yuan. Text on the wire.
            amount: AmountText where money,
        }
        preset {
            /// The key against repeats; a fresh one unless set.
            trans_id: String where len(1..=32) = crate::operation::fresh_key(),
        }
    }
}

operation! {
    /// The vouchers that the calling master can take back from a member, one page.
    ///
    /// Only cash vouchers that Huawei Cloud issued for tests, business or campaigns. The page states two
    /// defaults for the page size: always set it.
    GET "/v2/enterprises/multi-accounts/retrieve-coupons" as bss "ListMultiAccountRetrieveCoupons" -> ReclaimableVoucherPage {
        caller(EnterpriseMaster), rows(100, avail_retrieve_coupons: ReclaimableVoucher, total: total_count, key: sub_coupon_id),
        source("https://support.huaweicloud.com/api-oce/ep_00025.html"),
    }
    pub struct ListReclaimableVouchers {
        required {
            /// The member, from [`ListMembers`](super::ListMembers).
            sub_customer_id: CustomerId where len(1..=64),
        }
        optional {
            /// Rows to skip; none by default.
            offset: u32 where range(0..=2_147_483_647),
            /// Rows per page.
            limit: u32 where range(1..=100),
        }
    }
}

operation! {
    /// Takes a member's voucher back to the calling master: whatever is left of it.
    ///
    /// Repeats and refusals as for [`TransferVoucherToMember`].
    POST "/v2/enterprises/multi-accounts/retrieve-coupon" as bss "ReclaimEnterpriseMultiAccountCoupon" -> MemberVoucherReclaim {
        caller(EnterpriseMaster), keyed("trans_id"), success(field "real_retrieve_amout"),
        source("https://support.huaweicloud.com/api-oce/ep_00027.html"),
    }
    pub struct ReclaimVoucherFromMember {
        required {
            /// The member, from [`ListMembers`](super::ListMembers).
            customer_id: CustomerId where len(1..=64),
            /// The master's voucher that the member's was cut from, from [`ListReclaimableVouchers`].
            coupon_id: VoucherId where len(1..=64),
            /// The member's voucher, from the same list or from the transfer.
            sub_coupon_id: VoucherId where len(1..=64),
        }
        preset {
            /// The key against repeats; a fresh one unless set.
            trans_id: String where len(1..=32) = crate::operation::fresh_key(),
        }
    }
}

response! {
    /// One page of vouchers that can be passed on.
    pub struct TransferableVoucherPage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub avail_transfer_coupons: Vec<TransferableVoucher>,
    }
}

response! {
    /// A voucher of the master that can be passed on.
    pub struct TransferableVoucher {
        /// Id under which the service knows the voucher.
        pub coupon_id: VoucherId,
        /// The promotion that it came from.
        pub plan_name: Option<String>,
        /// Remaining value of the voucher, in yuan. Text on the wire.
        #[with(AsText)]
        pub balance: Option<Amount>,
        /// Start of its validity.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the voucher's validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// Limits on the use of the voucher.
        pub use_limits: Vec<UseLimit>,
    }
}

response! {
    /// One page of vouchers that can be taken back.
    pub struct ReclaimableVoucherPage {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Rows of this page.
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
        /// Remaining value of the voucher, in yuan. Text on the wire.
        #[with(AsText)]
        pub balance: Option<Amount>,
        /// Start of its validity.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the voucher's validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// Limits on the use of the voucher.
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
    /// Result of taking back a member's voucher.
    pub struct MemberVoucherReclaim {
        /// Amount that was taken back, in yuan. Text on the wire, where the name is misspelt.
        #[name("real_retrieve_amout")]
        #[with(AsText)]
        pub real_retrieve_amount: Option<Amount>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{operation::RequestParts, types::decode_str};

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
    fn responses_are_read_under_the_names_on_the_wire() {
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
        assert_eq!(violated(&transfer), ["customer_id", "coupon_id", "amount", "trans_id"]);
        let reclaim = ReclaimVoucherFromMember::new("m1", "CP2", "x".repeat(65)).trans_id("x".repeat(33));
        assert_eq!(violated(&reclaim), ["sub_coupon_id", "trans_id"]);
        assert_eq!(violated(&ListTransferableVouchers::new().limit(0_u32)), ["limit"]);
        assert_eq!(
            violated(&ListReclaimableVouchers::new("").offset(u32::MAX)),
            ["sub_customer_id", "offset"]
        );
    }
}
