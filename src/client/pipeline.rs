//! The way of one call. It happens in this order, for every attempt:
//!
//! 1. `identify`  credentials from their source; is the operation offered here, and to them
//! 2. `wait`      for quota
//! 3. `sign`      address, common headers, signature at the corrected clock
//! 4. `exchange`  through the transport, and read the body up to the limit, or leave it streaming
//! 5. `classify`  an answer, or which failure, and was it surely not carried out
//! 6. `run`       repeat, only where that is safe; else say what is known
//!
//! Nothing here knows which operation it is; META and bytes suffice.

use crate::types::Site;
use std::{borrow::Cow, pin::pin, sync::atomic::Ordering, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header};
use time::OffsetDateTime;

use super::{
    Client, RateLimitKey, RawResponse,
    download::hold_back,
    response::{request_id, undecodable},
    retry::retry_after,
    send_gate::{SendGate, SignedSend},
    trace,
    upload::Outgoing,
};
use crate::{
    auth::{self, Authorization, Credentials, Payload, X_SDK_DATE, X_SECURITY_TOKEN},
    clock::within,
    error::{ApiError, AuthenticationRefusal, Error, ErrorKind, Retry, UnknownOutcome, ValidationError},
    operation::{BodyKind, CALLER_ID, Idempotency, RequestParts, Service, encode},
    transport::{Body, TransportError, TransportErrorKind},
    types::{Language, UtcTime},
};

const X_SITE: HeaderName = HeaderName::from_static("x-site");
const X_LANGUAGE: HeaderName = HeaderName::from_static("x-language");
const X_TIME_ZONE: HeaderName = HeaderName::from_static("x-time-zone");

/// How many headers the client and the signature add at most.
const ROOM_FOR_HEADERS: usize = 10;

/// One call on its way.
pub(super) struct Call<'c> {
    client: &'c Client,
    parts: &'c RequestParts,
    ends: Duration,
    attempts: u32,
    first_sent: Option<UtcTime>,
    /// An attempt went out that the service may have carried out.
    perhaps_executed: bool,
    clock_corrected: bool,
    token_renewed: bool,
    /// Makes the body, where it is not the bytes of the parts.
    outgoing: Option<Outgoing>,
    /// The body went out and cannot be made again.
    spent: bool,
    /// The body of a good answer is to be left streaming, in `incoming`.
    streams: bool,
    incoming: Option<Body>,
    /// Opens the one send that there may be, for a journaled write.
    gate: Option<&'c dyn SendGate>,
    send: Option<SignedSend>,
    /// The request was handed to the transport.
    handed_over: bool,
    /// Failed attempts may be repeated.
    repeats: bool,
}

/// What a refusal of the signature is explained from: the headers that prove who calls, as they went out.
struct Proof {
    authorization: Option<HeaderValue>,
    host: Option<HeaderValue>,
    date: Option<HeaderValue>,
    token: Option<HeaderValue>,
}

impl Proof {
    fn on(headers: &HeaderMap) -> Self {
        Self {
            authorization: headers.get(header::AUTHORIZATION).cloned(),
            host: headers.get(header::HOST).cloned(),
            date: headers.get(&X_SDK_DATE).cloned(),
            token: headers.get(&X_SECURITY_TOKEN).cloned(),
        }
    }

    fn headers(&self) -> HeaderMap {
        let named = [
            (header::AUTHORIZATION, &self.authorization),
            (header::HOST, &self.host),
            (X_SDK_DATE.clone(), &self.date),
            (X_SECURITY_TOKEN.clone(), &self.token),
        ];
        named.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }
}

/// Why an attempt gave no answer.
struct Failure {
    error: Error,
    /// The service surely did not carry the request out.
    not_executed: bool,
    again: Again,
}

/// Whether a further attempt may help. Whether it is safe is decided in `run`.
enum Again {
    No,
    AtOnce,
    After(Option<Duration>),
}

impl Failure {
    /// Nothing was carried out, and nothing will be.
    fn for_good(error: Error) -> Self {
        Self { error, not_executed: true, again: Again::No }
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
            perhaps_executed: false,
            clock_corrected: false,
            token_renewed: false,
            outgoing: None,
            spent: false,
            streams: false,
            incoming: None,
            gate: None,
            send: None,
            handed_over: false,
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

    /// Sends once.
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

    /// Leaves the body of a good answer streaming: [`Call::incoming`] has it afterwards, unless it came whole.
    pub(super) fn streaming(mut self) -> Self {
        self.streams = true;
        self
    }

    pub(super) fn incoming(&mut self) -> Option<Body> {
        self.incoming.take()
    }

    /// Attempts until there is an answer, a failure for good, or no safe way to go on.
    pub(super) async fn run(&mut self) -> Result<RawResponse, Error> {
        let policy = self.client.view.retry;
        loop {
            self.attempts += 1;
            let failure = match self.attempt().await {
                Ok(answer) => {
                    self.client.shared.budget.refill();
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            self.perhaps_executed |= !failure.not_executed;
            let safe = self.repeats
                && self.send.is_none()
                && self.gate.is_none()
                && !self.spent
                && (failure.not_executed || self.parts.meta.idempotency != Idempotency::None)
                && !self.arrived_before(&failure);
            // A mended clock or token costs nothing; every other repeat is paid for out of the shared budget.
            let wait = match failure.again {
                Again::AtOnce if safe => Some(Duration::ZERO),
                Again::After(asked) if safe && self.attempts < policy.attempts() => {
                    let wait = policy.wait_after(self.attempts, asked);
                    (wait < self.remaining() && self.client.shared.budget.take()).then_some(wait)
                }
                _ => None,
            };
            let Some(wait) = wait else { return Err(self.give_up(failure)) };
            trace::repeat(self.parts.meta, self.attempts, wait, &failure.error);
            if !wait.is_zero() {
                self.client.shared.clock.sleep(wait).await;
            }
        }
    }

    /// The signed request, not sent.
    pub(super) async fn prepare(mut self) -> Result<Request<Bytes>, Error> {
        let credentials = self.identify().await.map_err(|failure| failure.error)?;
        self.sign(&credentials).map_err(|failure| failure.error)
    }

    async fn attempt(&mut self) -> Result<RawResponse, Failure> {
        let credentials = self.identify().await?;
        if self.parts.meta.body == BodyKind::Multipart && self.outgoing.is_none() {
            let message = "it takes a file: send it with Client::upload";
            return Err(Failure::for_good(Error::new(
                ErrorKind::InvalidInput,
                self.parts.meta.name,
                message,
            )));
        }
        self.wait(&credentials).await?;
        if let Some(gate) = self.gate {
            let send = gate.open(&credentials).await.map_err(Failure::for_good)?;
            if let Some(deadline) = send.deadline {
                self.ends = self.client.shared.clock.elapsed().saturating_add(deadline);
            }
            self.send = Some(send);
        }
        let request = self.sign(&credentials)?;
        let proof = Proof::on(request.headers());
        let (head, body) = self.exchange(request).await?;
        self.classify(head, body, &proof, &credentials)
    }

    async fn identify(&mut self) -> Result<Credentials, Failure> {
        let (meta, site) = (self.parts.meta, self.client.shared.site);
        if !meta.sites.contains(site) {
            let instead =
                meta.alternative.map(|instead| format!("; {instead} serves instead")).unwrap_or_default();
            let message = format!("not offered on the {site} site, only on {}{instead}", meta.sites);
            return Err(Failure::for_good(Error::new(ErrorKind::NotOffered, meta.name, message)));
        }
        let limit = self.remaining();
        let source = self.client.view.credentials.credentials();
        let credentials = match within(&*self.client.shared.clock, limit, source).await {
            Some(Ok(credentials)) => credentials,
            Some(Err(error)) => {
                let message = format!("no credentials: {error}");
                let error = Error::new(ErrorKind::Credentials, meta.name, message).caused_by(error);
                return Err(Failure::for_good(error));
            }
            None => return Err(self.out_of_time("fetching credentials")),
        };
        match credentials.kind() {
            Some(kind) if !meta.caller.admits(kind) => {
                let message = format!("called by {kind}, but only {} may", meta.caller);
                Err(Failure::for_good(Error::new(ErrorKind::WrongCaller, meta.name, message)))
            }
            _ => Ok(credentials),
        }
    }

    async fn wait(&mut self, credentials: &Credentials) -> Result<(), Failure> {
        let identity = credentials.name();
        let turn = RateLimitKey::new(&identity, self.parts.meta.name, self.parts.meta.rate_limit);
        let clock = &*self.client.shared.clock;
        let waiting = self.client.view.rate_limiter.wait(turn, clock);
        match within(clock, self.remaining(), waiting).await {
            Some(()) => Ok(()),
            None => Err(self.out_of_time("waiting for quota")),
        }
    }

    fn sign(&self, credentials: &Credentials) -> Result<Request<Bytes>, Failure> {
        let (meta, view, shared) = (self.parts.meta, &self.client.view, &self.client.shared);
        let unusable =
            |message: String| Failure::for_good(Error::new(ErrorKind::Configuration, meta.name, message));

        let path: Cow<'_, str> = match (self.parts.path.contains(CALLER_ID), credentials.domain_id()) {
            (false, _) => self.parts.path.as_str().into(),
            (true, Some(id)) => self.parts.path.replace(CALLER_ID, &encode(id).to_string()).into(),
            (true, None) => {
                let mut invalid = ValidationError::new();
                invalid.push(
                    "domain_id",
                    "must be given here or with the credentials: it is part of the address",
                );
                return Err(Failure::for_good(Error::invalid_input(meta.name, invalid)));
            }
        };
        let base = shared.endpoints.get(meta.service());
        let mark = if self.parts.query.is_empty() { "" } else { "?" };
        let mut request = Request::new(self.parts.body.clone());
        *request.method_mut() = meta.method.into();
        let address = Bytes::from(format!("{base}{path}{mark}{}", self.parts.query));
        *request.uri_mut() = Uri::from_maybe_shared(address)
            .map_err(|_| unusable(format!("the path makes no address: {}", meta.path)))?;

        let headers = request.headers_mut();
        headers.reserve(self.parts.headers.len() + ROOM_FOR_HEADERS);
        headers.extend(self.parts.headers.clone());
        if meta.body != BodyKind::Multipart {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let mut common = |name: HeaderName, value: Option<String>| {
            let taken = meta.headers.iter().any(|known| name.as_str().eq_ignore_ascii_case(known));
            if let (true, false, Some(Ok(value))) =
                (taken, headers.contains_key(&name), value.map(HeaderValue::try_from))
            {
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
        let (mut head, body) = request.into_parts();
        // A form is put in the body when it is sent; signed as if there were none, it would be refused.
        let payload = match meta.body {
            BodyKind::Multipart => Payload::Unsigned,
            _ => Payload::from(&*body),
        };
        credentials
            .authorize(&mut head, payload, self.send.map_or_else(|| self.now(), |send| send.signed_at).instant())
            .map_err(|error| unusable(format!("the request cannot be signed: {error}")))?;
        Ok(Request::from_parts(head, body))
    }

    async fn exchange(&mut self, request: Request<Bytes>) -> Result<(http::response::Parts, Bytes), Failure> {
        if self.send.is_some_and(|send| self.client.shared.clock.boot_time() >= send.hand_over_by) {
            return Err(self.out_of_time("waiting to send"));
        }
        self.first_sent = self.first_sent.or_else(|| Some(self.now()));
        self.handed_over = true;
        let sent = self.client.shared.clock.boot_time();
        let (clock, limit) = (&*self.client.shared.clock, self.client.view.response_limit);
        let sending = self.client.shared.transport.send(request.map(|bytes| self.body(bytes)));
        let answer: Response<Body> = match within(clock, self.remaining(), sending).await {
            Some(Ok(answer)) => answer,
            Some(Err(error)) => return Err(self.transport_failure(error)),
            None => {
                return Err(self.transport_failure(TransportError::perhaps_sent(TransportErrorKind::Timeout)));
            }
        };
        let (head, body) = answer.into_parts();
        self.client.shared.service_clock.observe(&head.headers, sent, clock.boot_time());
        let streams = self.streams && head.status.is_success();
        let reading = async {
            if streams {
                hold_back(&head.headers, body).await
            } else {
                body.collect(limit).await.map(Body::Full)
            }
        };
        let read = match within(clock, self.remaining(), pin!(reading)).await {
            Some(read) => read,
            None => Err(TransportError::perhaps_sent(TransportErrorKind::Timeout)),
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
                self.spent = !outgoing.repeatable;
                (outgoing.make)()
            }
            None => Body::from(bytes),
        }
    }

    fn classify(
        &mut self,
        head: http::response::Parts,
        body: Bytes,
        proof: &Proof,
        credentials: &Credentials,
    ) -> Result<RawResponse, Failure> {
        let (meta, status) = (self.parts.meta, head.status);
        if status.is_success() {
            let suspicious = memchr::memmem::find(&body, b"\"error").is_some();
            match suspicious.then(|| ApiError::inside_success(status, &body)).flatten() {
                Some(error) => return Err(self.refusal(error, &head.headers, proof, credentials)),
                None => {
                    let attempts = self.attempts;
                    return Ok(RawResponse { status, headers: head.headers, body, attempts });
                }
            }
        }
        if status.is_client_error() || status.is_server_error() {
            return Err(self.refusal(ApiError::read(status, body), &head.headers, proof, credentials));
        }
        let error =
            undecodable(meta, "an answer of this status is not expected, and redirects are not followed")
                .with_status(status)
                .with_request_id(request_id(&head.headers).map(str::to_owned))
                .with_body(body);
        Err(Failure { error, not_executed: false, again: Again::No })
    }

    /// What an error of the service means for this call.
    fn refusal(
        &mut self,
        api: ApiError,
        headers: &HeaderMap,
        proof: &Proof,
        credentials: &Credentials,
    ) -> Failure {
        let (name, status) = (self.parts.meta.name, api.status());
        let asked = retry_after(headers, self.now().instant());
        let failure = if status == StatusCode::TOO_MANY_REQUESTS || api.code().is_throttling() {
            let error = Error::from_api(ErrorKind::Throttled, name, api).with_retry_after(asked);
            Failure { error, not_executed: true, again: Again::After(asked) }
        } else if let Some(refused) = authentication_refusal(&api) {
            self.not_recognised(api, refused, headers, proof, credentials)
        } else if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            let again = match api.code().info().map(|info| info.retry) {
                Some(Retry::Never | Retry::AfterMending) => Again::No,
                _ => Again::After(asked),
            };
            let kind = if matches!(again, Again::No) { ErrorKind::Refused } else { ErrorKind::Interrupted };
            Failure {
                error: Error::from_api(kind, name, api).with_retry_after(asked),
                not_executed: false,
                again,
            }
        } else {
            // A refusal that a wait may mend; a write that happens once is left to the caller all the same, for the
            // service counts some attempts.
            let retry = api.code().retry();
            let again = match retry {
                Retry::AfterBackoff if self.parts.meta.idempotency != Idempotency::None => {
                    Again::After(asked)
                }
                _ => Again::No,
            };
            let not_executed = retry != Retry::ReadsOnly;
            Failure { error: Error::from_api(ErrorKind::Refused, name, api), not_executed, again }
        };
        let id = request_id(headers).map(str::to_owned);
        Failure { error: failure.error.with_request_id(id), ..failure }
    }

    /// A refused signature or token: mended once where that is possible, explained otherwise.
    fn not_recognised(
        &mut self,
        api: ApiError,
        refused: AuthenticationRefusal,
        answer: &HeaderMap,
        proof: &Proof,
        credentials: &Credentials,
    ) -> Failure {
        let (name, signed) = (self.parts.meta.name, &proof.headers());
        let is_token = matches!(credentials.authorization(), Authorization::Token(_));
        self.client.view.credentials.invalidate(credentials);
        let again = if is_token {
            if std::mem::replace(&mut self.token_renewed, true) { Again::No } else { Again::AtOnce }
        } else if refused.may_be_the_clock() && !self.clock_corrected && self.correct_clock(signed, answer) {
            Again::AtOnce
        } else {
            Again::No
        };
        let hint = if is_token {
            "the token was not accepted".to_owned()
        } else {
            auth::explain_refusal(signed, answer)
        };
        let error = Error::new(ErrorKind::Credentials, name, format!("{api}; {hint}")).with_api(api);
        Failure { error, not_executed: true, again }
    }

    /// Sets the signing clock to the service's, where the two differ by more than a minute.
    fn correct_clock(&mut self, signed: &HeaderMap, answer: &HeaderMap) -> bool {
        self.clock_corrected = true;
        let (Some(ahead), Some(theirs)) = (auth::clock_difference(signed, answer), auth::server_time(answer))
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
            let again = if retryable { Again::After(None) } else { Again::No };
            let error =
                Error::new(ErrorKind::NotSent, name, message).caused_by(error).with_retryable(retryable);
            return Failure { error, not_executed: true, again };
        }
        let (kind, again) = match error.kind() {
            TransportErrorKind::TooLarge | TransportErrorKind::Malformed => {
                (ErrorKind::Undecodable, Again::No)
            }
            TransportErrorKind::Timeout => (ErrorKind::TimedOut, Again::After(None)),
            _ => (ErrorKind::Interrupted, Again::After(None)),
        };
        Failure { error: Error::new(kind, name, message).caused_by(error), not_executed: false, again }
    }

    fn out_of_time(&self, doing: &str) -> Failure {
        let message = format!("the time limit passed while {doing}; this attempt was not sent");
        Failure::for_good(Error::new(ErrorKind::TimedOut, self.parts.meta.name, message).with_retryable(true))
    }

    /// The service knows the key of this write from an attempt before, whose response was lost: that attempt arrived.
    /// Whether it was executed or refused is not said, so the records have to tell.
    fn arrived_before(&self, failure: &Failure) -> bool {
        let known = failure.error.code().is_some_and(|code| code.is_repeat_of_keyed_write());
        self.parts.meta.idempotency == Idempotency::Keyed && self.perhaps_executed && known
    }

    /// The error that the caller gets. A write that may have been carried out is never called anything else.
    fn give_up(&self, failure: Failure) -> Error {
        let meta = self.parts.meta;
        let writes = meta.idempotency != Idempotency::ReadOnly;
        if !(self.perhaps_executed && writes) {
            return failure.error;
        }
        if failure.error.kind() == ErrorKind::Undecodable {
            return failure.error.perhaps_executed();
        }
        let from = self.first_sent.unwrap_or_else(|| self.now());
        let outcome = UnknownOutcome::new(meta.name, from, self.now(), meta.outcome.query());
        failure.error.into_unknown(outcome).with_retryable(meta.idempotency != Idempotency::None)
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

/// Why the caller was not recognised, if that is what the answer says by its code or its status.
fn authentication_refusal(api: &ApiError) -> Option<AuthenticationRefusal> {
    let by_status = (api.status() == StatusCode::UNAUTHORIZED).then_some(AuthenticationRefusal::Unclear);
    api.authentication_refusal().or(by_status)
}
