//! The units of an enterprise, and its projects.

use crate::{
    operation,
    types::{Personal, open_enum::open_codes, response},
};

operation! {
    /// The units of the calling enterprise, as a tree.
    ///
    /// A new member is hung below one of the units: its [`OrganizationNode::id`] is the `party_id` of
    /// [`CreateMember`](super::CreateMember).
    GET "/v2/enterprises/multi-accounts/enterprise-organizations" as bss "ListEnterpriseOrganizations" -> OrganizationTree {
        caller(EnterpriseMaster), source("https://support.huaweicloud.com/api-oce/ep_00020.html"),
    }
    pub struct ListOrganizations {
        optional {
            /// Depth of the tree; one level by default.
            recursive_query: TreeDepth,
            /// The unit whose tree is wanted, digits only; the whole enterprise by default.
            parent_id: String,
        }
        check |it, check| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            check.form("parent_id", &it.parent_id, digits, "must be digits")
        }
    }
}

operation! {
    /// Switches enterprise projects on for the calling customer.
    ///
    /// There are no arguments. The response to a repeat is not documented, so the client never repeats it after
    /// it may have been executed.
    ///
    /// Refused with [`BUSINESS_CHECK_FAILED`](crate::error::codes::BUSINESS_CHECK_FAILED); the reasons stand
    /// in `fail_check_items` of the error body ([`ApiError::field`](crate::error::ApiError::field)):
    /// `NOT_OPEN_PROJECT_GROUP` and `NOT_OPEN_MULTI_PROJECT` say that an older kind of projects is in use,
    /// `SELF_OPEN_ONLY_FOR_ENT_AND_INTR_CUST` that the customer is no enterprise with a verified name.
    POST "/v2/enterprises/enterprise-projects/authority" as bss "CreateEnterpriseProjectAuth" -> EnterpriseProjectsEnabled {
        no_body, sites(ALL), caller(Customer), success(empty),
        source("https://support.huaweicloud.com/api-oce/ep_00022.html"),
    }
    pub struct EnableEnterpriseProjects {
    }
}

response! {
    /// The units of an enterprise.
    pub struct OrganizationTree {
        /// The unit at the top; none where the tree of one unit was asked for.
        pub root_id: Option<String>,
        /// Name of the top unit; may be empty, none where the tree of one unit was asked for.
        pub root_name: Option<Personal>,
        /// The units below.
        pub child_nodes: Vec<OrganizationNode>,
    }
}

impl OrganizationTree {
    /// All units below the top, each before the units below it.
    pub fn units(&self) -> impl Iterator<Item = &OrganizationNode> {
        let mut ahead: Vec<&OrganizationNode> = self.child_nodes.iter().rev().collect();
        std::iter::from_fn(move || {
            let unit = ahead.pop()?;
            ahead.extend(unit.child_nodes.iter().rev());
            Some(unit)
        })
    }
}

response! {
    /// A unit of an enterprise.
    pub struct OrganizationNode {
        /// The tie between this unit and the one above.
        pub relation_id: Option<String>,
        /// The unit, by which members and other calls name it as `org_id` or `party_id`.
        pub id: String,
        /// Name of the unit within the enterprise.
        pub name: Option<Personal>,
        /// The units below.
        pub child_nodes: Vec<Self>,
    }
}

response! {
    /// Success of enabling enterprise projects; the service returns no fields (HTTP status 204).
    #[derive(Eq)]
    pub struct EnterpriseProjectsEnabled {}
}

open_codes! {
    /// Number of levels that a tree shows.
    pub enum TreeDepth {
        /// The units directly below.
        OneLevel = 0,
        /// All levels of units.
        AllLevels = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::{operation::RequestParts, types::decode_str};

    #[test]
    fn a_tree_is_read_and_walked_from_the_top() {
        let tree: OrganizationTree = decode_str(
            r#"{"root_id":"1","root_name":"","child_nodes":[
                {"relation_id":"r2","id":"2","name":"Sales","child_nodes":[{"id":"3"},{"id":"4","child_nodes":null}]},
                {"id":"5"}]}"#,
        )
        .unwrap();
        let ids: Vec<_> = tree.units().map(|unit| unit.id.as_str()).collect();
        assert_eq!(ids, ["2", "3", "4", "5"]);
        assert!(!format!("{tree:?}").contains("Sales"));
    }

    #[test]
    fn switching_projects_on_sends_nothing() {
        let parts = RequestParts::of(&EnableEnterpriseProjects::new()).unwrap();
        assert_eq!((parts.query.as_str(), parts.body.len()), ("", 0));
        let _: EnterpriseProjectsEnabled = decode_str("{}").unwrap();
    }

    #[test]
    fn documented_limits_are_checked() {
        for parent in ["", "12a"] {
            let invalid = ListOrganizations::new().parent_id(parent).validate().unwrap_err();
            assert_eq!(invalid.violations()[0].field, "parent_id", "{parent}");
        }
        ListOrganizations::new().parent_id("65419").recursive_query(TreeDepth::AllLevels).validate().unwrap();
    }
}
