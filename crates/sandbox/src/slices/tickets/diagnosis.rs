//! Machines and the diagnoses that are made of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Duration;

use huaweicloud_partner::{
    tickets::{CheckLevel, DiagnosisStatus, DiagnosisType},
    types::{Personal, Secret, UtcTime},
};

/// Duration of the preparation of a diagnosis, and time at which it ends.
const PREPARED: Duration = Duration::seconds(10);

const OVER: Duration = Duration::minutes(1);

/// A server or database of an account, which engineers can be given access to and which can be diagnosed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine {
    /// Identifier of the entry.
    pub id: String,
    /// Account that the entry belongs to.
    pub account: String,
    /// Name of the entry.
    pub name: String,
    /// Whether it is a database and not a server.
    pub is_database: bool,
    /// The region that it is in.
    pub region: String,
    /// The project that holds it.
    pub project: String,
    /// The address that it is reached by.
    pub address: String,
    /// The port that people log in to.
    pub port: i64,
    /// The login name.
    pub login: Personal,
    /// Password of the login.
    pub password: Secret,
    /// The ids of the checks that find something wrong with it, such as `ecs-disk`.
    pub faults: Vec<String>,
}

/// Diagnosis of a resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) id: i64,
    pub(crate) account: String,
    pub(crate) kind: DiagnosisType,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) region: Option<String>,
    pub(crate) started: UtcTime,
    /// Faults that the machine's checks find when the diagnosis is started; `None` where there is no such
    /// machine.
    pub(crate) faults: Option<Vec<String>>,
}

impl Job {
    /// Returns the state of the diagnosis at a time. Without a machine there is nothing to run on.
    pub(crate) fn status(&self, now: UtcTime) -> DiagnosisStatus {
        let age = now.instant() - self.started.instant();
        match &self.faults {
            _ if age < PREPARED => DiagnosisStatus::Preparing,
            None => DiagnosisStatus::Unavailable,
            Some(_) if age < OVER => DiagnosisStatus::Running,
            Some(_) => DiagnosisStatus::Finished,
        }
    }

    /// Returns the finding of a check at a time.
    pub(crate) fn level(&self, check: &str, now: UtcTime) -> CheckLevel {
        match &self.faults {
            Some(faults) if self.status(now) == DiagnosisStatus::Finished => level(faults, check),
            _ => CheckLevel::NotExecuted,
        }
    }
}

/// Returns the finding of a check on a machine with these faults.
fn level(faults: &[String], check: &str) -> CheckLevel {
    if faults.iter().any(|fault| fault == check) { CheckLevel::Abnormal } else { CheckLevel::Normal }
}

/// Milliseconds since 1970, as the diagnosis calls write times.
pub(crate) fn milliseconds(at: UtcTime) -> Option<i64> {
    i64::try_from(at.instant().unix_timestamp_nanos() / 1_000_000).ok()
}
