//! Orders and what came back for them: looking.
//!
//! A customer sees its own orders, a partner those of its customers, a distributor that names a reseller those of the
//! reseller's customers. An order that the caller may not see is one that does not exist.

use crate::{
    core::{Account, Refusal, is_customer, page, refuse, sum},
    handler::{Route, Simulated, non_empty, route},
    slices::{
        catalogue::{Offer, Term, language_of},
        enterprise::{DEFAULT_PROJECT, DEFAULT_PROJECT_NAME},
        orders,
        wallet::VoucherKind,
    },
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    fill,
    orders::{
        AgentPayment, BaseProduct, DiscountItem, DiscountKind, EnterpriseProject, ListOrders, Order,
        OrderAmounts, OrderDetails, OrderDiscountType, OrderLine, OrderPage, OrderSort, OrderSource,
        OrderStatus, OrderType, OrdersOf, Refund, RefundItem, ShowOrder, ShowRefund,
    },
    types::{Amount, CustomerId, Language, MeasureUnit, OrderId, ResellerId, Site},
};

pub(crate) const ROUTES: &[Route] = &[route::<ListOrders>(), route::<ShowOrder>(), route::<ShowRefund>()];

/// The one enterprise project that orders and resources belong to.
pub(crate) fn default_project() -> EnterpriseProject {
    fill!(EnterpriseProject { id: DEFAULT_PROJECT.to_owned(), name: Some(DEFAULT_PROJECT_NAME.to_owned()) })
}

/// Whether an order is open to a caller who acts for an owner. A master account sees what it paid for its members.
fn sees(world: &State, caller: &Account, owner: &str, order: &orders::Order) -> bool {
    if is_customer(caller) {
        caller.id == order.customer || order.payer.as_ref() == Some(&caller.id)
    } else {
        world.accounts.customer_of(owner, &order.customer).is_some()
    }
}

impl Simulated for ListOrders {
    /// The oldest first unless asked otherwise; the parts of a combined order stand in it and not beside it. Orders of
    /// members are those that a master account paid; the international site looks at that filter only together with a
    /// customer.
    fn run(self, world: &mut State, caller: &Account) -> Result<OrderPage, Refusal> {
        let owner = world
            .accounts
            .acting_for(caller, non_empty(self.indirect_partner_id.as_ref().map(ResellerId::as_str)))?;
        let language = language_of(caller.site, None);
        let members = self.method == Some(OrdersOf::Members)
            && (caller.site != Site::International || self.customer_id.is_some());
        let id = non_empty(self.order_id.as_ref().map(OrderId::as_str));
        let customer = non_empty(self.customer_id.as_ref().map(CustomerId::as_str));
        let service = non_empty(self.service_type_code.as_deref());
        let (world, now) = (&*world, world.now);
        let wanted = |order: &&orders::Order| {
            let paid = order.paid_at();
            order.part_of.is_none()
                && members == (is_customer(caller) && order.customer != caller.id)
                && sees(world, caller, &owner, order)
                && id.is_none_or(|id| order.id.eq_ignore_ascii_case(id))
                && customer.is_none_or(|customer| order.customer == customer)
                && service.is_none_or(|code| {
                    service_of(world, order).is_some_and(|it| it.service_type_code == code)
                })
                && self.status.is_none_or(|status| order.status(now) == status)
                && self.order_type.is_none_or(|kind| order.kind == kind)
                && self.create_time_begin.is_none_or(|begin| order.created >= begin)
                && self.create_time_end.is_none_or(|end| order.created <= end)
                && self.payment_time_begin.is_none_or(|begin| paid >= Some(begin))
                && self.payment_time_end.is_none_or(|end| paid.is_some_and(|paid| paid <= end))
        };
        let show = |order: &orders::Order| {
            fill!(Order {
                agent_pay_info: Some(fill!(AgentPayment {
                    paying_agent_id: order.payer.as_deref().map(Into::into),
                    is_agent_pay: Some(order.payer.is_some()),
                })),
                ..shown(world, order, language.as_ref())
            })
        };
        let orders = world.orders.orders();
        let (total_count, order_infos) = if self.order_by == Some(OrderSort::NewestFirst) {
            page(orders.rev().filter(wanted), self.offset, self.limit, show)
        } else {
            page(orders.filter(wanted), self.offset, self.limit, show)
        };
        Ok(fill!(OrderPage { total_count, order_infos }))
    }
}

impl Simulated for ShowOrder {
    /// An order that cannot be seen is refused with the code that payment has for it (`CBC.30000010`).
    fn run(self, world: &mut State, caller: &Account) -> Result<OrderDetails, Refusal> {
        let owner = world
            .accounts
            .acting_for(caller, non_empty(self.indirect_partner_id.as_ref().map(ResellerId::as_str)))?;
        let language = language_of(caller.site, self.language);
        let order = world.orders.order(self.order_id.as_str());
        let order = order.filter(|order| sees(world, caller, &owner, order));
        let order = order.ok_or_else(|| refuse(codes::ORDER_NOT_FOUND))?;
        let (total_count, order_line_items) =
            page(&order.lines, self.offset, self.limit, |it| line(world, order, it, language.as_ref()));
        let waits = order.status(world.now) == OrderStatus::PendingPayment;
        let order_info = fill!(Order {
            user_name: match order.source {
                OrderSource::System => Some("System".into()),
                _ => world.accounts.get(&order.customer).map(|customer| customer.login.clone()),
            },
            pending_payment_end_time: order.deadline().filter(|_| waits),
            ..shown(world, order, language.as_ref())
        });
        Ok(fill!(OrderDetails { total_count, order_info, order_line_items }))
    }
}

impl Simulated for ShowRefund {
    /// Three rows for each period that was given up, where they are not zero: what had been paid as given back, what was
    /// consumed and the fee as kept. Changes to pay-per-use are no refund orders.
    fn run(self, world: &mut State, caller: &Account) -> Result<Refund, Refusal> {
        let owner = world
            .accounts
            .acting_for(caller, non_empty(self.indirect_partner_id.as_ref().map(ResellerId::as_str)))?;
        let customer = non_empty(self.customer_id.as_ref().map(CustomerId::as_str));
        if !is_customer(caller) && customer.is_none() {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let order = world.orders.order(self.order_id.as_str());
        let order = order.filter(|order| sees(world, caller, &owner, order));
        let order = order.filter(|order| customer.is_none_or(|customer| order.customer == customer));
        let order = order.ok_or_else(|| refuse(codes::ORDER_NOT_FOUND))?;
        if order.kind != OrderType::Unsubscription {
            return Err(refuse(codes::NOT_A_REFUND_ORDER));
        }
        let language = language_of(caller.site, None);
        let refund_infos: Vec<RefundItem> =
            order.lines.iter().flat_map(|line| refund_rows(world, order, line, language.as_ref())).collect();
        Ok(fill!(Refund { total_count: Some(refund_infos.len() as u64), refund_infos }))
    }
}

fn refund_rows(
    world: &State,
    order: &orders::Order,
    line: &orders::Line,
    language: Option<&Language>,
) -> Vec<RefundItem> {
    let (Some(kept), Some(offer)) = (&line.refund, world.offer(&line.offer)) else { return Vec::new() };
    let given_back = sum([line.list_price, kept.consumed.negated(), kept.fee.negated()]);
    let row = |(number, amount): (usize, Amount)| {
        fill!(RefundItem {
            id: format!("{}-{number}", line.id),
            amount: Some(amount),
            measure_id: Some(MeasureUnit::MainUnit),
            customer_id: order.customer.as_str().into(),
            resource_type_code: offer.resource_type_code.to_owned(),
            service_type_code: offer.service_type_code.to_owned(),
            resource_type_name: Some(offer.resource_type_name.in_language(language).to_owned()),
            service_type_name: Some(offer.service_type_name.in_language(language).to_owned()),
            region_code: offer.region_code.to_owned(),
            base_order_id: Some(kept.order.as_str().into()),
        })
    };
    let amounts = [given_back, kept.consumed, kept.fee];
    amounts.into_iter().enumerate().filter(|(_, amount)| !amount.is_zero()).map(row).collect()
}

/// The offer of an order's first line, whose service the order is shown under.
fn service_of<'w>(world: &'w State, order: &orders::Order) -> Option<&'w Offer> {
    order.lines.first().and_then(|line| world.offer(&line.offer))
}

/// An order as the list and the details show it.
fn shown(world: &State, order: &orders::Order, language: Option<&Language>) -> Order {
    let offer = service_of(world, order);
    let (list, off) = (order.list_price(), order.discount());
    fill!(Order {
        order_id: order.id.as_str().into(),
        customer_id: order.customer.as_str().into(),
        service_type_code: offer.map(|offer| offer.service_type_code.to_owned()),
        service_type_name: offer.map(|offer| offer.service_type_name.in_language(language).to_owned()),
        source_type: Some(order.source),
        status: Some(order.status(world.now)),
        order_type: Some(order.kind),
        amount_after_discount: Some(sum([list, off.negated()])),
        official_amount: Some(list),
        measure_id: Some(MeasureUnit::MainUnit),
        create_time: Some(order.created),
        payment_time: order.paid_at(),
        currency: world.accounts.get(&order.customer).map(|customer| customer.site.currency()),
        amount_info: Some(amounts(world, order, &order.lines)),
        enterprise_projects: vec![default_project()],
        sub_order_infos: order
            .parts
            .iter()
            .filter_map(|part| world.orders.order(part))
            .map(|part| shown(world, part, language))
            .collect(),
        ..Order::default()
    })
}

fn line(world: &State, order: &orders::Order, line: &orders::Line, language: Option<&Language>) -> OrderLine {
    let offer = world.offer(&line.offer);
    let spec = offer.map(|offer| offer.spec_name.in_language(language).to_owned());
    let service = offer.map(|offer| offer.service_type_code.to_owned());
    let resource = offer.map(|offer| offer.resource_type_code.to_owned());
    fill!(OrderLine {
        order_line_item_id: line.id.clone(),
        service_type_code: service.clone(),
        service_type_name: offer.map(|offer| offer.service_type_name.in_language(language).to_owned()),
        product_id: Some(line.offer.clone()),
        product_spec_desc: spec.clone(),
        period_type: line.term.map(Term::line_period),
        period_num: line.term.map(|term| term.number().into()),
        effective_time: line.from,
        expire_time: line.until,
        subscription_num: Some(1),
        amount_after_discount: Some(line.due()),
        official_amount: Some(line.list_price),
        amount_info: Some(amounts(world, order, std::slice::from_ref(line))),
        currency: offer.map(Offer::currency),
        category_code: None,
        product_owner_service: service.clone(),
        commercial_resource: resource.clone(),
        base_product_info: Some(fill!(BaseProduct {
            product_id: line.offer.clone(),
            product_spec_desc: spec,
            category_code: None,
            product_owner_service: service,
            commercial_resource: resource,
        })),
        order_id: Some(order.id.as_str().into()),
    })
}

/// Returns the composition of the amounts of some lines.
fn amounts(world: &State, order: &orders::Order, lines: &[orders::Line]) -> OrderAmounts {
    let off = sum(lines.iter().map(|line| line.discount));
    let paid_by = |wanted: fn(VoucherKind) -> bool| {
        let vouchers = lines.iter().flat_map(|line| &line.paid.vouchers);
        let kind = |id: &String| world.wallet.voucher(id).map_or(VoucherKind::Cash, |voucher| voucher.kind);
        sum(vouchers.filter(|(id, _)| wanted(kind(id))).map(|(_, amount)| *amount))
    };
    let taken_off = paid_by(|kind| matches!(kind, VoucherKind::Discount(_)));
    let by_voucher = fill!(DiscountItem {
        discount_type: Some(DiscountKind::DiscountVoucher),
        discount_amount: Some(taken_off)
    });
    let kept = |part: fn(&orders::Kept) -> Amount| {
        (order.kind == OrderType::Unsubscription)
            .then(|| sum(lines.iter().filter_map(|line| line.refund.as_ref()).map(part)))
    };
    let discount = order
        .discounted
        .filter(|_| !off.is_zero())
        .map(|kind| fill!(DiscountItem { discount_type: Some(kind_of(kind)), discount_amount: Some(off) }));
    fill!(OrderAmounts {
        discounts: discount.into_iter().chain((!taken_off.is_zero()).then_some(by_voucher)).collect(),
        flexipurchase_coupon_amount: Some(paid_by(|kind| kind == VoucherKind::FlexiPurchase)),
        coupon_amount: Some(paid_by(|kind| kind == VoucherKind::Cash)),
        stored_card_amount: Some(sum(lines.iter().map(|line| line.paid.card_part()))),
        commission_amount: kept(|kept| kept.fee),
        consumed_amount: kept(|kept| kept.consumed),
    })
}

fn kind_of(kind: OrderDiscountType) -> DiscountKind {
    match kind {
        OrderDiscountType::Promotion => DiscountKind::Promotion,
        OrderDiscountType::Contract => DiscountKind::RebateContract,
        OrderDiscountType::Commercial => DiscountKind::CommercialContract,
        OrderDiscountType::PartnerGranted => DiscountKind::PartnerGranted,
        OrderDiscountType::PriceAdjustment => DiscountKind::PriceAdjustment,
        other => other.to_string().into(),
    }
}
