//! Lists that come page by page, as streams.

mod cursor;
mod items;
mod progress;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;

use super::{Client, Response};
use crate::{
    error::{Error, ErrorKind},
    operation::{Paged, PagingStyle, Position},
    types::{Drift, DriftKind, RawFields},
};
use progress::Progress;

pub use cursor::ListCursor;
pub use items::Items;

type Fetch<T> = Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>;

/// The pages of a list, as a stream. Created by [`Client::pages`].
///
/// A page is fetched when it is asked for, or a bounded number of pages ahead ([`Pages::prefetch`]); the order is kept.
/// The list is read with the largest pages allowed unless the request says otherwise. The next page begins after the
/// rows that came, however many were asked for. After an error the stream ends; [`Pages::cursor`] is then where to
/// resume.
///
/// # Where a list ends
/// - Where the pages state a total: when that many rows came. If the last page was full, one more page is fetched, in
///   case the total is too small.
/// - Where they state none: at an empty page. A service that gives an empty page in the middle of such a list cannot be
///   distinguished from one whose list ends there.
/// - Lists read by marker: at the page without a next marker.
///
/// # Lists that change or do not move
/// A list that changes while it is read may skip or repeat rows, because pages are counted from its start. The stream
/// then ends with [`ErrorKind::ListChanged`] after everything has been delivered: where the total changed, where fewer or
/// more rows came than it stated, or where rows came twice. It ends with the same error, and not at all later, where
/// a page or a marker comes again, so that a service that ignores the position does not make an endless list.
/// [`Pages::allow_changes`] ends the stream without an error instead. [`Items`] delivers each row with an id only once.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<O: Paged> {
    client: Client,
    operation: O,
    style: PagingStyle,
    page_size: u32,
    /// Number of rows that the next page is expected to have.
    step: u32,
    ahead: usize,
    tolerant: bool,
    /// The next page to be asked for.
    next: Option<Position>,
    /// Pages under way, in order, with their positions.
    in_flight: VecDeque<(Position, Slot<O::Output>)>,
    /// The next page to be delivered.
    delivered: ListCursor,
    progress: Progress,
    /// The body of the last page, to tell whether the next one is the same.
    last_body: Bytes,
    /// Places of the rows in the last page that came before.
    known: Vec<usize>,
    /// As many rows came as were stated; the page under way is to show whether there are more.
    looking_beyond: bool,
    /// More rows came than were stated.
    understated: bool,
    /// Reason why the list is inconsistent.
    changed: Option<&'static str>,
    /// Error that keeps reading from beginning.
    invalid: Option<Error>,
    ended: bool,
}

enum Slot<T> {
    Fetching(Fetch<T>),
    Here(Box<Result<Response<T>, Error>>),
}

/// Consequence of a received page.
#[derive(PartialEq, Eq)]
enum Step {
    Continue,
    /// Page is the last one.
    End,
    /// Page repeats earlier rows and is not delivered; the list ends before it.
    EndBefore,
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
        let mut progress = Progress::new();
        progress.begin(&position);
        Self {
            client,
            operation,
            style,
            page_size,
            step: page_size,
            ahead: 0,
            tolerant: false,
            next: Some(position.clone()),
            in_flight: VecDeque::new(),
            delivered: ListCursor::new(position, page_size),
            progress,
            last_body: Bytes::new(),
            known: Vec::new(),
            looking_beyond: false,
            understated: false,
            changed: None,
            invalid: None,
            ended: false,
        }
    }

    /// Fetches up to this many pages before they are asked for. Pages read by marker cannot be fetched ahead.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.ahead = pages;
        self
    }

    /// Ends without an error where the list changed while it was read.
    pub fn allow_changes(mut self) -> Self {
        self.tolerant = true;
        self
    }

    /// Continues where a cursor of the same list stands. After a cursor of a finished list nothing comes; a cursor that
    /// cannot be of this list gives [`ErrorKind::InvalidInput`].
    pub fn resume(mut self, cursor: ListCursor) -> Self {
        if !cursor.fits(self.style) || cursor.page_size == 0 {
            let message = "the cursor is not one of this list";
            self.invalid = Some(Error::new(ErrorKind::InvalidInput, O::META.name, message));
            return self;
        }
        self.page_size = cursor.page_size;
        self.step = cursor.page_size;
        self.next = Some(cursor.position.clone());
        self.in_flight.clear();
        self.ended = cursor.finished;
        self.looking_beyond = cursor.total.is_some_and(|total| cursor.seen >= total);
        self.progress = Progress::new();
        self.progress.begin(&cursor.position);
        self.last_body = Bytes::new();
        self.delivered = cursor;
        self
    }

    /// Returns the position of the page after those that were delivered.
    pub fn cursor(&self) -> ListCursor {
        self.delivered.clone()
    }

    /// Places of the rows of the last page that came with an earlier page.
    fn take_known(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.known)
    }

    /// Whether the page after those under way may be asked for now.
    fn may_fetch(&self) -> bool {
        if self.in_flight.is_empty() {
            return true;
        }
        let (Some(total), Some(next)) = (self.delivered.total, &self.next) else { return false };
        !matches!(next, Position::Marker(_))
            && self.in_flight.len() <= self.ahead
            && next.rows_before(self.page_size) < total
    }

    fn fetch(&mut self, position: Position) {
        self.next = self.after(&position, self.step);
        let (client, operation) = (self.client.clone(), self.operation.clone().at(&position, self.page_size));
        let fetching: Fetch<O::Output> = Box::pin(async move { client.send(&operation).await });
        self.in_flight.push_back((position, Slot::Fetching(fetching)));
    }

    /// The position after a page of `rows` rows, where it is known without the page.
    fn after(&self, position: &Position, rows: u32) -> Option<Position> {
        match position {
            Position::Row(before) => before.checked_add(rows).map(Position::Row),
            Position::Page(page) => page.checked_add(1).map(Position::Page),
            Position::Marker(_) => None,
        }
    }

    /// Takes note of a page that came, and says whether it is delivered and whether it is the last.
    fn accept(&mut self, position: Position, page: &Response<O::Output>) -> Step {
        let rows = O::items(page);
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let compared = self.progress.rows(rows.iter().map(O::row_key));
        let looking_beyond = std::mem::take(&mut self.looking_beyond);
        if count > 0 && self.is_repeated(page, compared.fingerprint) {
            // The service gives the same rows wherever it is asked to begin. If it has given as many as it stated,
            // they are all.
            let complete = looking_beyond && self.delivered.total == Some(self.delivered.seen);
            if !complete {
                self.changed = Some("a page came that had come before");
            }
            return Step::EndBefore;
        }
        self.known = compared.known;
        if !self.known.is_empty() {
            self.changed = Some("rows came twice");
        }
        let (total, cursor) = (O::total(page), &mut self.delivered);
        if cursor.total.is_some() && total.is_some() && cursor.total != total {
            self.changed = Some("the total changed");
        }
        cursor.total = cursor.total.or(total);
        cursor.seen = cursor.seen.saturating_add(u64::from(count));
        cursor.rows = 0;
        if looking_beyond && count > 0 {
            self.understated = true;
        }
        let step = match self.style {
            PagingStyle::Marker => self.next_by_marker(&position, page),
            _ => self.next_by_count(&position, count),
        };
        let cursor = &mut self.delivered;
        cursor.finished = step == Step::End && self.next.is_none();
        cursor.position = match (self.in_flight.front(), &self.next) {
            (Some((first, _)), _) => first.clone(),
            (None, Some(next)) => next.clone(),
            (None, None) => position,
        };
        step
    }

    /// Whether a page with rows came before.
    fn is_repeated(&mut self, page: &Response<O::Output>, fingerprint: Option<u64>) -> bool {
        let same_bytes = !page.body().is_empty() && *page.body() == self.last_body;
        self.last_body = page.body().clone();
        // Markers are compared themselves. Without ids, pages may be alike, so they are compared only where the list has
        // no other end.
        let cursor = &self.delivered;
        let after = cursor.seen.saturating_add(O::items(page).len() as u64);
        let bounded = cursor.total.or_else(|| O::total(page)).is_some_and(|total| after < total);
        let fingerprint = match fingerprint {
            Some(ids) => Some(ids),
            None if self.style == PagingStyle::Marker || bounded => None,
            None => serde_json::to_vec(&**page).ok().map(|json| self.progress.hash(&json)),
        };
        let repeats = fingerprint.is_some_and(|fingerprint| self.progress.repeats(fingerprint));
        repeats || (same_bytes && self.style != PagingStyle::Marker)
    }

    fn next_by_marker(&mut self, position: &Position, page: &Response<O::Output>) -> Step {
        self.next = None;
        let list = O::META.paging.map_or("", |paging| paging.list);
        let Some(next) = O::next_marker(page).filter(|next| !next.trim().is_empty()) else {
            // A marker that cannot be read is not the end, and the page can be asked for again.
            let of_rows = |path: &str| path.strip_prefix("$.").is_some_and(|path| path.starts_with(list));
            let unread = |drift: &Drift| drift.kind == DriftKind::Unreadable && !of_rows(&drift.path);
            if page.drift().iter().any(unread) {
                self.changed = Some("the marker of the next page cannot be read");
                self.next = Some(position.clone());
            }
            return Step::End;
        };
        // As they came: the type may leave out what tells them apart.
        let fields: Option<RawFields<'_>> = serde_json::from_slice(page.body()).ok();
        let rows = fields.as_ref().and_then(|fields| fields.0.iter().find(|(name, _)| name == list));
        let rows = rows.map(|(_, rows)| self.progress.hash(rows.get().as_bytes()));
        if self.progress.stands_still(O::items(page).len(), rows) {
            self.changed = Some("markers came without any further row");
            return Step::End;
        }
        if self.progress.repeats(self.progress.hash(next.as_bytes())) {
            self.changed = Some("a marker came that had come before");
            return Step::End;
        }
        self.next = Some(Position::Marker(Some(next)));
        Step::Continue
    }

    fn next_by_count(&mut self, position: &Position, count: u32) -> Step {
        let cursor = &self.delivered;
        let all_stated = cursor.total.is_some_and(|total| cursor.seen >= total);
        let full = count >= self.step;
        if count == 0 || (all_stated && !full && !self.understated) {
            self.in_flight.clear();
            self.next = None;
            if cursor.total.is_some_and(|total| cursor.seen != total) {
                self.changed = self.changed.or(Some("another number of rows came than was stated"));
            }
            return Step::End;
        }
        self.looking_beyond = all_stated && !self.understated;
        if matches!(position, Position::Row(_)) && count != self.step {
            // Pages fetched ahead do not begin where this one ended.
            self.in_flight.clear();
            self.step = count;
        }
        if self.in_flight.is_empty() {
            self.next = self.after(position, count);
            if self.next.is_none() {
                self.changed = Some("the list is longer than positions can be counted");
                return Step::End;
            }
        }
        Step::Continue
    }
}

/// Needs no pinning, because the request under way is boxed.
impl<O: Paged> Unpin for Pages<O> {}

impl<O: Paged> Stream for Pages<O> {
    type Item = Result<Response<O::Output>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(error) = this.invalid.take() {
            this.ended = true;
            return Poll::Ready(Some(Err(error)));
        }
        if this.ended {
            let complaint = this.changed.take().filter(|_| !this.tolerant);
            return Poll::Ready(complaint.map(|why| Err(list_changed::<O>(&this.delivered, why))));
        }
        while this.may_fetch() {
            let Some(position) = this.next.take() else { break };
            this.fetch(position);
        }
        for (_, slot) in &mut this.in_flight {
            if let Slot::Fetching(fetching) = slot
                && let Poll::Ready(page) = fetching.as_mut().poll(context)
            {
                *slot = Slot::Here(Box::new(page));
            }
        }
        match this.in_flight.pop_front() {
            Some((position, Slot::Here(page))) => {
                match &*page {
                    Ok(response) => match this.accept(position, response) {
                        Step::Continue => {}
                        Step::End => {
                            this.ended = true;
                            this.in_flight.clear();
                        }
                        Step::EndBefore => {
                            this.ended = true;
                            this.in_flight.clear();
                            this.delivered.finished = true;
                            return Pin::new(this).poll_next(context);
                        }
                    },
                    Err(_) => {
                        this.ended = true;
                        this.changed = None;
                        this.in_flight.clear();
                    }
                }
                Poll::Ready(Some(*page))
            }
            Some(fetching) => {
                this.in_flight.push_front(fetching);
                Poll::Pending
            }
            None => {
                this.ended = true;
                Poll::Ready(None)
            }
        }
    }
}

fn list_changed<O: Paged>(cursor: &ListCursor, why: &str) -> Error {
    let stated = cursor.total.map_or_else(|| "no total".to_owned(), |total| format!("a total of {total}"));
    let message = format!(
        "the list changed while it was read, or the service does not page as documented: {why}; {} rows came for {stated}",
        cursor.seen
    );
    Error::new(ErrorKind::ListChanged, O::META.name, message).with_retryable(true)
}

impl<O: Paged + fmt::Debug> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation)
            .field("cursor", &self.delivered)
            .field("in_flight", &self.in_flight.len())
            .finish()
    }
}
