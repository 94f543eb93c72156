//! Control interface: events, time, snapshots, and views of the state.

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header, request::Parts, uri::Authority};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ControlResponse, Served, page, whole, worlds};
use crate::{RequestPattern, SandboxEvent, State};
use huaweicloud_partner::{clock::Clock as _, types::UtcTime};

const PREFIX: &str = "/_sandbox/";

/// Movement of the clock.
#[derive(Deserialize)]
#[serde(untagged)]
enum Advance {
    By(By),
    To(To),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct By {
    seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    now: UtcTime,
}

/// An object without fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Paths of the control interface.
const PATHS: &[&str] = &[
    "GET /",
    "GET /_sandbox/",
    "GET /_sandbox/health",
    "GET /_sandbox/openapi.json",
    "GET /_sandbox/accounts",
    "POST /_sandbox/reset",
    "GET /_sandbox/snapshot",
    "POST /_sandbox/snapshot",
    "POST /_sandbox/events",
    "GET /_sandbox/clock",
    "POST /_sandbox/clock",
    "GET /_sandbox/faults",
    "POST /_sandbox/faults",
    "DELETE /_sandbox/faults",
    "GET /_sandbox/requests",
    "DELETE /_sandbox/requests",
    "POST /_sandbox/requests/match",
    "GET /_sandbox/worlds",
    "POST /_sandbox/worlds",
    "DELETE /_sandbox/worlds/{name}",
    "GET /_sandbox/code",
    "GET /_sandbox/audit",
];

/// The description of the control interface.
const OPENAPI: &str = include_str!("openapi.json");

/// One thing that happens, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Events {
    Many(Vec<Value>),
    One(Value),
}

impl Served {
    /// Responds to what is not for the service.
    pub(crate) fn control(&self, head: &Parts, body: &Bytes) -> Option<ControlResponse> {
        let path = head.uri.path();
        let page = path == "/" && matches!(head.method, Method::GET | Method::HEAD);
        let what = path.strip_prefix(PREFIX);
        if !page && what.is_none() {
            return None;
        }
        if !self.is_own_name(head) {
            return Some(failed(StatusCode::FORBIDDEN, "call it by its own address"));
        }
        let query = head.uri.query().unwrap_or_default();
        let Some(what) = what else { return Some(self.page(query)) };
        if is_of_another_origin(head) {
            return Some(failed(
                StatusCode::FORBIDDEN,
                "a page of another origin may not control the sandbox",
            ));
        }
        let is_json = head
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        if head.method == Method::POST && !is_json {
            // Pages of other sites cannot send this type without asking.
            return Some(failed(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json"));
        }
        Some(match (&head.method, what) {
            (&Method::POST, "events") => self.events(body),
            (&Method::GET, "clock") => self.clock(),
            (&Method::POST, "clock") => match serde_json::from_slice(body) {
                Ok(Advance::By(By { seconds })) => self.apply(vec![SandboxEvent::Wait { seconds }]),
                Ok(Advance::To(To { now })) => self.advance_to(now),
                Err(_) => failed(
                    StatusCode::BAD_REQUEST,
                    r#"send {"seconds": 60} or {"now": "2026-05-06T01:00:00Z"}"#,
                ),
            },
            (&Method::GET, "") => {
                json_response(&json!({"paths": PATHS, "openapi": "/_sandbox/openapi.json"}))
            }
            (&Method::GET, "health") => json_response(&json!({"status": "ok"})),
            (&Method::GET, "openapi.json") => whole(StatusCode::OK, "application/json", OPENAPI),
            (&Method::GET, "accounts") => json_response(&self.described(None)),
            (&Method::POST, "reset") => {
                if !body.is_empty()
                    && let Err(error) = serde_json::from_slice::<Nothing>(body)
                {
                    return Some(failed(StatusCode::BAD_REQUEST, &error.to_string()));
                }
                let initial = self.initial.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
                self.sandbox.restore(State::clone(&initial));
                self.sandbox.clear_requests();
                self.clock()
            }
            (&Method::GET, "worlds") => json_response(&json!({"worlds": self.other_worlds()})),
            (&Method::POST, "worlds") => match self.open_world(body) {
                Ok(world) => json_response(&world),
                Err(wrong) => failed(StatusCode::BAD_REQUEST, &wrong),
            },
            (&Method::DELETE, path) if path.starts_with("worlds/") => {
                match self.close_world(path.trim_start_matches("worlds/")) {
                    true => json_response(&json!({"closed": true})),
                    false => failed(StatusCode::NOT_FOUND, "there is no such world"),
                }
            }
            (&Method::GET, "faults") => json_response(&self.sandbox.faults()),
            (&Method::POST, "faults") => match serde_json::from_slice::<Value>(body) {
                Ok(fault) => match SandboxEvent::read(json!({"inject": fault})) {
                    Ok(event) => self.apply(vec![event]),
                    Err(error) => failed(StatusCode::BAD_REQUEST, &error.to_string()),
                },
                Err(error) => failed(StatusCode::BAD_REQUEST, &error.to_string()),
            },
            (&Method::DELETE, "faults") => self.apply(vec![SandboxEvent::ClearFaults {}]),
            (&Method::POST, "requests/match") => match serde_json::from_slice::<RequestPattern>(body) {
                Ok(pattern) => {
                    let requests = self.sandbox.requests_matching(&pattern);
                    json_response(&json!({"count": requests.len(), "requests": requests}))
                }
                Err(error) => failed(StatusCode::BAD_REQUEST, &error.to_string()),
            },
            (&Method::DELETE, "requests") => {
                self.sandbox.clear_requests();
                json_response(&json!({"count": 0}))
            }
            (&Method::GET, "snapshot") => json_response(&self.sandbox.snapshot()),
            (&Method::POST, "snapshot") => match State::read(body) {
                Ok(world) => {
                    self.sandbox.restore(world);
                    self.clock()
                }
                Err(error) => failed(StatusCode::BAD_REQUEST, &error.to_string()),
            },
            (&Method::GET, "requests") => json_response(&self.sandbox.requests()),
            (&Method::GET, "audit") => match self.sandbox.audit() {
                Ok(()) => json_response(&json!({"balanced": true})),
                Err(wrong) => json_response(&json!({"balanced": false, "wrong": wrong.to_string()})),
            },
            (&Method::GET, "code") => {
                let receiver = url::form_urlencoded::parse(query.as_bytes())
                    .find_map(|(name, value)| (name == "receiver").then_some(value));
                let Some(receiver) = receiver else {
                    return Some(failed(
                        StatusCode::BAD_REQUEST,
                        "name the receiver: code?receiver=13800138000",
                    ));
                };
                match self.sandbox.code_sent_to(&receiver) {
                    Some(code) => json_response(&json!({"code": code})),
                    None => failed(StatusCode::NOT_FOUND, "no code was sent to this receiver"),
                }
            }
            (method, _) => {
                let wrong =
                    format!("the sandbox has no such control: {method} {path} is not among GET {PREFIX}");
                failed(StatusCode::NOT_FOUND, &wrong)
            }
        })
    }

    /// Whether the request names this server and not another, as a page of another site would that has its own name lead
    /// here.
    fn is_own_name(&self, head: &Parts) -> bool {
        let named = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let named = named.and_then(|host| host.parse::<Authority>().ok());
        let Some(named) = named else { return false };
        let host = named.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let address = host.parse::<std::net::IpAddr>().ok();
        if host == "localhost" || address.is_some_and(|ip| ip.is_loopback()) {
            return true;
        }
        // Beyond loopback the server does not know by which names it is called. Names that no one can
        // register in the public DNS are taken from everybody, others from programs that are no browsers.
        let is_private = !host.contains('.')
            || [".localhost", ".local", ".internal", ".test"].iter().any(|end| host.ends_with(end));
        self.anywhere && (address.is_some() || is_private || !is_of_a_browser(head))
    }

    /// The page that a query asks for.
    fn page(&self, query: &str) -> ControlResponse {
        let others: Vec<_> = self.other_worlds().into_iter().map(worlds::Described::place).collect();
        let mut response = match page::written(&self.sandbox, &self.url(), &others, query) {
            Some(page) => whole(StatusCode::OK, "text/html; charset=utf-8", page),
            None => whole(
                StatusCode::NOT_FOUND,
                "text/plain; charset=utf-8",
                "There is no such thing in this world.",
            ),
        };
        // No script runs on it, no other page frames it, and what it shows is always new.
        for (name, value) in [
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            ),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CACHE_CONTROL, "no-store"),
        ] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }

    /// Moves the clock to a time, which must not be over.
    fn advance_to(&self, now: UtcTime) -> ControlResponse {
        let missing = (now.instant() - self.sandbox.now().instant()).whole_seconds();
        match u32::try_from(missing) {
            Ok(seconds) => self.apply(vec![SandboxEvent::Wait { seconds }]),
            Err(_) => failed(
                StatusCode::UNPROCESSABLE_ENTITY,
                "the clock goes forward only, by at most 136 years at once",
            ),
        }
    }

    fn clock(&self) -> ControlResponse {
        let now = self.sandbox.now();
        json_response(&json!({"now": now, "elapsed_seconds": self.sandbox.clock().elapsed().as_secs()}))
    }

    fn events(&self, body: &Bytes) -> ControlResponse {
        let events = match serde_json::from_slice(body) {
            Ok(Events::Many(events)) => events,
            Ok(Events::One(event)) => vec![event],
            Err(error) => return failed(StatusCode::BAD_REQUEST, &error.to_string()),
        };
        // Read one by one, so that the message says what is wrong with which.
        let events = events.into_iter().enumerate().map(|(index, event)| {
            SandboxEvent::read(event).map_err(|error| format!("event {index}: {error}"))
        });
        match events.collect::<Result<Vec<_>, _>>() {
            Ok(events) => self.apply(events),
            Err(wrong) => failed(StatusCode::BAD_REQUEST, &wrong),
        }
    }

    /// Lets events happen in their order; those before one that is refused have happened.
    fn apply(&self, events: Vec<SandboxEvent>) -> ControlResponse {
        let mut ids = Vec::with_capacity(events.len());
        for event in events {
            match self.sandbox.apply(event) {
                Ok(id) => ids.push(id),
                Err(refusal) => {
                    let body = json!({
                        "error_code": refusal.code().as_str(), "error_msg": refusal.message(), "happened": ids.len(),
                    });
                    return whole(StatusCode::UNPROCESSABLE_ENTITY, "application/json", body.to_string());
                }
            }
        }
        json_response(&json!({"ids": ids, "now": self.sandbox.now()}))
    }
}

/// Whether a browser sent the request: all of them have one of these on each request of a page.
fn is_of_a_browser(head: &Parts) -> bool {
    ["origin", "referer", "sec-fetch-site", "sec-fetch-mode"]
        .iter()
        .any(|name| head.headers.contains_key(*name))
        || head.headers.get(header::USER_AGENT).is_some_and(|agent| agent.as_bytes().starts_with(b"Mozilla/"))
}

/// Whether a browser says that a page of another origin sent the request. Programs that are no browsers send neither header.
fn is_of_another_origin(head: &Parts) -> bool {
    let text = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let own = |origin: &str| {
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        authority.is_some() && authority == text("host")
    };
    text("origin").is_some_and(|origin| !own(origin))
        || text("sec-fetch-site").is_some_and(|site| matches!(site, "cross-site" | "same-site"))
}

fn json_response(body: &impl Serialize) -> ControlResponse {
    match serde_json::to_vec(body) {
        Ok(body) => whole(StatusCode::OK, "application/json", body),
        Err(error) => failed(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn failed(status: StatusCode, message: &str) -> ControlResponse {
    whole(
        status,
        "application/json",
        json!({"error_code": "SANDBOX.CONTROL", "error_msg": message}).to_string(),
    )
}
