//! What vouchers have in common, whoever lists them: their kinds, states and limits.

use crate::types::{
    open_enum::{open_codes, open_enum},
    response,
};

response! {
    /// What a voucher may be used for: one named limit with its value.
    pub struct UseLimit {
        /// The limit among all limits of all vouchers; the wire name is misspelt.
        #[name("use_limiti_info_id")]
        pub use_limit_info_id: Option<String>,
        /// Which limit.
        pub limit_key: Option<LimitKey>,
        /// Its value; what it means depends on the limit.
        pub value1: Option<String>,
        /// A second part, where the limit has one.
        pub value2: Option<String>,
        /// What the value counts.
        pub value_unit: Option<String>,
        /// A kind of limit whose codes are not documented.
        pub limit_type: Option<String>,
        /// The promotion plan that brought the limit.
        pub promotion_plan_id: Option<String>,
    }
}

open_enum! {
    /// Which limit a voucher or a quota carries. The documented table was not found in full: further names come as they
    /// are, among them charging modes and products that must not be paid with it.
    pub enum LimitKey {
        /// Only for these orders: `new`, `renew` or `change`.
        SubscribeType = "subscribeType",
        /// Only in this region: its code first, its name second.
        Region = "regionCode",
        /// Only for these products: ids joined by commas.
        Products = "productId",
        /// Only for the first purchase of a service.
        FirstOrderInService = "firstOrderInService",
        /// How many times: 0 without limit, 1 once, or so many times.
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
    /// What a voucher is. The vouchers of an order and of a bill are coded otherwise, from 300.
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
        /// It can.
        Usable = 2,
        /// It was used.
        Used = 3,
        /// Its time is over.
        Expired = 4,
        /// Whoever issued it took it back.
        Reclaimed = 5,
    }
}

open_codes! {
    /// What a voucher is made of.
    pub enum Medium {
        /// A record only.
        Electronic = 1,
        /// Paper.
        Paper = 2,
    }
}

open_codes! {
    /// How the holder came by a voucher.
    pub enum FetchMethod {
        /// Claimed online.
        Claimed = 1,
        /// Exchanged online for something else.
        Exchanged = 2,
        /// Issued to it online.
        Issued = 3,
        /// Obtained offline.
        Offline = 4,
        /// Given by an event.
        Event = 5,
    }
}

open_enum! {
    /// Whether a voucher is frozen.
    pub enum Frozen {
        /// It is not.
        No = "0",
        /// It is, and cannot be used.
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
