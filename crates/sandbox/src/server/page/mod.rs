//! The page at `/`, for people: what is in the world, with links between things.
//!
//! It only shows. There is no script on it and nothing that changes the world, so no page of another origin can use it
//! to change anything. Secret keys, passwords and contact data are not on it.

mod accounts;
mod bills;
mod books;
mod faults;
mod html;
mod link;
mod orders;
mod overview;
mod query;
mod requests;
mod tickets;
mod vouchers;

use std::fmt::Debug;

use serde::Serialize;

use crate::{RequestLogEntry, Sandbox, state::State};
use huaweicloud_partner::types::UtcTime;

use html::{Cell, Html, Tone, readable};
use link::Link;
use query::Query;

const STYLE: &str = include_str!("style.css");

/// The views by their names in the address, with what the links to them say.
const VIEWS: &[(&str, &str)] = &[
    ("", "Overview"),
    ("accounts", "Accounts"),
    ("orders", "Orders"),
    ("vouchers", "Vouchers"),
    ("bills", "Bills"),
    ("tickets", "Tickets"),
    ("requests", "Requests"),
    ("faults", "Faults and clock"),
    ("books", "Books"),
];

/// Inputs of all views.
struct Scene<'s> {
    world: &'s State,
    /// The last requests, the latest last.
    requests: &'s [RequestLogEntry],
    now: UtcTime,
    /// The address of the server.
    url: &'s str,
    /// The worlds beside this one: names and addresses.
    others: &'s [(String, String)],
}

/// The page of a query; none where what it names is not there.
pub(crate) fn written(
    sandbox: &Sandbox,
    url: &str,
    others: &[(String, String)],
    query: &str,
) -> Option<String> {
    let query = Query::read(query);
    let requests = sandbox.requests();
    let now = sandbox.now();
    let state = sandbox.state();
    let scene = Scene { world: &state.world, requests: &requests, now, url, others };
    let mut body = Html::default();
    let known = match query.view.as_str() {
        "" => overview::write(&scene, &mut body),
        "accounts" => accounts::list(&scene, &query, &mut body),
        "account" => accounts::one(&scene, &query.id, &mut body),
        "orders" => orders::list(&scene, &query, &mut body),
        "order" => orders::one(&scene, &query.id, &mut body),
        "vouchers" => vouchers::list(&scene, &query, &mut body),
        "bills" => bills::write(&scene, &query, &mut body),
        "tickets" => tickets::list(&scene, &query, &mut body),
        "ticket" => tickets::one(&scene, &query.id, &mut body),
        "requests" => requests::list(&scene, &query, &mut body),
        "request" => requests::one(&scene, &query.id, &mut body),
        "faults" => faults::write(&scene, &mut body),
        "books" => books::write(&scene, &query, &mut body),
        _ => None,
    };
    known.map(|()| framed(&query, now, body))
}

/// The whole page: its head, the links to the views, and a view.
fn framed(query: &Query, now: UtcTime, body: Html) -> String {
    let mut html = Html::default();
    html.raw(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Partner Center sandbox</title>",
    )
    .raw("<meta name=\"viewport\" content=\"width=device-width\">");
    if query.refresh > 0 {
        html.raw("<meta http-equiv=\"refresh\" content=\"").text(query.refresh).raw("\">");
    }
    html.raw("<style>").raw(STYLE).raw("</style><header><div class=\"bar\"><h1>");
    html.link(&Link::to("", &[]), "Partner Center sandbox");
    html.raw("</h1><span class=\"now\" id=\"now\">").text(readable(now)).raw(" <small>UTC</small></span>");
    html.raw("<span class=\"refresh\">").link(&query.refreshed(query.refresh), "Refresh");
    if query.refresh == 0 {
        html.link(&query.refreshed(5), "Refresh every 5 seconds");
    } else {
        html.link(&query.refreshed(0), "Stop refreshing");
    }
    html.raw("<a href=\"/_sandbox/\">Control</a></span></div><nav>");
    for (view, name) in VIEWS {
        // The view of one thing belongs to the view of all.
        let here = *view == query.view || view.strip_suffix('s') == Some(&query.view);
        html.raw(if here { "<a class=\"here\" href=\"" } else { "<a href=\"" });
        html.text(Link::to(view, &[])).raw("\">").raw(name).raw("</a>");
    }
    html.raw("</nav></header><main>");
    let mut page = html.finish();
    page.push_str(&body.finish());
    page.push_str("</main></html>");
    page
}

/// Returns the JSON text of a plain enum, with spaces in place of underscores.
fn word(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).ok();
    json.as_ref().and_then(|value| value.as_str()).unwrap_or_default().replace('_', " ")
}

/// The name of a documented code in words, such as `pending payment`.
fn named(code: &impl Debug) -> String {
    let mut words = String::new();
    for c in format!("{code:?}").chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

/// A badge of a status in words.
fn badge(tone: Tone, code: &impl Debug) -> Cell {
    Cell::Badge(tone, named(code))
}
