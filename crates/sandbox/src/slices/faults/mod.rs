//! Faults that the sandbox itself makes, always the same ones for a seed.

use std::{collections::BTreeMap, time::Duration};

use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Value, json};

use crate::core::{Refusal, bad_request};
use huaweicloud_partner::{
    error::{ApiError, ErrorCode},
    operation::{OperationMeta, Service},
    registry,
    testing::FaultSchedule,
};

pub use huaweicloud_partner::testing::{FaultTrigger, InjectedFault};

/// Fault of one request. As JSON for example `"lost_response"`, `{"executed_late": 90}` or `{"code":
/// "CBC.99005003"}`; every [`InjectedFault`] is one, by the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SandboxFault {
    /// Fault on the way to the service or back.
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
            _ => serde_json::from_value(value).map(Self::Exchange).map_err(|error| {
                let others = r#"{"executed_late": 90} or {"code": "CBC.0999"}"#;
                D::Error::custom(format!("{error}, or {others}"))
            }),
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

/// The most seconds by which the gateway's clock differs.
const A_DAY: u32 = 86_400;

/// The faults to come and those that were applied, delays, and the distance of the gateway's clock.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Faults {
    #[serde(flatten)]
    schedule: FaultSchedule<SandboxFault>,
    /// By the qualified names of queries how many seconds pass before they show what was done.
    delays: BTreeMap<String, u32>,
    /// Number of seconds by which the gateway's clock is ahead.
    gateway_ahead: i32,
}

impl Faults {
    /// Removes everything but the seed.
    pub(crate) fn clear(&mut self) {
        self.schedule.clear();
        self.delays.clear();
        self.gateway_ahead = 0;
    }

    /// Sets after how many seconds a query shows what was done.
    pub(crate) fn delay_records(&mut self, operation: &str, seconds: u32) -> Result<(), Refusal> {
        let entry = registry::get(operation).map_err(|error| bad_request(error.to_string()))?;
        let delays = &mut self.delays;
        match seconds {
            0 => drop(delays.remove(entry.meta.name)),
            seconds => drop(delays.insert(entry.meta.name.to_owned(), seconds)),
        }
        Ok(())
    }

    /// Adds a fault to come.
    pub(crate) fn inject(&mut self, fault: SandboxFault, when: FaultTrigger) -> Result<(), Refusal> {
        let when = match when.operation() {
            Some(name) => {
                let entry = registry::get(name).map_err(|error| bad_request(error.to_string()))?;
                when.of_operation(entry.meta)
            }
            None => when,
        };
        self.schedule.inject(fault, when);
        Ok(())
    }

    /// The fault of a request, of an operation if it is one.
    pub(crate) fn next(&mut self, operation: impl FnOnce() -> Option<&'static str>) -> Option<SandboxFault> {
        if self.schedule.is_empty() { None } else { self.schedule.next_of_operation(operation()) }
    }

    /// Sets the seed of all chances.
    pub(crate) fn seed(&mut self, seed: u64) {
        self.schedule.seed(seed);
    }

    /// The faults to come and those so far.
    pub(crate) fn schedule(&self) -> &FaultSchedule<SandboxFault> {
        &self.schedule
    }

    /// The delays of queries in seconds, by their qualified names.
    #[cfg(feature = "server")]
    pub(crate) fn delays(&self) -> &BTreeMap<String, u32> {
        &self.delays
    }

    /// The number of seconds after which a query shows what was done.
    pub(crate) fn delay_of(&self, operation: &str) -> Option<u32> {
        self.delays.get(operation).copied()
    }

    /// The longest delay of a query.
    pub(crate) fn longest_delay(&self) -> Option<u32> {
        self.delays.values().max().copied()
    }

    /// Returns the number of seconds by which the gateway's clock is ahead.
    pub(crate) fn gateway_ahead(&self) -> i32 {
        self.gateway_ahead
    }

    /// Sets the gateway's clock this many seconds ahead, at most a day in either direction.
    pub(crate) fn skew_gateway(&mut self, seconds: i32) -> Result<(), Refusal> {
        if seconds.unsigned_abs() > A_DAY {
            return Err(bad_request("seconds must be -86400 to 86400".to_owned()));
        }
        self.gateway_ahead = seconds;
        Ok(())
    }
}
