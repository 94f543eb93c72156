//! The market of the sandbox: offers and prices, orders and their payment, subscriptions, packages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::time::Duration;

use futures_util::TryStreamExt;
use huaweicloud_partner::{
    Client, Error,
    client::CallOptions,
    error::codes,
    orders::*,
    products::*,
    types::{Amount, Currency, CustomerId, Language, MeasureUnit, OrderId, ResourceId, UtcTime},
    vouchers::IssueVouchers,
};
use huaweicloud_partner_sandbox::{
    NewDiscount, NewLine, NewOrder, PackageUse, Reckoning, Sandbox, SandboxEvent, Term,
};

const SERVER: &str = "c6.large.2.linux@cn-north-4";
const DAY: Duration = Duration::from_secs(24 * 3600);

fn yuan(text: &str) -> Amount {
    text.parse().unwrap()
}

fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn client(sandbox: &Sandbox, account: &str) -> Client {
    sandbox.client(account).unwrap()
}

fn recharge(sandbox: &Sandbox, account: &str, amount: &str) {
    sandbox.apply(SandboxEvent::Recharge { account: account.to_owned(), amount: yuan(amount) }).unwrap();
}

fn cash(sandbox: &Sandbox, account: &str) -> Amount {
    sandbox.snapshot().ledger().balance(&huaweicloud_partner_sandbox::LedgerAccount::cash(account))
}

/// A customer with money and a client of its own.
fn with_money() -> (Sandbox, Client) {
    let sandbox = Sandbox::small_distributor();
    recharge(&sandbox, "customer-1", "10000");
    let customer = client(&sandbox, "customer-1");
    (sandbox, customer)
}

fn place(sandbox: &Sandbox, line: NewLine) -> OrderId {
    sandbox.place_order(NewOrder::new("customer-1").line(line)).unwrap()
}

/// Orders a product, pays it and waits until it is set up. Returns the order and its resources, main ones
/// first.
async fn buy(sandbox: &Sandbox, customer: &Client, line: NewLine) -> (OrderId, Vec<ResourceId>) {
    let order = place(sandbox, line);
    customer.send(&PayOrder::new(&order)).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(60));
    let found = customer.send(&ListSubscriptions::new().order_id(&order)).await.unwrap().into_inner();
    let mut found = found.data;
    found.sort_by_key(|one| one.is_main_resource != Some(ResourceRole::Main));
    (order, found.into_iter().map(|one| one.resource_id).collect())
}

async fn subscription(customer: &Client, id: &ResourceId) -> Subscription {
    let found = customer.send(&ListSubscriptions::new().resource_ids([id.clone()])).await.unwrap();
    found.data.iter().find(|one| one.resource_id == *id).unwrap().clone()
}

async fn show(customer: &Client, order: &OrderId) -> OrderDetails {
    customer.send(&ShowOrder::new(order)).await.unwrap().into_inner()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    error.code().map(|code| code.as_str().to_owned()).unwrap_or_else(|| panic!("{error}"))
}

/// The world with one customer moved to the international site.
fn international(sandbox: &Sandbox, account: &str) -> Sandbox {
    let mut world = serde_json::to_value(sandbox.snapshot()).unwrap();
    world["accounts"][account]["site"] = "international".into();
    Sandbox::new(serde_json::from_value(world).unwrap())
}

// What is on sale.

#[tokio::test]
async fn the_catalogue_is_browsed_in_both_languages() {
    let sandbox = Sandbox::small_distributor();
    let partner = client(&sandbox, "distributor");
    let services = partner
        .send(&ListServiceTypes::new().language(Language::English).service_type_name("elastic"))
        .await
        .unwrap();
    assert_eq!(services.total_count, Some(2));
    assert_eq!(services.service_types[0].abbreviation.as_deref(), Some("ECS"));
    let chinese = partner.send(&ListServiceTypes::new().service_type_name("云")).await.unwrap();
    assert_eq!(chinese.service_types[0].service_type_name.as_deref(), Some("弹性云服务器"));

    let types = partner.send(&ListResourceTypes::new().limit(2_u32).offset(1_u32)).await.unwrap();
    assert_eq!((types.total_count, types.resource_types.len()), (Some(5), 2));
    let of_network = partner.send(&ListServiceResources::new("hws.service.type.vpc")).await.unwrap();
    let codes_of: Vec<_> =
        of_network.infos.iter().map(|info| info.basic_info.resource_type_code.as_str()).collect();
    assert_eq!(codes_of, ["hws.resource.type.ip", "hws.resource.type.bandwidth"]);
    let usage =
        partner.send(&ListUsageTypes::new().resource_type_code("hws.resource.type.bandwidth")).await.unwrap();
    let factors: Vec<_> = usage.usage_types.iter().map(|usage| usage.code.as_str()).collect();
    assert_eq!(factors, ["Duration", "upflow"]);

    let specs = || {
        ListSpecs::new("hws.service.type.ec2", "hws.resource.type.vm", "cn-north-4", ChargeMode::Subscription)
    };
    let all: Vec<_> = partner.items(specs().limit(2_u32)).try_collect().await.unwrap();
    assert_eq!(all.len(), 3, "two pages by marker");
    let filter = SpecFilter::new(SpecFilterKey::Spec, "c6.large.2.win");
    let one = partner.send(&specs().filters([filter])).await.unwrap();
    assert_eq!(one.cloud_service_basics.len(), 1);

    let units = partner.send(&ListMeasureUnits::new()).await.unwrap();
    assert!(units.measure_units.iter().any(|unit| unit.measure_id == Some(MeasureUnit::Gigabyte)));
    let traffic = partner.send(&ListConversions::new().measure_type(Quantity::Traffic)).await.unwrap();
    assert_eq!(traffic.conversions[0].conversion_ratio, Some(1024));
    let policies = partner
        .send(&ListIncentivePolicies::new(
            "2026-04".parse::<huaweicloud_partner::types::BillCycle>().unwrap(),
        ))
        .await
        .unwrap();
    assert_eq!(policies.total_count, Some(4));
}

#[tokio::test]
async fn list_prices_are_those_of_the_site() {
    let sandbox = international(&Sandbox::small_distributor(), "customer-4");
    let customer = client(&sandbox, "customer-4");
    let query = ListSpecPrices::new("ap-southeast-1")
        .cloud_service_type("hws.service.type.obs")
        .need_price(true)
        .need_attributes(true);
    let page = customer.send(&query.clone()).await.unwrap();
    assert_eq!(page.resource_spec_infos.len(), 4);
    let packages = SpecPriceFilter::new(SpecPriceFilterKey::ChargingMode, "ON_DEMAND_PKG");
    let page = customer.send(&query.filters([packages])).await.unwrap();
    let package = &page.resource_spec_infos[0];
    assert_eq!(package.resource_spec_name.as_deref(), Some("Standard storage package, 100 GB"));
    assert_eq!(package.attributes[0].value.as_deref(), Some("100"));
    let price = &package.price_lists[0];
    assert_eq!((price.currency.clone(), price.official_price), (Some(Currency::Usd), Some(yuan("2"))));
    assert!(customer.send(&ListSpecPrices::new("cn-north-4")).await.unwrap().resource_spec_infos.is_empty());
}

fn used(id: &str, spec: &str, factor: &str, value: &str, unit: MeasureUnit) -> UsedProduct {
    let (service, resource) = match spec {
        "12_bgp" => ("hws.service.type.vpc", "hws.resource.type.bandwidth"),
        "SAS" => ("hws.service.type.ebs", "hws.resource.type.volume"),
        _ => ("hws.service.type.ec2", "hws.resource.type.vm"),
    };
    UsedProduct::new(id, service, resource, spec, "cn-north-4", factor, yuan(value), unit, 1_u32)
}

#[tokio::test]
async fn use_is_priced_exactly_and_with_the_commercial_rate() {
    let (sandbox, customer) = with_money();
    let rate = |products: Vec<UsedProduct>| RatePayPerUse::new("project", products);
    let disk = used("disk", "SAS", "duration", "0.333", MeasureUnit::Hour)
        .resource_size(40_u32)
        .size_measure_id(MeasureUnit::Gigabyte);
    let traffic = used("traffic", "12_bgp", "upflow", "2.5", MeasureUnit::GigabyteOfTraffic);
    let price = customer.send(&rate(vec![disk.clone(), traffic])).await.unwrap();
    assert_eq!(price.product_rating_results[0].amount, Some(yuan("0.009324")));
    assert_eq!(price.amount, Some(yuan("2.009324")));

    for (kind, left) in [(OrderDiscountType::PartnerGranted, "0.5"), (OrderDiscountType::Commercial, "0.85")]
    {
        sandbox.grant_discount(NewDiscount::rate("customer-1", kind, yuan(left))).unwrap();
    }
    let ten = rate(vec![disk.clone()]).inquiry_precision(PricePrecision::TenDecimals);
    let price = customer.send(&ten).await.unwrap();
    let row = &price.product_rating_results[0];
    assert_eq!((row.amount, row.discount_amount), (Some(yuan("0.0079254")), Some(yuan("0.0013986"))));
    assert_eq!(row.discount_rating_results[0].discount_type, Some(RatingDiscountType::Commercial));

    for (product, code) in [
        (used("x", "c7.large", "Duration", "1", MeasureUnit::Hour), codes::PRODUCT_NOT_FOUND),
        (used("x", "SAS", "Duration", "1", MeasureUnit::Hour), codes::PRODUCT_NOT_FOUND),
        (used("x", "c6.large.2.linux", "upflow", "1", MeasureUnit::Hour), codes::USAGE_FACTOR_UNKNOWN),
        (used("x", "c6.large.2.linux", "Duration", "1", MeasureUnit::Piece), codes::USAGE_UNIT_WRONG),
    ] {
        assert_eq!(refused(customer.send(&rate(vec![product])).await), code.as_str());
    }
    let partner = client(&sandbox, "distributor").with(CallOptions::new().skip_validation());
    assert!(partner.send(&rate(vec![disk])).await.is_err(), "a partner's own credentials are refused");
}

fn server(id: &str, region: &str, period: PricePeriod) -> SubscribedProduct {
    let (service, resource) = ("hws.service.type.ec2", "hws.resource.type.vm");
    SubscribedProduct::new(id, service, resource, "c6.large.2.linux", region, period, 3_u32, 2_u32)
}

#[tokio::test]
async fn subscriptions_are_priced_with_each_discount() {
    let (sandbox, customer) = with_money();
    let products =
        || vec![server("a", "cn-north-4", PricePeriod::Month), server("b", "cn-south-1", PricePeriod::Year)];
    let rate = RateSubscription::new("project", products());
    let price = customer.send(&rate.clone()).await.unwrap();
    let list = price.official_website_rating_result.as_ref().unwrap();
    assert_eq!(list.official_website_amount, Some(yuan("15246")), "6 times 231 and 6 times 2310");
    assert!(price.best_offer().is_none());

    let rates = [
        (OrderDiscountType::PartnerGranted, "0.9"),
        (OrderDiscountType::Commercial, "0.9"),
        (OrderDiscountType::Promotion, "0.1"),
    ];
    for (kind, left) in rates {
        sandbox.grant_discount(NewDiscount::rate("customer-1", kind, yuan(left))).unwrap();
    }
    let price = customer.send(&rate).await.unwrap();
    assert_eq!(price.optional_discount_rating_results.len(), 2, "promotions do not take part");
    let best = price.best_offer().unwrap();
    assert_eq!(best.discount_type, Some(RatingDiscountType::Commercial), "on a tie");
    assert_eq!((best.amount, best.discount_amount), (Some(yuan("13721.4")), Some(yuan("1524.6"))));

    let hourly = RateSubscription::new("project", vec![server("a", "cn-north-4", PricePeriod::Hour)]);
    assert_eq!(refused(customer.send(&hourly).await), codes::PRODUCT_NOT_FOUND.as_str());
    let abroad = RateSubscription::new("project", vec![server("a", "ap-southeast-1", PricePeriod::Month)]);
    assert_eq!(refused(customer.send(&abroad).await), codes::PRODUCT_NOT_FOUND.as_str());
}

// Orders.

#[tokio::test]
async fn an_order_is_placed_paid_with_everything_and_completed() {
    let (sandbox, customer) = with_money();
    let partner = client(&sandbox, "distributor");
    let customers: Vec<CustomerId> = vec!["customer-1".into()];
    let issue = IssueVouchers::new("quota-1", customers, yuan("100"));
    let issued = partner.send(&issue).await.unwrap();
    let voucher = issued.coupon_infos[0].coupon_id.clone();
    let discount = NewDiscount {
        service_type_code: Some("hws.service.type.ec2".to_owned()),
        ..NewDiscount::rate("customer-1", OrderDiscountType::PartnerGranted, yuan("0.9"))
    };
    let discount = sandbox.grant_discount(discount).unwrap();

    let line = NewLine::new(SERVER, Term::Months(1)).quantity(2).name("web").attached("SAS@cn-north-4", 40);
    let order = place(&sandbox, line);
    let details = show(&customer, &order).await;
    assert_eq!(details.total_count, Some(4));
    let info = &details.order_info;
    assert_eq!((info.status, info.order_type), (Some(OrderStatus::PendingPayment), Some(OrderType::New)));
    assert_eq!(info.official_amount, Some(yuan("490")), "twice 231 and 14");
    assert_eq!(info.pending_payment_end_time, Some(at("2026-05-13T01:00:00Z")));

    let vouchers = customer.send(&ListOrderVouchers::new(&order)).await.unwrap().into_inner();
    assert_eq!(vouchers.coupon_max_use_quantity[0].use_quantity_value, Some(3));
    let discounts = customer.send(&ListOrderDiscounts::new(&order)).await.unwrap().into_inner();
    let lines = &discounts.discounts[0].orders[0].order_line_items;
    assert_eq!(lines.len(), 1, "equal lines together, disks not at all");
    assert_eq!((lines[0].discount_amount, lines[0].discount_ratio), (Some(yuan("46.2")), Some(yuan("0.9"))));

    let pay = PayOrder::new(&order)
        .with_vouchers(vouchers.user_coupons.iter().filter_map(OrderVoucher::for_payment))
        .with_discount(discounts.discounts[0].for_payment().unwrap());
    customer.send(&pay.clone()).await.unwrap();
    let details = show(&customer, &order).await;
    assert_eq!(details.order_info.status, Some(OrderStatus::Processing));
    assert_eq!(details.order_info.amount_after_discount, Some(yuan("443.8")));
    let amounts = details.order_info.amount_info.as_ref().unwrap();
    assert_eq!(amounts.coupon_amount, Some(yuan("100")));
    assert_eq!(amounts.discounts[0].discount_type, Some(DiscountKind::PartnerGranted));
    assert_eq!(cash(&sandbox, "customer-1"), yuan("9656.2"));
    assert_eq!(discount, discounts.discounts[0].discount_id);

    assert_eq!(refused(customer.send(&pay).await), codes::ORDER_STATE_CHANGED.as_str());
    assert!(customer.send(&ListSubscriptions::new()).await.unwrap().data.is_empty(), "not set up yet");
    sandbox.clock().advance(Duration::from_secs(60));
    assert!(show(&customer, &order).await.order_info.is_settled());
    let all = customer.send(&ListSubscriptions::new()).await.unwrap();
    assert_eq!(all.total_count, Some(4));
    let main = all.data.iter().find(|one| one.is_main_resource == Some(ResourceRole::Main)).unwrap();
    assert_eq!(main.resource_name.as_deref(), Some("web"));
    assert_eq!(main.expire_time, Some(at("2026-06-06T15:59:59Z")));
    assert_eq!(main.expire_policy, Some(ExpiryPolicy::Grace));
    let with_disk =
        customer.send(&ListSubscriptions::new().resource_ids([main.resource_id.clone()])).await.unwrap();
    assert_eq!(with_disk.total_count, Some(2));
    let disk = with_disk.data.iter().find(|one| one.parent_resource_id.is_some()).unwrap();
    assert_eq!((disk.spec_size, disk.spec_size_measure_id), (Some(yuan("40")), Some(MeasureUnit::Gigabyte)));

    let gone = PayOrder::new(place(&sandbox, NewLine::new(SERVER, Term::Months(1))))
        .with_vouchers([PaymentVoucher::new(&voucher, PaymentVoucherType::Cash)]);
    assert_eq!(refused(customer.send(&gone).await), codes::VOUCHER_ALREADY_USED.as_str());
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_cannot_be_paid_is_refused_and_stays() {
    let (sandbox, customer) = with_money();
    let dear = place(&sandbox, NewLine::new(SERVER, Term::Years(3)).quantity(2));
    assert_eq!(refused(customer.send(&PayOrder::new(&dear)).await), codes::BALANCE_TOO_LOW.as_str());
    assert_eq!(refused(customer.send(&PayOrder::new("CS0")).await), codes::ORDER_NOT_FOUND.as_str());
    let other = client(&sandbox, "customer-2");
    assert_eq!(refused(other.send(&PayOrder::new(&dear)).await), codes::ORDER_NOT_FOUND.as_str());

    let promotion = NewDiscount {
        reckoning: Reckoning::Reduction { from: yuan("14000"), off: yuan("0.01") },
        ..NewDiscount::rate("customer-1", OrderDiscountType::Promotion, yuan("0.5"))
    };
    let promotion = sandbox.grant_discount(promotion).unwrap();
    let wrong = PaymentDiscount::new(&*promotion, OrderDiscountType::Commercial);
    let wrong = customer.send(&PayOrder::new(&dear).with_discount(wrong)).await;
    assert_eq!(refused(wrong), codes::DISCOUNT_NOT_USABLE.as_str());
    let small = place(&sandbox, NewLine::new(SERVER, Term::Months(1)));
    let threshold = PaymentDiscount::new(&*promotion, OrderDiscountType::Promotion);
    let below = customer.send(&PayOrder::new(&small).with_discount(threshold.clone())).await;
    assert_eq!(refused(below), codes::DISCOUNT_NOT_USABLE.as_str());

    let adjusted = NewDiscount {
        reckoning: Reckoning::FixedPrice(yuan("9000")),
        order: Some(dear.to_string()),
        ..NewDiscount::rate("customer-1", OrderDiscountType::PriceAdjustment, yuan("0.5"))
    };
    let adjusted = sandbox.grant_discount(adjusted).unwrap();
    for attempt in [PayOrder::new(&dear), PayOrder::new(&dear).with_discount(threshold)] {
        assert_eq!(refused(customer.send(&attempt).await), codes::DISCOUNT_NOT_USABLE.as_str());
    }
    let adjusted = PaymentDiscount::new(&*adjusted, OrderDiscountType::PriceAdjustment);
    customer.send(&PayOrder::new(&dear).with_discount(adjusted)).await.unwrap();
    assert_eq!(cash(&sandbox, "customer-1"), yuan("1000"));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn orders_are_cancelled_by_hand_and_by_time() {
    let (sandbox, customer) = with_money();
    let first = place(&sandbox, NewLine::new(SERVER, Term::Months(1)));
    customer.send(&CancelOrder::new(&first)).await.unwrap();
    assert_eq!(show(&customer, &first).await.order_info.status, Some(OrderStatus::Cancelled));
    assert_eq!(
        refused(customer.send(&CancelOrder::new(&first)).await),
        codes::ORDER_NOT_CANCELLABLE.as_str()
    );
    let second = place(&sandbox, NewLine::new(SERVER, Term::Months(1)));
    sandbox.clock().advance(7 * DAY + Duration::from_secs(1));
    assert_eq!(show(&customer, &second).await.order_info.status, Some(OrderStatus::Cancelled));
    let late = customer.send(&PayOrder::new(&second)).await;
    assert_eq!(refused(late), codes::PAYMENT_DEADLINE_PASSED.as_str());
    assert_eq!(
        refused(customer.send(&CancelOrder::new(&second)).await),
        codes::ORDER_NOT_CANCELLABLE.as_str()
    );
    assert_eq!(
        refused(customer.send(&ListOrderVouchers::new(&second)).await),
        codes::ORDER_STATE_CHANGED.as_str()
    );
}

#[tokio::test]
async fn orders_are_placed_for_what_is_on_sale_only() {
    let sandbox = Sandbox::small_distributor();
    let place = |customer: &str, line: NewLine| {
        let refusal = sandbox.place_order(NewOrder::new(customer).line(line)).unwrap_err();
        refusal.code().clone()
    };
    let month = Term::Months(1);
    assert_eq!(place("nobody", NewLine::new(SERVER, month)), codes::ACCOUNT_NOT_FOUND);
    assert_eq!(place("reseller-1", NewLine::new(SERVER, month)), codes::ACCOUNT_NOT_FOUND);
    assert_eq!(
        place("customer-1", NewLine::new("c6.large.2.linux@ap-southeast-1", month)),
        codes::PRODUCT_NOT_FOUND
    );
    assert_eq!(place("customer-1", NewLine::new("SAS@cn-north-4", month)), codes::PRODUCT_NOT_FOUND);
    assert_eq!(
        place("customer-1", NewLine::new(SERVER, Term::Months(12))),
        codes::SUBSCRIPTION_PERIOD_REFUSED
    );
    assert_eq!(
        place("customer-1", NewLine::new("5_bgp@cn-north-4", month)),
        codes::SUBSCRIPTION_PERIOD_REFUSED
    );
    assert_eq!(place("customer-1", NewLine::new(SERVER, month).quantity(0)), codes::BAD_PARAMETER);
    let event: SandboxEvent = serde_json::from_str(
        r#"{"place_order":{"customer":"customer-1","lines":[{"offer":"SSD@cn-north-4","term":{"years":1},"size":10}]}}"#,
    )
    .unwrap();
    assert!(sandbox.apply(event).unwrap().unwrap().starts_with("CS"));
}

#[tokio::test]
async fn orders_are_found_by_every_filter_and_by_those_who_may() {
    let (sandbox, customer) = with_money();
    let (bought, _) = buy(&sandbox, &customer, NewLine::new(SERVER, Term::Months(1))).await;
    sandbox.clock().advance(DAY);
    let disk = place(&sandbox, NewLine::new("SSD@cn-north-4", Term::Months(1)).size(10));
    sandbox.place_order(NewOrder::new("customer-2").line(NewLine::new(SERVER, Term::Months(1)))).unwrap();

    let found = async |client: &Client, query: ListOrders| -> Vec<OrderId> {
        let page = client.send(&query).await.unwrap().into_inner();
        page.order_infos.into_iter().map(|order| order.order_id).collect()
    };
    let query = ListOrders::new;
    let all = [bought.clone(), disk.clone()];
    let (bought, disk) = ([bought], [disk]);
    assert_eq!(found(&customer, query()).await, all);
    assert_eq!(found(&customer, query().order_by(OrderSort::NewestFirst).limit(1_u32)).await, disk);
    assert_eq!(found(&customer, query().order_id(bought[0].as_str().to_lowercase())).await, bought);
    assert_eq!(found(&customer, query().status(OrderStatus::PendingPayment)).await, disk);
    assert_eq!(found(&customer, query().service_type_code("hws.service.type.ec2")).await, bought);
    assert!(found(&customer, query().order_type(OrderType::Renewal)).await.is_empty());
    assert_eq!(found(&customer, query().create_time_begin(at("2026-05-07T00:00:00Z"))).await, disk);
    assert_eq!(found(&customer, query().create_time_end(at("2026-05-07T00:00:00Z"))).await, bought);
    assert_eq!(found(&customer, query().payment_time_begin(at("2026-05-06T00:00:00Z"))).await, bought);
    assert!(found(&customer, query().payment_time_end(at("2026-05-06T00:00:00Z"))).await.is_empty());
    assert!(found(&customer, query().method(OrdersOf::Members)).await.is_empty());

    let partner = client(&sandbox, "distributor");
    assert_eq!(found(&partner, query()).await, all);
    assert!(found(&partner, query().customer_id("customer-2")).await.is_empty());
    let of_reseller = found(&partner, query().indirect_partner_id("reseller-1")).await;
    assert_eq!(of_reseller.len(), 1);
    let details = ShowOrder::new(&of_reseller[0]);
    assert_eq!(refused(partner.send(&details.clone()).await), codes::ORDER_NOT_FOUND.as_str());
    let details = partner.send(&details.indirect_partner_id("reseller-1")).await.unwrap();
    assert_eq!(details.order_info.customer_id.as_str(), "customer-2");
    let english = customer.send(&ShowOrder::new(&disk[0]).language(Language::English)).await.unwrap();
    assert_eq!(english.order_line_items[0].product_spec_desc.as_deref(), Some("Ultra-high I/O"));

    let resources = partner.send(&ListSubscriptions::new().customer_id("customer-1")).await.unwrap();
    assert_eq!(resources.total_count, Some(1));
    let foreign = partner.send(&ListSubscriptions::new().customer_id("customer-2")).await;
    assert_eq!(refused(foreign), codes::ACCESS_DENIED.as_str());
    assert_eq!(refused(partner.send(&ListSubscriptions::new()).await), codes::BAD_PARAMETER.as_str());
}

// Packages.

#[tokio::test]
async fn packages_are_used_up_once_or_each_month() {
    let (sandbox, customer) = with_money();
    let order = NewOrder::new("customer-1")
        .line(NewLine::new("obs.storage.100GB@cn-north-4", Term::Months(3)))
        .line(NewLine::new("obs.traffic.500GB@cn-north-4", Term::Years(1)));
    let order = sandbox.place_order(order).unwrap();
    customer.send(&PayOrder::new(&order)).await.unwrap();
    let packages = customer.send(&ListPackages::new().order_id(&order)).await.unwrap().into_inner();
    let [storage, traffic] = &packages.free_resource_packages[..] else { panic!("two packages") };
    assert_eq!(storage.quota_reuse_mode, Some(QuotaReuse::EachCycle));
    assert_eq!(traffic.product_name.as_deref(), Some("公网流出流量包 500GB"));
    let (storage, traffic) = (&storage.free_resources[0].free_resource_id, &traffic.order_instance_id);

    let take = |package: &str, amount: &str| {
        sandbox.use_package(PackageUse {
            customer: "customer-1".into(),
            package: package.into(),
            resource: "bucket-1".into(),
            amount: yuan(amount),
        })
    };
    take(storage, "60.5").unwrap();
    take(traffic, "500").unwrap();
    assert_eq!(take(storage, "39.6").unwrap_err().code(), &codes::INVALID_PARAMETER);
    assert_eq!(take("other", "1").unwrap_err().code(), &codes::RESOURCE_NOT_FOUND);
    assert_eq!(take(storage, "0").unwrap_err().code(), &codes::BAD_PARAMETER);
    let used_up = customer.send(&ListPackages::new().status(PackageStatus::UsedUp)).await.unwrap();
    assert_eq!(used_up.free_resource_packages[0].order_instance_id, *traffic);
    let usage = ShowPackageUsage::new(vec![storage.clone()]);
    let left = customer.send(&usage.clone()).await.unwrap().into_inner();
    assert_eq!(left.free_resources[0].amount, Some(yuan("39.5")));

    sandbox.clock().advance(31 * DAY);
    let left = customer.send(&usage).await.unwrap().into_inner();
    assert_eq!(left.free_resources[0].amount, Some(yuan("100")), "full again");
    assert!(left.free_resources[0].start_time > Some(at("2026-06-06T00:00:00Z")));
    take(storage, "1").unwrap();
    let deductions = |from: &str, until: &str| {
        let day = |text: &str| text.parse::<huaweicloud_partner::types::Day>().unwrap();
        let (client, operation) = (customer.clone(), ListPackageDeductions::new(day(from), day(until)));
        async move { client.send(&operation).await }
    };
    let in_may = deductions("2026-05-06", "2026-05-31").await.unwrap();
    assert_eq!(in_may.total_count, Some(2));
    let first = &in_may.free_resource_records[0];
    assert_eq!(
        (first.available_amount, first.used_amount, first.remaining_amount),
        (Some(yuan("100")), Some(yuan("60.5")), Some(yuan("39.5")))
    );
    assert_eq!(deductions("2026-06-01", "2026-06-30").await.unwrap().total_count, Some(1));

    let no_refund = Unsubscribe::new([traffic.as_str()], UnsubscribeScope::ResourceAndRenewals);
    assert_eq!(refused(customer.send(&no_refund).await), codes::PACKAGE_NOT_RETURNABLE.as_str());
    sandbox.clock().advance(365 * DAY);
    let expired = customer.send(&ListPackages::new().status(PackageStatus::Expired)).await.unwrap();
    assert_eq!(expired.total_count, Some(2));
    sandbox.clock().advance(549 * DAY);
    assert_eq!(customer.send(&ListPackages::new()).await.unwrap().total_count, Some(0));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_market_is_saved_and_loaded() {
    let (sandbox, customer) = with_money();
    let (_, resources) = buy(&sandbox, &customer, NewLine::new(SERVER, Term::Months(1))).await;
    customer.send(&EnableAutoRenewal::new(&resources[0])).await.unwrap();
    let stored = serde_json::to_string(&sandbox.snapshot()).unwrap();
    let loaded = Sandbox::new(serde_json::from_str(&stored).unwrap());
    assert_eq!(serde_json::to_string(&loaded.snapshot()).unwrap(), stored);
    loaded.clock().advance(40 * DAY);
    let customer = client(&loaded, "customer-1");
    let renewed = subscription(&customer, &resources[0]).await;
    assert_eq!(renewed.expire_time, Some(at("2026-07-06T15:59:59Z")));
    loaded.audit().unwrap();
}
