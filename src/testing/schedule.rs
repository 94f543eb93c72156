//! Faults, and the requests to which they are applied: the same ones on every run.

use std::{fmt, ops::RangeInclusive, sync::Arc, time::Duration};

use http::{Method, request::Parts};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, IgnoredAny, MapAccess, Visitor},
    ser::{Error as _, SerializeMap as _},
};

use crate::{
    operation::{Operation, OperationMeta, match_path},
    types::{
        fields::FieldCodec,
        plain::{plain, variants},
    },
};

/// Fault of one exchange. As JSON for example `"lost_response"`, `{"throttled": 3}`, `{"slow_body": 200}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InjectedFault {
    /// No connection comes about: never sent, not executed.
    NoConnection,
    /// The connection breaks while the request is on its way: possibly sent, in fact not executed.
    LostRequest,
    /// The connection breaks after the request was executed: possibly sent, in fact executed.
    LostResponse,
    /// The time limit passes after the request was executed.
    TimedOut,
    /// Status 500 from a service that did not execute the request.
    ErrorBefore,
    /// Status 500 from a service that executed the request.
    ErrorAfter,
    /// Status 429 from the gateway, which did not pass the request on; with this wait in `Retry-After`, where given. In
    /// JSON whole seconds.
    Throttled(Option<Duration>),
    /// The body comes in pieces of 1 kB, each after this wait. In JSON milliseconds.
    SlowBody(Duration),
    /// The body is as it should be, and the content type says HTML.
    WrongContentType,
    /// The connection breaks in the middle of the body; the announced length is that of the whole.
    CutOffBody,
    /// The `Date` header is this much later, or earlier where negative. In JSON seconds.
    ClockSkew(time::Duration),
    /// The response, where it is a JSON object, has fields that no documentation names, also in the rows of its lists.
    UnknownFields,
    /// Status 400 with a code that no documentation names, from a service that did not execute the request.
    UnknownCode,
}

variants! {
    InjectedFault {
        NoConnection = "no_connection",
        LostRequest = "lost_request",
        LostResponse = "lost_response",
        TimedOut = "timed_out",
        ErrorBefore = "error_before",
        ErrorAfter = "error_after",
        Throttled [Seconds] = "throttled",
        SlowBody [Milliseconds] = "slow_body",
        WrongContentType = "wrong_content_type",
        CutOffBody = "cut_off_body",
        ClockSkew [Skew] = "clock_skew",
        UnknownFields = "unknown_fields",
        UnknownCode = "unknown_code",
    }
}

/// A time as whole seconds, or none.
struct Seconds;

impl FieldCodec<Option<Duration>> for Seconds {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_secs))
    }

    fn write<S: Serializer>(wait: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        wait.map(|wait| wait.as_secs()).serialize(serializer)
    }
}

/// A time as whole milliseconds.
struct Milliseconds;

impl FieldCodec<Duration> for Milliseconds {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }

    fn write<S: Serializer>(wait: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
    }
}

/// A difference as whole seconds, forward or back.
struct Skew;

impl FieldCodec<time::Duration> for Skew {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<time::Duration, D::Error> {
        i64::deserialize(deserializer).map(time::Duration::seconds)
    }

    fn write<S: Serializer>(skew: &time::Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(skew.whole_seconds())
    }
}

/// The requests to which a fault is applied. As JSON for example `{"on": "bss.CreatePartnerCoupons", "call": 2}` or
/// `{"percent": 10}`; conditions in code cannot be written.
#[derive(Clone)]
#[must_use]
pub struct FaultTrigger {
    /// Qualified name of an operation; other requests are neither affected nor counted.
    on: Option<String>,
    which: Which,
    /// The address of the operation, for requests that do not carry its name.
    meta: Option<&'static OperationMeta>,
    conditions: Vec<Condition>,
}

type Condition = Arc<dyn Fn(&Parts) -> bool + Send + Sync>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// The one of this number, from 1.
    Call(u64),
    /// From the first number to the second, both included.
    Calls(u64, u64),
    /// Requests whose number can be divided by this one.
    Every(u64),
    /// This many of a hundred, by chance.
    Percent(u8),
}

impl Which {
    /// The condition by its name; `None` where the name is another one.
    fn read<'de, A: MapAccess<'de>>(name: &str, map: &mut A) -> Result<Option<Self>, A::Error> {
        Ok(Some(match name {
            "call" => Self::Call(map.next_value()?),
            "calls" => {
                let (first, last) = map.next_value()?;
                Self::Calls(first, last)
            }
            "every" => Self::Every(map.next_value()?),
            "percent" => Self::Percent(map.next_value()?),
            _ => return Ok(None),
        }))
    }
}

impl FaultTrigger {
    const fn new(which: Which) -> Self {
        Self { on: None, which, meta: None, conditions: Vec::new() }
    }

    /// Triggers on every request.
    pub const fn always() -> Self {
        Self::every(1)
    }

    /// The request of this number, from 1.
    pub const fn call(number: u64) -> Self {
        Self::new(Which::Call(number))
    }

    /// The requests of these numbers, from 1.
    pub const fn calls(numbers: RangeInclusive<u64>) -> Self {
        Self::new(Which::Calls(*numbers.start(), *numbers.end()))
    }

    /// Each request whose number can be divided by this one; none for 0.
    pub const fn every(number: u64) -> Self {
        Self::new(Which::Every(number))
    }

    /// Triggers on this percentage of the requests, chosen by chance; from 100 on, on every one.
    pub const fn percent(percent: u8) -> Self {
        Self::new(Which::Percent(percent))
    }

    /// Limits the trigger to requests of an operation; others are neither affected nor counted.
    pub fn of<O: Operation>(self) -> Self {
        self.of_operation(O::META)
    }

    /// As [`of`](Self::of), by what is documented about the operation.
    pub fn of_operation(mut self, meta: &'static OperationMeta) -> Self {
        self.on = Some(meta.name.to_owned());
        self.meta = Some(meta);
        self
    }

    /// The qualified name of the operation that it is limited to.
    pub fn operation(&self) -> Option<&str> {
        self.on.as_deref()
    }

    /// Only requests of a method and path, whose parameters stand in braces.
    pub fn path(self, method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        self.request(move |parts| parts.method == method && match_path(&path, parts.uri.path()).is_some())
    }

    /// Only requests for which this holds.
    pub fn request(mut self, condition: impl Fn(&Parts) -> bool + Send + Sync + 'static) -> Self {
        self.conditions.push(Arc::new(condition));
        self
    }

    fn is_about(&self, operation: Option<&str>, parts: Option<&Parts>) -> bool {
        let operation_fits = match (&self.on, operation) {
            (None, _) => true,
            (Some(on), Some(operation)) => on == operation,
            (Some(_), None) => self.meta.zip(parts).is_some_and(|(meta, parts)| {
                parts.method == meta.method.as_str() && match_path(meta.path, parts.uri.path()).is_some()
            }),
        };
        // A condition on the request holds for no event that has none.
        operation_fits && self.conditions.iter().all(|condition| parts.is_some_and(|parts| condition(parts)))
    }
}

impl PartialEq for FaultTrigger {
    /// Conditions in code are equal to nothing.
    fn eq(&self, other: &Self) -> bool {
        self.on == other.on
            && self.which == other.which
            && self.conditions.is_empty()
            && other.conditions.is_empty()
    }
}

impl Serialize for FaultTrigger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.conditions.is_empty() {
            return Err(S::Error::custom("a condition in code cannot be written"));
        }
        let mut map = serializer.serialize_map(None)?;
        if let Some(on) = &self.on {
            map.serialize_entry("on", on)?;
        }
        match self.which {
            Which::Call(number) => map.serialize_entry("call", &number)?,
            Which::Calls(first, last) => map.serialize_entry("calls", &(first, last))?,
            Which::Every(number) => map.serialize_entry("every", &number)?,
            Which::Percent(percent) => map.serialize_entry("percent", &percent)?,
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for FaultTrigger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Trigger;

        impl<'de> Visitor<'de> for Trigger {
            type Value = FaultTrigger;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("struct FaultTrigger")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FaultTrigger, A::Error> {
                let (mut on, mut which) = (None, None);
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "on" if on.is_some() => return Err(de::Error::duplicate_field("on")),
                        "on" => on = Some(map.next_value::<Option<String>>()?),
                        name if which.is_none() => {
                            which = Which::read(name, &mut map)?;
                            if which.is_none() {
                                map.next_value::<IgnoredAny>()?;
                            }
                        }
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                let missing = || de::Error::custom("expected one of call, calls, every, percent");
                Ok(FaultTrigger { on: on.flatten(), ..FaultTrigger::new(which.ok_or_else(missing)?) })
            }
        }

        deserializer.deserialize_map(Trigger)
    }
}

impl fmt::Debug for FaultTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = self.on.as_deref().unwrap_or("any");
        write!(f, "FaultTrigger({on}, {:?}, {} conditions)", self.which, self.conditions.len())
    }
}

/// The faults to come and those that were applied, for one seed always the same ones. The scheduler of
/// [`FaultTransport`](super::FaultTransport) and of the sandbox.
///
/// Every rule counts the requests that it is about, whether another rule was applied or not. Where several rules apply,
/// the one added first decides. `F` is the type of the faults; a test double may have more kinds than [`InjectedFault`].
#[derive(Clone, Debug)]
pub struct FaultSchedule<F = InjectedFault> {
    seed: u64,
    rules: Vec<Rule<F>>,
    requests: u64,
    injected: Vec<(u64, F)>,
}

plain! { FaultSchedule<F> { seed [default], rules [default], requests [default], injected [default] } }

impl<F> Default for FaultSchedule<F> {
    fn default() -> Self {
        Self { seed: 0, rules: Vec::new(), requests: 0, injected: Vec::new() }
    }
}

#[derive(Clone, Debug)]
struct Rule<F> {
    fault: F,
    when: FaultTrigger,
    seen: u64,
    /// The state of the generator of its chances.
    chance: u64,
}

plain! { Rule<F> { fault, when, seen, chance } }

impl<F: Clone> FaultSchedule<F> {
    /// Creates a schedule without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are no faults to come.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The faults to come, each with its trigger and the number of requests that were counted for it.
    pub fn rules(&self) -> impl Iterator<Item = (&F, &FaultTrigger, u64)> {
        self.rules.iter().map(|rule| (&rule.fault, &rule.when, rule.seen))
    }

    /// Sets the seed of all chances; 0 unless set.
    pub fn seed(&mut self, seed: u64) {
        self.seed = seed;
        for (index, rule) in self.rules.iter_mut().enumerate() {
            rule.chance = chance(seed, index);
        }
    }

    /// Adds a fault.
    pub fn inject(&mut self, fault: F, when: FaultTrigger) {
        let chance = chance(self.seed, self.rules.len());
        self.rules.push(Rule { fault, when, seen: 0, chance });
    }

    /// Removes all faults and forgets those that were applied; the seed stays.
    pub fn clear(&mut self) {
        *self = Self { seed: self.seed, ..Self::default() };
    }

    /// Counts a request of an operation, and returns the fault that is applied to it. Rules with conditions on the request
    /// do not apply.
    pub fn next_of_operation(&mut self, operation: Option<&str>) -> Option<F> {
        self.next(operation, None)
    }

    /// Counts a request, and returns the fault that is applied to it. The operation is the one whose META is among the
    /// request's extensions, where the client put it, or the one whose address it has.
    pub fn next_of_request(&mut self, parts: &Parts) -> Option<F> {
        let operation = parts.extensions.get::<&'static OperationMeta>().map(|meta| meta.name);
        self.next(operation, Some(parts))
    }

    /// The faults that were applied, each with the number of its request among all, from 1.
    pub fn injected(&self) -> &[(u64, F)] {
        &self.injected
    }

    fn next(&mut self, operation: Option<&str>, parts: Option<&Parts>) -> Option<F> {
        self.requests = self.requests.saturating_add(1);
        let mut applied = None;
        for rule in &mut self.rules {
            if rule.applies(operation, parts) {
                applied = applied.or_else(|| Some(rule.fault.clone()));
            }
        }
        self.injected.extend(applied.clone().map(|fault| (self.requests, fault)));
        applied
    }
}

impl<F> Rule<F> {
    /// Counts a request that it is about, and says whether the fault is applied to it.
    fn applies(&mut self, operation: Option<&str>, parts: Option<&Parts>) -> bool {
        if !self.when.is_about(operation, parts) {
            return false;
        }
        self.seen = self.seen.saturating_add(1);
        match self.when.which {
            Which::Call(number) => self.seen == number,
            Which::Calls(first, last) => (first..=last).contains(&self.seen),
            Which::Every(number) => self.seen.checked_rem(number) == Some(0),
            Which::Percent(percent) => {
                let mut generator = fastrand::Rng::with_seed(self.chance);
                let applied = generator.u8(..100) < percent;
                self.chance = generator.get_seed();
                applied
            }
        }
    }
}

/// Start of the random sequence of a rule, so that one more rule does not change the others.
fn chance(seed: u64, rule: usize) -> u64 {
    // Spread, so that the first rules of neighbouring seeds do not share one.
    seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(rule as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_are_read_from_json_and_written_to_it() {
        for (json, trigger) in [
            (r#"{"call":2}"#, FaultTrigger::call(2)),
            (r#"{"calls":[2,5]}"#, FaultTrigger::calls(2..=5)),
            (r#"{"every":3}"#, FaultTrigger::every(3)),
            (
                r#"{"on":"bss.ListIndirectPartners","percent":10}"#,
                FaultTrigger::percent(10).of::<crate::resellers::ListResellers>(),
            ),
        ] {
            assert_eq!(serde_json::from_str::<FaultTrigger>(json).unwrap(), trigger, "{json}");
            assert_eq!(serde_json::to_string(&trigger).unwrap(), json);
        }
        serde_json::from_str::<FaultTrigger>(r#"{"on":"bss.ListIndirectPartners"}"#).unwrap_err();
        serde_json::to_string(&FaultTrigger::always().request(|_| true)).unwrap_err();
    }

    #[test]
    fn a_stored_schedule_continues_where_it_stood() {
        let faults = |schedule: &mut FaultSchedule| -> Vec<bool> {
            (0..50).map(|_| schedule.next_of_operation(Some("bss.X")).is_some()).collect()
        };
        let mut schedule: FaultSchedule = FaultSchedule::new();
        schedule.seed(7);
        schedule.inject(InjectedFault::NoConnection, FaultTrigger::percent(30));
        schedule.inject(InjectedFault::LostRequest, FaultTrigger::call(60));
        faults(&mut schedule);
        let stored = serde_json::to_string(&schedule).unwrap();
        let mut restored: FaultSchedule = serde_json::from_str(&stored).unwrap();
        assert_eq!(faults(&mut schedule), faults(&mut restored));
        assert_eq!(schedule.injected(), restored.injected());
        schedule.clear();
        assert!(schedule.is_empty() && schedule.injected().is_empty());
    }
}
