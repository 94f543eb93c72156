//! Selling subscriptions to a customer: price, payment, renewal, automatic renewal, and the end of one.
//!
//! ```text
//! cargo run --example selling
//! ```
//!
//! The partner looks with its own credentials; what binds the customer is done as the customer, through a
//! view of the same client ([`Client::with`]). The responses to one payment and to the unsubscription are
//! lost on the way: neither is sent again before the orders have shown what happened.
//!
//! Nothing leaves the machine: the sandbox takes the service's place; see `stand_in` at the end.

use std::{process::ExitCode, time::Duration};

use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    client::CallOptions,
    error::codes,
    journal::{ResolveOptions, Settled},
    orders::{
        AutoPay, AutoRenewalPeriod, EnableAutoRenewal, ListOrderDiscounts, ListOrderVouchers, ListOrders,
        ListSubscriptions, Order, OrderDiscount, OrderDiscountType, OrderStatus, OrderType, OrderVoucher,
        PayOrder, RenewResources, RenewalPeriod, ResourceScope, ShowOrder, ShowRefund, Subscription,
        SubscriptionStatus, Unsubscribe, UnsubscribeReason, UnsubscribeScope,
    },
    products::{PricePeriod, RateRenewal, RateSubscription, SubscribedProduct},
    types::{Amount, CustomerId, OrderId, ResourceId, UtcTime},
};

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = async {
        let (partner, customer_id, keys) = stand_in::partner().await?;
        // With the real service: `auth::AgencyToken`, by an agency that the customer granted to the partner.
        let customer = partner.with(CallOptions::new().credentials(keys));
        run(&partner, &customer, &customer_id).await
    };
    match outcome.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            explain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(partner: &Client, customer: &Client, customer_id: &CustomerId) -> Result<(), Error> {
    title("What a server costs for a year");
    quote(customer).await?;

    title("Orders that wait for payment");
    let waiting = ListOrders::new().customer_id(customer_id).status(OrderStatus::PendingPayment);
    let orders: Vec<Order> = partner.items(waiting).try_collect().await?;
    for order in &orders {
        pay(customer, order).await?;
    }

    title("Subscriptions that end within a month");
    let ending = ending_soon(partner, customer_id).await?;
    let [first, rest @ ..] = ending.as_slice() else {
        println!("none");
        return Ok(());
    };
    renew(customer, first).await?;
    if let [second, ..] = rest {
        let times =
            EnableAutoRenewal::new(second).period_type(AutoRenewalPeriod::Month).auto_renew_times(3_u32);
        customer.send(&times).await?;
        println!("{second} renews itself three times");
    }

    title("One is given up");
    if let Some(last) = rest.last() {
        unsubscribe(partner, customer, customer_id, last).await?;
    }
    Ok(())
}

fn title(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// The list price, and the price with the discount that saves most.
async fn quote(customer: &Client) -> Result<(), Error> {
    let server = SubscribedProduct::new(
        "server",
        "hws.service.type.ec2",
        "hws.resource.type.vm",
        "c6.large.2.linux",
        "cn-north-4",
        PricePeriod::Year,
        1_u32,
        1_u32,
    );
    let price =
        customer.send(&RateSubscription::new("0aa253a31a2f4cfda30eaa073fee6477", vec![server])).await?;
    let list = price.official_website_rating_result.as_ref().and_then(|list| list.official_website_amount);
    println!("list price {}", shown(list));
    if let Some(offer) = price.best_offer() {
        let name = offer.discount_name.as_deref().unwrap_or(&offer.discount_id);
        println!("with {name} {}, which saves {}", shown(offer.amount), shown(offer.discount_amount));
    }
    Ok(())
}

/// Pays one order with the largest discount and the vouchers that go with it, and waits until it is done.
async fn pay(customer: &Client, order: &Order) -> Result<(), Error> {
    let id = &order.order_id;
    println!("{id} of {}", shown(order.amount_after_discount));
    let discounts = customer.send(&ListOrderDiscounts::new(id)).await?.into_inner().discounts;
    let discount = best(&discounts);
    let vouchers = customer.send(&ListOrderVouchers::new(id)).await?.into_inner().user_coupons;
    let usable =
        vouchers.iter().filter(|voucher| discount.is_none_or(|discount| go_together(voucher, discount)));
    let mut request = PayOrder::new(id).with_vouchers(usable.filter_map(OrderVoucher::for_payment).take(3));
    if let Some((found, payment)) = discount.and_then(|found| Some((found, found.for_payment()?))) {
        println!("  discount {} takes off {}", found.discount_id, shown(saving(found)));
        request = request.with_discount(payment);
    }
    for voucher in request.coupon_infos.iter().flatten() {
        println!("  voucher {} is used", voucher.id);
    }

    match customer.send(&request.clone()).await {
        Ok(_) => println!("  payment taken"),
        Err(error) if error.code() == Some(&codes::BALANCE_TOO_LOW) => {
            println!("  not paid: the customer has too little money ({})", codes::BALANCE_TOO_LOW);
            return Ok(());
        }
        // Paid or cancelled by somebody else meanwhile: the order tells.
        Err(error) if error.code() == Some(&codes::ORDER_STATE_CHANGED) => println!("  not open any more"),
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            println!("  no response came; looking at the order");
            // There is no key against repeats, but the order has a state. Only one that still waits for payment may be
            // paid again.
            match customer.resolve_error(&request, &error, ResolveOptions::default()).await? {
                Settled::Executed(_) => println!("  it was paid"),
                Settled::NotExecuted(_) => {
                    println!("  it was not paid; the next run will pay it");
                    return Ok(());
                }
                _ => return Err(error),
            }
        }
        Err(error) => return Err(error),
    }
    settle(customer, id).await
}

/// Waits until nothing will happen to an order any more: ten minutes at most.
async fn settle(customer: &Client, id: &OrderId) -> Result<(), Error> {
    for _ in 0..60 {
        let order = customer.send(&ShowOrder::new(id)).await?.order_info.clone();
        if order.is_settled() {
            println!("  order {:?}", order.status);
            return Ok(());
        }
        customer.clock().sleep(Duration::from_secs(10)).await;
    }
    println!("  order still under way: look again later");
    Ok(())
}

/// The discount that takes off most; an adjusted price must be used, whatever it takes off.
fn best(discounts: &[OrderDiscount]) -> Option<&OrderDiscount> {
    let adjusted = discounts.iter().find(|one| one.discount_type == Some(OrderDiscountType::PriceAdjustment));
    adjusted.or_else(|| discounts.iter().max_by_key(|one| saving(one)))
}

fn saving(discount: &OrderDiscount) -> Option<Amount> {
    let mut lines = discount.orders.iter().flat_map(|order| &order.order_line_items);
    lines.try_fold(Amount::ZERO, |sum, lines| sum.checked_add(lines.discount_amount?))
}

/// Whether the limits of a voucher let it be used beside this kind of discount.
fn go_together(voucher: &OrderVoucher, discount: &OrderDiscount) -> bool {
    let key = match discount.discount_type {
        Some(OrderDiscountType::PartnerGranted) => "simultaneousUseWithEmpowerDiscount",
        Some(OrderDiscountType::Commercial) => "simultaneousUseWithContractDiscount",
        Some(OrderDiscountType::Promotion) => "simultaneousUseWithPromotionDiscount",
        _ => return true,
    };
    let excludes = |value: Option<&str>| value == Some("0");
    !voucher.use_limits.iter().any(|limit| limit.limit_key == key && excludes(limit.value1.as_deref()))
}

/// The main resources that end within thirty days and do not renew themselves, the soonest first.
async fn ending_soon(partner: &Client, customer: &CustomerId) -> Result<Vec<ResourceId>, Error> {
    let now = partner.clock().now();
    let query = ListSubscriptions::new()
        .customer_id(customer)
        .only_main_resource(ResourceScope::MainOnly)
        .status_list([SubscriptionStatus::InUse])
        .expire_time_begin(UtcTime::from(now))
        .expire_time_end(UtcTime::from(now.saturating_add(time::Duration::days(30))));
    let mut found: Vec<Subscription> = partner.items(query).try_collect().await?;
    found.retain(|one| !one.renews_automatically());
    found.sort_by_key(|one| one.expire_time);
    for one in &found {
        let what = one.resource_spec_code.as_deref().unwrap_or("-");
        let end = one.expire_time.map(|time| time.billing_day().to_string()).unwrap_or_default();
        println!("{:<20} {what:<18} until {end}", one.resource_id.as_str());
    }
    Ok(found.into_iter().map(|one| one.resource_id).collect())
}

/// Asks the price, places the order, and pays it like any other.
async fn renew(customer: &Client, resource: &ResourceId) -> Result<(), Error> {
    let (resources, months) = (vec![resource.clone()], 1_u32);
    let price = customer.send(&RateRenewal::new(resources.clone(), RenewalPeriod::Month, months)).await?;
    for outcome in price.outcomes() {
        match outcome {
            Ok(price) => println!("a month more of {} costs {}", price.resource_id, shown(price.amount)),
            Err(failure) => {
                println!("no price: {failure}");
                return Ok(());
            }
        }
    }
    let request = RenewResources::new(resources, RenewalPeriod::Month, months).is_auto_pay(AutoPay::Later);
    let placed = customer.send(&request).await?;
    for outcome in placed.outcomes() {
        match outcome {
            Ok(order) => {
                let order = customer.send(&ShowOrder::new(order)).await?.into_inner().order_info;
                pay(customer, &order).await?;
            }
            Err(failure) => println!("not renewed: {failure}"),
        }
    }
    Ok(())
}

/// Ends a resource for good and says what came back.
async fn unsubscribe(
    partner: &Client,
    customer: &Client,
    customer_id: &CustomerId,
    resource: &ResourceId,
) -> Result<(), Error> {
    let request = Unsubscribe::new(vec![resource.clone()], UnsubscribeScope::ResourceAndRenewals)
        .unsubscribe_reason_type(UnsubscribeReason::Unlisted);
    let orders = match customer.send(&request).await {
        Ok(placed) => placed.into_inner().order_ids,
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            println!("no response came; looking for orders of that time");
            placed_meanwhile(customer, &error, OrderType::Unsubscription).await?
        }
        Err(error) => return Err(error),
    };
    if orders.is_empty() {
        println!("{resource} was not given up; the next run will do it");
    }
    for order in orders {
        let refund = partner.send(&ShowRefund::new(&order).customer_id(customer_id)).await?;
        for row in &refund.refund_infos {
            let what = &row.resource_type_code;
            match row.amount {
                Some(amount) if amount.is_negative() => {
                    println!("{order}: {what:<28} {:>10.2} CNY given back", amount.abs());
                }
                Some(amount) => println!("{order}: {what:<28} {amount:>10.2} CNY kept"),
                None => println!("{order}: {what:<28} without an amount"),
            }
        }
        match refund.total() {
            Ok(sum) => println!("{order}: {:<28} {:>10.2} CNY back", "together", sum.negated()),
            Err(why) => println!("{order}: {why}"),
        }
    }
    Ok(())
}

/// Lists the orders of a kind that were placed while a response was lost. Another user may have placed one in
/// the same minutes, so check their contents before acting on them.
async fn placed_meanwhile(customer: &Client, error: &Error, kind: OrderType) -> Result<Vec<OrderId>, Error> {
    let Some(outcome) = error.outcome() else { return Ok(Vec::new()) };
    let margin = Duration::from_secs(60);
    let (from, until) = (outcome.from.instant() - margin, outcome.until.instant() + margin);
    let query = ListOrders::new()
        .order_type(kind)
        .create_time_begin(UtcTime::from(from))
        .create_time_end(UtcTime::from(until));
    customer.items(query).map_ok(|order| order.order_id).try_collect().await
}

fn shown(amount: Option<Amount>) -> String {
    amount.map_or_else(|| "no price".to_owned(), |amount| format!("{amount:.2} CNY"))
}

fn explain(error: &Error) {
    eprintln!("{error}");
    match error.kind() {
        ErrorKind::WrongCaller => eprintln!("this is done as the customer: use its view of the client"),
        ErrorKind::Credentials => eprintln!("check keys, token and clock"),
        ErrorKind::Throttled | ErrorKind::NotSent | ErrorKind::Interrupted | ErrorKind::TimedOut => {
            eprintln!("try again later")
        }
        ErrorKind::OutcomeUnknown => eprintln!("look at the orders before anything is repeated"),
        _ => {}
    }
    if let Some(info) = error.code().and_then(|code| code.info()) {
        eprintln!("what to do: {}", info.remedy);
    }
}

/// Stand-in for the service: the sandbox with a customer that has bought a little, and a line that loses two
/// responses.
mod stand_in {
    use std::{sync::Arc, time::Duration};

    use huaweicloud_partner::{
        Client, Error, ErrorKind,
        auth::Credentials,
        error::ApiError,
        orders::{EnableAutoRenewal, ListSubscriptions, OrderDiscountType, PayOrder, Unsubscribe},
        testing::{FaultTransport, FaultTrigger, InjectedFault},
        types::Site,
        types::{Amount, CustomerId, OrderId},
        vouchers::IssueVouchers,
    };
    use huaweicloud_partner_sandbox::{NewDiscount, NewLine, NewOrder, Sandbox, SandboxEvent, Term};

    const CUSTOMER: &str = "customer-1";
    const DAY: Duration = Duration::from_secs(24 * 3600);

    /// The partner's client, and the customer with its credentials.
    pub async fn partner() -> Result<(Client, CustomerId, Credentials), Error> {
        let sandbox = Sandbox::small_distributor();
        bought_before(&sandbox).await?;
        prepare_orders(&sandbox).await?;
        let line = FaultTransport::new(sandbox.clone(), Arc::new(sandbox.clock().clone()))
            .inject(InjectedFault::LostResponse, FaultTrigger::call(2).of::<PayOrder>())
            .inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<Unsubscribe>());
        let partner = Client::builder(Site::China)
            .credentials(keys(&sandbox, "distributor")?)
            .transport(line)
            .clock(sandbox.clock().clone())
            .build()?;
        Ok((partner, CUSTOMER.into(), keys(&sandbox, CUSTOMER)?))
    }

    fn keys(sandbox: &Sandbox, account: &str) -> Result<Credentials, Error> {
        sandbox.credentials(account).ok_or_else(|| wrong("no such account"))
    }

    /// Four things for a month, one of which renews itself.
    async fn bought_before(sandbox: &Sandbox) -> Result<(), Error> {
        let customer = sandbox.client(CUSTOMER)?;
        let money = SandboxEvent::Recharge { account: CUSTOMER.to_owned(), amount: Amount::from(2000) };
        sandbox.apply(money).map_err(refused)?;
        let month = Term::Months(1);
        for (line, renews) in [
            (NewLine::new("c6.xlarge.2.linux@cn-north-4", month), false),
            (NewLine::new("c6.large.2.linux@cn-north-4", month), true),
            (NewLine::new("c6.large.2.linux@cn-north-4", month), false),
            (NewLine::new("19_bgp@cn-north-4", month).size(5), false),
        ] {
            let order = place(sandbox, line)?;
            customer.send(&PayOrder::new(&order)).await?;
            sandbox.clock().advance(DAY);
            let bought = customer.send(&ListSubscriptions::new().order_id(&order)).await?;
            for one in bought.data.iter().filter(|_| renews) {
                customer.send(&EnableAutoRenewal::new(&one.resource_id)).await?;
            }
        }
        sandbox.clock().advance(8 * DAY);
        Ok(())
    }

    /// Three orders that wait for payment, of which the last is too dear; two discounts and a voucher.
    async fn prepare_orders(sandbox: &Sandbox) -> Result<(), Error> {
        for line in [
            NewLine::new("c6.large.2.linux@cn-north-4", Term::Months(1)),
            NewLine::new("SSD@cn-north-4", Term::Months(1)).size(40),
            NewLine::new("c6.xlarge.2.linux@cn-north-4", Term::Years(3)),
        ] {
            place(sandbox, line)?;
        }
        let commercial = NewDiscount {
            name: "Commercial discount".to_owned(),
            service_type_code: Some("hws.service.type.ec2".to_owned()),
            ..NewDiscount::rate(CUSTOMER, OrderDiscountType::Commercial, percent(85)?)
        };
        let granted = NewDiscount::rate(CUSTOMER, OrderDiscountType::PartnerGranted, percent(95)?);
        for discount in [commercial, granted] {
            sandbox.grant_discount(discount).map_err(refused)?;
        }
        let customers: Vec<CustomerId> = vec![CUSTOMER.into()];
        let voucher = IssueVouchers::new("quota-1", customers, Amount::from(50));
        sandbox.client("distributor")?.send(&voucher).await?;
        Ok(())
    }

    fn place(sandbox: &Sandbox, line: NewLine) -> Result<OrderId, Error> {
        sandbox.place_order(NewOrder::new(CUSTOMER).line(line)).map_err(refused)
    }

    fn percent(number: i64) -> Result<Amount, Error> {
        Amount::new(number, 2).map_err(|error| wrong(&error.to_string()))
    }

    fn refused(refusal: ApiError) -> Error {
        wrong(&refusal.to_string())
    }

    fn wrong(what: &str) -> Error {
        Error::new(ErrorKind::Configuration, "", what)
    }
}
