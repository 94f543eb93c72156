//! Enterprise projects, of which there is one here.

use crate::{
    core::{Account, Refusal, refuse_naming},
    state::State,
};
use huaweicloud_partner::{customers::VerifiedType, enterprise::EnterpriseProjectsEnabled, error::codes};

/// Enterprise project of everything: resources of the sandbox are in the default one.
pub(crate) const DEFAULT_PROJECT: &str = "0";

/// The name of that project.
pub(crate) const DEFAULT_PROJECT_NAME: &str = "default";

/// Older kinds of projects are nowhere in use here. Switching on what is on does nothing.
pub(crate) fn enable_projects(
    world: &mut State,
    caller: &Account,
) -> Result<EnterpriseProjectsEnabled, Refusal> {
    let kind = world.standing(&caller.id).verified.map(|(kind, _)| kind);
    if kind != Some(VerifiedType::Enterprise) {
        let items = ["SELF_OPEN_ONLY_FOR_ENT_AND_INTR_CUST"];
        return Err(refuse_naming(codes::BUSINESS_CHECK_FAILED, "fail_check_items", items));
    }
    world.enterprise.projects.insert(caller.id.clone());
    Ok(EnterpriseProjectsEnabled::default())
}
