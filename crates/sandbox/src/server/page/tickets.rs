//! Service tickets with their messages and logs.

use super::{
    Scene, badge,
    html::{Cell, Html, Listed, Tone},
    named,
    query::Query,
};
use crate::slices::tickets::Ticket;
use huaweicloud_partner::tickets::{Author, TicketStatus};

pub(super) const COLUMNS: &[&str] =
    &["Ticket", "Account", "Status", "Opened", "Product", "Messages", "Unread", "Description"];

/// Number of letters of a description in a list.
const SHORT: usize = 80;

pub(super) fn row(ticket: &Ticket) -> Vec<Cell> {
    let text = ticket.description.expose();
    let mut short: String = text.chars().take(SHORT).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    vec![
        Cell::to("ticket", &ticket.id),
        Cell::account(&ticket.account),
        status(ticket),
        Cell::time(ticket.opened),
        Cell::code(ticket.product.as_deref().unwrap_or_default()),
        Cell::number(ticket.readable().count()),
        Cell::number(ticket.unread()),
        Cell::Text(short),
    ]
}

fn status(ticket: &Ticket) -> Cell {
    let tone = match ticket.status {
        TicketStatus::Completed => Tone::Good,
        TicketStatus::Cancelled => Tone::Plain,
        _ => Tone::Waiting,
    };
    badge(tone, &ticket.status)
}

pub(super) fn list(scene: &Scene<'_>, query: &Query, html: &mut Html) -> Option<()> {
    html.heading("tickets", "Tickets").search("tickets", query);
    let found = scene
        .world
        .tickets
        .all()
        .rev()
        .filter(|ticket| query.finds(&[&ticket.id, &ticket.account, ticket.description.expose()]));
    let listed = Listed::of(query, found, row);
    html.table(COLUMNS, &listed, "There are no such tickets.").pages(query, &listed);
    Some(())
}

pub(super) fn one(scene: &Scene<'_>, id: &str, html: &mut Html) -> Option<()> {
    let ticket = scene.world.tickets.ticket(id)?;
    html.heading("ticket", format!("Ticket {}", ticket.id));
    html.facts(&[
        ("Account", Cell::account(&ticket.account)),
        ("Status", status(ticket)),
        ("Opened", Cell::time(ticket.opened)),
        ("Solved", Cell::when(ticket.solved)),
        ("Product", Cell::code(ticket.product.as_deref().unwrap_or_default())),
        ("Region", Cell::code(ticket.region.as_deref().unwrap_or_default())),
        ("Severity", Cell::code(ticket.severity.as_deref().unwrap_or_default())),
        ("Result", Cell::text(ticket.resolution.as_deref().unwrap_or_default())),
    ]);
    let listed = Listed::first(usize::MAX, &ticket.letters, |letter| {
        let who = if letter.author == Author::Engineer { Tone::Waiting } else { Tone::Plain };
        let text = if letter.withdrawn { "(withdrawn)" } else { letter.text.expose() };
        vec![
            Cell::time(letter.at),
            badge(who, &letter.author),
            Cell::text(text),
            Cell::code(letter.files.join(" ")),
        ]
    });
    html.heading("messages", "Messages");
    html.table(&["At", "By", "Message", "Files"], &listed, "There are no messages.");
    let listed = Listed::first(usize::MAX, &ticket.log, |line| {
        vec![
            Cell::time(line.at),
            Cell::Text(named(&line.action)),
            Cell::text(line.why.as_deref().unwrap_or_default()),
        ]
    });
    html.heading("log", "Log").table(&["At", "What", "Why"], &listed, "Nothing was done.");
    Some(())
}
