//! Faults that the sandbox itself makes, always the same ones for a seed.

mod late;
mod rules;

use std::{collections::BTreeMap, ops::RangeInclusive, time::Duration};

use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Value, json};

pub(crate) use late::{LateRequest, Past};

use super::core::Refusal;
use huaweicloud_partner::{
    error::{ApiError, ErrorCode},
    operation::{Operation, OperationMeta, Service},
    testing::InjectedFault,
};

/// What goes wrong with one request. As JSON for example `"lost_answer"`, `{"executed_late": 90}` or
/// `{"code": "CBC.99005003"}`; every [`InjectedFault`] is one, by the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SandboxFault {
    /// Something happens on the way to the service or back.
    Exchange(InjectedFault),
    /// The connection breaks at once, and the request reaches the gateway this much later by the sandbox's clock. In JSON
    /// whole seconds. The gateway refuses it then if its signature is too old.
    ExecutedLate(Duration),
    /// The service refuses the request with this code and does not execute it. Any documented code may be given, for any
    /// operation. Who is not recognised or calls too often is refused for that.
    Code(String),
}

impl From<InjectedFault> for SandboxFault {
    fn from(fault: InjectedFault) -> Self {
        Self::Exchange(fault)
    }
}

impl From<ErrorCode> for SandboxFault {
    fn from(code: ErrorCode) -> Self {
        Self::Code(code.as_str().to_owned())
    }
}

impl Serialize for SandboxFault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exchange(fault) => fault.serialize(serializer),
            Self::ExecutedLate(delay) => json!({"executed_late": delay.as_secs()}).serialize(serializer),
            Self::Code(code) => json!({"code": code}).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SandboxFault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let own =
            value.as_object().filter(|fields| fields.len() == 1).and_then(|fields| fields.iter().next());
        match own.map(|(name, value)| (name.as_str(), value)) {
            Some(("executed_late", seconds)) => match seconds.as_u64() {
                Some(seconds) => Ok(Self::ExecutedLate(Duration::from_secs(seconds))),
                None => Err(D::Error::custom("executed_late takes whole seconds")),
            },
            Some(("code", code)) => match code.as_str() {
                Some(code) if !code.is_empty() => Ok(Self::Code(code.to_owned())),
                _ => Err(D::Error::custom("code takes the code as text")),
            },
            _ => serde_json::from_value(value).map(Self::Exchange).map_err(D::Error::custom),
        }
    }
}

/// The refusal with a code that was injected, with the status that is documented for it.
pub(crate) fn refusal(code: &str, meta: &OperationMeta) -> Refusal {
    let code = ErrorCode::from(code);
    let status = match code.as_str() {
        "CBC.0105" | "OSM.0002" => StatusCode::UNAUTHORIZED,
        "CBC.0150" | "CBC.0151" | "CBC.0154" | "CBC.0155" | "CBC.0156" | "OSM.0003" => StatusCode::FORBIDDEN,
        "CBC.0250" => StatusCode::TOO_MANY_REQUESTS,
        "CBC.0999" | "CBC.7181" | "CBC.99000050" | "OSM.0004" => StatusCode::INTERNAL_SERVER_ERROR,
        "CBC.3002" | "CBC.3006" | "CBC.3016" | "CBC.3185" | "CBC.5001" | "CBC.5002" | "CBC.5003"
        | "CBC.5004" | "CBC.5021" | "CBC.6055" | "CBC.50010105" | "CBC.99000048" => StatusCode::OK,
        other => match other.split_once('.') {
            Some(("APIG" | "APIGW", "0101" | "0106")) => StatusCode::NOT_FOUND,
            Some(("APIG" | "APIGW", "0301" | "0307")) => StatusCode::UNAUTHORIZED,
            Some(("APIG" | "APIGW", "0302" | "0303" | "0304" | "0305")) => StatusCode::FORBIDDEN,
            Some(("APIG" | "APIGW", "0308")) => StatusCode::TOO_MANY_REQUESTS,
            Some(("APIG" | "APIGW", number)) if number.starts_with("02") => StatusCode::BAD_GATEWAY,
            Some(("APIG" | "APIGW", number)) if number.starts_with("06") => StatusCode::INTERNAL_SERVER_ERROR,
            _ if meta.service() == Service::Tickets => StatusCode::OK,
            _ => StatusCode::BAD_REQUEST,
        },
    };
    let meaning = code.info().map_or("refused by an injected fault", |info| info.meaning);
    ApiError::new(status, code.as_str(), meaning)
}

/// The requests to which a fault is applied. As JSON for example `{"on": "bss.IssueVouchers", "call": 2}` or `{"percent": 10}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct FaultTrigger {
    /// The qualified name of an operation; other requests are neither affected nor counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on: Option<String>,
    #[serde(flatten)]
    which: Which,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Which {
    /// The one of this number, from 1.
    Call(u64),
    /// From this number to that, both included.
    Calls(u64, u64),
    /// Those whose number can be divided by this one.
    Every(u64),
    /// This many of a hundred, by chance.
    Percent(u8),
}

impl FaultTrigger {
    /// Every request.
    pub const fn always() -> Self {
        Self::every(1)
    }

    /// The request of this number, from 1.
    pub const fn call(number: u64) -> Self {
        Self { on: None, which: Which::Call(number) }
    }

    /// The requests of these numbers, from 1.
    pub const fn calls(numbers: RangeInclusive<u64>) -> Self {
        Self { on: None, which: Which::Calls(*numbers.start(), *numbers.end()) }
    }

    /// Each request whose number can be divided by this one; none for 0.
    pub const fn every(number: u64) -> Self {
        Self { on: None, which: Which::Every(number) }
    }

    /// This many of a hundred requests, by chance.
    pub const fn percent(percent: u8) -> Self {
        Self { on: None, which: Which::Percent(percent) }
    }

    /// Only requests of an operation; others are neither affected nor counted.
    pub fn of<O: Operation>(self) -> Self {
        Self { on: Some(O::META.name.to_owned()), ..self }
    }
}

/// The faults to come and those that were.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Faults {
    seed: u64,
    rules: Vec<Rule>,
    requests: u64,
    pub(crate) injected: Vec<(u64, SandboxFault)>,
    /// By the qualified names of queries how many seconds pass before they show what was done.
    pub(crate) delays: BTreeMap<String, u32>,
    /// By how many seconds the gateway's clock is ahead.
    pub(crate) gateway_ahead: i32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Rule {
    fault: SandboxFault,
    when: FaultTrigger,
    seen: u64,
    /// The state of the generator of its chances.
    chance: u64,
}

impl Faults {
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The faults to come with their triggers and how many requests were counted for each.
    #[cfg(feature = "server")]
    pub(crate) fn rules(&self) -> impl Iterator<Item = (&SandboxFault, &FaultTrigger, u64)> {
        self.rules.iter().map(|rule| (&rule.fault, &rule.when, rule.seen))
    }

    /// Removes everything but the seed.
    pub(crate) fn clear(&mut self) {
        *self = Self { seed: self.seed, ..Self::default() };
    }

    pub(crate) fn seed(&mut self, seed: u64) {
        self.seed = seed;
        for (index, rule) in self.rules.iter_mut().enumerate() {
            rule.chance = chance(seed, index);
        }
    }

    /// Counts a request, and says the fault that is applied to it: the rule added first decides.
    pub(crate) fn next_of_operation(&mut self, operation: Option<&str>) -> Option<SandboxFault> {
        self.requests += 1;
        let mut struck = None;
        for rule in &mut self.rules {
            if rule.applies(operation) {
                struck = struck.or_else(|| Some(rule.fault.clone()));
            }
        }
        self.injected.extend(struck.clone().map(|fault| (self.requests, fault)));
        struck
    }
}

impl Rule {
    fn applies(&mut self, operation: Option<&str>) -> bool {
        if self.when.on.is_some() && self.when.on.as_deref() != operation {
            return false;
        }
        self.seen += 1;
        match self.when.which {
            Which::Call(number) => self.seen == number,
            Which::Calls(first, last) => (first..=last).contains(&self.seen),
            Which::Every(number) => self.seen.checked_rem(number) == Some(0),
            Which::Percent(percent) => {
                let mut generator = fastrand::Rng::with_seed(self.chance);
                let struck = generator.u8(..100) < percent;
                self.chance = generator.get_seed();
                struck
            }
        }
    }
}

/// Where the chances of a rule begin, so that one more rule does not change what the others do.
fn chance(seed: u64, rule: usize) -> u64 {
    seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(rule as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occasions_are_read_from_json() {
        for (json, occasion) in [
            (r#"{"call":2}"#, FaultTrigger::call(2)),
            (r#"{"calls":[2,5]}"#, FaultTrigger::calls(2..=5)),
            (r#"{"every":3}"#, FaultTrigger::every(3)),
            (
                r#"{"on":"bss.ListIndirectPartners","percent":10}"#,
                FaultTrigger::percent(10).of::<huaweicloud_partner::resellers::ListResellers>(),
            ),
        ] {
            assert_eq!(serde_json::from_str::<FaultTrigger>(json).unwrap(), occasion, "{json}");
            assert_eq!(serde_json::to_string(&occasion).unwrap(), json);
        }
        serde_json::from_str::<FaultTrigger>(r#"{"on":"bss.ListIndirectPartners"}"#).unwrap_err();
    }
}
