//! Orders and what comes back for them.

use async_trait::async_trait;

use super::{Condition, never};
use crate::{
    Client, Error,
    operation::Operation as _,
    orders::{Order, OrderStatus, Refund, ShowOrder, ShowRefund},
    types::{OrderId, ResellerId, plain::plain},
};

macro_rules! order_condition {
    ($(#[$docs:meta])* $name:ident, $new:ident) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            /// Order that the condition concerns.
            pub order_id: OrderId,
            /// The reseller whose customer the order belongs to, where a distributor asks.
            pub indirect_partner_id: Option<ResellerId>,
        }

        plain! { $name { order_id, indirect_partner_id [sparse] } }

        impl $name {
            /// Waits for this order.
            pub fn $new(order_id: impl Into<OrderId>) -> Self {
                Self { order_id: order_id.into(), indirect_partner_id: None }
            }

            /// Asks as the distributor of this reseller.
            #[must_use]
            pub fn through(mut self, reseller: impl Into<ResellerId>) -> Self {
                self.indirect_partner_id = Some(reseller.into());
                self
            }
        }
    };
}

order_condition! {
    /// The payment of an order: it ends when the order is being set up or further.
    OrderPaid, of
}

order_condition! {
    /// The delivery of an order: it ends when the order is completed.
    OrderDelivered, of
}

order_condition! {
    /// The end of a subscription: it ends when the order that [unsubscribes](crate::orders::Unsubscribe) is completed.
    Unsubscribed, by
}

order_condition! {
    /// The refund of an order that was cancelled or unsubscribed: it ends when the amounts that come back are listed.
    RefundListed, of
}

#[inline] // compiled only where it is used
async fn show(client: &Client, id: &OrderId, reseller: Option<&ResellerId>) -> Result<Order, Error> {
    let mut query = ShowOrder::new(id.clone());
    query.indirect_partner_id = reseller.cloned();
    Ok(client.send(&query).await?.into_inner().order_info)
}

/// The order once it has come far enough.
#[inline] // compiled only where it is used
async fn reached(
    client: &Client,
    (id, reseller): (&OrderId, Option<&ResellerId>),
    enough: fn(OrderStatus) -> bool,
) -> Result<Option<Order>, Error> {
    let order = show(client, id, reseller).await?;
    match order.status {
        Some(OrderStatus::Cancelled) => {
            Err(never(ShowOrder::META.name, format!("the order {id} was cancelled")))
        }
        Some(status) if enough(status) => Ok(Some(order)),
        _ => Ok(None),
    }
}

#[async_trait]
impl Condition for OrderPaid {
    type Output = Order;

    fn description(&self) -> String {
        format!("the payment of order {}", self.order_id)
    }

    #[inline] // compiled only where it is used
    async fn check(&self, client: &Client) -> Result<Option<Order>, Error> {
        let is_paid = |status| {
            use OrderStatus as S;
            matches!(
                status,
                S::Processing
                    | S::Completed
                    | S::PendingRefund
                    | S::PendingShipment
                    | S::PendingReceipt
                    | S::PendingPickup
                    | S::Replacing
            )
        };
        reached(client, (&self.order_id, self.indirect_partner_id.as_ref()), is_paid).await
    }
}

#[async_trait]
impl Condition for OrderDelivered {
    type Output = Order;

    fn description(&self) -> String {
        format!("the delivery of order {}", self.order_id)
    }

    #[inline] // compiled only where it is used
    async fn check(&self, client: &Client) -> Result<Option<Order>, Error> {
        let is_done = |status| status == OrderStatus::Completed;
        reached(client, (&self.order_id, self.indirect_partner_id.as_ref()), is_done).await
    }
}

#[async_trait]
impl Condition for Unsubscribed {
    type Output = Order;

    fn description(&self) -> String {
        format!("the end of the subscriptions by order {}", self.order_id)
    }

    #[inline] // compiled only where it is used
    async fn check(&self, client: &Client) -> Result<Option<Order>, Error> {
        let is_done = |status| status == OrderStatus::Completed;
        reached(client, (&self.order_id, self.indirect_partner_id.as_ref()), is_done).await
    }
}

#[async_trait]
impl Condition for RefundListed {
    type Output = Refund;

    fn description(&self) -> String {
        format!("the refund of order {}", self.order_id)
    }

    #[inline] // compiled only where it is used
    async fn check(&self, client: &Client) -> Result<Option<Refund>, Error> {
        let mut query = ShowRefund::new(self.order_id.clone());
        query.indirect_partner_id.clone_from(&self.indirect_partner_id);
        let refund = client.send(&query).await?.into_inner();
        Ok((!refund.refund_infos.is_empty()).then_some(refund))
    }
}
