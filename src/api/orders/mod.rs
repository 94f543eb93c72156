//! Orders, the subscriptions they buy, and resource packages.
//!
//! An order buys, renews, changes or ends a product of a customer: a **subscription**, paid by the month or year, or a
//! **resource package**, which is usage paid for in advance. Pay-per-use needs no order, except where a resource changes
//! from or to a subscription.
//!
//! | Task | Operation | Caller | Effect of a repeat |
//! |---|---|---|---|
//! | list orders, show one | [`ListOrders`], [`ShowOrder`] | partner or customer | none |
//! | show a refund | [`ShowRefund`] | partner or customer | none |
//! | list means of payment | [`ListOrderVouchers`] (China), [`ListOrderDiscounts`] | customer | none |
//! | pay or cancel an unpaid order | [`PayOrder`], [`CancelOrder`] | customer | refused, without a reason |
//! | list subscriptions | [`ListSubscriptions`] | partner or customer | none |
//! | renew by hand | [`RenewResources`] | customer | may renew again |
//! | renew automatically, or not | [`EnableAutoRenewal`], [`DisableAutoRenewal`], [`SetRenewalConfig`] | customer | none |
//! | unsubscribe | [`Unsubscribe`] | customer | refused, without a reason |
//! | become pay-per-use at the end | [`ChangeToPayPerUse`] | customer | none |
//! | become pay-per-use at once (China) | [`ChangeToPayPerUseNow`] | customer | not known |
//! | list packages and their usage | [`ListPackages`], [`ShowPackageUsage`], [`ListPackageDeductions`] | customer | none |
//!
//! Operations without a site in the table are offered on all three sites.
//!
//! # Callers
//! A partner reads the orders, refunds and subscriptions of its customers with its own credentials; a distributor names the
//! reseller for those of a reseller's customers, where the call has a field for it. Only the customer can buy, pay and
//! unsubscribe: the credentials of a partner are refused. With a token that the customer granted, the partner acts as the
//! customer, see [`Client::as_customer`](crate::Client::as_customer).
//!
//! # The life of an order
//! A new order waits for payment ([`OrderStatus::PendingPayment`]). It is cancelled by hand, or when its time for payment
//! passes ([`Order::pending_payment_end_time`]), or it is paid; then it is processed, in some cases after an approval, and
//! completed. The response to a payment comes before the order is done: wait for
//! [`OrderDelivered`](crate::wait::OrderDelivered). This is inferred from the operations; the documentation has no table of
//! states.
//!
//! To pay: look up vouchers and discounts, make [`PaymentVoucher`]s and a [`PaymentDiscount`] with their `for_payment`,
//! and send [`PayOrder`]. Up to three vouchers and one discount; cash and discount vouchers do not go together, and the
//! limits of a voucher may exclude discounts ([`OrderVoucherLimit`]).
//!
//! # Main and attached resources
//! Resources that were bought together belong to a main one: the disks of a server, the addresses of shared
//! bandwidth. Batches name main resources, and what is attached follows. Use
//! [`Subscription::is_main_resource`] to find the main one.
//!
//! # Pitfalls
//! - The official name and address of [`ListSubscriptions`] mention pay-per-use by mistake; it lists subscriptions.
//! - A combined transaction has single orders in it, which can be neither paid nor cancelled (`CBC.99000089`).
//! - No operation here has an idempotency key. After an [unknown outcome](crate::ErrorKind::OutcomeUnknown) the state of
//!   the order shows whether it was paid or cancelled, as [`Client::resolve`](crate::Client::resolve) does; after
//!   a renewal or an unsubscription look for new orders with [`ListOrders`] by kind and time.
//!   [`Client::send_once`](crate::Client::send_once) with a [`journal`](crate::journal) does this, also after a crash.
//! - A refund below zero was paid back, one above zero was kept.
//! - Periods have different codes in orders ([`LinePeriod`]), renewals ([`RenewalPeriod`]), automatic renewals
//!   ([`AutoRenewalPeriod`]), packages ([`QuotaCycle`]) and prices
//!   ([`PricePeriod`](crate::products::PricePeriod)).
//! - Quantities of packages are text in lists and numbers in [`ShowPackageUsage`].
//!
//! # Example
//! A customer pays an order with the vouchers that fit it, and waits until it is done:
//! ```
//! use huaweicloud_partner::{
//!     Client,
//!     orders::{ListOrderVouchers, PayOrder},
//!     wait::OrderDelivered,
//! };
//!
//! async fn pay(customer: &Client, order: &str) -> Result<(), huaweicloud_partner::Error> {
//!     let found = customer.send(&ListOrderVouchers::new(order)).await?;
//!     let vouchers = found.user_coupons.iter().filter_map(|voucher| voucher.for_payment()).take(1);
//!     customer.send(&PayOrder::new(order).with_vouchers(vouchers)).await?;
//!     customer.wait(OrderDelivered::of(order)).await?;
//!     Ok(())
//! }
//! # use huaweicloud_partner::{orders::*, testing::MockTransport, types::decode_str};
//! # let mock = MockTransport::new();
//! # let vouchers: OrderVouchers = decode_str(r#"{"user_coupons":[{"coupon_id":"v1","coupon_type":301}]}"#).unwrap();
//! # mock.on_any::<ListOrderVouchers>().respond(vouchers);
//! # mock.on_any::<PayOrder>().matching(|pay| pay.use_coupon == YesNo::Yes).respond(Accepted::default()).expect(1);
//! # let order = |status| OrderDetails::build(|details| details.order_info.status = Some(status));
//! # mock.on_any::<ShowOrder>().respond(order(OrderStatus::Processing)).respond(order(OrderStatus::Completed)).expect(2);
//! # let client = Client::for_test(mock.clone());
//! # tokio::runtime::Runtime::new().unwrap().block_on(pay(&client, "CS1910091053TNVOZ")).unwrap();
//! # mock.verify();
//! ```

mod listing;
mod packages;
mod payment;
mod renewal;
mod subscriptions;
mod unsubscription;

pub use listing::{
    AgentPayment, BaseProduct, DiscountItem, DiscountKind, EnterpriseProject, LinePeriod, ListOrders, Order,
    OrderAmounts, OrderDetails, OrderLine, OrderPage, OrderSort, OrderSource, OrderStatus, OrderType,
    OrdersOf, Refund, RefundItem, ShowOrder, ShowRefund,
};
pub use packages::{
    ListPackageDeductions, ListPackages, Package, PackageBundle, PackageDeduction, PackageDeductionPage,
    PackageItem, PackageItemUsage, PackagePage, PackageScope, PackageSource, PackageStatus, PackageUsage,
    QuotaCycle, QuotaCycleStart, QuotaReuse, ShowPackageUsage,
};
pub use payment::{
    Accepted, CancelOrder, DiscountMode, DiscountedLines, DiscountedOrder, ListOrderDiscounts,
    ListOrderVouchers, OrderDiscount, OrderDiscountType, OrderDiscounts, OrderVoucher, OrderVoucherLimit,
    OrderVoucherStatus, OrderVoucherType, OrderVouchers, PayOrder, PaymentDiscount, PaymentVoucher,
    PaymentVoucherType, VoucherGeneration, VoucherGroup, VoucherMaximum, YesNo,
};
pub use renewal::{
    AutoPay, AutoRenewalPeriod, DisableAutoRenewal, EnableAutoRenewal, RenewResources, RenewalConfigSet,
    RenewalPeriod, RenewalSetting, ResourceOrders, SetRenewalConfig,
};
pub use subscriptions::{
    ExpiryPolicy, ListSubscriptions, ResourceFailure, ResourceRole, ResourceScope, Subscription,
    SubscriptionPage, SubscriptionStatus,
};
pub use unsubscription::{
    ChangeResult, ChangeToPayPerUse, ChangeToPayPerUseNow, PayPerUseChange, PayPerUseChanges,
    PayPerUseOnExpiry, PayPerUseSetting, Unsubscribe, UnsubscribeReason, UnsubscribeScope,
};
