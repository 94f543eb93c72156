//! Paying an order or giving it up: what makes it cheaper, payment, cancellation.

use super::{ListOrders, Order, OrderStatus};
use crate::{
    operation,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow, request},
    types::{
        Amount, MeasureUnit, OrderId, Secret, UtcTime, VoucherId,
        fields::{AsText, EmptyAsNone},
        open_enum::{open_codes, open_enum},
        plain::plain,
        response,
    },
};

operation! {
    /// The vouchers that an unpaid order can be paid with.
    ///
    /// An IAM user of the customer needs `billing:order:view`. On the international site the customer's vouchers
    /// are listed with the order as a filter (inferred).
    GET "/v2/orders/customer-orders/order-coupons" as bss "ListOrderCouponsByOrderId" -> OrderVouchers {
        caller(Customer), alternative("bss.ListSubCustomerCoupons"),
        success(list "user_coupons"),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00015.html"),
    }
    pub struct ListOrderVouchers {
        required {
            /// The order, which waits for payment.
            order_id: OrderId where len(1..=64),
        }
    }
}

operation! {
    /// The discounts that an unpaid order can be paid with.
    ///
    /// An IAM user of the customer needs `billing:contract:viewDiscount`. The international site returns commercial
    /// and partner-granted discounts only, and none to customers of the reseller model.
    GET "/v2/orders/customer-orders/order-discounts" as bss -> OrderDiscounts {
        sites(ALL), caller(Customer), source("https://support.huaweicloud.com/api-bpconsole/api_order_00025.html"),
    }
    pub struct ListOrderDiscounts {
        required {
            /// The order, which waits for payment.
            order_id: OrderId where len(1..=64),
        }
    }
}

operation! {
    /// Pays an order that waits for payment.
    ///
    /// The money comes from the cash account first and then from the credit account; nothing in the request chooses
    /// (older and international pages put monthly settlement before both). An IAM user of the customer needs
    /// `billing:order:pay`. The response comes before the order is done: poll [`ShowOrder`](super::ShowOrder).
    ///
    /// There is no key against repeats. A repeat on a paid order is refused with `CBC.99003106` (inferred), which
    /// does not tell who paid it; so the client never repeats it after it may have been executed, and the state
    /// of the order tells what happened.
    ///
    /// Refused with [`BALANCE_TOO_LOW`](crate::error::codes::BALANCE_TOO_LOW) when the money does not suffice, with
    /// `CBC.99003110` after the time for payment, `CBC.99000089` for a single order of a combined transaction,
    /// `CBC.99003108` and `CBC.99003116` where the discount does not fit the order or the vouchers, `CBC.99003112`
    /// where a voucher is used already, `CBC.99003198` and `CBC.99003155` where a budget or an enterprise project
    /// has too little, and `CBC.99008040` when asked too often. For a member whose finances its enterprise manages,
    /// paying leaves an order that the master account pays.
    ///
    /// ```
    /// use huaweicloud_partner::{operation::Operation, orders::{OrderVoucher, PayOrder}};
    ///
    /// fn pay(order: &str, voucher: &OrderVoucher) -> PayOrder {
    ///     PayOrder::new(order).with_vouchers(voucher.for_payment())
    /// }
    /// # let voucher = huaweicloud_partner::types::decode_str(r#"{"coupon_id":"v1","coupon_type":301}"#).unwrap();
    /// # pay("CS1", &voucher).validate().unwrap();
    /// ```
    POST "/v3/orders/customer-orders/pay" as bss "PayOrders" -> Accepted {
        sites(ALL), caller(Customer), state("bss.ListCustomerOrders"), success(empty),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00030.html"),
    }
    pub struct PayOrder {
        required {
            /// The order; of a combined transaction the combined one.
            order_id: OrderId where len(1..=64),
        }
        optional {
            /// The vouchers to pay with, at most 3 from [`ListOrderVouchers`]; cash and discount vouchers not
            /// together. Left out unless [`use_coupon`](Self#structfield.use_coupon) says yes.
            coupon_infos: Vec<PaymentVoucher>,
            /// The discount to pay with, at most 1 from [`ListOrderDiscounts`]. A price adjustment of the order
            /// must be used. Left out unless [`use_discount`](Self#structfield.use_discount) says yes.
            discount_infos: Vec<PaymentDiscount>,
        }
        preset {
            /// Whether vouchers are used; no to begin with. [`with_vouchers`](Self::with_vouchers) sets it.
            use_coupon: YesNo = YesNo::No,
            /// Whether a discount is used; no to begin with. [`with_discount`](Self::with_discount) sets it.
            use_discount: YesNo = YesNo::No,
        }
        check |it, check| {
            let vouchers = it.coupon_infos.as_deref().unwrap_or_default();
            let discounts = it.discount_infos.as_deref().unwrap_or_default();
            let with_identity_kind = |kind| vouchers.iter().any(|voucher| voucher.kind == kind);
            let fits = |used: &YesNo, given: Option<usize>| match used {
                YesNo::Yes => given.is_some_and(|count| count > 0),
                YesNo::No => given.is_none(),
                YesNo::Other(_) => true,
            };
            check
                .rule(
                    "coupon_infos",
                    fits(&it.use_coupon, it.coupon_infos.as_ref().map(Vec::len)),
                    "must be given if use_coupon is YES and left out if it is NO",
                )
                .count("coupon_infos", vouchers.len(), 0..=3)
                .rule(
                    "coupon_infos",
                    !(with_identity_kind(PaymentVoucherType::Cash)
                        && with_identity_kind(PaymentVoucherType::Discount)),
                    "must not mix cash and discount vouchers",
                )
                .rule(
                    "coupon_infos",
                    vouchers.iter().all(|voucher| is_id(voucher.id.as_str())),
                    "must have ids of 1 to 64 characters",
                )
                .rule(
                    "discount_infos",
                    fits(&it.use_discount, it.discount_infos.as_ref().map(Vec::len)),
                    "must be given if use_discount is YES and left out if it is NO",
                )
                .count("discount_infos", discounts.len(), 0..=1)
                .rule(
                    "discount_infos",
                    discounts.iter().all(|discount| is_id(&discount.id)),
                    "must have ids of 1 to 64 characters",
                )
                .rule(
                    "discount_infos",
                    discounts.iter().all(|discount| discount.kind != OrderDiscountType::Contract),
                    "must not be a contract discount, for which payment has no code",
                )
        }
    }
}

impl PayOrder {
    /// Pays with these vouchers; with none of them, without vouchers.
    #[must_use]
    pub fn with_vouchers(mut self, vouchers: impl IntoIterator<Item = PaymentVoucher>) -> Self {
        let vouchers: Vec<_> = vouchers.into_iter().collect();
        self.use_coupon = (!vouchers.is_empty()).into();
        self.coupon_infos = (!vouchers.is_empty()).then_some(vouchers);
        self
    }

    /// Pays with this discount.
    #[must_use]
    pub fn with_discount(mut self, discount: PaymentDiscount) -> Self {
        self.use_discount = YesNo::Yes;
        self.discount_infos = Some(vec![discount]);
        self
    }
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.chars().count())
}

impl Resolvable for PayOrder {
    type Query = ListOrders;

    /// The order itself is the record; it was placed before the window.
    fn query(&self, _window: TimeWindow) -> ListOrders {
        ListOrders::new().order_id(&self.order_id)
    }

    /// Paying and cancelling change the same object, so they have one kind.
    fn legs(&self) -> Vec<Leg> {
        vec![Leg::new(self.order_id.as_str(), "")]
    }

    fn facts(&self, record: &Order) -> RecordFacts {
        let status = record.status.filter(|status| status.is_known());
        let reached =
            status.map(|status| !matches!(status, OrderStatus::PendingPayment | OrderStatus::Cancelled));
        RecordFacts::new().target(Some(spelling(record, &self.order_id))).undated().reached(reached)
    }

    fn results(&self, _output: &Accepted) -> Vec<TargetResult> {
        vec![TargetResult::executed(self.order_id.as_str(), self.order_id.as_str())]
    }
}

/// The id of an order as the request spells it: the service does not tell upper from lower case.
fn spelling(record: &Order, sent: &OrderId) -> String {
    let same = record.order_id.as_str().eq_ignore_ascii_case(sent.as_str());
    if same { sent.to_string() } else { record.order_id.to_string() }
}

request! {
    /// One of the vouchers that an order is paid with.
    pub struct PaymentVoucher {
        required {
            /// The voucher, up to 64 characters.
            id: VoucherId,
            /// Type of the voucher.
            #[name("type")]
            kind: PaymentVoucherType,
        }
    }
}

request! {
    /// The discount that an order is paid with.
    pub struct PaymentDiscount {
        required {
            /// The discount, up to 64 characters.
            id: String,
            /// Reason for which it is granted.
            #[name("type")]
            kind: OrderDiscountType,
        }
    }
}

operation! {
    /// Cancels an order that waits for payment.
    ///
    /// An IAM user of the customer needs `bss:order:update`. An order in any other state is refused with
    /// `CBC.99005010`, a cancelled one too, so that a repeat changes nothing but cannot tell whether the first call
    /// did; the client does not repeat it after it may have been executed. A single order of a combined
    /// transaction is refused with `CBC.99000089`.
    PUT "/v2/orders/customer-orders/cancel" as bss "CancelCustomerOrder" -> Accepted {
        sites(ALL), caller(Customer), state("bss.ListCustomerOrders"), success(empty),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00017.html"),
    }
    pub struct CancelOrder {
        required {
            /// The order; of a combined transaction the combined one.
            order_id: OrderId where len(1..=64),
        }
    }
}

impl Resolvable for CancelOrder {
    type Query = ListOrders;

    /// The order itself is the record; it was placed before the window.
    fn query(&self, _window: TimeWindow) -> ListOrders {
        ListOrders::new().order_id(&self.order_id)
    }

    /// Paying and cancelling change the same object, so they have one kind.
    fn legs(&self) -> Vec<Leg> {
        vec![Leg::new(self.order_id.as_str(), "")]
    }

    fn facts(&self, record: &Order) -> RecordFacts {
        let status = record.status.filter(|status| status.is_known());
        let reached = status.map(|status| status == OrderStatus::Cancelled);
        RecordFacts::new().target(Some(spelling(record, &self.order_id))).undated().reached(reached)
    }

    fn results(&self, _output: &Accepted) -> Vec<TargetResult> {
        vec![TargetResult::executed(self.order_id.as_str(), self.order_id.as_str())]
    }
}

/// The service took it; there is nothing more to say. On the wire no body, or an empty object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {}

plain! { Accepted {} }

#[cfg(feature = "dynamic")]
crate::types::schema::described! { Accepted => {"type": "object"} }

response! {
    /// The vouchers that fit an order.
    pub struct OrderVouchers {
        /// Total number of vouchers.
        pub count: Option<u64>,
        /// Vouchers that can pay the orders.
        pub user_coupons: Vec<OrderVoucher>,
        /// Number of vouchers of each kind that one payment may use.
        pub coupon_max_use_quantity: Vec<VoucherMaximum>,
    }
}

response! {
    /// A voucher that fits an order.
    pub struct OrderVoucher {
        /// The voucher, by which a payment names it.
        pub coupon_id: VoucherId,
        /// Code printed on the voucher; up to 64 characters. Anyone who has it can use the voucher, so
        /// `Debug` masks it.
        pub coupon_code: Option<Secret>,
        /// State of the voucher.
        pub status: Option<OrderVoucherStatus>,
        /// Type of the voucher.
        pub coupon_type: Option<OrderVoucherType>,
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
        /// The promotion it was issued in.
        pub plan_name: Option<String>,
        /// Description of the promotion plan.
        pub plan_desc: Option<String>,
        /// Limits on the use of the voucher.
        pub use_limits: Vec<OrderVoucherLimit>,
        /// Time of the activation.
        #[with(EmptyAsNone)]
        pub active_time: Option<UtcTime>,
        /// Time of the last use.
        #[with(EmptyAsNone)]
        pub last_used_time: Option<UtcTime>,
        /// Time of the issue.
        #[with(EmptyAsNone)]
        pub create_time: Option<UtcTime>,
        /// Generation of the voucher.
        pub coupon_version: Option<VoucherGeneration>,
        /// Remaining value of the voucher.
        pub balance: Option<Amount>,
        /// The order that holds it; while one does, no other can use it.
        pub used_by_order_id: Option<OrderId>,
        /// Purpose of the voucher as text; up to 512 characters.
        pub coupon_usage: Option<String>,
        /// Group of the voucher's issuer.
        pub coupon_group: Option<VoucherGroup>,
    }
}

impl OrderVoucher {
    /// The voucher as a payment names it; `None` for a sort that payments do not take.
    pub fn for_payment(&self) -> Option<PaymentVoucher> {
        self.coupon_type
            .and_then(OrderVoucherType::for_payment)
            .map(|kind| PaymentVoucher::new(&self.coupon_id, kind))
    }
}

response! {
    /// One thing that a voucher is limited to.
    ///
    /// Keys seen: `subscribeType` (`new`, `renew` or `change`), `regionCode` (code, then name), `productId` (several, with
    /// commas), `firstOrderInService`, `isRebate`, `isOnlyForStrictSelected`, `maxDeductionRatio` (above 0, up to 1),
    /// `minConsumeDiscount` (not if the discount ratio of every line is below it), and
    /// `simultaneousUseWithEmpowerDiscount`, `…ContractDiscount` and `…PromotionDiscount`, whose `0` excludes partner-granted,
    /// commercial and promotion discounts. The full table was not found.
    pub struct OrderVoucherLimit {
        /// The limit as a record of the service.
        #[name("use_limiti_info_id")]
        pub use_limit_info_id: Option<String>,
        /// Key of the limit, one of those named above.
        pub limit_key: String,
        /// The value, as the key has it.
        pub value1: Option<String>,
        /// A second part of the value, where the key has one.
        pub value2: Option<String>,
        /// Unit of the values.
        pub value_unit: Option<String>,
        /// Type of the limit; the codes are not documented.
        pub limit_type: Option<String>,
        /// The promotion that the limit belongs to.
        pub promotion_plan_id: Option<String>,
    }
}

response! {
    /// Number of vouchers of one kind that a payment may use.
    pub struct VoucherMaximum {
        /// Type of these vouchers.
        pub coupon_type: Option<OrderVoucherType>,
        /// Group of the issuer.
        pub coupon_group: Option<VoucherGroup>,
        /// The most that one payment takes.
        pub use_quantity_value: Option<i64>,
    }
}

response! {
    /// The discounts that fit an order.
    pub struct OrderDiscounts {
        /// The discounts; a payment takes one.
        pub discounts: Vec<OrderDiscount>,
    }
}

response! {
    /// A discount that fits an order.
    pub struct OrderDiscount {
        /// The discount, by which a payment names it.
        pub discount_id: String,
        /// The rate or the reduction, as the mode of the lines says; none for fixed prices. Text on the wire.
        #[with(AsText)]
        pub discount_value: Option<Amount>,
        /// Reason for which it is granted.
        pub discount_type: Option<OrderDiscountType>,
        /// Orders that the discount applies to.
        pub orders: Vec<DiscountedOrder>,
    }
}

impl OrderDiscount {
    /// The discount as a payment names it; `None` for a contract discount, for which payments have no code.
    pub fn for_payment(&self) -> Option<PaymentDiscount> {
        let kind = self.discount_type.filter(|kind| *kind != OrderDiscountType::Contract)?;
        Some(PaymentDiscount::new(self.discount_id.as_str(), kind))
    }
}

response! {
    /// Discount on one order.
    pub struct DiscountedOrder {
        /// Id of the discounted order.
        pub order_id: OrderId,
        /// Lines of the order, equal ones together.
        pub order_line_items: Vec<DiscountedLines>,
    }
}

response! {
    /// Discount on lines of the same product, size and final price.
    pub struct DiscountedLines {
        /// Ids of the lines.
        pub order_line_item_ids: Vec<String>,
        /// Method by which the discount is calculated.
        pub discount_mode: Option<DiscountMode>,
        /// Amount that the discount takes off the price.
        pub discount_amount: Option<Amount>,
        /// The share it leaves or takes; which of them is not documented. A voucher's `minConsumeDiscount` is compared with
        /// it.
        pub discount_ratio: Option<Amount>,
    }
}

open_enum! {
    /// Yes or no, where the service takes words.
    pub enum YesNo {
        /// Condition is met.
        Yes = "YES",
        /// Condition is not met.
        No = "NO",
    }
}

impl From<bool> for YesNo {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

open_codes! {
    /// Type of a voucher, as a payment names it.
    pub enum PaymentVoucherType {
        /// Takes a share off.
        Discount = 300,
        /// Is spent like money.
        Cash = 301,
        /// Flexi-purchase voucher, which pays like credit.
        FlexiPurchase = 302,
        /// Stored-value card with a balance.
        StoredValueCard = 303,
    }
}

open_codes! {
    /// Type of a voucher, as the vouchers of an order are listed.
    ///
    /// The pages of 2025 have the codes of payments, the official SDK has older ones; both are read.
    pub enum OrderVoucherType {
        /// Is spent like money; older code.
        OldCash = 1,
        /// Takes a share off; older code.
        OldDiscount = 2,
        /// Pays for one product; older code.
        OldProduct = 3,
        /// Flexi-purchase; older code.
        OldFlexiPurchase = 4,
        /// Takes a share off.
        Discount = 300,
        /// Is spent like money.
        Cash = 301,
        /// Flexi-purchase voucher, which pays like credit.
        FlexiPurchase = 302,
        /// Stored-value card with a balance.
        StoredValueCard = 303,
    }
}

impl OrderVoucherType {
    /// The code by which a payment names this sort; `None` where it has no such code.
    pub const fn for_payment(self) -> Option<PaymentVoucherType> {
        match self {
            Self::Discount | Self::OldDiscount => Some(PaymentVoucherType::Discount),
            Self::Cash | Self::OldCash => Some(PaymentVoucherType::Cash),
            Self::FlexiPurchase | Self::OldFlexiPurchase => Some(PaymentVoucherType::FlexiPurchase),
            Self::StoredValueCard => Some(PaymentVoucherType::StoredValueCard),
            Self::OldProduct | Self::Other(_) => None,
        }
    }
}

open_codes! {
    /// Whether a voucher can be used as it is.
    pub enum OrderVoucherStatus {
        /// Voucher has to be activated first.
        NotActivated = 1,
        /// Voucher can be used.
        Usable = 2,
    }
}

open_codes! {
    /// Generation of a voucher in an order.
    pub enum VoucherGeneration {
        /// The old one: cash, discount and bonus vouchers.
        Old = 1,
        /// The new one: cash vouchers only.
        New = 2,
    }
}

open_codes! {
    /// Group of a voucher's issuer. A marketplace voucher and a dedicated one cannot pay together
    /// (`CBC.99003156`).
    pub enum VoucherGroup {
        /// Huawei Cloud, without more ado.
        Ordinary = 0,
        /// Issued for the marketplace.
        Marketplace = 1,
        /// Huawei Cloud, for the 1024 event.
        Dedicated = 2,
        /// Huawei Cloud, for hardware only.
        Hardware = 3,
    }
}

open_codes! {
    /// Kind of a discount on an order, as discounts are listed and paid with.
    pub enum OrderDiscountType {
        /// Discount of a promotion.
        Promotion = 0,
        /// A contract; listed, but payments have no code for it.
        Contract = 1,
        /// A commercial discount.
        Commercial = 2,
        /// Granted by the partner.
        PartnerGranted = 3,
        /// The price of this order was adjusted; must be used, and no other. For payments documented on the international
        /// site only.
        PriceAdjustment = 609,
    }
}

open_codes! {
    /// Method by which a discount is calculated.
    pub enum DiscountMode {
        /// By a rate.
        Rate = 0,
        /// By a fixed price.
        FixedPrice = 1,
        /// By a reduction from a threshold on.
        Reduction = 2,
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
    fn payment_says_whether_it_uses_what() {
        let plain = PayOrder::new("CS1");
        assert_eq!(
            serde_json::to_string(&plain).unwrap(),
            r#"{"order_id":"CS1","use_coupon":"NO","use_discount":"NO"}"#
        );
        assert!(violated(&plain).is_empty() && violated(&plain.clone().with_vouchers([])).is_empty());
        let full = PayOrder::new("CS1")
            .with_vouchers([PaymentVoucher::new("v1", PaymentVoucherType::Cash)])
            .with_discount(PaymentDiscount::new("d1", OrderDiscountType::PriceAdjustment));
        assert!(violated(&full).is_empty());
        assert_eq!(
            serde_json::to_value(&full).unwrap(),
            serde_json::json!({"order_id":"CS1","use_coupon":"YES","coupon_infos":[{"id":"v1","type":301}],
                "use_discount":"YES","discount_infos":[{"id":"d1","type":609}]})
        );
        assert_eq!(
            violated(&full.clone().use_coupon(false).use_discount(false)),
            ["coupon_infos", "discount_infos"]
        );
        assert_eq!(violated(&plain.use_coupon(true).use_discount(true)), ["coupon_infos", "discount_infos"]);
    }

    #[test]
    fn payment_takes_three_vouchers_of_sorts_that_go_together_and_one_discount() {
        let voucher = |kind| PaymentVoucher::new("v", kind);
        let four = vec![voucher(PaymentVoucherType::Cash); 4];
        assert_eq!(violated(&PayOrder::new("CS1").with_vouchers(four)), ["coupon_infos"]);
        let mixed = [voucher(PaymentVoucherType::Cash), voucher(PaymentVoucherType::Discount)];
        assert_eq!(violated(&PayOrder::new("CS1").with_vouchers(mixed)), ["coupon_infos"]);
        let contract = PaymentDiscount::new("", OrderDiscountType::Contract);
        assert_eq!(
            violated(&PayOrder::new("").with_discount(contract.clone())),
            ["order_id", "discount_infos", "discount_infos"]
        );
        let two = PayOrder::new("CS1").use_discount(true).discount_infos(vec![contract.clone(), contract]);
        assert_eq!(violated(&two).len(), 3);
    }

    #[test]
    fn vouchers_of_both_generations_of_codes_can_pay() {
        let vouchers: OrderVouchers = decode_str(
            r#"{"count":3,"user_coupons":[{"coupon_id":"v1","coupon_type":1,"coupon_version":2,"status":2,
                "face_value":100,"balance":12.5,"use_limits":[{"use_limiti_info_id":"l1","limit_key":"regionCode",
                "value1":"cn-north-1","value2":"Beijing"}],"used_by_order_id":""},
                {"coupon_id":"v2","coupon_type":303},{"coupon_id":"v3","coupon_type":3}],
                "coupon_max_use_quantity":[{"coupon_type":301,"coupon_group":0,"use_quantity_value":3}]}"#,
        )
        .unwrap();
        let kinds: Vec<_> =
            vouchers.user_coupons.iter().map(|voucher| voucher.for_payment().map(|it| it.kind)).collect();
        assert_eq!(kinds, [Some(PaymentVoucherType::Cash), Some(PaymentVoucherType::StoredValueCard), None]);
        let limit = &vouchers.user_coupons[0].use_limits[0];
        assert_eq!(serde_json::to_value(limit).unwrap()["use_limiti_info_id"], "l1");
    }

    #[test]
    fn discounts_are_read_and_contract_discounts_cannot_pay() {
        let response: OrderDiscounts = decode_str(
            r#"{"discounts":[{"discount_id":"d1","discount_value":"0.88","discount_type":3,"orders":[{"order_id":"CS1",
                "order_line_items":[{"order_line_item_ids":["l1","l2"],"discount_mode":0,"discount_amount":1.2,
                "discount_ratio":0.88}]}]},
                {"discount_id":"d2","discount_value":"","discount_type":1,"orders":[]}]}"#,
        )
        .unwrap();
        let [granted, contract] = &response.discounts[..] else { panic!("two discounts") };
        assert_eq!(granted.discount_value.unwrap().to_string(), "0.88");
        assert_eq!(granted.for_payment().unwrap().kind, OrderDiscountType::PartnerGranted);
        assert_eq!((contract.discount_value, contract.for_payment()), (None, None));
        assert_eq!(serde_json::to_value(granted).unwrap()["discount_value"], "0.88");
    }

    #[test]
    fn the_state_of_the_order_proves_its_outcome() {
        let order = |status| Order { order_id: "CS1".into(), status: Some(status), ..Order::default() };
        let (pay, cancel) = (PayOrder::new("cs1"), CancelOrder::new("CS1"));
        assert!(fits(&pay, "cs1", &order(OrderStatus::Processing)));
        for status in [OrderStatus::PendingPayment, OrderStatus::Cancelled, OrderStatus::Other(99)] {
            assert!(!fits(&pay, "cs1", &order(status)), "{status}");
        }
        assert!(!fits(&pay, "CS2", &order(OrderStatus::Completed)));
        assert!(fits(&cancel, "CS1", &order(OrderStatus::Cancelled)));
        assert!(!fits(&cancel, "CS1", &order(OrderStatus::PendingPayment)));
        CancelOrder::new("").validate().unwrap_err();
    }

    #[test]
    fn an_empty_response_is_read() {
        for body in ["{}", "null", r#"{"request_id":"x"}"#] {
            assert_eq!(decode_str::<Accepted>(body).unwrap(), Accepted {});
        }
    }
}
