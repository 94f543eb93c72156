//! Orders and their lines.

use super::{
    Scene, badge,
    html::{Cell, Html, Listed, Tone},
    named,
    query::Query,
};
use crate::slices::{orders::Order, wallet::Paid};
use huaweicloud_partner::{orders::OrderStatus, types::Amount};

pub(super) const COLUMNS: &[&str] =
    &["Order", "Customer", "Type", "Status", "Placed", "List price", "Discount", "To pay"];

pub(super) fn row(scene: &Scene<'_>, order: &Order) -> Vec<Cell> {
    vec![
        Cell::to("order", &order.id),
        Cell::account(&order.customer),
        Cell::Text(named(&order.kind)),
        status(scene, order),
        Cell::time(order.created),
        Cell::amount(order.list_price()),
        Cell::amount(order.discount()),
        Cell::amount(less(order.list_price(), order.discount())),
    ]
}

fn less(amount: Amount, other: Amount) -> Amount {
    amount.checked_sub(other).unwrap_or_default()
}

fn status(scene: &Scene<'_>, order: &Order) -> Cell {
    let status = order.status(scene.now);
    let tone = match status {
        OrderStatus::Completed => Tone::Good,
        OrderStatus::PendingPayment | OrderStatus::Processing => Tone::Waiting,
        _ => Tone::Plain,
    };
    badge(tone, &status)
}

pub(super) fn list(scene: &Scene<'_>, query: &Query, html: &mut Html) -> Option<()> {
    html.heading("orders", "Orders").search("orders", query);
    let found = scene.world.orders.orders().rev().filter(|order| query.finds(&[&order.id, &order.customer]));
    let listed = Listed::of(query, found, |order| row(scene, order));
    html.table(COLUMNS, &listed, "There are no such orders.").pages(query, &listed);
    Some(())
}

/// Describes the means of a payment in words.
fn means(paid: &Paid) -> String {
    let parts = [
        ("cash", paid.cash),
        ("vouchers", paid.coupons()),
        ("credit", paid.credit_part()),
        ("cards", paid.card_part()),
    ];
    let parts = parts.into_iter().filter(|(_, amount)| !amount.is_zero());
    parts.map(|(name, amount)| format!("{amount} {name}")).collect::<Vec<_>>().join(", ")
}

pub(super) fn one(scene: &Scene<'_>, id: &str, html: &mut Html) -> Option<()> {
    let order = scene.world.orders.order(id)?;
    html.heading("order", format!("Order {}", order.id));
    html.facts(&[
        ("Customer", Cell::account(&order.customer)),
        ("Type", Cell::Text(named(&order.kind))),
        ("Status", status(scene, order)),
        ("Placed", Cell::time(order.created)),
        ("To be paid until", Cell::when(order.deadline())),
        ("Paid", Cell::when(order.paid_at())),
        ("To pay", Cell::amount(less(order.list_price(), order.discount()))),
    ]);
    let listed = Listed::first(usize::MAX, &order.lines, |line| {
        vec![
            Cell::code(&line.id),
            Cell::code(&line.offer),
            Cell::code(line.resource.as_deref().unwrap_or_default()),
            Cell::when(line.from),
            Cell::when(line.until),
            Cell::amount(line.list_price),
            Cell::amount(line.discount),
            Cell::amount(line.due()),
            Cell::Text(means(&line.paid)),
        ]
    });
    html.heading("lines", "Lines").table(
        &["Line", "Offer", "Resource", "From", "Until", "List price", "Discount", "To pay", "Paid with"],
        &listed,
        "It has no lines.",
    );
    Some(())
}
