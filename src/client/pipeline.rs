//! The path of one call. Every attempt takes these steps in this order:
//!
//! 1. `identify`  gets credentials from their source and checks that the operation is offered to them on this site
//! 2. `admit`     waits for a permit of the rate limiter, and then for a place among the attempts under way
//! 3. `sign`      adds address, common headers and the signature at the corrected clock
//! 4. `exchange`  sends through the transport and reads the body up to the limit, or leaves it streaming
//! 5. `classify`  distinguishes a response from a failure, and whether the request may have been executed
//! 6. `run`       repeats where that is safe, and otherwise reports what is known
//!
//! Nothing here knows which operation it is; META and bytes suffice.

use crate::types::Site;
use std::{
    borrow::Cow,
    pin::pin,
    sync::{OnceLock, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use time::OffsetDateTime;

use super::{
    Client, Permit, RateLimitError, RateLimitKey, RawResponse,
    body::{Outgoing, peek_error_body},
    observe::{ObservationKind, Span},
    response::{expected, lists, not_a_success, of_no_meaning, request_id},
    retry::retry_after,
    send_gate::{SendGate, SignedSend},
    sent_auth::SentAuth,
};
use crate::{
    auth::{self, Authorization, Credentials, Payload},
    clock::before,
    error::{
        ApiError, AuthenticationRefusal, Error, ErrorKind, Retry, UnknownOutcome, ValidationError,
        classify::{Expected, Finding, carries_proof, classify},
    },
    operation::{BodyKind, CALLER_ID, Idempotency, OperationMeta, RequestParts, Service, encode},
    transport::{Body, TransportError, TransportErrorKind},
    types::{Language, UtcTime},
};

const X_SITE: HeaderName = HeaderName::from_static("x-site");
const X_LANGUAGE: HeaderName = HeaderName::from_static("x-language");
const X_TIME_ZONE: HeaderName = HeaderName::from_static("x-time-zone");

/// Maximum number of headers that the client and the signature add.
const ROOM_FOR_HEADERS: usize = 10;

/// One call while it runs.
pub(super) struct Call<'c> {
    client: &'c Client,
    parts: &'c RequestParts,
    ends: Duration,
    attempts: u32,
    first_sent: Option<UtcTime>,
    /// An attempt was sent that the service may have executed.
    possibly_executed: bool,
    clock_corrected: bool,
    credentials_renewed: bool,
    /// Credentials of the last attempt.
    credentials: Option<Credentials>,
    /// Makes the body, where it is not the bytes of the parts.
    outgoing: Option<Outgoing>,
    /// The body was sent and cannot be made again.
    body_consumed: bool,
    /// A write was sent, and its outcome is still to come.
    write_in_flight: bool,
    /// The body of a successful response is to be left streaming, in `incoming`.
    streams: bool,
    incoming: Option<Body>,
    /// Opens the one send that there may be, for a journaled write.
    gate: Option<&'c dyn SendGate>,
    send: Option<SignedSend>,
    /// The request was handed to the transport.
    handed_over: bool,
    first_handed_over: Option<Duration>,
    /// Failed attempts may be repeated.
    repeats: bool,
}

/// Reason why an attempt gave no response.
struct Failure {
    error: Error,
    /// The request is known not to have been executed.
    not_executed: bool,
    again: RetryHint,
}

/// Whether a further attempt may help. Whether it is safe is decided in `run`.
enum RetryHint {
    No,
    AtOnce,
    /// At once, if the source now gives other credentials than those that were refused.
    WithOtherCredentials,
    After(Option<Duration>),
}

impl Failure {
    /// Makes a failure after which no execution is possible.
    fn for_good(error: Error) -> Self {
        Self { error, not_executed: true, again: RetryHint::No }
    }
}

impl<'c> Call<'c> {
    pub(super) fn new(client: &'c Client, parts: &'c RequestParts) -> Self {
        Self {
            client,
            parts,
            ends: client.shared.clock.elapsed().saturating_add(client.view.deadline),
            attempts: 0,
            first_sent: None,
            possibly_executed: false,
            clock_corrected: false,
            credentials_renewed: false,
            credentials: None,
            outgoing: None,
            body_consumed: false,
            write_in_flight: false,
            streams: false,
            incoming: None,
            gate: None,
            send: None,
            handed_over: false,
            first_handed_over: None,
            repeats: true,
        }
    }

    /// Sends once, and only when the gate has opened: signed with the time that it gives, never repeated.
    pub(super) fn gated(mut self, gate: &'c dyn SendGate) -> Self {
        self.gate = Some(gate);
        self
    }

    /// Sends once, signed with this time.
    pub(super) fn signed_at(mut self, signed_at: UtcTime) -> Self {
        self.send = Some(SignedSend { signed_at, hand_over_by: Duration::MAX, deadline: None });
        self
    }

    /// Sends once more what a gate has permitted.
    pub(super) fn once(mut self, send: SignedSend) -> Self {
        self.send = Some(send);
        self
    }

    /// Limits the call to one attempt.
    pub(super) fn without_retry(mut self) -> Self {
        self.repeats = false;
        self
    }

    /// Whether the request was handed to the transport.
    pub(super) fn handed_over(&self) -> bool {
        self.handed_over
    }

    /// Sends this body instead of the bytes of the parts.
    pub(super) fn sending(mut self, body: Outgoing) -> Self {
        self.outgoing = Some(body);
        self
    }

    /// Leaves the body of a good response streaming: [`Call::incoming`] has it afterwards, unless it came whole.
    pub(super) fn streaming(mut self) -> Self {
        self.streams = true;
        self
    }

    pub(super) fn incoming(&mut self) -> Option<Body> {
        self.incoming.take()
    }

    /// Makes the call, in a span of its own.
    pub(super) async fn run(&mut self) -> Result<RawResponse, Error> {
        let (client, meta) = (self.client, self.parts.meta);
        let started = client.stopwatch();
        let span = Span::call(meta, client.shared.site);
        let outcome = span.run(self.attempts()).await;
        self.write_in_flight = false;
        span.end(Some(self.attempts), outcome.as_ref());
        let error = outcome.as_ref().err();
        if let Some(duration) = client.since(started) {
            client.observe(meta, ObservationKind::Call { attempts: self.attempts, duration, error });
        }
        if let Some(error) = error.filter(|error| error.may_have_been_executed()) {
            span.enter(|| Span::unknown_outcome(meta, Some(error)));
            client.observe(meta, ObservationKind::UnknownOutcome { error: Some(error) });
        }
        outcome
    }

    /// Attempts until there is a response, a permanent failure, or no safe way to continue.
    async fn attempts(&mut self) -> Result<RawResponse, Error> {
        let policy = self.client.view.retry;
        loop {
            self.attempts += 1;
            let failure = match self.observed_attempt().await {
                Ok(response) => {
                    self.client.shared.budget.refill();
                    return Ok(response);
                }
                Err(failure) => failure,
            };
            self.possibly_executed |= !failure.not_executed;
            if failure.error.kind() == ErrorKind::Throttled && failure.error.status().is_some() {
                self.slow_down(failure.error.retry_after()).await;
            }
            let safe = self.repeats
                && self.send.is_none()
                && self.gate.is_none()
                && !self.body_consumed
                && (failure.not_executed || self.parts.meta.idempotency != Idempotency::None)
                && !self.arrived_before(&failure);
            // A corrected clock or renewed credentials cost nothing; every other repeat is paid out of the shared budget.
            let wait = match failure.again {
                RetryHint::AtOnce if safe => Some(Duration::ZERO),
                RetryHint::WithOtherCredentials if safe && self.has_other_credentials().await => {
                    Some(Duration::ZERO)
                }
                RetryHint::After(asked) if safe && self.attempts < policy.attempts() => {
                    let wait = policy.wait_after(self.attempts, asked);
                    (wait < self.remaining() && self.client.shared.budget.take()).then_some(wait)
                }
                _ => None,
            };
            let Some(wait) = wait else { return Err(self.give_up(failure)) };
            let (attempts, error) = (self.attempts, &failure.error);
            Span::retry(self.parts.meta, attempts, wait, error);
            self.client.observe(self.parts.meta, ObservationKind::Retry { attempts, wait, error });
            if !wait.is_zero() {
                self.client.shared.clock.sleep(wait).await;
            }
        }
    }

    /// The signed request, not sent.
    pub(super) async fn prepare(mut self) -> Result<Request<Bytes>, Error> {
        let credentials = self.identify().await.map_err(|failure| failure.error)?;
        self.sign(&credentials).await.map_err(|failure| failure.error)
    }

    /// An attempt in a span of its own.
    async fn observed_attempt(&mut self) -> Result<RawResponse, Failure> {
        let (client, meta, number) = (self.client, self.parts.meta, self.attempts);
        let started = client.stopwatch();
        let address = client.shared.addresses.get(meta.service());
        let span = Span::attempt(meta, number, address);
        let outcome = span.run(self.attempt(&span)).await;
        span.end(None, outcome.as_ref().map_err(|failure| &failure.error));
        if let (Some(duration), Some(address)) = (client.since(started), address) {
            let (host, port) = address.host_and_port();
            let error = outcome.as_ref().err().map(|failure| &failure.error);
            let status =
                outcome.as_ref().map_or_else(|failure| failure.error.status(), |raw| Some(raw.status));
            client.observe(meta, ObservationKind::Attempt { number, duration, host, port, status, error });
        }
        outcome
    }

    async fn attempt(&mut self, span: &Span) -> Result<RawResponse, Failure> {
        let credentials = self.identify().await?;
        if self.parts.meta.body == BodyKind::Multipart && self.outgoing.is_none() {
            let message = "it takes a file: send it with Client::upload";
            return Err(Failure::for_good(Error::new(
                ErrorKind::InvalidInput,
                self.parts.meta.name,
                message,
            )));
        }
        let permit = self.admit(&credentials).await?;
        let _place = match &self.client.shared.concurrency {
            None => None,
            Some(limit) => match before(&*self.client.shared.clock, self.ends, limit.acquire()).await {
                Some(place) => Some(place),
                None => return Err(self.out_of_time("waiting for other calls to end")),
            },
        };
        if let Some(gate) = self.gate {
            let send = gate.open(&credentials).await.map_err(Failure::for_good)?;
            if let Some(deadline) = send.deadline {
                self.ends = self.client.shared.clock.elapsed().saturating_add(deadline);
            }
            self.send = Some(send);
        }
        let request = self.sign(&credentials).await?;
        permit.consume();
        let sent = SentAuth::on(request.headers());
        let (head, body) = self.exchange(self.with_context(request, span)).await?;
        self.classify(head, body, &sent, &credentials)
    }

    /// The request with META among its extensions, and with the headers of the trace.
    fn with_context(&self, mut request: Request<Bytes>, span: &Span) -> Request<Bytes> {
        request.extensions_mut().insert(self.parts.meta);
        if let Some(propagator) = &self.client.shared.propagator {
            let mut added = HeaderMap::new();
            span.enter(|| propagator(&mut added));
            for (name, value) in &added {
                request.headers_mut().entry(name).or_insert_with(|| value.clone());
            }
        }
        request
    }

    async fn identify(&mut self) -> Result<Credentials, Failure> {
        let (meta, site) = (self.parts.meta, self.client.shared.site);
        if !meta.sites.contains(site) {
            let instead =
                meta.alternative.map(|instead| format!("; {instead} serves instead")).unwrap_or_default();
            let message = format!("not offered on the {site} site, only on {}{instead}", meta.sites);
            return Err(Failure::for_good(Error::new(ErrorKind::NotOffered, meta.name, message)));
        }
        let source = self.client.view.credentials.credentials();
        let credentials = match before(&*self.client.shared.clock, self.ends, source).await {
            Some(Ok(credentials)) => credentials,
            Some(Err(error)) => {
                let message = format!("no credentials: {error}");
                let error = Error::new(ErrorKind::Credentials, meta.name, message).caused_by(error);
                return Err(Failure::for_good(error));
            }
            None => return Err(self.out_of_time("fetching credentials")),
        };
        match credentials.kind().and_then(|kind| self.parts.not_for(kind)) {
            Some(message) => Err(Failure::for_good(Error::new(ErrorKind::WrongCaller, meta.name, message))),
            None => {
                self.credentials = Some(credentials.clone());
                Ok(credentials)
            }
        }
    }

    async fn admit(&mut self, credentials: &Credentials) -> Result<Permit, Failure> {
        let client = self.client;
        let clock = &*client.shared.clock;
        let key = rate_limit_key(client, self.parts.meta, credentials);
        let started = clock.elapsed();
        let longest = self.ends.saturating_sub(started);
        match before(clock, self.ends, client.view.rate_limiter.acquire(key, longest, clock)).await {
            Some(Ok(permit)) => {
                let waited = clock.elapsed().saturating_sub(started);
                if waited >= Duration::from_millis(1) {
                    Span::rate_limit_wait(self.parts.meta, waited);
                    client.observe(self.parts.meta, ObservationKind::RateLimitWait { waited });
                }
                Ok(permit)
            }
            Some(Err(error)) => {
                let (kind, wait) = match &error {
                    RateLimitError::TooLong { wait } => (ErrorKind::Throttled, Some(*wait)),
                    RateLimitError::Unavailable(_) => (ErrorKind::NotSent, None),
                };
                let message = format!("{error}; this attempt was not sent");
                let error = Error::new(kind, self.parts.meta.name, message).caused_by(error);
                Err(Failure::for_good(error.with_retry_after(wait)))
            }
            None => Err(self.out_of_time("waiting for the rate limit")),
        }
    }

    /// Lets the other calls of this account and operation wait, too.
    async fn slow_down(&mut self, retry_after: Option<Duration>) {
        let client = self.client;
        let Some(credentials) = self.credentials.clone() else { return };
        let clock = &*client.shared.clock;
        let key = rate_limit_key(client, self.parts.meta, &credentials);
        before(clock, self.ends, client.view.rate_limiter.throttled(key, retry_after, clock)).await;
    }

    /// Whether the source gives other credentials than those that were refused.
    async fn has_other_credentials(&mut self) -> bool {
        let Some(refused) = self.credentials.take() else { return false };
        self.identify().await.is_ok_and(|now| !now.proves_the_same(&refused))
    }

    /// The request with its signature. Keys in memory sign at once; a [`SignRequest`](auth::SignRequest) is waited for.
    async fn sign(&mut self, credentials: &Credentials) -> Result<Request<Bytes>, Failure> {
        let at = self.send.map_or_else(|| self.now(), |send| send.signed_at).instant();
        if matches!(credentials.authorization(), Authorization::Signer(_)) {
            // Boxed, because it would make the futures of all calls larger.
            return Box::pin(self.sign_by_signer(credentials, at)).await;
        }
        let (mut head, body) = self.unsigned(credentials)?.into_parts();
        credentials.authorize(&mut head, self.payload(&body), at).map_err(|error| {
            let message = format!("the request cannot be signed: {error}");
            Failure::for_good(Error::new(ErrorKind::Configuration, self.parts.meta.name, message))
        })?;
        Ok(Request::from_parts(head, body))
    }

    async fn sign_by_signer(
        &mut self,
        credentials: &Credentials,
        at: OffsetDateTime,
    ) -> Result<Request<Bytes>, Failure> {
        let (mut head, body) = self.unsigned(credentials)?.into_parts();
        let proven = {
            let proving = pin!(credentials.prove(&mut head, self.payload(&body), at));
            before(&*self.client.shared.clock, self.ends, proving).await
        };
        match proven {
            Some(Ok(())) => Ok(Request::from_parts(head, body)),
            Some(Err(error)) => {
                let message = format!("the request cannot be signed: {error}");
                let error =
                    Error::new(ErrorKind::Credentials, self.parts.meta.name, message).caused_by(error);
                Err(Failure::for_good(error))
            }
            None => Err(self.out_of_time("waiting for the signature")),
        }
    }

    /// The part of the body that is signed. A form is put in the body when it is sent; signed as if there were none, it would
    /// be refused.
    fn payload<'b>(&self, body: &'b Bytes) -> Payload<'b> {
        match self.parts.meta.body {
            BodyKind::Multipart => Payload::Unsigned,
            _ => Payload::from(&**body),
        }
    }

    /// The request with its address and the common headers.
    fn unsigned(&self, credentials: &Credentials) -> Result<Request<Bytes>, Failure> {
        let (meta, view, shared) = (self.parts.meta, &self.client.view, &self.client.shared);
        let unusable =
            |message: String| Failure::for_good(Error::new(ErrorKind::Configuration, meta.name, message));

        let path: Cow<'_, str> = match (self.parts.path.contains(CALLER_ID), credentials.domain_id()) {
            (false, _) => self.parts.path.as_str().into(),
            (true, Some(id)) if !matches!(id, "" | "." | "..") => {
                self.parts.path.replace(CALLER_ID, &encode(id).to_string()).into()
            }
            (true, _) => {
                let mut invalid = ValidationError::new();
                invalid.push(
                    "domain_id",
                    "must be given here or with the credentials: it is part of the address",
                );
                return Err(Failure::for_good(Error::invalid_input(meta.name, invalid)));
            }
        };
        let address = shared.addresses.get(meta.service()).ok_or_else(|| {
            let (site, service) = (shared.site.description(), meta.service());
            unusable(format!("the documentation names no endpoint of the {service} service for {site}: give the builder one"))
        })?;
        let mut request = Request::new(self.parts.body.clone());
        *request.method_mut() = meta.method.into();
        *request.uri_mut() = address
            .with(&path, &self.parts.query)
            .ok_or_else(|| unusable(format!("the path makes no address: {}", meta.path)))?;

        let headers = request.headers_mut();
        headers.clone_from(&self.parts.headers);
        headers.reserve(ROOM_FOR_HEADERS);
        if !matches!(credentials.authorization(), Authorization::Token(_)) {
            headers.entry(header::HOST).or_insert_with(|| address.host().clone());
        }
        if meta.body != BodyKind::Multipart {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let mut common = |name: HeaderName, value: Option<String>| {
            let Some(Ok(value)) = value.map(HeaderValue::try_from) else { return };
            let taken = meta.headers.iter().any(|known| name.as_str().eq_ignore_ascii_case(known));
            if taken && !headers.contains_key(&name) {
                headers.insert(name, value);
            }
        };
        let tickets = meta.service() == Service::Tickets;
        let tag =
            |language: &Language| if tickets { language.ticket_tag() } else { language.as_str() }.to_owned();
        common(X_LANGUAGE, view.language.as_ref().map(tag));
        if tickets {
            common(X_TIME_ZONE, view.time_zone.map(|zone| zone.to_string()));
            common(X_SITE, Some(if shared.site == Site::China { "0" } else { "1" }.to_owned()));
        }
        Ok(request)
    }

    async fn exchange(&mut self, request: Request<Bytes>) -> Result<(http::response::Parts, Bytes), Failure> {
        let (clock, limit) = (&*self.client.shared.clock, self.client.view.response_limit);
        let sent = clock.boot_time();
        if self.send.is_some_and(|send| sent >= send.hand_over_by) {
            return Err(self.out_of_time("waiting to send"));
        }
        self.handed_over = true;
        if self.parts.meta.idempotency != Idempotency::ReadOnly {
            self.write_in_flight = true;
            self.first_sent = self.first_sent.or_else(|| Some(self.now()));
            self.first_handed_over = self.first_handed_over.or(Some(sent));
        }
        let end = match self.client.view.attempt_timeout {
            Some(limit) => self.ends.min(clock.elapsed().saturating_add(limit)),
            None => self.ends,
        };
        let sending = self.client.shared.transport.send(request.map(|bytes| self.body(bytes)));
        let response: Response<Body> = match before(clock, end, sending).await {
            Some(Ok(response)) => response,
            Some(Err(error)) => return Err(self.transport_failure(error)),
            None => {
                return Err(
                    self.transport_failure(TransportError::possibly_sent(TransportErrorKind::Timeout))
                );
            }
        };
        let (head, body) = response.into_parts();
        // A read that is signed in the past on purpose may get its response from something that has no clock of its own.
        if self.send.is_none() || self.gate.is_some() {
            self.client.shared.service_clock.observe(&head.headers, sent, || clock.boot_time());
        }
        let streams = self.streams && head.status.is_success();
        let read = match body {
            // Small ones come whole.
            Body::Full(bytes) if !streams && bytes.len() <= limit => Ok(Body::Full(bytes)),
            body => {
                let reading = Box::pin(async {
                    match streams {
                        true => peek_error_body(&head.headers, body).await,
                        false => body.collect(limit).await.map(Body::Full),
                    }
                });
                let timeout = || Err(TransportError::possibly_sent(TransportErrorKind::Timeout));
                before(clock, end, reading).await.unwrap_or_else(timeout)
            }
        };
        match read {
            Ok(Body::Full(body)) => Ok((head, body)),
            Ok(streaming) => {
                self.incoming = Some(streaming);
                Ok((head, Bytes::new()))
            }
            Err(error) => {
                let mut failure = self.transport_failure(error);
                failure.error = failure
                    .error
                    .with_status(head.status)
                    .with_request_id(request_id(&head.headers).map(str::to_owned));
                Err(failure)
            }
        }
    }

    /// The body of this attempt.
    fn body(&mut self, bytes: Bytes) -> Body {
        match &mut self.outgoing {
            Some(outgoing) => {
                self.body_consumed = !outgoing.repeatable;
                (outgoing.make)()
            }
            None => Body::from(bytes),
        }
    }

    fn classify(
        &mut self,
        head: http::response::Parts,
        body: Bytes,
        sent: &SentAuth,
        credentials: &Credentials,
    ) -> Result<RawResponse, Failure> {
        let (meta, status) = (self.parts.meta, head.status);
        if status.is_success() {
            let lists = lists(meta);
            let expected = if self.streams { Expected::File } else { expected(meta, &lists) };
            let writes = meta.idempotency != Idempotency::ReadOnly;
            let finding = match self.incoming {
                Some(_) => Finding::Success,
                None => classify(&body, expected, writes),
            };
            return match finding {
                Finding::Success => Ok(RawResponse {
                    status,
                    headers: head.headers,
                    body,
                    attempts: self.attempts,
                    outcome: writes.then(|| Box::new(self.outcome())),
                    id_in_body: OnceLock::new(),
                }),
                Finding::Refusal(signs) => {
                    let api = ApiError::from_signs(status, signs, body);
                    Err(self.refusal(api, &head.headers, sent, credentials))
                }
                Finding::Neither(missing, signs) => {
                    let error = not_a_success(meta, status, &head.headers, body, missing, signs);
                    Err(Failure { error, not_executed: false, again: RetryHint::No })
                }
            };
        }
        if status.is_client_error() || status.is_server_error() {
            let lists = lists(meta);
            let proves = meta.is_write() && carries_proof(&body, expected(meta, &lists));
            let failure = self.refusal(ApiError::read(status, body), &head.headers, sent, credentials);
            // Whatever the error says, a write that shows the proof of its success is not sent again.
            return Err(match proves {
                true => Failure { not_executed: false, again: RetryHint::No, ..failure },
                false => failure,
            });
        }
        let error = of_no_meaning(meta, status, &head.headers, body);
        Err(Failure { error, not_executed: false, again: RetryHint::No })
    }

    /// Returns the failure that an error of the service means for this call.
    fn refusal(
        &mut self,
        api: ApiError,
        headers: &HeaderMap,
        sent: &SentAuth,
        credentials: &Credentials,
    ) -> Failure {
        let (name, status) = (self.parts.meta.name, api.status());
        let asked = retry_after(headers, self.now().instant());
        // Only a code of the service's own proves that nothing was executed; a status may come from anything on the way.
        let refused_by_service = api.has_service_code();
        let id = request_id(headers).or(api.request_id()).map(str::to_owned);
        let failure = if status == StatusCode::TOO_MANY_REQUESTS || api.code().is_throttling() {
            let error = Error::from_api(ErrorKind::Throttled, name, api);
            Failure { error, not_executed: refused_by_service, again: RetryHint::After(asked) }
        } else if let Some(refused) = authentication_refusal(&api) {
            self.not_recognised(api, refused, headers, sent, credentials)
        } else if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            let again = match api.code().info().map(|info| info.retry) {
                Some(Retry::Never | Retry::AfterCorrection) => RetryHint::No,
                _ => RetryHint::After(asked),
            };
            let helps = !matches!(again, RetryHint::No);
            let kind = if helps { ErrorKind::Interrupted } else { ErrorKind::Refused };
            // A write is not known to be safe to repeat; `give_up` says so.
            let error = Error::from_api(kind, name, api).with_retryable(helps);
            Failure { error, not_executed: false, again }
        } else {
            // A refusal that a wait may resolve; a write that happens once is left to the caller all the same, for the
            // service counts some attempts.
            let retry = api.code().retry();
            let again = match retry {
                Retry::AfterBackoff if self.parts.meta.idempotency != Idempotency::None => {
                    RetryHint::After(asked)
                }
                _ => RetryHint::No,
            };
            let not_executed = refused_by_service && retry != Retry::ReadsOnly;
            Failure { error: Error::from_api(ErrorKind::Refused, name, api), not_executed, again }
        };
        Failure { error: failure.error.with_request_id(id).with_retry_after(asked), ..failure }
    }

    /// A refused signature or token: corrected or renewed once where that is possible, explained otherwise.
    fn not_recognised(
        &mut self,
        api: ApiError,
        refused: AuthenticationRefusal,
        response: &HeaderMap,
        sent: &SentAuth,
        credentials: &Credentials,
    ) -> Failure {
        let (name, signed) = (self.parts.meta.name, &sent.headers());
        let refused_by_service = api.has_service_code();
        let is_token = matches!(credentials.authorization(), Authorization::Token(_));
        self.client.view.credentials.invalidate(credentials);
        let may_renew = !std::mem::replace(&mut self.credentials_renewed, true);
        let again = if is_token {
            if may_renew { RetryHint::AtOnce } else { RetryHint::No }
        } else if refused.may_be_the_clock() && !self.clock_corrected && self.correct_clock(signed, response)
        {
            self.credentials_renewed = !may_renew;
            RetryHint::AtOnce
        } else if may_renew {
            RetryHint::WithOtherCredentials
        } else {
            RetryHint::No
        };
        let hint = if is_token {
            "the token was not accepted".to_owned()
        } else {
            auth::explain_refusal(signed, response)
        };
        let error = Error::new(ErrorKind::Credentials, name, format!("{api}; {hint}")).with_api(api);
        Failure { error, not_executed: refused_by_service, again }
    }

    /// Sets the signing clock to the service's, where the two differ by more than a minute.
    fn correct_clock(&mut self, signed: &HeaderMap, response: &HeaderMap) -> bool {
        self.clock_corrected = true;
        let (Some(ahead), Some(theirs)) =
            (auth::clock_difference(signed, response), auth::server_time(response))
        else {
            return false;
        };
        if ahead.abs() < time::Duration::minutes(1) {
            return false;
        }
        let skew = (theirs - self.client.shared.clock.now()).whole_milliseconds();
        self.client.shared.skew.store(i64::try_from(skew).unwrap_or(0), Ordering::Relaxed);
        true
    }

    fn transport_failure(&self, error: TransportError) -> Failure {
        let name = self.parts.meta.name;
        let message = error.to_string();
        if !error.may_have_been_sent() {
            let retryable = matches!(error.kind(), TransportErrorKind::Connect | TransportErrorKind::Timeout);
            let again = if retryable { RetryHint::After(None) } else { RetryHint::No };
            let error =
                Error::new(ErrorKind::NotSent, name, message).caused_by(error).with_retryable(retryable);
            return Failure { error, not_executed: true, again };
        }
        let (kind, again) = match error.kind() {
            TransportErrorKind::TooLarge | TransportErrorKind::Malformed => {
                (ErrorKind::Undecodable, RetryHint::No)
            }
            TransportErrorKind::Timeout => (ErrorKind::TimedOut, RetryHint::After(None)),
            _ => (ErrorKind::Interrupted, RetryHint::After(None)),
        };
        let helps = !matches!(again, RetryHint::No);
        let error = Error::new(kind, name, message).caused_by(error).with_retryable(helps);
        Failure { error, not_executed: false, again }
    }

    fn out_of_time(&self, doing: &str) -> Failure {
        let message = format!("the time limit passed while {doing}; this attempt was not sent");
        Failure::for_good(Error::new(ErrorKind::TimedOut, self.parts.meta.name, message).with_retryable(true))
    }

    /// The service knows the key of this write from an attempt before, whose response was lost: that attempt arrived.
    /// Whether it was executed or refused is not said, so the records have to tell.
    fn arrived_before(&self, failure: &Failure) -> bool {
        let known = failure.error.code().is_some_and(|code| code.is_repeat_of_keyed_write());
        self.parts.meta.idempotency == Idempotency::Keyed && self.possibly_executed && known
    }

    /// The error that the caller gets. A write that may have been executed is never reported as anything else.
    fn give_up(&self, failure: Failure) -> Error {
        let meta = self.parts.meta;
        let writes = meta.idempotency != Idempotency::ReadOnly;
        if !(self.possibly_executed && writes) {
            return failure.error;
        }
        let outcome = self.outcome();
        if failure.error.kind() == ErrorKind::Undecodable {
            return failure.error.possibly_executed().with_outcome(Some(outcome));
        }
        failure.error.into_unknown(outcome).with_retryable(meta.idempotency != Idempotency::None)
    }

    /// Returns the times at which this call was sent and closed.
    fn outcome(&self) -> UnknownOutcome {
        let meta = self.parts.meta;
        let from = self.first_sent.unwrap_or_else(|| self.now());
        let mut outcome = UnknownOutcome::new(meta.name, from, self.now(), meta.outcome.query());
        outcome.sent = self.first_handed_over;
        outcome.closed = Some(self.client.shared.clock.boot_time());
        outcome
    }

    /// Now, by the service's clock as far as it is known.
    fn now(&self) -> UtcTime {
        if let Some(now) = self.client.service_now() {
            return now.estimate().into();
        }
        let skew = time::Duration::milliseconds(self.client.shared.skew.load(Ordering::Relaxed));
        let now: OffsetDateTime = self.client.shared.clock.now();
        now.saturating_add(skew).into()
    }

    fn remaining(&self) -> Duration {
        self.ends.saturating_sub(self.client.shared.clock.elapsed())
    }
}

impl Drop for Call<'_> {
    /// A write whose future is dropped while it is in flight leaves a trace: its outcome is not known.
    fn drop(&mut self) {
        if self.write_in_flight {
            Span::unknown_outcome(self.parts.meta, None);
            self.client.observe(self.parts.meta, ObservationKind::UnknownOutcome { error: None });
        }
    }
}

fn rate_limit_key<'k>(
    client: &'k Client,
    meta: &'static OperationMeta,
    credentials: &'k Credentials,
) -> RateLimitKey<'k> {
    RateLimitKey::new(client.view.account(credentials), meta.name, meta.rate_limit)
}

/// Returns the reason why the caller was not recognised, if that is what the response says by its code or its status.
fn authentication_refusal(api: &ApiError) -> Option<AuthenticationRefusal> {
    let by_status = (api.status() == StatusCode::UNAUTHORIZED).then_some(AuthenticationRefusal::Unclear);
    api.authentication_refusal().or(by_status)
}
