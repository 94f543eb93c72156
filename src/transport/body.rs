//! Bodies of requests and responses: whole, or arriving piece by piece.

use std::{fmt, pin::Pin, task::Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt as _;

use super::{TransportError, TransportErrorKind};

/// The most memory that is reserved for a body before it comes.
const RESERVED: usize = 64 << 10;

/// After this number of pieces that are ready, other tasks get their turn, a time limit among them.
pub(crate) const PIECES_A_TURN: usize = 64;

/// Lets other futures of the same task run once before this one continues.
pub(crate) async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The pieces of a body in order.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// A body that is there as a whole, or one that is still arriving.
pub enum Body {
    /// The whole body.
    Full(Bytes),
    /// Pieces, with the number of their bytes where it is known.
    Stream {
        /// Stream of the pieces.
        pieces: ByteStream,
        /// The sum of their bytes, as announced.
        length: Option<u64>,
    },
}

impl Body {
    /// A body without bytes.
    pub const fn empty() -> Self {
        Self::Full(Bytes::new())
    }

    /// A body of pieces.
    pub fn stream(
        pieces: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self::Stream { pieces: Box::pin(pieces), length }
    }

    /// The number of bytes, where it is known.
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Full(bytes) => Some(bytes.len() as u64),
            Self::Stream { length, .. } => *length,
        }
    }

    /// The bytes, where the whole body is there already.
    pub fn full(&self) -> Option<&Bytes> {
        match self {
            Self::Full(bytes) => Some(bytes),
            Self::Stream { .. } => None,
        }
    }

    /// All bytes, at most `limit` of them.
    ///
    /// # Errors
    /// [`TransportErrorKind::TooLarge`] as soon as more than `limit` bytes are announced or have come, and what the
    /// stream itself fails with.
    pub async fn collect(self, limit: usize) -> Result<Bytes, TransportError> {
        let too_large = || TransportError::possibly_sent(TransportErrorKind::TooLarge);
        let announced = self.length();
        if announced.is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut pieces = match self {
            Self::Full(bytes) => return Ok(bytes),
            Self::Stream { pieces, .. } => pieces,
        };
        let Some(first) = pieces.next().await.transpose()? else { return Ok(Bytes::new()) };
        if first.len() > limit {
            return Err(too_large());
        }
        let Some(second) = pieces.next().await.transpose()? else { return Ok(first) };
        // What is announced may never come: memory grows with what does.
        let announced = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let mut all = BytesMut::with_capacity(announced.min(RESERVED).max(first.len() + second.len()));
        all.extend_from_slice(&first);
        let mut next = Some(second);
        let mut count = 0_usize;
        while let Some(piece) = next {
            count += 1;
            if count.is_multiple_of(PIECES_A_TURN) {
                yield_once().await;
            }
            if all.len() + piece.len() > limit {
                return Err(too_large());
            }
            all.extend_from_slice(&piece);
            next = pieces.next().await.transpose()?;
        }
        Ok(all.freeze())
    }

    /// The body as pieces, in whichever form it is.
    pub fn into_stream(self) -> ByteStream {
        match self {
            Self::Full(bytes) => {
                Box::pin(futures_util::stream::iter((!bytes.is_empty()).then_some(Ok(bytes))))
            }
            Self::Stream { pieces, .. } => pieces,
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self::Full(bytes.into())
    }
}

impl fmt::Debug for Body {
    /// Prints the size and never the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length() {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(stream)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt as _, stream};

    fn pieces(parts: &[&'static str]) -> Body {
        Body::stream(
            stream::iter(
                parts.iter().map(|part| Ok(Bytes::from_static(part.as_bytes()))).collect::<Vec<_>>(),
            ),
            None,
        )
    }

    fn collect(body: Body, limit: usize) -> Result<Bytes, TransportError> {
        body.collect(limit).now_or_never().unwrap()
    }

    #[test]
    fn pieces_are_joined_up_to_the_limit() {
        assert_eq!(collect(pieces(&["ab", "c", "de"]), 5).unwrap(), "abcde");
        for (parts, limit) in [(&["abc"][..], 2), (&["ab", "c"], 2), (&["a", "b", "c"], 2)] {
            assert_eq!(collect(pieces(parts), limit).unwrap_err().kind(), TransportErrorKind::TooLarge);
        }
        assert_eq!(collect(pieces(&[]), 0).unwrap(), "");
        assert_eq!(collect(Body::from("abc"), 2).unwrap_err().kind(), TransportErrorKind::TooLarge);
    }

    #[test]
    fn an_announced_size_above_the_limit_is_not_read() {
        let body = Body::stream(stream::pending(), Some(10));
        assert_eq!(collect(body, 9).unwrap_err().kind(), TransportErrorKind::TooLarge);
    }
}
