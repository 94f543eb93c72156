//! Overview of the sandbox.

use super::{
    Scene, accounts,
    html::{Cell, Html, Listed},
    link::Link,
    requests,
};

/// Number of rows of each table on the overview.
const FEW: usize = 12;

pub(super) fn write(scene: &Scene<'_>, html: &mut Html) -> Option<()> {
    let world = scene.world;
    html.note(
        "Nothing here is real: the accounts, their keys and their money exist in the memory of this process only. \
         All times are in UTC.",
    );
    html.raw("<div class=\"tiles\">");
    for (view, name, count) in [
        ("accounts", "Accounts", world.accounts().count()),
        ("orders", "Orders", world.orders.orders().count()),
        ("vouchers", "Vouchers", world.wallet.vouchers().len()),
        ("bills", "Charges", world.wallet.charges().len()),
        ("tickets", "Tickets", world.tickets.all().len()),
        ("requests", "Requests", scene.requests.len()),
        ("faults", "Faults so far", world.faults.schedule().injected().len()),
        ("books", "Movements", world.ledger().postings().len()),
    ] {
        html.raw("<a class=\"tile\" href=\"").text(Link::to(view, &[])).raw("\"><b>").text(count);
        html.raw("</b><span>").raw(name).raw("</span></a>");
    }
    html.raw("</div>");
    if !scene.others.is_empty() {
        html.heading("worlds", "Worlds beside this one");
        html.raw("<p>");
        for (name, address) in scene.others {
            html.raw("<a href=\"").text(address).raw("/\">").text(name).raw("</a> ");
        }
        html.raw("</p>");
    }
    html.heading("accounts", "Accounts");
    let listed = Listed::first(FEW, world.accounts(), |account| accounts::row(scene, account));
    html.table(accounts::COLUMNS, &listed, "There are no accounts.")
        .more(&listed, &Link::to("accounts", &[]));
    html.heading("requests", "Last requests");
    let listed = Listed::first(FEW, scene.requests.iter().rev(), requests::row);
    html.table(requests::COLUMNS, &listed, "No request has come in yet.");
    html.more(&listed, &Link::to("requests", &[]));
    html.heading("audit", "Books");
    let balanced = world.ledger().audit();
    let balanced = match balanced {
        Ok(()) => Cell::Badge(super::Tone::Good, "balanced".to_owned()),
        Err(wrong) => Cell::Badge(super::Tone::Bad, wrong.to_string()),
    };
    html.facts(&[("Money made or lost", balanced)]);
    Some(())
}
