//! Statement files read from async sources.

use std::{
    io::{self, Read},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Buf as _, Bytes};
use futures_core::Stream;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    sync::mpsc,
};

use super::{StatementOptions, StatementSummary, read};
use crate::{Error, charge::Charge, owned::OwnedCharge};

/// Number of rows that are handed over at a time.
const BATCH: usize = 256;

/// A row of a statement file that owns its text.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct OwnedStatementRow {
    charge: OwnedCharge,
    /// The CSV file that the row stands in.
    pub member: String,
    /// Number of the line in that file, counted from 1.
    pub line: u64,
    /// Headers and values of the columns whose meaning is not known.
    pub unknown_columns: Vec<(String, String)>,
}

impl std::fmt::Debug for OwnedStatementRow {
    /// Names the columns whose meaning is not known, without their values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.unknown_columns.iter().map(|(name, _)| name).collect();
        f.debug_struct("OwnedStatementRow")
            .field("charge", &self.charge)
            .field("member", &self.member)
            .field("line", &self.line)
            .field("unknown_columns", &names)
            .finish()
    }
}

impl OwnedStatementRow {
    /// Returns the charge with borrowed text.
    #[must_use]
    pub fn charge(&self) -> Charge<'_> {
        self.charge.borrow()
    }
}

/// The rows of a statement file as a stream of batches, from any [`AsyncRead`], in constant memory.
///
/// Unpacking and parsing run on the runtime's threads for blocking work, so a [tokio] runtime is needed. After the last
/// batch, [`StatementStream::summary`] says what the file held.
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct StatementStream {
    rows: mpsc::Receiver<Result<Vec<OwnedStatementRow>, Error>>,
    summary: tokio::sync::oneshot::Receiver<StatementSummary>,
}

impl StatementStream {
    /// Begins to read. `name` is as for [`read`](super::read).
    pub fn new<R>(name: impl Into<String>, mut reader: R, options: StatementOptions) -> Self
    where
        R: AsyncRead + Send + Unpin + 'static,
    {
        let (send_bytes, bytes) = mpsc::channel::<io::Result<Bytes>>(4);
        tokio::spawn(async move {
            loop {
                let mut chunk = bytes::BytesMut::with_capacity(64 * 1024);
                let message = match reader.read_buf(&mut chunk).await {
                    Ok(0) => return,
                    Ok(_) => Ok(chunk.freeze()),
                    Err(error) => Err(error),
                };
                let failed = message.is_err();
                if send_bytes.send(message).await.is_err() || failed {
                    return;
                }
            }
        });
        let (send_rows, rows) = mpsc::channel(4);
        let (send_summary, summary) = tokio::sync::oneshot::channel();
        let name = name.into();
        tokio::task::spawn_blocking(move || {
            let source = Chunks { bytes, current: Bytes::new() };
            let mut batch = Vec::with_capacity(BATCH);
            let read = read(&name, source, &options, |row| {
                let unknown = row.unknown_columns().map(|(name, value)| (name.to_owned(), value.to_owned()));
                batch.push(OwnedStatementRow {
                    charge: OwnedCharge::of(&row.charge),
                    member: row.member.to_owned(),
                    line: row.line,
                    unknown_columns: unknown.collect(),
                });
                if batch.len() < BATCH {
                    return Ok(());
                }
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                send_rows.blocking_send(Ok(full)).map_err(|_| Error::Cancelled)
            });
            if !batch.is_empty() && send_rows.blocking_send(Ok(batch)).is_err() {
                return;
            }
            match read {
                Ok(summary) => drop(send_summary.send(summary)),
                Err(error) => drop(send_rows.blocking_send(Err(error))),
            }
        });
        Self { rows, summary }
    }

    /// Returns the summary of the file; `None` before the end of the stream and after an error.
    pub fn summary(&mut self) -> Option<StatementSummary> {
        self.summary.try_recv().ok()
    }
}

impl Stream for StatementStream {
    type Item = Result<Vec<OwnedStatementRow>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().rows.poll_recv(context)
    }
}

/// Bytes of a channel as a reader.
struct Chunks {
    bytes: mpsc::Receiver<io::Result<Bytes>>,
    current: Bytes,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.current.has_remaining() {
            match self.bytes.blocking_recv() {
                Some(chunk) => self.current = chunk?,
                None => return Ok(0),
            }
        }
        let count = self.current.remaining().min(buffer.len());
        self.current.copy_to_slice(buffer.get_mut(..count).unwrap_or_default());
        Ok(count)
    }
}
