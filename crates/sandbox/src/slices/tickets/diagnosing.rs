//! Diagnoses that customers start and rate.

use super::{diagnosis::Job, profile::Feedback, refusal::bad_parameter};
use crate::{
    core::{Account, Refusal},
    handler::non_empty,
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{DiagnosisType, Done, RateDiagnosis, StartDiagnosis, StartedDiagnosis},
};

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
