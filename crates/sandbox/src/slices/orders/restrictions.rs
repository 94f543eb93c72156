//! Restrictions of resources that were subscribed to.

use serde::{Deserialize, Serialize};

use crate::{
    core::{Refusal, refuse},
    state::State,
};
use huaweicloud_partner::error::codes;

/// Reason for which a resource is not unsubscribed from, renewed or changed, set and lifted by the event
/// `restrict_resource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResourceRestriction {
    /// A freeze by the police: the resource does not become pay-per-use (`CBC.99003625`).
    FrozenByPolice,
    /// Part of a bundle of its order: the main resources of the bundle are only renewed together
    /// (`CBC.99003634`), and only unsubscribed from together (`CBC.99003185`).
    Bundle,
    /// An invoice was issued for it: no unsubscription (`CBC.99003643`).
    Invoiced,
    /// A trial: no unsubscription (`CBC.99003649`).
    Trial,
    /// A service of the marketplace that cannot be given back (`CBC.99003650`).
    MarketplaceService,
    /// A package of the software-development cloud: no unsubscription (`CBC.99003652`).
    SoftwareDevelopmentPackage,
    /// A bandwidth add-on belongs to it: its renewals cannot be given up (`CBC.99003654`).
    BandwidthAddOn,
    /// A savings plan: no unsubscription (`CBC.30000053`).
    SavingsPlan,
    /// No renewal: it has no price (`CBC.30050013`), and the call is refused (`CBC.30010069`).
    NotRenewable,
    /// Renewal by the year only: no price for months (`CBC.30050008`), and no renewal by them (`CBC.30010069`).
    YearsOnly,
}

impl State {
    /// Restricts a resource, or lifts the restriction.
    pub(crate) fn restrict_resource(
        &mut self,
        resource: &str,
        what: ResourceRestriction,
        lifted: bool,
    ) -> Result<(), Refusal> {
        if !self.orders.resources.contains_key(resource) {
            return Err(refuse(codes::RESOURCE_NOT_FOUND));
        }
        let of_resource = self.orders.restrictions.entry(resource.to_owned()).or_default();
        if lifted {
            of_resource.remove(&what);
        } else {
            of_resource.insert(what);
        }
        self.note_change_of_state();
        Ok(())
    }

    /// Whether a resource is restricted in this way.
    pub(crate) fn has_restriction(&self, resource: &str, what: ResourceRestriction) -> bool {
        self.orders.restrictions.get(resource).is_some_and(|set| set.contains(&what))
    }
}
