//! The rows of a list, one by one.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{ListCursor, Pages};
use crate::{error::Error, operation::Paged};

/// The rows of a list, as a stream. Created by [`Client::items`](crate::Client::items); see [`Pages`] for how it reads.
///
/// Holds one page at a time, plus what is prefetched. A row with an id that came with an earlier page is left out: the
/// list moved while it was read. The last 50,000 rows are remembered for that.
#[must_use = "streams do nothing unless polled"]
pub struct Items<O: Paged> {
    pages: Pages<O>,
    /// Position of the page whose rows are being delivered.
    begun: ListCursor,
    rows: std::vec::IntoIter<O::Item>,
    /// Number of rows of the page that were taken, delivered or not.
    taken: u32,
    skip: u32,
    /// Places of the rows that are left out, in order.
    known: std::iter::Peekable<std::vec::IntoIter<usize>>,
}

impl<O: Paged> Items<O> {
    pub(in crate::client) fn new(pages: Pages<O>) -> Self {
        Self {
            begun: pages.cursor(),
            rows: Vec::new().into_iter(),
            taken: 0,
            skip: 0,
            known: Vec::new().into_iter().peekable(),
            pages,
        }
    }

    /// Fetches pages ahead, as [`Pages::prefetch`] does.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages = self.pages.prefetch(pages);
        self
    }

    /// Tolerates changes of the list, as [`Pages::allow_changes`] does.
    pub fn allow_changes(mut self) -> Self {
        self.pages = self.pages.allow_changes();
        self
    }

    /// As [`Pages::resume`], with the row after the last that was delivered.
    pub fn resume(mut self, cursor: ListCursor) -> Self {
        self.skip = cursor.rows;
        self.begun = cursor.clone();
        self.pages = self.pages.resume(cursor);
        self.rows = Vec::new().into_iter();
        self.taken = 0;
        self
    }

    /// Returns the position of the row after those that were delivered.
    pub fn cursor(&self) -> ListCursor {
        if self.rows.len() == 0 {
            return ListCursor { rows: self.skip, ..self.pages.cursor() };
        }
        ListCursor { rows: self.taken, ..self.begun.clone() }
    }
}

/// Needs no pinning, because it contains no pinned value.
impl<O: Paged> Unpin for Items<O> {}

impl<O: Paged> Stream for Items<O> {
    type Item = Result<O::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(row) = this.rows.next() {
                let place = this.taken as usize;
                this.taken = this.taken.saturating_add(1);
                if this.known.next_if_eq(&place).is_some() {
                    continue;
                }
                return Poll::Ready(Some(Ok(row)));
            }
            let begun = this.pages.cursor();
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => {
                    let skip = std::mem::take(&mut this.skip);
                    this.begun = ListCursor { rows: 0, ..begun };
                    this.rows = O::into_items(page.into_inner()).into_iter();
                    this.rows.by_ref().take(skip as usize).for_each(drop);
                    this.taken = skip;
                    this.known = this.pages.take_known().into_iter().peekable();
                    while this.known.next_if(|place| *place < skip as usize).is_some() {}
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<O: Paged + fmt::Debug> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("taken", &self.taken).finish()
    }
}
