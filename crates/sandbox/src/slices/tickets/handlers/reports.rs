//! Reports of abuse.

use super::{attachments::to_take, no};
use crate::{
    core::{Account, Refusal, unfit},
    handler::Simulated,
    slices::tickets::desk::Report,
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    operation::Operation as _,
    tickets::{Done, FileReport},
};

impl Simulated for FileReport {
    /// Keeps the report, which gets no reply. Its files must have been uploaded before.
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        let mut files = to_take(world, caller, Some(&self.files))?;
        files.extend(to_take(world, caller, Some(&self.contacts.id_files))?);
        let report = Report { account: caller.id.clone(), filed: world.now, report: self };
        world.tickets.reports.push(report);
        Ok(Done::default())
    }

    /// Without a type there is a code of its own.
    fn misfit(reason: String) -> Refusal {
        let about_type =
            reason.contains("`type`") || reason.split("; ").any(|rule| rule.starts_with("type "));
        if about_type { no(codes::FEEDBACK_TYPE_MISSING) } else { unfit(Self::META, reason) }
    }
}
