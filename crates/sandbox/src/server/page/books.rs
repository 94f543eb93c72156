//! The books of double entry, and what was moved between them.

use super::{
    Scene,
    html::{Cell, Html, Listed, ROWS},
    query::Query,
};

pub(super) fn write(scene: &Scene<'_>, query: &Query, html: &mut Html) -> Option<()> {
    let ledger = scene.world.ledger();
    html.heading("books", "Books").search("books", query);
    let found = ledger.balances().filter(|(book, _)| query.finds(&[&book.to_string()]));
    let listed = Listed::first(ROWS, found, |(book, amount)| vec![Cell::code(book), Cell::amount(amount)]);
    html.table(&["Book", "Holds"], &listed, "There are no such books.");
    html.heading("movements", "Movements, the latest first");
    let found = ledger.postings().iter().rev().filter(|posting| {
        query.find.is_empty() || posting.legs.iter().any(|(book, _)| query.finds(&[&book.to_string()]))
    });
    let listed = Listed::of(query, found, |posting| {
        let legs: Vec<_> = posting.legs.iter().map(|(book, gain)| format!("{book} {gain}")).collect();
        vec![Cell::time(posting.at), Cell::text(&posting.what), Cell::code(legs.join(", "))]
    });
    html.table(&["At", "What for", "Books"], &listed, "There are no such movements.").pages(query, &listed);
    Some(())
}
