//! Enterprise organizations: masters, members, and what was handed between them.

mod handlers;
mod members;
mod projects;
mod transfers;

pub(crate) use handlers::ROUTES;
use huaweicloud_partner::{
    enterprise::{MemberPermission, MemberStatus},
    types::{Personal, UtcTime},
};
pub(crate) use projects::{DEFAULT_PROJECT, DEFAULT_PROJECT_NAME};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Time until a new member can be used; the real time is not documented.
const MAKING: time::Duration = time::Duration::seconds(10);

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Enterprise {
    units: BTreeMap<String, Unit>,
    /// Members by their account.
    members: BTreeMap<String, Membership>,
    /// Keys against repeats that were used, each behind its master.
    keys: BTreeSet<String>,
    /// Customers that have enterprise projects.
    projects: BTreeSet<String>,
}

/// A unit of an enterprise.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) master: String,
    /// The unit above, and the tie to it; none at the top.
    pub(crate) above: Option<(String, String)>,
    pub(crate) name: Personal,
}

/// A member of an enterprise.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub(crate) master: String,
    pub(crate) unit: String,
    pub(crate) display_name: Option<Personal>,
    /// The master has its money in custody.
    pub(crate) custody: bool,
    pub(crate) permissions: Vec<MemberPermission>,
    pub(crate) made: UtcTime,
}

impl Membership {
    pub(crate) fn status(&self, now: UtcTime) -> MemberStatus {
        if now.instant() < self.made.instant().saturating_add(MAKING) {
            MemberStatus::Creating
        } else {
            MemberStatus::Normal
        }
    }
}

impl Enterprise {
    /// All members with their accounts, in the order of these.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Membership)> {
        self.members.iter().map(|(account, member)| (account.as_str(), member))
    }

    /// The membership of an account.
    pub(crate) fn member(&self, account: &str) -> Option<&Membership> {
        self.members.get(account)
    }

    /// A unit by its id.
    pub(crate) fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.get(id)
    }

    /// The units of an enterprise, the one at the top among them.
    pub(crate) fn units_of<'e>(&'e self, master: &'e str) -> impl Iterator<Item = &'e Unit> {
        self.units.values().filter(move |unit| unit.master == master)
    }
}
