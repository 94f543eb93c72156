//! Accounts, and what one account has to do with.

use super::{
    Scene, badge, bills,
    html::{Cell, Html, Listed, Tone},
    link::Link,
    orders,
    query::Query,
    requests, tickets, vouchers, word,
};
use crate::{Account, LedgerAccount};

pub(super) const COLUMNS: &[&str] = &["Account", "Kind", "Site", "Name", "Belongs to", "Access key", "Cash"];

/// Number of rows of each table on the page of one account.
const FEW: usize = 10;

pub(super) fn row(scene: &Scene<'_>, account: &Account) -> Vec<Cell> {
    vec![
        Cell::account(&account.id),
        Cell::Text(word(&account.kind)),
        Cell::text(account.site),
        Cell::text(account.name.expose()),
        Cell::account(account.associated_with.as_deref().unwrap_or_default()),
        Cell::code(&account.access_key),
        Cell::amount(scene.world.ledger().balance(&LedgerAccount::cash(&account.id))),
    ]
}

pub(super) fn list(scene: &Scene<'_>, query: &Query, html: &mut Html) -> Option<()> {
    html.heading("accounts", "Accounts").search("accounts", query);
    let found = scene.world.accounts().filter(|account| {
        let with = account.associated_with.as_deref().unwrap_or_default();
        query.finds(&[&account.id, account.name.expose(), with])
    });
    let listed = Listed::of(query, found, |account| row(scene, account));
    html.table(COLUMNS, &listed, "There are no such accounts.").pages(query, &listed);
    Some(())
}

pub(super) fn one(scene: &Scene<'_>, id: &str, html: &mut Html) -> Option<()> {
    let world = scene.world;
    let account = world.accounts().find(|account| account.id == id)?;
    html.heading("account", account.name.expose());
    html.facts(&[
        ("Account", Cell::code(&account.id)),
        ("Kind", Cell::Text(word(&account.kind))),
        ("Site", Cell::text(account.site)),
        ("Login name", Cell::code(account.login.expose())),
        ("Access key", Cell::code(&account.access_key)),
        ("Belongs to", Cell::account(account.associated_with.as_deref().unwrap_or_default())),
        ("Since", Cell::when(account.associated_on)),
    ]);
    let books =
        world.ledger().balances().filter(|(book, _)| book.to_string().split('/').any(|part| part == id));
    let listed = Listed::first(FEW, books, |(book, amount)| vec![Cell::code(book), Cell::amount(amount)]);
    html.heading("money", "Money").table(&["Book", "Holds"], &listed, "It has no books.");
    let all = |view: &str| Link::to(view, &[("find", id)]);

    let below = world.accounts().filter(|account| account.associated_with.as_deref() == Some(id));
    let listed = Listed::first(FEW, below, |account| row(scene, account));
    if account.kind.identity().is_none() || account.kind.is_partner() {
        html.heading("below", "Customers and resellers").table(COLUMNS, &listed, "It has none.");
        html.more(&listed, &all("accounts"));
    }
    let own = world.orders.orders().rev().filter(|order| order.customer == id);
    let listed = Listed::first(FEW, own, |order| orders::row(scene, order));
    html.heading("orders", "Orders").table(orders::COLUMNS, &listed, "It has no orders.");
    html.more(&listed, &all("orders"));
    let own = world.orders.resources().filter(|resource| resource.customer == id);
    let listed = Listed::first(FEW, own, |resource| {
        vec![
            Cell::code(&resource.id),
            Cell::code(&resource.offer),
            Cell::text(resource.name.as_deref().unwrap_or_default()),
            badge(Tone::Plain, &resource.status(scene.now)),
            Cell::time(resource.expires()),
        ]
    });
    html.heading("resources", "Resources");
    html.table(&["Resource", "Offer", "Name", "Status", "Paid until"], &listed, "It has no resources.");
    let own = world.wallet.vouchers().rev().filter(|it| it.customer == id || it.issuer == id);
    let listed = Listed::first(FEW, own, |voucher| vouchers::row(scene, voucher));
    html.heading("vouchers", "Vouchers").table(vouchers::COLUMNS, &listed, "It has no vouchers.");
    html.more(&listed, &all("vouchers"));
    bills::of(scene, id, FEW, html);
    let own = world.tickets.all().rev().filter(|ticket| ticket.account == id);
    let listed = Listed::first(FEW, own, tickets::row);
    html.heading("tickets", "Tickets").table(tickets::COLUMNS, &listed, "It has no tickets.");
    html.more(&listed, &all("tickets"));
    let own = scene.requests.iter().rev().filter(|entry| entry.caller.as_deref() == Some(id));
    let listed = Listed::first(FEW, own, requests::row);
    html.heading("requests", "Last requests").table(requests::COLUMNS, &listed, "It sent no requests.");
    html.more(&listed, &all("requests"));
    Some(())
}
