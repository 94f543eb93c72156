//! The last requests, with their queries and bodies.

use super::{
    Scene,
    html::{Cell, Html, Listed, Tone},
    link::Link,
    query::Query,
};
use crate::RequestLogEntry;

pub(super) const COLUMNS: &[&str] = &["At", "Request", "Operation", "By", "Status", "Code"];

pub(super) fn row(entry: &RequestLogEntry) -> Vec<Cell> {
    let link = Link::to("request", &[("id", &entry.request_id)]);
    vec![
        Cell::time(entry.at),
        Cell::Link(link, format!("{} {}", entry.method, entry.path)),
        Cell::text(entry.operation.unwrap_or_default()),
        Cell::account(entry.caller.as_deref().unwrap_or_default()),
        status(entry),
        Cell::code(entry.code.as_deref().unwrap_or_default()),
    ]
}

fn status(entry: &RequestLogEntry) -> Cell {
    let tone = match (entry.status, &entry.code) {
        (200..300, None) => Tone::Good,
        (500.., _) => Tone::Bad,
        _ => Tone::Waiting,
    };
    Cell::Badge(tone, entry.status.to_string())
}

pub(super) fn list(scene: &Scene<'_>, query: &Query, html: &mut Html) -> Option<()> {
    html.heading("requests", "Last requests").search("requests", query);
    let found = scene.requests.iter().rev().filter(|entry| {
        let (by, code) = (entry.caller.as_deref(), entry.code.as_deref());
        query.finds(&[
            &entry.path,
            entry.operation.unwrap_or_default(),
            by.unwrap_or_default(),
            code.unwrap_or_default(),
            &entry.request_id,
        ])
    });
    let listed = Listed::of(query, found, row);
    html.table(COLUMNS, &listed, "There are no such requests.").pages(query, &listed);
    Some(())
}

pub(super) fn one(scene: &Scene<'_>, id: &str, html: &mut Html) -> Option<()> {
    let entry = scene.requests.iter().find(|entry| entry.request_id == id)?;
    html.heading("request", format!("{} {}", entry.method, entry.path));
    html.facts(&[
        ("Request id", Cell::code(&entry.request_id)),
        ("At", Cell::time(entry.at)),
        ("Operation", Cell::text(entry.operation.unwrap_or_default())),
        ("By", Cell::account(entry.caller.as_deref().unwrap_or_default())),
        ("Status", status(entry)),
        ("Code", Cell::code(entry.code.as_deref().unwrap_or_default())),
    ]);
    let listed =
        Listed::first(usize::MAX, &entry.query, |(name, value)| vec![Cell::code(name), Cell::code(value)]);
    html.heading("query", "Query").table(&["Name", "Value"], &listed, "It has no query.");
    html.heading("body", "Body");
    match &entry.body {
        Some(body) => html.block(serde_json::to_string_pretty(body).unwrap_or_default()),
        None => html.raw("<p class=\"none\">It has no body, or one that is not JSON of at most 64 KiB.</p>"),
    };
    html.note("Credentials are not kept; secrets and personal data in query and body are masked.");
    Some(())
}
