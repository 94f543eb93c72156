//! The vouchers that an account holds itself.

use super::{FetchMethod, Frozen, Medium, UseLimit, VoucherStatus, VoucherType};
use crate::{
    operation,
    types::{
        Amount, Currency, CustomerId, MeasureUnit, OrderId, ResellerId, Secret, UtcTime, VoucherId,
        fields::EmptyAsNone, money_methods, open_enum::open_codes, response,
    },
};

operation! {
    /// The vouchers that the calling account holds, one page, with what is left on each.
    ///
    /// A partner sees a customer's only with a token of that customer, by an agency that the customer
    /// granted; those that it issued itself are in [`ListIssuedVouchers`](super::ListIssuedVouchers).
    ///
    /// Vouchers that ended more than a year ago are not listed. Empty ids are filters too: they find vouchers
    /// without one.
    GET "/v2/promotions/benefits/coupons" as bss "ListSubCustomerCoupons" -> HeldVoucherPage {
        sites(ALL), caller(Either), rows(100, user_coupons: HeldVoucher, total: count, key: coupon_id),
        permissions("BPC_MENU_FINANCE_100100", "BPC_ITEM_SUBCUSTSERV_050101"),
        source("https://support.huaweicloud.com/api-bpconsole/mp_02001.html"),
    }
    pub struct ListHeldVouchers {
        optional {
            /// Only this voucher.
            coupon_id: VoucherId where len(0..=64),
            /// Only those that belong to this order.
            order_id: OrderId where len(0..=64),
            /// Only those from this promotion plan.
            promotion_plan_id: String where len(0..=64),
            /// Only those of this kind. Partners hold cash vouchers only; so does everybody on the
            /// international site.
            coupon_type: VoucherType,
            /// Only those in this state.
            status: VoucherStatus,
            /// Only those activated at or after this instant.
            active_start_time: UtcTime,
            /// Only those activated at or before this instant.
            active_end_time: UtcTime,
            /// Rows to skip; none by default. The service takes it only together with
            /// [`limit`](Self#structfield.limit).
            offset: u32,
            /// Rows per page. The bounds are inferred.
            limit: u32 where range(1..=100) default(10),
            /// Only those from this issuer: the partner's account for vouchers issued by a partner. Empty
            /// text filters by empty.
            source_id: String,
            /// Lists the vouchers of customers of this reseller of the calling distributor; without it those
            /// of the caller's own. China site only. Up to 64 characters (inferred).
            indirect_partner_id: ResellerId where len(0..=64),
        }
        check |it, check| check
            .range("coupon_type", &it.coupon_type.map(VoucherType::code), 1..=4)
            .range("status", &it.status.map(VoucherStatus::code), 1..=5)
            .ordered(("active_start_time", it.active_start_time), ("active_end_time", it.active_end_time))
            .rule(
                "offset",
                it.offset.is_none() || it.limit.is_some(),
                "must be given together with limit",
            )
    }
}

response! {
    /// One page of held vouchers.
    pub struct HeldVoucherPage {
        /// Total number of vouchers that match.
        pub count: Option<u64>,
        /// Rows of this page.
        pub user_coupons: Vec<HeldVoucher>,
    }
}

response! {
    /// A voucher as its holder sees it.
    pub struct HeldVoucher {
        /// Id under which the service knows the voucher.
        pub coupon_id: VoucherId,
        /// The code on it. Kept secret, because whether it is enough to use the voucher is not documented.
        pub coupon_code: Option<Secret>,
        /// State of the voucher.
        pub status: Option<VoucherStatus>,
        /// The account that holds it.
        pub customer_id: Option<CustomerId>,
        /// Type of the voucher.
        pub coupon_type: Option<VoucherType>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// Value of the voucher when it was issued.
        pub face_value: Option<Amount>,
        /// Start of its validity; for issued vouchers the service calls this `effective_time`.
        #[with(EmptyAsNone)]
        pub valid_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// The order that it belongs to.
        pub order_id: Option<OrderId>,
        /// The promotion plan that it comes from.
        pub promotion_plan_id: Option<String>,
        /// Name of the promotion plan.
        pub plan_name: Option<String>,
        /// Description of the promotion plan.
        pub plan_desc: Option<String>,
        /// Medium of the voucher.
        pub media_type: Option<Medium>,
        /// Way in which the holder received the voucher.
        pub fetch_method: Option<FetchMethod>,
        /// Limits on the use of the voucher.
        pub use_limits: Vec<UseLimit>,
        /// Time of the activation.
        #[with(EmptyAsNone)]
        pub active_time: Option<UtcTime>,
        /// Time of use; for issued vouchers the service calls this `last_used_time`.
        #[with(EmptyAsNone)]
        pub reserve_time: Option<UtcTime>,
        /// The promotion within the plan.
        pub promotion_id: Option<String>,
        /// Time of the issue.
        #[with(EmptyAsNone)]
        pub create_time: Option<UtcTime>,
        /// Generation of the voucher: usable once, or until used up.
        pub coupon_version: Option<VoucherVersion>,
        /// Remaining value; `None` on vouchers of the old version.
        pub balance: Option<Amount>,
        /// The order that holds it back at the moment; none on vouchers of the old version.
        pub lock_order_id: Option<OrderId>,
        /// Purpose of the voucher as text.
        pub coupon_usage: Option<String>,
        /// Whether the voucher is frozen. Frozen ones are left out where usable ones are asked for.
        pub is_frozen: Option<Frozen>,
        /// The currency of the amounts.
        pub currency: Option<Currency>,
        /// Reserved by the service for extensions.
        pub extend_param1: Option<String>,
        /// Issuer: the account of the partner, or for others the activity, the plan or the creator.
        pub source_id: Option<String>,
    }
}

money_methods! {
    HeldVoucher {
        /// The value of the voucher when it was issued.
        issued => face_value,
        /// The remaining value, which vouchers of the old version lack.
        remaining => balance,
    }
}

open_codes! {
    /// Generation of a voucher: usable once, or until used up.
    pub enum VoucherVersion {
        /// Once, whatever is left; such vouchers have no balance.
        Once = 1,
        /// Voucher can be used until its value is used up.
        UntilUsedUp = 2,
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
        let page: HeldVoucherPage = decode_str(
            r#"{"count":2,"user_coupons":[
                {"coupon_id":"v1","coupon_code":"K7-marker","status":2,"customer_id":"c1","coupon_type":1,"measure_id":1,
                 "face_value":100.0,"valid_time":"2026-01-01T00:00:00Z","expire_time":"2027-01-01T00:00:00Z",
                 "coupon_version":2,"balance":12.34,"is_frozen":"1","currency":"USD","source_id":"p1",
                 "use_limits":[{"use_limiti_info_id":"5","limit_key":"firstOrderInService","value1":"1"}]},
                {"coupon_id":"v2","status":3,"coupon_type":2,"coupon_version":1,"balance":"","lock_order_id":null}]}"#,
        )
        .unwrap();
        assert_eq!(ListHeldVouchers::total(&page), Some(2));
        let [new, old] = ListHeldVouchers::items(&page) else { unreachable!() };
        assert_eq!((new.balance, &new.currency), ("12.34".parse().ok(), &Some(Currency::Usd)));
        assert_eq!(new.is_frozen, Some(Frozen::Yes));
        assert_eq!(new.coupon_code.as_ref().map(Secret::expose), Some("K7-marker"));
        assert!(!format!("{new:?}").contains("marker"));
        assert_eq!((old.coupon_version, old.lock_order_id.as_ref()), (Some(VoucherVersion::Once), None));
    }

    #[test]
    fn documented_limits_are_checked() {
        let request = ListHeldVouchers::new()
            .coupon_id("v".repeat(65))
            .order_id("o".repeat(65))
            .promotion_plan_id("p".repeat(65))
            .coupon_type(VoucherType::Other(5))
            .status(VoucherStatus::Other(0))
            .active_start_time("2026-02-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .active_end_time("2026-01-01T00:00:00Z".parse::<UtcTime>().unwrap())
            .offset(10_u32)
            .indirect_partner_id("r".repeat(65));
        assert_eq!(
            violated(&request),
            [
                "coupon_id",
                "order_id",
                "promotion_plan_id",
                "coupon_type",
                "status",
                "active_start_time",
                "offset",
                "indirect_partner_id"
            ]
        );
        ListHeldVouchers::new().offset(10_u32).limit(100_u32).coupon_id("").validate().unwrap();
        ListHeldVouchers::new().limit(101_u32).validate().unwrap_err();
    }
}
