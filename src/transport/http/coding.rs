//! Content codings of responses: gzip, decoded as it comes.

use std::{
    io::{self, Write as _},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures_core::Stream;
use http::{HeaderMap, StatusCode, header::CONTENT_ENCODING};

use super::{ByteStream, TransportError, TransportErrorKind};

/// The least and the most compressed bytes that are decoded at once. They become at most a thousand times as many.
const LEAST_STEP: usize = 32;
const MOST_STEP: usize = 1024;

/// Maximum size of a decoded piece.
const PIECE: usize = 64 << 10;

/// Returns the number of times that a body was compressed with gzip; `None` where it was not, where another
/// coding is among them, or where only a part of the compressed bytes came. Names of codings are compared
/// without case.
pub(super) fn gzip_layers(status: StatusCode, headers: &HeaderMap) -> usize {
    if status == StatusCode::PARTIAL_CONTENT {
        return 0;
    }
    let mut layers = 0;
    for value in headers.get_all(CONTENT_ENCODING) {
        for coding in value.to_str().unwrap_or("?").split(',').map(str::trim) {
            if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
                layers += 1;
            } else if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") {
                return 0;
            }
        }
    }
    // No one compresses more than twice; a chain of decoders would only cost memory.
    if layers > 2 { 0 } else { layers }
}

/// Decodes gzip with any number of members.
pub(super) struct Gunzip {
    pieces: ByteStream,
    decoder: Option<MultiGzDecoder<Vec<u8>>>,
    input: Bytes,
    /// Decoded bytes that were not delivered yet.
    output: Bytes,
    began: bool,
    /// Number of bytes that are decoded next, so that pieces do not become large.
    step: usize,
}

impl Gunzip {
    pub(super) fn new(pieces: ByteStream) -> Self {
        Self {
            pieces,
            decoder: Some(MultiGzDecoder::new(Vec::new())),
            input: Bytes::new(),
            output: Bytes::new(),
            began: false,
            step: LEAST_STEP,
        }
    }

    /// Decodes a step of the input and returns the result.
    fn step(&mut self) -> io::Result<Bytes> {
        let Some(decoder) = &mut self.decoder else { return Ok(Bytes::new()) };
        let step = self.input.split_to(self.step.min(self.input.len()));
        decoder.write_all(&step)?;
        let decoded = std::mem::take(decoder.get_mut());
        let fitting = PIECE.saturating_mul(step.len()) / decoded.len().max(1);
        self.step = fitting.min(self.step * 2).clamp(LEAST_STEP, MOST_STEP);
        Ok(decoded.into())
    }

    /// Returns the remainder once all pieces came.
    fn finish(&mut self) -> io::Result<Bytes> {
        match self.decoder.take() {
            Some(decoder) if self.began => decoder.finish().map(Bytes::from),
            _ => Ok(Bytes::new()),
        }
    }

    fn fail(&mut self, error: io::Error) -> TransportError {
        self.decoder = None;
        let kind = match error.kind() {
            io::ErrorKind::UnexpectedEof => TransportErrorKind::Broken,
            _ => TransportErrorKind::Malformed,
        };
        TransportError::possibly_sent(kind).caused_by(error)
    }
}

impl Stream for Gunzip {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if !this.output.is_empty() {
                return Poll::Ready(Some(Ok(this.output.split_to(PIECE.min(this.output.len())))));
            }
            if this.decoder.is_none() {
                return Poll::Ready(None);
            }
            let decoded = if this.input.is_empty() {
                match ready!(this.pieces.as_mut().poll_next(context)) {
                    Some(Ok(piece)) => {
                        this.began |= !piece.is_empty();
                        this.input = piece;
                        continue;
                    }
                    Some(Err(error)) => {
                        this.decoder = None;
                        return Poll::Ready(Some(Err(error)));
                    }
                    None => this.finish(),
                }
            } else {
                this.step()
            };
            match decoded {
                Ok(decoded) => this.output = decoded,
                Err(error) => return Poll::Ready(Some(Err(this.fail(error)))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Body;
    use futures_util::{FutureExt as _, stream};

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(compressed: &[u8], piece: usize) -> Result<Bytes, TransportError> {
        let pieces: Vec<_> =
            compressed.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let decoder = Gunzip::new(Box::pin(stream::iter(pieces)));
        Body::stream(decoder, None).collect(1 << 20).now_or_never().unwrap()
    }

    #[test]
    fn any_number_of_members_is_decoded_in_any_pieces() {
        let (one, two, empty) = (gzip(b"{\"a\":"), gzip(b"1}"), gzip(b""));
        for piece in [1, 2, 7, 1000] {
            assert_eq!(decoded(&[&one[..], &two].concat(), piece).unwrap(), "{\"a\":1}");
            assert_eq!(decoded(&[&empty[..], &one, &empty, &two].concat(), piece).unwrap(), "{\"a\":1}");
            assert_eq!(decoded(&one, piece).unwrap(), "{\"a\":");
        }
        assert_eq!(decoded(b"", 1).unwrap(), "");
        let large = vec![b'x'; 200_000];
        assert_eq!(decoded(&gzip(&large), 50).unwrap(), large);
    }

    #[test]
    fn what_is_cut_or_no_gzip_is_an_error() {
        let whole = gzip(b"some text");
        for end in 1..whole.len() {
            assert!(decoded(&whole[..end], 3).is_err(), "{end}");
        }
        let mut wrong = whole.clone();
        let last = wrong.len() - 5;
        wrong[last] ^= 1;
        for bytes in [b"{\"a\":1}".to_vec(), wrong, [&whole[..], b"junk"].concat()] {
            assert!(decoded(&bytes, 100).is_err());
        }
    }

    #[test]
    fn names_of_codings_have_no_case() {
        let layers = |codings: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for coding in codings {
                headers.append(CONTENT_ENCODING, http::HeaderValue::from_static(coding));
            }
            gzip_layers(StatusCode::OK, &headers)
        };
        for (codings, expected) in [
            (&["gzip"][..], 1),
            (&["GZIP"], 1),
            (&["X-Gzip"], 1),
            (&["identity"], 0),
            (&["Identity, gzip"], 1),
            (&["gzip, x-gzip"], 2),
            (&["gzip", "gzip"], 2),
            (&["br"], 0),
            (&["gzip, br"], 0),
            (&[""], 0),
            (&[], 0),
        ] {
            assert_eq!(layers(codings), expected, "{codings:?}");
        }
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, http::HeaderValue::from_static("gzip"))]);
        assert_eq!(gzip_layers(StatusCode::PARTIAL_CONTENT, &headers), 0);
    }
}
