//! Files on their way to the service, as multipart forms.

use std::{fmt, fmt::Write as _, sync::Arc};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use http::{HeaderValue, header::CONTENT_TYPE};

use super::{Client, RawResponse, Response, body::Outgoing, pipeline::Call};
use crate::{
    error::{Error, ErrorKind},
    operation::{RequestParts, Uploads, fresh_key},
    transport::{Body, ByteStream, TransportError, TransportErrorKind},
};

/// The number of bytes of a file in memory that go out at once; progress is reported in these steps.
const PIECE: usize = 64 << 10;

impl Client {
    /// Sends an operation with a file as a multipart form, piece by piece.
    ///
    /// A file whose bytes are in memory can be sent again where the service certainly did not receive the first; one that
    /// streams is sent once, and an error that says [retryable](Error::is_retryable) means that a new upload from a new
    /// stream is safe. The deadline of the client's options covers the whole upload. The signature does not cover forms.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn upload<O: Uploads>(
        &self,
        operation: O,
        file: FileUpload,
    ) -> Result<Response<O::Output>, Error> {
        let parts = self.parts(&operation)?;
        let raw = self.send_form(parts, O::FILE, operation.texts(), file).await?;
        self.observed(O::META, raw.read(O::META))
    }

    async fn send_form(
        &self,
        mut parts: RequestParts,
        field: &'static str,
        texts: Vec<(&'static str, String)>,
        file: FileUpload,
    ) -> Result<RawResponse, Error> {
        // With the frame of the form it must still be countable.
        if file.length > i64::MAX as u64 {
            let message = "the file is larger than a request can be";
            return Err(Error::new(ErrorKind::InvalidInput, parts.meta.name, message));
        }
        let boundary = fresh_key();
        if boundary.is_empty() {
            let message = "there are no random numbers to separate the parts of the form with";
            return Err(Error::new(ErrorKind::Configuration, parts.meta.name, message));
        }
        let kind = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
        let kind = kind.map_err(|_| Error::new(ErrorKind::Configuration, parts.meta.name, "no boundary"))?;
        parts.headers.insert(CONTENT_TYPE, kind);
        self.admit(&mut parts).await?;
        let outgoing = file.into_form(&boundary, field, &texts);
        let mut call = Call::new(self, &parts).sending(outgoing);
        let running: futures_util::future::BoxFuture<'_, _> = Box::pin(call.run());
        running.await
    }
}

type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// A file to be uploaded: its name, its size, and where its bytes come from.
pub struct FileUpload {
    name: String,
    content_type: String,
    length: u64,
    source: Source,
    progress: Option<Progress>,
}

enum Source {
    Bytes(Bytes),
    Stream(ByteStream),
}

impl FileUpload {
    /// A file whose bytes are in memory.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::new(name, bytes.len() as u64, Source::Bytes(bytes))
    }

    /// A file of `length` bytes that come as a stream. A stream of another length fails the upload.
    pub fn stream<E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static>(
        name: impl Into<String>,
        length: u64,
        pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Self {
        let broken = |error: E| TransportError::possibly_sent(TransportErrorKind::Broken).caused_by(error);
        Self::new(name, length, Source::Stream(Box::pin(pieces.map(move |piece| piece.map_err(broken)))))
    }

    /// A file of `length` bytes that a reader gives, such as `tokio::fs::File`.
    #[cfg(feature = "tokio")]
    pub fn reader(
        name: impl Into<String>,
        length: u64,
        reader: impl tokio::io::AsyncRead + Send + 'static,
    ) -> Self {
        let pieces = stream::unfold(Some(Box::pin(reader)), |reader| async move {
            let mut reader = reader?;
            let mut space = vec![0; PIECE];
            let mut buffer = tokio::io::ReadBuf::new(&mut space);
            let read = std::future::poll_fn(|context| {
                tokio::io::AsyncRead::poll_read(reader.as_mut(), context, &mut buffer)
            });
            match read.await {
                Ok(()) if buffer.filled().is_empty() => None,
                Ok(()) => Some((Ok(Bytes::copy_from_slice(buffer.filled())), Some(reader))),
                Err(error) => Some((Err(error), None)),
            }
        });
        Self::stream(name, length, pieces)
    }

    fn new(name: impl Into<String>, length: u64, source: Source) -> Self {
        let content_type = "application/octet-stream".to_owned();
        Self { name: name.into(), content_type, length, source, progress: None }
    }

    /// Says what kind of file it is, such as `image/png`; `application/octet-stream` by default.
    #[must_use]
    pub fn content_type(mut self, kind: impl Into<String>) -> Self {
        self.content_type = kind.into();
        self
    }

    /// Calls back with the bytes of the file handed over so far and their number in all. A repeated attempt begins again.
    #[must_use]
    pub fn on_progress(mut self, callback: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(callback));
        self
    }

    /// The name that is sent to the service.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of its bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    fn into_form(self, boundary: &str, field: &str, texts: &[(&'static str, String)]) -> Outgoing {
        let mut head = String::new();
        for (name, text) in texts {
            // Writing to a string cannot fail.
            let _ = write!(
                head,
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{text}\r\n",
                quoted(name)
            );
        }
        let _ = write!(
            head,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(field),
            quoted(&self.name),
            self.content_type.replace(['\r', '\n'], " ")
        );
        let (head, tail) = (Bytes::from(head), Bytes::from(format!("\r\n--{boundary}--\r\n")));
        let (length, progress) = (self.length, self.progress);
        let form = move |pieces: ByteStream| {
            let whole = (head.len() as u64).saturating_add(length).saturating_add(tail.len() as u64);
            let edge = |bytes: &Bytes| stream::iter([Ok(bytes.clone())]);
            Body::stream(
                edge(&head).chain(exactly(pieces, length, progress.clone())).chain(edge(&tail)),
                Some(whole),
            )
        };
        match self.source {
            Source::Bytes(bytes) => Outgoing {
                make: Box::new(move || form(Box::pin(stream::iter(cut(bytes.clone()).map(Ok))))),
                repeatable: true,
            },
            Source::Stream(pieces) => {
                let mut pieces = Some(pieces);
                let make = move || form(pieces.take().unwrap_or_else(|| Box::pin(stream::empty())));
                Outgoing { make: Box::new(make), repeatable: false }
            }
        }
    }
}

/// Pieces of bytes that share their memory.
fn cut(mut bytes: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || (!bytes.is_empty()).then(|| bytes.split_to(PIECE.min(bytes.len()))))
}

/// The pieces as long as they make up exactly `length` bytes; else the last one is an error, so that no
/// request is completed with another file than was announced.
fn exactly(
    pieces: ByteStream,
    length: u64,
    progress: Option<Progress>,
) -> impl Stream<Item = Result<Bytes, TransportError>> + Send {
    stream::unfold(Some((pieces, 0_u64)), move |state| {
        let progress = progress.clone();
        async move {
            let (mut pieces, sent) = state?;
            let wrong_length = || {
                let why = format!("the file does not have the {length} bytes that were announced");
                Some((Err(TransportError::possibly_sent(TransportErrorKind::Broken).caused_by(why)), None))
            };
            match pieces.next().await {
                Some(Ok(piece)) => {
                    let sent = sent.saturating_add(piece.len() as u64);
                    if sent > length {
                        return wrong_length();
                    }
                    if let Some(progress) = &progress {
                        progress(sent, length);
                    }
                    Some((Ok(piece), Some((pieces, sent))))
                }
                Some(Err(error)) => Some((Err(error), None)),
                None if sent < length => wrong_length(),
                None => None,
            }
        }
    })
}

/// A name inside quotation marks, as browsers write it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

impl fmt::Debug for FileUpload {
    /// Prints the size and never the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileUpload").field("length", &self.length).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    fn text(body: Body) -> Result<String, TransportError> {
        let length = body.length();
        let bytes = body.collect(1 << 20).now_or_never().unwrap()?;
        assert_eq!(length, Some(bytes.len() as u64));
        Ok(String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn a_form_is_its_texts_and_its_file() {
        let upload = FileUpload::bytes("a \"b\"\r\n.txt", "content").content_type("text/plain");
        let mut form = upload.into_form("B", "file", &[("form_data", "{}".to_owned())]);
        let expected = "--B\r\nContent-Disposition: form-data; name=\"form_data\"\r\n\r\n{}\r\n\
             --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22%0D%0A.txt\"\r\n\
             Content-Type: text/plain\r\n\r\ncontent\r\n--B--\r\n";
        for _ in 0..2 {
            assert_eq!(text((form.make)()).unwrap(), expected);
        }
        assert!(form.repeatable);
    }

    #[test]
    fn a_stream_must_have_the_length_that_was_announced() {
        for (length, good) in [(3_u64, true), (2, false), (4, false)] {
            let pieces = stream::iter(["ab", "c"].map(|piece| Ok::<_, TransportError>(Bytes::from(piece))));
            let mut form = FileUpload::stream("f", length, pieces).into_form("B", "file", &[]);
            assert!(!form.repeatable);
            let body = (form.make)();
            let read = body.collect(1 << 20).now_or_never().unwrap();
            assert_eq!(read.is_ok(), good, "{length}");
        }
    }

    #[test]
    fn progress_is_reported_in_pieces() {
        let reports = Arc::new(std::sync::Mutex::new(Vec::new()));
        let reporter = Arc::clone(&reports);
        let upload = FileUpload::bytes("f", vec![0; PIECE + 1])
            .on_progress(move |sent, all| reporter.lock().unwrap().push((sent, all)));
        let mut form = upload.into_form("B", "file", &[]);
        (form.make)().collect(1 << 20).now_or_never().unwrap().unwrap();
        let all = PIECE as u64 + 1;
        assert_eq!(*reports.lock().unwrap(), [(PIECE as u64, all), (all, all)]);
    }
}
