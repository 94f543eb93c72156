//! The front of the sandbox: what happens to every request before and after its handler.
//!
//! In this order: is it an operation of this host, who calls (signature or token), how often, may they and here, can the
//! request be read, is it valid; then the handler, and its response or refusal, written as the service writes them.

mod hosts;
mod iam;
mod journal;
mod late;

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header, request};
use serde::Serialize;
use time::OffsetDateTime;

use crate::{
    core::{Account, Refusal, refuse_with, unfit},
    handler::{Asked, Handler, Reply, forms},
    slices::{
        self, faults,
        identity::{BadToken, Operator},
    },
    state::State,
};
use huaweicloud_partner::{
    auth::{self, CLOCK_TOLERANCE, IdentityKind},
    clock::Clock,
    error::{ApiError, codes},
    operation::{Idempotency, Method, OperationMeta, RequestParts, Service},
    registry,
    types::UtcTime,
};

use hosts::Host;
use journal::{Journal, Kept};
pub use journal::{RequestLogEntry, RequestPattern};
pub(crate) use late::{LateRequest, Past};

/// The code with which the sandbox refuses an operation that it does not simulate, with HTTP status 501. At present it
/// simulates every operation of the SDK.
pub const NOT_SIMULATED: &str = "SANDBOX.0001";

/// After more wrong signatures in a row than this, a key is locked for this time.
const WRONG_SIGNATURES: u32 = 5;

const LOCKED_FOR: Duration = Duration::from_secs(300);

/// State of the front between calls that is not part of the sandbox's state.
#[derive(Debug, Default)]
pub(crate) struct FrontState {
    /// Calls counted against the documented quotas.
    calls: HashMap<(String, &'static str), VecDeque<Duration>>,
    /// Lets everybody through as often as they like.
    pub(crate) unlimited: bool,
    /// Keys with how often in a row their signature was wrong, and when last.
    wrong: HashMap<String, (u32, Duration)>,
    pub(crate) journal: Journal,
    /// Time of the last request, by the clock of waits.
    pub(crate) elapsed: Duration,
    /// Requests that are on their way.
    pub(crate) late: Vec<LateRequest>,
    /// Earlier states, for queries with a delay.
    pub(crate) past: Past,
    /// Number of times that the world was replaced.
    pub(crate) replaced: u64,
    /// The date of the last response as its header, and the second that it stands for.
    date: Option<(i64, HeaderValue)>,
}

/// The time of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestTime {
    /// The sandbox's time.
    pub(crate) now: OffsetDateTime,
    pub(crate) elapsed: Duration,
    /// The machine's time, by which the clients of a server sign when the sandbox's is another.
    pub(crate) machine: Option<OffsetDateTime>,
}

impl RequestTime {
    pub(crate) fn of(clock: &dyn Clock) -> Self {
        Self { now: clock.now(), elapsed: clock.elapsed(), machine: None }
    }

    /// The sandbox's time in whole seconds, as the service writes times.
    pub(crate) fn in_whole_seconds(&self) -> UtcTime {
        self.now.replace_nanosecond(0).unwrap_or(self.now).into()
    }
}

impl FrontState {
    /// Counts a call, or says that it is one too many.
    fn admit(&mut self, account: &str, meta: &OperationMeta, now: Duration) -> bool {
        if self.unlimited {
            return true;
        }
        let window = Duration::from_secs(meta.rate_limit.seconds.into());
        let calls = self.calls.entry((account.to_owned(), meta.name)).or_default();
        while calls.front().is_some_and(|first| *first + window <= now) {
            calls.pop_front();
        }
        let admitted = calls.len() < meta.rate_limit.calls as usize;
        if admitted {
            calls.push_back(now);
        }
        admitted
    }

    /// Forgets what belongs to a world that was replaced: counted calls, locked keys, requests on their way.
    pub(crate) fn begin_again(&mut self) {
        self.calls.clear();
        self.wrong.clear();
        self.late.clear();
        self.past = Past::default();
        self.replaced = self.replaced.wrapping_add(1);
    }

    /// The header with this date, which is written once a second.
    fn date(&mut self, now: OffsetDateTime) -> HeaderValue {
        let second = now.unix_timestamp();
        if let Some((_, date)) = self.date.as_ref().filter(|(written, _)| *written == second) {
            return date.clone();
        }
        // A date in ASCII is always a header.
        let date = HeaderValue::try_from(http_date(now)).unwrap_or(HeaderValue::from_static(""));
        self.date = Some((second, date.clone()));
        date
    }

    /// Counts a wrong signature of a key.
    fn count_wrong(&mut self, key: &str, now: Duration) {
        let (times, last) = self.wrong.entry(key.to_owned()).or_default();
        if *last + LOCKED_FOR <= now {
            *times = 0;
        }
        (*times, *last) = (*times + 1, now);
    }

    fn is_locked(&self, key: &str, now: Duration) -> bool {
        self.wrong.get(key).is_some_and(|(times, last)| *times > WRONG_SIGNATURES && now < *last + LOCKED_FOR)
    }
}

/// Responds to a request from the world's state.
pub(crate) fn respond(
    world: &mut State,
    front: &mut FrontState,
    moment: RequestTime,
    head: &request::Parts,
    body: &Bytes,
    refusal: Option<&str>,
) -> Response<Bytes> {
    world.advance_to(moment.in_whole_seconds());
    let ahead = time::Duration::seconds(world.faults.gateway_ahead().into());
    let moment = RequestTime { now: moment.now.saturating_add(ahead), ..moment };
    let request_id = world.fresh("sandbox-request-");
    let mut logged = Kept::of(head, body, world.now, &request_id);
    let mut response = if iam::serves(head.uri.path()) && !matches!(Host::of(head), Host::Of(..)) {
        iam::respond(world, head, body, |world| {
            let caller = identify(world, front, moment, head, body)?;
            match caller.operator {
                None => Ok(caller.account),
                Some(_) => Err(not_authenticated("the sandbox has no tokens for operators")),
            }
        })
    } else {
        match serve(world, front, moment, head, body, refusal, &mut logged) {
            Ok(reply) => reply.into_response(),
            Err(refusal) => {
                logged.code = Some(refusal.code().as_str().to_owned());
                with_status(refusal.status(), written(&refusal, &request_id))
            }
        }
    };
    logged.status = response.status().as_u16();
    front.journal.note(logged);
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    if let Ok(id) = HeaderValue::try_from(request_id) {
        headers.insert("x-request-id", id);
    }
    headers.insert(header::DATE, front.date(moment.now));
    response
}

fn serve(
    world: &mut State,
    front: &mut FrontState,
    moment: RequestTime,
    head: &request::Parts,
    body: &Bytes,
    injected: Option<&str>,
    logged: &mut Kept,
) -> Result<Reply, Refusal> {
    if let Some(file) = world.tickets.linked(head.uri.path(), world.now) {
        return Ok(Reply::File(file));
    }
    let host = Host::of(head);
    let entry = Method::read(&head.method).and_then(|method| registry::find_address(method, head.uri.path()));
    let entry = entry.filter(|entry| is_served(host, entry.meta));
    let meta = entry.ok_or_else(|| refuse_with(StatusCode::NOT_FOUND, codes::API_NOT_FOUND))?.meta;
    logged.operation = Some(meta.name);
    let Caller { account: caller, operator } = identify(world, front, moment, head, body)?;
    logged.caller = Some(caller.id.clone());
    if !front.admit(&caller.id, meta, moment.elapsed) {
        return Err(throttled(meta));
    }
    if let Some(code) = injected {
        return Err(faults::refusal(code, meta));
    }
    admit(&caller, host, meta)?;
    let caller = match operator {
        Some(operator) => permit(caller, operator, meta)?,
        None => caller,
    };
    let handler: Handler = slices::find(meta.name).ok_or_else(|| not_simulated(meta))?;
    let query = head.uri.query().unwrap_or_default();
    let (body, file) = &forms::opened(meta, head, body).map_err(|why| unfit(meta, why.to_owned()))?;
    let flat = RequestParts::flat_json(meta, head.uri.path(), query, &head.headers, body)
        .map_err(|invalid| unfit(meta, invalid.to_string()))?;
    let asked = Asked { flat: &flat, file: file.clone(), address: forms::called_at(head) };
    match world.faults.delay_of(meta.name) {
        Some(seconds) => {
            if let Some(past) = front.past.shown(world.now, seconds) {
                let mut past = past.clone();
                past.now = world.now;
                return handler(&mut past, &caller, asked);
            }
        }
        None if meta.idempotency != Idempotency::ReadOnly => front.past.keep(world),
        None => {}
    }
    handler(world, &caller, asked)
}

/// Whether a host has this operation.
fn is_served(host: Host, meta: &OperationMeta) -> bool {
    match host {
        Host::Of(service, sites) => {
            service == meta.service() && sites.iter().any(|site| meta.sites.contains(site))
        }
        Host::Identity => false,
        Host::Any => true,
    }
}

/// Account that makes the call.
struct Caller {
    account: Account,
    /// The operator whose keys signed, where it was not the account itself.
    operator: Option<Operator>,
}

/// Returns the account whose keys signed the request, or whose token it carries. The signature counts where
/// both are there.
fn identify(
    world: &mut State,
    front: &mut FrontState,
    moment: RequestTime,
    head: &request::Parts,
    body: &Bytes,
) -> Result<Caller, Refusal> {
    if !head.headers.contains_key(header::AUTHORIZATION)
        && let Some(token) = head.headers.get("x-auth-token")
    {
        let account = world.identity.by_token(token.to_str().unwrap_or_default(), world.now);
        return match account.map(|id| world.accounts.get(id).cloned()) {
            Ok(Some(account)) => Ok(Caller { account, operator: None }),
            Err(BadToken::Revoked) => {
                Err(refuse_with(StatusCode::UNAUTHORIZED, codes::TOKEN_MUST_BE_RENEWED))
            }
            Err(BadToken::Expired) => Err(refuse_with(StatusCode::UNAUTHORIZED, codes::TOKEN_EXPIRED)),
            _ => Err(not_authenticated("decrypt token fail")),
        };
    }
    let State { accounts, identity, now, .. } = world;
    let accounts = &*accounts;
    let (mut key, mut owner) = (None, None);
    let mut verify = |at| {
        let keys = |id: &str| {
            key = Some(id.to_owned());
            let (keys, account) = identity.keys(accounts, *now, id)?;
            owner = Some(account);
            Some(keys)
        };
        auth::verify(head, &**body, at, CLOCK_TOLERANCE, keys)
    };
    let verified = match (verify(moment.now), moment.machine) {
        (Err(auth::VerifyError::Expired { .. }), Some(machine)) => verify(machine),
        (verified, _) => verified,
    };
    let key = key.unwrap_or_default();
    if front.is_locked(&key, moment.elapsed) {
        return Err(not_authenticated("AK access failed to reach the limit, forbidden"));
    }
    match verified {
        Ok(id) => {
            if !front.wrong.is_empty() {
                front.wrong.remove(&id);
            }
            let account = owner.cloned().ok_or_else(|| not_authenticated("ak not exist"))?;
            Ok(Caller { account, operator: identity.operator(&id).cloned() })
        }
        Err(refusal) => Err(not_authenticated(match refusal {
            auth::VerifyError::Expired { .. } => "verify aksk signature fail: signature expired",
            auth::VerifyError::UnknownKey => "verify aksk signature fail: ak not exist",
            auth::VerifyError::Missing => "token not found",
            auth::VerifyError::SecurityToken => "decrypt token fail",
            auth::VerifyError::WrongSignature => {
                front.count_wrong(&key, moment.elapsed);
                "verify aksk signature fail"
            }
            _ => "verify aksk signature fail",
        })),
    }
}

/// May this account call this operation of this host.
fn admit(caller: &Account, host: Host, meta: &OperationMeta) -> Result<(), Refusal> {
    let site = caller.site;
    if !meta.sites.contains(site) || matches!(host, Host::Of(_, sites) if !sites.contains(site)) {
        return Err(refuse_with(StatusCode::FORBIDDEN, codes::WRONG_SITE));
    }
    match caller.kind.identity() {
        Some(kind) if meta.caller.admits(kind) => Ok(()),
        _ if meta.service() == Service::Tickets => {
            Err(refuse_with(StatusCode::OK, codes::TICKET_NO_PERMISSION))
        }
        // The two calls for distributors that have a code for other partners.
        Some(IdentityKind::SolutionProvider)
            if ["bss.UpdateIndirectPartnerAccount", "bss.UpdateCouponQuotas"].contains(&meta.name) =>
        {
            Err(refuse_with(StatusCode::FORBIDDEN, codes::OPERATION_NOT_LEGAL))
        }
        // The only call for masters that has a code for other customers.
        Some(IdentityKind::Customer) if meta.name == "bss.SendSmsVerificationCode" => {
            Err(refuse_with(StatusCode::BAD_REQUEST, codes::MASTER_ONLY))
        }
        // The one query that says who may ask, and with this status.
        _ if meta.name == "bss.ListPartnerBalances" => Err(refuse_with(StatusCode::OK, codes::NOT_A_PARTNER)),
        _ => Err(refuse_with(StatusCode::FORBIDDEN, codes::ACCESS_DENIED)),
    }
}

/// May this operator call this operation. What a partner's operator does is written down under the operator's name.
fn permit(account: Account, operator: Operator, meta: &OperationMeta) -> Result<Account, Refusal> {
    if meta.name == "bss.ShowRealNameAuthQrCode" {
        return Err(refuse_with(StatusCode::BAD_REQUEST, codes::MAIN_ACCOUNT_ONLY));
    }
    if !operator.may_call(meta) {
        return Err(refuse_with(StatusCode::FORBIDDEN, codes::ACCESS_DENIED));
    }
    let login = if account.kind.is_partner() { operator.name } else { account.login.clone() };
    Ok(Account { login, ..account })
}

fn not_authenticated(reason: &str) -> Refusal {
    let message = format!("Incorrect IAM authentication information: {reason}");
    ApiError::new(StatusCode::UNAUTHORIZED, codes::AUTHENTICATION_REFUSED.as_str(), message)
}

fn throttled(meta: &OperationMeta) -> Refusal {
    let message = format!(
        "The throttling threshold has been reached: policy user over ratelimit,limit:{},time:{} second",
        meta.rate_limit.calls, meta.rate_limit.seconds
    );
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, codes::THROTTLED.as_str(), message)
}

fn not_simulated(meta: &OperationMeta) -> Refusal {
    let message = format!("the sandbox does not simulate {}", meta.name);
    ApiError::new(StatusCode::NOT_IMPLEMENTED, NOT_SIMULATED, message)
}

/// The date as HTTP writes it, for any time that a clock may show.
fn http_date(now: OffsetDateTime) -> String {
    const LAST: Duration = Duration::from_secs(253_402_300_799); // the end of the year 9999
    let now = SystemTime::from(now).clamp(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + LAST);
    httpdate::fmt_http_date(now)
}

fn with_status(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

fn written(refusal: &Refusal, request_id: &str) -> Bytes {
    if !refusal.body().is_empty() {
        return refusal.body().clone(); // it has fields of its own
    }
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
