//! A small service with a virtual clock, and processes that write to it through one journal.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use huaweicloud_partner::{
    Client,
    auth::Credentials,
    client::{Builder, Observer},
    clock::{Clock, Sleep},
    journal::{Journal, JournalOptions, MemoryJournal, ResolveOptions, Settled},
    resellers::AllocateToReseller,
    transport::{Body, Transport, TransportError, TransportErrorKind},
    types::Site,
};
use time::{OffsetDateTime, macros::format_description};

pub const V: Duration = Duration::from_secs(900);
pub const L: Duration = Duration::from_secs(120);
pub const D: Duration = Duration::from_secs(120);

/// Fault of one write.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Executed, and the response arrives.
    None,
    /// There is no connection: nothing leaves the process.
    Unreachable,
    /// The request never arrives.
    LostRequest,
    /// The request is executed, and the response is lost.
    LostResponse,
    /// The connection breaks, and the request is executed this much later.
    Late(Duration),
    /// Refused with a code.
    Refuse(u16, &'static str),
    /// Executed, and the response is this text.
    Garbled(&'static str),
    /// Executed, and an error comes back.
    ErrorAfter(u16),
    /// A batch of which the first target succeeds, the second is refused and the rest are in neither list.
    Batch,
    /// The same, and the response is lost.
    LostBatch,
    /// The process stands still before the first byte leaves, then goes on.
    PausedBefore(Duration),
    /// Executed, and the process stands still before it reads the response.
    PausedAfter(Duration),
}

#[derive(Clone, Debug)]
pub struct Record {
    pub id: String,
    pub kind: &'static str,
    pub target: String,
    pub amount: Option<String>,
    pub memo: Option<String>,
    pub time: OffsetDateTime,
    pub visible: Duration,
    pub result: &'static str,
}

pub struct State {
    pub base: OffsetDateTime,
    pub now: Duration,
    pub records: Vec<Record>,
    pub faults: VecDeque<Fault>,
    pub record_delay: Duration,
    pub late: Vec<(Duration, Record)>,
    pub writes: usize,
    pub queries: usize,
    /// Responses to the record query that replace the real ones.
    pub query_responses: VecDeque<(u16, String)>,
    /// Whether old signatures are refused.
    pub fence: bool,
    pub ledger_offset: time::Duration,
    /// A process stands still before the first byte of a write or before it reads the response.
    pub paused: bool,
    /// Time for which a process stands still after the response to each of the next queries, before it reads
    /// the response.
    pub query_pauses: VecDeque<Duration>,
    /// The bounds of the latest query.
    pub queried: Option<(OffsetDateTime, OffsetDateTime)>,
    /// Sent requests in their order.
    pub log: Vec<Sent>,
    next: u64,
}

/// A request that arrived.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    pub is_write: bool,
    pub at: Duration,
    /// Time by which the signing time is ahead of the service's.
    pub ahead: time::Duration,
}

#[derive(Clone)]
pub struct World(pub Arc<Mutex<State>>);

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl World {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            base: time::macros::datetime!(2026-05-01 08:00:00 UTC),
            now: Duration::from_millis(100_300),
            records: Vec::new(),
            faults: VecDeque::new(),
            record_delay: Duration::ZERO,
            late: Vec::new(),
            writes: 0,
            queries: 0,
            query_responses: VecDeque::new(),
            fence: true,
            ledger_offset: time::Duration::ZERO,
            paused: false,
            query_pauses: VecDeque::new(),
            queried: None,
            log: Vec::new(),
            next: 0,
        })))
    }

    pub fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.0.lock().unwrap();
        state.settle_late();
        f(&mut state)
    }

    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.with(|state| state.faults.extend(faults));
    }

    pub fn executed(&self) -> usize {
        self.with(|state| state.records.iter().filter(|record| record.result == "0").count())
    }

    pub fn elapse(&self, by: Duration) {
        self.with(|state| state.now += by);
    }

    pub fn now(&self) -> Duration {
        self.with(|state| state.now)
    }

    /// Makes a client of a process whose own clock is off by this number of seconds.
    pub fn client(&self, off: i64) -> Client {
        self.client_with(off, Credentials::keys("AK", "SK").with_domain_id("d1"))
    }

    pub fn client_with(&self, off: i64, credentials: Credentials) -> Client {
        self.client_of(&Arc::new(Mutex::new(time::Duration::seconds(off))), credentials)
    }

    /// Returns the time at which each write arrived.
    pub fn writes_at(&self) -> Vec<Duration> {
        self.with(|state| state.log.iter().filter(|sent| sent.is_write).map(|sent| sent.at).collect())
    }

    /// A client whose clock is off by what this says at each moment.
    pub fn client_of(&self, off: &Arc<Mutex<time::Duration>>, credentials: Credentials) -> Client {
        let suspended = Arc::default();
        self.client_on(WorldClock { world: self.clone(), off: Arc::clone(off), suspended }, credentials)
    }

    /// A client with a clock that the test sets.
    pub fn client_on(&self, clock: WorldClock, credentials: Credentials) -> Client {
        self.builder(clock, credentials).build().unwrap()
    }

    /// A client that shows what happens to an observer.
    pub fn client_with_observer(&self, observer: impl Observer + 'static) -> Client {
        let clock = WorldClock { world: self.clone(), off: Arc::default(), suspended: Arc::default() };
        let credentials = Credentials::keys("AK", "SK").with_domain_id("d1");
        self.builder(clock, credentials).observer(observer).build().unwrap()
    }

    fn builder(&self, clock: WorldClock, credentials: Credentials) -> Builder {
        Client::builder(Site::China).credentials(credentials).transport(self.clone()).clock(clock)
    }

    /// A process with a handle of a journal.
    pub fn process(&self, journal: &MemoryJournal, off: i64, options: JournalOptions) -> Client {
        self.client(off).with_journal_options(Arc::new(journal.clone()) as Arc<dyn Journal>, options)
    }
}

impl State {
    fn settle_late(&mut self) {
        let now = self.now;
        let due: Vec<_> = self.late.extract_if(.., |(at, _)| *at <= now).collect();
        for (at, mut record) in due {
            record.time = self.base + at + self.ledger_offset;
            record.visible = at + self.record_delay;
            self.records.push(record);
        }
    }

    pub fn record(&mut self, kind: &'static str, target: &str, amount: &str, memo: Option<String>) -> Record {
        self.next += 1;
        Record {
            id: format!("R{}", self.next),
            kind,
            target: target.into(),
            amount: Some(amount.into()),
            memo,
            time: self.base + self.now + self.ledger_offset,
            visible: self.now + self.record_delay,
            result: "0",
        }
    }

    /// Adds the record of a write that somebody makes in the console.
    pub fn in_console(&mut self, target: &str, amount: &str) {
        let record = self.record(GRANT, target, amount, None);
        self.records.push(record);
    }
}

pub const GRANT: &str = "SOURCE_OPERATION_BEADJUST";

#[derive(Clone, Debug)]
pub struct WorldClock {
    pub world: World,
    pub off: Arc<Mutex<time::Duration>>,
    /// Time for which the machine was suspended: its monotonic clock stood still.
    pub suspended: Arc<Mutex<Duration>>,
}

impl Clock for WorldClock {
    fn now(&self) -> OffsetDateTime {
        let off = *self.off.lock().unwrap();
        self.world.with(|state| state.base + state.now + off)
    }

    fn elapsed(&self) -> Duration {
        self.world.now().saturating_sub(*self.suspended.lock().unwrap())
    }

    fn boot_time(&self) -> Duration {
        self.world.now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let world = self.world.clone();
        let until = world.now() + duration;
        Box::pin(async move {
            tokio::task::yield_now().await;
            world.with(|state| state.now = state.now.max(until));
        })
    }

    fn alarm(&self, after: Duration) -> Sleep {
        let world = self.world.clone();
        let until = world.now() + after;
        Box::pin(std::future::poll_fn(move |_| {
            if world.now() >= until { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        }))
    }
}

fn broken() -> TransportError {
    TransportError::possibly_sent(TransportErrorKind::Broken)
}

#[async_trait]
impl Transport for World {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        tokio::task::yield_now().await;
        let (head, body) = request.into_parts();
        let body = body.collect(usize::MAX).await.unwrap();
        let signed = head.headers.get("x-sdk-date").map(|date| date.to_str().unwrap().to_owned());
        let is_query = head.uri.path().ends_with("records") || head.uri.path().ends_with("records/query");
        if !is_query {
            let pause = self.with(|state| match state.faults.front() {
                Some(Fault::PausedBefore(pause)) => {
                    let pause = *pause;
                    state.faults.pop_front();
                    Some(pause)
                }
                _ => None,
            });
            if let Some(pause) = pause {
                self.stand_still(pause).await;
            }
        }
        let after = self.with(|state| match state.faults.front() {
            Some(Fault::PausedAfter(pause)) if !is_query => Some(*pause),
            _ => None,
        });
        let response = self.with(|state| {
            let ahead = signed.as_deref().map_or(time::Duration::ZERO, |signed| {
                let format = format_description!("[year][month][day]T[hour][minute][second]Z");
                let signed = time::PrimitiveDateTime::parse(signed, format).unwrap().assume_utc();
                signed - state.base - state.now
            });
            state.log.push(Sent { is_write: !is_query, at: state.now, ahead });
            if ahead.unsigned_abs() > V && state.fence {
                let text = r#"{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: timestamp expired"}"#;
                return Ok(state.respond(401, text.to_owned()));
            }
            if is_query { Ok(state.query(&head)) } else { state.write(&head, &body) }
        });
        if let Some(pause) = after {
            self.stand_still(pause).await;
        }
        response
    }
}

impl World {
    async fn stand_still(&self, pause: Duration) {
        let until = self.with(|state| {
            state.paused = true;
            state.now + pause
        });
        while self.now() < until {
            tokio::task::yield_now().await;
        }
    }
}

impl State {
    fn respond(&self, status: u16, body: String) -> Response<Body> {
        let now = self.base + self.now;
        Response::builder()
            .status(status)
            .header("date", httpdate::fmt_http_date(now.into()))
            .header("x-request-id", "r-1")
            .body(Body::Full(Bytes::from(body)))
            .unwrap()
    }

    fn query(&mut self, head: &http::request::Parts) -> Response<Body> {
        self.queries += 1;
        if let Some((status, body)) = self.query_responses.pop_front() {
            return self.respond(status, body);
        }
        let pairs: Vec<(String, String)> =
            head.uri.query().unwrap_or("").split('&').filter_map(decoded_pair).collect();
        let get = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let time = |name: &str| {
            get(name).map(|text| {
                OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap()
            })
        };
        let (from, until) = (time("operation_time_begin"), time("operation_time_end"));
        self.queried = from.zip(until);
        let vouchers = head.uri.path().contains("coupon");
        let target = get("customer_id").map(str::to_owned);
        // Records are in the order of their times, but for those that were executed late.
        let oldest = from.map(|from| from - time::Duration::HOUR);
        let first = self.records.iter().rposition(|record| oldest.is_some_and(|oldest| record.time < oldest));
        let recent = self.records.get(first.map_or(0, |first| first + 1)..).unwrap_or_default();
        let rows: Vec<&Record> = recent
            .iter()
            .filter(|record| record.visible <= self.now && (record.kind == "1") == vouchers)
            .filter(|record| {
                let time = record.time.replace_nanosecond(0).unwrap();
                from.is_none_or(|from| from <= time) && until.is_none_or(|until| time <= until)
            })
            .filter(|record| {
                target.as_deref().is_none_or(|target| record.target.eq_ignore_ascii_case(target))
            })
            .filter(|record| get("operation_type").is_none_or(|kind| record.kind == kind))
            .collect();
        let text = |value: &Option<String>| serde_json::to_string(value).unwrap();
        let offset: usize = get("offset").and_then(|text| text.parse().ok()).unwrap_or(0);
        let limit: usize = get("limit").and_then(|text| text.parse().ok()).unwrap_or(10);
        let row = |record: &&Record| {
            let stamp = record.time.replace_nanosecond(0).unwrap();
            let stamp = stamp.format(&time::format_description::well_known::Rfc3339).unwrap();
            if vouchers {
                format!(
                    r#"{{"id":"x{0}","coupon_id":"{0}","operation_type":"1","quota_id":"q1","customer_id":"{1}","operation_amount":{2},"operation_time":"{stamp}","result":"{3}","remark":{4}}}"#,
                    record.id,
                    record.target,
                    record.amount.as_deref().unwrap_or("null"),
                    record.result,
                    text(&record.memo),
                )
            } else {
                format!(
                    r#"{{"customer_id":"{}","operation_type":"{}","amount":{},"operation_time":"{stamp}","trans_id":"{}"}}"#,
                    record.target,
                    record.kind,
                    text(&record.amount),
                    record.id,
                )
            }
        };
        let page: Vec<String> = rows.iter().skip(offset).take(limit).map(row).collect();
        let response =
            self.respond(200, format!(r#"{{"records":[{}],"total_count":{}}}"#, page.join(","), rows.len()));
        self.now += self.query_pauses.pop_front().unwrap_or_default();
        response
    }

    fn write(&mut self, head: &http::request::Parts, body: &[u8]) -> Result<Response<Body>, TransportError> {
        self.writes += 1;
        let json: serde_json::Value = serde_json::from_slice(body).unwrap();
        let fault = self.faults.pop_front().unwrap_or(Fault::None);
        let vouchers = head.uri.path().contains("coupon");
        let memo = json["memo"].as_str().map(str::to_owned);
        let amount = json[if vouchers { "face_value" } else { "amount" }].to_string();
        let targets: Vec<String> = if vouchers {
            json["customer_ids"]
                .as_array()
                .unwrap()
                .iter()
                .map(|id| id.as_str().unwrap().to_owned())
                .collect()
        } else {
            let name =
                if head.uri.path().contains("indirect") { "indirect_partner_id" } else { "customer_id" };
            vec![json[name].as_str().unwrap().to_owned()]
        };
        let kind = if vouchers { "1" } else { GRANT };
        let mut records: Vec<Record> =
            targets.iter().map(|target| self.record(kind, target, &amount, memo.clone())).collect();
        let success = |records: &[Record]| match vouchers {
            true => {
                let infos: Vec<String> = records
                    .iter()
                    .map(|record| format!(r#"{{"id":"{}","coupon_id":"{}"}}"#, record.target, record.id))
                    .collect();
                format!(r#"{{"coupon_infos":[{}],"error_details":[]}}"#, infos.join(","))
            }
            false => format!(r#"{{"transfer_id":"{}"}}"#, records[0].id),
        };
        match fault {
            Fault::None | Fault::PausedAfter(_) => {
                let body = success(&records);
                self.records.extend(records);
                Ok(self.respond(200, body))
            }
            Fault::Unreachable => Err(TransportError::never_sent(TransportErrorKind::Connect)),
            Fault::LostRequest => Err(broken()),
            Fault::LostResponse => {
                self.records.extend(records);
                Err(broken())
            }
            Fault::Late(after) => {
                let at = self.now + after;
                self.late.extend(records.into_iter().map(|record| (at, record)));
                Err(broken())
            }
            Fault::Refuse(status, code) => {
                Ok(self.respond(status, format!(r#"{{"error_code":"{code}","error_msg":"no"}}"#)))
            }
            Fault::Garbled(text) => {
                self.records.extend(records);
                Ok(self.respond(200, text.to_owned()))
            }
            Fault::ErrorAfter(status) => {
                self.records.extend(records);
                Ok(self.respond(status, "<html>".to_owned()))
            }
            Fault::Batch | Fault::LostBatch => {
                records.truncate(1);
                let first = success(&records);
                self.records.extend(records);
                if matches!(fault, Fault::LostBatch) {
                    return Err(broken());
                }
                let refused = format!(
                    r#""error_details":[{{"id":"{}","error_code":"CBC.99000035","error_msg":"not yours"}}]"#,
                    targets[1]
                );
                Ok(self.respond(200, first.replace(r#""error_details":[]"#, &refused)))
            }
            Fault::PausedBefore(_) => unreachable!("handled before"),
        }
    }
}

/// Options of a program that writes alone and whose query is known to see the account.
pub fn alone() -> JournalOptions {
    JournalOptions::new().resolve(ResolveOptions::new().sole_writer(true).sees_account(true))
}

/// The same, but one send for each call.
pub fn alone_once() -> JournalOptions {
    alone().sends(1)
}

pub fn transfer(amount: &str) -> AllocateToReseller {
    AllocateToReseller::new("r1", amount.parse::<huaweicloud_partner::types::Amount>().unwrap())
}

pub fn record_of(settled: &Settled) -> &str {
    match settled {
        Settled::Executed(done) => done.record_id(),
        other => panic!("not executed: {other}"),
    }
}

/// A pair of a query, decoded.
fn decoded_pair(pair: &str) -> Option<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let (name, value) = pair.split_once('=')?;
    Some((decode(name), decode(value)))
}
