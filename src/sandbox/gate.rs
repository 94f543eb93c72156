//! The front gate: what happens to every request before and after its handler.
//!
//! In this order: is it an operation, who calls (signature or token), how often, may they, can the request be read, is
//! it valid; then the handler, and its answer or refusal written as the service writes them.

use std::{collections::HashMap, collections::VecDeque, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header, request};
use serde::Serialize;

#[cfg(feature = "tickets")]
use super::forms;
use super::{
    forms::{Asked, Reply},
    rooms::{self, Handler},
    world::{Account, Refusal, World, refuse_with},
};
use crate::{
    auth::{self, CLOCK_TOLERANCE},
    clock::Clock,
    error::{ApiError, codes},
    operation::{Method, OperationMeta, Service, Site, gather},
    registry,
};

/// The code with which the sandbox answers an operation that has no state behind it yet.
pub const NOT_SIMULATED: &str = "SANDBOX.0001";

/// Calls counted against the documented quotas.
#[derive(Debug, Default)]
pub(super) struct Turnstile(HashMap<(String, &'static str), VecDeque<Duration>>);

impl Turnstile {
    /// Counts a call, or says that it is one too many.
    fn admit(&mut self, account: &str, meta: &OperationMeta, now: Duration) -> bool {
        let window = Duration::from_secs(meta.quota.seconds.into());
        let calls = self.0.entry((account.to_owned(), meta.name)).or_default();
        while calls.front().is_some_and(|first| *first + window <= now) {
            calls.pop_front();
        }
        let admitted = calls.len() < meta.quota.calls as usize;
        if admitted {
            calls.push_back(now);
        }
        admitted
    }
}

/// Answers a request out of the world.
pub(super) fn answer(
    world: &mut World,
    turnstile: &mut Turnstile,
    clock: &dyn Clock,
    head: &request::Parts,
    body: &Bytes,
) -> Response<Bytes> {
    world.turn_to(clock.now().into());
    let request_id = world.fresh("sandbox-request-");
    let result = serve(world, turnstile, clock, head, body);
    let mut response = match result {
        Ok(reply) => reply.into_response(),
        Err(refusal) => with_status(refusal.status(), written(&refusal, &request_id)),
    };
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    if let Ok(id) = HeaderValue::try_from(request_id) {
        headers.insert("x-request-id", id);
    }
    if let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(clock.now().into())) {
        headers.insert(header::DATE, date);
    }
    response
}

fn serve(
    world: &mut World,
    turnstile: &mut Turnstile,
    clock: &dyn Clock,
    head: &request::Parts,
    body: &Bytes,
) -> Result<Reply, Refusal> {
    #[cfg(feature = "tickets")]
    if let Some(file) = world.tickets.linked(head.uri.path(), world.now) {
        return Ok(Reply::File(file));
    }
    let entry = method(&head.method).and_then(|method| registry::find_address(method, head.uri.path()));
    let meta = entry.ok_or_else(|| refuse_with(StatusCode::NOT_FOUND, codes::API_NOT_FOUND))?.meta;
    let caller = identify(world, clock, head, body)?;
    if !turnstile.admit(&caller.id, meta, clock.elapsed()) {
        return Err(throttled(meta));
    }
    admit(&caller, meta)?;
    let handler: Handler = rooms::find(meta.name).ok_or_else(|| not_simulated(meta))?;
    let query = head.uri.query().unwrap_or_default();
    #[cfg(feature = "tickets")]
    let (body, file) = &forms::opened(meta, head, body).map_err(|why| unfit(meta, why.to_owned()))?;
    let flat = gather(meta, head.uri.path(), query, &head.headers, body)
        .map_err(|invalid| unfit(meta, invalid.to_string()))?;
    let asked = Asked {
        flat: &flat,
        #[cfg(feature = "tickets")]
        file: file.clone(),
        #[cfg(feature = "tickets")]
        address: forms::called_at(head),
    };
    handler(world, &caller, asked)
}

/// Whose keys signed the request.
fn identify(
    world: &World,
    clock: &dyn Clock,
    head: &request::Parts,
    body: &Bytes,
) -> Result<Account, Refusal> {
    let verified = auth::verify(head, &**body, clock.now(), CLOCK_TOLERANCE, |id| world.keys(id));
    match verified {
        Ok(id) => world.by_key(&id).cloned().ok_or_else(|| not_authenticated("ak not exist")),
        Err(refusal) => Err(not_authenticated(match refusal {
            auth::Refusal::Expired { .. } => "verify aksk signature fail: signature expired",
            auth::Refusal::UnknownKey => "verify aksk signature fail: ak not exist",
            auth::Refusal::Missing => "token not found",
            _ => "verify aksk signature fail",
        })),
    }
}

/// May this account call this operation.
fn admit(caller: &Account, meta: &OperationMeta) -> Result<(), Refusal> {
    if !meta.sites.contains(Site::from(caller.site)) {
        return Err(refuse_with(StatusCode::FORBIDDEN, codes::WRONG_SITE));
    }
    match caller.kind.identity() {
        Some(kind) if meta.caller.admits(kind) => Ok(()),
        _ if meta.service() == Service::Tickets => {
            Err(refuse_with(StatusCode::OK, codes::TICKET_NO_PERMISSION))
        }
        _ => Err(refuse_with(StatusCode::FORBIDDEN, codes::ACCESS_DENIED)),
    }
}

fn method(method: &http::Method) -> Option<Method> {
    match method.as_str() {
        "GET" => Some(Method::Get),
        "POST" => Some(Method::Post),
        "PUT" => Some(Method::Put),
        "DELETE" => Some(Method::Delete),
        _ => None,
    }
}

/// [`bad_request`] as the operation's service answers it: the ticket service with a code of its own and HTTP status 200.
pub(super) fn unfit(meta: &OperationMeta, reason: String) -> Refusal {
    match meta.service() {
        Service::Tickets => ApiError::new(StatusCode::OK, codes::TICKET_BAD_PARAMETER.as_str(), reason),
        _ => bad_request(reason),
    }
}

/// A request that cannot be read or breaks a rule.
pub(super) fn bad_request(reason: String) -> Refusal {
    ApiError::new(StatusCode::BAD_REQUEST, codes::BAD_PARAMETER.as_str(), reason)
}

fn not_authenticated(reason: &str) -> Refusal {
    let message = format!("Incorrect IAM authentication information: {reason}");
    ApiError::new(StatusCode::UNAUTHORIZED, codes::AUTHENTICATION_REFUSED.as_str(), message)
}

fn throttled(meta: &OperationMeta) -> Refusal {
    let message = format!(
        "The throttling threshold has been reached: policy user over ratelimit,limit:{},time:{} second",
        meta.quota.calls, meta.quota.seconds
    );
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, codes::THROTTLED.as_str(), message)
}

fn not_simulated(meta: &OperationMeta) -> Refusal {
    let message = format!("the sandbox has no state behind {} yet", meta.name);
    ApiError::new(StatusCode::NOT_IMPLEMENTED, NOT_SIMULATED, message)
}

fn with_status(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

fn written(refusal: &Refusal, request_id: &str) -> Bytes {
    #[derive(Serialize)]
    struct Form<'f> {
        error_code: &'f str,
        error_msg: &'f str,
        #[serde(skip_serializing_if = "Option::is_none")]
        request_id: Option<&'f str>,
    }
    let code = refusal.code().as_str();
    let form = Form {
        error_code: code,
        error_msg: refusal.message(),
        request_id: code.starts_with("APIG").then_some(request_id),
    };
    serde_json::to_vec(&form).map(Bytes::from).unwrap_or_default()
}
