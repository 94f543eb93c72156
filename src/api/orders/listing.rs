//! Lists orders, their lines, and the refunds of orders that were unsubscribed.

use crate::{
    operation,
    operation::RecordFacts,
    types::{
        Amount, Currency, CustomerId, Language, MeasureUnit, Money, MoneyError, OrderId, Personal,
        ResellerId, UtcTime,
        fields::{CodeAsText, EmptyAsNone},
        open_enum::{open_codes, open_enum},
        response,
    },
};

operation! {
    /// Orders, one page: a partner sees those of its customers, a customer its own.
    ///
    /// An IAM user of the customer needs `billing:order:view`. Without a filter all orders are listed; in which
    /// order, unless [`order_by`](Self#structfield.order_by) says so, is not documented.
    GET "/v2/orders/customer-orders" as bss "ListCustomerOrders" -> OrderPage {
        sites(ALL), caller(Either), rate(20),
        permissions("BPC_ITEM_SUBCUSTSERV_060100", "BPC_ITEM_SUBCUSTSERV_060200"),
        rows(100, order_infos: Order, total: total_count, key: order_id),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00013.html"),
    }
    pub struct ListOrders {
        optional {
            /// Only this order, whatever the case of its letters.
            order_id: OrderId where len(0..=64),
            /// Only orders of this customer of the calling partner.
            customer_id: CustomerId where len(0..=64),
            /// Only those placed at or after this instant.
            create_time_begin: UtcTime,
            /// Only those placed at or before this instant, at most a year after the first.
            create_time_end: UtcTime,
            /// Only those of this cloud service, such as `hws.service.type.obs`.
            service_type_code: String where len(0..=64),
            /// Only those in this state. The service filters by pending approval, processing, cancelled, completed,
            /// pending payment and pending confirmation; it reports more states than these.
            status: OrderStatus,
            /// Only those of this kind. The change from a subscription to pay-per-use can be filtered by on the
            /// China site only.
            order_type: OrderType,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
            /// The newest or the oldest first.
            order_by: OrderSort,
            /// Only those paid at or after this instant.
            payment_time_begin: UtcTime,
            /// Only those paid at or before this instant, at most a year after the first.
            payment_time_end: UtcTime,
            /// Orders of this reseller's customers instead of the caller's own; for distributors, ignored from
            /// others.
            indirect_partner_id: ResellerId where len(0..=64),
            /// Whether the customer's own orders are listed, as by default, or those it pays for its members. The
            /// international site looks at it only together with a customer.
            method: OrdersOf,
        }
        check |it, check| {
            let created =
                (("create_time_begin", it.create_time_begin), ("create_time_end", it.create_time_end));
            let paid =
                (("payment_time_begin", it.payment_time_begin), ("payment_time_end", it.payment_time_end));
            check
                .ordered(created.0, created.1)
                .span_of_instants(created.0, created.1, YEAR)
                .rule(
                    "status",
                    it.status.is_none_or(OrderStatus::can_be_filtered_by),
                    "must be one of 1, 3, 4, 5, 6 and 9",
                )
                .ordered(paid.0, paid.1)
                .span_of_instants(paid.0, paid.1, YEAR)
        }
    }
}

/// A leap year's days: the documentation says one year and no more.
const YEAR: i64 = 366;

operation! {
    /// One order with its lines, one page of them.
    ///
    /// An IAM user of the customer needs `billing:order:view`. Poll it after a payment: the order is done when its
    /// state is completed, and will not be when it is cancelled.
    GET "/v2/orders/customer-orders/details/{order_id}" as bss "ShowCustomerOrderDetails" -> OrderDetails {
        sites(ALL), caller(Either), rows(100, order_line_items: OrderLine, total: total_count, key: order_line_item_id),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00014.html"),
    }
    pub struct ShowOrder {
        required {
            /// The order, from [`ListOrders`] or from the call that placed it.
            order_id: OrderId where len(1..=64),
        }
        optional {
            /// The language of the names; Chinese by default.
            #[header("X-Language")]
            language: Language,
            /// Lines to skip; none by default.
            offset: u32,
            /// Lines per page.
            limit: u32 where range(1..=100) default(10),
            /// The reseller whose customer placed the order; for distributors, ignored from others.
            indirect_partner_id: ResellerId where len(0..=64),
        }
    }
}

operation! {
    /// Shows the refund of an unsubscription or a downgrade, one row for each resource and original order.
    ///
    /// A partner names the customer; its operator account needs `BPC_ITEM_SUBCUSTSERV_060100` or
    /// `BPC_ITEM_SUBCUSTSERV_060200`. A customer names the order only, and its user needs `billing:order:view`.
    GET "/v2/orders/customer-orders/refund-orders" as bss "ShowRefundOrderDetails" -> Refund {
        sites(ALL), caller(Either), permissions("BPC_ITEM_SUBCUSTSERV_060100", "BPC_ITEM_SUBCUSTSERV_060200"),
        success(list "refund_infos"),
        source("https://support.huaweicloud.com/api-bpconsole/api_order_00020.html"),
    }
    pub struct ShowRefund {
        required {
            /// The order of the unsubscription or downgrade, not the one that bought the resource.
            order_id: OrderId where len(1..=64),
        }
        optional {
            /// The customer whose order it is; a partner must name it.
            customer_id: CustomerId where len(0..=64),
            /// Reseller that the customer belongs to; for distributors, ignored from others.
            indirect_partner_id: ResellerId where len(0..=64),
        }
    }
}

response! {
    /// One page of orders.
    pub struct OrderPage {
        /// Total number of orders that match.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub order_infos: Vec<Order>,
    }
}

response! {
    /// One order with a page of its lines.
    pub struct OrderDetails {
        /// Total number of lines of the order.
        pub total_count: Option<u64>,
        /// The order itself.
        pub order_info: Order,
        /// The lines of this page.
        pub order_line_items: Vec<OrderLine>,
    }
}

response! {
    /// An order of a customer, as the list and the details show it.
    pub struct Order {
        /// The number of the order, such as `CS1910091053TNVOZ`.
        pub order_id: OrderId,
        /// Customer that placed the order.
        pub customer_id: CustomerId,
        /// The cloud service that was ordered, such as `hws.service.type.obs`.
        pub service_type_code: Option<String>,
        /// Display name of the cloud service.
        pub service_type_name: Option<String>,
        /// Source of the order.
        pub source_type: Option<OrderSource>,
        /// Progress of the order.
        pub status: Option<OrderStatus>,
        /// Purpose of the order.
        pub order_type: Option<OrderType>,
        /// Amount that has to be paid after discounts, before vouchers and stored-value cards.
        pub amount_after_discount: Option<Amount>,
        /// The list price. For an unsubscription the same as the amount after discounts.
        pub official_amount: Option<Amount>,
        /// Unit of the amounts.
        pub measure_id: Option<MeasureUnit>,
        /// Time at which the order was placed.
        #[with(EmptyAsNone)]
        pub create_time: Option<UtcTime>,
        /// Time at which the order was paid.
        #[with(EmptyAsNone)]
        pub payment_time: Option<UtcTime>,
        /// The currency of the amounts.
        pub currency: Option<Currency>,
        /// The contract it falls under.
        pub contract_id: Option<String>,
        /// Composition of the amounts.
        pub amount_info: Option<OrderAmounts>,
        /// The enterprise projects it is booked on; in the list only.
        pub enterprise_projects: Vec<EnterpriseProject>,
        /// The login of the customer's user who placed it, or a fixed word where staff or the system did; in the details
        /// only.
        pub user_name: Option<Personal>,
        /// End of the time for payment, while payment is pending; in the details only.
        #[with(EmptyAsNone)]
        pub pending_payment_end_time: Option<UtcTime>,
        /// The single orders of a combined transaction; none for an ordinary order. They can be neither paid nor cancelled
        /// by their own numbers (`CBC.99000089`): pay and cancel the combined one.
        pub sub_order_infos: Vec<Order>,
        /// Payer for the customer, where another account pays; in the list only.
        pub agent_pay_info: Option<AgentPayment>,
    }
}

impl Order {
    /// Facts that the order states about the call that placed it.
    pub(crate) fn facts(&self) -> RecordFacts {
        let kind = self.order_type.as_ref().filter(|kind| kind.is_known());
        RecordFacts::new()
            .id(Some(self.order_id.to_string()))
            .kind(kind.map(|kind| kind.to_string()))
            .time(self.create_time)
    }

    /// Returns the amount that has to be paid after discounts, before vouchers and stored-value cards.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where the service left out the amount, its unit or its currency.
    pub fn payable(&self) -> Result<Money, MoneyError> {
        let amount = self.amount_after_discount;
        Money::from_fields("amount_after_discount", amount, self.measure_id, self.currency.as_ref())
    }

    /// True when nothing will happen to the order any more: it is completed or cancelled.
    pub fn is_settled(&self) -> bool {
        self.status.is_some_and(OrderStatus::is_settled)
    }

    /// True when an enterprise's master account pays it for a member.
    pub fn is_paid_by_another(&self) -> bool {
        self.agent_pay_info.as_ref().and_then(|info| info.is_agent_pay) == Some(true)
    }
}

response! {
    /// Composition of the amount of an order or of one line.
    pub struct OrderAmounts {
        /// The discounts, one by one.
        pub discounts: Vec<DiscountItem>,
        /// Part covered by flexi-purchase vouchers; reserved on the international site.
        pub flexipurchase_coupon_amount: Option<Amount>,
        /// Part covered by cash vouchers.
        pub coupon_amount: Option<Amount>,
        /// Part covered by stored-value cards; reserved on the international site.
        pub stored_card_amount: Option<Amount>,
        /// The handling fee of an unsubscription.
        pub commission_amount: Option<Amount>,
        /// Amount that had been consumed before the unsubscription.
        pub consumed_amount: Option<Amount>,
    }
}

response! {
    /// One discount on an order.
    pub struct DiscountItem {
        /// Reason for which it was granted.
        pub discount_type: Option<DiscountKind>,
        /// Amount that the discount takes off the price.
        pub discount_amount: Option<Amount>,
    }
}

response! {
    /// An enterprise project: a group of resources that a customer accounts for together.
    pub struct EnterpriseProject {
        /// The id that cost queries and resource queries filter by; up to 256 characters.
        pub id: String,
        /// Name that the customer gave the resource; up to 256 characters.
        pub name: Option<String>,
    }
}

response! {
    /// That another account pays for the customer.
    pub struct AgentPayment {
        /// The account that pays: the enterprise's master account.
        pub paying_agent_id: Option<CustomerId>,
        /// True when it does; everything else means that the customer pays.
        pub is_agent_pay: Option<bool>,
    }
}

response! {
    /// One line of an order.
    pub struct OrderLine {
        /// The line, by which discounts name it.
        pub order_line_item_id: String,
        /// The cloud service that was ordered.
        pub service_type_code: Option<String>,
        /// Display name of the cloud service.
        pub service_type_name: Option<String>,
        /// The product that was ordered.
        pub product_id: Option<String>,
        /// Description of the specification.
        pub product_spec_desc: Option<String>,
        /// The length of one period.
        pub period_type: Option<LinePeriod>,
        /// Number of periods; `None` for an unsubscription.
        pub period_num: Option<i64>,
        /// Start of its validity.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
        /// Number of subscribed pieces.
        pub subscription_num: Option<i64>,
        /// Amount that has to be paid for the line after discounts, before vouchers and stored-value cards.
        pub amount_after_discount: Option<Amount>,
        /// The list price of the line. For an unsubscription the same as the amount after discounts.
        pub official_amount: Option<Amount>,
        /// Composition of the amounts.
        pub amount_info: Option<OrderAmounts>,
        /// The currency of the amounts.
        pub currency: Option<Currency>,
        /// Category of the product in the catalogue; the codes are not documented.
        pub category_code: Option<String>,
        /// The cloud service that owns the product.
        pub product_owner_service: Option<String>,
        /// The resource type under which the product is sold.
        pub commercial_resource: Option<String>,
        /// The base product behind the line.
        pub base_product_info: Option<BaseProduct>,
        /// The order that the line belongs to: in a combined transaction one of the single orders (inferred).
        pub order_id: Option<OrderId>,
    }
}

response! {
    /// The product that a line is derived from.
    pub struct BaseProduct {
        /// Id of the product in the catalogue.
        pub product_id: String,
        /// Description of the specification.
        pub product_spec_desc: Option<String>,
        /// Category of the product in the catalogue; the codes are not documented.
        pub category_code: Option<String>,
        /// The cloud service that owns it.
        pub product_owner_service: Option<String>,
        /// The resource type under which it is sold.
        pub commercial_resource: Option<String>,
    }
}

response! {
    /// Refund of one order.
    pub struct Refund {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// One row for each resource and each order that had paid for it.
        pub refund_infos: Vec<RefundItem>,
    }
}

impl Refund {
    /// The exact sum of all rows: below zero where more was given back than kept.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where a row has no amount, and [`MoneyError::TooLarge`] where the sum has too many digits.
    pub fn total(&self) -> Result<Amount, MoneyError> {
        self.refund_infos.iter().try_fold(Amount::ZERO, |sum, row| {
            sum.checked_add(row.amount.ok_or(MoneyError::Missing("amount"))?).ok_or(MoneyError::TooLarge)
        })
    }
}

response! {
    /// Amount returned or kept for one resource out of one original order.
    pub struct RefundItem {
        /// Identifier of the record.
        pub id: String,
        /// Below zero: given back. Above zero: kept, as consumed or as the fee of the unsubscription.
        pub amount: Option<Amount>,
        /// Unit of the amount; text on the wire, here alone.
        #[with(CodeAsText)]
        pub measure_id: Option<MeasureUnit>,
        /// Customer that receives the refund.
        pub customer_id: CustomerId,
        /// The kind of resource, such as `hws.resource.type.vm`.
        pub resource_type_code: String,
        /// The cloud service of the resource.
        pub service_type_code: String,
        /// Display name of the resource type.
        pub resource_type_name: Option<String>,
        /// Display name of the cloud service.
        pub service_type_name: Option<String>,
        /// The region of the resource, such as `cn-north-1`.
        pub region_code: String,
        /// The purchase or renewal that had paid for it; known for unsubscriptions after May 2018.
        pub base_order_id: Option<OrderId>,
    }
}

open_codes! {
    /// Progress of an order.
    ///
    /// An unpaid order is cancelled by hand or when its time for payment passes. A paid one is processed,
    /// possibly after an approval, and then completed (inferred from the operations). What 7 and 8 mean is
    /// not documented.
    pub enum OrderStatus {
        /// Waits for an approval.
        PendingApproval = 1,
        /// The refund has been accepted and not been paid yet.
        PendingRefund = 2,
        /// Order is being processed.
        Processing = 3,
        /// Cancelled, for good.
        Cancelled = 4,
        /// Order is completed.
        Completed = 5,
        /// Waits to be paid; the only state in which it can be cancelled.
        PendingPayment = 6,
        /// Waits for a confirmation.
        PendingConfirmation = 9,
        /// Hardware that waits to be shipped (inferred, like the next ones).
        PendingShipment = 10,
        /// Hardware that waits to be received.
        PendingReceipt = 11,
        /// Hardware that waits to be fetched.
        PendingPickup = 12,
        /// Hardware that is being replaced.
        Replacing = 13,
    }
}

impl OrderStatus {
    /// True when nothing will happen to the order any more.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }

    /// Unknown codes are left to the service.
    const fn can_be_filtered_by(self) -> bool {
        !matches!(
            self,
            Self::PendingRefund
                | Self::PendingShipment
                | Self::PendingReceipt
                | Self::PendingPickup
                | Self::Replacing
        )
    }
}

open_codes! {
    /// Purpose of an order.
    pub enum OrderType {
        /// A new subscription.
        New = 1,
        /// Renewal of a subscription.
        Renewal = 2,
        /// Change of a subscription.
        Change = 3,
        /// End of a subscription.
        Unsubscription = 4,
        /// A subscription becomes pay-per-use.
        ToPayPerUse = 10,
        /// Pay-per-use becomes a subscription.
        ToSubscription = 11,
        /// Trial of a product.
        Trial = 13,
        /// A trial goes into commercial use.
        TrialToCommercial = 14,
        /// A correction of a fee.
        FeeAdjustment = 15,
    }
}

open_codes! {
    /// Channel or cause through which an order came about.
    pub enum OrderSource {
        /// The customer placed it.
        Customer = 1,
        /// An agent placed it for the customer.
        Agent = 2,
        /// Order that follows from a contract.
        Contract = 3,
        /// A distributor or reseller placed it.
        Distributor = 4,
        /// A resource was deleted on a page of the console.
        ResourceDeleted = 5,
        /// A supplement to another order.
        Supplement = 6,
        /// Order as a compensation.
        Compensation = 7,
        /// The system placed it.
        System = 8,
    }
}

open_codes! {
    /// Length of one period of an order's line. Requests and other responses use other codes for periods.
    pub enum LinePeriod {
        /// Period of one day.
        Day = 0,
        /// Period of one week.
        Week = 1,
        /// Period of one month.
        Month = 2,
        /// Period of one year.
        Year = 3,
        /// Period of one hour.
        Hour = 4,
        /// No period: paid once.
        OneOff = 5,
        /// No period: paid by use; reserved.
        PayPerUse = 6,
        /// No period: paid by reported use; reserved.
        ByReport = 7,
    }
}

open_enum! {
    /// Reason for which an order was made cheaper.
    pub enum DiscountKind {
        /// Discount of a product promotion.
        ProductPromotion = "200",
        /// Discount by a discount voucher.
        DiscountVoucher = "300",
        /// Discount by a cash voucher.
        CashVoucher = "301",
        /// Discount by a flexi-purchase voucher.
        FlexiPurchaseVoucher = "302",
        /// A rate set by the agent who placed the order.
        AgentRate = "500",
        /// A reduction set by that agent.
        AgentReduction = "501",
        /// A fixed price set by that agent.
        AgentFixedPrice = "502",
        /// A contract on discounts or rebates.
        RebateContract = "600",
        /// A framework contract of the channel.
        ChannelFramework = "601",
        /// A contract on earmarked funds.
        EarmarkedFunds = "602",
        /// A contract signed directly, on paper.
        OfflineContract = "603",
        /// Granted by telephone sales.
        Telesales = "604",
        /// Discount of a commercial contract.
        CommercialContract = "605",
        /// Discount of a commercial contract of the channel.
        ChannelCommercialContract = "606",
        /// Granted by the partner.
        PartnerGranted = "607",
        /// The price of this order was adjusted.
        PriceAdjustment = "609",
        /// Amount that was waived.
        Waived = "610",
        /// Discount of a promotion.
        Promotion = "700",
        /// The account that was topped up.
        TopUpAccount = "800",
        /// The product's own discount; China site.
        ProductOwn = "900",
        /// A fixed price of the base product; China site.
        BaseFixedPrice = "901",
    }
}

open_enum! {
    /// The order in which orders are listed.
    pub enum OrderSort {
        /// Oldest orders come first.
        OldestFirst = "createTime",
        /// Newest orders come first.
        NewestFirst = "-createTime",
    }
}

open_enum! {
    /// Accounts whose orders are listed.
    pub enum OrdersOf {
        /// The customer's own.
        Itself = "oneself",
        /// Orders of the enterprise members that the account pays for.
        Members = "sub_customer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{operation::RequestParts, types::decode_str};

    #[test]
    fn a_combined_order_is_read_from_the_list() {
        let page: OrderPage = decode_str(
            r#"{"total_count":1,"order_infos":[{"order_id":"CS1910091053TNVOZ","customer_id":"c1","status":6,
                "order_type":1,"source_type":9,"amount_after_discount":0.1234567890123456,"official_amount":20,
                "measure_id":1,"create_time":"2019-05-06T08:05:01Z","payment_time":"","currency":"CNY",
                "amount_info":{"discounts":[{"discount_type":"605","discount_amount":1.10}],"coupon_amount":0},
                "enterprise_projects":[{"id":"0","name":"default"}],
                "sub_order_infos":[{"order_id":"CS1910091053TNVO1","status":6,"order_type":1}],
                "agent_pay_info":{"paying_agent_id":"m1","is_agent_pay":true}}]}"#,
        )
        .unwrap();
        let order = &page.order_infos[0];
        assert_eq!(
            (order.status, order.order_type),
            (Some(OrderStatus::PendingPayment), Some(OrderType::New))
        );
        assert_eq!(order.source_type, Some(OrderSource::Other(9)));
        assert_eq!(order.amount_after_discount.unwrap().to_string(), "0.1234567890123456");
        assert_eq!(order.payment_time, None);
        let amounts = order.amount_info.as_ref().unwrap();
        assert_eq!(amounts.discounts[0].discount_type, Some(DiscountKind::CommercialContract));
        assert!(order.is_paid_by_another() && !Order::default().is_paid_by_another());
        assert_eq!(order.sub_order_infos[0].order_id.as_str(), "CS1910091053TNVO1");
    }

    #[test]
    fn an_order_is_read_with_its_lines() {
        let details: OrderDetails = decode_str(
            r#"{"total_count":1,"order_info":{"order_id":"CS1","status":5,"order_type":10,"user_name":"li.lei",
                "pending_payment_end_time":"2026-01-08T00:00:00Z"},
                "order_line_items":[{"order_line_item_id":"l1","period_type":2,"period_num":null,
                "subscription_num":3,"base_product_info":{"product_id":"p1"},"order_id":"CS1"}]}"#,
        )
        .unwrap();
        assert!(details.order_info.is_settled());
        assert_eq!(details.order_info.order_type, Some(OrderType::ToPayPerUse));
        assert!(!format!("{details:?}").contains("li.lei"));
        let line = &details.order_line_items[0];
        assert_eq!((line.period_type, line.period_num), (Some(LinePeriod::Month), None));
    }

    #[test]
    fn the_documented_refund_sample_is_read_and_its_unit_stays_text() {
        let refund: Refund = decode_str(
            r#"{"total_count":1,"refund_infos":[{"id":"ccefa7ff-****-****-99f5-bb25a2551217","amount":-3,
                "measure_id":"1"}]}"#,
        )
        .unwrap();
        let item = &refund.refund_infos[0];
        assert!(item.amount.is_some_and(Amount::is_negative));
        assert_eq!(item.measure_id, Some(MeasureUnit::MainUnit));
        let json = serde_json::to_value(item).unwrap();
        assert_eq!((&json["measure_id"], &json["amount"]), (&"1".into(), &"-3".into()));
    }

    #[test]
    fn documented_limits_are_checked() {
        let time = |text: &str| text.parse::<UtcTime>().unwrap();
        let request = ListOrders::new()
            .order_id("x".repeat(65))
            .create_time_begin(time("2025-01-01T00:00:00Z"))
            .create_time_end(time("2026-02-01T00:00:00Z"))
            .payment_time_begin(time("2026-02-01T00:00:00Z"))
            .payment_time_end(time("2026-01-01T00:00:00Z"))
            .status(OrderStatus::Replacing)
            .limit(101_u32);
        assert_eq!(
            violated(&request),
            ["order_id", "create_time_begin", "status", "limit", "payment_time_begin"]
        );
        ListOrders::new()
            .create_time_begin(time("2024-01-01T00:00:00Z"))
            .create_time_end(time("2025-01-01T00:00:00Z"))
            .status(OrderStatus::Completed)
            .validate()
            .unwrap();
        ShowOrder::new("").validate().unwrap_err();
        ShowRefund::new("CS1").customer_id("c".repeat(65)).validate().unwrap_err();
    }

    #[test]
    fn the_kind_of_order_is_filtered_by_its_number() {
        let parts = RequestParts::of(
            &ListOrders::new().order_type(OrderType::Renewal).order_by(OrderSort::NewestFirst).limit(5_u32),
        )
        .unwrap();
        assert_eq!(parts.query, "limit=5&order_by=-createTime&order_type=2");
    }
}
