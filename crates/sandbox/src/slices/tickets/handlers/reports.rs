//! Reports of abuse.

use crate::{
    core::{Account, Refusal, unfit},
    handler::Simulated,
    slices::tickets::{refusal::refuse, reports},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    operation::Operation as _,
    tickets::{Done, FileReport},
};

impl Simulated for FileReport {
    fn run(self, world: &mut State, caller: &Account) -> Result<Done, Refusal> {
        reports::file_report(world, caller, self)
    }

    /// Without a type there is a code of its own.
    fn misfit(reason: String) -> Refusal {
        let about_type =
            reason.contains("`type`") || reason.split("; ").any(|rule| rule.starts_with("type "));
        if about_type { refuse(codes::FEEDBACK_TYPE_MISSING) } else { unfit(Self::META, reason) }
    }
}
