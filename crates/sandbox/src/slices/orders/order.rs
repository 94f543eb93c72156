//! Orders that customers place in the console, and their processing.

use serde::{Deserialize, Serialize};
use time::Duration;

use super::Orders;
use crate::{
    core::{Refusal, later, refuse, sum},
    slices::{
        catalogue::{Offer, Term, sized},
        wallet::Paid,
    },
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    orders::{OrderDiscountType, OrderSource, OrderStatus, OrderType},
    types::{Amount, Site, UtcTime},
};

/// An order that a customer places in the console. It waits for payment for seven days.
///
/// ```
/// use huaweicloud_partner_sandbox::{NewLine, NewOrder, Sandbox, Term};
///
/// let sandbox = Sandbox::small_distributor();
/// let server = NewLine::new("c6.large.2.linux@cn-north-4", Term::Months(1)).attached("SAS@cn-north-4", 40);
/// let order = sandbox.place_order(NewOrder::new("customer-1").line(server))?;
/// assert!(order.as_str().starts_with("CS"));
/// # Ok::<(), huaweicloud_partner::error::ApiError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrder {
    /// Customer that places the order.
    pub customer: String,
    /// Lines of the order.
    pub lines: Vec<NewLine>,
    /// Whether the customer's organization has to approve it after the payment, by the event `approve_order`.
    #[serde(default)]
    pub approval: bool,
    /// Time at which what is ordered takes effect, where that is not the payment. The order cannot be paid later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_time: Option<UtcTime>,
}

/// One thing that is ordered, or several equal ones: each becomes a separate line and resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLine {
    /// The offer: its specification, `@` and its region, such as `c6.large.2.linux@cn-north-4`, which prices give as
    /// `product_id`.
    pub offer: String,
    /// Term for which it is bought.
    pub term: Term,
    /// Number of pieces, 1 to 100; one by default.
    #[serde(default = "one")]
    pub quantity: u32,
    /// The size, for what is sold by size: gigabytes or megabits per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// Name that the customer gives the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Resources that are bought with each and attached to it, such as the disks of a server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<Attachment>,
}

/// Resource that is attached to a main resource, for as long as that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Offer that is ordered.
    pub offer: String,
    /// The size, for what is sold by size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
}

const fn one() -> u32 {
    1
}

impl NewOrder {
    /// An order without lines yet.
    pub fn new(customer: impl Into<String>) -> Self {
        Self { customer: customer.into(), lines: Vec::new(), approval: false, effective_time: None }
    }

    /// Makes the order one that has to be approved after the payment.
    #[must_use]
    pub fn to_be_approved(mut self) -> Self {
        self.approval = true;
        self
    }

    /// Sets the time at which what is ordered takes effect.
    #[must_use]
    pub fn effective_time(mut self, time: UtcTime) -> Self {
        self.effective_time = Some(time);
        self
    }

    /// With one thing more.
    #[must_use]
    pub fn line(mut self, line: NewLine) -> Self {
        self.lines.push(line);
        self
    }
}

impl NewLine {
    /// One of an offer.
    pub fn new(offer: impl Into<String>, term: Term) -> Self {
        Self { offer: offer.into(), term, quantity: 1, size: None, name: None, attached: Vec::new() }
    }

    /// Several equal ones.
    #[must_use]
    pub fn quantity(mut self, quantity: u32) -> Self {
        self.quantity = quantity;
        self
    }

    /// Sets the size.
    #[must_use]
    pub fn size(mut self, size: u32) -> Self {
        self.size = Some(size);
        self
    }

    /// Called so by the customer.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// With something of a size attached to it.
    #[must_use]
    pub fn attached(mut self, offer: impl Into<String>, size: u32) -> Self {
        self.attached.push(Attachment { offer: offer.into(), size: Some(size) });
        self
    }
}

/// An order as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) kind: OrderType,
    pub(crate) source: OrderSource,
    pub(crate) created: UtcTime,
    pub(crate) stage: Stage,
    /// The ground of the discount that it was paid with.
    pub(crate) discounted: Option<OrderDiscountType>,
    pub(crate) lines: Vec<Line>,
    /// Account that paid the order, where that is not the customer.
    #[serde(default)]
    pub(crate) payer: Option<String>,
    /// Whether it has to be approved after the payment.
    #[serde(default)]
    pub(crate) approval: bool,
    /// Time that was set for the beginning of what is ordered.
    #[serde(default)]
    pub(crate) effective: Option<UtcTime>,
    /// The orders that it combines.
    #[serde(default)]
    pub(crate) parts: Vec<String>,
    /// The combined order that it is a part of.
    #[serde(default)]
    pub(crate) part_of: Option<String>,
}

/// Progress of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Unpaid {
        until: UtcTime,
    },
    /// Waits for approval, to be paid with these then.
    InReview {
        discount: Option<String>,
        means: Vec<Means>,
    },
    Cancelled,
    Paid {
        at: UtcTime,
        done: UtcTime,
    },
}

/// A line: one resource for one period, or what came back for one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) offer: String,
    /// The resource; none until a new one is paid.
    pub(crate) resource: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) size: Option<u32>,
    /// Line of the main resource that this one will be attached to.
    pub(crate) main: Option<String>,
    /// None for what came back.
    pub(crate) term: Option<Term>,
    /// Known from the beginning for renewals, and from payment for new resources.
    pub(crate) from: Option<UtcTime>,
    pub(crate) until: Option<UtcTime>,
    pub(crate) list_price: Amount,
    pub(crate) discount: Amount,
    pub(crate) paid: Paid,
    pub(crate) refund: Option<Kept>,
}

/// Means besides cash and credit with which an order is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Means {
    /// A voucher, by its id.
    Voucher(String),
    /// A stored-value card, by its id.
    Card(String),
}

/// Part of the payment that was not refunded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The purchase or renewal that had paid for it.
    pub(crate) order: String,
    /// For the time that had passed, and what vouchers had paid of a period that had begun.
    pub(crate) consumed: Amount,
    /// Fee for handling.
    pub(crate) fee: Amount,
}

/// Time for the payment of an order.
const PAYMENT_TIME: Duration = Duration::days(7);

/// Time that the setup of a paid order takes.
pub(crate) const SETTING_UP: Duration = Duration::seconds(30);

impl Order {
    /// An order that waits for payment loses its chance by itself; a paid one is done by itself.
    pub(crate) fn status(&self, now: UtcTime) -> OrderStatus {
        match self.stage {
            Stage::Unpaid { until } if now <= until => OrderStatus::PendingPayment,
            Stage::InReview { .. } => OrderStatus::PendingApproval,
            Stage::Unpaid { .. } | Stage::Cancelled => OrderStatus::Cancelled,
            Stage::Paid { done, .. } if now < done => OrderStatus::Processing,
            Stage::Paid { .. } => OrderStatus::Completed,
        }
    }

    pub(crate) fn paid_at(&self) -> Option<UtcTime> {
        match self.stage {
            Stage::Paid { at, .. } => Some(at),
            _ => None,
        }
    }

    /// Returns the end of the time for payment, where the order was never paid.
    pub(crate) fn deadline(&self) -> Option<UtcTime> {
        match self.stage {
            Stage::Unpaid { until } => Some(until),
            _ => None,
        }
    }

    pub(crate) fn list_price(&self) -> Amount {
        sum(self.lines.iter().map(|line| line.list_price))
    }

    pub(crate) fn discount(&self) -> Amount {
        sum(self.lines.iter().map(|line| line.discount))
    }
}

impl Line {
    /// A line of an order that is to be paid.
    fn new(id: String, offer: String, term: Term, list_price: Amount) -> Self {
        Self {
            id,
            offer,
            resource: None,
            name: None,
            size: None,
            main: None,
            term: Some(term),
            from: None,
            until: None,
            list_price,
            discount: Amount::ZERO,
            paid: Paid::default(),
            refund: None,
        }
    }

    pub(crate) fn due(&self) -> Amount {
        self.list_price.checked_sub(self.discount).unwrap_or_default()
    }
}

impl State {
    /// Keeps an order that a customer places. Returns its id.
    pub(crate) fn place_order(&mut self, new: &NewOrder) -> Result<String, Refusal> {
        let site = self.accounts.customer_site(&new.customer)?;
        if new.lines.is_empty() || new.lines.iter().any(|line| !(1..=100).contains(&line.quantity)) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let mut lines = Vec::new();
        for wanted in &new.lines {
            let price = self.price_of(site, &wanted.offer, wanted.term, wanted.size)?;
            let attached = wanted
                .attached
                .iter()
                .map(|part| Ok((part, self.price_of(site, &part.offer, wanted.term, part.size)?)));
            let attached = attached.collect::<Result<Vec<_>, Refusal>>()?;
            for _ in 0..wanted.quantity {
                let id = self.fresh("OL");
                lines.push(Line {
                    name: wanted.name.clone(),
                    size: wanted.size,
                    ..Line::new(id.clone(), wanted.offer.clone(), wanted.term, price)
                });
                for (part, price) in &attached {
                    lines.push(Line {
                        size: part.size,
                        main: Some(id.clone()),
                        ..Line::new(self.fresh("OL"), part.offer.clone(), wanted.term, *price)
                    });
                }
            }
        }
        let mut order = self.draft(&new.customer, OrderType::New, OrderSource::Customer, lines);
        order.approval = new.approval;
        order.effective = new.effective_time;
        let id = order.id.clone();
        self.orders.orders.insert(id.clone(), order);
        Ok(id)
    }

    /// An unpaid order that is not kept yet.
    pub(crate) fn draft(
        &mut self,
        customer: &str,
        kind: OrderType,
        source: OrderSource,
        lines: Vec<Line>,
    ) -> Order {
        Order {
            id: self.fresh("CS"),
            customer: customer.to_owned(),
            kind,
            source,
            created: self.now,
            stage: Stage::Unpaid { until: later(self.now, PAYMENT_TIME) },
            discounted: None,
            lines,
            payer: None,
            approval: false,
            effective: None,
            parts: Vec::new(),
            part_of: None,
        }
    }

    /// Combines orders of one kind that wait for payment into one, which is paid and cancelled for all of
    /// them. Returns its id.
    pub(crate) fn combine_orders(&mut self, customer: &str, ids: &[String]) -> Result<String, Refusal> {
        let mut parts: Vec<Order> = Vec::new();
        for id in ids {
            let order = self.orders.order_of(customer, id).ok_or_else(|| refuse(codes::ORDER_NOT_FOUND))?;
            let free = order.status(self.now) == OrderStatus::PendingPayment
                && order.part_of.is_none()
                && order.parts.is_empty();
            if !free || parts.iter().any(|part| part.id == order.id || part.kind != order.kind) {
                return Err(refuse(codes::ORDER_STATE_CHANGED));
            }
            parts.push(order.clone());
        }
        let (Some(first), Some(until)) = (parts.first(), parts.iter().filter_map(Order::deadline).min())
        else {
            return Err(refuse(codes::BAD_PARAMETER));
        };
        if parts.len() < 2 {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let lines = parts.iter().flat_map(|part| part.lines.clone()).collect();
        let mut whole = self.draft(customer, first.kind, first.source, lines);
        whole.stage = Stage::Unpaid { until };
        whole.approval = parts.iter().any(|part| part.approval);
        whole.effective = parts.iter().filter_map(|part| part.effective).min();
        whole.parts = parts.iter().map(|part| part.id.clone()).collect();
        for mut part in parts {
            part.part_of = Some(whole.id.clone());
            part.stage = whole.stage.clone();
            self.orders.orders.insert(part.id.clone(), part);
        }
        let id = whole.id.clone();
        self.orders.orders.insert(id.clone(), whole);
        Ok(id)
    }

    /// A line that renews a resource.
    pub(crate) fn renewal_line(
        &mut self,
        resource: &str,
        term: Term,
        (from, until): (UtcTime, UtcTime),
        list_price: Amount,
    ) -> Option<Line> {
        let id = self.fresh("OL");
        let kept = self.orders.resources.get(resource)?;
        Some(Line {
            resource: Some(resource.to_owned()),
            name: kept.name.clone(),
            size: kept.size,
            from: Some(from),
            until: Some(until),
            ..Line::new(id, kept.offer.clone(), term, list_price)
        })
    }

    /// A line of what came back for one period of a resource.
    pub(crate) fn refund_line(
        &mut self,
        resource: &str,
        back: Amount,
        paid: Paid,
        kept: Kept,
    ) -> Option<Line> {
        let id = self.fresh("OL");
        let resource = self.orders.resources.get(resource)?;
        Some(Line {
            resource: Some(resource.id.clone()),
            name: resource.name.clone(),
            size: resource.size,
            term: None,
            paid,
            refund: Some(kept),
            ..Line::new(id, resource.offer.clone(), Term::Months(1), back.negated())
        })
    }

    fn price_of(&self, site: Site, offer: &str, term: Term, size: Option<u32>) -> Result<Amount, Refusal> {
        let offer = self.offer(offer).filter(|offer| offer.site == site);
        let offer: &Offer = offer.ok_or_else(|| refuse(codes::PRODUCT_NOT_FOUND))?;
        sized(offer, size).map_err(refuse)?;
        if !term.is_on_sale() || offer.price_per_month.is_none() {
            return Err(refuse(codes::SUBSCRIPTION_PERIOD_REFUSED));
        }
        term.price(offer, size).map_err(refuse)
    }
}

impl Orders {
    /// Keeps an order; the parts of a combined one become what it is.
    pub(crate) fn keep(&mut self, order: Order) {
        for part in &order.parts {
            let Some(part) = self.orders.get_mut(part) else { continue };
            part.stage = order.stage.clone();
            part.discounted = order.discounted;
            part.payer.clone_from(&order.payer);
            for line in &mut part.lines {
                if let Some(new) = order.lines.iter().find(|new| new.id == line.id) {
                    line.clone_from(new);
                }
            }
        }
        self.orders.insert(order.id.clone(), order);
    }

    /// An order of a customer, whatever the case of its letters.
    pub(crate) fn order_of(&self, customer: &str, id: &str) -> Option<&Order> {
        self.order(id).filter(|order| order.customer == customer)
    }

    pub(crate) fn order(&self, id: &str) -> Option<&Order> {
        self.orders.get(id).or_else(|| self.orders.get(&id.to_ascii_uppercase()))
    }
}
