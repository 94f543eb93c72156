//! New messages of tickets as a stream.

use std::{
    collections::{HashSet, VecDeque},
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_core::Stream;
use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};

use super::Tickets;
use crate::{
    Client,
    api::tickets::{Message, NewMessages, PollMessages, TicketId},
    error::Error,
    types::plain::plain,
};

/// A message that arrived on a ticket.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NewMessage {
    /// Ticket that is followed.
    pub ticket: TicketId,
    /// The message, which may be the customer's own.
    pub message: Message,
}

/// A stream of new messages on tickets. It does not end by itself.
///
/// It polls the service every five seconds while messages arrive and gradually down to once a minute while none do;
/// [`MessageStream::with_intervals`] changes both. A message that two overlapping responses carry is yielded once. The
/// documentation does not say what the first response holds: it may include messages from before.
///
/// After a transient error, which the stream yields, the next poll asks again after a delay. Any other error ends the
/// stream. [`MessageStream::cursor`] is the position from which [`MessageStream::resume`] continues, also in another
/// process.
#[must_use = "streams do nothing unless polled"]
pub struct MessageStream {
    client: Client,
    tickets: Vec<TicketId>,
    group: Option<String>,
    busy: Duration,
    idle: Duration,
    wait: Option<Duration>,
    asking: Option<BoxFuture<'static, Result<NewMessages, Error>>>,
    queue: VecDeque<(String, NewMessage)>,
    /// The position before the queue, until all of it has been yielded.
    cursor: Option<String>,
    next_cursor: Option<String>,
    /// Fingerprints of the messages of the previous response and of the current one.
    recent: HashSet<String>,
    current: HashSet<String>,
    ended: bool,
}

/// A position in the messages of tickets. It holds no text of any message, only fingerprints of the latest ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageCursor {
    cursor: Option<String>,
    recent: Vec<String>,
}

plain! { MessageCursor { cursor [default], recent } }

impl Tickets {
    /// New messages on up to 100 tickets as they arrive.
    pub fn new_messages(&self, tickets: impl IntoIterator<Item = impl Into<TicketId>>) -> MessageStream {
        MessageStream::new(self.client().clone(), tickets.into_iter().map(Into::into).collect())
    }
}

impl MessageStream {
    pub(super) fn new(client: Client, tickets: Vec<TicketId>) -> Self {
        Self {
            client,
            tickets,
            group: None,
            busy: Duration::from_secs(5),
            idle: Duration::from_secs(60),
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

    /// Names this IAM user group in all calls, for tickets of another member of the group.
    pub fn with_group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Polls every `busy` while messages arrive, and gradually down to every `idle` while none do. Shorter intervals than
    /// a second count as one second.
    pub fn with_intervals(mut self, busy: Duration, idle: Duration) -> Self {
        self.busy = busy.max(Duration::from_secs(1));
        self.idle = idle.max(self.busy);
        self
    }

    /// Continues from a cursor.
    pub fn resume(mut self, cursor: MessageCursor) -> Self {
        self.cursor = cursor.cursor;
        self.recent = cursor.recent.into_iter().collect();
        self
    }

    /// The position after the message that was yielded last.
    pub fn cursor(&self) -> MessageCursor {
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

    /// Queues the messages of a response that have not been yielded yet.
    fn queue_new(&mut self, response: NewMessages) {
        let before = std::mem::take(&mut self.current);
        if let Some(cursor) = self.next_cursor.take() {
            self.cursor = Some(cursor);
        }
        // A response without messages keeps the fingerprints: the next one may overlap with the one before it.
        let all: Vec<(String, NewMessage)> = response
            .immsg
            .into_iter()
            .flat_map(|one| {
                let ticket = one.incident_id;
                one.message_list
                    .into_iter()
                    .map(move |message| NewMessage { ticket: ticket.clone(), message })
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
        self.next_cursor = response.last_message_time_id.filter(|cursor| !cursor.is_empty());
        let longer = self.wait.unwrap_or(self.busy).saturating_mul(3) / 2;
        let wait = if self.queue.is_empty() { longer.min(self.idle) } else { self.busy };
        self.wait = Some(wait);
    }
}

/// Needs no pinning, because it contains no pinned value.
impl Unpin for MessageStream {}

impl Stream for MessageStream {
    type Item = Result<NewMessage, Error>;

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
            let response = ready!(asking.as_mut().poll(context));
            this.asking = None;
            match response {
                Ok(response) => this.queue_new(response),
                Err(error) => {
                    let longer = this.wait.unwrap_or(this.busy).saturating_mul(2).min(this.idle);
                    this.wait = Some(error.retry_after().unwrap_or_default().max(longer));
                    this.ended = !error.is_retryable() && !may_pass(&error);
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

/// A read can be repeated after any failure on the way.
fn may_pass(error: &Error) -> bool {
    use crate::ErrorKind::{Interrupted, NotSent, Throttled, TimedOut};
    matches!(error.kind(), Interrupted | NotSent | Throttled | TimedOut)
}

/// Identifies a message by its content, because lists carry no ids.
fn fingerprint(news: &NewMessage) -> String {
    let mut hash = Sha256::new();
    let message = serde_json::to_vec(&news.message).unwrap_or_default();
    hash.update(news.ticket.as_str());
    hash.update([0]);
    hash.update(message);
    hex::encode(hash.finalize().iter().take(8).copied().collect::<Vec<u8>>())
}

impl fmt::Debug for MessageStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageStream")
            .field("tickets", &self.tickets)
            .field("cursor", &self.cursor)
            .field("waiting", &self.queue.len())
            .finish_non_exhaustive()
    }
}
