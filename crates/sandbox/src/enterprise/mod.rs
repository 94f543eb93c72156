//! Enterprise organizations: masters, members, and what was handed between them.

mod rules;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use huaweicloud_partner::{
    enterprise::{MemberPermission, MemberStatus},
    types::{Amount, Personal, UtcTime},
};

/// Time until a new member can be used; the real time is not documented.
const MAKING: time::Duration = time::Duration::seconds(10);

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Enterprise {
    pub(crate) units: BTreeMap<String, Unit>,
    /// Members by their account.
    pub(crate) members: BTreeMap<String, Membership>,
    /// Keys against repeats that were used, each behind its master.
    pub(crate) keys: BTreeSet<String>,
    /// The credit of masters and members.
    pub(crate) credit: BTreeMap<String, Vec<CreditLine>>,
    /// Customers that have enterprise projects.
    pub(crate) projects: BTreeSet<String>,
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

/// A part of an account's credit, by the time at which it expires.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CreditLine {
    pub(crate) expires: Option<UtcTime>,
    pub(crate) granted: Amount,
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

impl CreditLine {
    pub(crate) fn has_expired(&self, now: UtcTime) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}
