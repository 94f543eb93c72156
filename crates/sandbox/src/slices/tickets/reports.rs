//! Reports of abuse.

use super::{files::to_take, profile::Report};
use crate::{
    core::{Account, Refusal},
    state::State,
};
use huaweicloud_partner::tickets::{Done, FileReport};

/// Keeps the report, which gets no reply. Its files must have been uploaded before.
pub(crate) fn file_report(world: &mut State, caller: &Account, request: FileReport) -> Result<Done, Refusal> {
    let mut files = to_take(world, caller, Some(&request.files))?;
    files.extend(to_take(world, caller, Some(&request.contacts.id_files))?);
    let report = Report { account: caller.id.clone(), filed: world.now, report: request };
    world.tickets.reports.push(report);
    Ok(Done::default())
}
