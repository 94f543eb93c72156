//! Complete look-ups of records.

use super::session::Session;
use crate::{
    client::{Client, pipeline::Call},
    error::{Error, ErrorKind},
    journal::{Attempt, DecidedBy, Learned, QueryScope, RecordScope, StoredAttempt},
    operation::{PagingStyle, Position, RecordFacts, Resolver, TimeWindow},
    types::UtcTime,
};

/// Number of times that a list that changes during reading is read again.
const READS: u32 = 3;

/// Pages of a look-up at most.
const PAGES: u32 = 10_000;

impl Client {
    /// All rows of a query in a window: every page, as many rows as the total says. Anything else is an error, because an
    /// incomplete list proves nothing.
    pub(super) async fn look_up(
        &self,
        resolver: &Resolver,
        attempt: &Attempt,
        window: TimeWindow,
    ) -> Result<Vec<RecordFacts>, Error> {
        let mut problem = String::new();
        for _ in 0..READS {
            match self.read_rows(resolver, attempt, window).await? {
                Ok(rows) => return Ok(rows),
                Err(changed) => problem = changed,
            }
        }
        Err(unreadable(resolver, &problem))
    }

    /// Reads the list once; the inner `Err` says that it changed while it was read.
    async fn read_rows(
        &self,
        resolver: &Resolver,
        attempt: &Attempt,
        window: TimeWindow,
    ) -> Result<Result<Vec<RecordFacts>, String>, Error> {
        let query = resolver.query;
        let (style, size) =
            query.paging.map_or((PagingStyle::Rows, 0), |paging| (paging.style, paging.largest));
        let mut rows: Vec<RecordFacts> = Vec::new();
        for page in 1..=PAGES {
            let position = match style {
                PagingStyle::Pages => Position::Page(page),
                _ => Position::Row(u32::try_from(rows.len()).unwrap_or(u32::MAX)),
            };
            let at = (size > 0).then_some((position, size));
            let parts = (resolver.query_parts)(&attempt.arguments, window, at)
                .map_err(|error| unreadable(resolver, &error))?;
            let response = Call::new(self, &parts).run().await?;
            let read = (resolver.read_page)(&attempt.arguments, &response.body);
            let read = read.map_err(|error| unreadable(resolver, &error).with_body(response.body))?;
            let Some(total) = read.total else {
                return Err(unreadable(resolver, "the response of the query has no total"));
            };
            let came = read.rows.len();
            rows.extend(read.rows);
            match u64::try_from(rows.len()).unwrap_or(u64::MAX) {
                have if have == total => return Ok(Ok(rows)),
                have if have > total => return Ok(Err(format!("{have} rows of {total} were received"))),
                have if came == 0 => return Ok(Err(format!("{have} rows of {total} were received"))),
                _ => {}
            }
        }
        Ok(Err("the list does not end".to_owned()))
    }

    /// Returns the known facts about the query of an attempt, after everything that these rows and the
    /// journal can teach.
    pub(super) async fn learn(
        &self,
        session: &Session,
        resolver: &Resolver,
        stored: &StoredAttempt,
        rows: &[RecordFacts],
        absence_matters: bool,
    ) -> Result<Learned, Error> {
        let name = resolver.meta.name;
        let failed = |error| super::session::journal_error(name, "reading what was learned", error);
        let scope = QueryScope::of(&stored.attempt);
        let journal = &session.journal;
        let known = journal.learned(&scope).await.map_err(failed)?;
        if known.sees_account && (known.memo_echo || resolver.memo_field.is_none()) {
            return Ok(known);
        }
        let mut learned = self.learned_from(session, &stored.attempt, rows).await?;
        if absence_matters && !known.sees_account && !learned.sees_account {
            let records = RecordScope::of(&stored.attempt, 0);
            let success = journal.known_record(&records).await.map_err(failed)?;
            if let Some(success) = success
                && let Some(other) = journal.load(&success.request_id).await.map_err(failed)?
            {
                let options = &session.options.resolve;
                let until = other.signed_at.instant()
                    + options.fence(true)
                    + options.settle()
                    + std::time::Duration::from_secs(60);
                let window = TimeWindow { from: other.window_begin, until: whole(until) };
                let other_resolver = session.resolver_of(&other.attempt)?;
                let rows = self.look_up(&other_resolver, &other.attempt, window).await?;
                learned = learned.merged(self.learned_from(session, &other.attempt, &rows).await?);
            }
        }
        if learned != Learned::default() {
            journal.learn(&scope, learned).await.map_err(failed)?;
        }
        Ok(known.merged(learned))
    }

    /// A row that belongs to a known success proves that the query sees the account; if it shows the memo that was sent, it
    /// proves that too.
    async fn learned_from(
        &self,
        session: &Session,
        attempt: &Attempt,
        rows: &[RecordFacts],
    ) -> Result<Learned, Error> {
        let failed = |error| super::session::journal_error("", "reading attributions", error);
        let mut learned = Learned::default();
        let ids: Vec<String> = rows.iter().filter_map(|row| row.id.clone()).collect();
        if ids.is_empty() {
            return Ok(learned);
        }
        let scope = RecordScope::of(attempt, 0);
        let known = session.journal.attributions(&scope, &ids).await.map_err(failed)?;
        for success in known.iter().filter(|known| known.by == DecidedBy::Response) {
            learned.sees_account = true;
            let shown = rows.iter().find(|row| row.id.as_ref() == Some(&success.record_id));
            if let Some(shown) = shown.and_then(|row| row.memo.as_deref())
                && let Some(other) = session.journal.load(&success.request_id).await.map_err(failed)?
            {
                learned.memo_echo |=
                    other.attempt.memo.as_deref().is_some_and(|sent| sent.trim() == shown.trim());
            }
        }
        Ok(learned)
    }
}

/// A time rounded up to whole seconds.
pub(super) fn whole(time: time::OffsetDateTime) -> UtcTime {
    let floor = time.replace_nanosecond(0).unwrap_or(time);
    if floor == time { floor.into() } else { floor.saturating_add(time::Duration::SECOND).into() }
}

/// A list that proves nothing.
pub(super) fn unreadable(resolver: &Resolver, problem: &str) -> Error {
    let message = format!("the list of records is incomplete or unreadable, so it proves nothing: {problem}");
    Error::new(ErrorKind::Undecodable, resolver.query.name, message)
}
