//! Responses that are files, read piece by piece.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
#[cfg(feature = "tokio")]
use futures_util::StreamExt as _;
use futures_util::stream;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE,
        LAST_MODIFIED, RANGE,
    },
};

use super::{Client, file_name::file_name, pipeline::Call, response::request_id};
use crate::{
    error::{Error, ErrorKind},
    operation::{Downloads, OperationMeta, RequestParts},
    transport::{Body, ByteStream, TransportError, TransportErrorKind},
    types::plain::plain,
};

/// The most bytes of a file unless [`Download::limit`] says otherwise: 1 GiB.
const USUAL_LIMIT: u64 = 1 << 30;

impl Client {
    /// Starts a download: the file streams out of the [`Download`], and is nowhere held whole.
    ///
    /// The call is signed, waited for and repeated like any other until the response begins; an error that the service
    /// sends instead of a file is an error here, also one that comes with HTTP 200. The deadline of the client's options
    /// ends with the beginning of the response; from then on the transport's own limit for a silent connection holds.
    ///
    /// ```no_run
    /// # async fn example(client: huaweicloud_partner::Client) -> Result<(), huaweicloud_partner::Error> {
    /// use futures_util::TryStreamExt as _;
    /// use huaweicloud_partner::tickets::DownloadAttachment;
    ///
    /// let mut file = client.download(DownloadAttachment::new("a1")).await?.limit(20 << 20);
    /// while let Some(piece) = file.try_next().await? {
    ///     println!("{} bytes more, {} in all", piece.len(), file.received());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn download<O: Downloads>(&self, operation: O) -> Result<Download, Error> {
        self.start_download(self.parts(&operation)?, None).await
    }

    /// Continues a download that was cut, after the bytes that [`Download::cursor`] counts.
    ///
    /// Whether the ticket service gives a part of a file is not documented. It is asked to; if it gives the whole file
    /// all the same, the bytes that are there already are read again and thrown away, and [`Download::is_partial`] is
    /// false. Where the service says that the file has changed meanwhile, the download fails instead of mixing two files.
    ///
    /// # Errors
    /// As for [`Client::download`], [`ErrorKind::InvalidInput`] where nothing is left to download, and
    /// [`ErrorKind::Undecodable`] where the response does not continue the file.
    pub async fn resume_download<O: Downloads>(
        &self,
        operation: O,
        cursor: &DownloadCursor,
    ) -> Result<Download, Error> {
        if cursor.length == Some(cursor.received) {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                O::META.name,
                "the download is complete already",
            ));
        }
        self.start_download(self.parts(&operation)?, Some(cursor)).await
    }

    async fn start_download(
        &self,
        mut parts: RequestParts,
        cursor: Option<&DownloadCursor>,
    ) -> Result<Download, Error> {
        // Places in the file are counted in its own bytes, so it must not come compressed.
        parts.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(cursor) = cursor.filter(|cursor| cursor.received > 0) {
            parts.headers.insert(RANGE, header(format!("bytes={}-", cursor.received)));
            if let Some(version) = &cursor.version {
                parts.headers.insert(IF_RANGE, header(version.clone()));
            }
        }
        self.admit(&mut parts).await?;
        let meta = parts.meta;
        let (raw, body) = {
            let mut call = Call::new(self, &parts).streaming();
            let running: futures_util::future::BoxFuture<'_, _> = Box::pin(call.run());
            let raw = running.await?;
            (raw, call.incoming())
        };
        let body = body.unwrap_or(Body::Full(raw.body));
        Download::new(meta, raw.status, raw.headers, body, cursor)
    }
}

/// Whether a body is in a content coding. Other words in this header, such as the name of a character set, are none.
fn is_coded(headers: &HeaderMap) -> bool {
    const CODINGS: [&str; 9] =
        ["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz"];
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let names = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    names
        .map(<[u8]>::trim_ascii)
        .any(|name| CODINGS.iter().any(|one| name.eq_ignore_ascii_case(one.as_bytes())))
}

fn header(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// A file that is being downloaded: a stream of its pieces. Made by [`Client::download`].
///
/// A download that is cut ends with an error that says how far it came; [`Download::cursor`] is then the place
/// from which [`Client::resume_download`] continues.
#[must_use = "streams do nothing unless polled"]
pub struct Download {
    meta: &'static OperationMeta,
    status: StatusCode,
    headers: HeaderMap,
    pieces: ByteStream,
    /// Of the whole file.
    length: Option<u64>,
    /// Given out, those before a resumption included.
    received: u64,
    /// To be thrown away, because they are there already.
    skip: u64,
    limit: u64,
    progress: Option<Progress>,
    ended: bool,
}

/// The place that a download has reached. It can be stored and resumed from in another process.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadCursor {
    /// The number of bytes of the file that are there.
    pub received: u64,
    /// The number of bytes of the whole file, where the service says so.
    pub length: Option<u64>,
    /// The service's name for this version of the file, where it has one: its entity tag or the time of its last change.
    pub version: Option<String>,
}

plain! { DownloadCursor { received, length [default], version [default] } }

impl Download {
    fn new(
        meta: &'static OperationMeta,
        status: StatusCode,
        headers: HeaderMap,
        body: Body,
        cursor: Option<&DownloadCursor>,
    ) -> Result<Self, Error> {
        let announced = body.length();
        let mut download = Self {
            meta,
            status,
            headers,
            pieces: body.into_stream(),
            length: announced,
            received: 0,
            skip: 0,
            limit: USUAL_LIMIT,
            progress: None,
            ended: false,
        };
        let wrong = |message: &str, download: &Self| Err(download.error(ErrorKind::Undecodable, message));
        let coded = is_coded(&download.headers);
        let version = download.version();
        let other_version = |cursor: &DownloadCursor| {
            cursor.version.is_some() && version.is_some() && cursor.version != version
        };
        match (status, cursor) {
            (StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT, _) => {
                return wrong("no file came", &download);
            }
            // Places in the file are counted in its own bytes, and what is stored has to be the file.
            _ if coded => return wrong("the file came in a coding that was not asked for", &download),
            // A service that does not know the condition of the request gives a part of the changed file.
            (StatusCode::PARTIAL_CONTENT, Some(cursor)) if other_version(cursor) => {
                return wrong("the file has changed since the download was cut", &download);
            }
            (StatusCode::PARTIAL_CONTENT, Some(cursor)) => {
                let Some((first, length)) = download.range() else {
                    return wrong("a part of the file came without saying which", &download);
                };
                if first != cursor.received
                    || (cursor.length.is_some() && length.is_some() && cursor.length != length)
                {
                    return wrong("the part that came does not continue the file", &download);
                }
                download.received = cursor.received;
                download.length = length.or(announced.map(|rest| rest.saturating_add(cursor.received)));
            }
            (StatusCode::PARTIAL_CONTENT, None) => {
                return wrong("a part of the file came although all of it was asked for", &download);
            }
            (_, Some(cursor)) => {
                let other_length =
                    cursor.length.is_some() && announced.is_some() && cursor.length != announced;
                if other_length || other_version(cursor) {
                    return wrong("the file has changed since the download was cut", &download);
                }
                download.received = cursor.received;
                download.skip = cursor.received;
            }
            (_, None) => {}
        }
        Ok(download)
    }

    /// Fails as soon as the file turns out to have more bytes than this; 1 GiB by default. An announced size
    /// above it fails before the first piece.
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Calls back with the bytes received so far, and their number in all where it is known, after every piece.
    pub fn on_progress(mut self, callback: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(callback));
        self
    }

    /// The number of bytes that have been given out, those before a resumption included.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The number of bytes of the whole file, where the service says so.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Whether a resumed download gets only the rest of the file.
    pub fn is_partial(&self) -> bool {
        self.status == StatusCode::PARTIAL_CONTENT
    }

    /// The content type of the file, as the service says.
    pub fn content_type(&self) -> Option<&str> {
        self.text(CONTENT_TYPE)
    }

    /// The name of the file, as the service says: without folders, control characters and marks of direction,
    /// but check it before using it as a path.
    pub fn file_name(&self) -> Option<String> {
        file_name(self.headers.get(CONTENT_DISPOSITION)?.as_bytes())
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The id under which the service's support finds the call.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// The place from which the download can be continued if it is cut.
    pub fn cursor(&self) -> DownloadCursor {
        DownloadCursor { received: self.received, length: self.length, version: self.version() }
    }

    /// Writes what is left of the file and gives the number of bytes written. The writer is flushed after every piece.
    ///
    /// Bytes count as [`received`](Self::received) when they have been written, those of the last piece when it has also been
    /// flushed, so after an error of either side the writer has at least what [`cursor`](Self::cursor) counts.
    ///
    /// # Errors
    /// As the stream, and [`ErrorKind::Io`], which is not retryable, with the writer's own error where that
    /// fails.
    #[cfg(feature = "tokio")]
    pub async fn write_to(
        &mut self,
        writer: &mut (impl tokio::io::AsyncWrite + Unpin),
    ) -> Result<u64, Error> {
        let mut written = 0;
        while let Some(piece) = self.next().await.transpose()? {
            let mut left = &*piece;
            let mut refused = None;
            while !left.is_empty() && refused.is_none() {
                let step =
                    std::future::poll_fn(|context| Pin::new(&mut *writer).poll_write(context, left)).await;
                match step {
                    Ok(count) if count > 0 => left = left.get(count..).unwrap_or_default(),
                    other => refused = Some(other.err().unwrap_or(std::io::ErrorKind::WriteZero.into())),
                }
            }
            let mut lost = left.len();
            if refused.is_none() {
                // A writer that keeps bytes back reports later that they do not fit.
                let flush = std::future::poll_fn(|context| Pin::new(&mut *writer).poll_flush(context)).await;
                refused = flush.err();
                lost = if refused.is_some() { piece.len() } else { 0 };
            }
            written += (piece.len() - lost) as u64;
            if let Some(error) = refused {
                self.received = self.received.saturating_sub(lost as u64);
                self.ended = true;
                return Err(self.error(ErrorKind::Io, "the file cannot be written").caused_by(error));
            }
        }
        let flushed = std::future::poll_fn(|context| Pin::new(&mut *writer).poll_flush(context)).await;
        flushed.map_err(|error| self.error(ErrorKind::Io, "the file cannot be written").caused_by(error))?;
        Ok(written)
    }

    fn text(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A weak tag does not promise the same bytes.
    fn version(&self) -> Option<String> {
        let tag = self.text(ETAG).filter(|tag| !tag.starts_with("W/"));
        tag.or_else(|| self.text(LAST_MODIFIED)).map(str::to_owned)
    }

    /// The first byte and the size of the whole, from `bytes 100-199/200`.
    fn range(&self) -> Option<(u64, Option<u64>)> {
        let (range, length) = self.text(CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
        Some((range.split_once('-')?.0.parse().ok()?, length.parse().ok()))
    }

    fn so_far(&self) -> String {
        match self.length {
            Some(length) => format!("{} of {length} bytes", self.received),
            None => format!("{} bytes", self.received),
        }
    }

    fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, self.meta.name, message)
            .with_status(self.status)
            .with_request_id(self.request_id().map(str::to_owned))
    }

    fn too_large(&self) -> Error {
        let message = format!("the file is larger than the limit of {} bytes", self.limit);
        self.error(ErrorKind::Undecodable, message)
    }

    fn cut(&self, error: Option<TransportError>) -> Error {
        let kind = match error.as_ref().map(TransportError::kind) {
            Some(TransportErrorKind::Timeout) => ErrorKind::TimedOut,
            Some(TransportErrorKind::Malformed | TransportErrorKind::TooLarge) => ErrorKind::Undecodable,
            _ => ErrorKind::Interrupted,
        };
        let why = error.as_ref().map_or_else(|| "the file ended early".to_owned(), ToString::to_string);
        let cut = self
            .error(kind, format!("{why} after {}", self.so_far()))
            .with_retryable(kind != ErrorKind::Undecodable);
        match error {
            Some(error) => cut.caused_by(error),
            None => cut,
        }
    }

    /// The next piece, or how the file ended.
    fn accept(&mut self, piece: Option<Result<Bytes, TransportError>>) -> Option<Result<Bytes, Error>> {
        let mut piece = match piece {
            Some(Ok(piece)) => piece,
            Some(Err(error)) => return Some(Err(self.cut(Some(error)))),
            None if self.skip > 0 || self.length.is_some_and(|length| self.received < length) => {
                return Some(Err(self.cut(None)));
            }
            None => return None,
        };
        let known = usize::try_from(self.skip).unwrap_or(usize::MAX).min(piece.len());
        drop(piece.split_to(known));
        self.skip -= known as u64;
        let received = self.received.saturating_add(piece.len() as u64);
        if received > self.limit {
            return Some(Err(self.too_large()));
        }
        if let Some(length) = self.length.filter(|length| received > *length) {
            let message = format!("the file has more than the {length} bytes that it should have");
            return Some(Err(self.error(ErrorKind::Undecodable, message)));
        }
        self.received = received;
        if let Some(progress) = &self.progress {
            progress(self.received, self.length);
        }
        Some(Ok(piece))
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if self.length.is_some_and(|length| length > self.limit) {
            self.ended = true;
            return Poll::Ready(Some(Err(self.too_large())));
        }
        loop {
            let piece = ready!(self.pieces.as_mut().poll_next(context));
            let next = self.accept(piece);
            match &next {
                Some(Ok(piece)) if piece.is_empty() => continue,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    self.ended = true;
                    // Lets go of the connection at once.
                    self.pieces = Box::pin(stream::empty());
                }
            }
            return Poll::Ready(next);
        }
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("operation", &self.meta.name)
            .field("status", &self.status.as_u16())
            .field("received", &self.received)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
