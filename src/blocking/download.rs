//! Files as readers.

use std::{
    fmt,
    io::{self, Read},
    sync::Arc,
};

use bytes::{Buf as _, Bytes};
use futures_util::StreamExt as _;

use super::Executor;
use crate::client::{self, DownloadCursor};

/// A file that is being downloaded, as a reader. Created by [`Client::download`](super::Client::download).
pub struct Download {
    executor: Arc<Executor>,
    file: client::Download,
    /// Bytes that were received and not read yet.
    piece: Bytes,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("file", &self.file)
            .field("piece_bytes", &self.piece.len())
            .finish_non_exhaustive()
    }
}

impl Download {
    pub(super) fn new(executor: Arc<Executor>, file: client::Download) -> Self {
        Self { executor, file, piece: Bytes::new() }
    }

    /// Sets the limit of bytes, as [`client::Download::limit`] does.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.file = self.file.limit(bytes);
        self
    }

    /// The number of bytes of the whole file, where the service sent it.
    pub fn length(&self) -> Option<u64> {
        self.file.length()
    }

    /// Returns the name of the file, as [`client::Download::file_name`] does.
    pub fn file_name(&self) -> Option<String> {
        self.file.file_name()
    }

    /// Returns the position at which an interrupted download continues: after the bytes that were read.
    pub fn cursor(&self) -> DownloadCursor {
        let mut cursor = self.file.cursor();
        cursor.received = cursor.received.saturating_sub(self.piece.len() as u64);
        cursor
    }
}

impl Read for Download {
    /// Reads the next bytes. An error of the download is the inner error, an [`Error`](crate::Error).
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !buffer.is_empty() {
            match self.executor.block_on(self.file.next()) {
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return Ok(0),
            }
        }
        let count = self.piece.len().min(buffer.len());
        if let Some(target) = buffer.get_mut(..count) {
            self.piece.copy_to_slice(target);
        }
        Ok(count)
    }
}
