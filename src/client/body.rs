//! Bodies that the pipeline is given and that it gives back.

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, header::CONTENT_DISPOSITION};

use crate::transport::{Body, ByteStream, PIECES_A_TURN, TransportError, yield_once};

/// Errors of the service are a few hundred bytes; what is larger is no error.
const LARGEST_ERROR: usize = 64 << 10;

/// Mark that some services write before JSON.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A body that is made for every attempt, or for one only.
pub(super) struct Outgoing {
    pub(super) make: Box<dyn FnMut() -> Body + Send>,
    pub(super) repeatable: bool,
}

/// A successful response as far as it has to be read before it is known to be a file: whole where it may be an error of
/// the service, which is a small JSON object or list of objects, and streaming otherwise. What is sent as an attachment is a file whatever
/// it looks like. Takes time proportional to what it reads, and lets a time limit strike in between.
pub(super) async fn peek_error_body(headers: &HeaderMap, body: Body) -> Result<Body, TransportError> {
    let length = body.length();
    let mut pieces = body.into_stream();
    if headers.contains_key(CONTENT_DISPOSITION) || length.is_some_and(|length| length > LARGEST_ERROR as u64)
    {
        return Ok(Body::Stream { pieces, length });
    }
    let mut held: Vec<Bytes> = Vec::new();
    let (mut size, mut mark, mut may_be_json) = (0, 0, false);
    while let Some(piece) = pieces.next().await.transpose()? {
        let begin = size;
        size += piece.len();
        let mut first = None;
        if !may_be_json {
            for (at, byte) in piece.iter().enumerate() {
                if BYTE_ORDER_MARK.get(begin + at) == Some(byte) && mark == begin + at {
                    mark += 1;
                } else if !byte.is_ascii_whitespace() {
                    first = Some(*byte);
                    break;
                }
            }
        }
        let is_file = size > LARGEST_ERROR || first.is_some_and(|byte| !matches!(byte, b'{' | b'['));
        may_be_json |= first.is_some();
        held.push(piece);
        if is_file {
            let pieces: ByteStream = Box::pin(stream::iter(held.into_iter().map(Ok)).chain(pieces));
            return Ok(Body::Stream { pieces, length });
        }
        if held.len().is_multiple_of(PIECES_A_TURN) {
            yield_once().await;
        }
    }
    Ok(Body::Full(held.concat().into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use http::{HeaderName, HeaderValue};

    fn held(headers: &[(&'static str, &'static str)], pieces: &'static [&'static str]) -> Body {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let body = Body::stream(
            stream::iter(pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes())))),
            None,
        );
        peek_error_body(&headers.collect(), body).now_or_never().unwrap().unwrap()
    }

    #[test]
    fn only_what_may_be_an_error_is_held_back() {
        let error: &[&str] = &[" ", "{\"error_code\":", "\"OSM.01010015\"}"];
        assert_eq!(held(&[], error).full().unwrap(), " {\"error_code\":\"OSM.01010015\"}");
        assert!(held(&[("content-disposition", "attachment")], error).full().is_none());
        for mark in [&["\u{feff}{", "}"][..], &["\u{feff}", " ", "{}"], &[" [", "{}]"]] {
            assert!(held(&[], mark).full().is_some(), "{mark:?}");
        }
        for file in [&["\u{feff}text"][..], &["\u{feff}", "\u{feff}{}"], &["text {"]] {
            assert!(held(&[], file).full().is_none(), "{file:?}");
        }
        let mark = stream::iter(BYTE_ORDER_MARK.iter().chain(b"{}").map(|byte| Ok(Bytes::from(vec![*byte]))));
        let mark = peek_error_body(&HeaderMap::new(), Body::stream(mark, None)).now_or_never().unwrap();
        assert!(mark.unwrap().full().is_some());
        let file = held(&[], &["PK", "...", "{"]);
        assert!(file.full().is_none());
        assert_eq!(file.collect(99).now_or_never().unwrap().unwrap(), "PK...{");
        let large = Body::stream(stream::iter((0..20).map(|_| Ok(Bytes::from(vec![b'{'; 4096])))), None);
        let large = peek_error_body(&HeaderMap::new(), large).now_or_never().unwrap().unwrap();
        assert_eq!(large.collect(1 << 20).now_or_never().unwrap().unwrap().len(), 20 * 4096);
    }

    #[test]
    fn a_body_in_one_byte_pieces_is_read_in_linear_time_and_within_the_deadline() {
        use crate::clock::{Clock as _, ManualClock, before};
        let blanks = |count: usize| {
            let pieces = (0..count).map(|_| Ok(Bytes::from_static(b" ")));
            Body::stream(stream::iter(pieces.collect::<Vec<_>>()), None)
        };
        let started = std::time::Instant::now();
        let headers = HeaderMap::new();
        let mut reading = Box::pin(peek_error_body(&headers, blanks(64 << 10)));
        let waker = std::task::Waker::noop();
        let mut context = std::task::Context::from_waker(waker);
        let mut polls = 0;
        while std::future::Future::poll(reading.as_mut(), &mut context).is_pending() {
            polls += 1;
        }
        assert!(polls > 500 && started.elapsed().as_secs() < 20, "{polls} polls");

        let clock = ManualClock::at(time::OffsetDateTime::UNIX_EPOCH);
        let ticking = clock.clone();
        let pieces = stream::iter((0..64 << 10).map(move |_| {
            ticking.advance(std::time::Duration::from_millis(1));
            Ok(Bytes::from_static(b" "))
        }));
        let endless = Body::stream(pieces, None);
        let headers = HeaderMap::new();
        let mut limited = Box::pin(before(
            &clock,
            std::time::Duration::from_secs(1),
            Box::pin(peek_error_body(&headers, endless)),
        ));
        let outcome = loop {
            if let std::task::Poll::Ready(outcome) = std::future::Future::poll(limited.as_mut(), &mut context)
            {
                break outcome;
            }
        };
        assert!(outcome.is_none() && clock.elapsed().as_secs() < 3);
    }
}
