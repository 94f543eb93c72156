//! Machines and the diagnoses that are made of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Duration;

use super::{profile::Feedback, refusal::bad_parameter};
use crate::{
    core::{Account, Refusal},
    handler::non_empty,
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        CheckLevel, DiagnosisStatus, DiagnosisType, Done, RateDiagnosis, StartDiagnosis, StartedDiagnosis,
    },
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

/// Ten seconds of preparation, fifty of running. A server is named by its address (`eip`), a database by its id
/// (`instanceId`); a diagnosis of what the account does not have ends as one that cannot be run.
pub(crate) fn start_diagnosis(
    world: &mut State,
    caller: &Account,
    request: StartDiagnosis,
) -> Result<StartedDiagnosis, Refusal> {
    if !request.kind.is_known() {
        return Err(bad_parameter("there is no such type"));
    }
    let params = request.params.unwrap_or_default();
    let database = request.kind == DiagnosisType::Database;
    let key = if database { "instanceId" } else { "eip" };
    let wanted = non_empty(params.get(key).map(String::as_str))
        .ok_or_else(|| bad_parameter(format!("params must have {key}")))?;
    let mut own = world.tickets.machines.iter().filter(|machine| machine.account == caller.id);
    let machine = own.find(|machine| {
        let name = if database { &machine.id } else { &machine.address };
        machine.is_database == database && name == wanted
    });
    let faults = machine.map(|machine| machine.faults.clone());
    let region = request.region_id.or_else(|| machine.map(|machine| machine.region.clone()));
    let id = world.tickets.number();
    let job = Job {
        id,
        account: caller.id.clone(),
        kind: request.kind,
        params,
        region,
        started: world.now,
        faults,
    };
    world.tickets.jobs.push(job);
    Ok(fill!(StartedDiagnosis { job_id: id.to_string() }))
}

pub(crate) fn rate_diagnosis(
    world: &mut State,
    caller: &Account,
    request: RateDiagnosis,
) -> Result<Done, Refusal> {
    if !request.kind.is_known() {
        return Err(bad_parameter("there is no such type"));
    }
    let feedback = Feedback { kind: request.kind, helpful: request.is_helpful, content: request.content };
    world.tickets.profile_mut(&caller.id).feedback.push(feedback);
    Ok(Done::default())
}
