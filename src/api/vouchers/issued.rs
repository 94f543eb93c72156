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
    /// those of customers for whom the partner does not pay. Times are bounds; empty ids are refused.
    GET "/v2/promotions/benefits/partner-coupons" as bss "ListIssuedPartnerCoupons" -> IssuedVoucherPage {
        rows(100, user_coupons: IssuedVoucher, total: total_count), permissions("BPC_ITEM_SUBCUSTSERV_030200"),
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
            /// Rows per page, 1 to 100 (inferred); the service takes 10 by default.
            limit: u32 where range(1..=100) default(10),
            /// Those issued by this reseller of the calling distributor; to its own customers without it. Up
            /// to 64 characters (inferred).
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
        /// How many vouchers match in all.
        pub total_count: Option<u64>,
        /// Those of this page.
        pub user_coupons: Vec<IssuedVoucher>,
    }
}

response! {
    /// A voucher as the partner that issued it sees it.
    pub struct IssuedVoucher {
        /// The voucher, by which it is reclaimed.
        pub coupon_id: VoucherId,
        /// Whether it can be used.
        pub status: Option<VoucherStatus>,
        /// The customer that holds it.
        pub customer_id: CustomerId,
        /// What it is.
        pub coupon_type: Option<VoucherType>,
        /// What the amounts count.
        pub measure_id: Option<MeasureUnit>,
        /// What it was worth when it was issued.
        pub face_value: Option<Amount>,
        /// From when it can be used.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// Until when.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// The order that it belongs to.
        pub order_id: Option<OrderId>,
        /// The promotion plan that it comes from.
        pub promotion_plan_id: Option<String>,
        /// What that plan is called.
        pub promotion_plan_name: Option<String>,
        /// What that plan says about itself.
        pub promotion_plan_desc: Option<String>,
        /// What it is made of.
        pub media_type: Option<Medium>,
        /// How the customer came by it.
        pub fetch_method: Option<FetchMethod>,
        /// What it may be used for.
        pub use_limits: Vec<UseLimit>,
        /// When it was activated.
        #[with(EmptyAsNone)]
        pub active_time: Option<UtcTime>,
        /// When it was last used.
        #[with(EmptyAsNone)]
        pub last_used_time: Option<UtcTime>,
        /// The promotion within the plan.
        pub promotion_id: Option<String>,
        /// When it was issued.
        #[with(EmptyAsNone)]
        pub create_time: Option<UtcTime>,
        /// What is left on it, and what a reclaim takes back.
        pub balance: Option<Amount>,
        /// The order that holds it back at the moment; none on vouchers of the old version.
        pub lock_order_id: Option<OrderId>,
        /// Whether it is frozen. Frozen ones are left out where usable ones are asked for.
        pub is_frozen: Option<Frozen>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
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
        let invalid = ListIssuedVouchers::new()
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
            .indirect_partner_id("")
            .validate()
            .unwrap_err();
        let fields: Vec<_> = invalid.broken().iter().map(|rule| rule.field).collect();
        assert_eq!(
            fields,
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
