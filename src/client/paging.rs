//! Lists that come page by page, as streams.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use serde::{Deserialize, Serialize};

use super::{Client, Response};
use crate::{
    error::{Error, ErrorKind},
    operation::{Paged, PagingStyle, Position},
};

type Fetch<T> = Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>;

/// The pages of a list, a stream. Made by [`Client::pages`].
///
/// A page is fetched when it is asked for, or a bounded number of pages ahead ([`Pages::prefetch`]); order is kept.
/// The list is read with the largest pages allowed unless the request says otherwise, and until the documented total
/// is reached. After an error the stream ends; [`Pages::bookmark`] is then where to resume.
///
/// A list that changes while it is read may skip or double rows, for pages are counted from its start. Where the total
/// changed, or fewer or more rows came than it said, the stream ends with [`ErrorKind::ListChanged`] after everything
/// has been delivered; [`Pages::allow_changes`] ends it quietly.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<O: Paged> {
    client: Client,
    operation: O,
    style: PagingStyle,
    page_size: u32,
    ahead: usize,
    tolerant: bool,
    /// The next page to be asked for.
    next: Option<Position>,
    /// Pages under way, in order, with their positions.
    under_way: VecDeque<(Position, Slot<O::Output>)>,
    /// The next page to be delivered.
    delivered: ListCursor,
    moved: bool,
    ended: bool,
}

enum Slot<T> {
    Fetching(Fetch<T>),
    Here(Box<Result<Response<T>, Error>>),
}

/// Where reading stands. Store it, and resume from it in another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct ListCursor {
    /// The page to be read next.
    position: Position,
    /// Rows of that page that were delivered already.
    #[serde(default)]
    rows: u32,
    /// Rows delivered in all pages before.
    #[serde(default)]
    seen: u64,
    /// The total as the first page said it.
    #[serde(default)]
    total: Option<u64>,
    /// The page size that positions were counted with.
    page_size: u32,
}

impl ListCursor {
    /// How many rows of the list lie before it.
    pub fn seen(&self) -> u64 {
        self.seen + u64::from(self.rows)
    }

    /// How many rows the list has in all, as its first page said; `None` before that.
    pub fn total(&self) -> Option<u64> {
        self.total
    }
}

impl<O: Paged> Pages<O> {
    pub(super) fn new(client: Client, operation: O) -> Self {
        let (style, largest) =
            O::META.paging.map_or((PagingStyle::Rows, 100), |paging| (paging.style, paging.largest));
        let page_size = operation.page_size().filter(|size| *size > 0).unwrap_or(largest);
        let position = operation.position().unwrap_or(match style {
            PagingStyle::Rows => Position::Row(0),
            PagingStyle::Pages => Position::Page(1),
            PagingStyle::Marker => Position::Marker(None),
        });
        let seen = match position {
            Position::Row(rows) => u64::from(rows),
            Position::Page(page) => u64::from(page.saturating_sub(1)) * u64::from(page_size),
            Position::Marker(_) => 0,
        };
        Self {
            client,
            operation,
            style,
            page_size,
            ahead: 0,
            tolerant: false,
            next: Some(position.clone()),
            under_way: VecDeque::new(),
            delivered: ListCursor { position, rows: 0, seen, total: None, page_size },
            moved: false,
            ended: false,
        }
    }

    /// Fetches up to so many pages before they are asked for. Pages read by marker cannot be fetched ahead.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.ahead = pages;
        self
    }

    /// Ends quietly where the list changed while it was read.
    pub fn allow_changes(mut self) -> Self {
        self.tolerant = true;
        self
    }

    /// Goes on where a bookmark says.
    pub fn resume(mut self, bookmark: ListCursor) -> Self {
        self.page_size = bookmark.page_size;
        self.next = Some(bookmark.position.clone());
        self.under_way.clear();
        self.delivered = bookmark;
        self
    }

    /// Where reading stands: the page after those that were delivered.
    pub fn bookmark(&self) -> ListCursor {
        self.delivered.clone()
    }

    /// Whether the page after those under way may be asked for now.
    fn may_fetch(&self) -> bool {
        if self.under_way.is_empty() {
            return true;
        }
        let (Some(total), Some(next)) = (self.delivered.total, &self.next) else { return false };
        let before = match next {
            Position::Row(rows) => u64::from(*rows),
            Position::Page(page) => u64::from(page.saturating_sub(1)) * u64::from(self.page_size),
            Position::Marker(_) => return false,
        };
        self.under_way.len() <= self.ahead && before < total
    }

    fn fetch(&mut self, position: Position) {
        self.next = match &position {
            Position::Row(rows) => rows.checked_add(self.page_size).map(Position::Row),
            Position::Page(page) => page.checked_add(1).map(Position::Page),
            Position::Marker(_) => None,
        };
        let (client, operation) = (self.client.clone(), self.operation.clone().at(&position, self.page_size));
        let fetching: Fetch<O::Output> = Box::pin(async move { client.send(&operation).await });
        self.under_way.push_back((position, Slot::Fetching(fetching)));
    }

    /// Takes note of a page that is being delivered, and whether it is the last.
    fn deliver(&mut self, position: Position, page: &O::Output) {
        let rows = O::items(page).len();
        let count = u32::try_from(rows).unwrap_or(u32::MAX);
        let total = O::total(page);
        let mark = &mut self.delivered;
        self.moved |= mark.total.is_some() && total.is_some() && mark.total != total;
        mark.total = mark.total.or(total);
        mark.seen += rows as u64;
        mark.rows = 0;

        let all_seen = mark.total.is_some_and(|total| mark.seen >= total);
        let short = count < self.page_size;
        let end = match self.style {
            PagingStyle::Marker => {
                let next = O::next_marker(page).filter(|next| !next.is_empty());
                let stuck = next.is_some() && position == Position::Marker(next.clone());
                self.moved |= stuck;
                self.next = (!stuck).then(|| next.clone().map(|next| Position::Marker(Some(next)))).flatten();
                self.next.is_none()
            }
            _ => all_seen || rows == 0 || (short && mark.total.is_none()),
        };
        if end {
            self.ended = true;
            self.under_way.clear();
            self.moved |=
                self.style != PagingStyle::Marker && mark.total.is_some_and(|total| mark.seen != total);
        } else if let (true, Position::Row(begin)) = (short, &position) {
            // The service gives smaller pages than were asked for: go on after the rows that came.
            self.next = begin.checked_add(count).map(Position::Row);
            self.page_size = count;
            mark.page_size = count;
            self.under_way.clear();
        }
        mark.position = match (self.under_way.front(), &self.next) {
            (Some((first, _)), _) => first.clone(),
            (None, Some(next)) => next.clone(),
            (None, None) => position,
        };
    }
}

/// Nothing in it is pinned: what is under way is boxed.
impl<O: Paged> Unpin for Pages<O> {}

impl<O: Paged> Stream for Pages<O> {
    type Item = Result<Response<O::Output>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.ended {
            let complain = std::mem::take(&mut this.moved) && !this.tolerant;
            return Poll::Ready(complain.then(|| Err(moved::<O>(&this.delivered))));
        }
        while this.may_fetch() {
            let Some(position) = this.next.take() else { break };
            this.fetch(position);
        }
        for (_, slot) in &mut this.under_way {
            if let Slot::Fetching(fetching) = slot
                && let Poll::Ready(page) = fetching.as_mut().poll(context)
            {
                *slot = Slot::Here(Box::new(page));
            }
        }
        match this.under_way.pop_front() {
            Some((position, Slot::Here(page))) => {
                match &*page {
                    Ok(page) => this.deliver(position, page),
                    Err(_) => {
                        this.ended = true;
                        this.moved = false;
                        this.under_way.clear();
                    }
                }
                Poll::Ready(Some(*page))
            }
            Some(fetching) => {
                this.under_way.push_front(fetching);
                Poll::Pending
            }
            None => {
                this.ended = true;
                Poll::Ready(None)
            }
        }
    }
}

fn moved<O: Paged>(mark: &ListCursor) -> Error {
    let total = mark.total.map_or_else(|| "no total".to_owned(), |total| format!("a total of {total}"));
    let message = format!("the list changed while it was read: {} rows came for {total}", mark.seen);
    Error::new(ErrorKind::ListChanged, O::META.name, message).with_retryable(true)
}

/// The rows of a list, a stream. Made by [`Client::items`]; see [`Pages`] for how it reads.
///
/// Holds one page at a time, plus what is prefetched.
#[must_use = "streams do nothing unless polled"]
pub struct Items<O: Paged> {
    pages: Pages<O>,
    /// Where the page began whose rows are being delivered.
    begun: ListCursor,
    rows: std::vec::IntoIter<O::Item>,
    taken: u32,
    skip: u32,
}

impl<O: Paged> Items<O> {
    pub(super) fn new(pages: Pages<O>) -> Self {
        Self { begun: pages.bookmark(), rows: Vec::new().into_iter(), taken: 0, skip: 0, pages }
    }

    /// As [`Pages::prefetch`].
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages = self.pages.prefetch(pages);
        self
    }

    /// As [`Pages::allow_changes`].
    pub fn allow_changes(mut self) -> Self {
        self.pages = self.pages.allow_changes();
        self
    }

    /// Goes on where a bookmark says, with the row after the last that was delivered.
    pub fn resume(mut self, bookmark: ListCursor) -> Self {
        self.skip = bookmark.rows;
        self.begun = bookmark.clone();
        self.pages = self.pages.resume(bookmark);
        self.rows = Vec::new().into_iter();
        self.taken = 0;
        self
    }

    /// Where reading stands: the row after those that were delivered.
    pub fn bookmark(&self) -> ListCursor {
        if self.rows.len() == 0 {
            return ListCursor { rows: self.skip, ..self.pages.bookmark() };
        }
        ListCursor { rows: self.taken, ..self.begun.clone() }
    }
}

/// Nothing in it is pinned.
impl<O: Paged> Unpin for Items<O> {}

impl<O: Paged> Stream for Items<O> {
    type Item = Result<O::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(row) = this.rows.next() {
                this.taken += 1;
                return Poll::Ready(Some(Ok(row)));
            }
            let begun = this.pages.bookmark();
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => {
                    let skip = std::mem::take(&mut this.skip);
                    this.begun = ListCursor { rows: 0, ..begun };
                    this.rows = O::into_items(page.into_inner()).into_iter();
                    this.rows.by_ref().take(skip as usize).for_each(drop);
                    this.taken = skip;
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<O: Paged + std::fmt::Debug> std::fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation)
            .field("delivered", &self.delivered)
            .field("under_way", &self.under_way.len())
            .finish()
    }
}

impl<O: Paged + std::fmt::Debug> std::fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("taken", &self.taken).finish()
    }
}
