//! Lists against services that page in odd ways.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use futures_util::{FutureExt as _, StreamExt as _};
use http::{Request, Response};
use serde::{Deserialize, Serialize};

use super::ListCursor;
use crate::{
    Client, Error, ErrorKind,
    auth::Credentials,
    clock::ManualClock,
    operation::{Operation, OperationMeta, Paged, Paging, PagingStyle, Position},
    transport::{Body, Transport, TransportError},
    types::Site,
};

/// Script of the service for a position and a limit: ids, the total, the next marker.
type Script = dyn Fn(&PageRequest) -> (Vec<u64>, Option<u64>, Option<String>) + Send + Sync;

struct PageRequest {
    /// The offset, or the number of the page.
    offset: u64,
    limit: u64,
    marker: Option<String>,
    call: usize,
}

#[derive(Clone)]
struct Server {
    script: Arc<Script>,
    calls: Arc<AtomicUsize>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}

#[async_trait]
impl Transport for Server {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        assert!(call < 2_000, "the list does not end");
        let query: std::collections::HashMap<_, _> =
            form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect();
        let number = |name: &str| query.get(name).map_or(0, |text| text.parse().unwrap());
        let request = PageRequest {
            offset: number("offset"),
            limit: number("limit"),
            marker: query.get("marker").cloned(),
            call,
        };
        let (ids, total, next) = (self.script)(&request);
        let rows: Vec<_> = ids.into_iter().map(|id| Row { id: id.to_string() }).collect();
        // The trace differs from call to call, as an id of the request would.
        let page = serde_json::json!({ "rows": rows, "total": total, "next": next, "trace": call });
        Ok(Response::new(Body::from(page.to_string())))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Row {
    id: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Page {
    rows: Vec<Row>,
    #[serde(default)]
    total: Option<u64>,
    #[serde(default)]
    next: Option<String>,
}

/// A list whose style is 0 for rows, 1 for pages, 2 for markers, and whose rows have a key where `KEYED` says so.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct List<const STYLE: u8, const KEYED: bool> {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

const ROWS: u8 = 0;
const PAGES: u8 = 1;
const MARKER: u8 = 2;

impl<const STYLE: u8, const KEYED: bool> Operation for List<STYLE, KEYED> {
    type Output = Page;
    const META: &'static OperationMeta = &OperationMeta::get("bss.List", "/v2/list")
        .rate_limit(crate::operation::RateLimit::per_second(1_000_000))
        .paging(match STYLE {
            ROWS => Paging::rows(100, "rows"),
            PAGES => Paging::pages(100, "rows"),
            _ => Paging::marker(100, "rows"),
        });
}

impl<const STYLE: u8, const KEYED: bool> Paged for List<STYLE, KEYED> {
    type Item = Row;

    fn items(output: &Page) -> &[Row] {
        &output.rows
    }

    fn into_items(output: Page) -> Vec<Row> {
        output.rows
    }

    fn row_key(row: &Row) -> Option<Cow<'_, str>> {
        KEYED.then(|| row.id.as_str().into())
    }

    fn total(output: &Page) -> Option<u64> {
        output.total
    }

    fn next_marker(output: &Page) -> Option<String> {
        output.next.clone()
    }

    fn page_size(&self) -> Option<u32> {
        self.limit
    }

    fn position(&self) -> Option<Position> {
        match Self::META.paging.unwrap().style {
            PagingStyle::Rows => self.offset.map(Position::Row),
            PagingStyle::Pages => self.offset.map(Position::Page),
            PagingStyle::Marker => self.marker.clone().map(|marker| Position::Marker(Some(marker))),
        }
    }

    fn at(mut self, position: &Position, page_size: u32) -> Self {
        match position {
            Position::Row(offset) | Position::Page(offset) => self.offset = Some(*offset),
            Position::Marker(marker) => self.marker = marker.clone(),
        }
        self.limit = Some(page_size);
        self
    }
}

struct Read {
    ids: Vec<u64>,
    error: Option<Error>,
    calls: usize,
    cursor: ListCursor,
}

impl Read {
    fn distinct(&self) -> usize {
        self.ids.iter().collect::<std::collections::HashSet<_>>().len()
    }

    fn changed(&self) -> bool {
        self.error.as_ref().is_some_and(|error| error.kind() == ErrorKind::ListChanged)
    }
}

fn client(script: Arc<Script>) -> (Client, Arc<AtomicUsize>) {
    let server = Server { script, calls: Arc::default() };
    let calls = Arc::clone(&server.calls);
    let clock = ManualClock::at(time::OffsetDateTime::UNIX_EPOCH);
    let client = Client::builder(Site::China)
        .credentials(Credentials::token("t"))
        .transport(server)
        .clock(clock)
        .build();
    (client.unwrap(), calls)
}

fn read_with<O: Paged<Item = Row> + Default>(
    script: impl Fn(&PageRequest) -> (Vec<u64>, Option<u64>, Option<String>) + Send + Sync + 'static,
    change: impl FnOnce(super::Items<O>) -> super::Items<O>,
) -> Read {
    read_list(O::default(), script, change)
}

fn read_list<O: Paged<Item = Row>>(
    operation: O,
    script: impl Fn(&PageRequest) -> (Vec<u64>, Option<u64>, Option<String>) + Send + Sync + 'static,
    change: impl FnOnce(super::Items<O>) -> super::Items<O>,
) -> Read {
    let (client, calls) = client(Arc::new(script));
    let mut items = change(client.items(operation));
    let (mut ids, mut error) = (Vec::new(), None);
    while let Some(row) = items.next().now_or_never().expect("nothing waits") {
        match row {
            Ok(row) => ids.push(row.id.parse().unwrap()),
            Err(failure) => error = Some(failure),
        }
    }
    Read { ids, error, calls: calls.load(Ordering::Relaxed), cursor: items.cursor() }
}

/// Reads a list of the style with and without keys, with and without pages fetched ahead.
fn every_way<const STYLE: u8>(
    script: impl Fn(&PageRequest) -> (Vec<u64>, Option<u64>, Option<String>) + Clone + Send + Sync + 'static,
    check: impl Fn(&Read),
) {
    for ahead in [0, 3] {
        check(&read_with::<List<STYLE, true>>(script.clone(), |items| items.prefetch(ahead)));
        check(&read_with::<List<STYLE, false>>(script.clone(), |items| items.prefetch(ahead)));
    }
}

/// The rows of a well-behaved service that gives at most `most` of `all`.
fn slice(request: &PageRequest, all: u64, most: u64) -> Vec<u64> {
    (request.offset..all.min(request.offset + most)).collect()
}

#[test]
fn well_behaved_lists_are_read_once() {
    for all in [0, 1, 99, 100, 101, 250, 300] {
        every_way::<ROWS>(
            move |request| (slice(request, all, request.limit), Some(all), None),
            |read| assert!(read.error.is_none() && read.ids == (0..all).collect::<Vec<_>>(), "{all}"),
        );
        every_way::<ROWS>(
            move |request| (slice(request, all, request.limit), None, None),
            |read| assert!(read.error.is_none() && read.ids == (0..all).collect::<Vec<_>>(), "{all}"),
        );
        every_way::<PAGES>(
            move |request| {
                let begin = (request.offset - 1) * request.limit;
                ((begin..all.min(begin + request.limit)).collect(), Some(all), None)
            },
            |read| assert!(read.error.is_none() && read.ids == (0..all).collect::<Vec<_>>(), "{all}"),
        );
    }
}

#[test]
fn markers_that_repeat_end_the_list_at_the_first_repeat() {
    for cycle in [1_u64, 2, 3, 50, 700] {
        for first in [None, Some("m0".to_owned())] {
            let script = move |request: &PageRequest| {
                let next = (request.call as u64 + 1) % cycle;
                (vec![request.call as u64], None, Some(format!("m{next}")))
            };
            let list = List::<MARKER, false> { marker: first.clone(), ..List::default() };
            let read = read_list(list, script, |items| items);
            assert!(read.changed());
            let expected = if first.is_some() { cycle } else { cycle + 1 };
            assert!(read.calls as u64 <= expected, "{cycle}: {} calls", read.calls);
        }
    }
}

#[test]
fn new_markers_without_new_rows_end_the_list() {
    let marker = |request: &PageRequest| Some(format!("m{}", request.call));
    for rows in [vec![1], vec![1, 2, 3]] {
        let same = move |request: &PageRequest| (rows.clone(), None, marker(request));
        let read = read_with::<List<MARKER, false>>(same.clone(), |items| items);
        assert!(read.changed() && read.calls <= 3, "{}", read.calls);
        let read = read_with::<List<MARKER, true>>(same, |items| items);
        assert!(read.changed() && read.distinct() == read.ids.len(), "{}", read.calls);
    }
    let read =
        read_with::<List<MARKER, false>>(move |request| (vec![], None, marker(request)), |items| items);
    assert!(read.changed() && read.calls <= 1000, "{}", read.calls);
    // Two equal pages may be, and pages without rows too.
    let rows = |call: usize| if call % 3 == 2 { vec![] } else { vec![7] };
    let end =
        move |request: &PageRequest| (rows(request.call), None, marker(request).filter(|_| request.call < 9));
    let read = read_with::<List<MARKER, false>>(end, |items| items);
    assert!(read.changed(), "the empty pages between them are no progress");
    let end = move |request: &PageRequest| {
        (vec![request.call as u64 / 2], None, marker(request).filter(|_| request.call < 9))
    };
    let read = read_with::<List<MARKER, false>>(end, |items| items);
    assert!(!read.changed() && read.ids.len() == 10, "{:?}", read.ids);
}

#[test]
fn a_service_that_ignores_the_position_ends_or_fails() {
    // All rows whatever is asked for.
    for all in [30_u64, 100, 250] {
        every_way::<ROWS>(
            move |_| ((0..all).collect(), None, None),
            |read| {
                assert_eq!((read.ids.len() as u64, read.distinct() as u64), (all, all));
                assert!(read.changed() && read.calls <= 3);
            },
        );
        every_way::<ROWS>(
            move |_| ((0..all).collect(), Some(all), None),
            |read| {
                assert_eq!((read.ids.len() as u64, read.distinct() as u64), (all, all));
                assert!(read.error.is_none(), "{all} {:?}", read.error);
            },
        );
        every_way::<PAGES>(
            move |_| ((0..all).collect(), None, None),
            |read| assert!(read.changed() && read.distinct() as u64 == all),
        );
    }
    // The first page whatever is asked for.
    every_way::<ROWS>(
        |request| ((0..request.limit).collect(), None, None),
        |read| assert!(read.changed() && read.ids.len() == 100),
    );
    every_way::<ROWS>(
        |request| ((0..request.limit).collect(), Some(250), None),
        |read| assert!(read.changed() && read.distinct() == 100),
    );
    every_way::<PAGES>(
        |request| ((0..request.limit).collect(), Some(250), None),
        |read| assert!(read.changed() && read.distinct() == 100),
    );
}

#[test]
fn pages_in_a_cycle_end_the_list() {
    for cycle in [2_u64, 3, 40] {
        every_way::<ROWS>(
            move |request| {
                let page = request.call as u64 % cycle;
                ((page * 100..(page + 1) * 100).collect(), None, None)
            },
            |read| assert!(read.changed() && read.calls as u64 <= cycle + 5, "{cycle} {}", read.calls),
        );
    }
}

#[test]
fn pages_of_another_size_than_asked_are_followed_by_the_rows_that_came() {
    for most in [1_u64, 50, 99, 150, 200, 1000] {
        for all in [250_u64, 450] {
            for total in [None, Some(all)] {
                every_way::<ROWS>(
                    move |request| (slice(request, all, most), total, None),
                    |read| {
                        assert_eq!(read.ids, (0..all).collect::<Vec<_>>(), "{most} {total:?}");
                        assert!(read.error.is_none());
                    },
                );
            }
        }
    }
}

#[test]
fn a_total_that_is_too_small_is_found_by_one_look_beyond_a_full_page() {
    for (stated, all) in [(100, 250_u64), (100, 101), (0, 250), (10, 100), (200, 450)] {
        every_way::<ROWS>(
            move |request| (slice(request, all, request.limit), Some(stated), None),
            |read| {
                assert_eq!(read.ids.len() as u64, all, "{stated}");
                assert!(read.changed());
            },
        );
    }
    // A total that is too large is no reason to go on forever.
    every_way::<ROWS>(
        |request| (slice(request, 250, request.limit), Some(10_000), None),
        |read| assert!(read.changed() && read.ids.len() == 250),
    );
}

#[test]
fn rows_that_moved_to_the_next_page_are_delivered_once() {
    // Ten rows are inserted at the start after the first page.
    let moved = |request: &PageRequest| {
        let inserted = if request.call == 0 { 0 } else { 10 };
        let at = |place: u64| if place < inserted { 1_000 + place } else { place - inserted };
        let all = 250 + inserted;
        ((request.offset..all.min(request.offset + request.limit)).map(at).collect(), Some(all), None)
    };
    let read = read_with::<List<ROWS, true>>(moved, |items| items);
    assert_eq!(read.ids, (0..250).collect::<Vec<_>>());
    assert!(read.changed());
    let tolerant = read_with::<List<ROWS, true>>(moved, |items| items.allow_changes());
    assert!(tolerant.error.is_none() && tolerant.ids == read.ids);
    // Without a key both copies are delivered.
    assert_eq!(read_with::<List<ROWS, false>>(moved, |items| items).ids.len(), 260);
}

#[test]
fn the_cursor_of_a_finished_list_resumes_to_nothing() {
    let marker = |request: &PageRequest| match request.marker.as_deref() {
        None => (vec![1, 2], None, Some("b".to_owned())),
        Some(_) => (vec![3], None, None),
    };
    let read = read_with::<List<MARKER, false>>(marker, |items| items);
    assert_eq!(read.ids, [1, 2, 3]);
    let stored = serde_json::to_string(&read.cursor).unwrap();
    let cursor: ListCursor = serde_json::from_str(&stored).unwrap();
    assert!(cursor.is_finished());
    let again = read_with::<List<MARKER, false>>(marker, |items| items.resume(cursor));
    assert_eq!((again.ids.len(), again.calls), (0, 0));

    for total in [None, Some(250)] {
        let rows = move |request: &PageRequest| (slice(request, 250, request.limit), total, None);
        let read = read_with::<List<ROWS, true>>(rows, |items| items);
        let again = read_with::<List<ROWS, true>>(rows, |items| items.resume(read.cursor));
        assert!(again.ids.is_empty() && again.error.is_none() && again.calls == 0);
    }
}

#[test]
fn tampered_cursors_end_or_fail_without_overflow() {
    let rows = |request: &PageRequest| (slice(request, 250, request.limit), Some(250), None);
    let cursor = |json: &str| serde_json::from_str::<ListCursor>(json).unwrap();
    for json in [
        r#"{"position":{"row":4294967295},"rows":4294967295,"seen":18446744073709551615,"total":18446744073709551615,"page_size":4294967295}"#,
        r#"{"position":{"row":0},"rows":4294967295,"seen":18446744073709551615,"total":0,"page_size":1}"#,
        r#"{"position":{"row":100},"rows":7,"seen":18446744073709551615,"page_size":100}"#,
    ] {
        let cursor = cursor(json);
        assert!(cursor.seen() > 0);
        let read = read_with::<List<ROWS, true>>(rows, |items| items.resume(cursor));
        assert!(read.ids.len() <= 250 && read.calls <= 300);
    }
    for json in [
        r#"{"position":{"marker":"x"},"page_size":100}"#,
        r#"{"position":{"page":1},"page_size":100}"#,
        r#"{"position":{"row":0},"page_size":0}"#,
    ] {
        let read = read_with::<List<ROWS, true>>(rows, |items| items.resume(cursor(json)));
        assert_eq!(read.error.unwrap().kind(), ErrorKind::InvalidInput);
        assert_eq!(read.calls, 0);
    }
    // At the last countable row the list fails instead of beginning again.
    let endless = |request: &PageRequest| ((request.offset..request.offset + 100).collect(), None, None);
    let last = cursor(r#"{"position":{"row":4294967290},"page_size":100}"#);
    let read = read_with::<List<ROWS, true>>(endless, |items| items.resume(last));
    assert!(read.changed() && read.calls == 1);
    let last = cursor(r#"{"position":{"page":4294967295},"page_size":100}"#);
    let read = read_with::<List<PAGES, true>>(endless, |items| items.resume(last));
    assert!(read.changed() && read.calls == 1);
}
