//! The vouchers that a partner has issued.

use super::{FetchMethod, Frozen, Medium, UseLimit, VoucherStatus, VoucherType};
use crate::{
    operation,
    types::{
        Amount, CustomerId, MeasureUnit, OrderId, ResellerId, UtcTime, VoucherId, fields::EmptyAsNone,
        response,
    },
};

operation! {
    /// The vouchers that the calling partner, or one of its resellers, has issued to customers, one page,
    /// with what is left on each.
    ///
    /// Vouchers that ended more than two years ago are not listed (12 months in older documentation), nor
    /// those of customers for which the partner does not pay. Times are bounds; empty ids are refused.
    GET "/v2/promotions/benefits/partner-coupons" as bss "ListIssuedPartnerCoupons" -> IssuedVoucherPage {
        rows(100, user_coupons: IssuedVoucher, total: total_count, key: coupon_id), permissions("BPC_ITEM_SUBCUSTSERV_030200"),
        source("https://support.huaweicloud.com/api-bpconsole/mp_02005.html"),
    }
    pub struct ListIssuedVouchers {
        optional {
            /// Only this voucher.
            coupon_id: VoucherId where len(1..=64),
            /// Only those of this customer.
            customer_id: CustomerId where len(1..=64),
            /// Only those that belong to this order.
            order_id: OrderId where len(1..=64),
            /// Only cash vouchers or only flexi-purchase vouchers; a partner issues no others.
            coupon_type: VoucherType,
            /// Only those in this state.
            status: VoucherStatus,
            /// Only those issued later than this.
            create_time_begin: UtcTime,
            /// Only those issued earlier than this.
            create_time_end: UtcTime,
            /// Only those in force from a time later than this.
            effective_time_begin: UtcTime,
            /// Only those in force from a time earlier than this.
            effective_time_end: UtcTime,
            /// Only those that end later than this.
            expire_time_begin: UtcTime,
            /// Only those that end earlier than this.
            expire_time_end: UtcTime,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page. The bounds are inferred.
            limit: u32 where range(1..=100) default(10),
            /// Lists the vouchers issued by this reseller of the calling distributor; without it those issued
            /// to the caller's own customers. Up to 64 characters (inferred).
            indirect_partner_id: ResellerId where len(1..=64),
        }
        check |it, check| check
            .ordered(("create_time_begin", it.create_time_begin), ("create_time_end", it.create_time_end))
            .ordered(
                ("effective_time_begin", it.effective_time_begin),
                ("effective_time_end", it.effective_time_end),
            )
            .ordered(("expire_time_begin", it.expire_time_begin), ("expire_time_end", it.expire_time_end))
    }
}

response! {
    /// One page of issued vouchers.
    pub struct IssuedVoucherPage {
        /// Total number of vouchers that match.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub user_coupons: Vec<IssuedVoucher>,
    }
}

response! {
    /// A voucher as the partner that issued it sees it.
    pub struct IssuedVoucher {
        /// The voucher, by which it is reclaimed.
        pub coupon_id: VoucherId,
        /// State of the voucher.
        pub status: Option<VoucherStatus>,
        /// The customer that holds it.
        pub customer_id: CustomerId,
        /// Type of the voucher.
        pub coupon_type: Option<VoucherType>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// Value of the voucher when it was issued.
        pub face_value: Option<Amount>,
        /// Start of its validity.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// The order that it belongs to.
        pub order_id: Option<OrderId>,
        /// The promotion plan that it comes from.
        pub promotion_plan_id: Option<String>,
        /// Title of the promotion plan.
        pub promotion_plan_name: Option<String>,
        /// Description of the promotion plan.
        pub promotion_plan_desc: Option<String>,
        /// Medium of the voucher.
        pub media_type: Option<Medium>,
        /// Way in which the customer received the voucher.
        pub fetch_method: Option<FetchMethod>,
        /// Limits on the use of the voucher.
        pub use_limits: Vec<UseLimit>,
        /// Time of the activation.
        #[with(EmptyAsNone)]
        pub active_time: Option<UtcTime>,
        /// Time of the last use.
        #[with(EmptyAsNone)]
        pub last_used_time: Option<UtcTime>,
        /// The promotion within the plan.
        pub promotion_id: Option<String>,
        /// Time of the issue.
        #[with(EmptyAsNone)]
        pub create_time: Option<UtcTime>,
        /// Remaining value, which a reclaim takes back.
        pub balance: Option<Amount>,
        /// The order that holds it back at the moment; none on vouchers of the old version.
        pub lock_order_id: Option<OrderId>,
        /// Whether the voucher is frozen. Frozen ones are left out where usable ones are asked for.
        pub is_frozen: Option<Frozen>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{operation::Paged, types::decode_str};

    #[test]
    fn a_page_is_read() {
        let page: IssuedVoucherPage = decode_str(
            r#"{"total_count":1,"user_coupons":[{"coupon_id":"v1","status":2,"customer_id":"c1","coupon_type":4,
                "measure_id":1,"face_value":100.00,"balance":"12.5","effective_time":"2026-01-01T00:00:00Z",
                "expire_time":"2027-01-01T00:00:00Z","last_used_time":"","fetch_method":3,"media_type":1,
                "use_limits":[{"limit_key":"usageTimes","value1":"0"}],"is_frozen":"0"}]}"#,
        )
        .unwrap();
        let [voucher] = ListIssuedVouchers::items(&page) else { unreachable!() };
        assert_eq!(
            (voucher.status, voucher.coupon_type),
            (Some(VoucherStatus::Usable), Some(VoucherType::FlexiPurchase))
        );
        assert_eq!((voucher.face_value, voucher.balance), ("100".parse().ok(), "12.5".parse().ok()));
        assert_eq!(voucher.last_used_time, None);
        assert_eq!(voucher.fetch_method, Some(FetchMethod::Issued));
        assert_eq!(voucher.use_limits[0].value1.as_deref(), Some("0"));
        assert_eq!(voucher.is_frozen, Some(Frozen::No));
    }

    #[test]
    fn empty_ids_and_times_in_the_wrong_order_are_refused() {
        let (early, late) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        let time = |text: &str| text.parse::<UtcTime>().unwrap();
        let request = ListIssuedVouchers::new()
            .coupon_id("")
            .customer_id("")
            .order_id("")
            .create_time_begin(time(late))
            .create_time_end(time(early))
            .effective_time_begin(time(late))
            .effective_time_end(time(early))
            .expire_time_begin(time(late))
            .expire_time_end(time(early))
            .limit(101_u32)
            .indirect_partner_id("");
        assert_eq!(
            violated(&request),
            [
                "coupon_id",
                "customer_id",
                "order_id",
                "create_time_begin",
                "effective_time_begin",
                "expire_time_begin",
                "limit",
                "indirect_partner_id"
            ]
        );
        ListIssuedVouchers::new()
            .coupon_type(VoucherType::Cash)
            .status(VoucherStatus::Used)
            .validate()
            .unwrap();
    }
}
