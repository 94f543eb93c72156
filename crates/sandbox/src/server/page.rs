//! The page at `/`: accounts, books and the last requests, for people.

use std::fmt::{self, Write as _};

use crate::{LedgerAccount, Sandbox};

/// How many rows a table has at most.
const ROWS: usize = 200;

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1a1a1a}\
    table{border-collapse:collapse;margin:.5rem 0 2rem;width:100%}\
    th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ddd;vertical-align:top}\
    td.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.92em}\
    @media(prefers-color-scheme:dark){body{background:#161616;color:#e6e6e6}th,td{border-color:#3a3a3a}}";

/// The page of a sandbox as it is now. Secret keys, passwords and contacts are not on it.
pub(crate) fn written(sandbox: &Sandbox) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write(sandbox, &mut page);
    page
}

fn write(sandbox: &Sandbox, page: &mut String) -> fmt::Result {
    let visits = sandbox.requests();
    let hour = sandbox.hour();
    let state = sandbox.state();
    let world = &state.world;
    write!(
        page,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Partner Center sandbox</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>\
         <h1>Partner Center sandbox</h1><p>It is <b>{}</b> here. Nothing on this page is real: the accounts, their \
         keys and their money exist in the memory of this process only.</p>\
         <p><a href=\"#orders\">Orders</a> <a href=\"#vouchers\">Vouchers</a> <a href=\"#requests\">Requests</a> \
         <a href=\"#faults\">Faults</a> <a href=\"/_sandbox/\">Control</a> <a href=\"/\">Refresh</a></p>",
        Escaped(&hour.to_string()),
    )?;

    write!(
        page,
        "<h2>Accounts</h2><table><tr><th>Id<th>Kind<th>Site<th>Name<th>Belongs to<th>Access key<th>Cash"
    )?;
    for account in world.accounts().take(ROWS) {
        let cash = world.ledger().balance(&LedgerAccount::cash(&account.id));
        write!(
            page,
            "<tr><td><code>{}</code><td>{}<td>{}<td>{}<td><code>{}</code><td><code>{}</code><td class=n>{cash}",
            Escaped(&account.id),
            Escaped(&word(&account.kind)),
            Escaped(&word(&account.site)),
            Escaped(account.name.expose()),
            Escaped(account.associated_with.as_deref().unwrap_or_default()),
            Escaped(&account.access_key),
        )?;
    }
    end(page, world.accounts().count())?;

    write!(
        page,
        "<h2 id=orders>Orders</h2><table><tr><th>Id<th>Customer<th>Placed<th>List price<th>Discount"
    )?;
    for order in world.market.orders().rev().take(ROWS) {
        write!(
            page,
            "<tr><td><code>{}</code><td><code>{}</code><td>{}<td class=n>{}<td class=n>{}",
            Escaped(&order.id),
            Escaped(&order.customer),
            Escaped(&order.created.to_string()),
            order.list_price(),
            order.discount(),
        )?;
    }
    end(page, world.market.orders().count())?;

    write!(
        page,
        "<h2 id=vouchers>Vouchers</h2><table><tr><th>Id<th>Customer<th>Issuer<th>Face value<th>Left"
    )?;
    for voucher in world.vouchers.values().rev().take(ROWS) {
        write!(
            page,
            "<tr><td><code>{}</code><td><code>{}</code><td><code>{}</code><td class=n>{}<td class=n>{}",
            Escaped(&voucher.id),
            Escaped(&voucher.customer),
            Escaped(&voucher.issuer),
            voucher.face_value,
            world.ledger().balance(&LedgerAccount::voucher(&voucher.id)),
        )?;
    }
    end(page, world.vouchers.len())?;

    write!(page, "<h2 id=faults>Injected faults</h2><table><tr><th>Request<th>Fault")?;
    for (number, fault) in world.faults.injected.iter().rev().take(ROWS) {
        let fault = serde_json::to_string(fault).unwrap_or_default();
        write!(page, "<tr><td>{number}<td><code>{}</code>", Escaped(&fault))?;
    }
    end(page, world.faults.injected.len())?;

    write!(
        page,
        "<h2 id=requests>Last requests</h2><table><tr><th>At<th>Request<th>Operation<th>By<th>Status<th>Code"
    )?;
    for visit in visits.iter().rev() {
        write!(
            page,
            "<tr><td>{}<td><code>{} {}</code><td>{}<td>{}<td class=n>{}<td>{}",
            Escaped(&visit.at.to_string()),
            Escaped(&visit.method),
            Escaped(&visit.path),
            Escaped(visit.operation.unwrap_or_default()),
            Escaped(visit.caller.as_deref().unwrap_or_default()),
            visit.status,
            Escaped(visit.code.as_deref().unwrap_or_default()),
        )?;
    }
    end(page, visits.len())?;

    write!(page, "<h2>Books</h2><table><tr><th>LedgerAccount<th>Holds")?;
    for (book, amount) in world.ledger().balances().take(ROWS) {
        write!(page, "<tr><td><code>{}</code><td class=n>{amount}", Escaped(&book.to_string()))?;
    }
    end(page, world.ledger().balances().count())?;

    write!(page, "<h2>Last movements</h2><table><tr><th>At<th>What for<th>Books")?;
    let postings = world.ledger().postings();
    for posting in postings.iter().rev().take(ROWS) {
        write!(page, "<tr><td>{}<td>{}<td>", Escaped(&posting.at.to_string()), Escaped(&posting.what))?;
        for (book, gain) in &posting.legs {
            write!(page, "<code>{}</code> {gain}<br>", Escaped(&book.to_string()))?;
        }
    }
    end(page, postings.len())
}

fn end(page: &mut String, rows: usize) -> fmt::Result {
    write!(page, "</table>")?;
    match rows {
        0 => write!(page, "<p>None yet.</p>"),
        rows if rows > ROWS => write!(page, "<p>{ROWS} of {rows} are shown.</p>"),
        _ => Ok(()),
    }
}

/// How a plain enum is written as JSON, without quotation marks.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Text that cannot be taken for HTML.
struct Escaped<'t>(&'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
