//! Types that all lists of vouchers share: kinds, states and limits.

use crate::types::{
    open_enum::{open_codes, open_enum},
    response,
};

response! {
    /// Limit on the use of a voucher: one named limit with its value.
    pub struct UseLimit {
        /// The limit among all limits of all vouchers; the wire name is misspelt.
        #[name("use_limiti_info_id")]
        pub use_limit_info_id: Option<String>,
        /// Key that names the limit.
        pub limit_key: Option<LimitKey>,
        /// Value of the limit, whose meaning depends on the key.
        pub value1: Option<String>,
        /// A second part, where the limit has one.
        pub value2: Option<String>,
        /// Unit in which the value is measured.
        pub value_unit: Option<String>,
        /// A kind of limit whose codes are not documented.
        pub limit_type: Option<String>,
        /// The promotion plan that brought the limit.
        pub promotion_plan_id: Option<String>,
    }
}

open_enum! {
    /// Key of a limit of a voucher or a quota. The documented table was not found in full: further keys are
    /// passed on unchanged, among them charging modes and products that must not be paid with the voucher.
    pub enum LimitKey {
        /// Only for these orders: `new`, `renew` or `change`.
        SubscribeType = "subscribeType",
        /// Only in this region: its code first, its name second.
        Region = "regionCode",
        /// Only for these products: ids joined by commas.
        Products = "productId",
        /// Only for the first purchase of a service.
        FirstOrderInService = "firstOrderInService",
        /// Number of uses: 0 without limit, 1 once, or a larger number.
        UsageTimes = "usageTimes",
        /// The largest share of a payment, above 0 and up to 1.
        MaxDeductionRatio = "maxDeductionRatio",
        /// Whether a rebate is paid for what it pays: 0 no, 1 yes; on flexi-purchase vouchers only.
        Rebate = "isRebate",
        /// Only for what the marketplace calls strictly selected.
        StrictlySelected = "isOnlyForStrictSelected",
        /// Not together with a discount where every line of an order is discounted below this ratio.
        MinConsumeDiscount = "minConsumeDiscount",
        /// Together with discounts that a partner granted: 0 no, 1 yes. One page counts commercial discounts among them.
        WithPartnerDiscount = "simultaneousUseWithEmpowerDiscount",
        /// Together with commercial discounts: 0 no.
        WithCommercialDiscount = "simultaneousUseWithContractDiscount",
        /// Together with promotion discounts: 0 no.
        WithPromotionDiscount = "simultaneousUseWithPromotionDiscount",
    }
}

open_codes! {
    /// Type of a voucher. The vouchers of an order and of a bill are coded otherwise, from 300.
    pub enum VoucherType {
        /// A cash voucher (代金券): pays like money for what it is limited to. The only kind outside the China site, and the
        /// only one that a partner itself holds.
        Cash = 1,
        /// A discount voucher (折扣券).
        Discount = 2,
        /// A product voucher (产品券); the newest documentation has it no longer.
        Product = 3,
        /// A flexi-purchase voucher (现金券), which despite its Chinese name is not the cash voucher.
        FlexiPurchase = 4,
    }
}

open_codes! {
    /// Whether a voucher can be used. One whose end has passed cannot, whatever this says.
    pub enum VoucherStatus {
        /// Not activated yet; the newest documentation has it no longer.
        NotActivated = 1,
        /// Voucher can be used.
        Usable = 2,
        /// Voucher was used.
        Used = 3,
        /// Voucher has expired.
        Expired = 4,
        /// Voucher was reclaimed by its issuer.
        Reclaimed = 5,
    }
}

open_codes! {
    /// Medium of a voucher.
    pub enum Medium {
        /// A record only.
        Electronic = 1,
        /// Voucher on paper.
        Paper = 2,
    }
}

open_codes! {
    /// Way in which the holder received a voucher.
    pub enum FetchMethod {
        /// Voucher was claimed online.
        Claimed = 1,
        /// Exchanged online for something else.
        Exchanged = 2,
        /// Issued to it online.
        Issued = 3,
        /// Voucher was received offline.
        Offline = 4,
        /// Given by an event.
        Event = 5,
    }
}

open_enum! {
    /// Whether a voucher is frozen.
    pub enum Frozen {
        /// Statement is false.
        No = "0",
        /// Voucher is frozen and cannot be used.
        Yes = "1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;

    #[test]
    fn the_misspelt_name_is_kept_on_the_wire() {
        let json = r#"{"use_limiti_info_id":"7","limit_key":"usageTimes","value1":"1","value2":null,"value_unit":null,"limit_type":null,"promotion_plan_id":"p1"}"#;
        let limit: UseLimit = decode_str(json).unwrap();
        assert_eq!(limit.use_limit_info_id.as_deref(), Some("7"));
        assert_eq!(limit.limit_key, Some(LimitKey::UsageTimes));
        assert_eq!(serde_json::to_string(&limit).unwrap(), json);
    }

    #[test]
    fn unknown_codes_are_kept() {
        assert_eq!(decode_str::<VoucherType>("6").unwrap(), VoucherType::Other(6));
        assert_eq!(decode_str::<VoucherStatus>("\"2\"").unwrap(), VoucherStatus::Usable);
        assert_eq!(decode_str::<Frozen>("1").unwrap(), Frozen::Yes);
        assert_eq!(decode_str::<Frozen>("\"2\"").unwrap().as_str(), "2");
    }
}
