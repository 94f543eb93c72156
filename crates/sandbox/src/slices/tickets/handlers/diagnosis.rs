//! Diagnoses of machines.

use crate::{
    core::{Account, Refusal, page},
    handler::{Simulated, non_empty},
    slices::tickets::{
        diagnosis::{self, Job, milliseconds},
        refusal::bad_parameter,
    },
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        CheckLevel, CheckReport, CheckReports, CheckResult, DiagnosableResource, DiagnosableResources,
        Diagnosis, DiagnosisPage, DiagnosisRecord, Done, ListDiagnosableResources, ListDiagnoses,
        RateDiagnosis, ShowDiagnosis, ShowDiagnosisChecks, StartDiagnosis, StartedDiagnosis,
    },
};

impl Simulated for StartDiagnosis {
    fn run(self, world: &mut State, caller: &Account) -> Result<StartedDiagnosis, Refusal> {
        diagnosis::start_diagnosis(world, caller, self)
    }
}

/// A job of the caller; without an id the latest.
fn job<'w>(world: &'w State, caller: &Account, id: Option<&str>) -> Result<&'w Job, Refusal> {
    let mut own = world.tickets.jobs().iter().rev().filter(|job| job.account == caller.id);
    let id = non_empty(id);
    let found = own.find(|job| id.is_none_or(|id| job.id.to_string() == id));
    found.ok_or_else(|| bad_parameter("there is no such diagnosis"))
}

impl Simulated for ShowDiagnosis {
    /// Names of checks are in Chinese, for the call takes no language; what their status means is not documented, so it
    /// is left out.
    fn run(self, world: &mut State, caller: &Account) -> Result<Diagnosis, Refusal> {
        let job = job(world, caller, self.job_id.as_deref())?;
        let checks = world.tickets.offering().checks.iter().filter(|check| check.kind == job.kind);
        let checks = checks.map(|check| {
            fill!(CheckResult {
                check_id: Some(check.id.clone()),
                check_name: Some(check.name.in_language(None)),
                problem_level: Some(job.level(&check.id, world.now)),
                ..CheckResult::default()
            })
        });
        Ok(fill!(Diagnosis {
            job_id: Some(job.id),
            status: Some(job.status(world.now)),
            domain_id: Some(caller.id.as_str().into()),
            items_result: checks.collect(),
            create_time: milliseconds(job.started),
        }))
    }
}

impl Simulated for ShowDiagnosisChecks {
    /// Ids with commas between them; without any, all checks. Advice is given for what was found.
    fn run(self, world: &mut State, caller: &Account) -> Result<CheckReports, Refusal> {
        let job = job(world, caller, self.job_id.as_deref())?;
        let ids = non_empty(self.item_ids.as_deref());
        let is_meant = |id: &str| ids.is_none_or(|ids| ids.split(',').any(|one| one.trim() == id));
        let checks = world.tickets.offering().checks.iter();
        let checks = checks.filter(|check| check.kind == job.kind && is_meant(&check.id));
        let reports = checks.map(|check| {
            fill!(CheckReport {
                check_id: Some(check.id.clone()),
                check_name: Some(check.name.in_language(None)),
                check_name_en: Some(check.name.english().to_owned()),
                suggestion: (job.level(&check.id, world.now) == CheckLevel::Abnormal)
                    .then(|| check.advice.clone()),
                ..CheckReport::default()
            })
        });
        Ok(fill!(CheckReports { item_results: reports.collect() }))
    }
}

impl Simulated for ListDiagnoses {
    /// The latest first. The status is its number as text.
    fn run(self, world: &mut State, caller: &Account) -> Result<DiagnosisPage, Refusal> {
        let now = world.now;
        let own = world
            .tickets
            .jobs()
            .iter()
            .rev()
            .filter(|job| job.account == caller.id && self.kind.is_none_or(|kind| job.kind == kind));
        let size = self.page_size.unwrap_or(10);
        let offset = self.page_no.unwrap_or(1).saturating_sub(1).saturating_mul(size);
        let (total_count, records) = page(own, Some(offset), Some(size), |job| {
            let checks = world.tickets.offering().checks.iter().filter(|check| check.kind == job.kind);
            let found = checks.filter(|check| job.level(&check.id, now) == CheckLevel::Abnormal);
            let abnormal_items: Vec<String> = found.map(|check| check.id.clone()).collect();
            fill!(DiagnosisRecord {
                id: job.id.to_string(),
                job_id: Some(job.id.to_string()),
                status: Some(job.status(now).to_string()),
                params: job.params.clone(),
                domain_id: Some(caller.id.as_str().into()),
                create_time: milliseconds(job.started),
                red_count: i64::try_from(abnormal_items.len()).ok(),
                abnormal_items,
                region: job.region.clone(),
            })
        });
        Ok(fill!(DiagnosisPage { total_count, records }))
    }
}

impl Simulated for ListDiagnosableResources {
    /// The servers that were added to the world.
    fn run(self, world: &mut State, caller: &Account) -> Result<DiagnosableResources, Refusal> {
        let (project, region) = (non_empty(self.project_id.as_deref()), non_empty(self.region.as_deref()));
        let servers = world.tickets.machines().iter().filter(|machine| {
            machine.account == caller.id
                && !machine.is_database
                && project.is_none_or(|project| machine.project == project)
                && region.is_none_or(|region| machine.region == region)
        });
        let result: Vec<_> = servers
            .map(|machine| {
                fill!(DiagnosableResource {
                    id: machine.id.as_str().into(),
                    name: Some(machine.name.clone()),
                    access_ipv4: Some(machine.address.clone()),
                    tenant_id: Some(machine.project.clone()),
                    ..DiagnosableResource::default()
                })
            })
            .collect();
        Ok(fill!(DiagnosableResources { total_count: Some(result.len() as u64), result }))
    }
}

impl Simulated for RateDiagnosis {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        diagnosis::rate_diagnosis(world, caller, self)
    }
}
