//! Quotas from which a partner issues vouchers.

use super::LimitKey;
use crate::{
    operation,
    types::{
        Amount, Currency, MeasureUnit, QuotaId, ResellerId, UtcTime, fields::EmptyAsNone, money_methods,
        open_enum::open_codes, response,
    },
};

operation! {
    /// The quotas that the calling partner, or one of its resellers, can issue vouchers from, one page.
    ///
    /// A partner's quota is set up by Huawei Cloud on request of the account manager, no call makes one; a
    /// reseller's is cut from its distributor's with
    /// [`GrantVoucherQuotas`](crate::resellers::GrantVoucherQuotas).
    ///
    /// Unless [`quota_type`](Self#structfield.quota_type) says otherwise only cash-voucher quotas are listed:
    /// those of flexi-purchase vouchers take a second query. An empty list filters by nothing. Times are
    /// bounds that do not belong to what is found.
    POST "/v2/partners/coupon-quotas/query" as bss "ListQuotaCoupons" -> VoucherQuotaPage {
        read, rows(100, quotas: VoucherQuota, total: total_count, key: quota_id), permissions("BPC_ITEM_SUBCUSTSERV_030100"),
        source("https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0091566753.html"),
    }
    pub struct ListQuotas {
        optional {
            /// Only these, up to 50.
            quota_ids: Vec<QuotaId> where count(0..=50),
            /// Only those in one of these states, up to 5.
            quota_status_list: Vec<QuotaStatus> where count(0..=5),
            /// Only those for vouchers of this kind; the service takes cash vouchers by default.
            quota_type: QuotaType,
            /// Only those set up later than this.
            create_time_begin: UtcTime,
            /// Only those set up earlier than this.
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
            /// The quotas of this reseller of the calling distributor; its own without it. Up to 64
            /// characters (inferred).
            indirect_partner_id: ResellerId where len(0..=64),
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
    /// One page of quotas.
    pub struct VoucherQuotaPage {
        /// Total number of quotas that match.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub quotas: Vec<VoucherQuota>,
    }
}

response! {
    /// A quota that vouchers are issued from.
    pub struct VoucherQuota {
        /// The id by which vouchers are issued from it.
        pub quota_id: QuotaId,
        /// Type of the quota's vouchers.
        pub quota_type: Option<QuotaType>,
        /// Time at which the quota was created.
        #[with(EmptyAsNone)]
        pub create_time: Option<UtcTime>,
        /// Time of the last change.
        #[with(EmptyAsNone)]
        pub last_update_time: Option<UtcTime>,
        /// Granted amount; two decimals.
        pub quota_value: Option<Amount>,
        /// Whether vouchers can be issued from the quota.
        pub quota_status: Option<QuotaStatus>,
        /// Amount that has not been issued yet; two decimals.
        pub balance: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// The currency of the amounts; yuan.
        pub currency: Option<Currency>,
        /// Start of the time in which vouchers may be issued from it.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// Limits on the use of the quota's vouchers. A voucher may be limited further, never less.
        pub limit_infos: Vec<QuotaLimit>,
    }
}

money_methods! {
    VoucherQuota {
        /// The granted amount.
        granted => quota_value,
        /// The amount that has not been issued yet.
        remaining => balance,
    }
}

response! {
    /// Limit on the use of a quota's vouchers: one named limit with its values.
    pub struct QuotaLimit {
        /// Key that names the limit.
        pub limit_key: Option<LimitKey>,
        /// Values of the limit, whose meaning depends on the key.
        pub limit_values: Vec<LimitValue>,
    }
}

response! {
    /// One value of a limit.
    pub struct LimitValue {
        /// The value, such as `new`.
        pub value1: Option<String>,
        /// A second part, where the limit has one.
        pub value2: Option<String>,
    }
}

open_codes! {
    /// Type of the vouchers of a quota.
    pub enum QuotaType {
        /// Cash vouchers. Quotas of resellers are always of this kind.
        Cash = 0,
        /// Quota of flexi-purchase vouchers.
        FlexiPurchase = 1,
    }
}

open_codes! {
    /// Whether vouchers can be issued from a quota.
    pub enum QuotaStatus {
        /// Vouchers can be issued.
        Normal = 0,
        /// Expired, or made invalid by hand.
        Invalid = 3,
        /// Being adjusted: visible, but nothing can be issued.
        Adjusting = 4,
        /// Resource is frozen.
        Frozen = 5,
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
        let page: VoucherQuotaPage = decode_str(
            r#"{"total_count":1,"quotas":[{"quota_id":"q1","quota_type":1,"quota_value":1000.00,"balance":"250.50",
                "quota_status":4,"currency":"CNY","measure_id":1,"effective_time":"2026-01-01T00:00:00Z","expire_time":"",
                "limit_infos":[{"limit_key":"subscribeType","limit_values":[{"value1":"new"},{"value1":"renew"}]},
                    {"limit_key":"somethingNew","limit_values":[{"value1":"a","value2":"b"}]}]}]}"#,
        )
        .unwrap();
        let [quota] = ListQuotas::items(&page) else { unreachable!() };
        assert_eq!(
            (quota.quota_type, quota.quota_status),
            (Some(QuotaType::FlexiPurchase), Some(QuotaStatus::Adjusting))
        );
        assert_eq!(quota.balance, "250.5".parse().ok());
        assert_eq!(quota.expire_time, None);
        assert_eq!(quota.limit_infos[0].limit_key, Some(LimitKey::SubscribeType));
        assert_eq!(quota.limit_infos[0].limit_values[1].value1.as_deref(), Some("renew"));
        assert_eq!(quota.limit_infos[1].limit_key, Some("somethingNew".into()));
    }

    #[test]
    fn documented_limits_are_checked() {
        let (early, late) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        let time = |text: &str| text.parse::<UtcTime>().unwrap();
        let request = ListQuotas::new()
            .quota_ids(vec![QuotaId::from("q"); 51])
            .quota_status_list([QuotaStatus::Normal; 6])
            .create_time_begin(time(late))
            .create_time_end(time(early))
            .effective_time_begin(time(late))
            .effective_time_end(time(early))
            .expire_time_begin(time(late))
            .expire_time_end(time(early))
            .limit(101_u32)
            .indirect_partner_id("r".repeat(65));
        assert_eq!(
            violated(&request),
            [
                "quota_ids",
                "quota_status_list",
                "create_time_begin",
                "effective_time_begin",
                "expire_time_begin",
                "limit",
                "indirect_partner_id"
            ]
        );
        ListQuotas::new().quota_ids([""; 0]).quota_status_list([QuotaStatus::Other(9)]).validate().unwrap();
    }
}
