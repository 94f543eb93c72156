//! The bills of one month: what each customer owes for each service, and every line.

use super::{
    Scene,
    html::{Cell, Html, Listed, ROWS},
    link::Link,
    named,
    query::Query,
};
use crate::slices::billing::{Line, Selection, joined};
use huaweicloud_partner::types::{BillCycle, Language};

const COLUMNS: &[&str] =
    &["Billed", "Customer", "Type", "Service", "Resource", "Used", "List price", "To pay", "Owed", "Order"];

fn row(line: &Line<'_>) -> Vec<Cell> {
    vec![
        Cell::time(line.at),
        Cell::account(&line.kind.customer.id),
        Cell::Text(named(&line.kind.what)),
        Cell::Text(line.kind.service_name(&Language::English).unwrap_or_default()),
        Cell::code(line.kind.named.as_deref().unwrap_or_default()),
        Cell::number(line.usage.map(|usage| usage.to_string()).unwrap_or_default()),
        Cell::amount(line.sums.list),
        Cell::amount(line.sums.payable()),
        Cell::amount(line.sums.debt),
        Cell::to("order", line.order.unwrap_or_default()),
    ]
}

/// The last charges of an account.
pub(super) fn of(scene: &Scene<'_>, account: &str, most: usize, html: &mut Html) {
    let Some(last) = scene.world.billed_cycles().last().copied() else { return };
    let whose = [account.to_owned()];
    let selection = Selection { whose: Some(&whose), ..Selection::of(last) };
    let (total, lines) = scene.world.lines(&selection, None, u32::try_from(most).ok());
    let listed = Listed::whole(lines.iter().map(row).collect(), count(total));
    html.heading("bills", format!("Bills of {last}")).table(COLUMNS, &listed, "It was charged nothing.");
    let all = Link::to("bills", &[("cycle", &last.to_string()), ("find", account)]);
    html.more(&listed, &all);
}

fn count(total: Option<u64>) -> usize {
    total.and_then(|total| usize::try_from(total).ok()).unwrap_or(0)
}

pub(super) fn write(scene: &Scene<'_>, query: &Query, html: &mut Html) -> Option<()> {
    let world = scene.world;
    let cycles = world.billed_cycles();
    html.heading("bills", "Bills");
    let cycle: Option<BillCycle> = match query.cycle.as_str() {
        "" => cycles.last().copied(),
        cycle => Some(cycle.parse().ok()?),
    };
    let Some(cycle) = cycle else {
        html.raw("<p class=\"none\">Nothing was charged yet.</p>");
        return Some(());
    };
    html.raw("<p>Month: ");
    for other in &cycles {
        let name = other.to_string();
        html.link(&Link::to("bills", &[("cycle", &name), ("find", &query.find)]), &name).raw(" ");
    }
    html.raw("</p>").search("bills", query);
    let wanted = |kind: &crate::slices::billing::Kind<'_>| {
        query.finds(&[&kind.customer.id, kind.customer.name.expose(), kind.service().unwrap_or_default()])
    };
    let selection = Selection { wanted: &wanted, ..Selection::of(cycle) };
    let groups = joined(world.cells(&selection), |cell| {
        (cell.kind.customer.id.clone(), cell.kind.service_name(&Language::English).unwrap_or_default())
    });
    let listed = Listed::first(ROWS, groups, |((customer, service), cell)| {
        let sums = &cell.sums;
        vec![
            Cell::account(&customer),
            Cell::Text(service),
            Cell::amount(sums.list),
            Cell::amount(sums.discount),
            Cell::amount(sums.payable()),
            Cell::amount(sums.cash),
            Cell::amount(sums.coupon),
            Cell::amount(sums.credit),
            Cell::amount(sums.card),
            Cell::amount(sums.debt),
        ]
    });
    html.heading("summary", format!("{cycle} by customer and service")).table(
        &[
            "Customer",
            "Service",
            "List price",
            "Discount",
            "To pay",
            "Cash",
            "Vouchers",
            "Credit",
            "Cards",
            "Owed",
        ],
        &listed,
        "There are no such bills.",
    );
    let (total, lines) = world.lines(&selection, u32::try_from(query.from).ok(), u32::try_from(ROWS).ok());
    let listed = Listed::whole(lines.iter().map(row).collect(), count(total));
    html.heading("lines", "Lines").table(COLUMNS, &listed, "There are no such lines.").pages(query, &listed);
    Some(())
}
