//! Comparing the sandbox with a recording of the real service.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::SystemTime,
};

use http::{Request, Response, header};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Sandbox, core::Account};
use huaweicloud_partner::{
    auth::{AccessKeys, sign},
    clock::Clock as _,
    operation::{Method, OperationMeta},
    registry,
    testing::Cassette,
    transport::{Body, Transport as _},
};

/// Difference between the sandbox and a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The number of the exchange in the recording, from 1.
    pub exchange: usize,
    /// The qualified name of the operation; none where the request was no operation.
    pub operation: Option<&'static str>,
    /// Path in the body, such as `records[].amount`; empty for the response as a whole.
    pub path: String,
    /// Kind of the difference.
    pub what: Departure,
}

/// Kind of difference at a place. The first value is the recording's, the second the sandbox's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Departure {
    /// The HTTP status.
    Status(u16, u16),
    /// The error code; none where there was no error.
    Code(Option<String>, Option<String>),
    /// The recording has a field that the sandbox leaves out.
    Missing,
    /// The sandbox has a field that the recording leaves out.
    Additional,
    /// The JSON type of a value, such as `number` and `string`.
    Type(&'static str, &'static str),
    /// The direction in which the rows of a list are sorted by a time.
    Order(&'static str, &'static str),
    /// The request is no operation that the sandbox knows.
    UnknownOperation,
    /// The request could not be replayed, for this reason.
    NotReplayed(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exchange, operation, path, what } = self;
        write!(f, "exchange {exchange}, {}", operation.unwrap_or("no operation"))?;
        if !path.is_empty() {
            write!(f, ", {path}")?;
        }
        let code = |code: &Option<String>| code.clone().unwrap_or_else(|| "no error".to_owned());
        match what {
            Departure::Status(theirs, own) => write!(f, ": recorded status {theirs}, sandbox {own}"),
            Departure::Code(theirs, own) => write!(f, ": recorded {}, sandbox {}", code(theirs), code(own)),
            Departure::Missing => f.write_str(": recorded, not in the sandbox"),
            Departure::Additional => f.write_str(": in the sandbox, not recorded"),
            Departure::Type(theirs, own) => write!(f, ": recorded a {theirs}, sandbox a {own}"),
            Departure::Order(theirs, own) => write!(f, ": recorded {theirs}, sandbox {own}"),
            Departure::UnknownOperation => f.write_str(": the sandbox knows no such operation"),
            Departure::NotReplayed(why) => write!(f, ": not replayed, {why}"),
        }
    }
}

/// Replays a recording of the real service and lists where the sandbox differs.
///
/// Compared are the status, the error code, which fields there are, their JSON types, and by which time lists are sorted.
/// Values are not compared: they are another world's. A field that is null counts as absent, and an empty list says
/// nothing about its rows. Ids that the recorded service gave are replaced, in later requests, by those that the sandbox
/// gave at the same place, and the clock moves as the recorded `Date` headers do; [`Conformance::with_value`] replaces
/// others, and [`Conformance::with_masked`] those that the recording masks.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use huaweicloud_partner::{Client, resellers::ListResellers, testing::Recorder, types::Site};
/// use huaweicloud_partner_sandbox::{Conformance, Sandbox};
///
/// // In place of the sandbox stands the real service, recorded once by a team with a contract.
/// let service = Sandbox::small_distributor();
/// let recorder = Recorder::new(service.clone());
/// let client = Client::builder(Site::China)
///     .credentials(service.credentials("distributor").ok_or("no such account")?)
///     .clock(service.clock().clone())
///     .transport(recorder.clone())
///     .build()?;
/// client.send(&ListResellers::new()).await?;
///
/// let differences = Conformance::with(Sandbox::small_distributor()).of(&recorder.cassette()).await;
/// assert_eq!(differences, []);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Conformance {
    sandbox: Sandbox,
    caller: Option<String>,
    values: BTreeMap<String, String>,
    /// Values in place of masked ones, by the names of their fields.
    masked: BTreeMap<String, String>,
}

/// Text of recordings in place of secrets and personal data.
const MASK: &str = "***";

/// Replays a recording against the world `everyone`; see [`Conformance`].
pub async fn conform(cassette: &Cassette) -> Vec<Difference> {
    match Sandbox::named("everyone") {
        Some(sandbox) => Conformance::with(sandbox).of(cassette).await,
        None => Vec::new(),
    }
}

impl Conformance {
    /// Compares this world.
    pub fn with(sandbox: Sandbox) -> Self {
        Self {
            sandbox: sandbox.without_quotas(),
            caller: None,
            values: BTreeMap::new(),
            masked: BTreeMap::new(),
        }
    }

    /// All requests are made by this account. Without it each is made by the first that may.
    #[must_use]
    pub fn calling_as(mut self, account: impl Into<String>) -> Self {
        self.caller = Some(account.into());
        self
    }

    /// A text of the recorded requests is another one here, such as an id of the real service.
    #[must_use]
    pub fn with_value(mut self, recorded: impl Into<String>, here: impl Into<String>) -> Self {
        self.values.insert(recorded.into(), here.into());
        self
    }

    /// Sets the value of a field of requests that recordings mask, such as `mobile_phone`.
    ///
    /// Without it, a request in which the field is masked is not replayed, and the difference names the field. A masked
    /// verification code needs no value: it is the one that the sandbox sent last.
    #[must_use]
    pub fn with_masked(mut self, field: impl Into<String>, here: impl Into<String>) -> Self {
        self.masked.insert(field.into(), here.into());
        self
    }

    /// Replays a recording in its order and lists the differences. Exchanges without a response are ignored.
    pub async fn of(mut self, cassette: &Cassette) -> Vec<Difference> {
        let recorded: Value = serde_json::from_str(&cassette.to_json()).unwrap_or_default();
        let mut found = Vec::new();
        let mut last: Option<SystemTime> = None;
        for (index, exchange) in
            recorded.get("exchanges").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            // As much time passes as passed between the recorded responses.
            if let Some(at) = date_of(&exchange["response"]) {
                let passed = last.and_then(|last| at.duration_since(last).ok()).unwrap_or_default();
                self.sandbox.clock().advance(passed);
                last = Some(at);
            }
            if exchange["response"].is_object() {
                self.replay(index + 1, exchange, &mut found).await;
            }
        }
        found
    }

    async fn replay(&mut self, number: usize, exchange: &Value, found: &mut Vec<Difference>) {
        let (request, response) = (&exchange["request"], &exchange["response"]);
        let text = |field: &str| request[field].as_str().unwrap_or_default();
        let method = text("method").parse::<http::Method>().unwrap_or_default();
        let entry = Method::read(&method).and_then(|method| registry::find_address(method, text("path")));
        let operation = entry.map(|entry| entry.meta.name);
        let mut report =
            |path: String, what| found.push(Difference { exchange: number, operation, path, what });
        let Some(meta) = entry.map(|entry| entry.meta) else {
            report(String::new(), Departure::UnknownOperation);
            return;
        };
        let sent = match self.request(meta, method, text("path"), text("query"), request) {
            Ok(request) => self.sandbox.send(request).await.map_err(|error| error.to_string()),
            Err(why) => Err(why),
        };
        let (status, body) = match sent {
            Ok(response) => match read(response).await {
                Some(read) => read,
                None => {
                    return report(String::new(), Departure::NotReplayed("the body broke off".to_owned()));
                }
            },
            Err(why) => return report(String::new(), Departure::NotReplayed(why)),
        };
        let recorded = u16::try_from(response["status"].as_u64().unwrap_or_default()).unwrap_or_default();
        if recorded != status {
            report(String::new(), Departure::Status(recorded, status));
        }
        let theirs = response["body"].get("json").cloned().unwrap_or_default();
        let (code, own_code) = (code_of(&theirs), code_of(&body));
        if code != own_code {
            return report(String::new(), Departure::Code(code, own_code));
        }
        let mut departures = BTreeMap::new();
        compare("", &theirs, &body, &mut departures);
        for (path, what) in departures {
            report(path, what);
        }
        let mut texts = BTreeSet::new();
        texts_of(&body, &mut texts);
        self.learn(&theirs, &body, &texts);
    }

    /// The recorded request with the ids of this world, signed by an account of it.
    fn request(
        &self,
        meta: &OperationMeta,
        method: http::Method,
        path: &str,
        query: &str,
        recorded: &Value,
    ) -> Result<Request<Body>, String> {
        let state = self.sandbox.snapshot();
        let may = |account: &&Account| {
            let kind = account.kind.identity();
            meta.sites.contains(account.site) && kind.is_some_and(|kind| meta.caller.admits(kind))
        };
        let account = match &self.caller {
            Some(id) => state.accounts().find(|account| account.id == *id),
            None => state.accounts().find(may),
        };
        let account = account.ok_or("no account of the world may call it")?;
        let sent = state.identity.newest_code().map(|sent| sent.code.expose());
        let mut path_and_query = self.translated(path);
        if !query.is_empty() {
            let unmasked: Result<Vec<String>, String> = query
                .split('&')
                .map(|pair| match pair.split_once('=') {
                    Some((name, MASK)) => {
                        let value = self.unmasked(name, sent)?;
                        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                        Ok(format!("{name}={value}"))
                    }
                    _ => Ok(self.translated(pair)),
                })
                .collect();
            path_and_query = format!("{path_and_query}?{}", unmasked?.join("&"));
        }
        let body = match recorded["body"].get("json") {
            Some(json) => {
                let json = self.translate("", json.clone(), sent)?;
                serde_json::to_vec(&json).map_err(|error| error.to_string())?
            }
            None if recorded["body"].is_object() => return Err("its body is no JSON".to_owned()),
            None => Vec::new(),
        };
        let mut request = Request::builder().method(method).uri(format!("https://127.0.0.1{path_and_query}"));
        for (name, value) in recorded["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
        let request =
            request.header(header::HOST, "127.0.0.1").body(()).map_err(|error| error.to_string())?;
        let (mut head, ()) = request.into_parts();
        let (id, secret) = (account.access_key.clone(), account.secret_key.clone());
        let keys = AccessKeys { id, secret, security_token: None };
        sign(&mut head, body.as_slice(), &keys, self.sandbox.clock().now())
            .map_err(|error| error.to_string())?;
        Ok(Request::from_parts(head, Body::from(body)))
    }

    /// A path or query with this world's ids.
    fn translated(&self, text: &str) -> String {
        let part = |part: &str| self.values.get(part).cloned().unwrap_or_else(|| part.to_owned());
        text.split_inclusive(['/', '&', '='])
            .map(|piece| {
                let end = piece.len() - usize::from(piece.ends_with(['/', '&', '=']));
                let (word, mark) = piece.split_at(end);
                part(word) + mark
            })
            .collect()
    }

    /// A body with this world's ids and with values in the place of those that are masked.
    fn translate(&self, field: &str, value: Value, sent: Option<&str>) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) if text == MASK => self.unmasked(field, sent)?.into(),
            Value::String(text) => self.values.get(&text).cloned().unwrap_or(text).into(),
            Value::Array(items) => Value::Array(
                items.into_iter().map(|item| self.translate(field, item, sent)).collect::<Result<_, _>>()?,
            ),
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| {
                    let value = self.translate(&name, value, sent)?;
                    Ok((name, value))
                });
                Value::Object(fields.collect::<Result<_, String>>()?)
            }
            other => other,
        })
    }

    /// Returns the value of a masked field, or the reason why it is not known.
    fn unmasked(&self, field: &str, sent: Option<&str>) -> Result<String, String> {
        let given = self.masked.get(field).or_else(|| self.values.get(MASK)).cloned();
        given.or_else(|| sent.filter(|_| field == "verification_code").map(str::to_owned)).ok_or_else(|| {
            format!("{field} is masked in the recording: give its value with Conformance::with_masked")
        })
    }

    /// Remembers which id here stands for which recorded one; not of those that are in both.
    fn learn(&mut self, theirs: &Value, own: &Value, here: &BTreeSet<String>) {
        match (theirs, own) {
            (Value::Object(theirs), Value::Object(own)) => {
                for (name, value) in theirs {
                    match (value.as_str(), own.get(name).and_then(Value::as_str)) {
                        (Some(recorded), Some(other))
                            if name.ends_with("id") && recorded != MASK && !here.contains(recorded) =>
                        {
                            self.values.entry(recorded.to_owned()).or_insert_with(|| other.to_owned());
                        }
                        _ => self.learn(value, own.get(name).unwrap_or(&Value::Null), here),
                    }
                }
            }
            (Value::Array(theirs), Value::Array(own)) => {
                theirs.iter().zip(own).for_each(|(theirs, own)| self.learn(theirs, own, here));
            }
            _ => {}
        }
    }
}

fn texts_of(value: &Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(texts.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| texts_of(field, texts)),
        _ => {}
    }
}

/// The time of a recorded response, by its header.
fn date_of(response: &Value) -> Option<SystemTime> {
    httpdate::parse_http_date(response.pointer("/headers/date")?.as_str()?).ok()
}

/// The status and the body; a body that is no JSON is null.
async fn read(response: Response<Body>) -> Option<(u16, Value)> {
    let (head, body) = response.into_parts();
    let body = body.collect(usize::MAX).await.ok()?;
    Some((head.status.as_u16(), serde_json::from_slice(&body).unwrap_or_default()))
}

/// The error code of a body, however it is spelled.
fn code_of(body: &Value) -> Option<String> {
    let found = ["error_code", "errorCode", "code"].iter().find_map(|name| body.get(*name)?.as_str());
    found.filter(|code| !matches!(*code, "" | "0" | "CBC.0000")).map(str::to_owned)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// Compares the forms of two values; the rows of a list are compared as one that has the fields of all.
fn compare(path: &str, theirs: &Value, own: &Value, found: &mut BTreeMap<String, Departure>) {
    match (theirs, own) {
        (Value::Object(theirs), Value::Object(own)) => {
            let names: BTreeSet<&String> = theirs.keys().chain(own.keys()).collect();
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let given = |fields: &'_ serde_json::Map<String, Value>| {
                    fields.get(name).filter(|value| !value.is_null()).cloned()
                };
                match (given(theirs), given(own)) {
                    (Some(theirs), Some(own)) => compare(&path, &theirs, &own, found),
                    (Some(value), None) if value.as_array().is_some_and(Vec::is_empty) => {}
                    (None, Some(value)) if value.as_array().is_some_and(Vec::is_empty) => {}
                    (Some(_), None) => drop(found.insert(path, Departure::Missing)),
                    (None, Some(_)) => drop(found.insert(path, Departure::Additional)),
                    (None, None) => {}
                }
            }
        }
        (Value::Array(theirs), Value::Array(own)) if !theirs.is_empty() && !own.is_empty() => {
            let path = format!("{path}[]");
            sorted(&path, theirs, own, found);
            compare(&path, &united(theirs), &united(own), found);
        }
        _ if kind(theirs) != kind(own) => {
            found.insert(path.to_owned(), Departure::Type(kind(theirs), kind(own)));
        }
        _ => {}
    }
}

/// One row with the fields of all rows.
fn united(rows: &[Value]) -> Value {
    let mut all = serde_json::Map::new();
    for row in rows {
        let Some(fields) = row.as_object() else { return row.clone() };
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            match all.get_mut(name) {
                Some(Value::Array(held)) => held.extend(value.as_array().into_iter().flatten().cloned()),
                Some(_) => {}
                None => drop(all.insert(name.clone(), value.clone())),
            }
        }
    }
    all.into()
}

/// Compares by which direction rows are sorted by each time that all of them have.
fn sorted(path: &str, theirs: &[Value], own: &[Value], found: &mut BTreeMap<String, Departure>) {
    let names = theirs.first().and_then(Value::as_object).into_iter().flat_map(|fields| fields.keys());
    for name in names {
        if let (Some(recorded), Some(here)) = (direction(theirs, name), direction(own, name))
            && recorded != here
        {
            found.insert(format!("{path}.{name}"), Departure::Order(recorded, here));
        }
    }
}

/// Returns the direction in which rows are sorted by a time; `None` where it cannot be determined.
fn direction(rows: &[Value], name: &str) -> Option<&'static str> {
    let time = |row: &Value| OffsetDateTime::parse(row.get(name)?.as_str()?, &Rfc3339).ok();
    let times: Vec<OffsetDateTime> = rows.iter().map(time).collect::<Option<_>>()?;
    if times.first() == times.last() {
        return None;
    }
    if times.is_sorted() {
        Some("oldest first")
    } else if times.iter().rev().is_sorted() {
        Some("newest first")
    } else {
        None
    }
}
