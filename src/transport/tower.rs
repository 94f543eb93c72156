//! Services of `tower` as transports, and bodies in the form that such services use.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use async_trait::async_trait;
use bytes::{Buf, Bytes};
use futures_util::stream;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tower_service::Service;

use super::{Body, Transport, TransportError, TransportErrorKind};

/// A cause of an error.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A transport over a service of `tower`, such as a stack of layers. Needs the feature `tower`.
///
/// A service that fails before it takes a request is known not to have sent it. An error of the service itself is taken as
/// it is where it is a [`TransportError`]; any other means that the request may have been sent.
///
/// ```
/// # fn example() -> Result<(), huaweicloud_partner::Error> {
/// use huaweicloud_partner::{Client, transport::{Body, TowerTransport}, types::Site};
/// use hyper_util::{client::legacy, rt::TokioExecutor};
///
/// // A client of hyper; its connector has to encrypt, as this one for a sandbox does not.
/// let hyper = legacy::Client::builder(TokioExecutor::new()).build_http::<Body>();
/// let client = Client::builder(Site::China).transport(TowerTransport::new(hyper)).build()?;
/// # Ok(())
/// # }
/// ```
pub struct TowerTransport<S>(Mutex<S>);

impl<S> TowerTransport<S> {
    /// A transport over this service, which is cloned for each request.
    pub fn new(service: S) -> Self {
        Self(Mutex::new(service))
    }
}

impl<S> fmt::Debug for TowerTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerTransport").finish_non_exhaustive()
    }
}

#[async_trait]
impl<S, B> Transport for TowerTransport<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send,
    S::Error: Into<Cause>,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Cause>,
{
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let mut service = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        poll_fn(|context| service.poll_ready(context)).await.map_err(|error| {
            let unready = |cause| TransportError::never_sent(TransportErrorKind::Connect).caused_by(cause);
            own(error.into()).map_or_else(unready, TransportError::before_sending)
        })?;
        let response = service.call(request).await.map_err(|error| failed(error.into()))?;
        Ok(response.map(Body::from_http_body))
    }
}

/// The error of this crate that a service passed on.
fn own(error: Cause) -> Result<TransportError, Cause> {
    error.downcast::<TransportError>().map(|error| *error)
}

fn failed(error: Cause) -> TransportError {
    own(error)
        .unwrap_or_else(|error| TransportError::possibly_sent(TransportErrorKind::Broken).caused_by(error))
}

impl Body {
    /// A body of the `http-body` crate. Its trailers are left out. Needs the feature `tower`.
    pub fn from_http_body<B>(body: B) -> Self
    where
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Cause>,
    {
        let length = body.size_hint().exact();
        let pieces = stream::unfold(Some(Box::pin(body)), |body| async move {
            let mut body = body?;
            loop {
                match poll_fn(|context| body.as_mut().poll_frame(context)).await? {
                    Ok(frame) => {
                        if let Ok(mut data) = frame.into_data() {
                            let piece = data.copy_to_bytes(data.remaining());
                            return Some((Ok(piece), Some(body)));
                        }
                    }
                    Err(error) => return Some((Err(failed(error.into())), None)),
                }
            }
        });
        Self::stream(pieces, length)
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let piece = match self.get_mut() {
            Self::Full(bytes) if bytes.is_empty() => None,
            Self::Full(bytes) => Some(Ok(std::mem::take(bytes))),
            Self::Stream { pieces, length } => {
                let piece = ready!(pieces.as_mut().poll_next(context));
                if let (Some(left), Some(Ok(piece))) = (length, &piece) {
                    *left = left.saturating_sub(piece.len() as u64);
                }
                piece
            }
        };
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Full(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map(SizeHint::with_exact).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[test]
    fn a_body_goes_through_http_body_and_back() {
        let pieces = [Bytes::from_static(b"ab"), Bytes::from_static(b"c")];
        let body = Body::stream(stream::iter(pieces.map(Ok)), Some(3));
        let back = Body::from_http_body(body);
        assert_eq!(back.length(), Some(3));
        assert_eq!(back.collect(9).now_or_never().unwrap().unwrap(), "abc");
        let full = Body::from_http_body(Body::from("xyz"));
        assert_eq!(full.collect(9).now_or_never().unwrap().unwrap(), "xyz");
        assert!(http_body::Body::is_end_stream(&Body::empty()));
        let broken = Body::stream(
            stream::iter([Err(TransportError::possibly_sent(TransportErrorKind::Timeout))]),
            None,
        );
        let error = Body::from_http_body(broken).collect(9).now_or_never().unwrap().unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Timeout, "an error of this crate stays what it is");
    }
}
