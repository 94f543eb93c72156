//! New messages as a stream.

use std::{
    collections::{HashSet, VecDeque},
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_core::Stream;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::TicketDesk;
use crate::{
    Client,
    error::Error,
    tickets::{Message, NewMessages, PollMessages, TicketId},
};

/// A new message on a ticket.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct News {
    /// The ticket.
    pub ticket: TicketId,
    /// The message; it may be the customer's own.
    pub message: Message,
}

/// New messages on tickets as they come: a stream that never ends by itself.
///
/// It asks the service every five seconds while there is something new, and less and less often, down to once a minute,
/// while there is not; [`Follow::every`] changes both. A message that comes twice because two answers overlap is given
/// once. What the service tells when it is first asked is not documented: messages that were there before may be among
/// the first.
///
/// An error does not end it if it may pass: it is given, and the next turn asks again after a wait. After any other error
/// the stream ends. [`Follow::mark`] is where [`Follow::resume`] goes on, in another process too.
#[must_use = "streams do nothing unless polled"]
pub struct Follow {
    client: Client,
    tickets: Vec<TicketId>,
    group: Option<String>,
    every: Duration,
    at_least_every: Duration,
    wait: Option<Duration>,
    asking: Option<BoxFuture<'static, Result<NewMessages, Error>>>,
    queue: VecDeque<(String, News)>,
    /// Where the queue was fetched, until it has been given out.
    cursor: Option<String>,
    next_cursor: Option<String>,
    /// The messages of the answer before, and those of this one that have been given out.
    recent: HashSet<String>,
    current: HashSet<String>,
    ended: bool,
}

/// Where following stands. It holds no text of any message, only fingerprints of the latest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageCursor {
    cursor: Option<String>,
    recent: Vec<String>,
}

impl TicketDesk {
    /// What is new on up to 100 tickets from now on.
    pub fn follow(&self, tickets: impl IntoIterator<Item = impl Into<TicketId>>) -> Follow {
        Follow::new(self.client().clone(), tickets.into_iter().map(Into::into).collect())
    }
}

impl Follow {
    pub(super) fn new(client: Client, tickets: Vec<TicketId>) -> Self {
        Self {
            client,
            tickets,
            group: None,
            every: Duration::from_secs(5),
            at_least_every: Duration::from_secs(60),
            wait: None,
            asking: None,
            queue: VecDeque::new(),
            cursor: None,
            next_cursor: None,
            recent: HashSet::new(),
            current: HashSet::new(),
            ended: false,
        }
    }

    /// The tickets are those of another member of this IAM user group.
    pub fn of_group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Asks every `busy` while there is news, and down to every `idle` while there is none; never more often than once a
    /// second.
    pub fn every(mut self, busy: Duration, idle: Duration) -> Self {
        self.every = busy.max(Duration::from_secs(1));
        self.at_least_every = idle.max(self.every);
        self
    }

    /// Goes on where a mark says.
    pub fn resume(mut self, mark: MessageCursor) -> Self {
        self.cursor = mark.cursor;
        self.recent = mark.recent.into_iter().collect();
        self
    }

    /// Where following stands: after the message that was given last.
    pub fn mark(&self) -> MessageCursor {
        let (cursor, fingerprints): (_, Vec<&String>) = if self.queue.is_empty() {
            (
                self.next_cursor.as_ref().or(self.cursor.as_ref()),
                self.recent.iter().chain(&self.current).collect(),
            )
        } else {
            let waiting: HashSet<&String> = self.queue.iter().map(|(print, _)| print).collect();
            let given = self.recent.iter().chain(&self.current).filter(|print| !waiting.contains(print));
            (self.cursor.as_ref(), given.collect())
        };
        let mut recent: Vec<String> = fingerprints.into_iter().cloned().collect();
        recent.sort_unstable();
        recent.dedup();
        MessageCursor { cursor: cursor.cloned(), recent }
    }

    fn ask(&mut self) -> BoxFuture<'static, Result<NewMessages, Error>> {
        let mut request = PollMessages::new(self.tickets.clone());
        request.last_message_time_id = self.next_cursor.clone().or_else(|| self.cursor.clone());
        request.group_id = self.group.clone();
        let (client, wait) = (self.client.clone(), self.wait);
        Box::pin(async move {
            if let Some(wait) = wait {
                client.clock().sleep(wait).await;
            }
            client.send(&request).await.map(crate::client::Response::into_inner)
        })
    }

    /// Takes in an answer.
    fn take_in(&mut self, answer: NewMessages) {
        let before = std::mem::take(&mut self.current);
        if let Some(cursor) = self.next_cursor.take() {
            self.cursor = Some(cursor);
        }
        // An answer without news keeps the fingerprints: the next may overlap with the one before it.
        let all: Vec<(String, News)> = answer
            .immsg
            .into_iter()
            .flat_map(|one| {
                let ticket = one.incident_id;
                one.message_list.into_iter().map(move |message| News { ticket: ticket.clone(), message })
            })
            .map(|news| (fingerprint(&news), news))
            .collect();
        let known: HashSet<String> = self.recent.drain().chain(before).collect();
        self.current = all.iter().map(|(print, _)| print.clone()).collect();
        self.queue = all.into_iter().filter(|(print, _)| !known.contains(print)).collect();
        self.recent = known;
        if !self.current.is_empty() {
            self.recent.retain(|print| self.current.contains(print));
        }
        self.next_cursor = answer.last_message_time_id.filter(|cursor| !cursor.is_empty());
        let idle = self.wait.unwrap_or(self.every).saturating_mul(3) / 2;
        let wait = if self.queue.is_empty() { idle.min(self.at_least_every) } else { self.every };
        self.wait = Some(wait);
    }
}

/// Nothing in it is pinned.
impl Unpin for Follow {}

impl Stream for Follow {
    type Item = Result<News, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some((_, news)) = this.queue.pop_front() {
                return Poll::Ready(Some(Ok(news)));
            }
            if this.ended {
                return Poll::Ready(None);
            }
            if this.asking.is_none() {
                this.asking = Some(this.ask());
            }
            let Some(asking) = &mut this.asking else { continue };
            let answer = ready!(asking.as_mut().poll(context));
            this.asking = None;
            match answer {
                Ok(answer) => this.take_in(answer),
                Err(error) => {
                    let longer = this.wait.unwrap_or(this.every).saturating_mul(2).min(this.at_least_every);
                    this.wait = Some(error.retry_after().unwrap_or_default().max(longer));
                    this.ended = !error.is_retryable() && !may_pass(&error);
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

/// Reading can always be tried again after trouble on the way.
fn may_pass(error: &Error) -> bool {
    use crate::ErrorKind::{Interrupted, NotSent, Throttled, TimedOut};
    matches!(error.kind(), Interrupted | NotSent | Throttled | TimedOut)
}

/// What tells one message from another; lists give no ids.
fn fingerprint(news: &News) -> String {
    let mut hash = Sha256::new();
    let message = serde_json::to_vec(&news.message).unwrap_or_default();
    hash.update(news.ticket.as_str());
    hash.update([0]);
    hash.update(message);
    hex::encode(hash.finalize().iter().take(8).copied().collect::<Vec<u8>>())
}

impl fmt::Debug for Follow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow")
            .field("tickets", &self.tickets)
            .field("cursor", &self.cursor)
            .field("waiting", &self.queue.len())
            .finish_non_exhaustive()
    }
}
